/* child: a program of the user's (ssh, git) with its three pipes on the loop. It gets a session of its own,
 * so that it cannot ask on our terminal and can be ended with all it started; and none of our other file
 * descriptors. */
#ifndef LF_PROVIDERS_GIT_CHILD_H
#define LF_PROVIDERS_GIT_CHILD_H

#include <stdbool.h>
#include <uv.h>
#include "core/error.h"
#include "core/str.h"

struct lf_git_child;

struct lf_git_child_end {
	int status, signal; /* as of waitpid; signal 0: it ended by itself */
	bool silent;        /* we ended it because it said nothing for too long */
	const char *said;   /* its standard error, at most 8 kB, as it came */
};

struct lf_git_child_plan {
	const char *const *argv; /* argv[0] is looked for in PATH; NULL-terminated */
	const char *const *set;  /* "NAME=value" sets, "NAME" removes; NULL-terminated; may be NULL */
	bool wipe;               /* what it prints is secret: buffers are wiped */
	int patience_ms;         /* longest silence; 0: for ever */
	void (*output)(const char *bytes, size_t length, void *payload);
	/* Once, when it has ended and all its output was handed over. The child is freed by the owner, in
	 * here or later. */
	void (*ended)(const struct lf_git_child_end *end, void *payload);
	void *payload;
};

LF_NODISCARD int lf_git_child_new(struct lf_git_child **out, uv_loop_t *loop,
                                  const struct lf_git_child_plan *plan, struct lf_error *err);
/* Takes the bytes; they are wiped afterwards when the plan says so. */
void lf_git_child_write(struct lf_git_child *child, struct lf_str *bytes);
void lf_git_child_close_input(struct lf_git_child *child); /* after what was written */
/* ON: its output is left unread for now, so that it waits; meanwhile it may be silent. */
void lf_git_child_hold(struct lf_git_child *child, bool on);
void lf_git_child_set_patience(struct lf_git_child *child, int patience_ms);
/* No callback comes after this. A child that still runs is told to end, and made to after a second. */
void lf_git_child_free(struct lf_git_child *child);

#endif
