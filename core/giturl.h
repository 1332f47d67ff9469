/* giturl: a repository URL taken apart and checked: no option injection, no control characters, no credentials inside. Pure. */
#ifndef LF_CORE_GITURL_H
#define LF_CORE_GITURL_H

#include <stdbool.h>
#include "core/error.h"

enum lf_git_transport { LF_GIT_HTTP, LF_GIT_HTTPS, LF_GIT_SSH, LF_GIT_DAEMON /* git://: reading only */, LF_GIT_LOCAL };

struct lf_git_url {
	enum lf_git_transport transport;
	char *user, *host, *path; /* user may be NULL; host is NULL for a local path */
	int port;		  /* 0: the transport's own */
	char *canonical;	  /* "ssh://git@host/o/r.git" for "git@host:o/r.git" */
};

LF_NODISCARD int lf_git_url_parse(struct lf_git_url *out, const char *text, struct lf_error *err);
void lf_git_url_dispose(struct lf_git_url *url);

/* Whether both mean one repository: the scp form, ssh and https of one host, ".git", the host's capitals and the user do not tell them apart. */
bool lf_git_url_same(const char *a, const char *b);

/* TEXT for a document that another tool reads: as it was given, unless it names a user beside http (that is for credentials, which do not go to Git), or spells its scheme
 * as only some do; then URL's canonical form. URL is what TEXT was parsed into. */
const char *lf_git_url_document(const struct lf_git_url *url, const char *text);

#endif
