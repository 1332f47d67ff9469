/* questions_chart: the rows of a Helm chart: where a third-party chart comes from, and for every chart the release and its values. Pure. */
#include "config.h"
#include "core/questions.h"

#include <string.h>

#include "core/chart_view.h"
#include "core/mem.h"
#include "core/plan.h"
#include "core/schema.h"
#include "core/secrets.h"
#include "core/semver.h"
#include "core/str.h"
#include "core/values.h"
#include "core/yaml.h"

static bool from_repository(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_is(plan, "deploymentMethod", "helm");
}

static bool is_chart(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return from_repository(plan, facts) || lf_plan_is(plan, "deploymentMethod", "helm-git");
}

static bool from_git(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_is(plan, "deploymentMethod", "helm-git");
}

/* Flux: spec.url of a HelmRepository is ^(http|https|oci)://.*$ */
static int check_chart_url(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	const char *host = strstr(value, "://");

	(void)plan;
	(void)facts;
	if ((lf_starts_with(value, "https://") || lf_starts_with(value, "http://") || lf_starts_with(value, "oci://")) && host[3] && host[3] != '/' && !strpbrk(value, " \\\"'<>`{}|^")) {
		size_t authority = strcspn(host + 3, "/?#");

		if (!memchr(host + 3, '@', authority))
			return LF_OK;
		lf_fail(err, LF_EINVAL, "chartRepoUrl", 0, "The address holds a user or a password; it would be committed.");
		lf_hint(err, "Leave it out; name a Secret with the credentials in the sync step. Example: https://charts.example.com/stable");
		return LF_EINVAL;
	}
	lf_fail(err, LF_EINVAL, "chartRepoUrl", 0, "This is not the address of a chart repository.");
	lf_hint(err, "https://, http:// or oci:// and a host. Example: https://charts.example.com/stable or oci://registry.example.com/charts");
	return LF_EINVAL;
}

/* Chart.yaml: lower-case letters, digits and dashes are the rule; real repositories also have dots, underscores and capitals. An OCI chart's name may have folders. */
static int check_chart_name(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	bool good = strlen(value) <= 250 && strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/") == strlen(value);

	(void)facts;
	good = good && !strstr(value, "..") && *value != '/' && *value != '-' && *value != '.' && !lf_ends_with(value, "/") &&
	       (!strchr(value, '/') || lf_starts_with(lf_plan_text(plan, "chartRepoUrl"), "oci://"));
	if (good)
		return LF_OK;
	lf_fail(err, LF_EINVAL, "chartName", 0, "This is not the name of a chart.");
	lf_hint(err, "Letters, digits, - . and _, as the repository's index lists it. Example: podinfo");
	return LF_EINVAL;
}

/* helm-controller: spec.releaseName is at most 53 characters, [a-z0-9]([-a-z0-9]*[a-z0-9])?(\.…)* */
static int check_release_name(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	return lf_check_dns_label(value, 53, "The release's name", err);
}

/* Flux puts the target namespace in front, and shortens what is longer than 53 with a hash that nobody can read. */
static bool derive_release_name(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *app = lf_plan_text(plan, "appName");

	(void)facts;
	if (!lf_plan_is(plan, "gitopsDeployment", "flux") || strlen(lf_plan_text(plan, "targetNamespace")) + 1 + strlen(app) <= 53)
		return false;
	return lf_suggest(out, app, "with its namespace it would be too long");
}

static int check_value_files(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_names files = {0};
	int code = LF_OK;

	(void)plan;
	(void)facts;
	lf_list_split(&files, value);
	for (size_t i = 0; i < files.count && !code; i++)
		code = lf_check_repository_path(files.items[i], false, err);
	lf_names_dispose(&files);
	return code;
}

static bool derive_chart_name(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_chart_facts *chart = &facts->chart;

	return chart->charts.count == 1 && lf_equal(chart->url, lf_plan_text(plan, "chartRepoUrl")) &&
	       lf_suggest(out, chart->charts.items[0], "the only one there");
}

static bool derive_chart_version(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_chart_facts *chart = &facts->chart;
	const struct lf_chart_version *newest = lf_chart_newest(chart);

	return newest && lf_equal(chart->url, lf_plan_text(plan, "chartRepoUrl")) && lf_equal(chart->chart, lf_plan_text(plan, "chartName")) &&
	       lf_suggest(out, newest->version, "newest in the repository");
}

static int check_version(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	if (lf_semver_range_is_valid(value))
		return LF_OK;
	lf_fail(err, LF_EINVAL, "chartVersion", 0, "This is neither a version nor a range of versions.");
	lf_hint(err, "6.5.4, 6.5.x, ^1.2.0, ~1.2.0, >=1.0.0 <2.0.0, 1.x || 2.x or *");
	return LF_EINVAL;
}

