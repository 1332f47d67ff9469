/* headless: the front without a screen, for CI: prints what happens as lines or as JSON objects, and makes the next move by itself. It looks only at
 * the model. */
#ifndef LF_TUI_HEADLESS_H
#define LF_TUI_HEADLESS_H

#include <stdio.h>
#include "core/app.h"

struct lf_headless;

struct lf_headless_options {
	FILE *out;
	bool json;
	bool watching; /* "landfall watch": there is nothing to deliver */
	bool yes;      /* do not ask before pushing */
	bool dry_run;
	bool no_wait;
	bool wait_for_merge; /* by pull request: else it is over when the request is open */
	bool (*confirm)(const char *question, void *payload); /* asks a person; NULL: nobody is there */
	size_t (*choose)(const char *question, size_t count, void *payload); /* asks a person for a number from 1 to COUNT; 0: none of them. NULL: nobody is there */
	void *payload;
};

LF_NODISCARD struct lf_headless *lf_headless_new(const struct lf_headless_options *options);
void lf_headless_free(struct lf_headless *headless);

/* After every change of the model: prints the news and decides the next move. LF_HEADLESS_MOVE: *EVENT is to be dispatched. */
enum lf_headless_move { LF_HEADLESS_WAIT, LF_HEADLESS_MOVE, LF_HEADLESS_FINISHED };
enum lf_headless_move lf_headless_step(struct lf_headless *headless, const struct lf_app *app, struct lf_event *event);
int lf_headless_exit_code(const struct lf_headless *headless);

/* Prints an error as every command does: what is wrong, then the remedy. */
void lf_headless_error(FILE *out, bool json, const struct lf_error *err, int exit_code);
/* Prints what the rows of the plan warn of: things the user should know though the answers stand. */
void lf_headless_warnings(FILE *out, bool json, const struct lf_plan *plan, const struct lf_answers *answers, const struct lf_facts *facts);
/* Prints the questions that miss an answer or have a wrong one, with the --set that would supply them. Returns the exit code: 2 or 3. */
int lf_headless_problems(FILE *out, bool json, const struct lf_plan *plan);

#endif
