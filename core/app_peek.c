/* app_peek: the files of the branch that are read while the form is still filled in: ours, if the application was delivered before (they are the defaults), and those
 * that tell how the repository is used. Each is asked for once for a path that was browsed. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/document.h"
#include "core/mem.h"
#include "core/overlay.h"
#include "core/reach.h"
#include "core/recall.h"
#include "core/repo_layout.h"
#include "core/scaffold.h"

#define ASKED_MAX 300
#define FOLDER_MAX 40

static void add(struct lf_names *out, const struct lf_path_facts *path, const char *file)
{
	if (path->asked.count + out->count < ASKED_MAX && !lf_names_have(&path->asked, file) && !lf_names_have(out, file))
		lf_names_add(out, file);
}

/* False: the folder was listed, and the file is not in it. */
static bool may_be_there(const struct lf_path_facts *path, const char *file)
{
	const char *slash = strrchr(file, '/');
	size_t folder = slash ? (size_t)(slash - file) + 1 : 0;
	bool listed = false;

	if (path->path && strlen(path->path) + 1 == folder && !strncmp(path->path, file, folder - 1))
		return lf_names_have(&path->entries, slash + 1);
	for (size_t i = 0; i < path->tree.count; i++) {
		const char *other = path->tree.items[i];

		if (lf_equal(other, file))
			return true;
		listed = listed || (!strncmp(other, file, folder) && other[folder]);
	}
	return !listed;
}

/* Files directly in FOLDER, which earlier deliveries with other answers may have left there; a folder of many is everybody's. */
static void add_folder(struct lf_names *out, const struct lf_path_facts *path, const char *folder)
{
	char *clean = lf_path_join("", folder);
	size_t length = clean ? strlen(clean) : 0, before = out->count;

	for (size_t i = 0; length && i < path->tree.count && out->count < before + FOLDER_MAX; i++) {
		const char *file = path->tree.items[i];

		if (!strncmp(file, clean, length) && file[length] == '/' && !strchr(file + length + 1, '/') && lf_ends_with(file, ".yaml"))
			lf_names_add(out, file);
	}
	for (size_t i = 0; length && lf_equal(path->path, folder) && i < path->entries.count && out->count < before + FOLDER_MAX; i++) {
		char *file = lf_ends_with(path->entries.items[i], ".yaml") ? lf_path_join(clean, path->entries.items[i]) : NULL;

		if (file && !lf_names_have(out, file))
			lf_names_add(out, file);
		lf_free(file);
	}
	lf_free(clean);
}

/* What may refer to a file that is to go: the kustomizations of its folder and those above it. */
static void add_above(struct lf_names *out, const char *file)
{
	char *folder = lf_path_join(file, "..");

	while (folder) {
		char *path = lf_path_join(folder, "kustomization.yaml"), *up = *folder ? lf_path_join(folder, "..") : NULL;

		if (path && !lf_names_have(out, path))
			lf_names_add(out, path);
		lf_free(path);
		lf_free(folder);
		folder = up;
	}
}

static void find_wanted(struct lf_names *out, const struct lf_app *app)
{
	const struct lf_path_facts *path = &app->facts.path;
	struct lf_names more = {0};
	struct lf_overlay overlay;

	/* What lies in the path may be starter manifests of an earlier delivery: then their answers can be read, and changed. */
	if (path->entries.count && lf_plan_is(app->plan, "scaffold", "auto"))
		lf_scaffold_paths(&more, lf_plan_part(app->plan, 0), &app->facts);
	lf_repo_layout_files(&more, path);
	for (size_t i = 0; i < more.count; i++)
		add(out, path, more.items[i]);
	for (size_t i = 0; i < app->documents.count; i++)
		add(out, path, app->documents.items[i].path);
	for (size_t i = 0; i < app->written.count; i++)
		add(out, path, app->written.items[i].path);
	lf_names_dispose(&more);
	lf_recall_files(&more, app->plan, &app->facts);
	for (size_t i = 0; i < app->written_files.count; i++)
		lf_names_add(&more, app->written_files.items[i]);
	for (size_t i = 0; i < lf_plan_part_count(app->plan); i++)
		lf_reach_files(&more, lf_plan_text(lf_plan_part(app->plan, i), "gitPath"), path);
	for (size_t i = 0; i < path->leftovers.count; i++)
		add_above(&more, path->leftovers.items[i].path);
	add_folder(&more, path, lf_plan_text(app->plan, "gitopsPath"));
	/* With environments it would have been the folder above theirs. */
	if (lf_overlay_split(&overlay, lf_plan_text(app->plan, "gitopsPath"), app->plan, &path->tree))
		add_folder(&more, path, overlay.prefix);
	lf_overlay_dispose(&overlay);
	for (size_t i = 0; i < more.count; i++) {
		if (!lf_names_have(&path->asked, more.items[i]) && may_be_there(path, more.items[i]))
			add(out, path, more.items[i]);
	}
	lf_names_dispose(&more);
}

