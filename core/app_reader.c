/* app_reader: the part of the reducer that says who in the cluster reads what is about to be pushed: a consumer that is there, a parent that will create ours, or nobody,
 * so that we register it ourselves. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/chart_source.h"
#include "core/environments.h"
#include "core/mem.h"

/* A parent in the cluster that applies the provider's files in FOLDER from the branch that is pushed. */
static bool find_parent(struct lf_ref *out, const struct lf_app *app, const char *folder)
{
	const struct lf_engine *engine = lf_plan_engine(app->plan);

	return engine && app->facts.cluster.state == LF_FACT_KNOWN &&
	       engine->find_watcher(out, &app->facts, lf_plan_text(app->plan, "gitRepoUrl"), lf_plan_text(app->plan, "gitBranch"), folder, false);
}

static bool has_parent(const struct lf_app *app, const char *folder)
{
	struct lf_ref parent = {0};
	bool found = find_parent(&parent, app, folder);

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

char *lf_app_elsewhere(const struct lf_app *app, const struct lf_plan *part)
{
	const struct lf_repository_facts *repository = &app->facts.repository;
	const char *branch = lf_plan_text(part, "gitBranch"), *folder = lf_plan_text(part, "gitopsPath");

	if (!lf_environments_follows_push(part)) {
		if (repository->state == LF_FACT_KNOWN && !lf_names_have(&repository->branches, branch))
			return lf_format("follows branch %s, which does not exist yet", branch);
		return lf_format("follows branch %s: merge to bring this commit there", branch);
	}
	return is_of_other_cluster(app, folder) ? lf_format("runs in another cluster: nothing here reads %s", folder) : NULL;
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

		if (find_parent(&found, app, folder)) {
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
