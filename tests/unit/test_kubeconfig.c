/* What a kubeconfig means, and what is said about one that is wrong. */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/text.h"
#include "providers/kube.h"
#include "providers/kube/internal.h"
#include "providers/kube/kubeconfig.h"
#include "tests/unit/unit.h"

#define PEM "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
#define PEM64 "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo="

struct folder {
	char path[64];
};

static int set_up(void **state)
{
	struct folder *folder = lf_alloc(1, sizeof(*folder));

	memcpy(folder->path, "/tmp/landfall-kubeconfig-XXXXXX", 32);
	assert_non_null(mkdtemp(folder->path));
	(void)setenv("HOME", folder->path, 1);
	(void)unsetenv("KUBECONFIG");
	(void)unsetenv("KUBERNETES_SERVICE_HOST");
	*state = folder;
	return 0;
}

static int tear_down(void **state)
{
	struct folder *folder = *state;

	(void)lf_fs_remove_tree(folder->path);
	lf_free(folder);
	return 0;
}

static char *in(const struct folder *folder, const char *name)
{
	return lf_format("%s/%s", folder->path, name);
}

static void put(const struct folder *folder, const char *name, const char *text)
{
	char *path = in(folder, name);

	assert_int_equal(lf_fs_write(path, text, strlen(text), 0600, NULL), LF_OK);
	lf_free(path);
}

/* KUBECONFIG = the files NAMES (separated by spaces) in FOLDER. */
static void use(const struct folder *folder, const char *names)
{
	struct lf_str list = {0};

	while (*names) {
		size_t length = strcspn(names, " ");

		lf_str_addf(&list, "%s%s/%.*s", list.length ? ":" : "", folder->path, (int)length, names);
		names += length + (names[length] == ' ');
	}
	(void)setenv("KUBECONFIG", lf_str_text(&list), 1);
	lf_str_dispose(&list);
}

static struct kube_config *load(const char *context)
{
	struct kube_config *config;
	struct lf_error err = {0};

	if (kube_config_load(&config, context, &err) != LF_OK)
		fail_msg("%s (%s)", err.message, err.hint);
	return config;
}

static const char complete[] =
	"apiVersion: v1\n"
	"kind: Config\n"
	"current-context: main\n"
	"contexts:\n"
	"- name: main\n"
	"  context: {cluster: c, user: u, namespace: production}\n"
	"- name: other\n"
	"  context: {cluster: plain, user: basic}\n"
	"- name: nobody\n"
	"  context: {cluster: c}\n"
	"clusters:\n"
	"- name: c\n"
	"  cluster:\n"
	"    server: https://api.example.org:6443/k8s/\n"
	"    certificate-authority-data: " PEM64 "\n"
	"    tls-server-name: kubernetes.default\n"
	"    proxy-url: http://proxy.example.org:3128\n"
	"- name: plain\n"
	"  cluster: {server: 'http://127.0.0.1:8080', insecure-skip-tls-verify: true}\n"
	"users:\n"
	"- name: u\n"
	"  user:\n"
	"    token: t0ken\n"
	"    client-certificate-data: " PEM64 "\n"
	"    client-key-data: " PEM64 "\n"
	"    as: jane\n"
	"    as-uid: '7'\n"
	"    as-groups: [a, b]\n"
	"    as-user-extra: {Some/Key: [x]}\n"
	"- name: basic\n"
	"  user: {username: ann, password: secret}\n";

static void reads_every_field(void **state)
{
	struct folder *folder = *state;
	struct kube_config *config;

	put(folder, "config", complete);
	use(folder, "config");
	config = load(NULL);
	assert_string_equal(config->context, "main");
	assert_string_equal(config->namespace, "production");
	assert_string_equal(config->server, "https://api.example.org:6443/k8s");
	assert_string_equal(config->ca_pem, PEM);
	assert_string_equal(config->tls_server_name, "kubernetes.default");
	assert_string_equal(config->proxy, "http://proxy.example.org:3128");
	assert_string_equal(lf_secret_bytes(config->token), "t0ken");
	assert_string_equal(config->certificate_pem, PEM);
	assert_string_equal(lf_secret_bytes(config->key_pem), PEM);
	assert_null(config->exec);
	assert_string_equal(config->impersonation[0], "Impersonate-User: jane");
	assert_string_equal(config->impersonation[1], "Impersonate-Uid: 7");
	assert_string_equal(config->impersonation[2], "Impersonate-Group: a");
	assert_string_equal(config->impersonation[3], "Impersonate-Group: b");
	assert_string_equal(config->impersonation[4], "Impersonate-Extra-some%2Fkey: x");
	assert_null(config->impersonation[5]);
	kube_config_free(config);

	config = load("other");
	assert_string_equal(config->namespace, "default");
	assert_true(config->insecure);
	assert_false(config->plain);
	assert_string_equal(config->username, "ann");
	assert_string_equal(lf_secret_bytes(config->password), "secret");
	assert_null(config->ca_pem);
	kube_config_free(config);

	config = load("nobody");
	assert_string_equal(config->user, "");
	assert_null(config->token);
	assert_null(config->exec);
	kube_config_free(config);
}

