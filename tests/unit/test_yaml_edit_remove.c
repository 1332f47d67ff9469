/* Taking entries out of YAML that somebody else wrote, with the comments that speak of them and nothing else. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/yaml.h"
#include "tests/unit/trees.h"
#include "tests/unit/yaml_edits.h"

#define REMOVES(before, path, after) becomes(before, REMOVE, path, NULL, "", after)

static void test_remove_lines(void **state)
{
	(void)state;
	REMOVES("a: 1\nb: 2\nc: 3\n", PATH("b"), "a: 1\nc: 3\n");
	REMOVES("a: 1\nb: 2\nc: 3\n", PATH("a"), "b: 2\nc: 3\n");
	REMOVES("a: 1\nb: 2", PATH("b"), "a: 1\n");
	REMOVES("a: 1\r\nb:\r\n  c: 2\r\n  # of c\r\nd: 3\r\n", PATH("b"), "a: 1\r\nd: 3\r\n");
	REMOVES("a:\n  - x\n  - y # why\n  - z\n", PATH("a", "1"), "a:\n  - x\n  - z\n");
	REMOVES("a:\n- x: 1\n  y: 2\n- z\n", PATH("a", "0"), "a:\n- z\n");
	REMOVES("a: |\n  # text\n\n\nb: 1\n", PATH("b"), "a: |\n  # text\n\n\n");
	REMOVES("b: 1\na: |+\n  text\n\n\nc: 1\n", PATH("a"), "b: 1\nc: 1\n");
	REMOVES("a: |+\n  text\n\n\nb: 1\n", PATH("b"), "a: |+\n  text\n\n\n");
	REMOVES("a: \"x\n  y\"\nb: >-\n  l\n\n  m\nc:\n", PATH("b"), "a: \"x\n  y\"\nc:\n");
	REMOVES("a:\nb: 1\n", PATH("a"), "b: 1\n");
	REMOVES("a:\n-\n- b\n", PATH("a", "0"), "a:\n- b\n");
	REMOVES("a:\n-\n  x: 1\n- b\n", PATH("a", "0"), "a:\n- b\n");
	REMOVES("a:\n- # about it\n  x: 1\n- b\n", PATH("a", "0"), "a:\n- b\n");
	REMOVES("\xef\xbb\xbf" "a: 1\nb: 2\n", PATH("a"), "\xef\xbb\xbf" "b: 2\n");
	REMOVES("\xc3\xa9: \xe6\xbc\xa2 # \xe6\xbc\xa2\nb: 1\nc: 2\n", PATH("b"), "\xc3\xa9: \xe6\xbc\xa2 # \xe6\xbc\xa2\nc: 2\n");
	REMOVES("a.b/c: 1\n'd': 2\n", PATH("d"), "a.b/c: 1\n");
	REMOVES("? a\n: 1\n? b\n: - 2\nc: 3\n", PATH("a"), "? b\n: - 2\nc: 3\n");
	REMOVES("? a\n: 1\n? b\n: - 2\nc: 3\n", PATH("b"), "? a\n: 1\nc: 3\n");
	REMOVES("- ? a\n  : 1\n  ? b\n  : 2\n", PATH("0", "a"), "- ? b\n  : 2\n");
}

static void test_remove_comments(void **state)
{
	(void)state;
	REMOVES("a: 1\n# of b\n# more\nb: 2 # b\n  # still b\n# of c\nc: 3\n", PATH("b"), "a: 1\n# of c\nc: 3\n");
	REMOVES("a: 1\n# apart\n\n# of b\nb: 2\nc: 3\n", PATH("b"), "a: 1\n# apart\n\nc: 3\n");
	REMOVES("# The file's header.\na: 1\nb: 2\n", PATH("a"), "# The file's header.\nb: 2\n");
	REMOVES("# The file's\n# header.\na: 1\nb: 2\n", PATH("a"), "# The file's\n# header.\nb: 2\n");
	REMOVES("m:\n  # of a\n  a: 1\n  # of b\n  b: 2\n", PATH("m", "a"), "m:\n  # of b\n  b: 2\n");
	REMOVES("m: # of m\n  a: 1\n  b: 2\n", PATH("m", "a"), "m: # of m\n  b: 2\n");
	REMOVES("l:\n  # of x\n  - x\n  # of y\n  - y\n", PATH("l", "1"), "l:\n  # of x\n  - x\n");
	REMOVES("a:\n  b: 1\n  # - off\nc: 1\n", PATH("c"), "a:\n  b: 1\n  # - off\n");
	REMOVES("a: 1\n\n# of b\nb: 2\n\nc: 3\n", PATH("b"), "a: 1\n\nc: 3\n");
	REMOVES("a: 1\n\nb: 2\n", PATH("b"), "a: 1\n");
	REMOVES("\na: 1\n\nb: 2\n", PATH("a"), "\nb: 2\n");
	REMOVES("a: 1\n\nb: 2\n---\nc: 1\n", PATH("b"), "a: 1\n\n---\nc: 1\n");
	REMOVES("a: |+\n  text\n\n# of b\nb: 1\nc: 2\n", PATH("b"), "a: |+\n  text\n\nc: 2\n");
	REMOVES("a: 'x\n\n  # no comment'\nb: 1\n", PATH("b"), "a: 'x\n\n  # no comment'\n");
}

static void test_remove_behind_dash(void **state)
{
	(void)state;
	REMOVES("l:\n- a: 1\n  b: 2\n- c\n", PATH("l", "0", "a"), "l:\n- b: 2\n- c\n");
	REMOVES("l:\n- a: 1\n  b: 2\n- c\n", PATH("l", "0", "b"), "l:\n- a: 1\n- c\n");
	REMOVES("l:\n  - a:\n      x: 1\n    # of b\n    b: 2\n", PATH("l", "0", "a"), "l:\n  # of b\n  - b: 2\n");
	REMOVES("l:\n- a: 1\n\n  # of b\n  b: 2\n", PATH("l", "0", "a"), "l:\n# of b\n- b: 2\n");
	REMOVES("l:\r\n- a: 1 # of a\r\n  # of b\r\n  b: 2\r\n", PATH("l", "0", "a"), "l:\r\n# of b\r\n- b: 2\r\n");
	REMOVES("- - a\n  - b\n- c\n", PATH("0", "0"), "- - b\n- c\n");
	REMOVES("- - a\n  - b\n- c\n", PATH("0"), "- c\n");
	REMOVES("- -   a: 1\n      b: 2\n", PATH("0", "0", "a"), "- -   b: 2\n");
	REMOVES("l:\n- a: 1 # c\n- b\n", PATH("l", "0", "a"), "l:\n- {} # c\n- b\n");
	REMOVES("l:\n- a: |+\n    x\n\n- b\n", PATH("l", "0", "a"), "l:\n- {}\n- b\n");
	REMOVES("- - a\n- b\n", PATH("0", "0"), "- []\n- b\n");
}

static void test_remove_last(void **state)
{
	(void)state;
	REMOVES("m:\n  a: 1\nb: 2\n", PATH("m", "a"), "m: {}\nb: 2\n");
	REMOVES("m: # of m\n  # of a\n  a: 1\nb: 2\n", PATH("m", "a"), "m: {} # of m\nb: 2\n");
	REMOVES("m:\r\n- x\r\n", PATH("m", "0"), "m: []\r\n");
	REMOVES("\"m\" :\n  a: 1", PATH("m", "a"), "\"m\" : {}\n");
	REMOVES("l:\n-\n  a: 1\n- b\n", PATH("l", "0", "a"), "l:\n- {}\n- b\n");
	REMOVES("# head\na: 1\n# tail\n", PATH("a"), "# head\n{}\n# tail\n");
	REMOVES("- a\n", PATH("0"), "[]\n");
	REMOVES("---\na: 1\n---\nb: 1\n", PATH("a"), "---\n{}\n---\nb: 1\n");
}

static void test_remove_in_brackets(void **state)
{
	(void)state;
	REMOVES("l: [a, b, c] # c\n", PATH("l", "0"), "l: [b, c] # c\n");
	REMOVES("l: [a, b, c] # c\n", PATH("l", "1"), "l: [a, c] # c\n");
	REMOVES("l: [a, b, c] # c\n", PATH("l", "2"), "l: [a, b] # c\n");
	REMOVES("l: [a, b,]\n", PATH("l", "1"), "l: [a,]\n");
	REMOVES("l: [ a ]\n", PATH("l", "0"), "l: []\n");
	REMOVES("m: {a: 1, \"b\": [x]}\n", PATH("m", "b"), "m: {a: 1}\n");
	REMOVES("m: {a: 1, \"b\": [x]}\n", PATH("m", "a"), "m: {\"b\": [x]}\n");
	REMOVES("{a: 1}\n", PATH("a"), "{}\n");
	REMOVES("{?\"a\": 1, b: 2}\n", PATH("a"), "{b: 2}\n");
	REMOVES("l: [\n  a, # of a\n  b, # of b\n  c # of c\n]\n", PATH("l", "1"), "l: [\n  a, # of a\n  c # of c\n]\n");
	REMOVES("l: [\n  a, # of a\n  c # of c\n]\n", PATH("l", "1"), "l: [\n  a # of a\n]\n");
	REMOVES("l: [\r\n  a,\r\n  b,\r\n]\r\n", PATH("l", "1"), "l: [\r\n  a,\r\n]\r\n");
	REMOVES("l: [\n  a,\n]\n", PATH("l", "0"), "l: []\n");
	REMOVES("l: [\n  # why\n  a\n]\n", PATH("l", "0"), "l: [\n  # why\n  \n]\n");
	REMOVES("l: [a, # of a\n  b]\n", PATH("l", "1"), "l: [a # of a\n  ]\n");
	REMOVES("{\n  \"a\": 1,\n  \"b\": {\n    \"c\": 2\n  }\n}\n", PATH("b"), "{\n  \"a\": 1\n}\n");
}

static void test_remove_anchors(void **state)
{
	(void)state;
	refuses("a: &x 1\nb: *x\n", REMOVE, PATH("a"), NULL, "", LF_EREFUSED, "f.yaml:1:4: the anchor &x stands here, and line 2 needs it");
	refuses("a:\n  b: &x [1]\nc: *x\n", REMOVE, PATH("a"), NULL, "", LF_EREFUSED, "f.yaml:2:6: the anchor &x");
	refuses("a: &x\n  b: 1\n  d: 2\nc: *x\n", REMOVE, PATH("a", "b"), NULL, "", LF_EREFUSED, "f.yaml:1:4: an anchor or a tag");
	refuses("a: &x {b: 1}\nc: *x\n", REMOVE, PATH("c", "b"), NULL, "", LF_EREFUSED, "f.yaml:2:4: the alias *x");
	refuses("l:\n- &x a\n- *x\n", REMOVE, PATH("l", "0"), NULL, "", LF_EREFUSED, "f.yaml:2:3: the anchor &x stands here, and line 3 needs it");
	REMOVES("a: &x 1\nb: *x\n", PATH("b"), "a: &x 1\n");
	REMOVES("a:\n  b: &x 1\n  c: *x\nd: 1\n", PATH("a"), "d: 1\n");
	REMOVES("a: &x\n  b: 1\n  d: 2\n", PATH("a", "b"), "a: &x\n  d: 2\n");
	REMOVES("l:\n- &x a\n- !!str b\n", PATH("l", "0"), "l:\n- !!str b\n");
	REMOVES("l:\n- &x a\n- !!str b\n", PATH("l", "1"), "l:\n- &x a\n");
	/* The name is given again later: that one is meant. */
	REMOVES("a: &x 1\nb: 1\nc: &x 1\nd: *x\n", PATH("b"), "a: &x 1\nc: &x 1\nd: *x\n");
	/* Only in another document. */
	REMOVES("a: &x 1\nb: 2\n---\na: &x 1\nc: *x\n", PATH("a"), "b: 2\n---\na: &x 1\nc: *x\n");
}

