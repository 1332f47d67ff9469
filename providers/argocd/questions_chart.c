/* questions_chart: what Argo CD needs to know about a chart beyond the common rows: spec.source.helm of an Application (argoproj.io/v1alpha1, Argo CD 3.2). */
#include "config.h"
#include "providers/argocd/argocd.h"

#include <string.h>

#include "core/chart_source.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"
#include "core/extra.h"

static bool is_chart(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_is_chart(plan);
}

static bool has_value_files(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return *lf_plan_text(plan, "valueFiles");
}

static bool has_values(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return *lf_plan_text(plan, "values");
}

static int check_parameters(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	static const struct lf_question map = {.id = "", .kind = LF_ASK_YAML, .shape = LF_NODE_MAP};
	struct lf_node *tree = NULL;
	int code = lf_question_tree(&tree, &map, value, err);

	(void)plan;
	(void)facts;
	for (size_t i = 0; !code && i < lf_node_count(tree); i++) {
		const struct lf_node *item = lf_node_at(tree, i);

		if (lf_node_kind(item) != LF_NODE_MAP && lf_node_kind(item) != LF_NODE_LIST && *lf_node_key_at(tree, i))
			continue;
		code = lf_fail(err, LF_EINVAL, "helmParameters", 0, "%.80s has more than one value; a parameter is a path and one value.", lf_node_key_at(tree, i));
		lf_hint(err, "Write the path with dots, or put it under Values. Example: {image.tag: \"1.27\"}");
	}
	lf_node_free(tree);
	return code;
}

static const struct lf_option forms[] = {
	{"valuesObject", "as a map", "Readable, and each value can be compared"},
	{"values", "as a block of text", "For tools that only know the older field"},
};

/* What "helm --set" makes of VALUE: escape() of render_chart.c taken back. */
static char *unescape(const char *value)
{
	struct lf_str out = {0};

	for (; *value; value++) {
		if (*value == '\\' && value[1])
			value++;
		lf_str_add_char(&out, *value);
	}
	return out.length ? lf_str_take(&out) : lf_dup("");
}

/* As put_parameters() writes them; NULL: one has more to it. */
static char *recall_parameters(const struct lf_node *list)
{
	static const char *const known[] = {"name", "value", "forceString", NULL};
	struct lf_node *map = lf_node_new(LF_NODE_MAP);
	struct lf_str text = {0};
	bool ours = lf_node_kind(list) == LF_NODE_LIST;

	for (size_t i = 0; i < lf_node_count(list) && ours; i++) {
		const struct lf_node *item = lf_node_at(list, i);
		const char *name = lf_node_text(item, "name");
		char *value = unescape(lf_node_text(item, "value"));
		struct lf_node *read = NULL;

		ours = !lf_extra_check_keys(item, known, "", NULL) && *name && !lf_node_key(map, name);
		/* Without forceString Helm takes it for what it looks like. */
		if (ours && !lf_node_true(item, "forceString") && !lf_yaml_parse(&read, value, strlen(value), "", NULL, NULL) && lf_node_count(read) == 1)
			lf_node_set(map, name, lf_node_take(read, 0));
		else if (ours)
			lf_node_set_text(map, name, value);
		lf_node_free(read);
		lf_free(value);
	}
	if (ours)
		lf_yaml_emit(&text, map, NULL);
	lf_node_free(map);
	return ours ? lf_str_take(&text) : NULL;
}

const struct lf_question lf_argocd_chart_rows[] = {
	{
	    .id = "helmValuesAs",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "Values are written",
	    .help = "As a map, or as a block of text.",
	    .example = "valuesObject",
	    .yaml = "spec.source.helm.valuesObject or spec.source.helm.values of <app>-app.yaml",
	    .fallback = "valuesObject",
	    .options = forms,
	    .option_count = LF_COUNT(forms),
	    .shown = has_values,
	},
	{
	    .id = "helmParameters",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YAML,
	    .shape = LF_NODE_MAP,
	    .texts = true,
	    .prompt = "Parameters",
	    .help = "Single values that win over all others, as helm --set takes them.",
	    .detail = "A map of paths and values. A text in quotes stays a text: {image.tag: \"1.10\"} is written with forceString. A dot that belongs to a key is written \\\\.",
	    .example = "{image.tag: \"1.27\"}",
	    .yaml = "spec.source.helm.parameters of <app>-app.yaml",
	    .recall = recall_parameters,
	    .optional = true,
	    .check = check_parameters,
	    .shown = is_chart,
	},
	{
	    .id = "ignoreMissingValueFiles",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Value files may be missing",
	    .help = "Whether a value file that is not in the commit is passed over instead of being an error.",
	    .yaml = "spec.source.helm.ignoreMissingValueFiles of <app>-app.yaml",
	    .fallback = "no",
	    .shown = has_value_files,
	},
	{
	    .id = "skipCrds",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Leave out the chart's crds/",
	    .help = "Whether the custom resource definitions a chart brings come from somewhere else.",
	    .yaml = "spec.source.helm.skipCrds of <app>-app.yaml",
	    .fallback = "no",
	    .shown = is_chart,
	},
};
_Static_assert(LF_COUNT(lf_argocd_chart_rows) == LF_ARGOCD_CHART_QUESTIONS, "count the rows again");
