/* node: see node.h. Owns the tree and the lookup in it; knows no text form (yaml_*.c and json.c do).
 * Trees are at most as deep as the parsers allow, so recursion is bounded. */
#include "config.h"
#include "core/node.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"

enum { INDEX_FROM = 16 }; /* maps with more keys than this get a hash index */

/* Every node begins with this; a scalar goes on with its text and a map or list with its children, so that
 * the many small nodes of a large object cost one small block each. */
struct lf_node {
	enum lf_node_kind kind;
	int line, column;
	bool comment_beside; /* behind the value, on its line */
	const char *origin;
	char *comment;
};

struct scalar {
	struct lf_node node;
	char text[]; /* "true" or "false" for a BOOL, "" for NULL */
};

struct entry {
	char *key; /* NULL in a list */
	struct lf_node *value;
};

struct branch {
	struct lf_node node;
	struct entry *entries;
	uint32_t count, capacity;
	uint32_t *index; /* open addressing: entry + 1, or 0 */
	size_t slots;
};

static bool is_branch(const struct lf_node *node)
{
	return node && (node->kind == LF_NODE_MAP || node->kind == LF_NODE_LIST);
}

static struct branch *branch_of(struct lf_node *node)
{
	return is_branch(node) ? (struct branch *)node : NULL;
}

static const struct branch *const_branch_of(const struct lf_node *node)
{
	return is_branch(node) ? (const struct branch *)node : NULL;
}

static const char *text_of(const struct lf_node *node)
{
	return node && !is_branch(node) ? ((const struct scalar *)node)->text : "";
}

static struct lf_node *scalar(enum lf_node_kind kind, const char *text, size_t length)
{
	struct scalar *made;

	if (length > SIZE_MAX / 2)
		abort();
	made = lf_alloc(1, sizeof(*made) + length + 1);
	made->node.kind = kind;
	if (length > 0)
		memcpy(made->text, text, length);
	return &made->node;
}

struct lf_node *lf_node_new(enum lf_node_kind kind)
{
	struct branch *branch;

	if (kind != LF_NODE_MAP && kind != LF_NODE_LIST)
		return scalar(kind, "", 0);
	branch = lf_alloc(1, sizeof(*branch));
	branch->node.kind = kind;
	return &branch->node;
}

struct lf_node *lf_node_text_new(const char *text)
{
	return scalar(LF_NODE_TEXT, text ? text : "", text ? strlen(text) : 0);
}

struct lf_node *lf_node_text_new_n(const char *text, size_t length)
{
	return scalar(LF_NODE_TEXT, text, length);
}

struct lf_node *lf_node_bool_new(bool value)
{
	return value ? scalar(LF_NODE_BOOL, "true", 4) : scalar(LF_NODE_BOOL, "false", 5);
}

struct lf_node *lf_node_number_new(const char *digits)
{
	return scalar(LF_NODE_NUMBER, digits, strlen(digits));
}

struct lf_node *lf_node_int_new(int64_t value)
{
	char digits[24];

	(void)snprintf(digits, sizeof(digits), "%" PRId64, value);
	return lf_node_number_new(digits);
}

void lf_node_free(struct lf_node *node)
{
	struct branch *branch = branch_of(node);

	if (branch) {
		for (uint32_t i = 0; i < branch->count; i++) {
			lf_free(branch->entries[i].key);
			lf_node_free(branch->entries[i].value);
		}
		lf_free(branch->entries);
		lf_free(branch->index);
	}
	if (node)
		lf_free(node->comment);
	lf_free(node);
}

struct lf_node *lf_node_dup(const struct lf_node *node)
{
	const struct branch *branch = const_branch_of(node);
	struct lf_node *copy;

