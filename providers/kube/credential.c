/* credential: what a credential plugin printed, read as an ExecCredential. Pure. */
#include "config.h"
#include "providers/kube/internal.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/json.h"
#include "core/mem.h"

int64_t kube_time_ms(const char *text)
{
	struct tm tm = {0};
	int year, month, zone_hours = 0, zone_minutes = 0, n = 0;
	const char *rest;
	int64_t seconds;

	if (sscanf(text, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &year, &month, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &n) != 6 || !n)
		return 0;
	if (year < 1970 || year > 9999 || month < 1 || month > 12 || tm.tm_mday < 1 || tm.tm_mday > 31)
		return 0;
	rest = text + n;
	if (*rest == '.')
		rest += 1 + strspn(rest + 1, "0123456789");
	if ((*rest == '+' || *rest == '-') && sscanf(rest + 1, "%2d:%2d", &zone_hours, &zone_minutes) != 2)
		return 0;
	if (*rest != '+' && *rest != '-' && *rest != 'Z' && *rest != 'z')
		return 0;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	seconds = (int64_t)timegm(&tm);
	seconds -= (int64_t)(*rest == '-' ? -1 : 1) * (zone_hours * 3600 + zone_minutes * 60);
	return seconds > 0 ? seconds * 1000 : 0;
}

static int fail_shape(struct lf_error *err, const char *what)
{
	int rc = lf_fail(err, LF_EAUTH, "kube.exec", 0, "the credential plugin %s", what);

	lf_hint(err, "Run it by hand to see what it prints; perhaps it needs an update or another apiVersion in the kubeconfig.");
	return rc;
}

/* Moves the secret leaf out, and wipes it where it stood. */
static struct lf_secret *take_secret(const struct lf_node *status, const char *key)
{
	const char *text = lf_node_text(lf_node_key(status, key), NULL);
	size_t length = strlen(text);
	struct lf_secret *secret = length ? lf_secret_new(text, length) : NULL;

	if (length)
		lf_wipe((void *)(uintptr_t)text, length);
	return secret;
}

void kube_credential_dispose(struct kube_credential *credential)
{
	lf_secret_free(credential->token);
	lf_free(credential->certificate_pem);
	lf_secret_free(credential->key_pem);
	memset(credential, 0, sizeof(*credential));
}

int kube_credential_parse(struct kube_credential *out, const char *text, size_t length, const char *api_version, struct lf_error *err)
{
	struct lf_node *tree = NULL;
	const struct lf_node *status;
	const char *expires;
	int rc = LF_OK;

	memset(out, 0, sizeof(*out));
	if (lf_json_parse(&tree, text, length, NULL) != LF_OK || lf_node_kind(tree) != LF_NODE_MAP) {
		rc = fail_shape(err, "did not print JSON");
		goto out;
	}
	if (!lf_equal(lf_node_text(tree, "kind"), "ExecCredential")) {
		rc = fail_shape(err, "did not print an ExecCredential");
		goto out;
	}
	if (!lf_equal(lf_node_text(tree, "apiVersion"), api_version)) {
		rc = fail_shape(err, "answered in another apiVersion than the kubeconfig names");
		goto out;
	}
	status = lf_node_key(tree, "status");
	out->token = take_secret(status, "token");
	out->key_pem = take_secret(status, "clientKeyData");
	if (*lf_node_text(lf_node_key(status, "clientCertificateData"), NULL))
		out->certificate_pem = lf_dup(lf_node_text(lf_node_key(status, "clientCertificateData"), NULL));
	expires = lf_node_text(lf_node_key(status, "expirationTimestamp"), NULL);
	out->expires_ms = kube_time_ms(expires);
	if (*expires && !out->expires_ms)
		rc = fail_shape(err, "printed an expirationTimestamp that is no time");
	else if ((out->key_pem != NULL) != (out->certificate_pem != NULL))
		rc = fail_shape(err, "printed half of a certificate and key");
	else if (!out->token && !out->key_pem)
		rc = fail_shape(err, "printed neither a token nor a certificate");
out:
	if (rc != LF_OK)
		kube_credential_dispose(out);
	lf_node_free(tree);
	return rc;
}
