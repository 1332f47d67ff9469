/* helm_release: what helm-controller needs before it can act on a HelmRelease, and what its actions do to the
 * cluster. Steps and conditions are helm_sim's. */
#ifndef LF_SANDBOX_HELM_RELEASE_H
#define LF_SANDBOX_HELM_RELEASE_H

#include "providers/sandbox/chart_find.h"
#include "providers/sandbox/flux_apply.h"

struct lf_helm_job { /* what a HelmRelease wants now */
	struct lf_helm_chart chart;
	char *version; /* of the chart, with the commit behind it where that counts */
	char *name, *namespace;
	struct lf_node *values; /* merged from everywhere but the chart */
	char digest[65];        /* of VALUES */
};
void lf_helm_job_dispose(struct lf_helm_job *job);

/* Makes the HelmChart the release describes, or brings it up to date; sets status.helmChart. NULL, or what was refused;
 * the caller frees. */
LF_NODISCARD char *lf_helm_make_chart(struct lf_sandbox *sandbox, struct lf_node *release);
/* The HelmChart or OCIRepository the release installs; NULL: there is none. */
const struct lf_node *lf_helm_source_of(const struct lf_sandbox *sandbox, const struct lf_node *release);
/* Fills OUT. NULL, or why it cannot begin, with *REASON; the caller frees. */
LF_NODISCARD char *lf_helm_prepare(struct lf_helm_job *out, struct lf_sandbox *sandbox, const struct lf_node *release,
                                   const char **reason);

/* Renders and applies as revision VERSION. NULL, or what went wrong (the caller frees); *STORED: Helm has taken note of
 * the release, so that there is something to undo. Writes status.history and status.inventory. */
LF_NODISCARD char *lf_helm_apply(struct lf_sandbox *sandbox, struct lf_node *release, const struct lf_helm_job *job,
                                 int64_t version, bool *stored);
/* Whether all of the inventory is ready; TIME_IS_UP: *PROBLEM says what is not. The caller frees. */
enum lf_flux_health lf_helm_check(char **problem, const struct lf_sandbox *sandbox, const struct lf_node *release,
                                  bool time_is_up);
void lf_helm_uninstall(struct lf_sandbox *sandbox, struct lf_node *release);
/* Back to TO, an item of status.history, as revision VERSION. */
void lf_helm_rollback(struct lf_sandbox *sandbox, struct lf_node *release, const struct lf_node *to, int64_t version);
/* Sets back what differs from what was installed; returns how much did, and what in *CHANGES (the caller frees). */
size_t lf_helm_correct(char **changes, struct lf_sandbox *sandbox, const struct lf_node *release);

/* helm_drift.c: corrects what differs, where the release asks for that; lets the scenario make something differ. */
void lf_helm_drift_correct(struct lf_sandbox *sandbox, const struct lf_node *release);
void lf_helm_drift_begin(struct lf_sandbox *sandbox, const struct lf_node *release);

/* "production/production-web.v1" of an item of status.history. The caller frees. */
LF_NODISCARD char *lf_helm_full_name(const struct lf_node *snapshot);

#endif
