/* overlay: the forms in which the overlays of environments lie beside their base, each a row of a table: base/ with overlays/dev, envs/dev or environments/dev beside it, or with
 * the environments right beside it ("apps/base/web", "apps/production/web": Flux's own example). Pure. */
#ifndef LF_CORE_OVERLAY_H
#define LF_CORE_OVERLAY_H

#include "core/facts.h"
#include "core/plan.h"

struct lf_overlay {
	char *prefix, *environment, *rest; /* "x/overlays/dev/web" is "x", "dev", "web" (which may be "") */
	const char *home;		   /* "overlays"; "": the environments lie beside base/; static */
};

/* False: PATH has none of the forms. Without a folder of a known name (overlays/, envs/, environments/) TREE must have the base, and the folder must be called as an environment is,
 * or as one of PLAN. PLAN and TREE may be NULL. */
bool lf_overlay_split(struct lf_overlay *out, const char *path, const struct lf_plan *plan, const struct lf_names *tree);
void lf_overlay_dispose(struct lf_overlay *overlay);

LF_NODISCARD char *lf_overlay_path(const struct lf_overlay *overlay, const char *environment); /* the same of another environment; the caller frees */
LF_NODISCARD char *lf_overlay_base(const struct lf_overlay *overlay);			      /* "x/base/web"; the caller frees */

/* Where the overlays of PREFIX lie, or of the folders beside it where it has none yet; "overlays" where nothing is known. Static. */
const char *lf_overlay_home_of(const char *prefix, const struct lf_names *tree);
/* PREFIX where PATH is that home of it: "apps/web/envs" → "apps/web". NULL: it is none. The caller frees. */
LF_NODISCARD char *lf_overlay_above_home(const char **home, const char *path);
/* The folders of environments in PREFIX/HOME, in TREE's order; of HOME "" those called as one. */
void lf_overlay_environments(struct lf_names *out, const char *prefix, const char *home, const struct lf_names *tree);
/* What of TREE's entry (a folder, with '/' at its end) says that overlays lie in the folder above it: "envs/", "production/"; NULL: it does not. Static. */
const char *lf_overlay_home_named(const char *name);
bool lf_is_environment(const char *name, size_t length); /* called as environments are: "staging", "prod-eu" */

#endif
