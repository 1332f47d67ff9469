/* changes: see changes.h. Files are compared by their ids, so that none has to be fetched. */
#include "config.h"
#include "providers/git/changes.h"

#include <string.h>
#include <strings.h>

#include "core/mem.h"
#include "core/text.h"
#include "providers/git/job.h"

enum { MESSAGE_LIMIT = 65536, NAME_LIMIT = 1000 };

void lf_git_changes_init(struct lf_git_changes *changes, const struct lf_git_delivery *delivery)
{
	memset(changes, 0, sizeof(*changes));
	changes->items = lf_alloc(delivery->change_count, sizeof(*changes->items));
	changes->count = delivery->change_count;
	for (size_t i = 0; i < changes->count; i++) {
		const struct lf_git_change *from = &delivery->changes[i];
		struct lf_git_changed *to = &changes->items[i];

		to->path = lf_dup(from->path);
		to->text = from->text ? lf_dup_n(from->text, from->length) : NULL;
		to->length = from->length;
		to->executable = from->executable;
		to->expected_text = lf_dup(from->expected);
	}
	changes->message = lf_dup(delivery->message ? delivery->message : "");
	changes->sign = delivery->sign;
	changes->sign_off = delivery->sign_off;
	changes->author_name = lf_dup(delivery->author_name);
	changes->author_email = lf_dup(delivery->author_email);
}

void lf_git_changes_dispose(struct lf_git_changes *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		lf_free(changes->items[i].path);
		lf_free(changes->items[i].text);
		lf_str_dispose(&changes->items[i].written);
		lf_free(changes->items[i].expected_text);
	}
	lf_free(changes->items);
	lf_free(changes->message);
	lf_free(changes->author_name);
	lf_free(changes->author_email);
	lf_free(changes->refusal);
	lf_free(changes->conflict_paths);
	lf_git_files_dispose(&changes->reading.files);
	memset(changes, 0, sizeof(*changes));
}

static int too_much(struct lf_error *err, const char *what)
{
	int rc = lf_fail(err, LF_ELIMIT, "git.deliver", 0, "%s", what);

	lf_hint(err, "Deliver in smaller parts.");
	return rc;
}

/* Two paths that are one, or one of which is a folder of the other; on some file systems also when only their
 * case differs. */
static bool clash(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b), least = n < m ? n : m;

	if (strncasecmp(a, b, least) != 0)
		return false;
	return n == m || (n < m ? b[n] : a[m]) == '/';
}

int lf_git_changes_check(const struct lf_git_changes *changes, struct lf_error *err)
{
	const char *message = changes->message;
	int rc;

	if (!changes->count)
		return lf_fail(err, LF_EINVAL, "git.deliver", 0, "there is nothing to deliver");
	if (changes->count > LF_GIT_FILES_LIMIT)
		return too_much(err, "more than 1000 files in one commit");
	if (!message[strspn(message, " \t\r\n")])
		return lf_fail(err, LF_EINVAL, "git.deliver", 0, "the commit needs a message");
	if (strlen(message) > MESSAGE_LIMIT)
		return too_much(err, "the commit's message is longer than 64 kB");
	if (!lf_text_is_utf8(message, strlen(message)))
		return lf_fail(err, LF_EINVAL, "git.deliver", 0, "the commit's message is not UTF-8");
	for (size_t i = 0; i < changes->count; i++) {
		rc = lf_git_path_check(changes->items[i].path, err);
		if (rc)
			return rc;
		if (changes->items[i].length > LF_GIT_FILE_LIMIT)
			return too_much(err, "a file is larger than 1 MiB");
		for (size_t j = 0; j < i; j++)
			if (clash(changes->items[i].path, changes->items[j].path))
				return lf_fail(err, LF_EINVAL, "git.deliver", 0,
				               "%s and %s cannot both be written", changes->items[j].path,
				               changes->items[i].path);
	}
	return LF_OK;
}

static bool holds(const struct lf_git_spot *spot, const char *id)
{
	if (!*id)
		return spot->kind == LF_OBJECTS_NOTHING;
	return (spot->kind == LF_OBJECTS_FILE || spot->kind == LF_OBJECTS_PROGRAM) && !strcmp(spot->id, id);
}

static void compare(struct lf_git_changes *changes, struct lf_git_changed *changed,
                    const struct lf_git_spot *spot)
{
	changed->done = holds(spot, changed->wanted);
	changed->conflict = !changed->done && !holds(spot, changed->expected);
	if (spot->why && !changes->refusal)
		changes->refusal = lf_dup(spot->why);
	else if (spot->kind == LF_OBJECTS_FOLDER && !changes->refusal)
		changes->refusal = lf_format("%s is a folder", changed->path);
	if (changed->conflict)
		changes->conflicts++;
	else if (!changed->done)
		changes->pending++;
}

static bool has_crlf(const char *text)
{
	return text && strstr(text, "\r\n");
}

/* Whether each line ends with CRLF. */
static bool is_crlf(const char *text)
{
	const char *end = text;

	while (end && (end = strchr(end, '\n')) != NULL) {
		if (end == text || end[-1] != '\r')
			return false;
		end++;
	}
	return has_crlf(text);
}

/* Line ends as Git would keep them: LF where .gitattributes say that it is text, and otherwise those of the file that
 * is there, so that a change of one line is not one of all. */
