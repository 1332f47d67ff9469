/* helm_source: source-controller for charts: HelmRepository (its index), HelmChart (the chart in a repository or in a
 * GitRepository) and OCIRepository, with the conditions and events of the real one. Where a chart comes from is
 * chart_find's; what is in it nobody asks before it is installed. */
#include "config.h"
#include "providers/sandbox/controllers.h"

#include <string.h>

#include "core/mem.h"
#include "core/sha256.h"
#include "core/str.h"
#include "providers/sandbox/chart_find.h"
#include "providers/sandbox/events.h"
#include "providers/sandbox/tree.h"

enum { NOTICE_MS = 120, FETCH_MS = 500, RETRY_MS = 10000 };

static void on_begin(struct lf_sandbox *sandbox, const struct lf_task *task);

static const char finalizer[] = "finalizers.fluxcd.io", requested_key[] = "reconcile.fluxcd.io/requestedAt",
                  component[] = "source-controller";

static bool is_ours(const struct lf_kind *kind)
{
	return kind->id == LF_K_HELMREPOSITORY || kind->id == LF_K_HELMCHART || kind->id == LF_K_OCIREPOSITORY;
}

/* A HelmRepository of a registry has nothing to be fetched, and never a status. */
static bool is_static(const struct lf_node *source)
{
	return lf_equal(lf_node_text(source, "spec.type"), "oci");
}

/* What came of looking: an artifact's revision, or why there is none. */
struct outcome {
	char *revision, *name, *observed; /* NAME: of the file; OBSERVED: the revision of the source it was taken from */
	const char *reason;
	char *message;
	bool stalls; /* looking again brings nothing before the spec changes */
};

static char *host_of(const char *url)
{
	const char *start = strstr(url, "://");

	start = start ? start + 3 : url;
	return lf_dup_n(start, strcspn(start, ":/"));
}

static void fetch_index(struct outcome *out, const struct lf_sandbox *sandbox, const struct lf_node *source)
{
	const char *url = lf_node_text(source, "spec.url");
	char *host;

	if (lf_charts_is(sandbox, url)) {
		char digest[65];

		lf_sha256_hex(digest, url, strlen(url));
		out->revision = lf_format("sha256:%s", digest);
		out->name = lf_dup("index");
		out->reason = "Succeeded";
		out->message = lf_format("stored artifact: revision '%s'", out->revision);
		return;
	}
	host = host_of(url);
	out->reason = "Failed";
	out->message = lf_format("failed to fetch Helm repository index: failed to cache index to temporary file: Get "
	                         "\"%s/index.yaml\": dial tcp: lookup %s on 10.96.0.10:53: no such host",
	                         url, host);
	lf_free(host);
}

static void refuse_chart(struct outcome *out, char *why)
{
	out->reason = "InvalidChartReference";
	out->message = lf_format("invalid chart reference: failed to get chart version for remote reference: %s", why);
	out->stalls = true;
	lf_free(why);
}

static void take_chart(struct outcome *out, struct lf_sandbox *sandbox, const struct lf_node *owner, const char *name,
                       const char *version)
{
	const struct lf_chart_release *release;

	switch (lf_chart_find(&release, sandbox, owner, name, version)) {
	case LF_CHART_NO_NAME:
		refuse_chart(out, lf_dup("no chart name found"));
		return;
	case LF_CHART_NO_VERSION:
		refuse_chart(out, lf_format("no '%s' chart with version matching '%s' found", name, version));
		return;
	case LF_CHART_THERE:
		break;
	}
	out->revision = lf_dup(release->version);
	out->name = lf_dup(release->name);
	out->reason = "ChartPullSucceeded";
	out->message = lf_format("pulled '%s' chart with version '%s'", release->name, release->version);
}

