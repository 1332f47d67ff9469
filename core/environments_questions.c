/* environments_questions: the rows about environments: which there are, how they are kept apart, what differs. Pure. */
#include "config.h"
#include "core/environments.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"

#define AT_MOST 16

static int check_environments(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_names all = {0};
	size_t used = strlen(lf_plan_text(plan, "appName")) + 1, room = used < 53 ? 53 - used : 30; /* "<app>-<environment>" is an application's name too */
	int code = LF_OK;

	(void)facts;
	lf_list_split(&all, value);
	for (size_t i = 0; i < all.count && !code; i++) {
		code = lf_check_dns_label(all.items[i], room < 30 ? room : 30, "An environment's name", err);
		for (size_t k = 0; k < i && !code; k++) {
			if (lf_equal(all.items[i], all.items[k]))
				code = lf_fail(err, LF_EINVAL, "environments", 0, "The environment %s is named twice.", all.items[i]);
		}
	}
	if (!code && all.count > AT_MOST) {
		code = lf_fail(err, LF_EINVAL, "environments", 0, "These are %zu environments; at most %d can be delivered at once.", all.count, AT_MOST);
		lf_hint(err, "Deliver them in several runs.");
	}
	lf_names_dispose(&all);
	return code;
}

static bool has_environments(const struct lf_plan *plan, const struct lf_facts *facts)
{
	const char *value = lf_plan_text(plan, "environments");

	(void)facts;
	return value[strspn(value, ", ")];
}

static int refuse_key(const char *environment, const char *key, struct lf_error *err)
{
	struct lf_str allowed = {0};

	lf_fail(err, LF_EINVAL, "environmentSettings", 0, "%.40s: %.64s is nothing that can differ between environments.", environment, key);
	lf_environments_allowed(&allowed);
	lf_hint(err, "Allowed: %s, or the id of a question of the application or sync step, or about what a secret holds.", lf_str_text(&allowed));
	lf_str_dispose(&allowed);
	return LF_EINVAL;
}

static int check_setting(const char *environment, const char *key, const struct lf_node *value, const struct lf_plan *plan, struct lf_error *err)
{
	const struct lf_question *question = lf_environments_setting(plan, key);
	char *text = question ? lf_environments_setting_text(question, key, value, lf_plan_text(plan, "image")) : NULL;
	struct lf_error why = {0};
	int code = LF_OK;

	if (!question)
		return refuse_key(environment, key, err);
	if (!text) {
		code = lf_fail(err, LF_EINVAL, "environmentSettings", 0, "%.40s: %.64s is of another kind than expected.", environment, key);
		lf_hint(err, "It wants a %s.%s%s", lf_question_kind_names[question->kind], question->example ? " Example: " : "", question->example ? question->example : "");
	} else if (lf_question_check_kind(question, text, &why)) {
		code = lf_fail(err, why.code, "environmentSettings", 0, "%.40s, %.64s: %.350s", environment, key, why.message);
		lf_hint(err, "%s", why.hint);
	}
	lf_free(text);
	return code;
}

static int check_settings(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err)
{
	struct lf_names all = {0};
	struct lf_node *tree = NULL;
	int code = lf_question_tree(&tree, lf_plan_question(plan, "environmentSettings"), value, err);

	(void)facts;
	lf_plan_list(&all, plan, "environments");
	for (size_t i = 0; i < lf_node_count(tree) && !code; i++) {
		const char *environment = lf_node_key_at(tree, i);
		const struct lf_node *settings = lf_node_at(tree, i);

		if (!lf_names_have(&all, environment)) {
			code = lf_fail(err, LF_EINVAL, "environmentSettings", 0, "There is no environment %.64s.", environment);
			lf_hint(err, "The environments are: %.180s", lf_plan_text(plan, "environments"));
		} else if (lf_node_kind(settings) != LF_NODE_MAP) {
			code = lf_fail(err, LF_EINVAL, "environmentSettings", 0, "%.64s: this is not a map of settings.", environment);
			lf_hint(err, "Example: %s: {replicas: 5}", environment);
		}
		for (size_t k = 0; k < lf_node_count(settings) && !code; k++)
			code = check_setting(environment, lf_node_key_at(settings, k), lf_node_at(settings, k), plan, err);
	}
	lf_names_dispose(&all);
	lf_node_free(tree);
	return code;
}

