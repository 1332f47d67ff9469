/* diagnose: Flux's reasons and messages into causes. A new failure is a new row; the reason chooses the table, the message the row. What an API server refuses is
 * in core/symptom_apply.c. */
#include "config.h"
#include "providers/flux/flux.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/symptom.h"

#define LOOK_AT_SOURCE {"Look at the source", "kubectl describe {source-kind} -n {source-namespace} {source}"}
#define NEVER (365 * 24 * 3600) /* waiting is all there is to do */

static const struct lf_symptom source_rows[] = {
	{"couldn't find remote ref|reference not found|couldn't find requested ref", NULL, "branch-missing",
	 "The branch that {source-kind} {source} follows does not exist in the repository.", 0,
	 {{"Correct the branch and deliver again", NULL}, {"See the branches there are", "git ls-remote --heads {repository}"}, LOOK_AT_SOURCE}},
	{"failed to get secret|secrets \"", "not found", "credentials-missing",
	 "The Secret with the Git credentials does not exist in {source-namespace}.", 20,
	 {{"Make it there, or name another under \"Secret with Git credentials\"",
	   "kubectl create secret generic git-credentials -n {source-namespace} --from-file=username --from-file=password"},
	  {"See the Secrets there are", "kubectl get secrets -n {source-namespace}"}}},
	{"knownhosts|host key", NULL, "host-key-unknown", "Flux does not trust the Git server's host key.", 0,
	 {{"Put the server's key into known_hosts of the Secret", "flux create secret git git-credentials -n {source-namespace} --url={repository}"},
	  LOOK_AT_SOURCE}},
	{"unable to authenticate|publickey|ssh: handshake failed", NULL, "repository-auth", "The Git server refuses Flux's ssh key, or Flux has none.", 0,
	 {{"Make a deploy key, add it to the repository, and name its Secret under \"Secret with Git credentials\"",
	   "flux create secret git git-credentials -n {source-namespace} --url={repository}"},
	  LOOK_AT_SOURCE}},
	{"authentication required|authorization failed|invalid username or password|invalid credentials|status code: 401|status code: 403|HTTP Basic", NULL,
	 "repository-auth", "The Git server wants other credentials than Flux has.", 0,
	 {{"Make a Secret with credentials (username and password in files of these names), and name it under \"Secret with Git credentials\"",
	   "kubectl create secret generic git-credentials -n {source-namespace} --from-file=username --from-file=password"},
	  LOOK_AT_SOURCE}},
	{"repository not found|status code: 404|does not appear to be a git repository", NULL, "repository-missing",
	 "The repository does not exist for Flux. Many servers say so too when they want credentials.", 0,
	 {{"Check the URL", "git ls-remote {repository}"},
	  {"For a private repository, make a Secret and name it under \"Secret with Git credentials\"",
	   "kubectl create secret generic git-credentials -n {source-namespace} --from-file=username --from-file=password"}}},
	{"repository is empty|EmptyGitRepository", NULL, "repository-empty", "The repository has no commit yet.", 30,
	 {{"Deliver again: the first commit makes the branch", NULL}}},
	{"x509|certificate", NULL, "repository-certificate", "Flux does not trust the Git server's certificate.", 0,
	 {{"Add the server's CA to the Secret of the source, under the key ca.crt", NULL}, LOOK_AT_SOURCE}},
	{"no such host|connection refused|i/o timeout|no route to host|network is unreachable|deadline exceeded|EOF|status code: 5", NULL,
	 "repository-unreachable", "Flux cannot reach the Git server of {repository}.", 30,
	 {{"Check that the URL is right from inside the cluster, and the network to it", NULL}, LOOK_AT_SOURCE}},
	{"failed to parse url|unsupported", NULL, "url-invalid", "Flux cannot use the repository's URL.", 0,
	 {{"Use https://… or ssh://git@host/owner/name.git", NULL}, LOOK_AT_SOURCE}},
	{"signature|verif", NULL, "commit-unverified", "Flux does not accept the commit's signature: {detail}", 0,
	 {{"Sign the commit with a key that spec.verify knows", NULL}, LOOK_AT_SOURCE}},
	{"", NULL, "source-failed", "Flux cannot fetch the source: {detail}", 30, {LOOK_AT_SOURCE}},
};

