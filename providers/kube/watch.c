/* watch: a list, then a stream of changes from where the list was, for as long as nobody cancels it. Owns when to list again, when to wait and for how long. Must not
 * interpret an object beyond its metadata. */
#include "config.h"
#include "providers/kube/internal.h"

#include <inttypes.h>
#include <string.h>

#include "core/json.h"
#include "core/mem.h"

#define PAGES_MAX 10000
#define OBJECTS_MAX 200000
#define SHORT_LIFE_MS 1000 /* a stream that ends sooner than this counts as a failure */
#define GRACE_MS 15000	   /* over the time after which the server ends a stream itself */

struct watch {
	struct lf_kube_call call; /* first: they are one thing */
	struct lf_ref ref;
	char *labels;
	struct lf_kube_watch_handler handler;
	char *path, *api_version, *kind; /* of the objects */
	struct kube_lookup *lookup;
	struct kube_exchange *exchange;
	struct kube_parsing *parsing;
	struct kube_timer *timer;
	/* the list under way */
	char *continue_token;
	struct lf_names uids;
	int page_objects, pages;
	/* the stream */
	char *resource_version; /* where to go on; NULL: list first */
	struct kube_frame frame;
	struct lf_error failure; /* why we ended the stream ourselves */
	bool bookmarks;		 /* this server sends them: silence means something */
	uint64_t opened_ms;	 /* 0: not open */
	bool forgotten;		 /* the server no longer had what the last stream asked for */
	int failures;
};

static void begin(void *payload);

static void free_watch(struct lf_kube_call *call)
{
	struct watch *w = (struct watch *)call;

	kube_lookup_cancel(&w->lookup);
	kube_exchange_cancel(&w->exchange);
	kube_parse_cancel(&w->parsing);
	kube_timer_clear(&w->timer);
	kube_frame_dispose(&w->frame);
	lf_names_dispose(&w->uids);
	lf_ref_dispose(&w->ref);
	lf_free(w->labels);
	lf_free(w->path);
	lf_free(w->api_version);
	lf_free(w->kind);
	lf_free(w->continue_token);
	lf_free(w->resource_version);
	lf_free(w);
}

static void tell(struct watch *w, enum lf_kube_freshness state, const struct lf_error *err, int64_t next_try_ms)
{
	if (!w->call.dead && w->handler.state)
		w->handler.state(state, err, next_try_ms, w->handler.payload);
}

static void forget_list(struct watch *w)
{
	lf_names_dispose(&w->uids);
	lf_set(&w->continue_token, NULL);
	w->pages = 0;
}

static int64_t backoff_ms(const struct watch *w)
{
	int64_t ms = w->call.kube->backoff_first_ms;
	int i;

	for (i = 1; i < w->failures && ms < w->call.kube->backoff_last_ms; i++)
		ms *= 2;
	return kube_jitter_ms(ms < w->call.kube->backoff_last_ms ? ms : w->call.kube->backoff_last_ms);
}

/* Says what is wrong and when it will be tried again; for ever, but for what only a change in the cluster can cure. */
static void broken(struct watch *w, const struct lf_error *err, int64_t retry_after_ms)
{
	int64_t wait;

	w->opened_ms = 0;
	kube_frame_dispose(&w->frame);
	forget_list(w);
	if (err->code == LF_EFORBIDDEN || err->code == LF_ENOTFOUND) {
		tell(w, LF_KUBE_BROKEN, err, 0);
		return;
	}
	w->failures++;
	wait = backoff_ms(w);
	if (retry_after_ms > wait)
		wait = retry_after_ms;
	kube_timer_set(&w->timer, w->call.kube, wait, begin, w);
	tell(w, LF_KUBE_BROKEN, err, kube_wall_ms() + wait);
}

static void broken_shape(struct watch *w, const char *what)
{
	struct lf_error err = {0};

	(void)lf_fail(&err, LF_EPARSE, "kube.watch", 0, "the API server %s", what);
	lf_hint(&err, "Check the cluster's server in the kubeconfig, and what stands in front of it.");
	lf_set(&w->resource_version, NULL);
	broken(w, &err, -1);
}

