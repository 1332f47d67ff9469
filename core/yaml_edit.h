/* yaml_edit: one change to a YAML file that somebody else wrote. The new text is spliced in, everything else
 * keeps its bytes: comments, order, indentation, quotes, line ends. After each change the result is read
 * again and compared with what was meant; what does not come out right is refused, and the text stays as it
 * was. */
#ifndef LF_CORE_YAML_EDIT_H
#define LF_CORE_YAML_EDIT_H

#include <stddef.h>
#include "core/error.h"
#include "core/node.h"
#include "core/str.h"

/* Which node to change. */
struct lf_yaml_place {
	const char *name;	 /* of the file, for errors */
	size_t document;	 /* 0 is the first */
	const char *const *path; /* keys, and positions in lists ("0"); ended by NULL. {NULL} is the root */
};

/* Each returns LF_ENOTFOUND if the path leads nowhere (with the line of the last node on it), LF_EPARSE or
 * LF_ELIMIT as lf_yaml_parse() does, and LF_EREFUSED for what cannot be edited safely (an anchor, a tag, an
 * alias, a folded text): then the user has to do it. TEXT is only changed on success. VALUE stays the
 * caller's. */

/* Replaces the scalar at PLACE, or fills an empty value, by the scalar VALUE; quotes stay as they are where
 * possible. Of a text of several lines ("|") those that differ are replaced; it stays one, so VALUE ends as it does. */
LF_NODISCARD int lf_yaml_edit_set(struct lf_str *text, const struct lf_yaml_place *place,
                                  const struct lf_node *value, struct lf_error *err);

/* Adds KEY behind the last key of the map at PLACE, which may also be empty. LF_ECONFLICT if the key is there
 * already. */
LF_NODISCARD int lf_yaml_edit_add_key(struct lf_str *text, const struct lf_yaml_place *place, const char *key,
                                      const struct lf_node *value, struct lf_error *err);
/* The same behind the key BEHIND, if the map is in block style and has it. */
LF_NODISCARD int lf_yaml_edit_add_key_behind(struct lf_str *text, const struct lf_yaml_place *place, const char *key, const char *behind, const struct lf_node *value,
					     struct lf_error *err);

/* Adds an item behind the last one of the list at PLACE, which may also be empty. */
LF_NODISCARD int lf_yaml_edit_append(struct lf_str *text, const struct lf_yaml_place *place,
                                     const struct lf_node *value, struct lf_error *err);

/* Takes the entry at PLACE out: a key with its value, or an item of a list. With it go the comment on its lines, the comment lines directly above it that stand as deep as it
 * does (not those above the first key of a document: they speak of the file), those directly below that are deeper, and one of two blank lines that would come together.
 * A map or list that loses its last entry stays as {} or []: absent and empty are two things ("automated: {}"), so whoever wants it gone removes it instead. An alias may be
 * taken out; LF_EREFUSED, naming both, for an anchor that an alias outside of the entry needs, and LF_EINVAL for the whole document (an empty path). */
LF_NODISCARD int lf_yaml_edit_remove(struct lf_str *text, const struct lf_yaml_place *place, struct lf_error *err);

/* Puts "# MARKER" behind the scalar at PLACE, on its line. A marker of the same kind ("{"$imagepolicy"…") that stands there gives way; any other comment moves above the
 * line. LF_EREFUSED inside [ ] and { }, and for a text of several lines. */
LF_NODISCARD int lf_yaml_edit_mark(struct lf_str *text, const struct lf_yaml_place *place, const char *marker, struct lf_error *err);

#endif
