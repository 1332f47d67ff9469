/* headless_progress: the lines of a headless run while it goes: the review, the stages of the delivery, the request, the phases of the landing.
 * Each thing is said once, when it happens. */
#include "config.h"
#include "tui/headless_parts.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

/* ENVIRONMENT: "" where there is only one. */
static void say_of(struct lf_headless_said *said, const char *environment, const char *what, const char *state, const char *note, int64_t took_ms)
{
	char took[32] = "";

	if (took_ms >= 0)
		lf_duration_text(took, took_ms);
	if (said->json) {
		struct lf_node *object = lf_node_new(LF_NODE_MAP);

		if (*environment)
			lf_node_set_text(object, "environment", environment);
		lf_node_set_text(object, "phase", what);
		lf_node_set_text(object, "state", state);
		if (note && *note)
			lf_node_set_text(object, "note", note);
		if (took_ms >= 0)
			lf_node_set_int(object, "ms", took_ms);
		lf_headless_print(said->out, object);
		return;
	}
	if (*environment)
		(void)fprintf(said->out, "%-12s ", environment);
	(void)fprintf(said->out, "%-9s %-8s %6s  %s\n", what, state, took, note ? note : "");
	(void)fflush(said->out);
}

void lf_headless_say(struct lf_headless_said *said, const char *what, const char *state, const char *note, int64_t took_ms)
{
	say_of(said, "", what, state, note, took_ms);
}

void lf_headless_say_review(struct lf_headless_said *said, const struct lf_app *app, bool in_full)
{
	const struct lf_review *review = &app->review;
	FILE *out = said->out;

	lf_headless_warnings(out, said->json, app->plan, app->amendment.on ? NULL : app->answers, &app->facts);
	lf_headless_doubt(out, said->json, &app->amendment.doubt);
	if (said->json) {
		struct lf_node *object = lf_node_new(LF_NODE_MAP), *files;

		lf_node_set_text(object, "phase", "review");
		lf_node_set_text(object, "state", "done");
		if (lf_app_creates(app))
			lf_node_set_text(object, "creates", lf_plan_text(app->plan, "createRepository"));
		files = lf_node_set_list(object, "files");
		for (size_t i = 0; i < review->count; i++) {
			struct lf_node *file = lf_node_add_map(files);

			lf_node_set_text(file, "path", review->files[i].document->path);
			lf_node_set_text(file, "change", lf_change_words[review->files[i].change]);
			if (review->files[i].change == LF_CHANGE_KEPT && review->files[i].why)
				lf_node_set_text(file, "why", review->files[i].why);
		}
		lf_headless_print(out, object);
		return;
	}
	if (lf_app_creates(app)) {
		struct lf_str text = {0};

		lf_app_creation(&text, app);
		(void)fprintf(out, "%-9s %s\n", "create", lf_str_text(&text));
		lf_str_dispose(&text);
	}
	for (size_t i = 0; i < review->count; i++) {
		const struct lf_review_file *file = &review->files[i];

		(void)fprintf(out, "%-9s %s%s", lf_change_words[file->change], file->document->path, file->validation == LF_FACT_KNOWN ? "  (accepted by the API server)" : "");
		if (file->change == LF_CHANGE_KEPT && file->why)
			(void)fprintf(out, "  (%s)", file->why);
		(void)fputc('\n', out);
		for (size_t k = 0; in_full && k < file->diff.count; k++)
			(void)fprintf(out, "  %c %.*s\n", " +-"[file->diff.lines[k].kind], (int)file->diff.lines[k].length, file->diff.lines[k].text);
	}
	(void)fflush(out);
}

static void say_stages(struct lf_headless_said *said, const struct lf_app *app)
{
	static const char *const states[] = {"waiting", "running", "done", "failed", "skipped"};
	const struct lf_delivery *delivery = &app->delivery;

	for (; said->remote_lines < delivery->remote_lines.count; said->remote_lines++)
		lf_headless_say(said, "remote", "says", delivery->remote_lines.items[said->remote_lines], -1);
	for (int at = 0; at < LF_STAGES; at++) {
		enum lf_stage stage = (enum lf_stage)at;
		enum lf_stage_state state = delivery->stages[stage].state;
		struct lf_str note = {0};

		if (state == said->stages[stage])
			continue;
		said->stages[stage] = state;
		if (state != LF_STAGE_DONE && state != LF_STAGE_FAILED)
			continue;
		if (stage == LF_STAGE_CREATE)
			lf_str_addf(&note, "%s%s", delivery->existed ? "it was there already " : "", delivery->created ? delivery->created : "");
		else if (stage == LF_STAGE_REQUEST && delivery->pull.url)
			lf_str_addf(&note, "%s %lld %s: %s", delivery->pull.noun, (long long)delivery->pull.number, delivery->pull.updated ? "brought up to date" : "opened",
				    delivery->pull.url);
		else if (stage == LF_STAGE_REQUEST && delivery->compare)
			lf_str_addf(&note, "by hand%s: %s", delivery->compare_known ? "" : ", perhaps", delivery->compare);
		else if (stage == LF_STAGE_MERGE && delivery->pull.state == LF_PULL_MERGED)
			lf_str_addf(&note, "as %s", delivery->commit);
		else if (stage == LF_STAGE_PUSH && delivery->commit)
			lf_str_addf(&note, "%s%s, %llu bytes received, %llu sent", delivery->pushed ? delivery->pushed : delivery->commit, delivery->unchanged ? " (nothing to change)" : "",
				    (unsigned long long)delivery->bytes_received, (unsigned long long)delivery->bytes_sent);
		lf_headless_say(said, lf_stage_word(stage), states[state], lf_str_text(&note), delivery->stages[stage].ended_ms - delivery->stages[stage].started_ms);
		lf_str_dispose(&note);
	}
}

