/* giturl: see giturl.h. Takes apart what a user typed or pasted; decides nothing about reachability. Every
 * part that later becomes an argument of ssh or git, or a line of a credential request, is checked here,
 * after percent-decoding, so that nothing behind this file has to. Messages never repeat the text: it may
 * hold a password. */
#include "config.h"
#include "core/giturl.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"

enum { TEXT_LIMIT = 2048, HOST_LIMIT = 255, USER_LIMIT = 255 };

static const char WHERE[] = "git.url";
static const char EXAMPLES[] =
    "Examples: git@github.com:team/app.git, https://github.com/team/app.git, /srv/git/app.git";
static const char NO_SECRETS[] =
    "Leave it out: Landfall asks your Git credential helper, GITHUB_TOKEN or GITLAB_TOKEN, or you.";

static int refuse(struct lf_error *err, const char *message, const char *hint)
{
	int rc = lf_fail(err, LF_EINVAL, WHERE, 0, "%s", message);

	lf_hint(err, "%s", hint);
	return rc;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

/* False for a broken escape, and for %00: a name must not end before its text does. */
static bool decode(char **out, const char *text, size_t length)
{
	struct lf_str str = {0};

	*out = NULL;
	for (size_t i = 0; i < length; i++) {
		char c = text[i];

		if (c == '%') {
			int high = i + 2 < length ? hex(text[i + 1]) : -1,
			    low = high >= 0 ? hex(text[i + 2]) : -1;

			if (low < 0 || (high == 0 && low == 0)) {
				lf_str_dispose(&str);
				return false;
			}
			c = (char)(unsigned char)(high * 16 + low);
			i += 2;
		}
		lf_str_add_char(&str, c);
	}
	*out = lf_str_take(&str);
	return true;
}

static void encode(struct lf_str *out, const char *text)
{
	for (; *text; text++) {
		if (is_alnum(*text) || strchr("-._~/+@,:=", *text))
			lf_str_add_char(out, *text);
		else
			lf_str_addf(out, "%%%02X", (unsigned)(unsigned char)*text);
	}
}

/* Tokens that people paste in the place of the user's name. */
static bool looks_like_token(const char *user)
{
	static const char *const starts[] = {"ghp_",   "gho_",  "ghu_",   "ghs_", "ghr_", "github_pat_",
	                                     "glpat-", "gldt-", "glcbt-", "ATBB", "ATCTT"};

	for (size_t i = 0; i < LF_COUNT(starts); i++)
		if (lf_starts_with(user, starts[i]))
			return true;
	return false;
}

static int check_user(const char *user, bool ssh, struct lf_error *err)
{
	if (!*user || strlen(user) > USER_LIMIT || has_control(user))
		return refuse(err, "the user name in the repository URL cannot be used", EXAMPLES);
	if (user[0] == '-')
		return refuse(err, "the user name in the repository URL must not begin with a dash",
		              EXAMPLES);
	if (!ssh && looks_like_token(user))
		return refuse(err, "the repository URL contains an access token", NO_SECRETS);
	if (!ssh)
		return LF_OK;
	/* ssh hands the name to Match exec and ProxyCommand of the user's configuration, where a shell reads
	 * it. */
	for (const char *c = user; *c; c++)
		if (!is_alnum(*c) && !strchr("._+-@", *c))
			return refuse(
			    err,
			    "the user name in the repository URL may only hold letters, digits and . _ + - @",
			    EXAMPLES);
	return LF_OK;
}

static int check_host(const char *host, bool bracketed, struct lf_error *err)
{
	size_t length = strlen(host);

	if (!length)
		return refuse(err, "the repository URL has no host", EXAMPLES);
	if (host[0] == '-')
		return refuse(err, "the host in the repository URL must not begin with a dash", EXAMPLES);
	if (length > HOST_LIMIT)
		return refuse(err, "the host in the repository URL is too long", EXAMPLES);
	for (const char *c = host; *c; c++) {
		if (bracketed ? hex(*c) < 0 && *c != ':' && *c != '.' : !is_alnum(*c) && !strchr("._-", *c))
			return refuse(
			    err,
			    "the host in the repository URL may only hold letters, digits, dots and dashes",
			    "Write an international name in its ASCII form (xn--...), an IPv6 address in "
			    "brackets.");
	}
	if (bracketed && !strchr(host, ':'))
		return refuse(err, "what stands in brackets in the repository URL is not an IPv6 address",
		              EXAMPLES);
	return LF_OK;
}

static int parse_port(int *out, const char *text, size_t length, struct lf_error *err)
{
	int port = 0;

	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9' || port > 65535)
			return refuse(err, "the port in the repository URL is not a number from 1 to 65535",
			              EXAMPLES);
		port = port * 10 + (text[i] - '0');
	}
	if (length && (port < 1 || port > 65535))
		return refuse(err, "the port in the repository URL is not a number from 1 to 65535",
		              EXAMPLES);
	*out = port;
	return LF_OK;
}