static void write_lines(struct lf_git_changed *changed, const struct lf_git_spot *spot)
{
	bool to_lf = spot->is_text || (spot->is_text_unless_crlf && !has_crlf(changed->expected_text));
	bool to_crlf = !to_lf && is_crlf(changed->expected_text) && !memchr(changed->text, '\r', changed->length);
	bool binary = memchr(changed->text, '\0', changed->length) != NULL;

	lf_str_truncate(&changed->written, 0);
	lf_str_add(&changed->written, "");
	for (size_t i = 0; i < changed->length; i++) {
		const char *at = changed->text + i;

		if (!binary && to_lf && *at == '\r' && i + 1 < changed->length && at[1] == '\n')
			continue;
		if (!binary && to_crlf && *at == '\n')
			lf_str_add_char(&changed->written, '\r');
		lf_str_add_char(&changed->written, *at);
	}
}

static void hash(const struct lf_objects_module *module, struct lf_git_changed *changed,
                 const struct lf_git_spot *spot)
{
	if (changed->text) {
		write_lines(changed, spot);
		module->hash(changed->wanted, changed->written.data, changed->written.length);
	}
	if (changed->expected_text)
		module->hash(changed->expected, changed->expected_text, strlen(changed->expected_text));
}

static int look(void *payload, struct lf_error *err)
{
	struct lf_git_changes *changes = payload;
	const struct lf_objects_module *module = changes->job->git->objects;
	struct lf_git_tree tree;
	struct lf_git_spot spot;
	bool there;
	int rc;

	lf_free(changes->refusal);
	changes->refusal = NULL;
	changes->conflicts = changes->pending = 0;
	rc = lf_git_tree_open(&tree, &there, module, changes->job->remote.store.objects, changes->commit,
	                      changes->missing, err);
	if (rc || !there)
		return rc;
	tree.for_writing = true;
	memcpy(changes->root, tree.root, sizeof(changes->root));
	/* The root must be here to build on it, even when no path needs to look below. */
	if (*tree.root && !module->has(tree.store, tree.root))
		lf_git_missing_add(tree.missing, tree.root);
	for (size_t i = 0; i < changes->count && !rc; i++) {
		rc = lf_git_tree_find(&spot, &tree, changes->items[i].path, err);
		if (!rc && !spot.missing) {
			hash(module, &changes->items[i], &spot);
			compare(changes, &changes->items[i], &spot);
		}
		lf_free(spot.why);
	}
	return rc;
}

void lf_git_changes_want(struct lf_git_changes *changes, struct lf_git_job *job, const char *commit,
                         struct lf_git_want *want)
{
	changes->job = job;
	changes->missing = &want->missing;
	memcpy(changes->commit, commit, sizeof(changes->commit));
	memcpy(want->commit, commit, sizeof(want->commit));
	want->look = look;
	want->payload = changes;
	want->files = true; /* .gitattributes on the way */
	want->depth = 1;
}

void lf_git_changes_read_conflicts(struct lf_git_changes *changes, struct lf_git_job *job,
                                   struct lf_git_want *want)
{
	struct lf_git_reading *reading = &changes->reading;

	lf_free(changes->conflict_paths);
	changes->conflict_paths = lf_alloc(changes->conflicts, sizeof(*changes->conflict_paths));
	reading->count = 0;
	for (size_t i = 0; i < changes->count; i++)
		if (changes->items[i].conflict)
			changes->conflict_paths[reading->count++] = changes->items[i].path;
	reading->job = job;
	reading->commit = changes->commit;
	reading->paths = changes->conflict_paths;
	reading->missing = &want->missing;
	want->look = lf_git_reading_look;
	want->payload = reading;
	want->files = true;
}

int lf_git_changes_keep(struct lf_git_job *job, const struct lf_objects_built *built, const char *base,
                        struct lf_error *err)
{
	const struct lf_objects_module *module = job->git->objects;
	struct lf_git_store *store = &job->remote.store;
	struct lf_objects_pack *pack = NULL;
	enum lf_git_level level = LF_GIT_LEVEL_PATHS;
	size_t objects;
	int rc;

	if (store->temporary)
		return LF_OK;
	rc = module->pack_begin(&pack, store->objects, NULL, err);
	if (!rc)
		rc = module->pack_add(pack, built->pack.data, built->pack.length, err);
	if (!rc)
		rc = module->pack_finish(pack, &objects, err);
	module->pack_free(pack);
	/* It is as whole as what it was built on. */
	for (size_t i = 0; i < store->tip_count; i++)
		if (*base && !strcmp(store->tips[i].id, base))
			level = store->tips[i].level;
	if (!rc && (level > LF_GIT_LEVEL_PATHS || !*base))
		lf_git_store_remember(store, built->commit, *base ? level : LF_GIT_LEVEL_ALL);
	if (!rc)
		lf_git_store_delivered(store, built->commit);
	return rc;
}

void lf_git_changes_empty_pack(struct lf_str *out)
{
	static const unsigned char bytes[] = {
	    'P',  'A',  'C',  'K',  0,    0,    0,    2,    0,    0,    0,    0,    0x02, 0x9d, 0x08, 0x82,
	    0x3b, 0xd8, 0xa8, 0xea, 0xb5, 0x10, 0xad, 0x6a, 0xc7, 0x5c, 0x82, 0x3c, 0xfd, 0x3e, 0xd3, 0x1e};

	lf_str_add_n(out, bytes, sizeof(bytes));
}
