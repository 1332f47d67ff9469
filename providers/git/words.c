/* words: see words.h. One table per speaker, searched in order: the first fragment that occurs wins.
 * Fragments are of messages that OpenSSH and git do not translate, or that we make them say in English. */
#include "config.h"
#include "providers/git/words.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"

struct meaning {
	const char *fragment; /* NULL: end of table, the meaning of everything else */
	enum lf_code code;
	const char *message; /* NULL: only their words. %s: the host */
	const char *hint;
};

static const char WHO[] = "Check the URL, and whether this account may see the repository. A new repository "
                          "has to be created first.";
static const char NO_REPOSITORY[] = "git init --bare --initial-branch=main";

static const struct meaning of_ssh[] = {
    {"REMOTE HOST IDENTIFICATION HAS CHANGED", LF_EAUTH,
     "the ssh key of %s is not the one you know: this may be an attack",
     "Ask its administrator. Only if the change is meant: ssh-keygen -R the host, then connect once with "
     "ssh."},
    {"Host key verification failed", LF_EAUTH, "the ssh key of %s is not known here yet",
     "Connect once with ssh to that host, compare the fingerprint, answer yes, and try again."},
    {"Permission denied (", LF_EAUTH, "%s does not accept your ssh key",
     "Look at \"ssh-add -l\", and add your public key to the account on the server."},
    {"Too many authentication failures", LF_EAUTH, "%s refused: too many ssh keys were offered",
     "Name the key to use with IdentityFile and IdentitiesOnly in ~/.ssh/config."},
    {"Could not resolve hostname", LF_ENET, "the host %s is not known",
     "Check the spelling of the URL and the network connection."},
    {"Name or service not known", LF_ENET, "the host %s is not known",
     "Check the spelling of the URL and the network connection."},
    {"Connection refused", LF_ENET, "%s does not accept ssh connections", "Check the port in the URL."},
    {"timed out", LF_ETIMEOUT, "%s does not answer", "Check the network connection, VPN and firewall."},
    {"No route to host", LF_ENET, "%s cannot be reached", "Check the network connection, VPN and firewall."},
    {"Network is unreachable", LF_ENET, "%s cannot be reached", "Check the network connection."},
    {"Connection closed by", LF_ENET, "%s closed the connection",
     "Try again; look at \"ssh -v\" to that host."},
    {"Connection reset by", LF_ENET, "%s closed the connection",
     "Try again; look at \"ssh -v\" to that host."},
    {"Bad configuration option", LF_EINVAL, "your ssh configuration has an error",
     "Correct the line that ssh names."},
    {"git-upload-pack: not found", LF_ENOTFOUND, "there is no Git on %s", "Install git there."},
    {"git-upload-pack: command not found", LF_ENOTFOUND, "there is no Git on %s", "Install git there."},
    {"git-receive-pack: not found", LF_ENOTFOUND, "there is no Git on %s", "Install git there."},
    {"git-receive-pack: command not found", LF_ENOTFOUND, "there is no Git on %s", "Install git there."},
    {NULL, LF_OK, NULL, NULL},
};

