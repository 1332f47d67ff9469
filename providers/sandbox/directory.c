/* directory: see directory.h. Removes only what it can tell to be its own. */
#include "config.h"
#include "providers/sandbox/directory.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"
#include "providers/sandbox/tree.h"

static const char marker_name[] = ".landfall-sandbox";

enum { RANDOM_TAIL = 6 }; /* the part of a name that mkdtemp() made up */

/* When the process was started, in the kernel's ticks: tells a process from a later one with the same id. 0:
 * there is no such process. */
static uint64_t start_of(long pid)
{
	char path[64];
	struct lf_str text = {0};
	uint64_t ticks = 0;
	const char *at;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	if (lf_fs_read(&text, path, 4096, NULL) == LF_OK && (at = strrchr(lf_str_text(&text), ')'))) {
		for (int field = 2; *at && field < 22; at++)
			field += *at == ' ';
		ticks = strtoull(at, NULL, 10);
	}
	lf_str_dispose(&text);
	return ticks;
}

static bool is_private_folder(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid() &&
	       !(status.st_mode & 077);
}

/* Whether PATH holds a marker of ours; *PID and *START are what it says. */
static bool read_marker(const char *path, long *pid, uint64_t *start)
{
	char *file = lf_format("%s/%s", path, marker_name);
	struct lf_str text = {0};
	struct stat status;
	bool found = false;

	if (is_private_folder(path) && lstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
	    status.st_uid == geteuid() && lf_fs_read(&text, file, 256, NULL) == LF_OK) {
		char *end;

		*pid = strtol(lf_str_text(&text), &end, 10);
		*start = strtoull(end, NULL, 10);
		found = *pid > 0;
	}
	lf_str_dispose(&text);
	lf_free(file);
	return found;
}

static bool is_for_us(const char *path)
{
	static const char *const expected[] = {".", "..", "cache", "state"};
	DIR *folder = opendir(path);
	struct dirent *entry;
	bool ours = folder != NULL;

	while (folder && (entry = readdir(folder))) {
		bool known = false;

		for (size_t i = 0; i < LF_COUNT(expected); i++)
			known = known || lf_equal(entry->d_name, expected[i]);
		ours = ours && known;
	}
	if (folder)
		(void)closedir(folder);
	return ours;
}

int lf_directory_claim(const char *path, struct lf_error *err)
{
	char text[64];
	char *file;
	int rc, n;

	if (!is_private_folder(path) || !is_for_us(path)) {
		(void)lf_fail(err, LF_EINVAL, "sandbox.directory", 0,
		              "%s is not an empty folder of yours with mode 0700", path);
		lf_hint(err, "make one with: mktemp -d");
		return LF_EINVAL;
	}
	n = snprintf(text, sizeof(text), "%ld %" PRIu64 "\n", (long)getpid(), start_of((long)getpid()));
	file = lf_format("%s/%s", path, marker_name);
	rc = lf_fs_write(file, text, (size_t)n, 0600, err);
	lf_free(file);
	return rc;
}

size_t lf_directory_sweep(const char *path)
{
	const char *slash = strrchr(path, '/'), *own = slash ? slash + 1 : path;
	size_t length = strlen(own), swept = 0;
	char *parent = slash == path ? lf_dup("/") : lf_dup_n(path, slash ? (size_t)(slash - path) : 0);
	DIR *folder = length > RANDOM_TAIL ? opendir(parent) : NULL;
	struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		char *other;
		uint64_t start;
		long pid;

		if (strlen(entry->d_name) != length ||
		    strncmp(entry->d_name, own, length - RANDOM_TAIL) != 0 || lf_equal(entry->d_name, own))
			continue;
		other = lf_format("%s/%s", parent, entry->d_name);
		if (read_marker(other, &pid, &start) && start_of(pid) != start) {
			lf_directory_remove(other);
			swept++;
		}
		lf_free(other);
	}
	if (folder)
		(void)closedir(folder);
	lf_free(parent);
	return swept;
}

int lf_directory_write_kubeconfig(const char *path, int port, const char *token, struct lf_error *err)
{
	struct lf_node *config = lf_node_new(LF_NODE_MAP), *item;
	struct lf_str text = {0};
	char *file = lf_format("%s/kubeconfig", path), *server = lf_format("http://127.0.0.1:%d", port);
	int rc;

	lf_node_set_text(config, "apiVersion", "v1");
	lf_node_set_text(config, "kind", "Config");
	item = lf_node_add_map(lf_node_set_list(config, "clusters"));
	lf_node_set_text(item, "name", "demo");
	lf_tree_text(item, "cluster.server", server);
	item = lf_node_add_map(lf_node_set_list(config, "users"));
	lf_node_set_text(item, "name", "demo");
	lf_tree_text(item, "user.token", token);
	item = lf_node_add_map(lf_node_set_list(config, "contexts"));
	lf_node_set_text(item, "name", "demo");
	lf_tree_text(item, "context.cluster", "demo");
	lf_tree_text(item, "context.user", "demo");
	lf_tree_text(item, "context.namespace", "default");
	lf_node_set_text(config, "current-context", "demo");
	lf_yaml_emit(&text, config, NULL);
	rc = lf_fs_write(file, lf_str_text(&text), text.length, 0600, err);
	if (text.data)
		lf_wipe(text.data, text.length);
	lf_str_dispose(&text);
	lf_node_free(config);
	lf_free(server);
	lf_free(file);
	return rc;
}

void lf_directory_remove(const char *path)
{
	struct dirent *entry;
	uint64_t start;
	char *file;
	DIR *folder;
	long pid;

	if (!read_marker(path, &pid, &start))
		return;
	folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		if (lf_equal(entry->d_name, ".") || lf_equal(entry->d_name, "..") ||
		    lf_equal(entry->d_name, marker_name))
			continue;
		file = lf_format("%s/%s", path, entry->d_name);
		(void)lf_fs_remove_tree(file);
		lf_free(file);
	}
	if (folder)
		(void)closedir(folder);
	file = lf_format("%s/%s", path, marker_name);
	(void)unlink(file);
	(void)rmdir(path);
	lf_free(file);
}
