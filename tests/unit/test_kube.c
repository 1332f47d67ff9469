/* One-shot calls against a scripted API server: paths, credentials, refusals, logs, discovery. Watches are in test_watch. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"
#include "tests/unit/kubeworld.h"
#include "tests/unit/unit.h"

static struct world *the_world;

static int set_up(void **state)
{
	(void)state;
	the_world = world_new(NULL);
	*state = the_world;
	return 0;
}

static int tear_down(void **state)
{
	world_free(*state);
	return 0;
}

static void get(struct world *world, struct outcome *outcome, const char *group, const char *kind, const char *namespace, const char *name)
{
	struct lf_ref ref = lf_ref_new(group, kind, namespace, name);

	outcome->world = world;
	outcome->call = lf_kube_get(world->kube, &ref, outcome_take, outcome);
	assert_false(outcome->done);
	lf_ref_dispose(&ref);
}

static void expect_get(struct world *world, struct outcome *outcome, const char *group, const char *kind, const char *namespace, const char *name)
{
	get(world, outcome, group, kind, namespace, name);
	assert_true(world_wait(world, &outcome->done));
	assert_int_equal(outcome->dones, 1);
}

/* ---- paths and kinds */

static void script_objects(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	(void)world;
	if (!world_kinds(conn, request))
		fake_json(conn, 200, "{\"kind\":\"X\",\"metadata\":{\"name\":\"x\",\"managedFields\":[1]}}");
}

static void finds_the_path_of_a_kind(void **state)
{
	static const struct {
		const char *group, *kind, *namespace, *name, *path;
	} cases[] = {
		{"", "Pod", "a", "p", "GET /api/v1/namespaces/a/pods/p\n"},
		{"", "Pod", "", "p", "GET /api/v1/namespaces/team/pods/p\n"}, /* the context's namespace */
		{"", "Namespace", "ignored", "n", "GET /api/v1/namespaces/n\n"},
		{"apps", "Deployment", "a", "d", "GET /apis/apps/v1/namespaces/a/deployments/d\n"},
		{"example.org", "Receiver", "a", "r", "GET /apis/example.org/v1/namespaces/a/receivers/r\n"},
		{"example.org", "Alert", "a", "r", "GET /apis/example.org/v1beta3/namespaces/a/alerts/r\n"},
		{"", "ConfigMap", "a", "sp ace?&", "GET /api/v1/namespaces/a/configmaps/sp%20ace%3F%26\n"},
	};
	struct world *world = *state;
	size_t i;

	world->script = script_objects;
	world_open(world, "{}");
	for (i = 0; i < LF_COUNT(cases); i++) {
		struct outcome outcome = {0};

		expect_get(world, &outcome, cases[i].group, cases[i].kind, cases[i].namespace, cases[i].name);
		assert_int_equal(outcome.error.code, LF_OK);
		assert_string_equal(lf_node_text(outcome.object, "metadata.name"), "x");
		if (world_count(world, cases[i].path) != 1)
			fail_msg("%s not in\n%s", cases[i].path, lf_str_text(&world->seen));
		outcome_dispose(&outcome);
	}
	assert_int_equal(world_count(world, "GET /api/v1\n"), 1); /* asked once, kept */
	assert_int_equal(world_count(world, "GET /apis/example.org\n"), 1);
}

static void refuses_what_names_nothing(void **state)
{
	static const struct {
		const char *kind, *namespace, *name;
	} cases[] = {{"", "a", "x"}, {"Pod", "a", ""}, {"Pod", "a", ".."}, {"Pod", "a", "x/y"}, {"Pod", "..", "x"}, {"Pod", "a/b", "x"}};
	struct world *world = *state;
	size_t i;

	world->script = script_objects;
	world_open(world, "{}");
	for (i = 0; i < LF_COUNT(cases); i++) {
		struct outcome outcome = {0};

		expect_get(world, &outcome, "", cases[i].kind, cases[i].namespace, cases[i].name);
		assert_int_equal(outcome.error.code, LF_EINVAL);
		assert_true(outcome.error.hint[0]);
		outcome_dispose(&outcome);
	}
	assert_int_equal(fake_server_requests(world->server), 0);
}

static void asks_again_for_an_unknown_kind(void **state)
{
	struct world *world = *state;
	int i;

	world->script = script_objects;
	world_open(world, "{}");
	for (i = 1; i <= 2; i++) {
		struct outcome outcome = {0}, foreign = {0}, part = {0};

		expect_get(world, &outcome, "", "Gadget", "a", "g");
		assert_int_equal(outcome.error.code, LF_ENOTFOUND);
		assert_non_null(strstr(outcome.error.message, "Gadget"));
		assert_int_equal(world_count(world, "GET /api/v1\n"), i);
		expect_get(world, &foreign, "nosuch.example", "Gadget", "a", "g");
		assert_int_equal(foreign.error.code, LF_ENOTFOUND);
		expect_get(world, &part, "apps", "Scale", "a", "d"); /* a part of an object, not one */
		assert_int_equal(part.error.code, LF_ENOTFOUND);
		outcome_dispose(&part);
		outcome_dispose(&outcome);
		outcome_dispose(&foreign);
	}
}

/* ---- refusals */

struct refusal {
	int status;
	const char *body;
	enum lf_code code;
	const char *message;
};

