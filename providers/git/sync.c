/* sync: brings what a job wants of one commit into the store, in as few bytes as the server's abilities
 * allow: the commit with its root folder, then only folders and files on the paths, by their ids. Servers
 * without filters send one whole commit; servers without "shallow" send everything. Learns by trying what a
 * server takes, remembers it in the store, and starts over once, with an empty store, when what was stored is
 * damaged. */
#include "config.h"
#include "providers/git/remote.h"

#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "providers/git/job.h"

enum { ROUNDS_LIMIT = 200, IDS_LIMIT = 4000 };
#define PACK_LIMIT ((uint64_t)512 << 20)
#define FILES_LIMIT ((uint64_t)64 << 20) /* files asked for by id: small ones are meant */

static void look(struct lf_git_job *job, const struct lf_error *err);

static void end(struct lf_git_job *job, const struct lf_error *err)
{
	job->remote.want_then(job, err);
}

void lf_git_want_dispose(struct lf_git_want *want)
{
	lf_free(want->missing.ids);
	memset(want, 0, sizeof(*want));
}

static bool fetches_by_id(const struct lf_git_remote *remote)
{
	return !remote->want->missing.commit && remote->session.advert.wants_any && !remote->by_id_failed;
}

static const char *filter_word(const struct lf_git_remote *remote, bool by_id)
{
	if (!remote->session.advert.filter)
		return NULL;
	/* What cannot be asked for later has to come along now. */
	if (!remote->session.advert.wants_any || remote->by_id_failed)
		return remote->want->files || remote->store.filter == LF_GIT_FILTER_NONE ? NULL : "blob:none";
	switch (remote->store.filter) {
	case LF_GIT_FILTER_TREE1:
		/* What is asked for by its id comes in any case: only what hangs below it must stay away. */
		return by_id || remote->want->depth != 1 ? "tree:0" : "tree:1";
	case LF_GIT_FILTER_TREE0:
		return "tree:0";
	case LF_GIT_FILTER_BLOBS:
		return "blob:none";
	case LF_GIT_FILTER_NONE:
		break;
	}
	return NULL;
}

static enum lf_git_level level_of(const char *filter)
{
	if (!filter)
		return LF_GIT_LEVEL_ALL;
	return !strcmp(filter, "blob:none") ? LF_GIT_LEVEL_TREES : LF_GIT_LEVEL_PATHS;
}

static void fetched(struct lf_git_job *job, const struct lf_error *err);

static void fetch(struct lf_git_job *job, const struct lf_error *err)
{
	struct lf_git_remote *remote = &job->remote;
	struct lf_git_want *want = remote->want;
	char haves[LF_GIT_HAVES][LF_GIT_ID_SIZE];
	struct lf_git_fetch request = {.haves = (const char(*)[LF_GIT_ID_SIZE])haves};
	bool by_id = fetches_by_id(remote);

	if (err) {
		end(job, err);
		return;
	}
	request.filter = filter_word(remote, by_id);
	if (by_id) {
		request.wants = (const char(*)[LF_GIT_ID_SIZE])want->missing.ids;
		request.want_count = want->missing.count < IDS_LIMIT ? want->missing.count : IDS_LIMIT;
		request.depth = want->by_id_depth;
	} else {
		request.wants = (const char(*)[LF_GIT_ID_SIZE]) & want->commit;
		request.want_count = 1;
		request.depth = want->depth;
	}
	if (!by_id)
		remote->asked_depth = want->depth;
	remote->fetched_level = by_id || want->depth != 1 ? LF_GIT_LEVEL_PATHS : level_of(request.filter);
	/* Where whole commits come, the difference to one that is here is enough. */
	for (size_t i = 0; i < remote->store.tip_count && want->missing.commit && !remote->refetched; i++)
		if (remote->fetched_level > LF_GIT_LEVEL_PATHS &&
		    remote->store.tips[i].level >= remote->fetched_level)
			memcpy(haves[request.have_count++], remote->store.tips[i].id, LF_GIT_ID_SIZE);
	lf_git_session_fetch(job, &request, by_id && want->files ? FILES_LIMIT : PACK_LIMIT, fetched);
}

/* The server took part of the request badly: the next simpler one. False: there is none. */
static bool simplify(struct lf_git_remote *remote, const struct lf_error *err)
{
	if (err->code != LF_EREFUSED && err->code != LF_EMOVED && err->code != LF_EFORBIDDEN)
		return false;
	if (remote->session.advert.filter && strcasestr(err->message, "filter") &&
	    remote->store.filter < LF_GIT_FILTER_NONE) {
		remote->store.filter = (enum lf_git_filter)(remote->store.filter + 1);
		return true;
	}
	if (!remote->want->missing.commit && !remote->by_id_failed) {
		remote->by_id_failed = true;
		return true;
	}
	return false;
}

