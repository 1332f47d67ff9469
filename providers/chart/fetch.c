/* fetch: one GET after another for a job: limits, what a status means, and signing in: with what Helm or Docker know, by name and password or for a token.
 * Credentials go to the host that the user named and, for a token, to the realm it names over https; never to another one. */
#include "config.h"
#include "providers/chart/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/chart.h"
#include "core/json.h"
#include "core/mem.h"
#include "core/text.h"

enum { STALL_MS = 30000, TOTAL_MS = 300000, TOKEN_BYTES = 256 << 10 };

char *chart_host_of(const char *url)
{
	const char *authority = strstr(url, "://");
	size_t length;
	char *host, *safe;

	authority = authority ? authority + 3 : url;
	length = strcspn(authority, "/?#");
	host = lf_dup_n(authority, length);
	safe = lf_text_clean_dup(host, 120);
	lf_free(host);
	return safe;
}

char *chart_challenge_get(const char *challenge, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = challenge; *p;) {
		const char *from;
		struct lf_str value = {0};
		bool hit;

		p += strspn(p, " ,\t");
		from = p;
		p += strcspn(p, "= ,\t");
		hit = (size_t)(p - from) == n && !strncasecmp(from, name, n) && *p == '=';
		if (*p != '=')
			continue;
		p++;
		if (*p == '"') {
			for (p++; *p && *p != '"'; p++) {
				if (*p == '\\' && p[1])
					p++;
				lf_str_add_char(&value, *p);
			}
			p += *p == '"';
		} else {
			size_t length = strcspn(p, " ,\t");

			lf_str_add_n(&value, p, length);
			p += length;
		}
		if (hit)
			return lf_str_take(&value);
		lf_str_dispose(&value);
	}
	return NULL;
}

static void add_encoded(struct lf_str *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~", *text))
			lf_str_add_char(out, *text);
		else
			lf_str_addf(out, "%%%02X", (unsigned char)*text);
	}
}

void chart_fetch_reset(struct lf_chart_job *job)
{
	lf_str_dispose(&job->body);
	lf_str_dispose(&job->challenge);
	lf_str_dispose(&job->headers);
	if (job->fd >= 0)
		(void)close(job->fd);
	job->fd = -1;
}

static int fail_status(struct lf_error *err, const struct lf_chart_job *job)
{
	bool oci = lf_chart_is_oci(job->url), is_index = job->is_file;
	char *host = chart_host_of(job->address), *chart = lf_text_clean_dup(job->chart, 100);
	enum lf_code code = LF_EREFUSED;

	if (job->status == 401) {
		code = LF_EAUTH;
		(void)lf_fail(err, code, "chart.fetch", 401, !job->tried_login || !job->credential.user ? "%s wants a login"
							: job->login_number	      ? "%s does not take the login that was typed"
										      : "%s does not take the login that is stored for it",
			      host);
		if (oci)
			lf_hint(err, "Sign in with: helm registry login %s (or docker login %s). Read are ~/.config/helm/registry/config.json, ~/.docker/config.json and the helpers they name. "
				     "Then look again (F5).", host, host);
		else
			lf_hint(err, "Sign in with: helm repo add NAME URL --username USER. Then look again (F5): ~/.config/helm/repositories.yaml is read.");
	} else if (job->status == 403) {
		code = LF_EFORBIDDEN;
		(void)lf_fail(err, code, "chart.fetch", 403, "%s does not let you read this", host);
		lf_hint(err, oci ? "Is the chart's name right, and may your account pull it?" : "Ask whoever runs the repository, or sign in with \"helm repo add\".");
	} else if (job->status == 404 && is_index) {
		code = LF_ENOTFOUND;
		(void)lf_fail(err, code, "chart.fetch", 404, "%s has no index.yaml at this address", host);
		lf_hint(err, "Give the folder that holds it, as \"helm repo add\" takes it. A registry needs oci:// in front.");
	} else if (job->status == 404) {
		code = LF_ENOTFOUND;
		(void)lf_fail(err, code, "chart.fetch", 404, "%s does not have %s", host, *chart ? chart : "this");
		lf_hint(err, "Check the name and the version.");
	} else if (job->status == 429) {
		code = LF_ENET;
		(void)lf_fail(err, code, "chart.fetch", 429, "%s asks for fewer requests", host);
		lf_hint(err, "Wait a minute, then look again (F5). Signing in often helps.");
	} else {
		(void)lf_fail(err, code, "chart.fetch", job->status, "%s answers with status %d", host, job->status);
		lf_hint(err, job->status >= 500 ? "The server is in trouble: look again later (F5)." : "Check the address.");
	}
	lf_free(chart);
	lf_free(host);
	return code;
}

