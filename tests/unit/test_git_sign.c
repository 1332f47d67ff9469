/* Signed commits and signed-off ones, verified by git itself. */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/gitworld.h"

#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/str.h"
#include "providers/git/compose.h"

#define SECRET "corr3ct-h0rse"

/* An agent that was told to end still takes calls for a moment, and would not answer them: it has ended when its socket is gone. */
#define END_AGENT "gpgconf --kill all && i=0 && while [ -e gnupg/S.gpg-agent ] && [ $((i += 1)) -lt 3000 ]; do sleep 0.01; done"

static int setup(void **state)
{
	struct git_world *world = git_world_new(false);
	char *home = lf_format("%s/gnupg", world->dir);

	(void)unsetenv("DISPLAY");
	(void)unsetenv("WAYLAND_DISPLAY");
	(void)unsetenv("XDG_RUNTIME_DIR");
	(void)setenv("GNUPGHOME", home, 1);
	lf_free(git_world_run(world, "mkdir -m 700 gnupg && git config --global commit.gpgsign true"));
	lf_free(home);
	*state = world;
	return 0;
}

static int teardown(void **state)
{
	struct git_world *world = *state;

	lf_free(git_world_run(world, "command -v gpgconf >/dev/null && " END_AGENT " || true"));
	git_world_expect(world, "", "ls -d landfall-* 2>/dev/null || true"); /* nothing stays of what was signed */
	git_world_free(world);
	(void)unsetenv("GNUPGHOME");
	return 0;
}

/* False: there is no gpg here. */
static bool make_gpg_key(const struct git_world *world, const char *passphrase)
{
	if (system("command -v gpg >/dev/null")) /* NOLINT */
		return false;
	lf_free(git_world_run(world,
	                      "gpg --batch --quiet --pinentry-mode loopback --passphrase '%s' --quick-gen-key "
	                      "'Ann Example <ann@example.com>' ed25519 sign never && " END_AGENT,
	                      passphrase));
	return true;
}

static void deliver(struct git_world *world, const char *url, const char *text)
{
	lf_free(git_world_run(world, "git -C root/r.git update-ref -d refs/heads/main"));
	git_deliver(world, url, "main", "", "x.yaml", text, NULL);
}

static void is_verified(struct git_world *world, const char *words)
{
	char *said;

	git_expect_ok(world);
	git_world_expect(world, world->note.commit, "git -C root/r.git rev-parse main");
	said = git_world_run(world, "git -C root/r.git verify-commit main");
	if (!strstr(said, words))
		print_message("%s\n", said);
	assert_non_null(strstr(said, words));
	lf_free(said);
	git_world_expect(world, "", "git -C root/r.git fsck --strict --no-progress --no-dangling");
}

static void signs_with_openpgp(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_bare(world, "r"), *fingerprint;

	if (!make_gpg_key(world, ""))
		skip();
	deliver(world, url, "1");
	is_verified(world, "Good signature from \"Ann Example <ann@example.com>\"");
	assert_int_equal(world->asked.count, 0);
	/* on top of a commit, too; and by a key that is named, by a program that is named */
	fingerprint = git_world_run(world, "gpg --list-secret-keys --with-colons | sed -n 's/^fpr:*\\([^:]*\\):.*/\\1/p'");
	fingerprint[strcspn(fingerprint, "\n")] = '\0';
	lf_free(git_world_run(world,
	                      "printf '#!/bin/sh\\necho \"$@\" >> seen; exec gpg \"$@\"\\n' > signer && chmod +x signer && "
	                      "git config --global gpg.program $PWD/signer && git config --global user.signingKey %s",
	                      fingerprint));
	git_deliver(world, url, "main", "", "y.yaml", "2", NULL);
	is_verified(world, "Good signature");
	git_world_expect(world, "2", "git -C root/r.git rev-list --count main");
	{
		char *line = lf_format("--status-fd=2 -bsau %s", fingerprint);

		git_world_expect(world, line, "head -1 seen");
		lf_free(line);
	}
	lf_free(fingerprint);
	lf_free(url);
}

