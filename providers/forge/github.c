/* github: pull requests of github.com and GitHub Enterprise Server (REST API, version 2022-11-28): what is asked and what the answers mean. Pure. A draft cannot be
 * made ready, nor the other way round, over this API: that is a note. */
#include "config.h"
#include "providers/forge/owners.h"

#include <string.h>
#include <strings.h>

#include "core/mem.h"

static void root(struct lf_str *out, const struct lf_forge_site *site)
{
	if (!strcasecmp(site->host, "github.com"))
		lf_str_add(out, "https://api.github.com");
	else
		lf_str_addf(out, "%s/api/v3", site->web);
}

static void compare(struct lf_str *out, const struct lf_forge_site *site, const char *base, const char *head)
{
	forge_owners_compare(out, site, base, head);
	lf_str_add(out, "?expand=1");
}

static void blocked_by(struct lf_pull *pull, const struct lf_node *answer)
{
	static const struct {
		const char *state, *why;
	} rows[] = {
	    {"dirty", "it conflicts with the base branch"},
	    {"blocked", "a required review or check is missing"},
	    {"behind", "the branch is behind the base branch"},
	    {"draft", "it is a draft"},
	};
	const char *state = lf_node_text(answer, "mergeable_state");

	if (lf_node_kind(lf_node_key(answer, "mergeable")) != LF_NODE_BOOL)
		return; /* null: GitHub is still finding out */
	pull->merge = lf_node_true(answer, "mergeable") ? LF_MERGE_POSSIBLE : LF_MERGE_BLOCKED;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		if (lf_equal(state, rows[i].state)) {
			pull->merge = LF_MERGE_BLOCKED;
			lf_set(&pull->blocked, rows[i].why);
		}
	}
}

static void read_pull(struct forge_talk *talk, const struct lf_node *answer)
{
	struct lf_pull *pull = &talk->pull;

	pull->number = lf_node_int(answer, "number", pull->number);
	pull->draft = lf_node_true(answer, "draft");
	forge_take(&pull->url, answer, "html_url", 1000);
	forge_take(&pull->title, answer, "title", 300);
	forge_take(&pull->head, answer, "head.sha", 64);
	pull->state = LF_PULL_OPEN;
	/* A list has no "merged", but merged_at; merge_commit_sha of an open one is only a trial merge. */
	if (lf_node_true(answer, "merged") || *lf_node_text(answer, "merged_at")) {
		pull->state = LF_PULL_MERGED;
		forge_commit(&pull->commit, answer, "merge_commit_sha");
	} else if (lf_equal(lf_node_text(answer, "state"), "closed")) {
		pull->state = LF_PULL_CLOSED;
	} else {
		blocked_by(pull, answer);
	}
}

static bool ask_find(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_str query = {0};

	lf_str_add(&query, "/pulls?state=open&head=");
	forge_path(&query, talk->site->owner);
	lf_str_add(&query, "%3A");
	forge_path(&query, talk->wish.head);
	lf_str_add(&query, "&base=");
	forge_path(&query, talk->wish.base);
	(void)forge_get_below(out, talk, "%s", lf_str_text(&query));
	lf_str_dispose(&query);
	return true;
}

static void read_find(struct forge_talk *talk, const struct lf_node *answer)
{
	for (size_t i = 0; i < lf_node_count(answer) && !talk->pull.number; i++) {
		const struct lf_node *item = lf_node_at(answer, i);

		if (!lf_equal(lf_node_text(item, "head.ref"), talk->wish.head) || !lf_equal(lf_node_text(item, "base.ref"), talk->wish.base))
			continue;
		read_pull(talk, item);
		talk->pull.updated = true;
	}
}

static bool ask_create(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_node *body;

	if (talk->pull.number)
		return false;
	body = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(body, "title", talk->wish.title);
	lf_node_set_text(body, "body", talk->wish.body);
	lf_node_set_text(body, "head", talk->wish.head);
	lf_node_set_text(body, "base", talk->wish.base);
	lf_node_set_bool(body, "draft", talk->wish.draft);
	return forge_send_below(out, talk, "POST", body, "/pulls");
}

static bool ask_update(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_node *body;

	if (!talk->pull.updated)
		return false;
	if (talk->pull.draft != talk->wish.draft)
		forge_note(talk, talk->wish.draft ? "The pull request is open already, and only its page can make it a draft."
						  : "The pull request is a draft already, and only its page can mark it ready.");
	body = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(body, "title", talk->wish.title);
	lf_node_set_text(body, "body", talk->wish.body);
	return forge_send_below(out, talk, "PATCH", body, "/pulls/%lld", (long long)talk->pull.number);
}

static bool ask_labels(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_node *body, *list;

	if (!talk->wish.labels.count)
		return false;
	body = lf_node_new(LF_NODE_MAP);
	list = lf_node_set_list(body, "labels");
	for (size_t i = 0; i < talk->wish.labels.count; i++)
		lf_node_add_text(list, talk->wish.labels.items[i]);
	return forge_send_below(out, talk, "POST", body, "/issues/%lld/labels", (long long)talk->pull.number);
}

