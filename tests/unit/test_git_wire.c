/* The pure parts of the Git client: framing, advertisements, reports, requests. Every stream is also read
 * byte by byte: the network cuts where it likes. */
#include "config.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"
#include "providers/git/advertisement.h"
#include "providers/git/report.h"
#include "providers/git/request.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static int note_pkt(const struct lf_pkt *pkt, void *payload, struct lf_error *err)
{
	struct lf_str *out = payload;

	(void)err;
	switch (pkt->kind) {
	case LF_PKT_FLUSH:
		lf_str_add(out, "[flush]");
		break;
	case LF_PKT_DELIM:
		lf_str_add(out, "[delim]");
		break;
	case LF_PKT_END:
		lf_str_add(out, "[end]");
		break;
	case LF_PKT_DATA:
		lf_str_addf(out, "[%.*s]", (int)pkt->length, pkt->bytes);
		break;
	}
	return LF_OK;
}

static int feed_in_steps(const char *text, size_t step, lf_pkt_fn *each, void *payload, struct lf_error *err)
{
	struct lf_pkt_reader reader = {0};
	size_t length = strlen(text), at;
	int rc = LF_OK;

	for (at = 0; at < length && !rc; at += step)
		rc = lf_pkt_feed(&reader, text + at, length - at < step ? length - at : step, each, payload,
		                 err);
	if (!rc && !lf_pkt_at_border(&reader))
		rc = LF_ERROR;
	lf_pkt_reader_dispose(&reader);
	return rc;
}

static void frames(void **state)
{
	(void)state;
	for (size_t step = 1; step < 24; step++) {
		struct lf_str out = {0};

		assert_int_equal(
		    feed_in_steps("0006a\n0004000000010002000Ahello\n0005x", step, note_pkt, &out, NULL),
		    LF_OK);
		assert_string_equal(lf_str_text(&out), "[a\n][][flush][delim][end][hello\n][x]");
		lf_str_dispose(&out);
	}
}

static void frames_are_limited(void **state)
{
	static const char *const broken[] = {
	    "0003", "fff1", "ffff", "<htm", "00 5", "-001", "000g", "+005", "\xff\xff\xff\xff"};
	struct lf_str big = {0};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(broken); i++) {
		for (size_t step = 1; step < 5; step++) {
			struct lf_error err = {0};
			struct lf_str out = {0};

			assert_int_equal(feed_in_steps(broken[i], step, note_pkt, &out, &err), LF_EPARSE);
			assert_true(err.message[0] && err.hint[0]);
			lf_str_dispose(&out);
		}
	}
	lf_str_add(&big, "fff0");
	while (big.length < LF_PKT_LIMIT)
		lf_str_add_char(&big, 'x');
	for (size_t step = 1000; step < 70000; step += 20000) {
		struct lf_str out = {0};

		assert_int_equal(feed_in_steps(lf_str_text(&big), step, note_pkt, &out, NULL), LF_OK);
		assert_int_equal(out.length, LF_PKT_LIMIT - 4 + 2);
		lf_str_dispose(&out);
	}
	lf_str_dispose(&big);
}

static void writes_frames(void **state)
{
	struct lf_str out = {0};

	(void)state;
	lf_pkt_addf(&out, "want %s\n", "x");
	lf_pkt_add_delim(&out);
	lf_pkt_add(&out, "\0a", 2);
	lf_pkt_add_flush(&out);
	assert_int_equal(out.length, 11 + 4 + 6 + 4 + 0);
	assert_memory_equal(out.data, "000bwant x\n00010006\0a0000", out.length);
	lf_str_dispose(&out);
}

static int read_advert(const struct lf_pkt *pkt, void *payload, struct lf_error *err)
{
	return lf_advert_read(payload, pkt, err);
}

static int read_refs(const struct lf_pkt *pkt, void *payload, struct lf_error *err)
{
	return lf_advert_read_refs(payload, pkt, err);
}

/* Packets from lines; a line of its own "0000" is a flush, '|' stands for NUL. */
static char *packets(const char *lines, size_t *length)
{
	struct lf_str out = {0};

	while (*lines) {
		size_t n = strcspn(lines, "\n");

		if (n == 4 && !memcmp(lines, "0000", 4)) {
			lf_pkt_add_flush(&out);
		} else {
			char *line = lf_dup_n(lines, n + 1);

			for (char *c = line; *c; c++)
				if (*c == '|')
					*c = '\0';
			lf_pkt_add(&out, line, n + 1);
			lf_free(line);
		}
		lines += n + (lines[n] == '\n');
	}
	*length = out.length;
	return lf_str_take(&out);
}

