/* The sandbox's charts: templates, what a chart renders to, and the repository and registry they come from. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/json.h"
#include "core/mem.h"
#include "core/sha256.h"
#include "core/yaml.h"
#include "providers/sandbox/charts.h"
#include "providers/sandbox/template.h"
#include "tests/unit/sandbox_client.h"
#include "tests/unit/unit.h"

static struct lf_node *tree(const char *yaml)
{
	struct lf_node *documents = NULL, *out;

	assert_int_equal(lf_yaml_parse(&documents, yaml, strlen(yaml), "test", NULL, NULL), LF_OK);
	out = lf_node_take(documents, 0);
	lf_node_free(documents);
	return out;
}

static char *rendered(const char *text, const char *dot, struct lf_error *err)
{
	struct lf_templates *templates = lf_templates_new();
	struct lf_node *values = tree(dot);
	struct lf_str out = {0};
	char *result = NULL;

	if (!lf_templates_add(templates, "t", text, err) && !lf_templates_render(&out, templates, "t", values, err))
		result = lf_dup(lf_str_text(&out));
	lf_str_dispose(&out);
	lf_node_free(values);
	lf_templates_free(templates);
	return result;
}

static void test_templates(void **state)
{
	static const struct {
		const char *text, *dot, *wanted;
	} rows[] = {
		{"a {{ .x }} b", "{x: 1}", "a 1 b"},
		{"a\n  {{- .x -}}\n  b", "{x: 1}", "a1b"},
		{"{{/* nothing }} here */}}x", "{}", "x"},
		{"{{- /* nor here */ -}} x", "{}", "x"},
		{"{{ if .x }}y{{ else }}n{{ end }}", "{x: false}", "n"},
		{"{{ if eq .x 1 }}one{{ else if eq .x 2 }}two{{ else }}more{{ end }}", "{x: 2}", "two"},
		{"{{ with .x }}{{ .y }}{{ else }}none{{ end }}", "{x: {y: z}}", "z"},
		{"{{ range .x }}<{{ . }}>{{ else }}none{{ end }}", "{x: [a, b]}", "<a><b>"},
		{"{{ range $k, $v := .x }}{{ $k }}={{ $v }};{{ end }}", "{x: {a: 1, b: 2}}", "a=1;b=2;"},
		{"{{ range $i, $v := .x }}{{ $i }}{{ $v }}{{ end }}", "{x: [a, b]}", "0a1b"},
		{"{{ $a := 1 }}{{ if true }}{{ $a = 2 }}{{ end }}{{ $a }}", "{}", "2"},
		{"{{ with .x }}{{ $.y }}{{ end }}", "{x: 1, y: 2}", "2"},
		{"{{ define \"n\" }}[{{ .x }}]{{ end }}{{ include \"n\" . | upper }}{{ template \"n\" . }}", "{x: a}", "[A][a]"},
		{"{{ .x | default \"d\" | quote }}", "{}", "\"d\""},
		{"{{ (.x | default \"q\") }}", "{x: \"\"}", "q"},
		{"{{ toYaml .x | nindent 2 }}", "{x: {a: 1, b: [c]}}", "\n  a: 1\n  b:\n  - c"},
		{"{{ printf \"%s-%d\" .x 3 | trunc 4 | trimSuffix \"-\" }}", "{x: abc}", "abc"},
		{"{{ regexMatch \"^[0-9]\" .x | ternary \"yes\" \"no\" }}", "{x: 1a}", "yes"},
		{"{{ and .x .y }}{{ or .y .x }}{{ not .x }}", "{x: 1, y: 0}", "01false"},
		{"{{ if and .x .x.y }}y{{ end }}", "{}", ""},
		{"{{ dict \"a\" 1 | toJson }}{{ list 1 \"b\" | toJson }}", "{}", "{\"a\":1}[1,\"b\"]"},
		{"{{ `raw \"}}\" text` }}", "{}", "raw \"}}\" text"},
		{"{{ len .x }}{{ add 1 2 }}{{ hasKey .y \"a\" }}{{ empty .z }}", "{x: [1, 2], y: {a: 1}}", "23truetrue"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_error err = {0};
		char *text = rendered(rows[i].text, rows[i].dot, &err);

		if (!text || !lf_equal(text, rows[i].wanted))
			fail_msg("%s: \"%s\" instead of \"%s\" (%s)", rows[i].text, text ? text : "nothing", rows[i].wanted, err.message);
		lf_free(text);
	}
}

static void test_refuses_templates(void **state)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
		{"a\n{{ .x", "parse error at (t:2): unclosed action"},
		{"{{ if .x }}", "unexpected EOF"},
		{"{{ end }}", "unexpected {{end}}"},
		{"{{ \"a }}", "unclosed action"},
		{"{{ (.x }}", "unclosed left paren"},
		{"{{ lookup \"v1\" }}", "does not know the function \"lookup\""},
		{"{{ .x.y.z }}", "nil pointer evaluating interface {}.y"},
		{"{{ required \"say x\" .x }}", "error calling required: say x"},
		{"{{ fail \"no\" }}", "error calling fail: no"},
		{"{{ $q }}", "undefined variable \"$q\""},
		{"{{ include \"none\" . }}", "no template \"none\""},
		{"{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}", "in a circle"},
		{"{{ quote 1 | indent }}", "wrong number of args for indent"},
		{"{{ break }}", "does not know this action"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_error err = {0};
		char *text = rendered(rows[i].text, "{}", &err);

		if (text || !strstr(err.message, rows[i].said))
			fail_msg("%s: \"%s\" (%s)", rows[i].text, text ? text : "nothing", err.message);
		lf_free(text);
	}
}

