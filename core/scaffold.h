/* scaffold: starter manifests for a path that is empty in the repository: deployment, service and kustomization, as base and overlay where the path has
 * that shape, or a chart (scaffold_chart.c). The same for every provider. Pure. */
#ifndef LF_CORE_SCAFFOLD_H
#define LF_CORE_SCAFFOLD_H

#include "core/document.h"
#include "core/plan.h"

/* Adds nothing unless the plan wants a scaffold (question "scaffold": "auto" means: unless FACTS say the path holds something). */
void lf_scaffold_render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts);
/* The files it would write, wanted or not. */
void lf_scaffold_paths(struct lf_names *out, const struct lf_plan *plan, const struct lf_facts *facts);
/* TEXTS are what the branch holds of these, in the same order: if all are there, notes in FACTS what they say (image, port, replicas), so that a later delivery starts
 * from it and may change it. */
void lf_scaffold_read(struct lf_path_facts *facts, const struct lf_names *paths, const char *const *texts);
/* The folder of the base, of an overlay in PATH. The caller frees; NULL: PATH is none. */
LF_NODISCARD char *lf_scaffold_base(const struct lf_plan *plan, const char *path, const struct lf_facts *facts);
/* What the starter service is called: as the application, but a Service may not begin with a digit (DNS-1035), as everything else may. The caller frees. */
LF_NODISCARD char *lf_scaffold_service_name(const struct lf_plan *plan);
/* What a container may ask for and be limited in. */
extern const char *const lf_scaffold_resources[3];
bool lf_scaffold_wanted(const struct lf_plan *plan, const struct lf_facts *facts);

#endif