static const struct refusal refusals[] = {
	{500,
	 "{\"kind\":\"Status\",\"message\":\"failed to create typed patch object (ns/x; apps/v1, Kind=Deployment): .spec.validation: field not "
	 "declared in schema\",\"code\":500}",
	 LF_EREFUSED, "spec.validation: field not declared in schema"},
	{500,
	 "{\"kind\":\"Status\",\"message\":\"failed to create typed patch object (ns/x; apps/v1, Kind=Deployment): errors:\\n  .spec.a: field not "
	 "declared in schema\\n  .spec.b: field not declared in schema\",\"code\":500}",
	 LF_EREFUSED, "spec.a: field not declared in schema; spec.b: field not declared in schema"},
	{500, "{\"kind\":\"Status\",\"message\":\"failed to convert new object: quantities must match the regular expression\"}", LF_EREFUSED,
	 "failed to convert new object: quantities"},
	{422,
	 "{\"kind\":\"Status\",\"message\":\"long\",\"reason\":\"Invalid\",\"details\":{\"causes\":[{\"message\":\"Invalid value: "
	 "\\\"5d\\\"\",\"field\":\"spec.interval\"},{\"message\":\"Required value\",\"field\":\"spec.prune\"}]}}",
	 LF_EREFUSED, "spec.interval: Invalid value: \"5d\"; spec.prune: Required value"},
	{422, "{\"kind\":\"Status\",\"message\":\"is invalid\"}", LF_EREFUSED, "is invalid"},
	{400, "{\"kind\":\"Status\",\"message\":\"strict decoding error: unknown field \\\"spec.other\\\", unknown field \\\"spec.x\\\"\"}",
	 LF_EREFUSED, "spec.other: unknown field; spec.x: unknown field"},
	{400, "{\"kind\":\"Status\",\"message\":\"admission webhook \\\"p\\\" denied the request: no latest tag\"}", LF_EREFUSED,
	 "admission webhook \"p\" denied the request: no latest tag"},
	{401, "{\"kind\":\"Status\",\"message\":\"Unauthorized\"}", LF_EAUTH, "does not accept the credentials of \"u\""},
	{403, "{\"kind\":\"Status\",\"message\":\"pods \\\"x\\\" is forbidden: User \\\"dev\\\" cannot get\"}", LF_EFORBIDDEN,
	 "pods \"x\" is forbidden: User \"dev\" cannot get"},
	{403, "{\"kind\":\"Status\",\"message\":\"pods is forbidden: User \\\"system:anonymous\\\" cannot list\"}", LF_EAUTH, "does not accept"},
	{403, "{\"kind\":\"Status\",\"message\":\"pods is forbidden: ValidatingAdmissionPolicy 'x' denied request: no\"}", LF_EREFUSED, "denied"},
	{403, "{\"kind\":\"Status\",\"message\":\"evil \\u001b[31m \\u202e text\"}", LF_EFORBIDDEN, "evil"},
	{403, "<html>blocked</html>", LF_EFORBIDDEN, "before it reached the API server"},
	{404, "{\"kind\":\"Status\",\"message\":\"namespaces \\\"nope\\\" not found\",\"details\":{\"kind\":\"namespaces\"}}", LF_ENOTFOUND,
	 "namespaces \"nope\" not found"},
	{404, "404 page not found\n", LF_ENOTFOUND, "does not serve this kind"},
	{409,
	 "{\"kind\":\"Status\",\"message\":\"Apply failed with 1 conflict: conflict with \\\"kubectl\\\": .spec.replicas\",\"details\":{\"causes\":"
	 "[{\"message\":\"conflict with \\\"kubectl\\\"\",\"field\":\".spec.replicas\"}]}}",
	 LF_ECONFLICT, "spec.replicas: conflict with \"kubectl\""},
	{409, "{\"kind\":\"Status\",\"message\":\"the object has been modified\"}", LF_ECONFLICT, "the object has been modified"},
	{410, "{\"kind\":\"Status\",\"message\":\"too old\"}", LF_EGONE, "no longer has"},
	{413, "", LF_ELIMIT, "too large"},
	{302, "", LF_ERROR, "sends us elsewhere"},
	{500, "{\"kind\":\"Status\",\"message\":\"etcdserver: request timed out\"}", LF_ENET, "etcdserver: request timed out"},
	{502, "<html>", LF_ENET, "status 502"},
	{503, "", LF_ENET, "status 503"},
	{500, "{\"kind\":\"Status\",\"message\":\"evil \\u001b[31m \\u202e text\"}", LF_ENET, "evil"},
	{200, "<html>login</html>", LF_EPARSE, "does not answer like a Kubernetes API server"},
	{200, "[]", LF_EPARSE, "does not answer like"},
	{200, "{\"kind\":", LF_EPARSE, "does not answer like"},
};

static void script_refusals(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	if (!world_kinds(conn, request))
		fake_json(conn, refusals[world->step].status, refusals[world->step].body);
}

static void translates_refusals(void **state)
{
	struct world *world = *state;
	size_t i;

	world->script = script_refusals;
	world_open(world, "{token: t}");
	for (i = 0; i < LF_COUNT(refusals); i++) {
		struct outcome outcome = {0};

		world->step = (int)i;
		expect_get(world, &outcome, "", "Pod", "a", "p");
		if (outcome.error.code != refusals[i].code || !strstr(outcome.error.message, refusals[i].message))
			fail_msg("%s: %d %s", refusals[i].body, outcome.error.code, outcome.error.message);
		if (refusals[i].code != LF_EGONE && refusals[i].code != LF_ELIMIT)
			assert_true(outcome.error.hint[0]);
		assert_null(strchr(outcome.error.message, '\033'));
		assert_null(strstr(outcome.error.message, "\xe2\x80\xae"));
		assert_null(outcome.object);
		outcome_dispose(&outcome);
	}
}

static void more(struct fake_conn *conn, void *payload)
{
	static char block[65536];

	(void)payload;
	memset(block, 'a', sizeof(block));
	fake_raw(conn, block, sizeof(block));
}

static void script_flood(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n";

	(void)world;
	if (world_kinds(conn, request))
		return;
	fake_raw(conn, head, sizeof(head) - 1);
	fake_flow(conn, more, NULL);
}

static void bounds_an_object(void **state)
{
	struct world *world = *state;
	struct outcome outcome = {0};

	world->script = script_flood;
	world_open(world, "{}");
	expect_get(world, &outcome, "", "Pod", "a", "p");
	assert_int_equal(outcome.error.code, LF_ELIMIT);
	outcome_dispose(&outcome);
}

static void script_busy(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	if (world_kinds(conn, request))
		return;
	if (world->step++ == 0)
		fake_reply(conn, 429, "Retry-After: 1\r\n", "slow down");
	else
		fake_json(conn, 200, "{}");
}

static void waits_as_told(void **state)
{
	struct world *world = *state;
	struct outcome outcome = {0};
	uint64_t start;

	world->script = script_busy;
	world_open(world, "{}");
	start = uv_hrtime();
	expect_get(world, &outcome, "", "Pod", "a", "p");
	assert_int_equal(outcome.error.code, LF_OK);
	assert_true(uv_hrtime() - start >= 900u * 1000000u);
	assert_int_equal(world_count(world, "GET /api/v1/namespaces/a/pods/p\n"), 2);
	outcome_dispose(&outcome);
}