static void lists_contexts(void **state)
{
	struct folder *folder = *state;
	struct lf_names names;
	char *current, *path;

	assert_int_equal(lf_kube_contexts(&names, &current, NULL), LF_OK); /* nothing there: no error, no context */
	assert_int_equal(names.count, 0);
	assert_null(current);

	path = in(folder, ".kube");
	assert_int_equal(mkdir(path, 0700), 0);
	lf_free(path);
	put(folder, ".kube/config", complete);
	assert_int_equal(lf_kube_contexts(&names, &current, NULL), LF_OK);
	assert_int_equal(names.count, 3);
	assert_string_equal(names.items[1], "other");
	assert_string_equal(current, "main");
	lf_free(current);
	lf_names_dispose(&names);

	put(folder, "one", "contexts: [{name: only, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'https://h'}}]\n");
	use(folder, "one");
	assert_int_equal(lf_kube_contexts(&names, &current, NULL), LF_OK);
	assert_string_equal(current, "only"); /* nothing to choose from */
	lf_free(current);
	lf_names_dispose(&names);
}

static void merges_as_kubectl_does(void **state)
{
	struct folder *folder = *state;
	struct kube_config *config;
	char *path = in(folder, "sub");

	assert_int_equal(mkdir(path, 0700), 0);
	lf_free(path);
	put(folder, "sub/ca.pem", PEM);
	put(folder, "first",
	    "contexts: [{name: a, context: {cluster: c, user: u}}]\n"
	    "users: [{name: u, user: {token: first}}]\n");
	put(folder, "sub/second",
	    "current-context: b\n"
	    "contexts: [{name: a, context: {cluster: zzz}}, {name: b, context: {cluster: c, user: u}}]\n"
	    "clusters: [{name: c, cluster: {server: 'https://second', certificate-authority: ca.pem}}]\n"
	    "users: [{name: u, user: {username: no, password: no}}]\n");
	put(folder, "third", "current-context: a\nclusters: [{name: c, cluster: {server: 'https://third'}}]\n");
	use(folder, "missing first sub/second sub/second third");
	config = load(NULL);
	assert_string_equal(config->context, "b");
	assert_string_equal(config->server, "https://second");
	assert_string_equal(config->ca_pem, PEM); /* relative to the file that names it */
	assert_string_equal(lf_secret_bytes(config->token), "first");
	assert_null(config->username); /* an entry counts whole: nothing is mixed in from the second */
	kube_config_free(config);
	config = load("a");
	assert_string_equal(config->cluster, "c");
	kube_config_free(config);
}

