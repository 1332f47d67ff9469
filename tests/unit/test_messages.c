/* What Flux, Argo CD and an API server say, and what we make of it: every word that is looked for, once, as it stands in such a message. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/argocd/argocd.h"
#include "providers/flux/flux.h"

/* One message, or several with '|' between, of which each means ID. */
struct message {
	const char *texts, *id;
	int64_t patience_s; /* younger than this it may pass by itself */
};

enum teller { GIT, CHARTS, ARTIFACT, BUILD, APPLY, RELEASE, VALUES, OTHER, COMPARISON, OPERATION };
static const char *const reasons[] = {"", "", "ArtifactFailed", "BuildFailed", "ReconciliationFailed", "UpgradeFailed", "ValuesError", "HealthCheckFailed", "", ""};

static struct lf_node *condition_of(const char *reason, const char *message)
{
	struct lf_node *condition = lf_node_new(LF_NODE_MAP);

	lf_node_set_text(condition, "type", "Ready");
	lf_node_set_text(condition, "status", "False");
	lf_node_set_text(condition, "reason", reason);
	lf_node_set_text(condition, "message", message);
	return condition;
}

static void tell(struct lf_diagnosis *out, enum teller teller, const char *message, int64_t age_ms)
{
	struct lf_target target = {.consumer = lf_ref_new("x", "Kustomization", "f", "web"), .repository = lf_dup("https://h/r"), .path = lf_dup("apps/web"), .namespace = lf_dup("shop")};
	struct lf_node *condition = condition_of(reasons[teller], message), *object;
	struct lf_ref source = lf_ref_new("source.toolkit.fluxcd.io", "GitRepository", "f", "config");

	object = test_json(teller == GIT      ? "{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'GitRepository','metadata':{'name':'config','namespace':'f'}}"
			   : teller == CHARTS ? "{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'HelmChart','metadata':{'name':'config','namespace':'f'}}"
			   : teller == RELEASE || teller == VALUES ? "{'apiVersion':'helm.toolkit.fluxcd.io/v2','kind':'HelmRelease','metadata':{'name':'web','namespace':'f'}}"
						: "{'apiVersion':'kustomize.toolkit.fluxcd.io/v1','kind':'Kustomization','metadata':{'name':'web','namespace':'f'}}");
	switch (teller) {
	case GIT:
	case CHARTS:
		lf_flux_diagnose_source(out, object, condition, &target, age_ms);
		break;
	case ARTIFACT:
	case BUILD:
	case APPLY:
	case RELEASE:
	case VALUES:
	case OTHER:
		lf_flux_diagnose_consumer(out, object, condition, &source, &target, age_ms);
		break;
	case COMPARISON:
		lf_argocd_diagnose_condition(out, condition, &target, age_ms);
		break;
	case OPERATION:
		lf_argocd_diagnose_operation(out, condition, &target, age_ms);
		break;
	}
	lf_node_free(condition);
	lf_node_free(object);
	lf_ref_dispose(&source);
	lf_target_dispose(&target);
}

static void check(enum teller teller, const struct message *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (const char *text = rows[i].texts; *text;) {
			size_t n = strcspn(text, "|");
			char *one = lf_dup_n(text, n);

			for (int old = 0; old < 2; old++) {
				struct lf_diagnosis found = {0};

				tell(&found, teller, one, rows[i].patience_s ? rows[i].patience_s * 1000 - !old : 0);
				if (!lf_equal(found.id, rows[i].id) || found.terminal != (old || !rows[i].patience_s))
					fail_msg("\"%s\" is %s%s, wanted %s", one, found.id ? found.id : "nothing", found.terminal ? " for good" : "", rows[i].id);
				if (!*found.cause || strchr(found.cause, '{') || !found.remedy_count)
					fail_msg("\"%s\": '%s', %zu remedies", one, found.cause, found.remedy_count);
				lf_diagnosis_dispose(&found);
			}
			lf_free(one);
			text += n + (text[n] == '|');
		}
	}
}

