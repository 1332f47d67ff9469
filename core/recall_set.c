/* recall_set: what an ApplicationSet makes of its template for each environment that its templatePatch speaks of, as far as Landfall itself wrote the patch: merge patches, each
 * under "{{- if eq .environment "NAME" }}". Any other template is left alone. Part of recall. */
#include "config.h"
#include "core/recall.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"

#define OPEN "{{- if eq "
#define CLOSE "{{- end }}\n"

static void merge(struct lf_node *into, const struct lf_node *patch)
{
	for (size_t i = 0; i < lf_node_count(patch); i++) {
		const char *key = lf_node_key_at(patch, i);
		const struct lf_node *value = lf_node_at(patch, i);
		bool replaces = lf_node_kind(value) != LF_NODE_MAP || lf_equal(lf_node_text(value, "$patch"), "replace");

		if (lf_node_kind(value) == LF_NODE_NULL) {
			lf_node_remove(into, key);
		} else if (replaces) {
			struct lf_node *whole = lf_node_dup(value);

			if (lf_node_kind(whole) == LF_NODE_MAP)
				lf_node_remove(whole, "$patch");
			lf_node_set(into, key, whole);
		} else {
			merge(lf_node_set_map(into, key), value);
		}
	}
}

/* "SET.yaml#production" */
static void note(struct lf_path_facts *facts, const char *path, const struct lf_node *template, const char *name, const char *text, size_t length)
{
	struct lf_node *documents = NULL, *made;
	char *key = lf_format("%s#%s", path, name);

	if (!facts->expanded)
		facts->expanded = lf_node_new(LF_NODE_MAP);
	if (!lf_yaml_parse(&documents, text, length, path, &lf_yaml_limits_default, NULL) && lf_node_kind(lf_node_at(documents, 0)) == LF_NODE_MAP) {
		made = lf_node_dup(template);
		merge(made, lf_node_at(documents, 0));
		lf_node_set(facts->expanded, key, made);
	}
	lf_node_free(documents);
	lf_free(key);
}

void lf_recall_note_set(struct lf_path_facts *facts, const char *path, const struct lf_node *set)
{
	const struct lf_node *template = lf_node_get(set, "spec.template");

	if (lf_node_kind(template) != LF_NODE_MAP)
		return;
	for (const char *at = lf_node_text(set, "spec.templatePatch"); (at = strstr(at, OPEN)) != NULL;) {
		const char *line = at, *end = strstr(line, CLOSE), *body = strchr(line, '\n'), *quote = strchr(line, '"'), *last;
		char *name;

		at += strlen(OPEN);
		if (!end || !body || !quote || quote > body || body > end)
			continue;
		last = strchr(quote + 1, '"');
		if (!last || last > body)
			continue;
		name = lf_dup_n(quote + 1, (size_t)(last - quote) - 1);
		note(facts, path, template, name, body + 1, (size_t)(end - body) - 1);
		lf_free(name);
	}
}
