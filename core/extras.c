/* extras: all there are, in the order they are asked. */
#include "config.h"
#include "core/extra.h"

const struct lf_extra *const lf_extras[] = {
	&lf_extra_secrets,
	&lf_extra_progressive,
	NULL,
};
