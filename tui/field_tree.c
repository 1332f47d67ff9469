/* field_tree: a tree whose text has several lines: how much is set, and how it begins. It is changed in the editor. */
#include "config.h"
#include "tui/view.h"

#include <string.h>

#include "core/mem.h"
#include "core/values.h"

enum { LINES_SHOWN = 5 };

static size_t values_set(const struct lf_plan_entry *entry)
{
	struct lf_node *tree = NULL;
	size_t count = lf_question_tree(&tree, entry->question, entry->value, NULL) ? 0 : lf_values_count(tree);

	lf_node_free(tree);
	return count;
}

static size_t line_count(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n' || !text[1];
	return count;
}

int lf_draw_tree(const struct lf_plan_entry *entry, const struct lf_area *area, int y, bool focused)
{
	struct lf_area row = lf_area_sub(area, y, 0, 1, area->cols);
	size_t set = values_set(entry), lines = line_count(entry->value);
	const char *line = entry->value;
	int rows = 1;

	if (focused) {
		row.ground = LF_ROLE_FIELD;
		lf_area_fill(&row, LF_ROLE_FIELD);
		(void)lf_area_glyph(area, y, 0, LF_ROLE_MARK, LF_GLYPH_FIELD_LEFT);
		(void)lf_area_glyph(area, y, area->cols - 1, LF_ROLE_MARK, LF_GLYPH_FIELD_RIGHT);
		lf_area_cursor(area, y, 1, false);
	}
	if (set)
		(void)lf_area_putf(&row, 0, 1, focused ? LF_ROLE_FIELD : LF_ROLE_VALUE, "%zu %s set", set, set == 1 ? "value" : "values");
	else
		(void)lf_area_putf(&row, 0, 1, focused ? LF_ROLE_FIELD : LF_ROLE_VALUE, "%zu lines", lines);
	for (; focused && *line && rows <= LINES_SHOWN; rows++) {
		size_t length = strcspn(line, "\n");
		char *text = lf_dup_n(line, length);

		(void)lf_area_fit(area, y + rows, 3, area->cols - 4, LF_ROLE_DIM, text);
		lf_free(text);
		line += length + (line[length] == '\n');
	}
	if (focused && *line) {
		(void)lf_area_putf(area, y + rows, 3, LF_ROLE_FAINT, "and %zu more lines", lines - LINES_SHOWN);
		rows++;
	}
	return rows;
}
