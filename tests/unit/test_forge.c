/* The forges' talks: what is asked in which order, and what the answers mean. The answers have the fields of the published API descriptions. Where a forge lies and who may
 * see a token is in test_forge_site.c. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "providers/forge/client.h"

#define SHA "0123456789abcdef0123456789abcdef01234567"
#define MERGE "89abcdef0123456789abcdef0123456789abcdef"

/* ---- talks ---- */

struct exchange {
	const char *request; /* "GET /path" */
	const char *sends;   /* the body holds this; NULL: there is none */
	int status;
	const char *answer, *headers;
};

/* Lets the talk run over EXCHANGES and gives its pull request. */
static int converse(struct lf_pull *out, const char *url, const char *forge, const struct lf_forge_wish *wish, int64_t number, const struct exchange *exchanges,
		    size_t count, struct lf_error *err)
{
	struct forge_request request = {0};
	struct lf_forge_site site;
	struct forge_talk talk;
	size_t at = 0;
	int code = LF_OK;

	assert_int_equal(lf_forge_locate(&site, url, forge, NULL, NULL), LF_OK);
	forge_talk_init(&talk, &site, wish, number);
	while (!code && forge_talk_next(&talk, &request)) {
		struct forge_answer answer = {0};
		char *line = lf_format("%s %s", request.method, lf_str_text(&request.path));

		if (at >= count)
			fail_msg("asked too much: %s", line);
		assert_string_equal(line, exchanges[at].request);
		if (!exchanges[at].sends != !request.body.length || (exchanges[at].sends && !strstr(lf_str_text(&request.body), exchanges[at].sends)))
			fail_msg("%s sends %s, not %s", line, lf_str_text(&request.body), exchanges[at].sends ? exchanges[at].sends : "nothing");
		lf_free(line);
		answer.status = exchanges[at].status;
		answer.body = exchanges[at].answer ? exchanges[at].answer : "";
		answer.length = strlen(answer.body);
		answer.headers = exchanges[at++].headers;
		code = forge_talk_answer(&talk, &answer, err);
	}
	if (at != count)
		fail_msg("asked too little: %s comes not", exchanges[at].request);
	lf_pull_move(out, &talk.pull);
	forge_request_dispose(&request);
	forge_talk_dispose(&talk);
	lf_forge_site_dispose(&site);
	return code;
}
#define CONVERSE(out, url, forge, wish, number, exchanges, err) converse(out, url, forge, wish, number, exchanges, LF_COUNT(exchanges), err)

static char ann[] = "ann", team[] = "acme/ops", nobody[] = "nobody", gitops[] = "gitops", missing[] = "missing";
static char *people_items[] = {ann, team}, *two_items[] = {ann, nobody}, *label_items[] = {gitops, missing};
static const struct lf_names people = {people_items, 2, 2}, two = {two_items, 2, 2}, labels = {label_items, 2, 2};

static void assert_summary(const struct lf_pull *pull, const char *expected)
{
	struct lf_str text = {0};

	lf_pull_summary(&text, pull);
	assert_string_equal(lf_str_text(&text), expected);
	lf_str_dispose(&text);
}

static void github_opens(void **state)
{
	const struct lf_forge_wish wish = {"main", "landfall/web", "Add web", "Text", true, &people, &labels};
	static const struct exchange script[] = {
	    {"GET /repos/acme/shop/pulls?state=open&head=acme%3Alandfall%2Fweb&base=main", NULL, 200, "[]", NULL},
	    {"POST /repos/acme/shop/pulls", "\"head\":\"landfall/web\",\"base\":\"main\",\"draft\":true", 201,
	     "{\"number\":7,\"state\":\"open\",\"draft\":true,\"title\":\"Add web\",\"html_url\":\"https://github.com/acme/shop/pull/7\",\"head\":{\"sha\":\"" SHA
	     "\"},\"merge_commit_sha\":\"" MERGE "\",\"merged\":false,\"mergeable\":null}",
	     NULL},
	    {"POST /repos/acme/shop/pulls/7/requested_reviewers", "{\"reviewers\":[\"ann\"]}", 422, "{\"message\":\"Reviews may only be requested from collaborators.\"}", NULL},
	    {"POST /repos/acme/shop/pulls/7/requested_reviewers", "{\"team_reviewers\":[\"ops\"]}", 201, "{}", NULL},
	    {"POST /repos/acme/shop/issues/7/labels", "{\"labels\":[\"gitops\",\"missing\"]}", 200, "[]", NULL},
	};
	struct lf_pull pull = {0};

	(void)state;
	assert_int_equal(CONVERSE(&pull, "git@github.com:acme/shop.git", NULL, &wish, 0, script, NULL), LF_OK);
	assert_int_equal(pull.number, 7);
	assert_string_equal(pull.url, "https://github.com/acme/shop/pull/7");
	assert_int_equal(pull.state, LF_PULL_OPEN);
	assert_null(pull.commit); /* of an open one it is a trial merge */
	assert_int_equal(pull.notes.count, 1);
	assert_string_equal(pull.notes.items[0], "Asking for a review failed: Reviews may only be requested from collaborators.");
	assert_false(pull.updated);
	lf_pull_dispose(&pull);
}

