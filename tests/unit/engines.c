/* engines: see engines.h. */
#include "config.h"
#include "tests/unit/engines.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/json.h"
#include "core/mem.h"
#include "core/render.h"
#include "core/str.h"

struct lf_node *test_json(const char *text)
{
	char *copy = lf_dup(text);
	struct lf_node *node = NULL;
	struct lf_error err = {0};

	for (char *p = copy; *p; p++) {
		if (*p == '\'')
			*p = '"';
		else if (*p == '`') /* an apostrophe inside a text */
			*p = '\'';
	}
	if (lf_json_parse(&node, copy, strlen(copy), &err))
		fail_msg("%s in %s", err.message, copy);
	lf_free(copy);
	return node;
}

void test_put(struct lf_objects *objects, const char *text)
{
	lf_objects_put(objects, test_json(text));
}

struct lf_objects *test_objects(const char *list)
{
	struct lf_objects *objects = lf_objects_new(1000);
	struct lf_node *nodes = test_json(list);

	for (size_t i = 0; i < lf_node_count(nodes); i++)
		lf_objects_put(objects, lf_node_dup(lf_node_at(nodes, i)));
	lf_node_free(nodes);
	return objects;
}

struct lf_node *test_fixture(const char *name)
{
	const char *srcdir = getenv("srcdir");
	char *path = lf_format("%s/tests/fixtures/%s.json", srcdir ? srcdir : ".", name);
	struct lf_str text = {0};
	struct lf_node *node = NULL;
	struct lf_error err = {0};

	if (lf_fs_read(&text, path, 4 << 20, &err) || lf_json_parse(&node, lf_str_text(&text), text.length, &err))
		fail_msg("%s: %s", path, err.message);
	lf_str_dispose(&text);
	lf_free(path);
	return node;
}

void test_put_fixture(struct lf_objects *objects, const char *name)
{
	struct lf_node *node = test_fixture(name);

	if (lf_node_kind(node) != LF_NODE_LIST) {
		lf_objects_put(objects, node);
		return;
	}
	for (size_t i = 0; i < lf_node_count(node); i++)
		lf_objects_put(objects, lf_node_dup(lf_node_at(node, i)));
	lf_node_free(node);
}

const char *test_command(const struct lf_diagnosis *diagnosis, const char *part)
{
	for (size_t i = 0; i < diagnosis->remedy_count; i++) {
		if (diagnosis->remedies[i].command && strstr(diagnosis->remedies[i].command, part))
			return diagnosis->remedies[i].command;
	}
	return NULL;
}

void test_diagnosed(const struct lf_diagnosis *diagnosis, const char *id, const char *part)
{
	if (lf_equal(diagnosis->id, id) && (!part || strstr(diagnosis->cause, part)))
		return;
	fail_msg("wanted %s '%s', got %s '%s'\n%s", id ? id : "(nothing)", part ? part : "", diagnosis->id ? diagnosis->id : "(nothing)",
		 diagnosis->cause ? diagnosis->cause : "", diagnosis->evidence ? diagnosis->evidence : "");
}

void test_plan_init(struct test_plan *test, const char *const *pairs, const char *consumers)
{
	size_t count;
	const struct lf_engine *const *engines = lf_engines(&count);

	memset(test, 0, sizeof(*test));
	test->catalog = lf_catalog_new(engines, count);
	test->answers = lf_answers_new();
	for (; *pairs; pairs++) {
		struct lf_error err = {0};

		if (lf_answers_set_pair(test->answers, test->catalog, *pairs, &err))
			fail_msg("%s: %s", *pairs, err.message);
	}
	if (consumers) {
		test->facts.cluster.state = LF_FACT_KNOWN;
		test->facts.cluster.consumers = test_json(consumers);
	}
	test->plan = lf_plan_build(test->catalog, test->answers, &test->facts);
}

void test_plan_render(struct test_plan *test)
{
	lf_documents_dispose(&test->documents);
	lf_render(&test->documents, test->plan, &test->facts);
}

void test_plan_dispose(struct test_plan *test)
{
	lf_documents_dispose(&test->documents);
	lf_plan_free(test->plan);
	lf_answers_free(test->answers);
	lf_catalog_free(test->catalog);
	lf_facts_dispose(&test->facts);
	memset(test, 0, sizeof(*test));
}

char *test_read(const char *path)
{
	struct lf_str text = {0};
	struct lf_error err = {0};

	if (lf_fs_read(&text, path, 4 << 20, &err)) {
		lf_str_dispose(&text);
		return NULL;
	}
	return lf_str_take(&text);
}

