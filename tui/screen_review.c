/* screen_review: the last look before anything leaves the machine: which files, what changes in them, what the cluster says to them, what happens then. */
#include "config.h"
#include "tui/view.h"

#include <string.h>

#include "core/mem.h"
#include "core/text.h"

#define ROOMY_COLS 60 /* below, the first line says only how much changes */

static const char *letter_of(enum lf_change change, enum lf_role *role)
{
	switch (change) {
	case LF_CHANGE_ADDED:
		*role = LF_ROLE_GOOD;
		return "A";
	case LF_CHANGE_MODIFIED:
		*role = LF_ROLE_BUSY;
		return "M";
	case LF_CHANGE_SAME:
		*role = LF_ROLE_DIM;
		return "=";
	case LF_CHANGE_KEPT:
		*role = LF_ROLE_DIM;
		return "k";
	case LF_CHANGE_DELETED:
		*role = LF_ROLE_BUSY;
		return "D";
	case LF_CHANGE_CONFLICT:
		*role = LF_ROLE_BAD;
		return "!";
	case LF_CHANGE_REFUSED:
		break;
	}
	*role = LF_ROLE_BAD;
	return "x";
}

/* The last two parts of the address say which repository it is: "shop/config" of "git@host:shop/config.git", "host:8080/config" where there is no owner. */
static const char *repository_name(const char *url)
{
	const char *p = url + strlen(url);
	int slashes = 0;

	while (p > url && !(p[-1] == ':' && !(*p >= '0' && *p <= '9')) && !(p[-1] == '/' && ++slashes == 2))
		p--;
	return p;
}

static bool by_request(const struct lf_app *app)
{
	return lf_plan_is(app->plan, "delivery", "pull-request");
}

/* "1 commit to main of shop/config · 4 files · +61 −0", where there is room for that. */
static void summary(struct lf_str *out, const struct lf_app *app, const struct lf_area *area)
{
	const struct lf_review *review = &app->review;
	const char *repository = repository_name(lf_plan_text(app->plan, "gitRepoUrl"));
	size_t length = strlen(repository);

	if (lf_ends_with(repository, ".git"))
		length -= 4;
	if (area->cols >= ROOMY_COLS || review->state != LF_FACT_KNOWN) {
		if (by_request(app))
			lf_str_addf(out, "1 %scommit to %s, proposed for %s of ", lf_equal(app->review.branch, lf_plan_text(app->plan, "pullRequestBranch")) ? "more " : "", lf_plan_text(app->plan, "pullRequestBranch"), lf_plan_text(app->plan, "gitBranch"));
		else
			lf_str_addf(out, "1 commit to %s of ", lf_plan_text(app->plan, "gitBranch"));
		lf_text_clean(out, repository, length, 80);
	}
	if (review->state == LF_FACT_KNOWN)
		lf_str_addf(out, "%s%zu %s · +%zu %s%zu", out->length ? " · " : "", review->changed_files, review->changed_files == 1 ? "file" : "files",
			    review->added, lf_glyph(area->canvas, LF_GLYPH_MINUS), review->removed);
}

/* The API server's verdict over all files: at the right of row Y, which TAKEN columns are used of, as long as there is room for it, else on a row of its
 * own. Returns the rows used below Y. */
