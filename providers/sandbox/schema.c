/* schema: see schema.h. Walks an object along its rows and says what does not fit. */
#include "config.h"
#include "providers/sandbox/schema.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"
#include "providers/sandbox/schema_rows.h"
#include "providers/sandbox/schemas.h"

enum { MAX_ISSUES = 64, MAX_DEPTH = 40 };

struct place {                      /* where the walk stands */
	const char *schema, *more;  /* MORE: the rows every object has; only at the root's schema */
	struct lf_str path;         /* in the schema */
	struct lf_str field, typed; /* in the object */
};

static const struct {
	const char *name, *expression;
} patterns[] = {
    {"duration", "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$"},
    {"duration-no-hours", "^([0-9]+(\\.[0-9]+)?(ms|s|m))+$"},
    {"repository", "^(http|https|ssh|file)://.*$"},
    {"charts", "^(http|https|oci)://.*$"},
    {"oci", "^oci://.*$"},
};

LF_PRINTF(4, 5)
static void report(struct lf_issues *out, const struct place *place, enum lf_issue_kind kind,
                   const char *format, ...)
{
	struct lf_str text = {0};
	struct lf_issue *issue;
	va_list args;

	if (out->count >= MAX_ISSUES)
		return;
	lf_grow((void **)&out->items, &out->capacity, out->count, sizeof(*out->items));
	issue = &out->items[out->count++];
	va_start(args, format);
	lf_str_addv(&text, format, args);
	va_end(args);
	issue->kind = kind;
	issue->field = lf_dup(lf_str_text(&place->field));
	issue->typed = lf_dup(lf_str_text(&place->typed));
	issue->message = lf_str_take(&text);
}

/* One or more numbers with units, as the CRDs' pattern has it. */
static bool is_duration(const char *text, bool hours)
{
	if (!*text)
		return false;
	while (*text) {
		size_t digits = strspn(text, "0123456789");

		text += digits;
		if (!digits)
			return false;
		if (*text == '.') {
			size_t fraction = strspn(text + 1, "0123456789");

			if (!fraction)
				return false;
			text += 1 + fraction;
		}
		if (lf_starts_with(text, "ms"))
			text += 2;
		else if (*text == 's' || *text == 'm' || (hours && *text == 'h'))
			text++;
		else
			return false;
	}
	return true;
}

static bool matches(struct lf_word pattern, const char *text)
{
	if (lf_word_is(pattern, "repository"))
		return lf_starts_with(text, "http://") || lf_starts_with(text, "https://") ||
		       lf_starts_with(text, "ssh://") || lf_starts_with(text, "file://") ||
		       lf_starts_with(text, "/");
	if (lf_word_is(pattern, "charts") || lf_word_is(pattern, "oci"))
		return lf_starts_with(text, "oci://") ||
		       (lf_word_is(pattern, "charts") && (lf_starts_with(text, "http://") || lf_starts_with(text, "https://")));
	return is_duration(text, lf_word_is(pattern, "duration"));
}

static void check_text(struct lf_issues *out, const struct place *place, const struct lf_row *row,
                       const char *text)
{
	bool listed = false;

	if (row->pattern.length && !matches(row->pattern, text)) {
		for (size_t i = 0; i < LF_COUNT(patterns); i++)
			if (lf_word_is(row->pattern, patterns[i].name))
				report(out, place, LF_ISSUE_INVALID,
				       "Invalid value: \"%s\": %s in body should match '%s'", text,
				       lf_str_text(&place->field), patterns[i].expression);
	}
	if (!row->values.length)
		return;
	struct lf_str supported = {0};

	for (size_t at = 0; at <= row->values.length;) {
		const char *value = row->values.start + at;
		size_t n = 0;

		while (at + n < row->values.length && value[n] != '|')
			n++;
		listed = listed || (n == strlen(text) && memcmp(value, text, n) == 0);
		lf_str_addf(&supported, "%s\"%.*s\"", at ? ", " : "", (int)n, value);
		at += n + 1;
	}
	if (!listed)
		report(out, place, LF_ISSUE_UNSUPPORTED, "Unsupported value: \"%s\": supported values: %s",
		       text, lf_str_text(&supported));
	lf_str_dispose(&supported);
}

