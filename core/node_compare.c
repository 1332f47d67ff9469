/* node_compare: whether two trees say the same; see node.h. */
#include "config.h"
#include "core/node.h"

#include <stdlib.h>

#include "core/mem.h"
#include "core/str.h"

bool lf_node_equal(const struct lf_node *a, const struct lf_node *b)
{
	bool is_map = lf_node_kind(a) == LF_NODE_MAP;

	if (lf_node_kind(a) != lf_node_kind(b) || lf_node_count(a) != lf_node_count(b))
		return false;
	if (!is_map && lf_node_kind(a) != LF_NODE_LIST)
		return lf_equal(lf_node_text(a, NULL), lf_node_text(b, NULL));
	for (size_t i = 0; i < lf_node_count(a); i++) {
		const struct lf_node *other = is_map ? lf_node_key(b, lf_node_key_at(a, i)) : lf_node_at(b, i);

		if (!other || !lf_node_equal(lf_node_at(a, i), other))
			return false;
	}
	return true;
}

/* An API server writes numbers its own way: 1.0 comes back as 1. */
static bool numbers_equal(const struct lf_node *a, const struct lf_node *b)
{
	double x = strtod(lf_node_text(a, NULL), NULL), y = strtod(lf_node_text(b, NULL), NULL);

	return lf_node_kind(a) == LF_NODE_NUMBER && lf_node_kind(b) == LF_NODE_NUMBER && !(x < y) && !(y < x);
}

bool lf_node_within(const struct lf_node *part, const struct lf_node *whole)
{
	bool is_map = lf_node_kind(part) == LF_NODE_MAP;
	size_t count = lf_node_count(part);

	if (lf_node_kind(part) == LF_NODE_NULL)
		return lf_node_kind(whole) == LF_NODE_NULL;
	if (lf_node_kind(part) != lf_node_kind(whole))
		return false;
	if (!is_map && lf_node_kind(part) != LF_NODE_LIST)
		return lf_node_equal(part, whole) || numbers_equal(part, whole);
	if (!is_map && count != lf_node_count(whole))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!lf_node_within(lf_node_at(part, i), is_map ? lf_node_key(whole, lf_node_key_at(part, i)) : lf_node_at(whole, i)))
			return false;
	}
	return true;
}

bool lf_node_alike(const struct lf_node *a, const struct lf_node *b)
{
	return lf_node_within(a, b) && lf_node_within(b, a);
}
