/* catalog: joins the common rows with those of each engine, step by step. */
#include "config.h"
#include "core/catalog.h"

#include <stdint.h>
#include <string.h>

#include "core/environments.h"
#include "core/extra.h"
#include "core/mem.h"
#include "core/questions.h"
#include "core/str.h"

struct row {
	const struct lf_question *question;
	const struct lf_engine *engine;
};

struct lf_catalog {
	const struct lf_engine *const *engines;
	size_t engine_count;
	struct row *rows;
	size_t count, capacity;
	uint16_t *index; /* by hash of the id, open addressing: the row's place + 1, or 0. A plan asks for hundreds of ids */
	size_t mask;
};

static size_t hash(const char *id)
{
	uint32_t sum = 2166136261U;

	for (; *id; id++)
		sum = (sum ^ (unsigned char)*id) * 16777619U;
	return sum ^ (sum >> 15);
}

static void make_index(struct lf_catalog *catalog)
{
	size_t size = 64;

	while (size < catalog->count * 4)
		size *= 2;
	catalog->index = lf_alloc(size, sizeof(*catalog->index));
	catalog->mask = size - 1;
	for (size_t i = 0; i < catalog->count; i++) {
		size_t at = hash(catalog->rows[i].question->id) & catalog->mask;

		while (catalog->index[at])
			at = (at + 1) & catalog->mask;
		catalog->index[at] = (uint16_t)(i + 1);
	}
}

static void add_step(struct lf_catalog *catalog, const struct lf_question *questions, size_t count, const struct lf_engine *engine,
		     enum lf_step step)
{
	for (size_t i = 0; i < count; i++) {
		if (questions[i].step != step)
			continue;
		lf_grow((void **)&catalog->rows, &catalog->capacity, catalog->count, sizeof(*catalog->rows));
		catalog->rows[catalog->count].question = &questions[i];
		catalog->rows[catalog->count++].engine = engine;
	}
}

static void add_common(struct lf_catalog *catalog, enum lf_step step)
{
	static const struct lf_question_group *const groups[] = {&lf_questions_chart, &lf_questions_main, &lf_questions_values, &lf_questions_overlay, &lf_questions_environments, &lf_questions_create, &lf_questions_pull};

	for (size_t i = 0; i < LF_COUNT(groups); i++)
		add_step(catalog, groups[i]->questions, groups[i]->count, NULL, step);
	for (size_t i = 0; lf_extras[i]; i++)
		add_step(catalog, lf_extras[i]->questions, lf_extras[i]->question_count, NULL, step);
}

static void add_engine(struct lf_catalog *catalog, const struct lf_engine *engine, enum lf_step step)
{
	add_step(catalog, engine->questions, engine->question_count, engine, step);
	for (size_t i = 0; engine->extras && engine->extras[i]; i++)
		add_step(catalog, engine->extras[i]->questions, engine->extras[i]->question_count, engine, step);
}

struct lf_catalog *lf_catalog_new(const struct lf_engine *const *engines, size_t engine_count)
{
	struct lf_catalog *catalog = lf_alloc(1, sizeof(*catalog));

	catalog->engines = engines;
	catalog->engine_count = engine_count;
	for (int step = 0; step < LF_STEPS; step++) {
		/* An engine's own rows come first on the sync step: they are what that step is about. */
		bool engines_first = step == LF_STEP_SYNC;

		if (!engines_first)
			add_common(catalog, (enum lf_step)step);
		for (size_t i = 0; i < engine_count; i++)
			add_engine(catalog, engines[i], (enum lf_step)step);
		if (engines_first)
			add_common(catalog, (enum lf_step)step);
	}
	make_index(catalog);
	return catalog;
}

void lf_catalog_free(struct lf_catalog *catalog)
{
	if (!catalog)
		return;
	lf_free(catalog->rows);
	lf_free(catalog->index);
	lf_free(catalog);
}

size_t lf_catalog_count(const struct lf_catalog *catalog)
{
	return catalog->count;
}

const struct lf_question *lf_catalog_at(const struct lf_catalog *catalog, size_t index)
{
	return catalog->rows[index].question;
}

const struct lf_engine *lf_catalog_engine_at(const struct lf_catalog *catalog, size_t index)
{
	return catalog->rows[index].engine;
}

size_t lf_catalog_place(const struct lf_catalog *catalog, const char *id)
{
	for (size_t at = id ? hash(id) & catalog->mask : 0; id && catalog->index[at]; at = (at + 1) & catalog->mask) {
		size_t place = catalog->index[at] - 1U;

		if (lf_equal(catalog->rows[place].question->id, id))
			return place;
	}
	return catalog->count;
}

const struct lf_question *lf_catalog_find(const struct lf_catalog *catalog, const char *id)
{
	size_t place = lf_catalog_place(catalog, id);

	return place < catalog->count ? catalog->rows[place].question : NULL;
}

/* How many letters two ids have in common at their start and end: enough to suggest the one that was meant. */
static size_t likeness(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), start = 0, end = 0;

	while (start < la && start < lb && a[start] == b[start])
		start++;
	while (end < la - start && end < lb - start && a[la - 1 - end] == b[lb - 1 - end])
		end++;
	return start + end;
}

int lf_catalog_fail_unknown(const struct lf_catalog *catalog, const char *id, const char *where, struct lf_error *err)
{
	const char *nearest = NULL;
	size_t best = 2;
	int code = lf_fail(err, LF_EINVAL, "answers", 0, "%s%sThere is no question \"%.64s\".", where, *where ? ": " : "", id);

	for (size_t i = 0; i < lf_catalog_count(catalog); i++) {
		const char *known = lf_catalog_at(catalog, i)->id;

		if (likeness(id, known) > best) {
			best = likeness(id, known);
			nearest = known;
		}
	}
	if (nearest)
		lf_hint(err, "Did you mean %s? \"landfall questions\" lists all.", nearest);
	else
		lf_hint(err, "\"landfall questions\" lists all.");
	return code;
}

size_t lf_catalog_engine_count(const struct lf_catalog *catalog)
{
	return catalog->engine_count;
}

const struct lf_engine *lf_catalog_engine_by_index(const struct lf_catalog *catalog, size_t index)
{
	return catalog->engines[index];
}

const struct lf_engine *lf_catalog_engine(const struct lf_catalog *catalog, const char *name)
{
	for (size_t i = 0; i < catalog->engine_count; i++) {
		if (lf_equal(catalog->engines[i]->name, name))
			return catalog->engines[i];
	}
	return NULL;
}

const struct lf_engine *lf_catalog_engine_for_kind(const struct lf_catalog *catalog, const char *group, const char *kind)
{
	for (size_t i = 0; i < catalog->engine_count; i++) {
		const struct lf_engine *engine = catalog->engines[i];

		for (size_t k = 0; k < engine->kind_count; k++) {
			if (lf_equal(engine->kinds[k].kind, kind) && (!group || lf_equal(engine->kinds[k].group, group)))
				return engine;
		}
	}
	return NULL;
}
