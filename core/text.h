/* text: the border between bytes from outside and our screen. Everything that a cluster, a Git server, a file or a user
 * says passes here before it is drawn, logged or put into an error. */
#ifndef LF_CORE_TEXT_H
#define LF_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/str.h"

bool lf_text_is_utf8(const char *bytes, size_t length);

/* Appends BYTES as one line of safe UTF-8, at most LIMIT bytes (an ellipsis marks the cut): control characters, escape
 * sequences, bidirectional overrides and invalid bytes become visible or blank; newlines and tabs become one space. */
void lf_text_clean(struct lf_str *out, const char *bytes, size_t length, size_t limit);
LF_NODISCARD char *lf_text_clean_dup(const char *text, size_t limit); /* NULL stays NULL */

/* Like lf_text_clean, but keeps line breaks; for logs and remote messages. */
void lf_text_clean_lines(struct lf_str *out, const char *bytes, size_t length, size_t limit);

/* Decodes one code point; returns the bytes used, 0 at the end, and U+FFFD for an invalid byte. */
size_t lf_text_next(const char *text, size_t length, uint32_t *codepoint);
int lf_text_codepoint_width(uint32_t codepoint); /* columns: 0, 1 or 2 */
size_t lf_text_width(const char *text);		 /* columns of a NUL-terminated line */
size_t lf_text_fit(const char *text, size_t columns); /* bytes of TEXT that fit into COLUMNS */

/* "apps/web/overlays/production" in 16 columns → "apps/…production": keeps both ends. */
void lf_text_middle(struct lf_str *out, const char *text, size_t columns, bool ascii);

/* Wraps TEXT at words into lines of at most COLUMNS; calls LINE for each. Words longer than a line are cut. */
void lf_text_wrap(const char *text, size_t columns, void (*line)(const char *start, size_t length, void *payload), void *payload);

/* "1m30s" (the Go form that Flux and Argo CD accept) → milliseconds, or -1. Units: ms s m h; ALLOW_HOURS as the CRD says. */
int64_t lf_duration_ms(const char *text);
void lf_duration_text(char out[32], int64_t ms); /* 90000 → "1m30s", 400 → "0.4s" */

#endif
