/* engines: what the tests of the engines share: plans from answers, objects from JSON, golden files. */
#ifndef LF_TESTS_ENGINES_H
#define LF_TESTS_ENGINES_H

#include "core/engine.h"
#include "core/plan.h"
#include "providers/engines.h"
#include "tests/unit/unit.h"

#define COMMIT "3f9c2ab4d5e6f708192a3b4c5d6e7f8091a2b3c4"
#define BEFORE "8aa01fd4d5e6f708192a3b4c5d6e7f8091a2b3c4"
#define NOW 1795258800000 /* 2026-11-21T11:00:00Z */

/* JSON with ' for ", so that it can be read in C. Fails the test if it is none. */
struct lf_node *test_json(const char *text);
/* A list of such objects as a store. */
struct lf_objects *test_objects(const char *list);
void test_put(struct lf_objects *objects, const char *text);

/* Recorded objects: tests/fixtures/NAME.json; a list gives all of its items. */
struct lf_node *test_fixture(const char *name);
void test_put_fixture(struct lf_objects *objects, const char *name);

/* The first remedy whose command holds PART; NULL: none. */
const char *test_command(const struct lf_diagnosis *diagnosis, const char *part);
/* Fails with all of DIAGNOSIS unless its id is ID, and its cause holds PART (NULL: any). */
void test_diagnosed(const struct lf_diagnosis *diagnosis, const char *id, const char *part);

/* A plan from "id=value" pairs, NULL at the end; FACTS may be NULL. Everything is freed by test_plan_free(). */
struct test_plan {
	struct lf_catalog *catalog;
	struct lf_answers *answers;
	struct lf_facts facts;
	struct lf_plan *plan;
	struct lf_documents documents;
};
void test_plan_init(struct test_plan *test, const char *const *pairs, const char *consumers);
void test_plan_render(struct test_plan *test); /* engine's documents and the scaffold, finished */
void test_plan_dispose(struct test_plan *test);
/* Golden files: each folder below tests/golden/render is a case, its answers and what is rendered of them. */
void test_plan_load(struct test_plan *test, const char *folder);
void test_each_golden(void (*visit)(const char *folder, void *data), void *data);
/* Fails unless SAID is what PATH holds, with the first paragraph (they end with an empty line) that is not; with GOLDEN_UPDATE=1 it is written there. */
void test_golden_text(const char *said, const char *path);
char *test_read(const char *path); /* NULL: there is no such file */

/* Fails unless the answer of QUESTION stands in each place its "yaml" names. */
void test_check_place(const struct test_plan *test, const struct lf_question *question);
/* Value at PATH of the document that ends with FILE; "" if there is none. */
const char *test_value(const struct test_plan *test, const char *file, const char *path);
const struct lf_document *test_document(const struct test_plan *test, const char *file); /* NULL: none ends with FILE */

#endif
