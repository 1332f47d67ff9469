/* commit: lf_git_commit_read(): what one commit changed, with the bytes before and after. Must never hand out what is no
 * text as if it were. */
#include "config.h"
#include "providers/git/job.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "providers/git/commits.h"
#include "providers/git/differences.h"
#include "providers/git/files.h"
#include "providers/git/paths.h"
#include "providers/git/refname.h"

enum { DEPTH_FIRST = 64, DEPTH_FACTOR = 8, DEPTH_MOST = 4096 };

struct commit_job {
	struct lf_git_job job; /* first */
	char *url, *branch;
	char id[LF_GIT_ID_SIZE];
	bool bad_id;
	lf_git_commit_fn *done;
	void *payload;
	struct lf_git_commit_files files;
	struct lf_git_want want;
};

/* The text of one side; WHY is set if it is none. False in *THERE: it has to be fetched. */
static int read_side(struct lf_git_differences *differences, char **text, size_t *length, char **why,
                     const struct lf_git_side *side, bool *there, struct lf_error *err)
{
	const struct lf_git_tree tree = {.module = differences->module, .store = differences->store};
	struct lf_str out = {0};
	char *reason = NULL;
	int rc = LF_OK;

	if (side->kind == LF_OBJECTS_SYMLINK)
		reason = lf_dup("a symbolic link");
	else if (side->kind == LF_OBJECTS_SUBMODULE)
		reason = lf_dup("a submodule");
	else if (side->kind != LF_OBJECTS_NOTHING && !differences->module->has(differences->store, side->id)) {
		lf_git_missing_add(differences->missing, side->id);
		*there = false;
	} else if (side->kind != LF_OBJECTS_NOTHING)
		rc = lf_git_tree_text(&out, &reason, &tree, side->id, err);
	if (!rc && !reason && *there && side->kind != LF_OBJECTS_NOTHING) {
		*length = out.length;
		*text = lf_str_take(&out);
	}
	if (!*why)
		*why = reason;
	else
		lf_free(reason);
	lf_str_dispose(&out);
	return rc;
}

static int read_file(struct commit_job *commit, struct lf_git_differences *differences, const struct lf_git_difference *found,
                     struct lf_error *err)
{
	struct lf_git_commit_files *files = &commit->files;
	struct lf_git_commit_file *file = &files->items[files->count++];
	bool there = true;
	int rc;

	file->path = lf_dup(found->path);
	file->old_exists = found->before.kind != LF_OBJECTS_NOTHING;
	file->new_exists = found->after.kind != LF_OBJECTS_NOTHING;
	file->old_executable = found->before.kind == LF_OBJECTS_PROGRAM;
	file->new_executable = found->after.kind == LF_OBJECTS_PROGRAM;
	/* A name we would not write is not one to be handed on either. */
	if (lf_git_path_check(found->path, NULL)) {
		lf_free(file->path);
		file->path = lf_text_clean_dup(found->path, 200);
		file->why = lf_dup("a path that cannot be written");
		return LF_OK;
	}
	rc = read_side(differences, &file->old_text, &file->old_length, &file->why, &found->before, &there, err);
	return rc ? rc : read_side(differences, &file->new_text, &file->new_length, &file->why, &found->after, &there, err);
}

static int read_differences(struct commit_job *commit, const char *before, const char *after, struct lf_error *err)
{
	struct lf_git_differences differences = {
	    .module = commit->job.git->objects, .store = commit->job.remote.store.objects, .missing = &commit->want.missing};
	int rc = lf_git_differences_find(&differences, before, after, err);

	if (!rc && !commit->want.missing.count) {
		commit->files.items = lf_alloc(differences.count, sizeof(*commit->files.items));
		for (size_t i = 0; i < differences.count && !rc; i++)
			rc = read_file(commit, &differences, &differences.items[i], err);
	}
	lf_git_differences_dispose(&differences);
	return rc;
}

/* ID, a commit, has to be fetched: by its id, or from the tip, deeper and deeper. */
static int miss_commit(struct commit_job *commit, const char *id, struct lf_error *err)
{
	const struct lf_git_remote *remote = &commit->job.remote;
	int rc;

	if (!remote->session.advert.wants_any && remote->fetches) {
		if (commit->want.depth >= DEPTH_MOST || !remote->session.advert.shallow) {
			rc = lf_fail(err, LF_ENOTFOUND, "git.commit", 0,
			             "the commit %.12s is not among the newest of branch %s", id, commit->branch);
			lf_hint(err, "Check the commit's id and the branch.");
			return rc;
		}
		commit->want.depth *= DEPTH_FACTOR;
	}
	lf_git_missing_add(&commit->want.missing, id);
	commit->want.missing.commit = true;
	return LF_OK;
}