static bool may_look(const struct lf_app *app)
{
	return !app->peeking && !app->amendment.on && app->facts.path.state == LF_FACT_KNOWN && app->facts.path.top.count;
}

bool lf_peek_wanted(const struct lf_app *app)
{
	struct lf_names paths = {0};
	bool wanted;

	if (!may_look(app))
		return false;
	find_wanted(&paths, app);
	wanted = paths.count > 0;
	lf_names_dispose(&paths);
	return wanted;
}

void lf_peek(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_names paths = {0};
	struct lf_effect *effect;

	if (!may_look(app))
		return;
	find_wanted(&paths, app);
	lf_set(&app->facts.path.gitops, lf_plan_text(app->plan, "gitopsPath"));
	lf_set(&app->facts.path.app, lf_plan_text(app->plan, "appName"));
	if (paths.count) {
		effect = lf_effects_add(effects, LF_EFFECT_READ_FILES);
		effect->text = lf_dup(app->facts.repository.url);
		effect->id = lf_dup(app->facts.path.branch);
		effect->text2 = lf_dup(app->facts.path.path);
		effect->files = lf_alloc(paths.count, sizeof(*effect->files));
		for (size_t i = 0; i < paths.count; i++) {
			effect->files[effect->file_count++].path = lf_dup(paths.items[i]);
			lf_names_add(&app->facts.path.asked, paths.items[i]);
		}
		app->peeking = true;
	}
	lf_names_dispose(&paths);
}

void lf_peek_settle(struct lf_app *app)
{
	/* Until then rows that these files may call for stay: the focus would leave one that hides and comes back. */
	if (!app->facts.path.unread || app->peeking)
		return;
	app->facts.path.unread = false;
	if (app->step <= LF_STEP_REVIEW)
		lf_form_rebuild(app);
}

static const char *text_of(const struct lf_branch_files *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++) {
		if (lf_equal(files->items[i].path, path))
			return files->items[i].refused ? NULL : files->items[i].text;
	}
	return NULL;
}

static void read_scaffold(struct lf_app *app, const struct lf_branch_files *files)
{
	struct lf_names paths = {0};
	const char **texts;

	lf_scaffold_paths(&paths, lf_plan_part(app->plan, 0), &app->facts);
	/* What one environment's overlay says is no default for the others: only the base speaks for all. */
	if (paths.count > 2 && lf_plan_environment(lf_plan_part(app->plan, 0))[0])
		lf_free(paths.items[--paths.count]);
	texts = lf_alloc(paths.count, sizeof(*texts));
	for (size_t i = 0; i < paths.count; i++)
		texts[i] = text_of(files, paths.items[i]);
	lf_scaffold_read(&app->facts.path, &paths, texts);
	lf_names_dispose(&paths);
	lf_free(texts);
}

void lf_form_peeked(struct lf_app *app, const struct lf_event *event, struct lf_effects *effects)
{
	const struct lf_branch_files *files = event->files;

	app->peeking = false;
	/* Another path was browsed in the meantime. */
	if (!lf_equal(event->text2, app->facts.path.path) || !lf_equal(event->id, app->facts.path.branch)) {
		lf_peek(app, effects);
		lf_peek_settle(app);
		return;
	}
	if (event->error.code || !files) {
		lf_peek_settle(app);
		return;
	}
	app->facts.path.unread = false;
	for (size_t i = 0; i < files->count; i++) {
		if (!files->items[i].text || files->items[i].refused)
			continue;
		lf_recall_note(&app->facts.path, files->items[i].path, files->items[i].text);
		lf_repo_layout_note(&app->facts.path, files->items[i].path, files->items[i].text);
	}
	if (lf_plan_is(app->plan, "scaffold", "auto"))
		read_scaffold(app, files);
	if (app->step > LF_STEP_REVIEW)
		return;
	lf_form_rebuild(app);
	app->flash_until_ms = 0;
	lf_peek(app, effects); /* what was read may put our files elsewhere */
	lf_form_check_remote(app, effects);
	if (app->step == LF_STEP_REVIEW)
		lf_review_refresh(app, false, effects);
}
