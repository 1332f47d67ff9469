/* view: what the drawing files share with each other and with nobody else. Each draws its part of the model into an area; none changes anything. */
#ifndef LF_TUI_VIEW_H
#define LF_TUI_VIEW_H

#include "tui/keys.h"
#include "tui/tui.h"

/* A state as a mark and a role; a word stands beside it wherever it is drawn. */
enum lf_mark { LF_MARK_NONE, LF_MARK_DONE, LF_MARK_BUSY, LF_MARK_TODO, LF_MARK_WARN, LF_MARK_FAIL, LF_MARK_UNUSED };
enum lf_role lf_mark_role(enum lf_mark mark);
void lf_draw_mark(const struct lf_area *area, int y, int x, enum lf_mark mark);
/* A turning character while something is awaited; a still one with reduce_motion. */
void lf_draw_spinner(const struct lf_tui *tui, const struct lf_area *area, int y, int x);
/* "✓ text", wrapped with a hanging indent; returns rows. LF_MARK_BUSY turns. */
int lf_draw_remark(const struct lf_tui *tui, const struct lf_area *area, int y, int x, enum lf_mark mark, enum lf_role role, const char *text);
enum lf_mark lf_mark_of_fact(enum lf_fact_state state);
enum lf_mark lf_mark_of_health(enum lf_health health);

/* "00:41", "1:02:03". */
void lf_clock_text(char out[32], int64_t ms);
/* "0.4 s", "12 s", "3 min". */
void lf_span_text(char out[32], int64_t ms);
void lf_bytes_text(char out[32], uint64_t bytes); /* "2.1 kB" */

/* What has the keyboard now, and why ACTION cannot be done now (NULL: it can). */
enum lf_screen lf_view_screen(const struct lf_tui *tui, const struct lf_app *app);
enum lf_screen lf_view_screen_below(const struct lf_tui *tui, const struct lf_app *app); /* without what lies over it */
int lf_view_diff_above(const struct lf_app *app); /* how many lines of the review's difference stand above the first that changes: it opens there */
const char *lf_view_refusal(const struct lf_tui *tui, const struct lf_app *app, enum lf_action action);

enum lf_mark lf_step_mark(const struct lf_app *app, enum lf_step step);
/* Whether ENTRY is typed into (and not chosen from a fixed few). */
bool lf_is_text(const struct lf_plan_entry *entry);
/* Whether ENTRY is a tree whose text has several lines: edited in the editor, not here. */
bool lf_is_block(const struct lf_plan_entry *entry);
/* A choice whose options stand below each other. */
bool lf_is_vertical(const struct lf_app *app, const struct lf_plan_entry *entry, int cols);
/* The rows that Ctrl-B offers for ENTRY. LIST->payload must stay valid; count 0: nothing to choose from. */
struct lf_pick {
	const struct lf_app *app;
	const struct lf_plan_entry *entry;
	const struct lf_names *names;		  /* where there may be thousands, looked up once */
	const struct lf_chart_version *versions;
	char note[160];
};
struct lf_list_source lf_pick_source(struct lf_pick *pick);
/* What taking row INDEX means: a value (the caller frees), and whether the list stays open (a folder was entered). NULL: nothing. */
char *lf_pick_value(const struct lf_pick *pick, size_t index, bool *stays);

/* A command to look at what is selected or diagnosed; the caller frees; NULL: none. */
char *lf_view_command(const struct lf_tui *tui, const struct lf_app *app);

/* The page of the pull request, or the one to open it by hand; NULL: there is none. */
const char *lf_view_request_page(const struct lf_app *app);

void lf_draw_title(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area);
void lf_draw_footer(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area);
void lf_draw_steps(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area);
void lf_draw_form(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area);
int lf_draw_tree(const struct lf_plan_entry *entry, const struct lf_area *area, int y, bool focused); /* field_tree.c: a block */
int lf_draw_field(const struct lf_tui *tui, const struct lf_app *app, const struct lf_plan_entry *entry, const struct lf_area *area, int y);
int lf_draw_found(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area, int y); /* start: what was found */
void lf_draw_preview(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area);
void lf_draw_places(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area); /* which file is edited */
void lf_draw_conflict(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area); /* what both changed */
void lf_draw_review(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area);
void lf_draw_deliver(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area);
void lf_draw_landing(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area);
void lf_draw_diagnosis(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area);
void lf_draw_events(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area);
void lf_draw_logs(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area);
void lf_draw_help(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area);
void lf_draw_details(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area);
void lf_draw_dialog(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area); /* confirm, secret, trust, folder, steps */

#endif
