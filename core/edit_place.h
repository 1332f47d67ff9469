/* edit_place: the files in which an object can be changed by hand, whom a change of each reaches, and what came back from the editor. Pure. */
#ifndef LF_CORE_EDIT_PLACE_H
#define LF_CORE_EDIT_PLACE_H

#include "core/edit.h"

enum lf_edit_what { LF_EDIT_OBJECT, LF_EDIT_PATCH, LF_EDIT_NEW_PATCH, LF_EDIT_KUSTOMIZATION };
struct lf_edit_place {
	enum lf_edit_what what;
	char *path;
	char *text;  /* what the editor opens with */
	char *reach; /* "this overlay alone: apps/web/overlays/production" */
};
struct lf_edit_places {
	struct lf_edit_place *items;
	size_t count, capacity;
};

/* The nearest first: what is in the overlay, then what other overlays share. SHARERS: as lf_edit_sharers() found them; NULL: not looked at. LF_ENOTFOUND. */
LF_NODISCARD int lf_edit_places_build(struct lf_edit_places *out, const struct lf_edit *edit, const struct lf_names *sharers, struct lf_error *err);
void lf_edit_places_dispose(struct lf_edit_places *places);

/* Whether TEXT can stand there: YAML (LF_EPARSE with line and column), no plain Secret, the object still in it. The hint says what to do. */
LF_NODISCARD int lf_edit_place_check(const struct lf_edit_place *place, const struct lf_edit *edit, const char *text, struct lf_error *err);
/* The change as a commit: before is what each file becomes, as of lf_edit_apply(). */
LF_NODISCARD int lf_edit_place_take(struct lf_commit *out, const struct lf_edit_place *place, const struct lf_edit *edit, const char *text, struct lf_error *err);

/* Whom a change reaches: of PLACE, or (NULL) of what lf_edit_apply() did. The caller frees. */
LF_NODISCARD char *lf_edit_reach(const struct lf_edit *edit, const struct lf_edit_place *place, const struct lf_names *sharers);

/* ---- who else builds on the object's file ---- */

/* The folder whose other folders may build on it too: the one the overlay is in. NULL: nobody else can be meant. The caller frees. */
LF_NODISCARD char *lf_edit_sharers_folder(const struct lf_edit *edit);
/* The kustomizations of these ENTRIES of that folder. */
void lf_edit_sharers_wanted(struct lf_names *out, const struct lf_edit *edit, const struct lf_names *entries);
/* The folders among them that build on what the object's file is in; with the overlay itself. */
void lf_edit_sharers(struct lf_names *out, const struct lf_edit *edit, const struct lf_branch_files *files);

#endif