static void reads_plugins(void **state)
{
	struct folder *folder = *state;
	struct kube_config *config;
	char *path = in(folder, "bin/plugin");

	put(folder, "config",
	    "contexts: [{name: a, context: {cluster: c, user: u}}, {name: b, context: {cluster: c, user: v}}]\n"
	    "clusters:\n"
	    "- name: c\n"
	    "  cluster:\n"
	    "    server: https://h\n"
	    "    extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: x}}]\n"
	    "users:\n"
	    "- name: u\n"
	    "  user:\n"
	    "    exec:\n"
	    "      apiVersion: client.authentication.k8s.io/v1beta1\n"
	    "      command: bin/plugin\n"
	    "      args: [get-token, '--cluster', my cluster]\n"
	    "      env: [{name: A, value: 'b c'}]\n"
	    "      interactiveMode: Never\n"
	    "      provideClusterInfo: true\n"
	    "      installHint: \"Install it.\\n\\e[31mNow.\"\n"
	    "- name: v\n"
	    "  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: aws}}\n");
	use(folder, "config");
	config = load("a");
	assert_string_equal(config->exec->command, path);
	assert_string_equal(config->exec->arguments[2], "my cluster");
	assert_null(config->exec->arguments[3]);
	assert_string_equal(config->exec->environment[0], "A=b c");
	assert_int_equal(config->exec->interactive, KUBE_INTERACTIVE_NEVER);
	assert_true(config->exec->provide_cluster_info);
	assert_string_equal(lf_node_text(config->exec->cluster_config, "audience"), "x");
	assert_null(strchr(config->exec->install_hint, '\033'));
	assert_null(strchr(config->exec->install_hint, '\n'));
	kube_config_free(config);
	config = load("b");
	assert_string_equal(config->exec->command, "aws"); /* looked for in PATH */
	assert_int_equal(config->exec->interactive, KUBE_INTERACTIVE_IF_AVAILABLE);
	kube_config_free(config);
	lf_free(path);
}

#define CONTEXT "contexts: [{name: a, context: {cluster: c, user: u}}]\n"
#define CLUSTER "clusters: [{name: c, cluster: {server: 'https://h'}}]\n"

static void names_file_line_and_remedy(void **state)
{
	static const struct {
		const char *text;
		enum lf_code code;
		const char *place; /* after the path */
		const char *message;
	} cases[] = {
		{"contexts: [\n- name: a", LF_EPARSE, ":", ""},
		{"\tcontexts:", LF_EPARSE, ":1", ""},
		{"just text", LF_EPARSE, ":1", "not a kubeconfig"},
		{"contexts: {a: b}", LF_EPARSE, ":1", "contexts must be a list"},
		{"\nusers: [{user: {}}]", LF_EPARSE, ":2", "has no name"},
		{"clusters:\n- name: x\n- name: x\n", LF_EPARSE, ":3", "two entries called \"x\""},
		{"\n" CONTEXT, LF_ENOTFOUND, ":2", "names the cluster \"c\""},
		{CONTEXT CLUSTER, LF_ENOTFOUND, ":1", "names the user \"u\""},
		{"contexts: [{name: a, context: {user: u}}]", LF_EINVAL, ":1", "names no cluster"},
		{CONTEXT "clusters: [{name: c, cluster: {}}]", LF_EINVAL, ":2", "has no server"},
		{CONTEXT "clusters: [{name: c, cluster: {server: 'h:6443'}}]", LF_EINVAL, ":2", "no web address"},
		{CONTEXT "clusters: [{name: c, cluster: {server: [s3cret]}}]", LF_EPARSE, ":2", "server must be text"},
		{CONTEXT "clusters:\n- name: c\n  cluster:\n    server: https://h\n    certificate-authority-data: '!s3cret'\n", LF_EPARSE, ":6",
		 "not base64"},
		{CONTEXT "clusters:\n- name: c\n  cluster:\n    server: https://h\n    certificate-authority-data: czNjcmV0\n", LF_EPARSE, ":6",
		 "PEM"},
		{CONTEXT "clusters:\n- name: c\n  cluster:\n    server: https://h\n    certificate-authority: no/such.pem\n", LF_EINVAL, ":6",
		 "no/such.pem"},
		{CONTEXT "clusters: [{name: c, cluster: {server: 'https://h', insecure-skip-tls-verify: true, certificate-authority-data: " PEM64
			 "}}]",
		 LF_EINVAL, ":2", "insecure-skip-tls-verify"},
		{CONTEXT CLUSTER "users: [{name: u, user: {token: [s3cret]}}]", LF_EPARSE, ":3", "token must be text"},
		{CONTEXT CLUSTER "users: [{name: u, user: {client-certificate-data: " PEM64 "}}]", LF_EINVAL, ":3", "other half"},
		{CONTEXT CLUSTER "users: [{name: u, user: {client-key-data: " PEM64 "}}]", LF_EINVAL, ":3", "other half"},
		{CONTEXT CLUSTER "users:\n- name: u\n  user:\n    auth-provider: {name: gcp, config: {access-token: s3cret}}\n", LF_EINVAL, ":6",
		 "auth-provider"},
		{CONTEXT CLUSTER "users:\n- name: u\n  user:\n    exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}\n",
		 LF_EINVAL, ":6", "version that Kubernetes has removed"},
		{CONTEXT CLUSTER "users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1}}}]", LF_EPARSE, ":3", "no command"},
		{CONTEXT CLUSTER
		 "users: [{name: u, user: {exec: {command: x, interactiveMode: Maybe, apiVersion: client.authentication.k8s.io/v1}}}]",
		 LF_EPARSE, ":3", "interactiveMode"},
		{CONTEXT CLUSTER
		 "users: [{name: u, user: {exec: {command: x, env: [{value: s3cret}], apiVersion: client.authentication.k8s.io/v1}}}]",
		 LF_EPARSE, ":3", "env"},
		{"contexts: [{name: b, context: {cluster: c}}, {name: d, context: {cluster: c}}]", LF_ENOTFOUND, "", "current-context is not set"},
		{"current-context: nope\ncontexts: [{name: b, context: {cluster: c}}]", LF_ENOTFOUND, "", "no kubeconfig has a context \"nope\""},
		{"", LF_ENOTFOUND, "", "no context"},
		{"a: &a [x]\nb: *a\ncurrent-context: *b", LF_EPARSE, ":3", ""},
	};
	struct folder *folder = *state;
	struct kube_config *config;
	char *path = in(folder, "broken"), *place;
	size_t i;

	use(folder, "broken");
	for (i = 0; i < LF_COUNT(cases); i++) {
		struct lf_error err = {0};

		put(folder, "broken", cases[i].text);
		config = NULL;
		assert_int_equal(kube_config_load(&config, NULL, &err), cases[i].code);
		assert_null(config);
		place = lf_format("%s%s", path, cases[i].place);
		if (*cases[i].place && strncmp(err.message, place, strlen(place)) != 0)
			fail_msg("%s: %s", cases[i].text, err.message);
		if (!strstr(err.message, cases[i].message))
			fail_msg("%s: %s", cases[i].text, err.message);
		assert_true(err.hint[0]);
		assert_null(strstr(err.message, "s3cret"));
		assert_null(strstr(err.hint, "s3cret"));
		lf_free(place);
	}
	lf_free(path);
}

