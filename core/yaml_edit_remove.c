/* yaml_edit_remove: takes an entry out: a key with its value, or an item of a list, with the comments that speak of it. Must not touch any other entry's bytes. */
#include "config.h"
#include "core/yaml_change.h"

#include <string.h>

#include "core/mem.h"

/* What goes, and what is beside it. */
struct entry {
	size_t from, end;	    /* of the key or the dash, and behind the value */
	const struct lf_spot *prev; /* the value before it; NULL: it is the first */
	const struct lf_spot *next; /* the key or the item behind it; NULL: it is the last */
};

static size_t index_of(const struct lf_yaml_change *ed, const struct lf_spot *spot)
{
	return (size_t)(spot - ed->spots.items);
}

/* The key in MAP whose value VALUE is. */
static const struct lf_spot *key_of(const struct lf_yaml_change *ed, const struct lf_spot *map, const struct lf_spot *value)
{
	const struct lf_spot *key = map + 1;

	while (lf_yaml_change_spot(ed, key->next) != value)
		key = lf_yaml_change_spot(ed, lf_yaml_change_spot(ed, key->next)->next);
	return key;
}

/* -------- anchors -------- */

static const struct lf_spot *alias_outside(const struct lf_yaml_change *ed, const char *anchor, size_t from, size_t to)
{
	for (size_t i = 0; i < ed->spots.count; i++)
		if ((i < from || i >= to) && ed->spots.items[i].kind == LF_SPOT_ALIAS && strcmp(ed->spots.items[i].text, anchor) == 0)
			return ed->spots.items + i;
	return NULL;
}

/* An alias elsewhere would lead nowhere. */
static int check_anchors(const struct lf_yaml_change *ed, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct lf_spot *spot = ed->spots.items + i, *alias;

		if (spot->anchor && (alias = alias_outside(ed, spot->anchor, from, to)))
			return lf_yaml_change_fail(ed, LF_EREFUSED, spot, "the anchor &%.60s stands here, and line %zu needs it", spot->anchor, alias->line + 1);
	}
	return LF_OK;
}

/* -------- lines -------- */

/* As lf_yaml_change_line_start(), behind a byte order mark. */
static size_t line_of(const struct lf_yaml_change *ed, size_t at)
{
	size_t start = lf_yaml_change_line_start(ed, at);

	return start == 0 && lf_starts_with(lf_str_text(&ed->text), "\xef\xbb\xbf") ? 3 : start;
}

static bool is_comment_at(const struct lf_yaml_change *ed, size_t line, size_t column)
{
	const char *text = lf_str_text(&ed->text) + line;

	return strspn(text, " ") == column && text[column] == '#';
}

static bool is_blank_line(const struct lf_yaml_change *ed, size_t line)
{
	return line < ed->text.length && lf_yaml_change_is_blank(lf_str_text(&ed->text), line, lf_yaml_change_next_line(ed, line));
}

/* The dash of ITEM: on its line, or above it. SIZE_MAX: it is not found. */
static size_t dash_of(const struct lf_yaml_change *ed, const struct lf_spot *item)
{
	const char *text = lf_str_text(&ed->text);
	size_t line = line_of(ed, item->start), stop = item->start, dash = SIZE_MAX;

	for (;;) {
		size_t at = line + strspn(text + line, " ");

		while (at < stop && text[at] == '-' && strchr(" \t\r\n", text[at + 1])) {
			dash = at++;
			at += strspn(text + at, " \t");
		}
		if (dash != SIZE_MAX || line == 0 || (at < stop && !strchr("#\r\n", text[at])))
			return dash;
		stop = line;
		line = line_of(ed, line - 1);
	}
}

/* Where the entry begins whose key or item FIRST is: a key may have a question mark before it. */
static size_t entry_start(const struct lf_yaml_change *ed, const struct lf_spot *first)
{
	const char *text = lf_str_text(&ed->text);
	size_t at = first->start;

	if (ed->owner->kind == LF_SPOT_LIST)
		return ed->owner->flow ? at : dash_of(ed, first);
	while (at && text[at - 1] == ' ')
		at--;
	return at && text[at - 1] == '?' ? at - 1 : first->start;
}

/* -------- in blocks -------- */

static const char *nothing(const struct lf_yaml_change *ed)
{
	return ed->owner->kind == LF_SPOT_LIST ? "[]" : "{}";
}

