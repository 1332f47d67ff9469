/* repository: see repository.h. The only file of the sandbox that includes libgit2 besides main. No network,
 * no working tree. */
#include "config.h"
#include "providers/sandbox/repository.h"

#include <git2.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/mem.h"

enum { MAX_FILE = 1 << 20, MAX_ENTRIES = 4096 };

struct lf_repository {
	git_repository *git;
	char *path;
};

struct lf_snapshot {
	git_commit *commit;
	git_tree *tree;
};

static int fail_git(struct lf_error *err, const char *where, const char *what, int native)
{
	const git_error *last = git_error_last();

	return lf_fail(err, LF_EIO, where, native, "%s: %s", what,
	               last && last->message ? last->message : "unknown error");
}

char *lf_path_clean(const char *path)
{
	struct lf_str out = {0};

	while (*path) {
		size_t length = strcspn(path, "/");

		if (length == 2 && path[0] == '.' && path[1] == '.') {
			const char *text = lf_str_text(&out), *slash = strrchr(text, '/');

			if (!*text) {
				lf_str_dispose(&out);
				return NULL;
			}
			lf_str_truncate(&out, slash ? (size_t)(slash - text) : 0);
		} else if (length && !(length == 1 && path[0] == '.')) {
			lf_str_addf(&out, "%s%.*s", out.length ? "/" : "", (int)length, path);
		}
		path += length + (path[length] == '/');
	}
	return lf_str_take(&out);
}

char *lf_path_join(const char *folder, const char *name)
{
	char *joined = lf_format("%s/%s", folder, name), *clean = lf_path_clean(joined);

	lf_free(joined);
	return clean;
}

static int add_files(git_oid *out, git_repository *git, const struct lf_repository_file *files, size_t count)
{
	git_tree_update *updates = lf_alloc(count, sizeof(*updates));
	git_treebuilder *builder = NULL;
	git_tree *empty = NULL;
	git_oid oid;
	int rc = git_treebuilder_new(&builder, git, NULL);

	if (rc == 0)
		rc = git_treebuilder_write(&oid, builder);
	if (rc == 0)
		rc = git_tree_lookup(&empty, git, &oid);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		updates[i].action = GIT_TREE_UPDATE_UPSERT;
		updates[i].filemode = GIT_FILEMODE_BLOB;
		updates[i].path = files[i].path;
		rc = git_blob_create_from_buffer(&updates[i].id, git, files[i].text, strlen(files[i].text));
	}
	if (rc == 0)
		rc = git_tree_create_updated(out, git, empty, count, updates);
	git_tree_free(empty);
	git_treebuilder_free(builder);
	lf_free(updates);
	return rc;
}

static int first_commit(git_repository *git, const struct lf_repository_file *files, size_t count)
{
	git_signature *author = NULL;
	git_tree *tree = NULL;
	git_oid oid;
	int rc = add_files(&oid, git, files, count);

	if (rc == 0)
		rc = git_tree_lookup(&tree, git, &oid);
	if (rc == 0) /* two weeks ago: this repository was there before us */
		rc = git_signature_new(&author, "Platform Team", "platform@example.com",
		                       (git_time_t)(time(NULL) - 14 * 86400), 0);
	if (rc == 0)
		rc = git_commit_create(&oid, git, "refs/heads/main", author, author, NULL,
		                       "Start the configuration repository\n", tree, 0, NULL);
	git_signature_free(author);
	git_tree_free(tree);
	return rc;
}

/* What a Git host is set to: nobody rewrites or removes branches, and clients may ask for as little as they
 * want. */
static int configure(git_repository *git)
{
	static const char *const on[] = {"receive.denyDeletes", "receive.denyNonFastForwards",
	                                 "receive.fsckObjects", "uploadpack.allowFilter",
	                                 "uploadpack.allowAnySHA1InWant"};
	git_config *config = NULL;
	int rc = git_repository_config(&config, git);

	for (size_t i = 0; rc == 0 && i < LF_COUNT(on); i++)
		rc = git_config_set_bool(config, on[i], 1);
	git_config_free(config);
	return rc;
}

