/* differences: see differences.h. Owns the comparison of two trees. */
#include "config.h"
#include "providers/git/differences.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "providers/git/files.h"

enum { FOLDERS_LIMIT = 20000, NESTING_LIMIT = 64 };

struct entry {
	char *name;
	struct lf_git_side side;
};
struct listing {
	struct entry *items;
	size_t count, capacity;
};

static int take_entry(const struct lf_objects_entry *entry, void *payload)
{
	struct listing *listing = payload;

	lf_grow((void **)&listing->items, &listing->capacity, listing->count, sizeof(*listing->items));
	listing->items[listing->count].name = lf_dup(entry->name);
	listing->items[listing->count].side.kind = entry->kind;
	memcpy(listing->items[listing->count++].side.id, entry->id, LF_GIT_ID_SIZE);
	return 0;
}

static void listing_dispose(struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++)
		lf_free(listing->items[i].name);
	lf_free(listing->items);
}

/* The entries of the folder SIDE; nothing if it is none. *THERE false: it is not in the store, and was noted. */
static int list(struct lf_git_differences *differences, struct listing *out, const struct lf_git_side *side, bool *there,
                struct lf_error *err)
{
	memset(out, 0, sizeof(*out));
	if (side->kind != LF_OBJECTS_FOLDER)
		return LF_OK;
	if (!differences->module->has(differences->store, side->id)) {
		lf_git_missing_add(differences->missing, side->id);
		*there = false;
		return LF_OK;
	}
	return differences->module->tree(differences->store, side->id, take_entry, out, err);
}

static int too_much(struct lf_error *err)
{
	int rc = lf_fail(err, LF_ELIMIT, "git.commit", 0, "the commit changes more than %d files", LF_GIT_FILES_LIMIT);

	lf_hint(err, "Use git itself for a commit of this size.");
	return rc;
}

static int add_file(struct lf_git_differences *differences, const char *path, const struct lf_git_side *before,
                    const struct lf_git_side *after, struct lf_error *err)
{
	struct lf_git_difference *found;

	if (differences->count >= LF_GIT_FILES_LIMIT)
		return too_much(err);
	lf_grow((void **)&differences->items, &differences->capacity, differences->count, sizeof(*differences->items));
	found = &differences->items[differences->count++];
	found->path = lf_dup(path);
	found->before = *before;
	found->after = *after;
	return LF_OK;
}

/* Whether A is B or a folder that B lies in. */
static bool holds(const char *a, const char *b)
{
	size_t length = strlen(a);

	return !length || (!strncmp(a, b, length) && (!b[length] || b[length] == '/'));
}

/* FOLDER: what leads to a path that counts does, too. */
static bool counts(const struct lf_git_differences *differences, const char *path, bool folder)
{
	for (size_t i = 0; differences->within && i < differences->within->count; i++) {
		const char *wanted = differences->within->items[i];

		if (holds(wanted, path) || (folder && holds(path, wanted)))
			return true;
	}
	return !differences->within;
}

static int compare_folders(struct lf_git_differences *differences, const char *path, const struct lf_git_side *before,
                           const struct lf_git_side *after, int depth, struct lf_error *err);

bool lf_git_side_same(const struct lf_git_side *a, const struct lf_git_side *b)
{
	return a->kind == b->kind && (a->kind == LF_OBJECTS_NOTHING || !strcmp(a->id, b->id));
}

static int compare(struct lf_git_differences *differences, const char *path, const struct lf_git_side *before,
                   const struct lf_git_side *after, int depth, struct lf_error *err)
{
	static const struct lf_git_side nothing;
	bool folder = before->kind == LF_OBJECTS_FOLDER || after->kind == LF_OBJECTS_FOLDER;
	const struct lf_git_side *old_file = before->kind == LF_OBJECTS_FOLDER ? &nothing : before,
	                         *new_file = after->kind == LF_OBJECTS_FOLDER ? &nothing : after;
	int rc = LF_OK;

	if (lf_git_side_same(before, after))
		return LF_OK;
	if (folder && counts(differences, path, true))
		rc = compare_folders(differences, path, before, after, depth + 1, err);
	if (!rc && !lf_git_side_same(old_file, new_file) && counts(differences, path, false))
		rc = add_file(differences, path, old_file, new_file, err);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* Git sorts a folder as if its name ended with a slash: what is a folder on one side only is elsewhere on the other. */
static void sort(struct listing *listing)
{
	if (listing->count)
		qsort(listing->items, listing->count, sizeof(*listing->items), by_name);
}

static int compare_folders(struct lf_git_differences *differences, const char *path, const struct lf_git_side *before,
                           const struct lf_git_side *after, int depth, struct lf_error *err)
{
	struct listing old_list = {0}, new_list = {0};
	size_t i = 0, j = 0;
	bool there = true;
	int rc;

	if (++differences->folders > FOLDERS_LIMIT || depth > NESTING_LIMIT)
		return too_much(err);
	rc = list(differences, &old_list, before, &there, err);
	if (!rc)
		rc = list(differences, &new_list, after, &there, err);
	sort(&old_list);
	sort(&new_list);
	while (there && !rc && (i < old_list.count || j < new_list.count)) {
		static const struct entry end; /* of a list: without a name */
		const struct entry *a = i < old_list.count ? &old_list.items[i] : &end;
		const struct entry *b = j < new_list.count ? &new_list.items[j] : &end;
		int order = !a->name ? 1 : !b->name ? -1 : strcmp(a->name, b->name);
		char *inner = lf_format("%s%s%s", path, *path ? "/" : "", order <= 0 ? a->name : b->name);

		rc = compare(differences, inner, order <= 0 ? &a->side : &end.side, order >= 0 ? &b->side : &end.side, depth, err);
		lf_free(inner);
		i += order <= 0;
		j += order >= 0;
	}
	listing_dispose(&old_list);
	listing_dispose(&new_list);
	return rc;
}

static struct lf_git_side root(const char *tree)
{
	struct lf_git_side side = {.kind = *tree ? LF_OBJECTS_FOLDER : LF_OBJECTS_NOTHING};

	if (*tree)
		memcpy(side.id, tree, LF_GIT_ID_SIZE);
	return side;
}

int lf_git_differences_find(struct lf_git_differences *differences, const char *before, const char *after, struct lf_error *err)
{
	struct lf_git_side old_root = root(before), new_root = root(after);

	return compare(differences, "", &old_root, &new_root, 0, err);
}

void lf_git_differences_dispose(struct lf_git_differences *differences)
{
	for (size_t i = 0; i < differences->count; i++)
		lf_free(differences->items[i].path);
	lf_free(differences->items);
	differences->items = NULL;
	differences->count = differences->capacity = differences->folders = 0;
}
