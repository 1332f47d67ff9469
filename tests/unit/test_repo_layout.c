/* Layouts of repositories: names of folders in, where the next application's files go out, and why. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/document.h"
#include "core/overlay.h"
#include "core/repo_layout.h"

struct row {
	const char *tree; /* paths with blanks between */
	const char *method, *environment;
	const char *place; /* NULL: nothing is recognised */
	const char *why;   /* a part of it */
};

static void fill(struct lf_path_facts *facts, const char *tree)
{
	while (*tree) {
		size_t length = strcspn(tree, " ");
		char *path = lf_dup_n(tree, length);

		lf_names_add(&facts->tree, path);
		lf_free(path);
		tree += length;
		tree += strspn(tree, " ");
	}
}

#define OVERLAID(folder, ...) folder "/base/ " folder "/base/kustomization.yaml " folder "/overlays/ " __VA_ARGS__ " "
#define ENV(folder, env) folder "/overlays/" env "/ " folder "/overlays/" env "/kustomization.yaml "

#define FLUX2_TREE                                                                                                                                                                                \
	"apps/ clusters/ infrastructure/ apps/base/ apps/production/ apps/staging/ apps/production/kustomization.yaml apps/production/podinfo-values.yaml apps/staging/kustomization.yaml "      \
	"apps/staging/podinfo-values.yaml clusters/production/ clusters/staging/ clusters/production/apps.yaml clusters/production/infrastructure.yaml clusters/staging/apps.yaml "               \
	"infrastructure/configs/ infrastructure/controllers/ infrastructure/configs/kustomization.yaml infrastructure/controllers/kustomization.yaml apps/base/podinfo/ "                         \
	"apps/base/podinfo/kustomization.yaml apps/base/podinfo/release.yaml clusters/production/flux-system/ clusters/staging/flux-system/"

