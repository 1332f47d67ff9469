/* sign_gpg: signing with gpg, and with gpgsm, which takes the same options. Neither may draw on our screen: it is told to do
 * without a pinentry (unless there is a graphical one), and when it needs a passphrase we ask for it and hand it over
 * through a pipe. */
#include "config.h"
#include "providers/git/sign_internal.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "providers/git/job.h"
#include "providers/git/question.h"

enum { PASSPHRASES_MOST = 2 };
enum gpg_code { GPG_BAD_PASSPHRASE = 11, GPG_NO_SECRET_KEY = 17, GPG_NOT_TRUSTED = 57, GPG_NO_PINENTRY = 85, GPG_CANCELLED = 99, GPG_NO_TTY = 32870 };

static const char WHERE[] = "git.sign";

/* What is said of either program. */
static const struct {
	const char *program, *key, *secret;
} words_of[] = {
    [SIGN_OPENPGP] = {"gpg", "OpenPGP key", "secret key"},
    [SIGN_X509] = {"gpgsm", "X.509 key", "certificate with a secret key"},
};

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

/* gpgsm has no such line, but one for a person; it is told to speak English. */
static int gpgsm_failure(const char *said)
{
	static const struct {
		const char *words;
		int code;
	} known[] = {{"not marked trusted", GPG_NOT_TRUSTED}, {"[GNUPG:] INV_SGNR ", GPG_NO_SECRET_KEY}, {"No secret key", GPG_NO_SECRET_KEY}, {"Bad passphrase", GPG_BAD_PASSPHRASE},
	             {"No pinentry", GPG_NO_PINENTRY}, {"Operation cancelled", GPG_CANCELLED}};

	for (size_t i = 0; i < LF_COUNT(known); i++)
		if (strstr(said, known[i].words))
			return known[i].code;
	return 0;
}

static void on_passphrase(struct lf_git_job *job, struct lf_secret *answer, void *payload)
{
	struct lf_git_signer *signer = payload;
	struct lf_error error = {0};

	(void)job;
	if (answer) {
		lf_secret_free(signer->passphrase);
		signer->passphrase = answer;
		sign_with_gpg(signer);
		return;
	}
	(void)lf_fail(&error, LF_EAUTH, WHERE, 0, "the commit was not signed: no passphrase was given");
	lf_hint(&error, "Deliver again to be asked again. Nothing was changed.");
	sign_finish(signer, NULL, &error);
}

static void ask(struct lf_git_signer *signer)
{
	char *key = lf_text_clean_dup(signer->key, 120),
	     *prompt = lf_format("%sPassphrase of the %s of %s", signer->passphrases ? "That was wrong. " : "",
	                         words_of[signer->format].key, key);

	signer->passphrases++;
	lf_git_question_ask(signer->job, LF_GIT_ASK_PASSPHRASE, prompt, on_passphrase, signer);
	lf_free(prompt);
	lf_free(key);
}

static void explain(struct lf_git_signer *signer, const struct lf_git_child_end *end)
{
	int failure = signer->format == SIGN_X509 ? gpgsm_failure(end->said) : gpg_failure(end->said);
	const char *program = words_of[signer->format].program;
	bool batch = signer->job->git->batch;
	bool locked = failure == GPG_NO_PINENTRY || failure == GPG_NO_TTY || failure == GPG_BAD_PASSPHRASE;
	char *words = sign_last_words(end->said), *key = lf_text_clean_dup(signer->key, 120);
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
		              "the %s of %s needs its passphrase, and nobody can be asked", words_of[signer->format].key, key);
		lf_hint(&error, "Unlock it before: sign something with %s, or gpg-preset-passphrase. Without "
		                "signing: git config commit.gpgsign false", program);
	} else if (failure == GPG_NO_SECRET_KEY) {
		(void)lf_fail(&error, LF_EINVAL, WHERE, failure, "%s has no %s of %s", program, words_of[signer->format].secret, key);
		lf_hint(&error, "%s --list-secret-keys shows yours; then git config --global user.signingKey ID", program);
	} else if (failure == GPG_NOT_TRUSTED) {
		(void)lf_fail(&error, LF_EREFUSED, WHERE, failure, "gpgsm does not trust the root of the certificate of %s", key);
		lf_hint(&error, "Put its fingerprint into trustlist.txt of your GnuPG folder: gpgsm --list-chain shows it. Nothing was changed.");
	} else if (failure == GPG_CANCELLED) {
		(void)lf_fail(&error, LF_EAUTH, WHERE, failure, "the commit was not signed: no passphrase was given");
		lf_hint(&error, "Deliver again to be asked again. Nothing was changed.");
	} else {
		(void)lf_fail(&error, LF_EREFUSED, WHERE, end->status, "%s did not sign the commit: %s", program,
		              end->silent ? "it did not answer in time" : *words ? words : "no reason given");
		lf_hint(&error, "Try by hand: git commit -S. Nothing was changed.");
	}
	sign_finish(signer, NULL, &error);
out:
	lf_free(words);
	lf_free(key);
}

/* "gpg", "gpg2", "/opt/bin/gpg": takes GnuPG's options. A wrapper of another name gets what git gives it. */
static bool is_gnupg(const char *program)
{
	const char *name = strrchr(program, '/');

	return lf_starts_with(name ? name + 1 : program, "gpg");
}

void sign_with_gpg(struct lf_git_signer *signer)
{
	static const char *const gpg_set[] = {"GPG_TTY", NULL}, *const gpgsm_set[] = {"GPG_TTY", "LC_ALL=C", NULL};
	const struct lf_git_settings *settings = &signer->job->remote.settings;
	bool x509 = signer->format == SIGN_X509;
	const char *named = x509 ? settings->x509_program : settings->gpg_program, *argv[16];
	const char *program = named ? named : words_of[signer->format].program, *const *set = x509 ? gpgsm_set : gpg_set;
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
		file = sign_inside(signer, "commit");
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
	if (sign_start(signer, argv, set, graphical && !signer->passphrase ? SIGN_PATIENCE_ASKING_MS : SIGN_PATIENCE_MS)) {
		lf_git_child_write(signer->child, &input);
		lf_git_child_close_input(signer->child);
	} else {
		lf_wipe(input.data, input.capacity);
		lf_str_dispose(&input);
	}
	lf_free(file);
}


void sign_gpg_ended(struct lf_git_signer *signer, const struct lf_git_child_end *end)
{
	if (!end->status && !end->signal && strstr(end->said, "[GNUPG:] SIG_CREATED "))
		sign_take(signer);
	else
		explain(signer, end);
}
