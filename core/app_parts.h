/* app_parts: what the files of the reducer share with each other and with nobody else. */
#ifndef LF_CORE_APP_PARTS_H
#define LF_CORE_APP_PARTS_H

#include "core/app.h"

/* app_form.c: answers, focus, steps. */
void lf_form_enter(struct lf_app *app, enum lf_step step, struct lf_effects *effects);
void lf_form_event(struct lf_app *app, struct lf_event *event, struct lf_effects *effects);
void lf_form_save(const struct lf_app *app, struct lf_effects *effects);
void lf_form_touch(struct lf_app *app, const char *id);	      /* its problem may be shown from now on */
bool lf_form_usable(const struct lf_app *app, const char *id); /* shown, answered, without a problem */
void lf_form_settle_focus(struct lf_app *app); /* on a question that is asked on this step, the first one if it is not on one */
void lf_app_notice(struct lf_app *app, const char *text);     /* NULL clears */

/* app_rebuild.c */
void lf_form_rebuild(struct lf_app *app); /* plan and documents anew, after an answer or a fact changed */

/* app_remote.c: what is asked of the repository, and the facts that come. */
void lf_form_check_remote(struct lf_app *app, struct lf_effects *effects); /* starts or schedules what the answers now call for */
void lf_form_fact(struct lf_app *app, struct lf_event *event, struct lf_effects *effects);
void lf_form_look_again(struct lf_app *app, struct lf_effects *effects); /* after a delivery: it changed the branch and the cluster */

/* app_peek.c: files of the branch that move defaults. */
bool lf_peek_wanted(const struct lf_app *app); /* there are some that were not asked for yet */
void lf_peek(struct lf_app *app, struct lf_effects *effects);
void lf_peek_settle(struct lf_app *app); /* nothing is being read: what is known of the path is all there is */
void lf_form_peeked(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects);

/* app_chart.c: the chart repository, the chart, its values. */
void lf_chart_event(struct lf_app *app, struct lf_event *event, struct lf_effects *effects);
void lf_chart_take(struct lf_app *app, struct lf_event *event);       /* an index or an opened chart has come */
void lf_chart_check(struct lf_app *app, struct lf_effects *effects); /* as lf_form_check_remote() */
void lf_chart_retry(struct lf_app *app);			      /* forgets what failed */

/* app_review.c */
/* After the documents were made anew: keeps the review, now of the new ones, if they are what was read for; else forgets it. */
void lf_review_carry(struct lf_app *app, const struct lf_documents *before);
/* Facts came while the review stands: reads the branch again only if something else is to be asked. VALIDATE_AGAIN: the cluster is another. */
void lf_review_refresh(struct lf_app *app, bool validate_again, struct lf_effects *effects);
void lf_review_enter(struct lf_app *app, struct lf_effects *effects);
void lf_review_files(struct lf_app *app, const struct lf_branch_files *files, const struct lf_error *error, struct lf_effects *effects);
void lf_review_verdict(struct lf_app *app, const struct lf_event *event);
/* The consumer in the cluster that applies the provider's files in FOLDER from the branch that is pushed; false: none. Dispose *OUT. */
bool lf_app_find_parent(struct lf_ref *out, const struct lf_app *app, const char *folder);
void lf_review_find_watcher(struct lf_app *app);			   /* app_reader.c: fills watcher and registers */
void lf_review_count(struct lf_app *app);				   /* the differences, and how many lines there are */
void lf_review_validate(struct lf_app *app, struct lf_effects *effects); /* what can be asked of the API server */
void lf_review_dispose(struct lf_review *review);
/* app_compare.c: FILE as it will be and its difference to THERE (NULL: it is not there); BEFORE: what we would write if nothing had been answered anew. */
void lf_review_compare(const struct lf_app *app, struct lf_review_file *file, const struct lf_branch_file *there, const struct lf_documents *before);

/* app_edit.c */
enum lf_fact_state lf_edit_seek(struct lf_app *app, struct lf_error *why, struct lf_effects *effects); /* KNOWN: the changed files are there */
void lf_edit_event(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects);      /* files or a folder that were asked for */
bool lf_edit_is_object(const struct lf_app *app, const char *path); /* the object itself is in that file, not a patch of it */
struct lf_edit lf_edit_of(const struct lf_app *app);		    /* as edit and edit_place want it */
void lf_edit_ready(struct lf_app *app);				    /* amendment.commit is filled: the review can begin */
void lf_edit_again(struct lf_app *app, struct lf_effects *effects); /* after a failure: from where it stopped */
void lf_editing_dispose(struct lf_editing *editing);

