/* front: ties terminal, keys and view to the loop. Paints at most once per turn of the loop, and only when something changed; keys at once, the model's own
 * changes at most 30 times a second. No timer runs while nothing moves. */
#include "config.h"
#include "tui/front.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/mem.h"
#include "tui/term.h"
#include "tui/tui.h"

enum { FRAME_MS = 33, SIGNALS = 6 };
static const int signals[SIGNALS] = {SIGWINCH, SIGTSTP, SIGCONT, SIGTERM, SIGHUP, SIGINT};

enum dirt { CLEAN, MODEL_CHANGED, USER_ACTED };

struct lf_front {
	uv_loop_t *loop;
	const struct lf_app *app;
	struct lf_front_options options;
	lf_front_dispatch_fn dispatch;
	void *payload;
	struct lf_term *term;
	struct lf_input input;
	struct lf_tui tui;
	struct lf_canvas canvas;
	uv_poll_t poll;
	uv_signal_t signal[SIGNALS];
	uv_timer_t patience; /* for the rest of a key that has begun */
	uv_timer_t frame;    /* until the next frame may be painted */
	uv_timer_t clock;    /* until something on the screen moves by itself */
	uv_prepare_t prepare;
	size_t handles;	     /* still open */
	enum dirt dirt;
	uint64_t painted_ms;
	int died_of;
	bool stopped, closing;
	bool lent;	   /* the terminal is another program's for now */
	bool just_resumed; /* we continued ourselves: the SIGCONT that follows says nothing new */
};

static int64_t wall_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void stop(struct lf_front *front)
{
	front->stopped = true;
	uv_stop(front->loop);
}

static void soil(struct lf_front *front, enum dirt dirt)
{
	if (dirt > front->dirt)
		front->dirt = dirt;
}

static void on_clock(uv_timer_t *timer)
{
	soil(timer->data, USER_ACTED);
}

static void on_frame(uv_timer_t *timer)
{
	(void)timer; /* waking up is enough: prepare paints */
}

static void paint(struct lf_front *front)
{
	int moves;

	front->dirt = CLEAN;
	lf_tui_sync(&front->tui, front->app, wall_ms());
	lf_tui_draw(&front->tui, front->app, &front->canvas);
	lf_term_show(front->term, &front->canvas);
	uv_update_time(front->loop);
	front->painted_ms = uv_now(front->loop);
	moves = lf_tui_moves_in_ms(&front->tui, front->app);
	if (moves > 0)
		(void)uv_timer_start(&front->clock, on_clock, (uint64_t)moves, 0);
	else
		(void)uv_timer_stop(&front->clock);
}

static void on_prepare(uv_prepare_t *prepare)
{
	struct lf_front *front = prepare->data;
	uint64_t age;

	front->just_resumed = false;
	if (front->dirt == CLEAN || front->stopped || front->lent)
		return;
	age = uv_now(front->loop) - front->painted_ms;
	if (front->dirt == MODEL_CHANGED && age < FRAME_MS) {
		if (!uv_is_active((uv_handle_t *)&front->frame))
			(void)uv_timer_start(&front->frame, on_frame, FRAME_MS - age, 0);
		return;
	}
	paint(front);
}

static void emit(struct lf_event *event, void *payload)
{
	struct lf_front *front = payload;

	event->now_ms = wall_ms();
	front->dispatch(event, front->payload);
	lf_event_dispose(event);
	lf_tui_sync(&front->tui, front->app, wall_ms());
	if (front->app->quitting)
		stop(front);
}

static void resize(struct lf_front *front)
{
	int rows, cols;

	lf_term_size(front->term, &rows, &cols);
	if (rows != front->canvas.rows || cols != front->canvas.cols) {
		lf_canvas_dispose(&front->canvas);
		lf_canvas_init(&front->canvas, rows, cols, front->options.ascii);
		lf_tui_resize(&front->tui, rows, cols);
	}
	soil(front, USER_ACTED);
}

