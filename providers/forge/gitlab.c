/* gitlab: merge requests of gitlab.com and self-managed GitLab (REST API v4): what is asked and what the answers mean. Pure. A draft is a title that begins with
 * "Draft:"; reviewers are given by number, so each is looked up first. */
#include "config.h"
#include "providers/forge/talk.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

static void repository(struct lf_str *out, const struct lf_forge_site *site)
{
	lf_str_add(out, "/projects/");
	forge_path(out, site->owner);
	lf_str_add(out, "%2F");
	forge_path(out, site->name);
}

static void compare(struct lf_str *out, const struct lf_forge_site *site, const char *base, const char *head)
{
	lf_str_addf(out, "%s/", site->web);
	forge_segments(out, site->owner);
	lf_str_add_char(out, '/');
	forge_path(out, site->name);
	lf_str_add(out, "/-/merge_requests/new?merge_request%5Bsource_branch%5D=");
	forge_path(out, head);
	lf_str_add(out, "&merge_request%5Btarget_branch%5D=");
	forge_path(out, base);
}

static void merge_status(struct lf_pull *pull, const struct lf_node *answer)
{
	static const struct {
		const char *word, *why; /* NULL: nothing is known yet */
	} rows[] = {
	    {"unchecked", NULL},
	    {"checking", NULL},
	    {"preparing", NULL},
	    {"approvals_syncing", NULL},
	    {"ci_must_pass", "its pipeline must pass first"},
	    {"ci_still_running", "its pipeline is still running"},
	    {"conflict", "it conflicts with the base branch"},
	    {"broken_status", "it conflicts with the base branch"},
	    {"discussions_not_resolved", "a discussion is not resolved"},
	    {"draft_status", "it is a draft"},
	    {"not_approved", "an approval is missing"},
	    {"need_rebase", "the branch is behind the base branch"},
	    {"requested_changes", "a reviewer wants changes"},
	    {"blocked_status", "it waits for another merge request"},
	    {"merge_request_blocked", "it waits for another merge request"},
	    {"external_status_checks", "an external check must pass first"},
	    {"status_checks_must_pass", "an external check must pass first"},
	    {"security_policy_pipeline_check", "a security policy's pipeline must pass first"},
	    {"commits_status", "its branch is gone, or has no commits"},
	    {"locked_paths", "somebody has locked a path in it"},
	    {"locked_lfs_files", "somebody has locked a file in it"},
	    {"merge_time", "it may be merged only after a certain time"},
	    {"jira_association_missing", "its title or text must name a Jira issue"},
	    {"title_regex", "the project asks for another form of its title"},
	    {"security_policy_violations", "a security policy forbids it"},
	};
	const char *word = lf_node_text(answer, "detailed_merge_status");

	if (!*word) { /* before GitLab 15.6 */
		word = lf_node_text(answer, "merge_status");
		if (lf_equal(word, "can_be_merged"))
			pull->merge = LF_MERGE_POSSIBLE;
		else if (lf_equal(word, "cannot_be_merged"))
			pull->merge = LF_MERGE_BLOCKED;
		if (lf_node_true(answer, "has_conflicts"))
			lf_set(&pull->blocked, "it conflicts with the base branch");
		return;
	}
	if (lf_equal(word, "mergeable")) {
		pull->merge = LF_MERGE_POSSIBLE;
		return;
	}
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		if (!lf_equal(word, rows[i].word))
			continue;
		pull->merge = rows[i].why ? LF_MERGE_BLOCKED : LF_MERGE_UNKNOWN;
		lf_set(&pull->blocked, rows[i].why);
		return;
	}
	pull->merge = LF_MERGE_BLOCKED; /* a reason of a newer GitLab: its own word is better than none */
	forge_take(&pull->blocked, answer, "detailed_merge_status", 60);
	for (char *c = pull->blocked; c && *c; c++)
		*c = *c == '_' ? ' ' : *c;
}

static void read_pull(struct forge_talk *talk, const struct lf_node *answer)
{
	struct lf_pull *pull = &talk->pull;
	const char *state = lf_node_text(answer, "state");

	pull->number = lf_node_int(answer, "iid", pull->number);
	pull->draft = lf_node_true(answer, "draft") || lf_node_true(answer, "work_in_progress");
	forge_take(&pull->url, answer, "web_url", 1000);
	forge_take(&pull->title, answer, "title", 300);
	forge_take(&pull->head, answer, "sha", 64);
	pull->state = LF_PULL_OPEN;
	if (lf_equal(state, "merged")) {
		pull->state = LF_PULL_MERGED;
		/* A merge commit if there is one; else the squashed commit; else it was a fast-forward to the branch's own tip. */
		forge_commit(&pull->commit, answer, "merge_commit_sha");
		if (!pull->commit)
			forge_commit(&pull->commit, answer, "squash_commit_sha");
		if (!pull->commit)
			forge_commit(&pull->commit, answer, "sha");
	} else if (lf_equal(state, "closed")) {
		pull->state = LF_PULL_CLOSED;
	} else {
		merge_status(pull, answer);
	}
}

