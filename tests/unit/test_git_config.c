/* What Git's configuration means, against what git itself answers: addresses rewritten, http.<url>.* chosen, settings in the environment, includeIf. */
#include "config.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/git/job.h"
#include "tests/unit/gitworld.h"

static const char *const addresses[] = {
    "https://git.example.com/team/app.git", "https://git.example.com/team/other.git", "https://git.example.com/team",  "https://git.example.com/teams/x.git",
    "https://git.example.com:8443/team/app.git", "https://ann@git.example.com/team/app.git", "http://git.example.com/team/app.git", "https://a.b.example.com/x.git",
    "https://www.example.com/x.git",	   "https://other.example.org/x.git",	     "git://git.example.com/team/app.git", "ssh://git@git.example.com/team/app.git",
    "git@git.example.com:team/app.git",	   "gh:team/app",			     "ghe:team/app",
};

/* Each is a whole configuration. */
static const char *const rewrites[] = {
    "[url \"ssh://git@git.example.com/\"]\n\tinsteadOf = https://git.example.com/\n",
    "[url \"https://a/\"]\n\tinsteadOf = https://git.example.com/\n[url \"https://b/\"]\n\tinsteadOf = https://git.example.com/team/\n",
    "[url \"https://b/\"]\n\tinsteadOf = https://git.example.com/team/\n[url \"https://a/\"]\n\tinsteadOf = https://git.example.com/\n",
    "[url \"https://first/\"]\n\tinsteadOf = gh:\n[url \"https://second/\"]\n\tinsteadOf = gh:\n",
    "[url \"https://a/\"]\n\tinsteadOf = gh:\n\tinsteadOf = ghe:\n\tpushInsteadOf = https://git.example.com/\n",
    "[url \"ssh://push/\"]\n\tpushInsteadOf = https://git.example.com/team/\n[url \"https://mirror/\"]\n\tinsteadOf = https://git.example.com/\n",
    "[url \"ssh://push/\"]\n\tpushInsteadOf = https://git.example.com/\n[url \"https://mirror/\"]\n\tinsteadOf = https://git.example.com/team/app.git\n",
    "[url \"ssh://git@git.example.com/\"]\n\tpushInsteadOf = git://git.example.com/\n",
    "[url \"https://x/\"]\n\tinsteadOf = git@git.example.com:\n",
    "[URL \"https://X/\"]\n\tINSTEADOF = https://git.example.com/\n",
};

static const char *const matches[] = {
    "[http]\n\tproxy = http://p:1\n",
    "[http]\n\tproxy = http://p:1\n[http \"https://git.example.com\"]\n\tproxy = http://p:2\n",
    "[http \"https://git.example.com\"]\n\tproxy = http://p:2\n[http]\n\tproxy = http://p:1\n",
    "[http \"https://git.example.com/team\"]\n\tproxy = http://p:3\n[http \"https://git.example.com/\"]\n\tproxy = http://p:2\n",
    "[http \"https://git.example.com/team/\"]\n\tproxy = http://p:3\n[http \"https://git.example.com/team/app.git\"]\n\tproxy = http://p:4\n",
    "[http \"https://*.example.com\"]\n\tproxy = http://p:5\n[http \"https://git.example.com\"]\n\tproxy = http://p:2\n",
    "[http \"https://git.example.com\"]\n\tproxy = http://p:2\n[http \"https://*.example.com\"]\n\tproxy = http://p:5\n",
    "[http \"https://*.*.example.com\"]\n\tproxy = http://p:6\n",
    "[http \"https://ann@git.example.com\"]\n\tproxy = http://p:7\n[http \"https://git.example.com\"]\n\tproxy = http://p:2\n",
    "[http \"https://ann@git.example.com\"]\n\tproxy = http://p:7\n[http \"https://git.example.com/team\"]\n\tproxy = http://p:3\n",
    "[http \"https://git.example.com:8443\"]\n\tproxy = http://p:8\n[http \"https://git.example.com:443\"]\n\tproxy = http://p:9\n",
    "[http \"HTTPS://GIT.Example.com/team\"]\n\tproxy = http://p:10\n",
    "[http \"https://git.example.com/Team\"]\n\tproxy = http://p:11\n",
    "[http \"http://git.example.com\"]\n\tproxy = http://p:12\n",
    "[http \"https://git.example.com/team\"]\n\tproxy = http://p:1\n[http \"https://git.example.com/team\"]\n\tproxy = http://p:2\n",
};

