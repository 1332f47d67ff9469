/* facts: what was found outside: the working directory's clone, the cluster, the repository. Everything may be unknown, and everything here is
 * shown or offered, never obeyed: a fact only moves a default or adds a warning. Owned by the model. */
#ifndef LF_CORE_FACTS_H
#define LF_CORE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/error.h"
#include "core/node.h"

enum lf_fact_state { LF_FACT_UNKNOWN, LF_FACT_LOOKING, LF_FACT_KNOWN, LF_FACT_FAILED, LF_FACT_NONE };

struct lf_names { /* a list of strings, owned */
	char **items;
	size_t count, capacity;
};
void lf_names_add(struct lf_names *names, const char *name);
bool lf_names_have(const struct lf_names *names, const char *name);
void lf_names_dispose(struct lf_names *names);

/* The clone we stand in, if any, and who the user is. */
struct lf_workdir_facts {
	enum lf_fact_state state;
	char *remote_url; /* of origin, or the only remote */
	char *remote;	  /* "origin" */
	char *branch;	  /* checked out now */
	char *folder;	  /* name of the top folder */
	char *author_name, *author_email; /* from the Git configuration; may be NULL */
	enum lf_fact_state identity;	  /* NONE: looked for, and one of the two is missing; UNKNOWN: not looked for */
};

/* One GitOps tool in the cluster. */
struct lf_tool_facts {
	bool present;
	char *version;	 /* "v2.9.0"; may be NULL */
	char *namespace; /* where its controllers run; may be NULL */
};

/* A kind the API server serves. */
struct lf_served_kind {
	char *group, *version, *kind, *plural;
	bool namespaced;
};

struct lf_cluster_facts {
	enum lf_fact_state state;
	struct lf_error error;	  /* when state is LF_FACT_FAILED */
	struct lf_names contexts; /* of all kubeconfig files */
	char *context;		  /* the one in use */
	char *namespace;	  /* the context's default */
	char *server_version;	  /* "v1.35.4" */
	bool demo;		  /* the sandbox of "landfall demo" */
	struct lf_tool_facts flux, argocd;
	struct lf_served_kind *kinds;
	size_t kind_count;
	struct lf_names namespaces;
	struct lf_node *consumers; /* list: the Kustomizations, HelmReleases, their sources and the Applications that exist (trimmed); NULL: not read */
};
/* The version under which KIND of GROUP is served, newest stable first; NULL if it is not served or nothing is known. */
const char *lf_cluster_version_of(const struct lf_cluster_facts *cluster, const char *group, const char *kind);
bool lf_cluster_is_namespaced(const struct lf_cluster_facts *cluster, const char *group, const char *kind); /* also where nothing is known of the kind */

struct lf_repository_facts {
	enum lf_fact_state state;
	struct lf_error error;
	char *url; /* what was looked at: facts about another URL are ignored */
	char *transport; /* "ssh", "https", "http", "local" */
	struct lf_names branches;
	char *default_branch; /* may be NULL */
	bool empty;	      /* no commit yet */
	int64_t took_ms;
};

/* A file of an earlier delivery that this one does not write any more (leftover.h). */
struct lf_leftover {
	char *path;
	char *why;   /* it stays; NULL: it may go */
	bool is_gitops; /* the provider's own */
};
struct lf_leftovers {
	struct lf_leftover *items;
	size_t count, capacity;
};

