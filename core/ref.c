/* ref: see ref.h. Only the four parts of an object's identity; knows nothing about what an object means. */
#include "config.h"
#include "core/ref.h"

#include <string.h>

#include "core/mem.h"

struct lf_ref lf_ref_new(const char *group, const char *kind, const char *namespace, const char *name)
{
	struct lf_ref ref = {
		.group = lf_dup(group ? group : ""),
		.kind = lf_dup(kind ? kind : ""),
		.namespace = lf_dup(namespace ? namespace : ""),
		.name = lf_dup(name ? name : ""),
	};

	return ref;
}

struct lf_ref lf_ref_dup(const struct lf_ref *ref)
{
	return lf_ref_new(ref->group, ref->kind, ref->namespace, ref->name);
}

struct lf_ref lf_ref_of(const struct lf_node *object)
{
	const char *version = lf_node_text(object, "apiVersion");
	const char *slash = strchr(version, '/');
	struct lf_ref ref = lf_ref_new("", lf_node_text(object, "kind"), lf_node_text(object, "metadata.namespace"),
				       lf_node_text(object, "metadata.name"));

	if (slash) {
		lf_free(ref.group);
		ref.group = lf_dup_n(version, (size_t)(slash - version));
	}
	return ref;
}

void lf_ref_dispose(struct lf_ref *ref)
{
	lf_free(ref->group);
	lf_free(ref->kind);
	lf_free(ref->namespace);
	lf_free(ref->name);
	memset(ref, 0, sizeof(*ref));
}

bool lf_ref_is_set(const struct lf_ref *ref)
{
	return ref->kind && *ref->kind;
}

static bool same(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

bool lf_ref_equal(const struct lf_ref *a, const struct lf_ref *b)
{
	return same(a->name, b->name) && same(a->kind, b->kind) && same(a->namespace, b->namespace) && same(a->group, b->group);
}

void lf_ref_text(struct lf_str *out, const struct lf_ref *ref)
{
	if (!lf_ref_is_set(ref))
		return;
	lf_str_addf(out, "%s ", ref->kind);
	if (ref->namespace && *ref->namespace)
		lf_str_addf(out, "%s/", ref->namespace);
	lf_str_add(out, ref->name ? ref->name : "");
}

void lf_refs_add(struct lf_refs *refs, struct lf_ref ref)
{
	lf_grow((void **)&refs->items, &refs->capacity, refs->count, sizeof(*refs->items));
	refs->items[refs->count++] = ref;
}

bool lf_refs_have(const struct lf_refs *refs, const struct lf_ref *ref)
{
	for (size_t i = 0; i < refs->count; i++) {
		if (lf_ref_equal(&refs->items[i], ref))
			return true;
	}
	return false;
}

void lf_refs_dispose(struct lf_refs *refs)
{
	for (size_t i = 0; i < refs->count; i++)
		lf_ref_dispose(&refs->items[i]);
	lf_free(refs->items);
	memset(refs, 0, sizeof(*refs));
}
