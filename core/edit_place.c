/* edit_place: see edit_place.h. What a file is, is trace's; here it is said what a change of it would mean. */
#include "config.h"
#include "core/edit_place.h"

#include <stdio.h>
#include <string.h>

#include "core/document.h"
#include "core/edit_change.h"
#include "core/mem.h"
#include "core/secrets.h"
#include "core/str.h"
#include "core/yaml.h"

enum { SHARERS_AT_MOST = 40, NAMED_AT_MOST = 6 };

void lf_edit_places_dispose(struct lf_edit_places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		lf_free(places->items[i].path);
		lf_free(places->items[i].text);
		lf_free(places->items[i].reach);
	}
	lf_free(places->items);
	memset(places, 0, sizeof(*places));
}

static const char *folder_word(const char *folder)
{
	return *folder ? folder : "the root";
}

/* Takes TEXT and REACH. */
static void add(struct lf_edit_places *out, enum lf_edit_what what, const char *path, char *text, char *reach)
{
	for (size_t i = 0; i < out->count; i++) {
		if (lf_equal(out->items[i].path, path)) { /* two documents of one file, or a kustomization with images and replicas */
			lf_free(text);
			lf_free(reach);
			return;
		}
	}
	lf_grow((void **)&out->items, &out->capacity, out->count, sizeof(*out->items));
	out->items[out->count++] = (struct lf_edit_place){.what = what, .path = lf_dup(path), .text = text, .reach = reach};
}

static bool is_in_overlay(const struct lf_edit *edit, const char *path)
{
	return !edit->trace->kustomization || lf_path_contains(edit->root, path);
}

/* "every overlay that builds on it: dev, production" */
static char *shared_reach(const char *path, const struct lf_names *sharers)
{
	struct lf_str text = {0};

	if (!sharers || sharers->count < 2) {
		char *folder = lf_path_join(path, "..");

		lf_str_addf(&text, "everything that builds on %s", folder_word(folder));
		lf_free(folder);
		return lf_str_take(&text);
	}
	lf_str_addf(&text, "%zu overlays: ", sharers->count);
	for (size_t i = 0; i < sharers->count && i < NAMED_AT_MOST; i++) {
		const char *slash = strrchr(sharers->items[i], '/');

		lf_str_addf(&text, "%s%s", i ? ", " : "", slash ? slash + 1 : sharers->items[i]);
	}
	if (sharers->count > NAMED_AT_MOST)
		lf_str_add(&text, ", …");
	return lf_str_take(&text);
}

static char *near_reach(const struct lf_edit *edit)
{
	return edit->trace->kustomization ? lf_format("%s alone", folder_word(edit->root)) : lf_dup("this object alone");
}

char *lf_edit_reach(const struct lf_edit *edit, const struct lf_edit_place *place, const struct lf_names *sharers)
{
	const struct lf_hit *object = lf_trace_hit(edit->trace, LF_HIT_OBJECT);

	if (place)
		return lf_dup(place->reach);
	return edit->in_base && !is_in_overlay(edit, object->path) ? shared_reach(object->path, sharers) : near_reach(edit);
}

static void add_hits(struct lf_edit_places *out, const struct lf_edit *edit, const struct lf_names *sharers, enum lf_hit_role role, enum lf_edit_what what, bool near)
{
	const struct lf_trace *trace = edit->trace;

	for (size_t i = 0; i < trace->hit_count; i++) {
		const struct lf_hit *hit = &trace->hits[i];
		char *reach;

		if (hit->role != role || is_in_overlay(edit, hit->path) != near)
			continue;
		reach = near ? near_reach(edit) : shared_reach(hit->path, role == LF_HIT_OBJECT ? sharers : NULL);
		add(out, what, hit->path, lf_dup(lf_trace_text(trace, hit->path)), reach);
	}
}

static void add_new_patch(struct lf_edit_places *out, const struct lf_edit *edit)
{
	const struct lf_hit *object = lf_trace_hit(edit->trace, LF_HIT_OBJECT);
	struct lf_commit_file file = {.path = object->path, .before = lf_dup(lf_trace_text(edit->trace, object->path))};
	struct lf_node *model = lf_edit_document(&file, object->document);
	char *path = lf_edit_patch_path(edit);
	struct lf_str text = {0};

	if (!lf_trace_text(edit->trace, path)) {
		lf_edit_patch_text(&text, model, NULL);
		add(out, LF_EDIT_NEW_PATCH, path, lf_str_take(&text), near_reach(edit));
	}
	lf_free(path);
	lf_free(file.before);
	lf_node_free(model);
}

static bool has_patch(const struct lf_edit_places *places)
{
	for (size_t i = 0; i < places->count; i++) {
		if (places->items[i].what == LF_EDIT_PATCH)
			return true;
	}
	return false;
}

int lf_edit_places_build(struct lf_edit_places *out, const struct lf_edit *edit, const struct lf_names *sharers, struct lf_error *err)
{
	const struct lf_hit *object = lf_trace_hit(edit->trace, LF_HIT_OBJECT);

	if (!object)
		return lf_edit_not_found(edit, err);
	if (edit->in_base) {
		add(out, LF_EDIT_OBJECT, object->path, lf_dup(lf_trace_text(edit->trace, object->path)), lf_edit_reach(edit, NULL, sharers));
		return LF_OK;
	}
	add_hits(out, edit, sharers, LF_HIT_OBJECT, LF_EDIT_OBJECT, true);
	add_hits(out, edit, sharers, LF_HIT_PATCH, LF_EDIT_PATCH, true);
	if (!is_in_overlay(edit, object->path) && !has_patch(out))
		add_new_patch(out, edit);
	add_hits(out, edit, sharers, LF_HIT_REPLICAS, LF_EDIT_KUSTOMIZATION, true);
	add_hits(out, edit, sharers, LF_HIT_IMAGES, LF_EDIT_KUSTOMIZATION, true);
	add_hits(out, edit, sharers, LF_HIT_PATCH, LF_EDIT_PATCH, false);
	add_hits(out, edit, sharers, LF_HIT_OBJECT, LF_EDIT_OBJECT, false);
	return LF_OK;
}

