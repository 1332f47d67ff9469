/* flux: what the files of this folder share. Rules and their sources: Flux 2.9 (source-controller 1.9, kustomize-controller 1.9, helm-controller 1.6). */
#ifndef LF_PROVIDERS_FLUX_FLUX_H
#define LF_PROVIDERS_FLUX_FLUX_H

#include "core/engine.h"
#include "core/extra.h"
#include "core/plan.h"

#define LF_FLUX_SOURCES "source.toolkit.fluxcd.io"
#define LF_FLUX_KUSTOMIZE "kustomize.toolkit.fluxcd.io"
#define LF_FLUX_HELM "helm.toolkit.fluxcd.io"
#define LF_FLUX_NOTIFICATION "notification.toolkit.fluxcd.io"
#define LF_FLUX_IMAGE "image.toolkit.fluxcd.io"

/* questions.c */
#define LF_FLUX_QUESTIONS 9
extern const struct lf_question lf_flux_questions[];
LF_NODISCARD int lf_flux_check_interval(const char *value, struct lf_error *err); /* beyond a duration: at least a second */

/* Each a file: rows and what they write. */
extern const struct lf_extra lf_flux_chart; /* questions_chart.c, render_chart.c */
extern const struct lf_extra lf_flux_chart_secrets, lf_flux_sync_options, lf_flux_image_automation, lf_flux_notifications;

#define LF_FLUX_IMAGE_QUESTIONS 12
extern const struct lf_question lf_flux_image_rows[]; /* image_questions.c */

/* render.c */
void lf_flux_render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts);

struct lf_node *lf_flux_document(const struct lf_facts *facts, const char *group, const char *kind, const char *fallback); /* fallback: the GA version */
void lf_flux_add(struct lf_documents *out, const struct lf_plan *plan, const char *name, struct lf_node *tree); /* beside the others, applied to register */
void lf_flux_add_own(struct lf_documents *out, const struct lf_plan *plan, const char *name, struct lf_node *tree); /* a file of one environment */
void lf_flux_add_namespace(struct lf_documents *out, const struct lf_plan *plan);
struct lf_node *lf_flux_build_repository(const struct lf_plan *plan, const struct lf_facts *facts, const char *name);

/* render_chart.c: a HelmRelease and where its chart comes from; nothing for other methods. */
void lf_flux_render_chart(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts);
struct lf_node *lf_flux_build_release(const struct lf_plan *plan, const struct lf_facts *facts);

/* target.c: what is in the cluster already. */
struct lf_flux_source {
	char *name;
	char *taken; /* our first choice of a name, which is another's; NULL: it is free */
	bool reused; /* one that is not ours reads the same URL and branch: nothing is written for it */
};
void lf_flux_choose_source(struct lf_flux_source *out, const struct lf_plan *plan, const struct lf_facts *facts);
void lf_flux_source_dispose(struct lf_flux_source *source);
/* A Kustomization of somebody else that applies the very path into the very namespace, or a folder whose kustomization.yaml names it: it is used, and none is written. False: none. */
bool lf_flux_find_adopted(struct lf_ref *out, const struct lf_plan *plan, const struct lf_facts *facts);
/* One that applies a folder above the path with everything below it, so that ours would be the second. False: none. */
bool lf_flux_find_twice(struct lf_ref *out, const struct lf_plan *plan, const struct lf_facts *facts);
/* The existing Kustomization of our name that applies something else; NULL: none. */
const struct lf_node *lf_flux_find_clash(const struct lf_plan *plan, const struct lf_facts *facts, const char *namespace);
/* One of the objects that exist; NULL: there is none, or nothing is known. */
const struct lf_node *lf_flux_find(const struct lf_facts *facts, const char *group, const char *kind, const char *namespace, const char *name);
bool lf_flux_is_kind(const struct lf_node *object, const char *group, const char *kind);
bool lf_flux_follows(const struct lf_node *source, const char *repository, const char *branch); /* the branch, and not a tag, a range or a commit */
void lf_flux_target(struct lf_target *out, const struct lf_plan *plan, const struct lf_facts *facts);
bool lf_flux_find_watcher(struct lf_ref *out, const struct lf_facts *facts, const char *repository, const char *branch, const char *path, bool exact);