static const struct row rows[] = {
	/* one for each application */
	{OVERLAID("apps/shop", ENV("apps/shop", "dev") ENV("apps/shop", "prod")), "kustomize", "", "apps/web/overlays/prod", "1 application here is laid out as apps/<app>/overlays/<environment>"},
	{OVERLAID("apps/shop", ENV("apps/shop", "dev") ENV("apps/shop", "prod")), "kustomize", "dev", "apps/web", "apps/<app>"},
	{OVERLAID("services/shop", ENV("services/shop", "eu") ENV("services/shop", "us")), "kustomize", "", "services/web/overlays/us", "services/<app>"},
	{OVERLAID("apps/shop", ENV("apps/shop", "prod")), "manifests", "", "apps/web", "apps/<app>"},
	{"apps/shop/ apps/shop/kustomization.yaml apps/blog/ apps/blog/kustomization.yaml", "kustomize", "", "apps/web", "2 applications here are laid out as apps/<app>"},
	{"apps/shop/ apps/shop/deployment.yaml", "manifests", "", "apps/web", "apps/<app>"},
	{"charts/shop/ charts/shop/Chart.yaml charts/shop/values.yaml", "helm-git", "", "charts/web", "charts/<app>"},
	/* of two forms the one with overlays */
	{"apps/a/ apps/a/kustomization.yaml " OVERLAID("apps/b", ENV("apps/b", "production") ENV("apps/b", "staging")), "kustomize", "", "apps/web/overlays/production",
	 "2 applications here are laid out as apps/<app>/overlays"},
	/* the application is there */
	{OVERLAID("apps/web", ENV("apps/web", "dev") ENV("apps/web", "production")), "kustomize", "", "apps/web/overlays/production", "apps/web is there already"},
	{OVERLAID("apps/web", ENV("apps/web", "dev")), "kustomize", "dev", "apps/web", "is there already"},
	{"teams/a/web/ teams/a/web/kustomization.yaml teams/b/web/ teams/b/web/kustomization.yaml", "kustomize", "", "teams/a/web", "2 folders are called web"},
	{"apps/base/ apps/overlays/ apps/base/web/kustomization.yaml apps/overlays/prod/ apps/overlays/prod/web/kustomization.yaml gitops/web/dev-web-app.yaml", "kustomize", "", "apps/overlays/prod/web", "laid out as"},
	{"apps/base/ apps/overlays/ apps/base/shop/kustomization.yaml apps/overlays/prod/ teams/a/web/kustomization.yaml", "kustomize", "", "teams/a/web", "is there already"},
	/* one base and overlays for all */
	{OVERLAID("apps", ENV("apps", "development") ENV("apps", "production")) "apps/base/deployment.yaml", "kustomize", "", "apps/overlays/production", "this repository holds one application"},
	{OVERLAID("apps", ENV("apps", "development") ENV("apps", "production")) "apps/base/deployment.yaml", "kustomize", "development", "apps", "one application"},
	{"apps/base/ apps/overlays/ apps/base/deployment.yaml apps/base/config/ apps/base/config/x.yaml apps/overlays/prod/", "kustomize", "", "apps/overlays/prod", "one application"},
	{"base/ base/kustomization.yaml base/service.yaml overlays/ overlays/prod/", "kustomize", "", "overlays/prod", "one application"},
	{"apps/base/ apps/overlays/ apps/base/shop/ apps/base/shop/kustomization.yaml apps/overlays/staging/ apps/overlays/prod/", "kustomize", "", "apps/overlays/prod/web",
	 "laid out as apps/base/<app> and overlays/<environment> (staging, prod)"},
	{"apps/base/ apps/overlays/ apps/base/shop/ apps/base/shop/kustomization.yaml apps/overlays/staging/ apps/overlays/prod/", "kustomize", "staging", "apps/overlays/staging/web", ""},
	{"k8s-manifests/ k8s-manifests/base/ k8s-manifests/overlays/ k8s-manifests/base/mlops/ k8s-manifests/overlays/dev/ k8s-manifests/overlays/prod/ "
	 "k8s-manifests/base/mlops/minio/ k8s-manifests/base/mlops/minio/kustomization.yaml",
	 "kustomize", "", "k8s-manifests/overlays/prod/mlops/web", "k8s-manifests/base/<group>/<app>"},
	{"k8s-manifests/base/ k8s-manifests/overlays/ k8s-manifests/base/data/ k8s-manifests/base/mlops/ k8s-manifests/overlays/prod/ k8s-manifests/base/data/web/kustomization.yaml "
	 "k8s-manifests/base/mlops/minio/kustomization.yaml k8s-manifests/base/mlops/mlflow/kustomization.yaml",
	 "kustomize", "", "k8s-manifests/overlays/prod/data/web", "base/<group>/<app>"},
	{"k8s-manifests/base/ k8s-manifests/overlays/ k8s-manifests/base/data/db/kustomization.yaml k8s-manifests/base/mlops/minio/kustomization.yaml "
	 "k8s-manifests/base/mlops/mlflow/kustomization.yaml k8s-manifests/overlays/prod/",
	 "kustomize", "", "k8s-manifests/overlays/prod/mlops/web", "the group is a guess"},
	/* environments right beside the base: Flux's own example, where infrastructure/ and clusters/ say nothing of applications */
	{FLUX2_TREE, "kustomize", "", "apps/production/web", "laid out as apps/base/<app> and apps/<environment> (production, staging)"},
	{FLUX2_TREE, "kustomize", "staging", "apps/staging/web", "apps/<environment>"},
	{FLUX2_TREE " apps/base/web/ apps/base/web/kustomization.yaml apps/production/web/ apps/production/web/kustomization.yaml apps/staging/web/ apps/staging/web/kustomization.yaml", "kustomize", "",
	 "apps/production/web", "laid out as apps/base/<app> and apps/<environment>"},
	{FLUX2_TREE, "manifests", "", NULL, NULL},
	/* the application is there, and each environment takes it in by its own kustomization.yaml */
	{FLUX2_TREE " apps/base/web/ apps/base/web/kustomization.yaml", "kustomize", "", "apps/production", "apps/base/web is there already, and the environments have no folder"},
	{FLUX2_TREE " apps/base/web/ apps/base/web/kustomization.yaml", "kustomize", "staging", "apps", "is there already"},
	{FLUX2_TREE " apps/base/web/ apps/base/web/kustomization.yaml apps/staging/web/", "kustomize", "", "apps/production/web", "laid out as"},
	{"apps/base/ apps/prod/ apps/base/data/db/kustomization.yaml apps/prod/kustomization.yaml", "kustomize", "", "apps/prod/data/web", "apps/base/<group>/<app> and apps/<environment>"},
	{"apps/base/ apps/dev/ apps/base/deployment.yaml apps/dev/kustomization.yaml", "kustomize", "", "apps/dev", "apps/base with the overlays dev: this repository holds one"},
	{"apps/shop/base/ apps/shop/base/kustomization.yaml apps/shop/dev/ apps/shop/dev/kustomization.yaml apps/shop/prod/", "kustomize", "", "apps/web/prod", "1 application here is laid out as apps/<app>/<environment>"},
	{"apps/shop/base/ apps/shop/base/kustomization.yaml apps/shop/dev/ apps/shop/dev/kustomization.yaml apps/shop/prod/", "kustomize", "dev", "apps/web", "apps/<app>/<environment>"},
	/* a form of ours, and a folder of another purpose in it */
	{"apps/shop/ apps/shop/kustomization.yaml apps/shop/base/ apps/shop/base/kustomization.yaml apps/shop/test/", "kustomize", "", "apps/web", "1 application here is laid out as apps/<app>"},
	/* other names for overlays/ */
	{"base/ base/shop/ base/shop/kustomization.yaml envs/ envs/dev/ envs/prod/ envs/prod/shop/kustomization.yaml", "kustomize", "", "envs/prod/web", "laid out as base/<app> and envs/<environment> (dev, prod)"},
	{"base/ base/shop/kustomization.yaml environments/ environments/dev/ environments/production/", "kustomize", "dev", "environments/dev/web", "environments/<environment>"},
	{"environments/ environments/dev/ environments/prod/ environments/dev/shop/ environments/dev/shop/kustomization.yaml", "kustomize", "", "environments/prod/web", "environments/<environment> (dev, prod)"},
	{"deploy/envs/ deploy/envs/staging/ deploy/envs/staging/shop/deployment.yaml", "kustomize", "", "deploy/envs/staging/web", "deploy/base/<app> and envs/<environment>"},
	{"apps/shop/base/ apps/shop/base/kustomization.yaml apps/shop/envs/ apps/shop/envs/eu/ apps/shop/envs/us/", "kustomize", "", "apps/web/envs/us", "apps/<app>/envs/<environment>"},
	/* whose environments are none, nothing is said of */
	{"environments/ environments/shop/ environments/shop/kustomization.yaml", "kustomize", "", "environments/web", "1 application here is laid out as environments/<app>"},
	/* teams */
	{"teams/payments/ teams/payments/shop/ teams/payments/shop/kustomization.yaml", "kustomize", "", "teams/payments/web", "laid out as teams/<team>/<app>"},
	{"teams/a/x/kustomization.yaml teams/b/y/kustomization.yaml teams/b/z/kustomization.yaml", "kustomize", "", "teams/b/web", "3 applications here are laid out as teams/<team>/<app>: the team is a guess"},
	{OVERLAID("teams/a/x", ENV("teams/a/x", "dev") ENV("teams/a/x", "prod")), "kustomize", "", "teams/a/web/overlays/prod", "teams/<team>/<app>/overlays/<environment>"},
	{"payments/shop/kustomization.yaml payments/cart/kustomization.yaml", "kustomize", "", "payments/web", "laid out as <team>/<app>"},
	{"teams/payments/kustomization.yaml teams/payments/shop/kustomization.yaml", "kustomize", "", "teams/payments/web", ""},
	/* none of these */
	{"", "kustomize", "", NULL, NULL},
	{"README.md src/ src/main.yaml deploy.yaml", "kustomize", "", NULL, NULL},
	{"infrastructure/cert-manager/ infrastructure/cert-manager/kustomization.yaml clusters/prod/ clusters/prod/apps.yaml", "kustomize", "", NULL, NULL},
	{"config/app/settings.yaml", "kustomize", "", NULL, NULL},
};

