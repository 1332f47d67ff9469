/* The files in which an object can be changed by hand: which, in what order, whom a change reaches, and what may come back from the editor. */
#include "config.h"

#include <string.h>

#include "core/edit_place.h"
#include "core/mem.h"
#include "tests/unit/edit_world.h"

static const struct file overlays[] = {
	{"apps/base/kustomization.yaml", "resources:\n- web.yaml\n"},
	{"apps/base/web.yaml", BASE},
	{"apps/overlays/prod/kustomization.yaml", OVERLAY},
	{NULL, NULL},
};

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
	world_walk(&trace, three_overlays, edit.root, true);
	folder = lf_edit_sharers_folder(&edit);
	assert_string_equal(folder, "apps/overlays");
	world_list(&entries, three_overlays, folder);
	lf_edit_sharers_wanted(&wanted, &edit, &entries);
	assert_int_equal(wanted.count, 3);
	files.items = items;
	for (size_t i = 0; i < wanted.count; i++)
		items[files.count++] = (struct lf_branch_file){.path = wanted.items[i], .text = lf_dup(world_text(three_overlays, wanted.items[i]))};
	lf_edit_sharers(&sharers, &edit, &files);
	assert_int_equal(sharers.count, 2);
	assert_true(lf_names_have(&sharers, "apps/overlays/dev") && lf_names_have(&sharers, "apps/overlays/prod"));
	assert_int_equal(lf_edit_places_build(&places, &edit, &sharers, &err), LF_OK);
	assert_int_equal(places.count, 3);
	assert_int_equal(places.items[0].what, LF_EDIT_NEW_PATCH);
	assert_string_equal(places.items[0].path, "apps/overlays/prod/deployment-web.patch.yaml");
	assert_string_equal(places.items[0].reach, "apps/overlays/prod alone");
	assert_string_equal(places.items[0].text, HEAD);
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
	assert_int_equal(lf_edit_place_check(&places.items[2], &edit, "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: other\n", &err), LF_EINVAL);
	assert_int_equal(lf_edit_place_check(&places.items[2], &edit, "apiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: web\n", &err), LF_EINVAL);
	assert_int_equal(lf_edit_place_check(&places.items[2], &edit, "apiVersion: v1\nkind: Deployment\nmetadata:\n  name: web\n", &err), LF_EINVAL);
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

/* WANTED: the places in order, "what path: reach". */
static void check_places(const struct file *files, const char *root, bool in_base, const char *const *wanted)
{
	static const char *const names[] = {[LF_EDIT_NEW_PATCH] = "new patch", [LF_EDIT_PATCH] = "patch", [LF_EDIT_OBJECT] = "object", [LF_EDIT_KUSTOMIZATION] = "kustomization"};
	struct lf_trace trace = {0};
	struct lf_edit edit = {.trace = &trace, .root = root, .in_base = in_base};
	struct lf_edit_places places = {0};
	struct lf_names sharers = {0};
	struct lf_error err = {0};

	world_walk(&trace, files, root, true);
	assert_int_equal(lf_edit_places_build(&places, &edit, &sharers, &err), LF_OK);
	for (size_t i = 0; i < places.count; i++) {
		char *said = lf_format("%s %s: %s", names[places.items[i].what], places.items[i].path, places.items[i].reach);

		assert_non_null(wanted[i]);
		assert_string_equal(said, wanted[i]);
		assert_string_equal(places.items[i].text, world_text(files, places.items[i].path) ? world_text(files, places.items[i].path) : HEAD);
		lf_free(said);
	}
	assert_null(wanted[places.count]);
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
	check_places(patched, "prod", false, (const char *const[]){"patch prod/p.yaml: prod alone", "object base/web.yaml: everything that builds on base", NULL});
	check_places(patched, "base", false, (const char *const[]){"object base/web.yaml: base alone", NULL});
	check_places(patched, "prod", true, (const char *const[]){"object base/web.yaml: everything that builds on base", NULL});
	check_places(overlays, "apps/overlays/prod", false,
		     (const char *const[]){"new patch apps/overlays/prod/deployment-web.patch.yaml: apps/overlays/prod alone", "object apps/base/web.yaml: everything that builds on apps/base", NULL});
	/* A file of that name that is no patch of it: there is no new one to begin. What a layer between them says comes behind. */
	check_places(FILES({"base/kustomization.yaml", "resources: [web.yaml]\n"}, {"base/web.yaml", BASE}, {"all/kustomization.yaml", "resources: [../base]\npatches:\n- path: p.yaml\n"},
			   {"all/p.yaml", HEAD "spec:\n  paused: true\n"},
			   {"prod/kustomization.yaml", "resources: [../all]\npatches:\n- path: deployment-web.patch.yaml\n"}, {"prod/deployment-web.patch.yaml", "kind: Service\n"}),
		     "prod", false, (const char *const[]){"patch all/p.yaml: everything that builds on all", "object base/web.yaml: everything that builds on base", NULL});
	/* A patch beside the object, in its own folder: the object first, since all the rest reads it. */
	check_places(FILES({"kustomization.yaml", "resources: [web.yaml]\npatches:\n- path: p.yaml\nreplicas:\n- name: web\n  count: 2\n"}, {"web.yaml", BASE}, {"p.yaml", HEAD "spec:\n  paused: true\n"}), ".",
		     false, (const char *const[]){"object web.yaml: . alone", "patch p.yaml: . alone", "kustomization kustomization.yaml: . alone", NULL});
	/* Plain manifests. */
	check_places(FILES({"app/web.yaml", BASE}), "app", false, (const char *const[]){"object app/web.yaml: this object alone", NULL});
}

