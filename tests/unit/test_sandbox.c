/* The sandbox's API: the answers of a Kubernetes API server to what is right and to what is wrong, without a
 * socket. */
#include "config.h"

#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "providers/sandbox/tree.h"
#include "tests/unit/sandbox_world.h"
#include "tests/unit/unit.h"

#define FLUX "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations"
#define APPS "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications"
#define DEPLOYMENTS "/apis/apps/v1/namespaces/default/deployments"
#define MAPS "/api/v1/namespaces/default/configmaps"
#define STRICT "?fieldManager=landfall&fieldValidation=Strict"

static const char kustomization[] = "apiVersion: kustomize.toolkit.fluxcd.io/v1\n"
                                    "kind: Kustomization\n"
                                    "metadata: {name: web, namespace: flux-system}\n"
                                    "spec:\n"
                                    "  interval: 10m\n"
                                    "  prune: true\n"
                                    "  sourceRef: {kind: GitRepository, name: web}\n";

static const char deployment[] = "apiVersion: apps/v1\n"
                                 "kind: Deployment\n"
                                 "metadata: {name: web}\n"
                                 "spec:\n"
                                 "  selector: {matchLabels: {app: web}}\n"
                                 "  template:\n"
                                 "    metadata: {labels: {app: web}}\n"
                                 "    spec:\n"
                                 "      containers:\n"
                                 "        - {name: web, image: 'nginx:1.27', env: [{name: A, value: a}]}\n";

static int set_up(void **state)
{
	struct world *world = lf_alloc(1, sizeof(*world));

	world_open(world, "healthy");
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	world_close(*state);
	lf_free(*state);
	return 0;
}

static void has(const struct answer *answer, const char *path, const char *wanted)
{
	const char *text = answer_text(answer, path);

	if (!strstr(text, wanted))
		fail_msg("%s is \"%s\", without \"%s\"", path, text, wanted);
}

static char *with_line(const char *document, const char *line)
{
	return lf_format("%s%s\n", document, line);
}

static void test_discovery(void **state)
{
	struct world *world = *state;
	struct answer answer = world_call(world, "GET", "/version", NULL, NULL);
	const struct lf_node *row;

	assert_string_equal(answer_text(&answer, "gitVersion"), "v1.35.4");
	answer_dispose(&answer);
	answer = world_call(world, "GET", "/apis", NULL, NULL);
	assert_non_null(lf_tree_item(lf_node_get(answer.node, "groups"), "name", "argoproj.io"));
	assert_non_null(lf_tree_item(lf_node_get(answer.node, "groups"), "name", "authorization.k8s.io"));
	answer_dispose(&answer);
	answer = world_call(world, "GET", "/apis/apps/v1", NULL, NULL);
	row = lf_tree_item(lf_node_get(answer.node, "resources"), "name", "deployments");
	assert_string_equal(lf_node_text(row, "shortNames.0"), "deploy");
	assert_true(lf_node_true(row, "namespaced"));
	assert_true(lf_tree_has(lf_node_get(row, "verbs"), "watch"));
	answer_dispose(&answer);
	answer = world_call(world, "GET", "/apis/batch/v1", NULL, NULL);
	assert_int_equal(answer.code, 404);
	assert_string_equal(lf_str_text(&answer.text), "404 page not found\n");
	answer_dispose(&answer);
	world_expect(world, 404, "GET", "/apis/apps/v1/namespaces/default/nothings", NULL, NULL);
	answer = world_call(world, "GET",
	                    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"
	                    "gitrepositories.source.toolkit.fluxcd.io",
	                    NULL, NULL);
	assert_string_equal(lf_tree_get_label(answer.node, "app.kubernetes.io/version"), "v2.9.0");
	assert_string_equal(lf_tree_get_label(answer.node, "app.kubernetes.io/part-of"), "flux");
	answer_dispose(&answer);
	answer =
	    world_call(world, "GET", "/apis/apps/v1/namespaces/argocd/deployments/argocd-server", NULL, NULL);
	has(&answer, "spec.template.spec.containers.0.image", "argocd:v3.");
	answer_dispose(&answer);
}

