/* models: see models.h. */
#include "config.h"
#include "tests/unit/models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "tests/unit/model_engine.h"
#include "tui/input.h"

#define NOW 1795257067000LL /* 2026-11-21 10:31:07 UTC */
#define URL "git@git.example.com:shop/config.git"
#define COMMIT "3f9c2ab1d0e84b7fa2c95d6e1f00b3a4c5d6e7f8"

static void keep(struct lf_event *event, void *payload)
{
	model_event(payload, event);
}

void model_event(struct model *model, struct lf_event *event)
{
	lf_effects_dispose(&model->effects);
	event->now_ms = model->now_ms;
	lf_app_update(model->app, event, &model->effects);
	lf_event_dispose(event);
	lf_tui_sync(&model->tui, model->app, model->now_ms);
}

static void press(const struct lf_key *key, void *payload)
{
	struct model *model = payload;

	lf_tui_sync(&model->tui, model->app, model->now_ms);
	lf_tui_key(&model->tui, model->app, key, keep, model);
	lf_tui_sync(&model->tui, model->app, model->now_ms);
}

void model_keys(struct model *model, const char *bytes)
{
	struct lf_input input;

	lf_input_init(&input, press, model);
	lf_input_feed(&input, bytes, strlen(bytes));
	lf_input_timeout(&input);
	lf_input_dispose(&input);
}

void model_draw(struct model *model, struct lf_canvas *canvas, bool ascii)
{
	lf_canvas_init(canvas, model->tui.rows, model->tui.cols, ascii);
	lf_tui_sync(&model->tui, model->app, model->now_ms);
	lf_tui_draw(&model->tui, model->app, canvas);
}

static void happen(struct model *model, enum lf_event_kind kind)
{
	struct lf_event event = {.kind = kind};

	model_event(model, &event);
}

static void set(struct model *model, const char *id, const char *value)
{
	struct lf_event event = {.kind = LF_EVENT_SET, .id = lf_dup(id), .text = lf_dup(value)};

	model_event(model, &event);
}

static void go(struct model *model, enum lf_step step)
{
	struct lf_event event = {.kind = LF_EVENT_GOTO, .step = step};

	model_event(model, &event);
}

static void find_workdir(struct model *model)
{
	struct lf_event event = {.kind = LF_EVENT_WORKDIR};

	event.workdir = lf_alloc(1, sizeof(*event.workdir));
	event.workdir->state = LF_FACT_KNOWN;
	event.workdir->remote_url = lf_dup(URL);
	event.workdir->remote = lf_dup("origin");
	event.workdir->branch = lf_dup("main");
	event.workdir->folder = lf_dup("web");
	event.workdir->author_name = lf_dup("P. Engineer");
	event.workdir->author_email = lf_dup("p@example.com");
	model_event(model, &event);
}

static void find_cluster(struct model *model)
{
	static const char *const namespaces[] = {"argocd", "default", "flux-system", "kube-system", "production", "staging"};
	struct lf_event event = {.kind = LF_EVENT_CLUSTER};
	struct lf_cluster_facts *cluster = event.cluster = lf_alloc(1, sizeof(*cluster));

	cluster->context = lf_dup("prod-eu");
	cluster->namespace = lf_dup("default");
	cluster->server_version = lf_dup("v1.35.4");
	lf_names_add(&cluster->contexts, "prod-eu");
	lf_names_add(&cluster->contexts, "staging-eu");
	lf_names_add(&cluster->contexts, "kind-lab");
	for (size_t i = 0; i < LF_COUNT(namespaces); i++)
		lf_names_add(&cluster->namespaces, namespaces[i]);
	cluster->flux = (struct lf_tool_facts){.present = true, .version = lf_dup("v2.9.0"), .namespace = lf_dup("flux-system")};
	cluster->argocd = (struct lf_tool_facts){.present = true, .version = lf_dup("v3.2.1"), .namespace = lf_dup("argocd")};
	model_event(model, &event);
}

