/* test_tui: what keys do: typing, going back, lists, leaving; and what must never happen. */
#include "config.h"
#include "tests/unit/unit.h"

#include <string.h>

#include "core/str.h"
#include "tests/unit/models.h"
#include "tui/keys.h"
#include "tui/view.h"

static const char *value(const struct model *m, const char *id)
{
	return lf_plan_entry(m->app->plan, id)->value;
}

static bool effect_was(const struct model *m, enum lf_effect_kind kind)
{
	for (size_t i = 0; i < m->effects.count; i++)
		if (m->effects.items[i].kind == kind)
			return true;
	return false;
}

static bool screen_has(struct model *m, const char *text)
{
	struct lf_canvas canvas;
	struct lf_str dump = {0};
	bool has;

	model_draw(m, &canvas, false);
	lf_canvas_dump(&dump, &canvas);
	has = strstr(lf_str_text(&dump), text) != NULL;
	lf_canvas_dispose(&canvas);
	lf_str_dispose(&dump);
	return has;
}

static void every_letter_types_in_a_text_field(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "application", 30, 120);
	model_keys(&m, "\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x15"); /* up to the name, empty it */
	assert_string_equal(m.app->focus, "appName");
	for (char c = '!'; c < 0x7f; c++) {
		char key[2] = {c, '\0'};

		model_keys(&m, key);
	}
	assert_int_equal(strlen(value(&m, "appName")), 0x7f - '!');
	assert_string_equal(m.app->focus, "appName");
	model_close(&m);
}

static void typing_reaches_the_preview_at_once(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "repository", 30, 120);
	model_keys(&m, "\x1b[Fx");
	assert_true(screen_has(&m, "path: apps/web/overlays/productionx"));
	model_close(&m);
	model_open(&m, "sync-flash", 30, 120);
	assert_true(screen_has(&m, "interval: 1m0s"));
	assert_true(screen_has(&m, "****")); /* the changed line is lit */
	m.now_ms += 400;
	assert_false(screen_has(&m, "****"));
	model_close(&m);
}

static void an_emptied_field_shows_its_default(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "repository", 30, 120);
	model_keys(&m, "\x15my");
	assert_string_equal(value(&m, "gitPath"), "my");
	model_keys(&m, "\x15");
	assert_int_equal(m.tui.edit.length, 0);
	assert_string_equal(value(&m, "gitPath"), "apps/web/overlays/production"); /* the ghost */
	assert_true(screen_has(&m, "by convention"));
	model_keys(&m, "\r");
	assert_string_not_equal(m.app->focus, "gitPath");
	model_close(&m);
}

static void the_first_letter_replaces_a_default(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "repository", 30, 120);
	model_keys(&m, "ab");
	assert_string_equal(value(&m, "gitPath"), "ab");
	model_keys(&m, "\x1b[A\x1b[Bc"); /* it is an answer now: focus leaves and returns, nothing is replaced */
	assert_string_equal(value(&m, "gitPath"), "abc");
	model_close(&m);
	model_open(&m, "repository", 30, 120);
	model_keys(&m, "\x7f"); /* a cursor key or Backspace edits the default */
	assert_string_equal(value(&m, "gitPath"), "apps/web/overlays/productio");
	model_close(&m);
	model_open(&m, "repository", 30, 120);
	model_keys(&m, "\x1b[D!");
	assert_string_equal(value(&m, "gitPath"), "apps/web/overlays/productio!n");
	model_close(&m);
	model_open(&m, "repository", 30, 120);
	model_keys(&m, "\x1bOQ\x1b[200~pasted\x1b[201~"); /* F2 touches nothing */
	assert_string_equal(value(&m, "gitPath"), "pasted");
	model_close(&m);
}

static void ctrl_r_goes_back_to_the_default(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "repository", 30, 120);
	model_keys(&m, "zzz\x12");
	assert_string_equal(m.tui.edit.text, "apps/web/overlays/production");
	assert_false(lf_plan_entry(m.app->plan, "gitPath")->answered);
	model_keys(&m, "\x12");
	assert_string_equal(m.tui.say, "This is the default already.");
	model_close(&m);
}

static void a_paste_never_submits(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "repository", 30, 120);
	model_keys(&m, "\x15\x1b[200~apps/x\n\x1b[201~");
	assert_string_equal(m.app->focus, "gitPath");
	assert_string_equal(value(&m, "gitPath"), "apps/x");
	model_close(&m);
}

