/* runner_parts: what the files of the runner share. */
#ifndef LF_PROVIDERS_RUNNER_PARTS_H
#define LF_PROVIDERS_RUNNER_PARTS_H

#include "providers/chart.h"
#include "providers/forge.h"
#include "providers/git.h"
#include "providers/http.h"
#include "providers/kube.h"
#include "providers/runner.h"

/* What a request is for; one of each "slot" kind at a time, a new one replaces it. */
enum lf_request_kind {
	LF_REQUEST_INSPECT, LF_REQUEST_IDENTIFY,
	LF_REQUEST_CHECK,
	LF_REQUEST_BROWSE,
	LF_REQUEST_READ,
	LF_REQUEST_PEEK,
	LF_REQUEST_CHART_INDEX,
	LF_REQUEST_CHART_OPEN, /* and read from Git */
	LF_REQUEST_HISTORY,
	LF_REQUEST_DELIVER,
	LF_REQUEST_CREATE,
	LF_REQUEST_OPEN_PULL,
	LF_REQUEST_WATCH_PULL,
	LF_REQUEST_CONTAINS,
	LF_REQUEST_CLUSTER,
	LF_REQUEST_VALIDATE,
	LF_REQUEST_REGISTER,
	LF_REQUEST_PATCH,
	LF_REQUEST_WATCH,
	LF_REQUEST_LOGS,
};

struct lf_request {
	struct lf_runner *runner;
	struct lf_request *next;
	enum lf_request_kind kind;
	char *id, *text, *text2; /* as in the effect: they go back with the answer */
	struct lf_ref ref;
	struct lf_git_job *job;	   /* one of the three */
	struct lf_kube_call *call;
	struct lf_chart_job *chart;
	struct lf_forge_call *forge;
	size_t index;		   /* VALIDATE: document within the file */
	struct lf_node *documents; /* VALIDATE: still to be asked about */
	int how;		   /* VALIDATE: enum lf_kube_check */
	struct lf_error refusal;   /* VALIDATE: what was said at first */
	struct lf_str collected;
};

enum lf_module_state { LF_MODULE_CLOSED, LF_MODULE_OPENING, LF_MODULE_OPEN, LF_MODULE_FAILED };

struct lf_run; /* a program under way */

enum lf_asker { LF_ASKER_NONE, LF_ASKER_GIT, LF_ASKER_CHARTS };

struct lf_runner {
	uv_loop_t *loop;
	char *answers_file, *workdir;
	bool batch, closing;
	lf_runner_emit_fn *emit;
	void *payload;
	uv_timer_t *wake;
	struct lf_request *requests;
	struct lf_run *runs;
	struct lf_effect *waiting; /* effects that wait for the network module */
	size_t waiting_count, waiting_capacity;
	enum lf_module_state http_state;
	struct lf_error http_error;
	const struct lf_http_module *http;
	struct lf_git *git;
	struct lf_kube *kube;
	struct lf_chart_client *charts;
	struct lf_forge *forge; /* of the delivery under way */
	struct lf_names contexts; /* of the kubeconfig, as read last */
	enum lf_asker asker;	  /* whose question is before the user; one at a time */
	struct lf_waiting_question {
		enum lf_asker asker;
		enum lf_ask what;
		char *prompt;
	} next_question;	  /* of the other one, meanwhile */
	size_t busy;		  /* work requests that still need the runner */
	char *save_text;	  /* the newest answers, while an older save is being written */
	bool saving, save_again;
};

struct lf_request *lf_request_new(struct lf_runner *runner, enum lf_request_kind kind, struct lf_effect *effect); /* moves id, text, text2, ref */
void lf_request_done(struct lf_request *request); /* unlinks and frees; the job is over */
void lf_requests_cancel(struct lf_runner *runner, enum lf_request_kind kind);
void lf_runner_send(struct lf_runner *runner, struct lf_event *event); /* stamps, emits, disposes */
struct lf_event lf_request_event(struct lf_request *request, enum lf_event_kind kind, const struct lf_error *err); /* gives id, text, text2, ref back */

/* runner_git.c, runner_forge.c, runner_kube.c: run one effect of theirs, the module being open. False: not theirs. */
bool lf_runner_git(struct lf_runner *runner, struct lf_effect *effect);
bool lf_runner_forge(struct lf_runner *runner, struct lf_effect *effect);
bool lf_runner_kube(struct lf_runner *runner, struct lf_effect *effect);
void lf_runner_chart(struct lf_runner *runner, struct lf_effect *effect);      /* runner_chart.c: CHART_INDEX, CHART_OPEN */
void lf_runner_chart_read(struct lf_runner *runner, struct lf_effect *effect); /* CHART_READ, Git being open */
void lf_runner_find_cluster(struct lf_runner *runner, struct lf_effect *effect); /* reads the kubeconfig, then comes back through */
void lf_runner_connect(struct lf_runner *runner, struct lf_effect *effect);	 /* … this, the network module being open */

void lf_runner_with_network(struct lf_runner *runner, struct lf_effect *effect); /* runs EFFECT (taken) when that module is open */
void lf_runner_idle(struct lf_runner *runner); /* after a work request: one less is busy; frees a runner that was waiting for it */

void lf_runner_refuse(struct lf_runner *runner, struct lf_effect *effect, const struct lf_error *err); /* runner_refuse.c: EFFECT was not even started */

/* The user is asked, now or when the other one's question has its answer. */
void lf_runner_ask(struct lf_runner *runner, enum lf_asker asker, enum lf_ask what, const char *prompt);

/* runner_run.c */
void lf_runner_program(struct lf_runner *runner, struct lf_effect *effect); /* takes what EFFECT owns */
void lf_runner_stop_programs(struct lf_runner *runner);

/* runner_files.c */
void lf_runner_save(struct lf_runner *runner, char *text); /* takes; NULL removes the file */
void lf_runner_write(struct lf_runner *runner, struct lf_effect *effect);
void lf_runner_load(struct lf_runner *runner, struct lf_effect *effect);
void lf_runner_session(struct lf_runner *runner);
bool lf_runner_in_clone(const struct lf_runner *runner);

#endif
