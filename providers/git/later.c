/* later: lf_git_later(): which commits changed an application's files after a delivery of it, and which of them are
 * deliveries whose messages do not say so any more (a pull request that was squashed). Owns the walk from the tip along
 * first parents, which is where merges and squashes arrive. Files are compared by their ids: none is fetched. */
#include "config.h"
#include "providers/git/job.h"

#include <string.h>

#include "core/mem.h"
#include "providers/git/commits.h"
#include "providers/git/differences.h"
#include "providers/git/later_walk.h"
#include "providers/git/paths.h"
#include "providers/git/refname.h"

enum { LIMIT_MOST = 5000, OTHERS_MOST = 20, ITSELF_MOST = 20 };

struct later_job {
	struct lf_git_job job; /* first */
	char *url, *branch, *app, *prefix;
	char id[LF_GIT_ID_SIZE];
	bool bad_id;
	struct lf_names others, folders;
	lf_git_later_fn *done;
	void *payload;
	struct lf_git_later later;
	struct lf_git_walk walk;
	struct lf_names paths; /* what belongs to the application */
	struct lf_git_want want;
};

static struct lf_git_differences comparison(struct later_job *later, bool all)
{
	return (struct lf_git_differences){.module = later->job.git->objects,
	                                   .store = later->job.remote.store.objects,
	                                   .missing = &later->want.missing,
	                                   .within = all ? NULL : &later->paths};
}

static int tree_of(char out[LF_GIT_ID_SIZE], const struct later_job *later, const char *id, struct lf_error *err)
{
	struct lf_objects_commit commit;
	int rc;

	*out = '\0';
	if (!*id)
		return LF_OK;
	rc = later->job.git->objects->commit(&commit, later->job.remote.store.objects, id, err);
	if (!rc)
		memcpy(out, commit.tree, LF_GIT_ID_SIZE);
	lf_free(commit.parents);
	return rc;
}

/* From the commit BEFORE ("": nothing) to AFTER, both in the store. */
static int compare(struct lf_git_differences *out, struct later_job *later, const char *before, const char *after,
                   struct lf_error *err)
{
	char from[LF_GIT_ID_SIZE], to[LF_GIT_ID_SIZE];
	int rc = tree_of(from, later, before, err);

	if (!rc)
		rc = tree_of(to, later, after, err);
	return rc ? rc : lf_git_differences_find(out, from, to, err);
}

static bool has(const struct later_job *later, const char *id)
{
	return !*id || later->job.git->objects->has(later->job.remote.store.objects, id);
}

/* What the delivery ID changed is the application's. */
static int own(struct later_job *later, const char *id, struct lf_error *err)
{
	struct lf_git_differences changed = comparison(later, true);
	struct lf_git_commit commit;
	int rc;

	if (!has(later, id))
		return LF_OK;
	rc = lf_git_commit_fill(&commit, changed.module, changed.store, id, err);
	if (!rc && has(later, commit.parent))
		rc = compare(&changed, later, commit.parent, id, err);
	for (size_t i = 0; i < changed.count && !rc; i++)
		if (!lf_names_have(&later->paths, changed.items[i].path))
			lf_names_add(&later->paths, changed.items[i].path);
	lf_git_differences_dispose(&changed);
	lf_git_commit_dispose(&commit);
	return rc;
}

static int own_all(struct later_job *later, struct lf_error *err)
{
	int rc = own(later, later->id, err);

	for (size_t i = 0; i < later->others.count && i < OTHERS_MOST && !rc; i++)
		rc = own(later, later->others.items[i], err);
	for (size_t i = 0; i < later->folders.count; i++)
		if (!lf_names_have(&later->paths, later->folders.items[i]))
			lf_names_add(&later->paths, later->folders.items[i]);
	return rc;
}

/* A delivery that is not in the branch: ID and those of the same application right before it, as one change. */
static int read_request(struct lf_git_differences *out, struct lf_git_commit *tip, struct later_job *later, const char *id,
                        struct lf_error *err)
{
	char base[LF_GIT_ID_SIZE];
	int rc = LF_OK;

	memset(tip, 0, sizeof(*tip));
	memcpy(base, id, sizeof(base));
	for (int i = 0; i < ITSELF_MOST && *base && has(later, base) && !lf_git_walk_met(&later->walk, base) && !rc; i++) {
		struct lf_git_commit commit;
		char *app;
		bool ours;

		rc = lf_git_commit_fill(&commit, out->module, out->store, base, err);
		app = rc ? NULL : lf_git_trailer(commit.message, "Landfall-App");
		ours = app && !strcmp(app, later->app);
		lf_free(app);
		memcpy(base, ours ? commit.parent : base, sizeof(base));
		if (ours && !*tip->id)
			*tip = commit;
		else
			lf_git_commit_dispose(&commit);
		if (!ours)
			break;
	}
	if (rc || !*tip->id)
		return rc;
	if (has(later, base))
		return compare(out, later, base, id, err);
	lf_git_missing_add(&later->want.missing, base);
	later->want.by_id_depth = 1;
	return LF_OK;
}

