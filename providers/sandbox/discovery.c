/* discovery: what is served: version, health, groups and resources, all from the table of kinds. */
#include "config.h"
#include "providers/sandbox/request.h"

#include <string.h>

#include "core/mem.h"
#include "core/node.h"
#include "providers/sandbox/tree.h"

static const char review_group[] = "authorization.k8s.io";

static void add_words(struct lf_node *map, const char *key, const char *words)
{
	while (*words) {
		size_t length = strcspn(words, " ");
		char *word = lf_dup_n(words, length);

		lf_node_add_text(lf_node_set_list(map, key), word);
		lf_free(word);
		words += length + (words[length] == ' ');
	}
}

static struct lf_node *version(void)
{
	struct lf_node *out = lf_node_new(LF_NODE_MAP);

	lf_node_set_text(out, "major", "1");
	lf_node_set_text(out, "minor", "35");
	lf_node_set_text(out, "gitVersion", "v1.35.4");
	lf_node_set_text(out, "gitCommit", "");
	lf_node_set_text(out, "gitTreeState", "clean");
	lf_node_set_text(out, "platform", "linux/amd64");
	return out;
}

static struct lf_node *start(const char *api_version, const char *kind)
{
	struct lf_node *out = lf_node_new(LF_NODE_MAP);

	lf_node_set_text(out, "kind", kind);
	if (*api_version)
		lf_node_set_text(out, "apiVersion", api_version);
	return out;
}

static void add_resource(struct lf_node *list, const struct lf_kind *kind)
{
	struct lf_node *row = lf_node_add_map(list);

	lf_node_set_text(row, "name", kind->plural);
	lf_node_set_text(row, "singularName", kind->singular);
	lf_node_set_bool(row, "namespaced", kind->flags & LF_KIND_NAMESPACED);
	lf_node_set_text(row, "kind", kind->kind);
	add_words(row, "verbs", "create delete get list patch update watch");
	add_words(row, "shortNames", kind->short_names);
	add_words(row, "categories", kind->categories);
	if (!(kind->flags & LF_KIND_LOG))
		return;
	row = lf_node_add_map(list);
	lf_node_set_text(row, "name", "pods/log");
	lf_node_set_text(row, "singularName", "");
	lf_node_set_bool(row, "namespaced", true);
	lf_node_set_text(row, "kind", "Pod");
	add_words(row, "verbs", "get");
}

/* NULL if the group and version are not served. */
static struct lf_node *resources(const char *group, const char *version_name)
{
	struct lf_node *out = start(*group ? "v1" : "", "APIResourceList"), *list;
	char *name = lf_format("%s%s%s", group, *group ? "/" : "", version_name);

	lf_node_set_text(out, "groupVersion", name);
	lf_free(name);
	list = lf_node_set_list(out, "resources");
	for (size_t i = 0; i < LF_K_COUNT; i++)
		if (lf_equal(lf_kind_at(i)->group, group) && lf_equal(lf_kind_at(i)->version, version_name))
			add_resource(list, lf_kind_at(i));
	if (lf_equal(group, review_group) && lf_equal(version_name, "v1")) {
		struct lf_node *row = lf_node_add_map(list);

		lf_node_set_text(row, "name", "selfsubjectaccessreviews");
		lf_node_set_text(row, "singularName", "selfsubjectaccessreview");
		lf_node_set_bool(row, "namespaced", false);
		lf_node_set_text(row, "kind", "SelfSubjectAccessReview");
		add_words(row, "verbs", "create");
	}
	if (lf_node_count(list))
		return out;
	lf_node_free(out);
	return NULL;
}

static void fill_group(struct lf_node *out, const char *group, const char *version_name)
{
	char *name = lf_format("%s/%s", group, version_name);
	struct lf_node *row;

	lf_node_set_text(out, "name", group);
	row = lf_node_add_map(lf_node_set_list(out, "versions"));
	lf_node_set_text(row, "groupVersion", name);
	lf_node_set_text(row, "version", version_name);
	row = lf_node_set_map(out, "preferredVersion");
	lf_node_set_text(row, "groupVersion", name);
	lf_node_set_text(row, "version", version_name);
	lf_free(name);
}

/* Every group has one version here. */
static const char *version_of(const char *group)
{
	for (size_t i = 0; *group && i < LF_K_COUNT; i++)
		if (lf_equal(lf_kind_at(i)->group, group))
			return lf_kind_at(i)->version;
	return lf_equal(group, review_group) ? "v1" : NULL;
}

static struct lf_node *groups(void)
{
	struct lf_node *out = start("v1", "APIGroupList"), *list = lf_node_set_list(out, "groups");
	const char *last = "";

	for (size_t i = 0; i < LF_K_COUNT; i++) {
		const struct lf_kind *kind = lf_kind_at(i);

		if (!lf_equal(kind->group, last))
			fill_group(lf_node_add_map(list), kind->group, kind->version);
		last = kind->group;
	}
	fill_group(lf_node_add_map(list), review_group, "v1");
	return out;
}

static struct lf_node *one_group(const char *path)
{
	char *group = lf_dup(path + strlen("/apis/"));
	struct lf_node *out = NULL;

	group[strcspn(group, "/")] = '\0';
	if (version_of(group)) {
		out = start("v1", "APIGroup");
		fill_group(out, group, version_of(group));
	}
	lf_free(group);
	return out;
}

static struct lf_node *api_versions(void)
{
	struct lf_node *out = start("", "APIVersions");

	lf_node_add_text(lf_node_set_list(out, "versions"), "v1");
	return out;
}

void lf_discovery_handle(const struct lf_request *request, struct lf_reply *reply)
{
	struct lf_node *answer = NULL;
	char *path = lf_dup(request->path);
	size_t length = strlen(path);

	if (length > 1 && path[length - 1] == '/')
		path[length - 1] = '\0';
	if (!lf_equal(request->method, "GET"))
		lf_reply_text(reply, 405, "405 method not allowed\n");
	else if (lf_equal(path, "/livez") || lf_equal(path, "/readyz") || lf_equal(path, "/healthz"))
		lf_reply_text(reply, 200, "ok");
	else if (lf_equal(path, "/version"))
		answer = version();
	else if (lf_equal(path, "/api"))
		answer = api_versions();
	else if (lf_equal(path, "/apis"))
		answer = groups();
	else if (request->version && *request->version && !*request->plural)
		answer = resources(request->group, request->version);
	else if (lf_starts_with(path, "/apis/"))
		answer = one_group(path);
	if (answer)
		lf_reply_object(reply, 200, answer);
	else if (!reply->code)
		lf_reply_text(reply, 404, "404 page not found\n");
	lf_node_free(answer);
	lf_free(path);
}
