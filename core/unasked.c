/* unasked: see unasked.h. What would have to be answered otherwise is found by trying it: no row says why it hides. */
#include "config.h"
#include "core/unasked.h"

#include <string.h>

#include "core/engine.h"
#include "core/mem.h"
#include "core/str.h"

enum { TRIED_AT_MOST = 8 }; /* each tries every choice */

/* Leave to do something if it comes to that, which is given in advance. */
static bool is_leave(const char *id)
{
	static const char *const ids[] = {"removeOldFiles", "createRepository"};

	for (size_t i = 0; i < LF_COUNT(ids); i++) {
		if (lf_equal(ids[i], id))
			return true;
	}
	return false;
}

static bool is_given(const struct lf_answers *answers, const struct lf_question *question)
{
	const char *value = lf_answers_get(answers, question->id), *where = lf_answers_where(answers, question->id);

	return value && *value && where && !lf_starts_with(where, LF_ANSWERS_SESSION) && !is_leave(question->id);
}

static bool is_asked(const struct lf_plan *plan, const char *id)
{
	if (lf_plan_entry(plan, id) && lf_plan_entry(plan, id)->shown)
		return true;
	for (size_t i = 0; i < lf_plan_part_count(plan); i++) {
		const struct lf_plan_entry *entry = lf_plan_entry(lf_plan_part(plan, i), id);

		if (entry && entry->shown)
			return true;
	}
	return false;
}

/* Whether ID is asked with VALUE for QUESTION, and everything else as it is. */
static bool is_asked_with(const struct lf_plan *plan, const struct lf_answers *answers, const struct lf_facts *facts, const char *id, const char *question, const char *value)
{
	struct lf_answers *other = lf_answers_dup(answers);
	struct lf_plan *tried;
	bool asked;

	lf_answers_set(other, question, value);
	tried = lf_plan_build(lf_plan_catalog(plan), other, facts);
	asked = is_asked(tried, id);
	lf_plan_free(tried);
	lf_answers_free(other);
	return asked;
}

/* "It is asked where fluxOptions is yes."; NULL: no single answer does it. */
static char *find_reason(const struct lf_plan *plan, const struct lf_answers *answers, const struct lf_facts *facts, const char *id)
{
	for (size_t i = 0; i < lf_plan_count(plan); i++) {
		const struct lf_plan_entry *entry = lf_plan_at(plan, i);
		const struct lf_question *question = entry->question;
		bool is_choice = question->kind == LF_ASK_CHOICE, is_yesno = question->kind == LF_ASK_YESNO;

		if (!entry->shown || lf_equal(question->id, id) || (!is_choice && !is_yesno))
			continue;
		for (size_t k = 0; k < (is_choice ? question->option_count : 1); k++) {
			const char *value = is_choice ? question->options[k].value : lf_equal(entry->value, "yes") ? "no" : "yes";

			if (!lf_equal(value, entry->value) && is_asked_with(plan, answers, facts, id, question->id, value))
				return lf_format("It is asked where %s is %s.", question->id, value);
		}
	}
	return NULL;
}

static const struct lf_engine *owner_of(const struct lf_catalog *catalog, const char *id)
{
	for (size_t i = 0; i < lf_catalog_count(catalog); i++) {
		if (lf_equal(lf_catalog_at(catalog, i)->id, id))
			return lf_catalog_engine_at(catalog, i);
	}
	return NULL;
}

void lf_unasked_find(struct lf_unasked *out, const struct lf_plan *plan, const struct lf_answers *answers, const struct lf_facts *facts)
{
	const struct lf_engine *chosen = lf_plan_engine(plan);

	for (size_t i = 0; answers && i < lf_plan_count(plan); i++) {
		const struct lf_question *question = lf_plan_at(plan, i)->question;
		const struct lf_engine *owner;
		struct lf_unasked_answer *found;
		char *reason;

		if (!is_given(answers, question) || is_asked(plan, question->id))
			continue;
		owner = owner_of(lf_plan_catalog(plan), question->id);
		reason = out->count < TRIED_AT_MOST && (!owner || owner == chosen) ? find_reason(plan, answers, facts, question->id) : NULL;
		lf_grow((void **)&out->items, &out->capacity, out->count, sizeof(*out->items));
		found = &out->items[out->count++];
		found->question = question;
		if (owner && owner != chosen)
			found->message = lf_format("%s is a question of %s, which was not chosen: the answer changes nothing.", question->id, owner->title);
		else
			found->message = lf_format("%s is not asked with these answers: it changes nothing.", question->id);
		found->hint = reason ? reason : lf_dup("");
	}
}

void lf_unasked_dispose(struct lf_unasked *unasked)
{
	for (size_t i = 0; i < unasked->count; i++) {
		lf_free(unasked->items[i].message);
		lf_free(unasked->items[i].hint);
	}
	lf_free(unasked->items);
	*unasked = (struct lf_unasked){0};
}
