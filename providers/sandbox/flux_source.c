/* flux_source: source-controller for GitRepositories: it resolves the reference in the demo's repository and
 * stores an artifact for the commit. */
#include "config.h"
#include "providers/sandbox/controllers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"
#include "providers/sandbox/events.h"
#include "providers/sandbox/tree.h"

enum { NOTICE_MS = 120, FETCH_MS = 600, STORE_MS = 250, RETRY_MS = 10000, POLL_MS = 4000 };

static const char finalizer[] = "finalizers.fluxcd.io", requested_key[] = "reconcile.fluxcd.io/requestedAt",
                  component[] = "source-controller";

static void on_begin(struct lf_sandbox *sandbox, const struct lf_task *task);
static void on_fetch(struct lf_sandbox *sandbox, const struct lf_task *task);
static void on_store(struct lf_sandbox *sandbox, const struct lf_task *task);

static const struct lf_kind *kind(void)
{
	return lf_kind_get(LF_K_GITREPOSITORY);
}

static void put(struct lf_sandbox *sandbox, struct lf_node *source)
{
	(void)lf_store_put(sandbox->store, kind(), source, NULL);
}

static bool is_new_generation(const struct lf_node *source)
{
	const struct lf_node *ready = lf_tree_condition_of(source, "Ready");

	return !ready ||
	       lf_node_int(ready, "observedGeneration", 0) != lf_node_int(source, "metadata.generation", 0);
}

static bool is_requested(const struct lf_node *source)
{
	const char *token = lf_tree_get_annotation(source, requested_key);

	return *token && !lf_equal(token, lf_node_text(source, "status.lastHandledReconcileAt"));
}

static bool is_busy(const struct lf_sandbox *sandbox, const char *uid)
{
	return lf_tasks_pending(sandbox, on_fetch, uid) || lf_tasks_pending(sandbox, on_store, uid);
}

static void on_begin(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *source = lf_task_object(sandbox, task);

	if (!source || is_busy(sandbox, task->uid) ||
	    (lf_node_true(source, "spec.suspend") && !*lf_node_text(source, "metadata.deletionTimestamp"))) {
		lf_node_free(source);
		return;
	}
	if (*lf_node_text(source, "metadata.deletionTimestamp")) {
		lf_node_free(source);
		lf_store_remove(sandbox->store, task->kind, task->namespace, task->name);
		return;
	}
	if (!lf_tree_has(lf_node_get(source, "metadata.finalizers"), finalizer))
		lf_node_add_text(lf_tree_list(source, "metadata.finalizers"), finalizer);
	if (is_new_generation(source)) {
		lf_tree_condition(source, "Reconciling", "True", "Progressing", "reconciliation in progress");
		lf_tree_condition(source, "Ready", "Unknown", "Progressing", "reconciliation in progress");
	}
	lf_tasks_add(sandbox, FETCH_MS, on_fetch, task->kind, source, 0, NULL);
	put(sandbox, source);
}

/* The run is over: whatever was requested when it read the repository has been handled. */
static void finish(struct lf_sandbox *sandbox, struct lf_node *source, const char *token)
{
	if (*token)
		lf_tree_text(source, "status.lastHandledReconcileAt", token);
	if (lf_tree_is(source, "Ready", "True")) {
		lf_tree_condition_drop(source, "Reconciling");
		lf_tree_int(source, "status.observedGeneration",
		            lf_node_int(source, "metadata.generation", 1));
	} else if (lf_tree_condition_of(source, "Reconciling")) {
		char *message = lf_dup(lf_node_text(lf_tree_condition_of(source, "Reconciling"), "message"));

		lf_tree_condition(source, "Reconciling", "True", "ProgressingWithRetry", message);
		lf_free(message);
	}
	put(sandbox, source);
}

static void fail(struct lf_sandbox *sandbox, struct lf_node *source, const char *token, const char *message)
{
	lf_tree_condition(source, "FetchFailed", "True", "GitOperationFailed", message);
	lf_tree_condition(source, "Ready", "False", "GitOperationFailed", message);
	lf_event(sandbox, source, "Warning", "GitOperationFailed", component, "%s", message);
	lf_tasks_add(sandbox, lf_demo_interval_ms(lf_node_text(source, "spec.interval"), RETRY_MS), on_begin,
	             kind(), source, 0, NULL);
	finish(sandbox, source, token);
}

/* The reference to resolve, and what stands before the "@" of the revision. */
static const char *reference_of(const struct lf_node *source, const char **label)
{
	const char *commit = lf_node_text(source, "spec.ref.commit"),
	           *branch = lf_node_text(source, "spec.ref.branch");
	const char *name = lf_node_text(source, "spec.ref.name"), *tag = lf_node_text(source, "spec.ref.tag");

	*label = *commit ? branch : *name ? name : *tag ? tag : *branch ? branch : "master";
	return *commit ? commit : *label;
}

static char *host_of(const char *url)
{
	const char *start = strstr(url, "://"), *at;

	start = start ? start + 3 : url;
	at = strchr(start, '@');
	if (at && at < start + strcspn(start, "/"))
		start = at + 1;
	return lf_dup_n(start, strcspn(start, ":/"));
}

