/* owner: "landfall owner": whom a live object belongs to, up to the repository. */
#include "config.h"
#include "commands/session.h"

static int ask_owner(struct lf_session *session, struct lf_effects *effects, struct lf_error *err)
{
	const struct lf_options *options = session->run->options;

	return lf_app_owner(session->app, effects, options->arguments.count == 1 ? options->arguments.items[0] : "", options->namespace, err);
}

int lf_command_owner(const struct lf_options *options)
{
	struct lf_run run = {.options = options, .delivers = true, .begin = ask_owner};

	return lf_run_headless(&run);
}