#define YEAR (365 * 24 * 3600)

static void test_sources_of_flux(void **state)
{
	static const struct message git[] = {
		{"couldn't find remote ref \"refs/heads/x\"|reference not found|couldn't find requested ref", "branch-missing", 0},
		{"failed to get secret 'f/git': secrets \"git\" not found", "credentials-missing", 20},
		{"knownhosts: key is unknown|host key mismatch", "host-key-unknown", 0},
		{"unable to authenticate, attempted methods|wanted publickey|ssh: handshake failed: x", "repository-auth", 0},
		{"authentication required|authorization failed|invalid username or password|invalid credentials|unexpected status code: 401|unexpected status code: 403|HTTP Basic: Access denied",
		 "repository-auth", 0},
		{"repository not found|unexpected status code: 404|x does not appear to be a git repository", "repository-missing", 0},
		{"remote repository is empty|EmptyGitRepository", "repository-empty", 30},
		{"x509: unknown authority|certificate has expired", "repository-certificate", 0},
		{"dial tcp: lookup h: no such host|connection refused|i/o timeout|no route to host|network is unreachable|context deadline exceeded|unexpected EOF|unexpected status code: 502",
		 "repository-unreachable", 30},
		{"failed to parse url 'x'|unsupported scheme", "url-invalid", 0},
		{"no signature found|cannot verify", "commit-unverified", 0},
		{"something else|failed to get secret: unreadable", "source-failed", 30},
	};
	static const struct message charts[] = {
		{"no 'web' chart with version matching '9' found|no chart version found for web-9|version not found|could not locate a version", "chart-version-missing", 0},
		{"no chart name found|chart not found: web|no chart with name web", "chart-missing", 0},
		{"improper constraint: x|invalid semantic version|invalid semver", "chart-version-invalid", 0},
		{"no values file found at path|values files merge error|failed to merge values", "value-file-missing", 0},
		{"dependency build error|cannot get dependencies", "chart-dependency", 30},
		{"cannot load 'Chart.yaml': x|cannot load file x as file size (9) exceeds limit (5)|validation: chart.metadata.version is invalid", "chart-broken", 0},
		{"missing Chart.yaml|no such file or directory|not a directory|path does not exist|invalid chart reference", "path-not-found", 0},
		{"tls: first record does not look like a TLS handshake|http: server gave HTTP response to HTTPS client", "registry-without-tls", 0},
		{"failed to get secret 'f/x': secrets \"x\" not found", "credentials-missing", 20},
		{"401|403|unauthorized|denied|authentication required", "repository-auth", 0},
		{"failed to fetch index: 404 Not Found|not found", "repository-missing", 0},
		{"x509: unknown authority|bad certificate", "repository-certificate", 0},
		{"no such host|connection refused|i/o timeout|no route to host|network is unreachable|deadline exceeded|EOF|status code: 5xx|failed: 503", "repository-unreachable", 30},
		{"something else", "source-failed", 30},
	};

	(void)state;
	check(GIT, git, LF_COUNT(git));
	check(CHARTS, charts, LF_COUNT(charts));
}

