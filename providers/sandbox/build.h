/* build: from a commit's folder to the objects it describes, as the controllers build them: a kustomization,
 * or a plain folder of manifests. Pure apart from reading the snapshot. */
#ifndef LF_SANDBOX_BUILD_H
#define LF_SANDBOX_BUILD_H

#include "core/error.h"
#include "core/node.h"
#include "providers/sandbox/repository.h"

enum lf_build_flavour {
	LF_BUILD_FLUX,   /* a plain folder is taken with its subfolders */
	LF_BUILD_FOLDER, /* Argo CD: only the folder's own files … */
	LF_BUILD_DEEP,   /* … unless directory.recurse says so */
};

/* Builds PATH into a list of objects, in order. Messages are those of kustomize and of the controllers;
 * LF_ENOTFOUND if PATH is not there. */
LF_NODISCARD int lf_build(struct lf_node **out, const struct lf_snapshot *snapshot, const char *path,
                          enum lf_build_flavour flavour, struct lf_error *err);
/* Whether the folder has a kustomization.yaml, kustomization.yml or Kustomization. */
bool lf_build_is_overlay(const struct lf_snapshot *snapshot, const char *path);

#endif