/* Where the {} or [] of an owner that loses all it has goes: behind its key's colon or its dash. */
static int find_room(size_t *at, const struct lf_yaml_change *ed)
{
	const char *text = lf_str_text(&ed->text);

	if (ed->holder->kind == LF_SPOT_LIST) {
		*at = dash_of(ed, ed->owner);
	} else {
		*at = key_of(ed, ed->holder, ed->owner)->end;
		*at += strspn(text + *at, " \t");
	}
	if (ed->owner->decorated || *at == SIZE_MAX || !strchr("-:", text[*at]))
		return lf_yaml_change_fail(ed, LF_EREFUSED, ed->owner, "nothing would be left here");
	++*at;
	return LF_OK;
}

/* Lines of its own: from the comments above it that stand as deep as it does, to those below it that are deeper. What stands above the first key of a file speaks of the file. */
static int remove_lines(struct lf_yaml_change *ed, const struct entry *entry)
{
	size_t line = line_of(ed, entry->from), column = entry->from - line, from = line, to, limit = 0, above;
	bool alone = !entry->prev && !entry->next;
	int rc;

	if (entry->prev)
		limit = entry->prev->end;
	else if (ed->holder && ed->holder->kind == LF_SPOT_MAP)
		limit = key_of(ed, ed->holder, ed->owner)->end;
	while ((entry->prev || ed->holder) && (above = line_of(ed, from - 1)) >= limit && is_comment_at(ed, above, column))
		from = above;
	to = lf_yaml_change_skip_deeper(ed, lf_yaml_change_line_after(ed, entry->end), column);
	/* Not two blank lines where there was one on either side. */
	above = from ? line_of(ed, from - 1) : 0;
	if (above >= limit && is_blank_line(ed, above)) {
		if (is_blank_line(ed, to))
			to = lf_yaml_change_next_line(ed, to);
		else if (to == ed->text.length && entry->prev && lf_yaml_change_spot(ed, entry->prev->next - 1)->kind != LF_SPOT_BLOCK_TEXT)
			from = above;
	}
	if (!alone || !ed->holder) {
		lf_str_remove(&ed->text, from, to - from);
		if (alone)
			lf_yaml_change_insert_lines(ed, from, ed->owner->kind == LF_SPOT_LIST ? "[]\n" : "{}\n");
		return LF_OK;
	}
	rc = find_room(&above, ed);
	if (rc == LF_OK) {
		lf_str_remove(&ed->text, from, to - from);
		lf_yaml_change_insert(ed, above, " ", 1);
		lf_yaml_change_insert(ed, above + 1, nothing(ed), 2);
	}
	return rc;
}

/* The first entry behind a dash: the next one moves up to it, and comments between them move above the line. */
static void remove_behind_dash(struct lf_yaml_change *ed, const struct entry *entry)
{
	size_t next = entry_start(ed, entry->next), line = line_of(ed, entry->from);
	size_t column = entry->from - line, at = lf_yaml_change_skip_deeper(ed, lf_yaml_change_line_after(ed, entry->end), column);
	struct lf_str kept = {0};
	const char *text = lf_str_text(&ed->text);

	for (; at < line_of(ed, next); at = lf_yaml_change_next_line(ed, at)) {
		size_t indent = strspn(text + line, " "), comment = at + strspn(text + at, " \t");

		if (text[comment] != '#')
			continue;
		while (indent-- > 0)
			lf_str_add_char(&kept, ' ');
		lf_str_add_n(&kept, text + comment, strcspn(text + comment, "\r\n"));
		lf_str_add_char(&kept, '\n');
	}
	lf_str_remove(&ed->text, entry->from, next - entry->from);
	if (kept.length)
		lf_yaml_change_insert_lines(ed, line, lf_str_text(&kept));
	lf_str_dispose(&kept);
}

