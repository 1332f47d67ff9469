/* schema_value: what a schema says of one value by itself: its type, enum and const, the limits of numbers and texts. */
#include "config.h"
#include "core/schema_walk.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

enum { SHOWN_MAX = 12, DIGITS_MAX = 18 };

static bool is(const struct lf_node *node, enum lf_node_kind kind)
{
	return node && lf_node_kind(node) == kind;
}

static double number_of(const struct lf_node *node)
{
	return strtod(lf_node_text(node, NULL), NULL);
}

/* 3, 3.0, 3e2; false: it is no whole number, or too large to tell. */
bool lf_schema_is_whole(const struct lf_node *node, int64_t *out)
{
	double number = number_of(node);

	*out = 0;
	if (!(number > -9e15 && number < 9e15))
		return false;
	*out = (int64_t)number;
	return !((double)*out < number) && !((double)*out > number);
}

int64_t lf_schema_limit(const struct lf_node *schema, const char *key, int64_t missing)
{
	const struct lf_node *limit = lf_node_key(schema, key);
	int64_t whole;

	return is(limit, LF_NODE_NUMBER) && lf_schema_is_whole(limit, &whole) ? whole : missing;
}

/* Two whole numbers that a double cannot tell apart are told apart by their digits. */
static bool same_number(const struct lf_node *a, const struct lf_node *b)
{
	const char *x = lf_node_text(a, NULL), *y = lf_node_text(b, NULL);

	if (!strpbrk(x, ".eE") && !strpbrk(y, ".eE"))
		return lf_equal(x, y) || (lf_equal(x, "0") && lf_equal(y, "-0")) || (lf_equal(x, "-0") && lf_equal(y, "0"));
	return !(number_of(a) < number_of(b)) && !(number_of(a) > number_of(b));
}

enum lf_verdict lf_schema_same(struct lf_schema_walk *walk, const struct lf_node *a, const struct lf_node *b, int depth)
{
	size_t count = lf_node_count(a);
	enum lf_verdict verdict = LF_FITS;

	if (!walk->left || depth > LF_SCHEMA_DEPTH)
		return LF_UNSURE;
	walk->left--;
	if (is(a, LF_NODE_NUMBER) && is(b, LF_NODE_NUMBER))
		return lf_verdict_of(same_number(a, b));
	if (lf_node_kind(a) != lf_node_kind(b) || count != lf_node_count(b))
		return LF_FAILS;
	if (!is(a, LF_NODE_MAP) && !is(a, LF_NODE_LIST))
		return lf_verdict_of(lf_node_equal(a, b));
	for (size_t i = 0; i < count && verdict != LF_FAILS; i++) {
		const struct lf_node *other = is(a, LF_NODE_MAP) ? lf_node_key(b, lf_node_key_at(a, i)) : lf_node_at(b, i);

		verdict = lf_verdict_and(verdict, other ? lf_schema_same(walk, lf_node_at(a, i), other, depth + 1) : LF_FAILS);
	}
	return verdict;
}

static void add_value(struct lf_str *out, const struct lf_node *value)
{
	const char *text = lf_node_text(value, NULL);

	if (is(value, LF_NODE_TEXT)) {
		lf_str_add_char(out, '"');
		lf_text_clean(out, text, strlen(text), 40);
		lf_str_add_char(out, '"');
	} else if (is(value, LF_NODE_MAP) || is(value, LF_NODE_LIST)) {
		lf_str_add(out, is(value, LF_NODE_MAP) ? "{…}" : "[…]");
	} else if (is(value, LF_NODE_NULL)) {
		lf_str_add(out, "null");
	} else {
		lf_text_clean(out, text, strlen(text), 40);
	}
}

static enum lf_verdict check_enum(struct lf_schema_walk *walk, const struct lf_node *list, const struct lf_node *value)
{
	enum lf_verdict verdict = LF_FAILS;
	struct lf_str allowed = {0};

	for (size_t i = 0; i < lf_node_count(list) && verdict != LF_FITS; i++) {
		enum lf_verdict one = lf_schema_same(walk, lf_node_at(list, i), value, 0);

		verdict = one < verdict ? one : verdict;
	}
	if (verdict != LF_FAILS)
		return verdict;
	for (size_t i = 0; i < lf_node_count(list) && i <= SHOWN_MAX; i++) {
		lf_str_add(&allowed, i ? ", " : "One of: ");
		if (i == SHOWN_MAX)
			lf_str_add(&allowed, "…");
		else
			add_value(&allowed, lf_node_at(list, i));
	}
	(void)lf_schema_fail(walk, value, lf_str_text(&allowed), "this is not one of the allowed values");
	lf_str_dispose(&allowed);
	return LF_FAILS;
}

