/* repository: the demo's bare Git repository, made and read with libgit2. Users push to it with Git itself;
 * here nothing is ever written after its first commit. */
#ifndef LF_SANDBOX_REPOSITORY_H
#define LF_SANDBOX_REPOSITORY_H

#include <stdbool.h>
#include "core/error.h"
#include "core/facts.h"
#include "core/str.h"

struct lf_repository;

struct lf_repository_file {
	const char *path, *text;
};

/* Makes a bare repository at PATH (which must not exist) with branch main and one commit of FILES. */
LF_NODISCARD int lf_repository_create(struct lf_repository **out, const char *path,
                                      const struct lf_repository_file *files, size_t count,
                                      struct lf_error *err);
void lf_repository_free(struct lf_repository *repository);
const char *lf_repository_path(const struct lf_repository *repository);
/* Whether URL means this repository: its path, or that with file:// before it. */
bool lf_repository_is(const struct lf_repository *repository, const char *url);
/* The commit REVISION names: a branch, a tag, a full reference name, a commit id (at least 7 digits), or ""
 * and "HEAD" for the default branch. LF_ENOTFOUND if it names none. */
LF_NODISCARD int lf_repository_resolve(char commit[41], const struct lf_repository *repository,
                                       const char *revision, struct lf_error *err);
/* The tips of all branches as one text, to see whether anything was pushed. */
void lf_repository_tips(struct lf_str *out, const struct lf_repository *repository);

/* One commit's files, read from the object database: nothing is checked out. */
struct lf_snapshot;
enum lf_entry { LF_ENTRY_NONE, LF_ENTRY_FILE, LF_ENTRY_FOLDER };

LF_NODISCARD int lf_snapshot_open(struct lf_snapshot **out, const struct lf_repository *repository,
                                  const char *commit, struct lf_error *err);
void lf_snapshot_free(struct lf_snapshot *snapshot);
const char *lf_snapshot_summary(const struct lf_snapshot *snapshot); /* first line of the commit message */
/* PATH is relative to the root; "", "." and "./" are the root itself. */
enum lf_entry lf_snapshot_look(const struct lf_snapshot *snapshot, const char *path);
LF_NODISCARD int lf_snapshot_read(struct lf_str *out, const struct lf_snapshot *snapshot, const char *path,
                                  struct lf_error *err); /* at most 1 MiB */
void lf_snapshot_list(struct lf_names *out, const struct lf_snapshot *snapshot,
                      const char *path); /* in order; folders end with '/' */

/* "./apps/../apps/web/" → "apps/web"; NULL if it would leave the root. The caller frees. */
LF_NODISCARD char *lf_path_clean(const char *path);
LF_NODISCARD char *lf_path_join(const char *folder, const char *name); /* both cleaned; NULL likewise */

#endif
