/* Text from outside: what it is cleaned of, how wide it is, how it is cut; and durations. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "core/compiler.h"
#include "core/mem.h"
#include "core/text.h"
#include "tests/unit/random.h"

#define BAD "\xef\xbf\xbd"

static void test_decodes(void **state)
{
	static const struct {
		const char *bytes;
		uint32_t codepoint;
		size_t used;
	} rows[] = {
		{"a", 'a', 1},		       {"\xc3\xa9", 0xe9, 2},	       {"\xe2\x80\xa6", 0x2026, 3}, {"\xf0\x9f\x98\x80", 0x1f600, 4},
		{"\xc0\x80", 0xfffd, 1},       {"\xe0\x80\x80", 0xfffd, 1},    {"\xed\xa0\x80", 0xfffd, 1}, {"\xf4\x90\x80\x80", 0xfffd, 1},
		{"\x80", 0xfffd, 1},	       {"\xe2\x80", 0xfffd, 1},	       {"\xff", 0xfffd, 1},	    {"\xf4\x8f\xbf\xbf", 0x10ffff, 4},
		{"\xf0\x80\x80\x80", 0xfffd, 1}, {"\xef\xbf\xbd", 0xfffd, 3},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		uint32_t c;

		assert_int_equal(lf_text_next(rows[i].bytes, strlen(rows[i].bytes), &c), rows[i].used);
		assert_int_equal(c, rows[i].codepoint);
		assert_int_equal(lf_text_is_utf8(rows[i].bytes, strlen(rows[i].bytes)),
				 rows[i].codepoint != 0xfffd || rows[i].used > 1);
	}
}

static void cleans(const char *bytes, size_t length, size_t limit, const char *wanted, bool lines)
{
	struct lf_str out = {0};

	(lines ? lf_text_clean_lines : lf_text_clean)(&out, bytes, length, limit);
	if (strcmp(lf_str_text(&out), wanted) != 0)
		fail_msg("\"%s\" became \"%s\", not \"%s\"", bytes, lf_str_text(&out), wanted);
	lf_str_dispose(&out);
}

static void test_cleans(void **state)
{
	static const char *const rows[][2] = {
		{"plain", "plain"},
		{"a\nb\r\nc\td\r", "a b c d"},
		{"  two  ", "  two  "},
		{"\n\nx\n", "x"},
		{"\033[31mred\033[0m", "red"},
		{"\033[38;2;1;2;3mx\033[1;2Hy", "xy"},
		{"\033]0;title\ax", "x"},
		{"\033]8;;http://a\033\\link\033]8;;\033\\", "link"},
		{"\033]0;never ends", "0;never ends"},
		{"\033]0;cut\nby a line", "0;cut by a line"},
		{"\033]0;no\nend\a.", "0;no end" BAD "."},
		{"\033Pq#0\033\\x", "x"},
		{"\033(Bx\0337y\033", "xy"},
		{"\xc2\x9b" "31mx", "x"},
		{"\xc2\x9d" "0;t\xc2\x9cx", "x"},
		{"a\bb\x7f" "c\x01", "a" BAD "b" BAD "c" BAD},
		{"a\xc2\x80" "b\xc2\x85" "c", "a" BAD "b c"},
		{"a\xe2\x80\xae" "b\xe2\x81\xa6", "a" BAD "b" BAD},
		{"a\xe2\x80\xa8" "b\xe2\x80\xa9" "c", "a b c"},
		{"a\xff\xc3", "a" BAD BAD},
		{"a\xe2\x80\x8b\xef\xbb\xbf\xc2\xad" "b", "ab"},
		{"e\xcc\x81", "e\xcc\x81"},
		{"\xcc\x81x", BAD "x"},
		{"z\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81y", "z\xcc\x81\xcc\x81\xcc\x81y"},
		/* man, joiner, woman, joiner, girl */
		{"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7!", "\xf0\x9f\x91\xa8!"},
		/* thumb with a skin tone */
		{"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd!", "\xf0\x9f\x91\x8d!"},
		/* heart with an emoji selector, keycap 1 */
		{"\xe2\x9d\xa4\xef\xb8\x8f" "1\xef\xb8\x8f\xe2\x83\xa3", "\xe2\x9d\xa4" "1"},
		/* rainbow flag: white flag, selector, joiner, rainbow */
		{"\xf0\x9f\x8f\xb3\xef\xb8\x8f\xe2\x80\x8d\xf0\x9f\x8c\x88.", "\xf0\x9f\x8f\xb3."},
		/* the flag of Germany */
		{"\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", "DE"},
		{"\xf4\x8f\xbf\xbf", BAD},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++)
		cleans(rows[i][0], strlen(rows[i][0]), 1000, rows[i][1], false);
	cleans("a\0b", 3, 10, "a" BAD "b", false);
	cleans("a\nb\r\nc\rd\te\n\n", 12, 100, "a\nb\nc\nd e\n\n", true);
	cleans("\033[1ma\n\xcc\x81", 8, 100, "a\n" BAD, true);
}

