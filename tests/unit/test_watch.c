/* Watches against an API server that pages, cuts, lies, forgets and floods. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "tests/unit/kubeworld.h"
#include "tests/unit/unit.h"

#define LIST "GET /apis/apps/v1/namespaces/a/deployments?limit="
#define WATCH "GET /apis/apps/v1/namespaces/a/deployments?watch=true"
#define ITEM(name, version) "{\"metadata\":{\"name\":\"" name "\",\"namespace\":\"a\",\"uid\":\"u-" name "\",\"resourceVersion\":\"" version "\"}}"
#define EVENT(type, name, version) "{\"type\":\"" type "\",\"object\":{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"" \
	name "\",\"namespace\":\"a\",\"uid\":\"u-" name "\",\"resourceVersion\":\"" version "\"}}}\n"
#define BOOKMARK(version) "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"" version "\"}}}\n"
#define GONE "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\",\"message\":\"too old resource version\"}}\n"

/* What a watch said, as one text: "+web/1 -web =2 LIVE". */
struct watcher {
	struct lf_str said;
	struct lf_error error;
	int64_t next_try_ms;
	const char *until; /* in SAID */
	bool reached;
	struct lf_kube_call *call;
	struct world *world;
	void (*act)(struct watcher *watcher); /* when UNTIL was reached */
	size_t objects;
	bool quiet;
};

static void say(struct watcher *watcher, const char *text)
{
	if (!watcher->quiet)
		lf_str_addf(&watcher->said, "%s ", text);
	if (watcher->reached || !watcher->until || !strstr(lf_str_text(&watcher->said), watcher->until))
		return;
	watcher->reached = true;
	if (watcher->act)
		watcher->act(watcher);
}

static void on_put(struct lf_node *object, void *payload)
{
	struct watcher *watcher = payload;
	char *text = lf_format("+%s/%s", lf_node_text(object, "metadata.name"), lf_node_text(object, "metadata.resourceVersion"));

	assert_string_equal(lf_node_text(object, "apiVersion"), "apps/v1");
	assert_string_equal(lf_node_text(object, "kind"), "Deployment");
	watcher->objects++;
	lf_node_free(object);
	say(watcher, text);
	lf_free(text);
}

static void on_removed(const struct lf_ref *ref, void *payload)
{
	char *text = lf_format("-%s", ref->name);

	assert_string_equal(ref->group, "apps");
	assert_string_equal(ref->kind, "Deployment");
	assert_string_equal(ref->namespace, "a");
	say(payload, text);
	lf_free(text);
}

static void on_listed(const char *const *uids, size_t count, void *payload)
{
	struct watcher *watcher = payload;
	char *text = lf_format("=%zu", count);

	if (count)
		assert_true(lf_starts_with(uids[0], "u-"));
	say(watcher, text);
	lf_free(text);
}

static void on_state(enum lf_kube_freshness state, const struct lf_error *err, int64_t next_try_ms, void *payload)
{
	static const char *const names[] = {"LIVE", "CONNECTING", "BROKEN"};
	struct watcher *watcher = payload;

	assert_int_equal(state == LF_KUBE_BROKEN, err != NULL);
	if (err) {
		watcher->error = *err;
		watcher->next_try_ms = next_try_ms;
		assert_true(err->hint[0] || err->code == LF_EGONE);
	}
	say(watcher, names[state]);
}

static int set_up(void **state)
{
	*state = world_new(NULL);
	return 0;
}

static int tear_down(void **state)
{
	world_free(*state);
	return 0;
}

static void watch_for(struct world *world, struct watcher *watcher, const char *until)
{
	const struct lf_kube_watch_handler handler = {
		.put = on_put, .removed = on_removed, .listed = on_listed, .state = on_state, .payload = watcher};
	struct lf_ref ref = lf_ref_new("apps", "Deployment", "a", "");

	watcher->world = world;
	watcher->until = until;
	watcher->call = lf_kube_watch(world->kube, &ref, NULL, &handler);
	assert_int_equal(watcher->said.length, 0); /* never before it returned */
	lf_ref_dispose(&ref);
}

