/* checkup: see checkup.h. */
#include "config.h"
#include "core/checkup.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "core/mem.h"
#include "core/text.h"

#define TEXT_BYTES 700

enum { GOOD_ROWS = 24, GOOD_COLS = 80, LEAST_ROWS = 12, LEAST_COLS = 40 };

LF_PRINTF(5, 6)
static void add(struct lf_checkup *out, enum lf_check_result result, const char *area, const char *remedy, const char *format, ...)
{
	struct lf_str text = {0};
	struct lf_check *check;
	va_list args;

	va_start(args, format);
	lf_str_addv(&text, format, args);
	va_end(args);
	lf_grow((void **)&out->items, &out->capacity, out->count, sizeof(*out->items));
	check = &out->items[out->count++];
	*check = (struct lf_check){.result = result, .area = area};
	check->text = lf_text_clean_dup(lf_str_text(&text), TEXT_BYTES);
	check->remedy = remedy && *remedy && result != LF_CHECK_PASS ? lf_text_clean_dup(remedy, TEXT_BYTES) : NULL;
	lf_str_dispose(&text);
}

void lf_checkup_dispose(struct lf_checkup *checkup)
{
	for (size_t i = 0; i < checkup->count; i++) {
		lf_free(checkup->items[i].text);
		lf_free(checkup->items[i].remedy);
	}
	lf_free(checkup->items);
	memset(checkup, 0, sizeof(*checkup));
}

bool lf_checkup_failed(const struct lf_checkup *checkup)
{
	for (size_t i = 0; i < checkup->count; i++) {
		if (checkup->items[i].result == LF_CHECK_FAIL)
			return true;
	}
	return false;
}

void lf_checkup_terminal(struct lf_checkup *out, const struct lf_terminal_facts *facts)
{
	const char *term = facts->term && *facts->term ? facts->term : "not set";

	if (!facts->is_terminal)
		add(out, LF_CHECK_WARN, "terminal", "Start landfall in a terminal to see the wizard.", "no terminal: the line mode and the commands work");
	else if (lf_equal(facts->term, "dumb"))
		add(out, LF_CHECK_WARN, "terminal", "Set TERM to what your terminal is, such as xterm-256color.", "TERM=dumb: only the line mode works");
	else if (facts->rows && (facts->rows < LEAST_ROWS || facts->cols < LEAST_COLS))
		add(out, LF_CHECK_WARN, "terminal", "Make the window at least 40x12, better 100x30.", "%dx%d is very small", facts->cols, facts->rows);
	else if (facts->rows && (facts->rows < GOOD_ROWS || facts->cols < GOOD_COLS))
		add(out, LF_CHECK_PASS, "terminal", NULL, "%s, %dx%d: the preview is a toggle (F2)", term, facts->cols, facts->rows);
	else
		add(out, LF_CHECK_PASS, "terminal", NULL, "%s, %dx%d", term, facts->cols, facts->rows);
	if (facts->is_terminal && !facts->utf8)
		add(out, LF_CHECK_WARN, "terminal", "Set LC_ALL or LANG to a UTF-8 locale, such as C.UTF-8.", "the locale is not UTF-8: plain ASCII is drawn");
}

void lf_checkup_place(struct lf_checkup *out, const char *what, const char *path, const struct lf_error *err)
{
	if (!path)
		add(out, LF_CHECK_WARN, "files", "Set HOME.", "there is no home folder: %s are kept nowhere", what);
	else if (err && err->code)
		add(out, LF_CHECK_WARN, "files", err->hint, "%s cannot be kept: %s", what, err->message);
	else
		add(out, LF_CHECK_PASS, "files", NULL, "%s are kept in %s", what, path);
}

void lf_checkup_settings(struct lf_checkup *out, const char *path, bool exists, const struct lf_error *err)
{
	if (err && err->code)
		add(out, LF_CHECK_FAIL, "settings", err->hint, "%s", err->message);
	else if (exists)
		add(out, LF_CHECK_PASS, "settings", NULL, "%s", path);
	else
		add(out, LF_CHECK_PASS, "settings", NULL, "no config.yaml: everything is asked");
}

void lf_checkup_program(struct lf_checkup *out, const char *name, bool found, const char *needed_for)
{
	struct lf_str remedy = {0};

	lf_str_addf(&remedy, "Install %s, or use another kind of address.", name);
	if (found)
		add(out, LF_CHECK_PASS, "git", NULL, "%s is there, for %s", name, needed_for);
	else
		add(out, LF_CHECK_WARN, "git", lf_str_text(&remedy), "%s is not installed: %s do not work", name, needed_for);
	lf_str_dispose(&remedy);
}

