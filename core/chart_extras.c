/* chart_extras: see chart_extras.h. */
#include "config.h"
#include "core/chart_extras.h"

#include <string.h>

#include "core/chart_source.h"
#include "core/extra.h"
#include "core/mem.h"
#include "core/str.h"

bool lf_chart_extras_possible(const struct lf_plan *plan)
{
	return lf_plan_is_chart(plan) && (lf_plan_is(plan, "gitopsDeployment", "flux") || lf_plan_is(plan, "gitopsDeployment", "argocd"));
}

bool lf_chart_has_canary(const struct lf_plan *plan)
{
	return lf_chart_extras_possible(plan) && lf_plan_is(plan, "progressiveDelivery", "flagger");
}

void lf_chart_extras_beside(struct lf_refs *out, const struct lf_plan *plan)
{
	if (lf_chart_has_canary(plan))
		lf_refs_add(out, lf_ref_new("flagger.app", "Canary", lf_plan_text(plan, "targetNamespace"), lf_plan_text(plan, "canaryDeployment")));
}

char *lf_chart_extras_folder(const struct lf_plan *plan, const char *top)
{
	const char *app = lf_plan_text(lf_plan_whole(plan), "appName"), *environment = lf_plan_environment(plan);

	if (!*app || strchr(app, '/'))
		return NULL;
	return lf_format("%s/%s%s%s", top, app, *environment ? "/" : "", environment);
}

struct lf_document *lf_chart_extras_add(struct lf_documents *out, const struct lf_plan *plan, const char *file, struct lf_node *tree)
{
	char *folder, *path;
	struct lf_document *document = NULL;

	if (lf_plan_is(plan, "gitopsDeployment", "flux"))
		return lf_extra_add_gitops(out, plan, file, tree);
	folder = lf_chart_extras_folder(plan, "extras");
	path = folder ? lf_path_join(folder, file) : NULL;
	if (path)
		document = lf_documents_add(out, path, LF_DOCUMENT_WORKLOAD, tree);
	else
		lf_node_free(tree);
	lf_free(folder);
	lf_free(path);
	return document;
}
