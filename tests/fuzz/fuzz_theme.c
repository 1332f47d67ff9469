/* fuzz_theme: any text as a theme file: it is refused with a reason, or every role of it can be shown in every tier. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "themes/theme.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lf_theme theme;
	struct lf_error err = {0};

	if (lf_theme_parse(&theme, (const char *)data, size, "theme", &err)) {
		fuzz_require(err.code != LF_OK && *err.message, "a refusal has a reason", "");
		for (const char *p = err.message; *p; p++)
			fuzz_require((unsigned char)*p >= 0x20 && *p != 0x7f, "a reason is printable", err.message);
		return 0;
	}
	fuzz_require(strlen(theme.name) < sizeof(theme.name), "a name ends", "");
	for (unsigned role = 0; role < LF_ROLE_COUNT; role++) {
		for (int tier = LF_COLOR_MONO; tier <= LF_COLOR_TRUE; tier++) {
			struct lf_look look = lf_theme_look(&theme, (enum lf_role)role, LF_ROLE_SELECTION, (enum lf_color)tier);
			int32_t most = tier == LF_COLOR_TRUE ? 0xffffff : tier == LF_COLOR_256 ? 255 : tier == LF_COLOR_16 ? 15 : -1;

			fuzz_require(look.fg >= -1 && look.fg <= most && look.bg >= -1 && look.bg <= most, "a colour of its tier", lf_role_name((enum lf_role)role));
		}
	}
	return 0;
}