static bool has_type(const char *type, const struct lf_node *value)
{
	int64_t whole;

	switch (lf_node_kind(value)) {
	case LF_NODE_NULL:
		return lf_equal(type, "null");
	case LF_NODE_BOOL:
		return lf_equal(type, "boolean");
	case LF_NODE_NUMBER:
		return lf_equal(type, "number") || (lf_equal(type, "integer") && (lf_schema_is_whole(value, &whole) || !strpbrk(lf_node_text(value, NULL), ".eE")));
	case LF_NODE_TEXT:
		return lf_equal(type, "string");
	case LF_NODE_LIST:
		return lf_equal(type, "array");
	case LF_NODE_MAP:
		break;
	}
	return lf_equal(type, "object");
}

static const char *type_word(const char *type)
{
	static const struct {
		const char *type, *word;
	} words[] = {{"boolean", "true or false"}, {"number", "a number"}, {"integer", "a whole number"}, {"string", "text"},
		     {"array", "a list"},	   {"object", "a map"},	   {"null", "null"}};

	for (size_t i = 0; i < LF_COUNT(words); i++) {
		if (lf_equal(words[i].type, type))
			return words[i].word;
	}
	return NULL;
}

static enum lf_verdict check_type(struct lf_schema_walk *walk, const struct lf_node *type, const struct lf_node *value)
{
	static const char *const kinds[] = {"null", "true or false", "a number", "text", "a list", "a map"};
	size_t count = is(type, LF_NODE_LIST) ? lf_node_count(type) : 1;
	enum lf_verdict verdict = count ? LF_FAILS : LF_UNSURE;
	struct lf_str wanted = {0};

	for (size_t i = 0; i < count && verdict != LF_FITS; i++) {
		const char *name = lf_node_text(is(type, LF_NODE_LIST) ? lf_node_at(type, i) : type, NULL), *word = type_word(name);

		if (word && has_type(name, value))
			verdict = LF_FITS;
		else if (!word)
			verdict = LF_UNSURE;
		lf_str_addf(&wanted, "%s%s", wanted.length ? " or " : "", word ? word : "");
	}
	if (verdict == LF_FAILS)
		(void)lf_schema_fail(walk, value, is(value, LF_NODE_NUMBER) && strstr(lf_str_text(&wanted), "text") ? "Put it into quotes." : NULL,
				     "this must be %s, not %s", lf_str_text(&wanted), kinds[lf_node_kind(value)]);
	lf_str_dispose(&wanted);
	return verdict;
}

/* A decimal number as DIGITS * 10^-SCALE; false: it has too many digits. */
static bool decimal_of(const char *text, int64_t *digits, int *scale)
{
	bool negative = *text == '-', fraction = false;
	int count = 0;

	*digits = 0;
	*scale = 0;
	for (text += negative; (*text >= '0' && *text <= '9') || *text == '.'; text++) {
		if (*text == '.') {
			fraction = true;
			continue;
		}
		*digits = *digits * 10 + (*text - '0');
		*scale += fraction;
		if (*digits && ++count > DIGITS_MAX)
			return false;
	}
	if (*text == 'e' || *text == 'E')
		*scale -= (int)strtol(text + 1, NULL, 10);
	*digits = negative ? -*digits : *digits;
	return *scale < 100 && *scale > -100;
}

/* Exact where both fit into 18 digits on one scale. */
static enum lf_verdict is_multiple(const struct lf_node *value, const struct lf_node *step)
{
	int64_t a, b;
	int x, y;

	if (!decimal_of(lf_node_text(value, NULL), &a, &x) || !decimal_of(lf_node_text(step, NULL), &b, &y) || b <= 0)
		return LF_UNSURE;
	for (; x < y; x++) {
		if (__builtin_mul_overflow(a, 10, &a))
			return LF_UNSURE;
	}
	for (; y < x; y++) {
		if (__builtin_mul_overflow(b, 10, &b))
			return LF_UNSURE;
	}
	return lf_verdict_of(a % b == 0);
}

