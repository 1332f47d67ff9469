/* progress: see progress.h. Builds and disposes the value; decides nothing. */
#include "config.h"
#include "core/progress.h"

#include <stdarg.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

#define EVIDENCE_LINE 600
#define EVIDENCE_BYTES 4000
#define SAME_BYTES 40 /* two lines that end alike for so long say the same: only how they begin differs */
#define CAUSE_BYTES 400
#define COMMAND_BYTES 1000
#define NOTE_BYTES 300

const char *lf_phase_word(enum lf_phase phase)
{
	switch (phase) {
	case LF_PUSHED:
		return "pushed";
	case LF_SEEN:
		return "seen";
	case LF_FETCHED:
		return "fetched";
	case LF_APPLIED:
		return "applied";
	case LF_LANDED:
		return "healthy";
	case LF_PHASES:
		break;
	}
	return "";
}

void lf_progress_dispose(struct lf_progress *progress)
{
	for (size_t i = 0; i < LF_PHASES; i++)
		lf_free(progress->phases[i].note);
	for (size_t i = 0; i < progress->row_count; i++) {
		lf_ref_dispose(&progress->rows[i].ref);
		lf_free(progress->rows[i].note);
	}
	lf_free(progress->rows);
	lf_diagnosis_dispose(&progress->diagnosis);
	lf_free(progress->revision);
	lf_free(progress->waiting_for);
	memset(progress, 0, sizeof(*progress));
}

void lf_progress_note(struct lf_progress *progress, enum lf_phase phase, enum lf_phase_state state, const char *note)
{
	progress->phases[phase].state = state;
	lf_free(progress->phases[phase].note);
	progress->phases[phase].note = lf_text_clean_dup(note, NOTE_BYTES);
}

void lf_progress_wait_for(struct lf_progress *progress, const char *what, ...)
{
	struct lf_str text = {0};
	va_list args;

	va_start(args, what);
	lf_str_addv(&text, what, args);
	va_end(args);
	lf_free(progress->waiting_for);
	progress->waiting_for = lf_text_clean_dup(lf_str_text(&text), CAUSE_BYTES);
	lf_str_dispose(&text);
}

void lf_progress_revision(struct lf_progress *progress, const char *commit)
{
	lf_free(progress->revision);
	progress->revision = commit && *commit ? lf_text_clean_dup(commit, NOTE_BYTES) : NULL;
}

/* No name that an API server accepts is changed by this; one that lies may send others. */
static void clean(char **part)
{
	char *cleaned = lf_text_clean_dup(*part, NOTE_BYTES);

	lf_free(*part);
	*part = cleaned;
}

struct lf_tree_row *lf_progress_add_row(struct lf_progress *progress, int depth, const struct lf_ref *ref, enum lf_health health,
					const char *note)
{
	/* The struct has no capacity of its own: grow at the powers of two. */
	size_t count = progress->row_count;
	struct lf_tree_row *row;

	if (!(count & (count - 1)) || !count)
		progress->rows = lf_realloc(progress->rows, count ? count * 2 : 1, sizeof(*progress->rows));
	row = &progress->rows[progress->row_count++];
	*row = (struct lf_tree_row){
		.depth = depth,
		.ref = lf_ref_dup(ref),
		.health = health,
		.note = note && *note ? lf_text_clean_dup(note, NOTE_BYTES) : NULL,
	};
	clean(&row->ref.group);
	clean(&row->ref.kind);
	clean(&row->ref.namespace);
	clean(&row->ref.name);
	return row;
}

void lf_diagnosis_dispose(struct lf_diagnosis *diagnosis)
{
	lf_free(diagnosis->id);
	lf_free(diagnosis->cause);
	lf_free(diagnosis->evidence);
	lf_ref_dispose(&diagnosis->subject);
	for (size_t i = 0; i < diagnosis->remedy_count; i++) {
		lf_free(diagnosis->remedies[i].text);
		lf_free(diagnosis->remedies[i].command);
	}
	lf_free(diagnosis->remedies);
	memset(diagnosis, 0, sizeof(*diagnosis));
}

void lf_diagnosis_set(struct lf_diagnosis *diagnosis, const char *id, const struct lf_ref *subject, const char *cause, ...)
{
	struct lf_str text = {0};
	va_list args;

	lf_diagnosis_dispose(diagnosis);
	va_start(args, cause);
	lf_str_addv(&text, cause, args);
	va_end(args);
	diagnosis->id = lf_dup(id);
	diagnosis->cause = lf_text_clean_dup(lf_str_text(&text), CAUSE_BYTES);
	if (subject && lf_ref_is_set(subject)) {
		diagnosis->subject = lf_ref_dup(subject);
		clean(&diagnosis->subject.group);
		clean(&diagnosis->subject.kind);
		clean(&diagnosis->subject.namespace);
		clean(&diagnosis->subject.name);
	}
	lf_str_dispose(&text);
}

/* Bytes that both end with. */
static size_t common_end(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), n = 0;

	while (n < la && n < lb && a[la - 1 - n] == b[lb - 1 - n])
		n++;
	return n;
}

void lf_diagnosis_evidence(struct lf_diagnosis *diagnosis, const char *text)
{
	struct lf_str all = {0};
	char *line;

	if (!text || !*text || (diagnosis->evidence && strlen(diagnosis->evidence) >= EVIDENCE_BYTES))
		return;
	line = lf_text_clean_dup(text, EVIDENCE_LINE);
	/* The same words come from several places, a status and an event: the line that says more stands for both. */
	for (const char *there = diagnosis->evidence; there && *there; there += *there == '\n') {
		size_t length = strcspn(there, "\n");
		char *old = lf_dup_n(there, length);

		if (strstr(old, line) || common_end(old, line) >= SAME_BYTES) {
			lf_free(old);
			goto out;
		}
		if (!strstr(line, old))
			lf_str_addf(&all, "%s\n", old);
		lf_free(old);
		there += length;
	}
	lf_str_add(&all, line);
	lf_free(diagnosis->evidence);
	diagnosis->evidence = lf_str_take(&all);
out:
	lf_str_dispose(&all);
	lf_free(line);
}

void lf_diagnosis_remedy(struct lf_diagnosis *diagnosis, const char *text, const char *command)
{
	diagnosis->remedies = lf_realloc(diagnosis->remedies, diagnosis->remedy_count + 1, sizeof(*diagnosis->remedies));
	diagnosis->remedies[diagnosis->remedy_count++] = (struct lf_remedy){
		.text = lf_text_clean_dup(text, CAUSE_BYTES),
		.command = lf_text_clean_dup(command, COMMAND_BYTES),
	};
}

void lf_shell_quote(struct lf_str *out, const char *argument)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:=@%+,";

	if (*argument && strspn(argument, plain) == strlen(argument)) {
		lf_str_add(out, argument);
		return;
	}
	lf_str_add_char(out, '\'');
	for (const char *p = argument; *p; p++) {
		if (*p == '\'')
			lf_str_add(out, "'\\''");
		else if ((unsigned char)*p < 0x20 || *p == 0x7f)
			lf_str_add_char(out, '?'); /* a command is one line that a person copies */
		else
			lf_str_add_char(out, *p);
	}
	lf_str_add_char(out, '\'');
}
