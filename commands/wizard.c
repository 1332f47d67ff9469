/* wizard: "landfall" and "landfall demo": from the first question to a healthy commit. */
#include "config.h"
#include "commands/session.h"

int lf_command_wizard(const struct lf_options *options)
{
	struct lf_run run = {.options = options, .keeps = true};

	return lf_run_screen(&run);
}

int lf_command_demo(const struct lf_options *options)
{
	struct lf_run run = {.options = options, .keeps = true, .demo = true};

	return lf_run_screen(&run);
}
