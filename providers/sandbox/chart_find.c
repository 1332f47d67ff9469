/* chart_find: see chart_find.h. */
#include "config.h"
#include "providers/sandbox/chart_find.h"

#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/sha256.h"
#include "providers/sandbox/controllers.h"

/* Whether WHAT is what the scenario chose: the first one that is asked for. */
static bool is_chosen(char **slot, bool wanted, const struct lf_node *owner, const char *what)
{
	if (!wanted || lf_was_there_before(owner))
		return false;
	if (!*slot)
		*slot = lf_dup(what);
	return lf_equal(*slot, what);
}

enum lf_chart_found lf_chart_find(const struct lf_chart_release **out, struct lf_sandbox *sandbox,
                                  const struct lf_node *owner, const char *name, const char *range)
{
	const struct lf_scenario *scenario = sandbox->scenario;
	char *both = lf_format("%s %s", name, range);
	bool no_version;

	*out = NULL;
	no_version = is_chosen(&sandbox->missing_version, scenario->first_version_missing, owner, both);
	lf_free(both);
	if (!lf_charts_have(name) || is_chosen(&sandbox->missing_chart, scenario->first_chart_missing, owner, name))
		return LF_CHART_NO_NAME;
	*out = no_version ? NULL : lf_charts_pick(name, range);
	return *out ? LF_CHART_THERE : LF_CHART_NO_VERSION;
}

static int add_folder(struct lf_helm_chart *out, const struct lf_snapshot *snapshot, const char *root, const char *below,
                      struct lf_error *err)
{
	char *folder = lf_path_join(root, below);
	struct lf_names names = {0};
	int result = LF_OK;

	if (folder)
		lf_snapshot_list(&names, snapshot, folder);
	for (size_t i = 0; result == LF_OK && i < names.count && out->count < 200; i++) {
		char *path = lf_format("%s%s%s", below, *below ? "/" : "", names.items[i]), *full;
		size_t length = strlen(path);
		struct lf_str text = {0};

		if (length && path[length - 1] == '/') {
			path[length - 1] = '\0';
			result = length < 512 ? add_folder(out, snapshot, root, path, err) : LF_OK;
		} else {
			full = lf_path_join(root, path);
			result = full ? lf_snapshot_read(&text, snapshot, full, err) : LF_OK;
			if (result == LF_OK && full)
				lf_helm_chart_add(out, path, lf_str_text(&text));
			lf_free(full);
		}
		lf_str_dispose(&text);
		lf_free(path);
	}
	lf_names_dispose(&names);
	lf_free(folder);
	return result;
}

int lf_chart_in_git(struct lf_helm_chart *out, struct lf_sandbox *sandbox, const struct lf_node *owner,
                    const char *commit, const char *path, struct lf_error *err)
{
	struct lf_snapshot *snapshot = NULL;
	char *clean = lf_path_clean(path);
	int result = lf_snapshot_open(&snapshot, sandbox->repository, commit, err);

	memset(out, 0, sizeof(*out));
	if (result == LF_OK && (!clean || lf_path_is_missing(sandbox, owner, clean) ||
	                        lf_snapshot_look(snapshot, clean) != LF_ENTRY_FOLDER))
		result = lf_fail(err, LF_ENOTFOUND, "sandbox.chart", 0, "%s: no such file or directory",
		                 clean ? clean : path);
	if (result == LF_OK)
		result = add_folder(out, snapshot, clean, "", err);
	if (result == LF_OK)
		result = lf_helm_chart_read(out, err);
	lf_snapshot_free(snapshot);
	lf_free(clean);
	return result;
}

int lf_chart_render(struct lf_node **objects, struct lf_sandbox *sandbox, const struct lf_node *owner,
                    const struct lf_helm_chart *chart, const struct lf_node *values,
                    const struct lf_helm_release *release, struct lf_error *err)
{
	struct lf_str text = {0};
	char digest[65];
	bool refused;

	lf_json_emit(&text, values);
	lf_sha256_hex(digest, lf_str_text(&text), text.length);
	lf_str_dispose(&text);
	refused = is_chosen(&sandbox->refused_values, sandbox->scenario->first_values_refused, owner, digest);
	if (refused)
		return lf_fail(err, LF_EINVAL, "sandbox.helm", 0,
		               "values don't meet the specifications of the schema(s) in the following chart(s):\n%s:\n- at "
		               "'/ui': missing property 'message' (the demo's scenario: other values will do)",
		               lf_helm_chart_name(chart));
	return lf_helm_render(objects, chart, values, release, err);
}
