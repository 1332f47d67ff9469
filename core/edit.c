/* edit: see edit.h. Decides where each change belongs; how it gets into the file is edit_change's. */
#include "config.h"
#include "core/edit.h"

#include <ctype.h>
#include <string.h>

#include "core/document.h"
#include "core/edit_change.h"
#include "core/image.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"
#include "core/yaml_edit.h"

struct lf_commit_file *lf_edit_file(struct lf_commit *out, const struct lf_trace *trace, const char *path)
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

static bool is_path(const struct lf_edit_change *change, const char *a, const char *b)
{
	return change->keys.count == 2 && lf_equal(change->keys.items[0], a) && lf_equal(change->keys.items[1], b);
}

/* VALUE as the answer to KEYS (NULL at the end) of the first document of PATH. */
static int set_at(struct lf_commit *out, const struct lf_trace *trace, const char *path, const char *const *keys, struct lf_node *value, const char *text, struct lf_error *err)
{
	struct lf_edit_change change = {.value = value, .text = text};
	int code;

	for (; *keys; keys++)
		lf_names_add(&change.keys, *keys);
	code = lf_edit_splice(lf_edit_file(out, trace, path), 0, &change, NULL, err);
	lf_edit_change_dispose(&change);
	return code;
}

static int cut_replicas(struct lf_commit *out, const struct lf_trace *trace, const struct lf_hit *hit, const struct lf_edit_change *change, struct lf_error *err)
{
	struct lf_edit_change entry = {.text = change->text};
	int code;

	lf_names_add(&entry.keys, "replicas");
	lf_names_add(&entry.keys, hit->name);
	code = lf_edit_cut(lf_edit_file(out, trace, hit->path), 0, &entry, true, err);
	lf_edit_change_dispose(&entry);
	return code;
}

/* "replicas:" of a kustomization wins over whatever the manifest says. */
static int set_replicas(struct lf_commit *out, const struct lf_trace *trace, const struct lf_hit *hit, const struct lf_edit_change *change, struct lf_error *err)
{
	const char *keys[] = {"replicas", hit->name, "count", NULL};

	return set_at(out, trace, hit->path, keys, lf_node_dup(change->value), change->text, err);
}

