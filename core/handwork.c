/* handwork: see handwork.h. Pure; what an engine makes of a plan is the engine's. */
#include "config.h"
#include "core/handwork.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"

#define OBJECTS_AT_MOST 2000

void lf_handwork_dispose(struct lf_handwork *work)
{
	lf_names_dispose(&work->missing);
	lf_node_free(work->objects);
	lf_node_free(work->program);
	lf_node_free(work->listing);
	lf_branch_files_dispose(&work->files);
	lf_free(work->command);
	memset(work, 0, sizeof(*work));
}

bool lf_handwork_is_ground(const struct lf_node *object)
{
	const char *kind = lf_node_text(object, "kind");

	return lf_equal(kind, "Namespace") || lf_equal(kind, "CustomResourceDefinition");
}

static int add(struct lf_node *list, const struct lf_node *object, const char *name, struct lf_error *err)
{
	const struct lf_node *items = lf_node_key(object, "items");
	int code = LF_OK;

	if (lf_node_kind(object) == LF_NODE_NULL)
		return LF_OK;
	if (lf_ends_with(lf_node_text(object, "kind"), "List") && lf_node_kind(items) == LF_NODE_LIST) {
		for (size_t i = 0; i < lf_node_count(items) && !code; i++)
			code = add(list, lf_node_at(items, i), name, err);
		return code;
	}
	if (!*lf_node_text(object, "apiVersion") || !*lf_node_text(object, "kind") || !*lf_node_text(object, "metadata.name")) {
		lf_fail(err, LF_EPARSE, "handwork", 0, "%s:%d:%d: this is not a Kubernetes object.", name, lf_node_line(object), lf_node_column(object));
		lf_hint(err, "Every document needs apiVersion, kind and metadata.name. Move what is none out of the folder, or apply by hand.");
		return LF_EPARSE;
	}
	if (lf_node_count(list) >= OBJECTS_AT_MOST) {
		lf_fail(err, LF_ELIMIT, "handwork", 0, "There are more than %d objects to apply.", OBJECTS_AT_MOST);
		lf_hint(err, "Apply them by hand, or in parts.");
		return LF_ELIMIT;
	}
	lf_node_add(list, lf_node_dup(object));
	return LF_OK;
}

int lf_handwork_read(struct lf_node *list, const char *text, size_t length, const char *name, struct lf_error *err)
{
	struct lf_node *documents = NULL;
	int code = lf_yaml_parse(&documents, text, length, name, &lf_yaml_limits_default, err);

	for (size_t i = 0; i < lf_node_count(documents) && !code; i++)
		code = add(list, lf_node_at(documents, i), name, err);
	lf_node_free(documents);
	return code;
}
