/* probe: asks an unknown host what it is, without a credential, at the addresses by which each forge tells its version. Pure. */
#include "config.h"
#include "providers/forge/client.h"

#include <string.h>
#include <strings.h>

static const struct {
	const char *path;
	enum lf_forge_kind kind;
	const char *field;  /* in the answer's JSON, if it is 200 */
	const char *header; /* that tells it even where the answer is a refusal; may be NULL */
} questions[] = {
    {"/api/v1/version", LF_FORGE_GITEA, "version", NULL},
    {"/api/v4/version", LF_FORGE_GITLAB, "version", "x-gitlab-meta"},
    {"/rest/api/1.0/application-properties", LF_FORGE_BITBUCKET_SERVER, "buildNumber", NULL},
    {"/api/v3/meta", LF_FORGE_GITHUB, "verifiable_password_authentication", "x-github-request-id"},
};

const char *forge_probe_path(size_t index)
{
	return index < LF_COUNT(questions) ? questions[index].path : NULL;
}

enum lf_forge_kind forge_probe_read(size_t index, const struct forge_answer *answer)
{
	struct lf_node *node = NULL;
	struct lf_str value = {0};
	enum lf_forge_kind kind = LF_FORGE_UNKNOWN;

	if (index >= LF_COUNT(questions))
		return kind;
	if (questions[index].header && forge_header(&value, answer->headers, questions[index].header))
		kind = questions[index].kind;
	lf_str_dispose(&value);
	if (kind == LF_FORGE_UNKNOWN && answer->status == 200 && answer->length && !lf_json_parse(&node, answer->body, answer->length, NULL) &&
	    lf_node_key(node, questions[index].field))
		kind = questions[index].kind;
	/* GitLab tells its version to nobody who is not signed in, in its own words. */
	if (kind == LF_FORGE_UNKNOWN && questions[index].kind == LF_FORGE_GITLAB && answer->status == 401) {
		struct lf_str said = {0};

		forge_said(&said, answer, 100);
		if (lf_equal(lf_str_text(&said), "401 Unauthorized"))
			kind = LF_FORGE_GITLAB;
		lf_str_dispose(&said);
	}
	lf_node_free(node);
	return kind;
}
