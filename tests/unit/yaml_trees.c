/* yaml_trees: prints random trees for tests/yaml_peer.sh, one JSON list a line: the YAML we make of a tree, and the tree.
 * Arguments: how many trees, and the seed. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>

#include "core/json.h"
#include "core/yaml.h"
#include "tests/unit/trees.h"

int main(int argc, char **argv)
{
	long count = argc > 1 ? strtol(argv[1], NULL, 10) : 100;
	struct lf_random random = {argc > 2 ? (uint64_t)strtol(argv[2], NULL, 10) : 1};

	for (long i = 0; i < count; i++) {
		struct lf_node *tree = lf_test_tree(&random, 4);
		struct lf_str text = {0}, line = {0};

		if (i % 2)
			lf_node_set_comment(tree, "a comment: with - [syntax]\nand two lines");
		lf_yaml_emit(&text, tree, NULL);
		lf_str_add(&line, "[");
		lf_json_emit_text(&line, lf_str_text(&text));
		lf_str_add(&line, ",");
		lf_json_emit(&line, tree);
		lf_str_add(&line, "]");
		if (puts(lf_str_text(&line)) < 0)
			return 1;
		lf_str_dispose(&line);
		lf_str_dispose(&text);
		lf_node_free(tree);
	}
	return 0;
}
