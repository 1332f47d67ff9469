/* plugin: runs the credential plugin a kubeconfig names: argv, never a shell; without a terminal, in a session of its own, with a limit on time and output. Must
 * not read what it prints: credential.c does. */
#include "config.h"
#include "providers/kube/internal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/text.h"

#define OUTPUT_MAX ((size_t)1024 * 1024)
#define COMPLAINT_MAX ((size_t)4096)
#define LINGER_MS 500 /* for output after the exit: a child it left behind may hold the pipe for ever */

struct kube_plugin {
	uv_process_t process;
	uv_pipe_t out, complaint;
	uv_timer_t timer;
	int handles; /* that are not closed yet */
	int pipes;   /* that have not ended yet */
	bool exited, spawned;
	int64_t exit_status;
	int signal;
	char *name; /* of the command, cleaned */
	char *install_hint;
	int timeout_ms;
	struct lf_str output, complaints;
	char buffer[16384];
	kube_plugin_fn *done; /* NULL: nobody waits any more */
	void *payload;
};

static void handle_closed(uv_handle_t *handle)
{
	struct kube_plugin *plugin = handle->data;

	if (--plugin->handles)
		return;
	lf_wipe(plugin->output.data, plugin->output.length);
	lf_wipe(plugin->buffer, sizeof(plugin->buffer));
	lf_str_dispose(&plugin->output);
	lf_str_dispose(&plugin->complaints);
	lf_free(plugin->name);
	lf_free(plugin->install_hint);
	lf_free(plugin);
}

static void close_handle(void *handle)
{
	if (!uv_is_closing(handle))
		uv_close(handle, handle_closed);
}

/* Ends the plugin with all its children, and lets go of it. */
static void release(struct kube_plugin *plugin)
{
	if (plugin->spawned && !plugin->exited && plugin->process.pid > 0)
		(void)kill(-plugin->process.pid, SIGKILL);
	plugin->done = NULL;
	close_handle(&plugin->out);
	close_handle(&plugin->complaint);
	close_handle(&plugin->timer);
	/* The process handle is closed when it has exited, so that no zombie stays. */
	if (!plugin->spawned || plugin->exited)
		close_handle(&plugin->process);
}

/* The last lines it wrote to stderr: there stands what a person is to do. */
static void add_complaint(const struct kube_plugin *plugin, struct lf_str *out)
{
	const char *text = lf_str_text(&plugin->complaints);
	size_t length = plugin->complaints.length, from = length > 300 ? length - 300 : 0;
	struct lf_str clean = {0};

	while (from && from < length && (text[from] & 0xc0) == 0x80)
		from++;
	lf_text_clean(&clean, text + from, length - from, 300);
	if (clean.length)
		lf_str_addf(out, ": %s", lf_str_text(&clean));
	lf_str_dispose(&clean);
}

static void hint_plugin(const struct kube_plugin *plugin, struct lf_error *err)
{
	if (plugin->install_hint)
		lf_hint(err, "%s", plugin->install_hint);
	else
		lf_hint(err, "Sign in with it by hand first (run \"kubectl get namespaces\"), then try again.");
}

static void finish(struct kube_plugin *plugin, enum lf_code code, const char *what)
{
	kube_plugin_fn *done = plugin->done;
	struct lf_error err = {0};
	struct lf_str text = {0};

	if (code != LF_OK) {
		add_complaint(plugin, &text);
		(void)lf_fail(&err, code, "kube.exec", (int)plugin->exit_status, "the credential plugin %s %s%s", plugin->name, what,
			      lf_str_text(&text));
		hint_plugin(plugin, &err);
		lf_str_dispose(&text);
	}
	plugin->done = NULL;
	if (done)
		done(&plugin->output, code == LF_OK ? NULL : &err, plugin->payload);
	release(plugin);
}

static void look(struct kube_plugin *plugin, bool lingered)
{
	char what[64];

	if (!plugin->done || !plugin->exited || (plugin->pipes && !lingered))
		return;
	if (plugin->signal) {
		(void)snprintf(what, sizeof(what), "was ended by signal %d", plugin->signal);
		finish(plugin, LF_EAUTH, what);
	} else if (plugin->exit_status) {
		(void)snprintf(what, sizeof(what), "failed (exit status %d)", (int)plugin->exit_status);
		finish(plugin, LF_EAUTH, what);
	} else {
		finish(plugin, LF_OK, "");
	}
}

