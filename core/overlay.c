/* overlay: see overlay.h. Knows names of folders, and nothing of what is written into them. */
#include "config.h"
#include "core/overlay.h"

#include <string.h>

#include "core/document.h"
#include "core/mem.h"
#include "core/str.h"

/* The last one has no folder of its own: see is_beside_base(). */
static const char *const homes[] = {"overlays", "envs", "environments", ""};
enum { NAMED = LF_COUNT(homes) - 1 };

bool lf_is_environment(const char *name, size_t length)
{
	static const struct {
		const char *word;
		bool more; /* "prod-eu" is one, too */
	} words[] = {{"dev", true},  {"develop", false}, {"development", true}, {"test", false},    {"testing", false}, {"qa", false},	      {"uat", false},	   {"integration", false},
		     {"stg", false}, {"stage", true},	 {"staging", true},	{"preprod", false}, {"prd", false}, {"prod", true}, {"production", true}};

	for (size_t i = 0; i < LF_COUNT(words); i++) {
		size_t n = strlen(words[i].word);

		if (length >= n && !strncmp(name, words[i].word, n) && (length == n || (words[i].more && name[n] == '-' && length > n + 1)))
			return true;
	}
	return false;
}

const char *lf_overlay_home_named(const char *name)
{
	size_t length = strlen(name);

	if (!length || name[length - 1] != '/')
		return NULL;
	for (size_t i = 0; i < NAMED; i++) {
		if (strlen(homes[i]) == length - 1 && lf_starts_with(name, homes[i]))
			return homes[i];
	}
	return lf_is_environment(name, length - 1) ? homes[NAMED] : NULL;
}

static bool has(const struct lf_names *tree, const char *above, const char *name, const char *end)
{
	char *path = lf_format("%s%s%s%s", above, *above ? "/" : "", name, end);
	bool found = tree && lf_names_have(tree, path);

	lf_free(path);
	return found;
}

static bool has_folder(const struct lf_names *tree, const char *above, const char *name)
{
	return has(tree, above, name, "/");
}

static bool has_home(const struct lf_names *tree, const char *prefix)
{
	for (size_t i = 0; i < NAMED; i++) {
		if (has_folder(tree, prefix, homes[i]))
			return true;
	}
	return false;
}

/* A folder beside PREFIX that is an application with a base of its own; the next of them from *INDEX. NULL: no more. The caller frees. */
static char *next_beside(size_t *index, const char *prefix, const struct lf_names *tree)
{
	const char *slash = strrchr(prefix, '/');
	size_t above = slash ? (size_t)(slash - prefix) + 1 : 0;

	while (*prefix && tree && *index < tree->count) {
		const char *path = tree->items[(*index)++];
		size_t name = strncmp(path, prefix, above) ? 0 : strcspn(path + above, "/");

		if (name && lf_equal(path + above + name, "/base/kustomization.yaml"))
			return lf_dup_n(path, above + name);
	}
	return NULL;
}

/* PREFIX/ENVIRONMENT is an overlay of PREFIX/base, or will be where folders beside it have this form. */
static bool is_beside_base(const char *prefix, const char *environment, bool is_whole, const struct lf_names *tree)
{
	bool found = false, other = false;
	size_t index = 0;
	char *beside;

	if (has_home(tree, prefix) || has(tree, prefix, "kustomization.yaml", ""))
		return false;
	if (has_folder(tree, prefix, "base"))
		return true;
	while (is_whole && (beside = next_beside(&index, prefix, tree))) {
		other = other || has_home(tree, beside);
		found = found || has_folder(tree, beside, environment);
		lf_free(beside);
	}
	return found && !other;
}

static void take(struct lf_overlay *out, const char *home, const char *path, size_t prefix, const char *name)
{
	size_t length = strcspn(name, "/");

	out->home = home;
	out->prefix = lf_dup_n(path, prefix);
	out->environment = lf_dup_n(name, length);
	out->rest = lf_dup(name[length] ? name + length + 1 : "");
}

/* PREFIX/HOME/NAME is an environment, and HOME not a folder that something else was given the name of. */
static bool is_at_home(const char *prefix, const char *home, const char *name, const struct lf_names *known, const struct lf_names *tree)
{
	return lf_is_environment(name, strlen(name)) || lf_names_have(known, name) || has_folder(tree, prefix, "base") || !has_folder(tree, prefix, home);
}

