/* session: see session.h. Owns the order of requests and what their answers' packets mean. A step's end is
 * always the last thing done in a callback: after it the session may be closed, busy with the next request,
 * or gone. */
#include "config.h"
#include "providers/git/session.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "providers/git/job.h"
#include "providers/git/refname.h"
#include "providers/git/words.h"

enum { LINE_LIMIT = 2000, SAID_LIMIT = 1000, LINES_LIMIT = 2000, CHATTER_LIMIT = 16 << 20 };

void lf_git_session_close(struct lf_git_session *session)
{
	struct lf_git_wire *wire = session->wire;

	session->wire = NULL;
	session->waiting = LF_GIT_IDLE;
	lf_git_intake_free(session->intake);
	session->intake = NULL;
	lf_pkt_reader_dispose(&session->reader);
	lf_pkt_reader_dispose(&session->inner);
	if (wire)
		wire->kind->free(wire);
}

void lf_git_session_dispose(struct lf_git_session *session)
{
	lf_git_session_close(session);
	lf_advert_dispose(&session->advert);
	lf_git_report_dispose(&session->report);
	lf_free(session->ref);
	lf_str_dispose(&session->line);
	lf_names_dispose(&session->lines);
	lf_str_dispose(&session->said);
	memset(session, 0, sizeof(*session));
}

static void fail(struct lf_git_session *session, const struct lf_error *err)
{
	struct lf_git_job *job = session->job;
	lf_git_session_fn *then = session->then;
	struct lf_error copy = *err;

	lf_git_session_close(session);
	lf_git_job_hold(job);
	then(job, &copy);
	lf_git_job_release(job);
}

static void ask(struct lf_git_session *session, enum lf_git_waiting waiting, struct lf_str *body)
{
	session->waiting = waiting;
	session->complete = session->in_pack = false;
	session->chatter = 0;
	lf_pkt_reader_dispose(&session->reader);
	if (body)
		session->job->remote.sent += body->length;
	session->wire->kind->ask(session->wire, body);
}

/* One line of the server's own words is whole. The job is told when the packets at hand are read: it may then
 * end the session. */
static void keep_line(struct lf_git_session *session)
{
	struct lf_str clean = {0};

	lf_text_clean(&clean, session->line.data, session->line.length, LINE_LIMIT);
	lf_str_truncate(&session->line, 0);
	if (clean.length && session->line_count++ < LINES_LIMIT) {
		if (session->said.length + clean.length < SAID_LIMIT)
			lf_str_addf(&session->said, "%s%s", session->said.length ? "\n" : "", clean.data);
		lf_names_add(&session->lines, clean.data);
	}
	lf_str_dispose(&clean);
}

/* False: the job is over, and the session may be gone. */
static bool tell_lines(struct lf_git_session *session)
{
	struct lf_git_job *job = session->job;
	struct lf_names lines = session->lines;
	bool alive;

	memset(&session->lines, 0, sizeof(session->lines));
	lf_git_job_hold(job);
	for (size_t i = 0; i < lines.count && job->progress && !job->over; i++)
		job->progress(job, lines.items[i]);
	lf_names_dispose(&lines);
	alive = !job->over;
	lf_git_job_release(job);
	return alive;
}

static void take_words(struct lf_git_session *session, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] == '\n' || bytes[i] == '\r')
			keep_line(session);
		else if (session->line.length < LINE_LIMIT)
			lf_str_add_char(&session->line, bytes[i]);
	}
}

static int broken(struct lf_error *err)
{
	int rc = lf_fail(err, LF_EPARSE, "git.session", 0, "the server's answer cannot be read");

	lf_hint(err, "Try again. If it happens again, the server or a proxy in front of it is at fault.");
	return rc;
}

static int endless(struct lf_error *err)
{
	int rc = lf_fail(err, LF_ELIMIT, "git.session", 0, "the server talks without end");

	lf_hint(err, "Ask who runs the server what its hooks print.");
	return rc;
}

static int read_inner(const struct lf_pkt *pkt, void *payload, struct lf_error *err)
{
	struct lf_git_session *session = payload;

	return lf_git_report_read(&session->report, pkt, err);
}

/* What came in one of the three side bands. */
static int read_band(struct lf_git_session *session, const struct lf_pkt *pkt, struct lf_error *err)
{
	const char *bytes = pkt->bytes + 1;
	size_t length = pkt->length - 1;

	switch (pkt->bytes[0]) {
	case 1:
		if (session->waiting == LF_GIT_FOR_PACK)
			return session->intake ? lf_git_intake_add(session->intake, bytes, length, err) : LF_OK;
		return lf_pkt_feed(&session->inner, bytes, length, read_inner, session, err);
	case 2:
		session->chatter += length + 5;
		if (session->chatter > CHATTER_LIMIT)
			return endless(err);
		take_words(session, bytes, length);
		return LF_OK;
	case 3:
		return lf_git_words_refusal(err, "git.session", bytes, length);
	default:
		return broken(err);
	}
}

