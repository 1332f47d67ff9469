/* owners: what the APIs of GitHub and Gitea have in common, the second being made after the first: where a repository lies, who is asked for a review, and that a person's
 * own repositories and an organisation's are made in different places. Pure. */
#include "config.h"
#include "providers/forge/owners.h"

#include <string.h>
#include <strings.h>

#include "core/mem.h"

void forge_owners_repository(struct lf_str *out, const struct lf_forge_site *site)
{
	lf_str_add(out, "/repos/");
	forge_path(out, site->owner);
	lf_str_add_char(out, '/');
	forge_path(out, site->name);
}

void forge_owners_compare(struct lf_str *out, const struct lf_forge_site *site, const char *base, const char *head)
{
	lf_str_addf(out, "%s/", site->web);
	forge_segments(out, site->owner);
	lf_str_add_char(out, '/');
	forge_path(out, site->name);
	lf_str_add(out, "/compare/");
	forge_segments(out, base);
	lf_str_add(out, "...");
	forge_segments(out, head);
}

/* "team" alone is a person; "org/team" is a team. One at a time: forges refuse all of them for one they do not know. */
bool forge_owners_ask_reviewer(struct forge_request *out, struct forge_talk *talk)
{
	const struct lf_names *wanted = &talk->wish.reviewers;
	const char *slash;
	struct lf_node *body;

	if (talk->at >= wanted->count)
		return false;
	slash = strchr(wanted->items[talk->at], '/');
	body = lf_node_new(LF_NODE_MAP);
	lf_node_add_text(lf_node_set_list(body, slash ? "team_reviewers" : "reviewers"), slash ? slash + 1 : wanted->items[talk->at]);
	return forge_send_below(out, talk, "POST", body, "/pulls/%lld/requested_reviewers", (long long)talk->pull.number);
}

bool forge_owners_ask_view(struct forge_request *out, struct forge_talk *talk)
{
	return forge_get_below(out, talk, "/pulls/%lld", (long long)talk->pull.number);
}

void forge_owners_read_fresh(struct forge_talk *talk, const struct lf_node *answer)
{
	forge_fresh(talk, answer, "html_url");
}

void forge_owners_read_created(struct forge_talk *talk, const struct lf_node *answer)
{
	forge_take(&talk->fresh.url, answer, "html_url", 1000);
}

bool forge_owners_ask_me(struct forge_request *out, struct forge_talk *talk)
{
	return !talk->fresh.existed && forge_get(out, "/user");
}

void forge_owners_read_me(struct forge_talk *talk, const struct lf_node *answer)
{
	talk->fresh.own = !strcasecmp(lf_node_text(answer, "login"), talk->site->owner);
}

struct lf_node *forge_owners_body(const struct forge_talk *talk)
{
	struct lf_node *body;

	if (talk->fresh.existed)
		return NULL;
	body = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(body, "name", talk->site->name);
	lf_node_set_bool(body, "private", !talk->fresh.is_public);
	return body;
}

bool forge_owners_create(struct forge_request *out, const struct forge_talk *talk, struct lf_node *body)
{
	struct lf_str owner = {0};

	if (!body)
		return false;
	if (talk->fresh.own)
		return forge_send(out, "POST", body, "/user/repos");
	forge_path(&owner, talk->site->owner);
	(void)forge_send(out, "POST", body, "/orgs/%s/repos", lf_str_text(&owner));
	lf_str_dispose(&owner);
	return true;
}
