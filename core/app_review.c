/* app_review: the part of the reducer between the form and the push: what the branch holds, what would change, what the API server says. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/chart_source.h"
#include "core/environments.h"
#include "core/leftover.h"
#include "core/mem.h"
#include "core/retract.h"
#include "core/secrets.h"
#include "core/unasked.h"

#define NEIGHBOURS 100 /* files beside ours that are looked at */

const char *const lf_change_words[] = {"add", "change", "same", "keep", "refused", "remove", "conflict"};

void lf_review_dispose(struct lf_review *review)
{
	for (size_t i = 0; i < review->count; i++) {
		lf_free(review->files[i].old_text);
		lf_free(review->files[i].new_text);
		lf_free(review->files[i].why);
		lf_diff_dispose(&review->files[i].diff);
		lf_merge3_dispose(&review->files[i].merge);
	}
	lf_free(review->files);
	lf_free(review->url);
	lf_free(review->branch);
	lf_free(review->tip);
	lf_free(review->message);
	lf_ref_dispose(&review->watcher);
	memset(review, 0, sizeof(*review));
}

/* Subject, what was delivered, and trailers by which a later run finds this delivery again (format: docs/git.md). */
static char *build_message(const struct lf_app *app)
{
	const struct lf_plan *plan = app->plan;
	const struct lf_engine *engine = lf_plan_engine(plan);
	struct lf_str text = {0};

	if (app->amendment.on) /* NULL: its files are not known yet */
		return lf_dup(app->amendment.message);
	lf_str_addf(&text, "%s\n\n", lf_plan_text(plan, "commitSummary"));
	for (size_t i = 0; engine && !engine->apply && i < lf_plan_part_count(plan); i++) {
		const struct lf_plan *part = lf_plan_part(plan, i);

		if (lf_plan_is_remote_chart(part))
			lf_str_addf(&text, "%s installs %s %s from %s in namespace %s", engine->title, lf_plan_text(part, "chartName"),
				    lf_plan_text(part, "chartVersion"), lf_plan_text(part, "chartRepoUrl"), lf_plan_text(part, "targetNamespace"));
		else
			lf_str_addf(&text, "%s applies %s to namespace %s", engine->title, lf_plan_text(part, "gitPath"), lf_plan_text(part, "targetNamespace"));
		if (!lf_environments_follows_push(part))
			lf_str_addf(&text, ", from branch %s", lf_plan_text(part, "gitBranch"));
		lf_str_add(&text, i + 1 < lf_plan_part_count(plan) ? ".\n" : ".\n\n");
	}
	lf_str_addf(&text, "Landfall-App: %s\n", lf_plan_text(plan, "appName"));
	lf_str_addf(&text, "Landfall-Provider: %s\n", engine ? engine->name : "none");
	lf_str_addf(&text, "Landfall-Path: %s\n", lf_plan_text(plan, lf_plan_is_remote_chart(plan) ? "gitopsPath" : "gitPath"));
	return lf_str_take(&text);
}

static void prepare(struct lf_app *app)
{
	struct lf_review *review = &app->review;

	lf_review_dispose(review);
	review->count = app->documents.count;
	review->files = lf_alloc(review->count, sizeof(*review->files));
	for (size_t i = 0; i < review->count; i++)
		review->files[i].document = &app->documents.items[i];
	review->message = build_message(app);
	lf_review_find_watcher(app);
}

/* What lies in the folder already is delivered with our files, so it is looked at too: a plain Secret there is refused. */
static void read_neighbours(const struct lf_app *app, struct lf_effect *effect)
{
	const struct lf_path_facts *path = &app->facts.path;
	size_t capacity = effect->file_count;

	if (app->amendment.on || path->state != LF_FACT_KNOWN || !path->path || !lf_environments_same_place(app->plan, path->path, &app->facts))
		return;
	for (size_t i = 0; i < path->entries.count && effect->file_count < app->documents.count + NEIGHBOURS; i++) {
		const char *name = path->entries.items[i];
		char *file = lf_ends_with(name, ".yaml") || lf_ends_with(name, ".yml") ? lf_path_join(path->path, name) : NULL;

		if (file && !lf_documents_find(&app->documents, file)) {
			lf_grow((void **)&effect->files, &capacity, effect->file_count, sizeof(*effect->files));
			effect->files[effect->file_count++] = (struct lf_effect_file){.path = lf_dup(file)};
		}
		lf_free(file);
	}
}

