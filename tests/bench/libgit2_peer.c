/* libgit2_peer URL FOLDER PATH TEXT: the same delivery by libgit2's own clone and push, for comparison. */
#include <git2.h>
#include <stdio.h>
#include <string.h>

static int check(int rc)
{
	const git_error *last = git_error_last();

	if (rc)
		(void)fprintf(stderr, "%s\n", last && last->message ? last->message : "no reason given");
	return rc;
}

int main(int argc, char **argv)
{
	git_clone_options options = GIT_CLONE_OPTIONS_INIT;
	git_repository *repository = NULL;
	git_reference *head = NULL;
	git_commit *parent = NULL;
	git_tree *tree = NULL, *made = NULL;
	git_tree_update update = {.action = GIT_TREE_UPDATE_UPSERT, .filemode = GIT_FILEMODE_BLOB};
	git_signature *who = NULL;
	git_remote *remote = NULL;
	git_oid tree_id, commit_id;
	char *refs[] = {"refs/heads/main"};
	git_strarray list = {refs, 1};

	if (argc != 5)
		return 2;
	git_libgit2_init();
	options.bare = 1;
	update.path = argv[3];
	if (check(git_clone(&repository, argv[1], argv[2], &options)) || check(git_repository_head(&head, repository)) ||
	    check(git_reference_peel((git_object **)&parent, head, GIT_OBJECT_COMMIT)) || check(git_commit_tree(&tree, parent)) ||
	    check(git_blob_create_from_buffer(&update.id, repository, argv[4], strlen(argv[4]))) ||
	    check(git_tree_create_updated(&tree_id, repository, tree, 1, &update)) || check(git_tree_lookup(&made, repository, &tree_id)) ||
	    check(git_signature_now(&who, "A", "a@example.com")) ||
	    check(git_commit_create_v(&commit_id, repository, "HEAD", who, who, NULL, "x", made, 1, parent)) ||
	    check(git_remote_lookup(&remote, repository, "origin")) || check(git_remote_push(remote, &list, NULL)))
		return 1;
	return 0;
}
