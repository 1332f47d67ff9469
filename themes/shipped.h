/* shipped: the theme files, embedded. The table is written by themes/embed.sh when the program is built. */
#ifndef LF_THEMES_SHIPPED_H
#define LF_THEMES_SHIPPED_H

#include <stddef.h>

struct lf_shipped_theme {
	const char *name;
	const char *text;
	size_t length;
};
extern const struct lf_shipped_theme lf_shipped_themes[]; /* ends with a NULL name */

#endif
