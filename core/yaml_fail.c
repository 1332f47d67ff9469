/* yaml_fail: what is wrong with a YAML text, in words a person can act on. libyaml names the rule of its
 * grammar that failed; here that becomes the mistake people usually made. */
#include "config.h"
#include "core/yaml_fail.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int lf_yaml_fail_at(const struct lf_yaml_source *source, enum lf_code code, yaml_mark_t mark,
                    const char *format, ...)
{
	char what[400];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	(void)lf_fail(source->err, code, "yaml.parse", 0, "%s:%zu:%zu: %s", source->name, mark.line + 1,
	              mark.column + 1, what);
	if (code == LF_ELIMIT)
		lf_hint(source->err, "no file of Kubernetes or Helm needs this much: check that it is the "
		                     "right one, or split it");
	else
		lf_hint(source->err, "correct the text there; what YAML could take for something else needs quotes");
	return code;
}

/* What libyaml says, what we say instead, and what helps. */
static const struct {
	const char *problem, *message, *hint;
} problems[] = {
    {"found character that cannot start any token", "a character that cannot stand here",
     "YAML is indented with spaces, never tabs; text that begins with @ or ` needs quotes"},
    {"found a tab character that violates indentation", "a tab in the indentation", "indent with spaces"},
    {"mapping values are not allowed in this context", "a \":\" that belongs to no key",
     "put text that contains \": \" into quotes, and check the indentation"},
    {"did not find expected key", "the indentation does not fit the lines above",
     "check the indentation and open quotes"},
    {"did not find expected '-' indicator", "the indentation does not fit the list above",
     "check the indentation"},
    {"could not find expected ':'", "a key without \":\"", "each line of a map is \"key: value\""},
    {"found unexpected end of stream", "a quote is never closed", "check the quotes"},
    {"did not find expected ',' or ']'", "a [ is not closed, or a comma is missing",
     "text that begins with [ needs quotes"},
    {"did not find expected ',' or '}'", "a { is not closed, or a comma is missing",
     "text that begins with { needs quotes"},
    {"did not find expected node content", "a value is missing",
     "a [ or { may not be closed; text that begins with one needs quotes"},
    {"did not find expected alphabetic or numeric character", "a * or & without a name",
     "text that begins with * or & needs quotes"},
    {"found unknown escape character", "an escape that YAML does not know",
     "between double quotes \\ begins an escape: double it, or use single quotes"},
    {"found undefined tag handle", "a ! that begins no tag", "text that begins with ! needs quotes"},
    {"did not find expected comment or line break", "text on the line of a | or >",
     "what is behind | or > begins on the next line, indented"},
    {"did not find expected tag URI", "a ! without a tag", "text that begins with ! needs quotes"},
    {"did not find expected <document start>", "something stands behind the end of the document",
     "separate documents by a line \"---\", and check the indentation"},
};

/* The reader knows only the byte that is wrong: finds its line and column. */
static yaml_mark_t mark_of_byte(const struct lf_yaml_source *source, size_t byte)
{
	yaml_mark_t mark = {0};

	for (size_t i = 0; i < byte && i < source->length; i++) {
		mark.column += ((unsigned char)source->text[i] & 0xc0U) != 0x80U;
		if (source->text[i] == '\n') {
			mark.line++;
			mark.column = 0;
		}
	}
	return mark;
}

/* Whether only blanks follow. */
static bool is_end(const struct lf_yaml_source *source, yaml_mark_t mark)
{
	size_t characters = 0, length = source->length;

	while (length > 0 && strchr(" \t\r\n", source->text[length - 1]))
		length--;
	for (size_t i = 0; i < length; i++)
		characters += ((unsigned char)source->text[i] & 0xc0U) != 0x80U;
	return mark.index >= characters;
}

int lf_yaml_fail_parser(const struct lf_yaml_source *source, const yaml_parser_t *p)
{
	const char *problem = p->problem ? p->problem : "this is not YAML";

	if (p->error == YAML_MEMORY_ERROR)
		return lf_yaml_fail_at(source, LF_ELIMIT, p->mark, "too large to read");
	if (p->error == YAML_READER_ERROR) {
		(void)lf_yaml_fail_at(source, LF_EPARSE, mark_of_byte(source, p->problem_offset), "%s",
		                      problem);
		lf_hint(source->err, "the file must be UTF-8 text without control characters");
		return LF_EPARSE;
	}
	for (size_t i = 0; i < LF_COUNT(problems); i++) {
		if (strcmp(problem, problems[i].problem) != 0)
			continue;
		/* Where the text ends says nothing: what was never closed began somewhere. */
		bool at_end = p->context && is_end(source, p->problem_mark);

		(void)lf_yaml_fail_at(source, LF_EPARSE, at_end ? p->context_mark : p->problem_mark, "%s",
		                      problems[i].message);
		lf_hint(source->err, "%s", problems[i].hint);
		return LF_EPARSE;
	}
	return p->context
	           ? lf_yaml_fail_at(source, LF_EPARSE, p->problem_mark, "%s (%s that began on line %zu)",
	                             problem, p->context, p->context_mark.line + 1)
	           : lf_yaml_fail_at(source, LF_EPARSE, p->problem_mark, "%s", problem);
}
