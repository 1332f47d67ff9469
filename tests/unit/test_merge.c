/* Our documents into files that exist: what is ours changes, everything else keeps its bytes. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/mem.h"
#include "core/merge.h"
#include "core/str.h"
#include "core/yaml.h"
#include "tests/unit/fake_engine.h"

/* Renders the fake engine's document for PAIRS and merges it into EXISTING; returns the text, to be freed. */
static char *merged(const char *existing, const char *const *pairs, bool only_if_missing, int *code)
{
	struct lf_catalog *catalog = lf_catalog_new(fake_engines, 1);
	struct lf_answers *answers = lf_answers_new();
	struct lf_documents documents = {0};
	struct lf_facts nothing = {0};
	struct lf_str out = {0};
	struct lf_error err = {0};
	struct lf_plan *plan;

	for (; *pairs; pairs++)
		assert_int_equal(lf_answers_set_pair(answers, catalog, *pairs, NULL), LF_OK);
	plan = lf_plan_build(catalog, answers, &nothing);
	fake_engine.render(&documents, plan, &nothing);
	lf_documents_finish(&documents);
	documents.items[0].only_if_missing = only_if_missing;
	*code = lf_merge_document(&out, existing, &documents.items[0], plan, &err);
	if (*code)
		assert_true(*err.message);
	lf_documents_dispose(&documents);
	lf_plan_free(plan);
	lf_answers_free(answers);
	lf_catalog_free(catalog);
	return lf_str_take(&out);
}

static void expect(const char *existing, const char *const *pairs, bool only_if_missing, const char *wanted)
{
	int code;
	char *text = merged(existing, pairs, only_if_missing, &code);

	assert_string_equal(text, wanted);
	assert_int_equal(code, LF_OK);
	lf_free(text);
}

#define FILE_TEXT                                                                                                                                                  \
	"# kept by the shop team\napiVersion: fake.example/v1\nkind: Thing\nmetadata:\n    name: web # ours\n    labels: {team: shop}\nspec:\n    url: https://h.example/old\n"     \
	"    path: apps/web/overlays/production\n    interval: 17m   # slow on purpose\n    extra: stays\n"

static void test_what_identifies_the_delivery_is_set_and_the_rest_stays(void **state)
{
	static const char *const pairs[] = {"gitopsDeployment=flux", "appName=web", "gitRepoUrl=https://h.example/new", NULL};

	(void)state;
	expect(FILE_TEXT, pairs, false,
	       "# kept by the shop team\napiVersion: fake.example/v1\nkind: Thing\nmetadata:\n    name: web # ours\n    labels: {team: shop}\nspec:\n    url: https://h.example/new\n"
	       "    path: apps/web/overlays/production\n    interval: 17m   # slow on purpose\n    extra: stays\n");
}

static void test_a_tunable_changes_only_when_it_was_answered(void **state)
{
	static const char *const pairs[] = {"gitopsDeployment=flux", "appName=web", "gitRepoUrl=https://h.example/old", "fakeInterval=3m", NULL};
	int code;
	char *text;

	(void)state;
	text = merged(FILE_TEXT, pairs, false, &code);
	assert_non_null(strstr(text, "    interval: 3m   # slow on purpose\n"));
	lf_free(text);
}

static void test_a_starter_manifest_takes_only_answers(void **state)
{
	static const char *const nothing_answered[] = {"gitopsDeployment=flux", NULL}, *const answered[] = {"gitopsDeployment=flux", "appName=shop", NULL};
	int code;
	char *text;

	(void)state;
	expect(FILE_TEXT, nothing_answered, true, FILE_TEXT);
	text = merged(FILE_TEXT, answered, true, &code);
	assert_non_null(strstr(text, "    name: shop # ours\n"));
	assert_non_null(strstr(text, "https://h.example/old"));
	lf_free(text);
}

static void test_what_cannot_be_edited_is_left_alone(void **state)
{
	static const char *const pairs[] = {"gitopsDeployment=flux", "appName=web", "gitRepoUrl=https://h.example/new", NULL};
	static const char *const files[] = {"kind: Thing\nspec: [not, a, map]\n", "a: [\n", "kind: Other\n---\nkind: Third\n", "kind: Thing\nspec: &x\n  url: &y old\n  b: *y\n"};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(files); i++) {
		int code;
		char *text = merged(files[i], pairs, false, &code);

		assert_int_not_equal(code, LF_OK);
		assert_string_equal(text, files[i]);
		lf_free(text);
	}
}

