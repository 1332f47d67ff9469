/* history: lf_git_history(): the newest commits of a branch, by their trailers. Owns the walk: newest first, by the
 * time of the commit, as git log has it. Only commits are fetched, few at first, and no more than the limit. */
#include "config.h"
#include "providers/git/job.h"

#include <string.h>

#include "core/mem.h"
#include "providers/git/commits.h"
#include "providers/git/refname.h"

enum { LIMIT_MOST = 5000, DEPTH_FIRST = 32, DEPTH_FACTOR = 8 };

struct history_job {
	struct lf_git_job job; /* first */
	char *url, *branch, *app;
	size_t count, limit;
	lf_git_history_fn *done;
	void *payload;
	struct lf_git_history history;
	char cut[LF_GIT_ID_SIZE]; /* where the store ended at the last look */
	struct lf_git_want want;
};

struct walk { /* every commit that was met */
	struct met {
		char id[LF_GIT_ID_SIZE];
		int64_t time;
		bool seen;
	} *items;
	size_t count, capacity;
	char cut[LF_GIT_ID_SIZE]; /* a commit that is not in the store; "": none */
};

static int meet(struct walk *walk, struct history_job *history, const char *id, struct lf_error *err)
{
	const struct lf_objects_module *module = history->job.git->objects;
	struct lf_objects_store *store = history->job.remote.store.objects;
	struct lf_objects_words words;
	struct met *met;
	int rc;

	for (size_t i = 0; i < walk->count; i++)
		if (!strcmp(walk->items[i].id, id))
			return LF_OK;
	if (!module->has(store, id)) {
		if (!*walk->cut)
			memcpy(walk->cut, id, LF_GIT_ID_SIZE);
		return LF_OK;
	}
	rc = module->words(&words, store, id, err);
	lf_free(words.message);
	lf_free(words.author);
	lf_free(words.email);
	if (rc)
		return rc;
	lf_grow((void **)&walk->items, &walk->capacity, walk->count, sizeof(*walk->items));
	met = &walk->items[walk->count++];
	memcpy(met->id, id, LF_GIT_ID_SIZE);
	met->time = words.time;
	met->seen = false;
	return LF_OK;
}

/* The newest that was not seen yet; of equals the one that was met first. */
static struct met *next_of(struct walk *walk)
{
	struct met *best = NULL;

	for (size_t i = 0; i < walk->count; i++)
		if (!walk->items[i].seen && (!best || walk->items[i].time > best->time))
			best = &walk->items[i];
	return best;
}

static bool is_wanted(const struct history_job *history, const struct lf_git_commit *commit)
{
	char *app = history->app ? lf_git_trailer(commit->message, "Landfall-App") : NULL;
	bool wanted = !history->app || lf_equal(app, history->app);

	lf_free(app);
	return wanted;
}

static int see(struct history_job *history, struct walk *walk, struct met *met, struct lf_error *err)
{
	const struct lf_objects_module *module = history->job.git->objects;
	struct lf_objects_store *store = history->job.remote.store.objects;
	struct lf_git_history *out = &history->history;
	struct lf_objects_commit links;
	struct lf_git_commit commit;
	int rc;

	met->seen = true;
	rc = lf_git_commit_fill(&commit, module, store, met->id, err);
	if (rc)
		return rc;
	out->looked++;
	if (is_wanted(history, &commit))
		out->items[out->count++] = commit;
	else
		lf_git_commit_dispose(&commit);
	rc = module->commit(&links, store, met->id, err);
	for (size_t i = 0; i < links.parent_count && !rc; i++)
		rc = meet(walk, history, links.parents[i], err); /* MET may be gone now */
	lf_free(links.parents);
	return rc;
}

/* The commit CUT is no farther from the tip than the number of those that were looked at. */
static void ask_for_more(struct history_job *history, const char *cut)
{
	size_t depth = history->history.looked + DEPTH_FIRST;

	if (history->job.remote.fetches && depth < (size_t)history->want.depth * DEPTH_FACTOR)
		depth = (size_t)history->want.depth * DEPTH_FACTOR;
	history->want.depth = (int)(depth < history->limit ? depth : history->limit);
	memcpy(history->cut, cut, sizeof(history->cut));
	lf_git_missing_add(&history->want.missing, cut);
	history->want.missing.commit = true;
}

