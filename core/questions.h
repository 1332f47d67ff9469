/* questions: the rows that every provider shares, in groups by what they are about. Adding one is adding a row in its group. */
#ifndef LF_CORE_QUESTIONS_H
#define LF_CORE_QUESTIONS_H

#include "core/question.h"

struct lf_question_group {
	const struct lf_question *questions;
	size_t count;
};
extern const struct lf_question_group lf_questions_main;  /* questions.c: what every delivery needs */
extern const struct lf_question_group lf_questions_chart;  /* questions_chart.c: which chart; before the others of their step */
extern const struct lf_question_group lf_questions_create; /* questions_create.c: a repository that is not there yet; before how it is delivered to */
extern const struct lf_question_group lf_questions_pull;   /* questions_pull.c: pushed or proposed, and how; last of its step */
extern const struct lf_question_group lf_questions_values; /* questions_chart.c: its release and values; after the others of their step */

/* The repository of the answers was looked for on its host and not found. */
bool lf_question_repository_is_missing(const struct lf_plan *plan, const struct lf_facts *facts);

/* Sets a default; false if VALUE is empty or too long, so that the caller can fall through. */
bool lf_suggest(struct lf_default *out, const char *value, const char *source);

#endif
