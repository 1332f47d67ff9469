/* app_view: what the fronts read from the model beyond its fields: findings, choices, whether something is under way. Pure. */
#include "config.h"
#include "core/app.h"

#include <string.h>

#include "core/chart_view.h"
#include "core/environments.h"
#include "core/repo_layout.h"
#include "core/scaffold.h"
#include "core/text.h"

const struct lf_plan_entry *lf_app_focused(const struct lf_app *app)
{
	return app->focus ? lf_plan_entry(app->plan, app->focus) : NULL;
}

bool lf_app_shows_problem(const struct lf_app *app, const struct lf_plan_entry *entry)
{
	if (entry->problem->code == LF_OK)
		return false;
	for (size_t i = 0; i < lf_catalog_count(app->catalog); i++) {
		if (lf_catalog_at(app->catalog, i) == entry->question)
			return app->touched[i];
	}
	return false;
}

static bool repository_finding(const struct lf_app *app, struct lf_str *text, enum lf_fact_state *mark)
{
	const struct lf_repository_facts *repository = &app->facts.repository;
	*mark = repository->state;
	switch (repository->state) {
	case LF_FACT_LOOKING:
		lf_str_add(text, "reaching it…");
		return true;
	case LF_FACT_KNOWN:
		if (lf_equal(repository->transport, "local"))
			lf_str_add(text, "found on this machine · ");
		else
			lf_str_addf(text, "reached over %s in %.1f s · ", repository->transport ? repository->transport : "?",
				    (double)(repository->took_ms < 100 ? 100 : repository->took_ms) / 1000);
		if (repository->empty)
			lf_str_add(text, "empty: this will be its first commit");
		else
			lf_str_addf(text, "%zu %s", repository->branches.count, repository->branches.count == 1 ? "branch" : "branches");
		return true;
	case LF_FACT_FAILED:
		lf_error_text(text, &repository->error);
		return true;
	case LF_FACT_UNKNOWN:
	case LF_FACT_NONE:
		break;
	}
	return false;
}

static bool branch_finding(const struct lf_app *app, const char *branch, struct lf_str *text, enum lf_fact_state *mark)
{
	const struct lf_repository_facts *repository = &app->facts.repository;

	if (repository->state != LF_FACT_KNOWN || repository->empty || !*branch || lf_names_have(&repository->branches, branch))
		return false;
	*mark = LF_FACT_NONE;
	lf_str_addf(text, "the remote has no branch %s yet: it will be made%s%s", branch, repository->default_branch ? " from " : "",
		    repository->default_branch ? repository->default_branch : "");
	return true;
}

static bool path_finding(const struct lf_app *app, struct lf_str *text, enum lf_fact_state *mark)
{
	const struct lf_path_facts *path = &app->facts.path;

	*mark = path->state;
	if (!lf_equal(path->path, lf_environments_probe(app->plan)))
		return false;
	switch (path->state) {
	case LF_FACT_LOOKING:
		lf_str_add(text, "looking into it…");
		return true;
	case LF_FACT_FAILED:
		lf_str_add(text, path->error.message);
		return true;
	case LF_FACT_KNOWN:
		break;
	case LF_FACT_UNKNOWN:
	case LF_FACT_NONE:
		return false;
	}
	if (path->exists && !path->is_folder) {
		*mark = LF_FACT_FAILED;
		lf_str_add(text, "this is a file; the path must be a folder");
	} else if (!path->exists || !path->entries.count) {
		*mark = LF_FACT_NONE;
		lf_str_add(text, lf_scaffold_wanted(app->plan, &app->facts) ? "nothing there yet: starter manifests will be written"
									    : "nothing there: the provider would find no manifests");
	} else if (path->has_kustomization) {
		lf_str_addf(text, "has a kustomization.yaml · %zu %s", path->entries.count, path->entries.count == 1 ? "entry" : "entries");
	} else {
		lf_str_addf(text, "%zu YAML %s, no kustomization.yaml", path->manifests, path->manifests == 1 ? "file" : "files");
		if (lf_plan_is(app->plan, "deploymentMethod", "kustomize"))
			*mark = LF_FACT_NONE;
	}
	return true;
}

/* Which layout of the repository the default follows; nothing where the user said something else. */
static bool layout_finding(const struct lf_app *app, const struct lf_plan_entry *entry, struct lf_str *text, enum lf_fact_state *mark)
{
	struct lf_repo_wish wish = lf_repo_wish_of(app->plan, &app->facts);
	struct lf_repo_place place = {0};
	bool found;

	if (lf_equal(entry->question->id, "gitPath"))
		lf_repo_layout_path(&place, &wish, &app->facts.path);
	else
		lf_repo_layout_gitops(&place, &wish, &app->facts.path);
	found = place.place && lf_equal(place.place, entry->value);
	if (found) {
		if (!text->length)
			*mark = LF_FACT_KNOWN;
		lf_str_addf(text, "%s%s", text->length ? " · " : "", place.why);
	}
	lf_repo_place_dispose(&place);
	return found;
}

