/* yaml_edit: see yaml_edit.h. Decides where the new text goes (yaml_spots.c says where everything is,
 * yaml_block.c what new text looks like) and proves afterwards that it meant what it should. Must not emit
 * anything that was there before. */
#include "config.h"
#include "core/yaml_edit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/yaml.h"
#include "core/yaml_block.h"
#include "core/yaml_spots.h"

enum change { CHANGE_SET, CHANGE_KEY, CHANGE_APPEND, CHANGE_MARK };

struct edit {
	enum change change;
	const struct lf_yaml_place *place;
	const char *key; /* CHANGE_KEY; of CHANGE_MARK the marker */
	const struct lf_node *value;
	struct lf_str text; /* the copy that is changed */
	struct lf_node *documents; /* what it should mean afterwards */
	struct lf_spots spots;
	const struct lf_spot *target; /* NULL: the document is empty */
	const struct lf_spot *owner;  /* the map or list that holds the target; NULL: it is the root */
	bool is_item;		      /* the owner is a list */
	struct lf_yaml_style style;
	struct lf_error *err;
};

LF_PRINTF(4, 5)
static int fail_at(const struct edit *ed, enum lf_code code, const struct lf_spot *spot, const char *format,
                   ...)
{
	char *name = lf_text_clean_dup(ed->place->name ? ed->place->name : "YAML", 120);
	char what[300];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	if (spot)
		(void)lf_fail(ed->err, code, "yaml.edit", 0, "%s:%zu:%zu: %s", name, spot->line + 1,
		              spot->column + 1, what);
	else
		(void)lf_fail(ed->err, code, "yaml.edit", 0, "%s: %s", name, what);
	if (code == LF_EREFUSED)
		lf_hint(ed->err, "make this change in an editor: it cannot be made safely by a program");
	lf_free(name);
	return code;
}

/* -------- finding the target -------- */

static const struct lf_spot *spot_at(const struct edit *ed, size_t index)
{
	return ed->spots.items + index;
}

static const struct lf_spot *step_into(const struct edit *ed, const struct lf_spot *from, const char *part)
{
	size_t at = (size_t)(from - ed->spots.items) + 1, wanted;
	char *end;

	if (from->kind == LF_SPOT_MAP) {
		while (at < from->next) {
			const struct lf_spot *key = spot_at(ed, at), *value = spot_at(ed, key->next);

			if (key->text && key->kind != LF_SPOT_ALIAS && strcmp(key->text, part) == 0)
				return value;
			at = value->next;
		}
		return NULL;
	}
	wanted = strtoul(part, &end, 10);
	if (from->kind != LF_SPOT_LIST || *part < '0' || *part > '9' || *end)
		return NULL;
	for (; at < from->next; at = spot_at(ed, at)->next)
		if (wanted-- == 0)
			return spot_at(ed, at);
	return NULL;
}

static int check_plain(const struct edit *ed, const struct lf_spot *spot)
{
	if (spot->kind == LF_SPOT_ALIAS)
		return fail_at(ed, LF_EREFUSED, spot,
		               "the alias *%.60s stands here: a change would be one of its anchor",
		               spot->text);
	if (spot->decorated)
		return fail_at(ed, LF_EREFUSED, spot, "an anchor or a tag stands here");
	return LF_OK;
}

static int find_target(struct edit *ed)
{
	const struct lf_spot *spot = ed->spots.items;
	int rc;

	if (ed->spots.count == 0) {
		if (ed->place->document > 0 && ed->place->document >= ed->spots.documents)
			return fail_at(ed, LF_ENOTFOUND, NULL, "there is no document %zu",
			               ed->place->document + 1);
		return ed->place->path[0] ? fail_at(ed, LF_ENOTFOUND, NULL, "the document is empty") : LF_OK;
	}
	rc = check_plain(ed, spot);
	for (size_t i = 0; rc == LF_OK && ed->place->path[i]; i++) {
		const struct lf_spot *child = step_into(ed, spot, ed->place->path[i]);

		if (!child) {
			char *safe = lf_text_clean_dup(ed->place->path[i], 80);

			rc = fail_at(ed, LF_ENOTFOUND, spot, "there is no \"%s\" here", safe);
			lf_free(safe);
			break;
		}
		ed->owner = spot;
		ed->is_item = spot->kind == LF_SPOT_LIST;
		spot = child;
		rc = check_plain(ed, spot);
	}
	ed->target = spot;
	return rc;
}

/* -------- the change, on the tree -------- */

