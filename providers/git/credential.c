/* credential: see credential.h. Owns the order in which sources are tried and how often; the talk with `git
 * credential` is in credential_helper.c. One question is open at a time, so that the user is never asked
 * twice for the same thing by two jobs. */
#include "config.h"
#include "providers/git/credential.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "providers/git/credential_helper.h"
#include "providers/git/job.h"
#include "providers/git/question.h"

enum { HELPER_TRIES = 2, ASKS = 2 };
enum source { FROM_HELPER, FROM_ENVIRONMENT, FROM_USER };

struct lf_git_login {
	struct lf_git_login *next;
	char *key; /* "https://host:port" */
	struct lf_git_subject subject;
	char *user;
	struct lf_secret *password;
	enum source source;
	bool approved, wrong;
};

struct host { /* how often each source was tried since the last success */
	struct host *next;
	char *key;
	int helper_tries, asks;
	bool environment_tried;
};

struct wish {
	struct wish *next;
	struct lf_git_job *job;
	struct lf_git_subject subject;
	char *key;
	struct host *host;
	struct lf_git_login *wrong;
	struct lf_git_helper *helper;
	char *user; /* whose password is asked for */
	lf_git_login_fn *then;
};

struct lf_git_vault {
	struct lf_git_login *logins;
	struct host *hosts;
	struct wish *wishes; /* the first one is being fulfilled */
};

static void go_on(struct wish *wish);

struct lf_git_vault *lf_git_vault_new(void)
{
	return lf_alloc(1, sizeof(struct lf_git_vault));
}

static void wish_free(struct wish *wish)
{
	lf_git_helper_free(wish->helper);
	lf_git_subject_dispose(&wish->subject);
	lf_free(wish->key);
	lf_free(wish->user);
	lf_free(wish);
}

void lf_git_vault_free(struct lf_git_vault *vault)
{
	while (vault->wishes) {
		struct wish *next = vault->wishes->next;

		wish_free(vault->wishes);
		vault->wishes = next;
	}
	while (vault->logins) {
		struct lf_git_login *next = vault->logins->next;

		lf_free(vault->logins->key);
		lf_git_subject_dispose(&vault->logins->subject);
		lf_free(vault->logins->user);
		lf_secret_free(vault->logins->password);
		lf_free(vault->logins);
		vault->logins = next;
	}
	while (vault->hosts) {
		struct host *next = vault->hosts->next;

		lf_free(vault->hosts->key);
		lf_free(vault->hosts);
		vault->hosts = next;
	}
	lf_free(vault);
}

static char *key_of(const struct lf_git_subject *subject)
{
	return lf_format("%s://%s", subject->protocol, subject->host);
}

static struct lf_git_login *find(const struct lf_git_vault *vault, const char *key, const char *user)
{
	struct lf_git_login *login = vault->logins;

	while (login &&
	       (login->wrong || strcmp(login->key, key) != 0 || (user && strcmp(login->user, user) != 0)))
		login = login->next;
	return login;
}

const struct lf_git_login *lf_git_vault_find(const struct lf_git_vault *vault, const struct lf_git_url *url)
{
	const struct lf_git_login *login;
	struct lf_git_subject subject;
	char *key;

	lf_git_subject_init(&subject, url);
	key = key_of(&subject);
	login = find(vault, key, url->user);
	lf_free(key);
	lf_git_subject_dispose(&subject);
	return login;
}

const char *lf_git_login_user(const struct lf_git_login *login)
{
	return login->user;
}

const struct lf_secret *lf_git_login_password(const struct lf_git_login *login)
{
	return login->password;
}

static struct host *host_of(struct lf_git_vault *vault, const char *key)
{
	struct host *host = vault->hosts;

	while (host && strcmp(host->key, key) != 0)
		host = host->next;
	if (!host) {
		host = lf_alloc(1, sizeof(*host));
		host->key = lf_dup(key);
		host->next = vault->hosts;
		vault->hosts = host;
	}
	return host;
}

static struct wish *remove_wish(struct lf_git_vault *vault, const struct lf_git_job *job)
{
	for (struct wish **link = &vault->wishes; *link; link = &(*link)->next) {
		struct wish *wish = *link;

		if (wish->job != job)
			continue;
		*link = wish->next;
		return wish;
	}
	return NULL;
}

static void begin(struct lf_git_job *job, const struct lf_error *err)
{
	struct wish *wish = job->git->vault->wishes;

	(void)err;
	if (wish && wish->job == job)
		go_on(wish);
}

