/* client: see chart.h. Owns jobs and the work requests they wait for. A job that is cancelled leaves its work request to come back alone. */
#include "config.h"
#include "providers/chart/internal.h"

#include <string.h>
#include <unistd.h>

#include "core/chart.h"
#include "core/mem.h"
#include "core/sha256.h"
#include "core/text.h"
#include "providers/module.h"

struct lf_chart_client *lf_chart_new(uv_loop_t *loop, const struct lf_http_module *http)
{
	struct lf_chart_client *client = lf_alloc(1, sizeof(*client));

	client->loop = loop;
	client->module = http;
	client->kept_fd = -1;
	return client;
}

static void destroy(struct lf_chart_client *client)
{
	if (client->kept_fd >= 0)
		(void)close(client->kept_fd);
	lf_free(client->kept_url);
	chart_logins_free(client);
	lf_free(client);
}

void lf_chart_free(struct lf_chart_client *client)
{
	if (!client)
		return;
	client->closing = true;
	while (client->jobs)
		lf_chart_cancel(client->jobs);
	if (client->http)
		client->module->free(client->http);
	client->http = NULL;
	if (!client->busy)
		destroy(client);
}

static void work_free(struct chart_work *work)
{
	if (work->fd >= 0)
		(void)close(work->fd);
	lf_free(work->url);
	lf_free(work->host);
	lf_free(work->chart);
	lf_free(work->range);
	lf_free(work->digest);
	lf_str_dispose(&work->body);
	chart_index_dispose(&work->index);
	chart_credential_dispose(&work->credential);
	lf_chart_opened_dispose(&work->opened);
	lf_free(work);
}

static void run(uv_work_t *handle)
{
	struct chart_work *work = handle->data;

	if (!work->stop)
		work->run(work);
}

static void after(uv_work_t *handle, int status)
{
	struct chart_work *work = handle->data;
	struct lf_chart_client *client = work->client;
	struct lf_chart_job *job = work->job;

	(void)status;
	if (job) {
		job->work = NULL;
		work->after(job, work);
	}
	work_free(work);
	client->busy--;
	if (client->closing && !client->busy)
		destroy(client);
}

struct chart_work *chart_work_new(struct lf_chart_job *job, void (*run_it)(struct chart_work *work),
				  void (*after_it)(struct lf_chart_job *job, struct chart_work *work))
{
	struct chart_work *work = lf_alloc(1, sizeof(*work));

	work->work.data = work;
	work->client = job->client;
	work->job = job;
	work->run = run_it;
	work->after = after_it;
	work->fd = -1;
	job->work = work;
	return work;
}

void chart_work_start(struct chart_work *work)
{
	work->client->busy++;
	(void)uv_queue_work(work->client->loop, &work->work, run, after);
}

static void job_free(struct lf_chart_job *job)
{
	struct lf_chart_job **link = &job->client->jobs;

	while (*link && *link != job)
		link = &(*link)->next;
	if (*link)
		*link = job->next;
	chart_login_forget(job);
	if (job->call)
		job->client->module->cancel(job->call);
	if (job->work) {
		job->work->stop = 1;
		job->work->job = NULL;
	}
	chart_fetch_reset(job);
	chart_credential_dispose(&job->credential);
	lf_secret_free(job->bearer);
	lf_chart_facts_dispose(&job->facts);
	lf_free(job->url);
	lf_free(job->chart);
	lf_free(job->range);
	lf_free(job->address);
	lf_free(job->accept);
	lf_free(job->host);
	lf_free(job->digest);
	lf_free(job->wanted);
	lf_free(job);
}

void lf_chart_cancel(struct lf_chart_job *job)
{
	if (job)
		job_free(job);
}

void chart_job_fail(struct lf_chart_job *job, const struct lf_error *err)
{
	lf_chart_index_fn *indexed = job->indexed;
	lf_chart_open_fn *opened = job->opened;
	struct lf_error copy = *err;
	void *payload = job->payload;

	job_free(job);
	if (indexed)
		indexed(NULL, &copy, payload);
	else
		opened(NULL, &copy, payload);
}

