/* symptom: from a controller's words to a cause, evidence and remedies, by tables: a new failure is a new row. Each engine has rows of its own for what its
 * tool does; the rows for what an API server refuses are shared. Pure. */
#ifndef LF_CORE_SYMPTOM_H
#define LF_CORE_SYMPTOM_H

#include <stddef.h>
#include "core/engine.h"

/* Causes, remedies and commands may hold {placeholders}; in commands their values are shell-quoted:
 *   {kind} {name} {namespace}          the consumer
 *   {source-kind} {source} {source-namespace}
 *   {repository} {path} {target} {commit}   as pushed; {target}: the workload's namespace
 *   {subject}                          what the message speaks of: "Deployment production/web"; else the consumer
 *   {subject-kind} {subject-name} {subject-namespace}
 *   {quoted}                           the first text in quotes behind the needle
 *   {file}                             the file the message names, without the controller's temporary folder
 *   {detail}                           the part of the message that says what is wrong
 *   {innermost}                        of a detail in several lines (an error in a template) the last, and the place it happened at */
struct lf_symptom {
	const char *needle; /* alternatives separated by '|', any case; "" matches always */
	const char *also;   /* a second group that must match too; may be NULL */
	const char *id;
	const char *cause;
	int patience_s; /* for how long it may still pass by itself; 0: terminal at once */
	struct {
		const char *text, *command;
	} remedies[3];
};

struct lf_symptom_case {
	const char *message;
	const struct lf_ref *subject; /* NULL: taken from the message */
	const struct lf_ref *source;  /* may be NULL */
	const struct lf_target *target;
	int64_t age_ms; /* since when it is so */
};

/* Takes the first row that matches; false: none. The message is the evidence. */
bool lf_symptom_diagnose(struct lf_diagnosis *out, const struct lf_symptom *rows, size_t count, const struct lf_symptom_case *what);

/* What an API server refuses to apply; its last row matches always. */
extern const struct lf_symptom lf_symptoms_of_apply[];
extern const size_t lf_symptoms_of_apply_count;

/* The object an apply error speaks of: the last "Kind/namespace/name dry-run failed" and the like. False: none is named. */
bool lf_symptom_subject(struct lf_ref *out, const char *message);

/* A command with {kind}, {name} and the like of TARGET filled in, shell-quoted. */
void lf_command_fill(struct lf_str *out, const char *command, const struct lf_target *target);

/* The last touch, the same for every engine: how to take the commit back, if nothing else will cure it, and "--context CONTEXT" in the kubectl and flux
 * commands. Does nothing without a diagnosis. */
void lf_diagnosis_finish(struct lf_diagnosis *diagnosis, const struct lf_target *target);

#endif