/* app_source.c */
void lf_source_begin(struct lf_app *app, struct lf_effects *effects); /* the object's files were found: which of them, and the editor */
bool lf_source_reopen(struct lf_app *app, struct lf_effects *effects); /* false: there is nothing to open yet */
void lf_source_event(struct lf_app *app, struct lf_event *event, struct lf_effects *effects); /* chosen, marked, came back, once more */
void lf_source_confirm(struct lf_app *app, bool gives_up, struct lf_effects *effects);

/* app_leave.c */
void lf_leave(struct lf_app *app, struct lf_effects *effects); /* asks once where something would be lost */
void lf_leave_confirm(struct lf_app *app, bool yes, struct lf_effects *effects);
void lf_leave_stop(struct lf_app *app, struct lf_event *event, struct lf_effects *effects);

/* app_conflict.c */
void lf_conflict_build(const struct lf_app *app, struct lf_review_file *file, const char *base, const char *ours); /* theirs is FILE's old text */
void lf_conflict_show(struct lf_app *app); /* if there are any to be decided */
void lf_conflict_event(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects);
void lf_conflict_raced(struct lf_app *app, const struct lf_branch_files *files, struct lf_effects *effects);
void lf_decisions_dispose(struct lf_decisions *decisions);

/* app_action.c */
void lf_action_event(struct lf_app *app, struct lf_event *event, struct lf_effects *effects); /* opened, marked, chosen, and what came of it */
void lf_action_confirm(struct lf_app *app, bool yes, const char *typed, struct lf_effects *effects);
void lf_action_dispose(struct lf_acting *acting);

/* app_owner.c */
void lf_inquiry_connected(struct lf_app *app, struct lf_effects *effects);
void lf_inquiry_event(struct lf_app *app, struct lf_event *event, struct lf_effects *effects);
void lf_inquiry_dispose(struct lf_inquiry *inquiry);

/* app_rollback.c */
enum lf_fact_state lf_rollback_seek(struct lf_app *app, struct lf_error *why, struct lf_effects *effects); /* KNOWN: its commit was read */
void lf_rollback_history(struct lf_app *app, struct lf_event *event, struct lf_effects *effects);
void lf_rollback_later(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects);
void lf_rollback_commit(struct lf_app *app, struct lf_event *event, struct lf_effects *effects);
void lf_rollback_from_landing(struct lf_app *app, struct lf_effects *effects);

/* app_amend.c */
void lf_amendment_render(struct lf_app *app); /* into model.documents */
/* What follows a commit that was taken back (app_amend_follow.c), where that is known better than from the answers; 0: it is not. The caller owns *OUT. */
size_t lf_amendment_flights(struct lf_flight **out, const struct lf_app *app);
char *lf_amendment_branch(const struct lf_app *app, const char *what, const char *tip); /* the branch of that request; the caller frees it */
void lf_amendment_name(struct lf_app *app, const char *what, const char *tip); /* answers what a pull request of it is called: "edit-deployment-web" */
void lf_amendment_compare(const struct lf_app *app, struct lf_review_file *file);
bool lf_amendment_executable(const struct lf_app *app, const char *path);
/* The consumer that the amendment removes from Git, so that there is nothing to follow; the caller disposes *OUT. */
bool lf_amendment_orphan(const struct lf_app *app, struct lf_ref *out);
bool lf_amendment_leave(struct lf_app *app); /* back to the form; false: there is none */
void lf_amendment_dispose(struct lf_amendment *amendment);

/* app_deliver.c */
void lf_deliver_start(struct lf_app *app, bool confirmed, struct lf_effects *effects);
void lf_deliver_news(struct lf_app *app, const struct lf_event *event);
void lf_deliver_done(struct lf_app *app, struct lf_event *event, struct lf_effects *effects);
void lf_deliver_registered(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects);
void lf_delivery_dispose(struct lf_delivery *delivery);
void lf_deliver_land(struct lf_app *app, struct lf_effects *effects); /* everything is done that was to be done: follow it */

