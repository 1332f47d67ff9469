/* bitbucket_server: pull requests of Bitbucket Server and Data Center (REST API 1.0): what is asked and what the answers mean. Pure. A change names the version it
 * is based on, and an update names the reviewers there already, or it would drop them. It has no labels. */
#include "config.h"
#include "providers/forge/talk.h"

#include <string.h>

#include "core/mem.h"

static void repository(struct lf_str *out, const struct lf_forge_site *site)
{
	lf_str_add(out, "/api/1.0/projects/");
	forge_path(out, site->owner);
	lf_str_add(out, "/repos/");
	forge_path(out, site->name);
}

static void compare(struct lf_str *out, const struct lf_forge_site *site, const char *base, const char *head)
{
	if (site->owner[0] == '~') { /* a person's own repository */
		lf_str_addf(out, "%s/users/", site->web);
		forge_path(out, site->owner + 1);
	} else {
		lf_str_addf(out, "%s/projects/", site->web);
		forge_path(out, site->owner);
	}
	lf_str_add(out, "/repos/");
	forge_path(out, site->name);
	lf_str_add(out, "/pull-requests?create&sourceBranch=refs%2Fheads%2F");
	forge_path(out, head);
	lf_str_add(out, "&targetBranch=refs%2Fheads%2F");
	forge_path(out, base);
}

/* The page's own query is kept, only where it starts changes. */
static char *next_page(struct forge_talk *talk, const struct lf_node *answer)
{
	int64_t start = lf_node_int(answer, "nextPageStart", -1);
	struct forge_request same = {0};
	char *next = NULL;

	if (!lf_node_key(answer, "isLastPage") || lf_node_true(answer, "isLastPage") || start <= 0)
		return NULL;
	if (talk->step->ask(&same, talk))
		next = lf_format("%s%cstart=%lld", lf_str_text(&same.path), strchr(lf_str_text(&same.path), '?') ? '&' : '?', (long long)start);
	forge_request_dispose(&same);
	return next;
}

static void read_pull(struct forge_talk *talk, const struct lf_node *answer)
{
	struct lf_pull *pull = &talk->pull;
	const struct lf_node *reviewers = lf_node_key(answer, "reviewers"), *self = lf_node_at(lf_node_get(answer, "links.self"), 0);
	const char *state = lf_node_text(answer, "state");

	pull->number = lf_node_int(answer, "id", pull->number);
	talk->version = lf_node_int(answer, "version", 0);
	pull->draft = lf_node_true(answer, "draft");
	forge_take(&pull->url, self, "href", 1000);
	forge_take(&pull->title, answer, "title", 300);
	forge_take(&pull->head, answer, "fromRef.latestCommit", 64);
	pull->state = lf_equal(state, "MERGED") ? LF_PULL_MERGED : lf_equal(state, "DECLINED") ? LF_PULL_CLOSED : LF_PULL_OPEN;
	if (pull->state == LF_PULL_MERGED)
		forge_commit(&pull->commit, answer, "properties.mergeCommit.id");
	lf_names_dispose(&talk->ids);
	for (size_t i = 0; i < lf_node_count(reviewers); i++) {
		const struct lf_node *reviewer = lf_node_at(reviewers, i);
		const char *who = lf_node_text(reviewer, "user.name"), *opinion = lf_node_text(reviewer, "status");

		lf_names_add(&talk->ids, who);
		if (lf_equal(opinion, "APPROVED"))
			lf_pull_add_opinion(pull, who, LF_OPINION_APPROVES);
		else if (lf_equal(opinion, "NEEDS_WORK"))
			lf_pull_add_opinion(pull, who, LF_OPINION_WANTS_CHANGES);
	}
}

static bool ask_find(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_str head = {0};

	forge_path(&head, talk->wish.head);
	(void)forge_get_below(out, talk, "/pull-requests?state=OPEN&direction=OUTGOING&limit=100&at=refs%%2Fheads%%2F%s", lf_str_text(&head));
	lf_str_dispose(&head);
	return true;
}

static bool is_branch(const struct lf_node *item, const char *path, const char *branch)
{
	const char *id = lf_node_text(item, path);

	return lf_starts_with(id, "refs/heads/") && lf_equal(id + 11, branch);
}

