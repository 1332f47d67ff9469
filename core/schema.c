/* schema: see schema.h. The walk itself: references, what combines schemas, the budget. The schema is a stranger's: every step costs from a budget, references and
 * nesting have a depth. When the budget is spent the rest is unsure. */
#include "config.h"
#include "core/schema_walk.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

enum { BUDGET = 200000 };

static bool is(const struct lf_node *node, enum lf_node_kind kind)
{
	return node && lf_node_kind(node) == kind;
}

enum lf_verdict lf_schema_fail(struct lf_schema_walk *walk, const struct lf_node *value, const char *allowed, const char *format, ...)
{
	struct lf_str what = {0}, where = {0};
	va_list args;

	if (walk->quiet || walk->err->code)
		return LF_FAILS;
	va_start(args, format);
	lf_str_addv(&what, format, args);
	va_end(args);
	if (lf_node_line(value) > 0)
		lf_str_addf(&where, " (line %d, column %d)", lf_node_line(value), lf_node_column(value));
	(void)lf_fail(walk->err, LF_EINVAL, "schema", 0, "%s%s: %s", walk->path.length ? lf_str_text(&walk->path) : "the values", lf_str_text(&where), lf_str_text(&what));
	lf_hint(walk->err, "%s%s", "The chart's schema wants it so. ", allowed ? allowed : "");
	lf_str_dispose(&what);
	lf_str_dispose(&where);
	return LF_FAILS;
}

bool lf_schema_is_foreign(const struct lf_schema_walk *walk, const char *key)
{
	const struct lf_names *names = walk->options->foreign;
	size_t n = strlen(key);

	for (size_t i = 0; names && !walk->path.length && i < names->count; i++) {
		if (!strncmp(names->items[i], key, n) && (!names->items[i][n] || names->items[i][n] == ' '))
			return true;
	}
	return false;
}

static int hex(char c)
{
	const char *digits = "0123456789abcdef", *found = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;

	return found ? (int)(found - digits) : -1;
}

/* What "%20" at P stands for; -1: it is no escape. */
static int escaped(const char *p)
{
	int high = hex(p[1]), low = high < 0 ? -1 : hex(p[2]);

	return low < 0 ? -1 : high * 16 + low;
}

/* The next part of a JSON pointer in a fragment, from *REF to its "/"; the caller frees. */
static char *pointer_part(const char **ref)
{
	struct lf_str key = {0};
	const char *p = *ref;

	for (; *p && *p != '/'; p++) {
		if (*p == '%' && escaped(p) > 0) {
			lf_str_add_char(&key, (char)escaped(p));
			p += 2;
		} else if (*p == '~' && (p[1] == '0' || p[1] == '1')) {
			lf_str_add_char(&key, *++p == '1' ? '/' : '~');
		} else {
			lf_str_add_char(&key, *p);
		}
	}
	*ref = p;
	return lf_str_take(&key);
}

/* "#/definitions/a~1b" from the nearest base; NULL: elsewhere, or nowhere. */
static const struct lf_node *resolve(const struct lf_schema_walk *walk, const char *ref)
{
	const struct lf_node *node = walk->base;

	if (*ref != '#' || (ref[1] && ref[1] != '/'))
		return NULL;
	for (ref++; node && *ref;) {
		char *key;

		ref++;
		key = pointer_part(&ref);
		if (is(node, LF_NODE_LIST))
			node = *key && strspn(key, "0123456789") == strlen(key) ? lf_node_at(node, strtoul(key, NULL, 10)) : NULL;
		else
			node = lf_node_key(node, key);
		/* Another schema's inside has another meaning of "#". */
		if (node && *ref && is(lf_node_key(node, "$id"), LF_NODE_TEXT))
			node = NULL;
		lf_free(key);
	}
	return node;
}

enum lf_verdict lf_schema_holds(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	enum lf_verdict verdict;

	walk->quiet++;
	verdict = lf_schema_walk(walk, schema, value);
	walk->quiet--;
	return verdict;
}

/* anyOf and oneOf: of one form alone its own words are told. */
static enum lf_verdict check_forms(struct lf_schema_walk *walk, const struct lf_node *list, const struct lf_node *value, bool exactly_one)
{
	size_t fits = 0, unsure = 0, count = lf_node_count(list);

	if (!is(list, LF_NODE_LIST) || !count)
		return LF_FITS;
	for (size_t i = 0; i < count && fits < (exactly_one ? 2 : 1); i++) {
		enum lf_verdict verdict = lf_schema_holds(walk, lf_node_at(list, i), value);

		fits += verdict == LF_FITS;
		unsure += verdict == LF_UNSURE;
	}
	if (fits > 1)
		return lf_schema_fail(walk, value, NULL, "this has more than one of the %zu forms of which it may have one", count);
	if (fits == 1)
		return exactly_one && unsure ? LF_UNSURE : LF_FITS;
	if (unsure)
		return LF_UNSURE;
	return count == 1 ? lf_schema_walk(walk, lf_node_at(list, 0), value) : lf_schema_fail(walk, value, NULL, "this has none of the %zu forms that are allowed", count);
}

static enum lf_verdict check_not(struct lf_schema_walk *walk, const struct lf_node *not, const struct lf_node *value)
{
	if (!not)
		return LF_FITS;
	switch (lf_schema_holds(walk, not, value)) {
	case LF_FITS:
		return lf_schema_fail(walk, value, NULL,
				      lf_node_count(not) == 1 && lf_node_key(not, "required") ? "these keys may not stand together" : "this has a form that is not allowed");
	case LF_UNSURE:
		return LF_UNSURE;
	case LF_FAILS:
		break;
	}
	return LF_FITS;
}