static void package_chart(struct outcome *out, struct lf_sandbox *sandbox, const struct lf_node *chart,
                          const struct lf_node *git)
{
	const char *revision = lf_node_text(git, "status.artifact.revision"), *colon = strrchr(revision, ':');
	const char *path = lf_node_text(chart, "spec.chart");
	struct lf_helm_chart found;
	struct lf_error err = {0};

	if (lf_chart_in_git(&found, sandbox, chart, colon ? colon + 1 : revision, path, &err)) {
		out->stalls = true;
		out->reason = "InvalidChartReference";
		if (err.code == LF_ENOTFOUND)
			out->message = lf_format("invalid chart reference: stat /tmp/helmchart-%s-%s/source/%s: no such file or "
			                         "directory",
			                         lf_tree_namespace(chart), lf_tree_name(chart),
			                         path + (lf_starts_with(path, "./") ? 2 : 0));
		else
			out->message = lf_format("invalid chart reference: %s", err.message);
	} else {
		bool by_commit = lf_equal(lf_node_text(chart, "spec.reconcileStrategy"), "Revision");

		out->revision = lf_format("%s%s%.12s", lf_helm_chart_version(&found), by_commit ? "+" : "",
		                          by_commit && colon ? colon + 1 : "");
		out->name = lf_dup(lf_helm_chart_name(&found));
		out->reason = "ChartPackageSucceeded";
		out->message = lf_format("packaged '%s' chart with version '%s'", out->name, out->revision);
	}
	out->observed = lf_dup(revision);
	lf_helm_chart_dispose(&found);
}

static const struct lf_node *origin_of(const struct lf_sandbox *sandbox, const struct lf_node *chart)
{
	const char *kind = lf_node_text(chart, "spec.sourceRef.kind");
	enum lf_kind_id id = lf_equal(kind, "GitRepository") ? LF_K_GITREPOSITORY : LF_K_HELMREPOSITORY;

	if (lf_equal(kind, "Bucket"))
		return NULL;
	return lf_store_find(sandbox->store, lf_kind_get(id), lf_tree_namespace(chart),
	                     lf_node_text(chart, "spec.sourceRef.name"));
}

static void fetch_chart(struct outcome *out, struct lf_sandbox *sandbox, const struct lf_node *chart)
{
	const struct lf_node *origin = origin_of(sandbox, chart);
	const char *kind = lf_node_text(chart, "spec.sourceRef.kind"), *name = lf_node_text(chart, "spec.sourceRef.name");
	bool git = lf_equal(kind, "GitRepository");

	if (!origin) {
		out->reason = "SourceUnavailable";
		out->message = lf_format("failed to get source: %s.source.toolkit.fluxcd.io \"%s\" not found",
		                         git ? "gitrepositories" : "helmrepositories", name);
	} else if (!is_static(origin) && !*lf_node_text(origin, "status.artifact.revision")) {
		out->reason = "NoSourceArtifact";
		out->message = lf_format("no artifact available for %s source '%s'", kind, name);
	} else if (git) {
		package_chart(out, sandbox, chart, origin);
	} else if (!lf_charts_is(sandbox, lf_node_text(origin, "spec.url"))) {
		char *host = host_of(lf_node_text(origin, "spec.url"));

		out->reason = "ChartPullError";
		out->message = lf_format("chart pull error: failed to get chart: dial tcp: lookup %s on 10.96.0.10:53: no "
		                         "such host",
		                         host);
		lf_free(host);
	} else {
		take_chart(out, sandbox, chart, lf_node_text(chart, "spec.chart"), lf_node_text(chart, "spec.version"));
		out->observed = lf_dup(lf_node_text(origin, "status.artifact.revision"));
	}
}

