/* mem: allocation that does not fail. Sizes from outside are bounded before they get here, so running out of memory is
 * not an input error: it aborts, and the SIGABRT handler of the terminal restores the screen. */
#ifndef LF_CORE_MEM_H
#define LF_CORE_MEM_H

#include <stddef.h>
#include "core/compiler.h"

LF_NODISCARD void *lf_alloc(size_t count, size_t size); /* zeroed; count * size is checked for overflow */
LF_NODISCARD void *lf_realloc(void *old, size_t count, size_t size);
LF_NODISCARD char *lf_dup(const char *text); /* NULL stays NULL */
LF_NODISCARD char *lf_dup_n(const char *text, size_t length);
LF_NODISCARD LF_PRINTF(1, 2) char *lf_format(const char *format, ...);
void lf_free(void *memory);
void lf_wipe(void *memory, size_t size); /* zeroes in a way the compiler may not remove */
/* Replaces *slot by a copy of TEXT (which may be NULL, or *slot itself). */
void lf_set(char **slot, const char *text);
/* Grows a typed array so that index COUNT is valid: lf_grow((void **)&v->items, &v->capacity, v->count, sizeof *v->items). */
void lf_grow(void **items, size_t *capacity, size_t count, size_t size);

#endif