/* Back to the shell until it continues us. Without a shell (an orphaned group) the kernel drops the stop and we go straight on. */
static void suspend(struct lf_front *front)
{
	uv_signal_t *tstp = &front->signal[1];
	uv_signal_cb again = tstp->signal_cb;

	lf_term_release(front->term);
	(void)uv_signal_stop(tstp);
	(void)kill(0, SIGTSTP);
	(void)uv_signal_start(tstp, again, SIGTSTP);
	lf_term_retake(front->term);
	front->just_resumed = true;
	resize(front);
}

static void grant_wishes(struct lf_front *front)
{
	if (front->tui.copied) {
		lf_front_copy(front, front->tui.copied);
		lf_free(front->tui.copied);
		front->tui.copied = NULL;
	}
	if (front->tui.redraw) {
		front->tui.redraw = false;
		lf_term_forget(front->term);
	}
	if (front->tui.suspend) {
		front->tui.suspend = false;
		suspend(front);
	}
}

static void on_key(const struct lf_key *key, void *payload)
{
	struct lf_front *front = payload;

	if (front->stopped)
		return;
	lf_tui_sync(&front->tui, front->app, wall_ms());
	lf_tui_key(&front->tui, front->app, key, emit, front);
	soil(front, USER_ACTED);
	grant_wishes(front);
}

static void on_patience(uv_timer_t *timer)
{
	struct lf_front *front = timer->data;

	lf_input_timeout(&front->input);
}

static void lose_terminal(struct lf_front *front)
{
	front->died_of = SIGHUP;
	(void)uv_poll_stop(&front->poll);
	stop(front);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct lf_front *front = poll->data;
	char bytes[4096];
	ssize_t n;
	int patience;

	(void)events;
	n = status < 0 ? -1 : read(front->options.input, bytes, sizeof(bytes));
	if (n < 0 && status >= 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		lose_terminal(front);
		return;
	}
	lf_input_feed(&front->input, bytes, (size_t)n);
	lf_wipe(bytes, sizeof(bytes)); /* a secret may have been typed */
	patience = lf_input_patience_ms(&front->input);
	if (patience)
		(void)uv_timer_start(&front->patience, on_patience, (uint64_t)patience, 0);
	else
		(void)uv_timer_stop(&front->patience);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct lf_front *front = handle->data;

	if (front->lent && (number == SIGINT || number == SIGCONT || number == SIGWINCH)) {
		return; /* meant for who has the terminal; retaking it looks at the size */
	} else if (front->lent && number == SIGTSTP) {
		(void)raise(SIGSTOP); /* the whole job stops, ours with it; the terminal is not ours to restore */
	} else if (number == SIGWINCH) {
		resize(front);
	} else if (number == SIGTSTP) {
		suspend(front);
	} else if (number == SIGCONT) {
		/* Somebody stopped us without asking, and the shell has set its own modes meanwhile. */
		if (front->just_resumed)
			return;
		lf_term_release(front->term);
		lf_term_retake(front->term);
		resize(front);
	} else {
		front->died_of = number;
		stop(front);
	}
}

static void on_closed(uv_handle_t *handle)
{
	struct lf_front *front = handle->data;

	if (--front->handles == 0)
		lf_free(front);
}

static void close_handle(struct lf_front *front, uv_handle_t *handle)
{
	if (handle->type == UV_UNKNOWN_HANDLE || uv_is_closing(handle))
		return;
	handle->data = front;
	uv_close(handle, on_closed);
}

static void adopt(struct lf_front *front, uv_handle_t *handle)
{
	handle->data = front;
	front->handles++;
}

