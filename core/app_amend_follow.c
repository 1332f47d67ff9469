/* app_amend_follow: the part of the reducer that says what follows a commit which was taken back. Of its answers only the trailers are known, so the consumers are looked for: in
 * the files of the commit, then in the cluster. */
#include "config.h"
#include "core/app_parts.h"

#include <string.h>

#include "core/giturl.h"
#include "core/mem.h"

enum { OBJECTS_AT_MOST = 20000, FLIGHTS_AT_MOST = 50 };

/* An edit knows its owner, and what was delivered here its answers. */
static bool is_unknown(const struct lf_app *app, const struct lf_engine *engine)
{
	return app->amendment.on && !app->amendment.is_edit && !app->amendment.began_here && engine && engine->target_of;
}

static bool is_consumer(const struct lf_engine *engine, const struct lf_node *object)
{
	struct lf_ref ref = lf_ref_of(object);
	bool found = false;

	for (size_t i = 0; i < engine->consumer_count && !found; i++)
		found = lf_equal(ref.kind, engine->kinds[i].kind) && lf_equal(ref.group, engine->kinds[i].group);
	lf_ref_dispose(&ref);
	return found;
}

/* The consumers that the commit leaves in the provider's own files: with the application's NAME; NULL: all. */
static void add_pushed(struct lf_node *out, const struct lf_app *app, const struct lf_engine *engine, const char *name)
{
	for (size_t i = 0; i < app->documents.count; i++) {
		const struct lf_node *tree = app->documents.items[i].tree;

		for (size_t k = 0; app->documents.items[i].registers && k < lf_node_count(tree); k++) {
			const struct lf_node *object = lf_node_at(tree, k);

			if (is_consumer(engine, object) && (!name || lf_equal(lf_node_text(object, "metadata.name"), name)))
				lf_node_add(out, lf_node_dup(object));
		}
	}
}

static bool has(const struct lf_node *list, const struct lf_ref *ref)
{
	bool found = false;

	for (size_t i = 0; i < lf_node_count(list) && !found; i++) {
		struct lf_ref other = lf_ref_of(lf_node_at(list, i));

		found = lf_ref_equal(&other, ref);
		lf_ref_dispose(&other);
	}
	return found;
}

/* Whether CONSUMER reads the delivery's folder of this branch, or one below it. */
static bool reads_below(const struct lf_app *app, const struct lf_engine *engine, const struct lf_objects *objects, const struct lf_node *consumer)
{
	const char *branch = lf_plan_text(app->plan, "gitBranch");
	struct lf_origin origin = {0};
	char *folder;
	bool reads;

	engine->origin(&origin, objects, consumer);
	folder = lf_path_join("", origin.path);
	reads = folder && *folder && lf_git_url_same(origin.repository, lf_plan_text(app->plan, "gitRepoUrl")) &&
		(lf_equal(origin.revision, branch) || (lf_equal(origin.revision, "HEAD") && lf_equal(branch, app->facts.repository.default_branch))) &&
		lf_path_contains(lf_plan_text(app->plan, "gitPath"), folder);
	lf_free(folder);
	lf_origin_dispose(&origin);
	return reads;
}

/* Those of the cluster: with that NAME; NULL: those that read what was pushed. */
static void add_live(struct lf_node *out, const struct lf_app *app, const struct lf_engine *engine, const char *name)
{
	const struct lf_node *consumers = app->facts.cluster.consumers;
	struct lf_objects *objects = lf_objects_new(OBJECTS_AT_MOST);

	for (size_t i = 0; !name && i < lf_node_count(consumers); i++)
		lf_objects_put(objects, lf_node_dup(lf_node_at(consumers, i))); /* their sources are among them */
	for (size_t i = 0; i < lf_node_count(consumers); i++) {
		const struct lf_node *consumer = lf_node_at(consumers, i);
		struct lf_ref ref = lf_ref_of(consumer);

		if (is_consumer(engine, consumer) && !has(out, &ref) && (name ? lf_equal(ref.name, name) : reads_below(app, engine, objects, consumer)))
			lf_node_add(out, lf_node_dup(consumer));
		lf_ref_dispose(&ref);
	}
	lf_objects_free(objects);
}

/* The one of the application's name, if there is just one; else all that the commit reaches. The caller frees. */
static struct lf_node *find_consumers(const struct lf_app *app, const struct lf_engine *engine)
{
	const char *name = lf_plan_text(app->plan, "appName");
	struct lf_node *list = lf_node_new(LF_NODE_LIST);

	add_pushed(list, app, engine, name);
	if (!lf_node_count(list))
		add_live(list, app, engine, name);
	if (lf_node_count(list) == 1)
		return list;
	lf_node_free(list);
	list = lf_node_new(LF_NODE_LIST);
	add_pushed(list, app, engine, NULL);
	add_live(list, app, engine, NULL);
	return list;
}

static void aim(struct lf_flight *flight, const struct lf_app *app, const struct lf_engine *engine, const struct lf_node *consumer)
{
	struct lf_target *target = &flight->target;

	engine->target_of(target, consumer);
	lf_set(&target->repository, lf_plan_text(app->plan, "gitRepoUrl"));
	lf_set(&target->path, lf_plan_text(app->plan, "gitPath"));
	lf_set(&target->commit, app->delivery.commit);
	lf_set(&target->context, app->facts.cluster.context);
	if (target->wanted) /* the commit is not looked for in a chart: who applies the release from Git is to be asked */
		(void)lf_app_find_parent(&target->parent, app, target->path);
}

size_t lf_amendment_flights(struct lf_flight **out, const struct lf_app *app)
{
	const struct lf_engine *engine = lf_plan_engine(app->plan);
	const char *name = lf_plan_text(app->plan, "appName");
	struct lf_node *consumers;
	struct lf_flight *flights;
	size_t count;

	if (!is_unknown(app, engine))
		return 0;
	consumers = find_consumers(app, engine);
	count = lf_node_count(consumers) < FLIGHTS_AT_MOST ? lf_node_count(consumers) : FLIGHTS_AT_MOST;
	flights = lf_alloc(count, sizeof(*flights));
	for (size_t i = 0; i < count; i++) {
		const char *own = lf_node_text(lf_node_at(consumers, i), "metadata.name");
		size_t prefix = lf_starts_with(own, name) && own[strlen(name)] == '-' ? strlen(name) + 1 : 0;

		flights[i].name = lf_dup(count > 1 ? own + prefix : "");
		aim(&flights[i], app, engine, lf_node_at(consumers, i));
	}
	lf_node_free(consumers);
	if (!count)
		lf_free(flights);
	else
		*out = flights;
	return count;
}
