/* errors: libcurl's codes in words for a person: what went wrong, with whom, and what helps. Must not leak anything but host names and the TLS library's reason. */
#include "config.h"
#include "providers/http/internal.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/text.h"

#define X509_EXPIRED 10
#define X509_NOT_YET_VALID 9
#define X509_SELF_SIGNED_LEAF 18
#define X509_SELF_SIGNED_CHAIN 19

char *http_host_of(const char *text)
{
	CURLU *url = curl_url();
	char *host = NULL, *port = NULL, *clean;
	struct lf_str name = {0};

	if (url && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK) {
		(void)curl_url_get(url, CURLUPART_HOST, &host, 0);
		(void)curl_url_get(url, CURLUPART_PORT, &port, 0);
	}
	lf_str_add(&name, host ? host : "the server");
	if (port)
		lf_str_addf(&name, ":%s", port);
	clean = lf_text_clean_dup(lf_str_text(&name), 100);
	lf_str_dispose(&name);
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(url);
	return clean;
}

static void translate_connect(struct lf_error *err, const char *host, CURLcode code, long number)
{
	switch (number) {
	case ECONNREFUSED:
		(void)lf_fail(err, LF_ENET, "http", (int)code, "%s refused the connection", host);
		lf_hint(err, "Is the server running, and is the port right?");
		break;
	case ENETUNREACH:
	case EHOSTUNREACH:
		(void)lf_fail(err, LF_ENET, "http", (int)code, "there is no way to %s from this network", host);
		lf_hint(err, "Is a VPN or proxy needed?");
		break;
	default:
		(void)lf_fail(err, LF_ENET, "http", (int)code, "no connection to %s%s%s", host, number ? ": " : "",
			      number ? strerror((int)number) : "");
		lf_hint(err, "Check the address, the network, and whether a proxy is needed (HTTPS_PROXY).");
	}
}

static void translate_trust(struct lf_error *err, const struct lf_http_call *call, const char *host, CURLcode code)
{
	long result = 0;

	(void)curl_easy_getinfo(call->easy, CURLINFO_SSL_VERIFYRESULT, &result);
	if (strstr(call->detail, "subject name") || strstr(call->detail, "host name")) {
		(void)lf_fail(err, LF_ENET, "http", (int)code, "the certificate of %s is for another name than %s", host,
			      call->server_name ? call->server_name : "that");
		lf_hint(err, "Use the name in the certificate, or tls-server-name in the kubeconfig.");
	} else if (result == X509_EXPIRED || result == X509_NOT_YET_VALID) {
		(void)lf_fail(err, LF_ENET, "http", (int)code, "the certificate of %s %s", host,
			      result == X509_EXPIRED ? "has expired" : "is not valid yet");
		lf_hint(err, "Check the clock of this machine; otherwise the server needs a new certificate.");
	} else {
		(void)lf_fail(err, LF_ENET, "http", (int)code, "the certificate of %s is not signed by an authority we trust", host);
		lf_hint(err, "Give its CA: certificate-authority-data in the kubeconfig, http.sslCAInfo in the Git configuration, or install "
			     "it in the system.");
	}
}

static void translate_handshake(struct lf_error *err, const struct lf_http_call *call, const char *host, CURLcode code)
{
	if (strstr(call->detail, "wrong version number")) {
		(void)lf_fail(err, LF_ENET, "http", (int)code, "%s does not speak TLS", host);
		lf_hint(err, "Is it http:// instead of https://, or another port?");
		return;
	}
	(void)lf_fail(err, LF_ENET, "http", (int)code, "the TLS handshake with %s failed", host);
	lf_hint(err, "Does the server ask for a client certificate, or offer only old TLS versions (below 1.2)?");
}

/* A server that wants a client certificate may hang up, or fall silent, before its first word. */
static const char *certificate_hint(const struct lf_http_call *call)
{
	return !call->header_bytes && !strncasecmp(call->url, "https:", 6) ? ", or give the client certificate it may want" : "";
}

static void translate_timeout(struct lf_error *err, const struct lf_http_call *call, const char *host, CURLcode code)
{
	long reached = 0; /* a port of our own: without one there was no connection at all */
	char limit[32];

	(void)curl_easy_getinfo(call->easy, CURLINFO_LOCAL_PORT, &reached);
	if (call->verdict == HTTP_STALLED) {
		lf_duration_text(limit, call->stall_timeout_ms);
		(void)lf_fail(err, LF_ETIMEOUT, "http", (int)code, "%s has sent nothing for %s", host, limit);
	} else if (call->connected) {
		lf_duration_text(limit, call->total_timeout_ms);
		(void)lf_fail(err, LF_ETIMEOUT, "http", (int)code, "%s did not answer within %s", host, limit);
	} else {
		lf_duration_text(limit, call->connect_timeout_ms);
		(void)lf_fail(err, LF_ETIMEOUT, "http", (int)code, reached ? "%s can be reached, but no connection was made within %s" : "no connection to %s within %s", host, limit);
	}
	lf_hint(err, "Try again; check the network, and whether a VPN or proxy is needed%s.", reached || call->connected ? certificate_hint(call) : "");
}