static char *resolve(char commit[41], const struct lf_sandbox *sandbox, const struct lf_node *source)
{
	const char *url = lf_node_text(source, "spec.url"), *label, *reference = reference_of(source, &label);
	struct lf_error err;

	if (!lf_repository_is(sandbox->repository, url)) {
		char *host = host_of(url);
		char *text = lf_format("failed to checkout and determine revision: unable to clone '%s': "
		                       "dial tcp: lookup %s on 10.96.0.10:53: no such host",
		                       url, host);

		lf_free(host);
		return text;
	}
	if (lf_repository_resolve(commit, sandbox->repository, reference, &err))
		return lf_format("failed to checkout and determine revision: unable to clone '%s': couldn't "
		                 "find remote ref \"%s%s\"",
		                 url, lf_starts_with(reference, "refs/") ? "" : "refs/heads/", reference);
	return NULL;
}

static void on_fetch(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *source = lf_task_object(sandbox, task);
	const char *label;
	char commit[41];
	char *token, *problem, *revision, *message, *note;

	if (!source)
		return;
	token = lf_dup(lf_tree_get_annotation(source, requested_key));
	problem = resolve(commit, sandbox, source);
	if (problem) {
		fail(sandbox, source, token, problem);
		lf_free(problem);
		lf_free(token);
		return;
	}
	(void)reference_of(source, &label);
	revision = lf_format("%s%ssha1:%s", label, *label ? "@" : "", commit);
	if (!lf_equal(revision, lf_node_text(source, "status.artifact.revision"))) {
		message = lf_format("building artifact: new upstream revision '%s'", revision);
		lf_tree_condition(source, "Reconciling", "True", "Progressing", message);
		lf_tree_condition(source, "Ready", "Unknown", "Progressing", message);
		lf_tree_condition(source, "ArtifactOutdated", "True", "NewRevision",
		                  message + strlen("building artifact: "));
		lf_free(message);
	}
	note = lf_format("%s\n%s", revision, token);
	lf_tasks_add(sandbox, STORE_MS, on_store, task->kind, source,
	             lf_node_int(source, "metadata.generation", 1), note);
	put(sandbox, source);
	lf_free(note);
	lf_free(revision);
	lf_free(token);
}

static void set_artifact(struct lf_node *source, const char *revision)
{
	struct lf_node *artifact = lf_tree_map(source, "status.artifact");
	const char *commit = strrchr(revision, ':') + 1;
	char digest[65], now[32];
	char *path = lf_format("gitrepository/%s/%s/%s.tar.gz", lf_tree_namespace(source),
	                       lf_tree_name(source), commit),
	     *text;

	lf_random_hex(digest, 64);
	text = lf_format("sha256:%s", digest);
	lf_node_set_text(artifact, "digest", text);
	lf_free(text);
	lf_node_set_text(artifact, "lastUpdateTime", lf_clock(now));
	lf_node_set_text(artifact, "path", path);
	lf_node_set_text(artifact, "revision", revision);
	lf_node_set_int(artifact, "size", 2048 + (int64_t)strtol(digest + 60, NULL, 16) % 4096);
	text = lf_format("http://source-controller.flux-system.svc.cluster.local./%s", path);
	lf_node_set_text(artifact, "url", text);
	lf_free(text);
	lf_free(path);
}

static void announce(struct lf_sandbox *sandbox, const struct lf_node *source, const char *revision)
{
	struct lf_snapshot *snapshot = NULL;
	char *message;

	if (lf_snapshot_open(&snapshot, sandbox->repository, strrchr(revision, ':') + 1, NULL))
		return;
	message = lf_format("stored artifact for commit '%s'", lf_snapshot_summary(snapshot));
	lf_event_annotated(sandbox, source, "Normal", "NewArtifact", component,
	                   "source.toolkit.fluxcd.io/revision", revision, message);
	lf_free(message);
	lf_snapshot_free(snapshot);
}

static void on_store(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *source = lf_task_object(sandbox, task);
	const char *line = strchr(task->note, '\n');
	char *revision, *message;

	if (!source)
		return;
	if (lf_node_int(source, "metadata.generation", 1) !=
	    task->number) { /* changed meanwhile: what was fetched may be the wrong thing */
		lf_tasks_add(sandbox, NOTICE_MS, on_begin, task->kind, source, 0, NULL);
		lf_node_free(source);
		return;
	}
	revision = lf_dup_n(task->note, (size_t)(line - task->note));
	message = lf_format("stored artifact for revision '%s'", revision);
	if (!lf_equal(revision, lf_node_text(source, "status.artifact.revision"))) {
		set_artifact(source, revision);
		announce(sandbox, source, revision);
	}
	lf_tree_condition_drop(source, "ArtifactOutdated");
	lf_tree_condition_drop(source, "FetchFailed");
	lf_tree_condition(source, "Ready", "True", "Succeeded", message);
	lf_tree_condition(source, "ArtifactInStorage", "True", "Succeeded", message);
	finish(sandbox, source, line + 1);
	lf_free(message);
	lf_free(revision);
}

void lf_flux_source_notice(struct lf_sandbox *sandbox, const struct lf_change *change)
{
	if (change->kind != kind() || change->type == LF_DELETED ||
	    is_busy(sandbox, lf_tree_uid(change->after)))
		return;
	if (*lf_node_text(change->after, "metadata.deletionTimestamp") || is_new_generation(change->after) ||
	    is_requested(change->after))
		lf_tasks_add(sandbox, NOTICE_MS, on_begin, change->kind, change->after, 0, NULL);
}

void lf_flux_source_pushed(struct lf_sandbox *sandbox)
{
	const struct lf_node *source;

	for (size_t i = 0; (source = lf_store_next(sandbox->store, kind(), NULL, &i));)
		if (lf_repository_is(sandbox->repository, lf_node_text(source, "spec.url")))
			lf_tasks_add(sandbox,
			             lf_demo_interval_ms(lf_node_text(source, "spec.interval"), POLL_MS),
			             on_begin, kind(), source, 0, NULL);
}
