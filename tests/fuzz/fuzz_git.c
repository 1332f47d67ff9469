/* fuzz_git: what a Git server may say: the first byte chooses the reader, the second how the rest is cut into
 * pieces. Cut or whole, it must mean the same. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "core/giturl.h"
#include "core/mem.h"
#include "core/text.h"
#include "providers/git/advertisement.h"
#include "providers/git/packscan.h"
#include "providers/git/refname.h"
#include "providers/git/report.h"
#include "providers/git/session.h"
#include "providers/git/words.h"

struct outcome {
	int rc;
	struct lf_str text;
};

static int note(const struct lf_pkt *pkt, void *payload, struct lf_error *err)
{
	struct lf_str *out = payload;

	(void)err;
	lf_str_addf(out, "%d:%zu:", (int)pkt->kind, pkt->length);
	lf_str_add_n(out, pkt->bytes, pkt->length);
	return LF_OK;
}

static int advert(const struct lf_pkt *pkt, void *payload, struct lf_error *err)
{
	return lf_advert_read(payload, pkt, err);
}

static int refs(const struct lf_pkt *pkt, void *payload, struct lf_error *err)
{
	return lf_advert_read_refs(payload, pkt, err);
}

static int report(const struct lf_pkt *pkt, void *payload, struct lf_error *err)
{
	return lf_git_report_read(payload, pkt, err);
}

static int feed(lf_pkt_fn *each, void *payload, const char *bytes, size_t size, size_t step,
                struct lf_error *err)
{
	struct lf_pkt_reader reader = {0};
	int rc = LF_OK;

	for (size_t at = 0; at < size && !rc; at += step) {
		rc =
		    lf_pkt_feed(&reader, bytes + at, size - at < step ? size - at : step, each, payload, err);
		fuzz_require(reader.held.length <= LF_PKT_LIMIT, "more than a packet is held", "");
	}
	lf_pkt_reader_dispose(&reader);
	fuzz_require(rc == LF_OK || (err->code == (enum lf_code)rc && err->message[0]),
	             "an error has a message", err->message);
	fuzz_require(lf_text_is_utf8(err->message, strlen(err->message)), "an error can be shown",
	             err->message);
	return rc;
}

static void run_advert(struct outcome *out, lf_pkt_fn *each, const char *bytes, size_t size, size_t step)
{
	struct lf_advert found = {.branch = "main", .version = each == refs ? 2 : 0, .begun = each == refs};
	struct lf_error err = {0};

	out->rc = feed(each, &found, bytes, size, step, &err);
	lf_str_addf(&out->text, "%d %d %d %s %s %s %zu", found.version, found.done, found.filter, found.tip,
	            found.head, found.head_branch ? found.head_branch : "-", found.refs);
	for (size_t i = 0; i < found.branches.count; i++) {
		fuzz_require(lf_git_branch_ok(found.branches.items[i], strlen(found.branches.items[i])),
		             "a bad name is kept", found.branches.items[i]);
		lf_str_add(&out->text, found.branches.items[i]);
	}
	fuzz_require(!*found.tip || strspn(found.tip, "0123456789abcdef") == 40, "a tip is an id", found.tip);
	lf_advert_dispose(&found);
}

static void run_report(struct outcome *out, const char *bytes, size_t size, size_t step)
{
	struct lf_git_report found = {.ref = "refs/heads/main"};
	struct lf_error err = {0};

	out->rc = feed(report, &found, bytes, size, step, &err);
	fuzz_require(!found.accepted || (found.unpack_seen && found.ref_seen && !found.reason),
	             "accepted without a word of it", "");
	lf_str_addf(&out->text, "%d %d %s", found.accepted, found.done, found.reason ? found.reason : "-");
	lf_git_report_dispose(&found);
}

/* The answer to a fetch or a push, with what the server says beside it. */
static void run_bands(struct outcome *out, const char *bytes, size_t size, size_t step)
{
	struct lf_git_session session = {.report = {.ref = "refs/heads/main"}};
	unsigned kind = size ? (unsigned char)bytes[0] % 4 : 0;
	struct lf_error err = {0};

	session.waiting = kind < 2 ? LF_GIT_FOR_REPORT : LF_GIT_FOR_PACK;
	session.advert.side_band_64k = true;
	session.advert.version = kind == 3 ? 2 : 0;
	out->rc = LF_OK;
	for (size_t at = size ? 1 : 0; at < size && !out->rc; at += step) {
		out->rc = lf_git_session_read(&session, bytes + at, size - at < step ? size - at : step, &err);
		fuzz_require(session.line.length <= 2000 && session.said.length <= 1000 && session.lines.count <= 2000,
		             "the server's words are bounded", "");
		fuzz_require(session.reader.held.length <= LF_PKT_LIMIT, "more than a packet is held", "");
	}
	fuzz_require(out->rc == LF_OK || err.message[0], "an error has a message", "");
	fuzz_require(lf_text_is_utf8(lf_str_text(&session.said), session.said.length), "words can be shown", "");
	lf_str_addf(&out->text, "%d %d %d %s %s %zu", session.complete, session.in_pack, session.report.accepted,
	            session.report.reason ? session.report.reason : "-", lf_str_text(&session.said), session.lines.count);
	session.report.ref = NULL;
	lf_pkt_reader_dispose(&session.reader);
	lf_pkt_reader_dispose(&session.inner);
	lf_advert_dispose(&session.advert);
	lf_git_report_dispose(&session.report);
	lf_names_dispose(&session.lines);
	lf_str_dispose(&session.line);
	lf_str_dispose(&session.said);
}

