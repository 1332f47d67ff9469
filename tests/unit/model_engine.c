/* model_engine: see model_engine.h. The annotation "scenario" of the consumer decides what is seen. */
#include "config.h"
#include "tests/unit/model_engine.h"

#include "core/mem.h"
#include "core/plan.h"
#include "core/resource_action.h"
#include "core/str.h"

static const struct lf_question flux_questions[] = {
    {
	.id = "reconcileInterval",
	.step = LF_STEP_SYNC,
	.kind = LF_ASK_DURATION,
	.prompt = "Interval",
	.help = "How often Flux looks at the repository and compares the cluster with it.",
	.example = "1m30s",
	.fallback = "1m",
	.yaml = "spec.interval of gitrepository.yaml and flux-kustomization.yaml",
    },
};

static const struct lf_engine_kind kinds[] = {
    {"kustomize.toolkit.fluxcd.io", "Kustomization", "v1", NULL},
    {"source.toolkit.fluxcd.io", "GitRepository", "v1", NULL},
};

static const struct lf_tool_facts *flux_tool(const struct lf_cluster_facts *cluster)
{
	return &cluster->flux;
}

static const struct lf_tool_facts *argocd_tool(const struct lf_cluster_facts *cluster)
{
	return &cluster->argocd;
}

static void add(struct lf_documents *out, const struct lf_plan *plan, const char *file, struct lf_node *root)
{
	struct lf_str path = {0};

	lf_str_addf(&path, "%s/%s%s%s", lf_plan_text(plan, "gitopsPath"), lf_plan_environment(plan), *lf_plan_environment(plan) ? "-" : "", file);
	lf_documents_add(out, lf_str_text(&path), LF_DOCUMENT_GITOPS, root)->registers = true;
	lf_str_dispose(&path);
}

/* Root of an object with its metadata; returns its spec. */
static struct lf_node *begin(struct lf_node *root, const char *version, const char *kind, const struct lf_plan *plan)
{
	struct lf_node *metadata;

	lf_node_set_text(root, "apiVersion", version);
	lf_node_set_text(root, "kind", kind);
	metadata = lf_node_set_map(root, "metadata");
	lf_plan_put(metadata, "name", plan, "appName");
	lf_node_set_text(metadata, "namespace", "flux-system");
	return lf_node_set_map(root, "spec");
}

static void render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *root = lf_node_new(LF_NODE_MAP), *spec, *ref;

	(void)facts;
	spec = begin(root, "source.toolkit.fluxcd.io/v1", "GitRepository", plan);
	lf_plan_put(spec, "interval", plan, "reconcileInterval");
	lf_plan_put(spec, "url", plan, "gitRepoUrl");
	ref = lf_node_set_map(spec, "ref");
	lf_plan_put(ref, "branch", plan, "gitBranch");
	add(out, plan, "gitrepository.yaml", root);

	root = lf_node_new(LF_NODE_MAP);
	lf_node_set_comment(root, "What Flux applies, and how often.");
	spec = begin(root, "kustomize.toolkit.fluxcd.io/v1", "Kustomization", plan);
	lf_plan_put(spec, "interval", plan, "reconcileInterval");
	lf_node_set_text(spec, "retryInterval", "30s");
	lf_node_set_text(spec, "timeout", "3m");
	lf_plan_put(spec, "path", plan, "gitPath");
	lf_plan_put_bool(spec, "prune", plan, "prune");
	lf_node_set_bool(spec, "wait", true);
	lf_plan_put(spec, "targetNamespace", plan, "targetNamespace");
	ref = lf_node_set_map(spec, "sourceRef");
	lf_node_set_text(ref, "kind", "GitRepository");
	lf_plan_put(ref, "name", plan, "appName");
	add(out, plan, "flux-kustomization.yaml", root);
}

static void target(struct lf_target *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	out->consumer = lf_ref_new("kustomize.toolkit.fluxcd.io", "Kustomization", "flux-system", lf_plan_text(plan, "appName"));
	out->repository = lf_dup(lf_plan_text(plan, "gitRepoUrl"));
}

static bool find_watcher(struct lf_ref *out, const struct lf_facts *facts, const char *repository, const char *branch, const char *path, bool exact)
{
	(void)out;
	(void)facts;
	(void)repository;
	(void)branch;
	(void)path;
	(void)exact;
	return false;
}

static void wants(struct lf_wants *out, const struct lf_objects *objects, const struct lf_target *landing)
{
	(void)out;
	(void)objects;
	(void)landing;
}

static void nudge(struct lf_patch *out, const struct lf_objects *objects, const struct lf_target *landing, const char *token)
{
	(void)out;
	(void)objects;
	(void)landing;
	(void)token;
}

static void row(struct lf_progress *out, int depth, const char *group, const char *kind, const char *namespace, const char *name,
		enum lf_health health, const char *note)
{
	struct lf_ref ref = lf_ref_new(group, kind, namespace, name);

	lf_progress_add_row(out, depth, &ref, health, note);
	lf_ref_dispose(&ref);
}

