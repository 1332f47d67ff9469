/* options: see options.h. Knows words, not what they do. */
#include "config.h"
#include "core/options.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"

#define ON(command) (1u << LF_COMMAND_##command)
#define RUNS (ON(WIZARD) | ON(DEMO) | ON(WATCH))
#define EVERY (~0u)

enum value { FLAG, TEXT, MANY };

struct option {
	const char *name;
	char letter;
	enum value value;
	const char *argument;
	unsigned commands;
	size_t offset;
	const char *help;
};

#define FIELD(name) offsetof(struct lf_options, name)
static const struct option table[] = {
    {"file", 'f', TEXT, "FILE", ON(WIZARD) | ON(RENDER) | ON(APPLY), FIELD(file), "answers file; - is standard input"},
    {"set", 0, MANY, "ID=VALUE", ON(WIZARD) | ON(DEMO) | ON(RENDER) | ON(APPLY), FIELD(sets), "answer one question; may be repeated"},
    {"output", 'o', TEXT, "WHERE", ON(RENDER) | ON(APPLY) | ON(WATCH) | ON(QUESTIONS), FIELD(output),
     "render: a folder, or - for standard output; elsewhere: text or json"},
    {"yes", 'y', FLAG, NULL, ON(APPLY), FIELD(yes), "do not ask before pushing"},
    {"dry-run", 0, FLAG, NULL, ON(APPLY), FIELD(dry_run), "stop before pushing and show what would change"},
    {"no-wait", 0, FLAG, NULL, ON(APPLY), FIELD(no_wait), "push without a cluster: nothing is validated, registered or watched"},
    {"namespace", 'n', TEXT, "NAMESPACE", ON(WATCH), FIELD(namespace), "of the object that is watched"},
    {"commit", 0, TEXT, "SHA", ON(WATCH), FIELD(commit), "the commit that has to arrive; without it, whatever the source has"},
    {"timeout", 0, TEXT, "DURATION", ON(WATCH) | ON(APPLY), FIELD(timeout), "how long to wait, 5m by default"},
    {"context", 0, TEXT, "NAME", ON(WIZARD) | ON(APPLY) | ON(WATCH), FIELD(context), "kube context"},
    {"scenario", 0, TEXT, "NAME", ON(DEMO), FIELD(scenario), "healthy, bad-image, bad-path, forbidden, slow or drift"},
    {"plain", 0, FLAG, NULL, RUNS, FIELD(plain), "line mode: numbered prompts instead of a screen"},
    {"ascii", 0, FLAG, NULL, RUNS, FIELD(ascii), "no characters beyond ASCII"},
    {"theme", 0, TEXT, "NAME", RUNS, FIELD(theme), "terminal, dark, mono, or one of your own"},
    {"color", 0, TEXT, "WHEN", RUNS, FIELD(color), "auto, never, 16, 256 or true"},
    {"help", 'h', FLAG, NULL, EVERY, FIELD(help), "show this help"},
    {"version", 0, FLAG, NULL, ON(WIZARD), FIELD(version), "show the version"},
};

static const struct command {
	const char *name, *usage, *summary;
} commands[LF_COMMANDS] = {
    [LF_COMMAND_WIZARD] = {"", "landfall [OPTION]…", "the wizard: answer, review, push, and stay until the commit is healthy"},
    [LF_COMMAND_DEMO] = {"demo", "landfall demo [--scenario NAME]", "the same wizard on a sandbox: nothing outside a temporary folder is touched"},
    [LF_COMMAND_RENDER] = {"render", "landfall render -f FILE [--set ID=VALUE]… [-o FOLDER|-]", "write the files only; offline, same answers, same bytes"},
    [LF_COMMAND_APPLY] = {"apply", "landfall apply -f FILE [--set ID=VALUE]… [--yes] [--dry-run] [-o text|json]",
			  "the wizard's work without the wizard: validate, push, register, wait"},
    [LF_COMMAND_WATCH] = {"watch", "landfall watch [KIND/]NAME [-n NAMESPACE] [--commit SHA] [--timeout DURATION] [-o text|json]",
			  "follow an Application, Kustomization or HelmRelease until it is healthy"},
    [LF_COMMAND_QUESTIONS] = {"questions", "landfall questions [-o text|json]", "every question with its id, default and where its answer goes"},
    [LF_COMMAND_COMPLETION] = {"completion", "landfall completion bash|zsh|fish", "print a completion script"},
};

