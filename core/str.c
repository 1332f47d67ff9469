/* str: see str.h. Owns the growth of a byte string; knows nothing of encodings (text.c does). */
#include "config.h"
#include "core/str.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

static void reserve(struct lf_str *str, size_t more)
{
	size_t wanted, capacity;

	if (__builtin_add_overflow(str->length, more, &wanted) || __builtin_add_overflow(wanted, 1U, &wanted))
		wanted = SIZE_MAX; /* lf_realloc then stops the program as for any exhausted memory */
	if (wanted <= str->capacity)
		return;
	capacity = str->capacity ? str->capacity : 64;
	while (capacity < wanted && capacity <= SIZE_MAX / 2)
		capacity *= 2;
	if (capacity < wanted)
		capacity = wanted;
	str->data = lf_realloc(str->data, capacity, 1);
	str->capacity = capacity;
}

void lf_str_add_n(struct lf_str *str, const void *bytes, size_t length)
{
	reserve(str, length);
	if (length)
		memcpy(str->data + str->length, bytes, length);
	str->length += length;
	str->data[str->length] = '\0';
}

void lf_str_add(struct lf_str *str, const char *text)
{
	if (text)
		lf_str_add_n(str, text, strlen(text));
}

void lf_str_add_char(struct lf_str *str, char c)
{
	lf_str_add_n(str, &c, 1);
}

void lf_str_addv(struct lf_str *str, const char *format, va_list args)
{
	va_list again;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (n < 0)
		return;
	reserve(str, (size_t)n);
	(void)vsnprintf(str->data + str->length, (size_t)n + 1, format, args);
	str->length += (size_t)n;
}

void lf_str_addf(struct lf_str *str, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	lf_str_addv(str, format, args);
	va_end(args);
}

void lf_str_remove(struct lf_str *str, size_t at, size_t length)
{
	if (at >= str->length)
		return;
	if (length > str->length - at)
		length = str->length - at;
	memmove(str->data + at, str->data + at + length, str->length - at - length + 1);
	str->length -= length;
}

void lf_str_truncate(struct lf_str *str, size_t length)
{
	if (length >= str->length)
		return;
	str->length = length;
	str->data[length] = '\0';
}

const char *lf_str_text(const struct lf_str *str)
{
	return str->data ? str->data : "";
}

char *lf_str_take(struct lf_str *str)
{
	char *data = str->data ? str->data : lf_dup("");

	*str = (struct lf_str){0};
	return data;
}

void lf_str_dispose(struct lf_str *str)
{
	lf_free(str->data);
	*str = (struct lf_str){0};
}

bool lf_starts_with(const char *text, const char *prefix)
{
	return text && prefix && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool lf_ends_with(const char *text, const char *suffix)
{
	size_t n, m;

	if (!text || !suffix)
		return false;
	n = strlen(text);
	m = strlen(suffix);
	return m <= n && memcmp(text + n - m, suffix, m) == 0;
}

bool lf_equal(const char *a, const char *b)
{
	if (!a || !b)
		return a == b;
	return *a == *b && strcmp(a, b) == 0; /* most differ at once */
}