void lf_checkup_module(struct lf_checkup *out, const struct lf_error *err)
{
	add(out, LF_CHECK_FAIL, "program", err->hint, "%s", err->message);
}

void lf_checkup_identity(struct lf_checkup *out, const struct lf_workdir_facts *facts)
{
	if (facts->identity == LF_FACT_KNOWN)
		add(out, LF_CHECK_PASS, "git", NULL, "commits are by %s <%s>", facts->author_name, facts->author_email);
	else if (facts->identity == LF_FACT_NONE)
		add(out, LF_CHECK_FAIL, "git", "git config --global user.name \"Your Name\"; git config --global user.email you@example.com",
		    "Git does not know who you are, and a commit needs an author");
	else
		add(out, LF_CHECK_FAIL, "git", "\"git config --list\" names the file and the line.", "your Git configuration cannot be read");
}

void lf_checkup_repository(struct lf_checkup *out, const char *url, const struct lf_repository_facts *facts, const struct lf_error *err)
{
	if (!url || !*url)
		add(out, LF_CHECK_WARN, "git", "landfall doctor --set gitRepoUrl=URL tries one.", "no repository to try: none is configured, and this folder is in no clone");
	else if (err)
		add(out, LF_CHECK_FAIL, "git", err->hint, "%s: %s", url, err->message);
	else
		add(out, LF_CHECK_PASS, "git", NULL, "%s was reached, %zu %s", url, facts->branches.count, facts->branches.count == 1 ? "branch" : "branches");
}

static void check_engine(struct lf_checkup *out, const struct lf_cluster_facts *facts, const struct lf_engine *engine)
{
	const struct lf_tool_facts *tool = engine->tool(facts);
	struct lf_str served = {0}, missing = {0};

	if (!tool->present)
		return;
	for (size_t i = 0; i < engine->kind_count; i++) {
		const struct lf_engine_kind *kind = &engine->kinds[i];
		const char *version = lf_cluster_version_of(facts, kind->group, kind->kind);

		if (version)
			lf_str_addf(&served, "%s%s %s", served.length ? ", " : "", kind->kind, version);
		else
			lf_str_addf(&missing, "%s%s", missing.length ? ", " : "", kind->kind);
	}
	add(out, served.length ? LF_CHECK_PASS : LF_CHECK_FAIL, "cluster", "Its definitions may be missing: install it again.", "%s%s%s in %s: %s", engine->title,
	    tool->version ? " " : "", tool->version ? tool->version : "", tool->namespace ? tool->namespace : "an unknown namespace", served.length ? lf_str_text(&served) : "none of its kinds is served");
	if (served.length && missing.length)
		add(out, LF_CHECK_WARN, "cluster", "Install the controller that serves it, if you need it.", "%s does not serve %s here", engine->title, lf_str_text(&missing));
	lf_str_dispose(&served);
	lf_str_dispose(&missing);
}

void lf_checkup_cluster(struct lf_checkup *out, const struct lf_cluster_facts *facts, const struct lf_error *err, const struct lf_engine *const *engines,
			size_t engine_count)
{
	bool any = false;

	if (err) {
		add(out, err->code == LF_ENOTFOUND ? LF_CHECK_WARN : LF_CHECK_FAIL, "cluster", err->hint, "%s", err->message);
		return;
	}
	add(out, LF_CHECK_PASS, "cluster", NULL, "%s answers, Kubernetes %s", facts->context ? facts->context : "the cluster",
	    facts->server_version ? facts->server_version : "of unknown version");
	for (size_t i = 0; i < engine_count; i++) {
		any = any || engines[i]->tool(facts)->present;
		check_engine(out, facts, engines[i]);
	}
	if (!any)
		add(out, LF_CHECK_WARN, "cluster", "Install Flux (flux install) or Argo CD, or push for a cluster that has one.",
		    "neither Argo CD nor Flux was found: what is pushed will not be applied by itself");
}

