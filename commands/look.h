/* look: how the screen is to look: the theme and how many colours, by the words of the command line. */
#ifndef LF_COMMANDS_LOOK_H
#define LF_COMMANDS_LOOK_H

#include "themes/theme.h"

/* A theme of the user's own folder before the shipped one of the same name. */
LF_NODISCARD int lf_look_theme(struct lf_theme *out, const char *name, struct lf_error *err);
/* WORD NULL: as the terminal is. */
LF_NODISCARD int lf_look_color(enum lf_color *out, const char *word, struct lf_error *err);

#endif
