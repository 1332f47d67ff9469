/* headless_owner: whom an object belongs to, as lines or as one JSON object. */
#include "config.h"
#include "tui/headless_parts.h"

#include "core/mem.h"
#include "core/text.h"

static void link_json(struct lf_node *list, const struct lf_owner_link *link)
{
	struct lf_node *item = lf_node_add_map(list), *from;
	struct lf_str text = {0};

	lf_ref_text(&text, &link->object);
	lf_node_set_text(item, "object", lf_str_text(&text));
	lf_node_set_text(item, "state", lf_owner_word(link->state));
	lf_str_truncate(&text, 0);
	if (lf_ref_is_set(&link->owner)) {
		lf_ref_text(&text, &link->owner);
		lf_node_set_text(item, "owner", lf_str_text(&text));
	}
	lf_str_truncate(&text, 0);
	if (lf_ref_is_set(&link->claimed)) {
		lf_ref_text(&text, &link->claimed);
		lf_node_set_text(item, "labelledFor", lf_str_text(&text));
	}
	lf_str_dispose(&text);
	if (!link->origin.repository)
		return;
	from = lf_node_set_map(item, "origin");
	lf_node_set_text(from, "repository", link->origin.repository);
	lf_node_set_text(from, "revision", link->origin.revision);
	lf_node_set_text(from, "applied", link->origin.applied);
	lf_node_set_text(from, "path", link->origin.path);
}

static void say_origin(FILE *out, const struct lf_origin *origin)
{
	const struct {
		const char *word, *value;
	} lines[] = {{"repository", origin->repository}, {"revision", origin->revision}, {"applied", origin->applied}, {"path", origin->path}};

	for (size_t i = 0; i < LF_COUNT(lines); i++) {
		char *clean = lf_text_clean_dup(lines[i].value, 300);

		if (clean && *clean)
			(void)fprintf(out, "    %-11s %s\n", lines[i].word, clean);
		lf_free(clean);
	}
}

static void say_link(FILE *out, const struct lf_owner_link *link)
{
	static const struct {
		const char *before, *after;
	} words[] = {
		[LF_OWNER_NONE] = {"is not managed by GitOps: nobody labels it and nobody lists it", ""},
		[LF_OWNER_CONFIRMED] = {"belongs to ", ": it says so, and that lists it"},
		[LF_OWNER_UNLISTED] = {"is labelled for ", ", which does not list it: an orphan, or copied labels"},
		[LF_OWNER_UNCLAIMED] = {"belongs to ", ", which lists it; it carries no label of it"},
		[LF_OWNER_CONTESTED] = {"is listed by ", ", but labelled for another: two owners"},
		[LF_OWNER_GONE] = {"is labelled for ", ", which does not exist any more"},
	};
	struct lf_str text = {0};

	lf_ref_text(&text, &link->object);
	lf_str_addf(&text, "\n    %s", words[link->state].before);
	lf_ref_text(&text, &link->owner);
	lf_str_addf(&text, "%s\n", words[link->state].after);
	if (lf_ref_is_set(&link->claimed)) {
		lf_str_add(&text, "    labelled    ");
		lf_ref_text(&text, &link->claimed);
		lf_str_add_char(&text, '\n');
	}
	(void)fputs(lf_str_text(&text), out);
	lf_str_dispose(&text);
	if (link->origin.repository)
		say_origin(out, &link->origin);
}

/* Whether a consumer keeps the object as Git says. */
static bool is_managed(const struct lf_owner_chain *chain)
{
	enum lf_owner_state state = chain->count ? chain->links[0].state : LF_OWNER_NONE;

	return state == LF_OWNER_CONFIRMED || state == LF_OWNER_UNCLAIMED || state == LF_OWNER_CONTESTED;
}

static void owner_json(FILE *out, const struct lf_inquiry *inquiry)
{
	struct lf_node *object = lf_node_new(LF_NODE_MAP), *list = lf_node_set_list(object, "owners");

	for (size_t i = 0; i < inquiry->chain.count; i++)
		link_json(list, &inquiry->chain.links[i]);
	if (inquiry->error.code)
		lf_node_set_text(object, "unseen", inquiry->error.message);
	lf_node_set_bool(object, "managed", is_managed(&inquiry->chain));
	lf_headless_print(out, object);
}

void lf_headless_owner(FILE *out, bool json, const struct lf_inquiry *inquiry)
{
	if (json) {
		owner_json(out, inquiry);
		return;
	}
	for (size_t i = 0; i + 1 < inquiry->chain.climbed.count; i++) {
		struct lf_str text = {0};

		lf_ref_text(&text, &inquiry->chain.climbed.items[i]);
		lf_str_add(&text, "\n    is made by ");
		lf_ref_text(&text, &inquiry->chain.climbed.items[i + 1]);
		(void)fprintf(out, "%s\n", lf_str_text(&text));
		lf_str_dispose(&text);
	}
	for (size_t i = 0; i < inquiry->chain.count; i++)
		say_link(out, &inquiry->chain.links[i]);
	if (inquiry->error.code)
		(void)fprintf(out, "Not everything could be read: %s %s\n", inquiry->error.message, inquiry->error.hint);
}
