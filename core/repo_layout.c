/* repo_layout: see repo_layout.h. The manifests' side: which folders hold applications, what these folders have in common, and so where the next one goes. The
 * provider's side is in repo_layout_gitops.c. */
#include "config.h"
#include "core/repo_layout.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/overlay.h"
#include "core/repo_folders.h"
#include "core/str.h"

/* -------- environments -------- */

/* The one that an application that runs once is most likely meant for. */
static const char *main_environment(const struct lf_names *all, const struct lf_repo_wish *wish)
{
	if (*wish->environment)
		return wish->environment;
	for (size_t i = 0; i < all->count; i++) {
		if (lf_starts_with(all->items[i], "prod"))
			return all->items[i];
	}
	return all->count ? all->items[all->count - 1] : "production";
}

static char *listed(const struct lf_names *all)
{
	struct lf_str text = {0};

	for (size_t i = 0; i < all->count && i < 5; i++)
		lf_str_addf(&text, "%s%s", i ? ", " : "", all->items[i]);
	if (all->count > 5)
		lf_str_add(&text, ", …");
	return lf_str_take(&text);
}

/* -------- the layouts -------- */

/* FOLDER holds one application: its path is that, or the overlay in it. */
static char *path_in(const char *folder, bool overlaid, const char *home, const struct lf_repo_wish *wish, const struct lf_names *environments)
{
	if (!overlaid || *wish->environment || !lf_equal(wish->method, "kustomize"))
		return lf_dup(folder);
	return lf_format("%s%s%s%s%s", folder, *folder ? "/" : "", home, *home ? "/" : "", main_environment(environments, wish));
}

/* The application is there already. */
static bool find_same(struct lf_repo_place *out, const struct lf_repo_folders *all, const struct lf_repo_wish *wish, const struct lf_names *tree)
{
	const struct lf_repo_folder *found = NULL;
	struct lf_names environments = {0};
	const char *team, *home;
	size_t prefix, team_length, others = 0;

	for (size_t i = 0; i < all->count; i++) {
		if (!lf_equal(lf_repo_last_part(all->items[i].path), wish->app) || !lf_repo_place_in(&prefix, &team, &team_length, &all->items[i]))
			continue;
		others += found != NULL;
		if (!found)
			found = &all->items[i];
	}
	if (!found)
		return false;
	home = lf_overlay_home_of(found->path, tree);
	lf_overlay_environments(&environments, found->path, home, tree);
	out->place = path_in(found->path, lf_repo_is_overlaid(found), home, wish, &environments);
	out->source = "it is there";
	out->why = others ? lf_format("%zu folders are called %s: this is the first", others + 1, wish->app) : lf_format("%s is there already: what it holds are the defaults", found->path);
	lf_names_dispose(&environments);
	return true;
}

/* The folder with one base/ and one home of overlays for all. A folder envs/ says as much without a base, if environments are in it. */
static const struct lf_repo_folder *find_home(struct lf_names *environments, const struct lf_repo_folders *all, const struct lf_names *tree)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct lf_repo_folder *folder = &all->items[i];
		const char *name = lf_repo_last_part(folder->path);
		bool known = lf_repo_is_overlaid(folder);

		if (folder->in_overlay || (*folder->path && !lf_repo_holds_apps(name, strlen(name))) || !(known || (folder->has & LF_HAS_ENVS)))
			continue;
		lf_overlay_environments(environments, folder->path, lf_overlay_home_of(folder->path, tree), tree);
		for (size_t k = 0; k < environments->count && !known; k++)
			known = lf_is_environment(environments->items[k], strlen(environments->items[k]));
		if (known)
			return folder;
		lf_names_dispose(environments);
	}
	return NULL;
}

/* What follows the base of HOME in PATH, or where there is no base, one of its environments; "": it is not in it. */
static const char *in_home(const char *path, const char *base, const char *overlays, bool has_base)
{
	const char *rest;

	if (has_base)
		return lf_starts_with(path, base) ? path + strlen(base) : "";
	rest = lf_starts_with(path, overlays) ? strchr(path + strlen(overlays), '/') : NULL;
	return rest ? rest + 1 : "";
}

