/* logs: what containers wrote. Nothing is stored: a line is a function of the container, its start and its
 * number, so the log of a pod that has run for two weeks costs nothing and reads the same every time. */
#include "config.h"
#include "providers/sandbox/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/mem.h"
#include "providers/sandbox/overlay.h"
#include "providers/sandbox/tree.h"

enum { BEAT_MS = 5000, MAX_LINES = 1000 };

/* How a program starts; after the last of these it answers a probe every few seconds. */
struct opening {
	int after_ms;
	const char *text; /* %s: the time as this program writes it, then the name, then the version */
};

static const struct opening server_lines[] = {
    {0, "/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration"},
    {20, "/docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/"},
    {60, "10-listen-on-ipv6-by-default.sh: info: Enabled listen on IPv6 in /etc/nginx/conf.d/default.conf"},
    {110, "/docker-entrypoint.sh: Configuration complete; ready for start up"},
    {150, "[notice] 1#1: using the \"epoll\" event method"},
    {160, "[notice] 1#1: start worker processes"},
};

static const struct opening service_lines[] = {
    {0, "level=info msg=\"starting\" pid=1"},
    {70, "level=info msg=\"configuration loaded\" source=environment"},
    {190, "level=info msg=\"listening\" addr=:8080"},
};

struct log {
	struct lf_sandbox *sandbox;
	char *namespace, *pod, *uid, *container, *name;
	int64_t started_ms; /* of the container */
	int64_t sent;       /* lines so far, from the first there ever was */
	bool is_server, timestamps;
	const struct opening *opening;
	int64_t opening_count;
};

static int64_t line_ms(const struct log *log, int64_t number)
{
	if (number < log->opening_count)
		return log->started_ms + log->opening[number].after_ms;
	return log->started_ms + log->opening[log->opening_count - 1].after_ms +
	       (number - log->opening_count + 1) * BEAT_MS;
}

/* How many lines there are up to NOW. */
static int64_t lines_until(const struct log *log, int64_t now_ms)
{
	int64_t last = log->started_ms + log->opening[log->opening_count - 1].after_ms, count = 0;

	while (count < log->opening_count && line_ms(log, count) <= now_ms)
		count++;
	return count < log->opening_count ? count : count + (now_ms - last) / BEAT_MS;
}

static void emit_line(struct lf_str *out, const struct log *log, int64_t number)
{
	int64_t at = line_ms(log, number);
	time_t seconds = (time_t)(at / 1000);
	struct tm parts;
	char when[40], nginx[40];

	gmtime_r(&seconds, &parts);
	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &parts);
	if (log->timestamps)
		lf_str_addf(out, "%s.%03d000000Z ", when, (int)(at % 1000));
	if (number < log->opening_count && log->is_server) {
		(void)strftime(nginx, sizeof(nginx), "%Y/%m/%d %H:%M:%S ", &parts);
		lf_str_addf(out, "%s%s\n", *log->opening[number].text == '[' ? nginx : "",
		            log->opening[number].text);
	} else if (number < log->opening_count) {
		lf_str_addf(out, "time=%s.%03dZ %s app=%s\n", when, (int)(at % 1000),
		            log->opening[number].text, log->name);
	} else if (log->is_server) {
		(void)strftime(nginx, sizeof(nginx), "%d/%b/%Y:%H:%M:%S +0000", &parts);
		lf_str_addf(
		    out, "10.244.0.1 - - [%s] \"GET / HTTP/1.1\" 200 615 \"-\" \"kube-probe/1.35\" \"-\"\n",
		    nginx);
	} else {
		lf_str_addf(out,
		            "time=%s.%03dZ level=info msg=\"request\" method=GET path=/healthz status=200 "
		            "duration=%dms app=%s\n",
		            when, (int)(at % 1000), 1 + (int)(number % 4), log->name);
	}
}

static const struct lf_node *status_of(const struct lf_node *pod, const char *container)
{
	return lf_tree_item(lf_node_get(pod, "status.containerStatuses"), "name", container);
}

static bool still_runs(const struct log *log)
{
	const struct lf_node *pod =
	    lf_store_find(log->sandbox->store, lf_kind_get(LF_K_POD), log->namespace, log->pod);

	return pod && lf_equal(lf_tree_uid(pod), log->uid) &&
	       lf_node_get(status_of(pod, log->container), "state.running");
}

static bool log_read(struct lf_str *out, void *payload)
{
	struct log *log = payload;
	int64_t now = lines_until(log, lf_clock_now_ms());

	if (now - log->sent > MAX_LINES)
		log->sent = now - MAX_LINES;
	for (; log->sent < now; log->sent++)
		emit_line(out, log, log->sent);
	return still_runs(log);
}

static int64_t log_patience(void *payload)
{
	const struct log *log = payload;
	int64_t wait = line_ms(log, log->sent) - lf_clock_now_ms();

	return wait > 0 ? wait : 0;
}

static void log_free(void *payload)
{
	struct log *log = payload;

	lf_free(log->namespace);
	lf_free(log->pod);
	lf_free(log->uid);
	lf_free(log->container);
	lf_free(log->name);
	lf_free(log);
}

