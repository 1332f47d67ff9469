/* inspect: lf_git_inspect(): the clone we stand in and who the user is. Touches no network, and never fails:
 * what cannot be found out stays unknown. */
#include "config.h"
#include "providers/git/job.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

struct inspect_job {
	struct lf_git_job job; /* first */
	char *folder;
	struct lf_workdir_facts facts;
	lf_git_workdir_fn *done;
	void *payload;
};

/* An address out of a clone's configuration may hold a password: then it is offered without. */
static char *without_password(const char *address)
{
	struct lf_git_url url;
	const char *start, *at;
	char *bare = NULL;

	if (!lf_git_url_parse(&url, address, NULL)) {
		lf_git_url_dispose(&url);
		return lf_dup(address);
	}
	start = strstr(address, "://");
	at = start ? memrchr(start, '@', strcspn(start + 3, "/") + 3) : NULL;
	if (!at)
		return NULL;
	bare = lf_format("%.*s%s", (int)(start + 3 - address), address, at + 1);
	if (lf_git_url_parse(&url, bare, NULL)) {
		lf_free(bare);
		return NULL;
	}
	lf_git_url_dispose(&url);
	return bare;
}

static void clean(char **slot)
{
	char *text = lf_text_clean_dup(*slot, 255);

	lf_free(*slot);
	*slot = text;
}

static int look(void *payload, struct lf_error *err)
{
	struct inspect_job *inspect = payload;
	struct lf_workdir_facts *facts = &inspect->facts;
	struct lf_git_settings settings = {0};

	(void)err;
	inspect->job.git->objects->workdir(facts, inspect->folder);
	if (facts->remote_url) {
		char *address = without_password(facts->remote_url);

		lf_free(facts->remote_url);
		facts->remote_url = address;
	}
	clean(&facts->remote);
	clean(&facts->branch);
	clean(&facts->folder);
	if (!lf_git_settings_read(&settings, inspect->job.git->objects, inspect->folder, facts->remote_url, NULL)) {
		facts->author_name =
		    lf_text_clean_dup(settings.author_name ? settings.author_name : settings.name, 255);
		facts->author_email =
		    lf_text_clean_dup(settings.author_email ? settings.author_email : settings.email, 255);
		facts->identity = facts->author_name && *facts->author_name && facts->author_email && *facts->author_email
		                      ? LF_FACT_KNOWN
		                      : LF_FACT_NONE;
	} else {
		facts->identity = LF_FACT_FAILED;
	}
	lf_git_settings_dispose(&settings);
	return LF_OK;
}

static void looked(struct lf_git_job *job, const struct lf_error *err, void *payload)
{
	struct inspect_job *inspect = payload;
	struct lf_workdir_facts facts = inspect->facts;

	lf_git_job_hold(job);
	if (lf_git_job_end(job)) {
		memset(&inspect->facts, 0, sizeof(facts));
		if (err)
			facts.state = LF_FACT_NONE;
		inspect->done(&facts, inspect->payload);
	}
	lf_git_job_release(job);
}

static void have_objects(struct lf_git_job *job, const struct lf_error *err)
{
	if (err)
		looked(job, err, job);
	else
		lf_git_job_work(job, look, job, looked);
}

static void start(struct lf_git_job *job, const struct lf_error *err)
{
	(void)err;
	lf_git_job_need_objects(job, have_objects);
}

static void dispose(struct lf_git_job *job)
{
	struct inspect_job *inspect = (struct inspect_job *)job;

	lf_workdir_facts_dispose(&inspect->facts);
	lf_free(inspect->folder);
}

static const struct lf_git_kind kind = {sizeof(struct inspect_job), start, dispose};

struct lf_git_job *lf_git_inspect(struct lf_git *git, const char *folder, lf_git_workdir_fn *done,
                                  void *payload)
{
	struct inspect_job *inspect = (struct inspect_job *)lf_git_job_new(git, &kind);

	inspect->folder = lf_dup(folder ? folder : ".");
	inspect->done = done;
	inspect->payload = payload;
	return &inspect->job;
}
