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

/* headless_conflict.c: the one that is to be decided; all that are not, and that nothing was changed. */
void lf_headless_conflict(FILE *out, const struct lf_app *app);
void lf_headless_conflicts(FILE *out, bool json, const struct lf_app *app, int exit_code);

/* headless_edit.c */
/* What "landfall edit" asks in between: LF_HEADLESS_WAIT: nothing; LF_HEADLESS_FINISHED: *EXIT_CODE is set. */
enum lf_headless_move lf_headless_edit(const struct lf_headless_options *options, const struct lf_app *app, struct lf_event *event, int *exit_code);
/* WHY what was edited cannot be used; true: the editor is to be opened again. */
bool lf_headless_edit_again(const struct lf_headless_options *options, const struct lf_error *why);

#endif
