/* Secrets in clear: each key that names one, each shape they come in, and what only looks like one. */
#include "config.h"

#include <string.h>

#include "core/extra.h"
#include "core/mem.h"
#include "core/node.h"
#include "core/secrets.h"
#include "core/str.h"
#include "core/yaml.h"
#include "tests/unit/rules.h"

static void test_keys(void **state)
{
	static const char *const keys[] = {"password", "passwd", "passphrase", "token", "secretKey", "API_KEY", "access-key", "privateKey", "encryption.key", "credentials", "connectionString", "dsn",
					   "clientSecret", "JWT_SECRET", "sharedSecret", "appSecret", "webhookSecret", "secret", "DB_PASSWORD", "adminPassword"};
	static const char *const others[] = {"passwords", "existingSecret", "imagePullSecret", "secretName", "tokenizer", "key", "user"};
	static const char *const shapes[] = {"%s: x", "a: {b: [{%s: x}]}", "env: [{name: %s, value: x}]", "%s: 7", "a: 1\nb: {%s: x}"};
	static const char *const safe[] = {"%s: ''", "%s: ${X}", "%s: '{{ .x }}'", "%s: $(X)", "%s: true", "%s: ~", "%s: ENC[AES256_GCM]", "%s: {name: x}", "env: [{name: %s, valueFrom: x}]"};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(keys) + LF_COUNT(others); i++) {
		const char *key = i < LF_COUNT(keys) ? keys[i] : others[i - LF_COUNT(keys)];

		for (size_t k = 0; k < LF_COUNT(shapes) + LF_COUNT(safe); k++) {
			const char *shape = k < LF_COUNT(shapes) ? shapes[k] : safe[k - LF_COUNT(shapes)], *gap = strstr(shape, "%s");
			bool wanted = i < LF_COUNT(keys) && k < LF_COUNT(shapes);
			struct lf_error why = {0};
			struct lf_str text = {0};

			lf_str_add_n(&text, shape, (size_t)(gap - shape));
			lf_str_add(&text, key);
			lf_str_add(&text, gap + 2);
			if (lf_secrets_warn(&why, lf_str_text(&text), NULL, NULL) != wanted)
				fail_msg("%s", lf_str_text(&text));
			assert_true(!wanted || (strstr(why.message, key) && *why.hint));
			lf_str_dispose(&text);
		}
	}
}

static void test_private_keys(void **state)
{
	static const struct {
		const char *answer;
		bool found;
	} rows[] = {
		{"a: \"-----BEGIN RSA PRIVATE KEY-----\"", true}, {"a: [\"-----BEGIN PRIVATE KEY-----\"]", true}, {"a: \"-----BEGIN CERTIFICATE-----\"", false},
		{"a: \"PRIVATE KEY-----\"", false}, {"", false}, {"a: [", false}, {"- {token: x}", true}, {"a: 1\n---\ntoken: x", true},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_error why = {0};

		if (lf_secrets_warn(&why, rows[i].answer, NULL, NULL) != rows[i].found)
			fail_msg("%s", rows[i].answer);
	}
}

#define SOPS "sops: {mac: 'ENC[x]'}\n"
#define SECRET "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"