static int open_handles(struct lf_front *front, struct lf_error *err)
{
	int flags = fcntl(front->options.input, F_GETFL), code;

	code = uv_poll_init(front->loop, &front->poll, front->options.input);
	if (code) {
		lf_fail(err, LF_EINVAL, "terminal", -code, "The terminal cannot be waited for: %s", uv_strerror(code));
		lf_hint(err, "Use: landfall --plain");
		return LF_EINVAL;
	}
	adopt(front, (uv_handle_t *)&front->poll);
	/* The shell has the same open file, and so has our own output: neither may become non-blocking. We read once per readiness instead. */
	(void)fcntl(front->options.input, F_SETFL, flags);
	(void)uv_timer_init(front->loop, &front->patience);
	adopt(front, (uv_handle_t *)&front->patience);
	(void)uv_timer_init(front->loop, &front->frame);
	adopt(front, (uv_handle_t *)&front->frame);
	(void)uv_timer_init(front->loop, &front->clock);
	adopt(front, (uv_handle_t *)&front->clock);
	(void)uv_prepare_init(front->loop, &front->prepare);
	adopt(front, (uv_handle_t *)&front->prepare);
	/* Before curses, which would otherwise install handlers of its own. */
	for (int i = 0; i < SIGNALS; i++) {
		(void)uv_signal_init(front->loop, &front->signal[i]);
		adopt(front, (uv_handle_t *)&front->signal[i]);
		(void)uv_signal_start(&front->signal[i], on_signal, signals[i]);
	}
	return LF_OK;
}

int lf_front_open(struct lf_front **out, uv_loop_t *loop, const struct lf_app *app, const struct lf_front_options *options,
		  lf_front_dispatch_fn dispatch, void *payload, struct lf_error *err)
{
	struct lf_front *front = lf_alloc(1, sizeof(*front));
	struct lf_term_options terminal = {
	    .input = options->input,
	    .output = options->output,
	    .color = options->color,
	    .no_sync = options->no_sync,
	    .theme = options->theme,
	};
	int rows, cols, code;

	*out = NULL;
	front->loop = loop;
	front->app = app;
	front->options = *options;
	front->dispatch = dispatch;
	front->payload = payload;
	lf_input_init(&front->input, on_key, front);
	lf_tui_init(&front->tui, options->reduce_motion, options->saved_in);
	code = open_handles(front, err);
	if (!code)
		code = lf_term_open(&front->term, &terminal, err);
	if (code) {
		lf_front_close(front);
		return code;
	}
	lf_term_size(front->term, &rows, &cols);
	lf_canvas_init(&front->canvas, rows, cols, options->ascii);
	lf_tui_resize(&front->tui, rows, cols);
	paint(front);
	*out = front;
	return LF_OK;
}

int lf_front_run(struct lf_front *front)
{
	struct lf_event start = {.kind = LF_EVENT_START};

	(void)uv_prepare_start(&front->prepare, on_prepare);
	if (uv_poll_start(&front->poll, UV_READABLE | UV_DISCONNECT, on_readable))
		lose_terminal(front);
	emit(&start, front);
	soil(front, MODEL_CHANGED);
	if (!front->stopped)
		(void)uv_run(front->loop, UV_RUN_DEFAULT);
	return front->died_of;
}

void lf_front_changed(struct lf_front *front)
{
	soil(front, MODEL_CHANGED);
	if (front->app->quitting)
		stop(front);
}

void lf_front_quit(struct lf_front *front)
{
	stop(front);
}

void lf_front_copy(struct lf_front *front, const char *text)
{
	(void)lf_term_copy(front->term, text);
}

void lf_front_release(struct lf_front *front)
{
	front->lent = true;
	(void)uv_poll_stop(&front->poll);
	(void)uv_timer_stop(&front->patience);
	lf_term_release(front->term);
}

void lf_front_retake(struct lf_front *front)
{
	front->lent = false;
	lf_term_retake(front->term);
	(void)uv_poll_start(&front->poll, UV_READABLE | UV_DISCONNECT, on_readable);
	resize(front);
}

void lf_front_close(struct lf_front *front)
{
	size_t handles;

	if (!front || front->closing)
		return;
	front->closing = true;
	lf_term_close(front->term);
	front->term = NULL;
	lf_input_dispose(&front->input);
	lf_tui_dispose(&front->tui);
	lf_canvas_dispose(&front->canvas);
	handles = front->handles;
	close_handle(front, (uv_handle_t *)&front->poll);
	close_handle(front, (uv_handle_t *)&front->patience);
	close_handle(front, (uv_handle_t *)&front->frame);
	close_handle(front, (uv_handle_t *)&front->clock);
	close_handle(front, (uv_handle_t *)&front->prepare);
	for (int i = 0; i < SIGNALS; i++)
		close_handle(front, (uv_handle_t *)&front->signal[i]);
	if (handles == 0)
		lf_free(front);
}
