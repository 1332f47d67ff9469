/* edit_change: see edit_change.h. What cannot be spliced is refused, never rewritten. */
#include "config.h"
#include "core/edit_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"
#include "core/yaml_edit.h"

enum { DEPTH_AT_MOST = 32 };

void lf_edit_change_dispose(struct lf_edit_change *change)
{
	lf_names_dispose(&change->keys);
	lf_node_free(change->value);
}

/* "[0]" at P, as in the paths of values: how long it is; 0: it is none. */
static size_t bracket(const char *p)
{
	size_t digits = *p == '[' ? strspn(p + 1, "0123456789") : 0;

	return digits && p[digits + 1] == ']' && strchr(".[=", p[digits + 2]) ? digits + 2 : 0;
}

/* The keys of a path, up to its end or an equals sign, which is returned. */
static const char *read_path(struct lf_names *keys, const char *p)
{
	struct lf_str key = {0};

	for (; *p && *p != '='; p++) {
		if (*p == '.') {
			lf_names_add(keys, lf_str_text(&key));
			lf_str_truncate(&key, 0);
			continue;
		}
		if (bracket(p)) {
			lf_names_add(keys, lf_str_text(&key));
			lf_str_truncate(&key, 0);
			lf_str_add_n(&key, p + 1, bracket(p) - 2);
			p += bracket(p) - 1;
			continue;
		}
		p += p[0] == '\\' && p[1];
		lf_str_add_char(&key, *p);
	}
	lf_names_add(keys, lf_str_text(&key));
	lf_str_dispose(&key);
	return p;
}

static void as_text(struct lf_edit_change *change)
{
	lf_node_free(change->value);
	change->value = lf_node_text_new(change->spelled);
}

void lf_edit_change_fit(struct lf_edit_change *change, const struct lf_node *model)
{
	static const char *const maps[] = {"labels", "annotations", "matchLabels", "nodeSelector"}; /* which hold nothing but texts */
	const char *above = change->keys.count < 2 ? "" : change->keys.items[change->keys.count - 2];
	bool is_text = lf_node_kind(lf_edit_value_at(model, change)) == LF_NODE_TEXT;

	for (size_t i = 0; i < LF_COUNT(maps); i++)
		is_text = is_text || lf_equal(above, maps[i]);
	if (is_text && (lf_node_kind(change->value) == LF_NODE_BOOL || lf_node_kind(change->value) == LF_NODE_NUMBER))
		as_text(change);
}

int lf_edit_change_read(struct lf_edit_change *change, const char *text, bool removes, const char *prefix, struct lf_error *err)
{
	struct lf_node *documents = NULL;
	const char *p;
	int code = LF_OK;

	change->text = text;
	if (prefix && *prefix)
		(void)read_path(&change->keys, prefix);
	p = read_path(&change->keys, text);
	for (size_t i = 0; i < change->keys.count; i++) {
		if (!*change->keys.items[i])
			code = LF_EINVAL;
	}
	if (*p != (removes ? '\0' : '=') || code || change->keys.count > DEPTH_AT_MOST) {
		code = lf_fail(err, LF_EINVAL, "edit", 0, "\"%.120s\" is no %s.", text, removes ? "path" : "change");
		if (removes)
			lf_hint(err, "Example: spec.template.spec.containers.web.livenessProbe, or metadata.labels.old");
		else
			lf_hint(err, "A path and a value. Example: spec.replicas=3, or spec.template.spec.containers.web.image=nginx:1.28");
		return code;
	}
	if (removes)
		return LF_OK;
	change->spelled = p + 1;
	code = lf_yaml_parse(&documents, p + 1, strlen(p + 1), "the value", &lf_yaml_limits_default, err);
	if (!code)
		change->value = lf_node_count(documents) ? lf_node_take(documents, 0) : lf_node_text_new("");
	/* As helm --set reads it: what only YAML 1.1 takes for a boolean is a word. */
	if (lf_node_kind(change->value) == LF_NODE_BOOL && !lf_equal(p + 1, "true") && !lf_equal(p + 1, "false"))
		as_text(change);
	lf_node_free(documents);
	return code;
}