/* Objects in a list of a built-in kind do not say what they are. */
static void put(struct watch *w, struct lf_node *object)
{
	if (!*lf_node_text(object, "apiVersion"))
		lf_node_set_text(object, "apiVersion", w->api_version);
	if (!*lf_node_text(object, "kind"))
		lf_node_set_text(object, "kind", w->kind);
	w->handler.put(object, w->handler.payload);
}

static bool is_object(const struct lf_node *object)
{
	return lf_node_kind(object) == LF_NODE_MAP && lf_node_kind(lf_node_key(object, "metadata")) == LF_NODE_MAP &&
	       *lf_node_text(object, "metadata.name");
}

/* ---- the stream */

static int refuse_line(struct watch *w, const char *what)
{
	(void)lf_fail(&w->failure, LF_EPARSE, "kube.watch", 0, "the API server sent %s", what);
	lf_hint(&w->failure, "Check what stands between here and the API server.");
	lf_set(&w->resource_version, NULL);
	return 1;
}

static int take_event(struct watch *w, struct lf_node *event)
{
	const char *type = lf_node_text(event, "type");
	struct lf_node *object = lf_node_key(event, "object");
	const char *version = lf_node_text(object, "metadata.resourceVersion");
	struct lf_ref ref;
	size_t i;

	if (!strcmp(type, "ERROR")) {
		(void)kube_status_of_node(&w->failure, 500, object, w->call.kube->config);
		return 1;
	}
	if (lf_node_kind(object) != LF_NODE_MAP)
		return refuse_line(w, "an event without an object");
	if (*version)
		lf_set(&w->resource_version, version);
	w->failures = 0;
	w->forgotten = false;
	if (!strcmp(type, "BOOKMARK")) {
		w->bookmarks = true;
		return 0;
	}
	if (!is_object(object))
		return 0;
	if (!strcmp(type, "ADDED") || !strcmp(type, "MODIFIED")) {
		for (i = 0; lf_node_at(event, i) != object; i++)
			;
		put(w, lf_node_take(event, i));
	} else if (!strcmp(type, "DELETED")) {
		if (!*lf_node_text(object, "kind")) {
			lf_node_set_text(object, "apiVersion", w->api_version);
			lf_node_set_text(object, "kind", w->kind);
		}
		ref = lf_ref_of(object);
		w->handler.removed(&ref, w->handler.payload);
		lf_ref_dispose(&ref);
	}
	return 0;
}

static int on_line(const char *text, size_t length, void *payload)
{
	struct watch *w = payload;
	struct lf_node *event = NULL;
	int rc;

	while (length && (text[length - 1] == '\r' || text[length - 1] == ' '))
		length--;
	if (!length)
		return 0;
	if (lf_json_parse(&event, text, length, NULL) != LF_OK)
		return refuse_line(w, "something that is no event");
	rc = take_event(w, event);
	lf_node_free(event);
	return rc || w->call.dead;
}

static int on_stream_data(const char *bytes, size_t length, void *payload)
{
	struct watch *w = payload;
	int rc = kube_frame_add(&w->frame, bytes, length, on_line, w);

	if (rc == LF_ELIMIT)
		return refuse_line(w, "an event larger than we accept");
	return rc;
}

static void on_stream_open(void *payload)
{
	struct watch *w = payload;

	w->opened_ms = uv_now(w->call.kube->loop);
	tell(w, LF_KUBE_LIVE, NULL, 0);
}