size_t lf_checkup_permissions(struct lf_permission *out, size_t limit, const struct lf_cluster_facts *facts, const struct lf_engine *const *engines,
			      size_t engine_count)
{
	static const struct {
		const char *verb, *kind, *without;
	} common[] = {
		{"list", "Pod", "what blocks a rollout is not seen"},
		{"list", "Event", "events are not shown"},
		{"list", "Namespace", "namespaces are typed, not picked"},
	};
	size_t count = 0;

	for (size_t i = 0; i < engine_count; i++) {
		const struct lf_tool_facts *tool = engines[i]->tool(facts);

		for (size_t k = 0; tool->present && k < engines[i]->kind_count; k++) {
			const struct lf_engine_kind *kind = &engines[i]->kinds[k];
			const char *where = tool->namespace ? tool->namespace : "";

			if (!lf_cluster_version_of(facts, kind->group, kind->kind))
				continue;
			if (count < limit && k < engines[i]->consumer_count)
				out[count++] = (struct lf_permission){"watch", lf_ref_new(kind->group, kind->kind, where, ""), true, "a delivery cannot be followed"};
			if (count < limit)
				out[count++] = (struct lf_permission){"create", lf_ref_new(kind->group, kind->kind, where, ""), false, "somebody else has to register what nothing reads yet"};
			if (count < limit)
				out[count++] = (struct lf_permission){"patch", lf_ref_new(kind->group, kind->kind, where, ""), false, "controllers cannot be asked to hurry: their interval counts"};
		}
	}
	for (size_t i = 0; i < LF_COUNT(common) && count < limit; i++)
		out[count++] = (struct lf_permission){common[i].verb, lf_ref_new("", common[i].kind, "", ""), false, common[i].without};
	return count;
}

void lf_checkup_permission(struct lf_checkup *out, const struct lf_permission *permission, bool allowed, const char *reason, const struct lf_error *err)
{
	struct lf_str what = {0}, remedy = {0};

	lf_str_addf(&what, "%s %s", permission->verb, permission->ref.kind);
	if (*permission->ref.namespace)
		lf_str_addf(&what, " in %s", permission->ref.namespace);
	lf_str_addf(&remedy, "Ask for a Role with it: kubectl auth can-i %s %s%s%s", permission->verb, permission->ref.kind, *permission->ref.group ? "." : "",
		    permission->ref.group);
	if (*permission->ref.namespace)
		lf_str_addf(&remedy, " -n %s", permission->ref.namespace);
	if (err)
		add(out, LF_CHECK_WARN, "access", err->hint, "%s: could not be found out: %s", lf_str_text(&what), err->message);
	else if (allowed)
		add(out, LF_CHECK_PASS, "access", NULL, "you may %s", lf_str_text(&what));
	else
		add(out, permission->needed ? LF_CHECK_FAIL : LF_CHECK_WARN, "access", lf_str_text(&remedy), "you may not %s: %s%s%s%s", lf_str_text(&what),
		    permission->without, reason && *reason ? " (" : "", reason ? reason : "", reason && *reason ? ")" : "");
	lf_str_dispose(&what);
	lf_str_dispose(&remedy);
}

static const char *const words[] = {"pass", "warn", "fail"};

void lf_checkup_text(struct lf_str *out, const struct lf_checkup *checkup, bool ascii)
{
	static const char *const marks[2][3] = {{"✓", "!", "✗"}, {"+", "!", "x"}};
	size_t counts[3] = {0};

	for (size_t i = 0; i < checkup->count; i++) {
		const struct lf_check *check = &checkup->items[i];

		counts[check->result]++;
		lf_str_addf(out, "%s %s  %-9s %s\n", marks[ascii][check->result], words[check->result], check->area, check->text);
		if (check->remedy)
			lf_str_addf(out, "                  %s\n", check->remedy);
	}
	lf_str_addf(out, "\n%zu passed, %zu to know, %zu failed.\n", counts[LF_CHECK_PASS], counts[LF_CHECK_WARN], counts[LF_CHECK_FAIL]);
}

void lf_checkup_json(struct lf_str *out, const struct lf_checkup *checkup)
{
	struct lf_node *object = lf_node_new(LF_NODE_MAP), *list;

	lf_node_set_text(object, "result", lf_checkup_failed(checkup) ? "fail" : "pass");
	list = lf_node_set_list(object, "checks");
	for (size_t i = 0; i < checkup->count; i++) {
		const struct lf_check *check = &checkup->items[i];
		struct lf_node *item = lf_node_add_map(list);

		lf_node_set_text(item, "area", check->area);
		lf_node_set_text(item, "result", words[check->result]);
		lf_node_set_text(item, "message", check->text);
		if (check->remedy)
			lf_node_set_text(item, "remedy", check->remedy);
	}
	lf_json_emit(out, object);
	lf_str_add_char(out, '\n');
	lf_node_free(object);
}
