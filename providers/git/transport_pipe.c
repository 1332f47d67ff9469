/* transport_pipe: Git's smart protocol through a program's pipes: the user's ssh, or git itself for a path on
 * this machine. Owns the command lines: every part of an address was checked by core/giturl.c, options end
 * with "--", and the path is quoted for the shell at the other end. */
#include "config.h"
#include "providers/git/wire.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/fs.h"
#include "core/mem.h"
#include "providers/git/askpass.h"
#include "providers/git/child.h"
#include "providers/git/job.h"
#include "providers/git/words.h"

enum {
	ARGS_MOST = 24,
	PATIENCE_MS = 60000,
	PATIENCE_ASKING_MS = 180000 /* a passphrase or a hardware key may be asked for */
};

struct pipe_wire {
	struct lf_git_wire wire;      /* first */
	const struct lf_git_url *url; /* the remote's */
	struct lf_git_child *child;
	struct lf_git_askpass *askpass; /* NULL: nobody is asked */
	bool greeted;                   /* the other side said something: it let us in */
};

struct command {
	const char *argv[ARGS_MOST];
	size_t count;
	char *owned[4];
	size_t owned_count;
};

static void end(struct pipe_wire *pipe, const struct lf_error *err)
{
	pipe->wire.handler.end(err, pipe->wire.handler.payload); /* may free the wire */
}

static void on_output(const char *bytes, size_t length, void *payload)
{
	struct pipe_wire *pipe = payload;

	if (!pipe->greeted) {
		pipe->greeted = true;
		lf_git_child_set_patience(pipe->child, PATIENCE_MS);
	}
	pipe->wire.handler.data(bytes, length, pipe->wire.handler.payload);
}

static void on_ended(const struct lf_git_child_end *ended, void *payload)
{
	struct pipe_wire *pipe = payload;
	const char *host = pipe->url->host ? pipe->url->host : "git";
	struct lf_error error = {0};

	if (ended->silent) {
		(void)lf_fail(&error, LF_ETIMEOUT, "git.pipe", 0, "%s did not answer in time", host);
		lf_hint(&error,
		        "Check the network connection, VPN and firewall; look at \"ssh -v\" to that host.");
	} else {
		(void)lf_git_words_ended(&error, pipe->url, ended->said, ended->status, ended->signal);
	}
	end(pipe, &error);
}

static void add(struct command *command, const char *word)
{
	if (command->count + 1 < ARGS_MOST)
		command->argv[command->count++] = word;
}

static void add_owned(struct command *command, char *word)
{
	command->owned[command->owned_count++] = word;
	add(command, word);
}

/* For the shell of the other side, as git does it: in single quotes, with ' and ! outside of them. */
static char *quote_remote(const char *program, const char *path)
{
	struct lf_str out = {0};

	lf_str_addf(&out, "%s '", program);
	for (; *path; path++) {
		if (*path == '\'' || *path == '!')
			lf_str_addf(&out, "'\\%c'", *path);
		else
			lf_str_add_char(&out, *path);
	}
	lf_str_add_char(&out, '\'');
	return lf_str_take(&out);
}

/* How the program takes its arguments: as ssh.variant says, else by its name, as git tells it. Git tries one that it does not know by "-G"; here it counts as
 * OpenSSH's, which wrappers of another name nearly always hand their arguments on to. */
enum variant { OPENSSH, SIMPLE, PLINK, PUTTY, TORTOISE };

static enum variant variant_of(const struct lf_git_settings *settings)
{
	static const struct {
		const char *name;
		enum variant variant;
		bool by_name;
	} known[] = {{"simple", SIMPLE, false}, {"plink", PLINK, true}, {"putty", PUTTY, false}, {"tortoiseplink", TORTOISE, true}};
	const char *line = settings->ssh_command ? settings->ssh_command : settings->ssh_program ? settings->ssh_program : "", *name;
	bool told = settings->ssh_variant && strcmp(settings->ssh_variant, "auto") != 0;
	size_t length = settings->ssh_command ? strcspn(line, " \t") : strlen(line);

	for (name = line + length; name > line && name[-1] != '/'; name--)
		;
	length -= (size_t)(name - line);
	if (length > 4 && !strncasecmp(name + length - 4, ".exe", 4))
		length -= 4;
	for (size_t i = 0; i < LF_COUNT(known); i++) {
		if (told ? !strcmp(settings->ssh_variant, known[i].name)
		         : known[i].by_name && strlen(known[i].name) == length && !strncasecmp(name, known[i].name, length))
			return known[i].variant;
	}
	return OPENSSH;
}

static bool can_be_told_the_port(const struct pipe_wire *pipe, struct lf_error *err)
{
	if (!pipe->url->port || variant_of(&pipe->wire.job->remote.settings) != SIMPLE)
		return true;
	(void)lf_fail(err, LF_EINVAL, "git.ssh", 0, "your ssh program (ssh.variant=simple) cannot be told the port %d", pipe->url->port);
	lf_hint(err, "Set ssh.variant (or GIT_SSH_VARIANT) to ssh, plink, putty or tortoiseplink, or name the port in the program's own configuration.");
	return false;
}

static void add_openssh(struct command *command, const struct pipe_wire *pipe)
{
	if (pipe->wire.job->git->batch) {
		add(command, "-oBatchMode=yes");
		add(command, "-oConnectTimeout=15");
	}
	if (pipe->wire.service == LF_GIT_UPLOAD)
		add(command, "-oSendEnv=GIT_PROTOCOL");
	add(command, "-T");
	add(command, "-x");
}

