/* fuzz_json: whatever is accepted is written so that it reads back as the same tree, by our YAML reader too.
 */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "core/json.h"
#include "core/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lf_node *node = NULL, *back = NULL;
	struct lf_error err = {0};
	struct lf_str text = {0}, again = {0};
	int rc = lf_json_parse(&node, (const char *)data, size, &err);

	fuzz_require(rc == LF_OK ? node && !err.code : !node && err.message[0], "an error has a message",
	             err.message);
	if (rc != LF_OK)
		return 0;
	lf_json_emit(&text, node);
	rc = lf_json_parse(&back, lf_str_text(&text), text.length, &err);
	fuzz_require(rc == LF_OK, err.message, lf_str_text(&text));
	fuzz_require(lf_node_equal(node, back), "reads back as another tree", lf_str_text(&text));
	lf_node_free(back);
	lf_yaml_emit(&again, node, NULL);
	lf_node_free(node);
	lf_str_dispose(&text);
	lf_str_dispose(&again);
	return 0;
}
