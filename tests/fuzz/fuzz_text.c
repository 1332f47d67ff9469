/* fuzz_text: cleaned text is safe, clean again changes nothing, cuts fit, and any clean text survives YAML as
 * itself. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/yaml.h"

struct wrapped {
	size_t columns;
	const char *end; /* of the line before */
};

static void wrapped_line(const char *start, size_t length, void *payload)
{
	struct wrapped *seen = payload;
	char *line = lf_dup_n(start, length);

	fuzz_require(start >= seen->end, "lines come in order", line);
	fuzz_require(lf_text_width(line) <= (seen->columns > 1 ? seen->columns : 2), "a line fits", line);
	seen->end = start + length;
	lf_free(line);
}

static void check_yaml(const char *text)
{
	struct lf_node *map = lf_node_new(LF_NODE_MAP), *back = NULL;
	struct lf_error err = {0};
	struct lf_str out = {0};
	int rc;

	lf_node_set_comment(lf_node_set_text(map, text, text), text);
	lf_yaml_emit(&out, map, NULL);
	rc = lf_yaml_parse(&back, lf_str_text(&out), out.length, "text", NULL, &err);
	fuzz_require(rc == LF_OK && lf_node_count(back) == 1 && lf_node_equal(lf_node_at(back, 0), map),
	             "survives YAML", lf_str_text(&out));
	lf_node_free(back);
	lf_node_free(map);
	lf_str_dispose(&out);
}

static void check(const char *bytes, size_t size, size_t limit)
{
	struct lf_str once = {0}, twice = {0}, lines = {0}, middle = {0};
	struct wrapped seen;
	size_t columns = limit % 40;

	lf_text_clean(&once, bytes, size, limit);
	fuzz_require(once.length <= limit && lf_text_is_utf8(lf_str_text(&once), once.length),
	             "within its limit", lf_str_text(&once));
	fuzz_require(strlen(lf_str_text(&once)) == once.length, "no NUL", lf_str_text(&once));
	for (size_t i = 0; i < once.length; i++)
		fuzz_require((unsigned char)once.data[i] >= 0x20 && once.data[i] != 0x7f, "no control",
		             lf_str_text(&once));
	lf_text_clean(&twice, lf_str_text(&once), once.length, limit);
	fuzz_require(lf_equal(lf_str_text(&once), lf_str_text(&twice)), "clean is clean",
	             lf_str_text(&twice));
	lf_text_clean_lines(&lines, bytes, size, limit);
	fuzz_require(lines.length <= limit, "lines within the limit", lf_str_text(&lines));
	lf_text_middle(&middle, lf_str_text(&once), columns, limit % 2);
	fuzz_require(lf_text_width(lf_str_text(&middle)) <= columns, "the middle fits", lf_str_text(&middle));
	seen = (struct wrapped){columns, lf_str_text(&lines)};
	lf_text_wrap(lf_str_text(&lines), columns, wrapped_line, &seen);
	fuzz_require(lf_text_fit(lf_str_text(&once), columns) <= once.length, "fit is inside",
	             lf_str_text(&once));
	check_yaml(lf_str_text(&lines));
	lf_str_dispose(&once);
	lf_str_dispose(&twice);
	lf_str_dispose(&lines);
	lf_str_dispose(&middle);
}

static void check_duration(const char *text)
{
	int64_t ms = lf_duration_ms(text);
	char again[32];

	if (ms < 0)
		return;
	lf_duration_text(again, ms);
	fuzz_require(lf_duration_ms(again) == ms, "a duration reads back", again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	char *text = lf_dup_n(bytes, size);

	check(bytes, size, size > 0 ? data[0] : 0);
	check(bytes, size, 100000);
	check_duration(text);
	(void)lf_yaml_needs_quotes(text);
	if (lf_text_is_utf8(text, strlen(text)))
		check_yaml(text);
	lf_free(text);
	return 0;
}
