/* screen_dialog: the few questions that interrupt: leave or stay, a secret, trust, a folder, another step, an action. They stand at the lower edge of the body, so that
 * what they are about stays in sight. */
#include "config.h"
#include "tui/view.h"

#include "core/text.h"

/* A panel of ROWS rows on the lower edge, with a rule above it. */
static struct lf_area panel(const struct lf_area *area, int rows)
{
	struct lf_area box;

	rows = rows > area->rows - 1 ? area->rows - 1 : rows;
	box = lf_area_sub(area, area->rows - rows, 0, rows, area->cols);
	box.ground = LF_ROLE_OVERLAY;
	lf_area_fill(&box, LF_ROLE_OVERLAY);
	lf_area_floor(area, area->rows - rows - 1);
	return box;
}

static int button(const struct lf_area *box, int y, int x, bool marked, const char *text)
{
	struct lf_area one = lf_area_sub(box, y, x, 1, lf_canvas_width(text) + 4);

	one.ground = marked ? LF_ROLE_SELECTION : LF_ROLE_OVERLAY;
	lf_area_fill(&one, one.ground);
	(void)lf_area_glyph(&one, 0, 0, marked ? LF_ROLE_MARK : LF_ROLE_DIM, marked ? LF_GLYPH_HERE : LF_GLYPH_TODO);
	(void)lf_area_put(&one, 0, 2, marked ? LF_ROLE_STRONG : LF_ROLE_TEXT, text);
	if (marked)
		lf_area_cursor(&one, 0, 0, false);
	return one.cols + 2;
}

/* Rows that TEXT takes between the margins of the panel. */
static int wrapped_rows(const struct lf_area *area, const char *text)
{
	struct lf_area inside = lf_area_sub(area, 0, 0, 0, area->cols - 1), nothing = lf_area_nothing(&inside);

	return lf_area_wrap(&nothing, 0, 1, 4, LF_ROLE_TEXT, text);
}

static void draw_confirm(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	struct lf_area box, inside;
	struct lf_str text = {0};
	const char *title = "Leave Landfall?", *yes = "Leave", *no = "Stay";
	enum lf_role role = LF_ROLE_DIM;
	int y = 1, x = 1;

	if (app->confirm == LF_CONFIRM_LEAVE_DELIVERY) {
		title = "Stop the delivery and leave?";
		lf_str_add(&text, "The push is atomic: the branch has either all of it or nothing. A new start looks and goes on from there.");
	} else if (app->confirm == LF_CONFIRM_PULL_REQUEST) {
		title = "Propose it by a pull request?";
		yes = "Propose";
		no = "Not now";
		lf_str_addf(&text, "The branch %s is protected, and nothing was changed. The change can go to a branch of its own, with a request to merge it.",
			    lf_plan_text(app->plan, "gitBranch"));
	} else if (app->confirm == LF_CONFIRM_CREATE) {
		title = "Create the repository?";
		yes = "Create it";
		no = "Not now";
		lf_str_add(&text, "There is no such repository. When you deliver, ");
		lf_app_creation(&text, app);
		lf_str_add_char(&text, '.');
	} else if (app->confirm == LF_CONFIRM_ACTION) {
		const struct lf_resource_action *action = app->landing.acting.offered[app->landing.acting.marked];

		title = "Ask this of the cluster?";
		yes = action->title;
		no = "Do nothing";
		lf_ref_text(&text, &app->landing.acting.object);
		lf_str_addf(&text, ": %s", action->help);
		role = LF_ROLE_TEXT;
	} else if (app->confirm == LF_CONFIRM_GIVE_UP) {
		title = "This cannot be used as it is";
		yes = "Give up";
		no = "Edit again";
		role = LF_ROLE_TEXT;
		lf_str_addf(&text, "%s %s", app->editing.refusal.message, app->editing.refusal.hint);
	} else if (app->editing.by_editor) {
		title = "Leave without delivering?";
		lf_str_add(&text, "What you edited is kept nowhere, and nothing was changed.");
	} else if (app->unsaved.code) {
		role = LF_ROLE_WARN;
		lf_str_addf(&text, "The answers could not be saved and would be lost: %s. %s.", app->unsaved.message, app->unsaved.hint);
	} else if (app->demo) {
		lf_str_add(&text, "The sandbox and everything in it goes; nothing else was touched.");
	} else if (tui->saved_in) {
		lf_str_addf(&text, "The answers are kept in %s and offered at the next start.", tui->saved_in);
	} else {
		lf_str_add(&text, "The answers are kept and offered at the next start.");
	}
	box = panel(area, wrapped_rows(area, lf_str_text(&text)) + 3);
	inside = lf_area_sub(&box, 0, 0, box.rows, box.cols - 1);
	(void)lf_area_put(&inside, 0, 1, LF_ROLE_STRONG, title);
	(void)lf_area_wrap(&inside, y, 1, box.rows - 2, role, lf_str_text(&text));
	lf_str_dispose(&text);
	x += button(&box, box.rows - 1, x, !tui->leave_marked, no);
	(void)button(&box, box.rows - 1, x, tui->leave_marked, yes);
}

