/* A chart's schema: what is refused with which words, what is not, and that hostile schemas cost little. */
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

static const struct {
	const char *schema, *value, *words; /* of the message or the hint; NULL: right. Behind "not" everything that is not certain is right */
} table[] = {
	{"{\"type\":\"object\"}", "{}", NULL},
	{"{\"type\":\"object\"}", "[]", "the values (line 1, column 1): this must be a map, not a list"},
	{"{\"properties\":{\"a\":{\"type\":\"integer\"}}}", "a: 1.5", "a (line 1, column 4): this must be a whole number, not a number"},
	{"{\"properties\":{\"a\":{\"type\":\"integer\"}}}", "a: 1.0", NULL},
	{"{\"properties\":{\"a\":{\"minLength\":9000000000000000}}}", "a: b", NULL},
	{"{\"properties\":{\"a\":{\"minLength\":8999999999999999}}}", "a: b", "characters"},
	{"{\"properties\":{\"a\":{\"maxLength\":-9000000000000000}}}", "a: b", NULL},
	{"{\"properties\":{\"a\":{\"maxLength\":-8999999999999999}}}", "a: b", "characters"},
	{"{\"properties\":{\"a\":{\"type\":\"integer\"}}}", "a: \"1\"", "not text"},
	{"{\"properties\":{\"a\":{\"type\":\"string\"}}}", "a: 1", "this must be text, not a number"},
	{"{\"properties\":{\"a\":{\"type\":[\"string\",\"null\"]}}}", "a: null", NULL},
	{"{\"properties\":{\"a\":{\"type\":[\"string\",\"integer\"]}}}", "a: true", "text or a whole number, not true or false"},
	{"{\"properties\":{\"a\":{\"type\":\"string\"}}}", "a: null", NULL},
	{"{\"properties\":{\"a\":{\"type\":\"nonsense\"}}}", "a: 1", NULL},
	{"{\"properties\":{\"a\":{\"properties\":{\"b\":{\"enum\":[\"x\",\"y\",1]}}}}}", "a:\n  b: z", "a.b (line 2, column 6): this is not one of"},
	{"{\"properties\":{\"a\":{\"const\":{\"b\":1}}}}", "a: z", "this must be {…}"},
	{"{\"properties\":{\"a\":{\"const\":[1]}}}", "a: z", "this must be […]"},
	{"{\"properties\":{\"a\":{\"type\":\"number\"}}}", "a: z", "this must be a number, not text"},
	{"{\"properties\":{\"a\":{\"enum\":[1]}}}", "a: 1.0", NULL},
	{"{\"properties\":{\"a\":{\"const\":{\"b\":[1]}}}}", "a: {b: [1.0]}", NULL},
	{"{\"properties\":{\"a\":{\"const\":\"x\"}}}", "a: y", "this must be \"x\""},
	{"{\"required\":[\"a\"]}", "b: 1", "\"a\" is missing"},
	{"{\"required\":[\"a\"]}", "a: null", NULL},
	{"{\"additionalProperties\":false,\"properties\":{\"a\":{}}}", "b: 1", "b (line 1, column 4): the chart has no such key"},
	{"{\"additionalProperties\":{\"type\":\"string\"}}", "b: 1", "must be text"},
	{"{\"additionalProperties\":false,\"patternProperties\":{\"^x-\":{\"type\":\"integer\"}}}", "x-a: 1", NULL},
	{"{\"additionalProperties\":false,\"patternProperties\":{\"^x-\":{\"type\":\"integer\"}}}", "x-a: b", "whole number"},
	{"{\"additionalProperties\":false,\"patternProperties\":{\"^x-\":{}}}", "y: b", "no such key"},
	{"{\"additionalProperties\":false,\"patternProperties\":{\"(?i)x\":{}}}", "y: b", NULL},
	{"{\"properties\":{\"a\":{\"items\":{\"type\":\"string\"}}}}", "a: [x, 2]", "a[1] (line 1, column 8): this must be text"},
	{"{\"properties\":{\"a\":{\"items\":[{\"type\":\"string\"}]}}}", "a: [x, 2]", NULL},
	{"{\"properties\":{\"a\":{\"minItems\":1}}}", "a: []", "at least 1 item"},
	{"{\"properties\":{\"a\":{\"maxItems\":1}}}", "a: [1, 2]", "at most 1 item"},
	{"{\"properties\":{\"a\":{\"uniqueItems\":true}}}", "a: [1, 2, 1.0]", "items 0 and 2"},
	{"{\"properties\":{\"a\":{\"minimum\":1,\"maximum\":3}}}", "a: 0", "at least 1"},
	{"{\"properties\":{\"a\":{\"minimum\":1,\"maximum\":3}}}", "a: 4", "at most 3"},
	{"{\"properties\":{\"a\":{\"exclusiveMinimum\":1}}}", "a: 1", "more than 1"},
	{"{\"properties\":{\"a\":{\"minimum\":1,\"exclusiveMinimum\":true}}}", "a: 1", "more than 1"},
	{"{\"properties\":{\"a\":{\"multipleOf\":5}}}", "a: 7", "multiple of 5"},
	{"{\"properties\":{\"a\":{\"multipleOf\":0.1}}}", "a: 0.3", NULL},
	{"{\"properties\":{\"a\":{\"minLength\":1}}}", "a: \"\"", "may not be empty"},
	{"{\"properties\":{\"a\":{\"maxLength\":2}}}", "a: äö", NULL},
	{"{\"properties\":{\"a\":{\"maxLength\":2}}}", "a: abc", "at most 2"},
	{"{\"properties\":{\"a\":{\"pattern\":\"^\\\\d+\\\\.\\\\d+$\"}}}", "a: \"1.x\"", "does not have the form"},
	{"{\"properties\":{\"a\":{\"pattern\":\"^\\\\d+\\\\.\\\\d+$\"}}}", "a: \"1.2\"", NULL},
	{"{\"properties\":{\"a\":{\"pattern\":\"^(?!x)\"}}}", "a: xx", NULL},
	{"{\"properties\":{\"a\":{\"pattern\":\"(a+)+$\"}}}", "a: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "form"},
	{"{\"properties\":{\"a\":{\"format\":\"uri\"}}}", "a: nonsense", NULL},
	{"{\"allOf\":[{\"required\":[\"a\"]},{\"required\":[\"b\"]}]}", "a: 1", "\"b\" is missing"},
	{"{\"properties\":{\"a\":{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}}}", "a: []", "none of the 2 forms"},
	{"{\"properties\":{\"a\":{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}}}", "a: x", NULL},
	{"{\"properties\":{\"a\":{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}}}", "a: true", "none of the 2"},
	{"{\"properties\":{\"a\":{\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}}}", "a: 3", "more than one of the 2 forms"},
	{"{\"properties\":{\"a\":{\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":2}]}}}", "a: 1", NULL},
	{"{\"properties\":{\"a\":{\"oneOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}}}", "a: null", NULL},
	{"{\"properties\":{\"a\":{\"oneOf\":[{\"type\":\"integer\"},{\"$ref\":\"other.json\"}]}}}", "a: x", NULL}, /* nobody knows */
	{"{\"properties\":{\"a\":{\"not\":{\"type\":\"string\"}}}}", "a: x", "a form that is not allowed"},
	{"{\"properties\":{\"a\":{\"not\":{\"$ref\":\"other.json\"}}}}", "a: x", NULL},
	{"{\"properties\":{\"a\":{\"not\":{\"pattern\":\"(?i)x\"}}}}", "a: x", NULL},
	{"{\"if\":{\"$ref\":\"other.json\"},\"then\":false,\"else\":false}", "a: 1", NULL},
	{"{\"dependentRequired\":{\"a\":[\"b\"]}}", "a: 1", "\"b\" is missing: \"a\" needs it"},
	{"{\"dependencies\":{\"a\":[\"b\"]}}", "c: 1", NULL},
	{"{\"dependencies\":{\"a\":{\"properties\":{\"c\":{\"type\":\"string\"}}}}}", "{a: 1, c: 2}", "must be text"},
	{"{\"propertyNames\":{\"maxLength\":2}}", "abc: 1", "abc (line 1, column 6): a key may not be spelled"},
	{"{\"properties\":{\"a\":{\"contains\":{\"type\":\"string\"}}}}", "a: [1, 2]", "lacks an item"},
	{"{\"properties\":{\"a\":{\"contains\":{\"type\":\"string\"},\"maxContains\":1}}}", "a: [x, z]", "2 items of a form"},
	{"{\"properties\":{\"a\":{\"items\":[{\"type\":\"string\"}],\"additionalItems\":false}}}", "a: [x, 2]", "nothing is allowed"},
	{"{\"properties\":{\"a\":{\"multipleOf\":0.01}}}", "a: 0.075", "multiple of 0.01"},
	{"{\"properties\":{\"a\":{\"multipleOf\":0.0001}}}", "a: 0.0075", NULL},
	{"{\"properties\":{\"a\":{\"const\":9007199254740993}}}", "a: 9007199254740992", "must be 9007199254740993"},
	{"{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"properties\":{\"a\":{\"format\":\"ipv4\"}}}", "a: 1.2.3.400", "not of the format ipv4"},
	{"{\"properties\":{\"a\":{\"format\":\"ipv4\"}}}", "a: nonsense", NULL}, /* a remark since 2019-09 */
	{"{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"$ref\":\"#/$defs/a\"}}}", "a: 1", NULL}, /* a circle */
	{"{\"properties\":{\"a\":{\"$ref\":\"#/$defs/x%25y\"}},\"$defs\":{\"x%y\":{\"type\":\"string\"}}}", "a: 1", "must be text"},
	{"{\"not\":{\"required\":[\"a\",\"b\"]}}", "{a: 1, b: 2}", "may not stand together"},
	{"{\"not\":{\"required\":[\"a\",\"b\"]}}", "{a: 1}", NULL},
	{"{\"if\":{\"properties\":{\"a\":{\"const\":1}}},\"then\":{\"required\":[\"b\"]},\"else\":{\"required\":[\"c\"]}}", "a: 1", "\"b\" is missing"},
	{"{\"if\":{\"properties\":{\"a\":{\"const\":1}}},\"then\":{\"required\":[\"b\"]},\"else\":{\"required\":[\"c\"]}}", "a: 2", "\"c\" is missing"},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/definitions/x~1y\"}},\"definitions\":{\"x/y\":{\"type\":\"string\"}}}", "a: 1", "must be text"},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/$defs/x\"}},\"$defs\":{\"x\":{\"type\":\"string\"}}}", "a: 1", "must be text"},
	{"{\"properties\":{\"a\":{\"$ref\":\"https://example.com/x\"}}}", "a: 1", NULL},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/nowhere\"}}}", "a: 1", NULL},
	{"{\"properties\":{\"a\":{\"$ref\":\"#\"}},\"type\":\"object\"}", "a: {a: {a: 1}}", "a.a.a"},
	{"{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"properties\":{\"a\":{\"$ref\":\"#/$defs/x\",\"type\":\"string\"}},\"$defs\":{\"x\":{}}}", "a: 1", NULL},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/$defs/x\",\"type\":\"string\"}},\"$defs\":{\"x\":{}}}", "a: 1", "must be text"},
	{"{\"properties\":{\"a\":false}}", "a: 1", "nothing is allowed"},
	{"{\"properties\":{\"redis\":{\"type\":\"string\"}},\"required\":[\"redis\"]}", "b: 1", NULL}, /* a subchart's */
	{"{\"properties\":{\"redis\":{\"type\":\"string\"}}}", "redis: {a: 1}", NULL},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/x/1\"}},\"x\":[{},{\"type\":\"string\"}]}", "a: 1", "must be text"},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/x/y\"}},\"x\":[{},{\"type\":\"string\"}]}", "a: 1", NULL},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/x/2\"}},\"x\":[{},{\"type\":\"string\"}]}", "a: 1", NULL},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/d/x/y\"}},\"d\":{\"x\":{\"y\":{\"type\":\"string\"}}}}", "a: 1", "must be text"},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/d/x/y\"}},\"d\":{\"x\":{\"$id\":\"other\",\"y\":{\"type\":\"string\"}}}}", "a: 1", NULL},
	{"{\"properties\":{\"a\":{\"$id\":\"other\",\"$ref\":\"#/d\",\"d\":{\"type\":\"string\"}}},\"d\":{\"type\":\"integer\"}}", "a: 1", "must be text"},
	{"{\"properties\":{\"a\":{\"$id\":\"#name\",\"$ref\":\"#/d\",\"d\":{\"type\":\"integer\"}}},\"d\":{\"type\":\"string\"}}", "a: 1", "must be text"},
	{"{\"not\":{\"unevaluatedProperties\":false}}", "a: 1", NULL},
	{"{\"not\":{\"unevaluatedItems\":false}}", "a: 1", NULL},
	{"{\"not\":{\"$dynamicRef\":\"#x\"}}", "a: 1", NULL},
	{"{\"not\":{\"$recursiveRef\":\"#\"}}", "a: 1", NULL},
	{"{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"properties\":{\"a\":{\"format\":\"ipv6\"}}}", "a: \"::1\"", NULL},
	{"{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"properties\":{\"a\":{\"format\":\"ipv6\"}}}", "a: \"::x\"", "not of the format ipv6"},
	{"{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"properties\":{\"a\":{\"not\":{\"format\":\"ipv4\"}}}}", "a: 1.2.3.4", "a form that is not allowed"},
	{"{\"not\":{\"contains\":{\"$ref\":\"other.json\"}}}", "[1]", NULL},
	{"{\"not\":{\"contains\":{\"$ref\":\"other.json\"},\"maxContains\":1,\"minContains\":0}}", "[1, 2]", NULL},
	{"{\"not\":{\"contains\":{}}}", "[1]", "a form that is not allowed"},
	{"{\"contains\":{\"type\":\"string\"},\"minContains\":2}", "[x, 1]", "lacks an item"},
	{"{\"contains\":{\"type\":\"string\"},\"minContains\":2}", "[x, z]", NULL},
	{"{\"contains\":{\"type\":\"string\"},\"maxContains\":2}", "[x, z]", NULL},
	{"{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"contains\":{\"type\":\"string\"},\"maxContains\":1,\"minContains\":3}", "[x, z]", NULL},
	{"{\"additionalProperties\":false,\"properties\":{\"a\":{},\"b\":{},\"c\":{},\"d\":{},\"e\":{},\"f\":{},\"g\":{},\"h\":{},\"i\":{},\"j\":{},\"k\":{},\"l\":{},\"m\":{}}}", "z: 1", "It has: a, b, c, d, e, f, g, h, i, j, k, l, …"},
	{"{\"minProperties\":2}", "a: 1", "at least 2 keys"},
	{"{\"minProperties\":1}", "a: 1", NULL},
	{"{\"maxProperties\":1}", "{a: 1, b: 2}", "at most 1 keys"},
	{"{\"maxProperties\":2}", "{a: 1, b: 2}", NULL},
	{"{\"properties\":{\"a\":{\"const\":null}}}", "a: 1", "this must be null"},
	{"{\"properties\":{\"a\":{\"const\":true}}}", "a: 1", "this must be true"},
	{"{\"properties\":{\"a\":{\"enum\":[1,2,3,4,5,6,7,8,9,10,11,12,\"x\"]}}}", "a: z", "One of: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, …"},
	{"{\"properties\":{\"a\":{\"enum\":[1,{\"b\":1},null]}}}", "a: z", "One of: 1, {…}, null"},
	{"{\"properties\":{\"a\":{\"multipleOf\":1e1}}}", "a: 1.5e1", "multiple of 10"},
	{"{\"properties\":{\"a\":{\"multipleOf\":1e1}}}", "a: 2E1", NULL},
	{"{\"properties\":{\"a\":{\"multipleOf\":5}}}", "a: 0.5", "multiple of 5"},
	{"{\"properties\":{\"a\":{\"multipleOf\":5}}}", "a: -10", NULL},
	{"{\"properties\":{\"a\":{\"multipleOf\":5}}}", "a: -12", "multiple of 5"},
	{"{\"properties\":{\"a\":{\"multipleOf\":7}}}", "a: 1234567890123456789", NULL},
	{"{\"properties\":{\"a\":{\"multipleOf\":7}}}", "a: 123456789012345678", "multiple of 7"},
	{"{\"properties\":{\"a\":{\"multipleOf\":7}}}", "a: 1e200", NULL},
	{"{\"properties\":{\"a\":{\"multipleOf\":0.007}}}", "a: 123456789012345678", NULL},
	{"{\"properties\":{\"a\":{\"multipleOf\":123456789012345678}}}", "a: 0.0007", NULL},
	{"{\"properties\":{\"a\":{\"multipleOf\":0}}}", "a: 7", NULL},
	{"{\"properties\":{\"a\":{\"not\":{\"multipleOf\":0}}}}", "a: 7", NULL},
	{"{\"properties\":{\"a\":{\"not\":{\"multipleOf\":7}}}}", "a: 7", "a form that is not allowed"},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/$defs/a%20b\"}},\"$defs\":{\"a b\":{\"type\":\"string\"}}}", "a: 1", "must be text"},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/$defs/%4A%4F%7e\"}},\"$defs\":{\"JO~\":{\"type\":\"string\"}}}", "a: 1", "must be text"},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/$defs/a%09b\"}},\"$defs\":{\"a\\tb\":{\"type\":\"string\"}}}", "a: 1", "must be text"},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/$defs/a%00b\"}},\"$defs\":{\"a%00b\":{\"type\":\"string\"}}}", "a: 1", "must be text"},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/$defs/a%4\"}},\"$defs\":{\"a%4\":{\"type\":\"string\"}}}", "a: 1", "must be text"},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/$defs/a%zz\"}},\"$defs\":{\"a%zz\":{\"type\":\"string\"}}}", "a: 1", "must be text"},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/$defs/~0a~1b\"}},\"$defs\":{\"~a/b\":{\"type\":\"string\"}}}", "a: 1", "must be text"},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/$defs/a~b\"}},\"$defs\":{\"a~b\":{\"type\":\"string\"}}}", "a: 1", "must be text"},
	{"{\"properties\":{\"a\":{\"$ref\":\"#/$defs/x0\"}},\"$defs\":{\"x0\":{\"type\":\"string\"}}}", "a: 1", "must be text"},
	{"{\"properties\":{\"hello\":{\"type\":\"string\"}}}", "hello: 1", "must be text"},
	{"{\"properties\":{\"red\":{\"type\":\"string\"}}}", "red: 1", "must be text"},
	{"{\"properties\":{\"a\":{\"$ref\":\"#xb\"}},\"b\":{\"type\":\"string\"}}", "a: 1", NULL},
	{"{\"anyOf\":[]}", "a: 1", NULL},
	{"{\"oneOf\":[]}", "a: 1", NULL},
	{"{\"anyOf\":5}", "a: 1", NULL},
	{"{\"not\":{\"anyOf\":[{\"$ref\":\"other.json\"},{}]}}", "a: 1", "a form that is not allowed"},
	{"{\"not\":{\"oneOf\":[{}]}}", "a: 1", "a form that is not allowed"},
	{"{\"not\":{\"if\":{\"$ref\":\"other.json\"},\"then\":{}}}", "a: 1", NULL},
	{"{\"not\":{\"if\":{\"$ref\":\"other.json\"},\"else\":{}}}", "a: 1", NULL},
	{"{\"not\":{\"if\":{\"$ref\":\"other.json\"}}}", "a: 1", "a form that is not allowed"},
	{"{\"anyOf\":[{},{}]}", "a: 1", NULL},
	{"{\"anyOf\":[{\"required\":[\"b\"]}]}", "a: 1", "\"b\" is missing"},
	{"{\"not\":{\"properties\":{\"a\":{\"type\":[\"string\",\"null\"]}}}}", "a: null", "a form that is not allowed"},
	{"{\"not\":{\"properties\":{\"a\":{\"type\":\"string\"}}}}", "a: null", NULL},
	{"{\"minItems\":1}", "a: 1", NULL},
	{"{\"required\":[\"a\"],\"minProperties\":1}", "[1]", NULL},
	{"{\"prefixItems\":[{\"type\":\"string\"}]}", "[1]", "[0] (line 1, column 2): this must be text"},
	{"{\"prefixItems\":[{\"type\":\"string\"}]}", "[a, 1]", NULL},
	{"{\"prefixItems\":[{}],\"items\":{\"type\":\"string\"}}", "[1, 2]", "[1] (line 1, column 5): this must be text"},
	{"{\"not\":{\"items\":[{}]}}", "[1, 2]", "a form that is not allowed"},
	{"{\"properties\":{\"a\":5},\"required\":7,\"enum\":1,\"items\":true}", "a: 1", NULL},
};