static void github_updates(void **state)
{
	const struct lf_forge_wish wish = {"main", "landfall/web", "Add web", "Text", true, NULL, NULL};
	static const struct exchange script[] = {
	    {"GET /repos/acme/shop/pulls?state=open&head=acme%3Alandfall%2Fweb&base=main", NULL, 200,
	     "[{\"number\":3,\"head\":{\"ref\":\"other\"},\"base\":{\"ref\":\"main\"}},"
	     "{\"number\":4,\"state\":\"open\",\"draft\":false,\"head\":{\"ref\":\"landfall/web\",\"sha\":\"" SHA "\"},\"base\":{\"ref\":\"main\"}}]",
	     NULL},
	    {"PATCH /repos/acme/shop/pulls/4", "{\"title\":\"Add web\",\"body\":\"Text\"}", 200,
	     "{\"number\":4,\"state\":\"open\",\"html_url\":\"https://github.com/acme/shop/pull/4\",\"head\":{\"sha\":\"" SHA "\"}}", NULL},
	};
	struct lf_pull pull = {0};

	(void)state;
	assert_int_equal(CONVERSE(&pull, "git@github.com:acme/shop.git", NULL, &wish, 0, script, NULL), LF_OK);
	assert_int_equal(pull.number, 4);
	assert_true(pull.updated);
	assert_int_equal(pull.notes.count, 1); /* it cannot become a draft here */
	lf_pull_dispose(&pull);
}

/* Somebody opened one between our look and our request. */
static void finds_one_that_was_opened_meanwhile(void **state)
{
	const struct lf_forge_wish wish = {"main", "landfall/web", "Add web", "", false, NULL, NULL};
	static const struct exchange github[] = {
	    {"GET /repos/acme/shop/pulls?state=open&head=acme%3Alandfall%2Fweb&base=main", NULL, 200, "[]", NULL},
	    {"POST /repos/acme/shop/pulls", "title", 422,
	     "{\"message\":\"Validation Failed\",\"errors\":[{\"resource\":\"PullRequest\",\"code\":\"custom\",\"message\":\"A pull request already exists for acme:landfall/web.\"}]}",
	     NULL},
	    {"GET /repos/acme/shop/pulls?state=open&head=acme%3Alandfall%2Fweb&base=main", NULL, 200,
	     "[{\"number\":9,\"state\":\"open\",\"head\":{\"ref\":\"landfall/web\"},\"base\":{\"ref\":\"main\"}}]", NULL},
	    {"PATCH /repos/acme/shop/pulls/9", "title", 200, "{\"number\":9,\"state\":\"open\"}", NULL},
	};
	static const struct exchange twice[] = {
	    {"GET /projects/g%2Fapp/merge_requests?state=opened&source_branch=landfall%2Fweb&target_branch=main", NULL, 200, "[]", NULL},
	    {"POST /projects/g%2Fapp/merge_requests", "title", 409, "{\"message\":[\"Another open merge request already exists for this source branch: !2\"]}", NULL},
	    {"GET /projects/g%2Fapp/merge_requests?state=opened&source_branch=landfall%2Fweb&target_branch=main", NULL, 200, "[]", NULL},
	    {"POST /projects/g%2Fapp/merge_requests", "title", 409, "{\"message\":[\"Another open merge request already exists for this source branch: !2\"]}", NULL},
	};
	struct lf_pull pull = {0};
	struct lf_error err = {0};

	(void)state;
	assert_int_equal(CONVERSE(&pull, "git@github.com:acme/shop.git", NULL, &wish, 0, github, &err), LF_OK);
	assert_int_equal(pull.number, 9);
	assert_true(pull.updated);
	assert_int_equal(CONVERSE(&pull, "git@gitlab.com:g/app.git", NULL, &wish, 0, twice, &err), LF_ECONFLICT); /* but not for ever */
	assert_non_null(strstr(err.message, "already exists"));
	lf_pull_dispose(&pull);
}

