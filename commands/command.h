/* command: the table of verbs and what they share. A verb is a file here with one lf_command_NAME() and a row in table.c. */
#ifndef LF_COMMANDS_COMMAND_H
#define LF_COMMANDS_COMMAND_H

#include "core/answers.h"
#include "core/catalog.h"
#include "core/options.h"
#include "core/settings.h"

enum { LF_EXIT_USAGE = 2, LF_EXIT_INTERRUPTED = 130 };

const struct lf_commands *lf_commands(void);

/* Each runs to its end and returns the exit code. */
int lf_command_wizard(const struct lf_options *options);
int lf_command_demo(const struct lf_options *options);
int lf_command_render(const struct lf_options *options);
int lf_command_apply(const struct lf_options *options);
int lf_command_watch(const struct lf_options *options);
int lf_command_edit(const struct lf_options *options);
int lf_command_owner(const struct lf_options *options);
int lf_command_rollback(const struct lf_options *options);
int lf_command_doctor(const struct lf_options *options);
int lf_command_questions(const struct lf_options *options);
int lf_command_completion(const struct lf_options *options);

/* Prints ERR as lines or, with -o json, as an object; returns EXIT_CODE. */
int lf_command_fail(const struct lf_options *options, const struct lf_error *err, int exit_code);
/* Every engine's questions. The caller frees. */
LF_NODISCARD struct lf_catalog *lf_command_catalog(void);
/* $XDG_CONFIG_HOME/landfall/config.yaml; none is fine. */
LF_NODISCARD int lf_command_settings(struct lf_settings *out, const struct lf_catalog *catalog, struct lf_error *err);
/* The answers of -f, then each --set, --context and --timeout on top. *OUT is NULL on failure. */
LF_NODISCARD int lf_command_answers(struct lf_answers **out, const struct lf_options *options, const struct lf_catalog *catalog, struct lf_error *err);

#endif
