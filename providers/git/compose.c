/* compose: see compose.h. The objects module makes the commit (objects_build.c), the user's own program the
 * signature (sign.c); here is what goes into it. A signed commit is made in two steps around the signature. */
#include "config.h"
#include "providers/git/compose.h"

#include <ctype.h>
#include <string.h>

#include "core/mem.h"
#include "providers/git/dates.h"
#include "providers/git/job.h"
#include "providers/git/sign.h"

struct composing {
	struct lf_git_job *job;
	const struct lf_git_changes *changes;
	const char *base;
	struct lf_objects_built *out;
	lf_git_remote_fn *then;
	bool sign;
	char *signature;
	int64_t when;
	int offset_minutes;
	struct lf_objects_moment author, committer; /* as the environment wishes them */
};

static int identify(struct lf_objects_plan *plan, const struct lf_git_changes *changes,
                    const struct lf_git_settings *settings, struct lf_error *err)
{
	const char *name = settings->name, *email = settings->email;
	int rc;

	plan->author.name = changes->author_name    ? changes->author_name
	                    : settings->author_name ? settings->author_name
	                                            : name;
	plan->author.email = changes->author_email    ? changes->author_email
	                     : settings->author_email ? settings->author_email
	                                              : email;
	plan->committer.name = settings->committer_name ? settings->committer_name
	                       : name                   ? name
	                                                : plan->author.name;
	plan->committer.email = settings->committer_email ? settings->committer_email
	                        : email                   ? email
	                                                  : plan->author.email;
	if (plan->author.name && *plan->author.name && plan->author.email && *plan->author.email)
		return LF_OK;
	rc = lf_fail(err, LF_EINVAL, "git.identity", 0,
	             "Git does not know who you are, and a commit needs an author");
	lf_hint(
	    err,
	    "git config --global user.name \"Your Name\"; git config --global user.email you@example.com");
	return rc;
}

/* "Key: value" */
static bool is_trailer(const char *line, size_t length)
{
	size_t i = 0;

	while (i < length && (isalnum((unsigned char)line[i]) || line[i] == '-'))
		i++;
	return i && i < length && line[i] == ':';
}

/* Whether the last paragraph, which is not the subject's, holds nothing but trailers. */
static bool ends_with_trailers(const char *message)
{
	const char *paragraph = strstr(message, "\n\n"), *next;
	bool all = paragraph != NULL;

	while (paragraph && (next = strstr(paragraph + 2, "\n\n")) != NULL)
		paragraph = next;
	for (const char *line = paragraph ? paragraph + 2 : ""; *line && all;) {
		size_t length = strcspn(line, "\n");

		all = is_trailer(line, length);
		line += length + (line[length] == '\n');
	}
	return all;
}

char *lf_git_sign_off(const char *message, const char *name, const char *email)
{
	char *line = lf_format("Signed-off-by: %s <%s>\n", name, email), *found;
	struct lf_str out = {0};
	size_t length = strlen(message);

	while (length && strchr("\n\r ", message[length - 1]))
		length--;
	lf_str_add_n(&out, message, length);
	lf_str_add_char(&out, '\n');
	found = strstr(lf_str_text(&out), line);
	if (!found || found == out.data || found[-1] != '\n') {
		if (!ends_with_trailers(out.data))
			lf_str_add_char(&out, '\n');
		lf_str_add(&out, line);
	}
	lf_free(line);
	return lf_str_take(&out);
}

static bool chosen(enum lf_git_choice choice, bool configured)
{
	return choice == LF_GIT_YES || (choice == LF_GIT_AS_CONFIGURED && configured);
}

static char *make_message(const struct composing *composing, const struct lf_objects_plan *plan)
{
	const struct lf_git_changes *changes = composing->changes;

	if (chosen(changes->sign_off, composing->job->remote.settings.sign_off))
		return lf_git_sign_off(changes->message, plan->committer.name, plan->committer.email);
	return lf_format("%s%s", changes->message, lf_ends_with(changes->message, "\n") ? "" : "\n");
}

