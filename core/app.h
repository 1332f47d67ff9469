/* app: the model and the one place where it changes. lf_app_update(model, event) is pure but for the model itself: no clock, file, socket or terminal.
 * A whole wizard run is a list of events. The screen, the line mode and the headless run are three fronts on this. */
#ifndef LF_CORE_APP_H
#define LF_CORE_APP_H

#include "core/answers.h"
#include "core/catalog.h"
#include "core/diff.h"
#include "core/document.h"
#include "core/edit_place.h"
#include "core/effect.h"
#include "core/event.h"
#include "core/facts.h"
#include "core/handwork.h"
#include "core/merge3.h"
#include "core/objects.h"
#include "core/owner.h"
#include "core/plan.h"
#include "core/progress.h"
#include "core/resource_action.h"
#include "core/settings.h"
#include "core/trace.h"

/* One file of the review: what the branch holds against what will be written. */
enum lf_change { LF_CHANGE_ADDED, LF_CHANGE_MODIFIED, LF_CHANGE_SAME, LF_CHANGE_KEPT /* a scaffold that exists */, LF_CHANGE_REFUSED, LF_CHANGE_DELETED, LF_CHANGE_CONFLICT /* changed by others too, not decided yet */ };
extern const char *const lf_change_words[]; /* "add", "change", … */
struct lf_review_file {
	const struct lf_document *document; /* borrowed from model.documents */
	enum lf_change change;
	char *old_text; /* NULL: not there */
	char *new_text; /* NULL: it goes away. What will be there: the document, or the file with what is ours changed in it */
	char *why;	/* of refused */
	struct lf_merge3 merge; /* with what came to the branch since; no part: nothing did */
	struct lf_diff diff;
	enum lf_fact_state validation; /* KNOWN: accepted by the API server; FAILED: error says why */
	struct lf_error verdict;
};

struct lf_review {
	enum lf_fact_state state; /* LOOKING: the branch is being read */
	struct lf_error error;
	char *url, *branch; /* what was asked of whom: only a change of these or of the documents is read again */
	char *tip;
	struct lf_review_file *files;
	size_t count;
	struct lf_error secret;	  /* a plain Secret in what is delivered, or beside it in the branch; LF_OK: none */
	size_t added, removed;	  /* lines over all files */
	size_t changed_files;
	struct lf_ref watcher;	  /* in the cluster already watching; unset: none */
	bool registers;		  /* we will apply the consumer ourselves */
	char *message;		  /* the whole commit message */
	int64_t known_ms;	  /* when it could first be delivered */
	size_t selected;
	bool deciding;		  /* the conflicts are shown, one after the other */
	size_t conflict;	  /* the one that is shown, over all files */
};

/* What was decided about lines that both sides changed. */
struct lf_decision {
	char *path, *base, *ours, *theirs; /* NULL: the file was not there */
	enum lf_side side;
};
struct lf_decisions {
	struct lf_decision *items;
	size_t count, capacity;
};

enum lf_stage_state { LF_STAGE_WAITING, LF_STAGE_RUNNING, LF_STAGE_DONE, LF_STAGE_FAILED, LF_STAGE_SKIPPED };
struct lf_delivery {
	enum lf_fact_state state;
	struct {
		enum lf_stage_state state;
		int64_t started_ms, ended_ms;
	} stages[LF_STAGES];
	int attempt;
	uint64_t bytes_received, bytes_sent;
	struct lf_names remote_lines; /* the server's words, at most the last 50 */
	char *commit;
	bool unchanged;
	struct lf_error error;
	size_t registering; /* documents still to be applied */
	char *unfollowed;   /* why the commit is not followed; NULL: it is, or will be */
	bool creates;	    /* the repository is created first */
	char *created;	    /* its page; may be NULL */
	bool existed;	    /* it was there all the same */
	/* by pull request */
	bool asks;	    /* a branch of its own was pushed, to be merged */
	char *head;	    /* that branch */
	char *pushed;	    /* its tip; COMMIT is what the base branch got */
	struct lf_pull pull; /* url NULL: none is open yet */
	char *compare;	    /* the page to open one by hand; NULL: none is known */
	bool compare_known; /* and is no guess */
	int64_t pull_fresh_ms, pull_next_ms; /* when it was read last, and when it will be again; wall clock, 0: never */
	struct lf_error pull_trouble;	     /* why it could not be read; code LF_OK: it was */
	int64_t merge_deadline_ms;
};

/* One environment of a landing. */
struct lf_flight {
	char *name; /* "dev"; "" if there is only one */
	char *elsewhere; /* why this commit does not reach it, and nothing is awaited: "follows the branch staging"; NULL: it does */
	/* The rest is empty for the one that is shown: lf_landing holds its own. */
	struct lf_target target;
	struct lf_progress progress;
	size_t selected;
	int64_t ended_ms;
};

