/* completion: "landfall completion": a script for the shell, made from the table of verbs. */
#include "config.h"
#include "commands/command.h"

#include <stdio.h>

int lf_command_completion(const struct lf_options *options)
{
	struct lf_str text = {0};
	struct lf_error err;
	int exit_code = 0;

	if (lf_options_completion(&text, lf_commands(), options->arguments.count == 1 ? options->arguments.items[0] : "", &err))
		exit_code = lf_command_fail(options, &err, LF_EXIT_USAGE);
	(void)fputs(lf_str_text(&text), stdout);
	lf_str_dispose(&text);
	return exit_code;
}
