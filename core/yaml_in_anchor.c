/* yaml_in_anchor: anchors, and the aliases that stand for them. Each alias is a copy, counted like what it is a copy of: a few lines must not become gigabytes. */
#include "config.h"
#include "core/yaml_in.h"

#include <stdint.h>
#include <string.h>

#include "core/mem.h"

enum { ANCHORS_MAX = 1000 };

static size_t height_of(const struct lf_node *node)
{
	size_t most = 0;

	for (size_t i = 0; i < lf_node_count(node); i++) {
		size_t height = height_of(lf_node_at(node, i));

		most = height > most ? height : most;
	}
	return most + 1;
}

int lf_yaml_in_anchor_add(struct lf_yaml_in *rd, const yaml_char_t *name, yaml_mark_t mark, size_t *slot)
{
	struct lf_yaml_anchor *anchor;

	*slot = SIZE_MAX;
	if (!name)
		return LF_OK;
	if (rd->anchor_count == ANCHORS_MAX)
		return lf_yaml_fail_at(&rd->source, LF_ELIMIT, mark, "more than %d anchors", ANCHORS_MAX);
	lf_grow((void **)&rd->anchors, &rd->anchor_capacity, rd->anchor_count, sizeof(*rd->anchors));
	*slot = rd->anchor_count++;
	anchor = rd->anchors + *slot;
	memset(anchor, 0, sizeof(*anchor));
	anchor->name = lf_dup((const char *)name);
	anchor->nodes = rd->nodes; /* where it began, until lf_yaml_in_anchor_close() */
	anchor->bytes = rd->bytes;
	return LF_OK;
}

void lf_yaml_in_anchor_close(struct lf_yaml_in *rd, size_t slot, const struct lf_node *node)
{
	struct lf_yaml_anchor *anchor;

	if (slot == SIZE_MAX)
		return;
	anchor = rd->anchors + slot;
	anchor->node = node;
	anchor->nodes = rd->nodes - anchor->nodes;
	anchor->bytes = rd->bytes - anchor->bytes;
	anchor->height = height_of(node);
}

void lf_yaml_in_anchors_clear(struct lf_yaml_in *rd)
{
	for (size_t i = 0; i < rd->anchor_count; i++)
		lf_free(rd->anchors[i].name);
	rd->anchor_count = 0;
}

int lf_yaml_in_alias(struct lf_yaml_in *rd, const yaml_event_t *event, size_t depth, struct lf_node **out)
{
	const char *name = (const char *)event->data.alias.anchor;
	yaml_mark_t mark = event->start_mark;

	for (size_t i = rd->anchor_count; i-- > 0;) {
		const struct lf_yaml_anchor *anchor = rd->anchors + i;
		int rc;

		if (strcmp(anchor->name, name) != 0)
			continue;
		if (!anchor->node)
			return lf_yaml_fail_at(&rd->source, LF_EPARSE, mark,
			                       "the alias *%.60s stands inside its own anchor", name);
		if (depth + anchor->height - 1 > rd->limits.depth)
			return lf_yaml_fail_at(&rd->source, LF_ELIMIT, mark,
			                       "nested more than %zu levels deep", rd->limits.depth);
		rc = lf_yaml_in_count(rd, mark, anchor->nodes, anchor->bytes);
		if (rc == LF_OK)
			*out = lf_node_dup(anchor->node);
		return rc;
	}
	return lf_yaml_fail_at(&rd->source, LF_EPARSE, mark, "the alias *%.60s has no anchor before it",
	                       name);
}
