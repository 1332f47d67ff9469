/* What a kubeconfig says about one context, resolved: files read, base64 undone, paths made absolute. A plain value of this module. */
#ifndef LF_PROVIDERS_KUBE_KUBECONFIG_H
#define LF_PROVIDERS_KUBE_KUBECONFIG_H

#include "core/error.h"
#include "core/facts.h"
#include "core/node.h"
#include "core/secret.h"
#include "core/str.h"

/* When a credential plugin may talk to the person at the terminal. */
enum kube_interactive { KUBE_INTERACTIVE_NEVER, KUBE_INTERACTIVE_IF_AVAILABLE, KUBE_INTERACTIVE_ALWAYS };

struct kube_exec {
	char *command;
	char **arguments; /* NULL-terminated, without the command */
	char **environment; /* "NAME=value", NULL-terminated: added to ours */
	char *api_version;
	char *install_hint; /* cleaned; may be NULL */
	enum kube_interactive interactive;
	bool provide_cluster_info;
	struct lf_node *cluster_config; /* the cluster's extension for plugins; may be NULL */
};

struct kube_config {
	char *context, *cluster, *user, *namespace; /* user may be "" */
	char *server; /* without a final '/' */
	char *ca_pem, *tls_server_name, *proxy; /* each may be NULL */
	bool insecure;
	char *certificate_pem;
	struct lf_secret *key_pem;
	struct lf_secret *token;
	char *token_file;
	char *username;
	struct lf_secret *password;
	struct kube_exec *exec;
	char **impersonation; /* header lines, NULL-terminated; may be NULL */
	bool plain; /* http:// to another machine: no credential is sent */
};

/* One of the files in $KUBECONFIG. */
struct kube_file {
	char *path;
	struct lf_node *documents; /* owns ROOT */
	const struct lf_node *root;
};
struct kube_files {
	struct kube_file *items;
	size_t count, capacity;
};

/* kubeconfig.c */
int kube_config_load(struct kube_config **out, const char *context, struct lf_error *err);
void kube_config_free(struct kube_config *config);
int kube_files_read(struct kube_files *out, struct lf_error *err);
int kube_files_add(struct kube_files *files, const char *path, const char *text, size_t length, struct lf_error *err);
int kube_files_resolve(struct kube_config **out, const struct kube_files *files, const char *context, struct lf_error *err);
void kube_files_contexts(struct lf_names *out, char **current, const struct kube_files *files);
void kube_files_dispose(struct kube_files *files); /* wipes what may be secret */
/* The account of the pod we run in; FOLDER is where it is mounted. LF_ENOTFOUND if there is none. */
int kube_config_in_cluster(struct kube_config **out, const char *folder, struct lf_error *err);

/* kubeconfig_entry.c: the two kinds of entry a context points to, into OUT. */
int kube_entry_cluster(struct kube_config *out, const struct kube_file *file, const struct lf_node *cluster, struct lf_error *err);
int kube_entry_user(struct kube_config *out, const struct kube_file *file, const struct lf_node *user, struct lf_error *err);
void kube_exec_free(struct kube_exec *exec);
/* The text at KEY of MAP; *OUT is NULL if it is not there. A list or map there is an error that names file and line. */
int kube_entry_text(char **out, const struct kube_file *file, const struct lf_node *map, const char *key, struct lf_error *err);
/* Fails with "FILE:LINE: …" (LINE of NODE). */
LF_PRINTF(5, 6) int kube_entry_fail(struct lf_error *err, enum lf_code code, const struct kube_file *file, const struct lf_node *node,
				    const char *format, ...);

/* base64.c */
bool kube_base64_decode(struct lf_str *out, const char *text);
void kube_base64_encode(struct lf_str *out, const void *bytes, size_t length);

#endif
