/* flux_apply: see flux_apply.h. */
#include "config.h"
#include "providers/sandbox/flux_apply.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/apply.h"
#include "providers/sandbox/build.h"
#include "providers/sandbox/controllers.h"
#include "providers/sandbox/events.h"
#include "providers/sandbox/overlay.h"
#include "providers/sandbox/tree.h"

static const char manager[] = "kustomize-controller";

/* "Deployment/shop/web", as Flux writes objects. */
static char *subject(const struct lf_node *object)
{
	const char *namespace = lf_tree_namespace(object);

	return lf_format("%s/%s%s%s", lf_node_text(object, "kind"), namespace, *namespace ? "/" : "",
	                 lf_tree_name(object));
}

static const char *commit_of(const char *revision)
{
	const char *colon = strrchr(revision, ':');

	return colon ? colon + 1 : revision;
}

char *lf_flux_path_problem(struct lf_sandbox *sandbox, const struct lf_node *object, const char *revision)
{
	const char *path = lf_node_text(object, "spec.path");
	char *clean = lf_path_clean(*path ? path : "./"), *problem = NULL;
	struct lf_snapshot *snapshot = NULL;
	struct lf_error err;

	if (lf_snapshot_open(&snapshot, sandbox->repository, commit_of(revision), &err))
		problem = lf_dup(err.message);
	else if (!clean || lf_path_is_missing(sandbox, object, clean) ||
	         lf_snapshot_look(snapshot, clean) != LF_ENTRY_FOLDER)
		problem = lf_format("kustomization path not found: stat /tmp/kustomization-%.8s/%s: no such "
		                    "file or directory",
		                    lf_tree_uid(object), clean ? clean : path);
	lf_snapshot_free(snapshot);
	lf_free(clean);
	return problem;
}

/* The fields of the Kustomization that change objects, as an overlay. */
static struct lf_node *own_overlay(const struct lf_node *object)
{
	static const char *const same[] = {"namePrefix", "nameSuffix", "images", "patches"};
	const struct lf_node *spec = lf_node_key(object, "spec");
	struct lf_node *overlay = lf_node_new(LF_NODE_MAP), *pairs;

	for (size_t i = 0; i < LF_COUNT(same); i++)
		if (lf_node_key(spec, same[i]))
			(void)lf_node_set(overlay, same[i], lf_node_dup(lf_node_key(spec, same[i])));
	if (*lf_node_text(spec, "targetNamespace"))
		lf_node_set_text(overlay, "namespace", lf_node_text(spec, "targetNamespace"));
	if (lf_node_get(spec, "commonMetadata.annotations"))
		(void)lf_node_set(overlay, "commonAnnotations",
		                  lf_node_dup(lf_node_get(spec, "commonMetadata.annotations")));
	pairs = lf_node_get(spec, "commonMetadata.labels")
	            ? lf_node_dup(lf_node_get(spec, "commonMetadata.labels"))
	            : lf_node_new(LF_NODE_MAP);
	lf_node_set_text(pairs, "kustomize.toolkit.fluxcd.io/name", lf_tree_name(object));
	lf_node_set_text(pairs, "kustomize.toolkit.fluxcd.io/namespace", lf_tree_namespace(object));
	(void)lf_node_set(lf_node_add_map(lf_node_set_list(overlay, "labels")), "pairs", pairs);
	return overlay;
}

/* What others live in comes first. */
static struct lf_node *staged(const struct lf_node *objects)
{
	struct lf_node *out = lf_node_new(LF_NODE_LIST);

	for (size_t stage = 0; stage < 2; stage++)
		for (size_t i = 0; i < lf_node_count(objects); i++) {
			const char *word = lf_node_text(lf_node_at(objects, i), "kind");
			bool first =
			    lf_equal(word, "Namespace") || lf_equal(word, "CustomResourceDefinition");

			if (first == (stage == 0))
				(void)lf_node_add(out, lf_node_dup(lf_node_at(objects, i)));
		}
	return out;
}

/* What a real cluster does and this one does not is refused, not left out. */
static int check_understood(const struct lf_node *object, struct lf_error *err)
{
	static const char *const unknown[] = {"components", "postBuild", "decryption", "kubeConfig"};

	for (size_t i = 0; i < LF_COUNT(unknown); i++)
		if (lf_node_key(lf_node_key(object, "spec"), unknown[i]))
			return lf_fail(err, LF_EINVAL, "sandbox.flux", 0,
			               "the demo does not know spec.%s; a real cluster does", unknown[i]);
	return LF_OK;
}

int lf_flux_build(struct lf_node **out, struct lf_sandbox *sandbox, const struct lf_node *object,
                  const char *revision, struct lf_error *err)
{
	const char *path = lf_node_text(object, "spec.path");
	struct lf_node *overlay = own_overlay(object), *list = NULL;
	struct lf_snapshot *snapshot = NULL;
	int result = check_understood(object, err);

	if (result == LF_OK)
		result = lf_snapshot_open(&snapshot, sandbox->repository, commit_of(revision), err);
	if (result == LF_OK)
		result = lf_build(&list, snapshot, *path ? path : "./", LF_BUILD_FLUX, err);
	if (result == LF_OK)
		result = lf_overlay(&list, overlay, err);
	if (result == LF_OK)
		*out = staged(list);
	lf_node_free(list);
	lf_node_free(overlay);
	lf_snapshot_free(snapshot);
	return result;
}

