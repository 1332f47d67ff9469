/* helm_status: see helm_status.h. Pure: reads and writes the HelmRelease only. */
#include "config.h"
#include "providers/sandbox/helm_status.h"

#include <inttypes.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"
#include "providers/sandbox/tree.h"

/* "5m0s", as Go writes a duration. The caller frees. */
static char *timeout_text(const struct lf_node *release)
{
	const char *given = lf_node_text(release, "spec.timeout");
	int64_t seconds = lf_duration_ms(*given ? given : "5m") / 1000;

	if (seconds >= 3600)
		return lf_format("%" PRId64 "h%" PRId64 "m%" PRId64 "s", seconds / 3600, seconds / 60 % 60, seconds % 60);
	return seconds >= 60 ? lf_format("%" PRId64 "m%" PRId64 "s", seconds / 60, seconds % 60)
	                     : lf_format("%" PRId64 "s", seconds);
}

bool lf_helm_is_upgrade(const struct lf_node *release)
{
	return lf_equal(lf_node_text(release, "status.lastAttemptedReleaseAction"), "upgrade");
}

const char *lf_helm_deed(const struct lf_node *release)
{
	return lf_helm_is_upgrade(release) ? "upgrade" : "install";
}

/* The field "retries" or "remediateLastFailure" of what is configured for the action that was tried. */
const struct lf_node *lf_helm_remediation(const struct lf_node *release)
{
	return lf_node_get(release, lf_helm_is_upgrade(release) ? "spec.upgrade.remediation" : "spec.install.remediation");
}

int64_t lf_helm_failures(const struct lf_node *release)
{
	return lf_node_int(release, lf_helm_is_upgrade(release) ? "status.upgradeFailures" : "status.installFailures", 0);
}

bool lf_helm_is_exhausted(const struct lf_node *release)
{
	int64_t retries = lf_node_int(lf_helm_remediation(release), "retries", 0);

	return retries >= 0 && lf_helm_failures(release) > retries;
}

bool lf_helm_undoes_the_last(const struct lf_node *release)
{
	const struct lf_node *asked = lf_node_key(lf_helm_remediation(release), "remediateLastFailure");

	return asked ? lf_node_true(asked, NULL) : lf_helm_is_upgrade(release) && lf_node_int(lf_helm_remediation(release), "retries", 0) > 0;
}

void lf_helm_clear_failures(struct lf_node *release)
{
	lf_tree_remove(release, "status.failures");
	lf_tree_remove(release, "status.installFailures");
	lf_tree_remove(release, "status.upgradeFailures");
}

void lf_helm_running(struct lf_node *release, const char *action, bool makes_a_release)
{
	char *timeout = timeout_text(release);
	char *message = lf_format("Running '%s' action with timeout of %s", action, timeout);

	lf_tree_condition(release, "Reconciling", "True", "Progressing", message);
	if (makes_a_release)
		lf_tree_condition(release, "Ready", "Unknown", "Progressing", message);
	lf_free(message);
	lf_free(timeout);
}

/* Failures count for one chart with one set of values. */
void lf_helm_note_attempt(struct lf_node *release, const struct lf_helm_job *job)
{
	char *digest = lf_format("sha256:%s", job->digest);

	if (lf_node_int(release, "status.lastAttemptedGeneration", 0) != lf_node_int(release, "metadata.generation", 1) ||
	    !lf_equal(lf_node_text(release, "status.lastAttemptedRevision"), job->version) ||
	    !lf_equal(lf_node_text(release, "status.lastAttemptedConfigDigest"), digest))
		lf_helm_clear_failures(release);
	lf_tree_text(release, "status.storageNamespace", job->namespace);
	lf_tree_int(release, "status.lastAttemptedGeneration", lf_node_int(release, "metadata.generation", 1));
	lf_tree_text(release, "status.lastAttemptedRevision", job->version);
	lf_tree_text(release, "status.lastAttemptedConfigDigest", digest);
	lf_free(digest);
}

bool lf_helm_is_in_sync(const struct lf_node *release)
{
	const struct lf_node *latest = lf_node_get(release, "status.history.0");

	return lf_equal(lf_node_text(latest, "status"), "deployed") &&
	       lf_equal(lf_node_text(latest, "chartVersion"), lf_node_text(release, "status.lastAttemptedRevision")) &&
	       lf_equal(lf_node_text(latest, "configDigest"), lf_node_text(release, "status.lastAttemptedConfigDigest"));
}

/* The newest snapshot behind the failed one that ever ran. */
const struct lf_node *lf_helm_last_good(const struct lf_node *release)
{
	const struct lf_node *history = lf_node_get(release, "status.history");

	for (size_t i = 1; i < lf_node_count(history); i++) {
		const char *status = lf_node_text(lf_node_at(history, i), "status");

		if (lf_equal(status, "deployed") || lf_equal(status, "superseded"))
			return lf_node_at(history, i);
	}
	return NULL;
}
