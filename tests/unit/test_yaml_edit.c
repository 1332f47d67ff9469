/* Edits of YAML that somebody else wrote: the change and nothing but the change. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/yaml.h"
#include "tests/unit/trees.h"
#include "tests/unit/yaml_edits.h"

static void test_append_to_block_list(void **state)
{
	(void)state;
	becomes("resources:\n- a.yaml\n- b.yaml\n", APPEND, PATH("resources"), NULL, "c.yaml", "resources:\n- a.yaml\n- b.yaml\n- c.yaml\n");
	becomes("resources:\n  - a.yaml # first\n  # - off.yaml\n\npatches: []\n", APPEND, PATH("resources"), NULL, "c.yaml",
		"resources:\n  - a.yaml # first\n  - c.yaml\n  # - off.yaml\n\npatches: []\n");
	becomes("a:\n    b:\n        - x", APPEND, PATH("a", "b"), NULL, "z", "a:\n    b:\n        - x\n        - z\n");
	becomes("a:\r\n  - x\r\n  - y\r\nb: 1\r\n", APPEND, PATH("a"), NULL, "z", "a:\r\n  - x\r\n  - y\r\n  - z\r\nb: 1\r\n");
	becomes("- - a\n  - b\n- c\n", APPEND, PATH("0"), NULL, "x", "- - a\n  - b\n  - x\n- c\n");
	becomes("- a\n", APPEND, ROOT, NULL, "'yes'", "- a\n- \"yes\"\n");
	becomes("l:\n- k: v\n  m: w\n", APPEND, PATH("l"), NULL, "{k: x, m: [1, {n: 2}]}",
		"l:\n- k: v\n  m: w\n- k: x\n  m:\n  - 1\n  - \"n\": 2\n");
	becomes("l:\n    - k: v\n      m:\n          z: w\n", APPEND, PATH("l"), NULL, "{k: x, m: {z: u}}",
		"l:\n    - k: v\n      m:\n          z: w\n    - k: x\n      m:\n          z: u\n");
	becomes("l:\n- |\n  text\n\n\nb: 1\n", APPEND, PATH("l"), NULL, "x", "l:\n- |\n  text\n- x\n\n\nb: 1\n");
	becomes("l:\n- |+\n  text\n\n\nb: 1\n", APPEND, PATH("l"), NULL, "x", "l:\n- |+\n  text\n\n\n- x\nb: 1\n");
	becomes("l:\n- \"a\n  b\" # c\nb: 1\n", APPEND, PATH("l"), NULL, "\"x\\ny\\n\"", "l:\n- \"a\n  b\" # c\n- |\n  x\n  y\nb: 1\n");
	becomes("l:\n-\nb: 1\n", APPEND, PATH("l"), NULL, "x", "l:\n-\n- x\nb: 1\n");
	becomes("\xc3\xa9: \xe6\xbc\xa2 # \xe6\xbc\xa2\nl:\n- \xf0\x9f\x98\x80\nz: 1\n", APPEND, PATH("l"), NULL, "x",
		"\xc3\xa9: \xe6\xbc\xa2 # \xe6\xbc\xa2\nl:\n- \xf0\x9f\x98\x80\n- x\nz: 1\n");
	becomes("\xef\xbb\xbfl:\n- a\nz: 1\n", APPEND, PATH("l"), NULL, "x", "\xef\xbb\xbfl:\n- a\n- x\nz: 1\n");
}

static void test_append_to_flow_list(void **state)
{
	(void)state;
	becomes("l: [a, b] # c\n", APPEND, PATH("l"), NULL, "x", "l: [a, b, x] # c\n");
	becomes("l: [a, b,]\n", APPEND, PATH("l"), NULL, "'a,b'", "l: [a, b, \"a,b\",]\n");
	becomes("l: [\n  a,\n  b # c\n]\nz: 1\n", APPEND, PATH("l"), NULL, "x", "l: [\n  a,\n  b, # c\n  x\n]\nz: 1\n");
	becomes("l: [\r\n  a,\r\n  b, # c\r\n]\r\n", APPEND, PATH("l"), NULL, "x", "l: [\r\n  a,\r\n  b, # c\r\n  x,\r\n]\r\n");
	becomes("l: [{a: 1}]\n", APPEND, PATH("l"), NULL, "{a: 2, b: [x]}", "l: [{a: 1}, {\"a\":2,\"b\":[\"x\"]}]\n");
	becomes("m: {l: []}\n", APPEND, PATH("m", "l"), NULL, "x", "m: {l: [x]}\n");
	becomes("- []\n", APPEND, PATH("0"), NULL, "x", "- [x]\n");
	becomes("l: [\n  a,\n  b]\n", APPEND, PATH("l"), NULL, "x", "l: [\n  a,\n  b, x]\n");
	becomes("[a, b\n]\n", APPEND, ROOT, NULL, "x", "[a, b, x\n]\n");
	becomes("{\"a\": [\"b\"]}\n", APPEND, PATH("a"), NULL, "c", "{\"a\": [\"b\", c]}\n");
}

static void test_append_to_empty(void **state)
{
	(void)state;
	becomes("resources: [] # none\nz: 1\n", APPEND, PATH("resources"), NULL, "x", "resources: # none\n- x\nz: 1\n");
	becomes("a:\n  - b\nresources: []\n", APPEND, PATH("resources"), NULL, "x", "a:\n  - b\nresources:\n  - x\n");
	becomes("resources:\nz: 1\n", APPEND, PATH("resources"), NULL, "x", "resources:\n- x\nz: 1\n");
	becomes("resources: null\n", APPEND, PATH("resources"), NULL, "x", "resources:\n- x\n");
	becomes("a:\n  resources: ~", APPEND, PATH("a", "resources"), NULL, "x", "a:\n  resources:\n  - x\n");
	becomes("[]\n", APPEND, ROOT, NULL, "x", "[x]\n");
	becomes("l: [\n  # nothing\n]\n", APPEND, PATH("l"), NULL, "x", "l: [x\n  # nothing\n]\n");
}

static void test_add_key(void **state)
{
	(void)state;
	becomes("a: 1\n# end\n", KEY, ROOT, "resources", "[x, z]", "a: 1\nresources:\n- x\n- z\n# end\n");
	becomes("a:\n  - 1\n", KEY, ROOT, "resources", "[x, z]", "a:\n  - 1\nresources:\n  - x\n  - z\n");
	becomes("a:\n    b: 1\nc: 2\n", KEY, PATH("a"), "d", "{e: f}", "a:\n    b: 1\n    d:\n        e: f\nc: 2\n");
	becomes("l:\n- a: 1\n- a: 2\n", KEY, PATH("l", "0"), "b", "3", "l:\n- a: 1\n  b: 3\n- a: 2\n");
	becomes("m: {a: 1}\n", KEY, PATH("m"), "b", "'2'", "m: {a: 1, b: \"2\"}\n");
	becomes("m: {}\n", KEY, PATH("m"), "b", "2", "m:\n  b: 2\n");
	becomes("m:\n    n: {}\nz:\n", KEY, PATH("m", "n"), "b", "2", "m:\n    n:\n        b: 2\nz:\n");
	becomes("m:\nz: 1\n", KEY, PATH("m"), "on", "2", "m:\n  \"on\": 2\nz: 1\n");
	becomes("{}\n", KEY, ROOT, "a", "1", "{a: 1}\n");
	becomes("", KEY, ROOT, "a", "1", "a: 1\n");
	becomes("~\n", KEY, ROOT, "a", "1", "a: 1\n");
	becomes("---\nnull\n---\nb: 1\n", KEY, ROOT, "a", "1", "---\na: 1\n---\nb: 1\n");
	becomes("# c\nnull # d\n", KEY, ROOT, "a", "1", "# c\na: 1\n # d\n");
	becomes("--- ~\n", APPEND, ROOT, NULL, "1", "---\n- 1\n");
	becomes("# only a comment", KEY, ROOT, "a", "1", "# only a comment\na: 1\n");
	becomes("---\n# c\n", KEY, ROOT, "a", "1", "---\n# c\na: 1\n");
	becomes("a: 1\n---\nb: 2\n", KEY, ROOT, "c", "3", "a: 1\nc: 3\n---\nb: 2\n");
	becomes("a: |\n  x\n...\n", KEY, ROOT, "c", "3", "a: |\n  x\nc: 3\n...\n");
	becomes("a: >-\n  x\n\n  y", KEY, ROOT, "c", "3", "a: >-\n  x\n\n  y\nc: 3\n");
}

static void test_add_key_behind(void **state)
{
	static const struct {
		const char *before, *behind, *after;
	} rows[] = {
		{"a: 1\nz: 2\n", "a", "a: 1\nk: {}\nz: 2\n"},
		{"a: 1 # one\n# of z\nz: 2\n", "a", "a: 1 # one\nk: {}\n# of z\nz: 2\n"},
		{"a:\n  b: 1\n  # of a\n\nz: 2\n", "a", "a:\n  b: 1\n  # of a\nk: {}\n\nz: 2\n"},
		{"a:\n- 1\nz: 2\n", "a", "a:\n- 1\nk: {}\nz: 2\n"},
		{"a: |\n  x\nz: 2\n", "a", "a: |\n  x\nk: {}\nz: 2\n"},
		{"a: |+\n  x\n\nz: 2\n", "a", "a: |+\n  x\n\nk: {}\nz: 2\n"},
		{"a:\nz: 2\n", "a", "a:\nk: {}\nz: 2\n"},
		{"a:\r\n    b: 1\r\nz: 2\r\n", "a", "a:\r\n    b: 1\r\nk: {}\r\nz: 2\r\n"},
		{"a: {b: 1}\nz: &x 2\n", "a", "a: {b: 1}\nk: {}\nz: &x 2\n"},
		{"a: 1\nz: 2", "z", "a: 1\nz: 2\nk: {}\n"},
		{"a: 1\nz: 2\n", "nothing", "a: 1\nz: 2\nk: {}\n"},
		{"{a: 1, z: 2}\n", "a", "{a: 1, z: 2, k: {}}\n"},
	};
	struct lf_yaml_place place = {.name = "f.yaml", .path = ROOT};
	struct lf_node *value = lf_node_new(LF_NODE_MAP);

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_error err = {0};
		struct lf_str text = {0};

		lf_str_add(&text, rows[i].before);
		if (lf_yaml_edit_add_key_behind(&text, &place, "k", rows[i].behind, value, &err) || strcmp(lf_str_text(&text), rows[i].after) != 0)
			fail_msg("\n%s\nbecame\n%s\nnot\n%s\n%s", rows[i].before, lf_str_text(&text), rows[i].after, err.message);
		lf_str_dispose(&text);
	}
	lf_node_free(value);
}

static void test_set(void **state)
{
	(void)state;
	becomes("a:   1   # c\n", SET, PATH("a"), NULL, "2", "a:   2   # c\n");
	becomes("tag: v1\n", SET, PATH("tag"), NULL, "'1.10'", "tag: \"1.10\"\n");
	becomes("tag: 'v1' # c\n", SET, PATH("tag"), NULL, "\"it's\"", "tag: 'it''s' # c\n");
	becomes("tag: \"v1\"\n", SET, PATH("tag"), NULL, "v2", "tag: \"v2\"\n");
	becomes("i: [{tag: v1, b: c}]\r\n", SET, PATH("i", "0", "tag"), NULL, "'a,b'", "i: [{tag: \"a,b\", b: c}]\r\n");
	becomes("a:\nb: 1\n", SET, PATH("a"), NULL, "x", "a: x\nb: 1\n");
	becomes("a: # c\nb: 1\n", SET, PATH("a"), NULL, "x", "a: x # c\nb: 1\n");
	becomes("-\n- b\n", SET, PATH("0"), NULL, "x", "- x\n- b\n");
	becomes("a: one\n  two\nb: 1\n", SET, PATH("a"), NULL, "x", "a: x\nb: 1\n");
	becomes("a: x\n", SET, PATH("a"), NULL, "\"x\\ny\"", "a: \"x\\ny\"\n");
	becomes("a: yes\n", SET, PATH("a"), NULL, "false", "a: false\n");
	becomes("x\n", SET, ROOT, NULL, "y1", "y1\n");
	becomes("a.b: 1\n", SET, PATH("a.b"), NULL, "2", "a.b: 2\n");
}

/* Lines that stay keep their bytes: blanks at their ends, those of empty lines, line ends. */
static void test_set_a_text(void **state)
{
	(void)state;
	becomes("a: |\n  x: 1  \n   \n  z: 2\nb: 1\n", SET, PATH("a"), NULL, "\"x: 1  \\n \\nz: 3\\n\"", "a: |\n  x: 1  \n   \n  z: 3\nb: 1\n");
	becomes("a: |\n  x\n  y\n  z\nb: 1\n", SET, PATH("a"), NULL, "\"x\\nz\\n\"", "a: |\n  x\n  z\nb: 1\n");
	becomes("a: |\n  x\n \n  z\n", SET, PATH("a"), NULL, "\"\\nz\\n\"", "a: |\n \n  z\n");
	becomes("a: | # why\n    x\n      deeper\nb: 1\n", SET, PATH("a"), NULL, "\"x\\n  deeper\\n\\ny\\n\"", "a: | # why\n    x\n      deeper\n\n    y\nb: 1\n");
	becomes("- a: |-\r\n    x\r\n    y\r\n- b\r\n", SET, PATH("0", "a"), NULL, "\"w\\nx\\ny z\"", "- a: |-\r\n    w\r\n    x\r\n    y z\r\n- b\r\n");
	becomes("a: |\n\n  x\nb: 1\n", SET, PATH("a"), NULL, "\"\\nx\\ny\\n\"", "a: |\n\n  x\n  y\nb: 1\n");
	becomes("a: |+\n  x\n\n\nb: 1\n", SET, PATH("a"), NULL, "\"y\\n\\n\\n\"", "a: |+\n  y\n\n\nb: 1\n");
	becomes("a: |1\n   x\n  y", SET, PATH("a"), NULL, "\"  x\\n z\"", "a: |1\n   x\n  z");
	becomes("a: |-\n  one\n", SET, PATH("a"), NULL, "two", "a: |-\n  two\n");
	becomes("a: |\n  # \xe6\xbc\xa2\n  x\n", SET, PATH("a"), NULL, "\"# \xe6\xbc\xa2\\ny\\n\"", "a: |\n  # \xe6\xbc\xa2\n  y\n");
	refuses("a: |\n  x\n", SET, PATH("a"), NULL, "y", LF_EREFUSED, "f.yaml:1:4: this is a text of several lines"); /* it would end otherwise */
	refuses("a: |\n  x\n", SET, PATH("a"), NULL, "\"  x\\ny\\n\"", LF_EREFUSED, "not understood well enough"); /* the first line says how deep all stand */
	refuses("a: >\n  x\n  y\n", SET, PATH("a"), NULL, "\"x z\\n\"", LF_EREFUSED, "f.yaml:1:4: this is a text of several lines whose line breaks");
	refuses("a: &x |\n  x\n", SET, PATH("a"), NULL, "\"y\\n\"", LF_EREFUSED, "an anchor or a tag");
	refuses("a: |\n\nb: 1\n", SET, PATH("a"), NULL, "\"y\\n\"", LF_EREFUSED, "this is a text of several lines");
}

