/* edit_world: see edit_world.h. */
#include "config.h"
#include "tests/unit/edit_world.h"

#include <string.h>

#include "core/mem.h"

const char *world_text(const struct file *files, const char *path)
{
	for (; files->path; files++) {
		if (lf_equal(files->path, path))
			return files->text;
	}
	return NULL;
}

void world_list(struct lf_names *out, const struct file *files, const char *folder)
{
	size_t n = lf_equal(folder, ".") ? 0 : strlen(folder) + 1;

	for (; files->path; files++) {
		const char *rest = files->path + n, *slash = strchr(rest, '/');
		char *name;

		if (n && (strncmp(files->path, folder, n - 1) != 0 || files->path[n - 1] != '/'))
			continue;
		name = lf_dup_n(rest, slash ? (size_t)(slash - rest) + 1 : strlen(rest));
		if (!lf_names_have(out, name))
			lf_names_add(out, name);
		lf_free(name);
	}
}

/* Walks FILES as the program does. */
void world_walk(struct lf_trace *trace, const struct file *files, const char *root, bool recurse)
{
	struct lf_ref object = lf_ref_new("apps", "Deployment", "shop", "web");

	world_walk_for(trace, &object, files, root, recurse);
	lf_ref_dispose(&object);
}

void world_walk_for(struct lf_trace *trace, const struct lf_ref *object, const struct file *files, const char *root, bool recurse)
{
	lf_trace_init(trace, object, root, recurse);
	for (int steps = 0;; steps++) {
		enum lf_trace_want want = lf_trace_next(trace);

		assert_true(steps < 50);
		if (want == LF_TRACE_DONE)
			break;
		if (want == LF_TRACE_FOLDER) {
			struct lf_names entries = {0};

			world_list(&entries, files, trace->wanted.items[0]);
			lf_trace_take_folder(trace, &entries);
			lf_names_dispose(&entries);
		} else {
			struct lf_branch_files answer = {.items = lf_alloc(trace->wanted.count, sizeof(*answer.items)), .count = trace->wanted.count};

			for (size_t i = 0; i < answer.count; i++) {
				answer.items[i].path = lf_dup(trace->wanted.items[i]);
				answer.items[i].text = lf_dup(world_text(files, trace->wanted.items[i]));
			}
			lf_trace_take_files(trace, &answer);
			lf_branch_files_dispose(&answer);
		}
	}
}
