/* guard: see guard.h. The one place with mutable statics: a signal handler can be told nothing otherwise. Only async-signal-safe calls in the handler. */
#include "config.h"
#include "tui/guard.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "core/compiler.h"

static const int faults[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGQUIT};

static struct {
	volatile sig_atomic_t armed;
	int fd;
	struct termios modes;
	struct sigaction before[LF_COUNT(faults)];
	char stack[16384]; /* a stack overflow is a fault, too */
} guard;

static void restore(int number)
{
	int saved = errno;

	if (guard.armed) {
		guard.armed = 0;
		if (write(guard.fd, LF_TERM_RESET, sizeof(LF_TERM_RESET) - 1) < 0)
			errno = saved;
		(void)tcsetattr(guard.fd, TCSANOW, &guard.modes);
	}
	/* What would have happened without us: a core dump, or a sanitizer's report. */
	for (size_t i = 0; i < LF_COUNT(faults); i++)
		if (faults[i] == number)
			(void)sigaction(number, &guard.before[i], NULL);
	errno = saved;
	(void)raise(number);
}

void lf_guard_arm(int fd, const struct termios *modes)
{
	struct sigaction action = {.sa_handler = restore, .sa_flags = SA_ONSTACK | SA_NODEFER};
	stack_t stack = {.ss_sp = guard.stack, .ss_size = sizeof(guard.stack)};

	if (guard.armed)
		return;
	guard.fd = fd;
	guard.modes = *modes;
	(void)sigaltstack(&stack, NULL);
	(void)sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < LF_COUNT(faults); i++) {
		(void)sigaction(faults[i], &action, &guard.before[i]);
		/* A signal we were started to ignore (SIGQUIT, in the background of a script) would not end us: the screen must then stay. */
		if (guard.before[i].sa_handler == SIG_IGN)
			(void)sigaction(faults[i], &guard.before[i], NULL);
	}
	guard.armed = 1;
}

void lf_guard_disarm(void)
{
	if (!guard.armed)
		return;
	guard.armed = 0;
	for (size_t i = 0; i < LF_COUNT(faults); i++)
		(void)sigaction(faults[i], &guard.before[i], NULL);
}