static void test_cuts(void **state)
{
	struct lf_str out = {0};
	char *copy;

	(void)state;
	cleans("abcdef", 6, 6, "abcdef", false);
	cleans("abcdefg", 7, 6, "abc\xe2\x80\xa6", false);
	cleans("\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2", 9, 8, "\xe6\xbc\xa2\xe2\x80\xa6", false);
	cleans("abc", 3, 2, "ab", false);
	cleans("abc", 3, 0, "", false);
	lf_str_add(&out, "kept: ");
	lf_text_clean(&out, "abcdefg", 7, 6);
	assert_string_equal(lf_str_text(&out), "kept: abc\xe2\x80\xa6");
	lf_str_dispose(&out);
	assert_null(lf_text_clean_dup(NULL, 5));
	copy = lf_text_clean_dup("", 5);
	assert_string_equal(copy, "");
	lf_free(copy);
}

static void test_clean_is_safe(void **state)
{
	struct lf_random random = {7};

	(void)state;
	for (int i = 0; i < 200000; i++) {
		char bytes[24];
		size_t length = lf_random_below(&random, sizeof(bytes)), limit = lf_random_below(&random, 40);
		struct lf_str once = {0}, twice = {0};

		for (size_t j = 0; j < length; j++)
			bytes[j] = lf_random_below(&random, 3) ? (char)lf_random_next(&random) : "\033\033[]\\\a;m\xc2\x9b\xe2\x80"[lf_random_below(&random, 12)];
		lf_text_clean(&once, bytes, length, limit);
		assert_true(once.length <= limit);
		assert_true(lf_text_is_utf8(lf_str_text(&once), once.length));
		for (size_t j = 0; j < once.length; j++)
			assert_true((unsigned char)once.data[j] >= 0x20 && once.data[j] != 0x7f);
		lf_text_clean(&twice, lf_str_text(&once), once.length, limit);
		assert_string_equal(lf_str_text(&once), lf_str_text(&twice));
		lf_str_dispose(&once);
		lf_str_dispose(&twice);
	}
}

static void test_widths(void **state)
{
	(void)state;
	assert_int_equal(lf_text_width("abc"), 3);
	assert_int_equal(lf_text_width("\xe6\xbc\xa2" "e\xcc\x81\xf0\x9f\x98\x80"), 5);
	assert_int_equal(lf_text_codepoint_width(0x2026), 1); /* ambiguous */
	assert_int_equal(lf_text_codepoint_width(0xb7), 1);
	assert_int_equal(lf_text_codepoint_width(0x2502), 1);
	assert_int_equal(lf_text_codepoint_width(0x200b), 0);
	assert_int_equal(lf_text_codepoint_width(0xac00), 2);
	assert_int_equal(lf_text_codepoint_width(0x1161), 0);
	assert_int_equal(lf_text_codepoint_width(0xfffd), 1);
	assert_int_equal(lf_text_codepoint_width(0x93e), 1); /* a Devanagari vowel beside its letter */
	assert_int_equal(lf_text_codepoint_width(0x941), 0); /* and one below */
	assert_int_equal(lf_text_codepoint_width(0x61c), 0);
	assert_int_equal(lf_text_codepoint_width(0x600), 1);
	assert_int_equal(lf_text_fit("abc", 2), 2);
	assert_int_equal(lf_text_fit("\xe6\xbc\xa2x", 1), 0);
	assert_int_equal(lf_text_fit("e\xcc\x81x", 1), 3);
	assert_int_equal(lf_text_fit("abc", 9), 3);
}

