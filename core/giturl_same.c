/* giturl_same: the spellings of one repository: whether two URLs mean it, and which of them other tools read. */
#include "config.h"
#include "core/giturl.h"

#include <string.h>
#include <strings.h>

#include "core/str.h"

/* The path without what hosts ignore: slashes around it and ".git". */
static size_t trimmed(const char **path)
{
	size_t n;

	*path += strspn(*path, "/");
	n = strlen(*path);
	while (n && (*path)[n - 1] == '/')
		n--;
	if (n > 4 && !strncmp(*path + n - 4, ".git", 4))
		n -= 4;
	return n;
}

static bool same_parts(const struct lf_git_url *a, const struct lf_git_url *b)
{
	const char *x = a->path, *y = b->path;
	size_t n = trimmed(&x), m = trimmed(&y);

	if ((a->transport == LF_GIT_LOCAL) != (b->transport == LF_GIT_LOCAL) || n != m || strncmp(x, y, n))
		return false;
	if (a->transport == LF_GIT_LOCAL)
		return true;
	/* A port only tells two servers of one transport apart; a host's ssh and its https are the same repositories. */
	return !strcasecmp(a->host, b->host) && (a->transport != b->transport || a->port == b->port);
}

bool lf_git_url_same(const char *a, const char *b)
{
	struct lf_git_url x = {0}, y = {0};
	bool same;

	if (!a || !b || !*a)
		return false;
	if (lf_equal(a, b))
		return true;
	same = !lf_git_url_parse(&x, a, NULL) && !lf_git_url_parse(&y, b, NULL) && same_parts(&x, &y);
	lf_git_url_dispose(&x);
	lf_git_url_dispose(&y);
	return same;
}

const char *lf_git_url_document(const struct lf_git_url *url, const char *text)
{
	static const char *const schemes[] = {"https://", "http://", "ssh://"};
	bool is_http = url->transport == LF_GIT_HTTP || url->transport == LF_GIT_HTTPS;

	if (is_http && url->user)
		return url->canonical;
	for (size_t i = 0; i < LF_COUNT(schemes); i++) {
		if (lf_starts_with(text, schemes[i]))
			return text;
	}
	return url->transport != LF_GIT_LOCAL && strstr(text, "://") ? url->canonical : text;
}
