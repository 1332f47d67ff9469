/* secrets_recall: answers about secrets, read back from what an earlier delivery wrote. Nothing but what is sealed or encrypted is taken out of a file. */
#include "config.h"
#include "core/extra.h"

#include <string.h>

#include "core/mem.h"
#include "core/secrets.h"
#include "core/str.h"
#include "core/yaml.h"

char *lf_secrets_recall_method(const struct lf_node *kind)
{
	static const char *const methods[][2] = {{"ExternalSecret", "external"}, {"SealedSecret", "sealed"}, {"Secret", "sops"}};

	for (size_t i = 0; i < LF_COUNT(methods); i++) {
		if (lf_equal(lf_node_text(kind, NULL), methods[i][0]))
			return lf_dup(methods[i][1]);
	}
	return NULL;
}

/* spec.data → {KEY: "entry#property"}. NULL: an item says more than that. */
char *lf_secrets_recall_keys(const struct lf_node *list)
{
	struct lf_node *map = lf_node_new(LF_NODE_MAP);
	struct lf_str text = {0};
	bool ours = lf_node_kind(list) == LF_NODE_LIST;

	for (size_t i = 0; i < lf_node_count(list) && ours; i++) {
		const struct lf_node *item = lf_node_at(list, i), *remote = lf_node_key(item, "remoteRef");
		const char *key = lf_node_text(remote, "key"), *property = lf_node_text(remote, "property");
		char *place = lf_format("%s%s%s", key, *property ? "#" : "", property);

		ours = lf_node_count(item) == 2 && *lf_node_text(item, "secretKey") && *key && lf_node_count(remote) == (*property ? 2U : 1U) && (*property || !strchr(key, '#'));
		lf_node_set_text(map, lf_node_text(item, "secretKey"), place);
		lf_free(place);
	}
	if (ours)
		lf_yaml_emit(&text, map, NULL);
	lf_node_free(map);
	return ours ? lf_str_take(&text) : NULL;
}

static char *all_of(const struct lf_node *object)
{
	struct lf_str text = {0};

	lf_yaml_emit(&text, object, NULL);
	return lf_str_take(&text);
}

char *lf_secrets_recall_sealed(const struct lf_node *object)
{
	return lf_equal(lf_node_text(object, "kind"), "SealedSecret") ? all_of(object) : NULL;
}

/* Somebody may have put a plain one in its place: that is no answer, and nothing of it is shown. */
char *lf_secrets_recall_encrypted(const struct lf_node *object)
{
	return lf_equal(lf_node_text(object, "kind"), "Secret") && lf_secrets_is_encrypted(object) ? all_of(object) : NULL;
}

/* Of the one rule that we would have written: anybody else's says more than the answer. */
char *lf_secrets_recall_recipient(const struct lf_node *rules)
{
	const struct lf_node *rule = lf_node_at(rules, 0);
	bool ours = lf_node_count(rules) == 1 && lf_node_count(rule) == 3 && lf_equal(lf_node_text(rule, "path_regex"), LF_SOPS_PATHS) &&
		    lf_equal(lf_node_text(rule, "encrypted_regex"), LF_SOPS_KEYS);

	return ours ? lf_dup(lf_node_text(rule, "age")) : NULL;
}
