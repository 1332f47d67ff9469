/* tree: small deeds on object trees that the simulation does all the time: dotted setters, conditions,
 * labels, owners, clock. */
#ifndef LF_SANDBOX_TREE_H
#define LF_SANDBOX_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include "core/node.h"
#include "core/str.h"

/* Setters by dotted PATH; maps on the way are made. */
struct lf_node *lf_tree_map(struct lf_node *node, const char *path);
struct lf_node *lf_tree_list(struct lf_node *node, const char *path);
void lf_tree_text(struct lf_node *node, const char *path, const char *text);
void lf_tree_int(struct lf_node *node, const char *path, int64_t value);
void lf_tree_bool(struct lf_node *node, const char *path, bool value);
void lf_tree_set(struct lf_node *node, const char *path, struct lf_node *child);
void lf_tree_remove(struct lf_node *node, const char *path);
/* A setter for keys with dots: metadata.labels or metadata.annotations. */
void lf_tree_label(struct lf_node *object, const char *key, const char *value);
void lf_tree_annotation(struct lf_node *object, const char *key, const char *value);
const char *lf_tree_get_label(const struct lf_node *object, const char *key);      /* "" if missing */
const char *lf_tree_get_annotation(const struct lf_node *object, const char *key); /* "" if missing */

const char *lf_tree_name(const struct lf_node *object);
const char *lf_tree_namespace(const struct lf_node *object);
const char *lf_tree_uid(const struct lf_node *object);

/* The item of LIST whose KEY is VALUE; may be NULL. */
struct lf_node *lf_tree_item(const struct lf_node *list, const char *key, const char *value);
/* Drops the items of the list at PATH whose KEY is VALUE (KEY "": the items themselves are the text). */
void lf_tree_drop(struct lf_node *node, const char *path, const char *key, const char *value);
bool lf_tree_has(const struct lf_node *list, const char *text); /* a list of texts */

/* A condition in metav1 form: observedGeneration is the object's generation, lastTransitionTime moves when
 * STATUS changes. */
void lf_tree_condition(struct lf_node *object, const char *type, const char *status, const char *reason,
                       const char *message);
/* The older form of pods and deployments, without observedGeneration; UPDATED adds lastUpdateTime. */
void lf_tree_old_condition(struct lf_node *object, const char *type, const char *status, const char *reason,
                           const char *message, bool updated);
const struct lf_node *lf_tree_condition_of(const struct lf_node *object, const char *type); /* may be NULL */
bool lf_tree_is(const struct lf_node *object, const char *type, const char *status);
void lf_tree_condition_drop(struct lf_node *object, const char *type);

void lf_tree_own(struct lf_node *object, const struct lf_node *owner); /* a controller ownerReference */
bool lf_tree_owned_by(const struct lf_node *object, const char *uid);
/* Whether every key of SELECTOR (matchLabels) has its value among the labels of OBJECT; an empty selector
 * matches nothing. */
bool lf_tree_selected(const struct lf_node *selector, const struct lf_node *object);
/* Whether everything WANTED says is so in LIVE: maps by key, lists by position, quantities and numbers by
 * text. */
bool lf_tree_within(const struct lf_node *wanted, const struct lf_node *live);

/* RFC 3339, now, in seconds. */
const char *lf_clock(char out[32]);
const char *lf_clock_at(char out[32], int64_t unix_seconds);
int64_t lf_clock_parse(const char *text); /* seconds since 1970, or -1 */
int64_t lf_clock_now_ms(void);

/* Letters and digits Kubernetes uses for generated names. */
void lf_random_suffix(char *out, size_t length); /* writes LENGTH characters and a NUL */
void lf_random_uid(char out[37]);
void lf_random_hex(char *out, size_t length);
/* The same for the same text: the pod-template-hash. */
void lf_hash_suffix(char out[11], const char *text, size_t length);

#endif
