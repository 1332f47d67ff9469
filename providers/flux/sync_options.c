/* sync_options: what a Kustomization (and, of these, dependsOn and healthCheckExprs a HelmRelease) can be told beyond intervals: what it waits for, what counts as healthy,
 * variables, decryption. Names and limits are those of kustomize.toolkit.fluxcd.io/v1 and helm.toolkit.fluxcd.io/v2 as of Flux 2.9. Writes into the consumer's document. */
#include "config.h"
#include "providers/flux/flux.h"

#include <string.h>

#include "core/mem.h"
#include "core/secrets.h"
#include "core/str.h"
#include "core/text.h"

enum { ID_SHOWS, ID_DEPENDS, ID_HEALTH, ID_EXPRESSIONS, ID_VARIABLES, ID_VARIABLES_FROM, ID_SOPS, ID_SOPS_SECRET, ROWS };

static const struct lf_question rows[ROWS]; /* below, where everything they name is known */

static bool is_kustomize(const struct lf_plan *plan)
{
	return lf_plan_is(plan, "deploymentMethod", "kustomize") || lf_plan_is(plan, "deploymentMethod", "manifests");
}

static bool writes(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_ref adopted = {0};
	bool found = lf_flux_find_adopted(&adopted, plan, facts);

	lf_ref_dispose(&adopted);
	return !found;
}

static bool shown(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_yes(plan, "fluxOptions");
}

static bool shown_for_kustomize(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return shown(plan, facts) && is_kustomize(plan);
}

static bool shown_with_sops(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_yes(plan, "sopsDecryption");
}

/* ---- dependsOn ---- */

static const char *consumer_kind(const struct lf_plan *plan)
{
	return is_kustomize(plan) ? "Kustomization" : "HelmRelease";
}

/* Where Flux looks for a name without a namespace: beside the object that depends. */
static const char *home_of(const struct lf_plan *plan)
{
	return lf_plan_text(plan, is_kustomize(plan) ? "fluxNamespace" : "helmReleaseNamespace");
}

/* "namespace/name" or "name"; NAMESPACE is "" where none is given. False if there is more than one "/". */
static bool split_reference(const char *item, char **namespace, char **name)
{
	const char *slash = strchr(item, '/');

	*namespace = slash ? lf_dup_n(item, (size_t)(slash - item)) : lf_dup("");
	*name = lf_dup(slash ? slash + 1 : item);
	return !strchr(*name, '/') && (!slash || **namespace);
}

static const struct lf_node *find_consumer(const struct lf_facts *facts, const char *kind, const char *namespace, const char *name)
{
	for (size_t i = 0; i < lf_node_count(facts->cluster.consumers); i++) {
		const struct lf_node *object = lf_node_at(facts->cluster.consumers, i);

		if (lf_equal(lf_node_text(object, "kind"), kind) && lf_equal(lf_node_text(object, "metadata.namespace"), namespace) &&
		    lf_equal(lf_node_text(object, "metadata.name"), name))
			return object;
	}
	return NULL;
}

static int check_dependency(const char *item, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	const char *own = home_of(plan), *app = lf_plan_text(plan, "appName");
	char *namespace, *name;
	int code = LF_OK;

	if (!split_reference(item, &namespace, &name)) {
		code = lf_fail(err, LF_EINVAL, "dependsOn", 0, "A dependency is a name, or a namespace and a name.");
		lf_hint(err, "Commas between. Example: infrastructure, flux-system/cert-manager");
	}
	if (!code && *namespace)
		code = lf_check_dns_label(namespace, 63, "The namespace of a dependency", err);
	if (!code)
		code = lf_extra_check_name(name, "A dependency", "flux-system/cert-manager", err);
	if (!code && lf_equal(name, app) && (!*namespace || lf_equal(namespace, own))) {
		code = lf_fail(err, LF_EINVAL, "dependsOn", 0, "%s would wait for itself.", app);
		lf_hint(err, "Name what has to be ready before it.");
	}
	if (!code) {
		const struct lf_node *list = lf_node_get(find_consumer(facts, consumer_kind(plan), *namespace ? namespace : own, name), "spec.dependsOn");

		for (size_t i = 0; i < lf_node_count(list) && !code; i++) {
			const struct lf_node *back = lf_node_at(list, i);
			const char *where = lf_node_text(back, "namespace");

			if (!lf_equal(lf_node_text(back, "name"), app) || !lf_equal(*where ? where : *namespace ? namespace : own, own))
				continue;
			code = lf_fail(err, LF_EINVAL, "dependsOn", 0, "%s waits for %s already: each would wait for the other.", name, app);
			lf_hint(err, "Leave it out here, or take %s out of its dependsOn first.", app);
		}
	}
	lf_free(namespace);
	lf_free(name);
	return code;
}

