/* kubeconfig_entry: a cluster's and a user's entry of a kubeconfig, every field of them: texts checked, base64 undone, files they name read. */
#include "config.h"
#include "providers/kube/kubeconfig.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/text.h"

#define PEM_BYTES_MAX ((size_t)1024 * 1024)
#define ARGUMENTS_MAX 1000

int kube_entry_text(char **out, const struct kube_file *file, const struct lf_node *map, const char *key, struct lf_error *err)
{
	const struct lf_node *node = lf_node_key(map, key);
	int rc;

	*out = NULL;
	if (lf_node_kind(node) == LF_NODE_NULL)
		return LF_OK;
	if (lf_node_kind(node) == LF_NODE_MAP || lf_node_kind(node) == LF_NODE_LIST) {
		rc = kube_entry_fail(err, LF_EPARSE, file, node, "%s must be text", key);
		lf_hint(err, "Write it on one line, in quotes if it holds special characters.");
		return rc;
	}
	*out = lf_dup(lf_node_text(node, NULL));
	return LF_OK;
}

static int entry_secret(struct lf_secret **out, const struct kube_file *file, const struct lf_node *map, const char *key, struct lf_error *err)
{
	char *text;
	int rc = kube_entry_text(&text, file, map, key, err);

	*out = NULL;
	if (rc == LF_OK && text && *text)
		*out = lf_secret_new(text, strlen(text));
	if (text)
		lf_wipe(text, strlen(text));
	lf_free(text);
	return rc;
}

/* Paths in a kubeconfig are relative to its own folder. */
static char *absolute(const struct kube_file *file, const char *path)
{
	const char *slash = strrchr(file->path, '/');

	if (*path == '/' || !slash)
		return lf_dup(path);
	return lf_format("%.*s/%s", (int)(slash - file->path), file->path, path);
}

static int check_pem(const struct lf_str *pem, const struct kube_file *file, const struct lf_node *node, const char *key, struct lf_error *err)
{
	int rc;

	if (strlen(lf_str_text(pem)) == pem->length && strstr(lf_str_text(pem), "-----BEGIN"))
		return LF_OK;
	rc = kube_entry_fail(err, LF_EPARSE, file, node, "%s does not hold anything in PEM form", key);
	lf_hint(err, "It should begin with -----BEGIN …-----.");
	return rc;
}

/* KEY-data as base64, or the file that KEY names. */
static int entry_pem(struct lf_str *out, const struct kube_file *file, const struct lf_node *map, const char *key, struct lf_error *err)
{
	char *data_key = lf_format("%s-data", key), *data = NULL, *name = NULL, *path = NULL;
	struct lf_error why = {0};
	int rc = kube_entry_text(&data, file, map, data_key, err);

	if (rc != LF_OK)
		goto out;
	if (data && *data) {
		if (kube_base64_decode(out, data)) {
			rc = check_pem(out, file, lf_node_key(map, data_key), data_key, err);
		} else {
			rc = kube_entry_fail(err, LF_EPARSE, file, lf_node_key(map, data_key), "%s is not base64", data_key);
			lf_hint(err, "It is the PEM file in base64 on one line: base64 -w0 FILE");
		}
		goto out;
	}
	rc = kube_entry_text(&name, file, map, key, err);
	if (rc != LF_OK || !name || !*name)
		goto out;
	path = absolute(file, name);
	if (lf_fs_read(out, path, PEM_BYTES_MAX, &why) == LF_OK) {
		rc = check_pem(out, file, lf_node_key(map, key), key, err);
	} else {
		rc = kube_entry_fail(err, LF_EINVAL, file, lf_node_key(map, key), "%s: %s", key, why.message);
		lf_hint(err, "Put the file there, or correct the path; it is relative to the kubeconfig.");
	}
out:
	if (data)
		lf_wipe(data, strlen(data));
	lf_free(path);
	lf_free(name);
	lf_free(data);
	lf_free(data_key);
	return rc;
}

static bool is_loopback(const char *server)
{
	static const char *const hosts[] = {"http://127.", "http://localhost", "http://[::1]"};
	size_t i;

	for (i = 0; i < LF_COUNT(hosts); i++)
		if (!strncasecmp(server, hosts[i], strlen(hosts[i])))
			return true;
	return false;
}