static int draw_validation(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area, int y, int taken)
{
	const struct lf_review *review = &app->review;
	size_t accepted = 0, refused = 0, looking = 0, all = 0;
	const char *by = app->facts.cluster.context ? app->facts.cluster.context : "the cluster";
	struct lf_str text = {0};
	int x = 0, rows = 0;

	for (size_t i = 0; i < review->count; i++) {
		enum lf_fact_state state = review->files[i].validation;

		accepted += state == LF_FACT_KNOWN;
		refused += state == LF_FACT_FAILED;
		looking += state == LF_FACT_LOOKING;
		all += state == LF_FACT_KNOWN || state == LF_FACT_FAILED || state == LF_FACT_LOOKING;
	}
	if (!all)
		return 0;
	/* The name of the cluster is what can be missed: it stands in the title. */
	for (int form = 0; form < 3; form++) {
		bool named = form != 1;

		rows = form == 2;
		lf_str_truncate(&text, 0);
		lf_str_addf(&text, "%s%s%s %zu/%zu", refused ? "refused" : looking ? "being validated" : "validated", named ? " by " : "",
			    named ? by : "", refused ? refused : accepted, all);
		x = rows ? 3 : area->cols - 1 - lf_canvas_width(lf_str_text(&text));
		if (x - 4 >= taken)
			break;
	}
	(void)lf_area_fit(area, y + rows, x, area->cols - 1 - x, refused ? LF_ROLE_BAD : LF_ROLE_DIM, lf_str_text(&text));
	if (looking)
		lf_draw_spinner(tui, area, y + rows, x - 2);
	else
		lf_draw_mark(area, y + rows, x - 2, refused ? LF_MARK_FAIL : LF_MARK_DONE);
	lf_str_dispose(&text);
	return rows;
}

/* Bytes of the folder that all files share. */
static size_t common_folder(const struct lf_review *review)
{
	const char *first = review->count ? review->files[0].document->path : "";
	size_t length = strrchr(first, '/') ? (size_t)(strrchr(first, '/') - first) + 1 : 0;

	for (size_t i = 1; i < review->count; i++) {
		while (length && strncmp(first, review->files[i].document->path, length) != 0) {
			length--;
			while (length && first[length - 1] != '/')
				length--;
		}
	}
	return length;
}

static void draw_files(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	const struct lf_review *review = &app->review;
	size_t room = area->rows > 0 ? (size_t)area->rows : 0, first = 0, common = common_folder(review);

	if (review->count > room && review->selected > room / 2)
		first = review->selected - room / 2 > review->count - room ? review->count - room : review->selected - room / 2;
	for (size_t i = first; i < review->count && i < first + room; i++) {
		const struct lf_review_file *file = &review->files[i];
		struct lf_area row = lf_area_sub(area, (int)(i - first), 0, 1, area->cols);
		enum lf_role role;
		const char *letter = letter_of(file->change, &role);

		if (i == review->selected) {
			row.ground = LF_ROLE_SELECTION;
			lf_area_fill(&row, LF_ROLE_SELECTION);
			lf_area_cursor(&row, 0, 1, false);
		}
		if (review->state == LF_FACT_KNOWN)
			(void)lf_area_put(&row, 0, 1, role, letter);
		(void)lf_area_middle(&row, 0, 3, row.cols - 6, i == review->selected ? LF_ROLE_STRONG : LF_ROLE_TEXT, file->document->path + common);
		if (file->validation == LF_FACT_LOOKING)
			lf_draw_spinner(tui, &row, 0, row.cols - 2);
		else if (file->validation == LF_FACT_KNOWN || file->validation == LF_FACT_FAILED)
			lf_draw_mark(&row, 0, row.cols - 2, lf_mark_of_fact(file->validation));
		else if (file->verdict.code == LF_EFORBIDDEN)
			lf_draw_mark(&row, 0, row.cols - 2, LF_MARK_WARN);
	}
	if (first > 0)
		(void)lf_area_glyph(area, 0, 0, LF_ROLE_DIM, LF_GLYPH_ABOVE);
	if (first + room < review->count)
		(void)lf_area_glyph(area, area->rows - 1, 0, LF_ROLE_DIM, LF_GLYPH_BELOW);
}

/* "Message  Add web" with the text wrapped; returns rows. */
static int labelled(const struct lf_area *area, int y, const char *label, enum lf_role role, const char *text)
{
	struct lf_area inside = lf_area_sub(area, 0, 0, area->rows, area->cols - 1);
	int rows;

	(void)lf_area_put(&inside, y, 1, LF_ROLE_DIM, label);
	rows = lf_area_wrap(&inside, y, 10, 3, role, text);
	return rows ? rows : 1;
}

