/* trace: see trace.h. A work list of folders and files; folders first, so that all files of a layer are read in one go. */
#include "config.h"
#include "core/trace.h"

#include <string.h>

#include "core/document.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/yaml.h"

enum { ITEMS_AT_MOST = 600 };

enum item_kind { FOLDER, MANIFEST, PATCH };
struct lf_trace_item {
	enum item_kind kind;
	char *path;
	bool is_plain; /* FOLDER: known to have no kustomization.yaml, to be listed */
	bool is_done;
};
struct lf_trace_file {
	char *path, *text;
};

static const char *const kustomizations[] = {"kustomization.yaml", "kustomization.yml", "Kustomization"};

static void add_item(struct lf_trace *trace, enum item_kind kind, char *path)
{
	bool known = !path || trace->item_count >= ITEMS_AT_MOST;

	for (size_t i = 0; i < trace->item_count && !known; i++)
		known = trace->items[i].kind == kind && lf_equal(trace->items[i].path, path);
	if (known) {
		lf_free(path);
		return;
	}
	lf_grow((void **)&trace->items, &trace->item_capacity, trace->item_count, sizeof(*trace->items));
	trace->items[trace->item_count++] = (struct lf_trace_item){.kind = kind, .path = path};
}

static void hit_dispose(struct lf_hit *hit)
{
	lf_free(hit->path);
	lf_free(hit->name);
	lf_free(hit->namespace);
}

void lf_trace_init(struct lf_trace *trace, const struct lf_ref *object, const char *root, bool recurse)
{
	memset(trace, 0, sizeof(*trace));
	trace->object = lf_ref_dup(object);
	trace->recurse = recurse;
	add_item(trace, FOLDER, lf_path_join("", root));
}

void lf_trace_dispose(struct lf_trace *trace)
{
	for (size_t i = 0; i < trace->item_count; i++)
		lf_free(trace->items[i].path);
	for (size_t i = 0; i < trace->file_count; i++) {
		lf_free(trace->files[i].path);
		lf_free(trace->files[i].text);
	}
	for (size_t i = 0; i < trace->hit_count; i++)
		hit_dispose(&trace->hits[i]);
	lf_free(trace->items);
	lf_free(trace->files);
	lf_free(trace->hits);
	lf_free(trace->kustomization);
	lf_ref_dispose(&trace->object);
	lf_names_dispose(&trace->wanted);
	lf_names_dispose(&trace->remote);
	memset(trace, 0, sizeof(*trace));
}

/* How well an object's file fits the live one: "web" may become "web-blue" by a suffix, but not where "web-blue" is there too. 0: not at all. */
static size_t fit_of(const struct lf_trace *trace, const struct lf_hit *hit)
{
	return hit->role == LF_HIT_OBJECT ? 2 * strlen(hit->name) + lf_equal(hit->namespace, trace->object.namespace) : 0;
}

/* Of the objects those that fit best stay, and what speaks of them. */
static void settle(struct lf_trace *trace)
{
	size_t best = 0, kept = 0;
	char *name = NULL;

	for (size_t i = 0; i < trace->hit_count; i++) {
		if (fit_of(trace, &trace->hits[i]) <= best)
			continue;
		best = fit_of(trace, &trace->hits[i]);
		lf_set(&name, trace->hits[i].name);
	}
	for (size_t i = 0; i < trace->hit_count; i++) {
		struct lf_hit *hit = &trace->hits[i];

		if (hit->role == LF_HIT_OBJECT ? fit_of(trace, hit) == best : hit->role == LF_HIT_IMAGES || !name || strstr(hit->name, name))
			trace->hits[kept++] = *hit;
		else
			hit_dispose(hit);
	}
	trace->hit_count = kept;
	lf_free(name);
}

