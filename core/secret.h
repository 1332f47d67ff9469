/* secret: bytes that are wiped when they go and that nothing prints. A secret never travels as char * in a model, an event
 * or an error; only the two functions that hand it to a peer call lf_secret_bytes(). */
#ifndef LF_CORE_SECRET_H
#define LF_CORE_SECRET_H

#include <stddef.h>
#include "core/compiler.h"

struct lf_secret;

LF_NODISCARD struct lf_secret *lf_secret_new(const char *bytes, size_t length); /* copies; memory is locked and not dumped where the system allows */
LF_NODISCARD struct lf_secret *lf_secret_dup(const struct lf_secret *secret);  /* NULL stays NULL */
const char *lf_secret_bytes(const struct lf_secret *secret);		       /* NUL-terminated, borrowed */
size_t lf_secret_length(const struct lf_secret *secret);
void lf_secret_free(struct lf_secret *secret);

#endif
