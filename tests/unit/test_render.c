/* Rendering: every case below tests/golden/render, byte for byte, and what must hold for all of them. GOLDEN_UPDATE=1 writes the files anew. */
#include "config.h"
#include "tests/unit/engines.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/scaffold.h"
#include "core/str.h"
#include "providers/argocd/argocd.h"
#include "providers/flux/flux.h"

static const char *golden_folder(void)
{
	static char folder[1024];
	const char *srcdir = getenv("srcdir");

	(void)snprintf(folder, sizeof(folder), "%s/tests/golden/render", srcdir ? srcdir : ".");
	return folder;
}

static char *read_file(const char *path)
{
	struct lf_str text = {0};
	struct lf_error err = {0};

	if (lf_fs_read(&text, path, 1 << 20, &err)) {
		lf_str_dispose(&text);
		return NULL;
	}
	return lf_str_take(&text);
}

static void load(struct test_plan *test, const char *folder)
{
	static const char *const none[] = {NULL};
	char *path = lf_format("%s/answers.yaml", folder), *text = read_file(path);
	struct lf_error err = {0};

	test_plan_init(test, none, NULL);
	if (!text)
		fail_msg("%s cannot be read", path);
	lf_answers_free(test->answers);
	test->answers = NULL;
	if (lf_answers_parse(&test->answers, test->catalog, text, strlen(text), path, &err))
		fail_msg("%s: %s", path, err.message);
	lf_plan_free(test->plan);
	test->plan = lf_plan_build(test->catalog, test->answers, &test->facts);
	lf_free(text);
	lf_free(path);
}

static size_t files_found;

static int count_file(const char *path, const struct stat *status, int type, struct FTW *where)
{
	(void)path;
	(void)status;
	(void)where;
	files_found += type == FTW_F;
	return 0;
}

static void compare(const struct test_plan *test, const char *folder)
{
	bool update = getenv("GOLDEN_UPDATE") != NULL;
	char *files = lf_format("%s/files", folder);

	if (update)
		(void)lf_fs_remove_tree(files);
	for (size_t i = 0; i < test->documents.count; i++) {
		const struct lf_document *document = &test->documents.items[i];
		char *path = lf_format("%s/%s", files, document->path), *wanted;
		struct lf_error err = {0};

		if (update && lf_fs_write(path, document->text.data, document->text.length, 0644, &err))
			fail_msg("%s", err.message);
		wanted = read_file(path);
		if (!wanted)
			fail_msg("%s is rendered, but not among the golden files (GOLDEN_UPDATE=1 make check)", path);
		else
			assert_string_equal(lf_str_text(&document->text), wanted);
		assert_int_equal(document->origins.count, strlen(lf_str_text(&document->text)) ? (size_t)document->origins.count : 0);
		lf_free(wanted);
		lf_free(path);
	}
	files_found = 0;
	(void)nftw(files, count_file, 8, FTW_PHYS);
	if (files_found != test->documents.count)
		fail_msg("%s holds %zu files, %zu were rendered", files, files_found, test->documents.count);
	lf_free(files);
}

static void each_case(void (*visit)(const char *folder))
{
	struct dirent **entries;
	int count = scandir(golden_folder(), &entries, NULL, alphasort);
	size_t seen = 0;

	assert_true(count > 0);
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			char *folder = lf_format("%s/%s", golden_folder(), entries[i]->d_name);

			visit(folder);
			seen++;
			lf_free(folder);
		}
		free(entries[i]);
	}
	free(entries);
	assert_true(seen >= 8);
}

static void check_golden(const char *folder)
{
	struct test_plan test;

	load(&test, folder);
	if (lf_plan_problem_count(test.plan))
		for (size_t i = 0; i < lf_plan_count(test.plan); i++)
			if (lf_plan_at(test.plan, i)->problem.code)
				fail_msg("%s: %s: %s", folder, lf_plan_at(test.plan, i)->question->id, lf_plan_at(test.plan, i)->problem.message);
	test_plan_render(&test);
	compare(&test, folder);
	test_plan_dispose(&test);
}

