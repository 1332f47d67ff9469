/* main: the composition root, the only file that sees every layer: turns the command line into a model, a runner and a front, and lets them run. */
#include "config.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/app.h"
#include "core/fs.h"
#include "core/json.h"
#include "core/mem.h"
#include "core/options.h"
#include "core/scaffold.h"
#include "core/text.h"
#include "providers/demo.h"
#include "providers/engines.h"
#include "providers/runner.h"
#include "themes/theme.h"
#include "tui/front.h"
#include "tui/headless.h"
#include "tui/plain.h"
#include "tui/term.h"

#define ANSWERS_BYTES (1 << 20)
#define THEME_BYTES (256 << 10)
enum { EXIT_USAGE = 2, EXIT_INTERRUPTED = 130 };

/* Everything one run owns. */
struct session {
	const struct lf_options *options;
	uv_loop_t loop;
	struct lf_catalog *catalog;
	struct lf_app *app;
	struct lf_runner *runner;
	struct lf_front *front;	      /* one of these three shows the model */
	struct lf_headless *headless;
	struct lf_plain *plain;
	struct lf_demo *demo;
	bool demo_ready, start_wanted;
	int depth; /* of nested dispatches */
	int exit_code;
	bool stopped;
	uv_signal_t interrupt, terminate;
};

static int fail(const struct lf_options *options, const struct lf_error *err, int exit_code)
{
	lf_headless_error(stderr, options->output && lf_equal(options->output, "json"), err, exit_code);
	return exit_code;
}

/* The answers of -f, then each --set on top. */
static int load_answers(struct lf_answers **out, const struct lf_options *options, const struct lf_catalog *catalog, struct lf_error *err)
{
	struct lf_answers *answers = NULL;
	struct lf_str text = {0};
	int code = LF_OK;

	if (options->file) {
		code = lf_fs_read(&text, options->file, ANSWERS_BYTES, err);
		if (!code)
			code = lf_answers_parse(&answers, catalog, lf_str_text(&text), text.length,
						lf_equal(options->file, "-") ? "standard input" : options->file, err);
		lf_str_dispose(&text);
	}
	if (!answers)
		answers = lf_answers_new();
	for (size_t i = 0; i < options->sets.count && !code; i++)
		code = lf_answers_set_pair(answers, catalog, options->sets.items[i], err);
	if (!code && options->context)
		lf_answers_set(answers, "kubeContext", options->context);
	if (!code && options->timeout && options->command == LF_COMMAND_APPLY)
		lf_answers_set(answers, "syncTimeout", options->timeout);
	if (code) {
		lf_answers_free(answers);
		answers = NULL;
	}
	*out = answers;
	return code;
}

static struct lf_catalog *new_catalog(void)
{
	size_t count;
	const struct lf_engine *const *engines = lf_engines(&count);

	return lf_catalog_new(engines, count);
}

/* ---- render: files only ---- */

static int write_documents(const struct lf_options *options, const struct lf_documents *documents)
{
	struct lf_error err;

	for (size_t i = 0; i < documents->count; i++) {
		const struct lf_document *document = &documents->items[i];
		char *path;
		int code;

		if (!options->output || lf_equal(options->output, "-")) {
			/* A comment names each file, so that the stream can be read and still be applied as it is. */
			(void)printf("%s# %s\n%s", i ? "---\n" : "", document->path, lf_str_text(&document->text));
			continue;
		}
		path = lf_format("%s/%s", options->output, document->path);
		code = lf_fs_write(path, lf_str_text(&document->text), document->text.length, 0644, &err);
		if (!code)
			(void)printf("%s\n", path);
		lf_free(path);
		if (code)
			return fail(options, &err, 1);
	}
	return 0;
}

static int render(const struct lf_options *options)
{
	struct lf_catalog *catalog = new_catalog();
	struct lf_answers *answers = NULL;
	struct lf_documents documents = {0};
	struct lf_facts nothing = {0}; /* offline: the files depend on the answers alone */
	struct lf_plan *plan = NULL;
	struct lf_error err;
	int exit_code;

	if (load_answers(&answers, options, catalog, &err)) {
		exit_code = fail(options, &err, EXIT_USAGE);
		goto out;
	}
	plan = lf_plan_build(catalog, answers, &nothing);
	if (lf_plan_problem_count(plan)) {
		exit_code = lf_headless_problems(stderr, false, plan);
		goto out;
	}
	if (lf_plan_engine(plan))
		lf_plan_engine(plan)->render(&documents, plan, &nothing);
	lf_scaffold_render(&documents, plan, &nothing);
	lf_documents_finish(&documents);
	exit_code = write_documents(options, &documents);
out:
	lf_documents_dispose(&documents);
	lf_plan_free(plan);
	lf_answers_free(answers);
	lf_catalog_free(catalog);
	return exit_code;
}

