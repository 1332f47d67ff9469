/* landing_parts: what stands beside or instead of the tree: cause, evidence and remedies; the newest events; the log. */
#include "config.h"
#include "tui/view.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

enum { EVENTS_MAX = 100, BESIDE_COLS = 72 /* narrower, an event's message stands below its object */ };

void lf_draw_diagnosis(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	const struct lf_diagnosis *diagnosis = &app->landing.progress.diagnosis;
	struct lf_area inside = lf_area_sub(area, 0, 0, area->rows, area->cols - 1);
	struct lf_str text = {0};
	int y = 0, gap = area->rows >= 12, copies = 0;

	y += lf_draw_remark(tui, &inside, y, 1, LF_MARK_FAIL, LF_ROLE_BAD, diagnosis->cause);
	lf_area_cursor(&inside, 0, 1, false);
	if (lf_ref_is_set(&diagnosis->subject)) {
		lf_ref_text(&text, &diagnosis->subject);
		if (!lf_starts_with(diagnosis->evidence, lf_str_text(&text))) /* else that names it, and says more */
			y += lf_area_wrap(&inside, y, 3, 0, LF_ROLE_TEXT, lf_str_text(&text));
		lf_str_dispose(&text);
	}
	for (const char *line = diagnosis->evidence; line && *line;) {
		size_t length = strcspn(line, "\n");
		char *copy = lf_dup_n(line, length);

		y += lf_area_wrap(&inside, y, 3, 3, LF_ROLE_DIM, copy);
		lf_free(copy);
		line += length + (line[length] == '\n');
	}
	if (!diagnosis->remedy_count)
		return;
	y += gap;
	(void)lf_area_put(&inside, y++, 1, LF_ROLE_HEADING, "What you can do");
	for (size_t i = 0; i < diagnosis->remedy_count; i++) {
		(void)lf_area_putf(&inside, y, 3, LF_ROLE_ACCENT, "%zu", i + 1);
		if (diagnosis->remedies[i].command && !copies++)
			(void)lf_area_right(&inside, y, LF_ROLE_DIM, "y copies it");
		y += lf_area_wrap(&inside, y, 6, 0, LF_ROLE_TEXT, diagnosis->remedies[i].text);
		y += lf_area_wrap(&inside, y, 6, 0, LF_ROLE_ACCENT, diagnosis->remedies[i].command);
	}
}

/* When an event last happened: RFC 3339, so that text order is time order. */
static const char *event_time(const struct lf_node *event)
{
	static const char *const paths[] = {"lastTimestamp", "series.lastObservedTime", "eventTime", "firstTimestamp", "metadata.creationTimestamp"};

	for (size_t i = 0; i < LF_COUNT(paths); i++)
		if (*lf_node_text(event, paths[i]))
			return lf_node_text(event, paths[i]);
	return "";
}

/* The newest COUNT of all events, newest first; one pass, so that a flood of them costs little. */
static size_t newest(const struct lf_node **out, size_t count, const struct lf_objects *objects)
{
	const struct lf_node *event;
	size_t index = 0, kept = 0;

	while ((event = lf_objects_next_of_kind(objects, "", "Event", NULL, &index))) {
		size_t at = kept;

		while (at > 0 && strcmp(event_time(out[at - 1]), event_time(event)) < 0)
			at--;
		if (at >= count)
			continue;
		if (kept < count)
			kept++;
		memmove(out + at + 1, out + at, (kept - at - 1) * sizeof(*out));
		out[at] = event;
	}
	return kept;
}

/* "Pod web-7d9c-x2" */
static void event_subject(struct lf_str *out, const struct lf_node *event)
{
	lf_str_addf(out, "%s %s", lf_node_text(event, "involvedObject.kind"), lf_node_text(event, "involvedObject.name"));
}

/* The column at which messages begin, so that they line up. */
static int message_column(const struct lf_node **events, size_t count, int cols)
{
	int widest = 0;

	for (size_t i = 0; i < count; i++) {
		struct lf_str text = {0};
		int width;

		event_subject(&text, events[i]);
		width = lf_canvas_width(lf_str_text(&text));
		widest = width > widest ? width : widest;
		lf_str_dispose(&text);
	}
	if (cols < BESIDE_COLS)
		return 12;
	return 12 + (widest > cols / 3 ? cols / 3 : widest) + 2;
}

