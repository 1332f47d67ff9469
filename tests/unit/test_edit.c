/* Where in a repository a change of a live object belongs: trees of files, changes, and what becomes of the files. */
#include "config.h"
#include "tests/unit/unit.h"

#include <string.h>

#include "core/edit_place.h"
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

/* SETS: "a=1|b=2"; "-a" takes a out. WANTED: what each changed file has become, path and text in turns; NULL: it is refused. */
static void becomes(const struct file *files, const char *root, bool in_base, const char *sets, const struct file *wanted)
{
	struct lf_trace trace = {0};
	struct lf_commit commit = {0};
	struct lf_edit edit = {.trace = &trace, .root = root, .in_base = in_base};
	struct lf_names names = {0}, deletes = {0};
	struct lf_error err = {0};
	size_t count = 0;
	int code;

	for (const char *p = sets; *p;) {
		size_t n = strcspn(p, "|");
		char *one = lf_dup_n(p, n);

		if (*one == '-')
			lf_names_add(&deletes, one + 1);
		else
			lf_names_add(&names, one);
		lf_free(one);
		p += n + (p[n] == '|');
	}
	walk(&trace, files, root, true);
	code = lf_edit_apply(&commit, &edit, &names, &deletes, &err);
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
	lf_names_dispose(&deletes);
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

#define HEAD "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n"
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
	becomes(files, "dev", false, "-spec.template.spec.containers.web.args.0", NULL); /* a list without names */
	becomes(files, "dev", false, "-spec.nothing", NULL);
	becomes(files, "dev", true, "-spec.nothing", NULL);
	becomes(files, "dev", true, "-spec.paused=true", NULL);
	becomes(files, "dev", true, "-", NULL);
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
	walk(&trace, overlays, "apps/base", true);
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
	becomes(files, "app", false, "spec.helm.note.x=1", NULL);
	becomes(files, "app", false, "spec.helm.list.x=1", NULL);
	becomes(files, "app", false, "spec.helm.folded.a=2", NULL);
	becomes(files, "app", false, "spec.helm.values.replicas.x=2", NULL);
	becomes(files, "app", false, "spec.helm.values.replicas=1", NULL); /* it is so already */
	becomes(files, "app", false, "-spec.helm.values.other", NULL);
	becomes(files, "app", false, "-spec.helm.note.other", NULL);
	/* A patch has a text as a whole. */
	becomes(layers, "none", false, "spec.text.a=2", NULL);
	becomes(layers, "none", false, "-spec.text.a", NULL);
	becomes(layers, "none", true, "spec.text.a=2", FILES({"base/web.yaml", HEAD "spec:\n" "  text: |\n    a: 2\n    b: 2\n"}));
	becomes(layers, "none", true, "-spec.text.a", FILES({"base/web.yaml", HEAD "spec:\n" "  text: |\n    b: 2\n"}));
	becomes(layers, "own", false, "spec.text.a=2|spec.text.c=5", FILES({"own/web.patch.yaml", HEAD "spec:\n" "  text: |\n    a: 2\n    c: 5\n"}));
	becomes(layers, "own", false, "spec.text.c=5|-spec.text.a", FILES({"own/web.patch.yaml", HEAD "spec:\n" "  text: |\n    c: 5\n"}));
	becomes(layers, "own", false, "-spec.text.b", NULL); /* the base's, which does not count here */
}

static const struct file three_overlays[] = {
	{"apps/base/kustomization.yaml", "resources:\n- web.yaml\n"},
	{"apps/base/web.yaml", BASE},
	{"apps/overlays/dev/kustomization.yaml", "bases:\n- ../../base\n"},
	{"apps/overlays/other/kustomization.yaml", "resources:\n- ../../another\n"},
	{"apps/overlays/prod/kustomization.yaml", OVERLAY "images:\n- name: nginx\n  newTag: \"1\"\n"},
	{NULL, NULL},
};

