/* Questions, answers, plan and command line: tables of what people type. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/answers.h"
#include "core/catalog.h"
#include "core/mem.h"
#include "core/options.h"
#include "core/plan.h"
#include "tests/unit/fake_engine.h"

static struct lf_plan *plan_of(const struct lf_catalog *catalog, const char *const *pairs, const struct lf_facts *facts)
{
	struct lf_answers *answers = lf_answers_new();
	struct lf_facts nothing = {0};
	struct lf_plan *plan;

	for (; *pairs; pairs++)
		assert_int_equal(lf_answers_set_pair(answers, catalog, *pairs, NULL), LF_OK);
	plan = lf_plan_build(catalog, answers, facts ? facts : &nothing);
	lf_answers_free(answers); /* the plan borrows nothing */
	return plan;
}

static void test_every_row_is_whole(void **state)
{
	struct lf_catalog *catalog = lf_catalog_new(fake_engines, 1);

	(void)state;
	for (size_t i = 0; i < lf_catalog_count(catalog); i++) {
		const struct lf_question *question = lf_catalog_at(catalog, i);

		assert_true(question->id && question->prompt && question->help);
		assert_ptr_equal(lf_catalog_find(catalog, question->id), question); /* ids are unique */
		assert_true(question->fallback || question->example || question->option_count);
		if (question->kind == LF_ASK_CHOICE)
			assert_true(question->option_count > 1);
		if (question->fallback)
			assert_int_equal(lf_question_check_kind(question, question->fallback, NULL), LF_OK);
		if (i)
			assert_true(lf_catalog_at(catalog, i - 1)->step <= question->step);
	}
	lf_catalog_free(catalog);
}

static void test_bad_answers_are_refused_with_a_remedy(void **state)
{
	static const struct {
		const char *id, *good, *bad;
	} rows[] = {
	    {"appName", "web-2", "Web"},
	    {"appName", "w", "-w"},
	    {"appName", "a23456789012345678901234567890123456789012345678901", "a2345678901234567890123456789012345678901234567890123x4"},
	    {"targetNamespace", "production", "pro.duction"},
	    {"image", "ghcr.io/a/b:1.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "a b"},
	    {"image", "nginx:1.27", "nginx:"},
	    {"containerPort", "8080", "70000"},
	    {"containerPort", "1", "0"},
	    {"replicas", "3", "three"},
	    {"gitRepoUrl", "git@git.example.com:o/r.git", "-oProxyCommand=x"},
	    {"gitRepoUrl", "https://git.example.com/o/r", "https://user:secret@git.example.com/o/r"},
	    {"gitBranch", "release/1.0", "-x"},
	    {"gitBranch", "main", "a..b"},
	    {"gitBranch", "HEAD-1", "HEAD"},
	    {"gitPath", "apps/web", "../etc"},
	    {"gitPath", ".", "/etc"},
	    {"gitPath", "a/b.c", "a/.git/hooks"},
	    {"gitPath", "a/b", "a/.GIT"},
	    {"fakeInterval", "1m30s", "1d"},
	    {"fakeInterval", "90s", "60"},
	    {"prune", "no", "maybe"},
	    {"deploymentMethod", "manifests", "magic"},
	    {"appName", "web", "we\tb"},
	};
	struct lf_catalog *catalog = lf_catalog_new(fake_engines, 1);

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		for (int good = 0; good < 2; good++) {
			char *pair = lf_format("%s=%s", rows[i].id, good ? rows[i].good : rows[i].bad);
			const char *const pairs[] = {"gitopsDeployment=flux", "scaffold=yes", pair, NULL};
			struct lf_plan *plan = plan_of(catalog, pairs, NULL);
			const struct lf_plan_entry *entry = lf_plan_entry(plan, rows[i].id);

			if ((entry->problem->code == LF_OK) != good)
				fail_msg("%s should be %s: %s", pair, good ? "good" : "bad", entry->problem->message);
			if (!good)
				assert_true(*entry->problem->message && *entry->problem->hint);
			lf_plan_free(plan);
			lf_free(pair);
		}
	}
	lf_catalog_free(catalog);
}

