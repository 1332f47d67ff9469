/* commits: see commits.h; also lf_git_trailer(). What a commit says comes from whoever could push: it is cleaned
 * and cut here. */
#include "config.h"
#include "providers/git/commits.h"

#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/text.h"

enum { MESSAGE_LIMIT = 65536, NAME_LIMIT = 200 };

bool lf_git_is_id(const char *id)
{
	return id && strlen(id) == LF_GIT_ID_SIZE - 1 &&
	       strspn(id, "0123456789abcdef") == LF_GIT_ID_SIZE - 1;
}

int lf_git_commit_fill(struct lf_git_commit *out, const struct lf_objects_module *module,
                       struct lf_objects_store *store, const char *id, struct lf_error *err)
{
	struct lf_objects_commit links;
	struct lf_objects_words words;
	struct lf_str message = {0};
	int rc;

	memset(out, 0, sizeof(*out));
	rc = module->commit(&links, store, id, err);
	if (rc)
		return rc;
	rc = module->words(&words, store, id, err);
	if (!rc) {
		memcpy(out->id, id, LF_GIT_ID_SIZE);
		out->parent_count = links.parent_count;
		if (links.parent_count)
			memcpy(out->parent, links.parents[0], LF_GIT_ID_SIZE);
		out->time = words.time;
		out->author = lf_text_clean_dup(words.author, NAME_LIMIT);
		out->author_email = lf_text_clean_dup(words.email, NAME_LIMIT);
		lf_text_clean_lines(&message, words.message, strlen(words.message), MESSAGE_LIMIT);
		out->message = lf_str_take(&message);
	}
	lf_free(words.message);
	lf_free(words.author);
	lf_free(words.email);
	lf_free(links.parents);
	return rc;
}

void lf_git_commit_dispose(struct lf_git_commit *commit)
{
	lf_free(commit->author);
	lf_free(commit->author_email);
	lf_free(commit->message);
	memset(commit, 0, sizeof(*commit));
}

/* Where the last paragraph begins; the subject alone is none. */
static const char *last_paragraph(const char *message, const char *end)
{
	for (const char *at = end; at > message + 1; at--)
		if (at[-1] == '\n' && at[-2] == '\n')
			return at;
	return NULL;
}

char *lf_git_trailer(const char *message, const char *name)
{
	const char *end = message + strlen(message), *line, *value = NULL;
	size_t length = strlen(name), n = 0;

	while (end > message && strchr("\n\r ", end[-1]))
		end--;
	line = last_paragraph(message, end);
	while (line && line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		if (!stop)
			stop = end;
		if ((size_t)(stop - line) > length && !strncasecmp(line, name, length) && line[length] == ':') {
			value = line + length + 1;
			while (value < stop && *value == ' ')
				value++;
			n = (size_t)(stop - value);
			while (n && strchr(" \r", value[n - 1]))
				n--;
		}
		line = stop + 1;
	}
	return value ? lf_dup_n(value, n) : NULL;
}