enum lf_trace_want lf_trace_next(struct lf_trace *trace)
{
	lf_names_dispose(&trace->wanted);
	trace->want = LF_TRACE_DONE;
	for (size_t i = 0; i < trace->item_count; i++) {
		const struct lf_trace_item *item = &trace->items[i];

		if (item->kind != FOLDER || item->is_done)
			continue;
		trace->at = i;
		trace->want = item->is_plain ? LF_TRACE_FOLDER : LF_TRACE_FILES;
		if (item->is_plain)
			lf_names_add(&trace->wanted, *item->path ? item->path : ".");
		for (size_t k = 0; k < LF_COUNT(kustomizations) && !item->is_plain; k++) {
			char *path = lf_path_join(item->path, kustomizations[k]);

			lf_names_add(&trace->wanted, path);
			lf_free(path);
		}
		return trace->want;
	}
	trace->at = trace->item_count;
	for (size_t i = 0; i < trace->item_count; i++) {
		if (!trace->items[i].is_done)
			lf_names_add(&trace->wanted, trace->items[i].path);
	}
	if (trace->wanted.count)
		trace->want = LF_TRACE_FILES;
	else
		settle(trace);
	return trace->want;
}

static void add_hit(struct lf_trace *trace, enum lf_hit_role role, const char *path, size_t document, const char *name, const char *namespace)
{
	lf_grow((void **)&trace->hits, &trace->hit_capacity, trace->hit_count, sizeof(*trace->hits));
	trace->hits[trace->hit_count++] = (struct lf_hit){role, lf_dup(path), document, lf_dup(name), lf_dup(namespace)};
}

static void keep(struct lf_trace *trace, const char *path, const char *text)
{
	lf_grow((void **)&trace->files, &trace->file_capacity, trace->file_count, sizeof(*trace->files));
	trace->files[trace->file_count++] = (struct lf_trace_file){lf_dup(path), lf_dup(text)};
}

const char *lf_trace_text(const struct lf_trace *trace, const char *path)
{
	for (size_t i = 0; i < trace->file_count; i++) {
		if (lf_equal(trace->files[i].path, path))
			return trace->files[i].text;
	}
	return NULL;
}

bool lf_trace_walked(const struct lf_trace *trace, const char *path)
{
	for (size_t i = 0; i < trace->item_count; i++) {
		if (lf_equal(trace->items[i].path, path))
			return true;
	}
	return false;
}

const struct lf_hit *lf_trace_hit(const struct lf_trace *trace, enum lf_hit_role role)
{
	for (size_t i = 0; i < trace->hit_count; i++) {
		if (trace->hits[i].role == role)
			return &trace->hits[i];
	}
	return NULL;
}

/* A name in a manifest may become the live one by a prefix or suffix of a kustomization. */
static bool is_named(const struct lf_trace *trace, const char *name)
{
	return *name && strstr(trace->object.name, name);
}

static bool is_object(const struct lf_trace *trace, const struct lf_ref *ref)
{
	return lf_equal(ref->kind, trace->object.kind) && lf_equal(ref->group, trace->object.group) && is_named(trace, ref->name);
}

static bool is_remote(const char *entry)
{
	return strstr(entry, "://") || strstr(entry, "?ref=") || lf_starts_with(entry, "git@") || lf_starts_with(entry, "github.com/");
}

static bool is_file(const char *entry)
{
	return lf_ends_with(entry, ".yaml") || lf_ends_with(entry, ".yml") || lf_ends_with(entry, ".json");
}

static void follow(struct lf_trace *trace, const char *folder, const struct lf_node *list, bool patches)
{
	for (size_t i = 0; i < lf_node_count(list); i++) {
		const struct lf_node *item = lf_node_at(list, i);
		const char *entry = lf_node_kind(item) == LF_NODE_MAP ? lf_node_text(item, "path") : lf_node_text(item, NULL);

		if (!*entry || strchr(entry, '\n')) /* a patch that stands in the kustomization itself */
			continue;
		if (is_remote(entry))
			lf_names_add(&trace->remote, entry);
		else
			add_item(trace, patches ? PATCH : is_file(entry) ? MANIFEST : FOLDER, lf_path_join(folder, entry));
	}
}

