/* test_terminal: the front in a real (pseudo) terminal: colours, resize, lone Esc, stopping and continuing, and that every way out gives the terminal back.
 * Runs tests/tools/screen_demo, which is the program's own front on a model. */
#include "config.h"
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mem.h"
#include "tests/tools/vt.h"

static char *demo_path(void)
{
	const char *build = getenv("builddir");

	return lf_format("%s/tests/tools/screen_demo", build ? build : ".");
}

static struct vt *open_model(const char *model, const char *theme, int rows, int cols, const char *const env[])
{
	char *path = demo_path(), *model_copy = lf_dup(model), *theme_copy = lf_dup(theme), flag[] = "-i";
	char *argv[] = {path, flag, model_copy, theme_copy, NULL};
	struct vt *vt = vt_open(rows, cols, argv, env);

	lf_free(path);
	lf_free(model_copy);
	lf_free(theme_copy);
	return vt;
}

static void leave(struct vt *vt)
{
	int status;

	vt_send(vt, "\x03");
	vt_expect(vt, "Leave");
	vt_send(vt, "\x03");
	status = vt_expect_exit(vt);
	assert_true(WIFEXITED(status));
	assert_false(vt_on_altscreen(vt));
	assert_true(vt_cursor_visible(vt));
	/* Every mode that was turned on was turned off, and every frame that was begun was ended. */
	assert_int_equal(vt_count(vt, "\x1b[?2026h"), vt_count(vt, "\x1b[?2026l"));
	assert_true(vt_count(vt, "\x1b[?2004l") >= vt_count(vt, "\x1b[?2004h"));
	vt_close(vt);
}

static void colours_arrive_as_roles_say(void **state)
{
	struct vt *vt = open_model("repository", "dark", 30, 120, NULL);
	struct vt_look look;

	(void)state;
	vt_expect(vt, "^C leave");
	assert_true(vt_on_altscreen(vt));
	look = vt_look_at(vt, "Landfall");
	assert_true(look.bold && look.fg == 75 && look.bg == 234);
	look = vt_look_at(vt, "✓ Start");
	assert_int_equal(look.fg, 114);
	look = vt_look_at(vt, "apps/web/overlays/production ");
	assert_int_not_equal(look.bg, 234); /* the field in focus */
	look = vt_look_at(vt, "▌   path");
	assert_int_equal(look.fg, 75);
	assert_non_null(strstr(vt_row(vt, 1), "┬"));
	leave(vt);
}

static void no_color_means_none(void **state)
{
	static const char *const env[] = {"NO_COLOR=1", NULL};
	struct vt *vt = open_model("repository", "dark", 24, 80, env);
	struct vt_look look;

	(void)state;
	vt_expect(vt, "leave");
	look = vt_look_at(vt, "✓ reached");
	assert_true(look.fg == -1 && look.bg == -1);
	look = vt_look_at(vt, "Path");
	assert_true(look.fg == -1 && look.bold);
	look = vt_look_at(vt, "apps/web/overlays/production ");
	assert_true(look.underline && look.bg == -1); /* the focus shows all the same */
	leave(vt);
}

static void sixteen_and_eight_colours(void **state)
{
	static const char *const sixteen[] = {"TERM=xterm-16color", NULL}, *const eight[] = {"TERM=xterm-color", NULL};
	struct vt *vt = open_model("repository", "terminal", 24, 80, sixteen);

	(void)state;
	vt_expect(vt, "leave");
	assert_int_equal(vt_look_at(vt, "✓ reached").fg, 2);
	assert_true(vt_look_at(vt, "apps/web/overlays/production ").underline);
	leave(vt);
	vt = open_model("repository", "dark", 24, 80, eight);
	vt_expect(vt, "leave");
	assert_in_range(vt_look_at(vt, "✓ reached").fg, 0, 15);
	leave(vt);
}

static void without_utf8_there_is_only_ascii(void **state)
{
	static const char *const env[] = {"LC_ALL=C", NULL};
	struct vt *vt = open_model("repository", "dark", 24, 80, env);
	const char *screen;

	(void)state;
	vt_expect(vt, "+ reached over ssh");
	screen = vt_screen(vt);
	for (; *screen; screen++)
		assert_true((unsigned char)*screen < 0x80);
	leave(vt);
}

static void unknown_terminals_work_and_dumb_ones_are_refused(void **state)
{
	static const char *const unknown[] = {"TERM=no-such-terminal", NULL}, *const unset[] = {"TERM", NULL}, *const dumb[] = {"TERM=dumb", NULL};
	struct vt *vt = open_model("repository", "dark", 24, 80, unknown);
	int status;

	(void)state;
	vt_expect(vt, "Where do the manifests live?");
	leave(vt);
	vt = open_model("repository", "dark", 24, 80, unset);
	vt_expect(vt, "Where do the manifests live?");
	leave(vt);
	vt = open_model("repository", "dark", 24, 80, dumb);
	vt_expect(vt, "cannot move its cursor");
	vt_expect(vt, "landfall --plain");
	status = vt_expect_exit(vt);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 2);
	assert_false(vt_on_altscreen(vt));
	vt_close(vt);
}