/* What Landfall applies itself after the push. */
struct lf_apply {
	bool on;
	struct lf_branch_files files; /* known of the branch; text NULL: not there */
	struct lf_handwork work;
	struct lf_node *later;	 /* list: objects that wait for their namespace */
	struct lf_refs *applied; /* for each environment */
	size_t part, part_count; /* the environment that is being applied */
	int rounds;		 /* of reading files */
	bool running, ran, listing; /* a program is under way; the objects it printed are being applied; it did the work and lists it */
};

/* What the user asks of one object of a landing. */
struct lf_acting {
	bool on;	      /* the list is open */
	struct lf_ref object; /* the rows may move meanwhile */
	const struct lf_resource_action *offered[LF_RESOURCE_ACTIONS_MOST];
	size_t count, marked;
};

struct lf_landing {
	bool on;
	const struct lf_engine *engine; /* borrowed */
	struct lf_flight *flights; /* at least one, in the order of promotion */
	size_t flight_count, shown;
	bool chosen;		 /* the user chose which is shown; else the first that fails comes to the front */
	size_t failed;		 /* the first that failed; flight_count: none */
	enum lf_verdict verdict; /* of all of them: decided when each is, healthy when all are */
	struct lf_target target; /* of the flight that is shown, as are progress, selected and ended_ms */
	struct lf_objects *objects;
	struct lf_progress progress;
	struct lf_wants watched; /* what is being watched */
	enum lf_freshness freshness;
	int64_t fresh_since_ms;	 /* last news from the cluster */
	int64_t next_try_ms;
	struct lf_error trouble; /* why it is not fresh */
	int64_t started_ms, deadline_ms, ended_ms; /* ended: verdict reached */
	size_t selected;	 /* row of progress.rows */
	bool logs_on;
	struct lf_ref logs_of;
	struct lf_names log_lines; /* at most the last 500 */
	int64_t nudge_again_ms;	 /* when to ask the controllers again, if the commit was not fetched by then */
	int nudges;
	struct lf_refs nudging;	 /* whose patch is under way, or failed with this token */
	struct lf_names asked_contains; /* the revisions whose history was asked for */
	struct lf_acting acting;
};
/* Of any flight, shown or not. */
const struct lf_target *lf_landing_target(const struct lf_landing *landing, size_t flight);
const struct lf_progress *lf_landing_progress(const struct lf_landing *landing, size_t flight);

/* A change that no answers made: a delivery that is taken back (the answers then come from it), a live resource that is edited. */
struct lf_amendment {
	bool on;
	bool known;	 /* its files and message are there */
	bool is_edit;	 /* not a rollback */
	bool began_here; /* from a landing: going back leads to the form again */
	bool asked;	 /* the history or the commit is being read */
	bool named;	 /* it answered what a pull request of it is called */
	char *tip;	 /* of the branch it was read from; NULL: not known */
	char *wanted;	 /* the commit, or how it begins; NULL: the newest standing delivery of APP */
	char *app;	 /* may be NULL */
	struct lf_history history; /* of a rollback: the deliveries of APP */
	const struct lf_history_commit *speaks; /* into HISTORY: the delivery whose trailers stand for a commit that has none; NULL: none */
	struct lf_error doubt;	   /* why it may be another one that is meant: code LF_OK: there is none. With it nothing is pushed unasked */
	struct lf_commit commit; /* its files: from AFTER to BEFORE */
	char *message;
	struct lf_error error;
};

/* Whom a live object belongs to: "landfall owner". */
struct lf_inquiry {
	bool on;
	enum lf_fact_state state; /* KNOWN: chain is the answer */
	char *words;		  /* "Deployment/web" as it was asked */
	struct lf_ref ref;	  /* unset until the cluster said what kind that is */
	struct lf_objects *objects;
	struct lf_refs asked;	  /* what is being read */
	size_t awaited;		  /* of these, not there yet */
	struct lf_owner_chain chain;
	struct lf_error error;	  /* with KNOWN: what could not be read */
};

