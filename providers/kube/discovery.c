/* discovery: asks the API server what is there, as much at once as can be. What the user may not see stays unknown; only what makes the cluster useless (no
 * connection, no valid credentials) ends it. */
#include "config.h"
#include "providers/kube/discovery.h"

#include <string.h>

#include "core/mem.h"

#define PARTS_MAX 96
#define PAGES_MAX 20
#define METADATA_LIST "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
#define METADATA "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
#define CRDS "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"

struct discovery;

struct part { /* one question, and its further pages */
	struct discovery *owner;
	void (*take)(struct discovery *discovery, struct part *part, const struct lf_node *tree);
	char *path;
	const char *accept;
	bool decides; /* without this answer there is no cluster */
	struct lf_served_kind kind; /* of consumers: owned copies */
	int pages, retreats;
	struct kube_exchange *exchange;
	struct kube_parsing *parsing;
};

struct discovery {
	struct lf_kube_call call; /* first: they are one thing */
	struct lf_cluster_facts facts;
	struct part *parts[PARTS_MAX];
	size_t count, open;
	bool listing_consumers;
	struct kube_timer *timer;
	lf_kube_facts_fn *done;
	void *payload;
};

static void ask(struct part *part, const char *more);

static void free_part(struct part *part)
{
	kube_exchange_cancel(&part->exchange);
	kube_parse_cancel(&part->parsing);
	lf_free(part->path);
	lf_free(part->kind.group);
	lf_free(part->kind.version);
	lf_free(part->kind.kind);
	lf_free(part->kind.plural);
	lf_free(part);
}

static void free_discovery(struct lf_kube_call *call)
{
	struct discovery *d = (struct discovery *)call;
	size_t i;

	for (i = 0; i < d->count; i++)
		free_part(d->parts[i]);
	kube_timer_clear(&d->timer);
	lf_cluster_facts_dispose(&d->facts);
	lf_free(d);
}

static void end(struct discovery *d, const struct lf_error *err)
{
	if (d->call.dead)
		return;
	kube_call_end(&d->call);
	if (!err)
		kube_facts_conclude(&d->facts, &d->call.kube->kinds);
	d->done(err ? NULL : &d->facts, err, d->payload);
}

static struct part *add_part(struct discovery *d, const char *path,
			     void (*take)(struct discovery *discovery, struct part *part, const struct lf_node *tree), const char *accept)
{
	struct part *part;

	if (d->count >= PARTS_MAX)
		return NULL;
	part = lf_alloc(1, sizeof(*part));
	part->owner = d;
	part->path = lf_dup(path);
	part->take = take;
	part->accept = accept;
	d->parts[d->count++] = part;
	d->open++;
	ask(part, NULL);
	return part;
}

/* ---- what the answers mean */

static void take_version(struct discovery *d, struct part *part, const struct lf_node *tree)
{
	(void)part;
	kube_facts_version(&d->facts, tree);
}

static void take_kinds(struct discovery *d, struct part *part, const struct lf_node *tree)
{
	(void)part;
	kube_kinds_learn(&d->call.kube->kinds, tree);
}

static void take_groups(struct discovery *d, struct part *part, const struct lf_node *tree)
{
	const struct lf_node *groups = lf_node_key(tree, "groups"), *versions;
	struct lf_str path = {0};
	const char *name;
	size_t i, j;

	(void)part;
	for (i = 0; i < lf_node_count(groups); i++) {
		name = lf_node_text(lf_node_at(groups, i), "name");
		versions = lf_node_key(lf_node_at(groups, i), "versions");
		if (!kube_facts_wants_group(name))
			continue;
		for (j = 0; j < lf_node_count(versions); j++) {
			lf_str_truncate(&path, 0);
			kube_path_group(&path, name, lf_node_text(lf_node_at(versions, j), "version"));
			(void)add_part(d, lf_str_text(&path), take_kinds, NULL);
		}
	}
	lf_str_dispose(&path);
}

static void take_namespaces(struct discovery *d, struct part *part, const struct lf_node *tree)
{
	(void)part;
	kube_facts_names(&d->facts.namespaces, tree);
}

static void take_flux_crd(struct discovery *d, struct part *part, const struct lf_node *tree)
{
	(void)part;
	kube_facts_flux_crd(&d->facts, tree);
}

static void take_flux_workloads(struct discovery *d, struct part *part, const struct lf_node *tree)
{
	(void)part;
	kube_facts_flux_workloads(&d->facts, tree);
}

static void take_argocd_workloads(struct discovery *d, struct part *part, const struct lf_node *tree)
{
	(void)part;
	kube_facts_argocd_workloads(&d->facts, tree);
}

static void take_argocd_config(struct discovery *d, struct part *part, const struct lf_node *tree)
{
	(void)part;
	kube_facts_argocd_config(&d->facts, tree);
}

static void take_consumers(struct discovery *d, struct part *part, const struct lf_node *tree)
{
	kube_facts_consumers(&d->facts, &part->kind, tree);
}

static void list_consumers(struct discovery *d, const char *group, const char *kind)
{
	const struct lf_served_kind *found = kube_kinds_find(&d->call.kube->kinds, group, NULL, kind);
	struct lf_str path = {0};
	struct part *part;

	if (!found)
		return;
	kube_path_object(&path, found, "", "");
	lf_str_addf(&path, "?limit=%d", KUBE_PAGE_OBJECTS);
	part = add_part(d, lf_str_text(&path), take_consumers, NULL);
	lf_str_dispose(&path);
	if (!part)
		return;
	part->kind.group = lf_dup(found->group);
	part->kind.version = lf_dup(found->version);
	part->kind.kind = lf_dup(found->kind);
	part->kind.plural = lf_dup(found->plural);
	part->kind.namespaced = found->namespaced;
}

