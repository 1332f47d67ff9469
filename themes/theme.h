/* theme: what a meaning looks like. Drawing code names roles, never colours. A theme file gives 16 base colours; every role is made of them by the table
 * below and may be overridden. No role tells its state by colour alone: marks and words do; mono shows that it works. */
#ifndef LF_THEMES_THEME_H
#define LF_THEMES_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/error.h"

/* What the terminal can show; each tier is used only where the one above is not. */
enum lf_color { LF_COLOR_AUTO, LF_COLOR_MONO, LF_COLOR_16, LF_COLOR_256, LF_COLOR_TRUE };

/* The base colours a theme file must give: enum, name. */
#define LF_BASES(X)                                                                                                                                  \
	X(BACKGROUND, background)                                                                                                                    \
	X(TEXT, text)                                                                                                                                \
	X(DIM, dim)                                                                                                                                  \
	X(FAINT, faint)                                                                                                                              \
	X(BORDER, border)                                                                                                                            \
	X(ACCENT, accent)                                                                                                                            \
	X(FIELD, field)                                                                                                                              \
	X(SELECTION, selection)                                                                                                                      \
	X(GOOD, good)                                                                                                                                \
	X(BUSY, busy)                                                                                                                                \
	X(WARN, warn)                                                                                                                                \
	X(BAD, bad)                                                                                                                                  \
	X(KEY, key)                                                                                                                                  \
	X(STRING, string)                                                                                                                            \
	X(NUMBER, number)                                                                                                                            \
	X(COMMENT, comment)

enum lf_base {
#define X(id, name) LF_BASE_##id,
	LF_BASES(X)
#undef X
	LF_BASE_COUNT,
	LF_BASE_NONE = LF_BASE_COUNT, /* as a background: whatever is below */
};

enum { LF_BOLD = 1, LF_DIM = 2, LF_UNDERLINE = 4, LF_REVERSE = 8, LF_ITALIC = 16 };

/* enum, name in files, letter in golden screens, foreground, background, attributes, attributes where there is no colour. */
#define LF_ROLES(X)                                                                                                                                  \
	X(TEXT, "text", '.', TEXT, NONE, 0, 0)                                                                                                       \
	X(STRONG, "text.strong", 'T', TEXT, NONE, LF_BOLD, LF_BOLD)                                                                                  \
	X(DIM, "text.dim", 'd', DIM, NONE, 0, 0)                                                                                                     \
	X(FAINT, "text.disabled", 'f', FAINT, NONE, 0, LF_DIM)                                                                                       \
	X(ACCENT, "accent", 'a', ACCENT, NONE, 0, LF_BOLD)                                                                                           \
	X(TITLE, "title", 't', ACCENT, NONE, LF_BOLD, LF_BOLD)                                                                                       \
	X(HEADING, "heading", 'h', TEXT, NONE, LF_BOLD, LF_BOLD)                                                                                     \
	X(BORDER, "border", '-', BORDER, NONE, 0, 0)                                                                                                 \
	X(BADGE, "badge", 'B', WARN, NONE, LF_BOLD | LF_REVERSE, LF_REVERSE)                                                                         \
	X(LABEL, "label", 'l', DIM, NONE, 0, 0)                                                                                                      \
	X(LABEL_HERE, "label.focus", 'L', ACCENT, NONE, LF_BOLD, LF_BOLD)                                                                            \
	X(SOURCE, "source", 's', DIM, NONE, 0, 0)                                                                                                    \
	X(VALUE, "value", 'v', TEXT, NONE, 0, 0)                                                                                                     \
	X(GHOST, "value.default", 'g', FAINT, NONE, 0, LF_DIM)                                                                                       \
	X(FIELD, "field.focus", 'F', TEXT, FIELD, 0, LF_UNDERLINE)                                                                                   \
	X(HELP, "help", 'i', DIM, NONE, 0, 0)                                                                                                        \
	X(KEY, "key", 'k', ACCENT, NONE, LF_BOLD, LF_BOLD)                                                                                           \
	X(KEY_LABEL, "key.label", 'e', DIM, NONE, 0, 0)                                                                                              \
	X(SELECTION, "selection", 'S', TEXT, SELECTION, 0, LF_REVERSE)                                                                               \
	X(MATCH, "match", 'M', ACCENT, NONE, LF_BOLD | LF_UNDERLINE, LF_UNDERLINE)                                                                   \
	X(OVERLAY, "overlay", 'O', TEXT, FIELD, 0, 0)                                                                                                \
	X(STEP_DONE, "step.done", '1', GOOD, NONE, 0, 0)                                                                                             \
	X(STEP_HERE, "step.here", '2', ACCENT, NONE, LF_BOLD, LF_BOLD)                                                                               \
	X(STEP_TODO, "step.todo", '3', DIM, NONE, 0, 0)                                                                                              \
	X(GOOD, "state.good", '+', GOOD, NONE, 0, 0)                                                                                                 \
	X(BUSY, "state.busy", '>', BUSY, NONE, 0, LF_BOLD)                                                                                           \
	X(WARN, "state.warn", '!', WARN, NONE, 0, LF_BOLD)                                                                                           \
	X(BAD, "state.bad", 'x', BAD, NONE, LF_BOLD, LF_BOLD)                                                                                        \
	X(WAIT, "state.waiting", 'w', DIM, NONE, 0, 0)                                                                                               \
	X(UNUSED, "state.unused", '~', FAINT, NONE, 0, LF_DIM)                                                                                       \
	X(LIVE, "fresh.live", 'V', GOOD, NONE, 0, 0)                                                                                                 \
	X(STALE, "fresh.stale", 'A', WARN, NONE, 0, LF_BOLD)                                                                                         \
	X(LOST, "fresh.lost", 'X', BAD, NONE, LF_BOLD, LF_BOLD)                                                                                      \
	X(MARK, "mark", '|', ACCENT, NONE, LF_BOLD, LF_BOLD)                                                                                         \
	X(FLASH, "flash", '*', TEXT, SELECTION, 0, LF_REVERSE)                                                                                       \
	X(TAB, "tab", '_', DIM, NONE, 0, 0)                                                                                                          \
	X(TAB_HERE, "tab.here", 'H', TEXT, NONE, LF_BOLD | LF_UNDERLINE, LF_BOLD | LF_UNDERLINE)                                                     \
	X(ADDED, "diff.added", 'p', GOOD, NONE, 0, LF_BOLD)                                                                                          \
	X(REMOVED, "diff.removed", 'm', BAD, NONE, 0, 0)                                                                                             \
	X(NUMBERING, "numbering", 'n', FAINT, NONE, 0, LF_DIM)                                                                                       \
	X(YAML_KEY, "syntax.key", 'y', KEY, NONE, 0, 0)                                                                                              \
	X(YAML_STRING, "syntax.string", 'q', STRING, NONE, 0, 0)                                                                                     \
	X(YAML_NUMBER, "syntax.number", '9', NUMBER, NONE, 0, 0)                                                                                     \
	X(YAML_COMMENT, "syntax.comment", '#', COMMENT, NONE, LF_ITALIC, LF_DIM)                                                                     \
	X(YAML_PUNCT, "syntax.punctuation", ':', DIM, NONE, 0, 0)                                                                                    \
	X(KIND, "object.kind", 'K', DIM, NONE, 0, 0)                                                                                                 \
	X(NAME, "object.name", 'N', TEXT, NONE, 0, 0)                                                                                                \
	X(TIME, "time", 'c', DIM, NONE, 0, 0)

