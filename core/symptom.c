/* symptom: see symptom.h. Matching, and filling in the placeholders; the shared rows are in symptom_apply.c, and of what a message speaks in symptom_subject.c. Everything from outside passes
 * lf_diagnosis_*, which cleans it. */
#include "config.h"
#include "core/symptom.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/mem.h"

/* Where the first of the alternatives in NEEDLES begins; NULL: none. *END gets where it ends. */
static const char *find_any(const char *message, const char *needles, const char **end)
{
	const char *found = NULL;

	do {
		size_t n = strcspn(needles, "|");

		for (const char *p = message; !found && *p; p++) {
			if (!strncasecmp(p, needles, n)) {
				found = p;
				*end = p + n;
			}
		}
		if (!n) {
			found = message;
			*end = message;
		}
		needles += n;
		needles += *needles == '|';
	} while (!found && *needles);
	return found;
}

/* Takes the controllers' temporary folders out: "/tmp/kustomization-123/apps/web/x.yaml" → "apps/web/x.yaml". Appends. */
static void without_folders(struct lf_str *out, const char *message)
{
	static const char *const folders[] = {"/tmp/kustomization-", "/tmp/_argocd-repo/", "<path to cached source>/"};

	while (*message) {
		const char *rest = NULL;

		for (size_t i = 0; i < LF_COUNT(folders) && !rest; i++) {
			size_t n = strlen(folders[i]);

			if (strncmp(message, folders[i], n))
				continue;
			rest = message + n;
			if (folders[i][0] == '/') {
				rest += strcspn(rest, "/'\": ");
				rest += *rest == '/';
			}
		}
		if (rest) {
			message = rest;
			continue;
		}
		lf_str_add_char(out, *message++);
	}
}

/* The first thing in MESSAGE that looks like a YAML file's path. */
static void file_in(struct lf_str *out, const char *message)
{
	static const char *const ends[] = {".yaml", ".yml", ".json"};
	const char *best = NULL, *best_end = NULL;

	for (size_t i = 0; i < LF_COUNT(ends); i++) {
		const char *p = strstr(message, ends[i]);

		if (p && (!best || p < best)) {
			best = p;
			best_end = p + strlen(ends[i]);
		}
	}
	if (!best)
		return;
	while (best > message && !strchr(" '\":`(", best[-1]))
		best--;
	lf_str_add_n(out, best, (size_t)(best_end - best));
}

static void quoted_behind(struct lf_str *out, const char *text)
{
	const char *open = strpbrk(text, "\"'`"), *close = open ? strchr(open + 1, *open) : NULL;

	if (close)
		lf_str_add_n(out, open + 1, (size_t)(close - open - 1));
}

/* The part of an API server's sentence that says what is wrong. */
static const char *detail_in(const char *message)
{
	static const char *const markers[] = {
		"denied the request: ", "invalid Kustomization: ", " is invalid: [", " is invalid: ", " is forbidden: ", "Kind=", "strict decoding error: ", "kustomize build failed: ",
		"kustomization path not found: ", "failed to checkout and determine revision: ", "dry-run failed", "apply failed",
		"in the following chart(s):", "failed exit status 1: Error: ", /* helm, as it says it itself and as Argo CD hands it on */
		" with chart ", /* helm-controller: "Helm install failed for release ns/web with chart web@1.2.3: …" */
	};

	/* Argo CD wraps what it was told: "Failed to load target state: … rpc error: code = Unknown desc = …". */
	for (const char *p; (p = strstr(message, " desc = "));)
		message = p + strlen(" desc = ");
	for (size_t i = 0; i < LF_COUNT(markers); i++) {
		const char *p = strstr(message, markers[i]);

		if (!p)
			continue;
		p += strlen(markers[i]);
		/* "…Kind=Deployment): .spec.replicaz: field not declared", "dry-run failed (Invalid): …" */
		if (lf_equal(markers[i], "Kind=") || lf_ends_with(markers[i], " failed") || lf_equal(markers[i], " with chart ")) {
			const char *colon = strstr(p, ": ");

			p = colon ? colon + 2 : p;
		}
		return p + strspn(p, " \n");
	}
	return message;
}

