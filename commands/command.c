/* command: see command.h. What more than one verb needs and is no run of a model. */
#include "config.h"
#include "commands/command.h"

#include <stdio.h>
#include <string.h>

#include "core/environments.h"
#include "core/fs.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/values.h"
#include "core/yaml.h"
#include "providers/engines.h"
#include "tui/headless.h"

#define ANSWERS_BYTES (1 << 20)
#define SETTINGS_BYTES (256 << 10)

int lf_command_fail(const struct lf_options *options, const struct lf_error *err, int exit_code)
{
	lf_headless_error(stderr, lf_equal(options->output, "json"), err, exit_code);
	return exit_code;
}

struct lf_catalog *lf_command_catalog(void)
{
	size_t count;
	const struct lf_engine *const *engines = lf_engines(&count);

	return lf_catalog_new(engines, count);
}

int lf_command_settings(struct lf_settings *out, const struct lf_catalog *catalog, struct lf_error *err)
{
	char *path = lf_fs_config_path("config.yaml");
	struct lf_str text = {0};
	int code = LF_OK;

	memset(out, 0, sizeof(*out));
	if (path && lf_fs_exists(path)) {
		code = lf_fs_read(&text, path, SETTINGS_BYTES, err);
		if (!code)
			code = lf_settings_parse(out, catalog, lf_str_text(&text), text.length, path, err);
	}
	lf_str_dispose(&text);
	lf_free(path);
	return code;
}

/* The tree in the file PATH, as QUESTION wants it: what is wrong with it is said here with the file's name and lines, not later as one of many problems. */
static int read_tree(struct lf_node **out, struct lf_str *text, const struct lf_question *question, const char *path, struct lf_error *err)
{
	struct lf_question named = *question;
	int code;

	named.id = path;
	code = lf_fs_read(text, path, ANSWERS_BYTES, err);
	return code ? code : lf_question_tree(out, &named, lf_str_text(text), err);
}

/* The question that a setting of an environment answers by a tree: sealedSecret of "environmentSettings.dev.sealedSecret"; NULL: none. Elsewhere in a tree "@" begins a text
 * like any other. */
static const struct lf_question *setting_of(const struct lf_catalog *catalog, const char *id)
{
	const char *dot = strchr(id, '.'), *last = strrchr(id, '.');
	char *whole = dot && last > dot ? lf_dup_n(id, (size_t)(dot - id)) : NULL;
	const struct lf_question *found = whole && lf_environments_is_own(whole) ? lf_catalog_find(catalog, last + 1) : NULL;

	lf_free(whole);
	return found && found->kind == LF_ASK_YAML ? found : NULL;
}

static int set_setting(struct lf_answers *answers, const struct lf_catalog *catalog, const char *id, const struct lf_question *setting, const char *path, struct lf_error *err)
{
	char *whole = lf_dup_n(id, strcspn(id, "."));
	const struct lf_question *question = lf_catalog_find(catalog, whole);
	const char *answer = lf_answers_get(answers, whole);
	struct lf_node *value = NULL, *tree = NULL;
	struct lf_str text = {0};
	int code = read_tree(&value, &text, setting, path, err);

	if (!code && answer && *answer)
		code = lf_question_tree(&tree, question, answer, err);
	if (!code)
		code = lf_values_set_tree(&tree, strchr(id, '.') + 1, value, err);
	lf_str_truncate(&text, 0);
	if (!code) {
		lf_yaml_emit(&text, tree, NULL);
		lf_answers_set(answers, whole, lf_str_text(&text));
	}
	lf_node_free(value);
	lf_node_free(tree);
	lf_str_dispose(&text);
	lf_free(whole);
	return code;
}

/* "id=value"; of a question for a tree also "id=@file". */
static int set_pair(struct lf_answers *answers, const struct lf_catalog *catalog, const char *pair, struct lf_error *err)
{
	const char *at = strstr(pair, "=@");
	char *id = at ? lf_dup_n(pair, (size_t)(at - pair)) : NULL;
	const struct lf_question *question = id ? lf_catalog_find(catalog, id) : NULL;
	const struct lf_question *setting = id && !question ? setting_of(catalog, id) : NULL;
	struct lf_node *tree = NULL;
	struct lf_str text = {0};
	int code;

	if (setting) {
		code = set_setting(answers, catalog, id, setting, at + 2, err);
	} else if (!question || question->kind != LF_ASK_YAML) {
		code = lf_answers_set_pair(answers, catalog, pair, err);
	} else {
		code = read_tree(&tree, &text, question, at + 2, err);
		if (!code)
			lf_answers_set_from(answers, question->id, lf_str_text(&text), "");
		lf_node_free(tree);
		lf_str_dispose(&text);
	}
	lf_free(id);
	return code;
}

int lf_command_answers(struct lf_answers **out, const struct lf_options *options, const struct lf_catalog *catalog, struct lf_error *err)
{
	struct lf_answers *answers = NULL;
	struct lf_str text = {0};
	int code = LF_OK;

	if (options->file) {
		code = lf_fs_read(&text, options->file, ANSWERS_BYTES, err);
		if (!code)
			code = lf_answers_parse(&answers, catalog, lf_str_text(&text), text.length,
						lf_equal(options->file, "-") ? "standard input" : options->file, err);
		lf_str_dispose(&text);
	}
	if (!answers)
		answers = lf_answers_new();
	for (size_t i = 0; i < options->sets.count && !code; i++)
		code = set_pair(answers, catalog, options->sets.items[i], err);
	if (!code && options->context)
		lf_answers_set(answers, "kubeContext", options->context);
	if (!code && options->create_repository && !lf_equal(lf_answers_get(answers, "createRepository"), "public"))
		lf_answers_set(answers, "createRepository", "private");
	if (!code && options->pull_request)
		lf_answers_set(answers, "delivery", "pull-request");
	if (!code && options->timeout)
		lf_answers_set(answers, "syncTimeout", options->timeout);
	if (code) {
		lf_answers_free(answers);
		answers = NULL;
	}
	*out = answers;
	return code;
}
