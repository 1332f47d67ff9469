/* sandbox: what the parts of the simulation share. One thread, one loop; every pointer is borrowed from main.
 */
#ifndef LF_SANDBOX_SANDBOX_H
#define LF_SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <uv.h>
#include "core/facts.h"
#include "providers/sandbox/repository.h"
#include "providers/sandbox/scenario.h"
#include "providers/sandbox/store.h"
#include "providers/sandbox/tasks.h"

struct lf_sandbox {
	uv_loop_t *loop;
	const struct lf_scenario *scenario;
	struct lf_store *store;
	struct lf_repository *repository;
	struct lf_tasks *tasks;
	struct lf_names images; /* on the nodes already: pulled once, or there from the start */
	char *missing_image,
	    *missing_path; /* what the scenario chose to be missing; NULL until something was delivered */
	char *missing_chart, *missing_version, *refused_values; /* likewise, of charts */
	char *charts_url;                                       /* the demo's chart repository; NULL: there is none */
	struct lf_node *releases; /* what Helm installed: "namespace/name.v1" to its list of objects */
	char *drifting;    /* uid of the deployment that somebody scaled by hand; NULL until it happened */
	unsigned next_address;
};

/* Opens the store and connects the controllers to it. Dispose closes the tasks' timer on the loop: run the
 * loop once more afterwards. */
void lf_sandbox_init(struct lf_sandbox *sandbox, uv_loop_t *loop, const struct lf_scenario *scenario,
                     struct lf_repository *repository);
void lf_sandbox_dispose(struct lf_sandbox *sandbox);

/* Fills the cluster: namespaces, CRDs, the controllers of Flux and Argo CD, an application that was there
 * before. */
void lf_seed(struct lf_sandbox *sandbox);
extern const struct lf_repository_file lf_seed_files[];
extern const size_t lf_seed_file_count;

/* Something outside the controllers wrote OBJECT: whoever manages it will see that it differs from Git when
 * its interval comes round. */
void lf_controllers_touched(struct lf_sandbox *sandbox, const struct lf_kind *kind,
                            const struct lf_node *object);
/* A branch moved: pollers and webhooks of the controllers will notice. */
void lf_controllers_pushed(struct lf_sandbox *sandbox);

/* Deletes as the API server does: objects with finalizers and pods are only marked, the rest goes at once,
 * and what it owned follows. */
void lf_delete(struct lf_sandbox *sandbox, const struct lf_kind *kind, const char *namespace,
               const char *name);

#endif
