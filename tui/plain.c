/* plain: see plain.h. Knows lines, not keys; what is asked comes from the plan, what happened from the headless reporter. */
#include "config.h"
#include "tui/plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>

#include "core/mem.h"
#include "core/str.h"
#include "tui/headless_parts.h"

#define LINE_LIMIT 8192
#define CHOICES_AT_MOST 30

struct lf_plain {
	uv_loop_t *loop;
	const struct lf_app *app;
	lf_plain_dispatch_fn *dispatch;
	void *payload;
	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_tty_t tty;
		uv_pipe_t pipe;
	} *input;
	FILE *out;
	struct lf_str line;
	struct lf_headless *report;
	enum lf_step step_said;
	const char *asked;   /* the question whose answer the next line is; NULL: none */
	bool review_asked, reported_wait, ended, greeted;
	char *finding; /* said last about the question */
	char *notice;  /* said last about anything else */
	const char *saved_in; /* borrowed */
	int fd;
	bool hidden; /* the terminal does not echo: a secret is being typed */
};

static void ask(struct lf_plain *plain);

static void tell(struct lf_plain *plain, struct lf_event *event)
{
	plain->dispatch(event, plain->payload);
	lf_event_dispose(event);
}

static void tell_kind(struct lf_plain *plain, enum lf_event_kind kind)
{
	struct lf_event event = {.kind = kind};
	uv_timeval64_t now;

	uv_gettimeofday(&now);
	event.now_ms = now.tv_sec * 1000 + now.tv_usec / 1000;
	tell(plain, &event);
}

static void tell_answer(struct lf_plain *plain, const char *id, const char *value)
{
	struct lf_event event = {.kind = LF_EVENT_SET, .id = lf_dup(id), .text = lf_dup(value)};
	uv_timeval64_t now;

	uv_gettimeofday(&now);
	event.now_ms = now.tv_sec * 1000 + now.tv_usec / 1000;
	tell(plain, &event);
}

static void say_step(struct lf_plain *plain)
{
	const struct lf_app *app = plain->app;

	if (plain->greeted && plain->step_said == app->step)
		return;
	plain->greeted = true;
	plain->step_said = app->step;
	(void)fprintf(plain->out, "\nStep %d of %d: %s%s\n", (int)app->step + 1, (int)LF_STEPS, lf_step_title(app->step), app->demo ? " (DEMO)" : "");
	if (app->step < LF_STEP_REVIEW)
		(void)fprintf(plain->out, "%s   (b back, ? help, s summary, end of input leaves)\n", lf_step_question(app->step));
}

static void say_finding(struct lf_plain *plain)
{
	const struct lf_plan_entry *entry = plain->asked ? lf_plan_entry(plain->app->plan, plain->asked) : NULL;
	enum lf_fact_state mark = LF_FACT_UNKNOWN;
	struct lf_str text = {0};

	if (entry && lf_app_finding(plain->app, entry, &text, &mark) && mark != LF_FACT_LOOKING && !lf_equal(plain->finding, lf_str_text(&text))) {
		lf_set(&plain->finding, lf_str_text(&text));
		(void)fprintf(plain->out, "\n  %s: %s\n", entry->question->prompt, plain->finding);
	}
	lf_str_dispose(&text);
}

static void say_notice(struct lf_plain *plain)
{
	const char *notice = plain->app->notice;

	if (notice && !lf_equal(notice, plain->notice))
		(void)fprintf(plain->out, "\n  %s\n", notice);
	lf_set(&plain->notice, notice);
}

static void say_choice(const struct lf_plain *plain, size_t index, const char *label, const char *help, const struct lf_chart_version *version)
{
	(void)fprintf(plain->out, "  %zu. %s%s%s", index + 1, label, help ? ": " : "", help ? help : "");
	if (version && version->app_version)
		(void)fprintf(plain->out, ": app %s", version->app_version);
	(void)fprintf(plain->out, "%s%s\n", version && version->prerelease ? " (pre-release)" : "", version && version->deprecated ? " (deprecated)" : "");
}