static bool ask_runs(struct forge_request *out, struct forge_talk *talk)
{
	return forge_is_open(talk) && forge_get_below(out, talk, "/commits/%s/check-runs?per_page=100", talk->pull.head);
}

static void read_runs(struct forge_talk *talk, const struct lf_node *answer)
{
	const struct lf_node *runs = lf_node_key(answer, "check_runs");

	for (size_t i = 0; i < lf_node_count(runs); i++) {
		const struct lf_node *run = lf_node_at(runs, i);
		bool over = lf_equal(lf_node_text(run, "status"), "completed");

		lf_pull_add_check(&talk->pull, lf_node_text(run, "name"), over ? forge_check_state(lf_node_text(run, "conclusion")) : LF_CHECKS_PENDING);
	}
}

static bool ask_statuses(struct forge_request *out, struct forge_talk *talk)
{
	return forge_is_open(talk) && forge_get_below(out, talk, "/commits/%s/status?per_page=100", talk->pull.head);
}

static void read_statuses(struct forge_talk *talk, const struct lf_node *answer)
{
	const struct lf_node *list = lf_node_key(answer, "statuses");

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *status = lf_node_at(list, i);

		lf_pull_add_check(&talk->pull, lf_node_text(status, "context"), forge_check_state(lf_node_text(status, "state")));
	}
}

static bool ask_reviews(struct forge_request *out, struct forge_talk *talk)
{
	return forge_is_open(talk) && forge_get_below(out, talk, "/pulls/%lld/reviews?per_page=100", (long long)talk->pull.number);
}

/* In the order they were given. A comment changes nobody's opinion. */
static void read_reviews(struct forge_talk *talk, const struct lf_node *answer)
{
	for (size_t i = 0; i < lf_node_count(answer); i++) {
		const struct lf_node *review = lf_node_at(answer, i);
		const char *state = lf_node_text(review, "state"), *who = lf_node_text(review, "user.login");

		if (lf_equal(state, "APPROVED"))
			lf_pull_add_opinion(&talk->pull, who, LF_OPINION_APPROVES);
		else if (lf_equal(state, "CHANGES_REQUESTED"))
			lf_pull_add_opinion(&talk->pull, who, LF_OPINION_WANTS_CHANGES);
		else if (lf_equal(state, "DISMISSED"))
			lf_pull_add_opinion(&talk->pull, who, LF_OPINION_NONE);
	}
}

static bool ask_fresh(struct forge_request *out, struct forge_talk *talk)
{
	return forge_owners_create(out, talk, forge_owners_body(talk)); /* the branch that is pushed first becomes the default one */
}

static const struct forge_step creating[] = {
    {.what = "looking for the repository", .ask = forge_ask_fresh, .read = forge_owners_read_fresh, .optional = true, .quiet = true},
    {.what = "finding out whose token it is", .ask = forge_owners_ask_me, .read = forge_owners_read_me, .optional = true, .quiet = true},
    {.what = "creating the repository", .ask = ask_fresh, .read = forge_owners_read_created, .opens = true},
    {0},
};
static const struct forge_step opening[] = {
    {.what = "looking for an open pull request", .ask = ask_find, .read = read_find},
    {.what = "opening the pull request", .ask = ask_create, .read = read_pull, .opens = true},
    {.what = "updating the pull request", .ask = ask_update, .read = read_pull},
    {.what = "asking for a review", .ask = forge_owners_ask_reviewer, .read = forge_next, .optional = true, .repeats = true},
    {.what = "setting labels", .ask = ask_labels, .read = forge_ignore, .optional = true},
    {0},
};
static const struct forge_step viewing[] = {
    {.what = "reading the pull request", .ask = forge_owners_ask_view, .read = read_pull},
    {.what = "reading its checks", .ask = ask_runs, .read = read_runs, .optional = true},
    {.what = "reading its statuses", .ask = ask_statuses, .read = read_statuses, .optional = true},
    {.what = "reading its reviews", .ask = ask_reviews, .read = read_reviews, .optional = true},
    {0},
};
static const char *const headers[] = {"Accept: application/vnd.github+json", "X-GitHub-Api-Version: 2022-11-28", NULL};
static const char *const tokens[] = {"GITHUB_TOKEN", "GH_TOKEN", NULL};
static const char *const token_hosts[] = {"GH_HOST", "GITHUB_SERVER_URL", NULL};

const struct forge_adapter forge_github = {
    .kind = LF_FORGE_GITHUB,
    .word = "github",
    .title = "GitHub",
    .noun = "pull request",
    .headers = headers,
    .open = opening,
    .view = viewing,
    .create = creating,
    .root = root,
    .repository = forge_owners_repository,
    .compare = compare,
    .token_variables = tokens,
    .host_variables = token_hosts,
    .public_host = "github.com",
    .token_hint = "Set GITHUB_TOKEN to a token that may read and write pull requests and contents of this repository.",
    .create_hint = "Set GITHUB_TOKEN to a token that may create repositories for this owner (scope repo; fine-grained: administration, write).",
};
