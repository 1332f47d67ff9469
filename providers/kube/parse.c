/* parse: JSON answers to trees: small ones at once, large ones on a work request, so that keys and frames need not wait. */
#include "config.h"
#include "providers/kube/internal.h"

#include "core/json.h"
#include "core/mem.h"

struct kube_parsing {
	uv_work_t work;
	struct lf_kube *kube; /* NULL: nobody wants it any more */
	struct lf_str text;
	struct lf_node *tree;
	struct lf_error error;
	kube_parsed_fn *done;
	void *payload;
};

static int parse(struct lf_node **out, const struct lf_str *text, struct lf_error *err)
{
	int rc = lf_json_parse(out, lf_str_text(text), text->length, err);

	if (rc == LF_OK && lf_node_kind(*out) != LF_NODE_MAP) {
		lf_node_free(*out);
		*out = NULL;
		rc = lf_fail(err, LF_EPARSE, "kube", 0, "not a JSON object");
	}
	if (rc != LF_OK) {
		(void)lf_fail(err, rc == LF_ELIMIT ? LF_ELIMIT : LF_EPARSE, "kube", 0, "this does not answer like a Kubernetes API server");
		lf_hint(err, "Check the cluster's server in the kubeconfig, and whether a proxy or login page stands in front of it.");
	}
	return rc;
}

static void on_work(uv_work_t *work)
{
	struct kube_parsing *parsing = work->data;

	(void)parse(&parsing->tree, &parsing->text, &parsing->error);
}

static void after_work(uv_work_t *work, int status)
{
	struct kube_parsing *parsing = work->data;
	struct lf_kube *kube = parsing->kube;

	(void)status;
	lf_str_dispose(&parsing->text);
	if (kube) {
		kube_enter(kube);
		parsing->done(parsing->tree, parsing->tree ? NULL : &parsing->error, parsing->payload);
		kube_leave(kube);
	} else {
		lf_node_free(parsing->tree);
	}
	lf_free(parsing);
}

struct kube_parsing *kube_parse(struct lf_kube *kube, struct lf_str *text, kube_parsed_fn *done, void *payload)
{
	struct kube_parsing *parsing;
	struct lf_node *tree = NULL;
	struct lf_error err = {0};

	if (text->length <= KUBE_INLINE_PARSE_BYTES) {
		(void)parse(&tree, text, &err);
		lf_str_dispose(text);
		done(tree, tree ? NULL : &err, payload);
		return NULL;
	}
	parsing = lf_alloc(1, sizeof(*parsing));
	parsing->kube = kube;
	parsing->text = *text;
	*text = (struct lf_str){0};
	parsing->done = done;
	parsing->payload = payload;
	parsing->work.data = parsing;
	(void)uv_queue_work(kube->loop, &parsing->work, on_work, after_work);
	return parsing;
}

void kube_parse_cancel(struct kube_parsing **slot)
{
	if (*slot)
		(*slot)->kube = NULL; /* it frees itself when the work has come back */
	*slot = NULL;
}
