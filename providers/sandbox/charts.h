/* charts: the demo's own chart repository: the same charts as a repository with an index and as an OCI registry,
 * served by the demo's server without a login. */
#ifndef LF_SANDBOX_CHARTS_H
#define LF_SANDBOX_CHARTS_H

#include <stdbool.h>
#include "providers/sandbox/helm.h"
#include "providers/sandbox/request.h"

struct lf_chart_release { /* one version of one chart */
	const char *name, *version, *app_version, *created, *description;
	bool deprecated;
};

const struct lf_chart_release *lf_charts_at(size_t index); /* NULL past the end; newest first */
bool lf_charts_have(const char *name);
/* The newest version of NAME within RANGE; NULL: there is none. */
const struct lf_chart_release *lf_charts_pick(const char *name, const char *range);
/* Its files, read. */
void lf_charts_open(struct lf_helm_chart *out, const struct lf_chart_release *release);

/* Whether URL is this demo's repository (http://…/charts) or, with oci://, its registry. */
bool lf_charts_is(const struct lf_sandbox *sandbox, const char *url);

/* Whether PATH is of the repository or the registry. */
bool lf_charts_serves(const char *path);
void lf_charts_handle(const struct lf_request *request, struct lf_reply *reply);

/* charts_files.c: the text of the file INDEX of any of our charts, with %NAME%, %VERSION%, %APP%, %ABOUT% and %MORE% in
 * it; NULL past the end. */
const char *lf_charts_text(size_t index, const char **path);

/* archive.c: appends CHART as a .tgz, its files below its name. Same files, same bytes. */
void lf_archive_pack(struct lf_str *out, const struct lf_helm_chart *chart);

#endif