static void reach(struct world *world, struct watcher *watcher, const char *until)
{
	watch_for(world, watcher, until);
	if (!world_wait(world, &watcher->reached))
		fail_msg("\"%s\" never came: %s\n%s", until, lf_str_text(&watcher->said), lf_str_text(&world->seen));
}

static void finish(struct watcher *watcher)
{
	lf_kube_cancel(watcher->call);
	watcher->until = NULL;
	lf_str_dispose(&watcher->said);
}

static void expect_said(struct watcher *watcher, const char *text)
{
	if (strncmp(lf_str_text(&watcher->said), text, strlen(text)) != 0)
		fail_msg("%s\nis not\n%s", lf_str_text(&watcher->said), text);
	lf_str_dispose(&watcher->said);
}

static bool is_watch(const struct fake_request *request)
{
	return strstr(request->path, "watch=true") != NULL;
}

static void begin_stream(struct fake_conn *conn)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

	fake_raw(conn, head, sizeof(head) - 1);
}

/* ---- the ordinary course */

static void script_ordinary(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	(void)world;
	if (world_kinds(conn, request))
		return;
	if (!is_watch(request) && !strstr(request->path, "continue=")) {
		fake_json(conn, 200,
			  "{\"kind\":\"DeploymentList\",\"metadata\":{\"resourceVersion\":\"5\",\"continue\":\"a b\"},\"items\":[" ITEM("web", "1") "]}");
	} else if (!is_watch(request)) {
		fake_json(conn, 200, "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[" ITEM("api", "2") ",{},{\"metadata\":{}}," ITEM("db", "3") "]}");
	} else {
		begin_stream(conn);
		fake_chunk(conn, EVENT("ADDED", "new", "6") EVENT("ADDED", "also", "6") "{\"type\":\"MODI");
		fake_chunk(conn, "FIED\",\"object\":{\"metadata\":{\"name\":\"web\",\"namespace\":\"a\",\"resourceVersion\":\"7\"}}}\n\n");
		fake_chunk(conn, BOOKMARK("9") "{\"type\":\"UNHEARD\",\"object\":{\"metadata\":{\"name\":\"web\"}}}\n" EVENT("DELETED", "api", "8"));
	}
}

static void lists_then_watches(void **state)
{
	struct world *world = *state;
	struct watcher watcher = {0};

	world->script = script_ordinary;
	world_open(world, "{}");
	reach(world, &watcher, "-api");
	assert_int_equal(world_count(world, LIST "500\n"), 1);
	assert_int_equal(world_count(world, LIST "500&continue=a%20b\n"), 1);
	assert_non_null(strstr(lf_str_text(&world->seen), "allowWatchBookmarks=true&timeoutSeconds="));
	assert_non_null(strstr(lf_str_text(&world->seen), "&resourceVersion=5\n"));
	expect_said(&watcher, "CONNECTING +web/1 +api/2 +db/3 =3 LIVE LIVE +new/6 +also/6 +web/7 -api ");
	finish(&watcher);
}

static void script_select(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	(void)world;
	if (world_kinds(conn, request))
		return;
	if (is_watch(request))
		begin_stream(conn);
	else
		fake_json(conn, 200, "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[]}");
}