/* The base of the application is there, and no environment has a folder for it: those of the environments take it in themselves. */
static bool is_taken_in(const char *overlays, const char *team, const struct lf_names *environments, const struct lf_repo_wish *wish, const struct lf_names *tree)
{
	bool lists = false;

	for (size_t i = 0; i < environments->count; i++) {
		char *folder = lf_format("%s%s/%s%s%s/", overlays, environments->items[i], team, *team ? "/" : "", wish->app);
		char *file = lf_format("%s%s/kustomization.yaml", overlays, environments->items[i]);
		bool own = lf_names_have(tree, folder);

		lists = lists || (lf_equal(environments->items[i], main_environment(environments, wish)) && lf_names_have(tree, file));
		lf_free(folder);
		lf_free(file);
		if (own)
			return false;
	}
	return lists;
}

/* One base/ and one overlays/ for all: base/<app>, base/<group>/<app>, or nothing in between where there is one application. */
static bool find_base(struct lf_repo_place *out, const struct lf_repo_folders *all, const struct lf_repo_wish *wish, const struct lf_names *tree, bool only_there)
{
	bool is_one = false; /* the base is an application itself */
	struct lf_repo_groups groups = {0};
	const struct lf_repo_group *best = NULL;
	struct lf_names environments = {0};
	const struct lf_repo_folder *home = lf_equal(wish->method, "kustomize") ? find_home(&environments, all, tree) : NULL;
	const char *kind;
	size_t apps = 0, named = 0, in_groups = 0;
	char *base, *overlays, *seen;

	if (!home)
		return false;
	kind = lf_overlay_home_of(home->path, tree);
	base = lf_format("%s%sbase/", home->path, *home->path ? "/" : "");
	overlays = lf_format("%s%s%s%s", home->path, *home->path ? "/" : "", kind, *kind ? "/" : "");
	for (size_t i = 0; i < all->count; i++) {
		const struct lf_repo_folder *inner = &all->items[i];
		const char *rest = in_home(inner->path, base, overlays, home->has & LF_HAS_BASE), *slash = strchr(rest, '/');

		if (strlen(inner->path) + 1 == strlen(base) && lf_starts_with(base, inner->path))
			is_one = inner->has & LF_HAS_YAML;
		if (!*rest || !(inner->has & (LF_HAS_KUSTOMIZATION | LF_HAS_YAML)) || (slash && strchr(slash + 1, '/')))
			continue;
		lf_repo_count_in(&groups, inner, (size_t)(rest - inner->path), rest, slash ? (size_t)(slash - rest) : 0);
		apps++;
		if (slash)
			in_groups++;
		/* It is there already: then its group is known. */
		if (lf_equal(lf_repo_last_part(inner->path), wish->app))
			named = groups.count;
	}
	for (size_t i = 0; i < groups.count; i++) {
		if (named == i + 1 || (!named && !is_one && (in_groups * 2 > apps) == (*groups.items[i].team != '\0') && (!best || groups.items[i].count > best->count)))
			best = &groups.items[i];
	}
	seen = listed(&environments);
	out->source = "as base and overlays";
	if (only_there && !named) {
		out->source = NULL;
	} else if (!best && (home->has & LF_HAS_BASE)) {
		out->place = *wish->environment ? lf_dup(*home->path ? home->path : ".") : path_in(home->path, true, kind, wish, &environments);
		out->why = lf_format("%.*s with the overlays %s: this repository holds one application", (int)strlen(base) - 1, base, seen);
	} else if (named && (home->has & LF_HAS_BASE) && is_taken_in(overlays, best->team, &environments, wish, tree)) {
		out->place = *wish->environment ? lf_dup(*home->path ? home->path : ".") : path_in(home->path, true, kind, wish, &environments);
		out->source = "it is there";
		out->why = lf_format("%s%s%s%s is there already, and the environments have no folder for it: theirs is meant (%s)", base, best->team, *best->team ? "/" : "", wish->app, seen);
	} else {
		const char *team = best ? best->team : "";

		out->place = lf_format("%s%s/%s%s%s", overlays, main_environment(&environments, wish), team, *team ? "/" : "", wish->app);
		out->why = lf_format("laid out as %s%s<app> and %s%s<environment> (%s)%s", base, *team ? "<group>/" : "", *kind ? kind : home->path, *kind || *home->path ? "/" : "", seen,
				     *team && !named && groups.count > 1 ? ": the group is a guess" : "");
	}
	lf_repo_groups_dispose(&groups);
	lf_free(seen);
	lf_free(overlays);
	lf_free(base);
	lf_names_dispose(&environments);
	return out->place != NULL;
}

static bool find_shared(struct lf_repo_place *out, const struct lf_repo_folders *all, const struct lf_repo_wish *wish, const struct lf_names *tree)
{
	return find_base(out, all, wish, tree, false);
}

