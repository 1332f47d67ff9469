/* YAML as it is read: what each word means, and what cannot be trusted is refused with its place. */
#include "config.h"
#include "tests/unit/unit.h"

#include <string.h>
#include <time.h>

#include "core/mem.h"
#include "core/yaml.h"

static struct lf_node *parse(const char *text)
{
	struct lf_error err = {0};
	struct lf_node *out;

	if (lf_yaml_parse(&out, text, strlen(text), "t", NULL, &err) != LF_OK)
		fail_msg("%s\n%s", err.message, text);
	return out;
}

static void refuse(const char *text, enum lf_code code, const char *message)
{
	struct lf_error err = {0};
	struct lf_node *out;
	int rc = lf_yaml_parse(&out, text, strlen(text), "t", NULL, &err);

	assert_null(out);
	if (rc != (int)code || !strstr(err.message, message) || !*err.hint)
		fail_msg("%s\ngave %d %s / %s, not %s", text, rc, err.message, err.hint, message);
}

static void test_reads_kinds(void **state)
{
	static const struct {
		const char *text;
		enum lf_node_kind kind;
		const char *value;
	} rows[] = {
		{"abc", LF_NODE_TEXT, "abc"},	  {"\"1\"", LF_NODE_TEXT, "1"},	     {"'yes'", LF_NODE_TEXT, "yes"},
		{"1", LF_NODE_NUMBER, "1"},	  {"+1", LF_NODE_NUMBER, "1"},	     {"-1", LF_NODE_NUMBER, "-1"},
		{"0x1F", LF_NODE_NUMBER, "31"},	  {"0o17", LF_NODE_NUMBER, "15"},    {"0777", LF_NODE_NUMBER, "511"},
		{"08", LF_NODE_NUMBER, "8"},	  {"0b11", LF_NODE_NUMBER, "3"},     {"1_000", LF_NODE_NUMBER, "1000"},
		{".5", LF_NODE_NUMBER, "0.5"},	  {"1.", LF_NODE_NUMBER, "1.0"},     {"1.10", LF_NODE_NUMBER, "1.10"},
		{"1e3", LF_NODE_NUMBER, "1e3"},	  {"-.5e-3", LF_NODE_NUMBER, "-0.5e-3"},
		{"12e4567", LF_NODE_TEXT, "12e4567"}, {"18446744073709551616", LF_NODE_NUMBER, "18446744073709551616"},
		{"0xFFFFFFFFFFFFFFFFF", LF_NODE_TEXT, "0xFFFFFFFFFFFFFFFFF"},
		{"true", LF_NODE_BOOL, "true"},	  {"yes", LF_NODE_BOOL, "true"},     {"Off", LF_NODE_BOOL, "false"},
		{"tRUE", LF_NODE_TEXT, "tRUE"},	  {"~", LF_NODE_NULL, ""},	     {"Null", LF_NODE_NULL, ""},
		{"12:30", LF_NODE_TEXT, "12:30"}, {"2024-01-02", LF_NODE_TEXT, "2024-01-02"},
		{".inf", LF_NODE_NUMBER, ".inf"}, {"!!str 1", LF_NODE_TEXT, "1"},    {"! 1", LF_NODE_TEXT, "1"},
		{"!!int '7'", LF_NODE_NUMBER, "7"}, {"!Ref x", LF_NODE_TEXT, "x"},   {"1.2.3", LF_NODE_TEXT, "1.2.3"},
		{"-", LF_NODE_LIST, ""},	  {".", LF_NODE_TEXT, "."},	     {"1e", LF_NODE_TEXT, "1e"},
		{"0x", LF_NODE_TEXT, "0x"},	  {"1e308", LF_NODE_NUMBER, "1e308"}, {"1e309", LF_NODE_TEXT, "1e309"},
		{"1.7e308", LF_NODE_NUMBER, "1.7e308"}, {"1.8e308", LF_NODE_TEXT, "1.8e308"}, {"0xA0", LF_NODE_NUMBER, "160"},
		{"!!float 1.5", LF_NODE_NUMBER, "1.5"}, {"!!bool yes", LF_NODE_BOOL, "true"}, {"!!null ~", LF_NODE_NULL, ""},
		{"0.00001e313", LF_NODE_NUMBER, "0.00001e313"}, {"1e-999999", LF_NODE_NUMBER, "1e-999999"},
	};

	char digits[300];
	struct lf_node *long_one;

	(void)state;
	memset(digits, '1', sizeof(digits));
	digits[0] = '.';
	digits[256] = '\0'; /* would grow beyond the limit as 0.111… and then be read as text */
	long_one = parse(digits);
	assert_int_equal(lf_node_kind(lf_node_at(long_one, 0)), LF_NODE_TEXT);
	lf_node_free(long_one);
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_node *list = parse(rows[i].text), *node = lf_node_at(list, 0);

		if (lf_node_kind(node) != rows[i].kind || strcmp(lf_node_text(node, NULL), rows[i].value) != 0)
			fail_msg("%s: kind %d text %s", rows[i].text, (int)lf_node_kind(node), lf_node_text(node, NULL));
		lf_node_free(list);
	}
}

