/* plan: one pass over the catalog; each row sees the rows before it. Pure. */
#include "config.h"
#include "core/plan.h"

#include <string.h>

#include "core/environments.h"
#include "core/mem.h"
#include "core/recall.h"
#include "core/str.h"

struct entry {
	struct lf_plan_entry view;
	char *value, *where;
	struct lf_error *problem; /* NULL: none. Of hundreds of rows few have one, and an error is large */
};

struct given;

struct lf_plan {
	struct entry *entries;
	size_t count;
	const struct lf_engine *engine;
	const struct lf_catalog *catalog;
	const struct lf_plan *whole; /* NULL: this is no part */
	char *environment;
	struct lf_plan **parts;
	size_t part_count, part_capacity;
	const struct given *given; /* while it is built */
};

/* Where a plan's values come from: the answers, or for a part what is special to it and then the answers of the whole. */
struct given {
	const struct lf_answers *answers;
	const struct lf_override *overrides;
	size_t count;
};

static const struct lf_override *find_override(const struct given *given, const char *id)
{
	for (size_t i = 0; i < given->count; i++) {
		if (lf_equal(given->overrides[i].id, id))
			return &given->overrides[i];
	}
	return NULL;
}

static const char *answer_to(const struct given *given, const struct lf_plan *plan, const struct lf_question *question)
{
	const struct lf_plan_entry *entry;

	if (!plan->whole)
		return lf_answers_get(given->answers, question->id);
	entry = &plan->whole->entries[plan->count].view; /* the same catalog, so the same place */
	return entry->answered ? entry->value : NULL;
}

const char *lf_plan_ahead(const struct lf_plan *plan, const char *id)
{
	const struct lf_override *override = plan->given ? find_override(plan->given, id) : NULL;

	if (override)
		return override->value;
	if (!plan->given)
		return NULL;
	return plan->whole ? lf_plan_text(plan->whole, id) : lf_answers_get(plan->given->answers, id);
}

/* Fills "{appName}" and the like in, by the rows above this one. */
static char *expand(const char *template, const struct lf_plan *plan)
{
	struct lf_str out = {0};

	while (*template) {
		const char *open = strchr(template, '{'), *close = open ? strchr(open, '}') : NULL;
		char *id = close ? lf_dup_n(open + 1, (size_t)(close - open) - 1) : NULL;

		if (!id || !lf_plan_entry(plan, id)) {
			lf_str_add_char(&out, *template++);
			lf_free(id);
			continue;
		}
		lf_str_add_n(&out, template, (size_t)(open - template));
		lf_str_add(&out, lf_plan_text(plan, id));
		template = close + 1;
		lf_free(id);
	}
	return lf_str_take(&out);
}

/* A default of the user's own goes before what was found: it was said on purpose. */
static bool configured(char **out, const struct lf_question *question, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_node *value = lf_node_key(facts->configured, question->id);

	if (!value)
		return false;
	*out = lf_equal(question->id, "commitSummary") ? expand(lf_node_text(value, NULL), plan) : lf_dup(lf_node_text(value, NULL));
	return true;
}

/* FOREIGN: the row of a provider that is not the one chosen. Nobody sees its default, so it is not worked out. */
static void settle_value(struct entry *entry, const struct lf_plan *plan, const struct given *given, const struct lf_facts *facts, bool foreign)
{
	const struct lf_question *question = entry->view.question;
	const struct lf_override *override = find_override(given, question->id);
	const char *answer = answer_to(given, plan, question), *where;
	struct lf_default found = {0};

	entry->view.origin = question->id;
	if (override) {
		entry->value = lf_dup(override->value);
		entry->view.source = "for this environment";
		entry->view.answered = override->answered;
		if (override->origin)
			entry->view.origin = override->origin;
	} else if (answer) {
		entry->value = lf_dup(answer);
		entry->view.source = "answered";
		where = plan->whole ? NULL : lf_answers_where(given->answers, question->id);
		entry->where = where && *where ? lf_dup(where) : NULL;
		entry->view.where = entry->where;
		entry->view.answered = true;
	} else if (!foreign && lf_recall(&entry->value, question, plan, lf_plan_environment(plan), facts)) {
		entry->view.source = "from the branch";
	} else if (!foreign && configured(&entry->value, question, plan, facts)) {
		entry->view.source = "from config.yaml";
	} else if (!foreign && question->derive && question->derive(&found, plan, facts)) {
		entry->value = lf_dup(found.value);
		entry->view.source = found.source;
	} else {
		entry->value = lf_dup(question->fallback ? question->fallback : "");
		entry->view.source = question->fallback ? "built-in" : "";
	}
	entry->view.value = entry->value;
}

