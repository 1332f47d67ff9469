/* chart_drive: the chart client from a command line, for tests: "index URL CHART" and "open URL CHART VERSION" print one JSON object; with "cancel" in front,
 * the job is cancelled after its first turn of the loop; with "answer", what is asked is printed too and answered by the lines of standard input (an empty one declines; "." cancels
 * the job), and the job is done twice with one client. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/secret.h"
#include "core/str.h"
#include "providers/chart.h"
#include "providers/module.h"

struct drive {
	struct lf_node *out, *asked;
	struct lf_chart_client *client;
	struct lf_chart_job *job;
	bool done;
};

/* Answers at once, from inside of the callback: that has to be possible. */
static void ask(bool is_secret, const char *prompt, void *payload)
{
	struct drive *drive = payload;
	struct lf_node *item = lf_node_add_map(drive->asked);
	char line[256] = "";

	lf_node_set_text(item, "prompt", prompt);
	lf_node_set_bool(item, "secret", is_secret);
	if (!fgets(line, sizeof(line), stdin))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (lf_equal(line, ".")) {
		lf_chart_cancel(drive->job);
		drive->done = true;
		lf_node_set_bool(drive->out, "cancelled", true);
		return;
	}
	lf_chart_answer(drive->client, *line ? lf_secret_new(line, strlen(line)) : NULL);
	lf_wipe(line, sizeof(line));
}

static void put(struct lf_node *map, const char *key, const char *text)
{
	if (text)
		lf_node_set_text(map, key, text);
}

static void put_error(struct lf_node *map, const struct lf_error *err)
{
	struct lf_node *error = lf_node_set_map(map, "error");

	put(error, "code", lf_code_name(err->code));
	put(error, "message", err->message);
	put(error, "hint", err->hint);
}

static void indexed(struct lf_chart_facts *facts, const struct lf_error *err, void *payload)
{
	struct drive *drive = payload;
	struct lf_node *list;

	drive->done = true;
	if (err) {
		put_error(drive->out, err);
		return;
	}
	list = lf_node_set_list(drive->out, "charts");
	for (size_t i = 0; i < facts->charts.count; i++)
		lf_node_add_text(list, facts->charts.items[i]);
	list = lf_node_set_list(drive->out, "versions");
	for (size_t i = 0; i < facts->version_count; i++) {
		struct lf_node *item = lf_node_add_map(list);

		put(item, "version", facts->versions[i].version);
		put(item, "app", facts->versions[i].app_version);
		put(item, "description", facts->versions[i].description);
		put(item, "created", facts->versions[i].created);
		lf_node_set_bool(item, "prerelease", facts->versions[i].prerelease);
		lf_node_set_bool(item, "deprecated", facts->versions[i].deprecated);
	}
}

static void opened(struct lf_chart_opened *chart, const struct lf_error *err, void *payload)
{
	struct drive *drive = payload;

	drive->done = true;
	if (err) {
		put_error(drive->out, err);
		return;
	}
	put(drive->out, "name", chart->name);
	put(drive->out, "version", chart->exact_version);
	put(drive->out, "app", chart->app_version);
	put(drive->out, "type", chart->type);
	put(drive->out, "values", chart->values);
	put(drive->out, "schema", chart->schema);
	put(drive->out, "readme", chart->readme);
	lf_node_set_int(drive->out, "dependencies", (int64_t)chart->dependencies.count);
	if (chart->values_error.code)
		put_error(lf_node_set_map(drive->out, "values_error"), &chart->values_error);
}

/* The most that was resident. Not of getrusage(): that counts from before exec. */
static int64_t most_memory(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];
	long long found = 0;

	while (status && fgets(line, sizeof(line), status) && sscanf(line, "VmHWM: %lld", &found) != 1)
		;
	if (status)
		(void)fclose(status);
	return found;
}

int main(int argc, char **argv)
{
	bool cancels = argc > 1 && lf_equal(argv[1], "cancel"), answers = argc > 1 && lf_equal(argv[1], "answer"), opens;
	struct drive drive = {.out = lf_node_new(LF_NODE_MAP)};
	struct lf_chart_client *client;
	struct lf_str text = {0};
	struct lf_error err = {0};
	const void *http = NULL;
	uv_loop_t loop;
	int at = cancels || answers ? 2 : 1;

	opens = argc == at + 4 && lf_equal(argv[at], "open");
	if ((!opens && argc != at + 3) || lf_module_open(&http, "http", &err)) {
		(void)fprintf(stderr, "usage: chart_drive [cancel] index URL CHART | open URL CHART VERSION %s\n", err.message);
		return 2;
	}
	(void)uv_loop_init(&loop);
	drive.client = client = lf_chart_new(&loop, http);
	if (answers) {
		drive.asked = lf_node_set_list(drive.out, "asked");
		lf_chart_ask_with(client, ask, &drive);
	}
	for (int i = answers ? 0 : 1; i < 2; i++) {
		drive.done = false;
		lf_node_remove(drive.out, "error");
		if (opens)
			drive.job = lf_chart_open(client, argv[at + 1], argv[at + 2], argv[at + 3], opened, &drive);
		else
			drive.job = lf_chart_index(client, argv[at + 1], argv[at + 2], indexed, &drive);
		while (answers && !drive.done)
			(void)uv_run(&loop, UV_RUN_ONCE);
		if (lf_node_key(drive.out, "cancelled"))
			break;
	}
	if (cancels) {
		(void)uv_run(&loop, UV_RUN_ONCE);
		if (!drive.done)
			lf_chart_cancel(drive.job);
		lf_node_set_bool(drive.out, "cancelled", !drive.done);
		drive.done = true;
	}
	while (!drive.done)
		(void)uv_run(&loop, UV_RUN_ONCE);
	lf_node_set_int(drive.out, "rss_kib", most_memory());
	lf_chart_free(client);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	lf_json_emit(&text, drive.out);
	(void)puts(lf_str_text(&text));
	lf_str_dispose(&text);
	lf_node_free(drive.out);
	return uv_loop_close(&loop) ? 1 : 0;
}
