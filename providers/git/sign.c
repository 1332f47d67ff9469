/* sign: see sign.h. Owns the command lines and what the programs' ends mean. gpg may not draw on our screen: it is
 * told to do without a pinentry (unless there is a graphical one), and when it needs a passphrase we ask for it
 * and hand it over through a pipe. ssh-keygen asks through our askpass. */
#include "config.h"
#include "providers/git/sign.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/text.h"
#include "providers/git/askpass.h"
#include "providers/git/child.h"
#include "providers/git/job.h"
#include "providers/git/question.h"

enum { OUTPUT_LIMIT = 65536, PATIENCE_MS = 30000, PATIENCE_ASKING_MS = 300000, PASSPHRASES_MOST = 2 };
enum gpg_code { GPG_BAD_PASSPHRASE = 11, GPG_NO_SECRET_KEY = 17, GPG_NO_PINENTRY = 85, GPG_CANCELLED = 99, GPG_NO_TTY = 32870 };

static const char WHERE[] = "git.sign";

struct lf_git_signer {
	struct lf_git_job *job;
	lf_git_sign_fn *then;
	void *payload;
	bool pending, working; /* THEN is due; a work request has the files in hand */
	bool ssh;
	char *folder, *key; /* key: a user id for gpg, the text of a key or a file for ssh */
	struct lf_str content, output;
	struct lf_git_child *child;
	struct lf_git_askpass *askpass;
	struct lf_secret *passphrase;
	int passphrases; /* asked for */
};

static char *inside(const struct lf_git_signer *signer, const char *name)
{
	return lf_format("%s/%s", signer->folder, name);
}

static void finish(struct lf_git_signer *signer, const char *signature, const struct lf_error *err)
{
	struct lf_git_job *job = signer->job;

	if (!signer->pending)
		return;
	signer->pending = false;
	lf_git_child_free(signer->child);
	lf_git_askpass_free(signer->askpass);
	signer->child = NULL;
	signer->askpass = NULL;
	if (signer->folder)
		(void)lf_fs_remove_tree(signer->folder);
	lf_free(signer->folder);
	signer->folder = NULL;
	lf_git_job_hold(job);
	signer->then(job, signature, err, signer->payload);
	lf_git_job_release(job);
}

/* gpg ends its signature with a line break, which would be an empty line in the commit. */
static void take_signature(struct lf_git_signer *signer)
{
	struct lf_str *text = &signer->output;
	struct lf_error error = {0};
	char *signature;

	while (text->length && strchr("\r\n ", text->data[text->length - 1]))
		lf_str_truncate(text, text->length - 1);
	if (!lf_starts_with(lf_str_text(text), "-----BEGIN ") || strlen(text->data) != text->length) {
		(void)lf_fail(&error, LF_EPARSE, WHERE, 0, "the signing program gave no signature");
		lf_hint(&error, "Try by hand: git commit -S");
		finish(signer, NULL, &error);
		return;
	}
	signature = lf_str_take(text);
	finish(signer, signature, NULL);
	lf_free(signature);
}

static bool has_screen(void)
{
	const char *x = getenv("DISPLAY"), *wayland = getenv("WAYLAND_DISPLAY");

	return (x && *x) || (wayland && *wayland);
}

/* "[GNUPG:] FAILURE sign NUMBER": libgpg-error's code without the part that tells where it came from. */
static int gpg_failure(const char *said)
{
	const char *found = strstr(said, "[GNUPG:] FAILURE sign ");

	return found ? (int)(strtoul(found + strlen("[GNUPG:] FAILURE sign "), NULL, 10) & 0xffff) : 0;
}

/* The last line that is no status line of gpg's. */
static char *last_words(const char *said)
{
	struct lf_str out = {0};

	while (*said) {
		size_t length = strcspn(said, "\r\n");

		if (length && !lf_starts_with(said, "[GNUPG:]") && !lf_starts_with(said, "Enter passphrase")) {
			lf_str_truncate(&out, 0);
			lf_text_clean(&out, said, length, 200);
		}
		said += length + (said[length] != '\0');
	}
	return lf_str_take(&out);
}

static void run_gpg(struct lf_git_signer *signer);

static void on_passphrase(struct lf_git_job *job, struct lf_secret *answer, void *payload)
{
	struct lf_git_signer *signer = payload;
	struct lf_error error = {0};

	(void)job;
	if (answer) {
		lf_secret_free(signer->passphrase);
		signer->passphrase = answer;
		run_gpg(signer);
		return;
	}
	(void)lf_fail(&error, LF_EAUTH, WHERE, 0, "the commit was not signed: no passphrase was given");
	lf_hint(&error, "Deliver again to be asked again. Nothing was changed.");
	finish(signer, NULL, &error);
}

