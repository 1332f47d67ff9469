/* Files: limits, whole writes, and folders that go away without following a link. */
#include "config.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"

struct place {
	char *folder;
};

static int set_up(void **state)
{
	struct place *place = lf_alloc(1, sizeof(*place));
	const char *base = getenv("TMPDIR");

	place->folder = lf_format("%s/lf-fs-XXXXXX", base ? base : "/tmp");
	*state = place;
	return mkdtemp(place->folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	struct place *place = *state;
	int rc = lf_fs_remove_tree(place->folder);

	lf_free(place->folder);
	lf_free(place);
	return rc;
}

static size_t entries(const char *folder)
{
	DIR *dir = opendir(folder);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

static void test_write_and_read(void **state)
{
	struct place *place = *state;
	char *path = lf_format("%s/a/b/c.txt", place->folder), *folder = lf_format("%s/a/b", place->folder);
	struct lf_error err = {0};
	struct lf_str out = {0};
	struct stat st;

	assert_int_equal(lf_fs_write(path, "old", 3, 0644, &err), LF_OK);
	assert_int_equal(lf_fs_write(path, "new\0!", 5, 0640, &err), LF_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(stat(folder, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(entries(folder), 1);
	lf_str_add(&out, ">");
	assert_int_equal(lf_fs_read(&out, path, 5, &err), LF_OK);
	assert_int_equal(out.length, 6);
	assert_memory_equal(out.data, ">new\0!", 7);
	assert_int_equal(lf_fs_read(&out, path, 4, &err), LF_ELIMIT);
	assert_int_equal(out.length, 6);
	assert_non_null(strstr(err.message, "larger than 4 bytes"));
	lf_str_dispose(&out);
	lf_free(folder);
	lf_free(path);
}

static void test_read_errors(void **state)
{
	struct place *place = *state;
	char *missing = lf_format("%s/\033[31mno", place->folder), *empty = lf_format("%s/empty", place->folder);
	struct lf_error err = {0};
	struct lf_str out = {0};

	assert_int_equal(lf_fs_read(&out, missing, 10, &err), LF_ENOTFOUND);
	assert_null(strchr(err.message, '\033'));
	assert_true(err.hint[0]);
	assert_int_equal(lf_fs_read(&out, place->folder, 10, &err), LF_EIO);
	assert_non_null(strstr(err.hint, "is a folder"));
	assert_int_equal(lf_fs_write(empty, "", 0, 0600, &err), LF_OK);
	assert_int_equal(lf_fs_read(&out, empty, 0, &err), LF_OK);
	assert_string_equal(out.data, "");
	assert_int_equal(lf_fs_read(&out, "/dev/zero", 100000, &err), LF_ELIMIT);
	assert_int_equal(out.length, 0);
	lf_str_dispose(&out);
	lf_free(missing);
	lf_free(empty);
}

static void test_standard_input(void **state)
{
	struct lf_error err = {0};
	struct lf_str out = {0};
	int saved = dup(STDIN_FILENO), ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "from a pipe", 11), 11);
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	assert_int_equal(lf_fs_read(&out, "-", 100, &err), LF_OK);
	assert_string_equal(lf_str_text(&out), "from a pipe");
	dup2(saved, STDIN_FILENO);
	close(saved);
	close(ends[0]);
	lf_str_dispose(&out);
}

static void test_links(void **state)
{
	struct place *place = *state;
	char *real = lf_format("%s/real/file", place->folder), *link = lf_format("%s/link", place->folder);
	char *tree = lf_format("%s/tree", place->folder), *inner = lf_format("%s/tree/d/away", place->folder);
	char *folder = lf_format("%s/real", place->folder);
	struct lf_error err = {0};
	struct lf_str out = {0};
	struct stat st;

	assert_int_equal(lf_fs_write(real, "1", 1, 0600, &err), LF_OK);
	assert_int_equal(symlink(real, link), 0);
	assert_int_equal(lf_fs_write(link, "2", 1, 0600, &err), LF_OK);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(lf_fs_read(&out, real, 10, &err), LF_OK);
	assert_string_equal(lf_str_text(&out), "2");
	lf_str_dispose(&out);

	assert_int_equal(lf_fs_write(inner, "x", 1, 0600, &err), LF_OK);
	assert_int_equal(unlink(inner), 0);
	assert_int_equal(symlink(folder, inner), 0);
	assert_int_equal(lf_fs_remove_tree(tree), 0);
	assert_false(lf_fs_exists(tree));
	assert_true(lf_fs_exists(real));
	assert_int_equal(lf_fs_remove_tree(tree), 0);
	lf_free(folder);
	lf_free(inner);
	lf_free(tree);
	lf_free(link);
	lf_free(real);
}

static void test_failed_writes(void **state)
{
	struct place *place = *state;
	char *file = lf_format("%s/keep", place->folder), *under = lf_format("%s/keep/sub", place->folder);
	char *folder = lf_format("%s/folder", place->folder);
	struct rlimit old, tiny;
	struct lf_error err = {0};
	struct lf_str out = {0};
	char large[8192] = {0};
	int rc;

	assert_int_equal(lf_fs_write(file, "old", 3, 0600, &err), LF_OK);
	assert_int_equal(lf_fs_write(under, "x", 1, 0600, &err), LF_EIO);
	assert_non_null(strstr(err.hint, "is a file, not a folder"));
	assert_int_equal(lf_fs_make_folders(folder, 0700, &err), LF_OK);
	assert_int_equal(lf_fs_write(folder, "x", 1, 0600, &err), LF_EIO);
	/* A file size limit makes write() fail half way, as a full disk does. */
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	tiny = old;
	tiny.rlim_cur = 4096;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tiny), 0);
	rc = lf_fs_write(file, large, sizeof(large), 0600, &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(rc, LF_EIO);
	assert_int_equal(err.native, EFBIG);
	assert_int_equal(lf_fs_read(&out, file, 10, &err), LF_OK);
	assert_string_equal(lf_str_text(&out), "old");
	assert_int_equal(entries(place->folder), 2); /* keep and folder: no temporary file */
	lf_str_dispose(&out);
	lf_free(folder);
	lf_free(under);
	lf_free(file);
}

/* Root may write everywhere, so the test becomes nobody for a moment. */
static void test_permission(void **state)
{
	struct place *place = *state;
	char *file = lf_format("%s/file", place->folder);
	struct lf_error err = {0};
	struct lf_str out = {0};
	int read_rc, write_rc;

	assert_int_equal(lf_fs_write(file, "old", 3, 0600, &err), LF_OK);
	assert_int_equal(chmod(place->folder, 0500), 0);
	if (geteuid() == 0 && seteuid(65534) != 0)
		skip();
	write_rc = lf_fs_write(file, "new", 3, 0600, &err);
	read_rc = lf_fs_read(&out, file, 10, NULL);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(chmod(place->folder, 0700), 0);
	assert_int_equal(write_rc, LF_EFORBIDDEN);
	assert_non_null(strstr(err.hint, place->folder));
	assert_int_equal(read_rc, getuid() == 0 ? LF_EFORBIDDEN : LF_OK);
	lf_str_truncate(&out, 0);
	assert_int_equal(lf_fs_read(&out, file, 10, &err), LF_OK);
	assert_string_equal(lf_str_text(&out), "old");
	assert_int_equal(entries(place->folder), 1);
	lf_str_dispose(&out);
	lf_free(file);
}

static void test_paths(void **state)
{
	char *path;

	(void)state;
	setenv("HOME", "/h", 1);
	setenv("XDG_CONFIG_HOME", "/c", 1);
	setenv("XDG_STATE_HOME", "relative", 1);
	unsetenv("XDG_CACHE_HOME");
	path = lf_fs_config_path("themes/x.ini");
	assert_string_equal(path, "/c/landfall/themes/x.ini");
	lf_free(path);
	path = lf_fs_state_path("log");
	assert_string_equal(path, "/h/.local/state/landfall/log");
	lf_free(path);
	path = lf_fs_cache_path(NULL);
	assert_string_equal(path, "/h/.cache/landfall");
	lf_free(path);
	path = lf_fs_home_path(".kube/config");
	assert_string_equal(path, "/h/.kube/config");
	lf_free(path);
}

static void test_temporary(void **state)
{
	struct place *place = *state;
	struct lf_error err = {0};
	char *memory = lf_format("%s/memory", place->folder), *disk = lf_format("%s/disk", place->folder), *folder = NULL;
	struct stat st;

	assert_int_equal(mkdir(memory, 0700), 0);
	assert_int_equal(mkdir(disk, 0700), 0);
	setenv("XDG_RUNTIME_DIR", memory, 1);
	setenv("TMPDIR", disk, 1);
	for (int in_memory = 0; in_memory < 2; in_memory++) {
		char *wanted = lf_format("%s/landfall-edit-", in_memory ? memory : disk);

		assert_int_equal(lf_fs_make_temporary(&folder, "edit", in_memory, &err), LF_OK);
		assert_ptr_equal(strstr(folder, wanted), folder);
		assert_int_equal(stat(folder, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0700);
		lf_free(folder);
		lf_free(wanted);
	}
	setenv("XDG_RUNTIME_DIR", "relative", 1); /* not ours to use: the next place is taken */
	assert_int_equal(lf_fs_make_temporary(&folder, "edit", true, &err), LF_OK);
	assert_ptr_equal(strstr(folder, disk), folder);
	lf_free(folder);
	unsetenv("XDG_RUNTIME_DIR");
	setenv("TMPDIR", "/proc/nothing", 1); /* set, and of no use: the system's is */
	assert_int_equal(lf_fs_make_temporary(&folder, "edit", false, &err), LF_OK);
	assert_ptr_equal(strstr(folder, "/tmp/landfall-edit-"), folder);
	assert_int_equal(lf_fs_remove_tree(folder), 0);
	lf_free(folder);
	assert_int_equal(lf_fs_make_temporary(&folder, "no/such", false, &err), LF_EIO);
	assert_null(folder);
	assert_non_null(strstr(err.hint, "TMPDIR"));
	unsetenv("TMPDIR");
	lf_free(memory);
	lf_free(disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_write_and_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_read_errors, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_links, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_failed_writes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_permission, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_temporary, set_up, tear_down),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
