/* json: between JSON text and nodes; jansson does the parsing. */
#ifndef LF_CORE_JSON_H
#define LF_CORE_JSON_H

#include "core/error.h"
#include "core/node.h"
#include "core/str.h"

/* Parses one JSON value. Duplicate keys, invalid UTF-8 and depth over 128 are errors. metadata.managedFields is dropped while
 * converting: it is often half of a Kubernetes object and we never show it. */
LF_NODISCARD int lf_json_parse(struct lf_node **out, const char *text, size_t length, struct lf_error *err);

/* Appends NODE as compact JSON on one line, keys in order. */
void lf_json_emit(struct lf_str *out, const struct lf_node *node);
void lf_json_emit_text(struct lf_str *out, const char *text); /* one string, with its quotes */

#endif
