/* leftover: see leftover.h. When in doubt a file is kept: what is removed from Git a controller deletes. */
#include "config.h"
#include "core/leftover.h"

#include <ctype.h>
#include <string.h>

#include "core/environments.h"
#include "core/mem.h"
#include "core/recall.h"
#include "core/str.h"

/* Kinds that belong to one application. A HelmRepository may be anybody's, and a Namespace holds more than what was delivered. */
static const char *const kinds[] = {"Application", "ApplicationSet", "Kustomization", "HelmRelease", "GitRepository", "ImageRepository", "ImagePolicy", "ImageUpdateAutomation", "Alert", "Receiver"};

static bool is_of_app(const struct lf_node *object)
{
	const char *version = lf_node_text(object, "apiVersion");

	if (lf_starts_with(version, "kustomize.config.k8s.io/"))
		return false;
	for (size_t i = 0; i < LF_COUNT(kinds); i++) {
		if (lf_equal(lf_node_text(object, "kind"), kinds[i]))
			return strstr(version, "fluxcd.io/") || lf_starts_with(version, "argoproj.io/");
	}
	return false;
}

static const char *file_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "web", "web-dev", and with "-repo" and a number behind. */
static bool is_name_of(const char *name, const char *app, const char *environment)
{
	char *base = lf_format("%s%s%s", app, *environment ? "-" : "", environment);
	const char *rest = lf_starts_with(name, base) ? name + strlen(base) : NULL;

	lf_free(base);
	if (rest && lf_starts_with(rest, "-repo"))
		rest += strlen("-repo");
	if (rest && *rest == '-' && isdigit((unsigned char)rest[1]))
		rest += 1 + strspn(rest + 1, "0123456789");
	return rest && !*rest;
}

/* NAME is what the object in the file PATH is called by us: "web" in "flux-kustomization.yaml", "web-dev" in "dev-flux-kustomization.yaml". */
static bool is_ours(const char *path, const char *name, const char *app, const struct lf_names *known)
{
	const char *file = file_of(path);
	size_t length = strlen(file);

	for (size_t i = 0; i < known->count; i++) {
		const char *row = file_of(known->items[i]);
		size_t tail = strlen(row);
		char *environment = lf_equal(file, row)								      ? lf_dup("")
				    : length > tail + 1 && file[length - tail - 1] == '-' && lf_ends_with(file, row) ? lf_dup_n(file, length - tail - 1)
														      : NULL;
		bool ours = environment && is_name_of(name, app, environment);

		lf_free(environment);
		if (ours)
			return true;
	}
	return false;
}

static bool reads(const struct lf_node *object, const char *name)
{
	return lf_equal(lf_node_text(object, "spec.sourceRef.name"), name) || lf_equal(lf_node_text(object, "spec.chart.spec.sourceRef.name"), name);
}

/* Something that stays needs OBJECT. */
static bool is_used(const struct lf_node *object, const struct lf_plan *plan, const struct lf_documents *documents, const struct lf_facts *facts)
{
	const char *name = lf_node_text(object, "metadata.name"), *app = lf_plan_text(lf_plan_whole(plan), "appName");

	for (size_t i = 0; i < documents->count; i++) {
		if (reads(documents->items[i].tree, name))
			return true;
	}
	for (size_t i = 0; i < lf_node_count(facts->cluster.consumers); i++) {
		const struct lf_node *other = lf_node_at(facts->cluster.consumers, i);
		const char *who = lf_node_text(other, "metadata.name");
		size_t length = strlen(app);

		if (reads(other, name) && !(lf_starts_with(who, app) && (!who[length] || who[length] == '-')))
			return true;
	}
	return false;
}

static bool is_written(const struct lf_node *object, const struct lf_documents *documents)
{
	for (size_t i = 0; i < documents->count; i++) {
		const struct lf_node *tree = documents->items[i].tree;

		if (lf_equal(lf_node_text(tree, "kind"), lf_node_text(object, "kind")) && lf_equal(lf_node_text(tree, "metadata.name"), lf_node_text(object, "metadata.name")) &&
		    lf_equal(lf_node_text(tree, "metadata.namespace"), lf_node_text(object, "metadata.namespace")))
			return true;
	}
	return false;
}

static bool is_in_our_folder(const char *path, const struct lf_plan *plan)
{
	size_t length = (size_t)(file_of(path) - path);

	for (size_t i = 0; i <= lf_plan_part_count(plan); i++) {
		char *folder = lf_path_join("", lf_plan_text(i ? lf_plan_part(plan, i - 1) : plan, "gitopsPath"));
		bool same = folder && strlen(folder) + (*folder != '\0') == length && !strncmp(folder, path, strlen(folder));

		lf_free(folder);
		if (same)
			return true;
	}
	return false;
}

