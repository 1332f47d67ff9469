/* yaml_edits: one edit of a text, and what must become of it. */
#ifndef LF_TESTS_UNIT_YAML_EDITS_H
#define LF_TESTS_UNIT_YAML_EDITS_H

#include "core/yaml_edit.h"
#include "tests/unit/unit.h"

enum change { SET, KEY, APPEND, MARK, REMOVE };

#define PATH(...) ((const char *const[]){__VA_ARGS__, NULL})
#define ROOT ((const char *const[]){NULL})

/* KEY is for KEY, and the marker for MARK; VALUE is YAML. The file is called f.yaml. */
void becomes(const char *before, enum change change, const char *const *path, const char *key, const char *value, const char *after);
/* The text stays as it is, and the message has MESSAGE in it. */
void refuses(const char *before, enum change change, const char *const *path, const char *key, const char *value, enum lf_code code, const char *message);

/* Every line of BEFORE is still there, in order. */
void lf_test_keeps_lines(const char *before, const char *after);

#endif