static void lose_cluster(struct model *model)
{
	struct lf_event event = {.kind = LF_EVENT_CLUSTER};

	event.cluster = lf_alloc(1, sizeof(*event.cluster));
	lf_names_add(&event.cluster->contexts, "prod-eu");
	event.cluster->context = lf_dup("prod-eu");
	lf_fail(&event.error, LF_ENET, "kube", 0, "https://10.0.0.1:6443 does not answer: connection timed out.");
	lf_hint(&event.error, "Is the VPN up? F5 tries again; everything but validating and watching works without it.");
	model_event(model, &event);
}

static void find_repository(struct model *model)
{
	static const char *const branches[] = {"dev", "main", "staging"};
	struct lf_event event = {.kind = LF_EVENT_REPOSITORY, .text = lf_dup(URL)};

	model->now_ms += 400;
	happen(model, LF_EVENT_TICK);
	event.repository = lf_alloc(1, sizeof(*event.repository));
	for (size_t i = 0; i < LF_COUNT(branches); i++)
		lf_names_add(&event.repository->branches, branches[i]);
	event.repository->transport = lf_dup("ssh");
	event.repository->default_branch = lf_dup("main");
	event.repository->took_ms = 200;
	model_event(model, &event);
}

static void find_path(struct model *model)
{
	static const char *const entries[] = {"deployment.yaml", "ingress.yaml", "kustomization.yaml", "patches/", "secrets/"};
	struct lf_event event = {.kind = LF_EVENT_PATH, .text = lf_dup(URL), .id = lf_dup("main"), .text2 = lf_dup("apps/web/overlays/production")};

	model->now_ms += 400;
	happen(model, LF_EVENT_TICK);
	event.path = lf_alloc(1, sizeof(*event.path));
	event.path->tip = lf_dup(COMMIT);
	event.path->exists = event.path->is_folder = event.path->has_kustomization = true;
	event.path->manifests = 3;
	for (size_t i = 0; i < LF_COUNT(entries); i++)
		lf_names_add(&event.path->entries, entries[i]);
	model_event(model, &event);
}

/* Everything answered that the wizard asks. */
static void answer(struct model *model)
{
	happen(model, LF_EVENT_START);
	find_workdir(model);
	find_cluster(model);
	set(model, "gitopsDeployment", "flux");
	set(model, "targetNamespace", "production");
	set(model, "scaffold", "no");
}

static void repository_step(struct model *model)
{
	answer(model);
	go(model, LF_STEP_REPOSITORY);
	find_repository(model);
	find_path(model);
	model_keys(model, "\x1b[B\x1b[B"); /* down to the path */
}

static void review_step(struct model *model)
{
	static const char old[] = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: web\n  namespace: flux-system\nspec:\n"
				  "  interval: 10m\n  path: ./apps/web\n  prune: false\n";
	struct lf_event event = {.kind = LF_EVENT_FILES};

	repository_step(model);
	set(model, "gitPath", "apps/web/overlays/production");
	go(model, LF_STEP_REVIEW);
	event.files = lf_alloc(1, sizeof(*event.files));
	event.files->tip = lf_dup(COMMIT);
	event.files->items = lf_alloc(1, sizeof(*event.files->items));
	event.files->count = 1;
	event.files->items[0].path = lf_dup("apps/web/overlays/production/flux-kustomization.yaml");
	event.files->items[0].text = lf_dup(old);
	model_event(model, &event);
}

static void validate(struct model *model, const char *refused)
{
	for (size_t i = 0; i < model->app->review.count; i++) {
		const char *path = model->app->review.files[i].document->path;
		struct lf_event event = {.kind = LF_EVENT_VALIDATED, .text = lf_dup(path)};

		if (refused && strstr(path, refused)) {
			lf_fail(&event.error, LF_EREFUSED, "validate", 422, "spec.interval: Invalid value: \"soon\": should match ^([0-9]+(ms|s|m|h))+$");
			lf_hint(&event.error, "A duration such as 1m30s. The question is on the step Sync.");
		}
		model_event(model, &event);
	}
}

