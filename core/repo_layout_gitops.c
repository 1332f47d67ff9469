/* repo_layout_gitops: the provider's side of repo_layout.h: where it looks for its own objects, which folders are Applications' (app of apps), which files say so. */
#include "config.h"
#include "core/repo_layout.h"

#include <ctype.h>
#include <string.h>

#include "core/document.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"
#include "core/yaml.h"

enum { FILES = 40, OBJECTS = 200 };

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static char *parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? lf_dup_n(path, (size_t)(slash - path)) : lf_dup("");
}

/* -------- Argo CD: folders of Applications -------- */

static bool is_kind(const struct lf_node *object, const char *group, const char *kind)
{
	return lf_starts_with(lf_node_text(object, "apiVersion"), group) && lf_equal(lf_node_text(object, "kind"), kind);
}

static size_t applications_in(const struct lf_node *objects, const char *folder)
{
	size_t count = 0;

	for (size_t i = 0; i < lf_node_count(objects); i++) {
		const struct lf_node *item = lf_node_at(objects, i);
		char *parent = parent_of(lf_node_text(item, "path"));

		count += is_kind(lf_node_get(item, "object"), "argoproj.io/", "Application") && lf_equal(parent, folder);
		lf_free(parent);
	}
	return count;
}

static char *described(const char *name, const char *folder)
{
	char *text = lf_format("%s applies every Application in %s/", name, folder), *safe = lf_text_clean_dup(text, 200);

	lf_free(text);
	return safe;
}

/* An Application whose path is a folder of Applications: whatever is put there, it applies. */
static bool find_app_of_apps(struct lf_repo_place *out, const struct lf_path_facts *facts)
{
	size_t most = 0, places = 0;

	for (size_t i = 0; i < lf_node_count(facts->objects); i++) {
		const struct lf_node *item = lf_node_at(facts->objects, i), *object = lf_node_get(item, "object");
		const char *path = lf_node_text(object, "spec.source.path");
		char *folder = is_kind(object, "argoproj.io/", "Application") && *path ? lf_path_join("", path) : NULL;
		char *own = parent_of(lf_node_text(item, "path"));
		/* One that lies in the folder it reads does not count itself. */
		size_t count = folder ? applications_in(facts->objects, folder) - lf_equal(own, folder) : 0;

		if (folder && *folder && count)
			places++;
		if (folder && *folder && count > most) {
			most = count;
			lf_free(out->place);
			lf_free(out->why);
			out->place = lf_dup(folder);
			out->why = described(lf_node_text(object, "metadata.name"), folder);
		}
		lf_free(folder);
		lf_free(own);
	}
	if (places > 1) {
		char *why = lf_format("%s; %zu folders are read that way: this one has the most", out->why, places);

		lf_free(out->why);
		out->why = why;
	}
	out->source = "the folder of Applications";
	return out->place != NULL;
}

/* A folder of the name, or one in which several Applications lie. */
static bool find_applications(struct lf_repo_place *out, const struct lf_path_facts *facts)
{
	static const char *const names[] = {"argocd-apps", "argocd/apps", "argocd/applications", "bootstrap/apps"};
	size_t most = 1;

	for (size_t i = 0; i < facts->tree.count && !out->place; i++) {
		for (size_t k = 0; k < LF_COUNT(names); k++) {
			const char *path = facts->tree.items[i];
			size_t length = strlen(path), tail = strlen(names[k]);

			if (length <= tail || path[length - 1] != '/' || strncmp(path + length - 1 - tail, names[k], tail) != 0 || (length - 1 > tail && path[length - 2 - tail] != '/'))
				continue;
			lf_free(out->place);
			out->place = lf_dup_n(path, length - 1);
		}
	}
	if (out->place)
		out->why = lf_format("%s/ holds the Applications", out->place);
	for (size_t i = 0; i < lf_node_count(facts->objects) && !out->why; i++) {
		char *folder = parent_of(lf_node_text(lf_node_at(facts->objects, i), "path"));
		size_t count = applications_in(facts->objects, folder);

		if (count > most && *folder) {
			most = count;
			lf_free(out->place);
			out->place = lf_dup(folder);
		}
		lf_free(folder);
	}
	if (out->place && !out->why)
		out->why = lf_format("%zu Applications lie in %s/", most, out->place);
	out->source = "found in the repository";
	return out->place != NULL;
}

/* -------- Flux: what a bootstrap reads -------- */

/* "prod-eu" and "prod", "production" and "prod": which cluster is meant. */
static bool is_akin(const char *folder, const char *context)
{
	size_t length = strlen(folder);

	if (!*context || length < 3)
		return false;
	for (const char *at = context; *at; at++) {
		bool starts = at == context || !isalnum((unsigned char)at[-1]);

		if (starts && !strncmp(at, folder, strlen(folder)))
			return true;
		if (starts && isalnum((unsigned char)*at)) {
			size_t word = 0;

			while (isalnum((unsigned char)at[word]))
				word++;
			if (word >= 3 && word < length && !strncmp(at, folder, word))
				return true;
		}
	}
	return false;
}

