/* objects: opens stores, reads objects, takes packs in; exports the module's table. One of the few files that
 * know libgit2: none of its types, pointers or "last errors" leaves them. Must never fetch or push: libgit2's
 * network is not used. */
#include "config.h"
#include "providers/git/objects_internal.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "providers/git/packin.h"
#include "providers/module.h"

/* Of one pack. What a repository of 300,000 files needs fits easily; what would fill the memory does not. */
static const struct lf_packscan_limits pack_limits = {
    .objects = 4000000, .delta = (uint64_t)128 << 20, .total = (uint64_t)16 << 30};

struct lf_objects_pack {
	struct lf_objects_store *store;
	struct lf_packin *in;
};

/* The module is never unloaded, so the library is started once and for the life of the process: on the thread
 * that opens the module. What OpenSSL keeps for that thread (one of the loop's workers) it would only miss at
 * exit. */
__attribute__((constructor)) static void start_library(void)
{
	(void)git_libgit2_init();
	OPENSSL_thread_stop();
}

int objects_fail(struct lf_error *err, const char *where, int native, const char *what)
{
	const git_error *last = git_error_last(); /* NULL when there was none, before libgit2 1.8 */
	char *text = lf_text_clean_dup(last && last->message ? last->message : "no reason given", 300);
	enum lf_code code = native == GIT_ENOTFOUND ? LF_ENOTFOUND
	                    : native == GIT_EUSER   ? LF_ECANCELLED
	                                            : LF_EIO;

	(void)lf_fail(err, code, where, native, "%s: %s", what, text);
	if (code == LF_EIO)
		lf_hint(err, "Check the free space and the permissions of the cache folder; it may be "
		             "removed at any time.");
	lf_free(text);
	return code;
}

static int open_store(struct lf_objects_store **out, const char *folder, struct lf_error *err)
{
	struct lf_objects_store *store = lf_alloc(1, sizeof(*store));
	int rc;

	*out = NULL;
	store->folder = lf_dup(folder);
	rc = git_repository_open_bare(&store->repository, folder);
	if (rc == GIT_ENOTFOUND)
		rc = git_repository_init(&store->repository, folder, 1);
	if (!rc)
		rc = git_repository_odb(&store->odb, store->repository);
	if (!rc) {
		*out = store;
		return LF_OK;
	}
	(void)objects_fail(err, "git.store", rc, "the cache of Git objects cannot be opened");
	git_repository_free(store->repository);
	lf_free(store->folder);
	lf_free(store);
	return LF_EIO;
}

static void close_store(struct lf_objects_store *store)
{
	if (!store)
		return;
	git_odb_free(store->odb);
	git_repository_free(store->repository);
	lf_free(store->folder);
	lf_free(store->lent);
	lf_free(store);
}

static void lend(struct lf_objects_store *store, const char *folder)
{
	if (store->lent)
		return;
	store->lent = objects_of_clone(folder);
	if (store->lent && git_odb_add_disk_alternate(store->odb, store->lent)) {
		lf_free(store->lent);
		store->lent = NULL;
	}
}

static bool has(struct lf_objects_store *store, const char *id)
{
	git_oid oid;

	return !git_oid_fromstr(&oid, id) && git_odb_exists(store->odb, &oid) == 1;
}

static int read_commit(struct lf_objects_commit *out, struct lf_objects_store *store, const char *id,
                       struct lf_error *err)
{
	git_commit *commit = NULL;
	git_oid oid;
	int rc = git_oid_fromstr(&oid, id);

	memset(out, 0, sizeof(*out));
	if (!rc)
		rc = git_commit_lookup(&commit, store->repository, &oid);
	if (rc)
		return objects_fail(err, "git.commit", rc, "the commit cannot be read");
	(void)git_oid_tostr(out->tree, sizeof(out->tree), git_commit_tree_id(commit));
	out->parent_count = git_commit_parentcount(commit);
	out->parents = lf_alloc(out->parent_count, sizeof(*out->parents));
	for (size_t i = 0; i < out->parent_count; i++)
		(void)git_oid_tostr(out->parents[i], sizeof(out->parents[i]),
		                    git_commit_parent_id(commit, (unsigned)i));
	git_commit_free(commit);
	return LF_OK;
}

