/* objects_user: what the machine's, the user's and the clone's Git configuration say, and which clone a
 * folder is in. Reads only. The files are put together here instead of by git_config_open_default(), which
 * knows neither GIT_CONFIG_GLOBAL and GIT_CONFIG_NOSYSTEM nor "includeIf gitdir:", and keeps the HOME that
 * the process started with. */
#include "config.h"
#include "providers/git/objects_internal.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

static bool env_is_true(const char *name)
{
	const char *value = getenv(name);

	return value && *value && strcmp(value, "0") != 0 && strcmp(value, "false") != 0 &&
	       strcmp(value, "no") != 0;
}

/* A file that is not there is no error; one that cannot be parsed is. */
static int add_file(git_config *config, const char *path, git_config_level_t level,
                    git_repository *repository)
{
	int rc = git_config_add_file_ondisk(config, path, level, repository, 0);

	return rc == GIT_ENOTFOUND ? 0 : rc;
}

static int add_system(git_config *config, git_repository *repository)
{
	git_buf path = {NULL, 0, 0};
	int rc = git_config_find_system(&path);

	if (!rc)
		rc = add_file(config, path.ptr, GIT_CONFIG_LEVEL_SYSTEM, repository);
	git_buf_dispose(&path);
	return rc == GIT_ENOTFOUND ? 0 : rc;
}

static int add_below(git_config *config, const char *folder, const char *name, git_config_level_t level,
                     git_repository *repository)
{
	char *path;
	int rc;

	if (!folder || *folder != '/')
		return 0;
	path = lf_format("%s/%s", folder, name);
	rc = add_file(config, path, level, repository);
	lf_free(path);
	return rc;
}

static int add_user(git_config *config, git_repository *repository)
{
	const char *global = getenv("GIT_CONFIG_GLOBAL"), *xdg = getenv("XDG_CONFIG_HOME"),
	           *home = getenv("HOME");
	int rc;

	if (global)
		return *global ? add_file(config, global, GIT_CONFIG_LEVEL_GLOBAL, repository) : 0;
	if (xdg && *xdg)
		rc = add_below(config, xdg, "git/config", GIT_CONFIG_LEVEL_XDG, repository);
	else
		rc = add_below(config, home, ".config/git/config", GIT_CONFIG_LEVEL_XDG, repository);
	return rc ? rc : add_below(config, home, ".gitconfig", GIT_CONFIG_LEVEL_GLOBAL, repository);
}

static int open_settings(git_config **out, git_repository *repository)
{
	git_config *config = NULL;
	int rc = git_config_new(&config);

	if (!rc && !env_is_true("GIT_CONFIG_NOSYSTEM"))
		rc = add_system(config, repository);
	if (!rc)
		rc = add_user(config, repository);
	if (!rc && repository)
		rc = add_below(config, git_repository_commondir(repository), "config", GIT_CONFIG_LEVEL_LOCAL,
		               repository);
	*out = config;
	return rc;
}

/* NULL if FOLDER is in no clone, or in one that libgit2 does not trust (another owner's). */
static git_repository *open_clone(const char *folder)
{
	git_repository *repository = NULL;

	if (!folder || git_repository_open_ext(&repository, folder, 0, NULL))
		return NULL;
	return repository;
}

char *objects_of_clone(const char *folder)
{
	git_repository *repository = open_clone(folder);
	char *path = repository ? lf_format("%s/objects", git_repository_commondir(repository)) : NULL;

	git_repository_free(repository);
	return path;
}

int objects_settings(const char *folder, const char *address, lf_objects_setting_fn *each, void *payload,
                     struct lf_error *err)
{
	git_repository *repository = open_clone(folder);
	git_config_iterator *iterator = NULL;
	git_config_entry *entry = NULL;
	git_config *config = NULL;
	int rc = open_settings(&config, repository), code = LF_OK;

