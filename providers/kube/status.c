/* status: what the API server's refusals mean, in its own words with the field first. The shapes are those seen on a 1.35 server. Pure. */
#include "config.h"
#include "providers/kube/internal.h"

#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/text.h"

#define WORDS_MAX 440

static bool has(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

/* ".spec.replicas: expected numeric" → "spec.replicas: expected numeric"; several lines are joined. */
static void add_fields(struct lf_str *out, const char *text)
{
	size_t length;

	while (*text) {
		text += strspn(text, " \n\t");
		length = strcspn(text, "\n");
		if (!strncmp(text, "errors:", 7) && length == 7) {
			text += length;
			continue;
		}
		if (length && *text == '.') {
			text++;
			length--;
		}
		if (length && out->length)
			lf_str_add(out, "; ");
		lf_str_add_n(out, text, length);
		text += length;
	}
}

/* "failed to create typed patch object (ns/x; g/v, Kind=K): .spec.x: field not declared in schema" → what follows "): ". */
static void add_typed_patch(struct lf_str *out, const char *message)
{
	const char *rest = strstr(message, "): ");

	add_fields(out, rest ? rest + 3 : message);
}

/* 'strict decoding error: unknown field "spec.other", unknown field "spec.x"' → "spec.other: unknown field; spec.x: unknown field" */
static bool add_strict(struct lf_str *out, const char *message)
{
	static const char mark[] = "unknown field \"";
	const char *at = strstr(message, mark);
	size_t length;

	if (!at || !has(message, "strict decoding error"))
		return false;
	for (; at; at = strstr(at, mark)) {
		at += sizeof(mark) - 1;
		length = strcspn(at, "\"");
		if (out->length)
			lf_str_add(out, "; ");
		lf_str_add_n(out, at, length);
		lf_str_add(out, ": unknown field");
	}
	return true;
}

/* details.causes: one for each field. */
static bool add_causes(struct lf_str *out, const struct lf_node *causes)
{
	const struct lf_node *cause;
	const char *field, *message;
	size_t i;

	for (i = 0; i < lf_node_count(causes) && out->length < WORDS_MAX; i++) {
		cause = lf_node_at(causes, i);
		field = lf_node_text(cause, "field");
		message = lf_node_text(cause, "message");
		/* "<nil>": that the rest was not looked at */
		if (!*message || (!strcmp(field, "<nil>") && lf_node_count(causes) > 1))
			continue;
		if (out->length)
			lf_str_add(out, "; ");
		if (*field && strcmp(field, "<nil>") != 0)
			lf_str_addf(out, "%s: ", *field == '.' ? field + 1 : field);
		lf_str_add(out, message);
	}
	return out->length != 0;
}

static int refuse(struct lf_error *err, enum lf_code code, int status, const struct lf_str *words)
{
	struct lf_str clean = {0};
	int rc;

	lf_text_clean(&clean, lf_str_text(words), words->length, WORDS_MAX);
	rc = lf_fail(err, code, "kube", status, "%s", clean.length ? lf_str_text(&clean) : "the API server refused the request");
	lf_str_dispose(&clean);
	return rc;
}

static int refuse_invalid(struct lf_error *err, int status, const struct lf_node *object, const char *message)
{
	struct lf_str words = {0};
	int rc;

	if (has(message, "failed to create typed patch object"))
		add_typed_patch(&words, message);
	else if (!add_strict(&words, message) && !add_causes(&words, lf_node_get(object, "details.causes")))
		lf_str_add(&words, message);
	rc = refuse(err, LF_EREFUSED, status, &words);
	if (has(message, "admission webhook"))
		lf_hint(err, "A policy of the cluster said no; its words name the rule.");
	else if (has(message, "waiting to start"))
		lf_hint(err, "Its log begins when the container does.");
	else if (has(message, "container name must be specified"))
		lf_hint(err, "Choose one of the pod's containers.");
	else
		lf_hint(err, "Correct the field and try again: nothing was changed.");
	lf_str_dispose(&words);
	return rc;
}

static int refuse_conflict(struct lf_error *err, int status, const struct lf_node *object, const char *message)
{
	struct lf_str words = {0};
	int rc;

	if (!has(message, "Apply failed with") || !add_causes(&words, lf_node_get(object, "details.causes")))
		lf_str_add(&words, message);
	rc = refuse(err, LF_ECONFLICT, status, &words);
	if (has(message, "Apply failed with"))
		lf_hint(err, "Another tool set this field. Let it go there, or keep its value.");
	else
		lf_hint(err, "Somebody else changed it at the same time; try again.");
	lf_str_dispose(&words);
	return rc;
}

static int refuse_missing(struct lf_error *err, int status, const struct lf_node *object, const char *message)
{
	const char *kind = lf_node_text(object, "details.kind");
	struct lf_str words = {0};
	int rc;

	lf_str_add(&words, message);
	rc = refuse(err, LF_ENOTFOUND, status, &words);
	if (!strcmp(kind, "namespaces"))
		lf_hint(err, "Create the namespace first, or let Landfall do it (createNamespace: yes).");
	else
		lf_hint(err, "It may not be there yet, or it is in another namespace.");
	lf_str_dispose(&words);
	return rc;
}

static int refuse_user(struct lf_error *err, int status, const struct kube_config *config)
{
	char *user = lf_text_clean_dup(config->user, 60), *context = lf_text_clean_dup(config->context, 60);
	int rc;

	rc = lf_fail(err, LF_EAUTH, "kube", status, "the cluster does not accept the credentials of \"%s\" (context %s)", *user ? user : "nobody",
		     context);
	if (config->plain)
		lf_hint(err, "The server is http://, so no credentials were sent. Use its https:// address.");
	else if (config->exec)
		lf_hint(err, "Sign in again with %.80s, then try again.", config->exec->command);
	else
		lf_hint(err, "They may have expired: get a new kubeconfig from whoever runs the cluster, or choose another context.");
	lf_free(user);
	lf_free(context);
	return rc;
}

static int refuse_forbidden(struct lf_error *err, int status, const struct lf_node *object, const char *message,
			    const struct kube_config *config)
{
	struct lf_str words = {0};
	int rc;

	if (has(message, "User \"system:anonymous\""))
		return refuse_user(err, status, config);
	if (has(message, "admission webhook") || has(message, "ValidatingAdmissionPolicy"))
		return refuse_invalid(err, status, object, message);
	lf_str_add(&words, *message ? message : "the cluster does not allow this");
	rc = refuse(err, LF_EFORBIDDEN, status, &words);
	lf_hint(err, "Ask whoever runs the cluster for a Role that allows it, or choose another context.");
	lf_str_dispose(&words);
	return rc;
}

static int fail_server(struct lf_error *err, int status, const char *message)
{
	struct lf_str words = {0};
	int rc;

	lf_text_clean(&words, message, strlen(message), 300);
	if (status == 429)
		rc = lf_fail(err, LF_ENET, "kube", status, "the API server has too much to do (429)");
	else
		rc = lf_fail(err, LF_ENET, "kube", status, "the API server failed with status %d%s%s", status, words.length ? ": " : "",
			     lf_str_text(&words));
	lf_hint(err, "Try again in a moment; if it stays so, look at the API server or at the proxy in front of it.");
	lf_str_dispose(&words);
	return rc;
}

/* Validation says 500 where it means "your document is wrong". */
static bool is_validation(const char *message)
{
	return has(message, "failed to create typed patch object") || has(message, "failed to convert new object");
}

static int translate(struct lf_error *err, int status, const struct lf_node *object, const struct kube_config *config)
{
	const char *message = lf_node_text(object, "message");

	switch (status) {
	case 400:
	case 405:
	case 406:
	case 415:
	case 422:
		return refuse_invalid(err, status, object, message);
	case 401:
		return refuse_user(err, status, config);
	case 403:
		return refuse_forbidden(err, status, object, message, config);
	case 404:
		return refuse_missing(err, status, object, message);
	case 409:
		return refuse_conflict(err, status, object, message);
	case 410:
		return lf_fail(err, LF_EGONE, "kube", status, "the API server no longer has that state");
	case 413:
		return lf_fail(err, LF_ELIMIT, "kube", status, "the API server finds the document too large");
	default:
		if (is_validation(message))
			return refuse_invalid(err, status, object, message);
		return fail_server(err, status, message);
	}
}

int kube_status_of_node(struct lf_error *err, int status, const struct lf_node *object, const struct kube_config *config)
{
	int64_t code = lf_node_int(object, "code", status);

	return translate(err, code >= 400 && code < 600 ? (int)code : status, object, config);
}

/* An answer that is no Status object: from a proxy, or "404 page not found" for a path that is not served. */
static int translate_foreign(struct lf_error *err, int status, const struct kube_config *config)
{
	int rc;

	if (status == 404) {
		rc = lf_fail(err, LF_ENOTFOUND, "kube", status, "the API server does not serve this kind in this version");
		lf_hint(err, "Is its CRD installed in this cluster?");
		return rc;
	}
	if (status >= 300 && status < 400) {
		rc = lf_fail(err, LF_ERROR, "kube", status, "the server sends us elsewhere (%d), which no API server does", status);
		lf_hint(err, "Perhaps a login page stands in front of it: check the cluster's server in the kubeconfig.");
		return rc;
	}
	if (status == 403) {
		rc = lf_fail(err, LF_EFORBIDDEN, "kube", status, "the request was forbidden before it reached the API server");
		lf_hint(err, "Check the server address and the proxy in between.");
		return rc;
	}
	return translate(err, status, NULL, config);
}

int kube_status_error(struct lf_error *err, int status, const char *body, size_t length, const struct kube_config *config)
{
	struct lf_node *object = NULL;
	int rc;

	if (lf_json_parse(&object, body, length, NULL) == LF_OK && lf_equal(lf_node_text(object, "kind"), "Status"))
		rc = translate(err, status, object, config);
	else
		rc = translate_foreign(err, status, config);
	lf_node_free(object);
	return rc;
}