static const struct lf_symptom artifact_rows[] = {
	{"path not found", NULL, "path-not-found", "The path {path} does not exist in the commit that Flux fetched.", 0,
	 {{"Correct the path and deliver again", NULL},
	  {"See what the commit holds", "git ls-tree -r -d --name-only {commit}"},
	  {"See what Flux applies", "kubectl get kustomization -n {namespace} {name} -o jsonpath='{.spec.path}'"}}},
	{"toolkit.fluxcd.io \"", "not found", "source-missing", "{source-kind} {source} does not exist in {source-namespace}.", 30,
	 {{"Register it: apply the provider's files once", NULL}, {"See the sources there are", "kubectl get gitrepositories -A"}}},
	{"artifact not found|not ready", NULL, "source-not-ready", "{source-kind} {source} has fetched nothing yet.", NEVER, {LOOK_AT_SOURCE}},
	{"", NULL, "artifact-unreachable", "Flux cannot read what its source fetched: {detail}", 60,
	 {{"Ask for it again", "flux reconcile kustomization -n {namespace} {name} --with-source"}}},
};

static const struct lf_symptom build_rows[] = {
	{"already registered id", NULL, "build-duplicate", "Two files define the same object: {detail}", 0,
	 {{"Remove one of them and deliver again", NULL}, {"Build it here", "kubectl kustomize {path}"}}},
	{"substitut|variable not set", NULL, "build-variable", "A ${…} in the manifests has no value: {detail}", 0,
	 {{"Give it a value (postBuild.substitute), or write $${…} to keep it as it is", NULL}}},
	{"no matches for Id|unique target|unable to find|matches for resource", NULL, "build-no-target",
	 "A patch, image or replica count names an object that is not there: {detail}", 0,
	 {{"Correct its name or kind and deliver again", NULL}, {"Build it here", "kubectl kustomize {path}"}}},
	/* of a base it is told behind "must resolve to a file" */
	{"invalid Kustomization", "yaml: |did not find expected|mapping values", "build-kustomization", "A kustomization.yaml is not valid YAML: {detail}", 0,
	 {{"Correct it and deliver again", NULL}, {"Build it here", "kubectl kustomize {path}"}}},
	{"unknown field|invalid Kustomization", NULL, "build-unknown-field", "A kustomization.yaml has a field that Kustomize does not know: {detail}", 0,
	 {{"Correct the field and deliver again", NULL}, {"Build it here", "kubectl kustomize {path}"}}},
	{"no such file or directory|must resolve to a file|doesn't exist|not a directory", NULL, "build-file-missing", "kustomization.yaml lists a file that is not in the commit: {file}", 0,
	 {{"Add the file, or take it out of resources, and deliver again", NULL}, {"Build it here", "kubectl kustomize {path}"}}},
	{"'Kind' is missing|missing Resource metadata|missing metadata.name|apiVersion not set|Object 'apiVersion'", NULL, "build-not-kubernetes",
	 "{file} is not a Kubernetes manifest.", 0, {{"Move it out of the path, or list the manifests in a kustomization.yaml", NULL}}},
	{"yaml: |YAML to JSON|failed to decode|mapping values|did not find expected|cannot unmarshal", NULL, "build-bad-yaml", "{file} is not valid YAML: {detail}", 0,
	 {{"Correct the file and deliver again", NULL}, {"Build it here", "kubectl kustomize {path}"}}},
	{"", NULL, "build-failed", "Kustomize cannot build {path}: {detail}", 0,
	 {{"Build it here, correct it and deliver again", "kubectl kustomize {path}"}}},
};

static const struct lf_symptom sops_rows[] = {
	{"SOPS encrypted|decrypt", NULL, "encrypted", "{subject} is encrypted with SOPS, and the Kustomization cannot decrypt it.", 0,
	 {{"Set spec.decryption (provider sops) with the Secret that holds the key", NULL}}},
};

