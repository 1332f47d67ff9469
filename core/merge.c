/* merge: walks our tree beside the file's and makes one small edit for each difference that is ours. Positions are looked up anew for every edit, by yaml_edit. */
#include "config.h"
#include "core/merge.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/yaml_edit.h"

#define DEPTH 24

struct merge {
	struct lf_str *text;
	const struct lf_document *document;
	const struct lf_plan *plan;
	struct lf_error *err;
	char numbers[DEPTH][16]; /* positions in lists, as path parts */
	const char *path[DEPTH + 1];
	size_t depth;
	size_t index; /* of the document in the file */
};

static int walk(struct merge *merge, const struct lf_node *ours, const struct lf_node *theirs);

static struct lf_yaml_place place(const struct merge *merge)
{
	return (struct lf_yaml_place){.name = merge->document->path, .document = merge->index, .path = merge->path};
}

/* Whether the value of NODE is to win over what the file says. */
static bool is_ours(const struct merge *merge, const struct lf_node *node)
{
	const char *origin = lf_node_origin(node);
	const struct lf_plan_entry *entry = origin ? lf_plan_entry(merge->plan, origin) : NULL;

	if (merge->document->only_if_missing)
		return entry && entry->answered;
	return !entry || entry->answered || (entry->question->step != LF_STEP_SYNC && entry->question->step != LF_STEP_EXTRAS);
}

/* A map or list that answers nothing itself is ours if something in it is. */
static bool holds_ours(const struct merge *merge, const struct lf_node *node)
{
	if (is_ours(merge, node) && (lf_node_origin(node) || (!merge->document->only_if_missing && !lf_node_count(node))))
		return true;
	for (size_t i = 0; i < lf_node_count(node); i++) {
		if (holds_ours(merge, lf_node_at(node, i)))
			return true;
	}
	return false;
}

/* KEY NULL: the item at INDEX of a list. */
static bool push(struct merge *merge, const char *key, size_t index)
{
	if (merge->depth == DEPTH)
		return false;
	(void)snprintf(merge->numbers[merge->depth], sizeof(merge->numbers[0]), "%zu", index);
	merge->path[merge->depth] = key ? key : merge->numbers[merge->depth];
	merge->path[++merge->depth] = NULL;
	return true;
}

static void pop(struct merge *merge)
{
	merge->path[--merge->depth] = NULL;
}

static int walk_map(struct merge *merge, const struct lf_node *ours, const struct lf_node *theirs)
{
	const char *before = NULL; /* the key before this one that the file has by now */
	int code = LF_OK;

	for (size_t i = 0; i < lf_node_count(ours) && !code; i++) {
		const char *key = lf_node_key_at(ours, i);
		const struct lf_node *mine = lf_node_at(ours, i), *there = lf_node_key(theirs, key);
		struct lf_yaml_place at = place(merge);

		if (!there) {
			if (!holds_ours(merge, mine))
				continue;
			code = lf_yaml_edit_add_key_behind(merge->text, &at, key, before, mine, merge->err);
		} else if (push(merge, key, 0)) {
			code = walk(merge, mine, there);
			pop(merge);
		}
		before = key;
	}
	return code;
}

size_t lf_merge_find_item(const struct lf_node *list, const struct lf_node *item, bool alone)
{
	static const char *const parts[] = {"kind", "namespace"};
	const char *name = lf_node_text(item, "name");
	size_t count = lf_node_count(list), best = count, most = 0;

	for (size_t i = 0; i < count; i++) {
		if (lf_node_equal(item, lf_node_at(list, i)))
			return i;
	}
	if (lf_node_kind(item) != LF_NODE_MAP)
		return count;
	/* Two checks may have one name and two kinds: as much as possible has to be the same, and nothing may be another. */
	for (size_t i = 0; *name && i < count; i++) {
		size_t equal = 1, other = !lf_equal(name, lf_node_text(lf_node_at(list, i), "name"));

		for (size_t k = 0; k < LF_COUNT(parts); k++) {
			const char *mine = lf_node_text(item, parts[k]), *theirs = lf_node_text(lf_node_at(list, i), parts[k]);

			equal += lf_equal(mine, theirs);
			other += *mine && *theirs && !lf_equal(mine, theirs);
		}
		if (!other && equal > most) {
			best = i;
			most = equal;
		}
	}
	if (*name)
		return best;
	return alone && count == 1 && lf_node_kind(lf_node_at(list, 0)) == LF_NODE_MAP ? 0 : count;
}