static void draw_prompt(const struct lf_tui *tui, const struct lf_area *area, const char *title, const char *help)
{
	int above = wrapped_rows(area, title);
	struct lf_area box = panel(area, above + 1 + wrapped_rows(area, help)), inside = lf_area_sub(&box, 0, 0, box.rows, box.cols - 1), row;

	(void)lf_area_wrap(&inside, 0, 1, 4, LF_ROLE_STRONG, title);
	row = lf_area_sub(&box, above, 0, 1, box.cols);
	row.ground = LF_ROLE_FIELD;
	lf_area_fill(&row, LF_ROLE_FIELD);
	(void)lf_area_glyph(&row, 0, 0, LF_ROLE_MARK, LF_GLYPH_FIELD_LEFT);
	(void)lf_area_glyph(&row, 0, row.cols - 1, LF_ROLE_MARK, LF_GLYPH_FIELD_RIGHT);
	lf_lineedit_draw(&tui->prompt, &row, 0, 1, row.cols - 2, LF_ROLE_FIELD, true);
	(void)lf_area_wrap(&inside, above + 1, 1, 4, LF_ROLE_DIM, help);
}

static void draw_name(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	const struct lf_acting *acting = &app->landing.acting;
	const struct lf_resource_action *action = acting->offered[acting->marked];
	struct lf_str title = {0}, help = {0};

	lf_str_addf(&title, "PRODUCTION: %s ", action->title);
	lf_ref_text(&title, &acting->object);
	lf_str_addf(&title, "? Type its name, %s.", acting->object.name);
	lf_str_addf(&help, "%s Esc does nothing.", action->help);
	draw_prompt(tui, area, lf_str_text(&title), lf_str_text(&help));
	lf_str_dispose(&title);
	lf_str_dispose(&help);
}

/* The titles, and below them what the marked one does: as many lines as the longest needs, so that nothing moves. */
static void draw_actions(const struct lf_app *app, const struct lf_area *area)
{
	const struct lf_acting *acting = &app->landing.acting;
	struct lf_area box, inside;
	struct lf_str title = {0};
	int help = 0, rows, first;

	for (size_t i = 0; i < acting->count; i++) {
		int needed = wrapped_rows(area, acting->offered[i]->help);

		help = needed > help ? needed : help;
	}
	box = panel(area, (int)acting->count + 1 + help);
	inside = lf_area_sub(&box, 0, 0, box.rows, box.cols - 1);
	lf_ref_text(&title, &acting->object);
	(void)lf_area_fit(&inside, 0, 1, inside.cols - 1, LF_ROLE_STRONG, lf_str_text(&title));
	lf_str_dispose(&title);
	rows = box.rows - 1 - help > 1 ? box.rows - 1 - help : 1;
	first = (int)acting->marked - rows + 1;
	first = first < 0 ? 0 : first;
	for (int i = first; i < (int)acting->count && i < first + rows; i++) {
		struct lf_area row = lf_area_sub(&box, i - first + 1, 0, 1, box.cols);
		bool here = (size_t)i == acting->marked;

		if (here) {
			row.ground = LF_ROLE_SELECTION;
			lf_area_fill(&row, LF_ROLE_SELECTION);
			lf_area_cursor(&row, 0, 1, false);
			(void)lf_area_glyph(&row, 0, 1, LF_ROLE_MARK, LF_GLYPH_HERE);
		}
		(void)lf_area_put(&row, 0, 3, here ? LF_ROLE_STRONG : LF_ROLE_TEXT, acting->offered[i]->title);
	}
	(void)lf_area_wrap(&inside, rows + 1, 1, help, LF_ROLE_DIM, acting->offered[acting->marked]->help);
}