static void test_golden(void **state)
{
	(void)state;
	each_case(check_golden);
}

static void collect(struct lf_str *out, const struct test_plan *test)
{
	for (size_t i = 0; i < test->documents.count; i++)
		lf_str_addf(out, "# %s\n%s", test->documents.items[i].path, lf_str_text(&test->documents.items[i].text));
}

static void check_repeat(const char *folder)
{
	struct test_plan test, again;
	struct lf_str a = {0}, b = {0}, c = {0};

	load(&test, folder);
	test_plan_render(&test);
	collect(&a, &test);
	test_plan_render(&test);
	collect(&b, &test);
	load(&again, folder);
	test_plan_render(&again);
	collect(&c, &again);
	assert_string_equal(lf_str_text(&a), lf_str_text(&b));
	assert_string_equal(lf_str_text(&a), lf_str_text(&c));
	test_plan_dispose(&again);
	test_plan_dispose(&test);
	lf_str_dispose(&a);
	lf_str_dispose(&b);
	lf_str_dispose(&c);
}

static void test_same_answers_same_bytes(void **state)
{
	(void)state;
	each_case(check_repeat);
}

static void flip(struct test_plan *test, const char *provider)
{
	lf_answers_set(test->answers, "gitopsDeployment", provider);
	lf_plan_free(test->plan);
	test->plan = lf_plan_build(test->catalog, test->answers, &test->facts);
	test_plan_render(test);
}

static void check_flip(const char *folder)
{
	struct test_plan test;
	struct lf_str before = {0}, other = {0}, after = {0}, answers = {0}, answers_after = {0};
	char *provider;

	load(&test, folder);
	provider = lf_dup(lf_answers_get(test.answers, "gitopsDeployment"));
	test_plan_render(&test);
	collect(&before, &test);
	lf_answers_emit(&answers, test.answers, test.catalog);
	flip(&test, lf_equal(provider, "flux") ? "argocd" : "flux");
	collect(&other, &test);
	assert_string_not_equal(lf_str_text(&before), lf_str_text(&other));
	flip(&test, "none");
	flip(&test, provider);
	collect(&after, &test);
	lf_answers_emit(&answers_after, test.answers, test.catalog);
	assert_string_equal(lf_str_text(&before), lf_str_text(&after));
	assert_string_equal(lf_str_text(&answers), lf_str_text(&answers_after));
	lf_free(provider);
	test_plan_dispose(&test);
	lf_str_dispose(&before);
	lf_str_dispose(&other);
	lf_str_dispose(&after);
	lf_str_dispose(&answers);
	lf_str_dispose(&answers_after);
}

static void test_flipping_the_provider_keeps_the_answers(void **state)
{
	(void)state;
	each_case(check_flip);
}

/* ---- every row says where it goes, and it goes there ---- */

static const char *const flux_all[] = {
	"gitopsDeployment=flux", "deploymentMethod=kustomize", "appName=web", "targetNamespace=production", "createNamespace=yes",
	"gitRepoUrl=git@git.example.com:shop/config.git", "gitBranch=main", "gitPath=apps/web/overlays/production", "gitopsPath=clusters/prod/web",
	"gitSecretName=git-credentials", "sourceTimeout=90s", "fluxSuspend=yes", NULL,
};
static const char *const argocd_all[] = {
	"gitopsDeployment=argocd", "deploymentMethod=manifests", "appName=web", "targetNamespace=production", "createNamespace=yes",
	"gitRepoUrl=git@git.example.com:shop/config.git", "gitBranch=main", "gitPath=apps/web", "gitopsPath=argocd-apps", "directoryRecurse=yes", NULL,
};

