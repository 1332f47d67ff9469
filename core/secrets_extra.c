/* secrets_extra: how the application gets its secrets without one in Git: the documents of an ExternalSecret (External Secrets Operator), a SealedSecret that the user sealed,
 * or SOPS. For every provider; where those of a chart go is secrets_chart.c's. */
#include "config.h"
#include "core/extra.h"

#include <ctype.h>
#include <string.h>

#include "core/chart_extras.h"
#include "core/mem.h"
#include "core/plan.h"
#include "core/secrets.h"
#include "core/secrets_chart.h"
#include "core/str.h"

#define EXTERNAL "external-secrets.io"

static void put_remote(struct lf_node *item, const char *where)
{
	struct lf_node *remote = lf_node_set_map(item, "remoteRef");
	const char *hash = strrchr(where, '#');
	char *key = hash ? lf_dup_n(where, (size_t)(hash - where)) : lf_dup(where);

	lf_node_set_text(remote, "key", key);
	if (hash && hash[1])
		lf_node_set_text(remote, "property", hash + 1);
	lf_free(key);
}

static bool is_decrypted_by_flux(const struct lf_plan *plan)
{
	return lf_plan_is(plan, "secretMethod", "sops") && lf_plan_is(plan, "gitopsDeployment", "flux");
}

/* Beside the workload; of a chart where its provider takes it from. */
static struct lf_document *add_document(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts, const char *file, struct lf_node *tree, const char *id)
{
	struct lf_document *document = NULL;
	char *folder, *path;

	if (!lf_secrets_are_of_chart(plan))
		return lf_extra_add_workload(out, plan, facts, file, tree, id);
	if (lf_secrets_are_written(plan) && !is_decrypted_by_flux(plan))
		return lf_chart_extras_add(out, plan, file, tree);
	folder = lf_secrets_are_written(plan) ? lf_chart_extras_folder(plan, "secrets") : NULL;
	path = folder ? lf_path_join(folder, file) : NULL;
	if (path)
		document = lf_documents_add(out, path, LF_DOCUMENT_WORKLOAD, tree);
	else
		lf_node_free(tree);
	lf_free(folder);
	lf_free(path);
	return document;
}

/* Nothing else says where an object beside the HelmRelease goes. What is sealed for a namespace says it itself. */
static void put_namespace(struct lf_node *root, const struct lf_plan *plan)
{
	struct lf_node *metadata = lf_node_get(root, "metadata");
	const char *namespace = lf_secrets_namespace(plan, lf_node_text(metadata, "name"));

	if (lf_secrets_are_of_chart(plan) && lf_plan_is(plan, "gitopsDeployment", "flux") && !lf_equal(lf_node_text(metadata, "namespace"), namespace))
		lf_extra_put(metadata, "namespace", namespace, "targetNamespace");
}

static struct lf_node *build_external(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *root = lf_extra_object(facts, EXTERNAL, "ExternalSecret", "v1"), *spec, *map, *list, *keys = lf_plan_tree(plan, "secretKeys");

	lf_node_set_origin(lf_node_get(root, "kind"), "secretMethod");
	lf_extra_put_metadata(root, plan, lf_plan_text(plan, "externalSecretName"), "externalSecretName");
	put_namespace(root, plan);
	spec = lf_node_set_map(root, "spec");
	lf_plan_put(spec, "refreshInterval", plan, "secretRefresh");
	map = lf_node_set_map(spec, "secretStoreRef");
	lf_plan_put(map, "name", plan, "secretStore");
	lf_plan_put(map, "kind", plan, "secretStoreKind");
	map = lf_node_set_map(spec, "target");
	lf_plan_put(map, "name", plan, "externalSecretName");
	lf_node_set_text(map, "creationPolicy", "Owner");
	list = lf_node_count(keys) ? lf_node_set_list(spec, "data") : NULL;
	for (size_t i = 0; i < lf_node_count(keys); i++) {
		map = lf_node_add_map(list);
		lf_node_set_text(map, "secretKey", lf_node_key_at(keys, i));
		put_remote(map, lf_node_text(lf_node_at(keys, i), NULL));
	}
	lf_extra_mark(list, lf_plan_origin(plan, "secretKeys"));
	if (*lf_plan_text(plan, "secretExtract")) {
		map = lf_node_set_map(lf_node_add_map(lf_node_set_list(spec, "dataFrom")), "extract");
		lf_plan_put(map, "key", plan, "secretExtract");
	}
	lf_node_free(keys);
	return root;
}

