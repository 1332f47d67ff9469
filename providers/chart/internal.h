/* What the files of the chart client share. A job is one index or one opening from start to answer: calls and work requests follow each other, one at a time. */
#ifndef LF_PROVIDERS_CHART_INTERNAL_H
#define LF_PROVIDERS_CHART_INTERNAL_H

#include "core/secret.h"
#include "core/str.h"
#include "providers/chart.h"
#include "providers/chart/index.h"

struct lf_chart_client {
	uv_loop_t *loop;
	const struct lf_http_module *module;
	struct lf_http *http; /* made with the first job */
	struct lf_chart_job *jobs;
	size_t busy; /* work requests that still come back */
	bool closing;
	/* login.c */
	lf_chart_ask_fn *ask;
	void *ask_payload;
	struct chart_login *logins;
	unsigned login_count;
	struct lf_chart_job *before_user; /* whose question the user sees */
	char *typed_user;		  /* while the password is asked for */
	/* the index read last */
	char *kept_url;
	int kept_fd; /* -1: none */
	uint64_t kept_ms;
};

struct chart_credential {
	char *user;
	struct lf_secret *password;
};
void chart_credential_dispose(struct chart_credential *credential);
/* What Helm and Docker have been told about HOST ("registry.example.com:5000"), or, with URL, about a chart repository. Blocks: on a work request. False: nothing. */
bool chart_credential_find(struct chart_credential *out, const char *host, const char *url);
/* The same in the text of a Docker or Helm registry configuration; *HELPER: the program that knows it instead ("docker-credential-…" without that). */
bool chart_credential_in(struct chart_credential *out, char **helper, const char *text, size_t length, const char *host);

/* One thing a work request does; RUN sees only this, and STOP. */
struct chart_work {
	uv_work_t work;
	struct lf_chart_client *client;
	struct lf_chart_job *job; /* NULL: cancelled meanwhile */
	volatile int stop;
	void (*run)(struct chart_work *work);
	void (*after)(struct lf_chart_job *job, struct chart_work *work);
	/* in */
	int fd;
	char *url, *host, *chart, *range, *digest;
	struct lf_str body;
	/* out */
	struct lf_error err;
	struct chart_index index;
	struct chart_credential credential;
	bool found;
	struct lf_chart_opened opened;
};

struct lf_chart_job {
	struct lf_chart_client *client;
	struct lf_chart_job *next;
	char *url, *chart, *range; /* range NULL: an index is wanted */
	lf_chart_index_fn *indexed;
	lf_chart_open_fn *opened;
	void *payload;
	struct lf_http_call *call;
	struct chart_work *work;

	/* what is fetched; kept, because a 401 asks for it again */
	char *address, *accept;
	size_t limit;
	bool is_file; /* into fd instead of body */
	void (*fetched)(struct lf_chart_job *job, const struct lf_error *err);
	/* the answer so far */
	int status;
	bool is_html, too_large, unwritable;
	struct lf_str body, challenge, headers;
	int fd;
	size_t received;
	/* signing in */
	bool tried_login, asks_token, waits_login;
	unsigned login_number, asks; /* of the login given by the user that is used; how often there was a question */
	char *wanted;		     /* the challenge of the server itself; a realm may have one of its own */
	struct chart_credential credential;
	struct lf_secret *bearer;

	char *host;	 /* of url, with its port; safe to show */
	char *digest;	 /* that the archive must have; NULL: unknown */
	struct lf_chart_facts facts; /* OCI: the tags so far */
	size_t pages;
};

/* client.c. Each ends the job: nothing of it may be touched afterwards. */
void chart_job_fail(struct lf_chart_job *job, const struct lf_error *err);
void chart_job_index(struct lf_chart_job *job, struct lf_chart_facts *facts);	/* takes */
void chart_job_opened(struct lf_chart_job *job, struct lf_chart_opened *opened); /* takes */
void chart_job_unpack(struct lf_chart_job *job); /* what was fetched is the archive: verify, open, answer */
struct chart_work *chart_work_new(struct lf_chart_job *job, void (*run)(struct chart_work *work),
				  void (*after)(struct lf_chart_job *job, struct chart_work *work));
void chart_work_start(struct chart_work *work);

/* fetch.c: asks for ADDRESS, signs in where that is wanted, then calls FETCHED: ERR NULL: 200, and the body is there. */
void chart_fetch(struct lf_chart_job *job, const char *address, const char *accept, size_t limit, bool is_file,
		 void (*fetched)(struct lf_chart_job *job, const struct lf_error *err));
void chart_fetch_reset(struct lf_chart_job *job);
/* "registry.example.com:5000" of URL. The caller frees. */
LF_NODISCARD char *chart_host_of(const char *url);
/* The parameter NAME of a Bearer challenge; the caller frees; NULL: none. */
LF_NODISCARD char *chart_challenge_get(const char *challenge, const char *name);

/* With job->credential, or without one: for a token, or to the server itself. */
void chart_fetch_login(struct lf_chart_job *job);
void chart_fetch_declined(struct lf_chart_job *job); /* nobody knows a login: ends with what the server said */

/* login.c: the next login for JOB, which was refused: one that the user gave in the meantime, or a question. False: there is none, and nobody to ask. */
bool chart_login_next(struct lf_chart_job *job);
bool chart_login_take(struct lf_chart_job *job); /* one that was given in this run, into job->credential; false: none */
void chart_login_forget(struct lf_chart_job *job); /* JOB does not wait for an answer any more */
void chart_logins_free(struct lf_chart_client *client);

/* http.c: a repository with an index. oci.c: a registry. */
void chart_http_start(struct lf_chart_job *job);
void chart_oci_start(struct lf_chart_job *job);
/* The address of the next page by the Link lines of HEADERS; relative ones get BASE in front; NULL: none. The caller frees. */
LF_NODISCARD char *chart_oci_next(const char *headers, const char *base);

#endif
