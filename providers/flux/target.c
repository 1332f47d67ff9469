/* target: what in the cluster reads, or will read, what is pushed. Decides over reuse and over clashes of names; everything it knows comes from the facts. */
#include "config.h"
#include "providers/flux/flux.h"

#include <string.h>

#include "core/chart_extras.h"
#include "core/chart_source.h"
#include "core/environments.h"
#include "core/giturl.h"
#include "core/mem.h"
#include "core/reach.h"
#include "core/recall.h"
#include "core/repo_objects.h"
#include "core/str.h"

bool lf_flux_is_kind(const struct lf_node *object, const char *group, const char *kind)
{
	const char *version = lf_node_text(object, "apiVersion");
	size_t n = strlen(group);

	return lf_equal(lf_node_text(object, "kind"), kind) && !strncmp(version, group, n) && version[n] == '/';
}

const struct lf_node *lf_flux_find(const struct lf_facts *facts, const char *group, const char *kind, const char *namespace, const char *name)
{
	for (size_t i = 0; i < lf_node_count(facts->cluster.consumers); i++) {
		const struct lf_node *object = lf_node_at(facts->cluster.consumers, i);

		if (lf_flux_is_kind(object, group, kind) && lf_equal(lf_node_text(object, "metadata.namespace"), namespace) &&
		    lf_equal(lf_node_text(object, "metadata.name"), name))
			return object;
	}
	return NULL;
}

/* Follows BRANCH of REPOSITORY, and not a tag, a range or a commit. */
bool lf_flux_follows(const struct lf_node *source, const char *repository, const char *branch)
{
	static const char *const pins[] = {"spec.ref.tag", "spec.ref.semver", "spec.ref.commit", "spec.ref.name"};

	for (size_t i = 0; i < LF_COUNT(pins); i++) {
		if (*lf_node_text(source, pins[i]))
			return false;
	}
	return lf_equal(lf_node_text(source, "spec.ref.branch"), branch) && lf_git_url_same(lf_node_text(source, "spec.url"), repository);
}

static const struct lf_node *source_of(const struct lf_facts *facts, const struct lf_node *kustomization)
{
	const char *namespace = lf_node_text(kustomization, "spec.sourceRef.namespace");

	if (!lf_equal(lf_node_text(kustomization, "spec.sourceRef.kind"), "GitRepository"))
		return NULL;
	return lf_flux_find(facts, LF_FLUX_SOURCES, "GitRepository", *namespace ? namespace : lf_node_text(kustomization, "metadata.namespace"),
		    lf_node_text(kustomization, "spec.sourceRef.name"));
}

void lf_flux_source_dispose(struct lf_flux_source *source)
{
	lf_free(source->name);
	lf_free(source->taken);
	memset(source, 0, sizeof(*source));
}

/* One that leaves files out, or that does not act, may not serve us. */
static bool serves(const struct lf_node *source, const char *namespace, const char *repository, const char *branch)
{
	return lf_repo_object_is_in(source, namespace) && !lf_node_true(source, "spec.suspend") && !*lf_node_text(source, "spec.ignore") &&
	       !lf_node_get(source, "spec.sparseCheckout.0") && lf_flux_follows(source, repository, branch);
}

