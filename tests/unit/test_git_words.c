/* What may be the name of a branch, and what the words of ssh, git and servers mean. */
#include "config.h"
#include "unit.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/git/refname.h"
#include "providers/git/words.h"

static void knows_branch_names(void **state)
{
	static const char *const good[] = {"main", "a/b", "landfall/web-1", "v1.2", "\xc3\xa9t\xc3\xa9",
	                                   "a@b",  "x{y}"};
	static const char *const bad[] = {"",           "-x",    "a..b",  "a b",  "a~1", "a^",   "a:b",
	                                  "a?",         "a*",    "a[b",   "a\\b", ".a",  "a/.b", "a.lock",
	                                  "a/b.lock/c", "a/",    "/a",    "a//b", "a.",  "@",    "a@{b",
	                                  "HEAD",       "a\x01", "a\x7f", "\xff"};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(good); i++)
		assert_int_equal(lf_git_branch_check(good[i], NULL), LF_OK);
	for (size_t i = 0; i < LF_COUNT(bad); i++)
		assert_int_equal(lf_git_branch_check(bad[i], NULL), LF_EINVAL);
	assert_int_equal(lf_git_branch_check(NULL, NULL), LF_EINVAL);
}

static void translates(void **state)
{
	static const struct {
		bool ssh;
		const char *said;
		int code;
		const char *message;
	} rows[] = {
	    {true, "Host key verification failed.\r\nfatal: x\n", LF_EAUTH,
	     "the ssh key of h is not known here yet (Host key verification failed.)"},
	    {true,
	     "@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@\nHost key verification failed.\n",
	     LF_EAUTH, "may be an attack"},
	    {true, "git@h: Permission denied (publickey).\r\n", LF_EAUTH, "does not accept your ssh key"},
	    {true, "ssh: Could not resolve hostname h: Name or service not known\r\n", LF_ENET,
	     "the host h is not known"},
	    {true, "ssh: connect to host h port 22: Connection refused\r\n", LF_ENET, "does not accept ssh"},
	    {true, "ssh: connect to host h port 22: Connection timed out\r\n", LF_ETIMEOUT,
	     "does not answer"},
	    {true, "fatal: '/x' does not appear to be a git repository\n", LF_ENOTFOUND,
	     "no Git repository at this path"},
	    {true, "ERROR: Repository not found.\nfatal: y\n", LF_ENOTFOUND,
	     "knows no such repository (ERROR: Repository not found.)"},
	    {true, "sh: 1: git-upload-pack: not found\n", LF_ENOTFOUND, "there is no Git on h"},
	    {true, "\x1b[31mweird\x1b[0m\n", LF_ENET, "ssh ended the connection: weird"},
	    {true, "", LF_ENET, "before the answer was complete"},
	    {false, "fatal: detected dubious ownership in repository at '/x'\n", LF_EFORBIDDEN,
	     "belongs to another user"},
	    {false, "fatal: '/x' does not appear to be a git repository\n", LF_ENOTFOUND,
	     "no Git repository"},
	};
	struct lf_git_url url = {0};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_error err = {0};

		assert_int_equal(lf_git_url_parse(&url, rows[i].ssh ? "git@h:x" : "/x", NULL), LF_OK);
		assert_int_equal(lf_git_words_ended(&err, &url, rows[i].said, 255, 0), rows[i].code);
		if (!strstr(err.message, rows[i].message))
			print_message("%s\n", err.message);
		assert_non_null(strstr(err.message, rows[i].message));
		assert_true(err.hint[0]);
		assert_null(strchr(err.message, '\x1b'));
		lf_git_url_dispose(&url);
	}
}

static void tells_races_from_refusals(void **state)
{
	struct lf_error err = {0};

	(void)state;
	assert_true(lf_git_words_is_race("fetch first", ""));
	assert_true(lf_git_words_is_race("failed to update ref", ""));
	assert_true(lf_git_words_is_race("cannot lock ref 'refs/heads/main': is at a but expected b", ""));
	assert_false(lf_git_words_is_race("pre-receive hook declined", ""));
	assert_false(lf_git_words_is_race("protected branch hook declined", "cannot lock ref"));
	assert_true(
	    lf_git_words_is_race("atomic transaction failed", "error: cannot lock ref 'refs/heads/main'"));
	assert_false(lf_git_words_is_race("atomic push failure", "denied"));
	assert_int_equal(lf_git_words_push(&err, "main", "pre-receive hook declined", "no tabs,\nplease"),
	                 LF_EREFUSED);
	assert_string_equal(
	    err.message, "the server refused the push to main: pre-receive hook declined: no tabs, please");
	assert_non_null(strstr(err.hint, "Nothing was changed"));
}

