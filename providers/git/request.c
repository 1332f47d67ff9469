/* request: see request.h. Every word is sent only where the server offered it. */
#include "config.h"
#include "providers/git/request.h"

#include <string.h>

#include "providers/git/refname.h"

#define AGENT "agent=landfall/" PACKAGE_VERSION

static void begin_command(struct lf_str *out, const struct lf_advert *advert, const char *command)
{
	lf_pkt_addf(out, "command=%s\n", command);
	lf_pkt_addf(out, "%s\n", AGENT);
	if (advert->object_format)
		lf_pkt_addf(out, "object-format=sha1\n");
	lf_pkt_add_delim(out);
}

void lf_git_request_refs(struct lf_str *out, const struct lf_advert *advert)
{
	begin_command(out, advert, "ls-refs");
	lf_pkt_addf(out, "symrefs\n");
	if (advert->ls_refs_unborn)
		lf_pkt_addf(out, "unborn\n");
	lf_pkt_addf(out, "ref-prefix HEAD\n");
	/* A prefix may bring more than the one branch ("main" also "main-2"); its exact name is looked for in
	 * the answer. */
	lf_pkt_addf(out, "ref-prefix " LF_GIT_HEADS "%s\n", advert->branch ? advert->branch : "");
	if (advert->base)
		lf_pkt_addf(out, "ref-prefix " LF_GIT_HEADS "%s\n", advert->base);
	if (advert->others)
		lf_pkt_addf(out, "ref-prefix " LF_GIT_HEADS "%s\n", advert->others);
	lf_pkt_add_flush(out);
}

static void fetch_v2(struct lf_str *out, const struct lf_advert *advert, const struct lf_git_fetch *fetch)
{
	begin_command(out, advert, "fetch");
	if (fetch->have_count)
		lf_pkt_addf(out, "thin-pack\n");
	lf_pkt_addf(out, "no-progress\n");
	lf_pkt_addf(out, "ofs-delta\n");
	for (size_t i = 0; i < fetch->have_count && advert->shallow; i++)
		lf_pkt_addf(out, "shallow %s\n", fetch->haves[i]);
	if (fetch->depth && advert->shallow)
		lf_pkt_addf(out, "deepen %d\n", fetch->depth);
	if (fetch->filter && advert->filter)
		lf_pkt_addf(out, "filter %s\n", fetch->filter);
	for (size_t i = 0; i < fetch->want_count; i++)
		lf_pkt_addf(out, "want %s\n", fetch->wants[i]);
	for (size_t i = 0; i < fetch->have_count; i++)
		lf_pkt_addf(out, "have %s\n", fetch->haves[i]);
	lf_pkt_addf(out, "done\n");
	lf_pkt_add_flush(out);
}

static void fetch_v0(struct lf_str *out, const struct lf_advert *advert, const struct lf_git_fetch *fetch)
{
	for (size_t i = 0; i < fetch->want_count; i++) {
		struct lf_str line = {0};

		lf_str_addf(&line, "want %s", fetch->wants[i]);
		if (!i) {
			lf_str_add(&line, advert->side_band_64k ? " side-band-64k" : " side-band");
			if (advert->ofs_delta)
				lf_str_add(&line, " ofs-delta");
			if (advert->no_progress)
				lf_str_add(&line, " no-progress");
			if (fetch->have_count)
				lf_str_add(&line, " thin-pack");
			if (fetch->filter && advert->filter)
				lf_str_add(&line, " filter");
			lf_str_add(&line, " " AGENT);
		}
		lf_str_add_char(&line, '\n');
		lf_pkt_add(out, line.data, line.length);
		lf_str_dispose(&line);
	}
	for (size_t i = 0; i < fetch->have_count && advert->shallow; i++)
		lf_pkt_addf(out, "shallow %s\n", fetch->haves[i]);
	if (fetch->depth && advert->shallow)
		lf_pkt_addf(out, "deepen %d\n", fetch->depth);
	if (fetch->filter && advert->filter)
		lf_pkt_addf(out, "filter %s\n", fetch->filter);
	lf_pkt_add_flush(out);
	for (size_t i = 0; i < fetch->have_count; i++)
		lf_pkt_addf(out, "have %s\n", fetch->haves[i]);
	lf_pkt_addf(out, "done\n");
}

void lf_git_request_fetch(struct lf_str *out, const struct lf_advert *advert,
                          const struct lf_git_fetch *fetch)
{
	if (advert->version == 2)
		fetch_v2(out, advert, fetch);
	else
		fetch_v0(out, advert, fetch);
}

void lf_git_request_push(struct lf_str *out, const struct lf_advert *advert, const char *ref,
                         const char *old_id, const char *new_id, const struct lf_names *options)
{
	bool with_options = advert->push_options && options->count;
	struct lf_str line = {0};

	lf_str_addf(&line, "%s %s %s", old_id, new_id, ref);
	lf_str_add_char(&line, '\0');
	if (advert->report_status_v2)
		lf_str_add(&line, " report-status-v2");
	else if (advert->report_status)
		lf_str_add(&line, " report-status");
	if (advert->side_band_64k)
		lf_str_add(&line, " side-band-64k");
	if (advert->quiet)
		lf_str_add(&line, " quiet");
	if (advert->atomic)
		lf_str_add(&line, " atomic");
	if (with_options)
		lf_str_add(&line, " push-options");
	if (advert->object_format)
		lf_str_add(&line, " object-format=sha1");
	lf_str_add(&line, " " AGENT);
	lf_pkt_add(out, line.data, line.length);
	lf_pkt_add_flush(out);
	for (size_t i = 0; i < options->count && with_options; i++)
		lf_pkt_add(out, options->items[i], strlen(options->items[i]));
	if (with_options)
		lf_pkt_add_flush(out);
	lf_str_dispose(&line);
}
