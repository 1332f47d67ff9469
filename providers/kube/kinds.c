/* kinds: which group, version and plural a kind has. What the API server said is kept; a kind that is not known is asked for each time, since its CRD may have been
 * installed meanwhile. All versions of a group are asked: the one a group prefers need not serve every kind of it. */
#include "config.h"
#include "providers/kube/internal.h"

#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/text.h"

#define KINDS_MAX 5000
#define VERSIONS_MAX 12

static void add_kind(struct kube_kinds *kinds, const char *group, const char *version, const struct lf_node *resource)
{
	const char *kind = lf_node_text(resource, "kind"), *plural = lf_node_text(resource, "name");
	struct lf_served_kind *slot;

	/* "deployments/scale" is a part of an object, not a kind of its own. */
	if (!*kind || !*plural || strchr(plural, '/') || kinds->count >= KINDS_MAX || kube_kinds_find(kinds, group, version, kind))
		return;
	lf_grow((void **)&kinds->items, &kinds->capacity, kinds->count, sizeof(*kinds->items));
	slot = &kinds->items[kinds->count++];
	slot->group = lf_dup(group);
	slot->version = lf_dup(version);
	slot->kind = lf_dup(kind);
	slot->plural = lf_dup(plural);
	slot->namespaced = lf_node_true(resource, "namespaced");
}

void kube_kinds_learn(struct kube_kinds *kinds, const struct lf_node *list)
{
	const char *whole = lf_node_text(list, "groupVersion"), *slash = strchr(whole, '/');
	const struct lf_node *resources = lf_node_key(list, "resources");
	char *group = slash ? lf_dup_n(whole, (size_t)(slash - whole)) : lf_dup("");
	size_t i;

	for (i = 0; *whole && i < lf_node_count(resources); i++)
		add_kind(kinds, group, slash ? slash + 1 : whole, lf_node_at(resources, i));
	lf_free(group);
}

const struct lf_served_kind *kube_kinds_find(const struct kube_kinds *kinds, const char *group, const char *version, const char *kind)
{
	const struct lf_cluster_facts known = {.kinds = kinds->items, .kind_count = kinds->count};
	size_t i;

	if (!version)
		version = lf_cluster_version_of(&known, group, kind);
	for (i = 0; version && i < kinds->count; i++)
		if (!strcmp(kinds->items[i].kind, kind) && !strcmp(kinds->items[i].group, group) && !strcmp(kinds->items[i].version, version))
			return &kinds->items[i];
	return NULL;
}

void kube_kinds_dispose(struct kube_kinds *kinds)
{
	size_t i;

	for (i = 0; i < kinds->count; i++) {
		lf_free(kinds->items[i].group);
		lf_free(kinds->items[i].version);
		lf_free(kinds->items[i].kind);
		lf_free(kinds->items[i].plural);
	}
	lf_free(kinds->items);
	memset(kinds, 0, sizeof(*kinds));
}

void kube_fail_unserved(struct lf_error *err, const struct lf_ref *ref, const char *version)
{
	struct lf_str what = {0}, clean = {0};

	lf_str_addf(&what, "%s of %s%s%s", ref->kind, *ref->group ? ref->group : "the core group", version ? "/" : "", version ? version : "");
	lf_text_clean(&clean, lf_str_text(&what), what.length, 200);
	(void)lf_fail(err, LF_ENOTFOUND, "kube", 404, "this cluster does not know the kind %s", lf_str_text(&clean));
	lf_hint(err, "Install what brings its CRD (Flux, Argo CD, …), or choose another context.");
	lf_str_dispose(&what);
	lf_str_dispose(&clean);
}

struct kube_lookup {
	struct lf_kube *kube;
	char *group, *version, *kind; /* version may be NULL */
	struct lf_names versions;     /* still to be asked */
	size_t next;
	struct kube_exchange *exchange;
	struct lf_error forbidden; /* looking is not allowed: "not served" would be a guess */
	kube_lookup_fn *done;
	void *payload;
};

static void free_lookup(struct kube_lookup *lookup)
{
	kube_exchange_cancel(&lookup->exchange);
	lf_names_dispose(&lookup->versions);
	lf_free(lookup->group);
	lf_free(lookup->version);
	lf_free(lookup->kind);
	lf_free(lookup);
}

