/* oci: charts in an OCI registry (distribution spec 1.1): tags are versions, a manifest names the layer that is the archive. */
#include "config.h"
#include "providers/chart/internal.h"

#include <string.h>
#include <strings.h>

#include "core/chart.h"
#include "core/json.h"
#include "core/mem.h"
#include "core/semver.h"
#include "core/text.h"

enum { PAGE = 1000, PAGES_MAX = 100, TAGS_MAX = 20000, TAG_LENGTH = 128 };
#define PAGE_BYTES ((size_t)8 << 20)
#define MANIFEST_BYTES ((size_t)4 << 20)
#define ARCHIVE_BYTES ((size_t)20 << 20)
#define LAYER_TYPE "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
#define OLD_LAYER_TYPE "application/tar+gzip" /* charts that Helm 3.6 and older pushed */

/* "https://host/v2/charts/podinfo"; a registry on this machine has no certificate. */
static char *repository_address(const struct lf_chart_job *job)
{
	const char *rest = job->url + strlen("oci://"), *path = strchr(rest, '/');
	size_t length = path ? strcspn(path, "?#") : 0, host = strcspn(rest, "/?#"), name = strcspn(rest, ":/?#");
	bool local = (name == 9 && !strncasecmp(rest, "localhost", 9)) || (name == 9 && !strncmp(rest, "127.0.0.1", 9)) || !strncmp(rest, "[::1]", 5);

	while (length && path[length - 1] == '/')
		length--;
	return lf_format("%s://%.*s/v2%.*s/%s", local ? "http" : "https", (int)host, rest, (int)length, path ? path : "", job->chart);
}

/* A registry knows lower-case names only; nothing else may reach a path of ours. */
static bool is_name(const char *address)
{
	const char *name = strstr(address, "/v2/");

	return name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-/") == strlen(name) && !strstr(name, "..") && !strstr(name, "//");
}

static void fail(struct lf_chart_job *job, enum lf_code code, const char *what, const char *hint)
{
	struct lf_error err = {0};
	char *chart = lf_text_clean_dup(job->chart, 100);

	(void)lf_fail(&err, code, "chart.oci", 0, "%s: %s %s", job->host, chart, what);
	lf_hint(&err, "%s", hint);
	lf_free(chart);
	chart_job_fail(job, &err);
}

char *chart_oci_next(const char *headers, const char *base)
{
	for (const char *line = headers; *line;) {
		size_t length = strcspn(line, "\r\n");

		if (length > 5 && !strncasecmp(line, "link:", 5)) {
			char *text = lf_dup_n(line + 5, length - 5), *open = strchr(text, '<'), *close = open ? strchr(open, '>') : NULL, *out = NULL;

			if (close && (strstr(close, "rel=\"next\"") || strstr(close, "rel=next"))) {
				*close = '\0';
				out = chart_resolve_url(base, open + 1);
			}
			lf_free(text);
			if (out)
				return out;
		}
		line += length;
		line += strspn(line, "\r\n");
	}
	return NULL;
}

static void blob_fetched(struct lf_chart_job *job, const struct lf_error *err)
{
	if (err)
		chart_job_fail(job, err);
	else
		chart_job_unpack(job);
}

static bool is_digest(const char *text)
{
	return lf_starts_with(text, "sha256:") && strlen(text) == 71 && strspn(text + 7, "0123456789abcdef") == 64;
}

static void manifest_fetched(struct lf_chart_job *job, const struct lf_error *err)
{
	struct lf_node *manifest = NULL;
	const struct lf_node *layers;
	char *repository, *address;

	if (err) {
		chart_job_fail(job, err);
		return;
	}
	if (lf_json_parse(&manifest, lf_str_text(&job->body), job->body.length, NULL)) {
		fail(job, LF_EPARSE, "has a manifest that is no JSON", "Is this really a registry? Check the address.");
		return;
	}
	layers = lf_node_key(manifest, "layers");
	for (size_t i = 0; i < lf_node_count(layers) && !job->digest; i++) {
		const struct lf_node *layer = lf_node_at(layers, i);
		const char *type = lf_node_text(layer, "mediaType");

		if ((lf_equal(type, LAYER_TYPE) || lf_equal(type, OLD_LAYER_TYPE)) && is_digest(lf_node_text(layer, "digest")))
			job->digest = lf_dup(lf_node_text(layer, "digest"));
	}
	lf_node_free(manifest);
	if (!job->digest) {
		fail(job, LF_EINVAL, "is no Helm chart", "The registry keeps something else under this name, such as an image. Check the name.");
		return;
	}
	repository = repository_address(job);
	address = lf_format("%s/blobs/%s", repository, job->digest);
	chart_fetch(job, address, NULL, ARCHIVE_BYTES, false, blob_fetched);
	lf_free(address);
	lf_free(repository);
}

