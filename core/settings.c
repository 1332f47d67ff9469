/* settings: see settings.h. One table says which keys there are; every word that means nothing is an error with its line. */
#include "config.h"
#include "core/settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/catalog.h"
#include "core/giturl.h"
#include "core/mem.h"
#include "core/question.h"
#include "core/str.h"
#include "core/text.h"
#include "core/yaml.h"

static const struct lf_yaml_limits limits = {.bytes = 256 * 1024, .depth = 16, .nodes = 5000};

struct reader {
	struct lf_settings *out;
	const struct lf_catalog *catalog;
	const char *file;
	struct lf_error *err;
};

LF_PRINTF(4, 5) static int fail_at(const struct reader *reader, const struct lf_node *node, const char *allowed, const char *format, ...)
{
	char what[300];
	struct lf_str safe = {0};
	va_list args;

	va_start(args, format);
	(void)vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	lf_text_clean(&safe, what, strlen(what), sizeof(what));
	lf_fail(reader->err, LF_EINVAL, "config", 0, "%s:%d: %s", reader->file, lf_node_line(node), lf_str_text(&safe));
	lf_str_dispose(&safe);
	lf_hint(reader->err, "%s", allowed);
	return LF_EINVAL;
}

static bool is_scalar(const struct lf_node *node)
{
	return lf_node_kind(node) == LF_NODE_TEXT || lf_node_kind(node) == LF_NODE_NUMBER || lf_node_kind(node) == LF_NODE_BOOL;
}

static int read_bool(bool *out, const struct reader *reader, const struct lf_node *value, const char *key)
{
	if (lf_node_kind(value) != LF_NODE_BOOL)
		return fail_at(reader, value, "true or false.", "%s is %s.", key, is_scalar(value) ? "neither true nor false" : "no single value");
	*out = lf_node_true(value, NULL);
	return LF_OK;
}

/* A default of question ID, checked as an answer would be, as far as that needs no other answer. */
static int read_default(const struct reader *reader, const struct lf_node *value, const char *key, const char *id)
{
	const struct lf_question *question = lf_catalog_find(reader->catalog, id);
	const char *text = lf_node_text(value, NULL);
	struct lf_error why = {0};
	char number[64];

	if (!question)
		return fail_at(reader, value, "\"landfall questions\" lists them.", "there is no question \"%.64s\".", key);
	if (question->kind == LF_ASK_YAML || question->kind == LF_ASK_LIST)
		return fail_at(reader, value, "Put it into an answers file.", "%.64s has no single value and can have no default here.", key);
	if (!is_scalar(value))
		return fail_at(reader, value, question->help, "%.64s is no single value.", key);
	if (lf_node_kind(value) == LF_NODE_BOOL)
		text = lf_node_true(value, NULL) ? "yes" : "no";
	if (question->kind == LF_ASK_DURATION && lf_node_kind(value) == LF_NODE_NUMBER) { /* a bare number is seconds */
		(void)snprintf(number, sizeof(number), "%.32ss", text);
		text = number;
	}
	if (lf_question_check_kind(question, text, &why))
		return fail_at(reader, value, why.hint, "%.64s: %s", key, why.message);
	if (lf_equal(id, "gitRepoUrl")) {
		struct lf_git_url url = {0};
		int code = lf_git_url_parse(&url, text, &why);

		lf_git_url_dispose(&url);
		if (code)
			return fail_at(reader, value, why.hint, "%.64s: %s", key, why.message);
	}
	if (!reader->out->defaults)
		reader->out->defaults = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(reader->out->defaults, question->id, text);
	return LF_OK;
}

static int read_defaults(const struct reader *reader, const struct lf_node *map)
{
	int code = LF_OK;

	if (lf_node_kind(map) != LF_NODE_MAP)
		return fail_at(reader, map, "A map of question ids to values.", "defaults is no map.");
	for (size_t i = 0; i < lf_node_count(map) && !code; i++)
		code = read_default(reader, lf_node_at(map, i), lf_node_key_at(map, i), lf_node_key_at(map, i));
	return code;
}

static int read_contexts(const struct reader *reader, const struct lf_node *map)
{
	struct lf_settings *out = reader->out;
	int code = LF_OK;

	if (lf_node_kind(map) != LF_NODE_MAP)
		return fail_at(reader, map, "A map of context names, each with production and readOnly.", "contexts is no map.");
	out->contexts = lf_alloc(lf_node_count(map), sizeof(*out->contexts));
	for (size_t i = 0; i < lf_node_count(map) && !code; i++) {
		const struct lf_node *settings = lf_node_at(map, i);
		struct lf_settings_context *context = &out->contexts[out->context_count++];

		context->name = lf_dup(lf_node_key_at(map, i));
		if (lf_node_kind(settings) != LF_NODE_MAP)
			code = fail_at(reader, settings, "production: true, readOnly: true.", "context %.64s has no settings.", context->name);
		for (size_t k = 0; k < lf_node_count(settings) && !code; k++) {
			const char *key = lf_node_key_at(settings, k);

			if (lf_equal(key, "production"))
				code = read_bool(&context->production, reader, lf_node_at(settings, k), key);
			else if (lf_equal(key, "readOnly"))
				code = read_bool(&context->read_only, reader, lf_node_at(settings, k), key);
			else
				code = fail_at(reader, lf_node_at(settings, k), "production or readOnly.", "there is no setting \"%.64s\" of a context.", key);
		}
	}
	return code;
}