struct lf_node *lf_edit_document(const struct lf_commit_file *file, size_t index)
{
	struct lf_node *documents = NULL, *document = NULL;

	if (file->before && !lf_yaml_parse(&documents, file->before, strlen(file->before), file->path, &lf_yaml_limits_default, NULL))
		document = lf_node_take(documents, index);
	lf_node_free(documents);
	return document;
}

/* The position of the item of LIST that KEY means: a number, or the name of an item; none is there if there is none. */
static size_t item_of(const struct lf_node *list, const char *key)
{
	if (*key && strspn(key, "0123456789") == strlen(key) && strlen(key) < 6)
		return strtoul(key, NULL, 10);
	for (size_t i = 0; i < lf_node_count(list); i++) {
		if (lf_equal(lf_node_text(lf_node_at(list, i), "name"), key))
			return i;
	}
	return lf_node_count(list);
}

static const struct lf_node *child_of(const struct lf_node *node, const char *key)
{
	return lf_node_kind(node) == LF_NODE_LIST ? lf_node_at(node, item_of(node, key)) : lf_node_key(node, key);
}

const struct lf_node *lf_edit_value_at(const struct lf_node *node, const struct lf_edit_change *change)
{
	for (size_t i = 0; i < change->keys.count && node; i++)
		node = child_of(node, change->keys.items[i]);
	return node;
}

static bool is_text(const struct lf_node *node)
{
	return lf_node_kind(node) == LF_NODE_TEXT && *lf_node_text(node, NULL);
}

bool lf_edit_enters_text(const struct lf_node *node, const struct lf_edit_change *change)
{
	size_t depth = 0;

	for (; depth < change->keys.count && node && !is_text(node); depth++)
		node = child_of(node, change->keys.items[depth]);
	return depth < change->keys.count && is_text(node);
}

int lf_edit_check_text(const struct lf_edit_change *change, const struct lf_node *model, const struct lf_commit_file *file, size_t index, struct lf_error *err)
{
	struct lf_node *patch = file ? lf_edit_document(file, index) : NULL;
	bool fits = !lf_edit_enters_text(model, change) || lf_edit_enters_text(patch, change);
	int code = LF_OK;

	lf_node_free(patch);
	if (!fits) {
		code = lf_fail(err, LF_EREFUSED, "edit", 0, "%.120s is inside of a text, which a patch can only replace as a whole.", change->text);
		lf_hint(err, "--base changes it in the object's own file, for every overlay; without --set and --delete your editor opens what you choose.");
	}
	return code;
}

/* The rest of CHANGE, from the key number FROM on. The caller disposes of its keys alone. */
static struct lf_edit_change rest_of(const struct lf_edit_change *change, size_t from)
{
	struct lf_edit_change rest = {.value = change->value, .text = change->text};

	for (size_t i = from; i < change->keys.count; i++)
		lf_names_add(&rest.keys, change->keys.items[i]);
	return rest;
}

/* What TEXT is in YAML, if that is a map; NULL: it is only a text. The caller frees. */
static struct lf_node *map_in(const char *text)
{
	const struct lf_commit_file file = {.path = NULL, .before = (char *)(uintptr_t)text};
	struct lf_node *map = lf_edit_document(&file, 0);

	if (lf_node_kind(map) == LF_NODE_MAP)
		return map;
	lf_node_free(map);
	return NULL;
}

bool lf_edit_has(const struct lf_node *node, const struct lf_edit_change *change)
{
	struct lf_edit_change rest;
	struct lf_node *map;
	size_t depth = 0;
	bool has;

	for (; depth < change->keys.count && node && !is_text(node); depth++)
		node = child_of(node, change->keys.items[depth]);
	if (depth == change->keys.count || !node)
		return node != NULL;
	rest = rest_of(change, depth);
	map = map_in(lf_node_text(node, NULL));
	has = map && lf_edit_has(map, &rest);
	lf_node_free(map);
	lf_names_dispose(&rest.keys);
	return has;
}

