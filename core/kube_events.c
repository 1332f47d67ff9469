/* kube_events: see kube_events.h. */
#include "config.h"
#include "core/kube_events.h"

#include <string.h>

#include "core/condition.h"
#include "core/str.h"

int64_t lf_kube_event_ms(const struct lf_node *event)
{
	static const char *const paths[] = {"series.lastObservedTime", "lastTimestamp", "eventTime", "firstTimestamp", "metadata.creationTimestamp"};

	for (size_t i = 0; i < LF_COUNT(paths); i++) {
		int64_t ms = lf_time_ms(lf_node_text(event, paths[i]));

		if (ms)
			return ms;
	}
	return 0;
}

const struct lf_node *lf_kube_event_find(const struct lf_objects *objects, const struct lf_node *object, const char *reason, const char *part)
{
	const char *uid = lf_node_text(object, "metadata.uid"), *namespace = lf_node_text(object, "metadata.namespace");
	const struct lf_node *newest = NULL, *event;
	int64_t newest_ms = -1;
	size_t at = 0;

	while ((event = lf_objects_next_of_kind(objects, "", "Event", *namespace ? namespace : NULL, &at))) {
		const struct lf_node *about = lf_node_get(event, "involvedObject");
		const char *about_uid = lf_node_text(about, "uid");
		int64_t ms = lf_kube_event_ms(event);

		if (!lf_equal(lf_node_text(about, "name"), lf_node_text(object, "metadata.name")) ||
		    !lf_equal(lf_node_text(about, "kind"), lf_node_text(object, "kind")) || (*about_uid && *uid && !lf_equal(about_uid, uid)))
			continue;
		if (lf_equal(lf_node_text(event, "type"), "Normal") || (reason && !lf_equal(lf_node_text(event, "reason"), reason)) ||
		    (part && !strstr(lf_node_text(event, "message"), part)))
			continue;
		if (ms > newest_ms) {
			newest = event;
			newest_ms = ms;
		}
	}
	return newest;
}
