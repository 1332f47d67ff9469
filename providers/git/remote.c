/* remote: see remote.h. Makes a job ready to talk: module, settings, address, store. What is said is in
 * session.c, what is fetched in sync.c. */
#include "config.h"
#include "providers/git/remote.h"

#include <string.h>

#include "core/mem.h"
#include "providers/git/job.h"
#include "providers/git/wire.h"

void lf_git_missing_add(struct lf_git_missing *missing, const char *id)
{
	for (size_t i = 0; i < missing->count; i++)
		if (!strcmp(missing->ids[i], id))
			return;
	lf_grow((void **)&missing->ids, &missing->capacity, missing->count, sizeof(*missing->ids));
	memcpy(missing->ids[missing->count++], id, LF_GIT_ID_SIZE);
}

void lf_git_remote_base(const struct lf_git_remote *remote, char commit[LF_GIT_ID_SIZE], bool *exists,
                        char **base_branch)
{
	const struct lf_advert *advert = &remote->session.advert;

	*exists = *advert->tip != '\0';
	memcpy(commit, *exists ? advert->tip : remote->base ? advert->base_tip : advert->head, LF_GIT_ID_SIZE);
	*base_branch = *exists || !*commit ? NULL : lf_dup(remote->base ? remote->base : advert->head_branch);
}

void lf_git_remote_init(struct lf_git_remote *remote, struct lf_git_job *job)
{
	remote->job = job;
	remote->store.lock = -1;
}

void lf_git_remote_hang_up(struct lf_git_remote *remote)
{
	lf_git_session_close(&remote->session);
}

void lf_git_remote_dispose(struct lf_git_remote *remote)
{
	lf_git_session_dispose(&remote->session);
	lf_git_store_close(&remote->store);
	lf_git_settings_dispose(&remote->settings);
	lf_git_url_dispose(&remote->url);
	lf_git_url_dispose(&remote->push_url);
	lf_free(remote->address);
	lf_free(remote->moved);
}

static int open_store(struct lf_git_remote *remote, struct lf_error *err)
{
	struct lf_git *git = remote->job->git;
	int rc = lf_git_store_open(&remote->store, git->objects, remote->uncached ? NULL : git->cache_folder,
	                           remote->url.canonical, remote->fresh, err);

	/* What is here already need not come again; not when something that is here was of no use. */
	if (!rc && !remote->fresh)
		git->objects->lend(remote->store.objects, ".");
	return rc;
}

static int prepare(void *payload, struct lf_error *err)
{
	struct lf_git_remote *remote = payload;
	char *address = NULL, *push_address = NULL;
	int rc = lf_git_settings_read(&remote->settings, remote->job->git->objects, ".", remote->address, err);

	if (rc)
		return rc;
	address = lf_git_settings_rewrite(&remote->settings, remote->address, false);
	push_address = lf_git_settings_rewrite(&remote->settings, remote->address, true);
	rc = lf_git_url_parse(&remote->url, address, err);
	if (!rc)
		rc = lf_git_url_parse(&remote->push_url, push_address, err);
	if (!rc && remote->writes && remote->push_url.transport == LF_GIT_DAEMON)
		rc = lf_git_daemon_refuse(err, remote->job);
	if (!rc && remote->need_store)
		rc = open_store(remote, err);
	lf_free(address);
	lf_free(push_address);
	return rc;
}

static void prepared(struct lf_git_job *job, const struct lf_error *err, void *payload)
{
	(void)payload;
	if (!job->over)
		job->remote.want_then(job, err);
}

static void on_objects(struct lf_git_job *job, const struct lf_error *err)
{
	if (err)
		job->remote.want_then(job, err);
	else
		lf_git_job_work(job, prepare, &job->remote, prepared);
}

void lf_git_remote_open(struct lf_git_job *job, const char *address, bool need_store, lf_git_remote_fn *then)
{
	struct lf_git_remote *remote = &job->remote;
	struct lf_git_url url;
	struct lf_error error = {0};

	lf_set(&remote->address, address);
	remote->need_store = need_store;
	remote->want_then = then;
	/* As given it must be in order, whatever the user's settings make of it. */
	if (lf_git_url_parse(&url, address, &error)) {
		then(job, &error);
		return;
	}
	lf_git_url_dispose(&url);
	lf_git_job_need_objects(job, on_objects);
}

struct reset {
	struct lf_git_remote *remote;
	lf_git_remote_fn *then;
};

static int reopen(void *payload, struct lf_error *err)
{
	struct lf_git_remote *remote = ((struct reset *)payload)->remote;

	lf_git_store_close(&remote->store);
	remote->fresh = true;
	return open_store(remote, err);
}

static void reopened(struct lf_git_job *job, const struct lf_error *err, void *payload)
{
	lf_git_remote_fn *then = ((struct reset *)payload)->then;

	lf_free(payload);
	if (!job->over)
		then(job, err);
}

void lf_git_remote_reset_store(struct lf_git_job *job, lf_git_remote_fn *then)
{
	struct reset *reset = lf_alloc(1, sizeof(*reset));

	reset->remote = &job->remote;
	reset->then = then;
	lf_git_job_work(job, reopen, reset, reopened);
}
