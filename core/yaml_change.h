/* yaml_change: one change to a YAML text while it is made. What the files of yaml_edit share with each other and with nobody else. */
#ifndef LF_CORE_YAML_CHANGE_H
#define LF_CORE_YAML_CHANGE_H

#include "core/yaml_block.h"
#include "core/yaml_edit.h"
#include "core/yaml_spots.h"

enum lf_yaml_change_kind { LF_YAML_SET, LF_YAML_KEY, LF_YAML_APPEND, LF_YAML_MARK, LF_YAML_REMOVE };

struct lf_yaml_change {
	enum lf_yaml_change_kind kind;
	const struct lf_yaml_place *place;
	const char *key; /* LF_YAML_KEY; of LF_YAML_MARK the marker */
	const char *behind; /* LF_YAML_KEY: the key it comes behind; NULL: the last one */
	const struct lf_node *value;
	struct lf_str text; /* the copy that is changed */
	struct lf_node *documents; /* what it meant before */
	struct lf_spots spots; /* of the text as it was: an insertion does not move them */
	const struct lf_spot *target; /* NULL: the document is empty */
	const struct lf_spot *owner;  /* the map or list that holds the target; NULL: it is the root */
	const struct lf_spot *holder; /* the map or list that holds the owner; NULL: the owner is the root */
	struct lf_yaml_style style;
	struct lf_error *err;
};

/* yaml_edit.c */
const struct lf_spot *lf_yaml_change_spot(const struct lf_yaml_change *ed, size_t index);
const struct lf_spot *lf_yaml_change_step(const struct lf_yaml_change *ed, const struct lf_spot *from, const char *part); /* NULL: leads nowhere */

/* yaml_change.c */
LF_PRINTF(4, 5) int lf_yaml_change_fail(const struct lf_yaml_change *ed, enum lf_code code, const struct lf_spot *spot, const char *format, ...);
void lf_yaml_change_insert(struct lf_yaml_change *ed, size_t at, const char *bytes, size_t length);
void lf_yaml_change_insert_lines(struct lf_yaml_change *ed, size_t at, const char *lines); /* each ended by \n, at a line start; with the file's own line ends */
size_t lf_yaml_change_line_start(const struct lf_yaml_change *ed, size_t at); /* where the line that holds the byte AT begins */
size_t lf_yaml_change_next_line(const struct lf_yaml_change *ed, size_t at);  /* behind the line break of that line */
size_t lf_yaml_change_line_after(const struct lf_yaml_change *ed, size_t end); /* the start of the line behind a node that ends at END */
/* Behind the comment lines from the line start AT on that are deeper than COLUMN: they speak of the entry before them. */
size_t lf_yaml_change_skip_deeper(const struct lf_yaml_change *ed, size_t at, size_t column);
bool lf_yaml_change_is_blank(const char *text, size_t from, size_t to);

/* Each changes TEXT. */
int lf_yaml_change_add(struct lf_yaml_change *ed);    /* yaml_edit_add.c */
int lf_yaml_change_scalar(struct lf_yaml_change *ed); /* yaml_edit_scalar.c */
int lf_yaml_change_marker(struct lf_yaml_change *ed);
int lf_yaml_change_text(struct lf_yaml_change *ed);   /* yaml_edit_text.c, for lf_yaml_change_scalar() */
int lf_yaml_change_remove(struct lf_yaml_change *ed); /* yaml_edit_remove.c */

#endif