static int advertise(struct lf_advert *advert, const char *branch, const char *lines, lf_pkt_fn *each,
                     size_t step, struct lf_error *err)
{
	struct lf_pkt_reader reader = {0};
	size_t length, at;
	char *bytes = packets(lines, &length);
	int rc = LF_OK;

	advert->branch = branch;
	for (at = 0; at < length && !rc; at += step)
		rc = lf_pkt_feed(&reader, bytes + at, length - at < step ? length - at : step, each, advert,
		                 err);
	lf_pkt_reader_dispose(&reader);
	lf_free(bytes);
	return rc;
}

static void reads_v0(void **state)
{
	static const char stream[] =
	    "# service=git-upload-pack\n0000\n" A
	    " HEAD|multi_ack thin-pack side-band side-band-64k ofs-delta shallow deepen-since no-progress "
	    "allow-any-sha1-in-want "
	    "symref=HEAD:refs/heads/trunk filter object-format=sha1 agent=git/2.39.5\n" B
	    " refs/heads/main\n" A " refs/heads/main-2\n" A " refs/heads/trunk\n" A " refs/tags/v1\n" B
	    " refs/tags/v1^{}\n0000\n";

	(void)state;
	for (size_t step = 1; step < 400; step += 7) {
		struct lf_advert advert = {0};

		assert_int_equal(advertise(&advert, "main", stream, read_advert, step, NULL), LF_OK);
		assert_true(advert.done);
		assert_int_equal(advert.version, 0);
		assert_string_equal(advert.tip, B);
		assert_string_equal(advert.head, A);
		assert_string_equal(advert.head_branch, "trunk");
		assert_int_equal(advert.branches.count, 3);
		assert_int_equal(advert.refs, 5);
		assert_true(advert.shallow && advert.filter && advert.wants_any && advert.ofs_delta &&
		            advert.no_progress);
		assert_true(advert.side_band && advert.side_band_64k && advert.object_format);
		assert_false(advert.report_status);
		lf_advert_dispose(&advert);
	}
}

static void reads_v0_for_pushing(void **state)
{
	struct lf_advert advert = {0};

	(void)state;
	assert_int_equal(advertise(&advert, "main",
	                           A " refs/heads/main|report-status report-status-v2 delete-refs "
	                             "side-band-64k quiet atomic ofs-delta "
	                             "object-format=sha1 agent=x\n0000\n",
	                           read_advert, 1000, NULL),
	                 LF_OK);
	assert_true(advert.done && advert.report_status && advert.report_status_v2 && advert.quiet &&
	            advert.atomic);
	assert_string_equal(advert.tip, A);
	assert_string_equal(advert.head, "");
	lf_advert_dispose(&advert);
}

static void reads_empty_repositories(void **state)
{
	struct lf_advert advert = {0};

	(void)state;
	assert_int_equal(advertise(&advert, "main",
	                           "version 1\n" LF_GIT_NO_ID
	                           " capabilities^{}|report-status object-format=sha1\n0000\n",
	                           read_advert, 1000, NULL),
	                 LF_OK);
	assert_true(advert.done && advert.report_status);
	assert_int_equal(advert.version, 1);
	assert_int_equal(advert.refs, 0);
	assert_string_equal(advert.tip, "");
	lf_advert_dispose(&advert);
	assert_int_equal(
	    advertise(&advert, "main", "# service=git-upload-pack\n0000\n0000\n", read_advert, 1000, NULL),
	    LF_OK);
	assert_true(advert.done);
	assert_int_equal(advert.version, 0);
	lf_advert_dispose(&advert);
}

static void reads_v2(void **state)
{
	(void)state;
	for (size_t step = 1; step < 200; step += 3) {
		struct lf_advert advert = {0};

		/* GitHub says the service's name before "version 2", git itself does not. */
		assert_int_equal(
		    advertise(
		        &advert, "main",
		        step % 2
		            ? "# service=git-upload-pack\n0000\nversion 2\nagent=git/2.39.5\nls-refs=unborn\n"
		              "fetch=shallow wait-for-done filter\nserver-option\nobject-format=sha1\n0000\n"
		            : "version 2\nls-refs\nfetch\n0000\n",
		        read_advert, step, NULL),
		    LF_OK);
		assert_true(advert.done && advert.wants_any && advert.side_band_64k);
		assert_int_equal(advert.version, 2);
		assert_int_equal(advert.shallow, step % 2);
		assert_int_equal(advert.filter, step % 2);
		assert_int_equal(advert.ls_refs_unborn, step % 2);
		advert.done = false;
		assert_int_equal(advertise(&advert, "main",
		                           A " HEAD symref-target:refs/heads/trunk\n" B " refs/heads/main\n" A
		                             " refs/heads/trunk peeled:" B "\n0000\n",
		                           read_refs, step, NULL),
		                 LF_OK);
		assert_true(advert.done);
		assert_string_equal(advert.tip, B);
		assert_string_equal(advert.head, A);
		assert_string_equal(advert.head_branch, "trunk");
		lf_advert_forget_refs(&advert);
		assert_int_equal(advertise(&advert, "main",
		                           "unborn HEAD symref-target:refs/heads/main\n0000\n", read_refs,
		                           step, NULL),
		                 LF_OK);
		assert_string_equal(advert.head, "");
		assert_string_equal(advert.head_branch, "main");
		lf_advert_dispose(&advert);
	}
}

