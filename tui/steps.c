/* steps: the column on the left: where we are, what is done, and the answer that says most about each step. */
#include "config.h"
#include "tui/view.h"

#include <string.h>

static const char *label_of(const struct lf_app *app, const char *id)
{
	const struct lf_plan_entry *entry = lf_plan_entry(app->plan, id);

	if (!entry || !entry->shown)
		return "";
	for (size_t i = 0; i < entry->question->option_count; i++)
		if (lf_equal(entry->question->options[i].value, entry->value))
			return lf_question_option(entry->question, app->plan, i)->label;
	return entry->value;
}

static const char *essence(const struct lf_app *app, enum lf_step step)
{
	switch (step) {
	case LF_STEP_START:
		return app->facts.cluster.context ? app->facts.cluster.context : "";
	case LF_STEP_METHOD:
		return label_of(app, "deploymentMethod");
	case LF_STEP_PROVIDER:
		return label_of(app, "gitopsDeployment");
	case LF_STEP_APPLICATION:
		return label_of(app, "appName");
	case LF_STEP_REPOSITORY:
		return label_of(app, "gitPath");
	case LF_STEP_SYNC:
	case LF_STEP_EXTRAS:
	case LF_STEP_REVIEW:
	case LF_STEP_DELIVER:
	case LF_STEP_LANDING:
	case LF_STEPS:
		break;
	}
	return "";
}

static bool has_questions(const struct lf_app *app, enum lf_step step)
{
	for (size_t i = 0; i < lf_plan_count(app->plan); i++)
		if (lf_plan_at(app->plan, i)->shown && lf_plan_at(app->plan, i)->question->step == step)
			return true;
	return false;
}

enum lf_mark lf_step_mark(const struct lf_app *app, enum lf_step step)
{
	if (step == app->step)
		return LF_MARK_BUSY;
	if (step < LF_STEP_REVIEW && !has_questions(app, step))
		return LF_MARK_UNUSED;
	if (step < app->step && app->step > LF_STEP_REVIEW)
		return LF_MARK_DONE;
	if (step > app->reached)
		return LF_MARK_TODO;
	if (step >= LF_STEP_REVIEW)
		return LF_MARK_TODO;
	return lf_plan_first_problem(app->plan, step) ? LF_MARK_WARN : LF_MARK_DONE;
}

void lf_draw_steps(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	int y = 0, detailed = 0;

	for (enum lf_step step = LF_STEP_START; step < LF_STEPS; step++)
		detailed += step < app->step && *essence(app, step);
	(void)tui;
	for (enum lf_step step = LF_STEP_START; step < LF_STEPS && y < area->rows; step++) {
		enum lf_mark mark = lf_step_mark(app, step);
		enum lf_role role = mark == LF_MARK_BUSY ? LF_ROLE_STEP_HERE : step <= app->reached ? LF_ROLE_TEXT : LF_ROLE_STEP_TODO;

		if (mark == LF_MARK_UNUSED)
			role = LF_ROLE_UNUSED;
		lf_draw_mark(area, y, 1, mark);
		(void)lf_area_fit(area, y++, 3, area->cols - 4, role, lf_step_title(step));
		if (step < app->step && mark != LF_MARK_UNUSED && *essence(app, step) && detailed + (int)LF_STEPS <= area->rows)
			(void)(strchr(essence(app, step), '/') ? lf_area_middle : lf_area_fit)(area, y++, 3, area->cols - 4, LF_ROLE_DIM, essence(app, step));
	}
}
