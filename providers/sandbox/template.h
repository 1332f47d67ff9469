/* template: the part of Go's text/template, and of the functions Helm adds to it, that charts use. What it does
 * not know it refuses by name, and never guesses. Pure. */
#ifndef LF_SANDBOX_TEMPLATE_H
#define LF_SANDBOX_TEMPLATE_H

#include "core/error.h"
#include "core/node.h"
#include "core/str.h"

struct lf_templates; /* the files of a chart, and what they define for each other */

LF_NODISCARD struct lf_templates *lf_templates_new(void);
void lf_templates_free(struct lf_templates *templates);

/* Parses TEXT as the file NAME ("web/templates/deployment.yaml"). LF_EPARSE in the words of Helm. */
LF_NODISCARD int lf_templates_add(struct lf_templates *templates, const char *name, const char *text,
                                  struct lf_error *err);

/* Appends what the file NAME says with DOT (Values, Release, Chart, …). */
LF_NODISCARD int lf_templates_render(struct lf_str *out, const struct lf_templates *templates,
                                     const char *name, const struct lf_node *dot, struct lf_error *err);

#endif
