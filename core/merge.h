/* merge: one of our documents into the file the branch already holds: sets what is ours and differs, keeps every other byte. Pure. */
#ifndef LF_CORE_MERGE_H
#define LF_CORE_MERGE_H

#include "core/document.h"
#include "core/plan.h"

/* Fills *OUT with EXISTING changed as PLAN wants it. What counts as ours: in a scaffold only values of questions that were answered; in a provider's document also what
 * identifies the delivery (name, address, branch, path); but a tunable (sync and extras step) that nobody answered keeps what the file says. Unknown fields, comments and order
 * stay. LF_EREFUSED or LF_EPARSE (with line) where the file cannot be edited safely: *OUT is then EXISTING. */
LF_NODISCARD int lf_merge_document(struct lf_str *out, const char *existing, const struct lf_document *document, const struct lf_plan *plan, struct lf_error *err);

/* Which item of LIST is the same thing as ITEM: an equal one, else one with its name (and, if possible, kind and namespace); ALONE: or the only one, if neither has a name.
 * The count of LIST: none. */
size_t lf_merge_find_item(const struct lf_node *list, const struct lf_node *item, bool alone);

#endif
