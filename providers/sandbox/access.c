/* access: SelfSubjectAccessReview: whether the demo's user may do something, by the same rules that refuse
 * it. */
#include "config.h"
#include "providers/sandbox/request.h"

#include "core/json.h"
#include "core/node.h"
#include "providers/sandbox/tree.h"

/* The kind of a resource named in a review; NULL if it is none of ours. */
static const struct lf_kind *kind_of(const char *group, const char *plural)
{
	for (size_t i = 0; i < LF_K_COUNT; i++)
		if (lf_equal(lf_kind_at(i)->group, group) && lf_equal(lf_kind_at(i)->plural, plural))
			return lf_kind_at(i);
	return NULL;
}

void lf_review_handle(struct lf_sandbox *sandbox, const struct lf_request *request, struct lf_reply *reply)
{
	struct lf_refusal refusal = {0};
	const struct lf_node *wanted;
	const struct lf_kind *kind;
	struct lf_node *review = NULL;
	struct lf_error err;
	bool allowed;

	if (!lf_equal(request->plural, "selfsubjectaccessreviews") || !lf_equal(request->method, "POST")) {
		lf_reply_text(reply, 404, "404 page not found\n");
		return;
	}
	if (lf_json_parse(&review, lf_str_text(&request->body), request->body.length, &err) ||
	    lf_node_kind(review) != LF_NODE_MAP) {
		(void)lf_refuse(&refusal, 400, "BadRequest", "the body is not a SelfSubjectAccessReview");
		lf_reply_refuse(reply, &refusal);
		lf_node_free(review);
		return;
	}
	wanted = lf_node_get(review, "spec.resourceAttributes");
	kind = kind_of(lf_node_text(wanted, "group"), lf_node_text(wanted, "resource"));
	allowed = !kind || lf_scenario_allows(sandbox->scenario, kind->id, lf_node_text(wanted, "verb"));
	lf_node_set_text(review, "kind", "SelfSubjectAccessReview");
	lf_node_set_text(review, "apiVersion", "authorization.k8s.io/v1");
	lf_tree_set(review, "metadata.creationTimestamp", lf_node_new(LF_NODE_NULL));
	(void)lf_node_set(review, "status", lf_node_new(LF_NODE_MAP));
	lf_tree_bool(review, "status.allowed", allowed);
	if (allowed)
		lf_tree_text(
		    review, "status.reason",
		    "RBAC: allowed by ClusterRoleBinding \"demo\" of ClusterRole \"demo\" to User \"demo\"");
	lf_reply_object(reply, 201, review);
	lf_node_free(review);
}
