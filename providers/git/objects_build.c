/* objects_build: makes one commit on top of another, with only the changed trees in hand, and packs what is
 * new. Works in memory (a "mempack" before the store), so nothing of a commit that is refused stays in the
 * cache. What may be changed is decided before (paths.c); libgit2's own refusals stand behind that. */
#include "config.h"
#include "providers/git/objects_internal.h"

#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <string.h>

#include "core/mem.h"

static const char WHERE[] = "git.build";

struct building {
	git_repository *repository; /* one of our own on the same folder: its object database gets a part that
	                               the store must not have */
	git_commit *parent;
	git_tree *base, *tree;
	git_tree_update *updates;
	git_packbuilder *pack;
	git_signature *author, *committer;
};

static int open_with_memory(struct building *b, const struct lf_objects_store *store)
{
	git_odb_backend *memory = NULL;
	git_odb *odb = NULL;
	int rc = git_repository_open_bare(&b->repository, store->folder);

	if (!rc)
		rc = git_repository_odb(&odb, b->repository);
	if (!rc)
		rc = git_mempack_new(&memory);
	if (!rc)
		rc = git_odb_add_backend(odb, memory, 1000); /* above the folder's own: writes go here */
	if (!rc && store->lent)
		rc = git_odb_add_disk_alternate(odb, store->lent);
	git_odb_free(odb);
	return rc;
}

static int find_base(struct building *b, const char *parent)
{
	git_treebuilder *empty = NULL;
	git_oid oid;
	int rc;

	if (parent) {
		rc = git_oid_fromstr(&oid, parent);
		if (!rc)
			rc = git_commit_lookup(&b->parent, b->repository, &oid);
		return rc ? rc : git_commit_tree(&b->base, b->parent);
	}
	rc = git_treebuilder_new(&empty, b->repository, NULL);
	if (!rc)
		rc = git_treebuilder_write(&oid, empty);
	git_treebuilder_free(empty);
	return rc ? rc : git_tree_lookup(&b->base, b->repository, &oid);
}

/* A file keeps its mode: an executable script stays one. */
static git_filemode_t mode_at(const struct building *b, const struct lf_objects_edit *edit)
{
	git_tree_entry *entry = NULL;
	bool executable = edit->executable;

	if (!git_tree_entry_bypath(&entry, b->base, edit->path))
		executable = git_tree_entry_filemode(entry) == GIT_FILEMODE_BLOB_EXECUTABLE;
	git_tree_entry_free(entry);
	return executable ? GIT_FILEMODE_BLOB_EXECUTABLE : GIT_FILEMODE_BLOB;
}

static int make_tree(struct building *b, const struct lf_objects_plan *plan)
{
	git_oid oid;
	int rc = 0;

	b->updates = lf_alloc(plan->edit_count, sizeof(*b->updates));
	for (size_t i = 0; i < plan->edit_count && !rc; i++) {
		const struct lf_objects_edit *edit = &plan->edits[i];

		b->updates[i].path = edit->path;
		b->updates[i].action = edit->text ? GIT_TREE_UPDATE_UPSERT : GIT_TREE_UPDATE_REMOVE;
		if (!edit->text)
			continue;
		b->updates[i].filemode = mode_at(b, edit);
		rc = git_blob_create_from_buffer(&b->updates[i].id, b->repository, edit->text, edit->length);
	}
	if (!rc)
		rc = git_tree_create_updated(&oid, b->repository, b->base, plan->edit_count, b->updates);
	return rc ? rc : git_tree_lookup(&b->tree, b->repository, &oid);
}

static void date(git_signature *person, const struct lf_objects_moment *moment)
{
	if (!moment->known)
		return;
	person->when.time = moment->when;
	person->when.offset = moment->offset_minutes;
	person->when.sign = moment->offset_minutes < 0 ? '-' : '+';
}

/* One moment for both where nothing else is wished, as git does it. */
static int make_persons(struct lf_objects_built *out, struct building *b, const struct lf_objects_plan *plan)
{
	int rc = git_signature_now(&b->author, plan->author.name, plan->author.email);

	if (!rc)
		rc = git_signature_now(&b->committer, plan->committer.name, plan->committer.email);
	if (rc)
		return rc;
	if (plan->when) {
		b->author->when.time = plan->when;
		b->author->when.offset = plan->offset_minutes;
		b->author->when.sign = plan->offset_minutes < 0 ? '-' : '+';
	}
	b->committer->when = b->author->when;
	out->when = b->author->when.time;
	out->offset_minutes = b->author->when.offset;
	date(b->author, &plan->author.moment);
	date(b->committer, &plan->committer.moment);
	return 0;
}

