/* template_run: carries out a parsed template: dot, variables, pipelines. What the functions do is
 * template_functions.c's. */
#include "config.h"
#include "providers/sandbox/template.h"

#include <stdarg.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "providers/sandbox/template_tree.h"

enum { MAX_OUTPUT = 1 << 20, MAX_STEPS = 200000, MAX_VALUES = 64 };

struct variable {
	struct variable *outer;
	char *name;
	struct lf_node *value;
};

struct lf_tpl_run {
	const struct lf_templates *templates;
	const char *entry;                   /* the file that is rendered, as errors name it */
	const struct lf_tpl_define *current; /* what is carried out */
	int line, depth;
	size_t steps;
	struct variable *variables;
	const struct lf_tpl_operand *at;
	struct lf_error *err;
	bool failed;
};

static struct lf_node *eval_pipe(struct lf_tpl_run *run, const struct lf_tpl_pipe *pipe, const struct lf_node *dot);

struct lf_node *lf_tpl_fail(struct lf_tpl_run *run, const char *format, ...)
{
	struct lf_str text = {0};
	va_list args;

	if (run->failed) /* what is told is what went wrong first */
		return NULL;
	va_start(args, format);
	lf_str_addv(&text, format, args);
	va_end(args);
	run->failed = true;
	(void)lf_fail(run->err, LF_EINVAL, "sandbox.template", 0, "template: %s:%d:%d: executing \"%s\" at <%s>: %s",
	              run->current->file, run->line, run->at ? run->at->column + 3 : 0, run->current->name,
	              run->at && run->at->text ? run->at->text : ".", lf_str_text(&text));
	lf_str_dispose(&text);
	return NULL;
}

static void forget(struct lf_tpl_run *run, const struct variable *until)
{
	while (run->variables != until) {
		struct variable *variable = run->variables;

		run->variables = variable->outer;
		lf_free(variable->name);
		lf_node_free(variable->value);
		lf_free(variable);
	}
}

static void set_variable(struct lf_tpl_run *run, const char *name, bool is_new, struct lf_node *value)
{
	struct variable *variable;

	for (variable = is_new ? NULL : run->variables; variable && !lf_equal(variable->name, name);)
		variable = variable->outer;
	if (!variable) {
		variable = lf_alloc(1, sizeof(*variable));
		variable->outer = run->variables;
		variable->name = lf_dup(name);
		run->variables = variable;
	}
	lf_node_free(variable->value);
	variable->value = value;
}

static const struct lf_node *get_variable(const struct lf_tpl_run *run, const char *name)
{
	for (const struct variable *variable = run->variables; variable; variable = variable->outer)
		if (lf_equal(variable->name, name))
			return variable->value;
	return NULL;
}

/* The fields PATH of FROM. A missing key is nil; a field of nil is an error, as Go has it. */
static struct lf_node *follow(struct lf_tpl_run *run, const struct lf_node *from, const struct lf_names *path)
{
	for (size_t i = 0; i < path->count; i++) {
		if (i && lf_node_kind(from) == LF_NODE_NULL)
			return lf_tpl_fail(run, "nil pointer evaluating interface {}.%s", path->items[i]);
		if (lf_node_kind(from) != LF_NODE_MAP && lf_node_kind(from) != LF_NODE_NULL)
			return lf_tpl_fail(run, "can't evaluate field %s in type interface {}", path->items[i]);
		from = lf_node_key(from, path->items[i]);
	}
	return from ? lf_node_dup(from) : lf_node_new(LF_NODE_NULL);
}

static struct lf_node *eval_operand(struct lf_tpl_run *run, const struct lf_tpl_operand *operand,
                                    const struct lf_node *dot)
{
	const struct lf_node *variable;
	struct lf_node *inside, *out;

	run->at = operand;
	switch (operand->what) {
	case LF_TPL_FIELD:
		return follow(run, dot, &operand->path);
	case LF_TPL_VARIABLE:
		variable = get_variable(run, operand->text);
		return variable ? follow(run, variable, &operand->path)
		                : lf_tpl_fail(run, "undefined variable \"%s\"", operand->text);
	case LF_TPL_VALUE:
		return lf_node_dup(operand->value);
	case LF_TPL_FUNCTION:
		return lf_tpl_call(run, operand->text, NULL, 0);
	case LF_TPL_GROUP:
		inside = eval_pipe(run, operand->in, dot);
		out = inside ? follow(run, inside, &operand->path) : NULL;
		lf_node_free(inside);
		return out;
	}
	return NULL;
}

