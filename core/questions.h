/* questions: the rows that every provider shares. Adding one is adding a row in questions.c. */
#ifndef LF_CORE_QUESTIONS_H
#define LF_CORE_QUESTIONS_H

#include "core/question.h"

const struct lf_question *lf_common_questions(size_t *count);

#endif