void lf_flux_add_entry(struct lf_node *entries, const struct lf_node *object)
{
	const char *api_version = lf_node_text(object, "apiVersion"), *slash = strchr(api_version, '/');
	struct lf_node *entry = lf_node_add_map(entries);
	char *id =
	    lf_format("%s_%s_%.*s_%s", lf_tree_namespace(object), lf_tree_name(object),
	              (int)(slash ? slash - api_version : 0), api_version, lf_node_text(object, "kind"));

	lf_node_set_text(entry, "id", id);
	lf_node_set_text(entry, "v", slash ? slash + 1 : api_version);
	lf_free(id);
}

/* The live object an inventory entry names; NULL if it is gone. The kind of its place is *KIND. */
static const struct lf_node *entry_object(const struct lf_store *store, const struct lf_node *entry,
                                          const struct lf_kind **kind)
{
	char *parts[4], *copy = lf_dup(lf_node_text(entry, "id")), *at = copy;
	const struct lf_node *found = NULL;
	size_t count = 0;

	for (; count < 4; count++) {
		parts[count] = at;
		at = strchr(at, '_');
		if (!at)
			break;
		*at++ = '\0';
	}
	*kind = count == 3 ? lf_kind_of_group(parts[2], parts[3]) : NULL;
	if (*kind)
		found = lf_store_find(store, *kind, parts[0], parts[1]);
	lf_free(copy);
	return found;
}

static char *refusal_text(const struct lf_node *object, const struct lf_refusal *refusal)
{
	char *name = subject(object), *text;

	if (lf_equal(refusal->reason, "NotFound"))
		text = lf_format("%s not found: %s", name, refusal->message);
	else if (*refusal->reason)
		text = lf_format("%s dry-run failed (%s): %s", name, refusal->reason, refusal->message);
	else
		text = lf_format("%s dry-run failed: %s", name, refusal->message);
	lf_free(name);
	return text;
}

static char *apply_one(struct lf_sandbox *sandbox, const struct lf_node *wanted, struct lf_str *log)
{
	struct lf_refusal refusal = {0};
	struct lf_applied applied;
	char *name = subject(wanted), *problem = NULL;

	if (lf_is_namespaced(wanted) && !*lf_tree_namespace(wanted))
		problem = lf_format(
		    "%s namespace not specified: the server could not find the requested resource", name);
	else if (lf_apply(&applied, sandbox->store, wanted, manager, LF_APPLY_FORCE, &refusal))
		problem = refusal_text(wanted, &refusal);
	else {
		if (applied.result != LF_APPLY_UNCHANGED)
			lf_str_addf(log, "%s%s %s", log->length ? "\n" : "", name,
			            lf_apply_word(applied.result));
		lf_node_free(applied.object);
	}
	lf_refusal_dispose(&refusal);
	lf_free(name);
	return problem;
}

static void tell(struct lf_sandbox *sandbox, const struct lf_node *object, const char *revision,
                 struct lf_str *log)
{
	if (log->length)
		lf_event_annotated(sandbox, object, "Normal", "Progressing", manager,
		                   "kustomize.toolkit.fluxcd.io/revision", revision, lf_str_text(log));
	lf_str_dispose(log);
}

/* Deletes what the entries of OLD name and those of NOW (NULL: none) do not. */
static void prune(struct lf_sandbox *sandbox, const struct lf_node *object, const struct lf_node *old,
                  const struct lf_node *now, struct lf_str *log)
{
	for (size_t i = 0; i < lf_node_count(old); i++) {
		const struct lf_node *entry = lf_node_at(old, i), *live;
		const struct lf_kind *kind;
		char *name, *place, *id;

		if (lf_tree_item(now, "id", lf_node_text(entry, "id")))
			continue;
		live = entry_object(sandbox->store, entry, &kind);
		if (!live ||
		    !lf_equal(lf_tree_get_label(live, "kustomize.toolkit.fluxcd.io/name"),
		              lf_tree_name(object)) ||
		    lf_equal(lf_tree_get_annotation(live, "kustomize.toolkit.fluxcd.io/prune"), "disabled"))
			continue;
		name = subject(live);
		place = lf_dup(lf_tree_namespace(live));
		id = lf_dup(lf_tree_name(live));
		lf_delete(sandbox, kind, place, id);
		lf_str_addf(log, "%s%s deleted", log->length ? "\n" : "", name);
		lf_free(name);
		lf_free(place);
		lf_free(id);
	}
}