/* "images:" of a kustomization wins likewise: its tag or digest is changed, if the new image has the same name. *DONE: it was. */
static int set_image(bool *done, struct lf_commit *out, const struct lf_trace *trace, const struct lf_hit *hit, const struct lf_edit_change *change, const char *present,
		     struct lf_error *err)
{
	struct lf_node *root = lf_edit_document(lf_edit_file(out, trace, hit->path), 0);
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

char *lf_edit_patch_path(const struct lf_edit *edit)
{
	const struct lf_hit *object = lf_trace_hit(edit->trace, LF_HIT_OBJECT);
	char *kind = lf_dup(edit->trace->object.kind), *file_name, *path;
	struct lf_commit_file file = {.path = object->path, .before = lf_dup(lf_trace_text(edit->trace, object->path))};
	struct lf_node *model = lf_edit_document(&file, object->document);

	for (char *p = kind; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	file_name = lf_format("%s-%s.patch.yaml", kind, lf_node_text(model, "metadata.name"));
	path = lf_path_join(edit->root, file_name);
	lf_free(file_name);
	lf_free(kind);
	lf_free(file.before);
	lf_node_free(model);
	return path;
}

void lf_edit_patch_text(struct lf_str *out, const struct lf_node *model, const struct lf_node *below)
{
	struct lf_node *patch = lf_node_new(LF_NODE_MAP);

	lf_node_set_text(patch, "apiVersion", lf_node_text(model, "apiVersion"));
	lf_node_set_text(patch, "kind", lf_node_text(model, "kind"));
	lf_node_set_text(lf_node_set_map(patch, "metadata"), "name", lf_node_text(model, "metadata.name"));
	for (size_t i = 0; i < lf_node_count(below); i++)
		lf_node_set(patch, lf_node_key_at(below, i), lf_node_dup(lf_node_at(below, i)));
	lf_yaml_emit(out, patch, NULL);
	lf_node_free(patch);
}

int lf_edit_list_patch(struct lf_commit *out, const struct lf_edit *edit, const char *path, struct lf_error *err)
{
	static const char *const patches[] = {"patches", NULL}, *const root[] = {NULL};
	struct lf_commit_file *kustomization = lf_edit_file(out, edit->trace, edit->trace->kustomization);
	struct lf_yaml_place place = {.name = kustomization->path, .path = patches};
	struct lf_node *document = lf_edit_document(kustomization, 0), *item = lf_node_new(LF_NODE_MAP), *list;
	const char *slash = strrchr(path, '/');
	struct lf_str text = {0};
	int code;

	lf_node_set_text(item, "path", slash ? slash + 1 : path);
	lf_str_add(&text, kustomization->before);
	if (lf_node_key(document, "patches")) {
		code = lf_yaml_edit_append(&text, &place, item, err);
	} else {
		list = lf_node_new(LF_NODE_LIST);
		lf_node_add(list, lf_node_dup(item));
		place.path = root;
		code = lf_yaml_edit_add_key(&text, &place, "patches", list, err);
		lf_node_free(list);
	}
	if (!code)
		lf_set(&kustomization->before, lf_str_text(&text));
	lf_node_free(document);
	lf_node_free(item);
	lf_str_dispose(&text);
	return code;
}

/* A patch of its own in the consumer's folder, listed in its kustomization.yaml. */
static int add_patch(struct lf_commit *out, const struct lf_edit *edit, const struct lf_edit_change *change, const struct lf_node *model, struct lf_error *err)
{
	struct lf_node *below = lf_edit_tree(change, 0, model);
	char *path = lf_edit_patch_path(edit);
	struct lf_str text = {0};
	int code;

	if (lf_trace_text(edit->trace, path)) {
		code = lf_fail(err, LF_ECONFLICT, "edit", 0, "%s is there already, but is no patch of it.", path);
		lf_hint(err, "Edit it by hand.");
	} else {
		code = lf_edit_list_patch(out, edit, path, err);
	}
	if (!code) {
		lf_edit_patch_text(&text, model, below);
		lf_set(&lf_edit_file(out, edit->trace, path)->before, lf_str_text(&text));
	}
	lf_node_free(below);
	lf_str_dispose(&text);
	lf_free(path);
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

/* What lies in a layer between the overlay and the base speaks for other overlays too: only what is in the overlay itself is changed for it. */
static const struct lf_hit *own_hit(const struct lf_edit *edit, enum lf_hit_role role)
{
	const struct lf_hit *hit = lf_trace_hit(edit->trace, role);

	return hit && lf_path_contains(edit->root, hit->path) ? hit : NULL;
}

static bool is_in_reach(const struct lf_edit *edit, const struct lf_hit *object)
{
	return edit->in_base || !edit->trace->kustomization || lf_path_contains(edit->root, object->path);
}

/* Into the overlay's patch: the one there is, the one this run began, or a new one. */
static int patch_in(struct lf_commit *out, const struct lf_edit *edit, const struct lf_edit_change *change, const struct lf_node *model, struct lf_error *err)
{
	const struct lf_hit *patch = own_hit(edit, LF_HIT_PATCH);
	struct lf_commit_file *file = patch ? lf_edit_file(out, edit->trace, patch->path) : own_patch(out);
	size_t document = patch ? patch->document : 0;
	int code = lf_edit_check_text(change, model, file, document, err);

	if (code)
		return code;
	return file ? lf_edit_splice(file, document, change, model, err) : add_patch(out, edit, change, model, err);
}

static int apply_one(struct lf_commit *out, const struct lf_edit *edit, struct lf_edit_change *change, struct lf_error *err)
{
	const struct lf_trace *trace = edit->trace;
	const struct lf_hit *object = lf_trace_hit(trace, LF_HIT_OBJECT), *patch = own_hit(edit, LF_HIT_PATCH);
	const struct lf_hit *images = own_hit(edit, LF_HIT_IMAGES), *replicas = own_hit(edit, LF_HIT_REPLICAS);
	bool is_image = lf_equal(change->keys.items[change->keys.count - 1], "image"), done = false;
	struct lf_node *model = lf_edit_document(lf_edit_file(out, trace, object->path), object->document);
	int code = LF_OK;

	lf_edit_change_fit(change, model);
	if (!edit->in_base && replicas && is_path(change, "spec", "replicas")) {
		code = set_replicas(out, trace, replicas, change, err);
		done = true;
	} else if (!edit->in_base && images && is_image) {
		code = set_image(&done, out, trace, images, change, lf_node_text(lf_edit_value_at(model, change), NULL), err);
	}
	if (!done && !code && is_in_reach(edit, object) && (edit->in_base || !patch))
		code = lf_edit_splice(lf_edit_file(out, trace, object->path), object->document, change, model, err);
	else if (!done && !code)
		code = patch_in(out, edit, change, model, err);
	lf_node_free(model);
	return code;
}

/* A patch says that it must not be there: a field by null, an item of a list by its name and a word of Kustomize's. */
static int hide(struct lf_commit *out, const struct lf_edit *edit, const struct lf_edit_change *change, const struct lf_node *model, struct lf_error *err)
{
	struct lf_edit_change hides = {.text = change->text, .value = lf_node_new(LF_NODE_NULL)};
	const struct lf_node *list = NULL;
	bool unnamed = false;
	int code;

	for (size_t i = 0; i < change->keys.count; i++) {
		const struct lf_node *above = lf_edit_value_at(model, &hides);

		list = lf_node_kind(above) == LF_NODE_LIST ? above : NULL;
		lf_names_add(&hides.keys, change->keys.items[i]);
		unnamed = unnamed || (list && !*lf_node_text(lf_edit_value_at(model, &hides), "name"));
	}
	if (unnamed) {
		code = lf_fail(err, LF_EREFUSED, "edit", 0, "%.120s is in a list whose items have no names, which a patch cannot take apart.", change->text);
		lf_hint(err, "--base takes it out of the object's own file, for every overlay.");
	} else {
		if (list) {
			lf_node_free(hides.value);
			hides.value = lf_node_new(LF_NODE_MAP);
			lf_node_set_text(hides.value, "$patch", "delete");
		}
		code = patch_in(out, edit, &hides, model, err);
	}
	lf_edit_change_dispose(&hides);
	return code;
}

static int delete_one(struct lf_commit *out, const struct lf_edit *edit, const struct lf_edit_change *change, struct lf_error *err)
{
	const struct lf_trace *trace = edit->trace;
	const struct lf_hit *object = lf_trace_hit(trace, LF_HIT_OBJECT), *patch = own_hit(edit, LF_HIT_PATCH), *replicas = own_hit(edit, LF_HIT_REPLICAS);
	struct lf_node *model = lf_edit_document(lf_edit_file(out, trace, object->path), object->document), *there = NULL;
	bool in_model = lf_edit_has(model, change), found = false;
	int code = LF_OK;

	if (!edit->in_base && replicas && is_path(change, "spec", "replicas")) {
		code = cut_replicas(out, trace, replicas, change, err);
		found = true;
	}
	if (!edit->in_base && patch && !code) {
		struct lf_commit_file *file = lf_edit_file(out, trace, patch->path);

		there = lf_edit_document(file, patch->document);
		if (lf_edit_has(there, change)) {
			code = lf_edit_cut(file, patch->document, change, true, err);
			found = true;
		}
		in_model = in_model && !lf_edit_enters_text(there, change); /* the patch's text is there instead of the object's */
	}
	if (!code && is_in_reach(edit, object) && (in_model || !found))
		code = lf_edit_cut(lf_edit_file(out, trace, object->path), object->document, change, false, err);
	else if (!code && in_model)
		code = hide(out, edit, change, model, err);
	else if (!code && !found) {
		code = lf_fail(err, LF_ENOTFOUND, "edit", 0, "%s has no %.120s.", object->path, change->text);
		lf_hint(err, "landfall edit without --set and --delete opens the file, to look.");
	}
	lf_node_free(there);
	lf_node_free(model);
	return code;
}

int lf_edit_not_found(const struct lf_edit *edit, struct lf_error *err)
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

int lf_edit_apply(struct lf_commit *out, const struct lf_edit *edit, const struct lf_names *sets, const struct lf_names *deletes, struct lf_error *err)
{
	size_t count = sets->count + (deletes ? deletes->count : 0);
	int code = LF_OK;

	if (!lf_trace_hit(edit->trace, LF_HIT_OBJECT))
		return lf_edit_not_found(edit, err);
	for (size_t i = 0; i < count && !code; i++) {
		bool removes = i >= sets->count;
		struct lf_edit_change change = {0};

		code = lf_edit_change_read(&change, removes ? deletes->items[i - sets->count] : sets->items[i], removes, edit->prefix, err);
		if (!code)
			code = removes ? delete_one(out, edit, &change, err) : apply_one(out, edit, &change, err);
		lf_edit_change_dispose(&change);
	}
	drop_unchanged(out);
	if (!code && !out->count) {
		code = lf_fail(err, LF_EINVAL, "edit", 0, "It is like this in Git already.");
		lf_hint(err, "If the cluster differs, its consumer has not applied it yet: landfall owner says which one that is.");
	}
	return code;
}