static int unknown(struct lf_error *err, const char *word, const char *what)
{
	int code = lf_fail(err, LF_EINVAL, "options", 0, "There is no %s \"%.80s\".", what, word);

	lf_hint(err, "\"landfall --help\" lists them.");
	return code;
}

static const struct option *find_option(const char *name, size_t length, char letter)
{
	for (size_t i = 0; i < LF_COUNT(table); i++) {
		if (letter ? table[i].letter == letter : strlen(table[i].name) == length && !strncmp(table[i].name, name, length))
			return &table[i];
	}
	return NULL;
}

static void store(struct lf_options *out, const struct option *option, const char *value)
{
	void *field = (char *)out + option->offset;

	switch (option->value) {
	case FLAG:
		*(bool *)field = true;
		break;
	case TEXT:
		lf_set(field, value);
		break;
	case MANY:
		lf_names_add(field, value);
		break;
	}
}

/* One option word and, where it needs one, its value; *AT is moved past what was used. */
static int take_option(struct lf_options *out, int argc, const char *const argv[], int *at, struct lf_error *err)
{
	const char *word = argv[(*at)++], *value = NULL;
	const struct option *option;
	int code;

	if (word[1] == '-') {
		const char *equals = strchr(word, '=');

		option = find_option(word + 2, equals ? (size_t)(equals - word) - 2 : strlen(word) - 2, 0);
		value = equals ? equals + 1 : NULL;
	} else {
		option = find_option(NULL, 0, word[1]);
		value = word[2] ? word + 2 : NULL;
	}
	if (!option)
		return unknown(err, word, "option");
	if (!(option->commands & (1u << out->command))) {
		code = lf_fail(err, LF_EINVAL, "options", 0, "--%s does not go with \"landfall %s\".", option->name, commands[out->command].name);
		lf_hint(err, "%s", commands[out->command].usage);
		return code;
	}
	if (option->value == FLAG && value) {
		code = lf_fail(err, LF_EINVAL, "options", 0, "--%s takes no value.", option->name);
		lf_hint(err, "Write --%s alone.", option->name);
		return code;
	}
	if (option->value != FLAG && !value && *at < argc)
		value = argv[(*at)++];
	if (option->value != FLAG && !value) {
		code = lf_fail(err, LF_EINVAL, "options", 0, "--%s needs a value.", option->name);
		lf_hint(err, "--%s %s: %s.", option->name, option->argument, option->help);
		return code;
	}
	store(out, option, value);
	return LF_OK;
}

int lf_options_parse(struct lf_options *out, int argc, const char *const argv[], struct lf_error *err)
{
	int at = 1, code = LF_OK;
	bool only_arguments = false;

	memset(out, 0, sizeof(*out));
	if (argc > 1 && argv[1][0] != '-') {
		for (int i = 1; i < LF_COMMANDS && at == 1; i++) {
			if (!strcmp(argv[1], commands[i].name)) {
				out->command = (enum lf_command)i;
				at = 2;
			}
		}
		if (at == 1)
			return unknown(err, argv[1], "command");
	}
	while (at < argc && !code) {
		if (!only_arguments && !strcmp(argv[at], "--")) {
			only_arguments = true;
			at++;
		} else if (!only_arguments && argv[at][0] == '-' && argv[at][1]) {
			code = take_option(out, argc, argv, &at, err);
		} else {
			lf_names_add(&out->arguments, argv[at++]);
		}
	}
	if (code)
		lf_options_dispose(out);
	return code;
}

void lf_options_dispose(struct lf_options *options)
{
	for (size_t i = 0; i < LF_COUNT(table); i++) {
		if (table[i].value == TEXT)
			lf_free(*(char **)(void *)((char *)options + table[i].offset));
	}
	lf_names_dispose(&options->sets);
	lf_names_dispose(&options->arguments);
	memset(options, 0, sizeof(*options));
}

