/* test_widgets: the line editor, the list and the layout, at sizes where they hurt. */
#include "config.h"
#include "tests/unit/unit.h"

#include <string.h>

#include "tui/layout.h"
#include "tui/lineedit.h"
#include "tui/list.h"

static void type(const struct lf_key *key, void *payload)
{
	(void)lf_lineedit_key(payload, key);
}

static void feed(struct lf_lineedit *edit, const char *bytes)
{
	struct lf_input input;

	lf_input_init(&input, type, edit);
	lf_input_feed(&input, bytes, strlen(bytes));
	lf_input_timeout(&input);
	lf_input_dispose(&input);
}

static void check(const char *start, const char *keys, const char *text, size_t cursor)
{
	struct lf_lineedit edit = {0};

	lf_lineedit_set(&edit, start);
	feed(&edit, keys);
	assert_string_equal(edit.text, text);
	assert_int_equal(edit.length, strlen(text));
	assert_int_equal(edit.cursor, cursor);
}

static void edits_by_characters(void **state)
{
	(void)state;
	check("", "abc", "abc", 3);
	check("abc", "\x1b[D\x1b[Dx", "axbc", 2);
	check("日本", "\x7f", "日", 3);
	check("e\xcc\x81x", "\x1b[D\x7f", "x", 0); /* the accent goes with its letter */
	check("e\xcc\x81x", "\x1b[H\x1b[C", "e\xcc\x81x", 3);
	check("abc", "\x01\x1b[3~\x04", "c", 0);
	check("abc", "\x1b[H\x7f\x1b[D", "abc", 0);
	check("abc", "\x1b[C\x1b[3~", "abc", 3);
}

static void edits_by_words(void **state)
{
	(void)state;
	check("apps/web/base", "\x17", "apps/web/", 9);
	check("apps/web/base", "\x17\x17", "apps/", 5);
	check("apps/web/base", "\x1b\x7f", "apps/web/", 9);
	check("apps/web/base", "\x1b[1;5D\x1b[1;5Dx", "apps/xweb/base", 6);
	check("apps/web/base", "\x1b[H\x1b"
			       "f\x1b"
			       "d",
	      "apps/base", 4);
	check("one two", "\x15", "", 0);
	check("one two", "\x01\x0b", "", 0);
	check("one two", "\x1b"
			 "b\x0b",
	      "one ", 4);
}

static void pastes_one_line(void **state)
{
	struct lf_lineedit edit = {0};

	(void)state;
	check("", "\x1b[200~git@host:o/r.git\r\n\x1b[201~", "git@host:o/r.git", 16);
	check("", "\x1b[200~a\nb\tc\n\n\x1b[201~", "a b c", 5);
	lf_lineedit_set(&edit, "");
	for (int i = 0; i < 5000; i++)
		(void)lf_lineedit_insert(&edit, "日", 3);
	assert_true(edit.length <= LF_LINE_MAX && edit.length % 3 == 0);
	assert_int_equal(strlen(edit.text), edit.length);
	assert_false(lf_lineedit_insert(&edit, "日", 3));
	assert_false(lf_lineedit_insert(&edit, "\x1b\x01", 2));
}

static void a_secret_shows_nothing_of_itself(void **state)
{
	struct lf_lineedit edit = {.masked = true};
	struct lf_canvas canvas;
	struct lf_area all;
	struct lf_str dump = {0};

	(void)state;
	lf_lineedit_set(&edit, "");
	feed(&edit, "geh eim");
	lf_canvas_init(&canvas, 1, 12, false);
	all = lf_canvas_area(&canvas);
	lf_lineedit_draw(&edit, &all, 0, 1, 10, LF_ROLE_FIELD, true);
	lf_canvas_dump(&dump, &canvas);
	assert_non_null(strstr(lf_str_text(&dump), " •••••••\n"));
	assert_null(strstr(lf_str_text(&dump), "eim"));
	assert_int_equal(canvas.cursor_x, 8);
	feed(&edit, "\x17"); /* one word, whatever is in it */
	assert_int_equal(edit.length, 0);
	for (size_t i = 0; i < sizeof(edit.text); i++)
		assert_int_equal(edit.text[i], 0);
	lf_str_dispose(&dump);
	lf_canvas_dispose(&canvas);
}

