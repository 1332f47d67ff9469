/* quantity: see quantity.h. Pure. */
#include "config.h"
#include "core/quantity.h"

#include <stdlib.h>
#include <string.h>

#include "core/compiler.h"
#include "core/str.h"

#define AT_MOST 32 /* characters */

bool lf_quantity_parse(double *out, const char *text)
{
	static const struct {
		const char *suffix;
		double factor;
	} units[] = {
		{"", 1}, {"m", 1e-3}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"T", 1e12}, {"P", 1e15}, {"E", 1e18},
		{"Ki", 0x1p10}, {"Mi", 0x1p20}, {"Gi", 0x1p30}, {"Ti", 0x1p40}, {"Pi", 0x1p50}, {"Ei", 0x1p60},
	};
	size_t whole = strspn(text, "0123456789"), end = whole;
	double number = 0, place = 1;

	if (text[end] == '.')
		end += 1 + strspn(text + end + 1, "0123456789");
	if (!whole || end > AT_MOST)
		return false;
	for (size_t i = 0; i < end; i++) { /* strtod() would follow the locale */
		if (i == whole)
			continue;
		number = number * 10 + (text[i] - '0');
		place *= i > whole ? 10 : 1;
	}
	for (size_t i = 0; i < LF_COUNT(units); i++) {
		if (lf_equal(text + end, units[i].suffix)) {
			*out = number / place * units[i].factor;
			return true;
		}
	}
	return false;
}
