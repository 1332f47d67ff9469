/* helm_release: see helm_release.h: Helm's actions: install, upgrade, rollback, uninstall, and what they leave in
 * status.history and status.inventory. */
#include "config.h"
#include "providers/sandbox/helm_release.h"

#include <inttypes.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/apply.h"
#include "providers/sandbox/controllers.h"
#include "providers/sandbox/tree.h"

static const char manager[] = "helm-controller", name_key[] = "meta.helm.sh/release-name",
                  namespace_key[] = "meta.helm.sh/release-namespace";

char *lf_helm_full_name(const struct lf_node *snapshot)
{
	return lf_format("%s/%s.v%" PRId64, lf_node_text(snapshot, "namespace"), lf_node_text(snapshot, "name"),
	                 lf_node_int(snapshot, "version", 0));
}

static const struct lf_node *live_of(const struct lf_sandbox *sandbox, const struct lf_node *object)
{
	const struct lf_kind *kind = lf_kind_of(lf_node_text(object, "apiVersion"), lf_node_text(object, "kind"));

	return kind ? lf_store_find(sandbox->store, kind, lf_tree_namespace(object), lf_tree_name(object)) : NULL;
}

static void mark(struct lf_node *objects, const struct lf_node *release, const struct lf_helm_job *job)
{
	for (size_t i = 0; i < lf_node_count(objects); i++) {
		struct lf_node *object = lf_node_at(objects, i);

		lf_tree_label(object, "app.kubernetes.io/managed-by", "Helm");
		lf_tree_label(object, "helm.toolkit.fluxcd.io/name", lf_tree_name(release));
		lf_tree_label(object, "helm.toolkit.fluxcd.io/namespace", lf_tree_namespace(release));
		lf_tree_annotation(object, name_key, job->name);
		lf_tree_annotation(object, namespace_key, job->namespace);
	}
}

/* What is there already and is another's may not be taken over. */
static char *foreign(const struct lf_sandbox *sandbox, const struct lf_node *objects, const struct lf_helm_job *job)
{
	for (size_t i = 0; i < lf_node_count(objects); i++) {
		const struct lf_node *object = lf_node_at(objects, i), *live = live_of(sandbox, object);
		const char *owner = lf_tree_get_annotation(live, name_key);

		if (live && (!lf_equal(owner, job->name) ||
		             !lf_equal(lf_tree_get_annotation(live, namespace_key), job->namespace)))
			return lf_format("unable to continue with install: %s \"%s\" in namespace \"%s\" exists and cannot be "
			                 "imported into the current release: invalid ownership metadata; annotation validation "
			                 "error: %s \"%s\" must %s\"%s\"%s%s",
			                 lf_node_text(object, "kind"), lf_tree_name(object), lf_tree_namespace(object),
			                 *owner ? "key" : "missing key", name_key, *owner ? "equal " : "be set to ", job->name,
			                 *owner ? ": current value is " : "", owner);
	}
	return NULL;
}

static char *make_namespace(struct lf_sandbox *sandbox, const struct lf_node *release, const struct lf_helm_job *job)
{
	struct lf_node *namespace;
	struct lf_applied applied;

	if (lf_store_find(sandbox->store, lf_kind_get(LF_K_NAMESPACE), "", job->namespace))
		return NULL;
	if (!lf_node_true(release, "spec.install.createNamespace"))
		return lf_format("create: failed to create: namespaces \"%s\" not found", job->namespace);
	namespace = lf_node_new(LF_NODE_MAP);
	lf_node_set_text(namespace, "apiVersion", "v1");
	lf_node_set_text(namespace, "kind", "Namespace");
	lf_tree_text(namespace, "metadata.name", job->namespace);
	lf_tree_label(namespace, "name", job->namespace);
	if (lf_apply(&applied, sandbox->store, namespace, manager, LF_APPLY_FORCE, NULL) == 0)
		lf_node_free(applied.object);
	lf_node_free(namespace);
	return NULL;
}

static void set_inventory(struct lf_node *release, const struct lf_node *objects)
{
	struct lf_node *entries = lf_node_new(LF_NODE_LIST);

	for (size_t i = 0; i < lf_node_count(objects); i++)
		lf_flux_add_entry(entries, lf_node_at(objects, i));
	lf_tree_set(release, "status.inventory.entries", entries);
}

/* Puts a snapshot before the others, of which five are kept. */
static struct lf_node *add_snapshot(struct lf_node *release, const char *name, const char *namespace, int64_t version)
{
	const struct lf_node *old = lf_node_get(release, "status.history");
	struct lf_node *list = lf_node_new(LF_NODE_LIST), *snapshot = lf_node_add_map(list);
	char now[32];

