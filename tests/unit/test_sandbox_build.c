/* The sandbox's reading of a repository: revisions, folders, kustomizations; and the folder a demo lives in.
 */
#include "config.h"

#include <fcntl.h>
#include <git2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"
#include "providers/sandbox/build.h"
#include "providers/sandbox/directory.h"
#include "providers/sandbox/overlay.h"
#include "providers/sandbox/tree.h"
#include "tests/unit/unit.h"

#define DEPLOYMENT                                                                                           \
	"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 1\n  selector: "   \
	"{matchLabels: {app: web}}\n  template:\n"                                                           \
	"    metadata: {labels: {app: web}}\n    spec:\n      containers:\n        - name: web\n          "  \
	"image: nginx:1.27\n"                                                                                \
	"          envFrom: [{configMapRef: {name: settings}}]\n"
#define SETTINGS "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {a: '1'}\n"

static const struct lf_repository_file files[] = {
    {"base/kustomization.yaml", "resources: [deployment.yaml, settings.yaml]\n"},
    {"base/deployment.yaml", DEPLOYMENT},
    {"base/settings.yaml", SETTINGS},
    {"over/kustomization.yaml",
     "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../base]\nnamespace: "
     "shop\nnamePrefix: eu-\n"
     "images: [{name: nginx, newName: registry:5000/nginx, newTag: '1.28'}]\nreplicas: [{name: web, count: "
     "3}]\n"
     "labels: [{pairs: {team: shop}}]\ncommonAnnotations: {from: over}\npatches:\n  - path: patch.yaml\n"
     "  - target: {kind: Deployment}\n    patch: |\n      - {op: add, path: "
     "/spec/template/spec/containers/0/args, value: [-v]}\n"
     "      - {op: replace, path: /metadata/annotations, value: {x~y: '1'}}\n"},
    {"over/patch.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, annotations: {p: "
                        "'1'}}\nspec: {template: {spec: {containers: [{name: web, tty: true}]}}}\n"},
    {"plain/a.yaml", SETTINGS},
    {"plain/sub/b.yaml", DEPLOYMENT},
    {"plain/two.yml", "---\n---\napiVersion: v1\nkind: Service\nmetadata: {name: one}\n---\napiVersion: "
                      "v1\nkind: Service\nmetadata: {name: two}\n"},
    {"plain/notes.txt", "nothing\n"},
    {"circle/kustomization.yaml", "resources: [../circle]\n"},
    {"missing/kustomization.yaml", "resources: [nope.yaml]\n"},
    {"outside/kustomization.yaml", "resources: [../../../etc/passwd]\n"},
    {"unknown/kustomization.yaml", "resources: []\nresorces: []\n"},
    {"generator/kustomization.yaml", "configMapGenerator: []\n"},
    {"values/values.yaml", "replicaCount: 1\n"},
    {"broken/a.yaml", "a: [\n"},
    {"twice/a.yaml", SETTINGS},
    {"twice/b.yaml", SETTINGS},
    {"folder/kustomization.yaml", "resources: [../plain]\n"},
    {"stray/kustomization.yaml", "resources: [../base]\npatches: [{patch: '{apiVersion: v1, kind: ConfigMap, "
                                 "metadata: {name: nobody}}'}]\n"},
    {"badop/kustomization.yaml", "resources: [../base]\npatches: [{target: {kind: Deployment}, patch: '[{op: "
                                 "replace, path: /spec/nothing, value: 1}]'}]\n"},
};

struct place {
	char *folder;
	struct lf_repository *repository;
	struct lf_snapshot *snapshot;
	char commit[41];
};

static int set_up(void **state)
{
	struct place *place = lf_alloc(1, sizeof(*place));
	char folder[] = "/tmp/landfall-test-XXXXXX";
	char *path;

	(void)git_libgit2_init();
	assert_non_null(mkdtemp(folder));
	place->folder = lf_dup(folder);
	path = lf_format("%s/r.git", folder);
	assert_int_equal(lf_repository_create(&place->repository, path, files, LF_COUNT(files), NULL), 0);
	assert_int_equal(lf_repository_resolve(place->commit, place->repository, "main", NULL), 0);
	assert_int_equal(lf_snapshot_open(&place->snapshot, place->repository, place->commit, NULL), 0);
	lf_free(path);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	lf_snapshot_free(place->snapshot);
	lf_repository_free(place->repository);
	assert_int_equal(lf_fs_remove_tree(place->folder), 0);
	lf_free(place->folder);
	lf_free(place);
	(void)git_libgit2_shutdown();
	return 0;
}

static struct lf_node *build(struct place *place, const char *path, enum lf_build_flavour flavour)
{
	struct lf_error err = {0};
	struct lf_node *list = NULL;

	if (lf_build(&list, place->snapshot, path, flavour, &err))
		fail_msg("%s: %s", path, err.message);
	return list;
}

