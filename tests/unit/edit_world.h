/* edit_world: a repository as a table of files, walked as the program does. */
#ifndef LF_TESTS_UNIT_EDIT_WORLD_H
#define LF_TESTS_UNIT_EDIT_WORLD_H

#include "core/trace.h"
#include "tests/unit/unit.h"

struct file {
	const char *path, *text;
};

#define FILES(...) ((const struct file[]){__VA_ARGS__, {NULL, NULL}})
#define HEAD "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n"
#define BASE "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: nginx:1.27 # ours\n"
#define OVERLAY "resources:\n- ../../base\n"


const char *world_text(const struct file *files, const char *path);
/* The entries of FOLDER; those that are folders end with '/'. */
void world_list(struct lf_names *out, const struct file *files, const char *folder);
/* Walks FILES for the Deployment shop/web. */
void world_walk(struct lf_trace *trace, const struct file *files, const char *root, bool recurse);
/* The same for another object. */
void world_walk_for(struct lf_trace *trace, const struct lf_ref *object, const struct file *files, const char *root, bool recurse);

/* OBJECT: a Deployment; SETS: "a=1|b=2"; "-a" takes a out. WANTED: what each changed file has become, path and text in turns; NULL: it is refused, with SAID in the message or the hint. */
void comes_out(const char *object, const struct file *files, const char *root, bool in_base, const char *sets, const struct file *wanted, const char *said);
/* The same for the Deployment web. */
void becomes(const struct file *files, const char *root, bool in_base, const char *sets, const struct file *wanted);
void refused(const struct file *files, const char *root, bool in_base, const char *sets, const char *said);

#endif
