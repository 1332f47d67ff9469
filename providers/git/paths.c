/* paths: see paths.h. */
#include "config.h"
#include "providers/git/paths.h"

#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/text.h"

enum { PATH_LIMIT = 1024, PART_LIMIT = 255, DEPTH_LIMIT = 64 };

static const char WHERE[] = "git.path";

/* ".git" in every disguise that some file system takes for it: case, trailing dots and blanks, NTFS's short
 * name and streams. */
static bool is_git_folder(const char *part, size_t length)
{
	static const char *const names[] = {".git", "git~1"};

	for (size_t i = 0; i < LF_COUNT(names); i++) {
		size_t n = strlen(names[i]);

		if (length < n || strncasecmp(part, names[i], n) != 0)
			continue;
		if (n < length && part[n] == ':')
			return true;
		while (n < length && (part[n] == '.' || part[n] == ' '))
			n++;
		if (n == length)
			return true;
	}
	return false;
}

static const char *what_is_wrong(const char *part, size_t length)
{
	if (!length)
		return "holds an empty name";
	if (length > PART_LIMIT)
		return "holds a name longer than 255 bytes";
	if ((length == 1 && part[0] == '.') || (length == 2 && part[0] == '.' && part[1] == '.'))
		return "leads out of its folder";
	if (is_git_folder(part, length))
		return "leads into Git's own folder";
	if (length == strlen(".gitmodules") && !strncasecmp(part, ".gitmodules", length))
		return "would change the submodules";
	return NULL;
}

/* Characters that cannot be seen may hide what a path is; some file systems even ignore them. */
static bool is_visible(const char *path)
{
	char *clean = lf_text_clean_dup(path, PATH_LIMIT + 8);
	bool same = !strcmp(clean, path);

	lf_free(clean);
	return same;
}

int lf_git_path_check(const char *path, struct lf_error *err)
{
	size_t length = strlen(path), start = 0, depth = 0;
	const char *wrong = NULL;
	char *shown;
	int rc;

	if (!length)
		wrong = "is empty";
	else if (length > PATH_LIMIT)
		wrong = "is longer than 1024 bytes";
	else if (path[0] == '/')
		wrong = "must not begin with a slash";
	else if (!lf_text_is_utf8(path, length) || !is_visible(path) || strchr(path, '\\'))
		wrong = "holds characters that cannot be used";
	for (size_t i = 0; i <= length && !wrong; i++) {
		if (i < length && path[i] != '/')
			continue;
		wrong = what_is_wrong(path + start, i - start);
		if (!wrong && ++depth > DEPTH_LIMIT)
			wrong = "is deeper than 64 folders";
		start = i + 1;
	}
	if (!wrong)
		return LF_OK;
	shown = lf_text_clean_dup(path, 120);
	rc = lf_fail(err, LF_EINVAL, WHERE, 0, "the path \"%s\" %s", shown, wrong);
	lf_hint(err, "Paths are inside the repository, as in \"apps/web\".");
	lf_free(shown);
	return rc;
}

char *lf_git_path_tidy(const char *path)
{
	struct lf_str out = {0};

	while (*path) {
		size_t n = strcspn(path, "/");

		if (n && !(n == 1 && *path == '.')) {
			if (out.length)
				lf_str_add_char(&out, '/');
			lf_str_add_n(&out, path, n);
		}
		path += n + (path[n] == '/');
	}
	return lf_str_take(&out);
}

int lf_git_tree_open(struct lf_git_tree *out, bool *there, const struct lf_objects_module *module,
                     struct lf_objects_store *store, const char *commit, struct lf_git_missing *missing,
                     struct lf_error *err)
{
	struct lf_objects_commit found;
	int rc;

	memset(out, 0, sizeof(*out));
	out->module = module;
	out->store = store;
	out->missing = missing;
	*there = true;
	if (!*commit)
		return LF_OK;
	*there = module->has(store, commit);
	if (!*there) {
		lf_git_missing_add(missing, commit);
		missing->commit = true;
		return LF_OK;
	}
	rc = module->commit(&found, store, commit, err);
	if (!rc) {
		memcpy(out->root, found.tree, sizeof(out->root));
		memcpy(out->commit, commit, sizeof(out->commit));
	}
	lf_free(found.parents);
	return rc;
}

struct search {
	const char *name;
	size_t length;
	struct lf_objects_entry hit;     /* kind NOTHING: none; name is not set */
	char *twin;                      /* a name that differs only in case */
	char attributes[LF_GIT_ID_SIZE]; /* of .gitattributes in this folder; "": none */
};

static int compare_entry(const struct lf_objects_entry *entry, void *payload)
{
	struct search *search = payload;

	if (entry->kind == LF_OBJECTS_FILE && !strcmp(entry->name, ".gitattributes"))
		memcpy(search->attributes, entry->id, sizeof(search->attributes));
	if (strlen(entry->name) != search->length)
		return 0;
	if (!memcmp(entry->name, search->name, search->length)) {
		search->hit = *entry;
		search->hit.name = NULL;
	} else if (!strncasecmp(entry->name, search->name, search->length) && !search->twin) {
		search->twin = lf_text_clean_dup(entry->name, 100);
	}
	return 0;
}