/* [user@]host[:port], or with brackets around an IPv6 address. */
static int parse_authority(struct lf_git_url *out, const char *text, size_t length, bool ssh,
                           struct lf_error *err)
{
	const char *at = memrchr(text, '@', length), *end = text + length;
	const char *host = at ? at + 1 : text, *host_end, *port = NULL;
	bool bracketed = host < end && *host == '[';
	int rc;

	if (at) {
		size_t user_length = (size_t)(at - text);

		if (memchr(text, ':', user_length))
			return refuse(err, "the repository URL contains a password", NO_SECRETS);
		if (!decode(&out->user, text, user_length))
			return refuse(err, "the user name in the repository URL has a broken % escape",
			              EXAMPLES);
		if (strchr(out->user, ':'))
			return refuse(err, "the user name in the repository URL must not hold a colon",
			              EXAMPLES);
		rc = check_user(out->user, ssh, err);
		if (rc)
			return rc;
	}
	if (bracketed) {
		host_end = memchr(host, ']', (size_t)(end - host));
		if (!host_end)
			return refuse(err, "the bracket around the host of the repository URL is not closed",
			              EXAMPLES);
		host++;
		if (host_end + 1 < end && host_end[1] != ':')
			return refuse(err, "only a port may follow the bracket in the repository URL",
			              EXAMPLES);
		port = host_end + 1 < end ? host_end + 2 : NULL;
	} else {
		host_end = memchr(host, ':', (size_t)(end - host));
		port = host_end ? host_end + 1 : NULL;
		if (!host_end)
			host_end = end;
	}
	out->host = lf_dup_n(host, (size_t)(host_end - host));
	for (char *c = out->host; *c; c++)
		if (*c >= 'A' && *c <= 'Z' && !ssh) /* an alias in ~/.ssh/config may be spelt with capitals */
			*c = (char)(*c - 'A' + 'a');
	rc = check_host(out->host, bracketed, err);
	return rc || !port ? rc : parse_port(&out->port, port, (size_t)(end - port), err);
}

static void add_authority(struct lf_str *out, const struct lf_git_url *url)
{
	bool brackets = strchr(url->host, ':') != NULL;

	lf_str_addf(out, "%s%s%s", brackets ? "[" : "", url->host, brackets ? "]" : "");
	if (url->port)
		lf_str_addf(out, ":%d", url->port);
}

static int check_path(const char *path, struct lf_error *err)
{
	if (!path[strspn(path, "/")])
		return refuse(err, "the repository URL ends before the repository's path", EXAMPLES);
	if (has_control(path) || !lf_text_is_utf8(path, strlen(path)))
		return refuse(err, "the path in the repository URL holds characters that cannot be used",
		              EXAMPLES);
	/* git-upload-pack on the other side would take it for an option. */
	if (path[0] == '-')
		return refuse(err, "the path in the repository URL must not begin with a dash", EXAMPLES);
	return LF_OK;
}

/* PATH as we say it to the other side; ABSOLUTE as it stands behind the host in a URL. */
static void ssh_canonical(struct lf_git_url *out)
{
	struct lf_str str = {0};

	if (out->port == 22)
		out->port = 0;
	lf_str_add(&str, "ssh://");
	if (out->user)
		lf_str_addf(&str, "%s@", out->user);
	add_authority(&str, out);
	if (out->path[0] != '/')
		lf_str_add_char(&str, '/');
	encode(&str, out->path);
	out->canonical = lf_str_take(&str);
}

static int parse_ssh(struct lf_git_url *out, const char *rest, struct lf_error *err)
{
	size_t length = strcspn(rest, "/");
	int rc = parse_authority(out, rest, length, true, err);

	if (rc)
		return rc;
	if (!decode(&out->path, rest + length, strlen(rest + length)))
		return refuse(err, "the path in the repository URL has a broken % escape", EXAMPLES);
	if (lf_starts_with(out->path, "/~"))
		memmove(out->path, out->path + 1, strlen(out->path));
	rc = check_path(out->path, err);
	if (rc)
		return rc;
	ssh_canonical(out);
	return LF_OK;
}

