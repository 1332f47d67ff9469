/* lock: the lock of a store: the kernel's own (flock), so that a process that was killed leaves none behind and the next one simply takes it. Who holds it is asked of the kernel
 * too; what that process does it wrote into the lock file. */
#ifndef LF_PROVIDERS_GIT_LOCK_H
#define LF_PROVIDERS_GIT_LOCK_H

/* Opens the file, made if missing, and takes it: LOCK_SH or LOCK_EX of <sys/file.h>. -1 with errno; EWOULDBLOCK: another process holds it the other way. */
int lf_git_lock_take(const char *path, int how);
/* What this process does with it, for whoever finds it taken. */
void lf_git_lock_sign(int fd, const char *doing);
/* "landfall, process 4711, since 18:04:31, using it"; of several the first that is found. The caller frees. */
char *lf_git_lock_owner(const char *path);

#endif
