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
/* Condition TYPE is True for the current generation. */
bool lf_flux_is_true(const struct lf_node *object, const char *type);
/* "… for revision main@sha1:3f9c… with a timeout of 3m0s" → the commit; NULL: none is named. */
LF_NODISCARD char *lf_flux_commit_in_message(const char *message);

#endif