/* "oci://HOST/charts/podinfo" with a tag or a range. */
static void fetch_oci(struct outcome *out, struct lf_sandbox *sandbox, const struct lf_node *source)
{
	const char *url = lf_node_text(source, "spec.url"), *slash = strrchr(url, '/');
	const char *tag = lf_node_text(source, "spec.ref.tag"), *range = lf_node_text(source, "spec.ref.semver");
	char *folder = lf_dup_n(url, slash ? (size_t)(slash - url) : 0), *text, digest[65];
	bool ours = lf_charts_is(sandbox, folder);

	lf_free(folder);
	if (ours)
		take_chart(out, sandbox, source, slash + 1, *range ? range : *tag ? tag : "*");
	if (ours && out->revision) {
		lf_sha256_hex(digest, out->revision, strlen(out->revision));
		text = lf_format("%s@sha256:%s", out->revision, digest);
		lf_free(out->revision);
		lf_free(out->message);
		out->revision = text;
		out->reason = "Succeeded";
		out->message = lf_format("stored artifact for digest '%s'", text);
		return;
	}
	lf_free(out->message);
	out->stalls = false;
	out->reason = "OCIArtifactPullFailed";
	out->message = lf_format("failed to determine artifact digest: GET %s: MANIFEST_UNKNOWN: manifest unknown", url);
}

static void set_artifact(struct lf_node *source, const struct outcome *found)
{
	struct lf_node *artifact;
	char digest[65], now[32], *text;

	if (lf_equal(lf_node_text(source, "status.artifact.revision"), found->revision))
		return;
	artifact = lf_tree_map(source, "status.artifact");
	lf_random_hex(digest, 64);
	text = lf_format("sha256:%s", digest);
	lf_node_set_text(artifact, "digest", text);
	lf_free(text);
	lf_node_set_text(artifact, "lastUpdateTime", lf_clock(now));
	text = lf_format("%s/%s/%s/%s-%s.tgz", lf_node_text(source, "kind"), lf_tree_namespace(source),
	                 lf_tree_name(source), found->name, found->revision);
	lf_node_set_text(artifact, "path", text);
	lf_free(text);
	lf_node_set_text(artifact, "revision", found->revision);
}

/* The run is over. What stalls is done with its generation; what may be tried again is not. */
static void finish(struct lf_sandbox *sandbox, const struct lf_kind *kind, struct lf_node *source,
                   const struct outcome *found)
{
	const char *token = lf_tree_get_annotation(source, requested_key);
	const char *failure = kind->id == LF_K_HELMCHART && found->stalls ? "BuildFailed" : "FetchFailed";

	if (*token)
		lf_tree_text(source, "status.lastHandledReconcileAt", token);
	lf_tree_condition_drop(source, "Stalled");
	lf_tree_condition_drop(source, "FetchFailed");
	lf_tree_condition_drop(source, "BuildFailed");
	if (found->revision) {
		lf_tree_condition_drop(source, "Reconciling");
		lf_tree_condition(source, "Ready", "True", found->reason, found->message);
		lf_tree_condition(source, "ArtifactInStorage", "True", found->reason, found->message);
	} else {
		lf_tree_condition(source, failure, "True", found->reason, found->message);
		lf_tree_condition(source, "Ready", "False", found->reason, found->message);
		lf_event(sandbox, source, "Warning", found->reason, component, "%s", found->message);
		lf_tree_condition_drop(source, "Reconciling");
		if (found->stalls)
			lf_tree_condition(source, "Stalled", "True", found->reason, found->message);
		else
			lf_tree_condition(source, "Reconciling", "True", "ProgressingWithRetry", found->message);
	}
	if (found->revision || found->stalls)
		lf_tree_int(source, "status.observedGeneration", lf_node_int(source, "metadata.generation", 1));
	else
		lf_tasks_add(sandbox, RETRY_MS, on_begin, kind, source, 0, NULL);
	(void)lf_store_put(sandbox->store, kind, source, NULL);
}

