/* event: disposal of what an event still owns, and names. */
#include "config.h"
#include "core/event.h"

#include <string.h>

#include "core/mem.h"

const char *lf_stage_word(enum lf_stage stage)
{
	static const char *const words[LF_STAGES] = {"create", "fetch", "build", "commit", "push", "request", "merge", "register"};

	return words[stage];
}

void lf_branch_files_dispose(struct lf_branch_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		lf_free(files->items[i].path);
		lf_free(files->items[i].text);
		lf_free(files->items[i].why);
	}
	lf_free(files->items);
	lf_free(files->tip);
	memset(files, 0, sizeof(*files));
}

static void payload_dispose(struct lf_event *event)
{
	if (!event->any)
		return;
	if (event->kind == LF_EVENT_WORKDIR || event->kind == LF_EVENT_IDENTITY)
		lf_workdir_facts_dispose(event->workdir);
	else if (event->kind == LF_EVENT_CLUSTER)
		lf_cluster_facts_dispose(event->cluster);
	else if (event->kind == LF_EVENT_REPOSITORY)
		lf_repository_facts_dispose(event->repository);
	else if (event->kind == LF_EVENT_PATH)
		lf_path_facts_dispose(event->path);
	else if (event->kind == LF_EVENT_CHART_INDEX)
		lf_chart_facts_dispose(event->chart);
	else if (event->kind == LF_EVENT_CHART_OPENED)
		lf_chart_opened_dispose(event->opened);
	else if (event->kind == LF_EVENT_FILES)
		lf_branch_files_dispose(event->files);
	else if (event->kind == LF_EVENT_HISTORY || event->kind == LF_EVENT_LATER)
		lf_history_dispose(event->history);
	else if (event->kind == LF_EVENT_COMMIT)
		lf_commit_dispose(event->commit);
	else if (event->kind == LF_EVENT_DELIVERY)
		lf_free(event->delivery->remote_line);
	else if (event->kind == LF_EVENT_DELIVERED) {
		lf_free(event->delivered->commit);
		lf_branch_files_dispose(&event->delivered->conflict);
	}
	else if (event->kind == LF_EVENT_PULL || event->kind == LF_EVENT_PULL_OPENED)
		lf_pull_dispose(event->pull);
	lf_free(event->any);
}

void lf_event_dispose(struct lf_event *event)
{
	payload_dispose(event);
	lf_free(event->id);
	lf_free(event->text);
	lf_free(event->text2);
	lf_ref_dispose(&event->ref);
	lf_node_free(event->object);
	lf_names_dispose(&event->names);
	lf_secret_free(event->secret);
	memset(event, 0, sizeof(*event));
}
