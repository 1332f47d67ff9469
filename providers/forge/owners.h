/* owners: the parts of a talk that GitHub and Gitea share (owners.c). Steps and pieces of steps, for their two files. */
#ifndef LF_PROVIDERS_FORGE_OWNERS_H
#define LF_PROVIDERS_FORGE_OWNERS_H

#include "providers/forge/talk.h"

void forge_owners_repository(struct lf_str *out, const struct lf_forge_site *site);
void forge_owners_compare(struct lf_str *out, const struct lf_forge_site *site, const char *base, const char *head);
bool forge_owners_ask_reviewer(struct forge_request *out, struct forge_talk *talk); /* repeats */
bool forge_owners_ask_view(struct forge_request *out, struct forge_talk *talk);
void forge_owners_read_fresh(struct forge_talk *talk, const struct lf_node *answer);
void forge_owners_read_created(struct forge_talk *talk, const struct lf_node *answer);
bool forge_owners_ask_me(struct forge_request *out, struct forge_talk *talk); /* whose token it is: a person's own repositories are made elsewhere */
void forge_owners_read_me(struct forge_talk *talk, const struct lf_node *answer);
struct lf_node *forge_owners_body(const struct forge_talk *talk); /* of a new repository; NULL: there is one already */
bool forge_owners_create(struct forge_request *out, const struct forge_talk *talk, struct lf_node *body); /* takes BODY; NULL: nothing to ask */

#endif
