/* view: what is known of a delivery by Flux at one moment: its objects, which commits they speak of, and what was applied. A part of assess. */
#ifndef LF_PROVIDERS_FLUX_VIEW_H
#define LF_PROVIDERS_FLUX_VIEW_H

#include "providers/flux/flux.h"

struct lf_flux_view {
	const struct lf_objects *objects;
	const struct lf_target *target;
	int64_t now_ms;
	const struct lf_node *consumer, *source;
	struct lf_ref source_ref;
	const struct lf_node *origin; /* what the chart of a HelmRelease is taken from; NULL: none, or not there */
	struct lf_ref origin_ref;
	bool is_wanted; /* the consumer is what was pushed, as far as that can be told */
	char *fetched, *attempted, *applied; /* commits; may be NULL */
	bool is_fetched, is_attempted, is_applied; /* they are ours */
	bool is_checking; /* health checks run, or ran, for what was attempted */
	struct lf_refs resources; /* everything applied, also by nested Kustomizations and HelmReleases */
	enum lf_health worst;	  /* of those that can hold the verdict up */
	bool is_paused;		  /* one of them was told not to go on */
};

/* Fills OUT, which borrows OBJECTS and TARGET. */
void lf_flux_view_init(struct lf_flux_view *out, const struct lf_objects *objects, const struct lf_target *target, int64_t now_ms);
void lf_flux_view_dispose(struct lf_flux_view *view);
/* Adds a row for the source, the consumer and everything applied, and weighs the health of the latter into VIEW. */
void lf_flux_view_rows(struct lf_progress *out, struct lf_flux_view *view);

bool lf_flux_view_is_ready(const struct lf_flux_view *view);   /* the controller calls our commit applied, for the spec as it is */
bool lf_flux_view_is_release(const struct lf_flux_view *view); /* the consumer is a HelmRelease */
/* It was applied, and the controller may be looking at it again, as it does at every interval. */
bool lf_flux_view_stays_applied(const struct lf_flux_view *view);
/* The same, and Flux was content with it: what ran and was healthy does not stop to be so because of another look. */
bool lf_flux_view_is_looked_at_again(const struct lf_flux_view *view);
/* Since when Flux is content. 0: it is not, or while it looks again it does not tell (its history is of Flux 2.7). */
int64_t lf_flux_view_content_since(const struct lf_flux_view *view);
int64_t lf_flux_view_age(const struct lf_flux_view *view, const struct lf_node *condition); /* of its status, in ms; 0: unknown */
/* Condition TYPE is True for the current generation. */
bool lf_flux_is_true(const struct lf_node *object, const char *type);
/* "… for revision main@sha1:3f9c… with a timeout of 3m0s" → the commit; NULL: none is named. */
LF_NODISCARD char *lf_flux_commit_in_message(const char *message);

/* assess_source.c: where nothing of ours was fetched yet, what keeps it. */
void lf_flux_assess_sources(struct lf_progress *out, const struct lf_flux_view *view);
void lf_flux_suspended(struct lf_progress *out, const struct lf_ref *ref); /* the verdict, the diagnosis and how to resume REF */
/* Helm is busy with what was there before: until that action ends, or its time is over, helm-controller looks at nothing else. */
bool lf_flux_waits_for_helm(struct lf_progress *out, const struct lf_flux_view *view);

#endif
