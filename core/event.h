/* event: everything that can happen to the model: what the user wants, and what the neighbours answer. Answers say what they are about (URL, path, context), so
 * that a late one for an old value is dropped. An event owns what it points to until lf_app_update() moved it out; dispose it afterwards. */
#ifndef LF_CORE_EVENT_H
#define LF_CORE_EVENT_H

#include "core/error.h"
#include "core/facts.h"
#include "core/history.h"
#include "core/node.h"
#include "core/pull.h"
#include "core/question.h"
#include "core/ref.h"
#include "core/secret.h"

enum lf_event_kind {
	/* the program */
	LF_EVENT_START,	 /* the first frame is on the screen: looking around may begin */
	LF_EVENT_TICK,	 /* a time asked for with LF_EFFECT_WAKE has come */
	LF_EVENT_SESSION, /* text: an answers file left by an unfinished session */
	LF_EVENT_SAVED,	  /* error: how saving the answers went */
	LF_EVENT_WRITTEN, /* error, text: files were written to folder text */

	/* the user */
	LF_EVENT_SET,	     /* id, text: an answer; text NULL: back to the default */
	LF_EVENT_FOCUS,	     /* id */
	LF_EVENT_NEXT,	     /* accept this question, go to the next, or to the next step */
	LF_EVENT_PREVIOUS,   /* the question before, or the step before: never validates, never blocks */
	LF_EVENT_GOTO,	     /* step */
	LF_EVENT_PREVIEW_FILE, /* number: +1 or -1 */
	LF_EVENT_SELECT,     /* number: +n or -n rows on review and landing */
	LF_EVENT_FLIGHT,     /* number: +1 or -1: another environment of the landing is shown */
	LF_EVENT_DELIVER,    /* from review: commit and push. number 1: confirmed elsewhere (headless); else a key that was held down is not taken */
	LF_EVENT_WRITE,	     /* from review: write the files to folder text, without Git */
	LF_EVENT_NUDGE,	     /* ask the controllers to look again now */
	LF_EVENT_LOGS,	     /* of the selected pod; again: stop */
	LF_EVENT_ACTIONS,    /* number 1: list what can be asked of the selected object; 0: close the list */
	LF_EVENT_ACT,	     /* take the one that is marked */
	LF_EVENT_RETRY,	     /* the check or delivery that failed */
	LF_EVENT_ROLLBACK,   /* from a landing: take its commit back */
	LF_EVENT_FIX,	     /* from a failed landing: back to the question that causes it */
	LF_EVENT_CONFIRM,    /* number: 1 yes, 0 no: answers model.confirm; text: what was typed, where something had to be */
	LF_EVENT_SECRET,     /* secret (NULL: declined): answers model.ask */
	LF_EVENT_EDIT,	     /* id: a question of a tree, to be answered in the user's editor; NULL: the source file that was edited, once more */
	LF_EVENT_DECIDE,     /* number: enum lf_side for the conflict that is shown; 0: show the conflicts once more */
	LF_EVENT_STOP,	     /* of conflicts: nothing is pushed, and that is the end of it */
	LF_EVENT_CHOOSE,     /* number: which of the files that can be meant is edited */
	LF_EVENT_LOAD,	     /* id, text: the file that holds the answer */
	LF_EVENT_RESUME,     /* number: 1 take the unfinished session up, 0 leave it */
	LF_EVENT_LEAVE,	     /* quit; asks once where something would be lost */

