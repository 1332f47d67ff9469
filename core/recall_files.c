/* recall_files: the files that rows name ("spec.interval of gitrepository.yaml"): their names in the folders of a plan, and which of those that are known is meant. Part of
 * recall. */
#include "config.h"
#include "core/recall.h"

#include <string.h>

#include "core/chart_extras.h"
#include "core/document.h"
#include "core/environments.h"
#include "core/mem.h"
#include "core/scaffold.h"
#include "core/str.h"

/* Ends FILE before " and " or " or ", and returns what follows; NULL: it was the last. */
char *lf_recall_cut(char *file)
{
	char *end = strchr(file, ' '), *next = end ? strchr(end + 1, ' ') : NULL;

	if (end)
		*end = '\0';
	return next ? next + 1 : NULL;
}

static char *with_app(const char *file, const char *app)
{
	return lf_starts_with(file, "<app>") ? lf_format("%s%s", app, file + strlen("<app>")) : lf_dup(file);
}

static void add_file(struct lf_names *out, const char *folder, const char *prefix, const char *file)
{
	char *name = lf_format("%s%s%s", prefix, *prefix ? "-" : "", file), *path = lf_path_join(folder, name);

	if (path && !lf_names_have(out, path))
		lf_names_add(out, path);
	lf_free(name);
	lf_free(path);
}

/* In the base, and where the extras of a chart lie. */
static void add_elsewhere(struct lf_names *out, const char *name, const struct lf_plan *part, const struct lf_facts *facts)
{
	static const char *const tops[] = {"extras", "secrets"};
	char *base = lf_plan_is(part, "deploymentMethod", "kustomize") ? lf_scaffold_base(part, lf_plan_text(part, "gitPath"), facts) : NULL;

	if (base && *lf_plan_text(part, "gitPath"))
		add_file(out, base, "", name);
	lf_free(base);
	for (size_t i = 0; lf_chart_extras_possible(part) && i < LF_COUNT(tops); i++) {
		char *folder = lf_chart_extras_folder(part, tops[i]);

		if (folder)
			add_file(out, folder, "", name);
		lf_free(folder);
	}
}

static void add_file_of_all(struct lf_names *out, const char *file, const struct lf_plan *plan, const struct lf_facts *facts)
{
	char *name;

	if (*file == '/') {
		add_file(out, "", "", file);
		return;
	}
	name = with_app(file, lf_plan_text(lf_plan_whole(plan), "appName"));
	add_file(out, lf_plan_text(plan, "gitopsPath"), "", name);
	for (size_t i = 0; i < lf_plan_part_count(plan); i++) {
		const struct lf_plan *part = lf_plan_part(plan, i);

		add_file(out, lf_plan_text(part, "gitopsPath"), lf_plan_environment(part), name);
		add_file(out, lf_plan_text(part, "gitopsPath"), "", name);
		if (*lf_plan_text(part, "gitPath"))
			add_file(out, lf_plan_text(part, "gitPath"), "", name);
		add_elsewhere(out, name, part, facts);
	}
	lf_free(name);
}

/* FN for each file that PLACES ("PATH of FILE and FILE (Flux), PATH of FILE") names. */
static void each_file(const char *places, struct lf_names *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	for (const char *at = places; at && (at = strstr(at, " of "));) {
		char *file = lf_dup_n(at + 4, strcspn(at + 4, ",("));

		at += 4;
		for (char *one = file, *next; one; one = next) {
			next = lf_recall_cut(one);
			if (lf_ends_with(one, ".yaml"))
				add_file_of_all(out, one, plan, facts);
		}
		lf_free(file);
	}
}

void lf_recall_files(struct lf_names *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	if (!*lf_plan_text(plan, "gitopsPath"))
		return;
	for (size_t i = 0; i < lf_plan_count(plan); i++) {
		each_file(lf_plan_at(plan, i)->question->yaml, out, plan, facts);
		each_file(lf_plan_at(plan, i)->question->recall_from, out, plan, facts);
	}
}

static bool is_name_of(const char *name, const char *app)
{
	size_t length = strlen(app);

	return lf_starts_with(name, app) && (!name[length] || name[length] == '-');
}

/* Whether OBJECT is of APP: a folder may hold the files of several applications. A project is whose Application names it. */
static bool belongs(const struct lf_node *object, const char *app, const struct lf_facts *facts)
{
	static const char *const anybodys[] = {"HelmRepository", "Namespace", "", "ExternalSecret", "SealedSecret", "Secret", "Canary"};
	const char *name = lf_node_text(object, "metadata.name"), *kind = lf_node_text(object, "kind");
	bool is_project = lf_equal(kind, "AppProject");

	for (size_t i = 0; i < LF_COUNT(anybodys); i++) {
		if (lf_equal(kind, anybodys[i]))
			return true;
	}
	for (size_t i = 0; is_project && i < lf_node_count(facts->path.documents); i++) {
		const struct lf_node *other = lf_node_at(facts->path.documents, i);

		if (is_name_of(lf_node_text(other, "metadata.name"), app) &&
		    (lf_equal(lf_node_text(other, "spec.project"), name) || lf_equal(lf_node_text(other, "spec.template.spec.project"), name)))
			return true;
	}
	return !*name || (!is_project && is_name_of(name, app));
}

