/* list: choosing one of many by typing part of its name. Owns filter and selection, not the items. Pure. */
#ifndef LF_TUI_LIST_H
#define LF_TUI_LIST_H

#include "tui/canvas.h"
#include "tui/input.h"
#include "tui/lineedit.h"

/* Where the rows come from. Strings are borrowed until the next call. *NOTE may stay NULL; NOTE itself is NULL where it is not wanted. */
struct lf_list_source {
	size_t count;
	void (*item)(size_t index, const char **label, const char **note, void *payload);
	void *payload;
};

struct lf_list {
	struct lf_lineedit filter;
	size_t selected; /* among the rows that match */
};

void lf_list_open(struct lf_list *list, size_t selected); /* without a filter */
size_t lf_list_matches(const struct lf_list *list, const struct lf_list_source *source);
/* The item that is selected; false where nothing matches. */
bool lf_list_selected(const struct lf_list *list, const struct lf_list_source *source, size_t *index);

enum lf_list_result { LF_LIST_IGNORED, LF_LIST_MOVED, LF_LIST_PICKED, LF_LIST_CLOSED };
/* Up, Down, Page, Home and End move; Enter picks; Esc clears the filter first, then closes; everything else types into the filter. */
enum lf_list_result lf_list_key(struct lf_list *list, const struct lf_list_source *source, const struct lf_key *key, int page);

/* Rows with the selected one in view, a count and arrows where there is more. EMPTY is said where nothing matches. */
void lf_list_draw(const struct lf_list *list, const struct lf_list_source *source, const struct lf_area *area, const char *empty);

#endif
