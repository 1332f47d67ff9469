/* objects: the Kubernetes objects seen by the watches, newest state of each. Owned by the model; engines read it. */
#ifndef LF_CORE_OBJECTS_H
#define LF_CORE_OBJECTS_H

#include <stddef.h>
#include <stdint.h>
#include "core/node.h"
#include "core/ref.h"

struct lf_objects;

LF_NODISCARD struct lf_objects *lf_objects_new(size_t limit); /* at most LIMIT objects are kept; later ones are counted and dropped */
void lf_objects_free(struct lf_objects *objects);

/* Takes OBJECT. An older resourceVersion than the one held is ignored (numeric compare; where one is not a number the later arrival wins). */
void lf_objects_put(struct lf_objects *objects, struct lf_node *object);
void lf_objects_remove(struct lf_objects *objects, const struct lf_ref *ref);
/* After a new list: whatever of this kind and namespace ("" = all) is not among the UIDS listed is gone. */
void lf_objects_keep_only(struct lf_objects *objects, const char *group, const char *kind, const char *namespace,
			  const char *const *uids, size_t count);

const struct lf_node *lf_objects_find(const struct lf_objects *objects, const char *group, const char *kind, const char *namespace,
				      const char *name); /* may be NULL */
const struct lf_node *lf_objects_get(const struct lf_objects *objects, const struct lf_ref *ref);
size_t lf_objects_count(const struct lf_objects *objects);
size_t lf_objects_dropped(const struct lf_objects *objects);
const struct lf_node *lf_objects_at(const struct lf_objects *objects, size_t index); /* in order of group, kind, namespace, name */
/* The next object at or after *INDEX whose metadata.ownerReferences holds UID; advances *INDEX past it. NULL at the end. */
const struct lf_node *lf_objects_next_owned(const struct lf_objects *objects, const char *uid, size_t *index);
/* The next object of GROUP/KIND in NAMESPACE (NULL: any). NULL at the end. */
const struct lf_node *lf_objects_next_of_kind(const struct lf_objects *objects, const char *group, const char *kind, const char *namespace,
					      size_t *index);

#endif
