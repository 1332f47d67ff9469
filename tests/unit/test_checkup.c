/* What the doctor says of what was found. */
#include "config.h"
#include "tests/unit/unit.h"

#include <string.h>

#include "core/checkup.h"
#include "core/mem.h"
#include "providers/engines.h"

static void expect(struct lf_checkup *checkup, enum lf_check_result result, const char *words, const char *remedy)
{
	const struct lf_check *last;

	assert_true(checkup->count > 0);
	last = &checkup->items[checkup->count - 1];
	if (last->result != result || !strstr(last->text, words))
		fail_msg("%d \"%s\", wanted %d \"%s\"", (int)last->result, last->text, (int)result, words);
	assert_int_equal(last->remedy != NULL, remedy != NULL);
	if (remedy && !strstr(last->remedy, remedy))
		fail_msg("remedy \"%s\", wanted \"%s\"", last->remedy, remedy);
}

static void terminals(void **state)
{
	static const struct {
		struct lf_terminal_facts facts;
		enum lf_check_result result;
		const char *words, *remedy;
	} cases[] = {
		{{true, true, "xterm-256color", 50, 200}, LF_CHECK_PASS, "xterm-256color, 200x50", NULL},
		{{true, true, "xterm", 24, 79}, LF_CHECK_PASS, "toggle", NULL},
		{{true, true, "xterm", 11, 100}, LF_CHECK_WARN, "very small", "40x12"},
		{{true, true, "dumb", 50, 200}, LF_CHECK_WARN, "line mode", "TERM"},
		{{true, false, "xterm", 50, 200}, LF_CHECK_WARN, "not UTF-8", "LANG"},
		{{false, false, NULL, 0, 0}, LF_CHECK_WARN, "no terminal", "terminal"},
		{{true, true, NULL, 0, 0}, LF_CHECK_PASS, "not set", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(cases); i++) {
		struct lf_checkup checkup = {0};

		lf_checkup_terminal(&checkup, &cases[i].facts);
		expect(&checkup, cases[i].result, cases[i].words, cases[i].remedy);
		assert_false(lf_checkup_failed(&checkup)); /* a terminal is never what stops a delivery */
		lf_checkup_dispose(&checkup);
	}
}

static void git(void **state)
{
	struct lf_checkup checkup = {0};
	struct lf_workdir_facts who = {.identity = LF_FACT_NONE};
	struct lf_repository_facts facts = {0};
	struct lf_error err;

	(void)state;
	lf_checkup_identity(&checkup, &who);
	expect(&checkup, LF_CHECK_FAIL, "does not know who you are", "git config --global user.name");
	who.identity = LF_FACT_FAILED;
	lf_checkup_identity(&checkup, &who);
	expect(&checkup, LF_CHECK_FAIL, "cannot be read", "git config --list");
	who = (struct lf_workdir_facts){.identity = LF_FACT_KNOWN, .author_name = lf_dup("Me\x1b[31m"), .author_email = lf_dup("me@example.com")};
	lf_checkup_identity(&checkup, &who);
	expect(&checkup, LF_CHECK_PASS, "<me@example.com>", NULL);
	assert_null(strchr(checkup.items[checkup.count - 1].text, '\x1b'));
	lf_checkup_repository(&checkup, NULL, NULL, NULL);
	expect(&checkup, LF_CHECK_WARN, "no repository to try", "--set gitRepoUrl");
	lf_names_add(&facts.branches, "main");
	lf_checkup_repository(&checkup, "ssh://h/x", &facts, NULL);
	expect(&checkup, LF_CHECK_PASS, "ssh://h/x was reached, 1 branch", NULL);
	lf_fail(&err, LF_EAUTH, "git", 0, "permission denied");
	lf_hint(&err, "ssh-add -l");
	lf_checkup_repository(&checkup, "ssh://h/x", NULL, &err);
	expect(&checkup, LF_CHECK_FAIL, "permission denied", "ssh-add -l");
	assert_true(lf_checkup_failed(&checkup));
	lf_repository_facts_dispose(&facts);
	lf_workdir_facts_dispose(&who);
	lf_checkup_dispose(&checkup);
}

static void serve(struct lf_cluster_facts *facts, const char *group, const char *version, const char *kind)
{
	facts->kinds = lf_realloc(facts->kinds, facts->kind_count + 1, sizeof(*facts->kinds));
	facts->kinds[facts->kind_count++] = (struct lf_served_kind){lf_dup(group), lf_dup(version), lf_dup(kind), lf_dup("x"), true};
}

static void clusters(void **state)
{
	struct lf_checkup checkup = {0};
	struct lf_cluster_facts facts = {.state = LF_FACT_KNOWN, .context = lf_dup("prod"), .server_version = lf_dup("v1.35.4")};
	struct lf_permission permissions[40];
	const struct lf_engine *const *engines;
	size_t engine_count, count;
	struct lf_error err;

	(void)state;
	engines = lf_engines(&engine_count);
	lf_checkup_cluster(&checkup, &facts, NULL, engines, engine_count);
	expect(&checkup, LF_CHECK_WARN, "neither Argo CD nor Flux", "Install");
	count = lf_checkup_permissions(permissions, 40, &facts, engines, engine_count);
	assert_int_equal(count, 3); /* nothing is asked about a tool that is not there */
	for (size_t i = 0; i < count; i++)
		lf_ref_dispose(&permissions[i].ref);
	facts.flux = (struct lf_tool_facts){true, lf_dup("v2.9.0"), lf_dup("flux-system")};
	lf_checkup_cluster(&checkup, &facts, NULL, engines, engine_count);
	expect(&checkup, LF_CHECK_FAIL, "none of its kinds is served", "install it again");
	lf_set(&facts.flux.version, NULL);
	serve(&facts, "kustomize.toolkit.fluxcd.io", "v1", "Kustomization");
	lf_checkup_cluster(&checkup, &facts, NULL, engines, engine_count);
	expect(&checkup, LF_CHECK_WARN, "GitRepository", "Install the controller");
	assert_non_null(strstr(checkup.items[checkup.count - 2].text, "Flux in flux-system: Kustomization v1"));
	count = lf_checkup_permissions(permissions, 40, &facts, engines, engine_count);
	assert_int_equal(count, 6);
	assert_string_equal(permissions[0].verb, "watch");
	assert_true(permissions[0].needed);
	lf_checkup_permission(&checkup, &permissions[0], true, NULL, NULL);
	expect(&checkup, LF_CHECK_PASS, "you may watch Kustomization in flux-system", NULL);
	lf_checkup_permission(&checkup, &permissions[0], false, "no role", NULL);
	expect(&checkup, LF_CHECK_FAIL, "cannot be followed (no role)", "kubectl auth can-i watch Kustomization.kustomize.toolkit.fluxcd.io -n flux-system");
	lf_checkup_permission(&checkup, &permissions[1], false, NULL, NULL);
	expect(&checkup, LF_CHECK_WARN, "somebody else has to register", "kubectl auth can-i create");
	lf_fail(&err, LF_ENET, "kube", 0, "gone");
	lf_hint(&err, "Try again.");
	lf_checkup_permission(&checkup, &permissions[1], false, NULL, &err);
	expect(&checkup, LF_CHECK_WARN, "could not be found out: gone", "Try again.");
	for (size_t i = 0; i < count; i++)
		lf_ref_dispose(&permissions[i].ref);
	lf_checkup_cluster(&checkup, NULL, &err, engines, engine_count);
	expect(&checkup, LF_CHECK_FAIL, "gone", "Try again.");
	lf_fail(&err, LF_ENOTFOUND, "kube", 0, "no kubeconfig");
	lf_hint(&err, "Set KUBECONFIG.");
	lf_checkup_cluster(&checkup, NULL, &err, engines, engine_count);
	expect(&checkup, LF_CHECK_WARN, "no kubeconfig", "Set KUBECONFIG");
	lf_cluster_facts_dispose(&facts);
	lf_checkup_dispose(&checkup);
}

static void both_outputs_say_the_same(void **state)
{
	struct lf_checkup checkup = {0};
	struct lf_error err;
	struct lf_str text = {0};

	(void)state;
	lf_fail(&err, LF_EIO, "fs", 0, "disk full");
	lf_hint(&err, "free some");
	lf_checkup_place(&checkup, "sessions", "/x", &err);
	lf_checkup_settings(&checkup, "/c", true, NULL);
	lf_checkup_module(&checkup, &err);
	lf_checkup_text(&text, &checkup, true);
	assert_string_equal(lf_str_text(&text), "! warn  files     sessions cannot be kept: disk full\n                  free some\n+ pass  settings  /c\n"
						"x fail  program   disk full\n                  free some\n\n1 passed, 1 to know, 1 failed.\n");
	lf_str_truncate(&text, 0);
	lf_checkup_json(&text, &checkup);
	assert_string_equal(lf_str_text(&text),
			    "{\"result\":\"fail\",\"checks\":[{\"area\":\"files\",\"result\":\"warn\",\"message\":\"sessions cannot be kept: disk full\",\"remedy\":\"free some\"},"
			    "{\"area\":\"settings\",\"result\":\"pass\",\"message\":\"/c\"},{\"area\":\"program\",\"result\":\"fail\",\"message\":\"disk full\",\"remedy\":\"free some\"}]}\n");
	lf_str_dispose(&text);
	lf_checkup_dispose(&checkup);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(terminals),
		cmocka_unit_test(git),
		cmocka_unit_test(clusters),
		cmocka_unit_test(both_outputs_say_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
