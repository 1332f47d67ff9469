/* What the files of the module landfall-objects.so share. */
#ifndef LF_PROVIDERS_GIT_OBJECTS_INTERNAL_H
#define LF_PROVIDERS_GIT_OBJECTS_INTERNAL_H

#include <git2.h>
#include "providers/git/objects.h"

struct lf_objects_store {
	char *folder;
	char *lent; /* folder of objects of the user's own clone; NULL: none */
	git_repository *repository;
	git_odb *odb;
};

/* Fills ERR with what libgit2 said last on this thread, cleaned. WHAT is ours: "the commit cannot be made".
 */
int objects_fail(struct lf_error *err, const char *where, int native, const char *what);

/* objects_build.c */
int objects_build(struct lf_objects_built *out, struct lf_objects_store *store,
                  const struct lf_objects_plan *plan, struct lf_error *err);

/* objects_user.c */
int objects_settings(const char *folder, const char *address, lf_objects_setting_fn *each, void *payload,
                     struct lf_error *err);
/* objects_include.c */
/* Whether ADDRESS fits PATTERN as git has it: "*" and "?" stop at a slash, "**" does not. Pure. */
bool objects_address_fits(const char *pattern, const char *address);
/* If NAME and VALUE are an "includeIf hasconfig:remote.*.url:" that fits: what its file says. */
int objects_include(const char *name, const char *value, const char *address, lf_objects_setting_fn *each,
                    void *payload);

/* The folder of objects of the clone FOLDER is in; the caller frees; NULL: none. */
char *objects_of_clone(const char *folder);
void objects_workdir(struct lf_workdir_facts *out, const char *folder);

#endif
