/* chart_extras: an Application of its own for what comes with a chart's release (core/chart_extras.h). A second source in the release's own would make each commit of the
 * repository a new revision of it. It goes where the release goes, so that it works for other clusters, too, and makes the namespace. */
#include "config.h"
#include "providers/argocd/argocd.h"

#include "core/chart_extras.h"
#include "core/mem.h"
#include "core/secrets_chart.h"
#include "core/str.h"

static struct lf_node *build(const struct lf_plan *plan, const struct lf_facts *facts, const char *folder)
{
	struct lf_node *root = lf_argocd_build_beside(plan, facts), *spec = lf_node_get(root, "spec"), *source = lf_node_new(LF_NODE_MAP);
	char *name = lf_format("%s-extras", lf_plan_text(plan, "appName")), *url = lf_argocd_git_url(plan);

	lf_extra_put(lf_node_get(root, "metadata"), "name", name, "appName");
	lf_node_set_origin(lf_node_get(root, "kind"), lf_secrets_are_of_chart(plan) ? "secretMethod" : "progressiveDelivery");
	if (lf_plan_yes(plan, "appProject"))
		lf_plan_put(spec, "project", lf_plan_whole(plan), "projectName");
	lf_extra_put(source, "repoURL", url, "gitRepoUrl");
	lf_plan_put(source, "targetRevision", plan, "gitBranch");
	lf_extra_put(source, "path", folder, "appName");
	lf_node_set(spec, "source", source);
	lf_free(name);
	lf_free(url);
	return root;
}

static void render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *app = lf_plan_text(lf_plan_whole(plan), "appName");
	bool has_secret = lf_secrets_are_written(plan) && !(lf_plan_is(plan, "secretMethod", "sops") && !*lf_plan_text(plan, "encryptedSecret"));
	char *folder = has_secret || lf_chart_has_canary(plan) ? lf_chart_extras_folder(plan, "extras") : NULL, *file;

	if (!folder)
		return;
	file = lf_format("%s-extras-app.yaml", app);
	lf_extra_add_gitops(out, plan, file, build(plan, facts, folder));
	lf_free(file);
	lf_free(folder);
}

const struct lf_extra lf_argocd_chart_extras = {.render = render};