static int look(void *payload, struct lf_error *err)
{
	struct commit_job *commit = payload;
	const struct lf_objects_module *module = commit->job.git->objects;
	struct lf_objects_store *store = commit->job.remote.store.objects;
	struct lf_objects_commit after = {{0}, NULL, 0}, before = {{0}, NULL, 0};
	const char *parent;
	int rc;

	lf_git_commit_files_dispose(&commit->files);
	if (!module->has(store, commit->id))
		return miss_commit(commit, commit->id, err);
	rc = lf_git_commit_fill(&commit->files.commit, module, store, commit->id, err);
	if (rc)
		return rc;
	parent = commit->files.commit.parent;
	if (*parent && !module->has(store, parent))
		return miss_commit(commit, parent, err);
	rc = module->commit(&after, store, commit->id, err);
	if (!rc && *parent)
		rc = module->commit(&before, store, parent, err);
	if (!rc)
		rc = read_differences(commit, *parent ? before.tree : "", after.tree, err);
	lf_free(after.parents);
	lf_free(before.parents);
	return rc;
}

void lf_git_commit_files_dispose(struct lf_git_commit_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		lf_free(files->items[i].path);
		lf_free(files->items[i].old_text);
		lf_free(files->items[i].new_text);
		lf_free(files->items[i].why);
	}
	lf_free(files->items);
	lf_git_commit_dispose(&files->commit);
	memset(files, 0, sizeof(*files));
}

static void finish(struct lf_git_job *job, const struct lf_error *err)
{
	struct commit_job *commit = (struct commit_job *)job;
	struct lf_git_commit_files out = commit->files;

	lf_git_job_hold(job);
	if (lf_git_job_end(job)) {
		memset(&commit->files, 0, sizeof(out));
		if (err)
			lf_git_commit_files_dispose(&out);
		commit->done(err ? NULL : &out, err, commit->payload);
	}
	lf_git_job_release(job);
}

static void synced(struct lf_git_job *job, const struct lf_error *err)
{
	struct commit_job *commit = (struct commit_job *)job;
	struct lf_error error = {0};

	/* What a server says of an id that it does not know reads like a branch that moved. */
	if (err && (err->code == LF_EMOVED || err->code == LF_EREFUSED) && !*commit->files.commit.id) {
		(void)lf_fail(&error, LF_ENOTFOUND, "git.commit", 0, "the repository has no commit %.12s",
		              commit->id);
		lf_hint(&error, "Check the commit's id; history may have been rewritten since.");
		err = &error;
	}
	finish(job, err);
}

static void listed(struct lf_git_job *job, const struct lf_error *err)
{
	struct commit_job *commit = (struct commit_job *)job;
	const struct lf_advert *advert = &job->remote.session.advert;
	struct lf_error error = {0};

	if (!err && !advert->wants_any && !*advert->tip) {
		(void)lf_fail(&error, LF_ENOTFOUND, "git.commit", 0, "there is no branch %s", commit->branch);
		lf_hint(&error, "Check the branch's name.");
		err = &error;
	}
	if (err) {
		finish(job, err);
		return;
	}
	memcpy(commit->want.commit, advert->wants_any ? commit->id : advert->tip,
	       sizeof(commit->want.commit));
	commit->want.depth = advert->wants_any ? 2 : DEPTH_FIRST; /* it and its parents */
	commit->want.look = look;
	commit->want.payload = commit;
	commit->want.files = true;
	lf_git_sync(job, &commit->want, synced);
}

static void opened(struct lf_git_job *job, const struct lf_error *err)
{
	if (err)
		finish(job, err);
	else
		lf_git_session_open(job, LF_GIT_UPLOAD, ((struct commit_job *)job)->branch, listed);
}

static void start(struct lf_git_job *job, const struct lf_error *err)
{
	struct commit_job *commit = (struct commit_job *)job;
	struct lf_error error = {0};
	int rc = lf_git_branch_check(commit->branch, &error);

	(void)err;
	if (!rc && commit->bad_id) {
		rc = lf_fail(&error, LF_EINVAL, "git.commit", 0, "a commit's id has 40 hexadecimal digits");
		lf_hint(&error, "\"git log\" shows it.");
	}
	if (rc)
		finish(job, &error);
	else
		lf_git_remote_open(job, commit->url, true, opened);
}

static void dispose(struct lf_git_job *job)
{
	struct commit_job *commit = (struct commit_job *)job;

	lf_free(commit->url);
	lf_free(commit->branch);
	lf_git_commit_files_dispose(&commit->files);
	lf_git_want_dispose(&commit->want);
}

static const struct lf_git_kind kind = {sizeof(struct commit_job), start, dispose};

struct lf_git_job *lf_git_commit_read(struct lf_git *git, const char *url, const char *branch, const char *id,
                                      lf_git_commit_fn *done, void *payload)
{
	struct commit_job *commit = (struct commit_job *)lf_git_job_new(git, &kind);

	commit->url = lf_dup(url);
	commit->branch = lf_dup(branch);
	commit->bad_id = !lf_git_is_id(id);
	if (!commit->bad_id)
		memcpy(commit->id, id, sizeof(commit->id));
	commit->done = done;
	commit->payload = payload;
	return &commit->job;
}
