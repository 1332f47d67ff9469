/* merge: see merge.h. Works on trees alone: no store, no validation. */
#include "config.h"
#include "providers/sandbox/merge.h"

#include <string.h>

#include "core/compiler.h"
#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/tree.h"

enum { MAX_OWNERS = 8, MAX_CONFLICTS = 16 };

/* Which field tells the items of a list apart, by the list's name; a second one where one is not enough. */
static const struct {
	const char *list, *key, *second;
} list_keys[] = {
    {"containers", "name", NULL},
    {"initContainers", "name", NULL},
    {"ephemeralContainers", "name", NULL},
    {"volumes", "name", NULL},
    {"env", "name", NULL},
    {"imagePullSecrets", "name", NULL},
    {"volumeMounts", "mountPath", NULL},
    {"ownerReferences", "uid", NULL},
    {"ports", "containerPort", "port"},
};

static const char *list_key(const char *list, const struct lf_node *items)
{
	for (size_t i = 0; i < LF_COUNT(list_keys); i++) {
		if (!lf_equal(list_keys[i].list, list))
			continue;
		if (list_keys[i].second && !lf_node_get(lf_node_at(items, 0), list_keys[i].key))
			return list_keys[i].second;
		return list_keys[i].key;
	}
	return NULL;
}

/* Ports are told apart by their protocol too, which is TCP unless it is said. */
static const char *protocol(const struct lf_node *item)
{
	const char *text = lf_node_text(item, "protocol");

	return *text ? text : "TCP";
}

static struct lf_node *item_like(const struct lf_node *list, const struct lf_node *like, const char *key)
{
	for (size_t i = 0; key && like && i < lf_node_count(list); i++) {
		struct lf_node *item = lf_node_at(list, i);

		if (lf_equal(lf_node_text(item, key), lf_node_text(like, key)) &&
		    lf_equal(protocol(item), protocol(like)))
			return item;
	}
	return NULL;
}

void lf_merge_json(struct lf_node *target, const struct lf_node *patch)
{
	for (size_t i = 0; i < lf_node_count(patch); i++) {
		const char *key = lf_node_key_at(patch, i);
		const struct lf_node *value = lf_node_at(patch, i);

		if (lf_node_kind(value) == LF_NODE_NULL)
			lf_node_remove(target, key);
		else if (lf_node_kind(value) == LF_NODE_MAP)
			lf_merge_json(lf_node_set_map(target, key), value);
		else
			(void)lf_node_set(target, key, lf_node_dup(value));
	}
}

static struct lf_node *merge_items(const struct lf_node *live, const struct lf_node *patch, const char *key)
{
	struct lf_node *out = lf_node_new(LF_NODE_LIST);

	for (size_t i = 0; i < lf_node_count(live); i++) {
		const struct lf_node *change = item_like(patch, lf_node_at(live, i), key);
		struct lf_node *item;

		if (lf_equal(lf_node_text(change, "$patch"), "delete"))
			continue;
		item = lf_node_add(out, lf_node_dup(lf_node_at(live, i)));
		if (change)
			lf_merge_strategic(item, change);
	}
	for (size_t i = 0; i < lf_node_count(patch); i++)
		if (!item_like(live, lf_node_at(patch, i), key) &&
		    !lf_equal(lf_node_text(lf_node_at(patch, i), "$patch"), "delete"))
			(void)lf_node_add(out, lf_node_dup(lf_node_at(patch, i)));
	return out;
}

void lf_merge_strategic(struct lf_node *target, const struct lf_node *patch)
{
	for (size_t i = 0; i < lf_node_count(patch); i++) {
		const char *key = lf_node_key_at(patch, i);
		const struct lf_node *value = lf_node_at(patch, i), *live = lf_node_key(target, key);
		const char *by = lf_node_kind(value) == LF_NODE_LIST ? list_key(key, value) : NULL;

		if (*key == '$')
			continue;
		if (lf_node_kind(value) == LF_NODE_NULL || lf_equal(lf_node_text(value, "$patch"), "delete"))
			lf_node_remove(target, key);
		else if (lf_node_kind(value) == LF_NODE_MAP)
			lf_merge_strategic(lf_node_set_map(target, key), value);
		else if (by && lf_node_kind(live) == LF_NODE_LIST)
			(void)lf_node_set(target, key, merge_items(live, value, by));
		else
			(void)lf_node_set(target, key, lf_node_dup(value));
	}
}

