/* packin_sum: SHA-1 of streams, by OpenSSL. What is allocated is allocated once a pack and used again: a pack may hold a
 * million objects. Ids of objects that are used come from libgit2, which notices the known collisions. */
#include "config.h"
#include "providers/git/packin_internal.h"

#include <openssl/evp.h>

#include "core/mem.h"

struct packin_sum {
	EVP_MD_CTX *context;
	bool failed; /* somewhere on the way */
};

int packin_sum_new(struct packin_sum **out, struct lf_error *err)
{
	struct packin_sum *sum = lf_alloc(1, sizeof(*sum));
	EVP_MD *kind = EVP_MD_fetch(NULL, "SHA1", NULL);
	int rc = LF_OK;

	sum->context = EVP_MD_CTX_new();
	if (!kind || !sum->context || !EVP_DigestInit_ex2(sum->context, kind, NULL)) {
		rc = lf_fail(err, LF_ERROR, "git.pack", 0, "OpenSSL offers no SHA-1 here, by which Git names its objects");
		lf_hint(err, "See which providers openssl.cnf enables: openssl list -digest-algorithms.");
		packin_sum_free(sum);
		sum = NULL;
	}
	EVP_MD_free(kind); /* the context holds it */
	*out = sum;
	return rc;
}

void packin_sum_begin(struct packin_sum *sum)
{
	sum->failed = !EVP_DigestInit_ex2(sum->context, NULL, NULL);
}

void packin_sum_add(struct packin_sum *sum, const void *bytes, size_t length)
{
	if (!EVP_DigestUpdate(sum->context, bytes, length))
		sum->failed = true;
}

int packin_sum_end(struct packin_sum *sum, unsigned char out[20], struct lf_error *err)
{
	if (!EVP_DigestFinal_ex(sum->context, out, NULL) || sum->failed)
		return packin_broken(err, "OpenSSL cannot sum them up");
	return LF_OK;
}

void packin_sum_free(struct packin_sum *sum)
{
	if (!sum)
		return;
	EVP_MD_CTX_free(sum->context);
	lf_free(sum);
}
