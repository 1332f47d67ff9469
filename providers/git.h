/* git: remote repositories through our own smart client (protocol v2, v0 where needed) over http(s), the user's ssh, or git's own programs for a local path;
 * objects, trees, packs and commits through libgit2 (module landfall-objects.so) on work requests. Asynchronous on one loop, cancellable at any moment; callbacks never come
 * after cancel. Nothing is ever forced, and nothing is checked out. */
#ifndef LF_PROVIDERS_GIT_H
#define LF_PROVIDERS_GIT_H

#include <uv.h>
#include "core/error.h"
#include "core/facts.h"
#include "core/giturl.h"
#include "core/secret.h"
#include "core/str.h"
#include "providers/http.h"

struct lf_git;	   /* the client: loop, cache folder, credentials */
struct lf_git_job; /* something under way */

/* Asked when neither ssh nor a credential helper nor the environment has what is needed. Answer with lf_git_answer(), at any later time. */
enum lf_git_ask { LF_GIT_ASK_USERNAME, LF_GIT_ASK_PASSWORD, LF_GIT_ASK_PASSPHRASE, LF_GIT_ASK_HOST_KEY };
struct lf_git_options {
	const char *cache_folder; /* NULL: $XDG_CACHE_HOME/landfall/git */
	bool batch;		  /* never ask: headless runs */
	void (*ask)(enum lf_git_ask what, const char *prompt, void *payload); /* may be NULL: as batch */
	void *payload;
};
LF_NODISCARD int lf_git_new(struct lf_git **out, uv_loop_t *loop, const struct lf_http_module *http, const struct lf_git_options *options,
			    struct lf_error *err);
void lf_git_free(struct lf_git *git);
void lf_git_answer(struct lf_git *git, struct lf_secret *answer); /* takes it; NULL: the user declined */
void lf_git_cancel(struct lf_git_job *job);			    /* NULL is fine; also from inside a callback */

/* The clone FOLDER is in (remote, branch) and the user's identity, through libgit2 on a work request. Never an error: what is not there stays unknown. */
typedef void lf_git_workdir_fn(struct lf_workdir_facts *facts, void *payload); /* given away */
struct lf_git_job *lf_git_inspect(struct lf_git *git, const char *folder, lf_git_workdir_fn *done, void *payload);

/* Reach the repository and list its branches. */
typedef void lf_git_repository_fn(struct lf_repository_facts *facts, const struct lf_error *err, void *payload); /* given away */
struct lf_git_job *lf_git_check(struct lf_git *git, const char *url, lf_git_repository_fn *done, void *payload);

/* What lies at PATH of BRANCH, fetching only the tip commit and the trees on the way. A missing branch or path is not an error (exists false). */
typedef void lf_git_path_fn(struct lf_path_facts *facts, const struct lf_error *err, void *payload); /* given away */
struct lf_git_job *lf_git_browse(struct lf_git *git, const char *url, const char *branch, const char *path, lf_git_path_fn *done, void *payload);

/* The tip of BRANCH and the present bytes of PATHS (NULL where a file does not exist). */
struct lf_git_files {
	char *tip;	  /* 40 hex digits; "" for an empty repository or a branch that does not exist yet */
	char *base_branch; /* what a new branch would start from; may be NULL */
	struct lf_git_file {
		char *path;
		char *text; /* NULL: not there */
		size_t length;
		bool refused; /* a symlink, submodule, binary, LFS pointer or over 1 MiB: must not be written */
		char *why;    /* of refused */
	} *items;
	size_t count;
};
void lf_git_files_dispose(struct lf_git_files *files);
typedef void lf_git_files_fn(struct lf_git_files *files, const struct lf_error *err, void *payload); /* given away */
struct lf_git_job *lf_git_read(struct lf_git *git, const char *url, const char *branch, const char *const *paths, size_t count,
			       lf_git_files_fn *done, void *payload);