/* On a work request. */
static int build(void *payload, struct lf_error *err)
{
	struct composing *composing = payload;
	const struct lf_git_changes *changes = composing->changes;
	struct lf_git_remote *remote = &composing->job->remote;
	struct lf_objects_edit *edits = lf_alloc(changes->count, sizeof(*edits));
	struct lf_objects_plan plan = {.parent = *composing->base ? composing->base : NULL,
	                               .edits = edits,
	                               .sign = composing->sign,
	                               .signature = composing->signature,
	                               .when = composing->when,
	                               .offset_minutes = composing->offset_minutes,
	                               .author.moment = composing->author,
	                               .committer.moment = composing->committer};
	int rc = identify(&plan, changes, &remote->settings, err);
	char *message = NULL;

	for (size_t i = 0; i < changes->count; i++) {
		const struct lf_git_changed *changed = &changes->items[i];

		if (changed->done)
			continue;
		edits[plan.edit_count].path = changed->path;
		edits[plan.edit_count].text = changed->text ? changed->written.data : NULL;
		edits[plan.edit_count].executable = changed->executable;
		edits[plan.edit_count++].length = changed->written.length;
	}
	lf_str_dispose(&composing->out->pack);
	lf_str_dispose(&composing->out->content);
	if (!rc) {
		message = make_message(composing, &plan);
		plan.message = message;
		rc = composing->job->git->objects->build(composing->out, remote->store.objects, &plan, err);
	}
	lf_free(message);
	lf_free(edits);
	return rc;
}

static void finish(struct composing *composing, const struct lf_error *err)
{
	struct lf_git_job *job = composing->job;
	lf_git_remote_fn *then = composing->then;

	lf_free(composing->signature);
	lf_free(composing);
	if (!job->over)
		then(job, err);
}

static void built(struct lf_git_job *job, const struct lf_error *err, void *payload);

static void is_signed(struct lf_git_job *job, const char *signature, const struct lf_error *err, void *payload)
{
	struct composing *composing = payload;

	if (err || job->over) {
		finish(composing, err);
		return;
	}
	composing->signature = lf_dup(signature);
	composing->when = composing->out->when;
	composing->offset_minutes = composing->out->offset_minutes;
	lf_git_job_work(job, build, composing, built);
}

static void built(struct lf_git_job *job, const struct lf_error *err, void *payload)
{
	struct composing *composing = payload;
	const struct lf_git_settings *settings = &job->remote.settings;
	const char *name = settings->committer_name ? settings->committer_name : settings->name,
	           *email = settings->committer_email ? settings->committer_email : settings->email;

	if (!name)
		name = composing->changes->author_name;
	if (!email)
		email = composing->changes->author_email;
	if (err || job->over || !composing->sign || composing->signature)
		finish(composing, err);
	else
		lf_git_sign(job, &composing->out->content, name, email, is_signed, composing);
}

static void is_dated(struct lf_git_job *job, const struct lf_objects_moment *author, const struct lf_objects_moment *committer, const struct lf_error *err, void *payload)
{
	struct composing *composing = payload;

	composing->author = *author;
	composing->committer = *committer;
	if (err || job->over)
		finish(composing, err);
	else
		lf_git_job_work(job, build, composing, built);
}

void lf_git_compose(struct lf_git_job *job, const struct lf_git_changes *changes, const char *base,
                    struct lf_objects_built *out, lf_git_remote_fn *then)
{
	struct composing *composing = lf_alloc(1, sizeof(*composing));

	composing->job = job;
	composing->changes = changes;
	composing->base = base;
	composing->out = out;
	composing->then = then;
	composing->sign = chosen(changes->sign, job->remote.settings.sign);
	if (lf_git_dates_are_set())
		lf_git_dates_ask(job, is_dated, composing);
	else
		lf_git_job_work(job, build, composing, built);
}
