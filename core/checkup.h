/* checkup: what "landfall doctor" says: one line for each thing a delivery needs, passed, to be known, or failed with the remedy. Pure: facts in, lines out. */
#ifndef LF_CORE_CHECKUP_H
#define LF_CORE_CHECKUP_H

#include "core/engine.h"
#include "core/error.h"
#include "core/facts.h"
#include "core/str.h"

enum lf_check_result { LF_CHECK_PASS, LF_CHECK_WARN, LF_CHECK_FAIL };

struct lf_check {
	enum lf_check_result result;
	const char *area; /* static: "terminal", "git", "cluster" … */
	char *text, *remedy; /* remedy: NULL where none is needed */
};

struct lf_checkup {
	struct lf_check *items;
	size_t count, capacity;
};
void lf_checkup_dispose(struct lf_checkup *checkup);
bool lf_checkup_failed(const struct lf_checkup *checkup); /* something did, not only warned */

/* What is known of the terminal. */
struct lf_terminal_facts {
	bool is_terminal, utf8;
	const char *term; /* $TERM; may be NULL */
	int rows, cols;	  /* 0: not known */
};
void lf_checkup_terminal(struct lf_checkup *out, const struct lf_terminal_facts *facts);
/* A file or folder of ours: ERR NULL or LF_OK: it can be used. */
void lf_checkup_place(struct lf_checkup *out, const char *what, const char *path, const struct lf_error *err);
void lf_checkup_settings(struct lf_checkup *out, const char *path, bool exists, const struct lf_error *err);
void lf_checkup_program(struct lf_checkup *out, const char *name, bool found, const char *needed_for);
void lf_checkup_module(struct lf_checkup *out, const struct lf_error *err); /* what would be needed for Git and the cluster could not be opened */
void lf_checkup_identity(struct lf_checkup *out, const struct lf_workdir_facts *facts);
/* URL NULL: none is known to try. ERR NULL: reached. */
void lf_checkup_repository(struct lf_checkup *out, const char *url, const struct lf_repository_facts *facts, const struct lf_error *err);
/* ERR NULL: FACTS tell what is there. */
void lf_checkup_cluster(struct lf_checkup *out, const struct lf_cluster_facts *facts, const struct lf_error *err, const struct lf_engine *const *engines,
			size_t engine_count);

/* Something a delivery does in the cluster, and what it means when it may not. */
struct lf_permission {
	const char *verb;
	struct lf_ref ref; /* group, kind, namespace ("": everywhere); owned: dispose it */
	bool needed;	   /* else it is only missed */
	const char *without; /* what happens without it */
};
/* The permissions worth asking for, given what is in the cluster; returns how many, at most LIMIT. */
size_t lf_checkup_permissions(struct lf_permission *out, size_t limit, const struct lf_cluster_facts *facts, const struct lf_engine *const *engines,
			      size_t engine_count);
void lf_checkup_permission(struct lf_checkup *out, const struct lf_permission *permission, bool allowed, const char *reason, const struct lf_error *err);

/* "✓ git       …" lines, or one JSON object. ASCII: no glyphs beyond it. */
void lf_checkup_text(struct lf_str *out, const struct lf_checkup *checkup, bool ascii);
void lf_checkup_json(struct lf_str *out, const struct lf_checkup *checkup);

#endif