static int check_depends(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_names items = {0};
	int code = LF_OK;

	lf_list_split(&items, value);
	for (size_t i = 0; i < items.count && !code; i++)
		code = check_dependency(items.items[i], plan, facts, err);
	lf_names_dispose(&items);
	return code;
}

static bool warn_depends(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_names items = {0};
	bool missing = false;

	if (!facts->cluster.consumers)
		return false;
	lf_list_split(&items, value);
	for (size_t i = 0; i < items.count && !missing; i++) {
		char *namespace, *name;

		if (split_reference(items.items[i], &namespace, &name) &&
		    !find_consumer(facts, consumer_kind(plan), *namespace ? namespace : home_of(plan), name)) {
			missing = true;
			lf_fail(out, LF_ENOTFOUND, "dependsOn", 0, "The cluster has no %s %s yet.", consumer_kind(plan), items.items[i]);
			lf_hint(out, "Flux waits until it is there and ready.");
		}
		lf_free(namespace);
		lf_free(name);
	}
	lf_names_dispose(&items);
	return missing;
}

static void put_depends(struct lf_node *spec, const struct lf_plan *plan)
{
	struct lf_names items = {0};
	struct lf_node *list;

	lf_plan_list(&items, plan, "dependsOn");
	list = items.count ? lf_node_set_list(spec, "dependsOn") : NULL;
	for (size_t i = 0; i < items.count; i++) {
		struct lf_node *map = lf_node_add_map(list);
		char *namespace, *name;

		(void)split_reference(items.items[i], &namespace, &name);
		lf_node_set_text(map, "name", name);
		if (*namespace && !lf_equal(namespace, home_of(plan)))
			lf_node_set_text(map, "namespace", namespace);
		lf_free(namespace);
		lf_free(name);
	}
	lf_extra_mark(list, "dependsOn");
	lf_names_dispose(&items);
}

/* ---- healthChecks, healthCheckExprs ---- */

static int check_items(const char *value, size_t row, const char *const *names, const char *const *needed, struct lf_error *err)
{
	struct lf_node *list = NULL;
	int code = lf_question_tree(&list, &rows[row], value, err);

	for (size_t i = 0; i < lf_node_count(list) && !code; i++) {
		const struct lf_node *item = lf_node_at(list, i);
		char *where = lf_format("Item %zu", i + 1);

		code = lf_extra_check_keys(item, names, where, err);
		for (size_t k = 0; needed[k] && !code; k++) {
			if (*lf_node_text(item, needed[k]))
				continue;
			code = lf_fail(err, LF_EINVAL, rows[row].id, 0, "%s has no %s.", where, needed[k]);
			lf_hint(err, "Example: %s", rows[row].example);
		}
		lf_free(where);
	}
	lf_node_free(list);
	return code;
}

static int check_health(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	static const char *const names[] = {"apiVersion", "kind", "name", "namespace", NULL}, *const needed[] = {"kind", "name", NULL};

	(void)plan;
	(void)facts;
	return check_items(value, ID_HEALTH, names, needed, err);
}

static bool warn_health(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	if (!*value || !lf_plan_yes(plan, "fluxWait"))
		return false;
	lf_fail(out, LF_EINVAL, "healthChecks", 0, "Flux ignores these while it waits for everything (fluxWait).");
	lf_hint(out, "Answer no there to wait only for these.");
	return true;
}

static int check_expressions(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	static const char *const names[] = {"apiVersion", "kind", "current", "inProgress", "failed", NULL}, *const needed[] = {"apiVersion", "current", NULL};

	(void)plan;
	(void)facts;
	return check_items(value, ID_EXPRESSIONS, names, needed, err);
}

/* ---- postBuild ---- */

static bool is_variable(const char *name)
{
	const char *letters = "_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

	return *name && !strchr("0123456789", *name) && strspn(name, letters) == strlen(name);
}

static int check_variables(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_node *map = NULL;
	int code = lf_question_tree(&map, &rows[ID_VARIABLES], value, err);

	(void)plan;
	(void)facts;
	for (size_t i = 0; i < lf_node_count(map) && !code; i++) {
		const struct lf_node *node = lf_node_at(map, i);
		char *safe = lf_text_clean_dup(lf_node_key_at(map, i), 60);

		if (!is_variable(lf_node_key_at(map, i))) {
			code = lf_fail(err, LF_EINVAL, "substitute", 0, "%s is not the name of a variable.", safe);
			lf_hint(err, "Letters, digits and _, not beginning with a digit. Example: cluster_env");
		} else if (lf_node_kind(node) == LF_NODE_MAP || lf_node_kind(node) == LF_NODE_LIST || lf_node_kind(node) == LF_NODE_NULL ||
			   strpbrk(lf_node_text(node, NULL), "\r\n")) {
			code = lf_fail(err, LF_EINVAL, "substitute", 0, "The value of %s is not one line of text.", safe);
			lf_hint(err, "Flux takes line breaks out of it. Longer values come from a ConfigMap or Secret (substituteFrom).");
		}
		lf_free(safe);
	}
	lf_node_free(map);
	return code;
}

