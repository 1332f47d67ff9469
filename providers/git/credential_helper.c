/* credential_helper: see credential_helper.h. Everything secret goes through pipes; buffers are wiped. git
 * itself is told not to ask on a terminal. */
#include "config.h"
#include "providers/git/credential_helper.h"

#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "providers/git/child.h"

enum { OUTPUT_LIMIT = 65536, PATIENCE_MS = 300000 /* a helper may open a browser */, ERRAND_MS = 30000 };

struct lf_git_helper {
	struct lf_git_child *child;
	lf_git_helper_fn *done;
	void *payload;
	struct lf_str output; /* wiped */
	bool errand;
};

static const char *const environment[] = {"GIT_TERMINAL_PROMPT=0", "SSH_ASKPASS", NULL};

void lf_git_subject_init(struct lf_git_subject *out, const struct lf_git_url *url)
{
	const char *open = strchr(url->host, ':') ? "[" : "", *close = *open ? "]" : "";

	out->protocol = lf_dup(url->transport == LF_GIT_HTTPS ? "https" : "http");
	out->host = url->port ? lf_format("%s%s%s:%d", open, url->host, close, url->port)
	                      : lf_format("%s%s%s", open, url->host, close);
	out->path = lf_dup(url->path[0] == '/' ? url->path + 1 : url->path);
	out->user = lf_dup(url->user);
}

void lf_git_subject_dup(struct lf_git_subject *out, const struct lf_git_subject *from)
{
	out->protocol = lf_dup(from->protocol);
	out->host = lf_dup(from->host);
	out->path = lf_dup(from->path);
	out->user = lf_dup(from->user);
}

void lf_git_subject_dispose(struct lf_git_subject *subject)
{
	lf_free(subject->protocol);
	lf_free(subject->host);
	lf_free(subject->path);
	lf_free(subject->user);
	memset(subject, 0, sizeof(*subject));
}

static void dispose_wiped(struct lf_str *str)
{
	lf_wipe(str->data, str->capacity);
	lf_str_dispose(str);
}

void lf_git_helper_free(struct lf_git_helper *helper)
{
	if (!helper)
		return;
	lf_git_child_free(helper->child);
	dispose_wiped(&helper->output);
	lf_free(helper);
}

/* lf_str would leave copies behind when it grows: what is secret is written into room that is there already.
 */
static void reserve(struct lf_str *str, size_t room)
{
	if (str->data)
		return;
	str->data = lf_alloc(room, 1);
	str->capacity = room;
}

static void on_output(const char *bytes, size_t length, void *payload)
{
	struct lf_git_helper *helper = payload;

	reserve(&helper->output, OUTPUT_LIMIT);
	if (length < OUTPUT_LIMIT - helper->output.length)
		lf_str_add_n(&helper->output, bytes, length);
}

/* The value of "NAME=value" among the lines; NULL if there is none. */
static const char *value_of(const struct lf_str *lines, const char *name, size_t *length)
{
	const char *text = lf_str_text(lines);
	size_t n = strlen(name);

	while (*text) {
		size_t line = strcspn(text, "\n");

		if (line > n && !memcmp(text, name, n) && text[n] == '=') {
			*length = line - n - 1;
			return text + n + 1;
		}
		text += line + (text[line] == '\n');
	}
	return NULL;
}

static void on_ended(const struct lf_git_child_end *end, void *payload)
{
	struct lf_git_helper *helper = payload;
	const char *user, *password, *quit;
	size_t user_length = 0, password_length = 0, length;
	struct lf_secret *secret = NULL;
	char *name = NULL;

	if (helper->errand) {
		lf_git_helper_free(helper);
		return;
	}
	user = value_of(&helper->output, "username", &user_length);
	password = value_of(&helper->output, "password", &password_length);
	quit = value_of(&helper->output, "quit", &length);
	if (!end->status && !end->signal && user && password && password_length) {
		name = lf_dup_n(user, user_length);
		secret = lf_secret_new(password, password_length);
	}
	helper->done(name, secret, quit && length && *quit == '1', helper->payload); /* frees the helper */
	lf_free(name);
}

static int start(struct lf_git_helper **out, uv_loop_t *loop, const char *verb,
                 const struct lf_git_subject *subject, const char *user, const struct lf_secret *password,
                 int patience_ms, struct lf_error *err)
{
	const char *argv[] = {"git", "credential", verb, NULL};
	struct lf_git_helper *helper = lf_alloc(1, sizeof(*helper));
	struct lf_git_child_plan plan = {.argv = argv,
	                                 .set = environment,
	                                 .wipe = true,
	                                 .patience_ms = patience_ms,
	                                 .output = on_output,
	                                 .ended = on_ended,
	                                 .payload = helper};
	struct lf_str text = {0};
	int rc = lf_git_child_new(&helper->child, loop, &plan, err);

	*out = NULL;
	if (rc) {
		lf_free(helper);
		return rc;
	}
	reserve(&text, 8192 + (password ? lf_secret_length(password) : 0));
	lf_str_addf(&text, "protocol=%s\nhost=%s\n", subject->protocol, subject->host);
	if (subject->path)
		lf_str_addf(&text, "path=%s\n", subject->path);
	if (!user)
		user = subject->user;
	if (user)
		lf_str_addf(&text, "username=%s\n", user);
	if (password) {
		lf_str_add(&text, "password=");
		lf_str_add_n(&text, lf_secret_bytes(password), lf_secret_length(password));
		lf_str_add_char(&text, '\n');
	}
	lf_str_add_char(&text, '\n');
	lf_git_child_write(helper->child, &text);
	lf_git_child_close_input(helper->child);
	*out = helper;
	return LF_OK;
}

int lf_git_helper_new(struct lf_git_helper **out, uv_loop_t *loop, enum lf_git_helper_verb verb,
                      const struct lf_git_subject *subject, const char *user,
                      const struct lf_secret *password, lf_git_helper_fn *done, void *payload)
{
	int rc = start(out, loop, verb == LF_GIT_HELPER_FILL ? "fill" : "reject", subject, user, password,
	               PATIENCE_MS, NULL);

	if (rc)
		return rc;
	(*out)->done = done;
	(*out)->payload = payload;
	return LF_OK;
}

void lf_git_helper_approve(uv_loop_t *loop, const struct lf_git_subject *subject, const char *user,
                           const struct lf_secret *password)
{
	struct lf_git_helper *helper;

	if (!start(&helper, loop, "approve", subject, user, password, ERRAND_MS, NULL))
		helper->errand = true;
}
