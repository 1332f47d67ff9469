/* command: see command.h. What more than one verb needs and is no run of a model. */
#include "config.h"
#include "commands/command.h"

#include <stdio.h>
#include <string.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/str.h"
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

/* "id=value"; of a question for a tree also "id=@file". */
static int set_pair(struct lf_answers *answers, const struct lf_catalog *catalog, const char *pair, struct lf_error *err)
{
	const char *at = strstr(pair, "=@");
	char *id = at ? lf_dup_n(pair, (size_t)(at - pair)) : NULL;
	const struct lf_question *question = id ? lf_catalog_find(catalog, id) : NULL;
	struct lf_node *tree = NULL;
	struct lf_str text = {0};
	int code;

	if (!question || question->kind != LF_ASK_YAML) {
		code = lf_answers_set_pair(answers, catalog, pair, err);
	} else {
		struct lf_question named = *question;

		named.id = at + 2; /* said here with the file's name and lines, not later as one of many problems */
		code = lf_fs_read(&text, at + 2, ANSWERS_BYTES, err);
		if (!code)
			code = lf_question_tree(&tree, &named, lf_str_text(&text), err);
		if (!code)
			lf_answers_set(answers, question->id, lf_str_text(&text));
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
