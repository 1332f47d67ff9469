/* headless_parts: what the files of the headless front share with each other and with nobody else. */
#ifndef LF_TUI_HEADLESS_PARTS_H
#define LF_TUI_HEADLESS_PARTS_H

#include "tui/headless.h"

enum { EXIT_USAGE = 2, EXIT_VALIDATION = 3, EXIT_GIT = 4, EXIT_SYNC = 5, EXIT_TIMEOUT = 6 };

/* What was said of one environment. */
struct lf_headless_flight {
	enum lf_phase_state phases[LF_PHASES];
	char *notes[LF_PHASES];
	char *diagnosis;
};

/* What was said already, and to whom. */
struct lf_headless_said {
	FILE *out;
	bool json;
	enum lf_stage_state stages[LF_STAGES];
	struct lf_headless_flight *flights; /* one for each environment of the landing */
	size_t flight_count;
	char *trouble;
	size_t remote_lines;
	size_t notes_said;
	char *merge; /* of the pull request */
};

/* headless_progress.c */
void lf_headless_say(struct lf_headless_said *said, const char *what, const char *state, const char *note, int64_t took_ms); /* TOOK_MS < 0: no time */
void lf_headless_say_review(struct lf_headless_said *said, const struct lf_app *app, bool in_full); /* IN_FULL: with the differences */
void lf_headless_say_delivery(struct lf_headless_said *said, const struct lf_app *app, bool waits); /* WAITS: for the merge */
void lf_headless_say_landing(struct lf_headless_said *said, const struct lf_app *app);
void lf_headless_said_dispose(struct lf_headless_said *said);

/* headless_result.c */
void lf_headless_print(FILE *out, struct lf_node *object); /* takes OBJECT: one line of JSON */
void lf_headless_put_pull(struct lf_node *object, const struct lf_delivery *delivery); /* the pull request, if there is one */
void lf_headless_result(FILE *out, bool json, const struct lf_app *app); /* of a landing with a verdict */

/* headless_problems.c: why another delivery may be meant than the one that a rollback takes back; nothing where there is no doubt. */
void lf_headless_doubt(FILE *out, bool json, const struct lf_error *doubt);

/* headless_owner.c: whom the object of an inquiry that is answered belongs to. */
void lf_headless_owner(FILE *out, bool json, const struct lf_inquiry *inquiry);

/* headless_conflict.c: the one that is to be decided; all that are not, and that nothing was changed. */
void lf_headless_conflict(FILE *out, const struct lf_app *app);
void lf_headless_conflicts(FILE *out, bool json, const struct lf_app *app, int exit_code);

/* headless_edit.c */
/* What "landfall edit" asks in between: LF_HEADLESS_WAIT: nothing; LF_HEADLESS_FINISHED: *EXIT_CODE is set. */
enum lf_headless_move lf_headless_edit(const struct lf_headless_options *options, const struct lf_app *app, struct lf_event *event, int *exit_code);
/* WHY what was edited cannot be used; true: the editor is to be opened again. */
bool lf_headless_edit_again(const struct lf_headless_options *options, const struct lf_error *why);

#endif
