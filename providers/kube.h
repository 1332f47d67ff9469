/* kube: the Kubernetes API as Landfall needs it: kubeconfig with all its forms of authentication, discovery, list + watch, server-side apply, merge patch, logs.
 * Asynchronous on one loop over lf_http_module; no kubectl, no polling. Callbacks come on the loop and never after cancel. */
#ifndef LF_PROVIDERS_KUBE_H
#define LF_PROVIDERS_KUBE_H

#include <uv.h>
#include "core/error.h"
#include "core/facts.h"
#include "core/node.h"
#include "core/ref.h"
#include "providers/http.h"

struct lf_kube;	     /* one context of one kubeconfig */
struct lf_kube_call; /* a request or watch under way */

/* Lists the contexts of every file in $KUBECONFIG, or ~/.kube/config, or the in-cluster account; *CURRENT is the current one (may be NULL).
 * Reads files: call it on a work request or in a front without a screen. Errors name file and line. */
LF_NODISCARD int lf_kube_contexts(struct lf_names *out, char **current, struct lf_error *err);

/* Reads the kubeconfig for CONTEXT (NULL: the current one). Blocks on file reads only. */
LF_NODISCARD int lf_kube_open(struct lf_kube **out, uv_loop_t *loop, const struct lf_http_module *http, const char *context, struct lf_error *err);
void lf_kube_free(struct lf_kube *kube); /* cancels what is under way */
const char *lf_kube_context(const struct lf_kube *kube);

typedef void lf_kube_error_fn(const struct lf_error *err, void *payload);

/* What is there: version, kinds served, Flux and Argo CD with version and namespace, namespaces, existing consumers. Parts the user may not see are left unknown. On
 * success ERR is NULL and FACTS is given away to the callback (which moves or disposes it). */
typedef void lf_kube_facts_fn(struct lf_cluster_facts *facts, const struct lf_error *err, void *payload);
struct lf_kube_call *lf_kube_discover(struct lf_kube *kube, lf_kube_facts_fn *done, void *payload);

/* One object. On success OBJECT is given away. LF_ENOTFOUND if it does not exist or its kind is not served. */
typedef void lf_kube_object_fn(struct lf_node *object, const struct lf_error *err, void *payload);
struct lf_kube_call *lf_kube_get(struct lf_kube *kube, const struct lf_ref *ref, lf_kube_object_fn *done, void *payload);

/* Server-side apply as field manager "landfall", fieldValidation=Strict. DOCUMENT is one object, borrowed for the call. A refusal is
 * LF_EREFUSED (validation), LF_EFORBIDDEN, LF_ENOTFOUND (namespace or kind), LF_ECONFLICT; the message holds the server's words, field first. */
struct lf_kube_call *lf_kube_apply(struct lf_kube *kube, const struct lf_node *document, lf_kube_object_fn *done, void *payload);

/* The same as a dry run. What DOCUMENT lacks goes from the live object only where it is the manager's who applies: to others a probe that was httpGet and is tcpSocket now is both, and
 * refused. So a refusal is not the last word before it was asked as Flux's kustomize-controller, and with the object replaced as a whole (which custom resources do not allow). */
enum lf_kube_check { LF_KUBE_CHECK, LF_KUBE_CHECK_AS_FLUX, LF_KUBE_CHECK_REPLACED, LF_KUBE_CHECKS };
struct lf_kube_call *lf_kube_check(struct lf_kube *kube, const struct lf_node *document, enum lf_kube_check how, lf_kube_object_fn *done, void *payload);

/* JSON merge patch, field manager "landfall". */
struct lf_kube_call *lf_kube_patch(struct lf_kube *kube, const struct lf_ref *ref, const char *body, lf_kube_object_fn *done, void *payload);

/* List, then watch, for as long as it is not cancelled: resumes by resourceVersion, takes bookmarks, lists again after 410, backs off with jitter after
 * 429 (Retry-After) and 5xx, re-reads credentials once after 401. Pages lists. Parses pages over 100 kB off the loop. */
enum lf_kube_freshness { LF_KUBE_LIVE, LF_KUBE_CONNECTING, LF_KUBE_BROKEN };
struct lf_kube_watch_handler {
	void (*put)(struct lf_node *object, void *payload); /* given away */
	void (*removed)(const struct lf_ref *ref, void *payload);
	/* A complete list has been delivered by put; what else was known of this watch is gone. */
	void (*listed)(const char *const *uids, size_t count, void *payload);
	/* NEXT_TRY_MS is wall clock, 0 if live. ERR says why it is broken; LF_EFORBIDDEN and LF_ENOTFOUND (kind not served) are final until a
	 * new watch is made, everything else is retried for ever. */
	void (*state)(enum lf_kube_freshness state, const struct lf_error *err, int64_t next_try_ms, void *payload);
	void *payload;
};
/* REF with empty name: all in its namespace (empty: all namespaces), narrowed by LABELS (may be NULL). */
struct lf_kube_call *lf_kube_watch(struct lf_kube *kube, const struct lf_ref *ref, const char *labels, const struct lf_kube_watch_handler *handler);

/* Whether the user may VERB the kind of REF there (SelfSubjectAccessReview). */
typedef void lf_kube_allowed_fn(bool allowed, const char *reason, const struct lf_error *err, void *payload);
struct lf_kube_call *lf_kube_can(struct lf_kube *kube, const char *verb, const struct lf_ref *ref, lf_kube_allowed_fn *done, void *payload);

/* Log lines of a container, cleaned, at most 4 kB each; ends with done (ERR NULL: the log ended). */
struct lf_kube_log_options {
	const char *container; /* NULL: the only one */
	bool follow, previous;
	int tail_lines; /* 0: all (bounded by the caller) */
};
struct lf_kube_call *lf_kube_logs(struct lf_kube *kube, const struct lf_ref *pod, const struct lf_kube_log_options *options,
				  void (*line)(const char *text, void *payload), lf_kube_error_fn *done, void *payload);

void lf_kube_cancel(struct lf_kube_call *call); /* NULL is fine; also from inside a callback */

#endif
