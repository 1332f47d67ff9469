/* The sandbox as a program: real pushes, real sockets, every scenario. The demos run side by side, so the
 * whole takes as long as the slowest of them. */
#include "config.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/json.h"
#include "core/mem.h"
#include "providers/sandbox/tree.h"
#include "tests/unit/sandbox_client.h"
#include "tests/unit/unit.h"

enum { LIMIT_MS = 60000, LATE_MS = 90000 };

#define SOURCES "/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories"
#define KUSTOMIZATIONS "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations"
#define APPLICATIONS "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications"
#define REFRESH "{\"metadata\":{\"annotations\":{\"argocd.argoproj.io/refresh\":\"normal\"}}}"

enum { HEALTHY, BAD_IMAGE, BAD_PATH, FORBIDDEN, SLOW, DRIFT, SCENARIOS };
static const char *const scenarios[SCENARIOS] = {"healthy",   "bad-image", "bad-path",
                                                 "forbidden", "slow",      "drift"};

struct group {
	char *parent;
	struct demo demos[SCENARIOS];
};

static void write_app(const struct demo *demo, const char *folder, const char *tag, int replicas)
{
	char *text = lf_format("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  "
	                       "replicas: %d\n  selector: {matchLabels: {app: web}}\n"
	                       "  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: "
	                       "[{name: web, image: 'nginx:%s'}]}\n",
	                       replicas, tag);
	char *name = lf_format("%s/deployment.yaml", folder);

	demo_write(demo, name, text);
	lf_free(name);
	name = lf_format("%s/service.yaml", folder);
	demo_write(demo, name,
	           "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, "
	           "ports: [{port: 80}]}\n");
	lf_free(name);
	lf_free(text);
}

static void register_flux(const struct demo *demo, const char *path)
{
	char *text = lf_format("apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: "
	                       "{name: web, namespace: flux-system}\n"
	                       "spec: {interval: 1m, url: 'file://%s', ref: {branch: main}}\n",
	                       demo->repository);

	demo_apply(demo, "/api/v1/namespaces/production",
	           "apiVersion: v1\nkind: Namespace\nmetadata: {name: production}\n");
	demo_apply(demo, SOURCES "/web", text);
	lf_free(text);
	text = lf_format("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: "
	                 "web, namespace: flux-system}\n"
	                 "spec: {interval: 10m, retryInterval: 2s, path: %s, prune: true, wait: true, "
	                 "timeout: 3m, targetNamespace: production,\n"
	                 "  sourceRef: {kind: GitRepository, name: web}}\n",
	                 path);
	demo_apply(demo, KUSTOMIZATIONS "/web", text);
	lf_free(text);
}

static void register_argocd(const struct demo *demo, const char *path)
{
	char *text = lf_format(
	    "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: web, namespace: argocd}\n"
	    "spec:\n  project: default\n  source: {repoURL: '%s', path: %s, targetRevision: main}\n"
	    "  destination: {server: 'https://kubernetes.default.svc', namespace: staging}\n"
	    "  syncPolicy: {automated: {prune: true, selfHeal: true}, syncOptions: [CreateNamespace=true]}\n",
	    demo->repository, path);

	demo_apply(demo, APPLICATIONS "/web", text);
	lf_free(text);
}

static int set_up(void **state)
{
	struct group *group = lf_alloc(1, sizeof(*group));
	char parent[] = "/tmp/landfall-test-XXXXXX";

	(void)signal(SIGPIPE, SIG_IGN);
	assert_non_null(mkdtemp(parent));
	group->parent = lf_dup(parent);
	for (size_t i = 0; i < SCENARIOS; i++)
		demo_start(&group->demos[i], scenarios[i], parent);
	for (size_t i = 0; i < SCENARIOS; i++) {
		struct demo *demo = &group->demos[i];

		demo->work = lf_format("%s/work-%s", parent, scenarios[i]);
		assert_int_equal(
		    run_program(parent, (const char *const[]){"git", "clone", "-q", demo->repository,
		                                              demo->work, NULL}),
		    0);
		write_app(demo, "apps/web", "1.27", 2);
		demo_push(demo, "main");
		if (i == FORBIDDEN)
			continue;
		register_flux(demo, "./apps/web");
		register_argocd(demo, "apps/web");
	}
	*state = group;
	return 0;
}