/* ---- trees of our own ---- */

struct merge_row {
	const char *existing, *ours;
	const char *wanted;	/* NULL: refused, and the file as it was; "!…": with these words */
	const char *at, *id;	/* the node of ours that answers a question; may be NULL */
	const char *answer;	/* "id=value"; NULL: the default */
	bool is_starter;
	const char *marker;	/* of the node at AT */
};

static void merge_row(const struct merge_row *row, size_t number)
{
	const char *pairs[] = {"gitopsDeployment=flux", row->answer, NULL};
	struct lf_catalog *catalog = lf_catalog_new(fake_engines, 1);
	struct lf_answers *answers = lf_answers_new();
	struct lf_document document = {.path = lf_dup("web/thing.yaml"), .only_if_missing = row->is_starter};
	struct lf_facts nothing = {0};
	struct lf_str out = {0};
	struct lf_error err = {0};
	struct lf_node *trees = NULL;
	const char *words = row->wanted && *row->wanted == '!' ? row->wanted + 1 : "web/thing.yaml", *wanted = row->wanted && *row->wanted != '!' ? row->wanted : NULL;
	struct lf_plan *plan;
	int code;

	for (const char *const *pair = pairs; *pair; pair++)
		assert_int_equal(lf_answers_set_pair(answers, catalog, *pair, NULL), LF_OK);
	plan = lf_plan_build(catalog, answers, &nothing);
	assert_int_equal(lf_yaml_parse(&trees, row->ours, strlen(row->ours), "ours", &lf_yaml_limits_default, NULL), LF_OK);
	document.tree = lf_node_count(trees) > 1 ? trees : lf_node_at(trees, 0);
	if (row->id)
		lf_node_set_origin(lf_node_get(document.tree, row->at), row->id);
	if (row->marker)
		lf_node_set_marker(lf_node_get(document.tree, row->at), row->marker);
	code = lf_merge_document(&out, row->existing, &document, plan, &err);
	if ((code == LF_OK) != (wanted != NULL) || !lf_equal(lf_str_text(&out), wanted ? wanted : row->existing) || (code && !strstr(err.message, words)))
		fail_msg("row %zu: %s\n%s\nnot\n%s", number, err.message, lf_str_text(&out), row->wanted ? row->wanted : row->existing);
	lf_node_free(trees);
	lf_plan_free(plan);
	lf_answers_free(answers);
	lf_catalog_free(catalog);
	lf_str_dispose(&out);
	lf_free(document.path);
}

#define DEEP(value) "{a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: {a: " value "}}}}}}}}}}}}}}}}}}}}}}}"

