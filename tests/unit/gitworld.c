/* gitworld: see gitworld.h. */
#include "config.h"
#include "tests/unit/unit.h"
#include "tests/unit/gitworld.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"
#include "providers/module.h"

enum { LIMIT_MS = 60000 };

static void isolate(const struct git_world *world)
{
	static const char *const gone[] = {"GIT_DIR",
	                                   "GIT_WORK_TREE",
	                                   "GIT_INDEX_FILE",
	                                   "GIT_CONFIG_GLOBAL",
	                                   "GIT_CONFIG_COUNT",
	                                   "GIT_SSH",
	                                   "GIT_SSH_COMMAND",
	                                   "GIT_ASKPASS",
	                                   "SSH_ASKPASS",
	                                   "SSH_AUTH_SOCK",
	                                   "GITHUB_TOKEN",
	                                   "GH_TOKEN",
	                                   "GITLAB_TOKEN",
	                                   "CI_SERVER_HOST",
	                                   "XDG_CONFIG_HOME",
	                                   "XDG_CACHE_HOME",
	                                   "GIT_AUTHOR_NAME",
	                                   "GIT_AUTHOR_EMAIL",
	                                   "GIT_COMMITTER_NAME",
	                                   "GIT_COMMITTER_EMAIL",
	                                   "GIT_AUTHOR_DATE",
	                                   "GIT_COMMITTER_DATE",
	                                   "GIT_SSL_CAINFO",
	                                   "GIT_SSL_NO_VERIFY",
	                                   "EMAIL",
	                                   "http_proxy",
	                                   "https_proxy",
	                                   "HTTP_PROXY",
	                                   "HTTPS_PROXY",
	                                   "ALL_PROXY",
	                                   "all_proxy",
	                                   "DISPLAY"};
	char *home = lf_format("%s/home", world->dir);

	for (size_t i = 0; i < LF_COUNT(gone); i++)
		(void)unsetenv(gone[i]);
	(void)setenv("HOME", home, 1);
	(void)setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	(void)setenv("TMPDIR", world->dir, 1);
	lf_free(home);
}

static void on_ask(enum lf_git_ask what, const char *prompt, void *payload)
{
	struct git_world *world = payload;
	const char *answer = world->answers ? world->answers[world->next_answer] : NULL;

	(void)what;
	lf_names_add(&world->asked, prompt);
	if (answer)
		world->next_answer++;
	lf_git_answer(world->git, answer ? lf_secret_new(answer, strlen(answer)) : NULL);
}

void git_world_client(struct git_world *world, const char *cache, bool batch)
{
	char *folder = lf_format("%s/%s", world->dir, cache);
	const struct lf_git_options options = {
	    .cache_folder = folder, .batch = batch, .ask = on_ask, .payload = world};

	lf_git_free(world->git);
	assert_int_equal(lf_git_new(&world->git, &world->loop, world->http, &options, NULL), LF_OK);
	lf_free(folder);
}

struct git_world *git_world_new(bool batch)
{
	struct git_world *world = lf_alloc(1, sizeof(*world));
	const char *base = getenv("LF_TEST_TMP");
	const void *table = NULL;

	(void)signal(SIGPIPE, SIG_IGN);
	world->dir = lf_format("%s/lf-git-XXXXXX", base ? base : "/tmp");
	assert_non_null(mkdtemp(world->dir));
	isolate(world);
	lf_free(git_world_run(world, "mkdir home work && git config --global user.name 'Ann Example' && "
	                             "git config --global user.email ann@example.com && git config --global "
	                             "init.defaultBranch main && "
	                             "git config --global protocol.version 2"));
	assert_int_equal(chdir(world->dir), 0);
	if (lf_module_open(&table, "http", NULL) == LF_OK)
		world->http = table;
	assert_int_equal(uv_loop_init(&world->loop), 0);
	git_world_client(world, "cache", batch);
	return world;
}

void git_world_free(struct git_world *world)
{
	int left;

	git_note_reset(world);
	lf_git_free(world->git);
	(void)uv_run(&world->loop, UV_RUN_DEFAULT);
	left = uv_loop_close(&world->loop);
	assert_int_equal(left, 0);
	assert_int_equal(chdir("/"), 0);
	(void)lf_fs_remove_tree(world->dir);
	lf_names_dispose(&world->asked);
	lf_free(world->secret);
	lf_free(world->dir);
	lf_free(world);
}

static char *run(const struct git_world *world, const char *command)
{
	char *line = lf_format("cd '%s' && { %s ; } 2>&1", world->dir, command);
	FILE *pipe = popen(line, "re"); /* NOLINT: a test's own command */
	struct lf_str out = {0};
	char buffer[4096];
	size_t n;
	int status;

	assert_non_null(pipe);
	while ((n = fread(buffer, 1, sizeof(buffer), pipe)) > 0)
		lf_str_add_n(&out, buffer, n);
	status = pclose(pipe);
	if (status)
		print_message("%s\n%s", command, lf_str_text(&out));
	assert_int_equal(status, 0);
	lf_free(line);
	return lf_str_take(&out);
}