int lf_repository_create(struct lf_repository **out, const char *path, const struct lf_repository_file *files,
                         size_t count, struct lf_error *err)
{
	git_repository_init_options options;
	git_repository *git = NULL;
	int rc = git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);

	options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT | GIT_REPOSITORY_INIT_MKDIR;
	options.initial_head = "main";
	if (rc == 0)
		rc = git_repository_init_ext(&git, path, &options);
	if (rc == 0)
		rc = configure(git);
	if (rc == 0)
		rc = first_commit(git, files, count);
	if (rc) {
		git_repository_free(git);
		return fail_git(err, "sandbox.repository", "cannot make the demo's repository", rc);
	}
	*out = lf_alloc(1, sizeof(**out));
	(*out)->git = git;
	(*out)->path = lf_dup(path);
	return LF_OK;
}

void lf_repository_free(struct lf_repository *repository)
{
	if (!repository)
		return;
	git_repository_free(repository->git);
	lf_free(repository->path);
	lf_free(repository);
}

const char *lf_repository_path(const struct lf_repository *repository)
{
	return repository->path;
}

bool lf_repository_is(const struct lf_repository *repository, const char *url)
{
	size_t length = strlen(repository->path);

	if (lf_starts_with(url, "file://"))
		url += strlen("file://");
	return strncmp(url, repository->path, length) == 0 && (!url[length] || lf_equal(url + length, "/"));
}

/* Names only: git_revparse, which knows expressions, is asked for nothing but hexadecimal digits. */
static int resolve(git_oid *out, git_repository *git, const char *revision)
{
	static const char *const prefixes[] = {"refs/heads/", "refs/tags/", ""};
	git_object *object = NULL, *commit = NULL;
	int rc = GIT_ENOTFOUND;

	if (!*revision)
		revision = "HEAD";
	for (size_t i = 0; rc && i < LF_COUNT(prefixes); i++) {
		char *name = lf_format("%s%s", prefixes[i], revision);

		if (*prefixes[i] || lf_equal(revision, "HEAD") || lf_starts_with(revision, "refs/"))
			rc = git_reference_name_to_id(out, git, name);
		lf_free(name);
	}
	if (rc && strlen(revision) >= 7 && strlen(revision) <= 40 &&
	    strspn(revision, "0123456789abcdef") == strlen(revision)) {
		rc = git_revparse_single(&object, git, revision);
		if (rc == 0)
			*out = *git_object_id(object);
		git_object_free(object);
		object = NULL;
	}
	if (rc == 0)
		rc = git_object_lookup(&object, git, out, GIT_OBJECT_ANY);
	if (rc == 0) /* an annotated tag stands for its commit */
		rc = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
	if (rc == 0)
		*out = *git_object_id(commit);
	git_object_free(object);
	git_object_free(commit);
	return rc;
}

int lf_repository_resolve(char commit[41], const struct lf_repository *repository, const char *revision,
                          struct lf_error *err)
{
	git_oid oid;

	if (resolve(&oid, repository->git, revision))
		return lf_fail(err, LF_ENOTFOUND, "sandbox.resolve", 0, "couldn't find remote ref \"%s\"",
		               revision);
	git_oid_tostr(commit, 41, &oid);
	return LF_OK;
}

static int add_tip(git_reference *reference, void *payload)
{
	struct lf_str *out = payload;
	const git_oid *target = git_reference_target(reference);
	char hex[41];

	if (target && lf_starts_with(git_reference_name(reference), "refs/heads/"))
		lf_str_addf(out, "%s %s\n", git_oid_tostr(hex, sizeof(hex), target),
		            git_reference_name(reference));
	git_reference_free(reference);
	return out->length > (1 << 20);
}

void lf_repository_tips(struct lf_str *out, const struct lf_repository *repository)
{
	(void)git_reference_foreach(repository->git, add_tip, out);
}

int lf_snapshot_open(struct lf_snapshot **out, const struct lf_repository *repository, const char *commit,
                     struct lf_error *err)
{
	struct lf_snapshot *snapshot = lf_alloc(1, sizeof(*snapshot));
	git_oid oid;
	int rc = git_oid_fromstr(&oid, commit);