/* What goes with the files: message, author, and what will happen in the cluster. */
static int draw_facts(const struct lf_app *app, const struct lf_area *area, int y)
{
	const struct lf_workdir_facts *workdir = &app->facts.workdir;
	const struct lf_review *review = &app->review;
	struct lf_str text = {0};
	enum lf_role role = LF_ROLE_TEXT;
	int rows, created = 0;

	if (lf_app_creates(app)) {
		lf_app_creation(&text, app);
		rows = labelled(area, y, "Creates", LF_ROLE_WARN, lf_str_text(&text));
		lf_str_dispose(&text);
		y += rows;
		created = rows;
	}
	lf_str_add_n(&text, review->message, review->message ? strcspn(review->message, "\n") : 0);
	rows = review->message ? labelled(area, y, "Message", LF_ROLE_TEXT, lf_str_text(&text)) : 0;
	lf_str_dispose(&text);
	if (workdir->author_name && workdir->identity != LF_FACT_NONE) {
		lf_str_addf(&text, "%s <%s>", workdir->author_name, workdir->author_email ? workdir->author_email : "?");
		rows += labelled(area, y + rows, "Author", LF_ROLE_TEXT, lf_str_text(&text));
		lf_str_dispose(&text);
	}
	if (app->amendment.doubt.code) {
		rows += labelled(area, y + rows, "Unsure", LF_ROLE_WARN, app->amendment.doubt.message);
		rows += labelled(area, y + rows, "", LF_ROLE_WARN, app->amendment.doubt.hint);
	}
	if (app->amendment.is_edit && app->editing.reach)
		rows += labelled(area, y + rows, "Reaches", LF_ROLE_TEXT, app->editing.reach);
	if (lf_ref_is_set(&review->watcher)) {
		lf_ref_text(&text, &review->watcher);
		lf_str_add(&text, " reads this already: nothing needs to be registered");
	} else if (lf_app_may_not_register(app)) {
		role = LF_ROLE_WARN;
		lf_str_add(&text, "nothing reads this yet, and you may not register it: it will be pushed, and somebody else has to apply it");
	} else if (review->registers && lf_plan_engine(app->plan)->apply) {
		lf_str_add(&text, "not managed by GitOps: applied once after the push, by a server-side apply as landfall or by helm");
	} else if (review->registers) {
		size_t objects = 0;

		for (size_t i = 0; i < app->documents.count; i++)
			objects += lf_app_registers(app, &app->documents.items[i]);
		if (!objects)
			lf_str_add(&text, "nothing is applied by Landfall: what follows, follows from Git");
		else
			lf_str_addf(&text, "nothing reads this yet: Landfall applies %zu %s once, after the %s", objects, objects == 1 ? "file" : "files",
				    by_request(app) ? "merge" : "push");
	} else if (!lf_plan_engine(app->plan) || lf_plan_engine(app->plan)->apply) {
		lf_str_add(&text, "no provider: nothing will sync by itself");
	} else if (app->facts.cluster.state != LF_FACT_KNOWN) {
		lf_str_add(&text, "not reachable: pushed, but neither registered nor watched");
	} else {
		lf_str_add(&text, "nothing reads this yet, and nothing is registered: apply it yourself");
	}
	rows += labelled(area, y + rows, "Cluster", role, lf_str_text(&text));
	lf_str_dispose(&text);
	for (size_t i = 0; i < lf_plan_part_count(app->plan); i++) {
		const struct lf_plan *part = lf_plan_part(app->plan, i);
		char *elsewhere = lf_app_elsewhere(app, part);

		if (elsewhere)
			rows += labelled(area, y + rows, lf_plan_environment(part), LF_ROLE_WARN, elsewhere);
		lf_free(elsewhere);
	}
	return rows + created;
}

