/* runner_refuse: the event that answers an effect which could not even be started: whoever waits for it must hear. */
#include "config.h"
#include "providers/runner_parts.h"

#include "core/mem.h"

void lf_runner_refuse(struct lf_runner *runner, struct lf_effect *effect, const struct lf_error *err)
{
	struct lf_event event = {.error = *err};

	switch (effect->kind) {
	case LF_EFFECT_FIND_CLUSTER:
		event.kind = LF_EVENT_CLUSTER;
		break;
	case LF_EFFECT_CHECK_REPOSITORY:
		event.kind = LF_EVENT_REPOSITORY;
		break;
	case LF_EFFECT_BROWSE:
		event.kind = LF_EVENT_PATH;
		break;
	case LF_EFFECT_READ_FILES:
		event.kind = LF_EVENT_FILES;
		break;
	case LF_EFFECT_READ_HISTORY:
		event.kind = LF_EVENT_HISTORY;
		break;
	case LF_EFFECT_READ_LATER:
		event.kind = LF_EVENT_LATER;
		break;
	case LF_EFFECT_READ_COMMIT:
		event.kind = LF_EVENT_COMMIT;
		break;
	case LF_EFFECT_DELIVER:
		event.kind = LF_EVENT_DELIVERED;
		break;
	case LF_EFFECT_CREATE_REPOSITORY:
		event.kind = LF_EVENT_CREATED;
		break;
	case LF_EFFECT_OPEN_PULL:
		event.kind = LF_EVENT_PULL_OPENED;
		break;
	case LF_EFFECT_WATCH_PULL:
		event.kind = LF_EVENT_PULL_STATE;
		break;
	case LF_EFFECT_REGISTER:
		event.kind = LF_EVENT_REGISTERED;
		break;
	case LF_EFFECT_PATCH:
		event.kind = effect->id ? LF_EVENT_ACTED : LF_EVENT_NUDGED;
		break;
	case LF_EFFECT_WATCH:
		event.kind = LF_EVENT_WATCH_STATE;
		event.number = LF_FRESH_BROKEN;
		break;
	case LF_EFFECT_LOGS:
		event.kind = LF_EVENT_LOG_END;
		break;
	case LF_EFFECT_CHART_INDEX:
		event.kind = LF_EVENT_CHART_INDEX;
		break;
	case LF_EFFECT_CHART_OPEN:
		event.kind = LF_EVENT_CHART_OPENED;
		break;
	case LF_EFFECT_CHART_READ:
		event.kind = LF_EVENT_CHART_OPENED;
		event.number = 1;
		break;
	case LF_EFFECT_LOOK_AROUND:
	case LF_EFFECT_IDENTIFY:
		event.kind = effect->kind == LF_EFFECT_IDENTIFY ? LF_EVENT_IDENTITY : LF_EVENT_WORKDIR;
		event.workdir = lf_alloc(1, sizeof(*event.workdir));
		event.workdir->state = LF_FACT_NONE;
		break;
	case LF_EFFECT_VALIDATE:
		for (size_t i = 0; i < effect->file_count; i++) {
			struct lf_event verdict = {.kind = LF_EVENT_VALIDATED, .text = lf_dup(effect->files[i].path), .error = *err};

			lf_runner_send(runner, &verdict);
		}
		return;
	case LF_EFFECT_QUIT:
	case LF_EFFECT_WAKE:
	case LF_EFFECT_COPY:
	case LF_EFFECT_SAVE:
	case LF_EFFECT_FORGET:
	case LF_EFFECT_WRITE:
	case LF_EFFECT_STOP_CHECKS:
	case LF_EFFECT_RUN:
	case LF_EFFECT_STOP_DELIVERY:
	case LF_EFFECT_UNWATCH_ALL:
	case LF_EFFECT_CONTAINS:
	case LF_EFFECT_STOP_LOGS:
	case LF_EFFECT_STOP_CHARTS:
	case LF_EFFECT_EDIT:
	case LF_EFFECT_LOAD:
	case LF_EFFECT_ANSWER:
		return;
	}
	event.id = lf_dup(effect->id);
	event.text = lf_dup(effect->text);
	event.text2 = lf_dup(effect->text2);
	event.ref = lf_ref_dup(&effect->ref);
	lf_runner_send(runner, &event);
}
