/* progressive_questions: what is asked about how a new version reaches its users, and what of it cannot be. Pure. */
#include "config.h"
#include "core/extra.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/chart_extras.h"
#include "core/chart_source.h"
#include "core/environments.h"
#include "core/mem.h"
#include "core/plan.h"
#include "core/progressive.h"
#include "core/questions.h"
#include "core/str.h"
#include "core/text.h"

#define ROLLOUTS "argoproj.io"
#define FLAGGER "flagger.app"
#define ROW "progressiveDelivery"

static bool offered(const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_plan_entry *image = lf_plan_entry(plan, "image");

	(void)facts;
	if (lf_chart_extras_possible(plan))
		return true;
	return image && image->shown && (lf_plan_is(plan, "deploymentMethod", "kustomize") || lf_plan_is(plan, "deploymentMethod", "manifests"));
}

static bool is_rollout(const struct lf_plan *plan)
{
	return lf_plan_is(plan, ROW, "canary") || lf_plan_is(plan, ROW, "bluegreen");
}

static bool shown_canary(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_is(plan, ROW, "canary");
}

static bool shown_rollout(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return is_rollout(plan);
}

static bool shown_routed(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return shown_canary(plan, facts) && !lf_plan_is(plan, "trafficRouter", "none");
}

static bool shown_flagger(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_is(plan, ROW, "flagger");
}

static bool shown_chart(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_chart_has_canary(plan);
}

static int check_method(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)facts;
	if (lf_plan_is_chart(plan) && !lf_equal(value, "no") && !lf_equal(value, "flagger")) {
		lf_fail(err, LF_EINVAL, ROW, 0, "A Rollout takes the place of a Deployment, and this one is the chart's.");
		lf_hint(err, "Choose flagger, which keeps the Deployment; or answer no and turn on the Rollout that the chart itself may have, by its values.");
		return LF_EINVAL;
	}
	if (lf_equal(value, "no") || lf_plan_is_chart(plan) || !lf_environments_some_share_namespace(plan))
		return LF_OK;
	lf_fail(err, LF_EINVAL, ROW, 0, "Environments in one namespace get a suffix, which these objects would not follow.");
	lf_hint(err, "Give each environment a namespace of its own.");
	return LF_EINVAL;
}

static bool warn_method(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	if (lf_equal(value, "no"))
		return false;
	if (lf_equal(value, "flagger") ? lf_extra_unserved(out, facts, FLAGGER, "Canary", "Flagger") : lf_extra_unserved(out, facts, ROLLOUTS, "Rollout", "Argo Rollouts"))
		return true;
	if (lf_plan_is_chart(plan))
		return false;
	if (!lf_equal(value, "flagger") || *lf_plan_text(plan, "autoscale"))
		return false;
	lf_fail(out, LF_EINVAL, ROW, 0, "Flagger sets the number of replicas: without an autoscaler it is one.");
	lf_hint(out, "Answer \"autoscale\" to have more. Example: {min: 2, max: 6}");
	return true;
}

static int check_weights(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_names items = {0};
	long before = 0;
	bool good = true;

	(void)plan;
	(void)facts;
	lf_list_split(&items, value);
	for (size_t i = 0; i < items.count && good; i++) {
		const char *text = items.items[i];
		long weight = strspn(text, "0123456789") == strlen(text) && strlen(text) <= 3 ? strtol(text, NULL, 10) : 0;

		good = weight > before && weight <= 100;
		before = weight;
	}
	good = good && items.count;
	lf_names_dispose(&items);
	if (good)
		return LF_OK;
	lf_fail(err, LF_EINVAL, "canaryWeights", 0, "These are not weights that grow.");
	lf_hint(err, "Per cent from 1 to 100, each more than the one before, with commas between. Example: 10, 30, 50, 100");
	return LF_EINVAL;
}

static int check_pause(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	if (lf_duration_ms(value) >= 1000 && !strstr(value, "ms") && !strchr(value, '.'))
		return LF_OK;
	lf_fail(err, LF_EINVAL, "canaryPause", 0, "This is no pause between steps.");
	lf_hint(err, "At least a second; whole numbers with s, m or h. Example: 5m");
	return LF_EINVAL;
}

static bool derive_route(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	(void)snprintf(out->value, sizeof(out->value), "%s", lf_plan_text(lf_plan_whole(plan), "appName"));
	out->source = "as the application";
	return *out->value;
}

static int check_route(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	return lf_extra_check_name(value, "The route", "web", err);
}

static bool is_address(const char *value)
{
	const char *host = strstr(value, "://");

	return (lf_starts_with(value, "http://") || lf_starts_with(value, "https://")) && host[3] && host[3] != '/' && !strpbrk(value, " @\"<>\\{}");
}

