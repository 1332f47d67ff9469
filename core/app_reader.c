/* app_reader: the part of the reducer that says who in the cluster reads what is about to be pushed: a consumer that is there, a parent that will create ours, or nobody,
 * so that we register it ourselves. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/chart_source.h"
#include "core/environments.h"
#include "core/mem.h"

/* One of those that are registered with this very delivery. */
static bool is_own(const struct lf_app *app, const struct lf_ref *ref)
{
	for (size_t i = 0; i < app->documents.count; i++) {
		const struct lf_document *document = &app->documents.items[i];
		size_t count = lf_node_kind(document->tree) == LF_NODE_LIST ? lf_node_count(document->tree) : 1;

		for (size_t k = 0; document->registers && k < count; k++) {
			struct lf_ref self = lf_ref_of(lf_node_kind(document->tree) == LF_NODE_LIST ? lf_node_at(document->tree, k) : document->tree);
			bool same = lf_ref_equal(&self, ref);

			lf_ref_dispose(&self);
			if (same)
				return true;
		}
	}
	return false;
}

/* Whether CONSUMER carries the marks of one that applied it from Git. Then it may be its own parent, as a bootstrapped root is. */
static bool is_applied(const struct lf_app *app, const struct lf_node *consumer)
{
	for (size_t i = 0; i < lf_catalog_engine_count(app->catalog); i++) {
		const struct lf_engine *engine = lf_catalog_engine_by_index(app->catalog, i);
		struct lf_ref claimed = {0};
		bool found = engine->claim && engine->claim(&claimed, consumer);

		lf_ref_dispose(&claimed);
		if (found)
			return true;
	}
	return false;
}

/* CONSUMERS without REF. What else is of our own stays: a consumer is found by its source. */
static struct lf_node *without(const struct lf_node *consumers, const struct lf_ref *ref)
{
	struct lf_node *list = lf_node_new(LF_NODE_LIST);

	for (size_t i = 0; i < lf_node_count(consumers); i++) {
		struct lf_ref self = lf_ref_of(lf_node_at(consumers, i));

		if (!lf_ref_equal(&self, ref))
			lf_node_add(list, lf_node_dup(lf_node_at(consumers, i)));
		lf_ref_dispose(&self);
	}
	return list;
}

/* One of our own that nobody applies from Git: that it reads the folder in which its own file lies makes no parent of it, since a kustomization.yaml need not list that file, and a
 * chart does not hold it. */
static bool is_no_parent(const struct lf_app *app, const struct lf_ref *ref)
{
	const struct lf_node *consumers = app->facts.cluster.consumers;

	for (size_t i = 0; i < lf_node_count(consumers) && is_own(app, ref); i++) {
		struct lf_ref self = lf_ref_of(lf_node_at(consumers, i));
		bool same = lf_ref_equal(&self, ref);

		lf_ref_dispose(&self);
		if (same)
			return !is_applied(app, lf_node_at(consumers, i));
	}
	return false;
}

bool lf_app_find_parent(struct lf_ref *out, const struct lf_app *app, const char *folder)
{
	const struct lf_engine *engine = lf_plan_engine(app->plan);
	const char *repository = lf_plan_text(app->plan, "gitRepoUrl"), *branch = lf_plan_text(app->plan, "gitBranch");
	struct lf_facts facts = app->facts;
	struct lf_node *left = NULL;
	bool found;

	if (!engine || facts.cluster.state != LF_FACT_KNOWN)
		return false;
	while ((found = engine->find_watcher(out, &facts, repository, branch, folder, false)) && is_no_parent(app, out)) {
		struct lf_node *fewer = without(facts.cluster.consumers, out);

		lf_ref_dispose(out);
		lf_node_free(left);
		facts.cluster.consumers = left = fewer;
	}
	lf_node_free(left);
	return found;
}

static bool has_parent(const struct lf_app *app, const char *folder)
{
	struct lf_ref parent = {0};
	bool found = lf_app_find_parent(&parent, app, folder);

	lf_ref_dispose(&parent);
	return found;
}

