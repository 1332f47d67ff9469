/* browse: lf_git_browse(): what lies at a path of a branch, and what the folders tell about how the repository is laid out (browse_tree.c). Only folders are fetched. */
#include "config.h"
#include "providers/git/job.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"
#include "providers/git/browse_tree.h"
#include "providers/git/paths.h"
#include "providers/git/refname.h"

enum { ENTRIES_LIMIT = 5000 };

struct browse_job {
	struct lf_git_job job; /* first */
	char *url, *branch;
	char *given, *path; /* as it was given, and tidy */
	lf_git_path_fn *done;
	void *payload;
	char commit[LF_GIT_ID_SIZE];
	bool exists;
	struct lf_path_facts facts;
	struct lf_git_want want;
};

static bool is_folder(const struct lf_objects_entry *entry)
{
	return entry->kind == LF_OBJECTS_FOLDER;
}

static void add_name(struct lf_names *names, const struct lf_objects_entry *entry)
{
	struct lf_str name = {0};

	if (names->count >= ENTRIES_LIMIT)
		return;
	lf_text_clean(&name, entry->name, strlen(entry->name), 255);
	if (is_folder(entry))
		lf_str_add_char(&name, '/');
	lf_names_add(names, lf_str_text(&name));
	lf_str_dispose(&name);
}

static int take_root(const struct lf_objects_entry *entry, void *payload)
{
	struct lf_path_facts *facts = payload;

	add_name(&facts->top, entry);
	return 0;
}

static int take_entry(const struct lf_objects_entry *entry, void *payload)
{
	struct lf_path_facts *facts = payload;
	const char *name = entry->name;

	add_name(&facts->entries, entry);
	if (entry->kind != LF_OBJECTS_FILE && entry->kind != LF_OBJECTS_PROGRAM)
		return 0;
	if (!strcmp(name, "kustomization.yaml") || !strcmp(name, "kustomization.yml") ||
	    !strcmp(name, "Kustomization"))
		facts->has_kustomization = true;
	if (!strcmp(name, "Chart.yaml"))
		facts->has_chart = true;
	if (lf_ends_with(name, ".yaml") || lf_ends_with(name, ".yml"))
		facts->manifests++;
	return 0;
}

/* Lists the folder ID, or notes that it is missing. */
static int list(const struct lf_git_tree *tree, const char *id, lf_objects_entry_fn *each, void *payload,
                struct lf_error *err)
{
	if (tree->module->has(tree->store, id))
		return tree->module->tree(tree->store, id, each, payload, err);
	lf_git_missing_add(tree->missing, id);
	return LF_OK;
}

static int look(void *payload, struct lf_error *err)
{
	struct browse_job *browse = payload;
	struct lf_path_facts *facts = &browse->facts;
	struct lf_git_tree tree;
	struct lf_git_spot spot;
	bool there;
	int rc;

	lf_path_facts_dispose(facts);
	memset(facts, 0, sizeof(*facts));
	rc = lf_git_tree_open(&tree, &there, browse->job.git->objects, browse->job.remote.store.objects,
	                      browse->commit, &browse->want.missing, err);
	if (rc || !there || !*tree.root)
		return rc;
	rc = list(&tree, tree.root, take_root, facts, err);
	if (!rc)
		rc = lf_git_tree_find(&spot, &tree, browse->path, err);
	if (rc)
		return rc;
	lf_free(spot.why);
	facts->exists = !spot.missing && spot.kind != LF_OBJECTS_NOTHING;
	facts->is_folder = facts->exists && spot.kind == LF_OBJECTS_FOLDER;
	if (facts->is_folder)
		rc = list(&tree, spot.id, take_entry, facts, err);
	return rc ? rc : lf_git_browse_tree(&facts->tree, &tree, err);
}

static void finish(struct lf_git_job *job, const struct lf_error *err)
{
	struct browse_job *browse = (struct browse_job *)job;
	struct lf_path_facts facts = browse->facts;

	lf_git_job_hold(job);
	if (lf_git_job_end(job)) {
		memset(&browse->facts, 0, sizeof(facts));
		if (err) {
			lf_path_facts_dispose(&facts);
		} else {
			facts.state = LF_FACT_KNOWN;
			facts.branch = lf_dup(browse->branch);
			facts.path = lf_dup(browse->given);
			facts.tip = lf_dup(browse->exists ? browse->commit : "");
		}
		browse->done(err ? NULL : &facts, err, browse->payload);
	}
	lf_git_job_release(job);
}

static void listed(struct lf_git_job *job, const struct lf_error *err)
{
	struct browse_job *browse = (struct browse_job *)job;
	char *base_branch = NULL;

	if (err) {
		finish(job, err);
		return;
	}
	/* A branch that is yet to be made will hold what the default branch holds. */
	lf_git_remote_base(&job->remote, browse->commit, &browse->exists, &base_branch);
	lf_free(base_branch);
	memcpy(browse->want.commit, browse->commit, sizeof(browse->want.commit));
	browse->want.look = look;
	browse->want.payload = browse;
	browse->want.depth = 1;
	lf_git_sync(job, &browse->want, finish);
}

static void opened(struct lf_git_job *job, const struct lf_error *err)
{
	if (err)
		finish(job, err);
	else
		lf_git_session_open(job, LF_GIT_UPLOAD, ((struct browse_job *)job)->branch, listed);
}

static void start(struct lf_git_job *job, const struct lf_error *err)
{
	struct browse_job *browse = (struct browse_job *)job;
	struct lf_error error = {0};
	int rc = lf_git_branch_check(browse->branch, &error);

	(void)err;
	if (!rc && *browse->path)
		rc = lf_git_path_check(browse->path, &error);
	if (rc)
		finish(job, &error);
	else
		lf_git_remote_open(job, browse->url, true, opened);
}

static void dispose(struct lf_git_job *job)
{
	struct browse_job *browse = (struct browse_job *)job;

	lf_free(browse->url);
	lf_free(browse->branch);
	lf_free(browse->given);
	lf_free(browse->path);
	lf_path_facts_dispose(&browse->facts);
	lf_git_want_dispose(&browse->want);
}

static const struct lf_git_kind kind = {sizeof(struct browse_job), start, dispose};

struct lf_git_job *lf_git_browse(struct lf_git *git, const char *url, const char *branch, const char *path,
                                 lf_git_path_fn *done, void *payload)
{
	struct browse_job *browse = (struct browse_job *)lf_git_job_new(git, &kind);

	browse->url = lf_dup(url);
	browse->branch = lf_dup(branch);
	browse->given = lf_dup(path ? path : "");
	browse->path = lf_git_path_tidy(browse->given);
	browse->done = done;
	browse->payload = payload;
	return &browse->job;
}
