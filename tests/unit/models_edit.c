/* models_edit: screens of a change that no answers made: which file is edited, what came back and cannot be used, what others changed too. */
#include "config.h"
#include "tests/unit/models.h"

#include <string.h>

#include "core/mem.h"

#define HEAD "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n"
#define FOLDER "apps/web/overlays/production"

static void put_place(struct lf_edit_place *place, enum lf_edit_what what, const char *path, const char *reach)
{
	*place = (struct lf_edit_place){.what = what, .path = lf_dup(path), .text = lf_dup(HEAD), .reach = lf_dup(reach)};
}

void model_make_places(struct model *m)
{
	struct lf_editing *editing = &m->app->editing;

	model_go(m, LF_STEP_REVIEW);
	m->app->amendment.on = m->app->amendment.is_edit = editing->by_editor = editing->choosing = true;
	editing->trace.object = lf_ref_new("apps", "Deployment", "production", "web");
	editing->places.items = lf_alloc(3, sizeof(*editing->places.items));
	put_place(&editing->places.items[editing->places.count++], LF_EDIT_NEW_PATCH, FOLDER "/deployment-web.patch.yaml", FOLDER " alone");
	put_place(&editing->places.items[editing->places.count++], LF_EDIT_KUSTOMIZATION, FOLDER "/kustomization.yaml", FOLDER " alone");
	put_place(&editing->places.items[editing->places.count++], LF_EDIT_OBJECT, "apps/web/base/deployment.yaml", "3 overlays: dev, production, staging");
	model_keys(m, "\x1b[B\x1b[B");
}

void model_make_give_up(struct model *m)
{
	model_make_places(m);
	m->app->editing.choosing = false;
	m->app->confirm = LF_CONFIRM_GIVE_UP;
	lf_fail(&m->app->editing.refusal, LF_EPARSE, "yaml", 0, "apps/web/base/deployment.yaml:12:1: a tab stands where the line is indented.");
	lf_hint(&m->app->editing.refusal, "Correct it; what you wrote is still there.");
	model_event(m, &(struct lf_event){.kind = LF_EVENT_TICK});
}

/* Somebody else pushed the files between the review and the push. */
static void race(struct model *m, const char *text)
{
	struct lf_event event = {.kind = LF_EVENT_DELIVERED};
	struct lf_branch_files *files;

	lf_fail(&event.error, LF_ECONFLICT, "git.push", 0, "The branch changed.");
	event.delivered = lf_alloc(1, sizeof(*event.delivered));
	files = &event.delivered->conflict;
	files->tip = lf_dup("4444444444444444444444444444444444444444");
	files->items = lf_alloc(2, sizeof(*files->items));
	for (size_t i = 0; i < 2; i++)
		files->items[files->count++] = (struct lf_branch_file){.path = lf_dup(m->app->review.files[i].document->path), .text = lf_dup(text)};
	model_event(m, &event);
}

void model_make_conflict(struct model *m)
{
	static const char ours[] = HEAD "  replicas: 3\n  template:\n    spec:\n      containers:\n      - name: web\n        image: registry.example.com/shop/web:1.28.3\n        ports:\n"
				   "        - containerPort: 8080\n";
	static const char base[] = HEAD "  replicas: 2\n  template:\n    spec:\n      containers:\n      - name: web\n        image: registry.example.com/shop/web:1.27.0\n";
	static const char theirs[] = HEAD "  # as agreed with the shop team\n  replicas: 5\n  template:\n    spec:\n      containers:\n      - name: web\n        image: registry.example.com/shop/web:1.27.9\n";

	model_deliver(m);
	for (size_t i = 0; i < 2; i++) {
		lf_set(&m->app->review.files[i].old_text, i ? NULL : base);
		lf_set(&m->app->review.files[i].new_text, ours);
	}
	race(m, theirs);
	model_keys(m, "o\x1b[A");
}

void model_make_conflict_whole(struct model *m)
{
	model_make_conflict(m);
	model_keys(m, "\x1b[B\x1b[B");
}
