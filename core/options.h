/* options: the command line, from two tables: the verbs the caller gives (commands/table.c) and the options they take. Parsing, --help and shell completion
 * all read them. Pure. */
#ifndef LF_CORE_OPTIONS_H
#define LF_CORE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include "core/error.h"
#include "core/facts.h"
#include "core/str.h"

struct lf_options;

/* A verb. */
struct lf_command {
	const char *name; /* "": what runs when no verb is given; the first row */
	const char *usage, *summary;
	const char *options;   /* names of the options it takes, a space between; --help goes with every one */
	const char *arguments; /* words its argument may be, a space between, for completion; may be NULL */
	int (*run)(const struct lf_options *options); /* returns the exit code */
};

struct lf_commands {
	const struct lf_command *items;
	size_t count;
};

struct lf_options {
	const struct lf_command *command; /* borrowed from the table */
	bool help, version, plain, ascii, yes, dry_run, no_wait, base, wait_for_merge, pull_request, create_repository;
	char *file, *output, *context, *namespace, *commit, *timeout, *scenario, *theme, *color;
	struct lf_names sets;	   /* --set id=value, in order */
	struct lf_names deletes;   /* --delete path */
	struct lf_names arguments; /* what is no option */
};

/* ARGV[0] is skipped. Unknown words are LF_EINVAL with the nearest known one in the hint. */
LF_NODISCARD int lf_options_parse(struct lf_options *out, const struct lf_commands *commands, int argc, const char *const argv[], struct lf_error *err);
void lf_options_dispose(struct lf_options *options);

void lf_options_help(struct lf_str *out, const struct lf_commands *commands, const struct lf_command *command); /* of the first: the overview */
/* SHELL is "bash", "zsh" or "fish". */
LF_NODISCARD int lf_options_completion(struct lf_str *out, const struct lf_commands *commands, const char *shell, struct lf_error *err);

#endif
