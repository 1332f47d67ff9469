/* browse_tree: the folders of a repository that may tell how it is laid out, listed as far as that takes. For work requests. */
#ifndef LF_PROVIDERS_GIT_BROWSE_TREE_H
#define LF_PROVIDERS_GIT_BROWSE_TREE_H

#include "core/facts.h"
#include "providers/git/paths.h"

/* Adds paths to OUT ("apps/", "apps/web/", "apps/web/kustomization.yaml"), the shallow ones first. Bounded: at most 64 folders, 5 deep, each looked at up to 16 folders
 * and 200 names; what no GitOps repository has below it (hidden folders, sources, node_modules) is not entered. Folders that are not in the store are noted as missing, so
 * the next call sees one level more. */
LF_NODISCARD int lf_git_browse_tree(struct lf_names *out, const struct lf_git_tree *tree, struct lf_error *err);

#endif