static void test_the_files_that_can_be_meant(void **state)
{
	struct lf_trace trace = {0};
	struct lf_edit edit = {.trace = &trace, .root = "apps/overlays/prod"};
	struct lf_edit_places places = {0};
	struct lf_names entries = {0}, wanted = {0}, sharers = {0};
	struct lf_branch_files files = {0};
	struct lf_branch_file items[8] = {0};
	struct lf_commit commit = {0};
	struct lf_error err = {0};
	char *folder;

	(void)state;
	walk(&trace, three_overlays, edit.root, true);
	folder = lf_edit_sharers_folder(&edit);
	assert_string_equal(folder, "apps/overlays");
	list(&entries, three_overlays, folder);
	lf_edit_sharers_wanted(&wanted, &edit, &entries);
	assert_int_equal(wanted.count, 3);
	files.items = items;
	for (size_t i = 0; i < wanted.count; i++)
		items[files.count++] = (struct lf_branch_file){.path = wanted.items[i], .text = lf_dup(text_of(three_overlays, wanted.items[i]))};
	lf_edit_sharers(&sharers, &edit, &files);
	assert_int_equal(sharers.count, 2);
	assert_true(lf_names_have(&sharers, "apps/overlays/dev") && lf_names_have(&sharers, "apps/overlays/prod"));
	assert_int_equal(lf_edit_places_build(&places, &edit, &sharers, &err), LF_OK);
	assert_int_equal(places.count, 3);
	assert_int_equal(places.items[0].what, LF_EDIT_NEW_PATCH);
	assert_string_equal(places.items[0].path, "apps/overlays/prod/deployment-web.patch.yaml");
	assert_string_equal(places.items[0].reach, "apps/overlays/prod alone");
	assert_int_equal(places.items[1].what, LF_EDIT_KUSTOMIZATION);
	assert_int_equal(places.items[2].what, LF_EDIT_OBJECT);
	assert_string_equal(places.items[2].reach, "2 overlays: dev, prod");
	assert_string_equal(places.items[2].text, BASE);
	assert_int_equal(lf_edit_place_take(&commit, &places.items[0], &edit, "kind: Deployment\n", &err), LF_OK);
	assert_int_equal(commit.count, 2);
	assert_int_equal(lf_edit_place_check(&places.items[2], &edit, BASE, &err), LF_OK);
	assert_int_equal(lf_edit_place_check(&places.items[2], &edit, BASE "\tx\n", &err), LF_EPARSE);
	assert_non_null(strstr(err.message, "web.yaml:"));
	assert_non_null(strstr(err.hint, "spaces")); /* the reader's own remedy, where it has one */
	assert_int_equal(lf_edit_place_check(&places.items[2], &edit, "# nothing\n", &err), LF_EINVAL);
	assert_int_equal(lf_edit_place_check(&places.items[2], &edit, "kind: Deployment\nmetadata:\n  name: other\n", &err), LF_EINVAL);
	assert_int_equal(lf_edit_place_check(&places.items[2], &edit, BASE "---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  a: b\n", &err), LF_EREFUSED);
	lf_commit_dispose(&commit);
	lf_edit_places_dispose(&places);
	for (size_t i = 0; i < files.count; i++)
		lf_free(items[i].text);
	lf_free(folder);
	lf_names_dispose(&entries);
	lf_names_dispose(&wanted);
	lf_names_dispose(&sharers);
	lf_trace_dispose(&trace);
}

/* WANTED: the places in order, "what path". */
static void check_places(const struct file *files, const char *root, const char *const *wanted)
{
	static const char *const names[] = {[LF_EDIT_NEW_PATCH] = "new patch", [LF_EDIT_PATCH] = "patch", [LF_EDIT_OBJECT] = "object", [LF_EDIT_KUSTOMIZATION] = "kustomization"};
	struct lf_trace trace = {0};
	struct lf_edit edit = {.trace = &trace, .root = root};
	struct lf_edit_places places = {0};
	struct lf_names sharers = {0};
	struct lf_error err = {0};

	walk(&trace, files, root, true);
	assert_int_equal(lf_edit_places_build(&places, &edit, &sharers, &err), LF_OK);
	for (size_t i = 0; i < places.count; i++) {
		char *said = lf_format("%s %s", names[places.items[i].what], places.items[i].path);

		assert_non_null(wanted[i]);
		assert_string_equal(said, wanted[i]);
		lf_free(said);
		assert_null(wanted[places.count]);
	}
	lf_edit_places_dispose(&places);
	lf_trace_dispose(&trace);
}

/* What is this overlay's own comes first, and there is a new patch only where none is and the object is another folder's. */
static void test_the_nearest_file_comes_first(void **state)
{
	static const struct file patched[] = {
		{"base/kustomization.yaml", "resources: [web.yaml]\n"},
		{"base/web.yaml", BASE},
		{"prod/kustomization.yaml", "resources:\n- ../base\npatches:\n- path: p.yaml\n"},
		{"prod/p.yaml", HEAD "spec:\n  paused: true\n"},
		{NULL, NULL},
	};

	(void)state;
	check_places(patched, "prod", (const char *const[]){"patch prod/p.yaml", "object base/web.yaml", NULL});
	check_places(patched, "base", (const char *const[]){"object base/web.yaml", NULL});
	check_places(overlays, "apps/overlays/prod",
		     (const char *const[]){"new patch apps/overlays/prod/deployment-web.patch.yaml", "object apps/base/web.yaml", NULL});
	/* A patch beside the object, in its own folder: the object first, since all the rest reads it. */
	check_places(FILES({"kustomization.yaml", "resources: [web.yaml]\npatches:\n- path: p.yaml\n"}, {"web.yaml", BASE}, {"p.yaml", HEAD "spec:\n  paused: true\n"}), ".",
		     (const char *const[]){"object web.yaml", "patch p.yaml", NULL});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_text_stays_one),
		cmocka_unit_test(test_an_item_by_its_place),
	    cmocka_unit_test(test_the_nearest_file_comes_first),
	    cmocka_unit_test(test_a_shared_base_gets_a_patch_in_the_overlay),
	    cmocka_unit_test(test_what_the_overlay_sets_is_changed_there),
	    cmocka_unit_test(test_plain_manifests_are_changed_where_they_are),
	    cmocka_unit_test(test_what_cannot_be_done_is_refused),
	    cmocka_unit_test(test_what_is_taken_out),
	    cmocka_unit_test(test_a_layer_in_between_stays_as_it_is),
	    cmocka_unit_test(test_a_template_is_changed_for_what_is_made_from_it), cmocka_unit_test(test_a_text_that_is_yaml_is_changed_inside),
	    cmocka_unit_test(test_the_files_that_can_be_meant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