/* A copy of OLD with the change made. */
static struct lf_node *changed(const struct edit *ed, const struct lf_node *old)
{
	struct lf_node *copy;

	if (ed->change == CHANGE_SET)
		return lf_node_dup(ed->value);
	if (ed->change == CHANGE_MARK)
		return lf_node_dup(old);
	copy = lf_node_kind(old) == LF_NODE_NULL
	           ? lf_node_new(ed->change == CHANGE_KEY ? LF_NODE_MAP : LF_NODE_LIST)
	           : lf_node_dup(old);
	if (ed->change == CHANGE_KEY)
		lf_node_set(copy, ed->key, lf_node_dup(ed->value));
	else
		lf_node_add(copy, lf_node_dup(ed->value));
	return copy;
}

/* LIST with the item at INDEX replaced; nodes have no setter for it. */
static struct lf_node *with_item(const struct lf_node *list, size_t index, struct lf_node *item)
{
	struct lf_node *copy = lf_node_new(LF_NODE_LIST);

	for (size_t i = 0; i < lf_node_count(list); i++)
		lf_node_add(copy, i == index ? item : lf_node_dup(lf_node_at(list, i)));
	return copy;
}

/* DEPTH parts of the path lie above NODE. */
static struct lf_node *rebuilt(const struct edit *ed, const struct lf_node *node, size_t depth)
{
	const char *part = ed->place->path[depth];
	struct lf_node *copy;

	if (!part)
		return changed(ed, node);
	if (lf_node_kind(node) == LF_NODE_LIST) {
		size_t index = strtoul(part, NULL, 10);

		return with_item(node, index, rebuilt(ed, lf_node_at(node, index), depth + 1));
	}
	copy = lf_node_dup(node);
	lf_node_set(copy, part, rebuilt(ed, lf_node_key(node, part), depth + 1));
	return copy;
}

/* -------- the change, on the text -------- */

static void insert(struct edit *ed, size_t at, const char *bytes, size_t length)
{
	char *rest = lf_dup_n(ed->text.data + at, ed->text.length - at);
	size_t rest_length = ed->text.length - at;

	lf_str_truncate(&ed->text, at);
	lf_str_add_n(&ed->text, bytes, length);
	lf_str_add_n(&ed->text, rest, rest_length);
	lf_free(rest);
}

/* Behind the line break of the line that holds the byte AT (or stands before it). */
static size_t next_line(const struct edit *ed, size_t at)
{
	const char *text = lf_str_text(&ed->text), *end;

	end = memchr(text + at, '\n', ed->text.length - at);
	return end ? (size_t)(end - text) + 1 : ed->text.length;
}

/* Puts LINES (each ended by \n) at the line start AT, with the file's own line ends. */
static void insert_lines(struct edit *ed, size_t at, const char *lines)
{
	struct lf_str out = {0};

	if (at > 0 && ed->text.data[at - 1] != '\n') /* the file does not end its last line */
		lf_str_add(&out, ed->style.crlf ? "\r\n" : "\n");
	for (; *lines; lines++) {
		if (*lines == '\n' && ed->style.crlf)
			lf_str_add_char(&out, '\r');
		lf_str_add_char(&out, *lines);
	}
	insert(ed, at, lf_str_text(&out), out.length);
	lf_str_dispose(&out);
}

static size_t line_after(const struct edit *ed, size_t end)
{
	/* A block of text that keeps its blank lines ends at the start of a line. */
	return end > 0 && ed->text.data[end - 1] == '\n' ? end : next_line(ed, end);
}

static void add_block(struct edit *ed, size_t at, size_t indent)
{
	struct lf_str lines = {0};

	lf_yaml_block_entry(&lines, ed->change == CHANGE_KEY ? ed->key : NULL, ed->value, indent, &ed->style);
	insert_lines(ed, at, lf_str_text(&lines));
	lf_str_dispose(&lines);
}

/* "key: value" or "value", for the inside of brackets. */
static void inline_entry(const struct edit *ed, struct lf_str *out)
{
	if (ed->change == CHANGE_KEY) {
		struct lf_node *key = lf_node_text_new(ed->key);

		lf_yaml_inline(out, key, LF_SPOT_PLAIN);
		lf_str_add(out, ": ");
		lf_node_free(key);
	}
	lf_yaml_inline(out, ed->value, LF_SPOT_PLAIN);
}

static bool is_blank(const char *text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (!strchr(" \t\r\n", text[i]))
			return false;
	return true;
}

