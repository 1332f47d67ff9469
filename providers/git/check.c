/* check: lf_git_check(): is the repository there, may we in, which branches has it. Nothing is fetched. */
#include "config.h"
#include "providers/git/job.h"

#include <string.h>

#include "core/mem.h"

struct check_job {
	struct lf_git_job job; /* first */
	char *url;
	uint64_t started_ns;
	lf_git_repository_fn *done;
	void *payload;
};

static const char *transport_name(enum lf_git_transport transport)
{
	switch (transport) {
	case LF_GIT_HTTP:
		return "http";
	case LF_GIT_HTTPS:
		return "https";
	case LF_GIT_SSH:
		return "ssh";
	case LF_GIT_DAEMON:
		return "git";
	case LF_GIT_LOCAL:
		return "local";
	}
	return "";
}

static void finish(struct lf_git_job *job, const struct lf_error *err)
{
	struct check_job *check = (struct check_job *)job;
	struct lf_advert *advert = &job->remote.session.advert;
	struct lf_repository_facts facts = {.state = LF_FACT_KNOWN};

	lf_git_job_hold(job);
	if (lf_git_job_end(job)) {
		if (!err) {
			facts.url = lf_dup(check->url);
			facts.transport = lf_dup(transport_name(job->remote.url.transport));
			facts.branches = advert->branches;
			facts.default_branch = advert->head_branch;
			memset(&advert->branches, 0, sizeof(advert->branches));
			advert->head_branch = NULL;
			facts.empty = !advert->refs;
			facts.took_ms = (int64_t)((uv_hrtime() - check->started_ns) / 1000000);
		}
		check->done(err ? NULL : &facts, err, check->payload);
	}
	lf_git_job_release(job);
}

static void opened(struct lf_git_job *job, const struct lf_error *err)
{
	if (err)
		finish(job, err);
	else
		lf_git_session_open(job, LF_GIT_UPLOAD, NULL, finish);
}

static void start(struct lf_git_job *job, const struct lf_error *err)
{
	struct check_job *check = (struct check_job *)job;

	(void)err;
	check->started_ns = uv_hrtime();
	lf_git_remote_open(job, check->url, false, opened);
}

static void dispose(struct lf_git_job *job)
{
	lf_free(((struct check_job *)job)->url);
}

static const struct lf_git_kind kind = {sizeof(struct check_job), start, dispose};

struct lf_git_job *lf_git_check(struct lf_git *git, const char *url, lf_git_repository_fn *done,
                                void *payload)
{
	struct check_job *check = (struct check_job *)lf_git_job_new(git, &kind);

	check->url = lf_dup(url);
	check->done = done;
	check->payload = payload;
	return &check->job;
}