/* What could not be done, and how the open request stands, each time that changes. */
static void say_pull(struct lf_headless_said *said, const struct lf_app *app, bool waits)
{
	const struct lf_delivery *delivery = &app->delivery;
	struct lf_str text = {0};

	if (!delivery->pull.url || delivery->stages[LF_STAGE_MERGE].state == LF_STAGE_WAITING)
		return;
	for (; said->notes_said < delivery->pull.notes.count; said->notes_said++)
		lf_headless_say(said, "request", "warns", delivery->pull.notes.items[said->notes_said], -1);
	if (delivery->pull_trouble.code)
		lf_str_add(&text, delivery->pull_trouble.message);
	else
		lf_pull_summary(&text, &delivery->pull);
	if (waits && delivery->stages[LF_STAGE_MERGE].state == LF_STAGE_RUNNING && text.length && !lf_equal(said->merge, lf_str_text(&text))) {
		lf_set(&said->merge, lf_str_text(&text));
		lf_headless_say(said, "merge", delivery->pull_trouble.code ? "warns" : "waits", said->merge, -1);
	}
	lf_str_dispose(&text);
}

void lf_headless_say_delivery(struct lf_headless_said *said, const struct lf_app *app, bool waits)
{
	say_stages(said, app);
	say_pull(said, app, waits);
}

static void say_flight(struct lf_headless_said *said, const struct lf_landing *landing, size_t index)
{
	static const char *const states[] = {"waiting", "running", "done", "failed"};
	const struct lf_progress *progress = lf_landing_progress(landing, index);
	const char *name = landing->flights[index].name;
	struct lf_headless_flight *flight = &said->flights[index];

	for (enum lf_phase phase = LF_SEEN; phase < LF_PHASES; phase++) {
		const struct lf_phase_progress *now = &progress->phases[phase];

		if (now->state == flight->phases[phase] && lf_equal(now->note, flight->notes[phase]))
			continue;
		flight->phases[phase] = now->state;
		lf_set(&flight->notes[phase], now->note);
		if (now->state != LF_PHASE_WAITING)
			say_of(said, name, lf_phase_word(phase), states[now->state], now->note, now->ended_ms ? now->ended_ms - now->started_ms : -1);
	}
	if (!lf_equal(flight->diagnosis, progress->diagnosis.cause)) {
		lf_set(&flight->diagnosis, progress->diagnosis.cause);
		if (flight->diagnosis)
			say_of(said, name, "problem", "found", flight->diagnosis, -1);
	}
}

void lf_headless_say_landing(struct lf_headless_said *said, const struct lf_app *app)
{
	const struct lf_landing *landing = &app->landing;
	const char *trouble = landing->trouble.code ? landing->trouble.message : NULL;

	if (!said->flights) {
		said->flight_count = landing->flight_count;
		said->flights = lf_alloc(said->flight_count, sizeof(*said->flights));
		for (size_t i = 0; i < said->flight_count; i++) {
			if (landing->flights[i].elsewhere)
				say_of(said, landing->flights[i].name, "landing", "skipped", landing->flights[i].elsewhere, -1);
		}
	}
	for (size_t i = 0; i < said->flight_count && i < landing->flight_count; i++)
		say_flight(said, landing, i);
	if (!lf_equal(said->trouble, trouble)) {
		lf_set(&said->trouble, trouble);
		if (trouble)
			lf_headless_say(said, "cluster", landing->freshness == LF_FRESH_BROKEN ? "broken" : "warns", trouble, -1);
	}
}

void lf_headless_said_dispose(struct lf_headless_said *said)
{
	for (size_t i = 0; i < said->flight_count; i++) {
		for (int k = 0; k < LF_PHASES; k++)
			lf_free(said->flights[i].notes[k]);
		lf_free(said->flights[i].diagnosis);
	}
	lf_free(said->flights);
	lf_free(said->trouble);
	lf_free(said->merge);
	memset(said, 0, sizeof(*said));
}
