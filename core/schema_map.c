/* schema_map: what a schema says of a map: its keys, their values, which keys need which others. */
#include "config.h"
#include "core/schema_walk.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

enum { SHOWN_MAX = 12 };

static bool is(const struct lf_node *node, enum lf_node_kind kind)
{
	return node && lf_node_kind(node) == kind;
}

static size_t enter(struct lf_schema_walk *walk, const char *key)
{
	size_t length = walk->path.length;

	if (length)
		lf_str_add_char(&walk->path, '.');
	lf_text_clean(&walk->path, key, strlen(key), 80);
	return length;
}

static enum lf_verdict unknown_key(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	const struct lf_node *properties = lf_node_key(schema, "properties");
	struct lf_str allowed = {0};

	for (size_t i = 0; i < lf_node_count(properties) && i <= SHOWN_MAX; i++) {
		lf_str_add(&allowed, i ? ", " : "It has: ");
		if (i == SHOWN_MAX)
			lf_str_add(&allowed, "…");
		else
			lf_text_clean(&allowed, lf_node_key_at(properties, i), strlen(lf_node_key_at(properties, i)), 40);
	}
	(void)lf_schema_fail(walk, value, lf_str_text(&allowed), "the chart has no such key");
	lf_str_dispose(&allowed);
	return LF_FAILS;
}

static enum lf_verdict check_property(struct lf_schema_walk *walk, const struct lf_node *schema, const char *key, const struct lf_node *value)
{
	const struct lf_node *one = lf_node_key(lf_node_key(schema, "properties"), key), *patterns = lf_node_key(schema, "patternProperties");
	const struct lf_node *more = lf_node_key(schema, "additionalProperties");
	enum lf_verdict verdict = one ? lf_schema_walk(walk, one, value) : LF_FITS;
	bool named = one != NULL, unsure = false;

	for (size_t i = 0; i < lf_node_count(patterns) && verdict != LF_FAILS; i++) {
		enum lf_verdict matches = lf_schema_matches(walk, lf_node_key_at(patterns, i), key);

		unsure = unsure || matches == LF_UNSURE;
		if (matches != LF_FITS)
			continue;
		named = true;
		verdict = lf_verdict_and(verdict, lf_schema_walk(walk, lf_node_at(patterns, i), value));
	}
	if (verdict == LF_FAILS || named || !more)
		return unsure ? lf_verdict_and(verdict, LF_UNSURE) : verdict;
	if (unsure)
		return LF_UNSURE;
	if (is(more, LF_NODE_BOOL) && !lf_node_true(more, NULL))
		return unknown_key(walk, schema, value);
	return lf_schema_walk(walk, more, value);
}

/* Whether VALUE has all keys of LIST; WHY is what needs them, NULL: the map itself. */
static enum lf_verdict check_required(struct lf_schema_walk *walk, const struct lf_node *list, const struct lf_node *value, const char *why)
{
	enum lf_verdict verdict = LF_FITS;

	for (size_t i = 0; is(list, LF_NODE_LIST) && i < lf_node_count(list); i++) {
		const char *key = lf_node_text(lf_node_at(list, i), NULL);
		char *safe, *reason;

		if (lf_node_key(value, key))
			continue;
		if (walk->options->may_lack || lf_schema_is_foreign(walk, key)) {
			verdict = LF_UNSURE;
			continue;
		}
		safe = lf_text_clean_dup(key, 80);
		reason = why ? lf_text_clean_dup(why, 80) : NULL;
		(void)lf_schema_fail(walk, value, NULL, "\"%s\" is missing%s%s%s", safe, reason ? ": \"" : "", reason ? reason : "", reason ? "\" needs it" : "");
		lf_free(reason);
		lf_free(safe);
		return LF_FAILS;
	}
	return verdict;
}

/* dependentRequired, dependentSchemas, and what both were called before. */
static enum lf_verdict check_dependencies(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	static const char *const words[] = {"dependentRequired", "dependentSchemas", "dependencies"};
	enum lf_verdict verdict = LF_FITS;

	for (size_t w = 0; w < LF_COUNT(words); w++) {
		const struct lf_node *all = lf_node_key(schema, words[w]);

		for (size_t i = 0; is(all, LF_NODE_MAP) && i < lf_node_count(all) && verdict != LF_FAILS; i++) {
			const struct lf_node *needs = lf_node_at(all, i);

			if (!lf_node_key(value, lf_node_key_at(all, i)))
				continue;
			verdict = lf_verdict_and(verdict, is(needs, LF_NODE_LIST) ? check_required(walk, needs, value, lf_node_key_at(all, i))
										   : lf_schema_walk(walk, needs, value));
		}
	}
	return verdict;
}

static enum lf_verdict check_name(struct lf_schema_walk *walk, const struct lf_node *names, const char *key, const struct lf_node *value)
{
	struct lf_node *text;
	enum lf_verdict verdict;

	if (!names)
		return LF_FITS;
	text = lf_node_text_new(key);
	verdict = lf_schema_holds(walk, names, text);
	lf_node_free(text);
	return verdict == LF_FAILS ? lf_schema_fail(walk, value, NULL, "a key may not be spelled like this one") : verdict;
}

enum lf_verdict lf_schema_map(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	int64_t least = lf_schema_limit(schema, "minProperties", 0), most = lf_schema_limit(schema, "maxProperties", INT64_MAX), count = (int64_t)lf_node_count(value);
	enum lf_verdict verdict = check_required(walk, lf_node_key(schema, "required"), value, NULL);

	if (verdict == LF_FAILS)
		return verdict;
	if (count < least && !walk->options->may_lack)
		return lf_schema_fail(walk, value, NULL, "this map must have at least %lld keys", (long long)least);
	if (count < least)
		verdict = LF_UNSURE;
	if (count > most)
		return lf_schema_fail(walk, value, NULL, "this map may have at most %lld keys", (long long)most);
	for (size_t i = 0; i < (size_t)count && verdict != LF_FAILS; i++) {
		const char *key = lf_node_key_at(value, i);
		size_t length;

		if (lf_schema_is_foreign(walk, key)) {
			verdict = lf_verdict_and(verdict, LF_UNSURE);
			continue;
		}
		length = enter(walk, key);
		verdict = lf_verdict_and(verdict, check_property(walk, schema, key, lf_node_at(value, i)));
		if (verdict != LF_FAILS)
			verdict = lf_verdict_and(verdict, check_name(walk, lf_node_key(schema, "propertyNames"), key, lf_node_at(value, i)));
		lf_str_truncate(&walk->path, length);
	}
	return verdict == LF_FAILS ? verdict : lf_verdict_and(verdict, check_dependencies(walk, schema, value));
}
