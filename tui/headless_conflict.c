/* headless_conflict: lines that somebody else changed too, where nobody is there to choose: each with ours, theirs and what both began with. */
#include "config.h"
#include "tui/headless_parts.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

static void print_side(FILE *out, const char *name, size_t line, const char *text)
{
	const char *p = text ? text : "";

	(void)fprintf(out, "  %s", name);
	if (!text)
		(void)fprintf(out, ": the file is not there\n");
	else if (!*text)
		(void)fprintf(out, ": these lines are not there\n");
	else
		(void)fprintf(out, "\n");
	for (size_t i = 0; *p; i++) {
		struct lf_str clean = {0};
		size_t length = strcspn(p, "\n");

		lf_text_clean(&clean, p, length, 400);
		(void)fprintf(out, "    %4zu  %s\n", line + i, lf_str_text(&clean));
		lf_str_dispose(&clean);
		p += length + (p[length] == '\n');
	}
}

void lf_headless_conflict(FILE *out, const struct lf_app *app)
{
	const struct lf_review_file *file = NULL;
	const struct lf_merge3_part *part = lf_app_conflict(app, app->review.conflict, &file);

	if (!part)
		return;
	(void)fprintf(out, "\nConflict %zu of %zu: %s\n", app->review.conflict + 1, lf_app_conflicts(app, NULL), file->document->path);
	print_side(out, "ours", part->ours_line, part->ours);
	print_side(out, "base", part->base_line, part->base);
	print_side(out, "theirs", part->theirs_line, part->theirs);
	(void)fflush(out);
}

static void put_side(struct lf_node *map, const char *name, const char *text)
{
	lf_node_set(map, name, text ? lf_node_text_new(text) : lf_node_new(LF_NODE_NULL));
}

void lf_headless_conflicts(FILE *out, bool json, const struct lf_app *app, int exit_code)
{
	const struct lf_review_file *file = NULL;
	const struct lf_merge3_part *part;
	struct lf_node *object = NULL, *list = NULL;
	struct lf_error why;

	(void)lf_app_review_blocked(app, &why);
	lf_hint(&why, "Run it on a terminal to choose, ours or theirs, or bring the branch to where both go together.");
	if (json) {
		object = lf_node_new(LF_NODE_MAP);
		lf_node_set_text(object, "result", "conflict");
		lf_node_set_text(object, "code", lf_code_name(LF_ECONFLICT));
		lf_node_set_text(object, "message", why.message);
		lf_node_set_text(object, "hint", why.hint);
		list = lf_node_set_list(object, "conflicts");
	}
	for (size_t i = 0; (part = lf_app_conflict(app, i, &file)); i++) {
		const char *path = file->document->path;

		if (json) {
			struct lf_node *map = lf_node_add_map(list);

			lf_node_set_text(map, "path", path);
			lf_node_set_int(map, "line", (int64_t)part->theirs_line);
			put_side(map, "ours", part->ours);
			put_side(map, "base", part->base);
			put_side(map, "theirs", part->theirs);
			continue;
		}
		(void)fprintf(out, "\n%s\n", path);
		print_side(out, "ours", part->ours_line, part->ours);
		print_side(out, "base", part->base_line, part->base);
		print_side(out, "theirs", part->theirs_line, part->theirs);
	}
	if (!json) {
		(void)fprintf(out, "\n");
		lf_headless_error(out, false, &why, exit_code);
		return;
	}
	lf_node_set_int(object, "exit", exit_code);
	lf_headless_print(out, object);
}