static char *describe(const char *path, size_t length, const char *what)
{
	struct lf_str out = {0};

	lf_text_clean(&out, path, length, 120);
	lf_str_add(&out, what);
	return lf_str_take(&out);
}

/* Notes in OUT why nothing may be written at or below the part of PATH that ends at LENGTH, if that is so. */
static void judge(struct lf_git_spot *out, const struct search *search, const char *path, size_t length,
                  bool last)
{
	if (out->why)
		return;
	if (search->hit.kind == LF_OBJECTS_SYMLINK)
		out->why = describe(path, length, " is a symbolic link");
	else if (search->hit.kind == LF_OBJECTS_SUBMODULE)
		out->why = describe(path, length, " is a submodule");
	else if (!last && (search->hit.kind == LF_OBJECTS_FILE || search->hit.kind == LF_OBJECTS_PROGRAM))
		out->why = describe(path, length, " is a file, not a folder");
	else if (search->hit.kind == LF_OBJECTS_NOTHING && search->twin)
		out->why =
		    lf_format("%s is there already, and differs only in upper and lower case", search->twin);
}

/* A file that Git would hand to a filter (LFS, git-crypt) or keep in another encoding is not what it seems: what we
 * write there would be wrong, or in clear where it must not be. */
static int judge_attributes(struct lf_git_spot *out, const struct lf_git_tree *tree, const char *path,
                            struct lf_error *err)
{
	struct lf_objects_attributes attributes;
	int rc;

	if (out->why || out->missing)
		return LF_OK;
	rc = tree->module->attributes(&attributes, tree->store, tree->commit, path, err);
	if (attributes.filter)
		out->why = lf_format("%s is kept through the filter \"%s\" (.gitattributes)", path,
		                     attributes.filter);
	else if (attributes.encoding && strcasecmp(attributes.encoding, "utf-8") != 0)
		out->why = lf_format("%s has the encoding %s (.gitattributes)", path, attributes.encoding);
	out->is_text = attributes.text == LF_OBJECTS_TEXT;
	out->is_text_unless_crlf = attributes.text == LF_OBJECTS_TEXT_AUTO;
	lf_free(attributes.filter);
	lf_free(attributes.encoding);
	return rc;
}

int lf_git_tree_find(struct lf_git_spot *out, const struct lf_git_tree *tree, const char *path,
                     struct lf_error *err)
{
	size_t at = 0, length = strlen(path);
	bool has_attributes = false;
	int rc;

	memset(out, 0, sizeof(*out));
	out->kind = *tree->root ? LF_OBJECTS_FOLDER : LF_OBJECTS_NOTHING;
	memcpy(out->id, tree->root, sizeof(out->id));
	while (at < length && out->kind == LF_OBJECTS_FOLDER) {
		struct search search = {.name = path + at, .length = strcspn(path + at, "/")};

		if (!tree->module->has(tree->store, out->id)) {
			lf_git_missing_add(tree->missing, out->id);
			out->missing = true;
			return LF_OK;
		}
		rc = tree->module->tree(tree->store, out->id, compare_entry, &search, err);
		if (rc) {
			lf_free(search.twin);
			return rc;
		}
		if (tree->for_writing && *search.attributes) {
			has_attributes = true;
			if (!tree->module->has(tree->store, search.attributes)) {
				lf_git_missing_add(tree->missing, search.attributes);
				out->missing = true;
			}
		}
		at += search.length;
		judge(out, &search, path, at, at == length);
		lf_free(search.twin);
		out->kind = search.hit.kind;
		memcpy(out->id, search.hit.id, sizeof(out->id));
		at += path[at] == '/';
	}
	/* A link, submodule or file on the way: below it there is nothing of ours. */
	if (at < length)
		out->kind = LF_OBJECTS_NOTHING;
	return has_attributes ? judge_attributes(out, tree, path, err) : LF_OK;
}

int lf_git_tree_text(struct lf_str *out, char **why, const struct lf_git_tree *tree, const char *id,
                     struct lf_error *err)
{
	static const char lfs[] = "version https://git-lfs";
	size_t before = out->length;
	int rc = tree->module->blob(out, tree->store, id, LF_GIT_FILE_LIMIT, err);
	const char *text;
	size_t length;

	*why = NULL;
	if (rc == LF_ELIMIT) {
		*why = lf_dup("larger than 1 MiB");
		return LF_OK;
	}
	if (rc)
		return rc;
	lf_str_add(out, ""); /* an empty file is "", not NULL */
	text = out->data + before;
	length = out->length - before;
	if (memchr(text, '\0', length) || !lf_text_is_utf8(text, length))
		*why = lf_dup("not a text file");
	else if (lf_starts_with(text, lfs))
		*why = lf_dup("kept in Git LFS: only a pointer is in the repository");
	if (*why)
		lf_str_truncate(out, before);
	return LF_OK;
}