enum lf_role {
#define X(id, name, letter, fg, bg, attrs, mono) LF_ROLE_##id,
	LF_ROLES(X)
#undef X
	LF_ROLE_COUNT,
};

/* A colour in every tier. A hex colour without an ANSI name gets the nearest. */
struct lf_tint {
	bool is_default;  /* the terminal's own */
	bool is_ansi;	  /* one of the user's 16: used in every tier */
	uint32_t rgb;	  /* 0xrrggbb */
	int16_t ansi;	  /* 0-15, or -1 */
};

struct lf_style {
	enum lf_base fg, bg;
	unsigned attrs, mono;
};

struct lf_theme {
	char name[32];
	struct lf_tint base[LF_BASE_COUNT];
	struct lf_style role[LF_ROLE_COUNT];
	bool mono; /* no colours even where there are some */
};

const char *lf_role_name(enum lf_role role);
char lf_role_letter(enum lf_role role);
const char *lf_base_name(enum lf_base base);

/* The theme shipped under NAME ("terminal", "dark", "mono"): its YAML text, embedded; NULL: none. lf_theme_shipped(0), (1), …: names, NULL at the end. */
const char *lf_theme_text(const char *name, size_t *length);
const char *lf_theme_shipped(size_t index);

/* Parses a theme file (the text; the caller read it). FILE names it in errors, which carry the line: unknown key or role, bad colour, missing base. */
LF_NODISCARD int lf_theme_parse(struct lf_theme *out, const char *text, size_t length, const char *file, struct lf_error *err);

/* What a cell with role ROLE on ground GROUND (LF_ROLE_TEXT: none) looks like. Colours are palette indices, 0xrrggbb in LF_COLOR_TRUE, -1 the default. */
struct lf_look {
	int32_t fg, bg;
	unsigned attrs;
};
struct lf_look lf_theme_look(const struct lf_theme *theme, enum lf_role role, enum lf_role ground, enum lf_color color);

uint32_t lf_color_256_rgb(int index);	    /* of the xterm palette, 0-255 */
int16_t lf_color_nearest_256(uint32_t rgb); /* 16-255: the first 16 belong to the user */
int16_t lf_color_nearest_16(uint32_t rgb);

#endif