static const struct lf_node *document(const char *folder, const char *prefix, const char *name, const struct lf_facts *facts)
{
	char *file = lf_format("%s%s%s", prefix, *prefix ? "-" : "", name), *path = lf_path_join(folder, file);
	const struct lf_node *found = path ? lf_node_key(facts->path.documents, path) : NULL;

	lf_free(file);
	lf_free(path);
	return found;
}

/* An object of an ApplicationSet's template, where the Applications come from a set. */
static const struct lf_node *template_of(const char *name, const char *folder, const char *environment, const struct lf_facts *facts)
{
	char *set = lf_path_join(folder, "applicationset.yaml"), *key = set ? lf_format("%s#%s", set, environment) : NULL;
	const struct lf_node *found = key ? lf_node_key(facts->path.expanded, key) : NULL;

	lf_free(set);
	lf_free(key);
	if (!lf_ends_with(name, "-app.yaml"))
		return NULL;
	return found ? found : lf_node_get(document(folder, "", "applicationset.yaml", facts), "spec.template");
}

static const struct lf_node *in_base(const char *name, const char *path, const struct lf_plan *plan, const struct lf_facts *facts)
{
	char *base = lf_plan_is(plan, "deploymentMethod", "kustomize") ? lf_scaffold_base(plan, path, facts) : NULL;
	const struct lf_node *found = base ? document(base, "", name, facts) : NULL;

	lf_free(base);
	return found;
}

/* Beside the workload: in PATH, also under the name an overlay gives it, or in the base. */
static const struct lf_node *in_workload(const char *name, const char *path, const struct lf_plan *plan, const struct lf_facts *facts)
{
	static const char *const of_base[] = {"deployment.yaml", "canary.yaml", "analysistemplate.yaml"};
	const struct lf_node *found = document(path, "", name, facts);
	const char *slash = strrchr(path, '/');

	if (!found)
		found = document(path, slash ? slash + 1 : path, name, facts);
	for (size_t i = 0; !found && i < LF_COUNT(of_base); i++)
		found = lf_equal(of_base[i], name) ? in_base(name, path, plan, facts) : NULL;
	return found;
}

static const struct lf_node *in_extras(const char *name, const char *app, const char *environment, const struct lf_facts *facts)
{
	static const char *const tops[] = {"extras", "secrets"};
	const struct lf_node *found = NULL;

	for (size_t i = 0; i < LF_COUNT(tops) && !found && *app; i++) {
		char *folder = lf_format("%s/%s%s%s", tops[i], app, *environment ? "/" : "", environment);

		found = document(folder, "", name, facts);
		lf_free(folder);
	}
	return found;
}

/* What is known of ID now, or will be, or was when the files were read. */
static const char *said(const struct lf_plan *plan, const char *id, const char *before)
{
	const char *text = lf_plan_text(plan, id);

	if (!*text)
		text = lf_plan_ahead(plan, id);
	if (!text || !*text)
		text = before;
	return text ? text : "";
}

/* FILE, as a row names it, among the files that are there: the environment's own, of all environments the first one's, or the one they share. Before the rows that say
 * where they are, that is where they were last looked for. "/.sops.yaml" is at the root of the repository. */
const struct lf_node *lf_recall_find(const char *file, const struct lf_plan *plan, const char *environment, const struct lf_facts *facts)
{
	const char *folder = said(plan, "gitopsPath", facts->path.gitops), *path = said(plan, "gitPath", facts->path.path);
	const char *app = said(lf_plan_whole(plan), "appName", facts->path.app);
	char *name = with_app(file, app);
	const struct lf_node *found;
	struct lf_names all = {0};

	/* A row above that of the environments: those there are. */
	if (lf_plan_entry(plan, "environments"))
		lf_plan_list(&all, plan, "environments");
	else if (!*environment)
		lf_environments_recall(&all, app, facts);
	found = *name == '/' ? lf_node_key(facts->path.documents, name + 1) : document(folder, environment, name, facts);
	if (!found && !*environment) {
		found = all.count ? document(folder, all.items[0], name, facts) : NULL;
	}
	if (!found)
		found = document(folder, "", name, facts);
	if (!found)
		found = template_of(name, folder, *environment || !all.count ? environment : all.items[0], facts);
	if (!found && *path && lf_starts_with(name, "base/"))
		found = in_base(name + strlen("base/"), path, plan, facts);
	else if (!found && *path)
		found = in_workload(name, path, plan, facts);
	if (!found && lf_chart_extras_possible(plan))
		found = in_extras(name, app, *environment || !all.count ? environment : all.items[0], facts);
	if (found && lf_node_get(found, "kind") && !belongs(found, app, facts))
		found = NULL;
	lf_names_dispose(&all);
	lf_free(name);
	return found;
}

const struct lf_node *lf_recall_own(const struct lf_node *object, const char *file, const struct lf_plan *plan, const struct lf_facts *facts)
{
	static const char *const same[] = {"kind", "metadata.name", "metadata.namespace"};
	const struct lf_node *found = lf_recall_find(file, plan, lf_plan_environment(plan), facts);

	for (size_t i = 0; i < LF_COUNT(same) && found; i++) {
		if (!lf_equal(lf_node_text(found, same[i]), lf_node_text(object, same[i])))
			found = NULL;
	}
	return found;
}
