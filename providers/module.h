/* module: opens the private shared modules that hold the heavy libraries (landfall-http.so: libcurl, landfall-objects.so: libgit2). Found beside the
 * program or in the configured module folder relative to it, never through the environment. */
#ifndef LF_PROVIDERS_MODULE_H
#define LF_PROVIDERS_MODULE_H

#include <uv.h>
#include "core/error.h"

/* Each module exports one symbol, "lf_module_<name>": a struct that starts with this number. */
#define LF_MODULE_VERSION 1u

/* The absolute path of FILE beside the modules, by the same rule: for programs of ours. LF_ENOTFOUND if it is not there. The caller frees. */
LF_NODISCARD int lf_module_path(char **out, const char *file, struct lf_error *err);

/* Opens module NAME ("http") at once. Blocks for some milliseconds: not on the UI path. The table lives as long as the process. */
LF_NODISCARD int lf_module_open(const void **table, const char *name, struct lf_error *err);

/* The same on a libuv work request. DONE runs on the loop with TABLE NULL on failure. */
typedef void lf_module_done_fn(const void *table, const struct lf_error *err, void *payload);
void lf_module_open_async(uv_loop_t *loop, const char *name, lf_module_done_fn *done, void *payload);

#endif
