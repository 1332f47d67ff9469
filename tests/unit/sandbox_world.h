/* sandbox_world: a sandbox without a server, for the tests of its API: a repository in a temporary folder, a
 * store, and calls that go straight to the door. */
#ifndef LF_TESTS_SANDBOX_WORLD_H
#define LF_TESTS_SANDBOX_WORLD_H

#include <uv.h>
#include "core/node.h"
#include "core/str.h"
#include "providers/sandbox/request.h"

struct world {
	uv_loop_t loop;
	char *folder;
	struct lf_repository *repository;
	struct lf_sandbox sandbox;
};

struct answer {
	int code;
	struct lf_str text;
	struct lf_node *node; /* NULL if the body is not JSON */
	struct lf_stream_source stream;
};

void world_open(struct world *world, const char *scenario);
void world_close(struct world *world);

/* URL may have a query. BODY may be NULL. Dispose the answer. */
struct answer world_call(struct world *world, const char *method, const char *url, const char *type,
                         const char *body);
void answer_dispose(struct answer *answer);
/* The text at a dotted path of the answer. */
const char *answer_text(const struct answer *answer, const char *path);

/* Calls, checks the code, and forgets the rest. */
void world_expect(struct world *world, int code, const char *method, const char *url, const char *type,
                  const char *body);

#define APPLY_TYPE "application/apply-patch+yaml"
#define MERGE_TYPE "application/merge-patch+json"
#define JSON_TYPE "application/json"

#endif
