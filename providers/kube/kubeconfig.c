/* kubeconfig: which files, and what a context in them stands for. The first file that names a thing wins, whole, as for kubectl. Reads files; sends nothing.
 * Must not keep a secret in memory that is not wiped: a file's text and the leaves that hold secrets are, once they were read. */
#include "config.h"
#include "providers/kube/kubeconfig.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/text.h"
#include "core/yaml.h"
#include "providers/kube.h"

#define FILES_MAX 64
#define FILE_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define ACCOUNT_FOLDER "/var/run/secrets/kubernetes.io/serviceaccount"

static const struct lf_yaml_limits limits = {FILE_BYTES_MAX, 32, 100000};

int kube_entry_fail(struct lf_error *err, enum lf_code code, const struct kube_file *file, const struct lf_node *node, const char *format, ...)
{
	char what[400];
	char *path = lf_text_clean_dup(file->path, 100);
	va_list args;
	int rc;

	va_start(args, format);
	(void)vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	rc = lf_fail(err, code, "kubeconfig", 0, "%s:%d: %s", path, lf_node_line(node), what);
	lf_hint(err, "Correct this entry of the kubeconfig."); /* until somebody knows better */
	lf_free(path);
	return rc;
}

/* Wipes the scalars below NODE: everything in a user entry may be a credential. */
static void wipe_node(const struct lf_node *node)
{
	size_t i;
	const char *text;

	if (lf_node_kind(node) == LF_NODE_MAP || lf_node_kind(node) == LF_NODE_LIST) {
		for (i = 0; i < lf_node_count(node); i++)
			wipe_node(lf_node_at(node, i));
		return;
	}
	text = lf_node_text(node, NULL);
	if (lf_node_kind(node) != LF_NODE_NULL && *text)
		lf_wipe((void *)(uintptr_t)text, strlen(text));
}

void kube_files_dispose(struct kube_files *files)
{
	size_t i;

	for (i = 0; i < files->count; i++) {
		wipe_node(lf_node_key(files->items[i].root, "users"));
		lf_node_free(files->items[i].documents);
		lf_free(files->items[i].path);
	}
	lf_free(files->items);
	memset(files, 0, sizeof(*files));
}

/* Each of the three lists is a list of maps with a name that occurs once. */
static int check_list(const struct kube_file *file, const char *key, struct lf_error *err)
{
	const struct lf_node *list = lf_node_key(file->root, key), *entry;
	struct lf_names seen = {0};
	const char *name;
	char *clean;
	size_t i;
	int rc = LF_OK;

	if (list && lf_node_kind(list) != LF_NODE_LIST && lf_node_kind(list) != LF_NODE_NULL) {
		rc = kube_entry_fail(err, LF_EPARSE, file, list, "%s must be a list", key);
		lf_hint(err, "See \"kubectl config view\" for how a kubeconfig looks.");
		return rc;
	}
	for (i = 0; i < lf_node_count(list) && rc == LF_OK; i++) {
		entry = lf_node_at(list, i);
		name = lf_node_text(entry, "name");
		if (lf_node_kind(entry) != LF_NODE_MAP || !*name) {
			rc = kube_entry_fail(err, LF_EPARSE, file, entry, "an entry of %s has no name", key);
			lf_hint(err, "Every entry of %s needs \"name:\".", key);
		} else if (lf_names_have(&seen, name)) {
			clean = lf_text_clean_dup(name, 80);
			rc = kube_entry_fail(err, LF_EPARSE, file, entry, "%s has two entries called \"%s\"", key, clean);
			lf_hint(err, "Rename or remove one of them.");
			lf_free(clean);
		} else {
			lf_names_add(&seen, name);
		}
	}
	lf_names_dispose(&seen);
	return rc;
}

