/* fault: see fault.h. A table: the first row that fits and whose question is asked in this plan. */
#include "config.h"
#include "core/fault.h"

#include "core/str.h"

static const struct {
	const char *diagnosis; /* the first part of its id */
	const char *kind;      /* of its subject; NULL: any */
	const char *question;
} faults[] = {
	{"chart-missing", NULL, "chartName"},
	{"chart-version", NULL, "chartVersion"},
	{"chart", NULL, "values"},
	{"value-file", NULL, "valueFiles"},
	{"values-missing", NULL, "valuesFrom"},
	{"values", NULL, "values"},
	{"helm", NULL, "values"},
	{"shared-resource", NULL, "releaseName"},
	{"credentials", "HelmRepository", "helmSecretName"},
	{"repository-auth", "HelmRepository", "helmSecretName"},
	{"repository-auth", "HelmChart", "helmSecretName"},
	{"repository", "HelmRepository", "chartRepoUrl"},
	{"repository", "HelmChart", "chartRepoUrl"},
	{"source", "HelmRepository", "chartRepoUrl"},
	{"source", "HelmChart", "chartRepoUrl"},
	{"image", NULL, "image"},
	{"image", NULL, "values"}, /* a chart's image is one of its values */
	{"path", NULL, "gitPath"},
	{"branch", NULL, "gitBranch"},
	{"repository", NULL, "gitRepoUrl"},
	{"source", NULL, "gitRepoUrl"},
	{"authentication", NULL, "gitRepoUrl"},
	{"namespace", NULL, "targetNamespace"},
	{"project", NULL, "argocdProject"},
	{"probe", NULL, "containerPort"},
	{"probe", NULL, "values"},
};

const struct lf_question *lf_fault_question(const struct lf_plan *plan, const struct lf_diagnosis *diagnosis)
{
	for (size_t i = 0; diagnosis->id && i < LF_COUNT(faults); i++) {
		const struct lf_plan_entry *entry = lf_plan_entry(plan, faults[i].question);

		if (entry && entry->shown && lf_starts_with(diagnosis->id, faults[i].diagnosis) &&
		    (!faults[i].kind || lf_equal(faults[i].kind, diagnosis->subject.kind)))
			return entry->question;
	}
	return NULL;
}