	if (!node)
		return NULL;
	copy = branch ? lf_node_new(node->kind) : scalar(node->kind, text_of(node), strlen(text_of(node)));
	copy->line = node->line;
	copy->column = node->column;
	copy->origin = node->origin;
	copy->comment = lf_dup(node->comment);
	copy->comment_beside = node->comment_beside;
	for (uint32_t i = 0; branch && i < branch->count; i++) {
		struct lf_node *child = lf_node_dup(branch->entries[i].value);

		if (node->kind == LF_NODE_MAP)
			lf_node_set(copy, branch->entries[i].key, child);
		else
			lf_node_add(copy, child);
	}
	return copy;
}

enum lf_node_kind lf_node_kind(const struct lf_node *node)
{
	return node ? node->kind : LF_NODE_NULL;
}

size_t lf_node_count(const struct lf_node *node)
{
	const struct branch *branch = const_branch_of(node);

	return branch ? branch->count : 0;
}

struct lf_node *lf_node_at(const struct lf_node *node, size_t index)
{
	const struct branch *branch = const_branch_of(node);

	return branch && index < branch->count ? branch->entries[index].value : NULL;
}

const char *lf_node_key_at(const struct lf_node *node, size_t index)
{
	const struct branch *branch = const_branch_of(node);
	const char *key = branch && index < branch->count ? branch->entries[index].key : NULL;

	return key ? key : "";
}

/* Seeded by the address, so that keys chosen outside cannot be made to collide. */
static size_t hash(const struct branch *map, const char *key, size_t length)
{
	uint64_t h = 0xcbf29ce484222325U ^ (uint64_t)(uintptr_t)map * 0x9e3779b97f4a7c15U;

	for (size_t i = 0; i < length; i++) {
		h = (h ^ (unsigned char)key[i]) * 0x100000001b3U;
		h ^= h >> 29;
	}
	return (size_t)(h ^ h >> 32);
}

static void index_insert(struct branch *map, size_t at)
{
	const char *key = map->entries[at].key;
	size_t slot = hash(map, key, strlen(key)) & (map->slots - 1);

	while (map->index[slot])
		slot = (slot + 1) & (map->slots - 1);
	map->index[slot] = (uint32_t)(at + 1);
}

static void reindex(struct branch *map)
{
	lf_free(map->index);
	map->index = NULL;
	map->slots = 0;
	if (map->count <= INDEX_FROM || map->count == UINT32_MAX)
		return;
	for (map->slots = (size_t)4 * INDEX_FROM; map->slots < 4 * (size_t)map->count; map->slots *= 2)
		;
	map->index = lf_alloc(map->slots, sizeof(*map->index));
	for (size_t i = 0; i < map->count; i++)
		index_insert(map, i);
}

/* The entry of KEY, or the count if there is none. */
static size_t find(const struct branch *map, const char *key, size_t length)
{
	if (map->index) {
		size_t slot = hash(map, key, length) & (map->slots - 1);

		for (; map->index[slot]; slot = (slot + 1) & (map->slots - 1)) {
			const char *other = map->entries[map->index[slot] - 1].key;

			if (strncmp(other, key, length) == 0 && other[length] == '\0')
				return map->index[slot] - 1;
		}
		return map->count;
	}
	for (size_t i = 0; i < map->count; i++) {
		const char *other = map->entries[i].key;

		if (strncmp(other, key, length) == 0 && other[length] == '\0')
			return i;
	}
	return map->count;
}

static struct lf_node *key_n(const struct lf_node *node, const char *key, size_t length)
{
	const struct branch *map = const_branch_of(node);
	size_t at;

	if (!map || node->kind != LF_NODE_MAP)
		return NULL;
	at = find(map, key, length);
	return at < map->count ? map->entries[at].value : NULL;
}

struct lf_node *lf_node_key(const struct lf_node *node, const char *key)
{
	return key_n(node, key, strlen(key));
}

/* "items.0.name": a number steps into a list. */
static struct lf_node *step(const struct lf_node *node, const char *part, size_t length)
{
	size_t at = 0;