void lf_flux_choose_source(struct lf_flux_source *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *repository = lf_plan_text(plan, "gitRepoUrl"), *branch = lf_plan_text(plan, "gitBranch");
	const char *namespace = lf_plan_text(plan, "fluxNamespace"), *app;
	const struct lf_node *other = NULL, *found;
	size_t index = 0;

	app = lf_plan_text(lf_environments_shares_source(plan) ? lf_plan_whole(plan) : plan, "appName");

	/* Our own name: free, or ours from an earlier delivery. Otherwise the first number that is. */
	for (int number = 1;; number++) {
		const struct lf_node *taken;

		lf_free(out->name);
		out->name = number > 1 ? lf_format("%s-repo-%d", app, number) : lf_format("%s-repo", app);
		taken = lf_flux_find(facts, LF_FLUX_SOURCES, "GitRepository", namespace, out->name);
		if (taken && lf_flux_follows(taken, repository, branch))
			return;
		/* Another folder of the branch may have the name, too: the two would undo each other. */
		if (!taken)
			taken = lf_repo_object_find(plan, facts, LF_FLUX_SOURCES, "GitRepository", namespace, out->name);
		if (!taken || serves(taken, namespace, repository, branch))
			break;
		if (!out->taken)
			out->taken = lf_dup(out->name);
	}
	for (size_t i = 0; i < lf_node_count(facts->cluster.consumers) && !other; i++) {
		const struct lf_node *object = lf_node_at(facts->cluster.consumers, i);

		if (lf_flux_is_kind(object, LF_FLUX_SOURCES, "GitRepository") && lf_equal(lf_node_text(object, "metadata.namespace"), namespace) && serves(object, namespace, repository, branch))
			other = object;
	}
	while (!other && (found = lf_repo_object_next(&index, plan, facts, LF_FLUX_SOURCES, "GitRepository")))
		other = serves(found, namespace, repository, branch) ? found : NULL;
	if (!other)
		return;
	lf_set(&out->name, lf_node_text(other, "metadata.name"));
	out->reused = true;
}

static bool same_folder(const char *a, const char *b)
{
	return lf_path_contains(a, b) && lf_path_contains(b, a);
}

static bool applies(const struct lf_facts *facts, const struct lf_node *kustomization, const char *repository, const char *branch, const char *path)
{
	const struct lf_node *source = source_of(facts, kustomization);

	return source && lf_flux_follows(source, repository, branch) && same_folder(lf_node_text(kustomization, "spec.path"), path);
}

/* It applies what our own file says: then it is the earlier delivery that applies another path now. */
static bool is_ours(const struct lf_node *kustomization, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_node *own = lf_recall_own(kustomization, "flux-kustomization.yaml", plan, facts);

	return own && same_folder(lf_node_text(own, "spec.path"), lf_node_text(kustomization, "spec.path")) &&
	       lf_node_equal(lf_node_get(own, "spec.sourceRef"), lf_node_get(kustomization, "spec.sourceRef"));
}

const struct lf_node *lf_flux_find_clash(const struct lf_plan *plan, const struct lf_facts *facts, const char *namespace)
{
	const struct lf_node *taken = lf_flux_find(facts, LF_FLUX_KUSTOMIZE, "Kustomization", namespace, lf_plan_text(plan, "appName"));
	const struct lf_node *source = source_of(facts, taken);

	if (!taken || !*lf_plan_text(plan, "gitPath") || lf_plan_is_chart(plan))
		return NULL;
	/* Another branch of the same repository and path is our own application being moved on. */
	if (same_folder(lf_node_text(taken, "spec.path"), lf_plan_text(plan, "gitPath")) &&
	    (!source || lf_git_url_same(lf_node_text(source, "spec.url"), lf_plan_text(plan, "gitRepoUrl"))))
		return NULL;
	return is_ours(taken, plan, facts) ? NULL : taken;
}

/* One that applies a folder above the path, and so the path, in the way that WANTED says. */
static const struct lf_node *find_above(const struct lf_plan *plan, const struct lf_facts *facts, enum lf_reach wanted)
{
	for (size_t i = 0; i < lf_node_count(facts->cluster.consumers); i++) {
		const struct lf_node *object = lf_node_at(facts->cluster.consumers, i), *source;
		const char *into = lf_node_text(object, "spec.targetNamespace");

		source = lf_flux_is_kind(object, LF_FLUX_KUSTOMIZE, "Kustomization") && !lf_node_get(object, "spec.kubeConfig") ? source_of(facts, object) : NULL;
		if (source && lf_flux_follows(source, lf_plan_text(plan, "gitRepoUrl"), lf_plan_text(plan, "gitBranch")) &&
		    (!*into || lf_equal(into, lf_plan_text(plan, "targetNamespace"))) && lf_reach_of(lf_node_text(object, "spec.path"), lf_plan_text(plan, "gitPath"), &facts->path) == wanted)
			return object;
	}
	return NULL;
}

