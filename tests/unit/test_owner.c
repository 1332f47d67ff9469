/* Whom a live object belongs to: claims against lists, up to the root. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/mem.h"
#include "core/owner.h"
#include "core/str.h"

#define KS(name, namespace, labels, inventory) \
	"{'apiVersion':'kustomize.toolkit.fluxcd.io/v1','kind':'Kustomization','metadata':{'name':'" name "','namespace':'" namespace "','labels':{" labels "}}," \
	"'spec':{'path':'./" name "','sourceRef':{'kind':'GitRepository','name':'config'}},'status':{'lastAppliedRevision':'main@sha1:" COMMIT "'," \
	"'inventory':{'entries':[" inventory "]}}}"
#define KS_OF(name, namespace) "'kustomize.toolkit.fluxcd.io/name':'" name "','kustomize.toolkit.fluxcd.io/namespace':'" namespace "'"
#define ENTRY(id) "{'id':'" id "','v':'v1'}"
#define WEB(labels, annotations) \
	"{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'web','namespace':'shop','uid':'d','labels':{" labels "},'annotations':{" annotations "}}}"
#define SOURCE \
	"{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'GitRepository','metadata':{'name':'config','namespace':'flux-system'}," \
	"'spec':{'url':'ssh://git@h/o/r','ref':{'branch':'main'}}}"
#define APP(name, namespace, resources) \
	"{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'" name "','namespace':'" namespace "'}," \
	"'spec':{'source':{'repoURL':'https://h/o/r','path':'apps/" name "','targetRevision':'v1'}},'status':{'sync':{'revision':'" COMMIT "'},'resources':[" resources "]}}"
#define LISTED "{'group':'apps','version':'v1','kind':'Deployment','namespace':'shop','name':'web','status':'Synced'}"
#define TRACKING(id) "'argocd.argoproj.io/tracking-id':'" id "'"

/* "confirmed Kustomization flux-system/web; …" of each link. */
static void owned(const char *objects, const char *kind, const char *name, const char *wanted)
{
	struct lf_catalog *catalog;
	struct lf_objects *store = test_objects(objects);
	struct lf_owner_chain chain = {0};
	struct lf_ref ref = lf_ref_new(lf_equal(kind, "Pod") ? "" : "apps", kind, "shop", name);
	struct lf_str text = {0};
	size_t count;
	const struct lf_engine *const *engines = lf_engines(&count);

	catalog = lf_catalog_new(engines, count);
	lf_owner_find(&chain, catalog, store, &ref);
	for (size_t i = 0; i < chain.count; i++) {
		lf_str_addf(&text, "%s%s", i ? "; " : "", lf_owner_word(chain.links[i].state));
		if (lf_ref_is_set(&chain.links[i].owner))
			lf_str_add_char(&text, ' ');
		lf_ref_text(&text, &chain.links[i].owner);
		if (lf_ref_is_set(&chain.links[i].claimed)) {
			lf_str_add(&text, " not ");
			lf_ref_text(&text, &chain.links[i].claimed);
		}
	}
	assert_string_equal(lf_str_text(&text), wanted);
	lf_str_dispose(&text);
	lf_owner_chain_dispose(&chain);
	lf_ref_dispose(&ref);
	lf_objects_free(store);
	lf_catalog_free(catalog);
}

static void test_a_claim_counts_when_the_list_agrees(void **state)
{
	(void)state;
	owned("[" WEB(KS_OF("web", "flux-system"), "") "," KS("web", "flux-system", "", ENTRY("shop_web_apps_Deployment")) "," SOURCE "]", "Deployment", "web",
	      "confirmed Kustomization flux-system/web");
	owned("[" WEB(KS_OF("web", "flux-system"), "") "," KS("web", "flux-system", "", "") "]", "Deployment", "web", "not-listed Kustomization flux-system/web");
	owned("[" WEB("", "") "," KS("web", "flux-system", "", ENTRY("shop_web_apps_Deployment")) "]", "Deployment", "web", "not-labelled Kustomization flux-system/web");
	owned("[" WEB(KS_OF("old", "flux-system"), "") "," KS("old", "flux-system", "", "") "," KS("web", "flux-system", "", ENTRY("shop_web_apps_Deployment")) "]", "Deployment",
	      "web", "contested Kustomization flux-system/web not Kustomization flux-system/old");
	owned("[" WEB(KS_OF("web", "flux-system"), "") "]", "Deployment", "web", "owner-gone Kustomization flux-system/web");
	owned("[" WEB("", "") "," KS("web", "flux-system", "", "") "]", "Deployment", "web", "none");
	/* The same name in another namespace, group or kind is another thing. */
	owned("[" WEB("", "") "," KS("web", "flux-system", "", ENTRY("other_web_apps_Deployment") "," ENTRY("shop_web_extensions_Deployment") "," ENTRY("shop_web_apps_StatefulSet")) "]",
	      "Deployment", "web", "none");
	owned("[" WEB(KS_OF("web", "team"), "") "," KS("web", "flux-system", "", "") "," KS("web", "team", "", ENTRY("shop_web_apps_Deployment")) "]", "Deployment", "web",
	      "confirmed Kustomization team/web");
}

