/* index: reads a repository's index.yaml as it streams by: only what is wanted is kept. For providers/chart. */
#ifndef LF_PROVIDERS_CHART_INDEX_H
#define LF_PROVIDERS_CHART_INDEX_H

#include "core/error.h"
#include "core/facts.h"

/* Fills BUFFER with at most SIZE bytes; 0 at the end; negative: it cannot be read. */
typedef long chart_read_fn(void *buffer, size_t size, void *payload);

struct chart_index_query {
	const char *name;  /* in errors: the host; safe to show */
	const char *chart; /* whose versions are kept; "": none */
	const char *range; /* what OUT->url and OUT->digest are wanted of; NULL: nothing */
	const volatile int *stop; /* ends it when it becomes 1; may be NULL */
};

struct chart_index {
	struct lf_chart_facts facts; /* charts and versions */
	char *version, *url, *digest; /* the newest version within the range; NULL: none; url as the index has it; digest may be NULL */
};
void chart_index_dispose(struct chart_index *index);

/* Errors: LF_EPARSE with NAME, line and column (no YAML, no index, a chart or key twice), LF_ELIMIT, LF_ECANCELLED, LF_EIO. */
LF_NODISCARD int chart_index_read(struct chart_index *out, const struct chart_index_query *query, chart_read_fn *read, void *payload, struct lf_error *err);

/* What a version's URL means: relative to the repository BASE, or whole. The caller frees; NULL: neither http nor https. */
LF_NODISCARD char *chart_resolve_url(const char *base, const char *url);

#endif
