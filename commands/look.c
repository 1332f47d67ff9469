/* look: see look.h. */
#include "config.h"
#include "commands/look.h"

#include <string.h>

#include "core/fs.h"
#include "core/mem.h"

#define THEME_BYTES (256 << 10)

int lf_look_theme(struct lf_theme *out, const char *name, struct lf_error *err)
{
	const char *shipped;
	char *below = lf_format("themes/%s.yaml", name), *path = lf_fs_config_path(below);
	struct lf_str text = {0};
	size_t length = 0;
	int code;

	shipped = lf_theme_text(name, &length);
	if (!strchr(name, '/') && path && lf_fs_exists(path)) {
		code = lf_fs_read(&text, path, THEME_BYTES, err);
		if (!code)
			code = lf_theme_parse(out, lf_str_text(&text), text.length, path, err);
	} else if (shipped) {
		code = lf_theme_parse(out, shipped, length, name, err);
	} else {
		code = lf_fail(err, LF_ENOTFOUND, "theme", 0, "There is no theme \"%.40s\".", name);
		lf_hint(err, "terminal, dark, light, high-contrast, colour-blind, mono, or a file %s.", path ? path : "themes/NAME.yaml in the configuration folder");
	}
	lf_str_dispose(&text);
	lf_free(below);
	lf_free(path);
	return code;
}

int lf_look_color(enum lf_color *out, const char *word, struct lf_error *err)
{
	static const struct {
		const char *word;
		enum lf_color color;
	} words[] = {{"auto", LF_COLOR_AUTO}, {"never", LF_COLOR_MONO}, {"16", LF_COLOR_16}, {"256", LF_COLOR_256}, {"true", LF_COLOR_TRUE}};

	*out = LF_COLOR_AUTO;
	for (size_t i = 0; i < LF_COUNT(words); i++) {
		if (!word || lf_equal(word, words[i].word)) {
			*out = words[i].color;
			return LF_OK;
		}
	}
	lf_fail(err, LF_EINVAL, "options", 0, "--color does not know \"%.40s\".", word);
	lf_hint(err, "auto, never, 16, 256 or true.");
	return LF_EINVAL;
}
