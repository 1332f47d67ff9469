/* schema: see schema.h. The schema is a stranger's: every step costs from a budget, references and nesting have a depth, patterns a size. When the budget is
 * spent the rest counts as right. */
#include "config.h"
#include "core/schema.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"

enum { BUDGET = 200000, DEPTH_MAX = 64, PATTERN_MAX = 200, SUBJECT_MAX = 1024, UNIQUE_MAX = 200, SHOWN_MAX = 12, PATTERNS_TRIED = 2000 };

struct checking {
	const struct lf_node *root;
	const struct lf_schema_options *options;
	struct lf_error *err;
	struct lf_str path;
	size_t left;	 /* of the budget */
	size_t patterns; /* tried */
	int quiet;	 /* below anyOf and its like: a failure is no answer yet */
	bool old;	 /* before 2019-09: what stands beside $ref counts nothing */
};

static bool check(struct checking *c, const struct lf_node *schema, const struct lf_node *value, int depth);

static bool is(const struct lf_node *node, enum lf_node_kind kind)
{
	return node && lf_node_kind(node) == kind;
}

LF_PRINTF(4, 5)
static bool fail(struct checking *c, const struct lf_node *value, const char *allowed, const char *format, ...)
{
	struct lf_str what = {0}, where = {0};
	va_list args;

	if (c->quiet || !c->err || c->err->code)
		return false;
	va_start(args, format);
	lf_str_addv(&what, format, args);
	va_end(args);
	if (lf_node_line(value) > 0)
		lf_str_addf(&where, " (line %d, column %d)", lf_node_line(value), lf_node_column(value));
	(void)lf_fail(c->err, LF_EINVAL, "schema", 0, "%s%s: %s", c->path.length ? lf_str_text(&c->path) : "the values", lf_str_text(&where), lf_str_text(&what));
	lf_hint(c->err, "%s%s", "The chart's schema wants it so. ", allowed ? allowed : "");
	lf_str_dispose(&what);
	lf_str_dispose(&where);
	return false;
}

static size_t enter(struct checking *c, const char *key)
{
	size_t length = c->path.length;

	if (length)
		lf_str_add_char(&c->path, '.');
	lf_text_clean(&c->path, key, strlen(key), 80);
	return length;
}

static size_t enter_item(struct checking *c, size_t index)
{
	size_t length = c->path.length;

	lf_str_addf(&c->path, "[%zu]", index);
	return length;
}

static double number_of(const struct lf_node *node)
{
	return strtod(lf_node_text(node, NULL), NULL);
}

/* 3, 3.0, 3e2; false: it is no whole number, or too large to tell. */
static bool is_whole(const struct lf_node *node, int64_t *out)
{
	double number = number_of(node);

	*out = 0;
	if (!(number > -9e15 && number < 9e15))
		return false;
	*out = (int64_t)number;
	return !((double)*out < number) && !((double)*out > number);
}