static void read_find(struct forge_talk *talk, const struct lf_node *answer)
{
	const struct lf_node *list = lf_node_key(answer, "values");

	for (size_t i = 0; i < lf_node_count(list) && !talk->pull.number; i++) {
		const struct lf_node *item = lf_node_at(list, i);

		if (!is_branch(item, "fromRef.id", talk->wish.head) || !is_branch(item, "toRef.id", talk->wish.base) ||
		    !lf_equal(lf_node_text(item, "fromRef.repository.slug"), lf_node_text(item, "toRef.repository.slug")) ||
		    !lf_equal(lf_node_text(item, "fromRef.repository.project.key"), lf_node_text(item, "toRef.repository.project.key")))
			continue;
		read_pull(talk, item);
		talk->pull.updated = true;
	}
}

static struct lf_node *body_of(struct forge_talk *talk)
{
	struct lf_node *body = lf_node_new(LF_NODE_MAP), *list;

	if (talk->wish.labels.count)
		forge_note(talk, "Bitbucket has no labels for pull requests.");
	for (size_t i = 0; i < talk->wish.reviewers.count; i++) {
		if (!lf_names_have(&talk->ids, talk->wish.reviewers.items[i]))
			lf_names_add(&talk->ids, talk->wish.reviewers.items[i]);
	}
	lf_node_set_text(body, "title", talk->wish.title);
	lf_node_set_text(body, "description", talk->wish.body);
	if (talk->wish.draft) /* before version 8.18 there are none */
		lf_node_set_bool(body, "draft", true);
	list = lf_node_set_list(body, "reviewers");
	for (size_t i = 0; i < talk->ids.count; i++)
		lf_node_set_text(lf_node_set_map(lf_node_add_map(list), "user"), "name", talk->ids.items[i]);
	return body;
}

static void set_ref(struct lf_node *body, const char *key, const char *branch, const struct lf_forge_site *site)
{
	struct lf_node *ref = lf_node_set_map(body, key), *repo;
	char *id = lf_format("refs/heads/%s", branch);

	lf_node_set_text(ref, "id", id);
	repo = lf_node_set_map(ref, "repository");
	lf_node_set_text(repo, "slug", site->name);
	lf_node_set_text(lf_node_set_map(repo, "project"), "key", site->owner);
	lf_free(id);
}

static bool ask_create(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_node *body;

	if (talk->pull.number)
		return false;
	body = body_of(talk);
	set_ref(body, "fromRef", talk->wish.head, talk->site);
	set_ref(body, "toRef", talk->wish.base, talk->site);
	return forge_send_below(out, talk, "POST", body, "/pull-requests");
}

static bool ask_update(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_node *body;

	if (!talk->pull.updated)
		return false;
	body = body_of(talk);
	lf_node_set_int(body, "version", talk->version);
	return forge_send_below(out, talk, "PUT", body, "/pull-requests/%lld", (long long)talk->pull.number);
}

static bool ask_view(struct forge_request *out, struct forge_talk *talk)
{
	return forge_get_below(out, talk, "/pull-requests/%lld", (long long)talk->pull.number);
}

static bool ask_merge(struct forge_request *out, struct forge_talk *talk)
{
	return talk->pull.state == LF_PULL_OPEN && forge_get_below(out, talk, "/pull-requests/%lld/merge", (long long)talk->pull.number);
}

static void read_merge(struct forge_talk *talk, const struct lf_node *answer)
{
	const struct lf_node *veto = lf_node_at(lf_node_key(answer, "vetoes"), 0);

	if (!lf_node_key(answer, "canMerge"))
		return;
	talk->pull.merge = lf_node_true(answer, "canMerge") ? LF_MERGE_POSSIBLE : LF_MERGE_BLOCKED;
	if (lf_node_true(answer, "conflicted"))
		lf_set(&talk->pull.blocked, "it conflicts with the base branch");
	else if (talk->pull.merge == LF_MERGE_BLOCKED)
		forge_take(&talk->pull.blocked, veto, "summaryMessage", 200);
}

