/* talk: see talk.h. Owns the order of steps, pages and what of a refusal is final; knows no forge. */
#include "config.h"
#include "providers/forge/talk.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/text.h"

enum { NAMES_MOST = 50, NOTES_MOST = 20, REPEATS_MOST = 60 };

const struct forge_adapter *forge_adapter_of(enum lf_forge_kind kind)
{
	switch (kind) {
	case LF_FORGE_GITHUB:
		return &forge_github;
	case LF_FORGE_GITLAB:
		return &forge_gitlab;
	case LF_FORGE_GITEA:
		return &forge_gitea;
	case LF_FORGE_BITBUCKET:
		return &forge_bitbucket;
	case LF_FORGE_BITBUCKET_SERVER:
		return &forge_bitbucket_server;
	case LF_FORGE_UNKNOWN:
	case LF_FORGE_AZURE:
	case LF_FORGE_NONE:
	case LF_FORGE_KINDS:
		break;
	}
	return NULL;
}

static void copy_names(struct lf_names *to, const struct lf_names *from)
{
	for (size_t i = 0; from && i < from->count && i < NAMES_MOST; i++)
		lf_names_add(to, from->items[i]);
}

static void begin(struct forge_talk *talk, const struct lf_forge_site *site)
{
	struct lf_str root = {0};

	memset(talk, 0, sizeof(*talk));
	talk->adapter = forge_adapter_of(site->kind);
	talk->site = site;
	if (talk->adapter->root)
		talk->adapter->root(&root, site);
	else
		lf_str_addf(&root, "%s%s", site->web, talk->adapter->api);
	talk->root = lf_str_take(&root);
}

void forge_talk_init_fresh(struct forge_talk *talk, const struct lf_forge_site *site, const char *branch, bool is_public)
{
	begin(talk, site);
	talk->steps = talk->adapter->create;
	talk->fresh.branch = lf_dup(branch);
	talk->fresh.is_public = is_public;
}

void forge_talk_init(struct forge_talk *talk, const struct lf_forge_site *site, const struct lf_forge_wish *wish, int64_t number)
{
	begin(talk, site);
	talk->opening = wish != NULL;
	talk->steps = wish ? talk->adapter->open : talk->adapter->view;
	talk->pull.noun = talk->adapter->noun;
	talk->pull.number = number;
	talk->pull.approvals_missing = -1;
	if (!wish)
		return;
	talk->wish.base = lf_dup(wish->base);
	talk->wish.head = lf_dup(wish->head);
	talk->wish.title = lf_dup(wish->title);
	talk->wish.body = lf_dup(wish->body ? wish->body : "");
	talk->wish.draft = wish->draft;
	copy_names(&talk->wish.reviewers, wish->reviewers);
	copy_names(&talk->wish.labels, wish->labels);
}

void forge_talk_dispose(struct forge_talk *talk)
{
	lf_free(talk->wish.base);
	lf_free(talk->wish.head);
	lf_free(talk->wish.title);
	lf_free(talk->wish.body);
	lf_names_dispose(&talk->wish.reviewers);
	lf_names_dispose(&talk->wish.labels);
	lf_free(talk->fresh.branch);
	lf_free(talk->fresh.url);
	lf_pull_dispose(&talk->pull);
	lf_free(talk->root);
	lf_free(talk->next);
	lf_names_dispose(&talk->ids);
	lf_names_dispose(&talk->found);
	lf_node_free(talk->kept);
	memset(talk, 0, sizeof(*talk));
}

void forge_request_dispose(struct forge_request *request)
{
	lf_str_dispose(&request->path);
	lf_str_dispose(&request->body);
	memset(request, 0, sizeof(*request));
}

