/* values: a chart's own values and what somebody sets on top of them. Pure. */
#ifndef LF_CORE_VALUES_H
#define LF_CORE_VALUES_H

#include "core/error.h"
#include "core/node.h"
#include "core/str.h"

/* What has to be set so that DEFAULTS become EDITED: maps key by key, everything else whole; null where a key of the defaults is gone, as Helm wants it.
 * Never NULL; an empty map where nothing differs. Either may be NULL: an empty map. */
LF_NODISCARD struct lf_node *lf_values_diff(const struct lf_node *defaults, const struct lf_node *edited);

/* DEFAULTS with OVERRIDES on top, as Helm merges them: null takes a key away. */
LF_NODISCARD struct lf_node *lf_values_merge(const struct lf_node *defaults, const struct lf_node *overrides);

/* LOWER and UPPER as one file of values, as Helm reads the two after each other: maps key by key, everything else whole. A null stays: it takes the chart's own value away, too.
 * Never NULL. */
LF_NODISCARD struct lf_node *lf_values_layer(const struct lf_node *lower, const struct lf_node *upper);
/* What A and B have in common: keys that say the same in both. Never NULL. */
LF_NODISCARD struct lf_node *lf_values_common(const struct lf_node *a, const struct lf_node *b);

/* How many single values, lists and empty maps are set in TREE. */
size_t lf_values_count(const struct lf_node *tree);

/* Appends DEFAULTS_TEXT (values.yaml) with OVERRIDES in it, so that its comments stay; where that is not possible, the merged tree without them. */
void lf_values_text(struct lf_str *out, const char *defaults_text, const struct lf_node *overrides);

/* Sets PATH ("image.tag", "hosts[0].name", a dot in a key as "\.") in *TREE (NULL: empty) to TEXT, read as "helm set" reads it: true, false, null and whole numbers are
 * what they look like, everything else is text. LF_EINVAL: the path cannot be read, or leads through something that is no map or list. */
LF_NODISCARD int lf_values_set_path(struct lf_node **tree, const char *path, const char *text, struct lf_error *err);
LF_NODISCARD int lf_values_set_tree(struct lf_node **tree, const char *path, const struct lf_node *value, struct lf_error *err); /* likewise to a copy of VALUE */

#endif
