/* http: a chart repository over http(s): its index.yaml goes into an unlinked file as it arrives, and is read from there on a work request, so that memory does
 * not depend on its size and the same index need not be fetched for each chart. */
#include "config.h"
#include "providers/chart/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/semver.h"
#include "core/text.h"

#define INDEX_BYTES ((size_t)128 << 20)
#define ARCHIVE_BYTES ((size_t)20 << 20)
#define KEPT_MS (10u * 60 * 1000)

struct source {
	int fd;
	off_t at;
};

static long read_file(void *buffer, size_t size, void *payload)
{
	struct source *source = payload;
	ssize_t n;

	do
		n = pread(source->fd, buffer, size, source->at);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		source->at += n;
	return (long)n;
}

/* A web page where an index should be: a wrong address, or a sign-in page. */
static bool is_page(int fd)
{
	char start[256];
	ssize_t n = pread(fd, start, sizeof(start) - 1, 0);
	size_t blank;

	if (n <= 0)
		return false;
	start[n] = '\0';
	blank = lf_starts_with(start, "\xef\xbb\xbf") ? 3 : 0;
	blank += strspn(start + blank, " \t\r\n");
	return start[blank] == '<';
}

static int fail_page(struct lf_error *err, const char *host)
{
	int code = lf_fail(err, LF_EPARSE, "chart.index", 0, "the index of %s:1:1: this is a web page, not an index of charts", host);

	lf_hint(err, "Give the folder that holds index.yaml, as \"helm repo add\" takes it. A sign-in page of a proxy looks the same.");
	return code;
}

static void parse_run(struct chart_work *work)
{
	struct chart_index_query query = {.name = work->host, .chart = work->chart, .range = work->range, .stop = &work->stop};
	struct source source = {.fd = work->fd};

	int code = is_page(work->fd) ? fail_page(&work->err, work->host) : chart_index_read(&work->index, &query, read_file, &source, &work->err);

	if (code) /* the code is in the error, which is all that the loop needs */
		chart_index_dispose(&work->index);
}

static void archive_fetched(struct lf_chart_job *job, const struct lf_error *err)
{
	if (err)
		chart_job_fail(job, err);
	else
		chart_job_unpack(job);
}

static void fail_version(struct lf_chart_job *job, const struct lf_chart_facts *facts)
{
	struct lf_error err = {0};
	char *chart = lf_text_clean_dup(job->chart, 100), *range = lf_text_clean_dup(job->range, 100);

	if (!lf_names_have(&facts->charts, job->chart)) {
		(void)lf_fail(&err, LF_ENOTFOUND, "chart.index", 0, "%s has no chart \"%s\"", job->host, chart);
		lf_hint(&err, "Choose one of its %zu charts.", facts->charts.count);
	} else {
		const struct lf_chart_version *newest = lf_chart_newest(facts);

		(void)lf_fail(&err, LF_ENOTFOUND, "chart.index", 0, "%s has no version of %s for \"%s\"", job->host, chart, range);
		lf_hint(&err, "The newest is %s.", newest ? newest->version : "not known");
	}
	lf_free(chart);
	lf_free(range);
	chart_job_fail(job, &err);
}

static void forget(struct lf_chart_client *client)
{
	if (client->kept_fd >= 0)
		(void)close(client->kept_fd);
	client->kept_fd = -1;
	lf_set(&client->kept_url, NULL);
}

static void parsed(struct lf_chart_job *job, struct chart_work *work)
{
	char *address;

	if (work->err.code) {
		forget(job->client); /* the next look asks again */
		chart_job_fail(job, &work->err);
		return;
	}
	if (!job->range) {
		chart_job_index(job, &work->index.facts);
		return;
	}
	if (!work->index.version) {
		fail_version(job, &work->index.facts);
		return;
	}
	address = chart_resolve_url(job->url, work->index.url ? work->index.url : "");
	if (!address) {
		struct lf_error err = {0};

		(void)lf_fail(&err, LF_EINVAL, "chart.index", 0, "the index of %s gives no usable address of version %s", job->host, work->index.version);
		lf_hint(&err, "Take another version, or type the values.");
		chart_job_fail(job, &err);
		return;
	}
	lf_set(&job->digest, work->index.digest);
	chart_fetch(job, address, NULL, ARCHIVE_BYTES, false, archive_fetched);
	lf_free(address);
}

static void parse(struct lf_chart_job *job)
{
	struct chart_work *work = chart_work_new(job, parse_run, parsed);

	work->fd = fcntl(job->client->kept_fd, F_DUPFD_CLOEXEC, 3);
	work->host = lf_dup(job->host);
	work->chart = lf_dup(job->chart);
	work->range = lf_dup(job->range);
	chart_work_start(work);
}

static void index_fetched(struct lf_chart_job *job, const struct lf_error *err)
{
	struct lf_chart_client *client = job->client;
	struct lf_error page = {0};

	if (!err && job->is_html) {
		(void)fail_page(&page, job->host);
		err = &page;
	}
	if (err) {
		chart_job_fail(job, err);
		return;
	}
	forget(client);
	client->kept_fd = job->fd;
	job->fd = -1;
	client->kept_url = lf_dup(job->url);
	client->kept_ms = uv_now(client->loop);
	parse(job);
}

/* A file without a name: gone with us, whatever happens. */
static int open_unnamed(void)
{
	char *folder = lf_fs_cache_path("charts");
	int fd = -1;

	if (folder && !lf_fs_make_folders(folder, 0700, NULL))
		fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	lf_free(folder);
	if (fd < 0)
		fd = open(P_tmpdir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return fd < 0 ? memfd_create("index", MFD_CLOEXEC) : fd;
}

void chart_http_start(struct lf_chart_job *job)
{
	const struct lf_chart_client *client = job->client;
	size_t length = strcspn(job->url, "?#");
	char *address;

	if (client->kept_fd >= 0 && lf_equal(client->kept_url, job->url) && uv_now(client->loop) - client->kept_ms < KEPT_MS) {
		parse(job);
		return;
	}
	while (length && job->url[length - 1] == '/')
		length--;
	address = lf_format("%.*s/index.yaml", (int)length, job->url);
	job->fd = open_unnamed();
	chart_fetch(job, address, "Accept: application/yaml, text/yaml, */*;q=0.5", INDEX_BYTES, true, index_fetched);
	lf_free(address);
}
