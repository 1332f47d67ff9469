/* engines: see engines.h. */
#include "config.h"
#include "tests/unit/engines.h"

#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/scaffold.h"
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
	const struct lf_engine *engine = lf_plan_engine(test->plan);

	lf_documents_dispose(&test->documents);
	if (engine)
		engine->render(&test->documents, test->plan, &test->facts);
	lf_scaffold_render(&test->documents, test->plan, &test->facts);
	lf_documents_finish(&test->documents);
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