static void back_never_checks_or_loses(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "repository", 30, 120);
	model_keys(&m, "\x15../bad\x1b[Z"); /* Shift-Tab */
	assert_string_equal(m.app->focus, "gitBranch");
	assert_string_equal(value(&m, "gitPath"), "../bad");
	model_keys(&m, "\x1b"); /* a step back */
	assert_int_equal(m.app->step, LF_STEP_APPLICATION);
	assert_string_equal(value(&m, "gitPath"), "../bad");
	for (int i = 0; i < 20; i++)
		model_keys(&m, "\x1b");
	assert_int_equal(m.app->step, LF_STEP_START);
	assert_false(m.app->quitting);
	assert_string_equal(value(&m, "gitPath"), "../bad");
	model_close(&m);
}

static void ctrl_c_asks_once(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "repository", 30, 120);
	model_keys(&m, "\x03");
	assert_int_equal(m.app->confirm, LF_CONFIRM_LEAVE);
	assert_true(effect_was(&m, LF_EFFECT_SAVE));
	assert_true(screen_has(&m, "answers.yaml"));
	model_keys(&m, "\r"); /* "stay" is marked */
	assert_int_equal(m.app->confirm, LF_CONFIRM_NONE);
	assert_false(m.app->quitting);
	model_keys(&m, "\x03\x1b");
	assert_false(m.app->quitting);
	model_keys(&m, "\x03\t\r");
	assert_true(m.app->quitting);
	model_close(&m);
	model_open(&m, "repository", 30, 120);
	model_keys(&m, "\x03\x03");
	assert_true(m.app->quitting);
	model_close(&m);
}

static void choices_answer_to_arrows_and_digits(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "provider", 30, 120);
	assert_string_equal(value(&m, "gitopsDeployment"), "");
	model_keys(&m, "\x1b[B");
	assert_string_equal(value(&m, "gitopsDeployment"), "argocd");
	model_keys(&m, "\x1b[B");
	assert_string_equal(value(&m, "gitopsDeployment"), "flux");
	model_keys(&m, "3");
	assert_string_equal(value(&m, "gitopsDeployment"), "none");
	model_keys(&m, "9j");
	assert_string_equal(value(&m, "gitopsDeployment"), "none");
	model_keys(&m, " ");
	assert_string_equal(value(&m, "gitopsDeployment"), "argocd");
	model_keys(&m, "\x1b[D\x1b[C");
	assert_string_equal(value(&m, "gitopsDeployment"), "flux");
	model_close(&m);
}

static void a_branch_is_chosen_from_the_list(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "repository", 30, 120);
	model_keys(&m, "\x1b[A\x02"); /* the branch, Ctrl-B */
	assert_int_equal(m.tui.overlay, LF_OVERLAY_LIST);
	model_keys(&m, "stag\r");
	assert_int_equal(m.tui.overlay, LF_OVERLAY_NONE);
	assert_string_equal(value(&m, "gitBranch"), "staging");
	assert_string_equal(m.tui.edit.text, "staging");
	assert_string_equal(m.app->focus, "gitBranch");
	model_keys(&m, "\x02new-one\r"); /* not in the list: taken as typed */
	assert_string_equal(value(&m, "gitBranch"), "new-one");
	model_keys(&m, "\x02main\x1b");
	model_keys(&m, "\x1b");
	assert_string_equal(value(&m, "gitBranch"), "new-one");
	model_close(&m);
}

static void the_tree_is_walked(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "repository", 30, 120);
	model_keys(&m, "\x02patch\r");
	assert_string_equal(value(&m, "gitPath"), "apps/web/overlays/production/patches");
	assert_int_equal(m.tui.overlay, LF_OVERLAY_LIST); /* still open, one folder deeper */
	model_keys(&m, "..\r");
	assert_string_equal(value(&m, "gitPath"), "apps/web/overlays/production");
	model_keys(&m, "deployment\r"); /* a file is no folder */
	assert_string_equal(value(&m, "gitPath"), "apps/web/overlays/production");
	model_keys(&m, "\x1b");
	model_keys(&m, "\x02use\r");
	assert_int_equal(m.tui.overlay, LF_OVERLAY_NONE);
	model_close(&m);
}

