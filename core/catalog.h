/* catalog: every question there is, in the order they are asked: the common ones and those of each engine. Immutable. */
#ifndef LF_CORE_CATALOG_H
#define LF_CORE_CATALOG_H

#include "core/engine.h"
#include "core/question.h"

struct lf_catalog;

/* ENGINES are borrowed for the catalog's life. An engine's questions are only shown while that engine is the provider chosen. */
LF_NODISCARD struct lf_catalog *lf_catalog_new(const struct lf_engine *const *engines, size_t engine_count);
void lf_catalog_free(struct lf_catalog *catalog);

size_t lf_catalog_count(const struct lf_catalog *catalog);
const struct lf_question *lf_catalog_at(const struct lf_catalog *catalog, size_t index);
const struct lf_engine *lf_catalog_engine_at(const struct lf_catalog *catalog, size_t index); /* whose question it is; NULL: common */
size_t lf_catalog_place(const struct lf_catalog *catalog, const char *id); /* its index; the count: there is none */
const struct lf_question *lf_catalog_find(const struct lf_catalog *catalog, const char *id);  /* may be NULL */
/* Fails with LF_EINVAL since no row has ID; the hint names the nearest that is there. WHERE: the place it stands at ("answers.yaml:4:12"), or "". */
int lf_catalog_fail_unknown(const struct lf_catalog *catalog, const char *id, const char *where, struct lf_error *err);
size_t lf_catalog_engine_count(const struct lf_catalog *catalog);
const struct lf_engine *lf_catalog_engine_by_index(const struct lf_catalog *catalog, size_t index);
const struct lf_engine *lf_catalog_engine(const struct lf_catalog *catalog, const char *name); /* "flux"; may be NULL */
const struct lf_engine *lf_catalog_engine_for_kind(const struct lf_catalog *catalog, const char *group, const char *kind); /* may be NULL */

#endif
