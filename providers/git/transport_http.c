/* transport_http: Git's smart protocol over the HTTP client. Owns what a status means, signing in after a
 * 401, and the one redirect that is followed: of the first request, which carries nothing but a question.
 * Plain ("dumb") HTTP is not spoken. */
#include "config.h"
#include "providers/git/wire.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/text.h"
#include "providers/git/credential.h"
#include "providers/git/job.h"
#include "providers/git/words.h"

enum { SAID_LIMIT = 1024, STALL_MS = 60000, LOGIN_TRIES = 6, HEADERS_MOST = 20 };

struct http_wire {
	struct lf_git_wire wire; /* first */
	char *base;              /* URL of the repository, without a slash at the end */
	struct lf_git_url url;   /* of base, for credentials */
	struct lf_http_call *call;
	bool is_post;
	struct lf_str body;               /* kept until the answer begins: a 401 asks for it again */
	const struct lf_git_login *login; /* the vault's */
	int tries;

	/* of the answer under way */
	int status;
	bool good; /* the bytes are Git's */
	bool is_plain, is_html;
	struct lf_str said; /* the beginning of another body */
};

static const char *service_name(const struct lf_git_wire *wire)
{
	return wire->service == LF_GIT_RECEIVE ? "git-receive-pack" : "git-upload-pack";
}

static void start(struct http_wire *http);

static void end(struct http_wire *http, const struct lf_error *err)
{
	http->wire.handler.end(err, http->wire.handler.payload); /* may free the wire */
}

/* The answer's type without parameters. */
static bool type_is(const char *type, const char *wanted)
{
	size_t n = strcspn(type, "; \t");

	return n == strlen(wanted) && !strncasecmp(type, wanted, n);
}

/* After a redirect the repository is where the answer came from. */
static bool follow(struct http_wire *http, const char *effective)
{
	char *tail = lf_format("/info/refs?service=%s", service_name(&http->wire)), *base;
	struct lf_git_url url;
	bool known = lf_ends_with(effective, tail);

	if (known) {
		base = lf_dup_n(effective, strlen(effective) - strlen(tail));
		if (strcmp(base, http->base) != 0) {
			known = !lf_git_url_parse(&url, base, NULL);
			if (known) {
				lf_git_url_dispose(&http->url);
				http->url = url;
				lf_set(&http->base, base);
				if (http->wire.service == LF_GIT_UPLOAD)
					lf_set(&http->wire.job->remote.moved, base);
			}
		}
		lf_free(base);
	}
	lf_free(tail);
	return known;
}

static int on_head(const struct lf_http_head *head, void *payload)
{
	struct http_wire *http = payload;
	char *wanted = lf_format("application/x-%s-%s", service_name(&http->wire),
	                         http->is_post ? "result" : "advertisement");

	http->status = head->status;
	http->is_html =
	    type_is(head->content_type, "text/html") || type_is(head->content_type, "application/xhtml+xml");
	http->is_plain = type_is(head->content_type, "text/plain") || !*head->content_type;
	http->good = head->status == 200 && type_is(head->content_type, wanted);
	if (!http->is_post && !follow(http, head->effective_url))
		http->good = false;
	lf_free(wanted);
	return 0;
}

static int on_data(const char *bytes, size_t length, void *payload)
{
	struct http_wire *http = payload;
	size_t room = SAID_LIMIT - http->said.length;

	if (http->good) {
		http->wire.handler.data(bytes, length, http->wire.handler.payload); /* may free the wire */
		return 0;
	}
	lf_str_add_n(&http->said, bytes, length < room ? length : room);
	return 0;
}

/* 200, and yet not Git. */
static int fail_foreign(const struct http_wire *http, struct lf_error *err)
{
	const char *said = lf_str_text(&http->said);
	int rc;

	if (http->is_html) {
		rc = lf_fail(err, LF_ENOTFOUND, "git.http", http->status,
		             "%s answers with a web page, not as a Git repository", http->url.host);
		lf_hint(err, "Give the address to clone from, as the page of the repository shows it. A "
		             "sign-in page of a proxy looks the "
		             "same.");
	} else if (!http->is_post && strspn(said, "0123456789abcdef") == LF_GIT_ID_SIZE - 1) {
		rc = lf_fail(
		    err, LF_EREFUSED, "git.http", http->status,
		    "%s offers the repository only as plain files (\"dumb HTTP\"), which cannot be pushed to",
		    http->url.host);
		lf_hint(err, "Its administrator can serve it with git http-backend. ssh works as well.");
	} else {
		rc = lf_fail(err, LF_ENOTFOUND, "git.http", http->status,
		             "%s does not answer as a Git repository", http->url.host);
		lf_hint(err, "Check the address: take the one to clone from.");
	}
	return rc;
}

