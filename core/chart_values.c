/* chart_values: see chart_values.h. The keys are those of scaffold_chart.c's values.yaml. */
#include "config.h"
#include "core/chart_values.h"

#include <string.h>

#include "core/extra.h"
#include "core/image.h"
#include "core/str.h"

#define SETTINGS "environmentSettings"

/* The environment says it, of a chart that Landfall starts, and not as it is for all. */
static bool is_special(const struct lf_plan *plan, const char *id)
{
	const struct lf_plan_entry *entry = lf_plan_entry(plan, id);

	return lf_plan_is(plan, "deploymentMethod", "helm-git") && lf_plan_whole(plan) != plan && entry && entry->shown && lf_equal(entry->origin, SETTINGS) &&
	       !lf_equal(entry->value, lf_plan_text(lf_plan_whole(plan), id));
}

bool lf_chart_has_values(const struct lf_plan *plan)
{
	return *lf_plan_text(plan, "values") || is_special(plan, "replicas") || is_special(plan, "image");
}

static void put_missing(struct lf_node *map, const char *key, const char *value)
{
	if (!lf_node_key(map, key))
		lf_extra_put(map, key, value, SETTINGS);
}

static void put_image(struct lf_node *values, const struct lf_plan *plan)
{
	struct lf_node *map = lf_node_key(values, "image");
	struct lf_image mine, all;

	if (map && lf_node_kind(map) != LF_NODE_MAP) /* no values of the starter chart */
		return;
	if (!map)
		map = lf_node_set_map(values, "image");
	lf_image_parse(&mine, lf_plan_text(plan, "image"));
	lf_image_parse(&all, lf_plan_text(lf_plan_whole(plan), "image"));
	if (!lf_equal(mine.name, all.name))
		put_missing(map, "repository", mine.name);
	if (mine.digest)
		put_missing(map, "digest", mine.digest);
	else
		put_missing(map, "tag", mine.tag ? mine.tag : "latest");
	if (!mine.digest && all.digest) /* which would go before the tag */
		put_missing(map, "digest", "");
	lf_image_dispose(&mine);
	lf_image_dispose(&all);
}

struct lf_node *lf_chart_put_values(struct lf_node *map, const char *key, const struct lf_plan *plan)
{
	struct lf_node *values = lf_plan_put_tree(map, key, plan, "values"), *count;

	if (!is_special(plan, "replicas") && !is_special(plan, "image"))
		return values;
	if (!values) {
		values = lf_node_set_map(map, key);
		lf_node_set_origin(values, SETTINGS);
	}
	if (is_special(plan, "replicas") && !lf_node_key(values, "replicaCount")) {
		count = lf_plan_put_number(values, "replicaCount", plan, "replicas");
		lf_node_set_origin(count, SETTINGS);
	}
	if (is_special(plan, "image"))
		put_image(values, plan);
	return values;
}
