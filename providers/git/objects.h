/* objects: the object database behind one table of functions, and the only door to libgit2 (module
 * landfall-objects.so, symbol lf_module_objects). Everything here may block: it is called on work requests,
 * one call at a time for one store or pack. Ids are 40 hexadecimal digits and a NUL. */
#ifndef LF_PROVIDERS_GIT_OBJECTS_H
#define LF_PROVIDERS_GIT_OBJECTS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/error.h"
#include "core/facts.h"
#include "core/str.h"

#define LF_GIT_ID_SIZE 41
#define LF_GIT_NO_ID "0000000000000000000000000000000000000000"

struct lf_objects_store; /* a bare object database of ours */
struct lf_objects_pack;  /* a pack on its way in */

enum lf_objects_kind {
	LF_OBJECTS_NOTHING,
	LF_OBJECTS_FILE,
	LF_OBJECTS_PROGRAM, /* a file with the executable bit */
	LF_OBJECTS_FOLDER,
	LF_OBJECTS_SYMLINK,
	LF_OBJECTS_SUBMODULE,
};

struct lf_objects_entry {
	const char *name; /* bytes as they are in the tree: clean them before they are shown */
	char id[LF_GIT_ID_SIZE];
	enum lf_objects_kind kind;
};
/* Non-zero ends the listing. */
typedef int lf_objects_entry_fn(const struct lf_objects_entry *entry, void *payload);

struct lf_objects_commit {
	char tree[LF_GIT_ID_SIZE];
	char (*parents)[LF_GIT_ID_SIZE]; /* owned */
	size_t parent_count;
};

struct lf_objects_attributes {
	char *filter, *encoding; /* "filter", "working-tree-encoding": the name, cleaned; NULL: none */
	/* How line ends are kept in the repository: as they are, as LF, or as LF unless the file has CRLF. */
	enum { LF_OBJECTS_AS_IS, LF_OBJECTS_TEXT, LF_OBJECTS_TEXT_AUTO } text;
};

struct lf_objects_words { /* of a commit, as they are in it: clean them before they are shown */
	char *message, *author, *email; /* owned */
	int64_t time;
};

struct lf_objects_edit {
	const char *path;
	const char *text; /* NULL: the file goes */
	size_t length;
	bool executable; /* if it is new */
};

struct lf_objects_moment {
	bool known; /* false: now */
	int64_t when; /* seconds since 1970 */
	int offset_minutes; /* of the time zone, east of Greenwich */
};

struct lf_objects_person {
	const char *name, *email;
	struct lf_objects_moment moment;
};

struct lf_objects_plan {    /* one commit */
	const char *parent; /* NULL: the first commit */
	const struct lf_objects_edit *edits;
	size_t edit_count;
	const char *message;
	struct lf_objects_person author, committer;
	/* Signing takes two steps: with SIGN only the content to be signed is made, with SIGNATURE the rest,
	 * at the same moment as before (when, offset_minutes; 0: now). */
	bool sign;
	const char *signature;
	int64_t when;
	int offset_minutes;
};

struct lf_objects_built {
	char commit[LF_GIT_ID_SIZE], tree[LF_GIT_ID_SIZE];
	struct lf_str pack; /* exactly the new objects */
	size_t objects;
	struct lf_str content; /* instead of the pack: what is to be signed */
	int64_t when;
	int offset_minutes;
};

/* One setting: NAME normalised as Git does ("http.https://host.proxy": section and key in lower case). USER:
 * from the machine's or the user's own configuration, not from the clone's, which whoever wrote the clone
 * could have filled. VALUE may be a secret. */
typedef void lf_objects_setting_fn(const char *name, const char *value, bool user, void *payload);

struct lf_objects_module { /* symbol lf_module_objects */
	unsigned version;

	/* Opens the store in FOLDER, making it if nothing is there. */
	int (*open)(struct lf_objects_store **out, const char *folder, struct lf_error *err);
	void (*close)(struct lf_objects_store *store);
	/* Reads also what the clone that FOLDER is in holds, as long as the store is open. That there is none, or
	 * one that is not to be trusted, is no error. */
	void (*lend)(struct lf_objects_store *store, const char *folder);

	bool (*has)(struct lf_objects_store *store, const char *id);
	/* LF_ENOTFOUND: not in the store. The caller frees out->parents. */
	int (*commit)(struct lf_objects_commit *out, struct lf_objects_store *store, const char *id,
	              struct lf_error *err);
	/* The caller frees the three strings. */
	int (*words)(struct lf_objects_words *out, struct lf_objects_store *store, const char *id,
	             struct lf_error *err);
	int (*tree)(struct lf_objects_store *store, const char *id, lf_objects_entry_fn *each, void *payload,
	            struct lf_error *err);
	/* Appends the bytes; over LIMIT it is LF_ELIMIT, and nothing was read. */
	int (*blob)(struct lf_str *out, struct lf_objects_store *store, const char *id, size_t limit,
	            struct lf_error *err);
	/* What .gitattributes of COMMIT say of PATH. The caller frees the strings. Attribute files that are not
	 * in the store count for nothing. */
	int (*attributes)(struct lf_objects_attributes *out, struct lf_objects_store *store,
	                  const char *commit, const char *path, struct lf_error *err);
	/* The id that these bytes have as a file. */
	void (*hash)(char out[LF_GIT_ID_SIZE], const void *bytes, size_t length);

	/* A pack from the network, in pieces. It is checked and indexed while it comes; nothing is visible
	 * before finish. STOP ends a long step early. */
	int (*pack_begin)(struct lf_objects_pack **out, struct lf_objects_store *store,
	                  const atomic_bool *stop, struct lf_error *err);
	int (*pack_add)(struct lf_objects_pack *pack, const void *bytes, size_t length, struct lf_error *err);
	int (*pack_finish)(struct lf_objects_pack *pack, size_t *objects, struct lf_error *err);
	void (*pack_free)(struct lf_objects_pack *pack);

	/* Makes the commit in memory: the store is not changed, so that a refused push leaves nothing behind.
	 */
	int (*build)(struct lf_objects_built *out, struct lf_objects_store *store,
	             const struct lf_objects_plan *plan, struct lf_error *err);

	/* Every setting as seen from FOLDER (NULL: outside of any clone), least important first. ADDRESS (may be
	 * NULL) counts as the address of a remote for "includeIf hasconfig:remote.*.url:". */
	int (*settings)(const char *folder, const char *address, lf_objects_setting_fn *each, void *payload,
	                struct lf_error *err);
	/* The clone FOLDER is in: remote, branch, folder. State NONE if there is none. Names are as they are
	 * in the files. */
	void (*workdir)(struct lf_workdir_facts *out, const char *folder);
};

#endif
