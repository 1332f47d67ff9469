/* yaml_fail: errors of the YAML reader. For yaml_in*.c only. */
#ifndef LF_CORE_YAML_FAIL_H
#define LF_CORE_YAML_FAIL_H

#include <stddef.h>
#include <yaml.h>
#include "core/error.h"

struct lf_yaml_source {
	const char *name; /* safe to show */
	const char *text;
	size_t length;
	struct lf_error *err;
};

/* Fills the error with "NAME:LINE:COLUMN: what" and a hint, and returns CODE: LF_EPARSE or LF_ELIMIT. */
LF_PRINTF(4, 5)
int lf_yaml_fail_at(const struct lf_yaml_source *source, enum lf_code code, yaml_mark_t mark,
                    const char *format, ...);

/* The same for what stopped PARSER. */
int lf_yaml_fail_parser(const struct lf_yaml_source *source, const yaml_parser_t *parser);

#endif
