/* environments_overlay: the rows about what an overlay says beyond image and replicas: resources, configuration, host, autoscaling. Pure. */
#include "config.h"
#include "core/environments.h"

#include <string.h>

#include "core/mem.h"
#include "core/quantity.h"
#include "core/scaffold.h"
#include "core/secrets.h"
#include "core/str.h"
#include "core/yaml.h"

/* The overlay's own rows: only where starter manifests are written, with Kustomize. */
static bool has_overlay(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return lf_plan_is(plan, "deploymentMethod", "kustomize") && lf_scaffold_wanted(plan, facts);
}

static int only_keys(const struct lf_node *map, const char *const *keys, const char *what, struct lf_error *err)
{
	for (size_t i = 0; i < lf_node_count(map); i++) {
		const char *key = lf_node_key_at(map, i);
		size_t k = 0;

		while (keys[k] && !lf_equal(keys[k], key))
			k++;
		if (keys[k])
			continue;
		lf_fail(err, LF_EINVAL, what, 0, "%.64s is not known here.", key);
		lf_hint(err, "Allowed: %s, %s%s%s.", keys[0], keys[1], keys[2] ? ", " : "", keys[2] ? keys[2] : "");
		return LF_EINVAL;
	}
	return LF_OK;
}

/* The API server refuses a container that asks for more than it may have. */
static int check_limits(const struct lf_node *tree, struct lf_error *err)
{
	for (size_t i = 0; i < LF_COUNT(lf_scaffold_resources); i++) {
		const char *name = lf_scaffold_resources[i];
		const char *request = lf_node_text(lf_node_key(lf_node_key(tree, "requests"), name), NULL);
		const char *limit = lf_node_text(lf_node_key(lf_node_key(tree, "limits"), name), NULL);
		double least, most;

		if (!lf_quantity_parse(&least, request) || !lf_quantity_parse(&most, limit) || least <= most)
			continue;
		lf_fail(err, LF_EINVAL, "resources", 0, "It asks for more %s (%.20s) than its limit (%.20s).", name, request, limit);
		lf_hint(err, "Raise the limit, or ask for less.");
		return LF_EINVAL;
	}
	return LF_OK;
}

static int check_resources(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	static const char *const parts[] = {"requests", "limits", NULL};
	struct lf_node *tree = NULL;
	const char *kinds[LF_COUNT(lf_scaffold_resources) + 1] = {NULL};
	int code = lf_question_tree(&tree, lf_plan_question(plan, "resources"), value, err);

	(void)facts;
	memcpy(kinds, lf_scaffold_resources, sizeof(lf_scaffold_resources));
	if (!code)
		code = only_keys(tree, parts, "resources", err);
	for (size_t i = 0; i < lf_node_count(tree) && !code; i++) {
		const struct lf_node *part = lf_node_at(tree, i);

		if (lf_node_kind(part) != LF_NODE_MAP)
			code = lf_fail(err, LF_EINVAL, "resources", 0, "%s is not a map.", lf_node_key_at(tree, i));
		else
			code = only_keys(part, kinds, "resources", err);
		for (size_t k = 0; k < lf_node_count(part) && !code; k++) {
			double number;

			if (lf_quantity_parse(&number, lf_node_text(lf_node_at(part, k), NULL)))
				continue;
			code = lf_fail(err, LF_EINVAL, "resources", 0, "%s of %s is no quantity.", lf_node_key_at(part, k), lf_node_key_at(tree, i));
			lf_hint(err, "Example: 250m for cpu, 512Mi for memory");
		}
	}
	if (!code)
		code = check_limits(tree, err);
	lf_node_free(tree);
	return code;
}

