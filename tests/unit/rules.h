/* rules: what one answer does to one place of what is rendered, in rows. */
#ifndef LF_TESTS_RULES_H
#define LF_TESTS_RULES_H

#include "tests/unit/engines.h"

struct test_rule {
	const char *const *base;  /* "id=value" pairs, NULL at the end */
	const char *answers[6];	  /* beyond them, or in their place */
	const char *file, *path;  /* path NULL: the file's text, of which VALUE is a part */
	const char *value;	  /* "": not there; of a text "!…": no part of it */
};

/* Fails at the first row that does not hold, and says which. CONSUMERS: what the cluster has, as JSON; may be NULL. */
void test_rules(const struct test_rule *rules, size_t count, const char *consumers);

/* What a row of questions says to an answer. */
struct test_answer {
	const char *const *base;
	const char *more;	/* another answer, before it; may be NULL */
	const char *id, *value; /* VALUE may hold %s: then LENGTH times "a" stands there */
	size_t length;
	const char *part;	/* of the message or the hint; NULL: it is taken */
};
void test_answers(const struct test_answer *rows, size_t count);

/* What both engines' rows begin with: a folder of Git, a chart of a repository, a chart in Git. */
extern const char *const test_flux_git[], *const test_flux_chart[], *const test_flux_chart_in_git[];
extern const char *const test_argocd_git[], *const test_argocd_chart[], *const test_argocd_chart_in_git[];

#endif