static int take_server(struct kube_config *out, const struct kube_file *file, const struct lf_node *entry, const struct lf_node *body,
		       struct lf_error *err)
{
	char *clean = lf_text_clean_dup(out->cluster, 80);
	size_t length;
	int rc = kube_entry_text(&out->server, file, body, "server", err);

	if (rc == LF_OK && (!out->server || !*out->server)) {
		rc = kube_entry_fail(err, LF_EINVAL, file, entry, "cluster \"%s\" has no server", clean);
		lf_hint(err, "Add \"server: https://…\" below \"cluster:\".");
	} else if (rc == LF_OK && strncasecmp(out->server, "https://", 8) && strncasecmp(out->server, "http://", 7)) {
		rc = kube_entry_fail(err, LF_EINVAL, file, lf_node_key(body, "server"), "the server of cluster \"%s\" is no web address", clean);
		lf_hint(err, "It should look like https://host:6443.");
	}
	lf_free(clean);
	if (rc != LF_OK)
		return rc;
	for (length = strlen(out->server); length && out->server[length - 1] == '/'; length--)
		out->server[length - 1] = '\0';
	out->plain = !strncasecmp(out->server, "http://", 7) && !is_loopback(out->server);
	return LF_OK;
}

/* What the cluster's author left for credential plugins. */
static struct lf_node *find_exec_extension(const struct lf_node *body)
{
	const struct lf_node *list = lf_node_key(body, "extensions"), *item;
	size_t i;

	for (i = 0; i < lf_node_count(list); i++) {
		item = lf_node_at(list, i);
		if (lf_equal(lf_node_text(item, "name"), "client.authentication.k8s.io/exec"))
			return lf_node_dup(lf_node_key(item, "extension"));
	}
	return NULL;
}

int kube_entry_cluster(struct kube_config *out, const struct kube_file *file, const struct lf_node *cluster, struct lf_error *err)
{
	const struct lf_node *body = lf_node_key(cluster, "cluster");
	struct lf_str pem = {0};
	int rc = take_server(out, file, cluster, body, err);

	out->insecure = lf_node_true(body, "insecure-skip-tls-verify");
	if (rc == LF_OK)
		rc = entry_pem(&pem, file, body, "certificate-authority", err);
	if (rc == LF_OK && pem.length)
		out->ca_pem = lf_str_take(&pem);
	if (rc == LF_OK && out->insecure && out->ca_pem) {
		rc = kube_entry_fail(err, LF_EINVAL, file, cluster, "insecure-skip-tls-verify stands beside a certificate-authority");
		lf_hint(err, "Remove insecure-skip-tls-verify: the certificate-authority makes it needless.");
	}
	if (rc == LF_OK)
		rc = kube_entry_text(&out->tls_server_name, file, body, "tls-server-name", err);
	if (rc == LF_OK)
		rc = kube_entry_text(&out->proxy, file, body, "proxy-url", err);
	if (out->tls_server_name && !*out->tls_server_name)
		lf_set(&out->tls_server_name, NULL);
	if (out->proxy && !*out->proxy)
		lf_set(&out->proxy, NULL);
	/* Only a plugin sees it: kept until the user entry says whether there is one. */
	out->exec = lf_alloc(1, sizeof(*out->exec));
	out->exec->cluster_config = find_exec_extension(body);
	lf_str_dispose(&pem);
	return rc;
}

void kube_exec_free(struct kube_exec *exec)
{
	size_t i;

	if (!exec)
		return;
	for (i = 0; exec->arguments && exec->arguments[i]; i++)
		lf_free(exec->arguments[i]);
	for (i = 0; exec->environment && exec->environment[i]; i++) {
		lf_wipe(exec->environment[i], strlen(exec->environment[i]));
		lf_free(exec->environment[i]);
	}
	lf_free(exec->arguments);
	lf_free(exec->environment);
	lf_free(exec->command);
	lf_free(exec->api_version);
	lf_free(exec->install_hint);
	lf_node_free(exec->cluster_config);
	lf_free(exec);
}