static enum lf_verdict check_if(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	const struct lf_node *test = lf_node_key(schema, "if"), *then = lf_node_key(schema, "then"), *otherwise = lf_node_key(schema, "else");

	if (!test)
		return LF_FITS;
	switch (lf_schema_holds(walk, test, value)) {
	case LF_FITS:
		return then ? lf_schema_walk(walk, then, value) : LF_FITS;
	case LF_FAILS:
		return otherwise ? lf_schema_walk(walk, otherwise, value) : LF_FITS;
	case LF_UNSURE:
		break;
	}
	return then || otherwise ? LF_UNSURE : LF_FITS;
}

static enum lf_verdict check_combined(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	const struct lf_node *all = lf_node_key(schema, "allOf");
	enum lf_verdict verdict = LF_FITS;

	for (size_t i = 0; is(all, LF_NODE_LIST) && i < lf_node_count(all) && verdict != LF_FAILS; i++)
		verdict = lf_verdict_and(verdict, lf_schema_walk(walk, lf_node_at(all, i), value));
	if (verdict != LF_FAILS)
		verdict = lf_verdict_and(verdict, check_forms(walk, lf_node_key(schema, "anyOf"), value, false));
	if (verdict != LF_FAILS)
		verdict = lf_verdict_and(verdict, check_forms(walk, lf_node_key(schema, "oneOf"), value, true));
	if (verdict != LF_FAILS)
		verdict = lf_verdict_and(verdict, check_not(walk, lf_node_key(schema, "not"), value));
	return verdict == LF_FAILS ? verdict : lf_verdict_and(verdict, check_if(walk, schema, value));
}

/* What is not looked at and could refuse a value. */
static bool has_unknown(const struct lf_node *schema)
{
	static const char *const words[] = {"$dynamicRef", "$recursiveRef", "unevaluatedProperties", "unevaluatedItems"};
	bool found = false;

	for (size_t i = 0; i < LF_COUNT(words); i++)
		found = found || lf_node_key(schema, words[i]);
	return found;
}

static enum lf_verdict check_ref(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	const struct lf_node *ref = lf_node_key(schema, "$ref"), *target;

	if (!is(ref, LF_NODE_TEXT))
		return LF_FITS;
	target = resolve(walk, lf_node_text(ref, NULL));
	return target ? lf_schema_walk(walk, target, value) : LF_UNSURE;
}

/* null: Helm takes such keys away, or the template does not mind; only a schema that knows of it is certain. */
static enum lf_verdict check_null(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	enum lf_verdict verdict;

	if (walk->options->null_counts)
		return lf_verdict_and(lf_schema_value(walk, schema, value), check_combined(walk, schema, value));
	walk->quiet++;
	verdict = lf_verdict_and(lf_schema_value(walk, schema, value), check_combined(walk, schema, value));
	walk->quiet--;
	return verdict == LF_FITS ? LF_FITS : LF_UNSURE;
}

static enum lf_verdict walk_one(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	const struct lf_node *base = walk->base;
	enum lf_verdict verdict;

	if (is(schema, LF_NODE_BOOL))
		return lf_node_true(schema, NULL) ? LF_FITS : lf_schema_fail(walk, value, NULL, "nothing is allowed here");
	if (!is(schema, LF_NODE_MAP))
		return LF_UNSURE;
	if (walk->old && is(lf_node_key(schema, "$ref"), LF_NODE_TEXT))
		return check_ref(walk, schema, value);
	if (is(lf_node_key(schema, "$id"), LF_NODE_TEXT) && *lf_node_text(schema, "$id") != '#')
		walk->base = schema;
	verdict = check_ref(walk, schema, value);
	if (verdict != LF_FAILS && is(value, LF_NODE_NULL)) {
		verdict = lf_verdict_and(verdict, check_null(walk, schema, value));
	} else if (verdict != LF_FAILS) {
		verdict = lf_verdict_and(verdict, lf_schema_value(walk, schema, value));
		if (verdict != LF_FAILS && is(value, LF_NODE_LIST))
			verdict = lf_verdict_and(verdict, lf_schema_list(walk, schema, value));
		if (verdict != LF_FAILS && is(value, LF_NODE_MAP))
			verdict = lf_verdict_and(verdict, lf_schema_map(walk, schema, value));
		if (verdict != LF_FAILS)
			verdict = lf_verdict_and(verdict, check_combined(walk, schema, value));
	}
	if (verdict == LF_FITS && has_unknown(schema))
		verdict = LF_UNSURE;
	walk->base = base;
	return verdict;
}

enum lf_verdict lf_schema_walk(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	enum lf_verdict verdict;

	if (!walk->left || walk->depth > LF_SCHEMA_DEPTH)
		return LF_UNSURE;
	walk->left--;
	walk->depth++;
	verdict = walk_one(walk, schema, value);
	walk->depth--;
	return verdict;
}

int lf_schema_check(const struct lf_node *schema, const struct lf_node *value, const struct lf_schema_options *options, struct lf_error *err)
{
	static const struct lf_schema_options none = {0};
	const char *draft = lf_node_text(lf_node_key(schema, "$schema"), NULL);
	struct lf_error own = {0};
	struct lf_schema_walk walk = {.base = schema, .options = options ? options : &none, .err = &own, .left = BUDGET};
	enum lf_verdict verdict;

	walk.old = strstr(draft, "draft-0") != NULL;
	verdict = lf_schema_walk(&walk, schema, value);
	lf_str_dispose(&walk.path);
	if (verdict != LF_FAILS)
		return LF_OK;
	if (err)
		*err = own;
	return LF_EINVAL;
}
