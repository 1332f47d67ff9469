/* kubeworld: a scripted API server on the test's loop, a kubeconfig that points to it, and a client opened with it. */
#ifndef LF_TESTS_KUBEWORLD_H
#define LF_TESTS_KUBEWORLD_H

#include "core/str.h"
#include "providers/kube.h"
#include "providers/kube/internal.h"
#include "tests/unit/fakehttp.h"

#define WORLD_LIMIT_MS 20000

struct world;
typedef void world_script_fn(struct fake_conn *conn, const struct fake_request *request, struct world *world);

struct world {
	uv_loop_t loop;
	const struct lf_http_module *module;
	struct fake_server *server;
	struct lf_kube *kube;
	char folder[64];
	struct lf_str seen; /* "GET /path\n" of every request */
	world_script_fn *script;
	int step; /* for scripts that do one thing after the other */
	void *extra;
};

struct world *world_new(world_script_fn *script);
void world_free(struct world *world);
/* Opens the client; USER is the user's entry in YAML flow style: "{token: t}". */
void world_open(struct world *world, const char *user);
char *world_path(const struct world *world, const char *name); /* of a file in its folder */
void world_write(const struct world *world, const char *name, const char *text, unsigned mode);
int world_count(const struct world *world, const char *line); /* how many requests began with LINE */
bool world_is(const struct fake_request *request, const char *method_and_path); /* begins with */
bool world_wait(struct world *world, const bool *done);
/* Answers what every client asks first: the kinds of the core group, apps and example.org. */
bool world_kinds(struct fake_conn *conn, const struct fake_request *request);

/* What a one-shot call answered. */
struct outcome {
	bool done;
	int dones;
	struct lf_node *object;
	struct lf_error error;
	void (*act)(struct outcome *outcome);
	struct lf_kube_call *call;
	struct world *world;
};
void outcome_take(struct lf_node *object, const struct lf_error *err, void *payload);
void outcome_dispose(struct outcome *outcome);

#endif