static void verdicts(void **state)
{
	struct lf_names foreign = {0};
	struct lf_schema_options options = {.foreign = &foreign};

	(void)state;
	lf_names_add(&foreign, "redis 17.x");
	for (size_t i = 0; i < LF_COUNT(table); i++) {
		struct lf_node *schema = json(table[i].schema), *value = yaml(table[i].value);
		struct lf_error err = {0};
		int code = lf_schema_check(schema, value, &options, &err);

		if ((code != LF_OK) != (table[i].words != NULL) || (code && !strstr(err.message, table[i].words) && !strstr(err.hint, table[i].words)))
			fail_msg("%s with %s: \"%s\" / \"%s\"", table[i].schema, table[i].value, err.message, err.hint);
		assert_true(!code || *err.hint);
		lf_node_free(schema);
		lf_node_free(value);
	}
	lf_names_dispose(&foreign);
}

static void what_comes_from_elsewhere_may_be_missing(void **state)
{
	struct lf_node *schema = json("{\"required\":[\"a\"]}"), *value = yaml("{}");
	struct lf_schema_options options = {.may_lack = true};

	(void)state;
	assert_int_equal(lf_schema_check(schema, value, &options, NULL), LF_OK);
	assert_int_equal(lf_schema_check(schema, value, NULL, NULL), LF_EINVAL);
	lf_node_free(schema);
	schema = json("{\"not\":{\"minProperties\":1}}");
	assert_int_equal(lf_schema_check(schema, value, &options, NULL), LF_OK);
	lf_node_free(schema);
	schema = json("{\"minProperties\":1}");
	assert_int_equal(lf_schema_check(schema, value, &options, NULL), LF_OK);
	assert_int_equal(lf_schema_check(schema, value, NULL, NULL), LF_EINVAL);
	lf_node_free(schema);
	lf_node_free(value);
}