static const struct meaning of_git[] = {
    {"dubious ownership", LF_EFORBIDDEN, "the repository belongs to another user, so git does not open it",
     "If you trust it: git config --global --add safe.directory followed by its path."},
    {"does not appear to be a git repository", LF_ENOTFOUND, "there is no Git repository at this path",
     NO_REPOSITORY},
    {"not a git repository", LF_ENOTFOUND, "there is no Git repository at this path", NO_REPOSITORY},
    {"epository not found", LF_ENOTFOUND, "the server knows no such repository", WHO},
    {"not found", LF_ENOTFOUND, "the server knows no such repository", WHO},
    {"does not exist", LF_ENOTFOUND, "the server knows no such repository", WHO},
    {"no such repository", LF_ENOTFOUND, "the server knows no such repository", WHO},
    {"not exported", LF_ENOTFOUND, "the server knows no such repository", WHO},
    {"could not be found or you don't have permission", LF_ENOTFOUND, "the server knows no such repository",
     WHO},
    {"read-only", LF_EFORBIDDEN, "the repository is read-only for you",
     "Ask for write access, or use a key that has it."},
    {"archived", LF_EFORBIDDEN, "the repository is archived, so it cannot be written",
     "Unarchive it, or use another one."},
    {"denied", LF_EFORBIDDEN, "the server does not let you do that", "Ask for access to the repository."},
    {"not allowed", LF_EFORBIDDEN, "the server does not let you do that",
     "Ask for access to the repository."},
    {"No space left", LF_EREFUSED, "the server's disk is full", "Tell its administrator."},
    {"quota", LF_EREFUSED, "the server refuses: over quota", "Tell its administrator."},
    {"not our ref", LF_EMOVED, "the branch changed on the server while it was being read", "Try again."},
    {"ot a valid object name", LF_EMOVED, "the branch changed on the server while it was being read",
     "Try again."},
    {"unadvertised object", LF_EREFUSED, "the server hands out only the tips of branches", "Try again."},
    {NULL, LF_EREFUSED, NULL, "These are the server's own words."},
};

static const struct meaning *look_up(const struct meaning *table, const char *said)
{
	while (table->fragment && !strcasestr(said, table->fragment))
		table++;
	return table;
}

/* The line of TEXT that holds FRAGMENT, or the last one; cleaned. The caller frees. */
static char *quote(const char *text, const char *fragment)
{
	const char *hit = fragment ? strcasestr(text, fragment) : NULL, *start, *end;
	struct lf_str out = {0};

	if (!hit) {
		hit = text + strlen(text);
		while (hit > text && (hit[-1] == '\n' || hit[-1] == '\r' || hit[-1] == ' '))
			hit--;
	}
	for (start = hit; start > text && start[-1] != '\n' && start[-1] != '\r'; start--)
		;
	end = start + strcspn(start, "\r\n");
	lf_text_clean(&out, start, (size_t)(end - start), 240);
	return lf_str_take(&out);
}

/* What MEANING says about HOST, with their words THEIRS behind it. */
static int fill(struct lf_error *err, const char *where, int native, const struct meaning *meaning,
                const char *host, const char *theirs)
{
	const char *ours = meaning->message ? meaning->message : "the server refused";
	const char *slot = strstr(ours, "%s");
	struct lf_str text = {0};

	if (slot) {
		lf_str_add_n(&text, ours, (size_t)(slot - ours));
		lf_str_add(&text, host ? host : "the server");
		lf_str_add(&text, slot + 2);
	} else {
		lf_str_add(&text, ours);
	}
	if (*theirs)
		lf_str_addf(&text, meaning->message ? " (%s)" : ": %s", theirs);
	(void)lf_fail(err, meaning->code, where, native, "%s", lf_str_text(&text));
	lf_hint(err, "%s", meaning->hint);
	lf_str_dispose(&text);
	return meaning->code;
}

int lf_git_words_refusal(struct lf_error *err, const char *where, const char *text, size_t length)
{
	char *copy = lf_dup_n(text, length < 2000 ? length : 2000);
	const struct meaning *meaning = look_up(of_git, copy);
	char *theirs = quote(copy, meaning->fragment);
	int rc = fill(err, where, 0, meaning, NULL, theirs);

	lf_free(theirs);
	lf_free(copy);
	return rc;
}

/* A word as a shell takes it. */
static void add_word(struct lf_str *out, const char *word)
{
	bool plain = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-~@:+,") == strlen(word);

	lf_str_add_char(out, ' ');
	if (!plain)
		lf_str_add_char(out, '\'');
	for (; *word; word++)
		lf_str_add(out, *word == '\'' ? "'\\''" : (char[]){*word, '\0'});
	if (!plain)
		lf_str_add_char(out, '\'');
}