bool forge_talk_next(struct forge_talk *talk, struct forge_request *out)
{
	forge_request_dispose(out);
	if (talk->next) {
		out->method = "GET";
		lf_str_add(&out->path, talk->next);
		lf_free(talk->next);
		talk->next = NULL;
		talk->pages++;
		return true;
	}
	if (!talk->step)
		talk->step = talk->steps;
	else if (!talk->step->repeats || ++talk->repeats >= REPEATS_MOST)
		talk->step++;
	for (; talk->step->ask; talk->step++) {
		talk->pages = 1;
		if (talk->step != talk->last) {
			talk->last = talk->step;
			talk->at = 0;
			talk->repeats = 0;
		}
		if (talk->step->ask(out, talk))
			return true;
		forge_request_dispose(out);
	}
	return false;
}

void forge_request_url(struct lf_str *out, const struct forge_talk *talk, const struct forge_request *request)
{
	const char *path = lf_str_text(&request->path);

	if (*path == '/')
		lf_str_add(out, talk->root);
	lf_str_add(out, path);
}

/* The target of rel="next" among "<url>; rel="next", <url>; rel="last"". */
static char *link_to_next(const char *headers)
{
	struct lf_str link = {0};
	const char *at, *open;
	char *found = NULL;

	if (forge_header(&link, headers, "link")) {
		for (at = lf_str_text(&link); !found && (open = strchr(at, '<')); at = open + 1) {
			const char *close = strchr(open, '>'), *end = close ? strchr(close, ',') : NULL, *rel = close ? strstr(close, "rel=\"next\"") : NULL;

			if (rel && (!end || rel < end))
				found = lf_dup_n(open + 1, (size_t)(close - open - 1));
		}
	}
	lf_str_dispose(&link);
	return found;
}

/* Only what lies below the API's own root is asked with our token, whatever the answer says. */
static bool is_ours(const struct forge_talk *talk, const char *where)
{
	size_t n = strlen(talk->root);

	if (strpbrk(where, " \t\r\n") || strlen(where) > 4096 || strstr(where, "/../"))
		return false;
	return where[0] == '/' ? where[1] != '/' : !strncmp(where, talk->root, n) && where[n] == '/';
}

static void find_next_page(struct forge_talk *talk, const struct forge_answer *answer, const struct lf_node *node)
{
	char *next = NULL;

	if (talk->pages >= FORGE_PAGES)
		return;
	if (talk->adapter->next_page)
		next = talk->adapter->next_page(talk, node);
	else if (answer->headers)
		next = link_to_next(answer->headers);
	if (next && is_ours(talk, next)) {
		talk->next = next;
		next = NULL;
	}
	lf_free(next);
}

static bool is_there_already(const struct forge_answer *answer)
{
	struct lf_str said = {0};
	bool there;

	forge_said(&said, answer, 400);
	there = answer->status >= 400 && answer->status < 500 &&
		(strcasestr(lf_str_text(&said), "already exists") || strcasestr(lf_str_text(&said), "Only one pull request may be open") ||
		 strcasestr(lf_str_text(&said), "already taken") || strcasestr(lf_str_text(&said), "already been taken"));
	lf_str_dispose(&said);
	return there;
}

static void note_refusal(struct forge_talk *talk, const struct forge_answer *answer, const struct lf_error *why)
{
	struct lf_str said = {0};

	forge_said(&said, answer, 200);
	if (said.length)
		forge_note(talk, "%c%s failed: %s", toupper((unsigned char)talk->step->what[0]), talk->step->what + 1, lf_str_text(&said));
	else
		forge_note(talk, "%s", why->message);
	lf_str_dispose(&said);
}

static int refused(struct forge_talk *talk, const struct forge_answer *answer, struct lf_error *err)
{
	const struct forge_step *step = talk->step;
	struct lf_error why = {0};

	if (step->opens && !talk->again && is_there_already(answer)) {
		/* Somebody, or an earlier try whose answer got lost, was faster: find that one. */
		talk->again = true;
		talk->step = NULL;
		talk->last = NULL;
		return LF_OK;
	}
	(void)forge_words(&why, talk->adapter, talk->site, step->what, answer);
	if (talk->fresh.branch && answer->status < 500)
		lf_hint(&why, "%s", talk->adapter->create_hint);
	if (step->optional && answer->status != 401) {
		if (!step->quiet)
			note_refusal(talk, answer, &why);
		step->read(talk, NULL);
		return LF_OK;
	}
	*err = why;
	return why.code;
}

