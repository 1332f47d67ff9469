/* store: see store.h. Keeps objects, versions and history; knows nothing of HTTP, validation or controllers.
 */
#include "config.h"
#include "providers/sandbox/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/compiler.h"
#include "core/mem.h"
#include "providers/sandbox/tree.h"

enum { HISTORY = 1024, MAX_OBJECTS = 8192, MAX_EVENTS = 512, MAX_LISTENERS = 4, FIRST_VERSION = 41207 };

struct state { /* one immutable state of an object, shared by the slot and the history */
	size_t references;
	struct lf_node *node;
};

struct slot {
	const struct lf_kind *kind;
	struct state *state;
	struct lf_node *applied;
	uint64_t version;
};

struct record {
	struct lf_change change;
	struct state *before, *after;
};

struct lf_store {
	struct slot *slots; /* in order of kind, namespace, name */
	size_t count, capacity;
	size_t events;
	uint64_t version;
	uint64_t oldest; /* the history holds every change after this version */
	struct record history[HISTORY];
	size_t history_count, history_start;
	struct {
		lf_store_listener_fn *call;
		void *payload;
	} listeners[MAX_LISTENERS];
	size_t listener_count;
};

static struct state *state_hold(struct state *state)
{
	if (state)
		state->references++;
	return state;
}

static void state_drop(struct state *state)
{
	if (!state || --state->references)
		return;
	lf_node_free(state->node);
	lf_free(state);
}

static void record_drop(struct record *record)
{
	state_drop(record->before);
	state_drop(record->after);
	memset(record, 0, sizeof(*record));
}

struct lf_store *lf_store_new(void)
{
	struct lf_store *store = lf_alloc(1, sizeof(*store));

	store->version = store->oldest = FIRST_VERSION;
	return store;
}

void lf_store_free(struct lf_store *store)
{
	if (!store)
		return;
	for (size_t i = 0; i < store->count; i++) {
		state_drop(store->slots[i].state);
		lf_node_free(store->slots[i].applied);
	}
	for (size_t i = 0; i < HISTORY; i++)
		record_drop(&store->history[i]);
	lf_free(store->slots);
	lf_free(store);
}

uint64_t lf_store_version(const struct lf_store *store)
{
	return store->version;
}

static int compare(const struct slot *slot, const struct lf_kind *kind, const char *namespace,
                   const char *name)
{
	int order;

	if (slot->kind->id != kind->id)
		return slot->kind->id < kind->id ? -1 : 1;
	order = strcmp(lf_tree_namespace(slot->state->node), namespace);
	return order ? order : strcmp(lf_tree_name(slot->state->node), name);
}

/* The index of the object, or where it would go. */
static size_t locate(const struct lf_store *store, const struct lf_kind *kind, const char *namespace,
                     const char *name, bool *found)
{
	size_t low = 0, high = store->count;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare(&store->slots[middle], kind, namespace, name);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct slot *find(const struct lf_store *store, const struct lf_kind *kind,
                               const char *namespace, const char *name)
{
	bool found;
	size_t index = locate(store, kind, namespace, name, &found);

	return found ? &store->slots[index] : NULL;
}

const struct lf_node *lf_store_find(const struct lf_store *store, const struct lf_kind *kind,
                                    const char *namespace, const char *name)
{
	const struct slot *slot = find(store, kind, namespace, name);

	return slot ? slot->state->node : NULL;
}

struct lf_node *lf_store_edit(const struct lf_store *store, const struct lf_kind *kind, const char *namespace,
                              const char *name)
{
	const struct slot *slot = find(store, kind, namespace, name);

	return slot ? lf_node_dup(slot->state->node) : NULL;
}

const struct lf_node *lf_store_next(const struct lf_store *store, const struct lf_kind *kind,
                                    const char *namespace, size_t *index)
{
	bool found;
	size_t first;

	if (*index == 0) {
		first = locate(store, kind, namespace ? namespace : "", "", &found);
		*index = first;
	}
	for (; *index < store->count; (*index)++) {
		const struct slot *slot = &store->slots[*index];

		if (slot->kind != kind)
			return NULL;
		if (namespace && *namespace && !lf_equal(lf_tree_namespace(slot->state->node), namespace))
			return NULL;
		(*index)++;
		return slot->state->node;
	}
	return NULL;
}

static void note_change(struct lf_store *store, enum lf_change_type type, const struct lf_kind *kind,
                        struct state *before, struct state *after)
{
	struct record *record;

	if (store->history_count == HISTORY) {
		store->oldest = store->history[store->history_start].change.version;
		record_drop(&store->history[store->history_start]);
		store->history_start = (store->history_start + 1) % HISTORY;
		store->history_count--;
	}
	record = &store->history[(store->history_start + store->history_count++) % HISTORY];
	record->before = state_hold(before);
	record->after = state_hold(after);
	record->change =
	    (struct lf_change){store->version, type, kind, before ? before->node : NULL, after->node};
	for (size_t i = 0; i < store->listener_count; i++)
		store->listeners[i].call(&record->change, store->listeners[i].payload);
}

static void set_version(struct lf_node *node, uint64_t version)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)version);
	lf_node_set_text(lf_node_set_map(node, "metadata"), "resourceVersion", text);
}