static int tear_down(void **state)
{
	struct group *group = *state;

	for (size_t i = 0; i < SCENARIOS; i++)
		demo_forget(&group->demos[i]);
	(void)lf_fs_remove_tree(group->parent);
	lf_free(group->parent);
	lf_free(group);
	return 0;
}

static const char *condition(const struct lf_node *object, const char *type, const char *field)
{
	return lf_node_text(lf_tree_condition_of(object, type), field);
}

static bool is_ready_at(const struct lf_node *object, const void *commit)
{
	char *revision = lf_format("main@sha1:%s", (const char *)commit);
	bool ready = lf_equal(condition(object, "Ready", "status"), "True") &&
	             (lf_equal(lf_node_text(object, "status.lastAppliedRevision"), revision) ||
	              lf_equal(lf_node_text(object, "status.artifact.revision"), revision));

	lf_free(revision);
	return ready;
}

static bool is_landed_at(const struct lf_node *object, const void *commit)
{
	return lf_equal(lf_node_text(object, "status.sync.status"), "Synced") &&
	       lf_equal(lf_node_text(object, "status.health.status"), "Healthy") &&
	       lf_equal(lf_node_text(object, "status.sync.revision"), commit);
}

static bool is_landed_and_refreshed(const struct lf_node *object, const void *commit)
{
	return is_landed_at(object, commit) && !*lf_tree_get_annotation(object, "argocd.argoproj.io/refresh");
}

static bool has_reason(const struct lf_node *object, const void *reason)
{
	return lf_equal(condition(object, "Ready", "reason"), reason) &&
	       lf_equal(condition(object, "Ready", "status"), "False");
}

static bool has_health(const struct lf_node *object, const void *health)
{
	return lf_equal(lf_node_text(object, "status.health.status"), health);
}

static bool has_condition(const struct lf_node *object, const void *type)
{
	return lf_tree_condition_of(object, type) != NULL;
}

static bool has_event(const struct lf_node *object, const void *message)
{
	return strstr(lf_node_text(object, "message"), message) != NULL;
}

static bool has_handled(const struct lf_node *object, const void *token)
{
	return lf_equal(lf_node_text(object, "status.lastHandledReconcileAt"), token);
}

static void await(const struct demo *demo, const char *path, demo_predicate_fn *is, const void *payload)
{
	lf_node_free(demo_await(demo, path, is, payload, LIMIT_MS));
}

static const struct demo *demo_of(void **state, int scenario)
{
	return &((struct group *)*state)->demos[scenario];
}

static void test_asks_who_is_there(void **state)
{
	const struct demo *demo = demo_of(state, HEALTHY);
	struct lf_node *node;
	char *big;
	int code;

	node = demo_request(demo, &code, "GET", "/api/v1/pods", NULL, NULL, NULL);
	assert_int_equal(code, 401);
	assert_string_equal(lf_node_text(node, "reason"), "Unauthorized");
	lf_node_free(node);
	node = demo_request(demo, &code, "GET", "/api/v1/pods", NULL, NULL, "wrong");
	assert_int_equal(code, 401);
	lf_node_free(node);
	node = demo_request(demo, &code, "GET", "/version", NULL, NULL, NULL);
	assert_int_equal(code, 200);
	lf_node_free(node);
	big = lf_alloc(4 * 1024 * 1024 + 1, 1);
	memset(big, 'x', 4 * 1024 * 1024);
	node = demo_request(demo, &code, "POST", "/api/v1/namespaces", "application/json", big, demo->token);
	assert_int_equal(code, 413);
	lf_node_free(node);
	lf_free(big);
}