static void test_remove_refuses(void **state)
{
	(void)state;
	refuses("a: 1\n", REMOVE, ROOT, NULL, "", LF_EINVAL, "f.yaml:1:1: this is the whole document");
	refuses("", REMOVE, ROOT, NULL, "", LF_EINVAL, "this is the whole document");
	refuses("a: 1\n", REMOVE, PATH("b"), NULL, "", LF_ENOTFOUND, "f.yaml:1:1: there is no \"b\" here");
	refuses("a: [1]\n", REMOVE, PATH("a", "1"), NULL, "", LF_ENOTFOUND, "there is no \"1\" here");
	refuses("? m\n:\n  a: 1\n", REMOVE, PATH("m", "a"), NULL, "", LF_EREFUSED, "nothing would be left");
	refuses("m: &x\n  a: 1\n", REMOVE, PATH("m", "a"), NULL, "", LF_EREFUSED, "f.yaml:1:4: nothing would be left");
	refuses("? b\n: - 2\n  - 3\n", REMOVE, PATH("b", "0"), NULL, "", LF_EREFUSED, "the dash of this item is not found");
	refuses("- x:\n    ? b\n    : - 2\n      - 3\n", REMOVE, PATH("0", "x", "b", "0"), NULL, "", LF_EREFUSED, "the dash of this item is not found");
	refuses("a: |+\n  text\n\nb: 1\n\nc: 2\n", REMOVE, PATH("b"), NULL, "", LF_EREFUSED, "not understood well enough"); /* the blank line would become text */
	refuses("l: [a: 1]\n", REMOVE, PATH("l", "0", "a"), NULL, "", LF_EREFUSED, "");
	refuses("m:\xe2\x80\xa8  a: 1\xe2\x80\xa8z:\n", REMOVE, PATH("m", "a"), NULL, "", LF_EREFUSED, "");
}

