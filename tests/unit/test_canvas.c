/* test_canvas: what gets into a cell, and what does not. */
#include "config.h"
#include "tests/unit/unit.h"

#include <string.h>

#include "tui/canvas.h"

struct fixture {
	struct lf_canvas canvas;
	struct lf_area all;
	struct lf_str text;
};

static void begin(struct fixture *f, int rows, int cols, bool ascii)
{
	*f = (struct fixture){0};
	lf_canvas_init(&f->canvas, rows, cols, ascii);
	f->all = lf_canvas_area(&f->canvas);
}

/* The text rows joined by "|". */
static const char *rows(struct fixture *f)
{
	lf_str_truncate(&f->text, 0);
	for (int y = 0; y < f->canvas.rows; y++) {
		for (int x = 0; x < f->canvas.cols; x++) {
			const struct lf_cell *cell = lf_canvas_at(&f->canvas, y, x);

			lf_str_add_n(&f->text, cell->text, cell->length);
		}
		if (y + 1 < f->canvas.rows)
			lf_str_add_char(&f->text, '|');
	}
	return lf_str_text(&f->text);
}

static void end(struct fixture *f)
{
	lf_str_dispose(&f->text);
	lf_canvas_dispose(&f->canvas);
}

static void clips_at_every_edge(void **state)
{
	struct fixture f;
	struct lf_area part;

	(void)state;
	begin(&f, 2, 4, false);
	assert_int_equal(lf_area_put(&f.all, 0, 2, LF_ROLE_TEXT, "abcdef"), 2);
	assert_int_equal(lf_area_put(&f.all, 2, 0, LF_ROLE_TEXT, "x"), 0);
	assert_int_equal(lf_area_put(&f.all, -1, 0, LF_ROLE_TEXT, "x"), 0);
	assert_int_equal(lf_area_put(&f.all, 0, 4, LF_ROLE_TEXT, "x"), 0);
	part = lf_area_sub(&f.all, 1, 1, 9, 2);
	assert_int_equal(part.rows, 1);
	assert_int_equal(lf_area_put(&part, 0, 0, LF_ROLE_TEXT, "xyz"), 2);
	assert_string_equal(rows(&f), "  ab| xy ");
	part = lf_area_sub(&f.all, 5, 5, 1, 1);
	assert_int_equal(part.rows, 0);
	assert_int_equal(lf_area_put(&part, 0, 0, LF_ROLE_TEXT, "x"), 0);
	end(&f);
}

static void keeps_control_bytes_out(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 1, 12, false);
	(void)lf_area_put(&f.all, 0, 0, LF_ROLE_TEXT, "a\x1b[31m\r\n\tb\x7f");
	assert_string_equal(rows(&f), "a�[31m�� b� ");
	lf_canvas_clear(&f.canvas);
	/* CSI as one C1 character, a direction override, a zero-width space, a joiner, a broken byte */
	(void)lf_area_put(&f.all, 0, 0, LF_ROLE_TEXT, "\xc2\x9b"
						      "1m\xe2\x80\xae"
						      "x\xe2\x80\x8by\xe2\x80\x8d\xff");
	assert_string_equal(rows(&f), "�1mxy�      ");
	end(&f);
}

static void wide_characters_take_two_cells(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 1, 5, false);
	assert_int_equal(lf_area_put(&f.all, 0, 0, LF_ROLE_TEXT, "日本語"), 4);
	assert_string_equal(rows(&f), "日本 ");
	assert_int_equal(lf_canvas_at(&f.canvas, 0, 1)->width, 0);
	/* Whoever overwrites half of one leaves no other half. */
	(void)lf_area_put(&f.all, 0, 1, LF_ROLE_TEXT, "x");
	assert_string_equal(rows(&f), " x本 ");
	(void)lf_area_put(&f.all, 0, 2, LF_ROLE_TEXT, "y");
	assert_string_equal(rows(&f), " xy  ");
	(void)lf_area_put(&f.all, 0, 1, LF_ROLE_TEXT, "日");
	assert_string_equal(rows(&f), " 日  ");
	end(&f);
}

