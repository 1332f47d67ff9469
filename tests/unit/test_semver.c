/* Versions and ranges. The table's verdicts are what Masterminds/semver v3.5.0 (the library of Helm, Flux and Argo CD) answers for these words. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/compiler.h"
#include "core/semver.h"
#include "tests/unit/unit.h"

static const char *const versions[] = {"0.0.0", "0.0.3", "0.0.4", "0.1.0", "0.1.2", "0.2.0", "1.0.0", "1.2.0", "1.2.3", "1.2.9", "1.3.0",
	"1.9.9", "2.0.0", "2.1.0", "10.0.0", "1.2.3-rc.1", "1.2.4-alpha", "2.0.0-rc.1", "0.0.4-beta", "1.3.0+build.5"};

/* For each version a 1 where it lies in the range; NULL: no range. */
static const struct {
	const char *range, *verdicts;
} table[] = {
	{"1.2.3", "........1..........."},
	{"=1.2.3", "........1..........."},
	{"v1.2.3", "........1..........."},
	{"1.2", ".......111.........."},
	{"1", "......111111.......1"},
	{"1.x", "......111111.......1"},
	{"1.2.x", ".......111.........."},
	{"1.2.X", ".......111.........."},
	{"1.*", "......111111.......1"},
	{"*", "111111111111111....1"},
	{"x", "111111111111111....1"},
	{"^*", "1..................."},
	{"~*", "111111111111111....1"},
	{">*", ".11111111111111....1"},
	{">=*", "111111111111111....1"},
	{"<*", "...................."},
	{"!=*", ".11111111111111....1"},
	{"^1.2.3", "........1111.......1"},
	{"^1.2", ".......11111.......1"},
	{"^1", "......111111.......1"},
	{"^1.x", "......111111.......1"},
	{"^0.1.2", "....1..............."},
	{"^0.1", "...11..............."},
	{"^0.1.x", "...11..............."},
	{"^0.0.3", ".1.................."},
	{"^0.0", "111................."},
	{"^0.0.x", "111................."},
	{"^0", "111111.............."},
	{"^0.x", "111111.............."},
	{"~1.2.3", "........11.........."},
	{"~1.2", ".......111.........."},
	{"~1", "......111111.......1"},
	{"~1.x", "......111111.......1"},
	{"~0", "111111.............."},
	{"~0.0.0", "111111111111111....1"},
	{"~>1.2", ".......111.........."},
	{">1.2.3", ".........111111....1"},
	{">1.2", "..........11111....1"},
	{">1", "............111....."},
	{">1.x", "............111....."},
	{">1.2.x", "..........11111....1"},
	{">=1.2", ".......11111111....1"},
	{">=1.x", "......111111111....1"},
	{"<1.3", "1111111111.........."},
	{"<2", "111111111111.......1"},
	{"<1.x", "111111.............."},
	{"<=1.2", "1111111111.........."},
	{"<=1.2.x", "1111111111.........."},
	{"<=1", "111111111111.......1"},
	{"<=1.x", "111111111111.......1"},
	{"<=0.x", "111111.............."},
	{"!=1.2.3", "11111111.111111....1"},
	{"!=1.2", "1111111...11111....1"},
	{"!=1.2.x", "1111111...11111....1"},
	{"!=1", "111111......111....."},
	{"!=1.x", "111111......111....."},
	{">=1.2.0 <2.0.0", ".......11111.......1"},
	{">=1.2, <2", ".......11111.......1"},
	{">= 1.2.0 , < 1.3.0", ".......111.........."},
	{">=1.2,<1.2.9", ".......11..........."},
	{"^1.2 || ^2.0", ".......1111111.....1"},
	{"1.2.3||2.0.0", "........1...1......."},
	{"<1 || >=2", "111111......111....."},
	{"1.0 - 1.2", "......1111.........."},
	{"1.0.0 - 1.2.9", "......1111.........."},
	{"1.2.3 - 2", "........111111.....1"},
	{"0.1 - 1.x", "...111111111.......1"},
	{">=1.2.3-rc.1", "........1111111111.1"},
	{"^1.2.3-rc.1", "........1111...11..1"},
	{"~1.2.3-0", "........11.....11..."},
	{">=1.0.0-0", "......111111111111.1"},
	{">=1.0.0-0 <2", "......111111...111.1"},
	{"<2.0.0-0", "111111111111...11.11"},
	{"*-0", "11111111111111111111"},
	{"1.2.3-rc.1", "...............1...."},
	{"=1.2.3+meta", "........1..........."},
	{"=>1.2", ".......11111111....1"},
	{"=<1.2", "1111111111.........."},
	{">0.0.3 <0.2 !=0.1.0", "..1.1..............."},
	{"1.2.*", ".......111.........."},
	{"1.x.x", "......111111.......1"},
	{"1.x.3", "......111111.......1"},
	{"x.2", "111111111111111....1"},
	{"", NULL},
	{" ", NULL},
	{"a", NULL},
	{"1.2.3.4", NULL},
	{">", NULL},
	{">>1", NULL},
	{"1.2.", NULL},
	{"1..2", NULL},
	{"^^1", NULL},
	{"1 2", "...................."},
	{"1.2.3 2", "...................."},
	{",1", NULL},
	{"1,", NULL},
	{"|| 1", NULL},
	{"1 ||", NULL},
	{"1 | 2", NULL},
	{"1.2.3-", NULL},
	{"1.2.3+", NULL},
	{"-1", NULL},
	{"1.2-", NULL},
	{"latest", NULL},
	{"~=1", NULL},
	{"1.2.3-rc_1", NULL},
	{"01.2.3", "........1..........."},
	{"1.02.3", "........1..........."},
	{"1.0 -2.0", NULL},
	{"1.0 - 2.0 3", "...................."},
	{"^1.0 - 2", NULL},
	{">=1.2.3 -rc", NULL},
};