static void on_linger(uv_timer_t *timer)
{
	look(timer->data, true);
}

static void on_timeout(uv_timer_t *timer)
{
	struct kube_plugin *plugin = timer->data;
	char limit[32], what[64];

	lf_duration_text(limit, plugin->timeout_ms);
	(void)snprintf(what, sizeof(what), "did not finish within %s", limit);
	finish(plugin, LF_ETIMEOUT, what);
}

static void on_exit_status(uv_process_t *process, int64_t exit_status, int signal)
{
	struct kube_plugin *plugin = process->data;

	plugin->exited = true;
	plugin->exit_status = exit_status;
	plugin->signal = signal;
	if (!plugin->done) {
		close_handle(process);
		return;
	}
	(void)uv_timer_start(&plugin->timer, on_linger, LINGER_MS, 0);
	look(plugin, false);
}

static void offer_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct kube_plugin *plugin = handle->data;

	(void)suggested;
	*buffer = uv_buf_init(plugin->buffer, sizeof(plugin->buffer));
}

static void on_read(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
	struct kube_plugin *plugin = stream->data;
	bool is_output = stream == (uv_stream_t *)&plugin->out;

	if (length < 0) {
		plugin->pipes--;
		close_handle(stream);
		look(plugin, false);
		return;
	}
	if (is_output && plugin->output.length + (size_t)length > OUTPUT_MAX) {
		finish(plugin, LF_ELIMIT, "prints more than a credential");
		return;
	}
	lf_str_add_n(is_output ? &plugin->output : &plugin->complaints, buffer->base, (size_t)length);
	if (!is_output && plugin->complaints.length > 2 * COMPLAINT_MAX)
		lf_str_remove(&plugin->complaints, 0, plugin->complaints.length - COMPLAINT_MAX);
}

/* What the plugin is told in KUBERNETES_EXEC_INFO. */
static char *exec_info(const struct kube_config *config)
{
	struct lf_node *info = lf_node_new(LF_NODE_MAP), *spec, *cluster;
	struct lf_str text = {0}, data = {0};

	lf_node_set_text(info, "apiVersion", config->exec->api_version);
	lf_node_set_text(info, "kind", "ExecCredential");
	spec = lf_node_set_map(info, "spec");
	if (config->exec->provide_cluster_info) {
		cluster = lf_node_set_map(spec, "cluster");
		lf_node_set_text(cluster, "server", config->server);
		if (config->tls_server_name)
			lf_node_set_text(cluster, "tls-server-name", config->tls_server_name);
		if (config->insecure)
			lf_node_set_bool(cluster, "insecure-skip-tls-verify", true);
		if (config->ca_pem) {
			kube_base64_encode(&data, config->ca_pem, strlen(config->ca_pem));
			lf_node_set_text(cluster, "certificate-authority-data", lf_str_text(&data));
		}
		if (config->proxy)
			lf_node_set_text(cluster, "proxy-url", config->proxy);
		if (config->exec->cluster_config)
			lf_node_set(cluster, "config", lf_node_dup(config->exec->cluster_config));
	}
	lf_node_set_bool(spec, "interactive", false);
	lf_json_emit(&text, info);
	lf_str_dispose(&data);
	lf_node_free(info);
	return lf_str_take(&text);
}

static bool names_same(const char *a, const char *b)
{
	size_t n = strcspn(a, "=");

	return n == strcspn(b, "=") && !strncmp(a, b, n);
}

static bool overridden(const char *entry, char *const *by)
{
	for (; by && *by; by++)
		if (names_same(entry, *by))
			return true;
	return names_same(entry, "KUBERNETES_EXEC_INFO");
}

