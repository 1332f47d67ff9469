/* edit: "landfall edit": a live resource changed through Git: its owner, its file, the change, then what every delivery does. */
#include "config.h"
#include "commands/session.h"

#include <unistd.h>

static bool has_terminal(void)
{
	return isatty(0) && isatty(1);
}

static int edit_resource(struct lf_session *session, struct lf_effects *effects, struct lf_error *err)
{
	const struct lf_options *options = session->run->options;
	const struct lf_edit_wish wish = {
	    .words = options->arguments.count == 1 ? options->arguments.items[0] : "",
	    .namespace = options->namespace,
	    .sets = &options->sets,
	    .deletes = &options->deletes,
	    .in_base = options->base,
	    .has_editor = has_terminal(),
	};

	return lf_app_edit(session->app, effects, &wish, err);
}

int lf_command_edit(const struct lf_options *options)
{
	struct lf_run run = {.options = options, .delivers = true, .changes = true, .begin = edit_resource};
	bool by_hand = has_terminal() && !options->output && !options->yes && !options->dry_run && !options->plain;

	return by_hand ? lf_run_screen(&run) : lf_run_headless(&run);
}