/* PROBLEM NULL: there is none. */
static void set_problem(struct entry *entry, const struct lf_error *problem)
{
	static const struct lf_error none = {0};

	lf_free(entry->problem);
	entry->problem = problem ? lf_alloc(1, sizeof(*entry->problem)) : NULL;
	if (problem)
		*entry->problem = *problem;
	entry->view.problem = problem ? entry->problem : &none;
}

static void find_problem(struct entry *entry, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *problem)
{
	const struct lf_question *question = entry->view.question;
	bool good;

	if (!*entry->value)
		good = question->optional || !lf_question_fail_missing(question, problem);
	else
		good = !lf_question_check_kind(question, entry->value, problem) &&
		       (!question->check || !question->check(entry->value, plan, facts, problem));
	if (!good)
		set_problem(entry, problem);
}

static struct lf_plan *build(const struct lf_catalog *catalog, const struct lf_plan *whole, const char *environment, const struct given *given,
			     const struct lf_facts *facts)
{
	struct lf_plan *plan = lf_alloc(1, sizeof(*plan));
	size_t total = lf_catalog_count(catalog);
	struct lf_error problem = {0};

	plan->catalog = catalog;
	plan->whole = whole;
	plan->environment = lf_dup(environment);
	plan->given = given;
	plan->entries = lf_alloc(total, sizeof(*plan->entries));
	for (size_t i = 0; i < total; i++) {
		struct entry *entry = &plan->entries[i];
		const struct lf_question *question = lf_catalog_at(catalog, i);
		const struct lf_engine *owner = lf_catalog_engine_at(catalog, i);
		bool foreign = owner && owner != plan->engine;

		entry->view.question = question;
		entry->view.shown = !foreign && (!question->shown || question->shown(plan, facts));
		set_problem(entry, NULL);
		settle_value(entry, plan, given, facts, foreign);
		if (entry->view.shown)
			find_problem(entry, plan, facts, &problem);
		plan->count = i + 1; /* from here on the rows below see this one */
		if (lf_equal(question->id, "gitopsDeployment"))
			plan->engine = lf_catalog_engine(catalog, entry->value);
	}
	plan->given = NULL;
	return plan;
}

void lf_plan_add_part(struct lf_plan *whole, const char *environment, const struct lf_override *overrides, size_t count, const struct lf_facts *facts)
{
	struct given given = {.overrides = overrides, .count = count};
	struct lf_plan *part = build(whole->catalog, whole, environment, &given, facts);

	lf_grow((void **)&whole->parts, &whole->part_capacity, whole->part_count, sizeof(struct lf_plan *));
	whole->parts[whole->part_count++] = part;
}

/* What is rendered are the parts, so theirs are the problems that count: each is shown at the question that causes it, with the environment's name. */
static void lift_problems(struct lf_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (!lf_environments_is_own(plan->entries[i].view.question->id))
			set_problem(&plan->entries[i], NULL);
	}
	for (size_t k = 0; k < plan->part_count; k++) {
		for (size_t i = 0; i < plan->count; i++) {
			const struct lf_plan_entry *from = &plan->parts[k]->entries[i].view;

			for (size_t j = 0; from->problem->code && j < plan->count; j++) {
				struct entry *to = &plan->entries[j];

				if (!lf_equal(to->view.question->id, from->origin) || to->view.problem->code)
					continue;
				set_problem(to, from->problem);
				/* What is missing is missing everywhere. */
				if (!*from->value)
					continue;
				lf_fail(to->problem, from->problem->code, from->problem->where, 0, "%.40s, %s: %.400s", plan->parts[k]->environment,
					from->question->prompt, from->problem->message);
				lf_hint(to->problem, "%s", from->problem->hint);
			}
		}
	}
}

