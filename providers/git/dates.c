/* dates: see dates.h. Owns the child that says what they mean; must not read a date itself. */
#include "config.h"
#include "providers/git/dates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "providers/git/child.h"
#include "providers/git/job.h"

enum { OUTPUT_LIMIT = 1000, PATIENCE_MS = 20000 };

static const char WHERE[] = "git.date";
static const struct {
	const char *date, *identity;
} kinds[] = {{"GIT_AUTHOR_DATE", "GIT_AUTHOR_IDENT"}, {"GIT_COMMITTER_DATE", "GIT_COMMITTER_IDENT"}};

struct lf_git_dates {
	struct lf_git_job *job;
	struct lf_git_child *child;
	struct lf_str output;
	struct lf_objects_moment moments[LF_COUNT(kinds)];
	size_t at; /* the kind that git is asked for */
	bool pending;
	lf_git_dates_fn *then;
	void *payload;
};

static bool is_set(size_t kind)
{
	const char *text = getenv(kinds[kind].date);

	return text && *text; /* empty, git takes it for unset */
}

bool lf_git_dates_are_set(void)
{
	return is_set(0) || is_set(1);
}

static void finish(struct lf_git_dates *dates, const struct lf_error *err)
{
	struct lf_git_job *job = dates->job;

	if (!dates->pending)
		return;
	dates->pending = false;
	lf_git_child_free(dates->child);
	dates->child = NULL;
	lf_git_job_hold(job);
	dates->then(job, &dates->moments[0], &dates->moments[1], err, dates->payload);
	lf_git_job_release(job);
}

static void on_output(const char *bytes, size_t length, void *payload)
{
	struct lf_git_dates *dates = payload;

	if (length < OUTPUT_LIMIT - dates->output.length)
		lf_str_add_n(&dates->output, bytes, length);
}

/* "name <email> 1763769600 +0100" */
static bool read_identity(struct lf_objects_moment *out, const char *text)
{
	const char *end = strrchr(text, '>');
	long long when;
	char sign;
	int zone, used = 0;

	if (!end || sscanf(end, "> %lld %c%4d%n", &when, &sign, &zone, &used) < 3 || !used || (sign != '+' && sign != '-'))
		return false;
	out->known = true;
	out->when = when;
	out->offset_minutes = (zone / 100 * 60 + zone % 100) * (sign == '-' ? -1 : 1);
	return true;
}

static void ask(struct lf_git_dates *dates);

static void on_ended(const struct lf_git_child_end *end, void *payload)
{
	struct lf_git_dates *dates = payload;
	const char *variable = kinds[dates->at].date;
	struct lf_error error = {0};

	if (!end->status && !end->signal && read_identity(&dates->moments[dates->at], lf_str_text(&dates->output))) {
		dates->at++;
		ask(dates);
		return;
	}
	if (strstr(end->said, "invalid date format")) {
		char *text = lf_text_clean_dup(getenv(variable), 80);

		(void)lf_fail(&error, LF_EINVAL, WHERE, 0, "%s is no date that Git knows: %s", variable, text);
		lf_hint(&error, "For example 2026-11-22T14:30:00+01:00, or @1795354200 +0100; or unset it: then it is now.");
		lf_free(text);
	} else {
		char *said = lf_text_clean_dup(end->said, 200);

		(void)lf_fail(&error, LF_ERROR, WHERE, end->status, "git did not say what %s means: %s", variable, said);
		lf_hint(&error, "Try: git var %s; or unset %s: then it is now.", kinds[dates->at].identity, variable);
		lf_free(said);
	}
	finish(dates, &error);
}

static void ask(struct lf_git_dates *dates)
{
	/* Who it is was found out elsewhere, and a name that git refuses is no fault of the date. */
	static const char *const environment[] = {"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a", "GIT_DIR=/dev/null", "LC_ALL=C", NULL};
	struct lf_error error = {0};

	lf_git_child_free(dates->child);
	dates->child = NULL;
	lf_str_truncate(&dates->output, 0);
	while (dates->at < LF_COUNT(kinds) && !is_set(dates->at))
		dates->at++;
	if (dates->at < LF_COUNT(kinds)) {
		const char *argv[] = {"git", "var", kinds[dates->at].identity, NULL};
		const struct lf_git_child_plan plan = {.argv = argv, .set = environment, .patience_ms = PATIENCE_MS, .output = on_output, .ended = on_ended, .payload = dates};

		if (!lf_git_child_new(&dates->child, dates->job->git->loop, &plan, &error)) {
			lf_git_child_close_input(dates->child);
			return;
		}
		lf_hint(&error, "Install git, which reads %s; or unset it.", kinds[dates->at].date);
		finish(dates, &error);
		return;
	}
	finish(dates, NULL);
}

void lf_git_dates_ask(struct lf_git_job *job, lf_git_dates_fn *then, void *payload)
{
	struct lf_git_dates *dates = job->dates;

	if (!dates) {
		dates = lf_alloc(1, sizeof(*dates));
		dates->job = job;
		job->dates = dates;
	}
	memset(dates->moments, 0, sizeof(dates->moments));
	dates->at = 0;
	dates->then = then;
	dates->payload = payload;
	dates->pending = true;
	ask(dates);
}

void lf_git_dates_hang_up(struct lf_git_dates *dates)
{
	if (dates)
		finish(dates, NULL);
}

void lf_git_dates_free(struct lf_git_dates *dates)
{
	if (!dates)
		return;
	lf_git_child_free(dates->child);
	lf_str_dispose(&dates->output);
	lf_free(dates);
}
