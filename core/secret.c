/* secret: see secret.h. Each secret has pages of its own: they can be locked, kept out of core dumps and
 * wiped whole. Must not print, compare or log anything. */
#include "config.h"
#include "core/secret.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/mem.h"

struct lf_secret {
	char *pages;
	size_t mapped;
	size_t length;
};

struct lf_secret *lf_secret_new(const char *bytes, size_t length)
{
	struct lf_secret *secret = lf_alloc(1, sizeof(*secret));
	long page = sysconf(_SC_PAGESIZE);
	size_t unit = page > 0 ? (size_t)page : 4096;

	if (length > SIZE_MAX / 2)
		abort();
	secret->length = length;
	secret->mapped = (length / unit + 1) * unit; /* always room for the final NUL */
	secret->pages =
	    mmap(NULL, secret->mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (secret->pages == MAP_FAILED)
		abort();
	/* Best effort: RLIMIT_MEMLOCK may be zero, and a secret that can be swapped is better than none. */
	(void)mlock(secret->pages, secret->mapped);
	(void)madvise(secret->pages, secret->mapped, MADV_DONTDUMP);
	if (length)
		memcpy(secret->pages, bytes, length);
	return secret;
}

struct lf_secret *lf_secret_dup(const struct lf_secret *secret)
{
	return secret ? lf_secret_new(secret->pages, secret->length) : NULL;
}

const char *lf_secret_bytes(const struct lf_secret *secret)
{
	return secret ? secret->pages : "";
}

size_t lf_secret_length(const struct lf_secret *secret)
{
	return secret ? secret->length : 0;
}

void lf_secret_free(struct lf_secret *secret)
{
	if (!secret)
		return;
	lf_wipe(secret->pages, secret->mapped);
	(void)munmap(secret->pages, secret->mapped);
	lf_wipe(secret, sizeof(*secret));
	lf_free(secret);
}
