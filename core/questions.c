/* questions: the common rows, in the order they are asked within their step, with their defaults, checks and conditions. Pure. */
#include "config.h"
#include "core/progressive.h"
#include "core/questions.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "core/chart_source.h"
#include "core/document.h"
#include "core/giturl.h"
#include "core/image.h"
#include "core/leftover.h"
#include "core/mem.h"
#include "core/plan.h"
#include "core/questions_place.h"
#include "core/questions_provider.h"
#include "core/scaffold.h"
#include "core/str.h"

bool lf_suggest(struct lf_default *out, const char *value, const char *source)
{
	if (!value || !*value || strlen(value) >= sizeof(out->value))
		return false;
	(void)snprintf(out->value, sizeof(out->value), "%s", value);
	out->source = source;
	return true;
}

static bool derive_context(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)plan;
	return lf_suggest(out, facts->cluster.context, "current context");
}

static bool derive_method(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_path_facts *path = &facts->path;

	(void)plan;
	if (path->state != LF_FACT_KNOWN || !path->exists)
		return false;
	if (path->has_chart)
		return lf_suggest(out, "helm-git", "found in the path");
	if (path->has_kustomization)
		return lf_suggest(out, "kustomize", "found in the path");
	return path->manifests && lf_suggest(out, "manifests", "found in the path");
}

/* "Shop_Web v2" → "shop-web-v2": a folder's name made a Kubernetes name. */
static bool derive_app_name(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *chart = lf_plan_text(plan, "chartName"), *folder = *chart ? chart : facts->workdir.folder;
	char name[64];
	size_t n = 0;

	if (!folder)
		return false;
	for (const char *p = folder; *p && n < sizeof(name) - 1; p++) {
		if (isalnum((unsigned char)*p))
			name[n++] = (char)tolower((unsigned char)*p);
		else if (n && name[n - 1] != '-')
			name[n++] = '-';
	}
	while (n && name[n - 1] == '-')
		n--;
	name[n] = '\0';
	return lf_suggest(out, name, *chart ? "as the chart" : "this folder's name");
}

static int check_app_name(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	/* 63 is a label's limit (both tools label what they own with the name); "-repo" and the like must fit. */
	return lf_check_dns_label(value, 53, "The application's name", err);
}

static bool derive_namespace(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_suggest(out, lf_plan_text(plan, "appName"), "as the application");
}

static int check_namespace(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	return lf_check_dns_label(value, 63, "The namespace", err);
}

static bool namespace_may_be_missing(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return !lf_plan_is(plan, "targetNamespace", "default");
}

/* namespace.yaml beside Flux's objects (a Kustomization without one has none made), what a HelmRelease says, or one of the sync options of an Application. */
static char *recall_create_namespace(const struct lf_node *node)
{
	bool found = lf_node_kind(node) == LF_NODE_TEXT || lf_node_true(node, NULL);

	for (size_t i = 0; i < lf_node_count(node) && !found; i++)
		found = lf_equal(lf_node_text(lf_node_at(node, i), NULL), "CreateNamespace=true");
	return lf_dup(found ? "yes" : "no");
}

static bool derive_create_namespace(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	if (lf_names_have(&facts->cluster.namespaces, lf_plan_text(plan, "targetNamespace")))
		return lf_suggest(out, "no", "it exists in the cluster");
	return false;
}

/* One entry of an overlay's images, or a container's. */
static char *recall_image(const struct lf_node *node)
{
	const struct lf_node *entry = lf_node_at(node, 0);
	const char *name = lf_node_text(entry, "newName"), *digest = lf_node_text(entry, "digest"), *tag = lf_node_text(entry, "newTag");

	if (lf_node_kind(node) == LF_NODE_TEXT)
		return lf_dup(lf_node_text(node, NULL));
	if (lf_node_kind(node) != LF_NODE_LIST || lf_node_count(node) != 1 || (!*digest && !*tag))
		return NULL;
	return lf_format("%s%s%s", *name ? name : lf_node_text(entry, "name"), *digest ? "@" : ":", *digest ? digest : tag);
}

static int check_image(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	return lf_check_image(value, err);
}

