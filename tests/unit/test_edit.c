/* Where in a repository a change of a live object belongs: trees of files, changes, and what becomes of the files. */
#include "config.h"

#include <string.h>

#include "core/edit.h"
#include "core/mem.h"
#include "tests/unit/edit_world.h"

static const struct file overlays[] = {
	{"apps/base/kustomization.yaml", "resources:\n- web.yaml\n"},
	{"apps/base/web.yaml", BASE},
	{"apps/overlays/prod/kustomization.yaml", OVERLAY},
	{NULL, NULL},
};

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
	refused(files, "prod", false, "spec.template.spec.containers.web.image=ghcr.io/acme/web:1", "by another name or form");
}

#define IMAGE "spec.template.spec.containers.web.image="
#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* What stands under "images:" of an overlay of nginx:1.27, the new image, and what it becomes; NULL: it is refused. */
static void test_images_of_the_overlay(void **state)
{
	static const struct {
		const char *images, *image, *becomes;
	} rows[] = {
		{"- name: nginx\n  newName: acme/nginx\n  newTag: \"1\"\n", "acme/nginx:2", "- name: nginx\n  newName: acme/nginx\n  newTag: \"2\"\n"},
		{"- name: nginx\n  newName: acme/nginx\n", "acme/nginx:2", "- name: nginx\n  newName: acme/nginx\n  newTag: \"2\"\n"},
		{"- name: nginx\n  newName: acme/nginx\n  newTag: \"1\"\n", "nginx:2", NULL},
		{"- name: nginx\n  digest: sha256:0\n", "nginx@" DIGEST, "- name: nginx\n  digest: " DIGEST "\n"},
		{"- name: nginx\n  digest: sha256:0\n", "nginx:2", NULL},
		{"- name: nginx\n  newTag: \"1\"\n", "nginx@" DIGEST, NULL},
		{"- name: nginx\n  newTag: \"1\"\n  digest: sha256:0\n", "nginx@" DIGEST, NULL},
		{"- name: other\n  newTag: \"1\"\n- name: nginx\n  newTag: \"1\"\n", "nginx:2", "- name: other\n  newTag: \"1\"\n- name: nginx\n  newTag: \"2\"\n"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *before = lf_format(OVERLAY "images:\n%s", rows[i].images), *after = lf_format(OVERLAY "images:\n%s", rows[i].becomes ? rows[i].becomes : "");
		char *set = lf_format(IMAGE "%s", rows[i].image);
		const struct file files[] = {overlays[0], overlays[1], {"apps/overlays/prod/kustomization.yaml", before}, {NULL, NULL}};

		if (rows[i].becomes)
			becomes(files, "apps/overlays/prod", false, set, FILES({"apps/overlays/prod/kustomization.yaml", after}));
		else
			refused(files, "apps/overlays/prod", false, set, "sets this image by another name or form");
		lf_free(before);
		lf_free(after);
		lf_free(set);
	}
	/* What says nothing of this image, or nothing at all, does not win: a patch does. */
	becomes(FILES(overlays[0], overlays[1], {"apps/overlays/prod/kustomization.yaml", OVERLAY "images:\n- name: other\n  newTag: \"1\"\n- name: nginx\n"}), "apps/overlays/prod", false,
		IMAGE "nginx:2",
		FILES({"apps/overlays/prod/kustomization.yaml", OVERLAY "images:\n- name: other\n  newTag: \"1\"\n- name: nginx\npatches:\n- path: deployment-web.patch.yaml\n"},
		      {"apps/overlays/prod/deployment-web.patch.yaml",
		       HEAD "spec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: nginx:2\n"}));
}

/* Patches of other objects are there already; or a file where this one's would go. */
static void test_a_new_patch_beside_others(void **state)
{
	static const struct file other = {"apps/overlays/prod/other.yaml", "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n"};
	static const struct file kustomization = {"apps/overlays/prod/kustomization.yaml", OVERLAY "patches:\n- path: other.yaml # its service\n"};

	(void)state;
	becomes(FILES(overlays[0], overlays[1], kustomization, other), "apps/overlays/prod", false, "spec.replicas=3",
		FILES({"apps/overlays/prod/kustomization.yaml", OVERLAY "patches:\n- path: other.yaml # its service\n- path: deployment-web.patch.yaml\n"},
		      {"apps/overlays/prod/deployment-web.patch.yaml", HEAD "spec:\n  replicas: 3\n"}));
	refused(FILES(overlays[0], overlays[1],
		      {"apps/overlays/prod/kustomization.yaml", OVERLAY "patches:\n- path: deployment-web.patch.yaml\n"}, {"apps/overlays/prod/deployment-web.patch.yaml", other.text}),
		"apps/overlays/prod", false, "spec.replicas=3", "deployment-web.patch.yaml is there already, but is no patch of it");
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
	world_walk(&trace, files, "app", false); /* Argo CD does not look into folders below */
	assert_null(lf_trace_hit(&trace, LF_HIT_OBJECT));
	lf_trace_dispose(&trace);
}

static void test_what_cannot_be_done_is_refused(void **state)
{
	static const struct file remote[] = {{"app/kustomization.yaml", "resources:\n- https://example.com/base?ref=v1\n"}, {NULL, NULL}};
	static const struct file broken[] = {{"app/kustomization.yaml", "resources: [a.yaml]\n"}, {"app/a.yaml", "a: [\n"}, {NULL, NULL}};
	static const struct file loop[] = {{"app/kustomization.yaml", "resources: [../app, ./]\n"}, {NULL, NULL}};

	(void)state;
	refused(remote, "app", false, "spec.replicas=3", "No file below app holds Deployment web");
	refused(broken, "app", false, "spec.replicas=3", "app/a.yaml:2:1: a value is missing");
	refused(loop, "app", false, "spec.replicas=3", "No file below app holds Deployment web");
	refused(overlays, "apps/overlays/prod", false, "spec.replicas", "\"spec.replicas\" is no change");
	refused(overlays, "apps/overlays/prod", false, "=3", "is no change");
	refused(overlays, "apps/overlays/prod", false, "a..b=3", "is no change");
	refused(overlays, "apps/overlays/prod", false, "a=[", "the value:");
	refused(overlays, "apps/overlays/prod", true, "spec.template=3", "holds more than one value");
	refused(overlays, "apps/overlays/prod", true, "kind.x=3", "goes below a single value");
	refused(overlays, "apps/overlays/prod", true, "spec.template.spec.containers.0.image=nginx:1.27", "like this in Git already");
}

#define POD "  template:\n    spec:\n      containers:\n      - name: web\n        image: nginx:1.27 # ours\n"

static void test_what_is_taken_out(void **state)
{
	static const char base[] = HEAD "  labels:\n    old: \"1\" # from before\n    tier: web\nspec:\n  # nobody knows why\n  paused: true\n" POD
				   "        args: [a, b]\n      - name: side\n        image: busybox\n";
	static const struct file files[] = {
		{"base/kustomization.yaml", "resources: [web.yaml]\n"},
		{"base/web.yaml", base},
		{"prod/kustomization.yaml", "resources:\n- ../base\nreplicas:\n- name: web\n  count: 2\npatches:\n- path: web.patch.yaml\n"},
		{"prod/web.patch.yaml", HEAD "spec:\n  minReadySeconds: 3\n  strategy:\n    type: Recreate\n"},
		{"dev/kustomization.yaml", "resources:\n- ../base\n"},
		{NULL, NULL},
	};

	(void)state;
	/* From the object's own file, with the comment that speaks of it. */
	becomes(files, "dev", true, "-metadata.labels.old|-spec.paused|-spec.template.spec.containers.side|-spec.template.spec.containers.web.args.0",
		FILES({"base/web.yaml", HEAD "  labels:\n    tier: web\nspec:\n" POD "        args: [b]\n"}));
	/* For one overlay alone its patch says so: a field by null, an item by a word of Kustomize's. */
	becomes(files, "dev", false, "-spec.paused|-spec.template.spec.containers.side|spec.replicas=3",
		FILES({"dev/kustomization.yaml", "resources:\n- ../base\npatches:\n- path: deployment-web.patch.yaml\n"},
		      {"dev/deployment-web.patch.yaml",
		       HEAD "spec:\n  replicas: 3\n  paused: null\n  template:\n    spec:\n      containers:\n      - name: side\n        $patch: delete\n"}));
	/* What only the overlay says is taken out there, with the maps that this leaves empty. */
	becomes(files, "prod", false, "-spec.strategy.type|-spec.replicas",
		FILES({"prod/kustomization.yaml", "resources:\n- ../base\npatches:\n- path: web.patch.yaml\n"}, {"prod/web.patch.yaml", HEAD "spec:\n  minReadySeconds: 3\n"}));
	/* Of several entries the one of this object. */
	becomes(FILES({"web.yaml", BASE}, {"kustomization.yaml", "resources: [web.yaml]\nreplicas:\n- name: api\n  count: 1\n- name: web\n  count: 2\n"}), ".", false, "-spec.replicas",
		FILES({"kustomization.yaml", "resources: [web.yaml]\nreplicas:\n- name: api\n  count: 1\n"}));
	/* In the object's own file a map stays that loses its last entry: {} and nothing are two things. A patch beside it says it too. */
	becomes(FILES({"web.yaml", HEAD "spec:\n  strategy:\n    type: Recreate\n"}, {"p.yaml", HEAD "spec:\n  paused: true\n  strategy:\n    type: RollingUpdate\n"},
		      {"kustomization.yaml", "resources: [web.yaml]\npatches:\n- path: p.yaml\n"}), ".", false, "-spec.strategy.type",
		FILES({"web.yaml", HEAD "spec:\n  strategy: {}\n"}, {"p.yaml", HEAD "spec:\n  paused: true\n"}));
	refused(files, "dev", false, "-spec.template.spec.containers.web.args.0", "in a list whose items have no names");
	refused(files, "dev", false, "-spec.nothing", "base/web.yaml has no spec.nothing");
	refused(files, "dev", true, "-spec.nothing", "base/web.yaml has no spec.nothing");
	refused(files, "dev", true, "-spec.paused=true", "is no path");
	refused(files, "dev", true, "-", "is no path");
}

/* A layer between the overlay and the base speaks for others too: its patches and images are not this overlay's. */
static void test_a_layer_in_between_stays_as_it_is(void **state)
{
	static const struct file files[] = {
		{"base/kustomization.yaml", "resources: [web.yaml]\n"},
		{"base/web.yaml", BASE},
		{"common/kustomization.yaml", "resources: [../base]\nimages:\n- name: nginx\n  newTag: \"1.27\"\npatches:\n- path: p.yaml\n"},
		{"common/p.yaml", HEAD "spec:\n  paused: true\n"},
		{"overlays/prod/kustomization.yaml", "resources:\n- ../../common\n"},
		{NULL, NULL},
	};

	(void)state;
	becomes(files, "overlays/prod", false, "spec.paused=false|spec.template.spec.containers.web.image=nginx:1.28",
		FILES({"overlays/prod/kustomization.yaml", "resources:\n- ../../common\npatches:\n- path: deployment-web.patch.yaml\n"},
		      {"overlays/prod/deployment-web.patch.yaml", HEAD "spec:\n  paused: false\n  template:\n    spec:\n      containers:\n      - name: web\n        image: nginx:1.28\n"}));
}

/* An item that was named by its place is called by its name in a patch: Kustomize knows no places there. */
/* "7" for an environment variable is no number, and yes is a word to everybody but YAML 1.1. */
static void test_a_text_stays_one(void **state)
{
	static const struct file files[] = {
		{"app/web.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  labels:\n    a: b\nspec:\n  revisionHistoryLimit: 3\n  paused: false\n  env:\n  - value: '1'\n  args: [x, \"y\"]\n"},
		{NULL, NULL},
	};
	static const struct {
		const char *set, *from, *to; /* of the text */
	} rows[] = {
		{"spec.env.0.value=7", "'1'", "'7'"},
		{"spec.env[0].value=true", "'1'", "'true'"},
		{"spec.env[0].value=yes", "'1'", "'yes'"},
		{"spec.args[1]=0.50", "\"y\"", "\"0.50\""},
		{"spec.args[0]=off", "[x", "[\"off\""},
		{"metadata.labels.a=2", "a: b\n", "a: \"2\"\n"},
		{"metadata.labels.c=true", "a: b\n", "a: b\n    c: \"true\"\n"},
		{"metadata.annotations.c=true", "a: b\n", "a: b\n  annotations:\n    c: \"true\"\n"},
		{"spec.nodeSelector.c=1", "y\"]\n", "y\"]\n  nodeSelector:\n    c: \"1\"\n"},
		{"spec.selector.matchLabels.c=1", "y\"]\n", "y\"]\n  selector:\n    matchLabels:\n      c: \"1\"\n"},
		{"spec.c=1", "y\"]\n", "y\"]\n  c: 1\n"},
		{"spec.revisionHistoryLimit=4", "3", "4"},
		{"spec.paused=true", "false", "true"},
		{"spec.paused=on", "false", "\"on\""},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		const char *at = strstr(files[0].text, rows[i].from);
		char *text = lf_format("%.*s%s%s", (int)(at - files[0].text), files[0].text, rows[i].to, at + strlen(rows[i].from));
		struct file wanted[] = {{"app/web.yaml", text}, {NULL, NULL}};

		becomes(files, "app", false, rows[i].set, wanted);
		lf_free(text);
	}
}

static void test_an_item_by_its_place(void **state)
{
	(void)state;
	becomes(overlays, "apps/overlays/prod", false, "spec.template.spec.containers.0.tty=true",
		FILES({"apps/overlays/prod/kustomization.yaml", OVERLAY "patches:\n- path: deployment-web.patch.yaml\n"},
		      {"apps/overlays/prod/deployment-web.patch.yaml", HEAD "spec:\n  template:\n    spec:\n      containers:\n      - name: web\n        tty: true\n"}));
}

static void test_a_template_is_changed_for_what_is_made_from_it(void **state)
{
	struct lf_trace trace = {0};
	struct lf_commit commit = {0};
	struct lf_edit edit = {.trace = &trace, .root = "apps/base", .prefix = "spec.template"};
	struct lf_names names = {0};
	struct lf_error err = {0};

	(void)state;
	world_walk(&trace, overlays, "apps/base", true);
	lf_names_add(&names, "spec.containers.web.image=nginx:1.28");
	assert_int_equal(lf_edit_apply(&commit, &edit, &names, NULL, &err), LF_OK);
	assert_int_equal(commit.count, 1);
	assert_non_null(strstr(commit.files[0].before, "image: nginx:1.28 # ours"));
	lf_names_dispose(&names);
	lf_commit_dispose(&commit);
	lf_trace_dispose(&trace);
}


/* The older form of a chart's values. */
static void test_a_text_that_is_yaml_is_changed_inside(void **state)
{
	static const struct file files[] = {
		{"app/a.yaml", HEAD "spec:\n" "  helm:\n    values: |\n      # by day\n      replicas: 1 # ours\n\n      image: {tag: \"1.0\"}\n      hosts:\n        - a\n    note: two\n      words\n    quoted: \"a: 1\\nb: 2\\n\"\n"
					   "    folded: >\n      a: 1\n    list: |\n      - a\n    script: |-\n      set -e: no\n  z: 1\n"},
		{NULL, NULL},
	};
	static const struct file layers[] = {
		{"base/kustomization.yaml", "resources: [web.yaml]\n"}, {"base/web.yaml", HEAD "spec:\n" "  text: |\n    a: 1\n    b: 2\n"},
		{"own/kustomization.yaml", "resources: [../base]\npatches:\n- path: web.patch.yaml\n"},
		{"own/web.patch.yaml", HEAD "spec:\n" "  text: |\n    a: 3\n"}, {"none/kustomization.yaml", "resources: [../base]\n"},
		{NULL, NULL},
	};

	(void)state;
	becomes(files, "app", false, "spec.helm.values.replicas=3|spec.helm.values.image.tag='1.1'|spec.helm.values.hosts.0=b|spec.helm.values.extra={c: d}|-spec.helm.values.hosts|spec.helm.quoted.b=3|spec.z=2|spec.helm.script.x=1",
		FILES({"app/a.yaml", HEAD "spec:\n" "  helm:\n    values: |\n      # by day\n      replicas: 3 # ours\n\n      image: {tag: \"1.1\"}\n      extra:\n        c: d\n    note: two\n      words\n    quoted: \"a: 1\\nb: 3\\n\"\n"
						   "    folded: >\n      a: 1\n    list: |\n      - a\n    script: |-\n      set -e: no\n      x: 1\n  z: 2\n"}));
	becomes(files, "app", false, "-spec.helm.values.image.tag",
		FILES({"app/a.yaml", HEAD "spec:\n" "  helm:\n    values: |\n      # by day\n      replicas: 1 # ours\n\n      image: {}\n      hosts:\n        - a\n    note: two\n      words\n    quoted: \"a: 1\\nb: 2\\n\"\n"
						   "    folded: >\n      a: 1\n    list: |\n      - a\n    script: |-\n      set -e: no\n  z: 1\n"}));
	refused(files, "app", false, "spec.helm.note.x=1", "app/a.yaml: spec.helm.note.x=1 goes below a single value");
	refused(files, "app", false, "spec.helm.list.x=1", "goes below a single value");
	refused(files, "app", false, "spec.helm.folded.a=2", "line breaks are not those of the file");
	refused(files, "app", false, "spec.helm.values.replicas.x=2", "app/a.yaml, the text in spec.helm.values: spec.helm.values.replicas.x=2 goes below a single value");
	refused(files, "app", false, "spec.helm.values.replicas=1", "like this in Git already");
	refused(files, "app", false, "-spec.helm.values.other", "app/a.yaml, the text in spec.helm.values has no spec.helm.values.other");
	refused(files, "app", false, "-spec.helm.note.other", "goes below a single value");
	/* A patch has a text as a whole. */
	refused(layers, "none", false, "spec.text.a=2", "spec.text.a=2 is inside of a text");
	refused(layers, "none", false, "-spec.text.a", "spec.text.a is inside of a text");
	refused(layers, "none", false, "-spec.text.z", "base/web.yaml has no spec.text.z");
	becomes(layers, "none", true, "spec.text.a=2", FILES({"base/web.yaml", HEAD "spec:\n" "  text: |\n    a: 2\n    b: 2\n"}));
	becomes(layers, "none", true, "-spec.text.a", FILES({"base/web.yaml", HEAD "spec:\n" "  text: |\n    b: 2\n"}));
	becomes(layers, "own", false, "spec.text.a=2|spec.text.c=5", FILES({"own/web.patch.yaml", HEAD "spec:\n" "  text: |\n    a: 2\n    c: 5\n"}));
	becomes(layers, "own", false, "spec.text.c=5|-spec.text.a", FILES({"own/web.patch.yaml", HEAD "spec:\n" "  text: |\n    c: 5\n"}));
	refused(layers, "own", false, "-spec.text.b", "has no spec.text.b"); /* the base's, which does not count here */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_text_stays_one),
		cmocka_unit_test(test_an_item_by_its_place),
		cmocka_unit_test(test_a_shared_base_gets_a_patch_in_the_overlay),
		cmocka_unit_test(test_what_the_overlay_sets_is_changed_there),
		cmocka_unit_test(test_images_of_the_overlay),
		cmocka_unit_test(test_a_new_patch_beside_others),
		cmocka_unit_test(test_plain_manifests_are_changed_where_they_are),
		cmocka_unit_test(test_what_cannot_be_done_is_refused),
		cmocka_unit_test(test_what_is_taken_out),
		cmocka_unit_test(test_a_layer_in_between_stays_as_it_is),
		cmocka_unit_test(test_a_template_is_changed_for_what_is_made_from_it), cmocka_unit_test(test_a_text_that_is_yaml_is_changed_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
