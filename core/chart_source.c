/* chart_source: see chart_source.h. Reads no index and no archive. */
#include "config.h"
#include "core/chart_source.h"

#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/str.h"

bool lf_plan_is_remote_chart(const struct lf_plan *plan)
{
	return lf_plan_is(plan, "deploymentMethod", "helm");
}

bool lf_plan_is_chart(const struct lf_plan *plan)
{
	return lf_plan_is_remote_chart(plan) || lf_plan_is(plan, "deploymentMethod", "helm-git");
}

char *lf_chart_release(const struct lf_plan *plan)
{
	const char *app = lf_plan_text(plan, "appName"), *target = lf_plan_text(plan, "targetNamespace"), *said = lf_plan_text(plan, "releaseName");

	if (*said)
		return lf_dup(said);
	/* helm-controller: [TargetNamespace-]Name */
	if (lf_plan_is(plan, "gitopsDeployment", "flux") && !lf_plan_is(plan, "helmReleaseNamespace", target))
		return lf_format("%s-%s", target, app);
	return lf_dup(app);
}

bool lf_chart_url_is_oci(const char *url)
{
	return !strncasecmp(url, "oci://", 6);
}

static size_t length_of(const char *url)
{
	size_t length = strlen(url);

	while (length && url[length - 1] == '/')
		length--;
	return length;
}

bool lf_chart_url_same(const char *a, const char *b)
{
	const char *host = strstr(a, "://");
	size_t length = length_of(a), authority = host ? (size_t)(host + 3 - a) + strcspn(host + 3, "/?#") : 0;

	if (authority > length)
		authority = length;
	return length == length_of(b) && !strncasecmp(a, b, authority) && !strncmp(a + authority, b + authority, length - authority);
}
