/* secrets_chart: see secrets_chart.h. */
#include "config.h"
#include "core/secrets_chart.h"

#include "core/chart_extras.h"
#include "core/chart_source.h"
#include "core/mem.h"
#include "core/str.h"

bool lf_secrets_are_of_chart(const struct lf_plan *plan)
{
	return lf_chart_extras_possible(plan) && *lf_plan_text(plan, "secretMethod") && !lf_plan_is(plan, "secretMethod", "no");
}

static char *name_in(const struct lf_plan *plan, const char *id)
{
	struct lf_node *tree = lf_plan_tree(plan, id);
	char *name = lf_dup(lf_node_text(tree, "metadata.name"));

	lf_node_free(tree);
	return name;
}

char *lf_secrets_name(const struct lf_plan *plan)
{
	if (lf_plan_is(plan, "secretMethod", "sealed"))
		return name_in(plan, "sealedSecret");
	if (lf_plan_is(plan, "secretMethod", "sops"))
		return name_in(plan, "encryptedSecret");
	return lf_dup(lf_plan_text(plan, "externalSecretName"));
}

static bool gives_values(const struct lf_plan *plan, const char *name)
{
	struct lf_node *list = lf_plan_tree(plan, "valuesFrom");
	bool found = false;

	for (size_t i = 0; i < lf_node_count(list) && !found; i++)
		found = lf_equal(lf_node_text(lf_node_at(list, i), "kind"), "Secret") && lf_equal(lf_node_text(lf_node_at(list, i), "name"), name);
	lf_node_free(list);
	return found;
}

const char *lf_secrets_namespace(const struct lf_plan *plan, const char *name)
{
	bool is_beside = lf_plan_is(plan, "gitopsDeployment", "flux") && lf_plan_is_chart(plan) && *name && gives_values(plan, name);

	return lf_plan_text(plan, is_beside ? "helmReleaseNamespace" : "targetNamespace");
}

bool lf_secrets_are_written(const struct lf_plan *plan)
{
	const struct lf_plan *whole = lf_plan_whole(plan);
	char *name = lf_secrets_name(plan);
	bool first = lf_secrets_are_of_chart(plan);

	for (size_t i = 0; i < lf_plan_part_count(whole) && lf_plan_part(whole, i) != plan && first; i++) {
		const struct lf_plan *part = lf_plan_part(whole, i);
		char *other = lf_secrets_name(part);

		first = !(lf_equal(other, name) && lf_equal(lf_secrets_namespace(part, other), lf_secrets_namespace(plan, name)) &&
			  lf_equal(lf_plan_text(part, "destinationServer"), lf_plan_text(plan, "destinationServer")));
		lf_free(other);
	}
	lf_free(name);
	return first;
}