static const char *words_without_lines(const struct lf_review_file *file)
{
	switch (file->change) {
	case LF_CHANGE_SAME:
		return "The branch holds exactly this already; nothing changes.";
	case LF_CHANGE_KEPT:
		return file->why ? file->why : "The branch has a file of its own here. It is kept: starter manifests never replace anything.";
	case LF_CHANGE_REFUSED:
		return file->why ? file->why : "This cannot be written.";
	case LF_CHANGE_CONFLICT:
		return "The same lines were changed on the branch since. c shows ours, theirs and what both began with.";
	case LF_CHANGE_ADDED:
	case LF_CHANGE_MODIFIED:
	case LF_CHANGE_DELETED:
		break;
	}
	return NULL;
}

static void draw_diff_line(const struct lf_canvas *canvas, const struct lf_area *area, int y, const struct lf_diff_line *line)
{
	switch (line->kind) {
	case LF_DIFF_ADDED:
		(void)lf_area_put(area, y, 6, LF_ROLE_ADDED, "+");
		(void)lf_area_put_n(area, y, 8, LF_ROLE_ADDED, line->text, line->length);
		break;
	case LF_DIFF_REMOVED:
		(void)lf_area_put(area, y, 6, LF_ROLE_REMOVED, lf_glyph(canvas, LF_GLYPH_MINUS));
		(void)lf_area_put_n(area, y, 8, LF_ROLE_REMOVED, line->text, line->length);
		break;
	case LF_DIFF_SAME:
		(void)lf_area_put_n(area, y, 8, LF_ROLE_DIM, line->text, line->length);
		break;
	}
	if (line->new_line)
		(void)lf_area_putf(area, y, 1, LF_ROLE_NUMBERING, "%4zu", line->new_line);
	if (8 + lf_canvas_width_n(line->text, line->length) > area->cols)
		(void)lf_area_glyph(area, y, area->cols - 1, LF_ROLE_FAINT, LF_GLYPH_ELLIPSIS);
}

static size_t first_change(const struct lf_diff *diff)
{
	size_t at = 0;

	while (at < diff->count && diff->lines[at].kind == LF_DIFF_SAME)
		at++;
	return at < diff->count ? at : 0;
}

int lf_view_diff_above(const struct lf_app *app)
{
	const struct lf_review *review = &app->review;

	return review->selected < review->count && !review->deciding ? (int)first_change(&review->files[review->selected].diff) : 0;
}

/* Where reading begins: at the top, or where the first change would be below the foot of it, a little above that. */
static size_t first_line(const struct lf_tui *tui, const struct lf_diff *diff, size_t rows)
{
	size_t change = first_change(diff), above = rows < 9 ? rows / 3 : 3, last = diff->count > rows ? diff->count - rows : 0;
	int64_t first = (int64_t)(change + 3 < rows || change < above ? 0 : change - above) + tui->diff_scroll;

	return first < 0 ? 0 : (size_t)first > last ? last : (size_t)first;
}

static void draw_diff(const struct lf_tui *tui, const struct lf_review_file *file, const struct lf_area *area)
{
	const char *words = words_without_lines(file);
	struct lf_area rest;
	size_t first;
	int y = 0;

	(void)lf_area_middle(area, y++, 1, area->cols - 2, LF_ROLE_HEADING, file->document->path);
	if (file->validation == LF_FACT_FAILED) {
		y += lf_draw_remark(tui, area, y, 1, LF_MARK_FAIL, LF_ROLE_BAD, file->verdict.message);
		y += lf_area_wrap(area, y, 3, 0, LF_ROLE_DIM, file->verdict.hint);
	}
	if (words) {
		(void)lf_draw_remark(tui, area, y, 1, file->change == LF_CHANGE_REFUSED || file->change == LF_CHANGE_CONFLICT ? LF_MARK_FAIL : LF_MARK_TODO, LF_ROLE_TEXT, words);
		return;
	}
	rest = lf_area_sub(area, y, 0, area->rows - y, area->cols);
	first = first_line(tui, &file->diff, rest.rows > 0 ? (size_t)rest.rows : 0);
	for (int i = 0; i < rest.rows && first + (size_t)i < file->diff.count; i++)
		draw_diff_line(area->canvas, &rest, i, &file->diff.lines[first + (size_t)i]);
	if (first > 0)
		(void)lf_area_glyph(&rest, 0, rest.cols - 1, LF_ROLE_DIM, LF_GLYPH_ABOVE);
	if (first + (size_t)rest.rows < file->diff.count)
		(void)lf_area_glyph(&rest, rest.rows - 1, rest.cols - 1, LF_ROLE_DIM, LF_GLYPH_BELOW);
}

