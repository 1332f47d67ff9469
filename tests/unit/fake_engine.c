#include "config.h"
#include "tests/unit/fake_engine.h"

#include <string.h>

#include "core/mem.h"
#include "core/plan.h"
#include "core/str.h"

static const struct lf_question questions[] = {
    {.id = "fakeInterval", .step = LF_STEP_SYNC, .kind = LF_ASK_DURATION, .prompt = "Interval", .help = "How often.", .fallback = "5m", .yaml = "spec.interval"},
};

static const struct lf_engine_kind kinds[] = {{"fake.example", "Thing", "v1", "fake follow {namespace}/{name}"}};

static const struct lf_tool_facts *tool(const struct lf_cluster_facts *cluster)
{
	return &cluster->flux;
}

static void render(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_node *root = lf_node_new(LF_NODE_MAP), *metadata, *spec;
	struct lf_str path = {0};

	(void)facts;
	lf_node_set_text(root, "apiVersion", "fake.example/v1");
	lf_node_set_text(root, "kind", "Thing");
	metadata = lf_node_set_map(root, "metadata");
	lf_plan_put(metadata, "name", plan, "appName");
	spec = lf_node_set_map(root, "spec");
	lf_plan_put(spec, "url", plan, "gitRepoUrl");
	lf_plan_put(spec, "path", plan, "gitPath");
	lf_plan_put(spec, "interval", plan, "fakeInterval");
	lf_str_addf(&path, "%s/%s%sthing.yaml", lf_plan_text(plan, "gitopsPath"), lf_plan_environment(plan), *lf_plan_environment(plan) ? "-" : "");
	lf_documents_add(out, lf_str_text(&path), LF_DOCUMENT_GITOPS, root)->registers = true;
	lf_str_dispose(&path);
}

static void target(struct lf_target *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	(void)facts;
	out->consumer = lf_ref_new("fake.example", "Thing", "fake", lf_plan_text(plan, "appName"));
	out->repository = lf_dup(lf_plan_text(plan, "gitRepoUrl"));
}

static bool find_watcher(struct lf_ref *out, const struct lf_facts *facts, const char *repository, const char *branch, const char *path, bool exact)
{
	(void)repository;
	(void)branch;
	(void)exact;
	for (size_t i = 0; i < lf_node_count(facts->cluster.consumers); i++) {
		const struct lf_node *object = lf_node_at(facts->cluster.consumers, i);

		if (lf_equal(lf_node_text(object, "spec.path"), path)) {
			*out = lf_ref_of(object);
			return true;
		}
	}
	return false;
}

static void wants(struct lf_wants *out, const struct lf_objects *objects, const struct lf_target *landing)
{
	lf_wants_add(out, "fake.example", "Thing", landing->consumer.namespace, landing->consumer.name, NULL);
	if (lf_objects_get(objects, &landing->consumer))
		lf_wants_add(out, "", "Pod", landing->consumer.namespace, "", NULL);
}

static void nudge(struct lf_patch *out, const struct lf_objects *objects, const struct lf_target *landing, const char *token)
{
	const struct lf_node *object = lf_objects_get(objects, &landing->consumer);

	if (!object || lf_equal(lf_node_text(object, "metadata.annotations.token"), token))
		return;
	out->ref = lf_ref_dup(&landing->consumer);
	out->body = lf_format("{\"metadata\":{\"annotations\":{\"token\":\"%s\"}}}", token);
}

static void assess(struct lf_progress *out, const struct lf_objects *objects, const struct lf_target *landing, int64_t now_ms)
{
	const struct lf_node *object = lf_objects_get(objects, &landing->consumer);
	const char *phase = object ? lf_node_text(object, "status.phase") : "";
	const char *revision = object ? lf_node_text(object, "status.revision") : "";

	(void)now_ms;
	if (!object)
		return;
	lf_progress_note(out, LF_SEEN, LF_PHASE_DONE, NULL);
	lf_progress_add_row(out, 0, &landing->consumer, LF_PROGRESSING, phase);
	if (*revision)
		out->revision = lf_dup(revision);
	if (lf_equal(phase, "failed")) {
		lf_progress_note(out, LF_FETCHED, LF_PHASE_FAILED, "no");
		lf_diagnosis_set(&out->diagnosis, "path-not-found", &landing->consumer, "The path is not there.");
		out->verdict = LF_VERDICT_FAILED;
	} else if (lf_equal(phase, "healthy") && lf_target_accepts(landing, revision)) {
		lf_progress_note(out, LF_FETCHED, LF_PHASE_DONE, NULL);
		lf_progress_note(out, LF_APPLIED, LF_PHASE_DONE, NULL);
		lf_progress_note(out, LF_LANDED, LF_PHASE_DONE, NULL);
		out->verdict = LF_VERDICT_HEALTHY;
	} else {
		lf_progress_note(out, LF_FETCHED, LF_PHASE_RUNNING, phase);
	}
}

const struct lf_engine fake_engine = {
    .name = "flux",
    .title = "Fake",
    .questions = questions,
    .question_count = LF_COUNT(questions),
    .kinds = kinds,
    .kind_count = LF_COUNT(kinds),
    .consumer_count = LF_COUNT(kinds),
    .tool = tool,
    .render = render,
    .target = target,
    .find_watcher = find_watcher,
    .wants = wants,
    .nudge = nudge,
    .assess = assess,
};
const struct lf_engine *const fake_engines[1] = {&fake_engine};
