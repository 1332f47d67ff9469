/* answers: an ordered map from question id to text. Its file is answers_file.c. */
#include "config.h"
#include "core/answers.h"

#include <string.h>

#include "core/catalog.h"
#include "core/mem.h"
#include "core/node.h"
#include "core/spelling.h"
#include "core/values.h"
#include "core/yaml.h"

struct answer {
	char *id, *value;
	char *where; /* "answers.yaml:4:12"; NULL: it comes from no file */
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
		lf_answers_set_from(copy, answers->items[i].id, answers->items[i].value, answers->items[i].where);
	return copy;
}

void lf_answers_free(struct lf_answers *answers)
{
	if (!answers)
		return;
	for (size_t i = 0; i < answers->count; i++) {
		lf_free(answers->items[i].id);
		lf_free(answers->items[i].value);
		lf_free(answers->items[i].where);
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

const char *lf_answers_where(const struct lf_answers *answers, const char *id)
{
	const struct answer *answer = find(answers, id);

	return answer ? answer->where : NULL;
}

void lf_answers_set(struct lf_answers *answers, const char *id, const char *value)
{
	lf_answers_set_from(answers, id, value, NULL);
}

void lf_answers_set_from(struct lf_answers *answers, const char *id, const char *value, const char *where)
{
	struct answer *answer = find(answers, id);

	if (!answer) {
		lf_grow((void **)&answers->items, &answers->capacity, answers->count, sizeof(*answers->items));
		answer = &answers->items[answers->count++];
		answer->id = lf_dup(id);
	}
	lf_set(&answer->value, value);
	lf_set(&answer->where, where);
}

void lf_answers_unset(struct lf_answers *answers, const char *id)
{
	struct answer *answer = find(answers, id);
	size_t at;

	if (!answer)
		return;
	lf_free(answer->id);
	lf_free(answer->value);
	lf_free(answer->where);
	at = (size_t)(answer - answers->items);
	memmove(answer, answer + 1, (answers->count - at - 1) * sizeof(*answer));
	answers->count--;
	memset(&answers->items[answers->count], 0, sizeof(*answer));
}

size_t lf_answers_count(const struct lf_answers *answers)
{
	return answers->count;
}

/* "values.image.tag=1.2": one value within the tree that a question holds. */
static int set_within(struct lf_answers *answers, const struct lf_catalog *catalog, const struct lf_question *question, const char *path, const char *value, struct lf_error *err)
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
	if (tree)
		lf_spell_answer(tree, question, catalog, answer);
	if (!code)
		code = lf_values_set_path(&tree, path, value, err);
	if (!code) {
		lf_yaml_emit(&text, tree, NULL);
		lf_answers_set_from(answers, question->id, lf_str_text(&text), "");
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
		code = lf_catalog_fail_unknown(catalog, id, "", err);
	else if (below)
		code = set_within(answers, catalog, question, below, equals + 1, err);
	else
		lf_answers_set_from(answers, id, equals + 1, "");
	lf_free(below);
	lf_free(id);
	return code;
}
