/* question: what the kind of a question demands by itself, and checks that several rows share. Pure. */
#include "config.h"
#include "core/question.h"

#include <ctype.h>
#include <string.h>

#include "core/facts.h"
#include "core/mem.h"
#include "core/spelling.h"
#include "core/str.h"
#include "core/text.h"
#include "core/yaml.h"

#define ANSWER_BYTES 4096
#define TREE_BYTES (256 << 10)

const char *const lf_question_kind_names[] = {
	[LF_ASK_TEXT] = "text",	    [LF_ASK_CHOICE] = "choice",	      [LF_ASK_YESNO] = "yes/no",     [LF_ASK_NUMBER] = "number", [LF_ASK_DURATION] = "duration",
	[LF_ASK_BRANCH] = "branch", [LF_ASK_PATH] = "path",	      [LF_ASK_NAMESPACE] = "namespace", [LF_ASK_CONTEXT] = "context", [LF_ASK_CHART] = "chart",
	[LF_ASK_VERSION] = "version", [LF_ASK_LIST] = "list",	      [LF_ASK_YAML] = "yaml",
};

const char *lf_step_title(enum lf_step step)
{
	static const char *const titles[LF_STEPS] = {
		"Start", "Method", "Provider", "Application", "Repository", "Sync", "Extras", "Review", "Deliver", "Landing",
	};

	return titles[step];
}

const char *lf_step_question(enum lf_step step)
{
	static const char *const questions[LF_STEPS] = {
		"Which cluster is it for?",
		"How would you like to deploy this application?",
		"Would you like to deploy via GitOps?",
		"What is the application?",
		"Where do the manifests live?",
		"How should it be kept in sync?",
		"What else should come with it?",
		"Is this what should be committed?",
		"Delivering",
		"Landing",
	};

	return questions[step];
}

static int fail(struct lf_error *err, const struct lf_question *question, const char *what, const char *allowed)
{
	int code = lf_fail(err, LF_EINVAL, question->id, 0, "%s", what);

	if (question->example)
		lf_hint(err, "%s Example: %s", allowed, question->example);
	else
		lf_hint(err, "%s", allowed);
	return code;
}

static bool is_option(const struct lf_question *question, const char *value)
{
	for (size_t i = 0; i < question->option_count; i++) {
		if (lf_equal(question->options[i].value, value))
			return true;
	}
	return false;
}

static int fail_choice(const struct lf_question *question, const char *what, struct lf_error *err)
{
	struct lf_str allowed = {0};
	int code;

	for (size_t i = 0; i < question->option_count; i++)
		lf_str_addf(&allowed, "%s%s", i ? ", " : "One of: ", question->options[i].value);
	lf_str_add_char(&allowed, '.');
	code = fail(err, question, what, lf_str_text(&allowed));
	lf_str_dispose(&allowed);
	return code;
}

static int check_choice(const struct lf_question *question, const char *value, struct lf_error *err)
{
	return is_option(question, value) ? LF_OK : fail_choice(question, "This is not one of the choices.", err);
}

int lf_question_fail_missing(const struct lf_question *question, struct lf_error *err)
{
	int code;

	if (question->kind == LF_ASK_CHOICE)
		return fail_choice(question, "Nothing is chosen yet.", err);
	code = lf_fail(err, LF_EINVAL, question->id, 0, "This needs an answer.");
	if (question->example)
		lf_hint(err, "Example: %s", question->example);
	return code;
}

static int check_text(const struct lf_question *question, const char *value, struct lf_error *err)
{
	size_t length = strlen(value);

	if (length > (question->kind == LF_ASK_LIST ? TREE_BYTES : ANSWER_BYTES))
		return fail(err, question, "This answer is too long.", "At most 4096 bytes.");
	if (!lf_text_is_utf8(value, length))
		return fail(err, question, "This answer is not valid UTF-8.", "Type it again.");
	for (const unsigned char *p = (const unsigned char *)value; *p; p++) {
		if (*p < 0x20 || *p == 0x7f)
			return fail(err, question, "Control characters are not allowed here.", "Plain text on one line.");
	}
	return LF_OK;
}

void lf_list_split(struct lf_names *out, const char *answer)
{
	while (*answer) {
		size_t n = strcspn(answer, ","), start = strspn(answer, " \t\n"), end = n;

		while (end > start && strchr(" \t\n", answer[end - 1]))
			end--;
		if (end > start) {
			char *item = lf_dup_n(answer + start, end - start);

			lf_names_add(out, item);
			lf_free(item);
		}
		answer += n;
		answer += *answer == ',';
	}
}

static int check_list(const struct lf_question *question, const char *value, struct lf_error *err)
{
	struct lf_names items = {0};
	int code = LF_OK;

	lf_list_split(&items, value);
	for (size_t i = 0; i < items.count && !code && question->option_count; i++)
		code = check_choice(question, items.items[i], err);
	lf_names_dispose(&items);
	return code;
}

