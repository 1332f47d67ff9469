/* sign_internal: what the files of sign share. */
#ifndef LF_PROVIDERS_GIT_SIGN_INTERNAL_H
#define LF_PROVIDERS_GIT_SIGN_INTERNAL_H

#include "core/secret.h"
#include "providers/git/askpass.h"
#include "providers/git/child.h"
#include "providers/git/sign.h"

enum { SIGN_OUTPUT_LIMIT = 65536, SIGN_PATIENCE_MS = 30000, SIGN_PATIENCE_ASKING_MS = 300000 };
enum sign_format { SIGN_OPENPGP, SIGN_X509, SIGN_SSH };

struct lf_git_signer {
	struct lf_git_job *job;
	lf_git_sign_fn *then;
	void *payload;
	bool pending, working; /* THEN is due; a work request has the files in hand */
	enum sign_format format;
	char *folder, *key; /* key: a user id for gpg and gpgsm, the text of a key or a file for ssh */
	struct lf_str content, output;
	struct lf_git_child *child;
	struct lf_git_askpass *askpass;
	struct lf_secret *passphrase;
	int passphrases; /* asked for */
};

/* sign.c */
LF_NODISCARD char *sign_inside(const struct lf_git_signer *signer, const char *name);
void sign_finish(struct lf_git_signer *signer, const char *signature, const struct lf_error *err);
void sign_take(struct lf_git_signer *signer); /* the signature is the output */
bool sign_start(struct lf_git_signer *signer, const char *const *argv, const char *const *set, int patience_ms);
LF_NODISCARD char *sign_last_words(const char *said); /* the last line that is no status line of gpg's */

/* sign_gpg.c */
void sign_with_gpg(struct lf_git_signer *signer);
void sign_gpg_ended(struct lf_git_signer *signer, const struct lf_git_child_end *end);

/* sign_ssh.c */
const char *sign_literal_key(const char *key); /* the words of a key instead of the name of a file that holds it; NULL: it is a name */
void sign_with_ssh(struct lf_git_signer *signer);
void sign_ssh_ended(struct lf_git_signer *signer, const struct lf_git_child_end *end);

#endif
