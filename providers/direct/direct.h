/* direct: what the files of this folder share: the provider "none". No controller reads the repository, so Landfall, kustomize or helm bring a commit into the cluster
 * themselves, once, when it was pushed; nothing keeps it there afterwards. */
#ifndef LF_PROVIDERS_DIRECT_DIRECT_H
#define LF_PROVIDERS_DIRECT_DIRECT_H

#include "core/engine.h"
#include "core/handwork.h"
#include "core/plan.h"

/* questions.c */
#define LF_DIRECT_QUESTIONS 1
extern const struct lf_question lf_direct_questions[];

/* render.c */
void lf_direct_render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts);
/* The file of values that is written; NULL: none. The caller frees. */
LF_NODISCARD char *lf_direct_values_path(const struct lf_plan *plan);

/* work.c */
int lf_direct_apply(struct lf_handwork *out, const struct lf_plan *plan, const struct lf_facts *facts, const struct lf_branch_files *files, struct lf_error *err);
/* The command that applies it, for a person in a clone of the repository. The caller frees. */
LF_NODISCARD char *lf_direct_command(const struct lf_plan *plan, const struct lf_facts *facts);

/* target.c */
void lf_direct_target(struct lf_target *out, const struct lf_plan *plan, const struct lf_facts *facts);
bool lf_direct_find_watcher(struct lf_ref *out, const struct lf_facts *facts, const char *repository, const char *branch, const char *path, bool exact);

/* follow.c */
void lf_direct_wants(struct lf_wants *out, const struct lf_objects *objects, const struct lf_target *target);
void lf_direct_nudge(struct lf_patch *out, const struct lf_objects *objects, const struct lf_target *target, const char *token);
/* What OBJECT says of who manages it: "by Flux, Kustomization flux-system/web"; "" for nobody. Appends. */
void lf_direct_manager(struct lf_str *out, const struct lf_node *object);

/* assess.c */
void lf_direct_assess(struct lf_progress *out, const struct lf_objects *objects, const struct lf_target *target, int64_t now_ms);

#endif