/* What is at the bottom of an error of a template. Helm 4 writes a place in a line of its own, and below it, further in, what it was doing there: the last of both
 * is the cause. An error in one line is that line. */
static void innermost(struct lf_str *out, const char *detail)
{
	size_t place = 0, place_length = 0, last = 0, last_length = 0;

	for (size_t at = 0, n; detail[at]; at += n + (detail[at + n] == '\n')) {
		n = strcspn(detail + at, "\n");
		if (n && detail[at] != ' ') {
			place = at;
			place_length = n;
		}
		if (n) {
			last = at;
			last_length = n;
		}
	}
	while (last_length && detail[last] == ' ') {
		last++;
		last_length--;
	}
	lf_str_add_n(out, detail + last, last_length);
	if (place_length && last > place)
		lf_str_addf(out, " (%.*s)", (int)place_length, detail + place);
}

struct filling {
	const struct lf_symptom_case *what;
	struct lf_ref subject;
	const char *behind; /* of the needle */
	const char *message; /* cleaned of folders */
};

static void subject_text(struct lf_str *out, const struct filling *f)
{
	lf_ref_text(out, lf_ref_is_set(&f->subject) ? &f->subject : &f->what->target->consumer);
}

static void value_of(struct lf_str *out, const struct filling *f, const char *key, size_t n)
{
	const struct lf_target *target = f->what->target;
	const struct lf_ref *subject = lf_ref_is_set(&f->subject) ? &f->subject : &target->consumer;
	const struct lf_ref *source = f->what->source ? f->what->source : &target->source;
	const struct {
		const char *key, *value;
	} plain[] = {
		{"kind", target->consumer.kind},	{"name", target->consumer.name},   {"namespace", target->consumer.namespace},
		{"source-kind", source->kind},		{"source", source->name},	   {"source-namespace", source->namespace},
		{"repository", target->repository},	{"path", target->path},		   {"target", target->namespace},
		{"commit", target->commit},		{"subject-kind", subject->kind},   {"subject-name", subject->name},
		{"subject-namespace", subject->namespace}, {"detail", detail_in(f->message)},
	};

	for (size_t i = 0; i < LF_COUNT(plain); i++) {
		if (strlen(plain[i].key) == n && !strncmp(plain[i].key, key, n)) {
			lf_str_add(out, plain[i].value ? plain[i].value : "");
			return;
		}
	}
	if (n == 7 && !strncmp(key, "subject", n))
		subject_text(out, f);
	else if (n == 6 && !strncmp(key, "quoted", n))
		quoted_behind(out, f->behind);
	else if (n == 4 && !strncmp(key, "file", n))
		file_in(out, f->message);
	else if (n == 9 && !strncmp(key, "innermost", n))
		innermost(out, detail_in(f->message));
}

/* Fills TEMPLATE in; an unknown or empty placeholder leaves nothing. */
static void fill(struct lf_str *out, const char *template, const struct filling *f, bool quote)
{
	while (*template) {
		const char *open = strchr(template, '{'), *close = open ? strchr(open, '}') : NULL;
		struct lf_str value = {0};

		if (!close) {
			lf_str_add(out, template);
			return;
		}
		lf_str_add_n(out, template, (size_t)(open - template));
		if (open[1] == '.') { /* kubectl's own: a JSON path */
			lf_str_add_n(out, open, (size_t)(close - open) + 1);
			template = close + 1;
			continue;
		}
		value_of(&value, f, open + 1, (size_t)(close - open - 1));
		if (quote)
			lf_shell_quote(out, lf_str_text(&value));
		else
			lf_str_add(out, lf_str_text(&value));
		lf_str_dispose(&value);
		template = close + 1;
	}
}

void lf_command_fill(struct lf_str *out, const char *command, const struct lf_target *target)
{
	const struct lf_symptom_case what = {.message = "", .target = target};
	const struct filling f = {.what = &what, .message = ""};

	fill(out, command, &f, true);
}

