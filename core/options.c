/* options: see options.h. Knows words, not what they do. */
#include "config.h"
#include "core/options.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"

enum value { FLAG, TEXT, MANY };

struct option {
	const char *name;
	char letter;
	enum value value;
	const char *argument;
	size_t offset;
	const char *help;
};

#define FIELD(name) offsetof(struct lf_options, name)
static const struct option table[] = {
    {"file", 'f', TEXT, "FILE", FIELD(file), "answers file; - is standard input"},
    {"set", 0, MANY, "ID=VALUE", FIELD(sets), "answer one question (edit: change one value); may be repeated"},
    {"delete", 0, MANY, "PATH", FIELD(deletes), "edit: take out a field or an item of a list; may be repeated"},
    {"output", 'o', TEXT, "WHERE", FIELD(output), "render: a folder, or - for standard output; elsewhere: text or json"},
    {"yes", 'y', FLAG, NULL, FIELD(yes), "do not ask before pushing"},
    {"dry-run", 0, FLAG, NULL, FIELD(dry_run), "stop before pushing and show what would change"},
    {"pull-request", 0, FLAG, NULL, FIELD(pull_request), "propose the change by a pull request instead of pushing it: delivery=pull-request"},
    {"wait-for-merge", 0, FLAG, NULL, FIELD(wait_for_merge), "by pull request: stay until it is merged, then follow the merge commit"},
    {"create-repository", 0, FLAG, NULL, FIELD(create_repository), "create the repository if it does not exist, private unless createRepository says public"},
    {"no-wait", 0, FLAG, NULL, FIELD(no_wait), "end after the push; a cluster that answers validates and registers, none is needed"},
    {"base", 0, FLAG, NULL, FIELD(base), "edit: change the object's own file, for every overlay, instead of this overlay alone"},
    {"namespace", 'n', TEXT, "NAMESPACE", FIELD(namespace), "of the object that is meant"},
    {"commit", 0, TEXT, "SHA", FIELD(commit), "the commit that has to arrive; without it, whatever the source has"},
    {"timeout", 0, TEXT, "DURATION", FIELD(timeout), "how long to wait, 5m by default"},
    {"context", 0, TEXT, "NAME", FIELD(context), "kube context"},
    {"scenario", 0, TEXT, "NAME", FIELD(scenario), "healthy, bad-image, bad-path, bad-chart, bad-version, bad-values, forbidden, slow or drift"},
    {"plain", 0, FLAG, NULL, FIELD(plain), "line mode: numbered prompts instead of a screen"},
    {"ascii", 0, FLAG, NULL, FIELD(ascii), "no characters beyond ASCII"},
    {"theme", 0, TEXT, "NAME", FIELD(theme), "terminal, dark, light, high-contrast, colour-blind, mono, or one of your own"},
    {"color", 0, TEXT, "WHEN", FIELD(color), "auto, never, 16, 256 or true"},
    {"help", 'h', FLAG, NULL, FIELD(help), "show this help"},
    {"version", 0, FLAG, NULL, FIELD(version), "show the version"},
};

/* Whether WORD is one of LIST, words with a space between. */
static bool is_listed(const char *list, const char *word)
{
	size_t length = strlen(word);

	while (*list) {
		size_t n = strcspn(list, " ");

		if (n == length && !strncmp(list, word, n))
			return true;
		list += n + (list[n] == ' ');
	}
	return false;
}

