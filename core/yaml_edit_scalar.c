/* yaml_edit_scalar: a value in the place of another, and the comment behind one. */
#include "config.h"
#include "core/yaml_change.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

int lf_yaml_change_scalar(struct lf_yaml_change *ed)
{
	const struct lf_spot *target = ed->target;
	struct lf_str out = {0};

	if (!target)
		return lf_yaml_change_fail(ed, LF_ENOTFOUND, NULL, "the document is empty");
	if (target->kind == LF_SPOT_LIST || target->kind == LF_SPOT_MAP)
		return lf_yaml_change_fail(ed, LF_EINVAL, target, "this is a list or a map, not a single value");
	if (target->kind == LF_SPOT_BLOCK_TEXT)
		return lf_yaml_change_text(ed);
	if (target->start == target->end && target->start > 0 &&
	    !strchr(" [{\n", ed->text.data[target->start - 1]))
		lf_str_add_char(&out, ' ');
	lf_yaml_inline(&out, ed->value, target->kind);
	lf_str_remove(&ed->text, target->start, target->end - target->start);
	lf_yaml_change_insert(ed, target->start, lf_str_text(&out), out.length);
	lf_str_dispose(&out);
	return LF_OK;
}

int lf_yaml_change_marker(struct lf_yaml_change *ed)
{
	const struct lf_spot *target = ed->target;
	struct lf_str out = {0}, above = {0};
	size_t end, from, indent;
	const char *text = lf_str_text(&ed->text);

	if (!target)
		return lf_yaml_change_fail(ed, LF_ENOTFOUND, NULL, "the document is empty");
	if (target->kind == LF_SPOT_LIST || target->kind == LF_SPOT_MAP)
		return lf_yaml_change_fail(ed, LF_EINVAL, target, "this is a list or a map, not a single value");
	if (target->kind == LF_SPOT_BLOCK_TEXT || target->flow)
		return lf_yaml_change_fail(ed, LF_EREFUSED, target, "there is no room for a comment behind this value");
	end = target->end + strcspn(text + target->end, "\r\n");
	from = target->end + strspn(text + target->end, " \t");
	lf_str_addf(&out, " # %s", ed->key);
	if (end - target->end == out.length && !strncmp(text + target->end, lf_str_text(&out), out.length)) {
		lf_str_dispose(&out);
		return LF_OK; /* it stands there already */
	}
	if (from < end && !memmem(text + from, end - from, "{\"$", 3)) {
		size_t start = lf_yaml_change_line_start(ed, target->start);

		for (indent = 0; text[start + indent] == ' '; indent++)
			lf_str_add_char(&above, ' ');
		lf_str_add_n(&above, text + from, end - from);
		lf_str_add_char(&above, '\n');
	}
	lf_str_remove(&ed->text, target->end, end - target->end);
	lf_yaml_change_insert(ed, target->end, lf_str_text(&out), out.length);
	if (above.length)
		lf_yaml_change_insert_lines(ed, lf_yaml_change_line_start(ed, target->start), lf_str_text(&above));
	lf_str_dispose(&out);
	lf_str_dispose(&above);
	return LF_OK;
}
