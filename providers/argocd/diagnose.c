/* diagnose: Argo CD's conditions and operation messages into causes (reference argocd §7). A new failure is a new row. What an API server refuses is in
 * core/symptom_apply.c. */
#include "config.h"
#include "providers/argocd/argocd.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/symptom.h"

#define NEVER (365 * 24 * 3600)
#define PROJECT_NEW 30 /* registered with the Application, it may reach the controller after it, whose next try is due after some seconds */
#define LOOK {"Look at the Application", "kubectl describe applications.argoproj.io -n {namespace} {name}"}

static const struct lf_symptom condition_rows[] = {
	/* the project and the destination */
	{"does not match any of the allowed destinations|do not match any of the allowed destinations", NULL, "project-denies-destination",
	 "The project does not allow this destination: {detail}", 0,
	 {{"Add the cluster and namespace to the project's destinations, or choose another project", NULL}, LOOK}},
	{"is not permitted in project", NULL, "project-denies", "The project does not allow it: {detail}", 0,
	 {{"Extend the project's sourceRepos, destinations or resource lists, or choose another project", NULL},
	  {"See what the project allows", "kubectl get appprojects.argoproj.io -n {namespace} -o yaml"}}},
	{"referencing project|project which does not exist|or the project does not exist|is not allowed in project", NULL, "project-missing",
	 "The project of the Application does not exist, or it may not use it: {detail}", PROJECT_NEW,
	 {{"Make the AppProject, or answer default", NULL}, {"See the projects there are", "kubectl get appprojects.argoproj.io -A"}}},
	{"there are no clusters with this name|Unable to get cluster|cluster not found|clusters with the same name", NULL, "cluster-unknown",
	 "Argo CD does not know the destination cluster: {detail}", 0,
	 {{"Register the cluster, or deploy to the one Argo CD runs in", "argocd cluster list"}}},
	/* the repository */
	{"unable to resolve|couldn't find remote ref|unknown revision", "commit SHA|remote ref|revision", "branch-missing",
	 "The branch does not exist in the repository: {quoted}", 0,
	 {{"Correct the branch and deliver again", NULL}, {"See the branches there are", "git ls-remote --heads {repository}"}}},
	{"no version for constraint|version matching constraint|version not found|could not find any revision|failed to find a version|no matching version|not found in", "chart|version|constraint|tags",
	 "chart-version-missing", "The repository has no such chart, or not in this version: {detail}", 0,
	 {{"Correct the chart's name or version and deliver again", NULL}, {"See the charts there are", "helm search repo --versions"}, LOOK}},
	{"app path does not exist|path does not exist|outside root|outside of repository root", NULL, "path-not-found",
	 "The path {path} does not exist in the commit that Argo CD fetched.", 0,
	 {{"Correct the path and deliver again", NULL}, {"See what the commit holds", "git ls-tree -r -d --name-only {commit}"}, LOOK}},
	{"knownhosts|host key", NULL, "host-key-unknown", "Argo CD does not trust the Git server's host key.", 0,
	 {{"Add the key", "ssh-keyscan HOST | argocd cert add-ssh --batch"}, LOOK}},
	{"x509|certificate signed by unknown", NULL, "repository-certificate", "Argo CD does not trust the Git server's certificate.", 0,
	 {{"Add the server's CA to the ConfigMap argocd-tls-certs-cm", NULL}, LOOK}},
	{"authentication required|unable to authenticate|authorization failed|invalid username or password|invalid credentials|could not read Username|Permission denied|publickey|403 Forbidden|401 Unauthorized",
	 NULL, "repository-auth", "The Git server wants other credentials than Argo CD has.", 0,
	 {{"Add credentials for the repository (it asks for the password)", "argocd repo add {repository} --username git"}, {"See what it has", "argocd repo list"}}},
	{"repository not found|does not appear to be a git repository|404 Not Found", NULL, "repository-missing",
	 "The repository does not exist for Argo CD. Many servers say so too when they want credentials.", 0,
	 {{"Check the URL", "git ls-remote {repository}"},
	  {"For a private repository, add credentials (it asks for the password)", "argocd repo add {repository} --username git"}}},
	{"no such host|connection refused|i/o timeout|no route to host|network is unreachable|Could not resolve host|Failed to connect|EOF", NULL,
	 "repository-unreachable", "Argo CD cannot reach what it needs: {detail}", 30,
	 {{"Check that the URL is right from inside the cluster, and the network to it", NULL}, LOOK}},
	{"context deadline exceeded|DeadlineExceeded|Unavailable desc", NULL, "repository-slow", "Argo CD's repository server does not answer in time.", 120,
	 {{"Wait; then look at the repository server", "kubectl get pods -n {namespace} -l app.kubernetes.io/name=argocd-repo-server"}}},
	/* the manifests */
	{"already registered id|appeared 2 times|times among application resources", NULL, "build-duplicate", "Two files define the same object: {detail}", 0,
	 {{"Remove one of them and deliver again", NULL}, {"Build it here", "kubectl kustomize {path}"}}},
	{"kustomize build", "invalid Kustomization", "build-kustomization", "A kustomization.yaml below {path} is not valid: {detail}", 0,
	 {{"Correct it and deliver again", NULL}, {"Build it here", "kubectl kustomize {path}"}}},
	{"kustomize build", "no such file or directory|must resolve to a file|doesn't exist", "build-file-missing",
	 "kustomization.yaml lists a file that is not in the commit: {file}", 0,
	 {{"Add the file, or take it out of resources, and deliver again", NULL}, {"Build it here", "kubectl kustomize {path}"}}},
	{"kustomize build", NULL, "build-failed", "Kustomize cannot build {path}: {detail}", 0,
	 {{"Build it here, correct it and deliver again", "kubectl kustomize {path}"}}},
	{"helm template|helm pull|chart", "specifications of the schema|values.schema.json", "values-refused", "The chart refuses the values: {detail}", 0,
	 {{"Correct the values and deliver again", NULL}, LOOK}},
	{"open ", "values|.yaml: no such file", "value-file-missing", "A value file is not in the commit: {detail}", 0,
	 {{"Correct the value files and deliver again", NULL}, LOOK}},
	{"helm template", NULL, "chart-failed", "Helm cannot render the chart: {detail}", 0, {{"Correct the chart or its values and deliver again", NULL}}},
	{"unmarshalling the helm chart|cannot load Chart.yaml|chart.metadata", NULL, "chart-broken", "The chart at {path} cannot be read: {detail}", 0,
	 {{"Correct its Chart.yaml and deliver again", NULL}, LOOK}},
	{"Failed to unmarshal|yaml: |error converting YAML|failed to unmarshal|invalid character|Object 'Kind' is missing", NULL, "build-bad-yaml",
	 "{file} is not a valid manifest: {detail}", 0, {{"Correct the file and deliver again", NULL}, LOOK}},
	{"field not declared in schema", NULL, "manifest-refused", "A manifest has a field that does not exist: {detail}", 0,
	 {{"Correct the field's name or its indentation and deliver again", NULL}, LOOK}},
	{"auto-sync will wipe out all resources", NULL, "empty-commit", "The commit renders nothing, and applying that would delete everything.", 0,
	 {{"Check the path and the branch; answer yes to \"Allow empty\" only if it is meant", NULL}}},
	{"Failed last sync attempt|failed sync attempt", NULL, "sync-not-retried", "The last sync of this commit failed, and Argo CD does not try it again by itself.", 0,
	 {{"Correct what failed and deliver again", NULL}, {"Or sync once more", "argocd app sync {name}"}, {"See what failed", "argocd app get {name}"}}},
	{"is part of applications|Shared resource found", NULL, "shared-resource", "Another Application owns the same object: {detail}", 0,
	 {{"Remove it from one of the two", NULL}}},
	{"cached", "Manifest generation error", "build-failed", "Argo CD cannot render the manifests (it remembers an earlier failure): {detail}", 0,
	 {{"Correct it; then have it read again", "argocd app get {name} --hard-refresh"}}},
	{"error synchronizing cache state|failed to load live state|Failed to load live state|failed to sync cluster", NULL, "cluster-unreachable",
	 "Argo CD cannot read the destination cluster: {detail}", 60, {{"Check Argo CD's connection to it", "argocd cluster list"}}},
	{"resource size limit", NULL, "too-many-resources", "The Application has more resources than its status can hold.", 0, {{"Split the application", NULL}}},
	{"", NULL, "comparison-failed", "Argo CD cannot compare the commit with the cluster: {detail}", 20, {LOOK, {"See it in Argo CD's words", "argocd app get {name}"}}},
};

