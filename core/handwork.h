/* handwork: how a commit gets into the cluster when no controller reads it: which objects are applied, and which program of the user's has to say so first (kustomize)
 * or do it (helm). Made by the engine of such a provider (struct lf_engine's apply), carried out by the reducer. Plain data. */
#ifndef LF_CORE_HANDWORK_H
#define LF_CORE_HANDWORK_H

#include "core/event.h"

#define LF_HANDWORK_FOLDER "@" /* how an argument begins that means a path in the private folder where the files are put: "@/apps/web" */
#define LF_HANDWORK_READ "//apply" /* text2 of the files read for it; no path of a repository begins like this */

struct lf_handwork {
	struct lf_names missing; /* further files of the branch that must be known first; then all the rest is empty */
	struct lf_node *objects; /* list: to be applied, namespaces and definitions first; of a program's work: those to be applied before it runs. May be NULL */
	struct lf_node *program; /* list of argument lists: the first of which the program is installed is run. NULL: none is needed */
	struct lf_node *listing; /* the same, afterwards: prints what was applied. NULL: PROGRAM prints what is to be applied */
	struct lf_branch_files files; /* what the programs need; borrowed from nobody */
	char *command;		 /* the same for a person, in a clone of the repository */
	const char *unable;	 /* why only a person can do it, a whole sentence; NULL: it can be done from here */
};
void lf_handwork_dispose(struct lf_handwork *work);

/* Whether OBJECT has to be there before others: a Namespace or a CustomResourceDefinition. */
bool lf_handwork_is_ground(const struct lf_node *object);
/* Every object of the YAML documents in TEXT (lists are taken apart) into LIST. */
LF_NODISCARD int lf_handwork_read(struct lf_node *list, const char *text, size_t length, const char *name, struct lf_error *err);

#endif