static void the_cursor_is_always_seen(void **state)
{
	struct lf_lineedit edit = {0};

	(void)state;
	for (int cols = 1; cols < 12; cols++) {
		lf_lineedit_set(&edit, "日本語 abcdefghij 日本語");
		for (int i = 0; i < 20; i++) {
			struct lf_canvas canvas;
			struct lf_area all;

			lf_canvas_init(&canvas, 1, 14, false);
			all = lf_canvas_area(&canvas);
			lf_lineedit_draw(&edit, &all, 0, 1, cols, LF_ROLE_FIELD, true);
			assert_in_range(canvas.cursor_x, 1, cols);
			for (int x = cols + 1; x < 14; x++)
				assert_int_equal(lf_canvas_at(&canvas, 0, x)->text[0], ' ');
			lf_canvas_dispose(&canvas);
			feed(&edit, "\x1b[D");
		}
	}
}

static void letters_item(size_t index, const char **label, const char **note, void *payload)
{
	static const char *const names[] = {"main", "staging", "release/1.0", "Release/2.0", "dev"};

	(void)payload;
	*label = names[index];
	if (note)
		*note = index == 0 ? "now" : NULL;
}

static const struct lf_list_source branches = {.count = 5, .item = letters_item};

struct pressing {
	struct lf_list *list;
	enum lf_list_result last;
};

static void press_list(const struct lf_key *key, void *payload)
{
	struct pressing *pressing = payload;

	pressing->last = lf_list_key(pressing->list, &branches, key, 3);
}

static enum lf_list_result press(struct lf_list *list, const char *bytes)
{
	struct pressing pressing = {.list = list};
	struct lf_input input;

	lf_input_init(&input, press_list, &pressing);
	lf_input_feed(&input, bytes, strlen(bytes));
	lf_input_timeout(&input);
	lf_input_dispose(&input);
	return pressing.last;
}

static void a_list_filters_as_one_types(void **state)
{
	struct lf_list list = {0};
	size_t index = 99;

	(void)state;
	lf_list_open(&list, 0);
	assert_int_equal(lf_list_matches(&list, &branches), 5);
	(void)press(&list, "REL");
	assert_int_equal(lf_list_matches(&list, &branches), 2);
	assert_int_equal(press(&list, "\x1b[B"), LF_LIST_MOVED);
	assert_true(lf_list_selected(&list, &branches, &index));
	assert_int_equal(index, 3);
	assert_int_equal(press(&list, "\r"), LF_LIST_PICKED);
	(void)press(&list, "\x1b[B\x1b[B\x1b[B"); /* not below the last */
	assert_true(lf_list_selected(&list, &branches, &index));
	assert_int_equal(index, 3);
	(void)press(&list, "zzz");
	assert_false(lf_list_selected(&list, &branches, &index));
	assert_int_equal(press(&list, "\x1b"), LF_LIST_MOVED); /* first the filter */
	assert_int_equal(lf_list_matches(&list, &branches), 5);
	assert_int_equal(press(&list, "\x1b"), LF_LIST_CLOSED);
	(void)press(&list, "\x1b[F");
	assert_true(lf_list_selected(&list, &branches, &index));
	assert_int_equal(index, 4);
	(void)press(&list, "\x1b[5~\x1b[5~");
	assert_true(lf_list_selected(&list, &branches, &index));
	assert_int_equal(index, 0);
}