/* The keys become environment variables of the container. */
static int check_config(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_node *tree = NULL;
	int code = lf_question_tree(&tree, lf_plan_question(plan, "config"), value, err);

	(void)facts;
	for (size_t i = 0; i < lf_node_count(tree) && !code; i++) {
		const char *key = lf_node_key_at(tree, i);
		enum lf_node_kind kind = lf_node_kind(lf_node_at(tree, i));

		if (!*key || strspn(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") != strlen(key) || strchr("0123456789", *key)) {
			code = lf_fail(err, LF_EINVAL, "config", 0, "%.64s is no name of an environment variable.", key);
			lf_hint(err, "Letters, digits and _, not starting with a digit. Example: {LOG_LEVEL: info}");
		} else if (kind == LF_NODE_MAP || kind == LF_NODE_LIST || strchr(lf_node_text(lf_node_at(tree, i), NULL), '\n')) {
			code = lf_fail(err, LF_EINVAL, "config", 0, "The value of %.64s is not one line of text.", key);
			lf_hint(err, "Example: {LOG_LEVEL: info}");
		}
	}
	lf_node_free(tree);
	return code;
}

static int check_host(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	size_t n = strlen(value);

	(void)plan;
	(void)facts;
	if (n <= 253 && strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-.") == n && !strstr(value, "..") && !strchr("-.", *value) && !strchr("-.", value[n - 1]))
		return LF_OK;
	lf_fail(err, LF_EINVAL, "ingressHost", 0, "This is not the name of a host.");
	lf_hint(err, "Lower-case letters, digits, - and dots, without https://. Example: web.example.com");
	return LF_EINVAL;
}

static int check_autoscale(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	static const char *const keys[] = {"min", "max", "cpu", NULL};
	struct lf_node *tree = NULL;
	int code = lf_question_tree(&tree, lf_plan_question(plan, "autoscale"), value, err);

	(void)facts;
	if (!code)
		code = only_keys(tree, keys, "autoscale", err);
	if (!code) {
		int64_t min = lf_node_int(tree, "min", 1), max = lf_node_int(tree, "max", 0), cpu = lf_node_int(tree, "cpu", 80);

		if (min < 1 || max < min || max > 1000 || cpu < 1 || cpu > 1000) {
			code = lf_fail(err, LF_EINVAL, "autoscale", 0, "This is no range of pods.");
			lf_hint(err, "min at least 1, max not below it, cpu in per cent of the request. Example: {min: 2, max: 10, cpu: 80}");
		}
	}
	lf_node_free(tree);
	return code;
}

/* In one cluster the controller gives a host to one of several Ingresses that claim it, or to each in turn. */
static bool warn_host(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_plan *whole = lf_plan_whole(plan);
	size_t count = lf_plan_part_count(whole);

	(void)facts;
	for (size_t i = 0; i < count; i++) {
		const struct lf_plan *a = lf_plan_part(whole, i);

		for (size_t k = i + 1; *value && k < count; k++) {
			const struct lf_plan *b = lf_plan_part(whole, k);

			if (!lf_equal(lf_plan_text(a, "ingressHost"), lf_plan_text(b, "ingressHost")) ||
			    !lf_equal(lf_plan_text(a, "destinationServer"), lf_plan_text(b, "destinationServer")))
				continue;
			lf_fail(out, LF_EINVAL, "ingressHost", 0, "%s and %s both answer to %.120s.", lf_plan_environment(a), lf_plan_environment(b),
				lf_plan_text(a, "ingressHost"));
			lf_hint(out, "Give each a host: environmentSettings {%s: {host: %s.%.120s}}", lf_plan_environment(a), lf_plan_environment(a), value);
			return true;
		}
	}
	return false;
}

static bool warn_autoscale(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_plan *whole = lf_plan_whole(plan);

	(void)facts;
	for (size_t i = 0; *value && i < lf_plan_part_count(whole); i++) {
		const struct lf_plan *part = lf_plan_part(whole, i);
		const struct lf_plan_entry *entry = lf_plan_entry(part, "replicas");

		if (part == whole || !*lf_plan_text(part, "autoscale") || !entry || !lf_equal(entry->origin, "environmentSettings"))
			continue;
		lf_fail(out, LF_EINVAL, "autoscale", 0, "The replicas of %s do not count: the autoscaler says how many run.", lf_plan_environment(part));
		lf_hint(out, "Say it of the autoscaler: environmentSettings {%s: {autoscale: {min: …, max: …}}}", lf_plan_environment(part));
		return true;
	}
	return false;
}

static char *recall_autoscale(const struct lf_node *spec)
{
	const struct lf_node *metric = lf_node_at(lf_node_get(spec, "metrics"), 0);
	const char *least = lf_node_text(spec, "minReplicas"), *most = lf_node_text(spec, "maxReplicas"), *cpu = lf_node_text(metric, "resource.target.averageUtilization");

	if (lf_node_count(lf_node_get(spec, "metrics")) != 1 || !lf_equal(lf_node_text(metric, "resource.name"), "cpu") || !*most || !*cpu)
		return NULL;
	if (lf_equal(cpu, "80"))
		return lf_format("{min: %s, max: %s}", *least ? least : "1", most);
	return lf_format("{min: %s, max: %s, cpu: %s}", *least ? least : "1", most, cpu);
}

/* The literals of the one generator there is: "KEY=value". */
static char *recall_config(const struct lf_node *generators)
{
	const struct lf_node *literals = lf_node_key(lf_node_at(generators, 0), "literals");
	struct lf_node *map = lf_node_new(LF_NODE_MAP);
	struct lf_str text = {0};
	bool ours = lf_node_count(generators) == 1 && lf_node_count(literals);

	for (size_t i = 0; i < lf_node_count(literals); i++) {
		const char *item = lf_node_text(lf_node_at(literals, i), NULL), *equals = strchr(item, '=');
		char *key = equals ? lf_dup_n(item, (size_t)(equals - item)) : NULL;

		ours = ours && key;
		if (key)
			lf_node_set_text(map, key, equals + 1);
		lf_free(key);
	}
	if (ours)
		lf_yaml_emit(&text, map, NULL);
	lf_node_free(map);
	return ours ? lf_str_take(&text) : NULL;
}

static const struct lf_question rows[] = {
	{
	    .id = "resources",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_YAML,
	    .shape = LF_NODE_MAP,
	    .prompt = "Resources",
	    .help = "Requests and limits of the container. Empty: modest ones to begin with.",
	    .example = "{requests: {cpu: 250m, memory: 256Mi}, limits: {memory: 512Mi}}",
	    .yaml = "the overlay's patches",
	    .recall_from = "spec.template.spec.containers.0.resources of patches.yaml",
	    .recall = lf_environments_recall_resources,
	    .derive = lf_environments_derive_resources,
	    .optional = true,
	    .check = check_resources,
	    .shown = has_overlay,
	},
	{
	    .id = "config",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_YAML,
	    .shape = LF_NODE_MAP,
	    .texts = true,
	    .prompt = "Configuration",
	    .help = "Environment variables, from a generated ConfigMap. No secrets: they would be in Git.",
	    .detail = "Kustomize puts a hash of the content into the ConfigMap's name, so that a change rolls the pods.",
	    .example = "{LOG_LEVEL: info}",
	    .yaml = "configMapGenerator of kustomization.yaml",
	    .recall_from = "configMapGenerator of kustomization.yaml and base/kustomization.yaml",
	    .recall = recall_config,
	    .optional = true,
	    .check = check_config,
	    .warn = lf_secrets_warn,
	    .shown = has_overlay,
	},
	{
	    .id = "ingressHost",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Host name",
	    .help = "A host under which an Ingress makes the application reachable. Empty: no Ingress.",
	    .example = "web.example.com",
	    .yaml = "spec.rules.0.host of ingress.yaml",
	    .optional = true,
	    .check = check_host,
	    .warn = warn_host,
	    .shown = has_overlay,
	},
	{
	    .id = "autoscale",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_YAML,
	    .shape = LF_NODE_MAP,
	    .prompt = "Autoscaling",
	    .help = "How many pods at least and at most, and at which use of the requested CPU. Empty: a fixed number.",
	    .example = "{min: 2, max: 10, cpu: 80}",
	    .yaml = "spec of hpa.yaml",
	    .recall = recall_autoscale,
	    .optional = true,
	    .check = check_autoscale,
	    .warn = warn_autoscale,
	    .shown = has_overlay,
	},
};

const struct lf_question_group lf_questions_overlay = {rows, LF_COUNT(rows)};
