/* spelling: see spelling.h. Nodes know where they stand; the text is looked at there once more. */
#include "config.h"
#include "core/spelling.h"

#include <string.h>

#include "core/environments.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/yaml_scalar.h"

char *lf_spelling(const char *text, const struct lf_node *value)
{
	int column = lf_node_column(value);
	struct lf_str digits = {0};
	struct lf_node *same;
	char *found;

	for (int line = lf_node_line(value); line > 1; line--) {
		text = strchr(text, '\n');
		if (!text)
			return NULL;
		text++;
	}
	while (column > 1 && *text) { /* characters, not bytes */
		text++;
		while (((unsigned char)*text & 0xc0) == 0x80)
			text++;
		column--;
	}
	found = lf_dup_n(text, strcspn(text, " \t\r\n,]}"));
	same = lf_yaml_resolve(found, &digits) == LF_NODE_NUMBER ? lf_node_number_new(lf_str_text(&digits)) : lf_node_bool_new(lf_equal(lf_str_text(&digits), "true"));
	if (!lf_node_equal(same, value)) {
		lf_free(found);
		found = NULL;
	}
	lf_node_free(same);
	lf_str_dispose(&digits);
	return found;
}

void lf_spell(struct lf_node *tree, const char *text)
{
	for (size_t i = 0; i < lf_node_count(tree); i++) {
		struct lf_node *child = lf_node_at(tree, i);
		enum lf_node_kind kind = lf_node_kind(child);
		char *spelled = kind == LF_NODE_BOOL || kind == LF_NODE_NUMBER ? lf_spelling(text, child) : NULL;

		if (spelled && lf_node_kind(tree) == LF_NODE_MAP && !lf_equal(spelled, lf_node_text(child, NULL)))
			lf_node_set_text(tree, lf_node_key_at(tree, i), spelled);
		else
			lf_spell(child, text);
		lf_free(spelled);
	}
}

void lf_spell_answer(struct lf_node *tree, const struct lf_question *question, const struct lf_catalog *catalog, const char *text)
{
	if (question->texts)
		lf_spell(tree, text);
	for (size_t i = 0; lf_equal(question->id, "environmentSettings") && i < lf_node_count(tree); i++) {
		struct lf_node *settings = lf_node_at(tree, i);

		for (size_t k = 0; lf_node_kind(settings) == LF_NODE_MAP && k < lf_node_count(settings); k++) {
			const struct lf_question *inner = lf_catalog_find(catalog, lf_node_key_at(settings, k));

			if (inner && inner->texts)
				lf_spell(lf_node_at(settings, k), text);
		}
	}
}