struct lf_plan *lf_plan_build(const struct lf_catalog *catalog, const struct lf_answers *answers, const struct lf_facts *facts)
{
	struct given given = {.answers = answers};
	struct lf_plan *plan = build(catalog, NULL, NULL, &given, facts);

	lf_environments_split(plan, facts);
	if (plan->part_count)
		lift_problems(plan);
	return plan;
}

size_t lf_plan_part_count(const struct lf_plan *plan)
{
	return plan->part_count ? plan->part_count : 1;
}

const struct lf_plan *lf_plan_part(const struct lf_plan *plan, size_t index)
{
	return plan->part_count ? plan->parts[index] : plan;
}

const struct lf_catalog *lf_plan_catalog(const struct lf_plan *plan)
{
	return plan->catalog;
}

const struct lf_plan *lf_plan_whole(const struct lf_plan *plan)
{
	return plan->whole ? plan->whole : plan;
}

const char *lf_plan_environment(const struct lf_plan *plan)
{
	return plan->environment ? plan->environment : "";
}

const struct lf_question *lf_plan_question(const struct lf_plan *plan, const char *id)
{
	return lf_catalog_find(plan->catalog, id);
}

void lf_plan_free(struct lf_plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->part_count; i++)
		lf_plan_free(plan->parts[i]);
	lf_free(plan->parts);
	lf_free(plan->environment);
	for (size_t i = 0; i < plan->count; i++) {
		lf_free(plan->entries[i].value);
		lf_free(plan->entries[i].where);
		lf_free(plan->entries[i].problem);
	}
	lf_free(plan->entries);
	lf_free(plan);
}

const struct lf_engine *lf_plan_engine(const struct lf_plan *plan)
{
	return plan->engine;
}

size_t lf_plan_count(const struct lf_plan *plan)
{
	return plan->count;
}

const struct lf_plan_entry *lf_plan_at(const struct lf_plan *plan, size_t index)
{
	return &plan->entries[index].view;
}

const struct lf_plan_entry *lf_plan_entry(const struct lf_plan *plan, const char *id)
{
	size_t place = lf_catalog_place(plan->catalog, id);

	/* While a plan is built, a row sees those before it. */
	return place < plan->count ? &plan->entries[place].view : NULL;
}

bool lf_plan_warning(struct lf_error *out, const struct lf_plan *plan, const struct lf_plan_entry *entry, const struct lf_facts *facts)
{
	return entry->shown && entry->problem->code == LF_OK && entry->question->warn && entry->question->warn(out, entry->value, plan, facts);
}

const char *lf_plan_text(const struct lf_plan *plan, const char *id)
{
	const struct lf_plan_entry *entry = lf_plan_entry(plan, id);

	return entry && entry->shown ? entry->value : "";
}

bool lf_plan_yes(const struct lf_plan *plan, const char *id)
{
	return lf_equal(lf_plan_text(plan, id), "yes");
}

bool lf_plan_is(const struct lf_plan *plan, const char *id, const char *value)
{
	return lf_equal(lf_plan_text(plan, id), value);
}

size_t lf_plan_problem_count(const struct lf_plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++)
		count += plan->entries[i].view.problem->code != LF_OK;
	return count;
}

const struct lf_plan_entry *lf_plan_first_problem(const struct lf_plan *plan, enum lf_step step)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct lf_plan_entry *entry = &plan->entries[i].view;

		if (entry->question->step == step && entry->problem->code != LF_OK)
			return entry;
	}
	return NULL;
}

void lf_plan_list(struct lf_names *out, const struct lf_plan *plan, const char *id)
{
	lf_list_split(out, lf_plan_text(plan, id));
}
