/* bitbucket: pull requests of Bitbucket Cloud (REST API 2.0): what is asked and what the answers mean. Pure. It has no labels; commits come shortened, so the merge
 * commit is asked for whole; an update names the reviewers there already, or it would drop them. */
#include "config.h"
#include "providers/forge/talk.h"

#include <string.h>
#include <strings.h>

#include "core/mem.h"

/* The API lives on a host of its own; anything else is a stand-in for it. */
static void root(struct lf_str *out, const struct lf_forge_site *site)
{
	if (!strcasecmp(site->host, "bitbucket.org"))
		lf_str_add(out, "https://api.bitbucket.org/2.0");
	else
		lf_str_addf(out, "%s/2.0", site->web);
}

static void repository(struct lf_str *out, const struct lf_forge_site *site)
{
	lf_str_add(out, "/repositories/");
	forge_path(out, site->owner);
	lf_str_add_char(out, '/');
	forge_path(out, site->name);
}

static void compare(struct lf_str *out, const struct lf_forge_site *site, const char *base, const char *head)
{
	lf_str_addf(out, "%s/", site->web);
	forge_path(out, site->owner);
	lf_str_add_char(out, '/');
	forge_path(out, site->name);
	lf_str_add(out, "/pull-requests/new?source=");
	forge_path(out, head);
	lf_str_add(out, "&dest=");
	forge_path(out, base);
}

static char *next_page(struct forge_talk *talk, const struct lf_node *answer)
{
	const char *next = lf_node_text(answer, "next");

	(void)talk;
	return *next ? lf_dup(next) : NULL;
}

static void take_reviewers(struct forge_talk *talk, const struct lf_node *answer)
{
	const struct lf_node *list = lf_node_key(answer, "reviewers");

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const char *uuid = lf_node_text(lf_node_at(list, i), "uuid");

		if (*uuid && !lf_names_have(&talk->ids, uuid))
			lf_names_add(&talk->ids, uuid);
	}
}

static void read_pull(struct forge_talk *talk, const struct lf_node *answer)
{
	struct lf_pull *pull = &talk->pull;
	const struct lf_node *people = lf_node_key(answer, "participants");
	const char *state = lf_node_text(answer, "state");

	pull->number = lf_node_int(answer, "id", pull->number);
	pull->draft = lf_node_true(answer, "draft");
	forge_take(&pull->url, answer, "links.html.href", 1000);
	forge_take(&pull->title, answer, "title", 300);
	forge_take(&pull->head, answer, "source.commit.hash", 64);
	pull->state = lf_equal(state, "MERGED") ? LF_PULL_MERGED : lf_equal(state, "DECLINED") || lf_equal(state, "SUPERSEDED") ? LF_PULL_CLOSED : LF_PULL_OPEN;
	if (pull->state == LF_PULL_MERGED) {
		lf_names_dispose(&talk->found);
		lf_names_add(&talk->found, lf_node_text(answer, "merge_commit.hash"));
		forge_commit(&pull->commit, answer, "merge_commit.hash");
	}
	if (pull->draft && pull->state == LF_PULL_OPEN) {
		pull->merge = LF_MERGE_BLOCKED;
		lf_set(&pull->blocked, "it is a draft");
	}
	for (size_t i = 0; i < lf_node_count(people); i++) {
		const struct lf_node *person = lf_node_at(people, i);
		const char *who = lf_node_text(person, "user.nickname");

		if (!*who)
			who = lf_node_text(person, "user.display_name");
		if (lf_node_true(person, "approved"))
			lf_pull_add_opinion(pull, who, LF_OPINION_APPROVES);
		else if (lf_equal(lf_node_text(person, "state"), "changes_requested"))
			lf_pull_add_opinion(pull, who, LF_OPINION_WANTS_CHANGES);
	}
}

static void add_quoted(struct lf_str *out, const char *text)
{
	lf_str_add_char(out, '"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			lf_str_add_char(out, '\\');
		lf_str_add_char(out, *text);
	}
	lf_str_add_char(out, '"');
}

static bool ask_find(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_str query = {0}, encoded = {0};

	lf_str_add(&query, "state=\"OPEN\" AND source.branch.name=");
	add_quoted(&query, talk->wish.head);
	lf_str_add(&query, " AND destination.branch.name=");
	add_quoted(&query, talk->wish.base);
	forge_path(&encoded, lf_str_text(&query));
	(void)forge_get_below(out, talk, "/pullrequests?q=%s", lf_str_text(&encoded));
	lf_str_dispose(&query);
	lf_str_dispose(&encoded);
	return true;
}

