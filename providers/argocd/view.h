/* view: what is known of a delivery by Argo CD at one moment. A part of assess. */
#ifndef LF_PROVIDERS_ARGOCD_VIEW_H
#define LF_PROVIDERS_ARGOCD_VIEW_H

#include "providers/argocd/argocd.h"

struct lf_argocd_view {
	const struct lf_objects *objects;
	const struct lf_target *target;
	int64_t now_ms;
	const struct lf_node *app, *state; /* state: status.operationState */
	const char *compared;		   /* the commit the last comparison was made with */
	bool is_compared;
	bool is_synced_to;		   /* the operation is one of our commit */
	struct lf_refs resources;
	size_t own;			   /* so many of them are the Application's; the rest is the target's "beside" */
	enum lf_health worst; /* of what runs pods, as we see it */
	bool is_paused;
};

/* Fills OUT, which borrows OBJECTS and TARGET. */
void lf_argocd_view_init(struct lf_argocd_view *out, const struct lf_objects *objects, const struct lf_target *target, int64_t now_ms);
void lf_argocd_view_dispose(struct lf_argocd_view *view);
/* Adds a row for the Application and its resources, and weighs the health of what runs pods into VIEW. */
void lf_argocd_view_rows(struct lf_progress *out, struct lf_argocd_view *view);

bool lf_argocd_view_is_phase(const struct lf_argocd_view *view, const char *phase); /* of the operation */
const char *lf_argocd_view_sync(const struct lf_argocd_view *view);		    /* "Synced", "OutOfSync", "Unknown" or "" */
enum lf_health lf_argocd_view_health(const struct lf_argocd_view *view);	    /* as Argo CD says */

/* assess_comparison.c */
void lf_argocd_assess_comparison(struct lf_progress *out, const struct lf_argocd_view *view);
const struct lf_node *lf_argocd_error_condition(const struct lf_argocd_view *view); /* the worst; NULL: none */
/* A condition may be left over from before the push: it counts when no refresh is under way, and one had the time to begin. */
bool lf_argocd_is_settled(const struct lf_argocd_view *view);
void lf_argocd_assess_condition(struct lf_progress *out, const struct lf_argocd_view *view, const struct lf_node *condition);

#endif
