/* commit: lf_git_commit_read(): what one commit changed, with the bytes before and after. Owns the comparison of two
 * trees, of which only the parts that differ are fetched. Must never hand out what is no text as if it were. */
#include "config.h"
#include "providers/git/job.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "providers/git/commits.h"
#include "providers/git/files.h"
#include "providers/git/paths.h"
#include "providers/git/refname.h"

enum { DEPTH_FIRST = 64, DEPTH_FACTOR = 8, DEPTH_MOST = 4096, FOLDERS_LIMIT = 20000, NESTING_LIMIT = 64 };

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

struct side { /* of one file */
	enum lf_objects_kind kind;
	char id[LF_GIT_ID_SIZE];
};

struct found { /* a file that differs */
	char *path;
	struct side before, after;
};

struct comparison {
	struct commit_job *commit;
	const struct lf_objects_module *module;
	struct lf_objects_store *store;
	struct found *items;
	size_t count, capacity, folders;
	struct lf_error *err;
};

struct entry {
	char *name;
	struct side side;
};
struct listing {
	struct entry *items;
	size_t count, capacity;
};

static int take_entry(const struct lf_objects_entry *entry, void *payload)
{
	struct listing *listing = payload;

	lf_grow((void **)&listing->items, &listing->capacity, listing->count, sizeof(*listing->items));
	listing->items[listing->count].name = lf_dup(entry->name);
	listing->items[listing->count].side.kind = entry->kind;
	memcpy(listing->items[listing->count++].side.id, entry->id, LF_GIT_ID_SIZE);
	return 0;
}

static void listing_dispose(struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++)
		lf_free(listing->items[i].name);
	lf_free(listing->items);
}

/* The entries of the folder SIDE; nothing if it is none. *THERE false: it is not in the store, and was noted. */
static int list(struct comparison *comparison, struct listing *out, const struct side *side, bool *there)
{
	memset(out, 0, sizeof(*out));
	if (side->kind != LF_OBJECTS_FOLDER)
		return LF_OK;
	if (!comparison->module->has(comparison->store, side->id)) {
		lf_git_missing_add(&comparison->commit->want.missing, side->id);
		*there = false;
		return LF_OK;
	}
	return comparison->module->tree(comparison->store, side->id, take_entry, out, comparison->err);
}

static int too_much(struct lf_error *err)
{
	int rc = lf_fail(err, LF_ELIMIT, "git.commit", 0, "the commit changes more than %d files",
	                 LF_GIT_FILES_LIMIT);

	lf_hint(err, "Use git itself for a commit of this size.");
	return rc;
}

static int add_file(struct comparison *comparison, const char *path, const struct side *before,
                    const struct side *after)
{
	struct found *found;

	if (comparison->count >= LF_GIT_FILES_LIMIT)
		return too_much(comparison->err);
	lf_grow((void **)&comparison->items, &comparison->capacity, comparison->count,
	        sizeof(*comparison->items));
	found = &comparison->items[comparison->count++];
	found->path = lf_dup(path);
	found->before = *before;
	found->after = *after;
	return LF_OK;
}

static int compare_folders(struct comparison *comparison, const char *path, const struct side *before,
                           const struct side *after, int depth);

static bool is_same(const struct side *a, const struct side *b)
{
	return a->kind == b->kind && (a->kind == LF_OBJECTS_NOTHING || !strcmp(a->id, b->id));
}

