/* render: a plan into Flux's documents: gitrepository.yaml and flux-kustomization.yaml (never kustomization.yaml, which Kustomize would take for its own), and
 * namespace.yaml where the namespace is to be made.
 *
 * Where the Namespace goes. A Kustomization does not create its target namespace. It is written beside the other two, for both methods, and not among the workload's
 * resources: there it would be pruned with the application, together with everything of others in it, and a path that exists already would have to be edited.
 * Beside them it is applied by whoever applies the other two, Landfall or a parent, which puts namespaces first. Its annotation keeps a parent from pruning it.
 *
 * Why these files may lie beside an overlay but not among plain manifests. Beside a kustomization.yaml that does not list them they are just files. In a folder
 * without one, kustomize-controller applies every YAML file it finds, with targetNamespace put on top: it would make a second GitRepository and a second
 * Kustomization there. The question refuses such a folder; where all of the repository is the application, the source leaves ours out by spec.ignore. */
#include "config.h"
#include "providers/flux/flux.h"

#include <string.h>

#include "core/chart_source.h"
#include "core/environments.h"
#include "core/giturl.h"
#include "core/mem.h"
#include "core/str.h"

struct lf_node *lf_flux_document(const struct lf_facts *facts, const char *group, const char *kind, const char *fallback)
{
	const char *version = lf_cluster_version_of(&facts->cluster, group, kind);
	struct lf_node *root = lf_node_new(LF_NODE_MAP);
	char *api = lf_format("%s/%s", group, version ? version : fallback);

	lf_node_set_text(root, "apiVersion", api);
	lf_node_set_text(root, "kind", kind);
	lf_free(api);
	return root;
}

static struct lf_node *put(struct lf_node *map, const char *key, const char *value, const char *id)
{
	struct lf_node *node = lf_node_set_text(map, key, value);

	lf_node_set_origin(node, id);
	return node;
}

/* As the user gave it, but in a form Flux takes: ^(http|https|ssh)://, not the scp form. */
static void put_url(struct lf_node *map, const char *text, bool is_demo)
{
	struct lf_git_url url = {0};
	const char *value = text;
	struct lf_node *node;

	if (!lf_git_url_parse(&url, text, NULL))
		value = url.transport == LF_GIT_SSH && !strstr(text, "://") ? url.canonical : lf_git_url_document(&url, text);
	node = put(map, "url", value, "gitRepoUrl");
	if (url.transport == LF_GIT_LOCAL && !is_demo)
		lf_node_set_comment(node, "Flux reads http, https and ssh only, not a local path");
	if (url.transport == LF_GIT_DAEMON)
		lf_node_set_comment(node, "Flux reads http, https and ssh only, not git://");
	lf_git_url_dispose(&url);
}

/* Patterns of our own replace the ones Flux leaves out by default, so those that are YAML come along. */
static void put_ignore(struct lf_node *spec, const char *gitops_path)
{
	struct lf_str patterns = {0};
	char *folder = lf_path_join("", gitops_path);

	lf_str_addf(&patterns, "/%s/\n", folder ? folder : gitops_path);
	lf_str_add(&patterns, ".github/\n.circleci/\n.travis.yml\n.gitlab-ci.yml\nappveyor.yml\n.drone.yml\ncloudbuild.yaml\ncodeship-*.yml\n"
			      "**/.goreleaser.yml\n**/.sops.yaml\n**/.flux.yaml\n");
	put(spec, "ignore", lf_str_text(&patterns), "gitopsPath");
	lf_str_dispose(&patterns);
	lf_free(folder);
}

static bool applies_own_files(const struct lf_plan *plan)
{
	return lf_plan_is(plan, "deploymentMethod", "manifests") && *lf_plan_text(plan, "gitPath") && *lf_plan_text(plan, "gitopsPath") &&
	       lf_path_contains(lf_plan_text(plan, "gitPath"), lf_plan_text(plan, "gitopsPath"));
}

struct lf_node *lf_flux_build_repository(const struct lf_plan *plan, const struct lf_facts *facts, const char *name)
{
	struct lf_node *root = lf_flux_document(facts, LF_FLUX_SOURCES, "GitRepository", "v1"), *metadata = lf_node_set_map(root, "metadata");
	struct lf_node *spec = lf_node_set_map(root, "spec");

	put(metadata, "name", name, "appName");
	lf_plan_put(metadata, "namespace", plan, "fluxNamespace");
	/* That of a chart from elsewhere is there for its secrets only, and nobody is asked about it. */
	if (!lf_plan_put(spec, "interval", plan, "sourceInterval"))
		lf_node_set_text(spec, "interval", "1m");
	lf_plan_put(spec, "timeout", plan, "sourceTimeout");
	put_url(spec, lf_plan_text(plan, "gitRepoUrl"), facts->cluster.demo);
	lf_plan_put(lf_node_set_map(spec, "ref"), "branch", plan, "gitBranch");
	if (*lf_plan_text(plan, "gitSecretName"))
		lf_plan_put(lf_node_set_map(spec, "secretRef"), "name", plan, "gitSecretName");
	else if (*lf_plan_text(plan, "sopsGitSecretName"))
		lf_plan_put(lf_node_set_map(spec, "secretRef"), "name", plan, "sopsGitSecretName");
	if (applies_own_files(plan))
		put_ignore(spec, lf_plan_text(plan, "gitopsPath"));
	return root;
}

