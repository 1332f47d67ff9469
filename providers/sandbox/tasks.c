/* tasks: see tasks.h. A list in order of time and one timer; knows no controller. */
#include "config.h"
#include "providers/sandbox/tasks.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/sandbox.h"
#include "providers/sandbox/tree.h"

enum { MAX_TASKS = 16384 };

struct entry {
	uint64_t due;
	lf_task_fn *run;
	struct lf_task task;
};

struct lf_tasks {
	struct lf_sandbox *sandbox;
	uv_timer_t timer;
	struct entry *entries; /* the latest first, so that the next one is cheap to take */
	size_t count, capacity;
};

static void entry_dispose(struct entry *entry)
{
	lf_free(entry->task.namespace);
	lf_free(entry->task.name);
	lf_free(entry->task.uid);
	lf_free(entry->task.note);
}

static void arm(struct lf_tasks *tasks);

static void on_timer(uv_timer_t *timer)
{
	struct lf_tasks *tasks = timer->data;
	uint64_t now = uv_now(timer->loop);

	while (tasks->count && tasks->entries[tasks->count - 1].due <= now) {
		struct entry entry = tasks->entries[--tasks->count];

		entry.run(tasks->sandbox, &entry.task);
		entry_dispose(&entry);
	}
	arm(tasks);
}

static void arm(struct lf_tasks *tasks)
{
	uint64_t now = uv_now(tasks->timer.loop), due;

	if (!tasks->count) {
		(void)uv_timer_stop(&tasks->timer);
		return;
	}
	due = tasks->entries[tasks->count - 1].due;
	(void)uv_timer_start(&tasks->timer, on_timer, due > now ? due - now : 0, 0);
}

struct lf_tasks *lf_tasks_new(struct lf_sandbox *sandbox)
{
	struct lf_tasks *tasks = lf_alloc(1, sizeof(*tasks));

	tasks->sandbox = sandbox;
	(void)uv_timer_init(sandbox->loop, &tasks->timer);
	tasks->timer.data = tasks;
	return tasks;
}

static void on_closed(uv_handle_t *handle)
{
	lf_free(handle->data);
}

void lf_tasks_free(struct lf_tasks *tasks)
{
	if (!tasks)
		return;
	for (size_t i = 0; i < tasks->count; i++)
		entry_dispose(&tasks->entries[i]);
	lf_free(tasks->entries);
	uv_close((uv_handle_t *)&tasks->timer, on_closed);
}

static void insert(struct lf_tasks *tasks, struct entry entry)
{
	size_t at = tasks->count;

	lf_grow((void **)&tasks->entries, &tasks->capacity, tasks->count, sizeof(*tasks->entries));
	while (at > 0 && tasks->entries[at - 1].due <=
	                     entry.due) /* of two due together the one added first runs first */
		at--;
	memmove(&tasks->entries[at + 1], &tasks->entries[at], (tasks->count - at) * sizeof(*tasks->entries));
	tasks->entries[at] = entry;
	tasks->count++;
}

void lf_tasks_add(struct lf_sandbox *sandbox, int64_t delay_ms, lf_task_fn *run, const struct lf_kind *kind,
                  const struct lf_node *object, int64_t number, const char *note)
{
	struct lf_tasks *tasks = sandbox->tasks;
	struct entry entry = {
	    .due = uv_now(sandbox->loop) + (uint64_t)(delay_ms * sandbox->scenario->pace / 100), .run = run};

	for (size_t i = 0; i < tasks->count; i++) {
		if (tasks->entries[i].run != run ||
		    !lf_equal(tasks->entries[i].task.uid, lf_tree_uid(object)))
			continue;
		if (tasks->entries[i].due <= entry.due)
			return;
		entry.task = tasks->entries[i].task;
		tasks->count--;
		memmove(&tasks->entries[i], &tasks->entries[i + 1],
		        (tasks->count - i) * sizeof(*tasks->entries));
		insert(tasks, entry);
		arm(tasks);
		return;
	}
	if (tasks->count == MAX_TASKS)
		return;
	entry.task.kind = kind;
	entry.task.namespace = lf_dup(lf_tree_namespace(object));
	entry.task.name = lf_dup(lf_tree_name(object));
	entry.task.uid = lf_dup(lf_tree_uid(object));
	entry.task.number = number;
	entry.task.note = lf_dup(note);
	insert(tasks, entry);
	arm(tasks);
}

bool lf_tasks_pending(const struct lf_sandbox *sandbox, lf_task_fn *run, const char *uid)
{
	const struct lf_tasks *tasks = sandbox->tasks;

	for (size_t i = 0; i < tasks->count; i++)
		if (tasks->entries[i].run == run && lf_equal(tasks->entries[i].task.uid, uid))
			return true;
	return false;
}

struct lf_node *lf_task_object(const struct lf_sandbox *sandbox, const struct lf_task *task)
{
	const struct lf_node *now = lf_store_find(sandbox->store, task->kind, task->namespace, task->name);

	return now && lf_equal(lf_tree_uid(now), task->uid) ? lf_node_dup(now) : NULL;
}
