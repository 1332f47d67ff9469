/* pull: a pull request (GitLab: merge request) as Landfall follows it, the same value for every forge. Plain data; texts come from outside and are cleaned. */
#ifndef LF_CORE_PULL_H
#define LF_CORE_PULL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/facts.h"
#include "core/str.h"

enum lf_pull_state { LF_PULL_OPEN, LF_PULL_MERGED, LF_PULL_CLOSED };
enum lf_pull_checks { LF_CHECKS_NONE, LF_CHECKS_PENDING, LF_CHECKS_PASSED, LF_CHECKS_FAILED };
enum lf_pull_merge { LF_MERGE_UNKNOWN, LF_MERGE_POSSIBLE, LF_MERGE_BLOCKED };

struct lf_pull {
	const char *noun; /* static: "pull request" or "merge request" */
	int64_t number;
	char *url, *title;
	bool updated; /* it was open already */
	bool draft;
	enum lf_pull_state state;
	char *head;   /* tip of the branch that asks; may be short on Bitbucket */
	char *commit; /* merged: what the base branch got, 40 hex digits; NULL: the forge does not say */
	enum lf_pull_checks checks;
	size_t check_count; /* passed, failing and pending together */
	struct lf_names failing, pending;
	struct lf_names approved_by, changes_by; /* who approved; who wants changes */
	int64_t approvals_missing; /* -1: not told */
	enum lf_pull_merge merge;
	char *blocked;	       /* why it cannot be merged now; may be NULL */
	struct lf_names notes; /* what could not be done: "There is no label \"x\"." */
};
void lf_pull_dispose(struct lf_pull *pull);
void lf_pull_move(struct lf_pull *to, struct lf_pull *from); /* what TO held is disposed, FROM is empty afterwards */

/* One check of a commit. NONE (skipped, neutral) counts for nothing. */
void lf_pull_add_check(struct lf_pull *pull, const char *name, enum lf_pull_checks state);
/* Someone's opinion; a later one of the same person replaces it. */
enum lf_pull_opinion { LF_OPINION_NONE, LF_OPINION_APPROVES, LF_OPINION_WANTS_CHANGES };
void lf_pull_add_opinion(struct lf_pull *pull, const char *who, enum lf_pull_opinion opinion);

/* "checks 3 of 4, failing: lint · approved by ann · cannot be merged: conflicts". Empty if nothing is known. */
void lf_pull_summary(struct lf_str *out, const struct lf_pull *pull);

#endif
