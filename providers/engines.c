/* engines: see engines.h. */
#include "config.h"
#include "providers/engines.h"

const struct lf_engine *const *lf_engines(size_t *count)
{
	static const struct lf_engine *const engines[] = {&lf_engine_argocd, &lf_engine_flux, &lf_engine_direct};

	*count = LF_COUNT(engines);
	return engines;
}
