/* watch: "landfall watch": what is to be followed. On a terminal it is the wizard's last screen. */
#include "config.h"
#include "commands/session.h"

#include <string.h>
#include <unistd.h>

#include "core/mem.h"
#include "core/text.h"

static int watch_target(struct lf_session *session, struct lf_effects *effects, struct lf_error *err)
{
	const struct lf_options *options = session->run->options;
	const char *what = options->arguments.count == 1 ? options->arguments.items[0] : "", *slash = strchr(what, '/');
	int64_t timeout = lf_duration_ms(options->timeout ? options->timeout : "5m");
	char *kind = slash ? lf_dup_n(what, (size_t)(slash - what)) : lf_dup("Kustomization");
	struct lf_ref ref;
	int code;

	if (!slash && options->arguments.count == 1 && !options->namespace)
		lf_set(&kind, "Application");
	ref = lf_ref_new("", kind, options->namespace ? options->namespace : (lf_equal(kind, "Application") ? "argocd" : "flux-system"),
			 slash ? slash + 1 : what);
	lf_free(kind);
	if (!*ref.name || timeout <= 0 || (options->commit && strspn(options->commit, "0123456789abcdef") != 40)) {
		code = lf_fail(err, LF_EINVAL, "watch", 0, !*ref.name ? "Which object should be watched?"
							    : timeout <= 0 ? "The timeout is not a duration."
									   : "A commit is 40 hexadecimal digits.");
		lf_hint(err, "landfall watch Kustomization/web -n flux-system --timeout 60s");
	} else {
		code = lf_app_watch(session->app, effects, &ref, options->commit, timeout, lf_runner_now_ms(), err);
	}
	lf_ref_dispose(&ref);
	return code;
}

int lf_command_watch(const struct lf_options *options)
{
	struct lf_run run = {.options = options, .begin = watch_target};

	return isatty(0) && isatty(1) && !options->output && !options->plain ? lf_run_screen(&run) : lf_run_headless(&run);
}