static void run_pack(struct outcome *out, const char *bytes, size_t size, size_t step)
{
	const struct lf_packscan_limits limits = {.objects = 1000, .delta = 1 << 16, .total = 1 << 20};
	struct lf_packscan *scan = lf_packscan_new(&limits);
	struct lf_error err = {0};

	out->rc = LF_OK;
	for (size_t at = 0; at < size && !out->rc; at += step)
		out->rc = lf_packscan_add(scan, bytes + at, size - at < step ? size - at : step, &err);
	if (!out->rc)
		out->rc = lf_packscan_finish(scan, &err);
	fuzz_require(out->rc == LF_OK || (err.message[0] && err.hint[0]), "an error has a message", "");
	lf_packscan_free(scan);
}

/* LF_FUZZ_GIT=N: only this reader, whatever the first byte says. */
static unsigned reader_of(uint8_t byte)
{
	const char *only = getenv("LF_FUZZ_GIT");

	return only ? (unsigned)atoi(only) : byte % 8;
}

static void run(struct outcome *out, unsigned which, const char *bytes, size_t size, size_t step)
{
	struct lf_error err = {0};

	memset(out, 0, sizeof(*out));
	if (which == 0)
		out->rc = feed(note, &out->text, bytes, size, step, &err);
	else if (which == 1)
		run_advert(out, advert, bytes, size, step);
	else if (which == 2)
		run_advert(out, refs, bytes, size, step);
	else if (which == 3)
		run_report(out, bytes, size, step);
	else if (which == 6)
		run_bands(out, bytes, size, step);
	else
		run_pack(out, bytes, size, step);
}

/* Whatever is accepted as an address is safe to hand to ssh, and its canonical form is one. */
static void try_url(const char *bytes, size_t size)
{
	char *text = lf_dup_n(bytes, size);
	struct lf_git_url url, again;
	struct lf_error err = {0};

	if (lf_git_url_parse(&url, text, &err)) {
		fuzz_require(err.message[0] && err.hint[0], "a refusal says why", text);
	} else {
		fuzz_require(!url.host || (url.host[0] != '-' && !strpbrk(url.host, " \n;$`'\"")),
		             "an unsafe host", text);
		fuzz_require(!url.user || url.user[0] != '-', "an unsafe user", text);
		fuzz_require(url.path[0] != '-', "an unsafe path", text);
		fuzz_require(!lf_git_url_parse(&again, url.canonical, &err), err.message, url.canonical);
		fuzz_require(!strcmp(again.canonical, url.canonical), "canonical of canonical",
		             url.canonical);
		lf_git_url_dispose(&again);
		(void)lf_git_words_ended(&err, &url, text, 1, 0);
		lf_git_url_dispose(&url);
	}
	lf_free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data + 2;
	struct outcome whole, cut;
	struct lf_error err = {0};
	unsigned which;

	if (size < 2)
		return 0;
	which = reader_of(data[0]);
	size -= 2;
	if (which == 4) {
		try_url(bytes, size);
		return 0;
	}
	if (which == 5) {
		(void)lf_git_words_refusal(&err, "fuzz", bytes, size);
		fuzz_require(err.message[0] && lf_text_is_utf8(err.message, strlen(err.message)),
		             "a refusal can be shown", err.message);
		return 0;
	}
	run(&whole, which, bytes, size, size ? size : 1);
	run(&cut, which, bytes, size, 1u + data[1] % 61);
	fuzz_require(whole.rc == cut.rc, "cut, it ends differently", lf_str_text(&whole.text));
	fuzz_require(whole.text.length == cut.text.length &&
	                 (!cut.text.length || !memcmp(whole.text.data, cut.text.data, cut.text.length)),
	             "cut, it means something else", lf_str_text(&whole.text));
	lf_str_dispose(&whole.text);
	lf_str_dispose(&cut.text);
	return 0;
}
