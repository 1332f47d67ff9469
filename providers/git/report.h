/* report: what a Git server says after a push (report-status, and version 2 of it). Pure. */
#ifndef LF_PROVIDERS_GIT_REPORT_H
#define LF_PROVIDERS_GIT_REPORT_H

#include <stdbool.h>
#include "providers/git/pktline.h"

struct lf_git_report {   /* zero-initialise */
	const char *ref; /* the one that was pushed, whole; borrowed */
	bool done;
	bool unpack_seen, ref_seen;
	bool accepted;
	char *reason; /* why not, in the server's words, cleaned; NULL if accepted */
};

LF_NODISCARD int lf_git_report_read(struct lf_git_report *report, const struct lf_pkt *pkt,
                                    struct lf_error *err);
void lf_git_report_dispose(struct lf_git_report *report);

#endif
