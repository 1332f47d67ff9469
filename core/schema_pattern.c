/* schema_pattern: the regular expressions of a schema (ECMAScript) by those of the C library (POSIX), where both surely mean the same. A stranger's pattern may
 * cost little: its length, its repeats and how often it is tried have limits. */
#include "config.h"
#include "core/schema_walk.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/text.h"

enum { PATTERN_MAX = 200, SUBJECT_MAX = 1024, PATTERNS_TRIED = 2000 };

/* One escape of the pattern at P (behind the backslash); false: it has no sure meaning. */
static bool add_escape(struct lf_str *out, char c, bool in_set)
{
	static const struct {
		char letter;
		const char *set, *alone;
	} classes[] = {{'d', "0-9", "[0-9]"}, {'w', "A-Za-z0-9_", "[A-Za-z0-9_]"}, {'s', " \t\n\r\f\v", "[ \t\n\r\f\v]"}};

	for (size_t i = 0; i < LF_COUNT(classes); i++) {
		if (classes[i].letter == c) {
			lf_str_add(out, in_set ? classes[i].set : classes[i].alone);
			return true;
		}
	}
	if (in_set && strchr("./:@#&,;=~!\"'%_ ()*+?|{}$", c) && c) {
		lf_str_add_char(out, c);
		return true;
	}
	if (!in_set && c && strchr("./:@#&,;=~!\"'%_ -", c)) {
		if (c == '.')
			lf_str_add_char(out, '\\');
		lf_str_add_char(out, c);
		return true;
	}
	if (!in_set && c && strchr("\\()[]{}*+?|^$", c)) {
		lf_str_add_char(out, '\\');
		lf_str_add_char(out, c);
		return true;
	}
	return false;
}

/* "{2,63}" at P: small counts only, for what they cost. Returns its length; 0: no. */
static size_t repeat_length(const char *p)
{
	size_t first = strspn(p + 1, "0123456789"), n = 1 + first;

	if (!first || strtol(p + 1, NULL, 10) > 255)
		return 0;
	if (p[n] == ',') {
		size_t second = strspn(p + n + 1, "0123456789");

		if (strtol(p + n + 1, NULL, 10) > 255)
			return 0;
		n += 1 + second;
	}
	return p[n] == '}' ? n + 1 : 0;
}

char *lf_schema_pattern(const char *pattern)
{
	struct lf_str out = {0};
	size_t length = strlen(pattern), repeats = 0, open = 0;
	bool good = length <= PATTERN_MAX && lf_text_is_utf8(pattern, length), atom = false;

	for (const char *p = pattern; good && *p; p++) {
		if ((unsigned char)*p >= 0x80) {
			good = false; /* what a letter is depends on the locale */
		} else if (*p == '\\') {
			p++;
			good = add_escape(&out, *p, false);
			atom = true;
			if (!*p)
				break;
		} else if (*p == '[') {
			lf_str_add_char(&out, *p++);
			if (*p == '^')
				lf_str_add_char(&out, *p++);
			good = *p != ']';
			for (; good && *p && *p != ']'; p++) {
				good = (unsigned char)*p < 0x80 && *p != '[';
				if (*p == '\\') {
					p++;
					good = good && add_escape(&out, *p, true);
					if (!*p)
						break;
				} else {
					lf_str_add_char(&out, *p);
				}
			}
			good = good && *p == ']';
			lf_str_add_char(&out, ']');
			atom = true;
			if (!*p)
				break;
		} else if (*p == '{') {
			size_t n = repeat_length(p);

			/* A repeated repeat is what makes a matcher slow. */
			good = n && atom && ++repeats <= 4 && open == 0 && p[n] != '?' && p[n] != '{' && p[n] != '*' && p[n] != '+' && p[-1] != ')';
			lf_str_add_n(&out, p, n);
			p += n ? n - 1 : 0;
		} else if (*p == '*' || *p == '+' || *p == '?') {
			good = atom && p[1] != '?' && p[1] != '+' && p[1] != '*' && p[1] != '{';
			lf_str_add_char(&out, *p);
		} else if (*p == '(') {
			good = p[1] != '?' && p[1] != ')' && p[1] != '|' && ++open <= 8;
			lf_str_add_char(&out, *p);
			atom = false;
		} else if (*p == ')') {
			good = open && p > pattern && p[-1] != '|';
			open -= good;
			lf_str_add_char(&out, *p);
			atom = true;
		} else if (*p == '|') {
			good = p > pattern && p[1] && p[1] != '|' && p[1] != ')';
			lf_str_add_char(&out, *p);
			atom = false;
		} else {
			good = *p != '}' && *p != ']';
			lf_str_add_char(&out, *p);
			atom = *p != '^' && *p != '$';
		}
	}
	good = good && !open;
	if (!good) {
		lf_str_dispose(&out);
		return NULL;
	}
	return lf_str_take(&out);
}

static bool is_ascii(const char *text)
{
	while (*text && (unsigned char)*text < 0x80)
		text++;
	return !*text;
}

enum lf_verdict lf_schema_matches(struct lf_schema_walk *walk, const char *pattern, const char *text)
{
	/* Beyond ASCII a character there is several here. */
	char *posix = is_ascii(text) && strlen(text) <= SUBJECT_MAX && walk->patterns < PATTERNS_TRIED ? lf_schema_pattern(pattern) : NULL;
	enum lf_verdict verdict = LF_UNSURE;
	regex_t regex;

	walk->patterns++;
	if (posix && !regcomp(&regex, posix, REG_EXTENDED | REG_NOSUB)) {
		verdict = lf_verdict_of(regexec(&regex, text, 0, NULL, 0) == 0);
		regfree(&regex);
	}
	lf_free(posix);
	return verdict;
}
