/* answers: what the user said, by question id: the only mutable user input. Hidden branches keep theirs. Never holds
 * a secret. */
#ifndef LF_CORE_ANSWERS_H
#define LF_CORE_ANSWERS_H

#include <stddef.h>
#include "core/error.h"
#include "core/str.h"

struct lf_catalog;
struct lf_answers;

LF_NODISCARD struct lf_answers *lf_answers_new(void);
LF_NODISCARD struct lf_answers *lf_answers_dup(const struct lf_answers *answers);
void lf_answers_free(struct lf_answers *answers);

const char *lf_answers_get(const struct lf_answers *answers, const char *id); /* NULL: not answered */
void lf_answers_set(struct lf_answers *answers, const char *id, const char *value);
/* The same from a file: WHERE ("answers.yaml:4:12") stays with the answer until another takes its place. */
void lf_answers_set_from(struct lf_answers *answers, const char *id, const char *value, const char *where);
#define LF_ANSWERS_SESSION "the saved session" /* what a WHERE begins with of an answer given in an earlier run */
const char *lf_answers_where(const struct lf_answers *answers, const char *id); /* NULL: not answered, or in the wizard; "": on the command line */
void lf_answers_unset(struct lf_answers *answers, const char *id);
size_t lf_answers_count(const struct lf_answers *answers);

/* "id=value", as of --set; "id.path.to.key=value" within a tree. An unknown id is LF_EINVAL with the nearest known one in the hint. */
LF_NODISCARD int lf_answers_set_pair(struct lf_answers *answers, const struct lf_catalog *catalog, const char *pair, struct lf_error *err);

/* The answers file: "version: 1" and a map "answers". NAME is used in errors, which carry line and column. */
LF_NODISCARD int lf_answers_parse(struct lf_answers **out, const struct lf_catalog *catalog, const char *text, size_t length,
				  const char *name, struct lf_error *err);
void lf_answers_emit(struct lf_str *out, const struct lf_answers *answers, const struct lf_catalog *catalog); /* in the catalog's order */

#endif
