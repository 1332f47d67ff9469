/* schema_list: what a schema says of a list: its length, its items, what it has to contain. */
#include "config.h"
#include "core/schema_walk.h"

#include "core/mem.h"

enum { UNIQUE_MAX = 200 };

static bool is(const struct lf_node *node, enum lf_node_kind kind)
{
	return node && lf_node_kind(node) == kind;
}

/* The schema of item I; NULL: none. "items" is a tuple with "additionalItems" behind it, or the rest behind "prefixItems". */
static const struct lf_node *schema_of(const struct lf_node *schema, size_t i)
{
	const struct lf_node *items = lf_node_key(schema, "items"), *tuple = lf_node_key(schema, "prefixItems");

	if (is(items, LF_NODE_LIST))
		return i < lf_node_count(items) ? lf_node_at(items, i) : lf_node_key(schema, "additionalItems");
	return is(tuple, LF_NODE_LIST) && i < lf_node_count(tuple) ? lf_node_at(tuple, i) : items;
}

static enum lf_verdict check_items(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	enum lf_verdict verdict = LF_FITS;

	for (size_t i = 0; i < lf_node_count(value) && verdict != LF_FAILS; i++) {
		const struct lf_node *one = schema_of(schema, i);
		size_t length = walk->path.length;

		if (!one)
			continue;
		lf_str_addf(&walk->path, "[%zu]", i);
		verdict = lf_verdict_and(verdict, lf_schema_walk(walk, one, lf_node_at(value, i)));
		lf_str_truncate(&walk->path, length);
	}
	return verdict;
}

static enum lf_verdict check_contains(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	const struct lf_node *one = lf_node_key(schema, "contains");
	int64_t least = walk->old ? 1 : lf_schema_limit(schema, "minContains", 1), most = walk->old ? INT64_MAX : lf_schema_limit(schema, "maxContains", INT64_MAX);
	int64_t hits = 0, unsure = 0;

	if (!one)
		return LF_FITS;
	for (size_t i = 0; i < lf_node_count(value); i++) {
		enum lf_verdict verdict = lf_schema_holds(walk, one, lf_node_at(value, i));

		hits += verdict == LF_FITS;
		unsure += verdict == LF_UNSURE;
	}
	if (hits + unsure < least)
		return lf_schema_fail(walk, value, NULL, "this list lacks an item that it must contain");
	if (hits > most)
		return lf_schema_fail(walk, value, NULL, "this list has %lld items of a form of which it may have %lld", (long long)hits, (long long)most);
	return hits < least || hits + unsure > most ? LF_UNSURE : LF_FITS;
}

static enum lf_verdict check_unique(struct lf_schema_walk *walk, const struct lf_node *value)
{
	enum lf_verdict verdict = LF_FITS;

	if (lf_node_count(value) > UNIQUE_MAX)
		return LF_UNSURE;
	for (size_t i = 0; i < lf_node_count(value); i++) {
		for (size_t k = 0; k < i; k++) {
			enum lf_verdict same = lf_schema_same(walk, lf_node_at(value, i), lf_node_at(value, k), 0);

			if (same == LF_FITS)
				return lf_schema_fail(walk, lf_node_at(value, i), NULL, "items %zu and %zu of this list are the same", k, i);
			if (same == LF_UNSURE)
				verdict = LF_UNSURE;
		}
	}
	return verdict;
}

enum lf_verdict lf_schema_list(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	int64_t count = (int64_t)lf_node_count(value), least = lf_schema_limit(schema, "minItems", 0), most = lf_schema_limit(schema, "maxItems", INT64_MAX);
	enum lf_verdict verdict;

	if (count < least)
		return lf_schema_fail(walk, value, NULL, "this list must have at least %lld %s", (long long)least, least == 1 ? "item" : "items");
	if (count > most)
		return lf_schema_fail(walk, value, NULL, "this list may have at most %lld %s", (long long)most, most == 1 ? "item" : "items");
	verdict = check_items(walk, schema, value);
	if (verdict != LF_FAILS)
		verdict = lf_verdict_and(verdict, check_contains(walk, schema, value));
	if (verdict != LF_FAILS && lf_node_true(schema, "uniqueItems"))
		verdict = lf_verdict_and(verdict, check_unique(walk, value));
	return verdict;
}