/* Ours, the kubeconfig's, and the information. An array of borrowed pointers, but for INFO. */
static char **build_environment(const struct kube_exec *exec, char *info)
{
	size_t count = 0, i;
	char **out;

	while (environ && environ[count])
		count++;
	for (i = 0; exec->environment && exec->environment[i]; i++)
		count++;
	out = lf_alloc(count + 2, sizeof(*out));
	count = 0;
	for (i = 0; environ && environ[i]; i++)
		if (!overridden(environ[i], exec->environment))
			out[count++] = environ[i];
	for (i = 0; exec->environment && exec->environment[i]; i++)
		out[count++] = exec->environment[i];
	out[count] = info;
	return out;
}

static int fail_spawn(const struct kube_plugin *plugin, int number, struct lf_error *err)
{
	int rc;

	if (number == UV_ENOENT)
		rc = lf_fail(err, LF_EAUTH, "kube.exec", ENOENT, "the credential plugin %s is not installed", plugin->name);
	else
		rc = lf_fail(err, LF_EAUTH, "kube.exec", number, "the credential plugin %s cannot be run: %s", plugin->name, uv_strerror(number));
	if (plugin->install_hint)
		lf_hint(err, "%s", plugin->install_hint);
	else
		lf_hint(err, "Install it, or put its folder into PATH; the kubeconfig names it in users[].user.exec.command.");
	return rc;
}

static int spawn(struct kube_plugin *plugin, uv_loop_t *loop, const struct kube_config *config)
{
	const struct kube_exec *exec = config->exec;
	uv_process_options_t options = {0};
	uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE}};
	char *info = exec_info(config), *variable = lf_format("KUBERNETES_EXEC_INFO=%s", info);
	char **environment = build_environment(exec, variable), **arguments;
	size_t count = 0;
	int rc;

	while (exec->arguments && exec->arguments[count])
		count++;
	arguments = lf_alloc(count + 2, sizeof(*arguments));
	arguments[0] = exec->command;
	if (count)
		memcpy(arguments + 1, exec->arguments, count * sizeof(*arguments));
	stdio[1].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
	stdio[1].data.stream = (uv_stream_t *)&plugin->out;
	stdio[2].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
	stdio[2].data.stream = (uv_stream_t *)&plugin->complaint;
	options.file = exec->command;
	options.args = arguments;
	options.env = environment;
	options.stdio = stdio;
	options.stdio_count = 3;
	options.flags = UV_PROCESS_DETACHED; /* no terminal to draw on, and a group to end with its children */
	options.exit_cb = on_exit_status;
	rc = uv_spawn(loop, &plugin->process, &options);
	lf_free(arguments);
	lf_free(environment);
	lf_free(variable);
	lf_free(info);
	return rc;
}

struct kube_plugin *kube_plugin_start(uv_loop_t *loop, const struct kube_config *config, int timeout_ms, kube_plugin_fn *done, void *payload,
				      struct lf_error *err)
{
	const char *slash = strrchr(config->exec->command, '/');
	struct kube_plugin *plugin;
	int rc;

	plugin = lf_alloc(1, sizeof(*plugin));
	plugin->name = lf_text_clean_dup(slash ? slash + 1 : config->exec->command, 60);
	plugin->install_hint = lf_dup(config->exec->install_hint);
	plugin->timeout_ms = timeout_ms;
	plugin->done = done;
	plugin->payload = payload;
	(void)uv_pipe_init(loop, &plugin->out, 0);
	(void)uv_pipe_init(loop, &plugin->complaint, 0);
	(void)uv_timer_init(loop, &plugin->timer);
	plugin->process.data = plugin->out.data = plugin->complaint.data = plugin->timer.data = plugin;
	plugin->handles = 4;
	rc = spawn(plugin, loop, config);
	if (rc) {
		(void)fail_spawn(plugin, rc, err);
		release(plugin);
		return NULL;
	}
	plugin->spawned = true;
	plugin->pipes = 2;
	(void)uv_timer_start(&plugin->timer, on_timeout, (uint64_t)timeout_ms, 0);
	(void)uv_read_start((uv_stream_t *)&plugin->out, offer_buffer, on_read);
	(void)uv_read_start((uv_stream_t *)&plugin->complaint, offer_buffer, on_read);
	return plugin;
}

void kube_plugin_cancel(struct kube_plugin *plugin)
{
	if (plugin)
		release(plugin);
}
