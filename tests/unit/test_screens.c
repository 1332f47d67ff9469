/* test_screens: every model at every size, with Unicode and without, compared cell by cell and role by role with tests/golden/screens. A lost highlight
 * fails. GOLDEN_UPDATE=1 writes what is there now: look at the difference before committing it. */
#include "config.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/mem.h"
#include "tests/unit/models.h"

static const struct {
	int cols, rows;
} sizes[] = {{80, 24}, {120, 30}, {200, 50}, {40, 12}};

static char *read_golden(const char *path)
{
	FILE *file = fopen(path, "r");
	struct lf_str text = {0};
	char buffer[4096];
	size_t n;

	if (!file)
		return NULL;
	while ((n = fread(buffer, 1, sizeof(buffer), file)) > 0)
		lf_str_add_n(&text, buffer, n);
	(void)fclose(file);
	return lf_str_take(&text);
}

static void write_golden(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fputs(text, file) < 0, 0);
	assert_int_equal(fclose(file), 0);
}

/* The first line that differs, both ways. */
static void explain(const char *path, const char *expected, const char *actual)
{
	int line = 1;

	while (*expected && *expected == *actual) {
		line += *expected == '\n';
		expected++;
		actual++;
	}
	while (line > 1 && expected[-1] != '\n') {
		expected--;
		actual--;
	}
	print_error("%s:%d:\n expected %.*s\n but got  %.*s\n", path, line, (int)strcspn(expected, "\n"), expected, (int)strcspn(actual, "\n"), actual);
}

/* All sizes of one model stand in one file. */
static bool check_model(const char *name, bool ascii)
{
	const char *source = getenv("srcdir"), *update = getenv("GOLDEN_UPDATE");
	struct lf_str all = {0};
	char *path = lf_format("%s/tests/golden/screens/%s%s.txt", source ? source : ".", name, ascii ? ".ascii" : ""), *golden;
	bool same;

	for (size_t i = 0; i < LF_COUNT(sizes); i++) {
		struct model model;
		struct lf_canvas canvas;
		size_t from;

		model_open(&model, name, sizes[i].rows, sizes[i].cols);
		model_draw(&model, &canvas, ascii);
		from = all.length;
		lf_canvas_dump(&all, &canvas);
		if (ascii) /* the roles are those of the other file */
			lf_str_truncate(&all, from + (size_t)(strstr(lf_str_text(&all) + from, "roles\n") - (lf_str_text(&all) + from)));
		lf_canvas_dispose(&canvas);
		model_close(&model);
	}
	if (update && *update)
		write_golden(path, lf_str_text(&all));
	golden = read_golden(path);
	same = lf_equal(golden, lf_str_text(&all));
	if (!golden)
		print_error("%s is missing: make it with GOLDEN_UPDATE=1\n", path);
	else if (!same)
		explain(path, golden, lf_str_text(&all));
	lf_free(golden);
	lf_free(path);
	lf_str_dispose(&all);
	return same;
}

static void screens_are_as_they_were(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; model_name(i); i++) {
		wrong += !check_model(model_name(i), false);
		wrong += !check_model(model_name(i), true);
	}
	assert_int_equal(wrong, 0);
}

/* Every size there is, quickly: nothing may write outside, and the cursor stands where something is. */
static void no_size_breaks_a_screen(void **state)
{
	(void)state;
	for (size_t i = 0; model_name(i); i++) {
		struct model model;

		model_open(&model, model_name(i), 24, 80);
		for (int rows = 1; rows < 60; rows += 1 + rows / 7) {
			for (int cols = 1; cols < 220; cols += 1 + cols / 5) {
				struct lf_canvas canvas;

				lf_tui_resize(&model.tui, rows, cols);
				model_draw(&model, &canvas, (rows + cols) & 1);
				assert_true(canvas.cursor_y < rows && canvas.cursor_x < cols);
				if (!model.tui.layout.too_small && canvas.cursor_y < 0)
					fail_msg("no cursor on %s at %dx%d", model_name(i), cols, rows);
				lf_canvas_dispose(&canvas);
			}
		}
		model_close(&model);
	}
}

static void drawing_twice_gives_the_same(void **state)
{
	(void)state;
	for (size_t i = 0; model_name(i); i++) {
		struct model model;
		struct lf_canvas one, two;

		model_open(&model, model_name(i), 30, 120);
		model_draw(&model, &one, false);
		model_draw(&model, &two, false);
		assert_memory_equal(one.cells, two.cells, (size_t)one.rows * (size_t)one.cols * sizeof(*one.cells));
		lf_canvas_dispose(&one);
		lf_canvas_dispose(&two);
		model_close(&model);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(screens_are_as_they_were),
		cmocka_unit_test(no_size_breaks_a_screen),
		cmocka_unit_test(drawing_twice_gives_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
