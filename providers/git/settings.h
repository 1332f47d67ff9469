/* settings: what the user's Git configuration and environment say about reaching a repository, and who the
 * user is. Values that may be secret (http.extraHeader) are held as secrets. Reading happens on a work
 * request, the rest is pure. */
#ifndef LF_PROVIDERS_GIT_SETTINGS_H
#define LF_PROVIDERS_GIT_SETTINGS_H

#include "core/giturl.h"
#include "core/secret.h"
#include "providers/git/objects.h"

struct lf_git_rewrite { /* url.BASE.insteadOf, url.BASE.pushInsteadOf */
	char *base, *instead_of;
	bool push;
};

struct lf_git_http_entry { /* http.PATTERN.KEY, in the order of the files */
	char *pattern;     /* NULL: for every URL */
	char *key;         /* lower case */
	struct lf_secret *value;
};

struct lf_git_settings { /* zero-initialise */
	struct lf_git_rewrite *rewrites;
	size_t rewrite_count, rewrite_capacity;
	struct lf_git_http_entry *http;
	size_t http_count, http_capacity;
	char *ssh_command;  /* a line for the shell; NULL: plain ssh */
	char *ssh_program;  /* GIT_SSH: a program's path; NULL: plain ssh */
	char *ssh_variant;  /* how it takes its arguments: ssh.variant; NULL: its name tells */
	char *name, *email; /* user.* */
	char *author_name, *author_email, *committer_name, *committer_email;
	struct lf_names push_options;   /* push.pushOption */
	bool sign, sign_off;            /* commit.gpgsign, format.signOff */
	char *sign_format;              /* gpg.format; NULL: openpgp */
	char *signing_key;              /* user.signingKey */
	char *gpg_program, *x509_program, *ssh_signer; /* programs' paths; NULL: gpg, gpgsm, ssh-keygen */
};

/* FOLDER: where the user stands (its clone's user.* count too); may be NULL. ADDRESS: of the repository; may be NULL. */
LF_NODISCARD int lf_git_settings_read(struct lf_git_settings *out, const struct lf_objects_module *objects,
                                      const char *folder, const char *address, struct lf_error *err);
void lf_git_settings_dispose(struct lf_git_settings *settings);
bool lf_git_settings_is_false(const char *value); /* as git reads a yes or no */
/* One entry, as the files have it. */
void lf_git_settings_add(struct lf_git_settings *settings, const char *name, const char *value, bool user);
/* settings_environment.c: what the environment says, which wins over the files; GET is getenv(). */
LF_NODISCARD int lf_git_settings_add_environment(struct lf_git_settings *settings, char *(*get)(const char *name), struct lf_error *err);
/* http.PATTERN.KEY; PATTERN NULL: http.KEY; "" (with LENGTH 0): of the environment, before all others. */
void lf_git_settings_add_http(struct lf_git_settings *settings, const char *pattern, size_t length, const char *key, const char *value);

/* ADDRESS as url.*.insteadOf (for PUSH also pushInsteadOf) make it. The caller frees. */
LF_NODISCARD char *lf_git_settings_rewrite(const struct lf_git_settings *settings, const char *address,
                                           bool push);

/* What holds for one URL. Zero-initialise; every pointer is borrowed from SETTINGS. */
struct lf_git_http_settings {
	const char *proxy, *ca_file, *ca_folder, *user_agent, *cookie_file, *pinned_key;
	bool stays; /* http.followRedirects=false */
	bool http1; /* http.version=HTTP/1.1 */
	int low_speed_limit, low_speed_s; /* http.lowSpeedLimit, lowSpeedTime: both above zero, or none counts */
	const char *certificate;     /* of the user, PEM */
	const struct lf_secret *key; /* its key; NULL: the certificate's file holds it too */
	bool insecure;
	const struct lf_secret *headers[16];
	size_t header_count;
};
void lf_git_settings_for(struct lf_git_http_settings *out, const struct lf_git_settings *settings,
                         const struct lf_git_url *url);

#endif
