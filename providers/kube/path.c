/* path: the API server's addresses. Every part that comes from outside is percent-encoded, so that a name stays a name. */
#include "config.h"
#include "providers/kube/internal.h"

#include <ctype.h>
#include <string.h>

void kube_path_escape(struct lf_str *out, const char *segment)
{
	for (; *segment; segment++) {
		if (isalnum((unsigned char)*segment) || strchr("-._~", *segment))
			lf_str_add_char(out, *segment);
		else
			lf_str_addf(out, "%%%02X", (unsigned)(unsigned char)*segment);
	}
}

bool kube_name_is_safe(const char *name)
{
	return *name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !strpbrk(name, "/%") && strlen(name) <= 253;
}

void kube_path_group(struct lf_str *out, const char *group, const char *version)
{
	lf_str_add(out, *group ? "/apis/" : "/api/");
	kube_path_escape(out, group);
	if (*group)
		lf_str_add_char(out, '/');
	kube_path_escape(out, version);
}

void kube_path_object(struct lf_str *out, const struct lf_served_kind *kind, const char *namespace, const char *name)
{
	kube_path_group(out, kind->group, kind->version);
	if (kind->namespaced && *namespace) {
		lf_str_add(out, "/namespaces/");
		kube_path_escape(out, namespace);
	}
	lf_str_add_char(out, '/');
	kube_path_escape(out, kind->plural);
	if (*name) {
		lf_str_add_char(out, '/');
		kube_path_escape(out, name);
	}
}