static int exec_lists(struct kube_exec *exec, const struct kube_file *file, const struct lf_node *node, struct lf_error *err)
{
	const struct lf_node *arguments = lf_node_key(node, "args"), *environment = lf_node_key(node, "env"), *item;
	size_t i;

	if (lf_node_count(arguments) > ARGUMENTS_MAX || lf_node_count(environment) > ARGUMENTS_MAX)
		return kube_entry_fail(err, LF_ELIMIT, file, node, "the credential plugin has more than %d arguments", ARGUMENTS_MAX);
	exec->arguments = lf_alloc(lf_node_count(arguments) + 1, sizeof(*exec->arguments));
	for (i = 0; i < lf_node_count(arguments); i++)
		exec->arguments[i] = lf_dup(lf_node_text(lf_node_at(arguments, i), NULL));
	exec->environment = lf_alloc(lf_node_count(environment) + 1, sizeof(*exec->environment));
	for (i = 0; i < lf_node_count(environment); i++) {
		item = lf_node_at(environment, i);
		if (!*lf_node_text(item, "name") || strchr(lf_node_text(item, "name"), '='))
			return kube_entry_fail(err, LF_EPARSE, file, item ? item : node, "an env entry of the credential plugin has no name");
		exec->environment[i] = lf_format("%s=%s", lf_node_text(item, "name"), lf_node_text(item, "value"));
	}
	return LF_OK;
}

static int take_exec(struct kube_exec *exec, const struct kube_file *file, const struct lf_node *node, struct lf_error *err)
{
	char *command = NULL, *mode = NULL, *hint = NULL;
	int rc = kube_entry_text(&command, file, node, "command", err);

	if (rc == LF_OK)
		rc = kube_entry_text(&exec->api_version, file, node, "apiVersion", err);
	if (rc == LF_OK)
		rc = kube_entry_text(&mode, file, node, "interactiveMode", err);
	if (rc == LF_OK)
		rc = kube_entry_text(&hint, file, node, "installHint", err);
	if (rc == LF_OK)
		rc = exec_lists(exec, file, node, err);
	if (rc != LF_OK)
		goto out;
	exec->install_hint = hint ? lf_text_clean_dup(hint, 240) : NULL;
	exec->provide_cluster_info = lf_node_true(node, "provideClusterInfo");
	if (!mode || !strcmp(mode, "IfAvailable"))
		exec->interactive = KUBE_INTERACTIVE_IF_AVAILABLE;
	else if (!strcmp(mode, "Never"))
		exec->interactive = KUBE_INTERACTIVE_NEVER;
	else if (!strcmp(mode, "Always"))
		exec->interactive = KUBE_INTERACTIVE_ALWAYS;
	else
		rc = kube_entry_fail(err, LF_EPARSE, file, lf_node_key(node, "interactiveMode"),
				     "interactiveMode must be Never, IfAvailable or Always");
	if (rc == LF_OK && (!command || !*command))
		rc = kube_entry_fail(err, LF_EPARSE, file, node, "the credential plugin has no command");
	if (rc != LF_OK)
		goto out;
	/* As kubectl: a command with a slash is relative to the kubeconfig, one without is looked for in PATH. */
	exec->command = strchr(command, '/') ? absolute(file, command) : lf_dup(command);
	if (!lf_equal(exec->api_version, "client.authentication.k8s.io/v1") &&
	    !lf_equal(exec->api_version, "client.authentication.k8s.io/v1beta1")) {
		rc = kube_entry_fail(err, LF_EINVAL, file, node, "the credential plugin speaks a version that Kubernetes has removed");
		lf_hint(err, "Update the plugin, then set apiVersion to client.authentication.k8s.io/v1 or v1beta1.");
	}
out:
	lf_free(command);
	lf_free(mode);
	lf_free(hint);
	return rc;
}

static void add_header(struct kube_config *out, size_t *count, const char *name, const char *value)
{
	out->impersonation = lf_realloc(out->impersonation, *count + 2, sizeof(*out->impersonation));
	out->impersonation[(*count)++] = lf_format("%s: %s", name, value);
	out->impersonation[*count] = NULL;
}