/* What structured-merge-diff calls a value in its messages. */
static void value_words(struct lf_str *out, const struct lf_node *node)
{
	switch (lf_node_kind(node)) {
	case LF_NODE_TEXT:
		lf_str_addf(out, "&value.valueUnstructured{Value:\"%s\"}", lf_node_text(node, NULL));
		return;
	case LF_NODE_NUMBER:
	case LF_NODE_BOOL:
		lf_str_addf(out, "&value.valueUnstructured{Value:%s}", lf_node_text(node, NULL));
		return;
	case LF_NODE_LIST:
		lf_str_add(out, "&value.valueUnstructured{Value:[]interface {}{}}");
		return;
	case LF_NODE_MAP:
	case LF_NODE_NULL:
		break;
	}
	lf_str_add(out, "&value.valueUnstructured{Value:map[string]interface {}{}}");
}

static bool check_kind(struct lf_issues *out, const struct place *place, const struct lf_row *row,
                       const struct lf_node *node)
{
	enum lf_node_kind kind = lf_node_kind(node);
	struct lf_str words = {0};
	const char *expected = NULL;

	if (lf_word_is(row->type, "any") || kind == LF_NODE_NULL)
		return false;
	if (lf_word_is(row->type, "string") && kind != LF_NODE_TEXT)
		expected = "string";
	else if (lf_word_is(row->type, "bool") && kind != LF_NODE_BOOL)
		expected = "boolean";
	else if (lf_word_is(row->type, "int") && kind != LF_NODE_NUMBER)
		expected = "numeric (int or float)";
	else if ((lf_word_is(row->type, "intstr") || lf_word_is(row->type, "quantity")) &&
	         kind != LF_NODE_NUMBER && kind != LF_NODE_TEXT)
		expected = "string";
	else if (lf_word_is(row->type, "list") && kind != LF_NODE_LIST)
		expected = "list";
	else if ((lf_word_is(row->type, "map") || lf_word_is(row->type, "object") ||
	          *row->type.start == '@') &&
	         kind != LF_NODE_MAP)
		expected = "map";
	if (!expected)
		return true;
	if (lf_word_is(row->type, "int")) /* the one message that names the Go type only */
		lf_str_add(&words, kind == LF_NODE_TEXT   ? "string"
		                   : kind == LF_NODE_BOOL ? "bool"
		                   : kind == LF_NODE_LIST ? "[]interface {}"
		                                          : "map[string]interface {}");
	else
		value_words(&words, node);
	report(out, place, LF_ISSUE_TYPE, "expected %s, got %s", expected, lf_str_text(&words));
	lf_str_dispose(&words);
	return false;
}

static void check_node(struct lf_issues *out, struct place *place, const struct lf_node *node, int depth);

/* Checks NODE against ROW, which is the row of PLACE's path; a shared row goes on in its own schema. */
static void check_row(struct lf_issues *out, struct place *place, const struct lf_row *row,
                      const struct lf_node *node, int depth)
{
	if (!row->type.length) {
		report(out, place, LF_ISSUE_UNKNOWN, "field not declared in schema");
		return;
	}
	if (!check_kind(out, place, row, node))
		return;
	if (lf_node_kind(node) == LF_NODE_TEXT)
		check_text(out, place, row, lf_node_text(node, NULL));
	if (*row->type.start == '@') {
		struct place inner = {
		    .schema = lf_row_shared(row->type), .field = place->field, .typed = place->typed};

		check_node(out, &inner, node, depth + 1);
		place->field = inner.field;
		place->typed = inner.typed;
		lf_str_dispose(&inner.path);
	} else if (lf_word_is(row->type, "object") || lf_word_is(row->type, "list")) {
		check_node(out, place, node, depth + 1);
	} else if (lf_word_is(row->type, "map")) {
		for (size_t i = 0; i < lf_node_count(node); i++) {
			size_t field = place->field.length, typed = place->typed.length;
			const struct lf_row text = {.type = {"string", 6}};

			lf_str_addf(&place->field, ".%s", lf_node_key_at(node, i));
			lf_str_addf(&place->typed, ".%s", lf_node_key_at(node, i));
			(void)check_kind(out, place, &text, lf_node_at(node, i));
			lf_str_truncate(&place->field, field);
			lf_str_truncate(&place->typed, typed);
		}
	}
}

