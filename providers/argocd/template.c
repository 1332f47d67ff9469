/* template: literal text in an ApplicationSet's template. With goTemplate the controller evaluates every text in it, in valuesObject too, and every key; what is meant
 * to stand there with braces is written so that it comes out as it is. */
#include "config.h"
#include "providers/argocd/argocd.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"

char *lf_argocd_template_text(const char *text)
{
	struct lf_str out = {0};

	while (*text) {
		const char *open = strstr(text, "{{");

		lf_str_add_n(&out, text, open ? (size_t)(open - text) : strlen(text));
		if (!open)
			break;
		lf_str_add(&out, "{{`{{`}}"); /* no quotes, which YAML might put a backslash before */
		text = open + 2;
	}
	return out.length ? lf_str_take(&out) : lf_dup("");
}

struct lf_node *lf_argocd_as_template(const struct lf_node *node)
{
	enum lf_node_kind kind = lf_node_kind(node);
	struct lf_node *out;

	if (kind == LF_NODE_TEXT) {
		char *text = lf_argocd_template_text(lf_node_text(node, NULL));

		out = lf_node_text_new(text);
		lf_free(text);
	} else if (kind == LF_NODE_MAP || kind == LF_NODE_LIST) {
		out = lf_node_new(kind);
		for (size_t i = 0; i < lf_node_count(node); i++) {
			char *key = kind == LF_NODE_MAP ? lf_argocd_template_text(lf_node_key_at(node, i)) : NULL;

			if (key)
				lf_node_set(out, key, lf_argocd_as_template(lf_node_at(node, i)));
			else
				lf_node_add(out, lf_argocd_as_template(lf_node_at(node, i)));
			lf_free(key);
		}
	} else {
		out = lf_node_dup(node);
	}
	lf_node_set_origin(out, lf_node_origin(node));
	return out;
}
