/* repo_layout: how a repository is laid out, recognised from the names of its folders (and from the providers' objects that were read), and where the files of one more
 * application go there. A guess moves a default and is said on the screen; it is never an answer. Pure. */
#ifndef LF_CORE_REPO_LAYOUT_H
#define LF_CORE_REPO_LAYOUT_H

#include "core/facts.h"
#include "core/plan.h"

/* What the guess depends on besides the repository. Texts are never NULL. */
struct lf_repo_wish {
	const char *app, *method, *provider; /* answers of appName, deploymentMethod, gitopsDeployment */
	char environment[64];		     /* the first of several; "": there is one */
	const char *context;		     /* of the cluster: "prod-eu" tells which of clusters/ is meant */
};
struct lf_repo_wish lf_repo_wish_of(const struct lf_plan *plan, const struct lf_facts *facts); /* borrows from both */

/* A place and the reason: PLACE NULL: nothing was recognised. SOURCE is static, as a default's; WHY is a line that says what was found. */
struct lf_repo_place {
	char *place, *why;
	const char *source;
};
void lf_repo_place_dispose(struct lf_repo_place *place);

/* Where the manifests go (gitPath). With environments the folder above theirs, or where all share overlays/<environment>/ that of the first. */
void lf_repo_layout_path(struct lf_repo_place *out, const struct lf_repo_wish *wish, const struct lf_path_facts *facts);
/* Where the provider's own files go (gitopsPath); nothing where they lie as well beside the manifests. */
void lf_repo_layout_gitops(struct lf_repo_place *out, const struct lf_repo_wish *wish, const struct lf_path_facts *facts);

/* The files that are worth reading to know which providers' objects the repository has: bounded. */
void lf_repo_layout_files(struct lf_names *out, const struct lf_path_facts *facts);
/* Notes the providers' objects in TEXT, all documents of the file PATH. What cannot be read, and what is of no use here, is left out. */
void lf_repo_layout_note(struct lf_path_facts *facts, const char *path, const char *text);

#endif