static void on_login(struct lf_git_job *job, const struct lf_git_login *login, const struct lf_error *err)
{
	struct http_wire *http = (struct http_wire *)job->remote.session.wire;

	if (!http)
		return;
	if (!login) {
		end(http, err);
		return;
	}
	http->login = login;
	start(http);
}

static void on_done(const struct lf_error *err, void *payload)
{
	struct http_wire *http = payload;
	struct lf_git_job *job = http->wire.job;
	struct lf_error error = {0};

	http->call = NULL;
	if (err) {
		error = *err;
		/* The same client serves clusters: here it is Git's configuration that says such things. */
		if (error.code == LF_EAUTH && strstr(error.message, "client certificate"))
			lf_hint(&error, "Look at http.sslCert and http.sslKey of git config.");
		else if (strstr(error.message, "proxy"))
			lf_hint(&error, "Look at http.proxy of git config, and at HTTPS_PROXY and HTTP_PROXY.");
		end(http, &error);
	} else if (http->status == 401 && http->tries++ < LOGIN_TRIES) {
		lf_git_vault_get(job, &http->url, http->login, on_login);
	} else if (http->status != 200) {
		(void)lf_git_words_http(&error, &http->url, http->status,
		                        http->is_plain ? lf_str_text(&http->said) : "",
		                        http->wire.service == LF_GIT_RECEIVE);
		end(http, &error);
	} else if (!http->good) {
		(void)fail_foreign(http, &error);
		end(http, &error);
	} else {
		if (http->login)
			lf_git_vault_approve(job, http->login);
		end(http, NULL);
	}
}

static void tell_later(struct lf_git_job *job, const struct lf_error *err)
{
	if (job->remote.session.wire)
		end((struct http_wire *)job->remote.session.wire, err);
}

/* Fills HEADERS (borrowed strings); *COUNT grows. */
static void add_extra(const char **headers, size_t *count, const struct lf_git_http_settings *settings)
{
	for (size_t i = 0; i < settings->header_count && *count < HEADERS_MOST; i++)
		headers[(*count)++] = lf_secret_bytes(settings->headers[i]);
}

static int send_request(struct http_wire *http, struct lf_error *err)
{
	struct lf_git_job *job = http->wire.job;
	struct lf_git *git = job->git;
	const struct lf_http_handler handler = {
	    .head = on_head, .data = on_data, .done = on_done, .payload = http};
	struct lf_git_http_settings settings = {0};
	struct lf_http_tls tls = {0};
	const char *name = service_name(&http->wire), *headers[HEADERS_MOST + 4] = {NULL};
	char *type = lf_format("Content-Type: application/x-%s-request", name), *accept, *url, *agent;
	struct lf_http_request request = {
	    .method = http->is_post ? "POST" : "GET", .headers = headers, .stall_timeout_ms = STALL_MS};
	size_t count = 0;
	int rc;

	lf_git_settings_for(&settings, &job->remote.settings, &http->url);
	accept = lf_format("Accept: application/x-%s-%s", name, http->is_post ? "result" : "advertisement");
	url = http->is_post ? lf_format("%s/%s", http->base, name)
	                    : lf_format("%s/info/refs?service=%s", http->base, name);
	headers[count++] = accept;
	if (http->is_post)
		headers[count++] = type;
	if (http->wire.service == LF_GIT_UPLOAD && (!http->is_post || http->wire.protocol_v2))
		headers[count++] = "Git-Protocol: version=2";
	agent = settings.user_agent ? lf_format("User-Agent: %s", settings.user_agent) : NULL;
	if (agent)
		headers[count++] = agent;
	add_extra(headers, &count, &settings);
	request.url = url;
	request.body = http->is_post ? http->body.data : NULL;
	request.body_length = http->is_post ? http->body.length : 0;
	request.proxy = settings.proxy;
	request.compressed = true;
	request.follow_redirects = !http->is_post && !http->login && !settings.stays;
	request.http1 = settings.http1;
	request.cookie_file = settings.cookie_file;
	if (settings.low_speed_limit > 0 && settings.low_speed_s > 0)
		request.stall_timeout_ms = settings.low_speed_s < INT_MAX / 1000 ? settings.low_speed_s * 1000 : -1;
	tls.ca_file = settings.ca_file;
	tls.ca_folder = settings.ca_folder;
	tls.pinned_key = settings.pinned_key;
	tls.insecure = settings.insecure;
	tls.certificate_pem = settings.certificate;
	tls.key_pem = settings.key;
	request.tls = &tls;
	if (http->login) {
		request.user = lf_git_login_user(http->login);
		request.password = lf_git_login_password(http->login);
	}
	http->status = 0;
	http->good = http->is_html = http->is_plain = false;
	lf_str_truncate(&http->said, 0);
	rc = git->http_module->start(&http->call, git->http, &request, &handler, err);
	lf_free(url);
	lf_free(accept);
	lf_free(agent);
	lf_free(type);
	return rc;
}