static void after_reset(struct lf_git_job *job, const struct lf_error *err)
{
	if (err) {
		end(job, err);
		return;
	}
	lf_git_job_hold(job);
	if (job->remote.uncached && job->progress)
		job->progress(job, "working without a cache: there is no room for it");
	if (!job->over)
		look(job, NULL);
	lf_git_job_release(job);
}

/* What the store says when it is damaged, or a difference does not fit to what it holds. */
static bool is_damage(const struct lf_error *err)
{
	return err->code == LF_EPARSE || err->code == LF_EIO || err->code == LF_ENOTFOUND;
}

static void start_over(struct lf_git_job *job)
{
	job->remote.was_reset = job->remote.refetched = true;
	job->remote.last_missing = 0;
	lf_git_remote_reset_store(job, after_reset);
}

/* The disk of the cache is full, or fails: once more in a temporary folder, which may be elsewhere. */
static bool can_do_without(const struct lf_git_remote *remote, const struct lf_error *err)
{
	return err->code == LF_EIO && !remote->uncached && !remote->store.temporary;
}

static void do_without_cache(struct lf_git_job *job)
{
	job->remote.uncached = true;
	start_over(job);
}

static void fetched(struct lf_git_job *job, const struct lf_error *err)
{
	struct lf_git_remote *remote = &job->remote;

	if (!err) {
		remote->fetches++;
		if (remote->want->missing.commit)
			lf_git_store_remember(&remote->store, remote->want->commit, remote->fetched_level);
		look(job, NULL);
	} else if (simplify(remote, err)) {
		remote->last_missing = 0;
		look(job, NULL);
	} else if (err->code == LF_EPARSE && !remote->was_reset && remote->store.tip_count) {
		start_over(job);
	} else if (can_do_without(remote, err)) {
		do_without_cache(job);
	} else {
		end(job, err);
	}
}

static int run_look(void *payload, struct lf_error *err)
{
	struct lf_git_remote *remote = payload;

	remote->want->missing.count = 0;
	remote->want->missing.commit = false;
	return remote->want->look(remote->want->payload, err);
}

/* The same is missing as before the last fetch: the server did not send it. */
static bool is_stuck(struct lf_git_remote *remote)
{
	const struct lf_git_missing *missing = &remote->want->missing;
	bool stuck = missing->count == remote->last_missing && !strcmp(missing->ids[0], remote->last_id);

	remote->last_missing = missing->count;
	memcpy(remote->last_id, missing->ids[0], sizeof(remote->last_id));
	return stuck;
}

/* A server of one process for the whole connection may take the end of its first, shallow answer for the end of history (git 2.55): a deeper request goes to another. */
static bool goes_deeper(const struct lf_git_remote *remote)
{
	return !remote->session.wire->kind->stateless && !fetches_by_id(remote) && remote->asked_depth && remote->want->depth > remote->asked_depth;
}

static void looked(struct lf_git_job *job, const struct lf_error *err, void *payload)
{
	struct lf_git_remote *remote = payload;
	struct lf_error error = {0};

	if (job->over)
		return;
	if (err && is_damage(err) && !remote->was_reset) {
		start_over(job);
	} else if (err && can_do_without(remote, err)) {
		do_without_cache(job);
	} else if (err || !remote->want->missing.count) {
		end(job, err);
	} else if (++remote->rounds > ROUNDS_LIMIT || is_stuck(remote)) {
		if (!remote->was_reset) {
			start_over(job); /* perhaps it does, and we cannot read it for what lies beside it */
			return;
		}
		(void)lf_fail(&error, LF_EPARSE, "git.fetch", 0,
		              "the server does not send what it was asked for");
		lf_hint(&error, "Try again. If it happens again, the repository on the server is damaged: "
		                "run git fsck there.");
		end(job, &error);
	} else if (lf_git_session_is_open(&remote->session, LF_GIT_UPLOAD) && !goes_deeper(remote)) {
		fetch(job, NULL);
	} else {
		lf_git_session_open(job, LF_GIT_UPLOAD, remote->session.advert.branch, fetch);
	}
}

static void look(struct lf_git_job *job, const struct lf_error *err)
{
	(void)err;
	lf_git_job_work(job, run_look, &job->remote, looked);
}

void lf_git_sync(struct lf_git_job *job, struct lf_git_want *want, lf_git_remote_fn *then)
{
	struct lf_git_remote *remote = &job->remote;

	remote->want = want;
	remote->want_then = then;
	remote->rounds = remote->fetches = 0;
	remote->last_missing = 0;
	remote->by_id_failed = remote->refetched = false;
	look(job, NULL);
}