static void asks_for_the_passphrase(void **state)
{
	static const char *const right[] = {SECRET, NULL}, *const second[] = {"wrong", SECRET, NULL},
	                         *const wrong[] = {"wrong", "wrong again", SECRET, NULL}, *const nothing[] = {NULL};
	struct git_world *world = *state;
	char *url = git_world_bare(world, "r");

	if (!make_gpg_key(world, SECRET))
		skip();
	world->secret = lf_dup(SECRET);
	world->answers = right;
	deliver(world, url, "1");
	is_verified(world, "Good signature");
	assert_int_equal(world->asked.count, 1);
	assert_string_equal(world->asked.items[0], "Passphrase of the OpenPGP key of Ann Example <ann@example.com>");
	/* now the agent has it */
	deliver(world, url, "2");
	is_verified(world, "Good signature");
	assert_int_equal(world->asked.count, 1);
	lf_free(git_world_run(world, END_AGENT));
	world->answers = second;
	world->next_answer = 0;
	deliver(world, url, "3");
	is_verified(world, "Good signature");
	assert_int_equal(world->asked.count, 3);
	assert_non_null(strstr(world->asked.items[2], "That was wrong."));
	lf_free(git_world_run(world, END_AGENT));
	world->answers = wrong;
	world->next_answer = 0;
	deliver(world, url, "4");
	git_expect_error(world, LF_EAUTH, "that is not the passphrase");
	world->answers = nothing;
	world->next_answer = 0;
	deliver(world, url, "5");
	git_expect_error(world, LF_EAUTH, "no passphrase was given");
	git_world_expect(world, "", "git -C root/r.git for-each-ref"); /* nothing was pushed without a signature */
	git_world_client(world, "cache", true);
	deliver(world, url, "6");
	git_expect_error(world, LF_EAUTH, "nobody can be asked");
	assert_non_null(strstr(world->note.err.hint, "gpg-preset-passphrase"));
	assert_false(world->leaked);
	git_world_expect(world, "", "grep -rl '" SECRET "' --exclude-dir=gnupg . || true");
	lf_free(url);
}

static void explains_what_is_missing(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_bare(world, "r");

	if (!make_gpg_key(world, ""))
		skip();
	lf_free(git_world_run(world, "git config --global user.signingKey nobody@example.com"));
	deliver(world, url, "1");
	git_expect_error(world, LF_EINVAL, "gpg has no secret key of nobody@example.com");
	lf_free(git_world_run(world, "git config --global user.signingKey -x"));
	deliver(world, url, "1");
	git_expect_error(world, LF_EINVAL, "no key is named");
	lf_free(git_world_run(world, "git config --global gpg.program no-such-gpg"));
	lf_free(git_world_run(world, "git config --global user.signingKey ann@example.com"));
	deliver(world, url, "1");
	git_expect_error(world, LF_ENOTFOUND, "no-such-gpg is not installed");
	lf_free(git_world_run(world, "git config --global gpg.program true"));
	deliver(world, url, "1");
	git_expect_error(world, LF_EREFUSED, "gpg did not sign the commit");
	git_world_expect(world, "", "git -C root/r.git for-each-ref");
	/* a clone may not name programs, but may say that nothing is signed */
	lf_free(git_world_run(world, "git init -q clone && git -C clone config commit.gpgsign false"));
	assert_int_equal(chdir("clone"), 0);
	deliver(world, url, "1");
	git_expect_ok(world);
	assert_int_equal(chdir(world->dir), 0);
	lf_free(url);
}

/* False: there is no gpgsm here. */
static bool make_certificate(const struct git_world *world)
{
	if (system("command -v gpgsm >/dev/null && command -v openssl >/dev/null")) { /* NOLINT */
		print_message("gpgsm or openssl is not installed: signing with X.509 is not tested\n");
		return false;
	}
	lf_free(git_world_run(world, "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Ann Example/emailAddress=ann@example.com' "
	                             "-addext subjectAltName=email:ann@example.com -addext keyUsage=critical,digitalSignature,keyCertSign "
	                             "-keyout key.pem -out cert.pem 2>/dev/null && openssl pkcs12 -export -legacy -passout pass:" SECRET " -inkey key.pem -in cert.pem -out both.p12 && "
	                             "echo disable-crl-checks > gnupg/gpgsm.conf && printf '" SECRET "\n' | gpgsm --batch --quiet --pinentry-mode=loopback --passphrase-fd 0 --import both.p12 && "
	                             "echo \"$(gpgsm -K 2>/dev/null | sed -n 's/.*fingerprint: //p' | head -1) S relax\" > gnupg/trustlist.txt && "
	                             "rm key.pem cert.pem both.p12 && " END_AGENT " && git config --global gpg.format x509"));
	return true;
}

