/* yaml_edits: see yaml_edits.h. */
#include "config.h"
#include "tests/unit/yaml_edits.h"

#include <string.h>

#include "core/mem.h"
#include "core/yaml.h"

/* KEY is for KEY, and the marker for MARK; VALUE is YAML. */
static int edit(struct lf_str *text, enum change change, const char *const *path, const char *key, const char *value, struct lf_error *err)
{
	struct lf_yaml_place place = {.name = "f.yaml", .path = path};
	struct lf_node *list;
	int rc = lf_yaml_parse(&list, value, strlen(value), "value", NULL, err);

	assert_int_equal(rc, LF_OK);
	rc = change == SET   ? lf_yaml_edit_set(text, &place, lf_node_at(list, 0), err)
	     : change == KEY ? lf_yaml_edit_add_key(text, &place, key, lf_node_at(list, 0), err)
	     : change == MARK ? lf_yaml_edit_mark(text, &place, key, err)
	     : change == REMOVE ? lf_yaml_edit_remove(text, &place, err)
			     : lf_yaml_edit_append(text, &place, lf_node_at(list, 0), err);
	lf_node_free(list);
	return rc;
}

void becomes(const char *before, enum change change, const char *const *path, const char *key, const char *value, const char *after)
{
	struct lf_error err = {0};
	struct lf_str text = {0};

	lf_str_add(&text, before);
	if (edit(&text, change, path, key, value, &err) != LF_OK)
		fail_msg("%s\n%s\n%s", err.message, before, lf_str_text(&text));
	if (strcmp(lf_str_text(&text), after) != 0)
		fail_msg("\n%s\nbecame\n%s\nnot\n%s", before, lf_str_text(&text), after);
	lf_str_dispose(&text);
}

void refuses(const char *before, enum change change, const char *const *path, const char *key, const char *value, enum lf_code code,
		    const char *message)
{
	struct lf_error err = {0};
	struct lf_str text = {0};
	int rc;

	lf_str_add(&text, before);
	rc = edit(&text, change, path, key, value, &err);
	if (rc != (int)code || !strstr(err.message, message))
		fail_msg("%d %s\n%s", rc, err.message, lf_str_text(&text));
	assert_string_equal(lf_str_text(&text), before);
	assert_true((code == LF_EREFUSED) == (strstr(err.hint, "make this change in an editor") != NULL));
	lf_str_dispose(&text);
}

void lf_test_keeps_lines(const char *before, const char *after)
{
	while (*before) {
		size_t length = strcspn(before, "\n") + 1;

		while (*after && strncmp(before, after, length) != 0)
			after += strcspn(after, "\n") + 1;
		assert_true(*after);
		before += length;
		after += length;
	}
}
