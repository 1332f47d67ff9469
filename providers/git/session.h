/* session: the talk with a Git server: advertisement, branches, fetching packs, pushing. One request at a
 * time; what comes is bounded everywhere. */
#ifndef LF_PROVIDERS_GIT_SESSION_H
#define LF_PROVIDERS_GIT_SESSION_H

#include "providers/git/advertisement.h"
#include "providers/git/intake.h"
#include "providers/git/report.h"
#include "providers/git/request.h"
#include "providers/git/wire.h"

enum lf_git_waiting { LF_GIT_IDLE, LF_GIT_FOR_ADVERT, LF_GIT_FOR_REFS, LF_GIT_FOR_PACK, LF_GIT_FOR_REPORT };

struct lf_git_session { /* zero-initialise */
	struct lf_git_job *job;
	struct lf_git_wire *wire; /* NULL: not connected */
	enum lf_git_service service;
	enum lf_git_waiting waiting;
	bool complete; /* what we wait for is there whole */
	bool in_pack;
	bool spent; /* the other side is done after the last answer: connect anew for the next request */
	struct lf_advert advert;
	struct lf_pkt_reader reader, inner;
	struct lf_git_intake *intake;
	struct lf_git_report report;
	char *ref;             /* what is pushed */
	struct lf_str line;    /* the beginning of a line of the server's own words */
	struct lf_names lines; /* whole ones, cleaned, that the job has not been told yet */
	struct lf_str said;    /* the first of them, for a message */
	size_t line_count, chatter; /* chatter: bytes of words and of nothing, of one answer */
	void (*then)(struct lf_git_job *job, const struct lf_error *err);
};

typedef void lf_git_session_fn(struct lf_git_job *job, const struct lf_error *err);

/* Connects (anew) and reads what the server can do and holds: the tip of BRANCH (borrowed; NULL: none
 * wanted), HEAD, and names of branches. */
void lf_git_session_open(struct lf_git_job *job, enum lf_git_service service, const char *branch,
                         lf_git_session_fn *then);
bool lf_git_session_is_open(const struct lf_git_session *session, enum lf_git_service service);

/* The pack goes into the job's store. LIMIT is of its bytes. */
void lf_git_session_fetch(struct lf_git_job *job, const struct lf_git_fetch *fetch, uint64_t limit,
                          lf_git_session_fn *then);

/* Takes PACK. ERR NULL: the server reported; see session->report. Otherwise it is not known whether the push
 * arrived. */
void lf_git_session_push(struct lf_git_job *job, const char *branch, const char *old_id, const char *new_id,
                         struct lf_str *pack, lf_git_session_fn *then);

/* What came from the server, cut anywhere; a pack is dropped where there is no intake. For the wire and tests. */
LF_NODISCARD int lf_git_session_read(struct lf_git_session *session, const char *bytes, size_t length,
                                     struct lf_error *err);
void lf_git_session_close(struct lf_git_session *session);
void lf_git_session_dispose(struct lf_git_session *session);

#endif
