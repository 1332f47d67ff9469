/* secrets: telling whether a file or an answer holds a secret in clear. A plain Secret is never committed. Pure. */
#ifndef LF_CORE_SECRETS_H
#define LF_CORE_SECRETS_H

#include "core/error.h"
#include "core/facts.h"
#include "core/node.h"

struct lf_plan;

/* A plain Secret in TREE (one object, a List, or a list of documents), or literals of a secretGenerator: fills *WHY (LF_EREFUSED, with the three ways out). */
bool lf_secrets_find(struct lf_error *why, const char *path, const struct lf_node *tree);
/* The same for the bytes of a file; what cannot be read as YAML holds no object. */
bool lf_secrets_find_in_text(struct lf_error *why, const char *path, const char *text);

/* An object that SOPS encrypted: its block is there, with a MAC, and every value of data and stringData is ENC[…]. */
bool lf_secrets_is_encrypted(const struct lf_node *object);

/* For a row's warn(), of an answer that is a tree: a key such as password, token or secretKey with a literal value. */
bool lf_secrets_warn(struct lf_error *out, const char *value, const struct lf_plan *plan, const struct lf_facts *facts);

#endif
