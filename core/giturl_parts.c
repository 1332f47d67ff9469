/* giturl_parts: see giturl_parts.h. Every part that later becomes an argument of ssh or git, or a line of a credential request, is checked here, after percent-decoding, so that
 * nothing behind this file has to. */
#include "config.h"
#include "core/giturl_parts.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

enum { HOST_LIMIT = 255, USER_LIMIT = 255 };

static const char NO_SECRETS[] =
    "Leave it out: Landfall asks your Git credential helper, GITHUB_TOKEN or GITLAB_TOKEN, or you.";

int lf_git_url_refuse(struct lf_error *err, const char *message, const char *hint)
{
	int rc = lf_fail(err, LF_EINVAL, "git.url", 0, "%s", message);

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

bool lf_git_url_has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

bool lf_git_url_decode(char **out, const char *text, size_t length)
{
	struct lf_str str = {0};

	*out = NULL;
	for (size_t i = 0; i < length; i++) {
		char c = text[i];

		if (c == '%') {
			int high = hex(text[i + 1]), low = high >= 0 ? hex(text[i + 2]) : -1;

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

void lf_git_url_encode(struct lf_str *out, const char *text)
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
	if (!*user || strlen(user) > USER_LIMIT || lf_git_url_has_control(user))
		return lf_git_url_refuse(err, "the user name in the repository URL cannot be used", LF_GIT_URL_EXAMPLES);
	if (user[0] == '-')
		return lf_git_url_refuse(err, "the user name in the repository URL must not begin with a dash",
		              LF_GIT_URL_EXAMPLES);
	if (!ssh && looks_like_token(user))
		return lf_git_url_refuse(err, "the repository URL contains an access token", NO_SECRETS);
	if (!ssh)
		return LF_OK;
	/* ssh hands the name to Match exec and ProxyCommand of the user's configuration, where a shell reads
	 * it. */
	for (const char *c = user; *c; c++)
		if (!is_alnum(*c) && !strchr("._+-@", *c))
			return lf_git_url_refuse(
			    err,
			    "the user name in the repository URL may only hold letters, digits and . _ + - @",
			    LF_GIT_URL_EXAMPLES);
	return LF_OK;
}

static int check_host(const char *host, bool bracketed, struct lf_error *err)
{
	size_t length = strlen(host);

	if (!length)
		return lf_git_url_refuse(err, "the repository URL has no host", LF_GIT_URL_EXAMPLES);
	if (host[0] == '-')
		return lf_git_url_refuse(err, "the host in the repository URL must not begin with a dash", LF_GIT_URL_EXAMPLES);
	if (length > HOST_LIMIT)
		return lf_git_url_refuse(err, "the host in the repository URL is too long", LF_GIT_URL_EXAMPLES);
	for (const char *c = host; *c; c++) {
		if (bracketed ? hex(*c) < 0 && *c != ':' && *c != '.' : !is_alnum(*c) && !strchr("._-", *c))
			return lf_git_url_refuse(
			    err,
			    "the host in the repository URL may only hold letters, digits, dots and dashes",
			    "Write an international name in its ASCII form (xn--...), an IPv6 address in "
			    "brackets.");
	}
	if (bracketed && !strchr(host, ':'))
		return lf_git_url_refuse(err, "what stands in brackets in the repository URL is not an IPv6 address",
		              LF_GIT_URL_EXAMPLES);
	return LF_OK;
}

static int parse_port(int *out, const char *text, size_t length, struct lf_error *err)
{
	int port = 0;

	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9' || port > 65535)
			return lf_git_url_refuse(err, "the port in the repository URL is not a number from 1 to 65535",
			              LF_GIT_URL_EXAMPLES);
		port = port * 10 + (text[i] - '0');
	}
	if (length && (port < 1 || port > 65535))
		return lf_git_url_refuse(err, "the port in the repository URL is not a number from 1 to 65535",
		              LF_GIT_URL_EXAMPLES);
	*out = port;
	return LF_OK;
}

int lf_git_url_authority(struct lf_git_url *out, const char *text, size_t length, bool ssh,
                           struct lf_error *err)
{
	const char *at = memrchr(text, '@', length), *end = text + length;
	const char *host = at ? at + 1 : text, *host_end, *port = NULL;
	bool bracketed = *host == '[';
	int rc;

	if (at) {
		size_t user_length = (size_t)(at - text);

		if (memchr(text, ':', user_length))
			return lf_git_url_refuse(err, "the repository URL contains a password", NO_SECRETS);
		if (!lf_git_url_decode(&out->user, text, user_length))
			return lf_git_url_refuse(err, "the user name in the repository URL has a broken % escape",
			              LF_GIT_URL_EXAMPLES);
		if (strchr(out->user, ':'))
			return lf_git_url_refuse(err, "the user name in the repository URL must not hold a colon",
			              LF_GIT_URL_EXAMPLES);
		rc = check_user(out->user, ssh, err);
		if (rc)
			return rc;
	}
	if (bracketed) {
		host_end = memchr(host, ']', (size_t)(end - host));
		if (!host_end)
			return lf_git_url_refuse(err, "the bracket around the host of the repository URL is not closed",
			              LF_GIT_URL_EXAMPLES);
		host++;
		if (host_end + 1 < end && host_end[1] != ':')
			return lf_git_url_refuse(err, "only a port may follow the bracket in the repository URL",
			              LF_GIT_URL_EXAMPLES);
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

void lf_git_url_add_authority(struct lf_str *out, const struct lf_git_url *url)
{
	bool brackets = strchr(url->host, ':') != NULL;

	lf_str_addf(out, "%s%s%s", brackets ? "[" : "", url->host, brackets ? "]" : "");
	if (url->port)
		lf_str_addf(out, ":%d", url->port);
}

int lf_git_url_check_path(const char *path, struct lf_error *err)
{
	if (!path[strspn(path, "/")])
		return lf_git_url_refuse(err, "the repository URL ends before the repository's path", LF_GIT_URL_EXAMPLES);
	if (lf_git_url_has_control(path) || !lf_text_is_utf8(path, strlen(path)))
		return lf_git_url_refuse(err, "the path in the repository URL holds characters that cannot be used",
		              LF_GIT_URL_EXAMPLES);
	/* git-upload-pack on the other side would take it for an option. */
	if (path[0] == '-')
		return lf_git_url_refuse(err, "the path in the repository URL must not begin with a dash", LF_GIT_URL_EXAMPLES);
	return LF_OK;
}
