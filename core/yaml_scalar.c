/* yaml_scalar: see yaml_scalar.h. Reading follows one reader (go-yaml v2, which Kubernetes uses); writing has
 * to be safe for all of them, so the two tables differ on purpose. Must not depend on the locale. */
#include "config.h"
#include "core/yaml_scalar.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/compiler.h"

enum { NUMBER_MAX = 256 }; /* bytes; whatever is longer is no number to us, and is quoted when we write it */

static const char *const nulls[] = {"", "~", "null", "Null", "NULL"};
static const char *const trues[] = {"true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON"};
static const char *const falses[] = {"false", "False", "FALSE", "n",   "N",  "no",
                                     "No",    "NO",    "off",   "Off", "OFF"};
static const char *const odd_floats[] = {".nan",  ".NaN",  ".NAN",  ".inf",  ".Inf",  ".INF",
					 "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF"};

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (*text == *words[i] && strcmp(text, words[i]) == 0)
			return true;
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *s)
{
	while (is_digit(*s))
		s++;
	return s;
}

static bool starts_number(const char *s)
{
	return is_digit(*s) || *s == '+' || *s == '-' || *s == '.';
}

/* Readers ignore "_" anywhere in a number. */
static bool without_underscores(char out[NUMBER_MAX + 1], const char *text)
{
	size_t n = 0;

	for (; *text; text++) {
		if (*text == '_')
			continue;
		if (n == NUMBER_MAX)
			return false;
		out[n++] = *text;
	}
	out[n] = '\0';
	return true;
}

/* Digits of BASE up to the end; overflow is told apart, since readers then try the float form. */
static bool based(const char *s, unsigned base, uint64_t *value, bool *overflow)
{
	*value = 0;
	*overflow = false;
	if (!*s)
		return false;
	for (; *s; s++) {
		unsigned digit = is_digit(*s)		  ? (unsigned)(*s - '0')
				 : *s >= 'a' && *s <= 'f' ? (unsigned)(*s - 'a' + 10)
				 : *s >= 'A' && *s <= 'F' ? (unsigned)(*s - 'A' + 10)
							  : 99;

		if (digit >= base)
			return false;
		if (__builtin_mul_overflow(*value, (uint64_t)base, value) ||
		    __builtin_add_overflow(*value, (uint64_t)digit, value))
			*overflow = true;
	}
	return true;
}

static unsigned base_of(const char *s)
{
	if (s[0] != '0' || !s[1])
		return 10;
	if (s[1] == 'x' || s[1] == 'X')
		return 16;
	if (s[1] == 'o' || s[1] == 'O' || is_digit(s[1]))
		return 8;
	return s[1] == 'b' || s[1] == 'B' ? 2 : 10;
}

/* [0-9]+(\.[0-9]*)?([eE][+-]?[0-9]+)? or \.[0-9]+(...)?, without the sign. */
static bool float_form(const char *s, const char **point, const char **exponent)
{
	const char *end = skip_digits(s);
	bool any = end > s;

	*point = *exponent = NULL;
	if (*end == '.') {
		*point = end;
		end = skip_digits(end + 1);
		any = any || end > *point + 1;
	}
	if (!any)
		return false;
	if (*end == 'e' || *end == 'E') {
		const char *start;

		*exponent = end++;
		if (*end == '+' || *end == '-')
			end++;
		start = end;
		end = skip_digits(end);
		if (end == start)
			return false;
	}
	return *end == '\0';
}

/* Whether a double can hold the size of it. Spelled without a point, because strtod() reads the locale's. */
static bool is_finite(const char *s, const char *point, const char *exponent)
{
	char spelled[NUMBER_MAX + 32];
	const char *end = exponent ? exponent : s + strlen(s);
	size_t n = 0;
	long power = 0;

	for (const char *at = s; at < end; at++)
		if (*at != '.')
			spelled[n++] = *at;
	if (exponent)
		power = strtol(exponent + 1, NULL, 10);
	if (power > 100000)
		power = 100000;
	if (power < -100000)
		power = -100000;
	if (point)
		power -= (long)(end - point - 1);
	(void)snprintf(spelled + n, sizeof(spelled) - n, "e%ld", power);
	return isfinite(strtod(spelled, NULL));
}