static void test_refuses(void **state)
{
	(void)state;
	refuses("a:\n  b: 1\n", SET, PATH("a", "c"), NULL, "1", LF_ENOTFOUND, "f.yaml:2:3: there is no \"c\" here");
	refuses("a: [1]\n", SET, PATH("a", "1"), NULL, "1", LF_ENOTFOUND, "f.yaml:1:4: there is no \"1\" here");
	refuses("a: [1, 2]\n", SET, PATH("a", "1x"), NULL, "1", LF_ENOTFOUND, "f.yaml:1:4: there is no \"1x\" here");
	refuses("a: [1, 2]\n", SET, PATH("a", ""), NULL, "1", LF_ENOTFOUND, "f.yaml:1:4: there is no \"\" here");
	refuses("a: [1, 2]\n", SET, PATH("a", "+1"), NULL, "1", LF_ENOTFOUND, "f.yaml:1:4: there is no \"+1\" here");
	refuses("a: 1\n", SET, PATH("a", "0"), NULL, "1", LF_ENOTFOUND, "f.yaml:1:4: there is no \"0\" here");
	refuses("a: [1]\n", SET, PATH("a"), NULL, "1", LF_EINVAL, "f.yaml:1:4: this is a list or a map");
	refuses("a: &x 1\n", SET, PATH("a"), NULL, "2", LF_EREFUSED, "f.yaml:1:4: an anchor or a tag");
	refuses("a: &x [1]\nb: *x\n", APPEND, PATH("a"), NULL, "2", LF_EREFUSED, "f.yaml:1:4: an anchor or a tag");
	refuses("a: &x [1]\nb: *x\n", APPEND, PATH("b"), NULL, "2", LF_EREFUSED, "f.yaml:2:4: the alias *x");
	refuses("a: &x\n  b: [1]\nc: *x\n", APPEND, PATH("a", "b"), NULL, "2", LF_EREFUSED, "f.yaml:1:4: an anchor or a tag");
	refuses("a: !!str 1\n", SET, PATH("a"), NULL, "2", LF_EREFUSED, "f.yaml:1:4");
	refuses("a: |\n  x\n", SET, PATH("a"), NULL, "2", LF_EREFUSED, "f.yaml:1:4: this is a text of several lines");
	refuses("a: 1\n", APPEND, PATH("a"), NULL, "2", LF_EINVAL, "f.yaml:1:4: this is not a list");
	refuses("a: 1\n", KEY, PATH("a"), "b", "2", LF_EINVAL, "f.yaml:1:4: this is not a map");
	refuses("- ~\n- b\n", APPEND, PATH("0"), NULL, "x", LF_EREFUSED, "f.yaml:1:3: there is no list or map here yet");
	refuses("m: {a: }\n", KEY, PATH("m", "a"), "b", "x", LF_EREFUSED, "there is no list or map here yet");
	refuses("a: 1\n", KEY, ROOT, "a", "2", LF_ECONFLICT, "f.yaml:1:4: \"a\" is there already");
	refuses("a: 1\na: 2\n", KEY, ROOT, "b", "2", LF_EPARSE, "f.yaml:2:1: the key \"a\" stands twice");
	refuses("a: [\n", KEY, ROOT, "b", "2", LF_EPARSE, "f.yaml:2:1: a value is missing");
	refuses("a: 1\r\rb: 2\r", KEY, ROOT, "c", "2", LF_EREFUSED, "bare carriage returns");
	/* Line separators break lines for YAML 1.1 only: the new key would land in another map. */
	refuses("m:\xe2\x80\xa8  a: 1\xe2\x80\xa8z:\n", KEY, PATH("m"), "b", "2", LF_EREFUSED, "not understood well enough");
	refuses("", SET, PATH("a"), NULL, "1", LF_ENOTFOUND, "the document is empty");
	refuses("# c\n", SET, ROOT, NULL, "1", LF_ENOTFOUND, "the document is empty");
	refuses("# c\n", MARK, ROOT, "{}", "", LF_ENOTFOUND, "the document is empty");
}