static void test_argocd_by_annotation(void **state)
{
	(void)state;
	owned("[" WEB("", TRACKING("web:apps/Deployment:shop/web")) "," APP("web", "argocd", LISTED) "]", "Deployment", "web", "confirmed Application argocd/web");
	owned("[" WEB("", TRACKING("web:apps/Deployment:team/web")) "," APP("web", "argocd", "") "]", "Deployment", "web", "none"); /* of another namespace, as long as this one */
	owned("[" WEB("", TRACKING("web:apps/Deployment:shop/web")) "," APP("web", "gitops", LISTED) "]", "Deployment", "web", "confirmed Application gitops/web");
	owned("[" WEB("", TRACKING("team_web:apps/Deployment:shop/web")) "," APP("web", "argocd", LISTED) "," APP("web", "team", LISTED) "]", "Deployment", "web",
	      "confirmed Application team/web");
	owned("[" WEB("", TRACKING("web:apps/Deployment:shop/web")) "," APP("web", "argocd", "") "]", "Deployment", "web", "not-listed Application argocd/web");
	/* An operator copied the annotation of another object. */
	owned("[" WEB("", TRACKING("web:apps/Deployment:shop/other")) "," APP("web", "argocd", "") "]", "Deployment", "web", "none");
	owned("[" WEB("", TRACKING("web:/Service:shop/web")) "," APP("web", "argocd", "") "]", "Deployment", "web", "none");
	owned("[" WEB("", TRACKING("web")) "," APP("web", "argocd", "") "]", "Deployment", "web", "none");
	owned("[" WEB("", TRACKING("gone:apps/Deployment:shop/web")) "]", "Deployment", "web", "owner-gone Application gone");
}

static void test_up_to_the_root_and_not_around(void **state)
{
	static const char pod[] = "{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p','namespace':'shop','ownerReferences':[{'apiVersion':'apps/v1','kind':'ReplicaSet','name':'r','controller':true}]}},"
				  "{'apiVersion':'apps/v1','kind':'ReplicaSet','metadata':{'name':'r','namespace':'shop','ownerReferences':[{'apiVersion':'apps/v1','kind':'Deployment','name':'web','controller':true}]}}";
	struct lf_str text = {0};

	(void)state;
	lf_str_addf(&text, "[%s,%s,%s,%s]", pod, WEB(KS_OF("web", "flux-system"), ""),
		    KS("web", "flux-system", KS_OF("flux-system", "flux-system"), ENTRY("shop_web_apps_Deployment")),
		    KS("flux-system", "flux-system", KS_OF("flux-system", "flux-system"),
		       ENTRY("flux-system_web_kustomize.toolkit.fluxcd.io_Kustomization") "," ENTRY("flux-system_flux-system_kustomize.toolkit.fluxcd.io_Kustomization")));
	owned(lf_str_text(&text), "Pod", "p",
	      "confirmed Kustomization flux-system/web; confirmed Kustomization flux-system/flux-system; confirmed Kustomization flux-system/flux-system");
	lf_str_dispose(&text);
	/* Two that apply each other. */
	owned("[" WEB(KS_OF("a", "f"), "") "," KS("a", "f", KS_OF("b", "f"), ENTRY("shop_web_apps_Deployment") "," ENTRY("f_b_kustomize.toolkit.fluxcd.io_Kustomization")) ","
	      KS("b", "f", KS_OF("a", "f"), ENTRY("f_a_kustomize.toolkit.fluxcd.io_Kustomization")) "]",
	      "Deployment", "web", "confirmed Kustomization f/a; confirmed Kustomization f/b; confirmed Kustomization f/a");
	/* A pod nobody manages. */
	owned("[{'apiVersion':'v1','kind':'Pod','metadata':{'name':'p','namespace':'shop'}}]", "Pod", "p", "none");
}