static void test_consumers_of_flux(void **state)
{
	static const struct message artifact[] = {
		{"kustomization path not found: stat /tmp/x: no such file", "path-not-found", 0},
		{"gitrepositories.source.toolkit.fluxcd.io \"config\" not found", "source-missing", 30},
		{"artifact not found|source is not ready", "source-not-ready", YEAR},
		{"something else", "artifact-unreachable", 60},
	};
	static const struct message build[] = {
		{"may not add resource with an already registered id", "build-duplicate", 0},
		{"failed to substitute|variable not set (strict mode): X", "build-variable", 0},
		{"no matches for Id Deployment|unable to find a unique target|unable to find patch target|no matches for resource", "build-no-target", 0},
		{"lstat /x: no such file or directory|must resolve to a file|'x' doesn't exist|is not a directory", "build-file-missing", 0},
		{"unknown field \"x\"|invalid Kustomization|accumulation err='accumulating resources from '../../base': 'x' must resolve to a file': couldn't make target for path 'x': "
		 "invalid Kustomization: json: unknown field \"x\"", "build-unknown-field", 0},
		{"'x' must resolve to a file': couldn't make target for path 'x': invalid Kustomization: yaml: line 4: did not find expected key", "build-kustomization", 0},
		{"Object 'Kind' is missing in x|missing Resource metadata|missing metadata.name in object|apiVersion not set|Object 'apiVersion' is missing", "build-not-kubernetes", 0},
		{"yaml: line 1: x|error converting YAML to JSON|failed to decode x|mapping values are not allowed|did not find expected key|cannot unmarshal string", "build-bad-yaml", 0},
		{"something else", "build-failed", 0},
	};
	static const struct message release[] = {
		{"values don't meet the specifications of the schema|see values.schema.json", "values-refused", 0},
		{"execution error at (x)|error calling include|template: x|parse error at|nil pointer evaluating|YAML parse error on|error converting YAML", "chart-failed", 0},
		{"cannot be imported into the current release|invalid ownership metadata|x already exists", "shared-resource", 0},
		{"another operation (install) is in progress", "release-busy", 60},
		{"timed out waiting|context deadline exceeded|not ready|progress deadline exceeded|client rate limiter", "health-timeout", 0},
		{"retries exhausted|Failed to install after 1|Failed to upgrade after 1|MissingRollbackTarget", "helm-retries-exhausted", 0},
		{"something else", "helm-failed", 0},
	};
	static const struct message values[] = {
		{"could not find Secret f/x|configmaps \"x\" not found|missing key 'x'", "values-missing", 10},
		{"something else", "values-unreadable", 0},
	};
	static const struct message other[] = {
		{"dependency 'f/x' is not ready|dependencies do not meet ready condition", "dependency-not-ready", YEAR},
		{"can't access 'f/x'|cross-namespace references have been blocked|access denied", "access-denied", 0},
		{"timeout waiting for: x|stalled resources: x|health check failed after 1s", "health-timeout", 0},
		{"prune failed|failed to delete x|delete failed", "prune-failed", 0},
		{"something else", "sync-failed", 0},
	};
	static const struct {
		const char *reason;
		bool is_terminal;
	} waits[] = {{"DependencyNotReady", false}, {"HealthCheckCanceled", false}, {"SourceNotReady", false}, {"HealthCheckFailed", true}, {"PruneFailed", true}};

	(void)state;
	check(ARTIFACT, artifact, LF_COUNT(artifact));
	check(BUILD, build, LF_COUNT(build));
	check(RELEASE, release, LF_COUNT(release));
	check(VALUES, values, LF_COUNT(values));
	check(OTHER, other, LF_COUNT(other));
	for (size_t i = 0; i < LF_COUNT(waits); i++) {
		struct lf_node *consumer = test_json("{'apiVersion':'kustomize.toolkit.fluxcd.io/v1','kind':'AKustomiZation','metadata':{'name':'web','namespace':'f'}}");
		struct lf_node *condition = condition_of(waits[i].reason, "it fails");
		struct lf_ref source = lf_ref_new("source.toolkit.fluxcd.io", "GitRepository", "f", "config");
		struct lf_target target = {0};
		struct lf_diagnosis found = {0};

		lf_flux_diagnose_consumer(&found, consumer, condition, &source, &target, 1000);
		assert_int_equal(found.terminal, waits[i].is_terminal);
		assert_non_null(test_command(&found, "kubectl describe akustomization -n f web"));
		lf_diagnosis_dispose(&found);
		lf_ref_dispose(&source);
		lf_node_free(condition);
		lf_node_free(consumer);
	}
}

