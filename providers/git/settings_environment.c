/* settings_environment: what the environment says beside Git's configuration: settings handed on as GIT_CONFIG_COUNT, GIT_CONFIG_KEY_n and GIT_CONFIG_VALUE_n, or as
 * GIT_CONFIG_PARAMETERS (what "git -c" makes), which win over every file; and the variables that git reads itself, which win over those. */
#include "config.h"
#include "providers/git/settings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"

enum { PAIRS_LIMIT = 1000 };

static int refuse(struct lf_error *err, const char *what)
{
	int rc = lf_fail(err, LF_EINVAL, "git.config", 0, "the Git settings in the environment cannot be read: %s", what);

	lf_hint(err, "Look at GIT_CONFIG_COUNT, GIT_CONFIG_KEY_0 …, and GIT_CONFIG_PARAMETERS. \"git config --list\" says the same.");
	return rc;
}

/* As git has them: section and name in lower case, what stands between them as it is. */
static int add_pair(struct lf_git_settings *settings, const char *key, const char *value, struct lf_error *err)
{
	char *name = lf_dup(key), *last = strrchr(name, '.'), *first = strchr(name, '.');
	int rc = LF_OK;

	if (!first || first == name || !last[1]) {
		rc = refuse(err, "a key is not of the form section.name");
	} else {
		for (char *c = name; *c; c++)
			if (c < first || c > last)
				*c = (char)tolower((unsigned char)*c);
		lf_git_settings_add(settings, name, value, true);
	}
	lf_free(name);
	return rc;
}

static int add_pairs(struct lf_git_settings *settings, char *(*get)(const char *name), struct lf_error *err)
{
	const char *text = get("GIT_CONFIG_COUNT");
	char *end = NULL;
	long count;
	int rc = LF_OK;

	if (!text || !*text)
		return LF_OK;
	count = strtol(text, &end, 10);
	if (*end || count < 0 || count > PAIRS_LIMIT)
		return refuse(err, "GIT_CONFIG_COUNT is not a number that can be");
	for (long i = 0; i < count && !rc; i++) {
		char *key_name = lf_format("GIT_CONFIG_KEY_%ld", i), *value_name = lf_format("GIT_CONFIG_VALUE_%ld", i);
		const char *key = get(key_name), *value = get(value_name);

		rc = key && value ? add_pair(settings, key, value, err) : refuse(err, "a key or value is missing");
		lf_free(key_name);
		lf_free(value_name);
	}
	return rc;
}

/* One word in single quotes, as git writes them: 'a'\\''b' is a'b. NULL: it is none. */
static const char *take_quoted(struct lf_str *out, const char *at)
{
	if (*at != '\'')
		return NULL;
	for (at++; *at; at++) {
		if (*at != '\'') {
			lf_str_add_char(out, *at);
		} else if (at[1] == '\\' && (at[2] == '\'' || at[2] == '!') && at[3] == '\'') {
			lf_str_add_char(out, at[2]);
			at += 3;
		} else {
			return at + 1;
		}
	}
	return NULL;
}

/* 'key=value' 'key'='value' 'key': the first is how git wrote it before 2.31. */
static int add_parameters(struct lf_git_settings *settings, char *(*get)(const char *name), struct lf_error *err)
{
	const char *at = get("GIT_CONFIG_PARAMETERS");
	int rc = LF_OK;

	while (at && !rc && *(at += strspn(at, " \t\n"))) {
		struct lf_str key = {0}, value = {0};
		const char *equals;

		at = take_quoted(&key, at);
		if (at && at[0] == '=' && at[1] == '\'') {
			at = take_quoted(&value, at + 1);
			rc = at ? add_pair(settings, lf_str_text(&key), lf_str_text(&value), err) : LF_OK;
		} else if (at && (equals = strchr(lf_str_text(&key), '=')) != NULL) {
			char *name = lf_dup_n(lf_str_text(&key), (size_t)(equals - lf_str_text(&key)));

			rc = add_pair(settings, name, equals + 1, err);
			lf_free(name);
		} else if (at) {
			at += *at == '=';
			rc = add_pair(settings, lf_str_text(&key), "true", err);
		}
		if (!at)
			rc = refuse(err, "GIT_CONFIG_PARAMETERS is not quoted as git does it");
		lf_str_dispose(&key);
		if (value.data)
			lf_wipe(value.data, value.capacity);
		lf_str_dispose(&value);
	}
	return rc;
}

int lf_git_settings_add_environment(struct lf_git_settings *settings, char *(*get)(const char *name), struct lf_error *err)
{
	const struct {
		const char *name;
		char **slot;
	} rows[] = {
	    {"GIT_SSH_COMMAND", &settings->ssh_command},
	    {"GIT_SSH_VARIANT", &settings->ssh_variant},
	    {"GIT_AUTHOR_NAME", &settings->author_name},
	    {"GIT_AUTHOR_EMAIL", &settings->author_email},
	    {"GIT_COMMITTER_NAME", &settings->committer_name},
	    {"GIT_COMMITTER_EMAIL", &settings->committer_email},
	};
	static const struct {
		const char *name, *key;
	} files[] = {{"GIT_SSL_CAINFO", "sslcainfo"}, {"GIT_SSL_CAPATH", "sslcapath"}, {"GIT_HTTP_USER_AGENT", "useragent"}, {"GIT_HTTP_LOW_SPEED_LIMIT", "lowspeedlimit"},
	             {"GIT_HTTP_LOW_SPEED_TIME", "lowspeedtime"}, {"GIT_SSL_CERT", "sslcert"}, {"GIT_SSL_KEY", "sslkey"}};
	const char *value;
	int rc = add_pairs(settings, get, err);

	if (!rc)
		rc = add_parameters(settings, get, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		value = get(rows[i].name);
		if (value && *value)
			lf_set(rows[i].slot, value);
	}
	value = get("GIT_SSH");
	if (value && *value && !settings->ssh_command)
		lf_set(&settings->ssh_program, value);
	for (size_t i = 0; i < LF_COUNT(files); i++) {
		value = get(files[i].name);
		if (value && *value)
			lf_git_settings_add_http(settings, "", 0, files[i].key, value);
	}
	value = get("GIT_SSL_NO_VERIFY");
	if (value && *value)
		lf_git_settings_add_http(settings, "", 0, "sslverify", "false");
	value = get("EMAIL");
	if (value && *value && !settings->email)
		lf_set(&settings->email, value);
	return LF_OK;
}
