/* reach: see reach.h. Follows what lies on the way to a folder; what a kustomization.yaml takes in from elsewhere is trace's. */
#include "config.h"
#include "core/reach.h"

#include <string.h>

#include "core/document.h"
#include "core/mem.h"

#define DEPTH 12

/* NAME in FOLDER as the branch has it: 1 it is there, 0 it is not, -1 the folder was not listed. */
static int is_there(const char *folder, const char *name, const struct lf_names *tree)
{
	char *path = lf_path_join(folder, name);
	size_t length = strlen(folder) + (*folder != '\0');
	bool listed = false, found = false;

	for (size_t i = 0; path && i < tree->count && !found; i++) {
		const char *other = tree->items[i];

		found = lf_equal(other, path);
		listed = listed || ((!*folder || (!strncmp(other, folder, length - 1) && other[length - 1] == '/')) && other[length]);
	}
	lf_free(path);
	return found ? 1 : listed ? 0 : -1;
}

static enum lf_reach reach(const char *folder, const char *path, const struct lf_path_facts *facts, int depth);

/* What the kustomization.yaml of FOLDER names. */
static enum lf_reach by_list(const char *folder, const struct lf_node *kustomization, const char *path, const struct lf_path_facts *facts, int depth)
{
	static const char *const lists[] = {"resources", "components", "bases"};
	enum lf_reach found = LF_REACH_NOT;

	for (size_t k = 0; k < LF_COUNT(lists); k++) {
		const struct lf_node *list = lf_node_get(kustomization, lists[k]);

		for (size_t i = 0; i < lf_node_count(list) && !found; i++) {
			const char *item = lf_node_text(lf_node_at(list, i), NULL);
			char *there = *item && !strstr(item, "://") ? lf_path_join(folder, item) : NULL;

			if (there && lf_equal(there, path))
				found = LF_REACH_LISTED;
			else if (there && !lf_equal(there, folder) && lf_path_contains(there, path) && reach(there, path, facts, depth + 1) == LF_REACH_LISTED)
				found = LF_REACH_LISTED;
			lf_free(there);
		}
	}
	return found;
}

static enum lf_reach reach(const char *folder, const char *path, const struct lf_path_facts *facts, int depth)
{
	static const char *const names[] = {"kustomization.yaml", "kustomization.yml", "Kustomization"};
	char *next;
	size_t length = strlen(folder) + (*folder != '\0');
	enum lf_reach found;

	if (lf_equal(folder, path))
		return depth ? LF_REACH_ALL : LF_REACH_NOT;
	if (depth > DEPTH || !lf_path_contains(folder, path))
		return LF_REACH_NOT;
	for (size_t i = 0; i < LF_COUNT(names); i++) {
		int there = is_there(folder, names[i], &facts->tree);

		if (there < 0)
			return LF_REACH_NOT;
		if (there) {
			char *file = lf_path_join(folder, names[i]);

			found = file ? by_list(folder, lf_node_key(facts->documents, file), path, facts, depth) : LF_REACH_NOT;
			lf_free(file);
			return found;
		}
	}
	next = lf_dup_n(path, length + strcspn(path + length, "/"));
	found = reach(next, path, facts, depth + 1);
	lf_free(next);
	return found;
}

enum lf_reach lf_reach_of(const char *folder, const char *path, const struct lf_path_facts *facts)
{
	char *from = lf_path_join("", folder), *to = lf_path_join("", path);
	enum lf_reach found = from && to && facts->tree.count ? reach(from, to, facts, 0) : LF_REACH_NOT;

	lf_free(from);
	lf_free(to);
	return found;
}

void lf_reach_files(struct lf_names *out, const char *path, const struct lf_path_facts *facts)
{
	char *folder = lf_path_join("", path), *up;

	for (; folder && *folder; folder = up) {
		up = lf_path_join(folder, "..");
		if (up && is_there(up, "kustomization.yaml", &facts->tree) > 0) {
			char *file = lf_path_join(up, "kustomization.yaml");

			if (file && !lf_names_have(out, file))
				lf_names_add(out, file);
			lf_free(file);
		}
		lf_free(folder);
	}
	lf_free(folder);
}