static void keys_that_do_nothing_say_why(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "start", 30, 120);
	model_keys(&m, "\x1bOR");
	assert_true(m.tui.say[0]);
	assert_true(screen_has(&m, m.tui.say));
	model_keys(&m, "\x1b[H");
	assert_false(m.tui.say[0]); /* gone with the next key */
	model_close(&m);
	model_open(&m, "landing", 30, 120);
	model_keys(&m, "e");
	assert_string_equal(m.tui.say, "Nothing has failed.");
	assert_int_equal(m.app->step, LF_STEP_LANDING);
	model_close(&m);
}

static void an_action_is_asked_for_twice(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "landing-actions", 24, 80);
	assert_true(screen_has(&m, "Suspend"));
	assert_true(screen_has(&m, "what somebody changes there stays"));
	model_keys(&m, "\x1b[B\r"); /* no further down */
	assert_true(screen_has(&m, "Ask this of the cluster?"));
	model_keys(&m, "\r"); /* "do nothing" is what is marked */
	assert_false(effect_was(&m, LF_EFFECT_PATCH));
	assert_false(screen_has(&m, "Ask this of the cluster?"));
	model_keys(&m, "a\r\x03"); /* Ctrl-C is no yes */
	assert_false(effect_was(&m, LF_EFFECT_PATCH));
	assert_false(effect_was(&m, LF_EFFECT_QUIT));
	model_keys(&m, "a\x1b");
	assert_false(m.app->landing.acting.on);
	model_keys(&m, "a\r\t\r"); /* the other button */
	assert_true(effect_was(&m, LF_EFFECT_PATCH));
	assert_true(screen_has(&m, "Reconcile: asked the cluster."));
	model_close(&m);
	model_open(&m, "landing-action", 24, 80);
	model_keys(&m, "y");
	assert_true(effect_was(&m, LF_EFFECT_PATCH));
	model_close(&m);
}

static void production_wants_the_name_typed(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "landing-action-production", 24, 80);
	assert_true(screen_has(&m, "PRODUCTION: Suspend Kustomization"));
	model_keys(&m, "\r");
	assert_false(effect_was(&m, LF_EFFECT_PATCH)); /* "we" */
	assert_true(screen_has(&m, "That is not its name"));
	model_keys(&m, "a\ry"); /* a letter, not a yes */
	assert_false(effect_was(&m, LF_EFFECT_PATCH));
	model_keys(&m, "\x15web\x1b");
	assert_false(effect_was(&m, LF_EFFECT_PATCH));
	model_keys(&m, "a\rweb\r"); /* begins empty each time */
	assert_true(effect_was(&m, LF_EFFECT_PATCH));
	model_close(&m);
}

static void the_difference_opens_where_it_begins(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "review-identity", 24, 80);
	assert_true(screen_has(&m, "8 +   retryInterval: 30s"));
	assert_false(screen_has(&m, "2   kind: Kustomization"));
	model_keys(&m, "\x1b[5~\x1b[5~\x1b[5~"); /* and what stands above is a page away, not more */
	assert_true(screen_has(&m, "2   kind: Kustomization"));
	model_keys(&m, "\x1b[6~");
	assert_false(screen_has(&m, "2   kind: Kustomization"));
	model_close(&m);
}

static void a_number_marks_its_step(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "steps", 30, 120);
	model_keys(&m, "3");
	assert_int_equal(m.tui.step_marked, LF_STEP_PROVIDER);
	model_keys(&m, "0");
	assert_int_equal(m.tui.step_marked, LF_STEP_LANDING);
	model_keys(&m, "2x\r");
	assert_int_equal(m.app->step, LF_STEP_METHOD);
	model_close(&m);
}

static void help_of_the_review_tells_the_same_by_hand(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "review", 60, 120);
	model_keys(&m, "\x1bOP\x1b[6~");
	assert_true(screen_has(&m, "The same by hand"));
	assert_true(screen_has(&m, "git push origin HEAD:main"));
	model_close(&m);
}

static void help_tells_file_path_and_flag(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "help", 30, 120);
	assert_true(screen_has(&m, "spec.path of flux-kustomization.yaml"));
	assert_true(screen_has(&m, "--set gitPath=apps/web/overlays/production"));
	assert_true(screen_has(&m, "Ctrl-B"));
	model_keys(&m, "q");
	assert_int_equal(m.tui.overlay, LF_OVERLAY_NONE);
	model_close(&m);
}

static void the_preview_covers_and_uncovers(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "preview", 24, 80);
	assert_false(m.tui.layout.form.rows > 0);
	model_keys(&m, "z"); /* who types sees the field */
	assert_true(m.tui.layout.form.rows > 0);
	assert_string_equal(value(&m, "gitPath"), "z");
	model_close(&m);
}

