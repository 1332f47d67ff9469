/* References, the store of objects, progress values and what is asked of the watches. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/condition.h"
#include "core/image.h"
#include "core/mem.h"
#include "core/objects.h"
#include "core/symptom.h"
#include "core/workload.h"

static void test_refs(void **state)
{
	struct lf_node *object = test_json("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web','namespace':'production'}}");
	struct lf_node *plain = test_json("{'apiVersion':'v1','kind':'Namespace','metadata':{'name':'production'}}");
	struct lf_ref a = lf_ref_of(object), b = lf_ref_of(plain), c = lf_ref_dup(&a), none = {0};
	struct lf_str text = {0};

	(void)state;
	assert_string_equal(a.group, "apps");
	assert_string_equal(b.group, "");
	assert_true(lf_ref_equal(&a, &c));
	lf_set(&c.group, "extensions");
	assert_false(lf_ref_equal(&a, &c));
	lf_set(&c.group, "apps");
	lf_set(&c.namespace, "staging");
	assert_false(lf_ref_equal(&a, &c));
	assert_false(lf_ref_is_set(&none));
	lf_ref_text(&text, &a);
	assert_string_equal(lf_str_text(&text), "Deployment production/web");
	lf_str_truncate(&text, 0);
	lf_ref_text(&text, &b);
	assert_string_equal(lf_str_text(&text), "Namespace production");
	lf_str_truncate(&text, 0);
	lf_ref_text(&text, &none);
	assert_string_equal(lf_str_text(&text), "");
	lf_str_dispose(&text);
	lf_ref_dispose(&a);
	lf_ref_dispose(&b);
	lf_ref_dispose(&c);
	lf_ref_dispose(&c);
	lf_node_free(object);
	lf_node_free(plain);
}

static void put(struct lf_objects *objects, const char *kind, const char *namespace, const char *name, const char *uid, const char *version)
{
	char *text = lf_format("{'apiVersion':'v1','kind':'%s','metadata':{'name':'%s','namespace':'%s','uid':'%s','resourceVersion':'%s'}}", kind, name,
			       namespace, uid, version);

	test_put(objects, text);
	lf_free(text);
}

static const char *version_of(const struct lf_objects *objects, const char *name)
{
	return lf_node_text(lf_objects_find(objects, "", "Pod", "a", name), "metadata.resourceVersion");
}

static void test_newer_wins(void **state)
{
	struct lf_objects *objects = lf_objects_new(3);

	(void)state;
	put(objects, "Pod", "a", "x", "1", "9");
	put(objects, "Pod", "a", "x", "1", "10");
	assert_string_equal(version_of(objects, "x"), "10");
	put(objects, "Pod", "a", "x", "1", "9");
	assert_string_equal(version_of(objects, "x"), "10");
	put(objects, "Pod", "a", "x", "1", "99999999999999999999999999");
	put(objects, "Pod", "a", "x", "1", "99999999999999999999999998");
	assert_string_equal(version_of(objects, "x"), "99999999999999999999999999");
	put(objects, "Pod", "a", "x", "1", "opaque");
	assert_string_equal(version_of(objects, "x"), "opaque");
	assert_int_equal(lf_objects_count(objects), 1);
	/* the same name elsewhere is another thing */
	put(objects, "Pod", "b", "x", "2", "1");
	put(objects, "Service", "a", "x", "3", "1");
	assert_int_equal(lf_objects_count(objects), 3);
	assert_string_equal(version_of(objects, "x"), "opaque");
	/* the limit: what is known goes on being updated, what is new is counted and dropped */
	put(objects, "Pod", "c", "y", "4", "1");
	put(objects, "Pod", "b", "x", "2", "2");
	assert_int_equal(lf_objects_count(objects), 3);
	assert_int_equal(lf_objects_dropped(objects), 1);
	assert_string_equal(lf_node_text(lf_objects_find(objects, "", "Pod", "b", "x"), "metadata.resourceVersion"), "2");
	/* no object at all */
	test_put(objects, "{'kind':'Pod'}");
	test_put(objects, "[]");
	assert_int_equal(lf_objects_count(objects), 3);
	lf_objects_free(objects);
	lf_objects_free(NULL);
}