static int refuse(struct lf_refusal *refusal, const char *message)
{
	return lf_refuse(refusal, 400, "BadRequest", "%s", message);
}

/* The container that is meant: the named one, or the only one. NULL with *REFUSAL. */
static const struct lf_node *choose(const struct lf_node *pod, const char *name, struct lf_refusal *refusal)
{
	const struct lf_node *containers = lf_node_get(pod, "spec.containers"), *found;
	struct lf_str text = {0};

	if (!*name && lf_node_count(containers) == 1)
		return lf_node_at(containers, 0);
	found = *name ? lf_tree_item(containers, "name", name) : NULL;
	if (found)
		return found;
	if (*name) {
		lf_str_addf(&text, "container %s is not valid for pod %s", name, lf_tree_name(pod));
	} else {
		lf_str_addf(&text, "a container name must be specified for pod %s, choose one of: [",
		            lf_tree_name(pod));
		for (size_t i = 0; i < lf_node_count(containers); i++)
			lf_str_addf(&text, "%s%s", i ? " " : "",
			            lf_node_text(lf_node_at(containers, i), "name"));
		lf_str_add(&text, "]");
	}
	(void)refuse(refusal, lf_str_text(&text));
	lf_str_dispose(&text);
	return NULL;
}

static struct log *open_log(struct lf_sandbox *sandbox, const struct lf_request *request,
                            struct lf_refusal *refusal)
{
	const struct lf_node *pod = lf_store_find(sandbox->store, request->kind, request->namespace,
	                                          request->name),
	                     *container, *status;
	const char *reason, *image, *base;
	struct log *log = NULL;
	char *text = NULL;

	if (!pod) {
		(void)lf_refuse_not_found(refusal, request->kind, request->name);
		return NULL;
	}
	container = choose(pod, lf_request_get(request, "container"), refusal);
	if (!container)
		return NULL;
	status = status_of(pod, lf_node_text(container, "name"));
	reason = lf_node_text(status, "state.waiting.reason");
	if (lf_request_is(request, "previous"))
		text = lf_format("previous terminated container \"%s\" in pod \"%s\" not found",
		                 lf_node_text(container, "name"), request->name);
	else if (!lf_node_get(status, "state.running"))
		text = lf_format("container \"%s\" in pod \"%s\" is waiting to start: %s",
		                 lf_node_text(container, "name"), request->name,
		                 lf_equal(reason, "ErrImagePull")       ? "image can't be pulled"
		                 : lf_equal(reason, "ImagePullBackOff") ? "trying and failing to pull image"
		                 : *reason                              ? reason
		                                                        : "PodInitializing");
	if (text) {
		(void)refuse(refusal, text);
		lf_free(text);
		return NULL;
	}
	image = lf_node_text(container, "image");
	base = strrchr(image, '/') ? strrchr(image, '/') + 1 : image;
	log = lf_alloc(1, sizeof(*log));
	*log = (struct log){.sandbox = sandbox,
	                    .namespace = lf_dup(request->namespace),
	                    .pod = lf_dup(request->name),
	                    .uid = lf_dup(lf_tree_uid(pod)),
	                    .container = lf_dup(lf_node_text(container, "name")),
	                    .name = lf_dup_n(base, lf_image_name_length(base))};
	log->started_ms = lf_clock_parse(lf_node_text(status, "state.running.startedAt")) * 1000;
	log->is_server = lf_starts_with(base, "nginx");
	log->opening = log->is_server ? server_lines : service_lines;
	log->opening_count =
	    log->is_server ? (int64_t)LF_COUNT(server_lines) : (int64_t)LF_COUNT(service_lines);
	log->timestamps = lf_request_is(request, "timestamps");
	return log;
}

void lf_log_handle(struct lf_sandbox *sandbox, const struct lf_request *request, struct lf_reply *reply)
{
	const char *tail = lf_request_get(request, "tailLines"),
	           *since = lf_request_get(request, "sinceSeconds");
	struct lf_refusal refusal = {0};
	struct log *log = NULL;
	int64_t now;

	if (request->kind->id != LF_K_POD || !lf_equal(request->method, "GET"))
		(void)lf_refuse(&refusal, 404, "NotFound",
		                "the server could not find the requested resource");
	else
		log = open_log(sandbox, request, &refusal);
	if (!log) {
		lf_reply_refuse(reply, &refusal);
		return;
	}
	now = lines_until(log, lf_clock_now_ms());
	if (*since)
		log->sent = lines_until(log, lf_clock_now_ms() - (int64_t)strtoul(since, NULL, 10) * 1000);
	if (*tail && now - log->sent > (int64_t)strtoul(tail, NULL, 10))
		log->sent = now - (int64_t)strtoul(tail, NULL, 10);
	(void)log_read(&reply->body, log);
	reply->code = 200;
	reply->type = "text/plain";
	if (lf_request_is(request, "follow"))
		reply->stream = (struct lf_stream_source){
		    .read = log_read, .patience_ms = log_patience, .free = log_free, .payload = log};
	else
		log_free(log);
}
