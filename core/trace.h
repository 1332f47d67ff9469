/* trace: the file in a repository that a live object comes from: walks from the folder a consumer applies through kustomization.yaml to the manifests, as Kustomize
 * would, and says which files to read next. Pure: what is read, the caller reads. Only what is in the repository is followed; remote bases are named. */
#ifndef LF_CORE_TRACE_H
#define LF_CORE_TRACE_H

#include "core/event.h"
#include "core/facts.h"
#include "core/ref.h"

enum lf_hit_role {
	LF_HIT_OBJECT,	 /* the object itself */
	LF_HIT_PATCH,	 /* a patch file of it */
	LF_HIT_IMAGES,	 /* a kustomization.yaml with images: */
	LF_HIT_REPLICAS, /* a kustomization.yaml with a replicas: entry of its name */
};
struct lf_hit {
	enum lf_hit_role role;
	char *path;
	size_t document; /* in the file; 0 is the first */
	char *name;	 /* as the file has it; NULL for images */
	char *namespace; /* likewise, "": none; NULL for images and replicas */
};

enum lf_trace_want { LF_TRACE_DONE, LF_TRACE_FILES, LF_TRACE_FOLDER };

struct lf_trace_item;
struct lf_trace_file;
struct lf_trace {
	struct lf_ref object;
	bool recurse; /* a folder without a kustomization.yaml is applied with those below it (Flux) */
	struct lf_names wanted; /* by lf_trace_next(): files, or one folder */
	enum lf_trace_want want;
	struct lf_trace_item *items;
	size_t item_count, item_capacity, at;
	struct lf_trace_file *files;
	size_t file_count, file_capacity;
	struct lf_hit *hits;
	size_t hit_count, hit_capacity;
	struct lf_names remote; /* what lies outside the repository */
	char *kustomization;	/* of the root folder: where a patch would be listed; NULL: it has none */
	struct lf_error error;	/* the first file that could not be read */
};

/* ROOT: the folder the consumer applies. Dispose it. */
void lf_trace_init(struct lf_trace *trace, const struct lf_ref *object, const char *root, bool recurse);
void lf_trace_dispose(struct lf_trace *trace);

/* What is to be read next, named in WANTED; LF_TRACE_DONE: hits are all there are, of the object that fits best. */
enum lf_trace_want lf_trace_next(struct lf_trace *trace);
/* The answers: the files that were wanted, or the entries of the folder (those that are folders end with '/'). */
void lf_trace_take_files(struct lf_trace *trace, const struct lf_branch_files *files);
void lf_trace_take_folder(struct lf_trace *trace, const struct lf_names *entries);

const char *lf_trace_text(const struct lf_trace *trace, const char *path); /* of a file that was read; NULL: it was not, or is not there */
bool lf_trace_walked(const struct lf_trace *trace, const char *path); /* a file or folder on the way */
const struct lf_hit *lf_trace_hit(const struct lf_trace *trace, enum lf_hit_role role); /* the first: of the outermost layer, which counts last; may be NULL */

#endif
