/* objects: see objects.h. A sorted array of the newest state of each object. Judges nothing: what a state means is health's and the engines' business. */
#include "config.h"
#include "core/objects.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"

struct entry {
	struct lf_ref ref;
	struct lf_node *object;
};

struct lf_objects {
	struct entry *items;
	size_t count, capacity, limit, dropped;
};

struct lf_objects *lf_objects_new(size_t limit)
{
	struct lf_objects *objects = lf_alloc(1, sizeof(*objects));

	objects->limit = limit;
	return objects;
}

static void entry_dispose(struct entry *entry)
{
	lf_ref_dispose(&entry->ref);
	lf_node_free(entry->object);
}

void lf_objects_free(struct lf_objects *objects)
{
	if (!objects)
		return;
	for (size_t i = 0; i < objects->count; i++)
		entry_dispose(&objects->items[i]);
	lf_free(objects->items);
	lf_free(objects);
}

/* NULL parts match the smallest value, so that a prefix of the key finds the start of its range. */
static int compare(const struct lf_ref *ref, const char *group, const char *kind, const char *namespace, const char *name)
{
	int order = strcmp(ref->group, group);

	if (!order)
		order = strcmp(ref->kind, kind);
	if (!order)
		order = strcmp(ref->namespace, namespace ? namespace : "");
	if (!order)
		order = strcmp(ref->name, name ? name : "");
	return order;
}

/* The first index whose key is not below the one asked for. */
static size_t lower_bound(const struct lf_objects *objects, const char *group, const char *kind, const char *namespace, const char *name)
{
	size_t low = 0, high = objects->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare(&objects->items[middle].ref, group, kind, namespace, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_number(const char *text)
{
	return *text && strspn(text, "0123456789") == strlen(text);
}

/* resourceVersions are decimal numbers of any length; comparing digits avoids any integer's limit. */
static bool is_older(const char *candidate, const char *held)
{
	size_t a, b;

	if (!is_number(candidate) || !is_number(held))
		return false;
	candidate += strspn(candidate, "0");
	held += strspn(held, "0");
	a = strlen(candidate);
	b = strlen(held);
	return a != b ? a < b : strcmp(candidate, held) < 0;
}

void lf_objects_put(struct lf_objects *objects, struct lf_node *object)
{
	struct lf_ref ref = lf_ref_of(object);
	size_t at;
	struct entry *entry;

	if (!*ref.kind || !*ref.name)
		goto refuse;
	at = lower_bound(objects, ref.group, ref.kind, ref.namespace, ref.name);
	if (at < objects->count && lf_ref_equal(&objects->items[at].ref, &ref)) {
		entry = &objects->items[at];
		if (is_older(lf_node_text(object, "metadata.resourceVersion"), lf_node_text(entry->object, "metadata.resourceVersion")))
			goto refuse;
		lf_node_free(entry->object);
		entry->object = object;
		lf_ref_dispose(&ref);
		return;
	}
	if (objects->count >= objects->limit) {
		objects->dropped++;
		goto refuse;
	}
	lf_grow((void **)&objects->items, &objects->capacity, objects->count, sizeof(*objects->items));
	memmove(&objects->items[at + 1], &objects->items[at], (objects->count - at) * sizeof(*objects->items));
	objects->items[at] = (struct entry){.ref = ref, .object = object};
	objects->count++;
	return;
refuse:
	lf_ref_dispose(&ref);
	lf_node_free(object);
}

static void remove_at(struct lf_objects *objects, size_t at)
{
	entry_dispose(&objects->items[at]);
	objects->count--;
	memmove(&objects->items[at], &objects->items[at + 1], (objects->count - at) * sizeof(*objects->items));
}

void lf_objects_remove(struct lf_objects *objects, const struct lf_ref *ref)
{
	size_t at = lower_bound(objects, ref->group, ref->kind, ref->namespace, ref->name);

	if (at < objects->count && lf_ref_equal(&objects->items[at].ref, ref))
		remove_at(objects, at);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void lf_objects_keep_only(struct lf_objects *objects, const char *group, const char *kind, const char *namespace, const char *const *uids,
			  size_t count)
{
	bool any = !namespace || !*namespace;
	size_t at = lower_bound(objects, group, kind, any ? NULL : namespace, NULL);
	const char **sorted = lf_alloc(count, sizeof(*sorted));

	if (count)
		memcpy(sorted, uids, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), by_text);
	while (at < objects->count) {
		struct entry *entry = &objects->items[at];
		const char *uid = lf_node_text(entry->object, "metadata.uid");

		if (strcmp(entry->ref.group, group) || strcmp(entry->ref.kind, kind) || (!any && strcmp(entry->ref.namespace, namespace)))
			break;
		if (bsearch(&uid, sorted, count, sizeof(*sorted), by_text))
			at++;
		else
			remove_at(objects, at);
	}
	lf_free(sorted);
}

const struct lf_node *lf_objects_find(const struct lf_objects *objects, const char *group, const char *kind, const char *namespace,
				      const char *name)
{
	size_t at = lower_bound(objects, group, kind, namespace, name);

	if (at < objects->count && !compare(&objects->items[at].ref, group, kind, namespace, name))
		return objects->items[at].object;
	return NULL;
}

const struct lf_node *lf_objects_get(const struct lf_objects *objects, const struct lf_ref *ref)
{
	if (!lf_ref_is_set(ref))
		return NULL;
	return lf_objects_find(objects, ref->group, ref->kind, ref->namespace, ref->name);
}

size_t lf_objects_count(const struct lf_objects *objects)
{
	return objects->count;
}

size_t lf_objects_dropped(const struct lf_objects *objects)
{
	return objects->dropped;
}

const struct lf_node *lf_objects_at(const struct lf_objects *objects, size_t index)
{
	return index < objects->count ? objects->items[index].object : NULL;
}

const struct lf_node *lf_objects_next_owned(const struct lf_objects *objects, const char *uid, size_t *index)
{
	while (uid && *uid && *index < objects->count) {
		const struct lf_node *object = objects->items[(*index)++].object;
		const struct lf_node *owners = lf_node_get(object, "metadata.ownerReferences");

		for (size_t i = 0; i < lf_node_count(owners); i++) {
			if (lf_equal(lf_node_text(lf_node_at(owners, i), "uid"), uid))
				return object;
		}
	}
	return NULL;
}

const struct lf_node *lf_objects_next_of_kind(const struct lf_objects *objects, const char *group, const char *kind, const char *namespace,
					      size_t *index)
{
	size_t first = lower_bound(objects, group, kind, namespace, NULL);

	if (*index < first)
		*index = first;
	if (*index < objects->count) {
		const struct entry *entry = &objects->items[*index];

		if (!strcmp(entry->ref.group, group) && !strcmp(entry->ref.kind, kind) && (!namespace || !strcmp(entry->ref.namespace, namespace))) {
			(*index)++;
			return entry->object;
		}
	}
	*index = objects->count;
	return NULL;
}
