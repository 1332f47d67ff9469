/* transfer: one request as a libcurl easy handle: its options, what its bytes become, and where a redirect may lead. Owns the rules of safety: protocols, trust,
 * which host may see credentials. */
#include "config.h"
#include "providers/http/internal.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "core/mem.h"

/* Our own sockets: they end with exec, and the kernel notices a peer that is gone within about half a minute. */
static curl_socket_t open_socket(void *payload, curlsocktype purpose, struct curl_sockaddr *address)
{
	int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
	const int yes = 1, idle_s = 20, interval_s = 5, probes = 3, unacknowledged_ms = 30000;

	(void)payload;
	(void)purpose;
	if (fd < 0)
		return CURL_SOCKET_BAD;
	if (address->socktype == SOCK_STREAM && (address->family == AF_INET || address->family == AF_INET6)) {
		(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof(yes));
		(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
		(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval_s, sizeof(interval_s));
		(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
		(void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms, sizeof(unacknowledged_ms));
	}
	return fd;
}

static int on_connected(void *payload, char *peer, char *local, int peer_port, int local_port)
{
	struct lf_http_call *call = payload;

	(void)peer;
	(void)local;
	(void)peer_port;
	(void)local_port;
	call->connected = true;
	call->active_ms = uv_now(call->http->loop);
	http_watch_stalls(call->http);
	return call->dead ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
}

/* Sees bytes both ways, compressed as they were. */
static int on_moved(void *payload, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
	struct lf_http_call *call = payload;

	(void)down_total;
	(void)up_total;
	if (down + up != call->moved) {
		call->moved = down + up;
		call->active_ms = uv_now(call->http->loop);
	}
	return call->dead;
}

static bool is_redirect(const struct lf_http_call *call, long status)
{
	bool reads = !strcmp(call->method, "GET") || !strcmp(call->method, "HEAD");

	/* 301 and 302 of anything that writes is for the caller to see: browsers would silently make a GET of it. */
	return status == 307 || status == 308 || ((status == 301 || status == 302 || status == 303) && reads);
}

static int finish_head(struct lf_http_call *call)
{
	struct lf_http_head head = {.retry_after_ms = -1};
	curl_off_t length = -1, retry_s = 0;
	char *type = NULL;
	long status = 0;

	(void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200)
		return 0; /* 100 Continue and its like: another head follows */
	call->headed = true;
	if (call->follow_redirects && call->located && is_redirect(call, status)) {
		call->moving = true;
		return 0;
	}
	(void)curl_easy_getinfo(call->easy, CURLINFO_CONTENT_TYPE, &type);
	(void)curl_easy_getinfo(call->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	(void)curl_easy_getinfo(call->easy, CURLINFO_RETRY_AFTER, &retry_s);
	head.status = (int)status;
	head.content_type = type ? type : "";
	head.effective_url = call->url;
	head.challenge = lf_str_text(&call->challenge);
	head.headers = lf_str_text(&call->lines);
	if (retry_s > 0)
		head.retry_after_ms = (retry_s < 86400 ? retry_s : 86400) * 1000;
	head.length = length;
	return call->handler.head ? call->handler.head(&head, call->handler.payload) : 0;
}

/* Whether LINE is the header NAME ("name:"); then VALUE and LENGTH are its trimmed value. */
static bool match_header(const char *name, const char *line, const char **value, size_t *length)
{
	size_t n = strlen(name);

	if (*length < n || strncasecmp(line, name, n) != 0)
		return false;
	*value = line + n;
	*length -= n;
	while (*length && (**value == ' ' || **value == '\t')) {
		(*value)++;
		(*length)--;
	}
	while (*length && (unsigned char)(*value)[*length - 1] <= ' ')
		(*length)--;
	return true;
}

static void read_header(struct lf_http_call *call, const char *line, size_t length)
{
	const char *value;

	if (length >= 5 && !strncmp(line, "HTTP/", 5)) {
		lf_str_truncate(&call->challenge, 0);
		lf_str_truncate(&call->lines, 0);
		call->located = false;
		return;
	}
	lf_str_add_n(&call->lines, line, length);
	if (match_header("location:", line, &value, &length)) {
		call->located = true; /* libcurl resolves it when the answer is complete */
	} else if (match_header("www-authenticate:", line, &value, &length)) {
		if (call->challenge.length)
			lf_str_add(&call->challenge, ", ");
		lf_str_add_n(&call->challenge, value, length);
	}
}

static size_t on_header(char *line, size_t size, size_t count, void *payload)
{
	struct lf_http_call *call = payload;
	size_t length = size * count;

	call->active_ms = uv_now(call->http->loop);
	call->http->received += length;
	call->header_bytes += length;
	if (call->dead)
		return 0;
	if (call->header_bytes > HTTP_HEADERS_LIMIT) {
		call->verdict = HTTP_FLOODED;
		return 0;
	}
	if (call->headed)
		return length; /* trailers */
	read_header(call, line, length);
	if (length == 0 || line[0] == '\r' || line[0] == '\n') {
		if (finish_head(call) && !call->dead)
			call->verdict = HTTP_STOPPED;
	}
	return call->dead || call->verdict == HTTP_STOPPED ? 0 : length;
}

static size_t on_data(char *bytes, size_t size, size_t count, void *payload)
{
	struct lf_http_call *call = payload;
	size_t length = size * count;

	call->active_ms = uv_now(call->http->loop);
	call->http->received += length;
	if (call->dead)
		return 0;
	if (call->moving)
		return length;
	if (call->handler.data && call->handler.data(bytes, length, call->handler.payload) && !call->dead)
		call->verdict = HTTP_STOPPED;
	return call->dead || call->verdict == HTTP_STOPPED ? 0 : length;
}

static bool has_header(const struct lf_http_call *call, const char *name)
{
	size_t i, length = strlen(name);

	for (i = 0; i < call->header_count; i++)
		if (!strncasecmp(call->headers[i], name, length) && call->headers[i][length] == ':')
			return true;
	return false;
}

/* Which of the caller's headers another host may see: none that could be a credential. */
static bool is_harmless(const char *header)
{
	return !strncasecmp(header, "Accept:", 7) || !strncasecmp(header, "Content-Type:", 13) ||
	       !strncasecmp(header, "Git-Protocol:", 13) || !strncasecmp(header, "User-Agent:", 11);
}

static void add_header(struct lf_http_call *call, const char *line)
{
	struct curl_slist *grown = curl_slist_append(call->sent_headers, line);

	if (grown)
		call->sent_headers = grown;
}

static void add_headers(struct lf_http_call *call)
{
	size_t i;
	char *line;

	for (i = 0; i < call->header_count; i++)
		if (call->trusted || is_harmless(call->headers[i]))
			add_header(call, call->headers[i]);
	if (!has_header(call, "Expect"))
		add_header(call, "Expect:");
	if (!has_header(call, "Content-Type"))
		add_header(call, "Content-Type:"); /* libcurl would say it is a web form */
	if (call->trusted && call->bearer) {
		line = lf_format("Authorization: Bearer %s", lf_secret_bytes(call->bearer));
		add_header(call, line);
		lf_wipe(line, strlen(line));
		lf_free(line);
	}
	(void)curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->sent_headers);
}

static void set_method(struct lf_http_call *call)
{
	if (!strcmp(call->method, "HEAD")) {
		(void)curl_easy_setopt(call->easy, CURLOPT_NOBODY, 1L);
		return;
	}
	if (call->body || !strcmp(call->method, "POST") || !strcmp(call->method, "PUT") || !strcmp(call->method, "PATCH")) {
		(void)curl_easy_setopt(call->easy, CURLOPT_POST, 1L);
		(void)curl_easy_setopt(call->easy, CURLOPT_POSTFIELDS, call->body ? call->body : "");
		(void)curl_easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body_length);
	}
	(void)curl_easy_setopt(call->easy, CURLOPT_CUSTOMREQUEST, call->method);
}

static void set_blob(CURL *easy, CURLoption option, const char *pem, size_t length)
{
	struct curl_blob blob;

	blob.data = (void *)(uintptr_t)pem;
	blob.len = length;
	blob.flags = CURL_BLOB_NOCOPY; /* the call outlives its handle */
	(void)curl_easy_setopt(easy, option, &blob);
}

static void set_trust(struct lf_http_call *call)
{
	CURL *easy = call->easy;

	(void)curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (call->insecure && call->trusted) {
		(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
		(void)curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
	} else if (call->ca_pem) {
		set_blob(easy, CURLOPT_CAINFO_BLOB, call->ca_pem, strlen(call->ca_pem));
		/* Or the system's folder of authorities would be trusted as well. */
		(void)curl_easy_setopt(easy, CURLOPT_CAINFO, NULL);
		(void)curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
	} else if (call->ca_file || call->ca_folder) {
		(void)curl_easy_setopt(easy, CURLOPT_CAINFO, call->ca_file);
		(void)curl_easy_setopt(easy, CURLOPT_CAPATH, call->ca_folder);
	}
	if (call->pinned_key && call->trusted)
		(void)curl_easy_setopt(easy, CURLOPT_PINNEDPUBLICKEY, call->pinned_key);
	if (call->cookie_file)
		(void)curl_easy_setopt(easy, CURLOPT_COOKIEFILE, call->cookie_file);
	if (call->certificate_pem && call->key_pem && call->trusted) {
		set_blob(easy, CURLOPT_SSLCERT_BLOB, call->certificate_pem, strlen(call->certificate_pem));
		set_blob(easy, CURLOPT_SSLKEY_BLOB, lf_secret_bytes(call->key_pem), lf_secret_length(call->key_pem));
	}
}

/* Asks the URL's host for another name: the URL gets that name, so that SNI and the check of the certificate follow, the connection goes to the real host. */
static int set_server_name(struct lf_http_call *call, struct lf_error *err)
{
	CURLU *url = curl_url();
	char *host = NULL, *port = NULL, *line = NULL, *renamed = NULL;
	int rc = LF_OK;

	if (!url || curl_url_set(url, CURLUPART_URL, call->url, 0) || curl_url_get(url, CURLUPART_HOST, &host, 0) ||
	    curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) || curl_url_set(url, CURLUPART_HOST, call->server_name, 0) ||
	    curl_url_get(url, CURLUPART_URL, &renamed, 0)) {
		rc = lf_fail(err, LF_EINVAL, "http", 0, "the server name for TLS is not a host name");
		lf_hint(err, "tls-server-name in the kubeconfig takes a DNS name like kubernetes.default.");
		goto out;
	}
	line = lf_format("%s:%s:%s:%s", call->server_name, port, host, port);
	call->connect_to = curl_slist_append(NULL, line);
	(void)curl_easy_setopt(call->easy, CURLOPT_CONNECT_TO, call->connect_to);
	(void)curl_easy_setopt(call->easy, CURLOPT_URL, renamed);
	lf_free(line);
	line = lf_format("Host: %s:%s", host, port);
	add_header(call, line);
	(void)curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->sent_headers);
out:
	lf_free(line);
	curl_free(renamed);
	curl_free(port);
	curl_free(host);
	curl_url_cleanup(url);
	return rc;
}

