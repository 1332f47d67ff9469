/* yaml_edit: see yaml_edit.h. Finds the node that is meant, has the text changed (yaml_edit_add.c, yaml_edit_scalar.c,
 * yaml_edit_remove.c; yaml_spots.c says where everything is, yaml_block.c what new text looks like) and proves
 * afterwards that it means what it should. */
#include "config.h"
#include "core/yaml_edit.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/yaml.h"
#include "core/yaml_change.h"

/* -------- finding the target -------- */

const struct lf_spot *lf_yaml_change_spot(const struct lf_yaml_change *ed, size_t index)
{
	return ed->spots.items + index;
}

const struct lf_spot *lf_yaml_change_step(const struct lf_yaml_change *ed, const struct lf_spot *from, const char *part)
{
	size_t at = (size_t)(from - ed->spots.items) + 1, wanted = strtoul(part, NULL, 10);

	if (from->kind == LF_SPOT_MAP) {
		while (at < from->next) {
			const struct lf_spot *key = lf_yaml_change_spot(ed, at), *value = lf_yaml_change_spot(ed, key->next);

			if (key->text && key->kind != LF_SPOT_ALIAS && strcmp(key->text, part) == 0)
				return value;
			at = value->next;
		}
		return NULL;
	}
	if (!*part || strspn(part, "0123456789") != strlen(part))
		return NULL;
	for (; at < from->next; at = lf_yaml_change_spot(ed, at)->next)
		if (wanted-- == 0)
			return lf_yaml_change_spot(ed, at);
	return NULL;
}

static bool is_read(const struct lf_yaml_change *ed, const char *anchor)
{
	for (size_t i = 0; i < ed->spots.count; i++)
		if (ed->spots.items[i].kind == LF_SPOT_ALIAS && strcmp(ed->spots.items[i].text, anchor) == 0)
			return true;
	return false;
}

static int check_plain(const struct lf_yaml_change *ed, const struct lf_spot *spot)
{
	if (spot->kind == LF_SPOT_ALIAS)
		return lf_yaml_change_fail(ed, LF_EREFUSED, spot,
		               "the alias *%.60s stands here: a change would be one of its anchor",
		               spot->text);
	if (spot->decorated && !(ed->kind == LF_YAML_REMOVE && spot->anchor && !is_read(ed, spot->anchor)))
		return lf_yaml_change_fail(ed, LF_EREFUSED, spot, "an anchor or a tag stands here");
	return LF_OK;
}

static int find_target(struct lf_yaml_change *ed)
{
	const struct lf_spot *spot = ed->spots.items;
	int rc;

	if (ed->spots.count == 0) {
		if (ed->place->document > 0 && ed->place->document >= ed->spots.documents)
			return lf_yaml_change_fail(ed, LF_ENOTFOUND, NULL, "there is no document %zu",
			               ed->place->document + 1);
		return ed->place->path[0] ? lf_yaml_change_fail(ed, LF_ENOTFOUND, NULL, "the document is empty") : LF_OK;
	}
	rc = check_plain(ed, spot);
	for (size_t i = 0; rc == LF_OK && ed->place->path[i]; i++) {
		const struct lf_spot *child = lf_yaml_change_step(ed, spot, ed->place->path[i]);

		if (!child) {
			char *safe = lf_text_clean_dup(ed->place->path[i], 80);

			rc = lf_yaml_change_fail(ed, LF_ENOTFOUND, spot, "there is no \"%s\" here", safe);
			lf_free(safe);
			break;
		}
		ed->holder = ed->owner;
		ed->owner = spot;
		spot = child;
		/* What goes as a whole may be written as it likes. */
		if (ed->kind != LF_YAML_REMOVE || ed->place->path[i + 1])
			rc = check_plain(ed, spot);
	}
	ed->target = spot;
	return rc;
}

/* -------- the change, on the tree -------- */

/* A copy of OLD with the change made. */
static struct lf_node *changed(const struct lf_yaml_change *ed, const struct lf_node *old)
{
	struct lf_node *copy;

	if (ed->kind == LF_YAML_SET)
		return lf_node_dup(ed->value);
	if (ed->kind == LF_YAML_MARK)
		return lf_node_dup(old);
	copy = lf_node_kind(old) == LF_NODE_NULL
	           ? lf_node_new(ed->kind == LF_YAML_KEY ? LF_NODE_MAP : LF_NODE_LIST)
	           : lf_node_dup(old);
	if (ed->kind == LF_YAML_KEY)
		lf_node_set(copy, ed->key, lf_node_dup(ed->value));
	else
		lf_node_add(copy, lf_node_dup(ed->value));
	return copy;
}

/* LIST with the item at INDEX replaced, or without it (ITEM is NULL); nodes have no setter for it. */
static struct lf_node *with_item(const struct lf_node *list, size_t index, struct lf_node *item)
{
	struct lf_node *copy = lf_node_new(LF_NODE_LIST);

	for (size_t i = 0; i < lf_node_count(list); i++)
		if (i != index || item)
			lf_node_add(copy, i == index ? item : lf_node_dup(lf_node_at(list, i)));
	return copy;
}

/* DEPTH parts of the path lie above NODE. */
static struct lf_node *rebuilt(const struct lf_yaml_change *ed, const struct lf_node *node, size_t depth)
{
	const char *part = ed->place->path[depth];
	bool goes = part && ed->kind == LF_YAML_REMOVE && !ed->place->path[depth + 1];
	struct lf_node *copy;

