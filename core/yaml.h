/* yaml: the only code that reads or writes YAML. */
#ifndef LF_CORE_YAML_H
#define LF_CORE_YAML_H

#include <stddef.h>
#include "core/error.h"
#include "core/node.h"
#include "core/str.h"

struct lf_yaml_limits {
	size_t bytes;	/* of the text */
	size_t depth;	/* of nesting */
	size_t nodes;	/* after aliases were expanded */
};
extern const struct lf_yaml_limits lf_yaml_limits_default; /* 4 MiB, 128, 200,000 */

/* Parses every document of TEXT into a list node (one child each; an empty text gives an empty list). Duplicate keys, %TAG lines, recursive
 * aliases and whatever passes the limits are errors with NAME, line and column. Scalars are resolved as YAML 1.2 core
 * plus the 1.1 words that go-yaml reads (reference: libs §6), the way Kubernetes reads them. */
LF_NODISCARD int lf_yaml_parse(struct lf_node **out, const char *text, size_t length, const char *name,
			       const struct lf_yaml_limits *limits, struct lf_error *err);

/* Whether a plain scalar would be read as something other than this string by some YAML 1.1 or 1.2 parser. */
bool lf_yaml_needs_quotes(const char *text);

/* Which question each line of an emitted text answers: index 0 is line 1; NULL where none does. */
struct lf_line_origins {
	const char **ids;
	size_t count;
};
void lf_line_origins_dispose(struct lf_line_origins *origins);

/* Appends NODE as one document, without "---": two spaces, keys in the order they were set, quotes only where needed, literal blocks for text with
 * line breaks, comments above their node. Same tree, same bytes. ORIGINS may be NULL; it gets one entry for each line appended. */
void lf_yaml_emit(struct lf_str *out, const struct lf_node *node, struct lf_line_origins *origins);

#endif
