/* environments: see environments.h. Only the split; the rows are in environments_questions.c and environments_overlay.c. What a part says of itself are overrides of common answers; everything
 * else it takes from the whole, or works out anew from its own. */
#include "config.h"
#include "core/environments.h"

#include <string.h>

#include "core/chart_source.h"
#include "core/document.h"
#include "core/image.h"
#include "core/mem.h"
#include "core/recall.h"
#include "core/spelling.h"
#include "core/str.h"
#include "core/values.h"
#include "core/yaml.h"

#define OVERRIDES 64
static const char SETTINGS[] = "environmentSettings";

struct part {
	const char *name;
	const struct lf_plan *whole;
	const struct lf_node *settings; /* of this environment; NULL: none */
	struct lf_override overrides[OVERRIDES];
	char *values[OVERRIDES]; /* owned, what the overrides borrow */
	size_t count;
};

static const char *const own[] = {"environments", "environmentLayout", SETTINGS};

bool lf_environments_is_own(const char *id)
{
	for (size_t i = 0; i < LF_COUNT(own); i++) {
		if (lf_equal(own[i], id))
			return true;
	}
	return false;
}

/* Short names for what differs most often; any other key is a question's id. */
static const struct {
	const char *key, *id;
} names[] = {
	{"autoscale", "autoscale"}, {"branch", "gitBranch"},	      {"cluster", "destinationServer"}, {"config", "config"},
	{"host", "ingressHost"},    {"image", "image"},		      {"namespace", "targetNamespace"}, {"path", "gitPath"},
	{"replicas", "replicas"},   {"resources", "resources"},	      {"tag", "image"},			{"version", "chartVersion"},
};
/* What makes the environments one application, or is theirs all by its nature. */
static const char *const fixed[] = {"appName", "scaffold", "containerPort", "chartRepoUrl", "chartName", "registerInCluster", "syncTimeout", "applicationSet"};

const struct lf_question *lf_environments_setting(const struct lf_plan *plan, const char *key)
{
	const struct lf_question *question;

	for (size_t i = 0; i < LF_COUNT(names); i++) {
		if (lf_equal(names[i].key, key))
			return lf_plan_question(plan, names[i].id);
	}
	for (size_t i = 0; i < LF_COUNT(fixed); i++) {
		if (lf_equal(fixed[i], key))
			return NULL;
	}
	question = lf_environments_is_own(key) ? NULL : lf_plan_question(plan, key);
	if (question && (question->by_environment || question->step == LF_STEP_APPLICATION || question->step == LF_STEP_SYNC || lf_equal(key, "gitBranch") || lf_equal(key, "gitPath")))
		return question;
	return NULL;
}

void lf_environments_allowed(struct lf_str *out)
{
	for (size_t i = 0; i < LF_COUNT(names); i++)
		lf_str_addf(out, "%s%s", i ? ", " : "", names[i].key);
}

/* "nginx:1.27" with tag "1.28" → "nginx:1.28". */
static char *with_tag(const char *image, const char *tag)
{
	struct lf_image parts;
	char *text;

	lf_image_parse(&parts, image);
	text = lf_format("%s:%s", parts.name, tag);
	lf_image_dispose(&parts);
	return text;
}

char *lf_environments_setting_text(const struct lf_question *question, const char *key, const struct lf_node *value, const char *image)
{
	enum lf_node_kind kind = lf_node_kind(value);
	struct lf_str text = {0};

	if (question->kind == LF_ASK_YAML) {
		if (kind != question->shape)
			return NULL;
		lf_yaml_emit(&text, value, NULL);
	} else if (kind == LF_NODE_LIST && question->kind == LF_ASK_LIST) {
		for (size_t i = 0; i < lf_node_count(value); i++)
			lf_str_addf(&text, "%s%s", i ? ", " : "", lf_node_text(lf_node_at(value, i), NULL));
	} else if (kind == LF_NODE_MAP || kind == LF_NODE_LIST) {
		return NULL;
	} else if (kind == LF_NODE_BOOL && question->kind == LF_ASK_YESNO) {
		lf_str_add(&text, lf_node_true(value, NULL) ? "yes" : "no");
	} else if (lf_equal(key, "tag")) {
		return with_tag(image, lf_node_text(value, NULL));
	} else {
		lf_str_add(&text, lf_node_text(value, NULL));
	}
	return lf_str_take(&text);
}

/* Takes VALUE; NULL and a full list are nothing. */
static void add(struct part *part, const char *id, char *value, const char *origin, bool answered)
{
	for (size_t i = 0; i < part->count; i++) {
		if (lf_equal(part->overrides[i].id, id)) { /* said by a setting before: that goes first */
			lf_free(value);
			return;
		}
	}
	if (!value || part->count == OVERRIDES) {
		lf_free(value);
		return;
	}
	part->values[part->count] = value;
	part->overrides[part->count++] = (struct lf_override){.id = id, .value = value, .origin = origin, .answered = answered};
}

