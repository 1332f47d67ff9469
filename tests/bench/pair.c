/* pair RUNS FILE…: runs commands in turn, A B A B …, each as a whole process with nothing to write to, and prints for each run of each its wall time in µs and its peak
 * memory in KB. A FILE holds one command, a word a line. Small, so that what it measures is the commands: their peak begins at its own. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORDS = 64, BYTES = 8192 };

extern char **environ;

static char **read_command(const char *path)
{
	char *text = calloc(1, BYTES), **words = calloc(WORDS, sizeof(*words)), *rest = text;
	int file = open(path, O_RDONLY), count = 0;

	if (!text || !words || file < 0 || read(file, text, BYTES - 1) <= 0)
		exit(2);
	(void)close(file);
	for (char *word; count < WORDS - 1 && (word = strsep(&rest, "\n"));) {
		if (*word)
			words[count++] = word;
	}
	return words;
}

static void run(int which, char **words, const posix_spawn_file_actions_t *actions)
{
	struct timespec begin, end;
	struct rusage used;
	pid_t pid;
	int status;

	(void)clock_gettime(CLOCK_MONOTONIC, &begin);
	if (posix_spawn(&pid, words[0], actions, NULL, words, environ) || wait4(pid, &status, 0, &used) != pid)
		exit(2);
	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	if (status) {
		(void)fprintf(stderr, "%s: status %d\n", words[0], status);
		exit(3);
	}
	(void)printf("%d %ld %ld\n", which, (end.tv_sec - begin.tv_sec) * 1000000L + (end.tv_nsec - begin.tv_nsec) / 1000, used.ru_maxrss);
}

int main(int argc, char **argv)
{
	posix_spawn_file_actions_t actions;
	char **commands[8] = {NULL};

	for (int i = 2; i < argc && i < 10; i++)
		commands[i - 2] = read_command(argv[i]);
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	for (int turn = 0; argc > 2 && turn < atoi(argv[1]); turn++) {
		for (int i = 0; i < 8 && commands[i]; i++)
			run(i, commands[i], &actions);
	}
	return 0;
}