/* "ConfigMap/name", "Secret/name?": KIND is the allowed word or NULL. */
static const char *variables_kind(const char *item, char **name, bool *optional)
{
	static const char *const kinds[] = {"ConfigMap", "Secret"};
	const char *slash = strchr(item, '/');
	size_t n;

	*name = lf_dup(slash ? slash + 1 : "");
	n = strlen(*name);
	*optional = n && (*name)[n - 1] == '?';
	if (*optional)
		(*name)[n - 1] = '\0';
	for (size_t i = 0; slash && i < LF_COUNT(kinds); i++) {
		if (strlen(kinds[i]) == (size_t)(slash - item) && !strncmp(kinds[i], item, (size_t)(slash - item)))
			return kinds[i];
	}
	return NULL;
}

static int check_variables_from(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_names items = {0};
	int code = LF_OK;

	(void)plan;
	(void)facts;
	lf_list_split(&items, value);
	for (size_t i = 0; i < items.count && !code; i++) {
		bool optional;
		char *name;

		if (variables_kind(items.items[i], &name, &optional)) {
			code = lf_extra_check_name(name, "A source of variables", "ConfigMap/cluster-vars", err);
		} else {
			code = lf_fail(err, LF_EINVAL, "substituteFrom", 0, "This names neither a ConfigMap nor a Secret.");
			lf_hint(err, "ConfigMap/name or Secret/name in the namespace of the Flux objects; a ? behind it: it may be missing. Example: ConfigMap/cluster-vars, Secret/cluster-keys?");
		}
		lf_free(name);
	}
	lf_names_dispose(&items);
	return code;
}

static void put_variables(struct lf_node *spec, const struct lf_plan *plan)
{
	struct lf_names items = {0};
	struct lf_node *post, *list, *texts = lf_plan_tree(plan, "substitute");

	lf_plan_list(&items, plan, "substituteFrom");
	if (lf_node_count(texts) || items.count) {
		post = lf_node_set_map(spec, "postBuild");
		/* Every value is a string, whatever it looks like. */
		for (size_t i = 0; i < lf_node_count(texts); i++)
			lf_node_set_text(lf_node_set_map(post, "substitute"), lf_node_key_at(texts, i), lf_node_text(lf_node_at(texts, i), NULL));
		lf_extra_mark(lf_node_key(post, "substitute"), "substitute");
		list = items.count ? lf_node_set_list(post, "substituteFrom") : NULL;
		for (size_t i = 0; i < items.count; i++) {
			struct lf_node *item = lf_node_add_map(list);
			bool optional;
			char *name;
			const char *kind = variables_kind(items.items[i], &name, &optional);

			lf_node_set_text(item, "kind", kind ? kind : items.items[i]);
			lf_node_set_text(item, "name", name);
			if (optional)
				lf_node_set_bool(item, "optional", true);
			lf_free(name);
		}
		lf_extra_mark(list, "substituteFrom");
	}
	lf_node_free(texts);
	lf_names_dispose(&items);
}

/* ---- decryption ---- */

static int check_secret(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	return lf_extra_check_name(value, "The Secret", "sops-age", err);
}

static void render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *spec, *map, *root = lf_extra_find(out, LF_FLUX_KUSTOMIZE, "Kustomization");

	if (!root)
		root = lf_extra_find(out, LF_FLUX_HELM, "HelmRelease");
	if (!root)
		return;
	spec = lf_node_set_map(root, "spec");
	put_depends(spec, plan);
	lf_flux_put_health(spec, plan, facts);
	put_variables(spec, plan);
	if (!lf_plan_yes(plan, "sopsDecryption"))
		return;
	map = lf_node_set_map(spec, "decryption");
	lf_extra_put(map, "provider", "sops", "sopsDecryption");
	if (*lf_plan_text(plan, "sopsSecretName"))
		lf_plan_put(lf_node_set_map(map, "secretRef"), "name", plan, "sopsSecretName");
}

