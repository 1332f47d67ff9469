/* pick: the rows that Ctrl-B offers for a question, and what taking one of them means. Folders are walked without leaving the list. */
#include "config.h"
#include "tui/view.h"

#include <stdio.h>
#include <string.h>

#include "core/mem.h"

/* The two rows above a folder's entries. */
enum { ROW_HERE, ROW_UP, ROWS_BEFORE };

static bool is_walked(const struct lf_pick *pick)
{
	return pick->entry->question->kind == LF_ASK_PATH;
}

static bool is_root(const char *path)
{
	return !*path || lf_equal(path, ".");
}

/* "app 1.27 · 2026-05-01", and first what should be known before it is taken. */
static const char *version_note(struct lf_pick *pick, const struct lf_chart_version *version)
{
	bool now = lf_equal(version->version, pick->entry->value);

	(void)snprintf(pick->note, sizeof(pick->note), "%s%s%s%s%s%s%s", now ? "now  " : "", version->deprecated ? "deprecated  " : "",
		       version->prerelease ? "pre-release  " : "", version->app_version ? "app " : "", version->app_version ? version->app_version : "",
		       version->app_version && version->created ? "  " : "", version->created ? version->created : "");
	return *pick->note ? pick->note : NULL;
}

static void item(size_t index, const char **label, const char **note, void *payload)
{
	struct lf_pick *pick = payload;
	const char *value, *help, *unwanted;

	if (!note && pick->versions) {
		*label = pick->versions[index].version;
		return;
	}
	note = note ? note : &unwanted;
	*note = NULL;
	if (pick->versions) {
		*label = pick->versions[index].version;
		*note = version_note(pick, &pick->versions[index]);
		return;
	}
	if (pick->names) {
		*label = pick->names->items[index];
		*note = lf_equal(*label, pick->entry->value) ? "now" : NULL;
		return;
	}
	if (is_walked(pick)) {
		if (index == ROW_HERE) {
			*label = "use this folder";
			*note = is_root(pick->entry->value) ? "the root of the repository" : pick->entry->value;
			return;
		}
		if (index == ROW_UP) {
			*label = "..";
			*note = is_root(pick->entry->value) ? "this is the root" : "up";
			return;
		}
		index -= ROWS_BEFORE;
	}
	lf_app_choice(pick->app, pick->entry, index, &value, label, &help);
	if (is_walked(pick))
		*note = lf_ends_with(*label, "/") ? NULL : "file";
	else if (lf_equal(value, pick->entry->value))
		*note = "now";
}

struct lf_list_source lf_pick_source(struct lf_pick *pick)
{
	struct lf_list_source source = {.item = item, .payload = pick};
	const struct lf_path_facts *path = &pick->app->facts.path;

	pick->versions = NULL;
	pick->names = NULL;
	if (!lf_is_text(pick->entry))
		return source;
	source.count = lf_app_choices(pick->app, pick->entry);
	if (pick->entry->question->kind == LF_ASK_VERSION && source.count)
		pick->versions = lf_app_version(pick->app, pick->entry, 0);
	if (pick->entry->question->kind == LF_ASK_CHART && source.count)
		pick->names = &pick->app->facts.chart.charts;
	if (!is_walked(pick))
		return source;
	/* Entries of another folder than the one in the field say nothing. */
	if (!lf_equal(pick->entry->question->id, "gitPath") || path->state == LF_FACT_UNKNOWN)
		source.count = 0;
	else if (path->state != LF_FACT_KNOWN || !lf_equal(path->path, pick->entry->value))
		source.count = ROWS_BEFORE;
	else
		source.count += ROWS_BEFORE;
	return source;
}

static char *parent(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? lf_dup_n(path, (size_t)(slash - path)) : lf_dup(".");
}

char *lf_pick_value(const struct lf_pick *pick, size_t index, bool *stays)
{
	const char *value, *label, *help;
	size_t length;

	*stays = false;
	if (!is_walked(pick)) {
		lf_app_choice(pick->app, pick->entry, index, &value, &label, &help);
		return lf_dup(value);
	}
	if (index == ROW_HERE)
		return lf_dup(is_root(pick->entry->value) ? "." : pick->entry->value);
	*stays = true;
	if (index == ROW_UP)
		return is_root(pick->entry->value) ? NULL : parent(pick->entry->value);
	lf_app_choice(pick->app, pick->entry, index - ROWS_BEFORE, &value, &label, &help);
	length = strlen(value);
	if (!lf_ends_with(value, "/"))
		return NULL; /* a file is no folder */
	if (is_root(pick->entry->value))
		return lf_dup_n(value, length - 1);
	return lf_format("%s/%.*s", pick->entry->value, (int)length - 1, value);
}
