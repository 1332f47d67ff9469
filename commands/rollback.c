/* rollback: "landfall rollback": the review of what takes a delivery back, then what every delivery does. */
#include "config.h"
#include "commands/session.h"

#include <unistd.h>

static int rollback_delivery(struct lf_session *session, struct lf_effects *effects, struct lf_error *err)
{
	const struct lf_options *options = session->run->options;

	if (options->arguments.count > 1) {
		lf_fail(err, LF_EINVAL, "rollback", 0, "One application at a time.");
		lf_hint(err, "%s", options->command->usage);
		return LF_EINVAL;
	}
	return lf_app_rollback(session->app, effects, options->arguments.count ? options->arguments.items[0] : NULL, options->commit, lf_runner_now_ms(), err);
}

int lf_command_rollback(const struct lf_options *options)
{
	struct lf_run run = {.options = options, .delivers = true, .begin = rollback_delivery};
	bool by_hand = isatty(0) && isatty(1) && !options->output && !options->yes && !options->dry_run && !options->plain;

	return by_hand ? lf_run_screen(&run) : lf_run_headless(&run);
}