/* A live resource that is changed through Git: "landfall edit". */
struct lf_editing {
	struct lf_names sets, deletes; /* "spec.replicas=3", "spec.paused" */
	bool by_editor;	      /* instead of these */
	bool in_base;	      /* for every overlay */
	bool owned;	      /* whom it belongs to was found out */
	bool reading;	      /* its repository is being walked */
	char *root;	      /* the folder its owner applies */
	char *prefix;	      /* what was asked for is made from this part of the object: "spec.template"; NULL: it is the object */
	struct lf_trace trace;
	char *awaited;	      /* what is being read now */
	char *tip;	      /* of the branch, when it was read first */
	char *branch;	      /* that is read instead of the answered one: of a request that proposes a change of it already; NULL: none */
	struct lf_names sharers; /* the overlays that build on the object's file */
	bool shares_known;
	struct lf_edit_places places; /* by editor: the files that can be meant */
	size_t place;	      /* the one that is, or the one that is marked */
	bool choosing;	      /* which of them is asked */
	bool open;	      /* the editor has it */
	bool unchanged;	      /* it came back as it was: nothing is to be done */
	char *reach;	      /* whom the change reaches, in words; NULL: not known yet */
	char *draft;	      /* what came back last; NULL: nothing yet */
	struct lf_error refusal; /* why that cannot be used */
};

enum { LF_EXIT_CONFLICT = 7 }; /* the branch was changed in the same lines, and nothing was pushed */

enum lf_confirm {
	LF_CONFIRM_NONE,
	LF_CONFIRM_LEAVE,
	LF_CONFIRM_LEAVE_DELIVERY,
	LF_CONFIRM_PULL_REQUEST, /* the branch is protected: propose it instead? */
	LF_CONFIRM_GIVE_UP,	 /* what came back from the editor cannot be used: give up (yes), or open it again (no)? */
	LF_CONFIRM_CREATE,	 /* there is no such repository: create it? */
	LF_CONFIRM_ACTION,	 /* ask this of an object of the cluster? Of production its name must be typed */
};

struct lf_app {
	const struct lf_catalog *catalog; /* borrowed */
	const struct lf_settings *settings; /* borrowed; NULL: none */
	struct lf_answers *answers;
	struct lf_facts facts;
	struct lf_plan *plan;
	struct lf_documents documents; /* of the plan as it stands: what the preview shows */
	struct lf_documents written;   /* by an earlier delivery, as far as the branch tells */
	struct lf_names written_files; /* that may tell more of it */
	bool *changed_lines;	       /* of the previewed file: lines the last answer changed */
	size_t changed_count;
	int64_t flash_until_ms;
	enum lf_step step;
	enum lf_step reached;  /* furthest step that was open */
	const char *focus;     /* id of the question in focus; NULL on steps without questions */
	bool *touched;	       /* by catalog index: the field was left once, so its problem may be shown */
	size_t preview_file;
	struct lf_review review;
	struct lf_decisions decisions;
	int races; /* deliveries in a row that found another file than the review */
	struct lf_delivery delivery;
	struct lf_apply apply;
	struct lf_landing landing;
	struct lf_amendment amendment;
	struct lf_inquiry inquiry;
	struct lf_editing editing;
	char *session;	       /* an unfinished session that is offered; NULL: none */
	enum lf_confirm confirm;
	enum lf_ask ask;       /* a neighbour waits for a secret or a yes */
	char *ask_prompt;
	char *notice;	       /* one line for the foot: what just happened or why a key did nothing; may be NULL */
	struct lf_error unsaved; /* why the answers could not be saved last; LF_OK: they were, or nobody tried */
	bool demo;	       /* the cluster and repository are the sandbox's */
	int64_t now_ms;
	bool chart_again; /* the user wants to look again, also where a login was declined */
	int64_t check_at_ms, browse_at_ms, chart_at_ms; /* debounced remote checks; 0: none due */
	char *draft; /* what came back from the editor and could not be read: the next time it is opened again */
	const char *draft_id;
	int64_t wake_ms;       /* the LF_EFFECT_WAKE asked for last; 0: none */
	struct lf_target awaited; /* "landfall watch": followed as soon as the cluster is connected; consumer unset: none */
	const struct lf_engine *awaited_engine;
	int64_t awaited_timeout_ms;
	bool peeking;	       /* the files a scaffold would write are being looked at */
	bool looked_around;    /* the answer to LF_EFFECT_LOOK_AROUND has come */
	bool hurried;	       /* headless: check the repository at once, without waiting for the step to be opened */
	bool quitting;
	int exit_code;
};

LF_NODISCARD struct lf_app *lf_app_new(const struct lf_catalog *catalog, struct lf_answers *answers); /* takes ANSWERS (NULL: none) */
/* Before the first event. SETTINGS is borrowed. */
void lf_app_configure(struct lf_app *app, const struct lf_settings *settings);
void lf_app_free(struct lf_app *app);

/* Starts as "landfall watch": straight to landing on an existing object. COMMIT may be NULL. */
LF_NODISCARD int lf_app_watch(struct lf_app *app, struct lf_effects *effects, const struct lf_ref *consumer, const char *commit, int64_t timeout_ms,
			      int64_t now_ms, struct lf_error *err);