static void github_views(void **state)
{
	static const struct exchange script[] = {
	    {"GET /repos/acme/shop/pulls/7", NULL, 200,
	     "{\"number\":7,\"state\":\"open\",\"head\":{\"sha\":\"" SHA "\"},\"mergeable\":true,\"mergeable_state\":\"blocked\"}", NULL},
	    {"GET /repos/acme/shop/commits/" SHA "/check-runs?per_page=100", NULL, 200,
	     "{\"total_count\":4,\"check_runs\":[{\"name\":\"build\",\"status\":\"completed\",\"conclusion\":\"success\"},{\"name\":\"docs\",\"status\":\"completed\",\"conclusion\":\"skipped\"}]}",
	     "Link: <https://api.github.com/repositories/1/commits/x?page=2>; rel=\"next\", <https://api.github.com/repositories/1/commits/x?page=2>; rel=\"last\"\r\n"},
	    {"GET https://api.github.com/repositories/1/commits/x?page=2", NULL, 200,
	     "{\"check_runs\":[{\"name\":\"lint\",\"status\":\"completed\",\"conclusion\":\"failure\"},{\"name\":\"e2e\",\"status\":\"in_progress\",\"conclusion\":null}]}",
	     "link: <https://api.github.com.evil.example/steal>; rel=\"next\"\r\n"},
	    {"GET /repos/acme/shop/commits/" SHA "/status?per_page=100", NULL, 403, "{\"message\":\"Resource not accessible by personal access token\"}", NULL},
	    {"GET /repos/acme/shop/pulls/7/reviews?per_page=100", NULL, 200,
	     "[{\"user\":{\"login\":\"ann\"},\"state\":\"CHANGES_REQUESTED\"},{\"user\":{\"login\":\"bob\"},\"state\":\"APPROVED\"},{\"user\":{\"login\":\"ann\"},\"state\":\"APPROVED\"},"
	     "{\"user\":{\"login\":\"ann\"},\"state\":\"COMMENTED\"},{\"user\":{\"login\":\"bob\"},\"state\":\"DISMISSED\"}]",
	     NULL},
	};
	struct lf_pull pull = {0};

	(void)state;
	assert_int_equal(CONVERSE(&pull, "git@github.com:acme/shop.git", NULL, NULL, 7, script, NULL), LF_OK);
	assert_int_equal(pull.checks, LF_CHECKS_FAILED);
	assert_int_equal(pull.check_count, 3);
	assert_int_equal(pull.merge, LF_MERGE_BLOCKED);
	assert_summary(&pull, "failing: lint · approved by ann · cannot be merged now: a required review or check is missing");
	assert_int_equal(pull.notes.count, 1);
	lf_pull_dispose(&pull);
}