static void test_paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_repo_wish wish = {.app = "web", .method = rows[i].method, .provider = "flux", .context = ""};
		struct lf_path_facts facts = {0};
		struct lf_repo_place place;

		(void)snprintf(wish.environment, sizeof(wish.environment), "%s", rows[i].environment);
		fill(&facts, rows[i].tree);
		lf_repo_layout_path(&place, &wish, &facts);
		if (!lf_equal(place.place, rows[i].place) || (rows[i].why && !strstr(place.why, rows[i].why)))
			fail_msg("%s: %s, %s", rows[i].tree, place.place ? place.place : "nothing", place.why ? place.why : "");
		lf_repo_place_dispose(&place);
		lf_path_facts_dispose(&facts);
	}
}

#define APPLICATION(name, path) "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: " name "}\nspec: {source: {repoURL: 'https://x/y', path: '" path "'}}\n"

struct gitops_row {
	const char *tree, *provider, *context;
	const char *files[4][2];
	const char *place, *why;
};

static const struct gitops_row gitops_rows[] = {
	{"clusters/prod/ clusters/prod/flux-system/", "flux", "", {{0}}, "clusters/prod/web", "Flux reads clusters/prod (it holds flux-system/)"},
	{"clusters/prod/flux-system/", "argocd", "", {{0}}, NULL, NULL},
	{"flux/eu/flux-system/ clusters/x/", "flux", "", {{0}}, "flux/eu/web", "Flux reads flux/eu"},
	{"clusters/dev/flux-system/ clusters/prod/flux-system/", "flux", "kind-dev", {{0}}, "clusters/dev/web", "as the context is called"},
	{"clusters/development/flux-system/ clusters/production/flux-system/", "flux", "admin@dev", {{0}}, "clusters/development/web", "2 folders with flux-system/: development"},
	{"clusters/dev/flux-system/ clusters/production/flux-system/", "flux", "xy", {{0}}, "clusters/production/web", "which one is a guess"},
	{"clusters/a/flux-system/ clusters/b/flux-system/", "flux", "", {{0}}, "clusters/a/web", "the first is a guess"},
	{"flux-system/ flux-system/gotk-sync.yaml", "flux", "", {{0}}, "gitops/web", "Flux reads the whole repository"},
	{"argocd-apps/ argocd-apps/minio-app.yaml", "argocd", "", {{0}}, "argocd-apps", "argocd-apps/ holds the Applications"},
	{"deploy/argocd-apps/", "argocd", "", {{0}}, "deploy/argocd-apps", ""},
	{"my-argocd-apps/", "argocd", "", {{0}}, NULL, NULL},
	{"argocd-apps/", "flux", "", {{0}}, NULL, NULL},
	{"x/", "argocd", "", {{"root.yaml", APPLICATION("root", "./cd/")}, {"cd/shop.yaml", APPLICATION("shop", "apps/shop")}}, "cd", "root applies every Application in cd/"},
	{"argocd-apps/", "argocd", "", {{"root.yaml", APPLICATION("root", "cd")}, {"cd/shop.yaml", APPLICATION("shop", "apps/shop")}}, "cd", "root applies"},
	{"x/", "argocd", "", {{"root.yaml", APPLICATION("root", "cd")}}, NULL, NULL},
	/* The root is no folder to put things into, whoever reads it and however many lie there. */
	{"x/", "argocd", "", {{"root.yaml", APPLICATION("root", ".")}, {"a.yaml", APPLICATION("a", "a")}, {"b.yaml", APPLICATION("b", "b")}}, NULL, NULL},
	{"x/", "argocd", "", {{"a.yaml", APPLICATION("a", "a") "---\n" APPLICATION("b", "b")}}, NULL, NULL},
	{"x/", "argocd", "", {{"root.yaml", APPLICATION("root", ".")}, {"b.yaml", APPLICATION("two", "cd")}, {"cd/a.yaml", APPLICATION("a", "x")}}, "cd", "two applies every Application in cd/"},
	/* It reads the folder it lies in: that alone is no folder of Applications. */
	{"x/", "argocd", "", {{"cd/root.yaml", APPLICATION("root", "cd")}}, NULL, NULL},
	{"x/", "argocd", "", {{"cd/root.yaml", APPLICATION("root", "cd")}, {"cd/a.yaml", APPLICATION("a", "a")}}, "cd", "root applies every"},
	{"x/", "argocd", "", {{"cd/a.yaml", APPLICATION("a", "apps/a") "---\n" APPLICATION("b", "apps/b")}}, "cd", "2 Applications lie in cd/"},
	{"x/", "argocd", "", {{"apps/a/a-app.yaml", APPLICATION("a", "apps/a")}, {"apps/b/b-app.yaml", APPLICATION("b", "apps/b")}}, NULL, NULL},
	{"x/",
	 "argocd",
	 "",
	 {{"root.yaml", APPLICATION("one", "p") "---\n" APPLICATION("two", "q")}, {"p/a.yaml", APPLICATION("a", "x")}, {"q/a.yaml", APPLICATION("b", "x") "---\n" APPLICATION("c", "x")}},
	 "q",
	 "2 folders are read that way"},
};

