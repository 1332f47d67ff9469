/* render_chart: the parts of an Application that are about a chart. A chart of a repository: repoURL, chart, targetRevision, and no path. A chart in Git: the path, as
 * render.c has it. For both "helm", but never an empty one, which Argo CD takes away again (drift in an app of apps).
 *
 * Of parameters > valuesObject > values > valueFiles the first wins, and where valuesObject is set values is not read at all: only one of the two is written. A
 * parameter goes through "helm --set": what has a meaning there is escaped, and a text that Helm would take for a number or for true is forced to be a string. */
#include "config.h"
#include "providers/argocd/argocd.h"

#include <string.h>

#include "core/chart_source.h"
#include "core/chart_values.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"

char *lf_argocd_chart_url(const char *url)
{
	return lf_dup(lf_chart_url_is_oci(url) ? url + strlen("oci://") : url);
}

void lf_argocd_put_chart(struct lf_node *source, const struct lf_plan *plan)
{
	char *url = lf_argocd_chart_url(lf_plan_text(plan, "chartRepoUrl"));

	lf_node_set_origin(lf_node_set_text(source, "repoURL", url), "chartRepoUrl");
	lf_plan_put(source, "chart", plan, "chartName");
	lf_plan_put(source, "targetRevision", plan, "chartVersion");
	lf_free(url);
}

/* A comma ends a value for Helm, a brace at its beginning makes a list of it, and a backslash is gone unless there are two. */
static char *escape(const char *value)
{
	struct lf_str out = {0};

	if (*value == '{')
		lf_str_add_char(&out, '\\');
	for (; *value; value++) {
		if (*value == ',' || *value == '\\')
			lf_str_add_char(&out, '\\');
		lf_str_add_char(&out, *value);
	}
	return out.length ? lf_str_take(&out) : lf_dup("");
}

static void put_parameters(struct lf_node *helm, const struct lf_plan *plan)
{
	struct lf_node *map = lf_plan_tree(plan, "helmParameters"), *list;

	if (lf_node_count(map)) {
		list = lf_node_set_list(helm, "parameters");
		lf_node_set_origin(list, "helmParameters");
		for (size_t i = 0; i < lf_node_count(map); i++) {
			const struct lf_node *value = lf_node_at(map, i);
			struct lf_node *entry = lf_node_add_map(list);
			char *text = escape(lf_node_text(value, NULL));

			lf_node_set_origin(lf_node_set_text(entry, "name", lf_node_key_at(map, i)), "helmParameters");
			lf_node_set_origin(lf_node_set_text(entry, "value", text), "helmParameters");
			if (lf_node_kind(value) == LF_NODE_TEXT && lf_yaml_needs_quotes(lf_node_text(value, NULL)))
				lf_node_set_origin(lf_node_set_bool(entry, "forceString", true), "helmParameters");
			lf_free(text);
		}
	}
	lf_node_free(map);
}

static void put_values(struct lf_node *helm, const struct lf_plan *plan)
{
	struct lf_node *values = lf_chart_put_values(helm, "valuesObject", plan);
	struct lf_str text = {0};

	/* That it is a map is the other answer's. */
	lf_node_set_origin(values, "helmValuesAs");
	if (!lf_node_count(values)) { /* says nothing */
		lf_node_remove(helm, "valuesObject");
	} else if (lf_plan_is(plan, "helmValuesAs", "values")) {
		lf_yaml_emit(&text, values, NULL);
		lf_node_remove(helm, "valuesObject");
		lf_node_set_origin(lf_node_set_text(helm, "values", lf_str_text(&text)), "values");
		lf_str_dispose(&text);
	}
}

void lf_argocd_put_helm(struct lf_node *source, const struct lf_plan *plan)
{
	struct lf_node *helm;

	if (!lf_plan_is_chart(plan))
		return;
	helm = lf_node_set_map(source, "helm");
	lf_plan_put(helm, "releaseName", plan, "releaseName");
	lf_plan_put_list(helm, "valueFiles", plan, "valueFiles");
	if (lf_plan_yes(plan, "ignoreMissingValueFiles"))
		lf_plan_put_bool(helm, "ignoreMissingValueFiles", plan, "ignoreMissingValueFiles");
	put_values(helm, plan);
	put_parameters(helm, plan);
	if (lf_plan_yes(plan, "skipCrds"))
		lf_plan_put_bool(helm, "skipCrds", plan, "skipCrds");
	if (!lf_node_count(helm))
		lf_node_remove(source, "helm");
}

/* All of it is in the Application itself, which render.c writes. */
static void render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)out;
	(void)plan;
	(void)facts;
}

const struct lf_extra lf_argocd_chart = {.questions = lf_argocd_chart_rows, .question_count = LF_ARGOCD_CHART_QUESTIONS, .render = render};
