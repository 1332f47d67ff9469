/* deliver: lf_git_deliver(): one commit with the changes on top of the branch, pushed against the tip it was
 * made for. Owns the order of steps and what happens when another was faster, when the same files were
 * changed, and when the connection ends before the server has answered: then the remote is asked first, and
 * nothing is pushed twice. Must never force, and never write a path whose present content was not what the
 * caller expected. What the changes mean on a tip is in
 * changes.c, how the commit is made of them in compose.c. */
#include "config.h"
#include "providers/git/job.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "providers/git/changes.h"
#include "providers/git/compose.h"
#include "providers/git/refname.h"
#include "providers/git/words.h"

enum { ATTEMPTS = 5, SAME_TIP_LIMIT = 2, PROGRESS_MS = 50 };

struct deliver_job {
	struct lf_git_job job; /* first */
	char *url, *branch, *tip;
	char *start_branch; /* what a new branch starts from; NULL: the default branch */
	struct lf_git_deliver_handler handler;
	struct lf_git_changes changes;
	enum lf_git_stage stage;
	int attempt;
	uint64_t told_ms;

	/* what the branch is now */
	char base[LF_GIT_ID_SIZE]; /* what we build on; "": nothing */
	bool exists;               /* the branch does, and base is its tip */
	struct lf_git_want want;

	/* what was built, and for which base */
	struct lf_objects_built built;
	char built_on[LF_GIT_ID_SIZE];
	bool only_branch; /* nothing to commit: the branch is made where the default branch is */

	/* what became of the last push */
	bool unsure;             /* it may have arrived */
	struct lf_error refusal; /* what to say if it was no race after all */
	int same_tip;            /* how often a "race" found the branch where it was */
};

static struct deliver_job *deliver_of(struct lf_git_job *job)
{
	return (struct deliver_job *)job;
}

static void tell(struct deliver_job *deliver, const char *line)
{
	const struct lf_git_remote *remote = &deliver->job.remote;
	struct lf_git_progress progress = {.stage = deliver->stage,
	                                   .bytes_received = remote->received,
	                                   .bytes_sent = remote->sent,
	                                   .attempt = deliver->attempt,
	                                   .remote_line = line};

	deliver->told_ms = uv_now(deliver->job.git->loop);
	if (deliver->handler.progress && !deliver->job.over)
		deliver->handler.progress(&progress, deliver->handler.payload);
}

/* From the session: bytes came, or a line of the server's. */
static void on_progress(struct lf_git_job *job, const char *line)
{
	struct deliver_job *deliver = deliver_of(job);

	if (line || uv_now(job->git->loop) >= deliver->told_ms + PROGRESS_MS)
		tell(deliver, line);
}

/* False: the callback ended the job. */
static bool enter(struct deliver_job *deliver, enum lf_git_stage stage)
{
	deliver->stage = stage;
	tell(deliver, NULL);
	return !deliver->job.over;
}

static void finish(struct lf_git_job *job, const struct lf_git_result *outcome, const struct lf_error *err)
{
	struct deliver_job *deliver = deliver_of(job);
	struct lf_git_result result = outcome ? *outcome : (struct lf_git_result){0};

	result.attempts = deliver->attempt;
	result.bytes_received = job->remote.received;
	result.bytes_sent = job->remote.sent;
	lf_git_job_hold(job);
	if (lf_git_job_end(job))
		deliver->handler.done(err && !result.conflict ? NULL : &result, err,
		                      deliver->handler.payload);
	lf_git_job_release(job);
}

static void give_up(struct lf_git_job *job, const struct lf_error *err)
{
	finish(job, NULL, err);
}

static void listed(struct lf_git_job *job, const struct lf_error *err);

/* From the beginning, against whatever the branch is by then. WHY ends it when there were enough attempts. */
static void again(struct deliver_job *deliver, const struct lf_error *why)
{
	struct lf_git_job *job = &deliver->job;

	if (deliver->attempt >= ATTEMPTS) {
		give_up(job, why);
		return;
	}
	deliver->attempt++;
	lf_git_job_hold(job);
	if (enter(deliver, LF_GIT_FETCH))
		lf_git_session_open(job, LF_GIT_UPLOAD, deliver->branch, listed);
	lf_git_job_release(job);
}

static void kept(struct lf_git_job *job, const struct lf_error *err, void *payload)
{
	struct deliver_job *deliver = payload;
	struct lf_git_result result = {.commit = deliver->only_branch ? deliver->base : deliver->built.commit, .tree = deliver->built.tree};

	(void)err; /* the cache is a convenience */
	if (!job->over)
		finish(job, &result, NULL);
}

static int keep(void *payload, struct lf_error *err)
{
	struct deliver_job *deliver = payload;

	return lf_git_changes_keep(&deliver->job, &deliver->built, deliver->exists ? deliver->base : "", err);
}

static void accepted(struct deliver_job *deliver)
{
	if (deliver->only_branch)
		kept(&deliver->job, NULL, deliver);
	else
		lf_git_job_work(&deliver->job, keep, deliver, kept);
}

