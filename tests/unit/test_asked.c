/* What the rows of the questions say in words: defaults and where they are from, refusals, warnings, and what a delivery then looks for. A case of tests/golden/asked.yaml is a set
 * of answers and what is known of cluster and branch; asked.txt is what is said of the rows it names. GOLDEN_UPDATE=1 writes it anew: read the difference. */
#include "config.h"
#include "tests/unit/engines.h"

#include <stdlib.h>
#include <string.h>

#include "core/engine.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"

static void answer(struct test_plan *test, const struct lf_node *answers)
{
	for (size_t i = 0; i < lf_node_count(answers); i++)
		lf_answers_set(test->answers, lf_node_key_at(answers, i), lf_node_text(lf_node_at(answers, i), NULL));
}

static void know(struct lf_facts *facts, const struct lf_node *one)
{
	const struct lf_node *cluster = lf_node_key(one, "cluster"), *serves = lf_node_key(one, "serves"), *files = lf_node_key(one, "files"), *branch = lf_node_key(one, "branch");

	if (cluster || serves)
		facts->cluster.state = LF_FACT_KNOWN;
	if (lf_node_key(one, "runs")) {
		struct lf_tool_facts *tool = lf_equal(lf_node_text(lf_node_key(one, "runs"), "tool"), "flux") ? &facts->cluster.flux : &facts->cluster.argocd;

		tool->present = lf_node_true(lf_node_key(one, "runs"), "present");
		lf_set(&tool->namespace, lf_node_text(lf_node_key(one, "runs"), "namespace"));
	}
	facts->cluster.consumers = cluster ? lf_node_dup(cluster) : NULL;
	facts->cluster.kinds = serves ? lf_alloc(lf_node_count(serves) + 1, sizeof(*facts->cluster.kinds)) : NULL;
	for (size_t i = 0; i < lf_node_count(serves); i++) {
		static const char wide[] = "cluster-wide ";
		const char *text = lf_node_text(lf_node_at(serves, i), NULL);
		bool is_wide = lf_starts_with(text, wide);
		const char *group = is_wide ? text + strlen(wide) : text, *slash = strrchr(group, '/');

		facts->cluster.kinds[facts->cluster.kind_count++] =
			(struct lf_served_kind){lf_dup_n(group, (size_t)(slash - group)), lf_dup("v1"), lf_dup(slash + 1), lf_dup("x"), !is_wide};
	}
	facts->path.objects = files ? lf_node_new(LF_NODE_LIST) : NULL;
	for (size_t i = 0; i < lf_node_count(files); i++) {
		struct lf_node *item = lf_node_add_map(facts->path.objects);

		lf_node_set_text(item, "path", lf_node_key_at(files, i));
		lf_node_set(item, "object", lf_node_dup(lf_node_at(files, i)));
	}
	facts->path.documents = branch ? lf_node_dup(branch) : NULL;
	for (size_t i = 0; i < lf_node_count(lf_node_key(one, "tree")); i++)
		lf_names_add(&facts->path.tree, lf_node_text(lf_node_at(lf_node_key(one, "tree"), i), NULL));
	lf_set(&facts->chart.opened.name, lf_node_key(one, "opened") ? lf_node_text(lf_node_key(one, "opened"), "name") : NULL);
	facts->chart.opened.from_git = lf_node_true(lf_node_key(one, "opened"), "fromGit");
	lf_set(&facts->path.image, lf_node_key(one, "scaffolded") ? lf_node_text(one, "scaffolded") : NULL);
}

static void replan(struct test_plan *test)
{
	lf_plan_free(test->plan);
	test->plan = lf_plan_build(test->catalog, test->answers, &test->facts);
}

static void say_error(struct lf_str *out, const char *how, const struct lf_error *err)
{
	lf_str_addf(out, "  %s: %s%s%s\n", how, err->message, *err->hint ? " / " : "", err->hint);
}

static void say(struct lf_str *out, const struct test_plan *test, const char *id)
{
	const struct lf_plan_entry *entry = lf_plan_entry(test->plan, id);
	struct lf_error warning = {0};

	if (!entry) {
		fail_msg("%s: no such question", id);
		return;
	}
	lf_str_addf(out, "%s: %s (%s%s)\n", id, entry->value ? entry->value : "", entry->source ? entry->source : "", entry->shown ? "" : ", hidden");
	if (entry->problem->code)
		say_error(out, "refused", entry->problem);
	if (lf_plan_warning(&warning, test->plan, entry, &test->facts))
		say_error(out, "warned", &warning);
}

/* Of the delivery, or of CONSUMER, which somebody watches. */
static void say_target(struct lf_str *out, const struct test_plan *test, const struct lf_node *consumer)
{
	const struct lf_engine *engine = lf_plan_engine(test->plan);
	struct lf_target target = {0};

	if (consumer)
		engine->target_of(&target, consumer);
	else
		engine->target(&target, test->plan, &test->facts);
	lf_str_add(out, "looks for ");
	lf_ref_text(out, &target.consumer);
	lf_str_add(out, " of ");
	lf_ref_text(out, &target.source);
	lf_str_addf(out, " in %s, path %s", target.namespace ? target.namespace : "", target.path ? target.path : "");
	if (lf_ref_is_set(&target.parent)) {
		lf_str_add(out, ", below ");
		lf_ref_text(out, &target.parent);
	}
	lf_str_add(out, "\n");
	if (target.wanted)
		lf_yaml_emit(out, target.wanted, NULL);
	lf_target_dispose(&target);
}

