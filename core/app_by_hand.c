/* app_by_hand: the commands that would do by hand what the review is about to do, for who wants to see what happens, or to do it without Landfall. Reads the
 * model only; what comes from answers is shell-quoted. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/mem.h"
#include "core/symptom.h"

static void add(struct lf_names *out, const char *first, const char *argument, const char *rest)
{
	struct lf_str line = {0};

	lf_str_add(&line, first);
	if (argument)
		lf_shell_quote(&line, argument);
	lf_str_add(&line, rest);
	lf_names_add(out, lf_str_text(&line));
	lf_str_dispose(&line);
}

static void add_clone(struct lf_names *out, const struct lf_app *app)
{
	struct lf_str line = {0};

	lf_str_add(&line, "git clone --depth 1 --branch ");
	lf_shell_quote(&line, lf_plan_text(app->plan, "gitBranch"));
	lf_str_add_char(&line, ' ');
	lf_shell_quote(&line, lf_plan_text(app->plan, "gitRepoUrl"));
	lf_str_add(&line, " repository && cd repository");
	lf_names_add(out, lf_str_text(&line));
	lf_str_dispose(&line);
}

static void add_files(struct lf_names *out, const struct lf_app *app)
{
	const struct lf_review *review = &app->review;
	struct lf_str written = {0}, removed = {0};

	for (size_t i = 0; i < review->count; i++) {
		const struct lf_review_file *file = &review->files[i];
		bool goes = file->change == LF_CHANGE_DELETED;

		if (!goes && file->change != LF_CHANGE_ADDED && file->change != LF_CHANGE_MODIFIED)
			continue;
		lf_str_add_char(goes ? &removed : &written, ' ');
		lf_shell_quote(goes ? &removed : &written, file->document->path);
	}
	if (removed.length)
		add(out, "git rm", NULL, lf_str_text(&removed));
	if (written.length)
		add(out, "git add", NULL, lf_str_text(&written));
	lf_str_dispose(&written);
	lf_str_dispose(&removed);
}

static void add_push(struct lf_names *out, const struct lf_app *app)
{
	bool asks = lf_pull_wanted(app);
	const char *message = app->review.message ? app->review.message : "";
	char *subject = lf_dup_n(message, strcspn(message, "\n"));
	struct lf_str target = {0};

	add(out, "git commit -m ", subject, "");
	lf_free(subject);
	lf_str_addf(&target, "HEAD:%s", lf_plan_text(app->plan, asks ? "pullRequestBranch" : "gitBranch"));
	add(out, "git push origin ", lf_str_text(&target), asks ? " # and open a pull request from it" : "");
	lf_str_dispose(&target);
}

/* What the review registers, by kubectl. */
static void add_registration(struct lf_names *out, const struct lf_app *app)
{
	const struct lf_review *review = &app->review;
	struct lf_str line = {0};

	for (size_t i = 0; review->registers && i < review->count; i++) {
		if (!lf_app_registers(app, review->files[i].document))
			continue;
		lf_str_add(&line, " -f ");
		lf_shell_quote(&line, review->files[i].document->path);
	}
	if (line.length) {
		const char *context = lf_plan_text(app->plan, "kubeContext");

		add(out, *context ? "kubectl apply --server-side --context " : "kubectl apply --server-side", *context ? context : NULL, lf_str_text(&line));
	}
	lf_str_dispose(&line);
}

/* How the provider's own command follows each application. */
static void add_following(struct lf_names *out, const struct lf_app *app)
{
	const struct lf_engine *engine = lf_plan_engine(app->plan);

	for (size_t i = 0; engine && i < lf_plan_part_count(app->plan); i++) {
		struct lf_target target = {0};
		struct lf_str line = {0};

		engine->target(&target, lf_plan_part(app->plan, i), &app->facts);
		for (size_t k = 0; k < engine->kind_count; k++) {
			if (!engine->kinds[k].follow || !lf_equal(engine->kinds[k].kind, target.consumer.kind))
				continue;
			lf_command_fill(&line, engine->kinds[k].follow, &target);
			lf_names_add(out, lf_str_text(&line));
		}
		lf_str_dispose(&line);
		lf_target_dispose(&target);
	}
}

void lf_app_by_hand(struct lf_names *out, const struct lf_app *app)
{
	if (app->review.state != LF_FACT_KNOWN || !app->review.changed_files)
		return;
	add_clone(out, app);
	if (!app->amendment.on)
		add(out, "landfall render -f answers.yaml -o .", NULL, "");
	add_files(out, app);
	add_push(out, app);
	add_registration(out, app);
	add_following(out, app);
}
