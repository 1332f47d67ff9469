/* ref: which Kubernetes object is meant. The same name in two namespaces or groups is two things, so all four parts count. */
#ifndef LF_CORE_REF_H
#define LF_CORE_REF_H

#include <stdbool.h>
#include "core/node.h"
#include "core/str.h"

struct lf_ref {
	char *group;	 /* "" for the core group */
	char *kind;	 /* "Deployment" */
	char *namespace; /* "" for cluster scope */
	char *name;
};

struct lf_ref lf_ref_new(const char *group, const char *kind, const char *namespace, const char *name); /* copies; dispose it */
struct lf_ref lf_ref_dup(const struct lf_ref *ref);
struct lf_ref lf_ref_of(const struct lf_node *object); /* from apiVersion, kind and metadata */
void lf_ref_dispose(struct lf_ref *ref);
bool lf_ref_is_set(const struct lf_ref *ref); /* has a kind */
bool lf_ref_equal(const struct lf_ref *a, const struct lf_ref *b);
/* "Deployment production/web"; without a namespace "Namespace production". Appends. */
void lf_ref_text(struct lf_str *out, const struct lf_ref *ref);

struct lf_refs { /* a list of them, owned */
	struct lf_ref *items;
	size_t count, capacity;
};
void lf_refs_add(struct lf_refs *refs, struct lf_ref ref); /* takes REF */
bool lf_refs_have(const struct lf_refs *refs, const struct lf_ref *ref);
void lf_refs_dispose(struct lf_refs *refs);

#endif