static void narrows_by_name_and_labels(void **state)
{
	struct world *world = *state;
	struct watcher one = {0}, all = {0};
	const struct lf_kube_watch_handler handler = {.put = on_put, .removed = on_removed, .listed = on_listed, .state = on_state, .payload = &one};
	struct lf_kube_watch_handler bare = {.put = on_put, .removed = on_removed};
	struct lf_ref named = lf_ref_new("", "Pod", "a", "x&y"), everywhere = lf_ref_new("", "Pod", "", "");

	world->script = script_select;
	world_open(world, "{}");
	one.until = "LIVE LIVE";
	one.call = lf_kube_watch(world->kube, &named, "app=web,tier in (a,b)", &handler);
	assert_true(world_wait(world, &one.reached));
	assert_int_equal(world_count(world, "GET /api/v1/namespaces/a/pods?limit=500&fieldSelector=metadata.name%3Dx%26y"
					    "&labelSelector=app%3Dweb%2Ctier%20in%20%28a%2Cb%29\n"),
			 1);
	bare.payload = &all;
	all.call = lf_kube_watch(world->kube, &everywhere, NULL, &bare);
	while (!world_count(world, "GET /api/v1/pods?watch=true"))
		(void)uv_run(&world->loop, UV_RUN_ONCE);
	lf_ref_dispose(&named);
	lf_ref_dispose(&everywhere);
	finish(&one);
	lf_kube_cancel(all.call);
}

/* ---- broken streams */

static void script_cut(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	if (world_kinds(conn, request))
		return;
	if (!is_watch(request)) {
		fake_json(conn, 200, "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[]}");
	} else if (world->step++ == 0) {
		begin_stream(conn);
		fake_chunk(conn, EVENT("ADDED", "web", "6") "{\"type\":\"ADDED\",\"obj");
		fake_close(conn);
	} else {
		begin_stream(conn);
		fake_chunk(conn, EVENT("ADDED", "api", "7"));
	}
}

static void goes_on_where_it_was_cut(void **state)
{
	struct world *world = *state;
	struct watcher watcher = {0};

	world->script = script_cut;
	world_open(world, "{}");
	reach(world, &watcher, "+api/7");
	expect_said(&watcher, "CONNECTING =0 LIVE LIVE +web/6 BROKEN LIVE +api/7 ");
	assert_int_equal(watcher.error.code, LF_ENET);
	assert_true(watcher.next_try_ms > 0);
	assert_int_equal(world_count(world, LIST), 1);
	assert_non_null(strstr(lf_str_text(&world->seen), "&resourceVersion=6\n"));
	finish(&watcher);
}

/* A step of WATCHES_SAY per watch; every list says where it is. */
static const char *const *watches_say;

static void script_steps(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	const char *text;
	char *list;

	if (world_kinds(conn, request))
		return;
	if (!is_watch(request)) {
		list = lf_format("{\"metadata\":{\"resourceVersion\":\"%d\"},\"items\":[]}", 10 * (world_count(world, LIST)));
		fake_json(conn, 200, list);
		lf_free(list);
		return;
	}
	text = watches_say[world->step];
	if (!text) {
		begin_stream(conn);
		fake_chunk(conn, EVENT("ADDED", "end", "99"));
		return;
	}
	world->step++;
	if (*text >= '1' && *text <= '9') {
		fake_reply(conn, atoi(text), strlen(text) > 3 ? text + 3 : NULL, "{\"kind\":\"Status\",\"message\":\"as scripted\"}");
		return;
	}
	begin_stream(conn);
	if (*text)
		fake_chunk(conn, text);
	fake_chunk(conn, "");
}