/* Of more than six overlays six are named. */
static void test_whom_a_change_reaches(void **state)
{
	static const char *const reaches[] = {"everything that builds on apps/base", "everything that builds on apps/base", "2 overlays: 0, 1", "3 overlays: 0, 1, 2", "4 overlays: 0, 1, 2, 3",
					      "5 overlays: 0, 1, 2, 3, 4", "6 overlays: 0, 1, 2, 3, 4, 5", "7 overlays: 0, 1, 2, 3, 4, 5, …"};
	struct lf_trace trace = {0};
	struct lf_edit edit = {.trace = &trace, .root = "apps/overlays/prod"};
	struct lf_names sharers = {0};
	char *reach;

	(void)state;
	world_walk(&trace, overlays, edit.root, true);
	reach = lf_edit_reach(&edit, NULL, NULL);
	assert_string_equal(reach, "apps/overlays/prod alone");
	lf_free(reach);
	edit.in_base = true;
	for (size_t i = 0; i < LF_COUNT(reaches); i++) {
		char *next = lf_format("apps/overlays/%zu", i);

		reach = lf_edit_reach(&edit, NULL, i ? &sharers : NULL); /* NULL: not looked at */
		assert_string_equal(reach, reaches[i]);
		lf_free(reach);
		lf_names_add(&sharers, next);
		lf_free(next);
	}
	edit.root = "apps/base"; /* it is there itself */
	reach = lf_edit_reach(&edit, NULL, &sharers);
	assert_string_equal(reach, "apps/base alone");
	lf_free(reach);
	lf_names_dispose(&sharers);
	lf_trace_dispose(&trace);
}

/* Who builds on the object's folder: by any of the three lists; not the overlay's own parts, nor what cannot be read. */
static void test_who_shares_the_file(void **state)
{
	static const struct {
		const char *kustomization;
		bool shares;
	} rows[] = {
		{"resources: [../../base]\n", true},
		{"bases: [../../base]\n", true},
		{"components: [../../base]\n", true},
		{"resources: [../../base/]\n", true},
		{"resources: [web.yaml, ../../base]\n", true},
		{"resources: [../prod]\n", false},
		{"resources: [../../another]\n", false},
		{"resources: [../../../../..]\n", false},
		{"patches: [../../base]\n", false},
		{"resources: [../../base\n", false},
	};
	struct lf_trace trace = {0};
	struct lf_edit edit = {.trace = &trace, .root = "apps/overlays/prod"};
	char *folder;

	(void)state;
	world_walk(&trace, overlays, edit.root, true);
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_branch_file item = {.path = lf_dup("apps/overlays/dev/kustomization.yaml"), .text = lf_dup(rows[i].kustomization)};
		const struct lf_branch_files files = {.items = &item, .count = 1};
		struct lf_names sharers = {0};

		lf_edit_sharers(&sharers, &edit, &files);
		if (lf_names_have(&sharers, "apps/overlays/dev") != rows[i].shares)
			fail_msg("%s", rows[i].kustomization);
		lf_names_dispose(&sharers);
		lf_free(item.path);
		lf_free(item.text);
	}
	/* Nobody is asked about where the file is the overlay's own, or nowhere. */
	edit.root = "apps/base";
	assert_null(lf_edit_sharers_folder(&edit));
	edit.root = "";
	assert_null(lf_edit_sharers_folder(&edit));
	lf_trace_dispose(&trace);
	world_walk(&trace, overlays, "apps/nothing", true);
	edit.root = "apps/nothing";
	folder = lf_edit_sharers_folder(&edit);
	assert_null(folder);
	lf_trace_dispose(&trace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_nearest_file_comes_first),
		cmocka_unit_test(test_the_files_that_can_be_meant),
		cmocka_unit_test(test_whom_a_change_reaches),
		cmocka_unit_test(test_who_shares_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
