/* helm_drift: what happens when somebody changes what a release installed: by the scenario, and what driftDetection does
 * about it. */
#include "config.h"
#include "providers/sandbox/helm_release.h"

#include <string.h>

#include "core/mem.h"
#include "providers/sandbox/controllers.h"
#include "providers/sandbox/events.h"

static const char component[] = "helm-controller";

void lf_helm_drift_correct(struct lf_sandbox *sandbox, const struct lf_node *release)
{
	char *changes = NULL, *name = lf_helm_full_name(lf_node_get(release, "status.history.0")), *message;

	if (lf_equal(lf_node_text(release, "spec.driftDetection.mode"), "enabled") &&
	    lf_helm_correct(&changes, sandbox, release)) {
		message = lf_format("Cluster state of release %s has drifted from the desired state:\n%s", name, changes);
		lf_event(sandbox, release, "Warning", "DriftDetected", component, "%s", message);
		lf_free(message);
		message = lf_format("Cluster state of release %s has been corrected:\n%s", name, changes);
		lf_event(sandbox, release, "Normal", "DriftCorrected", component, "%s", message);
		lf_free(message);
	}
	lf_free(changes);
	lf_free(name);
}

void lf_helm_drift_begin(struct lf_sandbox *sandbox, const struct lf_node *release)
{
	const struct lf_node *entries = lf_node_get(release, "status.inventory.entries");

	for (size_t i = 0; i < lf_node_count(entries); i++) {
		const char *id = lf_node_text(lf_node_at(entries, i), "id"), *end = strstr(id, "_apps_Deployment");
		const char *bar = end ? strchr(id, '_') : NULL;

		if (bar && bar < end) {
			char *namespace = lf_dup_n(id, (size_t)(bar - id)), *deployment = lf_dup_n(bar + 1, (size_t)(end - bar - 1));

			lf_drift_begin(sandbox, release, namespace, deployment);
			lf_free(namespace);
			lf_free(deployment);
		}
	}
}