static void test_keep_only(void **state)
{
	struct lf_objects *objects = lf_objects_new(100);
	const char *uids[] = {"a2", "b1"};
	struct lf_ref ref = lf_ref_new("", "Pod", "a", "two"), none = {0};

	(void)state;
	put(objects, "Pod", "a", "one", "a1", "1");
	put(objects, "Pod", "a", "two", "a2", "1");
	put(objects, "Pod", "b", "one", "b1", "1");
	put(objects, "Pod", "ba", "one", "c1", "1");
	put(objects, "Podx", "a", "one", "d1", "1");
	lf_objects_keep_only(objects, "", "Pod", "a", uids, 2);
	assert_int_equal(lf_objects_count(objects), 4);
	assert_null(lf_objects_find(objects, "", "Pod", "a", "one"));
	assert_non_null(lf_objects_find(objects, "", "Pod", "ba", "one"));
	lf_objects_keep_only(objects, "", "Pod", "", uids, 2);
	assert_int_equal(lf_objects_count(objects), 3);
	assert_non_null(lf_objects_find(objects, "", "Podx", "a", "one"));
	lf_objects_remove(objects, &ref);
	lf_objects_remove(objects, &ref);
	assert_null(lf_objects_get(objects, &ref));
	assert_null(lf_objects_get(objects, &none));
	lf_objects_keep_only(objects, "", "Pod", "b", NULL, 0);
	assert_int_equal(lf_objects_count(objects), 1);
	lf_ref_dispose(&ref);
	lf_objects_free(objects);
}

static void test_walks(void **state)
{
	struct lf_objects *objects = lf_objects_new(100);
	size_t at = 0, seen = 0;

	(void)state;
	put(objects, "Pod", "b", "x", "b", "1");
	put(objects, "Pod", "a", "y", "a", "1");
	put(objects, "Service", "a", "y", "s", "1");
	test_put(objects, "{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'r','namespace':'a','uid':'r',"
			  "'ownerReferences':[{'uid':'zz'},{'uid':'s'}]}}");
	while (lf_objects_next_of_kind(objects, "", "Pod", NULL, &at))
		seen++;
	assert_int_equal(seen, 2);
	at = 0;
	assert_string_equal(lf_node_text(lf_objects_next_of_kind(objects, "", "Pod", "b", &at), "metadata.name"), "x");
	assert_null(lf_objects_next_of_kind(objects, "", "Pod", "b", &at));
	at = 0;
	assert_null(lf_objects_next_of_kind(objects, "", "Zebra", NULL, &at));
	at = 0;
	assert_string_equal(lf_node_text(lf_objects_next_owned(objects, "s", &at), "metadata.name"), "r");
	assert_null(lf_objects_next_owned(objects, "s", &at));
	at = 0;
	assert_null(lf_objects_next_owned(objects, "", &at));
	assert_string_equal(lf_node_text(lf_objects_at(objects, 0), "kind"), "Pod");
	assert_null(lf_objects_at(objects, 99));
	lf_objects_free(objects);
}

static void test_times(void **state)
{
	(void)state;
	assert_int_equal(lf_time_ms("1970-01-01T00:00:01Z"), 1000);
	assert_int_equal(lf_time_ms("2026-11-21T11:00:00Z"), NOW);
	assert_int_equal(lf_time_ms("2026-11-21T12:30:00.25+01:30"), NOW + 250);
	assert_int_equal(lf_time_ms("2026-11-21T11:00:00.123456789Z"), NOW + 123);
	assert_int_equal(lf_time_ms("2024-02-29T00:00:00Z"), 1709164800000);
	assert_int_equal(lf_time_ms("2026-11-21 11:00:00Z"), 0);
	assert_int_equal(lf_time_ms("2026-11-21T11:00:00"), 0);
	assert_int_equal(lf_time_ms("2026-13-21T11:00:00Z"), 0);
	assert_int_equal(lf_time_ms("2026-11-21T11:00:00Zx"), 0);
	assert_int_equal(lf_time_ms(""), 0);
}