static void test_mark(void **state)
{
	static const char m[] = "{\"$p\": 1}";

	(void)state;
	becomes("tag: v1\n", MARK, PATH("tag"), m, "", "tag: v1 # {\"$p\": 1}\n");
	becomes("tag: 'v1'\r\nb: 1\r\n", MARK, PATH("tag"), m, "", "tag: 'v1' # {\"$p\": 1}\r\nb: 1\r\n");
	becomes("tag: v1", MARK, PATH("tag"), m, "", "tag: v1 # {\"$p\": 1}");
	becomes("tag: v1 # {\"$p\": 1}\n", MARK, PATH("tag"), m, "", "tag: v1 # {\"$p\": 1}\n");
	becomes("tag: v1   # {\"$q\": 2}\n", MARK, PATH("tag"), m, "", "tag: v1 # {\"$p\": 1}\n");
	becomes("a:\r\n  tag: v1 # why\r\n", MARK, PATH("a", "tag"), m, "", "a:\r\n  # why\r\n  tag: v1 # {\"$p\": 1}\r\n");
	becomes("a:\n- tag: v1 # why\n  b: 1\n", MARK, PATH("a", "0", "tag"), m, "", "a:\n# why\n- tag: v1 # {\"$p\": 1}\n  b: 1\n");
	becomes("a:\nb: 1\n", MARK, PATH("a"), m, "", "a: # {\"$p\": 1}\nb: 1\n");
	refuses("a: {tag: v1}\n", MARK, PATH("a", "tag"), m, "", LF_EREFUSED, "no room for a comment");
	refuses("a: |\n  v1\n", MARK, PATH("a"), m, "", LF_EREFUSED, "no room for a comment");
	refuses("a: [1]\n", MARK, PATH("a"), m, "", LF_EINVAL, "a list or a map");
	refuses("a: &x v1\n", MARK, PATH("a"), m, "", LF_EREFUSED, "an anchor or a tag");
	refuses("a: v1\n", MARK, PATH("a"), "x\nb: 2", "", LF_EINVAL, "one line");
}

