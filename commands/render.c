/* render: "landfall render": files only. Offline: what is written depends on the answers alone. */
#include "config.h"
#include "commands/command.h"

#include <stdio.h>

#include "core/document.h"
#include "core/fs.h"
#include "core/mem.h"
#include "core/plan.h"
#include "core/render.h"
#include "tui/headless.h"

static int write_documents(const struct lf_options *options, const struct lf_documents *documents)
{
	struct lf_error err;

	for (size_t i = 0; i < documents->count; i++) {
		const struct lf_document *document = &documents->items[i];
		char *path;
		int code;

		if (!options->output || lf_equal(options->output, "-")) {
			/* A comment names each file, so that the stream can be read and still be applied as it is. */
			(void)printf("%s# %s\n%s", i ? "---\n" : "", document->path, lf_str_text(&document->text));
			continue;
		}
		path = lf_format("%s/%s", options->output, document->path);
		code = lf_fs_write(path, lf_str_text(&document->text), document->text.length, 0644, &err);
		if (!code)
			(void)printf("%s\n", path);
		lf_free(path);
		if (code)
			return lf_command_fail(options, &err, 1);
	}
	return 0;
}

int lf_command_render(const struct lf_options *options)
{
	struct lf_catalog *catalog = lf_command_catalog();
	struct lf_answers *answers = NULL;
	struct lf_documents documents = {0};
	struct lf_facts nothing = {0}; /* offline: the files depend on the answers alone */
	struct lf_plan *plan = NULL;
	struct lf_error err;
	int exit_code;

	if (lf_command_answers(&answers, options, catalog, &err)) {
		exit_code = lf_command_fail(options, &err, LF_EXIT_USAGE);
		goto out;
	}
	plan = lf_plan_build(catalog, answers, &nothing);
	if (lf_plan_problem_count(plan)) {
		exit_code = lf_headless_problems(stderr, false, plan);
		goto out;
	}
	lf_headless_warnings(stderr, false, plan, answers, &nothing);
	lf_render_texts(&documents, plan, &nothing);
	exit_code = write_documents(options, &documents);
out:
	lf_documents_dispose(&documents);
	lf_plan_free(plan);
	lf_answers_free(answers);
	lf_catalog_free(catalog);
	return exit_code;
}
