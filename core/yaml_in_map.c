/* yaml_in_map: the entries of a map: its keys, which must not stand twice, and what "<<" merges. */
#include "config.h"
#include "core/yaml_in.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

static int merge_one(struct lf_yaml_in *rd, struct lf_node *map, const struct lf_node *from, yaml_mark_t mark)
{
	if (lf_node_kind(from) != LF_NODE_MAP)
		return lf_yaml_fail_at(&rd->source, LF_EPARSE, mark,
		                       "what << merges must be a map or a list of maps");
	for (size_t i = 0; i < lf_node_count(from); i++) {
		if (!lf_node_key(map, lf_node_key_at(from, i)))
			lf_node_set(map, lf_node_key_at(from, i), lf_node_dup(lf_node_at(from, i)));
	}
	return LF_OK;
}

/* Takes the keys of FROM that the map does not have itself; in a list of maps the first one wins. */
static int merge(struct lf_yaml_in *rd, struct lf_node *map, const struct lf_node *from, yaml_mark_t mark)
{
	int rc = LF_OK;

	if (lf_node_kind(from) != LF_NODE_LIST)
		return merge_one(rd, map, from, mark);
	for (size_t i = 0; i < lf_node_count(from) && rc == LF_OK; i++)
		rc = merge_one(rd, map, lf_node_at(from, i), mark);
	return rc;
}

/* Reads the key that EVENT begins. */
static int build_key(struct lf_yaml_in *rd, const yaml_event_t *event, struct lf_node **out, bool *is_merge)
{
	struct lf_node *node = NULL;
	int rc = LF_OK;

	*is_merge = false;
	if (event->type == YAML_SCALAR_EVENT) {
		const yaml_char_t *text = event->data.scalar.value;

		*is_merge = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
		            strcmp((const char *)text, "<<") == 0;
		if (memchr(text, '\0', event->data.scalar.length))
			return lf_yaml_fail_at(&rd->source, LF_EPARSE, event->start_mark,
			                       "a key may not contain a NUL character");
		if (event->data.scalar.anchor) { /* for an alias it is a value like any other */
			rc = lf_yaml_in_scalar(rd, event, &node);
			if (rc != LF_OK)
				return rc;
			lf_node_add(rd->attic, node);
		}
		/* The text as it stands: "on" and "1" are the names a person wrote. */
		*out = lf_node_text_new_n((const char *)text, event->data.scalar.length);
		return LF_OK;
	}
	if (event->type == YAML_ALIAS_EVENT)
		rc = lf_yaml_in_alias(rd, event, 1, &node);
	if (rc != LF_OK)
		return rc;
	if (!node || lf_node_kind(node) == LF_NODE_MAP || lf_node_kind(node) == LF_NODE_LIST) {
		lf_node_free(node);
		return lf_yaml_fail_at(&rd->source, LF_EPARSE, event->start_mark, "a key must be plain text");
	}
	*out = lf_node_text_new(lf_node_text(node, NULL));
	lf_node_free(node);
	return LF_OK;
}

static int build_entry(struct lf_yaml_in *rd, const yaml_event_t *start, struct lf_node *map, size_t depth,
                       struct lf_node **merged)
{
	struct lf_node *key = NULL, *child = NULL;
	yaml_event_t event = {0};
	bool is_merge;
	int rc = build_key(rd, start, &key, &is_merge);

	if (rc != LF_OK)
		return rc;
	if (is_merge ? *merged != NULL : lf_node_key(map, lf_node_text(key, NULL)) != NULL) {
		char *safe = lf_text_clean_dup(lf_node_text(key, NULL), 80);

		rc = lf_yaml_fail_at(&rd->source, LF_EPARSE, start->start_mark,
		                     "the key \"%s\" stands twice in this map", safe);
		lf_hint(rd->source.err, "remove one of the two: readers disagree about which one counts");
		lf_free(safe);
		goto out;
	}
	rc = lf_yaml_in_count(rd, start->start_mark, 0, strlen(lf_node_text(key, NULL)));
	if (rc == LF_OK)
		rc = lf_yaml_in_next(rd, &event);
	if (rc == LF_OK)
		rc = lf_yaml_in_value(rd, &event, depth + 1, &child);
	if (rc != LF_OK)
		goto out;
	if (is_merge) {
		*merged = child;
		lf_node_add(rd->attic, child);
	} else {
		lf_node_set(map, lf_node_text(key, NULL), child);
	}
out:
	yaml_event_delete(&event);
	lf_node_free(key);
	return rc;
}

int lf_yaml_in_map(struct lf_yaml_in *rd, const yaml_event_t *start, size_t depth, struct lf_node **out)
{
	struct lf_node *map = lf_node_new(LF_NODE_MAP), *merged = NULL;
	yaml_event_t event = {0};
	size_t slot;
	int rc = lf_yaml_in_anchor_add(rd, start->data.mapping_start.anchor, start->start_mark, &slot);

	lf_yaml_in_place(map, start->start_mark);
	if (rc == LF_OK)
		rc = lf_yaml_in_count(rd, start->start_mark, 1, 0);
	while (rc == LF_OK) {
		rc = lf_yaml_in_next(rd, &event);
		if (rc != LF_OK || event.type == YAML_MAPPING_END_EVENT)
			break;
		rc = build_entry(rd, &event, map, depth, &merged);
		yaml_event_delete(&event);
	}
	yaml_event_delete(&event);
	if (rc == LF_OK && merged)
		rc = merge(rd, map, merged, start->start_mark);
	if (rc != LF_OK) {
		lf_node_free(map);
		return rc;
	}
	lf_yaml_in_anchor_close(rd, slot, map);
	*out = map;
	return LF_OK;
}
