/* fuzz_yaml: whatever is accepted is written so that it reads back as the same tree. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include "core/yaml.h"

static void check(const struct lf_node *root)
{
	struct lf_yaml_limits limits = lf_yaml_limits_default;
	struct lf_str text = {0}, again = {0};
	struct lf_line_origins origins = {0};
	struct lf_node *back = NULL;
	struct lf_error err = {0};
	size_t lines = 0;
	int rc;

	limits.bytes = (size_t)256 * 1024 * 1024; /* escapes make text longer */
	lf_yaml_emit(&text, root, &origins);
	for (size_t i = 0; i < text.length; i++)
		lines += text.data[i] == '\n';
	fuzz_require(lines == origins.count, "an origin for each line", lf_str_text(&text));
	rc = lf_yaml_parse(&back, lf_str_text(&text), text.length, "again", &limits, &err);
	fuzz_require(rc == LF_OK, err.message, lf_str_text(&text));
	fuzz_require(lf_node_count(back) == 1 && lf_node_equal(lf_node_at(back, 0), root),
	             "reads back as another tree", lf_str_text(&text));
	lf_yaml_emit(&again, lf_node_at(back, 0), NULL);
	fuzz_require(lf_equal(lf_str_text(&text), lf_str_text(&again)), "the same tree, other bytes",
	             lf_str_text(&again));
	lf_node_free(back);
	lf_line_origins_dispose(&origins);
	lf_str_dispose(&text);
	lf_str_dispose(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lf_node *documents = NULL;
	struct lf_error err = {0};
	int rc = lf_yaml_parse(&documents, (const char *)data, size, "fuzz", NULL, &err);

	fuzz_require(rc == LF_OK ? documents && !err.code : !documents && err.message[0],
	             "an error has a message", err.message);
	for (size_t i = 0; i < lf_node_count(documents); i++)
		check(lf_node_at(documents, i));
	lf_node_free(documents);
	return 0;
}