	if (!rc)
		rc = git_config_iterator_new(&iterator, config);
	while (!rc) {
		rc = git_config_next(&entry, iterator);
		if (rc)
			break;
		each(entry->name, entry->value ? entry->value : "true", entry->level < GIT_CONFIG_LEVEL_LOCAL,
		     payload);
		if (entry->value && entry->level < GIT_CONFIG_LEVEL_LOCAL)
			rc = objects_include(entry->name, entry->value, address, each, payload);
	}
	if (rc != GIT_ITEROVER) {
		code = objects_fail(err, "git.config", rc, "your Git configuration cannot be read");
		lf_hint(err, "\"git config --list\" names the file and the line.");
	}
	git_config_iterator_free(iterator);
	git_config_free(config);
	git_repository_free(repository);
	return code;
}

/* The NAME of "remote.NAME.url"; NULL for any other key. */
static char *remote_of_key(const char *key)
{
	size_t length = strlen(key), around = strlen("remote.") + strlen(".url");

	if (!lf_starts_with(key, "remote.") || !lf_ends_with(key, ".url") || length <= around)
		return NULL;
	return lf_dup_n(key + strlen("remote."), length - around);
}

/* "origin", or the only one. Read key by key: git_remote_list() of libgit2 1.5 loses 20 kB for each key that is none of a remote. */
static char *pick_remote(git_repository *repository)
{
	git_config_iterator *iterator = NULL;
	git_config_entry *entry = NULL;
	git_config *config = NULL;
	char *picked = NULL;
	bool several = false;

	if (!git_repository_config_snapshot(&config, repository) && !git_config_iterator_new(&iterator, config)) {
		while (!git_config_next(&entry, iterator)) {
			char *name = remote_of_key(entry->name);

			if (name && picked && !lf_equal(name, picked))
				several = true;
			if (name && (!picked || lf_equal(name, "origin")))
				lf_set(&picked, name);
			lf_free(name);
		}
	}
	if (several && !lf_equal(picked, "origin"))
		lf_set(&picked, NULL);
	git_config_iterator_free(iterator);
	git_config_free(config);
	return picked;
}

static char *top_folder(git_repository *repository)
{
	const char *path = git_repository_workdir(repository), *name;
	size_t length;

	if (!path)
		path = git_repository_path(repository);
	length = strlen(path);
	while (length > 1 && path[length - 1] == '/')
		length--;
	name = memrchr(path, '/', length);
	name = name && name + 1 < path + length ? name + 1 : path;
	return lf_dup_n(name, (size_t)(path + length - name));
}

void objects_workdir(struct lf_workdir_facts *out, const char *folder)
{
	git_repository *repository = open_clone(folder);
	git_reference *head = NULL;

	memset(out, 0, sizeof(*out));
	out->state = LF_FACT_NONE;
	if (!repository)
		return;
	out->state = LF_FACT_KNOWN;
	out->folder = top_folder(repository);
	out->remote = pick_remote(repository);
	/* The configured address: our own rewriting by url.*.insteadOf comes later, once. */
	if (out->remote) {
		char *key = lf_format("remote.%s.url", out->remote);
		git_config *config = NULL;
		git_buf url = {NULL, 0, 0};

		if (!git_repository_config_snapshot(&config, repository) &&
		    !git_config_get_string_buf(&url, config, key))
			out->remote_url = lf_dup_n(url.ptr, url.size);
		git_buf_dispose(&url);
		git_config_free(config);
		lf_free(key);
	}
	/* By HEAD's own words, so that a branch without a commit has its name too. */
	if (!git_reference_lookup(&head, repository, "HEAD") &&
	    git_reference_type(head) == GIT_REFERENCE_SYMBOLIC) {
		const char *target = git_reference_symbolic_target(head);

		if (lf_starts_with(target, "refs/heads/"))
			out->branch = lf_dup(target + strlen("refs/heads/"));
	}
	git_reference_free(head);
	git_repository_free(repository);
}
