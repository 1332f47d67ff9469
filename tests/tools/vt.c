/* vt: see vt.h. */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/tools/vt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <vterm.h>

#include "core/mem.h"
#include "core/str.h"

enum { PATIENCE_MS = 10000 };

struct vt {
	VTerm *vterm;
	VTermScreen *screen;
	int rows, cols, fd;
	pid_t pid;
	bool eof, altscreen, cursor_visible;
	size_t bytes;
	struct lf_str text, raw;
};

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int on_property(VTermProp property, VTermValue *value, void *payload)
{
	struct vt *vt = payload;

	if (property == VTERM_PROP_ALTSCREEN)
		vt->altscreen = value->boolean;
	else if (property == VTERM_PROP_CURSORVISIBLE)
		vt->cursor_visible = value->boolean;
	return 1;
}

static void become(char *const argv[], const char *const env[])
{
	sigset_t none;

	/* As from a terminal: what runs the tests may ignore some (a script's background jobs ignore SIGINT and SIGQUIT), and that is inherited. */
	for (int number = 1; number < NSIG; number++)
		(void)signal(number, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)setenv("TERM", "xterm-256color", 1);
	(void)setenv("LC_ALL", "C.UTF-8", 1);
	(void)unsetenv("COLORTERM");
	(void)unsetenv("NO_COLOR");
	(void)unsetenv("LINES");
	(void)unsetenv("COLUMNS");
	for (size_t i = 0; env && env[i]; i++) {
		if (strchr(env[i], '='))
			(void)putenv(lf_dup(env[i]));
		else
			(void)unsetenv(env[i]);
	}
	(void)execv(argv[0], argv);
	_exit(127);
}

struct vt *vt_open(int rows, int cols, char *const argv[], const char *const env[])
{
	static const VTermScreenCallbacks callbacks = {.settermprop = on_property};
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	struct vt *vt = lf_alloc(1, sizeof(*vt));

	vt->rows = rows;
	vt->cols = cols;
	vt->cursor_visible = true;
	vt->vterm = vterm_new(rows, cols);
	vterm_set_utf8(vt->vterm, 1);
	vt->screen = vterm_obtain_screen(vt->vterm);
	vterm_screen_enable_altscreen(vt->screen, 1);
	vterm_screen_set_callbacks(vt->screen, &callbacks, vt);
	vterm_screen_reset(vt->screen, 1);
	vt->pid = forkpty(&vt->fd, NULL, NULL, &size);
	assert_true(vt->pid >= 0);
	if (vt->pid == 0)
		become(argv, env);
	(void)fcntl(vt->fd, F_SETFL, O_NONBLOCK);
	return vt;
}

/* Takes what the program wrote, waiting at most MS for it; false: nothing came. */
static bool pump(struct vt *vt, int ms)
{
	struct pollfd poller = {.fd = vt->fd, .events = POLLIN};
	char buffer[8192];
	ssize_t n;

	if (vt->eof || poll(&poller, 1, ms) <= 0)
		return false;
	n = read(vt->fd, buffer, sizeof(buffer));
	if (n <= 0) {
		vt->eof = n == 0 || (errno != EAGAIN && errno != EINTR);
		return false;
	}
	vt->bytes += (size_t)n;
	lf_str_add_n(&vt->raw, buffer, (size_t)n);
	(void)vterm_input_write(vt->vterm, buffer, (size_t)n);
	/* What a terminal answers to queries. */
	n = (ssize_t)vterm_output_read(vt->vterm, buffer, sizeof(buffer));
	if (n > 0 && write(vt->fd, buffer, (size_t)n) < 0)
		vt->eof = true;
	return true;
}

void vt_send(struct vt *vt, const char *bytes)
{
	size_t length = strlen(bytes);

	while (length) {
		ssize_t n = write(vt->fd, bytes, length);

		if (n < 0) {
			assert_int_equal(errno, EAGAIN);
			(void)pump(vt, 10);
			continue;
		}
		bytes += n;
		length -= (size_t)n;
	}
}

void vt_resize(struct vt *vt, int rows, int cols)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	while (pump(vt, 0))
		;
	vt->rows = rows;
	vt->cols = cols;
	vterm_set_size(vt->vterm, rows, cols);
	assert_int_equal(ioctl(vt->fd, TIOCSWINSZ, &size), 0);
}

void vt_kill(struct vt *vt, int number)
{
	assert_int_equal(kill(vt->pid, number), 0);
}

static void add_codepoint(struct lf_str *out, uint32_t c)
{
	if (c < 0x80) {
		lf_str_add_char(out, (char)c);
	} else if (c < 0x800) {
		lf_str_add_char(out, (char)(0xc0 | c >> 6));
		lf_str_add_char(out, (char)(0x80 | (c & 63)));
	} else if (c < 0x10000) {
		lf_str_add_char(out, (char)(0xe0 | c >> 12));
		lf_str_add_char(out, (char)(0x80 | (c >> 6 & 63)));
		lf_str_add_char(out, (char)(0x80 | (c & 63)));
	} else {
		lf_str_add_char(out, (char)(0xf0 | c >> 18));
		lf_str_add_char(out, (char)(0x80 | (c >> 12 & 63)));
		lf_str_add_char(out, (char)(0x80 | (c >> 6 & 63)));
		lf_str_add_char(out, (char)(0x80 | (c & 63)));
	}
}

static VTermScreenCell cell_at(const struct vt *vt, int row, int col)
{
	VTermScreenCell cell;

	memset(&cell, 0, sizeof(cell));
	(void)vterm_screen_get_cell(vt->screen, (VTermPos){.row = row, .col = col}, &cell);
	return cell;
}

