/* secrets_questions: what is asked about how the application gets its secrets, and what of the answers cannot be. What is sealed or encrypted comes from the user's own
 * tools; nothing is encrypted here. Pure. */
#include "config.h"
#include "core/extra.h"

#include <stdio.h>
#include <string.h>

#include "core/chart_extras.h"
#include "core/chart_source.h"
#include "core/mem.h"
#include "core/plan.h"
#include "core/secrets.h"
#include "core/secrets_chart.h"
#include "core/str.h"
#include "core/text.h"

#define EXTERNAL "external-secrets.io"
#define SEALED "bitnami.com"

enum { ROW_METHOD, ROW_NAME, ROW_STORE, ROW_STORE_KIND, ROW_KEYS, ROW_EXTRACT, ROW_REFRESH, ROW_SEALED, ROW_RECIPIENT, ROW_ENCRYPTED, ROW_KEY, ROW_GIT };

static bool offered(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_is(plan, "deploymentMethod", "kustomize") || lf_plan_is(plan, "deploymentMethod", "manifests") || lf_chart_extras_possible(plan);
}

static bool shown_external(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_is(plan, "secretMethod", "external");
}

static bool shown_sealed(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_is(plan, "secretMethod", "sealed");
}

static bool shown_sops(const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_is(plan, "secretMethod", "sops");
}

/* For a chart Landfall writes the Kustomization that decrypts. */
static bool shown_sops_of_chart(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return shown_sops(plan, facts) && lf_plan_is_chart(plan) && lf_plan_is(plan, "gitopsDeployment", "flux");
}

/* Only that of a chart from elsewhere has no source in Git for anything else. */
static bool shown_sops_of_remote_chart(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return shown_sops_of_chart(plan, facts) && lf_plan_is_remote_chart(plan);
}

static bool warn_method(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	if (lf_equal(value, "external"))
		return lf_extra_unserved(out, facts, EXTERNAL, "ExternalSecret", "the External Secrets Operator");
	if (lf_equal(value, "sealed"))
		return lf_extra_unserved(out, facts, SEALED, "SealedSecret", "the Sealed Secrets controller");
	if (!lf_equal(value, "sops") || lf_plan_yes(plan, "sopsDecryption") || (lf_plan_is_chart(plan) && lf_plan_is(plan, "gitopsDeployment", "flux")))
		return false;
	lf_fail(out, LF_EINVAL, "secretMethod", 0, "Nothing in the cluster is told to decrypt what SOPS encrypted.");
	lf_hint(out, lf_plan_is(plan, "gitopsDeployment", "flux") ? "Answer yes to \"More options\" and \"Decrypt with SOPS\" in the sync step."
								   : "Argo CD decrypts by a plugin of its repo-server only (KSOPS or the like); without one the sync fails.");
	return true;
}

/* ---- ExternalSecret ---- */

static bool derive_name(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	/* One name in all environments: their namespaces tell them apart, and the base refers to it. */
	(void)snprintf(out->value, sizeof(out->value), "%s-secrets", lf_plan_text(lf_plan_whole(plan), "appName"));
	out->source = "as the application";
	return *lf_plan_text(plan, "appName");
}

static int check_name(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	return lf_extra_check_name(value, "The Secret", "web-secrets", err);
}

static int check_store(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	return lf_extra_check_name(value, "The store", "vault", err);
}

static int check_refresh(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	if (!lf_duration_ms(value) || lf_duration_ms(value) >= 1000)
		return LF_OK;
	lf_fail(err, LF_EINVAL, "secretRefresh", 0, "This is too short.");
	lf_hint(err, "At least a second; 0s: fetch it once. Example: 1h");
	return LF_EINVAL;
}

/* A key of a Secret: [-._a-zA-Z0-9]+, at most 253. */
static bool is_secret_key(const char *key)
{
	size_t n = strlen(key);

	return n && n <= 253 && strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") == n && !lf_equal(key, ".") && !lf_equal(key, "..");
}

