/* questions: what Flux needs to know beyond the common rows, with the limits of its CRDs: intervals are ^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$ (no days), and the timeout of a
 * source knows no hours either. */
#include "config.h"
#include "providers/flux/flux.h"

#include <stdio.h>
#include <string.h>

#include "core/chart_source.h"
#include "core/mem.h"
#include "core/questions.h"
#include "core/str.h"
#include "core/text.h"

static bool derive_namespace(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)plan;
	return facts->cluster.flux.present && lf_suggest(out, facts->cluster.flux.namespace, "found in the cluster");
}

/* Applying ours over somebody else's Kustomization would prune what theirs applied. */
static int check_namespace(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	int code = lf_check_dns_label(value, 63, "The namespace", err);
	const struct lf_node *clash = code ? NULL : lf_flux_find_clash(plan, facts, value);
	char *name, *path;

	if (!clash)
		return code;
	name = lf_text_clean_dup(lf_node_text(clash, "metadata.name"), 80);
	path = lf_text_clean_dup(lf_node_text(clash, "spec.path"), 120);
	lf_fail(err, LF_EINVAL, "fluxNamespace", 0, "A Kustomization %s exists in %s and applies %s.", name, value, path && *path ? path : "another path");
	lf_hint(err, "Give the application another name, or choose another namespace here. Taking it over would prune what it applied.");
	lf_free(name);
	lf_free(path);
	return LF_EINVAL;
}

/* A folder without a kustomization.yaml is applied with everything below it. */
static bool warn_twice(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	for (size_t i = 0; i < lf_plan_part_count(plan); i++) {
		const struct lf_plan *part = lf_plan_part(plan, i);
		struct lf_ref above = {0};

		if (!lf_flux_find_twice(&above, part, facts))
			continue;
		(void)value;
		lf_fail(out, LF_EINVAL, "fluxNamespace", 0, "The Kustomization %.63s applies everything below its folder, and so %.120s a second time.", above.name, lf_plan_text(part, "gitPath"));
		lf_hint(out, "Give that folder a kustomization.yaml that lists what it is to apply, or choose a path outside it: two that apply the same undo each other.");
		lf_ref_dispose(&above);
		return true;
	}
	return false;
}

int lf_flux_check_interval(const char *value, struct lf_error *err)
{
	if (lf_duration_ms(value) >= 1000)
		return LF_OK;
	lf_fail(err, LF_EINVAL, "flux.duration", 0, "This is too short.");
	lf_hint(err, "At least one second; numbers with ms, s, m or h. Example: 5m");
	return LF_EINVAL;
}

static int check_interval(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	(void)plan;
	(void)facts;
	return lf_flux_check_interval(value, err);
}

static int check_source_timeout(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	if (!strchr(value, 'h'))
		return check_interval(value, plan, facts, err);
	lf_fail(err, LF_EINVAL, "sourceTimeout", 0, "Flux takes no hours for the timeout of a source.");
	lf_hint(err, "Numbers with ms, s or m. Example: 90s");
	return LF_EINVAL;
}

static int check_secret(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	size_t n = strlen(value);

	(void)plan;
	(void)facts;
	if (n <= 253 && strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-.") == n && value[0] != '-' && value[0] != '.' && value[n - 1] != '-' &&
	    value[n - 1] != '.')
		return LF_OK;
	lf_fail(err, LF_EINVAL, "gitSecretName", 0, "This is not the name of a Secret.");
	lf_hint(err, "Only its name, never its content: lower-case letters, digits, - and dots. Example: git-credentials");
	return LF_EINVAL;
}

/* As long as Helm itself waits. */
static bool derive_apply_timeout(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	return lf_plan_is_chart(plan) && lf_suggest(out, "5m", "as Helm");
}

static bool writes_consumer(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_ref adopted = {0};
	bool found = lf_flux_find_adopted(&adopted, plan, facts);

	lf_ref_dispose(&adopted);
	return !found;
}

static bool writes_kustomization(const struct lf_plan *plan, const struct lf_facts *facts)
{
	return !lf_plan_is_chart(plan) && writes_consumer(plan, facts);
}

static bool writes_source(const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_flux_source source = {0};
	bool writes = !lf_plan_is_remote_chart(plan) && writes_consumer(plan, facts);

	lf_flux_choose_source(&source, plan, facts);
	writes = writes && !source.reused;
	lf_flux_source_dispose(&source);
	return writes;
}