static bool is_answered(const struct lf_plan *plan, const char *id)
{
	const struct lf_plan_entry *entry = lf_plan_entry(plan, id);

	return entry && entry->answered;
}

/* main is production (S4-35); every other environment has a branch of its name. */
static const char *branch_of(const struct part *part, const struct lf_facts *facts)
{
	const char *head = facts->repository.default_branch;

	if (lf_equal(part->name, "production") || lf_equal(part->name, "prod"))
		return head ? head : "main";
	return part->name;
}

/* A repository with a folder for each cluster gets an environment's files in the one of its name (S2-10); any other all of them in one. */
static char *gitops_of(const struct part *part, const struct lf_facts *facts)
{
	const char *app = lf_plan_text(part->whole, "appName");
	char *bootstrap = lf_format("clusters/%s/flux-system/", part->name);
	bool its_own = !is_answered(part->whole, "gitopsPath") && lf_plan_is(part->whole, "gitopsDeployment", "flux") && lf_names_have(&facts->path.tree, bootstrap);

	lf_free(bootstrap);
	return its_own ? lf_format("clusters/%s/%s", part->name, app) : lf_dup(lf_plan_text(part->whole, "gitopsPath"));
}

/* What the environment says of QUESTION, laid over what is said for all. Takes TEXT. */
static char *layered(const struct part *part, const struct lf_question *question, const struct lf_node *upper, char *text)
{
	struct lf_node *common = NULL, *both;
	struct lf_str out = {0};

	if (!text || !question->layered || !*lf_plan_text(part->whole, question->id) || lf_question_tree(&common, question, lf_plan_text(part->whole, question->id), NULL)) {
		lf_node_free(common);
		return text;
	}
	both = lf_values_layer(common, upper);
	lf_yaml_emit(&out, both, NULL);
	lf_node_free(both);
	lf_node_free(common);
	lf_free(text);
	return lf_str_take(&out);
}

static void add_settings(struct part *part)
{
	for (size_t i = 0; i < lf_node_count(part->settings); i++) {
		const char *key = lf_node_key_at(part->settings, i);
		const struct lf_question *question = lf_environments_setting(part->whole, key);

		if (question)
			add(part, question->id,
			    layered(part, question, lf_node_at(part->settings, i),
				    lf_environments_setting_text(question, key, lf_node_at(part->settings, i), lf_plan_text(part->whole, "image"))),
			    SETTINGS, true);
	}
}

/* "shop" for dev is "shop-dev"; what names an environment already ("shop-production", "production") names this one instead. New. */
static char *namespace_of(const char *base, const struct lf_names *all, const char *environment)
{
	size_t length = strlen(base);

	for (size_t i = 0; i < all->count; i++) {
		const char *other = all->items[i];
		size_t tail = strlen(other);

		if (lf_equal(base, other))
			return lf_dup(environment);
		if (length > tail && base[length - tail - 1] == '-' && lf_equal(base + length - tail, other))
			return lf_format("%.*s%s", (int)(length - tail), base, environment);
	}
	return lf_format("%s-%s", base, environment);
}

static void add_worked_out(struct part *part, const struct lf_names *all, const struct lf_facts *facts)
{
	const struct lf_plan *whole = part->whole;
	const char *app = lf_plan_text(whole, "appName"), *namespace = lf_plan_text(whole, "targetNamespace");
	char *said;

	if (*app)
		add(part, "appName", lf_format("%s-%s", app, part->name), NULL, is_answered(whole, "appName"));
	/* One that was set apart stays where it is. */
	if (!is_answered(whole, "targetNamespace") && lf_recall(&said, lf_plan_question(whole, "targetNamespace"), whole, part->name, facts))
		add(part, "targetNamespace", said, NULL, true);
	if (*namespace)
		add(part, "targetNamespace", namespace_of(namespace, all, part->name), NULL, is_answered(whole, "targetNamespace"));
	add(part, "gitPath", lf_environments_path(part->whole, part->name, facts), NULL, true);
	/* One that follows a branch of its own goes on to. */
	if ((!lf_plan_is_remote_chart(whole) || lf_recall_find("<app>-extras-app.yaml", whole, part->name, facts) || lf_plan_is(whole, "gitopsDeployment", "flux")) &&
	    lf_recall(&said, lf_plan_question(whole, "gitBranch"), whole, part->name, facts))
		add(part, "gitBranch", said, NULL, true);
	if (lf_plan_is(whole, "environmentLayout", "branches"))
		add(part, "gitBranch", lf_dup(branch_of(part, facts)), NULL, true);
	add(part, "gitopsPath", gitops_of(part, facts), NULL, true);
	for (size_t i = 0; i < LF_COUNT(own); i++)
		add(part, own[i], lf_dup(""), NULL, false);
}

/* What the environments say of themselves, as a map; NULL: nothing that can be read. The caller frees. */
static struct lf_node *settings_of(const struct lf_plan *whole)
{
	const struct lf_plan_entry *settings = lf_plan_entry(whole, SETTINGS);
	struct lf_node *tree = NULL;

