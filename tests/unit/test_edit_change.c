/* One change as it is given on the command line, in one document of a file: what it may say, where it goes, what is refused and with which words. */
#include "config.h"
#include "tests/unit/unit.h"

#include <string.h>

#include "core/edit_change.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"
#include "core/yaml_edit.h"

struct row {
	const char *before, *change; /* a change without = takes out */
	size_t index;
	const char *model; /* the object as its own file has it; NULL: none */
	const char *after; /* NULL: refused */
	const char *message, *hint; /* parts */
};

static struct lf_node *tree_of(const char *text)
{
	struct lf_node *documents = NULL, *tree;

	if (lf_yaml_parse(&documents, text, strlen(text), "model", &lf_yaml_limits_default, NULL))
		fail_msg("%s", text);
	tree = lf_node_take(documents, 0);
	lf_node_free(documents);
	return tree;
}

static void check(const struct row *row, size_t number, bool prunes)
{
	struct lf_commit_file file = {.path = lf_dup("web.yaml"), .before = lf_dup(row->before)};
	struct lf_node *model = row->model ? tree_of(row->model) : NULL;
	bool removes = !strchr(row->change, '=');
	struct lf_edit_change change = {0};
	struct lf_error err = {0};
	int code = lf_edit_change_read(&change, row->change, removes, NULL, &err);

	if (!code)
		code = removes ? lf_edit_cut(&file, row->index, &change, prunes, &err) : lf_edit_splice(&file, row->index, &change, model, &err);
	if (!code != (row->after != NULL))
		fail_msg("row %zu: %s", number, code ? err.message : file.before);
	if (!code && strcmp(file.before, row->after))
		fail_msg("row %zu:\n%s", number, file.before);
	if (code && strcmp(file.before, row->before))
		fail_msg("row %zu was refused and written", number);
	if (code && (!strstr(err.message, row->message) || !strstr(err.hint, row->hint)))
		fail_msg("row %zu: %s / %s", number, err.message, err.hint);
	lf_edit_change_dispose(&change);
	lf_node_free(model);
	lf_free(file.path);
	lf_free(file.before);
}

#define TWO "a: 1\n---\nb: 2\n"
#define POD "spec:\n  containers:\n  - name: web\n    image: a\n"

