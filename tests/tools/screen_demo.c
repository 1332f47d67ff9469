/* screen_demo: shows a model of tests/unit/models.c. "screen_demo NAME [COLSxROWS] [ascii]" prints it as golden text; "screen_demo -i NAME [THEME]" opens it in
 * the real terminal, where keys work as they do in the program but nothing is outside. For looking, and for the tests that need a real terminal. */
#include "config.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "tests/unit/models.h"
#include "tui/front.h"
#include "tui/term.h"

struct stage {
	struct model model;
	struct lf_front *front;
};

static void dispatch(struct lf_event *event, void *payload)
{
	struct stage *stage = payload;
	struct lf_effects effects = {0};

	lf_app_update(stage->model.app, event, &effects);
	lf_effects_dispose(&effects);
}

static int open_screen(const char *name, const char *theme_name)
{
	struct stage stage;
	struct lf_theme theme;
	struct lf_error err = {0};
	struct lf_front_options options = {.input = 0, .output = 1, .theme = &theme, .saved_in = "~/.local/state/landfall/answers.yaml"};
	size_t length;
	const char *text = lf_theme_text(theme_name, &length);
	uv_loop_t loop;
	int code;

	if (!text || lf_theme_parse(&theme, text, length, theme_name, &err)) {
		(void)fprintf(stderr, "%s: no such theme %s\n", theme_name, err.message);
		return 2;
	}
	model_open(&stage.model, name, 24, 80);
	options.ascii = !lf_term_is_utf8();
	(void)uv_loop_init(&loop);
	code = lf_front_open(&stage.front, &loop, stage.model.app, &options, dispatch, &stage, &err);
	if (code) {
		(void)fprintf(stderr, "%s %s\n", err.message, err.hint);
		code = 2;
	} else {
		code = lf_front_run(stage.front);
		lf_front_close(stage.front);
		code = code ? 128 + code : stage.model.app->exit_code;
	}
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&loop);
	model_close(&stage.model);
	return code;
}

int main(int argc, char **argv)
{
	struct model model;
	struct lf_canvas canvas;
	struct lf_str text = {0};
	int cols = 120, rows = 30;

	(void)setlocale(LC_ALL, "");
	if (argc < 2) {
		for (size_t i = 0; model_name(i); i++)
			(void)puts(model_name(i));
		return 0;
	}
	if (strcmp(argv[1], "-i") == 0 && argc > 2)
		return open_screen(argv[2], argc > 3 ? argv[3] : "dark");
	if (argc > 2)
		(void)sscanf(argv[2], "%dx%d", &cols, &rows);
	model_open(&model, argv[1], rows, cols);
	model_draw(&model, &canvas, argc > 3);
	lf_canvas_dump(&text, &canvas);
	(void)fputs(lf_str_text(&text), stdout);
	lf_str_dispose(&text);
	lf_canvas_dispose(&canvas);
	model_close(&model);
	return 0;
}
