/* image: see image.h. The grammar is that of the distribution specification: [registry[:port]/]path[:tag][@digest]. */
#include "config.h"
#include "core/image.h"

#include <ctype.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"

void lf_image_parse(struct lf_image *out, const char *text)
{
	const char *at = strchr(text, '@'), *end = at ? at : text + strlen(text), *colon = NULL;

	for (const char *p = end; p > text && p[-1] != '/'; p--) {
		if (p[-1] == ':') /* a colon before the last slash belongs to the registry's port */
			colon = p - 1;
	}
	out->digest = at && at[1] ? lf_dup(at + 1) : NULL;
	out->tag = colon && colon + 1 < end ? lf_dup_n(colon + 1, (size_t)(end - colon - 1)) : NULL;
	out->name = lf_dup_n(text, (size_t)((colon ? colon : end) - text));
}

void lf_image_dispose(struct lf_image *image)
{
	lf_free(image->name);
	lf_free(image->tag);
	lf_free(image->digest);
	memset(image, 0, sizeof(*image));
}

static int refuse(struct lf_error *err, const char *message)
{
	int code = lf_fail(err, LF_EINVAL, "image", 0, "%s", message);

	lf_hint(err, "[registry/]name:tag, or name@sha256:digest. Example: ghcr.io/acme/web:1.4.2");
	return code;
}

static bool is_path(const char *name)
{
	const char *slash = strchr(name, '/');

	for (const char *p = name; *p; p++) {
		/* Capitals and a port only in the registry, which is the part before the first slash. */
		bool in_host = slash && p < slash;

		if (islower((unsigned char)*p) || isdigit((unsigned char)*p))
			continue;
		if (in_host && (isupper((unsigned char)*p) || *p == ':'))
			continue;
		if (p == name || !p[1] || !strchr("._-/", *p) || (*p == '/' && p[-1] == '/'))
			return false;
	}
	return *name;
}

static bool is_tag(const char *tag)
{
	size_t n = strlen(tag);

	for (size_t i = 0; i < n; i++) {
		if (!isalnum((unsigned char)tag[i]) && tag[i] != '_' && (!i || !strchr(".-", tag[i])))
			return false;
	}
	return n && n <= 128;
}

static bool is_digest(const char *digest)
{
	const char *hex = lf_starts_with(digest, "sha256:") ? digest + 7 : "";

	return strlen(hex) == 64 && strspn(hex, "0123456789abcdef") == 64;
}

int lf_check_image(const char *text, struct lf_error *err)
{
	struct lf_image image;
	int code = LF_OK;

	lf_image_parse(&image, text);
	if (!is_path(image.name) || strchr(text, ' '))
		code = refuse(err, "This is not an image reference.");
	else if (strchr(text, '@') && (!image.digest || !is_digest(image.digest)))
		code = refuse(err, "The image's digest is not sha256: and 64 hexadecimal digits.");
	else if (!image.tag && !image.digest)
		code = refuse(err, "The image has no tag: every node would run whatever is newest when it pulls.");
	else if (image.tag ? !is_tag(image.tag) : text[strlen(image.name)] == ':')
		code = refuse(err, "The image's tag is not one: letters, digits, _, . and -, at most 128.");
	lf_image_dispose(&image);
	return code;
}