/* The source has no question of its own: that its name is another one is said with the first of it. */
static bool warn_taken(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_flux_source source = {0};
	bool taken;

	(void)value;
	lf_flux_choose_source(&source, lf_plan_part(plan, 0), facts);
	taken = source.taken && !source.reused;
	if (taken) {
		lf_fail(out, LF_EINVAL, "sourceInterval", 0, "A GitRepository %.63s exists and reads another address or branch: this one will be %.63s.", source.taken, source.name);
		lf_hint(out, "The name without the number is another application's, or an earlier one's. Another name for the application makes another one for its source.");
	}
	lf_flux_source_dispose(&source);
	return taken;
}

const struct lf_question lf_flux_questions[] = {
	{
	    .id = "fluxNamespace",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_NAMESPACE,
	    .prompt = "Namespace of the Flux objects",
	    .help = "Where Flux's own objects live; not where the application runs.",
	    .detail = "Usually the namespace Flux itself runs in. Secrets that Flux objects name must lie in the same namespace.",
	    .example = "flux-system",
	    .yaml = "metadata.namespace of gitrepository.yaml and flux-kustomization.yaml or helmrepository.yaml",
	    .fallback = "flux-system",
	    .derive = derive_namespace,
	    .check = check_namespace,
	    .warn = warn_twice,
	},
	{
	    .id = "gitSecretName",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_TEXT,
	    .prompt = "Secret with Git credentials",
	    .help = "Name of a Secret in that namespace, for a private repository. Empty: none.",
	    .detail = "Flux reads the repository with it: keys username and password for https, identity and known_hosts for ssh. Landfall only writes its name; the Secret "
		      "itself never goes to Git. To make it: flux create secret git NAME --url=URL",
	    .example = "git-credentials",
	    .yaml = "spec.secretRef.name of gitrepository.yaml",
	    .optional = true,
	    .check = check_secret,
	    .shown = writes_source,
	},
	{
	    .id = "sourceInterval",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_DURATION,
	    .prompt = "Look for commits every",
	    .help = "How often Flux asks the Git server. Landfall asks for a look at once after its own push.",
	    .example = "1m",
	    .yaml = "spec.interval of gitrepository.yaml",
	    .fallback = "1m",
	    .check = check_interval,
	    .warn = warn_taken,
	    .shown = writes_source,
	},
	{
	    .id = "sourceTimeout",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_DURATION,
	    .prompt = "Time for one fetch",
	    .help = "How long a fetch may take. Empty: Flux's own 60s.",
	    .example = "90s",
	    .yaml = "spec.timeout of gitrepository.yaml",
	    .optional = true,
	    .check = check_source_timeout,
	    .shown = writes_source,
	},
	{
	    .id = "reconcileInterval",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_DURATION,
	    .prompt = "Reconciliation interval",
	    .help = "How often the cluster is compared with Git even if nothing was pushed: drift lives this long.",
	    .example = "5m",
	    .yaml = "spec.interval of flux-kustomization.yaml or helmrelease.yaml",
	    .fallback = "5m",
	    .check = check_interval,
	    .shown = writes_consumer,
	},
	{
	    .id = "retryInterval",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_DURATION,
	    .prompt = "After a failure, try again in",
	    .help = "Empty: only at the next interval.",
	    .example = "2m",
	    .yaml = "spec.retryInterval of flux-kustomization.yaml",
	    .fallback = "2m",
	    .optional = true,
	    .check = check_interval,
	    .shown = writes_kustomization,
	},
	{
	    .id = "applyTimeout",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_DURATION,
	    .prompt = "Time to apply and get healthy",
	    .help = "After this, Flux calls it failed and says what is not ready.",
	    .example = "3m",
	    .yaml = "spec.timeout of flux-kustomization.yaml or helmrelease.yaml",
	    .fallback = "3m",
	    .derive = derive_apply_timeout,
	    .check = check_interval,
	    .shown = writes_consumer,
	},
	{
	    .id = "fluxWait",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Wait for health",
	    .help = "Whether Flux calls it ready only when everything it applied is healthy.",
	    .yaml = "spec.wait of flux-kustomization.yaml",
	    .fallback = "yes",
	    .shown = writes_kustomization,
	},
	{
	    .id = "fluxSuspend",
	    .step = LF_STEP_SYNC,
	    .kind = LF_ASK_YESNO,
	    .prompt = "Begin suspended",
	    .help = "Whether Flux shall not act until somebody resumes it.",
	    .yaml = "spec.suspend of flux-kustomization.yaml or helmrelease.yaml",
	    .fallback = "no",
	    .shown = writes_consumer,
	},
};
_Static_assert(LF_COUNT(lf_flux_questions) == LF_FLUX_QUESTIONS, "count the rows again");