static int check_prometheus(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	if (is_address(value))
		return LF_OK;
	lf_fail(err, LF_EINVAL, "prometheusAddress", 0, "This is not the address of a Prometheus.");
	lf_hint(err, "http:// or https:// and a host, without credentials. Example: http://prometheus.monitoring:9090");
	return LF_EINVAL;
}

/* What a chart is called inside: most name their Deployment after the release, and put the chart's name behind it unless it is in there. */
static const char *chart_name(const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *remote = lf_plan_text(plan, "chartName"), *slash = strrchr(remote, '/');

	if (lf_plan_is_remote_chart(plan))
		return slash ? slash + 1 : remote;
	if (facts->chart.opened.from_git && facts->chart.opened.name)
		return facts->chart.opened.name;
	return lf_plan_text(lf_plan_whole(plan), "appName");
}

static bool derive_deployment(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *chart = chart_name(plan, facts);
	char *release = lf_chart_release(plan), *name = strstr(release, chart) ? lf_dup(release) : lf_format("%s-%s", release, chart);
	size_t length = strnlen(name, 63);
	bool found = *chart && *lf_plan_text(plan, "appName");

	while (length && name[length - 1] == '-')
		length--;
	name[length] = '\0';
	(void)snprintf(out->value, sizeof(out->value), "%s", name);
	out->source = "as most charts name it";
	lf_free(release);
	lf_free(name);
	return found;
}

static int check_deployment(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	return lf_check_dns_label(value, 63, "The Deployment's name", err);
}

static bool is_port(const char *value)
{
	size_t n = strlen(value);

	return n && n <= 5 && strspn(value, "0123456789") == n && strtol(value, NULL, 10) >= 1 && strtol(value, NULL, 10) <= 65535;
}

static int check_port(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	if (is_port(value))
		return LF_OK;
	lf_fail(err, LF_EINVAL, "canaryPort", 0, "This is no port.");
	lf_hint(err, "A number from 1 to 65535. Example: 80");
	return LF_EINVAL;
}

static bool derive_target_port(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return *lf_plan_text(plan, "containerPort") && lf_suggest(out, lf_plan_text(plan, "containerPort"), "that of the starter chart");
}

/* IANA_SVC_NAME: at most 15 of [a-z0-9-], with a letter, no -- and none at the ends. */
static int check_target_port(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	size_t n = strlen(value);

	(void)plan;
	(void)facts;
	if (is_port(value) || (n && n <= 15 && strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-") == n && strpbrk(value, "abcdefghijklmnopqrstuvwxyz") &&
			       !strstr(value, "--") && value[0] != '-' && value[n - 1] != '-'))
		return LF_OK;
	lf_fail(err, LF_EINVAL, "canaryTargetPort", 0, "This is neither the number nor the name of a container's port.");
	lf_hint(err, "A number from 1 to 65535, or a name of at most 15 lower-case letters, digits and -. Example: http");
	return LF_EINVAL;
}

static int check_tester(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	if (is_address(value))
		return LF_OK;
	lf_fail(err, LF_EINVAL, "loadTesterUrl", 0, "This is not the address of a load tester.");
	lf_hint(err, "http:// or https:// and a host, without credentials. Example: http://flagger-loadtester.test/");
	return LF_EINVAL;
}

static const struct lf_option methods[] = {
	{"no", "all at once", "The Deployment replaces its pods as it always does"},
	{"canary", "Rollouts, canary", "Argo Rollouts: a growing share of the requests"},
	{"bluegreen", "Rollouts, blue and green", "Argo Rollouts: both versions run, then all requests move"},
	{"flagger", "Flagger", "A growing share of the requests, judged by metrics"},
};
static const struct lf_option routers[] = {
	{"none", "replicas", "The share is that of the pods"},
	{"istio", "Istio", "A VirtualService that exists"},
	{"nginx", "nginx", "An Ingress that exists"},
};