static void test_defaults_say_where_they_come_from(void **state)
{
	struct lf_catalog *catalog = lf_catalog_new(fake_engines, 1);
	static const char *const pairs[] = {"appName=web", "gitopsDeployment=flux", NULL};
	struct lf_facts facts = {0};
	struct lf_plan *plan = plan_of(catalog, pairs, NULL);

	(void)state;
	assert_string_equal(lf_plan_text(plan, "gitPath"), "apps/web/overlays/production");
	assert_string_equal(lf_plan_entry(plan, "gitBranch")->source, "built-in");
	assert_string_equal(lf_plan_text(plan, "targetNamespace"), "web");
	lf_plan_free(plan);

	facts.workdir.remote_url = lf_dup("git@h.example:o/r.git");
	facts.workdir.remote = lf_dup("origin");
	facts.workdir.branch = lf_dup("trunk");
	plan = plan_of(catalog, pairs, &facts);
	assert_string_equal(lf_plan_text(plan, "gitRepoUrl"), "git@h.example:o/r.git");
	assert_string_equal(lf_plan_entry(plan, "gitRepoUrl")->source, "from origin");
	assert_string_equal(lf_plan_text(plan, "gitBranch"), "trunk");
	lf_plan_free(plan);
	lf_facts_dispose(&facts);
	lf_catalog_free(catalog);
}

static void test_both_tools_present_is_never_a_silent_choice(void **state)
{
	struct lf_catalog *catalog = lf_catalog_new(fake_engines, 1);
	static const char *const none[] = {NULL};
	struct lf_facts facts = {.cluster = {.state = LF_FACT_KNOWN, .flux = {.present = true}}};
	struct lf_plan *plan = plan_of(catalog, none, &facts);

	(void)state;
	assert_string_equal(lf_plan_text(plan, "gitopsDeployment"), "flux");
	lf_plan_free(plan);
	facts.cluster.argocd.present = true;
	plan = plan_of(catalog, none, &facts);
	assert_string_equal(lf_plan_text(plan, "gitopsDeployment"), "");
	assert_int_not_equal(lf_plan_entry(plan, "gitopsDeployment")->problem->code, LF_OK);
	assert_string_equal(lf_plan_entry(plan, "gitopsDeployment")->problem->hint, "One of: argocd, flux, none. Example: flux");
	lf_plan_free(plan);
	lf_catalog_free(catalog);
}

static void test_provider_files_stay_out_of_plain_manifests(void **state)
{
	struct lf_catalog *catalog = lf_catalog_new(fake_engines, 1);
	static const char *const inside[] = {"gitopsDeployment=flux", "deploymentMethod=manifests", "appName=web", "gitPath=apps/web", "gitopsPath=apps/web/gitops",
					     NULL};
	struct lf_plan *plan = plan_of(catalog, inside, NULL);

	(void)state;
	assert_int_equal(lf_plan_entry(plan, "gitopsPath")->problem->code, LF_EINVAL);
	lf_plan_free(plan);
	lf_catalog_free(catalog);
}

static void test_answers_file_round_trip(void **state)
{
	struct lf_catalog *catalog = lf_catalog_new(fake_engines, 1);
	struct lf_answers *answers = lf_answers_new(), *again = NULL;
	struct lf_str first = {0}, second = {0};

	(void)state;
	lf_answers_set(answers, "prune", "yes");
	lf_answers_set(answers, "appName", "no"); /* a word that YAML would read as false */
	lf_answers_set(answers, "gitPath", "1e3");
	lf_answers_emit(&first, answers, catalog);
	assert_int_equal(lf_answers_parse(&again, catalog, lf_str_text(&first), first.length, "x", NULL), LF_OK);
	assert_string_equal(lf_answers_get(again, "appName"), "no");
	lf_answers_emit(&second, again, catalog);
	assert_string_equal(lf_str_text(&first), lf_str_text(&second));
	lf_answers_free(answers);
	lf_answers_free(again);
	lf_str_dispose(&first);
	lf_str_dispose(&second);
	lf_catalog_free(catalog);
}

