/* askpass: see askpass.h. ssh starts a program for each question and reads the answer from its output. Ours
 * is three lines of shell in a folder of our own, which hand question and answer through two named pipes:
 * nothing secret is ever in a file, an argument or the environment. */
#include "config.h"
#include "providers/git/askpass.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/text.h"
#include "providers/git/job.h"
#include "providers/git/question.h"

enum { QUESTION_LIMIT = 4096, ANSWER_LIMIT = 4000 /* a pipe takes that much at once */, END = 036 };

static const char script[] = "#!/bin/sh\n"
                             "folder=${0%/*}\n"
                             "printf '%s\\036' \"$1\" >\"$folder/question\" || exit 1\n"
                             "IFS= read -r answer <\"$folder/answer\" || exit 1\n"
                             "case $answer in +*) printf '%s\\n' \"${answer#+}\" ;; *) exit 1 ;; esac\n";

struct lf_git_askpass {
	uv_poll_t poll; /* first: closed handles are freed by this address */
	struct lf_git_job *job;
	void (*busy)(bool asking, void *payload);
	void *payload;
	char *folder;
	char *variables[2];
	const char *environment[4];
	int question, answer; /* both ends of the named pipes are open here, so that they never end */
	struct lf_str heard;
	bool asking, trusting;
};

static char *inside(const struct lf_git_askpass *askpass, const char *name)
{
	return lf_format("%s/%s", askpass->folder, name);
}

static int open_pipe(const struct lf_git_askpass *askpass, const char *name)
{
	char *path = inside(askpass, name);
	int fd = mkfifo(path, 0600) ? -1 : open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);

	lf_free(path);
	return fd;
}

/* Whatever an ssh that is gone has left unread must not answer the next question. */
static void drain(int fd)
{
	char buffer[512];

	while (read(fd, buffer, sizeof(buffer)) > 0)
		lf_wipe(buffer, sizeof(buffer));
	lf_wipe(buffer, sizeof(buffer));
}

static void say(struct lf_git_askpass *askpass, const char *words, size_t length)
{
	char line[ANSWER_LIMIT + 8];

	drain(askpass->answer);
	if (words && length <= ANSWER_LIMIT && !memchr(words, '\n', length)) {
		line[0] = '+';
		memcpy(line + 1, words, length);
		line[length + 1] = '\n';
		(void)!write(askpass->answer, line, length + 2);
	} else {
		(void)!write(askpass->answer, "-\n", 2);
	}
	lf_wipe(line, sizeof(line));
}

static void on_answer(struct lf_git_job *job, struct lf_secret *answer, void *payload)
{
	struct lf_git_askpass *askpass = payload;
	const char *words = answer ? lf_secret_bytes(answer) : NULL;

	(void)job;
	askpass->asking = false;
	/* Any yes is ssh's "yes"; it also takes the fingerprint itself, typed or pasted. */
	if (words && askpass->trusting && !lf_starts_with(words, "SHA256:"))
		words = *words == 'n' || *words == 'N' ? NULL : "yes";
	say(askpass, words, words ? strlen(words) : 0);
	lf_secret_free(answer);
	askpass->busy(false, askpass->payload);
}

/* ssh's words, with what it says about how to answer left out: that is the screen's. */
static void ask(struct lf_git_askpass *askpass)
{
	const char *heard = lf_str_text(&askpass->heard),
	           *cut = strstr(heard, "Are you sure you want to continue");
	enum lf_git_ask what = LF_GIT_ASK_PASSPHRASE;
	struct lf_str prompt = {0};

	askpass->trusting = cut != NULL || strstr(heard, "(yes/no");
	if (askpass->trusting)
		what = LF_GIT_ASK_HOST_KEY;
	else if (strcasestr(heard, "password") && !strcasestr(heard, "passphrase"))
		what = LF_GIT_ASK_PASSWORD;
	lf_text_clean(&prompt, heard, cut ? (size_t)(cut - heard) : askpass->heard.length, 600);
	lf_str_truncate(&askpass->heard, 0);
	askpass->asking = true;
	askpass->busy(true, askpass->payload);
	lf_git_question_ask(askpass->job, what, lf_str_text(&prompt), on_answer, askpass);
	lf_str_dispose(&prompt);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct lf_git_askpass *askpass = (struct lf_git_askpass *)poll;
	char buffer[512];
	ssize_t length;
	bool whole = false;

	(void)events;
	if (status)
		return;
	while (!whole && (length = read(askpass->question, buffer, sizeof(buffer))) > 0) {
		const char *end = memchr(buffer, END, (size_t)length);
		size_t take = end ? (size_t)(end - buffer) : (size_t)length,
		       room = QUESTION_LIMIT - askpass->heard.length;

		lf_str_add_n(&askpass->heard, buffer, take < room ? take : room);
		whole = end != NULL;
	}
	if (whole && !askpass->asking && !askpass->job->over)
		ask(askpass);
}