/* "and" and "or" look at no more than they need. *DONE: this was one of them. */
static struct lf_node *eval_lazily(struct lf_tpl_run *run, const struct lf_tpl_command *command,
                                   const struct lf_node *dot, bool *done)
{
	bool is_and = lf_equal(command->operands[0].text, "and");
	struct lf_node *value = NULL;

	*done = is_and || lf_equal(command->operands[0].text, "or");
	for (size_t i = 1; *done && i < command->count; i++) {
		lf_node_free(value);
		value = eval_operand(run, &command->operands[i], dot);
		if (!value || lf_tpl_truth(value) != is_and)
			break;
	}
	if (*done && !value)
		return lf_tpl_fail(run, "wrong number of args for %s", command->operands[0].text);
	return value;
}

/* LAST (taken; may be NULL) is what the command before it gave: one more argument. */
static struct lf_node *eval_command(struct lf_tpl_run *run, const struct lf_tpl_command *command,
                                    const struct lf_node *dot, struct lf_node *last)
{
	const struct lf_tpl_operand *first = &command->operands[0];
	struct lf_node *values[MAX_VALUES], *out = NULL;
	size_t count = 0;
	bool good = true, done = false;

	if (first->what != LF_TPL_FUNCTION) {
		if (command->count > 1 || last)
			out = lf_tpl_fail(run, "can't give argument to non-function %s", first->text ? first->text : "");
		else
			out = eval_operand(run, first, dot);
		lf_node_free(last);
		return out;
	}
	if (!last && command->count > 1)
		out = eval_lazily(run, command, dot, &done);
	if (done)
		return out;
	for (size_t i = 1; good && i < command->count && count < MAX_VALUES - 1; i++) {
		values[count] = eval_operand(run, &command->operands[i], dot);
		good = values[count] != NULL;
		count += good;
	}
	if (last)
		values[count++] = last;
	run->at = first;
	if (good)
		out = lf_tpl_call(run, first->text, values, count);
	for (size_t i = 0; i < count; i++)
		lf_node_free(values[i]);
	return out;
}

static struct lf_node *eval_commands(struct lf_tpl_run *run, const struct lf_tpl_pipe *pipe,
                                     const struct lf_node *dot)
{
	struct lf_node *value = NULL;

	if (++run->steps > MAX_STEPS)
		return lf_tpl_fail(run, "this takes too long for a demo");
	for (size_t i = 0; i < pipe->count; i++) {
		value = eval_command(run, &pipe->commands[i], dot, value);
		if (!value)
			return NULL;
	}
	return value;
}

static struct lf_node *eval_pipe(struct lf_tpl_run *run, const struct lf_tpl_pipe *pipe, const struct lf_node *dot)
{
	struct lf_node *value = eval_commands(run, pipe, dot);

	if (value && pipe->variable && !pipe->key)
		set_variable(run, pipe->variable, pipe->is_new, lf_node_dup(value));
	return value;
}

static bool run_block(struct lf_str *out, struct lf_tpl_run *run, const struct lf_tpl_block *block,
                      const struct lf_node *dot);

static bool range_over(struct lf_str *out, struct lf_tpl_run *run, const struct lf_tpl_node *node,
                       const struct lf_node *list)
{
	bool is_map = lf_node_kind(list) == LF_NODE_MAP, good = true;
	const struct variable *outer = run->variables;

	for (size_t i = 0; good && i < lf_node_count(list); i++) {
		const struct lf_node *item = lf_node_at(list, i);

		if (node->pipe.key)
			set_variable(run, node->pipe.key, true,
			             is_map ? lf_node_text_new(lf_node_key_at(list, i))
			                    : lf_node_int_new((int64_t)i));
		if (node->pipe.variable)
			set_variable(run, node->pipe.variable, true, lf_node_dup(item));
		good = run_block(out, run, &node->body, item);
		forget(run, outer);
	}
	return good;
}

