/* index: see index.h. libyaml's events are walked, no tree is built: memory depends on what is kept, not on the index. A stranger wrote the bytes: nesting,
 * the size of one value, names and versions are bounded. */
#include "config.h"
#include "providers/chart/index.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "core/chart.h"
#include "core/mem.h"
#include "core/semver.h"
#include "core/str.h"
#include "core/text.h"

enum {
	DEPTH_MAX = 32,
	NAMES_MAX = 50000,
	VERSIONS_MAX = 20000,
	VALUE_BYTES = 1 << 20,	  /* read since the last event: one value cannot be larger */
	PROLOGUE_BYTES = 64 << 10, /* before the first value: libyaml is slow at endless directives */
	TEXT_BYTES = 240,
	URL_BYTES = 2000,
};

struct name {
	char *text;
	size_t line, column;
};

struct version {
	struct lf_chart_version view;
	char *url, *digest;
};

struct reader {
	yaml_parser_t parser;
	const struct chart_index_query *query;
	chart_read_fn *read;
	void *payload;
	struct lf_error *err;
	size_t since; /* bytes read since the last event */
	bool begun, stopped, flooded, broken;
	struct name *names;
	size_t name_count, name_capacity;
	struct version *versions;
	size_t version_count, version_capacity;
};

static int feed(void *data, unsigned char *buffer, size_t size, size_t *size_read)
{
	struct reader *rd = data;
	long n;

	*size_read = 0;
	rd->stopped = rd->query->stop && *rd->query->stop;
	rd->flooded = rd->since > (rd->begun ? VALUE_BYTES : PROLOGUE_BYTES);
	if (rd->stopped || rd->flooded)
		return 0;
	n = rd->read(buffer, size, rd->payload);
	rd->broken = n < 0;
	if (n < 0)
		return 0;
	rd->since += (size_t)n;
	*size_read = (size_t)n;
	return 1;
}

LF_PRINTF(4, 5)
static int fail_at(const struct reader *rd, enum lf_code code, yaml_mark_t mark, const char *format, ...)
{
	struct lf_str what = {0};
	va_list args;

	va_start(args, format);
	lf_str_addv(&what, format, args);
	va_end(args);
	(void)lf_fail(rd->err, code, "chart.index", 0, "the index of %s:%zu:%zu: %s", rd->query->name, mark.line + 1, mark.column + 1, lf_str_text(&what));
	lf_hint(rd->err, "Whoever runs the repository has to mend its index.yaml. Meanwhile the chart and its version can be typed.");
	lf_str_dispose(&what);
	return code;
}

static int fail_parser(const struct reader *rd)
{
	const yaml_parser_t *p = &rd->parser;

	if (rd->stopped)
		return lf_fail(rd->err, LF_ECANCELLED, "chart.index", 0, "reading the index was given up");
	if (rd->flooded)
		return fail_at(rd, LF_ELIMIT, p->mark, "one value is larger than any index needs");
	if (rd->broken)
		return lf_fail(rd->err, LF_EIO, "chart.index", 0, "the index of %s cannot be read back", rd->query->name);
	return fail_at(rd, LF_EPARSE, p->error == YAML_READER_ERROR ? p->mark : p->problem_mark, "%s", p->problem ? p->problem : "this is no YAML");
}

static int next(struct reader *rd, yaml_event_t *event)
{
	if (!yaml_parser_parse(&rd->parser, event)) {
		memset(event, 0, sizeof(*event));
		return fail_parser(rd);
	}
	rd->since = 0;
	return LF_OK;
}

/* Passes over the value that EVENT begins; EVENT stays the caller's. */
static int skip(struct reader *rd, const yaml_event_t *event)
{
	size_t depth = event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT;
	int code = LF_OK;

	while (depth && !code) {
		yaml_event_t inner;

		code = next(rd, &inner);
		if (code)
			break;
		if (inner.type == YAML_MAPPING_START_EVENT || inner.type == YAML_SEQUENCE_START_EVENT)
			depth++;
		else if (inner.type == YAML_MAPPING_END_EVENT || inner.type == YAML_SEQUENCE_END_EVENT)
			depth--;
		if (depth > DEPTH_MAX)
			code = fail_at(rd, LF_ELIMIT, inner.start_mark, "nested more than %d levels deep", DEPTH_MAX);
		yaml_event_delete(&inner);
	}
	return code;
}