	if (!node || node->kind != LF_NODE_LIST)
		return key_n(node, part, length);
	if (length == 0 || length > 9)
		return NULL;
	for (size_t i = 0; i < length; i++) {
		if (part[i] < '0' || part[i] > '9')
			return NULL;
		at = at * 10 + (size_t)(part[i] - '0');
	}
	return lf_node_at(node, at);
}

static const struct lf_node *follow(const struct lf_node *node, const char *path)
{
	while (path && *path && node) {
		size_t length = strcspn(path, ".");

		node = step(node, path, length);
		path += length;
		if (*path == '.')
			path++;
	}
	return node;
}

struct lf_node *lf_node_get(const struct lf_node *node, const char *path)
{
	/* Lends what it was lent: a caller with a writable tree gets a writable child, as strchr() does. */
	return (struct lf_node *)(uintptr_t)follow(node, path);
}

const char *lf_node_text(const struct lf_node *node, const char *path)
{
	return text_of(follow(node, path));
}

int64_t lf_node_int(const struct lf_node *node, const char *path, int64_t missing)
{
	const char *text = lf_node_text(node, path);
	int64_t value = 0;
	bool negative = *text == '-';

	if (*text == '-' || *text == '+')
		text++;
	if (!*text)
		return missing;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(value, 10, &value) ||
		    (negative ? __builtin_sub_overflow(value, *text - '0', &value)
			      : __builtin_add_overflow(value, *text - '0', &value)))
			return missing;
	}
	return value;
}

bool lf_node_true(const struct lf_node *node, const char *path)
{
	const struct lf_node *found = follow(node, path);

	return found && found->kind == LF_NODE_BOOL && lf_equal(text_of(found), "true");
}

/* 1e3 is a number to YAML 1.2 and text to 1.1, 1.0e+3 is a number to both. */
static struct lf_node *spelled(const struct lf_node *number)
{
	const char *digits = text_of(number), *exponent = strpbrk(digits, "eE");
	struct lf_node *node;
	char *text;

	if (!exponent || strspn(digits, "0123456789+-.eE") != strlen(digits))
		return NULL;
	text = lf_format("%.*s%se%s%s", (int)(exponent - digits), digits, memchr(digits, '.', (size_t)(exponent - digits)) ? "" : ".0",
			 exponent[1] == '+' || exponent[1] == '-' ? "" : "+", exponent + 1);
	node = lf_node_number_new(text);
	lf_node_set_origin(node, lf_node_origin(number));
	lf_node_set_comment(node, lf_node_comment(number));
	lf_free(text);
	return node;
}

void lf_node_spell_numbers(struct lf_node *node)
{
	struct branch *branch = branch_of(node);

	for (size_t i = 0; branch && i < branch->count; i++) {
		struct lf_node *child = branch->entries[i].value, *better = lf_node_kind(child) == LF_NODE_NUMBER ? spelled(child) : NULL;

		if (better) {
			lf_node_free(child);
			branch->entries[i].value = better;
		}
		lf_node_spell_numbers(branch->entries[i].value);
	}
}

static void append(struct branch *branch, const char *key, struct lf_node *child)
{
	if (branch->count == branch->capacity) {
		if (branch->capacity > UINT32_MAX / 2)
			abort();
		branch->capacity = branch->capacity ? 2 * branch->capacity : 4;
		branch->entries = lf_realloc(branch->entries, branch->capacity, sizeof(*branch->entries));
	}
	branch->entries[branch->count].key = lf_dup(key);
	branch->entries[branch->count].value = child;
	branch->count++;
}

struct lf_node *lf_node_set(struct lf_node *node, const char *key, struct lf_node *child)
{
	struct branch *map = branch_of(node);
	size_t at;

	if (!map || node->kind != LF_NODE_MAP) { /* a mistake of ours; still nobody else owns the child */
		lf_node_free(child);
		return NULL;
	}
	at = find(map, key, strlen(key));
	if (at < map->count) {
		if (map->entries[at].value != child)
			lf_node_free(map->entries[at].value);
		map->entries[at].value = child;
		return child;
	}
	append(map, key, child);
	if (map->index && map->slots >= 2 * (size_t)map->count)
		index_insert(map, map->count - 1);
	else if (map->count > INDEX_FROM)
		reindex(map);
	return child;
}