/* Lists and trees stand in the file as what they are, and one that cannot be read is kept as it was typed. */
static void test_lists_and_trees_in_the_answers_file(void **state)
{
	static const char file[] = "version: 1\nanswers:\n  deploymentMethod: helm-git\n  valueFiles:\n  - values.yaml\n  - values-prod.yaml\n  values:\n    replicaCount: 2\n"
				   "    image:\n      tag: \"1.10\"\n";
	struct lf_catalog *catalog = lf_catalog_new(fake_engines, 1);
	struct lf_answers *answers = NULL;
	struct lf_facts nothing = {0};
	struct lf_node *root = lf_node_new(LF_NODE_MAP);
	struct lf_names names = {0};
	struct lf_str text = {0};
	struct lf_plan *plan;

	(void)state;
	assert_int_equal(lf_answers_parse(&answers, catalog, file, strlen(file), "x", NULL), LF_OK);
	assert_string_equal(lf_answers_get(answers, "valueFiles"), "values.yaml, values-prod.yaml");
	plan = lf_plan_build(catalog, answers, &nothing);
	assert_int_equal(lf_plan_entry(plan, "values")->problem->code, LF_OK);
	lf_plan_list(&names, plan, "valueFiles");
	assert_int_equal(names.count, 2);
	assert_string_equal(names.items[1], "values-prod.yaml");
	lf_plan_put_tree(root, "values", plan, "values");
	lf_plan_put_list(root, "files", plan, "valueFiles");
	assert_int_equal(lf_node_int(root, "values.replicaCount", 0), 2);
	assert_int_equal(lf_node_kind(lf_node_get(root, "values.image.tag")), LF_NODE_TEXT); /* 1.10 is not 1.1 */
	assert_string_equal(lf_node_origin(lf_node_get(root, "values.image.tag")), "values");
	assert_int_equal(lf_node_count(lf_node_get(root, "files")), 2);
	lf_answers_emit(&text, answers, catalog);
	assert_string_equal(lf_str_text(&text), file);
	lf_plan_free(plan);
	lf_answers_set(answers, "values", "a: [");
	lf_str_truncate(&text, 0);
	lf_answers_emit(&text, answers, catalog);
	lf_answers_free(answers);
	assert_int_equal(lf_answers_parse(&answers, catalog, lf_str_text(&text), text.length, "x", NULL), LF_OK);
	assert_string_equal(lf_answers_get(answers, "values"), "a: [");
	plan = lf_plan_build(catalog, answers, &nothing);
	assert_int_not_equal(lf_plan_entry(plan, "values")->problem->code, LF_OK);
	lf_plan_free(plan);
	lf_answers_free(answers);
	lf_names_dispose(&names);
	lf_str_dispose(&text);
	lf_node_free(root);
	lf_catalog_free(catalog);
}

static void test_broken_answers_files(void **state)
{
	static const struct {
		const char *text, *message;
	} rows[] = {
	    {"", "f.yaml:1:1: this is not an answers file"},
	    {"hello", "f.yaml:1:1: this is not an answers file"},
	    {"version: 1\n---\nversion: 1\n", "f.yaml:3:1: a second document begins here"},
	    {"\nanswers: {}\n", "f.yaml:2:1: this is not an answers file"},
	    {"version: 1\nanswers: [a]\n", "f.yaml:2:10: this is not an answers file"},
	    {"version: 1\nanwers:\n  appName: web\n", "f.yaml:3:3: \"anwers\" is no part of an answers file"},
	    {"appName: web\nversion: 1\n", "f.yaml:1:10: \"appName\" is no part of an answers file"},
	    {"version: 0\n", "f.yaml:1:10: version 0"},
	    {"version: 2\nanswers: {}\n", "f.yaml:1:10: version 2"},
	    {"version: \"one\"\n", "f.yaml:1:10: version one"},
	    {"version: 1\nanswers:\n  appNmae: web\n", "f.yaml:3:12: There is no question \"appNmae\""},
	    {"version: 1\nanswers:\n  appName: [a]\n", "f.yaml:3:12"},
	    {"version: 1\nanswers:\n  appName: [a]\n", "must be a single value"},
	    {"version: 1\nanswers:\n  values: [a]\n", "must be a map"},
	    {"version: 1\nanswers:\n  valueFiles: {a: b}\n", "must be a list"},
	    {"version: 1\nanswers:\n  valueFiles: [\"a,b\"]\n", "without commas"},
	    {"version: 1\nanswers:\n  appName: a\n  appName: b\n", "f.yaml:4:3"},
	    {"version: 1\n\tanswers: {}\n", "f.yaml:2:1"},
	    {"version: 1\nanswers:\n\tappName: web\n", "f.yaml:3:1"},
	    {"version: 1\nanswers:\n  appName: \"we\n", "f.yaml:3:12"},
	    {"version: 1\nanswers:\n  appName: *web\n", "f.yaml:3:12"},
	    {"version: 1\nanswers:\n  values: &a {a: *a}\n", "f.yaml:3:"},
	    {"version: 1\nanswers:\n  appName: w\xff\n", "f.yaml:3:"},
	    {"<html><head>\n<title>404</title>\n", "f.yaml:1:1: this is not an answers file"},
	};
	struct lf_catalog *catalog = lf_catalog_new(fake_engines, 1);

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_answers *answers = NULL;
		struct lf_error err = {0};

		assert_int_not_equal(lf_answers_parse(&answers, catalog, rows[i].text, strlen(rows[i].text), "f.yaml", &err), LF_OK);
		assert_null(answers);
		if (!strstr(err.message, rows[i].message))
			fail_msg("\"%s\": %s", rows[i].text, err.message);
		assert_true(*err.hint);
	}
	lf_catalog_free(catalog);
}

