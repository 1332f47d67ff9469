/* later_walk: see later_walk.h. */
#include "config.h"
#include "providers/git/later_walk.h"

#include <string.h>

#include "core/mem.h"

enum { DEPTH_FACTOR = 8 };
#define CLOCKS_DIFFER_S ((int64_t)24 * 3600) /* so much may a parent be younger than its child */

struct lf_git_met {
	char id[LF_GIT_ID_SIZE], tree[LF_GIT_ID_SIZE];
	char (*parents)[LF_GIT_ID_SIZE];
	size_t parent_count;
	int64_t time;
	bool after; /* it contains what the walk goes back to */
};

static struct lf_git_met *find(const struct lf_git_walk *walk, const char *id)
{
	for (size_t i = 0; i < walk->met_count; i++)
		if (!strcmp(walk->met[i].id, id))
			return &walk->met[i];
	return NULL;
}

bool lf_git_walk_met(const struct lf_git_walk *walk, const char *id)
{
	return find(walk, id) != NULL;
}

static void forget(struct lf_git_walk *walk)
{
	for (size_t i = 0; i < walk->met_count; i++)
		lf_free(walk->met[i].parents);
	walk->met_count = walk->count = 0;
	walk->whole = false;
}

void lf_git_walk_dispose(struct lf_git_walk *walk)
{
	forget(walk);
	lf_free(walk->met);
	lf_free(walk->items);
	memset(walk, 0, sizeof(*walk));
}

struct gathering {
	struct lf_git_walk *walk;
	const struct lf_objects_module *module;
	struct lf_objects_store *store;
	char cut[LF_GIT_ID_SIZE]; /* a commit that is not in the store; "": none */
};

static int meet(struct gathering *gathering, const char *id, struct lf_error *err)
{
	struct lf_git_walk *walk = gathering->walk;
	struct lf_objects_commit commit;
	struct lf_objects_words words = {0};
	struct lf_git_met *met;
	int rc;

	if (find(walk, id))
		return LF_OK;
	if (!gathering->module->has(gathering->store, id)) {
		if (!*gathering->cut)
			memcpy(gathering->cut, id, LF_GIT_ID_SIZE);
		return LF_OK;
	}
	rc = gathering->module->commit(&commit, gathering->store, id, err);
	if (!rc)
		rc = gathering->module->words(&words, gathering->store, id, err);
	lf_free(words.message);
	lf_free(words.author);
	lf_free(words.email);
	if (rc) {
		lf_free(commit.parents);
		return rc;
	}
	lf_grow((void **)&walk->met, &walk->met_capacity, walk->met_count, sizeof(*walk->met));
	met = &walk->met[walk->met_count++];
	memset(met, 0, sizeof(*met));
	memcpy(met->id, id, LF_GIT_ID_SIZE);
	memcpy(met->tree, commit.tree, LF_GIT_ID_SIZE);
	met->parents = commit.parents;
	met->parent_count = commit.parent_count;
	met->time = words.time;
	return LF_OK;
}

/* Everything that may have come after SINCE. */
static int gather(struct gathering *gathering, const char *tip, const char *since, struct lf_error *err)
{
	struct lf_git_walk *walk = gathering->walk;
	const struct lf_git_met *end;
	int64_t oldest;
	int rc = meet(gathering, since, err);

	if (rc)
		return rc;
	*gathering->cut = '\0'; /* how far it is to there, the way from the tip tells */
	end = find(walk, since);
	oldest = end ? end->time - CLOCKS_DIFFER_S : INT64_MIN;
	rc = meet(gathering, tip, err);
	for (size_t i = end ? 1 : 0; i < walk->met_count && walk->met_count < walk->limit && !rc; i++) {
		for (size_t k = 0; k < walk->met[i].parent_count && walk->met[i].time >= oldest && !rc; k++) {
			char parent[LF_GIT_ID_SIZE];

			memcpy(parent, walk->met[i].parents[k], sizeof(parent));
			rc = meet(gathering, parent, err);
		}
	}
	return rc;
}

/* Which of them contain the one that the walk goes back to: found from parents to children until nothing is new. */
static void mark(struct lf_git_walk *walk, const char *since)
{
	struct lf_git_met *end = find(walk, since);
	bool more = end != NULL;

	if (end)
		end->after = true;
	while (more) {
		more = false;
		for (size_t i = walk->met_count; i-- > 0;) {
			struct lf_git_met *met = &walk->met[i];

			for (size_t k = 0; k < met->parent_count && !met->after; k++) {
				const struct lf_git_met *parent = find(walk, met->parents[k]);

				met->after = parent && parent->after;
				more |= met->after;
			}
		}
	}
}

static void follow(struct lf_git_walk *walk, const char *tip, const char *since)
{
	const struct lf_git_met *met = find(walk, tip);

	while (met && met->after && strcmp(met->id, since) != 0) {
		const struct lf_git_met *parent = met->parent_count ? find(walk, met->parents[0]) : NULL;
		struct lf_git_walked *walked;

		if (!parent || !parent->after) /* this one brought it */
			break;
		lf_grow((void **)&walk->items, &walk->capacity, walk->count, sizeof(*walk->items));
		walked = &walk->items[walk->count++];
		memcpy(walked->id, met->id, sizeof(walked->id));
		memcpy(walked->tree, met->tree, sizeof(walked->tree));
		memcpy(walked->before, parent->tree, sizeof(walked->before));
		met = parent;
	}
	walk->whole = met && met->after;
}

/* What a commit changed is told by its parent: NULL if that is in the store. */
static const char *lacking_parent(const struct gathering *gathering, const char *id)
{
	const struct lf_git_met *met = find(gathering->walk, id);
	const char *parent = met && met->parent_count ? met->parents[0] : NULL;

	return parent && !gathering->module->has(gathering->store, parent) ? parent : NULL;
}

int lf_git_walk(struct lf_git_walk *walk, const struct lf_objects_module *module, struct lf_objects_store *store,
                struct lf_git_want *want, const char *since, struct lf_error *err)
{
	struct gathering gathering = {.walk = walk, .module = module, .store = store};
	const char *parent;
	int rc;

	forget(walk);
	rc = gather(&gathering, want->commit, since, err);
	if (rc)
		return rc;
	mark(walk, since);
	follow(walk, want->commit, since);
	/* The same again: the server's own history ends here. */
	parent = lacking_parent(&gathering, since);
	if (parent)
		memcpy(gathering.cut, parent, sizeof(gathering.cut));
	else if (walk->whole)
		*gathering.cut = '\0';
	if (*gathering.cut && strcmp(gathering.cut, walk->cut) != 0) {
		memcpy(walk->cut, gathering.cut, sizeof(walk->cut));
		if (module->has(store, want->commit))
			want->depth = want->depth * DEPTH_FACTOR < (int)walk->limit ? want->depth * DEPTH_FACTOR : (int)walk->limit;
		lf_git_missing_add(&want->missing, gathering.cut);
		want->missing.commit = true;
	}
	return LF_OK;
}
