/* headless: see headless.h. Each thing is said once, when it happens; the last line or object is the result. */
#include "config.h"
#include "tui/headless_parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

#define RACES_AT_MOST 3

enum { EXIT_USAGE = 2, EXIT_VALIDATION = 3, EXIT_GIT = 4, EXIT_SYNC = 5, EXIT_TIMEOUT = 6 };

/* What was said of one environment. */
struct flight {
	enum lf_phase_state phases[LF_PHASES];
	char *notes[LF_PHASES];
	char *diagnosis;
};

struct lf_headless {
	struct lf_headless_options options;
	bool reviewed, delivering, finished;
	int exit_code;
	enum lf_stage_state stages[LF_STAGES];
	struct flight *flights; /* one for each environment of the landing */
	size_t flight_count;
	char *trouble;
	size_t remote_lines;
	size_t notes_said;
	char *merge; /* what was said last of the pull request */
};

struct lf_headless *lf_headless_new(const struct lf_headless_options *options)
{
	struct lf_headless *headless = lf_alloc(1, sizeof(*headless));

	headless->options = *options;
	return headless;
}

void lf_headless_free(struct lf_headless *headless)
{
	if (!headless)
		return;
	for (size_t i = 0; i < headless->flight_count; i++) {
		for (int k = 0; k < LF_PHASES; k++)
			lf_free(headless->flights[i].notes[k]);
		lf_free(headless->flights[i].diagnosis);
	}
	lf_free(headless->flights);
	lf_free(headless->trouble);
	lf_free(headless->merge);
	lf_free(headless);
}

int lf_headless_exit_code(const struct lf_headless *headless)
{
	return headless->exit_code;
}

void lf_headless_error(FILE *out, bool json, const struct lf_error *err, int exit_code)
{
	struct lf_node *object;

	if (!json) {
		(void)fprintf(out, "landfall: %s\n", err->message);
		if (*err->hint)
			(void)fprintf(out, "  %s\n", err->hint);
		(void)fflush(out);
		return;
	}
	object = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(object, "result", "error");
	lf_node_set_text(object, "code", lf_code_name(err->code));
	lf_node_set_text(object, "message", err->message);
	lf_node_set_text(object, "hint", err->hint);
	lf_node_set_int(object, "exit", exit_code);
	lf_headless_print(out, object);
}

int lf_headless_problems(FILE *out, bool json, const struct lf_plan *plan)
{
	int exit_code = EXIT_VALIDATION;
	struct lf_node *list = lf_node_new(LF_NODE_LIST);

	for (size_t i = 0; i < lf_plan_count(plan); i++) {
		const struct lf_plan_entry *entry = lf_plan_at(plan, i);
		struct lf_node *item;

		if (entry->problem.code == LF_OK)
			continue;
		if (!*entry->value)
			exit_code = EXIT_USAGE;
		item = lf_node_add_map(list);
		lf_node_set_text(item, "id", entry->question->id);
		/* A tree may be long, and it may be the very Secret that is refused: it is not repeated. */
		lf_node_set_text(item, "value", entry->question->kind == LF_ASK_YAML ? "" : entry->value);
		lf_node_set_text(item, "message", entry->problem.message);
		lf_node_set_text(item, "hint", entry->problem.hint);
	}
	if (json) {
		struct lf_node *object = lf_node_new(LF_NODE_MAP);

		lf_node_set_text(object, "result", "incomplete");
		lf_node_set(object, "questions", list);
		lf_node_set_int(object, "exit", exit_code);
		lf_headless_print(out, object);
		return exit_code;
	}
	(void)fprintf(out, "landfall: %zu %s before this can go on:\n", lf_node_count(list),
		      lf_node_count(list) == 1 ? "answer is needed" : "answers are needed");
	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *item = lf_node_at(list, i);
		const char *id = lf_node_text(item, "id"), *value = lf_node_text(item, "value");
		const struct lf_question *question = lf_plan_entry(plan, id)->question;

		(void)fprintf(out, "  --set %s=%s\n", id, question->example ? question->example : "…");
		/* Of a tree the first line says enough. */
		(void)fprintf(out, "      %s%s%.*s%s: %s %s\n", question->prompt, *value ? " is \"" : "", (int)strcspn(value, "\n"), value,
			      !*value ? "" : strchr(value, '\n') && strchr(value, '\n')[1] ? " …\"" : "\"", lf_node_text(item, "message"), lf_node_text(item, "hint"));
	}
	(void)fflush(out);
	lf_node_free(list);
	return exit_code;
}