/* One commit with FILES on top of BRANCH, pushed with the expected old id. All strings are copied. */
struct lf_git_change {
	const char *path;
	const char *text; /* NULL: delete */
	size_t length;
	bool executable;      /* of a file that is not there yet; one that is keeps its mode */
	const char *expected; /* what we believe is there now (from lf_git_read); NULL: nothing. Compared against the tip: a difference is a conflict */
};
enum lf_git_choice { LF_GIT_AS_CONFIGURED, LF_GIT_YES, LF_GIT_NO };
struct lf_git_delivery {
	const char *url, *branch;
	const char *base; /* the branch that BRANCH starts from if it does not exist yet (for a pull request); NULL: the default one */
	const char *tip; /* as read; "" for none. Another tip is no error by itself: the change is re-applied if the same files are unchanged */
	const struct lf_git_change *changes;
	size_t change_count;
	const char *message;		    /* whole: subject, body, trailers */
	const char *author_name, *author_email; /* NULL: from the Git configuration */
	enum lf_git_choice sign;		/* with OpenPGP or an ssh key: commit.gpgsign, gpg.format, user.signingKey */
	enum lf_git_choice sign_off;		/* a line "Signed-off-by:" of the committer: format.signOff */
};
enum lf_git_stage { LF_GIT_FETCH, LF_GIT_BUILD, LF_GIT_COMMIT, LF_GIT_PUSH, LF_GIT_STAGES };
struct lf_git_progress {
	enum lf_git_stage stage;
	uint64_t bytes_received, bytes_sent;
	int attempt;		  /* from 1; grows when the branch moved */
	const char *remote_line;  /* a cleaned line of the server's own words, or NULL */
};
struct lf_git_result {
	const char *commit; /* what the branch points to now */
	const char *tree;
	bool unchanged; /* everything was there already: nothing was pushed, commit is the tip */
	int attempts;
	uint64_t bytes_received, bytes_sent;
	const struct lf_git_files *conflict; /* with LF_ECONFLICT: the files as they are now */
};
/* RESULT and ERR are borrowed for the call. Errors: LF_EREFUSED (message: the server's words), LF_EPROTECTED (the branch takes changes by pull request
 * only: deliver again to a new branch with BASE), LF_ENOTFOUND (BRANCH or BASE is gone), LF_ECONFLICT, LF_EAUTH, LF_EFORBIDDEN, LF_ENET, LF_ETIMEOUT … */
struct lf_git_deliver_handler {
	void (*progress)(const struct lf_git_progress *progress, void *payload);
	void (*done)(const struct lf_git_result *result, const struct lf_error *err, void *payload);
	void *payload;
};
struct lf_git_job *lf_git_deliver(struct lf_git *git, const struct lf_git_delivery *delivery, const struct lf_git_deliver_handler *handler);

/* Whether ANCESTOR is contained in DESCENDANT (fetches commits only, at most LIMIT). */
typedef void lf_git_contains_fn(bool contains, const struct lf_error *err, void *payload);
struct lf_git_job *lf_git_contains(struct lf_git *git, const char *url, const char *ancestor, const char *descendant, int limit,
				   lf_git_contains_fn *done, void *payload);

/* One commit as history has it. Texts are cleaned, line breaks of the message stay. */
struct lf_git_commit {
	char id[41], parent[41]; /* parent: the first one; "" where history begins */
	size_t parent_count;	 /* more than 1: a merge */
	int64_t time;		 /* when it was committed, seconds since 1970 */
	char *author, *author_email;
	char *message;
};
/* The value of the trailer NAME ("Landfall-App") in the last paragraph of MESSAGE; the last one if there are several. The caller frees; NULL: none. */
LF_NODISCARD char *lf_git_trailer(const char *message, const char *name);

/* Commits that BRANCH contains, newest first: those with "Landfall-App: APP" (NULL: all), at most COUNT of them among the newest LIMIT commits.
 * That there is no such branch, or no such commit, is not an error (count 0). */
