/* signin: what a call needs before its first request: where the repository lies, what kind of forge that is, and who signs in. Owns the order in which sources of a
 * credential are tried; a token goes nowhere but into the request. */
#include "config.h"
#include "providers/forge/client.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

enum { ASKS = 2 };

static const char by_hand[] = "Create the repository by hand, empty, then try again. On a server of your own: git init --bare --initial-branch=main";

static void begin_talk(struct lf_forge_call *call)
{
	struct lf_forge *forge = call->forge;

	if (call->talking) { /* signed in anew in the middle of it */
		forge_call_resume(call);
		return;
	}
	call->talking = true;
	if (call->purpose == FORGE_CREATES) {
		forge_talk_init_fresh(&call->talk, &forge->site, call->branch, call->is_public);
	} else if (call->purpose == FORGE_OPENS) {
		struct lf_forge_wish wish = {.base = call->wish.base, .head = call->wish.head, .title = call->wish.title, .body = call->wish.body,
					     .draft = call->wish.draft, .reviewers = &call->wish.reviewers, .labels = &call->wish.labels};

		forge_talk_init(&call->talk, &forge->site, &wish, 0);
	} else {
		forge_talk_init(&call->talk, &forge->site, NULL, call->number);
	}
	forge_call_next(call);
}

static void no_credential(struct lf_forge_call *call)
{
	struct lf_forge *forge = call->forge;
	const struct forge_adapter *adapter = forge_adapter_of(forge->site.kind);
	struct lf_error err = forge->denied;

	if (!err.code) {
		(void)lf_fail(&err, LF_EAUTH, "forge", 0, "%s wants a token, and none is known for it", forge->site.host);
		lf_hint(&err, "%s", call->purpose == FORGE_CREATES ? adapter->create_hint : adapter->token_hint);
	}
	if (forge->unmeant)
		lf_hint(&err, "%s is set, but nothing says that it is for %s: answer forge=%s to use it there.", forge->unmeant, forge->site.host, adapter->word);
	memset(&forge->denied, 0, sizeof(forge->denied));
	forge->source = FORGE_NOTHING;
	forge->asks = 0;
	forge_call_fail(call, &err);
}

static void on_token(struct lf_secret *token, void *payload)
{
	struct lf_forge_call *call = payload;

	call->job = NULL;
	if (!token || !lf_secret_length(token)) {
		lf_secret_free(token);
		no_credential(call);
		return;
	}
	forge_credential_dispose(&call->forge->credential);
	call->forge->credential.secret = token;
	begin_talk(call);
}

/* The next source of a credential: what the environment means for this host, what git's helpers know, the user. */
void forge_call_sign_in(struct lf_forge_call *call)
{
	struct lf_forge *forge = call->forge;
	const struct forge_adapter *adapter = forge_adapter_of(forge->site.kind);
	char *prompt;

	if (forge->source == FORGE_NOTHING) {
		forge->source = FORGE_ENVIRONMENT;
		if (forge_token_find(&forge->credential, adapter, &forge->site, getenv, &forge->unmeant)) {
			begin_talk(call);
			return;
		}
	}
	forge_credential_dispose(&forge->credential);
	if (forge->source == FORGE_ENVIRONMENT) {
		forge->source = FORGE_HELPER;
		if (forge->helper.secret) {
			forge_token_adapt(&forge->credential, adapter, forge->helper.user, lf_secret_dup(forge->helper.secret));
			begin_talk(call);
			return;
		}
	}
	forge->source = FORGE_USER;
	if (forge->asks++ >= ASKS) {
		no_credential(call);
		return;
	}
	prompt = lf_format(call->purpose == FORGE_CREATES ? "Token of %s, to create the repository" : "Token of %s for pull requests", forge->site.host);
	call->job = lf_git_ask_token(forge->git, prompt, on_token, call);
	lf_free(prompt);
}

static void probe_next(struct lf_forge_call *call)
{
	const char *path = forge_probe_path(call->probe);
	struct lf_error err = {0};
	char *url;

	if (!path) {
		call->probing = false;
		(void)lf_fail(&err, LF_ENOTFOUND, "forge", 0, "%s is no forge that Landfall knows", call->forge->site.host);
		if (call->purpose == FORGE_CREATES)
			lf_hint(&err, "Answer forge= if it is one, forgeUrl= if its pages lie elsewhere. %s", by_hand);
		else
			lf_hint(&err, "Answer forge= if it is one, forgeUrl= if its pages lie elsewhere, or open the request on its page.");
		forge_call_fail(call, &err);
		return;
	}
	url = lf_format("%s%s", call->forge->site.web, path);
	if (forge_call_send(call, "GET", url, NULL, false, &err))
		forge_call_fail(call, &err);
	lf_free(url);
}

