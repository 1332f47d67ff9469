/* Where in a repository a change of a live object belongs: trees of files, changes, and what becomes of the files. */
#include "config.h"
#include "tests/unit/unit.h"

#include <string.h>

#include "core/edit.h"
#include "core/mem.h"

struct file {
	const char *path, *text;
};

#define BASE "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: nginx:1.27 # ours\n"
#define OVERLAY "resources:\n- ../../base\n"

static const struct file overlays[] = {
	{"apps/base/kustomization.yaml", "resources:\n- web.yaml\n"},
	{"apps/base/web.yaml", BASE},
	{"apps/overlays/prod/kustomization.yaml", OVERLAY},
	{NULL, NULL},
};

static const char *text_of(const struct file *files, const char *path)
{
	for (; files->path; files++) {
		if (lf_equal(files->path, path))
			return files->text;
	}
	return NULL;
}

static void list(struct lf_names *out, const struct file *files, const char *folder)
{
	size_t n = lf_equal(folder, ".") ? 0 : strlen(folder) + 1;

	for (; files->path; files++) {
		const char *rest = files->path + n, *slash = strchr(rest, '/');
		char *name;

		if (n && (strncmp(files->path, folder, n - 1) != 0 || files->path[n - 1] != '/'))
			continue;
		name = lf_dup_n(rest, slash ? (size_t)(slash - rest) + 1 : strlen(rest));
		if (!lf_names_have(out, name))
			lf_names_add(out, name);
		lf_free(name);
	}
}

/* Walks FILES as the program does. */
static void walk(struct lf_trace *trace, const struct file *files, const char *root, bool recurse)
{
	struct lf_ref object = lf_ref_new("apps", "Deployment", "shop", "web");

	lf_trace_init(trace, &object, root, recurse);
	lf_ref_dispose(&object);
	for (int steps = 0;; steps++) {
		enum lf_trace_want want = lf_trace_next(trace);

		assert_true(steps < 50);
		if (want == LF_TRACE_DONE)
			break;
		if (want == LF_TRACE_FOLDER) {
			struct lf_names entries = {0};

			list(&entries, files, trace->wanted.items[0]);
			lf_trace_take_folder(trace, &entries);
			lf_names_dispose(&entries);
		} else {
			struct lf_branch_files answer = {.items = lf_alloc(trace->wanted.count, sizeof(*answer.items)), .count = trace->wanted.count};

			for (size_t i = 0; i < answer.count; i++) {
				answer.items[i].path = lf_dup(trace->wanted.items[i]);
				answer.items[i].text = lf_dup(text_of(files, trace->wanted.items[i]));
			}
			lf_trace_take_files(trace, &answer);
			lf_branch_files_dispose(&answer);
		}
	}
}

/* SETS: "a=1|b=2". WANTED: what each changed file has become, path and text in turns; NULL: it is refused. */
static void becomes(const struct file *files, const char *root, bool in_base, const char *sets, const struct file *wanted)
{
	struct lf_trace trace = {0};
	struct lf_commit commit = {0};
	struct lf_edit edit = {.trace = &trace, .root = root, .in_base = in_base};
	struct lf_names names = {0};
	struct lf_error err = {0};
	size_t count = 0;
	int code;

	for (const char *p = sets; *p;) {
		size_t n = strcspn(p, "|");
		char *one = lf_dup_n(p, n);

		lf_names_add(&names, one);
		lf_free(one);
		p += n + (p[n] == '|');
	}
	walk(&trace, files, root, true);
	code = lf_edit_apply(&commit, &edit, &names, &err);
	if (!wanted) {
		assert_int_not_equal(code, LF_OK);
		assert_true(*err.message && *err.hint);
	} else {
		if (code)
			fail_msg("%s: %s %s", sets, err.message, err.hint);
		for (; wanted[count].path; count++) {
			bool found = false;

			for (size_t i = 0; i < commit.count; i++) {
				if (!lf_equal(commit.files[i].path, wanted[count].path))
					continue;
				found = true;
				assert_string_equal(commit.files[i].before, wanted[count].text);
				assert_true(lf_equal(commit.files[i].after, text_of(files, wanted[count].path)));
			}
			if (!found)
				fail_msg("%s: %s was not changed", sets, wanted[count].path);
		}
		assert_int_equal(commit.count, count);
	}
	lf_commit_dispose(&commit);
	lf_trace_dispose(&trace);
	lf_names_dispose(&names);
}
#define FILES(...) ((const struct file[]){__VA_ARGS__, {NULL, NULL}})

