/* answers: an ordered map from question id to text, and its file. */
#include "config.h"
#include "core/answers.h"

#include <stdio.h>
#include <string.h>

#include "core/catalog.h"
#include "core/mem.h"
#include "core/node.h"
#include "core/values.h"
#include "core/yaml.h"
#include "core/yaml_scalar.h"

#define ANSWERS_VERSION 1

struct answer {
	char *id, *value;
};

struct lf_answers {
	struct answer *items;
	size_t count, capacity;
};

struct lf_answers *lf_answers_new(void)
{
	return lf_alloc(1, sizeof(struct lf_answers));
}

struct lf_answers *lf_answers_dup(const struct lf_answers *answers)
{
	struct lf_answers *copy = lf_answers_new();

	for (size_t i = 0; i < answers->count; i++)
		lf_answers_set(copy, answers->items[i].id, answers->items[i].value);
	return copy;
}

void lf_answers_free(struct lf_answers *answers)
{
	if (!answers)
		return;
	for (size_t i = 0; i < answers->count; i++) {
		lf_free(answers->items[i].id);
		lf_free(answers->items[i].value);
	}
	lf_free(answers->items);
	lf_free(answers);
}

static struct answer *find(const struct lf_answers *answers, const char *id)
{
	for (size_t i = 0; i < answers->count; i++) {
		if (lf_equal(answers->items[i].id, id))
			return &answers->items[i];
	}
	return NULL;
}

const char *lf_answers_get(const struct lf_answers *answers, const char *id)
{
	const struct answer *answer = find(answers, id);

	return answer ? answer->value : NULL;
}

void lf_answers_set(struct lf_answers *answers, const char *id, const char *value)
{
	struct answer *answer = find(answers, id);

	if (!answer) {
		lf_grow((void **)&answers->items, &answers->capacity, answers->count, sizeof(*answers->items));
		answer = &answers->items[answers->count++];
		answer->id = lf_dup(id);
	}
	lf_set(&answer->value, value);
}

void lf_answers_unset(struct lf_answers *answers, const char *id)
{
	struct answer *answer = find(answers, id);
	size_t at;

	if (!answer)
		return;
	lf_free(answer->id);
	lf_free(answer->value);
	at = (size_t)(answer - answers->items);
	memmove(answer, answer + 1, (answers->count - at - 1) * sizeof(*answer));
	answers->count--;
	memset(&answers->items[answers->count], 0, sizeof(*answer));
}

size_t lf_answers_count(const struct lf_answers *answers)
{
	return answers->count;
}

/* How many letters two ids have in common at their start and end: enough to suggest the one that was meant. */
static size_t likeness(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b), start = 0, end = 0;

	while (start < la && start < lb && a[start] == b[start])
		start++;
	while (end < la - start && end < lb - start && a[la - 1 - end] == b[lb - 1 - end])
		end++;
	return start + end;
}

static int unknown_id(const struct lf_catalog *catalog, const char *id, const char *where, struct lf_error *err)
{
	const char *nearest = NULL;
	size_t best = 2;
	int code = lf_fail(err, LF_EINVAL, "answers", 0, "%sThere is no question \"%.64s\".", where, id);

	for (size_t i = 0; i < lf_catalog_count(catalog); i++) {
		const char *known = lf_catalog_at(catalog, i)->id;

		if (likeness(id, known) > best) {
			best = likeness(id, known);
			nearest = known;
		}
	}
	if (nearest)
		lf_hint(err, "Did you mean %s? \"landfall questions\" lists all.", nearest);
	else
		lf_hint(err, "\"landfall questions\" lists all.");
	return code;
}