static int draw_state(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area, int y)
{
	const struct lf_review *review = &app->review;
	struct lf_error missing;
	int rows = 0;

	if (review->state == LF_FACT_LOOKING)
		return lf_draw_remark(tui, area, y, 1, LF_MARK_BUSY, LF_ROLE_DIM, "reading the branch");
	if (review->state == LF_FACT_FAILED) {
		rows = lf_draw_remark(tui, area, y, 1, LF_MARK_FAIL, LF_ROLE_BAD, review->error.message);
		rows += lf_area_wrap(area, y + rows, 3, 0, LF_ROLE_DIM, review->error.hint);
	} else if (lf_app_identity_missing(app, &missing)) {
		rows = lf_draw_remark(tui, area, y, 1, LF_MARK_FAIL, LF_ROLE_BAD, missing.message);
		rows += lf_area_wrap(area, y + rows, 3, 0, LF_ROLE_DIM, missing.hint);
	}
	if (review->state == LF_FACT_KNOWN && review->secret.code) {
		rows = lf_draw_remark(tui, area, y, 1, LF_MARK_FAIL, LF_ROLE_BAD, review->secret.message);
		rows += lf_area_wrap(area, y + rows, 3, 0, LF_ROLE_DIM, review->secret.hint);
	}
	return rows;
}

void lf_draw_review(const struct lf_tui *tui, const struct lf_app *app, const struct lf_area *area)
{
	const struct lf_review *review = &app->review;
	size_t selected = review->selected < review->count ? review->selected : 0;
	struct lf_area inside = lf_area_sub(area, 0, 0, area->rows, area->cols - 1), part;
	struct lf_str text = {0};
	int y = 1, files, left;

	summary(&text, app, area);
	(void)lf_area_fit(area, 0, 1, area->cols - 2, LF_ROLE_STRONG, lf_str_text(&text));
	y += draw_validation(tui, app, area, 0, 1 + lf_canvas_width(lf_str_text(&text)));
	lf_str_dispose(&text);
	y += draw_state(tui, app, &inside, y);
	lf_area_hline(area, y);
	if (tui->layout.wide) {
		left = area->cols * 38 / 100 > 56 ? 56 : area->cols * 38 / 100;
		lf_area_vline(area, left, y, area->rows);
		part = lf_area_sub(area, y + 1, 0, area->rows - y - 1, left);
		files = part.rows >= 14 ? part.rows - 9 : part.rows; /* what goes with them, where there is room */
		files = (int)review->count < files ? (int)review->count : files;
		inside = lf_area_sub(&part, 0, 0, files, left);
		draw_files(tui, app, &inside);
		(void)draw_facts(app, &part, files + 1);
		part = lf_area_sub(area, y + 1, left + 1, area->rows - y - 1, area->cols - left - 1);
	} else {
		int most = area->rows / 4 < 2 ? 2 : area->rows / 4;

		files = (int)review->count < most ? (int)review->count : most;
		part = lf_area_sub(area, y + 1, 0, files, area->cols);
		draw_files(tui, app, &part);
		y += 1 + files;
		if (area->rows >= 16) {
			part = lf_area_sub(area, y, 0, area->rows - y, area->cols);
			y += draw_facts(app, &part, 0);
		}
		lf_area_hline(area, y);
		part = lf_area_sub(area, y + 1, 0, area->rows - y - 1, area->cols);
	}
	if (review->count && review->state == LF_FACT_KNOWN)
		draw_diff(tui, &review->files[selected], &part);
}