static bool resolve_number(const char *text, struct lf_str *digits)
{
	char plain[NUMBER_MAX + 1];
	const char *s = plain, *point, *exponent;
	bool negative, overflow;
	uint64_t value;
	unsigned base;

	if (!without_underscores(plain, text))
		return false;
	negative = *s == '-';
	if (*s == '-' || *s == '+')
		s++;
	base = base_of(s);
	if (base != 10 && based(s + (is_digit(s[1]) ? 1 : 2), base, &value, &overflow) && !overflow) {
		lf_str_addf(digits, "%s%" PRIu64, negative ? "-" : "", value);
		return true;
	}
	if (!float_form(s, &point, &exponent) || !is_finite(s, point, exponent))
		return false;
	while (*s == '0' && is_digit(s[1]))
		s++;
	lf_str_add(digits, negative ? "-" : "");
	if (*s == '.')
		lf_str_add_char(digits, '0');
	for (; *s; s++) {
		lf_str_add_char(digits, *s);
		if (*s == '.' && !is_digit(s[1]))
			lf_str_add_char(digits, '0');
	}
	if (digits->length <= NUMBER_MAX)
		return true;
	lf_str_truncate(digits, 0); /* what is written must be read as a number again */
	return false;
}

enum lf_node_kind lf_yaml_resolve(const char *text, struct lf_str *digits)
{
	if (is_one_of(text, nulls, LF_COUNT(nulls)))
		return LF_NODE_NULL;
	if (is_one_of(text, trues, LF_COUNT(trues))) {
		lf_str_add(digits, "true");
		return LF_NODE_BOOL;
	}
	if (is_one_of(text, falses, LF_COUNT(falses))) {
		lf_str_add(digits, "false");
		return LF_NODE_BOOL;
	}
	if (!starts_number(text))
		return LF_NODE_TEXT;
	if (is_one_of(text, odd_floats, LF_COUNT(odd_floats))) {
		lf_str_add(digits, text);
		return LF_NODE_NUMBER;
	}
	return resolve_number(text, digits) ? LF_NODE_NUMBER : LF_NODE_TEXT;
}

/* 190:20:30 is a number of base 60 to YAML 1.1. */
static bool is_sexagesimal(const char *s)
{
	bool any = false;

	if (*s == '+' || *s == '-')
		s++;
	if (!is_digit(*s))
		return false;
	while (is_digit(*s) || *s == '_')
		s++;
	while (*s == ':' && is_digit(s[1])) {
		s += is_digit(s[2]) ? 3 : 2;
		any = true;
	}
	if (any && *s == '.')
		for (s++; is_digit(*s) || *s == '_'; s++)
			;
	return any && *s == '\0';
}

static bool is_date_like(const char *s)
{
	return is_digit(s[0]) && is_digit(s[1]) && is_digit(s[2]) && is_digit(s[3]) && s[4] == '-' &&
	       is_digit(s[5]);
}

bool lf_yaml_resolves_elsewhere(const char *text)
{
	char plain[NUMBER_MAX + 1];
	const char *s = plain, *point, *exponent;
	bool overflow;
	uint64_t value;

	if (is_one_of(text, nulls, LF_COUNT(nulls)) || is_one_of(text, trues, LF_COUNT(trues)) ||
	    is_one_of(text, falses, LF_COUNT(falses)) || is_one_of(text, odd_floats, LF_COUNT(odd_floats)) ||
	    strcmp(text, "<<") == 0 || strcmp(text, "=") == 0)
		return true;
	/* However long it is: with any other character it is no number or date to anybody. */
	if (!starts_number(text) || text[strspn(text, "0123456789abcdefABCDEFxXoOtTzZ_+-.: \t")])
		return false;
	if (!without_underscores(plain, text) || is_sexagesimal(text) || is_date_like(text))
		return true;
	if (*s == '+' || *s == '-')
		s++;
	if (s[0] == '0' && s[1] && strchr("xXoObB", s[1])) {
		const char *rest = s + 2;

		/* "0b-1" and a bare "0x" were numbers to one reader or another. */
		return !*rest || *rest == '+' || *rest == '-' || based(rest, base_of(s), &value, &overflow);
	}
	return float_form(s, &point, &exponent);
}