static void test_lands_with_flux(void **state)
{
	const struct demo *demo = demo_of(state, HEALTHY);
	struct lf_node *node, *artifact;

	artifact = demo_await(demo, SOURCES, is_ready_at, demo->commit, LIMIT_MS);
	assert_string_equal(condition(artifact, "Ready", "reason"), "Succeeded");
	node = demo_await(demo, KUSTOMIZATIONS, is_ready_at, demo->commit, LIMIT_MS);
	assert_string_equal(lf_node_text(node, "status.observedGeneration"),
	                    lf_node_text(node, "metadata.generation"));
	assert_string_equal(lf_node_text(node, "status.lastAttemptedRevision"),
	                    lf_node_text(node, "status.lastAppliedRevision"));
	assert_non_null(lf_tree_item(lf_node_get(node, "status.inventory.entries"), "id",
	                             "production_web_apps_Deployment"));
	assert_non_null(
	    lf_tree_item(lf_node_get(node, "status.inventory.entries"), "id", "production_web__Service"));
	assert_string_equal(condition(node, "Healthy", "status"), "True");
	assert_null(lf_tree_condition_of(node, "Reconciling"));
	lf_node_free(node);
	lf_node_free(artifact);
	node = demo_get(demo, "/apis/apps/v1/namespaces/production/deployments/web");
	assert_string_equal(lf_node_text(node, "status.availableReplicas"), "2");
	assert_string_equal(lf_tree_get_label(node, "kustomize.toolkit.fluxcd.io/name"), "web");
	lf_node_free(node);
	await(demo, "/api/v1/namespaces/flux-system/events?fieldSelector=involvedObject.kind%3DGitRepository",
	      has_event, "stored artifact for commit 'Deliver web'");
	await(demo, "/api/v1/namespaces/flux-system/events", has_event,
	      "Deployment/production/web created\nService/production/web created");
	await(demo, "/api/v1/namespaces/production/events", has_event,
	      "Successfully assigned production/web-");
	await(demo, "/api/v1/namespaces/production/events", has_event, "Scaled up replica set web-");
}

/* A request is answered with its own token, and a second push is fetched, applied and pruned. */
static void test_follows_a_second_push(void **state)
{
	struct demo *demo = &((struct group *)*state)->demos[HEALTHY];
	struct lf_node *node;
	char *path;
	int code;

	await(demo, KUSTOMIZATIONS, is_ready_at, demo->commit);
	await(demo, APPLICATIONS "?fieldSelector=metadata.name%3Dweb", is_landed_at, demo->commit);
	write_app(demo, "apps/web", "1.28", 2);
	path = lf_format("%s/apps/web/service.yaml", demo->work);
	assert_int_equal(unlink(path), 0);
	lf_free(path);
	demo_push(demo, "main");
	demo_patch(demo, SOURCES "/web",
	           "{\"metadata\":{\"annotations\":{\"reconcile.fluxcd.io/requestedAt\":\"token-1\"}}}");
	node = demo_await(demo, SOURCES, has_handled, "token-1", LIMIT_MS);
	assert_true(is_ready_at(node, demo->commit));
	lf_node_free(node);
	await(demo, KUSTOMIZATIONS, is_ready_at, demo->commit);
	demo_patch(
	    demo, KUSTOMIZATIONS "/web",
	    "{\"metadata\":{\"annotations\":{\"reconcile.fluxcd.io/requestedAt\":\"token\\n2 3\\n\"}}}");
	await(demo, KUSTOMIZATIONS, has_handled, "token\n2 3\n"); /* whatever it is made of */
	lf_node_free(demo_request(demo, &code, "GET", "/api/v1/namespaces/production/services/web", NULL,
	                          NULL, demo->token));
	assert_int_equal(code, 404); /* pruned */
	await(demo, "/api/v1/namespaces/flux-system/events", has_event, "Service/production/web deleted");
	demo_patch(demo, APPLICATIONS "/web", REFRESH);
	node = demo_await(demo, APPLICATIONS "?fieldSelector=metadata.name%3Dweb", is_landed_and_refreshed,
	                  demo->commit, LIMIT_MS);
	assert_int_equal(lf_node_count(lf_node_get(node, "status.history")), 2);
	lf_node_free(node);
	node = demo_get(demo, "/apis/apps/v1/namespaces/staging/deployments/web");
	assert_string_equal(lf_node_text(node, "spec.template.spec.containers.0.image"), "nginx:1.28");
	lf_node_free(node);
}

static void test_lands_with_argocd(void **state)
{
	const struct demo *demo = demo_of(state, HEALTHY);
	struct lf_node *node = demo_await(demo, APPLICATIONS "?fieldSelector=metadata.name%3Dweb",
	                                  is_landed_at, demo->commit, LIMIT_MS);

	assert_string_equal(lf_node_text(node, "status.operationState.phase"), "Succeeded");
	assert_string_equal(lf_node_text(node, "status.operationState.syncResult.revision"), demo->commit);
	assert_true(strcmp(lf_node_text(node, "status.reconciledAt"),
	                   lf_node_text(node, "status.operationState.finishedAt")) >= 0);
	assert_null(lf_node_get(node, "operation"));
	assert_string_equal(lf_node_text(node, "status.sourceType"), "Directory");
	lf_node_free(node);
	node = demo_get(demo, "/apis/apps/v1/namespaces/staging/deployments/web");
	assert_string_equal(lf_tree_get_annotation(node, "argocd.argoproj.io/tracking-id"),
	                    "web:apps/Deployment:staging/web");
	lf_node_free(node);
	await(demo, "/api/v1/namespaces/argocd/events", has_event, "Initiated automated sync to '");
}

