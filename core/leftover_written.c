/* leftover_written: which files that we wrote may go, and why another stays: a person changed it, something that stays refers to it, or it is not for one application alone.
 * Part of leftover. When in doubt a file is kept: what is removed from Git a controller deletes. */
#include "config.h"
#include "core/leftover.h"

#include <string.h>

#include "core/mem.h"
#include "core/sha256.h"
#include "core/str.h"

#define CHANGED "it was changed since Landfall wrote it, or by another version of it"

/* What a file is known by to others. */
struct target {
	const char *path;
	char *folder;	    /* it is this folder's kustomization.yaml; NULL: it is none's */
	const char *secret; /* the Secret that it makes, unless another file makes it now; NULL: none */
};

static const char *file_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool ends_in(const char *text, const char *name)
{
	size_t length = strlen(text), tail = strlen(name);

	while (length && text[length - 1] == '/')
		length--;
	return length >= tail && !strncmp(text + length - tail, name, tail);
}

static bool is_path(const char *text, const char *folder, const char *path)
{
	char *from_here, *from_root;
	bool same;

	if (!*path || strstr(text, "://") || !ends_in(text, file_of(path)))
		return false;
	from_here = lf_path_join(folder, text);
	from_root = lf_path_join("", text);
	same = lf_equal(from_here, path) || lf_equal(from_root, path);
	lf_free(from_here);
	lf_free(from_root);
	return same;
}

/* What an object says of itself (its metadata) refers to nothing. */
static size_t count(const struct lf_node *node, const char *folder, const struct target *target)
{
	bool is_map = lf_node_kind(node) == LF_NODE_MAP;
	size_t found = 0;

	if (lf_node_kind(node) == LF_NODE_TEXT) {
		const char *text = lf_node_text(node, NULL);

		return lf_equal(text, target->secret) || is_path(text, folder, target->path) || (target->folder && is_path(text, folder, target->folder));
	}
	for (size_t i = 0; i < lf_node_count(node); i++) {
		if (!is_map || !lf_equal(lf_node_key_at(node, i), "metadata"))
			found += count(lf_node_at(node, i), folder, target);
	}
	return found;
}

static size_t count_in(const struct lf_node *tree, const char *path, const struct target *target)
{
	char *folder = lf_path_join(path, "..");
	size_t found = folder ? count(tree, folder, target) : 0;

	lf_free(folder);
	return found;
}

static struct target target_of(const char *path, const char *secret)
{
	struct target target = {.path = path, .secret = secret};

	if (lf_equal(file_of(path), "kustomization.yaml"))
		target.folder = lf_path_join(path, "..");
	return target;
}

size_t lf_leftovers_count(const struct lf_node *node, const char *folder, const char *path)
{
	struct target target = target_of(path, NULL);
	size_t found = count(node, folder, &target);

	lf_free(target.folder);
	return found;
}

/* The Secret that comes of OBJECT; NULL: none does. */
static const char *secret_of(const struct lf_node *object)
{
	const char *kind = lf_node_text(object, "kind");

	if (lf_equal(kind, "ExternalSecret"))
		return lf_node_text(object, "spec.target.name");
	return lf_equal(kind, "SealedSecret") || lf_equal(kind, "Secret") ? lf_node_text(object, "metadata.name") : NULL;
}

static bool makes_secret(const struct lf_documents *documents, const char *name)
{
	for (size_t i = 0; i < documents->count; i++) {
		if (lf_equal(secret_of(documents->items[i].tree), name))
			return true;
	}
	return false;
}

static const struct lf_leftover *find(const struct lf_leftovers *all, const char *path)
{
	for (size_t i = 0; i < all->count; i++) {
		if (lf_equal(all->items[i].path, path))
			return &all->items[i];
	}
	return NULL;
}

static bool goes(const struct lf_leftovers *all, const char *path)
{
	const struct lf_leftover *found = find(all, path);

	return found && !found->why;
}