/* Whether everything that CHANGED is as REQUEST has it. */
static bool is_request(const struct lf_git_differences *changed, const struct lf_git_differences *request)
{
	size_t same = 0;

	for (size_t i = 0; i < changed->count; i++)
		for (size_t k = 0; k < request->count; k++)
			same += !strcmp(changed->items[i].path, request->items[k].path) &&
			        lf_git_side_same(&changed->items[i].after, &request->items[k].after);
	return changed->count && same == changed->count;
}

static int find_request(struct later_job *later, const char *id, struct lf_git_differences *changes, struct lf_error *err)
{
	struct lf_git_differences request = comparison(later, false);
	struct lf_git_commit tip;
	int rc = read_request(&request, &tip, later, id, err);

	for (size_t i = 0; i < later->later.count && !rc && !later->want.missing.count; i++) {
		struct lf_git_later_commit *item = &later->later.items[i];

		if (!*item->delivery.id && is_request(&changes[i], &request))
			rc = lf_git_commit_fill(&item->delivery, request.module, request.store, id, err);
	}
	lf_git_commit_dispose(&tip);
	lf_git_differences_dispose(&request);
	return rc;
}

/* What is known of deliveries that are not in the branch: the branches of pull requests that are still there, and what was
 * pushed from this machine. */
static int find_requests(struct later_job *later, struct lf_git_differences *changes, struct lf_error *err)
{
	const struct lf_git_remote *remote = &later->job.remote;
	const struct lf_names *tips = &remote->session.advert.other_tips;
	bool more = remote->session.advert.wants_any && !remote->by_id_failed;
	int rc = LF_OK;

	for (size_t i = 0; i < tips->count; i++)
		if (more && !has(later, tips->items[i]))
			lf_git_missing_add(&later->want.missing, tips->items[i]);
	later->want.by_id_depth = later->want.missing.count ? 1 : 0; /* commits: without what came before */
	if (later->want.missing.count)
		return LF_OK;
	for (size_t i = 0; i < tips->count && !rc; i++)
		if (has(later, tips->items[i]) && !lf_git_walk_met(&later->walk, tips->items[i]))
			rc = find_request(later, tips->items[i], changes, err);
	for (size_t i = 0; i < remote->store.delivered_count && !rc; i++)
		if (has(later, remote->store.delivered[i]) && !lf_git_walk_met(&later->walk, remote->store.delivered[i]))
			rc = find_request(later, remote->store.delivered[i], changes, err);
	return rc;
}

static int add_commit(struct later_job *later, const char *id, struct lf_error *err)
{
	return lf_git_commit_fill(&later->later.items[later->later.count++].commit, later->job.git->objects,
	                          later->job.remote.store.objects, id, err);
}

/* Each commit of the walk that changed a file of the application. */
static int find_changes(struct later_job *later, struct lf_error *err)
{
	const struct lf_git_walk *walk = &later->walk;
	struct lf_git_differences *changes = lf_alloc(walk->count, sizeof(*changes));
	int rc = LF_OK;

	later->later.items = lf_alloc(walk->count, sizeof(*later->later.items));
	for (size_t i = 0; i < walk->count && !rc; i++) {
		struct lf_git_differences *changed = &changes[later->later.count];

		*changed = comparison(later, false);
		rc = lf_git_differences_find(changed, walk->items[i].before, walk->items[i].tree, err);
		if (!rc && changed->count)
			rc = add_commit(later, walk->items[i].id, err);
		else
			lf_git_differences_dispose(changed);
	}
	if (!rc && !later->want.missing.count && later->later.count)
		rc = find_requests(later, changes, err);
	for (size_t i = 0; i < later->later.count; i++)
		lf_git_differences_dispose(&changes[i]);
	lf_free(changes);
	return rc;
}

