/* fs: see fs.h. Blocking calls on local files: small ones may be made anywhere, large ones belong on a work
 * request. */
#include "config.h"
#include "core/fs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/text.h"

/* ERRNO as one of our codes, with what a user can do about it. */
static int fail(struct lf_error *err, const char *where, const char *verb, const char *path, int number)
{
	char *name = lf_text_clean_dup(path, 200);
	int code = number == ENOENT                                         ? LF_ENOTFOUND
	           : number == EACCES || number == EPERM || number == EROFS ? LF_EFORBIDDEN
	                                                                    : LF_EIO;

	(void)lf_fail(err, (enum lf_code)code, where, number, "cannot %s %s: %s", verb, name,
	              strerror(number));
	if (number == ENOSPC || number == EDQUOT)
		lf_hint(err, "the disk (or your quota) under %s is full: free some space and try again",
		        name);
	else if (number == EACCES || number == EPERM)
		lf_hint(err, "check who owns %s and its permissions", name);
	else if (number == EROFS)
		lf_hint(err, "%s is on a read-only file system: choose another place", name);
	else if (number == ENOENT)
		lf_hint(err, "check the spelling of the path");
	else if (number == EISDIR)
		lf_hint(err, "%s is a folder; name a file", name);
	else if (number == ENOTDIR)
		lf_hint(err, "a part of %s is a file, not a folder", name);
	else if (number == EFBIG)
		lf_hint(err, "a limit on file sizes is in force: see ulimit -f");
	else
		lf_hint(err, "look at %s and the disk it is on", name);
	lf_free(name);
	return code;
}

static int read_all(struct lf_str *out, int fd, size_t limit, bool *too_large)
{
	size_t got = 0;
	char buffer[4096]; /* most files are smaller, and each page of it costs a fault */

	*too_large = false;
	for (;;) {
		ssize_t n = read(fd, buffer, sizeof(buffer));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			return 0;
		if ((size_t)n > limit - got) {
			*too_large = true;
			return 0;
		}
		lf_str_add_n(out, buffer, (size_t)n);
		got += (size_t)n;
	}
}

int lf_fs_read(struct lf_str *out, const char *path, size_t limit, struct lf_error *err)
{
	bool standard = strcmp(path, "-") == 0, too_large;
	const char *name = standard ? "standard input" : path;
	size_t before = out->length;
	int fd = STDIN_FILENO, rc = LF_OK;

	if (!standard)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail(err, "fs.read", "read", name, errno);
	if (read_all(out, fd, limit, &too_large) < 0) {
		rc = fail(err, "fs.read", "read", name, errno);
	} else if (too_large) {
		char *safe = lf_text_clean_dup(name, 200);

		rc = lf_fail(err, LF_ELIMIT, "fs.read", 0, "%s is larger than %zu bytes", safe, limit);
		lf_hint(err, "this is more than such a file should hold: check that it is the right one");
		lf_free(safe);
	}
	if (rc != LF_OK)
		lf_str_truncate(out, before);
	else
		lf_str_add(out, ""); /* an empty file is "", not NULL */
	if (!standard)
		(void)close(fd);
	return rc;
}

int lf_fs_make_folders(const char *path, mode_t mode, struct lf_error *err)
{
	char *copy = lf_dup(path);
	size_t length = strlen(copy);
	int rc = LF_OK;

	while (length > 1 && copy[length - 1] == '/')
		copy[--length] = '\0';
	for (size_t i = 1; i <= length; i++) {
		struct stat st;
		char c = copy[i];

		if (c != '/' && c != '\0')
			continue;
		copy[i] = '\0';
		if (mkdir(copy, mode) < 0) {
			int number = errno;

			/* An existing folder above may answer EROFS or EACCES instead of EEXIST. */
			if (stat(copy, &st) < 0 || !S_ISDIR(st.st_mode)) {
				rc = fail(err, "fs.make_folders", "make the folder", copy,
				          number == EEXIST ? ENOTDIR : number);
				break;
			}
		}
		copy[i] = c;
	}
	lf_free(copy);
	return rc;
}

static int write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, bytes, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		bytes += n;
		length -= (size_t)n;
	}
	return 0;
}