static void ask(struct lf_git_signer *signer)
{
	char *key = lf_text_clean_dup(signer->key, 120),
	     *prompt = lf_format("%sPassphrase of the OpenPGP key of %s",
	                         signer->passphrases ? "That was wrong. " : "", key);

	signer->passphrases++;
	lf_git_question_ask(signer->job, LF_GIT_ASK_PASSPHRASE, prompt, on_passphrase, signer);
	lf_free(prompt);
	lf_free(key);
}

static void gpg_ended(struct lf_git_signer *signer, const struct lf_git_child_end *end)
{
	int failure = gpg_failure(end->said);
	bool batch = signer->job->git->batch;
	bool locked = failure == GPG_NO_PINENTRY || failure == GPG_NO_TTY || failure == GPG_BAD_PASSPHRASE;
	char *words = last_words(end->said), *key = lf_text_clean_dup(signer->key, 120);
	struct lf_error error = {0};

	if (locked && !batch && signer->passphrases < PASSPHRASES_MOST) {
		ask(signer);
		goto out;
	}
	if (failure == GPG_BAD_PASSPHRASE) {
		(void)lf_fail(&error, LF_EAUTH, WHERE, failure, "that is not the passphrase of the key of %s", key);
		lf_hint(&error, "Deliver again to be asked again. Nothing was changed.");
	} else if (locked) {
		(void)lf_fail(&error, LF_EAUTH, WHERE, failure,
		              "the OpenPGP key of %s needs its passphrase, and nobody can be asked", key);
		lf_hint(&error, "Unlock it before: sign something with gpg, or gpg-preset-passphrase. Without "
		                "signing: git config commit.gpgsign false");
	} else if (failure == GPG_NO_SECRET_KEY) {
		(void)lf_fail(&error, LF_EINVAL, WHERE, failure, "gpg has no secret key of %s", key);
		lf_hint(&error, "gpg --list-secret-keys shows yours; then git config --global user.signingKey ID");
	} else if (failure == GPG_CANCELLED) {
		(void)lf_fail(&error, LF_EAUTH, WHERE, failure, "the commit was not signed: no passphrase was given");
		lf_hint(&error, "Deliver again to be asked again. Nothing was changed.");
	} else {
		(void)lf_fail(&error, LF_EREFUSED, WHERE, end->status, "gpg did not sign the commit: %s",
		              end->silent ? "it did not answer in time" : *words ? words : "no reason given");
		lf_hint(&error, "Try by hand: git commit -S. Nothing was changed.");
	}
	finish(signer, NULL, &error);
out:
	lf_free(words);
	lf_free(key);
}

static void ssh_refused(struct lf_git_signer *signer, const struct lf_git_child_end *end)
{
	char *words = last_words(end->said);
	struct lf_error error = {0};

	if (strstr(end->said, "passphrase")) {
		(void)lf_fail(&error, LF_EAUTH, WHERE, end->status, "the ssh key for signing needs its passphrase (%s)",
		              words);
		lf_hint(&error, "Load the key into the agent before: ssh-add. Nothing was changed.");
	} else {
		(void)lf_fail(&error, LF_EREFUSED, WHERE, end->status, "the commit cannot be signed with the ssh key: %s",
		              end->silent ? "no answer in time" : *words ? words : "no reason given");
		lf_hint(&error, "Look at git config user.signingKey, and at ssh-add -l. Nothing was changed.");
	}
	finish(signer, NULL, &error);
	lf_free(words);
}

static int read_signature(void *payload, struct lf_error *err)
{
	struct lf_git_signer *signer = payload;
	char *path = inside(signer, "commit.sig");
	int rc;

	lf_str_truncate(&signer->output, 0);
	rc = lf_fs_read(&signer->output, path, OUTPUT_LIMIT, err);
	lf_free(path);
	return rc;
}

static void on_read(struct lf_git_job *job, const struct lf_error *err, void *payload)
{
	struct lf_git_signer *signer = payload;

	signer->working = false;
	if (err || job->over)
		finish(signer, NULL, err);
	else
		take_signature(signer);
}