void lf_headless_warnings(FILE *out, bool json, const struct lf_plan *plan, const struct lf_facts *facts)
{
	for (size_t i = 0; i < lf_plan_count(plan); i++) {
		const struct lf_plan_entry *entry = lf_plan_at(plan, i);
		struct lf_error warning = {0};
		struct lf_node *object;

		if (!lf_plan_warning(&warning, plan, entry, facts))
			continue;
		if (!json) {
			(void)fprintf(out, "warning: %s: %s%s%s\n", entry->question->prompt, warning.message, *warning.hint ? " " : "", warning.hint);
			continue;
		}
		object = lf_node_new(LF_NODE_MAP);
		lf_node_set_text(object, "warning", entry->question->id);
		lf_node_set_text(object, "message", warning.message);
		lf_node_set_text(object, "hint", warning.hint);
		lf_headless_print(out, object);
	}
	(void)fflush(out);
}

static enum lf_headless_move finish(struct lf_headless *headless, int exit_code)
{
	headless->finished = true;
	headless->exit_code = exit_code;
	return LF_HEADLESS_FINISHED;
}

static enum lf_headless_move fail(struct lf_headless *headless, const struct lf_error *err, int exit_code)
{
	lf_headless_error(headless->options.out, headless->options.json, err, exit_code);
	return finish(headless, exit_code);
}

/* ENVIRONMENT: "" where there is only one. */
static void say_of(struct lf_headless *headless, const char *environment, const char *what, const char *state, const char *note, int64_t took_ms)
{
	char took[32] = "";

	if (took_ms >= 0)
		lf_duration_text(took, took_ms);
	if (headless->options.json) {
		struct lf_node *object = lf_node_new(LF_NODE_MAP);

		if (*environment)
			lf_node_set_text(object, "environment", environment);
		lf_node_set_text(object, "phase", what);
		lf_node_set_text(object, "state", state);
		if (note && *note)
			lf_node_set_text(object, "note", note);
		if (took_ms >= 0)
			lf_node_set_int(object, "ms", took_ms);
		lf_headless_print(headless->options.out, object);
		return;
	}
	if (*environment)
		(void)fprintf(headless->options.out, "%-12s ", environment);
	(void)fprintf(headless->options.out, "%-9s %-8s %6s  %s\n", what, state, took, note ? note : "");
	(void)fflush(headless->options.out);
}

static void say(struct lf_headless *headless, const char *what, const char *state, const char *note, int64_t took_ms)
{
	say_of(headless, "", what, state, note, took_ms);
}

static void print_review(struct lf_headless *headless, const struct lf_app *app)
{
	const struct lf_review *review = &app->review;
	FILE *out = headless->options.out;

	lf_headless_warnings(out, headless->options.json, app->plan, &app->facts);
	if (headless->options.json) {
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

		(void)fprintf(out, "%-9s %s%s\n", lf_change_words[file->change], file->document->path,
			      file->validation == LF_FACT_KNOWN ? "  (accepted by the API server)" : "");
		for (size_t k = 0; headless->options.dry_run && k < file->diff.count; k++)
			(void)fprintf(out, "  %c %.*s\n", " +-"[file->diff.lines[k].kind], (int)file->diff.lines[k].length, file->diff.lines[k].text);
	}
	(void)fflush(out);
}

static void report_delivery(struct lf_headless *headless, const struct lf_app *app)
{
	static const char *const states[] = {"waiting", "running", "done", "failed", "skipped"};
	const struct lf_delivery *delivery = &app->delivery;

	for (; headless->remote_lines < delivery->remote_lines.count; headless->remote_lines++)
		say(headless, "remote", "says", delivery->remote_lines.items[headless->remote_lines], -1);
	for (int at = 0; at < LF_STAGES; at++) {
		enum lf_stage stage = (enum lf_stage)at;
		enum lf_stage_state state = delivery->stages[stage].state;
		struct lf_str note = {0};

		if (state == headless->stages[stage])
			continue;
		headless->stages[stage] = state;
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
		say(headless, lf_stage_word(stage), states[state], lf_str_text(&note), delivery->stages[stage].ended_ms - delivery->stages[stage].started_ms);
		lf_str_dispose(&note);
	}
}