/* Brackets with something inside. If each entry has its own line, so has the new one. */
static void add_to_flow(struct edit *ed)
{
	const struct lf_spot *target = ed->target, *last = NULL;
	const char *text = lf_str_text(&ed->text);
	size_t at = (size_t)(target - ed->spots.items) + 1, end, stop = target->end - 1;
	struct lf_str out = {0};
	bool comma;

	for (; at < target->next; at = spot_at(ed, at)->next)
		last = spot_at(ed, at);
	end = last ? last->end : target->start + 1;
	comma = text[end + strspn(text + end, " ")] == ',';
	if (last && next_line(ed, end) <= stop && is_blank(text, next_line(ed, end), stop) &&
	    next_line(ed, target->start) <= end) {
		const struct lf_spot *first = target + 1;

		for (size_t i = 0; i < first->column; i++)
			lf_str_add_char(&out, ' ');
		inline_entry(ed, &out);
		lf_str_add(&out, comma ? ",\n" : "\n");
		insert_lines(ed, next_line(ed, end), lf_str_text(&out));
		if (!comma)
			insert(ed, end, ",", 1);
	} else {
		lf_str_add(&out, last ? ", " : "");
		inline_entry(ed, &out);
		insert(ed, end, lf_str_text(&out), out.length);
	}
	lf_str_dispose(&out);
}

/* The target has no entries: nothing, "null", [] or {}. It becomes a block below its key, if it has one. */
static int fill_empty(struct edit *ed)
{
	const struct lf_spot *target = ed->target, *owner = ed->owner;
	size_t start = target->start, end = target->end, at;
	bool is_block = owner && !owner->flow && !ed->is_item && next_line(ed, start) >= end &&
			(!target->flow || is_blank(lf_str_text(&ed->text), start + 1, end - 1));

	if (target->flow && !is_block) {
		add_to_flow(ed);
		return LF_OK;
	}
	if (!is_block && owner)
		return fail_at(ed, LF_EREFUSED, target, "there is no list or map here yet");
	at = next_line(ed, end);
	if (!owner && start == end) { /* an empty document that begins with "---" */
		add_block(ed, ed->spots.stop, 0);
		return LF_OK;
	}
	if (!owner) {
		at = next_line(ed, end);
		lf_str_remove(&ed->text, start,
		              (is_blank(lf_str_text(&ed->text), end, at) ? at : end) - start);
		add_block(ed, start, 0);
		return LF_OK;
	}
	add_block(ed, at, owner->column + (ed->change == CHANGE_KEY ? ed->style.step : ed->style.dash));
	while (start > 0 && start < end && ed->text.data[start - 1] == ' ')
		start--;
	lf_str_remove(&ed->text, start, end - start);
	return LF_OK;
}

static int add_entry(struct edit *ed)
{
	const struct lf_spot *target = ed->target;
	bool wants_map = ed->change == CHANGE_KEY;

	if (!target) { /* nothing but comments */
		add_block(ed, ed->spots.stop, 0);
		return LF_OK;
	}
	if (target->kind == LF_SPOT_PLAIN &&
	    (!*target->text || lf_equal(target->text, "~") || lf_equal(target->text, "null")))
		return fill_empty(ed);
	if (target->kind != (wants_map ? LF_SPOT_MAP : LF_SPOT_LIST))
		return fail_at(ed, LF_EINVAL, target, "this is not a %s", wants_map ? "map" : "list");
	if (wants_map) {
		const struct lf_spot *there = step_into(ed, target, ed->key);

		if (there) {
			char *safe = lf_text_clean_dup(ed->key, 80);
			int rc = fail_at(ed, LF_ECONFLICT, there, "\"%s\" is there already", safe);

			lf_free(safe);
			return rc;
		}
	}
	if (target + 1 == ed->spots.items + target->next)
		return fill_empty(ed);
	if (target->flow)
		add_to_flow(ed);
	else
		add_block(ed, line_after(ed, target->end), target->column);
	return LF_OK;
}