static int read_words(struct lf_objects_words *out, struct lf_objects_store *store, const char *id,
                      struct lf_error *err)
{
	git_commit *commit = NULL;
	git_oid oid;
	int rc = git_oid_fromstr(&oid, id);

	memset(out, 0, sizeof(*out));
	if (!rc)
		rc = git_commit_lookup(&commit, store->repository, &oid);
	if (rc)
		return objects_fail(err, "git.commit", rc, "the commit cannot be read");
	out->message = lf_dup(git_commit_message(commit));
	out->author = lf_dup(git_commit_author(commit)->name);
	out->email = lf_dup(git_commit_author(commit)->email);
	out->time = git_commit_time(commit);
	git_commit_free(commit);
	return LF_OK;
}

static enum lf_objects_kind kind_of(git_filemode_t mode)
{
	switch (mode) {
	case GIT_FILEMODE_TREE:
		return LF_OBJECTS_FOLDER;
	case GIT_FILEMODE_BLOB:
		return LF_OBJECTS_FILE;
	case GIT_FILEMODE_BLOB_EXECUTABLE:
		return LF_OBJECTS_PROGRAM;
	case GIT_FILEMODE_LINK:
		return LF_OBJECTS_SYMLINK;
	case GIT_FILEMODE_COMMIT:
		return LF_OBJECTS_SUBMODULE;
	case GIT_FILEMODE_UNREADABLE:
		break;
	}
	return LF_OBJECTS_NOTHING;
}

static int read_tree(struct lf_objects_store *store, const char *id, lf_objects_entry_fn *each, void *payload,
                     struct lf_error *err)
{
	git_tree *tree = NULL;
	git_oid oid;
	int rc = git_oid_fromstr(&oid, id);

	if (!rc)
		rc = git_tree_lookup(&tree, store->repository, &oid);
	if (rc)
		return objects_fail(err, "git.tree", rc, "the folder cannot be read");
	for (size_t i = 0; i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *from = git_tree_entry_byindex(tree, i);
		struct lf_objects_entry entry = {.name = git_tree_entry_name(from),
		                                 .kind = kind_of(git_tree_entry_filemode(from))};

		(void)git_oid_tostr(entry.id, sizeof(entry.id), git_tree_entry_id(from));
		if (each(&entry, payload))
			break;
	}
	git_tree_free(tree);
	return LF_OK;
}

static int read_blob(struct lf_str *out, struct lf_objects_store *store, const char *id, size_t limit,
                     struct lf_error *err)
{
	git_odb_object *object = NULL;
	git_object_t type;
	size_t length = 0;
	git_oid oid;
	int rc = git_oid_fromstr(&oid, id);

	if (!rc)
		rc = git_odb_read_header(&length, &type, store->odb, &oid);
	if (!rc && length > limit)
		return lf_fail(err, LF_ELIMIT, "git.blob", 0, "the file is larger than %zu bytes", limit);
	if (!rc)
		rc = git_odb_read(&object, store->odb, &oid);
	if (rc)
		return objects_fail(err, "git.blob", rc, "the file cannot be read");
	if (git_odb_object_type(object) == GIT_OBJECT_BLOB)
		lf_str_add_n(out, git_odb_object_data(object), git_odb_object_size(object));
	else
		rc = lf_fail(err, LF_EPARSE, "git.blob", 0, "the object is not a file");
	git_odb_object_free(object);
	return rc;
}

static char *word_of(const char *value)
{
	return git_attr_value(value) == GIT_ATTR_VALUE_STRING ? lf_text_clean_dup(value, 80) : NULL;
}