/* "git@host:team/app.git". COLON separates host and path. */
static int parse_scp(struct lf_git_url *out, const char *text, const char *colon, struct lf_error *err)
{
	size_t length = (size_t)(colon - text);
	const char *inner = memchr(text, ':', length);
	int rc;

	if (colon[1] == ':')
		return refuse(err, "remote helpers (\"name::address\") are not used by Landfall", EXAMPLES);
	/* git also knows "[host:port]:path" */
	if (text[0] == '[' && colon[-1] == ']' && inner && inner == memrchr(text, ':', length))
		rc = parse_authority(out, text + 1, length - 2, true, err);
	else
		rc = parse_authority(out, text, length, true, err);
	if (rc)
		return rc;
	out->path = lf_dup(colon + 1);
	rc = check_path(out->path, err);
	if (rc)
		return rc;
	ssh_canonical(out);
	return LF_OK;
}

static int parse_http(struct lf_git_url *out, const char *rest, struct lf_error *err)
{
	size_t length = strcspn(rest, "/?#");
	struct lf_str str = {0};
	char *decoded = NULL;
	int rc = parse_authority(out, rest, length, false, err);

	if (rc)
		return rc;
	rest += length;
	if (strpbrk(rest, "?# \"<>\\^`{|}"))
		return refuse(err, "the path in the repository URL holds characters that a URL may not hold",
		              "Give the address to clone from, not that of a page in the browser.");
	if (!decode(&decoded, rest, strlen(rest)))
		return refuse(err, "the path in the repository URL has a broken % escape", EXAMPLES);
	rc = check_path(decoded, err);
	lf_free(decoded);
	if (rc)
		return rc;
	/* The path stays encoded as it was given: it only ever goes into URLs. */
	out->path = lf_dup(rest);
	for (size_t n = strlen(out->path); n > 1 && out->path[n - 1] == '/'; n--)
		out->path[n - 1] = '\0';
	if (out->port == (out->transport == LF_GIT_HTTPS ? 443 : 80))
		out->port = 0;
	/* The user's name is for asking credentials, it is no part of the repository's. */
	lf_str_add(&str, out->transport == LF_GIT_HTTPS ? "https://" : "http://");
	add_authority(&str, out);
	lf_str_add(&str, out->path);
	out->canonical = lf_str_take(&str);
	return LF_OK;
}

/* Nobody signs in at git daemon, so there is no user; its path is taken as it stands. */
static int parse_daemon(struct lf_git_url *out, const char *rest, struct lf_error *err)
{
	size_t length = strcspn(rest, "/");
	struct lf_str str = {0};
	int rc;

	if (memchr(rest, '@', length))
		return refuse(err, "a git:// address has no user: nobody signs in there", EXAMPLES);
	rc = parse_authority(out, rest, length, false, err);
	if (rc)
		return rc;
	out->path = lf_dup(rest + length);
	for (size_t n = strlen(out->path); n > 1 && out->path[n - 1] == '/'; n--)
		out->path[n - 1] = '\0';
	rc = check_path(out->path, err);
	if (rc)
		return rc;
	if (out->port == 9418)
		out->port = 0;
	lf_str_add(&str, "git://");
	add_authority(&str, out);
	lf_str_add(&str, out->path);
	out->canonical = lf_str_take(&str);
	return LF_OK;
}

static int parse_local(struct lf_git_url *out, const char *path, struct lf_error *err)
{
	struct lf_str str = {0};
	int rc;

	out->path = lf_dup(path);
	for (size_t n = strlen(out->path); n > 1 && out->path[n - 1] == '/'; n--)
		out->path[n - 1] = '\0';
	rc = check_path(out->path, err);
	if (rc)
		return rc;
	if (out->path[0] == '/') {
		lf_str_add(&str, "file://");
		encode(&str, out->path);
	} else {
		lf_str_add(&str, out->path);
	}
	out->canonical = lf_str_take(&str);
	return LF_OK;
}