static void signs_with_x509(void **state)
{
	static const char *const right[] = {SECRET, NULL}, *const wrong[] = {"wrong", "wrong again", NULL};
	struct git_world *world = *state;
	char *url = git_world_bare(world, "r");

	if (!make_certificate(world))
		skip();
	world->secret = lf_dup(SECRET);
	world->answers = right;
	deliver(world, url, "1");
	git_expect_ok(world);
	assert_int_equal(world->asked.count, 1);
	assert_string_equal(world->asked.items[0], "Passphrase of the X.509 key of <ann@example.com>");
	git_world_expect(world, "SIGNED MESSAGE", "git -C root/r.git cat-file commit main | sed -n 's/^gpgsig -----BEGIN \\(.*\\)-----$/\\1/p'");
	is_verified(world, "gpgsm: Good signature from");
	lf_free(git_world_run(world, END_AGENT));
	world->answers = wrong;
	world->next_answer = 0;
	deliver(world, url, "2");
	git_expect_error(world, LF_EAUTH, "that is not the passphrase");
	git_world_client(world, "cache", true);
	deliver(world, url, "2");
	git_expect_error(world, LF_EAUTH, "the X.509 key of <ann@example.com> needs its passphrase, and nobody can be asked");
	assert_false(world->leaked);
	/* one that is named, by a program that is named */
	lf_free(git_world_run(world, "printf '#!/bin/sh\necho \"$@\" >> seen; exec gpgsm \"$@\"\n' > signer && chmod +x signer && "
	                             "git config --global gpg.x509.program $PWD/signer && git config --global user.signingKey nobody@example.com"));
	deliver(world, url, "2");
	git_expect_error(world, LF_EINVAL, "gpgsm has no certificate with a secret key of nobody@example.com");
	git_world_expect(world, "--status-fd=2 -bsau nobody@example.com", "cat seen");
	lf_free(git_world_run(world, "git config --global --unset gpg.x509.program && git config --global user.signingKey ann@example.com && rm gnupg/trustlist.txt && " END_AGENT));
	deliver(world, url, "2");
	git_expect_error(world, LF_EREFUSED, "does not trust the root");
	lf_free(git_world_run(world, "git config --global gpg.x509.program no-such-gpgsm"));
	deliver(world, url, "2");
	git_expect_error(world, LF_ENOTFOUND, "no-such-gpgsm is not installed");
	assert_non_null(strstr(world->note.err.hint, "gpg.x509.program"));
	git_world_expect(world, "", "git -C root/r.git for-each-ref");
	lf_free(url);
}