static const char *const flux_chart[] = {
	"gitopsDeployment=flux", "deploymentMethod=helm", "chartRepoUrl=https://charts.example.com/stable", "chartName=web", "chartVersion=1.x.x", "appName=web",
	"targetNamespace=production", "gitRepoUrl=git@git.example.com:shop/config.git", "gitBranch=main", "helmSecretName=charts", "upgradeCrds=CreateReplace",
	"valuesFrom=[{kind: Secret, name: web}]", NULL,
};
static const char *const argocd_chart[] = {
	"gitopsDeployment=argocd", "deploymentMethod=helm-git", "appName=web", "targetNamespace=production", "gitRepoUrl=git@git.example.com:shop/config.git",
	"gitBranch=main", "gitPath=charts/web", "gitopsPath=argocd-apps", "valueFiles=a.yaml", "values={a: 1}", "helmParameters={b: 2}", "skipCrds=yes",
	"ignoreMissingValueFiles=yes", NULL,
};

static void check_rows(const struct lf_engine *engine, const struct lf_question *rows, size_t count, const char *const *pairs)
{
	struct test_plan test;

	test_plan_init(&test, pairs, NULL);
	test_plan_render(&test);
	assert_ptr_equal(lf_plan_engine(test.plan), engine);
	for (size_t i = 0; i < count; i++) {
		const struct lf_question *question = &rows[i];

		assert_non_null(question->prompt);
		assert_non_null(question->help);
		if (!lf_plan_entry(test.plan, question->id)->shown)
			fail_msg("%s is not shown", question->id);
		if (lf_plan_entry(test.plan, question->id)->problem.code)
			fail_msg("%s: %s", question->id, lf_plan_entry(test.plan, question->id)->problem.message);
		if (question->yaml)
			test_check_place(&test, question);
	}
	/* what is registered is exactly what the provider reads */
	for (size_t i = 0; i < test.documents.count; i++)
		assert_int_equal(test.documents.items[i].registers, test.documents.items[i].role == LF_DOCUMENT_GITOPS);
	test_plan_dispose(&test);
}

static void test_every_row_goes_where_it_says(void **state)
{
	(void)state;
	check_rows(&lf_engine_flux, lf_engine_flux.questions, lf_engine_flux.question_count, flux_all);
	check_rows(&lf_engine_argocd, lf_engine_argocd.questions, lf_engine_argocd.question_count, argocd_all);
	check_rows(&lf_engine_flux, lf_flux_chart.questions, lf_flux_chart.question_count, flux_chart);
	check_rows(&lf_engine_argocd, lf_argocd_chart.questions, lf_argocd_chart.question_count, argocd_chart);
}

static void has_marked_line(const struct test_plan *test, const char *file, const char *id, const char *line)
{
	const struct lf_document *document = test_document(test, file);
	const char *text;

	if (!document)
		fail_msg("no file %s", file);
	text = lf_str_text(&document->text);
	for (size_t i = 0; *text && i < document->origins.count; i++) {
		size_t n = strcspn(text, "\n");
		char *this = lf_dup_n(text, n);
		bool found = lf_equal(document->origins.ids[i], id) && strstr(this, line);

		lf_free(this);
		if (found)
			return;
		text += n + (text[n] == '\n');
	}
	fail_msg("no line of %s with '%s' answers %s", file, line, id);
}

