/* table: every verb, its words for --help and completion, the options it takes (core/options.c) and the function that runs it. */
#include "config.h"
#include "commands/command.h"

#include "core/mem.h"

#define SCREEN "plain ascii theme color"

const struct lf_commands *lf_commands(void)
{
	static const struct lf_command rows[] = {
	    {"", "landfall [OPTION]…", "the wizard: answer, review, push, and stay until the commit is healthy", "file set context version " SCREEN, NULL,
	     lf_command_wizard},
	    {"demo", "landfall demo [--scenario NAME]", "the same wizard on a sandbox: nothing outside a temporary folder is touched",
	     "set scenario " SCREEN, NULL, lf_command_demo},
	    {"render", "landfall render -f FILE [--set ID=VALUE]… [-o FOLDER|-]", "write the files only; offline, same answers, same bytes",
	     "file set output", NULL, lf_command_render},
	    {"apply", "landfall apply -f FILE [--set ID=VALUE]… [--yes] [--dry-run] [-o text|json]",
	     "the wizard's work without the wizard: validate, push, register, wait", "file set output yes pull-request dry-run create-repository wait-for-merge no-wait timeout context", NULL,
	     lf_command_apply},
	    {"watch", "landfall watch [KIND/]NAME [-n NAMESPACE] [--commit SHA] [--timeout DURATION] [-o text|json]",
	     "follow an Application, Kustomization or HelmRelease until it is healthy", "output namespace commit timeout context " SCREEN, NULL,
	     lf_command_watch},
	    {"edit", "landfall edit KIND/NAME [-n NAMESPACE] [--set PATH=VALUE]… [--delete PATH]… [--base] [--yes] [--dry-run] [-o text|json]",
	     "change a live resource through Git, in your editor or by --set: its owner, its file, review, push, watch", "file set delete output namespace base yes pull-request dry-run wait-for-merge no-wait timeout context " SCREEN, NULL,
	     lf_command_edit},
	    {"owner", "landfall owner KIND/NAME [-n NAMESPACE] [-o text|json]",
	     "which Application, Kustomization or HelmRelease a live object belongs to, up to the repository", "output namespace context", NULL, lf_command_owner},
	    {"rollback", "landfall rollback APP | --commit SHA [--set ID=VALUE]… [--yes] [--dry-run] [-o text|json]",
	     "take a delivery back by a commit on top, pushed and followed like any other", "file set output yes pull-request dry-run wait-for-merge no-wait commit timeout context " SCREEN,
	     NULL, lf_command_rollback},
	    {"doctor", "landfall doctor [--set gitRepoUrl=URL] [--context NAME] [-o text|json]",
	     "what a delivery from here would need: terminal, Git, cluster, permissions, each with the remedy", "set output context ascii", NULL,
	     lf_command_doctor},
	    {"questions", "landfall questions [-o text|json]", "every question with its id, default and where its answer goes", "output", NULL,
	     lf_command_questions},
	    {"completion", "landfall completion bash|zsh|fish", "print a completion script", "", "bash zsh fish", lf_command_completion},
	};
	static const struct lf_commands table = {rows, LF_COUNT(rows)};

	return &table;
}
