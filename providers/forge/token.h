/* token: which credential of the environment may be sent to a forge. Pure. */
#ifndef LF_PROVIDERS_FORGE_TOKEN_H
#define LF_PROVIDERS_FORGE_TOKEN_H

#include "core/secret.h"
#include "providers/forge/talk.h"

struct forge_credential { /* zero-initialise; a token where user is NULL */
	char *user;
	struct lf_secret *secret;
};
void forge_credential_dispose(struct forge_credential *credential);

/* The environment's credential for SITE, GET being getenv(). False: there is none, or nothing says that it is meant for this host; then *UNMEANT (static, may be NULL)
 * names the variable that was left alone for that reason. */
bool forge_token_find(struct forge_credential *out, const struct forge_adapter *adapter, const struct lf_forge_site *site, char *(*get)(const char *name),
		      const char **unmeant);
/* What git's helpers know, as this forge takes it. Takes PASSWORD. */
void forge_token_adapt(struct forge_credential *out, const struct forge_adapter *adapter, const char *user, struct lf_secret *password);
/* Whether a token may travel to SITE at all: over https, or not leaving this machine. */
bool forge_token_is_safe(const struct lf_forge_site *site);

#endif
