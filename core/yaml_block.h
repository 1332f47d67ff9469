/* yaml_block: a node as YAML in the style of a file it is put into. For yaml_edit.c only. */
#ifndef LF_CORE_YAML_BLOCK_H
#define LF_CORE_YAML_BLOCK_H

#include "core/node.h"
#include "core/str.h"
#include "core/yaml_spots.h"

struct lf_yaml_style {
	size_t step; /* how much deeper the keys of an inner map stand */
	size_t dash; /* how much deeper the items of a list stand than its key */
	bool crlf;
};

/* What the file does where it first does it; two spaces and no indentation of lists where it does not. */
struct lf_yaml_style lf_yaml_style_of(const struct lf_spots *spots, const char *text, size_t length);

/* Appends the lines of one entry "KEY: value", or of one list item "- value" if KEY is NULL, each line with
 * INDENT spaces before it. Line ends are \n. */
void lf_yaml_block_entry(struct lf_str *out, const char *key, const struct lf_node *value, size_t indent,
                         const struct lf_yaml_style *style);

/* Appends VALUE on one line, for the inside of [ ] and { }, or in the place of a scalar whose quotes were of
 * kind LIKE. */
void lf_yaml_inline(struct lf_str *out, const struct lf_node *value, enum lf_spot_kind like);

#endif
