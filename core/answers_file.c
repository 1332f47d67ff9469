/* answers_file: the answers as a file: "version: 1" and a map. Reads with the place of each answer, so that what is refused later can be found; writes in the
 * catalog's order. Opens nothing. */
#include "config.h"
#include "core/answers.h"

#include <string.h>

#include "core/catalog.h"
#include "core/mem.h"
#include "core/node.h"
#include "core/spelling.h"
#include "core/yaml.h"

#define ANSWERS_VERSION 1

/* Lists and trees are answers of two kinds of questions: written in the file as what they are, held as text. */
static int take_branch(struct lf_answers *answers, const struct lf_catalog *catalog, const struct lf_question *question, const struct lf_node *value, const char *file, const char *where,
		       struct lf_error *err)
{
	struct lf_str text = {0};
	struct lf_node *spelled = NULL;
	bool good = question->kind == LF_ASK_YAML ? lf_node_kind(value) == question->shape : question->kind == LF_ASK_LIST && lf_node_kind(value) == LF_NODE_LIST;

	for (size_t i = 0; good && question->kind == LF_ASK_LIST && i < lf_node_count(value); i++) {
		enum lf_node_kind kind = lf_node_kind(lf_node_at(value, i));
		char *odd = kind == LF_NODE_BOOL || kind == LF_NODE_NUMBER ? lf_spelling(file, lf_node_at(value, i)) : NULL;
		const char *item = odd ? odd : lf_node_text(lf_node_at(value, i), NULL);

		good = *item && !strchr(item, ',');
		lf_str_addf(&text, "%s%s", i ? ", " : "", item);
		lf_free(odd);
	}
	if (good && question->kind == LF_ASK_YAML) {
		spelled = lf_node_dup(value);
		lf_spell_answer(spelled, question, catalog, file);
		lf_yaml_emit(&text, spelled, NULL);
	}
	if (good) {
		lf_answers_set_from(answers, question->id, lf_str_text(&text), where);
	} else {
		lf_fail(err, LF_EPARSE, "answers", 0, "%s: the answer to %.64s must be a %s.", where, question->id,
			question->kind == LF_ASK_LIST ? "list of single values without commas"
			: question->kind != LF_ASK_YAML ? "single value"
			: question->shape == LF_NODE_MAP ? "map"
							 : "list");
		lf_hint(err, "Write it as %.64s: %s", question->id, question->example ? question->example : "value");
	}
	lf_node_free(spelled);
	lf_str_dispose(&text);
	return good ? LF_OK : LF_EPARSE;
}

static void take_scalar(struct lf_answers *answers, const struct lf_question *question, const struct lf_node *value, const char *text, const char *where)
{
	enum lf_node_kind kind = lf_node_kind(value);
	bool is_odd = (kind == LF_NODE_BOOL && question->kind != LF_ASK_YESNO) || (kind == LF_NODE_NUMBER && question->kind != LF_ASK_NUMBER);
	char *spelled = is_odd ? lf_spelling(text, value) : NULL;

	if (spelled)
		lf_answers_set_from(answers, question->id, spelled, where);
	else if (kind == LF_NODE_BOOL) /* "prune: true" is how YAML people say yes */
		lf_answers_set_from(answers, question->id, lf_node_true(value, NULL) ? "yes" : "no", where);
	else
		lf_answers_set_from(answers, question->id, lf_node_text(value, NULL), where);
	lf_free(spelled);
}

static int take_answer(struct lf_answers *answers, const struct lf_catalog *catalog, const char *id, const struct lf_node *value, const char *text, const char *name,
		       struct lf_error *err)
{
	enum lf_node_kind kind = lf_node_kind(value);
	const struct lf_question *question = lf_catalog_find(catalog, id);
	char *where = lf_format("%s:%d:%d", name, lf_node_line(value), lf_node_column(value));
	int code = LF_OK;

	if (!question)
		code = lf_catalog_fail_unknown(catalog, id, where, err);
	else if (kind == LF_NODE_MAP || kind == LF_NODE_LIST)
		code = take_branch(answers, catalog, question, value, text, where, err);
	else
		take_scalar(answers, question, value, text, where);
	lf_free(where);
	return code;
}