static void survives_what_servers_do(void **state)
{
	static const struct {
		const char *says[5];
		const char *said; /* after "CONNECTING =0 LIVE " */
		enum lf_code code;
		int lists;
	} cases[] = {
		{{GONE}, "LIVE CONNECTING =0 LIVE LIVE +end/99 ", LF_OK, 2},
		{{GONE, GONE}, "LIVE CONNECTING =0 LIVE LIVE BROKEN =0 LIVE LIVE +end/99 ", LF_EGONE, 3},
		{{"410"}, "CONNECTING =0 LIVE LIVE +end/99 ", LF_OK, 2},
		{{"429"}, "BROKEN LIVE +end/99 ", LF_ENET, 1},
		{{"500", "503", "502"}, "BROKEN BROKEN BROKEN LIVE +end/99 ", LF_ENET, 1},
		{{"401"}, "BROKEN LIVE +end/99 ", LF_EAUTH, 1}, /* the user may sign in meanwhile */
		{{"garbage\n"}, "LIVE BROKEN =0 LIVE LIVE +end/99 ", LF_EPARSE, 2},
		{{"[1]\n"}, "LIVE BROKEN =0 LIVE LIVE +end/99 ", LF_EPARSE, 2},
		{{"{\"type\":\"ADDED\"}\n"}, "LIVE BROKEN =0 LIVE LIVE +end/99 ", LF_EPARSE, 2},
		{{"{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":500,\"message\":\"etcd\"}}\n"}, "LIVE BROKEN LIVE +end/99 ", LF_ENET, 1},
		{{"{\"type\":\"ERROR\"}\n"}, "LIVE BROKEN LIVE +end/99 ", LF_ENET, 1},
		{{""}, "LIVE BROKEN LIVE +end/99 ", LF_ENET, 1}, /* ended at once: no tight loop */
		{{EVENT("ADDED", "x", "50"), "500"}, "LIVE +x/50 BROKEN BROKEN LIVE +end/99 ", LF_ENET, 1},
		{{"403"}, "BROKEN ", LF_EFORBIDDEN, 1},
		{{"404"}, "BROKEN ", LF_ENOTFOUND, 1},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LF_COUNT(cases); i++) {
		struct world *world = world_new(script_steps);
		struct watcher watcher = {0};
		bool final = cases[i].code == LF_EFORBIDDEN || cases[i].code == LF_ENOTFOUND;
		char *said = lf_format("CONNECTING =0 LIVE %s", cases[i].said);

		watches_say = cases[i].says;
		world_open(world, "{token: t}");
		reach(world, &watcher, final ? "BROKEN" : "+end/99");
		if (strcmp(lf_str_text(&watcher.said), said) != 0)
			fail_msg("%zu: %s\nnot %s", i, lf_str_text(&watcher.said), said);
		assert_int_equal(watcher.error.code, cases[i].code);
		assert_int_equal(world_count(world, LIST), cases[i].lists);
		if (final)
			assert_int_equal(watcher.next_try_ms, 0);
		finish(&watcher);
		lf_free(said);
		world_free(world);
	}
}

static void waits_as_long_as_the_server_asks(void **state)
{
	static const char *const says[] = {"429Retry-After: 1\r\n", NULL};
	struct world *world = *state;
	struct watcher watcher = {0};
	uint64_t start = uv_hrtime();

	watches_say = says;
	world->script = script_steps;
	world_open(world, "{}");
	reach(world, &watcher, "+end/99");
	assert_true(uv_hrtime() - start >= 900u * 1000000u);
	finish(&watcher);
}

static void backs_off(void **state)
{
	struct world *world = *state;
	struct watcher watcher = {0};
	static const char *const says[] = {"500", "500", "500", "500", "500", "500", "500", "500", "500", "500", NULL};
	uint64_t start;

	watches_say = says;
	world->script = script_steps;
	world_open(world, "{}");
	world->kube->backoff_first_ms = 4;
	world->kube->backoff_last_ms = 64;
	start = uv_hrtime();
	reach(world, &watcher, "+end/99");
	/* 4 + 8 + 16 + 32 + 6 × 64 = 444, halved by the jitter at worst */
	assert_true(uv_hrtime() - start >= 222u * 1000000u);
	finish(&watcher);
}

/* ---- lists that lie */

static const char *list_says;

static void script_lists(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	if (world_kinds(conn, request))
		return;
	if (is_watch(request)) {
		begin_stream(conn);
	} else if (list_says && world->step++ < 3) {
		fake_json(conn, 200, list_says);
	} else {
		fake_json(conn, 200, "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[" ITEM("web", "1") "]}");
	}
}