static void ask_question(struct lf_plain *plain, const struct lf_plan_entry *entry)
{
	size_t choices = lf_app_choices(plain->app, entry);

	plain->asked = entry->question->id;
	for (size_t i = 0; i < choices && i < CHOICES_AT_MOST && entry->question->kind != LF_ASK_YESNO; i++) {
		const char *value, *label, *help;

		lf_app_choice(plain->app, entry, i, &value, &label, &help);
		say_choice(plain, i, label, help, lf_app_version(plain->app, entry, i));
	}
	if (lf_app_shows_problem(plain->app, entry))
		(void)fprintf(plain->out, "  Not usable: %s %s\n", entry->problem->message, entry->problem->hint);
	(void)fprintf(plain->out, "%s", entry->question->prompt);
	if (entry->question->kind == LF_ASK_YESNO)
		(void)fprintf(plain->out, " (yes/no)");
	if (strchr(entry->value, '\n'))
		(void)fprintf(plain->out, " (YAML on one line, or @FILE)\n%s[the above]", entry->value);
	else if (*entry->value)
		(void)fprintf(plain->out, " [%s%s%s]", entry->value, entry->answered ? "" : ", ", entry->answered ? "" : entry->source);
	else if (entry->question->optional)
		(void)fprintf(plain->out, " [none]");
	(void)fprintf(plain->out, ": ");
	(void)fflush(plain->out);
}

static void ask_review(struct lf_plain *plain)
{
	const struct lf_review *review = &plain->app->review;

	plain->asked = NULL;
	if (review->state == LF_FACT_LOOKING) {
		if (!plain->reported_wait)
			(void)fprintf(plain->out, "Reading the branch…\n");
		plain->reported_wait = true;
		(void)fflush(plain->out);
		return;
	}
	plain->reported_wait = false;
	if (plain->review_asked)
		return;
	plain->review_asked = true;
	if (review->state == LF_FACT_FAILED)
		(void)fprintf(plain->out, "%s %s\n", review->error.message, review->error.hint);
	if (lf_app_creates(plain->app)) {
		struct lf_str text = {0};

		lf_app_creation(&text, plain->app);
		(void)fprintf(plain->out, "  %-8s %s\n", "create", lf_str_text(&text));
		lf_str_dispose(&text);
	}
	for (size_t i = 0; i < review->count && review->state == LF_FACT_KNOWN; i++)
		(void)fprintf(plain->out, "  %-8s %s%s%s%s\n", lf_change_words[review->files[i].change], review->files[i].document->path,
			      review->files[i].change == LF_CHANGE_KEPT && review->files[i].why ? "  (" : "",
			      review->files[i].change == LF_CHANGE_KEPT && review->files[i].why ? review->files[i].why : "",
			      review->files[i].change == LF_CHANGE_KEPT && review->files[i].why ? ")" : "");
	(void)fprintf(plain->out, "y push, d show the files, r read the branch again, b back: ");
	(void)fflush(plain->out);
}

static void follow(struct lf_plain *plain)
{
	struct lf_headless_options options = {.out = plain->out, .yes = true, .wait_for_merge = true};
	struct lf_event event = {0};

	plain->asked = NULL;
	if (!plain->report)
		plain->report = lf_headless_new(&options);
	if (lf_headless_step(plain->report, plain->app, &event) == LF_HEADLESS_FINISHED && !plain->ended) {
		plain->ended = true;
		tell_kind(plain, LF_EVENT_LEAVE);
	}
}