static void stage(struct model *model, enum lf_stage at, uint64_t received, uint64_t sent, const char *line)
{
	struct lf_event event = {.kind = LF_EVENT_DELIVERY};

	model->now_ms += 300;
	event.delivery = lf_alloc(1, sizeof(*event.delivery));
	*event.delivery = (struct lf_delivery_news){.stage = at, .attempt = 1, .bytes_received = received, .bytes_sent = sent, .remote_line = lf_dup(line)};
	model_event(model, &event);
}

static void deliver_step(struct model *model)
{
	review_step(model);
	validate(model, NULL);
	model->now_ms += 5000; /* it was looked at */
	happen(model, LF_EVENT_DELIVER);
	stage(model, LF_STAGE_BUILD, 8421, 0, NULL);
	stage(model, LF_STAGE_COMMIT, 8421, 0, NULL);
	stage(model, LF_STAGE_PUSH, 8421, 2130, "remote: Resolving deltas: 100% (3/3), completed.");
	model->now_ms += 300;
}

static void refuse_push(struct model *model)
{
	struct lf_event event = {.kind = LF_EVENT_DELIVERED};

	stage(model, LF_STAGE_PUSH, 8421, 2130, "remote: GL-HOOK-ERR: main is protected; open a merge request");
	lf_fail(&event.error, LF_EREFUSED, "git.push", 0, "git.example.com refused the push to main: pre-receive hook declined");
	lf_hint(&event.error, "Nothing was changed there. Choose another branch on the step Repository, or ask for the permission to push.");
	model_event(model, &event);
}

static void object(struct model *model, const char *yaml)
{
	struct lf_event event = {.kind = LF_EVENT_OBJECT};
	struct lf_node *list = NULL;

	if (lf_yaml_parse(&list, yaml, strlen(yaml), "model", &lf_yaml_limits_default, NULL))
		abort();
	event.object = lf_node_dup(lf_node_at(list, 0));
	lf_node_free(list);
	model_event(model, &event);
}

static void cluster_event(struct model *model, int number, const char *time, const char *type, const char *kind, const char *name, const char *message)
{
	struct lf_str text = {0};

	lf_str_addf(&text,
		    "apiVersion: v1\nkind: Event\nmetadata: {name: e%d, namespace: production, uid: e%d, resourceVersion: \"%d\"}\nlastTimestamp: "
		    "\"2026-11-21T%sZ\"\ntype: %s\nmessage: \"%s\"\ninvolvedObject: {kind: %s, name: %s}\n",
		    number, number, number, time, type, message, kind, name);
	object(model, lf_str_text(&text));
	lf_str_dispose(&text);
}

/* SCENARIO is what the stand-in engine reads to decide what it sees. */
static void landing_step(struct model *model, const char *scenario)
{
	struct lf_event event = {.kind = LF_EVENT_DELIVERED};
	struct lf_str text = {0};

	deliver_step(model);
	event.delivered = lf_alloc(1, sizeof(*event.delivered));
	*event.delivered = (struct lf_delivered){.commit = lf_dup(COMMIT), .attempts = 1, .bytes_received = 8421, .bytes_sent = 2130};
	model_event(model, &event);
	while (model->app->delivery.registering) {
		struct lf_event registered = {.kind = LF_EVENT_REGISTERED};

		model_event(model, &registered);
	}
	event = (struct lf_event){.kind = LF_EVENT_WATCH_STATE, .number = LF_FRESH_LIVE};
	model_event(model, &event);
	model->now_ms += 1200;
	happen(model, LF_EVENT_TICK);
	lf_str_addf(&text,
		    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web, namespace: flux-system, uid: k1, generation: 1, "
		    "resourceVersion: \"5\", creationTimestamp: \"2026-11-21T10:31:09Z\", annotations: {scenario: %s}}\nstatus:\n  conditions:\n"
		    "  - {type: Ready, status: \"False\", reason: HealthCheckFailed, message: \"health check failed after 2m0s: Deployment/production/web\"}\n",
		    scenario);
	object(model, lf_str_text(&text));
	lf_str_dispose(&text);
	cluster_event(model, 11, "10:31:12", "Normal", "Deployment", "web", "Scaled up replica set web-7d9c to 3");
	cluster_event(model, 12, "10:31:14", "Normal", "Pod", "web-7d9c-x2", "Pulled nginx:1.27 in 1.1 s");
	cluster_event(model, 13, "10:31:15", "Normal", "Pod", "web-7d9c-x2", "Started container web");
	cluster_event(model, 14, "10:31:16", "Warning", "Pod", "web-7d9c-x2", "Readiness probe failed: connection refused");
	model->now_ms += 39000;
	happen(model, LF_EVENT_TICK);
}

