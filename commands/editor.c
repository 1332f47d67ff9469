/* editor: see editor.h. The text lies in a folder of its own that only the user can enter, and goes when the editor ends. The loop goes on meanwhile; the
 * screen does not: the front has lent its terminal. A headless run has none to lend: the editor has the one it was started in. */
#include "config.h"
#include "commands/editor.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fs.h"
#include "core/mem.h"
#include "core/text.h"

#define TEXT_BYTES (4 << 20) /* a chart's own values with comments are more than the answer that is kept of them */

struct lf_editor {
	uv_process_t process; /* first */
	struct lf_session *session; /* NULL: it has ended */
	char *id, *folder, *path;
};

static void closed(uv_handle_t *handle)
{
	lf_free(handle);
}

/* What stood in the file is overwritten before it goes; best effort: the editor may have written a new one. */
static void wipe(const char *path)
{
	static const char nothing[4096];
	int file = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat info;

	if (file < 0)
		return;
	if (!fstat(file, &info) && S_ISREG(info.st_mode)) {
		for (off_t at = 0; at < info.st_size; at += (off_t)sizeof(nothing)) {
			if (write(file, nothing, sizeof(nothing)) <= 0)
				break;
		}
		(void)fsync(file);
	}
	(void)close(file);
}

static void dispose(struct lf_editor *editor)
{
	if (editor->path)
		wipe(editor->path);
	if (editor->folder)
		(void)lf_fs_remove_tree(editor->folder);
	lf_free(editor->id);
	lf_free(editor->folder);
	lf_free(editor->path);
}

static void tell(struct lf_session *session, struct lf_event *event)
{
	event->now_ms = lf_runner_now_ms();
	lf_session_update(session, event);
	lf_event_dispose(event);
	if (session->front)
		lf_front_changed(session->front);
	lf_session_step(session);
}

static void read_back(const struct lf_editor *editor, struct lf_event *event)
{
	struct lf_str text = {0};

	if (lf_fs_read(&text, editor->path, TEXT_BYTES, &event->error)) {
		lf_str_truncate(&text, 0);
	} else if (memchr(lf_str_text(&text), '\0', text.length) || !lf_text_is_utf8(lf_str_text(&text), text.length)) {
		lf_fail(&event->error, LF_EPARSE, "editor", 0, "What came back from the editor is no UTF-8 text: nothing was changed.");
		lf_hint(&event->error, "Save it as UTF-8.");
	} else {
		event->text = lf_str_take(&text);
	}
	lf_str_dispose(&text);
}

static void ended(uv_process_t *process, int64_t status, int signal_number)
{
	struct lf_editor *editor = (struct lf_editor *)(void *)process;
	struct lf_session *session = editor->session;
	struct lf_event event = {.kind = LF_EVENT_EDITED, .id = lf_dup(editor->id)};

	if (session) {
		session->editor = NULL;
		if (session->front)
			lf_front_retake(session->front);
		if (status || signal_number) {
			lf_fail(&event.error, LF_ERROR, "editor", (int)status, status == 127 ? "The editor could not be started: nothing was changed."
											      : "The editor ended with a failure: nothing was changed.");
			lf_hint(&event.error, "Set $VISUAL or $EDITOR to one that is installed.");
		} else {
			read_back(editor, &event);
		}
	}
	dispose(editor);
	uv_close((uv_handle_t *)process, closed);
	if (session && !session->stopped)
		tell(session, &event);
	else
		lf_event_dispose(&event);
}

static int write_text(struct lf_editor *editor, const char *name, const char *text, struct lf_error *err)
{
	int code = lf_fs_make_temporary(&editor->folder, "edit", true, err);

	if (code)
		return code;
	editor->path = lf_format("%s/%s", editor->folder, name);
	return lf_fs_write(editor->path, text, strlen(text), 0600, err);
}

static int run(struct lf_editor *editor, uv_loop_t *loop)
{
	const char *visual = getenv("VISUAL"), *plain = getenv("EDITOR");
	const char *command = visual && *visual ? visual : plain && *plain ? plain : "vi";
	char *script = lf_format("%s \"$1\"", command); /* as git and kubectl do: the variable may hold options */
	char *arguments[] = {(char[]){"sh"}, (char[]){"-c"}, script, (char[]){"sh"}, editor->path, NULL};
	uv_stdio_container_t streams[3] = {{.flags = UV_INHERIT_FD, .data.fd = 0}, {.flags = UV_INHERIT_FD, .data.fd = 1}, {.flags = UV_INHERIT_FD, .data.fd = 2}};
	uv_process_options_t options = {.file = "/bin/sh", .args = arguments, .exit_cb = ended, .stdio = streams, .stdio_count = 3};
	int code;

	/* libcurl's sockets are not closed on exec. */
	(void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	code = uv_spawn(loop, &editor->process, &options);
	lf_free(script);
	return code;
}

void lf_editor_open(struct lf_session *session, const struct lf_effect *effect)
{
	struct lf_editor *editor;
	struct lf_event event = {.kind = LF_EVENT_EDITED, .id = lf_dup(effect->id)};
	char *name = effect->text2 ? lf_dup(effect->text2) : lf_format("%s.yaml", effect->id);
	int code;

	if (session->editor) {
		lf_free(name);
		lf_event_dispose(&event);
		return;
	}
	editor = lf_alloc(1, sizeof(*editor));
	editor->session = session;
	editor->id = lf_dup(effect->id);
	code = write_text(editor, name, effect->text, &event.error);
	lf_free(name);
	if (code) {
		dispose(editor);
		lf_free(editor);
		tell(session, &event);
		return;
	}
	if (session->front)
		lf_front_release(session->front);
	code = run(editor, &session->loop);
	if (code) {
		if (session->front)
			lf_front_retake(session->front);
		lf_fail(&event.error, LF_ERROR, "editor", -code, "The editor could not be started: %s.", uv_strerror(code));
		lf_hint(&event.error, "Set $VISUAL or $EDITOR to one that is installed.");
		dispose(editor);
		uv_close((uv_handle_t *)&editor->process, closed);
		tell(session, &event);
		return;
	}
	session->editor = editor;
	lf_event_dispose(&event);
}

void lf_editor_forget(struct lf_session *session)
{
	if (!session->editor)
		return;
	session->editor->session = NULL;
	(void)uv_process_kill(&session->editor->process, SIGTERM);
	session->editor = NULL;
}