/* ---- questions: the table for people and machines ---- */

static void question_json(struct lf_node *list, const struct lf_question *question, const struct lf_engine *engine)
{
	static const char *const kinds[] = {"text", "choice", "yes/no", "number", "duration", "branch", "path", "namespace", "context"};
	struct lf_node *item = lf_node_add_map(list), *options;

	lf_node_set_text(item, "id", question->id);
	lf_node_set_text(item, "step", lf_step_title(question->step));
	lf_node_set_text(item, "kind", kinds[question->kind]);
	lf_node_set_text(item, "prompt", question->prompt);
	lf_node_set_text(item, "help", question->help);
	if (question->fallback)
		lf_node_set_text(item, "default", question->fallback);
	if (question->yaml)
		lf_node_set_text(item, "yaml", question->yaml);
	if (engine)
		lf_node_set_text(item, "provider", engine->name);
	lf_node_set_bool(item, "optional", question->optional);
	if (!question->option_count)
		return;
	options = lf_node_set_list(item, "options");
	for (size_t i = 0; i < question->option_count; i++)
		lf_node_add_text(options, question->options[i].value);
}

static int questions(const struct lf_options *options)
{
	struct lf_catalog *catalog = new_catalog();
	struct lf_node *list = lf_node_new(LF_NODE_LIST);
	struct lf_str text = {0};

	for (size_t i = 0; i < lf_catalog_count(catalog); i++)
		question_json(list, lf_catalog_at(catalog, i), lf_catalog_engine_at(catalog, i));
	if (lf_equal(options->output, "json")) {
		lf_json_emit(&text, list);
		lf_str_add_char(&text, '\n');
	} else if (lf_equal(options->output, "roff")) { /* for the man page, at build time */
		for (size_t i = 0; i < lf_node_count(list); i++) {
			const struct lf_node *item = lf_node_at(list, i);

			lf_str_addf(&text, ".TP\n.B %s\n%s", lf_node_text(item, "id"), lf_node_text(item, "help"));
			if (lf_node_key(item, "default"))
				lf_str_addf(&text, " Default: %s.", lf_node_text(item, "default"));
			if (lf_node_key(item, "provider"))
				lf_str_addf(&text, " Asked for: %s.", lf_node_text(item, "provider"));
			if (lf_node_key(item, "yaml"))
				lf_str_addf(&text, " Goes to %s.", lf_node_text(item, "yaml"));
			lf_str_add_char(&text, '\n');
		}
	} else {
		for (size_t i = 0; i < lf_node_count(list); i++) {
			const struct lf_node *item = lf_node_at(list, i);

			lf_str_addf(&text, "%-20s %-12s %-12s %s\n", lf_node_text(item, "id"), lf_node_text(item, "step"),
				    lf_node_key(item, "default") ? lf_node_text(item, "default") : "-", lf_node_text(item, "help"));
		}
	}
	(void)fputs(lf_str_text(&text), stdout);
	lf_str_dispose(&text);
	lf_node_free(list);
	lf_catalog_free(catalog);
	return 0;
}

/* ---- a run: model, runner and front ---- */

static void stop(struct session *session, int exit_code)
{
	session->stopped = true;
	session->exit_code = exit_code;
	if (session->front)
		lf_front_quit(session->front);
	else
		uv_stop(&session->loop);
}

static void run_effects(struct session *session, struct lf_effects *effects)
{
	for (size_t i = 0; i < effects->count; i++) {
		struct lf_effect *effect = &effects->items[i];

		if (effect->kind == LF_EFFECT_QUIT)
			stop(session, (int)effect->number);
		else if (effect->kind == LF_EFFECT_COPY && session->front)
			lf_front_copy(session->front, effect->text);
		else
			lf_runner_run(session->runner, effect);
	}
	lf_effects_dispose(effects);
}

static void update(struct session *session, struct lf_event *event)
{
	struct lf_effects effects = {0};

	if (event->kind == LF_EVENT_START && session->demo && !session->demo_ready) {
		session->start_wanted = true; /* the sandbox is still getting up */
		return;
	}
	session->depth++;
	lf_app_update(session->app, event, &effects);
	run_effects(session, &effects);
	session->depth--;
}

