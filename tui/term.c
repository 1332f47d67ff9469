/* term: see term.h. The only file with curses. It maps roles to attributes and hands curses the cells that changed; curses finds the shortest way to write them.
 * Curses writes a few bytes at a time; they are caught in memory and reach the terminal as one frame, in one write. */
#include "config.h"
#include "tui/term.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "core/mem.h"
#include "core/text.h"
#include "tui/guard.h"

#include <term.h> /* last: its macros take ordinary words */

enum { PAIRS_MAX = 200, COPY_MAX = 74994 /* what tmux and screen still take */ };

struct lf_term {
	struct lf_term_options options;
	SCREEN *screen;
	FILE *out, *in;
	struct termios modes; /* as found */
	enum lf_color color;
	bool released, sync;
	int colors;
	struct {
		int32_t fg, bg;
	} pairs[PAIRS_MAX];
	int pair_count;
	struct lf_canvas shown; /* what stands on the screen; no cells: nothing known */
	struct { /* of the last cell: the next one mostly looks the same */
		uint8_t role, ground;
		bool known;
		attr_t attributes;
		int pair;
	} last;
	int frame, terminal; /* memory that curses writes a frame into, and the terminal its descriptor stands for otherwise; -1: written as it comes */
};

/* Only what characters are: numbers and words stay the same everywhere, and twelve files unread. Nothing but a screen asks. */
static void take_locale(void)
{
	(void)setlocale(LC_CTYPE, "");
}

bool lf_term_is_utf8(void)
{
	const char *codeset;

	take_locale();
	codeset = nl_langinfo(CODESET);
	/* Where a rule is two columns wide (some East Asian locales), frames would break. */
	return codeset && (strcmp(codeset, "UTF-8") == 0 || strcmp(codeset, "utf8") == 0) && wcwidth(L'─') == 1 && wcwidth(L'✓') == 1;
}

static void write_all(const struct lf_term *term, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t n = write(term->options.output, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return; /* the terminal is gone: reading will tell */
		bytes += n;
		length -= (size_t)n;
	}
}

static void say(const struct lf_term *term, const char *bytes)
{
	write_all(term, bytes, strlen(bytes));
}

/* From here to end_frame() curses writes into memory. */
static void begin_frame(const struct lf_term *term)
{
	if (term->frame >= 0)
		(void)dup2(term->frame, fileno(term->out));
}

static void end_frame(const struct lf_term *term)
{
	off_t length;
	void *bytes;

	if (term->frame < 0)
		return;
	(void)dup2(term->terminal, fileno(term->out));
	length = lseek(term->frame, 0, SEEK_CUR);
	if (length <= 0)
		return;
	bytes = mmap(NULL, (size_t)length, PROT_READ, MAP_SHARED, term->frame, 0);
	if (bytes != MAP_FAILED) {
		write_all(term, bytes, (size_t)length);
		(void)munmap(bytes, (size_t)length);
	}
	(void)lseek(term->frame, 0, SEEK_SET);
}

/* Whether terminfo knows NAME and it can address the cursor: 1, 0, or -1 for unknown. Writes nothing. */
static int can_address(const char *name, int fd)
{
	int status = 0, can;

	if (setupterm(name, fd, &status) != OK)
		return -1;
	can = tigetstr("cup") != NULL && tigetstr("cup") != (char *)-1;
	(void)del_curterm(cur_term);
	return can;
}

static bool has_own_colors(const struct lf_theme *theme)
{
	for (int i = 0; i < LF_BASE_COUNT; i++)
		if (!theme->base[i].is_default && !theme->base[i].is_ansi)
			return true;
	return false;
}

/* "xterm-direct" for a terminal that says it does 24 bits, where terminfo has it; else NAME. screen forwards COLORTERM from outside, so it is not believed there. */
static void choose_direct(char out[64], const char *name, const struct lf_term_options *options)
{
	const char *claim = getenv("COLORTERM");
	size_t stem = strcspn(name, "-");

	(void)snprintf(out, 64, "%s", name);
	if ((options->color != LF_COLOR_AUTO && options->color != LF_COLOR_TRUE) || !has_own_colors(options->theme) || stem > 40 ||
	    strncmp(name, "screen", 6) == 0)
		return;
	if (options->color == LF_COLOR_AUTO && !(claim && (strcmp(claim, "truecolor") == 0 || strcmp(claim, "24bit") == 0)))
		return;
	(void)snprintf(out, 64, "%.*s-direct", (int)stem, name);
	if (can_address(out, options->output) != 1)
		(void)snprintf(out, 64, "%s", name);
}