static bool ask_find(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_str query = {0};

	lf_str_add(&query, "/merge_requests?state=opened&source_branch=");
	forge_path(&query, talk->wish.head);
	lf_str_add(&query, "&target_branch=");
	forge_path(&query, talk->wish.base);
	(void)forge_get_below(out, talk, "%s", lf_str_text(&query));
	lf_str_dispose(&query);
	return true;
}

static void read_find(struct forge_talk *talk, const struct lf_node *answer)
{
	for (size_t i = 0; i < lf_node_count(answer) && !talk->pull.number; i++) {
		const struct lf_node *item = lf_node_at(answer, i);

		/* A fork's branch of the same name is another branch. */
		if (!lf_equal(lf_node_text(item, "source_branch"), talk->wish.head) || !lf_equal(lf_node_text(item, "target_branch"), talk->wish.base) ||
		    !lf_equal(lf_node_text(item, "source_project_id"), lf_node_text(item, "target_project_id")))
			continue;
		read_pull(talk, item);
		talk->pull.updated = true;
	}
}

static bool ask_person(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_str name = {0};

	if (talk->at >= talk->wish.reviewers.count)
		return false;
	forge_path(&name, talk->wish.reviewers.items[talk->at]);
	(void)forge_get(out, "/users?username=%s", lf_str_text(&name));
	lf_str_dispose(&name);
	return true;
}

static void read_person(struct forge_talk *talk, const struct lf_node *answer)
{
	const char *id = lf_node_text(lf_node_at(answer, 0), "id");

	if (talk->at >= talk->wish.reviewers.count)
		return;
	if (*id)
		lf_names_add(&talk->ids, id);
	else if (answer)
		forge_note(talk, "There is no user \"%.80s\" to review it.", talk->wish.reviewers.items[talk->at]);
	talk->at++;
}

static struct lf_node *body_of(const struct forge_talk *talk)
{
	struct lf_node *body = lf_node_new(LF_NODE_MAP), *list;
	struct lf_str text = {0};

	if (talk->wish.draft && !lf_starts_with(talk->wish.title, "Draft:"))
		lf_str_add(&text, "Draft: ");
	lf_str_add(&text, talk->wish.title);
	lf_node_set_text(body, "title", lf_str_text(&text));
	lf_node_set_text(body, "description", talk->wish.body);
	if (talk->ids.count) {
		list = lf_node_set_list(body, "reviewer_ids");
		for (size_t i = 0; i < talk->ids.count; i++)
			(void)lf_node_add(list, lf_node_int_new(strtoll(talk->ids.items[i], NULL, 10)));
	}
	lf_str_truncate(&text, 0);
	for (size_t i = 0; i < talk->wish.labels.count; i++)
		lf_str_addf(&text, "%s%s", i ? "," : "", talk->wish.labels.items[i]);
	if (text.length)
		lf_node_set_text(body, talk->pull.updated ? "add_labels" : "labels", lf_str_text(&text));
	lf_str_dispose(&text);
	return body;
}

static bool ask_create(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_node *body;

	if (talk->pull.number)
		return false;
	body = body_of(talk);
	lf_node_set_text(body, "source_branch", talk->wish.head);
	lf_node_set_text(body, "target_branch", talk->wish.base);
	lf_node_set_bool(body, "remove_source_branch", true);
	return forge_send_below(out, talk, "POST", body, "/merge_requests");
}

static bool ask_update(struct forge_request *out, struct forge_talk *talk)
{
	return talk->pull.updated && forge_send_below(out, talk, "PUT", body_of(talk), "/merge_requests/%lld", (long long)talk->pull.number);
}

static bool ask_view(struct forge_request *out, struct forge_talk *talk)
{
	return forge_get_below(out, talk, "/merge_requests/%lld", (long long)talk->pull.number);
}

static bool ask_statuses(struct forge_request *out, struct forge_talk *talk)
{
	return forge_is_open(talk) && forge_get_below(out, talk, "/repository/commits/%s/statuses?per_page=100", talk->pull.head);
}

