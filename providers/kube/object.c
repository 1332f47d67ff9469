/* object: one request about one object: get, server-side apply, merge patch, and whether something is allowed. First the kind's path, then the request. */
#include "config.h"
#include "providers/kube/internal.h"

#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/text.h"

struct operation {
	struct lf_kube_call call; /* first: they are one thing */
	struct lf_ref ref;
	char *version; /* NULL: the newest that is served */
	const char *method, *query, *content_type;
	char *body;
	char *verb; /* of "may I": asks about the kind instead of touching the object */
	struct kube_lookup *lookup;
	struct kube_exchange *exchange;
	struct kube_parsing *parsing;
	struct kube_timer *timer;
	struct lf_error failure;
	lf_kube_object_fn *done;
	lf_kube_allowed_fn *allowed;
	void *payload;
};

static void free_operation(struct lf_kube_call *call)
{
	struct operation *op = (struct operation *)call;

	kube_lookup_cancel(&op->lookup);
	kube_exchange_cancel(&op->exchange);
	kube_parse_cancel(&op->parsing);
	kube_timer_clear(&op->timer);
	lf_ref_dispose(&op->ref);
	lf_free(op->version);
	lf_free(op->body);
	lf_free(op->verb);
	lf_free(op);
}

static void tell_allowed(struct operation *op, struct lf_node *review, const struct lf_error *err)
{
	bool allowed = lf_node_true(review, "status.allowed");
	char *reason = lf_text_clean_dup(lf_node_text(review, "status.reason"), 200);

	op->allowed(allowed, reason, err, op->payload);
	lf_free(reason);
	lf_node_free(review);
}

/* The last thing a call does. TREE is given away. */
static void end(struct operation *op, struct lf_node *tree, const struct lf_error *err)
{
	if (op->call.dead) {
		lf_node_free(tree);
		return;
	}
	kube_call_end(&op->call);
	if (op->allowed)
		tell_allowed(op, tree, err);
	else
		op->done(tree, err, op->payload);
}

static void on_failure(void *payload)
{
	struct operation *op = payload;

	end(op, NULL, &op->failure);
}

/* Nothing calls back before its start has returned. */
static void fail_soon(struct operation *op)
{
	kube_timer_set(&op->timer, op->call.kube, 0, on_failure, op);
}

static void on_parsed(struct lf_node *tree, const struct lf_error *err, void *payload)
{
	struct operation *op = payload;

	op->parsing = NULL;
	end(op, tree, err);
}

static void on_answer(struct kube_answer *answer, void *payload)
{
	struct operation *op = payload;

	op->exchange = NULL;
	if (answer->error.code)
		end(op, NULL, &answer->error);
	else
		op->parsing = kube_parse(op->call.kube, &answer->body, on_parsed, op);
}

static void send_ask(struct operation *op, const char *path)
{
	const struct kube_ask ask = {
		.method = op->method,
		.path = path,
		.content_type = op->content_type,
		.body = op->body,
		.body_length = op->body ? strlen(op->body) : 0,
	};
	const struct kube_exchange_handler handler = {.done = on_answer, .payload = op};

	op->exchange = kube_exchange_start(op->call.kube, &ask, &handler);
}

/* Namespaced objects without a namespace are in the context's, as for kubectl. */
static const char *namespace_of(const struct operation *op)
{
	return *op->ref.namespace ? op->ref.namespace : op->call.kube->config->namespace;
}

