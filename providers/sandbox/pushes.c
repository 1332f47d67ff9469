/* pushes: see pushes.h. Watches the folder of branches, the folders below it (branches may have slashes in
 * their names) and the packed references. */
#include "config.h"
#include "providers/sandbox/pushes.h"

#include <dirent.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"

enum { MAX_WATCHES = 64, SETTLE_MS = 50, MAX_DEPTH = 8 };

struct watch {
	uv_fs_event_t handle;
	char *path;
	struct lf_pushes *owner;
};

struct lf_pushes {
	struct lf_sandbox *sandbox;
	struct watch *watches[MAX_WATCHES];
	size_t count;
	uv_timer_t timer;
	char *tips;
	int open_handles;
};

static void release(struct lf_pushes *pushes)
{
	if (--pushes->open_handles)
		return;
	lf_free(pushes->tips);
	lf_free(pushes);
}

static void on_settled(uv_timer_t *timer);

static void on_event(uv_fs_event_t *handle, const char *name, int events, int status)
{
	struct watch *watch = handle->data;

	(void)name;
	(void)events;
	(void)status;
	if (!uv_is_active((uv_handle_t *)&watch->owner->timer))
		(void)uv_timer_start(&watch->owner->timer, on_settled, SETTLE_MS, 0);
}

static void on_watch_closed(uv_handle_t *handle)
{
	struct watch *watch = handle->data;

	release(watch->owner);
	lf_free(watch->path);
	lf_free(watch);
}

static int add_watch(struct lf_pushes *pushes, const char *path)
{
	struct watch *watch;
	int rc;

	for (size_t i = 0; i < pushes->count; i++)
		if (lf_equal(pushes->watches[i]->path, path))
			return 0;
	if (pushes->count == MAX_WATCHES)
		return 0;
	watch = lf_alloc(1, sizeof(*watch));
	watch->path = lf_dup(path);
	watch->owner = pushes;
	watch->handle.data = watch;
	(void)uv_fs_event_init(pushes->sandbox->loop, &watch->handle);
	watch->handle.data = watch;
	pushes->open_handles++;
	rc = uv_fs_event_start(&watch->handle, on_event, path, 0);
	if (rc)
		uv_close((uv_handle_t *)&watch->handle, on_watch_closed);
	else
		pushes->watches[pushes->count++] = watch;
	return rc;
}

static int scan(struct lf_pushes *pushes, const char *path, int depth)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	int rc = folder ? add_watch(pushes, path) : UV_ENOENT;

	while (folder && (entry = readdir(folder))) {
		char *child;

		if (entry->d_name[0] == '.' || entry->d_type != DT_DIR || depth == MAX_DEPTH)
			continue;
		child = lf_format("%s/%s", path, entry->d_name);
		(void)scan(pushes, child, depth + 1);
		lf_free(child);
	}
	if (folder)
		(void)closedir(folder);
	return rc;
}

static int scan_all(struct lf_pushes *pushes)
{
	const char *root = lf_repository_path(pushes->sandbox->repository);
	char *heads = lf_format("%s/refs/heads", root);
	int rc = add_watch(pushes, root);

	if (rc == 0)
		rc = scan(pushes, heads, 0);
	lf_free(heads);
	return rc;
}

/* A folder that is gone (its last branch was deleted) is watched no more, so that it is watched again when it
 * comes back. */
static void drop_gone(struct lf_pushes *pushes)
{
	for (size_t i = 0; i < pushes->count;) {
		DIR *folder = opendir(pushes->watches[i]->path);

		if (folder) {
			(void)closedir(folder);
			i++;
			continue;
		}
		uv_close((uv_handle_t *)&pushes->watches[i]->handle, on_watch_closed);
		pushes->watches[i] = pushes->watches[--pushes->count];
	}
}

static void on_settled(uv_timer_t *timer)
{
	struct lf_pushes *pushes = timer->data;
	struct lf_str tips = {0};

	drop_gone(pushes);
	(void)scan_all(pushes); /* before the comparison: what comes after it is an event again */
	lf_repository_tips(&tips, pushes->sandbox->repository);
	if (!lf_equal(lf_str_text(&tips), pushes->tips)) {
		lf_set(&pushes->tips, lf_str_text(&tips));
		lf_controllers_pushed(pushes->sandbox);
	}
	lf_str_dispose(&tips);
}

static void on_timer_closed(uv_handle_t *handle)
{
	release(handle->data);
}

int lf_pushes_open(struct lf_pushes **out, struct lf_sandbox *sandbox, struct lf_error *err)
{
	struct lf_pushes *pushes = lf_alloc(1, sizeof(*pushes));
	struct lf_str tips = {0};
	int rc;

	pushes->sandbox = sandbox;
	lf_repository_tips(&tips, sandbox->repository);
	pushes->tips = lf_str_take(&tips);
	(void)uv_timer_init(sandbox->loop, &pushes->timer);
	pushes->timer.data = pushes;
	pushes->open_handles = 1;
	rc = scan_all(pushes);
	if (rc) {
		lf_pushes_close(pushes);
		return lf_fail(err, LF_EIO, "sandbox.pushes", rc, "cannot watch the demo's repository: %s",
		               uv_strerror(rc));
	}
	*out = pushes;
	return LF_OK;
}

void lf_pushes_close(struct lf_pushes *pushes)
{
	if (!pushes)
		return;
	for (size_t i = 0; i < pushes->count; i++)
		uv_close((uv_handle_t *)&pushes->watches[i]->handle, on_watch_closed);
	uv_close((uv_handle_t *)&pushes->timer, on_timer_closed);
}
