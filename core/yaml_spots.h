/* yaml_spots: where each node of a YAML text stands, in bytes. For yaml_edit.c only. */
#ifndef LF_CORE_YAML_SPOTS_H
#define LF_CORE_YAML_SPOTS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/error.h"

enum lf_spot_kind {
	LF_SPOT_PLAIN,
	LF_SPOT_SINGLE,
	LF_SPOT_DOUBLE,
	LF_SPOT_BLOCK_TEXT,
	LF_SPOT_ALIAS,
	LF_SPOT_LIST,
	LF_SPOT_MAP
};

/* One node. A map's children are key, value, key, value. Children follow their parent; NEXT is the index
 * behind the last of them. */
struct lf_spot {
	enum lf_spot_kind kind;
	bool flow;	/* [ ] or { }, or inside of one */
	bool decorated; /* has an anchor or a tag */
	char *anchor;	/* its name, or NULL */
	char *text;	/* of a scalar; the name of an alias */
	size_t start;	/* byte offset */
	size_t end;	/* behind the last byte that belongs to it, blanks and comments not counted */
	size_t line, column; /* from 0 */
	size_t next;
};

struct lf_spots {
	struct lf_spot *items;
	size_t count, capacity;
	size_t documents;
	size_t stop; /* byte offset of the document's end marker, or of the next document, or the length */
};

/* Fills OUT with the nodes of document number DOCUMENT (0 is the first); none if there is no such document.
 * TEXT must have passed lf_yaml_parse(), which bounds what happens here. */
LF_NODISCARD int lf_yaml_spots_find(struct lf_spots *out, const char *text, size_t length, size_t document,
                                    struct lf_error *err);
void lf_yaml_spots_dispose(struct lf_spots *spots);

#endif