static struct lf_node *parse(struct lf_trace *trace, const char *path, const char *text)
{
	struct lf_node *documents = NULL;
	struct lf_error err = {0};

	if (lf_yaml_parse(&documents, text, strlen(text), path, &lf_yaml_limits_default, &err) && !trace->error.code)
		trace->error = err;
	return documents;
}

static void read_kustomization(struct lf_trace *trace, const char *folder, const char *path, const char *text)
{
	struct lf_node *documents = parse(trace, path, text);
	const struct lf_node *root = lf_node_at(documents, 0), *replicas = lf_node_get(root, "replicas");

	keep(trace, path, text);
	if (trace->at == 0)
		lf_set(&trace->kustomization, path);
	follow(trace, folder, lf_node_get(root, "resources"), false);
	follow(trace, folder, lf_node_get(root, "bases"), false);
	follow(trace, folder, lf_node_get(root, "components"), false);
	follow(trace, folder, lf_node_get(root, "patches"), true);
	follow(trace, folder, lf_node_get(root, "patchesStrategicMerge"), true);
	if (lf_node_count(lf_node_get(root, "images")))
		add_hit(trace, LF_HIT_IMAGES, path, 0, NULL, NULL);
	for (size_t i = 0; i < lf_node_count(replicas); i++) {
		const char *name = lf_node_text(lf_node_at(replicas, i), "name");

		if (is_named(trace, name))
			add_hit(trace, LF_HIT_REPLICAS, path, 0, name, NULL);
	}
	lf_node_free(documents);
}

static void read_manifest(struct lf_trace *trace, enum lf_hit_role role, const char *path, const char *text)
{
	struct lf_node *documents = parse(trace, path, text);

	keep(trace, path, text);
	for (size_t i = 0; i < lf_node_count(documents); i++) {
		struct lf_ref ref = lf_ref_of(lf_node_at(documents, i));

		if (is_object(trace, &ref))
			add_hit(trace, role, path, i, ref.name, ref.namespace);
		lf_ref_dispose(&ref);
	}
	lf_node_free(documents);
}

static const struct lf_branch_file *find(const struct lf_branch_files *files, const char *path)
{
	for (size_t i = 0; i < files->count; i++) {
		if (lf_equal(files->items[i].path, path))
			return files->items[i].text && !files->items[i].refused ? &files->items[i] : NULL;
	}
	return NULL;
}

void lf_trace_take_files(struct lf_trace *trace, const struct lf_branch_files *files)
{
	if (trace->at < trace->item_count) {
		struct lf_trace_item *folder = &trace->items[trace->at];
		char *path = lf_dup(folder->path);

		folder->is_plain = true;
		for (size_t i = 0; i < trace->wanted.count; i++) {
			const struct lf_branch_file *file = find(files, trace->wanted.items[i]);

			if (!file)
				continue;
			trace->items[trace->at].is_done = true;
			read_kustomization(trace, path, file->path, file->text); /* may move the items */
			break;
		}
		lf_free(path);
		return;
	}
	for (size_t i = 0, count = trace->item_count; i < count; i++) {
		struct lf_trace_item *item = &trace->items[i];
		const struct lf_branch_file *file = find(files, item->path);

		if (item->is_done)
			continue;
		item->is_done = true;
		if (file)
			read_manifest(trace, item->kind == PATCH ? LF_HIT_PATCH : LF_HIT_OBJECT, file->path, file->text);
	}
}

void lf_trace_take_folder(struct lf_trace *trace, const struct lf_names *entries)
{
	char *folder;

	if (trace->at >= trace->item_count)
		return;
	trace->items[trace->at].is_done = true;
	folder = lf_dup(trace->items[trace->at].path);
	for (size_t i = 0; i < entries->count; i++) {
		const char *name = entries->items[i];

		if (lf_ends_with(name, "/") && trace->recurse)
			add_item(trace, FOLDER, lf_path_join(folder, name));
		else if (is_file(name))
			add_item(trace, MANIFEST, lf_path_join(folder, name));
	}
	lf_free(folder);
}