static void fetch_manifest(struct lf_chart_job *job, const char *version)
{
	char *repository = repository_address(job), *tag = lf_dup(version), *address;

	for (char *p = tag; *p; p++)
		*p = *p == '+' ? '_' : *p; /* as Helm pushes build metadata */
	if (strlen(tag) > TAG_LENGTH || strspn(tag, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") != strlen(tag)) {
		fail(job, LF_EINVAL, "cannot have a version of this form", "Versions look like 1.2.3.");
	} else {
		address = lf_format("%s/manifests/%s", repository, tag);
		chart_fetch(job, address, "Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json", MANIFEST_BYTES, false,
			    manifest_fetched);
		lf_free(address);
	}
	lf_free(tag);
	lf_free(repository);
}

static void add_tag(struct lf_chart_facts *facts, size_t *capacity, const char *tag)
{
	char *version = lf_dup(tag);
	struct lf_semver parsed;

	for (char *p = version; *p; p++)
		*p = *p == '_' ? '+' : *p;
	if (strlen(version) > TAG_LENGTH || !lf_semver_parse(&parsed, version)) { /* "latest", "sha256-….sig": no versions */
		lf_free(version);
		return;
	}
	lf_grow((void **)&facts->versions, capacity, facts->version_count, sizeof(*facts->versions));
	facts->versions[facts->version_count++] = (struct lf_chart_version){.version = version, .prerelease = parsed.pre_length > 0};
}

static void conclude_tags(struct lf_chart_job *job)
{
	const struct lf_chart_version *picked;

	lf_chart_sort(&job->facts);
	if (!job->range) {
		chart_job_index(job, &job->facts);
		return;
	}
	picked = lf_chart_pick(&job->facts, job->range);
	if (picked)
		fetch_manifest(job, picked->version);
	else
		fail(job, LF_ENOTFOUND, "has no version in this range", "Choose one of its versions.");
}

static void tags_fetched(struct lf_chart_job *job, const struct lf_error *err)
{
	struct lf_node *answer = NULL;
	const struct lf_node *tags;
	char *next;
	size_t capacity;

	if (err) {
		chart_job_fail(job, err);
		return;
	}
	if (job->is_html || lf_json_parse(&answer, lf_str_text(&job->body), job->body.length, NULL)) {
		fail(job, LF_EPARSE, "is answered with something that is no list of tags", "Is this really a registry? A repository with an index needs https:// in front.");
		return;
	}
	tags = lf_node_key(answer, "tags");
	capacity = job->facts.version_count;
	for (size_t i = 0; i < lf_node_count(tags) && job->facts.version_count < TAGS_MAX; i++)
		add_tag(&job->facts, &capacity, lf_node_text(lf_node_at(tags, i), NULL));
	lf_node_free(answer);
	next = chart_oci_next(lf_str_text(&job->headers), job->address);
	if (next && ++job->pages < PAGES_MAX && job->facts.version_count < TAGS_MAX && !lf_equal(next, job->address)) {
		char *host = chart_host_of(next);
		bool same = !strcasecmp(host, job->host);

		lf_free(host);
		if (same) {
			chart_fetch(job, next, "Accept: application/json", PAGE_BYTES, false, tags_fetched);
			lf_free(next);
			return;
		}
	}
	lf_free(next);
	conclude_tags(job);
}

static void bad_name_run(struct chart_work *work)
{
	(void)lf_fail(&work->err, LF_EINVAL, "chart.oci", 0, "a registry has no such names");
	lf_hint(&work->err, "Lower-case letters, digits, - . and _. Example: oci://registry.example.com/charts and podinfo");
}

static void bad_name(struct lf_chart_job *job, struct chart_work *work)
{
	struct lf_error err = work->err;

	chart_job_fail(job, &err);
}

void chart_oci_start(struct lf_chart_job *job)
{
	char *repository = repository_address(job), *address;

	if (!*job->chart || !is_name(repository)) {
		chart_work_start(chart_work_new(job, bad_name_run, bad_name));
	} else if (job->range && lf_semver_range_is_exact(job->range)) {
		fetch_manifest(job, job->range);
	} else {
		address = lf_format("%s/tags/list?n=%d", repository, PAGE);
		chart_fetch(job, address, "Accept: application/json", PAGE_BYTES, false, tags_fetched);
		lf_free(address);
	}
	lf_free(repository);
}
