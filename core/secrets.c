/* secrets: see secrets.h. Judges trees by what Kubernetes, Kustomize and SOPS make of them; decrypts nothing and prints no value. */
#include "config.h"
#include "core/secrets.h"

#include <ctype.h>
#include <string.h>

#include "core/extra.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"
#include "core/yaml.h"

#define WAYS "Never commit it in clear. Three ways: an ExternalSecret that fetches it, a SealedSecret (kubeseal -o yaml), or SOPS (sops --encrypt); see secretMethod."

static bool is_cipher(const struct lf_node *value)
{
	const char *text = lf_node_text(value, NULL);

	return lf_starts_with(text, "ENC[") && lf_ends_with(text, "]");
}

static bool is_all_cipher(const struct lf_node *values)
{
	for (size_t i = 0; i < lf_node_count(values); i++) {
		if (!is_cipher(lf_node_at(values, i)))
			return false;
	}
	return true;
}

bool lf_secrets_is_encrypted(const struct lf_node *object)
{
	return is_cipher(lf_node_get(object, "sops.mac")) && is_all_cipher(lf_node_key(object, "data")) && is_all_cipher(lf_node_key(object, "stringData"));
}

static bool refuse(struct lf_error *why, const char *path, const char *what, const struct lf_node *object, const char *name)
{
	char *file = lf_text_clean_dup(path, 160), *safe = lf_text_clean_dup(name, 80);
	int line = lf_node_line(object);

	if (line > 0)
		lf_fail(why, LF_EREFUSED, "secrets", 0, "%s:%d: %s%s%s", file, line, what, *safe ? " " : "", safe);
	else
		lf_fail(why, LF_EREFUSED, "secrets", 0, "%s: %s%s%s", file, what, *safe ? " " : "", safe);
	lf_hint(why, "%s", WAYS);
	lf_free(file);
	lf_free(safe);
	return true;
}

static bool find_object(struct lf_error *why, const char *path, const struct lf_node *object)
{
	const char *kind = lf_node_text(object, "kind"), *version = lf_node_text(object, "apiVersion");
	const struct lf_node *items = lf_node_key(object, "items"), *generators = lf_node_key(object, "secretGenerator");

	if (lf_node_kind(object) != LF_NODE_MAP)
		return false;
	if (lf_equal(kind, "Secret") && lf_equal(version, "v1") && (lf_node_count(lf_node_key(object, "data")) || lf_node_count(lf_node_key(object, "stringData"))) &&
	    !lf_secrets_is_encrypted(object))
		return refuse(why, path, "a plain Secret", object, lf_node_text(object, "metadata.name"));
	for (size_t i = 0; (lf_equal(kind, "List") || lf_equal(kind, "SecretList")) && i < lf_node_count(items); i++) {
		if (find_object(why, path, lf_node_at(items, i)))
			return true;
	}
	for (size_t i = 0; i < lf_node_count(generators); i++) {
		const struct lf_node *literals = lf_node_key(lf_node_at(generators, i), "literals");

		if (lf_node_count(literals) && !is_all_cipher(literals))
			return refuse(why, path, "a secretGenerator with the values in it,", lf_node_at(generators, i), lf_node_text(lf_node_at(generators, i), "name"));
	}
	return false;
}

bool lf_secrets_find(struct lf_error *why, const char *path, const struct lf_node *tree)
{
	if (lf_node_kind(tree) != LF_NODE_LIST)
		return find_object(why, path, tree);
	for (size_t i = 0; i < lf_node_count(tree); i++) {
		if (find_object(why, path, lf_node_at(tree, i)))
			return true;
	}
	return false;
}

bool lf_secrets_find_in_text(struct lf_error *why, const char *path, const char *text)
{
	struct lf_node *documents = NULL;
	bool found;

	/* Most files cannot hold one, and need not be parsed. */
	if (!text || (!strstr(text, "Secret") && !strstr(text, "secretGenerator")) || lf_yaml_parse(&documents, text, strlen(text), path, &lf_yaml_limits_default, NULL))
		return false;
	found = lf_secrets_find(why, path, documents);
	lf_node_free(documents);
	return found;
}

/* ---- answers ---- */

/* "DB_PASSWORD", "dbPassword", "db-password" → "dbpassword". */
static void squeeze(char *out, size_t size, const char *key)
{
	size_t n = 0;

	for (; *key && n + 1 < size; key++) {
		if (isalnum((unsigned char)*key))
			out[n++] = (char)tolower((unsigned char)*key);
	}
	out[n] = '\0';
}

static bool names_secret(const char *key)
{
	static const char *const ends[] = {"password", "passwd", "passphrase", "token", "secretkey", "apikey", "accesskey", "privatekey", "encryptionkey",
					   "credentials", "connectionstring", "dsn",
					   /* not "existingSecret" or "imagePullSecret": those are names, as it should be */
					   "clientsecret", "jwtsecret", "sharedsecret", "appsecret", "webhooksecret"};
	char word[128];

	squeeze(word, sizeof(word), key);
	for (size_t i = 0; i < LF_COUNT(ends); i++) {
		if (lf_ends_with(word, ends[i]))
			return true;
	}
	return lf_equal(word, "secret");
}

/* A text that stands for itself: no reference, no placeholder, no yes or no. */
static bool is_literal(const struct lf_node *value)
{
	const char *text = lf_node_text(value, NULL);

	return (lf_node_kind(value) == LF_NODE_TEXT || lf_node_kind(value) == LF_NODE_NUMBER) && *text && !strstr(text, "${") && !strstr(text, "{{") && !lf_starts_with(text, "$(") &&
	       !is_cipher(value);
}

static bool holds_key(const struct lf_node *value)
{
	const char *text = lf_node_text(value, NULL);

	return strstr(text, "-----BEGIN ") && strstr(text, "PRIVATE KEY-----");
}

/* The name of the first key that looks like a secret's; NULL: none. Borrowed. */
static const char *suspect(const struct lf_node *node)
{
	const char *found = NULL, *name = lf_node_text(node, "name");

	/* env: [{name: DB_PASSWORD, value: …}] */
	if (lf_node_kind(node) == LF_NODE_MAP && names_secret(name) && is_literal(lf_node_key(node, "value")))
		return name;
	for (size_t i = 0; i < lf_node_count(node) && !found; i++) {
		const char *key = lf_node_kind(node) == LF_NODE_MAP ? lf_node_key_at(node, i) : "a private key";
		const struct lf_node *value = lf_node_at(node, i);

		if (lf_node_count(value))
			found = suspect(value);
		else if ((lf_node_kind(node) == LF_NODE_MAP && names_secret(key) && is_literal(value)) || holds_key(value))
			found = key;
	}
	return found;
}

bool lf_secrets_warn(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *documents = NULL;
	const char *found = NULL;
	char *safe;

	(void)plan;
	(void)facts;
	if (!*value || lf_yaml_parse(&documents, value, strlen(value), "", &lf_yaml_limits_default, NULL))
		return false;
	for (size_t i = 0; i < lf_node_count(documents) && !found; i++)
		found = suspect(lf_node_at(documents, i));
	if (found) {
		safe = lf_text_clean_dup(found, 60);
		lf_fail(out, LF_EINVAL, "secrets", 0, "%s looks like a secret, and its value would be committed in clear.", safe);
		lf_hint(out, "Let it come from a Secret of the cluster: an existing one, an ExternalSecret, a SealedSecret, or SOPS (secretMethod).");
		lf_free(safe);
	}
	lf_node_free(documents);
	return found;
}