/* The shapes of refusals as a real API server was seen to give them (reference/cluster.md). */
static void test_refuses_unknown_fields(void **state)
{
	struct world *world = *state;
	char *wrong = with_line(kustomization, "  validation: client\n  other: 1");
	struct answer answer =
	    world_call(world, "PATCH", FLUX "/web" STRICT "&dryRun=All", APPLY_TYPE, wrong);

	assert_int_equal(answer.code, 500);
	assert_string_equal(answer_text(&answer, "reason"), "");
	has(&answer, "message",
	    "failed to create typed patch object (flux-system/web; kustomize.toolkit.fluxcd.io/v1, "
	    "Kind=Kustomization): errors:");
	has(&answer, "message", "\n  .spec.validation: field not declared in schema");
	answer_dispose(&answer);
	answer = world_call(world, "POST", FLUX STRICT "&dryRun=All", "application/yaml", wrong);
	assert_int_equal(answer.code, 400);
	assert_string_equal(answer_text(&answer, "reason"), "BadRequest");
	assert_string_equal(
	    answer_text(&answer, "message"),
	    "strict decoding error: unknown field \"spec.validation\", unknown field \"spec.other\"");
	answer_dispose(&answer);
	world_expect(world, 201, "POST", FLUX "?dryRun=All", "application/yaml",
	             wrong); /* without strictness it passes */
	lf_free(wrong);
	wrong = lf_format("%s        - {name: side, image: x, imagePolicy: Always}\n", deployment);
	answer = world_call(world, "PATCH", DEPLOYMENTS "/web" STRICT, APPLY_TYPE, wrong);
	assert_int_equal(answer.code, 500);
	has(&answer, "message",
	    ": .spec.template.spec.containers[name=\"side\"].imagePolicy: field not declared in schema");
	answer_dispose(&answer);
	lf_free(wrong);
}

