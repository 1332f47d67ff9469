/* edit_change: one change of an object as it is given on the command line ("spec.replicas=3", or "spec.paused" to take it out), and splicing it into one document of a file. Pure. */
#ifndef LF_CORE_EDIT_CHANGE_H
#define LF_CORE_EDIT_CHANGE_H

#include "core/facts.h"
#include "core/history.h"
#include "core/node.h"

struct lf_edit_change {
	struct lf_names keys;  /* the path: keys of maps, items of lists by position or by name */
	struct lf_node *value; /* NULL: it goes away */
	const char *text;      /* as it was given; borrowed */
	const char *spelled;   /* the value in it; NULL: it goes away */
};

/* REMOVES: TEXT is a path alone. PREFIX: a path in front of it, as it stands in TEXT's own form; NULL or "": none. LF_EINVAL, or what is wrong with the value. Dispose *OUT in either case. */
LF_NODISCARD int lf_edit_change_read(struct lf_edit_change *out, const char *text, bool removes, const char *prefix, struct lf_error *err);
void lf_edit_change_dispose(struct lf_edit_change *change);
/* A number or a boolean where MODEL (may be NULL) has a text, or Kubernetes takes only texts, was meant as one. */
void lf_edit_change_fit(struct lf_edit_change *change, const struct lf_node *model);

/* Document INDEX of FILE as it becomes (before); NULL: none, or no YAML. The caller frees. */
struct lf_node *lf_edit_document(const struct lf_commit_file *file, size_t index);
/* What NODE has at the change's path; NULL: nothing, or it is inside of a text. */
const struct lf_node *lf_edit_value_at(const struct lf_node *node, const struct lf_edit_change *change);
/* Whether NODE has something there, be it inside of a text that is YAML itself (helm.values of an Application). */
bool lf_edit_has(const struct lf_node *node, const struct lf_edit_change *change);
/* Whether the path leads into a text. */
bool lf_edit_enters_text(const struct lf_node *node, const struct lf_edit_change *change);
/* LF_EREFUSED for a change inside of a text of MODEL that the patch in document INDEX of FILE (NULL: a new one) does not have: a patch has a text as a whole, and would
 * hide what the others are changed to later. */
LF_NODISCARD int lf_edit_check_text(const struct lf_edit_change *change, const struct lf_node *model, const struct lf_commit_file *file, size_t index, struct lf_error *err);

/* The tree from KEYS[FROM] on: maps, down to a copy of the value; where MODEL (the object as its own file has it, at that depth) has a list, an item with its name. */
struct lf_node *lf_edit_tree(const struct lf_edit_change *change, size_t from, const struct lf_node *model);

/* For the two below: where the path leads into a text that is a map in YAML, that is changed in it, line by line. */
/* Replaces the value in document INDEX of FILE (its before), or adds what is missing below the deepest node that is there. MODEL as above; NULL: none. */
LF_NODISCARD int lf_edit_splice(struct lf_commit_file *file, size_t index, const struct lf_edit_change *change, const struct lf_node *model, struct lf_error *err);

/* Takes what is at the path out of document INDEX of FILE. PRUNES: with the maps and lists that this leaves empty, as in a patch, where they say nothing.
 * LF_ENOTFOUND if it is not there. */
LF_NODISCARD int lf_edit_cut(struct lf_commit_file *file, size_t index, const struct lf_edit_change *change, bool prunes, struct lf_error *err);

#endif