void test_plan_load(struct test_plan *test, const char *folder)
{
	static const char *const none[] = {NULL};
	char *path = lf_format("%s/answers.yaml", folder), *text = test_read(path);
	struct lf_error err = {0};

	test_plan_init(test, none, NULL);
	if (!text)
		fail_msg("%s cannot be read", path);
	lf_answers_free(test->answers);
	test->answers = NULL;
	if (lf_answers_parse(&test->answers, test->catalog, text, strlen(text), path, &err))
		fail_msg("%s: %s", path, err.message);
	lf_plan_free(test->plan);
	test->plan = lf_plan_build(test->catalog, test->answers, &test->facts);
	lf_free(text);
	lf_free(path);
}

void test_each_golden(void (*visit)(const char *folder, void *data), void *data)
{
	const char *srcdir = getenv("srcdir");
	char *all = lf_format("%s/tests/golden/render", srcdir ? srcdir : ".");
	struct dirent **entries;
	int count = scandir(all, &entries, NULL, alphasort);
	size_t seen = 0;

	assert_true(count > 0);
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			char *folder = lf_format("%s/%s", all, entries[i]->d_name);

			visit(folder, data);
			seen++;
			lf_free(folder);
		}
		free(entries[i]);
	}
	free(entries);
	lf_free(all);
	assert_true(seen >= 8);
}

void test_golden_text(const char *said, const char *path)
{
	char *wanted;
	const char *start = said;
	struct lf_error err = {0};

	if (getenv("GOLDEN_UPDATE") && lf_fs_write(path, said, strlen(said), 0644, &err))
		fail_msg("%s", err.message);
	wanted = test_read(path);
	if (!wanted) {
		fail_msg("%s is missing (GOLDEN_UPDATE=1 make check)", path);
		return;
	}
	for (const char *p = said; *p && *p == wanted[p - said]; p++) {
		if (p[0] == '\n' && p[1] == '\n')
			start = p + 2;
	}
	if (strcmp(said, wanted))
		fail_msg("%s says otherwise:\n%.*s\n", path, (int)(strstr(start, "\n\n") ? strstr(start, "\n\n") - start : (ptrdiff_t)strlen(start)), start);
	lf_free(wanted);
}

const struct lf_document *test_document(const struct test_plan *test, const char *file)
{
	for (size_t i = 0; i < test->documents.count; i++) {
		if (lf_ends_with(test->documents.items[i].path, file))
			return &test->documents.items[i];
	}
	return NULL;
}

const char *test_value(const struct test_plan *test, const char *file, const char *path)
{
	const struct lf_document *document = test_document(test, file);

	return document ? lf_node_text(document->tree, path) : "";
}

/* NODE or something below it answers ID. */
static bool holds(const struct lf_node *node, const char *id)
{
	if (!node)
		return false;
	if (lf_equal(lf_node_origin(node), id))
		return true;
	for (size_t i = 0; i < lf_node_count(node); i++) {
		if (holds(lf_node_at(node, i), id))
			return true;
	}
	return false;
}

/* One of PATHS ("a and b", "a or b") in the file answers the question. */
static bool is_at(const struct lf_document *document, const char *paths, const char *id)
{
	bool found = false;

	while (*paths && !found) {
		size_t n = strcspn(paths, " ");
		char *path = lf_dup_n(paths, n);

		found = holds(lf_node_get(document->tree, path), id);
		lf_free(path);
		paths += n + strspn(paths + n, " ");
	}
	return found;
}

/* "spec.interval of gitrepository.yaml and flux-kustomization.yaml, spec.chart of …": in each of the files that are written, and in one at least. */
void test_check_place(const struct test_plan *test, const struct lf_question *question)
{
	const char *clause = question->yaml;
	size_t seen = 0;

	while (*clause) {
		const char *comma = strstr(clause, ", "), *of;
		char *text = lf_dup_n(clause, comma ? (size_t)(comma - clause) : strlen(clause)), *paths;

		of = strstr(text, " of ");
		assert_non_null(of);
		paths = lf_dup_n(text, (size_t)(of - text));
		for (const char *file = of + 4; *file;) {
			size_t n = strcspn(file, " ");
			char *name = lf_dup_n(file, n);
			const struct lf_document *document = strchr(name, '.') ? test_document(test, strncmp(name, "<app>", 5) ? name : name + 5) : NULL;

			seen += document != NULL;
			if (document && !is_at(document, paths, question->id))
				fail_msg("%s is not at %s of %s", question->id, paths, name);
			lf_free(name);
			file += n + strspn(file + n, " ");
		}
		lf_free(paths);
		lf_free(text);
		clause = comma ? comma + 2 : clause + strlen(clause);
	}
	if (!seen)
		fail_msg("%s: none of the files of '%s'", question->id, question->yaml);
}