static void read_find(struct forge_talk *talk, const struct lf_node *answer)
{
	const struct lf_node *list = lf_node_key(answer, "values");

	for (size_t i = 0; i < lf_node_count(list) && !talk->pull.number; i++) {
		const struct lf_node *item = lf_node_at(list, i);

		if (!lf_equal(lf_node_text(item, "source.branch.name"), talk->wish.head) ||
		    !lf_equal(lf_node_text(item, "destination.branch.name"), talk->wish.base) ||
		    !lf_equal(lf_node_text(item, "source.repository.full_name"), lf_node_text(item, "destination.repository.full_name")))
			continue;
		read_pull(talk, item);
		talk->pull.updated = true;
	}
}

/* A list does not tell the reviewers. */
static bool ask_present(struct forge_request *out, struct forge_talk *talk)
{
	return talk->pull.updated && forge_get_below(out, talk, "/pullrequests/%lld", (long long)talk->pull.number);
}

/* "{uuid}" needs no looking up; everything else is a nickname or a name among the workspace's members. */
static bool ask_members(struct forge_request *out, struct forge_talk *talk)
{
	bool needed = false;
	struct lf_str owner = {0};

	for (size_t i = 0; i < talk->wish.reviewers.count; i++) {
		const char *who = talk->wish.reviewers.items[i];

		if (*who != '{') {
			needed = true;
		} else if (!lf_names_have(&talk->found, who)) {
			lf_names_add(&talk->found, who);
			lf_names_add(&talk->ids, who);
		}
	}
	if (!needed)
		return false;
	forge_path(&owner, talk->site->owner);
	(void)forge_get(out, "/workspaces/%s/members?pagelen=100", lf_str_text(&owner));
	lf_str_dispose(&owner);
	return true;
}

static void read_members(struct forge_talk *talk, const struct lf_node *answer)
{
	const struct lf_node *list = lf_node_key(answer, "values");

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *user = lf_node_get(lf_node_at(list, i), "user");

		for (size_t k = 0; k < talk->wish.reviewers.count; k++) {
			const char *who = talk->wish.reviewers.items[k];

			if (lf_names_have(&talk->found, who) || (strcasecmp(who, lf_node_text(user, "nickname")) != 0 && strcasecmp(who, lf_node_text(user, "display_name")) != 0 &&
								 !lf_equal(who, lf_node_text(user, "account_id"))))
				continue;
			lf_names_add(&talk->found, who);
			if (!lf_names_have(&talk->ids, lf_node_text(user, "uuid")))
				lf_names_add(&talk->ids, lf_node_text(user, "uuid"));
		}
	}
}

static struct lf_node *body_of(struct forge_talk *talk)
{
	struct lf_node *body = lf_node_new(LF_NODE_MAP), *list;

	for (size_t i = 0; i < talk->wish.reviewers.count; i++) {
		if (!lf_names_have(&talk->found, talk->wish.reviewers.items[i]))
			forge_note(talk, "There is no member \"%.80s\" to review it.", talk->wish.reviewers.items[i]);
	}
	if (talk->wish.labels.count)
		forge_note(talk, "Bitbucket has no labels for pull requests.");
	lf_node_set_text(body, "title", talk->wish.title);
	lf_node_set_text(body, "description", talk->wish.body);
	lf_node_set_bool(body, "draft", talk->wish.draft);
	list = lf_node_set_list(body, "reviewers");
	for (size_t i = 0; i < talk->ids.count; i++)
		lf_node_set_text(lf_node_add_map(list), "uuid", talk->ids.items[i]);
	return body;
}

static bool ask_create(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_node *body;

	if (talk->pull.number)
		return false;
	body = body_of(talk);
	lf_node_set_text(lf_node_set_map(lf_node_set_map(body, "source"), "branch"), "name", talk->wish.head);
	lf_node_set_text(lf_node_set_map(lf_node_set_map(body, "destination"), "branch"), "name", talk->wish.base);
	lf_node_set_bool(body, "close_source_branch", true);
	return forge_send_below(out, talk, "POST", body, "/pullrequests");
}

