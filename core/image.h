/* image: a container image reference taken apart. Pure. */
#ifndef LF_CORE_IMAGE_H
#define LF_CORE_IMAGE_H

#include <stdbool.h>
#include "core/error.h"

struct lf_image {
	char *name;   /* "ghcr.io/acme/web" */
	char *tag;    /* "1.4.2"; may be NULL */
	char *digest; /* "sha256:…"; may be NULL */
};

/* Never fails: of a half-typed reference whatever is there. */
void lf_image_parse(struct lf_image *out, const char *text);
void lf_image_dispose(struct lf_image *image);

/* Whether TEXT is a reference one may deliver: well formed, and with a tag or digest, because without one it means whatever is newest when a node pulls it. */
LF_NODISCARD int lf_check_image(const char *text, struct lf_error *err);

#endif
