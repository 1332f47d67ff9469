/* scenario: see scenario.h. A table; the simulation asks it, it does nothing. */
#include "config.h"
#include "providers/sandbox/scenario.h"

#include <string.h>

#include "core/compiler.h"

#define WRITES "create update patch delete"

static const struct lf_denial forbidden[] = {
    {LF_K_KUSTOMIZATION, WRITES},
    {LF_K_HELMRELEASE, WRITES},
    {LF_K_APPLICATION, WRITES},
};

static const struct lf_scenario table[] = {
    {.name = "healthy", .about = "everything works", .pace = 100},
    {.name = "bad-image",
     .about = "the first image delivered does not exist",
     .pace = 100,
     .first_image_missing = true},
    {.name = "bad-path",
     .about = "the first path delivered is not in the repository",
     .pace = 100,
     .first_path_missing = true},
    {.name = "bad-chart",
     .about = "the first chart delivered is not in the chart repository",
     .pace = 100,
     .first_chart_missing = true},
    {.name = "bad-version",
     .about = "the first chart version delivered is not in the chart repository",
     .pace = 100,
     .first_version_missing = true},
    {.name = "bad-values",
     .about = "the first values delivered are refused by the chart",
     .pace = 100,
     .first_values_refused = true},
    {.name = "forbidden",
     .about = "the user may not write Applications, Kustomizations or HelmReleases",
     .pace = 100,
     .denials = forbidden,
     .denial_count = LF_COUNT(forbidden)},
    {.name = "slow", .about = "everything takes its time", .pace = 600},
    {.name = "drift",
     .about = "somebody scales the deployment by hand once it is healthy",
     .pace = 100,
     .drifts = true},
};

const struct lf_scenario *lf_scenario_find(const char *name)
{
	for (size_t i = 0; i < LF_COUNT(table); i++)
		if (lf_equal(table[i].name, name))
			return &table[i];
	return NULL;
}

void lf_scenario_names(struct lf_str *out)
{
	for (size_t i = 0; i < LF_COUNT(table); i++)
		lf_str_addf(out, "%s%s", i ? ", " : "", table[i].name);
}

bool lf_scenario_allows(const struct lf_scenario *scenario, enum lf_kind_id kind, const char *verb)
{
	size_t length = strlen(verb);

	for (size_t i = 0; i < scenario->denial_count; i++) {
		const char *at = scenario->denials[i].verbs;

		if (scenario->denials[i].kind != kind)
			continue;
		for (; at && *at; at = strchr(at, ' ') ? strchr(at, ' ') + 1 : NULL)
			if (strcspn(at, " ") == length && strncmp(at, verb, length) == 0)
				return false;
	}
	return true;
}