static void on_stream_done(struct kube_answer *answer, void *payload)
{
	struct watch *w = payload;
	struct lf_error err = w->failure.code ? w->failure : answer->error;
	bool lived = w->opened_ms && uv_now(w->call.kube->loop) - w->opened_ms >= SHORT_LIFE_MS;

	w->exchange = NULL;
	w->opened_ms = 0;
	if (lived) {
		w->failures = 0;
		w->forgotten = false;
	}
	kube_frame_dispose(&w->frame);
	memset(&w->failure, 0, sizeof(w->failure));
	if (w->call.dead)
		return;
	if (err.code == LF_EGONE) {
		/* At once the first time; a server that always says so is left in peace. */
		lf_set(&w->resource_version, NULL);
		if (w->forgotten) {
			broken(w, &err, -1);
			return;
		}
		w->forgotten = true;
		tell(w, LF_KUBE_CONNECTING, NULL, 0);
		begin(w);
	} else if (err.code == LF_ETIMEOUT && lived) {
		tell(w, LF_KUBE_CONNECTING, NULL, 0);
		begin(w);
	} else if (err.code) {
		broken(w, &err, answer->retry_after_ms);
	} else if (lived) {
		begin(w); /* the server ends streams after a while: not worth a word */
	} else {
		(void)lf_fail(&err, LF_ENET, "kube.watch", 0, "the API server ended the watch at once");
		lf_hint(&err, "It is tried again; if it stays so, look at the API server.");
		broken(w, &err, -1);
	}
}

static void add_selector(struct lf_str *path, const struct watch *w)
{
	if (*w->ref.name) {
		lf_str_add(path, "&fieldSelector=metadata.name%3D");
		kube_path_escape(path, w->ref.name);
	}
	if (w->labels && *w->labels) {
		lf_str_add(path, "&labelSelector=");
		kube_path_escape(path, w->labels);
	}
}

static void open_stream(struct watch *w)
{
	const struct lf_kube *kube = w->call.kube;
	const struct kube_exchange_handler handler = {.open = on_stream_open, .data = on_stream_data, .done = on_stream_done, .payload = w};
	int64_t seconds = kube_jitter_ms((int64_t)kube->watch_seconds * 1000) / 1000;
	struct kube_ask ask = {.method = "GET", .stream = true};
	struct lf_str path = {0};

	/* Between half of it and all: streams opened together need not end together. */
	seconds = seconds > kube->watch_seconds ? kube->watch_seconds : seconds < 1 ? 1 : seconds;
	ask.quiet_ms = w->bookmarks ? kube->quiet_ms : (int)seconds * 1000 + GRACE_MS;
	w->frame.limit = KUBE_LINE_BYTES_MAX;
	lf_str_addf(&path, "%s?watch=true&allowWatchBookmarks=true&timeoutSeconds=%" PRId64 "&resourceVersion=", w->path, seconds);
	kube_path_escape(&path, w->resource_version);
	add_selector(&path, w);
	ask.path = lf_str_text(&path);
	w->exchange = kube_exchange_start(w->call.kube, &ask, &handler);
	lf_str_dispose(&path);
}

/* ---- the list */

static void next_page(struct watch *w);

static void end_list(struct watch *w, const char *version)
{
	struct lf_names uids = w->uids;

	lf_set(&w->resource_version, version);
	memset(&w->uids, 0, sizeof(w->uids));
	forget_list(w);
	if (w->handler.listed)
		w->handler.listed((const char *const *)uids.items, uids.count, w->handler.payload);
	lf_names_dispose(&uids);
	tell(w, LF_KUBE_LIVE, NULL, 0);
	if (!w->call.dead)
		open_stream(w);
}

static void on_page_parsed(struct lf_node *page, const struct lf_error *err, void *payload)
{
	struct watch *w = payload;
	struct lf_node *items = lf_node_key(page, "items"), *object;
	const char *next = lf_node_text(page, "metadata.continue"), *version = lf_node_text(page, "metadata.resourceVersion");
	size_t i;

	w->parsing = NULL;
	if (err) {
		broken(w, err, -1);
		return;
	}
	for (i = 0; i < lf_node_count(items) && !w->call.dead && w->uids.count < OBJECTS_MAX; i++) {
		if (!is_object(lf_node_at(items, i)))
			continue;
		lf_names_add(&w->uids, lf_node_text(lf_node_at(items, i), "metadata.uid"));
		object = lf_node_take(items, i);
		put(w, object);
	}
	if (w->call.dead)
		;
	else if (lf_node_kind(items) != LF_NODE_LIST && lf_node_kind(items) != LF_NODE_NULL)
		broken_shape(w, "sent a list without items");
	else if (!*version)
		broken_shape(w, "sent a list without a version");
	else if (!*next)
		end_list(w, version);
	else if (++w->pages >= PAGES_MAX || lf_equal(next, w->continue_token) || w->uids.count >= OBJECTS_MAX)
		broken_shape(w, "sends a list that does not end");
	else {
		lf_set(&w->continue_token, next);
		next_page(w);
	}
	lf_node_free(page);
}

