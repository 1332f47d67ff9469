/* schema: checks values against a chart's values.schema.json: JSON Schema, drafts 4 to 2020-12. What is not known here ($dynamicRef, unevaluated…, references to
 * other files, most formats, some patterns) is passed over and can be named: no value is refused that Helm would take. Work is bounded, whatever the schema. Pure. */
#ifndef LF_CORE_SCHEMA_H
#define LF_CORE_SCHEMA_H

#include "core/error.h"
#include "core/facts.h"
#include "core/node.h"

struct lf_schema_options {
	const struct lf_names *foreign; /* "redis 17.x": keys of the root that belong to subcharts, whose own defaults are not known; may be NULL */
	bool may_lack;			/* more values come from elsewhere: what is missing is no error */
	bool null_counts;		/* null is a value like any other, as JSON has it; to Helm it means "not set" */
};

/* LF_EINVAL: the first thing that is wrong, with its path, its line where VALUE was read from text, and what is allowed. */
LF_NODISCARD int lf_schema_check(const struct lf_node *schema, const struct lf_node *value, const struct lf_schema_options *options, struct lf_error *err);

/* Appends what in SCHEMA is not checked here, as words for a person: "format email, reference other.json"; nothing where all of it is. */
void lf_schema_unchecked(struct lf_str *out, const struct lf_node *schema);

/* An ECMAScript pattern as a POSIX extended one with the same meaning. The caller frees; NULL: there is none that is surely the same. */
LF_NODISCARD char *lf_schema_pattern(const char *pattern);

#endif