/* What could not be done, and how the open request stands, each time that changes. */
static void report_pull(struct lf_headless *headless, const struct lf_app *app)
{
	const struct lf_delivery *delivery = &app->delivery;
	struct lf_str text = {0};

	if (!delivery->pull.url || delivery->stages[LF_STAGE_MERGE].state != LF_STAGE_RUNNING)
		return;
	for (; headless->notes_said < delivery->pull.notes.count; headless->notes_said++)
		say(headless, "request", "warns", delivery->pull.notes.items[headless->notes_said], -1);
	if (delivery->pull_trouble.code)
		lf_str_add(&text, delivery->pull_trouble.message);
	else
		lf_pull_summary(&text, &delivery->pull);
	if (headless->options.wait_for_merge && text.length && !lf_equal(headless->merge, lf_str_text(&text))) {
		lf_set(&headless->merge, lf_str_text(&text));
		say(headless, "merge", delivery->pull_trouble.code ? "warns" : "waits", headless->merge, -1);
	}
	lf_str_dispose(&text);
}

/* The request is open, and nobody wants to wait; or it is for the user to open. */
static enum lf_headless_move end_at_request(struct lf_headless *headless, const struct lf_app *app)
{
	const struct lf_delivery *delivery = &app->delivery;
	const char *page = delivery->pull.url ? delivery->pull.url : delivery->compare ? delivery->compare : "";
	struct lf_node *object;

	if (!headless->options.json) {
		(void)fprintf(headless->options.out, "\n%s %s\n", delivery->pull.url ? "Open, waiting to be merged:" : "Pushed; propose it yourself:", page);
		(void)fflush(headless->options.out);
		return finish(headless, 0);
	}
	object = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(object, "result", delivery->pull.url ? "pull-request" : "branch");
	lf_node_set_text(object, "branch", delivery->head);
	lf_node_set_text(object, "commit", delivery->pushed);
	if (*page)
		lf_node_set_text(object, "url", page);
	if (!delivery->pull.url)
		lf_node_set_bool(object, "guessed", !delivery->compare_known);
	lf_headless_put_pull(object, delivery);
	lf_node_set_int(object, "exit", 0);
	lf_headless_print(headless->options.out, object);
	return finish(headless, 0);
}

static enum lf_headless_move delivery_failed(struct lf_headless *headless, const struct lf_app *app)
{
	const struct lf_delivery *delivery = &app->delivery;
	int exit_code = delivery->commit ? EXIT_SYNC : EXIT_GIT;

	if (delivery->stages[LF_STAGE_REQUEST].state == LF_STAGE_FAILED)
		exit_code = EXIT_GIT;
	else if (delivery->stages[LF_STAGE_MERGE].state == LF_STAGE_FAILED)
		exit_code = delivery->error.code == LF_ETIMEOUT ? EXIT_TIMEOUT : delivery->pull.state == LF_PULL_CLOSED ? EXIT_SYNC : EXIT_GIT;
	return fail(headless, &delivery->error, exit_code);
}

static void report_flight(struct lf_headless *headless, const struct lf_landing *landing, size_t index)
{
	static const char *const states[] = {"waiting", "running", "done", "failed"};
	const struct lf_progress *progress = lf_landing_progress(landing, index);
	const char *name = landing->flights[index].name;
	struct flight *said = &headless->flights[index];

	for (enum lf_phase phase = LF_SEEN; phase < LF_PHASES; phase++) {
		const struct lf_phase_progress *now = &progress->phases[phase];

		if (now->state == said->phases[phase] && lf_equal(now->note, said->notes[phase]))
			continue;
		said->phases[phase] = now->state;
		lf_set(&said->notes[phase], now->note);
		if (now->state != LF_PHASE_WAITING)
			say_of(headless, name, lf_phase_word(phase), states[now->state], now->note, now->ended_ms ? now->ended_ms - now->started_ms : -1);
	}
	if (!lf_equal(said->diagnosis, progress->diagnosis.cause)) {
		lf_set(&said->diagnosis, progress->diagnosis.cause);
		if (said->diagnosis)
			say_of(headless, name, "problem", "found", said->diagnosis, -1);
	}
}

