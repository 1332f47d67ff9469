/* chart_secrets: what Flux needs to bring a chart's secrets into the cluster (core/secrets_chart.h). An ExternalSecret and a SealedSecret lie beside the HelmRelease and need
 * nothing but their namespace. What SOPS encrypted needs a Kustomization that decrypts it, in a folder that nothing else applies: a parent that finds an encrypted Secret
 * and is not told how to decrypt stops. */
#include "config.h"
#include "providers/flux/flux.h"

#include "core/chart_extras.h"
#include "core/chart_source.h"
#include "core/environments.h"
#include "core/mem.h"
#include "core/secrets_chart.h"
#include "core/str.h"

#define SECRETS "secretMethod"

static struct lf_node *build_kustomization(const struct lf_plan *plan, const struct lf_facts *facts, const char *source, const char *folder)
{
	struct lf_node *root = lf_flux_document(facts, LF_FLUX_KUSTOMIZE, "Kustomization", "v1"), *metadata = lf_node_set_map(root, "metadata");
	struct lf_node *spec = lf_node_set_map(root, "spec"), *map;
	char *name = lf_format("%s-secrets", lf_plan_text(plan, "appName")), *path = lf_format("./%s", folder), *secret = lf_secrets_name(plan);

	lf_node_set_origin(lf_node_get(root, "kind"), SECRETS);
	lf_extra_put(metadata, "name", name, "appName");
	lf_plan_put(metadata, "namespace", plan, "fluxNamespace");
	lf_plan_put(spec, "interval", plan, "reconcileInterval");
	map = lf_node_set_map(spec, "sourceRef");
	lf_node_set_text(map, "kind", "GitRepository");
	lf_extra_put(map, "name", source, "appName");
	lf_extra_put(spec, "path", path, "appName");
	lf_extra_put(spec, "targetNamespace", lf_secrets_namespace(plan, secret), "targetNamespace");
	lf_node_set_bool(spec, "prune", true);
	map = lf_node_set_map(spec, "decryption");
	lf_extra_put(map, "provider", "sops", SECRETS);
	if (*lf_plan_text(plan, "sopsKeyName"))
		lf_plan_put(lf_node_set_map(map, "secretRef"), "name", plan, "sopsKeyName");
	lf_free(name);
	lf_free(path);
	lf_free(secret);
	return root;
}

/* helm-controller makes the target namespace only with the release, and the Secret is there before it. */
static bool needs_namespace(const struct lf_plan *plan)
{
	char *name = lf_secrets_name(plan);
	const char *target = lf_plan_text(plan, "targetNamespace");
	bool needs = lf_plan_yes(plan, "createNamespace") && lf_equal(lf_secrets_namespace(plan, name), target) && !lf_plan_is(plan, "helmReleaseNamespace", target);

	lf_free(name);
	return needs;
}

static void render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_flux_source source = {0};
	char *folder;

	if (!lf_secrets_are_written(plan))
		return;
	if (needs_namespace(plan))
		lf_flux_add_namespace(out, plan);
	folder = lf_plan_is(plan, "secretMethod", "sops") ? lf_chart_extras_folder(plan, "secrets") : NULL;
	if (!folder || !*lf_plan_text(plan, "encryptedSecret"))
		goto out;
	lf_flux_choose_source(&source, plan, facts);
	if (lf_plan_is_remote_chart(plan) && !source.reused)
		(lf_environments_shares_source(plan) ? lf_flux_add : lf_flux_add_own)(out, plan, "gitrepository.yaml", lf_flux_build_repository(plan, facts, source.name));
	lf_flux_add_own(out, plan, "secrets-kustomization.yaml", build_kustomization(plan, facts, source.name, folder));
out:
	lf_flux_source_dispose(&source);
	lf_free(folder);
}

const struct lf_extra lf_flux_chart_secrets = {.render = render};
