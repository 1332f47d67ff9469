/* engine: what the engines share: targets, wishes for watches, patches. The table itself is filled by each provider's folder. */
#include "config.h"
#include "core/engine.h"

#include <string.h>

#include "core/canary.h"
#include "core/mem.h"
#include "core/workload.h"

void lf_target_dispose(struct lf_target *target)
{
	lf_ref_dispose(&target->consumer);
	lf_ref_dispose(&target->source);
	lf_free(target->commit);
	lf_free(target->pinned);
	lf_names_dispose(&target->descendants);
	lf_free(target->token);
	lf_free(target->repository);
	lf_free(target->path);
	lf_free(target->namespace);
	lf_free(target->context);
	lf_ref_dispose(&target->parent);
	lf_node_free(target->wanted);
	lf_refs_dispose(&target->resources);
	lf_refs_dispose(&target->beside);
	memset(target, 0, sizeof(*target));
}

bool lf_target_accepts(const struct lf_target *target, const char *commit)
{
	if (!commit || !*commit)
		return false;
	return !target->commit || !strcmp(target->commit, commit) || lf_names_have(&target->descendants, commit);
}

void lf_wants_add(struct lf_wants *wants, const char *group, const char *kind, const char *namespace, const char *name, const char *labels)
{
	struct lf_want want = {.ref = lf_ref_new(group, kind, namespace, name), .labels = lf_dup(labels)};

	for (size_t i = 0; i < wants->count; i++) {
		if (lf_ref_equal(&wants->items[i].ref, &want.ref) && lf_equal(wants->items[i].labels, want.labels)) {
			lf_ref_dispose(&want.ref);
			lf_free(want.labels);
			return;
		}
	}
	lf_grow((void **)&wants->items, &wants->capacity, wants->count, sizeof(*wants->items));
	wants->items[wants->count++] = want;
}

void lf_wants_dispose(struct lf_wants *wants)
{
	for (size_t i = 0; i < wants->count; i++) {
		lf_ref_dispose(&wants->items[i].ref);
		lf_free(wants->items[i].labels);
	}
	lf_free(wants->items);
	memset(wants, 0, sizeof(*wants));
}

/* One stream for a kind in a namespace is cheaper than one for each object, from the second object on. */
static bool several_of_kind(const struct lf_ref *resources, size_t count, const struct lf_ref *one)
{
	size_t same = 0;

	for (size_t i = 0; i < count && same < 2; i++) {
		same += lf_equal(resources[i].kind, one->kind) && lf_equal(resources[i].group, one->group) &&
			lf_equal(resources[i].namespace, one->namespace);
	}
	return same > 1;
}

void lf_wants_workloads(struct lf_wants *wants, const struct lf_objects *objects, const struct lf_ref *resources, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct lf_ref *r = &resources[i];
		bool all = *r->namespace && several_of_kind(resources, count, r);

		/* Nothing of theirs changes the verdict, and Secrets should not even be read. */
		if (!lf_workload_is_judged(r))
			continue;
		lf_wants_add(wants, r->group, r->kind, r->namespace, all ? "" : r->name, NULL);
		if (lf_canary_is(r))
			lf_canary_wants(wants, objects, r);
		if (!lf_workload_has_pods(r))
			continue;
		if (!strcmp(r->kind, "Deployment") || !strcmp(r->kind, "Rollout"))
			lf_wants_add(wants, "apps", "ReplicaSet", r->namespace, "", NULL);
		if (!strcmp(r->kind, "CronJob"))
			lf_wants_add(wants, "batch", "Job", r->namespace, "", NULL);
		lf_wants_add(wants, "", "Pod", r->namespace, "", NULL);
		lf_wants_add(wants, "", "Event", r->namespace, "", NULL);
	}
}

void lf_patch_dispose(struct lf_patch *patch)
{
	lf_ref_dispose(&patch->ref);
	lf_free(patch->body);
	memset(patch, 0, sizeof(*patch));
}
