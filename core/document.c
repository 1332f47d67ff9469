/* document: see document.h. Paths inside a repository, and files from trees to bytes. Touches no file. */
#include "config.h"
#include "core/document.h"

#include <stdlib.h>
#include <string.h>

#include "core/mem.h"
#include "core/str.h"

/* Appends the parts of REST to OUT ("a/b" form), resolving "." and ".."; false if it would leave the root. */
static bool add_parts(struct lf_str *out, const char *rest)
{
	while (*rest) {
		size_t n = strcspn(rest, "/");

		if (n == 2 && !strncmp(rest, "..", 2)) {
			const char *text = lf_str_text(out), *slash = strrchr(text, '/');

			if (!out->length)
				return false;
			lf_str_truncate(out, slash ? (size_t)(slash - text) : 0);
		} else if (n && !(n == 1 && *rest == '.')) {
			if (out->length)
				lf_str_add_char(out, '/');
			lf_str_add_n(out, rest, n);
		}
		rest += n;
		rest += *rest == '/';
	}
	return true;
}

char *lf_path_join(const char *base, const char *rest)
{
	struct lf_str out = {0};

	if (add_parts(&out, base) && add_parts(&out, rest))
		return lf_str_take(&out);
	lf_str_dispose(&out);
	return NULL;
}

/* NULL (a path that leaves the root) counts as the root, so that a preview of a half-typed path does not crash. */
static char *normalise(const char *path)
{
	char *out = lf_path_join("", path);

	return out ? out : lf_dup("");
}

char *lf_path_relative(const char *from, const char *to)
{
	char *a = normalise(from), *b = normalise(to);
	size_t common = 0, i = 0;
	struct lf_str out = {0};

	/* The longest run of whole parts that both begin with. */
	for (;; i++) {
		bool a_ends = !a[i] || a[i] == '/', b_ends = !b[i] || b[i] == '/';

		if (a_ends && b_ends)
			common = i;
		if (!a[i] || !b[i] || a[i] != b[i])
			break;
	}
	for (const char *p = a + common; *p; p++) {
		if (*p != '/' && (p == a || p[-1] == '/'))
			lf_str_add(&out, out.length ? "/.." : "..");
	}
	if (b[common]) {
		const char *rest = b + common;

		rest += *rest == '/';
		if (out.length)
			lf_str_add_char(&out, '/');
		lf_str_add(&out, rest);
	}
	if (!out.length)
		lf_str_add_char(&out, '.');
	lf_free(a);
	lf_free(b);
	return lf_str_take(&out);
}

bool lf_path_contains(const char *folder, const char *path)
{
	char *a = normalise(folder), *b = normalise(path);
	size_t n = strlen(a);
	bool inside = !n || (!strncmp(a, b, n) && (!b[n] || b[n] == '/'));

	lf_free(a);
	lf_free(b);
	return inside;
}

struct lf_document *lf_documents_add(struct lf_documents *documents, const char *path, enum lf_document_role role, struct lf_node *tree)
{
	struct lf_document *document;

	lf_grow((void **)&documents->items, &documents->capacity, documents->count, sizeof(*documents->items));
	document = &documents->items[documents->count++];
	*document = (struct lf_document){.path = normalise(path), .role = role, .tree = tree};
	return document;
}

struct lf_document *lf_documents_add_text(struct lf_documents *documents, const char *path, enum lf_document_role role, const char *text)
{
	struct lf_document *document = lf_documents_add(documents, path, role, NULL);

	lf_str_add(&document->text, text);
	return document;
}

/* Kustomize's own file has a kind, but only Kustomize knows it; a chart's files have none. */
bool lf_document_is_object(const struct lf_document *document)
{
	const struct lf_node *first = lf_node_kind(document->tree) == LF_NODE_LIST ? lf_node_at(document->tree, 0) : document->tree;

	return *lf_node_text(first, "kind") && !lf_starts_with(lf_node_text(first, "apiVersion"), "kustomize.config.k8s.io/");
}

const struct lf_document *lf_documents_find(const struct lf_documents *documents, const char *path)
{
	const struct lf_document *found = NULL;
	char *wanted = normalise(path);

	for (size_t i = 0; i < documents->count && !found; i++) {
		if (lf_equal(documents->items[i].path, wanted))
			found = &documents->items[i];
	}
	lf_free(wanted);
	return found;
}

static void add_origins(struct lf_line_origins *all, const struct lf_line_origins *more)
{
	all->ids = lf_realloc(all->ids, all->count + more->count, sizeof(*all->ids));
	for (size_t i = 0; i < more->count; i++)
		all->ids[all->count + i] = more->ids[i];
	all->count += more->count;
}

static void emit(struct lf_document *document, bool with_origins)
{
	static const char *const no_origin[] = {NULL};
	const struct lf_line_origins separator = {.ids = (const char **)(uintptr_t)no_origin, .count = 1};
	bool is_list = lf_node_kind(document->tree) == LF_NODE_LIST;
	size_t count = is_list ? lf_node_count(document->tree) : 1;

	lf_str_truncate(&document->text, 0);
	lf_line_origins_dispose(&document->origins);
	for (size_t i = 0; i < count; i++) {
		struct lf_line_origins origins = {0};

		if (i) {
			lf_str_add(&document->text, "---\n");
			add_origins(&document->origins, &separator);
		}
		lf_yaml_emit(&document->text, is_list ? lf_node_at(document->tree, i) : document->tree, with_origins ? &origins : NULL);
		add_origins(&document->origins, &origins);
		lf_line_origins_dispose(&origins);
	}
}

static int by_role_and_path(const void *a, const void *b)
{
	const struct lf_document *x = a, *y = b;

	if (x->role != y->role)
		return x->role == LF_DOCUMENT_GITOPS ? -1 : 1;
	return strcmp(x->path, y->path);
}

static void finish(struct lf_documents *documents, bool with_origins)
{
	for (size_t i = 0; i < documents->count; i++) {
		if (!documents->items[i].tree)
			continue;
		lf_node_spell_numbers(documents->items[i].tree);
		emit(&documents->items[i], with_origins);
	}
	if (documents->count)
		qsort(documents->items, documents->count, sizeof(*documents->items), by_role_and_path);
}

void lf_documents_finish(struct lf_documents *documents)
{
	finish(documents, true);
}

void lf_documents_finish_texts(struct lf_documents *documents)
{
	finish(documents, false);
}

void lf_documents_dispose(struct lf_documents *documents)
{
	for (size_t i = 0; i < documents->count; i++) {
		struct lf_document *document = &documents->items[i];

		lf_free(document->path);
		lf_free(document->kept);
		lf_node_free(document->tree);
		lf_str_dispose(&document->text);
		lf_line_origins_dispose(&document->origins);
	}
	lf_free(documents->items);
	memset(documents, 0, sizeof(*documents));
}
