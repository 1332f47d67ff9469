/* health: what a Kubernetes object's own status says, by the rules of reference argocd §6 (which Argo CD, Flux's kstatus users and
 * people agree on), improved where they stop: init containers count, and a container's reason is named. Pure. */
#ifndef LF_CORE_HEALTH_H
#define LF_CORE_HEALTH_H

#include "core/node.h"
#include "core/str.h"

/* In order of badness as Argo CD aggregates them. */
enum lf_health { LF_HEALTHY, LF_SUSPENDED, LF_PROGRESSING, LF_MISSING, LF_DEGRADED, LF_HEALTH_UNKNOWN };

const char *lf_health_word(enum lf_health health); /* "Healthy" */
enum lf_health lf_health_worse(enum lf_health a, enum lf_health b);

/* OBJECT may be NULL (missing). NOTE gets a few words, already cleaned: "2/3 ready", "ImagePullBackOff", "Bound". */
enum lf_health lf_health_of(const struct lf_node *object, struct lf_str *note);

#endif
