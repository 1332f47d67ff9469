/* locate: which forge a repository's address belongs to, where its web pages lie, and where a change is proposed by hand. Pure: what the address does not tell is left
 * to probe.c. Recognising a forge by its name only chooses whom to ask how; it never makes a host trusted with a token (token.c). */
#include "config.h"
#include "providers/forge/owners.h"

#include <string.h>
#include <strings.h>

#include "core/giturl.h"
#include "core/mem.h"
#include "core/text.h"

enum match { EXACT, BELOW, NAMED };
/* EXACT: this very host; BELOW: a host below it; NAMED: a host with a label that holds the word. WEB: where its pages lie, if that is another host. */
static const struct {
	enum match match;
	const char *host, *web;
	enum lf_forge_kind kind;
} hosts[] = {
    {EXACT, "github.com", NULL, LF_FORGE_GITHUB},
    {EXACT, "ssh.github.com", "github.com", LF_FORGE_GITHUB},
    {EXACT, "www.github.com", "github.com", LF_FORGE_GITHUB},
    {EXACT, "gitlab.com", NULL, LF_FORGE_GITLAB},
    {EXACT, "altssh.gitlab.com", "gitlab.com", LF_FORGE_GITLAB},
    {EXACT, "codeberg.org", NULL, LF_FORGE_GITEA},
    {EXACT, "gitea.com", NULL, LF_FORGE_GITEA},
    {EXACT, "bitbucket.org", NULL, LF_FORGE_BITBUCKET},
    {EXACT, "altssh.bitbucket.org", "bitbucket.org", LF_FORGE_BITBUCKET},
    {EXACT, "dev.azure.com", NULL, LF_FORGE_AZURE},
    {EXACT, "ssh.dev.azure.com", "dev.azure.com", LF_FORGE_AZURE},
    {BELOW, "visualstudio.com", NULL, LF_FORGE_AZURE},
    {NAMED, "github", NULL, LF_FORGE_GITHUB},
    {NAMED, "gitlab", NULL, LF_FORGE_GITLAB},
    {NAMED, "gitea", NULL, LF_FORGE_GITEA},
    {NAMED, "forgejo", NULL, LF_FORGE_GITEA},
    {NAMED, "bitbucket", NULL, LF_FORGE_BITBUCKET_SERVER},
    {NAMED, "stash", NULL, LF_FORGE_BITBUCKET_SERVER},
};

static const struct {
	const char *word;
	enum lf_forge_kind kind;
} words[] = {
    {"github", LF_FORGE_GITHUB},
    {"gitlab", LF_FORGE_GITLAB},
    {"gitea", LF_FORGE_GITEA},
    {"forgejo", LF_FORGE_GITEA},
    {"bitbucket", LF_FORGE_BITBUCKET},
    {"bitbucket-server", LF_FORGE_BITBUCKET_SERVER},
    {"none", LF_FORGE_NONE},
};

void lf_forge_site_dispose(struct lf_forge_site *site)
{
	lf_free(site->web);
	lf_free(site->host);
	lf_free(site->owner);
	lf_free(site->name);
	memset(site, 0, sizeof(*site));
}

const char *lf_forge_title(enum lf_forge_kind kind)
{
	const struct forge_adapter *adapter = forge_adapter_of(kind);

	return adapter ? adapter->title : kind == LF_FORGE_AZURE ? "Azure DevOps" : "";
}

static bool ends_with_host(const char *host, const char *domain)
{
	size_t n = strlen(host), m = strlen(domain);

	return n > m && host[n - m - 1] == '.' && !strcasecmp(host + n - m, domain);
}

/* "git-gitlab.example.com" names GitLab in its first label; "gitlab.evil.example" does too, which is why this proves nothing. */
static enum lf_forge_kind kind_of_host(const char *host, const char **web)
{
	*web = NULL;
	for (size_t i = 0; i < LF_COUNT(hosts); i++) {
		bool hit = hosts[i].match == EXACT   ? !strcasecmp(host, hosts[i].host)
			   : hosts[i].match == BELOW ? ends_with_host(host, hosts[i].host)
						     : strcasestr(host, hosts[i].host) != NULL;

		if (hit) {
			*web = hosts[i].web;
			return hosts[i].kind;
		}
	}
	return LF_FORGE_UNKNOWN;
}