static void test_refuses_wrong_values(void **state)
{
	static const char wrong[] = "apiVersion: kustomize.toolkit.fluxcd.io/v1\n"
	                            "kind: Kustomization\n"
	                            "metadata: {name: web, namespace: flux-system}\n"
	                            "spec: {interval: 5d, sourceRef: {kind: Nothing, name: web}}\n";
	struct world *world = *state;
	char *text = with_line(kustomization, "  wait: \"yes\"");
	struct answer answer = world_call(world, "PATCH", FLUX "/web" STRICT, APPLY_TYPE, wrong);
	const struct lf_node *causes;

	assert_int_equal(answer.code, 422);
	assert_string_equal(answer_text(&answer, "reason"), "Invalid");
	has(&answer, "message", "Kustomization.kustomize.toolkit.fluxcd.io \"web\" is invalid: [");
	has(&answer, "message",
	    "spec.interval: Invalid value: \"5d\": spec.interval in body should match '^(");
	has(&answer, "message",
	    "spec.sourceRef.kind: Unsupported value: \"Nothing\": supported values: \"OCIRepository\", "
	    "\"GitRepository\"");
	has(&answer, "message", "spec.prune: Required value");
	causes = lf_node_get(answer.node, "details.causes");
	assert_string_equal(lf_node_text(lf_tree_item(causes, "field", "spec.prune"), "reason"),
	                    "FieldValueRequired");
	assert_string_equal(lf_node_text(lf_tree_item(causes, "field", "spec.sourceRef.kind"), "reason"),
	                    "FieldValueNotSupported");
	answer_dispose(&answer);
	answer = world_call(world, "PATCH", FLUX "/web" STRICT, APPLY_TYPE, text);
	assert_int_equal(answer.code, 500);
	has(&answer, "message", ".spec.wait: expected boolean, got ");
	answer_dispose(&answer);
	lf_free(text);
	text = lf_format("%s  replicas: three\n", deployment);
	answer = world_call(world, "PATCH", DEPLOYMENTS "/web" STRICT, APPLY_TYPE, text);
	has(&answer, "message", ".spec.replicas: expected numeric (int or float), got string");
	answer_dispose(&answer);
	lf_free(text);
	answer = world_call(world, "POST", MAPS, JSON_TYPE,
	                    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"Big\"}}");
	assert_int_equal(answer.code, 422);
	has(&answer, "message", "metadata.name: Invalid value: \"Big\": a lowercase RFC 1123 subdomain");
	answer_dispose(&answer);
	answer = world_call(world, "PATCH", "/api/v1/namespaces/nope/configmaps/x" STRICT, APPLY_TYPE,
	                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n");
	assert_int_equal(answer.code, 404);
	assert_string_equal(answer_text(&answer, "message"), "namespaces \"nope\" not found");
	assert_string_equal(answer_text(&answer, "details.kind"), "namespaces");
	answer_dispose(&answer);
	answer = world_call(world, "PATCH", MAPS "/x" STRICT, APPLY_TYPE,
	                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {a: '1', a: '2'}\n");
	assert_int_equal(answer.code, 400);
	has(&answer, "message", "error strict decoding YAML: ");
	answer_dispose(&answer);
}

static void test_refuses_what_does_not_belong(void **state)
{
	struct world *world = *state;

	world_expect(world, 422, "PATCH", FLUX "/web?fieldValidation=Strict", APPLY_TYPE,
	             kustomization); /* no field manager */
	world_expect(world, 400, "PATCH", FLUX "/other" STRICT, APPLY_TYPE, kustomization);
	world_expect(world, 400, "PATCH", MAPS "/web" STRICT, APPLY_TYPE, kustomization);
	world_expect(world, 415, "PATCH", FLUX "/web", "application/json-patch+json", "[]");
	world_expect(world, 404, "PATCH", FLUX "/web", MERGE_TYPE, "{}");
	world_expect(world, 405, "DELETE", FLUX, NULL, NULL);
	world_expect(world, 405, "BREW", FLUX "/web", NULL, NULL);
	world_expect(world, 400, "POST", MAPS, JSON_TYPE, "{\"apiVersion\":");
	world_expect(world, 400, "POST", MAPS, JSON_TYPE, "[]");
	world_expect(world, 422, "POST", MAPS "?dryRun=Some", JSON_TYPE, "{}");
	world_expect(world, 404, "GET", "/api/v1/namespaces/default/pods/x/exec", NULL, NULL);
	world_expect(world, 404, "GET", "/api/v1/namespaces/default/pods/x/log", NULL, NULL);
}

static void test_applies(void **state)
{
	struct world *world = *state;
	struct answer answer =
	    world_call(world, "PATCH", FLUX "/web" STRICT "&dryRun=All", APPLY_TYPE, kustomization);
	char version[32];
	char *more = with_line(kustomization, "  wait: true");

	assert_int_equal(answer.code, 201);
	answer_dispose(&answer);
	world_expect(world, 404, "GET", FLUX "/web", NULL, NULL); /* a dry run stores nothing */
	answer = world_call(world, "PATCH", FLUX "/web" STRICT, APPLY_TYPE, kustomization);
	assert_int_equal(answer.code, 201);
	assert_string_equal(answer_text(&answer, "metadata.generation"), "1");
	assert_string_equal(answer_text(&answer, "spec.force"), "false"); /* a default */
	assert_int_equal(strlen(answer_text(&answer, "metadata.uid")), 36);
	(void)strncpy(version, answer_text(&answer, "metadata.resourceVersion"), sizeof(version) - 1);
	version[sizeof(version) - 1] = '\0';
	answer_dispose(&answer);
	answer = world_call(world, "PATCH", FLUX "/web" STRICT, APPLY_TYPE,
	                    kustomization); /* the same again changes nothing */
	assert_int_equal(answer.code, 200);
	assert_string_equal(answer_text(&answer, "metadata.resourceVersion"), version);
	answer_dispose(&answer);
	answer = world_call(world, "PATCH", FLUX "/web" STRICT, APPLY_TYPE, more);
	assert_string_equal(answer_text(&answer, "spec.wait"), "true");
	assert_string_equal(answer_text(&answer, "metadata.generation"), "2");
	answer_dispose(&answer);
	answer = world_call(world, "PATCH", FLUX "/web" STRICT, APPLY_TYPE,
	                    kustomization); /* what is no longer applied goes */
	assert_string_equal(answer_text(&answer, "spec.wait"), "");
	assert_string_equal(answer_text(&answer, "metadata.generation"), "3");
	answer_dispose(&answer);
	lf_free(more);
}

static void test_conflicts_between_managers(void **state)
{
	static const char other[] = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: "
	                            "Kustomization\nmetadata: {name: web}\nspec: {interval: 5m, path: ./x}\n";
	struct world *world = *state;
	struct answer answer;

	world_expect(world, 201, "PATCH", FLUX "/web" STRICT, APPLY_TYPE, kustomization);
	answer = world_call(world, "PATCH", FLUX "/web?fieldManager=somebody", APPLY_TYPE, other);
	assert_int_equal(answer.code, 409);
	assert_string_equal(answer_text(&answer, "reason"), "Conflict");
	assert_string_equal(answer_text(&answer, "message"),
	                    "Apply failed with 1 conflict: conflict with \"landfall\": .spec.interval");
	assert_string_equal(answer_text(&answer, "details.causes.0.reason"), "FieldManagerConflict");
	answer_dispose(&answer);
	world_expect(world, 200, "PATCH", FLUX "/web?fieldManager=somebody&force=true", APPLY_TYPE, other);
	world_expect(world, 409, "PATCH", FLUX "/web" STRICT, APPLY_TYPE,
	             kustomization); /* now it is theirs */
	answer = world_call(world, "PATCH", FLUX "/web" STRICT "&force=true", APPLY_TYPE, kustomization);
	assert_string_equal(answer_text(&answer, "spec.interval"), "10m");
	assert_string_equal(answer_text(&answer, "spec.path"), "./x"); /* what only they applied stays */
	answer_dispose(&answer);
}

static void test_merges_lists_by_key(void **state)
{
	static const char side[] =
	    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: "
	    "{containers: [{name: web, env: [{name: B, value: b}]}]}}}\n";
	struct world *world = *state;
	struct answer answer;

	world_expect(world, 201, "PATCH", DEPLOYMENTS "/web" STRICT, APPLY_TYPE, deployment);
	answer = world_call(world, "PATCH", DEPLOYMENTS "/web?fieldManager=side", APPLY_TYPE, side);
	assert_int_equal(answer.code, 200);
	assert_int_equal(lf_node_count(lf_node_get(answer.node, "spec.template.spec.containers")), 1);
	assert_int_equal(lf_node_count(lf_node_get(answer.node, "spec.template.spec.containers.0.env")), 2);
	assert_string_equal(answer_text(&answer, "spec.template.spec.containers.0.image"), "nginx:1.27");
	assert_string_equal(answer_text(&answer, "spec.replicas"), "1");
	assert_string_equal(answer_text(&answer, "spec.strategy.rollingUpdate.maxSurge"), "25%");
	answer_dispose(&answer);
	/* defaults that were filled in do not make an item another one */
	world_expect(world, 200, "PATCH", DEPLOYMENTS "/web?fieldManager=side", APPLY_TYPE,
	             "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: "
	             "{containers: [{name: web, ports: [{containerPort: 80}]}]}}}\n");
	answer = world_call(world, "PATCH", DEPLOYMENTS "/web?fieldManager=side", APPLY_TYPE,
	                    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: "
	                    "{spec: {containers: [{name: web, tty: true, ports: [{containerPort: 80}, "
	                    "{containerPort: 80, protocol: UDP}]}]}}}\n");
	assert_int_equal(lf_node_count(lf_node_get(answer.node, "spec.template.spec.containers.0.ports")), 2);
	answer_dispose(&answer);
	answer = world_call(world, "PATCH", DEPLOYMENTS "/web", "application/strategic-merge-patch+json",
	                    "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":"
	                    "\"nginx:1.28\"}]}}}}");
	assert_string_equal(answer_text(&answer, "spec.template.spec.containers.0.image"), "nginx:1.28");
	assert_int_equal(lf_node_count(lf_node_get(answer.node, "spec.template.spec.containers.0.env")),
	                 1); /* the other manager gave up its own */
	answer_dispose(&answer);
	answer = world_call(world, "PATCH", DEPLOYMENTS "/web", MERGE_TYPE,
	                    "{\"spec\":{\"selector\":{\"matchLabels\":{\"app\":\"other\"}}}}");
	assert_int_equal(answer.code, 422);
	has(&answer, "message", "spec.selector: Invalid value: field is immutable");
	answer_dispose(&answer);
}

static void test_merge_patches(void **state)
{
	struct world *world = *state;
	struct answer answer;

	world_expect(world, 201, "PATCH", FLUX "/web" STRICT, APPLY_TYPE, kustomization);
	answer = world_call(world, "PATCH", FLUX "/web", MERGE_TYPE,
	                    "{\"metadata\":{\"annotations\":{\"reconcile.fluxcd.io/"
	                    "requestedAt\":\"t1\"}},\"status\":{\"lastHandledReconcileAt\":\"t1\"}}");
	assert_int_equal(answer.code, 200);
	assert_string_equal(lf_tree_get_annotation(answer.node, "reconcile.fluxcd.io/requestedAt"), "t1");
	assert_null(lf_node_get(answer.node, "status")); /* status has a door of its own */
	assert_string_equal(answer_text(&answer, "metadata.generation"), "1");
	answer_dispose(&answer);
	world_expect(world, 409, "PATCH", FLUX "/web", MERGE_TYPE,
	             "{\"metadata\":{\"resourceVersion\":\"1\"}}");
	world_expect(world, 201, "POST", MAPS, JSON_TYPE,
	             "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"x\"},\"data\":{"
	             "\"a\":\"1\",\"b\":\"2\"}}");
	answer = world_call(world, "PATCH", MAPS "/x", MERGE_TYPE, "{\"data\":{\"a\":null,\"c\":\"3\"}}");
	assert_null(lf_node_get(answer.node, "data.a"));
	assert_int_equal(lf_node_count(lf_node_get(answer.node, "data")), 2);
	answer_dispose(&answer);
	/* An Application has no such door: one patch sets the operation and clears what was. */
	answer = world_call(world, "PATCH", APPS "/guestbook", MERGE_TYPE,
	                    "{\"operation\":{\"sync\":{\"revision\":\"main\"}},\"status\":{"
	                    "\"operationState\":null,\"health\":{\"status\":\"Odd\"}}}");
	assert_int_equal(answer.code, 200);
	assert_string_equal(answer_text(&answer, "operation.sync.revision"), "main");
	assert_string_equal(answer_text(&answer, "status.health.status"), "Odd");
	assert_string_equal(answer_text(&answer, "metadata.generation"), "2");
	answer_dispose(&answer);
	world_expect(world, 200, "PATCH", APPS "/guestbook", MERGE_TYPE, "{\"operation\":null}");
	answer = world_call(world, "PATCH", APPS "/guestbook", MERGE_TYPE,
	                    "{\"operation\":{\"sync\":{}}}"); /* an addition counts like a change */
	assert_string_equal(answer_text(&answer, "metadata.generation"), "4");
	answer_dispose(&answer);
}

static void test_creates_and_deletes(void **state)
{
	static const char map[] = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":"
	                          "\"x\"},\"data\":{\"a\":\"1\"}}";
	struct world *world = *state;
	struct answer answer;

	world_expect(world, 201, "POST", MAPS "?dryRun=All", JSON_TYPE, map);
	world_expect(world, 404, "GET", MAPS "/x", NULL, NULL);
	world_expect(world, 201, "POST", MAPS, JSON_TYPE, map);
	answer = world_call(world, "POST", MAPS, JSON_TYPE, map);
	assert_int_equal(answer.code, 409);
	assert_string_equal(answer_text(&answer, "reason"), "AlreadyExists");
	answer_dispose(&answer);
	world_expect(world, 200, "DELETE", MAPS "/x?dryRun=All", NULL, NULL);
	world_expect(world, 200, "DELETE", MAPS "/x", NULL, NULL);
	world_expect(world, 404, "DELETE", MAPS "/x", NULL, NULL);
	answer = world_call(world, "DELETE", APPS "/guestbook", NULL, NULL); /* a finalizer holds it */
	assert_true(*answer_text(&answer, "metadata.deletionTimestamp") != '\0');
	answer_dispose(&answer);
	world_expect(world, 200, "GET", APPS "/guestbook", NULL, NULL);
	answer = world_call(world, "POST", "/api/v1/namespaces/default/secrets", JSON_TYPE,
	                    "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"generateName\":\"s-"
	                    "\"},\"stringData\":{\"a\":\"Hello\"}}");
	assert_int_equal(answer.code, 201);
	assert_string_equal(answer_text(&answer, "data.a"), "SGVsbG8=");
	assert_int_equal(strlen(answer_text(&answer, "metadata.name")), 7);
	answer_dispose(&answer);
}

static void add_map(struct world *world, const char *name, const char *labels)
{
	char *body = lf_format(
	    "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"%s\",\"labels\":{%s}}}",
	    name, labels);

	world_expect(world, 201, "POST", MAPS, JSON_TYPE, body);
	lf_free(body);
}

static size_t list_count(struct world *world, const char *url)
{
	struct answer answer = world_call(world, "GET", url, NULL, NULL);
	size_t count = lf_node_count(lf_node_get(answer.node, "items"));

	assert_int_equal(answer.code, 200);
	answer_dispose(&answer);
	return count;
}

static void test_selects(void **state)
{
	struct world *world = *state;

	add_map(world, "a", "\"app\":\"web\",\"tier\":\"front\"");
	add_map(world, "b", "\"app\":\"web\",\"tier\":\"back\"");
	add_map(world, "c", "\"app\":\"db\"");
	assert_int_equal(list_count(world, MAPS), 3);
	assert_int_equal(list_count(world, MAPS "?labelSelector=app%3Dweb"), 2);
	assert_int_equal(list_count(world, MAPS "?labelSelector=app==web,tier=back"), 1);
	assert_int_equal(list_count(world, MAPS "?labelSelector=tier!=back"), 2);
	assert_int_equal(list_count(world, MAPS "?labelSelector=!tier"), 1);
	assert_int_equal(list_count(world, MAPS "?labelSelector=tier"), 2);
	assert_int_equal(list_count(world, MAPS "?labelSelector=app%20in%20(web,x),tier%20notin%20(back)"),
	                 1);
	assert_int_equal(list_count(world, MAPS "?fieldSelector=metadata.name%3Dc"), 1);
	assert_int_equal(list_count(world, "/api/v1/configmaps?fieldSelector=metadata.namespace%3Ddefault"),
	                 3);
	assert_true(list_count(world, "/api/v1/configmaps") > 3);
	world_expect(world, 400, "GET", MAPS "?fieldSelector=data.a%3D1", NULL, NULL);
	world_expect(world, 400, "GET", MAPS "?labelSelector=a%20b", NULL, NULL);
}

static void test_pages(void **state)
{
	struct world *world = *state;
	char *token = lf_dup(""), *version = NULL;
	size_t seen = 0;

	for (int i = 0; i < 7; i++) {
		char name[16];

		(void)snprintf(name, sizeof(name), "m%d", i);
		add_map(world, name, "");
	}
	do {
		char *url = lf_format("%s?limit=3&continue=%s", MAPS, token);
		struct answer answer = world_call(world, "GET", url, NULL, NULL);

		assert_int_equal(answer.code, 200);
		assert_null(lf_node_get(answer.node, "items.0.kind")); /* built-in kinds come bare in lists */
		if (version)
			assert_string_equal(answer_text(&answer, "metadata.resourceVersion"), version);
		lf_set(&version, answer_text(&answer, "metadata.resourceVersion"));
		seen += lf_node_count(lf_node_get(answer.node, "items"));
		lf_set(&token, answer_text(&answer, "metadata.continue"));
		if (seen == 3)
			assert_string_equal(answer_text(&answer, "metadata.remainingItemCount"), "4");
		answer_dispose(&answer);
		lf_free(url);
	} while (*token);
	assert_int_equal(seen, 7);
	world_expect(world, 400, "GET", MAPS "?continue=zz", NULL, NULL);
	world_expect(world, 410, "GET", MAPS "?continue=3120782f79", NULL,
	             NULL); /* "1 x/y" in hexadecimal: a version that is long gone */
	lf_free(token);
	lf_free(version);
}

/* Reads what the stream has to say now. */
static const char *news(struct answer *answer, struct lf_str *out)
{
	lf_str_truncate(out, 0);
	(void)answer->stream.read(out, answer->stream.payload);
	return lf_str_text(out);
}

static void test_watches(void **state)
{
	struct world *world = *state;
	struct answer answer;
	struct lf_str out = {0};

	add_map(world, "a", "\"app\":\"web\"");
	answer = world_call(
	    world, "GET",
	    MAPS "?watch=true&labelSelector=app%3Dweb&allowWatchBookmarks=true&sendInitialEvents=true", NULL,
	    NULL);
	assert_int_equal(answer.code, 200);
	assert_true(
	    lf_starts_with(lf_str_text(&answer.text),
	                   "{\"type\":\"ADDED\",\"object\":{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\""));
	assert_true(lf_starts_with(
	    news(&answer, &out),
	    "{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\""));
	assert_non_null(strstr(lf_str_text(&out), "\"k8s.io/initial-events-end\":\"true\""));
	assert_string_equal(news(&answer, &out), "");
	add_map(world, "b", "\"app\":\"db\"");
	assert_string_equal(news(&answer, &out), ""); /* not selected */
	world_expect(world, 200, "PATCH", MAPS "/b", MERGE_TYPE,
	             "{\"metadata\":{\"labels\":{\"app\":\"web\"}}}");
	assert_true(
	    lf_starts_with(news(&answer, &out), "{\"type\":\"ADDED\"")); /* for this watch it is new */
	world_expect(world, 200, "PATCH", MAPS "/b", MERGE_TYPE, "{\"data\":{\"x\":\"1\"}}");
	assert_true(lf_starts_with(news(&answer, &out), "{\"type\":\"MODIFIED\""));
	world_expect(world, 200, "PATCH", MAPS "/b", MERGE_TYPE,
	             "{\"metadata\":{\"labels\":{\"app\":\"db\"}}}");
	assert_true(lf_starts_with(news(&answer, &out), "{\"type\":\"DELETED\"")); /* no longer selected */
	world_expect(world, 200, "DELETE", MAPS "/a", NULL, NULL);
	assert_true(lf_starts_with(news(&answer, &out), "{\"type\":\"DELETED\""));
	answer_dispose(&answer);
	lf_str_dispose(&out);
}

static void test_watch_of_the_past(void **state)
{
	struct world *world = *state;
	struct answer answer = world_call(world, "GET", MAPS, NULL, NULL);
	char *url = lf_format("%s?watch=1&resourceVersion=%s", MAPS,
	                      answer_text(&answer, "metadata.resourceVersion"));
	struct lf_str out = {0};

	answer_dispose(&answer);
	add_map(world, "a", "");
	answer = world_call(world, "GET", url, NULL, NULL); /* from the list on: nothing is missed */
	assert_string_equal(lf_str_text(&answer.text), "");
	assert_true(lf_starts_with(news(&answer, &out), "{\"type\":\"ADDED\""));
	for (int i = 0; i < 1100; i++) { /* more than the history holds, behind the back of this watch */
		char body[64];

		(void)snprintf(body, sizeof(body), "{\"data\":{\"n\":\"%d\"}}", i);
		world_expect(world, 200, "PATCH", MAPS "/a", MERGE_TYPE, body);
	}
	lf_str_truncate(&out, 0);
	assert_false(answer.stream.read(&out, answer.stream.payload)); /* told, and ended */
	assert_true(lf_starts_with(lf_str_text(&out), "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\""));
	assert_non_null(strstr(lf_str_text(&out), "\"reason\":\"Expired\",\"code\":410"));
	answer_dispose(&answer);
	world_expect(world, 400, "GET", MAPS "?watch=1&resourceVersion=abc", NULL, NULL);
	lf_str_dispose(&out);
	lf_free(url);
}

static void test_watch_ends_in_time(void **state)
{
	struct world *world = *state;
	struct answer answer =
	    world_call(world, "GET", MAPS "?watch=1&timeoutSeconds=7&allowWatchBookmarks=true", NULL, NULL);
	int64_t patience = answer.stream.patience_ms(answer.stream.payload);

	assert_true(patience > 6000 && patience <= 7000);
	answer_dispose(&answer);
}

static void test_forbids(void **state)
{
	static const struct {
		const char *verb, *group, *resource, *allowed;
	} rows[] = {
	    {"patch", "kustomize.toolkit.fluxcd.io", "kustomizations", "false"},
	    {"create", "argoproj.io", "applications", "false"},
	    {"get", "kustomize.toolkit.fluxcd.io", "kustomizations", "true"},
	    {"patch", "source.toolkit.fluxcd.io", "gitrepositories", "true"},
	};
	struct world world;
	struct answer answer;

	(void)state;
	world_open(&world, "forbidden");
	answer = world_call(&world, "PATCH", FLUX "/web" STRICT, APPLY_TYPE, kustomization);
	assert_int_equal(answer.code, 403);
	assert_string_equal(answer_text(&answer, "message"),
	                    "kustomizations.kustomize.toolkit.fluxcd.io \"web\" is forbidden: User \"demo\" "
	                    "cannot patch resource \"kustomizations\" in API group "
	                    "\"kustomize.toolkit.fluxcd.io\" in the namespace \"flux-system\"");
	answer_dispose(&answer);
	world_expect(&world, 200, "GET", FLUX, NULL, NULL);
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_str body = {0};

		lf_str_addf(
		    &body,
		    "{\"apiVersion\":\"authorization.k8s.io/"
		    "v1\",\"kind\":\"SelfSubjectAccessReview\",\"spec\":{\"resourceAttributes\":"
		    "{\"namespace\":\"flux-system\",\"verb\":\"%s\",\"group\":\"%s\",\"resource\":\"%s\"}}}",
		    rows[i].verb, rows[i].group, rows[i].resource);
		answer = world_call(&world, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
		                    JSON_TYPE, lf_str_text(&body));
		assert_int_equal(answer.code, 201);
		assert_string_equal(answer_text(&answer, "status.allowed"), rows[i].allowed);
		answer_dispose(&answer);
		lf_str_dispose(&body);
	}
	world_close(&world);
}

/* Whatever is in a body, the answer is an answer. */
static void test_survives_odd_bodies(void **state)
{
	static const char *const bodies[] = {
	    "",
	    "null",
	    "[]",
	    "{}",
	    "a: &a [*a]\n",
	    "apiVersion: [1]\nkind: {a: b}\n",
	    "apiVersion: apps/v1\nkind: Deployment\nmetadata: 5\n",
	    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: [1]}\nspec: []\n",
	    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {selector: 1, template: 2, "
	    "replicas: []}\n",
	    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {template: {spec: "
	    "{containers: [1, null, [2]]}}, selector: {matchLabels: [x]}}\n",
	    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec: {strategy: {rollingUpdate: "
	    "1}, template: {spec: {containers: {}}}}\n",
	};
	struct world *world = *state;

	for (size_t i = 0; i < LF_COUNT(bodies); i++) {
		struct answer answer =
		    world_call(world, "PATCH", DEPLOYMENTS "/web" STRICT, APPLY_TYPE, bodies[i]);

		assert_true(answer.code >= 400 && answer.code <= 500);
		answer_dispose(&answer);
		answer = world_call(world, "POST", DEPLOYMENTS, "application/yaml", bodies[i]);
		assert_true(answer.code >= 400 && answer.code <= 500);
		answer_dispose(&answer);
	}
	world_expect(world, 200, "PATCH", APPS "/guestbook", MERGE_TYPE,
	             "{\"operation\":[],\"status\":\"odd\",\"metadata\":{\"annotations\":{\"argocd.argoproj."
	             "io/refresh\":\"x\"}}}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_discovery, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_refuses_unknown_fields, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_refuses_wrong_values, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_refuses_what_does_not_belong, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_applies, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_conflicts_between_managers, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_merges_lists_by_key, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_merge_patches, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_creates_and_deletes, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_selects, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_pages, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_watches, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_watch_of_the_past, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_watch_ends_in_time, set_up, tear_down),
	    cmocka_unit_test(test_forbids),
	    cmocka_unit_test_setup_teardown(test_survives_odd_bodies, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
