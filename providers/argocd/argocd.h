/* argocd: what the files of this folder share. Rules and their sources: Argo CD 3.2 to 3.6 (controller/, gitops-engine/, util/argo). */
#ifndef LF_PROVIDERS_ARGOCD_ARGOCD_H
#define LF_PROVIDERS_ARGOCD_ARGOCD_H

#include "core/engine.h"
#include "core/extra.h"
#include "core/plan.h"

#define LF_ARGOCD_GROUP "argoproj.io"
#define LF_ARGOCD_IN_CLUSTER "https://kubernetes.default.svc"

/* questions.c */
#define LF_ARGOCD_QUESTIONS 12
extern const struct lf_question lf_argocd_questions[];

/* Each a file: rows and what they write. */
extern const struct lf_extra lf_argocd_chart; /* render_chart.c */
extern const struct lf_extra lf_argocd_notifications, lf_argocd_chart_extras;
#define LF_ARGOCD_CHART_QUESTIONS 4
extern const struct lf_question lf_argocd_chart_rows[]; /* questions_chart.c */

/* render.c */
void lf_argocd_render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts);
LF_NODISCARD char *lf_argocd_git_url(const struct lf_plan *plan); /* of the repository, as Argo CD takes it; the caller frees */
LF_NODISCARD char *lf_argocd_file(const struct lf_plan *plan); /* where it is written; the caller frees */

/* Each a file: rows and what they write. */
extern const struct lf_extra lf_argocd_application_set, lf_argocd_project;
#define LF_ARGOCD_PROJECT_QUESTIONS 8
extern const struct lf_question lf_argocd_project_rows[]; /* project_questions.c */
#define LF_ARGOCD_SET_QUESTIONS 2
extern const struct lf_question lf_argocd_set_rows[]; /* applicationset_questions.c */
/* template.c: TEXT, or all of NODE, as a template that gives just that, whatever braces it holds. */
LF_NODISCARD char *lf_argocd_template_text(const char *text);
LF_NODISCARD struct lf_node *lf_argocd_as_template(const struct lf_node *node);
/* An AppProject in the cluster that is there for this repository and destination. */
bool lf_argocd_derive_project_name(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts); /* with a number where it is taken */
char *lf_argocd_recall_kinds(const struct lf_node *list); /* project_found.c: as the rows' recall */
char *lf_argocd_recall_namespaces(const struct lf_node *list);
char *lf_argocd_recall_roles(const struct lf_node *list);
bool lf_argocd_derive_project(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts);
bool lf_argocd_wants_set(const struct lf_plan *plan);	   /* one ApplicationSet in place of the Applications */
bool lf_argocd_set_is_of_clusters(const struct lf_plan *plan); /* and its Applications have names only it knows */

struct lf_node *lf_argocd_build(const struct lf_plan *plan, const struct lf_facts *facts); /* the Application */
struct lf_node *lf_argocd_build_beside(const struct lf_plan *plan, const struct lf_facts *facts); /* one beside it: a canary's changes to the release are none of its own */

/* render_chart.c */
void lf_argocd_put_chart(struct lf_node *source, const struct lf_plan *plan); /* repoURL, chart and targetRevision of a chart of a repository */
void lf_argocd_put_helm(struct lf_node *source, const struct lf_plan *plan);  /* "helm", unless it would be empty */
LF_NODISCARD char *lf_argocd_chart_url(const char *url); /* as Argo CD wants it: an OCI registry without its scheme */

