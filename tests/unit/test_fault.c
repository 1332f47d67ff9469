/* Which answer a diagnosis points at: only one that is asked for. */
#include "config.h"

#include <string.h>

#include "core/app.h"
#include "core/fault.h"
#include "core/mem.h"
#include "core/str.h"
#include "tests/unit/fake_engine.h"
#include "tests/unit/unit.h"

static const struct {
	const char *method, *diagnosis, *kind, *question;
} rows[] = {
	{"kustomize", "image-not-pulled", "Pod", "image"},
	{"kustomize", "path-not-found", "Kustomization", "gitPath"},
	{"kustomize", "repository-auth", "GitRepository", "gitRepoUrl"},
	{"helm", "image-not-pulled", "Pod", "values"},
	{"helm", "chart-missing", "HelmChart", "chartName"},
	{"helm", "chart-version-missing", "HelmChart", "chartVersion"},
	{"helm", "chart-failed", "HelmRelease", "values"},
	{"helm", "values-refused", "HelmRelease", "values"},
	{"helm", "helm-retries-exhausted", "HelmRelease", "values"},
	{"helm", "repository-unreachable", "HelmRepository", "chartRepoUrl"},
	{"helm", "shared-resource", "HelmRelease", "releaseName"},
	{"helm-git", "value-file-missing", "HelmChart", "valueFiles"},
	{"helm", "something-else", "Pod", NULL},
	{"helm", NULL, "Pod", NULL},
};

static void test_points_at_what_is_asked(void **state)
{
	struct lf_catalog *catalog = lf_catalog_new(fake_engines, 1);

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_app *app = lf_app_new(catalog, NULL);
		struct lf_event event = {.kind = LF_EVENT_SET, .id = lf_dup("deploymentMethod"), .text = lf_dup(rows[i].method), .now_ms = 1};
		struct lf_ref subject = {.kind = lf_dup(rows[i].kind)};
		struct lf_diagnosis diagnosis = {.id = lf_dup(rows[i].diagnosis), .subject = subject};
		const struct lf_question *question;
		struct lf_effects effects = {0};

		lf_app_update(app, &event, &effects);
		question = lf_fault_question(app->plan, &diagnosis);
		if (!lf_equal(question ? question->id : NULL, rows[i].question))
			fail_msg("%s, %s: %s", rows[i].method, rows[i].diagnosis ? rows[i].diagnosis : "nothing", question ? question->id : "nothing");
		lf_effects_dispose(&effects);
		lf_event_dispose(&event);
		lf_diagnosis_dispose(&diagnosis);
		lf_app_free(app);
	}
	lf_catalog_free(catalog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_points_at_what_is_asked)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