static void it_follows_the_size(void **state)
{
	static const int sizes[][2] = {{30, 120}, {12, 40}, {50, 200}, {11, 39}, {24, 80}, {3, 10}, {34, 90}};
	struct vt *vt = open_model("repository", "dark", 24, 80, NULL);

	(void)state;
	vt_expect(vt, "5/10 Repository");
	for (size_t i = 0; i < LF_COUNT(sizes); i++) {
		vt_resize(vt, sizes[i][0], sizes[i][1]);
		if (sizes[i][1] >= 100)
			vt_expect(vt, "▸ Repository");
		else if (sizes[i][0] >= 12)
			vt_expect(vt, "5/10 Repository");
		else
			vt_expect_gone(vt, "Repository");
		assert_true(vt_is_quiet(vt, 100));
	}
	/* A storm of them: the last one counts. */
	for (int i = 0; i < 200; i++)
		vt_resize(vt, 20 + i % 20, 60 + i % 60);
	vt_resize(vt, 30, 120);
	vt_expect(vt, "▸ Repository");
	vt_expect(vt, "^C leave");
	leave(vt);
}

static void a_lone_escape_goes_back_and_an_arrow_does_not(void **state)
{
	struct vt *vt = open_model("repository", "dark", 30, 120, NULL);

	(void)state;
	vt_expect(vt, "▸ Repository");
	vt_send(vt, "\x1b[A");
	vt_expect(vt, "Goes to spec.ref.branch");
	vt_send(vt, "\x1b");
	vt_expect(vt, "▸ Application");
	vt_send(vt, "\x1b[1");
	vt_send(vt, ";2R"); /* Shift-F3 in two pieces */
	vt_send(vt, "\xe6");
	vt_send(vt, "\x97\xa5");
	vt_expect(vt, "日");
	leave(vt);
}

static void a_paste_arrives_whole(void **state)
{
	struct vt *vt = open_model("repository", "dark", 30, 120, NULL);

	(void)state;
	vt_expect(vt, "▸ Repository");
	vt_send(vt, "\x15\x1b[200~pasted/here\r\n\x1b[201~");
	vt_expect(vt, "path: pasted/here");
	assert_non_null(strstr(vt_screen(vt), "▐pasted/here"));
	leave(vt);
}

static void idle_writes_nothing(void **state)
{
	struct vt *vt = open_model("repository", "dark", 30, 120, NULL);
	size_t before;

	(void)state;
	vt_expect(vt, "^C leave");
	assert_true(vt_is_quiet(vt, 1500));
	vt_send(vt, "\x1b[F"); /* the default becomes text to edit */
	assert_true(vt_is_quiet(vt, 100));
	/* Moving the cursor costs a few bytes, not a screen. */
	before = vt_bytes(vt);
	vt_send(vt, "\x1b[D");
	assert_true(vt_is_quiet(vt, 100));
	assert_true(vt_bytes(vt) > before && vt_bytes(vt) - before < 60);
	leave(vt);
}

/* What runs in the shell, and what its screen shows when it stands. */
struct subject {
	char *command;
	const char *screen, *after_x; /* after the letter x was typed */
};

static void open_subject(struct subject *subject, bool program)
{
	const char *build = getenv("builddir");

	if (!build)
		build = ".";
	if (program) /* the real one, on its first start, with nothing around it */
		*subject = (struct subject){
		    .command = lf_format("env -u SSH_AUTH_SOCK HOME=%s KUBECONFIG=/dev/null XDG_STATE_HOME=%s/state-of-%d %s/landfall --theme dark", build, build,
					 (int)getpid(), build),
		    .screen = "Which cluster is it for?",
		    .after_x = "▐x",
		};
	else
		*subject = (struct subject){.command = lf_format("%s/tests/tools/screen_demo -i repository dark", build), .screen = "▸ Repository", .after_x = "▐x"};
}

static void close_subject(struct subject *subject)
{
	char *clean = lf_format("rm -rf %s/state-of-%d", getenv("builddir") ? getenv("builddir") : ".", (int)getpid());

	assert_int_equal(system(clean), 0);
	lf_free(clean);
	lf_free(subject->command);
}