char *git_world_run(const struct git_world *world, const char *format, ...)
{
	struct lf_str command = {0};
	va_list args;
	char *out;

	va_start(args, format);
	lf_str_addv(&command, format, args);
	va_end(args);
	out = run(world, command.data);
	lf_str_dispose(&command);
	return out;
}

void git_world_expect(const struct git_world *world, const char *expected, const char *format, ...)
{
	struct lf_str command = {0};
	va_list args;
	char *out;

	va_start(args, format);
	lf_str_addv(&command, format, args);
	va_end(args);
	out = run(world, command.data);
	if (*out && out[strlen(out) - 1] == '\n')
		out[strlen(out) - 1] = '\0';
	assert_string_equal(out, expected);
	lf_free(out);
	lf_str_dispose(&command);
}

char *git_world_bare(const struct git_world *world, const char *name)
{
	lf_free(git_world_run(world,
	                      "mkdir -p root && git init -q --bare -b main root/%s.git && "
	                      "git -C root/%s.git config uploadpack.allowFilter true && "
	                      "git -C root/%s.git config receive.fsckObjects true",
	                      name, name, name));
	return lf_format("%s/root/%s.git", world->dir, name);
}

char *git_world_repository(const struct git_world *world, const char *name)
{
	char *path = git_world_bare(world, name);

	lf_free(git_world_run(
	    world,
	    "rm -rf work/%s && git init -q work/%s && cd work/%s && mkdir -p apps/web/base apps/api "
	    "clusters/prod/flux-system && "
	    "echo hello > README.md && echo 'a: 1' > apps/web/a.yaml && echo 'b: 1' > apps/web/base/b.yaml "
	    "&& "
	    "echo 'resources: []' > apps/web/kustomization.yaml && echo 'c: 1' > apps/api/c.yaml && "
	    "echo x > clusters/prod/flux-system/gotk.yaml && printf '#!/bin/sh\\n' > run.sh && chmod +x "
	    "run.sh && "
	    "ln -s apps/web link && printf 'a\\0b' > binary && "
	    "printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:0\\nsize 1\\n' > big.yaml && "
	    "git add -A && "
	    "git update-index --add --cacheinfo 160000,1111111111111111111111111111111111111111,sub && "
	    "git commit -q -m first && git push -q ../../root/%s.git HEAD:main",
	    name, name, name, name));
	return path;
}

void git_world_somebody(const struct git_world *world, const char *name, const char *branch, const char *file,
                        const char *text)
{
	lf_free(git_world_run(world,
	                      "rm -rf work/else && git clone -q -b %s root/%s.git work/else && cd work/else "
	                      "&& mkdir -p \"$(dirname %s)\" && "
	                      "printf '%%s' '%s' > %s && git add -A && git -c user.name=Else -c "
	                      "user.email=else@example.com commit -q -m else && "
	                      "git push -q origin HEAD:%s",
	                      branch, name, file, text, file, branch));
}

bool git_server_start(struct git_server *server, const struct git_world *world, const char *arguments)
{
	const char *source = getenv("srcdir");
	int in[2], out[2];
	FILE *pipe;
	char line[512];

	memset(server, 0, sizeof(*server));
	server->input = -1;
	if (!source || system("command -v python3 >/dev/null")) /* NOLINT */
		return false;
	if (!strncmp(arguments, "sshd", 4) && access("/usr/sbin/sshd", X_OK))
		return false;
	if (!strncmp(arguments, "http2", 5) && system("command -v nghttpx >/dev/null")) /* NOLINT */
		return false;
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	server->pid = fork();
	assert_true(server->pid >= 0);
	if (!server->pid) {
		char *command =
		    lf_format("cd '%s' && exec python3 '%s'/tests/servers/%s --until-eof 2>>server.err",
		              world->dir, source, arguments);

		(void)dup2(in[0], 0);
		(void)dup2(out[1], 1);
		(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	server->input = in[1];
	pipe = fdopen(out[0], "r");
	assert_non_null(pipe);
	assert_non_null(fgets(line, sizeof(line), pipe));
	server->port = atoi(line);
	assert_true(server->port > 0);
	/* sshd.py tells four more lines, the others none. */
	for (int i = 0; i < 4 && !strncmp(arguments, "sshd", 4) && fgets(line, sizeof(line), pipe); i++)
		lf_str_add(&server->facts, line);
	(void)fclose(pipe);
	return true;
}

void git_server_stop(struct git_server *server)
{
	if (server->input >= 0) {
		(void)close(server->input);
		(void)waitpid(server->pid, NULL, 0);
	}
	server->input = -1;
	lf_str_dispose(&server->facts);
}

char *git_server_fact(const struct git_server *server, const char *name)
{
	char *key = lf_format("%s=", name);
	const char *found = strstr(lf_str_text(&server->facts), key);

	assert_non_null(found);
	found += strlen(key);
	lf_free(key);
	return lf_dup_n(found, strcspn(found, "\n"));
}