static void test_documents_and_places(void **state)
{
	struct lf_node *list = parse("# c\n---\na: 1\nb:\n  - x\n  - {c: d}\n---\n...\n--- z\n");
	const struct lf_node *x;

	(void)state;
	assert_int_equal(lf_node_count(list), 3);
	x = lf_node_get(list, "0.b.1.c");
	assert_int_equal(lf_node_line(x), 6);
	assert_int_equal(lf_node_column(x), 9);
	assert_int_equal(lf_node_kind(lf_node_at(list, 1)), LF_NODE_NULL);
	assert_string_equal(lf_node_text(list, "2"), "z");
	lf_node_free(list);
	list = parse("\xef\xbb\xbf" "a: 1\nb: 2\n"); /* a byte order mark is no column */
	assert_int_equal(lf_node_count(lf_node_at(list, 0)), 2);
	lf_node_free(list);
	list = parse("");
	assert_int_equal(lf_node_count(list), 0);
	lf_node_free(list);
}

static void test_aliases_and_merges(void **state)
{
	struct lf_node *list = parse("base: &b {x: 1, y: 2}\nlist: [*b, *b]\none:\n  <<: *b\n  y: 3\ntwo:\n  <<: [{x: 9}, *b]\n");

	(void)state;
	assert_string_equal(lf_node_text(list, "0.one.y"), "3");
	assert_string_equal(lf_node_text(list, "0.one.x"), "1");
	assert_string_equal(lf_node_text(list, "0.two.x"), "9");
	assert_string_equal(lf_node_text(list, "0.two.y"), "2");
	assert_string_equal(lf_node_text(list, "0.list.1.y"), "2");
	assert_null(lf_node_key(lf_node_get(list, "0.one"), "<<"));
	lf_node_free(list);
	list = parse("\"<<\": 1\n? &k key\n: &v [1]\nother: *v\nname: *k\n");
	assert_string_equal(lf_node_text(lf_node_key(lf_node_at(list, 0), "<<"), NULL), "1");
	assert_string_equal(lf_node_text(list, "0.other.0"), "1");
	assert_string_equal(lf_node_text(list, "0.name"), "key");
	lf_node_free(list);
	list = parse("name: &k key\n*k : 1\n");
	assert_string_equal(lf_node_text(list, "0.key"), "1");
	lf_node_free(list);
	list = parse("- &a 1\n- *a\n- &a 2\n- *a\n"); /* a name may be used again */
	assert_string_equal(lf_node_text(list, "0.1"), "1");
	assert_string_equal(lf_node_text(list, "0.3"), "2");
	lf_node_free(list);
}

