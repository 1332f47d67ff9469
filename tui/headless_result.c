/* headless_result: how a run ended, as lines or as one JSON object: each environment, what went wrong and what to do, the pull request. */
#include "config.h"
#include "tui/headless_parts.h"

#include <string.h>

#include "core/json.h"

void lf_headless_print(FILE *out, struct lf_node *object)
{
	struct lf_str text = {0};

	lf_json_emit(&text, object);
	(void)fprintf(out, "%s\n", lf_str_text(&text));
	(void)fflush(out);
	lf_str_dispose(&text);
	lf_node_free(object);
}

void lf_headless_put_pull(struct lf_node *object, const struct lf_delivery *delivery)
{
	struct lf_node *map;

	if (!delivery->pull.url)
		return;
	map = lf_node_set_map(object, "pullRequest");
	lf_node_set_text(map, "url", delivery->pull.url);
	lf_node_set_int(map, "number", delivery->pull.number);
	lf_node_set_text(map, "branch", delivery->head);
	lf_node_set_text(map, "head", delivery->pushed);
	lf_node_set_bool(map, "updated", delivery->pull.updated);
}

static const char *verdict_word(enum lf_verdict verdict)
{
	static const char *const words[] = {"pending", "healthy", "failed", "partial", "suspended", "timeout"};

	return words[verdict];
}

static void put_diagnosis(struct lf_node *object, const struct lf_diagnosis *diagnosis, const char *environment)
{
	struct lf_node *map, *list;
	struct lf_str subject = {0};

	if (!diagnosis->id)
		return;
	map = lf_node_set_map(object, "diagnosis");
	if (*environment)
		lf_node_set_text(map, "environment", environment);
	lf_node_set_text(map, "id", diagnosis->id);
	lf_node_set_text(map, "cause", diagnosis->cause);
	lf_node_set_text(map, "evidence", diagnosis->evidence ? diagnosis->evidence : "");
	lf_ref_text(&subject, &diagnosis->subject);
	lf_node_set_text(map, "subject", lf_str_text(&subject));
	list = lf_node_set_list(map, "remedies");
	for (size_t i = 0; i < diagnosis->remedy_count; i++) {
		struct lf_node *remedy = lf_node_add_map(list);

		lf_node_set_text(remedy, "text", diagnosis->remedies[i].text);
		if (diagnosis->remedies[i].command)
			lf_node_set_text(remedy, "command", diagnosis->remedies[i].command);
	}
	lf_str_dispose(&subject);
}

static void put_flight(struct lf_node *object, const struct lf_landing *landing, size_t index)
{
	const struct lf_progress *progress = lf_landing_progress(landing, index);
	const struct lf_target *target = lf_landing_target(landing, index);
	struct lf_node *map, *list;
	struct lf_str text = {0};

	if (target->commit)
		lf_node_set_text(object, "commit", target->commit);
	if (progress->revision)
		lf_node_set_text(object, "revision", progress->revision);
	lf_ref_text(&text, &target->consumer);
	lf_node_set_text(object, "object", lf_str_text(&text));
	lf_str_dispose(&text);
	map = lf_node_set_map(object, "phases");
	for (enum lf_phase phase = LF_PUSHED; phase < LF_PHASES; phase++) {
		const struct lf_phase_progress *at = &progress->phases[phase];

		if (at->ended_ms)
			lf_node_set_int(map, lf_phase_word(phase), at->ended_ms - at->started_ms);
	}
	put_diagnosis(object, &progress->diagnosis, "");
	list = lf_node_set_list(object, "resources");
	for (size_t i = 0; i < progress->row_count; i++) {
		map = lf_node_add_map(list);
		lf_node_set_text(map, "kind", progress->rows[i].ref.kind);
		lf_node_set_text(map, "namespace", progress->rows[i].ref.namespace);
		lf_node_set_text(map, "name", progress->rows[i].ref.name);
		lf_node_set_text(map, "health", lf_health_word(progress->rows[i].health));
		if (progress->rows[i].note)
			lf_node_set_text(map, "note", progress->rows[i].note);
	}
}