struct apply {
	bool force, lists_by_key;
	struct lf_str path; /* of the map at hand: ".spec.template" */
	struct {
		char *manager, *field;
	} conflicts[MAX_CONFLICTS];
	size_t conflict_count;
};

/* The other managers' trees at the place at hand; a manager that has nothing there is NULL. */
struct owners {
	const char *names[MAX_OWNERS];
	struct lf_node *nodes[MAX_OWNERS];
	size_t count;
};

static struct owners owners_below(const struct owners *owners, const char *key)
{
	struct owners below = *owners;

	for (size_t i = 0; i < owners->count; i++)
		below.nodes[i] = lf_node_key(owners->nodes[i], key);
	return below;
}

static struct owners owners_of_item(const struct owners *owners, const struct lf_node *like, const char *key)
{
	struct owners below = *owners;

	for (size_t i = 0; i < owners->count; i++)
		below.nodes[i] = item_like(owners->nodes[i], like, key);
	return below;
}

static bool anyone_has(const struct owners *owners)
{
	for (size_t i = 0; i < owners->count; i++)
		if (owners->nodes[i])
			return true;
	return false;
}

/* KEY of the map at hand changes: whoever else applied it disagrees, or is overruled. */
static void claim(struct apply *apply, const struct owners *owners, const char *key)
{
	for (size_t i = 0; i < owners->count; i++) {
		if (!lf_node_key(owners->nodes[i], key))
			continue;
		if (apply->force) {
			lf_node_remove(owners->nodes[i], key);
		} else if (apply->conflict_count < MAX_CONFLICTS) {
			apply->conflicts[apply->conflict_count].manager = lf_dup(owners->names[i]);
			apply->conflicts[apply->conflict_count++].field =
			    lf_format("%s.%s", lf_str_text(&apply->path), key);
		}
	}
}

/* LIVE without the items that BEFORE held and nobody else does. */
static struct lf_node *items_left(const struct lf_node *live, const struct lf_node *before,
                                  const struct owners *owners, const char *key)
{
	struct lf_node *out = lf_node_new(LF_NODE_LIST);

	for (size_t i = 0; i < lf_node_count(live); i++) {
		const struct lf_node *item = lf_node_at(live, i);
		struct owners below = owners_of_item(owners, item, key);

		if (anyone_has(&below) || !item_like(before, item, key))
			(void)lf_node_add(out, lf_node_dup(item));
	}
	return out;
}

/* Takes from LIVE what BEFORE held and WANTED no longer does, unless another manager holds it too. */
static void give_up(const struct apply *apply, struct lf_node *live, const struct lf_node *before,
                    const struct lf_node *wanted, const struct owners *owners)
{
	for (size_t i = 0; i < lf_node_count(before); i++) {
		const char *key = lf_node_key_at(before, i);
		struct lf_node *child = lf_node_key(live, key), *old = lf_node_at(before, i);
		struct owners below = owners_below(owners, key);
		const char *by =
		    apply->lists_by_key && lf_node_kind(child) == LF_NODE_LIST ? list_key(key, old) : NULL;

		if (!child || lf_node_key(wanted, key))
			continue;
		if (lf_node_kind(child) == LF_NODE_MAP && lf_node_kind(old) == LF_NODE_MAP) {
			give_up(apply, child, old, NULL, &below);
			if (lf_node_count(child) == 0)
				lf_node_remove(live, key);
		} else if (by) {
			child = lf_node_set(live, key, items_left(child, old, &below, by));
			if (lf_node_count(child) == 0)
				lf_node_remove(live, key);
		} else if (!anyone_has(&below)) {
			lf_node_remove(live, key);
		}
	}
}

static void apply_map(struct apply *apply, struct lf_node *live, const struct lf_node *wanted,
                      const struct lf_node *before, const struct owners *owners);

static struct lf_node *apply_items(struct apply *apply, const struct lf_node *live,
                                   const struct lf_node *wanted, const struct lf_node *before,
                                   const struct owners *owners, const char *key)
{
	struct lf_node *out = lf_node_new(LF_NODE_LIST);
	size_t length = apply->path.length;

	for (size_t i = 0; i < lf_node_count(wanted); i++) {
		const struct lf_node *item = lf_node_at(wanted, i), *old = item_like(live, item, key);
		struct owners below = owners_of_item(owners, item, key);
		struct lf_node *copy = lf_node_add(out, lf_node_dup(old ? old : item));

		if (!old)
			continue;
		lf_str_addf(&apply->path, "[%s=\"%s\"]", key, lf_node_text(item, key));
		apply_map(apply, copy, item, item_like(before, item, key), &below);
		lf_str_truncate(&apply->path, length);
	}
	for (size_t i = 0; i < lf_node_count(live); i++) { /* the items others care for */
		const struct lf_node *item = lf_node_at(live, i);
		struct owners below = owners_of_item(owners, item, key);

		if (!item_like(wanted, item, key) && (anyone_has(&below) || !item_like(before, item, key)))
			(void)lf_node_add(out, lf_node_dup(item));
	}
	return out;
}