static bool is_variable(const char *name)
{
	return !isdigit((unsigned char)*name) && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(name);
}

/* Of a base only what is in the Secret of each environment: a pod waits for a key that is not there. */
static bool is_everywhere(const struct lf_plan *plan, const char *key)
{
	const struct lf_plan *whole = lf_plan_whole(plan);
	bool found = true;

	for (size_t i = 0; i < lf_plan_part_count(whole) && found && lf_plan_is(plan, "deploymentMethod", "kustomize"); i++) {
		struct lf_node *keys = lf_plan_tree(lf_plan_part(whole, i), "secretKeys");

		found = lf_node_key(keys, key);
		lf_node_free(keys);
	}
	return found;
}

/* A key that is spelled like a variable becomes one of the starter workload. */
static void put_variables(struct lf_documents *out, const struct lf_plan *plan)
{
	struct lf_node *workload = lf_extra_find(out, "apps", "Deployment"), *keys = lf_plan_tree(plan, "secretKeys");
	struct lf_node *container = lf_node_at(lf_node_get(workload, "spec.template.spec.containers"), 0), *item, *ref;

	for (size_t i = 0; container && i < lf_node_count(keys); i++) {
		if (!is_variable(lf_node_key_at(keys, i)) || !is_everywhere(plan, lf_node_key_at(keys, i)))
			continue;
		item = lf_node_add_map(lf_node_set_list(container, "env"));
		lf_node_set_text(item, "name", lf_node_key_at(keys, i));
		ref = lf_node_set_map(lf_node_set_map(item, "valueFrom"), "secretKeyRef");
		lf_node_set_text(ref, "name", lf_plan_text(plan, "externalSecretName"));
		lf_node_set_text(ref, "key", lf_node_key_at(keys, i));
		lf_extra_mark(item, lf_plan_origin(plan, "secretKeys"));
	}
	lf_node_free(keys);
}

/* The rules by which "sops FILE" knows what to encrypt for whom. One that exists already is kept. */
static struct lf_node *build_rules(const struct lf_plan *plan)
{
	struct lf_node *root = lf_node_new(LF_NODE_MAP), *rule = lf_node_add_map(lf_node_set_list(root, "creation_rules"));

	lf_node_set_text(rule, "path_regex", LF_SOPS_PATHS);
	lf_node_set_text(rule, "encrypted_regex", LF_SOPS_KEYS);
	lf_node_set_text(rule, "age", lf_plan_text(plan, "sopsRecipient"));
	return root;
}

static void render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *tree;
	struct lf_document *document;

	if (lf_plan_is(plan, "secretMethod", "external")) {
		put_variables(out, plan);
		(void)add_document(out, plan, facts, "externalsecret.yaml", build_external(plan, facts), "secretMethod");
	} else if (lf_plan_is(plan, "secretMethod", "sealed")) {
		tree = lf_plan_tree(plan, "sealedSecret");
		/* Only what was checked; whatever else is typed goes nowhere. */
		if (tree && lf_equal(lf_node_text(tree, "kind"), "SealedSecret")) {
			put_namespace(tree, plan);
			(void)add_document(out, plan, facts, "sealedsecret.yaml", tree, "sealedSecret");
		} else {
			lf_node_free(tree);
		}
	} else if (lf_plan_is(plan, "secretMethod", "sops")) {
		if (*lf_plan_text(plan, "sopsRecipient"))
			lf_documents_add(out, ".sops.yaml", LF_DOCUMENT_WORKLOAD, build_rules(plan))->only_if_missing = true;
		tree = lf_plan_tree(plan, "encryptedSecret");
		if (tree && lf_equal(lf_node_text(tree, "kind"), "Secret") && lf_secrets_is_encrypted(tree)) {
			document = add_document(out, plan, facts, "secret.enc.yaml", tree, "encryptedSecret");
			if (document)
				document->is_patch = true; /* the API server knows no block "sops" */
		} else {
			lf_node_free(tree);
		}
	}
}

const struct lf_extra lf_extra_secrets = {.questions = lf_secret_rows, .question_count = LF_SECRET_QUESTIONS, .render = render};