/* A front without keys moves by itself, once the model has settled. */
static void step_headless(struct session *session)
{
	while (session->headless && !session->depth && !session->stopped) {
		struct lf_event event = {.now_ms = lf_runner_now_ms()};
		enum lf_headless_move move = lf_headless_step(session->headless, session->app, &event);

		if (move == LF_HEADLESS_FINISHED)
			stop(session, lf_headless_exit_code(session->headless));
		if (move != LF_HEADLESS_MOVE)
			return;
		update(session, &event);
		lf_event_dispose(&event);
	}
}

static void from_runner(struct lf_event *event, void *payload)
{
	struct session *session = payload;

	if (session->stopped)
		return;
	update(session, event);
	if (session->front)
		lf_front_changed(session->front);
	if (session->plain)
		lf_plain_changed(session->plain);
	step_headless(session);
}

static void from_front(struct lf_event *event, void *payload)
{
	update(payload, event);
}

static void set_if_open(struct lf_answers *answers, const char *id, const char *value)
{
	if (!lf_answers_get(answers, id))
		lf_answers_set(answers, id, value);
}

static void demo_ready(const char *repository, const struct lf_error *err, void *payload)
{
	struct session *session = payload;
	struct lf_event event = {.kind = LF_EVENT_START, .now_ms = lf_runner_now_ms()};

	if (err) {
		if (session->front)
			lf_front_close(session->front);
		session->front = NULL;
		stop(session, fail(session->options, err, 1));
		uv_stop(&session->loop);
		return;
	}
	session->demo_ready = true;
	set_if_open(session->app->answers, "gitRepoUrl", repository);
	set_if_open(session->app->answers, "appName", "web");
	set_if_open(session->app->answers, "targetNamespace", "production");
	if (!session->start_wanted)
		return;
	update(session, &event);
	if (session->front)
		lf_front_changed(session->front);
}

static void interrupted(uv_signal_t *signal, int number)
{
	(void)number;
	stop(signal->data, EXIT_INTERRUPTED);
}

static void handle_closed(uv_handle_t *handle)
{
	(void)handle;
}

static int session_open(struct session *session, const struct lf_options *options, bool batch)
{
	struct lf_runner_options runner = {.batch = batch, .workdir = options->command == LF_COMMAND_DEMO ? "/" : NULL};
	struct lf_answers *answers = NULL;
	struct lf_error err;
	char *saved = options->command == LF_COMMAND_APPLY || options->command == LF_COMMAND_WATCH ? NULL : lf_fs_state_path("session.yaml");

	uv_loop_init(&session->loop);
	session->options = options;
	session->catalog = new_catalog();
	if (load_answers(&answers, options, session->catalog, &err)) {
		lf_free(saved);
		return fail(options, &err, EXIT_USAGE);
	}
	session->app = lf_app_new(session->catalog, answers);
	session->app->demo = options->command == LF_COMMAND_DEMO;
	runner.answers_file = saved;
	session->runner = lf_runner_new(&session->loop, &runner, from_runner, session);
	lf_free(saved);
	uv_signal_init(&session->loop, &session->interrupt);
	uv_signal_init(&session->loop, &session->terminate);
	session->interrupt.data = session->terminate.data = session;
	return 0;
}

static void session_close(struct session *session)
{
	if (session->runner) {
		uv_close((uv_handle_t *)&session->interrupt, handle_closed);
		uv_close((uv_handle_t *)&session->terminate, handle_closed);
	}
	lf_front_close(session->front);
	lf_plain_free(session->plain);
	lf_headless_free(session->headless);
	lf_runner_free(session->runner);
	lf_demo_free(session->demo);
	do { /* lets what is closing close, and a last save reach the disk; the first turn may only take note of an uv_stop() */
		(void)uv_run(&session->loop, UV_RUN_DEFAULT);
	} while (uv_loop_alive(&session->loop));
	(void)uv_loop_close(&session->loop);
	lf_app_free(session->app);
	lf_catalog_free(session->catalog);
}

static bool ask_person(const char *question, void *payload)
{
	char line[64];

	(void)payload;
	(void)fputs(question, stderr);
	return fgets(line, sizeof(line), stdin) && (line[0] == 'y' || line[0] == 'Y');
}

