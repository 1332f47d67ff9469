/* main: landfall-sandbox, the cluster and the repository of "landfall demo". It is started by landfall, says
 * on one line where things are, and serves until its standard input ends or it is told to stop; then it
 * removes its folder. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <git2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/node.h"
#include "core/str.h"
#include "providers/sandbox/directory.h"
#include "providers/sandbox/pushes.h"
#include "providers/sandbox/sandbox.h"
#include "providers/sandbox/server.h"
#include "providers/sandbox/tree.h"

enum { TOKEN_LENGTH = 48, EXIT_USAGE = 2 };

struct program {
	uv_loop_t loop;
	uv_signal_t signals[3];
	uv_poll_t input;
};

static int usage(const char *problem)
{
	struct lf_str names = {0};

	lf_scenario_names(&names);
	(void)fprintf(
	    stderr,
	    "landfall-sandbox: %s\nusage: landfall-sandbox --scenario NAME --directory DIR\nscenarios: %s\n",
	    problem, lf_str_text(&names));
	lf_str_dispose(&names);
	return EXIT_USAGE;
}

static int complain(const struct lf_error *err)
{
	(void)fprintf(stderr, "landfall-sandbox: %s\n%s%s", err->message, err->hint, *err->hint ? "\n" : "");
	return EXIT_FAILURE;
}

static void on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	uv_stop(handle->loop);
}

/* Nothing is read from the input but its end. */
static void on_input(uv_poll_t *handle, int status, int events)
{
	char bytes[256];
	ssize_t n;

	(void)events;
	if (status == 0) {
		n = read(STDIN_FILENO, bytes, sizeof(bytes));
		if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
			return;
	}
	uv_stop(handle->loop);
}

static int listen_for_the_end(struct program *program)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};

	for (size_t i = 0; i < LF_COUNT(numbers); i++) {
		(void)uv_signal_init(&program->loop, &program->signals[i]);
		(void)uv_signal_start(&program->signals[i], on_signal, numbers[i]);
	}
	/* A file or /dev/null cannot be waited for: it has ended already. */
	if (uv_poll_init(&program->loop, &program->input, STDIN_FILENO))
		return -1;
	return uv_poll_start(&program->input, UV_READABLE, on_input);
}

static void close_all(uv_handle_t *handle, void *payload)
{
	(void)payload;
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

static void say_ready(const char *directory, const char *repository, const char *charts)
{
	struct lf_node *line = lf_node_new(LF_NODE_MAP);
	char *kubeconfig = lf_format("%s/kubeconfig", directory);
	struct lf_str text = {0};

	lf_node_set_bool(line, "ready", true);
	lf_node_set_text(line, "kubeconfig", kubeconfig);
	lf_node_set_text(line, "repository", repository);
	lf_node_set_text(line, "charts", charts);
	lf_node_set_int(line, "pid", getpid());
	lf_json_emit(&text, line);
	(void)printf("%s\n", lf_str_text(&text));
	(void)fflush(stdout);
	lf_str_dispose(&text);
	lf_free(kubeconfig);
	lf_node_free(line);
}

/* From the claimed folder to the end of the demo. */
static int serve(struct program *program, const struct lf_scenario *scenario, const char *directory,
                 struct lf_error *err)
{
	char *path = lf_format("%s/repository.git", directory), token[TOKEN_LENGTH + 1];
	struct lf_repository *repository = NULL;
	struct lf_pushes *pushes = NULL;
	struct lf_server *server = NULL;
	struct lf_sandbox sandbox;
	int result = lf_repository_create(&repository, path, lf_seed_files, lf_seed_file_count, err);

	lf_free(path);
	if (result)
		return result;
	lf_sandbox_init(&sandbox, &program->loop, scenario, repository);
	lf_seed(&sandbox);
	lf_random_hex(token, TOKEN_LENGTH);
	result = lf_server_open(&server, &sandbox, token, err);
	if (result == LF_OK)
		sandbox.charts_url = lf_format("http://127.0.0.1:%d/charts", lf_server_port(server));
	if (result == LF_OK)
		result = lf_pushes_open(&pushes, &sandbox, err);
	if (result == LF_OK)
		result = lf_directory_write_kubeconfig(directory, lf_server_port(server), token, err);
	lf_wipe(token, sizeof(token));
	/* Whoever reads that it is ready may tell it to end at once: it listens for that first. */
	if (result == LF_OK && listen_for_the_end(program) == 0) {
		say_ready(directory, lf_repository_path(repository), sandbox.charts_url);
		(void)uv_run(&program->loop, UV_RUN_DEFAULT);
	}
	lf_pushes_close(pushes);
	lf_server_close(server);
	lf_sandbox_dispose(&sandbox);
	uv_walk(&program->loop, close_all, NULL);
	(void)uv_run(&program->loop, UV_RUN_DEFAULT);
	lf_repository_free(repository);
	return result;
}

static int run(const struct lf_scenario *scenario, const char *given)
{
	char *directory = realpath(given, NULL);
	struct program program = {0};
	struct lf_error err = {0};
	int result;

	if (!directory) {
		(void)lf_fail(&err, LF_EINVAL, "sandbox.directory", errno, "%s: %s", given, strerror(errno));
		return complain(&err);
	}
	(void)lf_directory_sweep(directory);
	result = lf_directory_claim(directory, &err);
	if (result == LF_OK) {
		(void)uv_loop_init(&program.loop);
		result = serve(&program, scenario, directory, &err);
		(void)uv_loop_close(&program.loop);
		lf_directory_remove(directory);
	}
	free(directory);
	return result == LF_OK ? EXIT_SUCCESS : complain(&err);
}

int main(int argc, char **argv)
{
	const struct lf_scenario *scenario = lf_scenario_find("healthy");
	const char *directory = NULL;
	int status;

	for (int i = 1; i < argc; i++) {
		if (lf_equal(argv[i], "--scenario") && i + 1 < argc)
			scenario = lf_scenario_find(argv[++i]);
		else if (lf_equal(argv[i], "--directory") && i + 1 < argc)
			directory = argv[++i];
		else
			return usage("unknown argument");
	}
	if (!scenario)
		return usage("no such scenario");
	if (!directory)
		return usage("--directory is missing");
	(void)signal(SIGPIPE, SIG_IGN);
	(void)git_libgit2_init();
	/* The demo's repository depends on nobody's Git configuration. */
	(void)git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, "");
	(void)git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_XDG, "");
	(void)git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_SYSTEM, "");
	status = run(scenario, directory);
	(void)git_libgit2_shutdown();
	return status;
}
