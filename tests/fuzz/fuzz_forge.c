/* fuzz_forge: what a forge, or something that stands in its place, may answer. The first byte chooses forge and status; the rest is headers, an empty line, and a body,
 * answered to every question of a talk. Every talk ends, asks only below its root, and says nothing that is not safe to show. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "providers/forge/client.h"

static void check_text(const char *text)
{
	if (!text)
		return;
	fuzz_require(lf_text_is_utf8(text, strlen(text)) != 0, "not UTF-8", text);
	for (const char *c = text; *c; c++)
		fuzz_require((unsigned char)*c >= ' ' && *c != 0x7f, "a control character", text);
}

static void check_pull(const struct lf_pull *pull)
{
	struct lf_str summary = {0};

	lf_pull_summary(&summary, pull);
	check_text(lf_str_text(&summary));
	check_text(pull->url);
	check_text(pull->title);
	check_text(pull->blocked);
	for (size_t i = 0; i < pull->notes.count; i++)
		check_text(pull->notes.items[i]);
	fuzz_require(!pull->commit || forge_is_commit(pull->commit), "no commit", pull->commit ? pull->commit : "");
	fuzz_require(pull->failing.count <= 50 && pull->approved_by.count <= 50 && pull->notes.count <= 20, "unbounded", "");
	lf_str_dispose(&summary);
}

static void converse(const struct lf_forge_site *site, const struct lf_forge_wish *wish, const struct forge_answer *answer)
{
	struct forge_request request = {0};
	struct lf_str url = {0};
	struct forge_talk talk;
	struct lf_error err = {0};
	int asked = 0, code = LF_OK;

	forge_talk_init(&talk, site, wish, wish ? 0 : 1);
	while (!code && forge_talk_next(&talk, &request)) {
		struct forge_answer now = *answer;

		lf_str_truncate(&url, 0);
		forge_request_url(&url, &talk, &request);
		fuzz_require(!strncmp(lf_str_text(&url), talk.root, strlen(talk.root)), "asks elsewhere", lf_str_text(&url));
		fuzz_require(++asked < 400, "a talk without end", lf_str_text(&url));
		if (asked % 3 == 0 && now.status > 299) /* so that later steps are reached as well */
			now.status = 200;
		code = forge_talk_answer(&talk, &now, &err);
	}
	if (code) {
		check_text(err.message);
		fuzz_require(err.code == code && *err.message && *err.hint, "a refusal without words", err.message);
	}
	check_pull(&talk.pull);
	forge_request_dispose(&request);
	forge_talk_dispose(&talk);
	lf_str_dispose(&url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const urls[] = {"https://github.com/o/r", "https://gitlab.com/g/s/r", "https://codeberg.org/o/r", "https://bitbucket.org/o/r", "ssh://git@h:7999/P/r"};
	static const int statuses[] = {200, 201, 200, 204, 401, 403, 404, 409, 422, 429, 503};
	static char one[] = "ann", two[] = "{uuid}";
	char *names[] = {one, two};
	const struct lf_names list = {names, 2, 2};
	const struct lf_forge_wish wish = {"main", "landfall/web", "Title", "Body", true, &list, &list};
	struct forge_answer answer = {0};
	struct lf_forge_site site;
	char *text, *body;

	if (size < 2)
		return 0;
	text = lf_dup_n((const char *)data + 1, size - 1);
	body = strstr(text, "\n\n");
	answer.status = statuses[data[0] / LF_COUNT(urls) % LF_COUNT(statuses)];
	answer.body = body ? body + 2 : text;
	answer.length = size - 1 - (size_t)(answer.body - text);
	if (body) {
		*body = '\0';
		answer.headers = text;
	}
	if (lf_forge_locate(&site, urls[data[0] % LF_COUNT(urls)], NULL, NULL, NULL) == LF_OK) {
		converse(&site, NULL, &answer);
		converse(&site, &wish, &answer);
		fuzz_require(forge_patience_ms(&answer, 0) <= 3600000, "too patient", "");
		for (size_t i = 0; forge_probe_path(i); i++)
			(void)forge_probe_read(i, &answer);
		lf_forge_site_dispose(&site);
	}
	if (lf_forge_locate(&site, text, "gitea", NULL, NULL) == LF_OK) /* and as an address */
		lf_forge_site_dispose(&site);
	lf_free(text);
	return 0;
}