static void pushed(struct lf_git_job *job, const struct lf_error *err)
{
	struct deliver_job *deliver = deliver_of(job);
	const struct lf_git_report *report = &job->remote.session.report;
	const char *said = lf_str_text(&job->remote.session.said);
	struct lf_error refusal = {0};

	if (err) {
		/* What the server said before it took anything is final; everything else leaves open what
		 * happened. */
		if (err->code != LF_ENET && err->code != LF_ETIMEOUT && err->code != LF_EPARSE &&
		    err->code != LF_ELIMIT && err->code != LF_ERROR) {
			give_up(job, err);
			return;
		}
		deliver->unsure = true;
		deliver->refusal = *err;
		again(deliver, err);
	} else if (report->accepted) {
		accepted(deliver);
	} else {
		(void)lf_git_words_push(&refusal, deliver->branch, report->reason, said);
		if (!lf_git_words_is_race(report->reason, said)) {
			give_up(job, &refusal);
			return;
		}
		deliver->refusal = refusal;
		again(deliver, &refusal);
	}
}

static void moved(struct deliver_job *deliver)
{
	struct lf_error error = {0};

	(void)lf_fail(&error, LF_EMOVED, "git.deliver", 0,
	              "the branch %s changes faster than the commit can be made", deliver->branch);
	lf_hint(&error, "Try again in a moment. Nothing was changed.");
	again(deliver, &error);
}

static void push(struct lf_git_job *job, const struct lf_error *err)
{
	struct deliver_job *deliver = deliver_of(job);
	const char *expected = deliver->exists ? deliver->base : "";
	struct lf_str pack = {0};

	if (err) {
		give_up(job, err);
	} else if (strcmp(job->remote.session.advert.tip, expected) != 0) {
		moved(deliver);
	} else {
		if (deliver->only_branch)
			lf_git_changes_empty_pack(&pack);
		else
			lf_str_add_n(&pack, deliver->built.pack.data, deliver->built.pack.length);
		lf_git_session_push(job, deliver->branch, *expected ? expected : LF_GIT_NO_ID,
		                    deliver->only_branch ? deliver->base : deliver->built.commit, &pack,
		                    pushed);
	}
}

static void go_push(struct deliver_job *deliver)
{
	struct lf_git_job *job = &deliver->job;

	lf_git_job_hold(job);
	if (enter(deliver, LF_GIT_COMMIT) && enter(deliver, LF_GIT_PUSH))
		lf_git_session_open(job, LF_GIT_RECEIVE, deliver->branch, push);
	lf_git_job_release(job);
}

static void built(struct lf_git_job *job, const struct lf_error *err)
{
	struct deliver_job *deliver = deliver_of(job);

	if (err) {
		give_up(job, err);
		return;
	}
	memcpy(deliver->built_on, deliver->base, sizeof(deliver->built_on));
	go_push(deliver);
}

static void conflicting(struct lf_git_job *job, const struct lf_error *err)
{
	struct deliver_job *deliver = deliver_of(job);
	struct lf_git_reading *reading = &deliver->changes.reading;
	struct lf_git_result result = {.conflict = &reading->files, .commit = deliver->base};
	struct lf_error error = {0};
	char *path;

	if (err) {
		give_up(job, err);
		return;
	}
	path = lf_text_clean_dup(reading->paths[0], 120);
	lf_set(&reading->files.tip, deliver->exists ? deliver->base : "");
	(void)lf_fail(&error, LF_ECONFLICT, "git.deliver", 0,
	              reading->count > 1 ? "%s and %zu more were changed by somebody else"
	                                 : "%s was changed by somebody else",
	              path, reading->count - 1);
	lf_hint(&error, "Look at the review again: it shows what is there now. Nothing was changed.");
	lf_free(path);
	finish(job, &result, &error);
}

static void refuse_path(struct lf_git_job *job, const char *why)
{
	struct lf_error error = {0};

	(void)lf_fail(&error, LF_EREFUSED, "git.deliver", 0, "a file cannot be written: %s", why);
	lf_hint(&error, "Choose another path. Nothing was changed.");
	give_up(job, &error);
}

/* The folders are here: what do the changes mean on this tip? */
static void compared(struct lf_git_job *job, const struct lf_error *err)
{
	struct deliver_job *deliver = deliver_of(job);
	struct lf_git_changes *changes = &deliver->changes;
	struct lf_git_result result = {.commit = deliver->base, .tree = changes->root};

	if (err) {
		give_up(job, err);
	} else if (changes->refusal) {
		refuse_path(job, changes->refusal);
	} else if (changes->conflicts) {
		lf_git_changes_read_conflicts(changes, job, &deliver->want);
		lf_git_sync(job, &deliver->want, conflicting);
	} else if (changes->pending) {
		deliver->only_branch = false;
		if (deliver->built.pack.length && !strcmp(deliver->built_on, deliver->base)) {
			go_push(deliver); /* the very same commit again */
			return;
		}
		lf_git_job_hold(job);
		if (enter(deliver, LF_GIT_BUILD))
			lf_git_compose(job, &deliver->changes, deliver->base, &deliver->built, built);
		lf_git_job_release(job);
	} else if (deliver->exists || !*deliver->base) {
		/* After an unsure push the tip holds our files, with other commits on top: it did arrive. */
		result.unchanged = !deliver->unsure;
		finish(job, &result, NULL);
	} else {
		deliver->only_branch = true;
		go_push(deliver);
	}
}

