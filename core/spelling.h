/* spelling: what somebody typed where YAML read a number or a yes or no: "y", "0o17", "1.10" where a text is meant. Pure. */
#ifndef LF_CORE_SPELLING_H
#define LF_CORE_SPELLING_H

#include "core/catalog.h"
#include "core/node.h"

/* A scalar as it is spelled in TEXT, where YAML took it for a number or a yes or no but the question wants a text: the branch 0o17 is not 15, and the branch on
 * is not yes. NULL: it has a tag, or is an alias. The caller frees. */
LF_NODISCARD char *lf_spelling(const char *text, const struct lf_node *value);
/* Makes texts of all scalars in the maps of TREE, which was read from TEXT, that are spelled otherwise than YAML would write them. */
void lf_spell(struct lf_node *tree, const char *text);
/* The same of the answer to QUESTION, if its values are texts (lf_question.texts); of environmentSettings, of those in it. */
void lf_spell_answer(struct lf_node *tree, const struct lf_question *question, const struct lf_catalog *catalog, const char *text);

#endif
