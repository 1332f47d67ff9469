/* doctor: see doctor.h. One question after the other, in the order of the report. */
#include "config.h"
#include "providers/doctor.h"

#include <string.h>

#include "core/mem.h"
#include "providers/git.h"
#include "providers/kube.h"
#include "providers/module.h"

enum { PERMISSIONS_MAX = 40 };

struct doctor {
	struct lf_checkup *out;
	uv_loop_t *loop;
	const struct lf_doctor_options *options;
	const struct lf_http_module *http;
	struct lf_git *git;
	struct lf_kube *kube;
	struct lf_cluster_facts cluster;
	char *url;
	struct lf_permission permissions[PERMISSIONS_MAX];
	size_t permission_count, at;
};

static void ask_permission(struct doctor *doctor);

static void told(bool allowed, const char *reason, const struct lf_error *err, void *payload)
{
	struct doctor *doctor = payload;

	lf_checkup_permission(doctor->out, &doctor->permissions[doctor->at++], allowed, reason, err);
	ask_permission(doctor);
}

static void ask_permission(struct doctor *doctor)
{
	if (doctor->at < doctor->permission_count)
		(void)lf_kube_can(doctor->kube, doctor->permissions[doctor->at].verb, &doctor->permissions[doctor->at].ref, told, doctor);
}

static void discovered(struct lf_cluster_facts *facts, const struct lf_error *err, void *payload)
{
	struct doctor *doctor = payload;
	const struct lf_doctor_options *options = doctor->options;

	if (!err) {
		doctor->cluster = *facts;
		memset(facts, 0, sizeof(*facts));
		lf_set(&doctor->cluster.context, lf_kube_context(doctor->kube));
	}
	lf_checkup_cluster(doctor->out, &doctor->cluster, err, options->engines, options->engine_count);
	if (err)
		return;
	doctor->permission_count =
	    lf_checkup_permissions(doctor->permissions, PERMISSIONS_MAX, &doctor->cluster, options->engines, options->engine_count);
	ask_permission(doctor);
}

static void ask_cluster(struct doctor *doctor)
{
	struct lf_error err;

	if (lf_kube_open(&doctor->kube, doctor->loop, doctor->http, doctor->options->context, &err))
		lf_checkup_cluster(doctor->out, NULL, &err, doctor->options->engines, doctor->options->engine_count);
	else
		(void)lf_kube_discover(doctor->kube, discovered, doctor);
}

static void reached(struct lf_repository_facts *facts, const struct lf_error *err, void *payload)
{
	struct doctor *doctor = payload;

	lf_checkup_repository(doctor->out, doctor->url, facts, err);
	if (!err)
		lf_repository_facts_dispose(facts);
	ask_cluster(doctor);
}

static void inspected(struct lf_workdir_facts *facts, void *payload)
{
	struct doctor *doctor = payload;

	lf_checkup_identity(doctor->out, facts);
	doctor->url = lf_dup(doctor->options->url && *doctor->options->url ? doctor->options->url : facts->remote_url);
	lf_workdir_facts_dispose(facts);
	if (doctor->options->without_git || !doctor->url) {
		if (!doctor->options->without_git)
			lf_checkup_repository(doctor->out, NULL, NULL, NULL);
		ask_cluster(doctor);
	} else {
		(void)lf_git_check(doctor->git, doctor->url, reached, doctor);
	}
}

static void opened(const void *table, const struct lf_error *err, void *payload)
{
	struct doctor *doctor = payload;
	struct lf_git_options options = {.batch = true};
	struct lf_error why;

	doctor->http = table;
	if (!table) {
		lf_checkup_module(doctor->out, err);
	} else if (lf_git_new(&doctor->git, doctor->loop, doctor->http, &options, &why)) {
		lf_checkup_module(doctor->out, &why);
		ask_cluster(doctor);
	} else {
		(void)lf_git_inspect(doctor->git, NULL, inspected, doctor);
	}
}

void lf_doctor_run(struct lf_checkup *out, uv_loop_t *loop, const struct lf_doctor_options *options)
{
	struct doctor doctor = {.out = out, .loop = loop, .options = options};

	lf_module_open_async(loop, "http", opened, &doctor);
	(void)uv_run(loop, UV_RUN_DEFAULT);
	lf_kube_free(doctor.kube);
	lf_git_free(doctor.git);
	(void)uv_run(loop, UV_RUN_DEFAULT); /* lets what is closing close */
	for (size_t i = 0; i < doctor.permission_count; i++)
		lf_ref_dispose(&doctor.permissions[i].ref);
	lf_cluster_facts_dispose(&doctor.cluster);
	lf_free(doctor.url);
}