static void report_landing(struct lf_headless *headless, const struct lf_app *app)
{
	const struct lf_landing *landing = &app->landing;
	const char *trouble = landing->trouble.code ? landing->trouble.message : NULL;

	if (!headless->flights) {
		headless->flight_count = landing->flight_count;
		headless->flights = lf_alloc(headless->flight_count, sizeof(*headless->flights));
		for (size_t i = 0; i < headless->flight_count; i++) {
			if (landing->flights[i].elsewhere)
				say_of(headless, landing->flights[i].name, "landing", "skipped", landing->flights[i].elsewhere, -1);
		}
	}
	for (size_t i = 0; i < headless->flight_count && i < landing->flight_count; i++)
		report_flight(headless, landing, i);
	if (!lf_equal(headless->trouble, trouble)) {
		lf_set(&headless->trouble, trouble);
		if (trouble)
			say(headless, "cluster", landing->freshness == LF_FRESH_BROKEN ? "broken" : "warns", trouble, -1);
	}
}

static enum lf_headless_move landing(struct lf_headless *headless, const struct lf_app *app)
{
	report_landing(headless, app);
	if (app->landing.verdict == LF_VERDICT_PENDING) {
		/* A watch that may not be made will never tell anything. */
		if (app->landing.trouble.code == LF_EFORBIDDEN || app->landing.trouble.code == LF_ENOTFOUND || app->landing.trouble.code == LF_EAUTH)
			return fail(headless, &app->landing.trouble, EXIT_SYNC);
		return LF_HEADLESS_WAIT;
	}
	lf_headless_result(headless->options.out, headless->options.json, app);
	return finish(headless, app->exit_code);
}

static enum lf_headless_move review(struct lf_headless *headless, const struct lf_app *app, struct lf_event *event)
{
	struct lf_error why;
	size_t open;

	if (app->review.state == LF_FACT_LOOKING)
		return LF_HEADLESS_WAIT;
	if (app->review.state == LF_FACT_FAILED)
		return fail(headless, &app->review.error, EXIT_GIT);
	for (size_t i = 0; i < app->review.count; i++) {
		if (app->review.files[i].validation == LF_FACT_LOOKING)
			return LF_HEADLESS_WAIT;
	}
	if (app->facts.workdir.identity == LF_FACT_LOOKING)
		return LF_HEADLESS_WAIT;
	if (headless->delivering && app->races > RACES_AT_MOST) {
		lf_fail(&why, LF_ECONFLICT, "deliver", 0, "Somebody changes these files again and again. Nothing was pushed.");
		lf_hint(&why, "Run the command again when it is quieter.");
		return fail(headless, &why, EXIT_GIT);
	}
	if (headless->delivering) { /* the branch moved in a file of ours, and both changes go together or not */
		headless->delivering = headless->reviewed = false;
		say(headless, "review", "again", app->notice, -1);
	}
	if (!headless->reviewed)
		print_review(headless, app);
	headless->reviewed = true;
	(void)lf_app_conflicts(app, &open);
	if (open && !headless->options.yes && !headless->options.json && headless->options.choose) {
		lf_headless_conflict(headless->options.out, app);
		event->number = (int64_t)headless->options.choose("1 keeps ours, 2 takes theirs; Enter alone stops, and nothing is changed: ", 2, headless->options.payload);
		if (event->number) {
			headless->reviewed = app->review.count && open > 1; /* what comes of it is printed when all is decided */
			event->kind = LF_EVENT_DECIDE;
			return LF_HEADLESS_MOVE;
		}
	}
	if (open) {
		lf_headless_conflicts(headless->options.out, headless->options.json, app, LF_EXIT_CONFLICT);
		return finish(headless, LF_EXIT_CONFLICT);
	}
	if (lf_app_review_blocked(app, &why)) {
		bool author = lf_equal(why.where, "git.identity");

		if (app->editing.by_editor && !author && lf_headless_edit_again(&headless->options, &why)) {
			headless->reviewed = false;
			event->kind = LF_EVENT_EDIT;
			return LF_HEADLESS_MOVE;
		}
		if (!author || !headless->options.dry_run) /* nothing is committed by a rehearsal, so anybody may make it */
			return fail(headless, &why, author ? EXIT_GIT : EXIT_VALIDATION);
	}
	if (headless->options.dry_run)
		return finish(headless, 0);
	if (!headless->options.yes && (!headless->options.confirm || !headless->options.confirm("Push this? [y/N] ", headless->options.payload))) {
		lf_fail(&why, LF_EINVAL, "deliver", 0, "Nothing was pushed: it was not confirmed.");
		lf_hint(&why, "Add --yes to push without being asked.");
		return fail(headless, &why, EXIT_USAGE);
	}
	headless->delivering = true;
	event->kind = LF_EVENT_DELIVER;
	event->number = 1;
	return LF_HEADLESS_MOVE;
}

