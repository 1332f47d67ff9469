/* screen_places: "landfall edit": a live object comes from more than one file; each with whom a change of it would reach. */
#include "config.h"
#include "tui/view.h"

#include "core/text.h"

static const char *word_of(enum lf_edit_what what)
{
	switch (what) {
	case LF_EDIT_OBJECT:
		return "the object's own file";
	case LF_EDIT_PATCH:
		return "its patch";
	case LF_EDIT_NEW_PATCH:
		return "a new patch";
	case LF_EDIT_KUSTOMIZATION:
		break;
	}
	return "its image tags and replicas";
}

void lf_draw_places(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	const struct lf_editing *editing = &app->editing;
	struct lf_area inside = lf_area_sub(area, 0, 0, area->rows, area->cols - 1), list;
	struct lf_str text = {0};
	size_t room, first = 0;
	int y = 0;

	(void)tui;
	lf_str_addf(&text, "Which file of %s %s should be changed?", editing->trace.object.kind, editing->trace.object.name);
	y += lf_area_wrap(&inside, y, 1, 2, LF_ROLE_STRONG, lf_str_text(&text));
	lf_str_dispose(&text);
	if (area->rows >= 12)
		y += lf_area_wrap(&inside, y, 1, 2, LF_ROLE_DIM, "It opens in your editor as the branch has it. Nothing is pushed before you have seen the difference.") + 1;
	list = lf_area_sub(area, y, 0, area->rows - y, area->cols);
	room = list.rows >= 3 ? (size_t)list.rows / 3 : 1;
	if (editing->places.count > room && editing->place > room / 2)
		first = editing->place - room / 2 > editing->places.count - room ? editing->places.count - room : editing->place - room / 2;
	for (size_t i = first; i < editing->places.count && i < first + room; i++) {
		const struct lf_edit_place *place = &editing->places.items[i];
		struct lf_area row = lf_area_sub(&list, (int)(i - first) * 3, 0, 2, list.cols);

		if (i == editing->place) {
			row.ground = LF_ROLE_SELECTION;
			lf_area_fill(&row, LF_ROLE_SELECTION);
			lf_area_cursor(&row, 0, 1, false);
			(void)lf_area_glyph(&row, 0, 1, LF_ROLE_MARK, LF_GLYPH_HERE);
		}
		(void)lf_area_middle(&row, 0, 3, row.cols - 4, i == editing->place ? LF_ROLE_STRONG : LF_ROLE_NAME, place->path);
		lf_str_addf(&text, "%s; reaches %s", word_of(place->what), place->reach);
		(void)lf_area_fit(&row, 1, 3, row.cols - 4, LF_ROLE_DIM, lf_str_text(&text));
		lf_str_dispose(&text);
	}
	if (first > 0)
		(void)lf_area_glyph(&list, 0, list.cols - 1, LF_ROLE_DIM, LF_GLYPH_ABOVE);
	if (first + room < editing->places.count)
		(void)lf_area_glyph(&list, list.rows - 1, list.cols - 1, LF_ROLE_DIM, LF_GLYPH_BELOW);
}
