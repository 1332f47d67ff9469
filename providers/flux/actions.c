/* actions: what can be asked of an object of Flux, as the flux command does it (reference flux §3.1). */
#include "config.h"
#include "providers/flux/flux.h"

#include "core/resource_action.h"

#define REQUESTED "reconcile.fluxcd.io/requestedAt"

static bool is_flux(const struct lf_node *object)
{
	const char *group = lf_node_text(object, "apiVersion");

	for (const char *at = group; *at && *at != '/'; at++) {
		if (lf_starts_with(at, ".toolkit.fluxcd.io/"))
			return true;
	}
	return false;
}

/* Those that only hold settings are not reconciled, and know no suspend. */
static bool reconciles(const struct lf_node *object)
{
	const char *kind = lf_node_text(object, "kind");

	return is_flux(object) && !lf_equal(kind, "Provider") && !lf_equal(kind, "Alert") && !lf_equal(lf_node_text(object, "spec.type"), "oci");
}

static bool runs(const struct lf_node *object)
{
	return reconciles(object) && !lf_node_true(object, "spec.suspend");
}

static bool is_suspended(const struct lf_node *object)
{
	return reconciles(object) && lf_node_true(object, "spec.suspend");
}

static bool is_release(const struct lf_node *object)
{
	return runs(object) && lf_equal(lf_node_text(object, "kind"), "HelmRelease");
}

static void annotate(struct lf_node *patch, const char *name, const char *token)
{
	lf_node_set_text(lf_node_set_map(lf_node_set_map(patch, "metadata"), "annotations"), name, token);
}

static struct lf_node *reconcile(const struct lf_node *object, const char *token)
{
	struct lf_node *patch = lf_node_new(LF_NODE_MAP);

	(void)object;
	annotate(patch, REQUESTED, token);
	return patch;
}

static struct lf_node *suspend(const struct lf_node *object, const char *token)
{
	struct lf_node *patch = lf_node_new(LF_NODE_MAP);

	(void)object;
	(void)token;
	lf_node_set_bool(lf_node_set_map(patch, "spec"), "suspend", true);
	return patch;
}

static struct lf_node *resume(const struct lf_node *object, const char *token)
{
	struct lf_node *patch = reconcile(object, token);

	lf_node_set_bool(lf_node_set_map(patch, "spec"), "suspend", false);
	return patch;
}

/* These two count only when they are equal to the request. */
static struct lf_node *force(const struct lf_node *object, const char *token)
{
	struct lf_node *patch = reconcile(object, token);

	annotate(patch, "reconcile.fluxcd.io/forceAt", token);
	return patch;
}

static struct lf_node *reset(const struct lf_node *object, const char *token)
{
	struct lf_node *patch = reconcile(object, token);

	annotate(patch, "reconcile.fluxcd.io/resetAt", token);
	return patch;
}

static const struct lf_resource_action reconcile_action = {
    .title = "Reconcile", .help = "Flux looks at it at once instead of at its interval. Nothing changes that Git does not say.", .offered = runs, .patch = reconcile};
static const struct lf_resource_action suspend_action = {
    .title = "Suspend", .help = "Flux leaves it alone until it is resumed: commits no longer reach the cluster by it, and what somebody changes there stays.", .offered = runs, .patch = suspend};
static const struct lf_resource_action resume_action = {
    .title = "Resume", .help = "Flux takes it up again, at once. What was changed by hand meanwhile is put back to what Git says.", .offered = is_suspended, .patch = resume};
static const struct lf_resource_action force_action = {
    .title = "Force an upgrade", .help = "One Helm upgrade now, although neither chart nor values changed.", .offered = is_release, .patch = force};
static const struct lf_resource_action reset_action = {
    .title = "Reset failures", .help = "Its count of failures begins anew, so that Flux tries again where it had given up.", .offered = is_release, .patch = reset};

const struct lf_resource_action *const lf_flux_actions[] = {&reconcile_action, &suspend_action, &resume_action, &force_action, &reset_action, NULL};
