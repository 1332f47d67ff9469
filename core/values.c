/* values: see values.h. Trees are bounded by the readers they come from; recursion is as deep as they are. */
#include "config.h"
#include "core/values.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/yaml.h"
#include "core/yaml_edit.h"

enum { PATH_DEPTH = 32 };

static bool is_map(const struct lf_node *node)
{
	return lf_node_kind(node) == LF_NODE_MAP;
}

static void diff_into(struct lf_node *out, const struct lf_node *defaults, const struct lf_node *edited)
{
	for (size_t i = 0; i < lf_node_count(edited); i++) {
		const char *key = lf_node_key_at(edited, i);
		const struct lf_node *now = lf_node_at(edited, i), *was = lf_node_key(defaults, key);

		if (was && lf_node_equal(was, now))
			continue;
		if (was && is_map(was) && is_map(now)) {
			struct lf_node *below = lf_node_new(LF_NODE_MAP);

			diff_into(below, was, now);
			if (lf_node_count(below))
				lf_node_set(out, key, below);
			else
				lf_node_free(below);
			continue;
		}
		/* Helm merges into what was a map; what is to be gone of it has to be said. A map in place of a single value needs no such care. */
		lf_node_set(out, key, lf_node_dup(now));
	}
	for (size_t i = 0; i < lf_node_count(defaults); i++) {
		const char *key = lf_node_key_at(defaults, i);

		if (!lf_node_key(edited, key) && lf_node_kind(lf_node_at(defaults, i)) != LF_NODE_NULL)
			lf_node_set(out, key, lf_node_new(LF_NODE_NULL));
	}
}

struct lf_node *lf_values_diff(const struct lf_node *defaults, const struct lf_node *edited)
{
	struct lf_node *out = lf_node_new(LF_NODE_MAP);

	diff_into(out, is_map(defaults) ? defaults : NULL, is_map(edited) ? edited : NULL);
	return out;
}

static void merge_into(struct lf_node *out, const struct lf_node *overrides, bool keeps_nulls)
{
	for (size_t i = 0; i < lf_node_count(overrides); i++) {
		const char *key = lf_node_key_at(overrides, i);
		const struct lf_node *over = lf_node_at(overrides, i);
		struct lf_node *was = lf_node_key(out, key);

		if (lf_node_kind(over) == LF_NODE_NULL && !keeps_nulls)
			lf_node_remove(out, key);
		else if (was && is_map(was) && is_map(over))
			merge_into(was, over, keeps_nulls);
		else
			lf_node_set(out, key, lf_node_dup(over));
	}
}

struct lf_node *lf_values_merge(const struct lf_node *defaults, const struct lf_node *overrides)
{
	struct lf_node *out = is_map(defaults) ? lf_node_dup(defaults) : lf_node_new(LF_NODE_MAP);

	merge_into(out, is_map(overrides) ? overrides : NULL, false);
	return out;
}

struct lf_node *lf_values_layer(const struct lf_node *lower, const struct lf_node *upper)
{
	struct lf_node *out = is_map(lower) ? lf_node_dup(lower) : lf_node_new(LF_NODE_MAP);

	merge_into(out, is_map(upper) ? upper : NULL, true);
	return out;
}

struct lf_node *lf_values_common(const struct lf_node *a, const struct lf_node *b)
{
	struct lf_node *out = lf_node_new(LF_NODE_MAP);

	for (size_t i = 0; is_map(a) && is_map(b) && i < lf_node_count(a); i++) {
		const char *key = lf_node_key_at(a, i);
		const struct lf_node *mine = lf_node_at(a, i), *other = lf_node_key(b, key);
		struct lf_node *below;

		if (other && lf_node_equal(mine, other)) {
			lf_node_set(out, key, lf_node_dup(mine));
		} else if (other && is_map(mine) && is_map(other)) {
			below = lf_values_common(mine, other);
			if (lf_node_count(below))
				lf_node_set(out, key, below);
			else
				lf_node_free(below);
		}
	}
	return out;
}

