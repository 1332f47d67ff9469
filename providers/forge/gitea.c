/* gitea: pull requests of Gitea and Forgejo, Codeberg among them (API v1): what is asked and what the answers mean. Pure. A draft is a title that begins with "WIP:";
 * labels are given by number, so they are looked up, first in the repository, then in its organisation. */
#include "config.h"
#include "providers/forge/owners.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"

static void read_pull(struct forge_talk *talk, const struct lf_node *answer)
{
	struct lf_pull *pull = &talk->pull;

	pull->number = lf_node_int(answer, "number", pull->number);
	pull->draft = lf_node_true(answer, "draft");
	forge_take(&pull->url, answer, "html_url", 1000);
	forge_take(&pull->title, answer, "title", 300);
	forge_take(&pull->head, answer, "head.sha", 64);
	pull->state = LF_PULL_OPEN;
	if (lf_node_true(answer, "merged")) {
		pull->state = LF_PULL_MERGED;
		forge_commit(&pull->commit, answer, "merge_commit_sha");
	} else if (lf_equal(lf_node_text(answer, "state"), "closed")) {
		pull->state = LF_PULL_CLOSED;
	} else if (pull->draft) {
		pull->merge = LF_MERGE_BLOCKED;
		lf_set(&pull->blocked, "it is a draft");
	} else if (lf_node_true(answer, "mergeable")) {
		pull->merge = LF_MERGE_POSSIBLE;
	} /* not mergeable may also mean that Gitea is still finding out */
}

static bool ask_find(struct forge_request *out, struct forge_talk *talk)
{
	return forge_get_below(out, talk, "/pulls?state=open&limit=50");
}

static void read_find(struct forge_talk *talk, const struct lf_node *answer)
{
	for (size_t i = 0; i < lf_node_count(answer) && !talk->pull.number; i++) {
		const struct lf_node *item = lf_node_at(answer, i);

		/* A fork's branch of the same name is another branch. */
		if (!lf_equal(lf_node_text(item, "head.ref"), talk->wish.head) || !lf_equal(lf_node_text(item, "base.ref"), talk->wish.base) ||
		    !lf_equal(lf_node_text(item, "head.repo_id"), lf_node_text(item, "base.repo_id")))
			continue;
		read_pull(talk, item);
		talk->pull.updated = true;
	}
}

static void take_labels(struct forge_talk *talk, const struct lf_node *answer)
{
	for (size_t i = 0; i < lf_node_count(answer); i++) {
		const struct lf_node *label = lf_node_at(answer, i);

		for (size_t k = 0; k < talk->wish.labels.count; k++) {
			const char *name = talk->wish.labels.items[k];

			if (strcasecmp(lf_node_text(label, "name"), name) != 0 || lf_names_have(&talk->found, name))
				continue;
			lf_names_add(&talk->found, name);
			lf_names_add(&talk->ids, lf_node_text(label, "id"));
		}
	}
}

static bool ask_labels(struct forge_request *out, struct forge_talk *talk)
{
	return talk->wish.labels.count && forge_get_below(out, talk, "/labels?limit=50");
}

static bool ask_organisation_labels(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_str owner = {0};

	if (talk->found.count >= talk->wish.labels.count)
		return false;
	forge_path(&owner, talk->site->owner);
	(void)forge_get(out, "/orgs/%s/labels?limit=50", lf_str_text(&owner));
	lf_str_dispose(&owner);
	return true;
}

static struct lf_node *body_of(const struct forge_talk *talk)
{
	struct lf_node *body = lf_node_new(LF_NODE_MAP);
	char *title = talk->wish.draft && !lf_starts_with(talk->wish.title, "WIP:") ? lf_format("WIP: %s", talk->wish.title) : lf_dup(talk->wish.title);

	lf_node_set_text(body, "title", title);
	lf_node_set_text(body, "body", talk->wish.body);
	lf_free(title);
	return body;
}

static bool ask_create(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_node *body;

	if (talk->pull.number)
		return false;
	body = body_of(talk);
	lf_node_set_text(body, "head", talk->wish.head);
	lf_node_set_text(body, "base", talk->wish.base);
	return forge_send_below(out, talk, "POST", body, "/pulls");
}

static bool ask_update(struct forge_request *out, struct forge_talk *talk)
{
	return talk->pull.updated && forge_send_below(out, talk, "PATCH", body_of(talk), "/pulls/%lld", (long long)talk->pull.number);
}

