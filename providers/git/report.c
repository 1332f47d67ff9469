/* report: see report.h. A push counts as accepted only when the server said so for our very ref. */
#include "config.h"
#include "providers/git/report.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

static int broken(struct lf_error *err)
{
	int rc = lf_fail(err, LF_EPARSE, "git.report", 0, "the server's answer to the push cannot be read");

	lf_hint(err, "Try again: Landfall finds out first whether the commit arrived.");
	return rc;
}

static void refuse(struct lf_git_report *report, const char *words, size_t length)
{
	struct lf_str text = {0};

	lf_text_clean(&text, words, length, 300);
	report->accepted = false;
	if (report->reason)
		lf_str_dispose(&text); /* the first reason is the cause */
	else
		report->reason = lf_str_take(&text);
}

/* LINE is "REF" or "REF WORDS": whether it is about ours; then WORDS is what follows. */
static bool is_ours(const struct lf_git_report *report, const char *line, size_t length, const char **words,
                    size_t *words_length)
{
	size_t n = strlen(report->ref);

	if (length < n || memcmp(line, report->ref, n) != 0 || (length > n && line[n] != ' '))
		return false;
	*words = length > n ? line + n + 1 : line + n;
	*words_length = length > n ? length - n - 1 : 0;
	return true;
}

int lf_git_report_read(struct lf_git_report *report, const struct lf_pkt *pkt, struct lf_error *err)
{
	const char *rest, *words;
	size_t length, words_length;

	switch (pkt->kind) {
	case LF_PKT_FLUSH:
		report->done = true;
		return LF_OK;
	case LF_PKT_DELIM:
	case LF_PKT_END:
		return broken(err);
	case LF_PKT_DATA:
		break;
	}
	if (!report->unpack_seen) {
		rest = lf_pkt_after(pkt, "unpack ", &length);
		if (!rest)
			return broken(err);
		report->unpack_seen = true;
		if (length != 2 || memcmp(rest, "ok", 2) != 0)
			refuse(report, rest, length);
		return LF_OK;
	}
	rest = lf_pkt_after(pkt, "ok ", &length);
	if (rest && is_ours(report, rest, length, &words, &words_length)) {
		report->ref_seen = true;
		report->accepted = !report->reason;
		return LF_OK;
	}
	rest = lf_pkt_after(pkt, "ng ", &length);
	if (rest && is_ours(report, rest, length, &words, &words_length)) {
		report->ref_seen = true;
		refuse(report, words_length ? words : "no reason given",
		       words_length ? words_length : strlen("no reason given"));
		return LF_OK;
	}
	/* "option ..." of version 2, and refs that are not ours: of no importance. */
	return LF_OK;
}

void lf_git_report_dispose(struct lf_git_report *report)
{
	lf_free(report->reason);
	memset(report, 0, sizeof(*report));
}
