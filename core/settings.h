/* settings: the user's own settings: defaults for the questions, how the screen looks, and which contexts ask for care. A default only stands where nobody has
 * answered; it is shown with its source. Format: docs/configuration.md. Pure. */
#ifndef LF_CORE_SETTINGS_H
#define LF_CORE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/error.h"
#include "core/node.h"

struct lf_catalog;

struct lf_settings_context {
	char *name;
	bool production; /* said wherever it is meant */
	bool read_only;	 /* nothing is pushed for it or changed in it */
};

struct lf_settings {
	char *path;    /* where it was read; NULL: there is none, and everything below is built in */
	bool disabled; /* "enabled: false": nothing is read from or pushed to a repository */
	char *theme;   /* NULL: none named */
	bool reduce_motion;
	struct lf_node *defaults; /* map: question id to text; NULL: none */
	struct lf_settings_context *contexts;
	size_t context_count;
};

/* NAME is used in errors, which carry the line and say what is allowed. Of a text that is refused, *OUT is empty. */
LF_NODISCARD int lf_settings_parse(struct lf_settings *out, const struct lf_catalog *catalog, const char *text, size_t length, const char *name,
				 struct lf_error *err);
void lf_settings_dispose(struct lf_settings *settings);

/* What is set for CONTEXT; NULL: nothing, or no SETTINGS or CONTEXT. */
const struct lf_settings_context *lf_settings_context(const struct lf_settings *settings, const char *context);

#endif
