/* token: see token.h. A variable like GITLAB_TOKEN does not say which GitLab it is for. It goes to the forge's public host, to a host that another variable names, or
 * where the user has answered which forge the host is; never to a host that merely looks or answers like one. */
#include "config.h"
#include "providers/forge/token.h"

#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/str.h"

void forge_credential_dispose(struct forge_credential *credential)
{
	lf_free(credential->user);
	lf_secret_free(credential->secret);
	memset(credential, 0, sizeof(*credential));
}

/* TEXT is a host or the URL of one. */
static bool names_host(const char *text, const char *host)
{
	const char *start = strstr(text, "://");
	size_t length;

	start = start ? start + 3 : text;
	length = strcspn(start, "/");
	return length == strlen(host) && !strncasecmp(start, host, length);
}

static bool is_meant(const struct forge_adapter *adapter, const struct lf_forge_site *site, char *(*get)(const char *name))
{
	if (site->named || (adapter->public_host && !strcasecmp(adapter->public_host, site->host)))
		return true;
	for (const char *const *name = adapter->host_variables; *name; name++) {
		const char *value = get(*name);

		if (value && names_host(value, site->host))
			return true;
	}
	return false;
}

static bool is_usable(const char *value)
{
	return value && *value && strlen(value) < 4096 && !strpbrk(value, "\r\n");
}

bool forge_token_find(struct forge_credential *out, const struct forge_adapter *adapter, const struct lf_forge_site *site, char *(*get)(const char *name),
		      const char **unmeant)
{
	/* An API token belongs to somebody, and goes with that account's e-mail address; app passwords are no more since July 2026, but Bitbucket Server takes passwords. */
	static const char *const passwords[] = {"BITBUCKET_API_TOKEN", "BITBUCKET_APP_PASSWORD"};
	bool meant = is_meant(adapter, site, get), is_bitbucket = adapter->kind == LF_FORGE_BITBUCKET || adapter->kind == LF_FORGE_BITBUCKET_SERVER;

	*unmeant = NULL;
	for (const char *const *name = adapter->token_variables; *name; name++) {
		const char *value = get(*name);

		if (!is_usable(value))
			continue;
		if (meant) {
			out->secret = lf_secret_new(value, strlen(value));
			return true;
		}
		*unmeant = *name;
	}
	for (size_t i = 0; i < LF_COUNT(passwords); i++) {
		const char *user = get("BITBUCKET_USER"), *password = get(passwords[i]);

		if (!is_bitbucket || !is_usable(user) || !is_usable(password))
			continue;
		if (meant) {
			out->user = lf_dup(user);
			out->secret = lf_secret_new(password, strlen(password));
			return true;
		}
		*unmeant = passwords[i];
	}
	return false;
}

void forge_token_adapt(struct forge_credential *out, const struct forge_adapter *adapter, const char *user, struct lf_secret *password)
{
	/* Users that are no user: how these forges take a token over Git. */
	bool token = !adapter->helper_is_basic || !user || !*user || lf_equal(user, "x-token-auth") || lf_equal(user, "x-access-token") || lf_equal(user, "oauth2");

	out->user = token ? NULL : lf_dup(user);
	out->secret = password;
}

bool forge_token_is_safe(const struct lf_forge_site *site)
{
	char *host = lf_dup_n(site->host, *site->host == '[' ? strcspn(site->host, "]") + 1 : strcspn(site->host, ":"));
	bool safe = lf_starts_with(site->web, "https://") || lf_equal(host, "127.0.0.1") || lf_equal(host, "localhost") || lf_equal(host, "[::1]");

	lf_free(host);
	return safe;
}
