/* schema_rows: the rows of a schema, read where they stand. Only schema.c and schema_defaults.c look at them.
 */
#ifndef LF_SANDBOX_SCHEMA_ROWS_H
#define LF_SANDBOX_SCHEMA_ROWS_H

#include <stdbool.h>
#include <stddef.h>

struct lf_word {
	const char *start;
	size_t length;
};

struct lf_row {
	struct lf_word path, type, fallback, pattern, values;
	bool required;
};

bool lf_word_is(struct lf_word word, const char *text);
/* Splits one line; returns the start of the next, or NULL at the end. */
const char *lf_row_parse(struct lf_row *row, const char *line);
/* The row of PATH; without one, what longer rows say it must be: "object", "list" or, if nothing does, an
 * empty type. */
struct lf_row lf_row_find(const char *schema, const char *path);
const char *lf_row_shared(struct lf_word type); /* the rows that "@name" stands for */
/* The last name of a row's path if its parent is PARENT, else NULL. */
const char *lf_row_child(struct lf_word path, const char *parent, size_t *length);

#endif