static void test_gitops(void **state)
{
	(void)state;
	for (size_t i = 0; i < LF_COUNT(gitops_rows); i++) {
		const struct gitops_row *row = &gitops_rows[i];
		struct lf_repo_wish wish = {.app = "web", .method = "kustomize", .provider = row->provider, .context = row->context};
		struct lf_path_facts facts = {0};
		struct lf_repo_place place;

		fill(&facts, row->tree);
		for (size_t k = 0; k < 4 && row->files[k][0]; k++)
			lf_repo_layout_note(&facts, row->files[k][0], row->files[k][1]);
		lf_repo_layout_gitops(&place, &wish, &facts);
		if (!lf_equal(place.place, row->place) || (row->why && !strstr(place.why, row->why)) || (row->why && strstr(place.why, "folders are read") && !strstr(row->why, "folders")))
			fail_msg("%s: %s, %s", row->tree, place.place ? place.place : "nothing", place.why ? place.why : "");
		lf_repo_place_dispose(&place);
		lf_path_facts_dispose(&facts);
	}
}

struct split_row {
	const char *tree, *path;
	const char *prefix, *home, *environment, *rest; /* NULL: it has none of the forms */
	const char *base;
};

#define FLUX2 "apps/ apps/base/ apps/base/podinfo/ apps/production/ apps/staging/ apps/base/podinfo/kustomization.yaml apps/production/kustomization.yaml apps/staging/kustomization.yaml"

