/* jsonpatch: RFC 6902 on trees, for the patches of a kustomization: add, replace, remove. Pure: each step
 * makes a changed copy. */
#include "config.h"
#include "providers/sandbox/overlay.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"

enum step { ADD, REPLACE, REMOVE };

/* The first part of a pointer ("/a~1b/c" → "a/b"); *REST is what follows. */
static char *first_part(const char *pointer, const char **rest)
{
	struct lf_str out = {0};
	const char *at = pointer + (*pointer == '/');

	for (; *at && *at != '/'; at++) {
		if (at[0] == '~' && (at[1] == '0' || at[1] == '1'))
			lf_str_add_char(&out, *++at == '0' ? '~' : '/');
		else
			lf_str_add_char(&out, *at);
	}
	*rest = at;
	return lf_str_take(&out);
}

static struct lf_node *changed(const struct lf_node *node, const char *pointer, enum step step,
                               const struct lf_node *value);

static struct lf_node *changed_list(const struct lf_node *list, const char *part, const char *rest,
                                    enum step step, const struct lf_node *value)
{
	size_t count = lf_node_count(list),
	       at = lf_equal(part, "-") ? count : (size_t)strtoul(part, NULL, 10);
	struct lf_node *out;

	if ((!lf_equal(part, "-") && (!*part || strspn(part, "0123456789") != strlen(part))) || at > count)
		return NULL;
	if (at == count && (*rest || step != ADD))
		return NULL;
	out = lf_node_new(LF_NODE_LIST);
	for (size_t i = 0; i <= count; i++) {
		if (i == at && !*rest && step != REMOVE)
			(void)lf_node_add(out, lf_node_dup(value));
		if (i == count || (i == at && !*rest && step != ADD))
			continue;
		if (i == at && *rest) {
			struct lf_node *child = changed(lf_node_at(list, i), rest, step, value);

			if (!child) {
				lf_node_free(out);
				return NULL;
			}
			(void)lf_node_add(out, child);
		} else {
			(void)lf_node_add(out, lf_node_dup(lf_node_at(list, i)));
		}
	}
	return out;
}

static struct lf_node *changed_map(const struct lf_node *map, const char *part, const char *rest,
                                   enum step step, const struct lf_node *value)
{
	const struct lf_node *old = lf_node_key(map, part);
	struct lf_node *out, *child;

	if (*rest) {
		child = changed(old, rest, step, value);
		if (!child)
			return NULL;
		out = lf_node_dup(map);
		(void)lf_node_set(out, part, child);
		return out;
	}
	if (!old && step != ADD)
		return NULL;
	out = lf_node_dup(map);
	if (step == REMOVE)
		lf_node_remove(out, part);
	else
		(void)lf_node_set(out, part, lf_node_dup(value));
	return out;
}

static struct lf_node *changed(const struct lf_node *node, const char *pointer, enum step step,
                               const struct lf_node *value)
{
	struct lf_node *out = NULL;
	const char *rest;
	char *part = first_part(pointer, &rest);

	if (lf_node_kind(node) == LF_NODE_MAP)
		out = changed_map(node, part, rest, step, value);
	else if (lf_node_kind(node) == LF_NODE_LIST)
		out = changed_list(node, part, rest, step, value);
	lf_free(part);
	return out;
}

struct lf_node *lf_json_patch(const struct lf_node *node, const struct lf_node *operations,
                              struct lf_error *err)
{
	struct lf_node *now = lf_node_dup(node);

	for (size_t i = 0; i < lf_node_count(operations); i++) {
		const struct lf_node *operation = lf_node_at(operations, i);
		const char *word = lf_node_text(operation, "op"), *path = lf_node_text(operation, "path");
		bool known = lf_equal(word, "add") || lf_equal(word, "replace") || lf_equal(word, "remove");
		enum step step = lf_equal(word, "add") ? ADD : lf_equal(word, "remove") ? REMOVE : REPLACE;
		struct lf_node *next =
		    known && *path == '/' ? changed(now, path, step, lf_node_key(operation, "value")) : NULL;

		lf_node_free(now);
		if (!next) {
			(void)lf_fail(err, LF_EINVAL, "sandbox.patch", 0,
			              "%s operation does not apply: doc is missing path: %s: missing value",
			              word, path);
			return NULL;
		}
		now = next;
	}
	return now;
}