static void test_changes(void **state)
{
	static const struct row rows[] = {
		/* where it goes */
		{"a: 1\n", "a=2", 0, NULL, "a: 2\n", NULL, NULL},
		{TWO, "b=3", 1, NULL, "a: 1\n---\nb: 3\n", NULL, NULL},
		{"a: 1\n", "b=2", 0, NULL, "a: 1\nb: 2\n", NULL, NULL},
		{"a:\n", "a.b=2", 0, NULL, "a:\n  b: 2\n", NULL, NULL},
		{"a: {b: 1}\n", "a.b=2", 0, NULL, "a: {b: 2}\n", NULL, NULL},
		{"a.b: 1\n", "a\\.b=2", 0, NULL, "a.b: 2\n", NULL, NULL},
		{"a[0: 1\n", "a[0=2", 0, NULL, "a[0: 2\n", NULL, NULL},
		{"a: 1\n", "a=", 0, NULL, "a: \"\"\n", NULL, NULL},
		{"{\"a\":1}\n", "a=2", 0, NULL, "{\"a\":2}\n", NULL, NULL},
		{"a:\nb: 1\n", "a=2", 0, NULL, "a: 2\nb: 1\n", NULL, NULL},
		{POD, "spec.containers.web.image=b", 0, NULL, "spec:\n  containers:\n  - name: web\n    image: b\n", NULL, NULL},
		{POD, "spec.containers.0.image=b", 0, NULL, "spec:\n  containers:\n  - name: web\n    image: b\n", NULL, NULL},
		{"- name: x\n- name: \"100000\"\n  a: 1\n", "100000.a=2", 0, NULL, "- name: x\n- name: \"100000\"\n  a: 2\n", NULL, NULL},
		/* a list of the object gets an item of the name, as far as the file has none */
		{"spec: {}\n", "spec.containers.web.image=b", 0, POD, "spec:\n  containers:\n  - name: web\n    image: b\n", NULL, NULL},
		{"spec:\n  containers: []\n", "spec.containers.web.image=b", 0, POD, "spec:\n  containers:\n  - name: web\n    image: b\n", NULL, NULL},
		{"spec:\n  containers: []\n", "spec.containers.0.image=b", 0, POD, "spec:\n  containers:\n  - name: web\n    image: b\n", NULL, NULL},
		{"spec:\n  containers:\n", "spec.containers.web.image=b", 0, POD, "spec:\n  containers:\n  - name: web\n    image: b\n", NULL, NULL},
		{"spec:\n  containers: {}\n", "spec.containers.web.image=b", 0, POD, "spec:\n  containers:\n    web:\n      image: b\n", NULL, NULL},
		{"spec: {}\n", "spec.containers.web.image=b", 0, NULL, "spec:\n  containers:\n    web:\n      image: b\n", NULL, NULL},
		/* not there to be changed */
		{"a: 1\n", "a.b=2", 0, NULL, NULL, "goes below a single value", "kubectl explain"},
		{"a: {b: 1}\n", "a=2", 0, NULL, NULL, "more than one value", "below it"},
		{"a: 1\n", "a={b: 1}", 0, NULL, NULL, "more than one value", "below it"},
		{"a: |\n  x\n", "a=y", 0, NULL, NULL, "text of several lines", ""},
		{"a: &x\n  b: 1\n", "a.c=2", 0, NULL, NULL, "an anchor or a tag", "an editor"},
		{"a: &x {b: 1}\nc:\n  <<: *x\n", "c.b=2", 0, NULL, NULL, "there is no \"b\" here", "opens the file in your editor"},
		{"a: >\n  b: 1\n", "a.b=2", 0, NULL, NULL, "line breaks", "landfall edit without"},
		{"a: 1\n", "=2", 0, NULL, NULL, "is no change", "A path and a value"},
		{"a: 1\n", "a..b=2", 0, NULL, NULL, "is no change", "A path and a value"},
		{"a: 1\n", "a=[", 0, NULL, NULL, "the value", ""},
		/* taken out */
		{"a: 1\nb: 2\n", "b", 0, NULL, "a: 1\n", NULL, NULL},
		{TWO, "b", 0, NULL, NULL, "web.yaml has no b", "landfall edit"},
		{"a: &x {b: 1}\nc:\n  <<: *x\n", "c.b", 0, NULL, NULL, "there is no \"b\" here", "opens the file in your editor"},
		{TWO, "a", 2, NULL, NULL, "web.yaml has no a", "landfall edit"},
		{"a: 1\n", "a..b", 0, NULL, NULL, "is no path", "Example: spec.template"},
		{"- name: x\n", "1", 0, NULL, NULL, "has no 1", "landfall edit"},
		{"- name: x\n- name: y\n", "1", 0, NULL, "- name: x\n", NULL, NULL},
	};
	static const struct row pruned[] = {
		{"m: 1\na:\n  b:\n    c: 1\n", "a.b.c", 0, NULL, "m: 1\n", NULL, NULL},
		{"m: 1\na:\n  b:\n    c: 1\n  d: 2\n", "a.b.c", 0, NULL, "m: 1\na:\n  d: 2\n", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++)
		check(&rows[i], i, false);
	for (size_t i = 0; i < LF_COUNT(pruned); i++)
		check(&pruned[i], 100 + i, true);
}

/* As deep as it may be, and deeper. */
static void test_depth(void **state)
{
	(void)state;
	for (size_t depth = 31; depth < 35; depth++) {
		struct lf_str path = {0}, text = {0};
		struct lf_edit_change change = {0};
		struct lf_error err = {0};
		struct lf_commit_file file = {.path = lf_dup("web.yaml")};
		int code;

		for (size_t i = 0; i < depth; i++) {
			lf_str_add(&path, i ? ".a" : "0");
			lf_str_add(&text, i ? "{a: " : "- ");
		}
		lf_str_add(&path, "=2");
		lf_str_add_char(&text, '1');
		for (size_t i = 1; i < depth; i++)
			lf_str_add_char(&text, '}');
		lf_str_add_char(&text, '\n');
		file.before = lf_dup(lf_str_text(&text));
		code = lf_edit_change_read(&change, lf_str_text(&path), false, NULL, &err);
		assert_int_equal(code, depth > 32 ? LF_EINVAL : LF_OK);
		if (!code) {
			*strchr(text.data, '1') = '2';
			assert_int_equal(lf_edit_splice(&file, 0, &change, NULL, &err), LF_OK);
			assert_string_equal(file.before, lf_str_text(&text));
		}
		lf_edit_change_dispose(&change);
		lf_free(file.path);
		lf_free(file.before);
		lf_str_dispose(&path);
		lf_str_dispose(&text);
	}
}

/* A marker stands there already only if it is the same one. */
static void test_marker(void **state)
{
	static const char *const before[] = {"a: x # {\"$q\": 1}\n", "a: x # {\"$p\": 1}\n", "a: x # {\"$p\": 1} \n"};
	const char *const path[] = {"a", NULL};
	const struct lf_yaml_place place = {.name = "web.yaml", .path = path};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(before); i++) {
		struct lf_str text = {0};

		lf_str_add(&text, before[i]);
		assert_int_equal(lf_yaml_edit_mark(&text, &place, "{\"$p\": 1}", NULL), LF_OK);
		assert_string_equal(lf_str_text(&text), "a: x # {\"$p\": 1}\n");
		lf_str_dispose(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_marker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