/* Without automation nothing happens until an operation is asked for; a dry one changes nothing. */
static void test_syncs_on_request(void **state)
{
	const struct demo *demo = demo_of(state, HEALTHY);
	char *text = lf_format("apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: "
	                       "byhand, namespace: argocd}\n"
	                       "spec:\n  project: default\n  source: {repoURL: '%s', path: "
	                       "apps/podinfo/overlays/staging, targetRevision: HEAD}\n"
	                       "  destination: {name: in-cluster, namespace: podinfo}\n",
	                       demo->repository);
	struct lf_node *node;

	demo_apply(demo, APPLICATIONS "/byhand", text);
	lf_free(text);
	node = demo_await(demo, APPLICATIONS "?fieldSelector=metadata.name%3Dbyhand", has_health, "Missing",
	                  LIMIT_MS);
	assert_string_equal(lf_node_text(node, "status.sync.status"), "OutOfSync");
	assert_null(lf_node_get(node, "status.operationState"));
	lf_node_free(node);
	demo_patch(demo, APPLICATIONS "/byhand",
	           "{\"operation\":{\"sync\":{\"syncOptions\":[\"CreateNamespace=true\"]}},\"status\":{"
	           "\"operationState\":null}}");
	await(demo, APPLICATIONS "?fieldSelector=metadata.name%3Dbyhand", has_health, "Healthy");
}

static void test_shows_logs(void **state)
{
	const struct demo *demo = demo_of(state, HEALTHY);
	struct lf_node *list;
	struct stream stream;
	char *path, *line;

	await(demo, APPLICATIONS "?fieldSelector=metadata.name%3Dweb", is_landed_at, demo->commit);
	list = demo_get(demo, "/api/v1/namespaces/staging/pods?labelSelector=app%3Dweb");
	path = lf_format("/api/v1/namespaces/staging/pods/%s/log?follow=true&timestamps=true",
	                 lf_node_text(list, "items.0.metadata.name"));
	stream_open(&stream, demo, path);
	line = stream_line(&stream, LIMIT_MS);
	assert_int_equal(stream.code, 200);
	assert_non_null(line);
	assert_non_null(strstr(line, "Z /docker-entrypoint.sh: "));
	while (line && !strstr(line, "kube-probe")) { /* it goes on */
		lf_free(line);
		line = stream_line(&stream, LIMIT_MS);
	}
	assert_non_null(line);
	lf_free(line);
	stream_close(&stream);
	lf_free(path);
	lf_node_free(list);
}

static bool waits_for_image(const struct lf_node *object, const void *payload)
{
	(void)payload;
	return lf_equal(lf_node_text(object, "status.containerStatuses.0.state.waiting.reason"),
	                "ImagePullBackOff");
}

static void test_bad_image(void **state)
{
	struct demo *demo = &((struct group *)*state)->demos[BAD_IMAGE];
	struct lf_node *node;

	await(demo, "/api/v1/namespaces/production/events", has_event,
	      "Failed to pull image \"nginx:1.27\": rpc error: code = Unknown desc = Error response from "
	      "daemon: manifest for nginx:1.27 not found: manifest unknown");
	await(demo, "/api/v1/namespaces/production/events", has_event,
	      "Back-off pulling image \"nginx:1.27\"");
	await(demo, "/api/v1/namespaces/production/pods", waits_for_image, NULL);
	await(demo, "/api/v1/namespaces/flux-system/events", has_event,
	      "timeout waiting for: [Deployment/production/web status: 'InProgress']");
	node = demo_await(demo, KUSTOMIZATIONS, has_reason, "HealthCheckFailed", LIMIT_MS);
	assert_string_equal(lf_node_text(node, "status.observedGeneration"),
	                    ""); /* a failure does not count as observed */
	assert_string_equal(condition(node, "Reconciling", "reason"), "ProgressingWithRetry");
	lf_node_free(node);
	await(demo, APPLICATIONS "?fieldSelector=metadata.name%3Dweb", has_health, "Degraded");
	node = demo_get(demo, APPLICATIONS "/guestbook"); /* who was there before is left alone */
	assert_string_equal(lf_node_text(node, "status.health.status"), "Healthy");
	lf_node_free(node);
	write_app(demo, "apps/web", "1.28", 2);
	demo_push(demo, "main"); /* nobody asks: the controllers notice by themselves */
	await(demo, KUSTOMIZATIONS, is_ready_at, demo->commit);
	await(demo, APPLICATIONS "?fieldSelector=metadata.name%3Dweb", is_landed_at, demo->commit);
}