static void script_very_busy(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	(void)world;
	if (!world_kinds(conn, request))
		fake_reply(conn, 503, "Retry-After: 3600\r\n", "back tomorrow");
}

static void does_not_wait_for_an_hour(void **state)
{
	struct world *world = *state;
	struct outcome outcome = {0};

	world->script = script_very_busy;
	world_open(world, "{}");
	expect_get(world, &outcome, "", "Pod", "a", "p");
	assert_int_equal(outcome.error.code, LF_ENET);
	assert_int_equal(outcome.error.native, 503);
	outcome_dispose(&outcome);
}

/* ---- writing */

static void script_echo(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	char type[64], *body;

	if (world_kinds(conn, request))
		return;
	assert_true(fake_header(request, "Content-Type", type, sizeof(type)));
	lf_str_addf(&world->seen, "%s\n", type);
	body = lf_dup_n(request->body, request->body_length);
	lf_str_addf(&world->seen, "%s\n", body);
	fake_json(conn, 200, strstr(request->path, "accessreviews") ? "{\"status\":{\"allowed\":true,\"reason\":\"because\"}}" : body);
	lf_free(body);
}

static struct lf_node *alert(void)
{
	struct lf_node *document = lf_node_new(LF_NODE_MAP);

	lf_node_set_text(document, "apiVersion", "example.org/v1beta2");
	lf_node_set_text(document, "kind", "Alert");
	lf_node_set_text(lf_node_set_map(document, "metadata"), "name", "al");
	lf_node_set_text(lf_node_get(document, "metadata"), "namespace", "prod");
	return document;
}

static void applies_in_the_documents_own_version(void **state)
{
	struct world *world = *state;
	struct outcome dry = {0}, real = {0}, flux = {0}, whole = {0};
	struct lf_node *document = alert();

	world->script = script_echo;
	world_open(world, "{}");
	dry.call = lf_kube_check(world->kube, document, LF_KUBE_CHECK, outcome_take, &dry);
	assert_true(world_wait(world, &dry.done));
	assert_int_equal(dry.error.code, LF_OK);
	real.call = lf_kube_apply(world->kube, document, outcome_take, &real);
	assert_true(world_wait(world, &real.done));
	assert_true(lf_node_equal(real.object, document));
	assert_int_equal(world_count(world, "PATCH /apis/example.org/v1beta2/namespaces/prod/alerts/al?fieldManager=landfall&fieldValidation=Strict"
					    "&dryRun=All&force=true\n"),
			 1);
	assert_int_equal(
		world_count(world, "PATCH /apis/example.org/v1beta2/namespaces/prod/alerts/al?fieldManager=landfall&fieldValidation=Strict\n"), 1);
	assert_int_equal(world_count(world, "application/apply-patch+yaml\n"), 2);
	flux.call = lf_kube_check(world->kube, document, LF_KUBE_CHECK_AS_FLUX, outcome_take, &flux);
	assert_true(world_wait(world, &flux.done));
	assert_int_equal(world_count(world, "PATCH /apis/example.org/v1beta2/namespaces/prod/alerts/al?fieldManager=kustomize-controller&fieldValidation=Strict"
					    "&dryRun=All&force=true\n"),
			 1);
	whole.call = lf_kube_check(world->kube, document, LF_KUBE_CHECK_REPLACED, outcome_take, &whole);
	assert_true(world_wait(world, &whole.done));
	assert_int_equal(world_count(world, "PUT /apis/example.org/v1beta2/namespaces/prod/alerts/al?fieldManager=landfall&fieldValidation=Strict&dryRun=All\n"), 1);
	lf_node_free(document);
	outcome_dispose(&flux);
	outcome_dispose(&whole);
	outcome_dispose(&dry);
	outcome_dispose(&real);
}

static void refuses_to_apply_without_a_version(void **state)
{
	struct world *world = *state;
	struct lf_node *document = alert();
	struct outcome none = {0}, unserved = {0};

	world->script = script_echo;
	world_open(world, "{}");
	lf_node_set_text(document, "apiVersion", "example.org/v9");
	unserved.call = lf_kube_apply(world->kube, document, outcome_take, &unserved);
	assert_true(world_wait(world, &unserved.done));
	assert_int_equal(unserved.error.code, LF_ENOTFOUND);
	assert_non_null(strstr(unserved.error.message, "Alert of example.org/v9"));
	lf_node_remove(document, "apiVersion");
	none.call = lf_kube_apply(world->kube, document, outcome_take, &none);
	assert_false(none.done);
	assert_true(world_wait(world, &none.done));
	assert_int_equal(none.error.code, LF_EINVAL);
	lf_node_free(document);
	outcome_dispose(&none);
	outcome_dispose(&unserved);
}

static void patches(void **state)
{
	struct world *world = *state;
	struct outcome outcome = {0};
	struct lf_ref ref = lf_ref_new("apps", "Deployment", "a", "d");

	world->script = script_echo;
	world_open(world, "{}");
	outcome.call = lf_kube_patch(world->kube, &ref, "{\"metadata\":{\"annotations\":{\"a\":\"b\"}}}", outcome_take, &outcome);
	assert_true(world_wait(world, &outcome.done));
	assert_int_equal(outcome.error.code, LF_OK);
	assert_int_equal(world_count(world, "PATCH /apis/apps/v1/namespaces/a/deployments/d?fieldManager=landfall\n"), 1);
	assert_int_equal(world_count(world, "application/merge-patch+json\n"), 1);
	assert_string_equal(lf_node_text(outcome.object, "metadata.annotations.a"), "b");
	lf_ref_dispose(&ref);
	outcome_dispose(&outcome);
}

struct allowance {
	bool done, allowed;
	char reason[64];
};

static void on_allowed(bool allowed, const char *reason, const struct lf_error *err, void *payload)
{
	struct allowance *allowance = payload;

	assert_null(err);
	allowance->done = true;
	allowance->allowed = allowed;
	(void)strncpy(allowance->reason, reason, sizeof(allowance->reason) - 1);
}

