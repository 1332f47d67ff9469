/* actions: what can be asked of an Application, as the argocd command does it (reference argocd §3.5). The controller reads an operation's own options only, so those of the
 * Application are copied into it. */
#include "config.h"
#include "providers/argocd/argocd.h"

#include "core/resource_action.h"

static bool is_application(const struct lf_node *object)
{
	return lf_equal(lf_node_text(object, "kind"), "Application") && lf_starts_with(lf_node_text(object, "apiVersion"), "argoproj.io/");
}

static bool is_busy(const struct lf_node *object)
{
	return lf_node_kind(lf_node_get(object, "operation")) == LF_NODE_MAP || lf_equal(lf_node_text(object, "status.operationState.phase"), "Running");
}

static bool is_idle(const struct lf_node *object)
{
	return is_application(object) && !is_busy(object);
}

static bool can_be_ended(const struct lf_node *object)
{
	return is_application(object) && lf_equal(lf_node_text(object, "status.operationState.phase"), "Running");
}

static const struct lf_node *automated(const struct lf_node *object)
{
	const struct lf_node *policy = lf_node_get(object, "spec.syncPolicy.automated");

	return lf_node_kind(policy) == LF_NODE_MAP ? policy : NULL;
}

static bool is_off(const struct lf_node *object)
{
	const struct lf_node *enabled = lf_node_key(automated(object), "enabled");

	return enabled && !lf_node_true(enabled, NULL);
}

static bool syncs_by_itself(const struct lf_node *object)
{
	return is_application(object) && automated(object) && !is_off(object);
}

static bool is_suspended(const struct lf_node *object)
{
	return is_application(object) && automated(object) && is_off(object);
}

static struct lf_node *sync_with(const struct lf_node *object, bool prune)
{
	struct lf_node *patch = lf_node_new(LF_NODE_MAP), *operation = lf_node_set_map(patch, "operation"), *sync = lf_node_set_map(operation, "sync");
	const struct lf_node *options = lf_node_get(object, "spec.syncPolicy.syncOptions"), *retry = lf_node_get(object, "spec.syncPolicy.retry");

	/* Whoever began one since this was read is not overwritten. */
	lf_node_set_text(lf_node_set_map(patch, "metadata"), "resourceVersion", lf_node_text(object, "metadata.resourceVersion"));
	lf_node_set_text(lf_node_set_map(operation, "initiatedBy"), "username", "landfall");
	lf_node_set_bool(sync, "prune", prune);
	if (options)
		(void)lf_node_set(sync, "syncOptions", lf_node_dup(options));
	(void)lf_node_set_map(lf_node_set_map(sync, "syncStrategy"), "hook");
	if (retry)
		(void)lf_node_set(operation, "retry", lf_node_dup(retry));
	(void)lf_node_set(lf_node_set_map(patch, "status"), "operationState", lf_node_new(LF_NODE_NULL)); /* of the one before */
	return patch;
}

static struct lf_node *sync_now(const struct lf_node *object, const char *token)
{
	(void)token;
	return sync_with(object, lf_node_true(object, "spec.syncPolicy.automated.prune"));
}

static struct lf_node *sync_and_prune(const struct lf_node *object, const char *token)
{
	(void)token;
	return sync_with(object, true);
}

static struct lf_node *refresh_hard(const struct lf_node *object, const char *token)
{
	struct lf_node *patch = lf_node_new(LF_NODE_MAP);

	(void)object;
	(void)token;
	lf_node_set_text(lf_node_set_map(lf_node_set_map(patch, "metadata"), "annotations"), "argocd.argoproj.io/refresh", "hard");
	return patch;
}

static struct lf_node *terminate(const struct lf_node *object, const char *token)
{
	struct lf_node *patch = lf_node_new(LF_NODE_MAP);

	(void)object;
	(void)token;
	lf_node_set_text(lf_node_set_map(lf_node_set_map(patch, "status"), "operationState"), "phase", "Terminating");
	return patch;
}

static struct lf_node *switch_automatic(bool on)
{
	struct lf_node *patch = lf_node_new(LF_NODE_MAP), *policy = lf_node_set_map(lf_node_set_map(lf_node_set_map(patch, "spec"), "syncPolicy"), "automated");

	(void)lf_node_set(policy, "enabled", on ? lf_node_new(LF_NODE_NULL) : lf_node_bool_new(false)); /* null takes the field away: on is the default */
	return patch;
}

static struct lf_node *suspend(const struct lf_node *object, const char *token)
{
	(void)object;
	(void)token;
	return switch_automatic(false);
}

static struct lf_node *resume(const struct lf_node *object, const char *token)
{
	(void)object;
	(void)token;
	return switch_automatic(true);
}

static const struct lf_resource_action sync_action = {
    .title = "Sync", .help = "Argo CD applies what Git says now, with this Application's own sync options.", .offered = is_idle, .patch = sync_now};
static const struct lf_resource_action prune_action = {
    .title = "Sync and prune", .help = "The same, and what is no longer in Git is deleted from the cluster.", .offered = is_idle, .patch = sync_and_prune};
static const struct lf_resource_action terminate_action = {
    .title = "Terminate the sync", .help = "The sync that is running ends where it is; what it has applied so far stays.", .offered = can_be_ended, .patch = terminate};
static const struct lf_resource_action refresh_action = {
    .title = "Refresh, hard", .help = "Argo CD reads the repository and renders anew, without its cache of manifests. Nothing is applied by that.", .offered = is_application, .patch = refresh_hard};
static const struct lf_resource_action suspend_action = {
    .title = "Suspend automatic sync", .help = "Commits reach the cluster only by a sync by hand, until it is resumed. Where the Application itself is kept in Git, that may put it back.", .offered = syncs_by_itself, .patch = suspend};
static const struct lf_resource_action resume_action = {
    .title = "Resume automatic sync", .help = "Argo CD applies by itself again what Git says.", .offered = is_suspended, .patch = resume};

const struct lf_resource_action *const lf_argocd_actions[] = {&sync_action, &prune_action, &terminate_action, &refresh_action, &suspend_action, &resume_action, NULL};