/* target_chart.c: the same for charts. */
/* The HelmRepository of CHART_URL in NAMESPACE that may be used as it is; NULL: none. */
const struct lf_node *lf_flux_find_helm_repository(const struct lf_plan *plan, const struct lf_facts *facts);
/* A free name for one, from the URL; *TAKEN: the first choice belongs to another URL. The caller frees. */
LF_NODISCARD char *lf_flux_name_helm_repository(bool *taken, const struct lf_plan *plan, const struct lf_facts *facts);
/* The existing HelmRelease of our name with another chart; NULL: none. */
const struct lf_node *lf_flux_find_release_clash(const struct lf_plan *plan, const struct lf_facts *facts, const char *namespace);
void lf_flux_target_of(struct lf_target *out, const struct lf_node *consumer);
void lf_flux_target_chart(struct lf_target *out, const struct lf_plan *plan, const struct lf_facts *facts);

extern const struct lf_resource_action *const lf_flux_actions[]; /* actions.c */

/* follow.c: what is watched and asked for. */
void lf_flux_wants(struct lf_wants *out, const struct lf_objects *objects, const struct lf_target *target);
void lf_flux_nudge(struct lf_patch *out, const struct lf_objects *objects, const struct lf_target *target, const char *token);
/* The source that CONSUMER names; else TARGET's. Dispose it. */
struct lf_ref lf_flux_source_of(const struct lf_node *consumer, const struct lf_target *target);
/* What the chart of a HelmRelease is taken from: its HelmRepository or GitRepository; unset for another consumer, or where it names a chart itself. Dispose it. */
struct lf_ref lf_flux_origin_of(const struct lf_node *consumer);
/* CONSUMER is what was pushed, where that is all there is to go by (target->wanted); else true. */
bool lf_flux_runs_wanted(const struct lf_node *consumer, const struct lf_target *target);
/* "main@sha1:3f9c…" → "3f9c…": what stands behind the last '@' and the last ':' (before Flux 2.0: behind the last '/'). NULL if REVISION is empty. */
LF_NODISCARD char *lf_flux_commit_of(const char *revision);
/* Whether a HelmChart has stored what it says it packaged: source-controller tells version and commit some moments before, and is Ready meanwhile. */
bool lf_flux_is_stored(const struct lf_node *chart);
/* The commit a source has in store, whatever its kind; NULL: none. */
LF_NODISCARD char *lf_flux_commit_in_source(const struct lf_node *source);
/* status.inventory.entries[].id: "<namespace>_<name>_<group>_<Kind>"; ':' in a name is written "__". */
bool lf_flux_inventory_ref(struct lf_ref *out, const char *id);
bool lf_flux_has_inventory(const struct lf_ref *ref); /* it is Flux's own, and applies something itself */
void lf_flux_inventory(struct lf_refs *out, const struct lf_node *object);

/* owner.c */
bool lf_flux_claim(struct lf_ref *out, const struct lf_node *object);
bool lf_flux_lists(const struct lf_node *consumer, const struct lf_ref *ref);
void lf_flux_origin(struct lf_origin *out, const struct lf_objects *objects, const struct lf_node *consumer);

/* assess.c */
void lf_flux_assess(struct lf_progress *out, const struct lf_objects *objects, const struct lf_target *target, int64_t now_ms);

/* diagnose.c */
void lf_flux_diagnose_source(struct lf_diagnosis *out, const struct lf_node *source, const struct lf_node *condition, const struct lf_target *target,
			     int64_t age_ms);
void lf_flux_diagnose_consumer(struct lf_diagnosis *out, const struct lf_node *consumer, const struct lf_node *condition, const struct lf_ref *source,
			       const struct lf_target *target, int64_t age_ms);

/* diagnose_chart.c: parts of the above. */
struct lf_symptom_case;
bool lf_flux_is_chart_source(const struct lf_node *source);
void lf_flux_diagnose_chart(struct lf_diagnosis *out, const struct lf_symptom_case *what);
bool lf_flux_is_helm_failure(const char *reason);
void lf_flux_diagnose_release(struct lf_diagnosis *out, const struct lf_node *release, const struct lf_node *ready, const struct lf_symptom_case *about);

/* health_checks.c: healthChecks and healthCheckExprs, as answered and as what is delivered needs. */
void lf_flux_put_health(struct lf_node *spec, const struct lf_plan *plan, const struct lf_facts *facts);
char *lf_flux_recall_expressions(const struct lf_node *list); /* without what nobody answered */

/* recall.c: as the rows' recall. */
char *lf_flux_recall_depends(const struct lf_node *list);
char *lf_flux_recall_substitutes(const struct lf_node *list);
char *lf_flux_recall_policy(const struct lf_node *policy);
char *lf_flux_recall_order(const struct lf_node *policy);

#endif