static void check_quote(const char *argument, const char *wanted)
{
	struct lf_str out = {0};

	lf_shell_quote(&out, argument);
	assert_string_equal(lf_str_text(&out), wanted);
	lf_str_dispose(&out);
}

static void test_shell_quotes(void **state)
{
	(void)state;
	check_quote("web-7d9c", "web-7d9c");
	check_quote("", "''");
	check_quote("a b", "'a b'");
	check_quote("it's", "'it'\\''s'");
	check_quote("$(reboot)`x`;#", "'$(reboot)`x`;#'");
	check_quote("a\nb\x1b", "'a?b?'");
	check_quote("~", "'~'");
}

static void test_diagnosis_is_cleaned_and_bounded(void **state)
{
	struct lf_diagnosis d = {0};
	struct lf_ref ref = lf_ref_new("", "Pod", "a", "b");
	char *huge = lf_alloc(100001, 1);

	(void)state;
	memset(huge, 'x', 100000);
	lf_diagnosis_set(&d, "id", &ref, "The image %s \x1b[31m is bad\nreally", "x:1");
	assert_null(strchr(d.cause, '\x1b'));
	assert_null(strchr(d.cause, '\n'));
	for (int i = 0; i < 100; i++)
		lf_diagnosis_evidence(&d, huge);
	assert_true(strlen(d.evidence) < 6000);
	lf_diagnosis_set(&d, "said-twice", &ref, "x");
	lf_diagnosis_evidence(&d, "Pod a/b: ErrImagePull");
	lf_diagnosis_evidence(&d, "not found");
	lf_diagnosis_evidence(&d, "ErrImagePull");
	lf_diagnosis_evidence(&d, "pull: not found");
	assert_string_equal(d.evidence, "Pod a/b: ErrImagePull\npull: not found");
	lf_diagnosis_set(&d, "alike", &ref, "x");
	lf_diagnosis_evidence(&d, "Back-off pulling: manifest for nginx:1.99 not found: manifest unknown");
	lf_diagnosis_evidence(&d, "Failed to pull: manifest for nginx:1.99 not found: manifest unknown");
	lf_diagnosis_evidence(&d, "Failed to pull: no");
	assert_string_equal(d.evidence, "Back-off pulling: manifest for nginx:1.99 not found: manifest unknown\nFailed to pull: no");
	lf_diagnosis_evidence(&d, "");
	lf_diagnosis_evidence(&d, NULL);
	lf_diagnosis_remedy(&d, "Do\x07 it", NULL);
	assert_null(strchr(d.remedies[0].text, '\x07'));
	lf_diagnosis_set(&d, "other", NULL, "again");
	assert_int_equal(d.remedy_count, 0);
	assert_null(d.evidence);
	assert_false(lf_ref_is_set(&d.subject));
	lf_diagnosis_dispose(&d);
	lf_ref_dispose(&ref);
	lf_free(huge);
}

static void test_targets(void **state)
{
	struct lf_target target = {0};

	(void)state;
	assert_true(lf_target_accepts(&target, COMMIT));
	assert_false(lf_target_accepts(&target, ""));
	assert_false(lf_target_accepts(&target, NULL));
	lf_set(&target.commit, COMMIT);
	assert_true(lf_target_accepts(&target, COMMIT));
	assert_false(lf_target_accepts(&target, BEFORE));
	lf_names_add(&target.descendants, BEFORE);
	assert_true(lf_target_accepts(&target, BEFORE));
	lf_target_dispose(&target);
}

