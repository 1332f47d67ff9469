/* giturl: see giturl.h. The forms in which a repository is given: takes apart what a user typed or pasted; decides nothing about reachability. Messages never repeat the text:
 * it may hold a password. */
#include "config.h"
#include "core/giturl_parts.h"

#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"

enum { TEXT_LIMIT = 2048 };

/* "~/app.git" stands behind a slash in a URL. */
static void ssh_canonical(struct lf_git_url *out)
{
	struct lf_str str = {0};

	if (out->port == 22)
		out->port = 0;
	lf_str_add(&str, "ssh://");
	if (out->user)
		lf_str_addf(&str, "%s@", out->user);
	lf_git_url_add_authority(&str, out);
	if (out->path[0] != '/')
		lf_str_add_char(&str, '/');
	lf_git_url_encode(&str, out->path);
	out->canonical = lf_str_take(&str);
}

static int parse_ssh(struct lf_git_url *out, const char *rest, struct lf_error *err)
{
	size_t length = strcspn(rest, "/");
	int rc = lf_git_url_authority(out, rest, length, true, err);

	if (rc)
		return rc;
	if (!lf_git_url_decode(&out->path, rest + length, strlen(rest + length)))
		return lf_git_url_refuse(err, "the path in the repository URL has a broken % escape", LF_GIT_URL_EXAMPLES);
	if (lf_starts_with(out->path, "/~"))
		memmove(out->path, out->path + 1, strlen(out->path));
	rc = lf_git_url_check_path(out->path, err);
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
		return lf_git_url_refuse(err, "remote helpers (\"name::address\") are not used by Landfall", LF_GIT_URL_EXAMPLES);
	/* git also knows "[host:port]:path" */
	if (text[0] == '[' && colon[-1] == ']' && inner && inner == memrchr(text, ':', length))
		rc = lf_git_url_authority(out, text + 1, length - 2, true, err);
	else
		rc = lf_git_url_authority(out, text, length, true, err);
	if (rc)
		return rc;
	out->path = lf_dup(colon + 1);
	rc = lf_git_url_check_path(out->path, err);
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
	int rc = lf_git_url_authority(out, rest, length, false, err);

	if (rc)
		return rc;
	rest += length;
	if (strpbrk(rest, "?# \"<>\\^`{|}"))
		return lf_git_url_refuse(err, "the path in the repository URL holds characters that a URL may not hold",
		              "Give the address to clone from, not that of a page in the browser.");
	if (!lf_git_url_decode(&decoded, rest, strlen(rest)))
		return lf_git_url_refuse(err, "the path in the repository URL has a broken % escape", LF_GIT_URL_EXAMPLES);
	rc = lf_git_url_check_path(decoded, err);
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
	lf_git_url_add_authority(&str, out);
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
		return lf_git_url_refuse(err, "a git:// address has no user: nobody signs in there", LF_GIT_URL_EXAMPLES);
	rc = lf_git_url_authority(out, rest, length, false, err);
	if (rc)
		return rc;
	out->path = lf_dup(rest + length);
	for (size_t n = strlen(out->path); n > 1 && out->path[n - 1] == '/'; n--)
		out->path[n - 1] = '\0';
	rc = lf_git_url_check_path(out->path, err);
	if (rc)
		return rc;
	if (out->port == 9418)
		out->port = 0;
	lf_str_add(&str, "git://");
	lf_git_url_add_authority(&str, out);
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
	rc = lf_git_url_check_path(out->path, err);
	if (rc)
		return rc;
	if (out->path[0] == '/') {
		lf_str_add(&str, "file://");
		lf_git_url_encode(&str, out->path);
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
		return lf_git_url_refuse(err, "a file:// URL needs three slashes: file:///srv/git/app.git", LF_GIT_URL_EXAMPLES);
	if (!lf_git_url_decode(&decoded, rest, strlen(rest)))
		return lf_git_url_refuse(err, "the path in the repository URL has a broken % escape", LF_GIT_URL_EXAMPLES);
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
	return lf_git_url_refuse(err, "the repository URL begins with a scheme that Landfall does not know", LF_GIT_URL_EXAMPLES);
}

static bool is_local(const char *text)
{
	return text[0] == '/' || lf_starts_with(text, "./") || lf_starts_with(text, "../") ||
	       lf_starts_with(text, "~/") || lf_equal(text, ".") || lf_equal(text, "..") ||
	       lf_equal(text, "~");
}

/* The colon that ends the host of "user@host:path" and "user@[::1]:path"; NULL if TEXT is not of that form.
 */
static const char *scp_colon(const char *text)
{
	size_t length = strcspn(text, "/");
	const char *at = memchr(text, '@', length), *colon = memchr(text, ':', length);
	const char *open = text[0] == '[' ? text : at && at[1] == '[' ? at : NULL;

	if (open) {
		const char *close = strchr(open, ']');

		return close && close[1] == ':' ? close + 1 : NULL;
	}
	return colon != text ? colon : NULL;
}

int lf_git_url_parse(struct lf_git_url *out, const char *text, struct lf_error *err)
{
	const char *scheme, *colon;
	size_t length = strlen(text);
	int rc;

	memset(out, 0, sizeof(*out));
	if (!length)
		return lf_git_url_refuse(err, "the repository URL is empty", LF_GIT_URL_EXAMPLES);
	if (length > TEXT_LIMIT)
		return lf_git_url_refuse(err, "the repository URL is longer than 2048 bytes", LF_GIT_URL_EXAMPLES);
	if (lf_git_url_has_control(text) || !lf_text_is_utf8(text, length))
		return lf_git_url_refuse(err, "the repository URL holds control characters",
		              "Type it instead of pasting it, or look at what you copied.");
	if (text[0] == '-')
		return lf_git_url_refuse(err, "the repository URL must not begin with a dash", LF_GIT_URL_EXAMPLES);
	scheme = strstr(text, "://");
	if (is_local(text)) {
		out->transport = LF_GIT_LOCAL;
		rc = parse_local(out, text, err);
	} else if (scheme) { /* to git, too, whatever stands before it */
		rc = parse_scheme(out, text, (size_t)(scheme - text), err);
	} else if ((colon = scp_colon(text)) != NULL) {
		out->transport = LF_GIT_SSH;
		rc = parse_scp(out, text, colon, err);
	} else {
		rc = lf_git_url_refuse(err, "this is not the address of a Git repository",
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
