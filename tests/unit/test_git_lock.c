/* Who has the cache: named with process, program and since when; a process that was killed holds nothing. */
#include "config.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/git/lock.h"
#include "tests/unit/gitworld.h"

/* Another process takes it and says so; it lives until it is killed. */
static pid_t take_elsewhere(const char *path, int how, const char *doing)
{
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		int fd;

		(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* also when the test fails */
		fd = lf_git_lock_take(path, how);
		if (fd >= 0 && doing)
			lf_git_lock_sign(fd, doing);
		(void)!write(ready[1], fd >= 0 ? "y" : "n", 1);
		for (;;)
			(void)pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	(void)close(ready[0]);
	(void)close(ready[1]);
	return pid;
}

static void end_it(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void expect_owner(const char *path, pid_t pid, const char *doing)
{
	char *owner = lf_git_lock_owner(path), *process = lf_format("process %ld", (long)pid);

	if (!strstr(owner, process) || !strstr(owner, ", since ") || (doing && !strstr(owner, doing)))
		fail_msg("%s is not about %s (%s)", owner, process, doing ? doing : "");
	lf_free(owner);
	lf_free(process);
}

static void names_who_has_it(void **state)
{
	struct git_world *world = git_world_new(true);
	char *path = lf_format("%s/x.lock", world->dir);
	pid_t first, second;
	int fd;

	(void)state;
	first = take_elsewhere(path, LOCK_EX, "removing it");
	assert_int_equal(lf_git_lock_take(path, LOCK_SH), -1);
	assert_int_equal(errno, EWOULDBLOCK);
	expect_owner(path, first, "removing it");
	end_it(first); /* killed: the next one takes it over */
	first = take_elsewhere(path, LOCK_SH, "using it");
	second = take_elsewhere(path, LOCK_SH, "using it");
	assert_int_equal(lf_git_lock_take(path, LOCK_EX), -1);
	/* The last to write is gone: what it wrote is not believed. */
	end_it(second);
	expect_owner(path, first, NULL);
	end_it(first);
	fd = lf_git_lock_take(path, LOCK_EX);
	assert_true(fd >= 0);
	(void)close(fd);
	lf_free(path);
	git_world_free(world);
}

/* A delivery does not wait for it: it works without, says who has it, and the next one has the cache again. */
static void a_delivery_says_who_has_it(void **state)
{
	struct git_world *world = git_world_new(true);
	char *url = git_world_repository(world, "r"), *path, *process;
	bool said = false;
	pid_t holder;

	(void)state;
	git_read(world, url, "main", "README.md");
	git_expect_ok(world);
	path = git_world_run(world, "printf %%s \"$PWD\"/cache/*.lock");
	holder = take_elsewhere(path, LOCK_EX, "removing it");
	process = lf_format("process %ld, since", (long)holder);
	git_deliver(world, url, "main", "", "apps/web/lock.yaml", "1", NULL);
	git_expect_ok(world);
	for (size_t i = 0; i < world->note.lines.count; i++)
		said = said || (strstr(world->note.lines.items[i], "working without a cache") && strstr(world->note.lines.items[i], process));
	assert_true(said);
	end_it(holder);
	git_deliver(world, url, "main", "", "apps/web/lock2.yaml", "1", NULL);
	git_expect_ok(world);
	for (size_t i = 0; i < world->note.lines.count; i++)
		assert_null(strstr(world->note.lines.items[i], "without a cache"));
	lf_free(process);
	lf_free(path);
	lf_free(url);
	git_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_who_has_it),
	    cmocka_unit_test(a_delivery_says_who_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
