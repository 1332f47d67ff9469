/* tasks: what the controllers will do later: a function, the object it is about, and when. One timer of the
 * loop; nothing ticks while nothing is due. */
#ifndef LF_SANDBOX_TASKS_H
#define LF_SANDBOX_TASKS_H

#include <stdbool.h>
#include <stdint.h>
#include "core/compiler.h"
#include "core/node.h"

struct lf_kind;
struct lf_sandbox;
struct lf_tasks;

struct lf_task {
	const struct lf_kind *kind;
	char *namespace, *name, *uid;
	int64_t number; /* a step, a generation: the function's own */
	char *note;     /* likewise; may be NULL */
};

typedef void lf_task_fn(struct lf_sandbox *sandbox, const struct lf_task *task);

LF_NODISCARD struct lf_tasks *lf_tasks_new(struct lf_sandbox *sandbox);
void lf_tasks_free(struct lf_tasks *tasks); /* closes its timer: run the loop once more afterwards */

/* Runs RUN in DELAY_MS (stretched by the scenario's pace) for OBJECT. If the same function already waits for
 * the same object, only the earlier time counts, and NUMBER and NOTE are those of the first. */
void lf_tasks_add(struct lf_sandbox *sandbox, int64_t delay_ms, lf_task_fn *run, const struct lf_kind *kind,
                  const struct lf_node *object, int64_t number, const char *note);
bool lf_tasks_pending(const struct lf_sandbox *sandbox, lf_task_fn *run, const char *uid);
/* A copy of the task's object to change and put back; NULL if it is gone or another one has its name. */
LF_NODISCARD struct lf_node *lf_task_object(const struct lf_sandbox *sandbox, const struct lf_task *task);

#endif
