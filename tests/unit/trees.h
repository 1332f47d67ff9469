/* trees: random trees of hostile text, for the property tests of the emitters. */
#ifndef LF_TESTS_TREES_H
#define LF_TESTS_TREES_H

#include "core/node.h"
#include "tests/unit/random.h"

/* At most DEPTH levels; the caller frees. */
struct lf_node *lf_test_tree(struct lf_random *random, int depth);

#endif
