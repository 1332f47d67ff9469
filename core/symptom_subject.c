/* symptom_subject: the object a controller's message speaks of, in the forms of kustomize-controller, Argo CD and Helm. */
#include "config.h"
#include "core/symptom.h"

#include <ctype.h>
#include <string.h>

#include "core/mem.h"

static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '.' || c == ':';
}

/* "Kind/namespace/name" or "Kind/name" that ends at END. */
static bool read_subject(struct lf_ref *out, const char *message, const char *end)
{
	const char *start = end, *first, *second;
	char *kind, *namespace, *name;

	while (start > message && (is_name_char(start[-1]) || start[-1] == '/'))
		start--;
	first = memchr(start, '/', (size_t)(end - start));
	if (!first || !isupper((unsigned char)*start))
		return false;
	second = memchr(first + 1, '/', (size_t)(end - first - 1));
	kind = lf_dup_n(start, (size_t)(first - start));
	namespace = second ? lf_dup_n(first + 1, (size_t)(second - first - 1)) : lf_dup("");
	name = lf_dup_n(second ? second + 1 : first + 1, (size_t)(end - (second ? second + 1 : first + 1)));
	lf_ref_dispose(out);
	*out = lf_ref_new("", kind, namespace, name);
	lf_free(kind);
	lf_free(namespace);
	lf_free(name);
	return true;
}

/* Helm's own form: 'server-side apply failed for object shop/web apps/v1, Kind=Deployment: …'; a cluster-wide one has no namespace, the core group no name. */
static bool read_helm_subject(struct lf_ref *out, const char *message)
{
	static const char before[] = " failed for object ", kind_is[] = ", Kind=";
	const char *object = strstr(message, before), *end, *slash, *group, *kind;
	char *texts[4];

	if (!object)
		return false;
	object += strlen(before);
	end = strchr(object, ' ');
	kind = end ? strstr(end, kind_is) : NULL;
	if (!kind || strcspn(end + 1, "/") > (size_t)(kind - end))
		return false;
	slash = memchr(object, '/', (size_t)(end - object));
	group = end + 1;
	kind += strlen(kind_is);
	texts[0] = lf_dup_n(group, strcspn(group, "/"));
	texts[1] = lf_dup_n(kind, strcspn(kind, ":; \n"));
	texts[2] = lf_dup_n(object, slash ? (size_t)(slash - object) : 0);
	texts[3] = lf_dup_n(slash ? slash + 1 : object, (size_t)(end - (slash ? slash + 1 : object)));
	*out = lf_ref_new(texts[0], texts[1], texts[2], texts[3]);
	for (size_t i = 0; i < LF_COUNT(texts); i++)
		lf_free(texts[i]);
	return true;
}

bool lf_symptom_subject(struct lf_ref *out, const char *message)
{
	static const char *const keywords[] = {" dry-run failed", " apply failed", " not found:", " namespace not specified", " is SOPS encrypted"};
	const char *last = NULL;
	struct lf_ref found = {0};
	struct lf_str group = {0};
	const char *named;

	for (size_t i = 0; i < LF_COUNT(keywords); i++) {
		for (const char *p = message; (p = strstr(p, keywords[i])); p++) {
			if (p > last && read_subject(&found, message, p))
				last = p;
		}
	}
	if (!last)
		return read_helm_subject(out, message);
	/* The group is only named where the server speaks: 'Deployment.apps "web" is invalid', '(ns/web; apps/v1, Kind=Deployment)'. */
	lf_str_addf(&group, "%s.", found.kind);
	named = strstr(last, lf_str_text(&group));
	named = named ? named + group.length : strstr(last, "; ");
	if (named) {
		size_t n;

		named += lf_starts_with(named, "; ") ? 2 : 0;
		n = strcspn(named, " /,\"'");
		lf_str_truncate(&group, 0);
		if (named[n] == '/' || named[n] == ' ')
			lf_str_add_n(&group, named, n);
		lf_set(&found.group, lf_str_text(&group));
	}
	lf_str_dispose(&group);
	*out = found;
	return true;
}