static const struct split_row splits[] = {
	{"", "apps/web/overlays/dev", "apps/web", "overlays", "dev", "", "apps/web/base"},
	{"", "overlays/dev", "", "overlays", "dev", "", "base"},
	{"", "apps/overlays/dev/web", "apps", "overlays", "dev", "web", "apps/base/web"},
	{"", "./x//overlays/dev/g/web/", "x", "overlays", "dev", "g/web", "x/base/g/web"},
	{"", "overlays", NULL, NULL, NULL, NULL, NULL},
	{"", "apps/overlays/", NULL, NULL, NULL, NULL, NULL},
	{"", "my-overlays/dev", NULL, NULL, NULL, NULL, NULL},
	{"", "overlays-x/dev", NULL, NULL, NULL, NULL, NULL},
	{"", "", NULL, NULL, NULL, NULL, NULL},
	{"", "../overlays/dev", NULL, NULL, NULL, NULL, NULL},
	/* other names for the same */
	{"", "envs/dev/web", "", "envs", "dev", "web", "base/web"},
	{"", "environments/prod-eu/web", "", "environments", "prod-eu", "web", "base/web"},
	{"", "apps/web/envs/dev", "apps/web", "envs", "dev", "", "apps/web/base"},
	/* before it is there any name will do; then one of them must be an environment's, or have a base */
	{"", "environments/shop", "", "environments", "shop", "", "base"},
	{"environments/ environments/shop/", "environments/shop", NULL, NULL, NULL, NULL, NULL},
	{"environments/ environments/shop/ base/", "environments/eu/web", "", "environments", "eu", "web", "base/web"},
	{"environments/ environments/shop/", "environments/qa/web", "", "environments", "qa", "web", "base/web"},
	/* what has a base of its own was written that way */
	{"envs/dev/web/ envs/dev/web/base/", "envs/dev/web", NULL, NULL, NULL, NULL, NULL},
	/* right beside base/ */
	{FLUX2, "apps/production/web", "apps", "", "production", "web", "apps/base/web"},
	{FLUX2, "apps/production", "apps", "", "production", "", "apps/base"},
	{FLUX2, "apps/web", NULL, NULL, NULL, NULL, NULL},
	{FLUX2, "apps/base/web", NULL, NULL, NULL, NULL, NULL},
	{FLUX2, "infra/production/web", NULL, NULL, NULL, NULL, NULL},
	{FLUX2 " apps/production/web/base/", "apps/production/web", NULL, NULL, NULL, NULL, NULL},
	{FLUX2 " apps/overlays/", "apps/production/web", NULL, NULL, NULL, NULL, NULL},
	{FLUX2 " apps/kustomization.yaml", "apps/production/web", NULL, NULL, NULL, NULL, NULL},
	{"base/ base/shop/ prod/ prod/kustomization.yaml", "prod/web", "", "", "prod", "web", "base/web"},
	{"apps/web/base/ apps/web/dev/", "apps/web/dev", "apps/web", "", "dev", "", "apps/web/base"},
	/* as the application beside it */
	{"apps/shop/base/kustomization.yaml apps/shop/dev/", "apps/web/dev", "apps/web", "", "dev", "", "apps/web/base"},
	{"apps/shop/base/kustomization.yaml apps/shop/dev/", "apps/web/dev/x", NULL, NULL, NULL, NULL, NULL},
	{"apps/shop/base/kustomization.yaml apps/shop/dev/", "apps/web/prod", NULL, NULL, NULL, NULL, NULL},
	{"apps/shop/base/kustomization.yaml apps/shop/dev/ apps/a/base/kustomization.yaml apps/a/overlays/", "apps/web/dev", NULL, NULL, NULL, NULL, NULL},
	{"apps/shop/base/kustomization.yaml apps/shop/dev/", "other/web/dev", NULL, NULL, NULL, NULL, NULL},
};

