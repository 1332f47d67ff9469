/* options: the command line, from one table: parsing, --help and shell completion all read it. Pure. */
#ifndef LF_CORE_OPTIONS_H
#define LF_CORE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/error.h"
#include "core/facts.h"
#include "core/str.h"

enum lf_command {
	LF_COMMAND_WIZARD,
	LF_COMMAND_DEMO,
	LF_COMMAND_RENDER,
	LF_COMMAND_APPLY,
	LF_COMMAND_WATCH,
	LF_COMMAND_QUESTIONS,
	LF_COMMAND_COMPLETION,
	LF_COMMANDS,
};

struct lf_options {
	enum lf_command command;
	bool help, version, plain, ascii, yes, dry_run, no_wait;
	char *file, *output, *context, *namespace, *commit, *timeout, *scenario, *theme, *color;
	struct lf_names sets;	   /* --set id=value, in order */
	struct lf_names arguments; /* what is no option */
};

/* ARGV[0] is skipped. Unknown words are LF_EINVAL with the nearest known one in the hint. */
LF_NODISCARD int lf_options_parse(struct lf_options *out, int argc, const char *const argv[], struct lf_error *err);
void lf_options_dispose(struct lf_options *options);

void lf_options_help(struct lf_str *out, enum lf_command command); /* of LF_COMMAND_WIZARD: the overview */
/* SHELL is "bash", "zsh" or "fish". */
LF_NODISCARD int lf_options_completion(struct lf_str *out, const char *shell, struct lf_error *err);

#endif