static void help_option(struct lf_str *out, const struct option *option)
{
	char words[64];

	(void)snprintf(words, sizeof(words), "%c%c%s--%s%s%s", option->letter ? '-' : ' ', option->letter ? option->letter : ' ',
		       option->letter ? ", " : "  ", option->name, option->argument ? " " : "", option->argument ? option->argument : "");
	lf_str_addf(out, "  %-28s %s\n", words, option->help);
}

void lf_options_help(struct lf_str *out, enum lf_command command)
{
	lf_str_addf(out, "%s\n\n%s.\n", commands[command].usage, commands[command].summary);
	if (command == LF_COMMAND_WIZARD) {
		lf_str_add(out, "\nCommands:\n");
		for (int i = 1; i < LF_COMMANDS; i++)
			lf_str_addf(out, "  %-12s %s\n", commands[i].name, commands[i].summary);
	}
	lf_str_add(out, "\nOptions:\n");
	for (size_t i = 0; i < LF_COUNT(table); i++) {
		if (table[i].commands & (1u << command))
			help_option(out, &table[i]);
	}
	if (command == LF_COMMAND_APPLY || command == LF_COMMAND_WATCH)
		lf_str_add(out, "\nExit status: 0 healthy at the commit, 2 usage or missing answers, 3 refused by validation, 4 Git (nothing was\n"
				"changed remotely), 5 sync failed or degraded, 6 not decided in time, 130 interrupted.\n");
}

static void completion_words(struct lf_str *out, unsigned command)
{
	for (size_t i = 0; i < LF_COUNT(table); i++) {
		if (table[i].commands & (1u << command))
			lf_str_addf(out, "%s--%s", out->length ? " " : "", table[i].name);
	}
}

static void completion_bash(struct lf_str *out)
{
	lf_str_add(out, "_landfall() {\n\tlocal words='' cur=${COMP_WORDS[COMP_CWORD]}\n\tcase ${COMP_WORDS[1]} in\n");
	for (unsigned i = 1; i <= LF_COMMANDS; i++) {
		struct lf_str words = {0};
		unsigned command = i % LF_COMMANDS; /* the wizard last: its pattern is any word */

		completion_words(&words, command);
		if (command == LF_COMMAND_COMPLETION)
			lf_str_add(&words, " bash zsh fish");
		if (!command) {
			for (int k = 1; k < LF_COMMANDS; k++)
				lf_str_addf(&words, " %s", commands[k].name);
		}
		lf_str_addf(out, "\t%s) words='%s' ;;\n", command ? commands[command].name : "*", lf_str_text(&words));
		lf_str_dispose(&words);
	}
	lf_str_add(out, "\tesac\n\t[ \"${COMP_WORDS[COMP_CWORD-1]}\" = -f ] && words=\n"
			"\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\ncomplete -o default -F _landfall landfall\n");
}

static void completion_zsh(struct lf_str *out)
{
	lf_str_add(out, "#compdef landfall\nautoload -U +X bashcompinit && bashcompinit\n");
	completion_bash(out);
}

static void completion_fish(struct lf_str *out)
{
	for (int i = 1; i < LF_COMMANDS; i++)
		lf_str_addf(out, "complete -c landfall -n __fish_use_subcommand -a %s -d '%s'\n", commands[i].name, commands[i].summary);
	for (size_t k = 0; k < LF_COUNT(table); k++) {
		lf_str_addf(out, "complete -c landfall -l %s%s%c%s -d '%s'\n", table[k].name, table[k].letter ? " -s " : "",
			    table[k].letter ? table[k].letter : ' ', table[k].value == FLAG ? "" : " -r", table[k].help);
	}
}

int lf_options_completion(struct lf_str *out, const char *shell, struct lf_error *err)
{
	if (!strcmp(shell, "bash")) {
		completion_bash(out);
	} else if (!strcmp(shell, "zsh")) {
		completion_zsh(out);
	} else if (!strcmp(shell, "fish")) {
		completion_fish(out);
	} else {
		lf_fail(err, LF_EINVAL, "completion", 0, "There is no completion for the shell \"%.40s\".", shell);
		lf_hint(err, "landfall completion bash|zsh|fish");
		return LF_EINVAL;
	}
	return LF_OK;
}
