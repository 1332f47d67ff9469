/* client: see chart.h. */
#include "config.h"
#include "providers/chart.h"

#include "core/mem.h"

struct lf_chart_client {
	uv_loop_t *loop;
	const struct lf_http_module *http;
};

struct lf_chart_client *lf_chart_new(uv_loop_t *loop, const struct lf_http_module *http)
{
	struct lf_chart_client *client = lf_alloc(1, sizeof(*client));

	client->loop = loop;
	client->http = http;
	return client;
}

void lf_chart_free(struct lf_chart_client *client)
{
	lf_free(client);
}

void lf_chart_cancel(struct lf_chart_job *job)
{
	(void)job;
}

struct lf_chart_job *lf_chart_index(struct lf_chart_client *client, const char *url, const char *chart, lf_chart_index_fn *done, void *payload)
{
	struct lf_error err = {0};

	(void)client;
	(void)chart;
	(void)lf_fail(&err, LF_ERROR, "chart", 0, "%.200s is not read yet by this build.", url);
	lf_hint(&err, "Type the chart and its version.");
	done(NULL, &err, payload);
	return NULL;
}

struct lf_chart_job *lf_chart_open(struct lf_chart_client *client, const char *url, const char *chart, const char *version, lf_chart_open_fn *done, void *payload)
{
	struct lf_error err = {0};

	(void)client;
	(void)version;
	(void)lf_fail(&err, LF_ERROR, "chart", 0, "%.200s in %.200s is not opened yet by this build.", chart, url);
	lf_hint(&err, "Type the values.");
	done(NULL, &err, payload);
	return NULL;
}
