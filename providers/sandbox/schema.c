/* schema: see schema.h. Reads rows of text where it stands: they are few, and objects are small. */
#include "config.h"
#include "providers/sandbox/schema.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"
#include "providers/sandbox/schemas.h"

enum { MAX_ISSUES = 64, MAX_DEPTH = 40 };

struct word {
	const char *start;
	size_t length;
};

struct row {
	struct word path, type, fallback, pattern, values;
	bool required;
};

struct place { /* where the walk stands */
	const char *schema, *more; /* MORE: the rows every object has; only at the root's schema */
	struct lf_str path;	   /* in the schema */
	struct lf_str field, typed; /* in the object */
};

static const struct {
	const char *name, *rows;
} shared[] = {
	{ "template", lf_schema_template }, { "podspec", lf_schema_podspec }, { "container", lf_schema_container },
	{ "probe", lf_schema_probe },	    { "source", lf_schema_source },
};

static const struct {
	const char *name, *expression;
} patterns[] = {
	{ "duration", "^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$" },
	{ "duration-no-hours", "^([0-9]+(\\.[0-9]+)?(ms|s|m))+$" },
	{ "repository", "^(http|https|ssh|file)://.*$" },
};

static bool is(struct word word, const char *text)
{
	return word.length == strlen(text) && memcmp(word.start, text, word.length) == 0;
}

/* Splits one line; returns the start of the next, or NULL at the end. */
static const char *parse_row(struct row *row, const char *line)
{
	const char *end, *next;

	if (!line || !*line)
		return NULL;
	memset(row, 0, sizeof(*row));
	end = strchr(line, '\n');
	next = end ? end + 1 : line + strlen(line);
	if (!end)
		end = next;
	for (size_t field = 0; line < end; field++) {
		size_t n = 0;
		struct word word;

		while (line + n < end && line[n] != ' ')
			n++;
		word = (struct word){ line, n };
		if (field == 0)
			row->path = word;
		else if (*line == '=')
			row->fallback = (struct word){ line + 1, n - 1 };
		else if (*line == '~')
			row->pattern = (struct word){ line + 1, n - 1 };
		else if (*line == '|')
			row->values = (struct word){ line + 1, n - 1 };
		else
			row->type = word;
		line += line + n < end ? n + 1 : n;
	}
	if (row->type.length && row->type.start[row->type.length - 1] == '!') {
		row->required = true;
		row->type.length--;
	}
	return next;
}

/* The row of PATH; without one, what longer rows say it must be: "object", "list" or, if nothing does, an empty type. */
static struct row find_row(const char *schema, const char *path)
{
	static const char object[] = "object", list[] = "list";
	struct row found = { 0 }, row;
	size_t length = strlen(path);

	for (const char *line = schema; (line = parse_row(&row, line));) {
		if (is(row.path, path))
			return row;
		if (row.path.length <= length || memcmp(row.path.start, path, length) != 0)
			continue;
		if (row.path.start[length] == '.')
			found.type = (struct word){ object, sizeof(object) - 1 };
		else if (row.path.start[length] == '[')
			found.type = (struct word){ list, sizeof(list) - 1 };
	}
	return found;
}

static const char *shared_rows(struct word type)
{
	for (size_t i = 0; i < LF_COUNT(shared); i++)
		if (is((struct word){ type.start + 1, type.length - 1 }, shared[i].name))
			return shared[i].rows;
	return "";
}

