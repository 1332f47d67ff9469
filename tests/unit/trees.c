/* trees: see trees.h. */
#include "config.h"
#include "tests/unit/trees.h"

#include <stdio.h>
#include <string.h>

#include "core/compiler.h"
#include "core/str.h"

static const char *const pieces[] = {
	"a",	"b",	"key",	" ",	"  ",	"\n",	"\n\n",	 ":",	": ",	"#",	" #",	"-",	"- ",	"---",	"...",	"\t",
	"'",	"\"",	"\\",	"{",	"}",	"[",	"]",	 ",",	"&",	"*",	"!",	"|",	">",	"%",	"@",	"`",
	"?",	"? ",	"~",	"null", "true", "no",	"y",	 "0",	"1",	"0x",	"1e3",	"_",	".",	"+",	"12:30", "2024-01-02",
	"<<",	"=",	"\r",	"\r\n", "\x01", "\x7f", "\xc2\x85", "\xe2\x80\xa8", "\xef\xbb\xbf", "\xc3\xa9", "\xe6\xbc\xa2",
	"\xf0\x9f\x98\x80", "very long text that has many words and would be folded by an emitter with a narrow width ",
};

static void random_text(struct lf_str *out, struct lf_random *random)
{
	uint32_t count = lf_random_below(random, 6);

	lf_str_add(out, "");
	for (uint32_t i = 0; i < count; i++)
		lf_str_add(out, pieces[lf_random_below(random, LF_COUNT(pieces))]);
}

static struct lf_node *leaf(struct lf_random *random)
{
	static const char *const numbers[] = {"1.5", "1e10", "0.1", "18446744073709551615", "-0.25"};
	struct lf_str text = {0};
	struct lf_node *node;

	switch (lf_random_below(random, 8)) {
	case 0:
		return lf_node_new(LF_NODE_NULL);
	case 1:
		return lf_node_bool_new(lf_random_below(random, 2) == 0);
	case 2:
		return lf_node_int_new((int64_t)lf_random_next(random) - 1000000000);
	case 3:
		return lf_node_number_new(numbers[lf_random_below(random, LF_COUNT(numbers))]);
	default:
		random_text(&text, random);
		node = lf_node_text_new(lf_str_text(&text));
		lf_str_dispose(&text);
		return node;
	}
}

struct lf_node *lf_test_tree(struct lf_random *random, int depth)
{
	uint32_t kind = lf_random_below(random, 5), count = lf_random_below(random, 5);
	struct lf_node *node;

	if (depth <= 1 || kind >= 4)
		return leaf(random);
	node = lf_node_new(kind < 2 ? LF_NODE_MAP : LF_NODE_LIST);
	for (uint32_t i = 0; i < count; i++) {
		struct lf_str key = {0};

		random_text(&key, random);
		if (kind < 2)
			lf_node_set(node, lf_str_text(&key), lf_test_tree(random, depth - 1));
		else
			lf_node_add(node, lf_test_tree(random, depth - 1));
		lf_str_dispose(&key);
	}
	return node;
}