static void refuses_lists_that_lie(void **state)
{
	static const char *const lies[] = {
		"{}",
		"{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":{}}",
		"{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":\"many\"}",
		"{\"items\":[]}",
		"{\"metadata\":{\"resourceVersion\":\"5\",\"continue\":\"same\"},\"items\":[]}",
		"<html>",
		"[]",
		"{\"items\":[",
	};
	size_t i;

	(void)state;
	for (i = 0; i < LF_COUNT(lies); i++) {
		struct world *world = world_new(script_lists);
		struct watcher watcher = {0};

		list_says = lies[i];
		world_open(world, "{}");
		reach(world, &watcher, "=1 LIVE LIVE");
		assert_int_equal(watcher.error.code, LF_EPARSE);
		assert_null(strstr(lf_str_text(&watcher.said), "=0"));
		finish(&watcher);
		world_free(world);
	}
}

/* ---- too much */

static void more(struct fake_conn *conn, void *payload)
{
	static char block[1 << 20];

	(void)payload;
	memset(block, 'a', sizeof(block));
	fake_raw(conn, block, sizeof(block));
}

static size_t resident_kb(void)
{
	FILE *file = fopen("/proc/self/statm", "r");
	long size = 0, resident = 0;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%ld %ld", &size, &resident), 2);
	(void)fclose(file);
	return (size_t)resident * 4;
}

