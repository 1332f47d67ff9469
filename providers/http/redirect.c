/* redirect: where an answer may send us: at most five times, never from https to http, and no credential goes to another host. Done here and not by libcurl,
 * which cannot tell one header of the caller's from another. */
#include "config.h"
#include "providers/http/internal.h"

#include <string.h>
#include <strings.h>

#include "core/mem.h"

struct origin {
	char *scheme, *host, *port;
};

static bool read_origin(struct origin *out, CURLU *url)
{
	return curl_url_get(url, CURLUPART_SCHEME, &out->scheme, 0) == CURLUE_OK &&
	       curl_url_get(url, CURLUPART_HOST, &out->host, 0) == CURLUE_OK &&
	       curl_url_get(url, CURLUPART_PORT, &out->port, CURLU_DEFAULT_PORT) == CURLUE_OK;
}

static void dispose_origin(struct origin *origin)
{
	curl_free(origin->scheme);
	curl_free(origin->host);
	curl_free(origin->port);
}

/* The same server, or the same host where it moved from plain to TLS on the default ports. */
static bool same_origin(const struct origin *from, const struct origin *to)
{
	if (strcasecmp(from->host, to->host) != 0)
		return false;
	if (!strcasecmp(from->scheme, to->scheme))
		return !strcmp(from->port, to->port);
	return !strcasecmp(to->scheme, "https") && !strcmp(from->port, "80") && !strcmp(to->port, "443");
}

static bool is_web(const char *scheme)
{
	return !strcasecmp(scheme, "http") || !strcasecmp(scheme, "https");
}

static int refuse(struct lf_error *err, const char *from, const char *to, const char *why)
{
	char *from_host = http_host_of(from), *to_host = http_host_of(to);
	int rc = lf_fail(err, LF_ERROR, "http", 0, "%s sends us on to %s, %s", from_host, to_host, why);

	lf_hint(err, "Use the final address itself, if you trust it.");
	lf_free(from_host);
	lf_free(to_host);
	return rc;
}

static int follow(struct lf_http_call *call, const char *location, struct lf_error *err)
{
	CURLU *old = curl_url(), *new = curl_url();
	struct origin from = {0}, to = {0};
	char *text = NULL;
	int rc = LF_OK;

	if (!old || !new || curl_url_set(old, CURLUPART_URL, call->url, 0) ||
	    curl_url_set(new, CURLUPART_URL, location, CURLU_NON_SUPPORT_SCHEME) || !read_origin(&from, old) ||
	    curl_url_get(new, CURLUPART_SCHEME, &to.scheme, 0) || !is_web(to.scheme)) {
		rc = refuse(err, call->url, location, "which is no web address");
		goto out;
	}
	curl_free(to.scheme);
	to.scheme = NULL;
	/* Nobody gives us credentials by a redirect. */
	(void)curl_url_set(new, CURLUPART_USER, NULL, 0);
	(void)curl_url_set(new, CURLUPART_PASSWORD, NULL, 0);
	if (!read_origin(&to, new) || curl_url_get(new, CURLUPART_URL, &text, 0)) {
		rc = refuse(err, call->url, location, "which is no web address");
	} else if (!strcasecmp(from.scheme, "https") && strcasecmp(to.scheme, "https") != 0) {
		rc = refuse(err, call->url, location, "which is not encrypted");
	} else if (call->hops >= HTTP_REDIRECTS) {
		rc = refuse(err, call->url, location, "one time too many");
	} else {
		call->hops++;
		call->trusted = call->trusted && same_origin(&from, &to);
		lf_set(&call->url, text);
	}
out:
	dispose_origin(&from);
	dispose_origin(&to);
	curl_free(text);
	curl_url_cleanup(old);
	curl_url_cleanup(new);
	return rc;
}

bool http_call_redirect(struct lf_http_call *call, CURLcode code, struct lf_error *err)
{
	char *location = NULL;

	if (code != CURLE_OK || !call->moving || call->verdict != HTTP_PENDING)
		return false;
	(void)curl_easy_getinfo(call->easy, CURLINFO_REDIRECT_URL, &location);
	return location && follow(call, location, err) == LF_OK;
}
