/* app_flights: the environments that one landing follows: which of them is shown, and what they come to together. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/mem.h"

static void dispose_flight(struct lf_flight *flight)
{
	lf_free(flight->name);
	lf_free(flight->elsewhere);
	lf_target_dispose(&flight->target);
	lf_progress_dispose(&flight->progress);
}

void lf_landing_dispose(struct lf_landing *landing)
{
	for (size_t i = 0; i < landing->flight_count; i++)
		dispose_flight(&landing->flights[i]);
	lf_free(landing->flights);
	lf_target_dispose(&landing->target);
	lf_objects_free(landing->objects);
	lf_progress_dispose(&landing->progress);
	lf_wants_dispose(&landing->watched);
	lf_refs_dispose(&landing->nudging);
	lf_ref_dispose(&landing->logs_of);
	lf_names_dispose(&landing->log_lines);
	lf_names_dispose(&landing->asked_contains);
	lf_action_dispose(&landing->acting);
	memset(landing, 0, sizeof(*landing));
}

const struct lf_target *lf_landing_target(const struct lf_landing *landing, size_t flight)
{
	return flight == landing->shown ? &landing->target : &landing->flights[flight].target;
}

const struct lf_progress *lf_landing_progress(const struct lf_landing *landing, size_t flight)
{
	return flight == landing->shown ? &landing->progress : &landing->flights[flight].progress;
}

void lf_flights_bring(struct lf_landing *landing, size_t index)
{
	struct lf_flight *out = &landing->flights[landing->shown], *in = &landing->flights[index];

	if (index == landing->shown)
		return;
	out->target = landing->target;
	out->progress = landing->progress;
	out->selected = landing->selected;
	out->ended_ms = landing->ended_ms;
	landing->target = in->target;
	landing->progress = in->progress;
	landing->selected = in->selected;
	landing->ended_ms = in->ended_ms;
	memset(&in->target, 0, sizeof(in->target));
	memset(&in->progress, 0, sizeof(in->progress));
	landing->shown = index;
}

bool lf_verdict_is_final(enum lf_verdict verdict)
{
	switch (verdict) {
	case LF_VERDICT_HEALTHY:
	case LF_VERDICT_FAILED:
	case LF_VERDICT_PARTIAL:
	case LF_VERDICT_SUSPENDED:
	case LF_VERDICT_TIMEOUT:
		return true;
	case LF_VERDICT_PENDING:
		break;
	}
	return false;
}

int lf_verdict_exit_code(enum lf_verdict verdict)
{
	switch (verdict) {
	case LF_VERDICT_HEALTHY:
		return 0;
	case LF_VERDICT_FAILED:
	case LF_VERDICT_PARTIAL:
	case LF_VERDICT_SUSPENDED:
		return 5;
	case LF_VERDICT_TIMEOUT:
	case LF_VERDICT_PENDING:
		break;
	}
	return 6;
}

/* What weighs more when all is decided. */
static int weight(enum lf_verdict verdict)
{
	switch (verdict) {
	case LF_VERDICT_HEALTHY:
		return 0;
	case LF_VERDICT_SUSPENDED:
		return 1;
	case LF_VERDICT_TIMEOUT:
		return 2;
	case LF_VERDICT_PARTIAL:
		return 3;
	case LF_VERDICT_FAILED:
		return 4;
	case LF_VERDICT_PENDING:
		return 5;
	}
	return 5;
}

static bool has_failed(enum lf_verdict verdict)
{
	return verdict == LF_VERDICT_FAILED || verdict == LF_VERDICT_PARTIAL;
}

void lf_flights_weigh(struct lf_app *app, struct lf_effects *effects)
{
	struct lf_landing *landing = &app->landing;
	enum lf_verdict before = landing->verdict, worst = LF_VERDICT_HEALTHY;
	size_t failed = landing->flight_count;

	for (size_t i = 0; i < landing->flight_count; i++) {
		enum lf_verdict verdict = lf_landing_progress(landing, i)->verdict;

		if (landing->flights[i].elsewhere)
			continue;
		if (weight(verdict) > weight(worst))
			worst = verdict;
		if (has_failed(verdict) && (failed == landing->flight_count || i == landing->failed))
			failed = i;
	}
	landing->verdict = worst;
	app->exit_code = lf_verdict_exit_code(worst);
	if (failed != landing->failed && failed < landing->flight_count && !landing->chosen)
		lf_flights_bring(landing, failed);
	landing->failed = failed;
	if (worst == LF_VERDICT_HEALTHY && before != worst)
		lf_effects_add(effects, LF_EFFECT_FORGET);
}

size_t lf_flights_first(const struct lf_landing *landing)
{
	size_t i = 0;

	while (i + 1 < landing->flight_count && landing->flights[i].elsewhere)
		i++;
	return i;
}

void lf_flights_add_descendant(struct lf_landing *landing, const char *commit)
{
	for (size_t i = 0, shown = landing->shown; i <= landing->flight_count; i++) {
		lf_flights_bring(landing, i < landing->flight_count ? i : shown);
		if (!lf_names_have(&landing->target.descendants, commit))
			lf_names_add(&landing->target.descendants, commit);
	}
}

bool lf_flights_are_fetched(const struct lf_landing *landing)
{
	for (size_t i = 0; i < landing->flight_count; i++) {
		if (!landing->flights[i].elsewhere && lf_landing_progress(landing, i)->phases[LF_FETCHED].state != LF_PHASE_DONE)
			return false;
	}
	return true;
}
