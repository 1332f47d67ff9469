/* leftover: files of an earlier delivery of this application that this one does not write any more: Applications that a set takes the place of, the manifests' objects where a
 * chart is delivered now, a secret's file where none is wanted any more, the overlay of an environment that was taken out. Pure. */
#ifndef LF_CORE_LEFTOVER_H
#define LF_CORE_LEFTOVER_H

#include "core/document.h"
#include "core/facts.h"
#include "core/plan.h"

/* Adds what FACTS know of the branch: files of the names that rows give, in the folders of the provider's files, that hold a provider's object of this application which nothing
 * else is known to use; and every file of WRITTEN (lf_retract_written()) that DOCUMENTS leave out. Of these a file goes only if it has the very bytes we would have written and
 * nothing that stays refers to it; else it says why it stays. */
void lf_leftovers_find(struct lf_leftovers *out, const struct lf_plan *plan, const struct lf_documents *documents, const struct lf_documents *written, const struct lf_facts *facts);
bool lf_leftovers_equal(const struct lf_leftovers *a, const struct lf_leftovers *b);
size_t lf_leftovers_going(const struct lf_leftovers *leftovers); /* how many may go */

/* Adds to DOCUMENTS those of FACTS->path.leftovers: removed as the user wants it, and those that stay with the reason. A kustomization.yaml of somebody else that WRITTEN has added
 * a file to which goes comes along, so that its entry goes too. */
void lf_leftovers_add(struct lf_documents *documents, const struct lf_plan *plan, const struct lf_documents *written, const struct lf_facts *facts);
/* Takes out of the kustomizations of WAS the entries of those that stay, so that they stay, too (lf_retract()). */
void lf_leftovers_spare(struct lf_documents *was, const struct lf_plan *plan, const struct lf_facts *facts);

/* leftover_written.c, for leftover.c: the files of WRITTEN. */
void lf_leftovers_find_written(struct lf_leftovers *out, const struct lf_plan *plan, const struct lf_documents *documents, const struct lf_documents *written, const struct lf_facts *facts);
void lf_leftovers_put(struct lf_leftovers *out, const char *path, const char *why, bool is_gitops); /* WHY NULL: it may go */
/* How often NODE, in a file of FOLDER, names the file PATH, or its folder where it is that folder's kustomization.yaml. */
size_t lf_leftovers_count(const struct lf_node *node, const char *folder, const char *path);

#endif