static int remove_from_block(struct lf_yaml_change *ed, struct entry *entry)
{
	const char *text = lf_str_text(&ed->text);
	size_t line = line_of(ed, entry->from), at = line + strspn(text + line, " ");

	if (at == entry->from)
		return remove_lines(ed, entry);
	while (at < entry->from && text[at] == '-' && strchr(" \t", text[at + 1]))
		at += 1 + strspn(text + at + 1, " \t");
	if (at != entry->from)
		return lf_yaml_change_fail(ed, LF_EREFUSED, ed->target, "something else stands before this entry on its line");
	if (entry->next) {
		remove_behind_dash(ed, entry);
		return LF_OK;
	}
	if (text[entry->end - 1] == '\n') /* a block of text that keeps its blank lines */
		entry->end -= entry->end > 1 && text[entry->end - 2] == '\r' ? 2 : 1;
	lf_str_remove(&ed->text, entry->from, entry->end - entry->from);
	lf_yaml_change_insert(ed, entry->from, nothing(ed), 2);
	return LF_OK;
}

/* -------- in brackets -------- */

/* Behind the comma that follows a value which ends at END, or END if none does. */
static size_t past_comma(const struct lf_yaml_change *ed, size_t end)
{
	const char *text = lf_str_text(&ed->text);
	size_t at = end + strspn(text + end, " \t\r\n");

	return text[at] == ',' ? at + 1 : end;
}

/* Whether nothing but blanks or a comment stands between AT and the end of its line. */
static bool line_ends(const struct lf_yaml_change *ed, size_t at)
{
	const char *text = lf_str_text(&ed->text);

	at += strspn(text + at, " \t");
	return text[at] == '#' || strchr("\r\n", text[at]);
}

static int remove_from_flow(struct lf_yaml_change *ed, const struct entry *entry)
{
	const char *text = lf_str_text(&ed->text);
	size_t line = lf_yaml_change_line_start(ed, entry->from), end = past_comma(ed, entry->end), close = ed->owner->end - 1;
	bool has_comma = end > entry->end, own_lines = lf_yaml_change_is_blank(text, line, entry->from) && line_ends(ed, end);

	if (!entry->prev && !entry->next) {
		size_t open = ed->owner->start + 1;

		if (!strchr("[{", text[ed->owner->start]) || !strchr("]}", text[close]))
			return lf_yaml_change_fail(ed, LF_EREFUSED, ed->target, "nothing would be left here");
		lf_str_remove(&ed->text, entry->from, end - entry->from);
		close -= end - entry->from;
		if (lf_yaml_change_is_blank(lf_str_text(&ed->text), open, close))
			lf_str_remove(&ed->text, open, close - open);
		return LF_OK;
	}
	if (own_lines)
		lf_str_remove(&ed->text, line, lf_yaml_change_next_line(ed, end) - line);
	else if (entry->next)
		lf_str_remove(&ed->text, entry->from, entry->next->start - entry->from);
	else
		lf_str_remove(&ed->text, entry->from, entry->end - entry->from);
	if (entry->next || (has_comma && own_lines))
		return LF_OK;
	/* The last one without a comma of its own takes the one before it along, and what is blank between them. */
	end = past_comma(ed, entry->prev->end);
	text = lf_str_text(&ed->text);
	if (!own_lines && lf_yaml_change_is_blank(text, end, entry->from))
		lf_str_remove(&ed->text, entry->prev->end, entry->from - entry->prev->end);
	else
		lf_str_remove(&ed->text, entry->prev->end, end - entry->prev->end);
	return LF_OK;
}

int lf_yaml_change_remove(struct lf_yaml_change *ed)
{
	const struct lf_spot *owner = ed->owner, *first = ed->target, *at;
	struct entry entry = {0};
	int rc;

	if (!owner)
		return lf_yaml_change_fail(ed, LF_EINVAL, ed->target, "this is the whole document, not an entry of it");
	if (owner->kind == LF_SPOT_MAP)
		first = key_of(ed, owner, ed->target);
	if ((rc = check_anchors(ed, index_of(ed, first), ed->target->next)))
		return rc;
	for (at = owner + 1; at != first; at = lf_yaml_change_spot(ed, at->next)) {
		if (owner->kind == LF_SPOT_MAP)
			at = lf_yaml_change_spot(ed, at->next);
		entry.prev = at;
	}
	if (ed->target->next < owner->next)
		entry.next = lf_yaml_change_spot(ed, ed->target->next);
	entry.from = entry_start(ed, first);
	entry.end = ed->target->end > first->end ? ed->target->end : first->end;
	if (entry.from == SIZE_MAX)
		return lf_yaml_change_fail(ed, LF_EREFUSED, ed->target, "the dash of this item is not found");
	return owner->flow ? remove_from_flow(ed, &entry) : remove_from_block(ed, &entry);
}