static void guesses_the_default_branch(void **state)
{
	struct lf_advert advert = {0};

	(void)state;
	assert_int_equal(advertise(&advert, NULL,
	                           A " HEAD|x\n" B " refs/heads/dev\n" A " refs/heads/master\n0000\n",
	                           read_advert, 99, NULL),
	                 LF_OK);
	assert_string_equal(advert.head_branch, "master");
	lf_advert_dispose(&advert);
}

static void refuses_what_it_cannot_use(void **state)
{
	static const struct {
		const char *lines;
		int code;
	} rows[] = {
	    {"ERR access denied or repository not exported: /x\n", LF_ENOTFOUND},
	    {"ERR Repository not found.\n", LF_ENOTFOUND},
	    {"ERR something else\n", LF_EREFUSED},
	    {"version 2\nobject-format=sha256\n", LF_EREFUSED},
	    {A " HEAD|object-format=sha256\n", LF_EREFUSED},
	    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa HEAD\n", LF_EREFUSED},
	    {"hello\n", LF_EPARSE},
	    {A "\n", LF_EPARSE},
	    {A " \n", LF_EPARSE},
	    {A " HEAD|x\n" A " refs/heads/a|second\n", LF_EPARSE},
	    {"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA HEAD\n", LF_EPARSE},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_advert advert = {0};
		struct lf_error err = {0};

		assert_int_equal(advertise(&advert, NULL, rows[i].lines, read_advert, 1000, &err),
		                 rows[i].code);
		assert_true(err.message[0] && err.hint[0]);
		lf_advert_dispose(&advert);
	}
}

static void keeps_only_good_names(void **state)
{
	struct lf_advert advert = {0};

	(void)state;
	assert_int_equal(advertise(&advert, NULL,
	                           A " HEAD symref-target:refs/heads/-x\n" A " refs/heads/a..b\n" A
	                             " refs/heads/\x1b[31m\n" A " refs/heads/ok/1\n" A
	                             " refs/heads/x.lock\n0000\n",
	                           read_refs, 1000, NULL),
	                 LF_OK);
	assert_int_equal(advert.branches.count, 1);
	assert_string_equal(advert.branches.items[0], "ok/1");
	assert_null(advert.head_branch);
	lf_advert_dispose(&advert);
}

static void bounds_the_list(void **state)
{
	struct lf_advert advert = {.version = 2, .begun = true};
	char line[100];
	struct lf_pkt pkt = {.kind = LF_PKT_DATA, .bytes = line};
	struct lf_error err = {0};
	int rc = LF_OK;

	(void)state;
	for (size_t i = 0; i <= LF_ADVERT_REFS_LIMIT; i++) {
		pkt.length = (size_t)snprintf(line, sizeof(line), A " refs/heads/b%zu\n", i);
		rc = lf_advert_read_refs(&advert, &pkt, &err);
		if (rc)
			break;
	}
	assert_int_equal(rc, LF_ELIMIT);
	assert_int_equal(advert.branches.count, LF_ADVERT_NAMES_LIMIT);
	lf_advert_dispose(&advert);
}

static int read_report(const struct lf_pkt *pkt, void *payload, struct lf_error *err)
{
	return lf_git_report_read(payload, pkt, err);
}