static void check_child(struct lf_issues *out, struct place *place, const char *key,
                        const struct lf_node *child, int depth)
{
	size_t path = place->path.length, field = place->field.length, typed = place->typed.length;
	struct lf_row row = {0};

	lf_str_addf(&place->path, "%s%s", path ? "." : "", key);
	lf_str_addf(&place->field, "%s%s", field ? "." : "", key);
	lf_str_addf(&place->typed, ".%s", key);
	if (!strpbrk(key, ".[")) { /* such a key would look like a path */
		row = lf_row_find(place->schema, lf_str_text(&place->path));
		if (!row.type.length && place->more)
			row = lf_row_find(place->more, lf_str_text(&place->path));
	}
	check_row(out, place, &row, child, depth);
	lf_str_truncate(&place->path, path);
	lf_str_truncate(&place->field, field);
	lf_str_truncate(&place->typed, typed);
}

static void check_required(struct lf_issues *out, struct place *place, const struct lf_node *node)
{
	struct lf_row row;

	for (const char *line = place->schema; (line = lf_row_parse(&row, line));) {
		size_t length = 0, field = place->field.length;
		const char *name =
		    row.required ? lf_row_child(row.path, lf_str_text(&place->path), &length) : NULL;
		char *key;

		if (!name)
			continue;
		key = lf_dup_n(name, length);
		if (lf_node_kind(lf_node_key(node, key)) == LF_NODE_NULL) {
			lf_str_addf(&place->field, "%s%s", field ? "." : "", key);
			report(out, place, LF_ISSUE_REQUIRED, "Required value");
			lf_str_truncate(&place->field, field);
		}
		lf_free(key);
	}
}

static void check_node(struct lf_issues *out, struct place *place, const struct lf_node *node, int depth)
{
	if (depth > MAX_DEPTH)
		return;
	if (lf_node_kind(node) == LF_NODE_MAP) {
		for (size_t i = 0; i < lf_node_count(node); i++)
			check_child(out, place, lf_node_key_at(node, i), lf_node_at(node, i), depth);
		check_required(out, place, node);
		return;
	}
	for (size_t i = 0; i < lf_node_count(node); i++) {
		size_t path = place->path.length, field = place->field.length, typed = place->typed.length;
		const struct lf_node *item = lf_node_at(node, i);
		struct lf_row row;

		lf_str_add(&place->path, "[]");
		lf_str_addf(&place->field, "[%zu]", i);
		if (*lf_node_text(item, "name"))
			lf_str_addf(&place->typed, "[name=\"%s\"]", lf_node_text(item, "name"));
		else
			lf_str_addf(&place->typed, "[%zu]", i);
		row = lf_row_find(place->schema, lf_str_text(&place->path));
		if (row.type.length)
			check_row(out, place, &row, item, depth);
		lf_str_truncate(&place->path, path);
		lf_str_truncate(&place->field, field);
		lf_str_truncate(&place->typed, typed);
	}
}

void lf_schema_issues(struct lf_issues *out, const char *schema, const struct lf_node *object)
{
	struct place place = {.schema = schema, .more = lf_schema_metadata};

	if (!schema)
		return;
	check_node(out, &place, object, 0);
	lf_str_dispose(&place.path);
	lf_str_dispose(&place.field);
	lf_str_dispose(&place.typed);
}

void lf_issues_dispose(struct lf_issues *issues)
{
	for (size_t i = 0; i < issues->count; i++) {
		lf_free(issues->items[i].field);
		lf_free(issues->items[i].typed);
		lf_free(issues->items[i].message);
	}
	lf_free(issues->items);
	memset(issues, 0, sizeof(*issues));
}