static int parse_file(struct lf_git_url *out, const char *rest, struct lf_error *err)
{
	char *decoded = NULL;
	int rc;

	if (lf_starts_with(rest, "localhost/"))
		rest += strlen("localhost");
	if (rest[0] != '/')
		return refuse(err, "a file:// URL needs three slashes: file:///srv/git/app.git", EXAMPLES);
	if (!decode(&decoded, rest, strlen(rest)))
		return refuse(err, "the path in the repository URL has a broken % escape", EXAMPLES);
	rc = parse_local(out, decoded, err);
	lf_free(decoded);
	return rc;
}

static int parse_scheme(struct lf_git_url *out, const char *text, size_t length, struct lf_error *err)
{
	static const struct {
		const char *name;
		enum lf_git_transport transport;
	} schemes[] = {{"https", LF_GIT_HTTPS}, {"http", LF_GIT_HTTP},   {"ssh", LF_GIT_SSH},
	               {"git+ssh", LF_GIT_SSH}, {"ssh+git", LF_GIT_SSH}, {"git", LF_GIT_DAEMON},
	               {"file", LF_GIT_LOCAL}};

	for (size_t i = 0; i < LF_COUNT(schemes); i++) {
		if (strlen(schemes[i].name) != length || strncasecmp(schemes[i].name, text, length) != 0)
			continue;
		out->transport = schemes[i].transport;
		switch (out->transport) {
		case LF_GIT_HTTP:
		case LF_GIT_HTTPS:
			return parse_http(out, text + length + 3, err);
		case LF_GIT_SSH:
			return parse_ssh(out, text + length + 3, err);
		case LF_GIT_DAEMON:
			return parse_daemon(out, text + length + 3, err);
		case LF_GIT_LOCAL:
			return parse_file(out, text + length + 3, err);
		}
	}
	return refuse(err, "the repository URL begins with a scheme that Landfall does not know", EXAMPLES);
}

static bool is_local(const char *text)
{
	return text[0] == '/' || lf_starts_with(text, "./") || lf_starts_with(text, "../") ||
	       lf_starts_with(text, "~/") || lf_equal(text, ".") || lf_equal(text, "..") ||
	       lf_equal(text, "~");
}

static bool is_scheme(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!is_alnum(text[i]) && !strchr("+.-", text[i]))
			return false;
	return length > 0;
}

/* The colon that ends the host of "user@host:path" and "user@[::1]:path"; NULL if TEXT is not of that form.
 */
static const char *scp_colon(const char *text)
{
	const char *at = strchr(text, '@'), *slash = strchr(text, '/'), *colon;
	const char *open = text[0] == '[' ? text : at && at[1] == '[' ? at + 1 : NULL;

	if (open && (!slash || open < slash)) {
		const char *close = strchr(open, ']');

		return close && close[1] == ':' ? close + 1 : NULL;
	}
	colon = strchr(text, ':');
	return colon && colon > text && (!slash || colon < slash) ? colon : NULL;
}

int lf_git_url_parse(struct lf_git_url *out, const char *text, struct lf_error *err)
{
	const char *scheme, *colon;
	size_t length = strlen(text);
	int rc;

	memset(out, 0, sizeof(*out));
	if (!length)
		return refuse(err, "the repository URL is empty", EXAMPLES);
	if (length > TEXT_LIMIT)
		return refuse(err, "the repository URL is longer than 2048 bytes", EXAMPLES);
	if (has_control(text) || !lf_text_is_utf8(text, length))
		return refuse(err, "the repository URL holds control characters",
		              "Type it instead of pasting it, or look at what you copied.");
	if (text[0] == '-')
		return refuse(err, "the repository URL must not begin with a dash", EXAMPLES);
	scheme = strstr(text, "://");
	if (is_local(text)) {
		out->transport = LF_GIT_LOCAL;
		rc = parse_local(out, text, err);
	} else if (scheme && is_scheme(text, (size_t)(scheme - text))) {
		rc = parse_scheme(out, text, (size_t)(scheme - text), err);
	} else if ((colon = scp_colon(text)) != NULL) {
		out->transport = LF_GIT_SSH;
		rc = parse_scp(out, text, colon, err);
	} else {
		rc = refuse(err, "this is not the address of a Git repository",
		            "Write ./name for a folder here, or git@github.com:team/app.git, or "
		            "https://github.com/team/app.git");
	}
	if (rc)
		lf_git_url_dispose(out);
	return rc;
}

void lf_git_url_dispose(struct lf_git_url *url)
{
	lf_free(url->user);
	lf_free(url->host);
	lf_free(url->path);
	lf_free(url->canonical);
	memset(url, 0, sizeof(*url));
}
