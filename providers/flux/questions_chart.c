/* questions_chart: what Flux needs to know about a chart beyond the common rows: where the HelmRelease lives, its HelmRepository, and what happens when an install or an
 * upgrade fails. Limits are those of helm.toolkit.fluxcd.io/v2 and source.toolkit.fluxcd.io/v1 as of Flux 2.9. */
#include "config.h"
#include "providers/flux/flux.h"

#include <stdio.h>
#include <string.h>

#include "core/chart_source.h"
#include "core/mem.h"
#include "core/repo_objects.h"
#include "core/questions.h"
#include "core/str.h"
#include "core/text.h"

static bool is_chart(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_is_chart(plan);
}

static bool is_remote(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_is_remote_chart(plan);
}

static const struct lf_node *reused(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return lf_flux_find_helm_repository(plan, facts);
}

static bool writes_helm_repository(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return lf_plan_is_remote_chart(plan) && !reused(plan, facts);
}

static bool derive_release_namespace(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_suggest(out, lf_plan_text(plan, "fluxNamespace"), "with Flux's other objects");
}

/* Taking over somebody else's release would uninstall what theirs installed. */
static int check_release_namespace(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	int code = lf_check_dns_label(value, 63, "The namespace", err);
	const struct lf_node *clash = code ? NULL : lf_flux_find_release_clash(plan, facts, value);
	char *chart;

	if (!clash)
		return code;
	chart = lf_text_clean_dup(lf_node_text(clash, "spec.chart.spec.chart"), 120);
	lf_fail(err, LF_EINVAL, "helmReleaseNamespace", 0, "A HelmRelease %s exists in %s and installs %s.", lf_plan_text(plan, "appName"), value,
		chart && *chart ? chart : "another chart");
	lf_hint(err, "Give the application another name, or choose another namespace here.");
	lf_free(chart);
	return LF_EINVAL;
}

static bool is_in_cluster(const struct lf_node *object, const struct lf_facts *facts)
{
	for (size_t i = 0; i < lf_node_count(facts->cluster.consumers); i++) {
		if (lf_node_at(facts->cluster.consumers, i) == object)
			return true;
	}
	return false;
}

static bool derive_repository_name(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_node *found = reused(plan, facts);
	bool taken, good;
	char *name;

	if (found)
		return lf_suggest(out, lf_node_text(found, "metadata.name"), is_in_cluster(found, facts) ? "found in the cluster" : "found in the repository");
	name = lf_flux_name_helm_repository(&taken, plan, facts);
	good = *lf_plan_text(plan, "chartRepoUrl") && lf_suggest(out, name, taken ? "the name without the number is another repository's" : "from the address");
	lf_free(name);
	return good;
}

static int check_repository_name(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	int code = lf_check_dns_label(value, 63, "The HelmRepository's name", err);
	const struct lf_node *taken = code ? NULL : lf_flux_find(facts, LF_FLUX_SOURCES, "HelmRepository", lf_plan_text(plan, "fluxNamespace"), value), *same;
	char *url;

	if (code)
		return code;
	if (!taken)
		taken = lf_repo_object_find(plan, facts, LF_FLUX_SOURCES, "HelmRepository", lf_plan_text(plan, "fluxNamespace"), value);
	same = reused(plan, facts);
	if (same && !lf_equal(lf_node_text(same, "metadata.name"), value)) {
		lf_fail(err, LF_EINVAL, "helmRepositoryName", 0, "The %s has this repository already, under the name %.80s.", is_in_cluster(same, facts) ? "cluster" : "branch",
			lf_node_text(same, "metadata.name"));
		lf_hint(err, "Leave the name as found: it is used, and no second one is written.");
		return LF_EINVAL;
	}
	if (!taken || lf_chart_url_same(lf_node_text(taken, "spec.url"), lf_plan_text(plan, "chartRepoUrl")))
		return LF_OK;
	url = lf_text_clean_dup(lf_node_text(taken, "spec.url"), 200);
	lf_fail(err, LF_EINVAL, "helmRepositoryName", 0, "A HelmRepository %s exists and reads %s.", value, url ? url : "another address");
	lf_hint(err, "Choose another name: others use that one.");
	lf_free(url);
	return LF_EINVAL;
}

static int check_interval(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	if (lf_duration_ms(value) >= 1000)
		return LF_OK;
	lf_fail(err, LF_EINVAL, "flux.duration", 0, "This is too short.");
	lf_hint(err, "At least one second; numbers with ms, s, m or h. Example: 10m");
	return LF_EINVAL;
}

