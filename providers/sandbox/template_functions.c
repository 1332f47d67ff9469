/* template_functions: what the functions of a template do with their values: logic, numbers, maps and lists, as Go,
 * Sprig and Helm have them; those about text are template_text.c's. A row in a table is a function. */
#include "config.h"
#include "providers/sandbox/template_tree.h"

#include <stdlib.h>
#include <string.h>

static const char *text(const struct lf_node *node)
{
	return lf_node_text(node, NULL);
}

static int64_t number(const struct lf_node *node)
{
	return strtoll(text(node), NULL, 10);
}

bool lf_tpl_truth(const struct lf_node *value)
{
	switch (lf_node_kind(value)) {
	case LF_NODE_NULL:
		return false;
	case LF_NODE_BOOL:
		return lf_node_true(value, NULL);
	case LF_NODE_NUMBER:
		return strtod(text(value), NULL) < 0 || strtod(text(value), NULL) > 0;
	case LF_NODE_TEXT:
		return *text(value) != '\0';
	case LF_NODE_LIST:
	case LF_NODE_MAP:
		break;
	}
	return lf_node_count(value) > 0;
}

static struct lf_node *taken(struct lf_str *str)
{
	struct lf_node *out = lf_node_text_new(lf_str_text(str));

	lf_str_dispose(str);
	return out;
}

static struct lf_node *do_include(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	struct lf_str out = {0};

	(void)n;
	if (lf_tpl_include(&out, run, text(v[0]), v[1])) {
		lf_str_dispose(&out);
		return NULL;
	}
	return taken(&out);
}

static struct lf_node *do_fail(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)n;
	return lf_tpl_fail(run, "error calling fail: %s", text(v[0]));
}

static struct lf_node *do_required(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)n;
	if (lf_node_kind(v[1]) == LF_NODE_NULL || (lf_node_kind(v[1]) == LF_NODE_TEXT && !*text(v[1])))
		return lf_tpl_fail(run, "error calling required: %s", text(v[0]));
	return lf_node_dup(v[1]);
}

static struct lf_node *do_default(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	return lf_node_dup(n == 2 && lf_tpl_truth(v[1]) ? v[1] : v[0]);
}

static struct lf_node *do_coalesce(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	for (size_t i = 0; i < n; i++)
		if (lf_tpl_truth(v[i]))
			return lf_node_dup(v[i]);
	return lf_node_new(LF_NODE_NULL);
}

static struct lf_node *do_ternary(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	(void)n;
	return lf_node_dup(lf_tpl_truth(v[2]) ? v[0] : v[1]);
}

static struct lf_node *do_not(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	(void)n;
	return lf_node_bool_new(!lf_tpl_truth(v[0]));
}

static struct lf_node *do_empty(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	return do_not(run, v, n);
}

static struct lf_node *do_and(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	for (size_t i = 0; i + 1 < n; i++)
		if (!lf_tpl_truth(v[i]))
			return lf_node_dup(v[i]);
	return lf_node_dup(v[n - 1]);
}

static struct lf_node *do_or(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	for (size_t i = 0; i + 1 < n; i++)
		if (lf_tpl_truth(v[i]))
			return lf_node_dup(v[i]);
	return lf_node_dup(v[n - 1]);
}

static int order(const struct lf_node *a, const struct lf_node *b)
{
	double x, y;

	if (lf_node_kind(a) != LF_NODE_NUMBER || lf_node_kind(b) != LF_NODE_NUMBER)
		return strcmp(text(a), text(b));
	x = strtod(text(a), NULL);
	y = strtod(text(b), NULL);
	return (x > y) - (x < y);
}

static struct lf_node *do_eq(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	bool same = false;

	(void)run;
	for (size_t i = 1; i < n; i++)
		same = same || lf_node_equal(v[0], v[i]);
	return lf_node_bool_new(same);
}

static struct lf_node *do_ne(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	(void)n;
	return lf_node_bool_new(!lf_node_equal(v[0], v[1]));
}

static struct lf_node *do_lt(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	(void)n;
	return lf_node_bool_new(order(v[0], v[1]) < 0);
}