/* A shell with job control, in which the program runs as people run it. */
static struct vt *open_shell(void)
{
	char shell[] = "/bin/sh", flag[] = "-i";
	char *argv[] = {shell, flag, NULL};
	static const char *const env[] = {"PS1=ready> ", "ENV", NULL};
	struct vt *vt = vt_open(30, 120, argv, env);

	vt_expect(vt, "ready>");
	return vt;
}

static void type_line(struct vt *vt, const char *before, const char *line, const char *after)
{
	char *whole = lf_format("%s%s%s\r", before, line, after);

	vt_send(vt, whole);
	lf_free(whole);
}

/* The modes now are those that "stty -g" put into $modes. */
static void expect_same_modes(struct vt *vt)
{
	type_line(vt, "clear; ", "[ \"$(stty -g)\" = \"$modes\" ]", " && echo modes are s''ame");
	vt_expect(vt, "modes are same");
	assert_false(vt_on_altscreen(vt));
	assert_true(vt_cursor_visible(vt));
	assert_true(vt_count(vt, "\x1b[?2026h") <= vt_count(vt, "\x1b[?2026l"));
}

static void stop_and_continue(bool program)
{
	struct vt *vt = open_shell();
	struct subject subject;

	open_subject(&subject, program);
	type_line(vt, "modes=$(stty -g); ", subject.command, "");
	vt_expect(vt, subject.screen);
	vt_send(vt, "x");
	vt_expect(vt, subject.after_x);
	vt_send(vt, "\x1a"); /* Ctrl-Z */
	vt_expect(vt, "Stopped"); /* the shell's word: what is typed before it would still be read in our modes */
	expect_same_modes(vt);
	type_line(vt, "", "fg", "; echo fi''nished");
	vt_expect(vt, subject.screen);
	vt_expect(vt, subject.after_x);
	assert_true(vt_on_altscreen(vt));
	vt_resize(vt, 24, 80);
	vt_expect(vt, "/10 ");
	vt_send(vt, "\x03\x03");
	vt_expect(vt, "finished");
	expect_same_modes(vt);
	close_subject(&subject);
	vt_close(vt);
}

static void stopping_gives_the_shell_a_whole_terminal(void **state)
{
	(void)state;
	stop_and_continue(false);
	stop_and_continue(true);
}

/* The shell that becomes the program leaves its pid in a file; the signal comes from here, once the screen stands. */
static void die_in_shell(struct vt *vt, const struct subject *subject, int number)
{
	char *note = lf_format("%s/pid-of-%d", getenv("builddir") ? getenv("builddir") : ".", (int)getpid());
	char *line = lf_format("sh -c 'echo $$ >%s; exec %s'", note, subject->command);
	FILE *file;
	int pid = 0;

	type_line(vt, "clear; ", line, "; echo d''ead");
	vt_expect(vt, subject->screen);
	file = fopen(note, "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%d", &pid), 1);
	(void)fclose(file);
	(void)remove(note);
	assert_int_equal(kill(pid, number), 0);
	vt_expect(vt, "dead");
	lf_free(line);
	lf_free(note);
}

static void every_death_gives_the_terminal_back(void **state)
{
	static const int signals[] = {SIGTERM, SIGHUP, SIGINT, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT};
	struct vt *vt = open_shell();

	(void)state;
	vt_send(vt, "ulimit -c 0; modes=$(stty -g)\r");
	for (int program = 0; program < 2; program++) {
		struct subject subject;

		open_subject(&subject, program);
		for (size_t i = 0; i < LF_COUNT(signals); i++) {
			die_in_shell(vt, &subject, signals[i]);
			expect_same_modes(vt);
		}
		close_subject(&subject);
	}
	vt_close(vt);
}

static void a_signal_is_in_the_exit_status(void **state)
{
	struct vt *vt = open_model("repository", "dark", 30, 120, NULL);
	int status;

	(void)state;
	vt_expect(vt, "▸ Repository");
	vt_kill(vt, SIGHUP);
	status = vt_expect_exit(vt);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGHUP);
	vt_close(vt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(colours_arrive_as_roles_say),
		cmocka_unit_test(no_color_means_none),
		cmocka_unit_test(sixteen_and_eight_colours),
		cmocka_unit_test(without_utf8_there_is_only_ascii),
		cmocka_unit_test(unknown_terminals_work_and_dumb_ones_are_refused),
		cmocka_unit_test(it_follows_the_size),
		cmocka_unit_test(a_lone_escape_goes_back_and_an_arrow_does_not),
		cmocka_unit_test(a_paste_arrives_whole),
		cmocka_unit_test(idle_writes_nothing),
		cmocka_unit_test(stopping_gives_the_shell_a_whole_terminal),
		cmocka_unit_test(every_death_gives_the_terminal_back),
		cmocka_unit_test(a_signal_is_in_the_exit_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