static enum lf_color detect_color(const struct lf_term *term)
{
	const char *no = getenv("NO_COLOR");

	if (!has_colors() || term->options.color == LF_COLOR_MONO || term->options.theme->mono)
		return LF_COLOR_MONO;
	if (term->options.color == LF_COLOR_AUTO && no && *no)
		return LF_COLOR_MONO;
	if (COLORS > 256)
		return LF_COLOR_TRUE;
	if (COLORS == 256)
		return term->options.color == LF_COLOR_16 ? LF_COLOR_16 : LF_COLOR_256;
	return LF_COLOR_16;
}

static int pair_of(struct lf_term *term, int32_t fg, int32_t bg)
{
	for (int i = 0; i < term->pair_count; i++)
		if (term->pairs[i].fg == fg && term->pairs[i].bg == bg)
			return i + 1;
	if (term->pair_count == PAIRS_MAX || term->pair_count + 1 >= COLOR_PAIRS || init_extended_pair(term->pair_count + 1, fg, bg) == ERR)
		return 0;
	term->pairs[term->pair_count].fg = fg;
	term->pairs[term->pair_count].bg = bg;
	return ++term->pair_count;
}

static attr_t look_up(struct lf_term *term, const struct lf_cell *cell, int *pair)
{
	struct lf_look look = lf_theme_look(term->options.theme, (enum lf_role)cell->role, (enum lf_role)cell->ground, term->color);
	attr_t attributes = A_NORMAL;

	if (look.attrs & LF_BOLD)
		attributes |= A_BOLD;
	if (look.attrs & LF_DIM)
		attributes |= A_DIM;
	if (look.attrs & LF_UNDERLINE)
		attributes |= A_UNDERLINE;
	if (look.attrs & LF_REVERSE)
		attributes |= A_REVERSE;
	if (look.attrs & LF_ITALIC)
		attributes |= A_ITALIC;
	*pair = 0;
	if (term->color == LF_COLOR_MONO)
		return attributes;
	if (term->colors < 16) { /* eight colours: the bright ones are the bold ones */
		if (look.fg >= 8) {
			look.fg -= 8;
			attributes |= A_BOLD;
		}
		look.bg = look.bg >= 8 ? look.bg - 8 : look.bg;
		if (look.fg == look.bg)
			look.fg = -1;
	}
	*pair = look.fg == -1 && look.bg == -1 ? 0 : pair_of(term, look.fg, look.bg);
	return attributes;
}

static attr_t attributes_of(struct lf_term *term, const struct lf_cell *cell, int *pair)
{
	if (!term->last.known || term->last.role != cell->role || term->last.ground != cell->ground) {
		term->last.attributes = look_up(term, cell, &term->last.pair);
		term->last.role = cell->role;
		term->last.ground = cell->ground;
		term->last.known = true;
	}
	*pair = term->last.pair;
	return term->last.attributes;
}

static void set_up_screen(struct lf_term *term)
{
	(void)raw();
	(void)noecho();
	(void)nonl();
	(void)typeahead(-1);
	(void)intrflush(stdscr, FALSE);
	(void)keypad(stdscr, TRUE); /* function keys in the form the decoder knows; curses itself never reads */
	if (has_colors()) {
		(void)start_color();
		(void)use_default_colors();
	}
	term->colors = COLORS;
	term->color = detect_color(term);
}

static int refuse(struct lf_error *err, const char *why)
{
	lf_fail(err, LF_EINVAL, "terminal", 0, "%s", why);
	lf_hint(err, "Use a terminal with cursor addressing, or: landfall --plain");
	return LF_EINVAL;
}