static void log_line(struct model *model, const char *line)
{
	struct lf_event event = {.kind = LF_EVENT_LOG_LINE, .text = lf_dup(line)};

	model_event(model, &event);
}

static void make_start(struct model *m)
{
	happen(m, LF_EVENT_START);
}
static void make_start_found(struct model *m)
{
	happen(m, LF_EVENT_START);
	find_workdir(m);
	find_cluster(m);
}
static void make_start_unreachable(struct model *m)
{
	happen(m, LF_EVENT_START);
	lose_cluster(m);
}
static void make_start_newcomer(struct model *m)
{
	struct lf_event event = {.kind = LF_EVENT_CLUSTER};

	happen(m, LF_EVENT_START);
	lf_fail(&event.error, LF_ENOTFOUND, "kube", 0, "There is no kubeconfig.");
	model_event(m, &event);
	event = (struct lf_event){.kind = LF_EVENT_WORKDIR, .workdir = lf_alloc(1, sizeof(*event.workdir))};
	model_event(m, &event);
}
static void make_start_session(struct model *m)
{
	struct lf_event event = {.kind = LF_EVENT_SESSION, .text = lf_dup("version: 1\nanswers:\n  gitopsDeployment: flux\n  appName: web\n")};

	make_start_found(m);
	model_event(m, &event);
}
static void make_method(struct model *m)
{
	make_start_found(m);
	model_keys(m, "\r");
}
static void make_provider(struct model *m)
{
	make_method(m);
	model_keys(m, "\r");
}
static void make_application(struct model *m)
{
	answer(m);
	set(m, "scaffold", "yes");
	go(m, LF_STEP_APPLICATION);
	model_keys(m, "\r\r\r\r"); /* down to the image */
}
static void make_sync_flash(struct model *m)
{
	answer(m);
	go(m, LF_STEP_SYNC);
	model_keys(m, "\x1b[F0s"); /* 1m: 1m0s */
}
static void make_repository(struct model *m)
{
	repository_step(m);
}
static void make_repository_checking(struct model *m)
{
	answer(m);
	go(m, LF_STEP_REPOSITORY);
	m->now_ms += 400;
	happen(m, LF_EVENT_TICK);
}
static void make_repository_problem(struct model *m)
{
	repository_step(m);
	model_keys(m, "\x15../etc\r");
}
static void make_repository_browse(struct model *m)
{
	repository_step(m);
	model_keys(m, "\x02\x1b[B\x1b[B\x1b[B\x1b[B\x1b[B");
}
static void make_branches(struct model *m)
{
	repository_step(m);
	model_keys(m, "\x1b[A\x02" "a");
}
static void make_preview(struct model *m)
{
	repository_step(m);
	model_keys(m, "\x1b[12~");
}
static void make_sync(struct model *m)
{
	answer(m);
	go(m, LF_STEP_SYNC);
	model_keys(m, "\x02");
}
static void make_steps(struct model *m)
{
	repository_step(m);
	model_keys(m, "\x1b[14~\x1b[A");
}
static void make_help(struct model *m)
{
	repository_step(m);
	model_keys(m, "\x1bOP");
}
static void make_review(struct model *m)
{
	review_step(m);
	validate(m, NULL);
	model_keys(m, "\x1b[A\x1b[A\x1b[A\x1b[A");
}
static void make_review_refused(struct model *m)
{
	review_step(m);
	validate(m, "flux-kustomization");
}
static void make_review_reading(struct model *m)
{
	repository_step(m);
	go(m, LF_STEP_REVIEW);
}
/* Git was asked who the user is and does not know. */
static void make_review_identity(struct model *m)
{
	struct lf_event event = {.kind = LF_EVENT_IDENTITY};

	make_review(m);
	event.workdir = lf_alloc(1, sizeof(*event.workdir));
	event.workdir->identity = LF_FACT_NONE;
	model_event(m, &event);
}
/* A context that the settings call production and read-only. */
static void make_review_read_only(struct model *m)
{
	static char name[] = "prod-eu", path[] = "config.yaml";
	static struct lf_settings_context context = {name, true, true};
	static const struct lf_settings settings = {.path = path, .contexts = &context, .context_count = 1};

	make_review(m);
	m->app->settings = &settings;
	model_keys(m, "\r");
}
static void make_review_folder(struct model *m)
{
	make_review(m);
	model_keys(m, "w\x15out/files");
}
static void make_confirm(struct model *m)
{
	repository_step(m);
	model_keys(m, "\x03");
}
void model_go(struct model *m, enum lf_step step)
{
	repository_step(m);
	go(m, step);
}
void model_deliver(struct model *m)
{
	deliver_step(m);
}
static void make_deliver(struct model *m)
{
	deliver_step(m);
}
static void make_deliver_refused(struct model *m)
{
	deliver_step(m);
	refuse_push(m);
}
static void make_deliver_protected(struct model *m)
{
	struct lf_event event = {.kind = LF_EVENT_DELIVERED};

	deliver_step(m);
	lf_fail(&event.error, LF_EPROTECTED, "git.push", 0, "git.example.com refused the push to main: protected branch hook declined");
	model_event(m, &event);
}
/* Pushed, and a pull request is open. */
static void request_step(struct model *m)
{
	struct lf_event event = {.kind = LF_EVENT_DELIVERED, .delivered = lf_alloc(1, sizeof(*event.delivered))};

	set(m, "delivery", "pull-request");
	set(m, "pullRequestBranch", "landfall/web-3f9c2ab");
	deliver_step(m);
	*event.delivered = (struct lf_delivered){.commit = lf_dup(COMMIT), .attempts = 1, .bytes_received = 8421, .bytes_sent = 2130};
	model_event(m, &event);
	m->now_ms += 700;
	event = (struct lf_event){.kind = LF_EVENT_PULL_OPENED, .text = lf_dup("https://git.example.com/shop/config/compare"), .number = 1, .pull = lf_alloc(1, sizeof(*event.pull))};
	*event.pull = (struct lf_pull){.noun = "pull request", .number = 7, .url = lf_dup("https://git.example.com/shop/config/pulls/7"), .approvals_missing = -1};
	lf_names_add(&event.pull->notes, "There is no label \"unknown\".");
	model_event(m, &event);
}
static void make_deliver_request(struct model *m)
{
	struct lf_event event = {.kind = LF_EVENT_PULL, .pull = lf_alloc(1, sizeof(*event.pull))};

	request_step(m);
	*event.pull = (struct lf_pull){.noun = "pull request", .number = 7, .url = lf_dup("https://git.example.com/shop/config/pulls/7"), .approvals_missing = 1, .merge = LF_MERGE_BLOCKED};
	lf_pull_add_check(event.pull, "build", LF_CHECKS_PASSED);
	lf_pull_add_check(event.pull, "e2e", LF_CHECKS_PENDING);
	lf_pull_add_opinion(event.pull, "ann", LF_OPINION_APPROVES);
	event.pull->blocked = lf_dup("an approval is missing");
	m->now_ms += 2000;
	model_event(m, &event);
	m->now_ms += 12000;
	happen(m, LF_EVENT_TICK);
}
static void make_deliver_by_hand(struct model *m)
{
	struct lf_event event = {.kind = LF_EVENT_PULL_OPENED, .text = lf_dup("https://git.example.com/shop/config/compare/main...landfall/web-3f9c2ab")};
	struct lf_event pushed = {.kind = LF_EVENT_DELIVERED, .delivered = lf_alloc(1, sizeof(*pushed.delivered))};

	set(m, "delivery", "pull-request");
	set(m, "pullRequestBranch", "landfall/web-3f9c2ab");
	deliver_step(m);
	*pushed.delivered = (struct lf_delivered){.commit = lf_dup(COMMIT), .attempts = 1};
	model_event(m, &pushed);
	lf_fail(&event.error, LF_ENOTFOUND, "forge", 0, "git.example.com is no forge that Landfall knows");
	model_event(m, &event);
}
static void make_review_request(struct model *m)
{
	set(m, "delivery", "pull-request");
	set(m, "pullRequestBranch", "landfall/web-3f9c2ab");
	make_review(m);
}
static void make_secret(struct model *m)
{
	struct lf_event event = {.kind = LF_EVENT_ASKED, .number = LF_ASK_FOR_PASSWORD, .text = lf_dup("Password for p@git.example.com")};

	deliver_step(m);
	model_event(m, &event);
	model_keys(m, "geheim");
}
static void make_trust(struct model *m)
{
	struct lf_event event = {.kind = LF_EVENT_ASKED,
				 .number = LF_ASK_FOR_HOST_KEY,
				 .text = lf_dup("git.example.com is not known. Its ED25519 key is SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8. Trust it?")};

	deliver_step(m);
	model_event(m, &event);
}
static void make_landing(struct model *m)
{
	landing_step(m, "running");
	model_keys(m, "\x1b[B\x1b[B");
}
static void make_landing_logs(struct model *m)
{
	landing_step(m, "running");
	model_keys(m, "\x1b[B\x1b[B\x1b[B\x1b[B\x1b[Bl");
	log_line(m, "10:31:07 listening on :8080");
	log_line(m, "10:31:08 GET /healthz 200 0.3ms");
	log_line(m, "10:31:09 config loaded from /etc/web/config.yaml, 14 routes, tracing off, metrics on :9090");
}
static void make_landing_failed(struct model *m)
{
	landing_step(m, "failed");
}
static void make_landing_tree(struct model *m)
{
	landing_step(m, "failed");
	model_keys(m, "t\x1b[B\x1b[B\x1b[B\x1b[B");
}
static void consumer(struct model *model, const char *name, const char *scenario)
{
	struct lf_str text = {0};

	lf_str_addf(&text,
		    "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: %s, namespace: flux-system, uid: %s, resourceVersion: \"5\", "
		    "annotations: {scenario: %s}}\n", name, name, scenario);
	object(model, lf_str_text(&text));
	lf_str_dispose(&text);
}
static void make_landing_environments(struct model *m)
{
	set(m, "environments", "dev, staging, production, legacy");
	set(m, "environmentSettings", "{legacy: {branch: old}}");
	landing_step(m, "running");
	consumer(m, "web-dev", "healthy");
	consumer(m, "web-staging", "running");
	consumer(m, "web-production", "failed");
	model_keys(m, "\t\t\t"); /* past the one that failed and the one elsewhere, round to staging */
}
static void make_landing_environment_failed(struct model *m)
{
	set(m, "environments", "dev, production");
	landing_step(m, "running");
	consumer(m, "web-dev", "healthy");
	consumer(m, "web-production", "failed");
}
static void make_landing_environment_elsewhere(struct model *m)
{
	set(m, "environments", "dev, production");
	set(m, "environmentSettings", "{dev: {branch: dev}, production: {branch: live}}");
	set(m, "gitBranch", "dev");
	landing_step(m, "running");
	model_keys(m, "\t");
}
static void make_landing_healthy(struct model *m)
{
	landing_step(m, "healthy");
}
static void make_landing_actions(struct model *m)
{
	landing_step(m, "healthy");
	model_keys(m, "\x1b[Ba\x1b[B");
}
static void make_landing_action(struct model *m)
{
	make_landing_actions(m);
	model_keys(m, "\r");
}
static void make_landing_action_production(struct model *m)
{
	static char name[] = "prod-eu", path[] = "config.yaml";
	static struct lf_settings_context context = {.name = name, .production = true};
	static const struct lf_settings settings = {.path = path, .contexts = &context, .context_count = 1};

	make_landing_actions(m);
	m->app->settings = &settings;
	model_keys(m, "\rwe");
}
static void make_landing_lost(struct model *m)
{
	struct lf_event event = {.kind = LF_EVENT_WATCH_STATE, .number = LF_FRESH_BROKEN};

	landing_step(m, "running");
	event.number2 = m->now_ms + 16000;
	lf_fail(&event.error, LF_ENET, "kube", 0, "The connection to https://10.0.0.1:6443 broke: connection reset by peer.");
	model_event(m, &event);
	m->now_ms += 12000;
}
static void make_landing_details(struct model *m)
{
	landing_step(m, "running");
	model_keys(m, "\x1b[B\r");
}
static void make_landing_pushed(struct model *m)
{
	struct lf_event event = {.kind = LF_EVENT_DELIVERED};

	lose_cluster(m);
	set(m, "gitRepoUrl", URL);
	set(m, "appName", "web");
	deliver_step(m);
	lf_cluster_facts_dispose(&m->app->facts.cluster);
	event.delivered = lf_alloc(1, sizeof(*event.delivered));
	*event.delivered = (struct lf_delivered){.commit = lf_dup(COMMIT), .attempts = 1};
	model_event(m, &event);
}