static void script_endless_line(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n{\"type\":\"ADDED\",\"object\":{\"x\":\"";

	if (world_kinds(conn, request))
		return;
	if (!is_watch(request)) {
		fake_json(conn, 200, "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[]}");
	} else if (world->step++) {
		begin_stream(conn);
		fake_chunk(conn, EVENT("ADDED", "end", "99"));
	} else {
		fake_raw(conn, head, sizeof(head) - 1);
		fake_flow(conn, more, NULL);
	}
}

static void bounds_a_line(void **state)
{
	struct world *world = *state;
	struct watcher watcher = {0};
	size_t before = resident_kb();

	world->script = script_endless_line;
	world_open(world, "{}");
	reach(world, &watcher, "+end/99");
	assert_int_equal(watcher.error.code, LF_EPARSE);
	assert_non_null(strstr(watcher.error.message, "larger than we accept"));
#if !defined(__SANITIZE_ADDRESS__)
	assert_true(resident_kb() - before < 64u * 1024);
#else
	(void)before;
#endif
	finish(&watcher);
}

static void add_page(struct lf_str *body, int from, int count, const char *next)
{
	int i;

	lf_str_addf(body, "{\"metadata\":{\"resourceVersion\":\"5\",\"continue\":\"%s\"},\"items\":[", next);
	for (i = from; i < from + count; i++)
		lf_str_addf(body,
			    "%s{\"metadata\":{\"name\":\"d%d\",\"namespace\":\"a\",\"uid\":\"u-%d\",\"resourceVersion\":\"1\",\"managedFields\":[\"%0500d\"]}}",
			    i == from ? "" : ",", i, i, 0);
	lf_str_add(body, "]}");
}

static void script_pages(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	const char *at = strstr(request->path, "continue=");
	int from = at ? atoi(at + 9) : 0;
	struct lf_str body = {0};
	char next[16] = "";

	(void)world;
	if (world_kinds(conn, request))
		return;
	if (is_watch(request)) {
		begin_stream(conn);
		return;
	}
	if (from < 2000)
		(void)snprintf(next, sizeof(next), "%d", from + 500);
	add_page(&body, from, 500, next);
	fake_json(conn, 200, lf_str_text(&body));
	lf_str_dispose(&body);
}

static void pages_are_parsed_elsewhere(void **state)
{
	struct world *world = *state;
	struct watcher watcher = {.quiet = false};

	world->script = script_pages;
	world_open(world, "{}");
	reach(world, &watcher, "=2500 LIVE LIVE");
	assert_int_equal(watcher.objects, 2500);
	assert_int_equal(world_count(world, LIST), 5);
	finish(&watcher);
}

static void script_heavy_pages(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n";

	(void)world;
	if (world_kinds(conn, request))
		return;
	if (is_watch(request)) {
		begin_stream(conn);
	} else if (strstr(request->path, "limit=500")) {
		fake_raw(conn, head, sizeof(head) - 1);
		fake_flow(conn, more, NULL);
	} else {
		fake_json(conn, 200, "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[" ITEM("web", "1") "]}");
	}
}

static void asks_for_smaller_pages(void **state)
{
	struct world *world = *state;
	struct watcher watcher = {0};

	world->script = script_heavy_pages;
	world_open(world, "{}");
	reach(world, &watcher, "=1 LIVE LIVE");
	assert_int_equal(world_count(world, LIST "50\n"), 1);
	expect_said(&watcher, "CONNECTING +web/1 =1 LIVE LIVE ");
	finish(&watcher);
}

/* ---- silence */

static void bookmark_then_silence(struct fake_conn *conn, const struct fake_request *request, struct world *world)
{
	if (world_kinds(conn, request))
		return;
	if (!is_watch(request)) {
		fake_json(conn, 200, "{\"metadata\":{\"resourceVersion\":\"5\"},\"items\":[]}");
		return;
	}
	begin_stream(conn);
	switch (world->step++) {
	case 0:
		fake_chunk(conn, BOOKMARK("8"));
		fake_close(conn);
		break;
	case 1:
		break;
	default:
		fake_chunk(conn, EVENT("ADDED", "end", "99"));
	}
}

static void silence_after_bookmarks_is_noticed(void **state)
{
	struct world *world = *state;
	struct watcher watcher = {0};

	world->script = bookmark_then_silence;
	world_open(world, "{}");
	world->kube->quiet_ms = 1100;
	reach(world, &watcher, "+end/99");
	expect_said(&watcher, "CONNECTING =0 LIVE LIVE BROKEN LIVE CONNECTING LIVE +end/99 ");
	assert_non_null(strstr(lf_str_text(&world->seen), "&resourceVersion=8\n"));
	finish(&watcher);
}

/* ---- kinds that are not there */

static void unknown_kinds_are_final(void **state)
{
	struct world *world = *state;
	struct watcher watcher = {.until = "BROKEN", .world = world};
	const struct lf_kube_watch_handler handler = {
		.put = on_put, .removed = on_removed, .listed = on_listed, .state = on_state, .payload = &watcher};
	struct lf_ref ref = lf_ref_new("nosuch.example", "Gadget", "a", "");

	world->script = script_ordinary;
	world_open(world, "{}");
	watcher.call = lf_kube_watch(world->kube, &ref, NULL, &handler);
	assert_true(world_wait(world, &watcher.reached));
	assert_int_equal(watcher.error.code, LF_ENOTFOUND);
	assert_int_equal(watcher.next_try_ms, 0);
	assert_non_null(strstr(watcher.error.message, "Gadget of nosuch.example"));
	lf_ref_dispose(&ref);
	finish(&watcher);
}

/* ---- the server comes later */

static void waits_for_a_server(void **state)
{
	struct world *world = *state;
	struct watcher watcher = {0};

	world->script = script_steps;
	watches_say = (const char *const[]){NULL};
	world_open(world, "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login}}");
	world_write(world, "login", "#!/bin/sh\necho please sign in >&2; exit 1\n", 0755);
	reach(world, &watcher, "BROKEN BROKEN");
	assert_int_equal(watcher.error.code, LF_EAUTH);
	assert_non_null(strstr(watcher.error.message, "please sign in"));
	watcher.reached = false;
	watcher.until = "+end/99";
	world_write(world, "login",
		    "#!/bin/sh\necho '{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"t\"}}'\n", 0755);
	assert_true(world_wait(world, &watcher.reached));
	finish(&watcher);
}

/* ---- ending early, from every callback */

static void cancel_it(struct watcher *watcher)
{
	lf_kube_cancel(watcher->call);
	lf_str_add(&watcher->said, "CANCELLED ");
}

static void free_it(struct watcher *watcher)
{
	lf_kube_free(watcher->world->kube);
	watcher->world->kube = NULL;
	lf_str_add(&watcher->said, "CANCELLED ");
}

static void ends_from_inside_every_callback(void **state)
{
	static const char *const moments[] = {"CONNECTING", "+web/1", "+api/2", "=3", "LIVE", "LIVE LIVE", "+new/6", "-api"};
	bool never = false;
	size_t i;

	(void)state;
	for (i = 0; i < 2 * LF_COUNT(moments); i++) {
		struct world *world = world_new(script_ordinary);
		struct watcher watcher = {.act = i < LF_COUNT(moments) ? cancel_it : free_it};

		world_open(world, "{}");
		reach(world, &watcher, moments[i % LF_COUNT(moments)]);
		(void)loop_until(&world->loop, &never, 5);
		if (!lf_ends_with(lf_str_text(&watcher.said), "CANCELLED "))
			fail_msg("%s: %s", moments[i % LF_COUNT(moments)], lf_str_text(&watcher.said));
		lf_str_dispose(&watcher.said);
		world_free(world);
	}
}

static void ends_while_a_page_is_parsed(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		struct world *world = world_new(script_pages);
		struct watcher watcher = {0};
		bool never = false;

		world_open(world, "{}");
		watch_for(world, &watcher, "never");
		(void)loop_until(&world->loop, &never, (unsigned)i);
		if (i % 2)
			lf_kube_cancel(watcher.call);
		world_free(world);
		lf_str_dispose(&watcher.said);
	}
}