/* Few bytes that would become many nodes, many bytes, and many levels. */
static void test_huge_answers_files(void **state)
{
	struct lf_catalog *catalog = lf_catalog_new(fake_engines, 1);
	struct lf_str bomb = {0}, big = {0}, deep = {0};
	const struct lf_str *texts[] = {&bomb, &big, &deep};

	(void)state;
	lf_str_add(&bomb, "version: 1\nanswers:\n  values:\n    a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
	for (int i = 1; i < 12; i++)
		lf_str_addf(&bomb, "    a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	lf_str_add(&big, "version: 1\nanswers:\n  commitSummary: \"");
	while (big.length <= 1 << 20)
		lf_str_add(&big, "0123456789abcdef");
	lf_str_add(&big, "\"\n");
	lf_str_add(&deep, "version: 1\nanswers:\n  values: ");
	for (int i = 0; i < 5000; i++)
		lf_str_add(&deep, "{a: ");
	for (size_t i = 0; i < LF_COUNT(texts); i++) {
		struct lf_answers *answers = NULL;
		struct lf_error err = {0};

		assert_int_not_equal(lf_answers_parse(&answers, catalog, lf_str_text(texts[i]), texts[i]->length, "f.yaml", &err), LF_OK);
		assert_null(answers);
		if (!strstr(err.message, "f.yaml:"))
			fail_msg("no place: %s", err.message);
		assert_true(*err.hint);
	}
	lf_str_dispose(&bomb);
	lf_str_dispose(&big);
	lf_str_dispose(&deep);
	lf_catalog_free(catalog);
}

/* A text that YAML takes for something else stays as it is spelled; a yes or no may be spelled as YAML people do. */
static void test_answers_as_they_are_spelled(void **state)
{
	static const struct {
		const char *text, *id, *value;
	} rows[] = {
	    {"version: 1\nanswers:\n  gitBranch: on\n", "gitBranch", "on"},
	    {"version: 1\nanswers:\n  appName: n # not no\n", "appName", "n"},
	    {"version: 1\nanswers:\n  gitPath: 0o17\n", "gitPath", "0o17"},
	    {"version: 1\nanswers: {gitPath: 1_000, gitBranch: 010}\n", "gitPath", "1_000"},
	    {"version: 1\nanswers: {gitPath: 1_000, gitBranch: 010}\n", "gitBranch", "010"},
	    {"version: 1\nanswers: {commitSummary: \"gr\303\266\303\237e\", gitBranch: 1.10}", "gitBranch", "1.10"},
	    {"version: 1\nanswers:\n  gitPath: !!int 0x10\n", "gitPath", "16"},
	    {"version: 1\nanswers:\n  gitPath:\n    0x10\n", "gitPath", "0x10"},
	    {"version: 1\nanswers:\n  prune: off\n", "prune", "no"},
	    {"version: 1\nanswers:\n  prune: y\n", "prune", "yes"},
	    {"version: 1\nanswers:\n  replicas: 0x10\n", "replicas", "16"},
	};
	struct lf_catalog *catalog = lf_catalog_new(fake_engines, 1);

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_answers *answers = NULL;
		struct lf_error err = {0};

		if (lf_answers_parse(&answers, catalog, rows[i].text, strlen(rows[i].text), "f.yaml", &err))
			fail_msg("\"%s\": %s", rows[i].text, err.message);
		assert_string_equal(lf_answers_get(answers, rows[i].id), rows[i].value);
		lf_answers_free(answers);
	}
	lf_catalog_free(catalog);
}

