/* files: see files.h; also lf_git_read(). */
#include "config.h"
#include "providers/git/files.h"

#include <string.h>

#include "core/mem.h"
#include "providers/git/job.h"
#include "providers/git/refname.h"

void lf_git_files_dispose(struct lf_git_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		lf_free(files->items[i].path);
		lf_free(files->items[i].text);
		lf_free(files->items[i].why);
	}
	lf_free(files->items);
	lf_free(files->tip);
	lf_free(files->base_branch);
	memset(files, 0, sizeof(*files));
}

static int read_one(struct lf_git_file *file, const struct lf_git_tree *tree, const char *path,
                    struct lf_error *err)
{
	struct lf_str text = {0};
	struct lf_git_spot spot;
	int rc = lf_git_tree_find(&spot, tree, path, err);

	file->path = lf_dup(path);
	file->why = spot.why;
	if (rc || spot.missing)
		goto out;
	if (!file->why && spot.kind == LF_OBJECTS_FOLDER)
		file->why = lf_dup("a folder");
	if (file->why || spot.kind == LF_OBJECTS_NOTHING)
		goto out;
	if (!tree->module->has(tree->store, spot.id)) {
		lf_git_missing_add(tree->missing, spot.id);
		goto out;
	}
	rc = lf_git_tree_text(&text, &file->why, tree, spot.id, err);
	if (!rc && !file->why) {
		file->length = text.length;
		file->text = lf_str_take(&text);
	}
out:
	file->refused = file->why != NULL;
	lf_str_dispose(&text);
	return rc;
}

int lf_git_reading_look(void *payload, struct lf_error *err)
{
	struct lf_git_reading *reading = payload;
	struct lf_git_job *job = reading->job;
	struct lf_git_tree tree;
	bool there;
	int rc;

	lf_git_files_dispose(&reading->files);
	rc = lf_git_tree_open(&tree, &there, job->git->objects, job->remote.store.objects, reading->commit,
	                      reading->missing, err);
	if (rc || !there)
		return rc;
	tree.for_writing = true;
	reading->files.items = lf_alloc(reading->count, sizeof(*reading->files.items));
	for (size_t i = 0; i < reading->count && !rc; i++) {
		rc = read_one(&reading->files.items[i], &tree, reading->paths[i], err);
		reading->files.count++;
	}
	return rc;
}

struct read_job {
	struct lf_git_job job; /* first */
	char *url, *branch;
	char **paths;
	size_t count;
	lf_git_files_fn *done;
	void *payload;
	char commit[LF_GIT_ID_SIZE];
	bool exists;
	char *base_branch;
	struct lf_git_reading reading;
	struct lf_git_want want;
};

static void finish(struct lf_git_job *job, const struct lf_error *err)
{
	struct read_job *read = (struct read_job *)job;
	struct lf_git_files files = read->reading.files;

	lf_git_job_hold(job);
	if (lf_git_job_end(job)) {
		memset(&read->reading.files, 0, sizeof(files));
		if (err) {
			lf_git_files_dispose(&files);
		} else {
			files.tip = lf_dup(read->exists ? read->commit : "");
			files.base_branch = lf_dup(read->base_branch);
		}
		read->done(err ? NULL : &files, err, read->payload);
	}
	lf_git_job_release(job);
}

static void listed(struct lf_git_job *job, const struct lf_error *err)
{
	struct read_job *read = (struct read_job *)job;

	if (err) {
		finish(job, err);
		return;
	}
	lf_git_remote_base(&job->remote, read->commit, &read->exists, &read->base_branch);
	read->reading.job = job;
	read->reading.commit = read->commit;
	read->reading.paths = (const char *const *)read->paths;
	read->reading.count = read->count;
	read->reading.missing = &read->want.missing;
	memcpy(read->want.commit, read->commit, sizeof(read->want.commit));
	read->want.look = lf_git_reading_look;
	read->want.payload = &read->reading;
	read->want.files = true;
	read->want.depth = 1;
	lf_git_sync(job, &read->want, finish);
}

static void opened(struct lf_git_job *job, const struct lf_error *err)
{
	if (err)
		finish(job, err);
	else
		lf_git_session_open(job, LF_GIT_UPLOAD, ((struct read_job *)job)->branch, listed);
}

static void start(struct lf_git_job *job, const struct lf_error *err)
{
	struct read_job *read = (struct read_job *)job;
	struct lf_error error = {0};
	int rc = lf_git_branch_check(read->branch, &error);

	(void)err;
	for (size_t i = 0; i < read->count && !rc; i++)
		rc = lf_git_path_check(read->paths[i], &error);
	if (!rc && read->count > LF_GIT_FILES_LIMIT)
		rc = lf_fail(&error, LF_ELIMIT, "git.read", 0, "more than %d files at once",
		             LF_GIT_FILES_LIMIT);
	if (rc)
		finish(job, &error);
	else
		lf_git_remote_open(job, read->url, true, opened);
}

static void dispose(struct lf_git_job *job)
{
	struct read_job *read = (struct read_job *)job;

	for (size_t i = 0; i < read->count; i++)
		lf_free(read->paths[i]);
	lf_free(read->paths);
	lf_free(read->url);
	lf_free(read->branch);
	lf_free(read->base_branch);
	lf_git_files_dispose(&read->reading.files);
	lf_git_want_dispose(&read->want);
}

static const struct lf_git_kind kind = {sizeof(struct read_job), start, dispose};

struct lf_git_job *lf_git_read(struct lf_git *git, const char *url, const char *branch,
                               const char *const *paths, size_t count, lf_git_files_fn *done, void *payload)
{
	struct read_job *read = (struct read_job *)lf_git_job_new(git, &kind);

	read->url = lf_dup(url);
	read->branch = lf_dup(branch);
	read->paths = lf_alloc(count, sizeof(*read->paths));
	for (size_t i = 0; i < count; i++)
		read->paths[i] = lf_dup(paths[i]);
	read->count = count;
	read->done = done;
	read->payload = payload;
	return &read->job;
}
