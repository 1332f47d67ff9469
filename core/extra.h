/* extra: something that can come with an application whatever provider delivers it: a canary, a reference to a secret. A file that fills this table and a line in
 * extras.c. Pure. What only one provider knows (image automation, ApplicationSet) is the same table in a file of that engine, named in its list "extras". */
#ifndef LF_CORE_EXTRA_H
#define LF_CORE_EXTRA_H

#include "core/document.h"
#include "core/facts.h"
#include "core/question.h"

struct lf_plan;

struct lf_extra {
	const struct lf_question *questions; /* of LF_STEP_EXTRAS, or LF_STEP_SYNC where that is what they are about; the first shows the others */
	size_t question_count;
	/* Adds its documents, or changes those that are there; nothing unless the plan wants it. Called once for each environment, after the engine and the scaffold. */
	void (*render)(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts);
};

/* ---- what several extras share ---- */

/* "apiVersion" and "kind" of an object as the cluster serves it; VERSION where no cluster is known or it does not serve the kind. */
LF_NODISCARD struct lf_node *lf_extra_object(const struct lf_facts *facts, const char *group, const char *kind, const char *version);
/* For a row's warn(): the cluster is known and does not serve the kind, so WHAT ("Argo Rollouts") has to be installed. */
bool lf_extra_unserved(struct lf_error *out, const struct lf_facts *facts, const char *group, const char *kind, const char *what);
/* The newest object of this kind among the documents; NULL: none. */
struct lf_node *lf_extra_find(const struct lf_documents *documents, const char *group, const char *kind);
/* A file that the provider itself reads, beside its others (gitopsPath). Nothing without a provider. */
struct lf_document *lf_extra_add_gitops(struct lf_documents *out, const struct lf_plan *plan, const char *file, struct lf_node *tree);
/* A file of the application itself, beside its others (gitPath), and its line in the kustomization.yaml there, marked as ID's; NULL, and TREE freed, where there is no path. */
struct lf_document *lf_extra_add_workload(struct lf_documents *out, const struct lf_plan *plan, const struct lf_facts *facts, const char *file, struct lf_node *tree, const char *id);
/* metadata of such a file's object: the name, and the namespace where no kustomization.yaml says it. */
void lf_extra_put_metadata(struct lf_node *root, const struct lf_plan *plan, const char *name, const char *id);
/* The name of an object that exists: DNS-1123 subdomain, at most 253. WHAT begins the sentence: "The Secret". */
LF_NODISCARD int lf_extra_check_name(const char *value, const char *what, const char *example, struct lf_error *err);
/* Marks NODE and everything in it with the question it answers. */
void lf_extra_mark(struct lf_node *node, const char *id);
/* Appends KEY: VALUE marked with the question it came from. */
struct lf_node *lf_extra_put(struct lf_node *map, const char *key, const char *value, const char *id);
/* Refuses a key of MAP that is not among NAMES (NULL at the end), or a value there that is no scalar of text, number or yes/no; WHERE says which item it is. */
LF_NODISCARD int lf_extra_check_keys(const struct lf_node *map, const char *const *names, const char *where, struct lf_error *err);

extern const struct lf_extra lf_extra_secrets;     /* secrets_extra.c */
extern const struct lf_extra lf_extra_progressive; /* progressive.c */
#define LF_SECRET_QUESTIONS 12
/* secrets_recall.c: as the rows' recall. */
char *lf_secrets_recall_method(const struct lf_node *kind);
char *lf_secrets_recall_keys(const struct lf_node *list);
char *lf_secrets_recall_sealed(const struct lf_node *object);
char *lf_secrets_recall_encrypted(const struct lf_node *object);
char *lf_secrets_recall_recipient(const struct lf_node *rules);
#define LF_SOPS_PATHS ".*\\.enc\\.ya?ml$" /* what the rule in .sops.yaml is about */
#define LF_SOPS_KEYS "^(data|stringData)$"
/* secrets_check.c: as the rows' check. */
LF_NODISCARD int lf_secrets_check_sealed(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err);
LF_NODISCARD int lf_secrets_check_recipient(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err);
LF_NODISCARD int lf_secrets_check_encrypted(const char *value, const struct lf_plan *plan, const struct lf_facts *facts, struct lf_error *err);
extern const struct lf_question lf_secret_rows[]; /* secrets_questions.c */
#define LF_PROGRESSIVE_QUESTIONS 12
extern const struct lf_question lf_progressive_rows[]; /* progressive_questions.c */

extern const struct lf_extra *const lf_extras[]; /* ends with NULL */

#endif
