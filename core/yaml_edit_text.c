/* yaml_edit_text: a text of several lines in the place of another. Only the lines that differ are written: the others keep their bytes, blanks at their ends too. */
#include "config.h"
#include "core/yaml_change.h"

#include <string.h>

#include "core/mem.h"

/* The length of TEXT's first line, with its line break. */
static size_t line_length(const char *text)
{
	size_t length = strcspn(text, "\n");

	return length + (text[length] == '\n');
}

/* How many bytes of both begin the same way, in whole lines. */
static size_t same_start(const char *a, const char *b)
{
	size_t same = 0, length;

	while ((length = line_length(a + same)) && a[same + length - 1] == '\n' && !strncmp(a + same, b + same, length))
		same += length;
	return same;
}

static bool begins_line(const char *text, const char *at)
{
	return at == text || at[-1] == '\n';
}

/* How many bytes of both, behind the first SAME, end the same way, in whole lines. */
static size_t same_end(const char *a, const char *b, size_t same)
{
	const char *p = a + strlen(a), *q = b + strlen(b);
	size_t lines = 0;

	for (size_t common = 0;; common++, p--, q--) {
		if (begins_line(a, p) && begins_line(b, q))
			lines = common;
		if (p == a + same || q == b + same || p[-1] != q[-1])
			return lines;
	}
}

static size_t count_lines(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t at = 0; at < length; at += line_length(text + at))
		count++;
	return count;
}

/* How deep the lines of TEXT stand in the file, whose lines of it begin at AT. */
static size_t depth_of(const struct lf_yaml_change *ed, const char *text, size_t at)
{
	while (*text && strspn(text, " ") == strcspn(text, "\n")) { /* a blank line may stand anywhere */
		text += line_length(text);
		at = lf_yaml_change_next_line(ed, at);
	}
	return strspn(lf_str_text(&ed->text) + at, " ") - strspn(text, " ");
}

static void splice(struct lf_yaml_change *ed, const char *old, const char *becomes)
{
	size_t same = same_start(old, becomes), end = same_end(old, becomes, same), at = lf_yaml_change_next_line(ed, ed->target->start);
	size_t depth = depth_of(ed, old, at), from, to;
	struct lf_str lines = {0};
	bool is_open;

	for (size_t i = count_lines(old, same); i > 0; i--)
		at = lf_yaml_change_next_line(ed, at);
	from = to = at;
	for (size_t i = count_lines(old + same, strlen(old) - same - end); i > 0; i--)
		to = lf_yaml_change_next_line(ed, to);
	for (const char *line = becomes + same, *stop = becomes + strlen(becomes) - end; line < stop; line += line_length(line)) {
		for (size_t i = 0; i < depth && *line != '\n'; i++)
			lf_str_add_char(&lines, ' ');
		lf_str_add_n(&lines, line, strcspn(line, "\n"));
		lf_str_add_char(&lines, '\n');
	}
	is_open = to == ed->text.length && to > 0 && ed->text.data[to - 1] != '\n';
	lf_str_remove(&ed->text, from, to - from);
	lf_yaml_change_insert_lines(ed, from, lf_str_text(&lines));
	if (is_open && lf_ends_with(lf_str_text(&ed->text), "\n")) /* the file does not end its last line, which may be what the text means */
		lf_str_truncate(&ed->text, ed->text.length - 1);
	lf_str_dispose(&lines);
}

int lf_yaml_change_text(struct lf_yaml_change *ed)
{
	const char *old = ed->target->text, *becomes = lf_node_text(ed->value, NULL);

	if (lf_str_text(&ed->text)[ed->target->start] != '|')
		return lf_yaml_change_fail(ed, LF_EREFUSED, ed->target, "this is a text of several lines whose line breaks are not those of the file");
	if (lf_node_kind(ed->value) != LF_NODE_TEXT || !*old || !*becomes || lf_ends_with(old, "\n") != lf_ends_with(becomes, "\n"))
		return lf_yaml_change_fail(ed, LF_EREFUSED, ed->target, "this is a text of several lines");
	splice(ed, old, becomes);
	return LF_OK;
}
