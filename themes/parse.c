/* parse: a theme file's text into a theme. Every word that means nothing is an error with its line; nothing is guessed. */
#include "config.h"
#include "themes/theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/compiler.h"
#include "core/node.h"
#include "core/str.h"
#include "core/text.h"
#include "core/yaml.h"

static const struct lf_yaml_limits limits = {.bytes = 64 * 1024, .depth = 8, .nodes = 2000};

static const char *const ansi_names[16] = {
	"black",	"red",	      "green",	      "yellow",	       "blue",	      "magenta",	"cyan",	       "white",
	"bright-black", "bright-red", "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan", "bright-white",
};

static const struct {
	const char *name;
	unsigned bit;
} attributes[] = {
	{"bold", LF_BOLD}, {"dim", LF_DIM}, {"underline", LF_UNDERLINE}, {"reverse", LF_REVERSE}, {"italic", LF_ITALIC},
};

struct place {
	const char *file;
	int line;
	struct lf_error *err;
};

LF_PRINTF(3, 4) static int fail_at(const struct place *place, const char *hint, const char *format, ...)
{
	char what[300];
	struct lf_str safe = {0};
	va_list args;

	va_start(args, format);
	(void)vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	lf_text_clean(&safe, what, strlen(what), sizeof(what));
	lf_fail(place->err, LF_EPARSE, "theme", 0, "%s:%d: %s", place->file, place->line, lf_str_text(&safe));
	lf_str_dispose(&safe);
	if (hint)
		lf_hint(place->err, "%s", hint);
	return LF_EPARSE;
}

/* The next word of *TEXT into WORD; false at the end. A word longer than any of ours is cut and so matches none. */
static bool next_word(const char **text, char word[32])
{
	size_t n;

	*text += strspn(*text, " ");
	n = strcspn(*text, " ");
	(void)snprintf(word, 32, "%.*s", n > 31 ? 31 : (int)n, *text);
	*text += n;
	return n > 0;
}

static int16_t find_ansi(const char *word)
{
	for (int16_t i = 0; i < 16; i++)
		if (lf_equal(ansi_names[i], word))
			return i;
	return -1;
}

static enum lf_base find_base(const char *word)
{
	for (unsigned i = 0; i < LF_BASE_COUNT; i++)
		if (lf_equal(lf_base_name((enum lf_base)i), word))
			return (enum lf_base)i;
	return LF_BASE_NONE;
}

static int parse_tint(struct lf_tint *out, const char *text, const struct place *place)
{
	static const char allowed[] = "default, an ANSI name such as bright-blue, or \"#rrggbb\" in quotes, optionally followed by an ANSI name";
	char word[32];

	*out = (struct lf_tint){.ansi = -1};
	if (!next_word(&text, word))
		return fail_at(place, allowed, "a colour is missing (a # must stand in quotes)");
	if (lf_equal(word, "default")) {
		out->is_default = true;
	} else if (word[0] == '#') {
		if (strlen(word) != 7 || strspn(word + 1, "0123456789abcdefABCDEF") != 6)
			return fail_at(place, allowed, "\"%s\" is not a colour", word);
		out->rgb = (uint32_t)strtoul(word + 1, NULL, 16);
		if (next_word(&text, word)) {
			out->ansi = find_ansi(word);
			if (out->ansi < 0)
				return fail_at(place, allowed, "\"%s\" is not an ANSI colour", word);
		}
	} else {
		out->ansi = find_ansi(word);
		if (out->ansi < 0)
			return fail_at(place, allowed, "\"%s\" is not a colour", word);
		out->is_ansi = true;
	}
	if (next_word(&text, word))
		return fail_at(place, allowed, "\"%s\" is too much here", word);
	return LF_OK;
}

/* "accent on field bold": a base, a background, attributes. */
static int parse_style(struct lf_style *out, const char *text, const struct place *place)
{
	static const char allowed[] = "BASE [on BASE] [bold] [dim] [underline] [reverse] [italic]";
	char word[32];

	if (!next_word(&text, word))
		return fail_at(place, allowed, "a style is missing");
	out->fg = find_base(word);
	out->bg = LF_BASE_NONE;
	out->attrs = 0;
	if (out->fg == LF_BASE_NONE)
		return fail_at(place, allowed, "\"%s\" is not a base colour", word);
	while (next_word(&text, word)) {
		size_t i = 0;

		if (lf_equal(word, "on")) {
			out->bg = next_word(&text, word) ? find_base(word) : LF_BASE_NONE;
			if (out->bg == LF_BASE_NONE)
				return fail_at(place, allowed, "\"on\" needs a base colour after it");
			continue;
		}
		while (i < LF_COUNT(attributes) && !lf_equal(attributes[i].name, word))
			i++;
		if (i == LF_COUNT(attributes))
			return fail_at(place, allowed, "\"%s\" is not an attribute", word);
		out->attrs |= attributes[i].bit;
	}
	return LF_OK;
}

