/* yaml_out: writes nodes through libyaml's emitter. libyaml knows neither comments nor which node made a
 * line, so the text is read back beside the tree: the marks say where each node begins, and everything up to
 * the next one is its own. */
#include "config.h"
#include "core/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "core/mem.h"
#include "core/text.h"
#include "core/yaml_scalar.h"

/* A node in the text: lines FIRST to LAST, counted from 0. */
struct span {
	const struct lf_node *node;
	const char *origin; /* its own, or that of the nearest node above */
	size_t first, last;
};

struct spans {
	struct span *items;
	size_t count, capacity;
	yaml_parser_t parser;
	bool failed;
};

static bool is_syntax(const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || strchr("-?:,[]{}#&*!|>'\"%@` ", text[0]) || text[length - 1] == ' ' ||
	    text[length - 1] == ':')
		return true;
	if (strncmp(text, "---", 3) == 0 || strncmp(text, "...", 3) == 0 || strstr(text, ": ") ||
	    strstr(text, " #"))
		return true;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return true;
	return false;
}

/* YAML 1.1 breaks lines at these too, 1.2 does not: only escaped they mean the same to both. */
static bool has_odd_breaks(const char *text)
{
	return strchr(text, '\r') || strstr(text, "\xc2\x85") || strstr(text, "\xe2\x80\xa8") ||
	       strstr(text, "\xe2\x80\xa9");
}

bool lf_yaml_needs_quotes(const char *text)
{
	return lf_yaml_resolves_elsewhere(text) || has_odd_breaks(text) || is_syntax(text);
}

static int append(void *payload, unsigned char *bytes, size_t length)
{
	lf_str_add_n(payload, bytes, length);
	return 1;
}

static bool emit_text(yaml_emitter_t *emitter, const char *text, bool is_key)
{
	size_t length = strlen(text);
	yaml_scalar_style_t style = YAML_PLAIN_SCALAR_STYLE;
	struct lf_str valid = {0};
	yaml_event_t event;
	bool ok;

	if (!lf_text_is_utf8(
	        text, length)) { /* libyaml would stop; nothing that came in through core can get here */
		for (size_t at = 0; at < length;) {
			uint32_t c;
			size_t n = lf_text_next(text + at, length - at, &c);

			if (c == 0xfffd)
				lf_str_add(&valid, "\xef\xbf\xbd");
			else
				lf_str_add_n(&valid, text + at, n);
			at += n;
		}
		text = lf_str_text(&valid);
		length = valid.length;
	}
	if (has_odd_breaks(text) || lf_yaml_resolves_elsewhere(text) || (is_key && strchr(text, '\n')))
		style = YAML_DOUBLE_QUOTED_SCALAR_STYLE;
	else if (strchr(text, '\n'))
		style = YAML_LITERAL_SCALAR_STYLE;
	ok = length <= INT32_MAX &&
	     yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)length, 1, 1,
	                                  style) &&
	     yaml_emitter_emit(emitter, &event);
	lf_str_dispose(&valid);
	return ok;
}

static bool emit_plain(yaml_emitter_t *emitter, const char *text)
{
	yaml_event_t event;

	return yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)strlen(text),
	                                    1, 1, YAML_PLAIN_SCALAR_STYLE) &&
	       yaml_emitter_emit(emitter, &event);
}

static bool emit_node(yaml_emitter_t *emitter, const struct lf_node *node)
{
	bool is_map = lf_node_kind(node) == LF_NODE_MAP;
	yaml_event_t event;
	int ok;

	switch (lf_node_kind(node)) {
	case LF_NODE_NULL:
		return emit_plain(emitter, "null");
	case LF_NODE_BOOL:
	case LF_NODE_NUMBER:
		return emit_plain(emitter, lf_node_text(node, NULL));
	case LF_NODE_TEXT:
		return emit_text(emitter, lf_node_text(node, NULL), false);
	case LF_NODE_LIST:
	case LF_NODE_MAP:
		break;
	}
	ok = is_map ? yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE)
		    : yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE);
	if (!ok || !yaml_emitter_emit(emitter, &event))
		return false;
	for (size_t i = 0; i < lf_node_count(node); i++) {
		if (is_map && !emit_text(emitter, lf_node_key_at(node, i), true))
			return false;
		if (!emit_node(emitter, lf_node_at(node, i)))
			return false;
	}
	ok = is_map ? yaml_mapping_end_event_initialize(&event) : yaml_sequence_end_event_initialize(&event);
	return ok && yaml_emitter_emit(emitter, &event);
}