int lf_term_open(struct lf_term **out, const struct lf_term_options *options, struct lf_error *err)
{
	const char *name = getenv("TERM");
	struct lf_term *term = lf_alloc(1, sizeof(*term));
	char type[64];
	int code = LF_EINVAL;

	*out = NULL;
	term->options = *options;
	if (!isatty(options->output) || !isatty(options->input) || tcgetattr(options->output, &term->modes)) {
		(void)refuse(err, "This is not a terminal.");
		goto out;
	}
	choose_direct(type, name && *name ? name : "xterm-256color", options);
	term->out = fdopen(dup(options->output), "w");
	term->in = fdopen(dup(options->input), "r");
	if (!term->out || !term->in) {
		(void)refuse(err, "The terminal cannot be opened twice.");
		goto out;
	}
	take_locale();
	lf_guard_arm(options->output, &term->modes);
	term->screen = newterm(type, term->out, term->in);
	if (!term->screen) /* unknown here; nearly all of them understand xterm's sequences */
		term->screen = newterm("xterm-256color", term->out, term->in);
	if (!term->screen || !tigetstr("cup") || tigetstr("cup") == (char *)-1) {
		lf_guard_disarm();
		(void)refuse(err, term->screen ? "This terminal cannot move its cursor." : "This terminal is not known, and cannot be used as an xterm.");
		if (term->screen)
			delscreen(term->screen);
		(void)tcsetattr(options->output, TCSANOW, &term->modes);
		goto out;
	}
	set_up_screen(term);
	term->sync = !options->no_sync && strncmp(type, "linux", 5) != 0 && strncmp(type, "vt", 2) != 0;
	say(term, "\033[?2004h");
	term->terminal = fcntl(fileno(term->out), F_DUPFD_CLOEXEC, 3);
	term->frame = term->terminal < 0 ? -1 : memfd_create("frame", MFD_CLOEXEC);
	*out = term;
	term = NULL;
	code = LF_OK;
out:
	if (term) {
		if (term->out)
			(void)fclose(term->out);
		if (term->in)
			(void)fclose(term->in);
		lf_free(term);
	}
	return code;
}

void lf_term_close(struct lf_term *term)
{
	if (!term)
		return;
	lf_term_release(term);
	delscreen(term->screen);
	(void)fclose(term->out);
	(void)fclose(term->in);
	if (term->terminal >= 0)
		(void)close(term->terminal);
	if (term->frame >= 0)
		(void)close(term->frame);
	lf_canvas_dispose(&term->shown);
	lf_free(term);
}