	for (size_t i = 0; i < lf_node_count(old) && i < 4; i++) {
		struct lf_node *kept = lf_node_add(list, lf_node_dup(lf_node_at(old, i)));

		if (lf_equal(lf_node_text(kept, "status"), "deployed"))
			lf_node_set_text(kept, "status", "superseded");
	}
	lf_node_set_text(snapshot, "name", name);
	lf_node_set_text(snapshot, "namespace", namespace);
	lf_node_set_int(snapshot, "version", version);
	lf_node_set_text(snapshot, "firstDeployed",
	                 *lf_node_text(old, "0.firstDeployed") ? lf_node_text(old, "0.firstDeployed") : lf_clock(now));
	lf_node_set_text(snapshot, "lastDeployed", lf_clock(now));
	lf_node_set_text(snapshot, "status", "failed"); /* until it is known to be better */
	lf_tree_set(release, "status.history", list);
	return snapshot;
}

static void remember(struct lf_sandbox *sandbox, const struct lf_node *snapshot, const struct lf_node *objects)
{
	char *name = lf_helm_full_name(snapshot);

	(void)lf_node_set(sandbox->releases, name, lf_node_dup(objects));
	lf_free(name);
}

static const struct lf_node *remembered(const struct lf_sandbox *sandbox, const struct lf_node *snapshot)
{
	char *name = lf_helm_full_name(snapshot);
	const struct lf_node *objects = lf_node_key(sandbox->releases, name);

	lf_free(name);
	return objects;
}

/* Deletes what is in BEFORE and not in NOW. */
static void prune(struct lf_sandbox *sandbox, const struct lf_node *before, const struct lf_node *now)
{
	for (size_t i = 0; i < lf_node_count(before); i++) {
		const struct lf_node *object = lf_node_at(before, i), *live = live_of(sandbox, object);
		bool stays = !live;

		for (size_t k = 0; !stays && k < lf_node_count(now); k++)
			stays = live_of(sandbox, lf_node_at(now, k)) == live;
		if (!stays)
			lf_delete(sandbox, lf_kind_of(lf_node_text(object, "apiVersion"), lf_node_text(object, "kind")),
			          lf_tree_namespace(object), lf_tree_name(object));
	}
}

static char *apply_all(struct lf_sandbox *sandbox, const struct lf_node *objects)
{
	char *problem = NULL;

	for (size_t i = 0; !problem && i < lf_node_count(objects); i++) {
		struct lf_refusal refusal = {0};
		struct lf_applied applied;

		if (lf_apply(&applied, sandbox->store, lf_node_at(objects, i), manager, LF_APPLY_FORCE, &refusal))
			problem = lf_format("server-side apply failed for object %s/%s: %s", lf_tree_namespace(lf_node_at(objects, i)),
			                    lf_tree_name(lf_node_at(objects, i)), refusal.message);
		else
			lf_node_free(applied.object);
		lf_refusal_dispose(&refusal);
	}
	return problem;
}

char *lf_helm_apply(struct lf_sandbox *sandbox, struct lf_node *release, const struct lf_helm_job *job, int64_t version,
                    bool *stored)
{
	struct lf_helm_release about = {job->name, job->namespace, version > 1, version};
	const struct lf_node *latest = lf_node_get(release, "status.history.0");
	struct lf_node *objects = NULL, *before, *snapshot;
	struct lf_error err = {0};
	char *problem = NULL, *digest;

	*stored = false;
	if (lf_chart_render(&objects, sandbox, release, &job->chart, job->values, &about, &err))
		return lf_dup(err.message);
	mark(objects, release, job);
	problem = make_namespace(sandbox, release, job);
	if (!problem)
		problem = foreign(sandbox, objects, job);
	if (problem) {
		lf_node_free(objects);
		return problem;
	}
	*stored = true;
	before = latest && version > 1 && remembered(sandbox, latest) ? lf_node_dup(remembered(sandbox, latest)) : NULL;
	if (version == 1)
		lf_tree_remove(release, "status.history");
	snapshot = add_snapshot(release, job->name, job->namespace, version);
	lf_node_set_text(snapshot, "chartName", lf_helm_chart_name(&job->chart));
	lf_node_set_text(snapshot, "chartVersion", job->version);
	lf_node_set_text(snapshot, "appVersion", lf_node_text(job->chart.about, "appVersion"));
	digest = lf_format("sha256:%s", job->digest);
	lf_node_set_text(snapshot, "configDigest", digest);
	lf_node_set_text(snapshot, "digest", digest);
	lf_node_set_text(snapshot, "action", version > 1 ? "upgrade" : "install");
	lf_free(digest);
	remember(sandbox, snapshot, objects);
	set_inventory(release, objects);
	problem = apply_all(sandbox, objects);
	if (!problem)
		prune(sandbox, before, objects);
	lf_node_free(before);
	lf_node_free(objects);
	return problem;
}