static int set_scalar(struct edit *ed)
{
	const struct lf_spot *target = ed->target;
	struct lf_str out = {0};

	if (!target)
		return fail_at(ed, LF_ENOTFOUND, NULL, "the document is empty");
	if (target->kind == LF_SPOT_LIST || target->kind == LF_SPOT_MAP)
		return fail_at(ed, LF_EINVAL, target, "this is a list or a map, not a single value");
	if (target->kind == LF_SPOT_BLOCK_TEXT)
		return fail_at(ed, LF_EREFUSED, target, "this is a text of several lines");
	if (target->start == target->end && target->start > 0 &&
	    !strchr(" [{\n", ed->text.data[target->start - 1]))
		lf_str_add_char(&out, ' ');
	lf_yaml_inline(&out, ed->value, target->kind);
	lf_str_remove(&ed->text, target->start, target->end - target->start);
	insert(ed, target->start, lf_str_text(&out), out.length);
	lf_str_dispose(&out);
	return LF_OK;
}

/* Where the line that holds the byte AT begins. */
static size_t line_start(const struct edit *ed, size_t at)
{
	while (at > 0 && ed->text.data[at - 1] != '\n')
		at--;
	return at;
}

static int set_marker(struct edit *ed)
{
	const struct lf_spot *target = ed->target;
	struct lf_str out = {0}, above = {0};
	size_t end, from, indent;
	const char *text = lf_str_text(&ed->text);

	if (!target)
		return fail_at(ed, LF_ENOTFOUND, NULL, "the document is empty");
	if (target->kind == LF_SPOT_LIST || target->kind == LF_SPOT_MAP)
		return fail_at(ed, LF_EINVAL, target, "this is a list or a map, not a single value");
	if (target->kind == LF_SPOT_BLOCK_TEXT || target->flow)
		return fail_at(ed, LF_EREFUSED, target, "there is no room for a comment behind this value");
	end = target->end + strcspn(text + target->end, "\r\n");
	from = target->end + strspn(text + target->end, " \t");
	lf_str_addf(&out, " # %s", ed->key);
	if (end - target->end == out.length && !strncmp(text + target->end, lf_str_text(&out), out.length)) {
		lf_str_dispose(&out);
		return LF_OK; /* it stands there already */
	}
	if (from < end && !memmem(text + from, end - from, "{\"$", 3)) {
		size_t start = line_start(ed, target->start);

		for (indent = 0; text[start + indent] == ' '; indent++)
			lf_str_add_char(&above, ' ');
		lf_str_add_n(&above, text + from, end - from);
		lf_str_add_char(&above, '\n');
	}
	lf_str_remove(&ed->text, target->end, end - target->end);
	insert(ed, target->end, lf_str_text(&out), out.length);
	if (above.length)
		insert_lines(ed, line_start(ed, target->start), lf_str_text(&above));
	lf_str_dispose(&out);
	lf_str_dispose(&above);
	return LF_OK;
}

static int make_change(struct edit *ed)
{
	switch (ed->change) {
	case CHANGE_SET:
		return set_scalar(ed);
	case CHANGE_MARK:
		return set_marker(ed);
	case CHANGE_KEY:
	case CHANGE_APPEND:
		break;
	}
	return add_entry(ed);
}

/* Whether the text now means what it should. */
static int prove(struct edit *ed)
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
		rc = fail_at(ed, LF_EREFUSED, ed->target,
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

static int run(struct edit *ed, struct lf_str *text)
{
	int rc =
	    lf_yaml_parse(&ed->documents, lf_str_text(text), text->length, ed->place->name, NULL, ed->err);

	if (rc == LF_OK && has_bare_returns(lf_str_text(text)))
		rc = fail_at(ed, LF_EREFUSED, NULL, "its lines end with bare carriage returns");
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
	struct edit ed = {.change = CHANGE_SET, .place = place, .value = value, .err = err};

	return run(&ed, text);
}

int lf_yaml_edit_add_key(struct lf_str *text, const struct lf_yaml_place *place, const char *key,
                         const struct lf_node *value, struct lf_error *err)
{
	struct edit ed = {.change = CHANGE_KEY, .place = place, .key = key, .value = value, .err = err};

	return run(&ed, text);
}

int lf_yaml_edit_append(struct lf_str *text, const struct lf_yaml_place *place, const struct lf_node *value,
                        struct lf_error *err)
{
	struct edit ed = {.change = CHANGE_APPEND, .place = place, .value = value, .err = err};

	return run(&ed, text);
}

int lf_yaml_edit_mark(struct lf_str *text, const struct lf_yaml_place *place, const char *marker, struct lf_error *err)
{
	struct edit ed = {.change = CHANGE_MARK, .place = place, .key = marker, .err = err};

	if (strpbrk(marker, "\r\n"))
		return lf_fail(err, LF_EINVAL, "yaml.edit", 0, "A comment behind a value has one line.");
	return run(&ed, text);
}
