/* app_compare: what a file of the branch becomes: ours put into it, what we no longer write taken out of it, and the difference. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/mem.h"
#include "core/merge.h"
#include "core/retract.h"
#include "core/sha256.h"
#include "core/str.h"

/* What the file will hold. One that exists is changed where the answers ask for it and otherwise left as it is; where that cannot be done safely, a
 * starter manifest is kept and a provider's document is replaced, which the difference shows. */
static char *text_to_be(const struct lf_app *app, const struct lf_review_file *file, const struct lf_documents *before)
{
	const struct lf_document *document = file->document, *was = lf_documents_find(before, document->path);
	struct lf_str merged = {0};
	struct lf_error err;
	int code;

	if (!file->old_text || lf_equal(file->old_text, lf_str_text(&document->text)))
		return lf_dup(lf_str_text(&document->text));
	code = lf_merge_document(&merged, file->old_text, document, app->plan, &err);
	/* Only where the form knew the file: what it says was offered as the default, so its absence was meant. */
	if (!code && was && lf_node_key(app->facts.path.documents, document->path))
		code = lf_retract(&merged, document->path, was->tree, document->tree, &err);
	if (code && !document->only_if_missing) {
		lf_str_truncate(&merged, 0);
		lf_str_add(&merged, lf_str_text(&document->text));
	}
	return lf_str_take(&merged);
}

/* What goes is what was looked at when that was decided. */
static bool is_as_known(const struct lf_app *app, const struct lf_branch_file *there)
{
	const char *known = lf_node_text(lf_node_key(app->facts.path.sums, there->path), NULL);
	char sum[65];

	lf_sha256_hex(sum, there->text ? there->text : "", there->text ? strlen(there->text) : 0);
	return app->amendment.on || lf_equal(known, sum);
}

static void compare_removed(const struct lf_app *app, struct lf_review_file *file, const struct lf_branch_file *there)
{
	const char *kept = file->document->kept;

	if (there && !kept && !is_as_known(app, there))
		kept = "it was changed on the branch just now";
	file->change = !there || !there->text ? LF_CHANGE_SAME : kept ? LF_CHANGE_KEPT : LF_CHANGE_DELETED;
	if (file->change == LF_CHANGE_KEPT)
		lf_set(&file->why, kept);
}

void lf_review_compare(const struct lf_app *app, struct lf_review_file *file, const struct lf_branch_file *there, const struct lf_documents *before)
{
	lf_merge3_dispose(&file->merge);
	lf_set(&file->old_text, there ? there->text : NULL);
	lf_set(&file->why, there ? there->why : NULL);
	lf_free(file->new_text);
	file->new_text = NULL;
	if (!app->amendment.on && !file->document->removed)
		file->new_text = text_to_be(app, file, before);
	if (there && there->refused)
		file->change = LF_CHANGE_REFUSED;
	else if (file->document->removed)
		compare_removed(app, file, there);
	else if (app->amendment.on)
		lf_amendment_compare(app, file);
	else if (!file->old_text)
		file->change = LF_CHANGE_ADDED;
	else if (lf_equal(file->old_text, file->new_text))
		file->change = file->document->only_if_missing ? LF_CHANGE_KEPT : LF_CHANGE_SAME;
	else
		file->change = LF_CHANGE_MODIFIED;
}
