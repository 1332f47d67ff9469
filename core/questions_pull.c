/* questions_pull: how the change gets into the branch: pushed, or proposed by a pull request, and with what that is opened. Pure. */
#include "config.h"
#include "core/questions.h"

#include <stdio.h>
#include <string.h>

#include "core/document.h"
#include "core/giturl.h"
#include "core/mem.h"
#include "core/plan.h"
#include "core/str.h"

static bool by_request(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_is(plan, "delivery", "pull-request");
}

static bool creates(const struct lf_plan *plan)
{
	return lf_plan_is(plan, "createRepository", "private") || lf_plan_is(plan, "createRepository", "public");
}

static bool on_a_forge(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return by_request(plan, facts) || creates(plan);
}

static int check_delivery(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	int code;

	(void)facts;
	if (!lf_equal(value, "pull-request") || !creates(plan))
		return LF_OK;
	code = lf_fail(err, LF_EINVAL, "delivery", 0, "A repository that is created now has no branch yet that a request could be merged into.");
	lf_hint(err, "The first delivery is pushed: delivery=push. Later ones can be proposed.");
	return code;
}

/* Named after the commit it starts from: the same while the branch stands still, so that delivering again brings the open request up to date, and another one
 * once it was merged, however it was merged. */
static bool derive_branch(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *app = lf_plan_text(plan, "appName");
	bool known = facts->path.state == LF_FACT_KNOWN && facts->path.tip && strlen(facts->path.tip) == 40 &&
		     lf_equal(facts->path.branch, lf_plan_text(plan, "gitBranch"));
	char name[160];

	if (!*app)
		return false;
	(void)snprintf(name, sizeof(name), "landfall/%s%s%.7s", app, known ? "-" : "", known ? facts->path.tip : "");
	return lf_suggest(out, name, known ? "from the application and the branch's tip" : "from the application");
}

static int check_branch(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)facts;
	if (lf_equal(value, lf_plan_text(plan, "gitBranch"))) {
		lf_fail(err, LF_EINVAL, "pullRequestBranch", 0, "This is the branch that the request is to be merged into.");
	} else if (strpbrk(value, " ~^:?*[\\\x7f") || strstr(value, "..") || strstr(value, "//") || strstr(value, "@{") || strchr("-/.", *value) ||
		   lf_ends_with(value, "/") || lf_ends_with(value, ".") || lf_ends_with(value, ".lock")) {
		lf_fail(err, LF_EINVAL, "pullRequestBranch", 0, "Git does not take this as the name of a branch.");
	} else {
		return LF_OK;
	}
	lf_hint(err, "Example: landfall/web");
	return LF_EINVAL;
}

static bool derive_title(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_suggest(out, lf_plan_text(plan, "commitSummary"), "the commit message");
}

static int check_web(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_git_url url = {0};
	int code = LF_OK;

	(void)plan;
	(void)facts;
	if (lf_git_url_parse(&url, value, NULL) || (url.transport != LF_GIT_HTTPS && url.transport != LF_GIT_HTTP) || url.user || strpbrk(value, "?#")) {
		code = lf_fail(err, LF_EINVAL, "forgeUrl", 0, "This is not the plain address of web pages.");
		lf_hint(err, "Example: https://git.example.com");
	}
	lf_git_url_dispose(&url);
	return code;
}

static const struct lf_option ways[] = {
    {"push", "push", NULL},
    {"pull-request", "branch + pull request", NULL},
};
static const struct lf_option forges[] = {
    {"auto", "find out", "From the address, else from what the host answers"},
    {"github", "GitHub", "github.com or Enterprise Server"},
    {"gitlab", "GitLab", "gitlab.com or self-managed"},
    {"gitea", "Gitea, Forgejo", "Codeberg among them"},
    {"bitbucket", "Bitbucket Cloud", "bitbucket.org"},
    {"bitbucket-server", "Bitbucket Server", "or Data Center"},
    {"none", "none of these", "The branch is pushed; you open the request yourself"},
};