static void asks_what_is_allowed(void **state)
{
	struct world *world = *state;
	struct allowance allowance = {0};
	struct lf_ref ref = lf_ref_new("apps", "Deployment", "a", "");

	world->script = script_echo;
	world_open(world, "{}");
	(void)lf_kube_can(world->kube, "patch", &ref, on_allowed, &allowance);
	assert_true(world_wait(world, &allowance.done));
	assert_true(allowance.allowed);
	assert_string_equal(allowance.reason, "because");
	assert_non_null(strstr(lf_str_text(&world->seen), "\"resourceAttributes\":{\"verb\":\"patch\",\"group\":\"apps\",\"resource\":\"deployments\","
							  "\"namespace\":\"a\"}"));
	lf_ref_dispose(&ref);
}

/* ---- credentials */

/* Accepts only "Bearer good". */
static void script_guarded(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	char value[128];

	(void)fake_header(request, "Authorization", value, sizeof(value));
	lf_str_addf(&world->seen, "[%s]\n", value);
	if (strcmp(value, "Bearer good") != 0)
		fake_json(conn, 401, "{\"kind\":\"Status\",\"message\":\"Unauthorized\"}");
	else if (!world_kinds(conn, request))
		fake_json(conn, 200, "{}");
}

static void static_credentials_are_tried_once(void **state)
{
	struct world *world = *state;
	struct outcome outcome = {0};

	world->script = script_guarded;
	world_open(world, "{token: bad}");
	expect_get(world, &outcome, "", "Pod", "a", "p");
	assert_int_equal(outcome.error.code, LF_EAUTH);
	assert_int_equal(fake_server_requests(world->server), 1);
	assert_null(strstr(outcome.error.message, "bad"));
	outcome_dispose(&outcome);
}

static void sends_a_user_name_and_password(void **state)
{
	struct world *world = *state;
	struct outcome outcome = {0};

	world->script = script_guarded;
	world_open(world, "{username: ann, password: secret}");
	expect_get(world, &outcome, "", "Pod", "a", "p");
	assert_int_equal(world_count(world, "[Basic YW5uOnNlY3JldA==]\n"), 1);
	outcome_dispose(&outcome);
}

static void sends_no_credentials_in_the_clear(void **state)
{
	struct world *world = *state;
	struct outcome outcome = {0};

	world->script = script_guarded;
	world_open(world, "{token: good}");
	world->kube->config->plain = true; /* as for http:// to another machine */
	expect_get(world, &outcome, "", "Pod", "a", "p");
	assert_int_equal(outcome.error.code, LF_EAUTH);
	assert_non_null(strstr(outcome.error.hint, "https://"));
	assert_int_equal(world_count(world, "[]\n"), 1);
	outcome_dispose(&outcome);
}

static void reads_the_token_file_again(void **state)
{
	struct world *world = *state;
	struct outcome first = {0}, second = {0}, third = {0};

	world->script = script_guarded;
	world_write(world, "token", "good\n", 0600);
	world_open(world, "{token: bad, tokenFile: token}");
	expect_get(world, &first, "", "Pod", "a", "p");
	assert_int_equal(first.error.code, LF_OK);
	world_write(world, "token", "stale", 0600);
	expect_get(world, &second, "", "Pod", "a", "p");
	assert_int_equal(second.error.code, LF_OK); /* not read for every request */
	assert_true(kube_auth_refused(world->kube->auth, kube_auth_generation(world->kube->auth)));
	world_write(world, "token", "good", 0600);
	expect_get(world, &third, "", "Pod", "a", "p");
	assert_int_equal(third.error.code, LF_OK);
	outcome_dispose(&first);
	outcome_dispose(&second);
	outcome_dispose(&third);
}

static void a_401_reads_the_token_file_once_more(void **state)
{
	struct world *world = *state;
	struct outcome first = {0}, second = {0};

	world->script = script_guarded;
	world_write(world, "token", "stale", 0600);
	world_open(world, "{tokenFile: token}");
	expect_get(world, &first, "", "Pod", "a", "p");
	assert_int_equal(first.error.code, LF_EAUTH);
	assert_int_equal(world_count(world, "[Bearer stale]"), 2);
	world_write(world, "token", "good", 0600);
	expect_get(world, &second, "", "Pod", "a", "p");
	assert_int_equal(second.error.code, LF_OK);
	outcome_dispose(&first);
	outcome_dispose(&second);
}

static void a_missing_token_file_leaves_the_token(void **state)
{
	struct world *world = *state;
	struct outcome outcome = {0};

	world->script = script_guarded;
	world_open(world, "{tokenFile: nosuch, token: good}");
	expect_get(world, &outcome, "", "Pod", "a", "p");
	assert_int_equal(outcome.error.code, LF_OK);
	outcome_dispose(&outcome);
}

static void a_missing_token_file_is_said(void **state)
{
	struct world *world = *state;
	struct outcome outcome = {0};

	world->script = script_guarded;
	world_open(world, "{tokenFile: nosuch}");
	expect_get(world, &outcome, "", "Pod", "a", "p");
	assert_int_equal(outcome.error.code, LF_EAUTH);
	assert_non_null(strstr(outcome.error.message, "nosuch"));
	assert_true(outcome.error.hint[0]);
	assert_int_equal(fake_server_requests(world->server), 0);
	outcome_dispose(&outcome);
}

#define PLUGIN "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, args: [one, 'two; three'], env: [{name: PLUGIN_ENV, value: e}]%s}}"
#define SAYS(status) "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":" status "}"

static void open_plugin(struct world *world, const char *script, const char *more_fields)
{
	char *user = lf_format(PLUGIN, more_fields), *text = lf_format("#!/bin/sh\necho run >>\"${0%%/*}/runs\"\n%s\n", script);

	world->script = script_guarded;
	world_write(world, "plugin", text, 0755);
	world_open(world, user);
	lf_free(user);
	lf_free(text);
}

static size_t plugin_runs(struct world *world)
{
	struct lf_str text = {0};
	char *path = world_path(world, "runs");
	size_t runs;

	if (lf_fs_read(&text, path, 10000, NULL) != LF_OK)
		lf_str_truncate(&text, 0);
	runs = text.length / 4;
	lf_str_dispose(&text);
	lf_free(path);
	return runs;
}