void lf_draw_events(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	const struct lf_node *events[EVENTS_MAX];
	size_t room = area->rows > 1 ? (size_t)area->rows - 1 : 0;
	size_t count = newest(events, room < EVENTS_MAX ? room : EVENTS_MAX, app->landing.objects);
	struct lf_area inside = lf_area_sub(area, 0, 0, area->rows, area->cols - 1);
	bool below = inside.cols < BESIDE_COLS;
	int y = 1, column = message_column(events, count, inside.cols);

	(void)tui;
	(void)lf_area_put(&inside, 0, 1, LF_ROLE_HEADING, "Events");
	(void)lf_area_right(&inside, 0, LF_ROLE_DIM, count ? "newest first" : "none yet");
	for (size_t i = 0; i < count && y < inside.rows; i++) {
		const char *time = event_time(events[i]);
		bool warning = lf_equal(lf_node_text(events[i], "type"), "Warning");
		struct lf_str text = {0};
		int rows;

		/* "2026-11-21T10:31:07Z": the time of day is enough here. */
		if (strlen(time) >= 19)
			(void)lf_area_put_n(&inside, y, 1, LF_ROLE_TIME, time + 11, 8);
		if (warning)
			lf_draw_mark(&inside, y, 10, LF_MARK_WARN);
		event_subject(&text, events[i]);
		(void)lf_area_middle(&inside, y, 12, below ? inside.cols - 12 : column - 14, LF_ROLE_KIND, lf_str_text(&text));
		lf_str_dispose(&text);
		y += below;
		rows = lf_area_wrap(&inside, y, column, 3, warning ? LF_ROLE_WARN : LF_ROLE_TEXT, lf_node_text(events[i], "message"));
		y += rows ? rows : 1;
	}
}

void lf_draw_logs(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	const struct lf_names *lines = &app->landing.log_lines;
	struct lf_area inside = lf_area_sub(area, 0, 0, area->rows, area->cols - 1);
	size_t room = area->rows > 1 ? (size_t)area->rows - 1 : 0, first = lines->count > room ? lines->count - room : 0;
	int x = 1;

	(void)tui;
	x += lf_area_put(&inside, 0, x, LF_ROLE_HEADING, "Logs") + 2;
	(void)lf_area_middle(&inside, 0, x, inside.cols - x - 12, LF_ROLE_NAME, app->landing.logs_of.name);
	(void)lf_area_right(&inside, 0, LF_ROLE_DIM, "following");
	for (size_t i = first; i < lines->count; i++)
		(void)lf_area_fit(&inside, (int)(i - first) + 1, 1, inside.cols - 1, LF_ROLE_TEXT, lines->items[i]);
	if (!lines->count)
		(void)lf_area_put(&inside, 1, 1, LF_ROLE_DIM, "nothing written yet");
}

char *lf_view_command(const struct lf_tui *tui, const struct lf_app *app)
{
	const struct lf_diagnosis *diagnosis = &app->landing.progress.diagnosis;
	const struct lf_progress *progress = &app->landing.progress;
	struct lf_str out = {0}, kind = {0};
	const struct lf_ref *ref;

	if (diagnosis->id && !tui->tree && tui->overlay != LF_OVERLAY_DETAILS) {
		for (size_t i = 0; i < diagnosis->remedy_count; i++)
			if (diagnosis->remedies[i].command)
				return lf_dup(diagnosis->remedies[i].command);
	}
	if (app->landing.selected >= progress->row_count)
		return NULL;
	ref = &progress->rows[app->landing.selected].ref;
	lf_str_add(&out, "kubectl");
	if (app->landing.target.context && !app->demo) {
		lf_str_add(&out, " --context ");
		lf_shell_quote(&out, app->landing.target.context);
	}
	lf_str_add(&out, " describe ");
	lf_str_addf(&kind, "%s%s%s", ref->kind, *ref->group ? "." : "", ref->group);
	lf_shell_quote(&out, lf_str_text(&kind));
	lf_str_dispose(&kind);
	lf_str_add_char(&out, ' ');
	if (*ref->namespace) {
		lf_str_add(&out, "-n ");
		lf_shell_quote(&out, ref->namespace);
		lf_str_add_char(&out, ' ');
	}
	lf_shell_quote(&out, ref->name);
	return lf_str_take(&out);
}