static int check_keys(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_node *map = NULL;
	int code = lf_question_tree(&map, &lf_secret_rows[ROW_KEYS], value, err);

	(void)plan;
	(void)facts;
	for (size_t i = 0; i < lf_node_count(map) && !code; i++) {
		const char *text = lf_node_text(lf_node_at(map, i), NULL);
		char *safe = lf_text_clean_dup(lf_node_key_at(map, i), 60);

		if (!is_secret_key(lf_node_key_at(map, i))) {
			code = lf_fail(err, LF_EINVAL, "secretKeys", 0, "%s cannot be a key of a Secret.", safe);
			lf_hint(err, "Letters, digits, -, _ and dots. Example: %s", lf_secret_rows[ROW_KEYS].example);
		} else if (lf_node_kind(lf_node_at(map, i)) != LF_NODE_TEXT || !*text || *text == '#' || strpbrk(text, "\r\n")) {
			code = lf_fail(err, LF_EINVAL, "secretKeys", 0, "%s does not say where in the store its value is.", safe);
			lf_hint(err, "The key in the store, with #property behind it where it has several. Example: %s", lf_secret_rows[ROW_KEYS].example);
		}
		lf_free(safe);
	}
	lf_node_free(map);
	return code;
}

static bool warn_extract(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *keys = lf_plan_tree(plan, "secretKeys");
	bool fetches = *value || lf_node_count(keys);

	(void)facts;
	lf_node_free(keys);
	if (fetches)
		return false;
	lf_fail(out, LF_EINVAL, "secretExtract", 0, "Nothing says what to fetch: the Secret would be empty.");
	lf_hint(out, "Name single values above, or an entry of the store here whose properties are all taken.");
	return true;
}

static const struct lf_option methods[] = {
	{"no", "none", "The application needs none, or they are there already"},
	{"external", "External Secrets", "An operator fetches them from a vault"},
	{"sealed", "Sealed Secrets", "You sealed them for this cluster with kubeseal"},
	{"sops", "SOPS", "You encrypt them with sops; the provider decrypts"},
};
static const struct lf_option stores[] = {
	{"SecretStore", "SecretStore", "Of the application's namespace"},
	{"ClusterSecretStore", "ClusterSecretStore", "For all namespaces"},
};

