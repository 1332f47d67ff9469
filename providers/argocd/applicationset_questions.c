/* applicationset_questions: what is asked about an ApplicationSet, and which generator goes with which environments. */
#include "config.h"
#include "providers/argocd/argocd.h"

#include <string.h>

#include "core/chart_source.h"
#include "core/mem.h"
#include "core/secrets_chart.h"
#include "core/str.h"

static bool offered(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_ref adopted = {0};
	bool found = lf_argocd_find_adopted(&adopted, plan, facts);

	lf_ref_dispose(&adopted);
	return !found;
}

static bool shown_for_clusters(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_argocd_set_is_of_clusters(plan);
}

static bool has_environments(const struct lf_plan *plan)
{
	return *lf_plan_text(lf_plan_whole(plan), "environments");
}

/* The generator knows folders beside each other, and calls each environment by its folder's name. PLAN is the environment's. */
static bool lies_elsewhere(const struct lf_plan *plan)
{
	static const char *const homes[] = {".", "overlays", "envs", "environments", ".."}; /* from the path of all of them, which may name one */
	char *path = lf_path_join("", lf_plan_text(plan, "gitPath")), *parent = lf_path_join(lf_plan_text(plan, "gitPath"), "..");
	const char *name = lf_plan_environment(plan), *slash = path ? strrchr(path, '/') : NULL;
	bool beside = false;

	for (size_t i = 0; i < LF_COUNT(homes) && parent; i++) {
		char *home = lf_path_join(lf_plan_text(lf_plan_whole(plan), "gitPath"), homes[i]);

		beside = beside || lf_equal(parent, home ? home : "");
		lf_free(home);
	}
	beside = beside && path && lf_equal(slash ? slash + 1 : path, name);
	lf_free(path);
	lf_free(parent);
	return *name && !beside;
}

static int check_set(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	bool of_clusters = lf_equal(value, "cluster"), of_folders = lf_equal(value, "git");
	int code = LF_OK;

	(void)facts;
	if (lf_equal(value, "no"))
		return LF_OK;
	if (of_clusters && has_environments(plan)) {
		code = lf_fail(err, LF_EINVAL, "applicationSet", 0, "A generator of clusters makes one Application for each cluster, not for each environment.");
		lf_hint(err, "Choose list or git, or leave the environments empty.");
	} else if (!of_clusters && !has_environments(plan)) {
		code = lf_fail(err, LF_EINVAL, "applicationSet", 0, "There is only one environment, so there is nothing to generate.");
		lf_hint(err, "Name the environments in the application step, or choose no.");
	} else if (of_folders && lf_plan_is_chart(plan)) {
		code = lf_fail(err, LF_EINVAL, "applicationSet", 0, "A chart has no folder for each environment.");
		lf_hint(err, "Choose list.");
	} else if (of_folders && lies_elsewhere(plan)) {
		code = lf_fail(err, LF_EINVAL, "applicationSet", 0, "A generator of folders finds those that lie beside each other and are called as their environments; %.64s is none.",
			       lf_plan_text(plan, "gitPath"));
		lf_hint(err, "Choose list, or leave out the path in environmentSettings.");
	} else if (of_clusters && lf_secrets_are_of_chart(plan)) {
		code = lf_fail(err, LF_EINVAL, "applicationSet", 0, "Only the set knows these clusters, and a chart's secrets have an Application beside it.");
		lf_hint(err, "Name the environments with their clusters and choose list, or answer no to the secrets.");
	}
	return code;
}

static bool warn_set(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)plan;
	return !lf_equal(value, "no") && lf_extra_unserved(out, facts, LF_ARGOCD_GROUP, "ApplicationSet", "the ApplicationSet controller");
}

static int check_labels(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_node *tree = NULL;
	int code = lf_question_tree(&tree, lf_plan_question(plan, "clusterLabels"), value, err);

	(void)facts;
	for (size_t i = 0; i < lf_node_count(tree) && !code; i++) {
		if (lf_node_kind(lf_node_at(tree, i)) == LF_NODE_TEXT)
			continue;
		code = lf_fail(err, LF_EINVAL, "clusterLabels", 0, "The label %.64s is no text.", lf_node_key_at(tree, i));
		lf_hint(err, "Labels are text; put quotes around numbers and true. Example: {environment: production}");
	}
	lf_node_free(tree);
	return code;
}

/* Which generator the set has. */
static char *recall_set(const struct lf_node *generator)
{
	static const char *const names[][2] = {{"list", "list"}, {"git", "git"}, {"clusters", "cluster"}};

	for (size_t i = 0; i < LF_COUNT(names); i++) {
		if (lf_node_key(generator, names[i][0]))
			return lf_dup(names[i][1]);
	}
	return NULL;
}

static const struct lf_option choices[] = {
	{"no", "no", "An Application for each environment"},
	{"list", "from a list", "The environments stand in the set itself"},
	{"git", "from folders in Git", "Each overlay's folder becomes an Application, also one that comes later"},
	{"cluster", "from clusters", "Each cluster that Argo CD knows under these labels gets the application"},
};

const struct lf_question lf_argocd_set_rows[] = {
	{
	    .id = "applicationSet",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "ApplicationSet",
	    .help = "One object that makes the Applications, in place of one file for each.",
	    .detail = "The set makes an Application for each environment, folder or cluster from one template, and keeps them as the template says. One generator; what "
		      "differs between environments beyond names becomes a parameter or a patch.",
	    .example = "list",
	    .yaml = "spec.generators.0 of applicationset.yaml",
	    .recall = recall_set,
	    .fallback = "no",
	    .options = choices,
	    .option_count = LF_COUNT(choices),
	    .check = check_set,
	    .warn = warn_set,
	    .shown = offered,
	},
	{
	    .id = "clusterLabels",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_YAML,
	    .shape = LF_NODE_MAP,
	    .prompt = "Labels of the clusters",
	    .help = "Which clusters: those whose Secret in Argo CD has all of these labels.",
	    .example = "{environment: production}",
	    .yaml = "spec.generators.0.clusters.selector.matchLabels of applicationset.yaml",
	    .fallback = "{environment: production}",
	    .check = check_labels,
	    .shown = shown_for_clusters,
	},
};
_Static_assert(LF_COUNT(lf_argocd_set_rows) == LF_ARGOCD_SET_QUESTIONS, "count the rows again");
