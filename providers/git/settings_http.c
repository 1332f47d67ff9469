/* settings_http: http.* and http.<url>.* of the user's configuration, for one URL. Which of several wins follows git's own
 * order: the longest host, then the longest path, then the one with a user; among equals the last. */
#include "config.h"
#include "providers/git/settings.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"

enum { ENTRIES_LIMIT = 1000 };
/* What is honoured; what is not is listed in docs/git.md. */
enum key { KEY_PROXY, KEY_SSL_CA_INFO, KEY_SSL_CA_PATH, KEY_SSL_VERIFY, KEY_EXTRA_HEADER, KEY_SSL_CERT, KEY_SSL_KEY, KEY_USER_AGENT, KEY_COOKIE_FILE, KEY_PINNED_PUBKEY, KEY_FOLLOW_REDIRECTS, KEY_VERSION, KEY_LOW_SPEED_LIMIT, KEY_LOW_SPEED_TIME, KEYS };

static enum key key_of(const char *name)
{
	static const char *const names[KEYS] = {"proxy", "sslcainfo", "sslcapath", "sslverify", "extraheader", "sslcert", "sslkey",
	                                        "useragent", "cookiefile", "pinnedpubkey", "followredirects", "version", "lowspeedlimit", "lowspeedtime"};
	enum key key = KEY_PROXY;

	while (key < KEYS && strcmp(name, names[key]) != 0)
		key++;
	return key;
}

bool lf_git_settings_is_false(const char *value)
{
	return !strcasecmp(value, "false") || !strcasecmp(value, "no") || !strcasecmp(value, "off") ||
	       !strcmp(value, "0") || !*value;
}

void lf_git_settings_add_http(struct lf_git_settings *settings, const char *pattern, size_t length, const char *key,
                     const char *value)
{
	struct lf_git_http_entry *entry;

	if (key_of(key) == KEYS || settings->http_count >= ENTRIES_LIMIT)
		return;
	lf_grow((void **)&settings->http, &settings->http_capacity, settings->http_count,
	        sizeof(*settings->http));
	entry = &settings->http[settings->http_count++];
	entry->pattern = pattern ? lf_dup_n(pattern, length) : NULL;
	entry->key = lf_dup(key);
	entry->value = lf_secret_new(value, strlen(value));
}

/* How well a pattern fits; a larger one wins. All zero and fits: "http.key" without a pattern. */
struct fit {
	bool fits;
	size_t host, path;
	bool user;
};

/* Host against a pattern in which a label may be "*". */
static bool host_fits(const char *pattern, size_t length, const char *host)
{
	size_t at = 0;

	for (;;) {
		size_t label = 0, n = strcspn(host, ".");

		while (at + label < length && pattern[at + label] != '.')
			label++;
		if (!(label == 1 && pattern[at] == '*') &&
		    (label != n || strncasecmp(pattern + at, host, n) != 0))
			return false;
		at += label;
		host += n;
		if (at == length || !*host)
			return at == length && !*host;
		at++;
		host++;
	}
}

static struct fit fit_pattern(const char *pattern, const struct lf_git_url *url)
{
	const char *scheme = url->transport == LF_GIT_HTTPS ? "https://" : "http://", *at, *end, *colon,
	           *path;
	int port = 0, usual = url->transport == LF_GIT_HTTPS ? 443 : 80;
	struct fit fit = {0}, none = {0};
	size_t length;

