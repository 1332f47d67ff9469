/* Answers that change in a repository that has the application: only their lines change, and one that is taken out leaves what was there before it. */
#include "config.h"
#include "tests/unit/engines.h"

#include <stdio.h>
#include <string.h>

#include "core/diff.h"
#include "core/mem.h"
#include "core/merge.h"
#include "core/recall.h"
#include "core/retract.h"
#include "core/str.h"
#include "core/yaml.h"

/* -------- trees -------- */

static struct lf_node *parse(const char *text)
{
	struct lf_node *list = NULL;
	struct lf_error err = {0};

	if (lf_yaml_parse(&list, text, strlen(text), "test", NULL, &err))
		fail_msg("%s", err.message);
	return list;
}

struct row {
	const char *text, *was, *is, *after;
};

static const struct row rows[] = {
	/* ours goes, what others added stays */
	{"a: 1\nb: 2 # theirs\nc: 3\n", "{a: 1, c: 3}", "{a: 1}", "a: 1\nb: 2 # theirs\n"},
	{"a: 1\nb: 2\n", "{a: 1}", "{a: 1}", "a: 1\nb: 2\n"},
	/* changed by hand since: theirs */
	{"a: 1\nb: 5\n", "{a: 1, b: 2}", "{a: 1}", "a: 1\nb: 5\n"},
	/* as a whole where nothing else is in it; else only what is ours */
	{"s:\n  install:\n    n: 1\n  x: 1\n", "{s: {install: {n: 1}, x: 1}}", "{s: {x: 1}}", "s:\n  x: 1\n"},
	{"s:\n  install:\n    n: 1\n    theirs: 2\n  x: 1\n", "{s: {install: {n: 1}, x: 1}}", "{s: {x: 1}}", "s:\n  install:\n    theirs: 2\n  x: 1\n"},
	/* lists: equal items, or items of the same name */
	{"l:\n- a\n- theirs\n- b\n", "{l: [a, b]}", "{l: [b]}", "l:\n- theirs\n- b\n"},
	{"l:\n- a\n- b\n", "{l: [a, b]}", "{}", "{}\n"},
	{"l:\n- a\n- theirs\n", "{l: [a]}", "{k: 1}", "l:\n- theirs\n"},
	{"l:\n- name: a\n  v: 1\n- name: b\n  v: 2\n", "{l: [{name: a, v: 1}, {name: b, v: 2}]}", "{l: [{name: b, v: 2}]}", "l:\n- name: b\n  v: 2\n"},
	{"l:\n- name: a\n  kind: X\n- name: a\n  kind: Y\n", "{l: [{name: a, kind: X}, {name: a, kind: Y}]}", "{l: [{name: a, kind: Y}]}", "l:\n- name: a\n  kind: Y\n"},
	{"l:\n- name: a\n  v: 1\n  w: 2\n", "{l: [{name: a, v: 1, w: 2}]}", "{l: [{name: a, v: 1}]}", "l:\n- name: a\n  v: 1\n"},
	/* of several documents each its own */
	{"kind: A\nmetadata: {name: x}\nv: 1\n---\nkind: B\nmetadata: {name: x}\nv: 1\n", "[{kind: A, metadata: {name: x}, v: 1}, {kind: B, metadata: {name: x}, v: 1}]",
	 "[{kind: A, metadata: {name: x}}, {kind: B, metadata: {name: x}, v: 1}]", "kind: A\nmetadata: {name: x}\n---\nkind: B\nmetadata: {name: x}\nv: 1\n"},
	/* a document that is not written any more stays as a whole: whether it goes is another question (leftover.h) */
	{"kind: A\nmetadata: {name: x}\nv: 1\n---\nkind: B\nmetadata: {name: x}\nv: 1\n", "[{kind: A, metadata: {name: x}, v: 1}, {kind: B, metadata: {name: x}, v: 1}]",
	 "[{kind: A, metadata: {name: x}, v: 1}]", "kind: A\nmetadata: {name: x}\nv: 1\n---\nkind: B\nmetadata: {name: x}\nv: 1\n"},
	/* another shape is another thing */
	{"a: [1]\n", "{a: {b: 1}}", "{}", "a: [1]\n"},
};

