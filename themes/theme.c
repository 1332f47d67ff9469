/* theme: names of roles, and from a role to what a cell looks like in each colour tier. Pure; parse.c reads files. */
#include "config.h"
#include "themes/theme.h"

#include "core/compiler.h"
#include "core/str.h"
#include "themes/shipped.h"

static const struct {
	const char *name;
	char letter;
} roles[LF_ROLE_COUNT] = {
#define X(id, name, letter, fg, bg, attrs, mono) {name, letter},
	LF_ROLES(X)
#undef X
};

static const char *const bases[LF_BASE_COUNT] = {
#define X(id, name) #name,
	LF_BASES(X)
#undef X
};

const char *lf_role_name(enum lf_role role)
{
	return roles[role].name;
}

char lf_role_letter(enum lf_role role)
{
	return roles[role].letter;
}

const char *lf_base_name(enum lf_base base)
{
	return bases[base];
}

const char *lf_theme_text(const char *name, size_t *length)
{
	for (size_t i = 0; lf_shipped_themes[i].name; i++) {
		if (lf_equal(lf_shipped_themes[i].name, name)) {
			*length = lf_shipped_themes[i].length;
			return lf_shipped_themes[i].text;
		}
	}
	*length = 0;
	return NULL;
}

const char *lf_theme_shipped(size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (!lf_shipped_themes[i].name)
			return NULL;
	return lf_shipped_themes[index].name;
}

static int32_t color_of(const struct lf_tint *tint, enum lf_color color)
{
	if (tint->is_default)
		return -1;
	switch (color) {
	case LF_COLOR_AUTO:
	case LF_COLOR_MONO:
		break;
	case LF_COLOR_16:
		return tint->ansi >= 0 ? tint->ansi : lf_color_nearest_16(tint->rgb);
	case LF_COLOR_256:
		return tint->is_ansi ? tint->ansi : lf_color_nearest_256(tint->rgb);
	case LF_COLOR_TRUE:
		/* Direct-colour terminals read 0-7 as the user's palette and everything above as 24 bits. */
		if (tint->is_ansi)
			return tint->ansi < 8 ? tint->ansi : (int32_t)lf_color_256_rgb(tint->ansi);
		return tint->rgb < 8 ? 8 : (int32_t)tint->rgb;
	}
	return -1;
}

struct lf_look lf_theme_look(const struct lf_theme *theme, enum lf_role role, enum lf_role ground, enum lf_color color)
{
	const struct lf_style *style = &theme->role[role], *below = &theme->role[ground];
	enum lf_base bg = style->bg;
	struct lf_look look = {.fg = -1, .bg = -1};

	if (theme->mono || color == LF_COLOR_AUTO || color == LF_COLOR_MONO) {
		look.attrs = style->mono | (ground != LF_ROLE_TEXT ? below->mono : 0);
		return look;
	}
	look.attrs = style->attrs;
	if (ground != LF_ROLE_TEXT)
		look.attrs |= below->attrs;
	if (bg == LF_BASE_NONE && ground != LF_ROLE_TEXT)
		bg = below->bg;
	if (bg == LF_BASE_NONE)
		bg = LF_BASE_BACKGROUND;
	look.fg = color_of(&theme->base[style->fg], color);
	look.bg = color_of(&theme->base[bg], color);
	return look;
}
