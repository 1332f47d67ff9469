/* yaml_edit_add: a key or an item more, in block style or in brackets. Must not emit anything that was there before. */
#include "config.h"
#include "core/yaml_change.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

static void add_block(struct lf_yaml_change *ed, size_t at, size_t indent)
{
	struct lf_str lines = {0};

	lf_yaml_block_entry(&lines, ed->kind == LF_YAML_KEY ? ed->key : NULL, ed->value, indent, &ed->style);
	lf_yaml_change_insert_lines(ed, at, lf_str_text(&lines));
	lf_str_dispose(&lines);
}

/* "key: value" or "value", for the inside of brackets. */
static void inline_entry(const struct lf_yaml_change *ed, struct lf_str *out)
{
	if (ed->kind == LF_YAML_KEY) {
		struct lf_node *key = lf_node_text_new(ed->key);

		lf_yaml_inline(out, key, LF_SPOT_PLAIN);
		lf_str_add(out, ": ");
		lf_node_free(key);
	}
	lf_yaml_inline(out, ed->value, LF_SPOT_PLAIN);
}

/* Brackets with something inside. If each entry has its own line, so has the new one. */
static void add_to_flow(struct lf_yaml_change *ed)
{
	const struct lf_spot *target = ed->target, *last = NULL;
	const char *text = lf_str_text(&ed->text);
	size_t at = (size_t)(target - ed->spots.items) + 1, end, stop = target->end - 1;
	struct lf_str out = {0};
	bool comma;

	for (; at < target->next; at = lf_yaml_change_spot(ed, at)->next)
		last = lf_yaml_change_spot(ed, at);
	end = last ? last->end : target->start + 1;
	comma = text[end + strspn(text + end, " ")] == ',';
	if (last && lf_yaml_change_next_line(ed, end) <= stop && lf_yaml_change_is_blank(text, lf_yaml_change_next_line(ed, end), stop) &&
	    lf_yaml_change_line_start(ed, end) > target->start) {
		const struct lf_spot *first = target + 1;

		for (size_t i = 0; i < first->column; i++)
			lf_str_add_char(&out, ' ');
		inline_entry(ed, &out);
		lf_str_add(&out, comma ? ",\n" : "\n");
		lf_yaml_change_insert_lines(ed, lf_yaml_change_next_line(ed, end), lf_str_text(&out));
		if (!comma)
			lf_yaml_change_insert(ed, end, ",", 1);
	} else {
		lf_str_add(&out, last ? ", " : "");
		inline_entry(ed, &out);
		lf_yaml_change_insert(ed, end, lf_str_text(&out), out.length);
	}
	lf_str_dispose(&out);
}

/* The target has no entries: nothing, "null", [] or {}. It becomes a block below its key, if it has one. */
static int fill_empty(struct lf_yaml_change *ed)
{
	const struct lf_spot *target = ed->target, *owner = ed->owner;
	size_t start = target->start, end = target->end, at;
	bool is_block = owner && !owner->flow && ed->owner->kind != LF_SPOT_LIST && lf_yaml_change_next_line(ed, start) >= end &&
			(!target->flow || lf_yaml_change_is_blank(lf_str_text(&ed->text), start + 1, end - 1));

	if (target->kind != LF_SPOT_PLAIN && !is_block) {
		add_to_flow(ed);
		return LF_OK;
	}
	if (!is_block && owner)
		return lf_yaml_change_fail(ed, LF_EREFUSED, target, "there is no list or map here yet");
	at = lf_yaml_change_next_line(ed, end);
	if (!owner && start == end) { /* an empty document that begins with "---" */
		add_block(ed, ed->spots.stop, 0);
		return LF_OK;
	}
	while (start && ed->text.data[start - 1] == ' ')
		start--;
	if (!owner) {
		lf_str_remove(&ed->text, start,
		              (lf_yaml_change_is_blank(lf_str_text(&ed->text), end, at) ? at : end) - start);
		add_block(ed, start, 0);
		return LF_OK;
	}
	add_block(ed, at, owner->column + (ed->kind == LF_YAML_KEY ? ed->style.step : ed->style.dash));
	lf_str_remove(&ed->text, start, end - start);
	return LF_OK;
}

int lf_yaml_change_add(struct lf_yaml_change *ed)
{
	const struct lf_spot *target = ed->target;
	bool wants_map = ed->kind == LF_YAML_KEY;

	if (!target) { /* nothing but comments */
		add_block(ed, ed->spots.stop, 0);
		return LF_OK;
	}
	if (target->kind == LF_SPOT_PLAIN &&
	    (!*target->text || lf_equal(target->text, "~") || lf_equal(target->text, "null")))
		return fill_empty(ed);
	if (target->kind != (wants_map ? LF_SPOT_MAP : LF_SPOT_LIST))
		return lf_yaml_change_fail(ed, LF_EINVAL, target, wants_map ? "this is not a map" : "this is not a list");
	if (wants_map) {
		const struct lf_spot *there = lf_yaml_change_step(ed, target, ed->key);

		if (there) {
			char *safe = lf_text_clean_dup(ed->key, 80);
			int rc = lf_yaml_change_fail(ed, LF_ECONFLICT, there, "\"%s\" is there already", safe);

			lf_free(safe);
			return rc;
		}
	}
	if (target + 1 == ed->spots.items + target->next)
		return fill_empty(ed);
	if (target->flow) {
		add_to_flow(ed);
	} else {
		const struct lf_spot *behind = ed->behind ? lf_yaml_change_step(ed, target, ed->behind) : NULL;
		size_t end = behind ? behind->end : target->end;

		add_block(ed, lf_yaml_change_skip_deeper(ed, lf_yaml_change_line_after(ed, end), target->column), target->column);
	}
	return LF_OK;
}