/* The common answers, also where what is written was worked out from them. */
static void test_common_answers_are_marked(void **state)
{
	static const struct {
		const char *file, *id, *line;
	} flux[] = {
		{"gitrepository.yaml", "appName", "name: web-repo"},
		{"gitrepository.yaml", "gitRepoUrl", "url: ssh://git@git.example.com/shop/config.git"},
		{"gitrepository.yaml", "gitBranch", "branch: main"},
		{"flux-kustomization.yaml", "appName", "name: web"},
		{"flux-kustomization.yaml", "gitPath", "path: ./apps/web/overlays/production"},
		{"flux-kustomization.yaml", "targetNamespace", "targetNamespace: production"},
		{"flux-kustomization.yaml", "prune", "prune: true"},
		{"namespace.yaml", "targetNamespace", "name: production"},
		{"namespace.yaml", "createNamespace", "kind: Namespace"},
		{"production/kustomization.yaml", "targetNamespace", "namespace: production"},
		{"production/kustomization.yaml", "image", "newTag:"},
		{"production/kustomization.yaml", "replicas", "count: 2"},
		{"base/deployment.yaml", "image", "image: nginx:1.27"},
		{"base/deployment.yaml", "containerPort", "containerPort: 80"},
		{"base/service.yaml", "appName", "app.kubernetes.io/name: web"},
	}, argocd[] = {
		{"web-app.yaml", "appName", "name: web"},
		{"web-app.yaml", "gitRepoUrl", "repoURL: git@git.example.com:shop/config.git"},
		{"web-app.yaml", "gitBranch", "targetRevision: main"},
		{"web-app.yaml", "gitPath", "path: apps/web"},
		{"web-app.yaml", "targetNamespace", "namespace: production"},
		{"web-app.yaml", "createNamespace", "CreateNamespace=true"},
		{"web-app.yaml", "prune", "prune: true"},
		{"apps/web/deployment.yaml", "replicas", "replicas: 2"},
		{"apps/web/deployment.yaml", "targetNamespace", "namespace: production"},
	};
	struct test_plan test;

	(void)state;
	test_plan_init(&test, flux_all, NULL);
	test_plan_render(&test);
	for (size_t i = 0; i < LF_COUNT(flux); i++)
		has_marked_line(&test, flux[i].file, flux[i].id, flux[i].line);
	test_plan_dispose(&test);
	test_plan_init(&test, argocd_all, NULL);
	test_plan_render(&test);
	for (size_t i = 0; i < LF_COUNT(argocd); i++)
		has_marked_line(&test, argocd[i].file, argocd[i].id, argocd[i].line);
	test_plan_dispose(&test);
}

/* The preview renders while the answers are half typed. */
static void test_nothing_answered_does_not_crash(void **state)
{
	static const char *const odd[] = {"", ".", "..", "../..", "a", "https://", "git@", "-", "\xc3", "x:y@z", "/", "a/../..", "{}", "latest:"};
	static const char *const providers[] = {"flux", "argocd", "none", ""};
	static const char *const methods[] = {"kustomize", "manifests", "helm", "helm-git", ""};

	(void)state;
	for (size_t p = 0; p < LF_COUNT(providers); p++) {
		for (size_t m = 0; m < LF_COUNT(methods); m++) {
			for (size_t o = 0; o < LF_COUNT(odd); o++) {
				static const char *const none[] = {NULL};
				struct test_plan test;

				test_plan_init(&test, none, "[]");
				for (size_t i = 0; i < lf_catalog_count(test.catalog); i++)
					lf_answers_set(test.answers, lf_catalog_at(test.catalog, i)->id, odd[o]);
				lf_answers_set(test.answers, "gitopsDeployment", providers[p]);
				lf_answers_set(test.answers, "deploymentMethod", methods[m]);
				lf_answers_set(test.answers, "scaffold", "yes");
				lf_plan_free(test.plan);
				test.plan = lf_plan_build(test.catalog, test.answers, &test.facts);
				test_plan_render(&test);
				for (size_t i = 0; i < test.documents.count; i++) {
					const char *path = test.documents.items[i].path;

					assert_true(*path && *path != '/' && !lf_starts_with(path, "../") && !strstr(path, "/../"));
				}
				test_plan_dispose(&test);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_same_answers_same_bytes),
		cmocka_unit_test(test_flipping_the_provider_keeps_the_answers),
		cmocka_unit_test(test_every_row_goes_where_it_says),
		cmocka_unit_test(test_common_answers_are_marked),
		cmocka_unit_test(test_nothing_answered_does_not_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