/* "values.image.tag=1.2": one value within the tree that a question holds. */
static int set_within(struct lf_answers *answers, const struct lf_question *question, const char *path, const char *value, struct lf_error *err)
{
	const char *answer = lf_answers_get(answers, question->id);
	struct lf_node *tree = NULL;
	struct lf_str text = {0};
	int code;

	if (question->kind != LF_ASK_YAML) {
		code = lf_fail(err, LF_EINVAL, "answers", 0, "The answer to %.64s is a single value, there is nothing within it.", question->id);
		lf_hint(err, "Write --set %.64s=%s", question->id, question->example ? question->example : "value");
		return code;
	}
	code = answer && *answer ? lf_question_tree(&tree, question, answer, err) : LF_OK;
	if (!code)
		code = lf_values_set_path(&tree, path, value, err);
	if (!code) {
		lf_yaml_emit(&text, tree, NULL);
		lf_answers_set(answers, question->id, lf_str_text(&text));
	}
	lf_str_dispose(&text);
	lf_node_free(tree);
	return code;
}

int lf_answers_set_pair(struct lf_answers *answers, const struct lf_catalog *catalog, const char *pair, struct lf_error *err)
{
	const char *equals = strchr(pair, '=');
	const struct lf_question *question;
	char *id, *below;
	size_t length;
	int code = LF_OK;

	if (!equals || equals == pair) {
		code = lf_fail(err, LF_EINVAL, "answers", 0, "--set wants id=value.");
		lf_hint(err, "Example: --set gitBranch=main. \"landfall questions\" lists the ids.");
		return code;
	}
	id = lf_dup_n(pair, (size_t)(equals - pair));
	length = strcspn(id, ".[");
	below = id[length] ? lf_dup(id + length + (id[length] == '.')) : NULL;
	id[length] = '\0';
	question = lf_catalog_find(catalog, id);
	if (!question)
		code = unknown_id(catalog, id, "", err);
	else if (below)
		code = set_within(answers, question, below, equals + 1, err);
	else
		lf_answers_set(answers, id, equals + 1);
	lf_free(below);
	lf_free(id);
	return code;
}

/* Lists and trees are answers of two kinds of questions: written in the file as what they are, held as text. */
static int take_branch(struct lf_answers *answers, const struct lf_question *question, const struct lf_node *value, const char *name, struct lf_error *err)
{
	struct lf_str text = {0};
	bool good = question->kind == LF_ASK_YAML ? lf_node_kind(value) == question->shape : question->kind == LF_ASK_LIST && lf_node_kind(value) == LF_NODE_LIST;

	for (size_t i = 0; good && question->kind == LF_ASK_LIST && i < lf_node_count(value); i++) {
		const char *item = lf_node_text(lf_node_at(value, i), NULL);

		good = *item && !strchr(item, ',');
		lf_str_addf(&text, "%s%s", i ? ", " : "", item);
	}
	if (good && question->kind == LF_ASK_YAML)
		lf_yaml_emit(&text, value, NULL);
	if (good) {
		lf_answers_set(answers, question->id, lf_str_text(&text));
	} else {
		lf_fail(err, LF_EPARSE, "answers", 0, "%s:%d:%d: the answer to %.64s must be a %s.", name, lf_node_line(value), lf_node_column(value), question->id,
			question->kind == LF_ASK_LIST ? "list of single values without commas"
			: question->kind != LF_ASK_YAML ? "single value"
			: question->shape == LF_NODE_MAP ? "map"
							 : "list");
		lf_hint(err, "Write it as %.64s: %s", question->id, question->example ? question->example : "value");
	}
	lf_str_dispose(&text);
	return good ? LF_OK : LF_EPARSE;
}

/* A scalar as it is spelled in TEXT, where YAML took it for a number or a yes or no but the question wants a text: the branch 0o17 is not 15, and the branch on
 * is not yes. NULL: it has a tag, or is an alias. */