static void fails(struct place *place, const char *path, const char *message)
{
	struct lf_error err = {0};
	struct lf_node *list = NULL;

	if (!lf_build(&list, place->snapshot, path, LF_BUILD_FLUX, &err))
		fail_msg("%s builds", path);
	if (!strstr(err.message, message))
		fail_msg("%s: \"%s\" lacks \"%s\"", path, err.message, message);
}

static void test_builds_an_overlay(void **state)
{
	struct lf_node *list = build(*state, "./over", LF_BUILD_FLUX);
	const struct lf_node *object = lf_node_at(list, 0);

	assert_int_equal(lf_node_count(list), 2);
	assert_string_equal(lf_tree_name(object), "eu-web");
	assert_string_equal(lf_tree_namespace(object), "shop");
	assert_string_equal(lf_node_text(object, "spec.replicas"), "3");
	assert_string_equal(lf_node_text(object, "spec.template.spec.containers.0.image"),
	                    "registry:5000/nginx:1.28");
	assert_string_equal(lf_node_text(object, "spec.template.spec.containers.0.tty"), "true");
	assert_string_equal(lf_node_text(object, "spec.template.spec.containers.0.args.0"), "-v");
	assert_string_equal(
	    lf_node_text(object, "spec.template.spec.containers.0.envFrom.0.configMapRef.name"),
	    "eu-settings");
	assert_string_equal(lf_tree_get_label(object, "team"), "shop");
	assert_string_equal(lf_tree_get_annotation(object, "from"), "over");
	assert_string_equal(lf_tree_get_annotation(object, "p"), ""); /* replaced by the second patch */
	assert_string_equal(lf_node_text(object, "spec.selector.matchLabels.team"),
	                    ""); /* labels leaves selectors alone */
	assert_string_equal(lf_tree_name(lf_node_at(list, 1)), "eu-settings");
	lf_node_free(list);
}

static void test_builds_folders(void **state)
{
	struct lf_node *list = build(*state, "plain", LF_BUILD_FLUX);

	assert_int_equal(lf_node_count(list), 4);
	lf_node_free(list);
	list = build(*state, "plain", LF_BUILD_FOLDER);
	assert_int_equal(lf_node_count(list), 3);
	lf_node_free(list);
	list = build(*state, "/plain/sub/..", LF_BUILD_DEEP);
	assert_int_equal(lf_node_count(list), 4);
	lf_node_free(list);
}

static void test_says_what_is_wrong(void **state)
{
	struct place *place = *state;

	fails(place, "nope", "nope: no such file or directory");
	fails(place, "base/deployment.yaml", "no such file or directory");
	fails(place, "../etc", "no such file or directory");
	fails(place, "circle", "in a circle");
	fails(place, "missing", "accumulating resources from 'nope.yaml'");
	fails(place, "outside", "no such file or directory");
	fails(place, "unknown", "invalid Kustomization: json: unknown field \"resorces\"");
	fails(place, "generator", "does not know configMapGenerator");
	fails(place, "values", "Object 'Kind' is missing");
	fails(place, "broken", "broken/a.yaml");
	fails(place, "twice", "may not add resource with an already registered id");
	fails(place, "folder", "unable to find one of 'kustomization.yaml'");
	fails(place, "stray", "no matches for Id ConfigMap");
	fails(place, "badop", "missing path: /spec/nothing");
}

static void test_resolves(void **state)
{
	static const char *const wrong[] = {"nope", "main~1", "main^{tree}", "HEAD:base", "@{u}",
	                                    "-x",   "ma*",    "..",          "0000000",   "refs/heads/nope"};
	struct place *place = *state;
	char commit[41], full[64], *url;

	for (size_t i = 0; i < LF_COUNT(wrong); i++)
		assert_int_equal(lf_repository_resolve(commit, place->repository, wrong[i], NULL),
		                 LF_ENOTFOUND);
	assert_int_equal(lf_repository_resolve(commit, place->repository, "", NULL), 0);
	assert_string_equal(commit, place->commit);
	assert_int_equal(lf_repository_resolve(commit, place->repository, "refs/heads/main", NULL), 0);
	(void)snprintf(full, sizeof(full), "%.9s", place->commit);
	assert_int_equal(lf_repository_resolve(commit, place->repository, full, NULL), 0);
	assert_string_equal(commit, place->commit);
	url = lf_format("file://%s/r.git", place->folder);
	assert_true(lf_repository_is(place->repository, url));
	assert_true(lf_repository_is(place->repository, url + strlen("file://")));
	url[strlen(url) - 1] = 'x';
	assert_false(lf_repository_is(place->repository, url));
	assert_false(lf_repository_is(place->repository, "https://example.com/r.git"));
	lf_free(url);
}

