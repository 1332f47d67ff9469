/* edit_world: see edit_world.h. */
#include "config.h"
#include "tests/unit/edit_world.h"

#include <string.h>

#include "core/edit.h"
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

void comes_out(const char *object, const struct file *files, const char *root, bool in_base, const char *sets, const struct file *wanted, const char *said)
{
	struct lf_ref ref = lf_ref_new("apps", "Deployment", "shop", object);
	struct lf_trace trace = {0};
	struct lf_commit commit = {0};
	struct lf_edit edit = {.trace = &trace, .root = root, .in_base = in_base};
	struct lf_names names = {0}, deletes = {0};
	struct lf_error err = {0};
	size_t count = 0;
	int code;

	for (const char *p = sets; *p;) {
		size_t n = strcspn(p, "|");
		char *one = lf_dup_n(p, n);

		if (*one == '-')
			lf_names_add(&deletes, one + 1);
		else
			lf_names_add(&names, one);
		lf_free(one);
		p += n + (p[n] == '|');
	}
	world_walk_for(&trace, &ref, files, root, true);
	code = lf_edit_apply(&commit, &edit, &names, &deletes, &err);
	if (!wanted) {
		if (!code || (!strstr(err.message, said) && !strstr(err.hint, said)) || !*err.hint)
			fail_msg("%s: %d %s / %s", sets, code, err.message, err.hint);
	} else {
		if (code)
			fail_msg("%s: %s %s", sets, err.message, err.hint);
		for (; wanted[count].path; count++) {
			bool found = false;

			for (size_t i = 0; i < commit.count; i++) {
				if (!lf_equal(commit.files[i].path, wanted[count].path))
					continue;
				found = true;
				assert_string_equal(commit.files[i].before, wanted[count].text);
				assert_true(lf_equal(commit.files[i].after, world_text(files, wanted[count].path)));
			}
			if (!found)
				fail_msg("%s: %s was not changed", sets, wanted[count].path);
		}
		assert_int_equal(commit.count, count);
	}
	lf_commit_dispose(&commit);
	lf_trace_dispose(&trace);
	lf_names_dispose(&names);
	lf_names_dispose(&deletes);
	lf_ref_dispose(&ref);
}

void becomes(const struct file *files, const char *root, bool in_base, const char *sets, const struct file *wanted)
{
	comes_out("web", files, root, in_base, sets, wanted, "");
}

void refused(const struct file *files, const char *root, bool in_base, const char *sets, const char *said)
{
	comes_out("web", files, root, in_base, sets, NULL, said);
}
