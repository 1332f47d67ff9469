/* helm_status: what the status and the spec of a HelmRelease say about tries, failures and what is to be undone. */
#ifndef LF_SANDBOX_HELM_STATUS_H
#define LF_SANDBOX_HELM_STATUS_H

#include <stdbool.h>
#include <stdint.h>
#include "core/node.h"
#include "providers/sandbox/helm_release.h"

/* The action that was tried last. */
bool lf_helm_is_upgrade(const struct lf_node *release);
const char *lf_helm_deed(const struct lf_node *release); /* "install" or "upgrade" */
/* What is configured for the case that it fails; NULL: nothing. */
const struct lf_node *lf_helm_remediation(const struct lf_node *release);
int64_t lf_helm_failures(const struct lf_node *release); /* of that action, with this chart and these values */
bool lf_helm_is_exhausted(const struct lf_node *release);
bool lf_helm_undoes_the_last(const struct lf_node *release); /* the failure after which nothing is tried any more */
void lf_helm_clear_failures(struct lf_node *release);

/* Writes what is tried, and forgets failures of anything else. */
void lf_helm_note_attempt(struct lf_node *release, const struct lf_helm_job *job);
/* Whether what runs is what was written there. */
bool lf_helm_is_in_sync(const struct lf_node *release);
/* The conditions while ACTION runs. */
void lf_helm_running(struct lf_node *release, const char *action, bool makes_a_release);
/* The newest snapshot behind the failed one that ever ran; NULL: none did. */
const struct lf_node *lf_helm_last_good(const struct lf_node *release);

#endif
