/* pull: see pull.h. Pure; bounds what is kept, because a forge may report thousands of checks. */
#include "config.h"
#include "core/pull.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

enum { NAMES_MOST = 50, NAME_BYTES = 80, SHOWN = 3 };

void lf_pull_dispose(struct lf_pull *pull)
{
	lf_free(pull->url);
	lf_free(pull->title);
	lf_free(pull->head);
	lf_free(pull->commit);
	lf_free(pull->blocked);
	lf_names_dispose(&pull->failing);
	lf_names_dispose(&pull->pending);
	lf_names_dispose(&pull->approved_by);
	lf_names_dispose(&pull->changes_by);
	lf_names_dispose(&pull->notes);
	memset(pull, 0, sizeof(*pull));
}

void lf_pull_move(struct lf_pull *to, struct lf_pull *from)
{
	lf_pull_dispose(to);
	*to = *from;
	memset(from, 0, sizeof(*from));
}

static void keep(struct lf_names *names, const char *name)
{
	char *clean = lf_text_clean_dup(*name ? name : "?", NAME_BYTES);

	if (names->count < NAMES_MOST && !lf_names_have(names, clean))
		lf_names_add(names, clean);
	lf_free(clean);
}

static void drop(struct lf_names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (!lf_equal(names->items[i], name))
			continue;
		lf_free(names->items[i]);
		names->count--;
		memmove(names->items + i, names->items + i + 1, (names->count - i) * sizeof(char *));
		return;
	}
}

void lf_pull_add_check(struct lf_pull *pull, const char *name, enum lf_pull_checks state)
{
	switch (state) {
	case LF_CHECKS_NONE:
		return; /* skipped, neutral: neither here nor there */
	case LF_CHECKS_FAILED:
		keep(&pull->failing, name);
		break;
	case LF_CHECKS_PENDING:
		keep(&pull->pending, name);
		break;
	case LF_CHECKS_PASSED:
		break;
	}
	pull->check_count++;
	if (state == LF_CHECKS_FAILED || pull->checks == LF_CHECKS_FAILED)
		pull->checks = LF_CHECKS_FAILED;
	else if (state == LF_CHECKS_PENDING || pull->checks == LF_CHECKS_PENDING)
		pull->checks = LF_CHECKS_PENDING;
	else
		pull->checks = LF_CHECKS_PASSED;
}

void lf_pull_add_opinion(struct lf_pull *pull, const char *who, enum lf_pull_opinion opinion)
{
	char *clean = lf_text_clean_dup(*who ? who : "?", NAME_BYTES);

	drop(&pull->approved_by, clean);
	drop(&pull->changes_by, clean);
	if (opinion == LF_OPINION_APPROVES)
		keep(&pull->approved_by, clean);
	else if (opinion == LF_OPINION_WANTS_CHANGES)
		keep(&pull->changes_by, clean);
	lf_free(clean);
}

static void part(struct lf_str *out)
{
	if (out->length)
		lf_str_add(out, " · ");
}

static void list(struct lf_str *out, const char *before, const struct lf_names *names)
{
	if (!names->count)
		return;
	lf_str_add(out, before);
	for (size_t i = 0; i < names->count && i < SHOWN; i++)
		lf_str_addf(out, "%s%s", i ? ", " : "", names->items[i]);
	if (names->count > SHOWN)
		lf_str_addf(out, " and %zu more", names->count - SHOWN);
}

static void checks(struct lf_str *out, const struct lf_pull *pull)
{
	switch (pull->checks) {
	case LF_CHECKS_NONE:
		return;
	case LF_CHECKS_PASSED:
		lf_str_addf(out, pull->check_count == 1 ? "its check passed" : "all %zu checks passed", pull->check_count);
		return;
	case LF_CHECKS_FAILED:
		list(out, "failing: ", &pull->failing);
		return;
	case LF_CHECKS_PENDING:
		lf_str_addf(out, "%zu of %zu checks passed", pull->check_count > pull->pending.count ? pull->check_count - pull->pending.count : 0,
			    pull->check_count);
		list(out, ", running: ", &pull->pending);
		return;
	}
}

void lf_pull_summary(struct lf_str *out, const struct lf_pull *pull)
{
	struct lf_str text = {0};

	if (pull->draft)
		lf_str_add(&text, "a draft");
	if (pull->checks != LF_CHECKS_NONE) {
		part(&text);
		checks(&text, pull);
	}
	if (pull->approved_by.count) {
		part(&text);
		list(&text, "approved by ", &pull->approved_by);
	}
	if (pull->changes_by.count) {
		part(&text);
		list(&text, "changes wanted by ", &pull->changes_by);
	}
	if (pull->approvals_missing > 0) {
		part(&text);
		lf_str_addf(&text, "%lld %s missing", (long long)pull->approvals_missing, pull->approvals_missing == 1 ? "approval" : "approvals");
	}
	if (pull->state == LF_PULL_OPEN && pull->merge == LF_MERGE_POSSIBLE) {
		part(&text);
		lf_str_add(&text, "can be merged");
	} else if (pull->state == LF_PULL_OPEN && pull->merge == LF_MERGE_BLOCKED) {
		part(&text);
		lf_str_addf(&text, "cannot be merged now%s%s", pull->blocked ? ": " : "", pull->blocked ? pull->blocked : "");
	}
	lf_str_add(out, lf_str_text(&text));
	lf_str_dispose(&text);
}
