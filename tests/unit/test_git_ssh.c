/* Delivering over ssh to a real sshd with the real ssh, and what its failures become. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "tests/unit/gitworld.h"

struct ssh_world {
	struct git_world *world;
	struct git_server server;
	char *url; /* of the repository r */
	char *user;
};

static bool serve(struct ssh_world *ssh)
{
	memset(ssh, 0, sizeof(*ssh));
	ssh->world = git_world_new(true);
	lf_free(git_world_repository(ssh->world, "r"));
	if (!git_server_start(&ssh->server, ssh->world, "sshd.py --dir sshd")) {
		git_world_free(ssh->world);
		return false;
	}
	ssh->user = git_server_fact(&ssh->server, "user");
	ssh->url =
	    lf_format("ssh://%s@127.0.0.1:%d%s/root/r.git", ssh->user, ssh->server.port, ssh->world->dir);
	lf_free(git_world_run(ssh->world,
	                      "git config --global core.sshCommand \"ssh -F '$PWD/sshd/ssh_config'\""));
	return true;
}

static void end(struct ssh_world *ssh)
{
	(void)unsetenv("GIT_SSH_COMMAND");
	git_world_free(ssh->world);
	git_server_stop(&ssh->server);
	lf_free(ssh->url);
	lf_free(ssh->user);
}

/* OPTIONS of ssh, in the place of the user's own. */
static void use(const struct ssh_world *ssh, const char *before, const char *options)
{
	char *command = lf_format("%s ssh -F '%s/sshd/ssh_config' %s", before, ssh->world->dir, options);

	(void)setenv("GIT_SSH_COMMAND", command, 1);
	lf_free(command);
}

static void go_round(struct ssh_world *ssh, const char *url, const char *before, const char *after)
{
	struct git_world *world = ssh->world;
	char *tip = git_world_run(world, "git -C root/r.git rev-parse main");

	tip[40] = '\0';
	git_check(world, url);
	git_expect_ok(world);
	assert_string_equal(world->note.repository.transport, "ssh");
	assert_string_equal(world->note.repository.default_branch, "main");
	git_read(world, url, "main", "apps/web/a.yaml");
	git_expect_ok(world);
	assert_string_equal(world->note.files.items[0].text, before);
	git_world_somebody(world, "r", "main", "apps/api/c.yaml", after);
	git_deliver(world, url, "main", tip, "apps/web/a.yaml", after, before);
	git_expect_ok(world);
	git_world_expect(world, world->note.commit, "git -C root/r.git rev-parse main");
	git_world_expect(world, "", "git -C root/r.git fsck --strict --no-progress --no-dangling");
	lf_free(tip);
}

static void delivers(void **state)
{
	struct ssh_world ssh;
	char *scp, *alias;

	(void)state;
	if (!serve(&ssh))
		skip();
	/* by core.sshCommand */
	go_round(&ssh, ssh.url, "a: 1\n", "a: 2\n");
	/* the old protocol, one request a connection; another cache, so that all is fetched */
	git_world_client(ssh.world, "cache2", true);
	use(&ssh, "env -u GIT_PROTOCOL", "");
	go_round(&ssh, ssh.url, "a: 2\n", "a: 3\n");
	/* an alias of the user's own configuration */
	use(&ssh, "", "-o HostName=127.0.0.1 -o HostKeyAlias=[127.0.0.1]:$PORT");
	scp = lf_format("%d", ssh.server.port);
	(void)setenv("PORT", scp, 1);
	lf_free(scp);
	alias = lf_format("work:%s/root/r.git", ssh.world->dir);
	go_round(&ssh, alias, "a: 3\n", "a: 4\n");
	(void)unsetenv("PORT");
	lf_free(alias);
	/* over another host, which here is the same */
	scp = lf_format("-o HostName=localhost -o HostKeyAlias=[127.0.0.1]:%d -J %s@127.0.0.1:%d", ssh.server.port, ssh.user, ssh.server.port);
	use(&ssh, "", scp);
	go_round(&ssh, ssh.url, "a: 4\n", "a: 5\n");
	lf_free(scp);
	end(&ssh);
}