static void begin_next(struct lf_git_vault *vault)
{
	if (vault->wishes)
		lf_git_job_later(vault->wishes->job, begin, NULL);
}

static void fulfil(struct wish *wish, const struct lf_git_login *login, const struct lf_error *err)
{
	struct lf_git_job *job = wish->job;
	struct lf_git_vault *vault = job->git->vault;
	lf_git_login_fn *then = wish->then;

	lf_git_job_hold(job);
	(void)remove_wish(vault, job);
	wish_free(wish);
	begin_next(vault);
	then(job, login, err);
	lf_git_job_release(job);
}

static void give_up(struct wish *wish, const char *why)
{
	struct lf_error err = {0};

	(void)lf_fail(&err, LF_EAUTH, "git.credential", 0, "%s %s", wish->subject.host, why);
	lf_hint(
	    &err,
	    "Store a token once: git credential approve, or a helper of git config credential.helper; or set "
	    "GITHUB_TOKEN or GITLAB_TOKEN.");
	fulfil(wish, NULL, &err);
}

static bool was_wrong(const struct lf_git_vault *vault, const char *key, const char *user,
                      const struct lf_secret *password)
{
	for (const struct lf_git_login *login = vault->logins; login; login = login->next)
		if (login->wrong && !strcmp(login->key, key) && !strcmp(login->user, user) &&
		    lf_secret_length(login->password) == lf_secret_length(password) &&
		    !memcmp(lf_secret_bytes(login->password), lf_secret_bytes(password),
		            lf_secret_length(password)))
			return true;
	return false;
}

/* Takes the password. False: it is one that the server refused before. */
static bool offer(struct wish *wish, const char *user, struct lf_secret *password, enum source source)
{
	struct lf_git_vault *vault = wish->job->git->vault;
	struct lf_git_login *login;

	if (was_wrong(vault, wish->key, user, password)) {
		lf_secret_free(password);
		return false;
	}
	login = lf_alloc(1, sizeof(*login));
	login->key = lf_dup(wish->key);
	lf_git_subject_dup(&login->subject, &wish->subject);
	login->user = lf_dup(user);
	login->password = password;
	login->source = source;
	login->next = vault->logins;
	vault->logins = login;
	fulfil(wish, login, NULL);
	return true;
}

static void on_filled(const char *user, struct lf_secret *password, bool quit, void *payload)
{
	struct wish *wish = payload;

	lf_git_helper_free(wish->helper);
	wish->helper = NULL;
	if (quit) {
		lf_secret_free(password);
		give_up(wish, "was not signed in to: your credential helper said to stop");
	} else if (!password || !offer(wish, user, password, FROM_HELPER)) {
		go_on(wish);
	}
}

static void on_rejected(const char *user, struct lf_secret *password, bool quit, void *payload)
{
	struct wish *wish = payload;

	(void)user;
	(void)password;
	(void)quit;
	lf_git_helper_free(wish->helper);
	wish->helper = NULL;
	go_on(wish);
}

/* A token from the environment, only for the host it is meant for, and never in the clear over a network. */
static const char *token_for(const struct lf_git_subject *subject, const char **user)
{
	const char *ci_host = getenv("CI_SERVER_HOST"), *token = NULL;
	bool safe = !strcmp(subject->protocol, "https") || lf_starts_with(subject->host, "127.") ||
	            lf_starts_with(subject->host, "localhost");
	char *host = lf_dup_n(subject->host, strcspn(subject->host, ":"));

	if (safe && !strcmp(host, "github.com")) {
		*user = "x-access-token";
		token = getenv("GITHUB_TOKEN");
		if (!token || !*token)
			token = getenv("GH_TOKEN");
	} else if (safe && (!strcmp(host, "gitlab.com") || (ci_host && !strcmp(host, ci_host)))) {
		*user = "oauth2";
		token = getenv("GITLAB_TOKEN");
	}
	lf_free(host);
	return token && *token ? token : NULL;
}

static void ask(struct wish *wish);

static void on_answer(struct lf_git_job *job, struct lf_secret *answer, void *payload)
{
	struct wish *wish = payload;

	(void)job;
	if (!answer || !lf_secret_length(answer) || strpbrk(lf_secret_bytes(answer), "\r\n")) {
		lf_secret_free(answer);
		give_up(wish, "needs a user and a password");
	} else if (!wish->user) {
		lf_set(&wish->user, lf_secret_bytes(answer));
		lf_secret_free(answer);
		ask(wish);
	} else if (!offer(wish, wish->user, answer, FROM_USER)) {
		lf_set(&wish->user, NULL); /* the same wrong one again: from the beginning */
		go_on(wish);
	}
}