	if (rc == 0)
		rc = git_commit_lookup(&snapshot->commit, repository->git, &oid);
	if (rc == 0)
		rc = git_commit_tree(&snapshot->tree, snapshot->commit);
	if (rc) {
		lf_snapshot_free(snapshot);
		return fail_git(err, "sandbox.snapshot", "cannot read the commit", rc);
	}
	*out = snapshot;
	return LF_OK;
}

void lf_snapshot_free(struct lf_snapshot *snapshot)
{
	if (!snapshot)
		return;
	git_tree_free(snapshot->tree);
	git_commit_free(snapshot->commit);
	lf_free(snapshot);
}

const char *lf_snapshot_summary(const struct lf_snapshot *snapshot)
{
	const char *summary = git_commit_summary(snapshot->commit);

	return summary ? summary : "";
}

/* The object at a cleaned PATH; NULL if there is none, or if it is a link or a submodule. */
static git_object *object_at(const struct lf_snapshot *snapshot, const char *path, git_object_t *type)
{
	git_tree_entry *entry = NULL;
	git_object *object = NULL;
	git_filemode_t mode;

	*type = GIT_OBJECT_INVALID;
	if (!*path) {
		*type = GIT_OBJECT_TREE;
		return git_object_lookup(&object, git_tree_owner(snapshot->tree), git_tree_id(snapshot->tree),
		                         GIT_OBJECT_TREE) == 0
		           ? object
		           : NULL;
	}
	if (git_tree_entry_bypath(&entry, snapshot->tree, path))
		return NULL;
	mode = git_tree_entry_filemode(entry);
	*type = git_tree_entry_type(entry);
	if (mode == GIT_FILEMODE_LINK || mode == GIT_FILEMODE_COMMIT ||
	    git_tree_entry_to_object(&object, git_tree_owner(snapshot->tree), entry))
		object = NULL;
	git_tree_entry_free(entry);
	return object;
}

enum lf_entry lf_snapshot_look(const struct lf_snapshot *snapshot, const char *path)
{
	char *clean = lf_path_clean(path);
	git_object_t type = GIT_OBJECT_INVALID;
	git_object *object = clean ? object_at(snapshot, clean, &type) : NULL;
	bool found = object != NULL;

	git_object_free(object);
	lf_free(clean);
	if (!found)
		return LF_ENTRY_NONE;
	return type == GIT_OBJECT_TREE ? LF_ENTRY_FOLDER : LF_ENTRY_FILE;
}

int lf_snapshot_read(struct lf_str *out, const struct lf_snapshot *snapshot, const char *path,
                     struct lf_error *err)
{
	char *clean = lf_path_clean(path);
	git_object_t type = GIT_OBJECT_INVALID;
	git_object *object = clean ? object_at(snapshot, clean, &type) : NULL;
	int result = LF_OK;

	if (!object || type != GIT_OBJECT_BLOB)
		result = lf_fail(err, LF_ENOTFOUND, "sandbox.read", 0, "%s: no such file", path);
	else if (git_blob_rawsize((git_blob *)object) > MAX_FILE)
		result = lf_fail(err, LF_ELIMIT, "sandbox.read", 0, "%s is larger than 1 MiB", path);
	else
		lf_str_add_n(out, git_blob_rawcontent((git_blob *)object),
		             (size_t)git_blob_rawsize((git_blob *)object));
	git_object_free(object);
	lf_free(clean);
	return result;
}

void lf_snapshot_list(struct lf_names *out, const struct lf_snapshot *snapshot, const char *path)
{
	char *clean = lf_path_clean(path);
	git_object_t type = GIT_OBJECT_INVALID;
	git_object *object = clean ? object_at(snapshot, clean, &type) : NULL;

	if (object && type == GIT_OBJECT_TREE) {
		const git_tree *tree = (const git_tree *)object;

		for (size_t i = 0; i < git_tree_entrycount(tree) && out->count < MAX_ENTRIES; i++) {
			const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
			char *name = lf_format("%s%s", git_tree_entry_name(entry),
			                       git_tree_entry_type(entry) == GIT_OBJECT_TREE ? "/" : "");

			if (git_tree_entry_filemode(entry) != GIT_FILEMODE_LINK &&
			    git_tree_entry_filemode(entry) != GIT_FILEMODE_COMMIT)
				lf_names_add(out, name);
			lf_free(name);
		}
	}
	git_object_free(object);
	lf_free(clean);
}