static void listed(struct lf_git_job *job, const struct lf_error *err)
{
	struct deliver_job *deliver = deliver_of(job);
	const struct lf_git_result arrived = {.commit = deliver->built.commit, .tree = deliver->built.tree};
	char before[LF_GIT_ID_SIZE], *base_branch = NULL;
	struct lf_error error = {0};

	memcpy(before, deliver->base, sizeof(before));
	if (err && deliver->unsure) {
		/* The push may have arrived, and the server cannot be asked: say so. */
		error = *err;
		(void)lf_fail(&error, err->code, "git.deliver", err->native,
		              "the connection broke during the push, and the server cannot be asked whether "
		              "it arrived: %s",
		              err->message);
		lf_hint(&error, "Deliver again when the server can be reached: Landfall looks first, and "
		                "pushes nothing twice.");
		give_up(job, &error);
		return;
	}
	if (err) {
		give_up(job, err);
		return;
	}
	lf_git_remote_base(&job->remote, deliver->base, &deliver->exists, &base_branch);
	lf_free(base_branch);
	/* A refusal for a race may be the answer to the same request sent twice: below us connections are retried. */
	if ((deliver->unsure || deliver->refusal.code) && deliver->exists &&
	    !strcmp(deliver->base, deliver->only_branch ? before : deliver->built.commit)) {
		finish(job, &arrived, NULL);
		return;
	}
	if (deliver->refusal.code && !strcmp(before, deliver->base) &&
	    ++deliver->same_tip >= SAME_TIP_LIMIT) {
		give_up(job, &deliver->refusal);
		return;
	}
	if (!deliver->exists && deliver->start_branch && !*deliver->base && job->remote.session.advert.refs) {
		(void)lf_fail(&error, LF_ENOTFOUND, "git.deliver", 0,
		              "the branch %s, from which %s was to start, is not there", deliver->start_branch,
		              deliver->branch);
		lf_hint(&error, "Choose another branch to start from. Nothing was changed.");
		give_up(job, &error);
		return;
	}
	if (!deliver->exists && !deliver->start_branch && *deliver->tip && deliver->attempt == 1) {
		(void)lf_fail(&error, LF_ENOTFOUND, "git.deliver", 0, "the branch %s is no longer there",
		              deliver->branch);
		lf_hint(&error, "Look at the review again: a new branch would be made. Nothing was changed.");
		give_up(job, &error);
		return;
	}
	lf_git_changes_want(&deliver->changes, job, deliver->base, &deliver->want);
	lf_git_sync(job, &deliver->want, compared);
}

static void opened(struct lf_git_job *job, const struct lf_error *err)
{
	struct deliver_job *deliver = deliver_of(job);

	if (err) {
		give_up(job, err);
		return;
	}
	lf_git_job_hold(job);
	if (job->remote.store.warning)
		tell(deliver, job->remote.store.warning);
	if (enter(deliver, LF_GIT_FETCH))
		lf_git_session_open(job, LF_GIT_UPLOAD, deliver->branch, listed);
	lf_git_job_release(job);
}

static void start(struct lf_git_job *job, const struct lf_error *err)
{
	struct deliver_job *deliver = deliver_of(job);
	struct lf_error error = {0};

	(void)err;
	job->remote.writes = true;
	if (lf_git_branch_check(deliver->branch, &error) ||
	    (deliver->start_branch && lf_git_branch_check(deliver->start_branch, &error)) || lf_git_changes_check(&deliver->changes, &error))
		give_up(job, &error);
	else
		lf_git_remote_open(job, deliver->url, true, opened);
}

static void dispose(struct lf_git_job *job)
{
	struct deliver_job *deliver = deliver_of(job);

	lf_free(deliver->url);
	lf_free(deliver->branch);
	lf_free(deliver->tip);
	lf_free(deliver->start_branch);
	lf_str_dispose(&deliver->built.pack);
	lf_str_dispose(&deliver->built.content);
	lf_git_changes_dispose(&deliver->changes);
	lf_git_want_dispose(&deliver->want);
}

static const struct lf_git_kind kind = {sizeof(struct deliver_job), start, dispose};

struct lf_git_job *lf_git_deliver(struct lf_git *git, const struct lf_git_delivery *delivery,
                                  const struct lf_git_deliver_handler *handler)
{
	struct deliver_job *deliver = (struct deliver_job *)lf_git_job_new(git, &kind);

	deliver->url = lf_dup(delivery->url);
	deliver->branch = lf_dup(delivery->branch);
	deliver->tip = lf_dup(delivery->tip ? delivery->tip : "");
	deliver->start_branch = delivery->base && *delivery->base ? lf_dup(delivery->base) : NULL;
	deliver->job.remote.base = deliver->start_branch;
	deliver->handler = *handler;
	deliver->attempt = 1;
	deliver->job.progress = on_progress;
	lf_git_changes_init(&deliver->changes, delivery);
	return &deliver->job;
}