/* First for the user's name, unless the address holds it, then for the password. */
static void ask(struct wish *wish)
{
	char *shown, *prompt;

	if (!wish->user && wish->subject.user)
		wish->user = lf_dup(wish->subject.user);
	if (!wish->user) {
		prompt = lf_format("User name for %s", wish->key);
		lf_git_question_ask(wish->job, LF_GIT_ASK_USERNAME, prompt, on_answer, wish);
	} else {
		shown = lf_text_clean_dup(wish->user, 80);
		prompt = lf_format("Password or token of %s for %s", shown, wish->key);
		lf_git_question_ask(wish->job, LF_GIT_ASK_PASSWORD, prompt, on_answer, wish);
		lf_free(shown);
	}
	lf_free(prompt);
}

/* The next source that has not been tried. */
static void go_on(struct wish *wish)
{
	struct lf_git *git = wish->job->git;
	struct lf_git_login *known = find(git->vault, wish->key, wish->subject.user), *wrong = wish->wrong;
	const char *user = NULL, *token;

	if (known) {
		fulfil(wish, known, NULL);
		return;
	}
	if (wrong) {
		wish->wrong = NULL;
		if (wrong->source != FROM_ENVIRONMENT &&
		    !lf_git_helper_new(&wish->helper, git->loop, LF_GIT_HELPER_REJECT, &wish->subject,
		                       wrong->user, wrong->password, on_rejected, wish))
			return;
	}
	if (wish->host->helper_tries++ < HELPER_TRIES &&
	    !lf_git_helper_new(&wish->helper, git->loop, LF_GIT_HELPER_FILL, &wish->subject, NULL, NULL,
	                       on_filled, wish))
		return;
	if (!wish->host->environment_tried) {
		wish->host->environment_tried = true;
		token = token_for(&wish->subject, &user);
		if (token && offer(wish, user, lf_secret_new(token, strlen(token)), FROM_ENVIRONMENT))
			return;
	}
	if (git->batch)
		give_up(wish, git->vault->logins ? "does not take the user and password that are known for it"
		                                 : "wants a user and a password, and none is known");
	else if (wish->host->asks++ < ASKS)
		ask(wish);
	else
		give_up(wish, "does not take this user and password");
}

void lf_git_vault_get(struct lf_git_job *job, const struct lf_git_url *url, const struct lf_git_login *wrong,
                      lf_git_login_fn *then)
{
	struct lf_git_vault *vault = job->git->vault;
	struct wish *wish = lf_alloc(1, sizeof(*wish)), **link = &vault->wishes;
	bool first = !vault->wishes;

	wish->job = job;
	wish->then = then;
	lf_git_subject_init(&wish->subject, url);
	wish->key = key_of(&wish->subject);
	wish->host = host_of(vault, wish->key);
	for (struct lf_git_login *login = vault->logins; login && wrong; login = login->next) {
		if (login != wrong)
			continue;
		/* Two jobs may have tried the same one: it is rejected once. */
		wish->wrong = login->wrong ? NULL : login;
		login->wrong = true;
	}
	if (!wrong) {
		wish->host->helper_tries = wish->host->asks = 0;
		wish->host->environment_tried = false;
	}
	while (*link)
		link = &(*link)->next;
	*link = wish;
	if (first)
		lf_git_job_later(job, begin, NULL);
}

void lf_git_vault_approve(struct lf_git_job *job, const struct lf_git_login *login)
{
	struct lf_git_vault *vault = job->git->vault;

	for (struct lf_git_login *own = vault->logins; own; own = own->next) {
		struct host *host;

		if (own != login || own->approved)
			continue;
		own->approved = true;
		host = host_of(vault, own->key);
		host->helper_tries = host->asks = 0;
		host->environment_tried = false;
		if (own->source != FROM_ENVIRONMENT)
			lf_git_helper_approve(job->git->loop, &own->subject, own->user, own->password);
	}
}

void lf_git_vault_forget(struct lf_git_job *job)
{
	struct lf_git_vault *vault = job->git->vault;
	bool first = vault->wishes && vault->wishes->job == job;
	struct wish *wish = remove_wish(vault, job);

	if (!wish)
		return;
	lf_git_question_forget(job);
	wish_free(wish);
	if (first)
		begin_next(vault);
}