static enum lf_verdict check_number(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	const struct lf_node *step = lf_node_key(schema, "multipleOf");
	double number = number_of(value);
	const struct {
		const char *key, *flag; /* FLAG: draft 4 makes the limit itself too much by a yes */
		int sign;
		bool open;
		const char *words;
	} limits[] = {
		{"minimum", "exclusiveMinimum", 1, false, "at least"},	{"maximum", "exclusiveMaximum", -1, false, "at most"},
		{"exclusiveMinimum", NULL, 1, true, "more than"},	{"exclusiveMaximum", NULL, -1, true, "less than"},
	};

	for (size_t i = 0; i < LF_COUNT(limits); i++) {
		const struct lf_node *limit = lf_node_key(schema, limits[i].key);
		bool open = limits[i].open || (limits[i].flag && lf_node_kind(lf_node_key(schema, limits[i].flag)) == LF_NODE_BOOL && lf_node_true(schema, limits[i].flag));
		double over;

		if (!is(limit, LF_NODE_NUMBER))
			continue;
		over = limits[i].sign * (number - number_of(limit));
		if (over < 0 || (open && !(over > 0)))
			return lf_schema_fail(walk, value, NULL, "this must be %s %.40s", !open ? limits[i].words : limits[i].sign > 0 ? "more than" : "less than",
					      lf_node_text(limit, NULL));
	}
	if (!is(step, LF_NODE_NUMBER))
		return LF_FITS;
	switch (is_multiple(value, step)) {
	case LF_FITS:
		return LF_FITS;
	case LF_UNSURE:
		return LF_UNSURE;
	case LF_FAILS:
		break;
	}
	return lf_schema_fail(walk, value, NULL, "this must be a multiple of %.40s", lf_node_text(step, NULL));
}

static enum lf_verdict check_text(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	const struct lf_node *pattern = lf_node_key(schema, "pattern"), *format = lf_node_key(schema, "format");
	const char *text = lf_node_text(value, NULL);
	int64_t least = lf_schema_limit(schema, "minLength", 0), most = lf_schema_limit(schema, "maxLength", INT64_MAX), length = 0;
	enum lf_verdict verdict = LF_FITS, one;

	for (const char *p = text; *p; p++)
		length += ((unsigned char)*p & 0xc0U) != 0x80U;
	if (length < least)
		return lf_schema_fail(walk, value, NULL, least == 1 ? "this may not be empty" : "this must have at least %lld characters", (long long)least);
	if (length > most)
		return lf_schema_fail(walk, value, NULL, "this may have at most %lld characters", (long long)most);
	if (is(pattern, LF_NODE_TEXT)) {
		one = lf_schema_matches(walk, lf_node_text(pattern, NULL), text);
		if (one == LF_FAILS) {
			char *safe = lf_text_clean_dup(lf_node_text(pattern, NULL), 100);

			(void)lf_schema_fail(walk, value, NULL, "this does not have the form %s", safe);
			lf_free(safe);
			return LF_FAILS;
		}
		verdict = one;
	}
	/* From 2019-09 on a format is a remark, and Helm's validator takes it for one. */
	if (is(format, LF_NODE_TEXT) && walk->old) {
		one = lf_schema_format(lf_node_text(format, NULL), text);
		if (one == LF_FAILS)
			return lf_schema_fail(walk, value, NULL, "this is not of the format %.40s", lf_node_text(format, NULL));
		verdict = lf_verdict_and(verdict, one);
	}
	return verdict;
}

enum lf_verdict lf_schema_value(struct lf_schema_walk *walk, const struct lf_node *schema, const struct lf_node *value)
{
	const struct lf_node *type = lf_node_key(schema, "type"), *list = lf_node_key(schema, "enum"), *constant = lf_node_key(schema, "const");
	enum lf_verdict verdict = type ? check_type(walk, type, value) : LF_FITS;

	if (verdict != LF_FAILS && is(list, LF_NODE_LIST))
		verdict = lf_verdict_and(verdict, check_enum(walk, list, value));
	if (verdict != LF_FAILS && constant) {
		enum lf_verdict same = lf_schema_same(walk, constant, value, 0);

		if (same == LF_FAILS) {
			struct lf_str wanted = {0};

			add_value(&wanted, constant);
			(void)lf_schema_fail(walk, value, NULL, "this must be %s", lf_str_text(&wanted));
			lf_str_dispose(&wanted);
		}
		verdict = lf_verdict_and(verdict, same);
	}
	if (verdict != LF_FAILS && is(value, LF_NODE_NUMBER))
		verdict = lf_verdict_and(verdict, check_number(walk, schema, value));
	if (verdict != LF_FAILS && is(value, LF_NODE_TEXT))
		verdict = lf_verdict_and(verdict, check_text(walk, schema, value));
	return verdict;
}