static int look(void *payload, struct lf_error *err)
{
	struct history_job *history = payload;
	struct lf_git_history *out = &history->history;
	struct walk walk = {0};
	struct met *met;
	int rc;

	lf_git_history_dispose(out);
	out->items = lf_alloc(history->count, sizeof(*out->items));
	rc = meet(&walk, history, history->want.commit, err);
	while (!rc && out->count < history->count && out->looked < history->limit && (met = next_of(&walk)))
		rc = see(history, &walk, met, err);
	out->whole = !rc && !*walk.cut && !next_of(&walk);
	if (!rc && *walk.cut && out->count < history->count && out->looked < history->limit &&
	    strcmp(walk.cut, history->cut) != 0) /* the same again: the server's own history ends here */
		ask_for_more(history, walk.cut);
	lf_free(walk.items);
	return rc;
}

void lf_git_history_dispose(struct lf_git_history *history)
{
	for (size_t i = 0; i < history->count; i++)
		lf_git_commit_dispose(&history->items[i]);
	lf_free(history->items);
	memset(history, 0, sizeof(*history));
}

static void finish(struct lf_git_job *job, const struct lf_error *err)
{
	struct history_job *history = (struct history_job *)job;
	struct lf_git_history out = history->history;

	lf_git_job_hold(job);
	if (lf_git_job_end(job)) {
		memset(&history->history, 0, sizeof(out));
		if (err)
			lf_git_history_dispose(&out);
		else
			memcpy(out.tip, history->want.commit, sizeof(out.tip));
		history->done(err ? NULL : &out, err, history->payload);
	}
	lf_git_job_release(job);
}

static void listed(struct lf_git_job *job, const struct lf_error *err)
{
	struct history_job *history = (struct history_job *)job;
	const char *tip = job->remote.session.advert.tip;

	if (err || !*tip) {
		history->history.whole = true;
		finish(job, err);
		return;
	}
	memcpy(history->want.commit, tip, sizeof(history->want.commit));
	history->want.look = look;
	history->want.payload = history;
	history->want.depth = DEPTH_FIRST;
	lf_git_sync(job, &history->want, finish);
}

static void opened(struct lf_git_job *job, const struct lf_error *err)
{
	if (err)
		finish(job, err);
	else
		lf_git_session_open(job, LF_GIT_UPLOAD, ((struct history_job *)job)->branch, listed);
}

static void start(struct lf_git_job *job, const struct lf_error *err)
{
	struct history_job *history = (struct history_job *)job;
	struct lf_error error = {0};

	(void)err;
	if (lf_git_branch_check(history->branch, &error))
		finish(job, &error);
	else
		lf_git_remote_open(job, history->url, true, opened);
}

static void dispose(struct lf_git_job *job)
{
	struct history_job *history = (struct history_job *)job;

	lf_free(history->url);
	lf_free(history->branch);
	lf_free(history->app);
	lf_git_history_dispose(&history->history);
	lf_git_want_dispose(&history->want);
}

static const struct lf_git_kind kind = {sizeof(struct history_job), start, dispose};

static size_t between(size_t low, size_t value, size_t high)
{
	return value < low ? low : value > high ? high : value;
}

struct lf_git_job *lf_git_history(struct lf_git *git, const char *url, const char *branch, const char *app,
                                  size_t count, size_t limit, lf_git_history_fn *done, void *payload)
{
	struct history_job *history = (struct history_job *)lf_git_job_new(git, &kind);

	history->url = lf_dup(url);
	history->branch = lf_dup(branch);
	history->app = lf_dup(app);
	history->limit = between(1, limit, LIMIT_MOST);
	history->count = between(1, count, history->limit);
	history->done = done;
	history->payload = payload;
	return &history->job;
}
