/* Plain scalars: what each word and number is to the reader that Kubernetes uses, and that no reader takes for something else what we write as text. */
#include "config.h"
#include "tests/unit/unit.h"

#include <string.h>

#include "core/compiler.h"
#include "core/node.h"
#include "core/str.h"
#include "core/yaml.h"
#include "core/yaml_scalar.h"

static const char *const kinds[] = {"null", "bool", "number", "text", "list", "map"};

static void is(const char *text, enum lf_node_kind kind, const char *digits)
{
	struct lf_str got = {0};
	enum lf_node_kind found = lf_yaml_resolve(text, &got);

	if (found != kind || strcmp(lf_str_text(&got), digits))
		fail_msg("%s is %s '%s', wanted %s '%s'", text, kinds[found], lf_str_text(&got), kinds[kind], digits);
	lf_str_dispose(&got);
}

static void test_words(void **state)
{
	static const struct {
		enum lf_node_kind kind;
		const char *digits, *words[13];
	} rows[] = {
		{LF_NODE_NULL, "", {"", "~", "null", "Null", "NULL"}},
		{LF_NODE_BOOL, "true", {"true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON"}},
		{LF_NODE_BOOL, "false", {"false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF"}},
		{LF_NODE_NUMBER, NULL, {".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF"}},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		for (size_t k = 0; k < LF_COUNT(rows[i].words) && rows[i].words[k]; k++) {
			is(rows[i].words[k], rows[i].kind, rows[i].digits ? rows[i].digits : rows[i].words[k]);
			assert_true(lf_yaml_resolves_elsewhere(rows[i].words[k]));
			assert_true(lf_yaml_needs_quotes(rows[i].words[k]));
		}
	}
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text, *digits; /* DIGITS NULL: a text */
		bool elsewhere;		   /* some reader takes it for something else than text */
	} rows[] = {
		{"0", "0", true}, {"7", "7", true}, {"-7", "-7", true}, {"+7", "7", true}, {"1_000", "1000", true}, {"007", "7", true}, {"0755", "493", true}, {"0o755", "493", true},
		{"0O17", "15", true}, {"08", "8", true}, {"0x1F", "31", true}, {"0XaF", "175", true}, {"-0x10", "-16", true}, {"0b101", "5", true}, {"0B11", "3", true}, {"0xg", NULL, false},
		{"0x", NULL, true}, {"0b2", NULL, false}, {"0o8", NULL, false}, {"0x_", NULL, true}, {"0b-1", NULL, true}, {"0b+1", NULL, true}, {"0xFFFFFFFFFFFFFFFF", "18446744073709551615", true},
		{"0x10000000000000000", NULL, true}, {"18446744073709551616", "18446744073709551616", true}, {"1.5", "1.5", true}, {"1.", "1.0", true}, {".5", "0.5", true}, {"-.5", "-0.5", true},
		{"+.5", "0.5", true}, {"00.5", "0.5", true}, {"1e3", "1e3", true}, {"1E+3", "1E+3", true}, {"1e-3", "1e-3", true}, {"1.e3", "1.0e3", true}, {".5e1", "0.5e1", true}, {"1e", NULL, false},
		{"1e+", NULL, false}, {".", NULL, false}, {"-", NULL, false}, {"+", NULL, false}, {"--1", NULL, false}, {"1e400", NULL, true}, {"1e-400", "1e-400", true}, {"1e308", "1e308", true},
		{"1e99999999999999999999", NULL, true}, {"0.1e309", "0.1e309", true}, {"10e308", NULL, true}, {"1x", NULL, false}, {"1.2.3", NULL, false}, {"1:60", NULL, true}, {"190:20:30", NULL, true},
		{"-190:20:30.5_5", NULL, true}, {"+1:2", NULL, true}, {"1_0:5", NULL, true}, {"1:", NULL, false}, {"1:a", NULL, false}, {"1:2a", NULL, false}, {":1", NULL, false}, {"a:1", NULL, false},
		{"1:20:3x", NULL, false}, {"2024-01-02", NULL, true}, {"2024-1", NULL, true}, {"2024-x", NULL, false}, {"202-10", NULL, false}, {"2024:10", NULL, true}, {"20240-1", NULL, false},
		{"<<", NULL, true}, {"=", NULL, true}, {"<", NULL, false}, {"x1", NULL, false}, {"e3", NULL, false}, {"tRUE", NULL, false}, {"yess", NULL, false}, {"nan", NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		is(rows[i].text, rows[i].digits ? LF_NODE_NUMBER : LF_NODE_TEXT, rows[i].digits ? rows[i].digits : "");
		if (lf_yaml_resolves_elsewhere(rows[i].text) != rows[i].elsewhere)
			fail_msg("%s: %s", rows[i].text, rows[i].elsewhere ? "text everywhere" : "not text everywhere");
		assert_true(!rows[i].elsewhere || lf_yaml_needs_quotes(rows[i].text));
	}
}

/* What is longer than 256 bytes is no number to us, and is quoted. */
static void test_long_numbers(void **state)
{
	char text[300], plain[300];

	(void)state;
	memset(text, '1', sizeof(text));
	text[256] = '\0';
	is(text, LF_NODE_NUMBER, text);
	assert_true(lf_yaml_resolves_elsewhere(text));
	memset(text, '0', 256);
	is(text, LF_NODE_NUMBER, "0");
	text[256] = '0';
	text[257] = '\0';
	is(text, LF_NODE_TEXT, "");
	assert_true(lf_yaml_resolves_elsewhere(text));
	/* An underscore is no digit of it. */
	memset(plain, '0', sizeof(plain));
	plain[100] = '_';
	plain[257] = '\0';
	is(plain, LF_NODE_NUMBER, "0");
	/* As many as come out: ".5" grows by the zero before it. */
	text[0] = '.';
	memset(text + 1, '5', 255);
	text[256] = '\0';
	is(text, LF_NODE_TEXT, "");
	text[255] = '\0';
	plain[0] = '0';
	memcpy(plain + 1, text, 256);
	is(text, LF_NODE_NUMBER, plain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_long_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