static void signs_with_ssh(void **state)
{
	static const char *const right[] = {SECRET, NULL}, *const wrong[] = {"wrong", "wrong", "wrong", "wrong", NULL};
	struct git_world *world = *state;
	char *url = git_world_bare(world, "r"), *public_key;

	if (system("command -v ssh-keygen >/dev/null && ssh-keygen -Y 2>&1 | grep -qv unknown")) /* NOLINT */
		skip();
	lf_free(git_world_run(
	    world, "mkdir -m 700 home/.ssh && ssh-keygen -q -t ed25519 -N '' -f home/.ssh/k && "
	           "ssh-keygen -q -t ed25519 -N '" SECRET "' -f home/.ssh/locked && "
	           "(printf 'ann@example.com '; cat home/.ssh/k.pub; printf 'ann@example.com '; cat home/.ssh/locked.pub) "
	           "> signers && git config --global gpg.ssh.allowedSignersFile $PWD/signers && "
	           "git config --global gpg.format ssh && git config --global user.signingKey '~/.ssh/k'"));
	deliver(world, url, "1");
	is_verified(world, "Good \"git\" signature for ann@example.com with ED25519 key");
	/* the passphrase on our screen */
	world->secret = lf_dup(SECRET);
	world->answers = right;
	lf_free(git_world_run(world, "git config --global user.signingKey '~/.ssh/locked'"));
	deliver(world, url, "2");
	is_verified(world, "Good \"git\" signature");
	assert_int_equal(world->asked.count, 1);
	assert_non_null(strstr(world->asked.items[0], "passphrase"));
	assert_false(world->leaked);
	world->answers = wrong;
	world->next_answer = 0;
	deliver(world, url, "3");
	git_expect_error(world, LF_EAUTH, "the ssh key for signing needs its passphrase");
	git_world_client(world, "cache", true);
	deliver(world, url, "3");
	git_expect_error(world, LF_EAUTH, "the ssh key for signing needs its passphrase");
	assert_non_null(strstr(world->note.err.hint, "ssh-add"));
	lf_free(git_world_run(world, "git config --global user.signingKey /no/such/key"));
	deliver(world, url, "3");
	git_expect_error(world, LF_EREFUSED, "cannot be signed with the ssh key");
	lf_free(git_world_run(world, "git config --global --unset user.signingKey"));
	deliver(world, url, "3");
	git_expect_error(world, LF_EINVAL, "no key is named");
	/* a key of the agent, by its own words */
	public_key = git_world_run(world, "cut -d' ' -f1,2 home/.ssh/k.pub");
	public_key[strcspn(public_key, "\n")] = '\0';
	lf_free(git_world_run(world, "git config --global user.signingKey 'key::%s'", public_key));
	deliver(world, url, "4");
	git_expect_error(world, LF_EREFUSED, "cannot be signed with the ssh key"); /* no agent */
	lf_free(git_world_run(world, "ssh-agent -a agent > agent.env && SSH_AUTH_SOCK=$PWD/agent ssh-add -q home/.ssh/k"));
	{
		char *socket = lf_format("%s/agent", world->dir);

		(void)setenv("SSH_AUTH_SOCK", socket, 1);
		deliver(world, url, "4");
		is_verified(world, "Good \"git\" signature");
		(void)unsetenv("SSH_AUTH_SOCK");
		lf_free(socket);
	}
	lf_free(git_world_run(world, ". ./agent.env >/dev/null && kill $SSH_AGENT_PID"));
	lf_free(public_key);
	lf_free(url);
}

/* Those who commit from the shell do not sign; we, who read the same settings, do. */
static void shell_signs(bool signs)
{
	if (signs) {
		(void)unsetenv("GIT_CONFIG_COUNT");
		return;
	}
	(void)setenv("GIT_CONFIG_COUNT", "1", 1);
	(void)setenv("GIT_CONFIG_KEY_0", "commit.gpgsign", 1);
	(void)setenv("GIT_CONFIG_VALUE_0", "false", 1);
}

static char *repository(struct git_world *world)
{
	char *url;

	shell_signs(false);
	url = git_world_repository(world, "r");
	shell_signs(true);
	return url;
}

/* A race means another parent, and so another signature; the passphrase is not asked for again. */
static void somebody_pushes(struct git_note *note, const struct lf_git_progress *progress)
{
	if (progress->stage != LF_GIT_PUSH || progress->attempt != 1 || note->stages[LF_GIT_PUSH] != 1)
		return;
	shell_signs(false);
	git_world_somebody(note->extra, "r", "main", "other", "theirs");
	shell_signs(true);
}

static void signs_again_after_a_race(void **state)
{
	static const char *const right[] = {SECRET, NULL};
	struct git_world *world = *state;
	char *url = repository(world);

	if (!make_gpg_key(world, SECRET))
		skip();
	lf_free(git_world_run(world, "echo max-cache-ttl 0 > gnupg/gpg-agent.conf"));
	git_note_reset(world);
	world->answers = right;
	world->note.at_progress = somebody_pushes;
	world->note.extra = world;
	(void)git_begin_deliver(world, url, "main", "", "apps/web/new.yaml", "n\n", NULL);
	git_wait(world);
	is_verified(world, "Good signature");
	assert_int_equal(world->note.attempts, 2);
	assert_int_equal(world->asked.count, 1);
	git_world_expect(world, "3", "git -C root/r.git rev-list --count main");
	lf_free(url);
}

static void on_tick(uv_timer_t *timer)
{
	(void)timer; /* so that the loop turns */
}