static void send_review(struct operation *op, const struct lf_served_kind *kind)
{
	struct lf_node *review = lf_node_new(LF_NODE_MAP), *attributes;
	struct lf_str text = {0};

	lf_node_set_text(review, "apiVersion", "authorization.k8s.io/v1");
	lf_node_set_text(review, "kind", "SelfSubjectAccessReview");
	attributes = lf_node_set_map(lf_node_set_map(review, "spec"), "resourceAttributes");
	lf_node_set_text(attributes, "verb", op->verb);
	lf_node_set_text(attributes, "group", kind->group);
	lf_node_set_text(attributes, "resource", kind->plural);
	if (kind->namespaced)
		lf_node_set_text(attributes, "namespace", op->ref.namespace);
	if (*op->ref.name)
		lf_node_set_text(attributes, "name", op->ref.name);
	lf_json_emit(&text, review);
	op->body = lf_str_take(&text);
	lf_node_free(review);
	send_ask(op, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews");
}

static void go_on(struct operation *op, const struct lf_served_kind *kind)
{
	struct lf_str path = {0};

	if (op->verb) {
		send_review(op, kind);
		return;
	}
	kube_path_object(&path, kind, namespace_of(op), op->ref.name);
	lf_str_add(&path, op->query);
	send_ask(op, lf_str_text(&path));
	lf_str_dispose(&path);
}

static void on_kind(const struct lf_served_kind *found, const struct lf_error *err, void *payload)
{
	struct operation *op = payload;
	struct lf_error missing = {0};

	op->lookup = NULL;
	if (found) {
		go_on(op, found);
		return;
	}
	if (!err) {
		kube_fail_unserved(&missing, &op->ref, op->version);
		err = &missing;
	}
	end(op, NULL, err);
}

static struct lf_kube_call *start(struct lf_kube *kube, struct operation *op)
{
	const struct lf_served_kind *kind;

	kube_call_add(kube, &op->call, free_operation);
	if (op->failure.code) {
		fail_soon(op);
		return &op->call;
	}
	if (!*op->ref.kind || (!op->verb && !kube_name_is_safe(op->ref.name)) || (*op->ref.namespace && !kube_name_is_safe(op->ref.namespace))) {
		(void)lf_fail(&op->failure, LF_EINVAL, "kube", 0, "this names no object: it needs a kind and a plain name");
		lf_hint(&op->failure, "metadata.name and metadata.namespace are lower case letters, digits, '-' and '.'.");
		fail_soon(op);
		return &op->call;
	}
	kube_enter(kube);
	kind = kube_kinds_find(&kube->kinds, op->ref.group, op->version, op->ref.kind);
	if (kind)
		go_on(op, kind);
	else
		op->lookup = kube_lookup_start(kube, op->ref.group, op->version, op->ref.kind, on_kind, op);
	kube_leave(kube);
	return &op->call;
}

struct lf_kube_call *lf_kube_get(struct lf_kube *kube, const struct lf_ref *ref, lf_kube_object_fn *done, void *payload)
{
	struct operation *op = lf_alloc(1, sizeof(*op));

	op->ref = lf_ref_dup(ref);
	op->method = "GET";
	op->query = "";
	op->done = done;
	op->payload = payload;
	return start(kube, op);
}

/* Kinds whose controller writes the whole object back under its own name, defaults and all: a change of ours would always be refused as a conflict with it. */
static bool is_written_back(const struct lf_node *document)
{
	static const struct {
		const char *group, *kind;
	} kinds[] = {{"argoproj.io/", "ApplicationSet"}};

	for (size_t i = 0; i < LF_COUNT(kinds); i++) {
		if (lf_starts_with(lf_node_text(document, "apiVersion"), kinds[i].group) && lf_equal(lf_node_text(document, "kind"), kinds[i].kind))
			return true;
	}
	return false;
}

static struct lf_kube_call *send_document(struct lf_kube *kube, const struct lf_node *document, const char *method, const char *query, lf_kube_object_fn *done, void *payload)
{
	struct operation *op = lf_alloc(1, sizeof(*op));
	const char *api_version = lf_node_text(document, "apiVersion"), *slash = strrchr(api_version, '/');
	struct lf_str body = {0};

	op->ref = lf_ref_of(document);
	op->version = lf_dup(slash ? slash + 1 : api_version);
	op->method = method;
	op->query = query;
	op->content_type = lf_equal(method, "PATCH") ? "application/apply-patch+yaml" : "application/json";
	op->done = done;
	op->payload = payload;
	if (!*api_version)
		(void)lf_fail(&op->failure, LF_EINVAL, "kube", 0, "the document has no apiVersion");
	lf_json_emit(&body, document);
	op->body = lf_str_take(&body);
	return start(kube, op);
}

struct lf_kube_call *lf_kube_apply(struct lf_kube *kube, const struct lf_node *document, lf_kube_object_fn *done, void *payload)
{
	return send_document(kube, document, "PATCH",
			     is_written_back(document) ? "?fieldManager=landfall&fieldValidation=Strict&force=true" : "?fieldManager=landfall&fieldValidation=Strict", done, payload);
}

struct lf_kube_call *lf_kube_check(struct lf_kube *kube, const struct lf_node *document, enum lf_kube_check how, lf_kube_object_fn *done, void *payload)
{
	/* It asks what the server thinks of the document, not who manages the object: hence force. */
	static const char *const queries[LF_KUBE_CHECKS] = {
		[LF_KUBE_CHECK] = "?fieldManager=landfall&fieldValidation=Strict&dryRun=All&force=true",
		[LF_KUBE_CHECK_AS_FLUX] = "?fieldManager=kustomize-controller&fieldValidation=Strict&dryRun=All&force=true",
		[LF_KUBE_CHECK_REPLACED] = "?fieldManager=landfall&fieldValidation=Strict&dryRun=All",
	};

	return send_document(kube, document, how == LF_KUBE_CHECK_REPLACED ? "PUT" : "PATCH", queries[how], done, payload);
}

struct lf_kube_call *lf_kube_patch(struct lf_kube *kube, const struct lf_ref *ref, const char *body, lf_kube_object_fn *done, void *payload)
{
	struct operation *op = lf_alloc(1, sizeof(*op));

	op->ref = lf_ref_dup(ref);
	op->method = "PATCH";
	op->query = "?fieldManager=landfall";
	op->content_type = "application/merge-patch+json";
	op->body = lf_dup(body);
	op->done = done;
	op->payload = payload;
	return start(kube, op);
}

struct lf_kube_call *lf_kube_can(struct lf_kube *kube, const char *verb, const struct lf_ref *ref, lf_kube_allowed_fn *done, void *payload)
{
	struct operation *op = lf_alloc(1, sizeof(*op));

	op->ref = lf_ref_dup(ref);
	op->verb = lf_dup(verb);
	op->method = "POST";
	op->content_type = "application/json";
	op->allowed = done;
	op->payload = payload;
	return start(kube, op);
}
