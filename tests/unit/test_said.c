/* What an engine says of a delivery, all of it, word for word: each case below tests/golden/said is a world, what is different in it, and (in the .txt beside it) the phases, the
 * verdict, the diagnosis with its remedies, the rows, whom is asked and what is watched. GOLDEN_UPDATE=1 writes the .txt anew: read the difference.
 * Stories that go on for several steps are in test_argocd.c, test_flux.c and test_releases.c. */
#include "config.h"
#include "tests/unit/engines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"
#include "providers/argocd/argocd.h"
#include "providers/direct/direct.h"
#include "providers/flux/flux.h"

/* CHANGE laid over TO: a null removes, maps are merged, all else is replaced. */
static void change(struct lf_node *to, const struct lf_node *with)
{
	for (size_t i = 0; i < lf_node_count(with); i++) {
		const char *key = lf_node_key_at(with, i);
		const struct lf_node *new = lf_node_at(with, i);
		struct lf_node *old = lf_node_key(to, key);

		if (lf_node_kind(new) == LF_NODE_NULL)
			lf_node_remove(to, key);
		else if (lf_node_kind(new) == LF_NODE_MAP && lf_node_kind(old) == LF_NODE_MAP)
			change(old, new);
		else
			lf_node_set(to, key, lf_node_dup(new));
	}
}

/* Conditions are written as a map from their type, so that a case can change one; and are of the generation the object has, and of now, unless they say otherwise. */
static void list_conditions(struct lf_node *object)
{
	struct lf_node *status = lf_node_get(object, "status"), *map = lf_node_dup(lf_node_key(status, "conditions")), *list;

	if (lf_node_kind(map) == LF_NODE_MAP) {
		lf_node_remove(status, "conditions");
		list = lf_node_set_list(status, "conditions");
		for (size_t i = 0; i < lf_node_count(map); i++) {
			struct lf_node *condition = lf_node_add_map(list);

			lf_node_set_text(condition, "type", lf_node_key_at(map, i));
			lf_node_set_int(condition, "observedGeneration", lf_node_int(object, "metadata.generation", 0));
			lf_node_set_text(condition, "lastTransitionTime", "2026-11-21T11:00:00Z");
			change(condition, lf_node_at(map, i));
		}
	}
	lf_node_free(map);
}

static struct lf_ref ref_of(const char *text)
{
	char group[64] = "", kind[64] = "", namespace[64] = "", name[64] = "";

	if (sscanf(text, "%63[^/]/%63[^/]/%63[^/]/%63s", group, kind, namespace, name) != 4)
		return (struct lf_ref){0};
	return lf_ref_new(group, kind, namespace, name);
}

static void read_target(struct lf_target *out, const struct lf_node *node)
{
	const struct lf_node *descendants = lf_node_get(node, "descendants"), *resources = lf_node_get(node, "resources");

	memset(out, 0, sizeof(*out));
	out->consumer = ref_of(lf_node_text(node, "consumer"));
	out->source = ref_of(lf_node_text(node, "source"));
	out->parent = ref_of(lf_node_text(node, "parent"));
	lf_set(&out->commit, lf_node_key(node, "commit") ? lf_node_text(node, "commit") : NULL);
	lf_set(&out->token, lf_node_key(node, "token") ? lf_node_text(node, "token") : NULL);
	lf_set(&out->repository, "https://git.example.com/shop/config.git");
	lf_set(&out->path, "apps/web");
	lf_set(&out->namespace, "shop");
	lf_set(&out->context, "prod eu");
	out->nudged_ms = lf_node_key(node, "nudged") ? NOW + 1000 * lf_node_int(node, "nudged", 0) : 0;
	out->wanted = lf_node_key(node, "wanted") ? lf_node_dup(lf_node_key(node, "wanted")) : NULL;
	for (size_t i = 0; i < lf_node_count(descendants); i++)
		lf_names_add(&out->descendants, lf_node_text(lf_node_at(descendants, i), NULL));
	for (size_t i = 0; i < lf_node_count(resources); i++)
		lf_refs_add(&out->resources, ref_of(lf_node_text(lf_node_at(resources, i), NULL)));
}

static void say_ref(struct lf_str *out, const struct lf_ref *ref)
{
	lf_ref_text(out, ref);
	if (!lf_ref_is_set(ref))
		lf_str_add(out, "nothing");
}

static void say_diagnosis(struct lf_str *out, const struct lf_diagnosis *diagnosis)
{
	if (!diagnosis->id)
		return;
	lf_str_addf(out, "%s%s, of ", diagnosis->id, diagnosis->terminal ? " for good" : "");
	say_ref(out, &diagnosis->subject);
	lf_str_addf(out, ": %s\n", diagnosis->cause);
	for (const char *line = diagnosis->evidence; line && *line; line += strcspn(line, "\n") + (line[strcspn(line, "\n")] == '\n'))
		lf_str_addf(out, "  \"%.*s\"\n", (int)strcspn(line, "\n"), line);
	for (size_t i = 0; i < diagnosis->remedy_count; i++)
		lf_str_addf(out, "  - %s%s%s\n", diagnosis->remedies[i].text, diagnosis->remedies[i].command ? ": " : "",
			    diagnosis->remedies[i].command ? diagnosis->remedies[i].command : "");
}