static int check_port(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	if (strlen(value) <= 5 && strspn(value, "0123456789") == strlen(value)) {
		int port = 0;

		(void)sscanf(value, "%d", &port);
		if (port >= 1 && port <= 65535)
			return LF_OK;
	}
	lf_fail(err, LF_EINVAL, "containerPort", 0, "This is not a port.");
	lf_hint(err, "A number from 1 to 65535. Example: 8080");
	return LF_EINVAL;
}

static bool from_git(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return !lf_plan_is(plan, "deploymentMethod", "helm");
}

static bool scaffold_wanted(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return lf_scaffold_wanted(plan, facts);
}

static bool derive_image(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)plan;
	return lf_suggest(out, facts->path.image, "from the branch");
}

static bool derive_port(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)plan;
	return lf_suggest(out, facts->path.port, "from the branch");
}

static bool derive_replicas(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)plan;
	return lf_suggest(out, facts->path.replicas, "from the branch");
}

static bool derive_url(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)plan;
	return lf_suggest(out, facts->workdir.remote_url, lf_equal(facts->workdir.remote, "origin") ? "from origin" : "from the clone's remote");
}

static int check_url(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_git_url url = {0};
	int code = lf_git_url_parse(&url, value, err);

	(void)plan;
	(void)facts;
	lf_git_url_dispose(&url);
	return code;
}

static bool warn_url(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_git_url url = {0};
	bool reads_only = !lf_git_url_parse(&url, value, NULL) && url.transport == LF_GIT_DAEMON;

	(void)plan;
	(void)facts;
	lf_git_url_dispose(&url);
	if (!reads_only)
		return false;
	(void)lf_fail(out, LF_EINVAL, "gitRepoUrl", 0, "git:// can only be read: nobody signs in there.");
	lf_hint(out, "To deliver, give the ssh or https address, or name it in url.<base>.pushInsteadOf of your Git configuration.");
	return true;
}

static bool derive_branch(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *url = lf_plan_text(plan, "gitRepoUrl");

	/* Where each environment has a branch, a change begins in the first one and is merged on. */
	if (lf_plan_is(plan, "environmentLayout", "branches")) {
		struct lf_names all = {0};
		bool found;

		lf_plan_list(&all, plan, "environments");
		found = all.count && lf_suggest(out, all.items[0], "the first environment's");
		lf_names_dispose(&all);
		if (found)
			return true;
	}
	if (lf_equal(facts->repository.url, url) && lf_suggest(out, facts->repository.default_branch, "the remote's default"))
		return true;
	return lf_equal(facts->workdir.remote_url, url) && lf_suggest(out, facts->workdir.branch, "from the clone");
}

static bool with_gitops(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return !lf_plan_is(plan, "gitopsDeployment", "none");
}

/* Helm itself deletes what a new version of a release no longer has, so Flux asks nothing there. */
static bool prunes(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return with_gitops(plan, facts) && !(lf_plan_is(plan, "gitopsDeployment", "flux") && lf_plan_is_chart(plan));
}

/* A chart from elsewhere leaves a file of values in Git also where no controller reads it. */
static bool with_files(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return with_gitops(plan, facts) || lf_plan_is(plan, "deploymentMethod", "helm");
}

static bool has_leftovers(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)plan;
	return lf_leftovers_going(&facts->path.leftovers);
}

static const struct lf_option methods[] = {
	{"helm", "Third-party Helm chart", "A chart of a Helm or OCI repository, with your values"},
	{"helm-git", "Helm chart in Git", "A folder with a Chart.yaml"},
	{"kustomize", "Kustomize overlay", "A folder with a kustomization.yaml"},
	{"manifests", "Plain manifests", "A folder of Kubernetes YAML files"},
};
static const struct lf_option scaffolds[] = {
	{"auto", "if the path is empty", "Existing files are never touched"},
	{"yes", "yes", "Files that exist already are kept"},
	{"no", "no", "The path must hold manifests already"},
};