static int skip_next(struct reader *rd)
{
	yaml_event_t event;
	int code = next(rd, &event);

	if (!code) {
		code = skip(rd, &event);
		yaml_event_delete(&event);
	}
	return code;
}

/* Reads the map that has just begun, key by key; ENTRY must consume the value. */
static int each_key(struct reader *rd, int (*entry)(struct reader *rd, const char *key, yaml_mark_t mark, void *payload), void *payload)
{
	for (;;) {
		yaml_event_t event;
		int code = next(rd, &event);

		if (code)
			return code;
		if (event.type == YAML_MAPPING_END_EVENT) {
			yaml_event_delete(&event);
			return LF_OK;
		}
		if (event.type != YAML_SCALAR_EVENT)
			code = fail_at(rd, LF_EPARSE, event.start_mark, "a key must be plain text");
		else
			code = entry(rd, (const char *)event.data.scalar.value, event.start_mark, payload);
		yaml_event_delete(&event);
		if (code)
			return code;
	}
}

/* The value that comes next, if it is text; a list gives its first one. Anything else is passed over. */
static int take_text(struct reader *rd, char **out, size_t limit)
{
	yaml_event_t event;
	int code = next(rd, &event);

	if (code)
		return code;
	if (event.type == YAML_SEQUENCE_START_EVENT) {
		yaml_event_t first;

		code = next(rd, &first);
		while (!code && first.type != YAML_SEQUENCE_END_EVENT) {
			if (first.type == YAML_SCALAR_EVENT && !*out && first.data.scalar.length <= limit)
				*out = lf_text_clean_dup((const char *)first.data.scalar.value, limit);
			code = skip(rd, &first);
			yaml_event_delete(&first);
			if (!code)
				code = next(rd, &first);
		}
		if (!code)
			yaml_event_delete(&first);
	} else if (event.type == YAML_SCALAR_EVENT && event.data.scalar.length && !*out) {
		*out = lf_text_clean_dup((const char *)event.data.scalar.value, limit);
	} else {
		code = skip(rd, &event);
	}
	yaml_event_delete(&event);
	return code;
}

static void version_dispose(struct version *version)
{
	lf_free(version->view.version);
	lf_free(version->view.app_version);
	lf_free(version->view.description);
	lf_free(version->view.created);
	lf_free(version->url);
	lf_free(version->digest);
	memset(version, 0, sizeof(*version));
}

static int version_entry(struct reader *rd, const char *key, yaml_mark_t mark, void *payload)
{
	struct version *version = payload;
	char *word = NULL;
	int code;

	(void)mark;
	if (lf_equal(key, "version"))
		return take_text(rd, &version->view.version, TEXT_BYTES);
	if (lf_equal(key, "appVersion"))
		return take_text(rd, &version->view.app_version, TEXT_BYTES);
	if (lf_equal(key, "description"))
		return take_text(rd, &version->view.description, TEXT_BYTES);
	if (lf_equal(key, "digest"))
		return take_text(rd, &version->digest, TEXT_BYTES);
	if (lf_equal(key, "urls"))
		return take_text(rd, &version->url, URL_BYTES);
	if (lf_equal(key, "created")) {
		code = take_text(rd, &version->view.created, TEXT_BYTES);
		if (version->view.created && strlen(version->view.created) > 10)
			version->view.created[strspn(version->view.created, "0123456789-")] = '\0'; /* the day is enough */
		return code;
	}
	if (!lf_equal(key, "deprecated"))
		return skip_next(rd);
	code = take_text(rd, &word, TEXT_BYTES);
	version->view.deprecated = lf_equal(word, "true");
	lf_free(word);
	return code;
}