/* A server that wants a client certificate says so only after the handshake (TLS 1.3), as a broken connection. */
static void translate_broken(struct lf_error *err, const struct lf_http_call *call, const char *host, CURLcode code)
{
	long proxy = 0;

	(void)curl_easy_getinfo(call->easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
	if (proxy >= 300) {
		(void)lf_fail(err, proxy == 407 ? LF_EAUTH : LF_ENET, "http", (int)code, "the proxy answered %ld when asked for %s", proxy, host);
		lf_hint(err, proxy == 407 ? "The proxy wants a user name and password."
					  : "Check the proxy (HTTPS_PROXY, proxy-url) and NO_PROXY.");
	} else if (strstr(call->detail, "certificate required") || strstr(call->detail, "bad certificate") ||
		   strstr(call->detail, "unknown ca")) {
		(void)lf_fail(err, LF_EAUTH, "http", (int)code, "%s wants a client certificate that it trusts", host);
		lf_hint(err, "Check the client certificate and key: client-certificate and client-key in the kubeconfig, http.sslCert and http.sslKey for Git.");
	} else {
		(void)lf_fail(err, LF_ENET, "http", (int)code, "the connection to %s broke off", host);
		lf_hint(err, "Try again; if it stays so, look at the server or at a proxy in between%s.", certificate_hint(call));
	}
}

static void translate_code(struct lf_error *err, const struct lf_http_call *call, const char *host, CURLcode code)
{
	long number = 0;

	switch ((int)code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		(void)lf_fail(err, LF_ENET, "http", (int)code, "the name %s could not be resolved", host);
		lf_hint(err, "Check the spelling, the network, and the DNS of this machine.");
		break;
	case CURLE_COULDNT_RESOLVE_PROXY:
		(void)lf_fail(err, LF_ENET, "http", (int)code, "the name of the proxy for %s could not be resolved", host);
		lf_hint(err, "Check proxy-url in the kubeconfig, or HTTPS_PROXY and HTTP_PROXY in the environment.");
		break;
	case CURLE_COULDNT_CONNECT:
		(void)curl_easy_getinfo(call->easy, CURLINFO_OS_ERRNO, &number);
		translate_connect(err, host, code, number);
		break;
	case CURLE_PEER_FAILED_VERIFICATION:
		translate_trust(err, call, host, code);
		break;
	case CURLE_SSL_CONNECT_ERROR:
		translate_handshake(err, call, host, code);
		break;
	case CURLE_SSL_CERTPROBLEM:
		(void)lf_fail(err, LF_EAUTH, "http", (int)code, "the client certificate or key for %s cannot be used", host);
		lf_hint(err, "Both must be PEM, unencrypted, and belong together.");
		break;
	case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
		(void)lf_fail(err, LF_ENET, "http", (int)code, "the public key of %s is not the one that is expected", host);
		lf_hint(err, "Somebody else may answer in its name; if its certificate was replaced, look at http.pinnedPubkey of git config.");
		break;
	case CURLE_SSL_CACERT_BADFILE:
		(void)lf_fail(err, LF_EINVAL, "http", (int)code, "the CA certificate for %s cannot be read", host);
		lf_hint(err, "It must be a file of PEM certificates: -----BEGIN CERTIFICATE-----");
		break;
	case CURLE_OPERATION_TIMEDOUT:
		translate_timeout(err, call, host, code);
		break;
	case CURLE_URL_MALFORMAT:
		(void)lf_fail(err, LF_EINVAL, "http", (int)code, "the address of %s is malformed", host);
		lf_hint(err, "It should look like https://host/path.");
		break;
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
		(void)lf_fail(err, LF_EPARSE, "http", (int)code, "%s does not answer in HTTP", host);
		lf_hint(err, "Is it the right port?");
		break;
	case CURLE_BAD_CONTENT_ENCODING:
		(void)lf_fail(err, LF_EPARSE, "http", (int)code, "%s sent compressed data that cannot be unpacked", host);
		break;
	default:
		translate_broken(err, call, host, code);
	}
}

void http_translate(struct lf_error *err, const struct lf_http_call *call, CURLcode code)
{
	char *host = http_host_of(call->url);

	if (call->verdict == HTTP_STOPPED)
		(void)lf_fail(err, LF_ECANCELLED, "http", 0, "stopped");
	else if (call->verdict == HTTP_FLOODED)
		(void)lf_fail(err, LF_ELIMIT, "http", 0, "%s sent more headers than we accept", host);
	else
		translate_code(err, call, host, code);
	lf_free(host);
}
