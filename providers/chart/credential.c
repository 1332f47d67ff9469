/* credential: what Helm and Docker were told about a registry or repository: their files, and the helpers those name. Everything here blocks and runs on a
 * work request. Nothing is written, and a secret goes nowhere but into the struct. */
#include "config.h"
#include "providers/chart/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/json.h"
#include "core/mem.h"
#include "core/yaml.h"
#include "providers/kube/kubeconfig.h"

enum { FILE_BYTES = 1 << 20, HELPER_BYTES = 64 << 10, HELPER_MS = 20000 };

void chart_credential_dispose(struct chart_credential *credential)
{
	if (credential->user) /* some people paste the password here */
		lf_wipe(credential->user, strlen(credential->user));
	lf_free(credential->user);
	lf_secret_free(credential->password);
	memset(credential, 0, sizeof(*credential));
}

static bool set(struct chart_credential *out, const char *user, const char *password)
{
	if (!*user || !*password)
		return false;
	out->user = lf_dup(user);
	out->password = lf_secret_new(password, strlen(password));
	return true;
}

static void wipe(struct lf_str *text)
{
	if (text->data)
		lf_wipe(text->data, text->length);
	lf_str_dispose(text);
}

/* "dXNlcjpwYXNz" */
static bool set_pair(struct chart_credential *out, const char *encoded)
{
	struct lf_str pair = {0};
	char *colon;
	bool good = false;

	if (*encoded && kube_base64_decode(&pair, encoded) && pair.length && !memchr(pair.data, '\0', pair.length)) {
		colon = strchr(pair.data, ':');
		if (colon) {
			*colon = '\0';
			good = set(out, pair.data, colon + 1);
		}
	}
	wipe(&pair);
	return good;
}

/* Whether KEY of an "auths" map is about HOST: with or without a scheme and a path. */
static bool is_about(const char *key, const char *host)
{
	size_t n = strlen(host);

	if (lf_starts_with(key, "https://"))
		key += 8;
	else if (lf_starts_with(key, "http://"))
		key += 7;
	if (!strncasecmp(key, host, n) && (!key[n] || key[n] == '/'))
		return true;
	return (lf_equal(host, "registry-1.docker.io") || lf_equal(host, "docker.io")) && lf_starts_with(key, "index.docker.io");
}

static bool is_program(const char *name)
{
	return *name && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == strlen(name);
}