/* With several environments the path is the folder above theirs, or that of the first: where each of them goes. */
static bool environments_finding(const struct lf_app *app, struct lf_str *text, enum lf_fact_state *mark)
{
	size_t count = lf_plan_part_count(app->plan), shown = 0;

	for (size_t i = 0; count > 1 && i < count && !lf_plan_is(app->plan, "deploymentMethod", "helm-git"); i++) {
		const struct lf_plan *part = lf_plan_part(app->plan, i);

		if (lf_plan_is(part, "gitPath", lf_plan_text(app->plan, "gitPath")))
			continue;
		if (shown++ == 2) {
			lf_str_addf(text, ", …");
			break;
		}
		lf_str_addf(text, "%s%s in %s", shown > 1 ? ", " : text->length ? " · " : "", lf_plan_environment(part), lf_plan_text(part, "gitPath"));
	}
	if (shown && text->length && *mark == LF_FACT_UNKNOWN)
		*mark = LF_FACT_KNOWN;
	return shown > 0;
}

static bool provider_finding(const struct lf_app *app, struct lf_str *text, enum lf_fact_state *mark)
{
	const struct lf_cluster_facts *cluster = &app->facts.cluster;
	const struct lf_engine *engine = lf_plan_engine(app->plan);

	*mark = LF_FACT_NONE;
	if (engine && engine->apply) {
		lf_str_add(text, "nothing will sync what is pushed; Landfall can apply it once");
		return true;
	}
	if (cluster->state != LF_FACT_KNOWN || !engine)
		return false;
	if (!engine->tool(cluster)->present) {
		lf_str_addf(text, "%s was not found in %s: what is pushed will wait until it is installed", engine->title, cluster->context);
		return true;
	}
	*mark = LF_FACT_KNOWN;
	lf_str_addf(text, "%s %s in namespace %s", engine->title, engine->tool(cluster)->version ? engine->tool(cluster)->version : "found",
		    engine->tool(cluster)->namespace ? engine->tool(cluster)->namespace : "?");
	return true;
}

static bool namespace_finding(const struct lf_app *app, const char *namespace, struct lf_str *text, enum lf_fact_state *mark)
{
	const struct lf_cluster_facts *cluster = &app->facts.cluster;

	if (cluster->state != LF_FACT_KNOWN || !cluster->namespaces.count || !*namespace)
		return false;
	*mark = lf_names_have(&cluster->namespaces, namespace) ? LF_FACT_KNOWN : LF_FACT_NONE;
	lf_str_add(text, *mark == LF_FACT_KNOWN ? "exists in the cluster" : "does not exist in the cluster yet");
	return true;
}

static bool context_finding(const struct lf_app *app, struct lf_str *text, enum lf_fact_state *mark)
{
	const struct lf_cluster_facts *cluster = &app->facts.cluster;

	*mark = cluster->state;
	switch (cluster->state) {
	case LF_FACT_LOOKING:
		lf_str_add(text, "looking at the cluster…");
		return true;
	case LF_FACT_KNOWN:
		lf_str_addf(text, "Kubernetes %s", cluster->server_version ? cluster->server_version : "reached");
		for (size_t i = 0; i < lf_catalog_engine_count(app->catalog); i++) {
			const struct lf_engine *engine = lf_catalog_engine_by_index(app->catalog, i);
			const struct lf_tool_facts *tool = engine->tool(cluster);

			if (tool->present)
				lf_str_addf(text, " · %s%s%s", engine->title, tool->version ? " " : "", tool->version ? tool->version : "");
		}
		if (!cluster->flux.present && !cluster->argocd.present)
			lf_str_add(text, " · neither Argo CD nor Flux: nothing would sync");
		return true;
	case LF_FACT_FAILED:
		lf_error_text(text, &cluster->error);
		return true;
	case LF_FACT_NONE:
		lf_str_add(text, "no kubeconfig: everything but watching works");
		return true;
	case LF_FACT_UNKNOWN:
		break;
	}
	return false;
}

static bool warning_finding(const struct lf_app *app, const struct lf_plan_entry *entry, struct lf_str *text, enum lf_fact_state *mark)
{
	struct lf_error warning = {0};

	if (!lf_plan_warning(&warning, app->plan, entry, &app->facts))
		return false;
	*mark = LF_FACT_NONE;
	lf_error_text(text, &warning);
	return true;
}