/* As JSON sees it: 1 and 1.0 are the same. */
static bool same(struct checking *c, const struct lf_node *a, const struct lf_node *b, int depth)
{
	size_t count = lf_node_count(a);

	if (!c->left || depth > DEPTH_MAX)
		return true;
	c->left--;
	if (is(a, LF_NODE_NUMBER) && is(b, LF_NODE_NUMBER))
		return !(number_of(a) < number_of(b)) && !(number_of(a) > number_of(b));
	if (lf_node_kind(a) != lf_node_kind(b) || count != lf_node_count(b))
		return false;
	if (!is(a, LF_NODE_MAP) && !is(a, LF_NODE_LIST))
		return lf_node_equal(a, b);
	for (size_t i = 0; i < count; i++) {
		const struct lf_node *other = is(a, LF_NODE_MAP) ? lf_node_key(b, lf_node_key_at(a, i)) : lf_node_at(b, i);

		if (!other || !same(c, lf_node_at(a, i), other, depth + 1))
			return false;
	}
	return true;
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

static bool check_enum(struct checking *c, const struct lf_node *list, const struct lf_node *value)
{
	struct lf_str allowed = {0};
	bool good;

	for (size_t i = 0; i < lf_node_count(list); i++) {
		if (same(c, lf_node_at(list, i), value, 0))
			return true;
	}
	for (size_t i = 0; i < lf_node_count(list) && i <= SHOWN_MAX; i++) {
		lf_str_add(&allowed, i ? ", " : "One of: ");
		if (i == SHOWN_MAX)
			lf_str_add(&allowed, "…");
		else
			add_value(&allowed, lf_node_at(list, i));
	}
	good = fail(c, value, lf_str_text(&allowed), "this is not one of the allowed values");
	lf_str_dispose(&allowed);
	return good;
}

static bool has_type(const char *type, const struct lf_node *value)
{
	int64_t whole;

	switch (lf_node_kind(value)) {
	case LF_NODE_NULL:
		return true; /* Helm takes such keys away, or the template does not mind */
	case LF_NODE_BOOL:
		return lf_equal(type, "boolean");
	case LF_NODE_NUMBER:
		return lf_equal(type, "number") || (lf_equal(type, "integer") && (is_whole(value, &whole) || !strpbrk(lf_node_text(value, NULL), ".eE")));
	case LF_NODE_TEXT:
		return lf_equal(type, "string");
	case LF_NODE_LIST:
		return lf_equal(type, "array");
	case LF_NODE_MAP:
		return lf_equal(type, "object");
	}
	return true;
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

static bool check_type(struct checking *c, const struct lf_node *type, const struct lf_node *value)
{
	static const char *const kinds[] = {"null", "true or false", "a number", "text", "a list", "a map"};
	size_t count = is(type, LF_NODE_LIST) ? lf_node_count(type) : 1;
	struct lf_str wanted = {0};
	bool good;

	for (size_t i = 0; i < count; i++) {
		const char *name = lf_node_text(is(type, LF_NODE_LIST) ? lf_node_at(type, i) : type, NULL);
		const char *word = type_word(name);

		if (!word || has_type(name, value)) {
			lf_str_dispose(&wanted);
			return true;
		}
		lf_str_addf(&wanted, "%s%s", wanted.length ? " or " : "", word);
	}
	good = count == 0 || fail(c, value, is(value, LF_NODE_NUMBER) && strstr(lf_str_text(&wanted), "text") ? "Put it into quotes." : NULL, "this must be %s, not %s",
				  lf_str_text(&wanted), kinds[lf_node_kind(value)]);
	lf_str_dispose(&wanted);
	return good;
}

static bool is_limit(const struct lf_node *node)
{
	return is(node, LF_NODE_NUMBER);
}

static bool check_number(struct checking *c, const struct lf_node *schema, const struct lf_node *value)
{
	const struct lf_node *least = lf_node_key(schema, "minimum"), *most = lf_node_key(schema, "maximum");
	const struct lf_node *above = lf_node_key(schema, "exclusiveMinimum"), *below = lf_node_key(schema, "exclusiveMaximum");
	const struct lf_node *step = lf_node_key(schema, "multipleOf");
	double number = number_of(value);
	int64_t whole, by;

	if (is_limit(least) && number < number_of(least))
		return fail(c, value, NULL, "this must be at least %.40s", lf_node_text(least, NULL));
	if (is_limit(most) && number > number_of(most))
		return fail(c, value, NULL, "this must be at most %.40s", lf_node_text(most, NULL));
	if (is_limit(above) && number <= number_of(above))
		return fail(c, value, NULL, "this must be more than %.40s", lf_node_text(above, NULL));
	if (is_limit(below) && number >= number_of(below))
		return fail(c, value, NULL, "this must be less than %.40s", lf_node_text(below, NULL));
	/* Draft 4 says it with a yes. */
	if (is(above, LF_NODE_BOOL) && lf_node_true(above, NULL) && is_limit(least) && number <= number_of(least))
		return fail(c, value, NULL, "this must be more than %.40s", lf_node_text(least, NULL));
	if (is(below, LF_NODE_BOOL) && lf_node_true(below, NULL) && is_limit(most) && number >= number_of(most))
		return fail(c, value, NULL, "this must be less than %.40s", lf_node_text(most, NULL));
	if (is_limit(step) && is_whole(step, &by) && by > 0 && is_whole(value, &whole) && whole % by)
		return fail(c, value, NULL, "this must be a multiple of %.40s", lf_node_text(step, NULL));
	return true;
}

/* Whether TEXT matches; true also where that cannot be told. */
static bool matches(struct checking *c, const char *pattern, const char *text, bool *known)
{
	char *posix = strlen(text) <= SUBJECT_MAX && c->patterns < PATTERNS_TRIED ? lf_schema_pattern(pattern) : NULL;
	regex_t regex;
	bool good = true;

	c->patterns++;
	*known = posix && !regcomp(&regex, posix, REG_EXTENDED | REG_NOSUB);
	if (*known) {
		good = regexec(&regex, text, 0, NULL, 0) == 0;
		regfree(&regex);
	}
	lf_free(posix);
	return good;
}

static bool check_text(struct checking *c, const struct lf_node *schema, const struct lf_node *value)
{
	const struct lf_node *pattern = lf_node_key(schema, "pattern");
	const char *text = lf_node_text(value, NULL);
	int64_t least = lf_node_int(schema, "minLength", 0), most = lf_node_int(schema, "maxLength", INT64_MAX), length = 0;
	bool known;

	for (const char *p = text; *p; p++)
		length += ((unsigned char)*p & 0xc0U) != 0x80U;
	if (length < least)
		return fail(c, value, NULL, least == 1 ? "this may not be empty" : "this must have at least %lld characters", (long long)least);
	if (length > most)
		return fail(c, value, NULL, "this may have at most %lld characters", (long long)most);
	if (is(pattern, LF_NODE_TEXT) && !matches(c, lf_node_text(pattern, NULL), text, &known)) {
		char *safe = lf_text_clean_dup(lf_node_text(pattern, NULL), 100);
		bool good = fail(c, value, NULL, "this does not have the form %s", safe);

		lf_free(safe);
		return good;
	}
	return true;
}

static bool check_list(struct checking *c, const struct lf_node *schema, const struct lf_node *value, int depth)
{
	const struct lf_node *items = lf_node_key(schema, "items"), *tuple = lf_node_key(schema, "prefixItems");
	size_t count = lf_node_count(value);
	int64_t least = lf_node_int(schema, "minItems", 0), most = lf_node_int(schema, "maxItems", INT64_MAX);

	if ((int64_t)count < least)
		return fail(c, value, NULL, "this list must have at least %lld %s", (long long)least, least == 1 ? "item" : "items");
	if ((int64_t)count > most)
		return fail(c, value, NULL, "this list may have at most %lld %s", (long long)most, most == 1 ? "item" : "items");
	for (size_t i = 0; i < count && c->left; i++) {
		const struct lf_node *one = items;
		size_t length;
		bool good;

		if (is(items, LF_NODE_LIST))
			one = i < lf_node_count(items) ? lf_node_at(items, i) : NULL;
		else if (i < lf_node_count(tuple))
			one = lf_node_at(tuple, i);
		if (!one)
			continue;
		length = enter_item(c, i);
		good = check(c, one, lf_node_at(value, i), depth + 1);
		lf_str_truncate(&c->path, length);
		if (!good)
			return false;
	}
	if (!lf_node_true(schema, "uniqueItems") || count > UNIQUE_MAX)
		return true;
	for (size_t i = 0; i < count; i++) {
		for (size_t k = 0; k < i; k++) {
			if (c->left && same(c, lf_node_at(value, i), lf_node_at(value, k), 0) && c->left)
				return fail(c, lf_node_at(value, i), NULL, "items %zu and %zu of this list are the same", k, i);
		}
	}
	return true;
}

/* A key of the root that is a subchart's. */
static bool is_foreign(const struct checking *c, const char *key)
{
	const struct lf_names *names = c->options->foreign;
	size_t n = strlen(key);

	for (size_t i = 0; names && !c->path.length && i < names->count; i++) {
		if (!strncmp(names->items[i], key, n) && (!names->items[i][n] || names->items[i][n] == ' '))
			return true;
	}
	return false;
}

static bool check_property(struct checking *c, const struct lf_node *schema, const char *key, const struct lf_node *value, int depth)
{
	const struct lf_node *one = lf_node_key(lf_node_key(schema, "properties"), key), *patterns = lf_node_key(schema, "patternProperties");
	const struct lf_node *more = lf_node_key(schema, "additionalProperties");
	bool named = one != NULL, unsure = false;

	if (is_foreign(c, key))
		return true;
	if (one && !check(c, one, value, depth + 1))
		return false;
	for (size_t i = 0; i < lf_node_count(patterns) && c->left; i++) {
		bool known, hit = matches(c, lf_node_key_at(patterns, i), key, &known);

		c->left--;
		unsure = unsure || !known;
		if (!known || !hit)
			continue;
		named = true;
		if (!check(c, lf_node_at(patterns, i), value, depth + 1))
			return false;
	}
	if (named || unsure || !more)
		return true;
	if (is(more, LF_NODE_BOOL) && !lf_node_true(more, NULL)) {
		struct lf_str allowed = {0};
		const struct lf_node *properties = lf_node_key(schema, "properties");
		bool good;

		for (size_t i = 0; i < lf_node_count(properties) && i <= SHOWN_MAX; i++) {
			lf_str_add(&allowed, i ? ", " : "It has: ");
			if (i == SHOWN_MAX)
				lf_str_add(&allowed, "…");
			else
				lf_text_clean(&allowed, lf_node_key_at(properties, i), strlen(lf_node_key_at(properties, i)), 40);
		}
		good = fail(c, value, lf_str_text(&allowed), "the chart has no such key");
		lf_str_dispose(&allowed);
		return good;
	}
	return check(c, more, value, depth + 1);
}

static bool check_map(struct checking *c, const struct lf_node *schema, const struct lf_node *value, int depth)
{
	const struct lf_node *required = lf_node_key(schema, "required");
	int64_t least = lf_node_int(schema, "minProperties", 0), most = lf_node_int(schema, "maxProperties", INT64_MAX);
	size_t count = lf_node_count(value);

	for (size_t i = 0; is(required, LF_NODE_LIST) && !c->options->may_lack && i < lf_node_count(required); i++) {
		const char *key = lf_node_text(lf_node_at(required, i), NULL);
		char *safe;

		if (lf_node_key(value, key) || is_foreign(c, key))
			continue;
		safe = lf_text_clean_dup(key, 80);
		(void)fail(c, value, NULL, "\"%s\" is missing", safe);
		lf_free(safe);
		return false;
	}
	if ((int64_t)count < least && !c->options->may_lack)
		return fail(c, value, NULL, "this map must have at least %lld keys", (long long)least);
	if ((int64_t)count > most)
		return fail(c, value, NULL, "this map may have at most %lld keys", (long long)most);
	for (size_t i = 0; i < count && c->left; i++) {
		size_t length;
		bool good, foreign = is_foreign(c, lf_node_key_at(value, i));

		if (foreign)
			continue;
		length = enter(c, lf_node_key_at(value, i));
		good = check_property(c, schema, lf_node_key_at(value, i), lf_node_at(value, i), depth);
		lf_str_truncate(&c->path, length);
		if (!good)
			return false;
	}
	return true;
}

/* "#/definitions/a~1b" within the schema; NULL: elsewhere, or nowhere. */
static const struct lf_node *resolve(const struct checking *c, const char *ref)
{
	const struct lf_node *node = c->root;

	if (*ref != '#' || (ref[1] && ref[1] != '/') || strchr(ref, '%'))
		return NULL;
	for (ref++; node && *ref;) {
		size_t n = strcspn(ref + 1, "/");
		struct lf_str key = {0};

		for (size_t i = 1; i <= n; i++) {
			bool escaped = ref[i] == '~' && i < n;

			if (escaped)
				i++;
			lf_str_add_char(&key, !escaped ? ref[i] : ref[i] == '1' ? '/' : '~');
		}
		if (is(node, LF_NODE_LIST))
			node = strspn(lf_str_text(&key), "0123456789") == key.length ? lf_node_at(node, strtoul(lf_str_text(&key), NULL, 10)) : NULL;
		else
			node = lf_node_key(node, lf_str_text(&key));
		lf_str_dispose(&key);
		ref += 1 + n;
	}
	return node;
}

/* How many of LIST hold; counting stops at two. */
static size_t how_many(struct checking *c, const struct lf_node *list, const struct lf_node *value, int depth)
{
	size_t hits = 0;

	c->quiet++;
	for (size_t i = 0; i < lf_node_count(list) && hits < 2 && c->left; i++)
		hits += check(c, lf_node_at(list, i), value, depth + 1);
	c->quiet--;
	return hits;
}

static bool holds(struct checking *c, const struct lf_node *schema, const struct lf_node *value, int depth)
{
	bool good;

	c->quiet++;
	good = check(c, schema, value, depth + 1);
	c->quiet--;
	return good;
}

static bool check_combined(struct checking *c, const struct lf_node *schema, const struct lf_node *value, int depth)
{
	const struct lf_node *all = lf_node_key(schema, "allOf"), *any = lf_node_key(schema, "anyOf"), *one = lf_node_key(schema, "oneOf");
	const struct lf_node *not = lf_node_key(schema, "not"), *test = lf_node_key(schema, "if"), *then;
	size_t hits;

	for (size_t i = 0; i < lf_node_count(all); i++) {
		if (!check(c, lf_node_at(all, i), value, depth + 1))
			return false;
	}
	if (lf_node_count(any) && !how_many(c, any, value, depth) && c->left)
		return lf_node_count(any) == 1 ? check(c, lf_node_at(any, 0), value, depth + 1) : fail(c, value, NULL, "this has none of the %zu forms that are allowed", lf_node_count(any));
	if (lf_node_count(one)) {
		hits = how_many(c, one, value, depth);
		if (hits == 0 && c->left)
			return lf_node_count(one) == 1 ? check(c, lf_node_at(one, 0), value, depth + 1) : fail(c, value, NULL, "this has none of the %zu forms that are allowed", lf_node_count(one));
		/* What is not known here may tell them apart, and null is taken for every type: two that hold are no proof. */
	}
	if (not && holds(c, not, value, depth) && lf_node_count(not) == 1 && lf_node_key(not, "required") && !is(value, LF_NODE_NULL) && c->left)
		return fail(c, value, NULL, "these keys may not stand together");
	if (!test)
		return true;
	then = lf_node_key(schema, holds(c, test, value, depth) ? "then" : "else");
	return !then || check(c, then, value, depth + 1);
}

static bool check(struct checking *c, const struct lf_node *schema, const struct lf_node *value, int depth)
{
	const struct lf_node *ref, *type, *list, *constant;

	if (!c->left || depth > DEPTH_MAX)
		return true;
	c->left--;
	if (is(schema, LF_NODE_BOOL))
		return lf_node_true(schema, NULL) || fail(c, value, NULL, "nothing is allowed here");
	if (!is(schema, LF_NODE_MAP))
		return true;
	ref = lf_node_key(schema, "$ref");
	if (is(ref, LF_NODE_TEXT)) {
		const struct lf_node *target = resolve(c, lf_node_text(ref, NULL));

		if (target && !check(c, target, value, depth + 1))
			return false;
		if (c->old)
			return true;
	}
	if (is(value, LF_NODE_NULL))
		return true;
	type = lf_node_key(schema, "type");
	list = lf_node_key(schema, "enum");
	constant = lf_node_key(schema, "const");
	if (type && !check_type(c, type, value))
		return false;
	if (is(list, LF_NODE_LIST) && !check_enum(c, list, value))
		return false;
	if (constant && !same(c, constant, value, 0)) {
		struct lf_str wanted = {0};
		bool good;

		add_value(&wanted, constant);
		good = fail(c, value, NULL, "this must be %s", lf_str_text(&wanted));
		lf_str_dispose(&wanted);
		return good;
	}
	if (is(value, LF_NODE_NUMBER) && !check_number(c, schema, value))
		return false;
	if (is(value, LF_NODE_TEXT) && !check_text(c, schema, value))
		return false;
	if (is(value, LF_NODE_LIST) && !check_list(c, schema, value, depth))
		return false;
	if (is(value, LF_NODE_MAP) && !check_map(c, schema, value, depth))
		return false;
	return check_combined(c, schema, value, depth);
}

int lf_schema_check(const struct lf_node *schema, const struct lf_node *value, const struct lf_schema_options *options, struct lf_error *err)
{
	static const struct lf_schema_options none = {0};
	const char *draft = lf_node_text(lf_node_key(schema, "$schema"), NULL);
	struct lf_error own = {0};
	struct checking c = {.root = schema, .options = options ? options : &none, .err = &own, .left = BUDGET};
	bool good;

	c.old = strstr(draft, "draft-0") != NULL;
	good = check(&c, schema, value, 0) || !c.left;
	lf_str_dispose(&c.path);
	if (good)
		return LF_OK;
	if (!own.code)
		(void)lf_fail(&own, LF_EINVAL, "schema", 0, "the values do not fit the chart's schema");
	if (err)
		*err = own;
	return LF_EINVAL;
}

/* One escape of the pattern at P (behind the backslash); false: it has no sure meaning. */
static bool add_escape(struct lf_str *out, char c, bool in_set)
{
	static const struct {
		char letter;
		const char *set, *alone;
	} classes[] = {{'d', "0-9", "[0-9]"}, {'w', "A-Za-z0-9_", "[A-Za-z0-9_]"}, {'s', " \t\n\r\f\v", "[ \t\n\r\f\v]"}};

	for (size_t i = 0; i < LF_COUNT(classes); i++) {
		if (classes[i].letter == c) {
			lf_str_add(out, in_set ? classes[i].set : classes[i].alone);
			return true;
		}
	}
	if (in_set && strchr("./:@#&,;=~!\"'%_ ()*+?|{}$", c) && c) {
		lf_str_add_char(out, c);
		return true;
	}
	if (!in_set && c && strchr("./:@#&,;=~!\"'%_ -", c)) {
		if (c == '.')
			lf_str_add_char(out, '\\');
		lf_str_add_char(out, c);
		return true;
	}
	if (!in_set && c && strchr("\\()[]{}*+?|^$", c)) {
		lf_str_add_char(out, '\\');
		lf_str_add_char(out, c);
		return true;
	}
	return false;
}

/* "{2,63}" at P: small counts only, for what they cost. Returns its length; 0: no. */
static size_t repeat_length(const char *p)
{
	size_t first = strspn(p + 1, "0123456789"), n = 1 + first, second = 0;

	if (!first || first > 3 || strtol(p + 1, NULL, 10) > 255)
		return 0;
	if (p[n] == ',') {
		second = strspn(p + n + 1, "0123456789");
		if (second > 3 || (second && strtol(p + n + 1, NULL, 10) > 255))
			return 0;
		n += 1 + second;
	}
	return p[n] == '}' ? n + 1 : 0;
}

char *lf_schema_pattern(const char *pattern)
{
	struct lf_str out = {0};
	size_t length = strlen(pattern), repeats = 0, open = 0;
	bool good = length <= PATTERN_MAX && lf_text_is_utf8(pattern, length), atom = false;

	for (const char *p = pattern; good && *p; p++) {
		if ((unsigned char)*p >= 0x80) {
			good = false; /* what a letter is depends on the locale */
		} else if (*p == '\\') {
			p++;
			good = add_escape(&out, *p, false);
			atom = true;
			if (!*p)
				break;
		} else if (*p == '[') {
			lf_str_add_char(&out, *p++);
			if (*p == '^')
				lf_str_add_char(&out, *p++);
			good = *p != ']';
			for (; good && *p && *p != ']'; p++) {
				good = (unsigned char)*p < 0x80 && *p != '[';
				if (*p == '\\') {
					p++;
					good = good && add_escape(&out, *p, true);
					if (!*p)
						break;
				} else {
					lf_str_add_char(&out, *p);
				}
			}
			good = good && *p == ']';
			lf_str_add_char(&out, ']');
			atom = true;
			if (!*p)
				break;
		} else if (*p == '{') {
			size_t n = repeat_length(p);

			/* A repeated repeat is what makes a matcher slow. */
			good = n && atom && ++repeats <= 4 && open == 0 && p[n] != '?' && p[n] != '{' && p[n] != '*' && p[n] != '+' && p[-1] != ')';
			lf_str_add_n(&out, p, n);
			p += n ? n - 1 : 0;
			atom = false;
		} else if (*p == '*' || *p == '+' || *p == '?') {
			good = atom && p[1] != '?' && p[1] != '+' && p[1] != '*' && p[1] != '{';
			lf_str_add_char(&out, *p);
			atom = false;
		} else if (*p == '(') {
			good = p[1] != '?' && p[1] != ')' && p[1] != '|' && ++open <= 8;
			lf_str_add_char(&out, *p);
			atom = false;
		} else if (*p == ')') {
			good = open && p > pattern && p[-1] != '|';
			open -= good;
			lf_str_add_char(&out, *p);
			atom = true;
		} else if (*p == '|') {
			good = p > pattern && p[1] && p[1] != '|' && p[1] != ')';
			lf_str_add_char(&out, *p);
			atom = false;
		} else {
			good = *p != '}' && *p != ']';
			lf_str_add_char(&out, *p);
			atom = *p != '^' && *p != '$';
		}
	}
	good = good && !open;
	if (!good) {
		lf_str_dispose(&out);
		return NULL;
	}
	return lf_str_take(&out);
}