static void test_a_shared_base_gets_a_patch_in_the_overlay(void **state)
{
	(void)state;
	becomes(overlays, "apps/overlays/prod", false, "spec.replicas=3|spec.template.spec.containers.web.image=nginx:1.28",
		FILES({"apps/overlays/prod/kustomization.yaml", OVERLAY "patches:\n- path: deployment-web.patch.yaml\n"},
		      {"apps/overlays/prod/deployment-web.patch.yaml",
		       "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  replicas: 3\n  template:\n    spec:\n      containers:\n      - name: web\n        image: nginx:1.28\n"}));
	becomes(overlays, "apps/overlays/prod", true, "spec.template.spec.containers.0.image=nginx:1.28",
		FILES({"apps/base/web.yaml",
		       "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: nginx:1.28 # ours\n"}));
}

static void test_what_the_overlay_sets_is_changed_there(void **state)
{
	static const struct file files[] = {
		{"base/kustomization.yaml", "resources: [web.yaml]\n"},
		{"base/web.yaml", BASE},
		{"prod/kustomization.yaml", "resources:\n- ../base\nimages:\n- name: nginx\n  newTag: \"1.27\" # pinned\nreplicas:\n- name: web\n  count: 2\npatches:\n- path: web.patch.yaml\n"},
		{"prod/web.patch.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  paused: true\n"},
		{NULL, NULL},
	};

	(void)state;
	becomes(files, "prod", false, "spec.replicas=5|spec.template.spec.containers.web.image=nginx:1.28|spec.paused=false|spec.minReadySeconds=4",
		FILES({"prod/kustomization.yaml", "resources:\n- ../base\nimages:\n- name: nginx\n  newTag: \"1.28\" # pinned\nreplicas:\n- name: web\n  count: 5\npatches:\n- path: web.patch.yaml\n"},
		      {"prod/web.patch.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  paused: false\n  minReadySeconds: 4\n"}));
	/* Another name under images: that is for a person to decide. */
	becomes(files, "prod", false, "spec.template.spec.containers.web.image=ghcr.io/acme/web:1", NULL);
}

static void test_plain_manifests_are_changed_where_they_are(void **state)
{
	static const struct file files[] = {
		{"app/service.yaml", "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n"},
		{"app/sub/all.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n---\n" BASE},
		{"other/web.yaml", BASE},
		{NULL, NULL},
	};
	struct lf_trace trace = {0};

	(void)state;
	becomes(files, "app", false, "metadata.annotations.example\\.com/note=hello",
		FILES({"app/sub/all.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations:\n    example.com/note: hello\n"
					    "spec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: nginx:1.27 # ours\n"}));
	walk(&trace, files, "app", false); /* Argo CD does not look into folders below */
	assert_null(lf_trace_hit(&trace, LF_HIT_OBJECT));
	lf_trace_dispose(&trace);
}

static void test_what_cannot_be_done_is_refused(void **state)
{
	static const struct file remote[] = {{"app/kustomization.yaml", "resources:\n- https://example.com/base?ref=v1\n"}, {NULL, NULL}};
	static const struct file broken[] = {{"app/kustomization.yaml", "resources: [a.yaml]\n"}, {"app/a.yaml", "a: [\n"}, {NULL, NULL}};
	static const struct file loop[] = {{"app/kustomization.yaml", "resources: [../app, ./]\n"}, {NULL, NULL}};

	(void)state;
	becomes(remote, "app", false, "spec.replicas=3", NULL);
	becomes(broken, "app", false, "spec.replicas=3", NULL);
	becomes(loop, "app", false, "spec.replicas=3", NULL);
	becomes(overlays, "apps/overlays/prod", false, "spec.replicas", NULL);
	becomes(overlays, "apps/overlays/prod", false, "=3", NULL);
	becomes(overlays, "apps/overlays/prod", false, "a..b=3", NULL);
	becomes(overlays, "apps/overlays/prod", false, "a=[", NULL);
	becomes(overlays, "apps/overlays/prod", true, "spec.template=3", NULL);
	becomes(overlays, "apps/overlays/prod", true, "kind.x=3", NULL);
	becomes(overlays, "apps/overlays/prod", true, "spec.template.spec.containers.0.image=nginx:1.27", NULL); /* it is so already */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_shared_base_gets_a_patch_in_the_overlay),
	    cmocka_unit_test(test_what_the_overlay_sets_is_changed_there),
	    cmocka_unit_test(test_plain_manifests_are_changed_where_they_are),
	    cmocka_unit_test(test_what_cannot_be_done_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
