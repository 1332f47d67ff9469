/* yaml_in: what the files of the YAML reader share (yaml_in.c, yaml_in_anchor.c, yaml_in_map.c). For them only. */
#ifndef LF_CORE_YAML_IN_H
#define LF_CORE_YAML_IN_H

#include <yaml.h>
#include "core/node.h"
#include "core/yaml.h"
#include "core/yaml_fail.h"

struct lf_yaml_anchor {
	char *name;
	const struct lf_node *node; /* borrowed from the tree or from the attic; NULL until it is complete */
	size_t nodes, bytes, height;
};

struct lf_yaml_in {
	yaml_parser_t parser;
	struct lf_yaml_source source;
	struct lf_yaml_limits limits;
	size_t nodes, bytes; /* of everything built, aliases expanded */
	struct lf_yaml_anchor *anchors;
	size_t anchor_count, anchor_capacity;
	struct lf_node *attic; /* nodes that are not in the tree but may still be named by an alias */
};

/* The next event; the caller deletes it. */
LF_NODISCARD int lf_yaml_in_next(struct lf_yaml_in *rd, yaml_event_t *event);
/* So many values and bytes of text more; LF_ELIMIT. */
LF_NODISCARD int lf_yaml_in_count(struct lf_yaml_in *rd, yaml_mark_t mark, size_t nodes, size_t bytes);
void lf_yaml_in_place(struct lf_node *node, yaml_mark_t mark);

/* Each of these builds what EVENT begins, which has been read and stays the caller's. *OUT is only set on success. */
LF_NODISCARD int lf_yaml_in_value(struct lf_yaml_in *rd, const yaml_event_t *event, size_t depth, struct lf_node **out);
LF_NODISCARD int lf_yaml_in_scalar(struct lf_yaml_in *rd, const yaml_event_t *event, struct lf_node **out);
LF_NODISCARD int lf_yaml_in_map(struct lf_yaml_in *rd, const yaml_event_t *start, size_t depth, struct lf_node **out);
LF_NODISCARD int lf_yaml_in_alias(struct lf_yaml_in *rd, const yaml_event_t *event, size_t depth, struct lf_node **out);

/* Notes the anchor NAME (NULL: none) of what begins at MARK, before its own values are counted; close says what came of it. */
LF_NODISCARD int lf_yaml_in_anchor_add(struct lf_yaml_in *rd, const yaml_char_t *name, yaml_mark_t mark, size_t *slot);
void lf_yaml_in_anchor_close(struct lf_yaml_in *rd, size_t slot, const struct lf_node *node);
void lf_yaml_in_anchors_clear(struct lf_yaml_in *rd);

#endif