static void ask(struct lf_plain *plain)
{
	const struct lf_plan_entry *entry = lf_app_focused(plain->app);

	say_step(plain);
	if (plain->app->confirm == LF_CONFIRM_CREATE) {
		struct lf_str text = {0};

		lf_app_creation(&text, plain->app);
		(void)fprintf(plain->out, "There is no such repository. When you deliver, %s. Create it? (y/n): ", lf_str_text(&text));
		(void)fflush(plain->out);
		lf_str_dispose(&text);
	} else if (plain->app->confirm == LF_CONFIRM_PULL_REQUEST) {
		(void)fprintf(plain->out, "%s\n  %s\nPropose it by a pull request instead? (y/n): ", plain->app->delivery.error.message, plain->app->delivery.error.hint);
		(void)fflush(plain->out);
	} else if (plain->app->step > LF_STEP_REVIEW) {
		follow(plain);
	} else if (plain->app->step == LF_STEP_REVIEW && plain->app->review.deciding) {
		if (!plain->review_asked) {
			lf_headless_conflict(plain->out, plain->app);
			(void)fprintf(plain->out, "o keeps ours, t takes theirs, s stops and pushes nothing: ");
			(void)fflush(plain->out);
		}
		plain->review_asked = true;
	} else if (plain->app->step == LF_STEP_REVIEW) {
		ask_review(plain);
	} else if (entry) {
		lf_set(&plain->finding, NULL);
		ask_question(plain, entry);
	}
}

static void help(struct lf_plain *plain, const struct lf_plan_entry *entry)
{
	const struct lf_question *question = entry->question;

	(void)fprintf(plain->out, "  %s\n", question->help);
	if (question->detail)
		(void)fprintf(plain->out, "  %s\n", question->detail);
	if (question->yaml)
		(void)fprintf(plain->out, "  Goes to %s.\n", question->yaml);
	(void)fprintf(plain->out, "  The same on the command line: --set %s=%s\n", question->id, question->example ? question->example : entry->value);
}

static void summary(struct lf_plain *plain)
{
	for (size_t i = 0; i < lf_plan_count(plain->app->plan); i++) {
		const struct lf_plan_entry *entry = lf_plan_at(plain->app->plan, i);

		bool is_default = !entry->answered && *entry->value && entry->source;

		if (entry->shown)
			(void)fprintf(plain->out, "  %-32s %s%s%s%s\n", entry->question->prompt,
				      *entry->value ? entry->value : entry->question->optional ? "none" : "not answered yet", is_default ? "  (" : "",
				      is_default ? entry->source : "", is_default ? ")" : "");
	}
}

static void take_review(struct lf_plain *plain, const char *line)
{
	plain->review_asked = false;
	if (plain->app->review.deciding) {
		struct lf_event event = {.kind = *line == 's' ? LF_EVENT_STOP : LF_EVENT_DECIDE, .number = *line == 'o' ? LF_SIDE_OURS : LF_SIDE_THEIRS};

		if (*line == 'o' || *line == 't' || *line == 's')
			tell(plain, &event);
	} else if (lf_equal(line, "y")) {
		struct lf_event event = {.kind = LF_EVENT_DELIVER, .number = 1};

		tell(plain, &event);
	} else if (lf_equal(line, "b")) {
		tell_kind(plain, LF_EVENT_PREVIOUS);
	} else if (lf_equal(line, "r")) {
		tell_kind(plain, LF_EVENT_RETRY);
	} else if (lf_equal(line, "d")) {
		for (size_t i = 0; i < plain->app->documents.count; i++)
			(void)fprintf(plain->out, "--- %s\n%s", plain->app->documents.items[i].path, lf_str_text(&plain->app->documents.items[i].text));
	}
}

