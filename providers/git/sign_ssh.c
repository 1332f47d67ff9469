/* sign_ssh: signing with an ssh key, by ssh-keygen, which asks through our askpass. */
#include "config.h"
#include "providers/git/sign_internal.h"

#include <string.h>

#include "core/fs.h"
#include "core/mem.h"
#include "providers/git/askpass.h"
#include "providers/git/job.h"

static const char WHERE[] = "git.sign";

static void ssh_refused(struct lf_git_signer *signer, const struct lf_git_child_end *end)
{
	char *words = sign_last_words(end->said);
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
	sign_finish(signer, NULL, &error);
	lf_free(words);
}

static int read_signature(void *payload, struct lf_error *err)
{
	struct lf_git_signer *signer = payload;
	char *path = sign_inside(signer, "commit.sig");
	int rc;

	lf_str_truncate(&signer->output, 0);
	rc = lf_fs_read(&signer->output, path, SIGN_OUTPUT_LIMIT, err);
	lf_free(path);
	return rc;
}

static void on_read(struct lf_git_job *job, const struct lf_error *err, void *payload)
{
	struct lf_git_signer *signer = payload;

	signer->working = false;
	if (err || job->over)
		sign_finish(signer, NULL, err);
	else
		sign_take(signer);
}

void sign_ssh_ended(struct lf_git_signer *signer, const struct lf_git_child_end *end)
{
	if (end->status || end->signal) {
		ssh_refused(signer, end);
		return;
	}
	signer->working = true;
	lf_git_job_work(signer->job, read_signature, signer, on_read);
}

static void on_asking(bool asking, void *payload)
{
	struct lf_git_signer *signer = payload;

	if (signer->child)
		lf_git_child_set_patience(signer->child, asking ? 0 : SIGN_PATIENCE_MS);
}

/* The words of a key instead of the name of a file that holds it. */
const char *sign_literal_key(const char *key)
{
	if (lf_starts_with(key, "key::"))
		return key + strlen("key::");
	return lf_starts_with(key, "ssh-") ? key : NULL;
}

void sign_with_ssh(struct lf_git_signer *signer)
{
	static const char *const silent[] = {"SSH_ASKPASS_REQUIRE=never", "SSH_ASKPASS", NULL};
	const struct lf_git_settings *settings = &signer->job->remote.settings;
	char *file = sign_inside(signer, "commit"), *key = NULL;
	const char *const *set = silent, *argv[12];
	size_t n = 0;

	if (sign_literal_key(signer->key))
		key = sign_inside(signer, "key.pub");
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
	if (sign_start(signer, argv, set, SIGN_PATIENCE_ASKING_MS))
		lf_git_child_close_input(signer->child);
	lf_free(file);
	lf_free(key);
}
