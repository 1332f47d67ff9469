/* A chart's schema: what is refused with which words, and what is not. */
#include "config.h"

#include <string.h>

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
	{"{\"not\":{\"contains\":{},\"maxContains\":1}}", "[1]", "a form that is not allowed"},
	{"{\"minItems\":1}", "[]", "at least 1 item$"},
	{"{\"minItems\":2}", "[1]", "at least 2 items$"},
	{"{\"minItems\":2}", "[1, 2]", NULL},
	{"{\"maxItems\":1}", "[1, 2]", "at most 1 item$"},
	{"{\"maxItems\":2}", "[1, 2, 3]", "at most 2 items$"},
	{"{\"maxItems\":2}", "[1, 2]", NULL},
	{"{\"type\":\"array\"}", "[1, 1]", NULL},
	{"{\"not\":{\"properties\":{\"y\":{}},\"patternProperties\":{\"(?i)x\":{}},\"additionalProperties\":false}}", "y: 1", NULL},
	{"{\"not\":{\"patternProperties\":{\"(?i)x\":{}}}}", "y: 1", NULL},
	{"{\"not\":{\"patternProperties\":{\"x\":{}}}}", "y: 1", "a form that is not allowed"},
	{"{\"not\":{\"required\":[\"redis\"]}}", "b: 1", NULL},
	{"{\"not\":{\"properties\":{\"redis\":{}}}}", "redis: 1", NULL},
	{"{\"properties\":{\"a\":{\"required\":[\"redis\"]}}}", "a: {}", "\"redis\" is missing"},
	{"{\"dependentSchemas\":{\"a\":{\"required\":[\"b\"]}}}", "a: 1", "\"b\" is missing"},
	{"{\"dependentSchemas\":{\"a\":{\"required\":[\"b\"]}}}", "{a: 1, b: 1}", NULL},
	{"{\"not\":{\"propertyNames\":{\"pattern\":\"(?i)x\"}}}", "a: 1", NULL},
	{"{\"propertyNames\":{\"maxLength\":3}}", "abc: 1", NULL},
	{"{\"properties\":{\"a\":{\"const\":0}}}", "a: -0", NULL},
	{"{\"properties\":{\"a\":{\"const\":1.5}}}", "a: 1.5", NULL},
	{"{\"properties\":{\"a\":{\"const\":1.5}}}", "a: 1.25", "must be 1.5"},
	{"{\"properties\":{\"a\":{\"const\":1.5}}}", "a: 1.75", "must be 1.5"},
	{"{\"properties\":{\"a\":{\"const\":[1]}}}", "a: [1, 2]", "must be"},
	{"{\"properties\":{\"a\":{\"const\":{\"b\":1}}}}", "a: {c: 1}", "must be"},
	{"{\"properties\":{\"a\":{\"const\":\"1\"}}}", "a: 1", "must be"},
	{"{\"properties\":{\"a\":{\"type\":\"number\"}}}", "a: 1.5", NULL},
	{"{\"properties\":{\"a\":{\"type\":\"boolean\"}}}", "a: true", NULL},
	{"{\"properties\":{\"a\":{\"type\":\"array\"}}}", "a: []", NULL},
	{"{\"properties\":{\"a\":{\"type\":\"object\"}}}", "a: {}", NULL},
	{"{\"properties\":{\"a\":{\"type\":\"boolean\"}}}", "a: {}", "this must be true or false, not a map$"},
	{"{\"properties\":{\"a\":{\"type\":\"array\"}}}", "a: x", "this must be a list, not text$"},
	{"{\"properties\":{\"a\":{\"type\":\"null\"}}}", "a: x", "this must be null, not text$"},
	{"{\"properties\":{\"a\":{\"type\":\"integer\"}}}", "a: 12345678901234567890", NULL},
	{"{\"properties\":{\"a\":{\"type\":\"integer\"}}}", "a: 1e300", "whole number"},
	{"{\"properties\":{\"a\":{\"type\":[]}}}", "a: 1", NULL},
	{"{\"properties\":{\"a\":{\"type\":[\"nonsense\",\"string\"]}}}", "a: 1", NULL},
	{"{\"properties\":{\"a\":{\"type\":\"string\"}}}", "a: 1", "Put it into quotes."},
	{"{\"properties\":{\"a\":{\"minimum\":1,\"maximum\":3}}}", "a: 1", NULL},
	{"{\"properties\":{\"a\":{\"minimum\":1,\"maximum\":3}}}", "a: 3", NULL},
	{"{\"properties\":{\"a\":{\"exclusiveMaximum\":3}}}", "a: 3", "less than 3"},
	{"{\"properties\":{\"a\":{\"exclusiveMaximum\":3}}}", "a: 2.5", NULL},
	{"{\"properties\":{\"a\":{\"exclusiveMinimum\":1}}}", "a: 1.5", NULL},
	{"{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"properties\":{\"a\":{\"maximum\":3,\"exclusiveMaximum\":true}}}", "a: 3", "less than 3"},
	{"{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"properties\":{\"a\":{\"maximum\":3,\"exclusiveMaximum\":false}}}", "a: 3", NULL},
	{"{\"properties\":{\"a\":{\"minLength\":2}}}", "a: b", "at least 2 characters"},
	{"{\"properties\":{\"a\":{\"minLength\":2}}}", "a: bc", NULL},
	{"{\"properties\":{\"a\":{\"maxLength\":2}}}", "a: bc", NULL},
	{"{\"properties\":{\"a\":{\"not\":{\"pattern\":\"(?i)x\"}}}}", "a: z", NULL},
	{"{\"properties\":{\"a\":{\"not\":{\"pattern\":\"^z$\"}}}}", "a: z", "a form that is not allowed"},
	{"{\"not\":{\"patternProperties\":{\"x\":{}}}}", "x: 1", "a form that is not allowed"},
	{"{\"properties\":{\"redis\":{\"type\":\"string\"}}}", "{a: 1, redis: {x: 1}}", NULL},
	{"{\"properties\":{\"a\":5},\"required\":7,\"enum\":1,\"items\":true}", "a: 1", NULL},
};

/* WORDS in the message or the hint; "$" behind them: the message ends with them. */
static bool says(const struct lf_error *err, const char *words)
{
	size_t length = strlen(words);
	char *end = lf_ends_with(words, "$") ? lf_dup_n(words, length - 1) : NULL;
	bool found = end ? lf_ends_with(err->message, end) : strstr(err->message, words) || strstr(err->hint, words);

	lf_free(end);
	return found;
}

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

		if ((code != LF_OK) != (table[i].words != NULL) || (code && !says(&err, table[i].words)))
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(what_comes_from_elsewhere_may_be_missing),
		cmocka_unit_test(null_may_be_a_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
