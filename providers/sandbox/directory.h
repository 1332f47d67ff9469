/* directory: the private folder a demo lives in: its marker, its kubeconfig, and its end. Nothing outside it
 * is written. */
#ifndef LF_SANDBOX_DIRECTORY_H
#define LF_SANDBOX_DIRECTORY_H

#include <stddef.h>
#include "core/error.h"

/* Takes PATH, an existing folder of ours with mode 0700, as this process's: writes the marker. There may be
 * nothing in it but what landfall itself puts there (cache, state): it will be removed with all it holds, so
 * nobody's own folder may be taken by mistake. */
LF_NODISCARD int lf_directory_claim(const char *path, struct lf_error *err);
/* Removes folders beside PATH that are named like it, hold a marker, and whose process is dead: what a crash
 * left behind. Returns how many. */
size_t lf_directory_sweep(const char *path);
/* Writes PATH/kubeconfig: context "demo", with the bearer token, for http://127.0.0.1:PORT. */
LF_NODISCARD int lf_directory_write_kubeconfig(const char *path, int port, const char *token,
                                               struct lf_error *err);
/* Removes PATH and all in it, if it holds a marker; the marker goes last, so that an interrupted removal is
 * finished by the next sweep. */
void lf_directory_remove(const char *path);

#endif