static void a_plugin_gives_a_token_that_is_kept(void **state)
{
	struct world *world = *state;
	struct outcome outcomes[3] = {{0}};
	size_t i;

	open_plugin(world, "[ \"$PLUGIN_ENV$2\" = 'etwo; three' ] && cat <<'X'\n" SAYS("{\"token\":\"good\"}") "\nX", "");
	get(world, &outcomes[0], "", "Pod", "a", "p"); /* two at once share one run */
	get(world, &outcomes[1], "apps", "Deployment", "a", "d");
	assert_true(world_wait(world, &outcomes[0].done));
	assert_true(world_wait(world, &outcomes[1].done));
	expect_get(world, &outcomes[2], "", "Pod", "a", "p");
	assert_int_equal(plugin_runs(world), 1);
	for (i = 0; i < LF_COUNT(outcomes); i++) {
		assert_int_equal(outcomes[i].error.code, LF_OK);
		outcome_dispose(&outcomes[i]);
	}
}

static void an_expired_token_runs_the_plugin_again(void **state)
{
	struct world *world = *state;
	struct outcome first = {0}, second = {0};

	open_plugin(world, "echo '" SAYS("{\"token\":\"good\",\"expirationTimestamp\":\"2020-01-01T00:00:00Z\"}") "'", "");
	expect_get(world, &first, "", "Pod", "a", "p");
	assert_int_equal(first.error.code, LF_OK);
	expect_get(world, &second, "", "Pod", "a", "p");
	assert_true(plugin_runs(world) >= 2);
	outcome_dispose(&first);
	outcome_dispose(&second);
}

static void a_refused_token_runs_the_plugin_once_more(void **state)
{
	struct world *world = *state;
	struct outcome outcome = {0};

	/* the first token is stale, the second is right */
	open_plugin(world,
		    "if [ $(wc -l <\"${0%/*}/runs\") = 1 ]; then t=stale; else t=good; fi\n"
		    "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"'$t'\"}}'",
		    "");
	expect_get(world, &outcome, "", "Pod", "a", "p");
	assert_int_equal(outcome.error.code, LF_OK);
	assert_int_equal(plugin_runs(world), 2);
	outcome_dispose(&outcome);
}

