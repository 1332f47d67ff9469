/* cache: see cache.h. A store in use is locked in shared mode, so that several Landfalls work side by side
 * (objects are only ever added, under names that are their hashes); who removes one holds it alone, and the
 * lock file says who that is. Locks are the kernel's: a killed process leaves none. */
#include "config.h"
#include "providers/git/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"
#include "providers/git/lock.h"

/* libgit2 never repacks, so a store that has grown is cheaper to fetch anew than to keep. */
enum { SIZE_LIMIT_MB = 256, PACKS_LIMIT = 200, MEMORY_LIMIT = 4096, STORES_LIMIT = 40 };
#define UNUSED_S ((time_t)60 * 24 * 3600)
#define STALE_S ((time_t)24 * 3600) /* what a killed process was making */

static const char *const level_words[] = {"paths", "trees", "all"};
static const char *const filter_words[] = {"tree1", "tree0", "blobs", "none"};

static char *inside(const char *folder, const char *name)
{
	return lf_format("%s/%s", folder, name);
}

/* Bytes and files below FOLDER, as far as the limits need it; never follows a symlink. */
static void measure(int parent, const char *name, uint64_t *bytes, size_t *files, int depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		struct stat st;

		if (entry->d_name[0] == '.' || fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		if (S_ISDIR(st.st_mode) && depth < 3)
			measure(fd, entry->d_name, bytes, files, depth + 1);
		else if (S_ISREG(st.st_mode)) {
			*bytes += (uint64_t)st.st_size;
			(*files)++;
		}
	}
	(void)closedir(dir);
}

static bool has_grown(const char *folder)
{
	char *objects = inside(folder, "objects");
	uint64_t bytes = 0;
	size_t files = 0;

	measure(AT_FDCWD, objects, &bytes, &files, 0);
	lf_free(objects);
	return bytes > (uint64_t)SIZE_LIMIT_MB << 20 || files > PACKS_LIMIT * 2;
}

/* Removes the store if nobody uses it. The lock file stays beside it, so that two removals cannot both
 * believe to be alone. */
static bool remove_store(const char *folder, const char *lock_path)
{
	int fd = lf_git_lock_take(lock_path, LOCK_EX);
	bool removed;

	if (fd < 0)
		return false;
	lf_git_lock_sign(fd, "removing it");
	removed = !lf_fs_remove_tree(folder) || errno == ENOENT;
	(void)!ftruncate(fd, 0);
	(void)close(fd);
	return removed;
}

/* Begun packs of a process that was killed. */
static void sweep(const char *folder)
{
	char *packs = inside(folder, "objects/pack");
	DIR *dir = opendir(packs);
	struct dirent *entry;
	time_t now = time(NULL);

	while (dir && (entry = readdir(dir)) != NULL) {
		struct stat st;

		if (!lf_ends_with(entry->d_name, ".pack") && !lf_ends_with(entry->d_name, ".idx") &&
		    !fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode) &&
		    st.st_mtime < now - STALE_S)
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		(void)closedir(dir);
	lf_free(packs);
}

/* A store comes into being whole, under another name first: neither a process that is killed while it makes one nor two
 * that make it at once leave half of one behind. */
static int make_store(const struct lf_objects_module *module, const char *folder, struct lf_error *err)
{
	char *begun = lf_format("%s.%ld.new", folder, (long)getpid());
	struct lf_objects_store *store = NULL;
	int rc = lf_fs_exists(folder) ? LF_OK : module->open(&store, begun, err);

	module->close(store);
	/* Not there any more: somebody else's is. */
	if (store && rename(begun, folder) && errno != EEXIST && errno != ENOTEMPTY)
		rc = lf_fail(err, LF_EIO, "git.cache", errno, "the cache of this repository cannot be made: %s",
		             strerror(errno));
	if (lf_fs_exists(begun))
		(void)lf_fs_remove_tree(begun);
	lf_free(begun);
	return rc;
}