/* Of several environments each has its own result; the whole one's diagnosis is that of the first that failed. */
static void put_flights(struct lf_node *object, const struct lf_landing *landing)
{
	struct lf_node *list;

	if (landing->target.commit)
		lf_node_set_text(object, "commit", landing->target.commit);
	if (landing->failed < landing->flight_count)
		put_diagnosis(object, &lf_landing_progress(landing, landing->failed)->diagnosis, landing->flights[landing->failed].name);
	list = lf_node_set_list(object, "environments");
	for (size_t i = 0; i < landing->flight_count; i++) {
		struct lf_node *map = lf_node_add_map(list);

		lf_node_set_text(map, "environment", landing->flights[i].name);
		if (landing->flights[i].elsewhere) {
			lf_node_set_text(map, "result", "elsewhere");
			lf_node_set_text(map, "note", landing->flights[i].elsewhere);
			continue;
		}
		lf_node_set_text(map, "result", verdict_word(lf_landing_progress(landing, i)->verdict));
		put_flight(map, landing, i);
	}
}

static void result_json(FILE *out, const struct lf_app *app)
{
	const struct lf_landing *landing = &app->landing;
	struct lf_node *object = lf_node_new(LF_NODE_MAP);

	lf_node_set_text(object, "result", verdict_word(landing->verdict));
	lf_headless_put_pull(object, &app->delivery);
	if (landing->flight_count == 1)
		put_flight(object, landing, 0);
	else
		put_flights(object, landing);
	lf_node_set_int(object, "exit", app->exit_code);
	lf_headless_print(out, object);
}

static void flight_text(FILE *out, const struct lf_landing *landing, size_t index)
{
	const struct lf_progress *progress = lf_landing_progress(landing, index);
	const struct lf_target *target = lf_landing_target(landing, index);
	const struct lf_flight *flight = &landing->flights[index];
	struct lf_str what = {0};

	if (*flight->name)
		lf_str_addf(&what, "%s: ", flight->name);
	lf_ref_text(&what, &target->consumer);
	if (flight->elsewhere) {
		(void)fprintf(out, "%s %s\n", lf_str_text(&what), flight->elsewhere);
		lf_str_dispose(&what);
		return;
	}
	(void)fprintf(out, "%s is %s", lf_str_text(&what), verdict_word(progress->verdict));
	if (target->commit)
		(void)fprintf(out, " at commit %.7s", target->commit);
	(void)fprintf(out, "%s\n", progress->verdict == LF_VERDICT_TIMEOUT ? " (not decided in time; it goes on without us)" : "");
	lf_str_dispose(&what);
	if (progress->waiting_for && progress->verdict != LF_VERDICT_HEALTHY)
		(void)fprintf(out, "  waiting for: %s\n", progress->waiting_for);
}

static void diagnosis_text(FILE *out, const struct lf_diagnosis *diagnosis, const char *environment)
{
	if (!diagnosis->id)
		return;
	(void)fprintf(out, "\n%s%s%s\n", environment, *environment ? ": " : "", diagnosis->cause);
	if (diagnosis->evidence) {
		const char *line = diagnosis->evidence;

		while (*line) {
			size_t n = strcspn(line, "\n");

			(void)fprintf(out, "  %.*s\n", (int)n, line);
			line += n + (line[n] == '\n');
		}
	}
	if (diagnosis->remedy_count)
		(void)fprintf(out, "\nWhat you can do:\n");
	for (size_t i = 0; i < diagnosis->remedy_count; i++) {
		(void)fprintf(out, "  %zu. %s\n", i + 1, diagnosis->remedies[i].text);
		if (diagnosis->remedies[i].command)
			(void)fprintf(out, "     %s\n", diagnosis->remedies[i].command);
	}
}

static void result_text(FILE *out, const struct lf_app *app)
{
	const struct lf_landing *landing = &app->landing;

	(void)fprintf(out, "\n");
	for (size_t i = 0; i < landing->flight_count; i++)
		flight_text(out, landing, i);
	for (size_t i = 0; i < landing->flight_count; i++)
		diagnosis_text(out, &lf_landing_progress(landing, i)->diagnosis, landing->flights[i].name);
}

void lf_headless_result(FILE *out, bool json, const struct lf_app *app)
{
	if (json)
		result_json(out, app);
	else
		result_text(out, app);
	(void)fflush(out);
}
