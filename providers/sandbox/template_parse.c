/* template_parse: a template's text into blocks: texts, actions and what they enclose. Knows the grammar, no
 * values and no functions. */
#include "config.h"
#include "providers/sandbox/template.h"

#include <string.h>

#include "core/mem.h"
#include "providers/sandbox/template_tree.h"

struct parser {
	struct lf_templates *templates;
	const char *name, *start, *at;
	struct lf_error *err;
};

struct lf_templates *lf_templates_new(void)
{
	return lf_alloc(1, sizeof(struct lf_templates));
}

void lf_tpl_block_dispose(struct lf_tpl_block *block)
{
	for (size_t i = 0; i < block->count; i++) {
		lf_free(block->nodes[i].text);
		lf_tpl_pipe_dispose(&block->nodes[i].pipe);
		lf_tpl_block_dispose(&block->nodes[i].body);
		lf_tpl_block_dispose(&block->nodes[i].otherwise);
	}
	lf_free(block->nodes);
	memset(block, 0, sizeof(*block));
}

void lf_templates_free(struct lf_templates *templates)
{
	for (size_t i = 0; templates && i < templates->count; i++) {
		lf_free(templates->defines[i].name);
		lf_free(templates->defines[i].file);
		lf_tpl_block_dispose(&templates->defines[i].body);
	}
	if (templates)
		lf_free(templates->defines);
	lf_free(templates);
}

/* The one defined last counts, as in Go. */
const struct lf_tpl_define *lf_tpl_find(const struct lf_templates *templates, const char *name)
{
	for (size_t i = templates->count; i-- > 0;)
		if (lf_equal(templates->defines[i].name, name))
			return &templates->defines[i];
	return NULL;
}

static int line_of(const struct parser *parser, const char *at)
{
	int line = 1;

	for (const char *p = parser->start; p < at; p++)
		line += *p == '\n';
	return line;
}

static int fail(struct parser *parser, const char *at, const char *what)
{
	return lf_fail(parser->err, LF_EPARSE, "sandbox.template", 0, "parse error at (%s:%d): %s", parser->name,
	               line_of(parser, at), what);
}

