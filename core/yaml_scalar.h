/* yaml_scalar: what a plain scalar means to the YAML readers our files meet. For yaml_in.c,
 * yaml_out.c and answers.c only. */
#ifndef LF_CORE_YAML_SCALAR_H
#define LF_CORE_YAML_SCALAR_H

#include <stdbool.h>
#include "core/node.h"
#include "core/str.h"

/* What go-yaml, as Kubernetes uses it, makes of the plain scalar TEXT. For a NUMBER, DIGITS gets a form that
 * JSON knows too (0x1F → 31, .5 → 0.5), but never a rounded one. For a BOOL, DIGITS gets "true" or "false".
 */
enum lf_node_kind lf_yaml_resolve(const char *text, struct lf_str *digits);

/* Whether some YAML 1.1 or 1.2 reader resolves the plain scalar TEXT to something other than a string. Says
 * nothing of syntax. */
bool lf_yaml_resolves_elsewhere(const char *text);

#endif
