/* The sandbox's charts: Flux's and Argo CD's ways with them. Without a socket, and twenty times as fast as for somebody who watches. */
#include "config.h"

#include <string.h>
#include <time.h>

#include "core/mem.h"
#include "providers/sandbox/tree.h"
#include "tests/unit/sandbox_world.h"
#include "tests/unit/unit.h"

enum { LIMIT_MS = 30000 };

#define CHARTS "http://127.0.0.1:1/charts"
#define REPOSITORIES "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/helmrepositories"
#define HELMCHARTS "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/helmcharts"
#define RELEASES "/apis/helm.toolkit.fluxcd.io/v2/namespaces/flux-system/helmreleases"
#define DEPLOYMENTS "/apis/apps/v1/namespaces/production/deployments"
#define APPLICATIONS "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications"
#define APPLY "?fieldManager=test&force=true"

static const struct lf_scenario quick = {.name = "quick", .pace = 5}, bad_image = {.name = "bad-image", .pace = 5, .first_image_missing = true},
				bad_chart = {.name = "bad-chart", .pace = 5, .first_chart_missing = true},
				bad_version = {.name = "bad-version", .pace = 5, .first_version_missing = true},
				bad_values = {.name = "bad-values", .pace = 5, .first_values_refused = true};

static int set_up(void **state)
{
	struct world *world = lf_alloc(1, sizeof(*world));

	world_open(world, "healthy");
	world->sandbox.scenario = &quick;
	world->sandbox.charts_url = lf_dup(CHARTS);
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	world_close(*state);
	lf_free(*state);
	return 0;
}

/* ---- Flux ---- */