static void reads_reports(void **state)
{
	static const struct {
		const char *lines;
		int code;
		bool accepted, seen;
		const char *reason;
	} rows[] = {
	    {"unpack ok\nok refs/heads/main\n0000\n", LF_OK, true, true, NULL},
	    {"unpack ok\nok refs/heads/main\noption refname refs/heads/main\noption forced-update\n0000\n",
	     LF_OK, true, true, NULL},
	    {"unpack ok\nng refs/heads/main pre-receive hook declined\n0000\n", LF_OK, false, true,
	     "pre-receive hook declined"},
	    {"unpack ok\nng refs/heads/main\n0000\n", LF_OK, false, true, "no reason given"},
	    {"unpack index-pack failed\nng refs/heads/main unpacker error\n0000\n", LF_OK, false, true,
	     "index-pack failed"},
	    {"unpack index-pack failed\nok refs/heads/main\n0000\n", LF_OK, false, true, "index-pack failed"},
	    {"unpack ok\nok refs/heads/other\n0000\n", LF_OK, false, false, NULL},
	    {"unpack ok\nok refs/heads/main2\n0000\n", LF_OK, false, false, NULL},
	    {"unpack ok\nng refs/heads/main evil\x1b[31m words\n0000\n", LF_OK, false, true, "evil words"},
	    {"ok refs/heads/main\n0000\n", LF_EPARSE, false, false, NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		for (size_t step = 1; step < 100; step += 9) {
			struct lf_git_report report = {.ref = "refs/heads/main"};
			struct lf_pkt_reader reader = {0};
			size_t length, at;
			char *bytes = packets(rows[i].lines, &length);
			int rc = LF_OK;

			for (at = 0; at < length && !rc; at += step)
				rc = lf_pkt_feed(&reader, bytes + at, length - at < step ? length - at : step,
				                 read_report, &report, NULL);
			assert_int_equal(rc, rows[i].code);
			assert_int_equal(report.accepted, rows[i].accepted);
			assert_int_equal(report.ref_seen, rows[i].seen);
			assert_true(lf_equal(report.reason, rows[i].reason));
			lf_git_report_dispose(&report);
			lf_pkt_reader_dispose(&reader);
			lf_free(bytes);
		}
	}
}

static void asks_only_for_what_is_offered(void **state)
{
	static const char wants[][LF_GIT_ID_SIZE] = {A, B}, haves[][LF_GIT_ID_SIZE] = {B};
	struct lf_git_fetch fetch = {
	    .wants = wants, .want_count = 2, .depth = 1, .filter = "tree:0", .haves = haves, .have_count = 1};
	struct lf_advert advert = {
	    .version = 2, .branch = "main", .shallow = true, .filter = true, .object_format = true};
	static const char command[] = A " " B " refs/heads/main\0 report-status side-band-64k atomic agent=";
	struct lf_names options = {0};
	struct lf_str out = {0}, seen = {0};

	(void)state;
	lf_names_add(&options, "ci.skip");
	lf_names_add(&options, "a=b");
	lf_git_request_fetch(&out, &advert, &fetch);
	assert_int_equal(feed_in_steps(lf_str_text(&out), 5, note_pkt, &seen, NULL), LF_OK);
	assert_non_null(strstr(lf_str_text(&seen), "[command=fetch\n][agent=landfall/"));
	assert_non_null(strstr(lf_str_text(&seen), "[object-format=sha1\n][delim][thin-pack\n]"));
	assert_non_null(strstr(lf_str_text(&seen), "[shallow " B "\n][deepen 1\n][filter tree:0\n][want " A
	                                           "\n][want " B "\n][have " B "\n][done\n][flush]"));
	lf_str_truncate(&out, 0);
	lf_str_truncate(&seen, 0);
	advert = (struct lf_advert){.version = 0, .side_band_64k = true};
	lf_git_request_fetch(&out, &advert, &fetch);
	assert_int_equal(feed_in_steps(lf_str_text(&out), 5, note_pkt, &seen, NULL), LF_OK);
	assert_true(
	    lf_starts_with(lf_str_text(&seen), "[want " A " side-band-64k thin-pack agent=landfall/"));
	assert_non_null(strstr(lf_str_text(&seen), "][want " B "\n][flush][have " B "\n][done\n]"));
	assert_null(strstr(lf_str_text(&seen), "deepen"));
	assert_null(strstr(lf_str_text(&seen), "filter"));
	lf_str_truncate(&out, 0);
	advert = (struct lf_advert){.report_status = true, .side_band_64k = true, .atomic = true};
	lf_git_request_push(&out, &advert, "refs/heads/main", A, B, &options);
	assert_non_null(memmem(out.data, out.length, command, sizeof(command) - 1));
	assert_null(memmem(out.data, out.length, "ci.skip", 7));
	lf_str_truncate(&out, 0);
	advert.push_options = true;
	lf_git_request_push(&out, &advert, "refs/heads/main", A, B, &options);
	assert_non_null(memmem(out.data, out.length, " push-options ", 14));
	assert_memory_equal(out.data + out.length - 26, "0000000bci.skip0007a=b0000", 26);
	lf_names_dispose(&options);
	lf_str_dispose(&out);
	lf_str_dispose(&seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(frames),
	    cmocka_unit_test(frames_are_limited),
	    cmocka_unit_test(writes_frames),
	    cmocka_unit_test(reads_v0),
	    cmocka_unit_test(reads_v0_for_pushing),
	    cmocka_unit_test(reads_empty_repositories),
	    cmocka_unit_test(reads_v2),
	    cmocka_unit_test(guesses_the_default_branch),
	    cmocka_unit_test(refuses_what_it_cannot_use),
	    cmocka_unit_test(keeps_only_good_names),
	    cmocka_unit_test(bounds_the_list),
	    cmocka_unit_test(reads_reports),
	    cmocka_unit_test(asks_only_for_what_is_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