LF_PRINTF(4, 5) static void report(struct lf_issues *out, const struct place *place, enum lf_issue_kind kind, const char *format, ...)
{
	struct lf_str text = { 0 };
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

static bool matches(struct word pattern, const char *text)
{
	if (is(pattern, "repository"))
		return lf_starts_with(text, "http://") || lf_starts_with(text, "https://") || lf_starts_with(text, "ssh://") ||
		       lf_starts_with(text, "file://") || lf_starts_with(text, "/");
	return is_duration(text, is(pattern, "duration"));
}

static void check_text(struct lf_issues *out, const struct place *place, const struct row *row, const char *text)
{
	bool listed = false;

	if (row->pattern.length && !matches(row->pattern, text)) {
		for (size_t i = 0; i < LF_COUNT(patterns); i++)
			if (is(row->pattern, patterns[i].name))
				report(out, place, LF_ISSUE_INVALID, "Invalid value: \"%s\": %s in body should match '%s'", text,
				       lf_str_text(&place->field), patterns[i].expression);
	}
	if (!row->values.length)
		return;
	struct lf_str supported = { 0 };

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
		report(out, place, LF_ISSUE_UNSUPPORTED, "Unsupported value: \"%s\": supported values: %s", text, lf_str_text(&supported));
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

static bool check_kind(struct lf_issues *out, const struct place *place, const struct row *row, const struct lf_node *node)
{
	enum lf_node_kind kind = lf_node_kind(node);
	struct lf_str words = { 0 };
	const char *expected = NULL;

	if (is(row->type, "any") || kind == LF_NODE_NULL)
		return false;
	if (is(row->type, "string") && kind != LF_NODE_TEXT)
		expected = "string";
	else if (is(row->type, "bool") && kind != LF_NODE_BOOL)
		expected = "boolean";
	else if (is(row->type, "int") && kind != LF_NODE_NUMBER)
		expected = "numeric (int or float)";
	else if ((is(row->type, "intstr") || is(row->type, "quantity")) && kind != LF_NODE_NUMBER && kind != LF_NODE_TEXT)
		expected = "string";
	else if (is(row->type, "list") && kind != LF_NODE_LIST)
		expected = "list";
	else if ((is(row->type, "map") || is(row->type, "object") || *row->type.start == '@') && kind != LF_NODE_MAP)
		expected = "map";
	if (!expected)
		return true;
	if (is(row->type, "int")) /* the one message that names the Go type only */
		lf_str_add(&words, kind == LF_NODE_TEXT ? "string" : kind == LF_NODE_BOOL ? "bool" : kind == LF_NODE_LIST ? "[]interface {}" : "map[string]interface {}");
	else
		value_words(&words, node);
	report(out, place, LF_ISSUE_TYPE, "expected %s, got %s", expected, lf_str_text(&words));
	lf_str_dispose(&words);
	return false;
}

static void check_node(struct lf_issues *out, struct place *place, const struct lf_node *node, int depth);

/* Checks NODE against ROW, which is the row of PLACE's path; a shared row goes on in its own schema. */
static void check_row(struct lf_issues *out, struct place *place, const struct row *row, const struct lf_node *node, int depth)
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
		struct place inner = { .schema = shared_rows(row->type), .field = place->field, .typed = place->typed };

		check_node(out, &inner, node, depth + 1);
		place->field = inner.field;
		place->typed = inner.typed;
		lf_str_dispose(&inner.path);
	} else if (is(row->type, "object") || is(row->type, "list")) {
		check_node(out, place, node, depth + 1);
	} else if (is(row->type, "map")) {
		for (size_t i = 0; i < lf_node_count(node); i++) {
			size_t field = place->field.length, typed = place->typed.length;
			const struct row text = { .type = { "string", 6 } };

			lf_str_addf(&place->field, ".%s", lf_node_key_at(node, i));
			lf_str_addf(&place->typed, ".%s", lf_node_key_at(node, i));
			(void)check_kind(out, place, &text, lf_node_at(node, i));
			lf_str_truncate(&place->field, field);
			lf_str_truncate(&place->typed, typed);
		}
	}
}

static void check_child(struct lf_issues *out, struct place *place, const char *key, const struct lf_node *child, int depth)
{
	size_t path = place->path.length, field = place->field.length, typed = place->typed.length;
	struct row row = { 0 };

	lf_str_addf(&place->path, "%s%s", path ? "." : "", key);
	lf_str_addf(&place->field, "%s%s", field ? "." : "", key);
	lf_str_addf(&place->typed, ".%s", key);
	if (!strpbrk(key, ".[")) { /* such a key would look like a path */
		row = find_row(place->schema, lf_str_text(&place->path));
		if (!row.type.length && place->more)
			row = find_row(place->more, lf_str_text(&place->path));
	}
	check_row(out, place, &row, child, depth);
	lf_str_truncate(&place->path, path);
	lf_str_truncate(&place->field, field);
	lf_str_truncate(&place->typed, typed);
}