int kube_files_add(struct kube_files *files, const char *path, const char *text, size_t length, struct lf_error *err)
{
	struct kube_file file = {0};
	int rc = lf_yaml_parse(&file.documents, text, length, path, &limits, err);

	if (rc != LF_OK) {
		if (err && !err->hint[0])
			lf_hint(err, "Correct the kubeconfig, or name another one in KUBECONFIG.");
		return rc;
	}
	file.path = lf_dup(path);
	file.root = lf_node_at(file.documents, 0);
	if (file.root && lf_node_kind(file.root) != LF_NODE_NULL && lf_node_kind(file.root) != LF_NODE_MAP) {
		rc = kube_entry_fail(err, LF_EPARSE, &file, file.root, "this is not a kubeconfig");
		lf_hint(err, "KUBECONFIG must name files as \"kubectl config view --raw\" prints them.");
	}
	if (rc == LF_OK)
		rc = check_list(&file, "contexts", err);
	if (rc == LF_OK)
		rc = check_list(&file, "clusters", err);
	if (rc == LF_OK)
		rc = check_list(&file, "users", err);
	lf_grow((void **)&files->items, &files->capacity, files->count, sizeof(*files->items));
	files->items[files->count++] = file;
	return rc;
}

static bool have_file(const struct kube_files *files, const char *path)
{
	size_t i;

	for (i = 0; i < files->count; i++)
		if (lf_equal(files->items[i].path, path))
			return true;
	return false;
}

/* A file that does not exist is not an error: kubectl passes over it as well. */
static int read_file(struct kube_files *files, const char *path, struct lf_error *err)
{
	struct lf_str text = {0};
	int rc;

	if (!*path || have_file(files, path) || !lf_fs_exists(path))
		return LF_OK;
	if (files->count >= FILES_MAX)
		return lf_fail(err, LF_ELIMIT, "kubeconfig", 0, "KUBECONFIG names more than %d files", FILES_MAX);
	rc = lf_fs_read(&text, path, FILE_BYTES_MAX, err);
	if (rc == LF_OK)
		rc = kube_files_add(files, path, lf_str_text(&text), text.length, err);
	lf_wipe(text.data, text.length);
	lf_str_dispose(&text);
	return rc;
}

int kube_files_read(struct kube_files *out, struct lf_error *err)
{
	const char *list = getenv("KUBECONFIG"), *end;
	char *path;
	int rc = LF_OK;

	memset(out, 0, sizeof(*out));
	if (!list || !*list) {
		path = lf_fs_home_path(".kube/config");
		rc = path ? read_file(out, path, err) : LF_OK;
		lf_free(path);
	}
	while (list && *list && rc == LF_OK) {
		end = strchr(list, ':');
		path = end ? lf_dup_n(list, (size_t)(end - list)) : lf_dup(list);
		rc = read_file(out, path, err);
		lf_free(path);
		list = end ? end + 1 : NULL;
	}
	if (rc != LF_OK)
		kube_files_dispose(out);
	return rc;
}

/* The entry NAME of the list KEY in the first file that has it. */
static const struct lf_node *find_entry(const struct kube_file **file, const struct kube_files *files, const char *key, const char *name)
{
	const struct lf_node *list;
	size_t i, j;

	for (i = 0; i < files->count; i++) {
		list = lf_node_key(files->items[i].root, key);
		for (j = 0; j < lf_node_count(list); j++) {
			if (!lf_equal(lf_node_text(lf_node_at(list, j), "name"), name))
				continue;
			*file = &files->items[i];
			return lf_node_at(list, j);
		}
	}
	return NULL;
}

static const char *current_context(const struct kube_files *files)
{
	const char *name;
	size_t i;

	for (i = 0; i < files->count; i++) {
		name = lf_node_text(lf_node_key(files->items[i].root, "current-context"), NULL);
		if (*name)
			return name;
	}
	return NULL;
}

void kube_files_contexts(struct lf_names *out, char **current, const struct kube_files *files)
{
	const struct lf_node *list;
	const char *name;
	size_t i, j;

	for (i = 0; i < files->count; i++) {
		list = lf_node_key(files->items[i].root, "contexts");
		for (j = 0; j < lf_node_count(list); j++) {
			name = lf_node_text(lf_node_at(list, j), "name");
			if (!lf_names_have(out, name))
				lf_names_add(out, name);
		}
	}
	name = current_context(files);
	/* With a single context there is nothing to choose. */
	*current = lf_dup(name ? name : out->count == 1 ? out->items[0] : NULL);
}