static int make_commit(struct lf_objects_built *out, git_oid *id, struct building *b,
                       const struct lf_objects_plan *plan)
{
	git_commit *parents[] = {b->parent};
	git_buf content = {NULL, 0, 0};
	int rc = make_persons(out, b, plan);

	if (!rc)
		rc = git_commit_create_buffer(&content, b->repository, b->author, b->committer, NULL,
		                              plan->message, b->tree, b->parent ? 1 : 0,
		                              (void *)parents); /* "const" moves between versions */
	if (!rc && plan->sign && !plan->signature)
		lf_str_add_n(&out->content, content.ptr, content.size);
	else if (!rc)
		rc = git_commit_create_with_signature(id, b->repository, content.ptr, plan->signature, NULL);
	git_buf_dispose(&content);
	if (rc)
		return rc;
	if (!out->content.length)
		(void)git_oid_tostr(out->commit, sizeof(out->commit), id);
	(void)git_oid_tostr(out->tree, sizeof(out->tree), git_tree_id(b->tree));
	return 0;
}

/* The trees from the root to the folder of PATH. Below a folder that became empty and went there is nothing
 * to send. */
static int insert_trees(struct building *b, const char *path)
{
	char *folder = lf_dup(path), *slash;
	int rc = 0;

	while (!rc && (slash = strrchr(folder, '/')) != NULL) {
		git_tree_entry *entry = NULL;

		*slash = '\0';
		rc = git_tree_entry_bypath(&entry, b->tree, folder);
		if (!rc)
			rc = git_packbuilder_insert(b->pack, git_tree_entry_id(entry), folder);
		else if (rc == GIT_ENOTFOUND)
			rc = 0;
		git_tree_entry_free(entry);
	}
	lf_free(folder);
	return rc;
}

static int append(void *bytes, size_t length, void *payload)
{
	lf_str_add_n(payload, bytes, length);
	return 0;
}

static int make_pack(struct lf_objects_built *out, struct building *b, const git_oid *commit,
                     const struct lf_objects_plan *plan)
{
	int rc = git_packbuilder_new(&b->pack, b->repository);

	if (rc)
		return rc;
	(void)git_packbuilder_set_threads(b->pack, 1);
	rc = git_packbuilder_insert(b->pack, commit, NULL);
	if (!rc)
		rc = git_packbuilder_insert(b->pack, git_tree_id(b->tree), NULL);
	for (size_t i = 0; i < plan->edit_count && !rc; i++) {
		rc = insert_trees(b, plan->edits[i].path);
		if (!rc && plan->edits[i].text)
			rc = git_packbuilder_insert(b->pack, &b->updates[i].id, plan->edits[i].path);
	}
	if (!rc)
		rc = git_packbuilder_foreach(b->pack, append, &out->pack);
	out->objects = git_packbuilder_object_count(b->pack);
	return rc;
}

int objects_build(struct lf_objects_built *out, struct lf_objects_store *store,
                  const struct lf_objects_plan *plan, struct lf_error *err)
{
	struct building b = {0};
	git_oid commit;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = open_with_memory(&b, store);
	if (!rc)
		rc = find_base(&b, plan->parent);
	if (!rc)
		rc = make_tree(&b, plan);
	if (!rc)
		rc = make_commit(out, &commit, &b, plan);
	if (!rc && !out->content.length)
		rc = make_pack(out, &b, &commit, plan);
	if (rc) {
		rc = objects_fail(err, WHERE, rc, "the commit cannot be made");
		lf_str_dispose(&out->content);
		lf_str_dispose(&out->pack);
	}
	git_packbuilder_free(b.pack);
	git_signature_free(b.committer);
	git_signature_free(b.author);
	lf_free(b.updates);
	git_tree_free(b.tree);
	git_tree_free(b.base);
	git_commit_free(b.parent);
	git_repository_free(b.repository);
	return rc;
}