static void test_refuses(void **state)
{
	(void)state;
	refuse("a: 1\nb: 2\na: 3\n", LF_EPARSE, "t:3:1: the key \"a\" stands twice");
	refuse("a: &x [*x]\n", LF_EPARSE, "t:1:8: the alias *x stands inside its own anchor");
	refuse("a: *x\n", LF_EPARSE, "t:1:4: the alias *x has no anchor");
	refuse("%TAG !e! tag:e,2000:\n---\na\n", LF_EPARSE, "%TAG");
	refuse("a: \"\\0\"\n", LF_EPARSE, "t:1:4: text may not contain a NUL");
	refuse("a: \xff\n", LF_EPARSE, "t:1:4: ");
	refuse("\xc3\xa9: 1\n\xc3\xa9\xff", LF_EPARSE, "t:2:2: ");
	refuse("a: \x01\n", LF_EPARSE, "t:1:4: control characters");
	refuse("a: b: c\n", LF_EPARSE, "t:1:5: a \":\" that belongs to no key");
	refuse("z: 1\na: \"b\n", LF_EPARSE, "t:2:4: a quote is never closed");
	refuse("z: 1\na: [1\n", LF_EPARSE, "t:2:4: a [ is not closed");
	refuse("z: 1\na: [1,\n", LF_EPARSE, "t:3:1: a value is missing");
	refuse("a: [1\nb: 2\n", LF_EPARSE, "t:2:2: a [ is not closed");
	refuse("a: 1\n  b: 2\n", LF_EPARSE, "t:2:4:");
	refuse("a:\n  - b\n - c\n", LF_EPARSE, "t:3:2: the indentation does not fit");
	refuse("? [a]\n: b\n", LF_EPARSE, "t:1:3: a key must be plain text");
	refuse("a: !!int x\n", LF_EPARSE, "t:1:4: this value is no !!int");
	refuse("a:\n\tb: 1\n", LF_EPARSE, "t:2:1: a character that cannot stand here");
	refuse("a: [1\n", LF_EPARSE, "t:1:4");
	refuse("<<: 1\n", LF_EPARSE, "what << merges");
	refuse("\"\\0\": 1\n", LF_EPARSE, "t:1:1: a key may not contain a NUL");
	refuse("a: !!binary aGk=\n", LF_EPARSE, "t:1:4: !!binary");
	refuse("a: &x 1\n---\nb: *x\n", LF_EPARSE, "t:3:4: the alias *x has no anchor");
	refuse("\xff\xfe" "a", LF_EPARSE, "t:1:1: "); /* UTF-16 */
	refuse("&k !!int x: 1\n", LF_EPARSE, "t:1:1: this value is no !!int");
	refuse("a: &m {}\n*m : 1\n", LF_EPARSE, "t:2:1: a key must be plain text");
	refuse("*k : 1\n", LF_EPARSE, "t:1:1: the alias *k has no anchor");
	refuse("a: \"\\q\"\n", LF_EPARSE, "t:1:5: an escape that YAML does not know");
	refuse("a: !x!y z\n", LF_EPARSE, "t:1:4: a ! that begins no tag");
	refuse("a: |x\n", LF_EPARSE, "t:1:5: text on the line of a | or >");
	refuse("z: 1\na: |0\n", LF_EPARSE, "t:2:5: found an indentation indicator equal to 0 (while scanning a block scalar that began on line 2)");
	refuse("%YAML 3.0\n---\na\n", LF_EPARSE, "t:1:1: found incompatible YAML document");
	refuse("<<: {}\n<<: {}\n", LF_EPARSE, "t:2:1: the key \"<<\" stands twice");
}

static void repeat(struct lf_str *out, const char *text, int times)
{
	for (int i = 0; i < times; i++)
		lf_str_add(out, text);
}

/* Whatever is refused is refused at once: a second of work in all, where libyaml alone would take a minute. */
static void test_limits(void **state)
{
	struct lf_str text = {0};
	clock_t start = clock();

	(void)state;
	for (int i = 0; i < 100000; i++)
		lf_str_add_char(&text, '[');
	refuse(lf_str_text(&text), LF_ELIMIT, "nested more than 128 levels");
	lf_str_truncate(&text, 0);
	lf_str_add(&text, "a0: &a0 [x]\n");
	for (int i = 1; i < 30; i++)
		lf_str_addf(&text, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
	refuse(lf_str_text(&text), LF_ELIMIT, "more than 200000 values");
	lf_str_truncate(&text, 0);
	lf_str_add(&text, "a: &a \"");
	for (int i = 0; i < 100000; i++)
		lf_str_add_char(&text, 'x');
	lf_str_add(&text, "\"\nb:\n");
	for (int i = 0; i < 1000; i++)
		lf_str_add(&text, "- *a\n");
	refuse(lf_str_text(&text), LF_ELIMIT, "aliases make it too large");
	lf_str_truncate(&text, 0);
	for (int i = 0; i < 1001; i++)
		lf_str_addf(&text, "- &a%d x\n", i);
	refuse(lf_str_text(&text), LF_ELIMIT, "more than 1000 anchors");
	lf_str_truncate(&text, 0);
	for (int i = 0; i < 5000000; i++)
		lf_str_add_char(&text, ' ');
	refuse(lf_str_text(&text), LF_ELIMIT, "larger than 4194304 bytes");
	lf_str_truncate(&text, 0);
	for (int i = 0; i < 80000; i++)
		lf_str_addf(&text, "%%TAG !e%d! tag:e,2000:\n", i);
	refuse(lf_str_text(&text), LF_EPARSE, "%TAG lines are not supported");
	lf_str_truncate(&text, 0);
	lf_str_add(&text, "a: &a ");
	repeat(&text, "[", 100);
	repeat(&text, "]", 100);
	lf_str_add(&text, "\nb: ");
	repeat(&text, "[", 100);
	lf_str_add(&text, "*a");
	repeat(&text, "]", 100);
	refuse(lf_str_text(&text), LF_ELIMIT, "nested more than 128 levels");
	lf_str_dispose(&text);
	assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 5);
}

