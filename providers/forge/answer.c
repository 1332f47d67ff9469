/* answer: what statuses, headers and refusals of a forge mean, the same for all of them. Pure. */
#include "config.h"
#include "providers/forge/talk.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/text.h"

enum { PATIENCE_MOST_MS = 3600000, WITHOUT_WORD_MS = 60000, SERVER_BUSY_MS = 5000, SAID_PARTS = 4 };

bool forge_header(struct lf_str *out, const char *headers, const char *name)
{
	size_t n = strlen(name);

	while (headers && *headers) {
		size_t length = strcspn(headers, "\r\n");

		if (length > n && headers[n] == ':' && !strncasecmp(headers, name, n)) {
			const char *value = headers + n + 1, *end = headers + length;

			while (value < end && (*value == ' ' || *value == '\t'))
				value++;
			while (end > value && (end[-1] == ' ' || end[-1] == '\t'))
				end--;
			lf_str_add_n(out, value, (size_t)(end - value));
			return true;
		}
		headers += length + strspn(headers + length, "\r\n");
	}
	return false;
}

/* The number in header NAME; -1: not there, or no number. */
static int64_t number_of(const char *headers, const char *name)
{
	struct lf_str text = {0};
	int64_t number = -1;
	char *end;

	if (forge_header(&text, headers, name) && text.length && text.length < 16) {
		number = strtoll(lf_str_text(&text), &end, 10);
		if (*end || number < 0)
			number = -1;
	}
	lf_str_dispose(&text);
	return number;
}

static int64_t bounded(int64_t ms)
{
	return ms < 1000 ? 1000 : ms > PATIENCE_MOST_MS ? PATIENCE_MOST_MS : ms;
}

int64_t forge_patience_ms(const struct forge_answer *answer, int64_t now_ms)
{
	int64_t after = number_of(answer->headers, "retry-after"), remaining = number_of(answer->headers, "x-ratelimit-remaining"), reset;
	bool spent = answer->status == 429 || (answer->status == 403 && (remaining == 0 || after >= 0));

	if (answer->status >= 500 && answer->status != 501)
		return after >= 0 ? bounded(after * 1000) : SERVER_BUSY_MS;
	if (!spent)
		return -1;
	if (after >= 0)
		return bounded(after * 1000);
	reset = number_of(answer->headers, "x-ratelimit-reset"); /* seconds since 1970: GitHub, Gitea behind proxies */
	if (reset < 0)
		reset = number_of(answer->headers, "ratelimit-reset"); /* GitLab */
	return reset > 0 ? bounded(reset * 1000 - now_ms) : WITHOUT_WORD_MS;
}

static void add_part(struct lf_str *out, const char *text, int *parts)
{
	if (!*text || *parts >= SAID_PARTS || (out->length && strstr(lf_str_text(out), text)))
		return;
	if (out->length)
		lf_str_add(out, "; ");
	lf_str_add(out, text);
	(*parts)++;
}

/* Forges say it as a text, a list of texts, a map of field to texts, or a list of maps with a message. */
static void collect(struct lf_str *out, const struct lf_node *node, const char *field, int *parts, int depth)
{
	if (depth > 4)
		return;
	if (lf_node_kind(node) == LF_NODE_TEXT) {
		char *text = field ? lf_format("%s %s", field, lf_node_text(node, NULL)) : lf_dup(lf_node_text(node, NULL));

		add_part(out, text, parts);
		lf_free(text);
	} else if (lf_node_kind(node) == LF_NODE_LIST) {
		for (size_t i = 0; i < lf_node_count(node); i++)
			collect(out, lf_node_at(node, i), field, parts, depth + 1);
	} else if (lf_node_kind(node) == LF_NODE_MAP) {
		static const char *const keys[] = {"message", "error", "error_description", "detail", "errors"};
		bool known = false;

		for (size_t i = 0; i < LF_COUNT(keys); i++) {
			const struct lf_node *child = lf_node_key(node, keys[i]);

			known = known || child;
			collect(out, child, NULL, parts, depth + 1);
		}
		if (!known && *lf_node_text(node, "code")) { /* GitHub: {resource, field, code} */
			char *text = lf_format("%s %s", lf_node_text(node, "field"), lf_node_text(node, "code"));

			add_part(out, text, parts);
			lf_free(text);
		} else if (!known) {
			for (size_t i = 0; i < lf_node_count(node); i++)
				collect(out, lf_node_at(node, i), lf_node_key_at(node, i), parts, depth + 1);
		}
	}
}

void forge_said(struct lf_str *out, const struct forge_answer *answer, size_t limit)
{
	struct lf_node *node = NULL;
	struct lf_str all = {0};
	int parts = 0;

	if (answer->length && !lf_json_parse(&node, answer->body, answer->length, NULL))
		collect(&all, node, NULL, &parts, 0);
	lf_node_free(node);
	lf_text_clean(out, lf_str_text(&all), all.length, limit);
	lf_str_dispose(&all);
}

int forge_words(struct lf_error *err, const struct forge_adapter *adapter, const struct lf_forge_site *site, const char *what, const struct forge_answer *answer)
{
	struct lf_str said = {0};
	const char *words, *open, *close;
	int code;

	forge_said(&said, answer, 240);
	words = lf_str_text(&said);
	open = *words ? " (" : "";
	close = *words ? ")" : "";
	if (answer->status == 401) {
		code = lf_fail(err, LF_EAUTH, "forge", 401, "%s does not accept the token%s%s%s", site->host, open, words, close);
		lf_hint(err, "It may have expired. %s", adapter->token_hint);
	} else if (forge_patience_ms(answer, 0) >= 0 && answer->status < 500) {
		code = lf_fail(err, LF_ENET, "forge", answer->status, "%s asks to wait: too many requests%s%s%s", site->host, open, words, close);
		lf_hint(err, "Landfall goes on by itself when the limit is over; a token of your own has a higher one.");
	} else if (answer->status == 403) {
		code = lf_fail(err, LF_EFORBIDDEN, "forge", 403, "%s does not allow %s%s%s%s", site->host, what, open, words, close);
		lf_hint(err, "%s", adapter->token_hint);
	} else if (answer->status == 404) {
		code = lf_fail(err, LF_ENOTFOUND, "forge", 404, "%s knows no %s/%s, or does not show it to this token, while %s%s%s%s", site->host, site->owner,
			       site->name, what, open, words, close);
		lf_hint(err, "Check the repository's address. %s", adapter->token_hint);
	} else if (answer->status == 409) {
		code = lf_fail(err, LF_ECONFLICT, "forge", 409, "%s sees a conflict while %s%s%s%s", site->host, what, open, words, close);
		lf_hint(err, "Look at the open %ss of the repository, then try again.", adapter->noun);
	} else if (answer->status == 400 || answer->status == 422) {
		code = lf_fail(err, LF_EREFUSED, "forge", answer->status, "%s refuses %s: %s", site->host, what, *words ? words : "it does not say why");
		lf_hint(err, "Check branch, title, reviewers and labels. Both branches must exist and differ.");
	} else if (answer->status >= 500) {
		code = lf_fail(err, LF_ENET, "forge", answer->status, "%s has trouble of its own (status %d)%s%s%s", site->host, answer->status, open, words, close);
		lf_hint(err, "Try again in a moment.");
	} else {
		code = lf_fail(err, LF_EREFUSED, "forge", answer->status, "%s answered with status %d while %s%s%s%s", site->host, answer->status, what, open, words, close);
		lf_hint(err, "Is %s the address of its web pages? forgeUrl says another one.", site->web);
	}
	lf_str_dispose(&said);
	return code;
}