void forge_call_probed(struct lf_forge_call *call, const struct forge_answer *answer)
{
	enum lf_forge_kind kind = forge_probe_read(call->probe, answer);

	call->probe++;
	if (kind == LF_FORGE_UNKNOWN) {
		probe_next(call);
		return;
	}
	call->probing = false;
	call->forge->site.kind = kind;
	forge_call_go(call);
}

static void on_access(struct lf_git_access *access, const struct lf_error *err, void *payload)
{
	struct lf_forge_call *call = payload;
	struct lf_forge *forge = call->forge;

	call->job = NULL;
	if (err) {
		lf_secret_free(access->password);
		forge_call_fail(call, err);
		return;
	}
	forge->known_access = true;
	forge->proxy = lf_dup(access->proxy);
	forge->ca_file = lf_dup(access->ca_file);
	forge->insecure = access->insecure;
	forge->helper.user = lf_dup(access->user);
	forge->helper.secret = access->password;
	forge_call_go(call);
}

/* What the user calls it may be short for something else in the Git configuration. */
static void on_address(struct lf_git_access *access, const struct lf_error *err, void *payload)
{
	struct lf_forge_call *call = payload;
	struct lf_forge *forge = call->forge;
	struct lf_error error = {0};

	call->job = NULL;
	lf_secret_free(access->password);
	if (err || lf_forge_locate(&forge->site, access->address, forge->kind, forge->web, &error)) {
		forge_call_fail(call, err ? err : &error);
		return;
	}
	forge->located = true;
	forge_call_go(call);
}

static int check_site(const struct lf_forge *forge, bool creates, struct lf_error *err)
{
	if (forge->site.kind == LF_FORGE_AZURE) {
		(void)lf_fail(err, LF_ENOTFOUND, "forge", 0, "Landfall does not speak the API of Azure DevOps");
		lf_hint(err, creates ? by_hand : "The branch is pushed: open the pull request on its page.");
	} else if (forge->site.kind == LF_FORGE_NONE) {
		(void)lf_fail(err, LF_ENOTFOUND, "forge", 0, creates ? "nothing at %s can create repositories" : "%s has no pull requests", *forge->site.host ? forge->site.host : "a local path");
		lf_hint(err, creates ? by_hand : "Deliver by push, or merge the branch by hand.");
	} else if (!forge_token_is_safe(&forge->site)) {
		(void)lf_fail(err, LF_EREFUSED, "forge", 0, "%s is reached without TLS, where a token could be read on the way", forge->site.host);
		lf_hint(err, "Answer forgeUrl=https://%s if its pages can be reached like that.", forge->site.host);
	} else {
		return LF_OK;
	}
	return err->code;
}

void forge_call_go(struct lf_forge_call *call)
{
	struct lf_forge *forge = call->forge;
	struct lf_error err = {0};
	char *address;

	if (!forge->located) {
		call->job = lf_git_find_access(forge->git, forge->repository, false, on_address, call);
		return;
	}
	if (!call->talking && !forge->known_access && check_site(forge, call->purpose == FORGE_CREATES, &err)) {
		forge_call_fail(call, &err);
		return;
	}
	if (!forge->http)
		forge->http = forge->http_module->new (forge->loop, "landfall/" PACKAGE_VERSION);
	if (!forge->http) {
		(void)lf_fail(&err, LF_ERROR, "forge", 0, "HTTP is not available here");
		lf_hint(&err, "Install Landfall's HTTP module.");
		forge_call_fail(call, &err);
	} else if (!forge->known_access) {
		address = lf_format("%s/%s/%s.git", forge->site.web, *forge->site.owner ? forge->site.owner : "-", forge->site.name);
		call->job = lf_git_find_access(forge->git, address, true, on_access, call);
		lf_free(address);
	} else if (forge->site.kind == LF_FORGE_UNKNOWN) {
		call->probing = true;
		probe_next(call);
	} else if (forge->credential.secret) {
		begin_talk(call);
	} else {
		forge_call_sign_in(call);
	}
}
