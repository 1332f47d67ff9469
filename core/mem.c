/* mem: see mem.h. Aborts when memory is exhausted; the terminal's SIGABRT handler restores the screen. */
#include "config.h"
#include "core/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static LF_NORETURN void exhausted(void)
{
	abort();
}

void *lf_alloc(size_t count, size_t size)
{
	void *memory = calloc(count ? count : 1, size ? size : 1);

	if (!memory)
		exhausted();
	return memory;
}

void *lf_realloc(void *old, size_t count, size_t size)
{
	size_t bytes;
	void *memory;

	if (__builtin_mul_overflow(count, size, &bytes))
		exhausted();
	memory = realloc(old, bytes ? bytes : 1);
	if (!memory)
		exhausted();
	return memory;
}

char *lf_dup(const char *text)
{
	return text ? lf_dup_n(text, strlen(text)) : NULL;
}

char *lf_dup_n(const char *text, size_t length)
{
	char *copy = lf_alloc(length + 1, 1);

	if (length)
		memcpy(copy, text, length);
	return copy;
}

char *lf_format(const char *format, ...)
{
	char *out = NULL;
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(&out, format, args);
	va_end(args);
	if (n < 0)
		exhausted();
	return out;
}

void lf_free(void *memory)
{
	free(memory);
}

void lf_wipe(void *memory, size_t size)
{
	if (memory && size)
		explicit_bzero(memory, size);
}

void lf_set(char **slot, const char *text)
{
	char *copy = lf_dup(text);

	free(*slot);
	*slot = copy;
}

void lf_grow(void **items, size_t *capacity, size_t count, size_t size)
{
	size_t wanted = *capacity ? *capacity : 8;

	if (count < *capacity)
		return;
	while (wanted <= count)
		wanted *= 2;
	*items = lf_realloc(*items, wanted, size);
	memset((char *)*items + *capacity * size, 0, (wanted - *capacity) * size);
	*capacity = wanted;
}