static void ssh_command(struct command *command, const struct pipe_wire *pipe)
{
	enum variant variant = variant_of(&pipe->wire.job->remote.settings);
	const struct lf_git_settings *settings = &pipe->wire.job->remote.settings;
	const struct lf_git_url *url = pipe->url;

	if (settings->ssh_command) {
		/* The user's own line for the shell: what we add comes in as words, never as text. */
		add(command, "sh");
		add(command, "-c");
		add_owned(command, lf_format("%s \"$@\"", settings->ssh_command));
		add(command, "ssh");
	} else {
		add(command, settings->ssh_program ? settings->ssh_program : "ssh");
	}
	if (variant == OPENSSH)
		add_openssh(command, pipe);
	else if (variant == TORTOISE)
		add(command, "-batch");
	if (url->port) {
		add(command, variant == OPENSSH ? "-p" : "-P");
		add_owned(command, lf_format("%d", url->port));
	}
	if (variant == OPENSSH)
		add(command, "--");
	add_owned(command, url->user ? lf_format("%s@%s", url->user, url->host) : lf_dup(url->host));
	add_owned(command,
	          quote_remote(pipe->wire.service == LF_GIT_RECEIVE ? "git-receive-pack" : "git-upload-pack",
	                       url->path));
}

static void local_command(struct command *command, const struct pipe_wire *pipe)
{
	const char *path = pipe->url->path;
	bool below_home = path[0] == '~' && (path[1] == '/' || !path[1]);
	char *home = below_home ? lf_fs_home_path(path[1] ? path + 2 : "") : NULL;

	add(command, "git");
	add(command, pipe->wire.service == LF_GIT_RECEIVE ? "receive-pack" : "upload-pack");
	add(command, "--");
	if (home)
		add_owned(command, home);
	else
		add(command, path);
}

static void tell_later(struct lf_git_job *job, const struct lf_error *err)
{
	if (job->remote.session.wire)
		end((struct pipe_wire *)job->remote.session.wire, err);
}

/* While the user thinks, ssh may be silent. */
static void on_asking(bool asking, void *payload)
{
	struct pipe_wire *pipe = payload;

	if (pipe->child)
		lf_git_child_set_patience(pipe->child, asking ? 0 : PATIENCE_ASKING_MS);
}

static void connect_child(struct pipe_wire *pipe)
{
	static const char *const reading[] = {"GIT_PROTOCOL=version=2", NULL};
	static const char *const local_reading[] = {"GIT_PROTOCOL=version=2", "LC_ALL=C", "LANGUAGE", NULL};
	static const char *const local_writing[] = {"LC_ALL=C", "LANGUAGE", NULL};
	struct lf_git_job *job = pipe->wire.job;
	struct command command = {.argv = {NULL}};
	struct lf_git_child_plan plan = {.argv = command.argv,
	                                 .patience_ms = job->git->batch ? PATIENCE_MS : PATIENCE_ASKING_MS,
	                                 .output = on_output,
	                                 .ended = on_ended,
	                                 .payload = pipe};
	bool reads = pipe->wire.service == LF_GIT_UPLOAD;
	struct lf_error error = {0};

	if (pipe->url->transport == LF_GIT_SSH && !can_be_told_the_port(pipe, &error)) {
		lf_git_job_later(job, tell_later, &error);
		return;
	}
	if (pipe->url->transport == LF_GIT_SSH) {
		ssh_command(&command, pipe);
		plan.set = reads ? reading : NULL;
		/* Without it ssh can still do what needs no question. */
		if (!job->git->batch && !pipe->askpass &&
		    !lf_git_askpass_new(&pipe->askpass, job, on_asking, pipe, NULL))
			plan.set = lf_git_askpass_environment(pipe->askpass, reads ? reading[0] : NULL);
	} else {
		local_command(&command, pipe);
		plan.set = reads ? local_reading : local_writing;
	}
	if (lf_git_child_new(&pipe->child, job->git->loop, &plan, &error))
		lf_git_job_later(job, tell_later, &error);
	for (size_t i = 0; i < command.owned_count; i++)
		lf_free(command.owned[i]);
}

static void ask(struct lf_git_wire *wire, struct lf_str *body)
{
	struct pipe_wire *pipe = (struct pipe_wire *)wire;

	if (!body)
		connect_child(pipe);
	else
		lf_git_child_write(pipe->child, body);
}

static void free_wire(struct lf_git_wire *wire)
{
	struct pipe_wire *pipe = (struct pipe_wire *)wire;

	lf_git_child_free(pipe->child);
	lf_git_askpass_free(pipe->askpass);
	lf_free(pipe);
}

static void hold(struct lf_git_wire *wire, bool on)
{
	struct pipe_wire *pipe = (struct pipe_wire *)wire;

	if (pipe->child)
		lf_git_child_hold(pipe->child, on);
}

static const struct lf_git_wire_kind pipe_kind = {.stateless = false, .ask = ask, .free = free_wire, .hold = hold};

struct lf_git_wire *lf_git_pipe_new(struct lf_git_job *job, enum lf_git_service service,
                                    const struct lf_git_wire_handler *handler)
{
	struct pipe_wire *pipe = lf_alloc(1, sizeof(*pipe));

	pipe->wire.kind = &pipe_kind;
	pipe->wire.job = job;
	pipe->wire.service = service;
	pipe->wire.handler = *handler;
	pipe->url = service == LF_GIT_RECEIVE ? &job->remote.push_url : &job->remote.url;
	return &pipe->wire;
}
