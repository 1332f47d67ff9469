/* login: logins that the user gave in this run, and the questions for them. They are kept in memory that is wiped, for the host they were given for, and go nowhere else.
 * One question is before the user at a time; jobs for the same host wait for one answer together. */
#include "config.h"
#include "providers/chart/internal.h"

#include <string.h>
#include <strings.h>

#include "core/mem.h"

enum { ASKS = 2 }; /* once, and once more where it was refused */

struct chart_login {
	struct chart_login *next;
	char *host;
	struct chart_credential credential;
	unsigned number;
	bool declined;
};

static struct chart_login *find(const struct lf_chart_client *client, const char *host)
{
	struct chart_login *login = client->logins;

	while (login && strcasecmp(login->host, host) != 0)
		login = login->next;
	return login;
}

static void login_free(struct chart_login *login)
{
	lf_free(login->host);
	chart_credential_dispose(&login->credential);
	lf_free(login);
}

static void forget(struct lf_chart_client *client, struct chart_login *login)
{
	struct chart_login **link = &client->logins;

	while (*link && *link != login)
		link = &(*link)->next;
	if (*link)
		*link = login->next;
	login_free(login);
}

static void note(struct lf_chart_client *client, const char *host, struct chart_credential *credential)
{
	struct chart_login *login = find(client, host);

	if (login)
		forget(client, login);
	login = lf_alloc(1, sizeof(*login));
	login->host = lf_dup(host);
	login->number = ++client->login_count;
	login->declined = !credential;
	if (credential)
		login->credential = *credential;
	login->next = client->logins;
	client->logins = login;
}

void chart_logins_free(struct lf_chart_client *client)
{
	while (client->logins)
		forget(client, client->logins);
	lf_free(client->typed_user);
	client->typed_user = NULL;
}

void lf_chart_ask_again(struct lf_chart_client *client)
{
	for (struct chart_login *login = client ? client->logins : NULL, *next; login; login = next) {
		next = login->next;
		if (login->declined)
			forget(client, login);
	}
}

void lf_chart_ask_with(struct lf_chart_client *client, lf_chart_ask_fn *ask, void *payload)
{
	client->ask = ask;
	client->ask_payload = payload;
}

/* ---- the questions ---- */

static void present(struct lf_chart_client *client)
{
	struct lf_chart_job *job = client->jobs;
	char *prompt;

	while (job && !job->waits_login)
		job = job->next;
	client->before_user = job;
	if (!job || client->closing)
		return;
	prompt = lf_format("%s %s%s. User name:", job->host, job->credential.user ? job->asks > 1 ? "refused that login; once more" : "refused the stored login" : "wants a login",
			   lf_starts_with(job->address, "http://") ? " (sent unencrypted)" : "");
	client->ask(false, prompt, client->ask_payload);
	lf_free(prompt);
}

bool chart_login_next(struct lf_chart_job *job)
{
	struct lf_chart_client *client = job->client;
	struct chart_login *known = find(client, job->host);

	if (known && known->number == job->login_number) { /* this is what was refused */
		forget(client, known);
		known = NULL;
	}
	if (known && known->declined)
		return false;
	if (known) {
		chart_login_take(job);
		chart_fetch_login(job);
		return true;
	}
	if (!client->ask || job->asks >= ASKS)
		return false;
	job->asks++;
	job->waits_login = true;
	if (!client->before_user)
		present(client);
	return true;
}

bool chart_login_take(struct lf_chart_job *job)
{
	const struct chart_login *known = find(job->client, job->host);

	if (!known || known->declined)
		return false;
	chart_credential_dispose(&job->credential);
	job->credential.user = lf_dup(known->credential.user);
	job->credential.password = lf_secret_dup(known->credential.password);
	job->login_number = known->number;
	return true;
}

/* Everyone who waits for HOST goes on: each with the answer, or without one. A job may end in there, and others with it. */
static void resume(struct lf_chart_client *client, const char *host)
{
	for (struct lf_chart_job *job = client->jobs; job;) {
		if (!job->waits_login || strcasecmp(job->host, host) != 0) {
			job = job->next;
			continue;
		}
		job->waits_login = false;
		if (chart_login_take(job))
			chart_fetch_login(job);
		else
			chart_fetch_declined(job);
		job = client->jobs;
	}
}

void chart_login_forget(struct lf_chart_job *job)
{
	struct lf_chart_client *client = job->client;

	job->waits_login = false;
	if (client->before_user != job)
		return;
	lf_free(client->typed_user);
	client->typed_user = NULL;
	present(client);
}

void lf_chart_answer(struct lf_chart_client *client, struct lf_secret *answer)
{
	struct lf_chart_job *job = client ? client->before_user : NULL;
	struct chart_credential credential = {0};
	char *host, *prompt;

	if (!job) { /* who asked is gone */
		lf_secret_free(answer);
		return;
	}
	if (answer && lf_secret_length(answer) && !client->typed_user) {
		client->typed_user = lf_dup(lf_secret_bytes(answer));
		prompt = lf_format("Password of %s at %s", client->typed_user, job->host);
		lf_secret_free(answer);
		client->ask(true, prompt, client->ask_payload);
		lf_free(prompt);
		return;
	}
	host = lf_dup(job->host);
	client->before_user = NULL;
	if (answer && lf_secret_length(answer)) {
		credential.user = client->typed_user;
		credential.password = answer;
		client->typed_user = NULL;
		note(client, host, &credential);
	} else {
		lf_secret_free(answer);
		lf_free(client->typed_user);
		client->typed_user = NULL;
		note(client, host, NULL);
	}
	resume(client, host);
	lf_free(host);
	if (!client->before_user)
		present(client);
}