static struct lf_node *build_kustomization(const struct lf_plan *plan, const struct lf_facts *facts, const char *source)
{
	struct lf_node *root = lf_flux_document(facts, LF_FLUX_KUSTOMIZE, "Kustomization", "v1"), *metadata = lf_node_set_map(root, "metadata");
	struct lf_node *spec = lf_node_set_map(root, "spec"), *from;
	char *clean = lf_path_join("", lf_plan_text(plan, "gitPath"));
	char *path = lf_format("./%s", clean ? clean : lf_plan_text(plan, "gitPath"));

	lf_plan_put(metadata, "name", plan, "appName");
	lf_plan_put(metadata, "namespace", plan, "fluxNamespace");
	lf_plan_put(spec, "interval", plan, "reconcileInterval");
	lf_plan_put(spec, "retryInterval", plan, "retryInterval");
	lf_plan_put(spec, "timeout", plan, "applyTimeout");
	if (lf_plan_yes(plan, "fluxSuspend"))
		lf_plan_put_bool(spec, "suspend", plan, "fluxSuspend");
	from = lf_node_set_map(spec, "sourceRef");
	lf_node_set_text(from, "kind", "GitRepository");
	put(from, "name", source, "appName");
	put(spec, "path", path, "gitPath");
	lf_plan_put(spec, "targetNamespace", plan, "targetNamespace");
	lf_plan_put_bool(spec, "prune", plan, "prune");
	lf_plan_put_bool(spec, "wait", plan, "fluxWait");
	lf_free(clean);
	lf_free(path);
	return root;
}

static struct lf_node *build_namespace(const struct lf_plan *plan)
{
	struct lf_node *root = lf_node_new(LF_NODE_MAP), *metadata, *keep;

	lf_node_set_text(root, "apiVersion", "v1");
	lf_node_set_text(root, "kind", "Namespace");
	metadata = lf_node_set_map(root, "metadata");
	lf_plan_put(metadata, "name", plan, "targetNamespace");
	keep = lf_node_set_text(lf_node_set_map(metadata, "annotations"), "kustomize.toolkit.fluxcd.io/prune", "disabled");
	lf_node_set_origin(keep, "createNamespace");
	lf_node_set_origin(lf_node_get(root, "kind"), "createNamespace");
	return root;
}

void lf_flux_add(struct lf_documents *out, const struct lf_plan *plan, const char *name, struct lf_node *tree)
{
	char *path = lf_path_join(lf_plan_text(plan, "gitopsPath"), name);

	lf_documents_add(out, path ? path : name, LF_DOCUMENT_GITOPS, tree)->registers = true;
	lf_free(path);
}

/* A file of one environment. */
void lf_flux_add_own(struct lf_documents *out, const struct lf_plan *plan, const char *name, struct lf_node *tree)
{
	char *file = lf_environments_file(plan, name);

	lf_flux_add(out, plan, file, tree);
	lf_free(file);
}

/* Environments in one namespace have one file for it, that of the first: a parent that applies the folder would refuse the object a second time. */
void lf_flux_add_namespace(struct lf_documents *out, const struct lf_plan *plan)
{
	const struct lf_plan *whole = lf_plan_whole(plan), *first = plan;

	for (size_t i = lf_plan_part_count(whole); i-- > 0;) {
		const struct lf_plan *part = lf_plan_part(whole, i);

		if (lf_equal(lf_plan_text(part, "targetNamespace"), lf_plan_text(plan, "targetNamespace")) &&
		    lf_equal(lf_plan_text(part, "gitopsPath"), lf_plan_text(plan, "gitopsPath")) && lf_plan_yes(part, "createNamespace"))
			first = part;
	}
	lf_flux_add_own(out, first, "namespace.yaml", build_namespace(first));
}

void lf_flux_render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_flux_source source = {0};
	struct lf_ref adopted = {0};

	if (lf_plan_is_chart(plan)) /* render_chart.c */
		return;
	if (lf_flux_find_adopted(&adopted, plan, facts)) {
		lf_ref_dispose(&adopted);
		return;
	}
	lf_flux_choose_source(&source, plan, facts);
	if (lf_plan_yes(plan, "createNamespace"))
		lf_flux_add_namespace(out, plan);
	/* Environments that follow one branch read one source. */
	if (!source.reused)
		(lf_environments_shares_source(plan) ? lf_flux_add : lf_flux_add_own)(out, plan, "gitrepository.yaml", lf_flux_build_repository(plan, facts, source.name));
	lf_flux_add_own(out, plan, "flux-kustomization.yaml", build_kustomization(plan, facts, source.name));
	lf_flux_source_dispose(&source);
}