static void finish(struct kube_lookup *lookup, const struct lf_error *err)
{
	const struct lf_served_kind *found = kube_kinds_find(&lookup->kube->kinds, lookup->group, lookup->version, lookup->kind);
	struct lf_error forbidden = lookup->forbidden;
	kube_lookup_fn *done = lookup->done;
	void *payload = lookup->payload;

	free_lookup(lookup);
	done(found, err ? err : !found && forbidden.code ? &forbidden : NULL, payload);
}

static void ask(struct kube_lookup *lookup, const char *path, void (*done)(struct kube_answer *answer, void *payload))
{
	const struct kube_ask question = {.method = "GET", .path = path};
	const struct kube_exchange_handler handler = {.done = done, .payload = lookup};

	lookup->exchange = kube_exchange_start(lookup->kube, &question, &handler);
}

static void on_version(struct kube_answer *answer, void *payload);

static void ask_next(struct kube_lookup *lookup)
{
	struct lf_str path = {0};

	if (lookup->next >= lookup->versions.count) {
		finish(lookup, NULL);
		return;
	}
	kube_path_group(&path, lookup->group, lookup->versions.items[lookup->next++]);
	ask(lookup, lf_str_text(&path), on_version);
	lf_str_dispose(&path);
}

/* A version that is not served, or not for us, does not hide the others; anything else ends it. */
static bool is_fatal(struct kube_lookup *lookup, const struct lf_error *err)
{
	if (err->code == LF_EFORBIDDEN)
		lookup->forbidden = *err;
	return err->code != LF_OK && err->code != LF_ENOTFOUND && err->code != LF_EFORBIDDEN;
}

static void on_version(struct kube_answer *answer, void *payload)
{
	struct kube_lookup *lookup = payload;
	struct lf_node *list = NULL;

	lookup->exchange = NULL;
	if (is_fatal(lookup, &answer->error)) {
		finish(lookup, &answer->error);
		return;
	}
	if (answer->error.code == LF_OK && lf_json_parse(&list, lf_str_text(&answer->body), answer->body.length, NULL) == LF_OK)
		kube_kinds_learn(&lookup->kube->kinds, list);
	lf_node_free(list);
	ask_next(lookup);
}

static void on_group(struct kube_answer *answer, void *payload)
{
	struct kube_lookup *lookup = payload;
	struct lf_node *group = NULL;
	const struct lf_node *versions;
	size_t i;

	lookup->exchange = NULL;
	if (is_fatal(lookup, &answer->error)) {
		finish(lookup, &answer->error);
		return;
	}
	if (answer->error.code == LF_OK && lf_json_parse(&group, lf_str_text(&answer->body), answer->body.length, NULL) == LF_OK) {
		versions = lf_node_key(group, "versions");
		for (i = 0; i < lf_node_count(versions) && i < VERSIONS_MAX; i++)
			lf_names_add(&lookup->versions, lf_node_text(lf_node_at(versions, i), "version"));
	}
	lf_node_free(group);
	ask_next(lookup);
}

struct kube_lookup *kube_lookup_start(struct lf_kube *kube, const char *group, const char *version, const char *kind, kube_lookup_fn *done,
				      void *payload)
{
	struct kube_lookup *lookup = lf_alloc(1, sizeof(*lookup));
	struct lf_str path = {0};

	lookup->kube = kube;
	lookup->group = lf_dup(group);
	lookup->version = lf_dup(version);
	lookup->kind = lf_dup(kind);
	lookup->done = done;
	lookup->payload = payload;
	if (version || !*group) {
		lf_names_add(&lookup->versions, version ? version : "v1");
		ask_next(lookup);
	} else {
		lf_str_add(&path, "/apis/");
		kube_path_escape(&path, group);
		ask(lookup, lf_str_text(&path), on_group);
	}
	lf_str_dispose(&path);
	return lookup;
}

void kube_lookup_cancel(struct kube_lookup **slot)
{
	if (*slot)
		free_lookup(*slot);
	*slot = NULL;
}