/* The address's path without what is not the repository's name: slashes around it, ".git". */
static char *bare_path(const char *path)
{
	size_t length;

	while (*path == '/')
		path++;
	length = strlen(path);
	while (length && path[length - 1] == '/')
		length--;
	if (length > 4 && !strncmp(path + length - 4, ".git", 4))
		length -= 4;
	return lf_dup_n(path, length);
}

static int check_web(const char *web, struct lf_error *err)
{
	struct lf_git_url url = {0};
	int code = lf_git_url_parse(&url, web, err);

	if (!code && url.transport != LF_GIT_HTTPS && url.transport != LF_GIT_HTTP) {
		code = lf_fail(err, LF_EINVAL, "forge", 0, "The forge's address is not one of web pages.");
		lf_hint(err, "Example: https://git.example.com");
	}
	if (!code && (url.user || strpbrk(web, "?#"))) {
		code = lf_fail(err, LF_EINVAL, "forge", 0, "The forge's address must be the plain address of its web pages.");
		lf_hint(err, "Leave out user names, questions and fragments. Example: https://git.example.com");
	}
	lf_git_url_dispose(&url);
	return code;
}

/* web and host from the answer, or from the address: over ssh the pages are https on the same host. */
static void place(struct lf_forge_site *site, const struct lf_git_url *url, const char *web, const char *known_web)
{
	bool brackets = url->host && strchr(url->host, ':');
	const char *start;

	if (web) {
		size_t length = strlen(web);

		while (length && web[length - 1] == '/')
			length--;
		site->web = lf_dup_n(web, length);
	} else if (known_web) {
		site->web = lf_format("https://%s", known_web);
	} else if (url->transport == LF_GIT_SSH || url->transport == LF_GIT_DAEMON || !url->port) {
		site->web = lf_format("%s://%s%s%s", url->transport == LF_GIT_HTTP ? "http" : "https", brackets ? "[" : "", url->host, brackets ? "]" : "");
	} else {
		site->web = lf_format("%s://%s%s%s:%d", url->transport == LF_GIT_HTTP ? "http" : "https", brackets ? "[" : "", url->host, brackets ? "]" : "", url->port);
	}
	start = strstr(site->web, "://") + 3;
	site->host = lf_dup_n(start, strcspn(start, "/"));
}

/* Moves what stands before the repository's own path into the web address: a forge need not live at the root of its host. */
static void move_context(struct lf_forge_site *site, char **path, size_t length)
{
	char *web = lf_format("%s/%.*s", site->web, (int)length, *path);

	lf_set(&site->web, web);
	lf_free(web);
	memmove(*path, *path + length + 1, strlen(*path + length + 1) + 1);
}

static size_t count_segments(const char *path)
{
	size_t count = *path != '\0';

	for (; *path; path++)
		count += *path == '/';
	return count;
}

/* What the path holds besides owner and name, per forge. TYPED: the web address was answered, so that it has its context already. */
static void trim_path(struct lf_forge_site *site, const struct lf_git_url *url, char **path, bool typed)
{
	const char *context = strchr(strstr(site->web, "://") + 3, '/');
	char *at;

	if (typed && context && !strncmp(*path, context + 1, strlen(context + 1)) && (*path)[strlen(context + 1)] == '/')
		memmove(*path, *path + strlen(context), strlen(*path + strlen(context)) + 1);
	if (site->kind == LF_FORGE_BITBUCKET_SERVER && url->transport != LF_GIT_SSH) {
		at = lf_starts_with(*path, "scm/") ? *path : strstr(*path, "/scm/");
		if (at && at != *path && !typed)
			move_context(site, path, (size_t)(at - *path));
		else if (at && at != *path)
			memmove(*path, at + 1, strlen(at + 1) + 1);
		if (lf_starts_with(*path, "scm/"))
			memmove(*path, *path + 4, strlen(*path + 4) + 1);
	} else if (site->kind == LF_FORGE_GITEA && url->transport != LF_GIT_SSH && !typed) {
		while (count_segments(*path) > 2)
			move_context(site, path, strcspn(*path, "/"));
	} else if (site->kind == LF_FORGE_AZURE) {
		if (lf_starts_with(*path, "v3/"))
			memmove(*path, *path + 3, strlen(*path + 3) + 1);
		at = strstr(*path, "/_git/");
		if (at)
			memmove(at, at + 5, strlen(at + 5) + 1);
	}
}

