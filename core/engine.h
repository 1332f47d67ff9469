/* engine: what a GitOps provider is to the rest of the house: a folder that fills this table. Engines are pure: they turn a plan into documents and
 * objects into progress; they do no I/O, so every rule of theirs is tested with data. */
#ifndef LF_CORE_ENGINE_H
#define LF_CORE_ENGINE_H

#include "core/document.h"
#include "core/facts.h"
#include "core/objects.h"
#include "core/progress.h"
#include "core/question.h"

struct lf_origin;
struct lf_plan;
struct lf_handwork;
struct lf_branch_files;
struct lf_extra;
struct lf_resource_action;

/* What is being landed: which objects, for which commit. Owned strings. */
struct lf_target {
	struct lf_ref consumer; /* Application, Kustomization or HelmRelease */
	struct lf_ref source;	/* GitRepository, …; unset until the consumer was read, or for Argo CD */
	char *commit;		/* 40 hex digits; NULL: whatever the source has now */
	char *pinned;		/* what the consumer is to follow instead of the branch that is pushed: a tag; NULL: that branch */
	struct lf_names descendants; /* later commits known to contain it */
	char *token;		/* of our last nudge; NULL: none was made */
	int64_t nudged_ms;	/* wall clock of that nudge */
	char *repository;	/* URL as pushed; may be NULL */
	char *path;		/* pushed path; may be NULL */
	char *namespace;	/* where the workload goes; may be NULL */
	char *context;		/* kube context, for remedy commands; may be NULL */
	struct lf_ref parent;	/* what applies the consumer itself from Git; unset: nothing is known to */
	/* The consumer as it was pushed, as far as it says what runs, where nothing it reads has commits (a chart repository): then this is what is looked for,
	 * and not the commit. NULL otherwise. */
	struct lf_node *wanted;
	struct lf_refs resources; /* what Landfall applied itself, where no controller does */
	struct lf_refs beside;	  /* what another consumer applies, and what decides along with CONSUMER: the Canary of a chart's Deployment */
};
void lf_target_dispose(struct lf_target *target);
bool lf_target_accepts(const struct lf_target *target, const char *commit); /* that commit, or a known descendant */

/* A watch the engine needs. Empty name: all of that kind in the namespace (narrowed by LABELS if set). */
struct lf_want {
	struct lf_ref ref;
	char *labels; /* label selector "app=web,tier=front"; may be NULL */
};
struct lf_wants {
	struct lf_want *items;
	size_t count, capacity;
};
void lf_wants_add(struct lf_wants *wants, const char *group, const char *kind, const char *namespace, const char *name, const char *labels); /* once each */
void lf_wants_dispose(struct lf_wants *wants);
/* The watches needed to judge RESOURCES down to their pods: the resources themselves, then ReplicaSets, Pods and Events of their namespaces. Shared by the engines. */
void lf_wants_workloads(struct lf_wants *wants, const struct lf_objects *objects, const struct lf_ref *resources, size_t count);

/* A JSON merge patch for one object. */
struct lf_patch {
	struct lf_ref ref;
	char *body; /* JSON; NULL: nothing to patch */
};
void lf_patch_dispose(struct lf_patch *patch);

struct lf_engine_kind {
	const char *group, *kind, *version; /* version: the GA one, used when no cluster is known */
	const char *follow; /* the tool's own command that follows one, with lf_command_fill()'s placeholders; NULL: none */
};

struct lf_engine {
	const char *name;  /* "flux": the value of gitopsDeployment */
	const char *title; /* "Flux" */
	const struct lf_question *questions;
	size_t question_count;
	const struct lf_extra *const *extras; /* more rows and documents, a file each; ends with NULL; may be NULL */
	const struct lf_engine_kind *kinds; /* consumers first, then sources */
	size_t kind_count, consumer_count;

	/* Whether this tool is in the cluster. */
	const struct lf_tool_facts *(*tool)(const struct lf_cluster_facts *cluster);

	/* Adds the provider's documents for a plan without problems in shown questions (it must still not crash on one with problems:
	 * the preview renders while the user types). FACTS choose API versions and reuse, may be all unknown. */
	void (*render)(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts);

	/* Fills *OUT (zeroed by the caller) with the object that will consume what PLAN renders: its own, or an existing one. */
	void (*target)(struct lf_target *out, const struct lf_plan *plan, const struct lf_facts *facts);
	/* The same for a CONSUMER as it is to be, of which no answers are known. NULL: there are none. */
	void (*target_of)(struct lf_target *out, const struct lf_node *consumer);

	/* For a provider without a controller: how the commit gets into the cluster by our own hands. FILES are those known to be in the branch then (text NULL: not there);
	 * what else is needed goes to OUT->missing, and it is called again. NULL: a controller does it. */
	int (*apply)(struct lf_handwork *out, const struct lf_plan *plan, const struct lf_facts *facts, const struct lf_branch_files *files, struct lf_error *err);

	/* Which existing consumer in FACTS->cluster.consumers already reads PATH of REPOSITORY at BRANCH; false: none. EXACT: one that applies this very folder
	 * (ask with the workload's path). Else also one that applies a folder above it, the deepest first (ask with the folder of the provider's own files:
	 * such a parent will create our consumer, but it says nothing about a workload below it, which its kustomization.yaml may not list). */
	bool (*find_watcher)(struct lf_ref *out, const struct lf_facts *facts, const char *repository, const char *branch, const char *path, bool exact);

	/* What must be watched to judge TARGET, given what is known so far; called again after each change, until it asks for nothing new. */
	void (*wants)(struct lf_wants *out, const struct lf_objects *objects, const struct lf_target *target);

	/* The patches that ask the controllers to act now, the next in order: source first, consumer when the source has the commit. An empty body: nothing to do
	 * now. TOKEN is a fresh RFC 3339 time with nanoseconds. */
	void (*nudge)(struct lf_patch *out, const struct lf_objects *objects, const struct lf_target *target, const char *token);

	/* What a user may ask of this provider's own objects (resource_action.h); ends with NULL; NULL: nothing. */
	const struct lf_resource_action *const *actions;

	/* Judges: phases, verdict, diagnosis, rows. *OUT is zeroed by the caller; LF_PUSHED is the reducer's, the rest the engine's. */
	void (*assess)(struct lf_progress *out, const struct lf_objects *objects, const struct lf_target *target, int64_t now_ms);

	/* Ownership (core/owner.h). The consumer that OBJECT's labels or annotations name (namespace "" where they leave it out); false: they name none of this tool's. */
	bool (*claim)(struct lf_ref *out, const struct lf_node *object);
	/* Whether CONSUMER's own list of what it applied has REF. */
	bool (*lists)(const struct lf_node *consumer, const struct lf_ref *ref);
	/* Where CONSUMER reads from; fills *OUT (zeroed by the caller). */
	void (*origin)(struct lf_origin *out, const struct lf_objects *objects, const struct lf_node *consumer);
};

#endif
