/* render: a plan into every file of the commit: the provider's documents, starter manifests, extras; once for each environment. The same for the preview, "render" and
 * "apply". Pure. */
#ifndef LF_CORE_RENDER_H
#define LF_CORE_RENDER_H

#include "core/document.h"
#include "core/plan.h"

/* Adds to OUT and finishes it (texts, order). */
void lf_render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts);
/* The same texts without what only a preview needs: which answer each line shows. */
void lf_render_texts(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts);

#endif
