/* template_text: the functions of a template that make or look at text. */
#include "config.h"
#include "providers/sandbox/template_tree.h"

#include <ctype.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/schema.h"
#include "core/yaml.h"

static const char *text(const struct lf_node *node)
{
	return lf_node_text(node, NULL);
}

static int64_t number(const struct lf_node *node)
{
	return strtoll(text(node), NULL, 10);
}

static struct lf_node *taken(struct lf_str *str)
{
	struct lf_node *out = lf_node_text_new(lf_str_text(str));

	lf_str_dispose(str);
	return out;
}

static struct lf_node *do_quote(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	struct lf_str out = {0};

	(void)run;
	for (size_t i = 0; i < n; i++) {
		lf_str_add(&out, i ? " \"" : "\"");
		for (const char *p = text(v[i]); *p; p++) {
			if (*p == '\n')
				lf_str_add(&out, "\\n");
			else
				lf_str_addf(&out, "%s%c", *p == '"' || *p == '\\' ? "\\" : "", *p);
		}
		lf_str_add(&out, "\"");
	}
	return taken(&out);
}

static struct lf_node *do_squote(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	struct lf_str out = {0};

	(void)run;
	(void)n;
	lf_str_addf(&out, "'%s'", text(v[0]));
	return taken(&out);
}

static struct lf_node *do_to_yaml(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	struct lf_str out = {0};

	(void)run;
	(void)n;
	lf_yaml_emit(&out, v[0], NULL);
	while (out.length && out.data[out.length - 1] == '\n')
		lf_str_truncate(&out, out.length - 1);
	return taken(&out);
}

static struct lf_node *do_to_json(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	struct lf_str out = {0};

	(void)run;
	(void)n;
	lf_json_emit(&out, v[0]);
	return taken(&out);
}

static struct lf_node *indented(const struct lf_node *width, const char *from, bool newline)
{
	int spaces = (int)number(width);
	struct lf_str out = {0};

	if (newline)
		lf_str_add_char(&out, '\n');
	for (bool first = true; first || *from; first = false) {
		size_t length = strcspn(from, "\n");

		lf_str_addf(&out, "%*s%.*s", spaces < 0 || spaces > 100 ? 0 : spaces, "", (int)length, from);
		from += length;
		if (*from)
			lf_str_add_char(&out, *from++);
	}
	return taken(&out);
}

static struct lf_node *do_indent(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	(void)n;
	return indented(v[0], text(v[1]), false);
}

static struct lf_node *do_nindent(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	(void)n;
	return indented(v[0], text(v[1]), true);
}

static struct lf_node *do_trunc(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	size_t length = strlen(text(v[1])), most = (size_t)llabs(number(v[0]));

	(void)run;
	(void)n;
	if (length <= most)
		return lf_node_dup(v[1]);
	return number(v[0]) < 0 ? lf_node_text_new(text(v[1]) + length - most)
	                        : lf_node_text_new_n(text(v[1]), most);
}

static struct lf_node *do_trim_suffix(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	const char *from = text(v[1]), *end = text(v[0]);

	(void)run;
	(void)n;
	return lf_node_text_new_n(from, strlen(from) - (lf_ends_with(from, end) ? strlen(end) : 0));
}

static struct lf_node *do_trim_prefix(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	const char *from = text(v[1]), *start = text(v[0]);

	(void)run;
	(void)n;
	return lf_node_text_new(from + (lf_starts_with(from, start) ? strlen(start) : 0));
}

static struct lf_node *do_trim(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	const char *from = text(v[0]) + strspn(text(v[0]), " \t\r\n");
	size_t length = strlen(from);

	(void)run;
	(void)n;
	while (length && isspace((unsigned char)from[length - 1]))
		length--;
	return lf_node_text_new_n(from, length);
}