/* The very command that makes the repository there. */
static void hint_to_create(struct lf_error *err, const struct lf_git_url *url)
{
	struct lf_str command = {0}, clean = {0};

	if (url->transport == LF_GIT_SSH) {
		lf_str_add(&command, "ssh ");
		if (url->port)
			lf_str_addf(&command, "-p %d ", url->port);
		if (url->user)
			lf_str_addf(&command, "%s@", url->user);
		lf_str_addf(&command, "%s ", url->host);
	}
	lf_str_add(&command, NO_REPOSITORY);
	add_word(&command, url->path);
	lf_text_clean(&clean, lf_str_text(&command), command.length, 220);
	lf_hint(err, "Check the path. To make one: %s", lf_str_text(&clean));
	lf_str_dispose(&command);
	lf_str_dispose(&clean);
}

int lf_git_words_ended(struct lf_error *err, const struct lf_git_url *url, const char *said, int status,
                       int signal)
{
	const char *where = url->transport == LF_GIT_SSH ? "git.ssh" : "git.local";
	const struct meaning *meaning = look_up(url->transport == LF_GIT_SSH ? of_ssh : of_git, said);
	char *theirs;
	int rc;

	if (!meaning->fragment && url->transport == LF_GIT_SSH)
		meaning = look_up(of_git, said);
	theirs = quote(said, meaning->fragment);
	if (url->transport == LF_GIT_SSH && status == 127 && !strstr(said, "git-")) {
		rc = lf_fail(err, LF_ENOTFOUND, where, status, "your ssh command cannot be run (%s)", theirs);
		lf_hint(err, "Look at GIT_SSH_COMMAND, and at core.sshCommand of git config.");
	} else if (meaning->fragment) {
		rc = fill(err, where, status, meaning, url->host, theirs);
		if (meaning->hint == NO_REPOSITORY)
			hint_to_create(err, url);
	} else if (*theirs) {
		rc = lf_fail(err, LF_ENET, where, status, "%s: %s",
		             url->transport == LF_GIT_SSH ? "ssh ended the connection" : "git ended", theirs);
		lf_hint(err, url->transport == LF_GIT_SSH ? "Look at \"ssh -v\" to that host."
		                                          : "Look at \"git ls-remote\" there.");
	} else {
		rc = lf_fail(err, LF_ENET, where, signal ? signal : status,
		             "the connection ended before the answer was complete");
		lf_hint(err, "Try again: Landfall finds out first how far it came.");
	}
	lf_free(theirs);
	return rc;
}

bool lf_git_words_is_race(const char *reason, const char *said)
{
	static const char *const fragments[] = {"fetch first",          "non-fast-forward", "stale info",
	                                        "failed to update ref", "lock ref",         "failed to lock",
	                                        "already exists",       "but expected"};

	for (size_t i = 0; i < LF_COUNT(fragments); i++)
		/* With "atomic", git tells the real reason only beside the report. */
		if (strcasestr(reason, fragments[i]) ||
		    (strstr(reason, "atomic") && strcasestr(said, fragments[i])))
			return true;
	return false;
}

/* How the forges say that a branch takes changes by pull request only: GitHub (GH006, GH013), GitLab, Gitea and
 * Forgejo, Bitbucket, Azure DevOps (TF402455). */
static bool is_protected(const char *text)
{
	static const char *const fragments[] = {
	    "protected branch",     "branch is protected", "branches are protected", "is protected from",
	    "GH006",                "GH013",               "TF402455",               "TF402456",
	    "through a pull request", "through pull request", "using a pull request",  "use a pull request",
	    "through a merge request", "use a merge request", "not allowed to push code to protected"};

	for (size_t i = 0; i < LF_COUNT(fragments); i++)
		if (strcasestr(text, fragments[i]))
			return true;
	return false;
}