int lf_question_tree(struct lf_node **out, const struct lf_question *question, const char *answer, struct lf_error *err)
{
	static const struct lf_yaml_limits limits = {.bytes = TREE_BYTES, .depth = 64, .nodes = 20000};
	struct lf_node *documents = NULL;
	int code;

	*out = NULL;
	code = lf_yaml_parse(&documents, answer, strlen(answer), question->id, &limits, err);
	if (!code && (lf_node_count(documents) != 1 || lf_node_kind(lf_node_at(documents, 0)) != question->shape))
		code = fail(err, question, question->shape == LF_NODE_MAP ? "This is not one map." : "This is not one list.",
			    question->shape == LF_NODE_MAP ? "YAML of the form key: value." : "YAML of the form [a, b], or items with \"- \".");
	else if (!code)
		*out = lf_node_take(documents, 0);
	if (*out && question->texts)
		lf_spell(*out, answer);
	lf_node_free(documents);
	return code;
}

static int check_tree(const struct lf_question *question, const char *value, struct lf_error *err)
{
	struct lf_node *tree = NULL;
	int code = lf_question_tree(&tree, question, value, err);

	lf_node_free(tree);
	return code;
}

int lf_question_check_kind(const struct lf_question *question, const char *value, struct lf_error *err)
{
	int code;

	if (!*value)
		return LF_OK;
	if (question->kind == LF_ASK_YAML) /* has line breaks; its parser knows what may be in it */
		return check_tree(question, value, err);
	code = check_text(question, value, err);
	if (code)
		return code;
	switch (question->kind) {
	case LF_ASK_TEXT:
	case LF_ASK_NAMESPACE:
	case LF_ASK_CONTEXT:
	case LF_ASK_CHART:
	case LF_ASK_VERSION:
		return LF_OK;
	case LF_ASK_YAML:
		break;
	case LF_ASK_LIST:
		return check_list(question, value, err);
	case LF_ASK_CHOICE:
		return check_choice(question, value, err);
	case LF_ASK_YESNO:
		if (lf_equal(value, "yes") || lf_equal(value, "no"))
			return LF_OK;
		return fail(err, question, "This is a yes or no question.", "Answer yes or no.");
	case LF_ASK_NUMBER:
		if (strlen(value) <= 9 && strspn(value, "0123456789") == strlen(value))
			return LF_OK;
		return fail(err, question, "This is not a whole number.", "Digits only, at most nine.");
	case LF_ASK_DURATION:
		if (lf_duration_ms(value) >= 0)
			return LF_OK;
		return fail(err, question, "This is not a duration.", "Numbers with ms, s, m or h (no days), without spaces.");
	case LF_ASK_BRANCH:
		if (lf_equal(value, "HEAD"))
			return fail(err, question, "HEAD is no branch: it stands for one.", "Name the branch it stands for. Argo CD can follow HEAD itself, by targetRevision.");
		if (value[0] == '-' || value[0] == '/' || strstr(value, "..") || strstr(value, "//") || strstr(value, "@{") ||
		    strpbrk(value, " ~^:?*[\\") || lf_ends_with(value, "/") || lf_ends_with(value, ".lock") || lf_ends_with(value, "."))
			return fail(err, question, "Git does not allow this branch name.",
				    "Letters, digits, -, _, . and /; it may not start with -.");
		return LF_OK;
	case LF_ASK_PATH:
		return lf_check_repository_path(value, true, err);
	}
	return LF_OK;
}

int lf_check_dns_label(const char *value, size_t limit, const char *what, struct lf_error *err)
{
	size_t length = strlen(value);
	bool good = length > 0 && length <= limit;

	for (size_t i = 0; good && i < length; i++)
		good = islower((unsigned char)value[i]) || isdigit((unsigned char)value[i]) || (value[i] == '-' && i && i + 1 < length);
	if (good)
		return LF_OK;
	lf_fail(err, LF_EINVAL, "check.name", 0, length > limit ? "%s is too long." : "%s is not a valid name.", what);
	lf_hint(err, "Lower-case letters, digits and -, at most %zu, starting and ending with a letter or digit. Example: web", limit);
	return LF_EINVAL;
}

int lf_check_repository_path(const char *value, bool allow_root, struct lf_error *err)
{
	static const char example[] = "Example: apps/web/overlays/production";
	const char *part = value;

	if (lf_equal(value, ".") || lf_equal(value, "./")) {
		if (allow_root)
			return LF_OK;
		lf_fail(err, LF_EINVAL, "check.path", 0, "The root of the repository cannot be used here.");
		lf_hint(err, "Name a folder. %s", example);
		return LF_EINVAL;
	}
	if (*value == '/' || *value == '~' || strchr(value, '\\')) {
		lf_fail(err, LF_EINVAL, "check.path", 0, "A path is relative to the root of the repository, with forward slashes.");
		lf_hint(err, "%s", example);
		return LF_EINVAL;
	}
	while (*part) {
		size_t n = strcspn(part, "/");

		if (n == 2 && !strncmp(part, "..", 2)) {
			lf_fail(err, LF_EINVAL, "check.path", 0, "A path may not leave the repository.");
			lf_hint(err, "%s", example);
			return LF_EINVAL;
		}
		if (n == 4 && !strncasecmp(part, ".git", 4)) {
			lf_fail(err, LF_EINVAL, "check.path", 0, "A path may not enter .git.");
			lf_hint(err, "%s", example);
			return LF_EINVAL;
		}
		part += n;
		part += *part == '/';
	}
	return LF_OK;
}

const struct lf_option *lf_question_option(const struct lf_question *question, const struct lf_plan *plan, size_t index)
{
	return (question->words ? question->words(plan) : question->options) + index;
}