static bool wants(const struct lf_wants *list, const char *kind, const char *namespace, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct lf_ref *ref = &list->items[i].ref;

		if (lf_equal(ref->kind, kind) && lf_equal(ref->namespace, namespace) && lf_equal(ref->name, name))
			return true;
	}
	return false;
}

static void test_wants_for_workloads(void **state)
{
	struct lf_objects *objects = lf_objects_new(10);
	struct lf_refs refs = {0};
	struct lf_wants list = {0};

	(void)state;
	lf_refs_add(&refs, lf_ref_new("apps", "Deployment", "a", "one"));
	lf_refs_add(&refs, lf_ref_new("apps", "Deployment", "b", "one"));
	lf_refs_add(&refs, lf_ref_new("apps", "Deployment", "b", "two"));
	lf_refs_add(&refs, lf_ref_new("", "Secret", "a", "password"));
	lf_refs_add(&refs, lf_ref_new("", "ConfigMap", "a", "settings"));
	lf_refs_add(&refs, lf_ref_new("", "Service", "a", "one"));
	lf_refs_add(&refs, lf_ref_new("cert-manager.io", "Certificate", "c", "tls"));
	lf_wants_workloads(&list, objects, refs.items, refs.count);
	assert_true(wants(&list, "Deployment", "a", "one"));
	assert_true(wants(&list, "Deployment", "b", ""));
	assert_false(wants(&list, "Deployment", "b", "one"));
	assert_true(wants(&list, "ReplicaSet", "a", ""));
	assert_true(wants(&list, "Pod", "a", ""));
	assert_true(wants(&list, "Event", "b", ""));
	assert_true(wants(&list, "Certificate", "c", "tls"));
	assert_false(wants(&list, "Pod", "c", ""));
	assert_false(wants(&list, "Secret", "a", "password"));
	assert_false(wants(&list, "Secret", "a", ""));
	assert_false(wants(&list, "ConfigMap", "a", "settings"));
	lf_wants_add(&list, "", "Pod", "a", "", NULL);
	lf_wants_add(&list, "", "Pod", "a", "", "app=web");
	assert_int_equal(list.count, 2 + 2 + 2 + 2 + 1 + 1 + 1);
	lf_wants_dispose(&list);
	lf_refs_dispose(&refs);
	lf_objects_free(objects);
}

/* And gives REF up. */
static void test_ref(struct lf_ref *ref, const char *group, const char *kind, const char *namespace, const char *name)
{
	assert_string_equal(ref->group, group);
	assert_string_equal(ref->kind, kind);
	assert_string_equal(ref->namespace, namespace);
	assert_string_equal(ref->name, name);
	lf_ref_dispose(ref);
}