/* On what we write ourselves, every key of the root can be taken out; the rest keeps its bytes (yaml_edit proves its meaning). */
static void test_remove_random(void **state)
{
	struct lf_random random = {37};
	size_t edited = 0;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		struct lf_node *tree = lf_test_tree(&random, 4);

		for (size_t k = 0; k < lf_node_count(tree); k++) {
			struct lf_yaml_place place = {.name = "f"};
			struct lf_str text = {0}, whole = {0};
			struct lf_error err = {0};
			char index[24];

			(void)snprintf(index, sizeof(index), "%zu", k);
			lf_yaml_emit(&text, tree, NULL);
			lf_yaml_emit(&whole, tree, NULL);
			place.path = lf_node_kind(tree) == LF_NODE_MAP ? PATH(lf_node_key_at(tree, k)) : PATH(index);
			if (lf_yaml_edit_remove(&text, &place, &err) != LF_OK)
				fail_msg("%s\n%s", err.message, lf_str_text(&text));
			if (lf_node_count(tree) > 1)
				lf_test_keeps_lines(lf_str_text(&text), lf_str_text(&whole));
			lf_str_dispose(&text);
			lf_str_dispose(&whole);
			edited++;
		}
		lf_node_free(tree);
	}
	assert_true(edited > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_remove_lines),
		cmocka_unit_test(test_remove_comments),
		cmocka_unit_test(test_remove_behind_dash),
		cmocka_unit_test(test_remove_last),
		cmocka_unit_test(test_remove_in_brackets),
		cmocka_unit_test(test_remove_anchors),
		cmocka_unit_test(test_remove_refuses),
		cmocka_unit_test(test_remove_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