static bool ask_update(struct forge_request *out, struct forge_talk *talk)
{
	return talk->pull.updated && forge_send_below(out, talk, "PUT", body_of(talk), "/pullrequests/%lld", (long long)talk->pull.number);
}

static bool ask_view(struct forge_request *out, struct forge_talk *talk)
{
	return forge_get_below(out, talk, "/pullrequests/%lld", (long long)talk->pull.number);
}

static bool ask_statuses(struct forge_request *out, struct forge_talk *talk)
{
	return talk->pull.state == LF_PULL_OPEN && forge_get_below(out, talk, "/pullrequests/%lld/statuses?pagelen=100", (long long)talk->pull.number);
}

static void read_statuses(struct forge_talk *talk, const struct lf_node *answer)
{
	const struct lf_node *list = lf_node_key(answer, "values");

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *status = lf_node_at(list, i);
		const char *name = lf_node_text(status, "name");

		lf_pull_add_check(&talk->pull, *name ? name : lf_node_text(status, "key"), forge_check_state(lf_node_text(status, "state")));
	}
}

static bool ask_whole_commit(struct forge_request *out, struct forge_talk *talk)
{
	const char *hash = talk->found.count ? talk->found.items[0] : "";

	if (talk->pull.state != LF_PULL_MERGED || talk->pull.commit || strlen(hash) < 7 || strspn(hash, "0123456789abcdef") != strlen(hash))
		return false;
	return forge_get_below(out, talk, "/commit/%s", hash);
}

static void read_whole_commit(struct forge_talk *talk, const struct lf_node *answer)
{
	forge_commit(&talk->pull.commit, answer, "hash");
}

static void read_fresh(struct forge_talk *talk, const struct lf_node *answer)
{
	forge_fresh(talk, answer, "links.html.href");
}

static void read_created(struct forge_talk *talk, const struct lf_node *answer)
{
	forge_take(&talk->fresh.url, answer, "links.html.href", 1000);
}

static bool ask_fresh(struct forge_request *out, struct forge_talk *talk)
{
	struct lf_node *body;

	if (talk->fresh.existed)
		return false;
	body = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(body, "scm", "git");
	lf_node_set_bool(body, "is_private", !talk->fresh.is_public);
	return forge_send_below(out, talk, "POST", body, "%s", "");
}

static const struct forge_step creating[] = {
    {.what = "looking for the repository", .ask = forge_ask_fresh, .read = read_fresh, .optional = true, .quiet = true},
    {.what = "creating the repository", .ask = ask_fresh, .read = read_created, .opens = true},
    {0},
};
static const struct forge_step opening[] = {
    {.what = "looking for an open pull request", .ask = ask_find, .read = read_find},
    {.what = "reading the open pull request", .ask = ask_present, .read = take_reviewers},
    {.what = "looking up reviewers", .ask = ask_members, .read = read_members, .optional = true},
    {.what = "opening the pull request", .ask = ask_create, .read = read_pull, .opens = true},
    {.what = "updating the pull request", .ask = ask_update, .read = read_pull},
    {0},
};
static const struct forge_step viewing[] = {
    {.what = "reading the pull request", .ask = ask_view, .read = read_pull},
    {.what = "reading the merge commit", .ask = ask_whole_commit, .read = read_whole_commit},
    {.what = "reading its statuses", .ask = ask_statuses, .read = read_statuses, .optional = true},
    {0},
};
static const char *const tokens[] = {"BITBUCKET_TOKEN", NULL};
static const char *const none[] = {NULL};

const struct forge_adapter forge_bitbucket = {
    .kind = LF_FORGE_BITBUCKET,
    .word = "bitbucket",
    .title = "Bitbucket",
    .noun = "pull request",
    .open = opening,
    .view = viewing,
    .create = creating,
    .root = root,
    .repository = repository,
    .compare = compare,
    .next_page = next_page,
    .helper_is_basic = true,
    .token_variables = tokens,
    .host_variables = none,
    .public_host = "bitbucket.org",
    .token_hint = "Set BITBUCKET_TOKEN to an access token, or BITBUCKET_USER (your e-mail address) and BITBUCKET_API_TOKEN, with write access to repositories and pull requests.",
    .create_hint = "Set BITBUCKET_USER (your e-mail address) and BITBUCKET_API_TOKEN, or BITBUCKET_TOKEN to an access token of the workspace, that may administer repositories.",
};