/* What an API server refuses, as each tool passes it on. */
static void test_applying(void **state)
{
	static const struct message rows[] = {
		{"Deployment/a/x dry-run failed: field is immutable|immutable field x|updates to statefulset spec for fields other than replicas", "immutable-field", 0},
		{"violates PodSecurity \"restricted\"", "pod-security", 0},
		{"pods is forbidden: exceeded quota: q", "quota", 0},
		{"unable to create new content because it is being terminated", "namespace-terminating", 60},
		{"namespaces \"x\" not found", "namespace-missing", 15},
		{"no matches for kind \"X\" in version|ensure CRD is installed first|the server could not find the requested resource", "kind-unknown", 30},
		{"failed calling webhook \"x\"", "webhook-unreachable", 60},
		{"admission webhook \"x\" said no|denied the request|ValidatingAdmissionPolicy 'x'", "admission-denied", 0},
		{"is forbidden: User \"x\" cannot patch|is forbidden", "forbidden", 0},
		{"Too long: must have at most 262144 bytes|Too long: may not be more than 262144 bytes", "object-too-large", 0},
		{"field not declared in schema|unknown field \"x\"", "manifest-refused", 0},
		{"conflict with \"kubectl\"|Apply failed with 1 conflict", "field-conflict", 0},
		{"connection refused|i/o timeout|context deadline exceeded|etcdserver: x|is currently unable to handle the request|Internal error occurred|TLS handshake timeout|too many requests",
		 "api-trouble", 120},
		{"is invalid: x|failed to create typed patch|failed to convert x|cannot unmarshal x|Required value|quantities must match|strict decoding error|expected map", "manifest-refused", 0},
	};
	static const struct message sops[] = {{"Secret/a/x is SOPS encrypted|cannot decrypt", "encrypted", 0}, {"something else", "apply-failed", 0}};

	(void)state;
	check(APPLY, rows, LF_COUNT(rows));
	check(APPLY, sops, LF_COUNT(sops));
	check(OPERATION, rows, 2);
}

