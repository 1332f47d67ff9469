/* charts: see charts.h. Which charts and versions there are is a table; an index, archives and an OCI registry are
 * made from it when they are asked for. */
#include "config.h"
#include "providers/sandbox/charts.h"

#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/semver.h"
#include "core/sha256.h"

#define LAYER_TYPE "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
#define CONFIG_TYPE "application/vnd.cncf.helm.config.v1+json"
#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"

static const char repository[] = "/charts/", registry[] = "/v2/charts/";

static const struct lf_chart_release table[] = {
    {"podinfo", "7.0.0-rc.1", "7.0.0-rc.1", "2026-11-16T09:20:00Z", "A small web application to try things out with",
     false},
    {"podinfo", "6.9.2", "6.9.2", "2026-10-02T08:00:00Z", "A small web application to try things out with", false},
    {"podinfo", "6.9.1", "6.9.1", "2026-07-09T08:00:00Z", "A small web application to try things out with", false},
    {"podinfo", "6.9.0", "6.9.0", "2026-05-28T08:00:00Z", "A small web application to try things out with", false},
    {"hello", "1.1.0", "6.9.2", "2026-10-05T10:00:00Z", "The same in a chart of another name", false},
    {"hello", "1.0.0", "6.9.1", "2026-07-11T10:00:00Z", "The same in a chart of another name", false},
    {"podinfo-legacy", "0.4.0", "5.2.1", "2025-01-20T10:00:00Z", "Replaced by podinfo", true},
};

const struct lf_chart_release *lf_charts_at(size_t index)
{
	return index < LF_COUNT(table) ? &table[index] : NULL;
}

bool lf_charts_have(const char *name)
{
	for (size_t i = 0; i < LF_COUNT(table); i++)
		if (lf_equal(table[i].name, name))
			return true;
	return false;
}

const struct lf_chart_release *lf_charts_pick(const char *name, const char *range)
{
	for (size_t i = 0; i < LF_COUNT(table); i++)
		if (lf_equal(table[i].name, name) &&
		    (lf_equal(table[i].version, range) || lf_semver_matches(*range ? range : "*", table[i].version)))
			return &table[i];
	return NULL;
}

/* TEXT with the marks of RELEASE filled in. */
static char *filled(const char *text, const struct lf_chart_release *release)
{
	const struct {
		const char *mark, *value;
	} marks[] = {{"%NAME%", release->name},
	             {"%VERSION%", release->version},
	             {"%APP%", release->app_version},
	             {"%ABOUT%", release->description},
	             {"%MORE%", release->deprecated ? "deprecated: true\n" : ""}};
	struct lf_str out = {0};

	while (*text) {
		size_t i = 0;

		while (i < LF_COUNT(marks) && !lf_starts_with(text, marks[i].mark))
			i++;
		if (i < LF_COUNT(marks)) {
			lf_str_add(&out, marks[i].value);
			text += strlen(marks[i].mark);
		} else {
			lf_str_add_char(&out, *text++);
		}
	}
	return lf_str_take(&out);
}

void lf_charts_open(struct lf_helm_chart *out, const struct lf_chart_release *release)
{
	const char *path, *text;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; (text = lf_charts_text(i, &path)); i++) {
		char *own = filled(text, release);

		lf_helm_chart_add(out, path, own);
		lf_free(own);
	}
	(void)!lf_helm_chart_read(out, NULL); /* ours */
}

bool lf_charts_is(const struct lf_sandbox *sandbox, const char *url)
{
	const char *own = sandbox->charts_url ? sandbox->charts_url : "", *host = strstr(own, "://");
	bool is_registry = lf_starts_with(url, "oci://") || !strstr(url, "://"); /* Argo CD writes them without oci:// */
	size_t length;

	if (!host)
		return false;
	if (is_registry) {
		own = host + strlen("://");
		url += lf_starts_with(url, "oci://") ? strlen("oci://") : 0;
	}
	length = strlen(url);
	while (length && url[length - 1] == '/')
		length--;
	return length == strlen(own) && !strncmp(url, own, length);
}

static void pack(struct lf_str *out, char digest[65], const struct lf_chart_release *release)
{
	struct lf_helm_chart chart;

	lf_charts_open(&chart, release);
	lf_archive_pack(out, &chart);
	lf_sha256_hex(digest, out->data, out->length);
	lf_helm_chart_dispose(&chart);
}

