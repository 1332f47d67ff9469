/* template_tree: a parsed template. Only the template's own files look at it. */
#ifndef LF_SANDBOX_TEMPLATE_TREE_H
#define LF_SANDBOX_TEMPLATE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include "core/error.h"
#include "core/facts.h"
#include "core/node.h"
#include "core/str.h"

enum { LF_TEMPLATE_DEPTH = 64 };

struct lf_tpl_pipe;

enum lf_tpl_what { LF_TPL_FIELD, LF_TPL_VARIABLE, LF_TPL_VALUE, LF_TPL_FUNCTION, LF_TPL_GROUP };

struct lf_tpl_operand {
	enum lf_tpl_what what;
	char *text;             /* as written; of a function or variable: its name */
	struct lf_node *value;  /* LF_TPL_VALUE */
	struct lf_tpl_pipe *in; /* LF_TPL_GROUP: what stands in parentheses */
	struct lf_names path;   /* fields behind it */
	int column;
};

struct lf_tpl_command {
	struct lf_tpl_operand *operands;
	size_t count, capacity;
};

struct lf_tpl_pipe {
	char *key, *variable; /* "$k, $v := …"; NULL: none */
	bool is_new;          /* ":=" rather than "=" */
	struct lf_tpl_command *commands;
	size_t count, capacity;
};

enum lf_tpl_kind { LF_TPL_TEXT, LF_TPL_OUTPUT, LF_TPL_IF, LF_TPL_WITH, LF_TPL_RANGE, LF_TPL_TEMPLATE };

struct lf_tpl_block {
	struct lf_tpl_node *nodes;
	size_t count, capacity;
};

struct lf_tpl_node {
	enum lf_tpl_kind kind;
	char *text; /* the text, or the name of the template */
	struct lf_tpl_pipe pipe;
	struct lf_tpl_block body, otherwise;
	int line;
};

struct lf_tpl_define { /* a file, or what {{ define }} names */
	char *name, *file;
	struct lf_tpl_block body;
};

struct lf_templates {
	struct lf_tpl_define *defines;
	size_t count, capacity;
};

void lf_tpl_pipe_dispose(struct lf_tpl_pipe *pipe);
void lf_tpl_block_dispose(struct lf_tpl_block *block);
const struct lf_tpl_define *lf_tpl_find(const struct lf_templates *templates, const char *name);

/* The inside of one action, from *AT to its end (or to the ")" of a group), into OUT. A static word of what is
 * wrong, or NULL. */
const char *lf_tpl_pipe_parse(struct lf_tpl_pipe *out, const char **at, const char *line, int depth);

/* template_run.c: for the functions that call back. Appends what the template NAME says. */
struct lf_tpl_run;
int lf_tpl_include(struct lf_str *out, struct lf_tpl_run *run, const char *name, const struct lf_node *dot);
/* Notes what went wrong in a function; returns NULL, so that it can be returned at once. */
LF_PRINTF(2, 3) struct lf_node *lf_tpl_fail(struct lf_tpl_run *run, const char *format, ...);

typedef struct lf_node *const *lf_tpl_values;

struct lf_tpl_function {
	const char *name;
	size_t least, most; /* values */
	struct lf_node *(*run)(struct lf_tpl_run *run, lf_tpl_values values, size_t count); /* NULL: it failed */
};
extern const struct lf_tpl_function lf_tpl_text_functions[]; /* template_text.c */
extern const size_t lf_tpl_text_function_count;

/* template_functions.c: calls NAME with COUNT values. NULL: it failed, and said so. */
struct lf_node *lf_tpl_call(struct lf_tpl_run *run, const char *name, lf_tpl_values values, size_t count);
bool lf_tpl_truth(const struct lf_node *value);

#endif
