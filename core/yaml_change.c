/* yaml_change: see yaml_change.h. What the kinds of change share: lines, line ends, errors with a place. */
#include "config.h"
#include "core/yaml_change.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

LF_PRINTF(4, 5)
int lf_yaml_change_fail(const struct lf_yaml_change *ed, enum lf_code code, const struct lf_spot *spot, const char *format,
                   ...)
{
	char *name = lf_text_clean_dup(ed->place->name ? ed->place->name : "YAML", 120);
	char what[300];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	if (spot)
		(void)lf_fail(ed->err, code, "yaml.edit", 0, "%s:%zu:%zu: %s", name, spot->line + 1,
		              spot->column + 1, what);
	else
		(void)lf_fail(ed->err, code, "yaml.edit", 0, "%s: %s", name, what);
	if (code == LF_EREFUSED)
		lf_hint(ed->err, "make this change in an editor: it cannot be made safely by a program");
	lf_free(name);
	return code;
}

void lf_yaml_change_insert(struct lf_yaml_change *ed, size_t at, const char *bytes, size_t length)
{
	char *rest = lf_dup_n(ed->text.data + at, ed->text.length - at);
	size_t rest_length = ed->text.length - at;

	lf_str_truncate(&ed->text, at);
	lf_str_add_n(&ed->text, bytes, length);
	lf_str_add_n(&ed->text, rest, rest_length);
	lf_free(rest);
}

/* Behind the line break of the line that holds the byte AT (or stands before it). */
size_t lf_yaml_change_next_line(const struct lf_yaml_change *ed, size_t at)
{
	const char *text = lf_str_text(&ed->text), *end;

	end = memchr(text + at, '\n', ed->text.length - at);
	return end ? (size_t)(end - text) + 1 : ed->text.length;
}

/* Puts LINES (each ended by \n) at the line start AT, with the file's own line ends. */
void lf_yaml_change_insert_lines(struct lf_yaml_change *ed, size_t at, const char *lines)
{
	struct lf_str out = {0};

	if (at > 0 && ed->text.data[at - 1] != '\n') /* the file does not end its last line */
		lf_str_add(&out, ed->style.crlf ? "\r\n" : "\n");
	for (; *lines; lines++) {
		if (*lines == '\n' && ed->style.crlf)
			lf_str_add_char(&out, '\r');
		lf_str_add_char(&out, *lines);
	}
	lf_yaml_change_insert(ed, at, lf_str_text(&out), out.length);
	lf_str_dispose(&out);
}

size_t lf_yaml_change_line_after(const struct lf_yaml_change *ed, size_t end)
{
	/* A block of text that keeps its blank lines ends at the start of a line. */
	return end > 0 && ed->text.data[end - 1] == '\n' ? end : lf_yaml_change_next_line(ed, end);
}

/* Where the line that holds the byte AT begins. */
size_t lf_yaml_change_line_start(const struct lf_yaml_change *ed, size_t at)
{
	while (at > 0 && ed->text.data[at - 1] != '\n')
		at--;
	return at;
}

bool lf_yaml_change_is_blank(const char *text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (!strchr(" \t\r\n", text[i]))
			return false;
	return true;
}

size_t lf_yaml_change_skip_deeper(const struct lf_yaml_change *ed, size_t at, size_t column)
{
	const char *text = lf_str_text(&ed->text);

	for (;;) {
		size_t indent = strspn(text + at, " ");

		if (indent <= column || text[at + indent] != '#')
			return at;
		at = lf_yaml_change_next_line(ed, at);
	}
}