/* Lines before the pack. Which of them come depends on the version, and none of them tells what we do not
 * know. */
static bool is_known_line(const struct lf_pkt *pkt)
{
	static const char *const starts[] = {"shallow ",     "unshallow ",      "ACK ",  "NAK",
	                                     "shallow-info", "acknowledgments", "ready", "wanted-refs"};
	size_t length;

	for (size_t i = 0; i < LF_COUNT(starts); i++)
		if (lf_pkt_after(pkt, starts[i], &length))
			return true;
	return false;
}

static int read_pack(struct lf_git_session *session, const struct lf_pkt *pkt, struct lf_error *err)
{
	const char *rest;
	size_t length;

	switch (pkt->kind) {
	case LF_PKT_FLUSH:
		session->complete = session->in_pack;
		/* In version 2 a flush ends the answer; before, it also ends the list of shallow commits. */
		return session->in_pack || session->advert.version < 2 ? LF_OK : broken(err);
	case LF_PKT_DELIM:
		return LF_OK;
	case LF_PKT_END:
		return broken(err);
	case LF_PKT_DATA:
		break;
	}
	if (!pkt->length)
		return LF_OK;
	rest = lf_pkt_after(pkt, "ERR ", &length);
	if (rest)
		return lf_git_words_refusal(err, "git.session", rest, length);
	if (!session->in_pack && session->advert.version == 2) {
		session->in_pack = lf_pkt_is(pkt, "packfile");
		return session->in_pack || is_known_line(pkt) ? LF_OK : broken(err);
	}
	if (!session->in_pack && pkt->bytes[0] > 3)
		return is_known_line(pkt) ? LF_OK : broken(err);
	if (pkt->bytes[0] == 1)
		session->in_pack = true;
	return read_band(session, pkt, err);
}

static int read_report(struct lf_git_session *session, const struct lf_pkt *pkt, struct lf_error *err)
{
	const char *rest;
	size_t length;
	int rc;

	if (!session->advert.side_band_64k) {
		rc = lf_git_report_read(&session->report, pkt, err);
		session->complete = session->report.done;
		return rc;
	}
	if (pkt->kind == LF_PKT_FLUSH) {
		session->complete = true;
		return LF_OK;
	}
	if (pkt->kind != LF_PKT_DATA)
		return broken(err);
	rest = lf_pkt_after(pkt, "ERR ", &length);
	if (rest)
		return lf_git_words_refusal(err, "git.session", rest, length);
	return pkt->length ? read_band(session, pkt, err) : LF_OK;
}

static int on_pkt(const struct lf_pkt *pkt, void *payload, struct lf_error *err)
{
	struct lf_git_session *session = payload;
	int rc = LF_OK;

	if (session->complete)
		return LF_OK; /* whatever a server says after the end */
	switch (session->waiting) {
	case LF_GIT_IDLE:
		break;
	case LF_GIT_FOR_ADVERT:
		rc = lf_advert_read(&session->advert, pkt, err);
		session->complete = session->advert.done;
		break;
	case LF_GIT_FOR_REFS:
		rc = lf_advert_read_refs(&session->advert, pkt, err);
		session->complete = session->advert.done;
		break;
	case LF_GIT_FOR_PACK:
		rc = read_pack(session, pkt, err);
		break;
	case LF_GIT_FOR_REPORT:
		rc = read_report(session, pkt, err);
		break;
	}
	return rc;
}

static int check_advert(const struct lf_git_session *session, struct lf_error *err)
{
	const struct lf_advert *advert = &session->advert;
	int rc;

	/* An empty repository has nothing to be asked for. */
	if (session->service == LF_GIT_UPLOAD ? !advert->refs || advert->side_band_64k || advert->side_band
	                                      : advert->report_status || advert->report_status_v2)
		return LF_OK;
	rc = lf_fail(err, LF_EREFUSED, "git.session", 0, "the server's Git is too old to work with");
	lf_hint(err, "It lacks %s, which Git has had since 2006.",
	        session->service == LF_GIT_UPLOAD ? "side-band" : "report-status");
	return rc;
}

/* The answer is complete: on to the next request of this step, or to its end. */
static void finish(struct lf_git_session *session)
{
	struct lf_git_job *job = session->job;
	struct lf_git_intake *intake = session->intake;
	enum lf_git_waiting waiting = session->waiting;
	struct lf_error error = {0};
	struct lf_str body = {0};

	session->waiting = LF_GIT_IDLE;
	if (waiting == LF_GIT_FOR_ADVERT && session->advert.version == 2 &&
	    session->service == LF_GIT_UPLOAD) {
		session->wire->protocol_v2 = true;
		lf_advert_forget_refs(&session->advert);
		lf_git_request_refs(&body, &session->advert);
		ask(session, LF_GIT_FOR_REFS, &body);
		return;
	}
	if (waiting == LF_GIT_FOR_ADVERT && check_advert(session, &error)) {
		fail(session, &error);
		return;
	}
	if (waiting == LF_GIT_FOR_REPORT && !session->report.ref_seen && !session->report.reason) {
		(void)broken(&error);
		fail(session, &error);
		return;
	}
	lf_git_job_hold(job);
	if (waiting == LF_GIT_FOR_PACK) {
		session->intake = NULL;
		session->spent = session->advert.version < 2 && !session->wire->kind->stateless;
		lf_git_intake_finish(intake, session->then);
	} else {
		session->spent = waiting == LF_GIT_FOR_REPORT;
		session->then(job, NULL);
	}
	lf_git_job_release(job);
}