struct lf_path_facts {
	enum lf_fact_state state;
	struct lf_error error;
	char *branch, *path; /* what was looked at */
	char *tip;	     /* the commit, 40 hex digits */
	bool same_place;     /* what was read before speaks of this path too: it is another environment's of the same application */
	bool exists;
	bool is_folder;
	bool has_kustomization; /* kustomization.yaml, .yml or Kustomization */
	bool has_chart;
	size_t manifests;	   /* *.yaml and *.yml files directly in it */
	struct lf_names entries;   /* names in it; folders end with '/' */
	struct lf_names top;	   /* names at the root; folders end with '/' */
	struct lf_names tree;	   /* what may tell how the repository is laid out: paths, the shallow ones first; folders end with '/' */
	struct lf_node *objects;   /* list of {path, object}: providers' objects in files of the branch that were read, ours and others; NULL: none */
	char *gitops, *app;	   /* the folder of the provider's files, and the application, when they were read; may be NULL */
	struct lf_leftovers leftovers;
	struct lf_names asked;	   /* paths that were read, or looked for and not found */
	bool unread;		   /* known, but its files are still to be read: whose the manifests are is not known yet */
	bool scaffolded;	   /* every file a scaffold would write is there */
	struct lf_node *documents; /* map from path to the first document of what the branch holds of the files we would write; NULL: not read */
	struct lf_node *sums;	   /* map from path to the SHA-256 of the text of each file that was read; NULL: not read */
	struct lf_node *expanded;  /* map from "SET.yaml#production" to the Application that the set's template and patch give there; NULL: none */
	char *image, *port, *replicas; /* as these files say; may be NULL */
};

/* One version of a chart as its repository lists it. Texts are cleaned; all but version may be NULL. */
struct lf_chart_version {
	char *version;
	char *app_version;
	char *description;
	char *created; /* "2024-05-01" */
	bool prerelease, deprecated;
};

/* A chart that was opened: an archive of a repository, or a folder of the Git repository. */
struct lf_chart_opened {
	enum lf_fact_state state;
	struct lf_error error;
	bool from_git;
	char *url, *chart, *version; /* what was looked at; of Git: repository, path, branch */
	char *name, *exact_version, *app_version, *type, *description; /* Chart.yaml; may be NULL */
	bool deprecated;
	struct lf_names dependencies; /* "postgresql 12.x.x" */
	char *values, *schema, *readme; /* the files' texts; NULL: the chart has none */
	struct lf_node *values_tree;	/* a map; NULL: none, or it cannot be read: values_error says why */
	struct lf_node *schema_tree;	/* NULL: none, or it cannot be read */
	char *unchecked; /* what of the schema is not checked here, in words; NULL: nothing */
	struct lf_error values_error, schema_error;
};

struct lf_chart_facts {
	enum lf_fact_state state; /* of the repository's index, or of an OCI repository's tags */
	struct lf_error error;
	char *url, *chart;	 /* what was looked at; facts about others are ignored; chart "": only the names were read */
	struct lf_names charts;	 /* in the index, by name; none of an OCI registry */
	struct lf_chart_version *versions; /* of chart: newest first, pre-releases after all others */
	size_t version_count;
	struct lf_chart_opened opened;
};
const struct lf_chart_version *lf_chart_newest(const struct lf_chart_facts *facts); /* newest stable one; NULL: there is none */

struct lf_facts {
	const struct lf_node *configured; /* defaults of the user's settings by question id; borrowed; may be NULL */
	struct lf_workdir_facts workdir;
	struct lf_cluster_facts cluster;
	struct lf_repository_facts repository;
	struct lf_path_facts path;
	struct lf_chart_facts chart;
};

void lf_workdir_facts_dispose(struct lf_workdir_facts *facts);
void lf_cluster_facts_dispose(struct lf_cluster_facts *facts);
void lf_repository_facts_dispose(struct lf_repository_facts *facts);
void lf_leftovers_dispose(struct lf_leftovers *leftovers);
void lf_path_facts_dispose(struct lf_path_facts *facts);
void lf_path_facts_keep_read(struct lf_path_facts *facts, struct lf_path_facts *before); /* moves what was read of files; both are of the same commit */
void lf_chart_opened_dispose(struct lf_chart_opened *opened);
void lf_chart_facts_dispose(struct lf_chart_facts *facts); /* with what was opened */
void lf_facts_dispose(struct lf_facts *facts);

#endif
