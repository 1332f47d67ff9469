/* intake: see intake.h. At most one work request runs for an intake; while it does, the pack and the bytes it
 * works on are its own. */
#include "config.h"
#include "providers/git/intake.h"

#include <string.h>

#include "core/mem.h"
#include "providers/git/job.h"

enum { WAITING_MOST = 128 << 10 }; /* more than this is left to the network */

struct lf_git_intake {
	struct lf_git_job *job;
	uint64_t limit, taken;
	struct lf_str waiting; /* the loop's */
	bool busy, ended, given_up, holding;
	void (*then)(struct lf_git_job *job, const struct lf_error *err);
	struct lf_error error; /* code LF_OK: none */

	/* the work request's, while busy */
	const struct lf_objects_module *module;
	struct lf_objects_store *store;
	const atomic_bool *stop;
	struct lf_objects_pack *pack;
	struct lf_str working;
	bool last;
	size_t objects;
};

static void destroy(struct lf_git_intake *intake)
{
	intake->module->pack_free(intake->pack);
	lf_str_dispose(&intake->waiting);
	lf_str_dispose(&intake->working);
	lf_free(intake);
}

static int work(void *payload, struct lf_error *err)
{
	struct lf_git_intake *intake = payload;
	int rc = LF_OK;

	if (!intake->pack)
		rc = intake->module->pack_begin(&intake->pack, intake->store, intake->stop, err);
	if (!rc && intake->working.length)
		rc =
		    intake->module->pack_add(intake->pack, intake->working.data, intake->working.length, err);
	if (!rc && intake->last)
		rc = intake->module->pack_finish(intake->pack, &intake->objects, err);
	return rc;
}

static void go_on(struct lf_git_intake *intake);

static void worked(struct lf_git_job *job, const struct lf_error *err, void *payload)
{
	struct lf_git_intake *intake = payload;

	intake->busy = false;
	lf_str_truncate(&intake->working, 0);
	if (err && !intake->error.code)
		intake->error = *err;
	if (intake->given_up || job->over)
		destroy(intake);
	else
		go_on(intake);
}

static void tell(struct lf_git_intake *intake)
{
	struct lf_git_job *job = intake->job;
	struct lf_error error = intake->error;
	void (*then)(struct lf_git_job *, const struct lf_error *) = intake->then;

	destroy(intake);
	then(job, error.code ? &error : NULL);
}

/* Off may bring data, and even the end of everything: it is the last thing that its caller does. */
static void hold(struct lf_git_intake *intake, bool on)
{
	struct lf_git_wire *wire = intake->job->remote.session.wire;

	if (intake->holding == on || !wire)
		return;
	intake->holding = on;
	wire->kind->hold(wire, on);
}

static void go_on(struct lf_git_intake *intake)
{
	struct lf_str swap = intake->working;

	if (intake->ended && (intake->last || intake->error.code)) {
		tell(intake);
		return;
	}
	if (intake->error.code || (!intake->waiting.length && !intake->ended)) {
		hold(intake, false); /* what comes next is told the error */
		return;
	}
	intake->working = intake->waiting;
	intake->waiting = swap;
	intake->last = intake->ended;
	intake->busy = true;
	lf_git_job_work(intake->job, work, intake, worked);
	hold(intake, false);
}

struct lf_git_intake *lf_git_intake_new(struct lf_git_job *job, uint64_t limit)
{
	struct lf_git_intake *intake = lf_alloc(1, sizeof(*intake));

	intake->job = job;
	intake->limit = limit;
	intake->module = job->git->objects;
	intake->store = job->remote.store.objects;
	intake->stop = &job->stop;
	return intake;
}

int lf_git_intake_add(struct lf_git_intake *intake, const char *bytes, size_t length, struct lf_error *err)
{
	int rc;

	if (intake->error.code) {
		if (err)
			*err = intake->error;
		return intake->error.code;
	}
	intake->taken += length;
	if (intake->taken > intake->limit) {
		rc = lf_fail(err, LF_ELIMIT, "git.fetch", 0, "the server sends more than %llu MB of objects",
		             (unsigned long long)(intake->limit >> 20));
		lf_hint(err, "Its Git is too old to send only what is needed, and the repository is large: "
		             "ask for a newer one "
		             "(2.20 or later, with uploadpack.allowFilter).");
		return rc;
	}
	lf_str_add_n(&intake->waiting, bytes, length);
	if (!intake->busy)
		go_on(intake);
	else if (intake->waiting.length > WAITING_MOST)
		hold(intake, true);
	return LF_OK;
}

void lf_git_intake_finish(struct lf_git_intake *intake,
                          void (*then)(struct lf_git_job *job, const struct lf_error *err))
{
	intake->ended = true;
	intake->then = then;
	if (!intake->busy)
		go_on(intake);
}

void lf_git_intake_free(struct lf_git_intake *intake)
{
	if (!intake)
		return;
	intake->given_up = true;
	if (!intake->busy)
		destroy(intake);
}