/* The path of a file that stays and refers to TARGET; NULL: none is known. Where we write a file, what we wrote into it goes with the answer, and what others did stays. */
static const char *referrer(const struct target *target, const struct lf_leftovers *all, const struct lf_documents *documents, const struct lf_documents *written,
			    const struct lf_facts *facts)
{
	const struct lf_node *known = facts->path.documents;

	for (size_t i = 0; i < documents->count; i++) {
		if (count_in(documents->items[i].tree, documents->items[i].path, target))
			return documents->items[i].path;
	}
	for (size_t i = 0; i < lf_node_count(known); i++) {
		const char *path = lf_node_key_at(known, i);
		const struct lf_document *was = lf_documents_find(written, path);
		size_t ours = was && !find(all, path) ? count_in(was->tree, path, target) : 0;

		if (!lf_equal(path, target->path) && !goes(all, path) && count_in(lf_node_at(known, i), path, target) > ours)
			return path;
	}
	for (size_t i = 0; i < lf_node_count(facts->path.objects); i++) {
		const struct lf_node *item = lf_node_at(facts->path.objects, i);
		const char *path = lf_node_text(item, "path");

		if (!lf_node_key(known, path) && !goes(all, path) && count_in(lf_node_key(item, "object"), path, target))
			return path;
	}
	return NULL;
}

/* The name of a consumer in the cluster that applies the folder; those of this application go or change with the delivery. */
static const char *consumer_of(const struct target *target, const char *app, const struct lf_facts *facts)
{
	for (size_t i = 0; target->folder && i < lf_node_count(facts->cluster.consumers); i++) {
		const struct lf_node *consumer = lf_node_at(facts->cluster.consumers, i);
		const char *name = lf_node_text(consumer, "metadata.name");
		size_t length = strlen(app);

		if (!(lf_starts_with(name, app) && (!name[length] || name[length] == '-')) && count(consumer, "", target))
			return name;
	}
	return NULL;
}

/* Why nobody removes it for the sake of one application; NULL: it is of this one alone. */
static const char *shared(const struct lf_document *document)
{
	const char *kind = lf_node_text(document->tree, "kind");

	if (lf_equal(kind, "Namespace"))
		return "deleting a Namespace deletes everything in it";
	return lf_equal(kind, "HelmRepository") || lf_equal(kind, "AppProject") ? "other applications may use it" : NULL;
}

static bool is_unchanged(const struct lf_document *document, const struct lf_facts *facts)
{
	char sum[65];

	lf_sha256_hex(sum, lf_str_text(&document->text), document->text.length);
	return lf_equal(sum, lf_node_text(lf_node_key(facts->path.sums, document->path), NULL));
}

static bool keep_what_is_used(struct lf_leftovers *out, const struct lf_plan *plan, const struct lf_documents *documents, const struct lf_documents *written, const struct lf_facts *facts)
{
	bool changed = false;

	for (size_t i = 0; i < out->count; i++) {
		struct lf_leftover *leftover = &out->items[i];
		const struct lf_document *was = lf_documents_find(written, leftover->path);
		const char *secret = was ? secret_of(was->tree) : NULL, *user;
		struct target target;

		if (leftover->why || !was)
			continue;
		target = target_of(leftover->path, secret && !makes_secret(documents, secret) ? secret : NULL);
		user = referrer(&target, out, documents, written, facts);
		if (!user)
			user = consumer_of(&target, lf_plan_text(plan, "appName"), facts);
		leftover->why = user ? lf_format("%s refers to it", user) : NULL;
		changed = changed || user;
		lf_free(target.folder);
	}
	return changed;
}

void lf_leftovers_find_written(struct lf_leftovers *out, const struct lf_plan *plan, const struct lf_documents *documents, const struct lf_documents *written, const struct lf_facts *facts)
{
	/* With a question open nothing is known to be gone. */
	if (!documents->count || lf_plan_problem_count(plan))
		return;
	for (size_t i = 0; i < written->count; i++) {
		const struct lf_document *document = &written->items[i];
		const char *why = shared(document);

		/* ".sops.yaml" is everybody's; a part of a file is taken out of it (retract.h). */
		if (lf_documents_find(documents, document->path) || find(out, document->path) || *file_of(document->path) == '.' || !lf_node_key(facts->path.sums, document->path) ||
		    (document->is_patch && document->only_if_missing && !lf_document_is_object(document) && lf_equal(file_of(document->path), "kustomization.yaml")))
			continue;
		if (!why && !is_unchanged(document, facts))
			why = CHANGED;
		lf_leftovers_put(out, document->path, why, document->role == LF_DOCUMENT_GITOPS);
	}
	/* What stays may need another. */
	while (keep_what_is_used(out, plan, documents, written, facts))
		;
}
