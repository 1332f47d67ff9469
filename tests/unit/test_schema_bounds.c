/* What is not checked of a schema: what is not known here, what would cost too much. It is said, and hostile schemas cost little. */
#include "config.h"

#include <string.h>
#include <time.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/schema.h"
#include "core/str.h"
#include "core/yaml.h"
#include "tests/unit/unit.h"

static struct lf_node *json(const char *text)
{
	struct lf_node *tree = NULL;
	struct lf_error err = {0};

	if (lf_json_parse(&tree, text, strlen(text), &err))
		fail_msg("%s: %s", text, err.message);
	return tree;
}

static struct lf_node *yaml(const char *text)
{
	struct lf_node *documents = NULL, *root;

	assert_int_equal(lf_yaml_parse(&documents, text, strlen(text), "values", NULL, NULL), LF_OK);
	root = lf_node_take(documents, 0);
	lf_node_free(documents);
	return root;
}

/* Of more than 200 items nobody compares each with each. */
static void long_lists_are_not_compared(void **state)
{
	struct lf_node *schema = json("{\"uniqueItems\":true}"), *value = lf_node_new(LF_NODE_LIST), *deep = lf_node_new(LF_NODE_LIST);

	(void)state;
	for (int i = 0; i < 199; i++)
		lf_node_add(value, lf_node_int_new(i));
	assert_int_equal(lf_schema_check(schema, value, NULL, NULL), LF_OK);
	lf_node_add(value, lf_node_int_new(0));
	assert_int_equal(lf_schema_check(schema, value, NULL, NULL), LF_EINVAL);
	lf_node_add(value, lf_node_int_new(0));
	assert_int_equal(lf_schema_check(schema, value, NULL, NULL), LF_OK);
	/* Nor what is nested as deep as nothing is meant to be. */
	for (int i = 0; i < 2; i++) {
		struct lf_node *at = deep;

		for (int k = 0; k < 70; k++)
			at = lf_node_add(at, lf_node_new(LF_NODE_LIST));
	}
	assert_int_equal(lf_schema_check(schema, deep, NULL, NULL), LF_OK);
	lf_node_free(schema);
	/* "not not" says yes; more than 64 of them nobody follows. */
	for (int count = 64; count < 68; count += 2) {
		struct lf_str text = {0};

		for (int i = 0; i < count; i++)
			lf_str_add(&text, "{\"not\":");
		lf_str_add(&text, "{\"type\":\"string\"}");
		for (int i = 0; i < count; i++)
			lf_str_add_char(&text, '}');
		schema = json(lf_str_text(&text));
		assert_int_equal(lf_schema_check(schema, value, NULL, NULL), count == 64 ? LF_EINVAL : LF_OK);
		lf_node_free(schema);
		lf_str_dispose(&text);
	}
	lf_node_free(value);
	lf_node_free(deep);
}

static void what_is_not_checked_is_said(void **state)
{
	static const struct {
		const char *schema, *words;
	} rows[] = {
		{"{\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"^a$\",\"format\":\"email\"}}}", ""},
		{"{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"properties\":{\"a\":{\"format\":\"email\"},\"b\":{\"format\":\"ipv4\"}}}", "format email"},
		{"{\"items\":[{\"pattern\":\"(?i)x\"}],\"not\":{\"$ref\":\"other.json\"},\"unevaluatedProperties\":false}", "unevaluatedProperties, pattern (?i)x, reference other.json"},
		{"{\"properties\":{\"$dynamicRef\":{\"type\":\"string\"},\"format\":{}}}", ""}, /* names of values, not words of the schema */
		{"true", ""},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_node *schema = json(rows[i].schema);
		struct lf_str out = {0};

		lf_schema_unchecked(&out, schema);
		assert_string_equal(lf_str_text(&out), rows[i].words);
		lf_str_dispose(&out);
		lf_node_free(schema);
	}
}

static const struct {
	const char *pattern, *posix;
} patterns[] = {
	{"*a", NULL},
	{"{2}a", NULL},
	{"(*a)", NULL},
	{"a|*b", NULL},
	{"^*a", NULL},
	{"a*b+c?d{2}e", "a*b+c?d{2}e"},
	{"a{2}+", NULL},
	{"a{,5}", NULL}, {"a{1, 5}", NULL}, {"a{99999999999999999999}", NULL}, {"a{1,99999999999999999999}", NULL},
	{"a{255}", "a{255}"}, {"a{256}", NULL}, {"a{1,255}", "a{1,255}"}, {"a{1,256}", NULL}, {"a{1,}", "a{1,}"},
	{"a\\(b", "a\\(b"}, {"[\\.\\/]", "[./]"}, {"[^a]", "[^a]"}, {"[^]a]", NULL}, {"[a\\", NULL}, {"[\\q]", NULL}, {"a\\-b", "a-b"},
	{"a*{2}", NULL},
	{"^[a-z]+$", "^[a-z]+$"}, {"\\d{1,3}", "[0-9]{1,3}"}, {"[\\w.-]", "[A-Za-z0-9_.-]"}, {"a\\/b\\.c", "a/b\\.c"}, {"^$", "^$"}, {"(a|b)*", "(a|b)*"},
	{"a*?", NULL}, {"(?:a)", NULL}, {"\\bfoo", NULL}, {"(a)\\1", NULL}, {"[[:alpha:]]", NULL}, {"[]a]", NULL}, {"a{1000}", NULL}, {"(a{9}){9}", NULL}, {"(a+){9}", NULL},
	{"a{", NULL}, {"\\u00e4", NULL}, {"ä", NULL}, {"(", NULL}, {")", NULL}, {"*a", NULL}, {"a|", NULL}, {"\\", NULL}, {"[", NULL}, {"[a", NULL}, {"[\\]]", NULL}, {"()", NULL},
};

static void patterns_are_the_same_or_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < LF_COUNT(patterns); i++) {
		char *posix = lf_schema_pattern(patterns[i].pattern);

		if (!lf_equal(posix, patterns[i].posix))
			fail_msg("%s became %s", patterns[i].pattern, posix ? posix : "nothing");
		lf_free(posix);
	}
}

static void hostile_schemas_cost_little(void **state)
{
	struct lf_str text = {0};
	struct lf_node *schema, *value = yaml("{a: 1}");
	clock_t start = clock();

	(void)state;
	/* Each level asks for the next one twice, two hundred times. */
	lf_str_add(&text, "{\"$ref\":\"#/d/0\",\"d\":{");
	for (int i = 0; i < 200; i++)
		lf_str_addf(&text, "%s\"%d\":{\"allOf\":[{\"$ref\":\"#/d/%d\"},{\"$ref\":\"#/d/%d\"}]}", i ? "," : "", i, i + 1, i + 1);
	lf_str_add(&text, "}}");
	schema = json(lf_str_text(&text));
	assert_int_equal(lf_schema_check(schema, value, NULL, NULL), LF_OK);
	lf_node_free(schema);
	schema = json("{\"$ref\":\"#\",\"anyOf\":[{\"$ref\":\"#\"},{\"$ref\":\"#\"}]}");
	assert_int_equal(lf_schema_check(schema, value, NULL, NULL), LF_OK);
	lf_node_free(schema);
	assert_true(clock() - start < 2 * CLOCKS_PER_SEC);
	lf_node_free(value);
	lf_str_dispose(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_lists_are_not_compared),
		cmocka_unit_test(what_is_not_checked_is_said),
		cmocka_unit_test(patterns_are_the_same_or_none),
		cmocka_unit_test(hostile_schemas_cost_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