static void on_ended(const struct lf_git_child_end *end, void *payload)
{
	struct lf_git_signer *signer = payload;
	bool fine = !end->status && !end->signal;

	if (!signer->ssh && fine && strstr(end->said, "[GNUPG:] SIG_CREATED ")) {
		take_signature(signer);
	} else if (!signer->ssh) {
		gpg_ended(signer, end);
	} else if (fine) {
		signer->working = true;
		lf_git_job_work(signer->job, read_signature, signer, on_read);
	} else {
		ssh_refused(signer, end);
	}
}

static void on_output(const char *bytes, size_t length, void *payload)
{
	struct lf_git_signer *signer = payload;

	if (length < OUTPUT_LIMIT - signer->output.length)
		lf_str_add_n(&signer->output, bytes, length);
}

static bool start(struct lf_git_signer *signer, const char *const *argv, const char *const *set, int patience_ms)
{
	const struct lf_git_child_plan plan = {.argv = argv,
	                                       .set = set,
	                                       .wipe = true,
	                                       .patience_ms = patience_ms,
	                                       .output = on_output,
	                                       .ended = on_ended,
	                                       .payload = signer};
	struct lf_error error = {0};

	lf_git_child_free(signer->child);
	signer->child = NULL;
	lf_str_truncate(&signer->output, 0);
	if (!lf_git_child_new(&signer->child, signer->job->git->loop, &plan, &error))
		return true;
	lf_hint(&error, "Install it, or set gpg.program; without signing: git config commit.gpgsign false");
	finish(signer, NULL, &error);
	return false;
}

/* "gpg", "gpg2", "/opt/bin/gpg": takes GnuPG's options. A wrapper of another name gets what git gives it. */
static bool is_gnupg(const char *program)
{
	const char *name = strrchr(program, '/');

	return lf_starts_with(name ? name + 1 : program, "gpg");
}

static void run_gpg(struct lf_git_signer *signer)
{
	static const char *const set[] = {"GPG_TTY", NULL};
	const struct lf_git_settings *settings = &signer->job->remote.settings;
	const char *program = settings->gpg_program ? settings->gpg_program : "gpg", *argv[16];
	bool graphical = has_screen() && !signer->job->git->batch;
	struct lf_str input = {0};
	char *file = NULL;
	size_t n = 0;

	argv[n++] = program;
	argv[n++] = "--status-fd=2";
	if (signer->passphrase) {
		argv[n++] = "--pinentry-mode=loopback";
		argv[n++] = "--passphrase-fd=0";
	} else if (is_gnupg(program) && !graphical) {
		argv[n++] = "--pinentry-mode=error";
	}
	argv[n++] = "-bsau";
	argv[n++] = signer->key;
	if (signer->passphrase) {
		file = inside(signer, "commit");
		argv[n++] = "-o";
		argv[n++] = "-";
		argv[n++] = file;
		/* At once in its full size, so that no copy stays behind when it grows. */
		input.capacity = lf_secret_length(signer->passphrase) + 2;
		input.data = lf_alloc(input.capacity, 1);
		lf_str_add_n(&input, lf_secret_bytes(signer->passphrase), lf_secret_length(signer->passphrase));
		lf_str_add_char(&input, '\n');
	} else {
		lf_str_add_n(&input, signer->content.data, signer->content.length);
	}
	argv[n] = NULL;
	if (start(signer, argv, set, graphical && !signer->passphrase ? PATIENCE_ASKING_MS : PATIENCE_MS)) {
		lf_git_child_write(signer->child, &input);
		lf_git_child_close_input(signer->child);
	} else {
		lf_wipe(input.data, input.capacity);
		lf_str_dispose(&input);
	}
	lf_free(file);
}

static void on_asking(bool asking, void *payload)
{
	struct lf_git_signer *signer = payload;

	if (signer->child)
		lf_git_child_set_patience(signer->child, asking ? 0 : PATIENCE_MS);
}

/* The words of a key instead of the name of a file that holds it. */
static const char *literal_key(const char *key)
{
	if (lf_starts_with(key, "key::"))
		return key + strlen("key::");
	return lf_starts_with(key, "ssh-") ? key : NULL;
}