/* A copy with apiVersion, kind and metadata first, the way the API server writes them. */
static struct lf_node *ordered(const struct lf_kind *kind, const struct lf_node *node)
{
	struct lf_node *out = lf_node_new(LF_NODE_MAP);
	char api_version[128];

	lf_node_set_text(out, "apiVersion", lf_kind_api_version(kind, api_version));
	lf_node_set_text(out, "kind", kind->kind);
	for (size_t pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < lf_node_count(node); i++) {
			const char *key = lf_node_key_at(node, i);

			if (lf_equal(key, "apiVersion") || lf_equal(key, "kind") ||
			    lf_equal(key, "metadata") != (pass == 0))
				continue;
			(void)lf_node_set(out, key, lf_node_dup(lf_node_at(node, i)));
		}
	return out;
}

static bool is_desired(const struct lf_kind *kind, const char *key)
{
	return !lf_equal(key, "metadata") && !((kind->flags & LF_KIND_STATUS) && lf_equal(key, "status"));
}

static bool wants_the_same(const struct lf_kind *kind, const struct lf_node *a, const struct lf_node *b)
{
	for (size_t i = 0; i < lf_node_count(a); i++) {
		const char *key = lf_node_key_at(a, i);

		if (is_desired(kind, key) && !lf_node_equal(lf_node_at(a, i), lf_node_key(b, key)))
			return false;
	}
	return true;
}

static void complete_new(const struct lf_kind *kind, struct lf_node *node)
{
	struct lf_node *metadata = lf_node_set_map(node, "metadata");
	char uid[37], now[32];

	lf_random_uid(uid);
	lf_node_set_text(metadata, "uid", uid);
	if (!*lf_node_text(metadata, "creationTimestamp"))
		lf_node_set_text(metadata, "creationTimestamp", lf_clock(now));
	if (kind->flags & LF_KIND_GENERATION)
		lf_node_set_int(metadata, "generation", 1);
}

static void complete_old(const struct lf_kind *kind, struct lf_node *node, const struct lf_node *old)
{
	struct lf_node *metadata = lf_node_set_map(node, "metadata");
	int64_t generation = lf_node_int(old, "metadata.generation", 1);

	lf_node_set_text(metadata, "uid", lf_tree_uid(old));
	lf_node_set_text(metadata, "creationTimestamp", lf_node_text(old, "metadata.creationTimestamp"));
	lf_node_set_text(metadata, "resourceVersion", lf_node_text(old, "metadata.resourceVersion"));
	if (!(kind->flags & LF_KIND_GENERATION))
		return;
	if (!wants_the_same(kind, node, old) || !wants_the_same(kind, old, node))
		generation++;
	lf_node_set_int(metadata, "generation", generation);
}

/* Events live an hour in a real cluster; here the oldest go when there are many. */
static void forget_oldest_event(struct lf_store *store)
{
	size_t oldest = store->count;

	for (size_t i = 0; i < store->count; i++)
		if (store->slots[i].kind->id == LF_K_EVENT &&
		    (oldest == store->count || store->slots[i].version < store->slots[oldest].version))
			oldest = i;
	if (oldest < store->count) {
		char *namespace = lf_dup(lf_tree_namespace(store->slots[oldest].state->node));
		char *name = lf_dup(lf_tree_name(store->slots[oldest].state->node));

		lf_store_remove(store, store->slots[oldest].kind, namespace, name);
		lf_free(namespace);
		lf_free(name);
	}
}

