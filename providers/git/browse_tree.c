/* browse_tree: see browse_tree.h. Decides only where it is worth looking; what it means is for core/repo_layout.c to say. */
#include "config.h"
#include "providers/git/browse_tree.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

enum { FOLDERS = 64, IN_ONE = 16, NAMES = 200, DEPTH = 5, DEPTH_UNKNOWN = 4, UNKNOWN = 12 };

struct folder {
	char *path; /* ends with '/'; "" is the root */
	char id[LF_GIT_ID_SIZE];
	int depth, limit;
};

struct walk {
	struct lf_names *out;
	struct folder items[FOLDERS];
	size_t count;
	struct folder inner[IN_ONE + UNKNOWN]; /* of the folder that is listed now */
	size_t inner_count, names;
	const struct folder *at;
};

/* Where GitOps repositories keep things. */
static bool is_known(const char *name)
{
	static const char *const known[] = {"apps",	    "applications", "argocd", "argocd-apps", "base",	   "bootstrap", "charts", "clusters", "deploy",	   "environments", "flux",    "gitops", "infrastructure",
					    "k8s", "k8s-manifests", "kubernetes", "manifests", "overlays", "projects", "releases", "services", "sources", "teams", "tenants", "workloads"};

	for (size_t i = 0; i < LF_COUNT(known); i++) {
		if (!strcmp(known[i], name))
			return true;
	}
	return false;
}

static bool is_worth_it(const char *name, bool at_root)
{
	static const char *const never[] = {"cmd", "crds", "dist", "doc", "docs", "internal", "lib", "node_modules", "patches", "pkg", "scripts", "src", "templates", "test", "tests", "vendor"};

	for (size_t i = 0; i < LF_COUNT(never); i++) {
		if (!strcmp(never[i], name))
			return false;
	}
	/* At the root they are the repository's own, in a chart what it is made of. */
	return *name != '.' && (at_root || strcmp(name, "charts") != 0);
}

static int take(const struct lf_objects_entry *entry, void *payload)
{
	struct walk *walk = payload;
	bool is_folder = entry->kind == LF_OBJECTS_FOLDER;
	struct lf_str path = {0};

	if (walk->names++ >= NAMES)
		return 0;
	lf_str_add(&path, walk->at->path);
	lf_text_clean(&path, entry->name, strlen(entry->name), 255);
	if (is_folder)
		lf_str_add_char(&path, '/');
	lf_names_add(walk->out, lf_str_text(&path));
	if (is_folder && is_worth_it(entry->name, walk->at->depth == 0) && walk->inner_count < LF_COUNT(walk->inner)) {
		struct folder *inner = &walk->inner[walk->inner_count];
		bool at_root = walk->at->depth == 0, known = !at_root || is_known(entry->name);

		/* At the root those that say something go first; further down each may. */
		if (at_root ? known || walk->inner_count < UNKNOWN : walk->inner_count < IN_ONE) {
			*inner = (struct folder){.path = lf_str_take(&path), .depth = walk->at->depth + 1};
			memcpy(inner->id, entry->id, sizeof(inner->id));
			inner->limit = at_root ? (known ? DEPTH : DEPTH_UNKNOWN) : walk->at->limit;
			walk->inner_count++;
		}
	}
	lf_str_dispose(&path);
	return 0;
}

static void enter(struct walk *walk, bool known_ones)
{
	for (size_t i = 0; i < walk->inner_count; i++) {
		struct folder *inner = &walk->inner[i];

		if (!inner->path || (inner->limit == DEPTH) != known_ones)
			continue;
		if (walk->count < FOLDERS && inner->depth < inner->limit)
			walk->items[walk->count++] = *inner;
		else
			lf_free(inner->path);
		inner->path = NULL;
	}
}

int lf_git_browse_tree(struct lf_names *out, const struct lf_git_tree *tree, struct lf_error *err)
{
	struct walk *walk = lf_alloc(1, sizeof(*walk));
	int rc = LF_OK;

	walk->out = out;
	walk->items[walk->count++] = (struct folder){.path = lf_dup("")};
	memcpy(walk->items[0].id, tree->root, sizeof(walk->items[0].id));
	for (size_t i = 0; i < walk->count && !rc; i++) {
		walk->at = &walk->items[i];
		walk->inner_count = walk->names = 0;
		if (!tree->module->has(tree->store, walk->at->id))
			lf_git_missing_add(tree->missing, walk->at->id);
		else
			rc = tree->module->tree(tree->store, walk->at->id, take, walk, err);
		enter(walk, true);
		enter(walk, false);
	}
	for (size_t i = 0; i < walk->count; i++)
		lf_free(walk->items[i].path);
	lf_free(walk);
	return rc;
}
