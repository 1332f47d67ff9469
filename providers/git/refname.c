/* refname: see refname.h. */
#include "config.h"
#include "providers/git/refname.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

enum {
	NAME_LIMIT = 244
}; /* "refs/heads/" and a lock's ".lock" must fit a file name's 255 bytes on the other side */

static bool part_ok(const char *part, size_t length)
{
	if (!length || part[0] == '.')
		return false;
	return length < 5 || memcmp(part + length - 5, ".lock", 5) != 0;
}

bool lf_git_branch_ok(const char *name, size_t length)
{
	size_t start = 0;

	if (!length || length > NAME_LIMIT || name[0] == '-' || name[length - 1] == '.' ||
	    !lf_text_is_utf8(name, length))
		return false;
	if ((length == 4 && !memcmp(name, "HEAD", 4)) || (length == 1 && name[0] == '@'))
		return false;
	for (size_t i = 0; i <= length; i++) {
		unsigned char c = i < length ? (unsigned char)name[i] : '/';

		if (c < 0x21 || c == 0x7f || strchr("~^:?*[\\", c))
			return false;
		if (i + 1 < length && ((c == '.' && name[i + 1] == '.') || (c == '@' && name[i + 1] == '{')))
			return false;
		if (c != '/')
			continue;
		if (!part_ok(name + start, i - start))
			return false;
		start = i + 1;
	}
	return true;
}

int lf_git_branch_check(const char *name, struct lf_error *err)
{
	char *shown;
	int rc;

	if (name && lf_git_branch_ok(name, strlen(name)))
		return LF_OK;
	shown = lf_text_clean_dup(name ? name : "", 80);
	rc = lf_fail(err, LF_EINVAL, "git.branch", 0, "\"%s\" cannot be the name of a branch", shown);
	lf_hint(err, "Use letters, digits, - _ . and /, as in \"main\" or \"landfall/web\".");
	lf_free(shown);
	return rc;
}
