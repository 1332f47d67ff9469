/* history: see history.h. */
#include "config.h"
#include "core/history.h"

#include <string.h>

#include "core/facts.h"
#include "core/mem.h"
#include "core/str.h"

void lf_history_commit_dispose(struct lf_history_commit *commit)
{
	lf_free(commit->id);
	lf_free(commit->parent);
	lf_free(commit->author);
	lf_free(commit->subject);
	lf_free(commit->app);
	lf_free(commit->provider);
	lf_free(commit->path);
	lf_free(commit->reverts);
	lf_free(commit->delivery);
	memset(commit, 0, sizeof(*commit));
}

void lf_history_dispose(struct lf_history *history)
{
	for (size_t i = 0; i < history->count; i++)
		lf_history_commit_dispose(&history->items[i]);
	lf_free(history->items);
	lf_free(history->tip);
	memset(history, 0, sizeof(*history));
}

void lf_commit_dispose(struct lf_commit *commit)
{
	for (size_t i = 0; i < commit->count; i++) {
		lf_free(commit->files[i].path);
		lf_free(commit->files[i].before);
		lf_free(commit->files[i].after);
		lf_free(commit->files[i].why);
	}
	lf_free(commit->files);
	lf_history_commit_dispose(&commit->head);
	memset(commit, 0, sizeof(*commit));
}

/* What the rollbacks of HISTORY that stand took back. */
static void find_taken_back(struct lf_names *out, const struct lf_history *history)
{
	for (size_t i = 0; i < history->count; i++) {
		const struct lf_history_commit *commit = &history->items[i];

		if (commit->reverts && !lf_names_have(out, commit->id))
			lf_names_add(out, commit->reverts);
	}
}

const struct lf_history_commit *lf_history_standing(const struct lf_history *history)
{
	const struct lf_history_commit *found = NULL;
	struct lf_names taken_back = {0};

	find_taken_back(&taken_back, history);
	for (size_t i = 0; i < history->count && !found; i++) {
		const struct lf_history_commit *commit = &history->items[i];

		if (!commit->reverts && !lf_names_have(&taken_back, commit->id))
			found = commit;
	}
	lf_names_dispose(&taken_back);
	return found;
}

const struct lf_history_commit *lf_history_newer(const struct lf_history_commit **doubt, const struct lf_history *later, const struct lf_history *history)
{
	const struct lf_history_commit *found = NULL;
	struct lf_names taken_back = {0};

	*doubt = NULL;
	find_taken_back(&taken_back, history);
	for (size_t i = 0; i < later->count && !found; i++) {
		const struct lf_history_commit *commit = &later->items[i];

		if (lf_names_have(&taken_back, commit->id))
			continue;
		if (commit->delivery)
			found = commit;
		else if (!commit->app && !*doubt) /* with trailers it is known what it is: of HISTORY, or of another application */
			*doubt = commit;
	}
	lf_names_dispose(&taken_back);
	return found;
}