static void draw_trust(const struct lf_app *app, const struct lf_area *area)
{
	static const char help[] = "Compare it with what the host's owner published. y trusts it, n or Esc does not.";
	const char *title = app->ask_prompt ? app->ask_prompt : "Trust this host?";
	int above = wrapped_rows(area, title);
	struct lf_area box = panel(area, above + wrapped_rows(area, help)), inside = lf_area_sub(&box, 0, 0, box.rows, box.cols - 1);

	(void)lf_area_wrap(&inside, 0, 1, 4, LF_ROLE_STRONG, title);
	(void)lf_area_wrap(&inside, above, 1, 4, LF_ROLE_DIM, help);
	lf_area_cursor(&inside, 0, 1, false);
}

static void draw_step_list(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	struct lf_area box = panel(area, LF_STEPS + 1);
	int rows = box.rows - 1, first = (int)tui->step_marked - rows / 2;

	(void)lf_area_put(&box, 0, 1, LF_ROLE_STRONG, "Go to");
	first = first > (int)LF_STEPS - rows ? (int)LF_STEPS - rows : first;
	first = first < 0 ? 0 : first;
	for (int i = first; i < (int)LF_STEPS && i < first + rows; i++) {
		enum lf_step step = (enum lf_step)i;
		struct lf_area row = lf_area_sub(&box, i - first + 1, 0, 1, box.cols);
		bool here = (size_t)i == tui->step_marked;

		if (here) {
			row.ground = LF_ROLE_SELECTION;
			lf_area_fill(&row, LF_ROLE_SELECTION);
			lf_area_cursor(&row, 0, 1, false);
		}
		lf_draw_mark(&row, 0, 1, lf_step_mark(app, step));
		(void)lf_area_putf(&row, 0, 3, LF_ROLE_DIM, "%2d", i + 1);
		(void)lf_area_put(&row, 0, 6, here ? LF_ROLE_STRONG : i > (int)LF_STEP_REVIEW ? LF_ROLE_FAINT : LF_ROLE_TEXT, lf_step_title(step));
		(void)lf_area_fit(&row, 0, 19, row.cols - 20, LF_ROLE_DIM, step < LF_STEP_DELIVER ? lf_step_question(step) : "");
	}
}

void lf_draw_dialog(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	switch (lf_view_screen(tui, app)) {
	case LF_SCREEN_CONFIRM:
		draw_confirm(tui, app, area);
		break;
	case LF_SCREEN_NAME:
		draw_name(tui, app, area);
		break;
	case LF_SCREEN_ACTIONS:
		draw_actions(app, area);
		break;
	case LF_SCREEN_SECRET:
		draw_prompt(tui, area, app->ask_prompt ? app->ask_prompt : "A secret is needed", "It is handed over once and kept nowhere. Esc declines.");
		break;
	case LF_SCREEN_TRUST:
		draw_trust(app, area);
		break;
	case LF_SCREEN_FOLDER:
		draw_prompt(tui, area, "Write the files to which folder?", "Files that are there are replaced. Nothing is committed.");
		break;
	case LF_SCREEN_STEPS:
		draw_step_list(tui, app, area);
		break;
	case LF_SCREEN_FORM:
	case LF_SCREEN_RESUME:
	case LF_SCREEN_PLACES:
	case LF_SCREEN_CONFLICT:
	case LF_SCREEN_REVIEW:
	case LF_SCREEN_DELIVER:
	case LF_SCREEN_LANDING:
	case LF_SCREEN_HELP:
	case LF_SCREEN_DETAILS:
	case LF_SCREEN_LIST:
	case LF_SCREENS:
		break;
	}
}