static void add_index(struct lf_str *out)
{
	const char *before = "";

	lf_str_add(out, "apiVersion: v1\nentries:\n");
	for (size_t i = 0; i < LF_COUNT(table); i++) {
		const struct lf_chart_release *release = &table[i];
		struct lf_str archive = {0};
		char digest[65];

		pack(&archive, digest, release);
		lf_str_dispose(&archive);
		if (!lf_equal(before, release->name))
			lf_str_addf(out, "  %s:\n", release->name);
		lf_str_addf(out,
		            "    - apiVersion: v2\n      appVersion: \"%s\"\n      created: \"%s\"\n%s      description: %s\n"
		            "      digest: %s\n      name: %s\n      type: application\n      urls:\n"
		            "        - %s-%s.tgz\n      version: %s\n",
		            release->app_version, release->created, release->deprecated ? "      deprecated: true\n" : "",
		            release->description, digest, release->name, release->name, release->version, release->version);
		before = release->name;
	}
	lf_str_add(out, "generated: \"2026-11-21T08:00:00Z\"\n");
}

static void not_found(struct lf_reply *reply)
{
	lf_reply_text(reply, 404, "404 not found\n");
}

static void handle_repository(const char *name, struct lf_reply *reply)
{
	char digest[65];

	if (lf_equal(name, "index.yaml")) {
		reply->code = 200;
		reply->type = "application/yaml";
		add_index(&reply->body);
		return;
	}
	for (size_t i = 0; i < LF_COUNT(table); i++) {
		char *file = lf_format("%s-%s.tgz", table[i].name, table[i].version);
		bool same = lf_equal(file, name);

		lf_free(file);
		if (!same)
			continue;
		reply->code = 200;
		reply->type = "application/gzip";
		pack(&reply->body, digest, &table[i]);
		return;
	}
	not_found(reply);
}

static void add_manifest(struct lf_str *out, const struct lf_chart_release *release)
{
	struct lf_str archive = {0};
	char digest[65];

	pack(&archive, digest, release);
	lf_str_addf(out,
	            "{\"schemaVersion\":2,\"mediaType\":\"" MANIFEST_TYPE "\",\"config\":{\"mediaType\":\"" CONFIG_TYPE
	            "\",\"digest\":\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"size\":2},"
	            "\"layers\":[{\"mediaType\":\"" LAYER_TYPE "\",\"digest\":\"sha256:%s\",\"size\":%zu}]}",
	            digest, archive.length);
	lf_str_dispose(&archive);
}

static void add_tags(struct lf_str *out, const char *name)
{
	const char *comma = "";

	lf_str_addf(out, "{\"name\":\"charts/%s\",\"tags\":[", name);
	for (size_t i = 0; i < LF_COUNT(table); i++)
		if (lf_equal(table[i].name, name)) {
			lf_str_addf(out, "%s\"%s\"", comma, table[i].version);
			comma = ",";
		}
	lf_str_add(out, "]}");
}

/* "podinfo/tags/list", "podinfo/manifests/6.9.2", "podinfo/blobs/sha256:…" */
static void handle_registry(const char *rest, struct lf_reply *reply)
{
	size_t length = strcspn(rest, "/");
	char *name = lf_dup_n(rest, length);

	rest += length;
	reply->code = 200;
	reply->type = "application/json";
	if (lf_charts_have(name) && lf_equal(rest, "/tags/list")) {
		add_tags(&reply->body, name);
	} else if (lf_starts_with(rest, "/manifests/") && lf_charts_pick(name, rest + strlen("/manifests/"))) {
		reply->type = MANIFEST_TYPE;
		add_manifest(&reply->body, lf_charts_pick(name, rest + strlen("/manifests/")));
	} else if (lf_starts_with(rest, "/blobs/sha256:")) {
		for (size_t i = 0; i < LF_COUNT(table); i++) {
			char digest[65];

			pack(&reply->body, digest, &table[i]);
			if (lf_equal(table[i].name, name) && lf_equal(digest, rest + strlen("/blobs/sha256:")))
				break;
			lf_str_truncate(&reply->body, 0);
		}
		reply->type = "application/octet-stream";
	}
	if (!reply->body.length)
		not_found(reply);
	lf_free(name);
}

bool lf_charts_serves(const char *path)
{
	return lf_starts_with(path, repository) || lf_starts_with(path, "/v2/");
}

void lf_charts_handle(const struct lf_request *request, struct lf_reply *reply)
{
	if (!lf_equal(request->method, "GET") && !lf_equal(request->method, "HEAD"))
		lf_reply_text(reply, 405, "405 only GET\n");
	else if (lf_starts_with(request->path, repository))
		handle_repository(request->path + strlen(repository), reply);
	else if (lf_starts_with(request->path, registry))
		handle_registry(request->path + strlen(registry), reply);
	else
		not_found(reply);
}
