/* scaffold_chart: the starter chart: Chart.yaml, values.yaml and templates for a Deployment and a Service. Part of scaffold. The same workload as the other scaffolds, with
 * what may differ between releases in values.yaml.
 *
 * Names are quoted: an application may be called 123 or yes. The pods carry the selector's labels only: helm.sh/chart holds the chart's version, which with Flux's strategy Revision changes with each commit, and on the pods it
 * would restart them each time. */
#include "config.h"
#include "core/scaffold_chart.h"

#include <stdlib.h>
#include <string.h>

#include "core/image.h"
#include "core/mem.h"
#include "core/str.h"

#define NO_VERSION "latest" /* of an image without a tag */

/* NAME stands for the chart's name. */
static const char helpers[] =
	"{{/* The release's name, with the chart's behind it unless it is in it already; a label holds 63 characters. */}}\n"
	"{{- define \"NAME.fullname\" -}}\n"
	"{{- if contains .Chart.Name .Release.Name -}}\n"
	"{{- .Release.Name | trunc 63 | trimSuffix \"-\" -}}\n"
	"{{- else -}}\n"
	"{{- printf \"%s-%s\" .Release.Name .Chart.Name | trunc 63 | trimSuffix \"-\" -}}\n"
	"{{- end -}}\n"
	"{{- end -}}\n"
	"\n"
	"{{/* A release's name may begin with a digit, a Service's may not. */}}\n"
	"{{- define \"NAME.serviceName\" -}}\n"
	"{{- $name := include \"NAME.fullname\" . -}}\n"
	"{{- regexMatch \"^[0-9]\" $name | ternary (printf \"svc-%s\" $name) $name | trunc 63 | trimSuffix \"-\" -}}\n"
	"{{- end -}}\n"
	"\n"
	"{{/* What the selectors go by: it can never be changed. */}}\n"
	"{{- define \"NAME.selectorLabels\" -}}\n"
	"app.kubernetes.io/name: {{ .Chart.Name | quote }}\n"
	"app.kubernetes.io/instance: {{ .Release.Name | quote }}\n"
	"{{- end -}}\n"
	"\n"
	"{{- define \"NAME.labels\" -}}\n"
	"{{ include \"NAME.selectorLabels\" . }}\n"
	"app.kubernetes.io/managed-by: {{ .Release.Service }}\n"
	"helm.sh/chart: {{ printf \"%s-%s\" .Chart.Name .Chart.Version | replace \"+\" \"_\" | trunc 63 | trimSuffix \"-\" }}\n"
	"{{- end -}}\n"
	"\n"
	"{{/* A digest goes before a tag. */}}\n"
	"{{- define \"NAME.image\" -}}\n"
	"{{- with .Values.image -}}\n"
	"{{- if .digest -}}\n"
	"{{ .repository }}@{{ .digest }}\n"
	"{{- else -}}\n"
	"{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}\n"
	"{{- end -}}\n"
	"{{- end -}}\n"
	"{{- end -}}\n";

static const char deployment[] =
	"apiVersion: apps/v1\n"
	"kind: Deployment\n"
	"metadata:\n"
	"  name: {{ include \"NAME.fullname\" . | quote }}\n"
	"  labels:\n"
	"    {{- include \"NAME.labels\" . | nindent 4 }}\n"
	"spec:\n"
	"  replicas: {{ .Values.replicaCount }}\n"
	"  selector:\n"
	"    matchLabels:\n"
	"      {{- include \"NAME.selectorLabels\" . | nindent 6 }}\n"
	"  template:\n"
	"    metadata:\n"
	"      labels:\n"
	"        {{- include \"NAME.selectorLabels\" . | nindent 8 }}\n"
	"    spec:\n"
	"      containers:\n"
	"        - name: {{ .Chart.Name | quote }}\n"
	"          image: {{ include \"NAME.image\" . | quote }}\n"
	"          ports:\n"
	"            - name: http\n"
	"              containerPort: {{ .Values.containerPort }}\n"
	"          readinessProbe:\n"
	"            tcpSocket:\n"
	"              port: http\n"
	"            periodSeconds: 5\n"
	"          {{- with .Values.resources }}\n"
	"          resources:\n"
	"            {{- toYaml . | nindent 12 }}\n"
	"          {{- end }}\n"
	"          securityContext:\n"
	"            allowPrivilegeEscalation: false\n"
	"            seccompProfile:\n"
	"              type: RuntimeDefault\n";

static const char service[] =
	"apiVersion: v1\n"
	"kind: Service\n"
	"metadata:\n"
	"  name: {{ include \"NAME.serviceName\" . | quote }}\n"
	"  labels:\n"
	"    {{- include \"NAME.labels\" . | nindent 4 }}\n"
	"spec:\n"
	"  type: {{ .Values.service.type }}\n"
	"  selector:\n"
	"    {{- include \"NAME.selectorLabels\" . | nindent 4 }}\n"
	"  ports:\n"
	"    - name: http\n"
	"      port: {{ .Values.service.port }}\n"
	"      targetPort: http\n";

static const char notes[] =
	"{{ .Chart.Name }} runs in namespace {{ .Release.Namespace }} as release {{ .Release.Name }}.\n"
	"\n"
	"To reach it from here:\n"
	"\n"
	"  kubectl port-forward -n {{ .Release.Namespace }} service/{{ include \"NAME.serviceName\" . }} 8080:{{ .Values.service.port }}\n";