/* Each line of FILE behind the question it answers. */
static void say_marks(struct lf_str *out, const struct test_plan *test, const char *file)
{
	const struct lf_document *document = test_document(test, file);
	const char *text = document ? lf_str_text(&document->text) : "";

	lf_str_addf(out, "%s%s\n", document ? document->path : file, document ? "" : " is not written");
	for (size_t i = 0; document && i < document->origins.count && *text; i++) {
		size_t n = strcspn(text, "\n");

		lf_str_addf(out, "%-20s %.*s\n", document->origins.ids[i] ? document->origins.ids[i] : "-", (int)n, text);
		text += n + (text[n] == '\n');
	}
}

static void play(struct lf_str *out, const struct lf_node *bases, const struct lf_node *one)
{
	static const char *const none[] = {NULL};
	const struct lf_node *tries = lf_node_key(one, "try"), *shown = lf_node_key(one, "show"), *written = lf_node_key(one, "written"), *marked = lf_node_key(one, "marked"), *parts = lf_node_key(one, "parts");
	struct test_plan test;

	test_plan_init(&test, none, NULL);
	lf_facts_dispose(&test.facts);
	memset(&test.facts, 0, sizeof(test.facts));
	if (!lf_node_key(bases, lf_node_text(one, "base")))
		fail_msg("%s: no such base", lf_node_text(one, "what"));
	answer(&test, lf_node_key(bases, lf_node_text(one, "base")));
	answer(&test, lf_node_key(one, "with"));
	know(&test.facts, one);
	replan(&test);
	lf_str_addf(out, "# %s\n", lf_node_text(one, "what"));
	for (size_t i = 0; i < lf_node_count(shown); i++)
		say(out, &test, lf_node_text(lf_node_at(shown, i), NULL));
	for (size_t i = 0; i < lf_node_count(tries); i++) {
		for (size_t k = 0; k < lf_node_count(lf_node_at(tries, i)); k++) {
			lf_answers_set(test.answers, lf_node_key_at(tries, i), lf_node_text(lf_node_at(lf_node_at(tries, i), k), NULL));
			replan(&test);
			say(out, &test, lf_node_key_at(tries, i));
		}
		lf_answers_unset(test.answers, lf_node_key_at(tries, i));
		answer(&test, lf_node_key(bases, lf_node_text(one, "base")));
		answer(&test, lf_node_key(one, "with"));
		replan(&test);
	}
	for (size_t i = 0; i < lf_plan_part_count(test.plan); i++) {
		for (size_t k = 0; k < lf_node_count(parts); k++) {
			const char *id = lf_node_text(lf_node_at(parts, k), NULL);

			lf_str_addf(out, "%s %s: %s\n", lf_plan_environment(lf_plan_part(test.plan, i)), id, lf_plan_text(lf_plan_part(test.plan, i), id));
		}
	}
	if (lf_node_key(one, "target"))
		say_target(out, &test, NULL);
	if (lf_node_key(one, "watch"))
		say_target(out, &test, lf_node_key(one, "watch"));
	test_plan_render(&test);
	for (size_t i = 0; i < lf_node_count(written); i++) {
		const char *file = lf_node_text(lf_node_at(written, i), NULL);
		const struct lf_document *document = test_document(&test, file);

		lf_str_addf(out, "%s%s%s\n%s", document ? document->path : file, !document ? " is not written" : document->registers ? ", for the cluster too" : document->only_if_missing ? ", unless it is there" : "",
			    document && document->is_patch ? ", which is no object" : "", document ? lf_str_text(&document->text) : "");
	}
	for (size_t i = 0; i < lf_node_count(marked); i++)
		say_marks(out, &test, lf_node_text(lf_node_at(marked, i), NULL));
	lf_str_add(out, "\n");
	test_plan_dispose(&test);
}

static void test_golden(void **state)
{
	const char *srcdir = getenv("srcdir");
	char *cases = lf_format("%s/tests/golden/asked.yaml", srcdir ? srcdir : "."), *path = lf_format("%s/tests/golden/asked.txt", srcdir ? srcdir : ".");
	char *text = test_read(cases);
	struct lf_node *documents = NULL;
	struct lf_str said = {0};
	struct lf_error err = {0};

	(void)state;
	if (!text || lf_yaml_parse(&documents, text, strlen(text), cases, &lf_yaml_limits_default, &err))
		fail_msg("%s: %s", cases, err.message);
	for (size_t i = 0; i < lf_node_count(lf_node_get(lf_node_at(documents, 0), "cases")); i++)
		play(&said, lf_node_get(lf_node_at(documents, 0), "bases"), lf_node_at(lf_node_get(lf_node_at(documents, 0), "cases"), i));
	test_golden_text(lf_str_text(&said), path);
	lf_node_free(documents);
	lf_str_dispose(&said);
	lf_free(text);
	lf_free(cases);
	lf_free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_golden)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