static void on_page(struct kube_answer *answer, void *payload)
{
	struct watch *w = payload;
	bool continued = w->continue_token != NULL;

	w->exchange = NULL;
	if (answer->error.code == LF_ELIMIT && w->page_objects > 1) {
		w->page_objects = w->page_objects / 10 > 0 ? w->page_objects / 10 : 1;
		forget_list(w);
		next_page(w);
	} else if (answer->error.code == LF_EGONE && continued && !w->forgotten) {
		w->forgotten = true;
		forget_list(w); /* the list took longer than the server remembers */
		next_page(w);
	} else if (answer->error.code) {
		broken(w, &answer->error, answer->retry_after_ms);
	} else {
		w->parsing = kube_parse(w->call.kube, &answer->body, on_page_parsed, w);
	}
}

static void next_page(struct watch *w)
{
	const struct kube_exchange_handler handler = {.done = on_page, .payload = w};
	struct kube_ask ask = {.method = "GET", .limit = KUBE_PAGE_BYTES_MAX};
	struct lf_str path = {0};

	lf_str_addf(&path, "%s?limit=%d", w->path, w->page_objects);
	if (w->continue_token) {
		lf_str_add(&path, "&continue=");
		kube_path_escape(&path, w->continue_token);
	}
	add_selector(&path, w);
	ask.path = lf_str_text(&path);
	w->exchange = kube_exchange_start(w->call.kube, &ask, &handler);
	lf_str_dispose(&path);
}

/* ---- from the beginning */

static void take_kind(struct watch *w, const struct lf_served_kind *kind)
{
	struct lf_str path = {0};

	kube_path_object(&path, kind, w->ref.namespace, "");
	lf_free(w->path);
	w->path = lf_str_take(&path);
	lf_free(w->api_version);
	w->api_version = *kind->group ? lf_format("%s/%s", kind->group, kind->version) : lf_dup(kind->version);
	lf_set(&w->kind, kind->kind);
}

static void on_kind(const struct lf_served_kind *found, const struct lf_error *err, void *payload)
{
	struct watch *w = payload;
	struct lf_error missing = {0};

	w->lookup = NULL;
	if (found) {
		take_kind(w, found);
		next_page(w);
		return;
	}
	if (!err) {
		kube_fail_unserved(&missing, &w->ref, NULL);
		err = &missing;
	}
	broken(w, err, -1);
}

static void begin(void *payload)
{
	struct watch *w = payload;
	struct lf_kube *kube = w->call.kube;
	const struct lf_served_kind *kind;

	if (w->call.dead)
		return;
	if (w->path && w->resource_version) {
		open_stream(w);
		return;
	}
	kind = kube_kinds_find(&kube->kinds, w->ref.group, NULL, w->ref.kind);
	if (!w->path && kind)
		take_kind(w, kind);
	if (w->path)
		next_page(w);
	else
		w->lookup = kube_lookup_start(kube, w->ref.group, NULL, w->ref.kind, on_kind, w);
}

static void start(void *payload)
{
	struct watch *w = payload;

	tell(w, LF_KUBE_CONNECTING, NULL, 0);
	begin(w);
}

struct lf_kube_call *lf_kube_watch(struct lf_kube *kube, const struct lf_ref *ref, const char *labels, const struct lf_kube_watch_handler *handler)
{
	struct watch *w = lf_alloc(1, sizeof(*w));

	w->ref = lf_ref_dup(ref);
	w->labels = lf_dup(labels);
	w->handler = *handler;
	w->page_objects = KUBE_PAGE_OBJECTS;
	kube_call_add(kube, &w->call, free_watch);
	kube_timer_set(&w->timer, kube, 0, start, w);
	return &w->call;
}