static int read_enabled(const struct reader *reader, const struct lf_node *value)
{
	bool enabled = true;
	int code = read_bool(&enabled, reader, value, "enabled");

	reader->out->disabled = !enabled;
	return code;
}

static int read_theme(const struct reader *reader, const struct lf_node *value)
{
	if (lf_node_kind(value) != LF_NODE_TEXT)
		return fail_at(reader, value, "terminal, dark, light, high-contrast, colour-blind, mono, or one of your own.", "theme is no name.");
	lf_set(&reader->out->theme, lf_node_text(value, NULL));
	return LF_OK;
}

static int read_motion(const struct reader *reader, const struct lf_node *value)
{
	return read_bool(&reader->out->reduce_motion, reader, value, "reduceMotion");
}

/* Each key goes to a question, or to a reader of its own. */
static const struct {
	const char *key, *question;
	int (*read)(const struct reader *reader, const struct lf_node *value);
} keys[] = {
	{"enabled", NULL, read_enabled},
	{"provider", "gitopsDeployment", NULL},
	{"defaultRepo", "gitRepoUrl", NULL},
	{"syncTimeout", "syncTimeout", NULL},
	{"commitTemplate", "commitSummary", NULL},
	{"theme", NULL, read_theme},
	{"reduceMotion", NULL, read_motion},
	{"defaults", NULL, read_defaults},
	{"contexts", NULL, read_contexts},
};

static int read_document(const struct reader *reader, const struct lf_node *document)
{
	int code = LF_OK;

	if (lf_node_kind(document) == LF_NODE_NULL) /* nothing but comments */
		return LF_OK;
	if (lf_node_kind(document) != LF_NODE_MAP)
		return fail_at(reader, document, "A map, such as \"theme: dark\".", "this is no map of settings.");
	for (size_t i = 0; i < lf_node_count(document) && !code; i++) {
		const struct lf_node *value = lf_node_at(document, i);
		const char *key = lf_node_key_at(document, i);
		size_t k = 0;

		while (k < LF_COUNT(keys) && !lf_equal(key, keys[k].key))
			k++;
		if (k < LF_COUNT(keys)) {
			code = keys[k].read ? keys[k].read(reader, value) : read_default(reader, value, key, keys[k].question);
		} else {
			struct lf_str all = {0};

			for (k = 0; k < LF_COUNT(keys); k++)
				lf_str_addf(&all, "%s%s", k ? ", " : "", keys[k].key);
			code = fail_at(reader, value, lf_str_text(&all), "there is no setting \"%.64s\".", key);
			lf_str_dispose(&all);
		}
	}
	return code;
}

int lf_settings_parse(struct lf_settings *out, const struct lf_catalog *catalog, const char *text, size_t length, const char *name, struct lf_error *err)
{
	struct lf_node *documents = NULL;
	struct reader reader = {.out = out, .catalog = catalog, .file = name, .err = err};
	int code;

	memset(out, 0, sizeof(*out));
	code = lf_yaml_parse(&documents, text, length, name, &limits, err);
	if (!code && lf_node_count(documents) > 1)
		code = fail_at(&reader, lf_node_at(documents, 1), "One document, without \"---\".", "there is a second document.");
	if (!code)
		code = read_document(&reader, lf_node_at(documents, 0));
	if (code)
		lf_settings_dispose(out);
	else
		out->path = lf_dup(name);
	lf_node_free(documents);
	return code;
}

void lf_settings_dispose(struct lf_settings *settings)
{
	for (size_t i = 0; i < settings->context_count; i++)
		lf_free(settings->contexts[i].name);
	lf_free(settings->contexts);
	lf_free(settings->path);
	lf_free(settings->theme);
	lf_node_free(settings->defaults);
	memset(settings, 0, sizeof(*settings));
}

const struct lf_settings_context *lf_settings_context(const struct lf_settings *settings, const char *context)
{
	for (size_t i = 0; settings && context && i < settings->context_count; i++) {
		if (lf_equal(settings->contexts[i].name, context))
			return &settings->contexts[i];
	}
	return NULL;
}
