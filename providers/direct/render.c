/* render: nothing beside the workload. Only a chart's values need a file: without a controller's object there is no other place for them, and helm reads them from it. */
#include "config.h"
#include "providers/direct/direct.h"

#include "core/chart_values.h"
#include "core/environments.h"
#include "core/mem.h"
#include "core/str.h"

char *lf_direct_values_path(const struct lf_plan *plan)
{
	if (lf_plan_is(plan, "deploymentMethod", "helm")) {
		char *name = lf_environments_file(plan, "values.yaml"), *path = lf_path_join(lf_plan_text(plan, "gitopsPath"), name);

		lf_free(name);
		return path;
	}
	if (lf_plan_is(plan, "deploymentMethod", "helm-git") && lf_chart_has_values(plan)) {
		/* The chart's own values.yaml stays as it is. */
		char *name = lf_format("values-%s.yaml", lf_plan_text(plan, "appName")), *path = lf_path_join(lf_plan_text(plan, "gitPath"), name);

		lf_free(name);
		return path;
	}
	return NULL;
}

void lf_direct_render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	char *path = lf_direct_values_path(plan), *command;
	struct lf_node *holder, *tree;
	struct lf_str comment = {0};

	if (!path)
		return;
	holder = lf_node_new(LF_NODE_MAP);
	tree = lf_chart_put_values(holder, "values", plan);
	tree = tree ? lf_node_take(holder, 0) : lf_node_new(LF_NODE_MAP);
	command = lf_direct_command(plan, facts);
	lf_str_addf(&comment, "Values of the release %s. To install or upgrade it, in the root of this repository:\n%s",
		    *lf_plan_text(plan, "releaseName") ? lf_plan_text(plan, "releaseName") : lf_plan_text(plan, "appName"), command);
	lf_node_set_comment(tree, lf_str_text(&comment));
	lf_documents_add(out, path, LF_DOCUMENT_WORKLOAD, tree);
	lf_str_dispose(&comment);
	lf_node_free(holder);
	lf_free(command);
	lf_free(path);
}