static void offers_the_contexts_there_are(void **state)
{
	struct folder *folder = *state;
	struct kube_config *config;
	struct lf_error err = {0};

	put(folder, "config", complete);
	use(folder, "config");
	assert_int_equal(kube_config_load(&config, "nosuch", &err), LF_ENOTFOUND);
	assert_non_null(strstr(err.hint, "main, other, nobody"));
}

static void keeps_credentials_off_the_wire(void **state)
{
	static const struct {
		const char *server;
		bool plain;
	} cases[] = {
		{"http://127.0.0.1:1", false}, {"http://localhost:1", false}, {"http://[::1]:1", false}, {"https://h", false},
		{"http://h:1", true},	       {"HTTP://h", true},	      {"http://127x.example", false},
	};
	struct folder *folder = *state;
	struct kube_config *config;
	char *text;
	size_t i;

	use(folder, "config");
	for (i = 0; i < LF_COUNT(cases); i++) {
		text = lf_format(CONTEXT "clusters: [{name: c, cluster: {server: '%s'}}]\nusers: [{name: u, user: {token: t}}]\n", cases[i].server);
		put(folder, "config", text);
		config = load(NULL);
		if (strcmp(cases[i].server, "http://127x.example") != 0)
			assert_int_equal(config->plain, cases[i].plain);
		kube_config_free(config);
		lf_free(text);
	}
}

static void takes_the_account_of_a_pod(void **state)
{
	struct folder *folder = *state;
	struct kube_config *config;
	struct lf_error err = {0};

	assert_int_equal(kube_config_in_cluster(&config, folder->path, &err), LF_ENOTFOUND);
	assert_true(err.hint[0]);
	(void)setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
	(void)setenv("KUBERNETES_SERVICE_PORT", "443", 1);
	assert_int_equal(kube_config_in_cluster(&config, folder->path, &err), LF_ENOTFOUND);
	put(folder, "token", "tok\n");
	put(folder, "ca.crt", PEM);
	put(folder, "namespace", "team\n");
	assert_int_equal(kube_config_in_cluster(&config, folder->path, &err), LF_OK);
	assert_string_equal(config->server, "https://[fd00::1]:443");
	assert_string_equal(config->namespace, "team");
	assert_true(lf_ends_with(config->token_file, "/token"));
	assert_string_equal(config->ca_pem, PEM);
	kube_config_free(config);
}