static void hint_contexts(struct lf_error *err, const struct kube_files *files)
{
	struct lf_names names = {0};
	struct lf_str text = {0}, clean = {0};
	char *current = NULL;
	size_t i;

	kube_files_contexts(&names, &current, files);
	for (i = 0; i < names.count && text.length < 200; i++)
		lf_str_addf(&text, "%s%s", i ? ", " : "", names.items[i]);
	lf_text_clean(&clean, lf_str_text(&text), text.length, 180);
	if (names.count)
		lf_hint(err, "Choose one of these: %s.", lf_str_text(&clean));
	else
		lf_hint(err, "The kubeconfig holds no context at all.");
	lf_free(current);
	lf_str_dispose(&text);
	lf_str_dispose(&clean);
	lf_names_dispose(&names);
}

static int fail_context(struct lf_error *err, const struct kube_files *files, const char *context)
{
	char *clean = lf_text_clean_dup(context, 100);
	int rc;

	if (context)
		rc = lf_fail(err, LF_ENOTFOUND, "kubeconfig", 0, "no kubeconfig has a context \"%s\"", clean);
	else
		rc = lf_fail(err, LF_ENOTFOUND, "kubeconfig", 0, "no context is chosen: current-context is not set in %s",
			     files->count == 1 ? files->items[0].path : "any kubeconfig");
	hint_contexts(err, files);
	lf_free(clean);
	return rc;
}

static int fail_dangling(struct lf_error *err, const struct kube_file *file, const struct lf_node *node, const char *context, const char *what,
			 const char *name)
{
	char *clean_context = lf_text_clean_dup(context, 80), *clean = lf_text_clean_dup(name, 80);
	int rc;

	if (*name)
		rc = kube_entry_fail(err, LF_ENOTFOUND, file, node, "context \"%s\" names the %s \"%s\", which no kubeconfig has", clean_context,
				     what, clean);
	else
		rc = kube_entry_fail(err, LF_EINVAL, file, node, "context \"%s\" names no %s", clean_context, what);
	lf_hint(err, "Add the %s, or correct the context with: kubectl config set-context", what);
	lf_free(clean_context);
	lf_free(clean);
	return rc;
}

int kube_files_resolve(struct kube_config **out, const struct kube_files *files, const char *context, struct lf_error *err)
{
	const struct lf_node *entry, *body, *cluster, *user = NULL;
	const struct kube_file *file = NULL, *cluster_file = NULL, *user_file = NULL;
	struct kube_config *config = NULL;
	struct lf_names names = {0};
	char *current = NULL;
	int rc;

	*out = NULL;
	kube_files_contexts(&names, &current, files);
	lf_names_dispose(&names);
	if (!context)
		context = current;
	entry = context ? find_entry(&file, files, "contexts", context) : NULL;
	if (!entry) {
		rc = fail_context(err, files, context);
		goto out;
	}
	body = lf_node_key(entry, "context");
	config = lf_alloc(1, sizeof(*config));
	config->context = lf_dup(context);
	rc = kube_entry_text(&config->cluster, file, body, "cluster", err);
	if (rc == LF_OK)
		rc = kube_entry_text(&config->user, file, body, "user", err);
	if (rc == LF_OK)
		rc = kube_entry_text(&config->namespace, file, body, "namespace", err);
	if (rc != LF_OK)
		goto out;
	if (!config->cluster)
		config->cluster = lf_dup("");
	if (!config->user)
		config->user = lf_dup("");
	if (!config->namespace || !*config->namespace)
		lf_set(&config->namespace, "default");
	cluster = find_entry(&cluster_file, files, "clusters", config->cluster);
	if (!cluster) {
		rc = fail_dangling(err, file, entry, context, "cluster", config->cluster);
		goto out;
	}
	rc = kube_entry_cluster(config, cluster_file, cluster, err);
	if (rc == LF_OK && !*config->user) {
		kube_exec_free(config->exec);
		config->exec = NULL;
	}
	if (rc != LF_OK || !*config->user)
		goto out;
	user = find_entry(&user_file, files, "users", config->user);
	rc = user ? kube_entry_user(config, user_file, user, err) : fail_dangling(err, file, entry, context, "user", config->user);
out:
	lf_free(current);
	if (rc != LF_OK)
		kube_config_free(config);
	else
		*out = config;
	return rc;
}