	/* the neighbours */
	LF_EVENT_WORKDIR,	 /* workdir */
	LF_EVENT_IDENTITY,	 /* workdir: only who the user is */
	LF_EVENT_CLUSTER,	 /* cluster (or error); text: the context asked for, NULL: the current one */
	LF_EVENT_REPOSITORY,	 /* repository (or error); text: the URL */
	LF_EVENT_PATH,		 /* path (or error); text: URL, id: branch, text2: path */
	LF_EVENT_CHART_INDEX,	 /* chart (or error); text: repository, id: chart or "" */
	LF_EVENT_CHART_OPENED,	 /* opened (or error); text: repository, id: chart, text2: version; of LF_EFFECT_CHART_READ with number 1: repository, path, branch */
	LF_EVENT_EDITED,	 /* id, text: what came back from the editor (or error) */
	LF_EVENT_LOADED,	 /* id, text: what the file holds (or error) */
	LF_EVENT_FILES,		 /* files (or error): what the branch holds now of the files that were asked for; id, text2 as in the effect */
	LF_EVENT_HISTORY,	 /* history (or error); text2: the app */
	LF_EVENT_LATER,		 /* history (or error): what changed the app's files since; whole: these are all; text2: the delivery */
	LF_EVENT_COMMIT,	 /* commit (or error); text2: which was asked for */
	LF_EVENT_VALIDATED,	 /* text: path of the document; error: the API server's verdict */
	LF_EVENT_DELIVERY,	 /* delivery: progress */
	LF_EVENT_DELIVERED,	 /* delivered (or error) */
	LF_EVENT_CREATED,	 /* the repository is there; text: its page (may be NULL), number: 1 if it was there before; or error */
	LF_EVENT_PULL_OPENED,	 /* pull (or error); text: the page to open one by hand, number: 1 if that page is known, 0 if it is a guess */
	LF_EVENT_PULL,		 /* pull: as it is now */
	LF_EVENT_PULL_STATE,	 /* error: why it could not be read; number2: next look, wall clock ms; 0: none */
	LF_EVENT_REGISTERED,	 /* ref; error */
	LF_EVENT_RAN,		 /* id: the program; text: what it printed; error */
	LF_EVENT_NUDGED,	 /* ref; error; text: the token; object: as it is now */
	LF_EVENT_ACTED,		 /* id: title of the action; ref; error; object: as it is now */
	LF_EVENT_OBJECT,	 /* object: seen by a watch */
	LF_EVENT_OBJECT_GONE,	 /* ref */
	LF_EVENT_OBJECT_LIST,	 /* ref (kind and namespace), names (uids): a whole list was delivered */
	LF_EVENT_WATCH_STATE,	 /* number: enum lf_freshness; ref; error; number2: next try, wall clock ms */
	LF_EVENT_CONTAINS,	 /* text: commit; number: 1 if it contains the one delivered */
	LF_EVENT_LOG_LINE,	 /* text */
	LF_EVENT_LOG_END,	 /* error */
	LF_EVENT_ASKED,		 /* number: enum lf_ask; text: the prompt */
};

enum lf_freshness { LF_FRESH_NONE, LF_FRESH_CONNECTING, LF_FRESH_LIVE, LF_FRESH_BROKEN };
enum lf_ask { LF_ASK_NOTHING, LF_ASK_FOR_USERNAME, LF_ASK_FOR_PASSWORD, LF_ASK_FOR_PASSPHRASE, LF_ASK_FOR_HOST_KEY };

enum lf_stage { LF_STAGE_CREATE, LF_STAGE_FETCH, LF_STAGE_BUILD, LF_STAGE_COMMIT, LF_STAGE_PUSH, LF_STAGE_REQUEST, LF_STAGE_MERGE, LF_STAGE_REGISTER, LF_STAGES };
const char *lf_stage_word(enum lf_stage stage); /* "fetch" */

/* A file as the branch holds it. */
struct lf_branch_file {
	char *path;
	char *text; /* NULL: not there */
	bool refused;
	char *why;
};
struct lf_branch_files {
	char *tip;
	struct lf_branch_file *items;
	size_t count;
};
void lf_branch_files_dispose(struct lf_branch_files *files);

struct lf_delivery_news {
	enum lf_stage stage;
	int attempt;
	uint64_t bytes_received, bytes_sent;
	char *remote_line; /* may be NULL */
};
struct lf_delivered {
	char *commit;
	bool unchanged;
	int attempts;
	uint64_t bytes_received, bytes_sent;
	struct lf_branch_files conflict; /* with LF_ECONFLICT */
};

struct lf_event {
	enum lf_event_kind kind;
	int64_t now_ms; /* wall clock; the only clock the reducer knows */
	char *id, *text, *text2;
	int64_t number, number2;
	enum lf_step step;
	struct lf_error error; /* code LF_OK: it went well */
	struct lf_ref ref;
	struct lf_node *object;
	struct lf_names names;
	struct lf_secret *secret;
	union { /* valid by kind */
		struct lf_workdir_facts *workdir;
		struct lf_cluster_facts *cluster;
		struct lf_repository_facts *repository;
		struct lf_path_facts *path;
		struct lf_chart_facts *chart;
		struct lf_chart_opened *opened;
		struct lf_branch_files *files;
		struct lf_history *history;
		struct lf_commit *commit;
		struct lf_delivery_news *delivery;
		struct lf_delivered *delivered;
		struct lf_pull *pull;
		void *any;
	};
};
void lf_event_dispose(struct lf_event *event);

#endif
