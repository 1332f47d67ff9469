/* plan_put: answers as nodes of a document, each marked with the question it comes from. Decides how a value is spelled, not whether it belongs there. */
#include "config.h"
#include "core/plan.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"

/* NULL: it has no answer that counts. */
static const struct lf_plan_entry *find(const struct lf_plan *plan, const char *id)
{
	return *lf_plan_text(plan, id) ? lf_plan_entry(plan, id) : NULL;
}

static struct lf_node *put(struct lf_node *map, const char *key, const struct lf_plan *plan, const char *id, struct lf_node *(*make)(const char *))
{
	const struct lf_plan_entry *entry = find(plan, id);
	struct lf_node *node;

	if (!entry)
		return NULL;
	node = lf_node_set(map, key, make(entry->value));
	lf_node_set_origin(node, entry->origin);
	return node;
}

static struct lf_node *make_bool(const char *value)
{
	return lf_node_bool_new(lf_equal(value, "yes"));
}

/* While the user types, a number may not be one yet: it is shown as they typed it, as text. Zeros in front would make it octal to some readers of YAML. */
static struct lf_node *make_number(const char *value)
{
	size_t zeros = strspn(value, "0");

	if (strspn(value, "0123456789") != strlen(value))
		return lf_node_text_new(value);
	return lf_node_number_new(value[zeros] || !zeros ? value + zeros : "0");
}

/* The whole subtree is the answer's: the preview marks all of its lines. */
static void set_origin_deep(struct lf_node *node, const char *id)
{
	lf_node_set_origin(node, id);
	for (size_t i = 0; i < lf_node_count(node); i++)
		set_origin_deep(lf_node_at(node, i), id);
}

struct lf_node *lf_plan_tree(const struct lf_plan *plan, const char *id)
{
	const struct lf_plan_entry *entry = find(plan, id);
	struct lf_node *tree = NULL;

	if (!entry || lf_question_tree(&tree, entry->question, entry->value, NULL))
		return NULL;
	set_origin_deep(tree, entry->origin);
	return tree;
}

struct lf_node *lf_plan_put_tree(struct lf_node *map, const char *key, const struct lf_plan *plan, const char *id)
{
	struct lf_node *tree = lf_plan_tree(plan, id);

	return tree ? lf_node_set(map, key, tree) : NULL;
}

struct lf_node *lf_plan_put_list(struct lf_node *map, const char *key, const struct lf_plan *plan, const char *id)
{
	const struct lf_plan_entry *entry = find(plan, id);
	struct lf_names items = {0};
	struct lf_node *list;

	if (!entry)
		return NULL;
	list = lf_node_set_list(map, key);
	lf_list_split(&items, entry->value);
	for (size_t i = 0; i < items.count; i++)
		lf_node_add_text(list, items.items[i]);
	set_origin_deep(list, entry->origin);
	lf_names_dispose(&items);
	return list;
}

struct lf_node *lf_plan_put(struct lf_node *map, const char *key, const struct lf_plan *plan, const char *id)
{
	return put(map, key, plan, id, lf_node_text_new);
}

struct lf_node *lf_plan_put_bool(struct lf_node *map, const char *key, const struct lf_plan *plan, const char *id)
{
	return put(map, key, plan, id, make_bool);
}

struct lf_node *lf_plan_put_number(struct lf_node *map, const char *key, const struct lf_plan *plan, const char *id)
{
	return put(map, key, plan, id, make_number);
}

const char *lf_plan_origin(const struct lf_plan *plan, const char *id)
{
	const struct lf_plan_entry *entry = lf_plan_entry(plan, id);

	return entry ? entry->origin : id;
}