static void take_answer(struct lf_plain *plain, const char *line)
{
	const struct lf_plan_entry *entry = lf_plan_entry(plain->app->plan, plain->asked);
	size_t choices = lf_app_choices(plain->app, entry), number = 0;
	char *rest;

	if (lf_equal(line, "b")) {
		tell_kind(plain, LF_EVENT_PREVIOUS);
		return;
	}
	if (lf_equal(line, "?")) {
		help(plain, entry);
		return;
	}
	if (lf_equal(line, "s")) {
		summary(plain);
		return;
	}
	if (*line >= '1' && *line <= '9' && choices && entry->question->kind != LF_ASK_YESNO) {
		number = strtoul(line, &rest, 10);
		if (*rest || number > choices || number > CHOICES_AT_MOST)
			number = 0;
	}
	if (number) {
		const char *value, *label, *text;

		lf_app_choice(plain->app, entry, number - 1, &value, &label, &text);
		tell_answer(plain, entry->question->id, value);
	} else if (*line == '@' && entry->question->kind == LF_ASK_YAML) {
		struct lf_event event = {.kind = LF_EVENT_LOAD, .id = lf_dup(entry->question->id), .text = lf_dup(line + 1)};

		tell(plain, &event);
		return; /* the answer comes with the file; asked again, it can be seen */
	} else if (*line) {
		if (entry->question->kind == LF_ASK_YESNO && (lf_equal(line, "y") || lf_equal(line, "n")))
			line = *line == 'y' ? "yes" : "no";
		tell_answer(plain, entry->question->id, line);
	}
	tell_kind(plain, LF_EVENT_NEXT);
}

/* A secret is not shown while it is typed. Where the input is no terminal there is nothing to hide it from. */
static void hide_typing(struct lf_plain *plain, bool hide)
{
	struct termios mode;

	if (plain->hidden == hide || tcgetattr(plain->fd, &mode))
		return;
	if (hide)
		mode.c_lflag &= ~(tcflag_t)ECHO;
	else
		mode.c_lflag |= ECHO;
	(void)tcsetattr(plain->fd, TCSANOW, &mode);
	plain->hidden = hide;
}

static void take_line(struct lf_plain *plain, const char *line)
{
	hide_typing(plain, false);
	if (plain->app->ask != LF_ASK_NOTHING) {
		struct lf_event event = {.kind = LF_EVENT_SECRET, .secret = lf_secret_new(line, strlen(line))};

		tell(plain, &event);
		return;
	}
	if (plain->app->confirm == LF_CONFIRM_PULL_REQUEST || plain->app->confirm == LF_CONFIRM_CREATE) {
		struct lf_event event = {.kind = LF_EVENT_CONFIRM, .number = *line == 'y'};

		tell(plain, &event);
	} else if (plain->app->step == LF_STEP_REVIEW)
		take_review(plain, line);
	else if (plain->asked)
		take_answer(plain, line);
	ask(plain);
}

static void take_bytes(struct lf_plain *plain, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length && !plain->ended; i++) {
		if (bytes[i] != '\n') {
			if (plain->line.length < LINE_LIMIT)
				lf_str_add_char(&plain->line, bytes[i]);
			continue;
		}
		if (plain->line.length && plain->line.data[plain->line.length - 1] == '\r')
			lf_str_truncate(&plain->line, plain->line.length - 1);
		{
			char *line = lf_str_take(&plain->line);

			take_line(plain, line);
			lf_wipe(line, strlen(line)); /* it may have been a password */
			lf_free(line);
		}
	}
}

/* End of input: nothing more can be answered. What is already pushed is followed to its end. */
static void input_ended(struct lf_plain *plain)
{
	if (plain->ended || plain->app->step > LF_STEP_REVIEW)
		return;
	plain->ended = true;
	(void)fprintf(plain->out, "\nEnd of input: nothing was pushed.\n");
	if (plain->saved_in && !plain->app->unsaved.code && lf_answers_count(plain->app->answers))
		(void)fprintf(plain->out, "The answers go to %s and are offered at the next start.\n", plain->saved_in);
	tell_kind(plain, LF_EVENT_LEAVE);
	if (plain->app->confirm != LF_CONFIRM_NONE)
		tell_kind(plain, LF_EVENT_LEAVE);
}

static void allocate(uv_handle_t *handle, size_t size, uv_buf_t *buffer)
{
	(void)handle;
	(void)size;
	*buffer = uv_buf_init(lf_alloc(LINE_LIMIT, 1), LINE_LIMIT);
}