static struct lf_node *do_le(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	(void)n;
	return lf_node_bool_new(order(v[0], v[1]) <= 0);
}

static struct lf_node *do_gt(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	(void)n;
	return lf_node_bool_new(order(v[0], v[1]) > 0);
}

static struct lf_node *do_ge(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	(void)n;
	return lf_node_bool_new(order(v[0], v[1]) >= 0);
}

static struct lf_node *do_dict(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	struct lf_node *map = lf_node_new(LF_NODE_MAP);

	(void)run;
	for (size_t i = 0; i + 1 < n; i += 2)
		(void)lf_node_set(map, text(v[i]), lf_node_dup(v[i + 1]));
	return map;
}

static struct lf_node *do_list(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	struct lf_node *list = lf_node_new(LF_NODE_LIST);

	(void)run;
	for (size_t i = 0; i < n; i++)
		(void)lf_node_add(list, lf_node_dup(v[i]));
	return list;
}

static struct lf_node *do_get(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	const struct lf_node *found = lf_node_key(v[0], text(v[1]));

	(void)run;
	(void)n;
	return found ? lf_node_dup(found) : lf_node_text_new("");
}

static struct lf_node *do_has_key(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	(void)n;
	return lf_node_bool_new(lf_node_key(v[0], text(v[1])) != NULL);
}

static struct lf_node *do_len(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	bool is_text = lf_node_kind(v[0]) == LF_NODE_TEXT;

	(void)run;
	(void)n;
	return lf_node_int_new((int64_t)(is_text ? strlen(text(v[0])) : lf_node_count(v[0])));
}

static struct lf_node *do_int(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	(void)run;
	(void)n;
	return lf_node_int_new(number(v[0]));
}

static struct lf_node *do_add(struct lf_tpl_run *run, lf_tpl_values v, size_t n)
{
	int64_t sum = 0;

	(void)run;
	for (size_t i = 0; i < n; i++)
		if (__builtin_add_overflow(sum, number(v[i]), &sum))
			return lf_tpl_fail(run, "error calling add: the sum is too large");
	return lf_node_int_new(sum);
}

static const struct lf_tpl_function functions[] = {
    {"include", 2, 2, do_include},
    {"fail", 1, 1, do_fail},
    {"required", 2, 2, do_required},
    {"default", 1, 2, do_default},
    {"coalesce", 0, 32, do_coalesce},
    {"ternary", 3, 3, do_ternary},
    {"not", 1, 1, do_not},
    {"empty", 1, 1, do_empty},
    {"and", 1, 32, do_and},
    {"or", 1, 32, do_or},
    {"eq", 2, 32, do_eq},
    {"ne", 2, 2, do_ne},
    {"lt", 2, 2, do_lt},
    {"le", 2, 2, do_le},
    {"gt", 2, 2, do_gt},
    {"ge", 2, 2, do_ge},
    {"dict", 0, 32, do_dict},
    {"list", 0, 32, do_list},
    {"tuple", 0, 32, do_list},
    {"get", 2, 2, do_get},
    {"hasKey", 2, 2, do_has_key},
    {"len", 1, 1, do_len},
    {"int", 1, 1, do_int},
    {"int64", 1, 1, do_int},
    {"add", 1, 32, do_add},
};

struct lf_node *lf_tpl_call(struct lf_tpl_run *run, const char *name, lf_tpl_values values, size_t count)
{
	const struct lf_tpl_function *found = NULL;

	for (size_t i = 0; !found && i < LF_COUNT(functions); i++)
		found = lf_equal(functions[i].name, name) ? &functions[i] : NULL;
	for (size_t i = 0; !found && i < lf_tpl_text_function_count; i++)
		found = lf_equal(lf_tpl_text_functions[i].name, name) ? &lf_tpl_text_functions[i] : NULL;
	if (!found)
		return lf_tpl_fail(run, "the demo's Helm does not know the function \"%s\"; a real cluster does", name);
	if (count < found->least || count > found->most)
		return lf_tpl_fail(run, "wrong number of args for %s: want %zu got %zu", name, found->least, count);
	return found->run(run, values, count);
}