/* ---- one question after the other */

static void close_part(struct part *part)
{
	struct discovery *d = part->owner;

	if (--d->open || d->call.dead)
		return;
	if (!d->listing_consumers) {
		d->listing_consumers = true;
		d->open = 1;
		list_consumers(d, "kustomize.toolkit.fluxcd.io", "Kustomization");
		list_consumers(d, "source.toolkit.fluxcd.io", "GitRepository");
		list_consumers(d, "helm.toolkit.fluxcd.io", "HelmRelease");
		list_consumers(d, "source.toolkit.fluxcd.io", "HelmRepository");
		list_consumers(d, "argoproj.io", "Application");
		list_consumers(d, "argoproj.io", "AppProject");
		d->open--;
	}
	if (!d->open)
		end(d, NULL);
}

/* Consumers of all namespaces are often not for everybody: those of the context's and the tool's namespace may be. */
static bool retreat(struct part *part)
{
	const struct discovery *d = part->owner;
	const struct lf_tool_facts *tool = !strcmp(part->kind.group ? part->kind.group : "", "argoproj.io") ? &d->facts.argocd : &d->facts.flux;
	const char *own = d->call.kube->config->namespace, *theirs = tool->namespace;
	struct lf_str path = {0};

	if (!part->kind.kind || part->retreats > 1)
		return false;
	if (part->retreats == 1 && (!theirs || lf_equal(own, theirs)))
		return false;
	kube_path_object(&path, &part->kind, part->retreats++ ? theirs : own, "");
	lf_str_addf(&path, "?limit=%d", KUBE_PAGE_OBJECTS);
	lf_free(part->path);
	part->path = lf_str_take(&path);
	ask(part, NULL);
	return true;
}

static void on_tree(struct lf_node *tree, const struct lf_error *err, void *payload)
{
	struct part *part = payload;
	struct discovery *d = part->owner;
	char *more;

	part->parsing = NULL;
	if (d->call.dead) {
		lf_node_free(tree);
		return;
	}
	if (err) {
		if (part->decides)
			end(d, err);
		else
			close_part(part);
		return;
	}
	part->take(d, part, tree);
	more = lf_dup(lf_node_text(tree, "metadata.continue"));
	lf_node_free(tree);
	if (*more && ++part->pages < PAGES_MAX)
		ask(part, more);
	else if (part->retreats != 1 || !retreat(part))
		close_part(part);
	lf_free(more);
}

static void on_answer(struct kube_answer *answer, void *payload)
{
	struct part *part = payload;
	struct discovery *d = part->owner;
	enum lf_code code = answer->error.code;

	part->exchange = NULL;
	if (d->call.dead)
		return;
	if (code == LF_EAUTH || (code != LF_OK && part->decides && code != LF_EFORBIDDEN))
		end(d, &answer->error);
	else if (code == LF_EFORBIDDEN && retreat(part))
		;
	else if (code != LF_OK)
		close_part(part);
	else
		part->parsing = kube_parse(d->call.kube, &answer->body, on_tree, part);
}

static void ask(struct part *part, const char *more)
{
	const struct kube_exchange_handler handler = {.done = on_answer, .payload = part};
	struct kube_ask question = {.method = "GET", .accept = part->accept, .limit = KUBE_PAGE_BYTES_MAX};
	struct lf_str path = {0};

	lf_str_add(&path, part->path);
	if (more) {
		lf_str_add(&path, "&continue=");
		kube_path_escape(&path, more);
	}
	question.path = lf_str_text(&path);
	part->exchange = kube_exchange_start(part->owner->call.kube, &question, &handler);
	lf_str_dispose(&path);
}

static void begin(void *payload)
{
	struct discovery *d = payload;
	struct part *version = add_part(d, "/version", take_version, NULL);

	if (version)
		version->decides = true;
	(void)add_part(d, "/api/v1", take_kinds, NULL);
	(void)add_part(d, "/apis", take_groups, NULL);
	(void)add_part(d, "/api/v1/namespaces?limit=500", take_namespaces, METADATA_LIST);
	(void)add_part(d, CRDS "gitrepositories.source.toolkit.fluxcd.io", take_flux_crd, METADATA);
	(void)add_part(d, "/apis/apps/v1/deployments?limit=20&fieldSelector=metadata.name%3Dsource-controller", take_flux_workloads, NULL);
	(void)add_part(d, "/apis/apps/v1/deployments?limit=20&labelSelector=app.kubernetes.io%2Fpart-of%3Dargocd", take_argocd_workloads, NULL);
	(void)add_part(d, "/apis/apps/v1/statefulsets?limit=20&labelSelector=app.kubernetes.io%2Fpart-of%3Dargocd", take_argocd_workloads, NULL);
	(void)add_part(d, "/api/v1/configmaps?limit=20&fieldSelector=metadata.name%3Dargocd-cm", take_argocd_config, METADATA_LIST);
}

struct lf_kube_call *lf_kube_discover(struct lf_kube *kube, lf_kube_facts_fn *done, void *payload)
{
	struct discovery *d = lf_alloc(1, sizeof(*d));

	d->done = done;
	d->payload = payload;
	d->facts.context = lf_dup(kube->config->context);
	d->facts.namespace = lf_dup(kube->config->namespace);
	kube_call_add(kube, &d->call, free_discovery);
	/* From scratch: a CRD may have come or gone. */
	kube_kinds_dispose(&kube->kinds);
	kube_timer_set(&d->timer, kube, 0, begin, d);
	return &d->call;
}
