/* questions: what Argo CD needs to know beyond the common rows. Sync options are checked here because Argo CD itself takes a misspelt one in silence. */
#include "config.h"
#include "providers/argocd/argocd.h"

#include <stdio.h>
#include <string.h>

#include "core/chart_source.h"
#include "core/mem.h"
#include "core/questions.h"
#include "core/recall.h"
#include "core/str.h"
#include "core/text.h"

static bool derive_namespace(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)plan;
	return facts->cluster.argocd.present && lf_suggest(out, facts->cluster.argocd.namespace, "found in the cluster");
}

/* Applying ours over somebody else's Application would prune what theirs applied. */
static int check_namespace(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	int code = lf_check_dns_label(value, 63, "The namespace", err), index;
	const struct lf_node *clash = code ? NULL : lf_argocd_find_clash(plan, facts, value);
	char *path;

	if (!clash)
		return code;
	path = lf_text_clean_dup(lf_node_text(lf_argocd_source(clash, NULL, &index), "path"), 120);
	lf_fail(err, LF_EINVAL, "argocdNamespace", 0, "An Application %s exists in %s and applies %s.", lf_plan_text(plan, "appName"), value,
		path && *path ? path : "something else");
	lf_hint(err, "Give the application another name. Taking it over would prune what it applied.");
	lf_free(path);
	return LF_EINVAL;
}

static int check_project(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	return lf_check_dns_label(value, 63, "The project", err);
}

static int check_server(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	if ((lf_starts_with(value, "https://") && value[8]) || (lf_starts_with(value, "http://") && value[7]))
		return strchr(value, '@') ? lf_fail(err, LF_EINVAL, "destinationServer", 0, "Credentials do not belong into the address.") : LF_OK;
	lf_fail(err, LF_EINVAL, "destinationServer", 0, "This is not the address of an API server.");
	lf_hint(err, "A URL that Argo CD knows the cluster by. The cluster it runs in: " LF_ARGOCD_IN_CLUSTER);
	return LF_EINVAL;
}

static const char *const options[] = {
	"CreateNamespace=true", "Validate=false", "Validate=true", "PruneLast=true", "ApplyOutOfSyncOnly=true", "Replace=true",
	"ServerSideApply=true", "ClientSideApplyMigration=false", "RespectIgnoreDifferences=true", "FailOnSharedResource=true",
	"SkipDryRunOnMissingResource=true", "PrunePropagationPolicy=foreground", "PrunePropagationPolicy=background",
	"PrunePropagationPolicy=orphan", "Prune=false", "Prune=confirm", "Delete=false", "Delete=confirm",
};

static bool is_option(const char *text, size_t n)
{
	for (size_t i = 0; i < LF_COUNT(options); i++) {
		if (strlen(options[i]) == n && !strncmp(options[i], text, n))
			return true;
	}
	return false;
}

static int check_options(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	while (*value) {
		size_t n = strcspn(value, ", ");

		if (n && !is_option(value, n)) {
			lf_fail(err, LF_EINVAL, "syncOptions", 0, "Argo CD knows no sync option %.*s, and would ignore it in silence.", (int)(n > 80 ? 80 : n),
				value);
			lf_hint(err, "Key=value, with commas between. Some: PruneLast=true, ServerSideApply=true, ApplyOutOfSyncOnly=true, Replace=true");
			return LF_EINVAL;
		}
		value += n;
		value += strspn(value, ", ");
	}
	return LF_OK;
}

static bool writes(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_ref adopted = {0};
	bool found = lf_argocd_find_adopted(&adopted, plan, facts);

	lf_ref_dispose(&adopted);
	return !found;
}

/* Several environments each follow a branch of their own, and the chart of a repository has versions. */
static bool follows_revision(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return writes(plan, facts) && !lf_plan_is_remote_chart(plan) && !*lf_plan_text(lf_plan_whole(plan), "environments");
}

static int check_revision(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)facts;
	if (lf_equal(value, lf_plan_text(plan, "gitBranch")))
		return LF_OK;
	/* A range of versions may begin with ~ or ^, and end with a star: then it is the newest tag of them. */
	if (strchr("-/.: ?[\\{}", *value) || strpbrk(value + 1, " ~^:?[\\{}") || strstr(value, "..") || strstr(value, "//") || strstr(value, "/.") || lf_ends_with(value, "/") ||
	    lf_ends_with(value, ".lock")) {
		lf_fail(err, LF_EINVAL, "targetRevision", 0, "Git knows no revision of this name.");
		lf_hint(err, "A branch, HEAD for the repository's own default, or a tag: v1.2.3, or the newest of some: v1.*");
		return LF_EINVAL;
	}
	return LF_OK;
}

/* What our file says, unless that is a branch: it follows the one that is pushed to, also when that becomes another. */
static bool derive_revision(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *branch = lf_plan_text(plan, "gitBranch"), *there;
	int index;

	there = lf_node_text(lf_argocd_source(lf_recall_find("<app>-app.yaml", plan, "", facts), lf_plan_text(plan, "gitRepoUrl"), &index), "targetRevision");
	if (follows_revision(plan, facts) && *there && !lf_equal(there, branch) && !lf_starts_with(there, "refs/heads/") && !lf_names_have(&facts->repository.branches, there) &&
	    !check_revision(there, plan, facts, NULL))
		return lf_suggest(out, there, "from the branch");
	return *branch && lf_suggest(out, branch, "the branch");
}

static bool warn_revision(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *branch = lf_plan_text(plan, "gitBranch");

	if (lf_argocd_follows_branch(value, branch, facts))
		return false;
	lf_fail(out, LF_EINVAL, "targetRevision", 0, "The Application follows %.80s, not %.80s: a push there changes nothing for it until %.80s names the commit.", value, branch, value);
	lf_hint(out, "Landfall pushes and registers, and then does not wait for it.");
	return true;
}

