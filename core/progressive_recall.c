/* progressive_recall: answers about how new versions come, read back from the Rollout or the Canary that an earlier delivery wrote. */
#include "config.h"
#include "core/progressive.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"

/* From the spec of a Canary, or of what is in deployment.yaml. */
char *lf_progressive_recall_method(const struct lf_node *spec)
{
	if (lf_node_key(spec, "targetRef") && lf_node_key(spec, "analysis"))
		return lf_dup("flagger");
	if (lf_node_get(spec, "strategy.canary"))
		return lf_dup("canary");
	return lf_dup(lf_node_get(spec, "strategy.blueGreen") ? "bluegreen" : "no");
}

char *lf_progressive_recall_weights(const struct lf_node *steps)
{
	struct lf_str text = {0};

	for (size_t i = 0; i < lf_node_count(steps); i++) {
		const char *weight = lf_node_text(lf_node_at(steps, i), "setWeight");

		if (*weight)
			lf_str_addf(&text, "%s%s", text.length ? ", " : "", weight);
	}
	return text.length ? lf_str_take(&text) : NULL;
}

/* The one pause there is between all steps; NULL: they differ. */
char *lf_progressive_recall_pause(const struct lf_node *steps)
{
	const char *found = NULL;

	for (size_t i = 0; i < lf_node_count(steps); i++) {
		const struct lf_node *pause = lf_node_key(lf_node_at(steps, i), "pause");
		const char *duration = lf_node_text(pause, "duration");

		if (pause && (!*duration || (found && !lf_equal(found, duration))))
			return NULL;
		found = pause ? duration : found;
	}
	return found ? lf_dup(found) : NULL;
}

char *lf_progressive_recall_router(const struct lf_node *canary)
{
	const struct lf_node *routing = lf_node_key(canary, "trafficRouting");

	if (!routing)
		return lf_dup("none");
	return lf_node_key(routing, "istio") ? lf_dup("istio") : lf_node_key(routing, "nginx") ? lf_dup("nginx") : NULL;
}

/* The value that a patch for KIND in an overlay's list of patches has at PATH of it; NULL: there is none. The caller frees. */
static char *patched(const struct lf_node *patches, const char *kind, const char *place, const char *path)
{
	char *found = NULL;

	for (size_t i = 0; i < lf_node_count(patches) && !found; i++) {
		const struct lf_node *item = lf_node_at(patches, i), *operation;
		const char *text = lf_node_text(item, "patch");
		struct lf_node *documents = NULL;

		if (!lf_equal(lf_node_text(item, "target.kind"), kind) || lf_yaml_parse(&documents, text, strlen(text), "", NULL, NULL))
			operation = NULL;
		else
			operation = lf_node_at(lf_node_at(documents, 0), 0);
		if (lf_equal(lf_node_text(operation, "path"), place) && *lf_node_text(operation, path))
			found = lf_dup(lf_node_text(operation, path));
		lf_node_free(documents);
	}
	return found;
}

/* A number as it stands, or of a Rollout the patch of an overlay. */
char *lf_progressive_recall_replicas(const struct lf_node *node)
{
	if (lf_node_kind(node) == LF_NODE_LIST)
		return patched(node, "Rollout", "/spec/replicas", "value");
	return lf_dup(lf_node_text(node, NULL));
}

/* Of a Canary's hook, or of the patch of an overlay that adds it. */
char *lf_progressive_recall_tester(const struct lf_node *node)
{
	if (lf_node_kind(node) == LF_NODE_TEXT)
		return lf_dup(lf_node_text(node, NULL));
	return patched(node, "Canary", "/spec/analysis/webhooks", "value.0.url");
}