static bool takes(const struct lf_command *command, const struct option *option)
{
	return !strcmp(option->name, "help") || is_listed(command->options, option->name);
}

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
	if (!takes(out->command, option)) {
		code = lf_fail(err, LF_EINVAL, "options", 0, "--%s does not go with \"landfall%s%s\".", option->name, *out->command->name ? " " : "",
			       out->command->name);
		lf_hint(err, "%s", out->command->usage);
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

int lf_options_parse(struct lf_options *out, const struct lf_commands *commands, int argc, const char *const argv[], struct lf_error *err)
{
	int at = 1, code = LF_OK;
	bool only_arguments = false;

	memset(out, 0, sizeof(*out));
	out->command = &commands->items[0];
	if (argc > 1 && argv[1][0] != '-') {
		for (size_t i = 1; i < commands->count && at == 1; i++) {
			if (!strcmp(argv[1], commands->items[i].name)) {
				out->command = &commands->items[i];
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
	lf_names_dispose(&options->deletes);
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

void lf_options_help(struct lf_str *out, const struct lf_commands *commands, const struct lf_command *command)
{
	lf_str_addf(out, "%s\n\n%s.\n", command->usage, command->summary);
	if (command == &commands->items[0]) {
		lf_str_add(out, "\nCommands:\n");
		for (size_t i = 1; i < commands->count; i++)
			lf_str_addf(out, "  %-12s %s\n", commands->items[i].name, commands->items[i].summary);
	}
	lf_str_add(out, "\nOptions:\n");
	for (size_t i = 0; i < LF_COUNT(table); i++) {
		if (takes(command, &table[i]))
			help_option(out, &table[i]);
	}
	if (is_listed(command->options, "timeout"))
		lf_str_add(out, "\nExit status: 0 healthy at the commit, 2 usage or missing answers, 3 refused by validation, 4 Git (nothing was\n"
				"changed remotely), 5 sync failed or degraded, 6 not decided in time, 7 changed by others in the same\n"
				"lines (nothing was changed), 130 interrupted.\n");
}

static void completion_words(struct lf_str *out, const struct lf_command *command)
{
	for (size_t i = 0; i < LF_COUNT(table); i++) {
		if (takes(command, &table[i]))
			lf_str_addf(out, "%s--%s", out->length ? " " : "", table[i].name);
	}
	if (command->arguments)
		lf_str_addf(out, " %s", command->arguments);
}

static void completion_bash(struct lf_str *out, const struct lf_commands *commands)
{
	lf_str_add(out, "_landfall() {\n\tlocal words='' cur=${COMP_WORDS[COMP_CWORD]}\n\tcase ${COMP_WORDS[1]} in\n");
	for (size_t i = 1; i <= commands->count; i++) {
		struct lf_str words = {0};
		const struct lf_command *command = &commands->items[i % commands->count]; /* the wizard last: its pattern is any word */

		completion_words(&words, command);
		for (size_t k = 1; k < commands->count && !*command->name; k++)
			lf_str_addf(&words, " %s", commands->items[k].name);
		lf_str_addf(out, "\t%s) words='%s' ;;\n", *command->name ? command->name : "*", lf_str_text(&words));
		lf_str_dispose(&words);
	}
	lf_str_add(out, "\tesac\n\t[ \"${COMP_WORDS[COMP_CWORD-1]}\" = -f ] && words=\n"
			"\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n}\ncomplete -o default -F _landfall landfall\n");
}

static void completion_zsh(struct lf_str *out, const struct lf_commands *commands)
{
	lf_str_add(out, "#compdef landfall\nautoload -U +X bashcompinit && bashcompinit\n");
	completion_bash(out, commands);
}

static void completion_fish(struct lf_str *out, const struct lf_commands *commands)
{
	for (size_t i = 1; i < commands->count; i++)
		lf_str_addf(out, "complete -c landfall -n __fish_use_subcommand -a %s -d '%s'\n", commands->items[i].name, commands->items[i].summary);
	for (size_t k = 0; k < LF_COUNT(table); k++) {
		lf_str_addf(out, "complete -c landfall -l %s%s%c%s -d '%s'\n", table[k].name, table[k].letter ? " -s " : "",
			    table[k].letter ? table[k].letter : ' ', table[k].value == FLAG ? "" : " -r", table[k].help);
	}
}

int lf_options_completion(struct lf_str *out, const struct lf_commands *commands, const char *shell, struct lf_error *err)
{
	static const struct {
		const char *shell;
		void (*print)(struct lf_str *out, const struct lf_commands *commands);
	} shells[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};

	for (size_t i = 0; i < LF_COUNT(shells); i++) {
		if (!strcmp(shell, shells[i].shell)) {
			shells[i].print(out, commands);
			return LF_OK;
		}
	}
	lf_fail(err, LF_EINVAL, "completion", 0, "There is no completion for the shell \"%.40s\".", shell);
	lf_hint(err, "landfall completion bash|zsh|fish");
	return LF_EINVAL;
}
