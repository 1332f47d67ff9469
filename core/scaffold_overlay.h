/* scaffold_overlay: the overlay of an environment on its base. A part of scaffold. */
#ifndef LF_CORE_SCAFFOLD_OVERLAY_H
#define LF_CORE_SCAFFOLD_OVERLAY_H

#include "core/document.h"
#include "core/plan.h"

/* Adds the overlay's files to PATH, which refers to its base as BASE. */
void lf_scaffold_overlay(struct lf_documents *out, const struct lf_plan *plan, const char *path, const char *base);

bool lf_scaffold_has_config(const struct lf_plan *plan); /* somewhere in the whole: then the base generates a ConfigMap */
LF_NODISCARD char *lf_scaffold_config_name(const struct lf_plan *plan); /* "web-config"; the caller frees */
/* The container's resources in the base. */
void lf_scaffold_put_base_resources(struct lf_node *container, const struct lf_plan *plan);
void lf_scaffold_put_modest_resources(struct lf_node *container); /* where nothing is said */
void lf_scaffold_put_literals(struct lf_node *generator, const struct lf_plan *plan); /* "KEY=value" of the plan's configuration; nothing if it has none */

#endif
