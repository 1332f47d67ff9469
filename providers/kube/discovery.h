/* What the two halves of discovery share: discovery.c asks, discovery_facts.c reads the answers. */
#ifndef LF_PROVIDERS_KUBE_DISCOVERY_H
#define LF_PROVIDERS_KUBE_DISCOVERY_H

#include "providers/kube/internal.h"

/* Whether the kinds of GROUP are of interest to us: a cluster may have hundreds. */
bool kube_facts_wants_group(const char *group);
void kube_facts_version(struct lf_cluster_facts *facts, const struct lf_node *version);
void kube_facts_names(struct lf_names *out, const struct lf_node *list);
/* The CRD that tells Flux's version and, as a guess, its namespace. */
void kube_facts_flux_crd(struct lf_cluster_facts *facts, const struct lf_node *crd);
void kube_facts_flux_workloads(struct lf_cluster_facts *facts, const struct lf_node *list);
void kube_facts_argocd_workloads(struct lf_cluster_facts *facts, const struct lf_node *list);
void kube_facts_argocd_config(struct lf_cluster_facts *facts, const struct lf_node *list);
/* Adds the objects of LIST, of KIND as served, trimmed to what identifies them and says what they apply. */
void kube_facts_consumers(struct lf_cluster_facts *facts, const struct lf_served_kind *kind, const struct lf_node *list);
/* After everything was read: what is present, and where, as far as that can be told. */
void kube_facts_conclude(struct lf_cluster_facts *facts, const struct kube_kinds *kinds);

#endif
