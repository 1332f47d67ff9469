/* fuzz_chart: what a chart repository or registry may send: an index (the same however its bytes are cut), pages of tags, challenges, addresses, and what Docker's
 * configuration may hold. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "core/mem.h"
#include "core/semver.h"
#include "core/text.h"
#include "providers/chart/internal.h"

struct bytes {
	const uint8_t *data;
	size_t size, at, step;
};

static long feed(void *buffer, size_t size, void *payload)
{
	struct bytes *bytes = payload;
	size_t n = bytes->size - bytes->at;

	n = n > size ? size : n;
	n = n > bytes->step ? bytes->step : n;
	memcpy(buffer, bytes->data + bytes->at, n);
	bytes->at += n;
	return (long)n;
}

static int read_index(struct chart_index *out, const uint8_t *data, size_t size, size_t step, struct lf_error *err)
{
	struct chart_index_query query = {.name = "fuzz", .chart = "web", .range = ">=0.1"};
	struct bytes bytes = {.data = data, .size = size, .step = step};

	return chart_index_read(out, &query, feed, &bytes, err);
}

static void check_index(const uint8_t *data, size_t size)
{
	struct chart_index whole, pieces;
	struct lf_error err = {0};
	int code = read_index(&whole, data, size, SIZE_MAX, &err), again = read_index(&pieces, data, size, 1, NULL);

	/* libyaml looks ahead as far as it was given bytes: which of two mistakes it meets first, and whether one behind the index is met at all, depends on that. */
	fuzz_require(!code || (err.message[0] && err.hint[0] && lf_text_is_utf8(err.message, strlen(err.message))), "a refusal without words", err.message);
	if (!code && !again) {
		fuzz_require(whole.facts.version_count == pieces.facts.version_count && whole.facts.charts.count == pieces.facts.charts.count, "another index in pieces", "");
		for (size_t i = 1; i < whole.facts.version_count; i++)
			fuzz_require(lf_semver_order(whole.facts.versions[i - 1].version, whole.facts.versions[i].version) < 0, "out of order", whole.facts.versions[i].version);
		for (size_t i = 0; i < whole.facts.version_count; i++)
			for (const char *c = whole.facts.versions[i].version; *c; c++)
				fuzz_require((unsigned char)*c >= ' ' && *c != 0x7f, "a control character", whole.facts.versions[i].version);
	}
	chart_index_dispose(&whole);
	chart_index_dispose(&pieces);
}

static void check_words(const char *text)
{
	static const char *const names[] = {"realm", "service", "scope"};
	char *out;

	for (size_t i = 0; i < LF_COUNT(names); i++) {
		out = chart_challenge_get(text, names[i]);
		lf_free(out);
	}
	out = chart_oci_next(text, "https://registry.example.com/v2/a/tags/list");
	fuzz_require(!out || lf_starts_with(out, "http"), "a page elsewhere", out ? out : "");
	lf_free(out);
	out = chart_resolve_url("https://charts.example.com/stable/?x", text);
	fuzz_require(!out || lf_starts_with(out, "https://") || lf_starts_with(out, "http://"), "an address of another kind", out ? out : "");
	lf_free(out);
	out = chart_host_of(text);
	lf_free(out);
	(void)lf_semver_matches(text, "1.2.3");
	(void)lf_semver_matches("^1", text);
}

static void check_credentials(const uint8_t *data, size_t size)
{
	struct chart_credential credential = {0};
	char *helper = NULL;

	if (chart_credential_in(&credential, &helper, (const char *)data, size, "registry.example.com"))
		fuzz_require(credential.user && credential.password, "half a login", "");
	fuzz_require(!helper || !strchr(helper, '/'), "a helper elsewhere", helper ? helper : "");
	lf_free(helper);
	chart_credential_dispose(&credential);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = lf_dup_n((const char *)data, size);

	check_index(data, size);
	check_words(text);
	check_credentials(data, size);
	lf_free(text);
	return 0;
}
