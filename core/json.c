/* json: see json.h. jansson parses, strictly; we only translate. Integers stay exact within 64 bits (larger
 * ones are an error, jansson's); other numbers become the first text of 15 to 17 digits that reads back as
 * the same double. */
#include "config.h"
#include "core/json.h"

#include <inttypes.h>
#include <jansson.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

enum { DEPTH_MAX = 128 };
static const size_t bytes_max = (size_t)64 * 1024 * 1024;

static struct lf_node *real_new(double value)
{
	const char *point = localeconv()->decimal_point;
	char digits[64], *found;
	struct lf_str out = {0};
	struct lf_node *node;

	for (int precision = 15; precision <= 17; precision++) {
		double again;

		(void)snprintf(digits, sizeof(digits), "%.*g", precision, value);
		again = strtod(digits, NULL);
		if (memcmp(&again, &value, sizeof(value)) == 0)
			break;
	}
	found = point && *point ? strstr(digits, point) : NULL;
	if (found) {
		lf_str_add_n(&out, digits, (size_t)(found - digits));
		lf_str_add_char(&out, '.');
		lf_str_add(&out, found + strlen(point));
	} else {
		lf_str_add(&out, digits);
		if (!strpbrk(digits, "e"))
			lf_str_add(&out, ".0");
	}
	node = lf_node_number_new(lf_str_text(&out));
	lf_str_dispose(&out);
	return node;
}

/* NULL if it is nested too deeply. */
static struct lf_node *convert(json_t *json, const char *key, int depth);

static struct lf_node *convert_object(json_t *json, const char *key, int depth)
{
	struct lf_node *map = lf_node_new(LF_NODE_MAP);
	bool metadata = key && strcmp(key, "metadata") == 0;

	for (void *i = json_object_iter(json); i; i = json_object_iter_next(json, i)) {
		const char *name = json_object_iter_key(i);
		struct lf_node *child;

		if (metadata && strcmp(name, "managedFields") == 0)
			continue;
		child = convert(json_object_iter_value(i), name, depth + 1);
		if (!child) {
			lf_node_free(map);
			return NULL;
		}
		lf_node_set(map, name, child);
	}
	return map;
}

static struct lf_node *convert_array(json_t *json, int depth)
{
	struct lf_node *list = lf_node_new(LF_NODE_LIST);

	for (size_t i = 0; i < json_array_size(json); i++) {
		struct lf_node *child = convert(json_array_get(json, i), NULL, depth + 1);

		if (!child) {
			lf_node_free(list);
			return NULL;
		}
		lf_node_add(list, child);
	}
	return list;
}

static struct lf_node *convert(json_t *json, const char *key, int depth)
{
	if (depth > DEPTH_MAX)
		return NULL;
	switch (json_typeof(json)) {
	case JSON_OBJECT:
		return convert_object(json, key, depth);
	case JSON_ARRAY:
		return convert_array(json, depth);
	case JSON_STRING:
		return lf_node_text_new_n(json_string_value(json), json_string_length(json));
	case JSON_INTEGER:
		return lf_node_int_new(json_integer_value(json));
	case JSON_REAL:
		return real_new(json_real_value(json));
	case JSON_TRUE:
		return lf_node_bool_new(true);
	case JSON_FALSE:
		return lf_node_bool_new(false);
	case JSON_NULL:
		return lf_node_new(LF_NODE_NULL);
	}
	return NULL;
}

int lf_json_parse(struct lf_node **out, const char *text, size_t length, struct lf_error *err)
{
	json_error_t problem;
	json_t *json;

	*out = NULL;
	if (length > bytes_max)
		return lf_fail(err, LF_ELIMIT, "json.parse", 0, "JSON of %zu bytes is larger than %zu",
		               length, bytes_max);
	json = json_loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);
	if (!json) {
		char *safe = lf_text_clean_dup(problem.text, 200); /* jansson quotes the input */

		(void)lf_fail(err, LF_EPARSE, "json.parse", 0, "not valid JSON: line %d, column %d: %s",
		              problem.line, problem.column, safe);
		lf_free(safe);
		return LF_EPARSE;
	}
	*out = convert(json, NULL, 1);
	json_decref(json);
	if (!*out)
		return lf_fail(err, LF_ELIMIT, "json.parse", 0, "JSON is nested more than %d levels deep",
		               DEPTH_MAX);
	return LF_OK;
}

void lf_json_emit_text(struct lf_str *out, const char *text)
{
	size_t length = strlen(text), at = 0;

	lf_str_add_char(out, '"');
	while (at < length) {
		uint32_t c;
		size_t n = lf_text_next(text + at, length - at, &c);

		if (c == '"' || c == '\\')
			lf_str_addf(out, "\\%c", (char)c);
		else if (c == '\n')
			lf_str_add(out, "\\n");
		else if (c == '\r')
			lf_str_add(out, "\\r");
		else if (c == '\t')
			lf_str_add(out, "\\t");
		else if (c < 0x20 || c == 0x7f)
			lf_str_addf(out, "\\u%04x", (unsigned)c);
		else if (c == 0xfffd)
			lf_str_add(out, "\xef\xbf\xbd"); /* also what stands for an invalid byte */
		else
			lf_str_add_n(out, text + at, n);
		at += n;
	}
	lf_str_add_char(out, '"');
}

static bool digits(const char **s)
{
	const char *start = *s;

	while (**s >= '0' && **s <= '9')
		(*s)++;
	return *s > start;
}

static bool is_number(const char *s)
{
	if (*s == '-')
		s++;
	if (*s == '0')
		s++;
	else if (!digits(&s))
		return false;
	if (*s == '.') {
		s++;
		if (!digits(&s))
			return false;
	}
	if (*s == 'e' || *s == 'E') {
		s++;
		if (*s == '+' || *s == '-')
			s++;
		if (!digits(&s))
			return false;
	}
	return *s == '\0';
}

void lf_json_emit(struct lf_str *out, const struct lf_node *node)
{
	enum lf_node_kind kind = lf_node_kind(node);
	const char *text = lf_node_text(node, NULL);

	switch (kind) {
	case LF_NODE_NULL:
		lf_str_add(out, "null");
		return;
	case LF_NODE_BOOL:
		lf_str_add(out, text);
		return;
	case LF_NODE_NUMBER:
		lf_str_add(out, is_number(text) ? text : "null"); /* .inf and .nan have no JSON form */
		return;
	case LF_NODE_TEXT:
		lf_json_emit_text(out, text);
		return;
	case LF_NODE_LIST:
	case LF_NODE_MAP:
		break;
	}
	lf_str_add_char(out, kind == LF_NODE_MAP ? '{' : '[');
	for (size_t i = 0; i < lf_node_count(node); i++) {
		if (i > 0)
			lf_str_add_char(out, ',');
		if (kind == LF_NODE_MAP) {
			lf_json_emit_text(out, lf_node_key_at(node, i));
			lf_str_add_char(out, ':');
		}
		lf_json_emit(out, lf_node_at(node, i));
	}
	lf_str_add_char(out, kind == LF_NODE_MAP ? '}' : ']');
}
