/* yaml_block: see yaml_block.h. Lays maps and lists out itself, because libyaml's emitter has one indentation
 * only; scalars are left to lf_yaml_emit(). */
#include "config.h"
#include "core/yaml_block.h"

#include <string.h>

#include "core/json.h"
#include "core/text.h"
#include "core/yaml.h"

static void spaces(struct lf_str *out, size_t count)
{
	while (count-- > 0)
		lf_str_add_char(out, ' ');
}

/* 0 where the inner node is not deeper, or so much that it says nothing of the file's habits. */
static size_t deeper(const struct lf_spot *inner, const struct lf_spot *outer)
{
	size_t by = inner->column - outer->column; /* less than nothing is very much */

	return by <= 8 ? by : 0;
}

struct lf_yaml_style lf_yaml_style_of(const struct lf_spots *spots, const char *text, size_t length)
{
	struct lf_yaml_style style = {.step = 2};
	const char *end = length > 0 ? memchr(text, '\n', length) : NULL;
	bool step_known = false, dash_known = false;

	style.crlf = end && end > text && end[-1] == '\r';
	for (size_t i = 0; i < spots->count && !(step_known && dash_known); i++) {
		const struct lf_spot *map = spots->items + i;

		if (map->kind != LF_SPOT_MAP || map->flow || map->decorated)
			continue;
		for (size_t key = i + 1; key < map->next;) {
			const struct lf_spot *value = spots->items + spots->items[key].next;

			key = value->next;
			if (value->flow || value->decorated)
				continue;
			if (value->kind == LF_SPOT_LIST && !dash_known) {
				style.dash = deeper(value, map);
				dash_known = true;
			} else if (value->kind == LF_SPOT_MAP && !step_known && deeper(value, map) > 0) {
				style.step = deeper(value, map);
				step_known = true;
			}
		}
	}
	return style;
}

/* TEXT line by line with INDENT before each; lines without text stay empty. */
static void add_indented(struct lf_str *out, const char *text, size_t indent)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		if (length > 0)
			spaces(out, indent);
		lf_str_add_n(out, text, length);
		lf_str_add_char(out, '\n');
		text += length + (text[length] == '\n');
	}
}

/* "KEY:" alone on its line, quoted as needed. */
static void add_key_line(struct lf_str *out, const char *key, size_t indent)
{
	struct lf_node *map = lf_node_new(LF_NODE_MAP);
	struct lf_str text = {0};

	lf_node_set_map(map, key);
	lf_yaml_emit(&text, map, NULL);
	lf_str_truncate(&text, text.length - strlen(" {}\n"));
	lf_str_add_char(&text, '\n');
	add_indented(out, lf_str_text(&text), indent);
	lf_str_dispose(&text);
	lf_node_free(map);
}

static void add_leaf(struct lf_str *out, const char *key, const struct lf_node *value, size_t indent)
{
	struct lf_node *holder = lf_node_new(key ? LF_NODE_MAP : LF_NODE_LIST);
	struct lf_str text = {0};

	if (key)
		lf_node_set(holder, key, lf_node_dup(value));
	else
		lf_node_add(holder, lf_node_dup(value));
	lf_yaml_emit(&text, holder, NULL);
	add_indented(out, lf_str_text(&text), indent);
	lf_str_dispose(&text);
	lf_node_free(holder);
}

void lf_yaml_block_entry(struct lf_str *out, const char *key, const struct lf_node *value, size_t indent,
                         const struct lf_yaml_style *style)
{
	bool is_map = lf_node_kind(value) == LF_NODE_MAP;
	size_t inner = indent + (!key ? 2 : is_map ? style->step : style->dash), start;

	if (lf_node_count(value) == 0) {
		add_leaf(out, key, value, indent);
		return;
	}
	if (key)
		add_key_line(out, key, indent);
	start = out->length;
	for (size_t i = 0; i < lf_node_count(value); i++)
		lf_yaml_block_entry(out, is_map ? lf_node_key_at(value, i) : NULL, lf_node_at(value, i),
		                    inner, style);
	if (!key)
		out->data[start + indent] = '-'; /* the first line of an item shares it with its dash */
}

/* Whether TEXT may stand without quotes inside a line, in block and in flow style alike. A colon matters only before a blank or at the end: addresses stay plain. */
static bool can_be_plain(const char *text)
{
	return !lf_yaml_needs_quotes(text) && !strpbrk(text, ",[]{}#\"'") && !strstr(text, ": ") && !lf_ends_with(text, ":") && *text != ':';
}

void lf_yaml_inline(struct lf_str *out, const struct lf_node *value, enum lf_spot_kind like)
{
	const char *text = lf_node_text(value, NULL);

	if (lf_node_kind(value) != LF_NODE_TEXT) {
		lf_json_emit(out, value);
		return;
	}
	if (like == LF_SPOT_SINGLE && !strpbrk(text, "\n\r\t") && lf_text_is_utf8(text, strlen(text))) {
		lf_str_add_char(out, '\'');
		for (; *text; text++) {
			lf_str_add_char(out, *text);
			if (*text == '\'')
				lf_str_add_char(out, '\'');
		}
		lf_str_add_char(out, '\'');
	} else if (like != LF_SPOT_DOUBLE && can_be_plain(text)) {
		lf_str_add(out, text);
	} else {
		lf_json_emit_text(out, text);
	}
}