static void accents_stay_with_their_letter(void **state)
{
	struct fixture f;
	char zalgo[200] = "e";

	(void)state;
	begin(&f, 1, 3, false);
	assert_int_equal(lf_area_put(&f.all, 0, 0, LF_ROLE_TEXT, "e\xcc\x81x"), 2);
	assert_int_equal(lf_canvas_at(&f.canvas, 0, 0)->length, 3);
	for (int i = 0; i < 60; i++)
		strcat(zalgo, "\xcc\x81");
	(void)lf_area_put(&f.all, 0, 0, LF_ROLE_TEXT, zalgo);
	assert_int_equal(lf_canvas_at(&f.canvas, 0, 0)->length, 9); /* four, no more */
	(void)lf_area_put(&f.all, 0, 2, LF_ROLE_TEXT, "\xcc\x81"); /* on nothing */
	end(&f);
}

static void ascii_replaces_what_it_cannot_show(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 2, 12, true);
	assert_int_equal(lf_area_put(&f.all, 0, 0, LF_ROLE_TEXT, "a·b→c…é日"), 9);
	lf_area_hline(&f.all, 1);
	lf_area_vline(&f.all, 3, 1, 2);
	assert_string_equal(rows(&f), "a-b>c~???   |---+--------");
	for (int y = 0; y < 2; y++)
		for (int x = 0; x < 12; x++)
			assert_true(lf_canvas_at(&f.canvas, y, x)->length == 1 && (unsigned char)lf_canvas_at(&f.canvas, y, x)->text[0] < 0x7f);
	end(&f);
}

static void rules_join_where_they_meet(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 4, 5, false);
	lf_area_hline(&f.all, 0);
	lf_area_hline(&f.all, 2);
	lf_area_vline(&f.all, 2, 0, 3);
	assert_string_equal(rows(&f), "──┬──|  │  |──┼──|  │  ");
	lf_area_floor(&f.all, 2);
	assert_string_equal(rows(&f), "──┬──|  │  |──┴──|  │  ");
	end(&f);
}

static void a_part_may_join_the_rules_around_it(void **state)
{
	struct fixture f;
	struct lf_area inside;

	(void)state;
	begin(&f, 3, 3, false);
	lf_area_hline(&f.all, 0);
	lf_area_hline(&f.all, 2);
	inside = lf_area_sub(&f.all, 1, 0, 1, 3);
	lf_area_vline(&inside, 1, -1, 1);
	assert_string_equal(rows(&f), "─┬─| │ |─┴─");
	lf_area_vline(&inside, 7, -5, 9); /* outside: nothing */
	end(&f);
}

static void cuts_with_a_sign(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 4, 10, false);
	assert_int_equal(lf_area_fit(&f.all, 0, 0, 5, LF_ROLE_TEXT, "abcde"), 5);
	assert_int_equal(lf_area_fit(&f.all, 1, 0, 5, LF_ROLE_TEXT, "abcdef"), 5);
	(void)lf_area_middle(&f.all, 2, 0, 9, LF_ROLE_TEXT, "apps/web/production");
	assert_int_equal(lf_area_right(&f.all, 3, LF_ROLE_TEXT, "end"), 7);
	assert_string_equal(rows(&f), "abcde     |abcd…     |ap…uction |       end");
	assert_int_equal(lf_area_fit(&f.all, 0, 9, 0, LF_ROLE_TEXT, "x"), 0);
	assert_int_equal(lf_area_fit(&f.all, 0, 9, -3, LF_ROLE_TEXT, "x"), 0);
	end(&f);
}

static void wraps_at_words(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 3, 8, false);
	assert_int_equal(lf_area_wrap(&f.all, 0, 2, 0, LF_ROLE_TEXT, "one two three four"), 4);
	assert_string_equal(rows(&f), "  one   |  two   |  three ");
	lf_canvas_clear(&f.canvas);
	assert_int_equal(lf_area_wrap(&f.all, 0, 0, 1, LF_ROLE_TEXT, "one two three four"), 1);
	assert_string_equal(rows(&f), "one two…|        |        ");
	assert_int_equal(lf_area_wrap(&f.all, 0, 8, 1, LF_ROLE_TEXT, "one"), 0);
	assert_int_equal(lf_area_wrap(&f.all, 0, 0, 1, LF_ROLE_TEXT, ""), 0);
	end(&f);
}

