/* engines: the providers Landfall knows, in the order they are offered. Adding one is adding its folder and a line in engines.c. */
#ifndef LF_PROVIDERS_ENGINES_H
#define LF_PROVIDERS_ENGINES_H

#include "core/engine.h"

extern const struct lf_engine lf_engine_argocd;
extern const struct lf_engine lf_engine_flux;
extern const struct lf_engine lf_engine_direct;

const struct lf_engine *const *lf_engines(size_t *count);

#endif
