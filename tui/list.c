/* list: see list.h. */
#include "config.h"
#include "tui/list.h"

#include <string.h>
#include <strings.h>

/* Where the filter is found in LABEL; NULL: nowhere. */
static const char *find(const struct lf_list *list, const char *label)
{
	size_t length = list->filter.length;

	for (const char *p = label; strlen(p) >= length; p++)
		if (strncasecmp(p, list->filter.text, length) == 0)
			return p;
	return NULL;
}

static bool item_matches(const struct lf_list *list, const struct lf_list_source *source, size_t index)
{
	const char *label = "";

	source->item(index, &label, NULL, source->payload);
	return find(list, label) != NULL;
}

void lf_list_open(struct lf_list *list, size_t selected)
{
	lf_lineedit_set(&list->filter, "");
	list->selected = selected;
}

size_t lf_list_matches(const struct lf_list *list, const struct lf_list_source *source)
{
	size_t count = 0;

	for (size_t i = 0; i < source->count; i++)
		count += item_matches(list, source, i);
	return count;
}

bool lf_list_selected(const struct lf_list *list, const struct lf_list_source *source, size_t *index)
{
	size_t row = 0, last = SIZE_MAX;

	for (size_t i = 0; i < source->count; i++) {
		if (!item_matches(list, source, i))
			continue;
		last = i;
		if (row++ == list->selected)
			break;
	}
	*index = last;
	return last != SIZE_MAX;
}

static enum lf_list_result move_to(struct lf_list *list, size_t count, int64_t row)
{
	list->selected = row < 0 || !count ? 0 : (size_t)row >= count ? count - 1 : (size_t)row;
	return LF_LIST_MOVED;
}

enum lf_list_result lf_list_key(struct lf_list *list, const struct lf_list_source *source, const struct lf_key *key, int page)
{
	size_t count = lf_list_matches(list, source);
	int64_t row = (int64_t)(list->selected < count ? list->selected : count ? count - 1 : 0);

	if (key->code == LF_KEY_UP)
		return move_to(list, count, row - 1);
	if (key->code == LF_KEY_DOWN)
		return move_to(list, count, row + 1);
	if (key->code == LF_KEY_PAGE_UP)
		return move_to(list, count, row - page);
	if (key->code == LF_KEY_PAGE_DOWN)
		return move_to(list, count, row + page);
	if (key->code == LF_KEY_HOME)
		return move_to(list, count, 0);
	if (key->code == LF_KEY_END)
		return move_to(list, count, (int64_t)count - 1);
	if (key->code == LF_KEY_ENTER)
		return LF_LIST_PICKED;
	if (key->code == LF_KEY_ESC) {
		if (!list->filter.length)
			return LF_LIST_CLOSED;
		lf_list_open(list, 0);
		return LF_LIST_MOVED;
	}
	switch (lf_lineedit_key(&list->filter, key)) {
	case LF_EDIT_IGNORED:
		return LF_LIST_IGNORED;
	case LF_EDIT_CHANGED:
		list->selected = 0;
		break;
	case LF_EDIT_MOVED:
		break;
	}
	return LF_LIST_MOVED;
}

static void draw_row(const struct lf_list *list, const struct lf_area *area, int y, int column, bool selected, const char *label, const char *note)
{
	struct lf_area row = lf_area_sub(area, y, 0, 1, area->cols);
	const char *found;
	int used, at;

	if (selected) {
		row.ground = LF_ROLE_SELECTION;
		lf_area_fill(&row, row.ground);
	}
	used = lf_area_fit(&row, 0, 1, row.cols - 2, selected ? LF_ROLE_SELECTION : LF_ROLE_VALUE, label);
	at = used > column ? 1 + used + 2 : 1 + column + 2;
	if (note && *note && at + 4 < row.cols)
		(void)lf_area_fit(&row, 0, at, row.cols - 1 - at, selected ? LF_ROLE_SELECTION : LF_ROLE_DIM, note);
	/* What was typed, shown where it was found. */
	found = list->filter.length && !selected ? find(list, label) : NULL;
	if (found && (at = lf_canvas_width_n(label, (size_t)(found - label))) < used)
		(void)lf_area_put_n(&row, 0, 1 + at, LF_ROLE_MATCH, found, list->filter.length);
}

void lf_list_draw(const struct lf_list *list, const struct lf_list_source *source, const struct lf_area *area, const char *empty)
{
	size_t count = lf_list_matches(list, source), row = 0, first;
	size_t here = list->selected < count ? list->selected : count ? count - 1 : 0;
	size_t room = area->rows > 0 ? (size_t)area->rows : 0;
	int column = 0;

	if (!room)
		return;
	if (!count) {
		(void)lf_area_fit(area, 0, 1, area->cols - 2, LF_ROLE_DIM, empty);
		return;
	}
	first = here < room / 2 || count <= room ? 0 : here - room / 2;
	if (count > room && first > count - room)
		first = count - room;
	/* The labels' column is as wide as those in view; thousands that are not cost nothing. */
	for (size_t i = 0; i < source->count && row < first + room; i++) {
		const char *label = "";
		int width;

		source->item(i, &label, NULL, source->payload);
		if (!find(list, label) || row++ < first)
			continue;
		width = lf_canvas_width(label);
		column = width > column && width <= area->cols / 2 ? width : column;
	}
	row = 0;
	for (size_t i = 0; i < source->count && row < first + room; i++) {
		const char *label = "", *note = NULL;

		source->item(i, &label, row < first ? NULL : &note, source->payload);
		if (!find(list, label))
			continue;
		if (row >= first)
			draw_row(list, area, (int)(row - first), column, row == here, label, note);
		row++;
	}
	if (first > 0)
		(void)lf_area_glyph(area, 0, area->cols - 1, LF_ROLE_DIM, LF_GLYPH_ABOVE);
	if (first + room < count)
		(void)lf_area_glyph(area, area->rows - 1, area->cols - 1, LF_ROLE_DIM, LF_GLYPH_BELOW);
}
