/* admit: what the API server checks and completes before it stores an object: schema, names, namespaces,
 * immutable fields, defaults. */
#ifndef LF_SANDBOX_ADMIT_H
#define LF_SANDBOX_ADMIT_H

#include <stdbool.h>
#include "core/node.h"
#include "providers/sandbox/kinds.h"
#include "providers/sandbox/refusal.h"
#include "providers/sandbox/store.h"

enum lf_decoding {
	LF_DECODE_LOOSE,  /* unknown fields pass */
	LF_DECODE_STRICT, /* create and patch with fieldValidation=Strict: 400, all unknown fields at once */
	LF_DECODE_TYPED,  /* server-side apply: 500 with the path of each unknown or mistyped field */
};

/* Whether the fields of OBJECT exist and have their types. 0 or -1 with *REFUSAL. */
LF_NODISCARD int lf_admit_fields(const struct lf_kind *kind, const struct lf_node *object,
                                 enum lf_decoding decoding, struct lf_refusal *refusal);

/* Completes OBJECT with defaults and checks its values; OLD is what it replaces (NULL: new). 0 or -1 with
 * *REFUSAL. */
LF_NODISCARD int lf_admit_object(const struct lf_store *store, const struct lf_kind *kind,
                                 struct lf_node *object, const struct lf_node *old,
                                 struct lf_refusal *refusal);

#endif
