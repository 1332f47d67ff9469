/* screen_help: F1: what the question means, where its answer goes, how to give it without the wizard, and every key of the screen from the key table. */
#include "config.h"
#include "tui/view.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

enum { TALLEST = 1000, WIDEST = 92 };

static int paragraph(const struct lf_area *page, int y, enum lf_role role, const char *text)
{
	int rows = lf_area_wrap(page, y, 1, 0, role, text);

	return rows ? rows + 1 : 0;
}

/* "Goes to   spec.path of …"; returns rows. */
static int line(const struct lf_area *page, int y, const char *label, enum lf_role role, const char *text)
{
	int rows;

	if (!text || !*text)
		return 0;
	(void)lf_area_put(page, y, 1, LF_ROLE_DIM, label);
	rows = lf_area_wrap(page, y, 14, 0, role, text);
	return rows ? rows : 1;
}

static int question_page(const struct lf_app *app, const struct lf_plan_entry *entry, const struct lf_area *page, int y)
{
	const struct lf_question *question = entry->question;
	struct lf_str text = {0};
	int from = y;

	y += paragraph(page, y, LF_ROLE_HEADING, question->prompt);
	y += paragraph(page, y, LF_ROLE_TEXT, question->help);
	y += paragraph(page, y, LF_ROLE_TEXT, question->detail);
	for (size_t i = 0; !lf_is_text(entry) && i < lf_app_choices(app, entry); i++) {
		const char *value, *label, *help;

		lf_app_choice(app, entry, i, &value, &label, &help);
		lf_str_addf(&text, "%s%s%s", label, help ? ": " : "", help ? help : "");
		y += line(page, y, value, LF_ROLE_TEXT, lf_str_text(&text));
		lf_str_dispose(&text);
	}
	y += !lf_is_text(entry);
	y += line(page, y, "Now", LF_ROLE_VALUE, *entry->value ? entry->value : "not answered");
	y += line(page, y, "From", LF_ROLE_TEXT, entry->source);
	y += line(page, y, "Goes to", LF_ROLE_TEXT, question->yaml ? question->yaml : "no file; it steers Landfall itself");
	y += line(page, y, "Example", LF_ROLE_TEXT, question->example);
	/* With a value that does not stand for itself in a shell, the flag is still the one to type. */
	lf_str_addf(&text, "--set %s=", question->id);
	lf_shell_quote(&text, *entry->value ? entry->value : question->example ? question->example : "VALUE");
	y += line(page, y, "Flag", LF_ROLE_ACCENT, lf_str_text(&text));
	lf_str_dispose(&text);
	if (entry->problem->code) {
		y += 1 + line(page, y + 1, "Wrong", LF_ROLE_BAD, entry->problem->message);
		y += line(page, y, "", LF_ROLE_TEXT, entry->problem->hint);
	}
	return y - from + 1;
}

static int keys_page(enum lf_screen screen, const struct lf_area *page, int y)
{
	const struct lf_binding *binding;
	int from = y;

	y += paragraph(page, y, LF_ROLE_HEADING, "Keys");
	for (size_t i = 0; (binding = lf_keys_at(screen, i)); i++) {
		struct lf_str name = {0};
		int rows;

		lf_keys_name(&name, binding, false);
		(void)lf_area_put(page, y, 1, LF_ROLE_KEY, lf_str_text(&name));
		rows = lf_area_wrap(page, y, 14, 0, LF_ROLE_TEXT, binding->help);
		y += rows ? rows : 1;
		lf_str_dispose(&name);
	}
	return y - from + 1;
}

static int marks_page(const struct lf_area *page, int y)
{
	static const struct {
		enum lf_mark mark;
		const char *word;
	} marks[] = {
		{LF_MARK_DONE, "done"},	   {LF_MARK_BUSY, "here, or under way"}, {LF_MARK_TODO, "not yet"},
		{LF_MARK_WARN, "needs you"}, {LF_MARK_FAIL, "failed"},		   {LF_MARK_UNUSED, "not used with these answers"},
	};
	int from = y;

	y += paragraph(page, y, LF_ROLE_HEADING, "Marks");
	for (size_t i = 0; i < LF_COUNT(marks); i++, y++) {
		lf_draw_mark(page, y, 1, marks[i].mark);
		(void)lf_area_put(page, y, 14, LF_ROLE_TEXT, marks[i].word);
	}
	return y - from;
}

static enum lf_screen below(const struct lf_tui *tui, const struct lf_app *app)
{
	return lf_view_screen_below(tui, app);
}

/* What the review does, in the commands of others. */
static int by_hand_page(const struct lf_app *app, const struct lf_area *page, int y)
{
	struct lf_names commands = {0};
	int from = y;

	lf_app_by_hand(&commands, app);
	if (commands.count)
		y += paragraph(page, y, LF_ROLE_HEADING, "The same by hand");
	for (size_t i = 0; i < commands.count; i++)
		y += lf_area_wrap(page, y, 1, 0, LF_ROLE_ACCENT, commands.items[i]);
	y += commands.count > 0;
	lf_names_dispose(&commands);
	return y - from;
}

static int draw_page(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *page)
{
	const struct lf_plan_entry *entry = lf_app_focused(app);
	int y = 0;

	if (entry)
		y += question_page(app, entry, page, y);
	y += keys_page(below(tui, app), page, y);
	if (below(tui, app) == LF_SCREEN_REVIEW)
		y += by_hand_page(app, page, y);
	return y + marks_page(page, y);
}

void lf_draw_help(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	struct lf_area view = lf_area_sub(area, 0, 1, area->rows, area->cols - 2 > WIDEST ? WIDEST : area->cols - 2), page = lf_area_nothing(&view);
	int rows = draw_page(tui, app, &page), from = tui->scroll;

	from = from > rows - view.rows ? rows - view.rows : from;
	from = from < 0 ? 0 : from;
	page = lf_area_sub(&view, -from, 0, TALLEST, view.cols);
	(void)draw_page(tui, app, &page);
	lf_area_cursor(area, 0, 1, false);
	if (from > 0)
		(void)lf_area_glyph(area, 0, area->cols - 1, LF_ROLE_ACCENT, LF_GLYPH_ABOVE);
	if (rows > from + view.rows)
		(void)lf_area_glyph(area, area->rows - 1, area->cols - 1, LF_ROLE_ACCENT, LF_GLYPH_BELOW);
}