static void apply_map(struct apply *apply, struct lf_node *live, const struct lf_node *wanted,
                      const struct lf_node *before, const struct owners *owners)
{
	size_t length = apply->path.length;

	give_up(apply, live, before, wanted, owners);
	for (size_t i = 0; i < lf_node_count(wanted); i++) {
		const char *key = lf_node_key_at(wanted, i);
		const struct lf_node *value = lf_node_at(wanted, i), *old = lf_node_key(before, key);
		struct lf_node *child = lf_node_key(live, key);
		struct owners below = owners_below(owners, key);
		const char *by =
		    apply->lists_by_key && lf_node_kind(value) == LF_NODE_LIST ? list_key(key, value) : NULL;

		if (lf_node_kind(value) == LF_NODE_NULL)
			continue;
		if (lf_node_kind(value) == LF_NODE_MAP && lf_node_kind(child) == LF_NODE_MAP) {
			lf_str_addf(&apply->path, ".%s", key);
			apply_map(apply, child, value, old, &below);
			lf_str_truncate(&apply->path, length);
		} else if (by && lf_node_kind(child) == LF_NODE_LIST) {
			lf_str_addf(&apply->path, ".%s", key);
			(void)lf_node_set(live, key, apply_items(apply, child, value, old, &below, by));
			lf_str_truncate(&apply->path, length);
		} else if (!lf_node_equal(value, child)) {
			claim(apply, owners, key);
			(void)lf_node_set(live, key, lf_node_dup(value));
		}
	}
}

static int refuse_conflicts(const struct apply *apply, struct lf_refusal *refusal)
{
	struct lf_str text = {0};

	lf_str_addf(&text, "Apply failed with %zu conflict%s:", apply->conflict_count,
	            apply->conflict_count == 1 ? "" : "s");
	if (apply->conflict_count == 1)
		lf_str_addf(&text, " conflict with \"%s\": %s", apply->conflicts[0].manager,
		            apply->conflicts[0].field);
	else
		for (size_t i = 0; i < apply->conflict_count; i++)
			lf_str_addf(&text, "%s%s%s%s\n- %s", i ? "" : " conflicts with \"",
			            i ? "" : apply->conflicts[0].manager, i ? "" : "\":", "",
			            apply->conflicts[i].field);
	(void)lf_refuse(refusal, 409, "Conflict", "%s", lf_str_text(&text));
	for (size_t i = 0; i < apply->conflict_count; i++) {
		char *message = lf_format("conflict with \"%s\"", apply->conflicts[i].manager);

		lf_refusal_cause(refusal, "FieldManagerConflict", message, apply->conflicts[i].field);
		lf_free(message);
	}
	lf_str_dispose(&text);
	return -1;
}

int lf_merge_apply(struct lf_node *live, const struct lf_node *wanted, struct lf_node *managers,
                   const char *manager, bool force, bool lists_by_key, struct lf_refusal *refusal)
{
	struct apply apply = {.force = force, .lists_by_key = lists_by_key};
	struct owners owners = {0};
	int result = 0;

	for (size_t i = 0; i < lf_node_count(managers) && owners.count < MAX_OWNERS; i++) {
		if (lf_equal(lf_node_key_at(managers, i), manager))
			continue;
		owners.names[owners.count] = lf_node_key_at(managers, i);
		owners.nodes[owners.count++] = lf_node_at(managers, i);
	}
	apply_map(&apply, live, wanted, lf_node_key(managers, manager), &owners);
	if (apply.conflict_count)
		result = refuse_conflicts(&apply, refusal);
	else
		(void)lf_node_set(managers, manager, lf_node_dup(wanted));
	for (size_t i = 0; i < apply.conflict_count; i++) {
		lf_free(apply.conflicts[i].manager);
		lf_free(apply.conflicts[i].field);
	}
	lf_str_dispose(&apply.path);
	return result;
}