static void knows_protected_branches(void **state)
{
	static const struct {
		const char *reason, *said;
		int code;
	} rows[] = {
	    {"protected branch hook declined",
	     "error: GH006: Protected branch update failed for refs/heads/main.\nerror: Changes must be made "
	     "through a pull request.",
	     LF_EPROTECTED},
	    {"push declined due to repository rule violations",
	     "error: GH013: Repository rule violations found for refs/heads/main.", LF_EPROTECTED},
	    {"pre-receive hook declined",
	     "GitLab: You are not allowed to push code to protected branches on this project.", LF_EPROTECTED},
	    {"pre-receive hook declined", "Gitea: Not allowed to push to protected branch main", LF_EPROTECTED},
	    {"pre-receive hook declined", "Forgejo: branch main is protected from direct pushes", LF_EPROTECTED},
	    {"pre-receive hook declined",
	     "Branch refs/heads/main can only be modified through pull requests.", LF_EPROTECTED},
	    {"TF402455: Pushes to this branch are not permitted; you must use a pull request to update this "
	     "branch.",
	     "", LF_EPROTECTED},
	    {"protected branch hook declined",
	     "error: GH006: Protected branch update failed\nCommits must have verified signatures.", LF_EREFUSED},
	    {"pre-receive hook declined", "see https://example.com/new-pull-request-template", LF_EREFUSED},
	    {"pre-receive hook declined", "", LF_EREFUSED},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_error err = {0};

		assert_int_equal(lf_git_words_push(&err, "main", rows[i].reason, rows[i].said), rows[i].code);
		assert_int_equal(strstr(err.hint, "pull request") != NULL, rows[i].code == LF_EPROTECTED);
		assert_false(lf_git_words_is_race(rows[i].reason, rows[i].said));
	}
	assert_string_equal(lf_code_name(LF_EPROTECTED), "protected");
}

/* Why a push is refused where no pull request helps: the server's own words, and what to do. */
static void says_what_helps_against_a_refusal(void **state)
{
	static const struct {
		const char *reason, *said, *hint;
	} rows[] = {
	    {"pre-receive hook declined", "GitLab: Your push to this repository has been rejected because its size would exceed the quota", "full: tell its administrator"},
	    {"unpacker error", "error: file write error: No space left on device", "full: tell its administrator"},
	    {"pre-receive hook declined", "This repository was archived so it is read-only.", "Unarchive"},
	    {"pre-receive hook declined", "The repository is read-only.", "Ask for write access"},
	    {"pre-receive hook declined", "no tabs please", "A rule of the server refused it"},
	    {"branch is currently checked out", "", "bare repository"},
	};
	static const struct {
		int status;
		const char *said, *message, *hint;
	} answers[] = {
	    {403, "remote: This repository was archived so it is read-only.", "does not let you write to this repository: remote: This repository was archived", "token"},
	    {403, "quota exceeded", "quota exceeded", "token"},
	    {413, "", "does not take so much at once", "ssh"},
	};
	struct lf_git_url url = {0};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_error err = {0};

		assert_int_equal(lf_git_words_push(&err, "main", rows[i].reason, rows[i].said), LF_EREFUSED);
		assert_non_null(strstr(err.message, rows[i].said));
		if (!strstr(err.hint, rows[i].hint))
			fail_msg("%s: %s", rows[i].said, err.hint);
	}
	assert_int_equal(lf_git_url_parse(&url, "https://h/x", NULL), LF_OK);
	for (size_t i = 0; i < LF_COUNT(answers); i++) {
		struct lf_error err = {0};

		(void)lf_git_words_http(&err, &url, answers[i].status, answers[i].said, true);
		assert_non_null(strstr(err.message, answers[i].message));
		assert_non_null(strstr(err.hint, answers[i].hint));
	}
	lf_git_url_dispose(&url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(knows_branch_names),
	    cmocka_unit_test(translates),
	    cmocka_unit_test(tells_races_from_refusals),
	    cmocka_unit_test(knows_protected_branches),
	    cmocka_unit_test(says_what_helps_against_a_refusal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