static bool is_object_name(const char *value)
{
	size_t n = strlen(value);

	return n && n <= 253 && strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-.") == n && !strchr("-.", value[0]) && !strchr("-.", value[n - 1]);
}

static int check_secret(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	if (is_object_name(value))
		return LF_OK;
	lf_fail(err, LF_EINVAL, "helmSecretName", 0, "This is not the name of a Secret.");
	lf_hint(err, "Only its name, never its content: lower-case letters, digits, - and dots. Example: charts-credentials");
	return LF_EINVAL;
}

static int check_retries(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	if (strlen(value) <= 3)
		return LF_OK;
	lf_fail(err, LF_EINVAL, "helmRetries", 0, "These are too many tries.");
	lf_hint(err, "A number up to 999. Example: 3");
	return LF_EINVAL;
}

/* Where a list of values' sources is wrong: item and field, in words. NULL: nowhere. The caller frees. */
static char *wrong_in(const struct lf_node *item, size_t number)
{
	static const char *const known[] = {"kind", "name", "valuesKey", "targetPath", "optional", "literal"};
	const char *key = lf_node_text(item, "valuesKey"), *path = lf_node_text(item, "targetPath");

	if (lf_node_kind(item) != LF_NODE_MAP)
		return lf_format("Item %zu is no map.", number);
	for (size_t i = 0; i < lf_node_count(item); i++) {
		bool is_known = false;

		for (size_t k = 0; k < LF_COUNT(known); k++)
			is_known = is_known || lf_equal(known[k], lf_node_key_at(item, i));
		if (!is_known)
			return lf_format("Item %zu: there is no field %.60s.", number, lf_node_key_at(item, i));
	}
	if (!lf_equal(lf_node_text(item, "kind"), "ConfigMap") && !lf_equal(lf_node_text(item, "kind"), "Secret"))
		return lf_format("Item %zu: kind is ConfigMap or Secret.", number);
	if (!is_object_name(lf_node_text(item, "name")))
		return lf_format("Item %zu: name is not the name of an object.", number);
	if (strlen(key) > 253 || strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") != strlen(key))
		return lf_format("Item %zu: valuesKey is no key of a ConfigMap.", number);
	if (strlen(path) > 250)
		return lf_format("Item %zu: targetPath is longer than 250.", number);
	for (size_t i = 0; i < 2; i++) {
		const struct lf_node *flag = lf_node_key(item, i ? "literal" : "optional");

		if (flag && lf_node_kind(flag) != LF_NODE_BOOL)
			return lf_format("Item %zu: %s is true or false.", number, i ? "literal" : "optional");
	}
	return NULL;
}

/* helm.toolkit.fluxcd.io/v2: spec.valuesFrom[] */
static int check_values_from(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	static const struct lf_question list = {.id = "", .kind = LF_ASK_YAML, .shape = LF_NODE_LIST};
	struct lf_node *tree = NULL;
	int code = lf_question_tree(&tree, &list, value, err);
	char *wrong = NULL;

	(void)plan;
	(void)facts;
	for (size_t i = 0; !code && !wrong && i < lf_node_count(tree); i++)
		wrong = wrong_in(lf_node_at(tree, i), i + 1);
	if (wrong) {
		code = lf_fail(err, LF_EINVAL, "valuesFrom", 0, "%s", wrong);
		lf_hint(err, "Example: [{kind: ConfigMap, name: web-values, valuesKey: values.yaml, optional: true}]");
	}
	lf_free(wrong);
	lf_node_free(tree);
	return code;
}

static const struct lf_option drift_modes[] = {
	{"enabled", "correct", "What was changed by hand is set back"},
	{"warn", "warn", "It is only told in events"},
	{"disabled", "ignore", "Helm's own way: until the next upgrade"},
};
static const struct lf_option crd_policies[] = {
	{"CreateReplace", "create and replace", "New versions of the chart's definitions are taken"},
	{"Create", "create", "Only those that are missing"},
	{"Skip", "skip", "Helm's own way: an upgrade leaves them as they are"},
};

static const struct lf_question rows[] = {
	{
	    .id = "helmReleaseNamespace",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_NAMESPACE,
	    .prompt = "Namespace of the HelmRelease",
	    .help = "With Flux's other objects, or the application's own namespace.",
	    .detail = "ConfigMaps and Secrets that the release takes values from must lie in this namespace. In the application's own namespace its team can see and suspend "
		      "it; the source stays with Flux's other objects.",
	    .example = "flux-system",
	    .yaml = "metadata.namespace of helmrelease.yaml",
	    .derive = derive_release_namespace,
	    .check = check_release_namespace,
	    .shown = is_chart,
	},
	{
	    .id = "helmRepositoryName",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Name of the HelmRepository",
	    .help = "One that reads the same address is used; otherwise one of this name is written.",
	    .example = "podinfo",
	    .yaml = "metadata.name of helmrepository.yaml, spec.chart.spec.sourceRef.name of helmrelease.yaml",
	    .derive = derive_repository_name,
	    .check = check_repository_name,
	    .shown = is_remote,
	},
	{
	    .id = "helmSecretName",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Secret with chart credentials",
	    .help = "Name of a Secret beside the HelmRepository, for a private one. Empty: none.",
	    .detail = "Keys username and password, or for an OCI registry one of type kubernetes.io/dockerconfigjson. Landfall only writes its name. To make it: flux create "
		      "secret helm NAME, or flux create secret oci NAME",
	    .example = "charts-credentials",
	    .yaml = "spec.secretRef.name of helmrepository.yaml",
	    .optional = true,
	    .check = check_secret,
	    .shown = writes_helm_repository,
	},
	{
	    .id = "helmRepositoryInterval",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_DURATION,
	    .prompt = "Read the chart index every",
	    .help = "How often the list of charts is read. An OCI registry has none, so there it means nothing.",
	    .example = "1h",
	    .yaml = "spec.interval of helmrepository.yaml",
	    .fallback = "1h",
	    .check = check_interval,
	    .shown = writes_helm_repository,
	},
	{
	    .id = "chartInterval",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_DURATION,
	    .prompt = "Look for a new chart every",
	    .help = "With a range of versions: how late a new one is taken, besides the index. Empty: the reconciliation interval.",
	    .example = "5m",
	    .yaml = "spec.chart.spec.interval of helmrelease.yaml",
	    .fallback = "5m",
	    .optional = true,
	    .check = check_interval,
	    .shown = is_remote,
	},
	{
	    .id = "helmRetries",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_NUMBER,
	    .prompt = "Tries after a failure",
	    .help = "A failed install is undone and tried again so often, a failed upgrade rolled back and tried again.",
	    .example = "3",
	    .yaml = "spec.install.remediation.retries and spec.upgrade.remediation.retries of helmrelease.yaml",
	    .fallback = "3",
	    .check = check_retries,
	    .shown = is_chart,
	},
	{
	    .id = "helmCleanup",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Clean up after a failure",
	    .help = "Delete what a failed upgrade or rollback had newly made.",
	    .yaml = "spec.upgrade.cleanupOnFail and spec.rollback.cleanupOnFail of helmrelease.yaml",
	    .fallback = "yes",
	    .shown = is_chart,
	},
	{
	    .id = "upgradeCrds",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "Definitions in the chart's crds/",
	    .help = "What an upgrade does with the custom resource definitions a chart brings. Empty: nothing, as Helm does.",
	    .example = "CreateReplace",
	    .yaml = "spec.upgrade.crds of helmrelease.yaml",
	    .optional = true,
	    .options = crd_policies,
	    .option_count = LF_COUNT(crd_policies),
	    .shown = is_chart,
	},
	{
	    .id = "driftDetection",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "Changes made by hand",
	    .help = "What happens to what differs in the cluster from the release.",
	    .example = "enabled",
	    .yaml = "spec.driftDetection.mode of helmrelease.yaml",
	    .fallback = "enabled",
	    .options = drift_modes,
	    .option_count = LF_COUNT(drift_modes),
	    .shown = is_chart,
	},
	{
	    .id = "valuesFrom",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YAML,
	    .shape = LF_NODE_LIST,
	    .prompt = "Values from the cluster",
	    .help = "ConfigMaps and Secrets beside the HelmRelease that hold values; what is written under Values wins.",
	    .detail = "A list of kind, name, and where needed valuesKey (values.yaml), targetPath and optional. This is where secret values come from: Git only holds the name of "
		      "the Secret.",
	    .example = "[{kind: Secret, name: web-values, valuesKey: values.yaml}]",
	    .yaml = "spec.valuesFrom of helmrelease.yaml",
	    .optional = true,
	    .check = check_values_from,
	    .shown = is_chart,
	},
};

const struct lf_extra lf_flux_chart = {.questions = rows, .question_count = LF_COUNT(rows), .render = lf_flux_render_chart};