static void test_cleans_paths(void **state)
{
	static const struct {
		const char *path, *clean;
	} rows[] = {
	    {"", ""},         {".", ""},       {"./", ""},        {"/a", "a"},  {"a//b/", "a/b"},
	    {"a/./b", "a/b"}, {"a/../b", "b"}, {"a/b/../..", ""}, {"..", NULL}, {"a/../../b", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *clean = lf_path_clean(rows[i].path);

		assert_true(lf_equal(clean, rows[i].clean));
		lf_free(clean);
	}
	assert_int_equal(lf_image_name_length("nginx"), 5);
	assert_int_equal(lf_image_name_length("nginx:1"), 5);
	assert_int_equal(lf_image_name_length("host:5000/a"), 11);
	assert_int_equal(lf_image_name_length("host:5000/a:1@sha256:0"), 11);
	assert_int_equal(lf_image_name_length("a@sha256:0"), 1);
}

static void write_file(const char *folder, const char *name, const char *text)
{
	char *path = lf_format("%s/%s", folder, name);

	assert_int_equal(lf_fs_write(path, text, strlen(text), 0600, NULL), 0);
	lf_free(path);
}

static char *make(const char *parent, const char *name)
{
	char *path = lf_format("%s/%s", parent, name);

	assert_int_equal(mkdir(path, 0700), 0);
	return path;
}

/* Only what is its own is taken, and only what a dead one left is swept away. */
static void test_keeps_to_its_folder(void **state)
{
	struct place *place = *state;
	char *mine = make(place->folder, "demo-AAAAAA"), *dead = make(place->folder, "demo-BBBBBB"),
	     *alive = make(place->folder, "demo-CCCCCC");
	char *bare = make(place->folder, "demo-DDDDDD"), *other = make(place->folder, "tale-EEEEEE"),
	     *home = make(place->folder, "home-FFFFFF");
	char *link = lf_format("%s/demo-GGGGGG", place->folder), *inside = lf_format("%s/state", mine);

	write_file(dead, ".landfall-sandbox", "2147483000 12345\n");
	write_file(dead, "deep/file", "x");
	write_file(bare, "file", "x");
	write_file(other, ".landfall-sandbox", "2147483000 12345\n");
	write_file(home, "thesis", "x");
	assert_int_equal(symlink(other, link), 0);
	assert_int_equal(lf_directory_claim(alive, NULL), 0); /* as this process: it lives */
	assert_int_equal(lf_directory_sweep(mine), 1);
	assert_false(lf_fs_exists(dead));
	assert_true(lf_fs_exists(alive) && lf_fs_exists(bare) && lf_fs_exists(other) && lf_fs_exists(link));
	assert_int_equal(lf_directory_claim(home, NULL), LF_EINVAL); /* somebody's own */
	lf_directory_remove(home);
	assert_true(lf_fs_exists(home));
	assert_int_equal(mkdir(inside, 0700), 0); /* landfall's own may be there already */
	assert_int_equal(chmod(mine, 0755), 0);
	assert_int_equal(lf_directory_claim(mine, NULL), LF_EINVAL);
	assert_int_equal(chmod(mine, 0700), 0);
	assert_int_equal(lf_directory_claim(mine, NULL), 0);
	assert_int_equal(lf_directory_write_kubeconfig(mine, 1234, "secret", NULL), 0);
	lf_directory_remove(mine);
	assert_false(lf_fs_exists(mine));
	lf_free(mine);
	lf_free(dead);
	lf_free(alive);
	lf_free(bare);
	lf_free(other);
	lf_free(home);
	lf_free(link);
	lf_free(inside);
}

static void test_writes_a_kubeconfig(void **state)
{
	struct place *place = *state;
	char *path = lf_format("%s/kubeconfig", place->folder);
	struct lf_str text = {0};
	struct lf_node *list = NULL;
	struct stat status;

	assert_int_equal(lf_directory_write_kubeconfig(place->folder, 1234, "7e10", NULL), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	assert_int_equal(lf_fs_read(&text, path, 4096, NULL), 0);
	assert_int_equal(lf_yaml_parse(&list, lf_str_text(&text), text.length, "kubeconfig",
	                               &lf_yaml_limits_default, NULL),
	                 0);
	assert_string_equal(lf_node_text(list, "0.current-context"), "demo");
	assert_string_equal(lf_node_text(list, "0.clusters.0.cluster.server"), "http://127.0.0.1:1234");
	assert_string_equal(lf_node_text(list, "0.users.0.user.token"),
	                    "7e10"); /* quoted: a number for other parsers */
	assert_int_equal(lf_node_kind(lf_node_get(list, "0.users.0.user.token")), LF_NODE_TEXT);
	assert_string_equal(lf_node_text(list, "0.contexts.0.context.namespace"), "default");
	lf_node_free(list);
	lf_str_dispose(&text);
	lf_free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_builds_an_overlay, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_builds_folders, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_says_what_is_wrong, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_resolves, set_up, tear_down),
	    cmocka_unit_test(test_cleans_paths),
	    cmocka_unit_test_setup_teardown(test_keeps_to_its_folder, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(test_writes_a_kubeconfig, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
