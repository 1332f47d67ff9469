/* duration: the Go form of a time span, as Flux and Argo CD read it: ^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$ */
#include "config.h"
#include "core/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The length of the unit at S and its milliseconds; 0 if there is none. */
static size_t unit(const char *s, int64_t *ms)
{
	if (s[0] == 'm' && s[1] == 's') {
		*ms = 1;
		return 2;
	}
	*ms = s[0] == 's' ? 1000 : s[0] == 'm' ? 60000 : s[0] == 'h' ? 3600000 : 0;
	return *ms ? 1 : 0;
}

int64_t lf_duration_ms(const char *text)
{
	int64_t sum = 0;

	if (!text || !*text)
		return -1;
	while (*text) {
		int64_t whole = 0, fraction = 0, scale = 1, ms, part;
		size_t n;

		if (!is_digit(*text))
			return -1;
		for (; is_digit(*text); text++)
			if (__builtin_mul_overflow(whole, 10, &whole) ||
			    __builtin_add_overflow(whole, *text - '0', &whole))
				return -1;
		if (*text == '.') {
			if (!is_digit(*++text))
				return -1;
			for (; is_digit(*text); text++) {
				if (scale >= 1000000000) /* far below a millisecond, even of an hour */
					continue;
				fraction = fraction * 10 + (*text - '0');
				scale *= 10;
			}
		}
		n = unit(text, &ms);
		if (n == 0)
			return -1;
		text += n;
		if (__builtin_mul_overflow(whole, ms, &part) ||
		    __builtin_add_overflow(part, fraction * ms / scale, &part) ||
		    __builtin_add_overflow(sum, part, &sum))
			return -1;
	}
	return sum;
}

void lf_duration_text(char out[32], int64_t ms)
{
	uint64_t rest = ms < 0 ? 0 - (uint64_t)ms : (uint64_t)ms;
	size_t at = 0;

	if (ms < 0)
		out[at++] = '-';
	if (rest >= 3600000)
		at += (size_t)snprintf(out + at, 32 - at, "%" PRIu64 "h", rest / 3600000);
	rest %= 3600000;
	if (rest >= 60000)
		at += (size_t)snprintf(out + at, 32 - at, "%um", (unsigned)(rest / 60000));
	rest %= 60000;
	if (rest % 1000 != 0) {
		char digits[8];
		size_t n;

		(void)snprintf(digits, sizeof(digits), "%03u", (unsigned)(rest % 1000));
		for (n = 3; digits[n - 1] == '0'; n--)
			digits[n - 1] = '\0';
		(void)snprintf(out + at, 32 - at, "%u.%ss", (unsigned)(rest / 1000), digits);
	} else if (rest > 0 || ms == 0) {
		(void)snprintf(out + at, 32 - at, "%us", (unsigned)(rest / 1000));
	}
}