static void add_evidence(struct lf_diagnosis *out, const char *message)
{
	while (*message) {
		size_t n = strcspn(message, "\n");
		char *line = lf_dup_n(message, n);

		lf_diagnosis_evidence(out, line);
		lf_free(line);
		message += n;
		message += *message == '\n';
	}
}

static void apply_row(struct lf_diagnosis *out, const struct lf_symptom *row, const struct filling *f)
{
	struct lf_str cause = {0};

	fill(&cause, row->cause, f, false);
	lf_diagnosis_set(out, row->id, lf_ref_is_set(&f->subject) ? &f->subject : &f->what->target->consumer, "%s", lf_str_text(&cause));
	lf_str_dispose(&cause);
	add_evidence(out, f->message);
	for (size_t i = 0; i < LF_COUNT(row->remedies) && row->remedies[i].text; i++) {
		struct lf_str text = {0}, command = {0};

		fill(&text, row->remedies[i].text, f, false);
		if (row->remedies[i].command)
			fill(&command, row->remedies[i].command, f, true);
		lf_diagnosis_remedy(out, lf_str_text(&text), row->remedies[i].command ? lf_str_text(&command) : NULL);
		lf_str_dispose(&text);
		lf_str_dispose(&command);
	}
	out->terminal = f->what->age_ms >= (int64_t)row->patience_s * 1000;
}

bool lf_symptom_diagnose(struct lf_diagnosis *out, const struct lf_symptom *rows, size_t count, const struct lf_symptom_case *what)
{
	struct lf_str message = {0};
	struct filling f = {.what = what};
	bool found = false;

	without_folders(&message, what->message);
	f.message = lf_str_text(&message);
	if (what->subject)
		f.subject = lf_ref_dup(what->subject);
	else
		(void)lf_symptom_subject(&f.subject, f.message);
	for (size_t i = 0; i < count && !found; i++) {
		const char *ignored;

		found = find_any(f.message, rows[i].needle, &f.behind) && (!rows[i].also || find_any(f.message, rows[i].also, &ignored));
		if (found)
			apply_row(out, &rows[i], &f);
	}
	lf_ref_dispose(&f.subject);
	lf_str_dispose(&message);
	return found;
}

static void use_context(struct lf_diagnosis *diagnosis, const char *context)
{
	for (size_t i = 0; i < diagnosis->remedy_count; i++) {
		char **command = &diagnosis->remedies[i].command;
		size_t n = *command ? strcspn(*command, " ") : 0;
		struct lf_str with = {0};

		if (!*command || (strncmp(*command, "kubectl ", 8) && strncmp(*command, "flux ", 5)))
			continue;
		lf_str_add_n(&with, *command, n);
		lf_str_add(&with, " --context ");
		lf_shell_quote(&with, context);
		lf_str_add(&with, *command + n);
		lf_free(*command);
		*command = lf_str_take(&with);
	}
}

void lf_diagnosis_finish(struct lf_diagnosis *diagnosis, const struct lf_target *target)
{
	if (!diagnosis->id)
		return;
	if (diagnosis->terminal && target->commit) {
		struct lf_str command = {0};
		char *commit = lf_dup_n(target->commit, strnlen(target->commit, 12)); /* as much as tells it apart, and fits a narrow screen */

		lf_str_add(&command, "landfall rollback --commit ");
		lf_shell_quote(&command, commit);
		lf_free(commit);
		if (target->repository && *target->repository) { /* it need not be typed in a clone */
			lf_str_add(&command, " --set gitRepoUrl=");
			lf_shell_quote(&command, target->repository);
		}
		if (target->context && *target->context) {
			lf_str_add(&command, " --context ");
			lf_shell_quote(&command, target->context);
		}
		lf_diagnosis_remedy(diagnosis, "Or roll back: take the commit back by one on top", lf_str_text(&command));
		lf_str_dispose(&command);
	}
	if (target->context && *target->context)
		use_context(diagnosis, target->context);
}
