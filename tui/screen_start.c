/* screen_start: three things to know before the first question: which cluster, what is in it, which repository we stand in. Never an empty page. */
#include "config.h"
#include "tui/view.h"

#include <string.h>

#include "core/text.h"

enum { COLUMN = 13 };

/* "Cluster      ✓ text"; returns rows. */
static int row(const struct lf_tui *tui, const struct lf_area *area, int y, const char *name, enum lf_mark mark, const char *text)
{
	struct lf_area inside = lf_area_sub(area, 0, 0, area->rows, area->cols - 1);

	(void)lf_area_put(&inside, y, 1, LF_ROLE_DIM, name);
	return lf_draw_remark(tui, &inside, y, COLUMN, mark, mark == LF_MARK_FAIL ? LF_ROLE_BAD : mark == LF_MARK_TODO ? LF_ROLE_DIM : LF_ROLE_TEXT, text);
}

static int cluster_rows(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area, int y)
{
	const struct lf_cluster_facts *cluster = &app->facts.cluster;
	struct lf_str text = {0};
	int rows = 0;

	switch (cluster->state) {
	case LF_FACT_LOOKING:
		lf_str_addf(&text, "looking at %s", cluster->context ? cluster->context : "the cluster");
		rows = row(tui, area, y, "Cluster", LF_MARK_BUSY, lf_str_text(&text));
		break;
	case LF_FACT_KNOWN:
		lf_str_add(&text, cluster->context ? cluster->context : "reached");
		if (cluster->server_version)
			lf_str_addf(&text, " · Kubernetes %s", cluster->server_version + (*cluster->server_version == 'v'));
		rows = row(tui, area, y, "Cluster", LF_MARK_DONE, lf_str_text(&text));
		break;
	case LF_FACT_FAILED:
		lf_error_text(&text, &cluster->error);
		rows = row(tui, area, y, "Cluster", LF_MARK_FAIL, lf_str_text(&text));
		break;
	case LF_FACT_NONE:
		rows = row(tui, area, y, "Cluster", LF_MARK_TODO, "none here. Writing and pushing work; to see a whole delivery, run: landfall demo");
		break;
	case LF_FACT_UNKNOWN:
		rows = row(tui, area, y, "Cluster", LF_MARK_TODO, "not looked at yet");
		break;
	}
	lf_str_dispose(&text);
	for (size_t i = 0; cluster->state == LF_FACT_KNOWN && i < lf_catalog_engine_count(app->catalog); i++) {
		const struct lf_engine *engine = lf_catalog_engine_by_index(app->catalog, i);
		const struct lf_tool_facts *tool = engine->tool(cluster);

		if (engine->apply) /* nothing that could be installed */
			continue;
		if (tool->present)
			lf_str_addf(&text, "%s in %s", tool->version ? tool->version + (*tool->version == 'v') : "found", tool->namespace ? tool->namespace : "an unknown namespace");
		rows += row(tui, area, y + rows, engine->title, tool->present ? LF_MARK_DONE : LF_MARK_TODO, tool->present ? lf_str_text(&text) : "not found");
		lf_str_dispose(&text);
	}
	return rows;
}

static int here_rows(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area, int y)
{
	const struct lf_workdir_facts *workdir = &app->facts.workdir;
	struct lf_str text = {0};
	int rows = 0;

	if (!app->looked_around)
		return row(tui, area, y, "Here", LF_MARK_TODO, "not looked at yet");
	if (workdir->remote_url) {
		lf_str_addf(&text, "%s%s%s", workdir->remote_url, workdir->branch ? " · branch " : "", workdir->branch ? workdir->branch : "");
		rows = row(tui, area, y, "Here", LF_MARK_DONE, lf_str_text(&text));
	} else {
		rows = row(tui, area, y, "Here", LF_MARK_TODO, workdir->folder ? "a Git repository without a remote" : "no Git repository");
	}
	lf_str_dispose(&text);
	if (workdir->author_name || workdir->author_email) {
		lf_str_addf(&text, "%s <%s>", workdir->author_name ? workdir->author_name : "?", workdir->author_email ? workdir->author_email : "?");
		rows += row(tui, area, y + rows, "Author", LF_MARK_DONE, lf_str_text(&text));
	}
	lf_str_dispose(&text);
	return rows;
}

/* What the saved answers file says, picked out by its lines: they are ours (lf_answers_emit). */
static void session_word(struct lf_str *out, const char *session, const char *key)
{
	size_t length = strlen(key);

	for (const char *line = session; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		line += strspn(line, " ");
		if (strncmp(line, key, length) == 0 && line[length] == ':') {
			const char *value = line + length + 1 + strspn(line + length + 1, " \"'");

			lf_text_clean(out, value, strcspn(value, "\"'\n"), 60);
			return;
		}
	}
}

static int session_rows(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area, int y)
{
	struct lf_str name = {0}, text = {0};
	struct lf_area inside = lf_area_sub(area, 0, 0, area->rows, area->cols - 1);
	int rows;

	session_word(&name, app->session, "appName");
	lf_str_addf(&text, "An unfinished session is kept here%s%s.", name.length ? ": " : "", lf_str_text(&name));
	rows = lf_draw_remark(tui, &inside, y, 1, LF_MARK_WARN, LF_ROLE_STRONG, lf_str_text(&text));
	rows += lf_area_wrap(&inside, y + rows, 3, 0, LF_ROLE_DIM, "Enter goes on with it; n starts anew.");
	lf_area_cursor(&inside, y, 3, false);
	lf_str_dispose(&name);
	lf_str_dispose(&text);
	return rows;
}

int lf_draw_found(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area, int y)
{
	int rows = 0;

	if (app->session)
		rows += session_rows(tui, app, area, y) + 1;
	rows += cluster_rows(tui, app, area, y + rows);
	return rows + here_rows(tui, app, area, y + rows);
}
