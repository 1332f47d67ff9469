/* sign: see sign.h. Owns the life of a signer, and which program signs with which key; what is said to the programs, and
 * what their ends mean, is in sign_gpg.c and sign_ssh.c. */
#include "config.h"
#include "providers/git/sign_internal.h"

#include <string.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/text.h"
#include "providers/git/askpass.h"
#include "providers/git/child.h"
#include "providers/git/job.h"

static const char WHERE[] = "git.sign";

char *sign_inside(const struct lf_git_signer *signer, const char *name)
{
	return lf_format("%s/%s", signer->folder, name);
}

void sign_finish(struct lf_git_signer *signer, const char *signature, const struct lf_error *err)
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
void sign_take(struct lf_git_signer *signer)
{
	struct lf_str *text = &signer->output;
	struct lf_error error = {0};
	char *signature;

	while (text->length && strchr("\r\n ", text->data[text->length - 1]))
		lf_str_truncate(text, text->length - 1);
	if (!lf_starts_with(lf_str_text(text), "-----BEGIN ") || strlen(text->data) != text->length) {
		(void)lf_fail(&error, LF_EPARSE, WHERE, 0, "the signing program gave no signature");
		lf_hint(&error, "Try by hand: git commit -S");
		sign_finish(signer, NULL, &error);
		return;
	}
	signature = lf_str_take(text);
	sign_finish(signer, signature, NULL);
	lf_free(signature);
}

/* The last line that is no status line of gpg's. */
char *sign_last_words(const char *said)
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

static void on_ended(const struct lf_git_child_end *end, void *payload)
{
	struct lf_git_signer *signer = payload;

	if (signer->format == SIGN_SSH)
		sign_ssh_ended(signer, end);
	else
		sign_gpg_ended(signer, end);
}

static void on_output(const char *bytes, size_t length, void *payload)
{
	struct lf_git_signer *signer = payload;

	if (length < SIGN_OUTPUT_LIMIT - signer->output.length)
		lf_str_add_n(&signer->output, bytes, length);
}

bool sign_start(struct lf_git_signer *signer, const char *const *argv, const char *const *set, int patience_ms)
{
	const struct lf_git_child_plan plan = {.argv = argv,
	                                       .set = set,
	                                       .wipe = true,
	                                       .patience_ms = patience_ms,
	                                       .output = on_output,
	                                       .ended = on_ended,
	                                       .payload = signer};
	static const char *const settings[] = {[SIGN_OPENPGP] = "gpg.program", [SIGN_X509] = "gpg.x509.program", [SIGN_SSH] = "gpg.ssh.program"};
	struct lf_error error = {0};

	lf_git_child_free(signer->child);
	signer->child = NULL;
	lf_str_truncate(&signer->output, 0);
	if (!lf_git_child_new(&signer->child, signer->job->git->loop, &plan, &error))
		return true;
	lf_hint(&error, "Install it, or set %s; without signing: git config commit.gpgsign false",
	        settings[signer->format]);
	sign_finish(signer, NULL, &error);
	return false;
}

static int prepare(void *payload, struct lf_error *err)
{
	struct lf_git_signer *signer = payload;
	const char *key = signer->format == SIGN_SSH ? sign_literal_key(signer->key) : NULL;
	char *path;
	int rc = lf_fs_make_temporary(&signer->folder, "sign", false, err);

	if (rc)
		return rc;
	path = sign_inside(signer, "commit");
	rc = lf_fs_write(path, signer->content.data, signer->content.length, 0600, err);
	lf_free(path);
	if (!rc && key) {
		char *line = lf_format("%s\n", key);

		path = sign_inside(signer, "key.pub");
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
		sign_finish(signer, NULL, err);
	else if (signer->format == SIGN_SSH)
		sign_with_ssh(signer);
	else
		sign_with_gpg(signer);
}

static int choose_format(struct lf_git_signer *signer, struct lf_error *err)
{
	static const char *const words[] = {[SIGN_OPENPGP] = "openpgp", [SIGN_X509] = "x509", [SIGN_SSH] = "ssh"};
	const char *format = signer->job->remote.settings.sign_format;
	char *shown;

	signer->format = SIGN_OPENPGP;
	for (size_t i = 0; i < LF_COUNT(words) && format; i++) {
		signer->format = (enum sign_format)i;
		if (!strcmp(format, words[i]))
			break;
		if (i + 1 < LF_COUNT(words))
			continue;
		shown = lf_text_clean_dup(format, 40);
		(void)lf_fail(err, LF_EINVAL, WHERE, 0, "commits cannot be signed with gpg.format=%s here", shown);
		lf_hint(err, "Landfall signs with openpgp, x509 and ssh. Without signing: git config commit.gpgsign false");
		lf_free(shown);
		return LF_EINVAL;
	}
	return LF_OK;
}

/* Which key, and of which kind. */
static int choose(struct lf_git_signer *signer, const char *name, const char *email, struct lf_error *err)
{
	static const char *const hints[] = {[SIGN_OPENPGP] = "gpg --list-secret-keys shows yours; then git config --global user.signingKey ID",
	                                    [SIGN_X509] = "gpgsm --list-secret-keys shows yours; then git config --global user.signingKey ID",
	                                    [SIGN_SSH] = "git config --global user.signingKey ~/.ssh/id_ed25519.pub"};
	const struct lf_git_settings *settings = &signer->job->remote.settings;
	int rc = choose_format(signer, err);

	if (rc)
		return rc;
	lf_free(signer->key);
	signer->key = lf_dup(settings->signing_key && *settings->signing_key ? settings->signing_key : NULL);
	if (!signer->key && signer->format != SIGN_SSH && email)
		signer->key = signer->format == SIGN_X509 ? lf_format("<%s>", email) /* gpgsm knows no names beside it */
		                                          : lf_format("%s <%s>", name ? name : "", email);
	/* What begins with a dash would be an option. */
	if (signer->key && *signer->key != '-')
		return LF_OK;
	(void)lf_fail(err, LF_EINVAL, WHERE, 0, "no key is named to sign commits with");
	lf_hint(err, "%s", hints[signer->format]);
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
		sign_finish(signer, NULL, &error);
		return;
	}
	signer->working = true;
	lf_git_job_work(job, prepare, signer, prepared);
}

void lf_git_signer_hang_up(struct lf_git_signer *signer)
{
	if (signer && !signer->working)
		sign_finish(signer, NULL, NULL);
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