/* ---- the framer */

static int collect(const char *text, size_t length, void *payload)
{
	struct lf_str *out = payload;

	lf_str_add_n(out, text, length);
	lf_str_add_char(out, '|');
	return length == 4 && !strncmp(text, "stop", 4) ? 7 : 0;
}

static void frames_lines_however_they_come(void **state)
{
	static const struct {
		const char *text, *lines;
		bool cut;
		int rc;
	} cases[] = {
		{"a\nbc\n\nd", "a|bc||", false, 0},
		{"12345678\n", "12345678|", false, 0},
		{"123456789\n", "", false, LF_ELIMIT},
		{"1234567890", "", false, LF_ELIMIT},
		{"123456789abc\nx\n", "12345678|x|", true, 0},
		{"123456789\n\n12345678\n", "12345678||12345678|", true, 0},
		{"x\nstop\ny\n", "x|stop|", false, 7},
		{"", "", false, 0},
	};
	size_t i, step, at, n;

	(void)state;
	for (i = 0; i < LF_COUNT(cases); i++) {
		for (step = 1; step <= strlen(cases[i].text) + 1; step++) {
			struct kube_frame frame = {.limit = 8, .cut = cases[i].cut};
			struct lf_str out = {0};
			int rc = 0;

			for (at = 0; at < strlen(cases[i].text) && !rc; at += n) {
				n = strlen(cases[i].text) - at < step ? strlen(cases[i].text) - at : step;
				rc = kube_frame_add(&frame, cases[i].text + at, n, collect, &out);
				assert_true(frame.rest.length <= 8);
			}
			assert_int_equal(rc, cases[i].rc);
			assert_string_equal(lf_str_text(&out), cases[i].lines);
			kube_frame_dispose(&frame);
			lf_str_dispose(&out);
		}
	}
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(lists_then_watches),
		T(narrows_by_name_and_labels),
		T(goes_on_where_it_was_cut),
		cmocka_unit_test(survives_what_servers_do),
		T(waits_as_long_as_the_server_asks),
		T(backs_off),
		cmocka_unit_test(refuses_lists_that_lie),
		T(bounds_a_line),
		T(pages_are_parsed_elsewhere),
		T(asks_for_smaller_pages),
		T(silence_after_bookmarks_is_noticed),
		T(unknown_kinds_are_final),
		T(waits_for_a_server),
		cmocka_unit_test(ends_from_inside_every_callback),
		cmocka_unit_test(ends_while_a_page_is_parsed),
		cmocka_unit_test(frames_lines_however_they_come),
	};
#undef T

	return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