static bool find_named(struct lf_overlay *out, const char *path, const struct lf_names *known, const struct lf_names *tree)
{
	for (size_t i = 0; i < NAMED; i++) {
		size_t length = strlen(homes[i]);
		const char *at = path;

		while (at && (strncmp(at, homes[i], length) != 0 || at[length] != '/')) {
			at = strchr(at, '/');
			at += at != NULL;
		}
		if (!at)
			continue;
		take(out, homes[i], path, (size_t)(at - path) - (at > path), at + length + 1);
		/* What was once written with a base of its own stays as it is. */
		if (!i || (is_at_home(out->prefix, homes[i], out->environment, known, tree) && !has_folder(tree, path, "base")))
			return true;
		lf_overlay_dispose(out);
	}
	return false;
}

static bool find_beside(struct lf_overlay *out, const char *path, const struct lf_names *known, const struct lf_names *tree)
{
	for (const char *at = path; at; at = strchr(at, '/')) {
		size_t length = strcspn(at += *at == '/', "/"), above = (size_t)(at - path) - (at > path);
		char *name = lf_dup_n(at, length), *prefix = lf_dup_n(path, above);
		bool found = (lf_is_environment(name, length) || lf_names_have(known, name)) && is_beside_base(prefix, name, !at[length], tree) && !has_folder(tree, path, "base");

		if (found)
			take(out, homes[NAMED], path, above, at);
		lf_free(name);
		lf_free(prefix);
		if (found)
			return true;
	}
	return false;
}

bool lf_overlay_split(struct lf_overlay *out, const char *path, const struct lf_plan *plan, const struct lf_names *tree)
{
	char *clean = lf_path_join("", path);
	struct lf_names known = {0};
	bool found;

	*out = (struct lf_overlay){0};
	if (!clean || !*clean) {
		lf_free(clean);
		return false;
	}
	if (plan)
		lf_plan_list(&known, lf_plan_whole(plan), "environments");
	found = find_named(out, clean, &known, tree) || (tree && find_beside(out, clean, &known, tree));
	lf_names_dispose(&known);
	lf_free(clean);
	return found;
}

void lf_overlay_dispose(struct lf_overlay *overlay)
{
	lf_free(overlay->prefix);
	lf_free(overlay->environment);
	lf_free(overlay->rest);
	*overlay = (struct lf_overlay){0};
}

char *lf_overlay_path(const struct lf_overlay *overlay, const char *environment)
{
	return lf_format("%s%s%s%s%s%s%s", overlay->prefix, *overlay->prefix ? "/" : "", overlay->home, *overlay->home ? "/" : "", environment, *overlay->rest ? "/" : "", overlay->rest);
}

char *lf_overlay_base(const struct lf_overlay *overlay)
{
	return lf_format("%s%sbase%s%s", overlay->prefix, *overlay->prefix ? "/" : "", *overlay->rest ? "/" : "", overlay->rest);
}

static const char *home_in(const char *prefix, const struct lf_names *tree)
{
	struct lf_names all = {0};
	const char *home = NULL;

	for (size_t i = 0; i < NAMED && !home; i++)
		home = has_folder(tree, prefix, homes[i]) ? homes[i] : NULL;
	if (!home && has_folder(tree, prefix, "base")) {
		lf_overlay_environments(&all, prefix, homes[NAMED], tree);
		home = all.count ? homes[NAMED] : NULL;
	}
	lf_names_dispose(&all);
	return home;
}

const char *lf_overlay_home_of(const char *prefix, const struct lf_names *tree)
{
	const char *home = home_in(prefix, tree);
	size_t index = 0;
	char *beside;

	while (!home && (beside = next_beside(&index, prefix, tree))) {
		home = home_in(beside, tree);
		lf_free(beside);
	}
	return home ? home : homes[0];
}

char *lf_overlay_above_home(const char **home, const char *path)
{
	char *clean = lf_path_join("", path), *above = NULL;
	const char *slash = clean ? strrchr(clean, '/') : NULL, *last = slash ? slash + 1 : clean;

	for (size_t i = 0; i < NAMED && clean && !above; i++) {
		if (!lf_equal(last, homes[i]))
			continue;
		above = slash ? lf_dup_n(clean, (size_t)(slash - clean)) : lf_dup("");
		*home = homes[i];
	}
	lf_free(clean);
	return above;
}

void lf_overlay_environments(struct lf_names *out, const char *prefix, const char *home, const struct lf_names *tree)
{
	char *inside = lf_format("%s%s%s%s", prefix, *prefix ? "/" : "", home, *home ? "/" : "");

	for (size_t i = 0; tree && i < tree->count; i++) {
		const char *rest = lf_starts_with(tree->items[i], inside) ? tree->items[i] + strlen(inside) : "";
		size_t length = strcspn(rest, "/");

		if (length && rest[length] && !rest[length + 1] && (*home || lf_is_environment(rest, length))) {
			char *name = lf_dup_n(rest, length);

			lf_names_add(out, name);
			lf_free(name);
		}
	}
	lf_free(inside);
}