static int fail_size(struct lf_error *err, const struct lf_chart_job *job)
{
	int code = lf_fail(err, LF_ELIMIT, "chart.fetch", 0, "%s of %s is larger than %zu MiB", job->is_file ? "the index" : "the answer", job->host, job->limit >> 20);

	lf_hint(err, "That is more than is read here. The chart, its version and its values can be typed.");
	return code;
}

static int on_head(const struct lf_http_head *head, void *payload)
{
	struct lf_chart_job *job = payload;

	job->status = head->status;
	job->is_html = !strncasecmp(head->content_type, "text/html", 9) || !strncasecmp(head->content_type, "application/xhtml", 17);
	lf_str_truncate(&job->challenge, 0);
	lf_str_truncate(&job->headers, 0);
	lf_str_truncate(&job->body, 0);
	lf_str_add(&job->challenge, head->challenge);
	lf_str_add(&job->headers, head->headers);
	job->received = 0;
	job->too_large = head->status == 200 && head->length >= 0 && (uint64_t)head->length > job->limit;
	return job->too_large;
}

static int write_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		bytes += n;
		length -= (size_t)n;
	}
	return 0;
}

static int on_data(const char *bytes, size_t length, void *payload)
{
	struct lf_chart_job *job = payload;

	if (job->status != 200)
		return 0; /* its words are a server's business */
	job->received += length;
	job->too_large = job->received > job->limit;
	if (job->too_large)
		return 1;
	if (!job->is_file || job->asks_token) {
		lf_str_add_n(&job->body, bytes, length);
		return 0;
	}
	job->unwritable = write_all(job->fd, bytes, length) != 0;
	return job->unwritable;
}

static void ask_server(struct lf_chart_job *job);

static void finish(struct lf_chart_job *job, const struct lf_error *err)
{
	struct lf_error failed = {0};

	if (job->too_large) {
		(void)fail_size(&failed, job);
	} else if (job->unwritable) {
		(void)lf_fail(&failed, LF_EIO, "chart.fetch", errno, "the index could not be kept while it is read: the disk is full or not writable");
		lf_hint(&failed, "Make room below $XDG_CACHE_HOME or in %s.", P_tmpdir);
	} else if (err) {
		failed = *err;
	} else if (job->status != 200) {
		(void)fail_status(&failed, job);
	}
	job->fetched(job, failed.code ? &failed : NULL);
}

/* The answer of the realm: a token for what was asked first. */
static void token_done(struct lf_chart_job *job, const struct lf_error *err)
{
	struct lf_node *answer = NULL;
	const char *token;

	job->asks_token = false;
	if (!err && job->status == 200 && !job->too_large && !lf_json_parse(&answer, lf_str_text(&job->body), job->body.length, NULL)) {
		token = lf_node_text(answer, "token");
		if (!*token)
			token = lf_node_text(answer, "access_token");
		if (*token)
			job->bearer = lf_secret_new(token, strlen(token));
	}
	lf_node_free(answer);
	lf_wipe(job->body.data, job->body.length);
	lf_str_truncate(&job->body, 0);
	if (job->bearer) {
		ask_server(job);
		return;
	}
	if (!err || job->too_large)
		job->status = job->status == 403 ? 403 : 401;
	job->too_large = false;
	/* Some realms say "forbidden" to whoever has not signed in. */
	if (!err && (job->status == 401 || !job->credential.user) && chart_login_next(job))
		return;
	finish(job, err);
}

static void on_done(const struct lf_error *err, void *payload);

static int start_call(struct lf_chart_job *job, const char *url, bool with_login, struct lf_error *err)
{
	const struct lf_http_handler handler = {.head = on_head, .data = on_data, .done = on_done, .payload = job};
	const char *headers[2] = {job->asks_token ? NULL : job->accept, NULL};
	struct lf_http_request request = {.method = "GET",
					  .url = url,
					  .headers = headers[0] ? headers : NULL,
					  .stall_timeout_ms = STALL_MS,
					  .total_timeout_ms = TOTAL_MS,
					  .follow_redirects = true,
					  .compressed = true};

	if (with_login && job->bearer && !job->asks_token) {
		request.bearer = job->bearer;
	} else if (with_login && job->credential.user) {
		request.user = job->credential.user;
		request.password = job->credential.password;
	}
	job->status = 0;
	job->too_large = job->unwritable = false;
	return job->client->module->start(&job->call, job->client->http, &request, &handler, err);
}