static struct lf_tpl_node *add_node(struct lf_tpl_block *block, enum lf_tpl_kind kind, int line)
{
	lf_grow((void **)&block->nodes, &block->capacity, block->count, sizeof(*block->nodes));
	block->nodes[block->count] = (struct lf_tpl_node){.kind = kind, .line = line};
	return &block->nodes[block->count++];
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Up to the next action; its "{{-" takes the white space before it away. Returns where the action begins; NULL at
 * the end. */
static const char *take_text(struct parser *parser, struct lf_tpl_block *block)
{
	const char *open = strstr(parser->at, "{{"), *end = open ? open : parser->at + strlen(parser->at);

	if (open && open[2] == '-' && is_blank(open[3]))
		while (end > parser->at && is_blank(end[-1]))
			end--;
	if (end > parser->at)
		add_node(block, LF_TPL_TEXT, line_of(parser, parser->at))->text =
		    lf_dup_n(parser->at, (size_t)(end - parser->at));
	return open;
}

/* The end of an action that begins at OPEN: *INSIDE (the caller frees) without the braces and their dashes. */
static int take_action(struct parser *parser, const char *open, char **inside)
{
	const char *from = open + 2, *close, *end;
	char quote = '\0';

	if (*from == '-' && is_blank(from[1]))
		from++;
	while (is_blank(*from))
		from++;
	if (lf_starts_with(from, "/*")) {
		close = strstr(from, "*/");
		close = close ? close + 2 : NULL;
		while (close && is_blank(*close))
			close++;
		close = close ? strstr(close, "}}") : NULL;
	} else {
		for (close = from; *close && (quote || close[0] != '}' || close[1] != '}'); close++) {
			if (quote == '"' && *close == '\\' && close[1])
				close++;
			else if (quote ? *close == quote : *close == '"' || *close == '`')
				quote = quote ? '\0' : *close;
		}
		close = *close ? close : NULL;
	}
	if (!close)
		return fail(parser, open, "unclosed action");
	end = close;
	parser->at = close + 2;
	if (end - from >= 2 && end[-1] == '-' && is_blank(end[-2])) {
		end--;
		while (is_blank(*parser->at))
			parser->at++;
	}
	while (end > from && is_blank(end[-1]))
		end--;
	*inside = lf_dup_n(from, (size_t)(end - from));
	return LF_OK;
}

/* Whether the action INSIDE begins with WORD; *REST is what follows. */
static bool is_word(const char *inside, const char *word, const char **rest)
{
	size_t n = strlen(word);

	if (strncmp(inside, word, n) != 0 || (inside[n] && !is_blank(inside[n]) && inside[n] != '"'))
		return false;
	*rest = inside + n;
	while (is_blank(**rest))
		(*rest)++;
	return true;
}

static int parse_pipe(struct parser *parser, struct lf_tpl_pipe *out, const char *text, const char *from)
{
	const char *at = text, *wrong = lf_tpl_pipe_parse(out, &at, text, 0);

	if (!wrong && *at)
		wrong = "unexpected right paren";
	return wrong ? fail(parser, from, wrong) : LF_OK;
}

enum ending { END_OF_FILE, END_OF_BLOCK, END_AT_ELSE };

static int parse_block(struct parser *parser, struct lf_tpl_block *block, int depth, enum ending *ending,
                       char **rest);

/* if, with and range; "else if" is an if inside of else. */
static int parse_branches(struct parser *parser, struct lf_tpl_node *node, const char *pipe, const char *open,
                          int depth)
{
	enum ending ending = END_OF_FILE;
	char *rest = NULL;
	int result = *pipe ? parse_pipe(parser, &node->pipe, pipe, open) : fail(parser, open, "missing value");

	if (result == LF_OK)
		result = parse_block(parser, &node->body, depth + 1, &ending, &rest);
	if (result == LF_OK && ending == END_OF_FILE)
		result = fail(parser, open, "unexpected EOF");
	if (result == LF_OK && ending == END_AT_ELSE) {
		const char *condition;

		if (*rest && (is_word(rest, "if", &condition) || is_word(rest, "with", &condition))) {
			enum lf_tpl_kind kind = rest[0] == 'i' ? LF_TPL_IF : LF_TPL_WITH;

			result = parse_branches(parser,
			                        add_node(&node->otherwise, kind, line_of(parser, open)),
			                        condition, open, depth + 1);
		} else if (*rest) {
			result = fail(parser, open, "unexpected text after else");
		} else {
			lf_free(rest);
			rest = NULL;
			result = parse_block(parser, &node->otherwise, depth + 1, &ending, &rest);
			if (result == LF_OK && ending != END_OF_BLOCK)
				result = fail(parser, open, "expected end; found {{else}}");
		}
	}
	lf_free(rest);
	return result;
}

/* A quoted name at *TEXT, which moves behind it; NULL: none. The caller frees. */
static char *take_name(const char **text)
{
	const char *end = **text == '"' ? strchr(*text + 1, '"') : NULL;
	char *name = end ? lf_dup_n(*text + 1, (size_t)(end - *text - 1)) : NULL;

	if (end)
		*text = end + 1;
	while (name && is_blank(**text))
		(*text)++;
	return name;
}

static int parse_define(struct parser *parser, const char *text, const char *open, int depth)
{
	struct lf_templates *all = parser->templates;
	struct lf_tpl_block body = {0};
	enum ending ending = END_OF_FILE;
	char *rest = NULL, *name = take_name(&text);
	int result;

	if (!name || depth)
		result = fail(parser, open, name ? "unexpected {{define}}" : "unexpected token in define clause");
	else
		result = parse_block(parser, &body, depth + 1, &ending, &rest);
	if (result == LF_OK && ending != END_OF_BLOCK)
		result = fail(parser, open, "unexpected EOF");
	lf_free(rest);
	if (result) {
		lf_tpl_block_dispose(&body);
		lf_free(name);
		return result;
	}
	lf_grow((void **)&all->defines, &all->capacity, all->count, sizeof(*all->defines));
	all->defines[all->count++] =
	    (struct lf_tpl_define){.name = name, .file = lf_dup(parser->name), .body = body};
	return LF_OK;
}

static int parse_template(struct parser *parser, struct lf_tpl_node *node, const char *text, const char *open)
{
	node->text = take_name(&text);
	if (!node->text)
		return fail(parser, open, "unexpected token in template clause");
	return *text ? parse_pipe(parser, &node->pipe, text, open) : LF_OK;
}

static int parse_action(struct parser *parser, struct lf_tpl_block *block, const char *inside, const char *open,
                        int depth)
{
	int line = line_of(parser, open);
	const char *rest;

	if (lf_starts_with(inside, "/*"))
		return LF_OK;
	if (is_word(inside, "if", &rest))
		return parse_branches(parser, add_node(block, LF_TPL_IF, line), rest, open, depth);
	if (is_word(inside, "with", &rest))
		return parse_branches(parser, add_node(block, LF_TPL_WITH, line), rest, open, depth);
	if (is_word(inside, "range", &rest))
		return parse_branches(parser, add_node(block, LF_TPL_RANGE, line), rest, open, depth);
	if (is_word(inside, "define", &rest))
		return parse_define(parser, rest, open, depth);
	if (is_word(inside, "template", &rest))
		return parse_template(parser, add_node(block, LF_TPL_TEMPLATE, line), rest, open);
	if (is_word(inside, "block", &rest) || is_word(inside, "break", &rest) || is_word(inside, "continue", &rest))
		return fail(parser, open, "the demo's Helm does not know this action; a real cluster does");
	return *inside ? parse_pipe(parser, &add_node(block, LF_TPL_OUTPUT, line)->pipe, inside, open)
	               : fail(parser, open, "missing value for command");
}

/* Up to the {{ end }} or {{ else }} that ends BLOCK; *REST is what stands behind the else. */
static int parse_block(struct parser *parser, struct lf_tpl_block *block, int depth, enum ending *ending,
                       char **rest)
{
	int result = LF_OK;

	if (depth > LF_TEMPLATE_DEPTH)
		return fail(parser, parser->at, "blocks are nested too deeply");
	while (result == LF_OK) {
		const char *open = take_text(parser, block), *behind;
		char *inside = NULL;

		if (!open) {
			*ending = END_OF_FILE;
			return LF_OK;
		}
		result = take_action(parser, open, &inside);
		if (result == LF_OK && (lf_equal(inside, "end") || is_word(inside, "else", &behind))) {
			*ending = lf_equal(inside, "end") ? END_OF_BLOCK : END_AT_ELSE;
			*rest = *ending == END_AT_ELSE ? lf_dup(behind) : NULL;
			lf_free(inside);
			return depth ? LF_OK : fail(parser, open, "unexpected {{end}}");
		}
		if (result == LF_OK)
			result = parse_action(parser, block, inside, open, depth);
		lf_free(inside);
	}
	return result;
}

int lf_templates_add(struct lf_templates *templates, const char *name, const char *text, struct lf_error *err)
{
	struct parser parser = {.templates = templates, .name = name, .start = text, .at = text, .err = err};
	struct lf_tpl_block body = {0};
	enum ending ending;
	char *rest = NULL;
	int result = parse_block(&parser, &body, 0, &ending, &rest);

	lf_free(rest);
	if (result) {
		lf_tpl_block_dispose(&body);
		return result;
	}
	lf_grow((void **)&templates->defines, &templates->capacity, templates->count, sizeof(*templates->defines));
	templates->defines[templates->count++] =
	    (struct lf_tpl_define){.name = lf_dup(name), .file = lf_dup(name), .body = body};
	return LF_OK;
}
