/* target: what in the cluster reads, or will read, what is pushed. Decides over clashes of names; everything it knows comes from the facts. */
#include "config.h"
#include "providers/argocd/argocd.h"

#include <string.h>

#include "core/chart_extras.h"
#include "core/chart_source.h"
#include "core/giturl.h"
#include "core/mem.h"
#include "core/recall.h"
#include "core/str.h"

static bool is_application(const struct lf_node *object)
{
	return lf_equal(lf_node_text(object, "kind"), "Application") && lf_starts_with(lf_node_text(object, "apiVersion"), LF_ARGOCD_GROUP "/");
}

const struct lf_node *lf_argocd_source(const struct lf_node *app, const char *repository, int *index)
{
	const struct lf_node *sources = lf_node_get(app, "spec.sources");

	*index = -1;
	if (!lf_node_count(sources))
		return lf_node_get(app, "spec.source");
	*index = 0;
	for (size_t i = 0; repository && i < lf_node_count(sources); i++) {
		if (lf_git_url_same(lf_node_text(lf_node_at(sources, i), "repoURL"), repository)) {
			*index = (int)i;
			break;
		}
	}
	return lf_node_at(sources, (size_t)*index);
}

static bool same_folder(const char *a, const char *b)
{
	return lf_path_contains(a, b) && lf_path_contains(b, a);
}

bool lf_argocd_follows_branch(const char *revision, const char *branch, const struct lf_facts *facts)
{
	const char *head = facts->repository.default_branch;

	if (lf_starts_with(revision, "refs/heads/"))
		revision += strlen("refs/heads/");
	if (!*revision || lf_equal(revision, "HEAD"))
		return lf_equal(head ? head : "main", branch);
	return lf_equal(revision, branch);
}

static bool follows(const struct lf_node *source, const struct lf_facts *facts, const char *repository, const char *branch)
{
	return lf_git_url_same(lf_node_text(source, "repoURL"), repository) && lf_argocd_follows_branch(lf_node_text(source, "targetRevision"), branch, facts);
}

static bool is_in_cluster(const char *server, const char *name)
{
	return lf_equal(server, LF_ARGOCD_IN_CLUSTER) || lf_equal(name, "in-cluster");
}

static bool same_destination(const struct lf_node *app, const struct lf_plan *plan)
{
	const char *server = lf_node_text(app, "spec.destination.server"), *into = lf_node_text(app, "spec.destination.namespace");
	const char *wanted = lf_plan_text(plan, "destinationServer");

	if (*into && !lf_equal(into, lf_plan_text(plan, "targetNamespace")))
		return false;
	if (!*wanted || lf_equal(wanted, LF_ARGOCD_IN_CLUSTER))
		return is_in_cluster(server, lf_node_text(app, "spec.destination.name"));
	return lf_equal(server, wanted);
}

/* Whether SOURCE is what PLAN delivers; another version or branch of it is our own application being moved on. */
static bool same_source(const struct lf_node *source, const struct lf_plan *plan)
{
	char *url;
	bool same;

	if (!lf_plan_is_remote_chart(plan))
		return lf_git_url_same(lf_node_text(source, "repoURL"), lf_plan_text(plan, "gitRepoUrl")) &&
		       same_folder(lf_node_text(source, "path"), lf_plan_text(plan, "gitPath"));
	url = lf_argocd_chart_url(lf_plan_text(plan, "chartRepoUrl"));
	same = lf_equal(lf_node_text(source, "chart"), lf_plan_text(plan, "chartName")) && lf_chart_url_same(lf_node_text(source, "repoURL"), url);
	lf_free(url);
	return same;
}

/* It delivers what our own file says: then it is the earlier delivery that delivers something else now. */
static bool is_ours(const struct lf_node *app, const struct lf_plan *plan, const struct lf_facts *facts)
{
	static const char *const same[] = {"repoURL", "path", "chart"};
	const struct lf_node *own = lf_recall_own(app, "<app>-app.yaml", plan, facts), *there, *ours;
	int index;

	if (!own)
		return false;
	there = lf_argocd_source(app, lf_plan_text(plan, "gitRepoUrl"), &index);
	ours = lf_argocd_source(own, lf_plan_text(plan, "gitRepoUrl"), &index);
	for (size_t i = 0; i < LF_COUNT(same); i++) {
		if (!lf_equal(lf_node_text(ours, same[i]), lf_node_text(there, same[i])))
			return false;
	}
	return lf_node_equal(lf_node_get(own, "spec.destination"), lf_node_get(app, "spec.destination"));
}

const struct lf_node *lf_argocd_find_clash(const struct lf_plan *plan, const struct lf_facts *facts, const char *namespace)
{
	bool known = *lf_plan_text(plan, lf_plan_is_remote_chart(plan) ? "chartName" : "gitPath");

	for (size_t i = 0; known && i < lf_node_count(facts->cluster.consumers); i++) {
		const struct lf_node *app = lf_node_at(facts->cluster.consumers, i), *source;
		int index;

		if (!is_application(app) || !lf_equal(lf_node_text(app, "metadata.namespace"), namespace) ||
		    !lf_equal(lf_node_text(app, "metadata.name"), lf_plan_text(plan, "appName")))
			continue;
		source = lf_argocd_source(app, lf_plan_text(plan, "gitRepoUrl"), &index);
		if (!same_source(source, plan) && !is_ours(app, plan, facts))
			return app;
	}
	return NULL;
}