static void start(struct http_wire *http)
{
	struct lf_git_job *job = http->wire.job;
	struct lf_git *git = job->git;
	struct lf_error error = {0};

	if (!git->http && git->http_module)
		git->http = git->http_module->new (git->loop, "git/2.0 (landfall/" PACKAGE_VERSION ")");
	if (!git->http) {
		(void)lf_fail(&error, LF_ERROR, "git.http", 0, "HTTP is not available here");
		lf_hint(&error, "Use the ssh address of the repository, or install Landfall's HTTP module.");
	} else if (!send_request(http, &error)) {
		return;
	}
	lf_git_job_later(job, tell_later, &error);
}

static void ask(struct lf_git_wire *wire, struct lf_str *body)
{
	struct http_wire *http = (struct http_wire *)wire;

	http->is_post = body != NULL;
	lf_str_dispose(&http->body);
	if (body)
		http->body = *body;
	http->tries = 0;
	start(http);
}

static void free_wire(struct lf_git_wire *wire)
{
	struct http_wire *http = (struct http_wire *)wire;

	lf_git_vault_forget(wire->job);
	if (http->call && wire->job->git->http)
		wire->job->git->http_module->cancel(http->call);
	lf_str_dispose(&http->body);
	lf_str_dispose(&http->said);
	lf_git_url_dispose(&http->url);
	lf_free(http->base);
	lf_free(http);
}

static void hold(struct lf_git_wire *wire, bool on)
{
	struct http_wire *http = (struct http_wire *)wire;

	if (http->call)
		wire->job->git->http_module->hold(http->call, on);
}

static const struct lf_git_wire_kind http_kind = {.stateless = true, .ask = ask, .free = free_wire, .hold = hold};

struct lf_git_wire *lf_git_http_new(struct lf_git_job *job, enum lf_git_service service,
                                    const struct lf_git_wire_handler *handler)
{
	struct http_wire *http = lf_alloc(1, sizeof(*http));
	const struct lf_git_remote *remote = &job->remote;
	const struct lf_git_url *url = service == LF_GIT_RECEIVE ? &remote->push_url : &remote->url;
	const char *base = url->canonical;

	http->wire.kind = &http_kind;
	http->wire.job = job;
	http->wire.service = service;
	http->wire.handler = *handler;
	/* Where reading was sent to, writing goes as well. */
	if (remote->moved && !strcmp(remote->url.canonical, url->canonical))
		base = remote->moved;
	http->base = lf_dup(base);
	/* It was parsed before; a user's name of the address stays with the host it was given for. */
	if (lf_git_url_parse(&http->url, base, NULL) == LF_OK && lf_equal(http->url.host, url->host))
		lf_set(&http->url.user, url->user);
	http->login = lf_git_vault_find(job->git->vault, &http->url);
	return &http->wire;
}