static bool ask_token(struct lf_chart_job *job, struct lf_error *err)
{
	const char *challenge = job->wanted, *bearer = strcasestr(challenge, "bearer ");
	char *realm = bearer ? chart_challenge_get(bearer + strlen("bearer "), "realm") : NULL;
	char *service = bearer ? chart_challenge_get(bearer + strlen("bearer "), "service") : NULL;
	char *scope = bearer ? chart_challenge_get(bearer + strlen("bearer "), "scope") : NULL;
	bool plain = lf_starts_with(job->address, "http://"), good;
	struct lf_str url = {0};

	/* A registry over https cannot send a password over plain http. */
	good = realm && (lf_starts_with(realm, "https://") || (plain && lf_starts_with(realm, "http://")));
	if (good) {
		lf_str_addf(&url, "%s%c", realm, strchr(realm, '?') ? '&' : '?');
		if (service) {
			lf_str_add(&url, "service=");
			add_encoded(&url, service);
			lf_str_add_char(&url, '&');
		}
		lf_str_add(&url, "scope=");
		add_encoded(&url, scope ? scope : "");
		job->asks_token = true;
		good = start_call(job, lf_str_text(&url), true, err) == LF_OK;
		job->asks_token = good;
	}
	lf_str_dispose(&url);
	lf_free(realm);
	lf_free(service);
	lf_free(scope);
	return good;
}

void chart_fetch_login(struct lf_chart_job *job)
{
	struct lf_error err = {0};

	lf_secret_free(job->bearer);
	job->bearer = NULL;
	if (strcasestr(job->wanted, "bearer ") && ask_token(job, &err))
		return;
	if (job->credential.user && !err.code)
		ask_server(job);
	else if (err.code || !chart_login_next(job))
		finish(job, err.code ? &err : NULL); /* 401 */
}

void chart_fetch_declined(struct lf_chart_job *job)
{
	finish(job, NULL);
}

static void login_found(struct lf_chart_job *job, struct chart_work *work)
{
	if (work->found) {
		job->credential = work->credential;
		memset(&work->credential, 0, sizeof(work->credential));
	}
	chart_fetch_login(job);
}

static void login_run(struct chart_work *work)
{
	work->found = chart_credential_find(&work->credential, work->host, work->url);
}

static bool is_same_host(const struct lf_chart_job *job)
{
	char *host = chart_host_of(job->address);
	bool same = !strcasecmp(host, job->host);

	lf_free(host);
	return same;
}

static void on_done(const struct lf_error *err, void *payload)
{
	struct lf_chart_job *job = payload;
	struct chart_work *work;

	job->call = NULL;
	if (job->asks_token) {
		token_done(job, err);
		return;
	}
	if (err || job->status != 401 || !is_same_host(job)) {
		finish(job, err);
		return;
	}
	lf_set(&job->wanted, lf_str_text(&job->challenge));
	if (job->tried_login) {
		if (!chart_login_next(job))
			finish(job, NULL);
		return;
	}
	job->tried_login = true;
	if (chart_login_take(job)) { /* the user gave one for this host before */
		chart_fetch_login(job);
		return;
	}
	work = chart_work_new(job, login_run, login_found);
	work->host = lf_dup(job->host);
	work->url = lf_chart_is_oci(job->url) ? NULL : lf_dup(job->url);
	chart_work_start(work);
}

static void late_run(struct chart_work *work)
{
	(void)work;
}

static void late(struct lf_chart_job *job, struct chart_work *work)
{
	struct lf_error err = work->err;

	job->fetched(job, &err);
}

static void ask_server(struct lf_chart_job *job)
{
	struct lf_error err = {0};
	struct chart_work *work;

	if (job->is_file && job->fd < 0)
		(void)lf_fail(&err, LF_EIO, "chart.fetch", 0, "there is no place for the index while it is read");
	else if (!start_call(job, job->address, is_same_host(job), &err))
		return;
	/* Never from inside of the caller's own call. */
	work = chart_work_new(job, late_run, late);
	work->err = err;
	chart_work_start(work);
}

void chart_fetch(struct lf_chart_job *job, const char *address, const char *accept, size_t limit, bool is_file,
		 void (*fetched)(struct lf_chart_job *job, const struct lf_error *err))
{
	lf_set(&job->address, address);
	lf_set(&job->accept, accept);
	job->limit = limit;
	job->is_file = is_file;
	job->fetched = fetched;
	lf_str_truncate(&job->body, 0);
	ask_server(job);
}