/* Stores that nobody used for two months, and the oldest ones if there are many. */
static void tidy(const char *cache_folder)
{
	DIR *dir = opendir(cache_folder);
	struct dirent *entry;
	time_t now = time(NULL), oldest_time = now;
	char *oldest = NULL;
	size_t stores = 0;

	while (dir && (entry = readdir(dir)) != NULL) {
		char *path, *lock_path;
		struct stat st;

		path = inside(cache_folder, entry->d_name);
		if (lf_ends_with(entry->d_name, ".new") && !lstat(path, &st) && st.st_mtime < now - STALE_S)
			(void)lf_fs_remove_tree(path);
		if (!lf_ends_with(entry->d_name, ".git")) {
			lf_free(path);
			continue;
		}
		lock_path = lf_format("%s.lock", path);
		if (!lstat(lock_path, &st)) {
			stores++;
			if (st.st_mtime < now - UNUSED_S)
				(void)remove_store(path, lock_path);
			else if (st.st_mtime < oldest_time) {
				oldest_time = st.st_mtime;
				lf_set(&oldest, path);
			}
		}
		lf_free(lock_path);
		lf_free(path);
	}
	if (dir)
		(void)closedir(dir);
	if (oldest && stores > STORES_LIMIT) {
		char *lock_path = lf_format("%s.lock", oldest);

		(void)remove_store(oldest, lock_path);
		lf_free(lock_path);
	}
	lf_free(oldest);
}

static size_t word_index(const char *const *words, size_t count, const char *word)
{
	size_t i = 0;

	while (i < count && strcmp(words[i], word) != 0)
		i++;
	return i;
}