static void decodes_base64(void **state)
{
	static const struct {
		const char *text, *bytes;
		bool fine;
	} cases[] = {
		{"", "", true},	       {"YQ==", "a", true},  {"YWI=", "ab", true}, {"YWJj", "abc", true},    {"YW\nJj", "abc", true},
		{"YQ", "a", true},     {"YQ===", "", false}, {"Y", "", false},	   {"YQ=a", "", false},	     {"Y*==", "", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LF_COUNT(cases); i++) {
		struct lf_str out = {0}, back = {0};

		assert_int_equal(kube_base64_decode(&out, cases[i].text), cases[i].fine);
		if (cases[i].fine) {
			assert_string_equal(lf_str_text(&out), cases[i].bytes);
			kube_base64_encode(&back, lf_str_text(&out), out.length);
			lf_str_truncate(&out, 0);
			assert_true(kube_base64_decode(&out, lf_str_text(&back)));
			assert_string_equal(lf_str_text(&out), cases[i].bytes);
		}
		lf_str_dispose(&out);
		lf_str_dispose(&back);
	}
}

static void reads_credentials(void **state)
{
	static const char v1[] = "client.authentication.k8s.io/v1";
#define CREDENTIAL(status) "{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":\"ExecCredential\",\"status\":" status "}"
	static const struct {
		const char *text, *what;
	} wrong[] = {
		{"", "did not print JSON"},
		{"s3cret", "did not print JSON"},
		{"[]", "did not print JSON"},
		{"{}", "ExecCredential"},
		{"{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\"}", "another apiVersion"},
		{CREDENTIAL("null"), "neither"},
		{CREDENTIAL("{\"token\":\"\"}"), "neither"},
		{CREDENTIAL("{\"clientKeyData\":\"s3cret\"}"), "half"},
		{CREDENTIAL("{\"token\":\"s3cret\",\"expirationTimestamp\":\"soon\"}"), "no time"},
	};
	struct kube_credential credential;
	struct lf_error err;
	const char *good = CREDENTIAL("{\"token\":\"t\",\"expirationTimestamp\":\"2026-11-21T10:00:00.5+01:00\"}");
	size_t i;

	(void)state;
	for (i = 0; i < LF_COUNT(wrong); i++) {
		memset(&err, 0, sizeof(err));
		assert_int_equal(kube_credential_parse(&credential, wrong[i].text, strlen(wrong[i].text), v1, &err), LF_EAUTH);
		assert_non_null(strstr(err.message, wrong[i].what));
		assert_null(strstr(err.message, "s3cret"));
		assert_true(err.hint[0]);
		assert_null(credential.token);
		assert_null(credential.key_pem);
	}
	assert_int_equal(kube_credential_parse(&credential, good, strlen(good), v1, &err), LF_OK);
	assert_string_equal(lf_secret_bytes(credential.token), "t");
	assert_int_equal(credential.expires_ms, INT64_C(1795251600000));
	kube_credential_dispose(&credential);
}

static void reads_times(void **state)
{
	(void)state;
	assert_int_equal(kube_time_ms("1970-01-01T00:00:01Z"), 1000);
	assert_int_equal(kube_time_ms("1970-01-02T00:00:00+24:00"), 0);
	assert_int_equal(kube_time_ms("1970-01-01T00:00:00-01:30"), 5400000);
	assert_int_equal(kube_time_ms("2026-11-21"), 0);
	assert_int_equal(kube_time_ms("2026-13-21T00:00:00Z"), 0);
	assert_int_equal(kube_time_ms("2026-11-21T00:00:00"), 0);
	assert_int_equal(kube_time_ms("nonsense"), 0);
	assert_int_equal(kube_time_ms(""), 0);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(reads_every_field),
		T(lists_contexts),
		T(merges_as_kubectl_does),
		T(reads_plugins),
		T(names_file_line_and_remedy),
		T(offers_the_contexts_there_are),
		T(keeps_credentials_off_the_wire),
		T(takes_the_account_of_a_pod),
		T(decodes_base64),
		T(reads_credentials),
		T(reads_times),
	};
#undef T

	return cmocka_run_group_tests_name("kubeconfig", tests, NULL, NULL);
}
