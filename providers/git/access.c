/* access: lf_git_find_access(), lf_git_ask_token(): lends what Git knows about reaching a host, and the way to
 * ask the user, to neighbours that talk to the same host in another protocol. Never sends anything itself. */
#include "config.h"
#include "providers/git/job.h"

#include <string.h>

#include "core/mem.h"
#include "providers/git/credential.h"
#include "providers/git/credential_helper.h"
#include "providers/git/question.h"

struct access_job {
	struct lf_git_job job; /* first */
	char *address, *rewritten;
	bool sign_in;
	struct lf_git_url url;
	struct lf_git_helper *helper;
	lf_git_access_fn *done;
	void *payload;
};

static void finish(struct access_job *access, const char *user, struct lf_secret *password,
                   const struct lf_error *err)
{
	struct lf_git_job *job = &access->job;
	struct lf_git_http_settings settings = {0};
	struct lf_git_access result = {.user = user, .password = password};

	if (access->url.host)
		lf_git_settings_for(&settings, &job->remote.settings, &access->url);
	access->rewritten = lf_git_settings_rewrite(&job->remote.settings, access->address, false);
	result.address = access->rewritten;
	result.proxy = settings.proxy;
	result.ca_file = settings.ca_file;
	result.insecure = settings.insecure;
	lf_git_job_hold(job);
	if (lf_git_job_end(job))
		access->done(&result, err, access->payload);
	else
		lf_secret_free(password);
	lf_git_job_release(job);
}

static void on_filled(const char *user, struct lf_secret *password, bool quit, void *payload)
{
	struct access_job *access = payload;
	char *name = lf_dup(user);

	(void)quit;
	lf_git_helper_free(access->helper);
	access->helper = NULL;
	finish(access, name, password, NULL);
	lf_free(name);
}

static void opened(struct lf_git_job *job, const struct lf_error *err)
{
	struct access_job *access = (struct access_job *)job;
	const struct lf_git_login *login;
	struct lf_git_subject subject;
	int rc;

	if (err || !access->sign_in) {
		finish(access, NULL, NULL, err);
		return;
	}
	login = lf_git_vault_find(job->git->vault, &access->url);
	if (login) {
		finish(access, lf_git_login_user(login), lf_secret_dup(lf_git_login_password(login)), NULL);
		return;
	}
	lf_git_subject_init(&subject, &access->url);
	rc = lf_git_helper_new(&access->helper, job->git->loop, LF_GIT_HELPER_FILL, &subject, NULL, NULL,
	                       on_filled, access);
	lf_git_subject_dispose(&subject);
	if (rc)
		finish(access, NULL, NULL, NULL); /* no git, no helpers */
}

static void start(struct lf_git_job *job, const struct lf_error *err)
{
	struct access_job *access = (struct access_job *)job;
	struct lf_error error = {0};

	(void)err;
	if (lf_git_url_parse(&access->url, access->address, &error))
		finish(access, NULL, NULL, &error);
	else
		lf_git_remote_open(job, access->address, false, opened);
}

static void dispose(struct lf_git_job *job)
{
	struct access_job *access = (struct access_job *)job;

	lf_git_helper_free(access->helper);
	lf_git_url_dispose(&access->url);
	lf_free(access->address);
	lf_free(access->rewritten);
}

static const struct lf_git_kind access_kind = {sizeof(struct access_job), start, dispose};

struct lf_git_job *lf_git_find_access(struct lf_git *git, const char *address, bool sign_in,
                                      lf_git_access_fn *done, void *payload)
{
	struct access_job *access = (struct access_job *)lf_git_job_new(git, &access_kind);

	access->address = lf_dup(address);
	access->sign_in = sign_in;
	access->done = done;
	access->payload = payload;
	return &access->job;
}

struct token_job {
	struct lf_git_job job; /* first */
	char *prompt;
	lf_git_token_fn *done;
	void *payload;
};

static void answered(struct lf_git_job *job, struct lf_secret *answer, void *payload)
{
	struct token_job *token = payload;

	lf_git_job_hold(job);
	if (lf_git_job_end(job))
		token->done(answer, token->payload);
	else
		lf_secret_free(answer);
	lf_git_job_release(job);
}

static void start_asking(struct lf_git_job *job, const struct lf_error *err)
{
	struct token_job *token = (struct token_job *)job;

	(void)err;
	if (job->git->batch)
		answered(job, NULL, token);
	else
		lf_git_question_ask(job, LF_GIT_ASK_PASSWORD, token->prompt, answered, token);
}

static void dispose_token(struct lf_git_job *job)
{
	lf_free(((struct token_job *)job)->prompt);
}

static const struct lf_git_kind token_kind = {sizeof(struct token_job), start_asking, dispose_token};

struct lf_git_job *lf_git_ask_token(struct lf_git *git, const char *prompt, lf_git_token_fn *done, void *payload)
{
	struct token_job *token = (struct token_job *)lf_git_job_new(git, &token_kind);

	token->prompt = lf_dup(prompt);
	token->done = done;
	token->payload = payload;
	return &token->job;
}