static void quotes_for_the_other_side(void **state)
{
	struct ssh_world ssh;
	char *url;

	(void)state;
	if (!serve(&ssh))
		skip();
	lf_free(git_world_run(ssh.world, "cp -r root/r.git \"root/it's \\$(touch evil) !x;y.git\""));
	url = lf_format("ssh://%s@127.0.0.1:%d%s/root/it's%%20$(touch%%20evil)%%20!x;y.git", ssh.user,
	                ssh.server.port, ssh.world->dir);
	git_read(ssh.world, url, "main", "apps/web/a.yaml");
	git_expect_ok(ssh.world);
	assert_string_equal(ssh.world->note.files.items[0].text, "a: 1\n");
	git_world_expect(ssh.world, "", "ls evil home/evil ~/evil 2>/dev/null || true");
	lf_free(url);
	end(&ssh);
}

static void explains_what_went_wrong(void **state)
{
	static const struct {
		const char *options, *words;
		int code;
	} rows[] = {
	    {"-o UserKnownHostsFile=/dev/null", "the ssh key of 127.0.0.1 is not known here yet", LF_EAUTH},
	    {"-o UserKnownHostsFile=$PWD/sshd/changed_hosts",
	     "the ssh key of 127.0.0.1 is not the one you know", LF_EAUTH},
	    {"-o IdentityFile=none -o IdentityAgent=none -o PubkeyAuthentication=no",
	     "127.0.0.1 does not accept your ssh key", LF_EAUTH},
	    {"-p 1", "127.0.0.1 does not accept ssh connections", LF_ENET},
	    {"-o HostName=nosuch.invalid", "the host 127.0.0.1 is not known", LF_ENET},
	    {"-o NoSuchOption=x", "your ssh configuration has an error", LF_EINVAL},
	};
	struct ssh_world ssh;
	char *url;

	(void)state;
	if (!serve(&ssh))
		skip();
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		use(&ssh, "", rows[i].options);
		git_check(ssh.world, ssh.url);
		git_expect_error(ssh.world, rows[i].code, rows[i].words);
	}
	use(&ssh, "", "");
	url = lf_format("%s/nothing.git", ssh.url);
	git_check(ssh.world, url);
	git_expect_error(ssh.world, LF_ENOTFOUND, "there is no Git repository at this path");
	(void)setenv("GIT_SSH_COMMAND", "no-such-program", 1);
	git_check(ssh.world, ssh.url);
	git_expect_error(ssh.world, LF_ENOTFOUND, "your ssh command cannot be run");
	lf_free(url);
	end(&ssh);
}

static void says_which_program_is_missing(void **state)
{
	struct git_world *world = git_world_new(true);
	char *path = lf_dup(getenv("PATH")), *url = git_world_bare(world, "r");

	(void)state;
	(void)setenv("PATH", "/nonexistent", 1);
	git_check(world, "ssh://git@127.0.0.1/x.git");
	git_expect_error(world, LF_ENOTFOUND, "the program ssh is not installed");
	assert_non_null(strstr(world->note.err.hint, "openssh-client"));
	git_check(world, url);
	git_expect_error(world, LF_ENOTFOUND, "the program git is not installed");
	(void)setenv("PATH", path, 1);
	lf_free(path);
	lf_free(url);
	git_world_free(world);
}

static void leaves_nothing_behind(const struct ssh_world *ssh)
{
	assert_false(ssh->world->leaked);
	git_world_expect(ssh->world, "", "ls -d landfall-ask-* 2>/dev/null || true");
	git_world_expect(ssh->world, "", "grep -rls 'open sesame' . --exclude-dir=sshd || true");
}