static int watch_target(struct session *session, struct lf_effects *effects, struct lf_error *err)
{
	const struct lf_options *options = session->options;
	const char *what = options->arguments.count == 1 ? options->arguments.items[0] : "", *slash = strchr(what, '/');
	int64_t timeout = lf_duration_ms(options->timeout ? options->timeout : "5m");
	char *kind = slash ? lf_dup_n(what, (size_t)(slash - what)) : lf_dup("Kustomization");
	struct lf_ref ref;
	int code;

	if (!slash && options->arguments.count == 1 && !options->namespace)
		lf_set(&kind, "Application");
	ref = lf_ref_new("", kind, options->namespace ? options->namespace : (lf_equal(kind, "Application") ? "argocd" : "flux-system"),
			 slash ? slash + 1 : what);
	lf_free(kind);
	if (!*ref.name || timeout <= 0 || (options->commit && strspn(options->commit, "0123456789abcdef") != 40)) {
		code = lf_fail(err, LF_EINVAL, "watch", 0, !*ref.name ? "Which object should be watched?"
							    : timeout <= 0 ? "The timeout is not a duration."
									   : "A commit is 40 hexadecimal digits.");
		lf_hint(err, "landfall watch Kustomization/web -n flux-system --timeout 60s");
	} else {
		code = lf_app_watch(session->app, effects, &ref, options->commit, timeout, lf_runner_now_ms(), err);
	}
	lf_ref_dispose(&ref);
	return code;
}

static int run_headless(const struct lf_options *options)
{
	struct session session = {0};
	struct lf_headless_options headless = {
	    .out = stdout,
	    .json = lf_equal(options->output, "json"),
	    .watching = options->command == LF_COMMAND_WATCH,
	    .yes = options->yes,
	    .dry_run = options->dry_run,
	    .no_wait = options->no_wait,
	    .confirm = isatty(0) && !lf_equal(options->file, "-") ? ask_person : NULL,
	};
	struct lf_event start = {.kind = LF_EVENT_START, .now_ms = lf_runner_now_ms()};
	struct lf_effects effects = {0};
	struct lf_error err;
	int exit_code = session_open(&session, options, true);

	if (!exit_code) {
		uv_signal_start(&session.interrupt, interrupted, SIGINT);
		uv_signal_start(&session.terminate, interrupted, SIGTERM);
		session.app->hurried = true;
		session.headless = lf_headless_new(&headless);
		if (!headless.watching)
			update(&session, &start);
		else if (watch_target(&session, &effects, &err))
			exit_code = fail(options, &err, EXIT_USAGE);
		else
			run_effects(&session, &effects);
		if (!exit_code)
			step_headless(&session);
		if (!exit_code && !session.stopped)
			(void)uv_run(&session.loop, UV_RUN_DEFAULT);
		exit_code = exit_code ? exit_code : session.exit_code;
	}
	session_close(&session);
	return exit_code;
}

/* ---- a run in front of a person ---- */

static int load_theme(struct lf_theme *out, const struct lf_options *options, struct lf_error *err)
{
	const char *name = options->theme ? options->theme : "terminal", *shipped;
	char *below = lf_format("themes/%s.yaml", name), *path = lf_fs_config_path(below);
	struct lf_str text = {0};
	size_t length = 0;
	int code;

	shipped = lf_theme_text(name, &length);
	if (!strchr(name, '/') && path && lf_fs_exists(path)) {
		code = lf_fs_read(&text, path, THEME_BYTES, err);
		if (!code)
			code = lf_theme_parse(out, lf_str_text(&text), text.length, path, err);
	} else if (shipped) {
		code = lf_theme_parse(out, shipped, length, name, err);
	} else {
		code = lf_fail(err, LF_ENOTFOUND, "theme", 0, "There is no theme \"%.40s\".", name);
		lf_hint(err, "terminal, dark, mono, or a file %s.", path ? path : "themes/NAME.yaml in the configuration folder");
	}
	lf_str_dispose(&text);
	lf_free(below);
	lf_free(path);
	return code;
}

static int parse_color(enum lf_color *out, const char *word, struct lf_error *err)
{
	static const struct {
		const char *word;
		enum lf_color color;
	} words[] = {{"auto", LF_COLOR_AUTO}, {"never", LF_COLOR_MONO}, {"16", LF_COLOR_16}, {"256", LF_COLOR_256}, {"true", LF_COLOR_TRUE}};

	*out = LF_COLOR_AUTO;
	for (size_t i = 0; i < LF_COUNT(words); i++) {
		if (!word || lf_equal(word, words[i].word)) {
			*out = words[i].color;
			return LF_OK;
		}
	}
	lf_fail(err, LF_EINVAL, "options", 0, "--color does not know \"%.40s\".", word);
	lf_hint(err, "auto, never, 16, 256 or true.");
	return LF_EINVAL;
}