const struct lf_question lf_progressive_rows[] = {
	{
	    .id = ROW,
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "New versions come",
	    .help = "How a new version reaches its users.",
	    .detail = "A Rollout takes the place of the starter Deployment and gets a second Service. Flagger keeps the Deployment, also that of a chart, makes Services of its own and needs a mesh or an ingress it knows.",
	    .example = "canary",
	    .recall_from = "spec of canary.yaml and deployment.yaml",
	    .recall = lf_progressive_recall_method,
	    .fallback = "no",
	    .options = methods,
	    .option_count = LF_COUNT(methods),
	    .check = check_method,
	    .warn = warn_method,
	    .shown = offered,
	},
	{
	    .id = "canaryWeights",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_LIST,
	    .prompt = "In steps of",
	    .help = "Per cent of the requests, with commas between.",
	    .example = "10, 30, 50, 100",
	    .yaml = "spec.strategy.canary.steps of deployment.yaml",
	    .recall = lf_progressive_recall_weights,
	    .fallback = "10, 30, 50, 100",
	    .check = check_weights,
	    .shown = shown_canary,
	},
	{
	    .id = "canaryPause",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_DURATION,
	    .prompt = "Pause between them",
	    .help = "How long each share is watched.",
	    .example = "5m",
	    .yaml = "spec.strategy.canary.steps of deployment.yaml",
	    .recall = lf_progressive_recall_pause,
	    .fallback = "5m",
	    .check = check_pause,
	    .shown = shown_canary,
	},
	{
	    .id = "trafficRouter",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "Shared out by",
	    .help = "What splits the requests.",
	    .example = "istio",
	    .recall_from = "spec.strategy.canary of deployment.yaml",
	    .recall = lf_progressive_recall_router,
	    .fallback = "none",
	    .options = routers,
	    .option_count = LF_COUNT(routers),
	    .shown = shown_canary,
	},
	{
	    .id = "trafficRoute",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Its route",
	    .help = "Name of the VirtualService or Ingress, which must exist and lead to the Service.",
	    .example = "web",
	    .yaml = "spec.strategy.canary.trafficRouting of deployment.yaml",
	    .recall_from = "spec.strategy.canary.trafficRouting.istio.virtualService.name or spec.strategy.canary.trafficRouting.nginx.stableIngress of deployment.yaml",
	    .derive = derive_route,
	    .check = check_route,
	    .shown = shown_routed,
	},
	{
	    .id = "prometheusAddress",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Judged by",
	    .help = "Address of a Prometheus: less than 95 % successes stop the rollout. Empty: no analysis.",
	    .example = "http://prometheus.monitoring:9090",
	    .yaml = "spec.metrics.0.provider.prometheus.address of analysistemplate.yaml",
	    .optional = true,
	    .check = check_prometheus,
	    .shown = shown_rollout,
	},
	{
	    .id = "canaryGateways",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_LIST,
	    .prompt = "Gateways",
	    .help = "Of Istio, with commas between. Empty: only inside the mesh.",
	    .example = "istio-system/public",
	    .yaml = "spec.service.gateways of canary.yaml",
	    .optional = true,
	    .shown = shown_flagger,
	},
	{
	    .id = "canaryHosts",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_LIST,
	    .prompt = "Hosts",
	    .help = "Names under which it is reached, with commas between.",
	    .example = "web.example.com",
	    .yaml = "spec.service.hosts of canary.yaml",
	    .optional = true,
	    .shown = shown_flagger,
	},
	{
	    .id = "canaryDeployment",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "The chart's Deployment",
	    .help = "Its name in the cluster, by which Flagger finds it.",
	    .detail = "Most charts name it after the release, with the chart's name behind it unless the release's has it in it. helm template shows it.",
	    .example = "web",
	    .yaml = "spec.targetRef.name of canary.yaml",
	    .derive = derive_deployment,
	    .check = check_deployment,
	    .shown = shown_chart,
	},
	{
	    .id = "canaryPort",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_NUMBER,
	    .prompt = "Port of its Service",
	    .help = "Under which the application is reached. Flagger takes over the Service that is named like the Deployment.",
	    .example = "80",
	    .yaml = "spec.service.port of canary.yaml",
	    .fallback = "80",
	    .check = check_port,
	    .shown = shown_chart,
	},
	{
	    .id = "canaryTargetPort",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Port of its container",
	    .help = "By number or by name; most charts name it http.",
	    .example = "http",
	    .yaml = "spec.service.targetPort of canary.yaml",
	    .fallback = "http",
	    .derive = derive_target_port,
	    .check = check_target_port,
	    .shown = shown_chart,
	},
	{
	    .id = "loadTesterUrl",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Load tester",
	    .help = "Address of Flagger's load tester: it calls the new version first, then puts some load on it. Empty: none.",
	    .detail = "Metrics say nothing while nobody asks anything. A hook before the rollout has to get an answer from the new version; another sends 10 requests a second while it "
		      "gets its share.",
	    .example = "http://flagger-loadtester.test/",
	    .recall_from = "spec.analysis.webhooks.0.url of canary.yaml, patches of kustomization.yaml",
	    .recall = lf_progressive_recall_tester,
	    .optional = true,
	    .check = check_tester,
	    .shown = shown_flagger,
	},
};
_Static_assert(LF_COUNT(lf_progressive_rows) == LF_PROGRESSIVE_QUESTIONS, "count the rows again");