struct lf_node *lf_edit_tree(const struct lf_edit_change *change, size_t from, const struct lf_node *model)
{
	struct lf_node *tree, *child;
	const char *key;

	if (from == change->keys.count)
		return lf_node_dup(change->value);
	key = change->keys.items[from];
	child = lf_edit_tree(change, from + 1, child_of(model, key));
	if (lf_node_kind(model) == LF_NODE_LIST) {
		const char *name = lf_node_text(child_of(model, key), "name");
		struct lf_node *item = lf_node_new(LF_NODE_MAP);

		tree = lf_node_new(LF_NODE_LIST);
		lf_node_set_text(item, "name", *name ? name : key);
		for (size_t i = 0; i < lf_node_count(child); i++) {
			if (lf_node_kind(child) == LF_NODE_MAP)
				lf_node_set(item, lf_node_key_at(child, i), lf_node_dup(lf_node_at(child, i)));
		}
		lf_node_add(tree, item);
		lf_node_free(child);
		return tree;
	}
	tree = lf_node_new(LF_NODE_MAP);
	lf_node_set(tree, key, child);
	return tree;
}

static bool is_scalar(const struct lf_node *node)
{
	return lf_node_kind(node) != LF_NODE_MAP && lf_node_kind(node) != LF_NODE_LIST;
}

/* The keys of CHANGE as far as DOCUMENT has them, as yaml_edit wants them. Returns how many. */
struct place_path {
	const char *keys[DEPTH_AT_MOST + 1];
	char numbers[DEPTH_AT_MOST][8];
};
static size_t find_place(struct place_path *out, const struct lf_node **at, const struct lf_node *document, const struct lf_edit_change *change)
{
	size_t depth = 0;

	memset(out, 0, sizeof(*out));
	for (*at = document; depth < change->keys.count && depth < DEPTH_AT_MOST; depth++) {
		const char *key = change->keys.items[depth];
		const struct lf_node *child = child_of(*at, key);

		if (!child)
			break;
		out->keys[depth] = key;
		if (lf_node_kind(*at) == LF_NODE_LIST) {
			(void)snprintf(out->numbers[depth], sizeof(out->numbers[depth]), "%zu", item_of(*at, key));
			out->keys[depth] = out->numbers[depth];
		}
		*at = child;
	}
	return depth;
}

/* The text at the first DEPTH keys is YAML itself: the rest of the path leads into that. */
static int change_in_text(struct lf_str *text, const struct lf_yaml_place *place, const struct lf_node *at, size_t depth, const struct lf_edit_change *change, bool removes,
                          struct lf_error *err)
{
	struct lf_edit_change rest = rest_of(change, depth);
	struct lf_commit_file inner = {.before = lf_dup(lf_node_text(at, NULL))};
	struct lf_str name = {0};
	struct lf_node *map = map_in(inner.before), *value;
	int code;

	lf_str_addf(&name, "%s, the text in ", place->name);
	for (size_t i = 0; i < depth; i++)
		lf_str_addf(&name, "%s%s", i ? "." : "", change->keys.items[i]);
	inner.path = lf_str_take(&name);
	if (!map) {
		code = lf_fail(err, LF_EINVAL, "edit", 0, "%s: %.120s goes below a single value.", place->name, change->text);
		lf_hint(err, "The text that stands there is no map in YAML. landfall edit without --set and --delete opens the file.");
	} else {
		code = removes ? lf_edit_cut(&inner, 0, &rest, false, err) : lf_edit_splice(&inner, 0, &rest, NULL, err);
	}
	if (!code) {
		size_t length = strlen(inner.before);

		if (!lf_ends_with(lf_node_text(at, NULL), "\n") && lf_ends_with(inner.before, "\n"))
			inner.before[length - 1] = '\0';
		value = lf_node_text_new(inner.before);
		code = lf_yaml_edit_set(text, place, value, err);
		if (code)
			lf_hint(err, "landfall edit without --set and --delete opens the file in your editor.");
		lf_node_free(value);
	}
	lf_node_free(map);
	lf_free(inner.path);
	lf_free(inner.before);
	lf_names_dispose(&rest.keys);
	return code;
}

