/* kube_drive: the Kubernetes client from a command line, for tests against real clusters. One JSON object per line on standard output; ends with exit code 0, or 1
 * after an error. A watch or a log that is followed goes on until standard input closes.
 *
 *   kube_drive [-c CONTEXT] contexts | discover | get GROUP KIND NAMESPACE NAME | apply FILE | dry-run FILE | patch GROUP KIND NAMESPACE NAME BODY
 *              | can VERB GROUP KIND NAMESPACE | watch GROUP KIND NAMESPACE [NAME [LABELS]] | logs NAMESPACE POD [CONTAINER [follow|previous]] */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fs.h"
#include "core/json.h"
#include "core/mem.h"
#include "core/yaml.h"
#include "providers/kube.h"
#include "providers/module.h"

struct drive {
	uv_loop_t loop;
	uv_pipe_t input;
	struct lf_kube *kube;
	int status;
	char **words; /* after the verb; NULL-terminated */
	char buffer[256];
};

static void print(struct lf_node *line)
{
	struct lf_str text = {0};

	lf_json_emit(&text, line);
	(void)puts(lf_str_text(&text));
	(void)fflush(stdout);
	lf_str_dispose(&text);
	lf_node_free(line);
}

static struct lf_node *line_new(const char *kind)
{
	struct lf_node *line = lf_node_new(LF_NODE_MAP);

	lf_node_set_text(line, "is", kind);
	return line;
}

static void add_error(struct lf_node *line, const struct lf_error *err)
{
	lf_node_set_text(line, "code", lf_code_name(err->code));
	lf_node_set_int(line, "native", err->native);
	lf_node_set_text(line, "message", err->message);
	lf_node_set_text(line, "hint", err->hint);
}

static void print_error(const struct lf_error *err)
{
	struct lf_node *line = line_new("error");

	add_error(line, err);
	print(line);
}

static void end(struct drive *drive, const struct lf_error *err)
{
	if (err)
		print_error(err);
	drive->status = err != NULL;
	lf_kube_free(drive->kube);
	drive->kube = NULL;
	if (!uv_is_closing((uv_handle_t *)&drive->input))
		uv_close((uv_handle_t *)&drive->input, NULL);
}

static void on_object(struct lf_node *object, const struct lf_error *err, void *payload)
{
	struct lf_node *line = err ? NULL : line_new("object");

	if (line) {
		lf_node_set(line, "object", object);
		print(line);
	}
	end(payload, err);
}

static void add_tool(struct lf_node *line, const char *key, const struct lf_tool_facts *tool)
{
	struct lf_node *map = lf_node_set_map(line, key);

	lf_node_set_bool(map, "present", tool->present);
	lf_node_set_text(map, "version", tool->version);
	lf_node_set_text(map, "namespace", tool->namespace);
}

static void on_facts(struct lf_cluster_facts *facts, const struct lf_error *err, void *payload)
{
	struct lf_node *line, *list;
	char *kind;
	size_t i;

	if (!err) {
		line = line_new("facts");
		lf_node_set_text(line, "context", facts->context);
		lf_node_set_text(line, "namespace", facts->namespace);
		lf_node_set_text(line, "version", facts->server_version);
		add_tool(line, "flux", &facts->flux);
		add_tool(line, "argocd", &facts->argocd);
		list = lf_node_set_list(line, "namespaces");
		for (i = 0; i < facts->namespaces.count; i++)
			lf_node_add_text(list, facts->namespaces.items[i]);
		list = lf_node_set_list(line, "kinds");
		for (i = 0; i < facts->kind_count; i++) {
			kind = lf_format("%s/%s/%s", facts->kinds[i].group, facts->kinds[i].version, facts->kinds[i].kind);
			lf_node_add_text(list, kind);
			lf_free(kind);
		}
		if (facts->consumers)
			lf_node_set(line, "consumers", lf_node_dup(facts->consumers));
		print(line);
		lf_cluster_facts_dispose(facts);
	}
	end(payload, err);
}

static void on_allowed(bool allowed, const char *reason, const struct lf_error *err, void *payload)
{
	struct lf_node *line = line_new("allowed");

	lf_node_set_bool(line, "allowed", allowed);
	lf_node_set_text(line, "reason", reason);
	print(line);
	end(payload, err);
}

static void on_put(struct lf_node *object, void *payload)
{
	struct lf_node *line = line_new("put");

	(void)payload;
	lf_node_set(line, "object", object);
	print(line);
}

static void on_removed(const struct lf_ref *ref, void *payload)
{
	struct lf_node *line = line_new("removed");

	(void)payload;
	lf_node_set_text(line, "name", ref->name);
	print(line);
}

static void on_listed(const char *const *uids, size_t count, void *payload)
{
	struct lf_node *line = line_new("listed");

	(void)uids;
	(void)payload;
	lf_node_set_int(line, "count", (int64_t)count);
	print(line);
}

static void on_state(enum lf_kube_freshness state, const struct lf_error *err, int64_t next_try_ms, void *payload)
{
	static const char *const names[] = {"live", "connecting", "broken"};
	struct lf_node *line = line_new("state");

	(void)payload;
	lf_node_set_text(line, "state", names[state]);
	if (err)
		add_error(line, err);
	lf_node_set_int(line, "next", next_try_ms);
	print(line);
}

