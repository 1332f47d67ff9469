/* recall: answers of rows that Flux's objects spell in another way, read back from these. */
#include "config.h"
#include "providers/flux/flux.h"

#include "core/extra.h"
#include "core/mem.h"
#include "core/str.h"

/* Each item by its parts: "namespace/name", "ConfigMap/name"; NULL where one has more than these. */
static char *recall_references(const struct lf_node *list, const char *before, const char *const *known)
{
	struct lf_str text = {0};

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *item = lf_node_at(list, i);
		const char *first = lf_node_text(item, before);

		if (lf_extra_check_keys(item, known, "", NULL)) {
			lf_str_dispose(&text);
			return NULL;
		}
		lf_str_addf(&text, "%s%s%s%s%s", i ? ", " : "", first, *first ? "/" : "", lf_node_text(item, "name"), lf_node_true(item, "optional") ? "?" : "");
	}
	return lf_str_take(&text);
}

char *lf_flux_recall_depends(const struct lf_node *list)
{
	static const char *const known[] = {"name", "namespace", NULL};

	return lf_node_kind(list) == LF_NODE_LIST ? recall_references(list, "namespace", known) : NULL;
}

char *lf_flux_recall_substitutes(const struct lf_node *list)
{
	static const char *const known[] = {"kind", "name", "optional", NULL};

	return lf_node_kind(list) == LF_NODE_LIST ? recall_references(list, "kind", known) : NULL;
}

/* spec.policy has one key: how; and in it for two of three the order. */
char *lf_flux_recall_policy(const struct lf_node *policy)
{
	return lf_node_count(policy) == 1 ? lf_dup(lf_node_key_at(policy, 0)) : NULL;
}

char *lf_flux_recall_order(const struct lf_node *policy)
{
	const char *order = lf_node_text(lf_node_at(policy, 0), "order");

	return *order ? lf_dup(order) : NULL;
}
