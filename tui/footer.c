/* footer: the last line: the keys that work now, from the key table. Those that do not stay in their place, dimmed. */
#include "config.h"
#include "tui/view.h"

#include <string.h>

/* How the line is squeezed until everything fits: short labels, short names. */
struct squeeze {
	bool short_names, short_labels;
};
static const struct squeeze squeezes[] = {{false, false}, {false, true}, {true, false}, {true, true}};
enum { SHOWN_MAX = 32 };

/* The label up to its explanation in parentheses. */
static size_t label_length(const char *label, bool is_short)
{
	const char *more = is_short ? strstr(label, " (") : NULL;

	return more ? (size_t)(more - label) : strlen(label);
}

static int gap(const struct squeeze *how)
{
	return how->short_names ? 2 : 3;
}

static int draw_key(const struct lf_binding *binding, const char *label, const struct lf_area *area, int x, const struct squeeze *how, bool usable)
{
	size_t length = label_length(label, how->short_labels);
	struct lf_str name = {0};
	int from = x;

	lf_keys_name(&name, binding, how->short_names);
	(void)lf_area_put(area, 0, x, usable ? LF_ROLE_KEY : LF_ROLE_FAINT, lf_str_text(&name));
	x += lf_canvas_width(lf_str_text(&name)) + 1;
	(void)lf_area_put_n(area, 0, x, usable ? LF_ROLE_KEY_LABEL : LF_ROLE_FAINT, label, length);
	lf_str_dispose(&name);
	return x + lf_canvas_width_n(label, length) - from;
}

static int key_cols(const struct lf_binding *binding, const struct lf_area *area, const struct squeeze *how)
{
	struct lf_area nothing = lf_area_nothing(area);

	return draw_key(binding, binding->label, &nothing, 0, how, true) + gap(how);
}

/* Which of the COUNT ROWS stand at the foot, the more important first when there is no room for all. Returns whether all do. */
static bool choose(bool shown[SHOWN_MAX], const struct lf_binding *const *rows, size_t count, const struct lf_area *area, const struct squeeze *how)
{
	int left = area->cols - 2 + gap(how);
	bool all = true;

	memset(shown, 0, SHOWN_MAX * sizeof(*shown));
	/* The way out first (rank 0 here), then by rank. */
	for (int rank = 0; rank <= 3; rank++) {
		for (size_t i = 0; i < count; i++) {
			bool way_out = rows[i]->action == LF_ACTION_LEAVE && rows[i]->rank == 1;
			int cols;

			if (rank == 0 ? !way_out : rows[i]->rank != rank || way_out)
				continue;
			cols = key_cols(rows[i], area, how);
			shown[i] = cols <= left;
			left -= shown[i] ? cols : 0;
			all = all && shown[i];
		}
	}
	return all;
}

/* What the key does here, where that is another thing: as short a word. */
static const char *label_of(const struct lf_binding *binding, const struct lf_app *app)
{
	const struct lf_plan_entry *entry = lf_app_focused(app);
	bool yes = binding->action == LF_ACTION_YES, leave = binding->action == LF_ACTION_LEAVE;

	if (binding->screen == LF_SCREEN_CONFIRM && (yes || leave || binding->action == LF_ACTION_NO)) {
		if (app->confirm == LF_CONFIRM_GIVE_UP)
			return yes || leave ? "give up" : "edit again";
		if (app->confirm == LF_CONFIRM_PULL_REQUEST)
			return yes ? "propose" : "not now";
		if (app->confirm == LF_CONFIRM_CREATE)
			return yes ? "create it" : "not now";
		if (app->confirm == LF_CONFIRM_ACTION)
			return yes ? "do it" : "do nothing";
	}
	return binding->action == LF_ACTION_CHOOSE && entry && entry->question->kind == LF_ASK_YAML ? "editor" : binding->label;
}

/* Keys that only some runs have a use for stand there in those. */
static bool has_use(const struct lf_binding *binding, const struct lf_app *app)
{
	if (binding->action == LF_ACTION_COPY_URL)
		return lf_view_request_page(app);
	if (binding->screen != LF_SCREEN_REVIEW)
		return true;
	if (binding->action == LF_ACTION_MESSAGE)
		return !app->amendment.on;
	if (binding->action == LF_ACTION_EDIT)
		return app->editing.by_editor;
	return binding->action != LF_ACTION_CONFLICTS || lf_app_conflicts(app, NULL);
}

void lf_draw_footer(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	enum lf_screen screen = lf_view_screen(tui, app);
	const struct lf_binding *rows[SHOWN_MAX], *binding;
	size_t how = 0, count = 0;
	bool shown[SHOWN_MAX];
	int x = 1;

	for (size_t i = 0; count < SHOWN_MAX && (binding = lf_keys_at(screen, i)); i++)
		if (binding->rank && has_use(binding, app))
			rows[count++] = binding;
	while (!choose(shown, rows, count, area, &squeezes[how]) && how + 1 < LF_COUNT(squeezes))
		how++;
	for (size_t i = 0; i < count; i++)
		if (shown[i])
			x += draw_key(rows[i], label_of(rows[i], app), area, x, &squeezes[how], !lf_view_refusal(tui, app, rows[i]->action)) + gap(&squeezes[how]);
}