/* The folder of PATH, as a new string. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return lf_dup(".");
	return slash == path ? lf_dup("/") : lf_dup_n(path, (size_t)(slash - path));
}

int lf_fs_write(const char *path, const void *bytes, size_t length, mode_t mode, struct lf_error *err)
{
	char *target = NULL, *folder = NULL, *temp = NULL;
	struct stat st;
	int fd = -1, dir = -1, rc;

	/* A file that the user keeps elsewhere behind a link stays there. */
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		target = realpath(path, NULL);
	if (!target)
		target = lf_dup(path);
	folder = folder_of(target);
	rc = lf_fs_make_folders(folder, 0700, err);
	if (rc != LF_OK)
		goto out;
	if (stat(target, &st) == 0 && S_ISDIR(st.st_mode)) {
		rc = fail(err, "fs.write", "write", path, EISDIR);
		goto out;
	}
	temp = lf_format("%s/.landfall-XXXXXX", folder);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0) {
		lf_set(&temp, NULL);
		rc = fail(err, "fs.write", "write", path, errno);
		goto out;
	}
	if (fchmod(fd, mode) < 0 || write_all(fd, bytes, length) < 0 || fsync(fd) < 0) {
		rc = fail(err, "fs.write", "write", path, errno);
		goto out;
	}
	if (close(fd) < 0) {
		fd = -1;
		rc = fail(err, "fs.write", "write", path, errno);
		goto out;
	}
	fd = -1;
	if (rename(temp, target) < 0) {
		rc = fail(err, "fs.write", "write", path, errno);
		goto out;
	}
	lf_set(&temp, NULL);
	/* The new name is on disk only when the folder is; some file systems cannot do this, which is no
	 * error. */
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0)
		(void)fsync(dir);
out:
	if (fd >= 0)
		(void)close(fd);
	if (dir >= 0)
		(void)close(dir);
	if (temp)
		(void)unlink(temp);
	lf_free(temp);
	lf_free(folder);
	lf_free(target);
	return rc;
}

int lf_fs_make_temporary(char **out, const char *purpose, bool in_memory, struct lf_error *err)
{
	const char *places[] = {in_memory ? getenv("XDG_RUNTIME_DIR") : NULL, getenv("TMPDIR"), "/tmp"};
	int number = 0;

	*out = NULL;
	for (size_t i = 0; i < LF_COUNT(places); i++) {
		char *folder = places[i] && *places[i] == '/' ? lf_format("%s/landfall-%s-XXXXXX", places[i], purpose) : NULL;

		if (folder && mkdtemp(folder)) {
			*out = folder;
			return LF_OK;
		}
		if (folder)
			number = errno;
		lf_free(folder);
	}
	(void)lf_fail(err, LF_EIO, "fs.temporary", number, "no temporary folder can be made: %s", strerror(number));
	lf_hint(err, "Set TMPDIR to a folder that can be written and has room.");
	return LF_EIO;
}

bool lf_fs_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

static int remove_at(int parent, const char *name, int depth);

static int remove_entries(int fd, int depth)
{
	DIR *dir = fdopendir(fd);
	struct dirent *entry;
	int number = 0;

	if (!dir) {
		number = errno;
		(void)close(fd);
		errno = number;
		return -1;
	}
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (remove_at(dirfd(dir), entry->d_name, depth) < 0)
			number = errno;
	}
	(void)closedir(dir);
	errno = number;
	return number ? -1 : 0;
}

static int remove_at(int parent, const char *name, int depth)
{
	int fd;

	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -1;
	if (depth > 200) {
		errno = ELOOP;
		return -1;
	}
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (remove_entries(fd, depth + 1) < 0)
		return -1;
	return unlinkat(parent, name, AT_REMOVEDIR);
}

int lf_fs_remove_tree(const char *path)
{
	return remove_at(AT_FDCWD, path, 0);
}

/* $HOME, or what the system says of this user; NULL if neither is a path. The caller frees. */
static char *home(void)
{
	const char *value = getenv("HOME");
	struct passwd entry, *found = NULL;
	char buffer[4096];

	if (value && value[0] == '/')
		return lf_dup(value);
	if (getpwuid_r(getuid(), &entry, buffer, sizeof(buffer), &found) == 0 && found && found->pw_dir &&
	    found->pw_dir[0] == '/')
		return lf_dup(found->pw_dir);
	return NULL;
}

char *lf_fs_home_path(const char *rest)
{
	char *base = home(), *path = NULL;

	if (base)
		path = rest && *rest ? lf_format("%s/%s", base, rest) : lf_dup(base);
	lf_free(base);
	return path;
}

/* The base directory specification says that a relative path in such a variable is to be ignored. */
static char *base_path(const char *variable, const char *fallback, const char *rest)
{
	const char *value = getenv(variable);
	char *base = value && value[0] == '/' ? lf_dup(value) : lf_fs_home_path(fallback), *path = NULL;

	if (base)
		path = lf_format("%s/landfall%s%s", base, rest && *rest ? "/" : "", rest ? rest : "");
	lf_free(base);
	return path;
}

char *lf_fs_config_path(const char *rest)
{
	return base_path("XDG_CONFIG_HOME", ".config", rest);
}

char *lf_fs_state_path(const char *rest)
{
	return base_path("XDG_STATE_HOME", ".local/state", rest);
}

char *lf_fs_cache_path(const char *rest)
{
	return base_path("XDG_CACHE_HOME", ".cache", rest);
}