static void test_documents(void **state)
{
	struct lf_node *value = lf_node_text_new("x");
	struct lf_yaml_place place = {.name = "f", .document = 1, .path = PATH("l")};
	struct lf_error err = {0};
	struct lf_str text = {0};

	(void)state;
	lf_str_add(&text, "l: [a]\n---\nl:\n- b\n---\nl: []\n");
	assert_int_equal(lf_yaml_edit_append(&text, &place, value, &err), LF_OK);
	assert_string_equal(lf_str_text(&text), "l: [a]\n---\nl:\n- b\n- x\n---\nl: []\n");
	place.document = 3;
	assert_int_equal(lf_yaml_edit_append(&text, &place, value, &err), LF_ENOTFOUND);
	assert_non_null(strstr(err.message, "there is no document 4"));
	lf_str_dispose(&text);
	lf_node_free(value);
}

/* On what we write ourselves, appending to a list and adding a key to a map always work and touch no other line. */
static void test_random(void **state)
{
	struct lf_random random = {13};
	struct lf_yaml_place place = {.name = "f", .path = ROOT};
	size_t edited = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct lf_node *tree = lf_test_tree(&random, 4), *value = lf_test_tree(&random, 3);
		struct lf_str before = {0}, after = {0};
		struct lf_error err = {0};
		int rc = LF_OK;

		if (lf_node_count(tree) > 0) {
			lf_yaml_emit(&before, tree, NULL);
			lf_yaml_emit(&after, tree, NULL);
			rc = lf_node_kind(tree) == LF_NODE_MAP ? lf_yaml_edit_add_key(&after, &place, "a new key", value, &err)
							       : lf_yaml_edit_append(&after, &place, value, &err);
			if (rc != LF_OK)
				fail_msg("%s\n%s", err.message, lf_str_text(&before));
			lf_test_keeps_lines(lf_str_text(&before), lf_str_text(&after));
			edited++;
		}
		lf_str_dispose(&before);
		lf_str_dispose(&after);
		lf_node_free(value);
		lf_node_free(tree);
	}
	assert_true(edited > 1000);
}

