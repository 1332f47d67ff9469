/* edit: see edit.h. Finds the place of each value and splices it in; what cannot be spliced is refused, never rewritten. */
#include "config.h"
#include "core/edit.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/document.h"
#include "core/image.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"
#include "core/yaml_edit.h"

enum { DEPTH_AT_MOST = 32 };

struct change { /* one --set */
	struct lf_names keys;
	struct lf_node *value;
	const char *text; /* as it was given */
};

static void change_dispose(struct change *change)
{
	lf_names_dispose(&change->keys);
	lf_node_free(change->value);
}

static int read_change(struct change *change, const char *text, struct lf_error *err)
{
	const char *p = text;
	struct lf_str key = {0};
	struct lf_node *documents = NULL;
	int code = LF_OK;

	change->text = text;
	for (; *p && *p != '='; p++) {
		if (*p == '.') {
			lf_names_add(&change->keys, lf_str_text(&key));
			lf_str_truncate(&key, 0);
			continue;
		}
		p += p[0] == '\\' && p[1];
		lf_str_add_char(&key, *p);
	}
	lf_names_add(&change->keys, lf_str_text(&key));
	lf_str_dispose(&key);
	for (size_t i = 0; i < change->keys.count; i++) {
		if (!*change->keys.items[i])
			code = LF_EINVAL;
	}
	if (*p != '=' || code || change->keys.count > DEPTH_AT_MOST) {
		code = lf_fail(err, LF_EINVAL, "edit", 0, "\"%.120s\" is no change.", text);
		lf_hint(err, "A path and a value. Example: spec.replicas=3, or spec.template.spec.containers.web.image=nginx:1.28");
		return code;
	}
	code = lf_yaml_parse(&documents, p + 1, strlen(p + 1), "the value", &lf_yaml_limits_default, err);
	if (!code)
		change->value = lf_node_count(documents) ? lf_node_take(documents, 0) : lf_node_text_new("");
	lf_node_free(documents);
	return code;
}

/* ---- the files as they are being changed ---- */

static struct lf_commit_file *file_at(struct lf_commit *out, const struct lf_trace *trace, const char *path)
{
	struct lf_commit_file *file;
	struct lf_commit_file *grown;

	for (size_t i = 0; i < out->count; i++) {
		if (lf_equal(out->files[i].path, path))
			return &out->files[i];
	}
	grown = lf_alloc(out->count + 1, sizeof(*grown));
	if (out->count)
		memcpy(grown, out->files, out->count * sizeof(*grown));
	lf_free(out->files);
	out->files = grown;
	file = &out->files[out->count++];
	file->path = lf_dup(path);
	file->after = lf_dup(lf_trace_text(trace, path));
	file->before = lf_dup(file->after);
	return file;
}

static struct lf_node *document_of(const struct lf_commit_file *file, size_t index)
{
	struct lf_node *documents = NULL, *document = NULL;

	if (file->before && !lf_yaml_parse(&documents, file->before, strlen(file->before), file->path, &lf_yaml_limits_default, NULL) && index < lf_node_count(documents))
		document = lf_node_take(documents, index);
	lf_node_free(documents);
	return document;
}

/* ---- one value into one document ---- */

/* The position of the item of LIST that KEY means: a number, or the name of an item; -1: none. */
static long item_of(const struct lf_node *list, const char *key)
{
	if (*key && strspn(key, "0123456789") == strlen(key) && strlen(key) < 6)
		return strtol(key, NULL, 10) < (long)lf_node_count(list) ? strtol(key, NULL, 10) : -1;
	for (size_t i = 0; i < lf_node_count(list); i++) {
		if (lf_equal(lf_node_text(lf_node_at(list, i), "name"), key))
			return (long)i;
	}
	return -1;
}

static const struct lf_node *child_of(const struct lf_node *node, const char *key)
{
	long at;

	if (lf_node_kind(node) != LF_NODE_LIST)
		return lf_node_key(node, key);
	at = item_of(node, key);
	return at < 0 ? NULL : lf_node_at(node, (size_t)at);
}

/* The tree below KEYS[from]: maps, down to a copy of VALUE; where MODEL (the object as its own file has it) has a list, an item with its name. */
static struct lf_node *tree_below(const struct change *change, size_t from, const struct lf_node *model)
{
	struct lf_node *tree, *child;
	const char *key;