static int compare(struct comparison *comparison, const char *path, const struct side *before,
                   const struct side *after, int depth)
{
	static const struct side nothing;
	const struct side *old_file = before->kind == LF_OBJECTS_FOLDER ? &nothing : before,
	                  *new_file = after->kind == LF_OBJECTS_FOLDER ? &nothing : after;
	int rc = LF_OK;

	if (is_same(before, after))
		return LF_OK;
	if (before->kind == LF_OBJECTS_FOLDER || after->kind == LF_OBJECTS_FOLDER)
		rc = compare_folders(comparison, path, before, after, depth + 1);
	if (!rc && !is_same(old_file, new_file))
		rc = add_file(comparison, path, old_file, new_file);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* Git sorts a folder as if its name ended with a slash: what is a folder on one side only is elsewhere on the other. */
static void sort(struct listing *listing)
{
	if (listing->count)
		qsort(listing->items, listing->count, sizeof(*listing->items), by_name);
}

static int compare_folders(struct comparison *comparison, const char *path, const struct side *before,
                           const struct side *after, int depth)
{
	struct listing old_list = {0}, new_list = {0};
	size_t i = 0, j = 0;
	bool there = true;
	int rc;

	if (++comparison->folders > FOLDERS_LIMIT || depth > NESTING_LIMIT)
		return too_much(comparison->err);
	rc = list(comparison, &old_list, before, &there);
	if (!rc)
		rc = list(comparison, &new_list, after, &there);
	sort(&old_list);
	sort(&new_list);
	while (there && !rc && (i < old_list.count || j < new_list.count)) {
		static const struct entry end; /* of a list: without a name */
		const struct entry *a = i < old_list.count ? &old_list.items[i] : &end;
		const struct entry *b = j < new_list.count ? &new_list.items[j] : &end;
		int order = !a->name ? 1 : !b->name ? -1 : strcmp(a->name, b->name);
		char *inner = lf_format("%s%s%s", path, *path ? "/" : "", order <= 0 ? a->name : b->name);

		rc = compare(comparison, inner, order <= 0 ? &a->side : &end.side,
		             order >= 0 ? &b->side : &end.side, depth);
		lf_free(inner);
		i += order <= 0;
		j += order >= 0;
	}
	listing_dispose(&old_list);
	listing_dispose(&new_list);
	return rc;
}

/* The text of one side; WHY is set if it is none. False in *THERE: it has to be fetched. */
static int read_side(struct comparison *comparison, char **text, size_t *length, char **why,
                     const struct side *side, bool *there)
{
	const struct lf_git_tree tree = {.module = comparison->module, .store = comparison->store};
	struct lf_str out = {0};
	char *reason = NULL;
	int rc = LF_OK;

	if (side->kind == LF_OBJECTS_SYMLINK)
		reason = lf_dup("a symbolic link");
	else if (side->kind == LF_OBJECTS_SUBMODULE)
		reason = lf_dup("a submodule");
	else if (side->kind != LF_OBJECTS_NOTHING && !comparison->module->has(comparison->store, side->id)) {
		lf_git_missing_add(&comparison->commit->want.missing, side->id);
		*there = false;
	} else if (side->kind != LF_OBJECTS_NOTHING)
		rc = lf_git_tree_text(&out, &reason, &tree, side->id, comparison->err);
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

static int read_file(struct comparison *comparison, const struct found *found)
{
	struct lf_git_commit_files *files = &comparison->commit->files;
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
	rc = read_side(comparison, &file->old_text, &file->old_length, &file->why, &found->before, &there);
	return rc ? rc
	          : read_side(comparison, &file->new_text, &file->new_length, &file->why, &found->after, &there);
}

static int read_differences(struct commit_job *commit, const char *before, const char *after,
                            struct lf_error *err)
{
	struct comparison comparison = {.commit = commit,
	                                .module = commit->job.git->objects,
	                                .store = commit->job.remote.store.objects,
	                                .err = err};
	struct side old_root = {.kind = *before ? LF_OBJECTS_FOLDER : LF_OBJECTS_NOTHING};
	struct side new_root = {.kind = LF_OBJECTS_FOLDER};
	int rc;

	if (*before)
		memcpy(old_root.id, before, LF_GIT_ID_SIZE);
	memcpy(new_root.id, after, LF_GIT_ID_SIZE);
	rc = compare(&comparison, "", &old_root, &new_root, 0);
	if (!rc && !commit->want.missing.count) {
		commit->files.items = lf_alloc(comparison.count, sizeof(*commit->files.items));
		for (size_t i = 0; i < comparison.count && !rc; i++)
			rc = read_file(&comparison, &comparison.items[i]);
	}
	for (size_t i = 0; i < comparison.count; i++)
		lf_free(comparison.items[i].path);
	lf_free(comparison.items);
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