struct lf_git_history {
	char tip[41]; /* "": there is no such branch */
	struct lf_git_commit *items;
	size_t count;
	size_t looked; /* at so many commits */
	bool whole;    /* and there are no more */
};
void lf_git_history_dispose(struct lf_git_history *history);
typedef void lf_git_history_fn(struct lf_git_history *history, const struct lf_error *err, void *payload); /* given away */
struct lf_git_job *lf_git_history(struct lf_git *git, const char *url, const char *branch, const char *app, size_t count, size_t limit,
				  lf_git_history_fn *done, void *payload);

/* The commits of BRANCH (along first parents, newest first) that changed files of an application since one of its deliveries. Nothing is listed where its files are as that
 * delivery left them. What belongs to the application: the files that COMMIT and OTHERS changed, and everything in FOLDERS. All strings are copied. */
struct lf_git_since {
	const char *commit; /* the delivery, 40 hex digits */
	const char *app;
	const struct lf_names *others, *folders;
	size_t limit; /* of commits that are looked at */
};
struct lf_git_later {
	struct lf_git_later_commit {
		struct lf_git_commit commit;
		struct lf_git_commit delivery; /* of APP, not in the branch, that changed the same files to the same bytes: COMMIT is how it got there; id "": none is known */
	} *items;
	size_t count;
	size_t looked;
	bool whole; /* these are all; else the delivery was not reached */
};
void lf_git_later_dispose(struct lf_git_later *later);
typedef void lf_git_later_fn(struct lf_git_later *later, const struct lf_error *err, void *payload); /* given away */
struct lf_git_job *lf_git_later(struct lf_git *git, const char *url, const char *branch, const struct lf_git_since *since, lf_git_later_fn *done, void *payload);

/* What COMMIT (40 hex digits) changed against its first parent: the files with their bytes before and after. BRANCH is where it is known to be: some
 * servers hand out nothing else. Errors: LF_ENOTFOUND (no such commit), LF_ELIMIT (more than 1000 files). To take it back, deliver for each file
 * text = old_text, expected = new_text, executable = old_executable. */
struct lf_git_commit_files {
	struct lf_git_commit commit;
	struct lf_git_commit_file {
		char *path;
		char *old_text, *new_text; /* NULL: not there, or WHY */
		size_t old_length, new_length;
		bool old_exists, new_exists;
		bool old_executable, new_executable;
		char *why; /* it is nothing that can be put back as text: binary, symlink, submodule, LFS pointer, over 1 MiB; NULL: it can */
	} *items;
	size_t count;
};
void lf_git_commit_files_dispose(struct lf_git_commit_files *files);
typedef void lf_git_commit_fn(struct lf_git_commit_files *files, const struct lf_error *err, void *payload); /* given away */
struct lf_git_job *lf_git_commit_read(struct lf_git *git, const char *url, const char *branch, const char *commit, lf_git_commit_fn *done,
				      void *payload);

/* For a neighbour that talks to the API of a host: how the user's Git configuration says to reach ADDRESS, and with SIGN_IN (it is https then) who the user is there:
 * what this run signed in with, else what the credential helpers know. Nobody is asked, and a wrong password is not forgotten: it may still be right for Git. */
struct lf_git_access {
	const char *address;	     /* as url.*.insteadOf makes it of the one that was asked for; borrowed for the call, like all texts here */
	const char *proxy, *ca_file; /* as in struct lf_http_request; may be NULL */
	bool insecure;
	const char *user;
	struct lf_secret *password; /* given away; NULL: nobody knows one */
};
typedef void lf_git_access_fn(struct lf_git_access *access, const struct lf_error *err, void *payload);
struct lf_git_job *lf_git_find_access(struct lf_git *git, const char *address, bool sign_in, lf_git_access_fn *done, void *payload);

/* Asks the user for a secret on behalf of a neighbour, masked. TOKEN is given away; NULL: declined, or nobody is there to ask. */
typedef void lf_git_token_fn(struct lf_secret *token, void *payload);
struct lf_git_job *lf_git_ask_token(struct lf_git *git, const char *prompt, lf_git_token_fn *done, void *payload);

#endif