/* Merged and closed, per forge: which commit is followed. */
static void views_the_end(void **state)
{
	static const struct {
		const char *url, *forge, *path, *answer;
		enum lf_pull_state state;
		const char *commit;
	} rows[] = {
	    {"git@github.com:a/b", NULL, "GET /repos/a/b/pulls/1", "{\"number\":1,\"state\":\"closed\",\"merged\":true,\"merge_commit_sha\":\"" MERGE "\"}", LF_PULL_MERGED, MERGE},
	    {"git@github.com:a/b", NULL, "GET /repos/a/b/pulls/1", "{\"number\":1,\"state\":\"closed\",\"merged\":false,\"merge_commit_sha\":\"" MERGE "\"}", LF_PULL_CLOSED, NULL},
	    {"git@gitlab.com:a/b", NULL, "GET /projects/a%2Fb/merge_requests/1",
	     "{\"iid\":1,\"state\":\"merged\",\"sha\":\"" SHA "\",\"merge_commit_sha\":\"" MERGE "\",\"squash_commit_sha\":\"" SHA "\"}", LF_PULL_MERGED, MERGE},
	    {"git@gitlab.com:a/b", NULL, "GET /projects/a%2Fb/merge_requests/1", "{\"iid\":1,\"state\":\"merged\",\"sha\":\"" SHA "\",\"merge_commit_sha\":null,\"squash_commit_sha\":\"" MERGE "\"}",
	     LF_PULL_MERGED, MERGE},
	    {"git@gitlab.com:a/b", NULL, "GET /projects/a%2Fb/merge_requests/1", "{\"iid\":1,\"state\":\"merged\",\"sha\":\"" SHA "\",\"merge_commit_sha\":null,\"squash_commit_sha\":null}", LF_PULL_MERGED, SHA},
	    {"git@codeberg.org:a/b", NULL, "GET /repos/a/b/pulls/1", "{\"number\":1,\"state\":\"closed\",\"merged\":true,\"merge_commit_sha\":\"" MERGE "\"}", LF_PULL_MERGED, MERGE},
	    {"git@codeberg.org:a/b", NULL, "GET /repos/a/b/pulls/1", "{\"number\":1,\"state\":\"closed\",\"merged\":false}", LF_PULL_CLOSED, NULL},
	    {"git@bitbucket.org:a/b", NULL, "GET /repositories/a/b/pullrequests/1", "{\"id\":1,\"state\":\"SUPERSEDED\"}", LF_PULL_CLOSED, NULL},
	    {"ssh://git@h:7999/A/b", NULL, "GET /api/1.0/projects/A/repos/b/pull-requests/1", "{\"id\":1,\"state\":\"MERGED\",\"properties\":{\"mergeCommit\":{\"id\":\"" MERGE "\"}}}", LF_PULL_MERGED, MERGE},
	    {"ssh://git@h:7999/A/b", NULL, "GET /api/1.0/projects/A/repos/b/pull-requests/1", "{\"id\":1,\"state\":\"DECLINED\"}", LF_PULL_CLOSED, NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct exchange script[] = {{rows[i].path, NULL, 200, rows[i].answer, NULL}};
		struct lf_pull pull = {0};

		assert_int_equal(CONVERSE(&pull, rows[i].url, rows[i].forge, NULL, 1, script, NULL), LF_OK);
		assert_int_equal(pull.state, rows[i].state);
		if (rows[i].commit)
			assert_string_equal(pull.commit, rows[i].commit);
		else
			assert_null(pull.commit);
		lf_pull_dispose(&pull);
	}
}

static void gitlab_opens(void **state)
{
	const struct lf_forge_wish wish = {"main", "landfall/web", "Add web", "Text", true, &two, &labels};
	static const struct exchange script[] = {
	    {"GET /projects/g%2Fs%2Fapp/merge_requests?state=opened&source_branch=landfall%2Fweb&target_branch=main", NULL, 200,
	     "[{\"iid\":1,\"source_branch\":\"landfall/web\",\"target_branch\":\"main\",\"source_project_id\":5,\"target_project_id\":4}]", NULL}, /* a fork's */
	    {"GET /users?username=ann", NULL, 200, "[{\"id\":31,\"username\":\"ann\"}]", NULL},
	    {"GET /users?username=nobody", NULL, 200, "[]", NULL},
	    {"POST /projects/g%2Fs%2Fapp/merge_requests",
	     "{\"title\":\"Draft: Add web\",\"description\":\"Text\",\"reviewer_ids\":[31],\"labels\":\"gitops,missing\",\"source_branch\":\"landfall/web\",\"target_branch\":\"main\"", 201,
	     "{\"iid\":12,\"state\":\"opened\",\"draft\":true,\"web_url\":\"https://gitlab.com/g/s/app/-/merge_requests/12\",\"sha\":\"" SHA "\",\"detailed_merge_status\":\"draft_status\"}", NULL},
	};
	struct lf_pull pull = {0};

	(void)state;
	assert_int_equal(CONVERSE(&pull, "git@gitlab.com:g/s/app.git", NULL, &wish, 0, script, NULL), LF_OK);
	assert_int_equal(pull.number, 12);
	assert_string_equal(pull.noun, "merge request");
	assert_int_equal(pull.notes.count, 1);
	assert_string_equal(pull.notes.items[0], "There is no user \"nobody\" to review it.");
	lf_pull_dispose(&pull);
}

static void gitlab_views(void **state)
{
	static const struct exchange script[] = {
	    {"GET /projects/g%2Fapp/merge_requests/12", NULL, 200, "{\"iid\":12,\"state\":\"opened\",\"sha\":\"" SHA "\",\"detailed_merge_status\":\"some_new_reason\"}", NULL},
	    {"GET /projects/g%2Fapp/repository/commits/" SHA "/statuses?per_page=100", NULL, 200,
	     "[{\"name\":\"build\",\"status\":\"success\",\"allow_failure\":false},{\"name\":\"flaky\",\"status\":\"failed\",\"allow_failure\":true},{\"name\":\"deploy\",\"status\":\"running\"}]", NULL},
	    {"GET /projects/g%2Fapp/merge_requests/12/approvals", NULL, 200, "{\"approvals_required\":2,\"approvals_left\":1,\"approved_by\":[{\"user\":{\"username\":\"ann\"}}]}", NULL},
	};
	struct lf_pull pull = {0};

	(void)state;
	assert_int_equal(CONVERSE(&pull, "git@gitlab.com:g/app.git", NULL, NULL, 12, script, NULL), LF_OK);
	assert_summary(&pull, "1 of 2 checks passed, running: deploy · approved by ann · 1 approval missing · cannot be merged now: some new reason");
	lf_pull_dispose(&pull);
}

static void gitea_opens(void **state)
{
	const struct lf_forge_wish wish = {"main", "landfall/web", "Add web", "Text", true, &people, &labels};
	static const struct exchange script[] = {
	    {"GET /repos/acme/shop/pulls?state=open&limit=50", NULL, 200,
	     "[{\"number\":2,\"head\":{\"ref\":\"landfall/web\",\"repo_id\":9},\"base\":{\"ref\":\"main\",\"repo_id\":8}}]", NULL},
	    {"POST /repos/acme/shop/pulls", "{\"title\":\"WIP: Add web\",\"body\":\"Text\",\"head\":\"landfall/web\",\"base\":\"main\"}", 201,
	     "{\"number\":5,\"state\":\"open\",\"draft\":true,\"html_url\":\"https://codeberg.org/acme/shop/pulls/5\",\"head\":{\"sha\":\"" SHA "\"}}", NULL},
	    {"POST /repos/acme/shop/pulls/5/requested_reviewers", "{\"reviewers\":[\"ann\"]}", 201, "[]", NULL},
	    {"POST /repos/acme/shop/pulls/5/requested_reviewers", "{\"team_reviewers\":[\"ops\"]}", 201, "[]", NULL},
	    {"GET /repos/acme/shop/labels?limit=50", NULL, 200, "[{\"id\":1,\"name\":\"bug\"},{\"id\":3,\"name\":\"GitOps\"}]", NULL},
	    {"GET /orgs/acme/labels?limit=50", NULL, 404, "{\"message\":\"user redirect does not exist\"}", NULL},
	    {"POST /repos/acme/shop/issues/5/labels", "{\"labels\":[3]}", 200, "[]", NULL},
	};
	struct lf_pull pull = {0};

	(void)state;
	assert_int_equal(CONVERSE(&pull, "https://codeberg.org/acme/shop.git", NULL, &wish, 0, script, NULL), LF_OK);
	assert_int_equal(pull.number, 5);
	assert_int_equal(pull.notes.count, 1);
	assert_string_equal(pull.notes.items[0], "There is no label \"missing\".");
	lf_pull_dispose(&pull);
}

static void gitea_views(void **state)
{
	static const struct exchange script[] = {
	    {"GET /repos/acme/shop/pulls/5", NULL, 200, "{\"number\":5,\"state\":\"open\",\"mergeable\":true,\"head\":{\"sha\":\"" SHA "\"}}", NULL},
	    {"GET /repos/acme/shop/commits/" SHA "/status?limit=50", NULL, 200,
	     "{\"state\":\"pending\",\"statuses\":[{\"context\":\"ci/build\",\"status\":\"success\"},{\"context\":\"ci/test\",\"status\":\"pending\"}]}", NULL},
	    {"GET /repos/acme/shop/pulls/5/reviews?limit=50", NULL, 200,
	     "[{\"user\":{\"login\":\"ann\"},\"state\":\"APPROVED\"},{\"user\":{\"login\":\"bob\"},\"state\":\"REQUEST_CHANGES\"},{\"user\":{\"login\":\"cy\"},\"state\":\"APPROVED\",\"dismissed\":true}]", NULL},
	};
	struct lf_pull pull = {0};

	(void)state;
	assert_int_equal(CONVERSE(&pull, "https://codeberg.org/acme/shop.git", NULL, NULL, 5, script, NULL), LF_OK);
	assert_summary(&pull, "1 of 2 checks passed, running: ci/test · approved by ann · changes wanted by bob · can be merged");
	lf_pull_dispose(&pull);
}

static void bitbucket_updates(void **state)
{
	const struct lf_forge_wish wish = {"main", "landfall/web", "Add web", "Text", false, &two, &labels};
	static const struct exchange script[] = {
	    {"GET /repositories/team/app/pullrequests?q=state%3D%22OPEN%22%20AND%20source.branch.name%3D%22landfall%2Fweb%22%20AND%20destination.branch.name%3D%22main%22", NULL, 200,
	     "{\"values\":[{\"id\":3,\"state\":\"OPEN\",\"source\":{\"branch\":{\"name\":\"landfall/web\"},\"repository\":{\"full_name\":\"team/app\"}},\"destination\":{\"branch\":{\"name\":\"main\"},"
	     "\"repository\":{\"full_name\":\"team/app\"}}}]}", NULL},
	    {"GET /repositories/team/app/pullrequests/3", NULL, 200, "{\"id\":3,\"reviewers\":[{\"uuid\":\"{old}\"}]}", NULL},
	    {"GET /workspaces/team/members?pagelen=100", NULL, 200, "{\"values\":[{\"user\":{\"nickname\":\"zoe\",\"uuid\":\"{z}\"}}],\"next\":\"https://api.bitbucket.org/2.0/workspaces/team/members?page=2\"}", NULL},
	    {"GET https://api.bitbucket.org/2.0/workspaces/team/members?page=2", NULL, 200, "{\"values\":[{\"user\":{\"nickname\":\"Ann\",\"uuid\":\"{a}\"}}],\"next\":\"https://api.bitbucket.org.evil.example/2.0/x\"}", NULL},
	    {"PUT /repositories/team/app/pullrequests/3", "\"reviewers\":[{\"uuid\":\"{old}\"},{\"uuid\":\"{a}\"}]", 200,
	     "{\"id\":3,\"state\":\"OPEN\",\"links\":{\"html\":{\"href\":\"https://bitbucket.org/team/app/pull-requests/3\"}},\"source\":{\"commit\":{\"hash\":\"0123456789ab\"}}}", NULL},
	};
	struct lf_pull pull = {0};

	(void)state;
	assert_int_equal(CONVERSE(&pull, "git@bitbucket.org:team/app.git", NULL, &wish, 0, script, NULL), LF_OK);
	assert_true(pull.updated);
	assert_string_equal(pull.url, "https://bitbucket.org/team/app/pull-requests/3");
	assert_int_equal(pull.notes.count, 2); /* nobody, and no labels */
	lf_pull_dispose(&pull);
}

static void bitbucket_views(void **state)
{
	static const struct exchange merged[] = {
	    {"GET /repositories/team/app/pullrequests/3", NULL, 200, "{\"id\":3,\"state\":\"MERGED\",\"merge_commit\":{\"hash\":\"89abcdef0123\"}}", NULL},
	    {"GET /repositories/team/app/commit/89abcdef0123", NULL, 200, "{\"hash\":\"" MERGE "\"}", NULL},
	};
	static const struct exchange open[] = {
	    {"GET /repositories/team/app/pullrequests/3", NULL, 200,
	     "{\"id\":3,\"state\":\"OPEN\",\"source\":{\"commit\":{\"hash\":\"0123456789ab\"}},\"participants\":[{\"user\":{\"nickname\":\"ann\"},\"approved\":true},"
	     "{\"user\":{\"display_name\":\"Bob B\"},\"approved\":false,\"state\":\"changes_requested\"}]}", NULL},
	    {"GET /repositories/team/app/pullrequests/3/statuses?pagelen=100", NULL, 200, "{\"values\":[{\"key\":\"k\",\"name\":\"Build\",\"state\":\"SUCCESSFUL\"},{\"key\":\"unnamed\",\"state\":\"INPROGRESS\"}]}", NULL},
	};
	struct lf_pull pull = {0};

	(void)state;
	assert_int_equal(CONVERSE(&pull, "git@bitbucket.org:team/app.git", NULL, NULL, 3, merged, NULL), LF_OK);
	assert_string_equal(pull.commit, MERGE);
	assert_int_equal(CONVERSE(&pull, "git@bitbucket.org:team/app.git", NULL, NULL, 3, open, NULL), LF_OK);
	assert_summary(&pull, "1 of 2 checks passed, running: unnamed · approved by ann · changes wanted by Bob B");
	lf_pull_dispose(&pull);
}

static void bitbucket_server_opens(void **state)
{
	const struct lf_forge_wish wish = {"main", "landfall/web", "Add web", "Text", false, &two, NULL};
#define REF(name) "{\"id\":\"refs/heads/" name "\",\"repository\":{\"slug\":\"app\",\"project\":{\"key\":\"PRJ\"}}}"
	static const struct exchange script[] = {
	    {"GET /api/1.0/projects/PRJ/repos/app/pull-requests?state=OPEN&direction=OUTGOING&limit=100&at=refs%2Fheads%2Flandfall%2Fweb", NULL, 200,
	     "{\"values\":[{\"id\":1,\"fromRef\":" REF("landfall/web") ",\"toRef\":" REF("next") "}],\"isLastPage\":false,\"nextPageStart\":100}", NULL},
	    {"GET /api/1.0/projects/PRJ/repos/app/pull-requests?state=OPEN&direction=OUTGOING&limit=100&at=refs%2Fheads%2Flandfall%2Fweb&start=100", NULL, 200,
	     "{\"values\":[{\"id\":2,\"version\":6,\"state\":\"OPEN\",\"fromRef\":" REF("landfall/web") ",\"toRef\":" REF("main") ",\"reviewers\":[{\"user\":{\"name\":\"zoe\"},\"status\":\"APPROVED\"}]}],\"isLastPage\":true}",
	     NULL},
	    {"PUT /api/1.0/projects/PRJ/repos/app/pull-requests/2",
	     "\"reviewers\":[{\"user\":{\"name\":\"zoe\"}},{\"user\":{\"name\":\"ann\"}},{\"user\":{\"name\":\"nobody\"}}],\"version\":6}", 200,
	     "{\"id\":2,\"version\":7,\"state\":\"OPEN\",\"links\":{\"self\":[{\"href\":\"https://h/projects/PRJ/repos/app/pull-requests/2\"}]}}", NULL},
	};
	static const struct exchange fresh[] = {
	    {"GET /api/1.0/projects/PRJ/repos/app/pull-requests?state=OPEN&direction=OUTGOING&limit=100&at=refs%2Fheads%2Flandfall%2Fweb", NULL, 200, "{\"values\":[],\"isLastPage\":true}", NULL},
	    {"POST /api/1.0/projects/PRJ/repos/app/pull-requests", "\"fromRef\":" REF("landfall/web") ",\"toRef\":" REF("main"), 409,
	     "{\"errors\":[{\"context\":\"reviewers\",\"message\":\"nobody is not a user.\"}]}", NULL},
	};
	struct lf_pull pull = {0};
	struct lf_error err = {0};

	(void)state;
	assert_int_equal(CONVERSE(&pull, "ssh://git@h:7999/PRJ/app.git", NULL, &wish, 0, script, NULL), LF_OK);
	assert_int_equal(pull.number, 2);
	assert_string_equal(pull.url, "https://h/projects/PRJ/repos/app/pull-requests/2");
	assert_int_equal(CONVERSE(&pull, "ssh://git@h:7999/PRJ/app.git", NULL, &wish, 0, fresh, &err), LF_ECONFLICT);
	assert_non_null(strstr(err.message, "nobody is not a user."));
	lf_pull_dispose(&pull);
}

static void bitbucket_server_views(void **state)
{
	static const struct exchange open[] = {
	    {"GET /api/1.0/projects/PRJ/repos/app/pull-requests/2", NULL, 200, "{\"id\":2,\"state\":\"OPEN\",\"fromRef\":{\"latestCommit\":\"" SHA "\"},\"reviewers\":[{\"user\":{\"name\":\"ann\"},\"status\":\"NEEDS_WORK\"}]}", NULL},
	    {"GET /api/1.0/projects/PRJ/repos/app/pull-requests/2/merge", NULL, 200, "{\"canMerge\":false,\"conflicted\":false,\"vetoes\":[{\"summaryMessage\":\"Not all required builds are successful\"}]}", NULL},
	    {"GET /build-status/1.0/commits/" SHA "?limit=100", NULL, 200, "{\"values\":[{\"key\":\"B\",\"name\":\"build\",\"state\":\"FAILED\"}],\"isLastPage\":true}", NULL},
	};
	static const struct exchange old[] = {
	    {"GET /api/1.0/projects/PRJ/repos/app/pull-requests/2", NULL, 200, "{\"id\":2,\"state\":\"MERGED\"}", NULL},
	    {"GET /api/1.0/projects/PRJ/repos/app/pull-requests/2/activities?limit=100", NULL, 200, "{\"values\":[{\"action\":\"OPENED\"},{\"action\":\"MERGED\",\"commit\":{\"id\":\"" MERGE "\"}}],\"isLastPage\":true}", NULL},
	};
	struct lf_pull pull = {0};

	(void)state;
	assert_int_equal(CONVERSE(&pull, "ssh://git@h:7999/PRJ/app.git", NULL, NULL, 2, open, NULL), LF_OK);
	assert_summary(&pull, "failing: build · changes wanted by ann · cannot be merged now: Not all required builds are successful");
	assert_int_equal(CONVERSE(&pull, "ssh://git@h:7999/PRJ/app.git", NULL, NULL, 2, old, NULL), LF_OK);
	assert_string_equal(pull.commit, MERGE);
	lf_pull_dispose(&pull);
}

/* ---- refusals ---- */

static void refusals_have_words(void **state)
{
	static const struct {
		int status;
		const char *body, *headers;
		int code;
		const char *says;
	} rows[] = {
	    {401, "{\"message\":\"Bad credentials\"}", NULL, LF_EAUTH, "does not accept the token (Bad credentials)"},
	    {403, "{\"message\":\"Resource not accessible\"}", NULL, LF_EFORBIDDEN, "Resource not accessible"},
	    {403, "{\"message\":\"API rate limit exceeded\"}", "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 100\r\n", LF_ENET, "asks to wait"},
	    {404, "{\"message\":\"404 Project Not Found\"}", NULL, LF_ENOTFOUND, "knows no a/b"},
	    {409, "{\"errors\":[{\"message\":\"You changed it \\u001b[31mtwice\\u202e\"}]}", NULL, LF_ECONFLICT, "You changed it"},
	    {422, "{\"message\":\"Validation Failed\",\"errors\":[{\"resource\":\"PullRequest\",\"field\":\"base\",\"code\":\"invalid\"}]}", NULL, LF_EREFUSED, "base invalid"},
	    {400, "{\"message\":{\"title\":[\"can't be blank\"]}}", NULL, LF_EREFUSED, "title can't be blank"},
	    {400, "{\"type\":\"error\",\"error\":{\"message\":\"There are no changes to be pulled\"}}", NULL, LF_EREFUSED, "no changes to be pulled"},
	    {429, "Retry later", "Retry-After: 30\r\n", LF_ENET, "asks to wait"},
	    {503, "<html>", NULL, LF_ENET, "trouble of its own (status 503)"},
	    {302, "", NULL, LF_EREFUSED, "status 302"},
	};
	struct lf_forge_site site;

	(void)state;
	assert_int_equal(lf_forge_locate(&site, "https://github.com/a/b", NULL, NULL, NULL), LF_OK);
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct forge_answer answer = {rows[i].status, rows[i].headers, rows[i].body, strlen(rows[i].body)};
		struct lf_error err = {0};

		assert_int_equal(forge_words(&err, &forge_github, &site, "opening the pull request", &answer), rows[i].code);
		if (!strstr(err.message, rows[i].says))
			fail_msg("%d: %s", rows[i].status, err.message);
		assert_true(*err.hint);
		assert_null(strchr(err.message, '\033'));
		assert_null(strstr(err.message, "\xe2\x80\xae"));
	}
	lf_forge_site_dispose(&site);
}

