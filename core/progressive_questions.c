/* progressive_questions: what is asked about how a new version reaches its users, and what of it cannot be. Pure. */
#include "config.h"
#include "core/extra.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/environments.h"
#include "core/mem.h"
#include "core/plan.h"
#include "core/str.h"
#include "core/text.h"

#define ROLLOUTS "argoproj.io"
#define FLAGGER "flagger.app"
#define ROW "progressiveDelivery"

static bool offered(const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_plan_entry *image = lf_plan_entry(plan, "image");

	(void)facts;
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

static int check_method(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)facts;
	if (lf_equal(value, "no") || !lf_environments_some_share_namespace(plan))
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
	if (facts->path.scaffolded) {
		lf_fail(out, LF_EINVAL, ROW, 0, "The starter manifests are in the branch already, and nothing is taken out of them.");
		lf_hint(out, lf_equal(value, "flagger") ? "Take the Service and \"replicas\" out of them yourself." : "Take \"replicas\" out of the overlay yourself.");
		return true;
	}
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

static int check_prometheus(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	const char *host = strstr(value, "://");

	(void)plan;
	(void)facts;
	if ((lf_starts_with(value, "http://") || lf_starts_with(value, "https://")) && host[3] && host[3] != '/' && !strpbrk(value, " @\"<>\\{}"))
		return LF_OK;
	lf_fail(err, LF_EINVAL, "prometheusAddress", 0, "This is not the address of a Prometheus.");
	lf_hint(err, "http:// or https:// and a host, without credentials. Example: http://prometheus.monitoring:9090");
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
	    .help = "How a new version of the starter workload reaches its users.",
	    .detail = "A Rollout takes the place of the starter Deployment and gets a second Service. Flagger keeps the Deployment, makes Services of its own and needs a mesh or an ingress it knows.",
	    .example = "canary",
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
};
_Static_assert(LF_COUNT(lf_progressive_rows) == LF_PROGRESSIVE_QUESTIONS, "count the rows again");