static const struct lf_question rows[] = {
    {
	.id = "delivery",
	.step = LF_STEP_REPOSITORY,
	.kind = LF_ASK_CHOICE,
	.prompt = "Deliver by",
	.help = "Whether the change is pushed to the branch or proposed by a pull request.",
	.detail = "A pull request (GitLab: merge request) leaves the branch alone until somebody merges it. Landfall pushes a branch of its own, opens the request or "
		  "brings the open one up to date, shows checks and approvals, and follows the merge commit into the cluster. Nothing is registered before the merge.",
	.example = "pull-request",
	.fallback = "push",
	.options = ways,
	.option_count = LF_COUNT(ways),
	.check = check_delivery,
    },
    {
	.id = "pullRequestBranch",
	.step = LF_STEP_REPOSITORY,
	.kind = LF_ASK_TEXT,
	.prompt = "Branch of the request",
	.help = "The branch that is pushed and proposed. If it exists, the change goes on top of it.",
	.example = "landfall/web",
	.derive = derive_branch,
	.check = check_branch,
	.shown = by_request,
    },
    {
	.id = "pullRequestTitle",
	.step = LF_STEP_REPOSITORY,
	.kind = LF_ASK_TEXT,
	.prompt = "Title",
	.help = "The title of the pull request. Its text is what the commit message says, and the files.",
	.example = "Add web to production",
	.derive = derive_title,
	.shown = by_request,
    },
    {
	.id = "pullRequestDraft",
	.step = LF_STEP_REPOSITORY,
	.kind = LF_ASK_YESNO,
	.prompt = "As a draft",
	.help = "A draft cannot be merged before somebody marks it ready.",
	.fallback = "no",
	.shown = by_request,
    },
    {
	.id = "reviewers",
	.step = LF_STEP_REPOSITORY,
	.kind = LF_ASK_LIST,
	.prompt = "Reviewers",
	.help = "User names asked for a review, separated by commas. GitHub and Gitea also take owner/team.",
	.example = "ann, ben",
	.optional = true,
	.shown = by_request,
    },
    {
	.id = "labels",
	.step = LF_STEP_REPOSITORY,
	.kind = LF_ASK_LIST,
	.prompt = "Labels",
	.help = "Labels of the pull request, separated by commas. Bitbucket has none.",
	.example = "gitops",
	.optional = true,
	.shown = by_request,
    },
    {
	.id = "forge",
	.step = LF_STEP_REPOSITORY,
	.kind = LF_ASK_CHOICE,
	.prompt = "Forge",
	.help = "What kind of server the repository lies on.",
	.detail = "Naming it also says that the token of the environment (GITHUB_TOKEN, GITLAB_TOKEN, GITEA_TOKEN, BITBUCKET_TOKEN) is meant for this host. Otherwise "
		  "such a token goes only to the forge's public host, or to a host that GH_HOST, GITLAB_HOST, GITEA_SERVER_URL and their like name.",
	.example = "gitea",
	.fallback = "auto",
	.options = forges,
	.option_count = LF_COUNT(forges),
	.shown = on_a_forge,
    },
    {
	.id = "forgeUrl",
	.step = LF_STEP_REPOSITORY,
	.kind = LF_ASK_TEXT,
	.prompt = "Forge's address",
	.help = "Where its web pages lie, if that is not https on the repository's host.",
	.example = "https://git.example.com",
	.optional = true,
	.check = check_web,
	.shown = on_a_forge,
    },
    {
	.id = "mergeTimeout",
	.step = LF_STEP_REPOSITORY,
	.kind = LF_ASK_DURATION,
	.prompt = "Wait for the merge",
	.help = "How long Landfall waits for the merge. The request stays open afterwards.",
	.example = "30m",
	.fallback = "1h",
	.shown = by_request,
    },
};

const struct lf_question_group lf_questions_pull = {rows, LF_COUNT(rows)};
