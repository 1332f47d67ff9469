/* fuzz: what every target provides. The driver calls it for each file of the corpus; libFuzzer, when configured, for what it makes up.
 * A target checks properties, not only that nothing crashes: what was read and written reads back the same. */
#ifndef LF_TESTS_FUZZ_H
#define LF_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Unlike assert(), also in builds with NDEBUG, and the reason is printed. */
static inline void fuzz_require(int holds, const char *what, const char *shown)
{
	if (holds)
		return;
	(void)fprintf(stderr, "fuzz: %s: <%s>\n", what, shown);
	abort();
}

#endif