static bool ask_builds(struct forge_request *out, struct forge_talk *talk)
{
	return forge_is_open(talk) && forge_get(out, "/build-status/1.0/commits/%s?limit=100", talk->pull.head);
}

static void read_builds(struct forge_talk *talk, const struct lf_node *answer)
{
	const struct lf_node *list = lf_node_key(answer, "values");

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *build = lf_node_at(list, i);
		const char *name = lf_node_text(build, "name");

		lf_pull_add_check(&talk->pull, *name ? name : lf_node_text(build, "key"), forge_check_state(lf_node_text(build, "state")));
	}
}

/* Older versions tell the merge commit only among the activities. */
static bool ask_activities(struct forge_request *out, struct forge_talk *talk)
{
	return talk->pull.state == LF_PULL_MERGED && !talk->pull.commit &&
	       forge_get_below(out, talk, "/pull-requests/%lld/activities?limit=100", (long long)talk->pull.number);
}

static void read_activities(struct forge_talk *talk, const struct lf_node *answer)
{
	const struct lf_node *list = lf_node_key(answer, "values");

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *activity = lf_node_at(list, i);

		if (lf_equal(lf_node_text(activity, "action"), "MERGED"))
			forge_commit(&talk->pull.commit, activity, "commit.id");
	}
}

/* Its page is the first of a list of links. */
static void read_created(struct forge_talk *talk, const struct lf_node *answer)
{
	forge_take(&talk->fresh.url, lf_node_at(lf_node_get(answer, "links.self"), 0), "href", 1000);
}

static void read_fresh(struct forge_talk *talk, const struct lf_node *answer)
{
	talk->fresh.existed = answer != NULL;
	if (answer)
		read_created(talk, answer);
}

static bool ask_fresh(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_str project = {0};
	struct lf_node *body;

	if (talk->fresh.existed)
		return false;
	body = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(body, "name", talk->site->name);
	lf_node_set_text(body, "scmId", "git");
	lf_node_set_text(body, "defaultBranch", talk->fresh.branch);
	lf_node_set_bool(body, "public", talk->fresh.is_public);
	forge_path(&project, talk->site->owner);
	(void)forge_send(out, "POST", body, "/api/1.0/projects/%s/repos", lf_str_text(&project));
	lf_str_dispose(&project);
	return true;
}

static const struct forge_step creating[] = {
    {.what = "looking for the repository", .ask = forge_ask_fresh, .read = read_fresh, .optional = true, .quiet = true},
    {.what = "creating the repository", .ask = ask_fresh, .read = read_created, .opens = true},
    {0},
};
static const struct forge_step opening[] = {
    {.what = "looking for an open pull request", .ask = ask_find, .read = read_find},
    {.what = "opening the pull request", .ask = ask_create, .read = read_pull, .opens = true},
    {.what = "updating the pull request", .ask = ask_update, .read = read_pull},
    {0},
};
static const struct forge_step viewing[] = {
    {.what = "reading the pull request", .ask = ask_view, .read = read_pull},
    {.what = "reading the merge commit", .ask = ask_activities, .read = read_activities},
    {.what = "asking whether it can be merged", .ask = ask_merge, .read = read_merge, .optional = true},
    {.what = "reading its builds", .ask = ask_builds, .read = read_builds, .optional = true},
    {0},
};
static const char *const tokens[] = {"BITBUCKET_TOKEN", NULL};
static const char *const token_hosts[] = {"BITBUCKET_HOST", "BITBUCKET_URL", NULL};

const struct forge_adapter forge_bitbucket_server = {
    .kind = LF_FORGE_BITBUCKET_SERVER,
    .word = "bitbucket-server",
    .title = "Bitbucket Server",
    .noun = "pull request",
    .api = "/rest",
    .open = opening,
    .view = viewing,
    .create = creating,
    .repository = repository,
    .compare = compare,
    .next_page = next_page,
    .helper_is_basic = true,
    .token_variables = tokens,
    .host_variables = token_hosts,
    .token_hint = "Set BITBUCKET_TOKEN to an HTTP access token with write permission for this repository.",
    .create_hint = "Set BITBUCKET_TOKEN to an HTTP access token with the permission to administer this project.",
};