static void test_bad_path(void **state)
{
	struct demo *demo = &((struct group *)*state)->demos[BAD_PATH];
	struct lf_node *node = demo_await(demo, KUSTOMIZATIONS, has_reason, "ArtifactFailed", LIMIT_MS);

	lf_node_free(node);
	node = demo_await(demo, "/api/v1/namespaces/flux-system/events", has_event,
	                  "kustomization path not found: stat /tmp/kustomization-", LIMIT_MS);
	assert_non_null(strstr(lf_node_text(node, "message"), "/apps/web: no such file or directory"));
	lf_node_free(node);
	node = demo_await(demo, APPLICATIONS "?fieldSelector=metadata.name%3Dweb", has_condition,
	                  "ComparisonError", LIMIT_MS);
	assert_non_null(
	    strstr(condition(node, "ComparisonError", "message"), "apps/web: app path does not exist"));
	assert_string_equal(lf_node_text(node, "status.sync.status"), "Unknown");
	lf_node_free(node);
	write_app(demo, "apps/other", "1.28", 1);
	demo_push(demo, "main");
	register_flux(demo, "./apps/other");
	register_argocd(demo, "apps/other");
	await(demo, KUSTOMIZATIONS, is_ready_at, demo->commit);
	node = demo_await(demo, APPLICATIONS "?fieldSelector=metadata.name%3Dweb", is_landed_at, demo->commit,
	                  LIMIT_MS);
	assert_null(lf_tree_condition_of(node, "ComparisonError"));
	lf_node_free(node);
}

static void test_forbidden(void **state)
{
	const struct demo *demo = demo_of(state, FORBIDDEN);
	struct lf_node *node;
	int code;

	node = demo_request(demo, &code, "PATCH", KUSTOMIZATIONS "/web?fieldManager=landfall&dryRun=All",
	                    "application/apply-patch+yaml", "{}", demo->token);
	assert_int_equal(code, 403);
	assert_string_equal(lf_node_text(node, "reason"), "Forbidden");
	lf_node_free(node);
}

static bool is_put_back(const struct lf_node *object, const void *payload)
{
	(void)payload;
	return lf_node_int(object, "spec.replicas", 0) == 2 &&
	       lf_node_int(object, "metadata.generation", 0) > 2;
}

/* Somebody scales by hand what is healthy; both controllers put it back. */
static void test_drift(void **state)
{
	const struct demo *demo = demo_of(state, DRIFT);
	struct lf_node *node = demo_await(demo, "/apis/apps/v1/deployments?fieldSelector=metadata.name%3Dweb",
	                                  is_put_back, NULL, LIMIT_MS);
	char *path = lf_format("/apis/apps/v1/namespaces/%s/deployments/web", lf_tree_namespace(node));

	lf_node_free(node);
	/* and again, by our hand, in the other's namespace: Argo CD watches, Flux comes round */
	demo_patch(demo, "/apis/apps/v1/namespaces/staging/deployments/web", "{\"spec\":{\"replicas\":4}}");
	demo_patch(demo, "/apis/apps/v1/namespaces/production/deployments/web",
	           "{\"spec\":{\"replicas\":4}}");
	await(demo, "/apis/apps/v1/namespaces/production/deployments", is_put_back, NULL);
	await(demo, "/apis/apps/v1/namespaces/staging/deployments", is_put_back, NULL);
	lf_free(path);
}

static void test_slow(void **state)
{
	const struct demo *demo = demo_of(state, SLOW);
	struct lf_node *node = demo_await(demo, KUSTOMIZATIONS, is_ready_at, demo->commit, LATE_MS);

	lf_node_free(node);
}

static size_t open_files(const struct demo *demo)
{
	char *path = lf_format("/proc/%ld/fd", (long)demo->pid);
	DIR *folder = opendir(path);
	size_t count = 0;

	assert_non_null(folder);
	while (readdir(folder))
		count++;
	(void)closedir(folder);
	lf_free(path);
	return count;
}

static bool is_named(const struct lf_node *object, const void *name)
{
	return lf_equal(lf_tree_name(object), name);
}

