/* fuzz_kubeconfig: whatever a kubeconfig holds, every context of it is either resolved to something usable or refused with a message and a remedy that are safe to
 * show. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <strings.h>

#include "core/text.h"
#include "providers/kube/kubeconfig.h"

static void check_error(const struct lf_error *err)
{
	fuzz_require(err->message[0] != '\0', "an error without a message", err->hint);
	fuzz_require(err->hint[0] != '\0', "an error without a hint", err->message);
	fuzz_require(lf_text_is_utf8(err->hint, strlen(err->hint)) != 0, "a hint that is not UTF-8", err->hint);
	for (const char *c = err->message; *c; c++)
		fuzz_require((unsigned char)*c >= ' ' && *c != 0x7f, "a control character in a message", err->message);
}

static void resolve(const struct kube_files *files, const char *context)
{
	struct kube_config *config = NULL;
	struct lf_error err = {0};
	int rc = kube_files_resolve(&config, files, context, &err);

	fuzz_require((rc == LF_OK) == (config != NULL), "a result and an error", err.message);
	if (rc != LF_OK) {
		check_error(&err);
		return;
	}
	fuzz_require(!strncasecmp(config->server, "http", 4), "a server that is none", config->server);
	fuzz_require(config->namespace && *config->namespace, "no namespace", config->context);
	fuzz_require(!config->exec || (config->exec->command && *config->exec->command), "a plugin without a command", config->context);
	fuzz_require((config->key_pem != NULL) == (config->certificate_pem != NULL), "half a certificate", config->context);
	kube_config_free(config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kube_files files = {0};
	struct lf_names names = {0};
	struct lf_error err = {0};
	char *current = NULL;

	if (kube_files_add(&files, "/nonexistent/fuzz", (const char *)data, size, &err) == LF_OK) {
		kube_files_contexts(&names, &current, &files);
		resolve(&files, NULL);
		for (size_t i = 0; i < names.count; i++)
			resolve(&files, names.items[i]);
	} else {
		check_error(&err);
	}
	lf_names_dispose(&names);
	free(current);
	kube_files_dispose(&files);
	return 0;
}