static void diagnose(struct lf_progress *out)
{
	struct lf_ref pod = lf_ref_new("", "Pod", "production", "web-6c4f-9k");

	lf_diagnosis_set(&out->diagnosis, "image-not-found", &pod, "The image nginx:1.99 does not exist.");
	lf_diagnosis_evidence(&out->diagnosis, "container web: ImagePullBackOff, 4 tries, next in 40 s");
	lf_diagnosis_evidence(&out->diagnosis, "\"manifest for nginx:1.99 not found: manifest unknown: manifest unknown\"");
	lf_diagnosis_remedy(&out->diagnosis, "Correct the image here and deliver again", NULL);
	lf_diagnosis_remedy(&out->diagnosis, "Look yourself", "kubectl --context prod-eu describe pod -n production web-6c4f-9k");
	out->diagnosis.terminal = true;
	lf_ref_dispose(&pod);
}

static void assess(struct lf_progress *out, const struct lf_objects *objects, const struct lf_target *landing, int64_t now_ms)
{
	const struct lf_node *object = lf_objects_get(objects, &landing->consumer);
	const char *scenario = object ? lf_node_text(object, "metadata.annotations.scenario") : "";
	bool healthy = lf_equal(scenario, "healthy"), failed = lf_equal(scenario, "failed");
	enum lf_health overall = healthy ? LF_HEALTHY : failed ? LF_DEGRADED : LF_PROGRESSING;

	(void)now_ms;
	if (!object)
		return;
	lf_progress_note(out, LF_SEEN, LF_PHASE_DONE, NULL);
	lf_progress_note(out, LF_FETCHED, LF_PHASE_DONE, NULL);
	lf_progress_note(out, LF_APPLIED, LF_PHASE_DONE, NULL);
	lf_progress_note(out, LF_LANDED, healthy ? LF_PHASE_DONE : failed ? LF_PHASE_FAILED : LF_PHASE_RUNNING, healthy ? "3/3 ready" : failed ? "0/3" : "2/3 ready");
	row(out, 0, "source.toolkit.fluxcd.io", "GitRepository", "flux-system", "web-repo", LF_HEALTHY, "main@3f9c2ab");
	row(out, 0, "kustomize.toolkit.fluxcd.io", "Kustomization", "flux-system", "web", overall, "applied 3f9c2ab");
	row(out, 1, "", "Service", "production", "web", LF_HEALTHY, "");
	row(out, 1, "apps", "Deployment", "production", "web", overall, healthy ? "3/3 ready" : failed ? "0/3 ready" : "2/3 ready");
	row(out, 2, "", "Pod", "production", "web-7d9c-k2", failed ? LF_DEGRADED : LF_HEALTHY, failed ? "ImagePullBackOff" : "ready");
	row(out, 2, "", "Pod", "production", "web-7d9c-m8", failed ? LF_DEGRADED : LF_HEALTHY, failed ? "ImagePullBackOff" : "ready");
	row(out, 2, "", "Pod", "production", "web-7d9c-x2", overall, healthy ? "ready" : failed ? "ImagePullBackOff" : "starting, probe in 4 s");
	row(out, 1, "networking.k8s.io", "Ingress", "production", "web", LF_MISSING, "not there yet");
	out->revision = lf_dup(landing->commit);
	if (failed) {
		diagnose(out);
		out->verdict = LF_VERDICT_FAILED;
	} else if (healthy) {
		out->verdict = LF_VERDICT_HEALTHY;
	} else {
		out->waiting_for = lf_dup("Deployment production/web: 2 of 3 pods are ready");
	}
}

static bool is_running(const struct lf_node *object)
{
	return lf_equal(lf_node_text(object, "kind"), "Kustomization");
}

static struct lf_node *suspends(const struct lf_node *object, const char *token)
{
	struct lf_node *patch = lf_node_new(LF_NODE_MAP);

	(void)object;
	(void)token;
	lf_node_set_bool(lf_node_set_map(patch, "spec"), "suspend", true);
	return patch;
}

static const struct lf_resource_action suspend = {
    .title = "Suspend", .help = "It is left alone until it is resumed: commits no longer reach the cluster by it, and what somebody changes there stays.",
    .offered = is_running, .patch = suspends};
static const struct lf_resource_action look = {.title = "Reconcile", .help = "It is looked at at once.", .offered = is_running, .patch = suspends};
static const struct lf_resource_action *const actions[] = {&look, &suspend, NULL};

static const struct lf_engine flux = {
    .name = "flux",
    .title = "Flux",
    .questions = flux_questions,
    .question_count = LF_COUNT(flux_questions),
    .kinds = kinds,
    .kind_count = LF_COUNT(kinds),
    .consumer_count = 1,
    .tool = flux_tool,
    .render = render,
    .target = target,
    .find_watcher = find_watcher,
    .wants = wants,
    .nudge = nudge,
    .actions = actions,
    .assess = assess,
};
static const struct lf_engine argocd = {
    .name = "argocd",
    .title = "Argo CD",
    .kinds = kinds,
    .kind_count = LF_COUNT(kinds),
    .consumer_count = 1,
    .tool = argocd_tool,
    .render = render,
    .target = target,
    .find_watcher = find_watcher,
    .wants = wants,
    .nudge = nudge,
    .assess = assess,
};
const struct lf_engine *const model_engines[MODEL_ENGINES] = {&argocd, &flux};