static void test_trees(void **state)
{
	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_node *was = parse(rows[i].was), *is = parse(rows[i].is);
		struct lf_str text = {0};
		struct lf_error err = {0};

		lf_str_add(&text, rows[i].text);
		if (lf_retract(&text, "f.yaml", lf_node_at(was, 0), lf_node_at(is, 0), &err))
			fail_msg("%s: %s", rows[i].text, err.message);
		if (strcmp(lf_str_text(&text), rows[i].after) != 0)
			fail_msg("%s\nbecame\n%s\nnot\n%s", rows[i].text, lf_str_text(&text), rows[i].after);
		lf_str_dispose(&text);
		lf_node_free(was);
		lf_node_free(is);
	}
}

static void test_refused(void **state)
{
	static const char text[] = "a: &x 1\nb: *x\nc: 2\n";
	struct lf_node *was = parse("{a: 1, b: 1, c: 2}"), *is = parse("{b: 1}");
	struct lf_str out = {0};
	struct lf_error err = {0};

	(void)state;
	lf_str_add(&out, text);
	assert_int_equal(lf_retract(&out, "f.yaml", lf_node_at(was, 0), lf_node_at(is, 0), &err), LF_EREFUSED);
	assert_non_null(strstr(err.message, "the anchor &x"));
	assert_string_equal(lf_str_text(&out), text);
	lf_str_dispose(&out);
	lf_node_free(was);
	lf_node_free(is);
}

/* -------- answers -------- */

static void replan(struct test_plan *test)
{
	lf_plan_free(test->plan);
	test->plan = lf_plan_build(test->catalog, test->answers, &test->facts);
	test_plan_render(test);
}

/* The branch holds TEXTS, in the order of the documents of PATHS. */
static void commit(struct test_plan *test, const struct lf_names *paths, const struct lf_names *texts)
{
	lf_node_free(test->facts.path.documents);
	test->facts.path.documents = NULL;
	lf_set(&test->facts.path.gitops, lf_plan_text(test->plan, "gitopsPath"));
	for (size_t i = 0; i < paths->count; i++)
		lf_recall_note(&test->facts.path, paths->items[i], texts->items[i]);
}

static const char *text_at(const struct lf_names *paths, const struct lf_names *texts, const char *path)
{
	for (size_t i = 0; i < paths->count; i++) {
		if (lf_equal(paths->items[i], path))
			return texts->items[i];
	}
	return NULL;
}

/* What the branch holds after TEST is delivered onto PATHS and TEXTS. */
static void deliver(struct test_plan *test, struct lf_names *paths, struct lf_names *texts)
{
	struct lf_documents before = {0};
	struct lf_names new_paths = {0}, new_texts = {0};

	commit(test, paths, texts);
	replan(test);
	lf_retract_before(&before, test->catalog, test->answers, &test->facts);
	for (size_t i = 0; i < test->documents.count; i++) {
		const struct lf_document *document = &test->documents.items[i], *was = lf_documents_find(&before, document->path);
		const char *there = text_at(paths, texts, document->path);
		struct lf_str out = {0};
		struct lf_error err = {0};

		if (!there)
			lf_str_add(&out, lf_str_text(&document->text));
		else if (lf_merge_document(&out, there, document, test->plan, &err) || (was && lf_retract(&out, document->path, was->tree, document->tree, &err)))
			fail_msg("%s: %s", document->path, err.message);
		lf_names_add(&new_paths, document->path);
		lf_names_add(&new_texts, lf_str_text(&out));
		lf_str_dispose(&out);
	}
	/* What is not written stays. */
	for (size_t i = 0; i < paths->count; i++) {
		if (!lf_names_have(&new_paths, paths->items[i])) {
			lf_names_add(&new_paths, paths->items[i]);
			lf_names_add(&new_texts, texts->items[i]);
		}
	}
	lf_documents_dispose(&before);
	lf_names_dispose(paths);
	lf_names_dispose(texts);
	*paths = new_paths;
	*texts = new_texts;
}

/* Lines of the question ID in the document at PATH. */
static size_t lines_of(const struct test_plan *test, const char *path, const char *id)
{
	const struct lf_document *document = test_document(test, path);
	size_t count = 0;

	for (size_t i = 0; document && i < document->origins.count; i++)
		count += lf_equal(document->origins.ids[i], id);
	return count;
}

static const char *const methods[] = {"deploymentMethod=kustomize", "deploymentMethod=manifests", "deploymentMethod=helm-git", "deploymentMethod=helm"};
static const char *const providers[] = {"gitopsDeployment=flux", "gitopsDeployment=argocd"};

