/* canary: see canary.h. Flagger's own rules: pkg/canary/deployment_controller.go copies the pod template to NAME-primary, with "-primary" behind the ConfigMaps and Secrets it names
 * (config_tracker.go); a template that was promoted before is never judged again (spec.go). */
#include "config.h"
#include "core/canary.h"

#include <string.h>

#include "core/condition.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"
#include "core/workload.h"

#define PRIMARY "-primary"
#define DEFAULT_INTERVAL_MS 60000
#define LEAST_INTERVAL_MS 10000

bool lf_canary_is(const struct lf_ref *resource)
{
	return !strcmp(resource->group, "flagger.app") && !strcmp(resource->kind, "Canary");
}

/* A Canary may judge a DaemonSet or a Service: of these nothing more is known than its phase. */
static bool is_of_deployment(const struct lf_node *canary)
{
	return lf_equal(lf_node_text(canary, "spec.targetRef.kind"), "Deployment");
}

const struct lf_node *lf_canary_target(const struct lf_objects *objects, const struct lf_node *canary)
{
	return is_of_deployment(canary) ? lf_objects_find(objects, "apps", "Deployment", lf_node_text(canary, "metadata.namespace"), lf_node_text(canary, "spec.targetRef.name"))
					: NULL;
}

static const struct lf_node *primary_of(const struct lf_objects *objects, const struct lf_node *canary)
{
	char *name = lf_format("%s" PRIMARY, lf_node_text(canary, "spec.targetRef.name"));
	const struct lf_node *found = is_of_deployment(canary) ? lf_objects_find(objects, "apps", "Deployment", lf_node_text(canary, "metadata.namespace"), name) : NULL;

	lf_free(name);
	return found;
}

/* The same text, or Flagger's name for it. */
static bool same_text(const char *text, const char *in_primary)
{
	size_t length = strlen(text);

	return !strncmp(text, in_primary, length) && (!in_primary[length] || !strcmp(in_primary + length, PRIMARY));
}

static bool is_promoted(const struct lf_node *node, const struct lf_node *primary)
{
	bool is_map = lf_node_kind(node) == LF_NODE_MAP;

	if (lf_node_kind(node) != lf_node_kind(primary) || lf_node_count(node) != lf_node_count(primary))
		return false;
	if (!is_map && lf_node_kind(node) != LF_NODE_LIST)
		return same_text(lf_node_text(node, NULL), lf_node_text(primary, NULL));
	for (size_t i = 0; i < lf_node_count(node); i++) {
		const struct lf_node *other = is_map ? lf_node_key(primary, lf_node_key_at(node, i)) : lf_node_at(primary, i);

		if (!other || !is_promoted(lf_node_at(node, i), other))
			return false;
	}
	return true;
}

/* Whether the primary runs what the target's template says. Containers only: where pods go is rewritten for it. */
static bool runs_promoted(const struct lf_node *target, const struct lf_node *primary)
{
	static const char *const parts[] = {"spec.template.spec.containers", "spec.template.spec.initContainers"};

	for (size_t i = 0; i < LF_COUNT(parts); i++) {
		if (!is_promoted(lf_node_get(target, parts[i]), lf_node_get(primary, parts[i])))
			return false;
	}
	return true;
}

static int64_t interval_of(const struct lf_node *canary)
{
	int64_t ms = lf_duration_ms(lf_node_text(canary, "spec.analysis.interval"));

	if (ms <= 0)
		ms = DEFAULT_INTERVAL_MS;
	return ms < LEAST_INTERVAL_MS ? LEAST_INTERVAL_MS : ms;
}

/* Whether "Failed" was said of a version before. Flagger says it anew at every look, also in the moment before it takes up a new version; that one cannot have failed before the look after. */
static bool is_unseen(const struct lf_objects *objects, const struct lf_node *canary, const struct lf_node *target)
{
	const struct lf_node *set = lf_workload_newest_set(objects, target);
	int64_t said = lf_time_ms(lf_node_text(canary, "status.lastTransitionTime")), born = lf_time_ms(lf_node_text(set, "metadata.creationTimestamp"));

	/* Not even its own controller has made pods of it. */
	if (!set || lf_node_int(target, "metadata.generation", 0) > lf_node_int(target, "status.observedGeneration", 0))
		return true;
	return said < born + interval_of(canary) * 3 / 2;
}

static enum lf_health say(struct lf_str *note, enum lf_health health, const char *words)
{
	lf_str_add(note, words);
	return health;
}

enum lf_health lf_canary_health(const struct lf_objects *objects, const struct lf_node *canary, enum lf_health unseen, struct lf_str *note)
{
	const struct lf_node *target = lf_canary_target(objects, canary), *primary = primary_of(objects, canary);
	struct lf_str own = {0}, of_primary = {0};
	enum lf_health health = lf_health_of(canary, &own), judged;
	bool runs = target && primary && runs_promoted(target, primary);

	if (!is_of_deployment(canary) || (health != LF_HEALTHY && health != LF_DEGRADED))
		judged = say(note, health, lf_str_text(&own));
	else if (!target)
		judged = health == LF_HEALTHY && unseen != LF_HEALTHY ? say(note, LF_PROGRESSING, "its Deployment is not seen yet") : say(note, health, lf_str_text(&own));
	else if (health == LF_HEALTHY && runs)
		judged = LF_HEALTHY;
	else if (health == LF_HEALTHY && lf_node_true(canary, "spec.suspend"))
		judged = say(note, LF_SUSPENDED, "suspended");
	else if (health == LF_HEALTHY || (!runs && is_unseen(objects, canary, target)))
		judged = say(note, LF_PROGRESSING, "Flagger has still to look at this version");
	else if (runs && lf_health_of(primary, &of_primary) == LF_HEALTHY)
		judged = say(note, LF_HEALTHY, "runs what was promoted before");
	else
		judged = say(note, health, lf_str_text(&own));
	lf_str_dispose(&own);
	lf_str_dispose(&of_primary);
	return judged;
}

void lf_canary_wants(struct lf_wants *wants, const struct lf_objects *objects, const struct lf_ref *canary)
{
	const struct lf_node *object = lf_objects_get(objects, canary);
	const char *name = lf_node_text(object, "spec.targetRef.name");
	char *primary;

	if (!is_of_deployment(object) || !*name)
		return;
	primary = lf_format("%s" PRIMARY, name);
	lf_wants_add(wants, "apps", "Deployment", canary->namespace, name, NULL);
	lf_wants_add(wants, "apps", "Deployment", canary->namespace, primary, NULL);
	lf_wants_add(wants, "apps", "ReplicaSet", canary->namespace, "", NULL);
	lf_wants_add(wants, "", "Pod", canary->namespace, "", NULL);
	lf_wants_add(wants, "", "Event", canary->namespace, "", NULL);
	lf_free(primary);
}