static const struct lf_question chart_rows[] = {
	{
	    .id = "chartRepoUrl",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Chart repository",
	    .help = "The address of the Helm repository, or of the OCI registry with oci:// in front.",
	    .detail = "Its index is read to offer the charts and their versions. Offline, everything can be typed.",
	    .example = "https://charts.example.com/stable",
	    .yaml = "spec.url of helmrepository.yaml (Flux), spec.source.repoURL (Argo CD)",
	    .check = check_chart_url,
	    .shown = from_repository,
	},
	{
	    .id = "chartName",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_CHART,
	    .prompt = "Chart",
	    .help = "The chart's name in that repository.",
	    .example = "podinfo",
	    .yaml = "spec.chart.spec.chart of helmrelease.yaml (Flux), spec.source.chart (Argo CD)",
	    .derive = derive_chart_name,
	    .check = check_chart_name,
	    .shown = from_repository,
	},
	{
	    .id = "chartVersion",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_VERSION,
	    .prompt = "Version",
	    .help = "An exact version, or a range such as 1.x.x: then newer ones are taken without a commit.",
	    .detail = "An exact version is what reviews and rollbacks can rely on. A range follows the rules of semantic versions: 6.5.x, ^1.2.0, >=1.0.0 <2.0.0.",
	    .example = "6.5.4",
	    .derive = derive_chart_version,
	    .check = check_version,
	    .yaml = "spec.chart.spec.version of helmrelease.yaml (Flux), spec.source.targetRevision (Argo CD)",
	    .shown = from_repository,
	},
};

/* The questions of the repository come after this one: what was looked at there last stands for their answers. */
static bool is_opened(const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_chart_opened *opened = &facts->chart.opened;

	if (!opened->from_git)
		return lf_chart_is_current(facts, plan);
	return lf_plan_is(plan, "deploymentMethod", "helm-git") && lf_equal(opened->url, facts->repository.url) && lf_equal(opened->chart, facts->path.path) &&
	       lf_equal(opened->version, facts->path.branch);
}

/* Against the chart's own schema, with its own values below: as Helm checks them when it installs. */
static int check_values(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	const struct lf_chart_opened *opened = &facts->chart.opened;
	struct lf_schema_options options = {.foreign = &opened->dependencies, .may_lack = *lf_plan_text(plan, "valueFiles") != '\0'};
	struct lf_node *documents = NULL, *merged;
	int code;

	if (!is_opened(plan, facts) || !opened->schema_tree || lf_yaml_parse(&documents, value, strlen(value), "values", NULL, NULL))
		return LF_OK;
	merged = lf_values_merge(opened->values_tree, lf_node_at(documents, 0));
	code = lf_schema_check(opened->schema_tree, merged, &options, err);
	lf_node_free(merged);
	lf_node_free(documents);
	return code;
}

static const struct lf_question values_rows[] = {
	{
	    .id = "releaseName",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Release name",
	    .help = "Helm's name for the release. Empty: the provider's own rule.",
	    .detail = "Argo CD names it after the Application. Flux puts the target namespace in front where that is another one. To take over a release that exists, give "
		      "its name here.",
	    .example = "web",
	    .yaml = "spec.releaseName of helmrelease.yaml (Flux), spec.source.helm.releaseName (Argo CD)",
	    .optional = true,
	    .derive = derive_release_name,
	    .check = check_release_name,
	    .shown = is_chart,
	},
	{
	    .id = "valueFiles",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_LIST,
	    .prompt = "Value files",
	    .help = "Files of values in the chart's folder, besides its values.yaml; the last one wins.",
	    .example = "values-production.yaml",
	    .yaml = "spec.chart.spec.valuesFiles of helmrelease.yaml (Flux), spec.source.helm.valueFiles (Argo CD)",
	    .optional = true,
	    .check = check_value_files,
	    .shown = from_git,
	},
	{
	    .id = "values",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_YAML,
	    .shape = LF_NODE_MAP,
	    .layered = true,
	    .prompt = "Values",
	    .help = "What differs from the chart's own values.",
	    .detail = "A YAML map, as in values.yaml. Only what you set is written; everything else stays as the chart has it and follows its upgrades. No secrets: they would "
		      "be in Git.",
	    .example = "{replicaCount: 2}",
	    .yaml = "spec.values of helmrelease.yaml (Flux), spec.source.helm.valuesObject (Argo CD)",
	    .recall_from = "spec.values of helmrelease.yaml, spec.source.helm.valuesObject or spec.source.helm.values of <app>-app.yaml",
	    .optional = true,
	    .check = check_values,
	    .warn = lf_secrets_warn,
	    .shown = is_chart,
	},
};

const struct lf_question_group lf_questions_chart = {chart_rows, LF_COUNT(chart_rows)};
const struct lf_question_group lf_questions_values = {values_rows, LF_COUNT(values_rows)};