static void add_row(struct vt *vt, int row)
{
	size_t keep = vt->text.length;

	for (int col = 0; col < vt->cols; col++) {
		VTermScreenCell cell = cell_at(vt, row, col);

		if (cell.chars[0] == (uint32_t)-1)
			continue; /* the right half of a wide one */
		if (!cell.chars[0])
			cell.chars[0] = ' ';
		for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell.chars[i]; i++)
			add_codepoint(&vt->text, cell.chars[i]);
		if (cell.chars[0] != ' ')
			keep = vt->text.length;
	}
	lf_str_truncate(&vt->text, keep);
}

const char *vt_screen(struct vt *vt)
{
	lf_str_truncate(&vt->text, 0);
	for (int row = 0; row < vt->rows; row++) {
		add_row(vt, row);
		lf_str_add_char(&vt->text, '\n');
	}
	return lf_str_text(&vt->text);
}

const char *vt_row(struct vt *vt, int row)
{
	lf_str_truncate(&vt->text, 0);
	add_row(vt, row);
	return lf_str_text(&vt->text);
}

/* cmocka cuts a long message, so the screen goes before it. */
static void give_up(struct vt *vt, const char *needle, const char *why)
{
	const char *screen = vt_screen(vt);

	for (size_t length; *screen; screen += length + (screen[length] == '\n')) {
		length = strcspn(screen, "\n");
		print_error("| %.*s\n", (int)length, screen);
	}
	fail_msg("\"%s\" %s", needle, why);
}

static void expect(struct vt *vt, const char *needle, bool there)
{
	int64_t end = now_ms() + PATIENCE_MS;

	for (;;) {
		while (pump(vt, 0))
			;
		if ((strstr(vt_screen(vt), needle) != NULL) == there)
			return;
		if (vt->eof || now_ms() >= end)
			give_up(vt, needle, there ? "is not on the screen" : "is still on the screen");
		(void)pump(vt, 50);
	}
}

void vt_expect(struct vt *vt, const char *needle)
{
	expect(vt, needle, true);
}

void vt_expect_gone(struct vt *vt, const char *needle)
{
	expect(vt, needle, false);
}

int vt_expect_exit(struct vt *vt)
{
	int64_t end = now_ms() + PATIENCE_MS;
	int status;

	while (waitpid(vt->pid, &status, WNOHANG) != vt->pid) {
		if (now_ms() >= end)
			give_up(vt, "the program", "did not end");
		(void)pump(vt, 20);
	}
	vt->pid = -1;
	while (pump(vt, 0))
		;
	return status;
}

bool vt_is_quiet(struct vt *vt, int ms)
{
	size_t before;

	while (pump(vt, 100)) /* what is under way */
		;
	before = vt->bytes;
	(void)pump(vt, ms);
	return vt->bytes == before;
}

size_t vt_bytes(const struct vt *vt)
{
	return vt->bytes;
}

size_t vt_count(const struct vt *vt, const char *sequence)
{
	size_t length = strlen(sequence), count = 0;

	for (size_t i = 0; i + length <= vt->raw.length; i++)
		count += memcmp(vt->raw.data + i, sequence, length) == 0;
	return count;
}

bool vt_on_altscreen(const struct vt *vt)
{
	return vt->altscreen;
}

bool vt_cursor_visible(const struct vt *vt)
{
	return vt->cursor_visible;
}

static int color_of(const VTermColor *color, bool is_default)
{
	if (is_default)
		return -1;
	if (VTERM_COLOR_IS_INDEXED(color))
		return color->indexed.idx;
	return 0x1000000 + (color->rgb.red << 16 | color->rgb.green << 8 | color->rgb.blue);
}

/* Columns, not bytes: cells are counted. */
static bool stands_at(const struct vt *vt, const char *needle, int row, int col)
{
	while (*needle) {
		struct lf_str one = {0};
		VTermScreenCell cell;
		size_t n;
		bool same;

		if (col >= vt->cols)
			return false;
		cell = cell_at(vt, row, col++);
		add_codepoint(&one, cell.chars[0] ? cell.chars[0] : ' ');
		n = one.length;
		same = strncmp(needle, lf_str_text(&one), n) == 0;
		lf_str_dispose(&one);
		if (!same)
			return false;
		needle += n;
	}
	return true;
}

struct vt_look vt_look_at(struct vt *vt, const char *needle)
{
	for (int row = 0; row < vt->rows; row++) {
		for (int col = 0; col < vt->cols; col++) {
			VTermScreenCell cell;

			if (!stands_at(vt, needle, row, col))
				continue;
			cell = cell_at(vt, row, col);
			return (struct vt_look){
			    .fg = color_of(&cell.fg, VTERM_COLOR_IS_DEFAULT_FG(&cell.fg)),
			    .bg = color_of(&cell.bg, VTERM_COLOR_IS_DEFAULT_BG(&cell.bg)),
			    .bold = cell.attrs.bold,
			    .underline = cell.attrs.underline != 0,
			    .reverse = cell.attrs.reverse,
			};
		}
	}
	give_up(vt, needle, "is not on the screen");
	return (struct vt_look){0};
}

void vt_cursor(struct vt *vt, int *row, int *col)
{
	VTermPos position;

	vterm_state_get_cursorpos(vterm_obtain_state(vt->vterm), &position);
	*row = position.row;
	*col = position.col;
}

void vt_close(struct vt *vt)
{
	int status;

	if (!vt)
		return;
	if (vt->pid > 0) {
		(void)kill(vt->pid, SIGKILL);
		(void)waitpid(vt->pid, &status, 0);
	}
	(void)close(vt->fd);
	vterm_free(vt->vterm);
	lf_str_dispose(&vt->text);
	lf_str_dispose(&vt->raw);
	lf_free(vt);
}