/* The latest status of each name. A job that may fail says nothing against it. */
static void read_statuses(struct forge_talk *talk, const struct lf_node *answer)
{
	for (size_t i = 0; i < lf_node_count(answer); i++) {
		const struct lf_node *status = lf_node_at(answer, i);
		enum lf_pull_checks state = forge_check_state(lf_node_text(status, "status"));

		if (lf_node_true(status, "allow_failure") && state != LF_CHECKS_PASSED)
			state = LF_CHECKS_NONE;
		lf_pull_add_check(&talk->pull, lf_node_text(status, "name"), state);
	}
}

static bool ask_approvals(struct forge_request *out, struct forge_talk *talk)
{
	return talk->pull.state == LF_PULL_OPEN && forge_get_below(out, talk, "/merge_requests/%lld/approvals", (long long)talk->pull.number);
}

static void read_approvals(struct forge_talk *talk, const struct lf_node *answer)
{
	const struct lf_node *list = lf_node_key(answer, "approved_by");

	for (size_t i = 0; i < lf_node_count(list); i++)
		lf_pull_add_opinion(&talk->pull, lf_node_text(lf_node_at(list, i), "user.username"), LF_OPINION_APPROVES);
	talk->pull.approvals_missing = lf_node_int(answer, "approvals_left", -1); /* not in GitLab's free edition */
}

static void read_fresh(struct forge_talk *talk, const struct lf_node *answer)
{
	forge_fresh(talk, answer, "web_url");
}

static void read_created(struct forge_talk *talk, const struct lf_node *answer)
{
	forge_take(&talk->fresh.url, answer, "web_url", 1000);
}

static bool ask_group(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_str owner = {0};

	if (talk->fresh.existed)
		return false;
	forge_path(&owner, talk->site->owner);
	(void)forge_get(out, "/namespaces/%s", lf_str_text(&owner));
	lf_str_dispose(&owner);
	return true;
}

static void read_group(struct forge_talk *talk, const struct lf_node *answer)
{
	talk->version = lf_node_int(answer, "id", 0);
}

static bool ask_fresh(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_node *body;

	if (talk->fresh.existed)
		return false;
	body = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(body, "name", talk->site->name);
	lf_node_set_text(body, "path", talk->site->name);
	lf_node_set_int(body, "namespace_id", talk->version);
	lf_node_set_text(body, "visibility", talk->fresh.is_public ? "public" : "private");
	return forge_send(out, "POST", body, "/projects");
}

static const struct forge_step creating[] = {
    {.what = "looking for the repository", .ask = forge_ask_fresh, .read = read_fresh, .optional = true, .quiet = true},
    {.what = "looking for the group", .ask = ask_group, .read = read_group},
    {.what = "creating the repository", .ask = ask_fresh, .read = read_created, .opens = true},
    {0},
};
static const struct forge_step opening[] = {
    {.what = "looking for an open merge request", .ask = ask_find, .read = read_find},
    {.what = "looking up reviewers", .ask = ask_person, .read = read_person, .optional = true, .repeats = true},
    {.what = "opening the merge request", .ask = ask_create, .read = read_pull, .opens = true},
    {.what = "updating the merge request", .ask = ask_update, .read = read_pull},
    {0},
};
static const struct forge_step viewing[] = {
    {.what = "reading the merge request", .ask = ask_view, .read = read_pull},
    {.what = "reading its statuses", .ask = ask_statuses, .read = read_statuses, .optional = true},
    {.what = "reading its approvals", .ask = ask_approvals, .read = read_approvals, .optional = true},
    {0},
};
static const char *const tokens[] = {"GITLAB_TOKEN", NULL};
static const char *const token_hosts[] = {"GITLAB_HOST", "CI_SERVER_HOST", "CI_SERVER_URL", NULL};

const struct forge_adapter forge_gitlab = {
    .kind = LF_FORGE_GITLAB,
    .word = "gitlab",
    .title = "GitLab",
    .noun = "merge request",
    .api = "/api/v4",
    .open = opening,
    .view = viewing,
    .create = creating,
    .repository = repository,
    .compare = compare,
    .token_variables = tokens,
    .host_variables = token_hosts,
    .public_host = "gitlab.com",
    .token_hint = "Set GITLAB_TOKEN to a token with the scope api, of a member who may push here.",
    .create_hint = "Set GITLAB_TOKEN to a token with the scope api, of somebody who may create projects in this group.",
};