static void a_secret_goes_out_once_and_stays_nowhere(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "secret", 30, 120);
	assert_false(screen_has(&m, "geheim"));
	model_keys(&m, "\r");
	assert_true(effect_was(&m, LF_EFFECT_ANSWER));
	for (size_t i = 0; i < m.effects.count; i++)
		if (m.effects.items[i].kind == LF_EFFECT_ANSWER)
			assert_string_equal(lf_secret_bytes(m.effects.items[i].secret), "geheim");
	assert_int_equal(m.app->ask, LF_ASK_NOTHING);
	for (size_t i = 0; i < sizeof(m.tui.prompt.text); i++)
		assert_int_equal(m.tui.prompt.text[i], 0);
	model_close(&m);
	model_open(&m, "secret", 30, 120);
	model_keys(&m, "\x1b");
	assert_true(effect_was(&m, LF_EFFECT_ANSWER));
	model_close(&m);
}

static void details_logs_and_copies(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "landing-failed", 30, 120);
	model_keys(&m, "y");
	assert_string_equal(m.tui.copied, "kubectl --context prod-eu describe pod -n production web-6c4f-9k");
	model_keys(&m, "t");
	assert_true(m.tui.tree);
	model_keys(&m, "\x1b[B\x1b[By");
	assert_string_equal(m.tui.copied, "kubectl --context prod-eu describe Service -n production web");
	model_keys(&m, "\r");
	assert_int_equal(m.tui.overlay, LF_OVERLAY_DETAILS);
	model_keys(&m, "\x1b");
	model_keys(&m, "e");
	assert_int_equal(m.app->step, LF_STEP_APPLICATION);
	model_close(&m);
}

static void a_tiny_screen_takes_no_keys_but_leaving(void **state)
{
	struct model m;

	(void)state;
	model_open(&m, "repository", 11, 39);
	assert_true(screen_has(&m, "landfall --plain"));
	model_keys(&m, "xyz\r");
	assert_string_equal(value(&m, "gitPath"), "apps/web/overlays/production");
	model_keys(&m, "\x03");
	assert_int_equal(m.app->confirm, LF_CONFIRM_LEAVE);
	model_keys(&m, "\x03");
	assert_true(m.app->quitting);
	model_close(&m);
}

static void nothing_moves_when_nothing_happens(void **state)
{
	static const char *const still[] = {"start-found", "method", "repository", "review", "deliver-refused", "landing-healthy", "landing-failed", "landing-pushed"};
	static const char *const moving[] = {"start", "repository-checking", "review-reading", "deliver", "landing", "landing-lost", "sync-flash"};
	struct model m;

	(void)state;
	for (size_t i = 0; i < LF_COUNT(still); i++) {
		model_open(&m, still[i], 30, 120);
		assert_int_equal(lf_tui_moves_in_ms(&m.tui, m.app), 0);
		model_close(&m);
	}
	for (size_t i = 0; i < LF_COUNT(moving); i++) {
		model_open(&m, moving[i], 30, 120);
		assert_in_range(lf_tui_moves_in_ms(&m.tui, m.app), 1, 1000);
		model_close(&m);
	}
	model_open(&m, "start", 30, 120);
	m.tui.reduce_motion = true;
	assert_int_equal(lf_tui_moves_in_ms(&m.tui, m.app), 0);
	model_close(&m);
}

static void keys_do_not_conflict(void **state)
{
	(void)state;
	for (int screen = 0; screen < LF_SCREENS; screen++) {
		const struct lf_binding *a, *b;
		bool way_out = false;

		for (size_t i = 0; (a = lf_keys_at((enum lf_screen)screen, i)); i++) {
			struct lf_key key = {.code = a->code, .mods = a->mods, .codepoint = (uint32_t)a->letter};
			bool types = screen == LF_SCREEN_FORM || screen == LF_SCREEN_LIST || screen == LF_SCREEN_FOLDER || screen == LF_SCREEN_SECRET;

			assert_ptr_equal(lf_keys_find((enum lf_screen)screen, &key), a); /* what is shown is what happens */
			assert_true(*a->label && *a->help);
			if (types)
				assert_true(a->code != LF_KEY_CHAR || a->mods);
			for (size_t k = 0; k < i && (b = lf_keys_at((enum lf_screen)screen, k)); k++)
				assert_false(a->code == b->code && a->mods == b->mods && a->letter == b->letter);
			way_out = way_out || (a->code == LF_KEY_CHAR && a->mods == LF_MOD_CTRL && a->letter == 'c');
		}
		assert_true(way_out); /* Ctrl-C means something everywhere */
	}
}

