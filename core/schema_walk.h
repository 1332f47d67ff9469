/* schema_walk: what the files of the schema check share: one walk over a schema and a value. A verdict is certain or it is UNSURE: what is not known here never
 * refuses a value, and never makes "not" or "oneOf" say so either. */
#ifndef LF_CORE_SCHEMA_WALK_H
#define LF_CORE_SCHEMA_WALK_H

#include <stdbool.h>
#include "core/schema.h"
#include "core/str.h"

enum { LF_SCHEMA_DEPTH = 64 };

enum lf_verdict { LF_FITS, LF_UNSURE, LF_FAILS }; /* the worse of two is what both together say */

struct lf_schema_walk {
	const struct lf_node *base; /* BASE: what "#" means here: the nearest schema with an $id of its own */
	const struct lf_schema_options *options;
	struct lf_error *err;
	struct lf_str path;
	size_t left;	 /* of the budget */
	int depth;	 /* of the schema that is looked at */
	size_t patterns; /* tried */
	int quiet;	 /* below anyOf and its like: a failure is no answer yet */
	bool old;	 /* before 2019-09: what stands beside $ref counts nothing, a list of items is a tuple, and formats are checked */
};

static inline enum lf_verdict lf_verdict_and(enum lf_verdict a, enum lf_verdict b)
{
	return a > b ? a : b;
}

static inline enum lf_verdict lf_verdict_of(bool good)
{
	return good ? LF_FITS : LF_FAILS;
}

/* schema.c */
enum lf_verdict lf_schema_walk(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value);
/* The same without words: whether it holds is a question here. */
enum lf_verdict lf_schema_holds(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value);
/* Says what is wrong with VALUE, once; ALLOWED (may be NULL) goes into the remedy. Always LF_FAILS. */
LF_PRINTF(4, 5)
enum lf_verdict lf_schema_fail(struct lf_schema_walk *walk, const struct lf_node *value, const char *allowed, const char *format, ...);
/* Whether KEY is a subchart's, at the root. */
bool lf_schema_is_foreign(const struct lf_schema_walk *walk, const char *key);

/* schema_value.c: numbers and texts; type, enum and const. */
enum lf_verdict lf_schema_value(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value);
/* As JSON sees it: 1 and 1.0 are the same. */
enum lf_verdict lf_schema_same(struct lf_schema_walk *walk, const struct lf_node *a, const struct lf_node *b, int depth);
bool lf_schema_is_whole(const struct lf_node *node, int64_t *out);
/* A limit of SCHEMA; MISSING where it says none that can be read. */
int64_t lf_schema_limit(const struct lf_node *schema, const char *key, int64_t missing);

/* schema_list.c and schema_map.c */
enum lf_verdict lf_schema_list(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value);
enum lf_verdict lf_schema_map(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value);

/* schema_pattern.c: whether TEXT has the form PATTERN. */
enum lf_verdict lf_schema_matches(struct lf_schema_walk *walk, const char *pattern, const char *text);
/* schema_format.c: whether TEXT is what FORMAT says; LF_UNSURE where that is not known here. */
enum lf_verdict lf_schema_format(const char *format, const char *text);

#endif
