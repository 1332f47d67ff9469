/* condition: see condition.h. Reads only; what a reason means is decided by health and by the engines. */
#include "config.h"
#include "core/condition.h"

#include <ctype.h>
#include <string.h>

#include "core/str.h"

const struct lf_node *lf_condition_find(const struct lf_node *object, const char *type)
{
	const struct lf_node *list = lf_node_get(object, "status.conditions");

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *condition = lf_node_at(list, i);

		if (lf_equal(lf_node_text(condition, "type"), type))
			return condition;
	}
	return NULL;
}

bool lf_condition_is(const struct lf_node *object, const char *type, const char *status)
{
	const struct lf_node *condition = lf_condition_find(object, type);

	return condition && lf_equal(lf_node_text(condition, "status"), status);
}

const struct lf_node *lf_condition_current(const struct lf_node *object, const char *type)
{
	const struct lf_node *condition = lf_condition_find(object, type);
	int64_t observed = lf_node_int(condition, "observedGeneration", 0);

	return !observed || observed == lf_node_int(object, "metadata.generation", observed) ? condition : NULL;
}

int64_t lf_condition_since_ms(const struct lf_node *condition)
{
	return lf_time_ms(lf_node_text(condition, "lastTransitionTime"));
}

static bool read_number(const char **text, int digits, int64_t *out)
{
	*out = 0;
	for (; digits; digits--, (*text)++) {
		if (!isdigit((unsigned char)**text))
			return false;
		*out = *out * 10 + (**text - '0');
	}
	return true;
}

static bool skip(const char **text, char a, char b)
{
	if (**text != a && **text != b)
		return false;
	(*text)++;
	return true;
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar; years begin in March so that leap days come last. */
static int64_t days_since_epoch(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = y / 400, of_era = y % 400;
	int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

int64_t lf_time_ms(const char *text)
{
	int64_t year, month, day, hour, minute, second, ms = 0, offset_hours = 0, offset_minutes = 0, seconds;
	int sign = 1;

	if (!read_number(&text, 4, &year) || !skip(&text, '-', '-') || !read_number(&text, 2, &month) || !skip(&text, '-', '-') ||
	    !read_number(&text, 2, &day) || !skip(&text, 'T', 't') || !read_number(&text, 2, &hour) || !skip(&text, ':', ':') ||
	    !read_number(&text, 2, &minute) || !skip(&text, ':', ':') || !read_number(&text, 2, &second))
		return 0;
	if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60)
		return 0;
	if (*text == '.') {
		int64_t scale = 100;

		for (text++; isdigit((unsigned char)*text); text++, scale /= 10)
			ms += scale * (*text - '0');
	}
	if (*text == '+' || *text == '-') {
		sign = *text++ == '+' ? 1 : -1;
		if (!read_number(&text, 2, &offset_hours) || !skip(&text, ':', ':') || !read_number(&text, 2, &offset_minutes))
			return 0;
	} else if (!skip(&text, 'Z', 'z')) {
		return 0;
	}
	if (*text)
		return 0;
	seconds = days_since_epoch(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
	seconds -= sign * (offset_hours * 3600 + offset_minutes * 60);
	return seconds * 1000 + ms;
}