/* The line mode, where it was asked for or where no screen can be drawn. */
static void run_plain(struct session *session)
{
	struct lf_plain_options options = {.input = 0, .output = 1};

	session->plain = lf_plain_new(&session->loop, session->app, &options, from_front, session);
	lf_plain_run(session->plain);
}

static int run_wizard(const struct lf_options *options)
{
	struct session session = {0};
	struct lf_front_options front = {.ascii = options->ascii || !lf_term_is_utf8(), .input = 0, .output = 1};
	const char *accessible = getenv("ACCESSIBLE");
	char *saved = NULL;
	struct lf_theme theme;
	struct lf_error err;
	int exit_code, signal_number = 0;

	struct lf_effects effects = {0};

	if (load_theme(&theme, options, &err) || parse_color(&front.color, options->color, &err))
		return fail(options, &err, EXIT_USAGE);
	exit_code = session_open(&session, options, false);
	if (!exit_code && options->command == LF_COMMAND_WATCH && watch_target(&session, &effects, &err))
		exit_code = fail(options, &err, EXIT_USAGE);
	if (!exit_code && options->command == LF_COMMAND_DEMO &&
	    lf_demo_start(&session.demo, &session.loop, options->scenario, demo_ready, &session, &err))
		exit_code = fail(options, &err, EXIT_USAGE);
	if (exit_code)
		goto out;
	saved = lf_fs_state_path("session.yaml");
	front.theme = &theme;
	front.saved_in = saved;
	if (options->plain || (accessible && *accessible) || !isatty(0) || !isatty(1) ||
	    lf_front_open(&session.front, &session.loop, session.app, &front, from_front, &session, &err)) {
		run_plain(&session);
	} else {
		run_effects(&session, &effects);
		signal_number = lf_front_run(session.front);
		lf_front_close(session.front);
		session.front = NULL;
	}
	exit_code = signal_number ? 128 + signal_number : session.exit_code;
out:
	lf_effects_dispose(&effects);
	session_close(&session);
	lf_free(saved);
	return exit_code;
}

static int completion(const struct lf_options *options)
{
	struct lf_str text = {0};
	struct lf_error err;
	int exit_code = 0;

	if (lf_options_completion(&text, options->arguments.count == 1 ? options->arguments.items[0] : "", &err))
		exit_code = fail(options, &err, EXIT_USAGE);
	(void)fputs(lf_str_text(&text), stdout);
	lf_str_dispose(&text);
	return exit_code;
}

static int run(const struct lf_options *options)
{
	struct lf_str text = {0};

	if (options->version) {
		(void)puts("landfall " PACKAGE_VERSION);
		return 0;
	}
	if (options->help) {
		lf_options_help(&text, options->command);
		(void)fputs(lf_str_text(&text), stdout);
		lf_str_dispose(&text);
		return 0;
	}
	switch (options->command) {
	case LF_COMMAND_WIZARD:
	case LF_COMMAND_DEMO:
		return run_wizard(options);
	case LF_COMMAND_RENDER:
		return render(options);
	case LF_COMMAND_APPLY:
		return run_headless(options);
	case LF_COMMAND_WATCH:
		return isatty(0) && isatty(1) && !options->output && !options->plain ? run_wizard(options) : run_headless(options);
	case LF_COMMAND_QUESTIONS:
		return questions(options);
	case LF_COMMAND_COMPLETION:
		return completion(options);
	case LF_COMMANDS:
		break;
	}
	return EXIT_USAGE;
}

int main(int argc, char *argv[])
{
	struct lf_options options;
	struct lf_error err;
	int exit_code;

	(void)setlocale(LC_CTYPE, ""); /* only what characters are: numbers and words stay the same everywhere, and twelve files unread */
	(void)signal(SIGPIPE, SIG_IGN);
	if (lf_options_parse(&options, argc, (const char *const *)argv, &err)) {
		lf_headless_error(stderr, false, &err, EXIT_USAGE);
		return EXIT_USAGE;
	}
	exit_code = run(&options);
	lf_options_dispose(&options);
	return exit_code;
}
