/* demo: starts and ends the sandbox of "landfall demo": a private temporary folder and the program landfall-sandbox serving it. The rest of Landfall then
 * works against it as against any cluster and repository. */
#ifndef LF_PROVIDERS_DEMO_H
#define LF_PROVIDERS_DEMO_H

#include <uv.h>
#include "core/error.h"

struct lf_demo;

/* ERR is NULL when it is ready; REPOSITORY is then the path to push to, CHARTS the address of a chart repository. Also called, with ERR, when the sandbox ends before we do. */
typedef void lf_demo_ready_fn(const char *repository, const char *charts, const struct lf_error *err, void *payload);

/* Makes the folder, points KUBECONFIG and the XDG folders of this process into it (so that nothing else is read or written), and starts the sandbox.
 * Call it before anything reads these. An unknown SCENARIO is LF_EINVAL. */
LF_NODISCARD int lf_demo_start(struct lf_demo **out, uv_loop_t *loop, const char *scenario, lf_demo_ready_fn *ready, void *payload, struct lf_error *err);
/* Ends the sandbox, which removes the folder. Handles close on the next turns of the loop. NULL is fine. */
void lf_demo_free(struct lf_demo *demo);

#endif
