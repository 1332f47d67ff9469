/* edit: where in a repository a change of a live object belongs, and the files with that change in them. Pure. The rules, in this order: what an outer
 * kustomization.yaml sets (replicas, images) is changed there, because it would win; then an existing patch of the object; then the object's own file, where it lies
 * in the folder that the consumer applies; else that folder gets a patch, so that other overlays of the same base stay as they are. */
#ifndef LF_CORE_EDIT_H
#define LF_CORE_EDIT_H

#include "core/history.h"
#include "core/trace.h"

struct lf_edit {
	const struct lf_trace *trace;
	const char *root; /* the folder that the consumer applies */
	bool in_base;	  /* change the object's own file, wherever it is: for every overlay */
	const char *prefix; /* in front of every path: what was asked for is made from a template of the object, "spec.template"; NULL: none */
};

/* Applies SETS, each "spec.replicas=3": keys with dots between ("\." is a dot in a key), items of lists by position or by name; then takes out what DELETES name, each a
 * path alone: where the overlay must not have what the base has, its patch says so. Fills OUT's files: before is what it
 * becomes, after what it is (as if a commit were taken back). LF_ENOTFOUND (the object is in no file), LF_EINVAL, LF_EREFUSED (the file has to be edited by hand). */
LF_NODISCARD int lf_edit_apply(struct lf_commit *out, const struct lf_edit *edit, const struct lf_names *sets, const struct lf_names *deletes, struct lf_error *err);

/* ---- for edit_place ---- */

/* PATH as it is being changed: what OUT has of it, else what was read, or a new one. */
struct lf_commit_file *lf_edit_file(struct lf_commit *out, const struct lf_trace *trace, const char *path);
/* Where a new patch in the overlay goes; the caller frees. The object was found. */
char *lf_edit_patch_path(const struct lf_edit *edit);
/* Appends a patch of MODEL that holds what is BELOW (may be NULL). */
void lf_edit_patch_text(struct lf_str *out, const struct lf_node *model, const struct lf_node *below);
/* Lists the patch PATH in the overlay's kustomization.yaml. */
LF_NODISCARD int lf_edit_list_patch(struct lf_commit *out, const struct lf_edit *edit, const char *path, struct lf_error *err);
/* Fills *ERR: no file holds the object. Returns its code. */
int lf_edit_not_found(const struct lf_edit *edit, struct lf_error *err);

#endif
