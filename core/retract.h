/* retract: what an earlier delivery wrote into a file and this one does not write any more: it goes, and what others added stays. Pure. */
#ifndef LF_CORE_RETRACT_H
#define LF_CORE_RETRACT_H

#include "core/answers.h"
#include "core/catalog.h"
#include "core/document.h"
#include "core/facts.h"
#include "core/str.h"

/* The documents that Landfall would write if nothing had been changed: the answers that say what is delivered and where, and for everything else what the branch says (as
 * recalled from FACTS). Disposed by the caller. */
void lf_retract_before(struct lf_documents *out, const struct lf_catalog *catalog, const struct lf_answers *answers, const struct lf_facts *facts);

/* The documents of the earlier delivery: likewise, but only the answers that say which application it is, and where, count. FILES: those that may say more about it
 * (lf_recall_files()). */
void lf_retract_written(struct lf_documents *out, struct lf_names *files, const struct lf_catalog *catalog, const struct lf_answers *answers, const struct lf_facts *facts);

/* Takes out of TEXT, the file NAME, each entry that is in WAS as it is in the file, and not in IS (trees of one document, or lists of several). An entry with anything in
 * it that WAS does not have stays, without what WAS has. Errors as lf_yaml_edit_remove(); TEXT is then what it was. */
LF_NODISCARD int lf_retract(struct lf_str *text, const char *name, const struct lf_node *was, const struct lf_node *is, struct lf_error *err);

#endif
