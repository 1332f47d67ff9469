/* plain: the line mode: the same questions as numbered prompts, for screen readers, TERM=dumb and tiny terminals. No cursor addressing, no colour, no
 * animation. "b" goes back, "?" helps, "s" sums up; the end of input leaves with nothing pushed. */
#ifndef LF_TUI_PLAIN_H
#define LF_TUI_PLAIN_H

#include <uv.h>
#include "core/app.h"

struct lf_plain;

struct lf_plain_options {
	int input, output; /* descriptors */
	const char *saved_in; /* where the answers are kept, as said at the end; borrowed; NULL: nowhere */
};

/* What the user wants; the receiver updates the model and runs the effects. The event is disposed here afterwards. */
typedef void lf_plain_dispatch_fn(struct lf_event *event, void *payload);

LF_NODISCARD struct lf_plain *lf_plain_new(uv_loop_t *loop, const struct lf_app *app, const struct lf_plain_options *options, lf_plain_dispatch_fn *dispatch,
					   void *payload);
void lf_plain_free(struct lf_plain *plain);

void lf_plain_run(struct lf_plain *plain);     /* until uv_stop(): LF_EFFECT_QUIT */
void lf_plain_changed(struct lf_plain *plain); /* the model changed: say what is new, ask what comes next */

#endif