static void find_secret(struct lf_review *review, const struct lf_branch_files *files)
{
	review->secret.code = LF_OK;
	for (size_t i = 0; i < review->count; i++) {
		if (lf_secrets_find_in_text(&review->secret, review->files[i].document->path, review->files[i].new_text))
			return;
	}
	for (size_t i = 0; i < files->count; i++) {
		if (lf_secrets_find_in_text(&review->secret, files->items[i].path, files->items[i].text))
			return;
	}
}

static void read_branch(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_effect *effect = lf_effects_add(effects, LF_EFFECT_READ_FILES);

	app->review.state = LF_FACT_LOOKING;
	lf_set(&app->review.url, lf_plan_text(app->plan, "gitRepoUrl"));
	lf_set(&app->review.branch, lf_pull_branch_to_read(app));
	effect->text = lf_dup(lf_plan_text(app->plan, "gitRepoUrl"));
	effect->id = lf_dup(app->review.branch);
	effect->file_count = app->documents.count;
	effect->files = lf_alloc(effect->file_count, sizeof(*effect->files));
	for (size_t i = 0; i < effect->file_count; i++)
		effect->files[i].path = lf_dup(app->documents.items[i].path);
	read_neighbours(app, effect);
}

static const struct lf_plan_entry *first_problem(const struct lf_app *app)
{
	const struct lf_plan_entry *problem = NULL;

	for (enum lf_step step = LF_STEP_START; step < LF_STEP_REVIEW && !problem; step++)
		problem = lf_plan_first_problem(app->plan, step);
	return problem;
}

static void identify(struct lf_app *app, struct lf_effects *effects)
{
	if (app->facts.workdir.identity == LF_FACT_KNOWN)
		return;
	app->facts.workdir.identity = LF_FACT_LOOKING;
	lf_effects_add(effects, LF_EFFECT_IDENTIFY);
}

/* Of what was given with the command that nothing comes of, the first; the screen does not show its row. */
static void say_unasked(struct lf_app *app)
{
	struct lf_unasked unasked = {0};
	struct lf_str text = {0};

	lf_unasked_find(&unasked, app->plan, app->answers, &app->facts);
	if (unasked.count) {
		lf_str_addf(&text, "%s%s%s", unasked.items[0].message, *unasked.items[0].hint ? " " : "", unasked.items[0].hint);
		if (unasked.count > 1)
			lf_str_addf(&text, " And %zu more.", unasked.count - 1);
		lf_app_notice(app, lf_str_text(&text));
	}
	lf_str_dispose(&text);
	lf_unasked_dispose(&unasked);
}

void lf_review_enter(struct lf_app *app, struct lf_effects *effects)
{
	const struct lf_plan_entry *problem = app->amendment.on ? NULL : first_problem(app);

	prepare(app);
	if (!app->hurried && !app->amendment.on)
		say_unasked(app);
	if (app->amendment.on) {
		app->review.state = app->amendment.is_edit ? lf_edit_seek(app, &app->review.error, effects) : lf_rollback_seek(app, &app->review.error, effects);
		if (app->review.state != LF_FACT_KNOWN)
			return;
	}
	if (problem) {
		app->review.state = LF_FACT_FAILED;
		app->review.error = *problem->problem;
		lf_hint(&app->review.error, "%s is not answered yet: %s", problem->question->prompt, problem->problem->hint);
		return;
	}
	if (lf_app_without_git(app)) {
		app->review.state = LF_FACT_FAILED;
		lf_fail(&app->review.error, LF_EINVAL, "settings", 0, "Git is switched off by your settings: nothing is read from a repository and nothing is pushed.");
		lf_hint(&app->review.error, "w writes the files to a folder. \"enabled: true\" in %.200s switches Git on.", app->settings->path);
		return;
	}
	if (lf_app_creates(app))
		lf_create_review(app, effects);
	else
		read_branch(app, effects);
	identify(app, effects);
}

static const struct lf_branch_file *find_file(const struct lf_branch_files *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++) {
		if (lf_equal(files->items[i].path, path))
			return &files->items[i];
	}
	return NULL;
}

