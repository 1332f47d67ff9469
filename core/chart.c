/* chart: see chart.h. The texts come from a repository: they pass the YAML and JSON readers with their limits, and what is shown is cleaned. */
#include "config.h"
#include "core/chart.h"

#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/schema.h"
#include "core/semver.h"
#include "core/str.h"
#include "core/text.h"
#include "core/yaml.h"

enum { LINE_MAX_BYTES = 300, DEPENDENCIES_MAX = 100 };

static const struct lf_yaml_limits file_limits = {.bytes = LF_CHART_FILE_BYTES, .depth = 64, .nodes = 100000};

bool lf_chart_is_oci(const char *url)
{
	return lf_starts_with(url, "oci://");
}

static char *line_of(const struct lf_node *map, const char *key)
{
	const char *text = lf_node_text(map, key);

	return *text ? lf_text_clean_dup(text, LINE_MAX_BYTES) : NULL;
}

/* One document that is a map; an empty file is an empty map. */
static int read_map(struct lf_node **out, const char *text, const char *name, struct lf_error *err)
{
	struct lf_node *documents = NULL;
	int code = lf_yaml_parse(&documents, text, strlen(text), name, &file_limits, err);

	*out = NULL;
	if (code)
		return code;
	if (!lf_node_count(documents) || (lf_node_count(documents) == 1 && lf_node_kind(lf_node_at(documents, 0)) == LF_NODE_NULL)) {
		*out = lf_node_new(LF_NODE_MAP);
	} else if (lf_node_count(documents) == 1 && lf_node_kind(lf_node_at(documents, 0)) == LF_NODE_MAP) {
		*out = lf_node_take(documents, 0);
	} else {
		code = lf_fail(err, LF_EPARSE, "chart.read", 0, "%s:1:1: this is not one map", name);
		lf_hint(err, "The chart is broken there: another version may be better.");
	}
	lf_node_free(documents);
	return code;
}

static void read_dependencies(struct lf_names *out, const struct lf_node *list)
{
	for (size_t i = 0; i < lf_node_count(list) && i < DEPENDENCIES_MAX; i++) {
		const struct lf_node *item = lf_node_at(list, i);
		struct lf_str text = {0};

		lf_text_clean(&text, lf_node_text(item, "name"), strlen(lf_node_text(item, "name")), LINE_MAX_BYTES);
		if (*lf_node_text(item, "version")) {
			lf_str_add_char(&text, ' ');
			lf_text_clean(&text, lf_node_text(item, "version"), strlen(lf_node_text(item, "version")), 100);
		}
		if (text.length)
			lf_names_add(out, lf_str_text(&text));
		lf_str_dispose(&text);
	}
}

static char *capped(const char *text)
{
	return text ? lf_dup_n(text, strnlen(text, LF_CHART_FILE_BYTES)) : NULL;
}

int lf_chart_opened_read(struct lf_chart_opened *out, const struct lf_chart_texts *texts, struct lf_error *err)
{
	struct lf_str unchecked = {0};
	struct lf_node *about = NULL;
	int code;

	if (!texts->chart) {
		code = lf_fail(err, LF_EINVAL, "chart.read", 0, "There is no Chart.yaml in it, so this is no chart.");
		lf_hint(err, "Check the name and the version; another version may be whole.");
		return code;
	}
	code = read_map(&about, texts->chart, "Chart.yaml", err);
	if (!code && (!*lf_node_text(about, "name") || !*lf_node_text(about, "version"))) {
		code = lf_fail(err, LF_EINVAL, "chart.read", 0, "Chart.yaml names no chart and version.");
		lf_hint(err, "Both name and version are required there.");
	}
	if (code) {
		lf_node_free(about);
		return code;
	}
	out->name = line_of(about, "name");
	out->exact_version = line_of(about, "version");
	out->app_version = line_of(about, "appVersion");
	out->type = line_of(about, "type");
	out->description = line_of(about, "description");
	out->deprecated = lf_node_true(about, "deprecated");
	read_dependencies(&out->dependencies, lf_node_key(about, "dependencies"));
	lf_node_free(about);
	out->values = capped(texts->values);
	out->schema = capped(texts->schema);
	out->readme = capped(texts->readme);
	if (out->values)
		(void)read_map(&out->values_tree, out->values, "values.yaml", &out->values_error);
	if (out->schema && lf_json_parse(&out->schema_tree, out->schema, strlen(out->schema), &out->schema_error))
		out->schema_tree = NULL;
	lf_schema_unchecked(&unchecked, out->schema_tree);
	out->unchecked = unchecked.length ? lf_str_take(&unchecked) : NULL;
	out->state = LF_FACT_KNOWN;
	return LF_OK;
}

static int by_version(const void *a, const void *b)
{
	const struct lf_chart_version *va = a, *vb = b;

	return lf_semver_order(va->version, vb->version);
}

static void version_dispose(struct lf_chart_version *version)
{
	lf_free(version->version);
	lf_free(version->app_version);
	lf_free(version->description);
	lf_free(version->created);
}

void lf_chart_sort(struct lf_chart_facts *facts)
{
	size_t kept = 0;

	if (facts->version_count)
		qsort(facts->versions, facts->version_count, sizeof(*facts->versions), by_version);
	for (size_t i = 0; i < facts->version_count; i++) {
		if (kept && lf_equal(facts->versions[kept - 1].version, facts->versions[i].version))
			version_dispose(&facts->versions[i]);
		else
			facts->versions[kept++] = facts->versions[i];
	}
	facts->version_count = kept;
}

const struct lf_chart_version *lf_chart_pick(const struct lf_chart_facts *facts, const char *range)
{
	const struct lf_chart_version *best = NULL;

	if (!*range)
		return NULL;
	for (size_t i = 0; i < facts->version_count; i++) {
		if (lf_equal(facts->versions[i].version, range))
			return &facts->versions[i];
	}
	/* Newest first; but a pre-release, behind them all, may be the higher one where the range names one: the library takes the highest. */
	for (size_t i = 0; i < facts->version_count; i++) {
		const struct lf_chart_version *version = &facts->versions[i];
		struct lf_semver a, b;

		if ((best && !version->prerelease) || !lf_semver_matches(range, version->version))
			continue;
		if (!best || (lf_semver_parse(&a, version->version) && lf_semver_parse(&b, best->version) && lf_semver_compare(&a, &b) > 0))
			best = version;
	}
	return best;
}
