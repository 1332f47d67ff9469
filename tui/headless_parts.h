/* headless_parts: what the files of the headless front share with each other and with nobody else. */
#ifndef LF_TUI_HEADLESS_PARTS_H
#define LF_TUI_HEADLESS_PARTS_H

#include "tui/headless.h"

/* headless_result.c */
void lf_headless_print(FILE *out, struct lf_node *object); /* takes OBJECT: one line of JSON */
void lf_headless_put_pull(struct lf_node *object, const struct lf_delivery *delivery); /* the pull request, if there is one */
void lf_headless_result(FILE *out, bool json, const struct lf_app *app); /* of a landing with a verdict */

/* headless_owner.c: whom the object of an inquiry that is answered belongs to. */
void lf_headless_owner(FILE *out, bool json, const struct lf_inquiry *inquiry);

#endif