static void plugins_that_fail_are_said(void **state)
{
	static const struct {
		const char *script, *fields;
		enum lf_code code;
		const char *message, *hint;
	} cases[] = {
		{"printf 'boring\\n\\033[31mMFA code required\\033[0m\\n' >&2; exit 3", "", LF_EAUTH, "plugin failed (exit status 3): boring MFA code required",
		 "by hand"},
		{"exit 1", ", installHint: 'Ask Ann.'", LF_EAUTH, "failed (exit status 1)", "Ask Ann."},
		{"kill -9 $$", "", LF_EAUTH, "was ended by signal 9", ""},
		{"echo To sign in, open https://example.org and type ABC >&2; sleep 60", "", LF_ETIMEOUT,
		 "did not finish within 0.3s: To sign in, open https://example.org and type ABC", ""},
		{"sleep 60 & sleep 60", "", LF_ETIMEOUT, "did not finish", ""},
		{"trap '' TERM; while :; do :; done", "", LF_ETIMEOUT, "did not finish", ""},
		{"echo garbage", "", LF_EAUTH, "did not print JSON", ""},
		{"echo '" SAYS("{}") "'", "", LF_EAUTH, "neither a token nor a certificate", ""},
		{"yes | head -c 3000000", "", LF_ELIMIT, "prints more than a credential", ""},
		{"exit 0", ", interactiveMode: Always", LF_EAUTH, "needs a terminal", "IfAvailable"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LF_COUNT(cases); i++) {
		struct world *world = world_new(NULL);
		struct outcome outcome = {0};

		open_plugin(world, cases[i].script, cases[i].fields);
		world->kube->exec_timeout_ms = cases[i].code == LF_ETIMEOUT ? 300 : 20000;
		expect_get(world, &outcome, "", "Pod", "a", "p");
		if (outcome.error.code != cases[i].code || !strstr(outcome.error.message, cases[i].message))
			fail_msg("%s: %d %s", cases[i].script, outcome.error.code, outcome.error.message);
		if (!strstr(outcome.error.hint, cases[i].hint) || !outcome.error.hint[0])
			fail_msg("%s: %s", cases[i].script, outcome.error.hint);
		assert_int_equal(fake_server_requests(world->server), 0);
		outcome_dispose(&outcome);
		world_free(world);
	}
}

static void a_plugin_that_failed_is_left_alone(void **state)
{
	struct world *world = *state;
	struct outcome outcomes[3] = {{0}};
	size_t i;

	open_plugin(world, "echo sign in please >&2; exit 1", "");
	world->kube->exec_hold_ms = 20000;
	for (i = 0; i < LF_COUNT(outcomes); i++) {
		expect_get(world, &outcomes[i], "", "Pod", "a", "p");
		assert_int_equal(outcomes[i].error.code, LF_EAUTH);
		assert_non_null(strstr(outcomes[i].error.message, "sign in please"));
		outcome_dispose(&outcomes[i]);
	}
	assert_int_equal(plugin_runs(world), 1);
}

static void a_missing_plugin_is_said(void **state)
{
	struct world *world = *state;
	struct outcome outcome = {0};

	world->script = script_guarded;
	world_open(world, "{exec: {apiVersion: client.authentication.k8s.io/v1, command: landfall-no-such-plugin, installHint: Get it.}}");
	expect_get(world, &outcome, "", "Pod", "a", "p");
	assert_int_equal(outcome.error.code, LF_EAUTH);
	assert_string_equal(outcome.error.message, "the credential plugin landfall-no-such-plugin is not installed");
	assert_string_equal(outcome.error.hint, "Get it.");
	outcome_dispose(&outcome);
}

static void a_plugin_learns_about_the_cluster(void **state)
{
	struct world *world = *state;
	struct outcome outcome = {0};
	struct lf_str info = {0};
	char *path;

	open_plugin(world, "tr '\\0' '\\n' </proc/$$/environ | grep -E '^(KUBERNETES_EXEC_INFO|PLUGIN_ENV)=' >\"${0%/*}/info\"; test ! -t 0 && echo '" SAYS("{\"token\":\"good\"}") "'",
		    ", provideClusterInfo: true");
	(void)setenv("KUBERNETES_EXEC_INFO", "stale", 1);
	(void)setenv("PLUGIN_ENV", "stale", 1);
	expect_get(world, &outcome, "", "Pod", "a", "p");
	(void)unsetenv("KUBERNETES_EXEC_INFO");
	(void)unsetenv("PLUGIN_ENV");
	assert_int_equal(outcome.error.code, LF_OK);
	path = world_path(world, "info");
	assert_int_equal(lf_fs_read(&info, path, 10000, NULL), LF_OK);
	assert_non_null(strstr(lf_str_text(&info), "\"cluster\":{\"server\":\"http://127.0.0.1:"));
	assert_non_null(strstr(lf_str_text(&info), "\"interactive\":false"));
	assert_non_null(strstr(lf_str_text(&info), "PLUGIN_ENV=e\n"));
	assert_null(strstr(lf_str_text(&info), "stale"));
	lf_free(path);
	lf_str_dispose(&info);
	outcome_dispose(&outcome);
}

static void a_plugin_may_answer_after_its_exit(void **state)
{
	struct world *world = *state;
	struct outcome outcome = {0};

	open_plugin(world, "(sleep 0.1; echo '" SAYS("{\"token\":\"good\"}") "') 2>/dev/null & exec 2>&-", "");
	expect_get(world, &outcome, "", "Pod", "a", "p");
	assert_int_equal(outcome.error.code, LF_OK);
	outcome_dispose(&outcome);
}

static void giving_up_ends_the_plugin(void **state)
{
	struct world *world = *state;
	struct outcome outcome = {0};
	struct lf_str pid = {0};
	char *path = world_path(world, "pid");
	bool never = false;

	open_plugin(world, "echo $$ >\"${0%/*}/pid.new\"; mv \"${0%/*}/pid.new\" \"${0%/*}/pid\"; sleep 600 & sleep 600", "");
	get(world, &outcome, "", "Pod", "a", "p");
	while (!lf_fs_exists(path))
		(void)loop_until(&world->loop, &never, 5);
	assert_int_equal(lf_fs_read(&pid, path, 100, NULL), LF_OK);
	lf_kube_free(world->kube);
	world->kube = NULL;
	/* The whole group goes: the shell and its children. */
	while (kill(-atoi(lf_str_text(&pid)), 0) == 0)
		(void)loop_until(&world->loop, &never, 5);
	assert_int_equal(outcome.dones, 0);
	lf_free(path);
	lf_str_dispose(&pid);
}

/* ---- ending early */

static void cancel_own(struct outcome *outcome)
{
	lf_kube_cancel(outcome->call);
}

static void free_all(struct outcome *outcome)
{
	lf_kube_free(outcome->world->kube);
	outcome->world->kube = NULL;
}

static void cancels_everywhere(void **state)
{
	struct world *world = *state;
	struct outcome before = {0}, inside = {.act = cancel_own}, last = {0}, ending = {.act = free_all};

	world->script = script_objects;
	world_open(world, "{}");
	get(world, &before, "", "Pod", "a", "p");
	lf_kube_cancel(before.call);
	lf_kube_cancel(NULL);
	expect_get(world, &inside, "", "Pod", "a", "p");
	get(world, &last, "", "Pod", "a", "q");
	expect_get(world, &ending, "", "Pod", "a", "p");
	assert_int_equal(before.dones, 0);
	outcome_dispose(&inside);
	outcome_dispose(&ending);
	outcome_dispose(&last);
}

static void script_large(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	struct lf_str body = {0};

	(void)world;
	if (world_kinds(conn, request))
		return;
	lf_str_add(&body, "{\"data\":\"");
	while (body.length < 300000)
		lf_str_add(&body, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	lf_str_add(&body, "\"}");
	fake_json(conn, 200, lf_str_text(&body));
	lf_str_dispose(&body);
}

static void large_answers_are_parsed_elsewhere(void **state)
{
	struct world *world = *state;
	struct outcome whole = {0}, dropped = {0};

	world->script = script_large;
	world_open(world, "{}");
	expect_get(world, &whole, "", "Pod", "a", "p");
	assert_true(strlen(lf_node_text(whole.object, "data")) > 290000);
	outcome_dispose(&whole);
	get(world, &dropped, "", "Pod", "a", "p");
	while (world_count(world, "GET /api/v1/namespaces/a/pods/p\n") < 2)
		(void)uv_run(&world->loop, UV_RUN_ONCE);
	lf_kube_free(world->kube); /* perhaps while it is being parsed */
	world->kube = NULL;
}

/* ---- logs */

struct log {
	bool done;
	struct lf_str lines;
	struct lf_error error;
	int stop_after;
	struct lf_kube_call *call;
};

static void on_log_line(const char *text, void *payload)
{
	struct log *log = payload;

	lf_str_addf(&log->lines, "%s|", strlen(text) > 100 ? "LONG" : text);
	assert_true(strlen(text) <= 4096);
	if (log->stop_after && !--log->stop_after)
		lf_kube_cancel(log->call);
}

static void on_log_end(const struct lf_error *err, void *payload)
{
	struct log *log = payload;

	log->done = true;
	if (err)
		log->error = *err;
}

static void script_logs(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	struct lf_str text = {0};
	size_t i;

	(void)world;
	if (strstr(request->path, "container=waiting")) {
		fake_json(conn, 400, "{\"kind\":\"Status\",\"message\":\"container \\\"waiting\\\" in pod \\\"p\\\" is waiting to start: X\"}");
		return;
	}
	lf_str_add(&text, "one\ntwo \033[31mred\033[0m\n\n");
	for (i = 0; i < 50000; i++)
		lf_str_add_char(&text, 'x');
	lf_str_add(&text, "\nlast");
	fake_reply(conn, 200, "Content-Type: text/plain\r\n", lf_str_text(&text));
	lf_str_dispose(&text);
}

static void reads_logs(void **state)
{
	struct world *world = *state;
	struct lf_ref pod = lf_ref_new("", "Pod", "a", "p");
	struct lf_kube_log_options all = {0}, some = {.container = "c d", .follow = true, .previous = true, .tail_lines = 7},
				   waiting = {.container = "waiting"};
	struct log log = {0}, refused = {0}, stopped = {.stop_after = 2};

	world->script = script_logs;
	world_open(world, "{}");
	log.call = lf_kube_logs(world->kube, &pod, &all, on_log_line, on_log_end, &log);
	assert_true(world_wait(world, &log.done));
	assert_int_equal(log.error.code, LF_OK);
	assert_string_equal(lf_str_text(&log.lines), "one|two red||LONG|last|");
	assert_int_equal(world_count(world, "GET /api/v1/namespaces/a/pods/p/log?follow=false&previous=false\n"), 1);
	refused.call = lf_kube_logs(world->kube, &pod, &waiting, on_log_line, on_log_end, &refused);
	assert_true(world_wait(world, &refused.done));
	assert_int_equal(refused.error.code, LF_EREFUSED);
	assert_non_null(strstr(refused.error.message, "waiting to start"));
	assert_non_null(strstr(refused.error.hint, "begins when the container does"));
	stopped.call = lf_kube_logs(world->kube, &pod, &some, on_log_line, on_log_end, &stopped);
	while (stopped.stop_after)
		(void)uv_run(&world->loop, UV_RUN_ONCE);
	assert_false(stopped.done);
	assert_string_equal(lf_str_text(&stopped.lines), "one|two red|");
	assert_int_equal(world_count(world, "GET /api/v1/namespaces/a/pods/p/log?follow=true&previous=true&container=c%20d&tailLines=7\n"), 1);
	lf_ref_dispose(&pod);
	lf_str_dispose(&log.lines);
	lf_str_dispose(&stopped.lines);
}

/* ---- discovery */

struct found {
	bool done;
	struct lf_cluster_facts facts;
	struct lf_error error;
};

static void on_facts(struct lf_cluster_facts *facts, const struct lf_error *err, void *payload)
{
	struct found *found = payload;

	found->done = true;
	if (err)
		found->error = *err;
	assert_int_equal(facts == NULL, err != NULL);
	if (facts) {
		found->facts = *facts;
		memset(facts, 0, sizeof(*facts));
	}
}

static void discover(struct world *world, struct found *found)
{
	(void)lf_kube_discover(world->kube, on_facts, found);
	assert_true(world_wait(world, &found->done));
}

static bool answer_cluster(struct fake_conn *conn, const struct fake_request *request)
{
	static const struct {
		const char *path, *body;
	} answers[] = {
		{"/version", "{\"gitVersion\":\"v1.35.4\"}"},
		{"/apis/source.toolkit.fluxcd.io/v1",
		 "{\"groupVersion\":\"source.toolkit.fluxcd.io/v1\",\"resources\":[{\"name\":\"gitrepositories\",\"kind\":\"GitRepository\",\"namespaced\":true}]}"},
		{"/apis/source.toolkit.fluxcd.io/v1beta2",
		 "{\"groupVersion\":\"source.toolkit.fluxcd.io/v1beta2\",\"resources\":[{\"name\":\"gitrepositories\",\"kind\":\"GitRepository\",\"namespaced\":true}]}"},
		{"/apis/kustomize.toolkit.fluxcd.io/v1",
		 "{\"groupVersion\":\"kustomize.toolkit.fluxcd.io/v1\",\"resources\":[{\"name\":\"kustomizations\",\"kind\":\"Kustomization\",\"namespaced\":true}]}"},
		{"/apis/argoproj.io/v1alpha1",
		 "{\"groupVersion\":\"argoproj.io/v1alpha1\",\"resources\":[{\"name\":\"applications\",\"kind\":\"Application\",\"namespaced\":true}]}"},
		{"/apis", "{\"groups\":[{\"name\":\"apps\",\"versions\":[{\"version\":\"v1\"}]},"
			  "{\"name\":\"source.toolkit.fluxcd.io\",\"versions\":[{\"version\":\"v1\"},{\"version\":\"v1beta2\"}]},"
			  "{\"name\":\"kustomize.toolkit.fluxcd.io\",\"versions\":[{\"version\":\"v1\"}]},"
			  "{\"name\":\"argoproj.io\",\"versions\":[{\"version\":\"v1alpha1\"}]},"
			  "{\"name\":\"metrics.example.org\",\"versions\":[{\"version\":\"v1\"}]}]}"},
		{"/api/v1/namespaces?limit=500", "{\"metadata\":{\"continue\":\"more/=\"},\"items\":[{\"metadata\":{\"name\":\"default\"}},{\"metadata\":{\"name\":\"gitops\"}}]}"},
		{"/api/v1/namespaces?limit=500&continue=more%2F%3D", "{\"items\":[{\"metadata\":{\"name\":\"flux-system\"}}]}"},
		{"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gitrepositories.source.toolkit.fluxcd.io",
		 "{\"metadata\":{\"labels\":{\"app.kubernetes.io/version\":\"v2.9.0\",\"app.kubernetes.io/instance\":\"elsewhere\"}}}"},
		{"/apis/apps/v1/deployments?limit=20&fieldSelector=metadata.name%3Dsource-controller",
		 "{\"items\":[{\"metadata\":{\"namespace\":\"flux-system\",\"labels\":{\"app.kubernetes.io/part-of\":\"flux\"}}}]}"},
		{"/apis/apps/v1/deployments?limit=20&labelSelector=app.kubernetes.io%2Fpart-of%3Dargocd",
		 "{\"items\":[{\"metadata\":{\"namespace\":\"gitops\"},\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"image\":\"docker.io/library/"
		 "redis:7\"}]}}}},{\"metadata\":{\"namespace\":\"gitops\"},\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"image\":\"r.example:5000/argoproj/"
		 "argocd:v3.2.11@sha256:00\"}]}}}}]}"},
		{"/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations?limit=500",
		 "{\"items\":[{\"metadata\":{\"name\":\"apps\",\"namespace\":\"flux-system\",\"annotations\":{\"a\":\"b\"},\"labels\":{\"l\":\"m\"}},"
		 "\"spec\":{\"path\":\"./x\"},\"status\":{\"conditions\":[]}}]}"},
	};
	size_t i;

	for (i = 0; i < LF_COUNT(answers); i++)
		if (!strcmp(request->path, answers[i].path)) {
			fake_json(conn, 200, answers[i].body);
			return true;
		}
	return world_kinds(conn, request);
}

static void forbid(struct fake_conn *conn)
{
	fake_json(conn, 403, "{\"kind\":\"Status\",\"message\":\"x is forbidden: User \\\"dev\\\" cannot list\"}");
}

static void script_cluster(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	(void)world;
	if (strstr(request->path, "/namespaces/team/gitrepositories"))
		fake_json(conn, 200, "{\"items\":[{\"metadata\":{\"name\":\"mine\",\"namespace\":\"team\"},\"spec\":{\"url\":\"u\"}}]}");
	else if (strstr(request->path, "/namespaces/flux-system/gitrepositories"))
		fake_json(conn, 200, "{\"items\":[{\"metadata\":{\"name\":\"theirs\",\"namespace\":\"flux-system\"},\"spec\":{\"url\":\"u\"}}]}");
	else if (!answer_cluster(conn, request))
		forbid(conn);
}

static void discovers_what_is_there(void **state)
{
	struct world *world = *state;
	struct found found = {0};
	const struct lf_node *first;

	world->script = script_cluster;
	world_open(world, "{}");
	discover(world, &found);
	assert_int_equal(found.error.code, LF_OK);
	assert_int_equal(found.facts.state, LF_FACT_KNOWN);
	assert_string_equal(found.facts.context, "test");
	assert_string_equal(found.facts.namespace, "team");
	assert_string_equal(found.facts.server_version, "v1.35.4");
	assert_int_equal(found.facts.namespaces.count, 3);
	assert_true(found.facts.flux.present);
	assert_string_equal(found.facts.flux.version, "v2.9.0");
	assert_string_equal(found.facts.flux.namespace, "flux-system");
	assert_true(found.facts.argocd.present);
	assert_string_equal(found.facts.argocd.version, "v3.2.11");
	assert_string_equal(found.facts.argocd.namespace, "gitops");
	assert_string_equal(lf_cluster_version_of(&found.facts, "source.toolkit.fluxcd.io", "GitRepository"), "v1");
	assert_string_equal(lf_cluster_version_of(&found.facts, "apps", "Deployment"), "v1");
	assert_null(lf_cluster_version_of(&found.facts, "metrics.example.org", "Thing"));
	assert_int_equal(world_count(world, "GET /apis/metrics.example.org"), 0);
	/* Kustomizations of everywhere; GitRepositories, forbidden there, of our and the tool's namespace; Applications of none. */
	assert_int_equal(lf_node_count(found.facts.consumers), 3);
	first = lf_node_at(found.facts.consumers, 0);
	assert_string_equal(lf_node_text(first, "apiVersion"), "kustomize.toolkit.fluxcd.io/v1");
	assert_string_equal(lf_node_text(first, "kind"), "Kustomization");
	assert_string_equal(lf_node_text(first, "spec.path"), "./x");
	assert_string_equal(lf_node_text(first, "metadata.labels.l"), "m");
	assert_null(lf_node_get(first, "status"));
	assert_null(lf_node_get(first, "metadata.annotations"));
	lf_cluster_facts_dispose(&found.facts);
}

static void script_restricted(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	(void)world;
	if (!strcmp(request->path, "/version"))
		fake_json(conn, 200, "{\"gitVersion\":\"v1.30.0\"}");
	else
		forbid(conn);
}

static void restricted_users_see_less(void **state)
{
	struct world *world = *state;
	struct found found = {0};

	world->script = script_restricted;
	world_open(world, "{}");
	discover(world, &found);
	assert_int_equal(found.error.code, LF_OK);
	assert_string_equal(found.facts.server_version, "v1.30.0");
	assert_false(found.facts.flux.present);
	assert_int_equal(found.facts.namespaces.count, 0);
	assert_null(found.facts.consumers);
	lf_cluster_facts_dispose(&found.facts);
}

static void discovery_ends_without_a_cluster(void **state)
{
	struct world *world = *state;
	struct found refused = {0}, gone = {0};

	world->script = script_guarded;
	world_open(world, "{token: bad}");
	discover(world, &refused);
	assert_int_equal(refused.error.code, LF_EAUTH);
	fake_server_free(world->server);
	world->server = NULL;
	(void)uv_run(&world->loop, UV_RUN_NOWAIT);
	discover(world, &gone);
	assert_int_equal(gone.error.code, LF_ENET);
	assert_non_null(strstr(gone.error.message, "refused the connection"));
}

static void script_foreign(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	(void)request;
	(void)world;
	fake_reply(conn, 200, "Content-Type: text/html\r\n", "<html>welcome</html>");
}

static void tells_another_server_from_kubernetes(void **state)
{
	struct world *world = *state;
	struct found found = {0};

	world->script = script_foreign;
	world_open(world, "{}");
	discover(world, &found);
	assert_int_equal(found.error.code, LF_EPARSE);
	assert_non_null(strstr(found.error.message, "does not answer like a Kubernetes API server"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(finds_the_path_of_a_kind),
		T(refuses_what_names_nothing),
		T(asks_again_for_an_unknown_kind),
		T(translates_refusals),
		T(bounds_an_object),
		T(waits_as_told),
		T(does_not_wait_for_an_hour),
		T(applies_in_the_documents_own_version),
		T(refuses_to_apply_without_a_version),
		T(patches),
		T(asks_what_is_allowed),
		T(static_credentials_are_tried_once),
		T(sends_a_user_name_and_password),
		T(sends_no_credentials_in_the_clear),
		T(reads_the_token_file_again),
		T(a_401_reads_the_token_file_once_more),
		T(a_missing_token_file_leaves_the_token),
		T(a_missing_token_file_is_said),
		T(a_plugin_gives_a_token_that_is_kept),
		T(an_expired_token_runs_the_plugin_again),
		T(a_refused_token_runs_the_plugin_once_more),
		cmocka_unit_test(plugins_that_fail_are_said),
		T(a_plugin_that_failed_is_left_alone),
		T(a_missing_plugin_is_said),
		T(a_plugin_learns_about_the_cluster),
		T(a_plugin_may_answer_after_its_exit),
		T(giving_up_ends_the_plugin),
		T(cancels_everywhere),
		T(large_answers_are_parsed_elsewhere),
		T(reads_logs),
		T(discovers_what_is_there),
		T(restricted_users_see_less),
		T(discovery_ends_without_a_cluster),
		T(tells_another_server_from_kubernetes),
	};
#undef T

	return cmocka_run_group_tests_name("kube", tests, NULL, NULL);
}