/* "filter tree0", "tip <id> trees" and "delivered <id>" lines; what cannot be read is as if it was not there. */
static void recall(struct lf_git_store *store)
{
	char *path = inside(store->folder, "landfall"), *rest, *line;
	struct lf_str text = {0};

	if (!lf_fs_read(&text, path, MEMORY_LIMIT, NULL) && text.data) {
		for (line = strtok_r(text.data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
			char id[LF_GIT_ID_SIZE], word[16];
			size_t i;

			if (sscanf(line, "delivered %40[0-9a-f]", id) == 1 && strlen(id) == LF_GIT_ID_SIZE - 1) {
				if (store->delivered_count < LF_GIT_DELIVERED)
					memcpy(store->delivered[store->delivered_count++], id, sizeof(id));
			} else if (sscanf(line, "filter %15s", word) == 1) {
				i = word_index(filter_words, LF_COUNT(filter_words), word);
				if (i < LF_COUNT(filter_words))
					store->filter = store->saved_filter = (enum lf_git_filter)i;
			} else if (sscanf(line, "tip %40[0-9a-f] %15s", id, word) == 2 &&
			           strlen(id) == LF_GIT_ID_SIZE - 1) {
				i = word_index(level_words, LF_COUNT(level_words), word);
				if (i >= LF_COUNT(level_words) || store->tip_count >= LF_GIT_HAVES)
					continue;
				memcpy(store->tips[store->tip_count].id, id, sizeof(id));
				store->tips[store->tip_count++].level = (enum lf_git_level)i;
			}
		}
	}
	lf_str_dispose(&text);
	lf_free(path);
}

static void save(const struct lf_git_store *store)
{
	struct lf_str text = {0};
	char *path = inside(store->folder, "landfall");

	lf_str_addf(&text, "filter %s\n", filter_words[store->filter]);
	for (size_t i = 0; i < store->tip_count; i++)
		lf_str_addf(&text, "tip %s %s\n", store->tips[i].id, level_words[store->tips[i].level]);
	for (size_t i = 0; i < store->delivered_count; i++)
		lf_str_addf(&text, "delivered %s\n", store->delivered[i]);
	(void)!lf_fs_write(path, text.data, text.length, 0600, NULL);
	lf_free(path);
	lf_str_dispose(&text);
}

void lf_git_store_delivered(struct lf_git_store *store, const char *id)
{
	size_t kept = store->delivered_count < LF_GIT_DELIVERED ? store->delivered_count : LF_GIT_DELIVERED - 1;

	if (!store->folder || store->temporary)
		return;
	memmove(store->delivered[1], store->delivered[0], kept * sizeof(store->delivered[0]));
	memcpy(store->delivered[0], id, LF_GIT_ID_SIZE);
	store->delivered_count = kept + 1;
	save(store);
}

void lf_git_store_remember(struct lf_git_store *store, const char *id, enum lf_git_level level)
{
	struct lf_git_cached tips[LF_GIT_HAVES] = {{{0}, LF_GIT_LEVEL_PATHS}};
	size_t count = 0;

	if (!store->folder || store->temporary)
		return;
	if (level == LF_GIT_LEVEL_PATHS && store->filter == store->saved_filter)
		return; /* nothing worth telling */
	store->saved_filter = store->filter;
	if (id && level > LF_GIT_LEVEL_PATHS) {
		memcpy(tips[count].id, id, LF_GIT_ID_SIZE);
		tips[count++].level = level;
	}
	for (size_t i = 0; i < store->tip_count && count < LF_GIT_HAVES; i++)
		if (!id || strcmp(store->tips[i].id, id) != 0)
			tips[count++] = store->tips[i];
	memcpy(store->tips, tips, sizeof(tips));
	store->tip_count = count;
	save(store);
}

static int open_temporary(struct lf_git_store *out, struct lf_error *err)
{
	int rc = lf_fs_make_temporary(&out->folder, "git", false, err);

	if (rc) {
		lf_hint(err, "Free some space, or set XDG_CACHE_HOME or TMPDIR to a folder that can be written.");
		return rc;
	}
	out->temporary = true;
	out->lock = -1;
	return out->module->open(&out->objects, out->folder, err);
}

static int open_cached(struct lf_git_store *out, const char *cache_folder, const char *name, bool fresh,
                       struct lf_error *err)
{
	char key[LF_GIT_ID_SIZE], *lock_path = NULL;
	int rc = lf_fs_make_folders(cache_folder, 0700, err);

	if (rc)
		return rc;
	out->module->hash(key, name, strlen(name));
	out->folder = lf_format("%s/%s.git", cache_folder, key);
	lock_path = lf_format("%s.lock", out->folder);
	if ((fresh || has_grown(out->folder)) && !remove_store(out->folder, lock_path) && fresh) {
		char *owner = lf_git_lock_owner(lock_path);

		rc = lf_fail(err, LF_EIO, "git.cache", 0,
		             "the damaged cache of this repository is in use (%s)", owner);
		lf_free(owner);
		goto out;
	}
	out->lock = lf_git_lock_take(lock_path, LOCK_SH);
	if (out->lock < 0) {
		int why = errno;
		char *owner = why == EWOULDBLOCK ? lf_git_lock_owner(lock_path) : lf_dup(strerror(why));

		rc = lf_fail(err, LF_EIO, "git.cache", why, "the cache of this repository cannot be locked: %s",
		             owner);
		lf_free(owner);
		goto out;
	}
	lf_git_lock_sign(out->lock, "using it");
	(void)futimens(out->lock, NULL); /* used today, also where the disk is full */
	rc = make_store(out->module, out->folder, err);
	if (!rc)
		rc = out->module->open(&out->objects, out->folder, err);
	if (rc)
		goto out;
	sweep(out->folder);
	recall(out);
out:
	lf_free(lock_path);
	return rc;
}

static void shut(struct lf_git_store *store)
{
	if (store->objects)
		store->module->close(store->objects);
	store->objects = NULL;
	if (store->folder && store->lock >= 0)
		(void)close(store->lock);
	store->lock = -1;
	if (store->folder && store->temporary)
		(void)lf_fs_remove_tree(store->folder);
	lf_free(store->folder);
	store->folder = NULL;
}

int lf_git_store_open(struct lf_git_store *out, const struct lf_objects_module *module,
                      const char *cache_folder, const char *name, bool fresh, struct lf_error *err)
{
	struct lf_error why = {0};

	memset(out, 0, sizeof(*out));
	out->module = module;
	out->lock = -1;
	for (int tries = 0; cache_folder && tries < 2; tries++) {
		/* What cannot be opened may be half of a store that somebody was removing: make it anew. */
		if (!open_cached(out, cache_folder, name, fresh || tries, &why)) {
			tidy(cache_folder);
			return LF_OK;
		}
		shut(out);
	}
	if (cache_folder)
		out->warning = lf_format("working without a cache: %s", why.message);
	return open_temporary(out, err);
}

void lf_git_store_close(struct lf_git_store *store)
{
	if (store->module)
		shut(store);
	lf_free(store->warning);
	memset(store, 0, sizeof(*store));
	store->lock = -1;
}