static int walk_list(struct merge *merge, const struct lf_node *ours, const struct lf_node *theirs)
{
	int code = LF_OK;

	for (size_t i = 0; i < lf_node_count(ours) && !code; i++) {
		const struct lf_node *mine = lf_node_at(ours, i);
		size_t found = lf_merge_find_item(theirs, mine, lf_node_count(ours) == 1);
		struct lf_yaml_place at = place(merge);

		if (found == lf_node_count(theirs)) {
			if (holds_ours(merge, mine))
				code = lf_yaml_edit_append(merge->text, &at, mine, merge->err);
		} else if (push(merge, NULL, found)) {
			code = walk(merge, mine, lf_node_at(theirs, found));
			pop(merge);
		}
	}
	return code;
}

/* Puts the marker of OURS behind the value at AT. *THERE: it stood there before, so another program looks after the value. */
static int mark(struct merge *merge, const struct lf_yaml_place *at, const struct lf_node *ours, bool *there)
{
	struct lf_str copy = {0};
	int code;

	lf_str_add(&copy, lf_str_text(merge->text));
	code = lf_yaml_edit_mark(&copy, at, lf_node_marker(ours), merge->err);
	*there = !code && lf_equal(lf_str_text(&copy), lf_str_text(merge->text));
	lf_str_dispose(&copy);
	return code ? code : lf_yaml_edit_mark(merge->text, at, lf_node_marker(ours), merge->err);
}

static bool is_branch(const struct lf_node *node)
{
	return lf_node_kind(node) == LF_NODE_MAP || lf_node_kind(node) == LF_NODE_LIST;
}

static int walk(struct merge *merge, const struct lf_node *ours, const struct lf_node *theirs)
{
	enum lf_node_kind kind = lf_node_kind(ours);
	struct lf_yaml_place at = place(merge);

	if (kind == LF_NODE_MAP && lf_node_kind(theirs) == LF_NODE_MAP)
		return walk_map(merge, ours, theirs);
	if (kind == LF_NODE_LIST && lf_node_kind(theirs) == LF_NODE_LIST)
		return walk_list(merge, ours, theirs);
	if (lf_node_marker(ours) && !is_branch(theirs)) {
		bool there;
		int code = mark(merge, &at, ours, &there);

		if (code || there)
			return code;
	}
	if (lf_node_equal(ours, theirs) || !is_ours(merge, ours))
		return LF_OK;
	if (is_branch(ours) || is_branch(theirs))
		return lf_fail(merge->err, LF_EREFUSED, "merge", 0, "%s:%d: %s has another shape than expected.", merge->document->path, lf_node_line(theirs),
			       merge->depth ? merge->path[merge->depth - 1] : "it");
	return lf_yaml_edit_set(merge->text, &at, ours, merge->err);
}

/* Which document of the file is OURS: the one with its kind and name, or the only one. */
static size_t find_document(const struct lf_node *documents, const struct lf_node *ours)
{
	for (size_t i = 0; i < lf_node_count(documents); i++) {
		const struct lf_node *there = lf_node_at(documents, i);

		if (lf_equal(lf_node_text(there, "kind"), lf_node_text(ours, "kind")) &&
		    lf_equal(lf_node_text(there, "metadata.name"), lf_node_text(ours, "metadata.name")))
			return i;
	}
	return lf_node_count(documents) == 1 ? 0 : lf_node_count(documents);
}

int lf_merge_document(struct lf_str *out, const char *existing, const struct lf_document *document, const struct lf_plan *plan, struct lf_error *err)
{
	struct merge merge = {.text = out, .document = document, .plan = plan, .err = err};
	struct lf_node *documents = NULL;
	size_t count = lf_node_kind(document->tree) == LF_NODE_LIST ? lf_node_count(document->tree) : 1;
	int code = LF_OK;

	lf_str_add(out, existing);
	if (!document->tree) /* a template: nothing in it is an answer's */
		return LF_OK;
	code = lf_yaml_parse(&documents, existing, strlen(existing), document->path, &lf_yaml_limits_default, err);

	for (size_t i = 0; i < count && !code; i++) {
		const struct lf_node *ours = lf_node_kind(document->tree) == LF_NODE_LIST ? lf_node_at(document->tree, i) : document->tree;

		merge.index = find_document(documents, ours);
		if (merge.index == lf_node_count(documents))
			code = lf_fail(err, LF_EREFUSED, "merge", 0, "%s holds other objects than the one that is delivered.", document->path);
		else
			code = walk(&merge, ours, lf_node_at(documents, merge.index));
	}
	if (code) {
		lf_str_truncate(out, 0);
		lf_str_add(out, existing);
	}
	lf_node_free(documents);
	return code;
}