void kube_config_free(struct kube_config *config)
{
	size_t i;

	if (!config)
		return;
	for (i = 0; config->impersonation && config->impersonation[i]; i++)
		lf_free(config->impersonation[i]);
	lf_free(config->impersonation);
	lf_free(config->context);
	lf_free(config->cluster);
	lf_free(config->user);
	lf_free(config->namespace);
	lf_free(config->server);
	lf_free(config->ca_pem);
	lf_free(config->tls_server_name);
	lf_free(config->proxy);
	lf_free(config->certificate_pem);
	lf_secret_free(config->key_pem);
	lf_secret_free(config->token);
	lf_free(config->token_file);
	lf_free(config->username);
	lf_secret_free(config->password);
	kube_exec_free(config->exec);
	lf_free(config);
}

int kube_config_in_cluster(struct kube_config **out, const char *folder, struct lf_error *err)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST"), *port = getenv("KUBERNETES_SERVICE_PORT");
	char *token = lf_format("%s/token", folder), *ca = lf_format("%s/ca.crt", folder), *namespace = lf_format("%s/namespace", folder);
	struct lf_str text = {0};
	struct kube_config *config;
	int rc = LF_OK;

	*out = NULL;
	if (!host || !*host || !port || !*port || !lf_fs_exists(token)) {
		rc = lf_fail(err, LF_ENOTFOUND, "kubeconfig", 0, "%s, and this is not a pod",
			     getenv("KUBECONFIG") && *getenv("KUBECONFIG") ? "no file named in KUBECONFIG exists" : "no kubeconfig was found");
		lf_hint(err, "Set KUBECONFIG, or write ~/.kube/config; your cluster's provider has a command for it.");
		goto out;
	}
	config = lf_alloc(1, sizeof(*config));
	config->context = lf_dup("in-cluster");
	config->cluster = lf_dup("in-cluster");
	config->user = lf_dup("service account");
	config->server = strchr(host, ':') ? lf_format("https://[%s]:%s", host, port) : lf_format("https://%s:%s", host, port);
	config->token_file = lf_dup(token);
	if (lf_fs_read(&text, namespace, 1024, NULL) == LF_OK)
		config->namespace = lf_dup_n(lf_str_text(&text), strcspn(lf_str_text(&text), " \r\n"));
	else
		config->namespace = lf_dup("default");
	lf_str_truncate(&text, 0);
	rc = lf_fs_read(&text, ca, (size_t)1024 * 1024, err);
	if (rc == LF_OK) {
		config->ca_pem = lf_str_take(&text);
		*out = config;
	} else {
		kube_config_free(config);
	}
out:
	lf_str_dispose(&text);
	lf_free(token);
	lf_free(ca);
	lf_free(namespace);
	return rc;
}

int kube_config_load(struct kube_config **out, const char *context, struct lf_error *err)
{
	struct kube_files files;
	int rc = kube_files_read(&files, err);

	*out = NULL;
	if (rc != LF_OK)
		return rc;
	if (files.count)
		rc = kube_files_resolve(out, &files, context, err);
	else
		rc = kube_config_in_cluster(out, ACCOUNT_FOLDER, err);
	kube_files_dispose(&files);
	return rc;
}

int lf_kube_contexts(struct lf_names *out, char **current, struct lf_error *err)
{
	struct kube_files files;
	struct kube_config *account = NULL;
	int rc = kube_files_read(&files, err);

	memset(out, 0, sizeof(*out));
	*current = NULL;
	if (rc != LF_OK)
		return rc;
	if (files.count) {
		kube_files_contexts(out, current, &files);
	} else if (kube_config_in_cluster(&account, ACCOUNT_FOLDER, NULL) == LF_OK) {
		lf_names_add(out, account->context);
		*current = lf_dup(account->context);
	}
	kube_files_dispose(&files);
	kube_config_free(account);
	return rc;
}