bool lf_flux_find_twice(struct lf_ref *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_node *found = *lf_plan_text(plan, "gitPath") && !lf_plan_is_chart(plan) ? find_above(plan, facts, LF_REACH_ALL) : NULL;

	if (found)
		*out = lf_ref_of(found);
	return found;
}

bool lf_flux_find_adopted(struct lf_ref *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *own = lf_plan_text(plan, "appName"), *namespace = lf_plan_text(plan, "fluxNamespace");
	const struct lf_node *found = NULL;

	if (!*lf_plan_text(plan, "gitPath") || lf_plan_is_chart(plan)) /* the values of a release are its own */
		return false;
	for (size_t i = 0; i < lf_node_count(facts->cluster.consumers); i++) {
		const struct lf_node *object = lf_node_at(facts->cluster.consumers, i);
		const char *into = lf_node_text(object, "spec.targetNamespace");

		if (!lf_flux_is_kind(object, LF_FLUX_KUSTOMIZE, "Kustomization") ||
		    !applies(facts, object, lf_plan_text(plan, "gitRepoUrl"), lf_plan_text(plan, "gitBranch"), lf_plan_text(plan, "gitPath")))
			continue;
		if (lf_equal(lf_node_text(object, "metadata.name"), own) && lf_equal(lf_node_text(object, "metadata.namespace"), namespace))
			return false; /* ours: it is written again */
		/* The same folder may well be applied into several namespaces, or to other clusters. */
		if (!found && !lf_node_get(object, "spec.kubeConfig") && (!*into || lf_equal(into, lf_plan_text(plan, "targetNamespace"))))
			found = object;
	}
	/* One that takes it in by name, unless we have registered it ourselves. */
	if (!found && !lf_recall_find("flux-kustomization.yaml", plan, lf_plan_environment(plan), facts))
		found = find_above(plan, facts, LF_REACH_LISTED);
	if (found)
		*out = lf_ref_of(found);
	return found;
}

bool lf_flux_find_watcher(struct lf_ref *out, const struct lf_facts *facts, const char *repository, const char *branch, const char *path, bool exact)
{
	const struct lf_node *best = NULL;
	size_t best_length = 0;

	if (exact && !*path) /* nothing of Git is applied: only the provider's own files go there */
		return false;
	for (size_t i = 0; i < lf_node_count(facts->cluster.consumers); i++) {
		const struct lf_node *object = lf_node_at(facts->cluster.consumers, i), *source;
		char *folder;

		if (!lf_flux_is_kind(object, LF_FLUX_KUSTOMIZE, "Kustomization"))
			continue;
		source = source_of(facts, object);
		folder = lf_path_join("", lf_node_text(object, "spec.path"));
		if (folder && source && lf_flux_follows(source, repository, branch) &&
		    (exact ? same_folder(folder, path) : lf_path_contains(folder, path)) && (!best || strlen(folder) > best_length)) {
			best = object;
			best_length = strlen(folder);
		}
		lf_free(folder);
	}
	if (best)
		*out = lf_ref_of(best);
	return best;
}

void lf_flux_target(struct lf_target *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	if (lf_plan_is_chart(plan)) {
		lf_flux_target_chart(out, plan, facts);
	} else if (!lf_flux_find_adopted(&out->consumer, plan, facts)) {
		struct lf_flux_source source = {0};

		lf_flux_choose_source(&source, plan, facts);
		out->consumer = lf_ref_new(LF_FLUX_KUSTOMIZE, "Kustomization", lf_plan_text(plan, "fluxNamespace"), lf_plan_text(plan, "appName"));
		out->source = lf_ref_new(LF_FLUX_SOURCES, "GitRepository", lf_plan_text(plan, "fluxNamespace"), source.name);
		lf_flux_source_dispose(&source);
	}
	lf_chart_extras_beside(&out->beside, plan);
	lf_set(&out->repository, lf_plan_text(plan, "gitRepoUrl"));
	lf_set(&out->path, lf_plan_text(plan, "gitPath"));
	lf_set(&out->namespace, lf_plan_text(plan, "targetNamespace"));
}
