/* owner: see owner.h. What a claim is and what a list is, the engines know. */
#include "config.h"
#include "core/owner.h"

#include <string.h>

#include "core/engine.h"
#include "core/mem.h"

enum { CLIMB_AT_MOST = 8, LINKS_AT_MOST = 16 };

const char *lf_owner_word(enum lf_owner_state state)
{
	static const char *const words[] = {"none", "confirmed", "not-listed", "not-labelled", "contested", "owner-gone"};

	return words[state];
}

void lf_origin_dispose(struct lf_origin *origin)
{
	lf_ref_dispose(&origin->source);
	lf_free(origin->repository);
	lf_free(origin->revision);
	lf_free(origin->applied);
	lf_free(origin->path);
	lf_free(origin->values);
	memset(origin, 0, sizeof(*origin));
}

void lf_owner_chain_dispose(struct lf_owner_chain *chain)
{
	for (size_t i = 0; i < chain->count; i++) {
		lf_ref_dispose(&chain->links[i].object);
		lf_ref_dispose(&chain->links[i].owner);
		lf_ref_dispose(&chain->links[i].claimed);
		lf_origin_dispose(&chain->links[i].origin);
	}
	lf_free(chain->links);
	lf_refs_dispose(&chain->climbed);
	memset(chain, 0, sizeof(*chain));
}

struct lf_ref lf_owner_above(const struct lf_objects *objects, const struct lf_ref *ref)
{
	const struct lf_node *owners = lf_node_get(lf_objects_get(objects, ref), "metadata.ownerReferences");
	struct lf_ref above = {0};

	for (size_t i = 0; i < lf_node_count(owners); i++) {
		const struct lf_node *owner = lf_node_at(owners, i);
		const char *version = lf_node_text(owner, "apiVersion"), *slash = strchr(version, '/');
		char *group;

		if (!lf_node_true(owner, "controller"))
			continue;
		group = lf_dup_n(version, slash ? (size_t)(slash - version) : 0);
		above = lf_ref_new(group, lf_node_text(owner, "kind"), ref->namespace, lf_node_text(owner, "name"));
		lf_free(group);
		break;
	}
	return above;
}

static bool is_consumer(const struct lf_engine *engine, const struct lf_ref *ref)
{
	for (size_t i = 0; i < engine->consumer_count; i++) {
		if (lf_equal(engine->kinds[i].kind, ref->kind) && lf_equal(engine->kinds[i].group, ref->group))
			return true;
	}
	return false;
}

/* CLAIMED may leave the namespace out. */
static bool is_claimed_one(const struct lf_ref *consumer, const struct lf_ref *claimed)
{
	return lf_equal(consumer->kind, claimed->kind) && lf_equal(consumer->group, claimed->group) && lf_equal(consumer->name, claimed->name) &&
	       (!*claimed->namespace || lf_equal(consumer->namespace, claimed->namespace));
}

/* Completes CLAIMED from what exists. False: there is no such object. */
static bool find_claimed(struct lf_ref *claimed, const struct lf_objects *objects)
{
	size_t index = 0;
	const struct lf_node *object;

	while ((object = lf_objects_next_of_kind(objects, claimed->group, claimed->kind, NULL, &index))) {
		struct lf_ref self = lf_ref_of(object);
		bool found = is_claimed_one(&self, claimed);

		if (found) {
			lf_ref_dispose(claimed);
			*claimed = self;
			return true;
		}
		lf_ref_dispose(&self);
	}
	return false;
}

/* The consumer that OBJECT's marks name; NULL: none do. */
static const struct lf_engine *find_claim(struct lf_ref *out, const struct lf_catalog *catalog, const struct lf_node *object)
{
	for (size_t i = 0; i < lf_catalog_engine_count(catalog); i++) {
		const struct lf_engine *engine = lf_catalog_engine_by_index(catalog, i);

		if (engine->claim && engine->claim(out, object))
			return engine;
	}
	return NULL;
}