static void on_log_line(const char *text, void *payload)
{
	struct lf_node *line = line_new("log");

	(void)payload;
	lf_node_set_text(line, "text", text);
	print(line);
}

static void on_log_end(const struct lf_error *err, void *payload)
{
	end(payload, err);
}

static void offer_buffer(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct drive *drive = handle->data;

	(void)suggested;
	*buffer = uv_buf_init(drive->buffer, sizeof(drive->buffer));
}

static void on_input(uv_stream_t *stream, ssize_t length, const uv_buf_t *buffer)
{
	(void)buffer;
	if (length < 0)
		end(stream->data, NULL);
}

static const char *word(const struct drive *drive, size_t index)
{
	size_t i;

	for (i = 0; i < index; i++)
		if (!drive->words[i])
			return "";
	return drive->words[index] ? drive->words[index] : "";
}

static void apply(struct drive *drive, bool dry_run)
{
	struct lf_str text = {0};
	struct lf_node *documents = NULL;
	struct lf_error err = {0};

	if (lf_fs_read(&text, word(drive, 0), 1 << 20, &err) || lf_yaml_parse(&documents, lf_str_text(&text), text.length, word(drive, 0), NULL, &err))
		end(drive, &err);
	else if (dry_run)
		(void)lf_kube_check(drive->kube, lf_node_at(documents, 0), LF_KUBE_CHECK, on_object, drive);
	else
		(void)lf_kube_apply(drive->kube, lf_node_at(documents, 0), on_object, drive);
	lf_node_free(documents);
	lf_str_dispose(&text);
}

static void watch(struct drive *drive, const struct lf_ref *ref)
{
	const struct lf_kube_watch_handler handler = {
		.put = on_put, .removed = on_removed, .listed = on_listed, .state = on_state, .payload = drive};

	(void)lf_kube_watch(drive->kube, ref, *word(drive, 4) ? word(drive, 4) : NULL, &handler);
}

static bool run(struct drive *drive, const char *verb)
{
	struct lf_ref ref = lf_ref_new(word(drive, 0), word(drive, 1), word(drive, 2), word(drive, 3));
	struct lf_ref asked = lf_ref_new(word(drive, 1), word(drive, 2), word(drive, 3), "");
	struct lf_ref pod = lf_ref_new("", "Pod", word(drive, 0), word(drive, 1));
	struct lf_kube_log_options options = {.container = *word(drive, 2) ? word(drive, 2) : NULL};
	bool known = true;

	options.follow = !strcmp(word(drive, 3), "follow");
	options.previous = !strcmp(word(drive, 3), "previous");
	if (!strcmp(verb, "discover"))
		(void)lf_kube_discover(drive->kube, on_facts, drive);
	else if (!strcmp(verb, "get"))
		(void)lf_kube_get(drive->kube, &ref, on_object, drive);
	else if (!strcmp(verb, "apply") || !strcmp(verb, "dry-run"))
		apply(drive, verb[0] == 'd');
	else if (!strcmp(verb, "patch"))
		(void)lf_kube_patch(drive->kube, &ref, word(drive, 4), on_object, drive);
	else if (!strcmp(verb, "can"))
		(void)lf_kube_can(drive->kube, word(drive, 0), &asked, on_allowed, drive);
	else if (!strcmp(verb, "watch"))
		watch(drive, &ref);
	else if (!strcmp(verb, "logs"))
		(void)lf_kube_logs(drive->kube, &pod, &options, on_log_line, on_log_end, drive);
	else
		known = false;
	lf_ref_dispose(&ref);
	lf_ref_dispose(&asked);
	lf_ref_dispose(&pod);
	return known;
}

static int contexts(void)
{
	struct lf_node *line = line_new("contexts"), *list = lf_node_set_list(line, "names");
	struct lf_names names;
	struct lf_error err = {0};
	char *current;
	size_t i;

	if (lf_kube_contexts(&names, &current, &err) != LF_OK) {
		lf_node_free(line);
		print_error(&err);
		return 1;
	}
	for (i = 0; i < names.count; i++)
		lf_node_add_text(list, names.items[i]);
	lf_node_set_text(line, "current", current);
	print(line);
	lf_free(current);
	lf_names_dispose(&names);
	return 0;
}

int main(int argc, char **argv)
{
	struct drive drive = {0};
	struct lf_error err = {0};
	const char *context = NULL;
	const void *module;

	(void)signal(SIGPIPE, SIG_IGN);
	if (argc > 2 && !strcmp(argv[1], "-c")) {
		context = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc < 2)
		return 2;
	if (!strcmp(argv[1], "contexts"))
		return contexts();
	drive.words = argv + 2;
	if (uv_loop_init(&drive.loop) || lf_module_open(&module, "http", &err) || lf_kube_open(&drive.kube, &drive.loop, module, context, &err)) {
		print_error(&err);
		return 1;
	}
	(void)uv_pipe_init(&drive.loop, &drive.input, 0);
	drive.input.data = &drive;
	if ((!strcmp(argv[1], "watch") || !strcmp(word(&drive, 3), "follow")) && !uv_pipe_open(&drive.input, 0))
		(void)uv_read_start((uv_stream_t *)&drive.input, offer_buffer, on_input);
	if (!run(&drive, argv[1])) {
		end(&drive, NULL);
		drive.status = 2;
	}
	(void)uv_run(&drive.loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&drive.loop);
	return drive.status;
}
