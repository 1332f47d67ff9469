/* call: what one request is made of: checked, copied, wiped. Knows no socket. */
#include "config.h"
#include "providers/http/internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/text.h"

static bool is_line(const char *text)
{
	for (; text && *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

static bool is_method(const char *method)
{
	return method && *method && strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(method);
}

static bool has_part(CURLU *url, CURLUPart part)
{
	char *text = NULL;
	bool there = curl_url_get(url, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return there;
}

static int check_url(const char *text, struct lf_error *err)
{
	CURLU *url = curl_url();
	bool fine = url && text && is_line(text) && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK;
	bool secret = fine && (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD));
	char *clean = NULL;
	int rc = LF_OK;

	fine = fine && (!strncasecmp(text, "http://", 7) || !strncasecmp(text, "https://", 8));
	if (secret) {
		rc = lf_fail(err, LF_EINVAL, "http", 0, "an address must not hold a user name or password");
		lf_hint(err, "Remove what stands before the @, and give credentials where they are asked for.");
	} else if (!fine) {
		clean = lf_text_clean_dup(text ? text : "", 120);
		rc = lf_fail(err, LF_EINVAL, "http", 0, "\"%s\" is not an address that can be reached over HTTP", clean);
		lf_hint(err, "It should look like https://host/path.");
	}
	lf_free(clean);
	curl_url_cleanup(url);
	return rc;
}

int http_call_check(const struct lf_http_request *request, struct lf_error *err)
{
	const char *const *header;

	if (!is_method(request->method))
		return lf_fail(err, LF_EINVAL, "http", 0, "the request has no method");
	for (header = request->headers; header && *header; header++)
		if (!is_line(*header) || !strchr(*header, ':'))
			return lf_fail(err, LF_EINVAL, "http", 0, "a header of the request is not one line");
	if ((request->bearer && !is_line(lf_secret_bytes(request->bearer))) ||
	    (request->password && !is_line(lf_secret_bytes(request->password))) || !is_line(request->user) ||
	    (request->user && strchr(request->user, ':'))) {
		int rc = lf_fail(err, LF_EINVAL, "http", 0, "the credentials hold characters that cannot be sent");

		lf_hint(err, "A token or password is one line; a user name has no colon.");
		return rc;
	}
	return check_url(request->url, err);
}

static void copy_headers(struct lf_http_call *call, const char *const *headers)
{
	size_t i;

	while (headers && headers[call->header_count])
		call->header_count++;
	call->headers = lf_alloc(call->header_count + 1, sizeof(*call->headers));
	for (i = 0; i < call->header_count; i++)
		call->headers[i] = lf_dup(headers[i]);
}

struct lf_http_call *http_call_new(struct lf_http *http, const struct lf_http_request *request, const struct lf_http_handler *handler)
{
	struct lf_http_call *call = lf_alloc(1, sizeof(*call));

	call->http = http;
	call->handler = *handler;
	call->method = lf_dup(request->method);
	call->url = lf_dup(request->url);
	call->proxy = lf_dup(request->proxy);
	copy_headers(call, request->headers);
	if (request->body) {
		call->body = lf_dup_n(request->body, request->body_length);
		call->body_length = request->body_length;
	}
	if (request->tls) {
		call->ca_pem = lf_dup(request->tls->ca_pem);
		call->ca_file = lf_dup(request->tls->ca_file);
		call->ca_folder = lf_dup(request->tls->ca_folder);
		call->pinned_key = lf_dup(request->tls->pinned_key);
		call->certificate_pem = lf_dup(request->tls->certificate_pem);
		call->server_name = lf_dup(request->tls->server_name);
		call->key_pem = lf_secret_dup(request->tls->key_pem);
		call->insecure = request->tls->insecure;
	}
	call->user = lf_dup(request->user);
	call->bearer = lf_secret_dup(request->bearer);
	call->password = lf_secret_dup(request->password);
	call->follow_redirects = request->follow_redirects;
	call->compressed = request->compressed;
	call->http1 = request->http1;
	call->cookie_file = lf_dup(request->cookie_file);
	call->connect_timeout_ms = request->connect_timeout_ms > 0 ? request->connect_timeout_ms : HTTP_CONNECT_MS;
	call->stall_timeout_ms = request->stall_timeout_ms ? request->stall_timeout_ms : HTTP_STALL_MS;
	call->total_timeout_ms = request->total_timeout_ms;
	call->trusted = true;
	return call;
}

/* Headers and bodies may hold tokens. */
static void free_wiped(char *text, size_t length)
{
	lf_wipe(text, length);
	lf_free(text);
}

static void free_wiped_list(struct curl_slist *list)
{
	struct curl_slist *item;

	for (item = list; item; item = item->next)
		lf_wipe(item->data, strlen(item->data));
	curl_slist_free_all(list);
}

void http_call_reset(struct lf_http_call *call)
{
	curl_easy_cleanup(call->easy);
	call->easy = NULL;
	free_wiped_list(call->sent_headers);
	call->sent_headers = NULL;
	curl_slist_free_all(call->connect_to);
	call->connect_to = NULL;
	call->detail[0] = '\0';
	call->connected = call->headed = call->located = call->moving = false;
	call->header_bytes = 0;
	call->moved = 0;
	lf_str_truncate(&call->challenge, 0);
	lf_str_truncate(&call->lines, 0);
}

void http_call_free(struct lf_http_call *call)
{
	size_t i;

	if (!call)
		return;
	http_call_reset(call);
	for (i = 0; i < call->header_count; i++)
		free_wiped(call->headers[i], strlen(call->headers[i]));
	lf_free(call->headers);
	free_wiped(call->body, call->body_length);
	lf_free(call->method);
	lf_free(call->url);
	lf_free(call->proxy);
	lf_free(call->ca_pem);
	lf_free(call->ca_file);
	lf_free(call->ca_folder);
	lf_free(call->pinned_key);
	lf_free(call->cookie_file);
	lf_free(call->certificate_pem);
	lf_free(call->server_name);
	lf_free(call->user);
	lf_secret_free(call->key_pem);
	lf_secret_free(call->bearer);
	lf_secret_free(call->password);
	lf_str_dispose(&call->challenge);
	lf_str_dispose(&call->lines);
	lf_free(call);
}
