/* models: screens to look at and to compare: each name is a run of events and keys from an empty model to one state. Used by the golden test and by
 * tests/tools/screen_demo. The engine in here is a stand-in, so that a change of a real one does not change what this compares. */
#ifndef LF_TESTS_MODELS_H
#define LF_TESTS_MODELS_H

#include "core/app.h"
#include "tui/tui.h"

struct model {
	struct lf_catalog *catalog;
	struct lf_app *app;
	struct lf_tui tui;
	int64_t now_ms;
	struct lf_effects effects; /* of the last key or event */
};

const char *model_name(size_t index); /* NULL at the end */
/* The view of ROWS and COLS is set up before the first event. Fails the test for an unknown name. */
void model_open(struct model *model, const char *name, int rows, int cols);
void model_close(struct model *model);

void model_event(struct model *model, struct lf_event *event); /* disposes it */
void model_keys(struct model *model, const char *bytes);       /* as a terminal sends them; Esc alone works at the end */
void model_draw(struct model *model, struct lf_canvas *canvas, bool ascii);

/* For the files of models: to a step with everything answered; and into a delivery. */
void model_go(struct model *model, enum lf_step step);
void model_deliver(struct model *model);

/* models_edit.c */
void model_make_places(struct model *model);
void model_make_give_up(struct model *model);
void model_make_conflict(struct model *model);
void model_make_conflict_whole(struct model *model);

#endif
