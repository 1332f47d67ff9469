/* settings: see settings.h. Only entries of the machine and the user count for how a repository is reached: a clone's own
 * file could name any command. */
#include "config.h"
#include "providers/git/settings.h"

#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/str.h"

enum { ENTRIES_LIMIT = 1000, VALUE_LIMIT = 16384, OPTIONS_LIMIT = 100, OPTION_LIMIT = 4096, PEM_LIMIT = 1 << 20 };

static void add_rewrite(struct lf_git_settings *settings, const char *base, size_t length, const char *value,
                        bool push)
{
	struct lf_git_rewrite *rewrite;

	if (settings->rewrite_count >= ENTRIES_LIMIT || !*value)
		return;
	lf_grow((void **)&settings->rewrites, &settings->rewrite_capacity, settings->rewrite_count,
	        sizeof(*settings->rewrites));
	rewrite = &settings->rewrites[settings->rewrite_count++];
	rewrite->base = lf_dup_n(base, length);
	rewrite->instead_of = lf_dup(value);
	rewrite->push = push;
}

void lf_git_settings_add(struct lf_git_settings *settings, const char *name, const char *value, bool user)
{
	const char *first = strchr(name, '.'), *last = strrchr(name, '.');
	const struct {
		const char *name;
		char **slot;
		bool anywhere;
	} simple[] = {
	    {"user.name", &settings->name, true},
	    {"user.email", &settings->email, true},
	    {"author.name", &settings->author_name, true},
	    {"author.email", &settings->author_email, true},
	    {"committer.name", &settings->committer_name, true},
	    {"committer.email", &settings->committer_email, true},
	    {"core.sshcommand", &settings->ssh_command, false},
	    {"ssh.variant", &settings->ssh_variant, false},
	    {"gpg.format", &settings->sign_format, true},
	    {"user.signingkey", &settings->signing_key, true},
	    {"gpg.program", &settings->gpg_program, false},
	    {"gpg.openpgp.program", &settings->gpg_program, false},
	    {"gpg.ssh.program", &settings->ssh_signer, false},
	    {"gpg.x509.program", &settings->x509_program, false},
	};

	if (!first || strlen(value) > VALUE_LIMIT)
		return;
	for (size_t i = 0; i < LF_COUNT(simple); i++)
		if (!strcmp(name, simple[i].name) && (user || simple[i].anywhere))
			lf_set(simple[i].slot, value);
	if (!strcmp(name, "commit.gpgsign"))
		settings->sign = !lf_git_settings_is_false(value);
	if (!strcmp(name, "format.signoff"))
		settings->sign_off = !lf_git_settings_is_false(value);
	/* As git has it: an empty one forgets those before. */
	if (!strcmp(name, "push.pushoption") && !*value)
		lf_names_dispose(&settings->push_options);
	else if (!strcmp(name, "push.pushoption") && settings->push_options.count < OPTIONS_LIMIT &&
	         strlen(value) < OPTION_LIMIT && !strpbrk(value, "\r\n"))
		lf_names_add(&settings->push_options, value);
	if (!user)
		return;
	if (lf_starts_with(name, "url.") && last > first) {
		if (!strcmp(last, ".insteadof"))
			add_rewrite(settings, first + 1, (size_t)(last - first) - 1, value, false);
		else if (!strcmp(last, ".pushinsteadof"))
			add_rewrite(settings, first + 1, (size_t)(last - first) - 1, value, true);
	} else if (lf_starts_with(name, "http.")) {
		if (last > first)
			lf_git_settings_add_http(settings, first + 1, (size_t)(last - first) - 1, last + 1, value);
		else
			lf_git_settings_add_http(settings, NULL, 0, last + 1, value);
	}
}

static void take(const char *name, const char *value, bool user, void *payload)
{
	lf_git_settings_add(payload, name, value, user);
}

/* The file instead of its name: it may be secret, and reading it blocks. */
static int load(struct lf_git_http_entry *entry, struct lf_error *err)
{
	const char *name = lf_secret_bytes(entry->value);
	char *path = lf_starts_with(name, "~/") ? lf_fs_home_path(name + 2) : lf_dup(name);
	struct lf_str pem = {0};
	int rc = *name ? lf_fs_read(&pem, path, PEM_LIMIT, err) : LF_OK;

	if (rc)
		lf_hint(err, "Look at http.sslCert and http.sslKey of git config, GIT_SSL_CERT and GIT_SSL_KEY.");
	lf_secret_free(entry->value);
	entry->value = lf_secret_new(lf_str_text(&pem), pem.length);
	if (pem.data)
		lf_wipe(pem.data, pem.capacity);
	lf_str_dispose(&pem);
	lf_free(path);
	return rc;
}

int lf_git_settings_read(struct lf_git_settings *out, const struct lf_objects_module *objects,
                         const char *folder, const char *address, struct lf_error *err)
{
	int rc = objects->settings(folder, address, take, out, err);

	if (!rc)
		rc = lf_git_settings_add_environment(out, getenv, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < out->http_count && !rc; i++)
		if (!strcmp(out->http[i].key, "sslcert") || !strcmp(out->http[i].key, "sslkey"))
			rc = load(&out->http[i], err);
	return rc;
}

void lf_git_settings_dispose(struct lf_git_settings *settings)
{
	for (size_t i = 0; i < settings->rewrite_count; i++) {
		lf_free(settings->rewrites[i].base);
		lf_free(settings->rewrites[i].instead_of);
	}
	for (size_t i = 0; i < settings->http_count; i++) {
		lf_free(settings->http[i].pattern);
		lf_free(settings->http[i].key);
		lf_secret_free(settings->http[i].value);
	}
	lf_free(settings->rewrites);
	lf_free(settings->http);
	lf_free(settings->ssh_command);
	lf_names_dispose(&settings->push_options);
	lf_free(settings->ssh_program);
	lf_free(settings->ssh_variant);
	lf_free(settings->sign_format);
	lf_free(settings->signing_key);
	lf_free(settings->gpg_program);
	lf_free(settings->ssh_signer);
	lf_free(settings->x509_program);
	lf_free(settings->name);
	lf_free(settings->email);
	lf_free(settings->author_name);
	lf_free(settings->author_email);
	lf_free(settings->committer_name);
	lf_free(settings->committer_email);
	memset(settings, 0, sizeof(*settings));
}

static const struct lf_git_rewrite *longest(const struct lf_git_settings *settings, const char *address,
                                            bool push)
{
	const struct lf_git_rewrite *best = NULL;

	for (size_t i = 0; i < settings->rewrite_count; i++) {
		const struct lf_git_rewrite *rewrite = &settings->rewrites[i];

		if (rewrite->push == push && lf_starts_with(address, rewrite->instead_of) &&
		    (!best || strlen(rewrite->instead_of) > strlen(best->instead_of)))
			best = rewrite;
	}
	return best;
}

char *lf_git_settings_rewrite(const struct lf_git_settings *settings, const char *address, bool push)
{
	const struct lf_git_rewrite *rewrite = push ? longest(settings, address, true) : NULL;

	if (!rewrite)
		rewrite = longest(settings, address, false);
	if (!rewrite)
		return lf_dup(address);
	return lf_format("%s%s", rewrite->base, address + strlen(rewrite->instead_of));
}