static void shortens(const char *text, size_t columns, bool ascii, const char *wanted)
{
	struct lf_str out = {0};

	lf_text_middle(&out, text, columns, ascii);
	assert_string_equal(lf_str_text(&out), wanted);
	assert_true(lf_text_width(lf_str_text(&out)) <= columns);
	lf_str_dispose(&out);
}

static void test_middle(void **state)
{
	(void)state;
	shortens("apps/web/overlays/production", 16, false, "apps/\xe2\x80\xa6production");
	shortens("apps/web/overlays/production", 28, false, "apps/web/overlays/production");
	shortens("apps/web/overlays/production", 17, true, "apps/..production");
	shortens("abcdef", 2, false, "\xe2\x80\xa6" "f");
	shortens("abcdef", 1, false, "a");
	shortens("abcde\xcc\x81" "f", 2, false, "\xe2\x80\xa6" "f");
	shortens("abcdef", 0, false, "");
	shortens("\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2", 6, false, "\xe2\x80\xa6\xe6\xbc\xa2\xe6\xbc\xa2");
}

static void collect(const char *start, size_t length, void *payload)
{
	lf_str_add_n(payload, start, length);
	lf_str_add(payload, "|");
}

static void wraps(const char *text, size_t columns, const char *wanted)
{
	struct lf_str out = {0};

	lf_text_wrap(text, columns, collect, &out);
	assert_string_equal(lf_str_text(&out), wanted);
	lf_str_dispose(&out);
}

static void test_wrap(void **state)
{
	(void)state;
	wraps("", 10, "");
	wraps("one two three", 7, "one two|three|");
	wraps("one two three", 8, "one two|three|");
	wraps("one two three", 3, "one|two|thr|ee|");
	wraps("abcdefgh ij", 4, "abcd|efgh|ij|");
	wraps("a\n\nb\n", 10, "a||b|");
	wraps("  indented words", 10, "  indented|words|");
	wraps("\xe6\xbc\xa2\xe6\xbc\xa2", 1, "\xe6\xbc\xa2|\xe6\xbc\xa2|");
	wraps("ab", 0, "a|b|");
	wraps("   ", 2, "|");
}

static void test_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{"1m30s", 90000}, {"0.5h", 1800000}, {"90s", 90000},	{"1h1m1s1ms", 3661001}, {"0s", 0},     {"1.0005s", 1000},
		{"1.5ms", 1},	  {"2.25s", 2250},   {"1d", -1},	{"60", -1},		{"-1m", -1},   {"1h 30m", -1},
		{"10us", -1},	  {"1H", -1},	     {"", -1},		{".5s", -1},		{"1.s", -1},   {"9999999999999999999h", -1},
		{"9223372036854775807ms", INT64_MAX}, {"9223372036854775807ms1ms", -1}, {"2562047788015h", 9223372036854000000},
		{"2562047788016h", -1}, {"0.00000000000000000001h", 0}, {"1m30", -1}, {"m", -1},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++)
		if (lf_duration_ms(rows[i].text) != rows[i].ms)
			fail_msg("%s is %lld ms", rows[i].text, (long long)lf_duration_ms(rows[i].text));
	assert_int_equal(lf_duration_ms(NULL), -1);
}

static void test_duration_texts(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} rows[] = {
		{90000, "1m30s"}, {400, "0.4s"}, {0, "0s"}, {60000, "1m"}, {3600000, "1h"}, {3601000, "1h1s"}, {1050, "1.05s"}, {-1500, "-1.5s"},
		{INT64_MIN, "-2562047788015h12m55.808s"},
	};
	struct lf_random random = {3};
	char text[32];

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		lf_duration_text(text, rows[i].ms);
		assert_string_equal(text, rows[i].text);
	}
	for (int i = 0; i < 10000; i++) {
		int64_t ms = lf_random_next(&random) >> lf_random_below(&random, 31);

		lf_duration_text(text, ms);
		assert_int_equal(lf_duration_ms(text), ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_decodes), cmocka_unit_test(test_cleans), cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_clean_is_safe), cmocka_unit_test(test_widths), cmocka_unit_test(test_middle),
		cmocka_unit_test(test_wrap), cmocka_unit_test(test_durations), cmocka_unit_test(test_duration_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