	if (from == change->keys.count)
		return lf_node_dup(change->value);
	key = change->keys.items[from];
	child = tree_below(change, from + 1, child_of(model, key));
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

/* Splices the value into document INDEX of FILE: replaces it, or adds what is missing below the deepest node that is there. */
static int set_in(struct lf_commit_file *file, size_t index, const struct change *change, const struct lf_node *model, struct lf_error *err)
{
	const char *path[DEPTH_AT_MOST + 1] = {NULL};
	char numbers[DEPTH_AT_MOST][8];
	struct lf_yaml_place place = {.name = file->path, .document = index, .path = path};
	struct lf_node *document = document_of(file, index), *tree = NULL, *value;
	const struct lf_node *at = document;
	struct lf_str text = {0};
	size_t depth = 0;
	int code;

	lf_str_add(&text, file->before);
	for (; depth < change->keys.count; depth++, at = child_of(at, change->keys.items[depth - 1]), model = child_of(model, change->keys.items[depth - 1])) {
		if (!child_of(at, change->keys.items[depth]))
			break;
		path[depth] = change->keys.items[depth];
		if (lf_node_kind(at) == LF_NODE_LIST) {
			(void)snprintf(numbers[depth], sizeof(numbers[depth]), "%ld", item_of(at, change->keys.items[depth]));
			path[depth] = numbers[depth];
		}
	}
	if (depth == change->keys.count) {
		if (is_scalar(at) && is_scalar(change->value)) {
			code = lf_yaml_edit_set(&text, &place, change->value, err);
		} else {
			code = lf_fail(err, LF_EREFUSED, "edit", 0, "%s: %.120s holds more than one value there.", file->path, change->text);
			lf_hint(err, "Name a single value below it, or edit the file by hand.");
		}
	} else {
		tree = tree_below(change, depth, model && lf_node_kind(model) == lf_node_kind(at) ? model : at);
		value = lf_node_at(tree, 0);
		if (lf_node_kind(at) == LF_NODE_LIST)
			code = lf_yaml_edit_append(&text, &place, value, err);
		else if (is_scalar(at) && lf_node_kind(at) != LF_NODE_NULL)
			code = lf_fail(err, LF_EINVAL, "edit", 0, "%s: %.120s goes below a single value.", file->path, change->text);
		else
			code = lf_yaml_edit_add_key(&text, &place, change->keys.items[depth], value, err);
		if (code && err && !*err->hint)
			lf_hint(err, "Look at the path: kubectl explain names the fields.");
	}
	if (!code)
		lf_set(&file->before, lf_str_text(&text));
	lf_node_free(tree);
	lf_node_free(document);
	lf_str_dispose(&text);
	return code;
}

/* ---- where it belongs ---- */

static bool is_path(const struct change *change, const char *a, const char *b)
{
	return change->keys.count == 2 && lf_equal(change->keys.items[0], a) && lf_equal(change->keys.items[1], b);
}

/* VALUE as the answer to KEYS (NULL at the end) of the first document of PATH. */
static int set_at(struct lf_commit *out, const struct lf_trace *trace, const char *path, const char *const *keys, struct lf_node *value, const char *text, struct lf_error *err)
{
	struct change change = {.value = value, .text = text};
	int code;

	for (; *keys; keys++)
		lf_names_add(&change.keys, *keys);
	code = set_in(file_at(out, trace, path), 0, &change, NULL, err);
	change_dispose(&change);
	return code;
}

/* "replicas:" of a kustomization wins over whatever the manifest says. */
static int set_replicas(struct lf_commit *out, const struct lf_trace *trace, const struct lf_hit *hit, const struct change *change, struct lf_error *err)
{
	struct lf_node *root = document_of(file_at(out, trace, hit->path), 0);
	const struct lf_node *list = lf_node_get(root, "replicas");
	const char *name = "0";
	const char *keys[] = {"replicas", NULL, "count", NULL};
	int code;

	for (size_t i = 0; i < lf_node_count(list); i++) {
		const char *found = lf_node_text(lf_node_at(list, i), "name");

		if (*found && strstr(trace->object.name, found))
			name = found;
	}
	keys[1] = name;
	code = set_at(out, trace, hit->path, keys, lf_node_dup(change->value), change->text, err);
	lf_node_free(root);
	return code;
}

/* "images:" of a kustomization wins likewise: its tag or digest is changed, if the new image has the same name. *DONE: it was. */
static int set_image(bool *done, struct lf_commit *out, const struct lf_trace *trace, const struct lf_hit *hit, const struct change *change, const char *present,
		     struct lf_error *err)
{
	struct lf_node *root = document_of(file_at(out, trace, hit->path), 0);
	const struct lf_node *list = lf_node_get(root, "images");
	struct lf_image old, new;
	int code = LF_OK;