void lf_deliver_push(struct lf_app *app, struct lf_effects *effects); /* the repository is there: commit and push */

/* app_create.c */
void lf_create_hint(const struct lf_app *app, struct lf_error *error);	/* that it may be created; where it may not, nothing */
void lf_create_review(struct lf_app *app, struct lf_effects *effects); /* of a repository that will be empty */
void lf_create_accept(struct lf_app *app, struct lf_effects *effects); /* "yes" to LF_CONFIRM_CREATE */
void lf_create_begin(struct lf_app *app, struct lf_effects *effects);
void lf_create_done(struct lf_app *app, struct lf_event *event, struct lf_effects *effects);

/* app_apply.c */
void lf_apply_start(struct lf_app *app, struct lf_effects *effects);
void lf_apply_files(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects);
void lf_apply_ran(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects);
void lf_apply_registered(struct lf_app *app, struct lf_effects *effects); /* everything that was under way */
void lf_apply_dispose(struct lf_apply *apply);

void lf_deliver_stage(struct lf_app *app, enum lf_stage stage, enum lf_stage_state state);
void lf_deliver_reach(struct lf_app *app, enum lf_stage stage); /* everything before is done, STAGE is running */
void lf_deliver_fail(struct lf_app *app, const struct lf_error *error);
void lf_deliver_register(struct lf_app *app, struct lf_effects *effects); /* the commit is in the branch: register, then land */

/* app_pull.c */
bool lf_pull_wanted(const struct lf_app *app);			  /* the answers say: by pull request */
const char *lf_pull_branch_to_read(const struct lf_app *app);	  /* what the review compares with: the request's branch if it exists, else the base */
void lf_pull_begin(struct lf_app *app, struct lf_effects *effects); /* the branch was pushed */
#define LF_PULL_READ "//merged" /* text2 of the files of the base branch after a merge */
void lf_pull_files(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects); /* the base branch, where the forge does not tell the merge commit */
void lf_pull_event(struct lf_app *app, struct lf_event *event, struct lf_effects *effects);
void lf_pull_offer(struct lf_app *app);				    /* the branch is protected */
void lf_pull_accept(struct lf_app *app, struct lf_effects *effects); /* "yes" to that offer */
void lf_pull_tick(struct lf_app *app, struct lf_effects *effects);
int64_t lf_pull_next_wake(const struct lf_app *app); /* 0: none */

/* app_land.c */
/* Takes FLIGHTS, an array of COUNT. */
void lf_land_start(struct lf_app *app, const struct lf_engine *engine, struct lf_flight *flights, size_t count, int64_t timeout_ms, struct lf_effects *effects);
void lf_land_event(struct lf_app *app, struct lf_event *event, struct lf_effects *effects);
void lf_land_seen(struct lf_app *app, struct lf_event *event, struct lf_effects *effects); /* takes EVENT's object */
enum { LF_STAMP = 64 };
void lf_land_stamp(char out[LF_STAMP], const struct lf_app *app); /* RFC 3339 with nanoseconds, as both tools write their request annotations; unique by the count of nudges */
void lf_land_tick(struct lf_app *app, struct lf_effects *effects);
int64_t lf_land_next_wake(const struct lf_app *app); /* 0: none */

/* app_flights.c */
void lf_landing_dispose(struct lf_landing *landing);
void lf_flights_bring(struct lf_landing *landing, size_t index); /* makes it the one whose fields LANDING holds; those of the one before are put away */
size_t lf_flights_first(const struct lf_landing *landing);	  /* that this landing waits for */
void lf_flights_add_descendant(struct lf_landing *landing, const char *commit); /* one that has ours in its history is as good */
bool lf_flights_are_fetched(const struct lf_landing *landing);
void lf_flights_weigh(struct lf_app *app, struct lf_effects *effects); /* the verdict of all; brings the first that failed unless the user chose */
bool lf_verdict_is_final(enum lf_verdict verdict);
int lf_verdict_exit_code(enum lf_verdict verdict);

/* app_logs.c */
void lf_logs_toggle(struct lf_app *app, struct lf_effects *effects);
void lf_logs_add(struct lf_landing *landing, const char *line);

#endif
