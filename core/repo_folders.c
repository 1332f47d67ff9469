/* repo_folders: see repo_folders.h. Knows names, and nothing of where anything goes. */
#include "config.h"
#include "core/repo_folders.h"

#include <string.h>

#include "core/mem.h"
#include "core/overlay.h"
#include "core/str.h"

static bool is_one_of(const char *name, size_t length, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(words[i]) == length && !strncmp(words[i], name, length))
			return true;
	}
	return false;
}

/* Folders that hold applications, and are none. */
bool lf_repo_holds_apps(const char *name, size_t length)
{
	static const char *const words[] = {"apps", "applications", "charts", "deploy", "environments", "gitops", "k8s", "k8s-manifests", "kubernetes", "manifests", "releases", "services", "workloads"};

	return is_one_of(name, length, words, LF_COUNT(words));
}

static bool holds_teams(const char *name, size_t length)
{
	static const char *const words[] = {"teams", "tenants"};

	return is_one_of(name, length, words, LF_COUNT(words));
}

/* What is no application, nor below it. */
static bool is_other(const char *name, size_t length)
{
	static const char *const words[] = {"argocd",	"argocd-apps", "base",	   "bootstrap", "cluster", "clusters", "components",   "flux",
					    "flux-system", "infra", "infrastructure", "overlays",  "platform", "projects", "sources"};

	return is_one_of(name, length, words, LF_COUNT(words));
}

/* -------- what is there -------- */

static struct lf_repo_folder *folder_of(struct lf_repo_folders *all, const char *path, size_t length)
{
	/* The tree is listed folder by folder: it is nearly always the last one. */
	for (size_t i = all->count; i > 0; i--) {
		if (strlen(all->items[i - 1].path) == length && !strncmp(all->items[i - 1].path, path, length))
			return &all->items[i - 1];
	}
	lf_grow((void **)&all->items, &all->capacity, all->count, sizeof(*all->items));
	all->items[all->count] = (struct lf_repo_folder){.path = lf_dup_n(path, length)};
	return &all->items[all->count++];
}

void lf_repo_folders_find(struct lf_repo_folders *out, const struct lf_names *tree)
{
	for (size_t i = 0; i < tree->count; i++) {
		const char *path = tree->items[i], *name;
		size_t length = strlen(path), parent;
		bool is_folder = length && path[length - 1] == '/';

		length -= is_folder;
		for (parent = length; parent && path[parent - 1] != '/'; parent--)
			;
		name = path + parent;
		parent -= parent > 0;
		if (lf_equal(name, "base/"))
			folder_of(out, path, parent)->has |= LF_HAS_BASE;
		else if (lf_overlay_home_named(name))
			folder_of(out, path, parent)->has |= lf_equal(name, "overlays/") ? LF_HAS_OVERLAYS : *lf_overlay_home_named(name) ? LF_HAS_ENVS : LF_HAS_BESIDE;
		else if (lf_equal(name, "kustomization.yaml") || lf_equal(name, "kustomization.yml") || lf_equal(name, "Kustomization"))
			folder_of(out, path, parent)->has |= LF_HAS_KUSTOMIZATION;
		else if (lf_equal(name, "Chart.yaml"))
			folder_of(out, path, parent)->has |= LF_HAS_CHART;
		else if (!is_folder && (lf_ends_with(name, ".yaml") || lf_ends_with(name, ".yml")))
			folder_of(out, path, parent)->has |= LF_HAS_YAML;
	}
	for (size_t i = 0; i < out->count; i++) {
		struct lf_overlay overlay;

		out->items[i].in_overlay = lf_overlay_split(&overlay, out->items[i].path, NULL, tree);
		lf_overlay_dispose(&overlay);
	}
}

void lf_repo_folders_dispose(struct lf_repo_folders *all)
{
	for (size_t i = 0; i < all->count; i++)
		lf_free(all->items[i].path);
	lf_free(all->items);
}

bool lf_repo_is_overlaid(const struct lf_repo_folder *folder)
{
	return (folder->has & LF_HAS_BASE) &&
	       ((folder->has & (LF_HAS_OVERLAYS | LF_HAS_ENVS)) || ((folder->has & LF_HAS_BESIDE) && !(folder->has & LF_HAS_KUSTOMIZATION)));
}

const char *lf_repo_last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Where the parts of PATH begin; returns how many there are, at most MOST + 1. */
static size_t parts_of(const char *starts[], size_t lengths[], size_t most, const char *path)
{
	size_t count = 0;

	for (const char *at = path; *at && count <= most; at += *at == '/') {
		size_t length = strcspn(at, "/");

		if (count < most) {
			starts[count] = at;
			lengths[count] = length;
		}
		count++;
		at += length;
	}
	return count;
}

/* PREFIX and TEAM of the application in FOLDER, as lengths of its path; false: it is none, or not where applications are. */
bool lf_repo_place_in(size_t *prefix, const char **team, size_t *team_length, const struct lf_repo_folder *folder)
{
	const char *starts[4];
	size_t lengths[4], count = parts_of(starts, lengths, 4, folder->path);
	const char *name;

	*team = "";
	*team_length = *prefix = 0;
	if (!count || count > 4 || folder->in_overlay || (!lf_repo_is_overlaid(folder) && !(folder->has & (LF_HAS_KUSTOMIZATION | LF_HAS_CHART | LF_HAS_YAML))))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (is_other(starts[i], lengths[i]))
			return false;
	}
	name = starts[count - 1];
	if (lf_repo_holds_apps(name, lengths[count - 1]) || holds_teams(name, lengths[count - 1]))
		return false;
	if (count == 1)
		return lf_repo_is_overlaid(folder) || (folder->has & LF_HAS_CHART);
	if (lf_repo_holds_apps(starts[count - 2], lengths[count - 2]) && count <= 3) {
		*prefix = (size_t)(starts[count - 2] - folder->path) + lengths[count - 2];
		return true;
	}
	*team = starts[count - 2];
	*team_length = lengths[count - 2];
	if (count == 2)
		return !holds_teams(starts[0], lengths[0]);
	*prefix = (size_t)(starts[count - 3] - folder->path) + lengths[count - 3];
	return count == 3 && (holds_teams(starts[0], lengths[0]) || lf_repo_holds_apps(starts[0], lengths[0]));
}

void lf_repo_count_in(struct lf_repo_groups *groups, const struct lf_repo_folder *folder, size_t prefix, const char *team, size_t team_length)
{
	struct lf_repo_group *group = NULL;

	for (size_t i = 0; i < groups->count && !group; i++) {
		struct lf_repo_group *other = &groups->items[i];

		if (strlen(other->prefix) == prefix && !strncmp(other->prefix, folder->path, prefix) && strlen(other->team) == team_length && !strncmp(other->team, team, team_length))
			group = other;
	}
	if (!group) {
		lf_grow((void **)&groups->items, &groups->capacity, groups->count, sizeof(*groups->items));
		group = &groups->items[groups->count++];
		*group = (struct lf_repo_group){.prefix = lf_dup_n(folder->path, prefix), .team = lf_dup_n(team, team_length), .example = folder->path};
	}
	group->count++;
	group->overlays += lf_repo_is_overlaid(folder);
	if (lf_repo_is_overlaid(folder))
		group->example = folder->path;
}

void lf_repo_groups_dispose(struct lf_repo_groups *groups)
{
	for (size_t i = 0; i < groups->count; i++) {
		lf_free(groups->items[i].prefix);
		lf_free(groups->items[i].team);
	}
	lf_free(groups->items);
}
