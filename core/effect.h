/* effect: what the reducer wants done outside. Plain data; run by providers/runner (neighbours) or by the front (screen, exit). */
#ifndef LF_CORE_EFFECT_H
#define LF_CORE_EFFECT_H

#include "core/document.h"
#include "core/event.h"

enum lf_effect_kind {
	LF_EFFECT_QUIT,		 /* number: exit code */
	LF_EFFECT_WAKE,		 /* number: wall clock ms at which to send LF_EVENT_TICK; replaces the one asked for before */
	LF_EFFECT_COPY,		 /* text: to the clipboard */
	LF_EFFECT_SAVE,		 /* text: the answers file */
	LF_EFFECT_FORGET,	 /* remove the answers file */
	LF_EFFECT_WRITE,	 /* text: folder; files */
	LF_EFFECT_LOOK_AROUND,	 /* the unfinished session, the working directory's clone and the user's identity; number 1: only the session */
	LF_EFFECT_IDENTIFY,	 /* who the user is to Git, where looking around did not tell */
	LF_EFFECT_FIND_CLUSTER,	 /* text: context, NULL: the current one */
	LF_EFFECT_CHECK_REPOSITORY, /* text: URL; replaces a check under way */
	LF_EFFECT_BROWSE,	 /* text: URL, id: branch, text2: path; replaces one under way */
	LF_EFFECT_READ_FILES,	 /* text: URL, id: branch; files: paths; text2: the path that is looked at, NULL for the review */
	LF_EFFECT_CHART_INDEX,	 /* text: chart repository, id: chart or ""; number 1: a login that was declined is asked for again; replaces one under way */
	LF_EFFECT_CHART_OPEN,	 /* text: chart repository, id: chart, text2: version or range, number as above; replaces one under way */
	LF_EFFECT_CHART_READ,	 /* text: Git repository, id: path of the chart, text2: branch; replaces one under way */
	LF_EFFECT_STOP_CHARTS,	 /* cancel these three */
	LF_EFFECT_EDIT,		 /* the front's. id: question, or LF_SOURCE_ID; text: what the editor opens with, text2: the file's name (NULL: the id) */
	LF_EFFECT_LOAD,		 /* id: question, text: a file of the user's, to be read as its answer */
	LF_EFFECT_READ_HISTORY,	 /* text: URL, id: branch, text2: app: its deliveries */
	LF_EFFECT_READ_LATER,	 /* text: URL, id: branch, text2: a delivery, base: its app, commits: others of it, folders: of it: what changed its files since */
	LF_EFFECT_READ_COMMIT,	 /* text: URL, id: branch, text2: commit: what it changed */
	LF_EFFECT_VALIDATE,	 /* files: each by a server-side dry run */
	LF_EFFECT_STOP_CHECKS,	 /* cancel check, browse, read, validate */
	LF_EFFECT_DELIVER,	 /* text: URL, id: branch, base: what a new branch starts from (NULL: the default branch), text2: message, tip; files */
	LF_EFFECT_CREATE_REPOSITORY, /* text: URL, id: branch, number: 1 public; pull: only which forge and where */
	LF_EFFECT_OPEN_PULL,	 /* text: URL, id: branch, base, pull: what is to be open */
	LF_EFFECT_WATCH_PULL,	 /* number: of the one that was opened */
	LF_EFFECT_STOP_DELIVERY, /* and what opens or watches a pull request */
	LF_EFFECT_REGISTER,	 /* object: server-side apply, one effect per object, in order */
	LF_EFFECT_RUN,		 /* object: list of argument lists, the first whose program is installed is run; files: put into a private folder that "@/" means; number: ms */
	LF_EFFECT_PATCH,	 /* ref, text: merge patch, text2: token of a nudge; id: title of the action it is instead, NULL: none */
	LF_EFFECT_WATCH,	 /* ref, labels in text (may be NULL): keep it fresh */
	LF_EFFECT_UNWATCH_ALL,
	LF_EFFECT_CONTAINS,	 /* text: URL, id: ancestor, text2: descendant */
	LF_EFFECT_LOGS,		 /* ref: pod, id: container (may be NULL), number: 1 previous */
	LF_EFFECT_STOP_LOGS,
	LF_EFFECT_ANSWER,	 /* secret: to what was asked */
};

#define LF_SOURCE_ID "source" /* no question has it */

struct lf_effect_file {
	char *path;
	char *text; /* NULL, to deliver: the file goes away */
	size_t length;
	char *expected; /* what the branch holds; NULL: nothing */
	bool executable; /* of a file that is not there yet */
	struct lf_node *tree; /* for VALIDATE */
};

struct lf_effect_pull {
	char *forge, *web, *title, *body;
	bool draft;
	struct lf_names reviewers, labels;
};

struct lf_effect {
	enum lf_effect_kind kind;
	char *id, *text, *text2, *tip, *base;
	struct lf_effect_pull *pull;
	int64_t number;
	struct lf_ref ref;
	struct lf_node *object;
	struct lf_secret *secret;
	struct lf_names commits, folders;
	struct lf_effect_file *files;
	size_t file_count;
};

struct lf_effects { /* a queue the reducer fills and the caller runs in order */
	struct lf_effect *items;
	size_t count, capacity;
};
struct lf_effect *lf_effects_add(struct lf_effects *effects, enum lf_effect_kind kind);
void lf_effect_dispose(struct lf_effect *effect);
void lf_effects_dispose(struct lf_effects *effects);

#endif
