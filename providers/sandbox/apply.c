/* apply: see apply.h. Joins merge, admission and store; decides nothing about permissions. */
#include "config.h"
#include "providers/sandbox/apply.h"

#include <string.h>

#include "core/str.h"
#include "providers/sandbox/admit.h"
#include "providers/sandbox/merge.h"
#include "providers/sandbox/tree.h"

const char *lf_apply_word(enum lf_apply_result result)
{
	switch (result) {
	case LF_APPLY_CREATED:
		return "created";
	case LF_APPLY_CONFIGURED:
		return "configured";
	case LF_APPLY_UNCHANGED:
		break;
	}
	return "unchanged";
}

/* What a manager may own: not the fields the server keeps. */
static struct lf_node *own_part(const struct lf_kind *kind, const struct lf_node *wanted)
{
	static const char *const kept[] = {
	    "uid",           "resourceVersion", "generation",        "creationTimestamp",
	    "managedFields", "selfLink",        "deletionTimestamp", "generateName"};
	struct lf_node *own = lf_node_dup(wanted);

	for (size_t i = 0; i < LF_COUNT(kept); i++)
		lf_node_remove(lf_node_key(own, "metadata"), kept[i]);
	if (kind->flags & LF_KIND_STATUS)
		lf_node_remove(own, "status");
	return own;
}

static int merge(struct lf_node **out, struct lf_node **managers, const struct lf_store *store,
                 const struct lf_kind *kind, const struct lf_node *wanted, const struct lf_node *old,
                 const char *manager, int flags, struct lf_refusal *refusal)
{
	const struct lf_node *applied =
	    lf_store_applied(store, kind, lf_tree_namespace(wanted), lf_tree_name(wanted));
	struct lf_node *own = own_part(kind, wanted);
	struct lf_node *object = old ? lf_node_dup(old) : lf_node_new(LF_NODE_MAP);
	int result;

	*managers = applied ? lf_node_dup(applied) : lf_node_new(LF_NODE_MAP);
	result = lf_merge_apply(object, own, *managers, manager, flags & LF_APPLY_FORCE,
	                        !(kind->flags & LF_KIND_CUSTOM), refusal);
	lf_node_free(own);
	if (result == 0)
		result = lf_admit_object(store, kind, object, old, refusal);
	*out = object;
	return result;
}

int lf_apply(struct lf_applied *out, struct lf_store *store, const struct lf_node *wanted,
             const char *manager, int flags, struct lf_refusal *refusal)
{
	const char *api_version = lf_node_text(wanted, "apiVersion"), *word = lf_node_text(wanted, "kind");
	const struct lf_kind *kind = lf_kind_of(api_version, word);
	const struct lf_node *old, *stored;
	struct lf_node *object = NULL, *managers = NULL;
	int result = -1;

	if (!kind)
		return lf_refuse(refusal, 404, "", "no matches for kind \"%s\" in version \"%s\"", word,
		                 api_version);
	if (lf_admit_fields(kind, wanted, LF_DECODE_TYPED, refusal))
		return -1;
	old = lf_store_find(store, kind, lf_tree_namespace(wanted), lf_tree_name(wanted));
	if (merge(&object, &managers, store, kind, wanted, old, manager, flags, refusal))
		goto out;
	out->result = old ? LF_APPLY_CONFIGURED : LF_APPLY_CREATED;
	if (flags & LF_APPLY_DRY_RUN) {
		if (old && lf_node_equal(old, object))
			out->result = LF_APPLY_UNCHANGED;
		out->object = object;
		object = NULL;
		result = 0;
		goto out;
	}
	stored = lf_store_put(store, kind, object, refusal);
	object = NULL;
	if (!stored)
		goto out;
	if (old == stored) /* the store kept the old state: nothing changed */
		out->result = LF_APPLY_UNCHANGED;
	out->object = lf_node_dup(stored);
	lf_store_set_applied(store, kind, lf_tree_namespace(stored), lf_tree_name(stored), managers);
	managers = NULL;
	result = 0;
out:
	lf_node_free(object);
	lf_node_free(managers);
	return result;
}
