/* environments: one application in several environments. A plan that names some is split into one plan for each (application "<app>-<env>" in namespace "<ns>-<env>", path
 * "…/overlays/<env>", or as overlay.h finds it), so that an engine renders each without knowing of the others. Pure. */
#ifndef LF_CORE_ENVIRONMENTS_H
#define LF_CORE_ENVIRONMENTS_H

#include "core/plan.h"
#include "core/questions.h"

extern const struct lf_question_group lf_questions_environments; /* environments_questions.c */
extern const struct lf_question_group lf_questions_overlay;	 /* environments_overlay.c */

/* Adds its parts to WHOLE: none where no environments are named, or where they are named wrongly. For lf_plan_build(). */
void lf_environments_split(struct lf_plan *whole, const struct lf_facts *facts);
bool lf_environments_is_own(const char *id); /* a row about the environments themselves */

/* The question a key of environmentSettings means: "namespace" → "targetNamespace". NULL: nothing that may differ between environments. */
const struct lf_question *lf_environments_setting(const struct lf_plan *plan, const char *key);
void lf_environments_allowed(struct lf_str *out); /* the short names of what may: "branch, image, …" */
LF_NODISCARD char *lf_environments_setting_text(const struct lf_question *question, const char *key, const struct lf_node *value, const char *image); /* NULL: of another kind */

/* Those of an earlier delivery, in the order of promotion, as the branch's files say; whether each followed a branch of its own. */
void lf_environments_recall(struct lf_names *out, const char *app, const struct lf_facts *facts);
bool lf_environments_recall_branches(const struct lf_plan *plan, const struct lf_facts *facts);

/* environments_recall.c: of the row about resources. */
char *lf_environments_recall_resources(const struct lf_node *resources);
bool lf_environments_derive_resources(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts);

/* environments_path.c: gitPath of the environment NAME. The caller frees; NULL: it has none. */
LF_NODISCARD char *lf_environments_path(const struct lf_plan *whole, const char *name, const struct lf_facts *facts);
/* The path that is looked at in the repository: of several environments the first one's stands for all. Of a chart from elsewhere the folder for the provider's files. */
const char *lf_environments_probe(const struct lf_plan *plan);
/* Whether what is known about PATH speaks of this application: it is its path, or that of one of its environments. */
bool lf_environments_same_place(const struct lf_plan *plan, const char *path, const struct lf_facts *facts);

/* The namespaces of all environments, in their order; of a plan without any, its own. For questions that come before the parts are made. */
void lf_environments_namespaces(struct lf_names *out, const struct lf_plan *plan);
bool lf_environments_some_share_namespace(const struct lf_plan *plan); /* two of all environments, in one cluster; likewise before the parts are made */

/* "gitrepository.yaml" → "dev-gitrepository.yaml" where the parts' files lie in one folder; PLAN is the part. The caller frees. */
LF_NODISCARD char *lf_environments_file(const struct lf_plan *plan, const char *name);
/* Whether another environment has the same namespace: then the objects in it need names of their own. */
bool lf_environments_share_namespace(const struct lf_plan *part);
/* Whether PART follows the branch that is pushed to: else the commit reaches it only by a merge. */
bool lf_environments_follows_push(const struct lf_plan *part);
/* Whether PART reads the source that all read, and not one of its own: independent of which branch is pushed to this time. */
bool lf_environments_shares_source(const struct lf_plan *part);

#endif
