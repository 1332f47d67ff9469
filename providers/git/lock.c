/* lock: see lock.h. Reads /proc where there is one; without it, what the last one wrote into the file has to do. Never waits. */
#include "config.h"
#include "providers/git/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/text.h"

enum { FILE_LIMIT = 4096, LOCKS_LIMIT = 1 << 20 };

int lf_git_lock_take(const char *path, int how)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return -1;
	while (flock(fd, how | LOCK_NB)) {
		if (errno == EINTR)
			continue;
		(void)close(fd);
		return -1;
	}
	return fd;
}

void lf_git_lock_sign(int fd, const char *doing)
{
	char who[120], since[20] = "";
	time_t now = time(NULL);
	struct tm at;
	int length;

	if (localtime_r(&now, &at))
		(void)strftime(since, sizeof(since), "%H:%M:%S", &at);
	length = snprintf(who, sizeof(who), "landfall, process %ld, since %s, %s\n", (long)getpid(), since, doing);
	if (!ftruncate(fd, 0))
		(void)!pwrite(fd, who, (size_t)length, 0);
}

/* Who holds a lock of the file by the kernel's list: lines "7: FLOCK  ADVISORY  READ 4711 08:01:1234 0 EOF". 0: it does not tell. */
static long find_holder(const char *path)
{
	struct lf_str text = {0};
	struct stat st;
	char *rest = NULL;
	long holder = 0;

	if (stat(path, &st) || lf_fs_read(&text, "/proc/locks", LOCKS_LIMIT, NULL) || !text.data)
		goto out;
	for (char *line = strtok_r(text.data, "\n", &rest); line && !holder; line = strtok_r(NULL, "\n", &rest)) {
		unsigned major_id, minor_id;
		unsigned long long inode;
		long pid;

		if (strstr(line, "->") || sscanf(line, "%*u: FLOCK %*s %*s %ld %x:%x:%llu", &pid, &major_id, &minor_id, &inode) != 4)
			continue;
		if (inode == (unsigned long long)st.st_ino && pid > 0 && pid != (long)getpid())
			holder = pid;
	}
out:
	lf_str_dispose(&text);
	return holder;
}

/* Name and start of a process, as the kernel has them. */
static char *describe(long pid)
{
	char *folder = lf_format("/proc/%ld", pid), *comm = lf_format("%s/comm", folder), *name, *words = NULL;
	char since[20] = "";
	struct lf_str text = {0};
	struct stat st;
	struct tm at;

	if (!lf_fs_read(&text, comm, FILE_LIMIT, NULL) && text.length && !stat(folder, &st)) {
		name = lf_dup_n(text.data, strcspn(text.data, "\n"));
		if (localtime_r(&st.st_mtim.tv_sec, &at))
			(void)strftime(since, sizeof(since), "%H:%M:%S", &at);
		words = lf_format("%s, process %ld, since %s", name, pid, since);
		lf_free(name);
	}
	lf_str_dispose(&text);
	lf_free(comm);
	lf_free(folder);
	return words;
}

char *lf_git_lock_owner(const char *path)
{
	struct lf_str text = {0};
	long pid = find_holder(path);
	char *owner = NULL, *mark = lf_format("process %ld,", pid);

	/* What it wrote itself says more, but only if it was the last to write. */
	if (!lf_fs_read(&text, path, FILE_LIMIT, NULL) && text.length && (!pid || strstr(lf_str_text(&text), mark))) {
		text.data[strcspn(text.data, "\n")] = '\0';
		owner = lf_text_clean_dup(text.data, 120);
	} else if (pid && (owner = describe(pid)) != NULL) {
		char *clean = lf_text_clean_dup(owner, 120);

		lf_free(owner);
		owner = clean;
	}
	lf_str_dispose(&text);
	lf_free(mark);
	return owner ? owner : lf_dup("another Landfall");
}
