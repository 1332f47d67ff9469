/* target: what is followed is what was applied, which only the reducer knows; here is the rest. */
#include "config.h"
#include "providers/direct/direct.h"

#include "core/mem.h"

void lf_direct_target(struct lf_target *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	lf_set(&out->repository, lf_plan_text(plan, "gitRepoUrl"));
	lf_set(&out->path, lf_plan_text(plan, "gitPath"));
	lf_set(&out->namespace, lf_plan_text(plan, "targetNamespace"));
}

bool lf_direct_find_watcher(struct lf_ref *out, const struct lf_facts *facts, const char *repository, const char *branch, const char *path, bool exact)
{
	(void)out;
	(void)facts;
	(void)repository;
	(void)branch;
	(void)path;
	(void)exact;
	return false;
}
