/* node: a tree of maps, lists and scalars: what a YAML document or a Kubernetes object is in memory. One type for what we
 * write and for what we read. A node belongs to its parent; the root belongs to the caller. */
#ifndef LF_CORE_NODE_H
#define LF_CORE_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/compiler.h"

enum lf_node_kind { LF_NODE_NULL, LF_NODE_BOOL, LF_NODE_NUMBER, LF_NODE_TEXT, LF_NODE_LIST, LF_NODE_MAP };

struct lf_node;

LF_NODISCARD struct lf_node *lf_node_new(enum lf_node_kind kind); /* MAP, LIST or NULL */
LF_NODISCARD struct lf_node *lf_node_text_new(const char *text);
LF_NODISCARD struct lf_node *lf_node_text_new_n(const char *text, size_t length);
LF_NODISCARD struct lf_node *lf_node_bool_new(bool value);
LF_NODISCARD struct lf_node *lf_node_number_new(const char *digits); /* the text is kept: no round trip through double */
LF_NODISCARD struct lf_node *lf_node_int_new(int64_t value);
LF_NODISCARD struct lf_node *lf_node_dup(const struct lf_node *node);
void lf_node_free(struct lf_node *node);

enum lf_node_kind lf_node_kind(const struct lf_node *node); /* NULL counts as LF_NODE_NULL */
size_t lf_node_count(const struct lf_node *node);	    /* children of a list or map, else 0 */
struct lf_node *lf_node_at(const struct lf_node *node, size_t index);
const char *lf_node_key_at(const struct lf_node *node, size_t index);
bool lf_node_equal(const struct lf_node *a, const struct lf_node *b); /* maps regardless of order */
bool lf_node_within(const struct lf_node *part, const struct lf_node *whole); /* WHOLE has all that PART has; lists have equally many items */
bool lf_node_alike(const struct lf_node *a, const struct lf_node *b); /* the one within the other, and the other way round: 1 and 1.0 are, null and what is missing */

/* Readers never fail: what is missing or of another kind reads as NULL, "", 0 or false. PATH is dotted ("status.health.status")
 * or, for keys with dots, a lf_node_key() chain. */
struct lf_node *lf_node_get(const struct lf_node *node, const char *path); /* may be NULL */
struct lf_node *lf_node_key(const struct lf_node *node, const char *key);  /* one key, taken whole; may be NULL */
const char *lf_node_text(const struct lf_node *node, const char *path);	   /* a scalar's text; "" if missing; PATH "" or NULL: the node itself */
int64_t lf_node_int(const struct lf_node *node, const char *path, int64_t missing);
bool lf_node_true(const struct lf_node *node, const char *path);

/* Builders: set replaces an existing key in place and returns the child, which the map now owns. */
struct lf_node *lf_node_set(struct lf_node *map, const char *key, struct lf_node *child);
struct lf_node *lf_node_set_text(struct lf_node *map, const char *key, const char *text);
struct lf_node *lf_node_set_bool(struct lf_node *map, const char *key, bool value);
struct lf_node *lf_node_set_int(struct lf_node *map, const char *key, int64_t value);
struct lf_node *lf_node_set_map(struct lf_node *map, const char *key); /* gets the map at KEY, made if missing */
struct lf_node *lf_node_set_list(struct lf_node *map, const char *key);
struct lf_node *lf_node_add(struct lf_node *list, struct lf_node *child);
struct lf_node *lf_node_add_text(struct lf_node *list, const char *text);
struct lf_node *lf_node_add_map(struct lf_node *list);
void lf_node_remove(struct lf_node *map, const char *key);
LF_NODISCARD struct lf_node *lf_node_take(struct lf_node *parent, size_t index); /* moves a child out; a null stays in its place; NULL past the end */

/* Every number below NODE, so that YAML 1.1 and 1.2 both read a number: 1e3 becomes 1.0e+3. */
void lf_node_spell_numbers(struct lf_node *node);

/* The question whose answer this node holds, so that the preview can mark its lines; a static string or NULL. */
void lf_node_set_origin(struct lf_node *node, const char *question_id);
const char *lf_node_origin(const struct lf_node *node);
/* A comment to stand above the node in YAML; copied; NULL removes it. */
void lf_node_set_comment(struct lf_node *node, const char *comment);
const char *lf_node_comment(const struct lf_node *node);
/* A comment to stand behind a scalar on its line, for programs that look for it there (Flux's {"$imagepolicy": …}). A node has one comment: this one or the one above. */
void lf_node_set_marker(struct lf_node *node, const char *comment);
const char *lf_node_marker(const struct lf_node *node);
/* Where the node was read, 1-based; 0 if it was not read from text. */
void lf_node_set_position(struct lf_node *node, int line, int column);
int lf_node_line(const struct lf_node *node);
int lf_node_column(const struct lf_node *node);

#endif