void lf_review_count(struct lf_app *app)
{
	struct lf_review *review = &app->review;

	review->added = review->removed = review->changed_files = 0;
	for (size_t i = 0; i < review->count; i++) {
		struct lf_review_file *file = &review->files[i];
		bool changes = file->change == LF_CHANGE_ADDED || file->change == LF_CHANGE_MODIFIED || file->change == LF_CHANGE_DELETED;

		lf_diff_dispose(&file->diff);
		if (changes)
			lf_diff_build(&file->diff, file->old_text, file->new_text ? file->new_text : "");
		review->added += file->diff.added;
		review->removed += file->diff.removed;
		review->changed_files += changes;
	}
}

/* The objects of a file as it will be. */
static struct lf_node *tree_to_be(const struct lf_review_file *file)
{
	struct lf_node *tree = NULL;

	if (lf_equal(file->new_text, lf_str_text(&file->document->text)) ||
	    lf_yaml_parse(&tree, file->new_text, strlen(file->new_text), file->document->path, &lf_yaml_limits_default, NULL))
		return lf_node_dup(file->document->tree);
	return tree;
}

void lf_review_validate(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_review *review = &app->review;
	struct lf_effect *effect;

	if (app->facts.cluster.state != LF_FACT_KNOWN || !review->count)
		return;
	effect = lf_effects_add(effects, LF_EFFECT_VALIDATE);
	effect->files = lf_alloc(review->count, sizeof(*effect->files));
	for (size_t i = 0; i < review->count; i++) {
		struct lf_review_file *file = &review->files[i];

		if (!lf_document_is_object(file->document) || (app->amendment.is_edit && !lf_edit_is_object(app, file->document->path)))
			continue;
		if (file->change == LF_CHANGE_KEPT || file->change == LF_CHANGE_REFUSED || file->change == LF_CHANGE_DELETED ||
		    file->change == LF_CHANGE_CONFLICT || file->document->is_patch)
			continue;
		file->validation = LF_FACT_LOOKING;
		effect->files[effect->file_count].path = lf_dup(file->document->path);
		effect->files[effect->file_count++].tree = tree_to_be(file);
	}
	effect->text = lf_dup(lf_plan_text(app->plan, "targetNamespace"));
}

void lf_review_files(struct lf_app *app, const struct lf_branch_files *files, const struct lf_error *error, struct lf_effects *effects)
{
	struct lf_review *review = &app->review;
	struct lf_documents before = {0};

	if (app->step != LF_STEP_REVIEW && app->step != LF_STEP_DELIVER)
		return;
	if (error->code) {
		review->state = LF_FACT_FAILED;
		review->error = *error;
		if (error->code == LF_ENOTFOUND)
			lf_create_hint(app, &review->error);
		return;
	}
	lf_set(&review->tip, files->tip ? files->tip : "");
	if (!app->amendment.on)
		lf_retract_before(&before, app->catalog, app->answers, &app->facts);
	lf_leftovers_spare(&before, app->plan, &app->facts);
	for (size_t i = 0; i < review->count; i++)
		lf_review_compare(app, &review->files[i], find_file(files, review->files[i].document->path), &before);
	lf_documents_dispose(&before);
	lf_review_count(app);
	lf_conflict_show(app);
	if (!app->amendment.on)
		find_secret(review, files);
	review->state = LF_FACT_KNOWN;
	review->known_ms = app->now_ms;
	lf_review_validate(app, effects);
}

void lf_review_verdict(struct lf_app *app, const struct lf_event *event)
{
	for (size_t i = 0; i < app->review.count; i++) {
		struct lf_review_file *file = &app->review.files[i];

		if (!lf_equal(file->document->path, event->text) || file->validation == LF_FACT_FAILED)
			continue;
		if (!event->error.code)
			file->validation = LF_FACT_KNOWN;
		else if (event->error.code == LF_EREFUSED || event->error.code == LF_EINVAL)
			file->validation = LF_FACT_FAILED;
		else /* not allowed to ask, no connection, namespace not there yet: nothing is known, which is no verdict */
			file->validation = LF_FACT_NONE;
		file->verdict = event->error;
	}
}