/* target.c: what is in the cluster already. */
/* An Application of somebody else that applies the very path into the very namespace: it is used, and none is written. False: none. */
/* Whether what REVISION names moves when BRANCH is pushed: its name, its full ref, or HEAD where it is the default branch. */
bool lf_argocd_follows_branch(const char *revision, const char *branch, const struct lf_facts *facts);
bool lf_argocd_find_adopted(struct lf_ref *out, const struct lf_plan *plan, const struct lf_facts *facts);
/* The existing Application of our name that applies something else; NULL: none. */
const struct lf_node *lf_argocd_find_clash(const struct lf_plan *plan, const struct lf_facts *facts, const char *namespace);
void lf_argocd_target(struct lf_target *out, const struct lf_plan *plan, const struct lf_facts *facts);
void lf_argocd_target_of(struct lf_target *out, const struct lf_node *consumer);
bool lf_argocd_find_watcher(struct lf_ref *out, const struct lf_facts *facts, const char *repository, const char *branch, const char *path, bool exact);
/* The source of APP that reads REPOSITORY, or its first; spec.sources counts before spec.source. *INDEX: its place in spec.sources, -1 for spec.source. */
const struct lf_node *lf_argocd_source(const struct lf_node *app, const char *repository, int *index);

extern const struct lf_resource_action *const lf_argocd_actions[]; /* actions.c */

/* follow.c: what is watched and asked for. */
void lf_argocd_wants(struct lf_wants *out, const struct lf_objects *objects, const struct lf_target *target);
void lf_argocd_nudge(struct lf_patch *out, const struct lf_objects *objects, const struct lf_target *target, const char *token);
bool lf_argocd_is_automated(const struct lf_node *app);
/* APP is what was pushed, where that is all there is to go by (target->wanted); else true. */
bool lf_argocd_runs_wanted(const struct lf_node *app, const struct lf_target *target);
/* The last comparison, the last operation, were made with the commit looked for, or with the source as it was pushed. */
bool lf_argocd_is_compared(const struct lf_node *app, const struct lf_target *target);
bool lf_argocd_is_synced_to(const struct lf_node *app, const struct lf_target *target);
/* "revision" of MAP (status.sync, syncResult, operation.sync), or of its "revisions" the one of the source that reads TARGET's repository. */
const char *lf_argocd_revision(const struct lf_node *map, const struct lf_node *app, const struct lf_target *target);
/* status.resources without hooks and without what only waits to be pruned. */
void lf_argocd_resources(struct lf_refs *out, const struct lf_node *app);
struct lf_ref lf_argocd_resource_ref(const struct lf_node *entry);
bool lf_argocd_is_refreshing(const struct lf_node *app);

/* owner.c */
bool lf_argocd_claim(struct lf_ref *out, const struct lf_node *object);
bool lf_argocd_lists(const struct lf_node *consumer, const struct lf_ref *ref);
void lf_argocd_origin(struct lf_origin *out, const struct lf_objects *objects, const struct lf_node *consumer);

/* set.c: an ApplicationSet as what is followed, or as what is to make the Application that is. */
bool lf_argocd_is_set(const struct lf_ref *ref);
void lf_argocd_set_wants(struct lf_wants *out, const struct lf_objects *objects, const struct lf_target *target);
void lf_argocd_set_nudge(struct lf_patch *out, const struct lf_objects *objects, const struct lf_target *target, const char *token);
void lf_argocd_set_refresh(struct lf_patch *out, const struct lf_objects *objects, const struct lf_ref *set, const char *token);
/* Why there is no Application yet. */
void lf_argocd_set_assess(struct lf_progress *out, const struct lf_objects *objects, const struct lf_ref *set, int64_t now_ms);
void lf_argocd_set_assess_members(struct lf_progress *out, const struct lf_objects *objects, const struct lf_target *target, int64_t now_ms);

/* assess.c */
void lf_argocd_assess(struct lf_progress *out, const struct lf_objects *objects, const struct lf_target *target, int64_t now_ms);

/* diagnose.c */
void lf_argocd_diagnose_condition(struct lf_diagnosis *out, const struct lf_node *condition, const struct lf_target *target, int64_t age_ms);
/* A sync that failed or waits for another try. */
void lf_argocd_diagnose_operation(struct lf_diagnosis *out, const struct lf_node *operation_state, const struct lf_target *target, int64_t age_ms);

#endif