const struct lf_question lf_secret_rows[] = {
	[ROW_METHOD] = {
	    .id = "secretMethod",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "Secrets",
	    .help = "How the application gets its secrets. A plain Secret is never committed.",
	    .detail = "An ExternalSecret says where in a vault they are. A SealedSecret can be opened in one cluster only. SOPS encrypts the values in the file and leaves the names "
		      "readable; Flux decrypts it itself, Argo CD by a plugin. Of a chart the Secret goes to the target namespace, for values like existingSecret; one that "
		      "valuesFrom names goes beside the HelmRelease, where Flux takes values from.",
	    .example = "external",
	    .recall_from = "kind of externalsecret.yaml and sealedsecret.yaml and secret.enc.yaml",
	    .recall = lf_secrets_recall_method,
	    .fallback = "no",
	    .options = methods,
	    .option_count = LF_COUNT(methods),
	    .warn = warn_method,
	    .shown = offered,
	},
	[ROW_NAME] = {
	    .id = "externalSecretName",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Name of the Secret",
	    .help = "The Secret that the operator makes in the target namespace.",
	    .example = "web-secrets",
	    .yaml = "spec.target.name of externalsecret.yaml",
	    .derive = derive_name,
	    .check = check_name,
	    .shown = shown_external,
	},
	[ROW_STORE] = {
	    .id = "secretStore",
	    .by_environment = true,
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Store",
	    .help = "The store of the External Secrets Operator that knows the vault.",
	    .example = "vault",
	    .yaml = "spec.secretStoreRef.name of externalsecret.yaml",
	    .check = check_store,
	    .shown = shown_external,
	},
	[ROW_STORE_KIND] = {
	    .id = "secretStoreKind",
	    .by_environment = true,
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "Its kind",
	    .help = "Whether the store is of the namespace or of the cluster.",
	    .example = "ClusterSecretStore",
	    .yaml = "spec.secretStoreRef.kind of externalsecret.yaml",
	    .fallback = "ClusterSecretStore",
	    .options = stores,
	    .option_count = LF_COUNT(stores),
	    .shown = shown_external,
	},
	[ROW_KEYS] = {
	    .id = "secretKeys",
	    .by_environment = true,
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_YAML,
	    .prompt = "Values",
	    .help = "Key in the Secret: key in the store, with #property behind it. Names, never values.",
	    .detail = "A key that is spelled like a variable (DATABASE_PASSWORD) becomes an environment variable of the starter workload.",
	    .example = "{DATABASE_PASSWORD: \"prod/web#password\"}",
	    .yaml = "spec.data of externalsecret.yaml",
	    .recall = lf_secrets_recall_keys,
	    .optional = true,
	    .shape = LF_NODE_MAP,
	    .texts = true,
	    .check = check_keys,
	    .shown = shown_external,
	},
	[ROW_EXTRACT] = {
	    .id = "secretExtract",
	    .by_environment = true,
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "All values of",
	    .help = "An entry of the store whose properties are all taken. May stay empty.",
	    .example = "prod/web",
	    .yaml = "spec.dataFrom.0.extract.key of externalsecret.yaml",
	    .optional = true,
	    .warn = warn_extract,
	    .shown = shown_external,
	},
	[ROW_REFRESH] = {
	    .id = "secretRefresh",
	    .by_environment = true,
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_DURATION,
	    .prompt = "Fetch them every",
	    .help = "How often the store is asked; 0s: once.",
	    .example = "1h",
	    .yaml = "spec.refreshInterval of externalsecret.yaml",
	    .fallback = "1h",
	    .check = check_refresh,
	    .shown = shown_external,
	},
	[ROW_SEALED] = {
	    .id = "sealedSecret",
	    .by_environment = true,
	    .guarded = true,
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_YAML,
	    .prompt = "The SealedSecret",
	    .help = "What kubeseal wrote. On the command line: --set sealedSecret=@sealed-secret.yaml",
	    .detail = "kubectl create secret generic NAME -n NAMESPACE --from-env-file=secrets.env --dry-run=client -o yaml | kubeseal -o yaml > sealed-secret.yaml. It is bound to "
		      "its namespace: of several environments each has its own, environmentSettings.NAME.sealedSecret.",
	    .example = "@sealed-secret.yaml",
	    .yaml = "kind of sealedsecret.yaml",
	    .recall_from = " of sealedsecret.yaml",
	    .recall = lf_secrets_recall_sealed,
	    .shape = LF_NODE_MAP,
	    .check = lf_secrets_check_sealed,
	    .shown = shown_sealed,
	},
	[ROW_RECIPIENT] = {
	    .id = "sopsRecipient",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Public key of age",
	    .help = "Writes .sops.yaml, so that sops knows what to encrypt for whom. Empty: none is written.",
	    .detail = "age-keygen makes a key pair; the private one goes into a Secret of the cluster (key with the ending .agekey) and never to Git.",
	    .example = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
	    .recall_from = "creation_rules of /.sops.yaml",
	    .recall = lf_secrets_recall_recipient,
	    .optional = true,
	    .check = lf_secrets_check_recipient,
	    .shown = shown_sops,
	},
	[ROW_ENCRYPTED] = {
	    .id = "encryptedSecret",
	    .by_environment = true,
	    .guarded = true,
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_YAML,
	    .prompt = "The encrypted Secret",
	    .help = "What sops wrote. On the command line: --set encryptedSecret=@secret.enc.yaml. May stay empty.",
	    .detail = "sops --encrypt --encrypted-regex '^(data|stringData)$' secret.yaml > secret.enc.yaml. An environment may have its own: "
		      "That is environmentSettings.NAME.encryptedSecret.",
	    .example = "@secret.enc.yaml",
	    .yaml = "kind of secret.enc.yaml",
	    .recall_from = " of secret.enc.yaml",
	    .recall = lf_secrets_recall_encrypted,
	    .optional = true,
	    .shape = LF_NODE_MAP,
	    .check = lf_secrets_check_encrypted,
	    .shown = shown_sops,
	},
	[ROW_KEY] = {
	    .id = "sopsKeyName",
	    .by_environment = true,
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Secret with the SOPS key",
	    .help = "Its name, beside the Flux objects; its key ends with .agekey or .asc. Empty: the controller's own cloud identity.",
	    .detail = "A Kustomization of its own decrypts the release's secrets: a HelmRelease cannot.",
	    .example = "sops-age",
	    .yaml = "spec.decryption.secretRef.name of secrets-kustomization.yaml",
	    .optional = true,
	    .check = check_name,
	    .shown = shown_sops_of_chart,
	},
	[ROW_GIT] = {
	    .id = "sopsGitSecretName",
	    .step = LF_STEP_EXTRAS,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Secret with Git credentials",
	    .help = "Name of a Secret beside the Flux objects, for a private repository. Empty: none. Not used where a source of this repository exists.",
	    .detail = "The chart is from elsewhere, but its secrets are in Git, so Flux reads that, too. To make it: flux create secret git NAME",
	    .example = "git-credentials",
	    .yaml = "spec.secretRef.name of gitrepository.yaml",
	    .optional = true,
	    .check = check_name,
	    .shown = shown_sops_of_remote_chart,
	},
};
_Static_assert(LF_COUNT(lf_secret_rows) == LF_SECRET_QUESTIONS, "count the rows again");