char *lf_flux_apply(struct lf_sandbox *sandbox, struct lf_node *object, const struct lf_node *objects,
                    const char *revision)
{
	struct lf_node *entries = lf_node_new(LF_NODE_LIST), *old;
	struct lf_str log = {0};
	char *problem = NULL;

	for (size_t i = 0; !problem && i < lf_node_count(objects); i++) {
		problem = apply_one(sandbox, lf_node_at(objects, i), &log);
		lf_flux_add_entry(entries, lf_node_at(objects, i));
	}
	if (problem) { /* what was applied so far is part of the message */
		lf_node_free(entries);
		if (log.length) {
			char *longer = lf_format("%s\n%s", problem, lf_str_text(&log));

			lf_free(problem);
			problem = longer;
		}
		lf_str_dispose(&log);
		return problem;
	}
	tell(sandbox, object, revision, &log);
	old = lf_node_dup(lf_node_get(object, "status.inventory.entries"));
	lf_tree_set(object, "status.inventory.entries", entries);
	if (lf_node_true(object, "spec.prune"))
		prune(sandbox, object, old, entries, &log);
	tell(sandbox, object, revision, &log);
	lf_node_free(old);
	return NULL;
}

bool lf_flux_has_checks(const struct lf_node *object)
{
	return lf_node_true(object, "spec.wait") ||
	       lf_node_count(lf_node_get(object, "spec.healthChecks")) > 0;
}

/* The objects to check as inventory entries. */
static struct lf_node *checked_entries(const struct lf_node *object)
{
	const struct lf_node *checks = lf_node_get(object, "spec.healthChecks");
	struct lf_node *out;

	if (lf_node_true(object, "spec.wait"))
		return lf_node_dup(lf_node_get(object, "status.inventory.entries"));
	out = lf_node_new(LF_NODE_LIST);
	for (size_t i = 0; i < lf_node_count(checks); i++) {
		struct lf_node *copy = lf_node_dup(lf_node_at(checks, i));

		lf_tree_text(copy, "metadata.name", lf_node_text(copy, "name"));
		lf_tree_text(copy, "metadata.namespace", lf_node_text(copy, "namespace"));
		if (!*lf_node_text(copy, "apiVersion"))
			lf_node_set_text(copy, "apiVersion", "apps/v1");
		lf_flux_add_entry(out, copy);
		lf_node_free(copy);
	}
	return out;
}

enum lf_flux_health lf_flux_check(char **problem, const struct lf_sandbox *sandbox,
                                  const struct lf_node *object, bool time_is_up)
{
	struct lf_node *entries = checked_entries(object);
	struct lf_str culprits = {0};
	size_t waiting = 0, failed = 0;

	for (size_t i = 0; i < lf_node_count(entries); i++) {
		const struct lf_kind *kind;
		const struct lf_node *live = entry_object(sandbox->store, lf_node_at(entries, i), &kind);
		const char *status = lf_kstatus(live);
		char *name;

		if (lf_equal(status, "Current") ||
		    (live &&
		     lf_equal(lf_tree_uid(live), lf_tree_uid(object)))) /* it does not wait for itself */
			continue;
		failed += lf_equal(status, "Failed");
		waiting += !lf_equal(status, "Failed");
		name = live ? subject(live) : lf_dup(lf_node_text(lf_node_at(entries, i), "id"));
		if (lf_equal(status, "Failed") || time_is_up)
			lf_str_addf(&culprits, "%s%s status: '%s'", culprits.length ? ", " : "", name,
			            status);
		lf_free(name);
	}
	lf_node_free(entries);
	if (!waiting && !failed) {
		lf_str_dispose(&culprits);
		return LF_FLUX_HEALTHY;
	}
	if (waiting && !time_is_up) {
		lf_str_dispose(&culprits);
		return LF_FLUX_WAITING;
	}
	*problem =
	    lf_format("%s: [%s]", waiting ? "timeout waiting for" : "failed early due to stalled resources",
	              lf_str_text(&culprits));
	lf_str_dispose(&culprits);
	return LF_FLUX_UNHEALTHY;
}

void lf_flux_finalize(struct lf_sandbox *sandbox, const struct lf_node *object)
{
	const char *policy = lf_node_text(object, "spec.deletionPolicy");
	bool deletes = lf_equal(policy, "Delete") || lf_equal(policy, "WaitForTermination") ||
	               (!lf_equal(policy, "Orphan") && lf_node_true(object, "spec.prune"));
	struct lf_str log = {0};

	if (deletes && !lf_node_true(object, "spec.suspend"))
		prune(sandbox, object, lf_node_get(object, "status.inventory.entries"), NULL, &log);
	tell(sandbox, object, lf_node_text(object, "status.lastAppliedRevision"), &log);
	lf_store_remove(sandbox->store, lf_kind_get(LF_K_KUSTOMIZATION), lf_tree_namespace(object),
	                lf_tree_name(object));
}

void lf_flux_drift(struct lf_sandbox *sandbox, const struct lf_node *object)
{
	const struct lf_node *entries = lf_node_get(object, "status.inventory.entries");

	for (size_t i = 0; i < lf_node_count(entries); i++) {
		const struct lf_kind *kind;
		const struct lf_node *live = entry_object(sandbox->store, lf_node_at(entries, i), &kind);

		if (live && kind->id == LF_K_DEPLOYMENT)
			lf_drift_begin(sandbox, object, lf_tree_namespace(live), lf_tree_name(live));
	}
}