/* What was added is taken out again: the same bytes as before. */
static void test_there_and_back(void **state)
{
	struct lf_random random = {31};
	size_t edited = 0;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct lf_node *tree = lf_test_tree(&random, 4), *value = lf_test_tree(&random, 3);
		struct lf_yaml_place place = {.name = "f", .path = ROOT};
		struct lf_str before = {0}, after = {0};
		struct lf_error err = {0};
		char last[24];

		if (lf_node_count(tree) > 0) {
			bool is_map = lf_node_kind(tree) == LF_NODE_MAP;

			(void)snprintf(last, sizeof(last), "%zu", lf_node_count(tree));
			lf_yaml_emit(&before, tree, NULL);
			lf_yaml_emit(&after, tree, NULL);
			if (is_map)
				assert_int_equal(lf_yaml_edit_add_key(&after, &place, "a new key", value, &err), LF_OK);
			else
				assert_int_equal(lf_yaml_edit_append(&after, &place, value, &err), LF_OK);
			place.path = is_map ? PATH("a new key") : PATH(last);
			if (lf_yaml_edit_remove(&after, &place, &err) != LF_OK)
				fail_msg("%s\n%s", err.message, lf_str_text(&after));
			assert_string_equal(lf_str_text(&after), lf_str_text(&before));
			edited++;
		}
		lf_str_dispose(&before);
		lf_str_dispose(&after);
		lf_node_free(value);
		lf_node_free(tree);
	}
	assert_true(edited > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_append_to_block_list), cmocka_unit_test(test_append_to_flow_list),
		cmocka_unit_test(test_append_to_empty),	     cmocka_unit_test(test_add_key),
		cmocka_unit_test(test_add_key_behind),
		cmocka_unit_test(test_set),		     cmocka_unit_test(test_set_a_text),
		cmocka_unit_test(test_refuses), cmocka_unit_test(test_mark),
		cmocka_unit_test(test_documents),	     cmocka_unit_test(test_random),	     cmocka_unit_test(test_there_and_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