static void patience(void **state)
{
	static const struct {
		int status;
		const char *headers;
		int64_t ms;
	} rows[] = {
	    {200, "x-ratelimit-remaining: 0\r\n", -1},
	    {403, NULL, -1},
	    {403, "x-ratelimit-remaining: 12\r\n", -1},
	    {403, "X-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1030\r\n", 30000},
	    {403, "Retry-After: 7\r\n", 7000},
	    {429, NULL, 60000},
	    {429, "RateLimit-Reset: 1002\r\n", 2000},
	    {429, "Retry-After: 0\r\n", 1000},
	    {429, "Retry-After: 999999999\r\n", 3600000},
	    {429, "Retry-After: soon\r\n", 60000},
	    {500, NULL, 5000},
	    {503, "retry-after: 9\r\n", 9000},
	    {501, NULL, -1},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct forge_answer answer = {.status = rows[i].status, .headers = rows[i].headers};

		if (forge_patience_ms(&answer, 1000000) != rows[i].ms)
			fail_msg("row %zu: %lld", i, (long long)forge_patience_ms(&answer, 1000000));
	}
}

static void answers_are_bounded(void **state)
{
	struct exchange script[FORGE_PAGES + 4];
	struct lf_pull pull = {0};
	static const char page[] = "[{\"number\":1,\"head\":{\"ref\":\"x\"},\"base\":{\"ref\":\"y\"}}]";
	static const char link[] = "Link: <https://codeberg.org/api/v1/repos/a/b/pulls?page=2>; rel=\"next\"\r\n";
	const struct lf_forge_wish wish = {"main", "h", "t", "", false, NULL, NULL};
	struct lf_error err = {0};
	size_t i;

	(void)state;
	script[0] = (struct exchange){"GET /repos/a/b/pulls?state=open&limit=50", NULL, 200, page, link};
	for (i = 1; i < FORGE_PAGES; i++) /* a link to itself for ever */
		script[i] = (struct exchange){"GET https://codeberg.org/api/v1/repos/a/b/pulls?page=2", NULL, 200, page, link};
	script[i++] = (struct exchange){"POST /repos/a/b/pulls", "title", 201, "no json", NULL};
	assert_int_equal(converse(&pull, "https://codeberg.org/a/b", NULL, &wish, 0, script, i, &err), LF_EPARSE);
	assert_true(*err.hint);
	lf_pull_dispose(&pull);
}

static void commits_are_whole(void **state)
{
	(void)state;
	assert_true(forge_is_commit(SHA));
	assert_false(forge_is_commit(SHA "0"));
	assert_false(forge_is_commit(SHA "g"));
	assert_false(forge_is_commit("0123456789ab"));
	assert_false(forge_is_commit("0123456789ABCDEF0123456789abcdef01234567"));
	assert_false(forge_is_commit(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(github_opens),
	    cmocka_unit_test(github_updates),
	    cmocka_unit_test(finds_one_that_was_opened_meanwhile),
	    cmocka_unit_test(github_views),
	    cmocka_unit_test(views_the_end),
	    cmocka_unit_test(gitlab_opens),
	    cmocka_unit_test(gitlab_views),
	    cmocka_unit_test(gitea_opens),
	    cmocka_unit_test(gitea_views),
	    cmocka_unit_test(bitbucket_updates),
	    cmocka_unit_test(bitbucket_views),
	    cmocka_unit_test(bitbucket_server_opens),
	    cmocka_unit_test(bitbucket_server_views),
	    cmocka_unit_test(refusals_have_words),
	    cmocka_unit_test(patience),
	    cmocka_unit_test(answers_are_bounded),
	    cmocka_unit_test(commits_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
