/* ask: how the requests of a forge are put together: paths, percent-encoding, bodies. Pure; knows no forge. */
#include "config.h"
#include "providers/forge/talk.h"

#include <ctype.h>
#include <string.h>

static void encode(struct lf_str *out, const char *text, const char *kept)
{
	for (; *text; text++) {
		if (isalnum((unsigned char)*text) || strchr(kept, *text))
			lf_str_add_char(out, *text);
		else
			lf_str_addf(out, "%%%02X", (unsigned)(unsigned char)*text);
	}
}

void forge_path(struct lf_str *out, const char *text)
{
	encode(out, text, "-._~");
}

void forge_segments(struct lf_str *out, const char *text)
{
	encode(out, text, "-._~/");
}

bool forge_get(struct forge_request *out, const char *format, ...)
{
	va_list args;

	out->method = "GET";
	va_start(args, format);
	lf_str_addv(&out->path, format, args);
	va_end(args);
	return true;
}

bool forge_get_below(struct forge_request *out, const struct forge_talk *talk, const char *format, ...)
{
	va_list args;

	out->method = "GET";
	talk->adapter->repository(&out->path, talk->site);
	va_start(args, format);
	lf_str_addv(&out->path, format, args);
	va_end(args);
	return true;
}

bool forge_send(struct forge_request *out, const char *method, struct lf_node *body, const char *format, ...)
{
	va_list args;

	out->method = method;
	va_start(args, format);
	lf_str_addv(&out->path, format, args);
	va_end(args);
	lf_json_emit(&out->body, body);
	lf_node_free(body);
	return true;
}

bool forge_send_below(struct forge_request *out, const struct forge_talk *talk, const char *method, struct lf_node *body, const char *format, ...)
{
	va_list args;

	out->method = method;
	talk->adapter->repository(&out->path, talk->site);
	va_start(args, format);
	lf_str_addv(&out->path, format, args);
	va_end(args);
	lf_json_emit(&out->body, body);
	lf_node_free(body);
	return true;
}