static void start(struct test_plan *test, const char *method, const char *provider)
{
	const char *all[] = {method,	       provider,	  "appName=web",	       "targetNamespace=shop",	   "gitRepoUrl=https://git.example.com/shop/config.git",
			     "gitBranch=main", "scaffold=no", "fluxOptions=yes", "chartRepoUrl=https://charts.example.com", "chartName=podinfo", "chartVersion=6.7.1", NULL};

	test_plan_init(test, all, NULL);
	test_plan_render(test);
}

/* Answers ID in a repository that has the application, and takes the answer out again. */
static bool there_and_back(const char *method, const char *provider, const char *id, const char *value)
{
	struct test_plan test;
	struct lf_names paths = {0}, texts = {0}, first_texts = {0};
	size_t *allowed, count;
	char *pair = lf_format("%s=%s", id, value), *none = lf_format("%s=", id);
	bool was_empty, changed = false;

	start(&test, method, provider);
	was_empty = !*lf_plan_text(test.plan, id);
	deliver(&test, &paths, &texts);
	count = paths.count;
	allowed = lf_alloc(count + 1, sizeof(*allowed));
	for (size_t i = 0; i < count; i++) {
		lf_names_add(&first_texts, texts.items[i]);
		allowed[i] = lines_of(&test, paths.items[i], id);
	}
	assert_int_equal(lf_answers_set_pair(test.answers, test.catalog, pair, NULL), LF_OK);
	deliver(&test, &paths, &texts);
	for (size_t i = 0; i < count; i++) {
		struct lf_diff diff = {0};

		lf_diff_build(&diff, first_texts.items[i], texts.items[i]);
		if (diff.removed > allowed[i] || diff.added > lines_of(&test, paths.items[i], id) + 2)
			fail_msg("%s %s %s: %zu lines of %s went, %zu came\n%s", method, provider, pair, diff.removed, paths.items[i], diff.added, texts.items[i]);
		changed = changed || diff.added;
		lf_diff_dispose(&diff);
	}
	if (was_empty && changed) {
		assert_int_equal(lf_answers_set_pair(test.answers, test.catalog, none, NULL), LF_OK);
		deliver(&test, &paths, &texts);
		for (size_t i = 0; i < count; i++) {
			if (strcmp(text_at(&paths, &texts, paths.items[i]), first_texts.items[i]) != 0)
				fail_msg("%s %s %s taken out: %s is\n%s\nnot\n%s", method, provider, pair, paths.items[i], texts.items[i], first_texts.items[i]);
		}
	}
	lf_names_dispose(&paths);
	lf_names_dispose(&texts);
	lf_names_dispose(&first_texts);
	test_plan_dispose(&test);
	lf_free(allowed);
	lf_free(pair);
	lf_free(none);
	return changed;
}

static void test_each_optional_answer(void **state)
{
	size_t tried = 0;

	(void)state;
	for (size_t m = 0; m < LF_COUNT(methods); m++) {
		for (size_t p = 0; p < LF_COUNT(providers); p++) {
			struct test_plan test;

			start(&test, methods[m], providers[p]);
			for (size_t i = 0; i < lf_plan_count(test.plan); i++) {
				const struct lf_plan_entry *entry = lf_plan_at(test.plan, i);
				const struct lf_question *row = entry->question;

				if (entry->shown && row->optional && row->yaml && row->example && row->step >= LF_STEP_APPLICATION && !lf_equal(row->id, "kubeContext"))
					tried += there_and_back(methods[m], providers[p], row->id, row->example);
			}
			test_plan_dispose(&test);
		}
	}
	assert_true(tried >= 20);
}