static enum lf_code read_within(const char *text, struct lf_yaml_limits limits)
{
	struct lf_error err = {0};
	struct lf_node *out;
	int rc = lf_yaml_parse(&out, text, strlen(text), "t", &limits, &err);

	lf_node_free(out);
	return (enum lf_code)rc;
}

/* What a limit names is still read; one more is not. */
static void test_limits_are_exact(void **state)
{
	static const struct {
		const char *text;
		size_t depth, nodes;
	} rows[] = {
		{"1", 1, 1},
		{"[1, 2]", 2, 3},
		{"{a: 1, b: [2]}", 3, 4},
		{"{a: {b: {c: 1}}}", 4, 4},
		{"{? &k a : 1, b: *k}", 2, 4}, /* a key with an anchor is a value, too */
		{"[&x [1], *x]", 3, 5},
		{"[&x [1, [2]], {a: *x}]", 5, 10},
		{"[&x {}, &y [1, {a: 1}], *y]", 4, 10},
	};
	struct lf_str text = {0};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_yaml_limits enough = {strlen(rows[i].text), rows[i].depth, rows[i].nodes};

		if (read_within(rows[i].text, enough) != LF_OK)
			fail_msg("%s is refused", rows[i].text);
		for (int k = 0; k < 3; k++) {
			struct lf_yaml_limits less = {enough.bytes - (k == 0), enough.depth - (k == 1), enough.nodes - (k == 2)};

			if (read_within(rows[i].text, less) != LF_ELIMIT)
				fail_msg("%s is read with less of limit %d", rows[i].text, k);
		}
	}
	/* Aliases may make eight times of it: 500 bytes sixteen times are 8,000. */
	for (int more = 7; more <= 8; more++) {
		lf_str_add(&text, "[&x ");
		repeat(&text, "a", 500);
		for (int i = 0; i < 15; i++)
			lf_str_add(&text, ", *x");
		lf_str_add(&text, ", ");
		repeat(&text, "b", more);
		lf_str_add(&text, "]");
		assert_int_equal(read_within(lf_str_text(&text), (struct lf_yaml_limits){1000, 9, 99}), more == 7 ? LF_OK : LF_ELIMIT);
		lf_str_truncate(&text, 0);
	}
	lf_str_dispose(&text);
}

/* Each %TAG is refused where it is a directive. A text may have lines that begin so; many of them are taken for directives, since libyaml's time grows with their square. */
static void test_tag_lines(void **state)
{
	static const char *const breaks[] = {"\n", "\r", "\r\n"};
	struct lf_str text = {0};

	(void)state;
	refuse("%TAG !e! tag:e,2000:\n--- a\n", LF_EPARSE, "%TAG lines are not supported");
	for (size_t i = 0; i < LF_COUNT(breaks); i++) {
		for (int lines = 8; lines <= 9; lines++) {
			lf_str_addf(&text, "- \"%%TAG%s", breaks[i]);
			for (int k = 0; k < lines; k++)
				lf_str_addf(&text, "%%TAG in a text, %%TAG%s", breaks[i]);
			lf_str_add(&text, "\"");
			if (lines == 9)
				refuse(lf_str_text(&text), LF_EPARSE, "%TAG lines are not supported");
			else
				lf_node_free(parse(lf_str_text(&text)));
			lf_str_truncate(&text, 0);
		}
	}
	lf_str_dispose(&text);
}

static void test_only_a_byte_order_mark(void **state)
{
	struct lf_error err = {0};
	struct lf_node *out = parse("\xef\xbb\xbf");

	(void)state;
	assert_int_equal(lf_node_count(out), 0);
	lf_node_free(out);
	assert_int_equal(lf_yaml_parse(&out, "[", 1, NULL, NULL, &err), LF_EPARSE);
	assert_int_equal(strncmp(err.message, "YAML:", 5), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_kinds),
		cmocka_unit_test(test_documents_and_places),
		cmocka_unit_test(test_aliases_and_merges),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_limits_are_exact),
		cmocka_unit_test(test_tag_lines),
		cmocka_unit_test(test_only_a_byte_order_mark),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
