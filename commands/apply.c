/* apply: "landfall apply": the wizard's work without the wizard. */
#include "config.h"
#include "commands/session.h"

int lf_command_apply(const struct lf_options *options)
{
	struct lf_run run = {.options = options, .delivers = true};

	return lf_run_headless(&run);
}
