/* contains: lf_git_contains(): whether one commit is in the history of another. Only commits are fetched, and
 * no more than the limit. */
#include "config.h"
#include "providers/git/job.h"

#include <string.h>

#include "core/mem.h"
#include "providers/git/commits.h"
#include "providers/git/remote.h"

struct contains_job {
	struct lf_git_job job; /* first */
	char *url;
	char ancestor[LF_GIT_ID_SIZE];
	bool bad_id;
	int limit;
	lf_git_contains_fn *done;
	void *payload;
	bool contains;
	struct lf_git_want want;
};

struct walk { /* breadth first, so that the nearest commits are seen within the limit */
	char (*ids)[LF_GIT_ID_SIZE];
	size_t count, capacity, next;
};

static void visit(struct walk *walk, const char *id)
{
	for (size_t i = 0; i < walk->count; i++)
		if (!strcmp(walk->ids[i], id))
			return;
	lf_grow((void **)&walk->ids, &walk->capacity, walk->count, sizeof(*walk->ids));
	memcpy(walk->ids[walk->count++], id, LF_GIT_ID_SIZE);
}

static int look(void *payload, struct lf_error *err)
{
	struct contains_job *contains = payload;
	const struct lf_objects_module *module = contains->job.git->objects;
	struct lf_objects_store *store = contains->job.remote.store.objects;
	struct walk walk = {0};
	bool cut = false; /* the store ends before the history does */
	int rc = LF_OK;

	visit(&walk, contains->want.commit);
	while (walk.next < walk.count && walk.next < (size_t)contains->limit && !contains->contains && !rc) {
		char id[LF_GIT_ID_SIZE];
		struct lf_objects_commit commit;

		memcpy(id, walk.ids[walk.next++], sizeof(id));
		if (!strcmp(id, contains->ancestor)) {
			contains->contains = true;
		} else if (!module->has(store, id)) {
			cut = true;
		} else {
			rc = module->commit(&commit, store, id, err);
			for (size_t i = 0; i < commit.parent_count; i++)
				visit(&walk, commit.parents[i]);
			lf_free(commit.parents);
		}
	}
	lf_free(walk.ids);
	if (!rc && !contains->contains && cut && !contains->job.remote.fetches) {
		lf_git_missing_add(&contains->want.missing, contains->want.commit);
		contains->want.missing.commit = true;
	}
	return rc;
}

static void finish(struct lf_git_job *job, const struct lf_error *err)
{
	struct contains_job *contains = (struct contains_job *)job;

	lf_git_job_hold(job);
	if (lf_git_job_end(job))
		contains->done(!err && contains->contains, err, contains->payload);
	lf_git_job_release(job);
}

static void opened(struct lf_git_job *job, const struct lf_error *err)
{
	struct contains_job *contains = (struct contains_job *)job;

	if (err)
		finish(job, err);
	else
		lf_git_sync(job, &contains->want, finish);
}

static void start(struct lf_git_job *job, const struct lf_error *err)
{
	struct contains_job *contains = (struct contains_job *)job;
	struct lf_error error = {0};

	(void)err;
	if (contains->bad_id) {
		(void)lf_fail(&error, LF_EINVAL, "git.contains", 0,
		              "a commit's id has 40 hexadecimal digits");
		finish(job, &error);
	} else if (!strcmp(contains->ancestor, contains->want.commit)) {
		contains->contains = true;
		finish(job, NULL);
	} else {
		lf_git_remote_open(job, contains->url, true, opened);
	}
}

static void dispose(struct lf_git_job *job)
{
	struct contains_job *contains = (struct contains_job *)job;

	lf_free(contains->url);
	lf_git_want_dispose(&contains->want);
}

static const struct lf_git_kind kind = {sizeof(struct contains_job), start, dispose};

static bool take_id(char out[LF_GIT_ID_SIZE], const char *id)
{
	if (!lf_git_is_id(id))
		return false;
	memcpy(out, id, LF_GIT_ID_SIZE);
	return true;
}

struct lf_git_job *lf_git_contains(struct lf_git *git, const char *url, const char *ancestor,
                                   const char *descendant, int limit, lf_git_contains_fn *done, void *payload)
{
	struct contains_job *contains = (struct contains_job *)lf_git_job_new(git, &kind);

	contains->url = lf_dup(url);
	contains->bad_id =
	    !take_id(contains->ancestor, ancestor) || !take_id(contains->want.commit, descendant);
	contains->limit = limit > 0 ? limit : 1;
	contains->want.look = look;
	contains->want.payload = contains;
	contains->want.depth = contains->limit;
	contains->done = done;
	contains->payload = payload;
	return &contains->job;
}