static bool run_branches(struct lf_str *out, struct lf_tpl_run *run, const struct lf_tpl_node *node,
                         const struct lf_node *dot)
{
	const struct variable *outer = run->variables;
	struct lf_node *value =
	    node->kind == LF_TPL_RANGE ? eval_commands(run, &node->pipe, dot) : eval_pipe(run, &node->pipe, dot);
	bool good = value != NULL;

	if (good && node->kind == LF_TPL_RANGE && lf_node_count(value))
		good = range_over(out, run, node, value);
	else if (good && node->kind == LF_TPL_RANGE && lf_tpl_truth(value))
		good = lf_tpl_fail(run, "range can't iterate over %s", lf_node_text(value, NULL)) != NULL;
	else if (good && lf_tpl_truth(value))
		good = run_block(out, run, &node->body, node->kind == LF_TPL_WITH ? value : dot);
	else if (good)
		good = run_block(out, run, &node->otherwise, dot);
	forget(run, outer);
	lf_node_free(value);
	return good;
}

static bool run_node(struct lf_str *out, struct lf_tpl_run *run, const struct lf_tpl_node *node,
                     const struct lf_node *dot)
{
	struct lf_node *value;
	bool good;

	run->line = node->line;
	switch (node->kind) {
	case LF_TPL_TEXT:
		lf_str_add(out, node->text);
		return true;
	case LF_TPL_OUTPUT:
		value = eval_pipe(run, &node->pipe, dot);
		if (value && !node->pipe.variable)
			lf_str_add(out, lf_node_text(value, NULL));
		good = value != NULL;
		lf_node_free(value);
		return good;
	case LF_TPL_TEMPLATE:
		value = node->pipe.count ? eval_pipe(run, &node->pipe, dot) : lf_node_new(LF_NODE_NULL);
		good = value && lf_tpl_include(out, run, node->text, value) == 0;
		lf_node_free(value);
		return good;
	case LF_TPL_IF:
	case LF_TPL_WITH:
	case LF_TPL_RANGE:
		break;
	}
	return run_branches(out, run, node, dot);
}

static bool run_block(struct lf_str *out, struct lf_tpl_run *run, const struct lf_tpl_block *block,
                      const struct lf_node *dot)
{
	bool good = true;

	for (size_t i = 0; good && i < block->count; i++) {
		good = run_node(out, run, &block->nodes[i], dot);
		if (out->length > MAX_OUTPUT)
			good = lf_tpl_fail(run, "this is more text than a demo takes") != NULL;
	}
	return good;
}

int lf_tpl_include(struct lf_str *out, struct lf_tpl_run *run, const char *name, const struct lf_node *dot)
{
	const struct lf_tpl_define *define = lf_tpl_find(run->templates, name), *before = run->current;
	struct variable *outside = run->variables;
	int line = run->line, result = -1;

	if (!define || run->depth >= LF_TEMPLATE_DEPTH) {
		(void)lf_tpl_fail(run, define ? "templates include each other in a circle at %s"
		                              : "error calling include: no template \"%s\" associated with template",
		                  name);
		return -1;
	}
	run->current = define;
	run->depth++;
	run->variables = NULL; /* it sees none of ours */
	set_variable(run, "$", true, lf_node_dup(dot));
	if (run_block(out, run, &define->body, dot))
		result = 0;
	forget(run, NULL);
	run->variables = outside;
	run->depth--;
	run->current = before;
	run->line = line;
	return result;
}

int lf_templates_render(struct lf_str *out, const struct lf_templates *templates, const char *name,
                        const struct lf_node *dot, struct lf_error *err)
{
	struct lf_error ignored;
	struct lf_tpl_run run = {.templates = templates, .entry = name, .err = err ? err : &ignored};

	run.current = lf_tpl_find(templates, name);
	return lf_tpl_include(out, &run, name, dot) ? run.err->code : LF_OK;
}