static const struct lf_symptom other_rows[] = {
	{"dependency|dependencies", NULL, "dependency-not-ready", "It waits for another one to be ready: {detail}", NEVER,
	 {{"See which one is not ready", "kubectl get kustomizations,helmreleases -A"}}},
	{"can't access|cross-namespace|denied", NULL, "access-denied", "Flux may not read a source of another namespace.", 0,
	 {{"Put the source and the {kind} into one namespace", NULL}}},
	{"timeout waiting for|stalled resources|health check failed", NULL, "health-timeout", "Not everything that was applied became healthy in time: {detail}", 0,
	 {{"Look at what is named; if it is only slow, raise spec.timeout", NULL}}},
	{"prun|failed to delete|delete failed", NULL, "prune-failed", "Flux cannot delete what is no longer in Git: {detail}", 0,
	 {{"Grant the right to delete, or see which finalizer holds the object", NULL}}},
	{"", NULL, "sync-failed", "{kind} {name} failed: {detail}", 0, {{"Correct what the message names and deliver again", NULL}}},
};

static void add_look(struct lf_diagnosis *out, const char *verb, const struct lf_ref *ref)
{
	struct lf_str command = {0};

	lf_str_add(&command, verb);
	for (const char *p = ref->kind; *p; p++)
		lf_str_add_char(&command, (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p));
	lf_str_add(&command, " -n ");
	lf_shell_quote(&command, ref->namespace);
	lf_str_add_char(&command, ' ');
	lf_shell_quote(&command, ref->name);
	lf_diagnosis_remedy(out, "Look at it and its events", lf_str_text(&command));
	lf_str_dispose(&command);
}

void lf_flux_diagnose_source(struct lf_diagnosis *out, const struct lf_node *source, const struct lf_node *condition, const struct lf_target *target,
			     int64_t age_ms)
{
	struct lf_ref ref = lf_ref_of(source);
	struct lf_target with_url = *target;
	char *url = lf_dup(lf_node_text(source, "spec.url"));
	const struct lf_symptom_case what = {
		.message = lf_node_text(condition, "message"), .subject = &ref, .source = &ref, .target = &with_url, .age_ms = age_ms,
	};

	if (*url) /* what Flux reads counts, not what we pushed to */
		with_url.repository = url;
	if (lf_flux_is_chart_source(source))
		lf_flux_diagnose_chart(out, &what);
	else
		(void)lf_symptom_diagnose(out, source_rows, LF_COUNT(source_rows), &what);
	lf_free(url);
	lf_ref_dispose(&ref);
}

void lf_flux_diagnose_consumer(struct lf_diagnosis *out, const struct lf_node *consumer, const struct lf_node *condition, const struct lf_ref *source,
			       const struct lf_target *target, int64_t age_ms)
{
	const char *reason = lf_node_text(condition, "reason"), *in_spec = lf_node_text(consumer, "spec.path");
	char *path = lf_dup(in_spec + (lf_starts_with(in_spec, "./") ? 2 : 0));
	struct lf_ref ref = lf_ref_of(consumer);
	struct lf_target about = *target;
	struct lf_symptom_case what = {
		.message = lf_node_text(condition, "message"), .subject = &ref, .source = source, .target = &about, .age_ms = age_ms,
	};

	about.consumer = ref;
	if (*path) /* as with the URL: what Flux reads counts; it may be the parent that fails */
		about.path = path;
	if (lf_equal(reason, "ArtifactFailed")) {
		(void)lf_symptom_diagnose(out, artifact_rows, LF_COUNT(artifact_rows), &what);
	} else if (lf_equal(reason, "BuildFailed")) {
		(void)lf_symptom_diagnose(out, build_rows, LF_COUNT(build_rows), &what);
	} else if (lf_equal(reason, "ReconciliationFailed")) {
		what.subject = NULL; /* the message names it */
		if (!lf_symptom_diagnose(out, sops_rows, LF_COUNT(sops_rows), &what))
			(void)lf_symptom_diagnose(out, lf_symptoms_of_apply, lf_symptoms_of_apply_count, &what);
	} else if (lf_flux_is_helm_failure(reason) || lf_equal(reason, "ValuesError")) {
		lf_flux_diagnose_release(out, consumer, condition, &what);
	} else {
		(void)lf_symptom_diagnose(out, other_rows, LF_COUNT(other_rows), &what);
	}
	if (lf_equal(reason, "DependencyNotReady") || lf_equal(reason, "HealthCheckCanceled") || lf_equal(reason, "SourceNotReady"))
		out->terminal = false;
	add_look(out, "kubectl describe ", &ref);
	lf_ref_dispose(&ref);
	lf_free(path);
}