void lf_review_carry(struct lf_app *app, const struct lf_documents *before)
{
	struct lf_review *review = &app->review;
	bool same = (review->state == LF_FACT_KNOWN || review->state == LF_FACT_LOOKING) && review->count == app->documents.count &&
		    before->count == app->documents.count && lf_equal(review->url, lf_plan_text(app->plan, "gitRepoUrl")) &&
		    lf_equal(review->branch, lf_pull_branch_to_read(app));

	for (size_t i = 0; same && i < before->count; i++) {
		const struct lf_document *was = &before->items[i], *is = &app->documents.items[i];

		same = lf_equal(was->path, is->path) && was->removed == is->removed && lf_equal(was->kept, is->kept) && lf_equal(lf_str_text(&was->text), lf_str_text(&is->text)) &&
		       was->only_if_missing == is->only_if_missing && was->registers == is->registers;
	}
	if (!same)
		lf_review_dispose(review);
	for (size_t i = 0; same && i < review->count; i++)
		review->files[i].document = &app->documents.items[i];
}

void lf_review_refresh(struct lf_app *app, bool validate_again, struct lf_effects *effects)
{
	struct lf_review *review = &app->review;
	bool registered = review->registers;
	struct lf_ref watcher;
	char *message;

	if ((review->state != LF_FACT_KNOWN && review->state != LF_FACT_LOOKING) || !lf_equal(review->branch, lf_pull_branch_to_read(app)) ||
	    (app->amendment.on ? !app->amendment.known : first_problem(app) != NULL)) {
		lf_review_enter(app, effects);
		return;
	}
	message = build_message(app);
	watcher = review->watcher;
	memset(&review->watcher, 0, sizeof(review->watcher));
	review->registers = false;
	lf_review_find_watcher(app);
	/* What follows the push is another thing than what was read: it deserves a look too. */
	if (!lf_equal(message, review->message) || registered != review->registers || !lf_ref_equal(&watcher, &review->watcher))
		review->known_ms = app->now_ms;
	lf_set(&review->message, message);
	lf_free(message);
	lf_ref_dispose(&watcher);
	if (validate_again && review->state == LF_FACT_KNOWN)
		lf_review_validate(app, effects);
}

bool lf_app_identity_missing(const struct lf_app *app, struct lf_error *why)
{
	if (app->facts.workdir.identity != LF_FACT_NONE)
		return false;
	lf_fail(why, LF_EINVAL, "git.identity", 0, "Git does not know who you are, and a commit needs an author.");
	lf_hint(why, "git config --global user.name \"Your Name\"; git config --global user.email you@example.com");
	return true;
}

bool lf_app_review_blocked(const struct lf_app *app, struct lf_error *why)
{
	const struct lf_review *review = &app->review;
	size_t open;

	if (review->state == LF_FACT_FAILED) {
		*why = review->error;
		return true;
	}
	if (review->state != LF_FACT_KNOWN) {
		lf_fail(why, LF_EINVAL, "review", 0, "The branch is still being read.");
		return true;
	}
	if (review->secret.code) {
		*why = review->secret;
		return true;
	}
	(void)lf_app_conflicts(app, &open);
	if (open) {
		lf_fail(why, LF_ECONFLICT, "review", 0, "%zu %s changed on the branch too, in the same lines. Nothing was changed.", open, open == 1 ? "place was" : "places were");
		lf_hint(why, "Decide each: keep ours, or take theirs.");
		return true;
	}
	for (size_t i = 0; i < review->count; i++) {
		if (review->files[i].change == LF_CHANGE_REFUSED) {
			lf_fail(why, LF_EREFUSED, "review", 0, "%s cannot be written: %s", review->files[i].document->path,
				review->files[i].why ? review->files[i].why : "it is not a plain file");
			lf_hint(why, app->amendment.on ? "Nothing is done by halves." : "Choose another path.");
			return true;
		}
		if (review->files[i].validation == LF_FACT_FAILED) {
			*why = review->files[i].verdict;
			return true;
		}
	}
	if (lf_app_is_read_only(app)) {
		lf_fail(why, LF_EFORBIDDEN, "settings", 0, "The context %.100s is read-only by your settings: nothing is pushed for it.", app->facts.cluster.context);
		lf_hint(why, "Choose another context, or take readOnly away in %.200s.", app->settings->path);
		return true;
	}
	return lf_app_identity_missing(app, why);
}