static void insert(struct lf_store *store, size_t index, const struct lf_kind *kind, struct state *state)
{
	lf_grow((void **)&store->slots, &store->capacity, store->count, sizeof(*store->slots));
	memmove(&store->slots[index + 1], &store->slots[index],
	        (store->count - index) * sizeof(*store->slots));
	store->slots[index] = (struct slot){.kind = kind, .state = state, .version = store->version};
	store->count++;
	store->events += kind->id == LF_K_EVENT;
}

const struct lf_node *lf_store_put(struct lf_store *store, const struct lf_kind *kind, struct lf_node *node,
                                   struct lf_refusal *refusal)
{
	struct lf_node *fresh = ordered(kind, node);
	struct state *state, *before = NULL;
	bool found;
	size_t index;

	lf_node_free(node);
	index = locate(store, kind, lf_tree_namespace(fresh), lf_tree_name(fresh), &found);
	if (found) {
		before = store->slots[index].state;
		complete_old(kind, fresh, before->node);
		if (lf_node_equal(fresh, before->node)) {
			lf_node_free(fresh);
			return before->node;
		}
	} else if (store->count >= MAX_OBJECTS) {
		lf_node_free(fresh);
		(void)lf_refuse(refusal, 500, "", "etcdserver: mvcc: database space exceeded");
		return NULL;
	} else {
		complete_new(kind, fresh);
	}
	set_version(fresh, ++store->version);
	state = lf_alloc(1, sizeof(*state));
	*state = (struct state){.references = 1, .node = fresh};
	if (found) {
		store->slots[index].state = state;
		store->slots[index].version = store->version;
	} else {
		insert(store, index, kind, state);
	}
	note_change(store, found ? LF_MODIFIED : LF_ADDED, kind, before, state);
	state_drop(before);
	if (store->events > MAX_EVENTS)
		forget_oldest_event(store);
	return fresh;
}

void lf_store_remove(struct lf_store *store, const struct lf_kind *kind, const char *namespace,
                     const char *name)
{
	bool found;
	size_t index = locate(store, kind, namespace, name, &found);
	struct state *before, *after;

	if (!found)
		return;
	before = store->slots[index].state;
	lf_node_free(store->slots[index].applied);
	store->count--;
	memmove(&store->slots[index], &store->slots[index + 1],
	        (store->count - index) * sizeof(*store->slots));
	store->events -= kind->id == LF_K_EVENT;
	after = lf_alloc(1, sizeof(*after)); /* the last state carries the version of its deletion */
	*after = (struct state){.references = 1, .node = lf_node_dup(before->node)};
	set_version(after->node, ++store->version);
	note_change(store, LF_DELETED, kind, before, after);
	state_drop(after);
	state_drop(before);
}

const struct lf_node *lf_store_applied(const struct lf_store *store, const struct lf_kind *kind,
                                       const char *namespace, const char *name)
{
	const struct slot *slot = find(store, kind, namespace, name);

	return slot ? slot->applied : NULL;
}

void lf_store_set_applied(struct lf_store *store, const struct lf_kind *kind, const char *namespace,
                          const char *name, struct lf_node *managers)
{
	bool found;
	size_t index = locate(store, kind, namespace, name, &found);

	if (!found) {
		lf_node_free(managers);
		return;
	}
	lf_node_free(store->slots[index].applied);
	store->slots[index].applied = managers;
}

const struct lf_change *lf_store_change_after(const struct lf_store *store, uint64_t version)
{
	size_t low = 0, high = store->history_count;

	while (low < high) { /* the history is in order of versions */
		size_t middle = low + (high - low) / 2;

		if (store->history[(store->history_start + middle) % HISTORY].change.version <= version)
			low = middle + 1;
		else
			high = middle;
	}
	return low < store->history_count ? &store->history[(store->history_start + low) % HISTORY].change
	                                  : NULL;
}

bool lf_store_knows(const struct lf_store *store, uint64_t version)
{
	return version >= store->oldest;
}

void lf_store_listen(struct lf_store *store, lf_store_listener_fn *listener, void *payload)
{
	if (store->listener_count == MAX_LISTENERS)
		return;
	store->listeners[store->listener_count].call = listener;
	store->listeners[store->listener_count].payload = payload;
	store->listener_count++;
}