enum lf_flux_health lf_helm_check(char **problem, const struct lf_sandbox *sandbox, const struct lf_node *release,
                                  bool time_is_up)
{
	const struct lf_node *objects = remembered(sandbox, lf_node_get(release, "status.history.0"));
	struct lf_str culprits = {0};
	bool failed = false;

	for (size_t i = 0; i < lf_node_count(objects); i++) {
		const struct lf_node *object = lf_node_at(objects, i), *live = live_of(sandbox, object);
		const char *status = lf_kstatus(live);

		if (lf_equal(status, "Current"))
			continue;
		failed = failed || lf_equal(status, "Failed");
		lf_str_addf(&culprits, "%sresource %s/%s/%s not ready. status: %s, message: Available: %" PRId64 "/%" PRId64,
		            culprits.length ? "\n" : "", lf_node_text(object, "kind"), lf_tree_namespace(object),
		            lf_tree_name(object), status, lf_node_int(live, "status.availableReplicas", 0),
		            lf_node_int(live, "spec.replicas", 1));
	}
	if (!culprits.length) {
		lf_str_dispose(&culprits);
		return LF_FLUX_HEALTHY;
	}
	if (!failed && !time_is_up) {
		lf_str_dispose(&culprits);
		return LF_FLUX_WAITING;
	}
	if (time_is_up)
		lf_str_add(&culprits, "\ncontext deadline exceeded");
	*problem = lf_str_take(&culprits);
	return LF_FLUX_UNHEALTHY;
}

void lf_helm_uninstall(struct lf_sandbox *sandbox, struct lf_node *release)
{
	const struct lf_node *snapshot = lf_node_get(release, "status.history.0");
	struct lf_node *objects = remembered(sandbox, snapshot) ? lf_node_dup(remembered(sandbox, snapshot)) : NULL;

	prune(sandbox, objects, NULL);
	lf_node_free(objects);
	lf_tree_remove(release, "status.inventory");
	if (snapshot)
		lf_node_set_text(lf_node_get(release, "status.history.0"), "status", "uninstalled");
}

void lf_helm_rollback(struct lf_sandbox *sandbox, struct lf_node *release, const struct lf_node *to, int64_t version)
{
	static const char *const same[] = {"chartName", "chartVersion", "appVersion", "configDigest", "digest"};
	struct lf_node *target = lf_node_dup(to), *snapshot, *objects, *before;
	const struct lf_node *known = remembered(sandbox, to), *now = remembered(sandbox, lf_node_get(release, "status.history.0"));

	objects = known ? lf_node_dup(known) : lf_node_new(LF_NODE_LIST);
	before = now ? lf_node_dup(now) : NULL;
	snapshot = add_snapshot(release, lf_node_text(target, "name"), lf_node_text(target, "namespace"), version);
	for (size_t i = 0; i < LF_COUNT(same); i++)
		lf_node_set_text(snapshot, same[i], lf_node_text(target, same[i]));
	lf_node_set_text(snapshot, "action", "rollback");
	lf_node_set_text(snapshot, "status", "deployed");
	remember(sandbox, snapshot, objects);
	set_inventory(release, objects);
	lf_free(apply_all(sandbox, objects));
	prune(sandbox, before, objects);
	lf_node_free(objects);
	lf_node_free(before);
	lf_node_free(target);
}

size_t lf_helm_correct(char **changes, struct lf_sandbox *sandbox, const struct lf_node *release)
{
	const struct lf_node *objects = remembered(sandbox, lf_node_get(release, "status.history.0"));
	struct lf_node *copy = objects ? lf_node_dup(objects) : lf_node_new(LF_NODE_LIST);
	struct lf_str text = {0};
	size_t count = 0;

	for (size_t i = 0; i < lf_node_count(copy); i++) {
		const struct lf_node *object = lf_node_at(copy, i), *live = live_of(sandbox, object);

		if (live && lf_tree_within(object, live))
			continue;
		lf_str_addf(&text, "%s%s/%s/%s %s", count++ ? "\n" : "", lf_node_text(object, "kind"), lf_tree_namespace(object),
		            lf_tree_name(object), live ? "changed (0 additions, 1 changes, 0 removals)" : "removed");
	}
	if (count)
		lf_free(apply_all(sandbox, copy));
	*changes = lf_str_take(&text);
	lf_node_free(copy);
	return count;
}