static void apply(struct world *world, const char *path, const char *yaml)
{
	char *url = lf_format("%s" APPLY, path);
	struct answer answer = world_call(world, "PATCH", url, APPLY_TYPE, yaml);

	if (answer.code != 200 && answer.code != 201)
		fail_msg("%s: %s", path, lf_str_text(&answer.text));
	answer_dispose(&answer);
	lf_free(url);
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Lets time pass until the condition TYPE of the object at PATH has REASON, which it must have with STATUS. */
static void await(struct world *world, const char *path, const char *type, const char *status, const char *reason)
{
	int64_t end = now_ms() + LIMIT_MS;

	for (;;) {
		struct answer answer = world_call(world, "GET", path, NULL, NULL);
		const struct lf_node *condition = lf_tree_condition_of(answer.node, type);

		if (lf_equal(lf_node_text(condition, "reason"), reason) && lf_equal(lf_node_text(condition, "status"), status)) {
			answer_dispose(&answer);
			return;
		}
		if (now_ms() > end || (!uv_loop_alive(&world->loop) && !condition))
			fail_msg("%s never came to %s=%s %s: %s", path, type, status, reason, lf_str_text(&answer.text));
		answer_dispose(&answer);
		(void)uv_run(&world->loop, UV_RUN_ONCE);
	}
}

static void has(struct world *world, const char *path, const char *field, const char *wanted)
{
	struct answer answer = world_call(world, "GET", path, NULL, NULL);

	if (!strstr(answer_text(&answer, field), wanted))
		fail_msg("%s of %s is \"%s\", without \"%s\"", field, path, answer_text(&answer, field), wanted);
	answer_dispose(&answer);
}

/* Lets time pass until the condition TYPE of the object at PATH says WANTED. */
static void says(struct world *world, const char *path, const char *type, const char *wanted)
{
	int64_t end = now_ms() + LIMIT_MS;

	for (;;) {
		struct answer answer = world_call(world, "GET", path, NULL, NULL);
		const char *message = lf_node_text(lf_tree_condition_of(answer.node, type), "message");
		bool good = strstr(message, wanted) != NULL;

		if (!good && (now_ms() > end || !uv_loop_alive(&world->loop)))
			fail_msg("%s of %s says \"%s\", without \"%s\"", type, path, message, wanted);
		answer_dispose(&answer);
		if (good)
			return;
		(void)uv_run(&world->loop, UV_RUN_ONCE);
	}
}

static void register_release(struct world *world, const char *chart, const char *version, const char *values, int retries)
{
	char *text = lf_format("apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: web, namespace: flux-system}\n"
			       "spec:\n  interval: 5m\n  targetNamespace: production\n"
			       "  chart: {spec: {chart: %s, version: '%s', sourceRef: {kind: HelmRepository, name: demo}}}\n"
			       "  install: {createNamespace: true, remediation: {retries: %d}}\n  upgrade: {remediation: {retries: %d}}\n"
			       "  driftDetection: {mode: enabled}\n  values: %s\n",
			       chart, version, retries, retries, values);

	apply(world, REPOSITORIES "/demo",
	      "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: {name: demo, namespace: flux-system}\n"
	      "spec: {interval: 1h, url: '" CHARTS "'}\n");
	apply(world, RELEASES "/web", text);
	lf_free(text);
}

#define WEB DEPLOYMENTS "/production-web-podinfo"
#define IMAGE "spec.template.spec.containers.0.image"

static void test_installs_and_upgrades(void **state)
{
	struct world *world = *state;

	register_release(world, "podinfo", "6.9.1", "{replicaCount: 2}", 1);
	await(world, RELEASES "/web", "Ready", "True", "InstallSucceeded");
	says(world, RELEASES "/web", "Ready", "Helm install succeeded for release production/production-web.v1 with chart podinfo@6.9.1");
	says(world, REPOSITORIES "/demo", "Ready", "stored artifact: revision 'sha256:");
	says(world, HELMCHARTS "/flux-system-web", "Ready", "pulled 'podinfo' chart with version '6.9.1'");
	has(world, RELEASES "/web", "status.inventory.entries.1.id", "production_production-web-podinfo_apps_Deployment");
	has(world, WEB, "spec.replicas", "2");
	register_release(world, "podinfo", "6.x", "{replicaCount: 2}", 1);
	await(world, RELEASES "/web", "Ready", "True", "UpgradeSucceeded");
	has(world, RELEASES "/web", "status.history.0.chartVersion", "6.9.2");
	has(world, RELEASES "/web", "status.history.1.status", "superseded");
	has(world, WEB, IMAGE, ":6.9.2");
	world_expect(world, 200, "DELETE", RELEASES "/web", NULL, NULL);
	for (int64_t end = now_ms() + LIMIT_MS; now_ms() < end;) {
		struct answer answer = world_call(world, "GET", WEB, NULL, NULL);
		bool gone = answer.code == 404;

		answer_dispose(&answer);
		if (gone)
			return;
		(void)uv_run(&world->loop, UV_RUN_ONCE);
	}
	fail_msg("what was installed is still there");
}

static void test_rolls_back(void **state)
{
	struct world *world = *state;

	register_release(world, "podinfo", "6.9.1", "{}", 1);
	await(world, RELEASES "/web", "Ready", "True", "InstallSucceeded");
	world->sandbox.scenario = &bad_image;
	lf_set(&world->sandbox.missing_image, "ghcr.io/stefanprodan/podinfo:6.9.2");
	register_release(world, "podinfo", "6.9.2", "{}", 1);
	await(world, RELEASES "/web", "Ready", "False", "RollbackSucceeded");
	says(world, RELEASES "/web", "Remediated", "Helm rollback to previous release production/production-web.v1 with chart podinfo@6.9.1 succeeded");
	says(world, RELEASES "/web", "Released", "Helm upgrade failed for release production/production-web with chart podinfo@6.9.2: resource Deployment/production/");
	await(world, RELEASES "/web", "Stalled", "True", "RetriesExceeded");
	says(world, RELEASES "/web", "Stalled", "Failed to upgrade after 2 attempt(s)");
	has(world, WEB, IMAGE, ":6.9.1");
	/* Another version is another matter. */
	register_release(world, "podinfo", "6.9.0", "{}", 1);
	await(world, RELEASES "/web", "Ready", "True", "UpgradeSucceeded");
	has(world, WEB, IMAGE, ":6.9.0");
}

static void test_gives_up_an_install(void **state)
{
	struct world *world = *state;

	world->sandbox.scenario = &bad_image;
	register_release(world, "podinfo", "6.9.2", "{}", 1);
	await(world, RELEASES "/web", "Remediated", "True", "UninstallSucceeded");
	await(world, RELEASES "/web", "Stalled", "True", "RetriesExceeded");
	says(world, RELEASES "/web", "Stalled", "Failed to install after 2 attempt(s)");
	says(world, RELEASES "/web", "Ready", "Helm install failed for release production/production-web with chart podinfo@6.9.2");
	has(world, RELEASES "/web", "status.observedGeneration", "1");
}

static void test_refuses_what_is_not_there(void **state)
{
	struct world *world = *state;

	world->sandbox.scenario = &bad_chart;
	register_release(world, "podinfo", "6.9.2", "{}", 1);
	await(world, HELMCHARTS "/flux-system-web", "Stalled", "True", "InvalidChartReference");
	await(world, RELEASES "/web", "Ready", "False", "SourceNotReady");
	says(world, RELEASES "/web", "Ready", "HelmChart 'flux-system/flux-system-web' is not ready: invalid chart reference: failed to get chart version for remote "
					      "reference: no chart name found");
	register_release(world, "hello", "1.x", "{}", 1);
	await(world, RELEASES "/web", "Ready", "True", "InstallSucceeded");
	world->sandbox.scenario = &bad_version;
	register_release(world, "podinfo", "6.9.2", "{}", 1);
	await(world, HELMCHARTS "/flux-system-web", "Stalled", "True", "InvalidChartReference");
	says(world, HELMCHARTS "/flux-system-web", "Ready", "no 'podinfo' chart with version matching '6.9.2' found");
}

static void test_refuses_values(void **state)
{
	struct world *world = *state;

	world->sandbox.scenario = &bad_values;
	register_release(world, "podinfo", "6.9.2", "{}", 1);
	await(world, RELEASES "/web", "Ready", "False", "InstallFailed");
	says(world, RELEASES "/web", "Released", "values don't meet the specifications of the schema(s)");
	register_release(world, "podinfo", "6.9.2", "{replicaCount: lots}", 1);
	await(world, RELEASES "/web", "Reconciling", "True", "Progressing");
	register_release(world, "podinfo", "6.9.2", "{replicaCount: 1}", 1);
	await(world, RELEASES "/web", "Ready", "True", "InstallSucceeded");
}

static void test_corrects_drift(void **state)
{
	struct world *world = *state;

	register_release(world, "podinfo", "6.9.2", "{}", 1);
	await(world, RELEASES "/web", "Ready", "True", "InstallSucceeded");
	world_expect(world, 200, "PATCH", WEB "?fieldManager=kubectl", MERGE_TYPE, "{\"spec\":{\"replicas\":5}}");
	has(world, WEB, "spec.replicas", "5");
	for (int64_t end = now_ms() + LIMIT_MS; now_ms() < end;) {
		struct answer answer = world_call(world, "GET", WEB, NULL, NULL);
		bool back = lf_equal(answer_text(&answer, "spec.replicas"), "1");

		answer_dispose(&answer);
		if (back)
			return;
		(void)uv_run(&world->loop, UV_RUN_ONCE);
	}
	fail_msg("the drift stayed");
}

/* ---- Argo CD ---- */

static void await_text(struct world *world, const char *path, const char *field, const char *wanted)
{
	for (int64_t end = now_ms() + LIMIT_MS; now_ms() < end;) {
		struct answer answer = world_call(world, "GET", path, NULL, NULL);
		bool there = lf_equal(answer_text(&answer, field), wanted);

		answer_dispose(&answer);
		if (there)
			return;
		(void)uv_run(&world->loop, UV_RUN_ONCE);
	}
	has(world, path, field, wanted);
}

static void register_application(struct world *world, const char *url, const char *version, const char *helm)
{
	char *text = lf_format("apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\n"
			       "spec:\n  project: default\n  destination: {server: 'https://kubernetes.default.svc', namespace: production}\n"
			       "  source: {repoURL: '%s', chart: podinfo, targetRevision: '%s', helm: %s}\n"
			       "  syncPolicy: {automated: {prune: true}, syncOptions: [CreateNamespace=true]}\n",
			       url, version, helm);

	apply(world, APPLICATIONS "/web", text);
	lf_free(text);
}

static void test_argocd(void **state)
{
	struct world *world = *state;

	register_application(world, CHARTS, "6.x", "{valuesObject: {replicaCount: 2}, parameters: [{name: image.tag, value: '6.9.0'}]}");
	await_text(world, APPLICATIONS "/web", "status.health.status", "Healthy");
	await_text(world, APPLICATIONS "/web", "status.sync.status", "Synced");
	has(world, APPLICATIONS "/web", "status.sync.revision", "6.9.2");
	has(world, APPLICATIONS "/web", "status.sourceType", "Helm");
	has(world, DEPLOYMENTS "/web-podinfo", IMAGE, ":6.9.0");
	has(world, DEPLOYMENTS "/web-podinfo", "spec.replicas", "2");
	register_application(world, "127.0.0.1:1/charts", "5.x", "{releaseName: web}");
	await_text(world, APPLICATIONS "/web", "status.conditions.0.type", "ComparisonError");
	has(world, APPLICATIONS "/web", "status.conditions.0.message", "no version for constraint 5.x");
	register_application(world, "127.0.0.1:1/charts", "6.9.2", "{values: 'replicaCount: none'}");
	await_text(world, APPLICATIONS "/web", "status.sync.revision", "6.9.2");
	has(world, APPLICATIONS "/web", "status.conditions.0.message", "specifications of the schema(s)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_installs_and_upgrades, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_rolls_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_gives_up_an_install, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refuses_what_is_not_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refuses_values, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_corrects_drift, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_argocd, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