/* Where a repository has a folder for each cluster, this cluster reads only its own: the others' environments run elsewhere. */
static bool is_of_other_cluster(const struct lf_app *app, const char *folder)
{
	if (!lf_path_contains("clusters", folder) || has_parent(app, folder))
		return false;
	for (size_t i = 0; i < lf_plan_part_count(app->plan); i++) {
		const char *other = lf_plan_text(lf_plan_part(app->plan, i), "gitopsPath");

		if (!lf_equal(other, folder) && lf_path_contains("clusters", other) && has_parent(app, other))
			return true;
	}
	return false;
}

bool lf_app_registers(const struct lf_app *app, const struct lf_document *document)
{
	char *folder;
	bool registers;

	if (!document->registers || !app->review.registers)
		return false;
	folder = lf_path_join(document->path, "..");
	registers = !folder || (!has_parent(app, folder) && !is_of_other_cluster(app, folder));
	lf_free(folder);
	return registers;
}

/* Its own answers may have it follow a tag. */
static char *follows_another(const struct lf_app *app, const struct lf_plan *part)
{
	const struct lf_engine *engine = lf_plan_engine(app->plan);
	struct lf_target target = {0};
	char *why = NULL;

	if (engine)
		engine->target(&target, part, &app->facts);
	if (target.pinned)
		why = lf_format("follows %s: this commit reaches it when that names it", target.pinned);
	lf_target_dispose(&target);
	return why;
}

char *lf_app_elsewhere(const struct lf_app *app, const struct lf_plan *part)
{
	const struct lf_repository_facts *repository = &app->facts.repository;
	const char *branch = lf_plan_text(part, "gitBranch"), *folder = lf_plan_text(part, "gitopsPath");

	if (!lf_environments_follows_push(part)) {
		if (repository->state == LF_FACT_KNOWN && !lf_names_have(&repository->branches, branch))
			return lf_format("follows branch %s, which does not exist yet", branch);
		return lf_format("follows branch %s: merge to bring this commit there", branch);
	}
	if (is_of_other_cluster(app, folder))
		return lf_format("runs in another cluster: nothing here reads %s", folder);
	return follows_another(app, part);
}

/* Who in the cluster reads what we are about to push: a consumer of the very path, or a parent that will create ours. */
void lf_review_find_watcher(struct lf_app *app)
{
	const struct lf_plan *plan = app->plan;
	const struct lf_engine *engine = lf_plan_engine(plan);
	struct lf_review *review = &app->review;
	struct lf_ref found = {0};

	if (!engine || app->facts.cluster.state != LF_FACT_KNOWN)
		return;
	if (engine->apply) {
		review->registers = lf_plan_yes(plan, "applyDirectly");
		return;
	}
	/* A consumer of our own that exists is applied again: its intervals may have changed. Only a parent does that from Git. */
	for (size_t i = 0; i < lf_plan_part_count(plan); i++) {
		const char *folder = lf_plan_text(lf_plan_part(plan, i), "gitopsPath");

		if (lf_app_find_parent(&found, app, folder)) {
			lf_ref_dispose(&review->watcher);
			review->watcher = found;
			memset(&found, 0, sizeof(found));
		} else if (!is_of_other_cluster(app, folder)) {
			review->registers = lf_plan_yes(plan, "registerInCluster");
		}
	}
	for (size_t i = 0; i < lf_plan_part_count(plan); i++) {
		const struct lf_plan *part = lf_plan_part(plan, i);

		if (lf_plan_is_chart(part) || !engine->find_watcher(&found, &app->facts, lf_plan_text(part, "gitRepoUrl"), lf_plan_text(part, "gitBranch"), lf_plan_text(part, "gitPath"), true))
			continue;
		lf_ref_dispose(&review->watcher);
		review->watcher = found;
		memset(&found, 0, sizeof(found));
	}
}

bool lf_app_may_not_register(const struct lf_app *app)
{
	const struct lf_review *review = &app->review;

	for (size_t i = 0; review->registers && i < review->count; i++) {
		if (review->files[i].document->registers && review->files[i].verdict.code == LF_EFORBIDDEN)
			return true;
	}
	return false;
}