static void can_be_cancelled_while_signing(void **state)
{
	struct git_world *world = *state;
	char *url = repository(world);
	bool started = false;
	uv_timer_t timer;

	(void)uv_timer_init(&world->loop, &timer);
	lf_free(git_world_run(world, "printf '#!/bin/sh\\n> started; exec sleep 100\\n' > signer && chmod +x signer && "
	                             "git config --global gpg.program $PWD/signer"));
	for (int turns = 0; !started && turns < 100000; turns += 1 + turns / 8) { /* the slower the machine, the more turns */
		struct lf_git_job *job;

		git_note_reset(world);
		job = git_begin_deliver(world, url, "main", "", "apps/web/new.yaml", "n\n", NULL);
		(void)uv_timer_start(&timer, on_tick, 1, 1);
		for (int i = 0; i < turns && !lf_fs_exists("started"); i++)
			(void)uv_run(&world->loop, UV_RUN_ONCE);
		started = lf_fs_exists("started");
		(void)uv_timer_stop(&timer);
		lf_git_cancel(job);
		(void)uv_run(&world->loop, UV_RUN_DEFAULT);
		assert_false(world->note.done);
	}
	assert_true(started);
	uv_close((uv_handle_t *)&timer, NULL);
	(void)uv_run(&world->loop, UV_RUN_DEFAULT);
	git_world_expect(world, "1", "git -C root/r.git rev-list --count main");
	lf_free(url);
}

static void expect_sign_off(const char *message, const char *expected)
{
	char *made = lf_git_sign_off(message, "A", "a@b");

	assert_string_equal(made, expected);
	lf_free(made);
}

static void signs_off(void **state)
{
	struct git_world *world = *state;
	char *url = git_world_bare(world, "r");
	struct lf_git_change change = {.path = "x", .text = "y", .length = 1};
	struct lf_git_delivery delivery = {.url = url, .branch = "main", .tip = "", .changes = &change, .change_count = 1,
					   .message = "Add", .sign = LF_GIT_NO, .sign_off = LF_GIT_YES};

	expect_sign_off("Add", "Add\n\nSigned-off-by: A <a@b>\n");
	expect_sign_off("Add: it\n", "Add: it\n\nSigned-off-by: A <a@b>\n");
	expect_sign_off("Add\n\nA body.\n\n", "Add\n\nA body.\n\nSigned-off-by: A <a@b>\n");
	expect_sign_off("Add\n\nb\n\nLandfall-App: web\n", "Add\n\nb\n\nLandfall-App: web\nSigned-off-by: A <a@b>\n");
	expect_sign_off("Add\n\nSigned-off-by: A <a@b>\nX: y\n", "Add\n\nSigned-off-by: A <a@b>\nX: y\n");
	git_deliver_many(world, &delivery);
	git_expect_ok(world);
	git_world_expect(world, "Add\n\nSigned-off-by: Ann Example <ann@example.com>\n",
	                 "git -C root/r.git log -1 --format=%%B main");
	lf_free(git_world_run(world, "git -C root/r.git update-ref -d refs/heads/main && git config --global commit.gpgsign false && "
	                             "git config --global format.signOff true"));
	delivery.sign = delivery.sign_off = LF_GIT_AS_CONFIGURED;
	git_deliver_many(world, &delivery);
	git_world_expect(world, "Ann Example <ann@example.com>",
	                 "git -C root/r.git log -1 --format='%%(trailers:key=Signed-off-by,valueonly,separator=)' main");
	lf_free(url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(signs_with_openpgp, setup, teardown),
	    cmocka_unit_test_setup_teardown(asks_for_the_passphrase, setup, teardown),
	    cmocka_unit_test_setup_teardown(explains_what_is_missing, setup, teardown),
	    cmocka_unit_test_setup_teardown(signs_with_x509, setup, teardown),
	    cmocka_unit_test_setup_teardown(signs_with_ssh, setup, teardown),
	    cmocka_unit_test_setup_teardown(signs_again_after_a_race, setup, teardown),
	    cmocka_unit_test_setup_teardown(can_be_cancelled_while_signing, setup, teardown),
	    cmocka_unit_test_setup_teardown(signs_off, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