static void asks_for_the_passphrase(void **state)
{
	static const char *const answers[] = {"wrong",       "open sesame", "open sesame",
	                                      "open sesame", "open sesame", NULL};
	static const char *const declined[] = {NULL};
	struct ssh_world ssh;

	(void)state;
	if (!serve(&ssh))
		skip();
	lf_free(git_world_run(ssh.world, "ssh-keygen -q -t ed25519 -N 'open sesame' -C x -f sshd/locked && "
	                                 "cat sshd/locked.pub >> sshd/authorized_keys && "
	                                 "sed -i s/user_key/locked/ sshd/ssh_config"));
	use(&ssh, "", "-o IdentityAgent=none -o BatchMode=no");
	git_world_client(ssh.world, "cache", false);
	ssh.world->secret = lf_dup("open sesame");
	ssh.world->answers = answers;
	git_check(ssh.world, ssh.url);
	git_expect_ok(ssh.world);
	assert_int_equal(ssh.world->asked.count, 2);
	assert_non_null(strstr(ssh.world->asked.items[0], "passphrase for key"));
	git_deliver(ssh.world, ssh.url, "main", "", "apps/web/a.yaml", "a: 2\n", "a: 1\n");
	git_expect_ok(ssh.world);
	ssh.world->answers = declined;
	ssh.world->next_answer = 0;
	git_check(ssh.world, ssh.url);
	git_expect_error(ssh.world, LF_EAUTH, "does not accept your ssh key");
	git_world_client(ssh.world, "cache", true);
	git_check(ssh.world, ssh.url);
	git_expect_error(ssh.world, LF_EAUTH, "does not accept your ssh key");
	(void)uv_run(&ssh.world->loop, UV_RUN_DEFAULT);
	leaves_nothing_behind(&ssh);
	end(&ssh);
}

static void asks_whether_to_trust_a_host(void **state)
{
	static const char *const answers[] = {"no", "yes", NULL};
	struct ssh_world ssh;

	(void)state;
	if (!serve(&ssh))
		skip();
	use(&ssh, "", "-o UserKnownHostsFile=$PWD/known -o StrictHostKeyChecking=ask -o BatchMode=no");
	git_world_client(ssh.world, "cache", false);
	ssh.world->answers = answers;
	git_check(ssh.world, ssh.url);
	git_expect_error(ssh.world, LF_EAUTH, "is not known here yet");
	git_check(ssh.world, ssh.url);
	git_expect_ok(ssh.world);
	assert_int_equal(ssh.world->asked.count, 2);
	assert_non_null(strstr(ssh.world->asked.items[1], "ED25519 key fingerprint is SHA256:"));
	assert_null(strstr(ssh.world->asked.items[1], "yes/no"));
	git_check(ssh.world, ssh.url); /* it knows it now */
	git_expect_ok(ssh.world);
	assert_int_equal(ssh.world->asked.count, 2);
	(void)uv_run(&ssh.world->loop, UV_RUN_NOWAIT);
	leaves_nothing_behind(&ssh);
	end(&ssh);
}

static void ends_its_children(void **state)
{
	struct git_world *world = git_world_new(true);
	struct lf_git_job *job;

	(void)state;
	/* an "ssh" that never answers, and starts something itself */
	(void)setenv("GIT_SSH_COMMAND",
	             "trap '' HUP; tail -f /dev/null & echo $! > child; echo $$ > begun; mv begun shell; tail -f /dev/null #",
	             1);
	git_note_reset(world);
	job = git_begin_deliver(world, "ssh://git@127.0.0.1/x.git", "main", "", "a", "a", NULL);
	git_wait_for_file(world, "shell");
	git_world_expect(world, "2", "ps -o pid= -p $(cat child),$(cat shell) | wc -l");
	lf_git_cancel(job);
	(void)uv_run(&world->loop, UV_RUN_DEFAULT);
	assert_false(world->note.done);
	/* The signal was sent; a busy machine takes its time to end them. */
	git_world_expect(world, "0",
	                 "for i in $(seq 2000); do n=$(ps -o stat= -p $(cat child),$(cat shell) | grep -vc Z); [ $n = 0 ] && break; done; echo $n");
	(void)unsetenv("GIT_SSH_COMMAND");
	git_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(delivers),
	    cmocka_unit_test(quotes_for_the_other_side),
	    cmocka_unit_test(explains_what_went_wrong),
	    cmocka_unit_test(says_which_program_is_missing),
	    cmocka_unit_test(asks_for_the_passphrase),
	    cmocka_unit_test(asks_whether_to_trust_a_host),
	    cmocka_unit_test(ends_its_children),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
