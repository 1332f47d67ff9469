/* helm: a chart as files, and what Helm makes of it with values: the objects of a release. Pure. */
#ifndef LF_SANDBOX_HELM_H
#define LF_SANDBOX_HELM_H

#include "core/error.h"
#include "core/node.h"
#include "core/str.h"

struct lf_helm_file {
	char *path, *text; /* below the chart's folder */
};

struct lf_helm_chart {
	struct lf_helm_file *files;
	size_t count, capacity;
	struct lf_node *about, *values; /* Chart.yaml and values.yaml, by lf_helm_chart_read() */
};

void lf_helm_chart_add(struct lf_helm_chart *chart, const char *path, const char *text); /* copies */
const char *lf_helm_chart_file(const struct lf_helm_chart *chart, const char *path);     /* NULL: not there */
/* Reads what the files say; the message is Helm's. */
LF_NODISCARD int lf_helm_chart_read(struct lf_helm_chart *chart, struct lf_error *err);
const char *lf_helm_chart_name(const struct lf_helm_chart *chart);
const char *lf_helm_chart_version(const struct lf_helm_chart *chart);
void lf_helm_chart_dispose(struct lf_helm_chart *chart);

struct lf_helm_release {
	const char *name, *namespace;
	bool is_upgrade;
	int64_t revision;
};

/* The objects of CHART with VALUES on top of its own, in the order Helm installs them; those without a namespace
 * get the release's. The message is Helm's: the schema's, the template's or the YAML reader's. */
LF_NODISCARD int lf_helm_render(struct lf_node **objects, const struct lf_helm_chart *chart,
                                const struct lf_node *values, const struct lf_helm_release *release,
                                struct lf_error *err);

#endif