/* To Helm null means "not set"; to the API server it is a value. */
static void null_may_be_a_value(void **state)
{
	const struct lf_schema_options options = {.null_counts = true};
	struct lf_node *schema = json("{\"properties\":{\"a\":{\"type\":\"string\"}}}"), *value = yaml("a: null"), *made = lf_node_new(LF_NODE_MAP);
	struct lf_error err = {0};

	(void)state;
	assert_int_equal(lf_schema_check(schema, value, NULL, &err), LF_OK);
	assert_int_equal(lf_schema_check(schema, value, &options, &err), LF_EINVAL);
	assert_string_equal(err.message, "a (line 1, column 4): this must be text, not null");
	lf_node_set_int(made, "a", 1); /* which stands on no line */
	assert_int_equal(lf_schema_check(schema, made, &options, &err), LF_EINVAL);
	assert_string_equal(err.message, "a: this must be text, not a number");
	lf_node_free(made);
	lf_node_free(schema);
	lf_node_free(value);
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
		cmocka_unit_test(what_is_not_checked_is_said),
		cmocka_unit_test(verdicts),
		cmocka_unit_test(what_comes_from_elsewhere_may_be_missing),
		cmocka_unit_test(null_may_be_a_value),
		cmocka_unit_test(long_lists_are_not_compared),
		cmocka_unit_test(patterns_are_the_same_or_none),
		cmocka_unit_test(hostile_schemas_cost_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
