/* schema_rows: see schema_rows.h. Reads text each time it is asked: the rows are few, and objects are small.
 */
#include "config.h"
#include "providers/sandbox/schema_rows.h"

#include <string.h>

#include "core/compiler.h"
#include "providers/sandbox/schemas.h"

static const struct {
	const char *name, *rows;
} shared[] = {
    {"template", lf_schema_template}, {"podspec", lf_schema_podspec}, {"container", lf_schema_container},
    {"probe", lf_schema_probe},       {"source", lf_schema_source},
};

bool lf_word_is(struct lf_word word, const char *text)
{
	return word.length == strlen(text) && memcmp(word.start, text, word.length) == 0;
}

const char *lf_row_parse(struct lf_row *row, const char *line)
{
	const char *end, *next;

	if (!line || !*line)
		return NULL;
	memset(row, 0, sizeof(*row));
	end = strchr(line, '\n');
	next = end ? end + 1 : line + strlen(line);
	if (!end)
		end = next;
	for (size_t field = 0; line < end; field++) {
		size_t n = 0;
		struct lf_word word;

		while (line + n < end && line[n] != ' ')
			n++;
		word = (struct lf_word){line, n};
		if (field == 0)
			row->path = word;
		else if (*line == '=')
			row->fallback = (struct lf_word){line + 1, n - 1};
		else if (*line == '~')
			row->pattern = (struct lf_word){line + 1, n - 1};
		else if (*line == '|')
			row->values = (struct lf_word){line + 1, n - 1};
		else
			row->type = word;
		line += line + n < end ? n + 1 : n;
	}
	if (row->type.length && row->type.start[row->type.length - 1] == '!') {
		row->required = true;
		row->type.length--;
	}
	return next;
}

struct lf_row lf_row_find(const char *schema, const char *path)
{
	static const char object[] = "object", list[] = "list";
	struct lf_row found = {0}, row;
	size_t length = strlen(path);

	for (const char *line = schema; (line = lf_row_parse(&row, line));) {
		if (lf_word_is(row.path, path))
			return row;
		if (row.path.length <= length || memcmp(row.path.start, path, length) != 0)
			continue;
		if (row.path.start[length] == '.')
			found.type = (struct lf_word){object, sizeof(object) - 1};
		else if (row.path.start[length] == '[')
			found.type = (struct lf_word){list, sizeof(list) - 1};
	}
	return found;
}

const char *lf_row_shared(struct lf_word type)
{
	for (size_t i = 0; i < LF_COUNT(shared); i++)
		if (lf_word_is((struct lf_word){type.start + 1, type.length - 1}, shared[i].name))
			return shared[i].rows;
	return "";
}

const char *lf_row_child(struct lf_word path, const char *parent, size_t *length)
{
	size_t n = strlen(parent), at = n ? n + 1 : 0;

	if (path.length <= at || memcmp(path.start, parent, n) != 0 || (n && path.start[n] != '.'))
		return NULL;
	for (size_t i = at; i < path.length; i++)
		if (path.start[i] == '.' || path.start[i] == '[')
			return NULL;
	*length = path.length - at;
	return path.start + at;
}