static const struct lf_question rows[ROWS] = {
	[ID_SHOWS] = {
	    .id = "fluxOptions",
	    .recall_from = "spec.dependsOn or spec.healthChecks or spec.healthCheckExprs or spec.postBuild or spec.decryption of flux-kustomization.yaml, "
			   "spec.dependsOn or spec.healthCheckExprs of helmrelease.yaml",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YESNO,
	    .prompt = "More options",
	    .help = "Dependencies, health checks, variables, decryption.",
	    .fallback = "no",
	    .shown = writes,
	},
	[ID_DEPENDS] = {
	    .id = "dependsOn",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_LIST,
	    .prompt = "Wait for",
	    .help = "What has to be ready first: name or namespace/name, of the same kind, with commas between.",
	    .detail = "Flux applies this only when these are ready, and asks again every 30 s. That says something only of those that wait for health themselves.",
	    .example = "infrastructure, flux-system/cert-manager",
	    .yaml = "spec.dependsOn of flux-kustomization.yaml or helmrelease.yaml",
	    .recall = lf_flux_recall_depends,
	    .optional = true,
	    .check = check_depends,
	    .warn = warn_depends,
	    .shown = shown,
	},
	[ID_HEALTH] = {
	    .id = "healthChecks",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YAML,
	    .prompt = "Health checks",
	    .help = "The objects that must be healthy; only used where \"Wait for health\" is no.",
	    .detail = "A list of kind, name and, where needed, apiVersion and namespace. An object without a namespace is looked for in the target namespace.",
	    .example = "[{apiVersion: apps/v1, kind: Deployment, name: web}]",
	    .yaml = "spec.healthChecks of flux-kustomization.yaml",
	    .optional = true,
	    .shape = LF_NODE_LIST,
	    .check = check_health,
	    .warn = warn_health,
	    .shown = shown_for_kustomize,
	},
	[ID_EXPRESSIONS] = {
	    .id = "healthCheckExprs",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YAML,
	    .prompt = "Health of custom kinds",
	    .help = "How to tell the health of kinds without the usual conditions, in CEL.",
	    .detail = "A list of apiVersion, kind and the expressions current, inProgress and failed over the object's fields.",
	    .example = "[{apiVersion: example.com/v1, kind: Database, current: \"status.phase == 'Ready'\"}]",
	    .yaml = "spec.healthCheckExprs of flux-kustomization.yaml or helmrelease.yaml",
	    .recall = lf_flux_recall_expressions,
	    .optional = true,
	    .shape = LF_NODE_LIST,
	    .check = check_expressions,
	    .shown = shown,
	},
	[ID_VARIABLES] = {
	    .id = "substitute",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YAML,
	    .prompt = "Variables",
	    .help = "Values for ${name} in the manifests. Not for secrets.",
	    .detail = "With one variable Flux puts values in for every ${name} of the manifests and fails for one without a value; $${name} stays as ${name}. What must not be "
		      "touched gets the annotation kustomize.toolkit.fluxcd.io/substitute: disabled.",
	    .example = "{cluster_env: production}",
	    .yaml = "spec.postBuild.substitute of flux-kustomization.yaml",
	    .optional = true,
	    .shape = LF_NODE_MAP,
	    .texts = true,
	    .check = check_variables,
	    .warn = lf_secrets_warn,
	    .shown = shown_for_kustomize,
	},
	[ID_VARIABLES_FROM] = {
	    .id = "substituteFrom",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_LIST,
	    .prompt = "Variables from",
	    .help = "ConfigMap/name or Secret/name beside the Flux objects, with commas between; a ? behind one that may be missing.",
	    .example = "ConfigMap/cluster-vars, Secret/cluster-keys?",
	    .yaml = "spec.postBuild.substituteFrom of flux-kustomization.yaml",
	    .recall = lf_flux_recall_substitutes,
	    .optional = true,
	    .check = check_variables_from,
	    .shown = shown_for_kustomize,
	},
	[ID_SOPS] = {
	    .id = "sopsDecryption",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Decrypt with SOPS",
	    .help = "Whether manifests in the path are encrypted with SOPS.",
	    .detail = "Encrypt only data and stringData (encrypted_regex), so that names stay readable: sops --encrypt --encrypted-regex '^(data|stringData)$' --in-place FILE",
	    .yaml = "spec.decryption.provider of flux-kustomization.yaml",
	    .fallback = "no",
	    .shown = shown_for_kustomize,
	},
	[ID_SOPS_SECRET] = {
	    .id = "sopsSecretName",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Secret with the SOPS key",
	    .help = "Its name, beside the Flux objects; its key ends with .agekey or .asc. Empty: the controller's own cloud identity.",
	    .example = "sops-age",
	    .yaml = "spec.decryption.secretRef.name of flux-kustomization.yaml",
	    .optional = true,
	    .check = check_secret,
	    .shown = shown_with_sops,
	},
};

const struct lf_extra lf_flux_sync_options = {.questions = rows, .question_count = LF_COUNT(rows), .render = render};
