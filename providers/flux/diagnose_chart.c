/* diagnose_chart: what source-controller says of HelmRepositories and HelmCharts, and helm-controller of releases, into causes. A new failure is a new row. Words are those
 * of source-controller 1.9 (internal/helm) and of Helm 4. */
#include "config.h"
#include "providers/flux/flux.h"

#include <string.h>

#include "core/condition.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/symptom.h"

#define LOOK {"Look at it", "kubectl describe {source-kind} -n {source-namespace} {source}"}
#define SHOW_VALUES {"See the values it has", "flux debug helmrelease -n {namespace} {name} --show-values"}

static const struct lf_symptom chart_rows[] = {
	{"chart with version matching|no chart version found|version not found|could not locate a version", NULL, "chart-version-missing",
	 "The chart has no such version: {detail}", 0, {{"Choose a version there is and deliver again", NULL}, LOOK}},
	{"no chart name found|chart not found|no chart with name", NULL, "chart-missing", "The repository has no such chart: {detail}", 0,
	 {{"Correct the chart's name and deliver again", NULL}, LOOK}},
	{"improper constraint|invalid semantic version|invalid semver", NULL, "chart-version-invalid", "The chart's version is neither a version nor a range: {detail}", 0,
	 {{"Correct it and deliver again. Example: 1.2.3 or 1.x.x", NULL}}},
	{"no values file found|values files merge error|failed to merge values", NULL, "value-file-missing", "A value file is not in the commit, or cannot be read: {detail}", 0,
	 {{"Correct the value files and deliver again", NULL}, LOOK}},
	{"dependency build error|dependencies", NULL, "chart-dependency", "A chart that this one depends on cannot be had: {detail}", 30,
	 {{"Correct the dependencies in Chart.yaml, or check their repositories", NULL}, LOOK}},
	{"cannot load |validation: ", NULL, "chart-broken", "The chart at {path} cannot be read: {detail}", 0, {{"Correct the file that is named and deliver again", NULL}, LOOK}},
	{"Chart.yaml|no such file or directory|not a directory|path does not exist|invalid chart reference", NULL, "path-not-found",
	 "There is no chart at {path} in the commit that Flux fetched.", 0, {{"Correct the path and deliver again", NULL}, LOOK}},
	{"does not look like a TLS handshake|server gave HTTP response to HTTPS client", NULL, "registry-without-tls", "The registry speaks HTTP, and Flux asks it over TLS.", 0,
	 {{"Give the registry a certificate, or say insecure: true in the HelmRepository where the network is trusted", NULL}, LOOK}},
	{"failed to get secret|secrets \"", "not found", "credentials-missing", "The Secret with the chart credentials does not exist in {source-namespace}.", 20,
	 {{"Make it there, or name another under \"Secret with chart credentials\"", "flux create secret helm charts-credentials -n {source-namespace}"}}},
	{"401|403|unauthorized|denied|authentication required", NULL, "repository-auth", "The chart repository wants other credentials than Flux has.", 0,
	 {{"Make a Secret and name it under \"Secret with chart credentials\"", "flux create secret helm charts-credentials -n {source-namespace}"}, LOOK}},
	{"404 Not Found|not found", NULL, "repository-missing", "The chart repository has no such address: {detail}", 0,
	 {{"Check the address; it must have an index.yaml below it", NULL}, LOOK}},
	{"x509|certificate", NULL, "repository-certificate", "Flux does not trust the chart repository's certificate.", 0,
	 {{"Name a Secret with its CA under certSecretRef of the HelmRepository", NULL}, LOOK}},
	{"no such host|connection refused|i/o timeout|no route to host|network is unreachable|deadline exceeded|EOF|status code: 5|50", NULL, "repository-unreachable",
	 "Flux cannot reach the chart repository: {detail}", 30, {{"Check the address from inside the cluster, and the network to it", NULL}, LOOK}},
	{"", NULL, "source-failed", "Flux cannot fetch the chart: {detail}", 30, {LOOK}},
};

static const struct lf_symptom values_rows[] = {
	{"could not find|not found|missing key", NULL, "values-missing", "What a release takes its values from is not there: {detail}", 10,
	 {{"Make the ConfigMap or Secret beside the HelmRelease, or say optional: true", NULL}, {"See what there is", "kubectl get configmaps,secrets -n {namespace}"}}},
	{"", NULL, "values-unreadable", "Flux cannot put the values together: {detail}", 0, {{"Correct them and deliver again", NULL}, SHOW_VALUES}},
};