static void run_ssh(struct lf_git_signer *signer)
{
	static const char *const silent[] = {"SSH_ASKPASS_REQUIRE=never", "SSH_ASKPASS", NULL};
	const struct lf_git_settings *settings = &signer->job->remote.settings;
	char *file = inside(signer, "commit"), *key = NULL;
	const char *const *set = silent, *argv[12];
	size_t n = 0;

	if (literal_key(signer->key))
		key = inside(signer, "key.pub");
	else if (lf_starts_with(signer->key, "~/"))
		key = lf_fs_home_path(signer->key + 2);
	argv[n++] = settings->ssh_signer ? settings->ssh_signer : "ssh-keygen";
	argv[n++] = "-Y";
	argv[n++] = "sign";
	argv[n++] = "-n";
	argv[n++] = "git";
	argv[n++] = "-f";
	argv[n++] = key ? key : signer->key;
	argv[n++] = file;
	argv[n] = NULL;
	if (!signer->job->git->batch && !lf_git_askpass_new(&signer->askpass, signer->job, on_asking, signer, NULL))
		set = lf_git_askpass_environment(signer->askpass, NULL);
	/* A key of hardware waits for a touch. */
	if (start(signer, argv, set, PATIENCE_ASKING_MS))
		lf_git_child_close_input(signer->child);
	lf_free(file);
	lf_free(key);
}

static int prepare(void *payload, struct lf_error *err)
{
	struct lf_git_signer *signer = payload;
	const char *key = signer->ssh ? literal_key(signer->key) : NULL;
	char *path;
	int rc = lf_fs_make_temporary(&signer->folder, "sign", false, err);

	if (rc)
		return rc;
	path = inside(signer, "commit");
	rc = lf_fs_write(path, signer->content.data, signer->content.length, 0600, err);
	lf_free(path);
	if (!rc && key) {
		char *line = lf_format("%s\n", key);

		path = inside(signer, "key.pub");
		rc = lf_fs_write(path, line, strlen(line), 0600, err);
		lf_free(path);
		lf_free(line);
	}
	return rc;
}

static void prepared(struct lf_git_job *job, const struct lf_error *err, void *payload)
{
	struct lf_git_signer *signer = payload;

	signer->working = false;
	if (err || job->over)
		finish(signer, NULL, err);
	else if (signer->ssh)
		run_ssh(signer);
	else
		run_gpg(signer);
}

/* Which key, and of which kind. */
static int choose(struct lf_git_signer *signer, const char *name, const char *email, struct lf_error *err)
{
	const struct lf_git_settings *settings = &signer->job->remote.settings;
	const char *format = settings->sign_format ? settings->sign_format : "openpgp";
	char *shown;

	signer->ssh = !strcmp(format, "ssh");
	if (!signer->ssh && strcmp(format, "openpgp") != 0) {
		shown = lf_text_clean_dup(format, 40);
		(void)lf_fail(err, LF_EINVAL, WHERE, 0, "commits cannot be signed with gpg.format=%s here", shown);
		lf_hint(err, "Landfall signs with openpgp and ssh. Without signing: git config commit.gpgsign false");
		lf_free(shown);
		return LF_EINVAL;
	}
	lf_free(signer->key);
	signer->key = lf_dup(settings->signing_key && *settings->signing_key ? settings->signing_key : NULL);
	if (!signer->key && !signer->ssh && email)
		signer->key = lf_format("%s <%s>", name ? name : "", email);
	/* What begins with a dash would be an option. */
	if (signer->key && *signer->key != '-')
		return LF_OK;
	(void)lf_fail(err, LF_EINVAL, WHERE, 0, "no key is named to sign commits with");
	lf_hint(err, signer->ssh ? "git config --global user.signingKey ~/.ssh/id_ed25519.pub"
	                         : "gpg --list-secret-keys shows yours; then git config --global user.signingKey ID");
	return LF_EINVAL;
}

void lf_git_sign(struct lf_git_job *job, const struct lf_str *content, const char *name, const char *email,
                 lf_git_sign_fn *then, void *payload)
{
	struct lf_git_signer *signer = job->signer;
	struct lf_error error = {0};

	if (!signer) {
		signer = lf_alloc(1, sizeof(*signer));
		signer->job = job;
		job->signer = signer;
	}
	signer->then = then;
	signer->payload = payload;
	signer->pending = true;
	signer->passphrases = 0;
	lf_str_truncate(&signer->content, 0);
	lf_str_add_n(&signer->content, content->data, content->length);
	if (choose(signer, name, email, &error)) {
		finish(signer, NULL, &error);
		return;
	}
	signer->working = true;
	lf_git_job_work(job, prepare, signer, prepared);
}

void lf_git_signer_hang_up(struct lf_git_signer *signer)
{
	if (signer && !signer->working)
		finish(signer, NULL, NULL);
}

void lf_git_signer_free(struct lf_git_signer *signer)
{
	if (!signer)
		return;
	lf_free(signer->key);
	lf_free(signer->folder);
	lf_str_dispose(&signer->content);
	lf_str_dispose(&signer->output);
	lf_secret_free(signer->passphrase);
	lf_free(signer);
}
