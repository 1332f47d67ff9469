/* chart: chart repositories: an index over http(s), or an OCI registry; and the archives in them. Asynchronous on one loop, cancellable at any moment;
 * callbacks never come after cancel. What is read is bounded before it gets a meaning; archives are opened by the module landfall-chart.so on a work request. */
#ifndef LF_PROVIDERS_CHART_H
#define LF_PROVIDERS_CHART_H

#include <uv.h>
#include "core/error.h"
#include "core/facts.h"
#include "core/secret.h"
#include "providers/http.h"

struct lf_chart_client; /* connections, credentials, the index read last */
struct lf_chart_job;	/* something under way */

LF_NODISCARD struct lf_chart_client *lf_chart_new(uv_loop_t *loop, const struct lf_http_module *http);
void lf_chart_free(struct lf_chart_client *client); /* NULL is fine; cancels what is under way */
void lf_chart_cancel(struct lf_chart_job *job);	    /* NULL is fine; also from inside a callback */

/* Asked when a registry or repository wants a login, and neither Helm's nor Docker's files and helpers have one that it takes: first for the user's name, then, IS_SECRET, for the
 * password, twice at most. Without it (headless runs) nobody is asked. Answer with lf_chart_answer(), at any later time. A login that was given is kept until the client is freed, for
 * its host only; who declined is not asked for that host again, until lf_chart_ask_again(). */
typedef void lf_chart_ask_fn(bool is_secret, const char *prompt, void *payload);
void lf_chart_ask_with(struct lf_chart_client *client, lf_chart_ask_fn *ask, void *payload);
void lf_chart_answer(struct lf_chart_client *client, struct lf_secret *answer); /* takes it; NULL: the user declined; CLIENT may be NULL */
void lf_chart_ask_again(struct lf_chart_client *client);			  /* NULL is fine */

/* The charts of the repository URL and the versions of CHART ("": names only). The index read last is kept in an unlinked file: another chart of the same
 * repository costs no second download for ten minutes. Errors: LF_EAUTH, LF_EFORBIDDEN, LF_ENOTFOUND, LF_EPARSE (with line and column), LF_ELIMIT, LF_ENET … */
typedef void lf_chart_index_fn(struct lf_chart_facts *facts, const struct lf_error *err, void *payload); /* given away */
struct lf_chart_job *lf_chart_index(struct lf_chart_client *client, const char *url, const char *chart, lf_chart_index_fn *done, void *payload);

/* Opens the newest version of CHART within VERSION (an exact one, or a range). */
typedef void lf_chart_open_fn(struct lf_chart_opened *opened, const struct lf_error *err, void *payload); /* given away */
struct lf_chart_job *lf_chart_open(struct lf_chart_client *client, const char *url, const char *chart, const char *version, lf_chart_open_fn *done,
				   void *payload);

/* The module's table, symbol lf_module_chart. */
struct lf_chart_module {
	unsigned version;
	/* Fills OUT (as lf_chart_opened_read() does) from the .tgz in BYTES. Blocks: on a work request. *STOP, looked at now and then, ends it (LF_ECANCELLED). */
	int (*open)(struct lf_chart_opened *out, const void *bytes, size_t length, const volatile int *stop, struct lf_error *err);
};

#endif