static void test_trees(void **state)
{
	static const struct merge_row rows[] = {
		/* items of a list are found by their name, else as the only one beside an only one, else as what they are */
		{"l:\n  - name: b\n    v: 1\n  - name: a\n    v: 2 # two\n", "l: [{name: a, v: 3}]", "l:\n  - name: b\n    v: 1\n  - name: a\n    v: 3 # two\n", 0, 0, 0, 0, 0},
		{"l:\n  - name: b\n", "l: [{name: a}]", "l:\n  - name: b\n  - name: a\n", 0, 0, 0, 0, 0},
		/* of several of one name, the one with the same kind and namespace */
		{"l:\n  - {name: a, kind: X}\n  - {name: a, kind: Y, v: 1}\n", "l: [{name: a, kind: Y, v: 2}]", "l:\n  - {name: a, kind: X}\n  - {name: a, kind: Y, v: 2}\n", 0, 0, 0, 0, 0},
		{"l:\n  - {name: a, v: 1}\n  - {name: a, kind: X, v: 1}\n  - {name: a, kind: X, v: 3}\n", "l: [{name: a, kind: X, v: 2}]",
		 "l:\n  - {name: a, v: 1}\n  - {name: a, kind: X, v: 2}\n  - {name: a, kind: X, v: 3}\n", 0, 0, 0, 0, 0},
		{"l:\n  - {name: a, kind: X, v: 1}\n  - {name: a, kind: X, namespace: one, v: 1}\n", "l: [{name: a, kind: X, namespace: one, v: 2}]",
		 "l:\n  - {name: a, kind: X, v: 1}\n  - {name: a, kind: X, namespace: one, v: 2}\n", 0, 0, 0, 0, 0},
		{"l:\n  - {name: a, namespace: two, v: 1}\n", "l: [{name: a, namespace: one, v: 1}]", "l:\n  - {name: a, namespace: two, v: 1}\n  - name: a\n    namespace: one\n    v: 1\n", 0, 0, 0, 0, 0},
		{"l:\n  - {name: a, v: 1}\n", "l: [{name: a, namespace: one, v: 2}]", "l:\n  - {name: a, v: 2, namespace: one}\n", 0, 0, 0, 0, 0},
		{"l:\n  - v: 1\n", "l: [{v: 2}]", "l:\n  - v: 2\n", 0, 0, 0, 0, 0},
		{"l:\n  - v: 1\n  - v: 3\n", "l: [{v: 2}]", "l:\n  - v: 1\n  - v: 3\n  - v: 2\n", 0, 0, 0, 0, 0},
		{"l:\n  - v: 1\n", "l: [{v: 2}, {v: 3}]", "l:\n  - v: 1\n  - v: 2\n  - v: 3\n", 0, 0, 0, 0, 0},
		{"l:\n  - name: b\n    v: 1\n", "l: [{v: 2}]", "l:\n  - name: b\n    v: 2\n", 0, 0, 0, 0, 0},
		{"l:\n  - a\n  - b # two\n", "l: [b, c]", "l:\n  - a\n  - b # two\n  - c\n", 0, 0, 0, 0, 0},
		{"l:\n  - a\n", "l: [b]", "l:\n  - a\n  - b\n", 0, 0, 0, 0, 0},
		/* a key comes behind the one before it, as far as the file has that */
		{"a: 1\nz: 2\n", "{a: 1, b: 1, c: {d: 1}, z: 2}", "a: 1\nb: 1\nc:\n  d: 1\nz: 2\n", 0, 0, 0, 0, 0},
		{"z: 2\n# of a\na: 1 # one\nx: 3\n", "{a: 1, b: 1, z: 2}", "z: 2\n# of a\na: 1 # one\nb: 1\nx: 3\n", 0, 0, 0, 0, 0},
		{"z: 2\nx: 1\n", "{b: 1, z: 2}", "z: 2\nx: 1\nb: 1\n", 0, 0, 0, 0, 0},
		/* what is there in another shape is refused */
		{"a: 1\n", "a: {b: 1}", "!web/thing.yaml:1: a has another shape than expected.", 0, 0, 0, 0, 0},
		{"a: 1\n", "a: [1]", NULL, 0, 0, 0, 0, 0},
		{"a: {b: 1}\n", "a: 1", "!web/thing.yaml:1: a has another shape than expected.", 0, 0, 0, 0, 0},
		{"x: 1\na: [1]\n", "a: 1", "!web/thing.yaml:2: a has another shape than expected.", 0, 0, 0, 0, 0},
		{"a: [1]\n", "a: {b: 1}", NULL, 0, 0, 0, 0, 0},
		{"a: {b: 1}\n", "a: [1]", NULL, 0, 0, 0, 0, 0},
		{"b: 1\na: 1\n", "{b: 2, a: {b: 1}}", NULL, 0, 0, 0, 0, 0},
		{"- a\n", "b: 1", "!web/thing.yaml:1: it has another shape than expected.", 0, 0, 0, 0, 0},
		/* the document of the same kind and name, or the only one */
		{"kind: B\nv: 1\n---\nkind: A\nmetadata: {name: one}\nv: 1\n---\nkind: A\nmetadata: {name: two}\nv: 1\n", "{kind: A, metadata: {name: two}, v: 2}",
		 "kind: B\nv: 1\n---\nkind: A\nmetadata: {name: one}\nv: 1\n---\nkind: A\nmetadata: {name: two}\nv: 2\n", 0, 0, 0, 0, 0},
		{"kind: A\nmetadata: {name: one}\n---\nkind: B\nmetadata: {name: two}\n", "{kind: A, metadata: {name: two}}", NULL, 0, 0, 0, 0, 0},
		{"kind: A\nmetadata: {name: one}\nv: 1\n", "{kind: A, metadata: {name: two}, v: 1}", "kind: A\nmetadata: {name: two}\nv: 1\n", 0, 0, 0, 0, 0},
		{"kind: A\nv: 1\n---\nkind: B\nv: 1\n", "kind: B\nv: 3\n---\nkind: A\nv: 2\n", "kind: A\nv: 2\n---\nkind: B\nv: 3\n", 0, 0, 0, 0, 0},
		{"kind: A\nv: 1\n---\nkind: B\nv: 1\n", "kind: A\nv: 2\n---\nkind: C\nv: 2\n", NULL, 0, 0, 0, 0, 0},
		/* a tunable is ours where it was answered; a starter manifest's rest never */
		{"a: {x: 1}\n", "a: {b: {c: 5m}}", "a: {x: 1}\n", "a.b.c", "fakeInterval", 0, false, 0},
		{"a:\n  x: 1\n", "a: {b: {c: 3m}}", "a:\n  x: 1\n  b:\n    c: 3m\n", "a.b.c", "fakeInterval", "fakeInterval=3m", false, 0},
		{"x: 1\n", "b: 5m", "x: 1\n", "b", "fakeInterval", 0, false, 0},
		{"b: 1m\n", "b: 5m", "b: 1m\n", "b", "fakeInterval", 0, false, 0},
		{"b: 1m\n", "b: 3m", "b: 3m\n", "b", "fakeInterval", "fakeInterval=3m", false, 0},
		{"b: old\n", "b: web", "b: web\n", "b", "gitBranch", 0, false, 0},
		{"b: old\n", "b: web", "b: web\n", "b", "unheardOf", 0, false, 0},
		{"b: old\n", "b: web", "b: old\n", "b", "gitBranch", 0, true, 0},
		{"b: old\n", "b: web", "b: web\n", "b", "appName", "appName=web", true, 0},
		{"b: old\n", "b: web", "b: old\n", 0, 0, 0, true, 0},
		{"x: 1\n", "{b: {c: web, d: 1}}", "x: 1\n", 0, 0, 0, true, 0},
		{"x: 1\n", "{b: {c: web, d: 1}}", "x: 1\nb:\n  c: web\n  d: 1\n", "b.c", "appName", "appName=web", true, 0},
		{"l:\n  - a\n", "l: [b]", "l:\n  - a\n", "l.0", "fakeInterval", 0, false, 0},
		{"l:\n  - a\n", "l: [b]", "l:\n  - a\n", 0, 0, 0, true, 0},
		/* a marker: what another program keeps is left to it from then on */
		{"i: x:1\n", "i: x:2", "i: x:2 # {mark}\n", "i", 0, 0, false, "{mark}"},
		{"i: x:1 # {mark}\n", "i: x:2", "i: x:1 # {mark}\n", "i", 0, 0, false, "{mark}"},
		{"i: {a: 1}\n", "i: x:2", NULL, "i", 0, 0, false, "{mark}"},
		/* what lies too deep is left as it is */
		{DEEP("1") "\n", DEEP("2"), DEEP("2") "\n", 0, 0, 0, 0, 0},
		{"b: " DEEP("1") "\n", "b: " DEEP("2"), "b: " DEEP("2") "\n", 0, 0, 0, 0, 0},
		{"b: {b: " DEEP("1") "}\n", "b: {b: " DEEP("2") "}", "b: {b: " DEEP("1") "}\n", 0, 0, 0, 0, 0},
		{"b: " DEEP("[1]") "\n", "b: " DEEP("[1]"), "b: " DEEP("[1]") "\n", 0, 0, 0, 0, 0},
		{"a: [\n", "b: 1", NULL, 0, 0, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++)
		merge_row(&rows[i], i);
}

static void test_a_template_is_left_alone(void **state)
{
	struct lf_document document = {.path = (char *)(uintptr_t) "templates/x.yaml"};
	struct lf_str out = {0};

	(void)state;
	assert_int_equal(lf_merge_document(&out, "{{ if }}", &document, NULL, NULL), LF_OK);
	assert_string_equal(lf_str_text(&out), "{{ if }}");
	lf_str_dispose(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_identifies_the_delivery_is_set_and_the_rest_stays),
	    cmocka_unit_test(test_a_tunable_changes_only_when_it_was_answered),
	    cmocka_unit_test(test_a_starter_manifest_takes_only_answers),
	    cmocka_unit_test(test_what_cannot_be_edited_is_left_alone),
	    cmocka_unit_test(test_trees),
	    cmocka_unit_test(test_a_template_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
