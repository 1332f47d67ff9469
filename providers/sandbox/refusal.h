/* refusal: a Kubernetes Status of failure: what the API server answers when it says no, and what a controller
 * reads when it meets one. */
#ifndef LF_SANDBOX_REFUSAL_H
#define LF_SANDBOX_REFUSAL_H

#include "core/node.h"
#include "core/str.h"

struct lf_kind;

struct lf_refusal {
	int code;           /* HTTP status; 0: nothing was refused */
	const char *reason; /* static, "NotFound"; "" where the API server gives none */
	char *message;
	struct lf_node *details; /* may be NULL */
};

/* Fills *OUT (which may be NULL; what it held is disposed) and returns -1. */
LF_PRINTF(4, 5) int lf_refuse(struct lf_refusal *out, int code, const char *reason, const char *format, ...);
int lf_refuse_not_found(struct lf_refusal *out, const struct lf_kind *kind, const char *name);
int lf_refuse_forbidden(struct lf_refusal *out, const struct lf_kind *kind, const char *verb,
                        const char *namespace, const char *name);
int lf_refuse_gone(struct lf_refusal *out, const char *what);
/* Says which object is meant; NAME may be "". */
void lf_refusal_object(struct lf_refusal *refusal, const struct lf_kind *kind, const char *name);
void lf_refusal_cause(struct lf_refusal *refusal, const char *reason, const char *message, const char *field);
void lf_refusal_emit(struct lf_str *out, const struct lf_refusal *refusal); /* the Status object as JSON */
void lf_refusal_dispose(struct lf_refusal *refusal);

#endif