static void test_subjects(void **state)
{
	struct lf_ref ref = {0};

	(void)state;
	assert_true(lf_symptom_subject(&ref, "ServiceAccount/a/b created\nDeployment/production/web dry-run failed (Invalid): Deployment.apps \"web\" is invalid: x"));
	assert_string_equal(ref.kind, "Deployment");
	assert_string_equal(ref.group, "apps");
	assert_string_equal(ref.namespace, "production");
	assert_string_equal(ref.name, "web");
	lf_ref_dispose(&ref);
	assert_true(lf_symptom_subject(&ref, "ClusterRole/system:web dry-run failed: no"));
	assert_string_equal(ref.namespace, "");
	assert_string_equal(ref.name, "system:web");
	lf_ref_dispose(&ref);
	/* the last one named is the one it failed for */
	assert_true(lf_symptom_subject(&ref, "Service/a/x dry-run failed: no\nService/a/y dry-run failed: no"));
	assert_string_equal(ref.name, "y");
	lf_ref_dispose(&ref);
	assert_true(lf_symptom_subject(&ref, "Deployment/a/x dry-run failed: failed to create typed patch object (a/x; apps/v1, Kind=Deployment): .spec.x: field not declared in schema"));
	assert_string_equal(ref.group, "apps");
	lf_ref_dispose(&ref);
	/* Helm's words (4.2) */
	assert_true(lf_symptom_subject(&ref, "Helm upgrade failed for release a/b with chart web@0.1.0: server-side apply failed for object shop/web apps/v1, Kind=Deployment: Deployment x"));
	test_ref(&ref, "apps", "Deployment", "shop", "web");
	assert_true(lf_symptom_subject(&ref, "server-side apply failed for object shop/web /v1, Kind=Service: Service \"web\" is invalid"));
	test_ref(&ref, "", "Service", "shop", "web");
	assert_true(lf_symptom_subject(&ref, "client-side apply failed for object web rbac.authorization.k8s.io/v1, Kind=ClusterRole"));
	test_ref(&ref, "rbac.authorization.k8s.io", "ClusterRole", "", "web");
	assert_false(lf_symptom_subject(&ref, "apply failed for object"));
	assert_false(lf_symptom_subject(&ref, "apply failed for object web"));
	assert_false(lf_symptom_subject(&ref, "apply failed for object web v1, Kind=Service"));
	assert_false(lf_symptom_subject(&ref, "apply failed for object web v1, Kind=Service a/b"));
	assert_false(lf_symptom_subject(&ref, "something dry-run failed"));
	assert_false(lf_symptom_subject(&ref, " dry-run failed"));
	assert_false(lf_symptom_subject(&ref, ""));
}

/* What comes from outside is quoted in a command, and leaves no placeholder behind. */
static void test_commands_are_quoted(void **state)
{
	static const struct lf_symptom rows[] = {
		{"nothing|path not found", "not", "x", "{path} and {quoted} of {unknown}{file}", 10, {{"Look at {name}", "kubectl kustomize {path} --x {quoted}"}}},
	};
	struct lf_target target = {.consumer = lf_ref_new("g", "Kustomization", "a", "web"), .path = lf_dup("apps; rm -rf $HOME"), .commit = lf_dup("; reboot"), .repository = lf_dup("https://x/y z.git"), .context = lf_dup("a b")};
	struct lf_symptom_case what = {.message = "path NOT found: \"it's\" in /tmp/kustomization-12/a/b.yaml", .target = &target, .age_ms = 9999};
	struct lf_diagnosis d = {0};

	(void)state;
	assert_true(lf_symptom_diagnose(&d, rows, 1, &what));
	assert_string_equal(d.cause, "apps; rm -rf $HOME and it's of a/b.yaml");
	assert_string_equal(d.evidence, "path NOT found: \"it's\" in a/b.yaml");
	assert_string_equal(d.remedies[0].text, "Look at web");
	assert_false(d.terminal);
	lf_diagnosis_finish(&d, &target);
	assert_int_equal(d.remedy_count, 1);
	assert_string_equal(d.remedies[0].command, "kubectl --context 'a b' kustomize 'apps; rm -rf $HOME' --x 'it'\\''s'");
	what.age_ms = 10000;
	assert_true(lf_symptom_diagnose(&d, rows, 1, &what));
	assert_true(d.terminal);
	lf_diagnosis_finish(&d, &target);
	assert_string_equal(d.remedies[1].command, "landfall rollback --commit '; reboot' --set gitRepoUrl='https://x/y z.git' --context 'a b'");
	what.message = "path found";
	assert_false(lf_symptom_diagnose(&d, rows, 1, &what));
	lf_diagnosis_dispose(&d);
	lf_target_dispose(&target);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refs),
		cmocka_unit_test(test_newer_wins),
		cmocka_unit_test(test_keep_only),
		cmocka_unit_test(test_walks),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_shell_quotes),
		cmocka_unit_test(test_diagnosis_is_cleaned_and_bounded),
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_wants_for_workloads),
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_commands_are_quoted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
