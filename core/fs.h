/* fs: files of ours and of the user, with limits before reading and rename after writing. */
#ifndef LF_CORE_FS_H
#define LF_CORE_FS_H

#include <stdbool.h>
#include <sys/types.h>
#include "core/error.h"
#include "core/str.h"

/* Reads at most LIMIT bytes; a larger file is LF_ELIMIT, a missing one LF_ENOTFOUND. "-" reads standard input. */
LF_NODISCARD int lf_fs_read(struct lf_str *out, const char *path, size_t limit, struct lf_error *err);

/* Writes beside PATH, fsyncs and renames, so that a crash leaves the old or the new file. Makes missing folders (0700). */
LF_NODISCARD int lf_fs_write(const char *path, const void *bytes, size_t length, mode_t mode, struct lf_error *err);

LF_NODISCARD int lf_fs_make_folders(const char *path, mode_t mode, struct lf_error *err);
/* A new folder of our own (0700), "landfall-PURPOSE-…", below $TMPDIR or else /tmp; IN_MEMORY: rather below the user's runtime folder, which is no disk. The caller
 * frees *OUT and removes the folder. */
LF_NODISCARD int lf_fs_make_temporary(char **out, const char *purpose, bool in_memory, struct lf_error *err);
bool lf_fs_exists(const char *path);
int lf_fs_remove_tree(const char *path); /* best effort, never follows a symlink; 0 or -1 with errno */

/* $XDG_CONFIG_HOME/landfall/REST (or ~/.config/…) and its two siblings. The caller frees. NULL if there is no home. */
LF_NODISCARD char *lf_fs_config_path(const char *rest);
LF_NODISCARD char *lf_fs_state_path(const char *rest);
LF_NODISCARD char *lf_fs_cache_path(const char *rest);
LF_NODISCARD char *lf_fs_home_path(const char *rest);

#endif