static void test_renders_a_chart(void **state)
{
	struct lf_helm_release release = {"shop-web", "shop", false, 1};
	struct lf_node *objects = NULL, *values = tree("{replicaCount: 3, image: {tag: '9.9'}, extraEnvs: {A: b}}");
	struct lf_helm_chart chart;
	struct lf_error err = {0};

	(void)state;
	lf_charts_open(&chart, lf_charts_pick("podinfo", "6.x"));
	assert_string_equal(lf_helm_chart_version(&chart), "6.9.2");
	assert_int_equal(lf_helm_render(&objects, &chart, values, &release, &err), LF_OK);
	assert_int_equal(lf_node_count(objects), 2);
	assert_string_equal(lf_node_text(objects, "0.kind"), "Service");
	assert_string_equal(lf_node_text(objects, "1.metadata.name"), "shop-web-podinfo");
	assert_string_equal(lf_node_text(objects, "1.metadata.namespace"), "shop");
	assert_string_equal(lf_node_text(objects, "1.spec.replicas"), "3");
	assert_string_equal(lf_node_text(objects, "1.spec.template.spec.containers.0.image"), "ghcr.io/stefanprodan/podinfo:9.9");
	assert_string_equal(lf_node_text(objects, "1.spec.template.spec.containers.0.env.2.name"), "A");
	lf_node_free(objects);
	lf_node_free(values);
	values = tree("{replicaCount: many}");
	assert_int_equal(lf_helm_render(&objects, &chart, values, &release, &err), LF_EINVAL);
	assert_non_null(strstr(err.message, "specifications of the schema(s)"));
	assert_non_null(strstr(err.message, "replicaCount"));
	lf_node_free(values);
	lf_helm_chart_dispose(&chart);
}

static void serve(struct lf_reply *out, const char *path)
{
	struct lf_request request = {.method = lf_dup("GET"), .path = lf_dup(path)};

	memset(out, 0, sizeof(*out));
	assert_true(lf_charts_serves(path));
	lf_charts_handle(&request, out);
	lf_request_dispose(&request);
}

static void test_serves_charts(void **state)
{
	char folder[] = "/tmp/landfall-test-XXXXXX";
	struct lf_reply reply, archive;
	struct lf_node *index, *manifest = NULL;
	const struct lf_node *entry;
	char digest[65], *path, *blob;

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = lf_format("%s/chart.tgz", folder);
	serve(&reply, "/charts/index.yaml");
	assert_int_equal(reply.code, 200);
	index = tree(lf_str_text(&reply.body));
	entry = lf_node_get(index, "entries.podinfo.1");
	assert_string_equal(lf_node_text(entry, "version"), "6.9.2");
	lf_reply_dispose(&reply);
	serve(&archive, "/charts/podinfo-6.9.2.tgz");
	assert_int_equal(archive.code, 200);
	lf_sha256_hex(digest, archive.body.data, archive.body.length);
	assert_string_equal(lf_node_text(entry, "digest"), digest);
	/* Sizes and checksums are right: tar reads it. */
	assert_int_equal(lf_fs_write(path, lf_str_text(&archive.body), archive.body.length, 0600, NULL), LF_OK);
	assert_int_equal(run_program(folder, (const char *const[]){"tar", "-xzf", path, NULL}), 0);
	lf_free(path);
	path = lf_format("%s/podinfo/Chart.yaml", folder);
	assert_int_equal(lf_fs_read(&reply.body, path, 4096, NULL), LF_OK);
	assert_non_null(strstr(lf_str_text(&reply.body), "version: 6.9.2"));
	lf_str_dispose(&reply.body);
	/* The registry has the same bytes. */
	serve(&reply, "/v2/charts/podinfo/tags/list");
	assert_non_null(strstr(lf_str_text(&reply.body), "\"7.0.0-rc.1\",\"6.9.2\""));
	lf_reply_dispose(&reply);
	serve(&reply, "/v2/charts/podinfo/manifests/6.9.2");
	assert_int_equal(lf_json_parse(&manifest, reply.body.data, reply.body.length, NULL), LF_OK);
	blob = lf_format("/v2/charts/podinfo/blobs/%s", lf_node_text(manifest, "layers.0.digest"));
	lf_reply_dispose(&reply);
	serve(&reply, blob);
	assert_int_equal(reply.body.length, archive.body.length);
	assert_memory_equal(reply.body.data, archive.body.data, archive.body.length);
	lf_reply_dispose(&reply);
	lf_reply_dispose(&archive);
	serve(&reply, "/charts/podinfo-1.0.0.tgz");
	assert_int_equal(reply.code, 404);
	lf_reply_dispose(&reply);
	serve(&reply, "/v2/charts/none/tags/list");
	assert_int_equal(reply.code, 404);
	lf_reply_dispose(&reply);
	lf_node_free(manifest);
	lf_node_free(index);
	lf_free(blob);
	lf_free(path);
	assert_int_equal(lf_fs_remove_tree(folder), LF_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_templates),
		cmocka_unit_test(test_refuses_templates),
		cmocka_unit_test(test_renders_a_chart),
		cmocka_unit_test(test_serves_charts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
