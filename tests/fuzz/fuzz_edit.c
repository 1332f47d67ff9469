/* fuzz_edit: an edit of any YAML either says no and changes nothing, or loses no byte of what was there; what was added can be taken out again, and the bytes are those
 * from before. That the result means what it should is proven by yaml_edit itself. The first byte chooses the change and the node. */
#include "config.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "core/yaml.h"
#include "core/yaml_edit.h"

/* Goes down into the tree as far as CHOICE says. */
static const struct lf_node *choose(const struct lf_node *node, unsigned choice, const char **path, size_t room, char *index)
{
	for (; choice > 0 && room > 0 && lf_node_count(node) > 0; choice /= 2, room--) {
		size_t at = (choice % 2) ? 0 : lf_node_count(node) - 1;

		if (lf_node_kind(node) == LF_NODE_MAP) {
			*path++ = lf_node_key_at(node, at);
		} else {
			(void)snprintf(index, 24, "%zu", at);
			*path++ = index;
			index += 24;
		}
		node = lf_node_at(node, at);
	}
	*path = NULL;
	return node;
}

/* What an empty value or a replaced one may lose. */
static int may_go(char c)
{
	return strchr(" \t\r\n[]{}~nul", c) != NULL;
}

static void keeps(const char *before, const char *after)
{
	const char *at = after;

	for (const char *c = before; *c; c++) {
		if (may_go(*c))
			continue;
		at = strchr(at, *c);
		fuzz_require(at != NULL, "a byte was lost", after);
		at++;
	}
}

/* TEXT is BYTES with an entry added to NODE, which had some before. */
static void check_back(struct lf_str *text, const char *bytes, size_t size, const struct lf_yaml_place *place, const struct lf_node *node)
{
	const char *path[8];
	struct lf_yaml_place added = {.name = "fuzz", .document = place->document, .path = path};
	char index[24];
	size_t depth = 0;
	int rc;

	for (; place->path[depth]; depth++)
		path[depth] = place->path[depth];
	(void)snprintf(index, sizeof(index), "%zu", lf_node_count(node));
	path[depth] = lf_node_kind(node) == LF_NODE_MAP ? "new" : index;
	path[depth + 1] = NULL;
	rc = lf_yaml_edit_remove(text, &added, NULL);
	fuzz_require(rc == LF_OK, "what was added can be removed", lf_str_text(text));
	fuzz_require(text->length == size && memcmp(text->data, bytes, size) == 0, "added and removed: the same bytes", lf_str_text(text));
}

static void check(const char *bytes, size_t size, unsigned change, const struct lf_yaml_place *place,
                  const struct lf_node *node, const struct lf_node *value)
{
	struct lf_error err = {0};
	struct lf_str text = {0};
	int rc;

	lf_str_add_n(&text, bytes, size);
	rc = change == 0   ? lf_yaml_edit_set(&text, place, value, &err)
	     : change == 1 ? lf_yaml_edit_add_key(&text, place, "new", value, &err)
	     : change == 2 ? lf_yaml_edit_append(&text, place, value, &err)
			   : lf_yaml_edit_remove(&text, place, &err);
	if (rc != LF_OK) {
		fuzz_require(err.message[0] && text.length == size && memcmp(text.data, bytes, size) == 0,
		             "refused and unchanged", err.message);
	} else if ((change == 1 || change == 2) && strlen(lf_str_text(&text)) == text.length) {
		keeps(bytes, lf_str_text(&text));
		if (lf_node_count(node) > 0 && bytes[size - 1] == '\n')
			check_back(&text, bytes, size, place, node);
	}
	lf_str_dispose(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path[6];
	char indexes[6 * 24];
	struct lf_yaml_place place = {.name = "fuzz", .path = path};
	struct lf_node *documents = NULL, *value;
	const struct lf_node *chosen;
	struct lf_str text = {0};
	unsigned choice;

	if (size < 1)
		return 0;
	choice = data[0];
	lf_str_add_n(&text, data + 1, size - 1);
	if (lf_yaml_parse(&documents, lf_str_text(&text), text.length, "fuzz", NULL, NULL) == LF_OK) {
		place.document = lf_node_count(documents) > 1 ? (choice >> 2) % 2 : 0;
		chosen = choose(lf_node_at(documents, place.document), choice >> 3, path, 5, indexes);
		value = lf_node_new(LF_NODE_MAP);
		lf_node_set_text(value, "k", "l1\nl2\n");
		lf_node_add_text(lf_node_set_list(value, "l"), "12:30");
		check(lf_str_text(&text), text.length, choice % 4, &place, chosen,
		      choice % 4 == 0 ? lf_node_at(lf_node_key(value, "l"), 0) : value);
		lf_node_free(value);
	}
	lf_node_free(documents);
	lf_str_dispose(&text);
	return 0;
}
