/* progressive: what the two ways of bringing a new version step by step share: Argo Rollouts (progressive.c) and Flagger (progressive_flagger.c). */
#ifndef LF_CORE_PROGRESSIVE_H
#define LF_CORE_PROGRESSIVE_H

#include "core/document.h"
#include "core/facts.h"
#include "core/plan.h"

#define LF_PROGRESSIVE "progressiveDelivery" /* the question, and the origin of what it adds */

/* Beside the workload in FOLDER, with its line in the kustomization.yaml there. */
void lf_progressive_add(struct lf_documents *out, const char *folder, const char *file, struct lf_node *tree);
struct lf_node *lf_progressive_kustomization(struct lf_documents *out, const char *folder); /* the tree of the one there; NULL: none */
/* metadata as LIKE has it, under another name. */
void lf_progressive_put_metadata(struct lf_node *root, const struct lf_node *like, const char *name);

/* A Canary for WORKLOAD, a starter Deployment in FOLDER. */
void lf_flagger_render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_node *workload, const char *folder);
/* A Canary for the Deployment of a chart. */
void lf_flagger_render_chart(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts);

/* progressive_recall.c: as the rows' recall. */
char *lf_progressive_recall_method(const struct lf_node *spec);
char *lf_progressive_recall_weights(const struct lf_node *steps);
char *lf_progressive_recall_pause(const struct lf_node *steps);
char *lf_progressive_recall_router(const struct lf_node *canary);
char *lf_progressive_recall_replicas(const struct lf_node *node);
char *lf_progressive_recall_tester(const struct lf_node *node);

#endif