static void on_fetch(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *source = lf_task_object(sandbox, task);
	struct outcome found = {0};
	bool is_new;

	if (!source)
		return;
	if (lf_node_int(source, "metadata.generation", 1) != task->number) { /* changed meanwhile */
		lf_tasks_add(sandbox, NOTICE_MS, on_begin, task->kind, source, 0, NULL);
		lf_node_free(source);
		return;
	}
	if (task->kind->id == LF_K_HELMREPOSITORY)
		fetch_index(&found, sandbox, source);
	else if (task->kind->id == LF_K_OCIREPOSITORY)
		fetch_oci(&found, sandbox, source);
	else
		fetch_chart(&found, sandbox, source);
	is_new = found.revision && !lf_equal(found.revision, lf_node_text(source, "status.artifact.revision"));
	if (found.revision)
		set_artifact(source, &found);
	if (found.observed)
		lf_tree_text(source, "status.observedSourceArtifactRevision", found.observed);
	if (is_new)
		lf_event_annotated(sandbox, source, "Normal",
		                   task->kind->id == LF_K_HELMCHART ? found.reason : "NewArtifact", component,
		                   "source.toolkit.fluxcd.io/revision", found.revision, found.message);
	finish(sandbox, task->kind, source, &found);
	lf_free(found.revision);
	lf_free(found.name);
	lf_free(found.observed);
	lf_free(found.message);
}

static void on_begin(struct lf_sandbox *sandbox, const struct lf_task *task)
{
	struct lf_node *source = lf_task_object(sandbox, task);
	const struct lf_node *ready;

	if (!source)
		return;
	if (*lf_node_text(source, "metadata.deletionTimestamp")) {
		lf_node_free(source);
		lf_store_remove(sandbox->store, task->kind, task->namespace, task->name);
		return;
	}
	if (is_static(source) || lf_node_true(source, "spec.suspend") || lf_tasks_pending(sandbox, on_fetch, task->uid)) {
		lf_node_free(source);
		return;
	}
	ready = lf_tree_condition_of(source, "Ready");
	if (!lf_tree_has(lf_node_get(source, "metadata.finalizers"), finalizer))
		lf_node_add_text(lf_tree_list(source, "metadata.finalizers"), finalizer);
	if (!ready || lf_node_int(ready, "observedGeneration", 0) != lf_node_int(source, "metadata.generation", 0)) {
		lf_tree_condition(source, "Reconciling", "True", "Progressing", "reconciliation in progress");
		lf_tree_condition(source, "Ready", "Unknown", "Progressing", "reconciliation in progress");
	}
	lf_tasks_add(sandbox, FETCH_MS, on_fetch, task->kind, source, lf_node_int(source, "metadata.generation", 1), NULL);
	(void)lf_store_put(sandbox->store, task->kind, source, NULL);
}

/* A repository has a new artifact: its charts may be others now. */
static void notice_origin(struct lf_sandbox *sandbox, const struct lf_change *change)
{
	const struct lf_kind *kind = lf_kind_get(LF_K_HELMCHART);
	const struct lf_node *chart;

	if (change->type == LF_DELETED || lf_equal(lf_node_text(change->before, "status.artifact.revision"),
	                                           lf_node_text(change->after, "status.artifact.revision")))
		return;
	for (size_t i = 0; (chart = lf_store_next(sandbox->store, kind, NULL, &i));)
		if (origin_of(sandbox, chart) && lf_equal(lf_tree_uid(origin_of(sandbox, chart)), lf_tree_uid(change->after)))
			lf_tasks_add(sandbox, NOTICE_MS, on_begin, kind, chart, 0, NULL);
}

void lf_helm_source_notice(struct lf_sandbox *sandbox, const struct lf_change *change)
{
	const struct lf_node *object = change->after, *ready = lf_tree_condition_of(object, "Ready");
	const char *token = lf_tree_get_annotation(object, requested_key);

	if (change->kind->id == LF_K_GITREPOSITORY || change->kind->id == LF_K_HELMREPOSITORY)
		notice_origin(sandbox, change);
	if (!is_ours(change->kind) || change->type == LF_DELETED || is_static(object) ||
	    lf_tasks_pending(sandbox, on_fetch, lf_tree_uid(object)))
		return;
	if (*lf_node_text(object, "metadata.deletionTimestamp") || !ready ||
	    lf_node_int(ready, "observedGeneration", 0) != lf_node_int(object, "metadata.generation", 0) ||
	    (*token && !lf_equal(token, lf_node_text(object, "status.lastHandledReconcileAt"))))
		lf_tasks_add(sandbox, NOTICE_MS, on_begin, change->kind, object, 0, NULL);
}