static void test_argocd(void **state)
{
	static const struct message comparison[] = {
		{"destination server x does not match any of the allowed destinations|do not match any of the allowed destinations in project", "project-denies-destination", 0},
		{"application repo x is not permitted in project 'y'", "project-denies", 0},
		{"Application referencing project x|project which does not exist|or the project does not exist|namespace is not allowed in project", "project-missing", 30},
		{"there are no clusters with this name: x|Unable to get cluster|cluster not found|there are 2 clusters with the same name", "cluster-unknown", 0},
		{"unable to resolve 'x' to a commit SHA|couldn't find remote ref|unknown revision x", "branch-missing", 0},
		{"no version for constraint of chart|chart version matching constraint|chart version not found|chart: could not find any revision|failed to find a version of chart|no matching version of chart|"
		 "chart x not found in y|no version for constraint|version matching constraint|could not find any revision among tags", "chart-version-missing", 0},
		{"app path does not exist|path does not exist|resolves outside root|outside of repository root", "path-not-found", 0},
		{"knownhosts: key is unknown|host key mismatch", "host-key-unknown", 0},
		{"x509: x|certificate signed by unknown authority", "repository-certificate", 0},
		{"authentication required|unable to authenticate|authorization failed|invalid username or password|invalid credentials|could not read Username|Permission denied|publickey|403 Forbidden|"
		 "401 Unauthorized", "repository-auth", 0},
		{"repository not found|does not appear to be a git repository|404 Not Found", "repository-missing", 0},
		{"no such host|connection refused|i/o timeout|no route to host|network is unreachable|Could not resolve host|Failed to connect|unexpected EOF", "repository-unreachable", 30},
		{"context deadline exceeded|code = DeadlineExceeded|Unavailable desc = x", "repository-slow", 120},
		{"already registered id|Resource appeared 2 times|x times among application resources", "build-duplicate", 0},
		{"kustomize build: 'x' must resolve to a file': couldn't make target for path 'x': invalid Kustomization: yaml: line 4: x|"
		 "kustomize build: invalid Kustomization: json: unknown field \"x\"", "build-kustomization", 0},
		{"error unmarshalling the helm chart while getting helm dependency repos: error converting YAML to JSON: yaml: line 1|cannot load Chart.yaml: x", "chart-broken", 0},
		{"kustomize build failed: no such file or directory|kustomize build: must resolve to a file|kustomize build: 'x' doesn't exist", "build-file-missing", 0},
		{"kustomize build failed", "build-failed", 0},
		{"helm template: values don't meet the specifications of the schema|helm pull: values.schema.json|chart: values.schema.json", "values-refused", 0},
		{"open /x/values-a: x|open a.yaml: no such file", "value-file-missing", 0},
		{"helm template failed", "chart-failed", 0},
		{"Failed to unmarshal x|yaml: line 1|error converting YAML|failed to unmarshal x|invalid character 'x'|Object 'Kind' is missing", "build-bad-yaml", 0},
		{"field not declared in schema", "manifest-refused", 0},
		{"auto-sync will wipe out all resources", "empty-commit", 0},
		{"Failed last sync attempt to x|failed sync attempt", "sync-not-retried", 0},
		{"Deployment/x is part of applications a and b|Shared resource found: x", "shared-resource", 0},
		{"Manifest generation error (cached): x", "build-failed", 0},
		{"error synchronizing cache state|failed to load live state|Failed to load live state|failed to sync cluster x", "cluster-unreachable", 60},
		{"resource size limit", "too-many-resources", 0},
		{"something else", "comparison-failed", 20},
	};
	static const struct message operation[] = {
		{"blocked by sync window", "sync-window", YEAR},
		{"InvalidSpecError: Application referencing project x which does not exist. Retrying attempt #1 at 10:44PM.", "project-missing", 30},
		{"another operation is already in progress", "operation-busy", YEAR},
		{"Operation terminated|operation is terminating", "terminated", 0},
		{"namespace auto creation failed|namespace failed to apply", "namespace-missing", 0},
		{"is not permitted in project", "project-denies", 0},
		{"no matching service account found", "no-service-account", 0},
		{"one hook has failed", "hook-failed", 0},
		{"Shared resource found: x", "shared-resource", 0},
		{"something else", "sync-failed", 0},
	};

	(void)state;
	check(COMPARISON, comparison, LF_COUNT(comparison));
	check(OPERATION, operation, LF_COUNT(operation));
}