static const char *push_hint(const char *text)
{
	static const struct {
		const char *fragment, *hint;
	} rows[] = {
	    {"currently checked out",
	     "Push to a bare repository, or to a branch that is not checked out there."},
	    {"verified signature", "The server wants signed commits: git config --global commit.gpgsign true"},
	    {"signed", "The server wants signed commits: git config --global commit.gpgsign true"},
	    {"quota", "The server is full: tell its administrator."},
	    {"No space left", "The server is full: tell its administrator."},
	    {"archived", "Unarchive the repository, or use another one."},
	    {"read-only", "Ask for write access to the repository."},
	    {"hook declined", "A rule of the server refused it. Nothing was changed there."},
	};

	for (size_t i = 0; i < LF_COUNT(rows); i++)
		if (strcasestr(text, rows[i].fragment))
			return rows[i].hint;
	return "Nothing was changed there.";
}

int lf_git_words_push(struct lf_error *err, const char *branch, const char *reason, const char *said)
{
	char *shown = lf_text_clean_dup(reason, 160), *words = lf_text_clean_dup(said, 300),
	     *all = lf_format("%s %s", shown, words);
	/* A signature that is missing would be missing in a pull request, too. */
	bool protected = is_protected(all) && !strcasestr(all, "verified signature");
	int rc = lf_fail(err, protected ? LF_EPROTECTED : LF_EREFUSED, "git.push", 0,
	                 "the server refused the push to %s: %s%s%s", branch, shown, *words ? ": " : "", words);

	if (protected)
		lf_hint(err, "This branch takes changes by pull request only: deliver to a new branch and open one. "
		             "Nothing was changed there.");
	else
		lf_hint(err, "%s", push_hint(all));
	lf_free(all);
	lf_free(words);
	lf_free(shown);
	return rc;
}

int lf_git_words_http(struct lf_error *err, const struct lf_git_url *url, int status, const char *said,
                      bool push)
{
	char *words = lf_text_clean_dup(said, 240);
	const char *gap = *words ? ": " : "";
	int rc;

	if (status == 401 || status == 407) {
		rc = lf_fail(err, LF_EAUTH, "git.http", status, "%s does not let you in%s%s", url->host, gap,
		             words);
		lf_hint(err,
		        status == 407
		            ? "The proxy wants a user and a password: see http.proxy of git config."
		            : "Check user and token: git credential helper, GITHUB_TOKEN, GITLAB_TOKEN.");
	} else if (status == 403) {
		rc = lf_fail(err, LF_EFORBIDDEN, "git.http", status,
		             "%s does not let you %s this repository%s%s", url->host,
		             push ? "write to" : "read", gap, words);
		lf_hint(err, "Check that your token is allowed to %s this repository.",
		        push ? "write to" : "read");
	} else if (status == 404 || status == 410) {
		rc = lf_fail(err, LF_ENOTFOUND, "git.http", status, "%s knows no such repository%s%s",
		             url->host, gap, words);
		lf_hint(err, "%s", WHO);
	} else if (status >= 300 && status < 400) {
		rc = lf_fail(err, LF_EREFUSED, "git.http", status, "%s sends us to another address",
		             url->host);
		lf_hint(err, "Use the address that the repository has now.");
	} else if (status == 413) {
		rc = lf_fail(err, LF_ELIMIT, "git.http", status, "%s does not take so much at once%s%s",
		             url->host, gap, words);
		lf_hint(err, "Deliver by ssh, or ask for a higher limit of the web server in front of Git.");
	} else if (status == 429) {
		rc = lf_fail(err, LF_ENET, "git.http", status, "%s asks to slow down%s%s", url->host, gap,
		             words);
		lf_hint(err, "Wait some minutes and try again.");
	} else if (status >= 500) {
		rc = lf_fail(err, LF_ENET, "git.http", status, "%s has a problem (HTTP %d)%s%s", url->host,
		             status, gap, words);
		lf_hint(err, "Try again later, or ask its administrator.");
	} else {
		rc = lf_fail(err, LF_EREFUSED, "git.http", status, "%s answered with HTTP %d%s%s", url->host,
		             status, gap, words);
		lf_hint(err, "Check the repository URL.");
	}
	lf_free(words);
	return rc;
}