static const struct lf_symptom operation_rows[] = {
	{"blocked by sync window", NULL, "sync-window", "A sync window of the project does not allow a sync now.", NEVER,
	 {{"Wait for the window, or allow manual syncs in it", "argocd proj windows list PROJECT"}}},
	{"another operation is already in progress", NULL, "operation-busy", "Another sync is running.", NEVER,
	 {{"Wait, or end it", "argocd app terminate-op {name}"}}},
	{"Operation terminated|operation is terminating", NULL, "terminated", "The sync was ended before it was over.", 0,
	 {{"Sync once more", "argocd app sync {name}"}}},
	{"namespace auto creation failed|namespace failed to apply", NULL, "namespace-missing", "Argo CD could not make the namespace {target}: {detail}", 0,
	 {{"Allow Namespace in the project's clusterResourceWhitelist, or make it by hand", "kubectl create namespace {target}"}}},
	{"referencing project|project which does not exist", NULL, "project-missing", "The project of the Application does not exist: {detail}", PROJECT_NEW,
	 {{"Make the AppProject, or answer default", NULL}, {"See the projects there are", "kubectl get appprojects.argoproj.io -A"}}},
	{"is not permitted in project", NULL, "project-denies", "The project does not allow it: {detail}", 0,
	 {{"Extend the project's resource lists, or choose another project", NULL}}},
	{"no matching service account found", NULL, "no-service-account", "The project names no service account for this destination.", 0,
	 {{"Add one to the project's destinationServiceAccounts", NULL}}},
	{"hook", "fail", "hook-failed", "A hook of the sync failed: {detail}", 0,
	 {{"Read the log of the hook's pod, correct it and deliver again", NULL}, {"See which one", "argocd app get {name}"}}},
	{"Shared resource found", NULL, "shared-resource", "Another Application owns the same object: {detail}", 0, {{"Remove it from one of the two", NULL}}},
	{"", NULL, "sync-failed", "The sync failed: {detail}", 0,
	 {{"See which resource", "argocd app get {name}"}, LOOK}},
};