static void say_progress(struct lf_str *out, const struct lf_progress *progress)
{
	static const char *const states[] = {"waiting", "running", "done", "failed"};
	static const char *const verdicts[] = {"pending", "healthy", "failed", "partial", "suspended", "timeout"};

	lf_str_add(out, verdicts[progress->verdict]);
	for (int i = LF_SEEN; i < LF_PHASES; i++)
		lf_str_addf(out, "%s %s %s%s%s%s", i == LF_SEEN ? ":" : ",", lf_phase_word((enum lf_phase)i), states[progress->phases[i].state], progress->phases[i].note ? " (" : "",
			    progress->phases[i].note ? progress->phases[i].note : "", progress->phases[i].note ? ")" : "");
	lf_str_addf(out, "; runs %s\n", progress->revision ? progress->revision : "nothing known");
	if (progress->waiting_for)
		lf_str_addf(out, "waits for %s\n", progress->waiting_for);
	say_diagnosis(out, &progress->diagnosis);
	for (size_t i = 0; i < progress->row_count; i++) {
		lf_str_addf(out, "%*s* ", 2 * progress->rows[i].depth, "");
		say_ref(out, &progress->rows[i].ref);
		lf_str_addf(out, " %s: %s\n", lf_health_word(progress->rows[i].health), progress->rows[i].note ? progress->rows[i].note : "");
	}
}

static void say_next(struct lf_str *out, const struct lf_engine *engine, const struct lf_objects *objects, const struct lf_target *target)
{
	struct lf_patch patch = {0};
	struct lf_wants wants = {0};

	engine->nudge(&patch, objects, target, target->token ? target->token : "T");
	if (patch.body) {
		lf_str_add(out, "asks ");
		say_ref(out, &patch.ref);
		lf_str_addf(out, ": %s\n", patch.body);
	}
	engine->wants(&wants, objects, target);
	for (size_t i = 0; i < wants.count; i++) {
		lf_str_addf(out, "%s%s/", i ? ", " : "watches ", wants.items[i].ref.group);
		say_ref(out, &wants.items[i].ref);
		if (wants.items[i].labels)
			lf_str_addf(out, "[%s]", wants.items[i].labels);
	}
	lf_str_add(out, "\n\n");
	lf_wants_dispose(&wants);
	lf_patch_dispose(&patch);
}

static void play(struct lf_str *out, const struct lf_engine *engine, const struct lf_node *worlds, const struct lf_node *one)
{
	struct lf_node *world = lf_node_dup(lf_node_key(worlds, lf_node_text(one, "world"))), *seen;
	struct lf_objects *objects = lf_objects_new(1000);
	struct lf_progress progress = {0};
	struct lf_target target;

	if (!world) {
		fail_msg("%s: no such world", lf_node_text(one, "what"));
		return;
	}
	change(lf_node_get(world, "objects"), lf_node_get(one, "with"));
	change(lf_node_get(world, "target"), lf_node_get(one, "target"));
	read_target(&target, lf_node_get(world, "target"));
	seen = lf_node_get(world, "objects");
	for (size_t i = 0; i < lf_node_count(seen); i++) {
		struct lf_node *object = lf_node_dup(lf_node_at(seen, i));

		list_conditions(object);
		lf_objects_put(objects, object);
	}
	lf_str_addf(out, "%s\n", lf_node_text(one, "what"));
	engine->assess(&progress, objects, &target, NOW + 1000 * lf_node_int(one, "now", 0));
	say_progress(out, &progress);
	say_next(out, engine, objects, &target);
	lf_progress_dispose(&progress);
	lf_target_dispose(&target);
	lf_objects_free(objects);
	lf_node_free(world);
}

static void check_engine(const struct lf_engine *engine, const char *name)
{
	const char *srcdir = getenv("srcdir");
	char *cases = lf_format("%s/tests/golden/said/%s.yaml", srcdir ? srcdir : ".", name), *path = lf_format("%s/tests/golden/said/%s.txt", srcdir ? srcdir : ".", name);
	struct lf_str text = {0}, said = {0};
	struct lf_node *documents = NULL, *list;
	struct lf_error err = {0};

	if (lf_fs_read(&text, cases, 4 << 20, &err) || lf_yaml_parse(&documents, lf_str_text(&text), text.length, cases, &lf_yaml_limits_default, &err))
		fail_msg("%s", err.message);
	list = lf_node_get(lf_node_at(documents, 0), "cases");
	assert_true(lf_node_count(list) > 0);
	for (size_t i = 0; i < lf_node_count(list); i++)
		play(&said, engine, lf_node_get(lf_node_at(documents, 0), "worlds"), lf_node_at(list, i));
	test_golden_text(lf_str_text(&said), path);
	lf_node_free(documents);
	lf_str_dispose(&said);
	lf_str_dispose(&text);
	lf_free(cases);
	lf_free(path);
}

static void test_flux(void **state)
{
	(void)state;
	check_engine(&lf_engine_flux, "flux");
}

static void test_argocd(void **state)
{
	(void)state;
	check_engine(&lf_engine_argocd, "argocd");
}

static void test_direct(void **state)
{
	(void)state;
	check_engine(&lf_engine_direct, "direct");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flux),
		cmocka_unit_test(test_argocd),
		cmocka_unit_test(test_direct),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