bool lf_app_finding(const struct lf_app *app, const struct lf_plan_entry *entry, struct lf_str *text, enum lf_fact_state *mark)
{
	const char *id = entry->question->id;

	if (lf_equal(id, "gitRepoUrl"))
		return (app->facts.repository.state == LF_FACT_KNOWN && warning_finding(app, entry, text, mark)) ||
		       (lf_equal(app->facts.repository.url, entry->value) && repository_finding(app, text, mark));
	if (lf_equal(id, "gitBranch"))
		return branch_finding(app, entry->value, text, mark);
	if (lf_equal(id, "gitPath")) {
		bool found = path_finding(app, text, mark);

		if (*mark == LF_FACT_LOOKING)
			return found;
		found = layout_finding(app, entry, text, mark) || found;
		return environments_finding(app, text, mark) || found;
	}
	if (lf_equal(id, "gitopsPath"))
		return layout_finding(app, entry, text, mark) || warning_finding(app, entry, text, mark);
	if (lf_equal(id, "gitopsDeployment"))
		return provider_finding(app, text, mark);
	if (lf_equal(id, "targetNamespace"))
		return namespace_finding(app, entry->value, text, mark);
	if (lf_equal(id, "kubeContext"))
		return context_finding(app, text, mark);
	return lf_chart_finding(&app->facts, app->plan, entry, text, mark) || warning_finding(app, entry, text, mark);
}

static const struct lf_names *found_choices(const struct lf_app *app, const struct lf_question *question)
{
	switch (question->kind) {
	case LF_ASK_BRANCH:
		return &app->facts.repository.branches;
	case LF_ASK_NAMESPACE:
		return &app->facts.cluster.namespaces;
	case LF_ASK_CONTEXT:
		return &app->facts.cluster.contexts;
	case LF_ASK_CHART:
		return lf_equal(app->facts.chart.url, lf_plan_text(app->plan, "chartRepoUrl")) ? &app->facts.chart.charts : NULL;
	case LF_ASK_PATH:
		return lf_equal(question->id, "gitPath") ? &app->facts.path.entries : NULL;
	case LF_ASK_TEXT:
	case LF_ASK_CHOICE:
	case LF_ASK_YESNO:
	case LF_ASK_NUMBER:
	case LF_ASK_DURATION:
	case LF_ASK_VERSION:
	case LF_ASK_LIST:
	case LF_ASK_YAML:
		break;
	}
	return NULL;
}

/* The versions of the chart that is answered now; NULL: not known. */
static const struct lf_chart_facts *found_versions(const struct lf_app *app, const struct lf_question *question)
{
	const struct lf_chart_facts *chart = &app->facts.chart;

	if (question->kind != LF_ASK_VERSION || !lf_equal(chart->url, lf_plan_text(app->plan, "chartRepoUrl")) ||
	    !lf_equal(chart->chart, lf_plan_text(app->plan, "chartName")))
		return NULL;
	return chart;
}

const struct lf_chart_version *lf_app_version(const struct lf_app *app, const struct lf_plan_entry *entry, size_t index)
{
	const struct lf_chart_facts *chart = found_versions(app, entry->question);

	return chart && index < chart->version_count ? &chart->versions[index] : NULL;
}

static const struct lf_option yes_no[] = {{"yes", "yes", NULL}, {"no", "no", NULL}};

size_t lf_app_choices(const struct lf_app *app, const struct lf_plan_entry *entry)
{
	const struct lf_names *found = found_choices(app, entry->question);

	if (entry->question->kind == LF_ASK_YESNO)
		return LF_COUNT(yes_no);
	if (entry->question->kind == LF_ASK_VERSION)
		return found_versions(app, entry->question) ? found_versions(app, entry->question)->version_count : 0;
	return found ? found->count : entry->question->option_count;
}

void lf_app_choice(const struct lf_app *app, const struct lf_plan_entry *entry, size_t index, const char **value, const char **label, const char **help)
{
	const struct lf_names *found = found_choices(app, entry->question);
	const struct lf_option *option;

	if (entry->question->kind == LF_ASK_VERSION) {
		*value = *label = lf_app_version(app, entry, index)->version;
		*help = NULL; /* lf_app_version() says more */
		return;
	}
	if (found) {
		*value = *label = found->items[index];
		*help = NULL;
		return;
	}
	option = entry->question->kind == LF_ASK_YESNO ? &yes_no[index] : lf_question_option(entry->question, app->plan, index);
	*value = option->value;
	*label = option->label;
	*help = option->help;
}

bool lf_app_is_production(const struct lf_app *app)
{
	const struct lf_settings_context *context = lf_settings_context(app->settings, app->facts.cluster.context);

	return context && context->production;
}

bool lf_app_is_read_only(const struct lf_app *app)
{
	const struct lf_settings_context *context = lf_settings_context(app->settings, app->facts.cluster.context);

	return context && context->read_only;
}

bool lf_app_without_git(const struct lf_app *app)
{
	return app->settings && app->settings->disabled;
}

bool lf_app_idle(const struct lf_app *app)
{
	return app->facts.cluster.state != LF_FACT_LOOKING && app->facts.repository.state != LF_FACT_LOOKING &&
	       app->facts.path.state != LF_FACT_LOOKING && app->facts.chart.state != LF_FACT_LOOKING && app->facts.chart.opened.state != LF_FACT_LOOKING &&
	       !app->chart_at_ms && !app->peeking && !app->check_at_ms && !app->browse_at_ms && app->review.state != LF_FACT_LOOKING &&
	       app->delivery.state != LF_FACT_LOOKING;
}
