/* session: see session.h. Carries events to the reducer and effects to the runner; decides nothing. */
#include "config.h"
#include "commands/session.h"

#include <string.h>

#include <stdio.h>

#include "commands/editor.h"
#include "core/fs.h"
#include "core/mem.h"

void lf_session_stop(struct lf_session *session, int exit_code)
{
	session->stopped = true;
	session->exit_code = exit_code;
	if (session->front)
		lf_front_quit(session->front);
	else
		uv_stop(&session->loop);
}

void lf_session_run_effects(struct lf_session *session, struct lf_effects *effects)
{
	for (size_t i = 0; i < effects->count; i++) {
		struct lf_effect *effect = &effects->items[i];

		if (effect->kind == LF_EFFECT_QUIT)
			lf_session_stop(session, (int)effect->number);
		else if (effect->kind == LF_EFFECT_COPY && session->front)
			lf_front_copy(session->front, effect->text);
		else if (effect->kind == LF_EFFECT_EDIT && (session->front || session->headless))
			lf_editor_open(session, effect);
		else
			lf_runner_run(session->runner, effect);
	}
	lf_effects_dispose(effects);
}

void lf_session_update(struct lf_session *session, struct lf_event *event)
{
	struct lf_effects effects = {0};

	if (event->kind == LF_EVENT_START && session->demo && !session->demo_ready) {
		session->start_wanted = true; /* the sandbox is still getting up */
		return;
	}
	session->depth++;
	lf_app_update(session->app, event, &effects);
	lf_session_run_effects(session, &effects);
	session->depth--;
}

void lf_session_step(struct lf_session *session)
{
	while (session->headless && !session->depth && !session->stopped) {
		struct lf_event event = {.now_ms = lf_runner_now_ms()};
		enum lf_headless_move move = lf_headless_step(session->headless, session->app, &event);

		if (move == LF_HEADLESS_FINISHED)
			lf_session_stop(session, lf_headless_exit_code(session->headless));
		if (move != LF_HEADLESS_MOVE)
			return;
		lf_session_update(session, &event);
		lf_event_dispose(&event);
	}
}

static void from_runner(struct lf_event *event, void *payload)
{
	struct lf_session *session = payload;

	if (session->stopped) {
		if (event->kind == LF_EVENT_SAVED && event->error.code)
			session->unsaved = event->error;
		return;
	}
	lf_session_update(session, event);
	if (session->front)
		lf_front_changed(session->front);
	if (session->plain)
		lf_plain_changed(session->plain);
	lf_session_step(session);
}

static void set_if_open(struct lf_answers *answers, const char *id, const char *value)
{
	if (!lf_answers_get(answers, id))
		lf_answers_set(answers, id, value);
}

/* The sandbox is up, or it is not and will not be. */
static void demo_ready(const char *repository, const char *charts, const struct lf_error *err, void *payload)
{
	struct lf_session *session = payload;
	struct lf_event event = {.kind = LF_EVENT_START, .now_ms = lf_runner_now_ms()};

	if (err) {
		if (session->front)
			lf_front_close(session->front); /* before anything is printed */
		session->front = NULL;
		lf_session_stop(session, lf_command_fail(session->run->options, err, 1));
		uv_stop(&session->loop);
		return;
	}
	session->demo_ready = true;
	set_if_open(session->app->answers, "gitRepoUrl", repository);
	set_if_open(session->app->answers, "chartRepoUrl", charts);
	set_if_open(session->app->answers, "appName", "web");
	set_if_open(session->app->answers, "targetNamespace", "production");
	if (!session->start_wanted)
		return;
	lf_session_update(session, &event);
	if (session->front)
		lf_front_changed(session->front);
}

int lf_session_open(struct lf_session *session, const struct lf_run *run, bool batch)
{
	struct lf_runner_options runner = {.batch = batch, .workdir = run->demo ? "/" : NULL};
	struct lf_options options = *run->options;
	struct lf_answers *answers = NULL;
	struct lf_error err;

	session->run = run;
	uv_loop_init(&session->loop);
	session->catalog = lf_command_catalog();
	if (lf_command_settings(&session->settings, session->catalog, &err))
		return lf_command_fail(run->options, &err, LF_EXIT_USAGE);
	/* First: it points the folders that are read and written below into its own. */
	if (run->demo && lf_demo_start(&session->demo, &session->loop, run->options->scenario, demo_ready, session, &err))
		return lf_command_fail(run->options, &err, LF_EXIT_USAGE);
	if (run->changes)
		memset(&options.sets, 0, sizeof(options.sets)); /* borrowed: these are no answers */
	if (lf_command_answers(&answers, &options, session->catalog, &err))
		return lf_command_fail(run->options, &err, LF_EXIT_USAGE);
	session->app = lf_app_new(session->catalog, answers);
	session->app->demo = run->demo;
	if (!run->demo) /* what is tried out is the same for everybody */
		lf_app_configure(session->app, &session->settings);
	session->saved_in = run->keeps ? lf_fs_state_path("session.yaml") : NULL;
	runner.answers_file = session->saved_in;
	session->runner = lf_runner_new(&session->loop, &runner, from_runner, session);
	uv_signal_init(&session->loop, &session->interrupt);
	uv_signal_init(&session->loop, &session->terminate);
	session->interrupt.data = session->terminate.data = session;
	return 0;
}

static void handle_closed(uv_handle_t *handle)
{
	(void)handle;
}

void lf_session_close(struct lf_session *session)
{
	if (session->runner) {
		uv_close((uv_handle_t *)&session->interrupt, handle_closed);
		uv_close((uv_handle_t *)&session->terminate, handle_closed);
	}
	lf_editor_forget(session);
	session->stopped = true; /* what still comes reaches no front and no runner */
	lf_front_close(session->front);
	lf_plain_free(session->plain);
	lf_headless_free(session->headless);
	lf_runner_free(session->runner);
	lf_demo_free(session->demo);
	do { /* lets what is closing close, and a last save reach the disk; the first turn may only take note of an uv_stop() */
		(void)uv_run(&session->loop, UV_RUN_DEFAULT);
	} while (uv_loop_alive(&session->loop));
	(void)uv_loop_close(&session->loop);
	if (session->unsaved.code && session->app && !session->app->demo)
		(void)fprintf(stderr, "landfall: The answers could not be saved: %s\n  %s\n", session->unsaved.message, session->unsaved.hint);
	lf_app_free(session->app);
	lf_settings_dispose(&session->settings);
	lf_catalog_free(session->catalog);
	lf_free(session->saved_in);
}
