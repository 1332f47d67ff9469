/* wire: how bytes reach a Git server and come back: over HTTP, over ssh, from git daemon, or to git's own programs on this
 * machine. One wire is one service of one repository. */
#ifndef LF_PROVIDERS_GIT_WIRE_H
#define LF_PROVIDERS_GIT_WIRE_H

#include <stdbool.h>
#include "core/giturl.h"
#include "providers/git.h"

enum lf_git_service { LF_GIT_UPLOAD /* we fetch */, LF_GIT_RECEIVE /* we push */ };

struct lf_git_wire_handler {
	void (*data)(const char *bytes, size_t length, void *payload);
	/* Stateless: this answer is complete, or ERR says why not. Otherwise: the other side is gone, and ERR
	 * says what it said. */
	void (*end)(const struct lf_error *err, void *payload);
	void *payload;
};

struct lf_git_wire;
struct lf_git_wire_kind {
	bool stateless; /* every request has an answer of its own and carries all it needs (HTTP) */
	/* Takes BODY; NULL asks for the advertisement, first of all. Never calls back before it returns. */
	void (*ask)(struct lf_git_wire *wire, struct lf_str *body);
	void (*free)(struct lf_git_wire *wire); /* no callback comes after this */
	/* ON: no more data for now; the other side waits, and is not held to be silent. Off may call back before it returns. */
	void (*hold)(struct lf_git_wire *wire, bool on);
};

struct lf_git_wire {
	const struct lf_git_wire_kind *kind;
	struct lf_git_job *job; /* borrowed */
	enum lf_git_service service;
	bool protocol_v2; /* the server took it: say it with every request */
	struct lf_git_wire_handler handler;
};

/* A wire to where the job's remote says. Connecting happens with the first ask; errors come by end. */
struct lf_git_wire *lf_git_http_new(struct lf_git_job *job, enum lf_git_service service,
                                    const struct lf_git_wire_handler *handler);
struct lf_git_wire *lf_git_pipe_new(struct lf_git_job *job, enum lf_git_service service,
                                    const struct lf_git_wire_handler *handler);
struct lf_git_wire *lf_git_daemon_new(struct lf_git_job *job, enum lf_git_service service,
                                      const struct lf_git_wire_handler *handler);
/* Says that nothing can be pushed to where the job's remote pushes to, which is a git:// address. */
int lf_git_daemon_refuse(struct lf_error *err, const struct lf_git_job *job);

#endif