static char *spelling(const char *text, const struct lf_node *value)
{
	int column = lf_node_column(value);
	struct lf_str digits = {0};
	struct lf_node *same;
	char *found;

	for (int line = lf_node_line(value); line > 1; line--) {
		text = strchr(text, '\n');
		if (!text)
			return NULL;
		text++;
	}
	while (column > 1 && *text) { /* characters, not bytes */
		text++;
		while (((unsigned char)*text & 0xc0) == 0x80)
			text++;
		column--;
	}
	found = lf_dup_n(text, strcspn(text, " \t\r\n,]}"));
	same = lf_yaml_resolve(found, &digits) == LF_NODE_NUMBER ? lf_node_number_new(lf_str_text(&digits)) : lf_node_bool_new(lf_equal(lf_str_text(&digits), "true"));
	if (!lf_node_equal(same, value)) {
		lf_free(found);
		found = NULL;
	}
	lf_node_free(same);
	lf_str_dispose(&digits);
	return found;
}

static void take_scalar(struct lf_answers *answers, const struct lf_question *question, const struct lf_node *value, const char *text)
{
	enum lf_node_kind kind = lf_node_kind(value);
	bool is_odd = (kind == LF_NODE_BOOL && question->kind != LF_ASK_YESNO) || (kind == LF_NODE_NUMBER && question->kind != LF_ASK_NUMBER);
	char *spelled = is_odd ? spelling(text, value) : NULL;

	if (spelled)
		lf_answers_set(answers, question->id, spelled);
	else if (kind == LF_NODE_BOOL) /* "prune: true" is how YAML people say yes */
		lf_answers_set(answers, question->id, lf_node_true(value, NULL) ? "yes" : "no");
	else
		lf_answers_set(answers, question->id, lf_node_text(value, NULL));
	lf_free(spelled);
}

static int take_answer(struct lf_answers *answers, const struct lf_catalog *catalog, const char *id, const struct lf_node *value, const char *text, const char *name,
		       struct lf_error *err)
{
	enum lf_node_kind kind = lf_node_kind(value);

	const struct lf_question *question = lf_catalog_find(catalog, id);

	if (!question) {
		char where[160];

		(void)snprintf(where, sizeof(where), "%.100s:%d:%d: ", name, lf_node_line(value), lf_node_column(value));
		return unknown_id(catalog, id, where, err);
	}
	if (kind == LF_NODE_MAP || kind == LF_NODE_LIST)
		return take_branch(answers, question, value, name, err);
	take_scalar(answers, question, value, text);
	return LF_OK;
}

int lf_answers_parse(struct lf_answers **out, const struct lf_catalog *catalog, const char *text, size_t length, const char *name, struct lf_error *err)
{
	static const struct lf_yaml_limits limits = {.bytes = 1 << 20, .depth = 80, .nodes = 40000};
	struct lf_answers *answers = NULL;
	struct lf_node *documents = NULL, *root, *map, *version;
	char *copy = NULL; /* ends with a zero byte */
	int code;

	*out = NULL;
	code = lf_yaml_parse(&documents, text, length, name, &limits, err);
	if (code && err && !*err->hint)
		lf_hint(err, "Correct the file there; \"landfall questions\" lists the ids.");
	if (code)
		goto out;
	root = lf_node_at(documents, 0);
	version = lf_node_key(root, "version");
	map = lf_node_key(root, "answers");
	if (lf_node_count(documents) != 1 || !version || (map && lf_node_kind(map) != LF_NODE_MAP && lf_node_kind(map) != LF_NODE_NULL)) {
		code = lf_fail(err, LF_EPARSE, "answers", 0, "%s:%d:%d: this is not an answers file.", name, root ? lf_node_line(root) : 1,
			       root ? lf_node_column(root) : 1);
		lf_hint(err, "It has \"version: 1\" and a map \"answers:\" of question ids to values.");
		goto out;
	}
	if (lf_node_int(version, NULL, 0) != ANSWERS_VERSION) {
		code = lf_fail(err, LF_EINVAL, "answers", 0, "%s:%d:%d: version %.16s of the answers file is not known here.", name, lf_node_line(version),
			       lf_node_column(version), lf_node_text(version, NULL));
		lf_hint(err, "This Landfall reads version 1. A newer one wrote this file: update Landfall.");
		goto out;
	}
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