static void find_replaced(struct lf_leftovers *out, const struct lf_plan *plan, const struct lf_documents *documents, const struct lf_facts *facts)
{
	const char *app = lf_plan_text(plan, "appName");
	struct lf_names known = {0};
	bool writes = false;

	/* Nothing is written for a consumer that exists already, so nothing takes the place of what is there. */
	for (size_t i = 0; i < documents->count; i++)
		writes = writes || documents->items[i].role == LF_DOCUMENT_GITOPS;
	if (!*app || !writes || !*lf_plan_text(plan, "gitopsPath"))
		return;
	lf_recall_files(&known, plan, facts);
	for (size_t i = 0; i < lf_node_count(facts->path.documents); i++) {
		const char *path = lf_node_key_at(facts->path.documents, i);
		const struct lf_node *object = lf_node_at(facts->path.documents, i);

		if (lf_documents_find(documents, path) || !is_in_our_folder(path, plan) || !is_of_app(object))
			continue;
		if (is_ours(path, lf_node_text(object, "metadata.name"), app, &known) && !is_used(object, plan, documents, facts) && !is_written(object, documents))
			lf_leftovers_put(out, path, NULL, true);
	}
	lf_names_dispose(&known);
}

void lf_leftovers_find(struct lf_leftovers *out, const struct lf_plan *plan, const struct lf_documents *documents, const struct lf_documents *written, const struct lf_facts *facts)
{
	if (!lf_node_count(facts->path.documents))
		return;
	find_replaced(out, plan, documents, facts);
	lf_leftovers_find_written(out, plan, documents, written, facts);
}

void lf_leftovers_put(struct lf_leftovers *out, const char *path, const char *why, bool is_gitops)
{
	lf_grow((void **)&out->items, &out->capacity, out->count, sizeof(*out->items));
	out->items[out->count++] = (struct lf_leftover){.path = lf_dup(path), .why = why ? lf_dup(why) : NULL, .is_gitops = is_gitops};
}

bool lf_leftovers_equal(const struct lf_leftovers *a, const struct lf_leftovers *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = lf_equal(a->items[i].path, b->items[i].path) && lf_equal(a->items[i].why, b->items[i].why);
	return same;
}

size_t lf_leftovers_going(const struct lf_leftovers *leftovers)
{
	size_t count = 0;

	for (size_t i = 0; i < leftovers->count; i++)
		count += !leftovers->items[i].why;
	return count;
}

static size_t count_entries(const struct lf_document *document, const struct lf_leftovers *all, bool may_go)
{
	char *folder = lf_path_join(document->path, "..");
	size_t count = 0;

	for (size_t i = 0; folder && i < all->count; i++)
		count += !all->items[i].why == may_go ? lf_leftovers_count(document->tree, folder, all->items[i].path) : 0;
	lf_free(folder);
	return count;
}

void lf_leftovers_add(struct lf_documents *documents, const struct lf_plan *plan, const struct lf_documents *written, const struct lf_facts *facts)
{
	const struct lf_leftovers *all = &facts->path.leftovers;
	bool may_go = lf_plan_yes(plan, "removeOldFiles");

	for (size_t i = 0; may_go && i < written->count; i++) {
		const struct lf_document *was = &written->items[i];
		struct lf_document *added;

		if (!was->is_patch || !was->only_if_missing || lf_document_is_object(was) || lf_documents_find(documents, was->path) || !count_entries(was, all, true))
			continue;
		added = lf_documents_add(documents, was->path, was->role, lf_node_new(LF_NODE_MAP));
		added->is_patch = added->only_if_missing = true;
	}
	for (size_t i = 0; i < all->count; i++) {
		struct lf_document *added;

		if (!all->items[i].why && !may_go)
			continue;
		added = lf_documents_add_text(documents, all->items[i].path, all->items[i].is_gitops ? LF_DOCUMENT_GITOPS : LF_DOCUMENT_WORKLOAD, "");
		added->removed = true;
		added->kept = all->items[i].why ? lf_dup(all->items[i].why) : NULL;
	}
}

/* Items of lists in TREE that name the file; what is left of a list is what counts, not where. */
static void take_out(struct lf_node *tree, const char *folder, const char *path)
{
	for (size_t i = 0; i < lf_node_count(tree); i++) {
		struct lf_node *list = lf_node_at(tree, i);

		for (size_t k = lf_node_kind(list) == LF_NODE_LIST ? lf_node_count(list) : 0; k-- > 0;) {
			if (lf_leftovers_count(lf_node_at(list, k), folder, path))
				lf_node_free(lf_node_take(list, k));
		}
	}
}

void lf_leftovers_spare(struct lf_documents *was, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_leftovers *all = &facts->path.leftovers;
	bool may_go = lf_plan_yes(plan, "removeOldFiles");

	for (size_t i = 0; i < was->count; i++) {
		struct lf_document *document = &was->items[i];
		char *folder = document->tree && !lf_document_is_object(document) ? lf_path_join(document->path, "..") : NULL;

		for (size_t k = 0; folder && k < all->count; k++) {
			if (all->items[k].why || !may_go)
				take_out(document->tree, folder, all->items[k].path);
		}
		lf_free(folder);
	}
}