static void heard(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
	struct lf_plain *plain = stream->data;

	if (length > 0) {
		take_bytes(plain, buffer->base, (size_t)length);
	} else if (length < 0) {
		(void)uv_read_stop(stream);
		input_ended(plain);
	}
	if (buffer->base)
		lf_wipe(buffer->base, LINE_LIMIT);
	lf_free(buffer->base);
}

static void input_closed(uv_handle_t *handle)
{
	lf_free(handle);
}

static void open_input(struct lf_plain *plain, int fd)
{
	uv_handle_type type = uv_guess_handle(fd);

	plain->input = lf_alloc(1, sizeof(*plain->input));
	if (type == UV_TTY)
		(void)uv_tty_init(plain->loop, &plain->input->tty, fd, 1);
	else
		(void)uv_pipe_init(plain->loop, &plain->input->pipe, 0);
	plain->input->handle.data = plain;
	if (type != UV_TTY && uv_pipe_open(&plain->input->pipe, fd)) { /* a plain file: read it as a whole */
		struct lf_str text = {0};
		char bytes[4096];
		size_t n;

		while ((n = fread(bytes, 1, sizeof(bytes), stdin)) > 0 && text.length < LINE_LIMIT * 64)
			lf_str_add_n(&text, bytes, n);
		take_bytes(plain, lf_str_text(&text), text.length);
		lf_str_dispose(&text);
		input_ended(plain);
		return;
	}
	(void)uv_read_start(&plain->input->stream, allocate, heard);
}

/* The line mode asks little: an unfinished session is simply taken up; every answer can still be changed. */
static bool take_up(struct lf_plain *plain)
{
	struct lf_event event = {.kind = LF_EVENT_RESUME, .number = 1};

	if (!plain->app->session || plain->app->step != LF_STEP_START)
		return false;
	(void)fprintf(plain->out, "\nTaking up the answers of the last, unfinished session.\n");
	tell(plain, &event);
	return true;
}

struct lf_plain *lf_plain_new(uv_loop_t *loop, const struct lf_app *app, const struct lf_plain_options *options, lf_plain_dispatch_fn *dispatch,
			      void *payload)
{
	struct lf_plain *plain = lf_alloc(1, sizeof(*plain));

	plain->loop = loop;
	plain->app = app;
	plain->dispatch = dispatch;
	plain->payload = payload;
	plain->out = stdout;
	plain->fd = options->input;
	plain->saved_in = options->saved_in;
	tell_kind(plain, LF_EVENT_START);
	(void)take_up(plain);
	ask(plain);
	open_input(plain, options->input);
	return plain;
}

void lf_plain_free(struct lf_plain *plain)
{
	if (!plain)
		return;
	if (plain->input)
		uv_close(&plain->input->handle, input_closed);
	hide_typing(plain, false);
	lf_headless_free(plain->report);
	lf_str_dispose(&plain->line);
	lf_free(plain->finding);
	lf_free(plain->notice);
	lf_free(plain);
}

void lf_plain_run(struct lf_plain *plain)
{
	if (!plain->ended)
		(void)uv_run(plain->loop, UV_RUN_DEFAULT);
}

void lf_plain_changed(struct lf_plain *plain)
{
	if (plain->app->ask != LF_ASK_NOTHING && plain->app->ask_prompt) {
		hide_typing(plain, plain->app->ask == LF_ASK_FOR_PASSWORD || plain->app->ask == LF_ASK_FOR_PASSPHRASE);
		(void)fprintf(plain->out, "\n%s ", plain->app->ask_prompt);
		(void)fflush(plain->out);
		return;
	}
	if (take_up(plain)) {
		ask(plain);
		return;
	}
	say_notice(plain);
	if (plain->app->step >= LF_STEP_REVIEW)
		ask(plain);
	else
		say_finding(plain);
}