static enum lf_headless_move prepare(struct lf_headless *headless, const struct lf_app *app, struct lf_event *event)
{
	const struct lf_engine *engine = lf_plan_engine(app->plan);

	if (!app->looked_around || !lf_app_idle(app))
		return LF_HEADLESS_WAIT;
	if (lf_plan_problem_count(app->plan))
		return finish(headless, lf_headless_problems(headless->options.out, headless->options.json, app->plan));
	if (app->facts.repository.state == LF_FACT_FAILED && !lf_app_creates(app))
		return fail(headless, &app->facts.repository.error, EXIT_GIT);
	if (app->facts.path.state == LF_FACT_FAILED)
		return fail(headless, &app->facts.path.error, EXIT_GIT);
	/* Without a controller the push is worth something by itself, and the command for the rest is said. */
	if (app->facts.cluster.state != LF_FACT_KNOWN && engine && !engine->apply && !headless->options.no_wait && !headless->options.dry_run &&
	    (headless->options.wait_for_merge || !lf_plan_is(app->plan, "delivery", "pull-request"))) {
		const struct lf_error *found = &app->facts.cluster.error;
		struct lf_error why = *found;

		lf_hint(&why, "%.180s%sNothing was pushed; --no-wait pushes without a cluster.", found->hint, *found->hint ? " " : "");
		return fail(headless, &why, EXIT_USAGE);
	}
	event->kind = LF_EVENT_GOTO;
	event->step = LF_STEP_REVIEW;
	return LF_HEADLESS_MOVE;
}

static enum lf_headless_move inquiry(struct lf_headless *headless, const struct lf_inquiry *inquiry)
{
	if (inquiry->state == LF_FACT_LOOKING)
		return LF_HEADLESS_WAIT;
	if (inquiry->state == LF_FACT_FAILED)
		return fail(headless, &inquiry->error, EXIT_USAGE);
	lf_headless_owner(headless->options.out, headless->options.json, inquiry);
	return finish(headless, 0);
}

enum lf_headless_move lf_headless_step(struct lf_headless *headless, const struct lf_app *app, struct lf_event *event)
{
	if (headless->finished)
		return LF_HEADLESS_FINISHED;
	if (app->inquiry.on && !app->amendment.is_edit)
		return inquiry(headless, &app->inquiry);
	if (headless->options.watching && app->facts.cluster.state == LF_FACT_LOOKING)
		return LF_HEADLESS_WAIT;
	if (headless->options.watching && !app->landing.on)
		return fail(headless, &app->facts.cluster.error, EXIT_USAGE);
	if (headless->options.watching)
		return landing(headless, app);
	if (app->step < LF_STEP_REVIEW)
		return prepare(headless, app, event);
	if (app->step == LF_STEP_REVIEW && app->amendment.is_edit) {
		int exit_code = 0;
		enum lf_headless_move move = lf_headless_edit(&headless->options, app, event, &exit_code);

		if (move != LF_HEADLESS_WAIT)
			return move == LF_HEADLESS_FINISHED ? finish(headless, exit_code) : move;
	}
	if (app->step == LF_STEP_REVIEW)
		return review(headless, app, event);
	report_delivery(headless, app);
	report_pull(headless, app);
	if (app->delivery.state == LF_FACT_FAILED)
		return delivery_failed(headless, app);
	if (app->delivery.stages[LF_STAGE_MERGE].state == LF_STAGE_RUNNING && !headless->options.wait_for_merge)
		return end_at_request(headless, app);
	if (app->step != LF_STEP_LANDING)
		return LF_HEADLESS_WAIT;
	if (app->landing.on)
		return landing(headless, app);
	if (app->delivery.unfollowed)
		say(headless, "landing", "skipped", app->delivery.unfollowed, -1);
	if (app->delivery.asks && !app->delivery.pull.url) {
		struct lf_error why;

		if (!headless->options.wait_for_merge)
			return end_at_request(headless, app);
		lf_fail(&why, LF_ENOTFOUND, "pull", 0, "The branch %.80s is pushed, but its merge cannot be waited for here.", app->delivery.head);
		lf_hint(&why, "%s", app->delivery.compare ? app->delivery.compare : "Propose it by hand.");
		return fail(headless, &why, EXIT_GIT);
	}
	return finish(headless, 0);
}