static int read_versions(struct reader *rd)
{
	yaml_event_t event;
	int code = next(rd, &event);

	if (code)
		return code;
	if (event.type != YAML_SEQUENCE_START_EVENT) {
		code = event.type == YAML_SCALAR_EVENT ? LF_OK : fail_at(rd, LF_EPARSE, event.start_mark, "the versions of a chart must be a list");
		yaml_event_delete(&event);
		return code;
	}
	yaml_event_delete(&event);
	while (!code) {
		struct version version = {0};
		bool end;

		code = next(rd, &event);
		if (code)
			break;
		end = event.type == YAML_SEQUENCE_END_EVENT;
		if (event.type == YAML_MAPPING_START_EVENT)
			code = each_key(rd, version_entry, &version);
		else if (!end)
			code = skip(rd, &event);
		if (!code && version.view.version && *version.view.version) {
			if (rd->version_count == VERSIONS_MAX)
				code = fail_at(rd, LF_ELIMIT, event.start_mark, "more than %d versions of one chart", VERSIONS_MAX);
			lf_grow((void **)&rd->versions, &rd->version_capacity, rd->version_count, sizeof(*rd->versions));
			version.view.prerelease = lf_semver_is_prerelease(version.view.version);
			rd->versions[rd->version_count++] = version;
		} else {
			version_dispose(&version);
		}
		yaml_event_delete(&event);
		if (end)
			break;
	}
	return code;
}

static int chart_entry(struct reader *rd, const char *key, yaml_mark_t mark, void *payload)
{
	(void)payload;
	if (rd->name_count == NAMES_MAX)
		return fail_at(rd, LF_ELIMIT, mark, "more than %d charts", NAMES_MAX);
	lf_grow((void **)&rd->names, &rd->name_capacity, rd->name_count, sizeof(*rd->names));
	rd->names[rd->name_count++] = (struct name){.text = lf_text_clean_dup(key, TEXT_BYTES), .line = mark.line, .column = mark.column};
	if (*rd->query->chart && lf_equal(key, rd->query->chart))
		return read_versions(rd);
	return skip_next(rd);
}

static int top_entry(struct reader *rd, const char *key, yaml_mark_t mark, void *payload)
{
	bool *seen = payload;
	yaml_event_t event;
	int code;

	if (!lf_equal(key, "entries"))
		return skip_next(rd);
	if (*seen)
		return fail_at(rd, LF_EPARSE, mark, "\"entries\" stands there twice");
	*seen = true;
	code = next(rd, &event);
	if (code)
		return code;
	if (event.type == YAML_MAPPING_START_EVENT)
		code = each_key(rd, chart_entry, NULL);
	else if (event.type != YAML_SCALAR_EVENT || event.data.scalar.length)
		code = fail_at(rd, LF_EPARSE, event.start_mark, "\"entries\" must be a map of charts");
	yaml_event_delete(&event);
	return code;
}

static int read_document(struct reader *rd)
{
	yaml_event_t event;
	bool seen = false;
	int code = next(rd, &event);

	/* The stream, the document, and its root. */
	while (!code && (event.type == YAML_STREAM_START_EVENT || event.type == YAML_DOCUMENT_START_EVENT)) {
		yaml_event_delete(&event);
		code = next(rd, &event);
	}
	if (code)
		return code;
	rd->begun = true;
	if (event.type == YAML_MAPPING_START_EVENT)
		code = each_key(rd, top_entry, &seen);
	if (!code && !seen)
		code = fail_at(rd, LF_EPARSE, event.start_mark, "this is no index of charts: it has no \"entries\"");
	yaml_event_delete(&event);
	return code;
}

static int by_name(const void *a, const void *b)
{
	const struct name *na = a, *nb = b;
	int order = strcmp(na->text, nb->text);

	return order ? order : (na->line > nb->line) - (na->line < nb->line);
}

