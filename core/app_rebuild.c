/* app_rebuild: the plan and the documents made anew after an answer or a fact changed, and what of the preview changed with them. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/leftover.h"
#include "core/mem.h"
#include "core/render.h"
#include "core/retract.h"

#define FLASH_MS 300

static const struct lf_document *previewed(const struct lf_app *app)
{
	return app->preview_file < app->documents.count ? &app->documents.items[app->preview_file] : NULL;
}

/* What tells a file from its neighbours when an answer moves it elsewhere: what it is, not where. */
static bool is_alike(const struct lf_document *a, const struct lf_document *b)
{
	return a->role == b->role && lf_equal(lf_node_text(a->tree, "kind"), lf_node_text(b->tree, "kind"));
}

/* The document that was OLD, one of BEFORE: of the same path, or else the one of its kind that stands where it stood. NULL: it is gone. */
static const struct lf_document *same_document(const struct lf_app *app, const struct lf_documents *before, const struct lf_document *old)
{
	size_t place = 0;

	for (size_t i = 0; i < app->documents.count; i++) {
		if (lf_equal(app->documents.items[i].path, old->path))
			return &app->documents.items[i];
	}
	for (const struct lf_document *other = before->items; other != old; other++)
		place += is_alike(other, old);
	for (size_t i = 0; i < app->documents.count; i++) {
		if (is_alike(&app->documents.items[i], old) && !place--)
			return &app->documents.items[i];
	}
	return NULL;
}

/* Marks the lines of the previewed file that differ from OLD_TEXT, to be flashed; NULL: it was not there. */
static void mark_changes(struct lf_app *app, const char *old_text)
{
	const struct lf_document *document = previewed(app);
	struct lf_diff diff;

	lf_free(app->changed_lines);
	app->changed_lines = NULL;
	app->changed_count = 0;
	app->flash_until_ms = 0;
	if (!document || !old_text || lf_equal(old_text, lf_str_text(&document->text)))
		return;
	lf_diff_build(&diff, old_text, lf_str_text(&document->text));
	for (size_t i = 0; i < diff.count; i++) {
		if (diff.lines[i].new_line > app->changed_count)
			app->changed_count = diff.lines[i].new_line;
	}
	app->changed_lines = lf_alloc(app->changed_count, sizeof(bool));
	for (size_t i = 0; i < diff.count; i++) {
		if (diff.lines[i].kind == LF_DIFF_ADDED)
			app->changed_lines[diff.lines[i].new_line - 1] = true;
	}
	lf_diff_dispose(&diff);
	app->flash_until_ms = app->now_ms + FLASH_MS;
}

static void render(struct lf_app *app)
{
	lf_documents_dispose(&app->documents);
	if (app->amendment.on)
		lf_amendment_render(app);
	else
		lf_render(&app->documents, app->plan, &app->facts);
}

/* What is left of an earlier delivery shows only when it is known what this one writes; a question may follow from it. */
static void find_leftovers(struct lf_app *app)
{
	struct lf_leftovers found = {0}, *known = &app->facts.path.leftovers;

	lf_documents_dispose(&app->written);
	lf_names_dispose(&app->written_files);
	if (app->amendment.on)
		return;
	if (lf_node_count(app->facts.path.documents))
		lf_retract_written(&app->written, &app->written_files, app->catalog, app->answers, &app->facts);
	lf_leftovers_find(&found, app->plan, &app->documents, &app->written, &app->facts);
	if (lf_leftovers_equal(&found, known)) {
		lf_leftovers_dispose(&found);
	} else {
		lf_leftovers_dispose(known);
		*known = found;
		lf_plan_free(app->plan);
		app->plan = lf_plan_build(app->catalog, app->answers, &app->facts);
	}
	if (known->count) {
		lf_leftovers_add(&app->documents, app->plan, &app->written, &app->facts);
		lf_documents_finish(&app->documents);
	}
}

void lf_form_rebuild(struct lf_app *app)
{
	const struct lf_document *document = previewed(app);
	char *old_text = document ? lf_dup(lf_str_text(&document->text)) : NULL;

	struct lf_documents before = app->documents;

	memset(&app->documents, 0, sizeof(app->documents));
	lf_plan_free(app->plan);
	app->plan = lf_plan_build(app->catalog, app->answers, &app->facts);
	render(app);
	find_leftovers(app);
	document = document ? same_document(app, &before, document) : NULL; /* stay on it where it still exists */
	if (document)
		app->preview_file = (size_t)(document - app->documents.items);
	else if (app->preview_file >= app->documents.count)
		app->preview_file = 0;
	mark_changes(app, document ? old_text : NULL);
	lf_review_carry(app, &before);
	lf_form_settle_focus(app);
	lf_documents_dispose(&before);
	lf_free(old_text);
}
