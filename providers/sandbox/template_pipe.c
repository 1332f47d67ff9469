/* template_pipe: what stands between the braces: pipelines, commands, operands. Reads text, evaluates nothing. */
#include "config.h"
#include "providers/sandbox/template_tree.h"

#include <ctype.h>
#include <string.h>

#include "core/mem.h"

void lf_tpl_pipe_dispose(struct lf_tpl_pipe *pipe)
{
	for (size_t i = 0; i < pipe->count; i++) {
		struct lf_tpl_command *command = &pipe->commands[i];

		for (size_t k = 0; k < command->count; k++) {
			struct lf_tpl_operand *operand = &command->operands[k];

			lf_free(operand->text);
			lf_node_free(operand->value);
			lf_names_dispose(&operand->path);
			if (operand->in)
				lf_tpl_pipe_dispose(operand->in);
			lf_free(operand->in);
		}
		lf_free(command->operands);
	}
	lf_free(pipe->commands);
	lf_free(pipe->key);
	lf_free(pipe->variable);
	memset(pipe, 0, sizeof(*pipe));
}

static void skip_blanks(const char **at)
{
	while (isspace((unsigned char)**at))
		(*at)++;
}

static size_t word_length(const char *at)
{
	size_t n = 0;

	while (isalnum((unsigned char)at[n]) || at[n] == '_')
		n++;
	return n;
}

/* ".a.b": into PATH. A dot alone is no field. */
static void take_path(struct lf_names *path, const char **at)
{
	while (**at == '.' && word_length(*at + 1)) {
		size_t n = word_length(*at + 1);
		char *name = lf_dup_n(*at + 1, n);

		lf_names_add(path, name);
		lf_free(name);
		*at += n + 1;
	}
}

static const char *take_quoted(struct lf_tpl_operand *out, const char **at)
{
	char quote = *(*at)++;
	struct lf_str text = {0};

	for (; **at && **at != quote; (*at)++) {
		char c = **at;

		if (quote == '"' && c == '\\') {
			c = *++*at;
			if (!c)
				break;
			c = c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
		}
		lf_str_add_char(&text, c);
	}
	if (!**at) {
		lf_str_dispose(&text);
		return "unterminated quoted string";
	}
	(*at)++;
	out->what = LF_TPL_VALUE;
	out->value = lf_node_text_new(lf_str_text(&text));
	lf_str_dispose(&text);
	return NULL;
}

static void take_word(struct lf_tpl_operand *out, const char **at)
{
	size_t n = word_length(*at);
	char *word = lf_dup_n(*at, n);

	*at += n;
	out->what = LF_TPL_VALUE;
	if (lf_equal(word, "true") || lf_equal(word, "false"))
		out->value = lf_node_bool_new(*word == 't');
	else if (lf_equal(word, "nil"))
		out->value = lf_node_new(LF_NODE_NULL);
	else
		out->what = LF_TPL_FUNCTION;
	out->text = word;
}

static const char *take_operand(struct lf_tpl_operand *out, const char **at, int depth)
{
	const char *from = *at, *wrong = NULL;
	char *digits;

	if (*from == '"' || *from == '`')
		return take_quoted(out, at);
	if (isdigit((unsigned char)*from) || (*from == '-' && isdigit((unsigned char)from[1]))) {
		size_t n = 1 + strspn(from + 1, "0123456789.");

		digits = lf_dup_n(from, n);
		out->what = LF_TPL_VALUE;
		out->value = lf_node_number_new(digits);
		lf_free(digits);
		*at += n;
		return NULL;
	}
	if (*from == '(') {
		out->what = LF_TPL_GROUP;
		out->in = lf_alloc(1, sizeof(*out->in));
		(*at)++;
		wrong = lf_tpl_pipe_parse(out->in, at, from, depth + 1);
		if (wrong || **at != ')')
			return wrong ? wrong : "unclosed left paren";
		(*at)++;
	} else if (*from == '$') {
		size_t n = word_length(from + 1);

		out->what = LF_TPL_VARIABLE;
		out->text = lf_dup_n(from, n + 1);
		*at += n + 1;
	} else if (*from == '.') {
		out->what = LF_TPL_FIELD;
		if (!word_length(from + 1))
			(*at)++;
	} else if (isalpha((unsigned char)*from) || *from == '_') {
		take_word(out, at);
		return NULL;
	} else {
		return "unexpected character in command";
	}
	take_path(&out->path, at);
	if (out->what != LF_TPL_VARIABLE)
		out->text = lf_dup_n(from, (size_t)(*at - from));
	return NULL;
}

/* "$v :=", "$v =" or "$k, $v :=" */
static void take_assignment(struct lf_tpl_pipe *out, const char **at)
{
	const char *p = *at, *names[2] = {NULL, NULL};
	size_t lengths[2] = {0, 0};
	int count = 0;

	while (*p == '$' && count < 2) {
		names[count] = p;
		lengths[count] = 1 + word_length(p + 1);
		p += lengths[count++];
		skip_blanks(&p);
		if (*p == ',') {
			p++;
			skip_blanks(&p);
		}
	}
	if (!count || (!lf_starts_with(p, ":=") && (*p != '=' || p[1] == '=')))
		return;
	out->is_new = *p == ':';
	p += out->is_new ? 2 : 1;
	if (count == 2)
		out->key = lf_dup_n(names[0], lengths[0]);
	out->variable = lf_dup_n(names[count - 1], lengths[count - 1]);
	*at = p;
}

const char *lf_tpl_pipe_parse(struct lf_tpl_pipe *out, const char **at, const char *line, int depth)
{
	struct lf_tpl_command *command = NULL;
	const char *wrong = depth > LF_TEMPLATE_DEPTH ? "parentheses are nested too deeply" : NULL;

	skip_blanks(at);
	take_assignment(out, at);
	skip_blanks(at);
	while (!wrong && **at && **at != ')') {
		if (**at == '|') {
			wrong = command ? NULL : "missing value for command";
			command = NULL;
			(*at)++;
		} else {
			struct lf_tpl_operand operand = {.column = (int)(*at - line)};

			if (!command) {
				lf_grow((void **)&out->commands, &out->capacity, out->count, sizeof(*command));
				command = &out->commands[out->count++];
				memset(command, 0, sizeof(*command));
			}
			wrong = take_operand(&operand, at, depth);
			lf_grow((void **)&command->operands, &command->capacity, command->count,
			        sizeof(*command->operands));
			command->operands[command->count++] = operand;
		}
		skip_blanks(at);
	}
	return wrong ? wrong : command ? NULL : "missing value for command";
}
