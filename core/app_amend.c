/* app_amend: the part of the reducer for a change that no answers made: a delivery that is taken back, a live resource that is edited. Its files come with what they
 * were when they were read; review, delivery and landing are those of any delivery, and what came to the branch since stays where it is in other lines. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/mem.h"
#include "core/yaml.h"

void lf_amendment_dispose(struct lf_amendment *amendment)
{
	lf_free(amendment->wanted);
	lf_free(amendment->app);
	lf_free(amendment->message);
	lf_free(amendment->tip);
	lf_commit_dispose(&amendment->commit);
	lf_history_dispose(&amendment->history);
	memset(amendment, 0, sizeof(*amendment));
}

/* What a pull request of it is called follows from the message, and from where the branch stood: another one once that was merged, the same while it is open. */
char *lf_amendment_branch(const struct lf_app *app, const char *what, const char *tip)
{
	const char *own = app->amendment.named || app->amendment.began_here ? NULL : lf_answers_get(app->answers, "pullRequestBranch");
	char *from = lf_format("-%.7s", tip ? tip : "");
	/* What is taken back may be the tip itself: once is enough. */
	char *branch = own ? lf_dup(own) : lf_format("landfall/%s%s", what, from[1] && !lf_ends_with(what, from) ? from : "");

	lf_free(from);
	return branch;
}

void lf_amendment_name(struct lf_app *app, const char *what, const char *tip)
{
	const char *message = app->amendment.message ? app->amendment.message : "";
	char *branch = lf_amendment_branch(app, what, tip), *title = lf_dup_n(message, strcspn(message, "\n"));

	lf_answers_set(app->answers, "pullRequestBranch", branch);
	if (app->amendment.named || app->amendment.began_here || !lf_answers_get(app->answers, "pullRequestTitle"))
		lf_answers_set(app->answers, "pullRequestTitle", title);
	app->amendment.named = true;
	lf_free(branch);
	lf_free(title);
}

/* Whether every object in TREE is one that ENGINE's tool reads, or a Namespace that comes with them. */
static bool is_of_engine(const struct lf_node *tree, const struct lf_engine *engine)
{
	bool found = false;

	for (size_t i = 0; engine && i < lf_node_count(tree); i++) {
		struct lf_ref ref = lf_ref_of(lf_node_at(tree, i));
		bool known = lf_equal(ref.kind, "Namespace");

		for (size_t k = 0; k < engine->kind_count && !known; k++)
			known = lf_equal(ref.kind, engine->kinds[k].kind) && lf_equal(ref.group, engine->kinds[k].group);
		lf_ref_dispose(&ref);
		if (!known)
			return false;
		found = true;
	}
	return found;
}

void lf_amendment_render(struct lf_app *app)
{
	const struct lf_commit *commit = &app->amendment.commit;

	for (size_t i = 0; i < commit->count; i++) {
		const struct lf_commit_file *file = &commit->files[i];
		struct lf_node *tree = NULL;
		struct lf_document *document;

		if (file->before && lf_yaml_parse(&tree, file->before, strlen(file->before), file->path, &lf_yaml_limits_default, NULL))
			tree = NULL; /* a file that is no YAML is put back all the same */
		document = lf_documents_add(&app->documents, file->path, LF_DOCUMENT_WORKLOAD, tree ? tree : lf_node_new(LF_NODE_LIST));
		if (is_of_engine(tree, lf_plan_engine(app->plan))) {
			document->role = LF_DOCUMENT_GITOPS;
			document->registers = true;
		}
		lf_str_add(&document->text, file->before ? file->before : "");
	}
}

static const struct lf_commit_file *file_of(const struct lf_app *app, const char *path)
{
	for (size_t i = 0; i < app->amendment.commit.count; i++) {
		if (lf_equal(app->amendment.commit.files[i].path, path))
			return &app->amendment.commit.files[i];
	}
	return NULL;
}

bool lf_amendment_executable(const struct lf_app *app, const char *path)
{
	const struct lf_commit_file *file = file_of(app, path);

	return file && file->executable;
}

void lf_amendment_compare(const struct lf_app *app, struct lf_review_file *file)
{
	const struct lf_commit_file *change = file_of(app, file->document->path);
	const char *now = file->old_text, *before = change ? change->before : NULL, *after = change ? change->after : NULL;

	if (!change || change->why) {
		file->change = LF_CHANGE_REFUSED;
		lf_set(&file->why, change ? change->why : NULL);
	} else if (lf_equal(now, before)) {
		file->change = LF_CHANGE_SAME;
		file->new_text = lf_dup(now);
	} else if (lf_equal(now, after)) {
		file->change = !before ? LF_CHANGE_DELETED : now ? LF_CHANGE_MODIFIED : LF_CHANGE_ADDED;
		file->new_text = lf_dup(before);
	} else {
		lf_conflict_build(app, file, after, before);
	}
}

bool lf_amendment_orphan(const struct lf_app *app, struct lf_ref *out)
{
	const struct lf_engine *engine = lf_plan_engine(app->plan);
	const struct lf_commit *commit = &app->amendment.commit;
	bool found = false;

	for (size_t i = 0; app->amendment.on && engine && i < commit->count && !found; i++) {
		const struct lf_commit_file *file = &commit->files[i];
		struct lf_node *tree = NULL;

		if (file->before || !file->after || lf_yaml_parse(&tree, file->after, strlen(file->after), file->path, &lf_yaml_limits_default, NULL))
			continue;
		for (size_t k = 0; k < lf_node_count(tree) && !found; k++) {
			struct lf_ref ref = lf_ref_of(lf_node_at(tree, k));

			for (size_t c = 0; c < engine->consumer_count && !found; c++)
				found = lf_equal(ref.kind, engine->kinds[c].kind) && lf_equal(ref.group, engine->kinds[c].group);
			if (found)
				*out = ref;
			else
				lf_ref_dispose(&ref);
		}
		lf_node_free(tree);
	}
	return found;
}

bool lf_amendment_leave(struct lf_app *app)
{
	if (!app->amendment.began_here) {
		lf_app_notice(app, "There is nothing before this: it asks no questions.");
		return false;
	}
	if (app->amendment.named) {
		lf_answers_unset(app->answers, "pullRequestBranch");
		lf_answers_unset(app->answers, "pullRequestTitle");
	}
	lf_amendment_dispose(&app->amendment);
	lf_path_facts_dispose(&app->facts.path); /* the delivery changed it */
	lf_form_rebuild(app);
	return true;
}