static void set_proxy(struct lf_http_call *call)
{
	if (!call->proxy)
		return; /* libcurl reads the environment */
	(void)curl_easy_setopt(call->easy, CURLOPT_PROXY, call->proxy);
	(void)curl_easy_setopt(call->easy, CURLOPT_NOPROXY, "");
}

static void set_limits(struct lf_http_call *call)
{
	CURL *easy = call->easy;

	(void)curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* cancelling must not wait for the resolver's thread */
	(void)curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)call->connect_timeout_ms);
	if (call->total_timeout_ms > 0)
		(void)curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)call->total_timeout_ms);
	(void)curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	(void)curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	(void)curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)(call->http1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS));
	/* Requests share a connection where TLS negotiates HTTP/2. Without TLS, waiting to see would mean waiting for the answer before. */
	(void)curl_easy_setopt(easy, CURLOPT_PIPEWAIT, strncasecmp(call->url, "https:", 6) ? 0L : 1L);
}

static void set_callbacks(struct lf_http_call *call)
{
	CURL *easy = call->easy;

	(void)curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
	(void)curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->detail);
	(void)curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
	(void)curl_easy_setopt(easy, CURLOPT_PREREQDATA, call);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
	(void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
	(void)curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	(void)curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_moved);
	(void)curl_easy_setopt(easy, CURLOPT_XFERINFODATA, call);
}

int http_call_prepare(struct lf_http_call *call, struct lf_error *err)
{
	CURL *easy;

	if (call->easy)
		return LF_OK;
	call->easy = easy = curl_easy_init();
	if (!easy)
		return lf_fail(err, LF_ERROR, "http", 0, "the request cannot be started");
	set_limits(call);
	set_callbacks(call);
	(void)curl_easy_setopt(easy, CURLOPT_URL, call->url);
	(void)curl_easy_setopt(easy, CURLOPT_USERAGENT, call->http->agent);
	if (call->compressed)
		(void)curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	if (call->http->distrust) {
		(void)curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
		call->http->distrust = false;
	}
	set_method(call);
	add_headers(call);
	set_trust(call);
	set_proxy(call);
	if (call->trusted && call->user && call->password) {
		(void)curl_easy_setopt(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
		(void)curl_easy_setopt(easy, CURLOPT_USERNAME, call->user);
		(void)curl_easy_setopt(easy, CURLOPT_PASSWORD, lf_secret_bytes(call->password));
	}
	if (call->trusted && call->server_name)
		return set_server_name(call, err);
	return LF_OK;
}