/* Impersonate-Extra-KEY: the key as lower case, what a header name cannot hold percent-encoded. */
static void add_extra(struct kube_config *out, size_t *count, const char *key, const struct lf_node *values)
{
	struct lf_str name = {0};
	size_t i;

	lf_str_add(&name, "Impersonate-Extra-");
	for (; *key; key++) {
		if (isalnum((unsigned char)*key) || strchr("!#$&'*+-.^_`|~", *key))
			lf_str_add_char(&name, (char)tolower((unsigned char)*key));
		else
			lf_str_addf(&name, "%%%02X", (unsigned)(unsigned char)*key);
	}
	for (i = 0; i < lf_node_count(values) && *count < ARGUMENTS_MAX; i++)
		add_header(out, count, lf_str_text(&name), lf_node_text(lf_node_at(values, i), NULL));
	lf_str_dispose(&name);
}

static void take_impersonation(struct kube_config *out, const struct lf_node *body)
{
	const struct lf_node *groups = lf_node_key(body, "as-groups"), *extra = lf_node_key(body, "as-user-extra");
	const char *as = lf_node_text(lf_node_key(body, "as"), NULL), *uid = lf_node_text(lf_node_key(body, "as-uid"), NULL);
	size_t i, count = 0;

	if (!*as)
		return;
	add_header(out, &count, "Impersonate-User", as);
	if (*uid)
		add_header(out, &count, "Impersonate-Uid", uid);
	for (i = 0; i < lf_node_count(groups) && count < ARGUMENTS_MAX; i++)
		add_header(out, &count, "Impersonate-Group", lf_node_text(lf_node_at(groups, i), NULL));
	for (i = 0; i < lf_node_count(extra) && count < ARGUMENTS_MAX; i++)
		add_extra(out, &count, lf_node_key_at(extra, i), lf_node_at(extra, i));
}

static int take_certificate(struct kube_config *out, const struct kube_file *file, const struct lf_node *user, const struct lf_node *body,
			    struct lf_error *err)
{
	struct lf_str certificate = {0}, key = {0};
	int rc = entry_pem(&certificate, file, body, "client-certificate", err);

	if (rc == LF_OK)
		rc = entry_pem(&key, file, body, "client-key", err);
	if (rc == LF_OK && (certificate.length != 0) != (key.length != 0)) {
		rc = kube_entry_fail(err, LF_EINVAL, file, user, "a user has a client-%s, but not the other half",
				     certificate.length ? "certificate" : "key");
		lf_hint(err, "client-certificate and client-key belong together.");
	} else if (rc == LF_OK && key.length) {
		out->key_pem = lf_secret_new(lf_str_text(&key), key.length);
		out->certificate_pem = lf_str_take(&certificate);
	}
	lf_wipe(key.data, key.length);
	lf_str_dispose(&key);
	lf_str_dispose(&certificate);
	return rc;
}

int kube_entry_user(struct kube_config *out, const struct kube_file *file, const struct lf_node *user, struct lf_error *err)
{
	const struct lf_node *body = lf_node_key(user, "user"), *exec = lf_node_key(body, "exec");
	char *token_file = NULL;
	int rc;

	if (lf_node_kind(lf_node_key(body, "auth-provider")) != LF_NODE_NULL) {
		rc = kube_entry_fail(err, LF_EINVAL, file, lf_node_key(body, "auth-provider"), "auth-provider is no longer part of Kubernetes");
		lf_hint(err, "Use the exec plugin of your provider: kubelogin, gke-gcloud-auth-plugin, or aws eks get-token.");
		return rc;
	}
	rc = take_certificate(out, file, user, body, err);
	if (rc == LF_OK)
		rc = entry_secret(&out->token, file, body, "token", err);
	if (rc == LF_OK)
		rc = kube_entry_text(&token_file, file, body, "tokenFile", err);
	if (rc == LF_OK && token_file && *token_file)
		out->token_file = absolute(file, token_file);
	if (rc == LF_OK)
		rc = kube_entry_text(&out->username, file, body, "username", err);
	if (rc == LF_OK)
		rc = entry_secret(&out->password, file, body, "password", err);
	take_impersonation(out, body);
	if (rc == LF_OK && lf_node_kind(exec) == LF_NODE_MAP) {
		rc = take_exec(out->exec, file, exec, err);
	} else {
		kube_exec_free(out->exec);
		out->exec = NULL;
	}
	lf_free(token_file);
	return rc;
}