struct lf_node *lf_node_set_text(struct lf_node *map, const char *key, const char *text)
{
	return lf_node_set(map, key, lf_node_text_new(text));
}

struct lf_node *lf_node_set_bool(struct lf_node *map, const char *key, bool value)
{
	return lf_node_set(map, key, lf_node_bool_new(value));
}

struct lf_node *lf_node_set_int(struct lf_node *map, const char *key, int64_t value)
{
	return lf_node_set(map, key, lf_node_int_new(value));
}

static struct lf_node *get_or_make(struct lf_node *map, const char *key, enum lf_node_kind kind)
{
	struct lf_node *found = lf_node_key(map, key);

	return found && found->kind == kind ? found : lf_node_set(map, key, lf_node_new(kind));
}

struct lf_node *lf_node_set_map(struct lf_node *map, const char *key)
{
	return get_or_make(map, key, LF_NODE_MAP);
}

struct lf_node *lf_node_set_list(struct lf_node *map, const char *key)
{
	return get_or_make(map, key, LF_NODE_LIST);
}

struct lf_node *lf_node_add(struct lf_node *list, struct lf_node *child)
{
	struct branch *branch = branch_of(list);

	if (!branch || list->kind != LF_NODE_LIST) {
		lf_node_free(child);
		return NULL;
	}
	append(branch, NULL, child);
	return child;
}

struct lf_node *lf_node_add_text(struct lf_node *list, const char *text)
{
	return lf_node_add(list, lf_node_text_new(text));
}

struct lf_node *lf_node_add_map(struct lf_node *list)
{
	return lf_node_add(list, lf_node_new(LF_NODE_MAP));
}

struct lf_node *lf_node_take(struct lf_node *parent, size_t index)
{
	struct branch *branch = branch_of(parent);
	struct lf_node *child;

	if (!branch || index >= branch->count)
		return NULL;
	child = branch->entries[index].value;
	branch->entries[index].value = lf_node_new(LF_NODE_NULL);
	return child;
}

void lf_node_remove(struct lf_node *node, const char *key)
{
	struct branch *map = branch_of(node);
	size_t at;

	if (!map || node->kind != LF_NODE_MAP)
		return;
	at = find(map, key, strlen(key));
	if (at == map->count)
		return;
	lf_free(map->entries[at].key);
	lf_node_free(map->entries[at].value);
	memmove(map->entries + at, map->entries + at + 1, (map->count - at - 1) * sizeof(*map->entries));
	map->count--;
	reindex(map);
}

void lf_node_set_origin(struct lf_node *node, const char *question_id)
{
	if (node)
		node->origin = question_id;
}

const char *lf_node_origin(const struct lf_node *node)
{
	return node ? node->origin : NULL;
}

void lf_node_set_comment(struct lf_node *node, const char *comment)
{
	if (!node)
		return;
	lf_set(&node->comment, comment);
	node->comment_beside = false;
}

void lf_node_set_marker(struct lf_node *node, const char *comment)
{
	lf_node_set_comment(node, comment);
	if (node)
		node->comment_beside = true;
}

const char *lf_node_comment(const struct lf_node *node)
{
	return node && !node->comment_beside ? node->comment : NULL;
}

const char *lf_node_marker(const struct lf_node *node)
{
	return node && node->comment_beside ? node->comment : NULL;
}

void lf_node_set_position(struct lf_node *node, int line, int column)
{
	if (!node)
		return;
	node->line = line;
	node->column = column;
}

int lf_node_line(const struct lf_node *node)
{
	return node ? node->line : 0;
}

int lf_node_column(const struct lf_node *node)
{
	return node ? node->column : 0;
}