bool chart_credential_in(struct chart_credential *out, char **helper, const char *text, size_t length, const char *host)
{
	struct lf_node *config = NULL;
	const struct lf_node *auths, *helpers;
	const char *store;
	bool found = false;

	*helper = NULL;
	if (lf_json_parse(&config, text, length, NULL))
		return false;
	auths = lf_node_key(config, "auths");
	helpers = lf_node_key(config, "credHelpers");
	store = lf_node_text(lf_node_key(helpers, host), NULL);
	for (size_t i = 0; i < lf_node_count(auths) && !found && !*store; i++) {
		const struct lf_node *auth = lf_node_at(auths, i);

		if (!is_about(lf_node_key_at(auths, i), host))
			continue;
		found = set_pair(out, lf_node_text(auth, "auth")) || set(out, lf_node_text(auth, "username"), lf_node_text(auth, "password"));
	}
	if (!found && !*store)
		store = lf_node_text(config, "credsStore");
	if (!found && is_program(store))
		*helper = lf_dup(store);
	lf_node_free(config);
	return found;
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static pid_t spawn(const char *program, int input, int output)
{
	char *const argv[] = {(char *)(uintptr_t)program, (char[]){"get"}, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, defaults;
	pid_t pid = -1;

	(void)sigemptyset(&none);
	(void)sigemptyset(&defaults);
	(void)sigaddset(&defaults, SIGPIPE);
	if (posix_spawn_file_actions_init(&actions))
		return -1;
	if (!posix_spawnattr_init(&attributes)) {
		(void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
		(void)posix_spawnattr_setsigmask(&attributes, &none);
		(void)posix_spawnattr_setsigdefault(&attributes, &defaults);
		(void)posix_spawn_file_actions_adddup2(&actions, input, 0);
		(void)posix_spawn_file_actions_adddup2(&actions, output, 1);
		(void)posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
		(void)posix_spawn_file_actions_addclosefrom_np(&actions, 3);
		if (posix_spawnp(&pid, program, &actions, &attributes, argv, environ))
			pid = -1;
		(void)posix_spawnattr_destroy(&attributes);
	}
	(void)posix_spawn_file_actions_destroy(&actions);
	return pid;
}

/* What the program at FD says until it ends, in time and within the limit. */
static bool collect(struct lf_str *out, int fd)
{
	int64_t end = now_ms() + HELPER_MS;

	for (;;) {
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		int64_t left = end - now_ms();
		char bytes[4096];
		ssize_t n;

		if (left <= 0 || poll(&wait, 1, (int)left) <= 0)
			return false;
		n = read(fd, bytes, sizeof(bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n == 0;
		lf_str_add_n(out, bytes, (size_t)n);
		lf_wipe(bytes, sizeof(bytes));
		if (out->length > HELPER_BYTES)
			return false;
	}
}

static bool ask_helper(struct chart_credential *out, const char *name, const char *host)
{
	char *program = lf_format("docker-credential-%s", name);
	int in[2] = {-1, -1}, back[2] = {-1, -1}, status = -1;
	struct lf_str text = {0};
	struct lf_node *answer = NULL;
	bool good = false;
	pid_t pid;

	if (pipe2(in, O_CLOEXEC) || pipe2(back, O_CLOEXEC))
		goto out;
	pid = spawn(program, in[0], back[1]);
	(void)close(back[1]);
	back[1] = -1;
	if (pid < 0)
		goto out;
	good = write(in[1], host, strlen(host)) == (ssize_t)strlen(host);
	(void)close(in[1]);
	in[1] = -1;
	good = good && collect(&text, back[0]);
	if (!good)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	good = good && status == 0 && !lf_json_parse(&answer, lf_str_text(&text), text.length, NULL) &&
	       set(out, lf_node_text(answer, "Username"), lf_node_text(answer, "Secret"));
out:
	for (int i = 0; i < 2; i++) {
		if (in[i] >= 0)
			(void)close(in[i]);
		if (back[i] >= 0)
			(void)close(back[i]);
	}
	lf_node_free(answer);
	wipe(&text);
	lf_free(program);
	return good;
}

static bool find_in_file(struct chart_credential *out, char *path, const char *host)
{
	struct lf_str text = {0};
	char *helper = NULL;
	bool found = false;

	if (path && !lf_fs_read(&text, path, FILE_BYTES, NULL)) {
		found = chart_credential_in(out, &helper, lf_str_text(&text), text.length, host);
		if (!found && helper)
			found = ask_helper(out, helper, host);
	}
	lf_free(helper);
	wipe(&text);
	lf_free(path);
	return found;
}

/* $VARIABLE, or REST below the home folder; for Helm's files below its configuration folder. */
static char *file_of(const char *variable, const char *tail, const char *rest)
{
	const char *set_to = getenv(variable);

	if (set_to && *set_to)
		return lf_format("%s%s", set_to, tail);
	return lf_fs_home_path(rest);
}

static char *helm_file(const char *variable, const char *name)
{
	const char *set_to = getenv(variable), *config = getenv("HELM_CONFIG_HOME"), *xdg = getenv("XDG_CONFIG_HOME");
	char *below, *path;

	if (set_to && *set_to)
		return lf_dup(set_to);
	if (config && *config)
		return lf_format("%s/%s", config, name);
	if (xdg && *xdg)
		return lf_format("%s/helm/%s", xdg, name);
	below = lf_format(".config/helm/%s", name);
	path = lf_fs_home_path(below);
	lf_free(below);
	return path;
}

static bool is_same_repository(const char *a, const char *b)
{
	size_t an = strlen(a), bn = strlen(b);

	while (an && a[an - 1] == '/')
		an--;
	while (bn && b[bn - 1] == '/')
		bn--;
	return an && an == bn && !strncmp(a, b, an);
}

static bool find_repository(struct chart_credential *out, const char *url)
{
	char *path = helm_file("HELM_REPOSITORY_CONFIG", "repositories.yaml");
	struct lf_node *documents = NULL;
	const struct lf_node *list;
	struct lf_str text = {0};
	bool found = false;

	if (path && !lf_fs_read(&text, path, FILE_BYTES, NULL) &&
	    !lf_yaml_parse(&documents, lf_str_text(&text), text.length, "repositories.yaml", NULL, NULL)) {
		list = lf_node_key(lf_node_at(documents, 0), "repositories");
		for (size_t i = 0; i < lf_node_count(list) && !found; i++) {
			const struct lf_node *item = lf_node_at(list, i);

			found = is_same_repository(lf_node_text(item, "url"), url) && set(out, lf_node_text(item, "username"), lf_node_text(item, "password"));
		}
	}
	lf_node_free(documents);
	wipe(&text);
	lf_free(path);
	return found;
}

bool chart_credential_find(struct chart_credential *out, const char *host, const char *url)
{
	memset(out, 0, sizeof(*out));
	if (url)
		return find_repository(out, url);
	return find_in_file(out, helm_file("HELM_REGISTRY_CONFIG", "registry/config.json"), host) ||
	       find_in_file(out, file_of("DOCKER_CONFIG", "/config.json", ".docker/config.json"), host);
}