/* TEXT is what FILE becomes, unless CODE says that it could not be done: then there is a remedy at least. */
static void take_result(struct lf_commit_file *file, const struct lf_str *text, int code, struct lf_error *err)
{
	if (!code)
		lf_set(&file->before, lf_str_text(text));
	else if (!*err->hint)
		lf_hint(err, "landfall edit without --set and --delete opens the file in your editor.");
}

int lf_edit_splice(struct lf_commit_file *file, size_t index, const struct lf_edit_change *change, const struct lf_node *model, struct lf_error *err)
{
	struct place_path path;
	struct lf_yaml_place place = {.name = file->path, .document = index, .path = path.keys};
	struct lf_node *document = lf_edit_document(file, index), *tree = NULL, *value;
	const struct lf_node *at;
	struct lf_str text = {0};
	size_t depth = find_place(&path, &at, document, change);
	int code;

	lf_str_add(&text, file->before);
	for (size_t i = 0; i < depth; i++)
		model = child_of(model, change->keys.items[i]);
	if (depth == change->keys.count) {
		if (is_scalar(at) && is_scalar(change->value)) {
			code = lf_yaml_edit_set(&text, &place, change->value, err);
		} else {
			code = lf_fail(err, LF_EREFUSED, "edit", 0, "%s: %.120s holds more than one value there.", file->path, change->text);
			lf_hint(err, "Name a single value below it, or edit the file by hand.");
		}
	} else if (is_text(at)) {
		code = change_in_text(&text, &place, at, depth, change, false, err);
	} else {
		bool is_empty = lf_node_kind(at) == LF_NODE_NULL;
		const struct lf_node *shape = model && (is_empty || lf_node_kind(model) == lf_node_kind(at)) ? model : at;

		tree = lf_edit_tree(change, depth, shape);
		value = lf_node_at(tree, 0);
		if (is_scalar(at) && !is_empty) {
			code = lf_fail(err, LF_EINVAL, "edit", 0, "%s: %.120s goes below a single value.", file->path, change->text);
			lf_hint(err, "Look at the path: kubectl explain names the fields.");
		} else if (lf_node_kind(shape) == LF_NODE_LIST) {
			code = lf_yaml_edit_append(&text, &place, value, err);
		} else {
			code = lf_yaml_edit_add_key(&text, &place, change->keys.items[depth], value, err);
		}
	}
	take_result(file, &text, code, err);
	lf_node_free(tree);
	lf_node_free(document);
	lf_str_dispose(&text);
	return code;
}

int lf_edit_cut(struct lf_commit_file *file, size_t index, const struct lf_edit_change *change, bool prunes, struct lf_error *err)
{
	struct place_path path;
	struct lf_yaml_place place = {.name = file->path, .document = index, .path = path.keys};
	struct lf_node *document = lf_edit_document(file, index);
	const struct lf_node *at;
	struct lf_str text = {0};
	size_t depth = find_place(&path, &at, document, change);
	int code;

	if (depth < change->keys.count && is_text(at)) {
		lf_str_add(&text, file->before);
		code = change_in_text(&text, &place, at, depth, change, true, err);
	} else if (depth < change->keys.count) {
		code = lf_fail(err, LF_ENOTFOUND, "edit", 0, "%s has no %.120s.", file->path, change->text);
		lf_hint(err, "landfall edit without --set and --delete opens the file, to look.");
	} else {
		for (; prunes && depth > 1; depth--) {
			const struct lf_node *above = document;

			for (size_t i = 0; i + 1 < depth; i++)
				above = child_of(above, change->keys.items[i]);
			if (lf_node_count(above) > 1)
				break;
			path.keys[depth - 1] = NULL;
		}
		lf_str_add(&text, file->before);
		code = lf_yaml_edit_remove(&text, &place, err);
	}
	take_result(file, &text, code, err);
	lf_node_free(document);
	lf_str_dispose(&text);
	return code;
}
