/* runner_chart: the effects that concern charts: of a chart repository, and of a folder of the Git repository. */
#include "config.h"
#include "providers/runner_parts.h"

#include <string.h>

#include "core/chart.h"
#include "core/mem.h"

static void indexed(struct lf_chart_facts *facts, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event = lf_request_event(request, LF_EVENT_CHART_INDEX, err);

	if (!err) {
		event.chart = lf_alloc(1, sizeof(*facts));
		*event.chart = *facts;
		memset(facts, 0, sizeof(*facts));
	}
	lf_request_done(request);
	lf_runner_send(runner, &event);
}

static void opened(struct lf_chart_opened *chart, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event = lf_request_event(request, LF_EVENT_CHART_OPENED, err);

	if (!err) {
		event.opened = lf_alloc(1, sizeof(*chart));
		*event.opened = *chart;
		memset(chart, 0, sizeof(*chart));
	}
	lf_request_done(request);
	lf_runner_send(runner, &event);
}

static void ask(bool is_secret, const char *prompt, void *payload)
{
	lf_runner_ask(payload, LF_ASKER_CHARTS, is_secret ? LF_ASK_FOR_PASSWORD : LF_ASK_FOR_USERNAME, prompt);
}

void lf_runner_chart(struct lf_runner *runner, struct lf_effect *effect)
{
	struct lf_request *request;

	if (!runner->charts) {
		runner->charts = lf_chart_new(runner->loop, runner->http);
		if (!runner->batch)
			lf_chart_ask_with(runner->charts, ask, runner);
	}
	if (effect->number) /* the user wants to look again */
		lf_chart_ask_again(runner->charts);
	if (effect->kind == LF_EFFECT_CHART_INDEX) {
		lf_requests_cancel(runner, LF_REQUEST_CHART_INDEX);
		request = lf_request_new(runner, LF_REQUEST_CHART_INDEX, effect);
		request->chart = lf_chart_index(runner->charts, request->text, request->id, indexed, request);
	} else {
		lf_requests_cancel(runner, LF_REQUEST_CHART_OPEN);
		request = lf_request_new(runner, LF_REQUEST_CHART_OPEN, effect);
		request->chart = lf_chart_open(runner->charts, request->text, request->id, request->text2, opened, request);
	}
}

enum { FILE_CHART, FILE_VALUES, FILE_SCHEMA, FILE_README, FILES };

static void read_from_git(struct lf_git_files *files, const struct lf_error *err, void *payload)
{
	struct lf_request *request = payload;
	struct lf_runner *runner = request->runner;
	struct lf_event event = lf_request_event(request, LF_EVENT_CHART_OPENED, err);

	event.number = 1;
	if (!err && files->count == FILES) {
		const struct lf_chart_texts texts = {
		    .chart = files->items[FILE_CHART].text, .values = files->items[FILE_VALUES].text, .schema = files->items[FILE_SCHEMA].text,
		    .readme = files->items[FILE_README].text};

		event.opened = lf_alloc(1, sizeof(*event.opened));
		event.opened->from_git = true;
		if (lf_chart_opened_read(event.opened, &texts, &event.error)) {
			lf_chart_opened_dispose(event.opened);
			lf_free(event.opened);
			event.opened = NULL;
		}
	}
	if (!err)
		lf_git_files_dispose(files);
	lf_request_done(request);
	lf_runner_send(runner, &event);
}

void lf_runner_chart_read(struct lf_runner *runner, struct lf_effect *effect)
{
	static const char *const names[FILES] = {"Chart.yaml", "values.yaml", "values.schema.json", "README.md"};
	struct lf_request *request;
	char *paths[FILES];

	lf_requests_cancel(runner, LF_REQUEST_CHART_OPEN);
	request = lf_request_new(runner, LF_REQUEST_CHART_OPEN, effect);
	for (size_t i = 0; i < FILES; i++)
		paths[i] = lf_equal(request->id, ".") ? lf_dup(names[i]) : lf_format("%s/%s", request->id, names[i]);
	request->job = lf_git_read(runner->git, request->text, request->text2, (const char *const *)paths, FILES, read_from_git, request);
	for (size_t i = 0; i < FILES; i++)
		lf_free(paths[i]);
}