/* The last name of a row's path if its parent is PATH, else NULL. */
static const char *child_of(struct word path, const char *parent, size_t *length)
{
	size_t n = strlen(parent), at = n ? n + 1 : 0;

	if (path.length <= at || memcmp(path.start, parent, n) != 0 || (n && path.start[n] != '.'))
		return NULL;
	for (size_t i = at; i < path.length; i++)
		if (path.start[i] == '.' || path.start[i] == '[')
			return NULL;
	*length = path.length - at;
	return path.start + at;
}

static void check_required(struct lf_issues *out, struct place *place, const struct lf_node *node)
{
	struct row row;

	for (const char *line = place->schema; (line = parse_row(&row, line));) {
		size_t length = 0, field = place->field.length;
		const char *name = row.required ? child_of(row.path, lf_str_text(&place->path), &length) : NULL;
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
		struct row row;

		lf_str_add(&place->path, "[]");
		lf_str_addf(&place->field, "[%zu]", i);
		if (*lf_node_text(item, "name"))
			lf_str_addf(&place->typed, "[name=\"%s\"]", lf_node_text(item, "name"));
		else
			lf_str_addf(&place->typed, "[%zu]", i);
		row = find_row(place->schema, lf_str_text(&place->path));
		if (row.type.length)
			check_row(out, place, &row, item, depth);
		lf_str_truncate(&place->path, path);
		lf_str_truncate(&place->field, field);
		lf_str_truncate(&place->typed, typed);
	}
}

void lf_schema_check(struct lf_issues *out, const char *schema, const struct lf_node *object)
{
	struct place place = { .schema = schema, .more = lf_schema_metadata };

	if (!schema)
		return;
	check_node(out, &place, object, 0);
	lf_str_dispose(&place.path);
	lf_str_dispose(&place.field);
	lf_str_dispose(&place.typed);
}

static struct lf_node *fallback_node(const struct row *row)
{
	char *text = lf_dup_n(row->fallback.start, row->fallback.length);
	struct lf_node *node;

	if (is(row->type, "bool"))
		node = lf_node_bool_new(lf_equal(text, "true"));
	else if (is(row->type, "int"))
		node = lf_node_number_new(text);
	else
		node = lf_node_text_new(text);
	lf_free(text);
	return node;
}

static void fill(const char *schema, const char *path, struct lf_node *node, int depth);

static void fill_children(const char *schema, const char *path, struct lf_node *node, int depth)
{
	for (size_t i = 0; i < lf_node_count(node); i++) {
		struct lf_node *child = lf_node_at(node, i);
		char *at = lf_node_kind(node) == LF_NODE_LIST ? lf_format("%s[]", path) :
								lf_format("%s%s%s", path, *path ? "." : "", lf_node_key_at(node, i));
		struct row row = find_row(schema, at);

		if (row.type.length && *row.type.start == '@')
			fill(shared_rows(row.type), "", child, depth + 1);
		else if (is(row.type, "object") || is(row.type, "list"))
			fill(schema, at, child, depth + 1);
		lf_free(at);
	}
}

static void fill(const char *schema, const char *path, struct lf_node *node, int depth)
{
	struct row row;

	if (depth > MAX_DEPTH)
		return;
	for (const char *line = schema; lf_node_kind(node) == LF_NODE_MAP && (line = parse_row(&row, line));) {
		size_t length = 0;
		const char *name = row.fallback.length ? child_of(row.path, path, &length) : NULL;
		char *key;

		if (!name)
			continue;
		key = lf_dup_n(name, length);
		if (lf_node_kind(lf_node_key(node, key)) == LF_NODE_NULL)
			(void)lf_node_set(node, key, fallback_node(&row));
		lf_free(key);
	}
	fill_children(schema, path, node, depth);
}

void lf_schema_default(const char *schema, struct lf_node *object)
{
	if (schema)
		fill(schema, "", object, 0);
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