static bool ask_set_labels(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_node *body, *list;

	for (size_t i = 0; i < talk->wish.labels.count; i++) {
		if (!lf_names_have(&talk->found, talk->wish.labels.items[i]))
			forge_note(talk, "There is no label \"%.80s\".", talk->wish.labels.items[i]);
	}
	if (!talk->ids.count)
		return false;
	body = lf_node_new(LF_NODE_MAP);
	list = lf_node_set_list(body, "labels");
	for (size_t i = 0; i < talk->ids.count; i++)
		(void)lf_node_add(list, lf_node_int_new(strtoll(talk->ids.items[i], NULL, 10)));
	return forge_send_below(out, talk, "POST", body, "/issues/%lld/labels", (long long)talk->pull.number);
}

static bool ask_statuses(struct forge_request *out, struct forge_talk *talk)
{
	return forge_is_open(talk) && forge_get_below(out, talk, "/commits/%s/status?limit=50", talk->pull.head);
}

static void read_statuses(struct forge_talk *talk, const struct lf_node *answer)
{
	const struct lf_node *list = lf_node_key(answer, "statuses");

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *status = lf_node_at(list, i);

		lf_pull_add_check(&talk->pull, lf_node_text(status, "context"), forge_check_state(lf_node_text(status, "status")));
	}
}

static bool ask_reviews(struct forge_request *out, struct forge_talk *talk)
{
	return talk->pull.state == LF_PULL_OPEN && forge_get_below(out, talk, "/pulls/%lld/reviews?limit=50", (long long)talk->pull.number);
}

static void read_reviews(struct forge_talk *talk, const struct lf_node *answer)
{
	for (size_t i = 0; i < lf_node_count(answer); i++) {
		const struct lf_node *review = lf_node_at(answer, i);
		const char *state = lf_node_text(review, "state"), *who = lf_node_text(review, "user.login");

		if (lf_node_true(review, "dismissed"))
			lf_pull_add_opinion(&talk->pull, who, LF_OPINION_NONE);
		else if (lf_equal(state, "APPROVED"))
			lf_pull_add_opinion(&talk->pull, who, LF_OPINION_APPROVES);
		else if (lf_equal(state, "REQUEST_CHANGES"))
			lf_pull_add_opinion(&talk->pull, who, LF_OPINION_WANTS_CHANGES);
	}
}

static bool ask_fresh(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_node *body = forge_owners_body(talk);

	if (body) {
		lf_node_set_bool(body, "auto_init", false);
		lf_node_set_text(body, "default_branch", talk->fresh.branch);
	}
	return forge_owners_create(out, talk, body);
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
    {.what = "looking up labels", .ask = ask_labels, .read = take_labels, .optional = true},
    {.what = "looking up the organisation's labels", .ask = ask_organisation_labels, .read = take_labels, .optional = true, .quiet = true},
    {.what = "setting labels", .ask = ask_set_labels, .read = forge_ignore, .optional = true},
    {0},
};
static const struct forge_step viewing[] = {
    {.what = "reading the pull request", .ask = forge_owners_ask_view, .read = read_pull},
    {.what = "reading its statuses", .ask = ask_statuses, .read = read_statuses, .optional = true},
    {.what = "reading its reviews", .ask = ask_reviews, .read = read_reviews, .optional = true},
    {0},
};
static const char *const tokens[] = {"GITEA_TOKEN", "FORGEJO_TOKEN", NULL};
static const char *const token_hosts[] = {"GITEA_SERVER_URL", "FORGEJO_SERVER_URL", NULL};

const struct forge_adapter forge_gitea = {
    .kind = LF_FORGE_GITEA,
    .word = "gitea",
    .title = "Gitea",
    .noun = "pull request",
    .api = "/api/v1",
    .open = opening,
    .view = viewing,
    .create = creating,
    .repository = forge_owners_repository,
    .compare = forge_owners_compare,
    .helper_is_basic = true,
    .token_variables = tokens,
    .host_variables = token_hosts,
    .token_hint = "Set GITEA_TOKEN to a token that may write repositories and issues.",
    .create_hint = "Set GITEA_TOKEN to a token that may write repositories, organisations and read the user, of somebody who may create repositories there.",
};
