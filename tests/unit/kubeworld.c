/* kubeworld: see kubeworld.h. */
#include "config.h"
#include "tests/unit/kubeworld.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/fs.h"
#include "core/mem.h"
#include "providers/module.h"
#include "tests/unit/unit.h"

static void serve(struct fake_conn *conn, const struct fake_request *request, void *payload)
{
	struct world *world = payload;

	lf_str_addf(&world->seen, "%s %s\n", request->method, request->path);
	world->script(conn, request, world);
}

struct world *world_new(world_script_fn *script)
{
	struct world *world = lf_alloc(1, sizeof(*world));
	const void *table;

	(void)signal(SIGPIPE, SIG_IGN);
	assert_int_equal(lf_module_open(&table, "http", NULL), LF_OK);
	world->module = table;
	assert_int_equal(uv_loop_init(&world->loop), 0);
	world->server = fake_server_new(&world->loop, serve, world);
	world->script = script;
	memcpy(world->folder, "/tmp/landfall-kube-XXXXXX", 26);
	assert_non_null(mkdtemp(world->folder));
	return world;
}

static void drop(uv_handle_t *handle, void *payload)
{
	(void)payload;
	print_message("left on the loop: %s\n", uv_handle_type_name(handle->type));
}

void world_free(struct world *world)
{
	lf_kube_free(world->kube);
	fake_server_free(world->server);
	if (!loop_finish(&world->loop)) {
		uv_walk(&world->loop, drop, NULL);
		fail_msg("something is left on the loop");
	}
	(void)lf_fs_remove_tree(world->folder);
	lf_str_dispose(&world->seen);
	lf_free(world);
}

char *world_path(const struct world *world, const char *name)
{
	return lf_format("%s/%s", world->folder, name);
}

void world_write(const struct world *world, const char *name, const char *text, unsigned mode)
{
	char *path = world_path(world, name);

	assert_int_equal(lf_fs_write(path, text, strlen(text), (mode_t)mode, NULL), LF_OK);
	assert_int_equal(chmod(path, (mode_t)mode), 0);
	lf_free(path);
}

void world_open(struct world *world, const char *user)
{
	char *text = lf_format("current-context: test\ncontexts: [{name: test, context: {cluster: c, user: u, namespace: team}}]\n"
			       "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:%d'}}]\nusers: [{name: u, user: %s}]\n",
			       fake_server_port(world->server), user);
	char *path = world_path(world, "kubeconfig");
	struct lf_error err = {0};

	world_write(world, "kubeconfig", text, 0600);
	(void)setenv("KUBECONFIG", path, 1);
	if (lf_kube_open(&world->kube, &world->loop, world->module, NULL, &err) != LF_OK)
		fail_msg("%s", err.message);
	world->kube->exec_hold_ms = 0;
	world->kube->backoff_first_ms = 2;
	world->kube->backoff_last_ms = 20;
	lf_free(text);
	lf_free(path);
}

int world_count(const struct world *world, const char *line)
{
	const char *at = lf_str_text(&world->seen);
	int count = 0;

	while (*at) {
		count += !strncmp(at, line, strlen(line));
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	return count;
}

bool world_is(const struct fake_request *request, const char *line)
{
	size_t n = strlen(request->method);

	return !strncmp(line, request->method, n) && line[n] == ' ' && !strncmp(request->path, line + n + 1, strlen(line + n + 1));
}

bool world_wait(struct world *world, const bool *done)
{
	return loop_until(&world->loop, done, WORLD_LIMIT_MS);
}

/* "/apis/GROUP" or "/apis/GROUP/VERSION" */
static bool names_group(const char *path)
{
	int slashes = 0;

	if (strncmp(path, "/apis/", 6) != 0)
		return false;
	for (path += 6; *path; path++)
		slashes += *path == '/';
	return slashes < 2;
}

bool world_kinds(struct fake_conn *conn, const struct fake_request *request)
{
	static const struct {
		const char *path, *body;
	} answers[] = {
		{"/api/v1", "{\"kind\":\"APIResourceList\",\"groupVersion\":\"v1\",\"resources\":["
			    "{\"name\":\"pods\",\"kind\":\"Pod\",\"namespaced\":true},{\"name\":\"pods/log\",\"kind\":\"Pod\",\"namespaced\":true},"
			    "{\"name\":\"namespaces\",\"kind\":\"Namespace\",\"namespaced\":false},"
			    "{\"name\":\"configmaps\",\"kind\":\"ConfigMap\",\"namespaced\":true}]}"},
		{"/apis/apps", "{\"kind\":\"APIGroup\",\"name\":\"apps\",\"versions\":[{\"groupVersion\":\"apps/v1\",\"version\":\"v1\"}]}"},
		{"/apis/apps/v1", "{\"groupVersion\":\"apps/v1\",\"resources\":[{\"name\":\"deployments/scale\",\"kind\":\"Scale\",\"namespaced\":true},"
				  "{\"name\":\"deployments\",\"kind\":\"Deployment\",\"namespaced\":true}]}"},
		/* A group whose preferred version does not serve every kind. */
		{"/apis/example.org",
		 "{\"kind\":\"APIGroup\",\"name\":\"example.org\",\"preferredVersion\":{\"version\":\"v1\"},\"versions\":["
		 "{\"version\":\"v1\"},{\"version\":\"v1beta3\"},{\"version\":\"v1beta2\"}]}"},
		{"/apis/example.org/v1",
		 "{\"groupVersion\":\"example.org/v1\",\"resources\":[{\"name\":\"receivers\",\"kind\":\"Receiver\",\"namespaced\":true}]}"},
		{"/apis/example.org/v1beta3",
		 "{\"groupVersion\":\"example.org/v1beta3\",\"resources\":[{\"name\":\"alerts\",\"kind\":\"Alert\",\"namespaced\":true}]}"},
		{"/apis/example.org/v1beta2",
		 "{\"groupVersion\":\"example.org/v1beta2\",\"resources\":[{\"name\":\"alerts\",\"kind\":\"Alert\",\"namespaced\":true},"
		 "{\"name\":\"receivers\",\"kind\":\"Receiver\",\"namespaced\":true}]}"},
	};
	size_t i;

	for (i = 0; i < LF_COUNT(answers); i++) {
		if (strcmp(request->path, answers[i].path) != 0)
			continue;
		fake_json(conn, 200, answers[i].body);
		return true;
	}
	/* any other group, or version of one */
	if (names_group(request->path)) {
		fake_reply(conn, 404, "Content-Type: text/plain\r\n", "404 page not found\n");
		return true;
	}
	return false;
}

void outcome_take(struct lf_node *object, const struct lf_error *err, void *payload)
{
	struct outcome *outcome = payload;

	outcome->done = true;
	outcome->dones++;
	outcome->object = object;
	if (err)
		outcome->error = *err;
	if (outcome->act)
		outcome->act(outcome);
}

void outcome_dispose(struct outcome *outcome)
{
	lf_node_free(outcome->object);
	memset(outcome, 0, sizeof(*outcome));
}
