/* module: finds and opens the private shared modules. Owns the rule where they may come from: beside the program, or in the configured folder relative to
 * the program's. Must never look at the environment, the working directory or the linker's search path. */
#include "config.h"
#include "providers/module.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/mem.h"

struct opening {
	uv_work_t work;
	char *name;
	const void *table;
	struct lf_error error;
	lf_module_done_fn *done;
	void *payload;
};

/* The folder of the running program, symlinks resolved, without a final '/'. NULL when /proc is not there. */
static char *program_folder(void)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (length <= 0)
		return NULL;
	path[length] = '\0';
	slash = strrchr(path, '/');
	if (!slash)
		return NULL;
	*slash = '\0';
	return lf_dup(path);
}

/* From the configured folder of programs to the configured folder of modules: "/usr/bin", "/usr/lib/landfall" → "../lib/landfall". Kept relative, so that an
 * installation may be moved as a whole. */
static char *way_to_modules(const char *from, const char *to)
{
	size_t common = 0, i;
	char *way, *next;

	for (i = 0; from[i] && from[i] == to[i]; i++)
		if (from[i] == '/')
			common = i;
	if ((!from[i] || from[i] == '/') && (!to[i] || to[i] == '/'))
		common = i;
	way = lf_dup("");
	for (i = common; from[i]; i++) {
		if (from[i] != '/' || !from[i + 1] || from[i + 1] == '/')
			continue;
		next = lf_format("%s../", way);
		lf_free(way);
		way = next;
	}
	next = lf_format("%s%s", way, to[common] == '/' ? to + common + 1 : to + common);
	lf_free(way);
	return next;
}

static bool name_is_plain(const char *name)
{
	return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz") == strlen(name);
}

static int open_file(const void **table, const char *path, const char *name, struct lf_error *err)
{
	void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	char symbol[64];
	const void *found;
	const char *why;
	unsigned version = 0;
	int rc;

	if (!module) {
		why = dlerror();
		rc = lf_fail(err, LF_ERROR, "module", 0, "the module %s cannot be loaded: %s", name, why ? why : "no reason given");
		lf_hint(err, "Install Landfall again, and the libraries it needs. Offline commands like \"render\" work without it.");
		return rc;
	}
	(void)snprintf(symbol, sizeof(symbol), "lf_module_%s", name);
	found = dlsym(module, symbol);
	if (found)
		memcpy(&version, found, sizeof(version));
	if (!found || version != LF_MODULE_VERSION) {
		dlclose(module);
		rc = lf_fail(err, LF_ERROR, "module", 0, "the module %s is of another version of Landfall", name);
		lf_hint(err, "Install Landfall again: the program and its modules belong together.");
		return rc;
	}
	/* Never closed: its library keeps threads and exit handlers of its own. */
	*table = found;
	return LF_OK;
}

int lf_module_path(char **out, const char *file, struct lf_error *err)
{
	char *folder = program_folder(), *way = NULL, *beside = NULL, *installed = NULL;
	int rc = LF_OK;

	*out = NULL;
	if (!folder) {
		rc = lf_fail(err, LF_ENOTFOUND, "module", 0, "%s cannot be looked for: /proc is not mounted", file);
		lf_hint(err, "Landfall finds its parts beside its own program, and asks /proc/self/exe where that is.");
		goto out;
	}
	way = way_to_modules(LF_BIN_DIR, LF_MODULE_DIR);
	beside = lf_format("%s/%s", folder, file);
	installed = lf_format("%s/%s/%s", folder, way, file);
	if (!access(beside, F_OK)) {
		*out = beside;
		beside = NULL;
	} else if (!access(installed, F_OK)) {
		*out = installed;
		installed = NULL;
	} else {
		rc = lf_fail(err, LF_ENOTFOUND, "module", 0, "the installation is incomplete: %s is missing", file);
		lf_hint(err, "Install Landfall again. It was looked for beside the program and in %s.", way);
	}
out:
	lf_free(installed);
	lf_free(beside);
	lf_free(way);
	lf_free(folder);
	return rc;
}

int lf_module_open(const void **table, const char *name, struct lf_error *err)
{
	char *file, *path;
	int rc;

	*table = NULL;
	if (!name_is_plain(name))
		return lf_fail(err, LF_EINVAL, "module", 0, "no module has such a name");
	file = lf_format("landfall-%s.so", name);
	rc = lf_module_path(&path, file, err);
	if (rc == LF_OK)
		rc = open_file(table, path, name, err);
	lf_free(path);
	lf_free(file);
	return rc;
}

static void open_work(uv_work_t *work)
{
	struct opening *opening = work->data;

	/* The code is in the error, which is all that the loop needs. */
	if (lf_module_open(&opening->table, opening->name, &opening->error) != LF_OK)
		opening->table = NULL;
}

static void open_after(uv_work_t *work, int status)
{
	struct opening *opening = work->data;

	if (status)
		(void)lf_fail(&opening->error, LF_ECANCELLED, "module", 0, "loading the module %s was given up", opening->name);
	opening->done(opening->table, opening->table ? NULL : &opening->error, opening->payload);
	lf_free(opening->name);
	lf_free(opening);
}

void lf_module_open_async(uv_loop_t *loop, const char *name, lf_module_done_fn *done, void *payload)
{
	struct opening *opening = lf_alloc(1, sizeof(*opening));

	opening->name = lf_dup(name);
	opening->done = done;
	opening->payload = payload;
	opening->work.data = opening;
	/* Fails only for a missing callback, and there is one. */
	(void)uv_queue_work(loop, &opening->work, open_work, open_after);
}
