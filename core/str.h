/* str: growable bytes, always terminated by NUL. Zero-initialise: struct lf_str s = {0}. */
#ifndef LF_CORE_STR_H
#define LF_CORE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include "core/compiler.h"

struct lf_str {
	char *data; /* NULL until something was added; use lf_str_text() to read */
	size_t length;
	size_t capacity;
};

void lf_str_add(struct lf_str *str, const char *text);
void lf_str_add_n(struct lf_str *str, const void *bytes, size_t length);
void lf_str_add_char(struct lf_str *str, char c);
LF_PRINTF(2, 3) void lf_str_addf(struct lf_str *str, const char *format, ...);
LF_PRINTF(2, 0) void lf_str_addv(struct lf_str *str, const char *format, va_list args);
void lf_str_remove(struct lf_str *str, size_t at, size_t length);
void lf_str_truncate(struct lf_str *str, size_t length);
const char *lf_str_text(const struct lf_str *str);	/* never NULL */
LF_NODISCARD char *lf_str_take(struct lf_str *str);	/* moves the bytes out; never NULL */
void lf_str_dispose(struct lf_str *str);

bool lf_starts_with(const char *text, const char *prefix);
bool lf_ends_with(const char *text, const char *suffix);
bool lf_equal(const char *a, const char *b); /* NULL equals only NULL */

#endif
