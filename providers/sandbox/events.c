/* events: see events.h. Writes Event objects; the store forgets the oldest. */
#include "config.h"
#include "providers/sandbox/events.h"

#include "core/mem.h"
#include "core/str.h"
#include "providers/sandbox/sandbox.h"
#include "providers/sandbox/tree.h"

static bool repeats(const struct lf_node *event, const struct lf_node *object, const char *reason,
                    const char *message)
{
	return lf_equal(lf_node_text(event, "involvedObject.uid"), lf_tree_uid(object)) &&
	       lf_equal(lf_node_text(event, "reason"), reason) &&
	       lf_equal(lf_node_text(event, "message"), message);
}

static const struct lf_node *find_same(const struct lf_store *store, const char *namespace,
                                       const struct lf_node *object, const char *reason, const char *message)
{
	const struct lf_node *event;

	for (size_t i = 0; (event = lf_store_next(store, lf_kind_get(LF_K_EVENT), namespace, &i));)
		if (repeats(event, object, reason, message))
			return event;
	return NULL;
}

static struct lf_node *build_event(const struct lf_node *object, const char *namespace, const char *type,
                                   const char *reason, const char *component, const char *message)
{
	struct lf_node *event = lf_node_new(LF_NODE_MAP);
	char now[32], suffix[17];
	char *name;

	lf_random_hex(suffix, 16);
	name = lf_format("%s.%s", lf_tree_name(object), suffix);
	lf_tree_text(event, "metadata.name", name);
	lf_tree_text(event, "metadata.namespace", namespace);
	lf_tree_text(event, "involvedObject.kind", lf_node_text(object, "kind"));
	if (*lf_tree_namespace(object))
		lf_tree_text(event, "involvedObject.namespace", lf_tree_namespace(object));
	lf_tree_text(event, "involvedObject.name", lf_tree_name(object));
	lf_tree_text(event, "involvedObject.uid", lf_tree_uid(object));
	lf_tree_text(event, "involvedObject.apiVersion", lf_node_text(object, "apiVersion"));
	lf_tree_text(event, "involvedObject.resourceVersion",
	             lf_node_text(object, "metadata.resourceVersion"));
	lf_node_set_text(event, "reason", reason);
	lf_node_set_text(event, "message", message);
	lf_tree_text(event, "source.component", component);
	lf_node_set_text(event, "firstTimestamp", lf_clock(now));
	lf_node_set_text(event, "lastTimestamp", now);
	lf_node_set_int(event, "count", 1);
	lf_node_set_text(event, "type", type);
	(void)lf_node_set(event, "eventTime", lf_node_new(LF_NODE_NULL));
	lf_node_set_text(event, "reportingComponent", component);
	lf_node_set_text(event, "reportingInstance", "");
	lf_free(name);
	return event;
}

void lf_event_annotated(struct lf_sandbox *sandbox, const struct lf_node *object, const char *type,
                        const char *reason, const char *component, const char *key, const char *value,
                        const char *message)
{
	const char *namespace = *lf_tree_namespace(object) ? lf_tree_namespace(object) : "default";
	const struct lf_node *same = find_same(sandbox->store, namespace, object, reason, message);
	struct lf_node *event;
	char now[32];

	if (same) {
		event = lf_node_dup(same);
		lf_node_set_text(event, "lastTimestamp", lf_clock(now));
		lf_node_set_int(event, "count", lf_node_int(event, "count", 1) + 1);
	} else {
		event = build_event(object, namespace, type, reason, component, message);
	}
	if (key)
		lf_tree_annotation(event, key, value);
	(void)lf_store_put(sandbox->store, lf_kind_get(LF_K_EVENT), event, NULL);
}

void lf_event(struct lf_sandbox *sandbox, const struct lf_node *object, const char *type, const char *reason,
              const char *component, const char *format, ...)
{
	struct lf_str message = {0};
	va_list args;

	va_start(args, format);
	lf_str_addv(&message, format, args);
	va_end(args);
	lf_event_annotated(sandbox, object, type, reason, component, NULL, NULL, lf_str_text(&message));
	lf_str_dispose(&message);
}
