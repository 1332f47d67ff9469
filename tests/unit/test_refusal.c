/* test_refusal: for each screen the keys that cannot be used on it now, and the words that say why; and the one failed review that Enter goes on from: a repository that can
 * be created. */
#include "config.h"
#include "tests/unit/unit.h"

#include <string.h>

#include "core/mem.h"
#include "tests/unit/models.h"
#include "tui/keys.h"
#include "tui/view.h"

static void each_key_says_why_it_does_nothing(void **state)
{
	static const struct {
		const char *model;
		enum lf_action action;
		const char *words; /* NULL: it can be used */
	} rows[] = {
	    {"start", LF_ACTION_FILE_NEXT, "There are no files yet: they appear as you answer."},
	    {"start", LF_ACTION_RETRY, "No check has failed."},
	    {"start-unreachable", LF_ACTION_RETRY, NULL},
	    {"repository-problem", LF_ACTION_RETRY, "No check has failed."}, /* a wrong answer is no failed check */
	    {"application", LF_ACTION_RESET, "This is the default already."},
	    {"method", LF_ACTION_CHOOSE, "The choices are all here: the arrow keys move between them."},
	    {"repository", LF_ACTION_FILE_NEXT, NULL},
	    {"review", LF_ACTION_DELIVER, NULL},
	    {"review", LF_ACTION_CONFLICTS, "Nobody else changed these lines."},
	    {"review", LF_ACTION_EDIT, "No file was opened in the editor here."},
	    {"review", LF_ACTION_MESSAGE, NULL},
	    {"review", LF_ACTION_WRITE, NULL},
	    {"review-reading", LF_ACTION_DELIVER, "The branch is still being read."},
	    {"review-read-only", LF_ACTION_DELIVER, "This context is read-only by your settings: nothing is pushed for it."},
	    {"review-identity", LF_ACTION_DELIVER, "Git does not know who you are: what stands above helps, then F5 looks again."},
	    {"deliver", LF_ACTION_RETRY, "The delivery is under way; Ctrl-C stops it."},
	    {"deliver", LF_ACTION_BACK, "The delivery is under way; Ctrl-C stops it."},
	    {"deliver", LF_ACTION_COPY_URL, "There is no pull request yet."},
	    {"deliver-refused", LF_ACTION_RETRY, NULL},
	    {"deliver-request", LF_ACTION_COPY_URL, NULL},
	    {"deliver-request", LF_ACTION_RETRY, "It is read again by itself; Ctrl-C leaves, and the request stays open."},
	    {"landing", LF_ACTION_COPY_URL, "There is no pull request of this landing."},
	    {"landing", LF_ACTION_FIX, "Nothing has failed."},
	    {"landing", LF_ACTION_FLIGHT_NEXT, "There is only one environment."},
	    {"landing", LF_ACTION_TREE, "The tree is what you see."},
	    {"landing", LF_ACTION_ROLLBACK, NULL},
	    {"landing-failed", LF_ACTION_FIX, NULL},
	    {"landing-failed", LF_ACTION_TREE, NULL},
	    {"landing-environments", LF_ACTION_FLIGHT_NEXT, NULL},
	    {"landing-pushed", LF_ACTION_LOGS, "Nothing is being watched."},
	    {"landing-pushed", LF_ACTION_LEAVE, NULL},
	    {"deliver-by-hand", LF_ACTION_COPY_URL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct model m;
		const char *words;

		model_open(&m, rows[i].model, 32, 120);
		words = lf_view_refusal(&m.tui, m.app, rows[i].action);
		if (!lf_equal(words, rows[i].words))
			fail_msg("%s, action %d: %s", rows[i].model, (int)rows[i].action, words ? words : "nothing");
		model_close(&m);
	}
}

/* The review as it is where the host knows no such repository: CODE is what the host said. */
static void open_missing(struct model *m, const char *url, enum lf_code code)
{
	struct lf_repository_facts *repository;

	model_open(m, "review", 32, 120);
	lf_answers_set(m->app->answers, "gitRepoUrl", url);
	repository = &m->app->facts.repository;
	lf_repository_facts_dispose(repository);
	repository->state = LF_FACT_FAILED;
	repository->url = lf_dup(url);
	(void)lf_fail(&repository->error, code, "git", 0, "there is no such repository");
	lf_plan_free(m->app->plan);
	m->app->plan = lf_plan_build(m->app->catalog, m->app->answers, &m->app->facts);
	m->app->review.state = LF_FACT_FAILED;
	m->app->review.error = repository->error;
}

static bool asks_effect(const struct model *m, enum lf_effect_kind kind)
{
	for (size_t i = 0; i < m->effects.count; i++)
		if (m->effects.items[i].kind == kind)
			return true;
	return false;
}

static void a_repository_that_can_be_created_is_asked_about(void **state)
{
	static const char *const host = "https://git.example.com/shop/new.git";
	struct model m;

	(void)state;
	open_missing(&m, host, LF_ENOTFOUND);
	assert_null(lf_view_refusal(&m.tui, m.app, LF_ACTION_DELIVER));
	model_keys(&m, "\r");
	assert_int_equal(m.app->confirm, LF_CONFIRM_CREATE);
	model_keys(&m, "n");
	assert_int_equal(m.app->confirm, LF_CONFIRM_NONE);
	assert_null(lf_answers_get(m.app->answers, "createRepository"));
	model_keys(&m, "\r");
	assert_int_equal(m.app->confirm, LF_CONFIRM_CREATE);
	model_keys(&m, "y");
	assert_string_equal(lf_answers_get(m.app->answers, "createRepository"), "private");
	assert_int_equal(m.app->step, LF_STEP_REVIEW); /* looked at once more before anything is made */
	assert_false(asks_effect(&m, LF_EFFECT_CREATE_REPOSITORY));
	model_close(&m);
}

static void what_cannot_be_created_comes_first(void **state)
{
	static const struct {
		const char *url;
		enum lf_code code;
		bool amends;
	} rows[] = {
	    {"https://git.example.com/shop/new.git", LF_EAUTH, false}, /* perhaps it is there */
	    {"/srv/git/new.git", LF_ENOTFOUND, false},		       /* nobody to ask */
	    {"https://git.example.com/shop/new.git", LF_ENOTFOUND, true}, /* an edit has nothing to begin with */
	};

	(void)state;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct model m;

		open_missing(&m, rows[i].url, rows[i].code);
		m.app->amendment.on = rows[i].amends;
		assert_string_equal(lf_view_refusal(&m.tui, m.app, LF_ACTION_DELIVER), "What is wrong above comes first.");
		model_keys(&m, "\r");
		assert_int_equal(m.app->confirm, LF_CONFIRM_NONE);
		assert_int_equal(m.app->step, LF_STEP_REVIEW);
		model_close(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_key_says_why_it_does_nothing),
	    cmocka_unit_test(a_repository_that_can_be_created_is_asked_about),
	    cmocka_unit_test(what_cannot_be_created_comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