	*done = false;
	lf_image_parse(&old, present);
	lf_image_parse(&new, lf_node_text(change->value, NULL));
	for (size_t i = 0; i < lf_node_count(list) && !*done && !code; i++) {
		const struct lf_node *entry = lf_node_at(list, i);
		const char *renamed = lf_node_text(entry, "newName"), *name = lf_node_text(entry, "name");
		bool has_tag = *lf_node_text(entry, "newTag"), has_digest = *lf_node_text(entry, "digest");
		const char *keys[] = {"images", name, has_digest ? "digest" : "newTag", NULL};
		const char *value = has_digest ? new.digest : new.tag;

		if (!lf_equal(name, old.name) || (!has_tag && !has_digest && !*renamed))
			continue;
		if (!lf_equal(new.name, *renamed ? renamed : name) || !value || (has_digest && has_tag)) {
			code = lf_fail(err, LF_EREFUSED, "edit", 0, "%s sets this image by another name or form.", hit->path);
			lf_hint(err, "Edit its entry under images: by hand.");
			break;
		}
		code = set_at(out, trace, hit->path, keys, lf_node_text_new(value), change->text, err);
		*done = true;
	}
	lf_image_dispose(&old);
	lf_image_dispose(&new);
	lf_node_free(root);
	return code;
}

/* A patch of its own in the consumer's folder, listed in its kustomization.yaml. */
static int add_patch(struct lf_commit *out, const struct lf_edit *edit, const struct change *change, const struct lf_node *model, struct lf_error *err)
{
	const struct lf_trace *trace = edit->trace;
	char *kind = lf_dup(trace->object.kind), *name = lf_dup(lf_node_text(model, "metadata.name")), *file_name, *path;
	struct lf_node *patch, *below = tree_below(change, 0, model), *item = lf_node_new(LF_NODE_MAP);
	struct lf_commit_file *kustomization = file_at(out, trace, trace->kustomization), *file;
	static const char *const patches[] = {"patches", NULL}, *const root[] = {NULL};
	struct lf_yaml_place place = {.name = kustomization->path, .path = patches};
	struct lf_node *document = document_of(kustomization, 0);
	struct lf_str text = {0};
	int code = LF_OK;

	for (char *p = kind; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	file_name = lf_format("%s-%s.patch.yaml", kind, name);
	path = lf_path_join(edit->root, file_name);
	lf_node_set_text(item, "path", file_name);
	if (!path || lf_trace_text(trace, path)) {
		code = lf_fail(err, LF_ECONFLICT, "edit", 0, "%s is there already, but is no patch of it.", file_name);
		lf_hint(err, "Edit it by hand.");
	}
	lf_str_add(&text, kustomization->before);
	if (!code && lf_node_key(document, "patches"))
		code = lf_yaml_edit_append(&text, &place, item, err);
	else if (!code) {
		struct lf_node *list = lf_node_new(LF_NODE_LIST);

		lf_node_add(list, lf_node_dup(item));
		place.path = root;
		code = lf_yaml_edit_add_key(&text, &place, "patches", list, err);
		lf_node_free(list);
	}
	if (!code) {
		lf_set(&kustomization->before, lf_str_text(&text));
		patch = lf_node_new(LF_NODE_MAP);
		lf_node_set_text(patch, "apiVersion", lf_node_text(model, "apiVersion"));
		lf_node_set_text(patch, "kind", trace->object.kind);
		lf_node_set_text(lf_node_set_map(patch, "metadata"), "name", name);
		for (size_t i = 0; i < lf_node_count(below); i++)
			lf_node_set(patch, lf_node_key_at(below, i), lf_node_dup(lf_node_at(below, i)));
		lf_str_truncate(&text, 0);
		lf_yaml_emit(&text, patch, NULL);
		file = file_at(out, trace, path);
		lf_set(&file->before, lf_str_text(&text));
		lf_node_free(patch);
	}
	lf_node_free(document);
	lf_node_free(below);
	lf_node_free(item);
	lf_str_dispose(&text);
	lf_free(file_name);
	lf_free(path);
	lf_free(kind);
	lf_free(name);
	return code;
}

/* A patch that this very run began is found again by its path. */
static struct lf_commit_file *own_patch(struct lf_commit *out)
{
	for (size_t i = 0; i < out->count; i++) {
		if (!out->files[i].after)
			return &out->files[i];
	}
	return NULL;
}

static const struct lf_node *value_at(const struct lf_node *node, const struct change *change)
{
	for (size_t i = 0; i < change->keys.count && node; i++)
		node = child_of(node, change->keys.items[i]);
	return node;
}

static int apply_one(struct lf_commit *out, const struct lf_edit *edit, const struct change *change, struct lf_error *err)
{
	const struct lf_trace *trace = edit->trace;
	const struct lf_hit *object = lf_trace_hit(trace, LF_HIT_OBJECT), *patch = lf_trace_hit(trace, LF_HIT_PATCH);
	const struct lf_hit *images = lf_trace_hit(trace, LF_HIT_IMAGES), *replicas = lf_trace_hit(trace, LF_HIT_REPLICAS);
	bool is_image = lf_equal(change->keys.items[change->keys.count - 1], "image"), done = false;
	struct lf_node *model = document_of(file_at(out, trace, object->path), object->document);
	int code = LF_OK;

	if (!edit->in_base && replicas && is_path(change, "spec", "replicas")) {
		code = set_replicas(out, trace, replicas, change, err);
		done = true;
	} else if (!edit->in_base && images && is_image) {
		code = set_image(&done, out, trace, images, change, lf_node_text(value_at(model, change), NULL), err);
	}
	if (!done && !code && !edit->in_base && patch)
		code = set_in(file_at(out, trace, patch->path), patch->document, change, model, err);
	else if (!done && !code && (edit->in_base || !trace->kustomization || lf_path_contains(edit->root, object->path)))
		code = set_in(file_at(out, trace, object->path), object->document, change, model, err);
	else if (!done && !code && own_patch(out))
		code = set_in(own_patch(out), 0, change, model, err);
	else if (!done && !code)
		code = add_patch(out, edit, change, model, err);
	lf_node_free(model);
	return code;
}

static int not_found(const struct lf_edit *edit, struct lf_error *err)
{
	const struct lf_trace *trace = edit->trace;
	int code;

	if (trace->error.code) {
		*err = trace->error;
		return err->code;
	}
	code = lf_fail(err, LF_ENOTFOUND, "edit", 0, "No file below %s holds %s %s.", *edit->root ? edit->root : "the root", trace->object.kind, trace->object.name);
	if (trace->remote.count)
		lf_hint(err, "It may come from %.160s, which is outside this repository. A patch of your own can change it.", trace->remote.items[0]);
	else
		lf_hint(err, "It may be made by a generator or a chart: then change what makes it.");
	return code;
}

/* Files that came out as they were are not part of it. */
static void drop_unchanged(struct lf_commit *out)
{
	size_t kept = 0;

	for (size_t i = 0; i < out->count; i++) {
		if (!lf_equal(out->files[i].before, out->files[i].after)) {
			out->files[kept++] = out->files[i];
			continue;
		}
		lf_free(out->files[i].path);
		lf_free(out->files[i].before);
		lf_free(out->files[i].after);
	}
	out->count = kept;
}

int lf_edit_apply(struct lf_commit *out, const struct lf_edit *edit, const struct lf_names *sets, struct lf_error *err)
{
	int code = LF_OK;

	if (!lf_trace_hit(edit->trace, LF_HIT_OBJECT))
		return not_found(edit, err);
	for (size_t i = 0; i < sets->count && !code; i++) {
		struct change change = {0};

		code = read_change(&change, sets->items[i], err);
		if (!code)
			code = apply_one(out, edit, &change, err);
		change_dispose(&change);
	}
	drop_unchanged(out);
	if (!code && !out->count) {
		code = lf_fail(err, LF_EINVAL, "edit", 0, "It is like this in Git already.");
		lf_hint(err, "If the cluster differs, its consumer has not applied it yet: landfall owner says which one that is.");
	}
	return code;
}