size_t lf_values_count(const struct lf_node *tree)
{
	size_t count = 0;

	if (!is_map(tree) || !lf_node_count(tree))
		return tree != NULL;
	for (size_t i = 0; i < lf_node_count(tree); i++)
		count += lf_values_count(lf_node_at(tree, i));
	return count;
}

/* Splices OVERRIDES into TEXT, the path to them being PATH, as far as that can be done: whoever called looks whether it says what was meant. */
static void splice(struct lf_str *text, const struct lf_node *now, const struct lf_node *overrides, const char **path, size_t depth)
{
	const struct lf_yaml_place place = {.path = path};

	for (size_t i = 0; i < lf_node_count(overrides) && depth + 2 <= PATH_DEPTH; i++) {
		const char *key = lf_node_key_at(overrides, i);
		const struct lf_node *over = lf_node_at(overrides, i), *was = lf_node_key(now, key);
		bool is_branch = is_map(over) || lf_node_kind(over) == LF_NODE_LIST;

		path[depth] = was ? key : NULL;
		path[depth + 1] = NULL;
		if (was ? lf_node_equal(was, over) : lf_node_kind(over) == LF_NODE_NULL)
			continue;
		if (!was) {
			if (lf_yaml_edit_add_key(text, &place, key, over, NULL))
				return;
		} else if (lf_node_kind(over) == LF_NODE_NULL) {
			if (lf_yaml_edit_remove(text, &place, NULL))
				return;
		} else if (is_map(was) && lf_node_count(was) && is_map(over)) {
			splice(text, was, over, path, depth + 1);
		} else if (!is_branch && lf_yaml_edit_set(text, &place, over, NULL)) {
			return;
		}
		for (size_t k = 0; was && !lf_node_count(was) && k < lf_node_count(over); k++) {
			if (is_map(over) ? lf_yaml_edit_add_key(text, &place, lf_node_key_at(over, k), lf_node_at(over, k), NULL)
					 : lf_yaml_edit_append(text, &place, lf_node_at(over, k), NULL))
				return;
		}
	}
	path[depth] = NULL;
}

void lf_values_text(struct lf_str *out, const char *defaults_text, const struct lf_node *overrides)
{
	const char *path[PATH_DEPTH + 1] = {NULL};
	struct lf_node *documents = NULL, *merged, *again = NULL;
	struct lf_str text = {0};

	if (lf_yaml_parse(&documents, defaults_text, strlen(defaults_text), NULL, NULL, NULL)) {
		lf_yaml_emit(out, overrides, NULL);
		return;
	}
	merged = lf_values_merge(lf_node_at(documents, 0), overrides);
	lf_str_add(&text, defaults_text);
	if (lf_node_count(lf_node_at(documents, 0)))
		splice(&text, lf_node_at(documents, 0), overrides, path, 0);
	/* What was spliced says what was meant, or it is not used. */
	if (!lf_node_count(overrides))
		lf_str_add(out, defaults_text);
	else if (!lf_yaml_parse(&again, lf_str_text(&text), text.length, NULL, NULL, NULL) && lf_node_count(again) == 1 && lf_node_equal(lf_node_at(again, 0), merged))
		lf_str_add(out, lf_str_text(&text));
	else
		lf_yaml_emit(out, merged, NULL);
	lf_node_free(again);
	lf_node_free(merged);
	lf_node_free(documents);
	lf_str_dispose(&text);
}

static struct lf_node *typed(const char *text)
{
	size_t digits = strspn(text + (*text == '-'), "0123456789"), length = strlen(text);

	if (lf_equal(text, "true") || lf_equal(text, "false"))
		return lf_node_bool_new(*text == 't');
	if (lf_equal(text, "null"))
		return lf_node_new(LF_NODE_NULL);
	/* A leading zero makes it text: a number would lose it. */
	if (digits && digits + (*text == '-') == length && digits < 18 && (lf_equal(text, "0") || text[*text == '-'] != '0'))
		return lf_node_number_new(text);
	return lf_node_text_new(text);
}