/* What the file itself says, before its answers: one document, our version, and nothing beside them that would be passed over in silence. */
static int check_frame(const struct lf_node *documents, const char *name, struct lf_error *err)
{
	const struct lf_node *root = lf_node_at(documents, 0), *version = lf_node_key(root, "version"), *map = lf_node_key(root, "answers"), *at = root;
	const char *spelled = lf_node_text(version, NULL);

	if (version && (!map || lf_node_kind(map) == LF_NODE_MAP || lf_node_kind(map) == LF_NODE_NULL)) {
		if (lf_node_int(version, NULL, 0) != ANSWERS_VERSION) {
			lf_fail(err, LF_EINVAL, "answers", 0, "%s:%d:%d: version %.16s of the answers file is not known here.", name, lf_node_line(version),
				lf_node_column(version), spelled);
			lf_hint(err, lf_node_int(version, NULL, 0) > ANSWERS_VERSION ? "This Landfall reads version 1. A newer one wrote this file: update Landfall."
										    : "This Landfall reads \"version: 1\".");
			return LF_EINVAL;
		}
		for (size_t i = 0; i < lf_node_count(root); i++) {
			if (lf_equal(lf_node_key_at(root, i), "version") || lf_equal(lf_node_key_at(root, i), "answers"))
				continue;
			lf_fail(err, LF_EPARSE, "answers", 0, "%s:%d:%d: \"%.64s\" is no part of an answers file.", name, lf_node_line(lf_node_at(root, i)),
				lf_node_column(lf_node_at(root, i)), lf_node_key_at(root, i));
			lf_hint(err, "It has \"version: 1\" and a map \"answers:\" of question ids to values; answers stand indented below that.");
			return LF_EPARSE;
		}
		if (lf_node_count(documents) == 1)
			return LF_OK;
		at = lf_node_at(documents, 1);
		lf_fail(err, LF_EPARSE, "answers", 0, "%s:%d:%d: a second document begins here, and an answers file has one.", name, lf_node_line(at), lf_node_column(at));
		lf_hint(err, "Remove the line with ---, or keep the two in files of their own.");
		return LF_EPARSE;
	}
	if (version)
		at = map;
	lf_fail(err, LF_EPARSE, "answers", 0, "%s:%d:%d: this is not an answers file.", name, at ? lf_node_line(at) : 1, at ? lf_node_column(at) : 1);
	lf_hint(err, "It has \"version: 1\" and a map \"answers:\" of question ids to values.");
	return LF_EPARSE;
}

int lf_answers_parse(struct lf_answers **out, const struct lf_catalog *catalog, const char *text, size_t length, const char *name, struct lf_error *err)
{
	static const struct lf_yaml_limits limits = {.bytes = 1 << 20, .depth = 80, .nodes = 40000};
	struct lf_answers *answers = NULL;
	struct lf_node *documents = NULL;
	const struct lf_node *map;
	char *copy = NULL; /* ends with a zero byte */
	int code;

	*out = NULL;
	code = lf_yaml_parse(&documents, text, length, name, &limits, err);
	if (code)
		goto out;
	code = check_frame(documents, name, err);
	if (code)
		goto out;
	map = lf_node_key(lf_node_at(documents, 0), "answers");
	answers = lf_answers_new();
	copy = lf_dup_n(text, length);
	for (size_t i = 0; i < lf_node_count(map) && !code; i++)
		code = take_answer(answers, catalog, lf_node_key_at(map, i), lf_node_at(map, i), copy, name, err);
	if (code)
		goto out;
	*out = answers;
	answers = NULL;
out:
	lf_free(copy);
	lf_answers_free(answers);
	lf_node_free(documents);
	return code;
}

static struct lf_node *answer_node(const struct lf_question *question, const char *value)
{
	struct lf_node *node = NULL;
	struct lf_names items = {0};

	/* What cannot be read as a tree is kept as it was typed: nothing is lost, and the question says what is wrong with it. */
	if (question->kind == LF_ASK_YAML && *value && !lf_question_tree(&node, question, value, NULL))
		return node;
	if (question->kind != LF_ASK_LIST)
		return lf_node_text_new(value);
	node = lf_node_new(LF_NODE_LIST);
	lf_list_split(&items, value);
	for (size_t i = 0; i < items.count; i++)
		lf_node_add_text(node, items.items[i]);
	lf_names_dispose(&items);
	return node;
}

void lf_answers_emit(struct lf_str *out, const struct lf_answers *answers, const struct lf_catalog *catalog)
{
	struct lf_node *root = lf_node_new(LF_NODE_MAP), *map;

	lf_node_set_int(root, "version", ANSWERS_VERSION);
	map = lf_node_set_map(root, "answers");
	for (size_t i = 0; i < lf_catalog_count(catalog); i++) {
		const struct lf_question *question = lf_catalog_at(catalog, i);
		const char *value = lf_answers_get(answers, question->id);

		if (value)
			lf_node_set(map, question->id, answer_node(question, value));
	}
	lf_yaml_emit(out, root, NULL);
	lf_node_free(root);
}
