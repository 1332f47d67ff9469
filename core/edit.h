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
};

/* Applies SETS, each "spec.replicas=3": keys with dots between ("\." is a dot in a key), items of lists by position or by name. Fills OUT's files: before is what it
 * becomes, after what it is (as if a commit were taken back). LF_ENOTFOUND (the object is in no file), LF_EINVAL, LF_EREFUSED (the file has to be edited by hand). */
LF_NODISCARD int lf_edit_apply(struct lf_commit *out, const struct lf_edit *edit, const struct lf_names *sets, struct lf_error *err);

#endif