/* Clients that hang up are noticed while nothing happens, and too many streams are refused. */
static void test_lets_go_of_streams(void **state)
{
	const struct demo *demo = demo_of(state, FORBIDDEN);
	struct stream streams[140];
	size_t before = open_files(demo), refused = 0, tries = 0;

	for (size_t i = 0; i < LF_COUNT(streams); i++) {
		char *line;

		stream_open(&streams[i], demo, "/api/v1/namespaces?watch=1");
		line = stream_line(&streams[i], LIMIT_MS);
		assert_non_null(line);
		refused += streams[i].code == 429;
		lf_free(line);
	}
	assert_int_equal(refused, LF_COUNT(streams) - 128);
	for (size_t i = 0; i < LF_COUNT(streams); i++)
		stream_close(&streams[i]);
	while (open_files(demo) > before + 4 &&
	       tries++ < 1000) { /* each request is a turn of the server's loop */
		int code;

		lf_node_free(demo_request(demo, &code, "GET", "/readyz", NULL, NULL, NULL));
	}
	assert_true(open_files(demo) <= before + 4);
	await(demo, "/api/v1/namespaces", is_named, "default");
}

static bool is_ready_because(const struct lf_node *object, const void *message)
{
	return lf_equal(condition(object, "Ready", "message"), message);
}

/* A branch with slashes in its name is noticed too. */
static void test_notices_other_branches(void **state)
{
	struct demo *demo = &((struct group *)*state)->demos[FORBIDDEN];
	char *text = lf_format("apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: "
	                       "{name: deep, namespace: flux-system}\n"
	                       "spec: {interval: 1m, url: 'file://%s', ref: {branch: team/a/next}}\n",
	                       demo->repository);
	struct lf_node *node;

	demo_apply(demo, SOURCES "/deep", text);
	lf_free(text);
	node = demo_await(demo, SOURCES, has_reason, "GitOperationFailed", LIMIT_MS);
	assert_non_null(strstr(condition(node, "Ready", "message"),
	                       "couldn't find remote ref \"refs/heads/team/a/next\""));
	lf_node_free(node);
	for (int i = 0; i < 2; i++) {
		char *wanted;

		write_app(demo, "apps/web", i ? "1.30" : "1.29", 1);
		demo_push(demo, "team/a/next");
		wanted = lf_format("stored artifact for revision 'team/a/next@sha1:%s'", demo->commit);
		await(demo, SOURCES, is_ready_because, wanted);
		lf_free(wanted);
	}
}

static void test_ends(void **state)
{
	struct group *group = *state;
	struct demo demo = {0};
	struct stream stream;
	char *left;

	for (size_t i = 0; i < SCENARIOS; i++) { /* with streams open and work under way */
		stream_open(&stream, &group->demos[i], "/api/v1/pods?watch=1");
		demo_stop(&group->demos[i]);
		stream_close(&stream);
	}
	demo_start(&demo, "healthy", group->parent);
	assert_int_equal(kill(demo.pid, SIGTERM), 0);
	assert_int_equal(demo_wait(&demo), 0);
	assert_false(lf_fs_exists(demo.folder));
	demo_forget(&demo);
	demo_start(&demo, "healthy",
	           group->parent); /* a crash leaves a folder, the next start takes it away */
	assert_int_equal(kill(demo.pid, SIGKILL), 0);
	assert_int_equal(demo_wait(&demo), -SIGKILL);
	left = lf_dup(demo.folder);
	assert_true(lf_fs_exists(left));
	demo_forget(&demo);
	demo_start(&demo, "healthy", group->parent);
	assert_false(lf_fs_exists(left));
	lf_free(left);
	demo_stop(&demo);
	demo_forget(&demo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_asks_who_is_there),
	    cmocka_unit_test(test_lands_with_flux),
	    cmocka_unit_test(test_lands_with_argocd),
	    cmocka_unit_test(test_follows_a_second_push),
	    cmocka_unit_test(test_syncs_on_request),
	    cmocka_unit_test(test_shows_logs),
	    cmocka_unit_test(test_forbidden),
	    cmocka_unit_test(test_lets_go_of_streams),
	    cmocka_unit_test(test_notices_other_branches),
	    cmocka_unit_test(test_bad_path),
	    cmocka_unit_test(test_bad_image),
	    cmocka_unit_test(test_drift),
	    cmocka_unit_test(test_slow),
	    cmocka_unit_test(test_ends),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