static void help_and_foot_name_the_same_keys(void **state)
{
	static const char *const names[] = {"repository", "review", "deliver", "landing"};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(names); i++) {
		struct model m;
		const struct lf_binding *binding;
		enum lf_screen screen;

		model_open(&m, names[i], 200, 200);
		screen = lf_view_screen(&m.tui, m.app);
		for (size_t k = 0; (binding = lf_keys_at(screen, k)); k++) {
			struct lf_str name = {0};

			if (binding->rank == 1 || binding->rank == 2) {
				lf_keys_name(&name, binding, false);
				lf_str_addf(&name, " %s", binding->label);
				assert_true(screen_has(&m, lf_str_text(&name)));
				lf_str_dispose(&name);
			}
		}
		model_keys(&m, "\x1bOP");
		for (size_t k = 0; (binding = lf_keys_at(screen, k)); k++)
			assert_true(screen_has(&m, binding->help));
		model_close(&m);
	}
}

/* Any key on any screen: nothing breaks, and nothing leaves without being asked. */
static void random_keys_break_nothing(void **state)
{
	static const char *const keys[] = {"\r", "\t", "\x1b[Z", "\x1b", "\x1bOP", "\x1bOQ", "\x1bOR", "\x1bOS", "\x1b[15~", "\x1b[A", "\x1b[B", "\x1b[C",
					   "\x1b[D", "\x02", "\x12", "\x15", "a", "q", "l", "t", "y", "n", "w", "e", " ", "1", "\x1b[5~", "\x1b[6~", "\x7f",
					   "\x1b[200~pasted\n\x1b[201~", "\x0c", "\x03"};
	uint32_t seed = 12345;

	(void)state;
	for (size_t i = 0; model_name(i); i++) {
		struct model m;

		model_open(&m, model_name(i), 24, 80);
		for (int k = 0; k < 300 && !m.app->quitting; k++) {
			struct lf_canvas canvas;

			seed = seed * 1664525 + 1013904223;
			model_keys(&m, keys[(seed >> 16) % LF_COUNT(keys)]);
			m.now_ms += 50;
			if (k % 40 == 0)
				lf_tui_resize(&m.tui, 10 + (int)(seed >> 8) % 40, 30 + (int)(seed >> 12) % 150);
			model_draw(&m, &canvas, k & 1);
			lf_canvas_dispose(&canvas);
		}
		model_close(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_letter_types_in_a_text_field),
		cmocka_unit_test(typing_reaches_the_preview_at_once),
		cmocka_unit_test(an_emptied_field_shows_its_default),
		cmocka_unit_test(the_first_letter_replaces_a_default),
		cmocka_unit_test(ctrl_r_goes_back_to_the_default),
		cmocka_unit_test(a_paste_never_submits),
		cmocka_unit_test(back_never_checks_or_loses),
		cmocka_unit_test(ctrl_c_asks_once),
		cmocka_unit_test(choices_answer_to_arrows_and_digits),
		cmocka_unit_test(a_branch_is_chosen_from_the_list),
		cmocka_unit_test(the_tree_is_walked),
		cmocka_unit_test(keys_that_do_nothing_say_why),
		cmocka_unit_test(an_action_is_asked_for_twice), cmocka_unit_test(production_wants_the_name_typed), cmocka_unit_test(the_difference_opens_where_it_begins),
		cmocka_unit_test(a_number_marks_its_step),
		cmocka_unit_test(help_of_the_review_tells_the_same_by_hand),
		cmocka_unit_test(help_tells_file_path_and_flag),
		cmocka_unit_test(the_preview_covers_and_uncovers),
		cmocka_unit_test(a_secret_goes_out_once_and_stays_nowhere),
		cmocka_unit_test(details_logs_and_copies),
		cmocka_unit_test(a_tiny_screen_takes_no_keys_but_leaving),
		cmocka_unit_test(nothing_moves_when_nothing_happens),
		cmocka_unit_test(keys_do_not_conflict),
		cmocka_unit_test(help_and_foot_name_the_same_keys),
		cmocka_unit_test(random_keys_break_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