static const struct lf_symptom release_rows[] = {
	{"meet the specifications of the schema|values.schema.json", NULL, "values-refused", "The chart refuses the values: {detail}", 0,
	 {{"Correct the values and deliver again", NULL}, SHOW_VALUES}},
	{"execution error at|error calling|template: |parse error|nil pointer evaluating|YAML parse error|error converting YAML", NULL, "chart-failed",
	 "Helm cannot render the chart with these values: {innermost}", 0, {{"Correct the values or the chart and deliver again", NULL}, SHOW_VALUES}},
	{"cannot be imported into the current release|invalid ownership metadata|already exists", NULL, "shared-resource", "Something of the chart exists already and is not this release's: {detail}", 0,
	 {{"Delete it, or take the release over by its name (releaseName)", NULL}}},
	{"another operation", "in progress", "release-busy", "Another Helm operation holds the release.", 60, {{"Wait; Flux unlocks it", NULL}}},
	/* What a client says that is not let ask once more before the time is over: nothing about the cause. */
	{"rate limiter", NULL, "health-timeout", "Not everything of the release became healthy in time.", 0,
	 {{"Look at its workload; if it is only slow, raise the time to apply", NULL}}},
	{"timed out waiting|timeout waiting|context deadline exceeded|not ready|progress deadline", NULL, "health-timeout", "Not everything of the release became healthy in time: {detail}", 0,
	 {{"Look at what is named; if it is only slow, raise the time to apply", NULL}}},
};

static const struct lf_symptom last_rows[] = {
	{"retries exhausted|Failed to install after|Failed to upgrade after|MissingRollbackTarget", NULL, "helm-retries-exhausted", "Helm failed as often as it may try: {detail}", 0,
	 {{"Correct the values or the chart and deliver again", NULL}, {"Or let it try once more", "flux reconcile helmrelease -n {namespace} {name} --reset"}}},
	{"", NULL, "helm-failed", "Helm cannot install the chart: {detail}", 0,
	 {{"Correct the values or the chart and deliver again", NULL}, {"Read what it says", "kubectl describe helmrelease -n {namespace} {name}"}}},
};

bool lf_flux_is_chart_source(const struct lf_node *source)
{
	return lf_equal(lf_node_text(source, "kind"), "HelmChart") || lf_equal(lf_node_text(source, "kind"), "HelmRepository");
}

void lf_flux_diagnose_chart(struct lf_diagnosis *out, const struct lf_symptom_case *what)
{
	(void)lf_symptom_diagnose(out, chart_rows, LF_COUNT(chart_rows), what);
}

bool lf_flux_is_helm_failure(const char *reason)
{
	static const char *const reasons[] = {"InstallFailed",	   "UpgradeFailed",	"RetriesExceeded", "MissingRollbackTarget", "RollbackSucceeded", "UninstallSucceeded",
					      "RollbackFailed", "UninstallFailed", "TestFailed",      "ChartMutateError",	    "ReconcileError",	 "StateError"};

	for (size_t i = 0; i < LF_COUNT(reasons); i++) {
		if (lf_equal(reason, reasons[i]))
			return true;
	}
	return false;
}

/* Once a failure was undone, Ready only tells of that; what failed stays in Released. */
static const char *what_failed(const struct lf_node *release, const struct lf_node *ready)
{
	const char *reason = lf_node_text(ready, "reason");
	const struct lf_node *released = lf_condition_find(release, "Released");
	bool is_aftermath = lf_equal(reason, "RollbackSucceeded") || lf_equal(reason, "UninstallSucceeded") || lf_equal(reason, "RollbackFailed") ||
			    lf_equal(reason, "UninstallFailed") || lf_equal(reason, "RetriesExceeded") || lf_equal(reason, "MissingRollbackTarget");

	return lf_node_text(is_aftermath && lf_equal(lf_node_text(released, "status"), "False") ? released : ready, "message");
}

void lf_flux_diagnose_release(struct lf_diagnosis *out, const struct lf_node *release, const struct lf_node *ready, const struct lf_symptom_case *about)
{
	struct lf_symptom_case what = *about;

	if (lf_equal(lf_node_text(ready, "reason"), "ValuesError")) {
		(void)lf_symptom_diagnose(out, values_rows, LF_COUNT(values_rows), &what);
		return;
	}
	what.message = what_failed(release, ready);
	if (!lf_symptom_diagnose(out, release_rows, LF_COUNT(release_rows), &what)) {
		struct lf_symptom_case applied = what;

		applied.subject = NULL; /* the message names it */
		if (!lf_symptom_diagnose(out, lf_symptoms_of_apply, lf_symptoms_of_apply_count - 1, &applied))
			(void)lf_symptom_diagnose(out, last_rows, LF_COUNT(last_rows), &what);
	}
	if (!lf_equal(what.message, lf_node_text(ready, "message")))
		lf_diagnosis_evidence(out, lf_node_text(ready, "message"));
}
