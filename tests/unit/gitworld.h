/* gitworld: a folder of its own with a home, Git repositories and servers, and a Git client on a loop of its
 * own; what its callbacks said is noted. */
#ifndef LF_TESTS_GITWORLD_H
#define LF_TESTS_GITWORLD_H

#include <sys/types.h>
#include "core/facts.h"
#include "providers/git.h"

struct git_note { /* what a job's callbacks said */
	bool done;
	int dones; /* how often: once at most */
	bool failed;
	struct lf_error err;
	char commit[41], tree[41];
	bool unchanged, contains, has_conflict;
	int attempts;
	uint64_t received, sent;
	struct lf_git_files files; /* read, or in conflict */
	struct lf_repository_facts repository;
	struct lf_path_facts path;
	struct lf_workdir_facts workdir;
	struct lf_names lines; /* the server's words */
	int progresses, stages[LF_GIT_STAGES];
	/* Called with each progress; may do anything. */
	void (*at_progress)(struct git_note *note, const struct lf_git_progress *progress);
	void *extra;
};

struct git_server {
	pid_t pid;
	int input; /* the server lives as long as this is open */
	int port;
	struct lf_str facts; /* what it printed after the port */
};

struct git_world {
	char *dir; /* all is below it; also the working directory's parent */
	uv_loop_t loop;
	const struct lf_http_module *http;
	struct lf_git *git;
	struct git_note note;
	const char *const *answers; /* to what is asked, in this order; NULL ends */
	size_t next_answer;
	struct lf_names asked;
	char *secret; /* must not be on any command line: looked for at every turn of the loop */
	bool leaked;
};

struct git_world *git_world_new(bool batch);
void git_world_free(struct git_world *world); /* asserts that nothing is left on the loop */
/* A new client, as a second program would be; CACHE is a folder below dir. */
void git_world_client(struct git_world *world, const char *cache, bool batch);

/* A shell command in the world's folder; must succeed. What it printed; the caller frees. */
LF_PRINTF(2, 3) char *git_world_run(const struct git_world *world, const char *format, ...);
/* The same, asserting what it prints (without the last line break). */
LF_PRINTF(3, 4)
void git_world_expect(const struct git_world *world, const char *expected, const char *format, ...);
/* An empty bare repository NAME.git, or one with a first commit of README.md, apps/, clusters/ and some
 * oddities. Its path; the caller frees. */
char *git_world_bare(const struct git_world *world, const char *name);
char *git_world_repository(const struct git_world *world, const char *name);
/* Somebody else commits and pushes: FILE with TEXT on BRANCH of the repository NAME. */
void git_world_somebody(const struct git_world *world, const char *name, const char *branch, const char *file,
                        const char *text);

/* A server of tests/servers; ARGUMENTS is a shell's. False: a program for it is missing here. */
bool git_server_start(struct git_server *server, const struct git_world *world, const char *arguments);
void git_server_stop(struct git_server *server);
/* "name=value" among what it printed; the caller frees. */
char *git_server_fact(const struct git_server *server, const char *name);

/* Each starts a job, waits for its end, and leaves the outcome in world->note. */
void git_check(struct git_world *world, const char *url);
void git_browse(struct git_world *world, const char *url, const char *branch, const char *path);
void git_read(struct git_world *world, const char *url, const char *branch, const char *path); /* one file */
void git_contains(struct git_world *world, const char *url, const char *ancestor, const char *descendant);
void git_inspect(struct git_world *world, const char *folder);
/* Started only. EXPECTED: what is believed to be there. */
struct lf_git_job *git_begin_deliver(struct git_world *world, const char *url, const char *branch,
                                     const char *tip, const char *path, const char *text,
                                     const char *expected);
void git_deliver(struct git_world *world, const char *url, const char *branch, const char *tip,
                 const char *path, const char *text, const char *expected);
void git_deliver_many(struct git_world *world, const struct lf_git_delivery *delivery);
void git_note_reset(struct git_world *world);
/* Runs the loop until the note is done; fails the test after a minute. */
void git_wait(struct git_world *world);

/* Runs the loop until the file PATH is there (below the world's folder). */
void git_wait_for_file(struct git_world *world, const char *path);

/* The note must hold success, or this error with these words; prints what it holds otherwise. */
void git_expect_ok(struct git_world *world);
void git_expect_error(struct git_world *world, int code, const char *words);

#endif
