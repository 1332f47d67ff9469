/* tui_keys: what the files that turn keys into events share with each other and with nobody else. */
#ifndef LF_TUI_TUI_KEYS_H
#define LF_TUI_TUI_KEYS_H

#include "tui/view.h"

struct lf_out {
	lf_emit_fn emit;
	void *payload;
};

/* ID and TEXT are copied; both may be NULL. The model may be another one afterwards: nothing borrowed from it may be used. */
void lf_send(const struct lf_out *out, enum lf_event_kind kind, const char *id, const char *text, int64_t number);
void lf_say(struct lf_tui *tui, const char *text); /* at the foot, until the next key */

/* field_keys.c: the question in focus. */
void lf_field_key(struct lf_tui *tui, const struct lf_app *app, const struct lf_key *key, const struct lf_out *out);
void lf_field_vertical(const struct lf_tui *tui, const struct lf_app *app, int by, const struct lf_out *out); /* Up and Down */
void lf_field_settle(const struct lf_tui *tui, const struct lf_app *app, const struct lf_out *out); /* before Enter */
void lf_field_open_list(struct lf_tui *tui, const struct lf_app *app);
void lf_field_list_key(struct lf_tui *tui, const struct lf_app *app, const struct lf_key *key, const struct lf_out *out);
void lf_field_take_row(struct lf_tui *tui, const struct lf_app *app, const struct lf_out *out);

#endif