/* Into SETTINGS, as git lists them. */
static void take(struct lf_git_settings *settings, const struct git_world *world)
{
	char *list = git_world_run(world, "git config --global --list -z | tr '\\n\\000' '\\001\\n'"), *rest = NULL;

	for (char *line = strtok_r(list, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *end = strchr(line, '\001');

		if (end)
			*end = '\0';
		lf_git_settings_add(settings, line, end ? end + 1 : "true", true);
	}
	lf_free(list);
}

static void write_config(const struct git_world *world, const char *text)
{
	char *path = git_world_run(world, "printf '%%s/.gitconfig' \"$HOME\"");
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	lf_free(path);
}

static void addresses_are_rewritten_as_git_does(void **state)
{
	struct git_world *world = git_world_new(true);

	(void)state;
	lf_free(git_world_run(world, "git init -q asked"));
	for (size_t i = 0; i < LF_COUNT(rewrites); i++) {
		struct lf_git_settings settings = {0};

		write_config(world, rewrites[i]);
		take(&settings, world);
		for (size_t k = 0; k < LF_COUNT(addresses); k++) {
			char *theirs = git_world_run(world, "cd asked && { git remote remove x 2>/dev/null; git remote add x '%s' && git remote get-url x && git remote get-url --push x; }", addresses[k]);
			char *fetch = lf_git_settings_rewrite(&settings, addresses[k], false), *push = lf_git_settings_rewrite(&settings, addresses[k], true);
			char *ours = lf_format("%s\n%s\n", fetch, push);

			if (strcmp(ours, theirs) != 0)
				fail_msg("%s with\n%s\nours:\n%sgit's:\n%s", addresses[k], rewrites[i], ours, theirs);
			lf_free(theirs);
			lf_free(fetch);
			lf_free(push);
			lf_free(ours);
		}
		lf_git_settings_dispose(&settings);
	}
	git_world_free(world);
}

static void settings_of_an_address_are_chosen_as_git_does(void **state)
{
	struct git_world *world = git_world_new(true);

	(void)state;
	for (size_t i = 0; i < LF_COUNT(matches); i++) {
		struct lf_git_settings settings = {0};

		write_config(world, matches[i]);
		take(&settings, world);
		for (size_t k = 0; k < LF_COUNT(addresses); k++) {
			struct lf_git_http_settings chosen = {0};
			struct lf_git_url url = {0};
			char *theirs, *ours;

			if (!lf_starts_with(addresses[k], "http"))
				continue;
			assert_int_equal(lf_git_url_parse(&url, addresses[k], NULL), LF_OK);
			lf_git_settings_for(&chosen, &settings, &url);
			theirs = git_world_run(world, "git config --get-urlmatch http.proxy '%s' || true", addresses[k]);
			ours = lf_format("%s%s", chosen.proxy ? chosen.proxy : "", chosen.proxy ? "\n" : "");
			if (strcmp(ours, theirs) != 0)
				fail_msg("%s with\n%s\nours:\n%sgit's:\n%s", addresses[k], matches[i], ours, theirs);
			lf_free(theirs);
			lf_free(ours);
			lf_git_url_dispose(&url);
		}
		lf_git_settings_dispose(&settings);
	}
	git_world_free(world);
}

static char *environment_get(const char *name)
{
	return getenv(name);
}

static void the_environment_is_read_as_git_does(void **state)
{
	static const struct {
		const char *vars[8][2];
		const char *name; /* user.name; NULL: refused */
	} rows[] = {
	    {{{"GIT_CONFIG_COUNT", "1"}, {"GIT_CONFIG_KEY_0", "user.name"}, {"GIT_CONFIG_VALUE_0", "Ann"}}, "Ann"},
	    {{{"GIT_CONFIG_COUNT", "2"}, {"GIT_CONFIG_KEY_0", "user.name"}, {"GIT_CONFIG_VALUE_0", "Ann"}, {"GIT_CONFIG_KEY_1", "User.NAME"}, {"GIT_CONFIG_VALUE_1", "Ben"}}, "Ben"},
	    {{{"GIT_CONFIG_COUNT", "0"}, {"GIT_CONFIG_KEY_0", "user.name"}, {"GIT_CONFIG_VALUE_0", "Ann"}}, "File"},
	    {{{"GIT_CONFIG_COUNT", ""}}, "File"},
	    {{{"GIT_CONFIG_COUNT", "x"}}, NULL},
	    {{{"GIT_CONFIG_COUNT", "-1"}}, NULL},
	    {{{"GIT_CONFIG_COUNT", "1"}, {"GIT_CONFIG_KEY_0", "user.name"}}, NULL},
	    {{{"GIT_CONFIG_COUNT", "1"}, {"GIT_CONFIG_VALUE_0", "x"}}, NULL},
	    {{{"GIT_CONFIG_COUNT", "1"}, {"GIT_CONFIG_KEY_0", "username"}, {"GIT_CONFIG_VALUE_0", "x"}}, NULL},
	    {{{"GIT_CONFIG_PARAMETERS", "'user.name=Ann'"}}, "Ann"},
	    {{{"GIT_CONFIG_PARAMETERS", "'user.name'='Ann B.'"}}, "Ann B."},
	    {{{"GIT_CONFIG_PARAMETERS", "'user.name'='a'\\''b'"}}, "a'b"},
	    {{{"GIT_CONFIG_PARAMETERS", "'user.name'='Ann'  'user.name'='Ben'"}}, "Ben"},
	    {{{"GIT_CONFIG_PARAMETERS", "'user.name'='Ann"}}, NULL},
	    {{{"GIT_CONFIG_PARAMETERS", "user.name=Ann"}}, NULL},
	    {{{"GIT_CONFIG_PARAMETERS", "'user.name'='Ann'"}, {"GIT_CONFIG_COUNT", "1"}, {"GIT_CONFIG_KEY_0", "user.name"}, {"GIT_CONFIG_VALUE_0", "Ben"}}, "Ann"},
	};
	struct git_world *world = git_world_new(true);

	(void)state;
	write_config(world, "[user]\n\tname = File\n");
	for (size_t i = 0; i < LF_COUNT(rows); i++) {
		struct lf_git_settings settings = {0};
		struct lf_error err = {0};
		char *theirs;
		int rc;

		for (size_t k = 0; k < LF_COUNT(rows[i].vars) && rows[i].vars[k][0]; k++)
			(void)setenv(rows[i].vars[k][0], rows[i].vars[k][1], 1);
		theirs = git_world_run(world, "git config user.name 2>/dev/null || echo refused");
		lf_git_settings_add(&settings, "user.name", "File", true);
		rc = lf_git_settings_add_environment(&settings, environment_get, &err);
		for (size_t k = 0; k < LF_COUNT(rows[i].vars) && rows[i].vars[k][0]; k++)
			(void)unsetenv(rows[i].vars[k][0]);
		theirs[strcspn(theirs, "\n")] = '\0';
		if (strcmp(theirs, rows[i].name ? rows[i].name : "refused") != 0)
			fail_msg("row %zu: git says %s", i, theirs);
		if (rows[i].name ? rc || strcmp(settings.name, rows[i].name) != 0 : rc != LF_EINVAL)
			fail_msg("row %zu: we say %s (%s)", i, settings.name, err.message);
		if (rc)
			assert_true(*err.hint);
		lf_free(theirs);
		lf_git_settings_dispose(&settings);
	}
	git_world_free(world);
}

/* The whole way: what a delivery's author is, with the environment over the file, and who an included file says one is. */
static void a_delivery_follows(void **state)
{
	struct git_world *world = git_world_new(true);
	char *url;

	(void)state;
	lf_free(git_world_repository(world, "r"));
	url = lf_format("%s/root/r.git", world->dir);
	(void)setenv("GIT_CONFIG_COUNT", "2", 1);
	(void)setenv("GIT_CONFIG_KEY_0", "user.name", 1);
	(void)setenv("GIT_CONFIG_VALUE_0", "From The Environment", 1);
	(void)setenv("GIT_CONFIG_KEY_1", "user.email", 1);
	(void)setenv("GIT_CONFIG_VALUE_1", "env@example.com", 1);
	git_deliver(world, url, "main", "", "apps/web/environment.yaml", "1", NULL);
	(void)unsetenv("GIT_CONFIG_COUNT");
	git_expect_ok(world);
	git_world_expect(world, "From The Environment <env@example.com>", "git -C root/r.git log -1 --format='%%an <%%ae>' main");
	/* now, in the time zone of this machine */
	(void)setenv("TZ", "XXX-5:30", 1);
	tzset();
	git_deliver(world, url, "main", "", "apps/web/zone.yaml", "1", NULL);
	git_expect_ok(world);
	git_world_expect(world, "+0530 +0530", "git -C root/r.git log -1 --format='%%ai %%ci' main | sed 's/[-0-9]* [0-9:]* \\(+0530\\)/\\1/g'");
	git_world_expect(world, "now", "test $(( $(date +%%s) - $(git -C root/r.git log -1 --format=%%at main) )) -lt 120 && echo now");
	(void)unsetenv("TZ");
	tzset();
	lf_free(url);
	git_world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses_are_rewritten_as_git_does),
	    cmocka_unit_test(settings_of_an_address_are_chosen_as_git_does),
	    cmocka_unit_test(the_environment_is_read_as_git_does),
	    cmocka_unit_test(a_delivery_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