static int take_path(struct lf_forge_site *site, const char *path, struct lf_error *err)
{
	const char *slash = strrchr(path, '/');

	if (site->kind == LF_FORGE_UNKNOWN || site->kind == LF_FORGE_NONE) { /* the guess needs no more than the path */
		site->owner = slash ? lf_dup_n(path, (size_t)(slash - path)) : lf_dup("");
		site->name = lf_dup(slash ? slash + 1 : path);
		return LF_OK;
	}
	if (!slash || slash == path || !slash[1] || strstr(path, "//") || strstr(path, "/../") || (site->kind != LF_FORGE_GITLAB && site->kind != LF_FORGE_AZURE && strchr(path, '/') != slash)) {
		char *shown = lf_text_clean_dup(path, 120);

		(void)lf_fail(err, LF_EINVAL, "forge", 0, "\"%s\" is not how %s names a repository.", shown, lf_forge_title(site->kind));
		lf_hint(err, site->kind == LF_FORGE_GITLAB ? "It should be group/project, with subgroups in between." : "It should be owner/name. If the forge lies below a folder of its host, forgeUrl says so.");
		lf_free(shown);
		return LF_EINVAL;
	}
	site->owner = lf_dup_n(path, (size_t)(slash - path));
	site->name = lf_dup(slash + 1);
	return LF_OK;
}

int lf_forge_locate(struct lf_forge_site *out, const char *repository, const char *forge, const char *web, struct lf_error *err)
{
	struct lf_git_url url = {0};
	const char *known_web = NULL;
	char *path = NULL;
	int code;

	memset(out, 0, sizeof(*out));
	web = web && *web ? web : NULL;
	code = lf_git_url_parse(&url, repository, err);
	if (!code && web)
		code = check_web(web, err);
	if (code)
		goto out;
	if (url.transport == LF_GIT_LOCAL) {
		out->kind = LF_FORGE_NONE;
		out->web = lf_dup("");
		out->host = lf_dup("this machine");
		out->owner = lf_dup("");
		out->name = lf_dup("");
		goto out;
	}
	out->kind = kind_of_host(url.host, &known_web);
	if (out->kind == LF_FORGE_UNKNOWN && (url.port == 7999 || strstr(url.path, "/scm/") || lf_starts_with(url.path, "scm/")))
		out->kind = LF_FORGE_BITBUCKET_SERVER;
	for (size_t i = 0; i < LF_COUNT(words); i++) {
		if (lf_equal(forge, words[i].word)) {
			out->kind = words[i].kind;
			out->named = true;
		}
	}
	place(out, &url, web, known_web);
	path = bare_path(url.path);
	trim_path(out, &url, &path, web != NULL);
	code = take_path(out, path, err);
out:
	if (code)
		lf_forge_site_dispose(out);
	lf_free(path);
	lf_git_url_dispose(&url);
	return code;
}

static void azure_compare(struct lf_str *out, const struct lf_forge_site *site, const char *base, const char *head)
{
	lf_str_addf(out, "%s/", site->web);
	forge_segments(out, site->owner);
	lf_str_add(out, "/_git/");
	forge_path(out, site->name);
	lf_str_add(out, "/pullrequestcreate?sourceRef=");
	forge_path(out, head);
	lf_str_add(out, "&targetRef=");
	forge_path(out, base);
}

bool lf_forge_compare(struct lf_str *out, const struct lf_forge_site *site, const char *base, const char *head)
{
	const struct forge_adapter *adapter = forge_adapter_of(site->kind);

	if (adapter) {
		adapter->compare(out, site, base, head);
		return true;
	}
	if (site->kind == LF_FORGE_AZURE) {
		azure_compare(out, site, base, head);
		return true;
	}
	if (site->kind == LF_FORGE_NONE || !*site->web || !*site->owner)
		return false;
	/* Most hosts have it the way Gitea and GitHub do. */
	forge_owners_compare(out, site, base, head);
	return false;
}