static void test_files(void **state)
{
	static const struct {
		const char *text;
		bool found;
	} rows[] = {
		{SECRET "data: {a: eA==}\n", true}, {SECRET "stringData: {a: x}\n", true}, {SECRET "data: {}\n", false}, {SECRET, false},
		{SECRET "data: {a: 'ENC[x]'}\n" SOPS, false}, {SECRET "stringData: {a: 'ENC[x]'}\n" SOPS, false}, {SECRET "data: {a: 'ENC[x]', b: eA==}\n" SOPS, true},
		{SECRET "data: {a: 'ENC[x]'}\nstringData: {b: x}\n" SOPS, true}, {SECRET "data: {a: 'ENC[x]'}\n", true}, {SECRET "data: {a: 'ENC[x'}\n" SOPS, true},
		{SECRET "data: {a: 'x]'}\n" SOPS, true}, {SECRET "data: {a: 'ENC[x]'}\nsops: {mac: x}\n", true},
		{"apiVersion: v1\nkind: ConfigMap\ndata: {Secret: x}\n", false}, {"apiVersion: x/v1\nkind: Secret\ndata: {a: x}\n", false},
		{"kind: List\nitems:\n- {apiVersion: v1, kind: Secret, data: {a: x}}\n", true}, {"kind: SecretList\nitems:\n- {apiVersion: v1, kind: Secret, data: {a: x}}\n", true},
		{"kind: Other\nitems:\n- {apiVersion: v1, kind: Secret, data: {a: x}}\n", false}, {"a: 1\n---\n" SECRET "data: {a: x}\n", true},
		{"secretGenerator: [{name: s, literals: [a=b]}]\n", true}, {"secretGenerator: [{name: s, literals: []}]\n", false}, {"secretGenerator: [{name: s, files: [a]}]\n", false},
		{"secretGenerator: [{name: r, files: [a]}, {name: s, literals: [a=b]}]\n", true}, {"secretGenerator: [{name: s, literals: ['ENC[x]']}]\n", false},
		{"- Secret\n", false}, {"Secret\n", false}, {"kind: Secret\ndata: [\n", false}, {NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_error why = {0};

		if (lf_secrets_find_in_text(&why, "dir/f.yaml", rows[i].text) != rows[i].found)
			fail_msg("%s", rows[i].text);
		if (rows[i].found)
			assert_true(why.code == LF_EREFUSED && strstr(why.message, "dir/f.yaml:") && *why.hint);
	}
}

/* What is rendered was never in a file, so there is no line to name. */
static void test_what_has_no_line(void **state)
{
	struct lf_node *object = lf_node_new(LF_NODE_MAP);
	struct lf_error why = {0};

	(void)state;
	lf_node_set_text(object, "apiVersion", "v1");
	lf_node_set_text(object, "kind", "Secret");
	lf_node_set_text(lf_node_set_map(object, "data"), "a", "b");
	assert_true(lf_secrets_find(&why, "x.yaml", object));
	assert_non_null(strstr(why.message, "x.yaml: a plain Secret"));
	lf_node_free(object);
}

#define AGE "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8"
#define SEALED(value, more) "{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: s}, spec: {encryptedData: {a: " value "}" more "}}"

/* What is read back from files, where they say no more than an answer can. */
static void test_recall(void **state)
{
#define RULE "{path_regex: '" LF_SOPS_PATHS "', encrypted_regex: '" LF_SOPS_KEYS "', age: x}"
	static const struct {
		char *(*recall)(const struct lf_node *node);
		const char *there, *answer; /* NULL: none */
	} rows[] = {
		{lf_secrets_recall_keys, "[{secretKey: a, remoteRef: {key: k}}]", "a: k\n"},
		{lf_secrets_recall_keys, "[{secretKey: a, remoteRef: {key: k, property: p}}, {secretKey: b, remoteRef: {key: k}}]", "a: k#p\nb: k\n"},
		{lf_secrets_recall_keys, "[{secretKey: a, remoteRef: {key: 'k#p', property: r}}]", "a: k#p#r\n"},
		{lf_secrets_recall_keys, "[{secretKey: a, remoteRef: {key: 'k#p'}}]", NULL}, /* would come back as a property */
		{lf_secrets_recall_keys, "[{secretKey: a, remoteRef: {key: k}, sourceRef: x}]", NULL},
		{lf_secrets_recall_keys, "[{other: a, remoteRef: {key: k}}]", NULL},
		{lf_secrets_recall_keys, "[{secretKey: a, remoteRef: {property: p}}]", NULL},
		{lf_secrets_recall_keys, "[{secretKey: a, remoteRef: {property: p, version: v}}]", NULL},
		{lf_secrets_recall_keys, "[{secretKey: a, remoteRef: {key: k, version: v}}]", NULL},
		{lf_secrets_recall_keys, "[{secretKey: a, remoteRef: {key: k, property: p, version: v}}]", NULL},
		{lf_secrets_recall_keys, "{a: b}", NULL},
		{lf_secrets_recall_encrypted, "{apiVersion: v1, kind: Secret, data: {a: 'ENC[x]'}, sops: {mac: 'ENC[x]'}}", "apiVersion: v1\nkind: Secret\ndata:\n  a: ENC[x]\nsops:\n  mac: ENC[x]\n"},
		{lf_secrets_recall_encrypted, "{apiVersion: v1, kind: Secret, data: {a: eA==}}", NULL}, /* nothing of a plain one is shown */
		{lf_secrets_recall_encrypted, "{apiVersion: v1, kind: ConfigMap, data: {a: 'ENC[x]'}, sops: {mac: 'ENC[x]'}}", NULL},
		{lf_secrets_recall_recipient, "[" RULE "]", "x"},
		{lf_secrets_recall_recipient, "[" RULE ", " RULE "]", NULL},
		{lf_secrets_recall_recipient, "[{path_regex: '" LF_SOPS_PATHS "', encrypted_regex: '" LF_SOPS_KEYS "', age: x, pgp: y}]", NULL},
		{lf_secrets_recall_recipient, "[{path_regex: other, encrypted_regex: '" LF_SOPS_KEYS "', age: x}]", NULL},
		{lf_secrets_recall_recipient, "[{path_regex: '" LF_SOPS_PATHS "', encrypted_regex: other, age: x}]", NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_node *documents = NULL;
		char *answer;

		assert_int_equal(lf_yaml_parse(&documents, rows[i].there, strlen(rows[i].there), "there", &lf_yaml_limits_default, NULL), LF_OK);
		answer = rows[i].recall(lf_node_at(documents, 0));
		if (!lf_equal(answer, rows[i].answer))
			fail_msg("%s: %s", rows[i].there, answer ? answer : "none");
		lf_free(answer);
		lf_node_free(documents);
	}
}

/* What the rows of secrets take, to the last character. */
static void test_rows(void **state)
{
	static const char *const base[] = {"gitopsDeployment=flux", "deploymentMethod=kustomize", "appName=web", "targetNamespace=shop", "gitRepoUrl=https://git.example.com/a.git", "gitPath=apps/web", NULL};
	static const struct test_answer rows[] = {
		{base, "secretMethod=external", "secretKeys", "{%s: a}", 253, NULL},
		{base, "secretMethod=external", "secretKeys", "{%s: a}", 254, "cannot be a key of a Secret"},
		{base, "secretMethod=external", "secretStore", "a.b%s", 250, NULL},
		{base, "secretMethod=external", "secretStore", "a.b%s", 251, "valid name"},
		{base, "secretMethod=external", "secretRefresh", "1s", 0, NULL},
		{base, "secretMethod=external", "secretRefresh", "999ms", 0, "too short"},
		{base, "secretMethod=sealed", "sealedSecret", SEALED("%s", ""), 200, NULL},
		{base, "secretMethod=sealed", "sealedSecret", SEALED("%s", ""), 199, "not made by kubeseal"},
		{base, "secretMethod=sealed", "sealedSecret", SEALED("%s", ", data: {a: b}"), 200, "only encryptedData is"},
		{base, "secretMethod=sops", "sopsRecipient", AGE "p", 0, NULL},
		{base, "secretMethod=sops", "sopsRecipient", AGE "pp", 0, "not the public key"},
		{base, "secretMethod=sops", "sopsRecipient", AGE "px", 0, "not the public key"},
		{base, "secretMethod=sops", "sopsRecipient", AGE "b", 0, "not the public key"},
		{base, "secretMethod=sops", "sopsRecipient", "age2ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", 0, "not the public key"},
		{base, "secretMethod=sops", "encryptedSecret", "{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: 'ENC[x]'}, sops: {mac: 'ENC[x]'}}", 0, NULL},
		{base, "secretMethod=sops", "encryptedSecret", "{apiVersion: v1, kind: Secret, metadata: {name: S}, data: {a: 'ENC[x]'}, sops: {mac: 'ENC[x]'}}", 0, "Example: web-secrets"},
	};

	(void)state;
	test_answers(rows, LF_COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_private_keys),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_what_has_no_line),
		cmocka_unit_test(test_recall),
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
