/* watch: when a pull request is read again: soon while things move, ever later while nothing does, and as the forge asks for. Owns no request. */
#include "config.h"
#include "providers/forge/client.h"

#include <string.h>

#include "core/mem.h"

enum { FIRST_MS = 2000, LATEST_MS = 60000, MISS_MS = 5000, MISS_LATEST_MS = 300000, RIDDLES = 4 };

static void read_again(struct lf_forge_call *call)
{
	forge_talk_dispose(&call->talk);
	call->talking = false;
	forge_call_go(call);
}

static void say(struct lf_forge_call *call, const struct lf_error *err, int64_t in_ms)
{
	if (in_ms >= 0)
		forge_call_wake_in(call, in_ms, read_again);
	call->watch.state(err, in_ms < 0 ? 0 : forge_now_ms() + in_ms, call->watch.payload);
	if (in_ms < 0)
		lf_forge_cancel(call);
}

static void missed(struct lf_forge_call *call, const struct lf_error *err, int64_t patience_ms)
{
	int64_t wait = (int64_t)MISS_MS << (call->misses < 6 ? call->misses : 6);
	bool final = err->code != LF_ENET && err->code != LF_ETIMEOUT && err->code != LF_EPARSE && patience_ms < 0;

	call->misses++;
	if (wait > MISS_LATEST_MS)
		wait = MISS_LATEST_MS;
	say(call, err, final ? -1 : patience_ms > wait ? patience_ms : wait);
}

/* Everything that may change, as one text. */
static char *shape(const struct lf_pull *pull)
{
	struct lf_str text = {0};

	lf_str_addf(&text, "%d %s %zu ", (int)pull->state, pull->head ? pull->head : "", pull->check_count);
	lf_pull_summary(&text, pull);
	return lf_str_take(&text);
}

void forge_watch_over(struct lf_forge_call *call, const struct lf_error *err, int64_t patience_ms)
{
	struct lf_pull pull = {0};
	bool ended, riddle;
	char *seen;

	if (err) {
		missed(call, err, patience_ms);
		return;
	}
	call->misses = 0;
	lf_pull_move(&pull, &call->talk.pull);
	seen = shape(&pull);
	if (!lf_equal(seen, call->last))
		call->interval_ms = FIRST_MS;
	else
		call->interval_ms = call->interval_ms * 3 / 2 > LATEST_MS ? LATEST_MS : call->interval_ms * 3 / 2;
	lf_free(call->last);
	call->last = seen;
	/* Merged, and the commit is not told yet: a forge may need a moment. */
	riddle = pull.state == LF_PULL_MERGED && !pull.commit && call->riddles++ < RIDDLES;
	ended = pull.state != LF_PULL_OPEN && !riddle;
	if (!riddle)
		call->watch.news(&pull, call->watch.payload);
	lf_pull_dispose(&pull);
	if (!call->dead)
		say(call, NULL, ended ? -1 : call->interval_ms);
}

struct lf_forge_call *lf_forge_watch(struct lf_forge *forge, int64_t number, const struct lf_forge_watch_handler *handler)
{
	struct lf_forge_call *call = forge_call_new(forge, number, forge_call_go);

	call->watch = *handler;
	call->interval_ms = FIRST_MS;
	return call;
}