static void a_list_keeps_its_selection_in_sight(void **state)
{
	struct lf_list list = {0};

	(void)state;
	for (int rows = 1; rows <= 6; rows++) {
		for (size_t selected = 0; selected < 7; selected++) { /* also beyond the end */
			struct lf_canvas canvas;
			struct lf_area all;

			lf_list_open(&list, selected);
			lf_canvas_init(&canvas, rows, 20, false);
			all = lf_canvas_area(&canvas);
			lf_list_draw(&list, &branches, &all, "nothing");
			{
				int seen = 0;

				for (int y = 0; y < rows; y++)
					seen += lf_canvas_at(&canvas, y, 5)->ground == LF_ROLE_SELECTION;
				assert_int_equal(seen, 1);
			}
			lf_canvas_dispose(&canvas);
		}
	}
}

static bool inside(const struct lf_rect *rect, int rows, int cols)
{
	return rect->rows == 0 || (rect->y >= 0 && rect->x >= 0 && rect->rows > 0 && rect->cols > 0 && rect->y + rect->rows <= rows && rect->x + rect->cols <= cols);
}

static bool overlap(const struct lf_rect *a, const struct lf_rect *b)
{
	return a->rows && b->rows && a->y < b->y + b->rows && b->y < a->y + a->rows && a->x < b->x + b->cols && b->x < a->x + a->cols;
}

static void the_layout_fits_every_size(void **state)
{
	(void)state;
	for (int rows = 0; rows < 70; rows++) {
		for (int cols = 0; cols < 260; cols++) {
			for (int toggled = 0; toggled < 2; toggled++) {
				struct lf_layout l;
				const struct lf_rect *parts[] = {&l.title, &l.steps, &l.form, &l.preview, &l.keys};

				lf_layout_compute(&l, rows, cols, toggled);
				assert_int_equal(l.too_small, rows < LF_ROWS_MIN || cols < LF_COLS_MIN);
				if (l.too_small)
					continue;
				for (size_t i = 0; i < 5; i++) {
					assert_true(inside(parts[i], rows, cols));
					for (size_t k = 0; k < i; k++)
						assert_false(overlap(parts[i], parts[k]));
				}
				assert_true(l.form.rows || l.preview.rows);
				if (l.form.rows)
					assert_true(l.form.cols >= 40);
				if (l.preview.rows)
					assert_true(l.preview.cols >= 40);
			}
		}
	}
}

static void the_layout_has_its_three_shapes(void **state)
{
	struct lf_layout l;

	(void)state;
	lf_layout_compute(&l, 30, 100, false);
	assert_true(l.wide && l.steps.rows && l.form.rows && l.preview.rows);
	lf_layout_compute(&l, 30, 100, true);
	assert_true(l.steps.rows && l.form.rows && !l.preview.rows);
	lf_layout_compute(&l, 24, 80, false);
	assert_true(!l.wide && !l.steps.rows && l.form.rows && !l.preview.rows);
	lf_layout_compute(&l, 24, 80, true);
	assert_true(!l.form.rows && l.preview.rows);
	lf_layout_compute(&l, 34, 80, false);
	assert_true(l.form.rows && l.preview.rows && l.preview.y > l.form.y);
	lf_layout_compute(&l, 34, 80, true);
	assert_true(l.form.rows && !l.preview.rows);
	lf_layout_compute(&l, 34, 79, false);
	assert_true(l.form.rows && !l.preview.rows);
	lf_layout_compute(&l, 12, 40, true);
	assert_true(!l.form.rows && l.preview.rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(edits_by_characters),
		cmocka_unit_test(edits_by_words),
		cmocka_unit_test(pastes_one_line),
		cmocka_unit_test(a_secret_shows_nothing_of_itself),
		cmocka_unit_test(the_cursor_is_always_seen),
		cmocka_unit_test(a_list_filters_as_one_types),
		cmocka_unit_test(a_list_keeps_its_selection_in_sight),
		cmocka_unit_test(the_layout_fits_every_size),
		cmocka_unit_test(the_layout_has_its_three_shapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
