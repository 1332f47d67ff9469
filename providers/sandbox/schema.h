/* schema: strict validation of objects against rows of text, one field each:
 *
 *	PATH TYPE[!] [=DEFAULT] [~PATTERN] [|VALUE|VALUE…]
 *
 * PATH is dotted; "[]" after a name means the items of a list; "!" means required wherever its parent is
 *present. Parents need no row of their own. TYPE: string, int, bool, map (of strings), list, object, any (not
 *looked into), intstr, quantity, or @NAME (the rows of that shared schema below it). PATTERN names a rule:
 *duration, duration-no-hours, repository, charts, oci. Pure. */
#ifndef LF_SANDBOX_SCHEMA_H
#define LF_SANDBOX_SCHEMA_H

#include <stddef.h>
#include "core/node.h"

enum lf_issue_kind {
	LF_ISSUE_UNKNOWN,
	LF_ISSUE_TYPE,
	LF_ISSUE_REQUIRED,
	LF_ISSUE_UNSUPPORTED,
	LF_ISSUE_INVALID
};

struct lf_issue {
	enum lf_issue_kind kind;
	char *field;   /* "spec.template.spec.containers[0].image" */
	char *typed;   /* the same the way server-side apply writes it:
	                  ".spec.template.spec.containers[name=\"web\"].image" */
	char *message; /* the rest of the API server's sentence */
};

struct lf_issues {
	struct lf_issue *items;
	size_t count, capacity;
};

/* Adds what is wrong with OBJECT; at most 64 issues are kept. SCHEMA may be NULL. */
void lf_schema_issues(struct lf_issues *out, const char *schema, const struct lf_node *object);
/* Fills in the defaults of what is missing. */
void lf_schema_default(const char *schema, struct lf_node *object);
void lf_issues_dispose(struct lf_issues *issues);

#endif
