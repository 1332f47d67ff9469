/* progress: how far a delivery has come, as one value that any front draws. Engines compute states (pure); the reducer adds times. */
#ifndef LF_CORE_PROGRESS_H
#define LF_CORE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/health.h"
#include "core/ref.h"

enum lf_phase { LF_PUSHED, LF_SEEN, LF_FETCHED, LF_APPLIED, LF_LANDED, LF_PHASES }; /* landed: healthy at the commit */
enum lf_phase_state { LF_PHASE_WAITING, LF_PHASE_RUNNING, LF_PHASE_DONE, LF_PHASE_FAILED };

const char *lf_phase_word(enum lf_phase phase); /* "pushed", "seen", "fetched", "applied", "healthy" */

struct lf_phase_progress {
	enum lf_phase_state state;
	char *note;				/* "2/3 ready"; may be NULL */
	int64_t started_ms, ended_ms; /* wall clock; 0 while unknown; set by the reducer */
};

enum lf_verdict {
	LF_VERDICT_PENDING,
	LF_VERDICT_HEALTHY,   /* this commit (or a descendant) runs and is healthy */
	LF_VERDICT_FAILED,    /* will not get healthy without a change; watching goes on */
	LF_VERDICT_PARTIAL,   /* some resources of the commit are healthy, others failed */
	LF_VERDICT_SUSPENDED, /* the controller was told not to act */
	LF_VERDICT_TIMEOUT,   /* set by the reducer */
};

struct lf_remedy {
	char *text;    /* "Correct the image and deliver again" */
	char *command; /* to run by hand, filled in for this application; may be NULL */
};

struct lf_diagnosis {
	char *id;	 /* stable word for JSON and tests: "image-not-found", "path-not-found", "manifest-refused", "forbidden", … */
	char *cause;	 /* one line a person understands: "The image nginx:1.99 does not exist." */
	char *evidence;	 /* the controller's or kubelet's own words, cleaned; lines separated by \n */
	struct lf_ref subject;
	struct lf_remedy *remedies;
	size_t remedy_count;
	bool terminal;	 /* waiting alone will not cure it */
};

struct lf_tree_row {
	int depth;
	struct lf_ref ref;
	enum lf_health health;
	char *note;
};

struct lf_progress {
	struct lf_phase_progress phases[LF_PHASES];
	enum lf_verdict verdict;
	struct lf_diagnosis diagnosis; /* id NULL: nothing wrong */
	struct lf_tree_row *rows;      /* source, consumer, its resources, their pods */
	size_t row_count;
	char *revision;		       /* the commit that is applied now; may be NULL */
	char *waiting_for;	       /* one line: what the next step depends on; may be NULL */
};

void lf_progress_dispose(struct lf_progress *progress);
/* Whatever is put in here may come from the cluster: it is copied, cleaned and bounded. */
void lf_progress_note(struct lf_progress *progress, enum lf_phase phase, enum lf_phase_state state, const char *note); /* note may be NULL */
LF_PRINTF(2, 3) void lf_progress_wait_for(struct lf_progress *progress, const char *what, ...); /* replaces what there was */
void lf_progress_revision(struct lf_progress *progress, const char *commit);		       /* NULL or "": none */
struct lf_tree_row *lf_progress_add_row(struct lf_progress *progress, int depth, const struct lf_ref *ref, enum lf_health health,
					const char *note);

void lf_diagnosis_dispose(struct lf_diagnosis *diagnosis);
/* Starts a diagnosis; cause may use printf forms. What was there before is disposed. */
LF_PRINTF(4, 5) void lf_diagnosis_set(struct lf_diagnosis *diagnosis, const char *id, const struct lf_ref *subject, const char *cause, ...);
void lf_diagnosis_evidence(struct lf_diagnosis *diagnosis, const char *text); /* cleaned, bounded, appended as a line */
/* COMMAND may be NULL; both are copied. Arguments of a command that come from outside are shell-quoted by lf_shell_quote(). */
void lf_diagnosis_remedy(struct lf_diagnosis *diagnosis, const char *text, const char *command);
void lf_shell_quote(struct lf_str *out, const char *argument);

#endif
