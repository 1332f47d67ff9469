/* plan: every question with the value that counts (the answer, else the default and its source), what is wrong with it, and the engine chosen. Built from
 * answers and facts in one pass; immutable; borrows nothing from either. */
#ifndef LF_CORE_PLAN_H
#define LF_CORE_PLAN_H

#include "core/answers.h"
#include "core/catalog.h"
#include "core/facts.h"

struct lf_plan;

struct lf_plan_entry {
	const struct lf_question *question;
	const char *value;	/* "" if there is none */
	const char *source;	/* "answered", or where the default comes from: "built-in", "from origin" */
	const char *origin;	/* id of the question whose answer this is: its own, or "environmentSettings" */
	const char *where;	/* "answers.yaml:4:12", the place of an answer from a file; NULL: from none */
	bool answered;
	bool shown;		/* hidden questions keep their value but render nothing */
	const struct lf_error *problem; /* never NULL; code LF_OK: none */
};

LF_NODISCARD struct lf_plan *lf_plan_build(const struct lf_catalog *catalog, const struct lf_answers *answers, const struct lf_facts *facts);
void lf_plan_free(struct lf_plan *plan);

/* The environments of a plan (see environments.h): each is a plan of its own that engines render without knowing, owned by the whole one. Without environments a plan
 * is its own only part, so that callers loop in any case. */
size_t lf_plan_part_count(const struct lf_plan *plan);
const struct lf_plan *lf_plan_part(const struct lf_plan *plan, size_t index);
const struct lf_plan *lf_plan_whole(const struct lf_plan *plan);  /* what PLAN is a part of, or PLAN */
const char *lf_plan_environment(const struct lf_plan *plan);	  /* "dev"; "" if PLAN is no part */

/* A value that goes before the answer in one part. */
struct lf_override {
	const char *id, *value;
	const char *origin; /* the question that says so, a static string; NULL: ID's own */
	bool answered;	    /* the user said so, and it was not worked out */
};
void lf_plan_add_part(struct lf_plan *whole, const char *environment, const struct lf_override *overrides, size_t count, const struct lf_facts *facts);
const struct lf_catalog *lf_plan_catalog(const struct lf_plan *plan); /* what it was built from */
/* Any row of the catalog, also those that come later; NULL: unknown. */
const struct lf_question *lf_plan_question(const struct lf_plan *plan, const char *id);

const struct lf_engine *lf_plan_engine(const struct lf_plan *plan); /* NULL: provider "none" or not chosen yet */
size_t lf_plan_count(const struct lf_plan *plan);
const struct lf_plan_entry *lf_plan_at(const struct lf_plan *plan, size_t index);
const struct lf_plan_entry *lf_plan_entry(const struct lf_plan *plan, const char *id); /* may be NULL */

/* What its row warns of, though the answer stands; false: nothing, or not shown, or there is a problem already. */
bool lf_plan_warning(struct lf_error *out, const struct lf_plan *plan, const struct lf_plan_entry *entry, const struct lf_facts *facts);

/* The question that says ID's answer: ID, or of an environment's own "environmentSettings". For marks. */
const char *lf_plan_origin(const struct lf_plan *plan, const char *id);

/* Values by id. A hidden or unknown question reads as "" and no: what is not asked is not rendered. */
const char *lf_plan_text(const struct lf_plan *plan, const char *id);
/* The items of an LF_ASK_LIST. */
void lf_plan_list(struct lf_names *out, const struct lf_plan *plan, const char *id);
/* What was said about a row that comes later, while the plan is built; NULL: nothing, or there is no telling any more. Borrowed. */
const char *lf_plan_ahead(const struct lf_plan *plan, const char *id);
bool lf_plan_yes(const struct lf_plan *plan, const char *id);
bool lf_plan_is(const struct lf_plan *plan, const char *id, const char *value);

/* Shown questions that have a problem or lack a required value; the first entry of a step with one, or NULL. */
size_t lf_plan_problem_count(const struct lf_plan *plan);
const struct lf_plan_entry *lf_plan_first_problem(const struct lf_plan *plan, enum lf_step step);

/* The answer of an LF_ASK_YAML with its marks, to be freed; NULL if there is none that counts, or it cannot be read. */
LF_NODISCARD struct lf_node *lf_plan_tree(const struct lf_plan *plan, const char *id);

/* Adds to MAP under KEY the answer of question ID as text (or as bool / number), marked with its origin; nothing if it is empty. */
struct lf_node *lf_plan_put(struct lf_node *map, const char *key, const struct lf_plan *plan, const char *id);
struct lf_node *lf_plan_put_tree(struct lf_node *map, const char *key, const struct lf_plan *plan, const char *id); /* of an LF_ASK_YAML that can be read */
struct lf_node *lf_plan_put_list(struct lf_node *map, const char *key, const struct lf_plan *plan, const char *id); /* of an LF_ASK_LIST: its items as text */
struct lf_node *lf_plan_put_bool(struct lf_node *map, const char *key, const struct lf_plan *plan, const char *id);
struct lf_node *lf_plan_put_number(struct lf_node *map, const char *key, const struct lf_plan *plan, const char *id);

#endif