/* Whether a document of DOCUMENTS is the object, or a patch of it, as the file had it. */
static bool still_there(const struct lf_edit_place *place, const struct lf_edit *edit, const struct lf_node *documents)
{
	struct lf_node *was = NULL;
	bool found = lf_yaml_parse(&was, place->text, strlen(place->text), place->path, &lf_yaml_limits_default, NULL) != LF_OK; /* nothing to compare with */

	for (size_t i = 0; i < lf_node_count(documents) && !found; i++) {
		struct lf_ref is = lf_ref_of(lf_node_at(documents, i));

		for (size_t k = 0; k < lf_node_count(was) && !found; k++) {
			struct lf_ref ref = lf_ref_of(lf_node_at(was, k));

			found = lf_equal(ref.kind, edit->trace->object.kind) && lf_equal(is.kind, ref.kind) && lf_equal(is.group, ref.group) && lf_equal(is.name, ref.name);
			lf_ref_dispose(&ref);
		}
		lf_ref_dispose(&is);
	}
	lf_node_free(was);
	return found;
}

int lf_edit_place_check(const struct lf_edit_place *place, const struct lf_edit *edit, const char *text, struct lf_error *err)
{
	struct lf_node *documents = NULL;
	int code = lf_yaml_parse(&documents, text, strlen(text), place->path, &lf_yaml_limits_default, err);

	if (!code && !lf_node_count(documents)) {
		code = lf_fail(err, LF_EINVAL, "edit", 0, "%s came back empty.", place->path);
		lf_hint(err, "An object is not removed this way: take its delivery back with landfall rollback.");
	} else if (!code && lf_secrets_find(err, place->path, documents)) {
		code = err->code;
	} else if (!code && place->what != LF_EDIT_KUSTOMIZATION && !still_there(place, edit, documents)) {
		code = lf_fail(err, LF_EINVAL, "edit", 0, "%s does not hold %s %s any more.", place->path, edit->trace->object.kind, edit->trace->object.name);
		lf_hint(err, "Its kind and name stay as they are: another name is another object, and this one would be deleted.");
	}
	lf_node_free(documents);
	return code;
}

int lf_edit_place_take(struct lf_commit *out, const struct lf_edit_place *place, const struct lf_edit *edit, const char *text, struct lf_error *err)
{
	lf_set(&lf_edit_file(out, edit->trace, place->path)->before, text);
	return place->what == LF_EDIT_NEW_PATCH ? lf_edit_list_patch(out, edit, place->path, err) : LF_OK;
}

/* ---- who else builds on the object's file ---- */

char *lf_edit_sharers_folder(const struct lf_edit *edit)
{
	const struct lf_hit *object = lf_trace_hit(edit->trace, LF_HIT_OBJECT);

	return object && *edit->root && !is_in_overlay(edit, object->path) ? lf_path_join(edit->root, "..") : NULL;
}

void lf_edit_sharers_wanted(struct lf_names *out, const struct lf_edit *edit, const struct lf_names *entries)
{
	char *folder = lf_path_join(edit->root, "..");

	for (size_t i = 0; folder && i < entries->count && out->count < SHARERS_AT_MOST; i++) {
		char *there = lf_ends_with(entries->items[i], "/") ? lf_path_join(folder, entries->items[i]) : NULL;
		char *path = there ? lf_path_join(there, "kustomization.yaml") : NULL;

		if (path)
			lf_names_add(out, path);
		lf_free(path);
		lf_free(there);
	}
	lf_free(folder);
}

/* Whether the kustomization in FOLDER lists a folder that was walked on the way to the object. */
static bool builds_on(const struct lf_edit *edit, const char *folder, const char *text)
{
	static const char *const lists[] = {"resources", "bases", "components"};
	struct lf_node *documents = NULL;
	bool found = false;

	if (lf_yaml_parse(&documents, text, strlen(text), folder, &lf_yaml_limits_default, NULL))
		return false;
	for (size_t l = 0; l < LF_COUNT(lists); l++) {
		const struct lf_node *list = lf_node_get(lf_node_at(documents, 0), lists[l]);

		for (size_t i = 0; i < lf_node_count(list) && !found; i++) {
			char *path = lf_path_join(folder, lf_node_text(lf_node_at(list, i), NULL));

			found = path && !lf_path_contains(edit->root, path) && lf_trace_walked(edit->trace, path);
			lf_free(path);
		}
	}
	lf_node_free(documents);
	return found;
}

void lf_edit_sharers(struct lf_names *out, const struct lf_edit *edit, const struct lf_branch_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		char *folder = lf_path_join(files->items[i].path, "..");

		if (folder && files->items[i].text && !files->items[i].refused && (lf_equal(folder, edit->root) || builds_on(edit, folder, files->items[i].text)))
			lf_names_add(out, folder);
		lf_free(folder);
	}
}