static int parse_bases(struct lf_theme *out, const struct lf_node *map, const char *file, struct lf_error *err)
{
	bool seen[LF_BASE_COUNT] = {0};
	struct place place = {.file = file, .line = lf_node_line(map), .err = err};

	for (size_t i = 0; i < lf_node_count(map); i++) {
		const char *key = lf_node_key_at(map, i);
		enum lf_base base = find_base(key);
		int code;

		place.line = lf_node_line(lf_node_at(map, i));
		if (base == LF_BASE_NONE)
			return fail_at(&place, "The base colours are listed in themes/dark.yaml.", "there is no base colour \"%.40s\"", key);
		code = parse_tint(&out->base[base], lf_node_text(lf_node_at(map, i), NULL), &place);
		if (code)
			return code;
		seen[base] = true;
	}
	for (unsigned i = 0; i < LF_BASE_COUNT; i++) {
		if (!seen[i]) {
			place.line = lf_node_line(map);
			return fail_at(&place, "Every theme gives all base colours.", "the base colour \"%s\" is missing",
				       lf_base_name((enum lf_base)i));
		}
	}
	return LF_OK;
}

static int parse_roles(struct lf_theme *out, const struct lf_node *map, const char *file, struct lf_error *err)
{
	struct place place = {.file = file, .err = err};

	for (size_t i = 0; i < lf_node_count(map); i++) {
		const char *key = lf_node_key_at(map, i);
		unsigned role = 0;
		int code;

		place.line = lf_node_line(lf_node_at(map, i));
		while (role < LF_ROLE_COUNT && !lf_equal(lf_role_name((enum lf_role)role), key))
			role++;
		if (role == LF_ROLE_COUNT)
			return fail_at(&place, "The roles are listed in themes/theme.h.", "there is no role \"%.40s\"", key);
		code = parse_style(&out->role[role], lf_node_text(lf_node_at(map, i), NULL), &place);
		if (code)
			return code;
	}
	return LF_OK;
}

static int parse_theme(struct lf_theme *out, const struct lf_node *root, const char *file, struct lf_error *err)
{
	struct place place = {.file = file, .line = lf_node_line(root) ? lf_node_line(root) : 1, .err = err};
	const struct lf_node *base = lf_node_key(root, "base"), *role = lf_node_key(root, "roles");
	int code;

	for (size_t i = 0; i < lf_node_count(root); i++) {
		const char *key = lf_node_key_at(root, i);

		place.line = lf_node_line(lf_node_at(root, i));
		if (!lf_equal(key, "name") && !lf_equal(key, "base") && !lf_equal(key, "roles") && !lf_equal(key, "mono"))
			return fail_at(&place, "name, base, roles and mono are known.", "unknown key \"%.40s\"", key);
	}
	place.line = lf_node_line(root) ? lf_node_line(root) : 1;
	if (lf_node_kind(base) != LF_NODE_MAP)
		return fail_at(&place, "Start from themes/dark.yaml.", "a theme needs the map \"base\"");
	if (role && lf_node_kind(role) != LF_NODE_MAP && lf_node_kind(role) != LF_NODE_NULL)
		return fail_at(&place, NULL, "\"roles\" must be a map");
	(void)snprintf(out->name, sizeof(out->name), "%s", lf_node_text(root, "name"));
	out->mono = lf_node_true(root, "mono");
	code = parse_bases(out, base, file, err);
	return code ? code : parse_roles(out, role, file, err);
}

int lf_theme_parse(struct lf_theme *out, const char *text, size_t length, const char *file, struct lf_error *err)
{
	static const struct lf_style table[LF_ROLE_COUNT] = {
#define X(id, name, letter, fg, bg, attrs, mono) {LF_BASE_##fg, LF_BASE_##bg, attrs, mono},
		LF_ROLES(X)
#undef X
	};
	struct lf_node *documents = NULL;
	int code;

	*out = (struct lf_theme){0};
	memcpy(out->role, table, sizeof(table));
	code = lf_yaml_parse(&documents, text, length, file, &limits, err);
	if (code)
		return code;
	code = parse_theme(out, lf_node_at(documents, 0), file, err);
	lf_node_free(documents);
	return code;
}
