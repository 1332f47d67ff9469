/* yaml_spots: see yaml_spots.h. libyaml's marks count characters and end block nodes where the next token
 * begins; here both become byte offsets of what a person would call the node. */
#include "config.h"
#include "core/yaml_spots.h"

#include <string.h>
#include <yaml.h>

#include "core/mem.h"
#include "core/text.h"

struct walker {
	yaml_parser_t parser;
	struct lf_spots *out;
	const char *text;
	size_t length;
	size_t first; /* byte of character 0 */
	size_t character, byte; /* a pair that belongs together, so that most conversions are short */
	bool failed;
};

static size_t offset(struct walker *wk, size_t character)
{
	if (character < wk->character) {
		wk->character = 0;
		wk->byte = wk->first;
	}
	while (wk->character < character && wk->byte < wk->length) {
		uint32_t c;

		wk->byte += lf_text_next(wk->text + wk->byte, wk->length - wk->byte, &c);
		wk->character++;
	}
	return wk->byte;
}

static yaml_event_t next(struct walker *wk)
{
	yaml_event_t event;

	if (!yaml_parser_parse(&wk->parser, &event)) {
		memset(&event, 0, sizeof(event));
		wk->failed = true;
	}
	return event;
}

/* The mark stands behind the blank lines that follow a block of text; they belong to it only with the "+"
 * indicator. */
static size_t block_end(const struct walker *wk, size_t start, size_t end)
{
	for (size_t i = start; i < end && wk->text[i] != '\n' && wk->text[i] != ' '; i++)
		if (wk->text[i] == '+')
			return end;
	while (end > start && strchr(" \t\r\n", wk->text[end - 1]))
		end--;
	return end;
}

static void walk(struct walker *wk, yaml_event_t *event, bool in_flow);

static void walk_children(struct walker *wk, size_t self, bool in_flow)
{
	bool is_map = wk->out->items[self].kind == LF_SPOT_MAP;
	size_t last = wk->out->items[self].start;

	for (;;) {
		yaml_event_t event = next(wk);
		size_t child = wk->out->count;
		bool at_end = event.type == (is_map ? YAML_MAPPING_END_EVENT : YAML_SEQUENCE_END_EVENT);

		if (at_end && in_flow)
			last = offset(wk, event.end_mark.index);
		if (!at_end && !wk->failed)
			walk(wk, &event, in_flow);
		yaml_event_delete(&event);
		if (at_end || wk->failed)
			break;
		last = wk->out->items[child].end;
	}
	wk->out->items[self].end = last;
}

static enum lf_spot_kind scalar_kind(yaml_scalar_style_t style)
{
	return style == YAML_SINGLE_QUOTED_SCALAR_STYLE					 ? LF_SPOT_SINGLE
	       : style == YAML_DOUBLE_QUOTED_SCALAR_STYLE				 ? LF_SPOT_DOUBLE
	       : style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE ? LF_SPOT_BLOCK_TEXT
											 : LF_SPOT_PLAIN;
}

static void decorate(struct lf_spot *spot, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	spot->decorated = anchor || tag;
	spot->anchor = lf_dup((const char *)anchor);
}

static void walk(struct walker *wk, yaml_event_t *event, bool in_flow)
{
	struct lf_spot *spot;
	size_t self = wk->out->count;

	lf_grow((void **)&wk->out->items, &wk->out->capacity, self, sizeof(*wk->out->items));
	spot = wk->out->items + wk->out->count++;
	spot->start = offset(wk, event->start_mark.index);
	spot->end = offset(wk, event->end_mark.index);
	spot->line = event->start_mark.line;
	spot->column = event->start_mark.column;
	spot->flow = in_flow;
	if (event->type == YAML_SCALAR_EVENT) {
		spot->kind = scalar_kind(event->data.scalar.style);
		decorate(spot, event->data.scalar.anchor, event->data.scalar.tag);
		spot->text = lf_dup_n((const char *)event->data.scalar.value, event->data.scalar.length);
		if (spot->kind == LF_SPOT_BLOCK_TEXT)
			spot->end = block_end(wk, spot->start, spot->end);
	} else if (event->type == YAML_ALIAS_EVENT) {
		spot->kind = LF_SPOT_ALIAS;
		spot->text = lf_dup((const char *)event->data.alias.anchor);
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		spot->kind = LF_SPOT_LIST;
		decorate(spot, event->data.sequence_start.anchor, event->data.sequence_start.tag);
		spot->flow = in_flow || event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
		walk_children(wk, self, spot->flow);
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		spot->kind = LF_SPOT_MAP;
		decorate(spot, event->data.mapping_start.anchor, event->data.mapping_start.tag);
		spot->flow = in_flow || event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
		walk_children(wk, self, spot->flow);
	}
	wk->out->items[self].next = wk->out->count;
}

static void forget(struct lf_spots *spots, size_t from)
{
	for (size_t i = from; i < spots->count; i++) {
		lf_free(spots->items[i].text);
		lf_free(spots->items[i].anchor);
	}
	if (spots->count > from)
		memset(spots->items + from, 0, (spots->count - from) * sizeof(*spots->items));
	spots->count = from;
}

int lf_yaml_spots_find(struct lf_spots *out, const char *text, size_t length, size_t document,
                       struct lf_error *err)
{
	struct walker wk = {.out = out, .text = text, .length = length};
	size_t skipped =
	    length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0; /* as lf_yaml_parse() does */
	bool more = true;

	wk.first = wk.byte = skipped;
	*out = (struct lf_spots){.stop = length};
	if (!yaml_parser_initialize(&wk.parser))
		return lf_fail(err, LF_ELIMIT, "yaml.edit", 0, "the YAML text is too large");
	yaml_parser_set_encoding(&wk.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&wk.parser, (const unsigned char *)text + skipped, length - skipped);
	while (more && !wk.failed) {
		yaml_event_t event = next(&wk);
		bool wanted = out->documents == document + 1;
		size_t before = out->count;

		if (event.type == YAML_DOCUMENT_START_EVENT) {
			out->documents++;
		} else if (event.type == YAML_DOCUMENT_END_EVENT) {
			if (wanted)
				out->stop = offset(&wk, event.start_mark.index);
		} else if (event.type == YAML_STREAM_END_EVENT) {
			more = false;
		} else if (event.type != YAML_STREAM_START_EVENT) {
			walk(&wk, &event, false);
			if (!wanted)
				forget(out, before);
		}
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&wk.parser);
	if (!wk.failed)
		return LF_OK;
	lf_yaml_spots_dispose(out);
	return lf_fail(err, LF_EPARSE, "yaml.edit", 0, "the YAML text cannot be read");
}

void lf_yaml_spots_dispose(struct lf_spots *spots)
{
	forget(spots, 0);
	lf_free(spots->items);
	*spots = (struct lf_spots){0};
}
