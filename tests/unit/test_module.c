/* Where modules may come from, and what is said when they are not there. The program copies itself into an installation of its own to see. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"
#include "providers/http.h"
#include "providers/module.h"
#include "tests/unit/unit.h"

static void opens_beside_the_program(void **state)
{
	const void *table = NULL, *again = NULL;
	const struct lf_http_module *http;
	struct lf_error err = {0};

	(void)state;
	assert_int_equal(lf_module_open(&table, "http", &err), LF_OK);
	http = table;
	assert_int_equal(http->version, LF_MODULE_VERSION);
	assert_non_null(http->start);
	assert_int_equal(lf_module_open(&again, "http", &err), LF_OK);
	assert_ptr_equal(table, again);
}

static void says_what_is_missing(void **state)
{
	const void *table = &table;
	struct lf_error err = {0};

	(void)state;
	assert_int_equal(lf_module_open(&table, "nosuch", &err), LF_ENOTFOUND);
	assert_null(table);
	assert_non_null(strstr(err.message, "landfall-nosuch.so"));
	assert_non_null(strstr(err.hint, "Install Landfall again"));
}

static void takes_plain_names_only(void **state)
{
	static const char *const names[] = {"", "../http", "/etc/passwd", "http.so", "ht tp", "HTTP"};
	const void *table;
	struct lf_error err;
	size_t i;

	(void)state;
	for (i = 0; i < LF_COUNT(names); i++)
		assert_int_equal(lf_module_open(&table, names[i], &err), LF_EINVAL);
}

static void finds_other_parts(void **state)
{
	struct lf_error err = {0};
	char *path;

	(void)state;
	assert_int_equal(lf_module_path(&path, "landfall-http.so", &err), LF_OK);
	assert_int_equal(path[0], '/');
	assert_true(lf_fs_exists(path));
	lf_free(path);
	assert_int_equal(lf_module_path(&path, "landfall-nosuch", &err), LF_ENOTFOUND);
	assert_null(path);
	assert_true(err.hint[0]);
}

struct opened {
	bool done;
	const void *table;
	struct lf_error error;
};

static void on_opened(const void *table, const struct lf_error *err, void *payload)
{
	struct opened *opened = payload;

	opened->done = true;
	opened->table = table;
	if (err)
		opened->error = *err;
}

static void opens_on_a_work_request(void **state)
{
	struct opened good = {0}, bad = {0};
	uv_loop_t loop;

	(void)state;
	assert_int_equal(uv_loop_init(&loop), 0);
	lf_module_open_async(&loop, "http", on_opened, &good);
	lf_module_open_async(&loop, "nosuch", on_opened, &bad);
	assert_false(good.done);
	assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
	assert_true(good.done);
	assert_non_null(good.table);
	assert_int_equal(good.error.code, LF_OK);
	assert_true(bad.done);
	assert_null(bad.table);
	assert_int_equal(bad.error.code, LF_ENOTFOUND);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void copy(const char *from, const char *to, mode_t mode)
{
	struct lf_str bytes = {0};

	assert_int_equal(lf_fs_read(&bytes, from, 256u << 20, NULL), LF_OK);
	assert_int_equal(lf_fs_write(to, bytes.data, bytes.length, mode, NULL), LF_OK);
	assert_int_equal(chmod(to, mode), 0);
	lf_str_dispose(&bytes);
}

/* Runs PROGRAM so that it only opens the module, with an environment that would lead a careless loader astray. */
static int run(const char *program, const char *elsewhere)
{
	int status = -1;
	pid_t child = fork();

	if (child == 0) {
		(void)setenv("LD_LIBRARY_PATH", elsewhere, 1);
		(void)setenv("LF_MODULE_DIR", elsewhere, 1);
		if (chdir(elsewhere))
			_exit(9);
		(void)execl(program, program, "--open", "http", (char *)NULL);
		_exit(9);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void opens_from_an_installation(void **state)
{
	char root[] = "/tmp/landfall-module-XXXXXX", self[4096];
	char *program, *module, *beside, *link, *elsewhere;
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	(void)state;
	assert_true(length > 0);
	self[length] = '\0';
	assert_non_null(mkdtemp(root));
	program = lf_format("%s%s/program", root, LF_BIN_DIR);
	module = lf_format("%s%s/landfall-http.so", root, LF_MODULE_DIR);
	elsewhere = lf_format("%s/elsewhere/landfall-http.so", root);
	link = lf_format("%s/link", root);
	*strrchr(self, '/') = '\0';
	beside = lf_format("%s/landfall-http.so", self);
	copy("/proc/self/exe", program, 0755);
	copy(beside, elsewhere, 0755);
	*strrchr(elsewhere, '/') = '\0';
	assert_int_equal(symlink(program, link), 0);

	assert_int_equal(run(program, elsewhere), 3); /* not found: neither the environment nor the working directory counts */
	copy(beside, module, 0755);
	assert_int_equal(run(program, elsewhere), 0);
	assert_int_equal(run(link, elsewhere), 0); /* a symlink in PATH leads to the real place */
	assert_int_equal(lf_fs_write(module, "not a library", 13, 0755, NULL), LF_OK);
	assert_int_equal(run(program, elsewhere), 1); /* broken: an error, not a crash */

	lf_fs_remove_tree(root);
	lf_free(program);
	lf_free(module);
	lf_free(beside);
	lf_free(link);
	lf_free(elsewhere);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_beside_the_program), cmocka_unit_test(says_what_is_missing),
		cmocka_unit_test(takes_plain_names_only),   cmocka_unit_test(opens_on_a_work_request),
		cmocka_unit_test(opens_from_an_installation), cmocka_unit_test(finds_other_parts),
	};

	if (argc == 3 && !strcmp(argv[1], "--open")) {
		const void *table;
		int rc = lf_module_open(&table, argv[2], NULL);

		return rc == LF_OK ? 0 : rc == LF_ENOTFOUND ? 3 : 1;
	}
	return cmocka_run_group_tests_name("module", tests, NULL, NULL);
}
