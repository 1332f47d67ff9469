/* advertisement: see advertisement.h. Names from outside are checked before they are kept and cleaned before
 * they are quoted. */
#include "config.h"
#include "providers/git/advertisement.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "providers/git/refname.h"
#include "providers/git/words.h"

enum { ID = LF_GIT_ID_SIZE - 1, ID_SHA256 = 64, REF_LIMIT = 4096, FEATURES_LIMIT = 1000 };

static const char WHERE[] = "git.advertisement";

static int broken(struct lf_error *err)
{
	int rc =
	    lf_fail(err, LF_EPARSE, WHERE, 0, "the list of branches that the server sent cannot be read");

	lf_hint(err, "Check the repository URL: something else than a Git server may be answering there.");
	return rc;
}

static int unsupported(struct lf_error *err, const char *what, const char *hint)
{
	int rc = lf_fail(err, LF_EREFUSED, WHERE, 0, "%s", what);

	lf_hint(err, "%s", hint);
	return rc;
}

static int refuse_sha256(struct lf_error *err)
{
	return unsupported(err, "the repository uses SHA-256 object ids, which Landfall cannot write",
	                   "Use a repository in the usual SHA-1 format: Flux and Argo CD need that too.");
}

static size_t hex_run(const char *text, size_t length)
{
	size_t i = 0;

	while (i < length && ((text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f')))
		i++;
	return i;
}

/* Whether the word is NAME, alone or followed by "=value"; the value is then given out. */
static bool word_is(const char *word, size_t length, const char *name, const char **value,
                    size_t *value_length)
{
	size_t n = strlen(name);

	if (length < n || memcmp(word, name, n) != 0 || (length > n && word[n] != '='))
		return false;
	*value = length > n ? word + n + 1 : word + n;
	*value_length = length > n ? length - n - 1 : 0;
	return true;
}

static void take_head_branch(struct lf_advert *advert, const char *name, size_t length)
{
	const size_t heads = strlen(LF_GIT_HEADS);

	if (length <= heads || memcmp(name, LF_GIT_HEADS, heads) != 0 ||
	    !lf_git_branch_ok(name + heads, length - heads))
		return;
	lf_free(advert->head_branch);
	advert->head_branch = lf_dup_n(name + heads, length - heads);
}

/* One word of the capability list of versions 0 and 1. */
static int take_capability(struct lf_advert *advert, const char *word, size_t length, struct lf_error *err)
{
	const struct {
		const char *name;
		bool *flag;
	} flags[] = {
	    {"shallow", &advert->shallow},
	    {"filter", &advert->filter},
	    {"ofs-delta", &advert->ofs_delta},
	    {"no-progress", &advert->no_progress},
	    {"side-band", &advert->side_band},
	    {"side-band-64k", &advert->side_band_64k},
	    {"report-status", &advert->report_status},
	    {"report-status-v2", &advert->report_status_v2},
	    {"atomic", &advert->atomic},
	    {"quiet", &advert->quiet},
	    {"push-options", &advert->push_options},
	    /* Trees and files may be asked for by their ids, as version 2 always allows. "reachable" is of
	       commits only. */
	    {"allow-any-sha1-in-want", &advert->wants_any},
	};
	const char *value;
	size_t value_length;

	for (size_t i = 0; i < LF_COUNT(flags); i++)
		if (word_is(word, length, flags[i].name, &value, &value_length))
			*flags[i].flag = true;
	if (word_is(word, length, "object-format", &value, &value_length)) {
		advert->object_format = true;
		if (value_length != 4 || memcmp(value, "sha1", 4) != 0)
			return refuse_sha256(err);
	}
	if (word_is(word, length, "symref", &value, &value_length) && value_length > 5 &&
	    !memcmp(value, "HEAD:", 5))
		take_head_branch(advert, value + 5, value_length - 5);
	return LF_OK;
}

static int take_capabilities(struct lf_advert *advert, const char *list, size_t length, struct lf_error *err)
{
	size_t at = 0;

	while (at < length) {
		const char *space = memchr(list + at, ' ', length - at);
		size_t word = space ? (size_t)(space - list) - at : length - at;
		int rc = take_capability(advert, list + at, word, err);

		if (rc)
			return rc;
		at += word + 1;
	}
	return LF_OK;
}

/* One capability line of version 2. */
static int take_feature(struct lf_advert *advert, const char *line, size_t length, struct lf_error *err)
{
	const char *value;
	size_t value_length;

	if (word_is(line, length, "ls-refs", &value, &value_length)) {
		advert->ls_refs_unborn = memmem(value, value_length, "unborn", 6) != NULL;
	} else if (word_is(line, length, "fetch", &value, &value_length)) {
		advert->shallow = memmem(value, value_length, "shallow", 7) != NULL;
		advert->filter = memmem(value, value_length, "filter", 6) != NULL;
	} else if (word_is(line, length, "object-format", &value, &value_length)) {
		advert->object_format = true;
		if (value_length != 4 || memcmp(value, "sha1", 4) != 0)
			return refuse_sha256(err);
	}
	return LF_OK;
}

static int take_ref(struct lf_advert *advert, const char *id, const char *name, size_t length,
                    struct lf_error *err)
{
	const size_t heads = strlen(LF_GIT_HEADS);

	if (++advert->refs > LF_ADVERT_REFS_LIMIT) {
		int rc = lf_fail(err, LF_ELIMIT, WHERE, 0,
		                 "the repository has more than %d branches and tags", LF_ADVERT_REFS_LIMIT);

		lf_hint(err, "Remove those that nobody needs.");
		return rc;
	}
	if (length == 4 && !memcmp(name, "HEAD", 4)) {
		memcpy(advert->head, id, ID);
		return LF_OK;
	}
	if (length <= heads || memcmp(name, LF_GIT_HEADS, heads) != 0)
		return LF_OK;
	name += heads;
	length -= heads;
	if (advert->branch && length == strlen(advert->branch) && !memcmp(name, advert->branch, length))
		memcpy(advert->tip, id, ID);
	if (advert->base && length == strlen(advert->base) && !memcmp(name, advert->base, length))
		memcpy(advert->base_tip, id, ID);
	if (advert->others && advert->other_tips.count < LF_ADVERT_OTHERS_LIMIT && length > strlen(advert->others) &&
	    !memcmp(name, advert->others, strlen(advert->others))) {
		char *tip = lf_dup_n(id, ID);

		lf_names_add(&advert->other_tips, tip);
		lf_free(tip);
	}
	if (advert->branches.count < LF_ADVERT_NAMES_LIMIT && lf_git_branch_ok(name, length)) {
		char *copy = lf_dup_n(name, length);

		lf_names_add(&advert->branches, copy);
		lf_free(copy);
	}
	return LF_OK;
}

/* "<id> <name>", the first one with "\0<capabilities>". */
static int read_ref_line(struct lf_advert *advert, const struct lf_pkt *pkt, bool first, struct lf_error *err)
{
	size_t length = lf_pkt_text_length(pkt), run = hex_run(pkt->bytes, length);
	const char *zero = memchr(pkt->bytes, '\0', length);
	size_t line = zero ? (size_t)(zero - pkt->bytes) : length, name;
	int rc;

	if (run == ID_SHA256)
		return refuse_sha256(err);
	if (run != ID || line <= ID + 1 || pkt->bytes[ID] != ' ' || (zero && !first))
		return broken(err);
	if (zero) {
		rc = take_capabilities(advert, zero + 1, length - line - 1, err);
		if (rc)
			return rc;
	}
	name = line - ID - 1;
	/* An empty repository has nothing but capabilities to tell. */
	if (name == strlen("capabilities^{}") && !memcmp(pkt->bytes + ID + 1, "capabilities^{}", name))
		return LF_OK;
	if (name > REF_LIMIT || (name > 3 && !memcmp(pkt->bytes + line - 3, "^{}", 3)))
		return LF_OK;
	return take_ref(advert, pkt->bytes, pkt->bytes + ID + 1, name, err);
}

/* Servers from before "symref" do not name their default branch: guess as git does. */
static void guess_head_branch(struct lf_advert *advert)
{
	static const char *const usual[] = {"main", "master"};

	for (size_t i = 0; i < LF_COUNT(usual) && !advert->head_branch && advert->head[0]; i++)
		if (lf_names_have(&advert->branches, usual[i]))
			advert->head_branch = lf_dup(usual[i]);
	if (!advert->head_branch && advert->head[0] && advert->branches.count == 1)
		advert->head_branch = lf_dup(advert->branches.items[0]);
}

int lf_advert_read(struct lf_advert *advert, const struct lf_pkt *pkt, struct lf_error *err)
{
	const char *rest;
	size_t length;
	bool first = !advert->begun;

	switch (pkt->kind) {
	case LF_PKT_FLUSH:
		/* Over HTTP the service's name comes first, with a flush of its own. An empty repository may
		 * send only a flush. */
		if (advert->version < 0)
			advert->version = 0;
		else
			advert->done = true;
		if (advert->done && advert->version < 2)
			guess_head_branch(advert);
		return LF_OK;
	case LF_PKT_DELIM:
	case LF_PKT_END:
		return broken(err);
	case LF_PKT_DATA:
		break;
	}
	rest = lf_pkt_after(pkt, "ERR ", &length);
	if (rest)
		return lf_git_words_refusal(err, WHERE, rest, length);
	if (first && lf_pkt_after(pkt, "# service=", &length)) {
		advert->version = -1; /* until the flush behind it */
		return LF_OK;
	}
	if (first && lf_pkt_is(pkt, "version 1")) {
		advert->version = 1;
		return LF_OK;
	}
	advert->begun = true;
	if (first && lf_pkt_is(pkt, "version 2")) {
		advert->version = 2;
		advert->wants_any = advert->ofs_delta = advert->no_progress = advert->side_band_64k = true;
		return LF_OK;
	}
	if ((advert->version == 2 || lf_pkt_after(pkt, "shallow ", &length)) && ++advert->features > FEATURES_LIMIT)
		return broken(err);
	if (advert->version == 2)
		return take_feature(advert, pkt->bytes, lf_pkt_text_length(pkt), err);
	if (lf_pkt_after(pkt, "shallow ", &length))
		return LF_OK;
	return read_ref_line(advert, pkt, first, err);
}

/* "<id> <name>[ symref-target:<name>][ peeled:<id>]" or "unborn <name> symref-target:<name>". */
int lf_advert_read_refs(struct lf_advert *advert, const struct lf_pkt *pkt, struct lf_error *err)
{
	size_t length = lf_pkt_text_length(pkt), skip, at;
	const char *line = pkt->bytes, *name, *space;
	bool unborn;

	switch (pkt->kind) {
	case LF_PKT_FLUSH:
		advert->done = true;
		return LF_OK;
	case LF_PKT_DELIM:
	case LF_PKT_END:
		return broken(err);
	case LF_PKT_DATA:
		break;
	}
	name = lf_pkt_after(pkt, "ERR ", &at);
	if (name)
		return lf_git_words_refusal(err, WHERE, name, at);
	unborn = lf_pkt_after(pkt, "unborn ", &at) != NULL;
	skip = unborn ? strlen("unborn ") : ID + 1;
	if (!unborn && hex_run(line, length) == ID_SHA256)
		return refuse_sha256(err);
	if (length <= skip || (!unborn && (hex_run(line, length) != ID || line[ID] != ' ')))
		return broken(err);
	name = line + skip;
	space = memchr(name, ' ', length - skip);
	at = space ? (size_t)(space - line) : length;
	if (at - skip > REF_LIMIT)
		return LF_OK;
	if (at - skip == 4 && !memcmp(name, "HEAD", 4) && space) {
		const size_t label = strlen("symref-target:");
		const char *target = memmem(space, length - at, "symref-target:", label);
		const char *end = target ? memchr(target, ' ', (size_t)(line + length - target)) : NULL;

		if (target)
			take_head_branch(advert, target + label,
			                 (size_t)((end ? end : line + length) - target) - label);
	}
	return unborn ? LF_OK : take_ref(advert, line, name, at - skip, err);
}

void lf_advert_forget_refs(struct lf_advert *advert)
{
	lf_names_dispose(&advert->branches);
	lf_names_dispose(&advert->other_tips);
	lf_free(advert->head_branch);
	advert->head_branch = NULL;
	advert->refs = 0;
	advert->tip[0] = advert->base_tip[0] = advert->head[0] = '\0';
	advert->done = false;
}

void lf_advert_dispose(struct lf_advert *advert)
{
	lf_advert_forget_refs(advert);
	memset(advert, 0, sizeof(*advert));
}