	if (!part)
		return changed(ed, node);
	if (lf_node_kind(node) == LF_NODE_LIST) {
		size_t index = strtoul(part, NULL, 10);

		return with_item(node, index, goes ? NULL : rebuilt(ed, lf_node_at(node, index), depth + 1));
	}
	copy = lf_node_dup(node);
	if (goes)
		lf_node_remove(copy, part);
	else
		lf_node_set(copy, part, rebuilt(ed, lf_node_key(node, part), depth + 1));
	return copy;
}

/* -------- the change, on the text -------- */

static int make_change(struct lf_yaml_change *ed)
{
	static int (*const changes[])(struct lf_yaml_change *) = {[LF_YAML_SET] = lf_yaml_change_scalar, [LF_YAML_KEY] = lf_yaml_change_add, [LF_YAML_APPEND] = lf_yaml_change_add,
								  [LF_YAML_MARK] = lf_yaml_change_marker, [LF_YAML_REMOVE] = lf_yaml_change_remove};

	return changes[ed->kind](ed);
}

/* Whether the text now means what it should. */
static int prove(struct lf_yaml_change *ed)
{
	struct lf_node *meant = lf_node_new(LF_NODE_LIST), *got = NULL;
	size_t count = lf_node_count(ed->documents);
	int rc = LF_OK;

	for (size_t i = 0; i < count || i == ed->place->document; i++) {
		const struct lf_node *document = lf_node_at(ed->documents, i);

		lf_node_add(meant,
		            i == ed->place->document ? rebuilt(ed, document, 0) : lf_node_dup(document));
	}
	if (lf_yaml_parse(&got, lf_str_text(&ed->text), ed->text.length, ed->place->name, NULL, NULL) !=
	        LF_OK ||
	    !lf_node_equal(got, meant))
		rc = lf_yaml_change_fail(ed, LF_EREFUSED, ed->target,
		             "the YAML here is written in a way that is not understood well enough");
	lf_node_free(got);
	lf_node_free(meant);
	return rc;
}

/* Carriage returns that end lines on their own: YAML knows them, but hardly any other program that will read
 * the file. */
static bool has_bare_returns(const char *text)
{
	while ((text = strchr(text, '\r')))
		if (*++text != '\n')
			return true;
	return false;
}

static int run(struct lf_yaml_change *ed, struct lf_str *text)
{
	int rc =
	    lf_yaml_parse(&ed->documents, lf_str_text(text), text->length, ed->place->name, NULL, ed->err);

	if (rc == LF_OK && has_bare_returns(lf_str_text(text)))
		rc = lf_yaml_change_fail(ed, LF_EREFUSED, NULL, "its lines end with bare carriage returns");
	if (rc != LF_OK) {
		lf_node_free(ed->documents);
		return rc;
	}
	lf_str_add_n(&ed->text, lf_str_text(text), text->length);
	rc = lf_yaml_spots_find(&ed->spots, lf_str_text(&ed->text), ed->text.length, ed->place->document,
	                        ed->err);
	if (rc == LF_OK)
		rc = find_target(ed);
	if (rc == LF_OK) {
		ed->style = lf_yaml_style_of(&ed->spots, lf_str_text(&ed->text), ed->text.length);
		rc = make_change(ed);
	}
	if (rc == LF_OK)
		rc = prove(ed);
	if (rc == LF_OK) {
		struct lf_str old = *text;

		*text = ed->text;
		ed->text = old;
	}
	lf_yaml_spots_dispose(&ed->spots);
	lf_node_free(ed->documents);
	lf_str_dispose(&ed->text);
	return rc;
}

int lf_yaml_edit_set(struct lf_str *text, const struct lf_yaml_place *place, const struct lf_node *value,
                     struct lf_error *err)
{
	struct lf_yaml_change ed = {.kind = LF_YAML_SET, .place = place, .value = value, .err = err};

	return run(&ed, text);
}

int lf_yaml_edit_add_key(struct lf_str *text, const struct lf_yaml_place *place, const char *key,
                         const struct lf_node *value, struct lf_error *err)
{
	return lf_yaml_edit_add_key_behind(text, place, key, NULL, value, err);
}

int lf_yaml_edit_add_key_behind(struct lf_str *text, const struct lf_yaml_place *place, const char *key, const char *behind, const struct lf_node *value, struct lf_error *err)
{
	struct lf_yaml_change ed = {.kind = LF_YAML_KEY, .place = place, .key = key, .behind = behind, .value = value, .err = err};

	return run(&ed, text);
}

int lf_yaml_edit_append(struct lf_str *text, const struct lf_yaml_place *place, const struct lf_node *value,
                        struct lf_error *err)
{
	struct lf_yaml_change ed = {.kind = LF_YAML_APPEND, .place = place, .value = value, .err = err};

	return run(&ed, text);
}

int lf_yaml_edit_remove(struct lf_str *text, const struct lf_yaml_place *place, struct lf_error *err)
{
	struct lf_yaml_change ed = {.kind = LF_YAML_REMOVE, .place = place, .err = err};

	return run(&ed, text);
}

int lf_yaml_edit_mark(struct lf_str *text, const struct lf_yaml_place *place, const char *marker, struct lf_error *err)
{
	struct lf_yaml_change ed = {.kind = LF_YAML_MARK, .place = place, .key = marker, .err = err};

	if (strpbrk(marker, "\r\n"))
		return lf_fail(err, LF_EINVAL, "yaml.edit", 0, "A comment behind a value has one line.");
	return run(&ed, text);
}
