/* screen_details: everything known of one object of the tree: what it says about itself, and how to look at it by hand. */
#include "config.h"
#include "tui/view.h"

#include "core/mem.h"
#include "core/text.h"

enum { TALLEST = 1000, SHOWN_MAX = 40 };

static int line(const struct lf_area *page, int y, const char *label, enum lf_role role, const char *text)
{
	int rows, wide = page->cols >= 60 ? 20 : 13; /* "ContainersReady" and the like are read, not guessed */

	if (!text || !*text)
		return 0;
	(void)lf_area_fit(page, y, 1, wide, LF_ROLE_DIM, label);
	rows = lf_area_wrap(page, y, wide + 2, 0, role, text);
	return rows ? rows : 1;
}

static int conditions(const struct lf_node *object, const struct lf_area *page, int y)
{
	const struct lf_node *list = lf_node_get(object, "status.conditions");
	int from = y;

	if (!lf_node_count(list))
		return 0;
	(void)lf_area_put(page, y++, 1, LF_ROLE_HEADING, "Conditions");
	for (size_t i = 0; i < lf_node_count(list) && i < SHOWN_MAX; i++) {
		const struct lf_node *condition = lf_node_at(list, i);
		struct lf_str text = {0}, clean = {0};

		lf_str_addf(&text, "%s %s", lf_node_text(condition, "status"), lf_node_text(condition, "reason"));
		if (*lf_node_text(condition, "message"))
			lf_str_addf(&text, ": %s", lf_node_text(condition, "message"));
		lf_text_clean(&clean, lf_str_text(&text), text.length, 800);
		y += line(page, y, lf_node_text(condition, "type"), LF_ROLE_TEXT, lf_str_text(&clean));
		lf_str_dispose(&text);
		lf_str_dispose(&clean);
	}
	return y - from + 1;
}

static int containers(const struct lf_node *object, const struct lf_area *page, int y)
{
	const struct lf_node *list = lf_node_get(object, "status.containerStatuses");
	int from = y;

	if (!lf_node_count(list))
		return 0;
	(void)lf_area_put(page, y++, 1, LF_ROLE_HEADING, "Containers");
	for (size_t i = 0; i < lf_node_count(list) && i < SHOWN_MAX; i++) {
		const struct lf_node *status = lf_node_at(list, i), *waiting = lf_node_get(status, "state.waiting");
		struct lf_str text = {0}, clean = {0};

		lf_str_addf(&text, "%s, %s, %d %s", lf_node_text(status, "image"), lf_node_true(status, "ready") ? "ready" : "not ready",
			    (int)lf_node_int(status, "restartCount", 0), lf_node_int(status, "restartCount", 0) == 1 ? "restart" : "restarts");
		if (waiting)
			lf_str_addf(&text, "; %s %s", lf_node_text(waiting, "reason"), lf_node_text(waiting, "message"));
		lf_text_clean(&clean, lf_str_text(&text), text.length, 800);
		y += line(page, y, lf_node_text(status, "name"), LF_ROLE_TEXT, lf_str_text(&clean));
		lf_str_dispose(&text);
		lf_str_dispose(&clean);
	}
	return y - from + 1;
}

static int object_page(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *page)
{
	const struct lf_tree_row *row = &app->landing.progress.rows[app->landing.selected];
	const struct lf_node *object = lf_objects_get(app->landing.objects, &row->ref);
	struct lf_str text = {0};
	char *command;
	int y = 0;

	lf_ref_text(&text, &row->ref);
	lf_draw_mark(page, y, 1, lf_mark_of_health(row->health));
	y += lf_area_wrap(page, y, 3, 0, LF_ROLE_HEADING, lf_str_text(&text)) + 1;
	lf_str_dispose(&text);
	lf_str_addf(&text, "%s%s%s", lf_health_word(row->health), row->note && *row->note ? ": " : "", row->note ? row->note : "");
	y += line(page, y, "Health", LF_ROLE_TEXT, lf_str_text(&text));
	lf_str_dispose(&text);
	y += line(page, y, "Group", LF_ROLE_TEXT, row->ref.group);
	if (!object)
		y += line(page, y, "Seen", LF_ROLE_TEXT, "not yet; only its name is known, from the one that owns it");
	y += line(page, y, "Created", LF_ROLE_TEXT, lf_node_text(object, "metadata.creationTimestamp"));
	y += line(page, y, "Generation", LF_ROLE_TEXT, lf_node_text(object, "metadata.generation"));
	y += line(page, y, "Node", LF_ROLE_TEXT, lf_node_text(object, "spec.nodeName"));
	y += line(page, y, "Phase", LF_ROLE_TEXT, lf_node_text(object, "status.phase"));
	y++;
	y += conditions(object, page, y);
	y += containers(object, page, y);
	command = lf_view_command(tui, app);
	(void)lf_area_put(page, y++, 1, LF_ROLE_HEADING, "Look yourself");
	y += lf_area_wrap(page, y, 1, 0, LF_ROLE_ACCENT, command);
	lf_free(command);
	return y;
}

void lf_draw_details(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	struct lf_area view = lf_area_sub(area, 0, 1, area->rows, area->cols - 2), page = lf_area_nothing(&view);
	int rows, from = tui->scroll;

	if (app->landing.selected >= app->landing.progress.row_count)
		return;
	rows = object_page(tui, app, &page);
	from = from > rows - view.rows ? rows - view.rows : from;
	from = from < 0 ? 0 : from;
	page = lf_area_sub(&view, -from, 0, TALLEST, view.cols);
	(void)object_page(tui, app, &page);
	lf_area_cursor(area, 0, 1, false);
	if (from > 0)
		(void)lf_area_glyph(area, 0, area->cols - 1, LF_ROLE_ACCENT, LF_GLYPH_ABOVE);
	if (rows > from + view.rows)
		(void)lf_area_glyph(area, area->rows - 1, area->cols - 1, LF_ROLE_ACCENT, LF_GLYPH_BELOW);
}