/* Of an operation that failed, the resource that failed first speaks; the others are named. */
static void test_results_of_an_operation(void **state)
{
#define RESULT(kind, name, rest) "{'group':'apps','kind':'" kind "','namespace':'shop','name':'" name "'," rest "}"
	static const struct {
		const char *results, *id, *subject, *evidence, *not_evidence;
	} rows[] = {
		{RESULT("Deployment", "ok", "'status':'Synced','message':'fine'") "," RESULT("Deployment", "web", "'status':'SyncFailed','message':'is invalid: a'") ","
		 RESULT("Deployment", "api", "'status':'SyncFailed','message':'is invalid: b'"), "manifest-refused", "web", "Deployment shop/api: is invalid: b", "fine"},
		{RESULT("Job", "migrate", "'hookType':'PreSync','hookPhase':'Failed','status':'Synced','message':'it broke'"), "hook-failed", "migrate", "it broke", NULL},
		{RESULT("Job", "migrate", "'hookType':'PreSync','hookPhase':'Error','message':'it broke'"), "hook-failed", "migrate", "it broke", NULL},
		{RESULT("Job", "migrate", "'hookType':'PreSync','hookPhase':'Running','message':'soon'"), "sync-failed", NULL, "one or more", NULL},
		{RESULT("Job", "migrate", "'hookType':'PreSync','hookPhase':'Failed','status':'SyncFailed','message':'is invalid: x'"), "manifest-refused", "migrate", "one or more", NULL},
		{RESULT("Job", "migrate", "'status':'SyncFailed','message':'something else'"), "apply-failed", "migrate", "one or more", NULL},
		{"", "sync-failed", NULL, "one or more", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *text = lf_format("{'phase':'Failed','message':'one or more objects failed to apply','syncResult':{'resources':[%s]}}", rows[i].results);
		struct lf_node *operation = test_json(text);
		struct lf_target target = {.consumer = lf_ref_new("argoproj.io", "Application", "argocd", "web")};
		struct lf_diagnosis found = {0};

		lf_argocd_diagnose_operation(&found, operation, &target, 1000);
		if (!lf_equal(found.id, rows[i].id) || !found.terminal || (rows[i].subject && !lf_equal(found.subject.name, rows[i].subject)))
			fail_msg("row %zu: %s of %s", i, found.id, found.subject.name ? found.subject.name : "nobody");
		if (!found.evidence || !strstr(found.evidence, rows[i].evidence) || (rows[i].not_evidence && strstr(found.evidence, rows[i].not_evidence)))
			fail_msg("row %zu: %s", i, found.evidence ? found.evidence : "no evidence");
		assert_true(found.remedy_count > 0);
		lf_diagnosis_dispose(&found);
		lf_target_dispose(&target);
		lf_node_free(operation);
		lf_free(text);
	}
}

/* Once a failure was undone, Ready only tells of that; what failed stays in Released. */
static void test_what_failed_in_a_release(void **state)
{
	static const struct {
		const char *reason;
		bool is_aftermath;
	} rows[] = {{"InstallFailed", false}, {"UpgradeFailed", false}, {"TestFailed", false}, {"ChartMutateError", false}, {"ReconcileError", false}, {"StateError", false},
		    {"RetriesExceeded", true}, {"MissingRollbackTarget", true}, {"RollbackSucceeded", true}, {"UninstallSucceeded", true}, {"RollbackFailed", true}, {"UninstallFailed", true}};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows) * 2; i++) {
		bool is_false = i % 2 == 0;
		char *text = lf_format("{'apiVersion':'helm.toolkit.fluxcd.io/v2','kind':'HelmRelease','metadata':{'name':'web','namespace':'f'},'status':{'conditions':["
				       "{'type':'Released','status':'%s','reason':'x','message':'exceeded quota: q'}]}}", is_false ? "False" : "True");
		struct lf_node *release = test_json(text), *ready = condition_of(rows[i / 2].reason, "violates PodSecurity");
		struct lf_ref source = lf_ref_new("source.toolkit.fluxcd.io", "HelmChart", "f", "web");
		struct lf_target target = {0};
		struct lf_diagnosis found = {0};

		assert_true(lf_flux_is_helm_failure(rows[i / 2].reason));
		lf_flux_diagnose_consumer(&found, release, ready, &source, &target, 1000);
		test_diagnosed(&found, rows[i / 2].is_aftermath && is_false ? "quota" : "pod-security", NULL);
		assert_int_equal(strstr(found.evidence, "violates PodSecurity") && strstr(found.evidence, "exceeded quota"), rows[i / 2].is_aftermath && is_false);
		lf_diagnosis_dispose(&found);
		lf_ref_dispose(&source);
		lf_node_free(ready);
		lf_node_free(release);
		lf_free(text);
	}
	assert_false(lf_flux_is_helm_failure("InstallSucceeded"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sources_of_flux),
		cmocka_unit_test(test_consumers_of_flux),
		cmocka_unit_test(test_applying),
		cmocka_unit_test(test_argocd),
		cmocka_unit_test(test_results_of_an_operation),
		cmocka_unit_test(test_what_failed_in_a_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
