/* killer: ends a program without a word at its n-th call that the outside could notice, for tests of what is left
 * behind. Loaded with LD_PRELOAD; does nothing but in the program LF_KILL_NAME.
 *
 *   LF_KILL_NAME=git_drive LF_KILL_AT=17 LD_PRELOAD=killer.so git_drive …     SIGKILL instead of the 17th call
 *   LF_KILL_AFTER=1                                                           … right after it
 *   LF_KILL_COUNT=FILE                                                        writes how many there were, at the end */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;
static long at;
static bool after;
static pid_t self; /* 0: not in this program */

__attribute__((constructor)) static void start(void)
{
	const char *name = getenv("LF_KILL_NAME"), *number = getenv("LF_KILL_AT");

	if (!name || strcmp(name, program_invocation_short_name) != 0)
		return;
	self = getpid();
	at = number ? atol(number) : 0;
	after = getenv("LF_KILL_AFTER") != NULL;
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("LF_KILL_COUNT");
	FILE *file = self == getpid() && path ? fopen(path, "w") : NULL;

	if (!file)
		return;
	(void)fprintf(file, "%ld\n", atomic_load(&calls));
	(void)fclose(file);
}

/* Whether it is this call, in the program itself and not in what it becomes after a fork. */
static bool due(void)
{
	return self && atomic_fetch_add(&calls, 1) + 1 == at && getpid() == self;
}

#define BEFORE()                                                                                                       \
	bool mine = due();                                                                                             \
	if (mine && !after)                                                                                            \
		(void)kill(self, SIGKILL)
#define AFTER()                                                                                                        \
	if (mine && after)                                                                                             \
		(void)kill(self, SIGKILL)

/* The same function behind ours. */
#define WRAP(type, name, parameters, arguments)                                                                        \
	type name parameters                                                                                           \
	{                                                                                                              \
		type(*next) parameters = (type(*) parameters)(uintptr_t)dlsym(RTLD_NEXT, #name);                       \
		type result;                                                                                           \
		BEFORE();                                                                                              \
		result = next arguments;                                                                               \
		AFTER();                                                                                               \
		return result;                                                                                         \
	}

WRAP(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n))
WRAP(ssize_t, writev, (int fd, const struct iovec *parts, int n), (fd, parts, n))
WRAP(ssize_t, pwrite, (int fd, const void *bytes, size_t n, off_t where), (fd, bytes, n, where))
WRAP(ssize_t, pwrite64, (int fd, const void *bytes, size_t n, off_t where), (fd, bytes, n, where))
WRAP(ssize_t, read, (int fd, void *bytes, size_t n), (fd, bytes, n))
WRAP(ssize_t, recv, (int fd, void *bytes, size_t n, int flags), (fd, bytes, n, flags))
WRAP(ssize_t, send, (int fd, const void *bytes, size_t n, int flags), (fd, bytes, n, flags))
WRAP(ssize_t, sendto, (int fd, const void *bytes, size_t n, int flags, const struct sockaddr *to, socklen_t size), (fd, bytes, n, flags, to, size))
WRAP(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags))
WRAP(int, connect, (int fd, const struct sockaddr *to, socklen_t size), (fd, to, size))
WRAP(int, shutdown, (int fd, int how), (fd, how))
WRAP(int, rename, (const char *from, const char *to), (from, to))
WRAP(int, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
WRAP(int, link, (const char *from, const char *to), (from, to))
WRAP(int, unlink, (const char *path), (path))
WRAP(int, unlinkat, (int fd, const char *path, int flags), (fd, path, flags))
WRAP(int, rmdir, (const char *path), (path))
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, fdatasync, (int fd), (fd))
WRAP(int, ftruncate, (int fd, off_t size), (fd, size))
WRAP(int, ftruncate64, (int fd, off_t size), (fd, size))
WRAP(int, flock, (int fd, int how), (fd, how))
WRAP(pid_t, fork, (void), ())

/* Only those that make a file. */
#define WRAP_OPEN(name)                                                                                                \
	int name(const char *path, int flags, ...)                                                                     \
	{                                                                                                              \
		int (*next)(const char *, int, ...) = (int (*)(const char *, int, ...))(uintptr_t)dlsym(RTLD_NEXT, #name); \
		unsigned mode = 0;                                                                                     \
		int result;                                                                                            \
		if (flags & O_CREAT) {                                                                                 \
			va_list args;                                                                                  \
			va_start(args, flags);                                                                         \
			mode = va_arg(args, unsigned);                                                                 \
			va_end(args);                                                                                  \
		}                                                                                                      \
		bool mine = (flags & O_CREAT) && due();                                                                \
		if (mine && !after)                                                                                    \
			(void)kill(self, SIGKILL);                                                                     \
		result = next(path, flags, mode);                                                                      \
		AFTER();                                                                                               \
		return result;                                                                                         \
	}

WRAP_OPEN(open)
WRAP_OPEN(open64)