static bool is_automated(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return lf_plan_is(plan, "syncPolicy", "automated") && writes(plan, facts);
}

static bool is_folder(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return lf_plan_is(plan, "deploymentMethod", "manifests") && writes(plan, facts);
}

/* One of the application's own is another question's (appProject). */
static char *recall_project(const struct lf_node *node)
{
	return lf_dup(lf_equal(lf_node_text(node, NULL), "AppProject") ? "default" : lf_node_text(node, NULL));
}

static const struct lf_option policies[] = {
	{"automated", "automated", "Every commit is applied as soon as it is seen"},
	{"manual", "manual", "Somebody asks for each sync; Landfall does after its own push"},
};

const struct lf_question lf_argocd_questions[] = {
	{
	    .id = "argocdNamespace",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_NAMESPACE,
	    .prompt = "Namespace of the Application",
	    .help = "Where Argo CD looks for Applications; not where the application runs.",
	    .detail = "The namespace Argo CD runs in, or another that it was told to look at (--application-namespaces).",
	    .example = "argocd",
	    .yaml = "metadata.namespace of <app>-app.yaml",
	    .fallback = "argocd",
	    .derive = derive_namespace,
	    .check = check_namespace,
	},
	{
	    .id = "destinationServer",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Destination cluster",
	    .help = "The API server that Argo CD deploys to; the default is the cluster it runs in.",
	    .example = LF_ARGOCD_IN_CLUSTER,
	    .yaml = "spec.destination.server of <app>-app.yaml",
	    .fallback = LF_ARGOCD_IN_CLUSTER,
	    .check = check_server,
	},
	{
	    .id = "argocdProject",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Project",
	    .help = "The AppProject that allows the repository and the destination.",
	    .example = "default",
	    .yaml = "spec.project of <app>-app.yaml",
	    .recall_from = "kind of argocd-project.yaml, spec.project of <app>-app.yaml",
	    .recall = recall_project,
	    .fallback = "default",
	    .derive = lf_argocd_derive_project,
	    .check = check_project,
	    .shown = writes,
	},
	{
	    .id = "targetRevision",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Revision to follow",
	    .help = "The branch that is pushed to, HEAD for the repository's default branch, or a tag.",
	    .detail = "With a tag a push changes nothing until the tag names it, or another tag is answered here.",
	    .example = "v1.2.3",
	    .yaml = "spec.source.targetRevision of <app>-app.yaml",
	    .recall_from = "", /* see derive_revision() */
	    .derive = derive_revision,
	    .check = check_revision,
	    .warn = warn_revision,
	    .shown = follows_revision,
	},
	{
	    .id = "syncPolicy",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "Sync policy",
	    .help = "Whether Argo CD applies commits by itself.",
	    .example = "automated",
	    .yaml = "spec.syncPolicy.automated of <app>-app.yaml",
	    .fallback = "automated",
	    .options = policies,
	    .option_count = LF_COUNT(policies),
	    .shown = writes,
	},
	{
	    .id = "selfHeal",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Self-heal",
	    .help = "Undo what is changed in the cluster by hand.",
	    .yaml = "spec.syncPolicy.automated.selfHeal of <app>-app.yaml",
	    .fallback = "yes",
	    .shown = is_automated,
	},
	{
	    .id = "allowEmpty",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Allow empty",
	    .help = "Whether a commit that holds nothing may delete everything. Better not.",
	    .yaml = "spec.syncPolicy.automated.allowEmpty of <app>-app.yaml",
	    .fallback = "no",
	    .shown = is_automated,
	},
	{
	    .id = "syncOptions",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Sync options",
	    .help = "How Argo CD applies; Key=value, with commas between. May stay empty.",
	    .detail = "PruneLast=true deletes only after everything else is healthy. ServerSideApply=true helps with very large objects. CreateNamespace=true comes from the "
		      "question about the namespace.",
	    .example = "PruneLast=true,ServerSideApply=true",
	    .yaml = "spec.syncPolicy.syncOptions of <app>-app.yaml",
	    .fallback = "PruneLast=true",
	    .optional = true,
	    .check = check_options,
	    .shown = writes,
	},
	{
	    .id = "retryLimit",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_NUMBER,
	    .prompt = "Retries of a failed sync",
	    .help = "5 s apart at first, then twice as long each time, at most 3 minutes.",
	    .example = "5",
	    .yaml = "spec.syncPolicy.retry.limit of <app>-app.yaml",
	    .fallback = "5",
	    .shown = writes,
	},
	{
	    .id = "historyLimit",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_NUMBER,
	    .prompt = "Revisions to remember",
	    .help = "How many syncs Argo CD keeps in the Application's history.",
	    .example = "10",
	    .yaml = "spec.revisionHistoryLimit of <app>-app.yaml",
	    .fallback = "10",
	    .shown = writes,
	},
	{
	    .id = "cascadeDelete",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Delete with the Application",
	    .help = "Whether deleting the Application deletes what it deployed. Without it, all of that stays behind.",
	    .yaml = "metadata.finalizers of <app>-app.yaml",
	    .fallback = "yes",
	    .shown = writes,
	},
	{
	    .id = "directoryRecurse",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Sub-folders too",
	    .help = "Whether manifests in folders below the path are applied as well.",
	    .yaml = "spec.source.directory.recurse of <app>-app.yaml",
	    .fallback = "no",
	    .shown = is_folder,
	},
};
_Static_assert(LF_COUNT(lf_argocd_questions) == LF_ARGOCD_QUESTIONS, "count the rows again");