/* Starts as "landfall owner". WORDS: KIND/NAME; NAMESPACE NULL: the context's own. */
LF_NODISCARD int lf_app_owner(struct lf_app *app, struct lf_effects *effects, const char *words, const char *namespace, struct lf_error *err);

/* Starts as "landfall edit". */
struct lf_edit_wish {
	const char *words, *namespace; /* KIND/NAME; NULL: the context's own */
	const struct lf_names *sets, *deletes; /* "spec.replicas=3", "spec.paused"; none: in the user's editor */
	bool in_base;		       /* in the object's own file, for every overlay */
	bool has_editor;	       /* there is a terminal for one */
};
LF_NODISCARD int lf_app_edit(struct lf_app *app, struct lf_effects *effects, const struct lf_edit_wish *wish, struct lf_error *err);

/* Starts as "landfall rollback": straight to the review of what takes COMMIT back (40 digits or its first ones), or else the newest standing delivery of NAME. */
LF_NODISCARD int lf_app_rollback(struct lf_app *app, struct lf_effects *effects, const char *name, const char *commit, int64_t now_ms, struct lf_error *err);

/* The reducer. Moves out of EVENT what it keeps; the caller disposes EVENT afterwards and runs EFFECTS. */
void lf_app_update(struct lf_app *app, struct lf_event *event, struct lf_effects *effects);

/* Reading the model. */
const struct lf_plan_entry *lf_app_focused(const struct lf_app *app);		/* NULL on steps without questions */
bool lf_app_shows_problem(const struct lf_app *app, const struct lf_plan_entry *entry); /* has one, and the field was left once */
/* A remote finding about ENTRY to stand below its field: "reached over ssh in 0.2 s · 3 branches". False: nothing. *MARK: LF_FACT_* decides the sign. */
bool lf_app_finding(const struct lf_app *app, const struct lf_plan_entry *entry, struct lf_str *text, enum lf_fact_state *mark);
/* The choices offered for ENTRY: its options, or branches, namespaces, contexts found. Returns how many; VALUE/LABEL borrowed. */
size_t lf_app_choices(const struct lf_app *app, const struct lf_plan_entry *entry);
void lf_app_choice(const struct lf_app *app, const struct lf_plan_entry *entry, size_t index, const char **value, const char **label, const char **help);
/* The version that choice INDEX of an LF_ASK_VERSION stands for, with what is known of it; NULL: none. */
const struct lf_chart_version *lf_app_version(const struct lf_app *app, const struct lf_plan_entry *entry, size_t index);
/* On the review: why it cannot be delivered now. */
bool lf_app_review_blocked(const struct lf_app *app, struct lf_error *why);
/* The INDEXth conflict over all files, in *FILE (may be NULL); NULL: there are no more. And how many there are, *OPEN of them not decided (may be NULL). */
struct lf_merge3_part *lf_app_conflict(const struct lf_app *app, size_t index, const struct lf_review_file **file);
size_t lf_app_conflicts(const struct lf_app *app, size_t *open);
/* By the settings: the context in use is production; nothing may be changed in it or pushed for it; Git is switched off altogether. */
bool lf_app_is_production(const struct lf_app *app);
bool lf_app_is_read_only(const struct lf_app *app);
bool lf_app_without_git(const struct lf_app *app);
/* The API server was asked and will not let us register what nothing reads yet: the push would be the end of it. */
bool lf_app_may_not_register(const struct lf_app *app);
/* Git was asked who the user is and does not know: nothing can be committed. */
bool lf_app_identity_missing(const struct lf_app *app, struct lf_error *why);
/* Whether DOCUMENT will be applied to the cluster by us, because nothing there reads its folder. */
bool lf_app_registers(const struct lf_app *app, const struct lf_document *document);
/* Why what is pushed does not reach the environment PART by itself: it follows another branch, or runs in another cluster. NULL: it does. The caller frees. */
LF_NODISCARD char *lf_app_elsewhere(const struct lf_app *app, const struct lf_plan *part);
/* The commands that would do by hand what the review shows, for F1 there; none if nothing changes. app_by_hand.c */
void lf_app_by_hand(struct lf_names *out, const struct lf_app *app);
/* The repository was not found on its host, so it may be created; and: it will be, by the answers. */
bool lf_app_may_create(const struct lf_app *app);
bool lf_app_creates(const struct lf_app *app);
void lf_app_creation(struct lf_str *out, const struct lf_app *app); /* "shop/config is created on git.example.com: private, empty, …" */
bool lf_app_idle(const struct lf_app *app); /* nothing awaited, no check due */

#endif