int forge_talk_answer(struct forge_talk *talk, const struct forge_answer *answer, struct lf_error *err)
{
	struct lf_node *node = NULL;
	struct lf_error parse = {0};

	if (answer->status < 200 || answer->status > 299)
		return refused(talk, answer, err);
	if (answer->length && lf_json_parse(&node, answer->body, answer->length, &parse)) {
		(void)lf_fail(err, LF_EPARSE, "forge", answer->status, "%s gave an answer that is no JSON while %s", talk->site->host, talk->step->what);
		lf_hint(err, "Is %s the address of its web pages? forgeUrl says another one.", talk->site->web);
		return LF_EPARSE;
	}
	talk->step->read(talk, node);
	find_next_page(talk, answer, node);
	lf_node_free(node);
	return LF_OK;
}

void forge_note(struct forge_talk *talk, const char *format, ...)
{
	struct lf_str text = {0};
	va_list args;
	char *clean;

	va_start(args, format);
	lf_str_addv(&text, format, args);
	va_end(args);
	clean = lf_text_clean_dup(lf_str_text(&text), 300);
	if (talk->pull.notes.count < NOTES_MOST && !lf_names_have(&talk->pull.notes, clean))
		lf_names_add(&talk->pull.notes, clean);
	lf_free(clean);
	lf_str_dispose(&text);
}

void forge_take(char **slot, const struct lf_node *node, const char *path, size_t limit)
{
	const char *text = lf_node_text(node, path);
	char *clean = *text ? lf_text_clean_dup(text, limit) : NULL;

	lf_set(slot, clean);
	lf_free(clean);
}

bool forge_ask_fresh(struct forge_request *out, struct forge_talk *talk)
{
	return forge_get_below(out, talk, "%s", "");
}

void forge_fresh(struct forge_talk *talk, const struct lf_node *answer, const char *path)
{
	if (!answer)
		return;
	talk->fresh.existed = true;
	forge_take(&talk->fresh.url, answer, path, 1000);
}

bool forge_is_commit(const char *text)
{
	return strlen(text) == 40 && strspn(text, "0123456789abcdef") == 40;
}

void forge_commit(char **slot, const struct lf_node *node, const char *path)
{
	const char *text = lf_node_text(node, path);

	lf_set(slot, forge_is_commit(text) ? text : NULL);
}

bool forge_is_open(const struct forge_talk *talk)
{
	return talk->pull.state == LF_PULL_OPEN && talk->pull.head && forge_is_commit(talk->pull.head);
}

void forge_ignore(struct forge_talk *talk, const struct lf_node *answer)
{
	(void)talk;
	(void)answer;
}

void forge_next(struct forge_talk *talk, const struct lf_node *answer)
{
	(void)answer;
	talk->at++;
}

enum lf_pull_checks forge_check_state(const char *word)
{
	static const struct {
		const char *word;
		enum lf_pull_checks state;
	} words[] = {
	    {"success", LF_CHECKS_PASSED},	    {"successful", LF_CHECKS_PASSED},	   {"warning", LF_CHECKS_PASSED},
	    {"failure", LF_CHECKS_FAILED},	    {"failed", LF_CHECKS_FAILED},	   {"error", LF_CHECKS_FAILED},
	    {"cancelled", LF_CHECKS_FAILED},	    {"canceled", LF_CHECKS_FAILED},	   {"timed_out", LF_CHECKS_FAILED},
	    {"action_required", LF_CHECKS_FAILED}, {"startup_failure", LF_CHECKS_FAILED}, {"stopped", LF_CHECKS_FAILED},
	    {"neutral", LF_CHECKS_NONE},	    {"skipped", LF_CHECKS_NONE},	   {"manual", LF_CHECKS_NONE},
	    {"stale", LF_CHECKS_NONE},
	};

	for (size_t i = 0; i < LF_COUNT(words); i++) {
		if (!strcasecmp(word, words[i].word))
			return words[i].state;
	}
	return LF_CHECKS_PENDING;
}