/* The consumer whose own list has REF: CLAIMED if it does, else the first other one. A consumer that lists itself (a bootstrapped root does) owns itself. */
static const struct lf_engine *find_list(struct lf_ref *out, const struct lf_catalog *catalog, const struct lf_objects *objects, const struct lf_ref *ref,
					 const struct lf_ref *claimed)
{
	const struct lf_engine *found = NULL;

	for (size_t i = 0; i < lf_objects_count(objects); i++) {
		const struct lf_node *consumer = lf_objects_at(objects, i);
		struct lf_ref self = lf_ref_of(consumer);
		bool is_claimed = lf_ref_equal(&self, claimed);

		for (size_t e = 0; e < lf_catalog_engine_count(catalog) && (!found || is_claimed); e++) {
			const struct lf_engine *engine = lf_catalog_engine_by_index(catalog, e);

			if (!engine->lists || !is_consumer(engine, &self) || !engine->lists(consumer, ref))
				continue;
			found = engine;
			lf_ref_dispose(out);
			*out = lf_ref_dup(&self);
		}
		lf_ref_dispose(&self);
		if (found && is_claimed)
			break;
	}
	return found;
}

static void add_link(struct lf_owner_chain *out, const struct lf_catalog *catalog, const struct lf_objects *objects, const struct lf_ref *ref)
{
	const struct lf_node *object = lf_objects_get(objects, ref), *consumer;
	struct lf_ref claimed = {0}, listing = {0};
	const struct lf_engine *claims = find_claim(&claimed, catalog, object), *lists;
	bool exists = claims && find_claimed(&claimed, objects);
	struct lf_owner_link *link;

	lists = find_list(&listing, catalog, objects, ref, &claimed);
	lf_grow((void **)&out->links, &out->capacity, out->count, sizeof(*out->links));
	link = &out->links[out->count++];
	memset(link, 0, sizeof(*link));
	link->object = lf_ref_dup(ref);
	if (lists)
		link->state = !claims ? LF_OWNER_UNCLAIMED : lf_ref_equal(&listing, &claimed) ? LF_OWNER_CONFIRMED : LF_OWNER_CONTESTED;
	else if (claims)
		link->state = exists ? LF_OWNER_UNLISTED : LF_OWNER_GONE;
	if (lists)
		link->owner = lf_ref_dup(&listing);
	else if (claims)
		link->owner = lf_ref_dup(&claimed);
	if (link->state == LF_OWNER_CONTESTED)
		link->claimed = lf_ref_dup(&claimed);
	consumer = lf_objects_get(objects, &link->owner);
	if (consumer && (lists ? lists : claims)->origin)
		(lists ? lists : claims)->origin(&link->origin, objects, consumer);
	lf_ref_dispose(&claimed);
	lf_ref_dispose(&listing);
}

void lf_owner_find(struct lf_owner_chain *out, const struct lf_catalog *catalog, const struct lf_objects *objects, const struct lf_ref *ref)
{
	struct lf_ref at = lf_ref_dup(ref);

	/* Controllers' children carry no marks of their own; the one on top does. */
	for (int i = 0; i < CLIMB_AT_MOST && lf_ref_is_set(&at) && !lf_refs_have(&out->climbed, &at); i++) {
		struct lf_ref above = lf_owner_above(objects, &at);

		lf_refs_add(&out->climbed, at);
		at = above;
	}
	lf_ref_dispose(&at);
	if (!out->climbed.count)
		return;
	at = lf_ref_dup(&out->climbed.items[out->climbed.count - 1]);
	while (out->count < LINKS_AT_MOST) {
		bool seen = false;

		for (size_t i = 0; i < out->count; i++)
			seen = seen || lf_ref_equal(&out->links[i].object, &at);
		/* A root that applies itself, or two that apply each other: the end. A consumer that nobody owns is where GitOps begins: no link. */
		if (seen || !lf_objects_get(objects, &at))
			break;
		add_link(out, catalog, objects, &at);
		lf_ref_dispose(&at);
		at = lf_ref_dup(&out->links[out->count - 1].owner);
		if (!lf_ref_is_set(&at))
			break;
	}
	lf_ref_dispose(&at);
	if (out->count > 1 && out->links[out->count - 1].state == LF_OWNER_NONE) { /* the root: it was applied by hand */
		out->count--;
		lf_ref_dispose(&out->links[out->count].object);
	}
}