	if (!pattern || !*pattern) {
		fit.fits = true;
		fit.host = pattern ? SIZE_MAX : 0; /* "": from the environment, which wins */
		return fit;
	}
	if (strncasecmp(pattern, scheme, strlen(scheme)) != 0)
		return none;
	pattern += strlen(scheme);
	end = pattern + strcspn(pattern, "/");
	at = memrchr(pattern, '@', (size_t)(end - pattern));
	if (at) {
		length = (size_t)(at - pattern);
		if (!url->user || strlen(url->user) != length || memcmp(url->user, pattern, length) != 0)
			return none;
		fit.user = true;
		pattern = at + 1;
	}
	colon = *pattern == '[' ? memchr(pattern, ']', (size_t)(end - pattern)) : pattern;
	colon = colon ? memchr(colon, ':', (size_t)(end - colon)) : NULL;
	if (colon)
		port = atoi(colon + 1);
	length = (size_t)((colon ? colon : end) - pattern);
	if ((port ? port : usual) != (url->port ? url->port : usual))
		return none;
	if (*pattern == '[' && length > 2) {
		pattern++;
		length -= 2;
	}
	if (!host_fits(pattern, length, url->host))
		return none;
	fit.host = length;
	path = end;
	length = strlen(path);
	while (length && path[length - 1] == '/')
		length--;
	if (strncmp(path, url->path, length) != 0 || (url->path[length] && url->path[length] != '/'))
		return none;
	fit.path = length + 1;
	fit.fits = true;
	return fit;
}

static bool at_least(const struct fit *a, const struct fit *b)
{
	if (a->host != b->host)
		return a->host > b->host;
	if (a->path != b->path)
		return a->path > b->path;
	return a->user >= b->user;
}

static void take_header(struct lf_git_http_settings *out, const struct lf_git_http_entry *entry, const char *value)
{
	if (!*value)
		out->header_count = 0; /* an empty one forgets those before */
	else if (out->header_count < LF_COUNT(out->headers) && !strpbrk(value, "\r\n") && strchr(value, ':'))
		out->headers[out->header_count++] = entry->value;
}

static void apply(struct lf_git_http_settings *out, enum key key, const struct lf_git_http_entry *entry)
{
	const char *value = lf_secret_bytes(entry->value), *given = *value ? value : NULL;

	switch (key) {
	case KEY_PROXY:
		out->proxy = value;
		break;
	case KEY_SSL_CA_INFO:
		out->ca_file = given;
		break;
	case KEY_SSL_CA_PATH:
		out->ca_folder = given;
		break;
	case KEY_SSL_VERIFY:
		out->insecure = lf_git_settings_is_false(value);
		break;
	case KEY_EXTRA_HEADER:
		take_header(out, entry, value);
		break;
	case KEY_SSL_CERT:
		out->certificate = given;
		if (given && !out->key && strstr(value, "PRIVATE KEY"))
			out->key = entry->value;
		break;
	case KEY_SSL_KEY:
		out->key = given ? entry->value : out->key;
		break;
	case KEY_USER_AGENT:
		out->user_agent = strpbrk(value, "\r\n") ? NULL : given;
		break;
	case KEY_COOKIE_FILE:
		out->cookie_file = given;
		break;
	case KEY_PINNED_PUBKEY:
		out->pinned_key = given;
		break;
	case KEY_FOLLOW_REDIRECTS:
		out->stays = strcmp(value, "initial") != 0 && lf_git_settings_is_false(value);
		break;
	case KEY_VERSION:
		out->http1 = !strcmp(value, "HTTP/1.1");
		break;
	case KEY_LOW_SPEED_LIMIT:
		out->low_speed_limit = atoi(value);
		break;
	case KEY_LOW_SPEED_TIME:
		out->low_speed_s = atoi(value);
		break;
	case KEYS:
		break;
	}
}

void lf_git_settings_for(struct lf_git_http_settings *out, const struct lf_git_settings *settings,
                         const struct lf_git_url *url)
{
	struct fit best[KEYS] = {{0}};

	for (size_t i = 0; i < settings->http_count; i++) {
		const struct lf_git_http_entry *entry = &settings->http[i];
		struct fit fit = fit_pattern(entry->pattern, url);
		enum key key = key_of(entry->key);

		if (key == KEYS || !fit.fits || (best[key].fits && !at_least(&fit, &best[key])))
			continue;
		best[key] = fit;
		apply(out, key, entry);
	}
}