/* What lies beside a chart and is no part of it; with "/" in front only there, and not a template of the same name. */
static const char ignored[] =
	".git/\n"
	".DS_Store\n"
	"*.orig\n"
	"*.swp\n"
	"# read by Flux or Argo CD, not by Helm\n"
	"/*gitrepository.yaml\n"
	"/*helmrelease.yaml\n"
	"/*namespace.yaml\n"
	"/*canary.yaml\n"
	"/*secret.yaml\n"
	"/*kustomization.yaml\n"
	"/image*.yaml\n"
	"/alert*.yaml\n"
	"/receiver.yaml\n"
	"/*-app.yaml\n"
	"/applicationset.yaml\n"
	"/argocd-project.yaml\n";

static const struct {
	const char *path, *text; /* without a text: made from the answers */
} files[] = {
	{"Chart.yaml", NULL},
	{"values.yaml", NULL},
	{"templates/_helpers.tpl", helpers},
	{"templates/deployment.yaml", deployment},
	{"templates/service.yaml", service},
	{"templates/NOTES.txt", notes},
	{".helmignore", ignored},
};

static struct lf_node *put(struct lf_node *map, const char *key, const char *value, const char *id)
{
	struct lf_node *node = lf_node_set_text(map, key, value);

	lf_node_set_origin(node, id);
	return node;
}

static struct lf_node *build_chart(const struct lf_plan *plan)
{
	struct lf_node *root = lf_node_new(LF_NODE_MAP);
	struct lf_image image;
	char *about = lf_format("Deploys %s", lf_plan_text(plan, "appName"));

	lf_image_parse(&image, lf_plan_text(plan, "image"));
	lf_node_set_text(root, "apiVersion", "v2");
	lf_plan_put(root, "name", plan, "appName");
	put(root, "description", about, "appName");
	lf_node_set_text(root, "type", "application");
	lf_node_set_text(root, "version", "0.1.0");
	put(root, "appVersion", image.tag ? image.tag : NO_VERSION, "image");
	lf_image_dispose(&image);
	lf_free(about);
	return root;
}

static struct lf_node *build_values(const struct lf_plan *plan)
{
	struct lf_node *root = lf_node_new(LF_NODE_MAP), *map, *tag = NULL;
	struct lf_image image;

	lf_image_parse(&image, lf_plan_text(plan, "image"));
	lf_plan_put_number(root, "replicaCount", plan, "replicas");
	map = lf_node_set_map(root, "image");
	put(map, "repository", image.name, "image");
	if (!image.digest)
		tag = put(map, "tag", image.tag ? image.tag : "latest", "image");
	if (tag && lf_equal(lf_node_text(tag, NULL), "latest"))
		lf_node_set_comment(tag, "latest is not a version: two nodes may run two different programs");
	put(map, "digest", image.digest ? image.digest : "", "image");
	lf_plan_put_number(root, "containerPort", plan, "containerPort");
	map = lf_node_set_map(root, "service");
	lf_node_set_text(map, "type", "ClusterIP");
	lf_node_set_int(map, "port", 80);
	map = lf_node_set_map(root, "resources");
	lf_node_set_text(lf_node_set_map(map, "requests"), "cpu", "100m");
	lf_node_set_text(lf_node_set_map(map, "requests"), "memory", "128Mi");
	lf_node_set_text(lf_node_set_map(map, "limits"), "memory", "256Mi");
	lf_image_dispose(&image);
	return root;
}

static char *with_name(const char *text, const char *name)
{
	struct lf_str out = {0};

	while (*text) {
		const char *found = strstr(text, "NAME.");

		lf_str_add_n(&out, text, found ? (size_t)(found - text) : strlen(text));
		if (!found)
			break;
		lf_str_add(&out, name);
		text = found + strlen("NAME");
	}
	return lf_str_take(&out);
}

void lf_scaffold_chart(struct lf_documents *out, const struct lf_plan *plan)
{
	/* One chart for all environments: what one of them says goes into its own values (chart_values.c). */
	const struct lf_plan *whole = lf_plan_whole(plan);

	for (size_t i = 0; i < LF_COUNT(files); i++) {
		char *path = lf_path_join(lf_plan_text(plan, "gitPath"), files[i].path), *text;

		if (!path)
			return; /* the path has a problem of its own, shown beside its field */
		if (files[i].text) {
			text = with_name(files[i].text, lf_plan_text(whole, "appName"));
			lf_documents_add_text(out, path, LF_DOCUMENT_WORKLOAD, text)->only_if_missing = true;
			lf_free(text);
		} else {
			lf_documents_add(out, path, LF_DOCUMENT_WORKLOAD, i ? build_values(whole) : build_chart(whole))->only_if_missing = true;
		}
		lf_free(path);
	}
}

void lf_scaffold_chart_paths(struct lf_names *out, const char *folder)
{
	for (size_t i = 0; i < LF_COUNT(files); i++) {
		char *path = lf_path_join(folder, files[i].path);

		/* Some people take the notes out. */
		if (path && files[i].text != notes && files[i].text != ignored)
			lf_names_add(out, path);
		lf_free(path);
	}
}

bool lf_scaffold_chart_read(struct lf_path_facts *facts, const struct lf_node *chart, const struct lf_node *values)
{
	const char *version = lf_node_text(chart, "appVersion"), *name = lf_node_text(values, "image.repository"), *tag = lf_node_text(values, "image.tag"), *digest = lf_node_text(values, "image.digest");

	if (!*name || !*lf_node_text(values, "containerPort"))
		return false; /* another chart with files of these names */
	lf_free(facts->image);
	/* A tag beside a digest says which version that is, no more. */
	if (*digest)
		tag = lf_equal(version, NO_VERSION) ? "" : version;
	facts->image = lf_format("%s%s%s%s%s", name, *tag ? ":" : "", tag, *digest ? "@" : "", digest);
	lf_set(&facts->port, lf_node_text(values, "containerPort"));
	lf_set(&facts->replicas, lf_node_text(values, "replicaCount"));
	return true;
}
