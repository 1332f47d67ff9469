/* reach: whether who applies a folder of the repository applies another below it, too: by the kustomization.yaml files in between, or because there are none. Pure. */
#ifndef LF_CORE_REACH_H
#define LF_CORE_REACH_H

#include "core/facts.h"
#include "core/str.h"

enum lf_reach {
	LF_REACH_NOT,	 /* or not known */
	LF_REACH_LISTED, /* a kustomization.yaml names PATH */
	LF_REACH_ALL,	 /* there is none from FOLDER to PATH, so a controller that makes its own takes in everything */
};

/* From FOLDER to PATH, a folder below it; what was not read of the branch is not known. */
enum lf_reach lf_reach_of(const char *folder, const char *path, const struct lf_path_facts *facts);
/* The kustomization.yaml files of the folders above PATH that decide over it, as far as they are there. */
void lf_reach_files(struct lf_names *out, const char *path, const struct lf_path_facts *facts);

#endif