static int conclude_names(struct reader *rd, struct lf_chart_facts *facts)
{
	if (rd->name_count)
		qsort(rd->names, rd->name_count, sizeof(*rd->names), by_name);
	for (size_t i = 0; i < rd->name_count; i++) {
		if (i && lf_equal(rd->names[i - 1].text, rd->names[i].text))
			return fail_at(rd, LF_EPARSE, (yaml_mark_t){.line = rd->names[i].line, .column = rd->names[i].column},
				       "the chart \"%.100s\" stands there twice, first on line %zu", rd->names[i].text, rd->names[i - 1].line + 1);
		lf_names_add(&facts->charts, rd->names[i].text);
	}
	return LF_OK;
}

static void conclude_versions(struct reader *rd, struct chart_index *out)
{
	const struct lf_chart_version *picked;
	struct lf_chart_facts *facts = &out->facts;

	facts->versions = lf_alloc(rd->version_count, sizeof(*facts->versions));
	facts->version_count = rd->version_count;
	for (size_t i = 0; i < rd->version_count; i++) {
		facts->versions[i] = rd->versions[i].view;
		facts->versions[i].version = lf_dup(facts->versions[i].version);
		rd->versions[i].view.app_version = rd->versions[i].view.description = rd->versions[i].view.created = NULL;
	}
	lf_chart_sort(facts);
	picked = rd->query->range ? lf_chart_pick(facts, rd->query->range) : NULL;
	for (size_t i = 0; picked && i < rd->version_count && !out->version; i++) {
		if (!lf_equal(rd->versions[i].view.version, picked->version))
			continue;
		out->version = lf_dup(picked->version);
		out->url = rd->versions[i].url;
		out->digest = rd->versions[i].digest;
		rd->versions[i].url = rd->versions[i].digest = NULL;
	}
}

void chart_index_dispose(struct chart_index *index)
{
	lf_chart_facts_dispose(&index->facts);
	lf_free(index->version);
	lf_free(index->url);
	lf_free(index->digest);
	memset(index, 0, sizeof(*index));
}

int chart_index_read(struct chart_index *out, const struct chart_index_query *query, chart_read_fn *read, void *payload, struct lf_error *err)
{
	struct reader rd = {.query = query, .read = read, .payload = payload, .err = err};
	int code;

	memset(out, 0, sizeof(*out));
	if (!yaml_parser_initialize(&rd.parser))
		return lf_fail(err, LF_ELIMIT, "chart.index", 0, "the index is too large to read");
	yaml_parser_set_encoding(&rd.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input(&rd.parser, feed, &rd);
	code = read_document(&rd);
	if (!code)
		code = conclude_names(&rd, &out->facts);
	if (!code)
		conclude_versions(&rd, out);
	yaml_parser_delete(&rd.parser);
	for (size_t i = 0; i < rd.name_count; i++)
		lf_free(rd.names[i].text);
	lf_free(rd.names);
	for (size_t i = 0; i < rd.version_count; i++)
		version_dispose(&rd.versions[i]);
	lf_free(rd.versions);
	if (code)
		chart_index_dispose(out);
	return code;
}

static bool is_web(const char *url)
{
	return lf_starts_with(url, "https://") || lf_starts_with(url, "http://");
}

char *chart_resolve_url(const char *base, const char *url)
{
	const char *authority = strstr(base, "://");
	size_t length = strcspn(base, "?#");

	if (!authority || !*url || strpbrk(url, " \t\r\n\"<>\\^`{|}"))
		return NULL;
	if (strstr(url, "://"))
		return is_web(url) ? lf_dup(url) : NULL;
	if (lf_starts_with(url, "//")) {
		int scheme = (int)(authority - base) + 1;

		return lf_format("%.*s%s", scheme, base, url);
	}
	if (*url == '/')
		return lf_format("%.*s%s", (int)((size_t)(authority - base) + 3 + strcspn(authority + 3, "/?#")), base, url);
	while (length && base[length - 1] == '/')
		length--;
	return lf_format("%.*s/%s", (int)length, base, url);
}