static bool emit_document(struct lf_str *out, const struct lf_node *node)
{
	yaml_emitter_t emitter;
	yaml_event_t event;
	bool ok;

	if (!yaml_emitter_initialize(&emitter))
		return false;
	yaml_emitter_set_output(&emitter, append, out);
	yaml_emitter_set_unicode(&emitter, 1);
	yaml_emitter_set_indent(&emitter, 2);
	yaml_emitter_set_width(&emitter, -1);
	yaml_emitter_set_break(&emitter, YAML_LN_BREAK);
	ok = yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING) &&
	     yaml_emitter_emit(&emitter, &event) &&
	     yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1) &&
	     yaml_emitter_emit(&emitter, &event) && emit_node(&emitter, node) &&
	     yaml_document_end_event_initialize(&event, 1) && yaml_emitter_emit(&emitter, &event) &&
	     yaml_stream_end_event_initialize(&event) && yaml_emitter_emit(&emitter, &event) &&
	     yaml_emitter_flush(&emitter);
	yaml_emitter_delete(&emitter);
	return ok;
}

static bool has_comment(const struct lf_node *node)
{
	if (lf_node_comment(node) || lf_node_marker(node))
		return true;
	for (size_t i = 0; i < lf_node_count(node); i++)
		if (has_comment(lf_node_at(node, i)))
			return true;
	return false;
}

/* The line on which the next event begins. */
static size_t next_line(struct spans *spans)
{
	yaml_event_t event;
	size_t line;

	if (!yaml_parser_parse(&spans->parser, &event)) {
		spans->failed = true;
		return 0;
	}
	line = event.start_mark.line;
	yaml_event_delete(&event);
	return line;
}

/* Reads NODE's events. FIRST is the line of its key; SIZE_MAX: it has none and begins where its own event
 * does. */
static void locate(struct spans *spans, const struct lf_node *node, const char *origin, size_t first)
{
	bool is_map = lf_node_kind(node) == LF_NODE_MAP;
	size_t line = next_line(spans);

	if (lf_node_origin(node))
		origin = lf_node_origin(node);
	lf_grow((void **)&spans->items, &spans->capacity, spans->count, sizeof(*spans->items));
	spans->items[spans->count++] =
	    (struct span){node, origin, first == SIZE_MAX ? line : first, SIZE_MAX};
	if (!is_map && lf_node_kind(node) != LF_NODE_LIST)
		return;
	for (size_t i = 0, before = SIZE_MAX; i < lf_node_count(node) && !spans->failed; i++) {
		size_t key_line = is_map ? next_line(spans) : SIZE_MAX, child = spans->count;

		locate(spans, lf_node_at(node, i), origin, key_line);
		if (before != SIZE_MAX)
			spans->items[before].last = spans->items[child].first - 1;
		before = child;
	}
	(void)next_line(spans);
}

/* What is still open ends where the node above it ends; spans come parents first, so one pass does it. */
static void close_spans(struct spans *spans, size_t lines)
{
	struct open {
		size_t last;
		size_t left; /* children not yet seen */
	} *stack = NULL;
	size_t depth = 0, capacity = 0;

	for (size_t i = 0; i < spans->count; i++) {
		struct span *span = spans->items + i;
		size_t children = lf_node_count(span->node);

		while (depth > 0 && stack[depth - 1].left == 0)
			depth--;
		if (depth > 0)
			stack[depth - 1].left--;
		if (span->last == SIZE_MAX)
			span->last = depth > 0 ? stack[depth - 1].last : lines - 1;
		if (children == 0)
			continue;
		lf_grow((void **)&stack, &capacity, depth, sizeof(*stack));
		stack[depth++] = (struct open){span->last, children};
	}
	lf_free(stack);
}