static int fail(struct lf_error *err, int number)
{
	int rc = lf_fail(err, LF_EIO, "git.askpass", number, "ssh's questions cannot be shown here: %s",
	                 strerror(number));

	lf_hint(err, "Set TMPDIR to a folder that can be written, or load the key into an agent: ssh-add");
	return rc;
}

static int prepare(struct lf_git_askpass *askpass, struct lf_error *err)
{
	char *program;
	int rc;

	if (lf_fs_make_temporary(&askpass->folder, "ask", true, err))
		return fail(err, err ? err->native : EIO);
	askpass->question = open_pipe(askpass, "question");
	askpass->answer = open_pipe(askpass, "answer");
	if (askpass->question < 0 || askpass->answer < 0)
		return fail(err, errno);
	program = inside(askpass, "askpass");
	rc = lf_fs_write(program, script, sizeof(script) - 1, 0700, err);
	askpass->variables[0] = lf_format("SSH_ASKPASS=%s", program);
	askpass->variables[1] = lf_dup("SSH_ASKPASS_REQUIRE=force");
	for (size_t i = 0; i < LF_COUNT(askpass->variables); i++)
		askpass->environment[i] = askpass->variables[i];
	lf_free(program);
	return rc;
}

static void dispose(struct lf_git_askpass *askpass)
{
	if (askpass->question >= 0)
		(void)close(askpass->question);
	if (askpass->answer >= 0)
		(void)close(askpass->answer);
	if (askpass->folder)
		(void)lf_fs_remove_tree(askpass->folder);
	for (size_t i = 0; i < LF_COUNT(askpass->variables); i++)
		lf_free(askpass->variables[i]);
	lf_free(askpass->folder);
	lf_str_dispose(&askpass->heard);
	lf_free(askpass);
}

static void on_closed(uv_handle_t *handle)
{
	dispose((struct lf_git_askpass *)handle);
}

int lf_git_askpass_new(struct lf_git_askpass **out, struct lf_git_job *job,
                       void (*busy)(bool asking, void *payload), void *payload, struct lf_error *err)
{
	struct lf_git_askpass *askpass = lf_alloc(1, sizeof(*askpass));
	int rc;

	*out = NULL;
	askpass->job = job;
	askpass->busy = busy;
	askpass->payload = payload;
	askpass->question = askpass->answer = -1;
	rc = prepare(askpass, err);
	if (!rc && uv_poll_init(job->git->loop, &askpass->poll, askpass->question))
		rc = fail(err, EIO);
	if (rc) {
		dispose(askpass);
		return rc;
	}
	(void)uv_poll_start(&askpass->poll, UV_READABLE, on_readable);
	*out = askpass;
	return LF_OK;
}

const char *const *lf_git_askpass_environment(struct lf_git_askpass *askpass, const char *extra)
{
	askpass->environment[LF_COUNT(askpass->variables)] = extra;
	return askpass->environment;
}

void lf_git_askpass_free(struct lf_git_askpass *askpass)
{
	if (!askpass)
		return;
	if (askpass->asking)
		lf_git_question_forget(askpass->job);
	askpass->asking = false;
	(void)uv_poll_stop(&askpass->poll);
	uv_close((uv_handle_t *)&askpass->poll, on_closed);
}