static void ranges_are_helms(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < LF_COUNT(table); i++) {
		bool valid = lf_semver_range_is_valid(table[i].range);

		if (valid != (table[i].verdicts != NULL)) {
			(void)fprintf(stderr, "\"%s\" is %s\n", table[i].range, valid ? "taken for a range" : "refused");
			wrong++;
		}
		for (size_t k = 0; table[i].verdicts && k < LF_COUNT(versions); k++) {
			bool lies = lf_semver_matches(table[i].range, versions[k]);

			if (lies == (table[i].verdicts[k] == '1'))
				continue;
			(void)fprintf(stderr, "\"%s\" and %s: %s\n", table[i].range, versions[k], lies ? "lies in it" : "does not lie in it");
			wrong++;
		}
	}
	assert_int_equal(wrong, 0);
}

static void versions_are_read(void **state)
{
	static const char *const good[] = {"1.2.3", "v1.2.3", "1.2", "1", "1.2.3-rc.1+b.5", "1.2.3+5", "18446744073709551615.0.0", "1.0.0-0a", "1.0.0+01", "1.0.0-0", "1.0.0-a-b"};
	static const char *const bad[] = {"", "v", "a", "1.", "1.2.3.4", "1.2.3-", "1.2.3-01", "1.2.3-a..b", "1.2.3+", "18446744073709551616.0.0", "18446744073709551625.0.0", " 1", "1 ", "1.2.3_4",
					  "1.2.3-a+", "1.2.3-a.", "1.2.3+a+b"};
	struct lf_semver version;
	char longest[258];

	(void)state;
	for (size_t i = 0; i < LF_COUNT(good); i++)
		assert_true(lf_semver_parse(&version, good[i]));
	for (size_t i = 0; i < LF_COUNT(bad); i++)
		assert_false(lf_semver_parse(&version, bad[i]));
	/* 256 bytes, and one more */
	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "1.2.3-", 6);
	longest[257] = '\0';
	assert_false(lf_semver_parse(&version, longest));
	assert_false(lf_semver_range_is_valid(longest));
	longest[256] = '\0';
	assert_true(lf_semver_parse(&version, longest));
	assert_true(lf_semver_range_is_valid(longest));
	assert_false(lf_semver_matches("1", "x"));
	assert_false(lf_semver_matches("x.", "1.0.0"));
	assert_true(lf_semver_matches(">1.0.0-rc.1", "1.0.0-rc.2"));
	assert_false(lf_semver_matches(">1.0.0-rc.1", "1.0.0-rc.1"));
	assert_true(lf_semver_is_prerelease("1.0.0-rc.1"));
	assert_false(lf_semver_is_prerelease("1.0.0+rc.1"));
	assert_true(lf_semver_range_is_exact("1.2.3"));
	assert_false(lf_semver_range_is_exact("1.2"));
	assert_false(lf_semver_range_is_exact("^1.2.3"));
	assert_false(lf_semver_range_is_exact("1.2.3 || 1.2.4"));
	assert_false(lf_semver_range_is_exact("1.2.3,"));
}

static void a_range_has_at_most_64_parts(void **state)
{
	char range[200] = "";

	(void)state;
	for (int i = 0; i < 64; i++)
		memcpy(range + 2 * i, i ? ",1" : " 1", 3);
	assert_true(lf_semver_matches(range, "1.0.0"));
	memcpy(range + 128, ",1", 3);
	assert_false(lf_semver_range_is_valid(range));
	memcpy(range + 126, ",1 - 2", 7);
	assert_false(lf_semver_range_is_valid(range));
}

static int by_order(const void *a, const void *b)
{
	return lf_semver_order(*(const char *const *)a, *(const char *const *)b);
}

static void order_is_newest_stable_first(void **state)
{
	const char *items[] = {"1.0.0-alpha.beta", "nonsense", "1.0.0-alpha", "2.0.0", "latest", "1.0.0-rc.1", "10.0.0", "1.0.0-beta.11", "1.0.0", "1.0.0-alpha.1", "1.0.0-beta.2",
			       "1.0.0-beta", "9.9.9"};
	static const char *const expected[] = {"10.0.0", "9.9.9", "2.0.0", "1.0.0", "1.0.0-rc.1", "1.0.0-beta.11", "1.0.0-beta.2", "1.0.0-beta", "1.0.0-alpha.beta",
					       "1.0.0-alpha.1", "1.0.0-alpha", "latest", "nonsense"};

	(void)state;
	qsort(items, LF_COUNT(items), sizeof(*items), by_order);
	for (size_t i = 0; i < LF_COUNT(items); i++)
		assert_string_equal(items[i], expected[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_helms),
		cmocka_unit_test(versions_are_read),
		cmocka_unit_test(a_range_has_at_most_64_parts),
		cmocka_unit_test(order_is_newest_stable_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