static bool find_bootstraps(struct lf_repo_place *out, const struct lf_repo_wish *wish, const struct lf_path_facts *facts)
{
	struct lf_names roots = {0};
	const char *best = NULL, *how = "the first is a guess";
	bool at_root = false;

	for (size_t i = 0; i < facts->tree.count; i++) {
		const char *path = facts->tree.items[i];
		char *root;

		if (lf_equal(path, "flux-system/"))
			at_root = true;
		if (!lf_ends_with(path, "/flux-system/"))
			continue;
		root = lf_dup_n(path, strlen(path) - strlen("/flux-system/"));
		lf_names_add(&roots, root);
		lf_free(root);
	}
	for (size_t i = 0; i < roots.count && !best; i++) {
		if (is_akin(last_part(roots.items[i]), wish->context)) {
			best = roots.items[i];
			how = "as the context is called";
		}
	}
	for (size_t i = 0; i < roots.count && !best; i++) {
		if (lf_starts_with(last_part(roots.items[i]), "prod")) {
			best = roots.items[i];
			how = "which one is a guess";
		}
	}
	if (!best && roots.count)
		best = roots.items[0];
	if (best) {
		out->place = lf_format("%s/%s", best, wish->app);
		out->source = "found in the repository";
		out->why = roots.count == 1 ? lf_format("Flux reads %s (it holds flux-system/)", best)
					    : lf_format("Flux reads one of %zu folders with flux-system/: %s, %s", roots.count, last_part(best), how);
	} else if (at_root) {
		out->place = lf_format("gitops/%s", wish->app);
		out->source = "Flux reads the whole repository";
		out->why = lf_dup("flux-system/ lies at the root: Flux reads the whole repository, so what is here needs no registration");
	}
	lf_names_dispose(&roots);
	return out->place != NULL;
}

void lf_repo_layout_gitops(struct lf_repo_place *out, const struct lf_repo_wish *wish, const struct lf_path_facts *facts)
{
	char *safe;

	*out = (struct lf_repo_place){0};
	if (!*wish->app)
		return;
	if (lf_equal(wish->provider, "flux"))
		find_bootstraps(out, wish, facts);
	else if (lf_equal(wish->provider, "argocd") && !find_app_of_apps(out, facts))
		find_applications(out, facts);
	safe = lf_text_clean_dup(out->place, 500);
	if (!lf_equal(safe, out->place)) /* nobody could type it */
		lf_repo_place_dispose(out);
	lf_free(safe);
}

/* -------- files -------- */

/* Whether the objects of a provider are likely in a file of this name, or of this folder. */
static bool is_promising(const char *path)
{
	static const char *const words[] = {"application", "argocd-project", "bootstrap", "gotk-sync", "project", "repo", "root", "source", "sync"};
	static const char *const folders[] = {"applications/", "argocd/", "argocd-apps/", "bootstrap/", "projects/", "sources/"};
	const char *name = last_part(path);
	size_t length = strlen(name);

	if (!lf_ends_with(name, ".yaml") && !lf_ends_with(name, ".yml"))
		return false;
	if (lf_starts_with(name, "kustomization.") || lf_equal(name, "gotk-components.yaml"))
		return false;
	for (size_t i = 0; i < LF_COUNT(words); i++) {
		if (strstr(name, words[i]))
			return true;
	}
	if (name == path || (length > 9 && (lf_ends_with(name, "-app.yaml") || lf_ends_with(name, "-repo.yaml"))))
		return true;
	for (size_t i = 0; i < LF_COUNT(folders); i++) {
		const char *at = strstr(path, folders[i]);

		if (at && (at == path || at[-1] == '/'))
			return true;
	}
	return lf_starts_with(path, "clusters/");
}

/* Where folders are expected, not files ("apps/web.yaml" is an Application more often than not), and where Flux's examples keep the sources of charts. */
static bool is_possible(const char *path)
{
	static const char *const folders[] = {"apps/", "applications/", "infra/", "infrastructure/", "infrastructure/controllers/"};
	const char *name = last_part(path);
	size_t length = (size_t)(name - path);

	if (is_promising(path) || (!lf_ends_with(name, ".yaml") && !lf_ends_with(name, ".yml")) || lf_starts_with(name, "kustomization.") || lf_starts_with(name, "values"))
		return false;
	for (size_t i = 0; i < LF_COUNT(folders); i++) {
		size_t tail = strlen(folders[i]);

		if (length >= tail && !strncmp(name - tail, folders[i], tail) && (length == tail || name[-(ptrdiff_t)tail - 1] == '/'))
			return true;
	}
	return false;
}

void lf_repo_layout_files(struct lf_names *out, const struct lf_path_facts *facts)
{
	static bool (*const wanted[])(const char *) = {is_promising, is_possible};

	/* The likely ones first: there is a limit. */
	for (size_t k = 0; k < LF_COUNT(wanted); k++) {
		for (size_t i = 0; i < facts->tree.count && out->count < FILES; i++) {
			if (wanted[k](facts->tree.items[i]))
				lf_names_add(out, facts->tree.items[i]);
		}
	}
}

/* What is used of an object: enough to tell it from others and to see what it reads. */
static const char *const kinds[][2] = {
	{"argoproj.io/", "Application"},
	{"argoproj.io/", "AppProject"},
	{"source.toolkit.fluxcd.io/", "GitRepository"},
	{"source.toolkit.fluxcd.io/", "HelmRepository"},
	{"source.toolkit.fluxcd.io/", "OCIRepository"},
};

void lf_repo_layout_note(struct lf_path_facts *facts, const char *path, const char *text)
{
	struct lf_node *documents = NULL, *item;

	if (lf_yaml_parse(&documents, text, strlen(text), path, &lf_yaml_limits_default, NULL))
		return;
	if (!facts->objects)
		facts->objects = lf_node_new(LF_NODE_LIST);
	for (size_t i = 0; i < lf_node_count(documents); i++) {
		for (size_t k = 0; k < LF_COUNT(kinds) && lf_node_count(facts->objects) < OBJECTS; k++) {
			if (!is_kind(lf_node_at(documents, i), kinds[k][0], kinds[k][1]) || !*lf_node_text(lf_node_at(documents, i), "metadata.name"))
				continue;
			item = lf_node_add_map(facts->objects);
			lf_node_set_text(item, "path", path);
			lf_node_set(item, "object", lf_node_take(documents, i));
			break;
		}
	}
	lf_node_free(documents);
}
