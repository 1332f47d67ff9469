/* fuzz_canvas: any text at any place: no control byte, no escape sequence and no half of a wide character is ever left in a cell, and nothing outside the area
 * changes. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "tui/canvas.h"

static void check_row(const struct lf_canvas *canvas, int y)
{
	for (int x = 0; x < canvas->cols; x++) {
		const struct lf_cell *cell = lf_canvas_at(canvas, y, x);
		char text[sizeof(cell->text) + 1] = "";

		memcpy(text, cell->text, cell->length);
		fuzz_require(cell->width <= 2 && cell->length <= sizeof(cell->text), "a cell is one", text);
		fuzz_require((cell->width == 0) == (cell->length == 0), "only right halves are empty", text);
		if (cell->width == 0)
			fuzz_require(x > 0 && lf_canvas_at(canvas, y, x - 1)->width == 2, "a right half has its left", text);
		if (cell->width == 2)
			fuzz_require(x + 1 < canvas->cols && lf_canvas_at(canvas, y, x + 1)->width == 0, "a left half has its right", text);
		fuzz_require(lf_text_is_utf8(text, cell->length), "a cell is UTF-8", text);
		for (size_t i = 0; i < cell->length; i++) {
			fuzz_require((unsigned char)text[i] >= 0x20 && text[i] != 0x7f, "no controls", text);
			fuzz_require(!canvas->ascii || (unsigned char)text[i] < 0x7f, "only ASCII", text);
		}
		fuzz_require(!(cell->length >= 2 && text[0] == (char)0xc2 && (unsigned char)text[1] < 0xa0), "no C1", text);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lf_canvas canvas;
	struct lf_area all, part;
	char *text;

	if (size < 6)
		return 0;
	lf_canvas_init(&canvas, data[0] % 12, data[1] % 40, data[2] & 1);
	all = lf_canvas_area(&canvas);
	part = lf_area_sub(&all, (int)data[3] % 14 - 1, (int)data[4] % 42 - 1, data[5] % 12, data[2] % 40);
	text = lf_dup_n((const char *)data + 6, size - 6);
	for (int y = -1; y <= canvas.rows; y++) {
		int x = (int)data[(size_t)(y + 7) % size] % 44 - 2;

		fuzz_require(lf_area_put_n(&all, y, x, LF_ROLE_TEXT, (const char *)data + 6, size - 6) <= canvas.cols, "it fits", text);
		(void)lf_area_fit(&part, y, x, 7, LF_ROLE_GOOD, text);
		(void)lf_area_middle(&part, y, x + 3, 9, LF_ROLE_BAD, text);
		(void)lf_area_wrap(&part, y, x, 3, LF_ROLE_DIM, text);
	}
	for (int y = 0; y < canvas.rows; y++)
		check_row(&canvas, y);
	/* What is drawn into a part stays in it. */
	lf_canvas_clear(&canvas);
	(void)lf_area_put(&part, 0, 0, LF_ROLE_BAD, text);
	(void)lf_area_wrap(&part, 0, 0, 0, LF_ROLE_BAD, text);
	lf_area_fill(&part, LF_ROLE_FIELD);
	for (int y = 0; y < canvas.rows; y++)
		for (int x = 0; x < canvas.cols; x++)
			if (y < part.y || y >= part.y + part.rows || x < part.x || x >= part.x + part.cols)
				fuzz_require(lf_canvas_at(&canvas, y, x)->text[0] == ' ' && lf_canvas_at(&canvas, y, x)->ground == LF_ROLE_TEXT,
					     "nothing outside changes", text);
	lf_free(text);
	lf_canvas_dispose(&canvas);
	return 0;
}