static void test_origin(void **state)
{
	struct lf_objects *store = test_objects("[" KS("web", "flux-system", "", "") "," SOURCE "," APP("web", "argocd", "") "]");
	struct lf_origin origin = {0};

	(void)state;
	lf_engine_flux.origin(&origin, store, lf_objects_find(store, "kustomize.toolkit.fluxcd.io", "Kustomization", "flux-system", "web"));
	assert_string_equal(origin.repository, "ssh://git@h/o/r");
	assert_string_equal(origin.revision, "main");
	assert_string_equal(origin.applied, COMMIT);
	assert_string_equal(origin.path, "./web");
	lf_origin_dispose(&origin);
	lf_engine_argocd.origin(&origin, store, lf_objects_find(store, "argoproj.io", "Application", "argocd", "web"));
	assert_string_equal(origin.repository, "https://h/o/r");
	assert_string_equal(origin.revision, "v1");
	assert_string_equal(origin.applied, COMMIT);
	assert_string_equal(origin.path, "apps/web");
	lf_origin_dispose(&origin);
	lf_objects_free(store);
}

/* One consumer and its source; where it reads from, what it follows and what it has applied. */
static void test_origins(void **state)
{
#define FLUX(kind, spec, status) "{'apiVersion':'" kind "','metadata':{'name':'web','namespace':'f'},'spec':{" spec "},'status':{" status "}}"
#define KUSTOMIZATION "kustomize.toolkit.fluxcd.io/v1','kind':'Kustomization"
#define RELEASE "helm.toolkit.fluxcd.io/v2','kind':'HelmRelease"
#define GIT(ref) "{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'GitRepository','metadata':{'name':'s','namespace':'f'},'spec':{'url':'ssh://h/r'" ref "}}"
#define HELM(namespace) "{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'HelmRepository','metadata':{'name':'s','namespace':'" namespace "'},'spec':{'url':'https://charts'}}"
#define OCI "{'apiVersion':'source.toolkit.fluxcd.io/v1','kind':'OCIRepository','metadata':{'name':'s','namespace':'f'},'spec':{'url':'oci://h/r','ref':{'digest':'sha256:1'}}}"
#define BY(kind) "'path':'./p','sourceRef':{'kind':'" kind "','name':'s'}"
#define CHART(from) "'chart':{'spec':{'chart':'c','version':'1.x','sourceRef':{'kind':'HelmRepository','name':'s'" from "}}}"
#define ARGO(source, status) "{'apiVersion':'argoproj.io/v1alpha1','kind':'Application','metadata':{'name':'web','namespace':'f'},'spec':{" source "},'status':{'sync':{" status "}}}"
	static const struct {
		const struct lf_engine *engine;
		const char *group, *kind, *objects, *repository, *revision, *applied, *path, *values; /* NULL: it has none */
	} rows[] = {
		{&lf_engine_flux, "kustomize.toolkit.fluxcd.io", "Kustomization", FLUX(KUSTOMIZATION, BY("GitRepository"), "'lastAttemptedRevision':'main@sha1:1'") "," GIT(",'ref':{'branch':'b'}"),
		 "ssh://h/r", "b", "1", "./p", NULL},
		{&lf_engine_flux, "kustomize.toolkit.fluxcd.io", "Kustomization", FLUX(KUSTOMIZATION, BY("GitRepository"), "'lastAppliedRevision':'main@sha1:2','lastAttemptedRevision':'main@sha1:1'") ","
		 GIT(",'ref':{'branch':'b','tag':'t'}"), "ssh://h/r", "t", "2", "./p", NULL},
		{&lf_engine_flux, "kustomize.toolkit.fluxcd.io", "Kustomization", FLUX(KUSTOMIZATION, BY("GitRepository"), "") "," GIT(",'ref':{'branch':'b','tag':'t','semver':'v'}"), "ssh://h/r", "v",
		 "", "./p", NULL},
		{&lf_engine_flux, "kustomize.toolkit.fluxcd.io", "Kustomization", FLUX(KUSTOMIZATION, BY("GitRepository"), "") "," GIT(",'ref':{'branch':'b','semver':'v','name':'refs/x'}"), "ssh://h/r",
		 "refs/x", "", "./p", NULL},
		{&lf_engine_flux, "kustomize.toolkit.fluxcd.io", "Kustomization", FLUX(KUSTOMIZATION, BY("GitRepository"), "") "," GIT(",'ref':{'branch':'b','name':'refs/x','commit':'3f'}"), "ssh://h/r",
		 "3f", "", "./p", NULL},
		{&lf_engine_flux, "kustomize.toolkit.fluxcd.io", "Kustomization", FLUX(KUSTOMIZATION, BY("GitRepository"), "") "," GIT(""), "ssh://h/r", "master", "", "./p", NULL},
		{&lf_engine_flux, "kustomize.toolkit.fluxcd.io", "Kustomization", FLUX(KUSTOMIZATION, BY("OCIRepository"), "") "," OCI, "oci://h/r", "sha256:1", "", "./p", NULL},
		{&lf_engine_flux, "kustomize.toolkit.fluxcd.io", "Kustomization", FLUX(KUSTOMIZATION, BY("Bucket"), ""), "", "", "", "./p", NULL},
		{&lf_engine_flux, "helm.toolkit.fluxcd.io", "HelmRelease", FLUX(RELEASE, CHART(""), "'lastAttemptedRevision':'1.2.3'") "," HELM("f"), "https://charts", "1.x", "1.2.3", "c", "spec.values"},
		{&lf_engine_flux, "helm.toolkit.fluxcd.io", "HelmRelease", FLUX(RELEASE, CHART(",'namespace':'g'"), "") "," HELM("f") "," HELM("g"), "https://charts", "1.x", "", "c", "spec.values"},
		{&lf_engine_flux, "helm.toolkit.fluxcd.io", "HelmRelease", FLUX(RELEASE, CHART(",'namespace':'g'"), "") "," HELM("f"), "", "1.x", "", "c", "spec.values"},
		{&lf_engine_argocd, "argoproj.io", "Application", ARGO("'source':{'repoURL':'u','path':'p'}", "'revision':'3f'"), "u", "HEAD", "3f", "p", NULL},
		{&lf_engine_argocd, "argoproj.io", "Application", ARGO("'source':{'repoURL':'u','chart':'c','targetRevision':'1.x'}", ""), "u", "1.x", "", "c", "spec.source.helm.valuesObject"},
		{&lf_engine_argocd, "argoproj.io", "Application", ARGO("'sources':[{'repoURL':'u','path':'p'},{'repoURL':'v'}]", "'revisions':['a','b'],'revision':'c'"), "u", "HEAD", "a", "p", NULL},
		/* The field of an Application in which one more value takes effect: the older one, a text, counts only where the other is not there. */
		{&lf_engine_argocd, "argoproj.io", "Application", ARGO("'source':{'repoURL':'u','path':'p','helm':{'values':'a: 1'}}", ""), "u", "HEAD", "", "p", "spec.source.helm.values"},
		{&lf_engine_argocd, "argoproj.io", "Application", ARGO("'source':{'repoURL':'u','path':'p','helm':{'values':'a: 1','valuesObject':{'a':1}}}", ""), "u", "HEAD", "", "p",
		 "spec.source.helm.valuesObject"},
		{&lf_engine_argocd, "argoproj.io", "Application", ARGO("'source':{'repoURL':'u','path':'p','helm':{'releaseName':'x'}}", ""), "u", "HEAD", "", "p", "spec.source.helm.valuesObject"},
		{&lf_engine_argocd, "argoproj.io", "Application", ARGO("'source':{'repoURL':'u','path':'p'}", "},'sourceType':'Helm','x':{"), "u", "HEAD", "", "p", "spec.source.helm.valuesObject"},
		{&lf_engine_argocd, "argoproj.io", "Application", ARGO("'source':{'repoURL':'u','path':'p'}", "},'sourceType':'Kustomize','x':{"), "u", "HEAD", "", "p", NULL},
		{&lf_engine_argocd, "argoproj.io", "Application", ARGO("'sources':[{'repoURL':'u','chart':'c','targetRevision':'1.x'}]", ""), "u", "1.x", "", "c", "spec.sources.0.helm.valuesObject"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *list = lf_format("[%s]", rows[i].objects);
		struct lf_objects *store = test_objects(list);
		struct lf_origin origin = {0};

		rows[i].engine->origin(&origin, store, lf_objects_find(store, rows[i].group, rows[i].kind, "f", "web"));
		if (!lf_equal(origin.repository, rows[i].repository) || !lf_equal(origin.revision, rows[i].revision) || !lf_equal(origin.applied, rows[i].applied) ||
		    !lf_equal(origin.path, rows[i].path) || !lf_equal(origin.values, rows[i].values))
			fail_msg("row %zu: %s %s %s %s %s", i, origin.repository, origin.revision, origin.applied, origin.path, origin.values ? origin.values : "");
		lf_origin_dispose(&origin);
		lf_objects_free(store);
		lf_free(list);
	}
}

static void test_claims(void **state)
{
	static const struct {
		const struct lf_engine *engine;
		const char *labels, *annotations, *owner; /* NULL: none */
	} rows[] = {
		{&lf_engine_flux, KS_OF("a", "f"), "", "Kustomization f/a"},
		{&lf_engine_flux, "'helm.toolkit.fluxcd.io/name':'a','helm.toolkit.fluxcd.io/namespace':'f'", "", "HelmRelease f/a"},
		{&lf_engine_flux, "'helm.toolkit.fluxcd.io/name':'a'", "", NULL},
		{&lf_engine_flux, "'kustomize.toolkit.fluxcd.io/namespace':'a'", "", NULL},
		{&lf_engine_flux, "", "", NULL},
		{&lf_engine_argocd, "", TRACKING("team_web:apps/Deployment:shop/web"), "Application team/web"},
		{&lf_engine_argocd, "", TRACKING("web:apps/Deployment:shop/web"), "Application /web"},
		{&lf_engine_argocd, "", TRACKING(""), NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		char *text = lf_format(WEB("%s", "%s"), rows[i].labels, rows[i].annotations), *owner;
		struct lf_node *object = test_json(text);
		struct lf_ref ref = {0};
		bool claims = rows[i].engine->claim(&ref, object);

		owner = claims ? lf_format("%s %s/%s", ref.kind, ref.namespace, ref.name) : NULL;
		if (!lf_equal(owner, rows[i].owner))
			fail_msg("row %zu: %s", i, owner ? owner : "nobody");
		lf_free(owner);
		lf_ref_dispose(&ref);
		lf_node_free(object);
		lf_free(text);
	}
}

/* What each tool is known by, and the kinds it reads: what the API server is asked for. */
static void test_kinds(void **state)
{
#define FLUX_SOURCE "source.toolkit.fluxcd.io"
	static const struct {
		const struct lf_engine *engine;
		const char *name, *group, *kind, *version;
	} rows[] = {
		{&lf_engine_flux, "flux", "kustomize.toolkit.fluxcd.io", "Kustomization", "v1"}, {&lf_engine_flux, "flux", "helm.toolkit.fluxcd.io", "HelmRelease", "v2"},
		{&lf_engine_flux, "flux", FLUX_SOURCE, "GitRepository", "v1"}, {&lf_engine_flux, "flux", FLUX_SOURCE, "HelmRepository", "v1"},
		{&lf_engine_flux, "flux", FLUX_SOURCE, "HelmChart", "v1"}, {&lf_engine_flux, "flux", FLUX_SOURCE, "OCIRepository", "v1"}, {&lf_engine_flux, "flux", FLUX_SOURCE, "Bucket", "v1"},
		{&lf_engine_argocd, "argocd", "argoproj.io", "Application", "v1alpha1"}, {&lf_engine_argocd, "argocd", "argoproj.io", "ApplicationSet", "v1alpha1"},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		bool reads = false;

		for (size_t k = 0; k < rows[i].engine->kind_count; k++)
			reads |= lf_equal(rows[i].engine->kinds[k].group, rows[i].group) && lf_equal(rows[i].engine->kinds[k].kind, rows[i].kind) &&
				 lf_equal(rows[i].engine->kinds[k].version, rows[i].version);
		if (!reads || strcmp(rows[i].engine->name, rows[i].name))
			fail_msg("%s does not read %s", rows[i].engine->name, rows[i].kind);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_claim_counts_when_the_list_agrees),
	    cmocka_unit_test(test_argocd_by_annotation),
	    cmocka_unit_test(test_up_to_the_root_and_not_around),
	    cmocka_unit_test(test_origin),
	    cmocka_unit_test(test_origins),
	    cmocka_unit_test(test_claims),
	    cmocka_unit_test(test_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