static void test_numbers_are_decimal(void **state)
{
	const char *const zeros[] = {"deploymentMethod=manifests", "replicas=010", "containerPort=000", NULL};
	struct lf_catalog *catalog = lf_catalog_new(fake_engines, 1);
	struct lf_plan *plan = plan_of(catalog, zeros, NULL);
	struct lf_node *root = lf_node_new(LF_NODE_MAP);

	(void)state;
	assert_string_equal(lf_node_text(lf_plan_put_number(root, "a", plan, "replicas"), NULL), "10");
	assert_string_equal(lf_node_text(lf_plan_put_number(root, "b", plan, "containerPort"), NULL), "0");
	lf_node_free(root);
	lf_plan_free(plan);
	lf_catalog_free(catalog);
}

static void test_command_line(void **state)
{
	static const char *const apply[] = {"landfall", "apply", "-f", "a.yaml", "--set", "appName=web", "--set=prune=no", "--yes", "-ojson", NULL};
	static const char *const wrong[][4] = {
	    {"landfall", "aply", NULL},
	    {"landfall", "--nonsense", NULL},
	    {"landfall", "apply", "--scenario", NULL},
	    {"landfall", "apply", "--file", NULL},
	    {"landfall", "apply", "--yes=1", NULL},
	};
	static const struct lf_command verbs[] = {
	    {.name = "", .usage = "landfall", .summary = "the wizard", .options = "file version"},
	    {.name = "demo", .usage = "landfall demo", .summary = "the demo", .options = "scenario"},
	    {.name = "apply", .usage = "landfall apply -f FILE", .summary = "all of it", .options = "file set output yes timeout", .arguments = "this that"},
	};
	static const struct lf_commands commands = {verbs, LF_COUNT(verbs)};
	struct lf_options options;
	struct lf_str text = {0};
	struct lf_error err;

	(void)state;
	assert_int_equal(lf_options_parse(&options, &commands, 9, apply, &err), LF_OK);
	assert_ptr_equal(options.command, &verbs[2]);
	assert_string_equal(options.file, "a.yaml");
	assert_int_equal(options.sets.count, 2);
	assert_string_equal(options.sets.items[1], "prune=no");
	assert_true(options.yes);
	assert_string_equal(options.output, "json");
	lf_options_dispose(&options);
	for (size_t i = 0; i < LF_COUNT(wrong); i++) {
		int argc = 0;

		while (wrong[i][argc])
			argc++;
		assert_int_equal(lf_options_parse(&options, &commands, argc, wrong[i], &err), LF_EINVAL);
		assert_true(*err.message && *err.hint);
	}
	lf_options_help(&text, &commands, &verbs[0]);
	assert_non_null(strstr(lf_str_text(&text), "\n  demo         the demo\n"));
	assert_non_null(strstr(lf_str_text(&text), "--help"));
	assert_null(strstr(lf_str_text(&text), "--scenario"));
	lf_str_truncate(&text, 0);
	assert_int_equal(lf_options_completion(&text, &commands, "bash", &err), LF_OK);
	assert_non_null(strstr(lf_str_text(&text), "apply) words='--file --set --output --yes --timeout --help this that' ;;"));
	assert_non_null(strstr(lf_str_text(&text), "*) words='--file --help --version demo apply' ;;"));
	assert_int_equal(lf_options_completion(&text, &commands, "csh", &err), LF_EINVAL);
	lf_str_dispose(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_row_is_whole),
	    cmocka_unit_test(test_bad_answers_are_refused_with_a_remedy),
	    cmocka_unit_test(test_defaults_say_where_they_come_from),
	    cmocka_unit_test(test_both_tools_present_is_never_a_silent_choice),
	    cmocka_unit_test(test_provider_files_stay_out_of_plain_manifests),
	    cmocka_unit_test(test_answers_file_round_trip),
	    cmocka_unit_test(test_lists_and_trees_in_the_answers_file),
	    cmocka_unit_test(test_broken_answers_files),
	    cmocka_unit_test(test_huge_answers_files),
	    cmocka_unit_test(test_answers_as_they_are_spelled),
	    cmocka_unit_test(test_numbers_are_decimal),
	    cmocka_unit_test(test_command_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
