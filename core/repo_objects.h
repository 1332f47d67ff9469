/* repo_objects: providers' objects in the branch's other folders: those that serve an application as well as one of its own would. Pure. */
#ifndef LF_CORE_REPO_OBJECTS_H
#define LF_CORE_REPO_OBJECTS_H

#include "core/facts.h"
#include "core/plan.h"

/* The next object of GROUP and KIND at or behind *INDEX that is in the branch, outside of the folders PLAN writes its own files to, and that the same cluster reads as far as
 * the layout says (of clusters/a and clusters/b each reads its own). *INDEX is then behind it. NULL: there is no other. */
const struct lf_node *lf_repo_object_next(size_t *index, const struct lf_plan *plan, const struct lf_facts *facts, const char *group, const char *kind);
/* One of them by its name; an object without a namespace counts for each. */
const struct lf_node *lf_repo_object_find(const struct lf_plan *plan, const struct lf_facts *facts, const char *group, const char *kind, const char *namespace, const char *name);
bool lf_repo_object_is_in(const struct lf_node *object, const char *namespace);

#endif