void chart_job_index(struct lf_chart_job *job, struct lf_chart_facts *facts)
{
	lf_chart_index_fn *indexed = job->indexed;
	struct lf_chart_facts given = *facts;
	void *payload = job->payload;

	memset(facts, 0, sizeof(*facts));
	job_free(job);
	indexed(&given, NULL, payload);
	lf_chart_facts_dispose(&given);
}

void chart_job_opened(struct lf_chart_job *job, struct lf_chart_opened *chart)
{
	lf_chart_open_fn *opened = job->opened;
	struct lf_chart_opened given = *chart;
	void *payload = job->payload;

	memset(chart, 0, sizeof(*chart));
	job_free(job);
	opened(&given, NULL, payload);
	lf_chart_opened_dispose(&given);
}

static void unpack_run(struct chart_work *work)
{
	const char *wanted = work->digest;
	const void *table = NULL;
	char digest[65];

	if (wanted && lf_starts_with(wanted, "sha256:"))
		wanted += strlen("sha256:");
	if (wanted && strlen(wanted) == 64) {
		lf_sha256_hex(digest, lf_str_text(&work->body), work->body.length);
		if (strcasecmp(digest, wanted) != 0) {
			(void)lf_fail(&work->err, LF_EREFUSED, "chart.digest", 0, "the archive of %s is not the one that %s promises: its digest differs", work->chart, work->host);
			lf_hint(&work->err, "It was changed after it was published, or on the way. Nothing of it was used; ask whoever runs the repository.");
			return;
		}
	}
	if (lf_module_open(&table, "chart", &work->err) == LF_OK)
		(void)((const struct lf_chart_module *)table)->open(&work->opened, lf_str_text(&work->body), work->body.length, &work->stop, &work->err);
}

static void unpacked(struct lf_chart_job *job, struct chart_work *work)
{
	if (work->err.code)
		chart_job_fail(job, &work->err);
	else
		chart_job_opened(job, &work->opened);
}

void chart_job_unpack(struct lf_chart_job *job)
{
	struct chart_work *work = chart_work_new(job, unpack_run, unpacked);

	work->body = job->body;
	memset(&job->body, 0, sizeof(job->body));
	work->digest = lf_dup(job->digest);
	work->chart = lf_text_clean_dup(job->chart, 100);
	work->host = lf_dup(job->host);
	chart_work_start(work);
}

static struct lf_chart_job *start(struct lf_chart_client *client, const char *url, const char *chart, const char *range, void *payload)
{
	struct lf_chart_job *job = lf_alloc(1, sizeof(*job));

	if (!client->http)
		client->http = client->module->new(client->loop, "landfall/" PACKAGE_VERSION);
	job->client = client;
	job->url = lf_dup(url);
	job->chart = lf_dup(chart ? chart : "");
	job->range = lf_dup(range);
	job->payload = payload;
	job->fd = -1;
	job->host = chart_host_of(url);
	job->next = client->jobs;
	client->jobs = job;
	return job;
}

static void go(struct lf_chart_job *job)
{
	if (lf_chart_is_oci(job->url))
		chart_oci_start(job);
	else
		chart_http_start(job);
}

struct lf_chart_job *lf_chart_index(struct lf_chart_client *client, const char *url, const char *chart, lf_chart_index_fn *done, void *payload)
{
	struct lf_chart_job *job = start(client, url, chart, NULL, payload);

	job->indexed = done;
	go(job);
	return job;
}

struct lf_chart_job *lf_chart_open(struct lf_chart_client *client, const char *url, const char *chart, const char *version, lf_chart_open_fn *done,
				   void *payload)
{
	struct lf_chart_job *job = start(client, url, chart, version, payload);

	job->opened = done;
	go(job);
	return job;
}