/* The application has a base among them already: its provider's files may well lie in a folder of its name, too. */
static bool find_shared_same(struct lf_repo_place *out, const struct lf_repo_folders *all, const struct lf_repo_wish *wish, const struct lf_names *tree)
{
	return find_base(out, all, wish, tree, true);
}

static size_t with_prefix(size_t *teams, const struct lf_repo_groups *groups, const struct lf_repo_group *one)
{
	size_t count = 0;

	*teams = 0;
	for (size_t i = 0; i < groups->count; i++) {
		const struct lf_repo_group *other = &groups->items[i];

		if (!lf_equal(other->prefix, one->prefix) || !*other->team != !*one->team)
			continue;
		count += other->count;
		*teams += 1;
	}
	return count;
}

/* Beside the others, in the form they have. */
static bool find_neighbours(struct lf_repo_place *out, const struct lf_repo_folders *all, const struct lf_repo_wish *wish, const struct lf_names *tree)
{
	struct lf_repo_groups groups = {0};
	const struct lf_repo_group *best = NULL;
	struct lf_names environments = {0};
	size_t most = 0, best_teams = 0;
	const char *team;
	size_t prefix, team_length, teams;

	for (size_t i = 0; i < all->count; i++) {
		if (lf_repo_place_in(&prefix, &team, &team_length, &all->items[i]))
			lf_repo_count_in(&groups, &all->items[i], prefix, team, team_length);
	}
	for (size_t i = 0; i < groups.count; i++) {
		const struct lf_repo_group *group = &groups.items[i];
		size_t count = with_prefix(&teams, &groups, group);

		/* A single folder of YAML below one that is not known for applications says nothing. */
		if (!*group->prefix && *group->team && count < 2)
			continue;
		if (count > most || (count == most && best && group->count > best->count && lf_equal(best->prefix, group->prefix))) {
			best = group;
			most = count;
			best_teams = teams;
		}
	}
	if (best) {
		bool overlaid = best->overlays * 2 >= best->count;
		const char *between = *best->prefix ? "/" : "", *home = lf_overlay_home_of(best->example, tree);
		char *folder = lf_format("%s%s%s%s%s", best->prefix, between, best->team, *best->team ? "/" : "", wish->app);

		lf_overlay_environments(&environments, best->example, home, tree);
		out->place = path_in(folder, overlaid, home, wish, &environments);
		out->source = *best->team ? "as the teams' folders" : "as its neighbours";
		out->why = lf_format("%zu %s laid out as %s%s%s<app>%s%s%s%s", most, most == 1 ? "application here is" : "applications here are", best->prefix, between,
				     *best->team ? "<team>/" : "", overlaid && *home ? "/" : "", overlaid ? home : "", overlaid ? "/<environment>" : "",
				     best_teams > 1 && *best->team ? ": the team is a guess" : "");
		lf_free(folder);
	}
	lf_repo_groups_dispose(&groups);
	lf_names_dispose(&environments);
	return out->place != NULL;
}

typedef bool layout_fn(struct lf_repo_place *out, const struct lf_repo_folders *all, const struct lf_repo_wish *wish, const struct lf_names *tree);

/* The first that recognises the repository says where. */
static layout_fn *const layouts[] = {find_shared_same, find_same, find_shared, find_neighbours};

void lf_repo_layout_path(struct lf_repo_place *out, const struct lf_repo_wish *wish, const struct lf_path_facts *facts)
{
	struct lf_repo_folders all = {0};

	*out = (struct lf_repo_place){0};
	if (!*wish->app || !facts->tree.count)
		return;
	lf_repo_folders_find(&all, &facts->tree);
	for (size_t i = 0; i < LF_COUNT(layouts) && !out->place; i++)
		layouts[i](out, &all, wish, &facts->tree);
	lf_repo_folders_dispose(&all);
}

void lf_repo_place_dispose(struct lf_repo_place *place)
{
	lf_free(place->place);
	lf_free(place->why);
	*place = (struct lf_repo_place){0};
}

struct lf_repo_wish lf_repo_wish_of(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_repo_wish wish = {.app = lf_plan_text(plan, "appName"),
				    .method = lf_plan_text(plan, "deploymentMethod"),
				    .provider = lf_plan_text(plan, "gitopsDeployment"),
				    .context = facts->cluster.context ? facts->cluster.context : ""};
	struct lf_names all = {0};

	lf_plan_list(&all, plan, "environments");
	if (all.count)
		(void)snprintf(wish.environment, sizeof(wish.environment), "%s", all.items[0]);
	lf_names_dispose(&all);
	return wish;
}
