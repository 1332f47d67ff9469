/* environments_path: where the manifests of each environment lie, given the one path that was answered for all of them. Part of environments. */
#include "config.h"
#include "core/environments.h"

#include <string.h>

#include "core/chart_source.h"
#include "core/document.h"
#include "core/mem.h"
#include "core/overlay.h"
#include "core/str.h"

/* "apps/overlays/dev/web" → "apps/overlays/NAME/web": one overlays/ for all applications. NULL: PATH has another form. */
static char *shared_overlay(const struct lf_plan *plan, const char *path, const char *name, const struct lf_facts *facts)
{
	struct lf_overlay overlay;
	char *out = lf_overlay_split(&overlay, path, plan, &facts->path.tree) && *overlay.rest ? lf_overlay_path(&overlay, name) : NULL;

	lf_overlay_dispose(&overlay);
	return out;
}

/* Where the environments are, given what was answered for all of them: the folder above, whether or not one of them, or the home of overlays, was named. *HOME is that. */
static char *folder_of_all(const char **home, const struct lf_plan *whole, const char *path, const struct lf_facts *facts)
{
	char *clean = lf_path_join("", path), *parent = clean && *clean ? lf_path_join(clean, "..") : NULL, *up;
	const char *last = clean ? clean + (parent && *parent ? strlen(parent) + 1 : 0) : "";
	struct lf_overlay overlay;
	struct lf_names all = {0};

	*home = NULL;
	up = shared_overlay(whole, path, "*", facts);
	if (!up && lf_overlay_split(&overlay, path, whole, &facts->path.tree)) {
		*home = overlay.home;
		up = lf_dup(overlay.prefix);
		lf_overlay_dispose(&overlay);
	}
	lf_plan_list(&all, whole, "environments");
	if (!up && parent && lf_names_have(&all, last))
		up = lf_dup(parent);
	if (!up && clean)
		up = lf_overlay_above_home(home, clean);
	lf_names_dispose(&all);
	lf_free(parent);
	if (!up)
		return clean;
	lf_free(clean);
	return up;
}

char *lf_environments_path(const struct lf_plan *whole, const char *name, const struct lf_facts *facts)
{
	const char *said = lf_plan_text(whole, "gitPath"), *home = NULL;
	bool is_kustomize = lf_plan_is(whole, "deploymentMethod", "kustomize");
	char *path = is_kustomize || lf_plan_is(whole, "deploymentMethod", "manifests") ? shared_overlay(whole, said, name, facts) : NULL;
	char *all = path ? NULL : folder_of_all(&home, whole, said, facts);

	if (all && is_kustomize) {
		if (!home)
			home = lf_overlay_home_of(all, &facts->path.tree);
		path = lf_format("%s%s%s%s%s", all, *all ? "/" : "", home, *home ? "/" : "", name);
	} else if (all && lf_plan_is(whole, "deploymentMethod", "manifests")) {
		path = lf_format("%s%s%s", all, *all ? "/" : "", name);
	} else if (all && lf_plan_is(whole, "deploymentMethod", "helm-git")) { /* a chart is the same for all */
		path = lf_dup(said);
	}
	lf_free(all);
	return path;
}

const char *lf_environments_probe(const struct lf_plan *plan)
{
	const struct lf_plan *part = lf_plan_part(plan, 0);

	return lf_plan_text(part, lf_plan_is_remote_chart(part) ? "gitopsPath" : "gitPath");
}

bool lf_environments_same_place(const struct lf_plan *plan, const char *path, const struct lf_facts *facts)
{
	const struct lf_plan *whole = lf_plan_whole(plan);
	bool is_one = !*lf_plan_text(whole, "environments");
	const char *home;
	char *a = is_one ? lf_path_join("", lf_plan_text(whole, "gitPath")) : folder_of_all(&home, whole, lf_plan_text(whole, "gitPath"), facts);
	char *b = is_one ? lf_path_join("", path) : folder_of_all(&home, whole, path, facts);
	bool same = lf_equal(a, b);

	lf_free(a);
	lf_free(b);
	return same;
}