/* What no row of the conditions knows, of a sync that Argo CD refuses: nothing is compared there. */
static const struct lf_symptom refused_sync = {
	"", NULL, "sync-failed", "Argo CD cannot sync: {detail}", 20, {LOOK, {"See it in Argo CD's words", "argocd app get {name}"}},
};

void lf_argocd_diagnose_condition(struct lf_diagnosis *out, const struct lf_node *condition, const struct lf_target *target, int64_t age_ms)
{
	const struct lf_symptom_case what = {
		.message = lf_node_text(condition, "message"), .subject = &target->consumer, .target = target, .age_ms = age_ms,
	};

	if (!lf_equal(lf_node_text(condition, "type"), "SyncError"))
		(void)lf_symptom_diagnose(out, condition_rows, LF_COUNT(condition_rows), &what);
	else if (!lf_symptom_diagnose(out, condition_rows, LF_COUNT(condition_rows) - 1, &what))
		(void)lf_symptom_diagnose(out, &refused_sync, 1, &what);
}

/* By a row that knows the words, not by those that match always. */
static bool diagnose_exactly(struct lf_diagnosis *out, const struct lf_symptom_case *what)
{
	return lf_symptom_diagnose(out, operation_rows, LF_COUNT(operation_rows) - 1, what) ||
	       lf_symptom_diagnose(out, lf_symptoms_of_apply, lf_symptoms_of_apply_count - 1, what);
}

static bool has_failed(const struct lf_node *result)
{
	const char *phase = lf_node_text(result, "hookPhase");

	return lf_equal(lf_node_text(result, "status"), "SyncFailed") || lf_equal(phase, "Failed") || lf_equal(phase, "Error");
}

/* Names every other resource that failed: partial failures list them all. */
static void add_others(struct lf_diagnosis *out, const struct lf_node *results, const struct lf_node *told)
{
	for (size_t i = 0; i < lf_node_count(results); i++) {
		const struct lf_node *result = lf_node_at(results, i);
		struct lf_ref ref;
		struct lf_str line = {0};

		if (result == told || !has_failed(result))
			continue;
		ref = lf_argocd_resource_ref(result);
		lf_ref_text(&line, &ref);
		lf_str_addf(&line, ": %s", lf_node_text(result, "message"));
		lf_diagnosis_evidence(out, lf_str_text(&line));
		lf_str_dispose(&line);
		lf_ref_dispose(&ref);
	}
}

void lf_argocd_diagnose_operation(struct lf_diagnosis *out, const struct lf_node *state, const struct lf_target *target, int64_t age_ms)
{
	const struct lf_node *results = lf_node_get(state, "syncResult.resources"), *told = NULL;
	struct lf_symptom_case what = {.message = lf_node_text(state, "message"), .subject = &target->consumer, .target = target, .age_ms = age_ms};
	struct lf_ref ref = {0};

	for (size_t i = 0; i < lf_node_count(results) && !told; i++) {
		if (has_failed(lf_node_at(results, i)))
			told = lf_node_at(results, i);
	}
	if (told) {
		ref = lf_argocd_resource_ref(told);
		what.subject = &ref;
		what.message = lf_node_text(told, "message");
		if (*lf_node_text(told, "hookType") && !lf_equal(lf_node_text(told, "status"), "SyncFailed")) {
			lf_diagnosis_set(out, "hook-failed", &ref, "The hook %s %s failed: %s", ref.kind, ref.name, what.message);
			lf_diagnosis_evidence(out, what.message);
			lf_diagnosis_remedy(out, "Read its log, correct it and deliver again", NULL);
			out->terminal = true;
		} else if (!diagnose_exactly(out, &what)) {
			(void)lf_symptom_diagnose(out, lf_symptoms_of_apply, lf_symptoms_of_apply_count, &what);
		}
		lf_diagnosis_evidence(out, lf_node_text(state, "message"));
		add_others(out, results, told);
	} else if (!diagnose_exactly(out, &what)) {
		(void)lf_symptom_diagnose(out, operation_rows, LF_COUNT(operation_rows), &what);
	}
	lf_ref_dispose(&ref);
}