static int bad_path(const char *path, const char *why, struct lf_error *err)
{
	int code = lf_fail(err, LF_EINVAL, "values.path", 0, "\"%.100s\" %s.", path, why);

	lf_hint(err, "Keys with dots between, list items in brackets: image.tag, hosts[0].name. A dot within a key: nodeSelector.kubernetes\\.io/os");
	return code;
}

struct step {
	char *key;   /* NULL: an item of a list */
	size_t index;
};

struct steps {
	struct step items[PATH_DEPTH];
	size_t count;
};

static void steps_dispose(struct steps *steps)
{
	for (size_t i = 0; i < steps->count; i++)
		lf_free(steps->items[i].key);
}

/* "[12]"; P stands on the bracket. NULL: it cannot be read. */
static const char *read_index(struct steps *steps, const char *p)
{
	size_t digits = strspn(p + 1, "0123456789");

	if (!digits || p[digits + 1] != ']' || steps->count == PATH_DEPTH)
		return NULL;
	steps->items[steps->count++] = (struct step){.index = strtoul(p + 1, NULL, 10)};
	return p + digits + 2;
}

static const char *read_key(struct steps *steps, const char *p)
{
	struct lf_str key = {0};

	for (; *p && *p != '.' && *p != '['; p++) {
		if (*p == '\\' && p[1])
			p++;
		lf_str_add_char(&key, *p);
	}
	if (!key.length || steps->count == PATH_DEPTH) {
		lf_str_dispose(&key);
		return NULL;
	}
	steps->items[steps->count++] = (struct step){.key = lf_str_take(&key)};
	return p;
}

static bool read_path(struct steps *steps, const char *path)
{
	const char *p = read_key(steps, path);

	while (p && *p)
		p = *p == '[' ? read_index(steps, p) : *p == '.' ? read_key(steps, p + 1) : NULL;
	return p != NULL;
}

/* A copy of NODE with VALUE at the steps from AT on; NULL: they lead through something else, WHY says what. */
static struct lf_node *with(const struct lf_node *node, const struct steps *steps, size_t at, const struct lf_node *value, const char **why)
{
	const struct step *step = &steps->items[at];
	enum lf_node_kind kind = step->key ? LF_NODE_MAP : LF_NODE_LIST;
	struct lf_node *out, *child;

	if (at == steps->count)
		return lf_node_dup(value);
	if (lf_node_kind(node) != kind && lf_node_kind(node) != LF_NODE_NULL) {
		*why = step->key ? "names a key of something that is no map" : "counts items of something that is no list";
		return NULL;
	}
	if (!step->key && step->index > lf_node_count(node)) {
		*why = "skips items of a list";
		return NULL;
	}
	child = with(step->key ? lf_node_key(node, step->key) : lf_node_at(node, step->index), steps, at + 1, value, why);
	if (!child)
		return NULL;
	if (step->key) {
		out = lf_node_kind(node) == kind ? lf_node_dup(node) : lf_node_new(kind);
		lf_node_set(out, step->key, child);
		return out;
	}
	out = lf_node_new(kind);
	for (size_t i = 0; i < lf_node_count(node); i++)
		lf_node_add(out, i == step->index ? child : lf_node_dup(lf_node_at(node, i)));
	if (step->index == lf_node_count(node))
		lf_node_add(out, child);
	return out;
}

int lf_values_set_tree(struct lf_node **tree, const char *path, const struct lf_node *value, struct lf_error *err)
{
	struct steps steps = {0};
	const char *why = "is no path";
	struct lf_node *out = NULL;

	if (read_path(&steps, path))
		out = with(*tree, &steps, 0, value, &why);
	steps_dispose(&steps);
	if (!out)
		return bad_path(path, why, err);
	lf_node_free(*tree);
	*tree = out;
	return LF_OK;
}

int lf_values_set_path(struct lf_node **tree, const char *path, const char *text, struct lf_error *err)
{
	struct lf_node *value = typed(text);
	int code = lf_values_set_tree(tree, path, value, err);

	lf_node_free(value);
	return code;
}
