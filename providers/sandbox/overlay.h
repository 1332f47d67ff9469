/* overlay: what the fields of a kustomization do to objects: namespace, prefix, images, replicas, labels,
 * annotations, patches. Pure. */
#ifndef LF_SANDBOX_OVERLAY_H
#define LF_SANDBOX_OVERLAY_H

#include "core/error.h"
#include "core/node.h"

/* Replaces *LIST by one whose objects are changed as the map OVERLAY says. Patches must hold their text in
 * "patch" (files are the caller's). After an error *LIST is still a list, partly changed. */
LF_NODISCARD int lf_overlay(struct lf_node **list, const struct lf_node *overlay, struct lf_error *err);

/* "registry:5000/a/b:tag@sha256:…" → the name's length. */
size_t lf_image_name_length(const char *image);
/* Whether objects of this kind live in a namespace: what the table of kinds says, or the few others that do
 * not. */
bool lf_is_namespaced(const struct lf_node *object);

/* RFC 6902: a changed copy of NODE, or NULL with *ERR. */
LF_NODISCARD struct lf_node *lf_json_patch(const struct lf_node *node, const struct lf_node *operations,
                                           struct lf_error *err);

#endif