	if (!settings || !settings->shown || lf_question_tree(&tree, settings->question, settings->value, NULL))
		return NULL;
	lf_spell_answer(tree, settings->question, lf_plan_catalog(whole), settings->value);
	return tree;
}

void lf_environments_split(struct lf_plan *whole, const struct lf_facts *facts)
{
	const struct lf_plan_entry *entry = lf_plan_entry(whole, "environments");
	struct lf_names all = {0};
	struct lf_node *tree;

	if (!entry || !entry->shown || entry->problem->code)
		return;
	tree = settings_of(whole);
	lf_list_split(&all, entry->value);
	for (size_t i = 0; i < all.count; i++) {
		struct part part = {.name = all.items[i], .whole = whole, .settings = lf_node_key(tree, all.items[i])};

		add_settings(&part);
		add_worked_out(&part, &all, facts);
		lf_plan_add_part(whole, part.name, part.overrides, part.count, facts);
		for (size_t k = 0; k < part.count; k++)
			lf_free(part.values[k]);
	}
	lf_node_free(tree);
	lf_names_dispose(&all);
}

/* What the settings of an environment say under its short name or its id; "": nothing. */
static const char *said(const struct lf_node *settings, const char *key, const char *id)
{
	const char *text = lf_node_text(settings, key);

	return *text ? text : lf_node_text(settings, id);
}

/* Where each environment goes: its namespace, and WITH_CLUSTERS the cluster before it. From the answers: questions ask before the parts are made. */
static void places(struct lf_names *out, const struct lf_plan *whole, bool with_clusters)
{
	struct lf_names all = {0};
	struct lf_node *tree = settings_of(whole);

	lf_plan_list(&all, whole, "environments");
	for (size_t i = 0; i < all.count; i++) {
		const struct lf_node *own_settings = lf_node_key(tree, all.items[i]);
		const char *namespace = said(own_settings, "namespace", "targetNamespace"), *cluster = said(own_settings, "cluster", "destinationServer");
		char *usual = namespace_of(lf_plan_text(whole, "targetNamespace"), &all, all.items[i]), *place;

		if (!*cluster)
			cluster = lf_plan_text(whole, "destinationServer");
		place = lf_format("%s%s%s", with_clusters ? cluster : "", with_clusters ? " " : "", *namespace ? namespace : usual);
		lf_names_add(out, place);
		lf_free(place);
		lf_free(usual);
	}
	lf_names_dispose(&all);
	lf_node_free(tree);
}

void lf_environments_namespaces(struct lf_names *out, const struct lf_plan *plan)
{
	const struct lf_plan *whole = lf_plan_whole(plan);
	const char *base = lf_plan_text(whole, "targetNamespace");
	struct lf_names all = {0};

	places(&all, whole, false);
	for (size_t i = 0; i < all.count; i++) {
		if (!lf_names_have(out, all.items[i]))
			lf_names_add(out, all.items[i]);
	}
	if (!all.count && *base)
		lf_names_add(out, base);
	lf_names_dispose(&all);
}

bool lf_environments_some_share_namespace(const struct lf_plan *plan)
{
	struct lf_names all = {0}, different = {0};
	bool some;

	places(&all, lf_plan_whole(plan), true);
	for (size_t i = 0; i < all.count; i++) {
		if (!lf_names_have(&different, all.items[i]))
			lf_names_add(&different, all.items[i]);
	}
	some = different.count < all.count;
	lf_names_dispose(&different);
	lf_names_dispose(&all);
	return some;
}

char *lf_environments_file(const struct lf_plan *plan, const char *name)
{
	const char *environment = lf_plan_environment(plan);

	if (!*environment || !lf_equal(lf_plan_text(plan, "gitopsPath"), lf_plan_text(lf_plan_whole(plan), "gitopsPath")))
		return lf_dup(name);
	return lf_format("%s-%s", environment, name);
}

bool lf_environments_share_namespace(const struct lf_plan *part)
{
	const struct lf_plan *whole = lf_plan_whole(part);
	size_t same = 0;

	for (size_t i = 0; i < lf_plan_part_count(whole); i++)
		same += lf_equal(lf_plan_text(lf_plan_part(whole, i), "targetNamespace"), lf_plan_text(part, "targetNamespace")) &&
			lf_equal(lf_plan_text(lf_plan_part(whole, i), "destinationServer"), lf_plan_text(part, "destinationServer"));
	return same > 1;
}

bool lf_environments_follows_push(const struct lf_plan *part)
{
	return lf_equal(lf_plan_text(part, "gitBranch"), lf_plan_text(lf_plan_whole(part), "gitBranch"));
}

bool lf_environments_shares_source(const struct lf_plan *part)
{
	return lf_environments_follows_push(part) && !lf_plan_is(lf_plan_whole(part), "environmentLayout", "branches");
}