bool lf_argocd_find_adopted(struct lf_ref *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *repository = lf_plan_text(plan, "gitRepoUrl"), *path = lf_plan_text(plan, "gitPath");
	const struct lf_node *found = NULL;

	/* The values of a release are its own. */
	for (size_t i = 0; *path && !lf_plan_is_chart(plan) && i < lf_node_count(facts->cluster.consumers); i++) {
		const struct lf_node *app = lf_node_at(facts->cluster.consumers, i), *source;
		int index;

		if (!is_application(app))
			continue;
		source = lf_argocd_source(app, repository, &index);
		if (!follows(source, facts, repository, lf_plan_text(plan, "gitBranch")) || !same_folder(lf_node_text(source, "path"), path))
			continue;
		if (lf_equal(lf_node_text(app, "metadata.name"), lf_plan_text(plan, "appName")) &&
		    lf_equal(lf_node_text(app, "metadata.namespace"), lf_plan_text(plan, "argocdNamespace")))
			return false; /* ours: it is written again */
		if (!found && same_destination(app, plan))
			found = app;
	}
	if (found)
		*out = lf_ref_of(found);
	return found;
}

bool lf_argocd_find_watcher(struct lf_ref *out, const struct lf_facts *facts, const char *repository, const char *branch, const char *path, bool exact)
{
	const struct lf_node *best = NULL;
	size_t best_length = 0;

	if (exact && !*path) /* nothing of Git is applied: only the provider's own files go there */
		return false;
	for (size_t i = 0; i < lf_node_count(facts->cluster.consumers); i++) {
		const struct lf_node *app = lf_node_at(facts->cluster.consumers, i), *source;
		const char *folder;
		int index;
		bool applies;

		if (!is_application(app))
			continue;
		source = lf_argocd_source(app, repository, &index);
		folder = lf_node_text(source, "path");
		/* Unlike Flux, a folder is applied without the folders below it, unless told so. */
		applies = same_folder(folder, path) || (!exact && lf_node_true(source, "directory.recurse") && lf_path_contains(folder, path));
		if (!*folder || !applies || !follows(source, facts, repository, branch) || (best && strlen(folder) <= best_length))
			continue;
		best = app;
		best_length = strlen(folder);
	}
	if (best)
		*out = lf_ref_of(best);
	return best;
}

void lf_argocd_target(struct lf_target *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	if (!lf_argocd_find_adopted(&out->consumer, plan, facts)) {
		const char *namespace = lf_plan_text(plan, "argocdNamespace"), *set = lf_plan_text(lf_plan_whole(plan), "appName");

		/* Of clusters only the set knows which Applications there are; else each has the name it would have by itself. */
		if (lf_argocd_set_is_of_clusters(plan))
			out->consumer = lf_ref_new(LF_ARGOCD_GROUP, "ApplicationSet", namespace, set);
		else
			out->consumer = lf_ref_new(LF_ARGOCD_GROUP, "Application", namespace, lf_plan_text(plan, "appName"));
		if (lf_argocd_wants_set(plan))
			out->source = lf_ref_new(LF_ARGOCD_GROUP, "ApplicationSet", namespace, set);
	}
	/* Of the rest the file in Git may say something else than we would. */
	if (lf_plan_is_remote_chart(plan)) {
		struct lf_node *app = lf_argocd_build(plan, facts), *spec;

		out->wanted = lf_node_new(LF_NODE_MAP);
		spec = lf_node_set_map(out->wanted, "spec");
		lf_node_set(spec, "source", lf_node_dup(lf_node_get(app, "spec.source")));
		lf_node_set(spec, "destination", lf_node_dup(lf_node_get(app, "spec.destination")));
		lf_node_free(app);
	}
	if (*lf_plan_text(plan, "targetRevision") && !lf_argocd_follows_branch(lf_plan_text(plan, "targetRevision"), lf_plan_text(plan, "gitBranch"), facts))
		lf_set(&out->pinned, lf_plan_text(plan, "targetRevision"));
	lf_chart_extras_beside(&out->beside, plan);
	lf_set(&out->repository, lf_plan_text(plan, "gitRepoUrl"));
	lf_set(&out->path, lf_plan_text(plan, "gitPath"));
	lf_set(&out->namespace, lf_plan_text(plan, "targetNamespace"));
}

void lf_argocd_target_of(struct lf_target *out, const struct lf_node *consumer)
{
	out->consumer = lf_ref_of(consumer);
	lf_set(&out->namespace, lf_node_text(consumer, "spec.destination.namespace"));
	if (*lf_node_text(consumer, "spec.source.chart")) {
		struct lf_node *spec;

		out->wanted = lf_node_new(LF_NODE_MAP);
		spec = lf_node_set_map(out->wanted, "spec");
		lf_node_set(spec, "source", lf_node_dup(lf_node_get(consumer, "spec.source")));
		lf_node_set(spec, "destination", lf_node_dup(lf_node_get(consumer, "spec.destination")));
	}
}