static void test_overlay_split(void **state)
{
	(void)state;
	for (size_t i = 0; i < LF_COUNT(splits); i++) {
		const struct split_row *row = &splits[i];
		struct lf_path_facts facts = {0};
		struct lf_overlay overlay;
		bool found;

		fill(&facts, row->tree);
		found = lf_overlay_split(&overlay, row->path, NULL, &facts.tree);
		if (found != (row->prefix != NULL) || !lf_equal(overlay.prefix, row->prefix) || !lf_equal(overlay.home, row->home) || !lf_equal(overlay.environment, row->environment) ||
		    !lf_equal(overlay.rest, row->rest))
			fail_msg("%s, %s: %s", row->tree, row->path, found ? overlay.prefix : "nothing");
		if (found) {
			char *base = lf_overlay_base(&overlay), *same = lf_overlay_path(&overlay, overlay.environment), *clean = lf_path_join("", row->path);

			assert_string_equal(base, row->base);
			assert_string_equal(same, clean);
			lf_free(base);
			lf_free(same);
			lf_free(clean);
		}
		lf_overlay_dispose(&overlay);
		lf_path_facts_dispose(&facts);
	}
}

static void test_overlay_homes(void **state)
{
	static const char *const folders[][3] = {
		{"apps/web/envs/", "apps/web", "envs"},		    {"apps/web/environments/", "apps/web", "environments"}, {"apps/web/overlays/ apps/web/envs/", "apps/web", "overlays"},
		{FLUX2, "apps", ""},				    {FLUX2, "other", "overlays"},			    {"apps/base/ apps/web/", "apps", "overlays"},
		{"apps/shop/base/kustomization.yaml apps/shop/envs/", "apps/web", "envs"}, {"apps/shop/base/ apps/shop/base/kustomization.yaml apps/shop/prod/", "apps/web", ""},    {"apps/shop/envs/", "apps/web", "overlays"},
		{"base/ envs/", "", "envs"},			    {"", "apps/web", "overlays"},
	};
	static const char *const ends[][3] = {{"apps/web/envs", "apps/web", "envs"}, {"./overlays/", "", "overlays"}, {"environments", "", "environments"}, {"apps/web", NULL, NULL}, {"", NULL, NULL}, {"envs/dev", NULL, NULL}};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(folders); i++) {
		struct lf_path_facts facts = {0};

		fill(&facts, folders[i][0]);
		assert_string_equal(lf_overlay_home_of(folders[i][1], &facts.tree), folders[i][2]);
		lf_path_facts_dispose(&facts);
	}
	for (size_t i = 0; i < LF_COUNT(ends); i++) {
		const char *home = NULL;
		char *above = lf_overlay_above_home(&home, ends[i][0]);

		if (!lf_equal(above, ends[i][1]) || !lf_equal(home, ends[i][2]))
			fail_msg("%s: %s", ends[i][0], above ? above : "nothing");
		lf_free(above);
	}
}

