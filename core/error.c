/* error: see error.h. Only formats. */
#include "config.h"
#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int lf_fail(struct lf_error *err, enum lf_code code, const char *where, int native, const char *format, ...)
{
	va_list args;

	if (!err)
		return code;
	memset(err, 0, sizeof(*err));
	err->code = code;
	err->where = where;
	err->native = native;
	va_start(args, format);
	(void)vsnprintf(err->message, sizeof(err->message), format, args);
	va_end(args);
	return code;
}

void lf_hint(struct lf_error *err, const char *format, ...)
{
	va_list args;

	if (!err)
		return;
	va_start(args, format);
	(void)vsnprintf(err->hint, sizeof(err->hint), format, args);
	va_end(args);
}

void lf_error_text(struct lf_str *out, const struct lf_error *err)
{
	size_t length = strlen(err->message);
	bool ends = !length || strchr(".!?:", err->message[length - 1]);

	/* What the YAML reader says is no sentence, and its remedy goes on with it. */
	lf_str_addf(out, "%s%s%s", err->message, ends || !*err->hint ? "" : *err->hint >= 'a' && *err->hint <= 'z' ? ";" : ".", *err->hint && length ? " " : "");
	lf_str_add(out, err->hint);
}

const char *lf_code_name(enum lf_code code)
{
	switch (code) {
	case LF_OK:
		return "ok";
	case LF_ERROR:
		return "error";
	case LF_EINVAL:
		return "invalid";
	case LF_ENOTFOUND:
		return "not-found";
	case LF_ECONFLICT:
		return "conflict";
	case LF_EAUTH:
		return "auth";
	case LF_EFORBIDDEN:
		return "forbidden";
	case LF_ENET:
		return "network";
	case LF_ETIMEOUT:
		return "timeout";
	case LF_ECANCELLED:
		return "cancelled";
	case LF_EPARSE:
		return "parse";
	case LF_ELIMIT:
		return "limit";
	case LF_EIO:
		return "io";
	case LF_EREFUSED:
		return "refused";
	case LF_EMOVED:
		return "moved";
	case LF_EGONE:
		return "gone";
	case LF_EPROTECTED:
		return "protected";
	}
	return "error";
}
