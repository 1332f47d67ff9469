/* selector: see selector.h. */
#include "config.h"
#include "providers/sandbox/selector.h"

#include <string.h>

#include "core/mem.h"
#include "providers/sandbox/tree.h"

/* The fields that may be asked for, beside metadata.name and metadata.namespace. */
static const struct {
	enum lf_kind_id kind;
	const char *field;
} fields[] = {
    {LF_K_EVENT, "involvedObject.kind"},
    {LF_K_EVENT, "involvedObject.namespace"},
    {LF_K_EVENT, "involvedObject.name"},
    {LF_K_EVENT, "involvedObject.uid"},
    {LF_K_EVENT, "involvedObject.apiVersion"},
    {LF_K_EVENT, "involvedObject.fieldPath"},
    {LF_K_EVENT, "reason"},
    {LF_K_EVENT, "type"},
    {LF_K_EVENT, "reportingComponent"},
    {LF_K_POD, "spec.nodeName"},
    {LF_K_POD, "status.phase"},
    {LF_K_POD, "spec.restartPolicy"},
    {LF_K_POD, "status.podIP"},
    {LF_K_NAMESPACE, "status.phase"},
    {LF_K_SECRET, "type"},
    {LF_K_REPLICASET, "status.replicas"},
};

static bool is_known_field(const struct lf_kind *kind, const char *field)
{
	if (lf_equal(field, "metadata.name") || lf_equal(field, "metadata.namespace"))
		return true;
	for (size_t i = 0; i < LF_COUNT(fields); i++)
		if (fields[i].kind == kind->id && lf_equal(fields[i].field, field))
			return true;
	return false;
}

static char *trimmed(const char *text, size_t length)
{
	while (length && *text == ' ') {
		text++;
		length--;
	}
	while (length && text[length - 1] == ' ')
		length--;
	return lf_dup_n(text, length);
}

static struct lf_selector_term *add_term(struct lf_selector *out)
{
	return out->count < LF_MAX_TERMS ? &out->terms[out->count++] : NULL;
}

/* "key in (a,b)" and "key notin (a,b)" */
static bool parse_set(struct lf_selector_term *term, const char *text, size_t length)
{
	const char *open = memchr(text, '(', length), *word;
	char *head;

	if (!open || text[length - 1] != ')')
		return false;
	head = trimmed(text, (size_t)(open - text));
	word = strrchr(head, ' ');
	if (word && (lf_equal(word, " in") || lf_equal(word, " notin"))) {
		term->how = lf_equal(word, " in") ? LF_TERM_IN : LF_TERM_NOT_IN;
		term->key = trimmed(head, (size_t)(word - head));
		term->value = trimmed(open + 1, length - (size_t)(open + 1 - text) - 1);
	}
	lf_free(head);
	return term->key != NULL;
}

static bool parse_term(struct lf_selector_term *term, const char *text, size_t length)
{
	const char *equals = memchr(text, '=', length);
	size_t key;

	if (memchr(text, '(', length))
		return parse_set(term, text, length);
	if (!equals) {
		term->how = *text == '!' ? LF_TERM_ABSENT : LF_TERM_PRESENT;
		term->key = trimmed(text + (*text == '!'), length - (*text == '!'));
		return *term->key && !strpbrk(term->key, " <>");
	}
	key = (size_t)(equals - text);
	term->how = key && text[key - 1] == '!' ? LF_TERM_DIFFERENT : LF_TERM_EQUAL;
	if (equals + 1 < text + length && equals[1] == '=')
		equals++;
	term->key = trimmed(text, key - (term->how == LF_TERM_DIFFERENT));
	term->value = trimmed(equals + 1, length - (size_t)(equals + 1 - text));
	return *term->key && !strchr(term->key, ' ');
}

/* The length of the next term: up to a comma outside parentheses. */
static size_t term_length(const char *text)
{
	size_t n = 0;

	for (int depth = 0; text[n] && (depth || text[n] != ','); n++)
		depth += (text[n] == '(') - (text[n] == ')');
	return n;
}

static int parse(struct lf_selector *out, const char *text, bool field, const struct lf_kind *kind,
                 struct lf_refusal *refusal)
{
	for (size_t length; *text; text += length + (text[length] == ',')) {
		struct lf_selector_term *term = add_term(out);

		length = term_length(text);
		if (!term || !length || !parse_term(term, text, length))
			return lf_refuse(refusal, 400, "BadRequest",
			                 "unable to parse requirement: found '%.*s'",
			                 (int)(length < 80 ? length : 80), text);
		term->field = field;
		if (field && !is_known_field(kind, term->key))
			return lf_refuse(refusal, 400, "BadRequest", "field label not supported: %s",
			                 term->key);
	}
	return 0;
}

int lf_selector_parse(struct lf_selector *out, const struct lf_request *request, struct lf_refusal *refusal)
{
	*out = (struct lf_selector){0};
	if (parse(out, lf_request_get(request, "labelSelector"), false, request->kind, refusal) ||
	    parse(out, lf_request_get(request, "fieldSelector"), true, request->kind, refusal)) {
		lf_selector_dispose(out);
		return -1;
	}
	if (*request->name) {
		struct lf_selector_term *term = add_term(out);

		if (term)
			*term = (struct lf_selector_term){.how = LF_TERM_EQUAL,
			                                  .field = true,
			                                  .key = lf_dup("metadata.name"),
			                                  .value = lf_dup(request->name)};
	}
	return 0;
}

static bool is_among(const char *list, const char *value)
{
	size_t length = strlen(value);

	while (*list) {
		size_t n = strcspn(list, ",");

		if (n == length && strncmp(list, value, n) == 0)
			return true;
		list += n + (list[n] == ',');
		list += strspn(list, " ");
	}
	return false;
}

bool lf_selector_matches(const struct lf_selector *selector, const struct lf_node *object)
{
	const struct lf_node *labels = lf_node_get(object, "metadata.labels");

	for (size_t i = 0; i < selector->count; i++) {
		const struct lf_selector_term *term = &selector->terms[i];
		const struct lf_node *node =
		    term->field ? lf_node_get(object, term->key) : lf_node_key(labels, term->key);
		const char *value = lf_node_text(node, NULL);
		bool match = false;

		switch (term->how) {
		case LF_TERM_EQUAL:
			match = (node || term->field) && lf_equal(value, term->value);
			break;
		case LF_TERM_DIFFERENT:
			match = !node || !lf_equal(value, term->value);
			break;
		case LF_TERM_PRESENT:
			match = node != NULL;
			break;
		case LF_TERM_ABSENT:
			match = node == NULL;
			break;
		case LF_TERM_IN:
			match = node && is_among(term->value, value);
			break;
		case LF_TERM_NOT_IN:
			match = !node || !is_among(term->value, value);
			break;
		}
		if (!match)
			return false;
	}
	return true;
}

void lf_selector_dispose(struct lf_selector *selector)
{
	for (size_t i = 0; i < selector->count; i++) {
		lf_free(selector->terms[i].key);
		lf_free(selector->terms[i].value);
	}
	*selector = (struct lf_selector){0};
}
