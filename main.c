/* main: reads the command line and hands over to the verb it names (commands/table.c). */
#include "config.h"

#include <signal.h>
#include <stdio.h>

#include "commands/command.h"
#include "tui/headless.h"

static int run(const struct lf_options *options)
{
	struct lf_str text = {0};

	if (options->version) {
		(void)puts("landfall " PACKAGE_VERSION);
		return 0;
	}
	if (options->help) {
		lf_options_help(&text, lf_commands(), options->command);
		(void)fputs(lf_str_text(&text), stdout);
		lf_str_dispose(&text);
		return 0;
	}
	return options->command->run(options);
}

int main(int argc, char *argv[])
{
	struct lf_options options;
	struct lf_error err;
	int exit_code;

	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error like a full disk, not the end */
	if (lf_options_parse(&options, lf_commands(), argc, (const char *const *)argv, &err)) {
		lf_headless_error(stderr, false, &err, LF_EXIT_USAGE);
		return LF_EXIT_USAGE;
	}
	exit_code = run(&options);
	lf_options_dispose(&options);
	return exit_code;
}