static int look(void *payload, struct lf_error *err)
{
	struct later_job *later = payload;
	struct lf_git_differences since = comparison(later, false);
	int rc;

	lf_git_later_dispose(&later->later);
	lf_names_dispose(&later->paths);
	later->want.by_id_depth = 0;
	rc = lf_git_walk(&later->walk, since.module, since.store, &later->want, later->id, err);
	if (rc || later->want.missing.count)
		return rc;
	later->later.looked = later->walk.count;
	later->later.whole = later->walk.whole;
	if (!has(later, later->id))
		return LF_OK; /* not among as many commits as may be looked at */
	rc = own_all(later, err);
	if (rc || later->want.missing.count)
		return rc;
	rc = compare(&since, later, later->id, later->want.commit, err);
	/* As the delivery left it: whatever happened in between, nothing of it is left. */
	if (!rc && !later->want.missing.count && since.count && later->later.whole)
		rc = find_changes(later, err);
	else if (!rc && !later->want.missing.count && !since.count)
		later->later.whole = true;
	lf_git_differences_dispose(&since);
	return rc;
}

void lf_git_later_dispose(struct lf_git_later *later)
{
	for (size_t i = 0; i < later->count; i++) {
		lf_git_commit_dispose(&later->items[i].commit);
		lf_git_commit_dispose(&later->items[i].delivery);
	}
	lf_free(later->items);
	memset(later, 0, sizeof(*later));
}

static void finish(struct lf_git_job *job, const struct lf_error *err)
{
	struct later_job *later = (struct later_job *)job;
	struct lf_git_later out = later->later;

	lf_git_job_hold(job);
	if (lf_git_job_end(job)) {
		memset(&later->later, 0, sizeof(out));
		if (err)
			lf_git_later_dispose(&out);
		later->done(err ? NULL : &out, err, later->payload);
	}
	lf_git_job_release(job);
}

static void listed(struct lf_git_job *job, const struct lf_error *err)
{
	struct later_job *later = (struct later_job *)job;
	const char *tip = job->remote.session.advert.tip;

	if (err || !*tip) {
		finish(job, err);
		return;
	}
	memcpy(later->want.commit, tip, sizeof(later->want.commit));
	later->want.look = look;
	later->want.payload = later;
	later->want.depth = LF_GIT_WALK_FIRST;
	lf_git_sync(job, &later->want, finish);
}

static void opened(struct lf_git_job *job, const struct lf_error *err)
{
	if (err)
		finish(job, err);
	else
		lf_git_session_open(job, LF_GIT_UPLOAD, ((struct later_job *)job)->branch, listed);
}

static void start(struct lf_git_job *job, const struct lf_error *err)
{
	struct later_job *later = (struct later_job *)job;
	struct lf_error error = {0};
	int rc = lf_git_branch_check(later->branch, &error);

	(void)err;
	if (!rc && later->bad_id) {
		rc = lf_fail(&error, LF_EINVAL, "git.commit", 0, "a commit's id has 40 hexadecimal digits");
		lf_hint(&error, "\"git log\" shows it.");
	}
	if (rc) {
		finish(job, &error);
		return;
	}
	job->remote.others = later->prefix;
	lf_git_remote_open(job, later->url, true, opened);
}

static void dispose(struct lf_git_job *job)
{
	struct later_job *later = (struct later_job *)job;

	lf_free(later->url);
	lf_free(later->branch);
	lf_free(later->app);
	lf_free(later->prefix);
	lf_names_dispose(&later->others);
	lf_names_dispose(&later->folders);
	lf_names_dispose(&later->paths);
	lf_git_walk_dispose(&later->walk);
	lf_git_later_dispose(&later->later);
	lf_git_want_dispose(&later->want);
}

static const struct lf_git_kind kind = {sizeof(struct later_job), start, dispose};

struct lf_git_job *lf_git_later(struct lf_git *git, const char *url, const char *branch, const struct lf_git_since *since,
                                lf_git_later_fn *done, void *payload)
{
	struct later_job *later = (struct later_job *)lf_git_job_new(git, &kind);

	later->url = lf_dup(url);
	later->branch = lf_dup(branch);
	later->app = lf_dup(since->app);
	later->prefix = lf_dup("landfall/");
	later->bad_id = !lf_git_is_id(since->commit);
	if (!later->bad_id)
		memcpy(later->id, since->commit, sizeof(later->id));
	for (size_t i = 0; i < since->others->count; i++)
		if (lf_git_is_id(since->others->items[i]))
			lf_names_add(&later->others, since->others->items[i]);
	for (size_t i = 0; i < since->folders->count; i++)
		if (!lf_git_path_check(since->folders->items[i], NULL))
			lf_names_add(&later->folders, since->folders->items[i]);
	later->walk.limit = since->limit < LIMIT_MOST ? since->limit : LIMIT_MOST;
	later->done = done;
	later->payload = payload;
	return &later->job;
}
