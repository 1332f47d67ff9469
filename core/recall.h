/* recall: what the branch says already. A row says where its answer stands ("spec.interval of gitrepository.yaml"), so an application that was delivered before can be
 * read back by the same table: its files are the defaults of the next delivery. Pure. */
#ifndef LF_CORE_RECALL_H
#define LF_CORE_RECALL_H

#include "core/plan.h"

/* The value of QUESTION in the files of FACTS->path.documents; false: none of them says, or not in a form that the row takes. ENVIRONMENT is that of the part being
 * built, "" for none. The caller frees *OUT. */
bool lf_recall(char **out, const struct lf_question *question, const struct lf_plan *plan, const char *environment, const struct lf_facts *facts);

/* The files that rows name, in the folders where PLAN has its own: what an earlier delivery with other answers may have left there, besides what this one writes. */
void lf_recall_files(struct lf_names *out, const struct lf_plan *plan, const struct lf_facts *facts);

/* recall_files.c, for recall.c. FILE, as a row names it, among the files that are there: the environment's own, of all environments the first one's, or the one they share. */
const struct lf_node *lf_recall_find(const char *file, const struct lf_plan *plan, const char *environment, const struct lf_facts *facts);
/* The object in such a FILE that has the kind, name and namespace of OBJECT, which is in the cluster: then that may be what an earlier delivery of this application made. May be
 * NULL. */
const struct lf_node *lf_recall_own(const struct lf_node *object, const char *file, const struct lf_plan *plan, const struct lf_facts *facts);
/* Ends FILE before " and " or " or ", and returns what follows; NULL: it was the last. */
char *lf_recall_cut(char *file);

/* recall_set.c, for lf_recall_note(): what the ApplicationSet in the file PATH makes of its template for single environments. */
void lf_recall_note_set(struct lf_path_facts *facts, const char *path, const struct lf_node *set);

/* Notes in FACTS what of TEXT, the file PATH of the branch, it is called after, or its first document. What cannot be read is left out. */
void lf_recall_note(struct lf_path_facts *facts, const char *path, const char *text);

#endif
