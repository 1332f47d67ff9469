/* repo_layout: see repo_layout.h. The manifests' side: which folders hold applications, what these folders have in common, and so where the next one goes. The
 * provider's side is in repo_layout_gitops.c. */
#include "config.h"
#include "core/repo_layout.h"

#include <stdio.h>
#include <string.h>

#include "core/document.h"
#include "core/mem.h"
#include "core/repo_folders.h"
#include "core/str.h"

/* -------- environments -------- */

/* The folders directly below PATH/overlays. */
static void environments_of(struct lf_names *out, const struct lf_names *tree, const char *path)
{
	char *inside = lf_format("%s%soverlays/", path, *path ? "/" : "");

	for (size_t i = 0; i < tree->count; i++) {
		const char *rest = lf_starts_with(tree->items[i], inside) ? tree->items[i] + strlen(inside) : "";
		size_t length = strcspn(rest, "/");

		if (length && rest[length] && !rest[length + 1]) {
			char *name = lf_dup_n(rest, length);

			lf_names_add(out, name);
			lf_free(name);
		}
	}
	lf_free(inside);
}

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
static char *path_in(const char *folder, bool overlaid, const struct lf_repo_wish *wish, const struct lf_names *environments)
{
	if (!overlaid || *wish->environment || !lf_equal(wish->method, "kustomize"))
		return lf_dup(folder);
	return lf_format("%s%soverlays/%s", folder, *folder ? "/" : "", main_environment(environments, wish));
}

/* The application is there already. */
static bool find_same(struct lf_repo_place *out, const struct lf_repo_folders *all, const struct lf_repo_wish *wish, const struct lf_names *tree)
{
	const struct lf_repo_folder *found = NULL;
	struct lf_names environments = {0};
	const char *team;
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
	environments_of(&environments, tree, found->path);
	out->place = path_in(found->path, lf_repo_is_overlaid(found), wish, &environments);
	out->source = "it is there";
	out->why = others ? lf_format("%zu folders are called %s: this is the first", others + 1, wish->app) : lf_format("%s is there already: what it holds are the defaults", found->path);
	lf_names_dispose(&environments);
	return true;
}

/* One base/ and one overlays/ for all: base/<app>, base/<group>/<app>, or nothing in between where there is one application. */
static bool find_shared(struct lf_repo_place *out, const struct lf_repo_folders *all, const struct lf_repo_wish *wish, const struct lf_names *tree)
{
	const struct lf_repo_folder *home = NULL;
	bool is_one = false; /* the base is an application itself */
	struct lf_repo_groups groups = {0};
	const struct lf_repo_group *best = NULL;
	struct lf_names environments = {0};
	size_t apps = 0, named = 0, in_groups = 0;
	char *base, *seen;

	for (size_t i = 0; i < all->count && !home; i++) {
		const char *path = all->items[i].path, *name = lf_repo_last_part(path);

		if (lf_repo_is_overlaid(&all->items[i]) && (!*path || lf_repo_holds_apps(name, strlen(name))))
			home = &all->items[i];
	}
	if (!home || !lf_equal(wish->method, "kustomize"))
		return false;
	base = lf_format("%s%sbase/", home->path, *home->path ? "/" : "");
	for (size_t i = 0; i < all->count; i++) {
		const struct lf_repo_folder *inner = &all->items[i];
		const char *rest = lf_starts_with(inner->path, base) ? inner->path + strlen(base) : "", *slash = strchr(rest, '/');

		if (strlen(inner->path) + 1 == strlen(base) && lf_starts_with(base, inner->path))
			is_one = inner->has & LF_HAS_YAML;
		if (!*rest || !(inner->has & (LF_HAS_KUSTOMIZATION | LF_HAS_YAML)) || (slash && strchr(slash + 1, '/')))
			continue;
		lf_repo_count_in(&groups, inner, strlen(base), rest, slash ? (size_t)(slash - rest) : 0);
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
	environments_of(&environments, tree, home->path);
	seen = listed(&environments);
	if (!best) {
		out->place = *wish->environment ? lf_dup(*home->path ? home->path : ".") : path_in(home->path, true, wish, &environments);
		out->source = "as base and overlays";
		out->why = lf_format("%sbase with the overlays %s: this repository holds one application", *home->path ? base : "", seen);
	} else {
		out->place = lf_format("%s%soverlays/%s/%s%s%s", home->path, *home->path ? "/" : "", main_environment(&environments, wish), best->team, *best->team ? "/" : "", wish->app);
		out->source = "as base and overlays";
		out->why = lf_format("laid out as %s%s<app> and overlays/<environment> (%s)%s", base, *best->team ? "<group>/" : "", seen,
				     *best->team && !named && groups.count > 1 ? ": the group is a guess" : "");
	}
	lf_repo_groups_dispose(&groups);
	lf_free(seen);
	lf_free(base);
	lf_names_dispose(&environments);
	return true;
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
		const char *between = *best->prefix ? "/" : "";
		char *folder = lf_format("%s%s%s%s%s", best->prefix, between, best->team, *best->team ? "/" : "", wish->app);

		environments_of(&environments, tree, best->example);
		out->place = path_in(folder, overlaid, wish, &environments);
		out->source = *best->team ? "as the teams' folders" : "as its neighbours";
		out->why = lf_format("%zu %s laid out as %s%s%s<app>%s%s", most, most == 1 ? "application here is" : "applications here are", best->prefix, between, *best->team ? "<team>/" : "",
				     overlaid ? "/overlays/<environment>" : "", best_teams > 1 && *best->team ? ": the team is a guess" : "");
		lf_free(folder);
	}
	lf_repo_groups_dispose(&groups);
	lf_names_dispose(&environments);
	return out->place != NULL;
}

typedef bool layout_fn(struct lf_repo_place *out, const struct lf_repo_folders *all, const struct lf_repo_wish *wish, const struct lf_names *tree);

/* The first that recognises the repository says where. */
static layout_fn *const layouts[] = {find_same, find_shared, find_neighbours};

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

bool lf_overlay_split(char **prefix, char **environment, char **rest, const char *path)
{
	char *clean = lf_path_join("", path), *at = clean;

	while (at && !((at == clean || at[-1] == '/') && lf_starts_with(at, "overlays/"))) {
		at = strchr(at, '/');
		at += at != NULL;
	}
	if (at && !at[strlen("overlays/")])
		at = NULL;
	if (at) {
		const char *name = at + strlen("overlays/");
		size_t length = strcspn(name, "/");

		*prefix = lf_dup_n(clean, (size_t)(at - clean) - (at > clean));
		*environment = lf_dup_n(name, length);
		*rest = lf_dup(name[length] ? name + length + 1 : "");
	}
	lf_free(clean);
	return at != NULL;
}
