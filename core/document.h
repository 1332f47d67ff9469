/* document: a file that will be committed: its path in the repository, its tree and its bytes. */
#ifndef LF_CORE_DOCUMENT_H
#define LF_CORE_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include "core/node.h"
#include "core/yaml.h"

enum lf_document_role {
	LF_DOCUMENT_GITOPS,   /* what the provider reads: Application, GitRepository, Kustomization */
	LF_DOCUMENT_WORKLOAD, /* the application itself: scaffolded deployment, service, kustomization.yaml */
};

struct lf_document {
	char *path;	     /* inside the repository, "/"-separated, no leading "/" */
	enum lf_document_role role;
	bool registers;	     /* applied to the cluster when nothing there watches the path yet */
	bool only_if_missing; /* a scaffold: never replaces a file that exists */
	bool removed;	      /* an old file that goes; it has neither tree nor text */
	char *kept;	      /* of an old file, why it does not go; NULL: it does */
	bool is_patch;	      /* a part of an object, which the API server would refuse by itself */
	struct lf_node *tree; /* a list of documents, or one map; NULL: not YAML, the text is all there is */
	struct lf_str text;  /* the bytes; made by lf_documents_finish() */
	struct lf_line_origins origins; /* question of each line of text */
};

struct lf_documents {
	struct lf_document *items;
	size_t count, capacity;
};

/* Adds a file; takes TREE. The pointer is valid until the next add. PATH is normalised ("./a//b" → "a/b"). */
struct lf_document *lf_documents_add(struct lf_documents *documents, const char *path, enum lf_document_role role, struct lf_node *tree);
struct lf_document *lf_documents_add_text(struct lf_documents *documents, const char *path, enum lf_document_role role, const char *text); /* a file that is no YAML */
bool lf_document_is_object(const struct lf_document *document); /* something an API server takes */
const struct lf_document *lf_documents_find(const struct lf_documents *documents, const char *path); /* may be NULL */
/* Emits the text of each and sorts by path (gitops files first, so that the preview starts with them). */
void lf_documents_finish(struct lf_documents *documents);
void lf_documents_finish_texts(struct lf_documents *documents); /* without "origins" */
void lf_documents_dispose(struct lf_documents *documents);

/* "apps/web" + "./base/x" → "apps/web/base/x"; resolves "." and "..", may not leave the root (then NULL). The caller frees. */
LF_NODISCARD char *lf_path_join(const char *base, const char *rest);
/* From folder FROM to path TO: ("apps/web/overlays/production", "apps/web/base") → "../../base". The caller frees. */
LF_NODISCARD char *lf_path_relative(const char *from, const char *to);
bool lf_path_contains(const char *folder, const char *path); /* PATH is FOLDER or below it; "" and "." are the root */

#endif
