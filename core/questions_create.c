/* questions_create: whether a repository that is not there yet is created through its forge's API before the first push. Pure. Asked only where the repository was looked for and
 * not found: an answer for one that exists counts for nothing. */
#include "config.h"
#include "core/questions.h"

#include "core/giturl.h"
#include "core/mem.h"
#include "core/plan.h"
#include "core/str.h"

bool lf_question_repository_is_missing(const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_repository_facts *repository = &facts->repository;
	struct lf_git_url url = {0};
	bool on_a_host;

	if (repository->state != LF_FACT_FAILED || repository->error.code != LF_ENOTFOUND || !lf_equal(repository->url, lf_plan_text(plan, "gitRepoUrl")) ||
	    lf_git_url_parse(&url, repository->url, NULL))
		return false;
	on_a_host = url.host != NULL;
	lf_git_url_dispose(&url);
	return on_a_host;
}

static const struct lf_option ways[] = {
    {"no", "no", "Check the address, or create it by hand"},
    {"private", "create it, private", "Only those see it who are given access"},
    {"public", "create it, public", "Everybody can read it"},
};

static const struct lf_question rows[] = {
    {
	.id = "createRepository",
	.step = LF_STEP_REPOSITORY,
	.kind = LF_ASK_CHOICE,
	.prompt = "It does not exist",
	.help = "Whether Landfall creates the repository when it delivers, through the API of its forge.",
	.detail = "The name and the owner are those of the address, and the branch becomes the default one. It is created empty, right before the first push, with the token "
		  "that the forge's API takes (docs/git.md). On a server of your own without a forge: git init --bare --initial-branch=main PATH.git",
	.example = "private",
	.fallback = "no",
	.options = ways,
	.option_count = LF_COUNT(ways),
	.shown = lf_question_repository_is_missing,
    },
};

const struct lf_question_group lf_questions_create = {rows, LF_COUNT(rows)};
