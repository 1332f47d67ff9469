/* guard: gives the terminal back when the program dies of a fault, so that a crash leaves a usable shell. For term.c only. */
#ifndef LF_TUI_GUARD_H
#define LF_TUI_GUARD_H

#include <termios.h>

/* What ends every mode we may have turned on; also right where none is. */
#define LF_TERM_RESET "\033[?2026l\033[?2004l\033[?1004l\033[?1l\033>\033[?25h\033[m\033(B\033[?1049l\r"

/* From now on SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSYS and SIGQUIT write the reset to FD and set MODES before they do what they did before. */
void lf_guard_arm(int fd, const struct termios *modes);
void lf_guard_disarm(void);

#endif
