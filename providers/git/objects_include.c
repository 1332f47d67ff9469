/* objects_include: "includeIf hasconfig:remote.*.url:PATTERN", which libgit2 does not know: a user's identity by the address
 * of the repository. */
#include "config.h"
#include "providers/git/objects_internal.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"

enum { STEPS_LIMIT = 100000 };

/* What follows "*" or "**" is tried at each place; STEPS bounds what a pattern can cost. */
static bool fits(const char *pattern, const char *text, int *steps)
{
	while (*pattern && (*steps)-- > 0) {
		if (*pattern == '*') {
			bool deep = pattern[1] == '*';

			while (*pattern == '*')
				pattern++;
			if (deep && *pattern == '/' && fits(pattern + 1, text, steps))
				return true; /* two stars and a slash may also be nothing */
			for (;; text++) {
				if (fits(pattern, text, steps))
					return true;
				if (!*text || (!deep && *text == '/'))
					return false;
			}
		}
		if (!*text || (*pattern == '?' ? *text == '/' : *pattern != *text))
			return false;
		pattern++;
		text++;
	}
	return !*pattern && !*text;
}

bool objects_address_fits(const char *pattern, const char *address)
{
	int steps = STEPS_LIMIT;

	return fits(pattern, address, &steps);
}

/* "~/x" and "x" are below the home: the file that says so is, nearly always. */
static char *path_of(const char *value)
{
	const char *home = getenv("HOME");

	if (*value == '/')
		return lf_dup(value);
	if (!home || *home != '/')
		return NULL;
	return lf_format("%s/%s", home, lf_starts_with(value, "~/") ? value + 2 : value);
}

int objects_include(const char *name, const char *value, const char *address, lf_objects_setting_fn *each,
                    void *payload)
{
	static const char before[] = "includeif.hasconfig:remote.*.url:", after[] = ".path";
	git_config_iterator *iterator = NULL;
	git_config_entry *entry = NULL;
	git_config *config = NULL;
	char *pattern, *path;
	int rc;

	if (!address || !lf_starts_with(name, before) || !lf_ends_with(name, after) ||
	    strlen(name) < sizeof(before) + sizeof(after))
		return 0;
	pattern = lf_dup_n(name + sizeof(before) - 1, strlen(name) - (sizeof(before) - 1) - (sizeof(after) - 1));
	path = objects_address_fits(pattern, address) ? path_of(value) : NULL;
	rc = path ? git_config_open_ondisk(&config, path) : 0;
	if (!rc && path)
		rc = git_config_iterator_new(&iterator, config);
	while (!rc && path) {
		rc = git_config_next(&entry, iterator);
		if (!rc)
			each(entry->name, entry->value ? entry->value : "true", true, payload);
	}
	git_config_iterator_free(iterator);
	git_config_free(config);
	lf_free(pattern);
	lf_free(path);
	return rc == GIT_ITEROVER || rc == GIT_ENOTFOUND ? 0 : rc;
}