static void test_files(void **state)
{
	struct lf_path_facts facts = {0};
	struct lf_names files = {0};

	(void)state;
	fill(&facts, "root.yaml README.md apps/ argocd-apps/x.yaml clusters/prod/apps.yaml clusters/prod/flux-system/gotk-sync.yaml clusters/prod/flux-system/gotk-components.yaml "
		     "apps/web/deployment.yaml apps/web/kustomization.yaml apps/web/helmrepository.yaml infrastructure/sources/bitnami.yml apps/kustomization.yaml apps/shop.yaml apps/values.yaml "
		     "myapps/x.yaml deploy/apps/cart.yaml infrastructure/controllers/cert-manager.yaml infrastructure/x/y.yaml repos.yml");
	lf_repo_layout_files(&files, &facts);
	assert_int_equal(files.count, 10);
	assert_true(lf_names_have(&files, "apps/shop.yaml") && lf_names_have(&files, "deploy/apps/cart.yaml") && lf_names_have(&files, "infrastructure/controllers/cert-manager.yaml"));
	assert_true(lf_names_have(&files, "root.yaml") && lf_names_have(&files, "argocd-apps/x.yaml") && lf_names_have(&files, "clusters/prod/apps.yaml"));
	assert_true(lf_names_have(&files, "clusters/prod/flux-system/gotk-sync.yaml") && lf_names_have(&files, "apps/web/helmrepository.yaml"));
	assert_true(lf_names_have(&files, "infrastructure/sources/bitnami.yml"));
	lf_names_dispose(&files);
	for (int i = 0; i < 500; i++) {
		char *path = lf_format("sources/%d.yaml", i);

		lf_names_add(&facts.tree, path);
		lf_free(path);
	}
	/* The likely ones go before the others, however late they come. */
	lf_repo_layout_files(&files, &facts);
	assert_int_equal(files.count, 40);
	assert_false(lf_names_have(&files, "apps/shop.yaml"));
	lf_names_dispose(&files);
	lf_path_facts_dispose(&facts);
}

/* What cannot be read is left out; so is what could not be typed. */
static void test_hostile(void **state)
{
	struct lf_repo_wish wish = {.app = "web", .method = "kustomize", .provider = "argocd", .context = ""};
	struct lf_path_facts facts = {0};
	struct lf_repo_place place;

	(void)state;
	lf_repo_layout_note(&facts, "a.yaml", "a: [");
	lf_repo_layout_note(&facts, "b.yaml", "- 1\n---\nx\n---\n" APPLICATION("r\\e[31m", "c\\e[31md"));
	lf_repo_layout_note(&facts, "c.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: \"r\\e[31m\"}\nspec: {source: {path: \"c\\e[31md\"}}\n");
	lf_repo_layout_note(&facts, "c\x1b[31md/x.yaml", APPLICATION("x", "y"));
	lf_repo_layout_gitops(&place, &wish, &facts);
	assert_null(place.place);
	lf_repo_place_dispose(&place);
	lf_path_facts_dispose(&facts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths), cmocka_unit_test(test_gitops),  cmocka_unit_test(test_overlay_split), cmocka_unit_test(test_overlay_homes),
		cmocka_unit_test(test_files), cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
