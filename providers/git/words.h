/* words: what servers, ssh and git say, as errors of ours: code, message with their words cleaned, and what
 * to do. Pure. */
#ifndef LF_PROVIDERS_GIT_WORDS_H
#define LF_PROVIDERS_GIT_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/error.h"
#include "core/giturl.h"

/* A Git server's "ERR text" or fatal side-band line. */
int lf_git_words_refusal(struct lf_error *err, const char *where, const char *text, size_t length);

/* ssh, or git on a local path, ended before its answer was complete. SAID is what it wrote to standard error.
 */
int lf_git_words_ended(struct lf_error *err, const struct lf_git_url *url, const char *said, int status,
                       int signal);

/* Whether a push may have been refused because somebody else was faster, so that fetching again and retrying
 * makes sense. */
bool lf_git_words_is_race(const char *reason, const char *said);
/* "ng REF REASON" or "unpack REASON", with what the server's hooks SAID (may be ""): LF_EREFUSED, or LF_EPROTECTED
 * where the branch takes changes by pull request only. */
int lf_git_words_push(struct lf_error *err, const char *branch, const char *reason, const char *said);

/* An HTTP status that is not the answer. SAID: the first text of a plain body, or "". */
int lf_git_words_http(struct lf_error *err, const struct lf_git_url *url, int status, const char *said,
                      bool push);

#endif
