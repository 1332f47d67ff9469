/* workload_container: why one container does not run. A part of workload's diagnosis, of no use to others. */
#ifndef LF_CORE_WORKLOAD_CONTAINER_H
#define LF_CORE_WORKLOAD_CONTAINER_H

#include "core/objects.h"
#include "core/progress.h"

/* How much a cause explains: the higher, the nearer to what a person must change. */
enum lf_cause_rank { LF_CAUSE_NONE, LF_CAUSE_SYMPTOM, LF_CAUSE_WAITING, LF_CAUSE_PLACE, LF_CAUSE_CRASH, LF_CAUSE_CONFIG, LF_CAUSE_IMAGE };

struct lf_pod_view {
	const struct lf_objects *objects;
	const struct lf_node *pod;
	int64_t age_ms; /* of the pod, or of the delivery where the pod may be an old one */
};

/* Fills OUT if the container whose STATUS this is has trouble. */
enum lf_cause_rank lf_container_diagnose(struct lf_diagnosis *out, const struct lf_pod_view *view, const struct lf_node *status, bool is_init);

/* "kubectl VERB -n NAMESPACE NAME REST", quoted, as a remedy. */
void lf_remedy_kubectl(struct lf_diagnosis *out, const char *text, const char *verb, const struct lf_node *object, const char *rest);

/* Whether TEXT holds one of WORDS (lower case, NULL at the end), in any case. */
bool lf_text_mentions(const char *text, const char *const *words);

#endif