static void add_origin(struct lf_line_origins *origins, size_t *capacity, const char *id)
{
	if (!origins)
		return;
	lf_grow((void **)&origins->ids, capacity, origins->count, sizeof(*origins->ids));
	origins->ids[origins->count++] = id;
}

/* Each line of COMMENT behind "# ", indented by INDENT. */
static void add_comment(struct lf_str *out, const char *comment, size_t indent,
                        struct lf_line_origins *origins, size_t *capacity, const char *id)
{
	struct lf_str safe = {0};
	const char *line;

	lf_text_clean_lines(&safe, comment, strlen(comment), 4096);
	line = lf_str_text(&safe);
	for (;;) {
		size_t length = strcspn(line, "\n");

		for (size_t i = 0; i < indent; i++)
			lf_str_add_char(out, ' ');
		lf_str_add(out, length > 0 ? "# " : "#");
		lf_str_add_n(out, line, length);
		lf_str_add_char(out, '\n');
		add_origin(origins, capacity, id);
		if (!line[length] || !line[length + 1])
			break;
		line += length + 1;
	}
	lf_str_dispose(&safe);
}

/* The line of TEXT with MARKER behind it. */
static void add_marked_line(struct lf_str *out, const char *text, size_t length, const char *marker)
{
	lf_str_add_n(out, text, length - 1);
	lf_str_add(out, " # ");
	lf_text_clean(out, marker, strlen(marker), 1024);
	lf_str_add_char(out, '\n');
}

static size_t count_lines(const char *text)
{
	size_t lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

/* Copies TEXT with its comments, and fills ORIGINS. */
static void write_lines(struct lf_str *out, const char *text, const struct spans *spans,
                        struct lf_line_origins *origins)
{
	size_t lines = count_lines(text), capacity = origins ? origins->count : 0, next = 0;
	const char **owner = lf_alloc(lines, sizeof(*owner));

	for (size_t i = 0; i < spans->count; i++) {
		const struct span *span = spans->items + i;

		if (!lf_node_origin(span->node))
			continue;
		for (size_t line = span->first; line <= span->last && line < lines; line++)
			owner[line] = span->origin;
	}
	for (size_t line = 0; line < lines; line++) {
		size_t length = strcspn(text, "\n") + 1;
		const char *marker = NULL;

		for (; next < spans->count && spans->items[next].first == line; next++) {
			const struct span *span = spans->items + next;

			if (lf_node_comment(span->node))
				add_comment(out, lf_node_comment(span->node), strspn(text, " "), origins,
				            &capacity, span->origin);
			if (lf_node_marker(span->node) && span->last == line && lf_node_count(span->node) == 0)
				marker = lf_node_marker(span->node);
		}
		if (marker)
			add_marked_line(out, text, length, marker);
		else
			lf_str_add_n(out, text, length);
		add_origin(origins, &capacity, owner[line]);
		text += length;
	}
	lf_free(owner);
}

void lf_yaml_emit(struct lf_str *out, const struct lf_node *node, struct lf_line_origins *origins)
{
	struct spans spans = {0};
	struct lf_str text = {0};

	if (!emit_document(&text, node))
		abort(); /* only memory can be missing: the events are ours and the text is valid */
	/* "|+" makes libyaml close the document, which nothing that reads the next one needs. */
	if (lf_ends_with(lf_str_text(&text), "\n...\n"))
		lf_str_truncate(&text, text.length - 4);
	if ((origins || has_comment(node)) && yaml_parser_initialize(&spans.parser)) {
		yaml_parser_set_input_string(&spans.parser, (const unsigned char *)lf_str_text(&text),
		                             text.length);
		(void)next_line(&spans); /* stream start, document start */
		(void)next_line(&spans);
		locate(&spans, node, NULL, 0);
		yaml_parser_delete(&spans.parser);
		close_spans(&spans, count_lines(lf_str_text(&text)));
		write_lines(out, lf_str_text(&text), &spans, origins);
		lf_free(spans.items);
	} else {
		lf_str_add_n(out, lf_str_text(&text), text.length);
	}
	lf_str_dispose(&text);
}

void lf_line_origins_dispose(struct lf_line_origins *origins)
{
	lf_free(origins->ids);
	*origins = (struct lf_line_origins){0};
}