static void a_page_is_scrolled_by_where_it_is_put(void **state)
{
	struct fixture f;
	struct lf_area view, page, part;

	(void)state;
	begin(&f, 4, 3, false);
	view = lf_area_sub(&f.all, 1, 0, 2, 3);
	page = lf_area_sub(&view, -2, 0, 100, 3);
	assert_int_equal(page.skip, 2);
	for (int y = 0; y < 6; y++)
		(void)lf_area_putf(&page, y, 0, LF_ROLE_TEXT, "%d", y);
	part = lf_area_sub(&page, 1, 1, 2, 1); /* half above the view */
	assert_int_equal(part.skip, 1);
	lf_area_fill(&part, LF_ROLE_FIELD);
	(void)lf_area_put(&part, 0, 0, LF_ROLE_TEXT, "a");
	(void)lf_area_put(&part, 1, 0, LF_ROLE_TEXT, "b");
	lf_area_cursor(&page, 1, 0, true); /* not seen */
	assert_int_equal(f.canvas.cursor_y, -1);
	lf_area_cursor(&page, 3, 0, true);
	assert_int_equal(f.canvas.cursor_y, 2);
	assert_int_equal(lf_area_wrap(&page, 0, 2, 0, LF_ROLE_TEXT, "x y z w v"), 5);
	assert_string_equal(rows(&f), "   |2bz|3 w|   ");
	view = lf_area_nothing(&page);
	assert_int_equal(lf_area_wrap(&view, 0, 0, 0, LF_ROLE_TEXT, "x y z"), 2);
	assert_string_equal(rows(&f), "   |2bz|3 w|   ");
	page = lf_area_sub(&f.all, -9, 0, 3, 3); /* all of it above */
	(void)lf_area_put(&page, 0, 0, LF_ROLE_TEXT, "no");
	lf_area_fill(&page, LF_ROLE_BAD);
	assert_string_equal(rows(&f), "   |2bz|3 w|   ");
	end(&f);
}

static void survives_the_smallest_sizes(void **state)
{
	(void)state;
	for (int side = -1; side <= 2; side++) {
		struct fixture f;

		begin(&f, side, side, false);
		lf_area_hline(&f.all, 0);
		lf_area_vline(&f.all, 0, 0, 5);
		lf_area_fill(&f.all, LF_ROLE_FIELD);
		(void)lf_area_put(&f.all, 0, 0, LF_ROLE_TEXT, "日");
		(void)lf_area_middle(&f.all, 0, 0, 1, LF_ROLE_TEXT, "long");
		(void)lf_area_wrap(&f.all, 0, 0, 0, LF_ROLE_TEXT, "日本 x");
		lf_area_cursor(&f.all, 9, 9, true);
		assert_int_equal(f.canvas.cursor_y, -1);
		end(&f);
	}
}

static void the_dump_holds_roles_and_grounds(void **state)
{
	struct fixture f;
	struct lf_area row;

	(void)state;
	begin(&f, 2, 6, false);
	(void)lf_area_put(&f.all, 0, 0, LF_ROLE_GOOD, "ok");
	row = lf_area_sub(&f.all, 1, 1, 1, 3);
	row.ground = LF_ROLE_FIELD;
	lf_area_fill(&row, LF_ROLE_FIELD);
	(void)lf_area_put(&row, 0, 0, LF_ROLE_TEXT, "v");
	lf_area_cursor(&f.all, 1, 2, true);
	lf_canvas_dump(&f.text, &f.canvas);
	assert_string_equal(lf_str_text(&f.text), "size 6x2 cursor 1,2 shown\nok\n v\nroles\n++\n .\ngrounds\n1: FFF\n");
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clips_at_every_edge),
		cmocka_unit_test(keeps_control_bytes_out),
		cmocka_unit_test(wide_characters_take_two_cells),
		cmocka_unit_test(accents_stay_with_their_letter),
		cmocka_unit_test(ascii_replaces_what_it_cannot_show),
		cmocka_unit_test(rules_join_where_they_meet),
		cmocka_unit_test(a_part_may_join_the_rules_around_it),
		cmocka_unit_test(cuts_with_a_sign),
		cmocka_unit_test(wraps_at_words),
		cmocka_unit_test(a_page_is_scrolled_by_where_it_is_put),
		cmocka_unit_test(survives_the_smallest_sizes),
		cmocka_unit_test(the_dump_holds_roles_and_grounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