int lf_git_session_read(struct lf_git_session *session, const char *bytes, size_t length, struct lf_error *err)
{
	return lf_pkt_feed(&session->reader, bytes, length, on_pkt, session, err);
}

static void on_data(const char *bytes, size_t length, void *payload)
{
	struct lf_git_session *session = payload;
	struct lf_git_job *job = session->job;
	struct lf_error error = {0};
	int rc;

	job->remote.received += length;
	if (session->waiting == LF_GIT_IDLE)
		return;
	rc = lf_git_session_read(session, bytes, length, &error);
	if (session->line.length && (rc || session->complete))
		keep_line(session);
	if (!tell_lines(session))
		return;
	if (rc) {
		fail(session, &error);
		return;
	}
	if (session->complete && !session->wire->kind->stateless) {
		finish(session);
		return;
	}
	if (job->progress)
		job->progress(job, NULL);
}

static void on_end(const struct lf_error *err, void *payload)
{
	struct lf_git_session *session = payload;
	struct lf_error error = {0};

	session->spent = session->spent || !session->wire->kind->stateless;
	if (session->waiting == LF_GIT_IDLE)
		return;
	/* After the report the server's hooks may still run and be cut off; what became of the push is known
	 * by then. */
	if ((!err && session->complete) || (session->waiting == LF_GIT_FOR_REPORT && session->report.done)) {
		finish(session);
		return;
	}
	if (err) {
		error = *err;
	} else {
		(void)lf_fail(&error, LF_ENET, "git.session", 0,
		              "the connection ended before the answer was complete");
		lf_hint(&error, "Try again: Landfall finds out first how far it came.");
	}
	fail(session, &error);
}

void lf_git_session_open(struct lf_git_job *job, enum lf_git_service service, const char *branch,
                         lf_git_session_fn *then)
{
	struct lf_git_session *session = &job->remote.session;
	const struct lf_git_url *url = service == LF_GIT_RECEIVE ? &job->remote.push_url : &job->remote.url;
	const struct lf_git_wire_handler handler = {.data = on_data, .end = on_end, .payload = session};

	lf_git_session_dispose(session);
	session->job = job;
	session->service = service;
	session->then = then;
	session->advert.branch = branch;
	session->advert.base = job->remote.base;
	session->advert.others = job->remote.others;
	switch (url->transport) {
	case LF_GIT_HTTP:
	case LF_GIT_HTTPS:
		session->wire = lf_git_http_new(job, service, &handler);
		break;
	case LF_GIT_SSH:
	case LF_GIT_LOCAL:
		session->wire = lf_git_pipe_new(job, service, &handler);
		break;
	case LF_GIT_DAEMON:
		session->wire = lf_git_daemon_new(job, service, &handler);
		break;
	}
	ask(session, LF_GIT_FOR_ADVERT, NULL);
}

bool lf_git_session_is_open(const struct lf_git_session *session, enum lf_git_service service)
{
	return session->wire && session->service == service && !session->spent;
}

void lf_git_session_fetch(struct lf_git_job *job, const struct lf_git_fetch *fetch, uint64_t limit,
                          lf_git_session_fn *then)
{
	struct lf_git_session *session = &job->remote.session;
	struct lf_str body = {0};

	session->then = then;
	session->intake = lf_git_intake_new(job, limit);
	lf_git_request_fetch(&body, &session->advert, fetch);
	ask(session, LF_GIT_FOR_PACK, &body);
}

void lf_git_session_push(struct lf_git_job *job, const char *branch, const char *old_id, const char *new_id,
                         struct lf_str *pack, lf_git_session_fn *then)
{
	struct lf_git_session *session = &job->remote.session;
	struct lf_str body = {0};

	session->then = then;
	lf_git_report_dispose(&session->report);
	lf_free(session->ref);
	session->ref = lf_format(LF_GIT_HEADS "%s", branch);
	session->report.ref = session->ref;
	lf_git_request_push(&body, &session->advert, session->ref, old_id, new_id,
	                    &job->remote.settings.push_options);
	lf_str_add_n(&body, pack->data, pack->length);
	lf_str_dispose(pack);
	ask(session, LF_GIT_FOR_REPORT, &body);
}
