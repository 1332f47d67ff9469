/* error: what went wrong, as a value that can be copied through queues and shown to a person.
 * There is no "last error": the failing call fills the struct it was given. */
#ifndef LF_CORE_ERROR_H
#define LF_CORE_ERROR_H

#include "core/compiler.h"
#include "core/str.h"

enum lf_code {
	LF_OK = 0,
	LF_ERROR = -1,	    /* nothing finer fits */
	LF_EINVAL = -2,	    /* the input is wrong: an answer, an argument, a file */
	LF_ENOTFOUND = -3,  /* what was named does not exist */
	LF_ECONFLICT = -4,  /* somebody else changed the same thing */
	LF_EAUTH = -5,	    /* not signed in, or with the wrong credentials */
	LF_EFORBIDDEN = -6, /* signed in, but not allowed */
	LF_ENET = -7,	    /* no connection, or it broke */
	LF_ETIMEOUT = -8,
	LF_ECANCELLED = -9,
	LF_EPARSE = -10,   /* bytes that do not mean what they should */
	LF_ELIMIT = -11,   /* larger than we accept */
	LF_EIO = -12,	   /* the local file system */
	LF_EREFUSED = -13, /* the other side understood and said no (hook, policy, validation) */
	LF_EMOVED = -14,   /* the branch moved under us: fetch again and retry */
	LF_EGONE = -15,	   /* Kubernetes 410: list again */
	LF_EPROTECTED = -16, /* the branch takes changes by pull request only: deliver to another one */
};

struct lf_error {
	enum lf_code code; /* what a caller may branch on */
	int native;	   /* errno, HTTP status, libgit2 or curl code; 0 if none */
	const char *where; /* static string, "git.push" */
	char message[512]; /* one line, UTF-8, no secrets, already safe to show */
	char hint[256];	   /* what the user can do; may be empty */
};

/* Fills *err (which may be NULL) and returns CODE, so that it can be returned at once. */
LF_PRINTF(5, 6) int lf_fail(struct lf_error *err, enum lf_code code, const char *where, int native, const char *format, ...);

/* Sets the remedy of an error that was filled before. */
LF_PRINTF(2, 3) void lf_hint(struct lf_error *err, const char *format, ...);

/* Appends message and hint as sentences of one text: "It could not be resolved. Check the spelling." */
void lf_error_text(struct lf_str *out, const struct lf_error *err);

/* "LF_EAUTH" → "auth": the word used in JSON output. */
const char *lf_code_name(enum lf_code code);

#endif
