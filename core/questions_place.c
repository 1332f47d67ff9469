/* questions_place: see questions_place.h. The layout that was recognised goes first, then our own convention. */
#include "config.h"
#include "core/questions_place.h"

#include <stdio.h>
#include <string.h>

#include "core/document.h"
#include "core/leftover.h"
#include "core/mem.h"
#include "core/overlay.h"
#include "core/plan.h"
#include "core/recall.h"
#include "core/repo_layout.h"
#include "core/str.h"

static bool suggest_place(struct lf_default *out, struct lf_repo_place *place)
{
	bool found = place->place && lf_suggest(out, place->place, place->source);

	lf_repo_place_dispose(place);
	return found;
}

bool lf_place_derive_path(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *app = lf_plan_text(plan, "appName");
	struct lf_repo_wish wish = lf_repo_wish_of(plan, facts);
	struct lf_repo_place place;
	char path[160];
	bool is_one = !*lf_plan_text(plan, "environments");

	if (!*app)
		return false;
	lf_repo_layout_path(&place, &wish, &facts->path);
	if (suggest_place(out, &place))
		return true;
	(void)snprintf(path, sizeof(path), is_one && lf_plan_is(plan, "deploymentMethod", "kustomize") ? "apps/%s/overlays/production" : "apps/%s", app);
	return lf_suggest(out, path, "by convention");
}

/* "apps/overlays/dev/web" */
static bool is_shared_overlay(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_overlay overlay;
	bool is_shared = lf_overlay_split(&overlay, lf_plan_text(plan, "gitPath"), plan, &facts->path.tree) && *overlay.rest;

	lf_overlay_dispose(&overlay);
	return is_shared;
}

/* Where the provider's own files go. A repository that has a home for them gets them there (S2-10, S4-16). Otherwise beside the overlay; but never
 * into a folder of plain manifests, because everything in that folder is applied, with its namespace replaced. */
bool lf_place_derive_gitops(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *app = lf_plan_text(plan, "appName");
	struct lf_repo_wish wish = lf_repo_wish_of(plan, facts);
	struct lf_repo_place place;
	char path[256];

	if (!*app)
		return false;
	lf_repo_layout_gitops(&place, &wish, &facts->path);
	if (suggest_place(out, &place))
		return true;
	/* Where all share overlays/<environment>/ the path is that of the first, and the files are about all of them. */
	if (lf_plan_is(plan, "deploymentMethod", "kustomize") && *lf_plan_text(plan, "environments") && is_shared_overlay(plan, facts)) {
		(void)snprintf(path, sizeof(path), "gitops/%s", app);
		return lf_suggest(out, path, "for all environments");
	}
	if (lf_plan_is(plan, "deploymentMethod", "kustomize"))
		return lf_suggest(out, lf_plan_text(plan, "gitPath"), "beside the overlay");
	if (lf_plan_is(plan, "deploymentMethod", "helm-git"))
		return lf_suggest(out, lf_plan_text(plan, "gitPath"), "beside the chart");
	if (lf_plan_is(plan, "deploymentMethod", "helm")) {
		lf_repo_layout_path(&place, &wish, &facts->path);
		if (suggest_place(out, &place))
			return true;
		(void)snprintf(path, sizeof(path), "apps/%s", app);
		return lf_suggest(out, path, "by convention");
	}
	(void)snprintf(path, sizeof(path), "gitops/%s", app);
	return lf_suggest(out, path, "beside no manifests");
}

int lf_place_check_gitops(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	const char *path = lf_plan_text(plan, "gitPath");

	(void)facts;
	if (!lf_plan_is(plan, "deploymentMethod", "manifests") || !*path || !lf_path_contains(path, value))
		return LF_OK;
	/* Where all of the repository is the application there is no folder outside it: the engines leave this one out by name. */
	if (lf_path_contains(path, ".") && !lf_path_contains(value, "."))
		return LF_OK;
	lf_fail(err, LF_EINVAL, "gitopsPath", 0, "Everything below %s is applied as the application, so the provider's own files may not lie there.", path);
	lf_hint(err, "Choose a folder outside it. Example: gitops/%s", lf_plan_text(plan, "appName"));
	return LF_EINVAL;
}

/* Names the files, and says what becomes of what they made. */
bool lf_place_warn_leftovers(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_leftovers *all = &facts->path.leftovers;
	struct lf_str text = {0};
	size_t named = 0;

	for (size_t i = 0; i < all->count && named < 4; i++) {
		if (!all->items[i].why)
			lf_str_addf(&text, "%s%s", named++ ? ", " : "", all->items[i].path);
	}
	if (lf_leftovers_going(all) > named)
		lf_str_addf(&text, " and %zu more", lf_leftovers_going(all) - named);
	(void)plan;
	lf_fail(out, LF_EINVAL, "removeOldFiles", 0, lf_equal(value, "yes") ? "These go: %s." : "These stay, beside what takes their place: %s.", lf_str_text(&text));
	lf_hint(out, lf_equal(value, "yes") ? "What applies them deletes what they made, if it prunes; else delete that by hand." : "Two objects that apply the same thing undo each other.");
	lf_str_dispose(&text);
	return true;
}

/* Whether the branch has the application from an earlier delivery. */
static bool is_there(const struct lf_plan *plan, const struct lf_facts *facts)
{
	static const char *const files[] = {"flux-kustomization.yaml", "helmrelease.yaml", "<app>-app.yaml", "applicationset.yaml"};

	for (size_t i = 0; i < LF_COUNT(files); i++) {
		if (lf_recall_find(files[i], plan, "", facts))
			return true;
	}
	return false;
}

bool lf_place_derive_summary(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *app = lf_plan_text(plan, "appName"), *all = lf_plan_text(plan, "environments"), *place = *all ? all : lf_plan_text(plan, "targetNamespace");
	bool known = is_there(plan, facts);
	char text[160];

	if (!*app)
		return false;
	if (lf_equal(app, place))
		(void)snprintf(text, sizeof(text), "%s %s", known ? "Update" : "Add", app);
	else
		(void)snprintf(text, sizeof(text), "%s %s %s %s", known ? "Update" : "Add", app, known ? "in" : "to", place);
	return lf_suggest(out, text, known ? "it is in the branch already" : "from the answers");
}