void lf_term_size(const struct lf_term *term, int *rows, int *cols)
{
	struct winsize size = {0};

	if (ioctl(term->options.output, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col) {
		*rows = size.ws_row;
		*cols = size.ws_col;
	} else {
		getmaxyx(stdscr, *rows, *cols);
	}
}

void lf_term_forget(struct lf_term *term)
{
	lf_canvas_dispose(&term->shown);
}

/* Curses counts columns by the locale. Where it and we disagree about a character, it may not be drawn, or all that follows would shift. */
static void wide_of(wchar_t out[CCHARW_MAX + 1], const struct lf_cell *cell)
{
	size_t at = 0, n = 0;

	while (at < cell->length && n < CCHARW_MAX) {
		uint32_t c;

		at += lf_text_next(cell->text + at, (size_t)cell->length - at, &c);
		if (n == 0 ? wcwidth((wchar_t)c) != cell->width : wcwidth((wchar_t)c) != 0)
			break;
		out[n++] = (wchar_t)c;
	}
	if (n == 0)
		out[n++] = L'?';
	out[n] = L'\0';
}

static void put_cell(struct lf_term *term, int y, int x, const struct lf_cell *cell)
{
	wchar_t wide[CCHARW_MAX + 1];
	cchar_t character;
	attr_t attributes;
	int pair;

	if (cell->width == 0)
		return;
	wide_of(wide, cell);
	attributes = attributes_of(term, cell, &pair);
	if (setcchar(&character, wide, attributes, 0, &pair) == OK)
		(void)mvadd_wch(y, x, &character);
	if (cell->width == 2 && wcwidth(wide[0]) == 1 && setcchar(&character, L" ", attributes, 0, &pair) == OK)
		(void)mvadd_wch(y, x + 1, &character);
}

/* Whether plain text on nothing looks like the terminal's own blank. */
static bool is_bare(struct lf_term *term)
{
	int pair;

	return attributes_of(term, &(struct lf_cell){.role = LF_ROLE_TEXT, .ground = LF_ROLE_TEXT}, &pair) == A_NORMAL && pair == 0;
}

void lf_term_show(struct lf_term *term, const struct lf_canvas *canvas)
{
	size_t count = (size_t)canvas->rows * (size_t)canvas->cols;
	bool all = !term->shown.cells, changed, bare;

	if (term->released)
		return;
	if (term->shown.rows != canvas->rows || term->shown.cols != canvas->cols) {
		lf_canvas_dispose(&term->shown);
		all = true;
	}
	if (all) {
		lf_canvas_init(&term->shown, canvas->rows, canvas->cols, canvas->ascii);
		(void)resizeterm(canvas->rows, canvas->cols);
		(void)clearok(curscr, TRUE);
		(void)werase(stdscr);
	}
	bare = all && is_bare(term); /* a blank is what an erased screen holds */
	changed = all || term->shown.cursor_y != canvas->cursor_y || term->shown.cursor_x != canvas->cursor_x ||
		  term->shown.cursor_shown != canvas->cursor_shown;
	for (size_t i = 0; i < count; i++) {
		const struct lf_cell *cell = &canvas->cells[i];

		if (!all && memcmp(&term->shown.cells[i], cell, sizeof(*cell)) == 0)
			continue;
		if (bare && cell->length == 1 && cell->text[0] == ' ' && cell->role == LF_ROLE_TEXT && cell->ground == LF_ROLE_TEXT)
			continue;
		put_cell(term, (int)(i / (size_t)canvas->cols), (int)(i % (size_t)canvas->cols), cell);
		changed = true;
	}
	if (!changed)
		return;
	memcpy(term->shown.cells, canvas->cells, count * sizeof(*canvas->cells));
	term->shown.cursor_y = canvas->cursor_y;
	term->shown.cursor_x = canvas->cursor_x;
	term->shown.cursor_shown = canvas->cursor_shown;
	if (canvas->cursor_y >= 0)
		(void)move(canvas->cursor_y, canvas->cursor_x);
	/* Not putp(): that goes through stdio and would come later. Curses holds nothing back between two refreshes. */
	begin_frame(term);
	if (term->sync && write(fileno(term->out), "\033[?2026h", 8) < 0)
		term->sync = false;
	(void)curs_set(canvas->cursor_shown);
	(void)refresh();
	if (term->sync && write(fileno(term->out), "\033[?2026l", 8) < 0)
		term->sync = false;
	end_frame(term);
}

void lf_term_release(struct lf_term *term)
{
	if (term->released)
		return;
	term->released = true;
	say(term, "\033[?2004l");
	(void)curs_set(1);
	(void)endwin();
	lf_guard_disarm();
}

void lf_term_retake(struct lf_term *term)
{
	if (!term->released)
		return;
	term->released = false;
	lf_guard_arm(term->options.output, &term->modes);
	(void)reset_prog_mode();
	lf_term_forget(term);
	say(term, "\033[?2004h");
}

static void base64(struct lf_str *out, const char *text, size_t length)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *in = (const unsigned char *)text;

	for (size_t i = 0; i < length; i += 3) {
		size_t left = length - i;
		uint32_t bits = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0U) | (left > 2 ? (uint32_t)in[i + 2] : 0U);

		lf_str_add_char(out, digits[bits >> 18 & 63]);
		lf_str_add_char(out, digits[bits >> 12 & 63]);
		lf_str_add_char(out, left > 1 ? digits[bits >> 6 & 63] : '=');
		lf_str_add_char(out, left > 2 ? digits[bits & 63] : '=');
	}
}

bool lf_term_copy(struct lf_term *term, const char *text)
{
	size_t length = strlen(text);
	struct lf_str out = {0};

	if (length * 4 / 3 + 16 > COPY_MAX || term->released)
		return false;
	lf_str_add(&out, "\033]52;c;");
	base64(&out, text, length);
	lf_str_add_char(&out, '\a');
	say(term, lf_str_text(&out));
	lf_str_dispose(&out);
	return true;
}