/* Edited by hand in between: comments, order and fields of others stay when an answer goes. */
static void test_by_hand(void **state)
{
	struct test_plan test;
	struct lf_names paths = {0}, texts = {0};
	struct lf_str text = {0};
	const char *at;

	(void)state;
	start(&test, "deploymentMethod=kustomize", "gitopsDeployment=flux");
	assert_int_equal(lf_answers_set_pair(test.answers, test.catalog, "dependsOn=infra, flux-system/dns", NULL), LF_OK);
	deliver(&test, &paths, &texts);
	for (size_t i = 0; i < paths.count; i++) {
		if (!lf_ends_with(paths.items[i], "flux-kustomization.yaml"))
			continue;
		at = strstr(texts.items[i], "  dependsOn:");
		assert_non_null(at);
		lf_str_add_n(&text, texts.items[i], (size_t)(at - texts.items[i]));
		lf_str_add(&text, "  # because of the quota\n  force: true\n");
		lf_str_add(&text, at);
		lf_free(texts.items[i]);
		texts.items[i] = lf_str_take(&text);
	}
	assert_int_equal(lf_answers_set_pair(test.answers, test.catalog, "dependsOn=infra", NULL), LF_OK);
	deliver(&test, &paths, &texts);
	for (size_t i = 0; i < paths.count; i++) {
		if (!lf_ends_with(paths.items[i], "flux-kustomization.yaml"))
			continue;
		assert_non_null(strstr(texts.items[i], "  # because of the quota\n  force: true\n"));
		assert_non_null(strstr(texts.items[i], "name: infra"));
		assert_null(strstr(texts.items[i], "name: dns"));
	}
	assert_int_equal(lf_answers_set_pair(test.answers, test.catalog, "dependsOn=", NULL), LF_OK);
	deliver(&test, &paths, &texts);
	for (size_t i = 0; i < paths.count; i++)
		assert_null(strstr(texts.items[i], "dependsOn"));
	lf_names_dispose(&paths);
	lf_names_dispose(&texts);
	test_plan_dispose(&test);
}

/* What an environment does not say any more is gone from its files: they are those of a first delivery with what it says now. */
static void test_of_an_environment(void **state)
{
	static const char *const changes[][4] = {
		{"deploymentMethod=kustomize", "gitopsDeployment=flux", "dev: {dependsOn: [a, b]}", "dev: {dependsOn: [a]}"},
		{"deploymentMethod=kustomize", "gitopsDeployment=flux", "dev: {dependsOn: [a, b]}", "dev: {dependsOn: [b]}"},
		{"deploymentMethod=kustomize", "gitopsDeployment=flux", "dev: {healthChecks: [{kind: Namespace, name: x}, {kind: Namespace, name: z}]}", "dev: {healthChecks: [{kind: Namespace, name: z}]}"},
		{"deploymentMethod=kustomize", "gitopsDeployment=flux", "dev: {substitute: {A: y, B: n}, substituteFrom: [ConfigMap/a, ConfigMap/b]}",
		 "dev: {substitute: {B: n}, substituteFrom: [ConfigMap/b]}"},
		{"deploymentMethod=kustomize", "gitopsDeployment=argocd", "dev: {syncOptions: 'PruneLast=true,ServerSideApply=true'}", "dev: {syncOptions: ServerSideApply=true}"},
		{"deploymentMethod=helm", "gitopsDeployment=flux", "dev: {values: {list: [a, b], map: {x: 1, z: 2}}, valuesFrom: [{kind: Secret, name: a}, {kind: Secret, name: b}]}",
		 "dev: {values: {list: [b], map: {z: 2}}, valuesFrom: [{kind: Secret, name: b}]}"},
		{"deploymentMethod=helm", "gitopsDeployment=argocd", "dev: {values: {list: [{name: a}, {name: b}]}, helmParameters: {a: 1, b: 2}}", "dev: {values: {list: [{name: b}]}, helmParameters: {b: 2}}"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(changes); i++) {
		struct lf_names paths[2] = {{0}, {0}}, texts[2] = {{0}, {0}};
		struct test_plan test;

		for (size_t k = 0; k < 2; k++) { /* one after the other, and the second alone */
			start(&test, changes[i][0], changes[i][1]);
			lf_answers_set(test.answers, "environments", "dev, production");
			for (size_t n = k; n < 2; n++) {
				char *said = lf_format("environmentSettings={%s}", changes[i][2 + n]);

				assert_int_equal(lf_answers_set_pair(test.answers, test.catalog, said, NULL), LF_OK);
				replan(&test);
				deliver(&test, &paths[k], &texts[k]);
				lf_free(said);
			}
			test_plan_dispose(&test);
		}
		for (size_t k = 0; k < paths[1].count; k++) {
			const char *there = text_at(&paths[0], &texts[0], paths[1].items[k]);

			if (!lf_equal(there, texts[1].items[k]))
				fail_msg("%s: %s is\n%s\nnot\n%s", changes[i][3], paths[1].items[k], there ? there : "", texts[1].items[k]);
		}
		for (size_t k = 0; k < 2; k++) {
			lf_names_dispose(&paths[k]);
			lf_names_dispose(&texts[k]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_each_optional_answer),
		cmocka_unit_test(test_by_hand),
		cmocka_unit_test(test_of_an_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