static const struct {
	const char *name;
	void (*make)(struct model *model);
} table[] = {
	{"start", make_start},
	{"start-found", make_start_found},
	{"start-unreachable", make_start_unreachable},
	{"start-newcomer", make_start_newcomer},
	{"start-session", make_start_session},
	{"method", make_method},
	{"provider", make_provider},
	{"application", make_application},
	{"sync-flash", make_sync_flash},
	{"repository", make_repository},
	{"repository-checking", make_repository_checking},
	{"repository-problem", make_repository_problem},
	{"repository-browse", make_repository_browse},
	{"branches", make_branches},
	{"preview", make_preview},
	{"sync", make_sync},
	{"steps", make_steps},
	{"help", make_help},
	{"review", make_review},
	{"review-refused", make_review_refused},
	{"review-reading", make_review_reading},
	{"review-identity", make_review_identity},
	{"review-read-only", make_review_read_only},
	{"review-folder", make_review_folder},
	{"edit-places", model_make_places},
	{"edit-give-up", model_make_give_up},
	{"conflict", model_make_conflict},
	{"conflict-whole", model_make_conflict_whole},
	{"confirm", make_confirm},
	{"deliver", make_deliver},
	{"deliver-refused", make_deliver_refused},
	{"deliver-protected", make_deliver_protected},
	{"deliver-request", make_deliver_request},
	{"deliver-by-hand", make_deliver_by_hand},
	{"review-request", make_review_request},
	{"secret", make_secret},
	{"trust", make_trust},
	{"landing", make_landing},
	{"landing-logs", make_landing_logs},
	{"landing-failed", make_landing_failed},
	{"landing-tree", make_landing_tree},
	{"landing-healthy", make_landing_healthy},
	{"landing-actions", make_landing_actions},
	{"landing-action", make_landing_action},
	{"landing-action-production", make_landing_action_production},
	{"landing-environments", make_landing_environments},
	{"landing-environment-failed", make_landing_environment_failed},
	{"landing-environment-elsewhere", make_landing_environment_elsewhere},
	{"landing-lost", make_landing_lost},
	{"landing-details", make_landing_details},
	{"landing-pushed", make_landing_pushed},
};

const char *model_name(size_t index)
{
	return index < LF_COUNT(table) ? table[index].name : NULL;
}

void model_open(struct model *model, const char *name, int rows, int cols)
{
	*model = (struct model){.now_ms = NOW};
	model->catalog = lf_catalog_new(model_engines, MODEL_ENGINES);
	model->app = lf_app_new(model->catalog, NULL);
	lf_tui_init(&model->tui, false, "~/.local/state/landfall/answers.yaml");
	lf_tui_resize(&model->tui, rows, cols);
	lf_tui_sync(&model->tui, model->app, model->now_ms);
	for (size_t i = 0; i < LF_COUNT(table); i++) {
		if (lf_equal(table[i].name, name)) {
			table[i].make(model);
			return;
		}
	}
	(void)fprintf(stderr, "no model %s\n", name);
	abort();
}

void model_close(struct model *model)
{
	lf_effects_dispose(&model->effects);
	lf_tui_dispose(&model->tui);
	lf_app_free(model->app);
	lf_catalog_free(model->catalog);
}