static int read_attributes(struct lf_objects_attributes *out, struct lf_objects_store *store, const char *commit,
                           const char *path, struct lf_error *err)
{
	static const char *names[] = {"filter", "working-tree-encoding", "text", "eol", "crlf"};
	git_attr_options options = {.version = GIT_ATTR_OPTIONS_VERSION,
	                            .flags = GIT_ATTR_CHECK_NO_SYSTEM | GIT_ATTR_CHECK_INCLUDE_COMMIT};
	const char *values[LF_COUNT(names)] = {NULL}, *text;
	int rc = git_oid_fromstr(&options.attr_commit_id, commit);

	memset(out, 0, sizeof(*out));
	if (!rc)
		rc = git_attr_get_many_ext(values, store->repository, &options, path, LF_COUNT(names), names);
	if (rc)
		return objects_fail(err, "git.attributes", rc, "the attributes of a file cannot be read");
	out->filter = word_of(values[0]);
	out->encoding = word_of(values[1]);
	/* "crlf" is what "text" was called before; "eol" says that it is text, unless told otherwise. */
	text = git_attr_value(values[2]) == GIT_ATTR_VALUE_UNSPECIFIED ? values[4] : values[2];
	if (git_attr_value(text) == GIT_ATTR_VALUE_STRING && !strcmp(text, "auto"))
		out->text = LF_OBJECTS_TEXT_AUTO;
	else if (git_attr_value(text) == GIT_ATTR_VALUE_TRUE || git_attr_value(text) == GIT_ATTR_VALUE_STRING ||
	         (git_attr_value(text) == GIT_ATTR_VALUE_UNSPECIFIED &&
	          git_attr_value(values[3]) == GIT_ATTR_VALUE_STRING))
		out->text = LF_OBJECTS_TEXT;
	return LF_OK;
}

static void hash(char out[LF_GIT_ID_SIZE], const void *bytes, size_t length)
{
	git_oid oid;

	memset(&oid, 0, sizeof(oid));
	(void)git_odb_hash(&oid, bytes, length, GIT_OBJECT_BLOB);
	(void)git_oid_tostr(out, LF_GIT_ID_SIZE, &oid);
}

static bool base_of(struct lf_str *out, unsigned *type, const unsigned char id[20], void *payload)
{
	const struct lf_objects_pack *pack = payload;
	git_odb_object *object = NULL;
	git_oid oid;

	(void)git_oid_fromraw(&oid, id);
	if (git_odb_read(&object, pack->store->odb, &oid))
		return false;
	*type = (unsigned)git_odb_object_type(object); /* numbered as in a pack */
	lf_str_add_n(out, git_odb_object_data(object), git_odb_object_size(object));
	git_odb_object_free(object);
	return true;
}

static void hash_object(unsigned char id[20], unsigned type, const void *bytes, size_t length)
{
	git_oid oid;

	memset(&oid, 0, sizeof(oid));
	(void)git_odb_hash(&oid, bytes, length, (git_object_t)type);
	memcpy(id, oid.id, 20);
}

static int pack_begin(struct lf_objects_pack **out, struct lf_objects_store *store, const atomic_bool *stop, struct lf_error *err)
{
	struct lf_objects_pack *pack = lf_alloc(1, sizeof(*pack));
	char *folder = lf_format("%s/objects/pack", store->folder);
	const struct lf_packin_options options = {folder, pack_limits, stop, base_of, hash_object, pack};
	int rc = lf_packin_new(&pack->in, &options, err);

	lf_free(folder);
	pack->store = store;
	*out = rc ? NULL : pack;
	if (rc)
		lf_free(pack);
	return rc;
}

static int pack_add(struct lf_objects_pack *pack, const void *bytes, size_t length, struct lf_error *err)
{
	return lf_packin_add(pack->in, bytes, length, err);
}

static int pack_finish(struct lf_objects_pack *pack, size_t *objects, struct lf_error *err)
{
	int rc = lf_packin_finish(pack->in, objects, err);

	if (rc)
		return rc;
	rc = git_odb_refresh(pack->store->odb);
	return rc ? objects_fail(err, "git.pack", rc, "the pack cannot be read back") : LF_OK;
}

static void pack_free(struct lf_objects_pack *pack)
{
	if (!pack)
		return;
	lf_packin_free(pack->in);
	lf_free(pack);
}

__attribute__((visibility("default"))) extern const struct lf_objects_module lf_module_objects;
const struct lf_objects_module lf_module_objects = {
    .version = LF_MODULE_VERSION,
    .open = open_store,
    .close = close_store,
    .lend = lend,
    .has = has,
    .commit = read_commit,
    .words = read_words,
    .tree = read_tree,
    .blob = read_blob,
    .attributes = read_attributes,
    .hash = hash,
    .pack_begin = pack_begin,
    .pack_add = pack_add,
    .pack_finish = pack_finish,
    .pack_free = pack_free,
    .build = objects_build,
    .settings = objects_settings,
    .workdir = objects_workdir,
};
