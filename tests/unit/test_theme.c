/* test_theme: theme files, what they may hold, and whether one can read what they make. */
#include "config.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/str.h"
#include "themes/theme.h"

static void load(struct lf_theme *theme, const char *name)
{
	struct lf_error err = {0};
	size_t length;
	const char *text = lf_theme_text(name, &length);

	assert_non_null(text);
	if (lf_theme_parse(theme, text, length, name, &err))
		fail_msg("%s", err.message);
}

static void every_shipped_theme_parses(void **state)
{
	int count = 0;

	(void)state;
	for (size_t i = 0; lf_theme_shipped(i); i++, count++) {
		struct lf_theme theme;

		load(&theme, lf_theme_shipped(i));
		assert_string_equal(theme.name, lf_theme_shipped(i));
	}
	assert_true(count >= 3);
	assert_null(lf_theme_shipped(1000));
	assert_null(lf_theme_text("nothing", &(size_t){0}));
}

static double linear(uint32_t channel)
{
	double c = channel / 255.0;

	return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t rgb)
{
	return 0.2126 * linear(rgb >> 16 & 255) + 0.7152 * linear(rgb >> 8 & 255) + 0.0722 * linear(rgb & 255);
}

/* WCAG 2 */
static double contrast(uint32_t a, uint32_t b)
{
	double x = luminance(a), y = luminance(b);

	return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

static uint32_t shown(int32_t color, enum lf_color tier)
{
	return tier == LF_COLOR_TRUE ? (uint32_t)color : lf_color_256_rgb(color);
}

/* What a theme with colours of its own draws must be readable on each ground that text stands on. Rules and disabled things may be fainter. */
static void check_contrast(const char *name, enum lf_color tier)
{
	static const enum lf_role grounds[] = {LF_ROLE_TEXT, LF_ROLE_FIELD, LF_ROLE_SELECTION, LF_ROLE_OVERLAY, LF_ROLE_FLASH};
	struct lf_theme theme;

	load(&theme, name);
	for (unsigned g = 0; g < LF_COUNT(grounds); g++) {
		for (unsigned role = 0; role < LF_ROLE_COUNT; role++) {
			struct lf_look look = lf_theme_look(&theme, (enum lf_role)role, grounds[g], tier);
			bool faint = theme.role[role].fg == LF_BASE_FAINT || theme.role[role].fg == LF_BASE_BORDER;
			double ratio = contrast(shown(look.fg, tier), shown(look.bg, tier)), wanted = faint ? 0 : lf_equal(name, "high-contrast") ? 7 : 4.5;

			if (faint && grounds[g] == LF_ROLE_TEXT && theme.role[role].fg == LF_BASE_FAINT)
				wanted = 3.0;
			if (ratio < wanted)
				fail_msg("%s, tier %d: %s on %s has a contrast of %.2f, not %.1f", name, (int)tier, lf_role_name((enum lf_role)role),
					 lf_role_name(grounds[g]), ratio, wanted);
		}
	}
}

/* Every theme that brings its own ground; the two others take the terminal's. */
static void every_theme_can_be_read(void **state)
{
	unsigned checked = 0;

	(void)state;
	for (size_t i = 0; lf_theme_shipped(i); i++) {
		const char *name = lf_theme_shipped(i);

		if (lf_equal(name, "terminal") || lf_equal(name, "mono"))
			continue;
		check_contrast(name, LF_COLOR_TRUE);
		check_contrast(name, LF_COLOR_256);
		checked++;
	}
	assert_int_equal(checked, 4);
}

/* Blue against orange: what the common kinds of colour blindness take away is red against green. Brightness has to help, too. */
static void good_and_bad_differ_without_red_and_green(void **state)
{
	struct lf_theme theme;
	uint32_t good, bad;

	(void)state;
	load(&theme, "colour-blind");
	good = (uint32_t)lf_theme_look(&theme, LF_ROLE_GOOD, LF_ROLE_TEXT, LF_COLOR_TRUE).fg;
	bad = (uint32_t)lf_theme_look(&theme, LF_ROLE_BAD, LF_ROLE_TEXT, LF_COLOR_TRUE).fg;
	assert_true((good & 255) > (bad & 255) + 100); /* one is blue, the other is not at all */
}

static void focus_shows_without_colour(void **state)
{
	static const enum lf_role marked[] = {LF_ROLE_FIELD, LF_ROLE_SELECTION, LF_ROLE_TAB_HERE, LF_ROLE_BADGE, LF_ROLE_MATCH, LF_ROLE_FLASH};

	(void)state;
	for (size_t i = 0; lf_theme_shipped(i); i++) {
		struct lf_theme theme;

		load(&theme, lf_theme_shipped(i));
		for (size_t k = 0; k < LF_COUNT(marked); k++) {
			struct lf_look mono = lf_theme_look(&theme, marked[k], LF_ROLE_TEXT, LF_COLOR_MONO);

			assert_int_equal(mono.fg, -1);
			assert_int_equal(mono.bg, -1);
			assert_true(mono.attrs & (LF_REVERSE | LF_UNDERLINE));
		}
	}
}

static void tiers_give_what_a_terminal_can_show(void **state)
{
	struct lf_theme theme;
	struct lf_look look;

	(void)state;
	load(&theme, "dark");
	look = lf_theme_look(&theme, LF_ROLE_TITLE, LF_ROLE_TEXT, LF_COLOR_TRUE);
	assert_int_equal(look.fg, 0x6cb6ff);
	look = lf_theme_look(&theme, LF_ROLE_TITLE, LF_ROLE_TEXT, LF_COLOR_256);
	assert_in_range(look.fg, 16, 255);
	look = lf_theme_look(&theme, LF_ROLE_TITLE, LF_ROLE_TEXT, LF_COLOR_16);
	assert_int_equal(look.fg, 14);
	assert_true(look.attrs & LF_BOLD);
	load(&theme, "terminal");
	for (int tier = LF_COLOR_16; tier <= LF_COLOR_TRUE; tier++) {
		look = lf_theme_look(&theme, LF_ROLE_GOOD, LF_ROLE_TEXT, (enum lf_color)tier);
		assert_int_equal(look.fg, 2); /* the user's green, whatever that is */
		assert_int_equal(look.bg, -1);
	}
	load(&theme, "mono");
	look = lf_theme_look(&theme, LF_ROLE_GOOD, LF_ROLE_TEXT, LF_COLOR_TRUE);
	assert_int_equal(look.fg, -1);
}

static void a_ground_lies_below_the_text(void **state)
{
	struct lf_theme theme;
	struct lf_look on, off;

	(void)state;
	load(&theme, "dark");
	off = lf_theme_look(&theme, LF_ROLE_YAML_KEY, LF_ROLE_TEXT, LF_COLOR_TRUE);
	on = lf_theme_look(&theme, LF_ROLE_YAML_KEY, LF_ROLE_FLASH, LF_COLOR_TRUE);
	assert_int_equal(on.fg, off.fg);
	assert_int_not_equal(on.bg, off.bg);
	on = lf_theme_look(&theme, LF_ROLE_YAML_KEY, LF_ROLE_SELECTION, LF_COLOR_MONO);
	assert_true(on.attrs & LF_REVERSE);
}

static void the_palette_is_xterms(void **state)
{
	(void)state;
	assert_int_equal(lf_color_256_rgb(16), 0x000000);
	assert_int_equal(lf_color_256_rgb(231), 0xffffff);
	assert_int_equal(lf_color_256_rgb(196), 0xff0000);
	assert_int_equal(lf_color_256_rgb(244), 0x808080);
	for (int i = 16; i < 256; i++)
		assert_int_equal(lf_color_256_rgb(lf_color_nearest_256(lf_color_256_rgb(i))), lf_color_256_rgb(i));
	assert_int_equal(lf_color_nearest_16(0xfe0000), 9);
	assert_int_equal(lf_color_nearest_16(0x000001), 0);
}

/* The terminal theme with LINE put in front of a line that begins with BEFORE, or instead of it. */
static int parse_changed(const char *before, const char *line, struct lf_error *err)
{
	size_t length;
	const char *text = lf_theme_text("terminal", &length), *at = strstr(text, before);
	struct lf_str changed = {0};
	struct lf_theme theme;
	int code;

	assert_non_null(at);
	lf_str_add_n(&changed, text, (size_t)(at - text));
	lf_str_add(&changed, line);
	lf_str_add(&changed, strchr(at, '\n'));
	code = lf_theme_parse(&theme, changed.data, changed.length, "mine.yaml", err);
	lf_str_dispose(&changed);
	return code;
}

static void refuse(const char *before, const char *line, const char *message)
{
	struct lf_error err = {0};

	assert_int_equal(parse_changed(before, line, &err), LF_EPARSE);
	if (!strstr(err.message, message))
		fail_msg("\"%s\" is not in \"%s\"", message, err.message);
	assert_true(strncmp(err.message, "mine.yaml:", 10) == 0);
}

static void mistakes_are_named_with_their_line(void **state)
{
	(void)state;
	refuse("  accent:", "  accent: pink", "mine.yaml:10: \"pink\" is not a colour");
	refuse("  accent:", "  accent: \"#12345\"", "mine.yaml:10: \"#12345\" is not a colour");
	refuse("  accent:", "  accent: \"#12345g\"", "is not a colour");
	refuse("  accent:", "  accent: \"#123456 pink\"", "\"pink\" is not an ANSI colour");
	refuse("  accent:", "  accent: red blue", "\"blue\" is too much");
	refuse("  accent:", "  accent: #123456", "must stand in quotes");
	refuse("  accent:", "  acccent: red", "there is no base colour \"acccent\"");
	refuse("  accent:", "", "the base colour \"accent\" is missing");
	refuse("  help:", "  halp: dim", "there is no role \"halp\"");
	refuse("  help:", "  help: pink", "\"pink\" is not a base colour");
	refuse("  help:", "  help: dim on pink", "needs a base colour");
	refuse("  help:", "  help: dim blinking", "\"blinking\" is not an attribute");
	refuse("  help:", "  help:", "a style is missing");
	refuse("  help:", "  help: \"dim \\e[31m\"", "is not an attribute");
	refuse("name:", "nmae: x", "unknown key \"nmae\"");
	refuse("base:", "bases:", "unknown key");
	refuse("roles:", "roles: dark\nother:", "unknown key \"other\"");
	assert_int_equal(parse_changed("  help:", "  help: accent on field bold italic", NULL), LF_OK);
}

static void other_files_are_no_themes(void **state)
{
	static const char *const texts[] = {"", "just words", "- a\n- b\n", "base: 3\n", "a: &x [*x]\n", "base: {accent: red}\n", "\xff\xfe"};
	struct lf_theme theme;

	(void)state;
	for (size_t i = 0; i < LF_COUNT(texts); i++)
		assert_int_not_equal(lf_theme_parse(&theme, texts[i], strlen(texts[i]), "x", NULL), LF_OK);
}

static void names_and_letters_are_unique(void **state)
{
	(void)state;
	for (unsigned i = 0; i < LF_ROLE_COUNT; i++) {
		assert_true(lf_role_letter((enum lf_role)i) > ' ' && lf_role_letter((enum lf_role)i) < 0x7f);
		for (unsigned k = 0; k < i; k++) {
			assert_string_not_equal(lf_role_name((enum lf_role)i), lf_role_name((enum lf_role)k));
			assert_int_not_equal(lf_role_letter((enum lf_role)i), lf_role_letter((enum lf_role)k));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_shipped_theme_parses),
		cmocka_unit_test(every_theme_can_be_read),
		cmocka_unit_test(good_and_bad_differ_without_red_and_green),
		cmocka_unit_test(focus_shows_without_colour),
		cmocka_unit_test(tiers_give_what_a_terminal_can_show),
		cmocka_unit_test(a_ground_lies_below_the_text),
		cmocka_unit_test(the_palette_is_xterms),
		cmocka_unit_test(mistakes_are_named_with_their_line),
		cmocka_unit_test(other_files_are_no_themes),
		cmocka_unit_test(names_and_letters_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