/* A setting of a question that is not asked with these answers: nothing comes of it. */
static bool warn_settings(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts)
{
	const struct lf_plan *whole = lf_plan_whole(plan);
	struct lf_node *tree = NULL;
	bool found = false;

	(void)facts;
	if (!*value || lf_question_tree(&tree, lf_plan_question(plan, "environmentSettings"), value, NULL))
		return false;
	for (size_t i = 0; i < lf_plan_part_count(whole) && !found; i++) {
		const struct lf_plan *part = lf_plan_part(whole, i);
		const struct lf_node *settings = lf_node_key(tree, lf_plan_environment(part));

		for (size_t k = 0; k < lf_node_count(settings) && !found; k++) {
			const struct lf_question *question = lf_environments_setting(plan, lf_node_key_at(settings, k));
			const struct lf_plan_entry *entry = question ? lf_plan_entry(part, question->id) : NULL;

			if (!entry || entry->shown)
				continue;
			found = true;
			lf_fail(out, LF_EINVAL, "environmentSettings", 0, "%s: %.64s changes nothing here.", lf_plan_environment(part), lf_node_key_at(settings, k));
			lf_hint(out, lf_plan_is(part, "deploymentMethod", "helm") || lf_plan_is(part, "deploymentMethod", "helm-git")
					     ? "\"%s\" is not asked with these answers. What a chart takes is said by its values: {%s: {values: {…}}}"
					     : "\"%s\" is not asked with these answers: it is about manifests that Landfall starts, or about another provider. Say it in the files of %s.",
				question->prompt, lf_plan_environment(part));
		}
	}
	lf_node_free(tree);
	return found;
}

static const struct lf_option layouts[] = {
	{"folders", "a folder for each", "All follow one branch; an overlay for each environment"},
	{"branches", "a branch for each", "dev follows dev, production follows main: a commit moves on by merging"},
};

static bool derive_environments(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	struct lf_names all = {0};
	struct lf_str text = {0};
	bool found;

	lf_environments_recall(&all, lf_plan_text(plan, "appName"), facts);
	for (size_t i = 0; i < all.count; i++)
		lf_str_addf(&text, "%s%s", i ? ", " : "", all.items[i]);
	found = lf_suggest(out, lf_str_text(&text), "from the branch");
	lf_str_dispose(&text);
	lf_names_dispose(&all);
	return found;
}

static bool derive_layout(struct lf_default *out, const struct lf_plan *plan, const struct lf_facts *facts)
{
	return lf_environments_recall_branches(plan, facts) && lf_suggest(out, "branches", "from the branch");
}

static const struct lf_question rows[] = {
	{
	    .id = "environments",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_LIST,
	    .prompt = "Environments",
	    .help = "Names, in the order of promotion. Empty: one environment.",
	    .detail = "Each gets its own Application or Kustomization <name>-<environment>, its own namespace and its own overlay on one base. The landing follows all of them.",
	    .example = "dev, staging, production",
	    .optional = true,
	    .derive = derive_environments,
	    .check = check_environments,
	},
	{
	    .id = "environmentLayout",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_CHOICE,
	    .prompt = "How they are kept apart",
	    .help = "By folders of one branch, or by branches.",
	    .detail = "With folders one commit reaches all of them. With branches a commit reaches the environments that follow the branch it is pushed to; merging brings it to "
		      "the others. Production follows the default branch.",
	    .example = "folders",
	    .fallback = "folders",
	    .derive = derive_layout,
	    .options = layouts,
	    .option_count = LF_COUNT(layouts),
	    .shown = has_environments,
	},
	{
	    .id = "environmentSettings",
	    .step = LF_STEP_APPLICATION,
	    .kind = LF_ASK_YAML,
	    .shape = LF_NODE_MAP,
	    .prompt = "What differs",
	    .help = "By environment: replicas, image or tag, namespace, branch, resources, host, …",
	    .detail = "A map from the environment's name to what is special there. Besides the short names, any question of the application and sync steps can be answered "
		      "differently by its id, for instance syncPolicy: manual; and what a secret holds, for instance sealedSecret.",
	    .example = "{production: {replicas: 5, resources: {limits: {memory: 512Mi}}}}",
	    .optional = true,
	    .check = check_settings,
	    .warn = warn_settings,
	    .shown = has_environments,
	},
};

const struct lf_question_group lf_questions_environments = {rows, LF_COUNT(rows)};