static struct lf_node *do_replace(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	const char *from = text(v[2]), *old = text(v[0]), *found;
	struct lf_str out = {0};

	(void)run;
	(void)n;
	while (*old && (found = strstr(from, old))) {
		lf_str_add_n(&out, from, (size_t)(found - from));
		lf_str_add(&out, text(v[1]));
		from = found + strlen(old);
	}
	lf_str_add(&out, from);
	return taken(&out);
}

static struct lf_node *do_lower(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	struct lf_str out = {0};

	(void)run;
	(void)n;
	for (const char *p = text(v[0]); *p; p++)
		lf_str_add_char(&out, (char)tolower((unsigned char)*p));
	return taken(&out);
}

static struct lf_node *do_upper(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	struct lf_str out = {0};

	(void)run;
	(void)n;
	for (const char *p = text(v[0]); *p; p++)
		lf_str_add_char(&out, (char)toupper((unsigned char)*p));
	return taken(&out);
}

static struct lf_node *do_contains(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	(void)n;
	return lf_node_bool_new(strstr(text(v[1]), text(v[0])) != NULL);
}

static struct lf_node *do_has_prefix(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	(void)n;
	return lf_node_bool_new(lf_starts_with(text(v[1]), text(v[0])));
}

static struct lf_node *do_has_suffix(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	(void)n;
	return lf_node_bool_new(lf_ends_with(text(v[1]), text(v[0])));
}

static struct lf_node *do_regex_match(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	char *pattern = lf_schema_pattern(text(v[0]));
	regex_t compiled;
	bool matches;

	(void)n;
	if (!pattern || regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB)) {
		lf_free(pattern);
		return lf_tpl_fail(run, "error calling regexMatch: the demo cannot read this pattern");
	}
	matches = regexec(&compiled, text(v[1]), 0, NULL, 0) == 0;
	regfree(&compiled);
	lf_free(pattern);
	return lf_node_bool_new(matches);
}

static struct lf_node *do_printf(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	struct lf_str out = {0};
	size_t next = 1;

	for (const char *p = text(v[0]); *p; p++) {
		if (*p != '%') {
			lf_str_add_char(&out, *p);
		} else if (p[1] == '%') {
			lf_str_add_char(&out, *p++);
		} else if (p[1] && strchr("svdq", p[1]) && next < n) {
			const char *mark = *++p == 'q' ? "\"" : "";

			lf_str_addf(&out, "%s%s%s", mark, text(v[next++]), mark);
		} else {
			lf_str_dispose(&out);
			return lf_tpl_fail(run, "error calling printf: the demo knows %%s, %%d, %%v and %%q, each with a value");
		}
	}
	return taken(&out);
}

static struct lf_node *do_print(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	struct lf_str out = {0};

	(void)run;
	for (size_t i = 0; i < n; i++)
		lf_str_add(&out, text(v[i]));
	return taken(&out);
}

static struct lf_node *do_to_string(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	(void)n;
	return lf_node_text_new(text(v[0]));
}

const struct lf_tpl_function lf_tpl_text_functions[] = {
    {"quote", 0, 32, do_quote},
    {"squote", 1, 1, do_squote},
    {"toYaml", 1, 1, do_to_yaml},
    {"toJson", 1, 1, do_to_json},
    {"indent", 2, 2, do_indent},
    {"nindent", 2, 2, do_nindent},
    {"trunc", 2, 2, do_trunc},
    {"trimSuffix", 2, 2, do_trim_suffix},
    {"trimPrefix", 2, 2, do_trim_prefix},
    {"trim", 1, 1, do_trim},
    {"replace", 3, 3, do_replace},
    {"lower", 1, 1, do_lower},
    {"upper", 1, 1, do_upper},
    {"contains", 2, 2, do_contains},
    {"hasPrefix", 2, 2, do_has_prefix},
    {"hasSuffix", 2, 2, do_has_suffix},
    {"regexMatch", 2, 2, do_regex_match},
    {"printf", 1, 32, do_printf},
    {"print", 0, 32, do_print},
    {"toString", 1, 1, do_to_string},
};
const size_t lf_tpl_text_function_count = LF_COUNT(lf_tpl_text_functions);