static const struct lf_question rows[] = {
	{
	    .id = "kubeContext",
	    .step = LF_STEP_START,
	    .kind = LF_ASK_CONTEXT,
	    .prompt = "Kubernetes context",
	    .help = "The cluster that is asked and watched. It may stay empty: then nothing is watched.",
	    .detail = "A context of your kubeconfig. Landfall looks for Flux and Argo CD there, validates what it would commit, and watches the sync. Nothing "
		      "is changed in the cluster before you say so.",
	    .example = "prod-eu",
	    .optional = true,
	    .derive = derive_context,
	},
	{
	    .id = "deploymentMethod",
	    .step = LF_STEP_METHOD,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "Deployment method",
	    .help = "The form of the manifests in the repository.",
	    .detail = "A third-party chart comes from its own repository; only its version and your values go to Git. A chart in Git lies beside them. "
		      "A Kustomize overlay is a folder with a kustomization.yaml that refers to a base. Plain manifests are a folder of YAML files that are "
		      "applied as they are.",
	    .example = "kustomize",
	    .fallback = "kustomize",
	    .options = methods,
	    .option_count = LF_COUNT(methods),
	    .derive = derive_method,
	},
	{
	    .id = "gitopsDeployment",
	    .step = LF_STEP_PROVIDER,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "Provider",
	    .help = "Which tool in the cluster will apply what is committed.",
	    .detail = "Argo CD and Flux both read the repository and keep the cluster as it says. The answers are the same for both: go back and "
		      "flip the provider to see the other one's YAML.",
	    .example = "flux",
	    .options = lf_provider_options,
	    .option_count = LF_PROVIDER_OPTIONS,
	    .words = lf_provider_words,
	    .derive = lf_provider_derive,
	},
	{
	    .id = "appName",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Name",
	    .help = "The application's name; its objects and files are named after it.",
	    .example = "web",
	    .yaml = "metadata.name",
	    .derive = derive_app_name,
	    .check = check_app_name,
	},
	{
	    .id = "targetNamespace",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_NAMESPACE,
	    .prompt = "Target namespace",
	    .help = "Where the application runs.",
	    .example = "production",
	    .yaml = "spec.targetNamespace (Flux), spec.destination.namespace (Argo CD)",
	    .recall_from = "spec.targetNamespace of flux-kustomization.yaml, spec.targetNamespace or metadata.namespace of helmrelease.yaml, spec.destination.namespace (Argo CD), "
			   "namespace of kustomization.yaml, metadata.namespace of deployment.yaml",
	    .derive = derive_namespace,
	    .check = check_namespace,
	},
	{
	    .id = "createNamespace",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Create the namespace",
	    .help = "Whether the namespace is part of what is delivered.",
	    .detail = "Argo CD creates it by a sync option. A Flux Kustomization cannot create its target namespace, so a Namespace is written for it.",
	    .recall_from = "kind of namespace.yaml, spec.install.createNamespace of helmrelease.yaml, metadata.namespaceOfItsOwn of flux-kustomization.yaml, "
			   "spec.syncPolicy.syncOptions of <app>-app.yaml",
	    .recall = recall_create_namespace,
	    .fallback = "yes",
	    .derive = derive_create_namespace,
	    .shown = namespace_may_be_missing,
	},
	{
	    .id = "scaffold",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "Write starter manifests",
	    .help = "A deployment, a service and a kustomization to begin with.",
	    .detail = "Written into the path you name in the next step, as base and overlay where the path has that form. Files that exist are never replaced.",
	    .fallback = "auto",
	    .options = scaffolds,
	    .option_count = LF_COUNT(scaffolds),
	    .shown = from_git,
	},
	{
	    .id = "image",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Image",
	    .help = "The container image of the starter deployment, with its tag.",
	    .example = "ghcr.io/acme/web:1.4.2",
	    .fallback = "nginx:1.27",
	    .yaml = "images of kustomization.yaml, or the container of deployment.yaml",
	    .derive = derive_image,
	    .check = check_image,
	    .shown = scaffold_wanted,
	    .recall_from = "images of kustomization.yaml, spec.template.spec.containers.0.image of deployment.yaml",
	    .recall = recall_image,
	},
	{
	    .id = "containerPort",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_NUMBER,
	    .prompt = "Port",
	    .help = "The port the container listens on; the service and the readiness probe use it.",
	    .example = "8080",
	    .fallback = "80",
	    .yaml = "spec.template.spec.containers.0.ports.0.containerPort of deployment.yaml",
	    .derive = derive_port,
	    .check = check_port,
	    .shown = scaffold_wanted,
	},
	{
	    .id = "replicas",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_NUMBER,
	    .prompt = "Replicas",
	    .help = "How many pods run.",
	    .example = "3",
	    .fallback = "2",
	    .yaml = "replicas of kustomization.yaml, or spec.replicas of deployment.yaml",
	    .derive = derive_replicas,
	    .shown = scaffold_wanted,
	    .recall_from = "replicas.0.count of kustomization.yaml, patches of kustomization.yaml, spec.replicas of deployment.yaml",
	    .recall = lf_progressive_recall_replicas,
	},
	{
	    .id = "gitRepoUrl",
	    .step = LF_STEP_REPOSITORY,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Repository",
	    .help = "The Git repository that holds the manifests. ssh, https, or git@host:owner/name.",
	    .detail = "Landfall commits and pushes here, and the provider reads from here. It is reached with your own ssh and credential helpers; nothing is cloned.",
	    .example = "git@git.example.com:shop/config.git",
	    .yaml = "spec.url of gitrepository.yaml (Flux), spec.source.repoURL (Argo CD)",
	    .derive = derive_url,
	    .check = check_url,
	    .warn = warn_url,
	},
	{
	    .id = "gitBranch",
	    .step = LF_STEP_REPOSITORY,
	    .kind = LF_ASK_BRANCH,
	    .prompt = "Branch",
	    .help = "The branch that is pushed to and that the provider follows.",
	    .example = "main",
	    .fallback = "main",
	    .yaml = "spec.ref.branch of gitrepository.yaml (Flux), spec.source.targetRevision (Argo CD)",
	    .recall_from = "spec.ref.branch of gitrepository.yaml, spec.source.targetRevision of <app>-extras-app.yaml and <app>-app.yaml",
	    .derive = derive_branch,
	},
	{
	    .id = "gitPath",
	    .step = LF_STEP_REPOSITORY,
	    .kind = LF_ASK_PATH,
	    .prompt = "Path",
	    .help = "Path inside the repository that the provider applies; with environments, the folder above theirs.",
	    .example = "apps/web/overlays/production",
	    .yaml = "spec.path of flux-kustomization.yaml (Flux), spec.source.path (Argo CD)",
	    .derive = lf_place_derive_path,
	    .shown = from_git,
	},
	{
	    .id = "gitopsPath",
	    .step = LF_STEP_REPOSITORY,
	    .kind = LF_ASK_PATH,
	    .prompt = "Folder for the provider's files",
	    .help = "Where the files that the provider itself reads are written.",
	    .detail = "If something in the cluster already applies this folder, the delivery needs no registration. It may not lie inside a folder of plain "
		      "manifests, because all of that folder is applied as the application.",
	    .example = "clusters/production/web",
	    .derive = lf_place_derive_gitops,
	    .check = lf_place_check_gitops,
	    .shown = with_files,
	},
	{
	    .id = "commitSummary",
	    .step = LF_STEP_REPOSITORY,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Commit message",
	    .help = "The summary line of the commit.",
	    .example = "Add web to production",
	    .derive = lf_place_derive_summary,
	},
	{
	    .id = "prune",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Prune",
	    .help = "Delete from the cluster what was deleted from Git.",
	    .fallback = "yes",
	    .yaml = "spec.prune of flux-kustomization.yaml (Flux), spec.syncPolicy.automated.prune of <app>-app.yaml (Argo CD)",
	    .shown = prunes,
	},
	{
	    .id = "removeOldFiles",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Remove the old files",
	    .help = "Files of an earlier delivery that this one does not write any more go in the same commit.",
	    .detail = "Asked where the branch holds files that have no place in what is delivered now: Applications that a set takes the place of, a secret's file where none "
		      "is wanted any more, the overlay of an environment that was taken out. What somebody changed, or something else refers to, stays, and the review says why. "
		      "Whatever applies the files from Git deletes what is gone, if it prunes, and with it what that had applied.",
	    .fallback = "yes",
	    .warn = lf_place_warn_leftovers,
	    .shown = has_leftovers,
	},
	{
	    .id = "registerInCluster",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Register in the cluster",
	    .help = "Apply the provider's objects once, if nothing in the cluster reads them from Git yet.",
	    .detail = "A repository that is new to the cluster must be made known to it once. Landfall applies the very documents it commits; later changes come "
		      "through Git.",
	    .fallback = "yes",
	    .shown = with_gitops,
	},
	{
	    .id = "syncTimeout",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_DURATION,
	    .prompt = "Wait at most",
	    .help = "How long Landfall waits for the commit to be healthy before it says so.",
	    .example = "5m",
	    .fallback = "5m",
	},
};

const struct lf_question_group lf_questions_main = {rows, LF_COUNT(rows)};
